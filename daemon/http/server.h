/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP/1.1 on the daemon's loop: listens on the sockets named "http" that systemd passed, checks what holds for every
 * request (Host, Origin, sizes, time), finds the route, and hands over a whole request. A handler answers at once or
 * later, with a body, with a stream, or by taking the connection over. Loop thread only; nothing here blocks. */
#pragma once

#include "http/http.h"

#define SERVER_BODY_BYTES_MAX   4194304
#define SERVER_HEADER_BYTES_MAX 32768 /* request line and headers */
#define SERVER_CONNECTIONS_MAX  1024
#define SERVER_PER_ADDRESS_MAX  512
#define SERVER_PATIENT_MAX      448 /* with so many open, who comes takes the place of the idlest */
#define SERVER_IDLE_SEC         60  /* a connection that is silent in the middle of something */
#define SERVER_STREAM_RETRY_MS  1000 /* until a client whose stream was cut off comes again */
#define SERVER_STREAM_BYTES_MAX                                                                    \
        (4 * 1024 * 1024)       /* said on a stream and not yet taken by its client */
#define SERVER_KEEPALIVE_SEC 15 /* between comments on a stream that says nothing */

typedef struct Server Server;
typedef struct Request Request; /* until it is answered or its client has gone */
typedef struct Stream Stream;   /* an answer that goes on: server-sent events */

typedef void (*ServerHandler)(Request *request, void *data);

typedef struct Route {
        const char *method; /* "POST"; of a path that has others: 405 with Allow */
        const char *path;   /* whole, or ending in "*": what begins so */
        ServerHandler handler;
        void *data;
        bool any_origin; /* a browser may send it from any page: what everybody may read and nothing else */
} Route;

Server *server_new(const HttpOptions *options, GError **error);
Server *server_free(Server *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_free)

/* Before server_start(); route is copied, its strings are static. */
void server_add_route(Server *server, const Route *route);

/* Listens from now on. */
bool server_start(Server *server, GError **error);

/* Our own address as clients write it, "http://127.0.0.1:8765"; NULL if we do not listen. */
const char *server_url(const Server *server);

/* ---- a request; what these return is borrowed until it is answered ---- */

const char *request_method(const Request *request);
const char *request_path(const Request *request);
const char *request_header(
        const Request *request,
        const char *
                name); /* NULL: not there; several of one name: joined by ", ", or 400 before (Host, Mcp-* …) */
const char *request_query(const Request *request, const char *name); /* decoded; NULL: not there */
const char *request_body(const Request *request, size_t *ret_size);  /* NUL after it */
const char *request_peer(const Request *request);                    /* its address, "127.0.0.1" */
const char *request_bearer(
        const Request *request); /* of Authorization: Bearer …; NULL: not there */

/* Called once, from the loop, if the client goes or is closed before request_answer() or, of a stream, stream_end(); the
 * request or stream is not to be used any more after it. It is never called from within what is called here. */
void request_on_gone(Request *request, void (*gone)(void *data), void *data);

typedef struct Answer {
        unsigned status;
        const char *type; /* "application/json"; NULL: no body */
        const char *body; /* copied; length SIZE_MAX: up to its NUL */
        size_t length;
        const char *const *headers; /* "Name: value", NULL-terminated, or NULL */
} Answer;

/* Ends the request. */
void request_answer(Request *request, const Answer *answer);

/* The same with a JSON object; and an error as the error table has it, {"error": {"code", "message"}}. */
void request_answer_json(Request *request, unsigned status, JsonObject *body);
void request_answer_error(Request *request, const GError *error);

/* The same with a status and headers that the table does not have. */
void request_refuse(Request *request, unsigned status, const GError *error,
                    const char *const *headers);

/* Ends the request and begins a stream of server-sent events (200, no-store, X-Accel-Buffering: no). The stream is the
 * caller's until stream_end() or gone, which is then what request_on_gone() set. */
Stream *request_stream(Request *request, const char *const *headers);

/* One event; id may be NULL (none), data "" (an event without data, which with an id tells the client where to go on, and after
 * how long). False: the client takes too little, or has gone;
 * what request_on_gone() set is called soon. */
bool stream_send(Stream *stream, const char *id, const char *data);
void stream_end(Stream *stream); /* what was said is still sent */

/* For WebSocket: answers 101 and hands the socket over, which the caller closes (-1 if there are no descriptors left);
 * what came after the request is in extra. If the client goes before, what request_on_gone() set is called instead. Upgrade: websocket and Connection: Upgrade need not be among the headers. */
typedef void (*RequestTaken)(int fd, const void *extra, size_t size, void *data);
void request_take_over(Request *request, const char *const *headers, RequestTaken taken,
                       void *data);
