/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of projections: facts picked into values. */
#include "graph/projection-row.h"

#include <math.h>
#include <string.h>

#include "graph/fact.h"

static void said_free(gpointer data)
{
        Said *said = data;

        g_free(said->id);
        g_free(said->predicate);
        g_free(said->object);
        g_free(said->object_name);
        g_free(said->tier);
        g_free(said->sameness);
        g_clear_pointer(&said->qualifiers, json_object_unref);
        g_free(said);
}

/* ---- reading ---- */

static Said *said_from_row(Statement *row, const char *predicate)
{
        Said *said = g_new0(Said, 1);
        const char *qualifiers = statement_text(row, 4);

        said->id = g_strdup(statement_text(row, 0));
        said->predicate = g_strdup(predicate);
        said->object = g_strdup(statement_text(row, 1));
        if (!object_kind_from_string(statement_text(row, 2), &said->kind))
                said->kind = OBJECT_TEXT;
        said->object_name = g_strdup(statement_text(row, 3));
        said->qualifiers = qualifiers ? json_parse_object(qualifiers, -1, NULL) : NULL;
        said->observed_at = statement_int(row, 5);
        said->number = statement_is_null(row, 6) ? NAN : statement_double(row, 6);
        said->tier = g_strdup(statement_text(row, 7));
        said->confidence = statement_is_null(row, 8) ? NAN : statement_double(row, 8);
        said->sameness = g_strdup_printf("%s\n%s\n%s\n%" G_GINT64_FORMAT, predicate, said->object,
                                         qualifiers ?: "", said->observed_at);
        return said;
}

static bool is_wanted(const Projection *projection, const Said *said)
{
        if (projection->tiers &&
            !g_strv_contains((const char *const *)projection->tiers, said->tier))
                return false;
        return isnan(projection->confidence) || isnan(said->confidence) ||
               said->confidence >= projection->confidence;
}

static int compare_said(gconstpointer left, gconstpointer right)
{
        const Said *a = *(Said *const *)left, *b = *(Said *const *)right;

        if (a->observed_at != b->observed_at)
                return a->observed_at < b->observed_at ? -1 : 1;
        return strcmp(a->id, b->id);
}

static bool read_predicate(Db *db, const Projection *projection, const char *entity_id,
                           const char *predicate, GPtrArray *list, GError **error)
{
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT f.id, " FACT_OBJECT(
                        f) ", p.object_kind, CASE p.object_kind WHEN 'entity' THEN"
                           " (SELECT o.name FROM entities o WHERE o.id = " FACT_OBJECT(
                                   f) ") END, f.qualifiers, f.observed_at,"
                                      " f.object_number, f.trust_tier, f.confidence FROM facts f"
                                      " CROSS JOIN predicates p ON p.name = f.predicate WHERE " FACT_SUBJECT(
                                              f) " = :entity AND f.predicate = :predicate"
                                                 " AND f.superseded_at IS NULL AND f.is_active = 1",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", entity_id);
        statement_bind_text(statement, ":predicate", predicate);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Said *said = said_from_row(statement, predicate);

                if (is_wanted(projection, said))
                        g_ptr_array_add(list, said);
                else
                        said_free(said);
                if (list->len > PROJECTION_FACTS_MAX) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                                    "%s has more than %d facts that the projection reads "
                                    "(PROJECTION_FACTS_MAX)",
                                    entity_id, PROJECTION_FACTS_MAX);
                        return false;
                }
        }
        return step == STEP_DONE;
}

GPtrArray *said_read(Db *db, const Projection *projection, const char *entity_id, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(said_free);

        for (unsigned i = 0; i < projection->sources->len; i++)
                if (!read_predicate(db, projection, entity_id, projection->sources->pdata[i], list,
                                    error))
                        return NULL;
        g_ptr_array_sort(list, compare_said);
        return g_steal_pointer(&list);
}

/* ---- groups ---- */

JsonNode *said_group(const Said *said, const char *qualifier)
{
        JsonNode *node =
                said->qualifiers ? json_object_get_member(said->qualifiers, qualifier) : NULL;

        return node ? json_node_copy(node) : json_node_new(JSON_NODE_NULL);
}

static void free_array(gpointer data)
{
        g_ptr_array_unref(data);
}

static int compare_text(gconstpointer left, gconstpointer right)
{
        return strcmp(*(char *const *)left, *(char *const *)right);
}

GPtrArray *said_groups(const GPtrArray *said, const char *qualifier)
{
        GPtrArray *groups = g_ptr_array_new_with_free_func(free_array);
        g_autoptr(GHashTable) by_value =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GPtrArray) values = g_ptr_array_new();

        for (unsigned i = 0; i < said->len; i++) {
                g_autoptr(JsonNode) node = qualifier ? said_group(said->pdata[i], qualifier) : NULL;
                g_autofree char *value = node ? json_print_node(node) : g_strdup("");
                GPtrArray *group = g_hash_table_lookup(by_value, value);

                if (!group) {
                        group = g_ptr_array_new();
                        g_ptr_array_add(values, value);
                        g_hash_table_insert(by_value, g_steal_pointer(&value), group);
                }
                g_ptr_array_add(group, said->pdata[i]);
        }
        g_ptr_array_sort(values, compare_text);
        for (unsigned i = 0; i < values->len; i++)
                g_ptr_array_add(groups, g_hash_table_lookup(by_value, values->pdata[i]));
        return groups;
}

/* ---- values ---- */

static JsonNode *number_node(double number)
{
        JsonNode *node = json_node_new(JSON_NODE_VALUE);

        if (number == floor(number) && fabs(number) < 9007199254740992.0)
                json_node_set_int(node, (gint64)number);
        else
                json_node_set_double(node, number);
        return node;
}

static JsonNode *text_node(const char *text)
{
        JsonNode *node = json_node_new(JSON_NODE_VALUE);

        json_node_set_string(node, text);
        return node;
}

static JsonNode *entity_node(const Said *said)
{
        JsonNode *node = json_node_new(JSON_NODE_OBJECT);
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "id", said->object);
        json_set_string(object, "name", said->object_name);
        json_node_take_object(node, object);
        return node;
}

static JsonNode *value_of(const Said *said)
{
        JsonNode *node = NULL;

        switch (said->kind) {
        case OBJECT_NUMBER:
                return isnan(said->number) ? text_node(said->object) : number_node(said->number);
        case OBJECT_BOOL:
                node = json_node_new(JSON_NODE_VALUE);
                json_node_set_boolean(node, strcmp(said->object, "true") == 0);
                return node;
        case OBJECT_ENTITY:
                return entity_node(said);
        case OBJECT_JSON:
                node = json_parse_text(said->object, -1, NULL);
                return node ?: text_node(said->object);
        default:
                return text_node(said->object);
        }
}

static bool has_qualifiers(const Said *said, JsonObject *where)
{
        g_autoptr(GList) names = where ? json_object_get_members(where) : NULL;

        for (GList *at = names; at; at = at->next) {
                JsonNode *value = said->qualifiers
                                          ? json_object_get_member(said->qualifiers, at->data)
                                          : NULL;

                if (!value || !json_node_equal(value, json_object_get_member(where, at->data)))
                        return false;
        }
        return true;
}

/* What counts for a column; what several observers say alike is in it once. */
static GPtrArray *matches_of(const Column *column, const GPtrArray *group, JsonArray *ids)
{
        GPtrArray *matches = g_ptr_array_new();
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 0; i < group->len; i++) {
                Said *said = group->pdata[i];

                if (!g_strv_contains((const char *const *)column->predicates, said->predicate) ||
                    !has_qualifiers(said, column->where))
                        continue;
                if (ids && column->pick != PICK_LATEST && column->pick != PICK_FIRST &&
                    column->pick != PICK_MIN && column->pick != PICK_MAX)
                        json_array_add_string_element(ids, said->id);
                if (g_hash_table_add(seen, said->sameness))
                        g_ptr_array_add(matches, said);
        }
        return matches;
}

static JsonNode *list_node(const GPtrArray *matches)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        JsonNode *node = json_node_new(JSON_NODE_ARRAY);
        JsonArray *array = json_array_new();

        for (unsigned i = 0; i < matches->len; i++) {
                const Said *said = matches->pdata[i];

                if (g_hash_table_add(seen, said->object))
                        json_array_add_element(array, value_of(said));
        }
        json_node_take_array(node, array);
        return node;
}

/* 15 digits, so that 0.1 + 0.2 is 0.3. */
static JsonNode *sum_node(const GPtrArray *matches)
{
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];
        long double sum = 0;

        for (unsigned i = 0; i < matches->len; i++) {
                double number = ((Said *)matches->pdata[i])->number;

                sum += isnan(number) ? 0 : (long double)number;
        }
        g_ascii_formatd(buffer, sizeof buffer, "%.15g", (double)sum);
        return number_node(g_ascii_strtod(buffer, NULL));
}

static const Said *pick_one(const Column *column, const GPtrArray *matches)
{
        const Said *best = matches->pdata[0];

        for (unsigned i = 1; i < matches->len; i++) {
                const Said *said = matches->pdata[i];

                if (column->pick == PICK_LATEST ||
                    (column->pick == PICK_MIN && said->number < best->number) ||
                    (column->pick == PICK_MAX && said->number > best->number))
                        best = said;
        }
        return best;
}

JsonNode *column_pick(const Column *column, const GPtrArray *group, JsonArray *ids)
{
        g_autoptr(GPtrArray) matches = matches_of(column, group, ids);
        const Said *one;

        if (column->pick == PICK_ALL)
                return list_node(matches);
        if (column->pick == PICK_COUNT)
                return number_node(matches->len);
        if (matches->len == 0)
                return json_node_new(JSON_NODE_NULL);
        if (column->pick == PICK_SUM)
                return sum_node(matches);
        one = pick_one(column, matches);
        if (ids)
                json_array_add_string_element(ids, one->id);
        return value_of(one);
}

/* ---- comparing ---- */

static bool is_number(JsonNode *node)
{
        return JSON_NODE_HOLDS_VALUE(node) && (json_node_get_value_type(node) == G_TYPE_INT64 ||
                                               json_node_get_value_type(node) == G_TYPE_DOUBLE);
}

/* Of an entity its name; a text as it is; of all else its JSON. The caller frees. */
static char *text_of(JsonNode *node)
{
        if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
                return json_node_dup_string(node);
        if (JSON_NODE_HOLDS_OBJECT(node) &&
            json_object_has_member(json_node_get_object(node), "id"))
                return g_strdup(json_member_string(json_node_get_object(node), "name", ""));
        return json_print_node(node);
}

int value_compare(JsonNode *a, JsonNode *b)
{
        bool number_a = is_number(a), number_b = is_number(b);
        g_autofree char *text_a = NULL, *text_b = NULL;

        if (number_a && number_b) {
                double x = json_node_get_double(a), y = json_node_get_double(b);

                return (x > y) - (x < y);
        }
        if (number_a || number_b)
                return number_a ? -1 : 1;
        text_a = text_of(a);
        text_b = text_of(b);
        return strcmp(text_a, text_b);
}

static bool is_in_range(JsonNode *value, JsonObject *range)
{
        JsonNode *min = json_object_get_member(range, "min");
        JsonNode *max = json_object_get_member(range, "max");

        return !JSON_NODE_HOLDS_NULL(value) && (!min || value_compare(value, min) >= 0) &&
               (!max || value_compare(value, max) <= 0);
}

static bool is_id(JsonNode *value, JsonNode *wanted)
{
        return JSON_NODE_HOLDS_OBJECT(value) && JSON_NODE_HOLDS_VALUE(wanted) &&
               g_strcmp0(json_member_string(json_node_get_object(value), "id", NULL),
                         json_node_get_string(wanted)) == 0;
}

/* A list fits if one of it does. */
static bool value_fits(JsonNode *value, JsonNode *wanted)
{
        JsonArray *array = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;

        for (unsigned i = 0; array && i < json_array_get_length(array); i++)
                if (value_fits(json_array_get_element(array, i), wanted))
                        return true;
        if (array)
                return false;
        if (JSON_NODE_HOLDS_OBJECT(wanted))
                return is_in_range(value, json_node_get_object(wanted));
        if (JSON_NODE_HOLDS_NULL(value) || JSON_NODE_HOLDS_NULL(wanted))
                return JSON_NODE_HOLDS_NULL(value) && JSON_NODE_HOLDS_NULL(wanted);
        return is_id(value, wanted) || value_compare(value, wanted) == 0;
}

bool row_fits(JsonObject *row, JsonObject *where)
{
        g_autoptr(GList) names = json_object_get_members(where);

        for (GList *at = names; at; at = at->next)
                if (!value_fits(json_object_get_member(row, at->data),
                                json_object_get_member(where, at->data)))
                        return false;
        return true;
}
