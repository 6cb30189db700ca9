/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is mined of a document already, for whoever is to mine it: facts and held claims as one list. Ids of facts
 * sort before ids of held claims, so that one cursor goes through both. */
#include "graph/fact.h"
#include "graph/page.h"

#define PRIOR_FACTS                                                                                \
        "SELECT f.id, NULL, " FACT_SUBJECT(                                                        \
                f) ", e.name, f.predicate, f.object,"                                              \
                   " CASE p.object_kind WHEN 'entity' THEN (SELECT o.name FROM entities o"         \
                   " WHERE o.id = " FACT_OBJECT(                                                   \
                           f) ") END,"                                                             \
                              " f.quote, f.quote_start, f.quote_end, f.agent, f.trust_tier,"       \
                              " iif(f.superseded_at IS NULL, 'current', 'superseded'),"            \
                              " f.observed_at, f.confidence, f.stale_source"                       \
                              " FROM facts f CROSS JOIN predicates p ON p.name = f.predicate"      \
                              " CROSS JOIN entities e ON e.id = " FACT_SUBJECT(                    \
                                      f) " WHERE f.document_id = :document AND f.is_active = 1"    \
                                         " AND f.id > :after"

#define PRIOR_HELD                                                                                 \
        "SELECT c.id, coalesce(c.subject_id, c.object_id), c.entity_id,"                           \
        " coalesce(c.subject_name, (SELECT e.name FROM entities e WHERE e.id = c.entity_id)),"     \
        " c.predicate, c.object, NULL, c.quote, c.quote_start, c.quote_end, c.agent,"              \
        " c.trust_tier, 'held', c.observed_at, c.confidence, 0 FROM held_claims c"                 \
        " WHERE c.document_id = :document AND c.is_active = 1 AND c.state = 'waiting'"             \
        " AND c.id > :after"

static void set_if(JsonObject *object, const char *name, const char *value)
{
        if (value)
                json_object_set_string_member(object, name, value);
}

static JsonObject *prior_from_row(Statement *row)
{
        JsonObject *object = json_object_new();
        bool held = !statement_is_null(row, 1);

        json_object_set_string_member(object, held ? "held_id" : "fact_id", statement_text(row, 0));
        set_if(object, "discovered_id", statement_text(row, 1));
        set_if(object, "entity_id", statement_text(row, 2));
        set_if(object, "entity", statement_text(row, 3));
        set_if(object, "predicate", statement_text(row, 4));
        set_if(object, "object", statement_text(row, 5));
        set_if(object, "object_name", statement_text(row, 6));
        set_if(object, "quote", statement_text(row, 7));
        if (!statement_is_null(row, 8)) {
                json_object_set_int_member(object, "quote_start", statement_int(row, 8));
                json_object_set_int_member(object, "quote_end", statement_int(row, 9));
        }
        set_if(object, "observer", statement_text(row, 10));
        set_if(object, "trust_tier", statement_text(row, 11));
        set_if(object, "status", statement_text(row, 12));
        json_set_time(object, "observed_at", statement_int(row, 13));
        if (!statement_is_null(row, 14))
                json_object_set_double_member(object, "confidence", statement_double(row, 14));
        json_object_set_boolean_member(object, "stale_source", statement_int(row, 15) != 0);
        return object;
}

static bool count_prior(Db *db, const char *document_id, int64_t *ret, GError **error)
{
        Statement *statement = db_statement(
                db,
                "SELECT (SELECT count(*) FROM facts WHERE document_id = :document AND is_active = 1)"
                " + (SELECT count(*) FROM held_claims WHERE document_id = :document"
                " AND is_active = 1 AND state = 'waiting')",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":document", document_id);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        return true;
}

JsonObject *graph_prior_claims(Db *db, const char *document_id, unsigned limit, const char *after,
                               GError **error)
{
        g_autofree char *key = cursor_key("prior_claims", document_id, after, error);
        g_autoptr(Page) page = NULL;
        Statement *statement;
        JsonObject *answer;
        StepResult step;
        int64_t total;

        if (!key || !count_prior(db, document_id, &total, error))
                return NULL;
        statement = db_statement(
                db, PRIOR_FACTS " UNION ALL " PRIOR_HELD " ORDER BY 1 LIMIT :limit", error);
        if (!statement)
                return NULL;
        page = page_new("prior_claims", document_id, limit);
        statement_bind_text(statement, ":document", document_id);
        statement_bind_text(statement, ":after", key);
        statement_bind_int(statement, ":limit", (int64_t)limit + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW && page_has_room(page))
                page_add(page, prior_from_row(statement), statement_text(statement, 0));
        if (step == STEP_ERROR)
                return NULL;
        answer = page_to_json(page, "prior_claims");
        json_object_set_int_member(answer, "total", total);
        return answer;
}
