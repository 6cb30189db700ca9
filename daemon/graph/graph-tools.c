/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that read the graph, and its vocabulary: arguments in, verbs called, answers out. What the words and
 * limits of each argument are stands in schema/<tool>.json. */
#include <string.h>

#include "graph/predicate.h"
#include "graph/query.h"
#include "graph/rejection.h"
#include "graph/room.h"
#include "graph/verify.h"

/* ---- reading ---- */

static bool check_predicate(JsonObject *args, GError **error)
{
        const char *predicate = args_string(args, "predicate");

        return !predicate || predicate_check_name("predicate", predicate, error);
}

static void tell_entity(const Entity *entity, Sink *sink)
{
        if (!entity) {
                sink_null(sink, "entity");
                return;
        }
        sink_begin(sink, SINK_OBJECT, "entity");
        sink_text(sink, "id", entity->id);
        sink_text(sink, "name", entity->name);
        sink_text(sink, "type", entity->type);
        sink_end(sink);
}

/* Nothing is found in a document that is not there; that must not look like an empty one. */
static bool check_document(Db *db, const char *id, GError **error)
{
        Statement *statement = db_statement(db, "SELECT 1 FROM documents WHERE id = :id", error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no document %s",
                            id);
        return step == STEP_ROW;
}

static bool query_knowledge(void *room, const Access *access, JsonObject *args, Sink *sink,
                            GError **error)
{
        FactQuery query = {.predicate = args_string(args, "predicate"),
                           .tier = args_string(args, "trust_tier"),
                           .document_id = args_string(args, "document_id"),
                           .superseded = json_member_bool(args, "include_superseded", false),
                           .after = args_string(args, "after")};
        g_autoptr(Entity) entity = NULL;
        g_autoptr(Db) db = NULL;

        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &query.limit, error) ||
            !check_predicate(args, error) || !args_check_id(args, "document_id", "doc", error))
                return false;
        db = graph_reader(room, access, error);
        if (!db || !graph_read_entity(db, args, &entity, error) ||
            (query.document_id && !check_document(db, query.document_id, error)))
                return false;
        if (entity) {
                query.entity_id = entity->subject_id;
                query.said_of = entity->merged_into ? entity->id : NULL;
        }
        tell_entity(entity, sink);
        return query_facts(db, &query, sink, error);
}

static JsonObject *list_entities(void *room, const Access *access, JsonObject *args, GError **error)
{
        EntityQuery query = {.type = args_string(args, "type"),
                             .prefix = args_string(args, "name_prefix"),
                             .after = args_string(args, "after")};
        g_autoptr(Db) db = NULL;

        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &query.limit, error))
                return NULL;
        if (query.prefix && *query.prefix &&
            !text_check("name_prefix", query.prefix, GRAPH_NAME_CHARS_MAX, "GRAPH_NAME_CHARS_MAX",
                        error))
                return NULL;
        if (query.type && !predicate_check_name("type", query.type, error))
                return NULL;
        db = graph_reader(room, access, error);
        return db ? query_entities(db, &query, error) : NULL;
}

static JsonObject *get_entity(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(Db) db = graph_reader(room, access, error);
        g_autoptr(Entity) entity = NULL;

        if (!db || !graph_read_entity(db, args, &entity, error) ||
            !graph_require_entity(entity, error))
                return NULL;
        return query_entity(db, entity, error);
}

static JsonObject *predicates_in_use(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        g_autoptr(Db) db = NULL;
        g_autoptr(Entity) entity = NULL;

        if (!graph_start(room, NULL)) /* a vault that cannot be written can still be read */
                log_debug("The shipped predicates could not be entered, ignoring");
        db = graph_reader(room, access, error);
        if (!db || !graph_read_entity(db, args, &entity, error))
                return NULL;
        return query_predicates(db, entity ? entity->id : NULL,
                                json_member_bool(args, "all", false), error);
}

static JsonObject *verify_quote_tool(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        g_autoptr(Db) db = NULL;

        if (!args_check_id(args, "fact_id", "fact", error))
                return NULL;
        db = graph_reader(room, access, error);
        return db ? verify_quote(db, json_member_string(args, "fact_id", ""), error) : NULL;
}

static JsonObject *list_rejections(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        g_autoptr(Db) db = NULL;
        JsonObject *none;
        unsigned limit;

        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &limit, error))
                return NULL;
        if (access_scope(access)) { /* the log tells of everybody's claims: absent under a scope */
                none = json_object_new();
                json_object_set_array_member(none, "rejections", json_array_new());
                json_object_set_null_member(none, "next");
                return none;
        }
        db = graph_reader(room, access, error);
        return db ? rejection_list(db, limit, args_string(args, "after"), error) : NULL;
}

/* ---- vocabulary ---- */

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
        g_autoptr(Predicate) predicate = NULL;
        g_autoptr(Db) db = NULL;
        JsonObject *object;

        if (!read_proposal(args, &proposal, error) || !graph_start(graph, error) ||
            !store_write(graph->vault, &options, work_propose, &proposal, error))
                return NULL;
        db = graph_reader(graph, access, error);
        predicate = db ? predicate_find(db, proposal.predicate.name, error) : NULL;
        if (!predicate)
                return NULL;
        object = json_object_new();
        json_object_set_string_member(object, "name", predicate->name);
        json_object_set_string_member(object, "object_kind",
                                      object_kind_to_string(predicate->kind));
        json_object_set_string_member(object, "cardinality", predicate->one ? "one" : "many");
        json_object_set_string_member(object, "description", predicate->description);
        json_object_set_string_member(object, "state", predicate->state);
        return object;
}

const Tool graph_read_tools[] = {
        {"query_knowledge", TOOL_READ, TOOL_INSTANT, NULL, query_knowledge},
        {"list_entities", TOOL_READ, TOOL_CHEAP, list_entities},
        {"get_entity", TOOL_READ, TOOL_CHEAP, get_entity},
        {"predicates_in_use", TOOL_READ, TOOL_SLOW, predicates_in_use},
        {"propose_predicate", TOOL_WRITE, TOOL_CHEAP, propose_predicate},
        {"verify_quote", TOOL_READ, TOOL_CHEAP, verify_quote_tool},
        {"list_rejections", TOOL_READ, TOOL_CHEAP, list_rejections},
        {NULL},
};
