/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Field diffs of entries. */
#include "journal/diff.h"

static JsonNode *field(JsonObject *row, const char *name)
{
        JsonNode *node = row ? json_object_get_member(row, name) : NULL;

        return node ? json_node_copy(node) : json_node_new(JSON_NODE_NULL);
}

static void add_field(JsonArray *diff, JsonObject *before, JsonObject *after, const char *name)
{
        g_autoptr(JsonNode) old = field(before, name);
        g_autoptr(JsonNode) new = field(after, name);
        JsonObject *line;

        if (json_node_equal(old, new))
                return;
        line = json_object_new();
        json_object_set_string_member(line, "field", name);
        json_object_set_member(line, "before", g_steal_pointer(&old));
        json_object_set_member(line, "after", g_steal_pointer(&new));
        json_array_add_object_element(diff, line);
}

JsonArray *diff_entry(const Entry *entry)
{
        g_autoptr(JsonObject) before =
                entry->before ? json_parse_object(entry->before, -1, NULL) : NULL;
        g_autoptr(JsonObject) after =
                entry->after ? json_parse_object(entry->after, -1, NULL) : NULL;
        JsonObject *row = after ?: before;
        g_autoptr(GList) names = row ? json_object_get_members(row) : NULL;
        JsonArray *diff = json_array_new();

        for (GList *at = names; at; at = at->next)
                add_field(diff, before, after, at->data);
        return diff;
}
