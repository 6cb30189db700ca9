/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that record what is claimed: arguments in, submissions made, answers out. */
#include <string.h>

#include "graph/claim-arguments.h"
#include "graph/claim-batch.h"
#include "graph/room.h"
#include "graph/submit.h"

/* The facts that a new one supersedes, by its own derivation. */
static JsonArray *read_superseded(Graph *graph, const Access *access, const char *fact_id,
                                  GError **error)
{
        g_autoptr(Db) db = graph_reader(graph, access, error);
        g_autoptr(JsonArray) array = json_array_new();
        Statement *statement;
        StepResult step;

        if (!db)
                return NULL;
        statement = db_statement(
                db, "SELECT id FROM facts WHERE superseded_by = :id AND is_active = 1 ORDER BY id",
                error);
        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", fact_id);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                json_array_add_string_element(array, statement_text(statement, 0));
        return step == STEP_DONE ? g_steal_pointer(&array) : NULL;
}

static JsonObject *submission_to_json(Graph *graph, const Submission *submission, GError **error)
{
        const ClaimResult *result = &submission->results[0];
        bool held = result->discovered_id != NULL;
        JsonArray *superseded;
        JsonObject *object;

        superseded = result->is_new && !held
                             ? read_superseded(graph, submission->access, result->fact_id, error)
                             : json_array_new();
        if (!superseded)
                return NULL;
        object = json_object_new();
        json_set_string(object, "fact_id", result->fact_id);
        json_set_string(object, "entity_id", submission->entity_ids[0]);
        json_object_set_boolean_member(object, "is_new", result->is_new);
        json_object_set_boolean_member(object, "held", held);
        json_set_string(object, "discovered_id", result->discovered_id);
        json_object_set_array_member(object, "superseded", superseded);
        json_set_string(object, "group_id", result->is_new ? submission->group : NULL);
        return object;
}

static JsonObject *remember(Graph *graph, Submission *submission, GError **error)
{
        ClaimResult result = {0};
        char *entity_id = NULL;
        JsonObject *object = NULL;

        submission->vault = graph->vault;
        submission->count = 1;
        submission->results = &result;
        submission->entity_ids = &entity_id;
        /* what an agent says of something that nobody declared waits for the human */
        submission->hold = access_actor(submission->access)->kind == ACTOR_AGENT;
        if (graph_start(graph, error) && submission_run(submission, error)) {
                if (result.error)
                        g_propagate_error(error, g_steal_pointer(&result.error));
                else
                        object = submission_to_json(graph, submission, error);
        }
        claim_result_clear(&result);
        g_free(entity_id);
        g_free(submission->group);
        return object;
}

/* A caller may claim at his own tier or at tier extracted; submission_run() keeps tier inferred for rules. */
static bool read_tier(const Access *access, JsonObject *args, const char **ret, GError **error)
{
        const char *tier = args_string(args, "trust_tier");
        bool human = strcmp(submission_tier(access), "human") == 0;

        *ret = tier;
        if (!tier || human || strcmp(tier, "human") != 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "trust_tier human is the human's alone; yours is extracted");
        return false;
}

static JsonObject *remember_fact(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_auto(ClaimTexts) texts = {0};
        Claim claim = {.entity_id = args_string(args, "entity_id"),
                       .entity_name = args_string(args, "entity_name"),
                       .entity_type = args_string(args, "entity_type")};
        Submission submission = {
                .access = access, .claims = &claim, .reason = args_string(args, "reason")};

        claim_texts_init(&texts);
        if (!read_tier(access, args, &submission.tier, error) ||
            !claim_read(args, &texts, &claim, error))
                return NULL;
        return remember(room, &submission, error);
}

static JsonObject *submit_claim_graph(void *room, const Access *access, JsonObject *args,
                                      GError **error)
{
        Graph *graph = room;

        return graph_start(graph, error) ? claim_batch_submit(graph->vault, access, args, error)
                                         : NULL;
}

const Tool graph_claim_tools[] = {
        {"remember_fact", TOOL_WRITE, TOOL_CHEAP, remember_fact},
        {"submit_claim_graph", TOOL_WRITE, TOOL_SLOW, submit_claim_graph},
        {NULL},
};
