/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schemas as types. What a type cannot say (lengths, ranges) stands in the comment of its member. */
#include <string.h>

#include "tools/sdk-types.h"

#define INDENT "        "

/* ---- names ---- */

static bool is_identifier(const char *name)
{
        if (!g_ascii_isalpha(name[0]) && name[0] != '_')
                return false;
        for (; *name; name++)
                if (!g_ascii_isalnum(*name) && *name != '_')
                        return false;
        return true;
}

/* "query_knowledge" → "queryKnowledge", or "QueryKnowledge". */
static char *camel_case(const char *name, bool upper)
{
        GString *camel = g_string_new(NULL);

        for (; *name; name++) {
                if (*name == '_') {
                        upper = true;
                        continue;
                }
                g_string_append_c(camel, upper ? g_ascii_toupper(*name) : *name);
                upper = false;
        }
        return g_string_free(camel, FALSE);
}

static void append_indent(GString *out, unsigned indent)
{
        for (unsigned i = 0; i < indent; i++)
                g_string_append(out, INDENT);
}

/* A JSON string is one of TypeScript too. */
static void append_quoted(GString *out, const char *text)
{
        g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);
        g_autofree char *quoted = json_print_node(node);

        g_string_append(out, quoted);
}

/* ---- comments ---- */

/* One line; nothing in it ends the comment. */
static void append_comment(GString *out, unsigned indent, const char *text)
{
        g_auto(GStrv) parts = text ? g_strsplit(text, "*/", -1) : NULL;
        g_autofree char *safe = parts ? g_strjoinv("* /", parts) : NULL;

        if (!safe || safe[0] == '\0')
                return;
        append_indent(out, indent);
        g_string_append_printf(out, "/** %s */\n", g_strdelimit(safe, "\r\n", ' '));
}

static char *comment_of(JsonObject *schema)
{
        GString *text = g_string_new(json_member_string(schema, "description", ""));
        JsonNode *fallback = json_object_get_member(schema, "default");

        if (fallback) {
                g_autofree char *value = json_print_node(fallback);
                g_string_append_printf(text, "%sDefault: %s.", text->len ? " " : "", value);
        }
        return g_string_free(text, FALSE);
}

/* ---- types ---- */

static void append_type(GString *out, JsonNode *schema, unsigned indent);

static void append_constants(GString *out, JsonArray *values)
{
        for (unsigned i = 0; i < json_array_get_length(values); i++) {
                g_autofree char *text = json_print_node(json_array_get_element(values, i));

                g_string_append_printf(out, "%s%s", i ? " | " : "", text);
        }
}

static bool is_required(JsonObject *schema, const char *name)
{
        JsonArray *required = json_member_array(schema, "required");

        for (unsigned i = 0; required && i < json_array_get_length(required); i++)
                if (g_strcmp0(json_array_get_string_element(required, i), name) == 0)
                        return true;
        return false;
}

static void append_member(GString *out, JsonObject *schema, const char *name, JsonNode *value,
                          unsigned indent)
{
        g_autofree char *comment =
                JSON_NODE_HOLDS_OBJECT(value) ? comment_of(json_node_get_object(value)) : NULL;

        append_comment(out, indent, comment);
        append_indent(out, indent);
        if (is_identifier(name))
                g_string_append(out, name);
        else
                append_quoted(out, name);
        g_string_append(out, is_required(schema, name) ? ": " : "?: ");
        append_type(out, value, indent);
        g_string_append(out, ";\n");
}

/* Members that the schema does not name: any, unless it says what they are. Beside named ones nothing narrower than
 * unknown fits TypeScript's rules. */
static void append_index(GString *out, JsonObject *schema, bool alone, unsigned indent)
{
        JsonNode *additional = json_object_get_member(schema, "additionalProperties");

        if (additional && JSON_NODE_HOLDS_VALUE(additional) && !json_node_get_boolean(additional))
                return;
        append_indent(out, indent);
        g_string_append(out, "[name: string]: ");
        if (alone && additional && JSON_NODE_HOLDS_OBJECT(additional))
                append_type(out, additional, indent);
        else
                g_string_append(out, "unknown");
        g_string_append(out, ";\n");
}

static void append_object(GString *out, JsonObject *schema, unsigned indent)
{
        JsonObject *properties = json_member_object(schema, "properties");
        bool alone = !properties || json_object_get_size(properties) == 0;
        JsonObjectIter iter;
        const char *name;
        JsonNode *value;

        g_string_append(out, "{\n");
        if (properties) {
                json_object_iter_init_ordered(&iter, properties);
                while (json_object_iter_next_ordered(&iter, &name, &value))
                        append_member(out, schema, name, value, indent + 1);
        }
        append_index(out, schema, alone, indent + 1);
        append_indent(out, indent);
        g_string_append_c(out, '}');
}

static void append_array(GString *out, JsonObject *schema, unsigned indent)
{
        JsonNode *items = json_object_get_member(schema, "items");

        g_string_append(out, "Array<");
        if (items)
                append_type(out, items, indent);
        else
                g_string_append(out, "unknown");
        g_string_append_c(out, '>');
}

static void append_named(GString *out, const char *type, JsonObject *schema, unsigned indent)
{
        if (g_str_equal(type, "integer") || g_str_equal(type, "number"))
                g_string_append(out, "number");
        else if (g_str_equal(type, "array"))
                append_array(out, schema, indent);
        else if (g_str_equal(type, "object"))
                append_object(out, schema, indent);
        else
                g_string_append(out, type); /* string, boolean, null */
}

static void append_types(GString *out, JsonArray *types, JsonObject *schema, unsigned indent)
{
        for (unsigned i = 0; i < json_array_get_length(types); i++) {
                g_string_append(out, i ? " | " : "");
                append_named(out, json_array_get_string_element(types, i), schema, indent);
        }
}

static void append_any_of(GString *out, JsonArray *schemas, unsigned indent)
{
        for (unsigned i = 0; i < json_array_get_length(schemas); i++) {
                g_string_append(out, i ? " | " : "");
                append_type(out, json_array_get_element(schemas, i), indent);
        }
}

static void append_type(GString *out, JsonNode *node, unsigned indent)
{
        JsonObject *schema = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        JsonNode *type = schema ? json_object_get_member(schema, "type") : NULL;

        if (schema && json_object_has_member(schema, "const")) {
                g_autofree char *text = json_print_node(json_object_get_member(schema, "const"));
                g_string_append(out, text);
        } else if (schema && json_member_array(schema, "enum")) {
                append_constants(out, json_member_array(schema, "enum"));
        } else if (type && JSON_NODE_HOLDS_ARRAY(type)) {
                append_types(out, json_node_get_array(type), schema, indent);
        } else if (type) {
                append_named(out, json_node_get_string(type), schema, indent);
        } else if (schema && json_member_array(schema, "anyOf")) {
                append_any_of(out, json_member_array(schema, "anyOf"), indent);
        } else if (schema && json_member_array(schema, "oneOf")) {
                append_any_of(out, json_member_array(schema, "oneOf"), indent);
        } else if (schema && json_object_has_member(schema, "properties")) {
                append_object(out, schema, indent);
        } else {
                g_string_append(out, "unknown");
        }
}

char *sdk_type(JsonNode *schema, unsigned indent)
{
        GString *out = g_string_new(NULL);

        append_type(out, schema, indent);
        return g_string_free(out, FALSE);
}

/* ---- the whole ---- */

/* An interface if it is of one kind; what several may be is a type of its own. */
static void append_declared(GString *out, const Entry *entry, const char *member,
                            const char *suffix)
{
        g_autofree char *name = camel_case(entry->tool->name, /* upper= */ true);
        /* printing counts references, and the entry is everybody's */
        g_autoptr(JsonObject) resource = json_copy_object(entry->resource);

        g_string_append_printf(out, "type %s%s = ", name, suffix);
        append_type(out, json_object_get_member(resource, member), 0);
        g_string_append(out, ";\n");
}

static bool needs_arguments(const Entry *entry)
{
        JsonObject *input = json_member_object(entry->resource, "input");
        JsonArray *required = input ? json_member_array(input, "required") : NULL;

        return required && json_array_get_length(required) > 0;
}

static void append_method(GString *out, const Entry *entry, const char *method)
{
        g_autofree char *type = camel_case(entry->tool->name, /* upper= */ true);

        append_comment(out, 1, json_member_string(entry->resource, "description", NULL));
        g_string_append_printf(out, INDENT "%s(args%s: %sArgs): Promise<%sResult & Unread>;\n",
                               method, needs_arguments(entry) ? "" : "?", type, type);
}

char *sdk_types(const GPtrArray *entries, const char *version)
{
        GString *out = g_string_new(NULL);

        g_string_append_printf(
                out,
                "// sophia, the tools of Ouroboros %s. Each method has two spellings. "
                "What fails throws SophiaError.\n"
                "type Unread = { _inbox_unread?: number };\n"
                "interface SophiaError extends Error {\n"
                "        code: string;\n"
                "        payload: unknown;\n"
                "}\n",
                version);
        for (unsigned i = 0; i < entries->len; i++) {
                append_declared(out, g_ptr_array_index(entries, i), "input", "Args");
                append_declared(out, g_ptr_array_index(entries, i), "output", "Result");
        }
        g_string_append(out, "interface Sophia {\n");
        for (unsigned i = 0; i < entries->len; i++) {
                const Entry *entry = g_ptr_array_index(entries, i);
                g_autofree char *camel = camel_case(entry->tool->name, /* upper= */ false);

                append_method(out, entry, entry->tool->name);
                if (!g_str_equal(camel, entry->tool->name))
                        g_string_append_printf(out, INDENT "%s: Sophia[\"%s\"];\n", camel,
                                               entry->tool->name);
        }
        g_string_append(out, "}\ndeclare const sophia: Sophia;\n");
        return g_string_free(out, FALSE);
}
