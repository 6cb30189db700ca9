/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON as manifests are written: with comments and with commas before what closes, which are blanked before the strict reader
 * sees them. */
#include "syntax/manifest.h"

#include <string.h>

#include "base/base.h"

/* ---- what JSON does not have ---- */

/* After the string that begins at at. */
static size_t after_string(const char *text, size_t at, size_t length)
{
        for (at++; at < length && text[at] != '"'; at++)
                if (text[at] == '\\')
                        at++;
        return MIN(at + 1, length);
}

/* After the comment that begins at at; at if there is none. */
static size_t after_comment(const char *text, size_t at, size_t length)
{
        if (at + 1 >= length || text[at] != '/')
                return at;
        if (text[at + 1] == '/') {
                const char *end = memchr(text + at, '\n', length - at);
                return end ? (size_t)(end - text) : length;
        }
        if (text[at + 1] != '*')
                return at;
        const char *end = memmem(text + at + 2, length - at - 2, "*/", 2);
        return end ? (size_t)(end - text) + 2 : length;
}

static void make_strict(char *text, size_t length)
{
        size_t comma = length; /* the last one, if nothing stands after it yet */
        if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
                memset(text, ' ', 3);
        for (size_t at = 0; at < length;) {
                size_t after = after_comment(text, at, length);
                if (after > at) {
                        memset(text + at, ' ', after - at);
                        at = after;
                        continue;
                }
                char c = text[at];
                if (c == ',')
                        comma = at;
                else if ((c == '}' || c == ']') && comma < length)
                        text[comma] = ' ';
                if (c != ',' && !g_ascii_isspace(c))
                        comma = length;
                at = c == '"' ? after_string(text, at, length) : at + 1;
        }
}

/* ---- settings ---- */

typedef struct Json {
        Builder *builder;
        GString *key;
        unsigned depth, settings;
} Json;

static void set(Json *json, const char *value)
{
        if (json->key->len && json->key->len <= MANIFEST_KEY_MAX &&
            strlen(value) <= MANIFEST_VALUE_MAX && json->settings++ < MANIFEST_SETTINGS_MAX)
                builder_setting(json->builder, json->key->str, value);
}

static void read_node(Json *json, JsonNode *node);

static void read_in(Json *json, const char *name, JsonNode *node)
{
        size_t length = json->key->len;
        if (json->depth >= MANIFEST_DEPTH_MAX)
                return;
        json->depth++;
        g_string_append_printf(json->key, "%s%s", length ? "." : "", name);
        read_node(json, node);
        g_string_truncate(json->key, length);
        json->depth--;
}

static void read_member(JsonObject *object, const char *name, JsonNode *node, void *data)
{
        read_in(data, name, node);
}

static void read_element(JsonArray *array, guint index, JsonNode *node, void *data)
{
        char number[16];
        g_snprintf(number, sizeof(number), "%u", index);
        read_in(data, number, node);
}

static void read_node(Json *json, JsonNode *node)
{
        if (JSON_NODE_HOLDS_OBJECT(node)) {
                json_object_foreach_member(json_node_get_object(node), read_member, json);
        } else if (JSON_NODE_HOLDS_ARRAY(node)) {
                json_array_foreach_element(json_node_get_array(node), read_element, json);
        } else if (json_node_get_value_type(node) == G_TYPE_STRING) {
                set(json, json_node_get_string(node));
        } else if (!JSON_NODE_HOLDS_NULL(node)) {
                g_autofree char *text = json_print_node(node);
                set(json, text);
        }
}

void manifest_read_json(Builder *builder, const char *text, size_t length)
{
        g_autofree char *strict = g_memdup2(text, length);
        make_strict(strict, length);
        g_autoptr(JsonNode) root = json_parse_text(strict, (gssize)length, NULL);
        if (!root) {
                builder_flag(builder, UNIT_HAS_ERRORS);
                return;
        }
        g_autoptr(GString) key = g_string_new(NULL);
        Json json = {.builder = builder, .key = key};
        read_node(&json, root);
}
