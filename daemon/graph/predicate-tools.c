/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of the vocabulary: what is in use, what is proposed, what the human decides. */
#include <string.h>

#include "graph/predicate-use.h"
#include "graph/room.h"

static JsonObject *predicates_in_use(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        UseQuery query = {.all = json_member_bool(args, "all", false),
                          .scoped = access_scope(access) != NULL};
        g_autoptr(Entity) entity = NULL;
        g_autoptr(Db) db = NULL;

        if (!graph_start(room, NULL)) /* a vault that cannot be written can still be read */
                log_debug("The shipped predicates could not be entered, ignoring");
        db = graph_reader(room, access, error);
        if (!db || !graph_read_entity(db, args, &entity, error))
                return NULL;
        query.entity_id = entity ? entity->id : NULL;
        return predicate_uses(db, &query, error);
}

/* The predicate as it is after a write. */
static JsonObject *tell_predicate(Graph *graph, const Access *access, const char *name,
                                  GError **error)
{
        g_autoptr(Db) db = graph_reader(graph, access, error);
        g_autoptr(Predicate) predicate = db ? predicate_find(db, name, error) : NULL;

        return predicate ? predicate_to_json(predicate) : NULL;
}

typedef struct Proposal {
        Predicate predicate;
        bool human;
} Proposal;

static bool work_propose(Db *db, void *data, GError **error)
{
        Proposal *proposal = data;

        return predicate_propose(db, &proposal->predicate, proposal->human, error);
}

static bool read_proposal(JsonObject *args, Proposal *ret, GError **error)
{
        const char *kind = json_member_string(args, "object_kind", "");
        const char *cardinality = json_member_string(args, "cardinality", "");

        if (!object_kind_from_string(kind, &ret->predicate.kind)) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "object_kind must be text, number, date, bool, entity, document or json");
                return false;
        }
        if (strcmp(cardinality, "one") != 0 && strcmp(cardinality, "many") != 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "cardinality must be one or many");
                return false;
        }
        ret->predicate.one = strcmp(cardinality, "one") == 0;
        ret->predicate.name = (char *)args_string(args, "name");
        ret->predicate.description = (char *)args_string(args, "description");
        return predicate_check_name("name", ret->predicate.name, error) &&
               text_check("description", ret->predicate.description,
                          PREDICATE_DESCRIPTION_CHARS_MAX, "PREDICATE_DESCRIPTION_CHARS_MAX",
                          error);
}

static JsonObject *propose_predicate(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Graph *graph = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "propose_predicate"};
        Proposal proposal = {.human = access_actor(access)->kind == ACTOR_HUMAN};

        if (!read_proposal(args, &proposal, error) || !graph_start(graph, error) ||
            !store_write(graph->vault, &options, work_propose, &proposal, error))
                return NULL;
        return tell_predicate(graph, access, proposal.predicate.name, error);
}

typedef struct DecisionWork {
        const char *name;
        PredicateDecision decision;
} DecisionWork;

static bool work_decide(Db *db, void *data, GError **error)
{
        DecisionWork *work = data;

        return predicate_decide(db, work->name, work->decision, error);
}

static JsonObject *decide_predicate(void *room, const Access *access, JsonObject *args,
                                    GError **error)
{
        Graph *graph = room;
        const char *reason = args_string(args, "reason");
        WriteOptions options = {.actor = access_actor(access),
                                .reason = reason ?: "decide_predicate"};
        DecisionWork work = {.name = args_string(args, "name")};

        if (!predicate_check_name("name", work.name, error) ||
            !predicate_decision_from_string(json_member_string(args, "decision", ""),
                                            &work.decision, error))
                return NULL;
        if (reason && !text_check("reason", reason, PREDICATE_DESCRIPTION_CHARS_MAX,
                                  "PREDICATE_DESCRIPTION_CHARS_MAX", error))
                return NULL;
        if (!graph_start(graph, error) ||
            !store_write(graph->vault, &options, work_decide, &work, error))
                return NULL;
        return tell_predicate(graph, access, work.name, error);
}

const Tool graph_predicate_tools[] = {
        {"predicates_in_use", TOOL_READ, TOOL_SLOW, predicates_in_use},
        {"propose_predicate", TOOL_WRITE, TOOL_CHEAP, propose_predicate},
        {"decide_predicate", TOOL_HUMAN, TOOL_CHEAP, decide_predicate},
        {NULL},
};
