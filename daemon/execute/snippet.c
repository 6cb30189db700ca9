/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A snippet is running until its process has said how it ended, died, or overstayed its time (the process has a limit
 * of its own, which comes first: this one is for a process that was taken over). Then its calls end, and it is done. */
#include "execute/snippet.h"

#include <string.h>
#include <sys/random.h>

#include "execute/calls.h"

#define DEADLINE_SPARE_MS (ISOLATE_GRACE_MS + 500) /* after the limit that the process has */
#define CODE_CHARS_MAX    40

struct Snippet {
        SnippetOptions options;
        Access *access;
        char *code;
        Process *process;
        Calls *calls;
        Parse *parse; /* of the last frame */
        JsonArray *logs;
        size_t log_bytes;
        int64_t began_us;
        sd_event_source *deadline;
        bool has_ended; /* the last frame came, or none will */
        bool failed;    /* … and said so */
        JsonNode *result;
        JsonObject *error; /* or NULL */
};

/* ---- how it ends ---- */

static JsonObject *build_answer(Snippet *snippet)
{
        const char *session = access_actor(snippet->access)->session;
        int64_t us = g_get_monotonic_time() - snippet->began_us;
        JsonObject *answer = json_object_new();

        json_object_set_boolean_member(answer, "ok", snippet->error == NULL);
        if (snippet->error)
                json_object_set_object_member(answer, "error", json_object_ref(snippet->error));
        else
                json_object_set_member(answer, "result", g_steal_pointer(&snippet->result));
        json_object_set_array_member(answer, "calls", calls_report(snippet->calls));
        json_object_set_int_member(answer, "sophia_calls", calls_count(snippet->calls));
        json_object_set_array_member(answer, "logs", json_array_ref(snippet->logs));
        json_object_set_double_member(answer, "ms", (double)(us / 10) / 100);
        if (session)
                json_object_set_string_member(answer, "session_id", session);
        return answer;
}

static void finish(Snippet *snippet)
{
        g_autoptr(JsonObject) answer = build_answer(snippet);

        snippet->options.done(snippet, answer, snippet->options.data);
}

/* Nothing more comes of the process. What it has begun goes on to its end, for it may write. */
static void finish_when_quiet(Snippet *snippet)
{
        if (snippet->has_ended && !snippet->parse && (snippet->result || snippet->error) &&
            calls_are_quiet(snippet->calls))
                finish(snippet);
}

static void set_error(Snippet *snippet, const char *code, const char *message, const char *detail)
{
        JsonObject *payload = json_object_new();

        if (snippet->error) {
                json_object_unref(payload);
                return;
        }
        if (detail)
                json_object_set_string_member(payload, "detail", detail);
        snippet->error = json_object_new();
        json_object_set_string_member(snippet->error, "code", code);
        json_object_set_string_member(snippet->error, "message", message);
        json_object_set_object_member(snippet->error, "payload", payload);
}

static void end_process(Snippet *snippet)
{
        snippet->has_ended = true;
        g_clear_pointer(&snippet->process, process_give_back);
        calls_close(snippet->calls);
}

static void crash(Snippet *snippet, const char *message, const char *detail)
{
        end_process(snippet);
        set_error(snippet, "CRASHED", message, detail);
        finish_when_quiet(snippet);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *data)
{
        Snippet *snippet = data;

        end_process(snippet);
        g_clear_pointer(&snippet->parse, parse_forget);
        calls_cancel(snippet->calls);
        if (!snippet->result)
                set_error(snippet, "TIMEOUT", "The snippet took longer than timeout_ms",
                          "timeout_ms");
        finish(snippet);
        return 0;
}

/* ---- the last frame ---- */

/* The members that an error has, of the types that they have. */
static JsonObject *check_error(JsonObject *given)
{
        JsonObject *error = json_object_new();
        JsonNode *payload = json_object_get_member(given, "payload");
        g_autofree char *code = g_utf8_substring(
                json_member_string(given, "code", "SCRIPT_ERROR"), 0,
                MIN(CODE_CHARS_MAX,
                    g_utf8_strlen(json_member_string(given, "code", "SCRIPT_ERROR"), -1)));

        json_object_set_string_member(error, "code", code);
        json_object_set_string_member(error, "message", json_member_string(given, "message", ""));
        if (payload)
                json_object_set_member(error, "payload", json_node_copy(payload));
        else
                json_object_set_null_member(error, "payload");
        if (json_member_int(given, "line", 0) > 0)
                json_object_set_int_member(error, "line", json_member_int(given, "line", 0));
        if (json_member_int(given, "column", 0) > 0)
                json_object_set_int_member(error, "column", json_member_int(given, "column", 0));
        if (json_member_string(given, "stack", NULL))
                json_object_set_string_member(error, "stack",
                                              json_member_string(given, "stack", ""));
        return error;
}

static void on_parsed(JsonNode *node, const GError *error, void *data)
{
        Snippet *snippet = data;

        snippet->parse = NULL;
        if (error)
                set_error(snippet, "RESULT_INVALID", error->message, NULL);
        else if (!snippet->failed)
                snippet->result = json_node_ref(node);
        else if (JSON_NODE_HOLDS_OBJECT(node) && !snippet->error)
                snippet->error = check_error(json_node_get_object(node));
        else
                set_error(snippet, "SCRIPT_ERROR", "The snippet failed", NULL);
        finish_when_quiet(snippet);
}

static void take_end(Snippet *snippet, const IsolateHeader *header, const char *text)
{
        snippet->failed = header->kind == ISOLATE_FAILED;
        snippet->parse =
                parse_begin(snippet->options.host, text, header->bytes, on_parsed, snippet);
        end_process(snippet);
}

/* ---- what its process says ---- */

static void add_log(Snippet *snippet, const char *text, size_t bytes)
{
        snippet->log_bytes += bytes;
        if (json_array_get_length(snippet->logs) > ISOLATE_LOGS_MAX ||
            snippet->log_bytes > 2 * ISOLATE_LOG_BYTES_MAX + ISOLATE_OUTPUT_BYTES_MAX / 4)
                return; /* it counts itself, unless it was taken over */
        g_autofree char *line = g_utf8_make_valid(text, (gssize)bytes);
        json_array_add_string_element(snippet->logs, line);
}

static void on_frame(const IsolateHeader *header, const char *text, void *data)
{
        Snippet *snippet = data;

        switch (header->kind) {
        case ISOLATE_CALL:
                if (!calls_add(snippet->calls, header->id, text, header->bytes))
                        crash(snippet, "The process of the snippet did not keep to its protocol",
                              NULL);
                break;
        case ISOLATE_LOG:
                add_log(snippet, text, header->bytes);
                break;
        default: /* ISOLATE_RESULT, ISOLATE_FAILED: the reader lets nothing else through */
                take_end(snippet, header, text);
        }
}

static void on_process_ended(const char *how, void *data)
{
        crash(data, "The process of the snippet was ended", how);
}

/* The end of the stream without a last frame; the kernel will have told, or tells soon, how the process died. */
static void on_closed(bool broken, void *data)
{
        Snippet *snippet = data;

        if (broken)
                crash(snippet, "The process of the snippet did not keep to its protocol", NULL);
        else if (snippet->process)
                process_watch(snippet->process, on_process_ended, snippet);
}

static void on_answered(uint32_t id, bool ok, GBytes *text, void *data)
{
        static const char too_long[] =
                "{\"code\":\"LIMIT\",\"message\":\"The answer is longer than ISOLATE_ANSWER_BYTES_MAX (8 MiB)\","
                "\"payload\":{\"limit\":\"ISOLATE_ANSWER_BYTES_MAX\"}}";
        Snippet *snippet = data;
        g_autoptr(GBytes) refusal = g_bytes_new_static(too_long, strlen(too_long));

        if (!snippet->process)
                return;
        if (g_bytes_get_size(text) > ISOLATE_ANSWER_BYTES_MAX) {
                text = refusal;
                ok = false;
        }
        IsolateHeader header = {ok ? ISOLATE_ANSWER : ISOLATE_ERROR,
                                (uint32_t)g_bytes_get_size(text), id};
        wire_send(process_wire(snippet->process), &header, text);
}

static void on_quiet(void *data)
{
        finish_when_quiet(data);
}

static bool is_full(void *data)
{
        Snippet *snippet = data;

        return snippet->process &&
               wire_unsent(process_wire(snippet->process)) > WIRE_UNSENT_BYTES_MAX;
}

static void on_drained(void *data)
{
        calls_go_on(((Snippet *)data)->calls);
}

/* ---- its beginning ---- */

/* The names of the tools that the caller may use, as a JSON array. */
static char *list_tools(const Snippet *snippet)
{
        const Host *host = snippet->options.host;
        const char *const *names = tools_names(host->tools);
        g_autoptr(GString) text = g_string_new("[");

        for (; *names; names++) {
                const Tool *tool = tools_find(host->tools, *names);

                /* the call itself is checked again, and counted, by the gate */
                if (!host_is_closed(tool, snippet->access) && access_allows(snippet->access, tool))
                        g_string_append_printf(text, "%s\"%s\"", text->len > 1 ? "," : "", *names);
        }
        g_string_append_c(text, ']');
        return g_string_free(g_steal_pointer(&text), FALSE);
}

static void send_run(Snippet *snippet)
{
        g_autofree char *tools = list_tools(snippet);
        IsolateRun run = {.wall_ms = snippet->options.timeout_ms,
                          .cpu_ms = ISOLATE_CPU_MS_MAX,
                          .tools_bytes = (uint32_t)strlen(tools)};
        GByteArray *frame = g_byte_array_new();

        (void)!getrandom(&run.seed, sizeof(run.seed), GRND_NONBLOCK);
        g_byte_array_append(frame, (const guint8 *)&run, sizeof(run));
        g_byte_array_append(frame, (const guint8 *)tools, run.tools_bytes);
        g_byte_array_append(frame, (const guint8 *)snippet->code, (guint)strlen(snippet->code));
        g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(frame);
        IsolateHeader header = {ISOLATE_RUN, (uint32_t)g_bytes_get_size(bytes), 0};
        wire_send(process_wire(snippet->process), &header, bytes);
}

void snippet_run(Snippet *snippet, Process *process)
{
        static const WireHandlers handlers = {on_frame, on_closed, on_drained};
        uint64_t us = (uint64_t)(snippet->options.timeout_ms + DEADLINE_SPARE_MS) * 1000;

        snippet->process = process;
        snippet->began_us = g_get_monotonic_time();
        int r = sd_event_add_time_relative(snippet->options.host->loop, &snippet->deadline,
                                           CLOCK_MONOTONIC, us, 10000, on_deadline, snippet);
        g_assert(r >= 0);
        wire_watch(process_wire(process), &handlers, snippet);
        send_run(snippet);
}

Snippet *snippet_new(const SnippetOptions *options)
{
        static const CallsHandlers handlers = {on_answered, on_quiet, is_full};
        Snippet *snippet = g_new0(Snippet, 1);

        snippet->options = *options;
        snippet->access = access_ref(options->access);
        snippet->code = g_strdup(options->code);
        snippet->logs = json_array_new();
        snippet->began_us = g_get_monotonic_time();
        snippet->calls = calls_new(options->host, options->access, &handlers, snippet);
        return snippet;
}

Snippet *snippet_free(Snippet *snippet)
{
        if (!snippet)
                return NULL;
        sd_event_source_disable_unref(snippet->deadline);
        g_clear_pointer(&snippet->process, process_give_back);
        parse_forget(snippet->parse);
        calls_free(snippet->calls);
        json_array_unref(snippet->logs);
        g_clear_pointer(&snippet->result, json_node_unref);
        g_clear_pointer(&snippet->error, json_object_unref);
        access_unref(snippet->access);
        g_free(snippet->code);
        g_free(snippet);
        return NULL;
}

const char *snippet_caller(const Snippet *snippet)
{
        return access_observer(snippet->access);
}
