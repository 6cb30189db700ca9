/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that a tool answers: tools/call, and what of resources, prompts and completion shows content. A Run is one
 * call in the tools' runner. Its progress and what it says go to the client that wants them. */
#include "http/mcp-run.h"

#include <string.h>

#include "http/fault.h"

/* ---- answers ---- */

/* The beginning of a result; tools say there too how many messages wait for the caller. */
static GString *begin_result(const Run *run, unsigned unread)
{
        const Call *call = &run->call;
        bool is_stateless = call->era == ERA_STATELESS;
        GString *out;

        if (run->kind->write)
                return mcp_result(call->mcp, call->era, call->id, "complete");
        out = message_answer(call->id);
        message_member(out, "result");
        g_string_append_c(out, '{');
        if (is_stateless)
                message_string(out, "resultType", FAULT("wrong-result-type") ? "done" : "complete");
        message_member(out, "_meta");
        g_string_append_printf(out, "{\"org.ouroboros/inbox_unread\":%u", unread);
        if (is_stateless) {
                message_member(out, MCP_META_PREFIX "serverInfo");
                g_string_append(out, call->mcp->server_info);
        }
        g_string_append_c(out, '}');
        return out;
}

/* The answer as the client's program reads it, and the same as text for its model: printed once. */
static void write_answer(GString *out, JsonObject *answer, unsigned unread)
{
        g_autofree char *body = json_print_object(answer);
        size_t length = strlen(body);
        g_autoptr(GString) text = g_string_sized_new(length + 32);

        g_string_append_len(text, body, (gssize)length - 1);
        message_int(text, "_inbox_unread", unread);
        g_string_append_c(text, '}');
        message_member(out, "content");
        g_string_append(out, "[{\"type\":\"text\",\"text\":");
        json_write_string(out, text->str);
        g_string_append(out, "}]");
        message_member(out, "structuredContent");
        g_string_append_len(out, text->str, (gssize)text->len);
}

/* An answer that brings content of its own: images and the like. */
static void write_content(GString *out, JsonObject *answer, unsigned unread)
{
        message_node(out, "content", json_object_get_member(answer, MCP_CONTENT));
        if (json_object_get_size(answer) == 1)
                return;
        g_autoptr(JsonObject) rest = json_object_new();
        JsonObjectIter members;
        const char *name;
        JsonNode *value;
        json_object_iter_init_ordered(&members, answer);
        while (json_object_iter_next_ordered(&members, &name, &value))
                if (!g_str_equal(name, MCP_CONTENT))
                        json_object_set_member(rest, name, json_node_ref(value));
        json_object_set_int_member(rest, "_inbox_unread", unread);
        message_member(out, "structuredContent");
        json_write_object(out, rest);
}

/* Of tools/call. */
static void answer_tool(Run *run, JsonObject *answer, bool is_error)
{
        unsigned unread = gate_unread(run->call.mcp->options.gate, run->call.connection);
        GString *out = begin_result(run, unread);

        if (!is_error && json_member_array(answer, MCP_CONTENT))
                write_content(out, answer, unread);
        else
                write_answer(out, answer, unread);
        message_member(out, "isError");
        g_string_append(out, is_error && !FAULT("errors-as-results") ? "true" : "false");
        call_answer(&run->call, out);
}

/* An answer that tells of a failure, as that of a snippet does. */
static bool tells_of_failure(JsonObject *answer)
{
        JsonObject *error = json_member_object(answer, "error");

        return error && json_member_string(error, "code", NULL);
}

static void answer_run(Run *run, JsonObject *answer)
{
        RunResult result = {
                .answer = answer, .call = &run->call, .uri = run->uri, .era = run->call.era};

        if (!run->kind->write) {
                answer_tool(run, answer, tells_of_failure(answer));
                return;
        }
        GString *out = begin_result(run, 0);
        run->kind->write(out, &result);
        call_answer(&run->call, out);
}

/* A tool's failure is a result, so that the model sees it. */
static void fail_tool(Run *run, const GError *error)
{
        g_autoptr(JsonObject) answer = json_object_new();

        json_object_set_string_member(answer, "code", error_row(error_code(error))->name);
        json_object_set_string_member(answer, "message", error->message);
        json_object_set_object_member(answer, "payload", json_error_payload(error));
        answer_tool(run, answer, /* is_error= */ true);
}

static void answer_nothing(Run *run)
{
        GString *out = begin_result(run, 0);

        message_member(out, "contents");
        g_string_append(out, "[]");
        mcp_cache(out, run->call.era, 0);
        call_answer(&run->call, out);
}

/* What is not there, or has no such cursor or argument, is a wrong parameter of the request. */
static int code_of(const Run *run, const GError *error)
{
        switch (error_code(error)) {
        case OUROBOROS_ERROR_NOT_FOUND:
                return run->uri && run->call.era == ERA_SESSION ? MCP_RESOURCE_NOT_FOUND
                                                                : JSONRPC_INVALID_PARAMS;
        case OUROBOROS_ERROR_INVALID:
        case OUROBOROS_ERROR_STALE:
                return JSONRPC_INVALID_PARAMS;
        default:
                return error_row(error_code(error))->jsonrpc;
        }
}

void run_fail(Run *run, const GError *error)
{
        g_autoptr(JsonObject) data = NULL;

        if (!run->kind->write) {
                fail_tool(run, error);
                return;
        }
        if (run->uri && FAULT("empty-unknown-resource")) {
                answer_nothing(run);
                return;
        }
        data = json_object_new();
        json_object_set_string_member(data, "code", error_row(error_code(error))->name);
        if (run->uri)
                json_object_set_string_member(data, "uri", run->uri);
        call_fail(&run->call, code_of(run, error), data, error->message);
}

/* ---- while it runs ---- */

static void on_progress(double done, double total, const char *message, void *data)
{
        Run *run = data;

        if (!run->progress || done <= run->done)
                return;
        run->done = done;
        GString *out = message_begin("notifications/progress", /* id= */ 0);
        message_node(out, "progressToken", run->progress);
        message_member(out, "progress");
        json_write_double(out, done);
        if (total > 0) {
                message_member(out, "total");
                json_write_double(out, total);
        }
        if (message && *message)
                message_string(out, "message", message);
        g_autofree char *text = message_end(out);
        run->call.outlet->type->say(run->call.outlet, text);
}

static void on_say(int level, const char *text, void *data)
{
        static const char *const names[] = {"emergency", "alert",  "critical", "error",
                                            "warning",   "notice", "info",     "debug"};
        Run *run = data;

        if (level < 0 || level >= (int)G_N_ELEMENTS(names) ||
            (level > run->level && !FAULT("logs-unasked")))
                return;
        GString *out = message_begin("notifications/message", /* id= */ 0);
        message_string(out, "level", names[level]);
        message_string(out, "logger", run->tool->name);
        message_string(out, "data", text);
        g_autofree char *message = message_end(out);
        run->call.outlet->type->say(run->call.outlet, message);
}

static void on_done(const ToolOutcome *outcome, void *data)
{
        Run *run = data;

        run->run = NULL;
        if (outcome->answer)
                answer_run(run, outcome->answer);
        else if (outcome->error)
                run_fail(run, outcome->error);
        else
                rounds_ask(run, outcome->asks, outcome->note);
}

void run_call(Run *run)
{
        bool is_heard = run->level != MCP_LEVEL_NONE || FAULT("logs-unasked");
        ToolRequest request = {
                .access = run->access,
                .name = run->tool->name,
                .args = run->args,
                .can_ask = FAULT("asks-undeclared") ? ~0u : run->can_ask,
                .replies = run->replies,
                .note = run->note,
                .progress = run->progress ? on_progress : NULL,
                .say = is_heard ? on_say : NULL,
                .done = on_done,
                .data = run,
        };

        run->run = runner_start(run->call.mcp->options.runner, &request);
}

/* ---- its end ---- */

static void run_stop(Call *call)
{
        Run *run = (Run *)call;

        if (run->run)
                runner_cancel(run->run);
        run->run = NULL;
        rounds_stop(run);
}

static void run_expel(Call *call)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) gone =
                gate_connection(call->mcp->options.gate, call->connection, &error);

        run_stop(call);
        if (error)
                run_fail((Run *)call, error);
        else
                call_drop(call);
}

static void run_free(Call *call)
{
        Run *run = (Run *)call;

        access_unref(run->access);
        g_clear_pointer(&run->args, json_object_unref);
        g_clear_pointer(&run->replies, json_object_unref);
        g_clear_pointer(&run->progress, json_node_unref);
        g_clear_pointer(&run->open, g_hash_table_unref);
        g_free(run->method);
        g_free(run->uri);
        g_free(run->request);
        g_free(run->note);
        g_free(run);
}

/* ---- its beginning ---- */

static Access *make_access(Turn *turn)
{
        const Connection *connection = turn->input->connection;
        g_autofree char *session = NULL;

        if (turn->era == ERA_SESSION)
                return access_new_connection(connection, turn->input->session->journal);
        session = gate_session(turn->mcp->options.gate, connection_id(connection));
        return access_new_connection(connection, session);
}

void run_begin(Turn *turn, const RunStart *start)
{
        static const CallType type = {run_stop, run_expel, run_free, /* is_endless= */ false};
        Run *run = g_new0(Run, 1);

        run->kind = start->kind;
        run->tool = tools_find(turn->mcp->options.tools, start->tool);
        run->method = g_strdup(turn->message->method);
        run->uri = g_strdup(start->uri);
        run->args = start->args ? json_object_ref(start->args) : NULL;
        run->can_ask = turn->can_ask;
        run->level = turn->level;
        run->done = -1;
        if (!rounds_read(run, turn) || !call_init(&run->call, &type, turn)) {
                run_free(&run->call);
                return;
        }
        run->progress = turn->progress ? json_node_copy(turn->progress) : NULL;
        run->access = make_access(turn);
        turn->call = &run->call;
        run_call(run);
}

void tools_call_turn(Turn *turn)
{
        static const RunKind kind = {NULL};
        const char *tool = turn_text(turn, "name", MCP_NAME_BYTES_MAX);
        JsonNode *args = json_object_get_member(turn->params, "arguments");

        if (!tool)
                return;
        if (args && !JSON_NODE_HOLDS_OBJECT(args))
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL, "params.arguments must be an object");
        else if (!tools_find(turn->mcp->options.tools, tool))
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL, "Unknown tool: %.80s", tool);
        else
                run_begin(turn, &(RunStart){.kind = &kind,
                                            .tool = tool,
                                            .args = args ? json_node_get_object(args) : NULL});
}
