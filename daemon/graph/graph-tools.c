/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph's tools: arguments in, verbs called, answers out. What the words and limits of each argument
 * are stands in schema/<tool>.json. */
#include <math.h>
#include <string.h>

#include "graph/contradiction.h"
#include "graph/predicate.h"
#include "graph/query.h"
#include "graph/rejection.h"
#include "graph/room.h"
#include "graph/submit.h"
#include "graph/verify.h"

#define LIMIT_DEFAULT 50

/* ---- arguments ---- */

static bool read_limit(JsonObject *args, unsigned *ret, GError **error)
{
        int64_t limit = json_member_int(args, "limit", LIMIT_DEFAULT);

        if (limit < 1 || limit > GRAPH_PAGE_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "limit must be between 1 and %d (GRAPH_PAGE_MAX)", GRAPH_PAGE_MAX);
                return false;
        }
        *ret = (unsigned)limit;
        return true;
}

static const char *read_string(JsonObject *args, const char *name)
{
        return json_member_string(args, name, NULL);
}

/* Finds the entity that entity_id or entity_name (and entity_type) mean; *ret NULL if neither is given. */
static bool read_entity(Db *db, JsonObject *args, Entity **ret, GError **error)
{
        EntityRef ref = {read_string(args, "entity_id"), read_string(args, "entity_name"),
                         read_string(args, "entity_type")};
        g_autoptr(GError) problem = NULL;

        *ret = NULL;
        if (!ref.id && !ref.name)
                return true;
        if (!entity_ref_check(&ref, "entity", error))
                return false;
        *ret = entity_find(db, /* scope= */ NULL, &ref, &problem); /* the handle is scoped */
        if (!*ret && !problem)
                g_set_error(&problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no entity is named %s%s%s", ref.name, ref.type ? " of type " : "",
                            ref.type ?: "");
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return *ret != NULL;
}

static bool check_predicate(JsonObject *args, GError **error)
{
        const char *predicate = read_string(args, "predicate");

        return !predicate || predicate_check_name("predicate", predicate, error);
}

static bool check_id(JsonObject *args, const char *name, const char *prefix, GError **error)
{
        const char *id = read_string(args, name);

        if (!id || id_is_valid(id, prefix))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "%s must be %s- and %d hex digits", name, prefix, ID_DIGITS);
        return false;
}

static Db *open_reader(Graph *graph, const Access *access, GError **error)
{
        return store_reader(graph->vault, access_scope(access), error);
}

/* ---- reading ---- */

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
        FactQuery query = {.predicate = read_string(args, "predicate"),
                           .tier = read_string(args, "trust_tier"),
                           .document_id = read_string(args, "document_id"),
                           .superseded = json_member_bool(args, "include_superseded", false),
                           .after = read_string(args, "after")};
        g_autoptr(Entity) entity = NULL;
        g_autoptr(Db) db = NULL;

        if (!read_limit(args, &query.limit, error) || !check_predicate(args, error) ||
            !check_id(args, "document_id", "doc", error))
                return false;
        db = open_reader(room, access, error);
        if (!db || !read_entity(db, args, &entity, error) ||
            (query.document_id && !check_document(db, query.document_id, error)))
                return false;
        query.entity_id = entity ? entity->id : NULL;
        tell_entity(entity, sink);
        return query_facts(db, &query, sink, error);
}

static JsonObject *list_entities(void *room, const Access *access, JsonObject *args, GError **error)
{
        EntityQuery query = {.type = read_string(args, "type"),
                             .prefix = read_string(args, "name_prefix"),
                             .after = read_string(args, "after")};
        g_autoptr(Db) db = NULL;

        if (!read_limit(args, &query.limit, error))
                return NULL;
        if (query.prefix && *query.prefix &&
            !text_check("name_prefix", query.prefix, GRAPH_NAME_CHARS_MAX, "GRAPH_NAME_CHARS_MAX",
                        error))
                return NULL;
        if (query.type && !predicate_check_name("type", query.type, error))
                return NULL;
        db = open_reader(room, access, error);
        return db ? query_entities(db, &query, error) : NULL;
}

static bool require_entity(const Entity *entity, GError **error)
{
        if (entity)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "give either entity_id or entity_name");
        return false;
}

static JsonObject *get_entity(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(Db) db = open_reader(room, access, error);
        g_autoptr(Entity) entity = NULL;

        if (!db || !read_entity(db, args, &entity, error) || !require_entity(entity, error))
                return NULL;
        return query_entity(db, entity->id, error);
}

static JsonObject *predicates_in_use(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        g_autoptr(Db) db = NULL;
        g_autoptr(Entity) entity = NULL;

        if (!graph_start(room, NULL)) /* a vault that cannot be written can still be read */
                log_debug("The shipped predicates could not be entered, ignoring");
        db = open_reader(room, access, error);
        if (!db || !read_entity(db, args, &entity, error))
                return NULL;
        return query_predicates(db, entity ? entity->id : NULL,
                                json_member_bool(args, "all", false), error);
}

static JsonObject *find_contradictions(void *room, const Access *access, JsonObject *args,
                                       GError **error)
{
        ContradictionQuery query = {.predicate = read_string(args, "predicate"),
                                    .after = read_string(args, "after")};
        g_autoptr(Db) db = NULL;
        g_autoptr(Entity) entity = NULL;

        if (!read_limit(args, &query.limit, error) || !check_predicate(args, error))
                return NULL;
        db = open_reader(room, access, error);
        if (!db || !read_entity(db, args, &entity, error))
                return NULL;
        query.entity_id = entity ? entity->id : NULL;
        return contradiction_list(db, &query, error);
}

static JsonObject *verify_quote_tool(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        g_autoptr(Db) db = NULL;

        if (!check_id(args, "fact_id", "fact", error))
                return NULL;
        db = open_reader(room, access, error);
        return db ? verify_quote(db, json_member_string(args, "fact_id", ""), error) : NULL;
}

static JsonObject *list_rejections(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        g_autoptr(Db) db = NULL;
        JsonObject *none;
        unsigned limit;

        if (!read_limit(args, &limit, error))
                return NULL;
        if (access_scope(access)) { /* the log tells of everybody's claims: absent under a scope */
                none = json_object_new();
                json_object_set_array_member(none, "rejections", json_array_new());
                json_object_set_null_member(none, "next");
                return none;
        }
        db = open_reader(room, access, error);
        return db ? rejection_list(db, limit, read_string(args, "after"), error) : NULL;
}

/* ---- writing ---- */

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

static bool read_observed(JsonObject *args, int64_t *ret, GError **error)
{
        const char *text = read_string(args, "observed_at");

        if (!text)
                return true;
        if (clock_from_iso(text, ret, error))
                return true;
        g_prefix_error(error, "observed_at: ");
        return false;
}

static char **read_supersedes(JsonObject *args)
{
        JsonArray *array = json_member_array(args, "supersedes");
        g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

        if (!array)
                return NULL;
        for (unsigned i = 0; i < json_array_get_length(array); i++) {
                JsonNode *node = json_array_get_element(array, i);
                const char *id = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
                g_strv_builder_add(builder, id ?: "");
        }
        return g_strv_builder_end(builder);
}

/* The facts that a new one supersedes, by its own derivation. */
static JsonArray *read_superseded(Graph *graph, const Access *access, const char *fact_id,
                                  GError **error)
{
        g_autoptr(Db) db = open_reader(graph, access, error);
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
        g_auto(GStrv) supersedes = read_supersedes(args);
        Claim claim = {.entity_id = read_string(args, "entity_id"),
                       .entity_name = read_string(args, "entity_name"),
                       .entity_type = read_string(args, "entity_type"),
                       .predicate = read_string(args, "predicate"),
                       .object = object,
                       .object_form = read_object_form(args),
                       .qualifiers = qualifiers,
                       .quote = read_string(args, "quote"),
                       .quote_hint = -1,
                       .document_id = read_string(args, "document_id"),
                       .confidence = json_member_double(args, "confidence", NAN),
                       .supersedes = (const char *const *)supersedes};

        if (!read_observed(args, &claim.observed_at, error))
                return NULL;
        return remember(room, access, &claim, read_string(args, "reason"), error);
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
        ret->predicate.name = (char *)read_string(args, "name");
        ret->predicate.description = (char *)read_string(args, "description");
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
        db = open_reader(graph, access, error);
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

ToolTable graph_tools(Graph *graph)
{
        static const Tool tools[] = {
                {"query_knowledge", TOOL_READ, TOOL_INSTANT, NULL, query_knowledge},
                {"remember_fact", TOOL_WRITE, TOOL_CHEAP, remember_fact},
                {"list_entities", TOOL_READ, TOOL_CHEAP, list_entities},
                {"get_entity", TOOL_READ, TOOL_CHEAP, get_entity},
                {"predicates_in_use", TOOL_READ, TOOL_SLOW, predicates_in_use},
                {"propose_predicate", TOOL_WRITE, TOOL_CHEAP, propose_predicate},
                {"find_contradictions", TOOL_READ, TOOL_SLOW, find_contradictions},
                {"verify_quote", TOOL_READ, TOOL_CHEAP, verify_quote_tool},
                {"list_rejections", TOOL_READ, TOOL_CHEAP, list_rejections},
                {NULL},
        };

        return (ToolTable){tools, graph};
}
