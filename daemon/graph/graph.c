/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph's room: made before the vault opens, so that the derivation of what is current is there from
 * the first write on; the vocabulary is entered once it is open. */
#include "graph/room.h"

#include "graph/current.h"
#include "graph/discovered.h"
#include "graph/entity-key.h"
#include "graph/erasing.h"
#include "graph/infer.h"
#include "graph/merge.h"
#include "graph/predicate.h"
#include "graph/rule.h"
#include "graph/submit.h"

#define COUNTS_SLOW_US (100 * 1000) /* counting that takes longer is not done at each call */

static GArray *gather_tools(void)
{
        static const Tool *const lists[] = {
                graph_read_tools,      graph_claim_tools,      graph_entity_tools,
                graph_belief_tools,    graph_discovered_tools, graph_rule_tools,
                graph_predicate_tools, graph_projection_tools, graph_sql_tools,
        };
        GArray *tools = g_array_new(/* zero_terminated= */ TRUE, /* clear= */ FALSE, sizeof(Tool));

        for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
                for (const Tool *tool = lists[i]; tool->name; tool++)
                        g_array_append_vals(tools, tool, 1);
        return tools;
}

ToolTable graph_tools(Graph *graph)
{
        return (ToolTable){(const Tool *)(const void *)graph->tools->data, graph};
}

Graph *graph_new(Store *vault)
{
        Graph *graph = g_new0(Graph, 1);

        graph->vault = vault;
        graph->counts_seq = -1;
        graph->tools = gather_tools();
        g_mutex_init(&graph->lock);
        erasing_register(vault);
        graph->disputes = disputes_new();
        graph->names = name_rules_new();
        store_add_derivation(vault, "entities", merge_derive_entities, NULL);
        store_add_derivation(vault, "entities", entity_key_derive, graph->names);
        store_add_derivation(vault, "entity_aliases", entity_key_derive, graph->names);
        store_add_derivation(vault, "facts", merge_derive_facts, NULL);
        store_add_derivation(vault, "facts", current_derive_facts, graph->disputes);
        store_add_derivation(vault, "fact_supersedes", current_derive_supersedes, NULL);
        store_add_derivation(vault, "discovered", discovered_derive, NULL);
        store_add_derivation(vault, "held_claims", discovered_derive_held, NULL);
        store_add_derivation(vault, "facts", discovered_derive_facts, NULL);
        store_add_derivation(vault, "facts", disputes_derive_facts, graph->disputes);
        store_add_derivation(vault, "contradiction_reviews", disputes_derive_reviews, NULL);
        graph->inference = inference_new();
        infer_register(graph->inference, vault); /* last: what follows from what is current */
        return graph;
}

Graph *graph_free(Graph *graph)
{
        if (!graph)
                return NULL;
        inference_free(graph->inference);
        (void)name_rules_free(graph->names);
        g_mutex_clear(&graph->lock);
        g_array_unref(graph->tools);
        (void)disputes_free(graph->disputes);
        g_free(graph);
        return NULL;
}

/* The names of a number of entities in each write, so that others can write in between. */
typedef struct NamesJob {
        const NameRules *rules;
        char *after, *last; /* entities; NULL: from the first on, to the last */
} NamesJob;

static bool work_names(Db *db, void *data, GError **error)
{
        NamesJob *job = data;

        g_clear_pointer(&job->last, g_free);
        return entity_key_rebuild(db, job->rules, job->after, &job->last, error);
}

static bool rebuild_names(Graph *graph, GError **error)
{
        g_autoptr(Access) access = access_new_system("graph");
        WriteOptions options = {.actor = access_actor(access), .reason = "rebuild names"};
        NamesJob job = {.rules = graph->names};
        bool ok;

        do {
                g_free(job.after);
                job.after = g_steal_pointer(&job.last);
                ok = store_write(graph->vault, &options, work_names, &job, error);
        } while (ok && job.last);
        g_free(job.after);
        g_free(job.last);
        return ok;
}

/* A vault from before names had keys is given them. */
static bool ensure_names(Graph *graph, GError **error)
{
        g_autoptr(Db) db = store_reader(graph->vault, /* scope= */ NULL, error);
        bool missing;

        if (!db || !entity_key_missing(db, &missing, error))
                return false;
        g_clear_pointer(&db, db_release);
        return !missing || rebuild_names(graph, error);
}

bool graph_start(Graph *graph, GError **error)
{
        if (g_atomic_int_get(&graph->has_vocabulary))
                return true;
        if (!predicate_ensure_vocabulary(graph->vault, error) ||
            !rule_ensure_shipped(graph->vault, error) || !ensure_names(graph, error))
                return false;
        g_atomic_int_set(&graph->has_vocabulary, 1);
        return true;
}

void graph_stop(Graph *graph)
{
        g_atomic_int_set(&graph->has_vocabulary, 0);
        inference_forget(graph->inference);
        g_mutex_lock(&graph->lock);
        graph->counts_seq = -1;
        g_mutex_unlock(&graph->lock);
}

static bool work_rebuild(Db *db, void *data, GError **error)
{
        return merge_rebuild(db, error) && disputes_rebuild(db, error);
}

bool graph_rebuild(Graph *graph, GError **error)
{
        g_autoptr(Access) access = access_new_system("graph");
        WriteOptions options = {.actor = access_actor(access), .reason = "rebuild graph"};

        return store_write(graph->vault, &options, work_rebuild, NULL, error) &&
               rebuild_names(graph, error);
}

void claim_result_clear(ClaimResult *result)
{
        g_clear_pointer(&result->fact_id, g_free);
        g_clear_pointer(&result->discovered_id, g_free);
        g_clear_error(&result->error);
        result->is_new = false;
}

bool graph_submit(Graph *graph, const Access *access, const Claim *claims, unsigned count,
                  const char *reason, ClaimResult *results, GError **error)
{
        Submission submission = {.vault = graph->vault,
                                 .access = access,
                                 .claims = claims,
                                 .count = count,
                                 .reason = reason,
                                 .results = results};
        bool ok;

        for (unsigned i = 0; i < count; i++)
                results[i] = (ClaimResult){0};
        ok = graph_start(graph, error) && submission_run(&submission, error);
        g_free(submission.group);
        return ok;
}

/* ---- counts ---- */

static bool count_rows(Db *db, const char *sql, int64_t *ret, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement || statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        return true;
}

static bool count_all(Db *db, bool scoped, GraphCounts *ret, GError **error)
{
        return count_rows(db, "SELECT count(*) FROM entities WHERE is_active = 1", &ret->entities,
                          error) &&
               count_rows(db,
                          "SELECT count(*) FROM facts WHERE superseded_at IS NULL"
                          " AND is_active = 1",
                          &ret->facts_current, error) &&
               count_rows(db, "SELECT count(*) FROM facts", &ret->facts_all, error) &&
               count_rows(db, "SELECT count(*) FROM predicates WHERE state = 'active'",
                          &ret->predicates, error) &&
               /* the log is not for a scoped handle */
               (scoped ||
                count_rows(db, "SELECT count(*) FROM rejections", &ret->rejections, error));
}

/* Counting a million facts takes a moment and status is asked for often: counts are kept as long as the
 * journal and the rejections have not moved, and if counting is slow, for ten times as long as it took. */
static bool find_seq(Db *db, int64_t *ret, GError **error)
{
        return count_rows(db,
                          "SELECT (SELECT coalesce(max(seq), 0) FROM mutations)"
                          " + (SELECT coalesce(max(id), 0) FROM rejections)",
                          ret, error);
}

static bool is_fresh(const Graph *graph, int64_t seq)
{
        if (graph->counts_seq < 0 || graph->counts_seq == seq)
                return graph->counts_seq == seq;
        return graph->counts_took > COUNTS_SLOW_US &&
               g_get_monotonic_time() - graph->counts_at < 10 * graph->counts_took;
}

bool graph_counts(Graph *graph, const Access *access, GraphCounts *ret, GError **error)
{
        const Scope *scope = access_scope(access);
        g_autoptr(Db) db = store_reader(graph->vault, scope, error);
        g_autoptr(GMutexLocker) locker = NULL;
        GraphCounts counts = {0};
        int64_t seq;

        if (!db)
                return false;
        if (scope) {
                if (!count_all(db, /* scoped= */ true, &counts, error))
                        return false;
                *ret = counts;
                return true;
        }
        if (!find_seq(db, &seq, error))
                return false;
        locker = g_mutex_locker_new(&graph->lock);
        if (!is_fresh(graph, seq)) {
                int64_t start = g_get_monotonic_time();

                if (!count_all(db, /* scoped= */ false, &counts, error))
                        return false;
                graph->counts = counts;
                graph->counts_seq = seq;
                graph->counts_at = g_get_monotonic_time();
                graph->counts_took = graph->counts_at - start;
        }
        *ret = graph->counts;
        return true;
}
