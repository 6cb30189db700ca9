/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bearers of requests. What was wrong with one is the gate's to log; who sent it learns that it is none. */
#include "http/bearer.h"

#include <microhttpd.h>

#define CHALLENGE "WWW-Authenticate: Bearer realm=\"ouroboros\""

static void refuse(Request *request, const GError *error)
{
        const char *const challenge[] = {CHALLENGE, NULL};
        const char *const later[] = {"Retry-After: " G_STRINGIFY(GATE_GUESSES_SEC), NULL};

        if (error_code(error) == OUROBOROS_ERROR_DENIED)
                request_refuse(request, MHD_HTTP_UNAUTHORIZED, error, challenge);
        else if (error_code(error) == OUROBOROS_ERROR_LIMIT)
                request_refuse(request, MHD_HTTP_TOO_MANY_REQUESTS, error, later);
        else
                request_answer_error(request, error);
}

Connection *bearer_connection_of(Request *request, const HttpOptions *options, const char *bearer)
{
        g_autoptr(GError) error = NULL;
        Connection *connection = NULL;

        if (bearer)
                connection =
                        gate_authenticate(options->gate, bearer, request_peer(request), &error);
        else
                g_set_error_literal(
                        &error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                        "This needs Authorization: Bearer with the bearer of a connection "
                        "that the human has minted");
        if (connection)
                return connection;
        refuse(request, error);
        return NULL;
}

Connection *bearer_connection(Request *request, const HttpOptions *options)
{
        return bearer_connection_of(request, options, request_bearer(request));
}

Connection *bearer_observer(Request *request, const HttpOptions *options)
{
        g_autoptr(Connection) connection = bearer_connection(request, options);
        g_autoptr(GError) error = NULL;

        if (!connection || connection_terms(connection)->observer)
                return g_steal_pointer(&connection);
        g_set_error_literal(
                &error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                "This tells of others, so only a connection may see it that the human has "
                "made an observer");
        request_answer_error(request, error);
        return NULL;
}
