/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contradictions. All that is current about one entity and predicate is of one tier, so disagreement is
 * simply more than one object where there can be but one. */
#include "graph/contradiction.h"

#include <string.h>

#include "graph/fact.h"
#include "graph/page.h"

#define OBSERVATIONS_MAX 100 /* shown of one contradiction */

/* Sets with several current facts, read from the index alone; whether they disagree is seen later. */
#define CANDIDATES                                                                                 \
        "SELECT " FACT_SUBJECT(                                                                    \
                f) ", f.predicate FROM facts f WHERE f.superseded_at IS NULL"                      \
                   " AND f.is_active = 1 AND (:predicate IS NULL OR f.predicate = :predicate)"     \
                   " AND f.predicate IN (SELECT name FROM predicates WHERE cardinality = 'one')"

#define OF_ENTITY " AND " FACT_SUBJECT(f) " = :entity AND f.predicate > :after_predicate"
#define OF_ALL                                                                                     \
        " AND " FACT_SUBJECT(f) " >= :after_entity"                                                \
                                " AND (" FACT_SUBJECT(                                             \
                                        f) " > :after_entity OR f.predicate > :after_predicate)"

#define GROUPED                                                                                    \
        " GROUP BY " FACT_SUBJECT(f) ", f.predicate HAVING count(*) > 1 ORDER BY " FACT_SUBJECT(   \
                f) ", f.predicate"

typedef struct Candidate {
        const char *entity_id, *predicate; /* borrowed from the statement */
} Candidate;

/* The current facts of a candidate; NULL without an error if they agree. */
static JsonArray *read_observations(Db *db, const Candidate *candidate, GError **error)
{
        g_autoptr(JsonArray) array = json_array_new();
        g_autofree char *first = NULL;
        bool differ = false;
        Fact fact;
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT " FACT_COLUMNS
                " FROM facts f CROSS JOIN predicates p ON p.name = f.predicate"
                " WHERE " FACT_SUBJECT(f) " = :entity AND f.predicate = :predicate"
                                          " AND f.superseded_at IS NULL AND f.is_active = 1"
                                          " ORDER BY f.observed_at, f.id LIMIT :limit",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":entity", candidate->entity_id);
        statement_bind_text(statement, ":predicate", candidate->predicate);
        statement_bind_int(statement, ":limit", OBSERVATIONS_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                fact_from_row(statement, &fact);
                differ = differ || (first && strcmp(first, fact.object) != 0);
                if (!first)
                        first = g_strdup(fact.object);
                json_array_add_object_element(array, fact_to_json(&fact));
        }
        return step == STEP_DONE && differ ? g_steal_pointer(&array) : NULL;
}

static char *entity_name(Db *db, const char *id, GError **error)
{
        Statement *statement = db_statement(db, "SELECT name FROM entities WHERE id = :id", error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", id);
        if (statement_step(statement, error) != STEP_ROW)
                return NULL;
        return g_strdup(statement_text(statement, 0));
}

/* Adds the candidate to the page if its facts disagree. */
static bool add_candidate(Db *db, const Candidate *candidate, Page *page, GError **error)
{
        g_autoptr(GError) problem = NULL;
        JsonArray *observations = read_observations(db, candidate, &problem);
        g_autofree char *name = NULL, *key = NULL;
        JsonObject *object;

        if (!observations) {
                if (problem)
                        g_propagate_error(error, g_steal_pointer(&problem));
                return !error || !*error;
        }
        name = entity_name(db, candidate->entity_id, NULL);
        key = g_strdup_printf("%s\n%s", candidate->entity_id, candidate->predicate);
        object = json_object_new();
        json_set_string(object, "entity", name);
        json_object_set_string_member(object, "entity_id", candidate->entity_id);
        json_object_set_string_member(object, "predicate", candidate->predicate);
        json_object_set_array_member(object, "observations", observations);
        json_object_set_string_member(object, "resolution", "unresolved");
        page_add(page, object, key);
        return true;
}

static Statement *find_candidates(Db *db, const ContradictionQuery *query, const char *key,
                                  GError **error)
{
        g_auto(GStrv) after = g_strsplit(key, "\n", 2);
        bool more = after[0] && after[1];
        Statement *statement = db_statement(
                db, query->entity_id ? CANDIDATES OF_ENTITY GROUPED : CANDIDATES OF_ALL GROUPED,
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":predicate", query->predicate);
        statement_bind_text(statement, ":after_predicate", more ? after[1] : "");
        if (query->entity_id)
                statement_bind_text(statement, ":entity", query->entity_id);
        else
                statement_bind_text(statement, ":after_entity", more ? after[0] : "");
        return statement;
}

JsonObject *contradiction_list(Db *db, const ContradictionQuery *query, GError **error)
{
        g_autofree char *filters =
                g_strdup_printf("%s\n%s", query->entity_id ?: "", query->predicate ?: "");
        g_autofree char *key = cursor_key("contradictions", filters, query->after, error);
        g_autoptr(Page) page = page_new("contradictions", filters, query->limit);
        Statement *statement;
        StepResult step;

        if (!key)
                return NULL;
        statement = find_candidates(db, query, key, error);
        if (!statement)
                return NULL;
        while ((step = statement_step(statement, error)) == STEP_ROW && page_has_room(page)) {
                Candidate candidate = {statement_text(statement, 0), statement_text(statement, 1)};
                if (!add_candidate(db, &candidate, page, error))
                        return NULL;
        }
        return step == STEP_ERROR ? NULL : page_to_json(page, "contradictions");
}
