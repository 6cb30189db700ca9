/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uses are counted in the index of current facts alone, or in that of one entity's facts. */
#include "graph/predicate-use.h"

#include "graph/fact.h"

#define USES "SELECT f.predicate AS name, count(*) AS uses, max(f.observed_at) AS last FROM "

#define CURRENT " f.superseded_at IS NULL AND f.is_active = 1 GROUP BY "

#define USES_OF_ALL USES "facts f INDEXED BY facts_current WHERE" CURRENT "f.predicate"

/* + keeps the planner from going through the facts of everybody in order of their predicates. */
#define USES_OF_ENTITY USES "facts f WHERE " FACT_SUBJECT(f) " = :entity AND" CURRENT "+f.predicate"

/* + before e.id takes the column's affinity away, for which the index would not be used. */
#define USES_OF_SCOPE                                                                              \
        USES "entities e CROSS JOIN facts f ON " FACT_SUBJECT(f) " = +e.id WHERE" CURRENT          \
                                                                 "+f.predicate"

#define PREDICATES(uses)                                                                            \
        "SELECT p.name, p.object_kind, p.cardinality, p.description, p.state, coalesce(u.uses, 0)," \
        " u.last FROM predicates p LEFT JOIN (" uses ") u ON u.name = p.name"                       \
        " WHERE :all OR u.uses > 0 ORDER BY p.name"

static const char *sql_of(const UseQuery *query)
{
        if (query->entity_id)
                return PREDICATES(USES_OF_ENTITY);
        return query->scoped ? PREDICATES(USES_OF_SCOPE) : PREDICATES(USES_OF_ALL);
}

static JsonObject *use_to_json(Statement *row)
{
        static const char *const names[] = {"name", "object_kind", "cardinality", "description",
                                            "state"};
        JsonObject *object = json_object_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                json_object_set_string_member(object, names[i], statement_text(row, (int)i));
        json_object_set_int_member(object, "count", statement_int(row, 5));
        if (statement_is_null(row, 6))
                json_object_set_null_member(object, "last_observed");
        else
                json_set_time(object, "last_observed", statement_int(row, 6));
        return object;
}

JsonObject *predicate_uses(Db *db, const UseQuery *query, GError **error)
{
        g_autoptr(JsonArray) array = json_array_new();
        Statement *statement = db_statement(db, sql_of(query), error);
        JsonObject *object;
        StepResult step;
        int64_t used = 0;

        if (!statement)
                return NULL;
        statement_bind_int(statement, ":all", query->all);
        if (query->entity_id)
                statement_bind_text(statement, ":entity", query->entity_id);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                used += statement_int(statement, 5) > 0;
                json_array_add_object_element(array, use_to_json(statement));
        }
        if (step == STEP_ERROR)
                return NULL;
        object = json_object_new();
        json_object_set_array_member(object, "predicates", g_steal_pointer(&array));
        json_object_set_int_member(object, "total_in_use", used);
        return object;
}

JsonObject *predicate_to_json(const Predicate *predicate)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "name", predicate->name);
        json_object_set_string_member(object, "object_kind",
                                      object_kind_to_string(predicate->kind));
        json_object_set_string_member(object, "cardinality", predicate->one ? "one" : "many");
        json_object_set_string_member(object, "description", predicate->description);
        json_object_set_string_member(object, "state", predicate->state);
        return object;
}
