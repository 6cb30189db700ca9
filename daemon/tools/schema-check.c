/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks a value against compiled rules. The first thing wrong ends the check with a message that names
 * its place as a JSON pointer and what is allowed there. */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "tools/schema-rule.h"

#define SHOWN_CHARS 60 /* of a wrong value in a message */

typedef struct Check {
        GString *path; /* JSON pointer of the value being looked at */
        unsigned depth;
        bool fill;
} Check;

static bool check_rule(Check *check, const Rule *rule, JsonNode *value, GError **error);

static bool wrong(const Check *check, OuroborosError code, GError **error, const char *format, ...)
        G_GNUC_PRINTF(4, 5);

static bool wrong(const Check *check, OuroborosError code, GError **error, const char *format, ...)
{
        va_list list;

        va_start(list, format);
        g_autofree char *text = g_strdup_vprintf(format, list);
        va_end(list);
        if (check->path->len > 0)
                g_set_error(error, OUROBOROS_ERROR, code, "%s: %s", check->path->str, text);
        else
                g_set_error_literal(error, OUROBOROS_ERROR, code, text);
        if (error && *error)
                error_set_path(*error, check->path->str);
        return false;
}

/* The value as JSON, cut to what fits a message. It may be the schema's, which other threads read: nothing here may
 * take a reference on it, as json-glib's generator does, since they are not counted atomically. */
static char *show(JsonNode *value)
{
        g_autofree char *text = json_print_node(value);

        if (g_utf8_strlen(text, -1) <= SHOWN_CHARS)
                return g_steal_pointer(&text);
        g_autofree char *head = g_utf8_substring(text, 0, SHOWN_CHARS);
        return g_strconcat(head, "…", NULL);
}

static char *show_list(JsonArray *values)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < json_array_get_length(values); i++) {
                g_autofree char *shown = show(json_array_get_element(values, i));
                g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", shown);
        }
        return g_string_free(text, /* free_segment= */ FALSE);
}

static unsigned value_types(JsonNode *value)
{
        if (JSON_NODE_HOLDS_NULL(value))
                return RULE_NULL;
        if (JSON_NODE_HOLDS_OBJECT(value))
                return RULE_OBJECT;
        if (JSON_NODE_HOLDS_ARRAY(value))
                return RULE_ARRAY;
        switch (json_node_get_value_type(value)) {
        case G_TYPE_BOOLEAN:
                return RULE_BOOLEAN;
        case G_TYPE_INT64:
                return RULE_INTEGER | RULE_NUMBER;
        case G_TYPE_DOUBLE: {
                double number = json_node_get_double(value);
                /* one that no 64-bit integer holds could not be used as one */
                bool whole = fabs(number) < 0x1p63 && floor(number) >= number;
                return RULE_NUMBER | (whole ? RULE_INTEGER : 0);
        }
        default:
                return RULE_STRING;
        }
}

static double number_of(JsonNode *value)
{
        return json_node_get_value_type(value) == G_TYPE_INT64 ? (double)json_node_get_int(value)
                                                               : json_node_get_double(value);
}

static bool same(JsonNode *a, JsonNode *b);

static bool same_arrays(JsonArray *a, JsonArray *b)
{
        if (json_array_get_length(a) != json_array_get_length(b))
                return false;
        for (guint i = 0; i < json_array_get_length(a); i++)
                if (!same(json_array_get_element(a, i), json_array_get_element(b, i)))
                        return false;
        return true;
}

static bool same_objects(JsonObject *a, JsonObject *b)
{
        JsonObjectIter iter;
        const char *name;
        JsonNode *member;

        if (json_object_get_size(a) != json_object_get_size(b))
                return false;
        json_object_iter_init(&iter, a);
        while (json_object_iter_next(&iter, &name, &member)) {
                JsonNode *other = json_object_get_member(b, name);
                if (!other || !same(member, other))
                        return false;
        }
        return true;
}

/* Equality of JSON Schema: by value, so 1 and 1.0 are the same and true and 1 are not. */
static bool same(JsonNode *a, JsonNode *b)
{
        unsigned type = value_types(a);

        if (type & RULE_NUMBER)
                return (value_types(b) & RULE_NUMBER) && !(number_of(a) < number_of(b)) &&
                       !(number_of(a) > number_of(b));
        if (type != value_types(b))
                return false;
        switch (type) {
        case RULE_OBJECT:
                return same_objects(json_node_get_object(a), json_node_get_object(b));
        case RULE_ARRAY:
                return same_arrays(json_node_get_array(a), json_node_get_array(b));
        case RULE_STRING:
                return g_str_equal(json_node_get_string(a), json_node_get_string(b));
        case RULE_BOOLEAN:
                return json_node_get_boolean(a) == json_node_get_boolean(b);
        default:
                return true;
        }
}

static bool check_type(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        unsigned types = value_types(value);

        if (rule->types == 0 || (rule->types & types)) {
                bool integer = (rule->types & (RULE_INTEGER | RULE_NUMBER)) == RULE_INTEGER;
                if (check->fill && integer && (types & RULE_INTEGER) &&
                    json_node_get_value_type(value) == G_TYPE_DOUBLE)
                        json_node_set_int(value, (gint64)json_node_get_double(value));
                return true;
        }
        g_autofree char *wanted = rule_types_describe(rule->types);
        g_autofree char *shown = show(value);
        return wrong(check, OUROBOROS_ERROR_INVALID, error, "must be %s, is %s", wanted, shown);
}

static bool check_values(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        if (rule->constant && !same(rule->constant, value)) {
                g_autofree char *wanted = show(rule->constant);
                return wrong(check, OUROBOROS_ERROR_INVALID, error, "must be %s", wanted);
        }
        if (!rule->values)
                return true;
        for (guint i = 0; i < json_array_get_length(rule->values); i++)
                if (same(json_array_get_element(rule->values, i), value))
                        return true;
        g_autofree char *allowed = show_list(rule->values);
        g_autofree char *shown = show(value);
        return wrong(check, OUROBOROS_ERROR_INVALID, error, "%s is not one of %s", shown, allowed);
}

static bool check_number(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        double number = number_of(value);
        const char *bound = NULL;
        double limit = 0;

        if (number < rule->minimum)
                bound = "at least", limit = rule->minimum;
        else if (number > rule->maximum)
                bound = "at most", limit = rule->maximum;
        else if (number <= rule->above)
                bound = "more than", limit = rule->above;
        else if (number >= rule->below)
                bound = "less than", limit = rule->below;
        if (!bound)
                return true;
        return wrong(check, OUROBOROS_ERROR_INVALID, error, "must be %s %.15g, is %.15g", bound,
                     limit, number);
}

static bool check_string(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        const char *text = json_node_get_string(value);
        g_autoptr(GError) match_error = NULL;

        if (rule->min_length >= 0 || rule->max_length >= 0) {
                int64_t length = g_utf8_strlen(text, -1);
                if (length < rule->min_length)
                        return wrong(check, OUROBOROS_ERROR_INVALID, error,
                                     "must have at least %" G_GINT64_FORMAT
                                     " characters, has %" G_GINT64_FORMAT,
                                     rule->min_length, length);
                if (rule->max_length >= 0 && length > rule->max_length)
                        return wrong(check, OUROBOROS_ERROR_LIMIT, error,
                                     "must have at most %" G_GINT64_FORMAT
                                     " characters, has %" G_GINT64_FORMAT,
                                     rule->max_length, length);
        }
        if (!rule->pattern || g_regex_match_full(rule->pattern, text, -1, 0, 0, NULL, &match_error))
                return true;
        if (match_error)
                return wrong(check, OUROBOROS_ERROR_LIMIT, error, "too hard to match: %s",
                             match_error->message);
        g_autofree char *shown = show(value);
        return wrong(check, OUROBOROS_ERROR_INVALID, error, "%s does not match the pattern %s",
                     shown, g_regex_get_pattern(rule->pattern) + strlen(RULE_PATTERN_LIMITS));
}

/* Looks at one member or element, with its name on the path meanwhile. */
static bool check_below(Check *check, const Rule *rule, const char *name, JsonNode *value,
                        GError **error)
{
        gsize length = check->path->len;

        g_string_append_c(check->path, '/');
        for (const char *c = name; *c; c++)
                if (*c == '~' || *c == '/')
                        g_string_append(check->path, *c == '~' ? "~0" : "~1");
                else
                        g_string_append_c(check->path, *c);
        bool fits = check_rule(check, rule, value, error);
        g_string_truncate(check->path, length);
        return fits;
}

static bool check_unique(Check *check, JsonArray *array, GError **error)
{
        for (guint i = 0; i < json_array_get_length(array); i++)
                for (guint j = 0; j < i; j++)
                        if (same(json_array_get_element(array, i),
                                 json_array_get_element(array, j)))
                                return wrong(check, OUROBOROS_ERROR_INVALID, error,
                                             "must have no element twice, %u and %u are the same",
                                             j, i);
        return true;
}

static bool check_array(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        JsonArray *array = json_node_get_array(value);
        int64_t length = json_array_get_length(array);

        if (length < rule->min_items)
                return wrong(check, OUROBOROS_ERROR_INVALID, error,
                             "must have at least %" G_GINT64_FORMAT " items, has %" G_GINT64_FORMAT,
                             rule->min_items, length);
        if (rule->max_items >= 0 && length > rule->max_items)
                return wrong(check, OUROBOROS_ERROR_LIMIT, error,
                             "must have at most %" G_GINT64_FORMAT " items, has %" G_GINT64_FORMAT,
                             rule->max_items, length);
        for (guint i = 0; i < length; i++) {
                bool first = rule->prefix && i < rule->prefix->len;
                const Rule *item = first ? g_ptr_array_index(rule->prefix, i) : rule->items;
                char name[16];
                g_snprintf(name, sizeof name, "%u", i);
                if (item &&
                    !check_below(check, item, name, json_array_get_element(array, i), error))
                        return false;
        }
        return !rule->unique || check_unique(check, array, error);
}

static char *property_names(const Rule *rule)
{
        GString *text = g_string_new(NULL);
        g_autoptr(GList) names = rule->properties ? g_hash_table_get_keys(rule->properties) : NULL;

        names = g_list_sort(names, (GCompareFunc)strcmp);
        for (GList *name = names; name; name = name->next)
                g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", (char *)name->data);
        return g_string_free(text, /* free_segment= */ FALSE);
}

static bool check_member(Check *check, const Rule *rule, const char *name, JsonNode *member,
                         GError **error)
{
        const Rule *property =
                rule->properties ? g_hash_table_lookup(rule->properties, name) : NULL;

        if (property)
                return check_below(check, property, name, member, error);
        if (!rule->additional)
                return true;
        if (!rule->additional->never)
                return check_below(check, rule->additional, name, member, error);
        g_autofree char *allowed = property_names(rule);
        g_autoptr(JsonNode) quoted = json_node_init_string(json_node_alloc(), name);
        g_autofree char *shown = show(quoted);
        return wrong(check, OUROBOROS_ERROR_INVALID, error, "unknown member %s; known: %s", shown,
                     allowed[0] ? allowed : "none");
}

static void fill_defaults(const Rule *rule, JsonObject *object)
{
        GHashTableIter iter;
        void *name, *property;

        g_hash_table_iter_init(&iter, rule->properties);
        while (g_hash_table_iter_next(&iter, &name, &property)) {
                JsonNode *fallback = ((Rule *)property)->fallback;
                if (fallback && !json_object_has_member(object, name))
                        json_object_set_member(object, name, json_copy_node(fallback));
        }
}

static bool check_object(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        JsonObject *object = json_node_get_object(value);
        JsonObjectIter iter;
        const char *name;
        JsonNode *member;

        for (guint i = 0; rule->required && i < rule->required->len; i++)
                if (!json_object_has_member(object, g_ptr_array_index(rule->required, i)))
                        return wrong(check, OUROBOROS_ERROR_INVALID, error,
                                     "\"%s\" is required and missing",
                                     (char *)g_ptr_array_index(rule->required, i));
        if (check->fill && rule->properties)
                fill_defaults(rule, object);
        if (!rule->properties && !rule->additional)
                return true;
        json_object_iter_init(&iter, object);
        while (json_object_iter_next(&iter, &name, &member))
                if (!check_member(check, rule, name, member, error))
                        return false;
        return true;
}

/* How many of the rules fit; the complaints of the others are joined. Nothing is filled in: a default
 * of an alternative that is not taken would stay. */
static unsigned count_fits(Check *check, GPtrArray *rules, JsonNode *value, char **ret_complaints)
{
        g_autoptr(GString) complaints = g_string_new(NULL);
        bool fill = check->fill;
        unsigned fits = 0;

        check->fill = false;
        for (guint i = 0; i < rules->len; i++) {
                g_autoptr(GError) error = NULL;
                if (check_rule(check, g_ptr_array_index(rules, i), value, &error))
                        fits++;
                else
                        g_string_append_printf(complaints, "%s(%u) %s", i > 0 ? "; " : "", i + 1,
                                               error->message);
        }
        check->fill = fill;
        *ret_complaints = g_string_free(g_steal_pointer(&complaints), /* free_segment= */ FALSE);
        return fits;
}

static bool check_alternatives(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        if (rule->any_of) {
                g_autofree char *complaints = NULL;
                if (count_fits(check, rule->any_of, value, &complaints) == 0)
                        return wrong(check, OUROBOROS_ERROR_INVALID, error,
                                     "fits none of the allowed forms: %s", complaints);
        }
        if (rule->one_of) {
                g_autofree char *complaints = NULL;
                unsigned fits = count_fits(check, rule->one_of, value, &complaints);
                if (fits != 1)
                        return wrong(check, OUROBOROS_ERROR_INVALID, error,
                                     fits == 0 ? "fits none of the allowed forms: %s"
                                               : "fits more than one of the allowed forms%s",
                                     fits == 0 ? complaints : "");
        }
        if (rule->forbidden) {
                g_autoptr(GPtrArray) rules = g_ptr_array_new();
                g_autofree char *complaints = NULL;
                g_ptr_array_add(rules, rule->forbidden);
                if (count_fits(check, rules, value, &complaints) > 0)
                        return wrong(check, OUROBOROS_ERROR_INVALID, error, "has a forbidden form");
        }
        return true;
}

static bool check_condition(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        g_autoptr(GPtrArray) rules = g_ptr_array_new();
        g_autofree char *complaints = NULL;

        g_ptr_array_add(rules, rule->condition);
        const Rule *next =
                count_fits(check, rules, value, &complaints) > 0 ? rule->then : rule->otherwise;
        return !next || check_rule(check, next, value, error);
}

static bool check_content(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        unsigned types = value_types(value);

        if (types & RULE_OBJECT)
                return check_object(check, rule, value, error);
        if (types & RULE_ARRAY)
                return check_array(check, rule, value, error);
        if (types & RULE_STRING)
                return check_string(check, rule, value, error);
        if (types & RULE_NUMBER)
                return check_number(check, rule, value, error);
        return true;
}

static bool check_all(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        if (rule->never)
                return wrong(check, OUROBOROS_ERROR_INVALID, error, "is not allowed here");
        if (!check_type(check, rule, value, error) || !check_values(check, rule, value, error))
                return false;
        if (!check_content(check, rule, value, error))
                return false;
        if (rule->ref && !check_rule(check, rule->ref, value, error))
                return false;
        for (guint i = 0; rule->all_of && i < rule->all_of->len; i++)
                if (!check_rule(check, g_ptr_array_index(rule->all_of, i), value, error))
                        return false;
        if (rule->condition && !check_condition(check, rule, value, error))
                return false;
        return check_alternatives(check, rule, value, error);
}

static bool check_rule(Check *check, const Rule *rule, JsonNode *value, GError **error)
{
        if (check->depth >= SCHEMA_DEPTH_MAX)
                return wrong(check, OUROBOROS_ERROR_LIMIT, error,
                             "nested deeper than SCHEMA_DEPTH_MAX (%d)", SCHEMA_DEPTH_MAX);
        check->depth++;
        bool fits = check_all(check, rule, value, error);
        check->depth--;
        return fits;
}

bool schema_check(const Schema *schema, JsonNode *value, bool fill, GError **error)
{
        g_autoptr(GString) path = g_string_new(NULL);
        Check check = {.path = path, .fill = fill};

        return check_rule(&check, schema->root, value, error);
}
