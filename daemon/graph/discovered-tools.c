/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of the queue of discovered entities. */
#include <string.h>

#include "graph/decision.h"
#include "graph/discovered-list.h"
#include "graph/predicate.h"
#include "graph/room.h"

/* ---- looking ---- */

static bool check_state(const char *state, GError **error)
{
        static const char *const states[] = {"waiting",   "promoted", "merged",
                                             "dismissed", "all",      NULL};

        if (g_strv_contains(states, state))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "state must be waiting, promoted, merged, dismissed or all");
        return false;
}

static JsonObject *list_discovered(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        const char *state = json_member_string(args, "state", "waiting");
        DiscoveredQuery query = {.state = strcmp(state, "all") == 0 ? NULL : state,
                                 .type = args_string(args, "type"),
                                 .document_id = args_string(args, "document_id"),
                                 .after = args_string(args, "after")};
        const Graph *graph = room;
        g_autoptr(Db) db = NULL;

        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &query.limit, error) ||
            !check_state(state, error) || !args_check_id(args, "document_id", "doc", error) ||
            (query.type && *query.type && !predicate_check_name("type", query.type, error)))
                return NULL;
        db = graph_reader(room, access, error); /* what waits is hidden from a scoped one */
        return db ? discovered_list(db, graph->names, &query, error) : NULL;
}

/* ---- deciding ---- */

static JsonObject *decision_to_json(const Decision *decision)
{
        JsonObject *answer = json_object_new();

        json_set_string(answer, "discovered_id",
                        decision->entry ? decision->entry->id : decision->queued_id);
        json_object_set_string_member(answer, "state", decision->state);
        json_set_string(answer, "entity_id", decision->entity_id);
        json_set_string(answer, "group_id", decision->changed ? decision->group : NULL);
        json_object_set_boolean_member(answer, "changed", decision->changed);
        return answer;
}

static JsonObject *run(Graph *graph, Decision *decision, StoreWork work, const char *tool,
                       GError **error)
{
        WriteOptions options = {.actor = access_actor(decision->access),
                                .reason = decision->reason ?: tool};

        return graph_start(graph, error) &&
                               store_write(graph->vault, &options, work, decision, error)
                       ? decision_to_json(decision)
                       : NULL;
}

static bool read_decision(JsonObject *args, Decision *ret, GError **error)
{
        ret->discovered_id = args_string(args, "discovered_id");
        ret->reason = args_string(args, "reason");
        return args_check_id(args, "discovered_id", "disc", error) &&
               args_check_reason(args, error);
}

static void add_tally(JsonObject *answer, Decision *decision)
{
        json_object_set_int_member(answer, "recorded", decision->tally.recorded);
        json_object_set_int_member(answer, "unchanged", decision->tally.unchanged);
        json_object_set_int_member(answer, "waiting", decision->tally.waiting);
        json_object_set_array_member(answer, "dropped",
                                     g_steal_pointer(&decision->tally.dropped) ?: json_array_new());
}

static JsonObject *promote_discovered(void *room, const Access *access, JsonObject *args,
                                      GError **error)
{
        Decision decision = {
                .access = access,
                .ref = {.name = args_string(args, "name"), .type = args_string(args, "type")}};
        EntityRef check = {.name = decision.ref.name ?: "x", .type = decision.ref.type};
        JsonObject *answer = NULL;

        if (read_decision(args, &decision, error) && entity_ref_check(&check, "entity", error))
                answer = run(room, &decision, decision_promote, "promote_discovered", error);
        if (answer)
                add_tally(answer, &decision);
        decision_clear(&decision);
        return answer;
}

static JsonObject *merge_discovered(void *room, const Access *access, JsonObject *args,
                                    GError **error)
{
        Decision decision = {.access = access,
                             .ref = {args_string(args, "entity_id"),
                                     args_string(args, "entity_name"),
                                     args_string(args, "entity_type")}};
        JsonObject *answer = NULL;

        if (read_decision(args, &decision, error) &&
            entity_ref_check(&decision.ref, "entity", error))
                answer = run(room, &decision, decision_merge, "merge_discovered", error);
        if (answer)
                add_tally(answer, &decision);
        decision_clear(&decision);
        return answer;
}

static JsonObject *dismiss_discovered(void *room, const Access *access, JsonObject *args,
                                      GError **error)
{
        Decision decision = {.access = access};
        JsonObject *answer = NULL;

        if (read_decision(args, &decision, error))
                answer = run(room, &decision, decision_dismiss, "dismiss_discovered", error);
        if (answer) {
                json_object_set_int_member(answer, "claims", decision.claims);
                json_object_set_array_member(answer, "covered", g_steal_pointer(&decision.covered));
        }
        decision_clear(&decision);
        return answer;
}

static JsonObject *restore_discovered(void *room, const Access *access, JsonObject *args,
                                      GError **error)
{
        Decision decision = {.access = access};
        JsonObject *answer = NULL;

        if (read_decision(args, &decision, error))
                answer = run(room, &decision, decision_restore, "restore_discovered", error);
        if (answer)
                json_object_set_int_member(answer, "claims", decision.claims);
        decision_clear(&decision);
        return answer;
}

/* ---- proposing ---- */

static bool read_aliases(JsonObject *args, char **ret, GError **error)
{
        g_auto(GStrv) aliases = args_strings(args, "aliases");
        g_autoptr(JsonNode) node = NULL;
        unsigned count = aliases ? g_strv_length(aliases) : 0;

        if (count > DISCOVERED_ALIASES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%u aliases, more than %d (DISCOVERED_ALIASES_MAX)", count,
                            DISCOVERED_ALIASES_MAX);
                return false;
        }
        for (unsigned i = 0; i < count; i++) {
                EntityRef ref = {.name = aliases[i]};

                if (!entity_ref_check(&ref, "alias", error))
                        return false;
        }
        node = count ? json_node_copy(json_object_get_member(args, "aliases")) : NULL;
        *ret = node ? json_print_node(node) : NULL;
        return true;
}

static JsonObject *propose_entity(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Decision decision = {
                .access = access,
                .ref = {.name = args_string(args, "name"), .type = args_string(args, "type")},
                .reason = args_string(args, "reason")};
        g_autofree char *aliases = NULL;
        JsonObject *answer = NULL;

        if (args_check_reason(args, error) && entity_ref_check(&decision.ref, "entity", error) &&
            read_aliases(args, &aliases, error)) {
                decision.aliases = aliases;
                answer = run(room, &decision, decision_propose, "propose_entity", error);
        }
        decision_clear(&decision);
        return answer;
}

const Tool graph_discovered_tools[] = {
        {"list_discovered", TOOL_READ, TOOL_SLOW, list_discovered},
        {"promote_discovered", TOOL_HUMAN, TOOL_SLOW, promote_discovered},
        {"merge_discovered", TOOL_HUMAN, TOOL_SLOW, merge_discovered},
        {"dismiss_discovered", TOOL_HUMAN, TOOL_SLOW, dismiss_discovered},
        {"restore_discovered", TOOL_HUMAN, TOOL_SLOW, restore_discovered},
        {"propose_entity", TOOL_WRITE, TOOL_CHEAP, propose_entity},
        {NULL},
};
