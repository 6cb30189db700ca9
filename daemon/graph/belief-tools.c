/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that tell what is believed and why: contradictions and their resolution, traces, topology. */
#include <string.h>

#include "graph/audit.h"
#include "graph/contradiction.h"
#include "graph/predicate.h"
#include "graph/review.h"
#include "graph/room.h"
#include "graph/topology.h"
#include "graph/trace.h"

/* ---- contradictions ---- */

/* What both lists of contradictions are asked by. */
static bool read_query(JsonObject *args, ContradictionQuery *ret, GError **error)
{
        ret->predicate = args_string(args, "predicate");
        ret->after = args_string(args, "after");
        return args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &ret->limit, error) &&
               (!ret->predicate || predicate_check_name("predicate", ret->predicate, error));
}

static bool read_state(JsonObject *args, const char **ret, GError **error)
{
        static const char *const states[] = {"unresolved", "resolved", "acknowledged", NULL};
        const char *state = json_member_string(args, "state", "unresolved");

        *ret = g_str_equal(state, "all") ? NULL : state;
        if (!*ret || g_strv_contains(states, state))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "state must be unresolved, resolved, acknowledged or all");
        return false;
}

static JsonObject *find_contradictions(void *room, const Access *access, JsonObject *args,
                                       GError **error)
{
        ContradictionQuery query = {0};
        g_autoptr(Db) db = NULL;
        g_autoptr(Entity) entity = NULL;

        if (!read_query(args, &query, error) || !read_state(args, &query.resolution, error))
                return NULL;
        db = graph_reader(room, access, error);
        if (!db || !graph_read_entity(db, args, &entity, error))
                return NULL;
        query.entity_id = entity ? entity->id : NULL;
        return contradiction_list(db, &query, error);
}

static JsonObject *list_contradicted_facts(void *room, const Access *access, JsonObject *args,
                                           GError **error)
{
        ContradictionQuery query = {0};
        g_autoptr(Db) db = NULL;
        g_autoptr(Entity) entity = NULL;

        if (!read_query(args, &query, error))
                return NULL;
        db = graph_reader(room, access, error);
        if (!db || !graph_read_entity(db, args, &entity, error))
                return NULL;
        query.entity_id = entity ? entity->id : NULL;
        query.recent = g_str_equal(json_member_string(args, "order", "entity"), "recent");
        query.by_human = json_member_bool(args, "by_human", false);
        return contradiction_list_facts(db, &query, error);
}

typedef struct ReviewWork {
        JsonObject *args;
        Entity *entity;
} ReviewWork;

static bool work_review(Db *db, void *data, GError **error)
{
        ReviewWork *work = data;
        const char *resolution = json_member_string(work->args, "resolution", "");
        Review review = {.predicate = args_string(work->args, "predicate"),
                         .acknowledged = g_str_equal(resolution, "acknowledged"),
                         .note = args_string(work->args, "note")};

        if (!graph_read_entity(db, work->args, &work->entity, error) ||
            !graph_require_entity(work->entity, error))
                return false;
        review.entity_id = work->entity->id;
        return review_record(db, &review, error);
}

static bool check_review(JsonObject *args, GError **error)
{
        const char *resolution = json_member_string(args, "resolution", ""),
                   *note = args_string(args, "note");

        if (strcmp(resolution, "acknowledged") != 0 && strcmp(resolution, "unresolved") != 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "resolution must be acknowledged or unresolved; a fact of the human "
                            "resolves a contradiction");
                return false;
        }
        return predicate_check_name("predicate", args_string(args, "predicate"), error) &&
               (!note ||
                text_check("note", note, REVIEW_NOTE_CHARS_MAX, "REVIEW_NOTE_CHARS_MAX", error));
}

static JsonObject *resolve_contradiction(void *room, const Access *access, JsonObject *args,
                                         GError **error)
{
        Graph *graph = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "resolve_contradiction"};
        ReviewWork work = {.args = args};
        g_autoptr(Entity) entity = NULL;
        g_autoptr(Db) db = NULL;
        bool ok;

        if (!check_review(args, error))
                return NULL;
        ok = store_write(graph->vault, &options, work_review, &work, error);
        entity = work.entity;
        db = ok ? graph_reader(graph, access, error) : NULL;
        if (!db)
                return NULL;
        return contradiction_get(db, entity->id, args_string(args, "predicate"), error);
}

/* ---- why ---- */

static bool read_trace(JsonObject *args, TraceQuery *ret, GError **error)
{
        int64_t depth = json_member_int(args, "depth", TRACE_DEPTH_DEFAULT);

        ret->fact_id = args_string(args, "fact_id");
        ret->predicate = args_string(args, "predicate");
        ret->object = args_string(args, "object");
        if (depth < 1 || depth > TRACE_DEPTH_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "depth must be between 1 and TRACE_DEPTH_MAX (%d)", TRACE_DEPTH_MAX);
                return false;
        }
        ret->depth = (unsigned)depth;
        if (!ret->fact_id == !ret->predicate) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "give either fact_id, or an entity and predicate");
                return false;
        }
        return args_check_id(args, "fact_id", "fact", error) &&
               (!ret->predicate || predicate_check_name("predicate", ret->predicate, error));
}

static JsonObject *trace_belief_tool(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        g_autoptr(Entity) entity = NULL;
        g_autoptr(Db) db = NULL;
        TraceQuery query = {.scoped = access_scope(access) != NULL};

        if (!read_trace(args, &query, error))
                return NULL;
        db = graph_reader(room, access, error);
        if (!db)
                return NULL;
        if (!query.fact_id &&
            (!graph_read_entity(db, args, &entity, error) || !graph_require_entity(entity, error)))
                return NULL;
        query.entity = entity;
        return trace_belief(db, &query, error);
}

/* ---- how well things are known ---- */

static JsonObject *confidence_topology(void *room, const Access *access, JsonObject *args,
                                       GError **error)
{
        TopologyQuery query = {.type = args_string(args, "type"),
                               .after = args_string(args, "after")};
        g_autoptr(Entity) entity = NULL;
        g_autoptr(Db) db = NULL;

        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &query.limit, error) ||
            !topology_order_from_string(json_member_string(args, "order", "weakest"), &query.order,
                                        error) ||
            (query.type && !predicate_check_name("type", query.type, error)))
                return NULL;
        db = graph_reader(room, access, error);
        if (!db || !graph_read_entity(db, args, &entity, error))
                return NULL;
        query.entity = entity;
        return topology_tell(db, &query, error);
}

/* ---- quotes ---- */

static bool read_audit(JsonObject *args, AuditQuery *ret, GError **error)
{
        int64_t limit = json_member_int(args, "limit", AUDIT_FACTS_DEFAULT);

        ret->document_id = args_string(args, "document_id");
        ret->search = json_member_bool(args, "search", false);
        ret->after = args_string(args, "after");
        if (limit < 1 || limit > AUDIT_FACTS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "limit must be between 1 and AUDIT_FACTS_MAX (%d)", AUDIT_FACTS_MAX);
                return false;
        }
        ret->limit = (unsigned)limit;
        return args_check_id(args, "document_id", "doc", error);
}

static JsonObject *audit_to_json(AuditReport *report)
{
        JsonObject *object = json_object_new();

        json_object_set_int_member(object, "checked", report->checked);
        json_object_set_int_member(object, "valid", report->valid);
        json_object_set_int_member(object, "unread", report->unread);
        json_object_set_array_member(object, "invalid", g_steal_pointer(&report->invalid));
        json_object_set_int_member(object, "texts", report->texts);
        json_object_set_int_member(object, "bytes_scanned", report->bytes_scanned);
        json_object_set_int_member(object, "search_us", report->search_us);
        json_set_string(object, "next", report->next);
        return object;
}

static JsonObject *verify_quotes(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(Entity) entity = NULL;
        g_autoptr(Db) db = NULL;
        AuditQuery query = {0};
        AuditReport report = {0};
        JsonObject *object = NULL;

        if (!read_audit(args, &query, error))
                return NULL;
        db = graph_reader(room, access, error);
        if (!db || !graph_read_entity(db, args, &entity, error))
                return NULL;
        query.entity_id = entity ? entity->id : NULL;
        if (audit_quotes(db, &query, &report, error))
                object = audit_to_json(&report);
        audit_report_clear(&report);
        return object;
}

/* One page of all quotes; after goes from one cursor to the next. */
static bool verify_page(Db *db, GraphQuotes *quotes, char **after, GError **error)
{
        AuditQuery query = {.limit = AUDIT_FACTS_DEFAULT, .after = *after};
        AuditReport report = {0};
        bool ok = audit_quotes(db, &query, &report, error);

        quotes->checked += report.checked;
        quotes->invalid += report.checked - report.valid - report.unread;
        quotes->unread += report.unread;
        g_free(*after);
        *after = g_steal_pointer(&report.next);
        audit_report_clear(&report);
        return ok;
}

/* How many there are about, for the progress. */
static int64_t count_quotes(Db *db)
{
        Statement *statement =
                db_statement(db, "SELECT count(*) FROM facts WHERE document_id IS NOT NULL", NULL);

        return statement && statement_step(statement, NULL) == STEP_ROW
                       ? statement_int(statement, 0)
                       : 0;
}

bool graph_verify_quotes(Graph *graph, const Access *access, GraphQuotes *quotes, GError **error)
{
        g_autoptr(Db) db = graph_reader(graph, access, error);
        g_autofree char *after = NULL;
        double whole;

        if (!db)
                return false;
        whole = (double)MAX(count_quotes(db), 1);
        quotes->checked = quotes->invalid = quotes->unread = 0;
        do {
                double done = MIN((double)quotes->checked / whole, 1);

                if (quotes->progress && !quotes->progress(done, quotes->data)) {
                        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                                    "the check of quotes was stopped");
                        return false;
                }
                if (!verify_page(db, quotes, &after, error))
                        return false;
        } while (after);
        return true;
}

const Tool graph_belief_tools[] = {
        {"find_contradictions", TOOL_READ, TOOL_CHEAP, find_contradictions},
        {"list_contradicted_facts", TOOL_READ, TOOL_CHEAP, list_contradicted_facts},
        {"verify_quotes", TOOL_READ, TOOL_SLOW, verify_quotes},
        {"confidence_topology", TOOL_READ, TOOL_SLOW, confidence_topology},
        {"trace_belief", TOOL_READ, TOOL_CHEAP, trace_belief_tool},
        {"resolve_contradiction", TOOL_HUMAN, TOOL_CHEAP, resolve_contradiction},
        {NULL},
};
