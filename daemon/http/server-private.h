/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What server.c, request.c and stream.c know of each other. A Link is one TCP connection, from accept to close; it has
 * at most one Request at a time, and that perhaps a Stream. */
#pragma once

#include <microhttpd.h>
#include <netinet/in.h>

#include "http/address.h"
#include "http/server.h"

#define SERVER_HALF_CLOSED_SEC 2 /* a client that says no more may still want its answer: so long */
#define SERVER_DRAIN_BYTES_MAX                                                                     \
        (16 * 1024 *                                                                               \
         1024) /* of a body that is refused: read to its end, so that the answer arrives */
#define SERVER_HEADERS_MAX 100
#define SERVER_POOL_BYTES  65536 /* of each connection: its headers and what it is saying just now */

typedef struct Link {
        Server *server;
        struct MHD_Connection *connection;
        sd_event_source *hangup; /* that the client has gone */
        Request *request;        /* under way, or NULL */
        int64_t deadline_us;     /* monotonic; 0: none */
        int fd;
        char peer[INET6_ADDRSTRLEN];
        bool is_suspended;
        bool is_half_closed; /* its client says no more */
        bool is_doomed;      /* ends as soon as its turn comes */
} Link;

/* A route, and what is counted of it. */
typedef struct RouteEntry {
        Route route;
        Metric *answers[6]; /* by the first digit of their status */
        Histogram *time;    /* from the request line to the answer's begin; of streams to theirs */
} RouteEntry;

struct Server {
        HttpOptions options;
        OwnPorts ports;
        GPtrArray *routes;  /* RouteEntry* */
        RouteEntry nowhere; /* what is counted of requests without a route */
        Metric *open_links, *open_streams;
        GPtrArray *listeners; /* sd_event_source* */
        GHashTable *links;    /* set of Link* */
        struct MHD_Daemon *daemon;
        sd_event_source *io, *kick, *sweep;
        char *url;
        int64_t idle_us; /* SERVER_IDLE_SEC, or what a test wants */
};

/* Serves who connects to the listening socket fd, which is its own from now on; before server_start(). INVALID if it
 * can be reached from other machines. */
bool server_add_listener(Server *server, int fd, GError **error);

/* A connection that was accepted; fd does not block, and is its own from now on. */
void server_add_client(Server *server, int fd, const struct sockaddr *address, socklen_t size);

/* Has the library go on with what waits, soon. */
void server_kick(Server *server);

/* The route of a method and path; NULL with the methods of that path ("GET, POST"), or NULL and NULL. */
const RouteEntry *server_find_route(const Server *server, const char *method, const char *path,
                                    char **ret_allowed);

/* Acts on the link in so many microseconds unless told otherwise before; 0: does not. */
void link_set_deadline(Link *link, int64_t after_us);

/* Nothing more is read of the client until link_resume(); it is seen if it goes. */
void link_suspend(Link *link);
void link_resume(Link *link);

/* Closes it; whoever works for it is told from the loop, not from in here. */
void link_doom(Link *link);

/* ---- requests ---- */

typedef struct RequestHeader {
        const char *name,
                *value; /* of the library, which keeps them as long as the request lasts */
} RequestHeader;

struct Request {
        Link *link;
        const RouteEntry *route;
        int64_t began_us; /* monotonic */
        char *target, *path, *bearer;
        const char *method, *target_in_place; /* where the library has them */
        GHashTable *query;                    /* name → value, or NULL */
        GArray *headers;                      /* RequestHeader */
        GStringChunk *joined;                 /* values that are not as they came, or NULL */
        GByteArray *body;
        size_t body_bytes; /* that came, kept or not */
        struct MHD_Response *response;
        unsigned status;
        Stream *stream;
        void (*gone)(void *data);
        void *gone_data;
        RequestTaken taken;
        void *taken_data;
        bool is_begun;   /* its headers have been looked at */
        bool is_handled; /* its handler has been called */
};

/* receive.c: callbacks of the library. */
void *receive_target(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result receive(void *server, struct MHD_Connection *connection, const char *url,
                        const char *method, const char *version, const char *data, size_t *size,
                        void **request);
void receive_end(void *server, struct MHD_Connection *connection, void **request,
                 enum MHD_RequestTerminationCode how);

#define CHECK_BODY_TOO_LARGE "The body is over SERVER_BODY_BYTES_MAX (4194304 bytes)"

/* check.c: what holds for every request, before its route is looked for. Sets headers, path, query, bearer; the status
 * of what is wrong, with an error that says it. 0: nothing is. */
unsigned check_request(Request *request, const char *version, GError **error);

/* Must the link end after the answer, as nobody knows where the next request begins? */
bool check_is_framing_plain(const Request *request);

/* request.c */
void request_answer_status(Request *request, unsigned status, const char *code, const char *message,
                           const char *const *headers);
Request *request_free(Request *request);

/* ---- stream.c ---- */

Stream *stream_new(Link *link);
Stream *stream_free(Stream *stream);

/* What the library sends: a response that takes from the stream. */
struct MHD_Response *stream_response(Stream *stream);
bool stream_is_ended(const Stream *stream);

/* The time has come that link_set_deadline() said: keeps it alive, or dooms it. */
void stream_tick(Stream *stream);
