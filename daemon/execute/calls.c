/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "execute/calls.h"

#include <string.h>

#define TOOL_NAME_BYTES_MAX 100

typedef enum CallState { CALL_PARSED, CALL_WAITING, CALL_RUNNING, CALL_ENDED } CallState;

typedef struct Call {
        Calls *calls;
        uint32_t id;
        CallState state;
        char *tool;
        JsonObject *args; /* until it runs */
        Parse *parse;
        ToolRun *run;
        int64_t began_us, ended_us;
        const char *code; /* NULL: it went well */
} Call;

struct Calls {
        Host host;
        Access *access;
        const CallsHandlers *handlers;
        void *data;
        GPtrArray *list;  /* Call, as they were made */
        GQueue waiting;   /* Call */
        unsigned running; /* parsed or running */
        unsigned open;    /* not ended */
        bool is_closed;
};

static void call_free(void *data)
{
        Call *call = data;

        parse_forget(call->parse);
        if (call->run)
                runner_cancel(call->run);
        g_clear_pointer(&call->args, json_object_unref);
        g_free(call->tool);
        g_free(call);
}

Calls *calls_new(const Host *host, const Access *access, const CallsHandlers *handlers, void *data)
{
        Calls *calls = g_new0(Calls, 1);

        *calls = (Calls){
                .host = *host, .access = access_ref(access), .handlers = handlers, .data = data};
        calls->list = g_ptr_array_new_with_free_func(call_free);
        g_queue_init(&calls->waiting);
        return calls;
}

Calls *calls_free(Calls *calls)
{
        if (!calls)
                return NULL;
        g_queue_clear(&calls->waiting);
        g_ptr_array_unref(calls->list);
        access_unref(calls->access);
        g_free(calls);
        return NULL;
}

/* ---- how a call ends ---- */

static void end(Call *call, const char *code)
{
        Calls *calls = call->calls;

        call->state = CALL_ENDED;
        call->code = code;
        call->ended_us = g_get_monotonic_time();
        g_clear_pointer(&call->args, json_object_unref);
        calls->open--;
}

static void answer(const Calls *calls, uint32_t id, bool ok, JsonObject *object)
{
        char *text = json_print_object(object);
        size_t bytes = strlen(text);
        g_autoptr(GBytes) taken = g_bytes_new_take(text, bytes);

        calls->handlers->answered(id, ok, taken, calls->data);
}

static void answer_failure(const Calls *calls, uint32_t id, const GError *error)
{
        g_autoptr(JsonObject) object = json_object_new();

        json_object_set_string_member(object, "code", error_row(error_code(error))->name);
        json_object_set_string_member(object, "message", error->message);
        json_object_set_object_member(object, "payload", json_error_payload(error));
        answer(calls, id, /* ok= */ false, object);
}

static void fail(Call *call, const GError *error)
{
        end(call, error_row(error_code(error))->name);
        answer_failure(call->calls, call->id, error);
}

/* One more than are kept. */
static void refuse(const Calls *calls, uint32_t id)
{
        g_autoptr(GError) error = g_error_new(
                OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                "The snippet has made EXECUTE_CALLS_MAX (%d) calls already", EXECUTE_CALLS_MAX);

        answer_failure(calls, id, error);
}

static void fail_with(Call *call, OuroborosError code, const char *text)
{
        g_autoptr(GError) error = g_error_new_literal(OUROBOROS_ERROR, code, text);

        fail(call, error);
}

static void begin_more(Calls *calls);

static void on_outcome(const ToolOutcome *outcome, void *data)
{
        Call *call = data;
        Calls *calls = call->calls;

        call->run = NULL;
        calls->running--;
        if (outcome->answer) {
                end(call, NULL);
                answer(calls, call->id, /* ok= */ true, outcome->answer);
        } else if (outcome->error) {
                fail(call, outcome->error);
        } else {
                fail_with(
                        call, OUROBOROS_ERROR_UNAVAILABLE,
                        "This needs an answer of the client, who cannot be asked in a snippet: call the tool itself");
        }
        begin_more(calls);
        if (calls->open == 0)
                calls->handlers->quiet(calls->data);
}

/* ---- how it is begun ---- */

/* The caller as he is now: what the human changes or revokes holds from the next call on. */
static Access *current_access(const Calls *calls, GError **error)
{
        const Connection *old = access_connection(calls->access);

        if (!old || !calls->host.gate)
                return access_ref(calls->access);
        g_autoptr(Connection) now = gate_connection(calls->host.gate, connection_id(old), error);
        return now ? access_new_connection(now, access_actor(calls->access)->session) : NULL;
}

bool host_is_closed(const Tool *tool, const Access *access)
{
        bool asks = tool->needs == TOOL_HUMAN || tool->action;

        return tool->start || (asks && access_actor(access)->kind == ACTOR_HUMAN);
}

static bool check_tool(const Call *call, GError **error)
{
        const Calls *calls = call->calls;
        const Tool *tool = tools_find(calls->host.tools, call->tool);

        if (!tool || !host_is_closed(tool, calls->access))
                return true;
        if (tool->start)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "%s cannot be called from a snippet", call->tool);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "You are asked about %s each time: it cannot be called from a snippet",
                            call->tool);
        return false;
}

static void begin(Call *call)
{
        Calls *calls = call->calls;
        g_autoptr(GError) error = NULL;
        g_autoptr(Access) access = check_tool(call, &error) ? current_access(calls, &error) : NULL;

        if (!access) {
                fail(call, error);
                return;
        }
        ToolRequest request = {.access = access,
                               .name = call->tool,
                               .args = call->args,
                               .inner = true,
                               .done = on_outcome,
                               .data = call};
        call->state = CALL_RUNNING;
        call->began_us = g_get_monotonic_time();
        calls->running++;
        call->run = runner_start(calls->host.runner, &request);
}

static void begin_more(Calls *calls)
{
        while (!g_queue_is_empty(&calls->waiting) && calls->running < EXECUTE_CALLS_AT_ONCE_MAX &&
               !calls->handlers->is_full(calls->data))
                begin(g_queue_pop_head(&calls->waiting));
}

void calls_go_on(Calls *calls)
{
        begin_more(calls);
        if (calls->open == 0)
                calls->handlers->quiet(calls->data);
}

static void on_parsed(JsonNode *node, const GError *error, void *data)
{
        Call *call = data;
        Calls *calls = call->calls;

        call->parse = NULL;
        if (error) {
                fail(call, error);
        } else if (!JSON_NODE_HOLDS_OBJECT(node)) {
                fail_with(call, OUROBOROS_ERROR_INVALID,
                          "A tool takes one object of named arguments");
        } else if (calls->is_closed) {
                end(call, error_row(OUROBOROS_ERROR_CANCELLED)->name);
        } else {
                call->args = json_node_dup_object(node);
                call->state = CALL_WAITING;
                g_queue_push_tail(&calls->waiting, call);
                begin_more(calls);
        }
        if (calls->open == 0)
                calls->handlers->quiet(calls->data);
}

static Call *call_new(Calls *calls, uint32_t id, const char *text, size_t length)
{
        Call *call = g_new0(Call, 1);

        *call = (Call){.calls = calls, .id = id, .began_us = g_get_monotonic_time()};
        call->tool = g_strndup(text, length);
        g_ptr_array_add(calls->list, call);
        calls->open++;
        return call;
}

bool calls_add(Calls *calls, uint32_t id, const char *text, size_t bytes)
{
        const char *feed = memchr(text, '\n', MIN(bytes, TOOL_NAME_BYTES_MAX + 1));

        if (!feed || feed == text || !g_utf8_validate(text, feed - text, NULL) || calls->is_closed)
                return false;
        if (calls->list->len >= EXECUTE_CALLS_MAX) {
                refuse(calls, id);
                return true;
        }
        Call *call = call_new(calls, id, text, (size_t)(feed - text));
        const char *args = feed + 1;
        size_t length = bytes - (size_t)(args - text);
        call->parse = parse_begin(&calls->host, length > 0 ? args : "{}", length > 0 ? length : 2,
                                  on_parsed, call);
        return true;
}

/* ---- how all of them end ---- */

void calls_close(Calls *calls)
{
        Call *call;

        calls->is_closed = true;
        while ((call = g_queue_pop_head(&calls->waiting)))
                end(call, error_row(OUROBOROS_ERROR_CANCELLED)->name);
}

void calls_cancel(Calls *calls)
{
        calls_close(calls);
        for (guint i = 0; i < calls->list->len; i++) {
                Call *call = g_ptr_array_index(calls->list, i);

                if (call->state == CALL_ENDED)
                        continue;
                g_clear_pointer(&call->parse, parse_forget);
                if (call->run)
                        runner_cancel(g_steal_pointer(&call->run));
                end(call, error_row(OUROBOROS_ERROR_CANCELLED)->name);
        }
        calls->running = 0;
}

bool calls_are_quiet(const Calls *calls)
{
        return calls->open == 0;
}

unsigned calls_count(const Calls *calls)
{
        return calls->list->len;
}

JsonArray *calls_report(const Calls *calls)
{
        JsonArray *report = json_array_new();

        for (guint i = 0; i < calls->list->len; i++) {
                const Call *call = g_ptr_array_index(calls->list, i);
                JsonObject *row = json_object_new();

                json_object_set_string_member(row, "tool", call->tool);
                json_object_set_boolean_member(row, "ok", call->code == NULL);
                if (call->code)
                        json_object_set_string_member(row, "code", call->code);
                json_object_set_double_member(
                        row, "ms", (double)((call->ended_us - call->began_us) / 10) / 100);
                json_array_add_object_element(report, row);
        }
        return report;
}
