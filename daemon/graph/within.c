/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other rooms do with the graph inside writes of their own, so that their rows and its facts commit together. */
#include "graph/record.h"
#include "graph/submit.h"

static bool judge(Db *db, const Claim *claim, bool human, Recorder *recorder,
                  GHashTable **ret_predicates, GError **error)
{
        Reviewer reviewer;
        bool ok;

        reviewer_init(&reviewer, db, human);
        ok = reviewer_judge(&reviewer, claim, recorder->ready, error);
        *ret_predicates = g_steal_pointer(&reviewer.predicates); /* what is ready borrows them */
        reviewer_clear(&reviewer);
        return ok;
}

bool graph_claim(Db *db, const Access *access, const Claim *claim, ClaimResult *ret, GError **error)
{
        bool human = access_actor(access)->kind == ACTOR_HUMAN, ok;
        g_autoptr(GHashTable) predicates = NULL;
        ClaimResult result = {0};
        Ready ready = {0};
        Recorder recorder = {.claims = claim,
                             .ready = &ready,
                             .count = 1,
                             .results = &result,
                             .observer = access_observer(access),
                             .tier = submission_tier(access),
                             .now = clock_now(),
                             .mentions = {.scope = access_scope(access), .human = human}};

        ok = judge(db, claim, human, &recorder, &predicates, error) &&
             recorder_record(&recorder, db, 0, error, &result.error);
        if (ok && result.error) {
                g_propagate_error(error, g_steal_pointer(&result.error));
                ok = false;
        }
        ready_clear(&ready);
        recorder_clear(&recorder);
        if (ok)
                *ret = result;
        else
                claim_result_clear(&result);
        return ok;
}

bool graph_set_fact_active(Db *db, const char *fact_id, bool active, GError **error)
{
        Statement *update = db_statement(db,
                                         "UPDATE facts SET is_active = :active WHERE id = :id"
                                         " AND is_active <> :active",
                                         error);

        if (!update)
                return false;
        statement_bind_text(update, ":id", fact_id);
        statement_bind_int(update, ":active", active);
        return statement_run(update, error);
}

char *graph_find_entity(Db *db, const GraphName *name, GError **error)
{
        EntityRef ref = {name->id, name->name, name->type};
        g_autoptr(Entity) entity = NULL;
        g_autoptr(GError) problem = NULL;

        if (!entity_ref_check(&ref, "entity", error))
                return NULL;
        entity = entity_find(db, /* scope= */ NULL, &ref, &problem);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        if (!entity) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no entity is called \"%s\"", name->name);
                return NULL;
        }
        return g_strdup(entity->id);
}
