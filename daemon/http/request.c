/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request as its handler sees it, and its answer. The response waits in the request until the library asks for it. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "http/fault.h"
#include "http/server-private.h"

#define JSON_TYPE "application/json"

Request *request_free(Request *request)
{
        if (!request)
                return NULL;
        /* the stream's caller may still look at it while he is told */
        if (request->gone && !(request->stream && stream_is_ended(request->stream)))
                request->gone(request->gone_data);
        stream_free(request->stream);
        service_release(request->link->server->options.service);
        g_clear_pointer(&request->response, MHD_destroy_response);
        g_clear_pointer(&request->query, g_hash_table_unref);
        g_clear_pointer(&request->joined, g_string_chunk_free);
        g_array_unref(request->headers);
        g_byte_array_unref(request->body);
        g_free(request->target);
        g_free(request->path);
        if (request->bearer)
                sodium_memzero(request->bearer, strlen(request->bearer));
        g_free(request->bearer);
        g_free(request);
        return NULL;
}

const char *request_method(const Request *request)
{
        return request->method;
}

const char *request_path(const Request *request)
{
        return request->path;
}

const char *request_query(const Request *request, const char *name)
{
        return request->query ? g_hash_table_lookup(request->query, name) : NULL;
}

const char *request_body(const Request *request, size_t *ret_size)
{
        *ret_size = request->body->len - 1;
        return (const char *)request->body->data;
}

const char *request_bearer(const Request *request)
{
        return FAULT_BEARER(request->bearer);
}

const char *request_peer(const Request *request)
{
        Link *link = request->link;
        const union MHD_ConnectionInfo *info =
                MHD_get_connection_info(link->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        const struct sockaddr *address = info ? info->client_addr : NULL;

        if (link->peer[0] || !address)
                return link->peer;
        if (address->sa_family == AF_INET)
                (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr,
                                link->peer, sizeof link->peer);
        else if (address->sa_family == AF_INET6)
                (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr,
                                link->peer, sizeof link->peer);
        return link->peer;
}

void request_on_gone(Request *request, void (*gone)(void *data), void *data)
{
        request->gone = gone;
        request->gone_data = data;
}

/* ---- answering ---- */

static void add_header(struct MHD_Response *response, const char *header)
{
        const char *colon = strchr(header, ':');
        g_autofree char *name = colon ? g_strndup(header, (size_t)(colon - header)) : NULL;

        if (!colon ||
            MHD_add_response_header(response, name, colon + 1 + strspn(colon + 1, " ")) != MHD_YES)
                log_debug("Cannot say the header %s, ignoring", header);
}

static void add_headers(struct MHD_Response *response, const char *const *headers)
{
        for (; headers && *headers; headers++)
                add_header(response, *headers);
        (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
        if (!MHD_get_response_header(response, "Cache-Control"))
                (void)MHD_add_response_header(response, "Cache-Control", "no-store");
}

/* What was set with request_on_gone() is over: the client is ours now. */
static void respond(Request *request, unsigned status, struct MHD_Response *response)
{
        request->status = status;
        request->response = response;
        link_resume(request->link);
}

void request_answer(Request *request, const Answer *answer)
{
        const char *body = answer->type ? answer->body : "";
        size_t length = !answer->type                ? 0
                        : answer->length == SIZE_MAX ? strlen(body)
                                                     : answer->length;
        struct MHD_Response *response =
                MHD_create_response_from_buffer(length, (void *)body, MHD_RESPMEM_MUST_COPY);

        if (answer->type)
                (void)MHD_add_response_header(response, "Content-Type", answer->type);
        add_headers(response, answer->headers);
        request->gone = NULL;
        respond(request, answer->status, response);
}

void request_answer_json(Request *request, unsigned status, JsonObject *body)
{
        g_autofree char *text = json_print_object(body);

        request_answer(
                request,
                &(Answer){.status = status, .type = JSON_TYPE, .body = text, .length = SIZE_MAX});
}

void request_answer_status(Request *request, unsigned status, const char *code, const char *message,
                           const char *const *headers)
{
        g_autoptr(JsonObject) body = json_object_new();
        JsonObject *inner = json_object_new();

        json_object_set_string_member(inner, "code", code);
        json_object_set_string_member(inner, "message", message);
        json_object_set_object_member(body, "error", inner);
        g_autofree char *text = json_print_object(body);
        request_answer(request, &(Answer){.status = status,
                                          .type = JSON_TYPE,
                                          .body = text,
                                          .length = SIZE_MAX,
                                          .headers = headers});
}

void request_answer_error(Request *request, const GError *error)
{
        const ErrorRow *row = error_row(error_code(error));

        request_answer_status(request, (unsigned)row->http, row->name, error->message, NULL);
}

void request_refuse(Request *request, unsigned status, const GError *error,
                    const char *const *headers)
{
        request_answer_status(request, status, error_row(error_code(error))->name, error->message,
                              headers);
}

Stream *request_stream(Request *request, const char *const *headers)
{
        request->stream = stream_new(request->link);
        struct MHD_Response *response = stream_response(request->stream);
        (void)MHD_add_response_header(response, "Content-Type", "text/event-stream");
        (void)MHD_add_response_header(response, "X-Accel-Buffering", "no");
        add_headers(response, headers);
        respond(request, MHD_HTTP_OK, response);
        return request->stream;
}

/* ---- handing the socket over ---- */

static void on_taken(void *data, struct MHD_Connection *connection, void *context,
                     const char *extra, size_t size, MHD_socket fd,
                     struct MHD_UpgradeResponseHandle *handle)
{
        Request *request = context;
        int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);

        request->gone = NULL;
        /* the library lets go of its descriptor; what the two have in common stays open */
        request->taken(own, extra, size, request->taken_data);
        (void)MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
        server_kick(request->link->server); /* so that the request ends soon */
}

void request_take_over(Request *request, const char *const *headers, RequestTaken taken, void *data)
{
        struct MHD_Response *response = MHD_create_response_for_upgrade(on_taken, NULL);

        request->taken = taken;
        request->taken_data = data;
        (void)MHD_add_response_header(response, "Upgrade", "websocket");
        add_headers(response, headers);
        respond(request, MHD_HTTP_SWITCHING_PROTOCOLS, response);
}
