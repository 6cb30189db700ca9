/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clients are told without asking: that the list of their tools has changed. Since 2026-07-28 they listen for it
 * with a request that stays open (subscriptions/listen); clients of the older era are told in their session. When a
 * connection ends, so does all that it has here. */
#include <string.h>

#include "http/fault.h"
#include "http/mcp-private.h"

typedef struct Listen {
        Call call;
        bool tools;
        GPtrArray *interests; /* Interest* */
        char *listing;        /* what the connection was shown when it was last told */
} Listen;

/* ---- one that listens ---- */

static void listen_stop(Call *call)
{
}

static void listen_free(Call *call)
{
        Listen *listen = (Listen *)call;

        g_ptr_array_unref(listen->interests);
        g_free(listen->listing);
        g_free(listen);
}

/* A notification of this listening, up to the members of its params. */
static GString *begin_note(const Listen *listen, const char *method)
{
        GString *out = message_begin(method, /* id= */ 0);

        if (FAULT("untagged-notifications"))
                return out;
        message_member(out, "_meta");
        g_string_append_c(out, '{');
        message_node(out, MCP_META_PREFIX "subscriptionId", listen->call.id);
        g_string_append_c(out, '}');
        return out;
}

static void say_note(const Listen *listen, GString *out)
{
        g_autofree char *text = message_end(out);

        listen->call.outlet->type->say(listen->call.outlet, text);
}

/* We end it: where all share one channel a notification says so too. */
static void listen_expel(Call *call)
{
        if (call->session) {
                GString *note = message_begin("notifications/cancelled", /* id= */ 0);
                message_node(note, "requestId", call->id);
                message_string(note, "reason", "The connection has ended");
                g_autofree char *text = message_end(note);
                call->outlet->type->say(call->outlet, text);
        }
        GString *out = message_answer(call->id);
        message_member(out, "result");
        g_string_append(out, "{\"resultType\":\"complete\",\"_meta\":{");
        message_node(out, MCP_META_PREFIX "subscriptionId", call->id);
        message_member(out, MCP_META_PREFIX "serverInfo");
        g_string_append(out, call->mcp->server_info);
        g_string_append_c(out, '}');
        call_answer(call, out);
}

static const CallType listen_type = {listen_stop, listen_expel, listen_free,
                                     /* is_endless= */ true};

static void acknowledge(const Listen *listen)
{
        GString *out = begin_note(listen, "notifications/subscriptions/acknowledged");

        message_member(out, "notifications");
        g_string_append_c(out, '{');
        if (listen->tools) {
                message_member(out, "toolsListChanged");
                g_string_append(out, "true");
        }
        if (listen->interests->len > 0) {
                message_member(out, "resourceSubscriptions");
                g_string_append_c(out, '[');
                for (unsigned i = 0; i < listen->interests->len; i++) {
                        if (i > 0)
                                g_string_append_c(out, ',');
                        json_write_string(out, interest_uri(listen->interests->pdata[i]));
                }
                g_string_append_c(out, ']');
        }
        g_string_append_c(out, '}');
        say_note(listen, out);
}

static void tell_updated(const char *uri, void *data)
{
        Listen *listen = data;
        GString *out = begin_note(listen, "notifications/resources/updated");

        message_string(out, "uri", uri);
        say_note(listen, out);
}

/* The resources that are to be watched have a form, and are not too many. */
static bool check_uris(Turn *turn, JsonArray *uris)
{
        guint count = uris ? json_array_get_length(uris) : 0;

        if (count > MCP_SUBSCRIPTIONS_MAX) {
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                          "There are more than %d resources to watch (MCP_SUBSCRIPTIONS_MAX)",
                          MCP_SUBSCRIPTIONS_MAX);
                return false;
        }
        for (guint i = 0; i < count; i++) {
                JsonNode *node = json_array_get_element(uris, i);
                const char *uri = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
                if (uri && strlen(uri) <= MCP_URI_BYTES_MAX)
                        continue;
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                          "params.notifications.resourceSubscriptions must be an array of strings "
                          "of at most %d bytes (MCP_URI_BYTES_MAX)",
                          MCP_URI_BYTES_MAX);
                return false;
        }
        return true;
}

static void watch_all(Listen *listen, JsonArray *uris)
{
        for (guint i = 0; uris && i < json_array_get_length(uris); i++) {
                InterestOptions options = {
                        .mcp = listen->call.mcp,
                        .connection = listen->call.connection,
                        .uri = json_array_get_string_element(uris, i),
                        .told = tell_updated,
                        .data = listen,
                };
                g_ptr_array_add(listen->interests, interest_new(&options));
        }
}

void listen_turn(Turn *turn)
{
        JsonObject *wanted = json_member_object(turn->params, "notifications");
        Listen *listen;

        if (!wanted) {
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                          "params.notifications must be an object that says what to listen for");
                return;
        }
        JsonArray *uris = json_member_array(wanted, "resourceSubscriptions");
        if (!check_uris(turn, uris))
                return;
        listen = g_new0(Listen, 1);
        listen->interests = g_ptr_array_new_with_free_func(interest_free);
        if (!call_init(&listen->call, &listen_type, turn)) {
                listen_free(&listen->call);
                return;
        }
        listen->tools = json_member_bool(wanted, "toolsListChanged", false);
        listen->listing = listing_digest(turn->mcp, turn->input->connection);
        turn->call = &listen->call;
        watch_all(listen, uris);
        acknowledge(listen);
}

/* ---- what the gate tells ---- */

static bool has_changed(char **listing, const char *now)
{
        if (g_strcmp0(*listing, now) == 0)
                return false;
        g_free(*listing);
        *listing = g_strdup(now);
        return true;
}

static void tell_listing(Mcp *mcp, const Connection *connection, GHashTable *sessions)
{
        static const char text[] =
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";
        g_autofree char *now = listing_digest(mcp, connection);
        GHashTableIter iter;
        Session *session;

        g_hash_table_iter_init(&iter, sessions);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&session))
                if (session->version && session->listing &&
                    g_strcmp0(session->connection, connection_id(connection)) == 0 &&
                    has_changed(&session->listing, now))
                        session_say(session, text);
}

static void tell_listeners(Mcp *mcp, const Connection *connection)
{
        g_autofree char *now = listing_digest(mcp, connection);
        GHashTableIter iter;
        Call *call;

        g_hash_table_iter_init(&iter, mcp->calls);
        while (g_hash_table_iter_next(&iter, (void **)&call, NULL)) {
                Listen *listen = (Listen *)call;
                if (call->type == &listen_type && listen->tools &&
                    g_str_equal(call->connection, connection_id(connection)) &&
                    has_changed(&listen->listing, now))
                        say_note(listen, begin_note(listen, "notifications/tools/list_changed"));
        }
}

/* The first call that the connection has, or NULL. */
static Call *find_call(Mcp *mcp, const char *connection)
{
        GHashTableIter iter;
        Call *call;

        g_hash_table_iter_init(&iter, mcp->calls);
        while (g_hash_table_iter_next(&iter, (void **)&call, NULL))
                if (g_str_equal(call->connection, connection))
                        return call;
        return NULL;
}

static Session *find_session(GHashTable *sessions, const char *connection)
{
        GHashTableIter iter;
        Session *session;

        g_hash_table_iter_init(&iter, sessions);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&session))
                if (g_strcmp0(session->connection, connection) == 0)
                        return session;
        return NULL;
}

static void expel(Mcp *mcp, const char *connection)
{
        GHashTableIter iter;
        Session *session;
        Call *call;

        while ((call = find_call(mcp, connection)))
                call->type->expel(call);
        while ((session = find_session(mcp->sessions, connection)))
                session_end(session);
        /* clients of the socket go by themselves */
        g_hash_table_iter_init(&iter, mcp->attached);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&session))
                if (g_strcmp0(session->connection, connection) == 0)
                        session->outlet->type->close(session->outlet);
}

void listen_on_gate(const char *connection, void *data)
{
        Mcp *mcp = data;
        g_autoptr(Connection) now = gate_connection(mcp->options.gate, connection, NULL);

        if (!now) {
                expel(mcp, connection);
                return;
        }
        tell_listing(mcp, now, mcp->sessions);
        tell_listing(mcp, now, mcp->attached);
        tell_listeners(mcp, now);
}
