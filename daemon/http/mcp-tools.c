/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tools/list: what a connection is shown of the table of tools, in order of name. Tools that its human did not allow
 * are not there; those beyond its listing it may call all the same, and have listed by enable_tools. How a tool looks
 * is written once. */
#include <string.h>

#include "http/mcp-private.h"

#define TOOLS_TTL_SEC 300

typedef struct ListedTool {
        char *brief, *full;    /* as text: in few bytes, or NULL; with the schema of its answer */
        JsonObject *annotated; /* the input schema, if it repeats arguments in headers; else NULL */
} ListedTool;

void listing_free(void *listed)
{
        ListedTool *tool = listed;

        g_free(tool->brief);
        g_free(tool->full);
        g_clear_pointer(&tool->annotated, json_object_unref);
        g_free(tool);
}

/* ---- one tool ---- */

static bool is_annotated(JsonNode *node)
{
        JsonObjectIter members;
        JsonNode *value;

        if (!JSON_NODE_HOLDS_OBJECT(node))
                return false;
        if (json_object_has_member(json_node_get_object(node), "x-mcp-header"))
                return true;
        json_object_iter_init(&members, json_node_get_object(node));
        while (json_object_iter_next(&members, NULL, &value))
                if (is_annotated(value))
                        return true;
        return false;
}

/* The schema of what a client reads: the answer with what every answer carries, or a failure. */
static void write_output(GString *out, JsonObject *schema)
{
        g_autoptr(JsonObject) copy = json_copy_object(schema);
        JsonObject *properties = json_member_object(copy, "properties");

        if (properties) {
                JsonObject *unread = json_object_new();
                json_object_set_string_member(unread, "type", "integer");
                json_object_set_object_member(properties, "_inbox_unread", unread);
        }
        message_member(out, "outputSchema");
        g_string_append(out, "{\"type\":\"object\",\"anyOf\":[");
        json_write_object(out, copy);
        g_string_append(out, ",{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},"
                             "\"message\":{\"type\":\"string\"},\"payload\":{\"type\":\"object\"}},"
                             "\"required\":[\"code\",\"message\",\"payload\"]}]}");
}

static void write_hint(GString *out, const char *name, bool value)
{
        message_member(out, name);
        g_string_append(out, value ? "true" : "false");
}

/* What clients assume without a hint is left out of a brief one: that it writes, destroys, and is not idempotent. */
static void write_hints(GString *out, JsonObject *hints, bool is_brief)
{
        bool reads = json_member_bool(hints, "read_only", false);

        message_member(out, "annotations");
        g_string_append_c(out, '{');
        write_hint(out, "readOnlyHint", reads);
        if (!reads)
                write_hint(out, "destructiveHint", json_member_bool(hints, "destructive", true));
        if (!is_brief) {
                write_hint(out, "idempotentHint", json_member_bool(hints, "idempotent", false));
                write_hint(out, "openWorldHint", false);
        }
        g_string_append_c(out, '}');
}

static char *write_tool(JsonObject *given, bool is_brief)
{
        GString *out = g_string_new("{");
        const char *title = json_member_string(given, "title", NULL);
        JsonObject *output = json_member_object(given, "output_schema");

        message_string(out, "name", json_member_string(given, "name", ""));
        if (title)
                message_string(out, "title", title);
        message_string(out, "description", json_member_string(given, "description", ""));
        message_node(out, "inputSchema", json_object_get_member(given, "input_schema"));
        if (!is_brief && output)
                write_output(out, output);
        write_hints(out, json_member_object(given, "hints"), is_brief);
        g_string_append_c(out, '}');
        return g_string_free(out, FALSE);
}

static const ListedTool *find_listed(Mcp *mcp, const char *name)
{
        ListedTool *listed = g_hash_table_lookup(mcp->listed, name);
        const Tool *tool = listed ? NULL : tools_find(mcp->options.tools, name);

        if (!tool)
                return listed;
        g_autoptr(JsonObject) given = tools_describe(mcp->options.tools, name, NULL);
        g_autoptr(JsonObject) brief = tools_brief(mcp->options.tools, name, NULL);
        JsonNode *input = json_object_get_member(given, "input_schema");
        listed = g_new0(ListedTool, 1);
        listed->full = write_tool(given, /* is_brief= */ false);
        if (is_annotated(input)) /* which the brief form would not say */
                listed->annotated = json_node_dup_object(input);
        else
                listed->brief = write_tool(brief, /* is_brief= */ true);
        g_hash_table_insert(mcp->listed, (char *)tool->name, listed);
        return listed;
}

JsonObject *listing_annotated(Mcp *mcp, const char *tool)
{
        const ListedTool *listed = find_listed(mcp, tool);

        return listed ? listed->annotated : NULL;
}

/* ---- which ---- */

/* The names of what a connection is shown, in order; the caller frees the array only. */
static GPtrArray *list_shown(Mcp *mcp, const Connection *connection)
{
        g_autoptr(JsonObject) all = tools_list(mcp->options.tools);
        JsonArray *rows = json_object_get_array_member(all, "tools");
        GPtrArray *names = g_ptr_array_new();

        for (guint i = 0; i < json_array_get_length(rows); i++) {
                const char *name = json_object_get_string_member(
                        json_array_get_object_element(rows, i), "name");
                const Tool *tool = tools_find(mcp->options.tools, name);
                if (tool_is_listed(tool, connection))
                        g_ptr_array_add(names, (char *)tool->name);
        }
        return names;
}

char *listing_digest(Mcp *mcp, const Connection *connection)
{
        g_autoptr(GPtrArray) names = list_shown(mcp, connection);
        g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

        for (unsigned i = 0; i < names->len; i++)
                g_checksum_update(sum, names->pdata[i], (gssize)strlen(names->pdata[i]) + 1);
        return g_strdup(g_checksum_get_string(sum));
}

/* ---- the method ---- */

/* Appends a page of what comes after a name; returns the last one if there is more. */
static const char *append_page(Mcp *mcp, GString *out, const GPtrArray *names, const char *after,
                               bool full)
{
        unsigned count = 0;

        g_string_append_c(out, '[');
        for (unsigned i = 0; i < names->len; i++) {
                const char *name = names->pdata[i];
                if (strcmp(name, after) <= 0)
                        continue;
                const ListedTool *listed = find_listed(mcp, name);
                bool brief = !full && listed->brief &&
                             tool_is_essential(tools_find(mcp->options.tools, name));
                if (count++ > 0)
                        g_string_append_c(out, ',');
                g_string_append(out, brief ? listed->brief : listed->full);
                if (count == MCP_LIST_PAGE && i + 1 < names->len) {
                        g_string_append_c(out, ']');
                        return name;
                }
        }
        g_string_append_c(out, ']');
        return NULL;
}

void tools_list_turn(Turn *turn)
{
        const Connection *connection = turn->input->connection;
        g_autofree char *after = turn_cursor(turn, "tools", NULL);
        g_autoptr(GPtrArray) names = after ? list_shown(turn->mcp, connection) : NULL;
        bool full = connection_listing(connection) == TOOL_LISTING_FULL;

        if (!names)
                return;
        GString *out = turn_begin(turn);
        message_member(out, "tools");
        const char *last = append_page(turn->mcp, out, names, after, full);
        if (last) {
                g_autofree char *next = cursor_new("tools", NULL, last);
                message_string(out, "nextCursor", next);
        }
        turn_cache(turn, out, TOOLS_TTL_SEC);
        turn_end(turn, out);
        if (turn->input->session) {
                g_free(turn->input->session->listing);
                turn->input->session->listing = listing_digest(turn->mcp, connection);
        }
}
