/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How tools are shown: what their resource says (title, brief, destructive, idempotent besides the schemas), which a
 * connection may call, and which it is shown at first. */
#include <string.h>

#include "tools/table.h"

static const char *const essential[] = {
        "ask_human",         "enable_tools",
        "execute_code",      "find_contradictions",
        "get_document_text", "get_entity",
        "get_sdk_types",     "list_available_tools",
        "list_entities",     "orient",
        "query_knowledge",   "remember_fact",
        "search_documents",  "submit_claim_graph",
        "trace_belief",      NULL,
};
G_STATIC_ASSERT(G_N_ELEMENTS(essential) - 1 <= TOOLS_ESSENTIAL_MAX);

bool tool_is_essential(const Tool *tool)
{
        return g_strv_contains(essential, tool->name);
}

bool tool_would_be_listed(const Tool *tool, const Connection *connection, ToolListing listing,
                          const char *const *listed)
{
        if (!connection_allows(connection, tool))
                return false;
        switch (listing) {
        case TOOL_LISTING_ESSENTIAL:
                return tool_is_essential(tool);
        case TOOL_LISTING_FULL:
                return true;
        case TOOL_LISTING_SOME:
                return tool_is_essential(tool) || (listed && g_strv_contains(listed, tool->name));
        }
        g_assert_not_reached();
}

bool tool_is_listed(const Tool *tool, const Connection *connection)
{
        return tool_would_be_listed(tool, connection, connection_listing(connection),
                                    connection_listed(connection));
}

/* ---- what is said of a tool ---- */

/* "query_knowledge" → "Query knowledge". */
static char *make_title(const char *name)
{
        char *title = g_strdelimit(g_strdup(name), "_", ' ');

        title[0] = g_ascii_toupper(title[0]);
        return title;
}

static void set_hints(JsonObject *answer, const Entry *entry)
{
        bool reads = entry->tool->needs == TOOL_READ &&
                     json_member_bool(entry->resource, "read_only", true);
        JsonObject *hints = json_object_new();

        json_object_set_boolean_member(hints, "read_only", reads);
        json_object_set_boolean_member(hints, "destructive",
                                       json_member_bool(entry->resource, "destructive", false));
        json_object_set_boolean_member(
                hints, "idempotent",
                reads || json_member_bool(entry->resource, "idempotent", false));
        json_object_set_object_member(answer, "hints", hints);
}

/* The description up to its first full stop that ends a sentence. */
static char *first_sentence(const char *text)
{
        const char *end = strstr(text, ". ");

        return end ? g_strndup(text, end - text + 1) : g_strdup(text);
}

static char *summary_of(const Entry *entry)
{
        const char *brief = json_member_string(entry->resource, "brief", NULL);

        return brief ? g_strdup(brief)
                     : first_sentence(json_member_string(entry->resource, "description", ""));
}

static void set_title(JsonObject *answer, const Entry *entry)
{
        const char *given = json_member_string(entry->resource, "title", NULL);
        g_autofree char *made = make_title(entry->tool->name);

        json_object_set_string_member(answer, "title", given ?: made);
}

JsonObject *tools_describe(const Tools *tools, const char *name, GError **error)
{
        const Entry *entry = tools_entry(tools, name, error);

        if (!entry)
                return NULL;
        JsonObject *answer = json_object_new();
        json_object_set_string_member(answer, "name", entry->tool->name);
        set_title(answer, entry);
        json_object_set_string_member(answer, "description",
                                      json_member_string(entry->resource, "description", ""));
        json_object_set_string_member(answer, "needs", tool_needs_to_string(entry->tool->needs));
        json_object_set_string_member(answer, "cost", tool_cost_to_string(entry->tool->cost));
        set_hints(answer, entry);
        json_object_set_member(answer, "input_schema",
                               json_copy_node(json_object_get_member(entry->resource, "input")));
        json_object_set_member(answer, "output_schema",
                               json_copy_node(json_object_get_member(entry->resource, "output")));
        return answer;
}

/* ---- in few bytes ---- */

static JsonNode *shorten(JsonNode *schema);

/* Members of a schema that say what a call may hold; whatever else it says is checked when it comes. */
static void shorten_member(JsonObject *shorter, const char *name, JsonNode *value)
{
        static const char *const kept[] = {"type", "enum", "const", "required", NULL};

        if (g_strv_contains(kept, name)) {
                json_object_set_member(shorter, name, json_copy_node(value));
                return;
        }
        if (g_str_equal(name, "items")) {
                json_object_set_member(shorter, name, shorten(value));
                return;
        }
        if (!g_str_equal(name, "properties"))
                return;
        JsonObject *properties = json_object_new();
        JsonObjectIter iter;
        const char *member;
        JsonNode *of;
        json_object_iter_init_ordered(&iter, json_node_get_object(value));
        while (json_object_iter_next_ordered(&iter, &member, &of))
                json_object_set_member(properties, member, shorten(of));
        json_object_set_object_member(shorter, name, properties);
}

static JsonNode *shorten(JsonNode *schema)
{
        JsonNode *node = json_node_new(JSON_NODE_OBJECT);
        JsonObject *shorter = json_object_new();
        JsonObjectIter iter;
        const char *name;
        JsonNode *value;

        json_node_take_object(node, shorter);
        if (!JSON_NODE_HOLDS_OBJECT(schema))
                return node;
        json_object_iter_init_ordered(&iter, json_node_get_object(schema));
        while (json_object_iter_next_ordered(&iter, &name, &value))
                shorten_member(shorter, name, value);
        return node;
}

JsonObject *tools_brief(const Tools *tools, const char *name, GError **error)
{
        const Entry *entry = tools_entry(tools, name, error);

        if (!entry)
                return NULL;
        JsonObject *answer = json_object_new();
        g_autofree char *summary = summary_of(entry);
        json_object_set_string_member(answer, "name", entry->tool->name);
        set_title(answer, entry);
        json_object_set_string_member(answer, "description", summary);
        set_hints(answer, entry);
        json_object_set_member(answer, "input_schema",
                               shorten(json_object_get_member(entry->resource, "input")));
        return answer;
}

/* ---- the list ---- */

static JsonObject *row_of(const Entry *entry)
{
        JsonObject *row = json_object_new();
        g_autofree char *summary =
                first_sentence(json_member_string(entry->resource, "description", ""));

        json_object_set_string_member(row, "name", entry->tool->name);
        json_object_set_string_member(row, "summary", summary);
        json_object_set_string_member(row, "needs", tool_needs_to_string(entry->tool->needs));
        return row;
}

JsonObject *tools_list(const Tools *tools)
{
        JsonArray *list = json_array_new();
        JsonObject *answer = json_object_new();

        for (guint i = 0; i + 1 < tools->names->len; i++) {
                const char *name = g_ptr_array_index(tools->names, i);

                json_array_add_object_element(list, row_of(tools_entry(tools, name, NULL)));
        }
        json_object_set_array_member(answer, "tools", list);
        return answer;
}
