/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scope shows, asked of a handle that shows everything: inside a write, so that nothing can change between the look
 * and the write. The same as the conditions of table_kinds say for scoped handles. */
#include "graph/entity.h"
#include "graph/fact.h"
#include "graph/seen.h"

/* Runs sql with :id; *ret: were there rows, and does the scope have the first column of each? */
static bool all_in_scope(Db *db, const Scope *scope, const char *sql, const char *id, bool *ret,
                         GError **error)
{
        Statement *row = db_statement(db, sql, error);
        bool any = false, all = true;
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        while (all && (step = statement_step(row, error)) != STEP_DONE) {
                if (step == STEP_ERROR)
                        return false;
                any = true;
                all = scope_allows(scope, statement_text(row, 0));
        }
        *ret = any && all;
        return true;
}

#define SUBJECT_OF(id)                                                                             \
        "coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = " id "), " id ")"

bool seen_document(Db *db, const Scope *scope, const char *document_id, bool *ret, GError **error)
{
        *ret = true;
        return !scope || all_in_scope(db, scope,
                                      "SELECT " SUBJECT_OF(
                                              "e.id") " FROM entities e WHERE e.document_id = :id",
                                      document_id, ret, error);
}

/* Its own subject, and that of each fact that it was inferred from, a NULL if those are several or one is no more; and what it leads to, if
 * it was inferred. */
#define LEADS_TO                                                                                                            \
        " UNION ALL SELECT CASE substr(f.object, 1, 4) WHEN 'ent-' THEN " FACT_OBJECT(                                      \
                f) " ELSE (SELECT " SUBJECT_OF("e.id") " FROM entities e WHERE e.document_id = f.object) END"               \
                                                       " FROM facts f WHERE f.id = :id AND substr(f.agent, 1, 5) = 'rule:'" \
                                                       " AND substr(f.object, 1, 4) IN ('ent-', 'doc-')"
#define SUBJECTS                                                                                   \
        "WITH RECURSIVE up (id) AS (SELECT :id UNION SELECT s.source_id FROM up JOIN fact_sources" \
        " s ON s.fact_id = up.id), said (of, of_source) AS (SELECT " FACT_SUBJECT(                 \
                f) ", up.id IS NOT :id FROM up LEFT JOIN facts f ON f.id = up.id)"                 \
                   " SELECT of FROM said UNION ALL SELECT NULL WHERE"                              \
                   " (SELECT min(of) <> max(of) FROM said WHERE of_source)" LEADS_TO

bool seen_fact(Db *db, const Scope *scope, const char *fact_id, bool *ret, GError **error)
{
        *ret = true;
        return !scope || all_in_scope(db, scope, SUBJECTS, fact_id, ret, error);
}

bool graph_check_document(Db *db, const Access *access, const char *document_id, GError **error)
{
        bool seen;

        if (!seen_document(db, access_scope(access), document_id, &seen, error))
                return false;
        if (!seen)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no document %s",
                            document_id);
        return seen;
}

bool graph_check_entity(Db *db, const Access *access, const char *entity_id, GError **error)
{
        g_autoptr(Entity) entity = entity_get(db, access_scope(access), entity_id, error);

        return entity != NULL;
}
