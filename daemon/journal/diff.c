/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Field diffs of entries. */
#include "journal/diff.h"

#include <string.h>

#include "journal/hunk.h"

/* ---- within texts ---- */

static char *cut_text(const char *text, unsigned cut_chars)
{
        if (cut_chars == 0 || strlen(text) <= cut_chars || g_utf8_strlen(text, -1) <= cut_chars)
                return g_strdup(text);
        g_autofree char *cut = g_utf8_substring(text, 0, cut_chars);
        return g_strconcat(cut, "…", NULL);
}

static JsonArray *hunks_to_json(const char *before, const char *after, unsigned cut_chars)
{
        HunkLimits limits = {
                .bytes_max = cut_chars ? DIFF_LIST_TEXT_BYTES_MAX : DIFF_TEXT_BYTES_MAX,
                .edits_max = cut_chars ? DIFF_LIST_EDITS_MAX : DIFF_EDITS_MAX,
        };
        g_autoptr(GPtrArray) hunks = hunks_between(before, after, &limits);
        JsonArray *array = json_array_new();

        for (unsigned i = 0; i < hunks->len; i++) {
                const Hunk *hunk = g_ptr_array_index(hunks, i);
                g_autofree char *text = cut_text(hunk->text, cut_chars);
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "op", hunk_op_to_string(hunk->op));
                json_object_set_string_member(object, "text", text);
                json_array_add_object_element(array, object);
        }
        return array;
}

static bool is_one_word(const char *text)
{
        return !strpbrk(text, " \t\n") && strlen(text) <= 100;
}

/* ---- within JSON values ---- */

static bool add_differences(JsonNode *before, JsonNode *after, const char *path, JsonArray *out);

static void add_path(JsonNode *before, JsonNode *after, const char *path, JsonArray *out)
{
        JsonObject *line = json_object_new();

        json_object_set_string_member(line, "path", path);
        if (before)
                json_object_set_member(line, "before", json_node_copy(before));
        if (after)
                json_object_set_member(line, "after", json_node_copy(after));
        json_array_add_object_element(out, line);
}

/* As RFC 6901 has it. */
static char *member_path(const char *path, const char *name)
{
        g_autoptr(GString) text = g_string_new(path);

        g_string_append_c(text, '/');
        for (; *name; name++) {
                if (*name == '~')
                        g_string_append(text, "~0");
                else if (*name == '/')
                        g_string_append(text, "~1");
                else
                        g_string_append_c(text, *name);
        }
        return g_string_free(g_steal_pointer(&text), /* free_segment= */ FALSE);
}

static bool add_members(JsonObject *before, JsonObject *after, const char *path, JsonArray *out)
{
        g_autoptr(GList) old = json_object_get_members(before);
        g_autoptr(GList) new = json_object_get_members(after);
        bool ok = true;

        for (GList *at = old; at && ok; at = at->next) {
                g_autofree char *place = member_path(path, at->data);
                ok = add_differences(json_object_get_member(before, at->data),
                                     json_object_get_member(after, at->data), place, out);
        }
        for (GList *at = new; at &&ok; at = at->next) {
                g_autofree char *place = member_path(path, at->data);
                if (!json_object_has_member(before, at->data))
                        ok = add_differences(/* before= */ NULL,
                                             json_object_get_member(after, at->data), place, out);
        }
        return ok;
}

static JsonNode *element(JsonArray *array, unsigned index)
{
        return index < json_array_get_length(array) ? json_array_get_element(array, index) : NULL;
}

static bool add_elements(JsonArray *before, JsonArray *after, const char *path, JsonArray *out)
{
        unsigned length = MAX(json_array_get_length(before), json_array_get_length(after));

        for (unsigned i = 0; i < length; i++) {
                g_autofree char *place = g_strdup_printf("%s/%u", path, i);

                if (!add_differences(element(before, i), element(after, i), place, out))
                        return false;
        }
        return true;
}

/* False beyond DIFF_PATHS_MAX. */
static bool add_differences(JsonNode *before, JsonNode *after, const char *path, JsonArray *out)
{
        if (before && after && json_node_equal(before, after))
                return true;
        if (before && after && JSON_NODE_HOLDS_OBJECT(before) && JSON_NODE_HOLDS_OBJECT(after))
                return add_members(json_node_get_object(before), json_node_get_object(after), path,
                                   out);
        if (before && after && JSON_NODE_HOLDS_ARRAY(before) && JSON_NODE_HOLDS_ARRAY(after))
                return add_elements(json_node_get_array(before), json_node_get_array(after), path,
                                    out);
        add_path(before, after, path, out);
        return json_array_get_length(out) <= DIFF_PATHS_MAX;
}

static JsonNode *parse_container(const char *text)
{
        JsonNode *node = *text == '{' || *text == '[' ? json_parse_text(text, -1, NULL) : NULL;

        if (node && !JSON_NODE_HOLDS_VALUE(node))
                return node;
        g_clear_pointer(&node, json_node_unref);
        return NULL;
}

/* NULL if one of them is no object or array, or there is too much. */
static JsonArray *paths_to_json(const char *before, const char *after)
{
        g_autoptr(JsonNode) old = parse_container(before);
        g_autoptr(JsonNode) new = old ? parse_container(after) : NULL;
        g_autoptr(JsonArray) paths = json_array_new();

        if (!new || !add_differences(old, new, "", paths))
                return NULL;
        return g_steal_pointer(&paths);
}

/* ---- fields ---- */

static const char *string_of(JsonNode *node)
{
        bool is_string =
                JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;

        return is_string ? json_node_get_string(node) : NULL;
}

static void add_detail(JsonObject *line, const char *before, const char *after, unsigned cut_chars)
{
        JsonArray *paths = paths_to_json(before, after);

        if (paths)
                json_object_set_array_member(line, "paths", paths);
        else if (!is_one_word(before) || !is_one_word(after))
                json_object_set_array_member(line, "hunks",
                                             hunks_to_json(before, after, cut_chars));
}

static JsonNode *field(JsonObject *row, const char *name)
{
        JsonNode *node = row ? json_object_get_member(row, name) : NULL;

        return node ? json_node_copy(node) : json_node_new(JSON_NODE_NULL);
}

static void set_value(JsonObject *line, const char *name, JsonNode *value, unsigned cut_chars)
{
        const char *text = string_of(value);
        g_autofree char *cut = text ? cut_text(text, cut_chars) : NULL;

        if (cut)
                json_object_set_string_member(line, name, cut);
        else
                json_object_set_member(line, name, json_node_copy(value));
}

static void add_field(JsonArray *diff, JsonNode *before, JsonNode *after, const char *name,
                      unsigned cut_chars)
{
        const char *old = string_of(before), *new = string_of(after);
        JsonObject *line = json_object_new();

        json_object_set_string_member(line, "field", name);
        set_value(line, "before", before, cut_chars);
        set_value(line, "after", after, cut_chars);
        if (old && new)
                add_detail(line, old, new, cut_chars);
        json_array_add_object_element(diff, line);
}

JsonArray *diff_entry(const Entry *entry, unsigned cut_chars)
{
        g_autoptr(JsonObject) before =
                entry->before ? json_parse_object(entry->before, -1, NULL) : NULL;
        g_autoptr(JsonObject) after =
                entry->after ? json_parse_object(entry->after, -1, NULL) : NULL;
        JsonObject *row = after ?: before;
        g_autoptr(GList) names = row ? json_object_get_members(row) : NULL;
        JsonArray *diff = json_array_new();

        for (GList *at = names; at; at = at->next) {
                g_autoptr(JsonNode) old = field(before, at->data), new = field(after, at->data);

                if (!json_node_equal(old, new))
                        add_field(diff, old, new, at->data, cut_chars);
        }
        return diff;
}
