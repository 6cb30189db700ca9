/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that read the graph: arguments in, verbs called, answers out. What the words and
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
                           .scoped = access_scope(access) != NULL,
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

const Tool graph_read_tools[] = {
        {"query_knowledge", TOOL_READ, TOOL_INSTANT, NULL, query_knowledge},
        {"list_entities", TOOL_READ, TOOL_CHEAP, list_entities},
        {"get_entity", TOOL_READ, TOOL_CHEAP, get_entity},
        {"verify_quote", TOOL_READ, TOOL_CHEAP, verify_quote_tool},
        {"list_rejections", TOOL_READ, TOOL_CHEAP, list_rejections},
        {NULL},
};
