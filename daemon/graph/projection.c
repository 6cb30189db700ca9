/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Definitions of projections: from JSON, and as rows. */
#include "graph/projection.h"

#include <math.h>
#include <string.h>

#include "graph/fact.h"
#include "graph/predicate.h"

static const char *const picks[PICK_COUNT_OF] = {"latest", "first", "all", "sum",
                                                 "count",  "min",   "max"};

static void column_free(gpointer data)
{
        Column *column = data;

        g_free(column->name);
        g_strfreev(column->predicates);
        g_clear_pointer(&column->where, json_object_unref);
        g_free(column);
}

Projection *projection_free(Projection *projection)
{
        if (!projection)
                return NULL;
        g_free(projection->id);
        g_free(projection->name);
        g_free(projection->description);
        g_free(projection->spec);
        g_free(projection->entity_type);
        g_free(projection->group_by);
        g_strfreev(projection->tiers);
        g_clear_pointer(&projection->sources, g_ptr_array_unref);
        g_clear_pointer(&projection->columns, g_ptr_array_unref);
        g_free(projection);
        return NULL;
}

static void free_projection(gpointer data)
{
        projection_free(data);
}

/* ---- from JSON ---- */

static bool too_many(GError **error, const char *what, unsigned max, const char *limit)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT, "%s: at most %u (%s)", what, max,
                    limit);
        return false;
}

static bool read_pick(Column *column, JsonObject *object, GError **error)
{
        const char *pick = json_member_string(object, "pick", "latest");

        for (unsigned i = 0; i < PICK_COUNT_OF; i++)
                if (strcmp(picks[i], pick) == 0) {
                        column->pick = i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "pick of column %s must be latest, first, all, sum, count, min or max",
                    column->name);
        return false;
}

static bool read_predicates(Column *column, JsonObject *object, GError **error)
{
        JsonArray *array = json_member_array(object, "predicates");
        unsigned count = array ? json_array_get_length(array) : 0;

        if (count == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "column %s has no predicates", column->name);
                return false;
        }
        if (count > PROJECTION_PREDICATES_MAX)
                return too_many(error, "predicates of a column", PROJECTION_PREDICATES_MAX,
                                "PROJECTION_PREDICATES_MAX");
        column->predicates = g_new0(char *, count + 1);
        for (unsigned i = 0; i < count; i++) {
                JsonNode *node = json_array_get_element(array, i);

                column->predicates[i] =
                        JSON_NODE_HOLDS_VALUE(node) ? json_node_dup_string(node) : NULL;
                if (!column->predicates[i])
                        column->predicates[i] = g_strdup("");
                if (!predicate_check_name("predicates", column->predicates[i], error))
                        return false;
        }
        return true;
}

static bool check_column_name(const Projection *projection, const Column *column, GError **error)
{
        if (!predicate_check_name("name of a column", column->name, error))
                return false;
        if (strcmp(column->name, "entity") == 0 || strcmp(column->name, "group") == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "a column cannot be named %s: rows have that already", column->name);
                return false;
        }
        for (unsigned i = 0; i < projection->columns->len; i++)
                if (strcmp(((Column *)projection->columns->pdata[i])->name, column->name) == 0) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "two columns are named %s", column->name);
                        return false;
                }
        return true;
}

static bool read_column(Projection *projection, JsonObject *object, GError **error)
{
        Column *column = g_new0(Column, 1);
        JsonObject *where = json_member_object(object, "where");
        bool ok;

        column->name = g_strdup(json_member_string(object, "name", ""));
        column->where = where ? json_object_ref(where) : NULL;
        ok = check_column_name(projection, column, error) && read_pick(column, object, error) &&
             read_predicates(column, object, error);
        if (ok)
                g_ptr_array_add(projection->columns, column);
        else
                column_free(column);
        return ok;
}

static bool read_columns(Projection *projection, JsonObject *args, GError **error)
{
        JsonArray *columns = json_member_array(args, "columns");
        unsigned count = columns ? json_array_get_length(columns) : 0;

        if (count == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "columns must have at least one");
                return false;
        }
        if (count > PROJECTION_COLUMNS_MAX)
                return too_many(error, "columns", PROJECTION_COLUMNS_MAX, "PROJECTION_COLUMNS_MAX");
        for (unsigned i = 0; i < count; i++) {
                JsonNode *node = json_array_get_element(columns, i);

                if (!JSON_NODE_HOLDS_OBJECT(node)) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "columns must be objects");
                        return false;
                }
                if (!read_column(projection, json_node_get_object(node), error))
                        return false;
        }
        return true;
}

static bool read_filters(Projection *projection, JsonObject *args, GError **error)
{
        JsonObject *filters = json_member_object(args, "filters");

        projection->confidence = NAN;
        if (!filters)
                return true;
        projection->tiers = args_strings(filters, "trust_tiers");
        projection->confidence = json_member_double(filters, "min_confidence", NAN);
        for (char **tier = projection->tiers; tier && *tier; tier++)
                if (fact_tier_from_string(*tier) == FACT_TIER_NONE) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "trust_tiers must be of human, extracted and inferred");
                        return false;
                }
        return true;
}

static bool read_grouping(Projection *projection, JsonObject *args, GError **error)
{
        const char *group = json_member_string(args, "group_by", "entity");

        projection->entity_type = g_strdup(json_member_string(args, "entity_type", NULL));
        if (projection->entity_type &&
            !predicate_check_name("entity_type", projection->entity_type, error))
                return false;
        if (!text_check("group_by", group, PREDICATE_NAME_CHARS_MAX, "PREDICATE_NAME_CHARS_MAX",
                        error))
                return false;
        if (strcmp(group, "entity") != 0)
                projection->group_by = g_strdup(group);
        return true;
}

/* The members that make it what it is, in one order. */
static char *print_spec(JsonObject *args)
{
        static const char *const names[] = {"entity_type", "group_by", "columns", "filters"};
        g_autoptr(JsonObject) spec = json_object_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                JsonNode *node = json_object_get_member(args, names[i]);

                if (node)
                        json_object_set_member(spec, names[i], json_node_copy(node));
        }
        return json_print_object(spec);
}

static void gather_sources(Projection *projection)
{
        projection->sources = g_ptr_array_new();
        for (unsigned i = 0; i < projection->columns->len; i++) {
                const Column *column = projection->columns->pdata[i];

                for (char **at = column->predicates; *at; at++)
                        if (!g_ptr_array_find_with_equal_func(projection->sources, *at, g_str_equal,
                                                              NULL))
                                g_ptr_array_add(projection->sources, *at);
        }
}

Projection *projection_from_json(JsonObject *args, GError **error)
{
        g_autoptr(Projection) projection = g_new0(Projection, 1);

        projection->columns = g_ptr_array_new_with_free_func(column_free);
        projection->name = g_strdup(json_member_string(args, "name", ""));
        projection->description = g_strdup(json_member_string(args, "description", ""));
        if (!predicate_check_name("name", projection->name, error) ||
            (*projection->description &&
             !text_check("description", projection->description, PROJECTION_DESCRIPTION_CHARS_MAX,
                         "PROJECTION_DESCRIPTION_CHARS_MAX", error)) ||
            !read_grouping(projection, args, error) || !read_columns(projection, args, error) ||
            !read_filters(projection, args, error))
                return NULL;
        projection->spec = print_spec(args);
        if (g_utf8_strlen(projection->spec, -1) > PROJECTION_SPEC_CHARS_MAX) {
                (void)too_many(error, "characters of a projection", PROJECTION_SPEC_CHARS_MAX,
                               "PROJECTION_SPEC_CHARS_MAX");
                return NULL;
        }
        gather_sources(projection);
        return g_steal_pointer(&projection);
}

static bool check_pick(const Column *column, const Predicate *predicate, GError **error)
{
        bool number = predicate->kind == OBJECT_NUMBER;
        bool ordered = number || predicate->kind == OBJECT_DATE;

        if (column->pick == PICK_SUM
                    ? number
                    : (column->pick != PICK_MIN && column->pick != PICK_MAX) || ordered)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "column %s: the object of %s is %s, of which there is no %s", column->name,
                    predicate->name, object_kind_to_string(predicate->kind), picks[column->pick]);
        return false;
}

bool projection_check(Db *db, const Projection *projection, GError **error)
{
        for (unsigned i = 0; i < projection->columns->len; i++) {
                const Column *column = projection->columns->pdata[i];

                for (char **at = column->predicates; *at; at++) {
                        g_autoptr(GError) problem = NULL;
                        g_autoptr(Predicate) predicate = predicate_find(db, *at, &problem);

                        if (problem) {
                                g_propagate_error(error, g_steal_pointer(&problem));
                                return false;
                        }
                        if (!predicate) {
                                g_autoptr(Predicate) none = predicate_use(db, *at, error);

                                g_assert(!none); /* it says which are near */
                                return false;
                        }
                        if (!check_pick(column, predicate, error))
                                return false;
                }
        }
        return true;
}

/* ---- rows ---- */

#define ROWS "SELECT id, name, spec, description, created_at FROM projections WHERE is_active = 1"

/* NULL if it is none of ours: somebody has changed it by hand. */
static Projection *projection_from_row(Statement *row)
{
        g_autoptr(JsonObject) args = json_parse_object(statement_text(row, 2), -1, NULL);
        Projection *projection;

        if (!args)
                return NULL;
        json_object_set_string_member(args, "name", statement_text(row, 1));
        json_object_set_string_member(args, "description", statement_text(row, 3));
        projection = projection_from_json(args, NULL);
        if (!projection)
                return NULL;
        projection->id = g_strdup(statement_text(row, 0));
        projection->created_at = statement_int(row, 4);
        return projection;
}

Projection *projection_find(Db *db, const char *name, GError **error)
{
        Statement *statement = db_statement(db, ROWS " AND name = :name", error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":name", name);
        if (statement_step(statement, error) != STEP_ROW)
                return NULL;
        return projection_from_row(statement);
}

GPtrArray *projection_list(Db *db, const char *after, unsigned limit, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_projection);
        StepResult step;
        Statement *statement =
                db_statement(db, ROWS " AND name > :after ORDER BY name LIMIT :limit", error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":after", after);
        statement_bind_int(statement, ":limit", limit);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Projection *projection = projection_from_row(statement);

                if (projection)
                        g_ptr_array_add(list, projection);
        }
        return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

static bool check_room(Db *db, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT count(*) FROM projections WHERE is_active = 1", error);

        if (!statement || statement_step(statement, error) != STEP_ROW)
                return false;
        return statement_int(statement, 0) < PROJECTION_COUNT_MAX ||
               too_many(error, "projections", PROJECTION_COUNT_MAX, "PROJECTION_COUNT_MAX");
}

static bool insert(Db *db, Projection *projection, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "INSERT INTO projections (id, name, spec, description, created_at)"
                             " VALUES (:id, :name, :spec, :description, :now)",
                             error);

        if (!statement)
                return false;
        projection->id = id_new("proj");
        projection->created_at = clock_now();
        statement_bind_text(statement, ":id", projection->id);
        statement_bind_text(statement, ":name", projection->name);
        statement_bind_text(statement, ":spec", projection->spec);
        statement_bind_text(statement, ":description", projection->description);
        statement_bind_int(statement, ":now", projection->created_at);
        return statement_run(statement, error);
}

bool projection_define(Db *db, Projection *projection, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Projection) present = projection_find(db, projection->name, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (present && strcmp(present->spec, projection->spec) != 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "projection %s is there already and has another shape: give another "
                            "name; retire_projection frees this one",
                            projection->name);
                return false;
        }
        return projection_check(db, projection, error) &&
               (present || (check_room(db, error) && insert(db, projection, error)));
}

bool projection_retire(Db *db, const char *name, GError **error)
{
        Statement *statement = db_statement(
                db, "UPDATE projections SET is_active = 0 WHERE name = :name AND is_active = 1",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":name", name);
        if (!statement_run(statement, error))
                return false;
        if (db_changes(db) > 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no projection %s", name);
        return false;
}

JsonObject *projection_to_json(const Projection *projection)
{
        JsonObject *object = json_object_new();

        json_set_string(object, "id", projection->id);
        json_object_set_string_member(object, "name", projection->name);
        json_object_set_string_member(object, "description", projection->description);
        json_object_set_object_member(object, "spec",
                                      json_parse_object(projection->spec, -1, NULL));
        json_set_time(object, "created_at", projection->created_at);
        return object;
}
