/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Session: what is known of a client of the older era between its messages; a client of the socket has one whatever it
 * speaks. It belongs to one connection from its beginning, or from authentication on, to its end: told by the client,
 * by idleness, by being the one used longest ago when there are too many, or by the end of the connection. */
#include <sodium.h>
#include <string.h>

#include "http/fault.h"
#include "http/figures.h"
#include "http/mcp-private.h"

#define ID_RANDOM_BYTES 24
#define LEVEL_AT_FIRST  6 /* info */

typedef struct Ask {
        uint64_t number;
        Outlet *outlet;
        AskDone done;
        void *data;
        int64_t until_us; /* monotonic */
} Ask;

static Session *session_new(Mcp *mcp)
{
        Session *session = g_new0(Session, 1);

        session->mcp = mcp;
        session->journal = id_new("sess");
        session->level = LEVEL_AT_FIRST;
        session->calls = g_hash_table_new(g_str_hash, g_str_equal);
        session->asks = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
        session->uris = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, interest_free);
        service_hold(mcp->options.service);
        session_touch(session);
        return session;
}

void session_end(Session *session)
{
        GHashTableIter iter;
        void *call;

        metric_add(figures_sessions(&session->mcp->options, session->id != NULL), -1);
        g_hash_table_remove(session->id ? session->mcp->sessions : session->mcp->attached,
                            session->id ? (void *)session->id : session);
        for (g_hash_table_iter_init(&iter, session->calls);
             g_hash_table_iter_next(&iter, NULL, &call);
             g_hash_table_iter_init(&iter, session->calls))
                call_drop(call);
        if (session->free_data)
                session->free_data(session->data);
        g_hash_table_unref(session->calls);
        g_hash_table_unref(session->asks);
        g_hash_table_unref(session->uris);
        service_release(session->mcp->options.service);
        g_free(session->listing);
        g_free(session->journal);
        g_free(session->connection);
        g_free(session->id);
        g_free(session);
}

/* ---- those of HTTP ---- */

static char *new_id(void)
{
        uint8_t random[ID_RANDOM_BYTES];
        char text[sodium_base64_ENCODED_LEN(sizeof random,
                                            sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

        randombytes_buf(random, sizeof random);
        sodium_bin2base64(text, sizeof text, random, sizeof random,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        return g_strdup(text);
}

static bool is_busy(const Session *session)
{
        return session->is_attended || g_hash_table_size(session->calls) > 0;
}

/* How many a connection has (NULL: all), and the one of them that was used longest ago and has nothing under way. */
static unsigned count(Mcp *mcp, const char *connection, Session **ret_oldest)
{
        GHashTableIter iter;
        Session *session;
        unsigned all = 0;

        *ret_oldest = NULL;
        g_hash_table_iter_init(&iter, mcp->sessions);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&session)) {
                if (connection && !g_str_equal(session->connection, connection))
                        continue;
                all++;
                if (!is_busy(session) &&
                    (!*ret_oldest || session->used_us < (*ret_oldest)->used_us))
                        *ret_oldest = session;
        }
        return all;
}

static bool make_room(Mcp *mcp, const char *connection, unsigned max, const char *limit,
                      GError **error)
{
        Session *oldest;

        if (count(mcp, connection, &oldest) < max)
                return true;
        if (oldest) {
                session_end(oldest);
                return true;
        }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "There are %u sessions already, all at work, which is the limit (%s)", max,
                    limit);
        return false;
}

Session *mcp_begin_session(Mcp *mcp, const char *connection, GError **error)
{
        Session *session;

        if (!make_room(mcp, connection, MCP_SESSIONS_PER_CONNECTION_MAX,
                       "MCP_SESSIONS_PER_CONNECTION_MAX", error) ||
            !make_room(mcp, /* connection= */ NULL, MCP_SESSIONS_MAX, "MCP_SESSIONS_MAX", error))
                return NULL;
        session = session_new(mcp);
        session->id = new_id();
        session->connection = g_strdup(connection);
        g_hash_table_insert(mcp->sessions, session->id, session);
        metric_add(figures_sessions(&mcp->options, /* is_http= */ true), 1);
        return session;
}

/* The first that there is. */
static Session *any_session(Mcp *mcp)
{
        GHashTableIter iter;
        void *session = NULL;

        g_hash_table_iter_init(&iter, mcp->sessions);
        (void)g_hash_table_iter_next(&iter, NULL, &session);
        return session;
}

Session *mcp_find_session(Mcp *mcp, const char *id, const char *connection)
{
        Session *session = g_hash_table_lookup(mcp->sessions, id);

        if (FAULT("no-session-isolation"))
                session = any_session(mcp);
        return session && g_str_equal(session->connection, connection) ? session : NULL;
}

/* ---- those of the socket ---- */

Session *mcp_attach_session(Mcp *mcp, Outlet *outlet)
{
        Session *session = session_new(mcp);

        session->outlet = outlet;
        g_hash_table_add(mcp->attached, session);
        metric_add(figures_sessions(&mcp->options, /* is_http= */ false), 1);
        return session;
}

void session_authenticate(Session *session, const char *connection)
{
        g_assert(!session->connection);
        session->connection = g_strdup(connection);
}

/* ---- all ---- */

const char *session_id(const Session *session)
{
        return session->id;
}

const char *session_connection(const Session *session)
{
        return session->connection;
}

const char *session_version(const Session *session)
{
        return session->version;
}

void session_set_outlet(Session *session, Outlet *outlet)
{
        session->outlet = outlet;
        session_touch(session);
}

void session_attend(Session *session, bool is_attended)
{
        session->is_attended = is_attended;
        session_touch(session);
}

void session_touch(Session *session)
{
        session->used_us = g_get_monotonic_time();
}

bool session_is_waited_for(const Session *session)
{
        GHashTableIter iter;
        Call *call;

        g_hash_table_iter_init(&iter, session->calls);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&call))
                if (!call->type->is_endless)
                        return true;
        return false;
}

void session_set_data(Session *session, void *data, GDestroyNotify free)
{
        session->data = data;
        session->free_data = free;
}

void *session_data(const Session *session)
{
        return session->data;
}

void session_say(Session *session, const char *message)
{
        if (session->outlet && session->is_ready)
                session->outlet->type->say(session->outlet, message);
}

/* ---- requests of ours ---- */

uint64_t session_ask(Session *session, Outlet *outlet, JsonObject *ask, AskDone done, void *data)
{
        Ask *made = g_new0(Ask, 1);
        JsonObject *params = json_member_object(ask, "params");
        GString *out;

        *made = (Ask){
                .number = ++session->last_ask,
                .outlet = outlet,
                .done = done,
                .data = data,
                .until_us = g_get_monotonic_time() + (int64_t)MCP_ASK_SEC * G_USEC_PER_SEC,
        };
        g_hash_table_insert(session->asks, &made->number, made);
        out = g_string_sized_new(512);
        g_string_append(out, "{\"jsonrpc\":\"2.0\"");
        message_int(out, "id", (int64_t)made->number);
        message_string(out, "method", json_member_string(ask, "method", ""));
        if (params) {
                message_member(out, "params");
                json_write_object(out, params);
        }
        g_string_append_c(out, '}');
        uint64_t number = made->number;
        g_autofree char *text = g_string_free(out, FALSE);
        outlet->type->say(outlet, text);
        return number;
}

void session_forget(Session *session, uint64_t number)
{
        Ask *ask = g_hash_table_lookup(session->asks, &number);

        if (!ask)
                return;
        GString *out = message_begin("notifications/cancelled", /* id= */ 0);
        message_int(out, "requestId", (int64_t)number);
        g_autofree char *text = message_end(out);
        Outlet *outlet = ask->outlet;
        g_hash_table_remove(session->asks, &number);
        outlet->type->say(outlet, text);
}

void session_on_reply(Session *session, const Message *message)
{
        uint64_t number;
        Ask *ask;

        if (!message->id || json_node_get_value_type(message->id) != G_TYPE_INT64)
                return;
        number = (uint64_t)json_node_get_int(message->id);
        ask = g_hash_table_lookup(session->asks, &number);
        if (!ask)
                return;
        Ask found = *ask;
        g_hash_table_remove(session->asks, &number);
        found.done(message->result, message->error, found.data);
}

static void expire_asks(Session *session, int64_t now)
{
        GHashTableIter iter;
        Ask *ask;

        g_hash_table_iter_init(&iter, session->asks);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&ask))
                if (ask->until_us < now) {
                        Ask found = *ask;
                        session_forget(session, found.number);
                        found.done(NULL, NULL, found.data);
                        return; /* the table may be another now; the rest has its turn later */
                }
}

void session_sweep(Mcp *mcp)
{
        int64_t now = g_get_monotonic_time();
        g_autoptr(GPtrArray) expired = g_ptr_array_new();
        GHashTableIter iter;
        Session *session;

        g_hash_table_iter_init(&iter, mcp->sessions);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&session)) {
                expire_asks(session, now);
                if (!is_busy(session) &&
                    session->used_us + (int64_t)MCP_SESSION_IDLE_SEC * G_USEC_PER_SEC < now)
                        g_ptr_array_add(expired, session);
        }
        for (unsigned i = 0; i < expired->len; i++)
                session_end(expired->pdata[i]);
        g_hash_table_iter_init(&iter, mcp->attached);
        while (g_hash_table_iter_next(&iter, (void **)&session, NULL))
                expire_asks(session, now);
}
