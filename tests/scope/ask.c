/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scope/ask.h"

#include <string.h>

#define ROUNDS_MAX   4
#define SNIPPET_SEC  60
#define CALLS_IN_ONE 3

/* ---- snippets ---- */

static const char snippet[] =
        "const out: unknown[] = [];\n"
        "for (const [tool, args] of %s as [string, object][])\n"
        "        try { out.push(await sophia[tool](args)) }\n"
        "        catch (e: any) { out.push([e.code, e.message, e.payload]) }\n"
        "return out;";

static const char *draw_inner(Draw *draw, GPtrArray *tools)
{
        const char *name;

        do
                name = tools->pdata[g_rand_int_range(draw->rand, 0, (int)tools->len)];
        while (strcmp(name, "execute_code") == 0);
        return name;
}

void ask_draw_snippet(Draw *draw, GHashTable *inputs, GPtrArray *tools, JsonObject *ret[2])
{
        JsonArray *calls[2] = {json_array_new(), json_array_new()};
        int count = g_rand_int_range(draw->rand, 1, CALLS_IN_ONE + 1);

        for (int i = 0; i < count; i++) {
                const char *tool = draw_inner(draw, tools);
                JsonObject *args[2];

                draw_arguments(draw, tool, g_hash_table_lookup(inputs, tool), args);
                for (unsigned k = 0; k < 2; k++) {
                        JsonArray *call = json_array_new();
                        json_array_add_string_element(call, tool);
                        json_array_add_object_element(call, args[k]);
                        json_array_add_array_element(calls[k], call);
                }
        }
        for (unsigned k = 0; k < 2; k++) {
                g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);
                json_node_take_array(node, calls[k]);
                g_autofree char *text = json_print_node(node);
                g_autofree char *code = g_strdup_printf(snippet, text);

                ret[k] = json_object_new();
                json_object_set_string_member(ret[k], "code", code);
                json_object_set_int_member(ret[k], "timeout_ms", SNIPPET_SEC * 1000);
        }
}

typedef struct Ended {
        bool over;
        JsonObject *answer;
        GError *error;
} Ended;

static void on_done(const ToolOutcome *outcome, void *data)
{
        Ended *ended = data;

        ended->over = true;
        ended->answer = outcome->answer ? json_object_ref(outcome->answer) : NULL;
        ended->error = outcome->error ? g_error_copy(outcome->error) : NULL;
}

static void forget_times(JsonObject *answer)
{
        JsonArray *calls = json_member_array(answer, "calls");

        json_object_remove_member(answer, "ms");
        for (unsigned i = 0; calls && i < json_array_get_length(calls); i++)
                json_object_remove_member(json_array_get_object_element(calls, i), "ms");
}

static JsonObject *run_snippet(World *world, const Access *access, JsonObject *args, GError **error)
{
        Ended ended = {0};
        ToolRequest request = {.access = access,
                               .name = "execute_code",
                               .args = args,
                               .done = on_done,
                               .data = &ended};
        sd_event *loop = service_loop(world->rooms->service);

        (void)runner_start(world->rooms->runner, &request);
        while (!ended.over)
                g_assert_cmpint(sd_event_run(loop, SNIPPET_SEC * G_USEC_PER_SEC), >, 0);
        if (ended.error)
                g_propagate_error(error, ended.error);
        else
                forget_times(ended.answer);
        return ended.answer;
}

/* ---- a model ---- */

static JsonObject *said_by_model(const char *text)
{
        JsonObject *reply = json_object_new(), *content = json_object_new();

        json_object_set_string_member(content, "type", "text");
        json_object_set_string_member(content, "text", text);
        json_object_set_string_member(reply, "role", "assistant");
        json_object_set_string_member(reply, "model", "a model of this test");
        json_object_set_object_member(reply, "content", content);
        return reply;
}

/* Replies to everything that is asked. */
static JsonObject *reply_to(JsonObject *asks, const char *text)
{
        g_autoptr(GList) keys = json_object_get_members(asks);
        JsonObject *replies = json_object_new();

        for (const GList *key = keys; key; key = key->next)
                json_object_set_object_member(replies, key->data, said_by_model(text));
        return replies;
}

typedef struct Mining {
        World *world;
        const Access *access;
        JsonObject *args, *replies;
        char *note;
        JsonArray *asked; /* of each round */
        JsonObject *answer;
} Mining;

/* One round; whether the model was asked something. */
static bool ask_round(Mining *mining, GError **error)
{
        ExchangeOptions options = {.can_ask = 1u << ASK_MODEL,
                                   .can_wait = true,
                                   .replies = mining->replies,
                                   .note = mining->note};
        g_autoptr(Exchange) exchange = exchange_new(&options);
        g_autoptr(Access) caller = access_for_call(mining->access, exchange);

        mining->answer = world_try(mining->world, caller, "mine_document", mining->args, error);
        if (!exchange_is_paused(exchange))
                return false;
        g_clear_error(error);
        json_array_add_object_element(mining->asked, json_object_ref(exchange_asks(exchange)));
        g_free(mining->note);
        mining->note = g_strdup(exchange_note(exchange));
        return true;
}

static JsonObject *mine(Mining *mining, const char *said, GError **error)
{
        mining->replies = json_object_new();
        for (unsigned i = 0; i < ROUNDS_MAX && ask_round(mining, error); i++) {
                json_object_unref(mining->replies);
                mining->replies = reply_to(json_array_get_object_element(mining->asked, i), said);
        }
        json_object_unref(mining->replies);
        g_free(mining->note);
        if (*error) {
                json_array_unref(mining->asked);
                return NULL;
        }
        if (!mining->answer)
                mining->answer = json_object_new();
        json_object_set_array_member(mining->answer, "asked", mining->asked);
        return mining->answer;
}

JsonObject *ask_tool(World *world, const Access *access, const char *tool, JsonObject *args,
                     const char *reply, GError **error)
{
        if (strcmp(tool, "execute_code") == 0)
                return run_snippet(world, access, args, error);
        if (strcmp(tool, "mine_document") == 0) {
                Mining mining = {world, access, args, .asked = json_array_new()};
                return mine(&mining, reply, error);
        }
        return world_try(world, access, tool, args, error);
}
