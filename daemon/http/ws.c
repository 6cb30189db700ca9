/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is connected to /ws, what they say and what they are told. A client is let in by its bearer once; when its
 * connection ends or changes, the gate says so. The log is what tools are called and what the journal appends: all of it
 * for observers, for others what they did themselves. What follows from a write tells of what it met; so those who do not
 * see everything are told of calls alone. The calls come from workers through a mailbox, and only while somebody listens. */
#include "http/ws.h"

#include <microhttpd.h>
#include <string.h>
#include <unistd.h>
#include <wslay/wslay.h>

#include "http/bearer.h"
#include "http/command.h"
#include "http/figures.h"
#include "http/ws-client.h"

#define GUID              "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455, 1.3 */
#define KEY_CHARS         24
#define VERSION           "13"
#define LOGGED_PER_COMMIT 100 /* entries of one commit: the first, and the last */
#define NO_MODEL                                                                                   \
        "No model provider is configured, so nobody can answer. What the memory holds can be asked of the tools, over MCP."

typedef struct Member {
        Ws *ws;
        WsClient *client;
        char *connection; /* conn-… */
        bool is_observer, is_scoped;
        GHashTable *replies; /* Reply: commands under way */
} Member;

struct Ws {
        const HttpOptions *options;
        GHashTable *members; /* set of Member* */
        Mailbox *mailbox;
        gint listening;    /* atomic: members */
        unsigned expected; /* handshakes that are answered and not yet taken over */
};

/* A command whose answer goes to a member, if it is still there. */
typedef struct Reply {
        Member *member; /* or NULL */
} Reply;

/* A socket that is to become a member. */
typedef struct Handover {
        Ws *ws;
        char *connection;
} Handover;

static JsonObject *new_message(const char *type)
{
        JsonObject *message = json_object_new();

        json_object_set_string_member(message, "type", type);
        return message;
}

static void send_error(Member *member, const GError *error)
{
        g_autoptr(JsonObject) message = new_message("error");
        JsonObject *inner = json_object_new();

        json_object_set_string_member(inner, "code", error_row(error_code(error))->name);
        json_object_set_string_member(inner, "message", error->message);
        json_object_set_object_member(message, "data", inner);
        ws_client_send(member->client, message);
}

/* ---- chat and commands ---- */

static void say(Member *member, const char *content)
{
        g_autoptr(JsonObject) message = new_message("chat");

        json_object_set_string_member(message, "role", "assistant");
        json_object_set_string_member(message, "content", content);
        ws_client_send(member->client, message);
}

static void on_command_done(unsigned status, JsonObject *answer, const GError *error, void *data)
{
        Reply *reply = data;
        Member *member = reply->member;

        if (member) {
                g_hash_table_remove(member->replies, reply);
                if (error)
                        send_error(member, error);
                else
                        say(member, json_member_string(answer, "text", ""));
        }
        g_free(reply);
}

static bool check_commands(const Member *member, GError **error)
{
        if (g_hash_table_size(member->replies) < WS_COMMANDS_MAX)
                return true;
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                "WS_COMMANDS_MAX (%d) commands of this client are under way; wait for an answer",
                WS_COMMANDS_MAX);
        return false;
}

static void start_command(Member *member, const char *cmd)
{
        const HttpOptions *options = member->ws->options;
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection =
                gate_connection(options->gate, member->connection, &error);

        if (!connection || !check_commands(member, &error)) {
                send_error(member, error);
                return;
        }
        Reply *reply = g_new0(Reply, 1);
        reply->member = member;
        g_hash_table_add(member->replies, reply);
        command_start(options, connection, cmd, on_command_done, reply);
}

static void answer_chat(Member *member, const char *content)
{
        g_autoptr(JsonObject) typing = new_message("typing");

        if (content[0] == '/') {
                start_command(member, content);
                return;
        }
        json_object_set_string_member(typing, "action", "typing");
        ws_client_send(member->client, typing);
        say(member, NO_MODEL);
}

static void on_said(WsClient *client, JsonObject *message, void *data)
{
        Member *member = data;
        const char *type = json_member_string(message, "type", "");
        const char *content = json_member_string(message, "content", NULL);
        const char *cmd = json_member_string(message, "cmd", NULL);

        if (g_str_equal(type, "chat") && content) {
                answer_chat(member, content);
                return;
        }
        if (g_str_equal(type, "command") && cmd && g_utf8_strlen(cmd, -1) <= COMMAND_CHARS_MAX) {
                start_command(member, cmd);
                return;
        }
        g_autoptr(GError) error = g_error_new(
                OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                "A message is {\"type\": \"chat\", \"content\"} or {\"type\": \"command\", \"cmd\"}, "
                "of at most COMMAND_CHARS_MAX (%d) characters",
                COMMAND_CHARS_MAX);
        send_error(member, error);
}

/* ---- the log ---- */

typedef enum LogKind { LOG_CALL, LOG_ENTRY } LogKind;

static bool may_see(const Member *member, const char *connection, LogKind kind)
{
        if (member->is_observer)
                return true;
        return g_strcmp0(member->connection, connection) == 0 &&
               (kind == LOG_CALL || !member->is_scoped);
}

/* connection: whose doing it is, or NULL. */
static void log_to(Ws *ws, const char *connection, LogKind kind, JsonObject *data)
{
        g_autoptr(JsonObject) message = new_message("log");
        g_autofree Member **members = (Member **)g_hash_table_get_keys_as_array(ws->members, NULL);

        json_object_set_object_member(message, "data", json_object_ref(data));
        for (Member **member = members; *member; member++)
                if (may_see(*member, connection, kind))
                        ws_client_send((*member)->client, message);
}

typedef struct Called {
        Ws *ws;
        char *connection;
        JsonObject *data;
} Called;

static void on_called(void *job)
{
        Called *called = job;

        log_to(called->ws, called->connection, LOG_CALL, called->data);
        g_free(called->connection);
        json_object_unref(called->data);
        g_free(called);
}

/* Any thread. Who called what and what came of it; never the arguments, which are content. */
static void on_call(const GateCall *call, void *data)
{
        Ws *ws = data;
        const Actor *actor = access_actor(call->access);

        if (g_atomic_int_get(&ws->listening) == 0)
                return;
        Called *called = g_new0(Called, 1);
        *called = (Called){ws, g_strdup(actor->connection), new_message("tool")};
        json_set_time(called->data, "ts", clock_now());
        json_object_set_string_member(called->data, "tool", call->tool->name);
        json_set_string(called->data, "actor", actor->name);
        json_set_string(called->data, "connection_id", actor->connection);
        json_object_set_string_member(called->data, "outcome",
                                      call->error ? error_row(error_code(call->error))->name
                                                  : "OK");
        json_object_set_double_member(called->data, "duration_ms",
                                      (double)(g_get_monotonic_time() - call->began_us) / 1000);
        mailbox_post(ws->mailbox, on_called, called);
}

static const char *op_to_string(ChangeOp op)
{
        return op == CHANGE_INSERT ? "insert" : op == CHANGE_UPDATE ? "update" : "delete";
}

static void log_change(Ws *ws, const Change *change)
{
        g_autoptr(JsonObject) data = new_message("journal");

        json_set_time(data, "ts", change->time_us);
        json_object_set_string_member(data, "id", change->id);
        json_object_set_string_member(data, "group", change->group);
        json_object_set_string_member(data, "table", change->table);
        json_object_set_string_member(data, "op", op_to_string(change->op));
        json_set_string(data, "actor", change->actor_name);
        json_object_set_int_member(data, "seq", change->seq);
        log_to(ws, change->actor_connection, LOG_ENTRY, data);
}

static void on_changes(const Change *changes, unsigned count, void *data)
{
        Ws *ws = data;
        unsigned first = MIN(count, LOGGED_PER_COMMIT - 1);

        if (g_atomic_int_get(&ws->listening) == 0)
                return;
        for (unsigned i = 0; i < first; i++)
                log_change(ws, &changes[i]);
        if (count > first)
                log_change(ws, &changes[count - 1]);
}

/* ---- members ---- */

static void member_free(void *data)
{
        Member *member = data;
        GHashTableIter iter;
        void *reply;

        g_hash_table_iter_init(&iter, member->replies);
        while (g_hash_table_iter_next(&iter, &reply, NULL))
                ((Reply *)reply)->member = NULL;
        g_hash_table_unref(member->replies);
        ws_client_free(member->client);
        metric_add(figures_sockets(member->ws->options), -1);
        service_release(member->ws->options->service);
        g_free(member->connection);
        g_free(member);
}

static void on_ended(WsClient *client, void *data)
{
        Member *member = data;
        Ws *ws = member->ws;

        g_hash_table_remove(ws->members, member);
        g_atomic_int_set(&ws->listening, (gint)g_hash_table_size(ws->members));
}

static void set_terms(Member *member, const Terms *terms)
{
        member->is_observer = terms->observer;
        member->is_scoped = terms->entities != NULL;
}

static void on_taken(int fd, const void *extra, size_t size, void *data)
{
        g_autofree Handover *handover = data;
        g_autofree char *connection = handover->connection;
        Ws *ws = handover->ws;

        g_autoptr(Connection) now = gate_connection(ws->options->gate, connection, NULL);

        ws->expected--;
        if (fd < 0)
                return;
        if (!now) { /* it ended while the handshake was on its way */
                close(fd);
                return;
        }
        Member *member = g_new0(Member, 1);
        *member = (Member){.ws = ws,
                           .connection = g_steal_pointer(&connection),
                           .replies = g_hash_table_new(NULL, NULL)};
        set_terms(member, connection_terms(now));
        service_hold(ws->options->service);
        metric_add(figures_sockets(ws->options), 1);
        g_hash_table_add(ws->members, member);
        g_atomic_int_set(&ws->listening, (gint)g_hash_table_size(ws->members));
        member->client = ws_client_new(service_loop(ws->options->service), fd, extra, size,
                                       &(WsHandlers){on_said, on_ended, member});
        if (!member->client)
                on_ended(NULL, member);
}

/* The terms may have changed, or the connection has ended: then so do its sockets. */
static void on_connection(const char *connection, void *data)
{
        Ws *ws = data;
        g_autofree Member **members = (Member **)g_hash_table_get_keys_as_array(ws->members, NULL);
        g_autoptr(Connection) now = gate_connection(ws->options->gate, connection, NULL);

        for (Member **member = members; *member; member++) {
                if (!g_str_equal((*member)->connection, connection))
                        continue;
                if (now)
                        set_terms(*member, connection_terms(now));
                else
                        ws_client_close((*member)->client, WSLAY_CODE_POLICY_VIOLATION,
                                        "The connection has ended");
        }
}

/* ---- the handshake ---- */

/* Is token in the list of a header? */
static bool has_token(const char *list, const char *token)
{
        g_auto(GStrv) items = g_strsplit(list ? list : "", ",", -1);

        for (char **item = items; *item; item++)
                if (g_ascii_strcasecmp(g_strstrip(*item), token) == 0)
                        return true;
        return false;
}

static bool is_key(const char *key)
{
        gsize size = 0;

        if (!key || strlen(key) != KEY_CHARS)
                return false;
        g_autofree guchar *bytes = g_base64_decode(key, &size);
        return size == 16;
}

/* The bearer of a browser, which has only this list to say it in; the caller frees. */
static char *bearer_of_protocols(const char *list)
{
        g_auto(GStrv) items = g_strsplit(list ? list : "", ",", -1);

        for (char **item = items; *item; item++)
                if (g_str_has_prefix(g_strstrip(*item), WS_PROTOCOL_BEARER))
                        return g_strdup(*item + strlen(WS_PROTOCOL_BEARER));
        return NULL;
}

static char *accept_of(const char *key)
{
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
        uint8_t digest[20];
        gsize size = sizeof digest;

        g_checksum_update(sum, (const uint8_t *)key, -1);
        g_checksum_update(sum, (const uint8_t *)GUID, -1);
        g_checksum_get_digest(sum, digest, &size);
        return g_base64_encode(digest, size);
}

static bool refuse(Request *request, unsigned status, const char *why)
{
        g_autoptr(GError) error = g_error_new_literal(OUROBOROS_ERROR,
                                                      status == MHD_HTTP_SERVICE_UNAVAILABLE
                                                              ? OUROBOROS_ERROR_LIMIT
                                                              : OUROBOROS_ERROR_INVALID,
                                                      why);
        const char *const version[] = {"Sec-WebSocket-Version: " VERSION, "Upgrade: websocket",
                                       NULL};

        request_refuse(request, status, error,
                       status == MHD_HTTP_UPGRADE_REQUIRED ? version : NULL);
        return false;
}

static bool check_handshake(Request *request, const Ws *ws)
{
        const char *version = request_header(request, "Sec-WebSocket-Version");

        if (!g_str_equal(request_method(request), "GET") ||
            !has_token(request_header(request, "Upgrade"), "websocket") ||
            !has_token(request_header(request, "Connection"), "upgrade"))
                return refuse(request, MHD_HTTP_UPGRADE_REQUIRED, "This is a WebSocket (RFC 6455)");
        if (!version || !g_str_equal(version, VERSION))
                return refuse(request, MHD_HTTP_UPGRADE_REQUIRED,
                              "The version of the WebSocket must be " VERSION);
        if (!is_key(request_header(request, "Sec-WebSocket-Key")))
                return refuse(request, MHD_HTTP_BAD_REQUEST,
                              "Sec-WebSocket-Key must be 16 bytes in base64");
        if (g_hash_table_size(ws->members) + ws->expected >= WS_CLIENTS_MAX)
                return refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                              "There are WS_CLIENTS_MAX (" G_STRINGIFY(
                                      WS_CLIENTS_MAX) ") WebSockets open");
        return true;
}

static void on_abandoned(void *data)
{
        Handover *handover = data;

        handover->ws->expected--;
        g_free(handover->connection);
        g_free(handover);
}

static void on_open(Request *request, void *data)
{
        Ws *ws = data;
        const char *protocols = request_header(request, "Sec-WebSocket-Protocol");
        g_autofree char *offered = bearer_of_protocols(protocols);

        if (!check_handshake(request, ws))
                return;
        g_autoptr(Connection) connection = bearer_connection_of(
                request, ws->options, request_bearer(request) ? request_bearer(request) : offered);
        if (!connection)
                return;
        g_autofree char *key = accept_of(request_header(request, "Sec-WebSocket-Key"));
        g_autofree char *accept = g_strconcat("Sec-WebSocket-Accept: ", key, NULL);
        const char *const headers[] = {
                accept,
                has_token(protocols, WS_PROTOCOL) ? "Sec-WebSocket-Protocol: " WS_PROTOCOL : NULL,
                NULL};
        Handover *handover = g_new0(Handover, 1);
        *handover = (Handover){ws, g_strdup(connection_id(connection))};
        ws->expected++;
        request_on_gone(request, on_abandoned, handover);
        request_take_over(request, headers, on_taken, handover);
}

/* ---- the life of it ---- */

Ws *ws_new(Server *server, const HttpOptions *options, GError **error)
{
        g_autoptr(Ws) ws = g_new0(Ws, 1);

        ws->options = options;
        ws->members = g_hash_table_new_full(NULL, NULL, member_free, NULL);
        ws->mailbox = mailbox_new(service_loop(options->service), error);
        if (!ws->mailbox)
                return NULL;
        gate_add_feed(options->gate, on_connection, ws);
        store_add_feed(options->vault, on_changes, ws);
        tools_set_watcher(options->tools, on_call, ws);
        server_add_route(server, &(Route){"GET", "/ws", on_open, ws});
        return g_steal_pointer(&ws);
}

Ws *ws_free(Ws *ws)
{
        if (!ws)
                return NULL;
        if (ws->mailbox) {
                tools_set_watcher(ws->options->tools, NULL, NULL);
                store_remove_feed(ws->options->vault, on_changes, ws);
                gate_remove_feed(ws->options->gate, on_connection, ws);
        }
        ws->mailbox = mailbox_free(ws->mailbox);
        g_hash_table_unref(ws->members);
        g_free(ws);
        return NULL;
}
