/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing JSON and looking into it. json-glib's writer leaves some control characters bare and rounds
 * numbers, so text is written here; the nodes are json-glib's. json-reader.c reads. */
#include "base/json.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

void json_write_string(GString *out, const char *text)
{
        g_string_append_c(out, '"');
        for (const char *at = text; *at; at++) {
                size_t plain = 0;

                while ((unsigned char)at[plain] >= 0x20 && at[plain] != '"' && at[plain] != '\\')
                        plain++;
                g_string_append_len(out, at, (gssize)plain);
                at += plain;
                if (!*at)
                        break;
                if (*at == '"' || *at == '\\')
                        g_string_append_printf(out, "\\%c", *at);
                else if (*at == '\n')
                        g_string_append(out, "\\n");
                else if (*at == '\t')
                        g_string_append(out, "\\t");
                else
                        g_string_append_printf(out, "\\u%04x", (unsigned)*at);
        }
        g_string_append_c(out, '"');
}

/* The shortest of two spellings that reads back as the same double, never looking like an integer. */
void json_write_double(GString *out, double value)
{
        char text[G_ASCII_DTOSTR_BUF_SIZE];

        if (!isfinite(value)) { /* JSON has no word for it */
                g_string_append(out, "null");
                return;
        }
        g_ascii_formatd(text, sizeof text, "%.15g", value);
        if (g_ascii_strtod(text, NULL) != value)
                g_ascii_formatd(text, sizeof text, "%.17g", value);
        g_string_append(out, text);
        if (!strpbrk(text, ".e"))
                g_string_append(out, ".0");
}

static void write_value(GString *out, JsonNode *node)
{
        GType type = json_node_get_value_type(node);

        if (type == G_TYPE_STRING)
                json_write_string(out, json_node_get_string(node));
        else if (type == G_TYPE_INT64)
                g_string_append_printf(out, "%" G_GINT64_FORMAT, json_node_get_int(node));
        else if (type == G_TYPE_DOUBLE)
                json_write_double(out, json_node_get_double(node));
        else
                g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
}

void json_write_object(GString *out, JsonObject *object)
{
        JsonObjectIter members;
        const char *name, *comma = "";
        JsonNode *value;

        g_string_append_c(out, '{');
        json_object_iter_init_ordered(&members, object);
        while (json_object_iter_next_ordered(&members, &name, &value)) {
                g_string_append(out, comma);
                json_write_string(out, name);
                g_string_append_c(out, ':');
                json_write_node(out, value);
                comma = ",";
        }
        g_string_append_c(out, '}');
}

static void write_array(GString *out, JsonArray *array)
{
        g_string_append_c(out, '[');
        for (unsigned i = 0; i < json_array_get_length(array); i++) {
                if (i > 0)
                        g_string_append_c(out, ',');
                json_write_node(out, json_array_get_element(array, i));
        }
        g_string_append_c(out, ']');
}

void json_write_node(GString *out, JsonNode *node)
{
        if (JSON_NODE_HOLDS_OBJECT(node))
                json_write_object(out, json_node_get_object(node));
        else if (JSON_NODE_HOLDS_ARRAY(node))
                write_array(out, json_node_get_array(node));
        else if (JSON_NODE_HOLDS_VALUE(node))
                write_value(out, node);
        else
                g_string_append(out, "null");
}

char *json_print_node(JsonNode *node)
{
        GString *out = g_string_new(NULL);

        json_write_node(out, node);
        return g_string_free(out, FALSE);
}

char *json_print_object(JsonObject *object)
{
        GString *out = g_string_new(NULL);

        json_write_object(out, object);
        return g_string_free(out, FALSE);
}

static void break_line(GString *out, unsigned depth)
{
        g_string_append_c(out, '\n');
        for (unsigned i = 0; i < depth; i++)
                g_string_append(out, "  ");
}

/* The end of the string that begins here. */
static const char *skip_string(const char *at)
{
        for (at++; *at != '"'; at++)
                at += *at == '\\';
        return at + 1;
}

/* Breaks the compact text where there is something between brackets. */
char *json_print_pretty(JsonNode *node)
{
        g_autofree char *compact = json_print_node(node);
        GString *out = g_string_sized_new(2 * strlen(compact));
        unsigned depth = 0;

        for (const char *at = compact, *end; *at; at = end) {
                bool opens = *at == '{' || *at == '[', closes = *at == '}' || *at == ']';
                bool is_empty = opens && (at[1] == '}' || at[1] == ']');

                end = *at == '"' ? skip_string(at) : at + 1 + is_empty;
                if (closes)
                        break_line(out, --depth);
                g_string_append_len(out, at, end - at);
                if (opens && !is_empty)
                        break_line(out, ++depth);
                else if (*at == ',')
                        break_line(out, depth);
                else if (*at == ':')
                        g_string_append_c(out, ' ');
        }
        return g_string_free(out, FALSE);
}

static JsonNode *sort_node(JsonNode *node);

static int compare_names(gconstpointer left, gconstpointer right)
{
        return strcmp(left, right);
}

static JsonObject *sort_object(JsonObject *object)
{
        JsonObject *sorted = json_object_new();
        g_autoptr(GList) names = g_list_sort(json_object_get_members(object), compare_names);

        for (GList *at = names; at; at = at->next)
                json_object_set_member(sorted, at->data,
                                       sort_node(json_object_get_member(object, at->data)));
        return sorted;
}

static JsonArray *sort_array(JsonArray *array)
{
        JsonArray *sorted = json_array_new();

        for (unsigned i = 0; i < json_array_get_length(array); i++)
                json_array_add_element(sorted, sort_node(json_array_get_element(array, i)));
        return sorted;
}

/* A double that is an integer that it holds exactly becomes one. */
static JsonNode *sort_value(JsonNode *node)
{
        double value;

        if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_DOUBLE)
                return json_node_copy(node);
        value = json_node_get_double(node);
        if (!(fabs(value) < 9007199254740992.0) || floor(value) != value)
                return json_node_copy(node);
        return json_node_init_int(json_node_alloc(), (int64_t)value);
}

static JsonNode *sort_node(JsonNode *node)
{
        JsonNode *sorted;

        if (!JSON_NODE_HOLDS_OBJECT(node) && !JSON_NODE_HOLDS_ARRAY(node))
                return sort_value(node);
        sorted = json_node_new(JSON_NODE_TYPE(node));
        if (JSON_NODE_HOLDS_OBJECT(node))
                json_node_take_object(sorted, sort_object(json_node_get_object(node)));
        else
                json_node_take_array(sorted, sort_array(json_node_get_array(node)));
        return sorted;
}

char *json_print_canonical(JsonObject *object)
{
        g_autoptr(JsonObject) sorted = sort_object(object);

        return json_print_object(sorted);
}

/* A member of a value type, NULL for null, absent, array and object. */
static JsonNode *member_value(JsonObject *object, const char *name)
{
        JsonNode *node = object ? json_object_get_member(object, name) : NULL;

        return node && JSON_NODE_HOLDS_VALUE(node) ? node : NULL;
}

const char *json_member_string(JsonObject *object, const char *name, const char *fallback)
{
        JsonNode *node = member_value(object, name);

        return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node)
                                                                       : fallback;
}

int64_t json_member_int(JsonObject *object, const char *name, int64_t fallback)
{
        JsonNode *node = member_value(object, name);

        return node && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node)
                                                                      : fallback;
}

double json_member_double(JsonObject *object, const char *name, double fallback)
{
        JsonNode *node = member_value(object, name);

        if (node && json_node_get_value_type(node) == G_TYPE_DOUBLE)
                return json_node_get_double(node);
        if (node && json_node_get_value_type(node) == G_TYPE_INT64) /* 1 is a number like 1.0 */
                return (double)json_node_get_int(node);
        return fallback;
}

bool json_member_bool(JsonObject *object, const char *name, bool fallback)
{
        JsonNode *node = member_value(object, name);

        return node && json_node_get_value_type(node) == G_TYPE_BOOLEAN
                       ? json_node_get_boolean(node)
                       : fallback;
}

JsonArray *json_member_array(JsonObject *object, const char *name)
{
        JsonNode *node = object ? json_object_get_member(object, name) : NULL;

        return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

JsonObject *json_member_object(JsonObject *object, const char *name)
{
        JsonNode *node = object ? json_object_get_member(object, name) : NULL;

        return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

void json_set_string(JsonObject *object, const char *name, const char *value)
{
        if (value)
                json_object_set_string_member(object, name, value);
        else
                json_object_set_null_member(object, name);
}

void json_set_time(JsonObject *object, const char *name, int64_t time_us)
{
        g_autofree char *text = clock_to_iso(time_us);

        json_object_set_string_member(object, name, text);
}

char *json_print_strings(const char *const *strings)
{
        g_autoptr(JsonArray) array = json_array_new();
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);

        for (unsigned i = 0; strings && strings[i]; i++)
                json_array_add_string_element(array, strings[i]);
        json_node_set_array(node, array);
        return json_print_node(node);
}

char **json_parse_strings(const char *text)
{
        g_autoptr(GStrvBuilder) strings = g_strv_builder_new();
        g_autoptr(JsonNode) node = text ? json_parse_text(text, -1, NULL) : NULL;
        JsonArray *array = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

        for (unsigned i = 0; array && i < json_array_get_length(array); i++) {
                JsonNode *element = json_array_get_element(array, i);

                if (JSON_NODE_HOLDS_VALUE(element) &&
                    json_node_get_value_type(element) == G_TYPE_STRING)
                        g_strv_builder_add(strings, json_node_get_string(element));
        }
        return g_strv_builder_end(strings);
}

static JsonNode *copy_value(JsonNode *node)
{
        g_auto(GValue) value = G_VALUE_INIT;
        JsonNode *copy = json_node_new(JSON_NODE_VALUE);

        json_node_get_value(node, &value);
        json_node_set_value(copy, &value);
        return copy;
}

static JsonArray *copy_array(JsonArray *array)
{
        JsonArray *copy = json_array_sized_new(json_array_get_length(array));

        for (guint i = 0; i < json_array_get_length(array); i++)
                json_array_add_element(copy, json_copy_node(json_array_get_element(array, i)));
        return copy;
}

JsonNode *json_copy_node(JsonNode *node)
{
        JsonNode *copy;

        switch (JSON_NODE_TYPE(node)) {
        case JSON_NODE_OBJECT:
                copy = json_node_new(JSON_NODE_OBJECT);
                json_node_take_object(copy, json_copy_object(json_node_get_object(node)));
                return copy;
        case JSON_NODE_ARRAY:
                copy = json_node_new(JSON_NODE_ARRAY);
                json_node_take_array(copy, copy_array(json_node_get_array(node)));
                return copy;
        case JSON_NODE_VALUE:
                return copy_value(node);
        default:
                return json_node_new(JSON_NODE_NULL);
        }
}

JsonObject *json_copy_object(JsonObject *object)
{
        JsonObject *copy = json_object_new();
        JsonObjectIter iter;
        const char *name;
        JsonNode *value;

        json_object_iter_init_ordered(&iter, object);
        while (json_object_iter_next_ordered(&iter, &name, &value))
                json_object_set_member(copy, name, json_copy_node(value));
        return copy;
}
