/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of autolinks. A pair is an entity, whatever it was merged into, and a document; a rejection also holds for an
 * entity that is declared anew under the same name and type. */
#include "documents/autolink.h"

#include <math.h>
#include <string.h>

static const char *const kinds[] = {[AUTOLINK_ENTITY_DOCUMENT] = "entity-document",
                                    [AUTOLINK_DOCUMENT_SYMBOL] = "document-symbol",
                                    [AUTOLINK_FACT_SYMBOL] = "fact-symbol",
                                    [AUTOLINK_ENTITY_SYMBOL] = "entity-symbol",
                                    [AUTOLINK_PAGE_PAGE] = "page-page"};

bool autolink_kind_from_string(const char *text, AutolinkKind *ret, GError **error)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (g_str_equal(kinds[i], text)) {
                        *ret = i;
                        return true;
                }
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "kind is \"%s\"; it must be entity-document, document-symbol, fact-symbol, "
                    "entity-symbol or page-page",
                    text);
        return false;
}

bool autolink_check_kind(AutolinkKind kind, GError **error)
{
        if (kind == AUTOLINK_ENTITY_DOCUMENT)
                return true;
        if (kind == AUTOLINK_PAGE_PAGE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "links of kind %s need the room of pages, which this version does not "
                            "have; entity-document can be proposed",
                            kinds[kind]);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "links of kind %s are not proposed: what documents and facts say of "
                            "symbols is found by itself; entity-document can be proposed",
                            kinds[kind]);
        return false;
}

/* ---- statements ---- */

static Statement *prepare(Db *db, const char *sql, const char *id, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (statement)
                statement_bind_text(statement, ":id", id);
        return statement;
}

/* Whether a statement with a row or without one. */
static bool has_row(Statement *statement, bool *ret, GError **error)
{
        StepResult step = statement ? statement_step(statement, error) : STEP_ERROR;

        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

/* ---- proposing ---- */

/* What an entity counts for: itself, unless it was merged. */
#define SUBJECT_OF(id)                                                                             \
        "coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = " id "), " id ")"

/* Of one document the links of the same pair, decided ones first. */
#define SAME_PAIR                                                                                  \
        "SELECT l.id, l.state, l.sha256 IS NOT :sha256 FROM autolinks l WHERE l.right_id = :id"    \
        " AND l.kind = 'entity-document' AND (" SUBJECT_OF("l.left_id") " = " SUBJECT_OF(          \
                ":entity") " OR (l.state = 'rejected' AND EXISTS (SELECT 1 FROM entities a"        \
                           " JOIN entities b ON b.name_key = a.name_key AND b.type = a.type"       \
                           " WHERE a.id = l.left_id AND b.id = :entity)))"                         \
                           " ORDER BY CASE l.state WHEN 'rejected' THEN 0 WHEN 'accepted' THEN 1 ELSE 2 END"

static bool set_evidence(Db *db, const char *id, const Evidence *evidence, const char *sha256,
                         GError **error)
{
        Statement *update = prepare(db,
                                    "UPDATE autolinks SET quote = :quote, quote_start = :start,"
                                    " quote_end = :end, sha256 = :sha256 WHERE id = :id",
                                    id, error);

        if (!update)
                return false;
        statement_bind_text(update, ":quote", evidence->quote);
        statement_bind_int(update, ":start", evidence->start);
        statement_bind_int(update, ":end", evidence->end);
        statement_bind_text(update, ":sha256", sha256);
        return statement_run(update, error);
}

/* *ret stays AUTOLINK_NEW if nothing is there. */
static bool find_pair(Db *db, const Autolink *link, AutolinkOutcome *ret, char **ret_id,
                      GError **error)
{
        Statement *row = prepare(db, SAME_PAIR, link->document_id, error);
        g_autofree char *id = NULL;
        bool there, older;

        if (!row)
                return false;
        statement_bind_text(row, ":entity", link->evidence->entity_id);
        statement_bind_text(row, ":sha256", link->sha256);
        if (!has_row(row, &there, error))
                return false;
        if (!there)
                return true;
        id = g_strdup(statement_text(row, 0));
        *ret = g_str_equal(statement_text(row, 1), "rejected") ? AUTOLINK_REJECTED : AUTOLINK_KNOWN;
        older = g_str_equal(statement_text(row, 1), "proposed") && statement_int(row, 2);
        if (older && !set_evidence(db, id, link->evidence, link->sha256, error))
                return false;
        *ret_id = g_steal_pointer(&id);
        return true;
}

/* Somebody said so already, without a link. */
static bool is_fact(Db *db, const Autolink *link, bool *ret, GError **error)
{
        Statement *row = prepare(
                db,
                "SELECT 1 FROM facts f WHERE coalesce(f.subject_id, f.entity_id) = " SUBJECT_OF(
                        ":entity") " AND f.predicate = :predicate AND f.object = :id"
                                   " AND f.superseded_at IS NULL AND f.is_active = 1",
                link->document_id, error);

        if (!row)
                return false;
        statement_bind_text(row, ":entity", link->evidence->entity_id);
        statement_bind_text(row, ":predicate", AUTOLINK_PREDICATE);
        return has_row(row, ret, error);
}

/* Under a scope only what the caller proposed counts: how many there are would tell of others'. */
#define OF_CALLER " AND (:by IS NULL OR proposed_by = :by)"

/* Do as many as may wait already? */
static bool is_full(Statement *row, const Autolink *link, unsigned most, bool *ret, GError **error)
{
        bool scoped = link->access && access_scope(link->access);

        if (!row)
                return false;
        statement_bind_int(row, ":most", most);
        statement_bind_text(row, ":by", scoped ? link->proposed_by : NULL);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0) >= most;
        return true;
}

static bool check_room(Db *db, const Autolink *link, bool *ret_full, GError **error)
{
        Statement *row;

        *ret_full = false;
        if (!link->bounded)
                return true;
        row = prepare(db,
                      "SELECT count(*) FROM (SELECT 1 FROM autolinks WHERE right_id = :id"
                      " AND kind = 'entity-document' AND state = 'proposed'" OF_CALLER
                      " LIMIT :most)",
                      link->document_id, error);
        if (!is_full(row, link, AUTOLINKS_PER_DOCUMENT_MAX, ret_full, error) || *ret_full)
                return *ret_full;
        row = prepare(db,
                      "SELECT count(*) FROM (SELECT 1 FROM autolinks WHERE left_id = :id"
                      " AND state = 'proposed'" OF_CALLER " LIMIT :most)",
                      link->evidence->entity_id, error);
        return is_full(row, link, AUTOLINKS_PER_ENTITY_MAX, ret_full, error);
}

static bool is_current(Db *db, const Autolink *link, bool *ret, GError **error)
{
        Statement *row = prepare(
                db, "SELECT 1 FROM documents WHERE id = :id AND sha256 = :sha256 AND is_active = 1",
                link->document_id, error);

        if (!row)
                return false;
        statement_bind_text(row, ":sha256", link->sha256);
        return has_row(row, ret, error);
}

static char *insert(Db *db, const Autolink *link, GError **error)
{
        g_autofree char *id = id_new("link");
        Statement *row = prepare(
                db,
                "INSERT INTO autolinks (id, kind, left_id, right_id, quote, quote_start, quote_end,"
                " sha256, proposed_by, proposed_at, state) VALUES (:id, 'entity-document', :entity,"
                " :document, :quote, :start, :end, :sha256, :by, :now, 'proposed')",
                id, error);

        if (!row)
                return NULL;
        statement_bind_text(row, ":entity", link->evidence->entity_id);
        statement_bind_text(row, ":document", link->document_id);
        statement_bind_text(row, ":quote", link->evidence->quote);
        statement_bind_int(row, ":start", link->evidence->start);
        statement_bind_int(row, ":end", link->evidence->end);
        statement_bind_text(row, ":sha256", link->sha256);
        statement_bind_text(row, ":by", link->proposed_by);
        statement_bind_int(row, ":now", clock_now());
        return statement_run(row, error) ? g_steal_pointer(&id) : NULL;
}

bool autolink_propose(Db *db, const Autolink *link, AutolinkOutcome *ret, char **ret_id,
                      GError **error)
{
        AutolinkOutcome outcome = AUTOLINK_NEW;
        g_autofree char *id = NULL;
        bool current, said = false, full = false;

        if (link->access &&
            (!graph_check_document(db, link->access, link->document_id, error) ||
             !graph_check_entity(db, link->access, link->evidence->entity_id, error)))
                return false;
        if (!is_current(db, link, &current, error))
                return false;
        if (!current)
                outcome = AUTOLINK_STALE;
        else if (!find_pair(db, link, &outcome, &id, error))
                return false;
        if (outcome == AUTOLINK_NEW) {
                if (!is_fact(db, link, &said, error) || !check_room(db, link, &full, error))
                        return false;
                outcome = said ? AUTOLINK_KNOWN : full ? AUTOLINK_LIMITED : AUTOLINK_NEW;
        }
        if (outcome == AUTOLINK_NEW) {
                id = insert(db, link, error);
                if (!id)
                        return false;
        }
        *ret = outcome;
        if (ret_id)
                *ret_id = g_steal_pointer(&id);
        return true;
}

/* ---- a newer text ---- */

/* Links that wait with evidence of an older content, as Evidence whose entity_id is the link's. */
static GPtrArray *list_older(Db *db, const char *document_id, const char *sha256, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
        Statement *row = prepare(db,
                                 "SELECT id, quote FROM autolinks WHERE right_id = :id"
                                 " AND kind = 'entity-document' AND state = 'proposed'"
                                 " AND sha256 <> :sha256",
                                 document_id, error);
        StepResult step;

        if (!row)
                return NULL;
        statement_bind_text(row, ":sha256", sha256);
        while ((step = statement_step(row, error)) == STEP_ROW) {
                g_ptr_array_add(list, g_strdup(statement_text(row, 0)));
                g_ptr_array_add(list, g_strdup(statement_text(row, 1)));
        }
        return step == STEP_ERROR ? NULL : g_steal_pointer(&list);
}

bool autolink_refresh(Db *db, const char *document_id, const char *sha256, const char *text,
                      GError **error)
{
        g_autoptr(GPtrArray) older = list_older(db, document_id, sha256, error);

        for (unsigned i = 0; older && i < older->len; i += 2) {
                Evidence evidence = {.quote = older->pdata[i + 1]};
                const char *at = strstr(text, evidence.quote);

                if (!at)
                        continue;
                evidence.start = (int64_t)text_chars(text, (size_t)(at - text));
                evidence.end = evidence.start + g_utf8_strlen(evidence.quote, -1);
                if (!set_evidence(db, older->pdata[i], &evidence, sha256, error))
                        return false;
        }
        return older != NULL;
}

/* ---- deciding ---- */

typedef struct Row {
        char *left_id, *right_id, *quote, *state, *fact_id, *field;
        int64_t start;
        AutolinkKind kind;
} Row;

static void row_clear(Row *row)
{
        g_free(row->left_id);
        g_free(row->right_id);
        g_free(row->quote);
        g_free(row->state);
        g_free(row->fact_id);
        g_free(row->field);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Row, row_clear)

static bool read_row(Db *db, const char *id, Row *ret, GError **error)
{
        Statement *row =
                prepare(db,
                        "SELECT left_id, right_id, quote, state, fact_id, quote_start, kind,"
                        " field"
                        " FROM autolinks WHERE id = :id",
                        id, error);
        bool there;

        if (!row || !has_row(row, &there, error))
                return false;
        if (!there) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no link \"%s\"", id);
                return false;
        }
        *ret = (Row){.left_id = g_strdup(statement_text(row, 0)),
                     .right_id = g_strdup(statement_text(row, 1)),
                     .quote = g_strdup(statement_text(row, 2)),
                     .state = g_strdup(statement_text(row, 3)),
                     .fact_id = g_strdup(statement_text(row, 4)),
                     .start = statement_int(row, 5),
                     .field = g_strdup(statement_text(row, 7))};
        return autolink_kind_from_string(statement_text(row, 6), &ret->kind, error);
}

static bool is_of_symbol(const Row *row)
{
        return row->kind == AUTOLINK_DOCUMENT_SYMBOL || row->kind == AUTOLINK_FACT_SYMBOL;
}

/* Does the text of the document, or what the fact says, still hold the words? */
static bool check_words(Db *db, const Row *row, GError **error)
{
        Statement *text =
                prepare(db,
                        row->kind == AUTOLINK_DOCUMENT_SYMBOL
                                ? "SELECT t.text FROM documents d JOIN document_text t"
                                  " ON t.sha256 = d.sha256 WHERE d.id = :id"
                                  " AND d.is_active = 1 AND :field = 'text'"
                                : "SELECT CASE :field WHEN 'object' THEN object ELSE quote"
                                  " END FROM facts WHERE id = :id AND is_active = 1",
                        row->left_id, error);

        if (!text)
                return false;
        statement_bind_text(text, ":field", row->field);
        StepResult step = statement_step(text, error);
        if (step == STEP_ROW && statement_text(text, 0) &&
            strstr(statement_text(text, 0), row->quote))
                return true;
        if (step != STEP_ERROR)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "the words of the link do not stand in %s any more", row->left_id);
        return false;
}

static bool record(Db *db, const AutolinkDecision *decision, const Row *row, ClaimResult *ret,
                   GError **error)
{
        Claim claim = {.entity_id = row->left_id,
                       .predicate = AUTOLINK_PREDICATE,
                       .object = row->right_id,
                       .quote = row->quote,
                       .quote_hint = row->start,
                       .document_id = row->right_id,
                       .confidence = NAN};
        g_autoptr(GError) problem = NULL;

        if (graph_claim(db, decision->access, &claim, ret, &problem))
                return true;
        g_propagate_prefixed_error(error, g_steal_pointer(&problem),
                                   "the link cannot be recorded as it stands: ");
        return false;
}

static bool store_decision(Db *db, const AutolinkDecision *decision, const ClaimResult *result,
                           GError **error)
{
        Statement *update = prepare(db,
                                    "UPDATE autolinks SET state = :state, decided_at = :now,"
                                    " fact_id = :fact, made_fact = :made, reason = :reason"
                                    " WHERE id = :id",
                                    decision->link_id, error);

        if (!update)
                return false;
        statement_bind_text(update, ":state", decision->accept ? "accepted" : "rejected");
        statement_bind_int(update, ":now", clock_now());
        statement_bind_text(update, ":fact", result->fact_id);
        statement_bind_int(update, ":made", result->is_new);
        statement_bind_text(update, ":reason", decision->reason);
        return statement_run(update, error);
}

bool autolink_decide(Db *db, void *data, GError **error)
{
        AutolinkDecision *decision = data;
        ClaimResult result = {0};
        g_auto(Row) row = {0};
        bool ok;

        if (!read_row(db, decision->link_id, &row, error))
                return false;
        decision->changed = !g_str_equal(row.state, decision->accept ? "accepted" : "rejected");
        if (!decision->changed) {
                decision->fact_id = g_steal_pointer(&row.fact_id);
                return true;
        }
        decision->group_id = g_strdup(db_group(db));
        if (decision->accept && is_of_symbol(&row))
                ok = check_words(db, &row, error);
        else
                ok = !decision->accept || record(db, decision, &row, &result, error);
        ok = ok && store_decision(db, decision, &result, error);
        decision->fact_id = g_strdup(result.fact_id);
        claim_result_clear(&result);
        return ok;
}

/* ---- what follows ---- */

/* The fact that a link was recorded as before the entry, if it made it, and is not any more. */
static char *former_fact(Db *db, const Change *change, GError **error)
{
        Statement *row = db_statement(
                db,
                "SELECT json_extract(m.before, '$.fact_id') FROM mutations m LEFT JOIN autolinks l"
                " ON l.id = json_extract(m.before, '$.id') WHERE m.seq = :seq"
                " AND json_extract(m.before, '$.made_fact') = 1"
                " AND l.fact_id IS NOT json_extract(m.before, '$.fact_id')",
                error);

        if (!row)
                return NULL;
        statement_bind_int(row, ":seq", change->seq);
        return statement_step(row, error) == STEP_ROW ? g_strdup(statement_text(row, 0)) : NULL;
}

/* The fact that the link of the entry is recorded as. */
static char *present_fact(Db *db, const Change *change, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT fact_id FROM autolinks WHERE made_fact = 1"
                                      " AND id = json_extract(:key, '$.id')",
                                      error);

        if (!row)
                return NULL;
        statement_bind_text(row, ":key", change->row_id);
        return statement_step(row, error) == STEP_ROW ? g_strdup(statement_text(row, 0)) : NULL;
}

static bool derive_links(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        for (unsigned i = 0; i < count; i++) {
                g_autoptr(GError) problem = NULL;
                g_autofree char *former = NULL, *present = NULL;

                if (changes[i].op != CHANGE_INSERT)
                        former = former_fact(db, &changes[i], &problem);
                if (!problem)
                        present = present_fact(db, &changes[i], &problem);
                if (problem) {
                        g_propagate_error(error, g_steal_pointer(&problem));
                        return false;
                }
                if ((former && !graph_set_fact_active(db, former, /* active= */ false, error)) ||
                    (present && !graph_set_fact_active(db, present, /* active= */ true, error)))
                        return false;
        }
        return true;
}

static bool derive_facts(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        for (unsigned i = 0; i < count; i++) {
                if (changes[i].op != CHANGE_DELETE && !changes[i].ends)
                        continue;
                Statement *update = db_statement(
                        db,
                        "UPDATE autolinks SET state = 'proposed', decided_at = NULL, fact_id = NULL,"
                        " made_fact = 0, reason = NULL WHERE fact_id = json_extract(:key, '$.id')"
                        " AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.id = autolinks.fact_id"
                        " AND f.is_active = 1)",
                        error);

                if (!update)
                        return false;
                statement_bind_text(update, ":key", changes[i].row_id);
                if (!statement_run(update, error))
                        return false;
        }
        return true;
}

void autolink_register(Store *vault)
{
        store_add_derivation(vault, "autolinks", derive_links, NULL);
        store_add_derivation(vault, "facts", derive_facts, NULL);
}
