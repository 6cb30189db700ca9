/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Call: what a request began and what is not answered yet. It is known by its id in the client's session, so that it
 * can be cancelled, and ends in one of four ways: answered, failed, dropped, or with its session. */
#include <string.h>

#include "http/mcp-private.h"

/* Calls under way of the same client, or, where there is no session, of the same connection. */
static unsigned count_like(const Turn *turn, const char *connection)
{
        GHashTableIter iter;
        unsigned count = 0;
        Call *call;

        if (turn->input->session)
                return g_hash_table_size(turn->input->session->calls);
        g_hash_table_iter_init(&iter, turn->mcp->calls);
        while (g_hash_table_iter_next(&iter, (void **)&call, NULL))
                count += !call->session && g_str_equal(call->connection, connection);
        return count;
}

static bool admit(Turn *turn, const char *connection, const char *key)
{
        Session *session = turn->input->session;

        if (strlen(key) > MCP_TOKEN_BYTES_MAX) {
                turn_fail(turn, JSONRPC_INVALID_REQUEST, NULL,
                          "The id is longer than %d bytes (MCP_TOKEN_BYTES_MAX)",
                          MCP_TOKEN_BYTES_MAX);
                return false;
        }
        if (session && g_hash_table_contains(session->calls, key)) {
                turn_fail(turn, JSONRPC_INVALID_REQUEST, NULL,
                          "A request of this id is under way already");
                return false;
        }
        if (count_like(turn, connection) >= MCP_CALLS_MAX) {
                g_autoptr(GError) error =
                        g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "%d requests are under way, which is the limit (MCP_CALLS_MAX)",
                                    MCP_CALLS_MAX);
                turn_fail_error(turn, error);
                return false;
        }
        return true;
}

bool call_init(Call *call, const CallType *type, Turn *turn)
{
        const char *connection = connection_id(turn->input->connection);
        g_autofree char *key = message_id_key(turn->message->id);

        if (!admit(turn, connection, key))
                return false;
        *call = (Call){
                .type = type,
                .mcp = turn->mcp,
                .session = turn->input->session,
                .outlet = turn->input->outlet,
                .era = turn->era,
                .id = json_node_copy(turn->message->id),
                .key = g_steal_pointer(&key),
                .connection = g_strdup(connection),
        };
        g_hash_table_add(turn->mcp->calls, call);
        if (call->session)
                g_hash_table_insert(call->session->calls, call->key, call);
        return true;
}

static void call_end(Call *call)
{
        g_hash_table_remove(call->mcp->calls, call);
        if (call->session)
                g_hash_table_remove(call->session->calls, call->key);
        json_node_unref(call->id);
        g_free(call->key);
        g_free(call->connection);
        call->type->free(call);
}

void call_answer(Call *call, GString *out)
{
        Outlet *outlet = call->outlet;

        g_string_append(out, "}}");
        call_end(call);
        outlet->type->answer(outlet, 200, out->str, out->len);
        g_string_free(out, TRUE);
}

void call_fail(Call *call, int code, JsonObject *data, const char *text)
{
        g_autofree char *message = message_error(call->id, code, text, data);
        unsigned status = mcp_status(call->era, code);
        Outlet *outlet = call->outlet;

        call_end(call);
        outlet->type->answer(outlet, status, message, strlen(message));
}

void call_drop(Call *call)
{
        Outlet *outlet = call->outlet;

        call->type->stop(call);
        call_end(call);
        outlet->type->drop(outlet);
}

void mcp_cancel(Call *call)
{
        call_drop(call);
}
