/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that record what is claimed: arguments in, submissions made, answers out. */
#include <math.h>
#include <string.h>

#include "graph/room.h"
#include "graph/submit.h"

/* The object as text, whatever JSON it came as. */
static char *read_object(JsonObject *args)
{
        JsonNode *node = json_object_get_member(args, "object");
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];

        if (!node)
                return NULL;
        if (JSON_NODE_HOLDS_VALUE(node))
                switch (json_node_get_value_type(node)) {
                case G_TYPE_STRING:
                        return json_node_dup_string(node);
                case G_TYPE_INT64:
                        return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
                case G_TYPE_DOUBLE:
                        return g_strdup(
                                g_ascii_dtostr(buffer, sizeof buffer, json_node_get_double(node)));
                case G_TYPE_BOOLEAN:
                        return g_strdup(json_node_get_boolean(node) ? "true" : "false");
                }
        return json_print_node(node);
}

static ObjectForm read_object_form(JsonObject *args)
{
        JsonNode *node = json_object_get_member(args, "object");

        if (!node || !JSON_NODE_HOLDS_VALUE(node))
                return OBJECT_AS_STRUCTURE;
        return json_node_get_value_type(node) == G_TYPE_STRING ? OBJECT_AS_STRING : OBJECT_AS_VALUE;
}

static char *read_qualifiers(JsonObject *args)
{
        JsonObject *qualifiers = json_member_object(args, "qualifiers");

        return qualifiers ? json_print_object(qualifiers) : NULL;
}

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
        JsonArray *superseded;
        JsonObject *object;

        superseded = result->is_new
                             ? read_superseded(graph, submission->access, result->fact_id, error)
                             : json_array_new();
        if (!superseded)
                return NULL;
        object = json_object_new();
        json_object_set_string_member(object, "fact_id", result->fact_id);
        json_object_set_string_member(object, "entity_id", submission->entity_ids[0]);
        json_object_set_boolean_member(object, "is_new", result->is_new);
        json_object_set_array_member(object, "superseded", superseded);
        json_set_string(object, "group_id", result->is_new ? submission->group : NULL);
        return object;
}

static JsonObject *remember(Graph *graph, const Access *access, const Claim *claim,
                            const char *reason, GError **error)
{
        ClaimResult result = {0};
        char *entity_id = NULL;
        Submission submission = {.vault = graph->vault,
                                 .access = access,
                                 .claims = claim,
                                 .count = 1,
                                 .reason = reason,
                                 .results = &result,
                                 .entity_ids = &entity_id};
        JsonObject *object = NULL;

        if (graph_start(graph, error) && submission_run(&submission, error)) {
                if (result.error)
                        g_propagate_error(error, g_steal_pointer(&result.error));
                else
                        object = submission_to_json(graph, &submission, error);
        }
        claim_result_clear(&result);
        g_free(entity_id);
        g_free(submission.group);
        return object;
}

static JsonObject *remember_fact(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autofree char *object = read_object(args);
        g_autofree char *qualifiers = read_qualifiers(args);
        g_auto(GStrv) supersedes = args_strings(args, "supersedes");
        Claim claim = {.entity_id = args_string(args, "entity_id"),
                       .entity_name = args_string(args, "entity_name"),
                       .entity_type = args_string(args, "entity_type"),
                       .predicate = args_string(args, "predicate"),
                       .object = object,
                       .object_form = read_object_form(args),
                       .qualifiers = qualifiers,
                       .quote = args_string(args, "quote"),
                       .quote_hint = -1,
                       .document_id = args_string(args, "document_id"),
                       .confidence = json_member_double(args, "confidence", NAN),
                       .supersedes = (const char *const *)supersedes};

        if (!args_time(args, "observed_at", &claim.observed_at, error))
                return NULL;
        return remember(room, access, &claim, args_string(args, "reason"), error);
}

const Tool graph_claim_tools[] = {
        {"remember_fact", TOOL_WRITE, TOOL_CHEAP, remember_fact},
        {NULL},
};
