/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Submissions. A batch is judged on a reading handle, then written in one write: each claim becomes a fact, is
 * found to be there already, is held, or is dropped and entered in the rejections. */
#include "graph/submit.h"

#include <string.h>

#include "graph/lease.h"
#include "graph/record.h"
#include "graph/rejection.h"
#include "graph/rule.h"

typedef struct Batch {
        Submission *call;
        Recorder recorder;
        GHashTable *predicates; /* that ready ones borrow */
        char *group;            /* of the lease, or NULL */
} Batch;

void declaration_clear(Declaration *declaration)
{
        g_clear_pointer(&declaration->aliases, g_free);
        g_clear_pointer(&declaration->entity_id, g_free);
        g_clear_pointer(&declaration->discovered_id, g_free);
        g_clear_error(&declaration->error);
}

const char *submission_tier(const Access *access)
{
        return access_actor(access)->kind == ACTOR_HUMAN ? "human" : "extracted";
}

/* ---- judging ---- */

typedef struct Place {
        const char *document_id;
        unsigned claim;
} Place;

static int compare_places(gconstpointer left, gconstpointer right)
{
        const Place *a = left, *b = right;
        int order = g_strcmp0(a->document_id, b->document_id);

        return order ? order : (a->claim > b->claim) - (a->claim < b->claim);
}

/* The claims document by document, so that each text is loaded once. */
static Place *sort_claims(const Submission *call)
{
        Place *places = g_new(Place, MAX(call->count, 1));

        for (unsigned i = 0; i < call->count; i++)
                places[i] = (Place){call->claims[i].document_id, i};
        qsort(places, call->count, sizeof *places, compare_places);
        return places;
}

static bool judge_claims(Batch *batch, Db *db, GError **error)
{
        Submission *call = batch->call;
        g_autofree Place *places = sort_claims(call);
        Reviewer reviewer;
        bool ok = true;

        reviewer_init(&reviewer, db, strcmp(batch->recorder.tier, "human") == 0);
        for (unsigned i = 0; i < call->count && ok; i++) {
                unsigned claim = places[i].claim;
                g_autoptr(GError) problem = NULL;

                if (call->results[claim].error) /* could not be read, so the caller */
                        continue;
                if (!reviewer_judge(&reviewer, &call->claims[claim], &batch->recorder.ready[claim],
                                    &problem))
                        ok = record_sort_error(g_steal_pointer(&problem), error,
                                               &call->results[claim].error);
        }
        /* predicates are borrowed by what is ready: the table goes with the batch */
        batch->predicates = g_steal_pointer(&reviewer.predicates);
        reviewer_clear(&reviewer);
        return ok;
}

/* A lease covers its own document and no other. */
static bool check_lease(const Submission *call, Db *db, char **ret_group, GError **error)
{
        g_autoptr(Lease) lease = NULL;

        if (!call->lease_id)
                return true;
        lease = lease_use(db, call->access, call->lease_id, error);
        for (unsigned i = 0; lease && i < call->count; i++) {
                const char *document_id = call->claims[i].document_id;

                if (document_id && strcmp(document_id, lease->document_id) != 0) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "lease %s is for %s, and claims[%u] is of %s", call->lease_id,
                                    lease->document_id, i, document_id);
                        return false;
                }
        }
        if (!lease)
                return false;
        g_free(*ret_group);
        *ret_group = g_steal_pointer(&lease->group);
        return true;
}

static bool judge(Batch *batch, GError **error)
{
        Submission *call = batch->call;
        g_autoptr(Db) db = store_reader(call->vault, access_scope(call->access), error);

        return db && check_lease(call, db, &batch->group, error) && judge_claims(batch, db, error);
}

/* ---- writing ---- */

/* Where a declared name stands; make puts it into the queue if it stands nowhere. */
static bool settle_declared(Batch *batch, Db *db, Declaration *declared, bool make, GError **error)
{
        Mentions *mentions = &batch->recorder.mentions;
        EntityRef ref = {.name = declared->name, .type = declared->type};
        Finding finding = {.observer = batch->recorder.observer,
                           .document_id = batch->call->document_id,
                           .aliases = declared->aliases};
        g_autoptr(GError) problem = NULL;
        const Mention *mention = mentions_find(mentions, db, &ref, &problem);

        if (!mention && !problem && make)
                mention = mentions_declare(mentions, db, &ref, &finding, &problem);
        if (problem)
                return record_sort_error(g_steal_pointer(&problem), error, &declared->error);
        if (!mention)
                return true;
        declared->entity_id = g_strdup(mention->entity_id);
        declared->discovered_id = g_strdup(mention->waiting ? mention->waiting->id : NULL);
        return true;
}

static bool find_declared(Batch *batch, Db *db, GError **error)
{
        Submission *call = batch->call;

        for (unsigned i = 0; i < call->declared_count; i++)
                if (!call->declared[i].error &&
                    !settle_declared(batch, db, &call->declared[i], /* make= */ false, error))
                        return false;
        return true;
}

/* What was not there before the claims: put into the queue by one that stood, or on its own. That nothing
 * claimed of it stood is a sign that the extractor made it up. */
static bool add_declared(Batch *batch, Db *db, GError **error)
{
        Submission *call = batch->call;

        for (unsigned i = 0; i < call->declared_count; i++) {
                Declaration *declared = &call->declared[i];

                if (declared->error || declared->entity_id || declared->discovered_id)
                        continue;
                if (!settle_declared(batch, db, declared, declared->claimed == 0, error))
                        return false;
                declared->is_new = declared->discovered_id != NULL;
                call->changed = call->changed || declared->is_new;
                if (!declared->error && !declared->is_new && !declared->entity_id)
                        g_set_error(&declared->error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "none of the claims about %s stood", declared->name);
        }
        return true;
}

static bool record_claims(Batch *batch, Db *db, GError **error)
{
        Submission *call = batch->call;

        for (unsigned i = 0; i < call->count; i++) {
                ClaimResult *result = &call->results[i];

                if (!result->error &&
                    !recorder_record(&batch->recorder, db, i, error, &result->error))
                        return false;
                call->changed = call->changed || result->is_new;
                if (result->error && !rejection_enter(db, batch->recorder.observer,
                                                      &call->claims[i], result->error, error))
                        return false;
        }
        return true;
}

static bool complete_lease(const Submission *call, Db *db, GError **error)
{
        LeaseEnd end = {call->lease_id, LEASE_DONE, /* reason= */ NULL};

        return !call->lease_id || !call->complete || graph_end_lease(db, call->access, &end, error);
}

static bool work_record(Db *db, void *data, GError **error)
{
        Batch *batch = data;
        Submission *call = batch->call;
        g_autofree char *group = NULL;

        batch->recorder.now = clock_now();
        g_free(call->group);
        call->group = g_strdup(db_group(db));
        return check_lease(call, db, &group, error) && find_declared(batch, db, error) &&
               record_claims(batch, db, error) && add_declared(batch, db, error) &&
               complete_lease(call, db, error);
}

/* ---- the call ---- */

static void batch_init(Batch *batch, Submission *call)
{
        const Actor *actor = access_actor(call->access);

        *batch = (Batch){
                .call = call,
                .recorder = {.claims = call->claims,
                             .count = call->count,
                             .ready = g_new0(Ready, MAX(call->count, 1)),
                             .results = call->results,
                             .entity_ids = call->entity_ids,
                             .observer = access_observer(call->access),
                             .tier = call->tier ?: submission_tier(call->access),
                             .mentions = {.scope = access_scope(call->access),
                                          .human = actor->kind == ACTOR_HUMAN,
                                          .hold = call->hold}},
        };
}

static void batch_clear(Batch *batch)
{
        for (unsigned i = 0; i < batch->call->count; i++)
                ready_clear(&batch->recorder.ready[i]);
        g_free(batch->recorder.ready);
        recorder_clear(&batch->recorder);
        g_clear_pointer(&batch->predicates, g_hash_table_unref);
        g_free(batch->group);
}

/* What is inferred, and who infers it, is told by tier and observer: nobody gives himself out as a rule. */
static bool check_voice(const Submission *call, GError **error)
{
        const char *observer = access_observer(call->access);

        if (g_str_has_prefix(observer, RULE_AGENT_PREFIX)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "observer %s: names that begin with " RULE_AGENT_PREFIX
                            " are those of rules, which claim nothing",
                            observer);
                return false;
        }
        if (!call->tier || strcmp(call->tier, "human") == 0 || strcmp(call->tier, "extracted") == 0)
                return true;
        if (strcmp(call->tier, "inferred") == 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "trust_tier inferred is for what follows from facts by declared rules "
                            "(define_rule); a claim is of tier human or extracted");
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "trust_tier must be human or extracted");
        return false;
}

static bool check_call(const Submission *call, GError **error)
{
        if (!check_voice(call, error))
                return false;
        if (call->count > GRAPH_BATCH_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%u claims at once, more than %d (GRAPH_BATCH_MAX)", call->count,
                            GRAPH_BATCH_MAX);
                return false;
        }
        return !call->reason || text_check("reason", call->reason, CLAIM_REASON_CHARS_MAX,
                                           "CLAIM_REASON_CHARS_MAX", error);
}

bool submission_run(Submission *call, GError **error)
{
        const Actor *actor = access_actor(call->access);
        WriteOptions options = {.actor = actor, .reason = call->reason};
        Batch batch;
        bool ok;

        if (!check_call(call, error))
                return false;
        batch_init(&batch, call);
        ok = judge(&batch, error);
        options.group = batch.group;
        if (ok && (call->count > 0 || call->declared_count > 0 || call->complete))
                ok = store_write(call->vault, &options, work_record, &batch, error);
        batch_clear(&batch);
        for (unsigned i = 0; i < call->count; i++)
                if (!ok)
                        claim_result_clear(&call->results[i]);
                else if (call->results[i].error)
                        rejection_log(actor, &call->claims[i], call->results[i].error);
        return ok;
}
