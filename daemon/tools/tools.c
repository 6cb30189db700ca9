/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of tools. Entries are made once, with their schemas compiled, and never change: calls read
 * them from any thread without a lock. */
#include <gio/gio.h>
#include <string.h>

#include "tools/table.h"

#define SCHEMA_FOLDER "/org/ouroboros/schema/"
#define NEAREST_SHOWN 3

static void entry_free(void *data)
{
        Entry *entry = data;

        schema_free(entry->input);
        schema_free(entry->output);
        json_object_unref(entry->resource);
        g_free(entry);
}

static JsonObject *load_resource(const char *name, GError **error)
{
        g_autofree char *path = g_strconcat(SCHEMA_FOLDER, name, ".json", NULL);
        g_autoptr(GBytes) bytes = g_resources_lookup_data(path, 0, error);
        gsize size;

        if (!bytes)
                return NULL;
        const char *text = g_bytes_get_data(bytes, &size);
        return json_parse_object(text, (gssize)size, error);
}

static Schema *compile_member(JsonObject *resource, const char *name, GError **error)
{
        JsonNode *node = json_object_get_member(resource, name);

        if (!node) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "has no \"%s\"", name);
                return NULL;
        }
        Schema *schema = schema_compile(node, error);
        if (!schema)
                g_prefix_error(error, "%s: ", name);
        return schema;
}

static void add_tool(Tools *tools, const Tool *tool, void *room)
{
        g_autoptr(GError) error = NULL;
        Entry *entry = g_new0(Entry, 1);

        entry->tool = tool;
        entry->room = room;
        entry->resource = load_resource(tool->name, &error);
        if (entry->resource)
                entry->input = compile_member(entry->resource, "input", &error);
        if (entry->input)
                entry->output = compile_member(entry->resource, "output", &error);
        if (!entry->output)
                g_error("The schema of the tool %s: %s", tool->name, error->message);
        if (!json_member_string(entry->resource, "description", NULL))
                g_error("The schema of the tool %s has no description", tool->name);
        if (!g_hash_table_insert(tools->entries, (char *)tool->name, entry))
                g_error("Two tools are named %s", tool->name);
}

static void add_table(Tools *tools, const ToolTable *table)
{
        for (const Tool *tool = table->tools; tool && tool->name; tool++)
                add_tool(tools, tool, table->room);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_names(Tools *tools)
{
        GHashTableIter iter;
        void *name;

        tools->names = g_ptr_array_new();
        g_hash_table_iter_init(&iter, tools->entries);
        while (g_hash_table_iter_next(&iter, &name, NULL))
                g_ptr_array_add(tools->names, name);
        g_ptr_array_sort(tools->names, compare_names);
        g_ptr_array_add(tools->names, NULL);
}

Tools *tools_new(const ToolTable *tables, unsigned count)
{
        Tools *tools = g_new0(Tools, 1);
        static const Tool *const own[] = {about_tools,      resource_tools, prompt_tools,
                                          completion_tools, orient_tools,   ask_human_tools,
                                          mine_tools};

        g_rw_lock_init(&tools->watching);
        tools->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
        for (unsigned i = 0; i < G_N_ELEMENTS(own); i++)
                add_table(tools, &(ToolTable){own[i], tools});
        for (unsigned i = 0; i < count; i++)
                add_table(tools, &tables[i]);
        sort_names(tools);
        return tools;
}

Tools *tools_free(Tools *tools)
{
        if (!tools)
                return NULL;
        g_ptr_array_unref(tools->names);
        g_hash_table_unref(tools->entries);
        g_rw_lock_clear(&tools->watching);
        g_free(tools);
        return NULL;
}

const char *const *tools_names(const Tools *tools)
{
        return (const char *const *)tools->names->pdata;
}

void tools_check_outputs(Tools *tools)
{
        tools->check_outputs = true;
}

static bool is_known(const char *name, void *tools)
{
        return tools_find(tools, name) != NULL;
}

void tools_set_gate(Tools *tools, Gate *gate)
{
        tools->gate = gate;
        gate_set_tools(gate, is_known, tools);
}

Metrics *tools_metrics(const Tools *tools)
{
        return tools->metrics;
}

Gate *tools_gate(const Tools *tools)
{
        return tools->gate;
}

void tools_set_metrics(Tools *tools, Metrics *metrics)
{
        tools->metrics = metrics;
}

void tools_set_watcher(Tools *tools, ToolsWatcher watcher, void *data)
{
        g_rw_lock_writer_lock(&tools->watching);
        tools->watcher = watcher;
        tools->watcher_data = data;
        g_rw_lock_writer_unlock(&tools->watching);
}

static void watch(const Tools *tools, const GateCall *call)
{
        GRWLock *lock = (GRWLock *)&tools->watching;

        g_rw_lock_reader_lock(lock);
        if (tools->watcher)
                tools->watcher(call, tools->watcher_data);
        g_rw_lock_reader_unlock(lock);
}

/* What came of a call, by the tool's name or, so that strangers cannot name series, none. */
static void count(const Tools *tools, const Tool *tool, const GError *error)
{
        static const MetricFamily calls = {"ouroboros_tool_calls_total",
                                           "Calls by tool and what came of them."};

        if (!tools->metrics)
                return;
        g_autofree char *name = metrics_label("tool", tool ? tool->name : "");
        g_autofree char *outcome =
                metrics_label("outcome", error ? error_row(error_code(error))->name : "OK");
        g_autofree char *both = g_strconcat(name, ",", outcome, NULL);
        metric_add(metrics_series(tools->metrics, METRIC_COUNTER, &calls, both), 1);
}

static void measure(const Tools *tools, const Tool *tool, const GError *error, int64_t began_us)
{
        static const MetricFamily times = {"ouroboros_tool_call_seconds",
                                           "How long calls ran, by tool."};

        if (!tools->metrics)
                return;
        g_autofree char *name = metrics_label("tool", tool->name);
        count(tools, tool, error);
        histogram_observe(metrics_histogram(tools->metrics, &times, name),
                          g_get_monotonic_time() - began_us);
}

/* After a call; is_over: it is not made anew, with the client's reply or (store_gave_up()) on a thread that may wait. */
static void record(const Tools *tools, const GateCall *call, bool is_over)
{
        if (is_over && !store_gave_up()) {
                measure(tools, call->tool, call->error, call->began_us);
                watch(tools, call);
        }
        if (tools->gate)
                gate_record(tools->gate, call);
}

const Entry *tools_entry(const Tools *tools, const char *name, GError **error)
{
        const Entry *entry = g_hash_table_lookup(tools->entries, name);

        if (entry)
                return entry;
        g_autofree char *nearest =
                text_nearest(name, (const char *const *)tools->names->pdata, NEAREST_SHOWN);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "No tool is named \"%.80s\"%s%s", name,
                    nearest ? "; near it: " : "; list_available_tools names them all",
                    nearest ? nearest : "");
        return NULL;
}

const Tool *tools_find(const Tools *tools, const char *name)
{
        const Entry *entry = g_hash_table_lookup(tools->entries, name);

        return entry ? entry->tool : NULL;
}

static bool check_human(const Tool *tool, const Access *access, GError **error)
{
        if (tool->needs != TOOL_HUMAN || access_actor(access)->kind == ACTOR_HUMAN)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "Only the human may use the tool %s", tool->name);
        return false;
}

/* Of a tool that another is made of: the gate has admitted that one. */
static bool check_profile(const Tool *tool, const Access *access, GError **error)
{
        if (access_allows(access, tool))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "The human did not allow this connection the tool %s, which this needs",
                    tool->name);
        return false;
}

static bool check_against(const Schema *schema, JsonObject *object, bool fill, GError **error)
{
        g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);

        return schema_check(schema, node, fill, error);
}

static JsonObject *make_answer(const Entry *entry, const Access *access, JsonObject *args,
                               GError **error)
{
        JsonSink sink;

        if (entry->tool->handler)
                return entry->tool->handler(entry->room, access, args, error);
        json_sink_init(&sink);
        if (entry->tool->teller(entry->room, access, args, &sink.sink, error))
                return sink.root;
        json_object_unref(sink.root);
        return NULL;
}

static JsonObject *run(const Tools *tools, const Entry *entry, const Access *access,
                       JsonObject *args, GError **error)
{
        g_autoptr(JsonObject) answer = make_answer(entry, access, args, error);
        g_autoptr(GError) misfit = NULL;

        if (!answer || !tools->check_outputs ||
            check_against(entry->output, answer, /* fill= */ false, &misfit))
                return g_steal_pointer(&answer);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                    "The answer of %s does not fit its schema: %s", entry->tool->name,
                    misfit->message);
        return NULL;
}

static const Entry *find_admitted(const Tools *tools, const Access *access, const char *name,
                                  JsonObject *args, GError **error)
{
        const Entry *entry = tools_entry(tools, name, error);

        if (!entry || !check_human(entry->tool, access, error) ||
            (tools->gate && !gate_admit(tools->gate, access, entry->tool, error)))
                return NULL;
        names_settle(entry, args);
        if (check_against(entry->input, args, /* fill= */ true, error))
                return entry;
        g_prefix_error(error, "%s: ", name);
        return NULL;
}

/* The tool of that name, if access may use it with these arguments, which get their defaults. */
static const Entry *admit(const Tools *tools, const Access *access, const char *name,
                          JsonObject *args, GError **error)
{
        g_autoptr(GError) refused = NULL;
        const Entry *entry = find_admitted(tools, access, name, args, &refused);

        if (entry)
                return entry;
        count(tools, tools_find(tools, name), refused);
        g_propagate_error(error, g_steal_pointer(&refused));
        return NULL;
}

static bool has_handler(const Entry *entry, GError **error)
{
        if (!entry->tool->start)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "%s cannot be called from here", entry->tool->name);
        return false;
}

JsonObject *tools_call(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                       GError **error)
{
        g_autoptr(JsonObject) given = args ? json_object_ref(args) : json_object_new();
        GateCall call = {.access = access, .args = given, .began_us = g_get_monotonic_time()};
        const Entry *entry = admit(tools, access, name, given, error);

        if (!entry || !has_handler(entry, error))
                return NULL;
        g_autoptr(GError) problem = NULL;
        JsonObject *answer = run(tools, entry, access, given, &problem);
        call.tool = entry->tool;
        bool paused = !answer && access_is_paused(access);
        call.answer = paused ? access_asks(access) : answer;
        call.error = paused ? NULL : problem;
        record(tools, &call, !paused);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return answer;
}

JsonObject *tools_ask(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                      GError **error)
{
        g_autoptr(JsonObject) given = args ? json_object_ref(args) : json_object_new();
        const Entry *entry = tools_entry(tools, name, error);

        if (!entry || !check_profile(entry->tool, access, error) || !has_handler(entry, error) ||
            !check_against(entry->input, given, /* fill= */ true, error))
                return NULL;
        return run(tools, entry, access, given, error);
}

bool tools_tell(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                Sink *sink, GError **error)
{
        int64_t began_us = g_get_monotonic_time();
        const Entry *entry = admit(tools, access, name, args, error);
        g_autoptr(GError) problem = NULL;

        if (!entry)
                return false;
        bool told = entry->tool->teller(entry->room, access, args, sink, &problem);
        measure(tools, entry->tool, problem, began_us);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return told;
}

/* ---- calls that are begun and end later ---- */

struct ToolTask {
        const Tools *tools;
        const Tool *tool;
        Access *access;
        JsonObject *args;
        ToolDone done;
        void *data;
        int64_t began_us;
        void *begun; /* what the tool's stop() takes */
};

static void task_free(ToolTask *task)
{
        access_unref(task->access);
        json_object_unref(task->args);
        g_free(task);
}

static void on_task_done(JsonObject *answer, const GError *error, void *data)
{
        ToolTask *task = data;
        GateCall call = {.access = task->access,
                         .tool = task->tool,
                         .args = task->args,
                         .answer = answer,
                         .error = error,
                         .began_us = task->began_us};

        record(task->tools, &call, /* is_over= */ true);
        task->done(answer, error, task->data);
        task_free(task);
}

ToolTask *tools_start(const Tools *tools, const ToolStart *start, GError **error)
{
        g_autoptr(JsonObject) args = start->args ? json_object_ref(start->args) : json_object_new();
        const Entry *entry = admit(tools, start->access, start->name, args, error);

        if (!entry)
                return NULL;
        g_assert(entry->tool->start);
        ToolTask *task = g_new0(ToolTask, 1);
        *task = (ToolTask){.tools = tools,
                           .tool = entry->tool,
                           .access = access_ref(start->access),
                           .args = g_steal_pointer(&args),
                           .done = start->done,
                           .data = start->data,
                           .began_us = g_get_monotonic_time()};
        task->begun = task->tool->start(entry->room, task->access, task->args, on_task_done, task);
        return task;
}

void tools_stop(ToolTask *task)
{
        task->tool->stop(task->begun);
        task_free(task);
}
