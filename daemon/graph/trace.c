/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace is a walk over facts, breadth first, each fact once, so that cycles end. From a belief it goes to what the
 * fact superseded (and what that superseded), up to what superseded it, and to the sources that it was inferred from.
 * Facts are told as they are met; the lowest tier of the lineage is known when all are. */
#include "graph/trace.h"

#include <string.h>

#include "graph/dispute.h"
#include "graph/fact.h"
#include "graph/object.h"
#include "graph/predicate.h"
#include "graph/rule.h"
#include "graph/verify.h"

typedef enum Role { ROLE_BELIEF, ROLE_SUPERSEDED, ROLE_SUPERSEDING, ROLE_SOURCE } Role;

static const char *role_to_string(Role role)
{
        static const char *const names[] = {
                [ROLE_BELIEF] = "belief",
                [ROLE_SUPERSEDED] = "superseded",
                [ROLE_SUPERSEDING] = "superseding",
                [ROLE_SOURCE] = "source",
        };

        return names[role];
}

typedef struct Node {
        char *id, *superseded_by;
        Role role;
        unsigned depth;
        FactTier tier;      /* its own */
        bool inferred;      /* from sources that can be seen */
        JsonObject *told;   /* NULL: not read yet, or not to be seen */
        JsonArray *sources; /* ids, borrowed from told */
} Node;

static void node_free(gpointer data)
{
        Node *node = data;

        g_free(node->id);
        g_free(node->superseded_by);
        g_clear_pointer(&node->told, json_object_unref);
        g_free(node);
}

typedef struct Trace {
        Db *db;
        unsigned depth_max;
        GPtrArray *nodes;  /* Node, in the order that they are met */
        GHashTable *by_id; /* id → Node, borrowed */
        int64_t chars;     /* of texts looked up so far */
        bool truncated, scoped;
} Trace;

static void trace_init(Trace *trace, Db *db, unsigned depth_max)
{
        *trace = (Trace){.db = db, .depth_max = depth_max};
        trace->nodes = g_ptr_array_new_with_free_func(node_free);
        trace->by_id = g_hash_table_new(g_str_hash, g_str_equal);
}

static void trace_clear(Trace *trace)
{
        g_hash_table_unref(trace->by_id);
        g_ptr_array_unref(trace->nodes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trace, trace_clear)

/* Puts a fact on the way, unless it has been met or there is no more room. */
static void meet(Trace *trace, const char *id, Role role, unsigned depth)
{
        Node *node;

        if (g_hash_table_contains(trace->by_id, id))
                return;
        if (depth > trace->depth_max || trace->nodes->len >= TRACE_FACTS_MAX) {
                trace->truncated = true;
                return;
        }
        node = g_new0(Node, 1);
        node->id = g_strdup(id);
        node->role = role;
        node->depth = depth;
        g_ptr_array_add(trace->nodes, node);
        g_hash_table_insert(trace->by_id, node->id, node);
}

/* ---- one fact ---- */

/* Why a fact was superseded: "tier", "same_observer" or "explicit". Under a scope, which hides what was said
 * explicitly, it follows from the tiers and voices; ours is "human" for the human, and observer and document else. */
#define REASON                                                                                                           \
        "SELECT CASE"                                                                                                    \
        " WHEN EXISTS (SELECT 1 FROM fact_supersedes x WHERE x.fact_id = b.id"                                           \
        " AND x.target_id = s.id) THEN 'explicit'"                                                                       \
        " WHEN " FACT_TIER_RANK("b.trust_tier") " > " FACT_TIER_RANK(                                                    \
                "s.trust_tier") " THEN 'tier'"                                                                           \
                                " WHEN b.agent = s.agent AND (s.trust_tier = 'human' OR b.document_id IS s.document_id)" \
                                " THEN 'same_observer' ELSE 'explicit' END"                                              \
                                " FROM facts s CROSS JOIN facts b ON b.id = s.superseded_by WHERE s.id = :id"

static bool tell_reason(Trace *trace, const Node *node, GError **error)
{
        Statement *statement = db_statement(trace->db, REASON, error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", node->id);
        step = statement_step(statement, error);
        json_set_string(node->told, "superseded_because",
                        step == STEP_ROW ? statement_text(statement, 0) : NULL);
        return step != STEP_ERROR;
}

/* The journal entry that wrote it: absent under a scope, as the journal is. */
static bool tell_written(Trace *trace, const Node *node, GError **error)
{
        g_autofree char *row = g_strdup_printf("{\"id\":\"%s\"}", node->id);
        JsonObject *object;
        StepResult step;
        Statement *statement = db_statement(
                trace->db,
                "SELECT id, group_id, actor_kind, actor_name, actor_connection, session_id, reason, ts"
                " FROM mutations WHERE table_name = 'facts' AND row_id = :row AND op = 'insert'"
                " ORDER BY seq LIMIT 1",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":row", row);
        step = statement_step(statement, error);
        json_object_set_null_member(node->told, "written");
        if (step != STEP_ROW)
                return step == STEP_DONE;
        object = json_object_new();
        json_set_string(object, "mutation_id", statement_text(statement, 0));
        json_set_string(object, "group_id", statement_text(statement, 1));
        json_set_string(object, "actor_kind", statement_text(statement, 2));
        json_set_string(object, "actor", statement_text(statement, 3));
        json_set_string(object, "connection", statement_text(statement, 4));
        json_set_string(object, "session_id", statement_text(statement, 5));
        json_set_string(object, "reason", statement_text(statement, 6));
        json_set_time(object, "time", statement_int(statement, 7));
        json_object_set_object_member(node->told, "written", object);
        return true;
}

/* May the text be looked into? A long one would take longer than all the rest. */
static bool afford_text(Trace *trace, const Fact *fact, bool *ret, GError **error)
{
        Statement *statement = db_statement(
                trace->db,
                "SELECT coalesce((SELECT chars FROM document_text WHERE sha256 = :own), 0)"
                " + coalesce((SELECT t.chars FROM documents d"
                " JOIN document_text t ON t.sha256 = d.sha256"
                " WHERE d.id = :document AND d.sha256 <> :own), 0)",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":own", fact->document_hash);
        statement_bind_text(statement, ":document", fact->document_id);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        trace->chars += statement_int(statement, 0);
        *ret = trace->chars <= TRACE_CHECK_CHARS_MAX;
        return true;
}

static bool tell_quote(Trace *trace, const Fact *fact, JsonObject *object, GError **error)
{
        Verdict verdict = {0};
        bool afford;

        if (!afford_text(trace, fact, &afford, error) ||
            (afford && !verify_fact(trace->db, fact, &verdict, error)))
                return false;
        verdict_tell(&verdict, object);
        if (afford)
                return true;
        json_object_set_null_member(object, "valid");
        json_object_set_string_member(object, "reason",
                                      "not looked up: the texts of this trace are longer than "
                                      "TRACE_CHECK_CHARS_MAX; verify_quote does it");
        return true;
}

/* Where it was taken from, and whether its quote is still there. */
static bool tell_document(Trace *trace, const Node *node, const Fact *fact, GError **error)
{
        JsonObject *object;
        StepResult step;
        Statement *statement;

        json_object_set_null_member(node->told, "document");
        if (!fact->document_id)
                return true;
        statement = db_statement(trace->db,
                                 "SELECT r.path || '/' || d.path FROM documents d"
                                 " JOIN roots r ON r.id = d.root_id WHERE d.id = :id",
                                 error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", fact->document_id);
        step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return false;
        object = json_object_new();
        json_object_set_object_member(node->told, "document", object);
        json_object_set_string_member(object, "id", fact->document_id);
        json_set_string(object, "path", step == STEP_ROW ? statement_text(statement, 0) : NULL);
        json_set_string(object, "content_version", fact->document_hash);
        return tell_quote(trace, fact, object, error);
}

/* Name and kind of the rule that inferred it. */
static bool tell_rule(Trace *trace, const Node *node, const Fact *fact, GError **error)
{
        JsonObject *object;
        StepResult step;
        Statement *statement;

        json_object_set_null_member(node->told, "rule");
        if (!g_str_has_prefix(fact->agent, RULE_AGENT_PREFIX))
                return true;
        statement = db_statement(trace->db,
                                 "SELECT kind, description FROM rules WHERE name = :name"
                                 " ORDER BY is_active DESC LIMIT 1",
                                 error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":name", fact->agent + strlen(RULE_AGENT_PREFIX));
        step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return false;
        object = json_object_new();
        json_object_set_object_member(node->told, "rule", object);
        json_object_set_string_member(object, "name", fact->agent + strlen(RULE_AGENT_PREFIX));
        json_set_string(object, "kind", step == STEP_ROW ? statement_text(statement, 0) : NULL);
        json_set_string(object, "description",
                        step == STEP_ROW ? statement_text(statement, 1) : NULL);
        return true;
}

/* ---- the way on ---- */

/* Meets the facts whose ids sql finds for :id; adds them to the array if they can be seen. */
static bool meet_found(Trace *trace, const Node *node, const char *sql, Role role, JsonArray *array,
                       GError **error)
{
        Statement *statement = db_statement(trace->db, sql, error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", node->id);
        statement_bind_int(statement, ":limit", TRACE_FACTS_MAX + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                if (json_array_get_length(array) == TRACE_FACTS_MAX) {
                        trace->truncated = true;
                        continue;
                }
                json_array_add_string_element(array, statement_text(statement, 0));
                meet(trace, statement_text(statement, 0), role, node->depth + 1);
        }
        return step == STEP_DONE;
}

static bool meet_superseded(Trace *trace, const Node *node, GError **error)
{
        JsonArray *array = json_array_new();

        json_object_set_array_member(node->told, "supersedes", array);
        if (node->role != ROLE_BELIEF && node->role != ROLE_SUPERSEDED)
                return true;
        return meet_found(trace, node,
                          "SELECT f.id FROM facts f WHERE f.superseded_by = :id AND f.is_active = 1"
                          " ORDER BY f.observed_at, f.id LIMIT :limit",
                          ROLE_SUPERSEDED, array, error);
}

static bool meet_sources(Trace *trace, Node *node, bool inferred, GError **error)
{
        node->sources = json_array_new();
        json_object_set_array_member(node->told, "sources", node->sources);
        if (!inferred)
                return true;
        if (!meet_found(trace, node,
                        "SELECT f.id FROM fact_sources s CROSS JOIN facts f ON f.id = s.source_id"
                        " WHERE s.fact_id = :id ORDER BY s.ordinal LIMIT :limit",
                        ROLE_SOURCE, node->sources, error))
                return false;
        node->inferred = json_array_get_length(node->sources) > 0;
        return true;
}

/* Tells a fact and meets those next to it. */
static bool visit(Trace *trace, Node *node, GError **error)
{
        Statement *statement =
                db_statement(trace->db,
                             "SELECT " FACT_COLUMNS ", f.is_active"
                             " FROM facts f CROSS JOIN predicates p ON p.name = f.predicate"
                             " WHERE f.id = :id",
                             error);
        StepResult step;
        bool inferred;
        Fact fact;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", node->id);
        step = statement_step(statement, error);
        if (step != STEP_ROW)
                return step == STEP_DONE;
        fact_from_row(statement, &fact);
        inferred = strcmp(fact.trust_tier, "inferred") == 0;
        node->tier = fact_tier_from_string(fact.trust_tier);
        node->superseded_by = g_strdup(fact.superseded_by);
        node->told = json_object_new();
        json_object_set_object_member(node->told, "fact", fact_to_json(&fact));
        json_object_set_string_member(node->told, "role", role_to_string(node->role));
        json_object_set_int_member(node->told, "depth", node->depth);
        json_object_set_boolean_member(node->told, "is_current",
                                       fact.is_current &&
                                               statement_int(statement, FACT_COLUMN_COUNT) != 0);
        if (!tell_document(trace, node, &fact, error) || !tell_rule(trace, node, &fact, error))
                return false;
        if (!tell_reason(trace, node, error) || !tell_written(trace, node, error) ||
            !meet_superseded(trace, node, error) || !meet_sources(trace, node, inferred, error))
                return false;
        if (node->superseded_by && (node->role == ROLE_BELIEF || node->role == ROLE_SUPERSEDING))
                meet(trace, node->superseded_by, ROLE_SUPERSEDING, node->depth + 1);
        return true;
}

/* ---- what is known when all are met ---- */

typedef struct Lineage {
        GHashTable *seen; /* nodes */
        GQueue waiting;   /* nodes */
        FactTier lowest;  /* of what was observed, FACT_TIER_NONE: nothing so far */
} Lineage;

/* Puts the sources of a node in line. One that was not followed may be worth the least. */
static void add_sources(const Trace *trace, Lineage *lineage, const Node *node)
{
        for (unsigned i = 0; i < json_array_get_length(node->sources); i++) {
                Node *source = g_hash_table_lookup(trace->by_id,
                                                   json_array_get_string_element(node->sources, i));

                if (!source || !source->told)
                        lineage->lowest = FACT_TIER_INFERRED;
                else if (g_hash_table_add(lineage->seen, source))
                        g_queue_push_tail(&lineage->waiting, source);
        }
}

/* The lowest tier of all that a fact was inferred from, down to what was observed: nothing gains trust by being derived.
 * Of an observed fact, where nothing observed is found, and where sources may be hidden, its own. */
static FactTier lineage_tier(const Trace *trace, Node *node)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
        Lineage lineage = {.seen = seen, .waiting = G_QUEUE_INIT, .lowest = FACT_TIER_NONE};
        const Node *next;

        if (!node->inferred || trace->scoped)
                return node->tier;
        g_queue_push_tail(&lineage.waiting, node);
        while ((next = g_queue_pop_head(&lineage.waiting))) {
                if (next->inferred)
                        add_sources(trace, &lineage, next);
                else if (lineage.lowest == FACT_TIER_NONE || next->tier < lineage.lowest)
                        lineage.lowest = next->tier;
        }
        return MAX(lineage.lowest, FACT_TIER_INFERRED);
}

static bool add_contradiction(Trace *trace, JsonArray *list, GHashTable *seen, JsonObject *fact,
                              GError **error)
{
        const char *entity_id =
                json_member_string(fact, "subject_id", json_member_string(fact, "entity_id", ""));
        const char *predicate = json_member_string(fact, "predicate", "");
        JsonObject *object;
        StepResult step;
        Statement *statement;

        if (!g_hash_table_add(seen, g_strjoin("\n", entity_id, predicate, NULL)))
                return true;
        statement = db_statement(trace->db,
                                 "SELECT kind, resolution FROM contradictions"
                                 " WHERE entity_id = :entity AND predicate = :predicate",
                                 error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", entity_id);
        statement_bind_text(statement, ":predicate", predicate);
        step = statement_step(statement, error);
        if (step != STEP_ROW)
                return step == STEP_DONE;
        object = json_object_new();
        json_object_set_string_member(object, "entity_id", entity_id);
        json_object_set_string_member(object, "predicate", predicate);
        json_object_set_string_member(object, "kind", statement_text(statement, 0));
        json_object_set_string_member(object, "resolution", statement_text(statement, 1));
        json_array_add_object_element(list, object);
        return true;
}

static JsonObject *trace_to_json(Trace *trace, GError **error)
{
        g_autoptr(JsonObject) answer = json_object_new();
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        JsonArray *beliefs = json_array_new(), *facts = json_array_new(), *list = json_array_new();
        FactTier lowest = FACT_TIER_HUMAN;

        json_object_set_array_member(answer, "beliefs", beliefs);
        json_object_set_array_member(answer, "facts", facts);
        json_object_set_array_member(answer, "contradictions", list);
        for (unsigned i = 0; i < trace->nodes->len; i++) {
                Node *node = trace->nodes->pdata[i];
                FactTier tier;

                if (!node->told)
                        continue;
                tier = lineage_tier(trace, node);
                json_object_set_string_member(node->told, "lineage_tier",
                                              fact_tier_to_string(tier));
                json_array_add_object_element(facts, json_object_ref(node->told));
                if (node->role == ROLE_BELIEF) {
                        json_array_add_string_element(beliefs, node->id);
                        lowest = MIN(lowest, tier);
                }
                if (!add_contradiction(trace, list, seen, json_member_object(node->told, "fact"),
                                       error))
                        return NULL;
        }
        json_object_set_string_member(answer, "lineage_tier", fact_tier_to_string(lowest));
        json_object_set_boolean_member(answer, "truncated", trace->truncated);
        return g_steal_pointer(&answer);
}

/* ---- where it begins ---- */

#define SAID                                                                                       \
        "SELECT f.id FROM facts f WHERE " FACT_SUBJECT(                                            \
                f) " = :entity"                                                                    \
                   " AND f.predicate = :predicate AND f.is_active = 1"
#define NOW     " AND f.superseded_at IS NULL"
#define OBJECT  " AND" FACT_SAME_OBJECT(FACT_OBJECT(f), ":object")
#define ORDERED " ORDER BY f.superseded_at IS NOT NULL, f.observed_at DESC, f.id LIMIT :limit"

static bool begin_at_said(Trace *trace, const TraceQuery *query, const char *object, GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(trace->db, object ? SAID OBJECT ORDERED : SAID NOW ORDERED, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":entity", query->entity->id);
        statement_bind_text(statement, ":predicate", query->predicate);
        statement_bind_int(statement, ":limit", TRACE_BELIEFS_MAX + 1);
        if (object)
                statement_bind_text(statement, ":object", object);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                if (trace->nodes->len < TRACE_BELIEFS_MAX)
                        meet(trace, statement_text(statement, 0), ROLE_BELIEF, 0);
                else
                        trace->truncated = true;
        if (step == STEP_DONE && trace->nodes->len == 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "nothing is known of %s of %s%s%s", query->predicate,
                            query->entity->name, object ? " that says " : "", object ?: "");
        return step == STEP_DONE && trace->nodes->len > 0;
}

/* An object as it is stored: an entity may be named. */
static char *find_object(Db *db, const Predicate *predicate, const char *text, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Entity) entity = NULL;
        EntityRef ref = {.name = text};
        Object object = {0};

        if (predicate->kind != OBJECT_ENTITY || g_str_has_prefix(text, "ent-")) {
                if (!object_parse(predicate->kind, text, &object, error))
                        return NULL;
                return object.text;
        }
        entity = entity_find(db, /* scope= */ NULL, &ref, &problem); /* the handle is scoped */
        if (!entity && !problem)
                g_set_error(&problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no entity is named %s", text);
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return entity ? g_strdup(entity->id) : NULL;
}

static bool begin(Trace *trace, const TraceQuery *query, GError **error)
{
        g_autoptr(Predicate) predicate = NULL;
        g_autoptr(GError) problem = NULL;
        g_autofree char *object = NULL;

        if (query->fact_id) {
                meet(trace, query->fact_id, ROLE_BELIEF, 0);
                return true;
        }
        if (!query->object)
                return begin_at_said(trace, query, /* object= */ NULL, error);
        predicate = predicate_find(trace->db, query->predicate, &problem);
        if (!predicate && !problem)
                g_set_error(&problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no predicate %s",
                            query->predicate);
        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        object = find_object(trace->db, predicate, query->object, error);
        return object && begin_at_said(trace, query, object, error);
}

JsonObject *trace_belief(Db *db, const TraceQuery *query, GError **error)
{
        g_auto(Trace) trace;

        trace_init(&trace, db, query->depth);
        trace.scoped = query->scoped;
        if (!begin(&trace, query, error))
                return NULL;
        for (unsigned i = 0; i < trace.nodes->len; i++)
                if (!visit(&trace, trace.nodes->pdata[i], error))
                        return NULL;
        if (query->fact_id && !((Node *)trace.nodes->pdata[0])->told) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no fact %s",
                            query->fact_id);
                return NULL;
        }
        return trace_to_json(&trace, error);
}
