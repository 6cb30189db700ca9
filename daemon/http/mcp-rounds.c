/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds: where a tool needs an answer of the client, it ends the round. Since 2026-07-28 the request is answered with
 * what is asked, and made anew by the client with the replies and a requestState, in which the replies of earlier
 * rounds and the tool's note are; in the older era the client is asked by requests of ours. Then the tool runs anew. */
#include <string.h>

#include "http/fault.h"
#include "http/mcp-run.h"

/* What of asks the client can answer; what it cannot is added to missing. */
static JsonObject *what_can_be_asked(const Run *run, JsonObject *asks, JsonObject *missing)
{
        JsonObject *possible = json_object_new();
        JsonObjectIter members;
        const char *key;
        JsonNode *node;

        json_object_iter_init_ordered(&members, asks);
        while (json_object_iter_next_ordered(&members, &key, &node)) {
                AskKind kind = mcp_ask_kind(json_node_get_object(node));
                if ((run->can_ask & (1u << kind)) || FAULT("asks-undeclared"))
                        json_object_set_member(possible, key, json_node_copy(node));
                else
                        mcp_add_capability(missing, kind);
        }
        return possible;
}

static void fail_for_capability(Run *run, JsonObject *missing)
{
        g_autofree char *names = json_print_object(missing);
        g_autofree char *text = g_strdup_printf(
                "%s needs capabilities that the client does not have: %s", run->tool->name, names);

        if (run->call.era == ERA_STATELESS) {
                g_autoptr(JsonObject) data = json_object_new();
                json_object_set_object_member(data, "requiredCapabilities",
                                              json_object_ref(missing));
                call_fail(&run->call, MCP_MISSING_CAPABILITY, data, text);
                return;
        }
        g_autoptr(GError) error =
                g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE, text);
        run_fail(run, error);
}

/* Ends the round: the client comes back with the replies, and with what was said before in the state. */
static void answer_asks(Run *run, JsonObject *asks, const char *note)
{
        State state = {.note = (char *)note, .replies = run->replies};
        g_autoptr(GError) error = NULL;
        g_autofree char *sealed =
                state_seal(run->call.mcp, run->call.connection, run->request, &state, &error);

        if (!sealed) {
                run_fail(run, error);
                return;
        }
        GString *out = mcp_result(run->call.mcp, run->call.era, run->call.id, "input_required");
        message_member(out, "inputRequests");
        json_write_object(out, asks);
        message_string(out, "requestState", sealed);
        call_answer(&run->call, out);
}

static void add_reply(Run *run, const char *key, JsonObject *reply)
{
        /* the ones before may be shared with a thread that goes on reading them */
        JsonObject *replies = run->replies ? json_copy_object(run->replies) : json_object_new();

        json_object_set_object_member(replies, key, json_copy_object(reply));
        g_clear_pointer(&run->replies, json_object_unref);
        run->replies = replies;
}

typedef struct Asked {
        Run *run;
        char *key;
        uint64_t number;
} Asked;

static void asked_free(void *data)
{
        Asked *asked = data;

        g_free(asked->key);
        g_free(asked);
}

static void on_reply(JsonObject *result, JsonObject *error, void *data)
{
        Asked *asked = data;
        Run *run = asked->run;

        if (!result && !error) {
                g_autoptr(GError) late = g_error_new(
                        OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                        "The client was asked and did not answer within %d seconds (MCP_ASK_SEC)",
                        MCP_ASK_SEC);
                g_hash_table_remove(run->open, &asked->number);
                rounds_stop(run);
                run_fail(run, late);
                return;
        }
        if (result) {
                add_reply(run, asked->key, result);
        } else {
                /* what a handler sees of a client that refused */
                g_autoptr(JsonObject) refused = json_object_new();
                json_object_set_object_member(refused, "error", json_copy_object(error));
                add_reply(run, asked->key, refused);
        }
        g_hash_table_remove(run->open, &asked->number);
        if (g_hash_table_size(run->open) == 0)
                run_call(run);
}

static void send_asks(Run *run, JsonObject *asks)
{
        g_autoptr(GList) keys = json_object_get_members(asks);

        if (!run->open)
                run->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, asked_free);
        for (GList *at = keys; at; at = at->next) {
                Asked *asked = g_new0(Asked, 1);
                *asked = (Asked){.run = run, .key = g_strdup(at->data)};
                asked->number =
                        session_ask(run->call.session, run->call.outlet,
                                    json_object_get_object_member(asks, at->data), on_reply, asked);
                g_hash_table_insert(run->open, &asked->number, asked);
        }
}

void rounds_ask(Run *run, JsonObject *asks, const char *note)
{
        g_autoptr(JsonObject) missing = json_object_new();
        g_autoptr(JsonObject) possible = what_can_be_asked(run, asks, missing);

        if (json_object_get_size(possible) == 0) {
                fail_for_capability(run, missing);
                return;
        }
        if (run->call.era == ERA_STATELESS) {
                answer_asks(run, possible, note);
                return;
        }
        g_free(run->note);
        run->note = g_strdup(note);
        send_asks(run, possible);
}

void rounds_stop(Run *run)
{
        GHashTableIter iter;
        uint64_t *number;

        if (!run->open)
                return;
        g_hash_table_iter_init(&iter, run->open);
        while (g_hash_table_iter_next(&iter, (void **)&number, NULL))
                session_forget(run->call.session, *number);
        g_hash_table_remove_all(run->open);
}

/* ---- what the client brings ---- */

/* What a state is bound to: the same request. */
static void name_request(Run *run)
{
        g_autofree char *text = run->args ? json_print_canonical(run->args) : NULL;

        if (!run->request)
                run->request = g_strconcat(run->method, "\n", run->tool->name, "\n",
                                           text ? text : "{}", NULL);
}

/* The replies that came with the request are objects; those of rounds before are in the state. */
static bool take_replies(Run *run, Turn *turn)
{
        JsonNode *node = json_object_get_member(turn->params, "inputResponses");
        JsonObject *given = json_member_object(turn->params, "inputResponses");
        JsonObjectIter members;
        const char *key;
        JsonNode *value;

        if (!node)
                return true;
        if (!given) {
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                          "params.inputResponses must be an object of objects");
                return false;
        }
        json_object_iter_init_ordered(&members, given);
        while (json_object_iter_next_ordered(&members, &key, &value)) {
                if (!JSON_NODE_HOLDS_OBJECT(value)) {
                        turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                                  "params.inputResponses[\"%.80s\"] must be an object", key);
                        return false;
                }
                add_reply(run, key, json_node_get_object(value));
        }
        return true;
}

static bool take_state(Run *run, Turn *turn)
{
        JsonNode *node = json_object_get_member(turn->params, "requestState");
        const char *text = json_member_string(turn->params, "requestState", NULL);
        g_auto(State) state = {0};
        g_autoptr(GError) error = NULL;

        if (!node)
                return true;
        name_request(run);
        if (FAULT("accepts-tampered-state"))
                return true;
        if (!text || !state_open(turn->mcp, connection_id(turn->input->connection), run->request,
                                 text, &state, &error)) {
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL, "%s",
                          error ? error->message : "params.requestState must be a string");
                return false;
        }
        run->note = g_steal_pointer(&state.note);
        run->replies = g_steal_pointer(&state.replies);
        return true;
}

bool rounds_read(Run *run, Turn *turn)
{
        if (turn->era == ERA_SESSION || g_str_equal(run->method, "resources/list") ||
            g_str_equal(run->method, "completion/complete"))
                return true;
        if (run->can_ask)
                name_request(run); /* as it came: calling fills in defaults */
        return take_state(run, turn) && take_replies(run, turn);
}
