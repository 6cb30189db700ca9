/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording claims. A batch is judged on a reading handle, then written in one write: each claim becomes a
 * fact, is found to be there already, or is dropped and entered in the rejections. */
#include "graph/submit.h"

#include <math.h>
#include <string.h>

#include "graph/claim.h"
#include "graph/entity.h"
#include "graph/fact.h"
#include "graph/rejection.h"

typedef struct Batch {
        Submission *call;
        Ready *ready;
        const char *tier, *observer;
        int64_t now;
        GHashTable *predicates; /* that ready ones borrow */
        GHashTable *versions;   /* document → current content version, as the writer sees it */
        char *last_entity;      /* id, looked up last */
        char *last_name;        /* "name\ntype" or the id it was asked for by */
} Batch;

static const Scope *batch_scope(const Batch *batch)
{
        return access_scope(batch->call->access);
}

/* ---- what must hold in the same transaction ---- */

/* The version of a document that is current for the writer; NULL without an error if there is none. */
static const char *current_version(Batch *batch, Db *db, const char *document_id, GError **error)
{
        const char *present = g_hash_table_lookup(batch->versions, document_id);
        Statement *statement;
        char *version;

        if (present)
                return present;
        statement = db_statement(db, "SELECT sha256 FROM documents WHERE id = :id", error);
        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", document_id);
        if (statement_step(statement, error) != STEP_ROW || statement_is_null(statement, 0))
                return NULL;
        version = g_strdup(statement_text(statement, 0));
        g_hash_table_insert(batch->versions, g_strdup(document_id), version);
        return version;
}

/* True if the text that was judged is still the current one. */
static bool check_version(Batch *batch, Db *db, unsigned i, GError **error, GError **dropped)
{
        const char *document_id = batch->call->claims[i].document_id, *version;
        g_autoptr(GError) problem = NULL;

        if (!document_id)
                return true;
        version = current_version(batch, db, document_id, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (g_strcmp0(version, batch->ready[i].document_hash) != 0)
                g_set_error(dropped, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "%s has changed while the claim was being checked", document_id);
        return true;
}

/* Sorts an error: one of the store fails the write, any other is why this claim is dropped. */
static bool sort_error(GError *problem, GError **error, GError **dropped)
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

/* ---- entities ---- */

/* The entity meant, NULL if it is yet to be made. The last answer is kept: claims come in runs. */
static char *look_up(Batch *batch, Db *db, const EntityRef *ref, GError **error)
{
        g_autofree char *asked =
                ref->id ? g_strdup(ref->id) : g_strdup_printf("%s\n%s", ref->name, ref->type ?: "");
        g_autoptr(Entity) entity = NULL;

        if (g_strcmp0(asked, batch->last_name) == 0)
                return g_strdup(batch->last_entity);
        entity = entity_find(db, batch_scope(batch), ref, error);
        if (!entity)
                return NULL;
        if (!entity->is_active) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "entity %s is no longer active", entity->id);
                return NULL;
        }
        g_free(batch->last_name);
        batch->last_name = g_steal_pointer(&asked);
        g_free(batch->last_entity);
        batch->last_entity = g_strdup(entity->id);
        return g_steal_pointer(&entity->id);
}

static bool make_if_missing(Batch *batch, Db *db, const EntityRef *ref, char **id, GError **error)
{
        g_autoptr(Entity) made = NULL;

        if (*id)
                return true;
        made = entity_make(db, batch_scope(batch), ref, error);
        if (made)
                *id = g_steal_pointer(&made->id);
        return made != NULL;
}

/* Finds both ends of a claim before it makes either, so that a dropped claim leaves nothing behind. */
static bool resolve_object(Batch *batch, Db *db, const EntityRef *subject, const EntityRef *object,
                           char **ids, GError **error)
{
        g_autoptr(GError) problem = NULL;

        ids[1] = look_up(batch, db, object, &problem);
        if (!problem && !ids[0])
                ids[0] = look_up(batch, db, subject, &problem);
        if (!problem && !make_if_missing(batch, db, subject, &ids[0], &problem))
                g_assert(problem);
        if (!problem && !ids[1]) /* again: it may be what was just made */
                ids[1] = look_up(batch, db, object, &problem);
        if (!problem && make_if_missing(batch, db, object, &ids[1], &problem))
                return true;
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
}

static bool resolve(Batch *batch, Db *db, unsigned i, char **ret_entity, GError **error)
{
        const Claim *claim = &batch->call->claims[i];
        Ready *ready = &batch->ready[i];
        EntityRef subject = {claim->entity_id, claim->entity_name, claim->entity_type};
        EntityRef object = {.name = ready->object.text};
        g_autofree char *entity_id = NULL, *object_id = NULL;
        char *ids[2] = {NULL, NULL};
        g_autoptr(GError) problem = NULL;
        bool ok;

        if (ready->predicate->kind == OBJECT_ENTITY) {
                if (id_is_valid(object.name, "ent"))
                        object = (EntityRef){.id = ready->object.text};
                ok = resolve_object(batch, db, &subject, &object, ids, error);
                entity_id = ids[0];
                object_id = ids[1];
        } else {
                entity_id = look_up(batch, db, &subject, &problem);
                ok = !problem && make_if_missing(batch, db, &subject, &entity_id, &problem);
                if (problem)
                        g_propagate_error(error, g_steal_pointer(&problem));
        }
        if (!ok)
                return false;
        if (object_id) {
                g_free(ready->object.text);
                ready->object.text = g_steal_pointer(&object_id);
        }
        *ret_entity = g_steal_pointer(&entity_id);
        return true;
}

/* ---- facts ---- */

/* May this claim supersede that fact? Tells whether the fact is current. */
static bool check_target(Batch *batch, Db *db, const char *fact_id, bool *ret_current,
                         GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT " FACT_SUBJECT(f) ", trust_tier, superseded_at FROM facts f"
                                                       " WHERE id = :id AND is_active = 1",
                             error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", fact_id);
        step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return false;
        if (step == STEP_DONE || !scope_allows(batch_scope(batch), statement_text(statement, 0))) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no fact %s to supersede", fact_id);
                return false;
        }
        if (strcmp(statement_text(statement, 1), "human") == 0 &&
            strcmp(batch->tier, "human") != 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "fact %s is the human's word; only the human may supersede it",
                            fact_id);
                return false;
        }
        *ret_current = *ret_current || statement_is_null(statement, 2);
        return true;
}

static bool check_targets(Batch *batch, Db *db, unsigned i, bool *ret_current, GError **error)
{
        const char *const *targets = batch->call->claims[i].supersedes;

        for (; targets && *targets; targets++)
                if (!check_target(batch, db, *targets, ret_current, error))
                        return false;
        return true;
}

/* Does this call state the fact in columns 2 and 3 of the row (object, quote) as well, of claim i's
 * document? */
static bool is_restated(const Batch *batch, unsigned i, Statement *row)
{
        const Claim *claim = &batch->call->claims[i];
        const Predicate *predicate = batch->ready[i].predicate;

        for (unsigned j = 0; j < batch->call->count; j++) {
                const Claim *other = &batch->call->claims[j];

                if (batch->ready[j].predicate == predicate &&
                    g_strcmp0(other->document_id, claim->document_id) == 0 &&
                    g_strcmp0(other->quote, statement_text(row, 3)) == 0 &&
                    (predicate->kind == OBJECT_ENTITY || /* may not be resolved yet */
                     g_strcmp0(batch->ready[j].object.text, statement_text(row, 2)) == 0))
                        return true;
        }
        return false;
}

/* f: equal facts. s: what superseded one in the same voice, from another content version. */
#define EQUAL_FACTS                                                                                \
        "SELECT f.id, s.id, s.object, s.quote FROM facts f LEFT JOIN facts s"                      \
        " ON s.id = f.superseded_by AND s.agent = f.agent AND s.trust_tier = f.trust_tier"         \
        " AND (f.trust_tier = 'human' OR s.document_id IS f.document_id)"                          \
        " AND s.document_hash IS NOT :hash"                                                        \
        " WHERE " FACT_SUBJECT(f) " = :entity AND f.predicate = :predicate"                        \
                                  " AND" FACT_SAME_OBJECT(                                         \
                                          FACT_OBJECT(f),                                          \
                                          ":object") " AND f.agent = :agent"                       \
                                                     " AND f.trust_tier = :tier"                   \
                                                     " AND f.document_id IS :document"             \
                                                     " AND f.quote IS :quote"                      \
                                                     " AND f.is_active = 1"

/* An equal fact by the same observer: a quote that stands in the new text too is the same observation. Not
 * so where his own later word has replaced it: what a text says no longer, and word without a source, is
 * said anew. But what this very call states beside it was said beside it before. */
static bool find_equal(Batch *batch, Db *db, unsigned i, const char *entity_id, char **ret_id,
                       GError **error)
{
        const Claim *claim = &batch->call->claims[i];
        const Ready *ready = &batch->ready[i];
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
        statement_bind_text(statement, ":agent", batch->observer);
        statement_bind_text(statement, ":tier", batch->tier);
        statement_bind_text(statement, ":hash", ready->document_hash);
        statement_bind_text(statement, ":document", claim->document_id);
        statement_bind_text(statement, ":quote", claim->quote);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                if (statement_is_null(statement, 1) || is_restated(batch, i, statement)) {
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

static bool insert_fact(Batch *batch, Db *db, unsigned i, const char *entity_id, GError **error)
{
        const Claim *claim = &batch->call->claims[i];
        const Ready *ready = &batch->ready[i];
        ClaimResult *result = &batch->call->results[i];
        Statement *statement = db_statement(
                db,
                "INSERT INTO facts (id, entity_id, predicate, object, object_number, qualifiers,"
                " agent, observed_at, recorded_at, trust_tier, confidence, quote, quote_start,"
                " quote_end, document_id, document_hash) VALUES (:id, :entity, :predicate, :object,"
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
        if (!isnan(ready->object.number))
                statement_bind_double(statement, ":number", ready->object.number);
        statement_bind_text(statement, ":qualifiers", ready->qualifiers);
        statement_bind_text(statement, ":agent", batch->observer);
        statement_bind_int(statement, ":observed", claim->observed_at ?: batch->now);
        statement_bind_int(statement, ":now", batch->now);
        statement_bind_text(statement, ":tier", batch->tier);
        if (!isnan(claim->confidence))
                statement_bind_double(statement, ":confidence", claim->confidence);
        bind_source(statement, claim, ready);
        return statement_run(statement, error);
}

static bool insert_targets(Batch *batch, Db *db, unsigned i, GError **error)
{
        const char *const *targets = batch->call->claims[i].supersedes;

        for (; targets && *targets; targets++) {
                Statement *statement =
                        db_statement(db,
                                     "INSERT OR IGNORE INTO fact_supersedes (fact_id, target_id)"
                                     " VALUES (:fact, :target)",
                                     error);

                if (!statement)
                        return false;
                statement_bind_text(statement, ":fact", batch->call->results[i].fact_id);
                statement_bind_text(statement, ":target", *targets);
                if (!statement_run(statement, error))
                        return false;
        }
        return true;
}

/* One claim; false fails the write, an error in *dropped this claim. */
static bool record(Batch *batch, Db *db, unsigned i, GError **error, GError **dropped)
{
        Submission *call = batch->call;
        g_autofree char *entity_id = NULL;
        g_autoptr(GError) problem = NULL;
        bool current_target = false;

        if (!check_version(batch, db, i, error, dropped))
                return false;
        if (*dropped)
                return true;
        if (!check_targets(batch, db, i, &current_target, &problem) ||
            !resolve(batch, db, i, &entity_id, &problem))
                return sort_error(g_steal_pointer(&problem), error, dropped);
        if (call->entity_ids)
                call->entity_ids[i] = g_strdup(entity_id);
        /* with something left to supersede it is a new word, whatever was said before */
        if (!current_target &&
            !find_equal(batch, db, i, entity_id, &call->results[i].fact_id, error))
                return false;
        if (call->results[i].fact_id)
                return true;
        return insert_fact(batch, db, i, entity_id, error) && insert_targets(batch, db, i, error);
}

/* ---- the call ---- */

static bool work_record(Db *db, void *data, GError **error)
{
        Batch *batch = data;
        Submission *call = batch->call;

        batch->now = clock_now();
        g_free(call->group);
        call->group = g_strdup(db_group(db));
        for (unsigned i = 0; i < call->count; i++) {
                ClaimResult *result = &call->results[i];

                if (!result->error && !record(batch, db, i, error, &result->error))
                        return false;
                if (result->error &&
                    !rejection_enter(db, batch->observer, &call->claims[i], result->error, error))
                        return false;
        }
        return true;
}

static bool judge(Batch *batch, GError **error)
{
        Submission *call = batch->call;
        g_autoptr(Db) db = store_reader(call->vault, batch_scope(batch), error);
        Reviewer reviewer;
        bool ok = db != NULL;

        if (!ok)
                return false;
        reviewer_init(&reviewer, db, strcmp(batch->tier, "human") == 0);
        for (unsigned i = 0; i < call->count && ok; i++) {
                g_autoptr(GError) problem = NULL;

                if (!reviewer_judge(&reviewer, &call->claims[i], &batch->ready[i], &problem))
                        ok = sort_error(g_steal_pointer(&problem), error, &call->results[i].error);
        }
        /* predicates are borrowed by what is ready: the table goes with the batch */
        batch->predicates = g_steal_pointer(&reviewer.predicates);
        reviewer_clear(&reviewer);
        return ok;
}

static void batch_clear(Batch *batch)
{
        for (unsigned i = 0; i < batch->call->count; i++)
                ready_clear(&batch->ready[i]);
        g_free(batch->ready);
        g_free(batch->last_entity);
        g_free(batch->last_name);
        g_clear_pointer(&batch->versions, g_hash_table_unref);
        g_clear_pointer(&batch->predicates, g_hash_table_unref);
}

bool submission_run(Submission *call, GError **error)
{
        const Actor *actor = access_actor(call->access);
        WriteOptions options = {.actor = actor, .reason = call->reason};
        Batch batch = {.call = call, .observer = access_observer(call->access)};
        bool ok;

        if (call->count > GRAPH_BATCH_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%u claims at once, more than %d (GRAPH_BATCH_MAX)", call->count,
                            GRAPH_BATCH_MAX);
                return false;
        }
        if (call->reason && !text_check("reason", call->reason, CLAIM_REASON_CHARS_MAX,
                                        "CLAIM_REASON_CHARS_MAX", error))
                return false;
        batch.tier = actor->kind == ACTOR_HUMAN ? "human" : "extracted";
        batch.ready = g_new0(Ready, MAX(call->count, 1));
        batch.versions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        ok = judge(&batch, error) &&
             (call->count == 0 || store_write(call->vault, &options, work_record, &batch, error));
        batch_clear(&batch);
        for (unsigned i = 0; i < call->count; i++)
                if (!ok)
                        claim_result_clear(&call->results[i]);
                else if (call->results[i].error)
                        rejection_log(actor, &call->claims[i], call->results[i].error);
        return ok;
}
