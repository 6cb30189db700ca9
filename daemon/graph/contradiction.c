/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contradictions, read from the projections that dispute.c keeps, and told with every observation. */
#include "graph/contradiction.h"

#include <string.h>

#include "graph/dispute.h"
#include "graph/fact.h"
#include "graph/page.h"

/* ---- observations ---- */

#define OBSERVATIONS                                                                               \
        "SELECT " FACT_COLUMNS " FROM facts f CROSS JOIN predicates p ON p.name = f.predicate"     \
        " WHERE " FACT_SUBJECT(f) " = :entity AND f.predicate = :predicate AND f.is_active = 1"    \
                                  " AND (f.superseded_at IS NULL OR EXISTS (SELECT 1 FROM facts b" \
                                  " WHERE b.id = f.superseded_by AND " DISPUTE_OUTRANKS(           \
                                          b, f) "))"                                               \
                                                " ORDER BY f.observed_at, f.id LIMIT :limit"

/* The observations into "observations", whether there are more into "truncated", and the human's among the current ones
 * into "resolved_by". */
static bool add_observations(Db *db, JsonObject *object, GError **error)
{
        JsonArray *array = json_array_new();
        g_autofree char *human = NULL;
        unsigned count = 0;
        StepResult step;
        Statement *statement = db_statement(db, OBSERVATIONS, error);
        Fact fact;

        json_object_set_array_member(object, "observations", array);
        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", json_member_string(object, "entity_id", ""));
        statement_bind_text(statement, ":predicate", json_member_string(object, "predicate", ""));
        statement_bind_int(statement, ":limit", CONTRADICTION_OBSERVATIONS_MAX + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                fact_from_row(statement, &fact);
                if (count++ < CONTRADICTION_OBSERVATIONS_MAX)
                        json_array_add_object_element(array, fact_to_json(&fact));
                if (!human && fact.is_current && g_str_equal(fact.agent, "human"))
                        human = g_strdup(fact.id);
        }
        json_object_set_boolean_member(object, "truncated", count > CONTRADICTION_OBSERVATIONS_MAX);
        json_set_string(object, "resolved_by",
                        g_str_equal(json_member_string(object, "resolution", ""), "resolved")
                                ? human
                                : NULL);
        return step == STEP_DONE;
}

/* ---- contradictions ---- */

#define CONTRADICTIONS                                                                             \
        "SELECT c.entity_id, c.predicate, c.kind, c.resolution, e.name, r.note, r.reviewed_at"     \
        " FROM contradictions c LEFT JOIN entities e ON e.id = c.entity_id"                        \
        " LEFT JOIN contradiction_reviews r ON r.entity_id = c.entity_id"                          \
        " AND r.predicate = c.predicate"

static JsonObject *contradiction_from_row(Statement *row)
{
        JsonObject *object = json_object_new();
        bool told = g_str_equal(statement_text(row, 3), "acknowledged");

        json_set_string(object, "entity", statement_text(row, 4));
        json_object_set_string_member(object, "entity_id", statement_text(row, 0));
        json_object_set_string_member(object, "predicate", statement_text(row, 1));
        json_object_set_string_member(object, "kind", statement_text(row, 2));
        json_object_set_string_member(object, "resolution", statement_text(row, 3));
        json_set_string(object, "note", told ? statement_text(row, 5) : NULL);
        if (told)
                json_set_time(object, "reviewed_at", statement_int(row, 6));
        else
                json_object_set_null_member(object, "reviewed_at");
        return object;
}

JsonObject *contradiction_get(Db *db, const char *entity_id, const char *predicate, GError **error)
{
        g_autoptr(JsonObject) object = NULL;
        Statement *statement = db_statement(
                db, CONTRADICTIONS " WHERE c.entity_id = :entity AND c.predicate = :predicate",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":entity", entity_id);
        statement_bind_text(statement, ":predicate", predicate);
        if (statement_step(statement, error) != STEP_ROW)
                return NULL;
        object = contradiction_from_row(statement);
        return add_observations(db, object, error) ? g_steal_pointer(&object) : NULL;
}

#define OF_PREDICATE  " AND (:predicate IS NULL OR c.predicate = :predicate)"
#define OF_ENTITY     " c.entity_id = :entity AND c.predicate > :after_predicate"
#define OF_ALL        " (c.entity_id, c.predicate) > (:after_entity, :after_predicate)"
#define OF_RESOLUTION " AND c.resolution = :resolution"
#define ORDERED       " ORDER BY c.entity_id, c.predicate LIMIT :limit"

static const char *list_sql(const ContradictionQuery *query)
{
        if (query->entity_id)
                return query->resolution ? CONTRADICTIONS
                               " WHERE" OF_ENTITY OF_RESOLUTION OF_PREDICATE ORDERED
                                         : CONTRADICTIONS " WHERE" OF_ENTITY OF_PREDICATE ORDERED;
        return query->resolution ? CONTRADICTIONS " WHERE" OF_ALL OF_RESOLUTION OF_PREDICATE ORDERED
                                 : CONTRADICTIONS " WHERE" OF_ALL OF_PREDICATE ORDERED;
}

/* Binds where the page begins; key is "entity\npredicate…" or "". */
static void bind_place(Statement *statement, const ContradictionQuery *query, const char *key)
{
        g_auto(GStrv) after = g_strsplit(key, "\n", 3);
        bool more = after[0] && after[1];

        statement_bind_text(statement, ":predicate", query->predicate);
        statement_bind_text(statement, ":after_predicate", more ? after[1] : "");
        if (query->entity_id)
                statement_bind_text(statement, ":entity", query->entity_id);
        else
                statement_bind_text(statement, ":after_entity", more ? after[0] : "");
        statement_bind_int(statement, ":limit", (int64_t)query->limit + 1);
}

#define COUNT                                                                                      \
        "SELECT count(*) FROM (SELECT 1 FROM contradictions c"                                     \
        " WHERE (:entity IS NULL OR c.entity_id = :entity)"                                        \
        " AND (:resolution IS NULL OR c.resolution = :resolution)" OF_PREDICATE " LIMIT :limit)"

static bool add_total(Db *db, const ContradictionQuery *query, JsonObject *answer, GError **error)
{
        Statement *statement = db_statement(db, COUNT, error);
        int64_t count;

        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", query->entity_id);
        statement_bind_text(statement, ":predicate", query->predicate);
        statement_bind_text(statement, ":resolution", query->resolution);
        statement_bind_int(statement, ":limit", CONTRADICTION_COUNT_MAX + 1);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        count = statement_int(statement, 0);
        if (count > CONTRADICTION_COUNT_MAX)
                json_object_set_null_member(answer, "total");
        else
                json_object_set_int_member(answer, "total", count);
        return true;
}

static char *filters_of(const ContradictionQuery *query)
{
        return g_strjoin("\n", query->entity_id ?: "", query->predicate ?: "",
                         query->resolution ?: "", query->recent ? "recent" : "",
                         query->by_human ? "human" : "", NULL);
}

JsonObject *contradiction_list(Db *db, const ContradictionQuery *query, GError **error)
{
        g_autofree char *filters = filters_of(query);
        g_autofree char *key = cursor_key("contradictions", filters, query->after, error);
        g_autoptr(Page) page = page_new("contradictions", filters, query->limit);
        g_autoptr(JsonObject) answer = NULL;
        Statement *statement = key ? db_statement(db, list_sql(query), error) : NULL;
        StepResult step;

        if (!statement)
                return NULL;
        bind_place(statement, query, key);
        if (query->resolution)
                statement_bind_text(statement, ":resolution", query->resolution);
        while ((step = statement_step(statement, error)) == STEP_ROW && page_has_room(page)) {
                g_autofree char *place = g_strjoin("\n", statement_text(statement, 0),
                                                   statement_text(statement, 1), NULL);
                JsonObject *object = contradiction_from_row(statement);

                page_add(page, object, place);
                if (!add_observations(db, object, error))
                        return NULL;
        }
        if (step == STEP_ERROR)
                return NULL;
        answer = page_to_json(page, "contradictions");
        return add_total(db, query, answer, error) ? g_steal_pointer(&answer) : NULL;
}

/* ---- facts that were overridden ---- */

/* Ids first: the facts that overrode them are looked for one by one. */
#define OVERRIDDEN                                                                                 \
        "SELECT c.entity_id, c.predicate, c.fact_id, s.superseded_by FROM contradicted_facts c"    \
        " CROSS JOIN facts s ON s.id = c.fact_id WHERE NOT " DISPUTE_STILL_SAID(s)

#define OVERRIDDEN_OF_ENTITY                                                                       \
        " AND c.entity_id = :entity AND (c.predicate, c.fact_id) > (:after_predicate, :after_fact)"
#define OVERRIDDEN_OF_ALL                                                                          \
        " AND (c.entity_id, c.predicate, c.fact_id)"                                               \
        " > (:after_entity, :after_predicate, :after_fact)"
#define OVERRIDDEN_BY                                                                              \
        " AND (:human = 0 OR (SELECT b.agent FROM facts b WHERE b.id = s.superseded_by) = 'human')"
#define OVERRIDDEN_ORDERED                                                                         \
        OVERRIDDEN_BY " ORDER BY c.entity_id, c.predicate, c.fact_id LIMIT :limit"

/* Ids of facts are in the order of their recording. There are as many rows as there were corrections: they are sorted. */
#define OVERRIDDEN_RECENT                                                                               \
        OVERRIDDEN                                                                                      \
        " AND (:entity IS NULL OR c.entity_id = :entity)"                                               \
        " AND (:after_by = '' OR (s.superseded_by, c.fact_id) < (:after_by, :after_fact))" OF_PREDICATE \
                OVERRIDDEN_BY " ORDER BY s.superseded_by DESC, c.fact_id DESC LIMIT :limit"

static bool add_fact(Db *db, const char *id, JsonObject *object, const char *member, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT " FACT_COLUMNS
                             " FROM facts f CROSS JOIN predicates p ON p.name = f.predicate"
                             " WHERE f.id = :id",
                             error);
        StepResult step;
        Fact fact;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        json_object_set_null_member(object, member);
        if (step == STEP_ROW) {
                fact_from_row(statement, &fact);
                json_object_set_object_member(object, member, fact_to_json(&fact));
        }
        return step != STEP_ERROR;
}

static const char *overridden_sql(const ContradictionQuery *query)
{
        if (query->recent)
                return OVERRIDDEN_RECENT;
        return query->entity_id ? OVERRIDDEN OVERRIDDEN_OF_ENTITY OF_PREDICATE OVERRIDDEN_ORDERED
                                : OVERRIDDEN OVERRIDDEN_OF_ALL OF_PREDICATE OVERRIDDEN_ORDERED;
}

/* key is "entity\npredicate\nfact", of the recent ones "overrider\n\nfact", or "". */
static void bind_overridden(Statement *statement, const ContradictionQuery *query, const char *key)
{
        g_auto(GStrv) after = g_strsplit(key, "\n", 3);
        bool more = g_strv_length(after) == 3;

        statement_bind_int(statement, ":human", query->by_human);
        statement_bind_text(statement, ":after_fact", more ? after[2] : "");
        if (!query->recent) {
                bind_place(statement, query, key);
                return;
        }
        statement_bind_text(statement, ":predicate", query->predicate);
        statement_bind_text(statement, ":entity", query->entity_id);
        statement_bind_text(statement, ":after_by", more ? after[0] : "");
        statement_bind_int(statement, ":limit", (int64_t)query->limit + 1);
}

static char *overridden_place(Statement *row, bool recent)
{
        return recent ? g_strjoin("\n", statement_text(row, 3), "", statement_text(row, 2), NULL)
                      : g_strjoin("\n", statement_text(row, 0), statement_text(row, 1),
                                  statement_text(row, 2), NULL);
}

JsonObject *contradiction_list_facts(Db *db, const ContradictionQuery *query, GError **error)
{
        g_autofree char *filters = filters_of(query);
        g_autofree char *key = cursor_key("contradicted", filters, query->after, error);
        g_autoptr(Page) page = page_new("contradicted", filters, query->limit);
        Statement *statement = db_statement(db, overridden_sql(query), error);
        StepResult step;

        if (!key || !statement)
                return NULL;
        bind_overridden(statement, query, key);
        while ((step = statement_step(statement, error)) == STEP_ROW && page_has_room(page)) {
                g_autofree char *place = overridden_place(statement, query->recent);
                JsonObject *object = json_object_new();

                page_add(page, object, place);
                if (!add_fact(db, statement_text(statement, 2), object, "fact", error) ||
                    !add_fact(db, statement_text(statement, 3), object, "superseded_by", error))
                        return NULL;
        }
        return step == STEP_ERROR ? NULL : page_to_json(page, "contradicted_facts");
}
