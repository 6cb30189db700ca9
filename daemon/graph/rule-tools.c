/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of declared rules, from which facts are inferred. */
#include <string.h>

#include "graph/page.h"
#include "graph/predicate.h"
#include "graph/room.h"
#include "graph/rule.h"

/* ---- what one says ---- */

/* Facts that stand by a rule are counted up to here, in the order of their predicate. */
#define COUNT_MAX 10000

static bool count_inferred(Db *db, const Rule *rule, int64_t *ret, GError **error)
{
        Statement *statement = db_statement(
                db,
                "SELECT count(*) FROM (SELECT 1 FROM facts WHERE predicate = :predicate"
                " AND agent = :agent AND is_active = 1 AND superseded_at IS NULL LIMIT :limit)",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":predicate", rule->predicate);
        statement_bind_text(statement, ":agent", rule->agent);
        statement_bind_int(statement, ":limit", COUNT_MAX + 1);
        if (statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        return true;
}

static bool set_problem(Db *db, const Rule *rule, JsonObject *object, GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(db, "SELECT problem FROM rule_problems WHERE rule_id = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", rule->id);
        step = statement_step(statement, error);
        json_set_string(object, "problem", step == STEP_ROW ? statement_text(statement, 0) : NULL);
        return step != STEP_ERROR;
}

static JsonObject *rule_to_json(Db *db, const Rule *rule, GError **error)
{
        g_autoptr(JsonObject) object = json_object_new();
        g_autofree char *spec = rule_spec(rule);
        int64_t facts;

        json_object_set_string_member(object, "id", rule->id);
        json_object_set_string_member(object, "name", rule->name);
        json_object_set_string_member(object, "kind", rule_kind_to_string(rule->kind));
        json_object_set_object_member(object, "spec", json_parse_object(spec, -1, NULL));
        json_object_set_string_member(object, "predicate", rule->predicate);
        json_object_set_string_member(object, "description", rule->description);
        json_object_set_string_member(object, "state", rule->state);
        if (!count_inferred(db, rule, &facts, error) || !set_problem(db, rule, object, error))
                return NULL;
        if (facts > COUNT_MAX)
                json_object_set_null_member(object, "facts");
        else
                json_object_set_int_member(object, "facts", facts);
        return g_steal_pointer(&object);
}

static JsonObject *read_one(Graph *graph, const Access *access, const char *name, GError **error)
{
        g_autoptr(Db) db = graph_reader(graph, access, error);
        g_autoptr(Rule) rule = db ? rule_find(db, /* id= */ NULL, name, error) : NULL;

        return rule ? rule_to_json(db, rule, error) : NULL;
}

/* ---- define_rule ---- */

typedef struct Definition {
        Rule *rule;
        bool human;
} Definition;

static bool work_define(Db *db, void *data, GError **error)
{
        Definition *definition = data;

        return rule_define(db, definition->rule, definition->human, error);
}

static JsonObject *define_rule(void *room, const Access *access, JsonObject *args, GError **error)
{
        Graph *graph = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "define_rule"};
        g_autoptr(Rule) rule = rule_from_json(args, error);
        Definition definition = {rule, access_actor(access)->kind == ACTOR_HUMAN};

        if (!rule || !graph_start(graph, error))
                return NULL;
        if (!definition.human && access_scope(access)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "a rule concerns every entity: one who may see some of them only "
                            "cannot propose it");
                return NULL;
        }
        if (!store_write(graph->vault, &options, work_define, &definition, error))
                return NULL;
        return read_one(graph, access, rule->name, error);
}

/* ---- decide_rule ---- */

typedef struct Decision {
        const char *name, *decision;
} Decision;

/* What may become of a rule in a state; NULL: not this. */
static const char *next_state(const char *state, const char *decision)
{
        static const struct {
                const char *decision, *from, *to;
        } table[] = {
                {"confirm", "proposed", "active"}, {"confirm", "active", "active"},
                {"retire", "proposed", "retired"}, {"retire", "active", "retired"},
                {"retire", "retired", "retired"},  {"reinstate", "retired", "active"},
                {"reinstate", "active", "active"},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(table); i++)
                if (strcmp(table[i].decision, decision) == 0 && strcmp(table[i].from, state) == 0)
                        return table[i].to;
        return NULL;
}

static bool work_decide(Db *db, void *data, GError **error)
{
        const Decision *decision = data;
        g_autoptr(GError) problem = NULL;
        g_autoptr(Rule) rule = rule_find(db, /* id= */ NULL, decision->name, &problem);
        const char *state;

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (!rule) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no rule %s",
                            decision->name);
                return false;
        }
        state = next_state(rule->state, decision->decision);
        if (!state) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "rule %s is %s: a proposed one can be confirmed or retired, a retired "
                            "one reinstated",
                            rule->name, rule->state);
                return false;
        }
        if (strcmp(decision->decision, "confirm") == 0 && strcmp(state, rule->state) == 0)
                return true;
        /* what changes nothing is no change: so that an active rule is asked again, it is retired for a moment */
        if (strcmp(decision->decision, "reinstate") == 0 && strcmp(state, rule->state) == 0 &&
            !rule_set_state(db, rule, "retired", error))
                return false;
        return rule_set_state(db, rule, state, error);
}

static JsonObject *decide_rule(void *room, const Access *access, JsonObject *args, GError **error)
{
        Graph *graph = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "decide_rule"};
        Decision decision = {json_member_string(args, "name", ""),
                             json_member_string(args, "decision", "")};

        if (!predicate_check_name("name", decision.name, error) || !graph_start(graph, error) ||
            !store_write(graph->vault, &options, work_decide, &decision, error))
                return NULL;
        return read_one(graph, access, decision.name, error);
}

/* ---- list_rules ---- */

static JsonObject *list_rules(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *state = json_member_string(args, "state", "");
        g_autofree char *key = NULL;
        g_autoptr(GPtrArray) rules = NULL;
        g_autoptr(Page) page = NULL;
        g_autoptr(Db) db = NULL;
        unsigned limit;

        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &limit, error))
                return NULL;
        key = cursor_key("rules", state, args_string(args, "after"), error);
        db = key ? graph_reader(room, access, error) : NULL;
        rules = db ? rule_load_all(db, error) : NULL;
        page = page_new("rules", state, limit);
        for (unsigned i = 0; rules && i < rules->len; i++) {
                const Rule *rule = rules->pdata[i];
                JsonObject *object;

                if (strcmp(rule->name, key) <= 0 || (*state && strcmp(rule->state, state) != 0))
                        continue;
                if (!page_has_room(page))
                        break;
                object = rule_to_json(db, rule, error);
                if (!object)
                        return NULL;
                page_add(page, object, rule->name);
        }
        return rules ? page_to_json(page, "rules") : NULL;
}

const Tool graph_rule_tools[] = {
        {"define_rule", TOOL_WRITE, TOOL_SLOW, define_rule},
        {"decide_rule", TOOL_HUMAN, TOOL_SLOW, decide_rule},
        {"list_rules", TOOL_READ, TOOL_CHEAP, list_rules},
        {NULL},
};
