/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room: its sockets, its server, and what hangs on them. */
#include <sys/socket.h>

#include "http/http.h"
#include "http/passed.h"
#include "http/server-private.h"
#include "http/socket.h"

struct Http {
        Sockets *sockets;
        Server *server;
};

static bool take_unix(int fd, void *data, GError **error)
{
        return sockets_add(((Http *)data)->sockets, fd, error);
}

static bool take_tcp(int fd, void *data, GError **error)
{
        return server_add_listener(((Http *)data)->server, fd, error);
}

Http *http_new(const HttpOptions *options, GError **error)
{
        static const PassedName names[] = {
                {"mcp", AF_UNIX, take_unix}, {"http", AF_INET, take_tcp}, {NULL, 0, NULL}};
        g_autoptr(Http) http = g_new0(Http, 1);

        http->sockets = sockets_new(options);
        http->server = server_new(options, error);
        if (!http->server || !passed_take(names, http, error))
                return NULL;
        return g_steal_pointer(&http);
}

bool http_start(Http *http, GError **error)
{
        return server_start(http->server, error);
}

Http *http_free(Http *http)
{
        if (!http)
                return NULL;
        sockets_free(http->sockets);
        server_free(http->server);
        g_free(http);
        return NULL;
}
