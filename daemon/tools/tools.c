/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of tools. Entries are made once, with their schemas compiled, and never change: calls read
 * them from any thread without a lock. */
#include <gio/gio.h>
#include <string.h>

#include "tools/runner.h"
#include "tools/schema.h"
#include "tools/tools-tools.h"
#include "tools/tools.h"

#define SCHEMA_FOLDER "/org/ouroboros/schema/"
#define NEAREST_SHOWN 3

typedef struct Entry {
        const Tool *tool;
        void *room;
        JsonObject *resource; /* {"description", "input", "output"} */
        Schema *input, *output;
} Entry;

struct Tools {
        GHashTable *entries; /* name → Entry */
        GPtrArray *names;    /* sorted, NULL-terminated; they belong to the entries */
        Gate *gate;          /* or NULL */
        bool check_outputs;
};

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
        ToolTable own = tools_tools(tools);

        tools->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
        add_table(tools, &own);
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
        g_free(tools);
        return NULL;
}

void tools_check_outputs(Tools *tools)
{
        tools->check_outputs = true;
}

void tools_set_gate(Tools *tools, Gate *gate)
{
        tools->gate = gate;
}

Gate *tools_gate(const Tools *tools)
{
        return tools->gate;
}

static const Entry *find_entry(const Tools *tools, const char *name, GError **error)
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

/* The description up to its first full stop that ends a sentence. */
static char *first_sentence(const char *text)
{
        const char *end = strstr(text, ". ");

        return end ? g_strndup(text, end - text + 1) : g_strdup(text);
}

JsonObject *tools_list(const Tools *tools)
{
        JsonArray *list = json_array_new();
        JsonObject *answer = json_object_new();

        for (guint i = 0; i + 1 < tools->names->len; i++) {
                const char *name = g_ptr_array_index(tools->names, i);
                const Entry *entry = g_hash_table_lookup(tools->entries, name);
                JsonObject *row = json_object_new();
                g_autofree char *summary =
                        first_sentence(json_member_string(entry->resource, "description", ""));
                json_object_set_string_member(row, "name", name);
                json_object_set_string_member(row, "summary", summary);
                json_object_set_string_member(row, "needs",
                                              tool_needs_to_string(entry->tool->needs));
                json_array_add_object_element(list, row);
        }
        json_object_set_array_member(answer, "tools", list);
        return answer;
}

JsonObject *tools_describe(const Tools *tools, const char *name, GError **error)
{
        const Entry *entry = find_entry(tools, name, error);

        if (!entry)
                return NULL;
        JsonObject *answer = json_object_new();
        json_object_set_string_member(answer, "name", entry->tool->name);
        json_object_set_string_member(answer, "description",
                                      json_member_string(entry->resource, "description", ""));
        json_object_set_string_member(answer, "needs", tool_needs_to_string(entry->tool->needs));
        json_object_set_string_member(answer, "cost", tool_cost_to_string(entry->tool->cost));
        json_object_set_member(answer, "input_schema",
                               json_node_copy(json_object_get_member(entry->resource, "input")));
        json_object_set_member(answer, "output_schema",
                               json_node_copy(json_object_get_member(entry->resource, "output")));
        return answer;
}

static bool check_allowed(const Tool *tool, const Access *access, GError **error)
{
        if (tool->needs != TOOL_HUMAN || access_actor(access)->kind == ACTOR_HUMAN)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "Only the human may use the tool %s", tool->name);
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

/* The tool of that name, if access may use it with these arguments, which get their defaults. */
static const Entry *admit(const Tools *tools, const Access *access, const char *name,
                          JsonObject *args, GError **error)
{
        const Entry *entry = find_entry(tools, name, error);

        if (!entry || !check_allowed(entry->tool, access, error) ||
            (tools->gate && !gate_admit(tools->gate, access, entry->tool, error)))
                return NULL;
        if (check_against(entry->input, args, /* fill= */ true, error))
                return entry;
        g_prefix_error(error, "%s: ", name);
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

/* Not if it is made anew: with the client's reply, or on a thread that may wait. */
static bool is_over(const Access *access)
{
        return !access_is_paused(access) && !store_impatient_gave_up();
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
        call.answer = answer;
        call.error = problem;
        if (tools->gate && is_over(access))
                gate_record(tools->gate, &call);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return answer;
}

bool tools_tell(const Tools *tools, const Access *access, const char *name, JsonObject *args,
                Sink *sink, GError **error)
{
        const Entry *entry = admit(tools, access, name, args, error);

        return entry && entry->tool->teller(entry->room, access, args, sink, error);
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

        if (task->tools->gate)
                gate_record(task->tools->gate, &call);
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
