/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MCP over HTTP. A Post is a request that came by POST, from then until it is answered: with one JSON object, or, once
 * there is something to say before that or it takes its time, as a stream of events. In the stateless era a client that
 * goes takes its request with it; in the older one the answer waits on the stream's trail for whoever resumes it. */
#include "http/mcp-http.h"

#include <string.h>

#include "http/oauth.h"
#include "http/fault.h"
#include "http/trail.h"

#define JSON_TYPE   "application/json"
#define STREAM_TYPE "text/event-stream"
#define TICK_USEC   ((uint64_t)MCP_STREAM_AFTER_SEC * G_USEC_PER_SEC)

struct McpHttp {
        Mcp *mcp;
        GHashTable *posts; /* set of Post */
        sd_event_source *tick;
};

typedef struct Post {
        Outlet outlet; /* first */
        McpHttp *door;
        Request *request; /* NULL: answered, a stream by now, or its client has gone */
        Stream *stream;   /* of the stateless era */
        Trail *trail;     /* of the older era, once it is a stream; the session's */
        Session *session; /* NULL: stateless */
        Call *call;
        int64_t began_us; /* monotonic */
        bool is_initialize;
} Post;

/* What a session has besides: its trails, and the outlet of the first of them. */
typedef struct Attached {
        Outlet outlet; /* first */
        Trails *trails;
        Trail *own; /* of its GET */
        Session *session;
} Attached;

/* ---- answers that are no call's ---- */

static void answer_text(Request *request, unsigned status, const char *text, size_t length,
                        const char *const *headers)
{
        request_answer(request, &(Answer){.status = status,
                                          .type = text ? JSON_TYPE : NULL,
                                          .body = text,
                                          .length = length,
                                          .headers = headers});
}

static void refuse(Request *request, unsigned status, JsonNode *id, const char *why)
{
        g_autofree char *text = message_error(id, JSONRPC_INVALID_REQUEST, why, NULL);

        answer_text(request, status, text, SIZE_MAX, NULL);
}

static void answer_unauthorized(Request *request, const GError *error)
{
        int code;
        g_autofree char *text = mcp_error(NULL, error, &code);
        g_autofree char *challenge = oauth_challenge(request, request_bearer(request) != NULL);
        const char *headers[] = {challenge, NULL};
        const char *later[] = {"Retry-After: " G_STRINGIFY(GATE_GUESSES_SEC), NULL};

        if (error_code(error) == OUROBOROS_ERROR_LIMIT)
                answer_text(request, 429, text, SIZE_MAX, later);
        else if (error_code(error) == OUROBOROS_ERROR_DENIED)
                answer_text(request, 401, text, SIZE_MAX, headers);
        else
                answer_text(request, (unsigned)error_row(error_code(error))->http, text, SIZE_MAX,
                            NULL);
}

/* NULL after answering. */
static Connection *authenticate(McpHttp *door, Request *request)
{
        const char *bearer = request_bearer(request);
        g_autoptr(GError) error = NULL;
        Connection *connection = NULL;

        if (bearer)
                connection = gate_authenticate(mcp_options(door->mcp)->gate, bearer,
                                               request_peer(request), &error);
        else
                g_set_error_literal(&error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "Show the bearer of a connection: Authorization: Bearer …");
        if (!connection)
                answer_unauthorized(request, error);
        return connection;
}

/* ---- what a request must say ---- */

/* Does a list of media types (Accept) have this one, or one that stands for it? */
static bool accepts(const char *list, const char *type)
{
        const char *slash = strchr(type, '/');
        g_autofree char *any = g_strdup_printf("%.*s/*", (int)(slash - type), type);
        g_auto(GStrv) items = g_strsplit(list, ",", 64);

        for (unsigned i = 0; items[i]; i++) {
                char *end = strchr(items[i], ';');
                bool is_refused = end && g_regex_match_simple("q=0(\\.0*)?\\s*$", end + 1, 0, 0);
                if (end)
                        *end = '\0';
                g_strstrip(items[i]);
                if (!is_refused &&
                    (g_ascii_strcasecmp(items[i], type) == 0 ||
                     g_ascii_strcasecmp(items[i], any) == 0 || g_str_equal(items[i], "*/*")))
                        return true;
        }
        return false;
}

static bool is_json(const char *type)
{
        size_t length = strlen(JSON_TYPE);

        return type && g_ascii_strncasecmp(type, JSON_TYPE, length) == 0 &&
               (type[length] == '\0' || type[length] == ';' || type[length] == ' ');
}

static bool check_types(Request *request)
{
        const char *accept = request_header(request, "Accept");

        if (!is_json(request_header(request, "Content-Type"))) {
                refuse(request, 415, NULL, "Content-Type must be " JSON_TYPE);
                return false;
        }
        if (accept && (!accepts(accept, JSON_TYPE) || !accepts(accept, STREAM_TYPE))) {
                refuse(request, 406, NULL, "Accept must have both " JSON_TYPE " and " STREAM_TYPE);
                return false;
        }
        return true;
}

static const char *header(const char *name, void *request)
{
        return request_header(request, name);
}

/* ---- posts ---- */

static void post_free(Post *post)
{
        g_hash_table_remove(post->door->posts, post);
        g_free(post);
}

/* The client of a POST has gone. */
static void on_post_gone(void *data)
{
        Post *post = data;

        post->request = NULL;
        post->stream = NULL;
        if (!post->session && post->call)
                mcp_cancel(post->call);
}

static void on_trail_gone(void *trail)
{
        trail_on_gone(trail);
}

/* Nobody listens to the session's own stream any more. */
static void on_own_gone(void *data)
{
        Attached *attached = data;

        trail_on_gone(attached->own);
        session_attend(attached->session, false);
}

static Attached *attached_of(Session *session)
{
        return session_data(session);
}

static void open_stream(Post *post)
{
        Stream *stream;

        if (!post->request)
                return;
        if (!post->session) {
                post->stream = request_stream(post->request, NULL);
                post->request = NULL;
                return;
        }
        post->trail = trails_add(attached_of(post->session)->trails);
        request_on_gone(post->request, on_trail_gone, post->trail);
        stream = request_stream(post->request, NULL);
        post->request = NULL;
        trail_attach(post->trail, stream, 0,
                     /* priming= */ strcmp(session_version(post->session), "2025-11-25") >= 0);
}

static void post_say(Outlet *outlet, const char *message)
{
        Post *post = (Post *)outlet;

        if (!post->stream && !post->trail)
                open_stream(post);
        if (post->trail)
                trail_say(post->trail, message);
        else if (post->stream)
                (void)stream_send(post->stream, NULL, message);
}

static void answer_request(Post *post, unsigned status, const char *message, size_t length)
{
        g_autofree char *id = NULL;
        const char *headers[] = {NULL, NULL};
        Session *session = post->session;

        if (post->is_initialize && session_version(session))
                headers[0] = id = g_strconcat("Mcp-Session-Id: ", session_id(session), NULL);
        answer_text(post->request, status, message, length, headers);
        if (post->is_initialize && !session_version(session))
                session_end(session);
}

static void post_answer(Outlet *outlet, unsigned status, const char *message, size_t length)
{
        Post *post = (Post *)outlet;

        if (post->trail) {
                trail_say(post->trail, message);
                trail_end(post->trail);
        } else if (post->stream) {
                (void)stream_send(post->stream, NULL, message);
                stream_end(post->stream);
        } else if (post->request) {
                answer_request(post, status, message, length);
        }
        post_free(post);
}

static void post_drop(Outlet *outlet)
{
        Post *post = (Post *)outlet;

        if (post->trail)
                trail_end(post->trail);
        else if (post->stream)
                stream_end(post->stream);
        else if (post->request)
                refuse(post->request, 499, NULL, "The request was cancelled");
        post_free(post);
}

static const OutletType post_type = {post_say, post_answer, post_drop, NULL};

static void arm(McpHttp *door)
{
        (void)sd_event_source_set_time_relative(door->tick, TICK_USEC / 2);
        (void)sd_event_source_set_enabled(door->tick, SD_EVENT_ONESHOT);
}

/* Calls that take their time go on as streams, which are kept alive. */
static int on_tick(sd_event_source *source, uint64_t usec, void *data)
{
        McpHttp *door = data;
        int64_t before = g_get_monotonic_time() - (int64_t)TICK_USEC;
        bool is_any_left = false;
        GHashTableIter iter;
        Post *post;

        g_hash_table_iter_init(&iter, door->posts);
        while (g_hash_table_iter_next(&iter, (void **)&post, NULL)) {
                if (post->began_us <= before)
                        open_stream(post);
                is_any_left |= post->request != NULL;
        }
        if (is_any_left)
                arm(door);
        return 0;
}

static void take_request(McpHttp *door, Request *request, McpInput *input)
{
        Post *post = g_new0(Post, 1);

        *post = (Post){
                .outlet = {&post_type},
                .door = door,
                .request = request,
                .session = input->session,
                .began_us = g_get_monotonic_time(),
                .is_initialize =
                        input->session && g_str_equal(input->message->method, "initialize"),
        };
        g_hash_table_add(door->posts, post);
        request_on_gone(request, on_post_gone, post);
        input->outlet = &post->outlet;
        Call *call = mcp_handle(door->mcp, input);
        if (!call)
                return; /* and the post has gone */
        post->call = call;
        int is_on = SD_EVENT_OFF;
        (void)sd_event_source_get_enabled(door->tick, &is_on);
        if (is_on == SD_EVENT_OFF)
                arm(door);
}

/* ---- sessions ---- */

static void attached_say(Outlet *outlet, const char *message)
{
        trail_say(((Attached *)outlet)->own, message);
}

static void attached_free(void *data)
{
        Attached *attached = data;

        trails_free(attached->trails);
        g_free(attached);
}

static void attach(Session *session)
{
        static const OutletType type = {attached_say, NULL, NULL, NULL};
        Attached *attached = g_new0(Attached, 1);

        *attached = (Attached){.outlet = {&type}, .trails = trails_new(), .session = session};
        attached->own = trails_add(attached->trails);
        session_set_data(session, attached, attached_free);
        session_set_outlet(session, &attached->outlet);
}

static Session *begin_session(McpHttp *door, Request *request, const Message *message,
                              const Connection *connection)
{
        g_autoptr(GError) error = NULL;
        Session *session = mcp_begin_session(door->mcp, connection_id(connection), &error);

        if (session) {
                attach(session);
                return session;
        }
        int code;
        g_autofree char *text = mcp_error(message->id, error, &code);
        answer_text(request, 429, text, SIZE_MAX, NULL);
        return NULL;
}

/* The session that a request names; NULL after answering. */
static Session *find_session(McpHttp *door, Request *request, JsonNode *id,
                             const Connection *connection)
{
        const char *name = request_header(request, "Mcp-Session-Id");
        Session *session;

        if (!name) {
                refuse(request, 400, id, "Mcp-Session-Id is required; initialize gives one");
                return NULL;
        }
        session = mcp_find_session(door->mcp, name, connection_id(connection));
        if (!session)
                refuse(request, 404, id,
                       "There is no such session; begin a new one with initialize");
        return session;
}

static void take_session_message(McpHttp *door, Request *request, McpInput *input)
{
        const Message *message = input->message;
        bool begins = message_is_request(message) && g_str_equal(message->method, "initialize");

        if (begins && request_header(request, "Mcp-Session-Id")) {
                if (find_session(door, request, message->id, input->connection))
                        refuse(request, 400, message->id,
                               "This session has been initialized already");
                return;
        }
        input->session = begins ? begin_session(door, request, message, input->connection)
                                : find_session(door, request, message->id, input->connection);
        if (!input->session)
                return;
        if (message_is_request(message)) {
                take_request(door, request, input);
                return;
        }
        (void)mcp_handle(door->mcp, input);
        answer_text(request, 202, NULL, 0, NULL);
}

/* ---- the routes ---- */

static void take_message(McpHttp *door, Request *request, const Message *message,
                         const Connection *connection)
{
        McpInput input = {
                .message = message, .connection = connection, .header = header, .data = request};

        if (mcp_era(message, request_header(request, "MCP-Protocol-Version")) == ERA_SESSION)
                take_session_message(door, request, &input);
        else if (message_is_request(message))
                take_request(door, request, &input);
        else if (message->method)
                answer_text(request, 202, NULL, 0, NULL);
        else
                refuse(request, 400, NULL, "Clients send no replies since " MCP_VERSION);
}

static void on_post(Request *request, void *data)
{
        McpHttp *door = data;
        g_autoptr(Connection) connection = authenticate(door, request);
        g_autofree char *refusal = NULL;
        size_t size;

        if (!connection || !check_types(request))
                return;
        const char *body = request_body(request, &size);
        g_autoptr(Message) message = message_parse(body, size, &refusal);
        if (message)
                take_message(door, request, message, connection);
        else
                answer_text(request, 400, refusal, SIZE_MAX, NULL);
}

static bool is_stateless(Request *request)
{
        const char *version = request_header(request, "MCP-Protocol-Version");

        return version && !mcp_is_session_version(version);
}

static void answer_not_allowed(Request *request)
{
        static const char *const headers[] = {"Allow: POST", NULL};
        g_autofree char *text = message_error(NULL, JSONRPC_INVALID_REQUEST,
                                              "Since " MCP_VERSION " there is POST only", NULL);

        answer_text(request, 405, text, SIZE_MAX, headers);
}

/* Streams a session's own messages, or goes on with a stream that was cut off. */
static void listen_to(Request *request, Session *session)
{
        Attached *attached = attached_of(session);
        const char *last = request_header(request, "Last-Event-ID");
        Trail *trail = attached->own;
        uint64_t event = trail_last(trail);

        if (last && !(trail = trails_find(attached->trails, last, &event))) {
                refuse(request, 400, NULL, "There is no stream of this Last-Event-ID any more");
                return;
        }
        if (!last && trail_is_attended(trail)) {
                refuse(request, 409, NULL, "This session has its stream already");
                return;
        }
        if (trail == attached->own) {
                session_attend(session, true);
                request_on_gone(request, on_own_gone, attached);
        } else {
                session_touch(session);
                request_on_gone(request, on_trail_gone, trail);
        }
        trail_attach(trail, request_stream(request, NULL), event,
                     /* priming= */ !last && strcmp(session_version(session), "2025-11-25") >= 0);
}

static void on_get(Request *request, void *data)
{
        McpHttp *door = data;
        g_autoptr(Connection) connection = authenticate(door, request);
        const char *accept;

        if (!connection)
                return;
        accept = request_header(request, "Accept");
        if (is_stateless(request)) {
                answer_not_allowed(request);
                return;
        }
        if (accept && !accepts(accept, STREAM_TYPE)) {
                refuse(request, 406, NULL, "Accept must have " STREAM_TYPE);
                return;
        }
        Session *session = find_session(door, request, NULL, connection);
        if (session)
                listen_to(request, session);
}

static void on_delete(Request *request, void *data)
{
        McpHttp *door = data;
        g_autoptr(Connection) connection = authenticate(door, request);

        if (!connection)
                return;
        if (is_stateless(request)) {
                answer_not_allowed(request);
                return;
        }
        Session *session = find_session(door, request, NULL, connection);
        if (!session)
                return;
        if (!FAULT("no-session-isolation"))
                session_end(session);
        answer_text(request, 204, NULL, 0, NULL);
}

McpHttp *mcp_http_new(Mcp *mcp, Server *server, GError **error)
{
        g_autoptr(McpHttp) door = g_new0(McpHttp, 1);
        const Route routes[] = {
                {.method = "POST", .path = MCP_PATH, .handler = on_post, .data = door},
                {.method = "GET", .path = MCP_PATH, .handler = on_get, .data = door},
                {.method = "DELETE", .path = MCP_PATH, .handler = on_delete, .data = door},
        };

        door->mcp = mcp;
        door->posts = g_hash_table_new(NULL, NULL);
        int r = sd_event_add_time_relative(service_loop(mcp_options(mcp)->service), &door->tick,
                                           CLOCK_MONOTONIC, TICK_USEC, G_USEC_PER_SEC, on_tick,
                                           door);
        if (r >= 0)
                r = sd_event_source_set_enabled(door->tick, SD_EVENT_OFF);
        if (r < 0) {
                error_set_errno(error, -r, "Cannot make a timer");
                return NULL;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
                server_add_route(server, &routes[i]);
        return g_steal_pointer(&door);
}

McpHttp *mcp_http_free(McpHttp *door)
{
        if (!door)
                return NULL;
        sd_event_source_disable_unref(door->tick);
        if (door->posts)
                g_hash_table_unref(door->posts);
        g_free(door);
        return NULL;
}
