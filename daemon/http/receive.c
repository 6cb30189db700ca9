/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a request comes in. The library calls receive_target() when it has read the request line, then receive() with the
 * headers, with each piece of the body, at the end of it, and again whenever the link was resumed; receive_end() last. */
#include <string.h>
#include <unistd.h>

#include "http/fault.h"
#include "http/server-private.h"

void *receive_target(void *data, const char *target, struct MHD_Connection *connection)
{
        Server *server = data;
        Link *link = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
                             ->socket_context;
        Request *request = g_new0(Request, 1);

        request->link = link;
        request->began_us = g_get_monotonic_time();
        request->target = g_strdup(target);
        request->target_in_place = target;
        request->headers = g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE,
                                       sizeof(RequestHeader));
        request->body = g_byte_array_new();
        link->request = request;
        service_hold(server->options.service);
        service_touch(server->options.service);
        return request;
}

void receive_end(void *data, struct MHD_Connection *connection, void **context,
                 enum MHD_RequestTerminationCode how)
{
        Request *request = *context;

        *context = NULL;
        if (!request)
                return;
        Link *link = request->link;
        link->request = NULL;
        if (!link->is_doomed)
                link_set_deadline(link, link->is_half_closed ? 1 : link->server->idle_us);
        request_free(request);
}

static bool is_origin_allowed(const Request *request)
{
        const char *origin = request_header(request, "Origin");

        return !origin || (request->route && request->route->route.any_origin) ||
               address_is_own_origin(origin, &request->link->server->ports) ||
               FAULT("no-origin-check");
}

static void find_route(Request *request)
{
        g_autofree char *allowed = NULL;

        request->route =
                server_find_route(request->link->server, request->method, request->path, &allowed);
        if (!is_origin_allowed(request)) {
                request_answer_status(request, MHD_HTTP_FORBIDDEN, "DENIED",
                                      "The header Origin is not ours", NULL);
                return;
        }
        if (request->route)
                return;
        g_autofree char *allow = g_strconcat("Allow: ", allowed, NULL);
        if (allowed)
                request_answer_status(request, MHD_HTTP_METHOD_NOT_ALLOWED, "INVALID",
                                      "The path has no such method",
                                      (const char *const[]){allow, NULL});
        else
                request_answer_status(request, MHD_HTTP_NOT_FOUND, "NOT_FOUND",
                                      "There is no such path", NULL);
}

static enum MHD_Result send_response(Request *request)
{
        Link *link = request->link;
        const RouteEntry *route = request->route ? request->route : &link->server->nowhere;
        enum MHD_Result result =
                MHD_queue_response(link->connection, request->status, request->response);

        MHD_destroy_response(request->response);
        request->response = NULL;
        metric_add(route->answers[MIN(request->status / 100, 5)], 1);
        histogram_observe(route->time, g_get_monotonic_time() - request->began_us);
        if (!request->stream)
                link_set_deadline(link, link->server->idle_us);
        return result;
}

/* A refusal waits until the body is read, so that it arrives; unless nobody knows how long that is, as of any request
 * that is malformed, or the client waits to be told before it sends it. */
static bool must_answer_early(const Request *request)
{
        const char *length = request_header(request, "Content-Length");

        return !check_is_framing_plain(request) || request_header(request, "Expect") ||
               (length && (strlen(length) > 18 ||
                           g_ascii_strtoull(length, NULL, 10) > SERVER_DRAIN_BYTES_MAX));
}

static enum MHD_Result begin(Request *request, const char *method, const char *version)
{
        g_autoptr(GError) error = NULL;
        unsigned status;

        request->is_begun = true;
        request->method = method;
        status = check_request(request, version, &error);
        if (status == 0)
                find_route(request);
        else
                request_answer_status(request, status, error_row(error_code(error))->name,
                                      error->message, NULL);
        if (!request->response)
                return MHD_YES;
        request->is_handled = true;
        if (status != MHD_HTTP_BAD_REQUEST && !must_answer_early(request))
                return MHD_YES;
        (void)MHD_add_response_header(request->response, "Connection", "close");
        return send_response(request);
}

static enum MHD_Result take_body(Request *request, const char *data, size_t size)
{
        request->body_bytes += size;
        if (request->body_bytes > SERVER_DRAIN_BYTES_MAX)
                return MHD_NO;
        if (request->is_handled) /* what is refused is read and forgotten */
                return MHD_YES;
        if (request->body_bytes <= SERVER_BODY_BYTES_MAX) {
                g_byte_array_append(request->body, (const uint8_t *)data, (unsigned)size);
                return MHD_YES;
        }
        request->is_handled = true;
        g_byte_array_set_size(request->body, 0);
        request_answer_status(request, MHD_HTTP_CONTENT_TOO_LARGE, "LIMIT", CHECK_BODY_TOO_LARGE,
                              NULL);
        return MHD_YES;
}

static void handle(Request *request)
{
        request->is_handled = true;
        g_byte_array_append(request->body, (const uint8_t *)"", 1); /* NUL after it */
        link_set_deadline(request->link, 0);
        request->route->route.handler(request, request->route->route.data);
}

enum MHD_Result receive(void *data, struct MHD_Connection *connection, const char *url,
                        const char *method, const char *version, const char *upload, size_t *size,
                        void **context)
{
        Request *request = *context;

        if (!request || request->link->is_doomed)
                return MHD_NO;
        if (!request->is_begun)
                return begin(request, method, version);
        if (*size > 0) {
                size_t came = *size;
                *size = 0;
                return take_body(request, upload, came);
        }
        if (!request->is_handled)
                handle(request);
        if (request->response)
                return send_response(request);
        link_suspend(request->link);
        return MHD_YES;
}
