/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compiles JSON Schema into rules. Each keyword has one small reader in the table below; the rules of a
 * schema live as long as it and are found by the node they came from, so that $ref may go in circles. */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "tools/schema-rule.h"

typedef bool (*KeywordReader)(Schema *schema, Rule *rule, JsonNode *node, GError **error);

typedef struct Keyword {
        const char *name;
        KeywordReader read; /* NULL: an annotation, without effect */
} Keyword;

static Rule *rule_for(Schema *schema, JsonNode *node, GError **error);

static const struct {
        RuleType type;
        const char *name;
} type_names[] = {
        {RULE_NULL, "null"},     {RULE_BOOLEAN, "boolean"}, {RULE_INTEGER, "integer"},
        {RULE_NUMBER, "number"}, {RULE_STRING, "string"},   {RULE_ARRAY, "array"},
        {RULE_OBJECT, "object"},
};

char *rule_types_describe(unsigned types)
{
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < G_N_ELEMENTS(type_names); i++)
                if (types & type_names[i].type)
                        g_string_append_printf(text, "%s%s", text->len > 0 ? " or " : "",
                                               type_names[i].name);
        return g_string_free(text, /* free_segment= */ FALSE);
}

static bool fail(GError **error, const char *message)
{
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, message);
        return false;
}

static bool add_type(Rule *rule, JsonNode *node, GError **error)
{
        const char *name = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;

        for (size_t i = 0; name && i < G_N_ELEMENTS(type_names); i++)
                if (g_str_equal(type_names[i].name, name)) {
                        rule->types |= type_names[i].type;
                        return true;
                }
        return fail(error, "not one of the seven types");
}

static bool read_type(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        if (!JSON_NODE_HOLDS_ARRAY(node))
                return add_type(rule, node, error);
        JsonArray *names = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(names); i++)
                if (!add_type(rule, json_array_get_element(names, i), error))
                        return false;
        return true;
}

static bool read_enum(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        if (!JSON_NODE_HOLDS_ARRAY(node))
                return fail(error, "not an array");
        rule->values = json_node_get_array(node);
        return true;
}

static bool read_const(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        rule->constant = node;
        return true;
}

static bool read_default(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        rule->fallback = node;
        return true;
}

static bool read_properties(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        JsonObjectIter iter;
        const char *name;
        JsonNode *member;

        if (!JSON_NODE_HOLDS_OBJECT(node))
                return fail(error, "not an object");
        rule->properties = g_hash_table_new(g_str_hash, g_str_equal);
        json_object_iter_init_ordered(&iter, json_node_get_object(node));
        while (json_object_iter_next_ordered(&iter, &name, &member)) {
                Rule *property = rule_for(schema, member, error);
                if (!property)
                        return false;
                g_hash_table_insert(rule->properties, (char *)name, property);
        }
        return true;
}

static bool read_required(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        if (!JSON_NODE_HOLDS_ARRAY(node))
                return fail(error, "not an array");
        JsonArray *names = json_node_get_array(node);
        rule->required = g_ptr_array_new();
        for (guint i = 0; i < json_array_get_length(names); i++)
                g_ptr_array_add(rule->required, (char *)json_array_get_string_element(names, i));
        return true;
}

static bool read_rule(Schema *schema, Rule **ret, JsonNode *node, GError **error)
{
        *ret = rule_for(schema, node, error);
        return *ret != NULL;
}

static bool read_additional(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rule(schema, &rule->additional, node, error);
}

static bool read_items(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rule(schema, &rule->items, node, error);
}

static bool read_not(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rule(schema, &rule->forbidden, node, error);
}

static bool read_if(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rule(schema, &rule->condition, node, error);
}

static bool read_then(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rule(schema, &rule->then, node, error);
}

static bool read_else(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rule(schema, &rule->otherwise, node, error);
}

static bool read_rules(Schema *schema, GPtrArray **ret, JsonNode *node, GError **error)
{
        if (!JSON_NODE_HOLDS_ARRAY(node))
                return fail(error, "not an array of schemas");
        JsonArray *nodes = json_node_get_array(node);
        *ret = g_ptr_array_new();
        for (guint i = 0; i < json_array_get_length(nodes); i++) {
                Rule *rule = rule_for(schema, json_array_get_element(nodes, i), error);
                if (!rule)
                        return false;
                g_ptr_array_add(*ret, rule);
        }
        return true;
}

static bool read_prefix(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rules(schema, &rule->prefix, node, error);
}

static bool read_all_of(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rules(schema, &rule->all_of, node, error);
}

static bool read_any_of(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rules(schema, &rule->any_of, node, error);
}

static bool read_one_of(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_rules(schema, &rule->one_of, node, error);
}

static bool read_number(double *ret, JsonNode *node, GError **error)
{
        GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_NONE;

        if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
                return fail(error, "not a number");
        *ret = type == G_TYPE_INT64 ? (double)json_node_get_int(node) : json_node_get_double(node);
        return true;
}

static bool read_minimum(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_number(&rule->minimum, node, error);
}

static bool read_maximum(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_number(&rule->maximum, node, error);
}

static bool read_above(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_number(&rule->above, node, error);
}

static bool read_below(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_number(&rule->below, node, error);
}

static bool read_count(int64_t *ret, JsonNode *node, GError **error)
{
        double count;

        if (!read_number(&count, node, error))
                return false;
        if (count < 0 || count > G_MAXINT32 || floor(count) < count)
                return fail(error, "not a count");
        *ret = (int64_t)count;
        return true;
}

static bool read_min_length(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_count(&rule->min_length, node, error);
}

static bool read_max_length(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_count(&rule->max_length, node, error);
}

static bool read_min_items(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_count(&rule->min_items, node, error);
}

static bool read_max_items(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        return read_count(&rule->max_items, node, error);
}

static bool read_unique(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        rule->unique = json_node_get_boolean(node);
        return true;
}

static bool read_pattern(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        g_autofree char *pattern = g_strconcat(RULE_PATTERN_LIMITS, text, NULL);

        if (!text)
                return fail(error, "not a string");
        /* DOLLAR_ENDONLY: a final line feed is no end in JSON Schema's expressions. Not compiled to
         * machine code: the unit forbids memory that is both written and executed. */
        rule->pattern = g_regex_new(pattern, G_REGEX_DOLLAR_ENDONLY, 0, error);
        return rule->pattern != NULL;
}

/* One step of a JSON pointer: the member or element that the token names, or NULL. */
static JsonNode *pointer_step(JsonNode *node, const char *token)
{
        if (JSON_NODE_HOLDS_OBJECT(node))
                return json_object_get_member(json_node_get_object(node), token);
        if (!JSON_NODE_HOLDS_ARRAY(node) || !g_ascii_isdigit(token[0]))
                return NULL;
        guint64 index = g_ascii_strtoull(token, NULL, 10);
        JsonArray *array = json_node_get_array(node);
        return index < json_array_get_length(array) ? json_array_get_element(array, index) : NULL;
}

static char *pointer_unescape(const char *token)
{
        g_autoptr(GString) text = g_string_new(token);

        g_string_replace(text, "~1", "/", 0);
        g_string_replace(text, "~0", "~", 0);
        return g_uri_unescape_string(text->str, NULL);
}

static bool read_ref(Schema *schema, Rule *rule, JsonNode *node, GError **error)
{
        const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        JsonNode *target = schema->document;

        if (!text || text[0] != '#' || (text[1] != '\0' && text[1] != '/'))
                return fail(error, "only references within the schema are known, \"#/$defs/…\"");
        g_auto(GStrv) tokens = g_strsplit(text + 1, "/", -1);
        for (size_t i = 1; target && tokens[0] && tokens[i]; i++) {
                g_autofree char *token = pointer_unescape(tokens[i]);
                target = token ? pointer_step(target, token) : NULL;
        }
        if (!target)
                return fail(error, "leads nowhere");
        return read_rule(schema, &rule->ref, target, error);
}

static const Keyword keywords[] = {
        {"$anchor", NULL}, /* references by it are refused */
        {"$comment", NULL},
        {"$defs", NULL}, /* compiled when referenced */
        {"$id", NULL},
        {"$ref", read_ref},
        {"$schema", NULL},
        {"additionalProperties", read_additional},
        {"allOf", read_all_of},
        {"anyOf", read_any_of},
        {"const", read_const},
        {"default", read_default},
        {"definitions", NULL},
        {"description", NULL},
        {"else", read_else},
        {"enum", read_enum},
        {"examples", NULL},
        {"exclusiveMaximum", read_below},
        {"exclusiveMinimum", read_above},
        {"format", NULL}, /* an annotation in 2020-12 */
        {"if", read_if},
        {"items", read_items},
        {"maxItems", read_max_items},
        {"maxLength", read_max_length},
        {"maximum", read_maximum},
        {"minItems", read_min_items},
        {"minLength", read_min_length},
        {"minimum", read_minimum},
        {"not", read_not},
        {"oneOf", read_one_of},
        {"pattern", read_pattern},
        {"prefixItems", read_prefix},
        {"properties", read_properties},
        {"required", read_required},
        {"then", read_then},
        {"title", NULL},
        {"type", read_type},
        {"uniqueItems", read_unique},
        {"x-mcp-header", NULL}, /* for doors */
};

static const Keyword *keyword_find(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
                if (g_str_equal(keywords[i].name, name))
                        return &keywords[i];
        return NULL;
}

static void free_pointers(GPtrArray *array)
{
        if (array)
                g_ptr_array_unref(array);
}

static void rule_free(void *data)
{
        Rule *rule = data;

        if (rule->properties)
                g_hash_table_unref(rule->properties);
        if (rule->pattern)
                g_regex_unref(rule->pattern);
        free_pointers(rule->required);
        free_pointers(rule->prefix);
        free_pointers(rule->all_of);
        free_pointers(rule->any_of);
        free_pointers(rule->one_of);
        g_free(rule);
}

static Rule *rule_new(void)
{
        Rule *rule = g_new0(Rule, 1);

        rule->min_length = rule->max_length = rule->min_items = rule->max_items = -1;
        rule->minimum = rule->maximum = rule->above = rule->below = NAN;
        return rule;
}

static bool read_keywords(Schema *schema, Rule *rule, JsonObject *object, GError **error)
{
        JsonObjectIter iter;
        const char *name;
        JsonNode *node;

        json_object_iter_init_ordered(&iter, object);
        while (json_object_iter_next_ordered(&iter, &name, &node)) {
                const Keyword *keyword = keyword_find(name);
                if (!keyword) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "the schema keyword \"%s\" is not supported", name);
                        return false;
                }
                if (keyword->read && !keyword->read(schema, rule, node, error)) {
                        g_prefix_error(error, "%s: ", name);
                        return false;
                }
        }
        return true;
}

/* The rule of a node, made at the first asking; owned by the schema. */
static Rule *rule_for(Schema *schema, JsonNode *node, GError **error)
{
        Rule *rule = g_hash_table_lookup(schema->rules, node);

        if (rule)
                return rule;
        rule = rule_new();
        /* entered before it is read: it may refer to itself */
        g_hash_table_insert(schema->rules, node, rule);
        if (JSON_NODE_HOLDS_OBJECT(node))
                return read_keywords(schema, rule, json_node_get_object(node), error) ? rule : NULL;
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN) {
                rule->never = !json_node_get_boolean(node);
                return rule;
        }
        fail(error, "a schema is an object or a boolean");
        return NULL;
}

Schema *schema_compile(JsonNode *document, GError **error)
{
        g_autoptr(Schema) schema = g_new0(Schema, 1);

        schema->document = json_node_ref(document);
        schema->rules = g_hash_table_new_full(NULL, NULL, NULL, rule_free);
        schema->root = rule_for(schema, document, error);
        return schema->root ? g_steal_pointer(&schema) : NULL;
}

Schema *schema_free(Schema *schema)
{
        if (!schema)
                return NULL;
        g_hash_table_unref(schema->rules);
        json_node_unref(schema->document);
        g_free(schema);
        return NULL;
}
