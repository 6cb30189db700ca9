/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules as rows: finding, entering, deciding, and those that are shipped. */
#include <gio/gio.h>
#include <string.h>

#include "graph/predicate.h"
#include "graph/rule.h"

#define SHIPPED "/org/ouroboros/graph/rules.json"

#define RULE_ROWS                                                                                  \
        "SELECT r.id, r.name, r.kind, r.spec, r.predicate, r.state, r.description FROM rules r"    \
        " WHERE r.is_active = 1"

static void free_rule(gpointer data)
{
        rule_free(data);
}

/* NULL without an error if the row is none of ours: somebody has changed it by hand. */
static Rule *rule_from_row(Statement *row)
{
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(JsonObject) spec = json_parse_object(statement_text(row, 3), -1, NULL);
        Rule *rule;

        if (!spec)
                return NULL;
        json_object_set_string_member(args, "name", statement_text(row, 1));
        json_object_set_string_member(args, "kind", statement_text(row, 2));
        json_object_set_string_member(args, "predicate", statement_text(row, 4));
        json_object_set_string_member(args, "description", statement_text(row, 6));
        json_object_set_object_member(args, "spec", g_steal_pointer(&spec));
        rule = rule_from_json(args, NULL);
        if (!rule)
                return NULL;
        rule->id = g_strdup(statement_text(row, 0));
        rule->state = g_strdup(statement_text(row, 5));
        return rule;
}

Rule *rule_find(Db *db, const char *id, const char *name, GError **error)
{
        g_autoptr(Rule) rule = NULL;
        Statement *statement = db_statement(
                db, id ? RULE_ROWS " AND r.id = :key" : RULE_ROWS " AND r.name = :key", error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":key", id ?: name);
        if (statement_step(statement, error) != STEP_ROW)
                return NULL;
        rule = rule_from_row(statement);
        if (rule)
                (void)rule_resolve(db, rule, NULL); /* else it is not usable */
        return g_steal_pointer(&rule);
}

GPtrArray *rule_load_all(Db *db, GError **error)
{
        g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);
        Statement *statement = db_statement(db, RULE_ROWS " ORDER BY r.name", error);
        StepResult step;

        if (!statement)
                return NULL;
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Rule *rule = rule_from_row(statement);

                if (rule)
                        g_ptr_array_add(rules, rule);
        }
        if (step == STEP_ERROR)
                return NULL;
        for (unsigned i = 0; i < rules->len; i++)
                (void)rule_resolve(db, rules->pdata[i], NULL);
        return g_steal_pointer(&rules);
}

/* ---- writing ---- */

static bool check_room(Db *db, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT count(*) FROM rules WHERE is_active = 1", error);

        if (!statement || statement_step(statement, error) != STEP_ROW)
                return false;
        if (statement_int(statement, 0) < RULE_COUNT_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "there are %d rules already (RULE_COUNT_MAX)", RULE_COUNT_MAX);
        return false;
}

static bool rule_insert(Db *db, Rule *rule, const char *state, GError **error)
{
        g_autofree char *spec = rule_spec(rule);
        Statement *statement = db_statement(
                db,
                "INSERT INTO rules (id, name, kind, spec, predicate, state, description, created_at)"
                " VALUES (:id, :name, :kind, :spec, :predicate, :state, :description, :now)",
                error);

        if (!statement)
                return false;
        g_free(rule->id);
        rule->id = id_new("rule");
        g_free(rule->state);
        rule->state = g_strdup(state);
        statement_bind_text(statement, ":id", rule->id);
        statement_bind_text(statement, ":name", rule->name);
        statement_bind_text(statement, ":kind", rule_kind_to_string(rule->kind));
        statement_bind_text(statement, ":spec", spec);
        statement_bind_text(statement, ":predicate", rule->predicate);
        statement_bind_text(statement, ":state", state);
        statement_bind_text(statement, ":description", rule->description);
        statement_bind_int(statement, ":now", clock_now());
        return statement_run(statement, error);
}

static bool need_active(Db *db, const char *name, GError **error)
{
        g_autoptr(Predicate) predicate = predicate_use(db, name, error);

        return predicate != NULL;
}

/* A rule may wait with predicates that wait; it is made active with active ones only. */
static bool check_active(Db *db, const Rule *rule, GError **error)
{
        for (char **at = rule->predicates; *at; at++)
                if (!need_active(db, *at, error))
                        return false;
        return need_active(db, rule->predicate, error);
}

static bool same_rule(const Rule *a, const Rule *b)
{
        g_autofree char *left = rule_spec(a), *right = rule_spec(b);

        return a->kind == b->kind && strcmp(left, right) == 0 &&
               strcmp(a->predicate, b->predicate) == 0;
}

static bool meet(Db *db, Rule *present, const Rule *wanted, bool active, GError **error)
{
        if (!same_rule(present, wanted)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "rule %s is there already and says something else, state %s: give "
                            "another name, and retire that one if this replaces it",
                            present->name, present->state);
                return false;
        }
        if (strcmp(present->state, "retired") == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "rule %s was retired; decide_rule with reinstate brings it back",
                            present->name);
                return false;
        }
        return !active || strcmp(present->state, "active") == 0 ||
               rule_set_state(db, present, "active", error);
}

bool rule_define(Db *db, Rule *rule, bool active, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(Rule) present = rule_find(db, /* id= */ NULL, rule->name, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (!rule_resolve(db, rule, error))
                return false;
        if (present)
                return meet(db, present, rule, active, error);
        return check_room(db, error) && (!active || check_active(db, rule, error)) &&
               rule_insert(db, rule, active ? "active" : "proposed", error);
}

bool rule_set_state(Db *db, Rule *rule, const char *state, GError **error)
{
        Statement *statement;

        if (strcmp(state, "active") == 0 &&
            (!rule_resolve(db, rule, error) || !check_active(db, rule, error)))
                return false;
        statement = db_statement(db, "UPDATE rules SET state = :state WHERE id = :id", error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":state", state);
        statement_bind_text(statement, ":id", rule->id);
        return statement_run(statement, error);
}

/* ---- shipped ---- */

static GPtrArray *load_shipped(void)
{
        g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes =
                g_resources_lookup_data(SHIPPED, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
        g_autoptr(JsonObject) root = NULL;
        JsonArray *list;

        if (bytes)
                root = json_parse_object(g_bytes_get_data(bytes, NULL),
                                         (gssize)g_bytes_get_size(bytes), &error);
        list = root ? json_member_array(root, "rules") : NULL;
        for (unsigned i = 0; list && i < json_array_get_length(list); i++) {
                JsonObject *object = json_array_get_object_element(list, i);
                Rule *rule = rule_from_json(object, &error);

                if (!rule)
                        break;
                rule->state = g_strdup(json_member_string(object, "state", "proposed"));
                g_ptr_array_add(rules, rule);
        }
        if (!list || error)
                g_error("%s: %s", SHIPPED, error ? error->message : "no rules"); /* by us */
        return g_steal_pointer(&rules);
}

/* Was there ever a rule of this name? One that was taken back is not entered again. */
static StepResult is_known(Db *db, const char *name, GError **error)
{
        Statement *statement = db_statement(db, "SELECT 1 FROM rules WHERE name = :name", error);

        if (!statement)
                return STEP_ERROR;
        statement_bind_text(statement, ":name", name);
        return statement_step(statement, error);
}

/* A vault may have a predicate of the name that does not fit: then the rule is not for it. */
static bool work_enter(Db *db, void *data, GError **error)
{
        GPtrArray *missing = data;

        for (unsigned i = 0; i < missing->len; i++) {
                Rule *rule = missing->pdata[i];
                bool active = strcmp(rule->state, "active") == 0;
                StepResult known = is_known(db, rule->name, error);

                if (known == STEP_ERROR)
                        return false;
                if (known == STEP_ROW || !rule_resolve(db, rule, NULL) ||
                    (active && !check_active(db, rule, NULL)))
                        continue;
                if (!rule_insert(db, rule, active ? "active" : "proposed", error))
                        return false;
        }
        return true;
}

static bool keep_missing(Store *vault, GPtrArray *rules, GError **error)
{
        g_autoptr(Db) db = store_reader(vault, /* scope= */ NULL, error);

        if (!db)
                return false;
        for (unsigned i = rules->len; i-- > 0;) {
                Rule *rule = rules->pdata[i];
                StepResult known = is_known(db, rule->name, error);

                if (known == STEP_ERROR)
                        return false;
                if (known == STEP_ROW || !rule_resolve(db, rule, NULL))
                        g_ptr_array_remove_index(rules, i);
        }
        return true;
}

bool rule_ensure_shipped(Store *vault, GError **error)
{
        g_autoptr(GPtrArray) rules = load_shipped();
        g_autoptr(Access) access = access_new_system("graph");
        WriteOptions options = {.actor = access_actor(access), .reason = "shipped rules"};

        if (!keep_missing(vault, rules, error))
                return false;
        if (rules->len == 0)
                return true;
        return store_write(vault, &options, work_enter, rules, error);
}
