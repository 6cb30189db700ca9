/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording claims. In the transaction that writes them it is looked again at what may have changed since they
 * were judged; then the ends of a claim are found or declared, and it becomes a fact unless an equal one is
 * there, or is held if an end waits. */
#include "graph/record.h"

#include <math.h>
#include <string.h>

#include "graph/fact.h"
#include "graph/held.h"
#include "graph/merge.h"
#include "graph/seen.h"

void recorder_clear(Recorder *recorder)
{
        mentions_clear(&recorder->mentions);
        g_clear_pointer(&recorder->versions, g_hash_table_unref);
        g_clear_pointer(&recorder->counts, g_hash_table_unref);
}

/* ---- what must hold in the same transaction ---- */

/* The version of a document that is current for the writer; NULL without an error if there is none. */
static const char *current_version(Recorder *recorder, Db *db, const char *document_id,
                                   GError **error)
{
        const char *present;
        Statement *statement;
        char *version;

        if (!recorder->versions)
                recorder->versions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        present = g_hash_table_lookup(recorder->versions, document_id);
        if (present)
                return present;
        statement = db_statement(db, "SELECT sha256 FROM documents WHERE id = :id", error);
        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", document_id);
        if (statement_step(statement, error) != STEP_ROW || statement_is_null(statement, 0))
                return NULL;
        version = g_strdup(statement_text(statement, 0));
        g_hash_table_insert(recorder->versions, g_strdup(document_id), version);
        return version;
}

/* True if the text that was judged is still the current one. */
static bool check_version(Recorder *recorder, Db *db, unsigned i, GError **error, GError **dropped)
{
        const char *document_id = recorder->claims[i].document_id, *version;
        g_autoptr(GError) problem = NULL;
        bool seen;

        if (!document_id)
                return true;
        if (!seen_document(db, recorder->mentions.scope, document_id, &seen, error))
                return false;
        if (!seen) {
                g_set_error(dropped, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no document %s",
                            document_id);
                return true;
        }
        version = current_version(recorder, db, document_id, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (g_strcmp0(version, recorder->ready[i].document_hash) != 0)
                g_set_error(dropped, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "%s has changed while the claim was being checked", document_id);
        return true;
}

bool record_sort_error(GError *problem, GError **error, GError **dropped)
{
        OuroborosError code;

        if (!problem)
                return true;
        code = error_code(problem);
        if (code == OUROBOROS_ERROR_NOT_FOUND || code == OUROBOROS_ERROR_INVALID ||
            code == OUROBOROS_ERROR_DENIED || code == OUROBOROS_ERROR_LIMIT) {
                g_propagate_error(dropped, problem);
                return true;
        }
        g_propagate_error(error, problem);
        return false;
}

/* ---- ends ---- */

/* What a claim is about, and of; object is NULL unless it is an entity. */
typedef struct Ends {
        const Mention *subject, *object;
} Ends;

static EntityRef object_ref(const Claim *claim, const Ready *ready)
{
        if (id_is_valid(ready->object.text, "ent"))
                return (EntityRef){.id = ready->object.text};
        return (EntityRef){.name = claim->object_name ?: ready->object.text,
                           .type = claim->object_type};
}

static const Mention *declare(Recorder *recorder, Db *db, unsigned i, const EntityRef *ref,
                              GError **error)
{
        const Claim *claim = &recorder->claims[i];
        Finding finding = {.observer = recorder->observer,
                           .document_id = claim->document_id,
                           .aliases = ref->name == claim->entity_name   ? claim->entity_aliases
                                      : ref->name == claim->object_name ? claim->object_aliases
                                                                        : NULL};

        return mentions_declare(&recorder->mentions, db, ref, &finding, error);
}

/* Finds both ends of a claim before it declares either, so that a dropped claim leaves nothing behind. */
static bool find_ends(Recorder *recorder, Db *db, unsigned i, Ends *ret, GError **error)
{
        const Claim *claim = &recorder->claims[i];
        const Ready *ready = &recorder->ready[i];
        bool linked = ready->predicate->kind == OBJECT_ENTITY;
        EntityRef subject = {claim->entity_id, claim->entity_name, claim->entity_type};
        EntityRef object = linked ? object_ref(claim, ready) : (EntityRef){0};
        g_autoptr(GError) problem = NULL;
        Ends ends = {0};

        if (linked)
                ends.object = mentions_find(&recorder->mentions, db, &object, &problem);
        if (!problem)
                ends.subject = mentions_find(&recorder->mentions, db, &subject, &problem);
        if (!problem && !ends.subject)
                ends.subject = declare(recorder, db, i, &subject, &problem);
        if (!problem && linked && !ends.object) /* again: it may be what was just declared */
                ends.object = mentions_find(&recorder->mentions, db, &object, &problem);
        if (!problem && linked && !ends.object)
                ends.object = declare(recorder, db, i, &object, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        *ret = ends;
        return true;
}

/* ---- facts ---- */

/* No claim is of a lower tier than extracted. */
static bool check_tier(const Recorder *recorder, const char *fact_id, const char *tier,
                       GError **error)
{
        if (strcmp(tier, "human") != 0 || strcmp(recorder->tier, "human") == 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "fact %s is the human's word; only the human may supersede it, by a claim of "
                    "tier human",
                    fact_id);
        return false;
}

/* May this claim supersede that fact? Tells whether the fact is current. */
static bool check_target(Recorder *recorder, Db *db, const char *fact_id, bool *ret_current,
                         GError **error)
{
        Statement *statement = db_statement(db,
                                            "SELECT trust_tier, superseded_at FROM facts"
                                            " WHERE id = :id AND is_active = 1",
                                            error);
        bool seen = false;
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", fact_id);
        step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return false;
        if (step == STEP_ROW && !seen_fact(db, recorder->mentions.scope, fact_id, &seen, error))
                return false;
        if (!seen) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no fact %s to supersede", fact_id);
                return false;
        }
        if (!check_tier(recorder, fact_id, statement_text(statement, 0), error))
                return false;
        *ret_current = *ret_current || statement_is_null(statement, 1);
        return true;
}

static bool check_targets(Recorder *recorder, Db *db, unsigned i, bool *ret_current, GError **error)
{
        const char *const *targets = recorder->claims[i].supersedes;

        for (; targets && *targets; targets++)
                if (!check_target(recorder, db, *targets, ret_current, error))
                        return false;
        return true;
}

/* Does this call state the fact in columns 2 to 4 of the row (object, quote, qualifiers) as well, of claim
 * i's document? */
static bool is_restated(const Recorder *recorder, unsigned i, Statement *row)
{
        const Claim *claim = &recorder->claims[i];
        const Predicate *predicate = recorder->ready[i].predicate;

        for (unsigned j = 0; j < recorder->count; j++) {
                const Claim *other = &recorder->claims[j];

                if (recorder->ready[j].predicate == predicate &&
                    g_strcmp0(other->document_id, claim->document_id) == 0 &&
                    g_strcmp0(other->quote, statement_text(row, 3)) == 0 &&
                    g_strcmp0(recorder->ready[j].qualifiers, statement_text(row, 4)) == 0 &&
                    (predicate->kind == OBJECT_ENTITY || /* may not be resolved yet */
                     g_strcmp0(recorder->ready[j].object.text, statement_text(row, 2)) == 0))
                        return true;
        }
        return false;
}

/* What an entity counts for: itself, unless it was merged. */
#define SUBJECT_OF(id)                                                                             \
        "coalesce((SELECT m.subject_id FROM merged_entities m WHERE m.id = " id "), " id ")"

/* f, which an own later word replaced, is said again of a time after both. The pipeline's times say nothing of order. */
#define SAID_ANEW                                                                                         \
        "(f.superseded_at IS NOT NULL AND :observed > f.observed_at AND f.agent <> 'pipeline' AND"        \
        " EXISTS (SELECT 1 FROM facts l WHERE l.id = f.superseded_by AND l.agent = f.agent"               \
        " AND l.trust_tier = f.trust_tier AND (l.trust_tier = 'human' OR l.document_id IS f.document_id)" \
        " AND l.observed_at < :observed))"

/* f: equal facts, said of the same entity and of the same one as object. s: what superseded one in the same voice, from another content version. */
#define EQUAL_FACTS                                                                                                            \
        "SELECT f.id, s.id, s.object, s.quote, s.qualifiers FROM facts f LEFT JOIN facts s"                                    \
        " ON s.id = f.superseded_by AND s.agent = f.agent AND s.trust_tier = f.trust_tier"                                     \
        " AND (f.trust_tier = 'human' OR s.document_id IS f.document_id)"                                                      \
        " AND s.document_hash IS NOT :hash"                                                                                    \
        " WHERE " FACT_SUBJECT(f) " = " SUBJECT_OF(                                                                            \
                ":entity") " AND f.entity_id = :entity AND f.predicate = :predicate AND f.object = :object"                    \
                           " AND" FACT_SAME_OBJECT(                                                                            \
                                   FACT_OBJECT(f),                                                                             \
                                   ":counted") " AND f.agent = :agent AND f.trust_tier = :tier AND f.document_id IS :document" \
                                               " AND f.quote IS :quote AND f.qualifiers IS :qualifiers AND f.is_active = 1 AND NOT " SAID_ANEW

/* An equal fact by the same observer: a quote that stands in the new text too is the same observation. Not
 * so where his own later word has replaced it: what a text says no longer, and word without a source, is
 * said anew. But what this very call states beside it was said beside it before. */
static bool find_equal(Recorder *recorder, Db *db, unsigned i, const char *entity_id, char **ret_id,
                       GError **error)
{
        const Claim *claim = &recorder->claims[i];
        const Ready *ready = &recorder->ready[i];
        StepResult step;
        Statement *statement = db_statement(
                db,
                EQUAL_FACTS " AND (f.document_hash IS :hash OR f.quote IS NOT NULL)"
                            " AND (f.document_hash IS NOT NULL OR f.superseded_at IS NULL)"
                            " ORDER BY f.superseded_at IS NOT NULL, s.id IS NOT NULL",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", entity_id);
        statement_bind_text(statement, ":predicate", ready->predicate->name);
        statement_bind_text(statement, ":object", ready->object.text);
        statement_bind_text(statement, ":counted", ready->object_as ?: ready->object.text);
        statement_bind_text(statement, ":agent", recorder->observer);
        statement_bind_text(statement, ":tier", recorder->tier);
        statement_bind_text(statement, ":hash", ready->document_hash);
        statement_bind_text(statement, ":document", claim->document_id);
        statement_bind_text(statement, ":quote", claim->quote);
        statement_bind_text(statement, ":qualifiers", ready->qualifiers);
        statement_bind_int(statement, ":observed", claim->observed_at); /* 0: no time was told */
        while ((step = statement_step(statement, error)) == STEP_ROW)
                if (statement_is_null(statement, 1) || is_restated(recorder, i, statement)) {
                        *ret_id = g_strdup(statement_text(statement, 0));
                        return true;
                }
        return step != STEP_ERROR;
}

static void bind_source(Statement *statement, const Claim *claim, const Ready *ready)
{
        statement_bind_text(statement, ":quote", claim->quote);
        statement_bind_text(statement, ":document", claim->document_id);
        statement_bind_text(statement, ":hash", ready->document_hash);
        if (!ready->checked)
                return;
        statement_bind_int(statement, ":start", ready->span.start);
        statement_bind_int(statement, ":end", ready->span.end);
}

static bool insert_fact(Recorder *recorder, Db *db, unsigned i, const char *entity_id,
                        GError **error)
{
        const Claim *claim = &recorder->claims[i];
        const Ready *ready = &recorder->ready[i];
        ClaimResult *result = &recorder->results[i];
        Statement *statement = db_statement(
                db,
                "INSERT INTO facts (id, entity_id, subject_id, predicate, object, object_as, object_number, qualifiers,"
                " agent, observed_at, recorded_at, trust_tier, confidence, quote, quote_start,"
                " quote_end, document_id, document_hash) VALUES (:id, :entity,"
                " (SELECT m.subject_id FROM merged_entities m WHERE m.id = :entity),"
                " :predicate, :object, :object_as,"
                " :number, :qualifiers, :agent, :observed, :now, :tier, :confidence, :quote, :start,"
                " :end, :document, :hash)",
                error);

        if (!statement)
                return false;
        result->fact_id = id_new("fact");
        result->is_new = true;
        statement_bind_text(statement, ":id", result->fact_id);
        statement_bind_text(statement, ":entity", entity_id);
        statement_bind_text(statement, ":predicate", ready->predicate->name);
        statement_bind_text(statement, ":object", ready->object.text);
        statement_bind_text(statement, ":object_as", ready->object_as);
        if (!isnan(ready->object.number))
                statement_bind_double(statement, ":number", ready->object.number);
        statement_bind_text(statement, ":qualifiers", ready->qualifiers);
        statement_bind_text(statement, ":agent", recorder->observer);
        statement_bind_int(statement, ":observed", claim->observed_at ?: recorder->now);
        statement_bind_int(statement, ":now", recorder->now);
        statement_bind_text(statement, ":tier", recorder->tier);
        if (!isnan(claim->confidence))
                statement_bind_double(statement, ":confidence", claim->confidence);
        bind_source(statement, claim, ready);
        return statement_run(statement, error);
}

static bool insert_targets(Recorder *recorder, Db *db, unsigned i, GError **error)
{
        const char *const *targets = recorder->claims[i].supersedes;

        for (; targets && *targets; targets++) {
                Statement *statement =
                        db_statement(db,
                                     "INSERT OR IGNORE INTO fact_supersedes (fact_id, target_id)"
                                     " VALUES (:fact, :target)",
                                     error);

                if (!statement)
                        return false;
                statement_bind_text(statement, ":fact", recorder->results[i].fact_id);
                statement_bind_text(statement, ":target", *targets);
                if (!statement_run(statement, error))
                        return false;
        }
        return true;
}

/* A claim both of whose ends are entities. */
static bool record_fact(Recorder *recorder, Db *db, unsigned i, const Ends *ends,
                        bool current_target, GError **error)
{
        ClaimResult *result = &recorder->results[i];
        const char *entity_id = ends->subject->entity_id;

        if (ends->object) {
                g_free(recorder->ready[i].object.text);
                recorder->ready[i].object.text = g_strdup(ends->object->entity_id);
                g_clear_pointer(&recorder->ready[i].object_as, g_free);
                if (!merge_subject(db, ends->object->entity_id, &recorder->ready[i].object_as,
                                   error))
                        return false;
        }
        if (recorder->entity_ids)
                recorder->entity_ids[i] = g_strdup(entity_id);
        /* with something left to supersede it is a new word, whatever was said before */
        if (!current_target && !find_equal(recorder, db, i, entity_id, &result->fact_id, error))
                return false;
        return result->fact_id || (insert_fact(recorder, db, i, entity_id, error) &&
                                   insert_targets(recorder, db, i, error));
}

static bool hold(Recorder *recorder, Db *db, unsigned i, const Ends *ends, GError **error)
{
        ClaimResult *result = &recorder->results[i];
        Holding holding = {.claim = &recorder->claims[i],
                           .ready = &recorder->ready[i],
                           .subject = ends->subject,
                           .object = ends->object,
                           .observer = recorder->observer,
                           .tier = recorder->tier,
                           .now = recorder->now};
        const Discovered *waiting = ends->subject->waiting ?: ends->object->waiting;

        if (!recorder->counts)
                recorder->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        holding.counts = recorder->counts;
        if (!held_keep(db, &holding, &result->is_new, error))
                return false;
        if (recorder->entity_ids)
                recorder->entity_ids[i] = g_strdup(ends->subject->entity_id);
        result->discovered_id = g_strdup(waiting->id);
        return true;
}

bool recorder_record(Recorder *recorder, Db *db, unsigned i, GError **error, GError **dropped)
{
        g_autoptr(GError) problem = NULL;
        bool current_target = false, waits;
        Ends ends;

        if (!check_version(recorder, db, i, error, dropped))
                return false;
        if (*dropped)
                return true;
        if (!check_targets(recorder, db, i, &current_target, &problem) ||
            !find_ends(recorder, db, i, &ends, &problem))
                return record_sort_error(g_steal_pointer(&problem), error, dropped);
        waits = ends.subject->waiting || (ends.object && ends.object->waiting);
        if (!waits)
                return record_fact(recorder, db, i, &ends, current_target, error);
        return hold(recorder, db, i, &ends, &problem) ||
               record_sort_error(g_steal_pointer(&problem), error, dropped);
}
