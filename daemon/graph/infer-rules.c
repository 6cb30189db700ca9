/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sets inference off: changes of facts, of derivations, of rules and of predicates. The rules are kept from
 * write to write as long as the last journal entry that changed them is there: it is not if that write failed. All
 * of this runs on the writer's thread. */
#include <string.h>

#include "graph/fact.h"
#include "graph/infer-run.h"

static void drop_rules(Inference *inference)
{
        g_clear_pointer(&inference->by_source, g_hash_table_unref);
        g_clear_pointer(&inference->by_agent, g_hash_table_unref);
        g_clear_pointer(&inference->rules, g_ptr_array_unref);
}

Inference *inference_new(void)
{
        return g_new0(Inference, 1);
}

Inference *inference_free(Inference *inference)
{
        if (!inference)
                return NULL;
        drop_rules(inference);
        g_free(inference->mark);
        g_free(inference);
        return NULL;
}

void inference_forget(Inference *inference)
{
        g_atomic_int_set(&inference->stale, 1);
}

/* ---- the rules ---- */

static void index_rule(Inference *inference, Rule *rule)
{
        if (!rule->usable)
                return;
        g_hash_table_insert(inference->by_agent, rule->agent, rule);
        for (char **at = rule->predicates; *at; at++) {
                GPtrArray *rules = g_hash_table_lookup(inference->by_source, *at);

                if (!rules) {
                        rules = g_ptr_array_new();
                        g_hash_table_insert(inference->by_source, *at, rules);
                }
                g_ptr_array_add(rules, rule);
        }
}

static void free_array(gpointer data)
{
        g_ptr_array_unref(data);
}

static bool load_rules(Inference *inference, Db *db, GError **error)
{
        inference->rules = rule_load_all(db, error);
        if (!inference->rules)
                return false;
        inference->by_source = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_array);
        inference->by_agent = g_hash_table_new(g_str_hash, g_str_equal);
        for (unsigned i = 0; i < inference->rules->len; i++)
                index_rule(inference, inference->rules->pdata[i]);
        return true;
}

/* Is the entry that the rules follow still there? */
static StepResult check_mark(const Inference *inference, Db *db, GError **error)
{
        Statement *statement;

        if (!inference->mark)
                return STEP_ROW;
        statement = db_statement(db, "SELECT 1 FROM mutations WHERE id = :id", error);
        if (!statement)
                return STEP_ERROR;
        statement_bind_text(statement, ":id", inference->mark);
        return statement_step(statement, error);
}

static bool ensure_rules(Inference *inference, Db *db, GError **error)
{
        StepResult mark = check_mark(inference, db, error);

        if (mark == STEP_ERROR)
                return false;
        if (mark == STEP_DONE || g_atomic_int_compare_and_exchange(&inference->stale, 1, 0)) {
                g_clear_pointer(&inference->mark, g_free);
                drop_rules(inference);
        }
        return inference->rules || load_rules(inference, db, error);
}

static bool changed_rules(Inference *inference, Db *db, const Change *last, GError **error)
{
        g_free(inference->mark);
        inference->mark = g_strdup(last->id);
        drop_rules(inference);
        return load_rules(inference, db, error);
}

/* ---- rows ---- */

static char *row_member(const char *row_id, const char *member)
{
        g_autoptr(JsonObject) object = json_parse_object(row_id, -1, NULL);

        return object ? g_strdup(json_member_string(object, member, NULL)) : NULL;
}

/* The id in {"id":"fact-…"}, without parsing where it is so plain. */
static char *fact_id_of(const char *row_id)
{
        size_t length = strlen(row_id);

        if (g_str_has_prefix(row_id, "{\"id\":\"fact-") && length > 9 &&
            !memchr(row_id, '\\', length) && g_str_has_suffix(row_id, "\"}"))
                return g_strndup(row_id + 7, length - 9);
        return row_member(row_id, "id");
}

/* ---- facts ---- */

static bool is_inferred(const char *agent)
{
        return g_str_has_prefix(agent, RULE_AGENT_PREFIX);
}

/* Looks at the fact without copying it: by far most are of no concern to any rule. STEP_DONE: it is gone. */
static StepResult look_at(Run *run, const char *id, bool *ret_concerns, GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(run->db, "SELECT predicate, agent FROM facts WHERE id = :id", error);

        if (!statement)
                return STEP_ERROR;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        *ret_concerns = step == STEP_DONE ||
                        (step == STEP_ROW && (is_inferred(statement_text(statement, 1)) ||
                                              g_hash_table_contains(run->inference->by_source,
                                                                    statement_text(statement, 0))));
        return step;
}

static StepResult has_current_sources(Run *run, const char *fact_id, GError **error)
{
        Statement *statement = db_statement(
                run->db,
                "SELECT 1 WHERE EXISTS (SELECT 1 FROM fact_sources WHERE fact_id = :id)"
                " AND NOT EXISTS (SELECT 1 FROM fact_sources s LEFT JOIN facts f"
                " ON f.id = s.source_id AND f.is_active = 1 AND f.superseded_at IS NULL"
                " WHERE s.fact_id = :id AND (s.is_active = 0 OR f.id IS NULL))",
                error);

        if (!statement)
                return STEP_ERROR;
        statement_bind_text(statement, ":id", fact_id);
        return statement_step(statement, error);
}

/* An inferred fact that somebody has brought back must be what its rule wants. */
static bool judge(Run *run, const Basis *after, GError **error)
{
        const Rule *rule = g_hash_table_lookup(run->inference->by_agent, after->agent);
        StepResult sources = rule ? has_current_sources(run, after->id, error) : STEP_DONE;
        Basis *fact;

        if (sources == STEP_ROW)
                (void)run_task(run, rule, after->subject);
        if (sources != STEP_DONE)
                return sources == STEP_ROW;
        fact = basis_read(run->db, after->id, error);
        return fact && run_retire(run, fact, /* again= */ false, error);
}

/* What is retired is superseded by nothing, whatever a revert has put there. */
static bool tidy(Run *run, const Basis *after, GError **error)
{
        Statement *statement;

        if (!after || after->is_active || !is_inferred(after->agent))
                return true;
        statement = db_statement(run->db,
                                 "UPDATE facts SET superseded_by = NULL, superseded_at = NULL"
                                 " WHERE id = :id AND superseded_at IS NOT NULL",
                                 error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", after->id);
        return statement_run(statement, error);
}

/* What a fact said before the write, and what it says now. */
static bool add_change(Run *run, const Change *change, const char *id, GError **error)
{
        g_autoptr(GError) problem = NULL;
        Basis *before = NULL, *after;
        bool concerns = false, ok;

        if (look_at(run, id, &concerns, error) == STEP_ERROR)
                return false;
        if (!concerns)
                return true;
        if (change->op != CHANGE_INSERT)
                before = basis_before(run->db, change->seq, &problem);
        after = problem ? NULL : basis_read(run->db, id, &problem);
        if (problem) {
                basis_free(before);
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (!tidy(run, after, error)) {
                basis_free(before);
                basis_free(after);
                return false;
        }
        if (before && after && before->is_active == after->is_active && basis_same(before, after)) {
                basis_free(before);
                basis_free(after);
                return true;
        }
        ok = !after || !after->is_active || !is_inferred(after->agent) || judge(run, after, error);
        if (before && before->is_active && is_inferred(before->agent) &&
            (!after || !after->is_active))
                run_gone(run, before);
        run_move(run, before, after);
        return ok;
}

static bool find_reverts(Run *run, const Change *first, GError **error)
{
        Statement *statement = db_statement(
                run->db, "SELECT reverts FROM mutations WHERE seq = :seq AND reverts IS NOT NULL",
                error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_int(statement, ":seq", first->seq);
        step = statement_step(statement, error);
        run->reverts = step == STEP_ROW;
        run->undoes_many = run->reverts && !g_str_has_prefix(statement_text(statement, 0), "mut-");
        return step != STEP_ERROR;
}

/* The first change of a fact tells what it was before all of them. */
static bool add_changes(Run *run, const Change *changes, unsigned count, GError **error)
{
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (unsigned i = 0; i < count; i++) {
                g_autofree char *id = fact_id_of(changes[i].row_id);
                const char *known = id;

                if (!id || (count > 1 && !g_hash_table_add(seen, g_steal_pointer(&id))))
                        continue;
                if (!add_change(run, &changes[i], known, error))
                        return false;
        }
        return true;
}

/* A fact that is only just there was not inferred from, and no rule has inferred it, unless a revert brought it back. */
static bool has_updates(const Change *changes, unsigned count)
{
        for (unsigned i = 0; i < count; i++)
                if (changes[i].op != CHANGE_INSERT)
                        return true;
        return false;
}

static bool derive_facts(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        Inference *inference = data;
        Run run;
        bool ok;

        if (!ensure_rules(inference, db, error))
                return false;
        run_init(&run, db, inference);
        ok = find_reverts(&run, &changes[0], error);
        if (ok && (run.reverts || g_hash_table_size(inference->by_agent) > 0 ||
                   has_updates(changes, count))) /* else no rule is at work */
                ok = add_changes(&run, changes, count, error) && run_all(&run, error);
        run_clear(&run);
        return ok;
}

/* ---- derivations ---- */

static StepResult judge_sources(Run *run, const Change *change, const Basis *fact, GError **error)
{
        if (change->op == CHANGE_DELETE ||
            !g_hash_table_contains(run->inference->by_agent, fact->agent))
                return STEP_DONE;
        if (change->op == CHANGE_INSERT)
                return STEP_ROW;
        return has_current_sources(run, fact->id, error);
}

/* Derivations are only ever added; if one was taken away, so is the fact. So it is if a revert has put in again what no
 * rule wants any longer. */
static bool take_away(Run *run, const Change *change, GError **error)
{
        g_autofree char *id = row_member(change->row_id, "fact_id");
        g_autoptr(GError) problem = NULL;
        Basis *fact = id ? basis_read(run->db, id, &problem) : NULL;
        StepResult sources = STEP_ROW;

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (fact && fact->is_active && is_inferred(fact->agent))
                sources = judge_sources(run, change, fact, error);
        if (sources == STEP_DONE)
                return run_retire(run, fact, /* again= */ false, error);
        basis_free(fact);
        return sources == STEP_ROW;
}

/* Both from {"fact_id":"fact-…","ordinal":…}. */
static bool is_of_same_fact(const Change *a, const Change *b)
{
        return strncmp(a->row_id, b->row_id, strlen("{\"fact_id\":\"fact-") + ID_DIGITS) == 0;
}

static bool derive_sources(Db *db, const Change *changes, unsigned count, void *data,
                           GError **error)
{
        Inference *inference = data;
        bool ok = true;
        Run run;

        if (!ensure_rules(inference, db, error))
                return false;
        run_init(&run, db, inference);
        ok = find_reverts(&run, &changes[0], error);
        for (unsigned i = 0; i < count && ok; i++)
                if (i == 0 || changes[i].op != CHANGE_INSERT ||
                    !is_of_same_fact(&changes[i - 1], &changes[i]))
                        ok = take_away(&run, &changes[i], error);
        ok = ok && run_all(&run, error);
        run_clear(&run);
        return ok;
}

/* ---- rules ---- */

static bool retire_standing(Run *run, const char *name, const char *predicate, GError **error)
{
        g_autofree char *agent = g_strconcat(RULE_AGENT_PREFIX, name, NULL);
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        StepResult step;
        Statement *statement = db_statement(run->db,
                                            "SELECT id FROM facts WHERE predicate = :predicate"
                                            " AND agent = :agent AND is_active = 1",
                                            error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":predicate", predicate);
        statement_bind_text(statement, ":agent", agent);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(statement, 0)));
        for (unsigned i = 0; i < ids->len && step != STEP_ERROR; i++) {
                Basis *fact = basis_read(run->db, ids->pdata[i], error);

                if (!fact || !run_retire(run, fact, /* again= */ false, error))
                        return false;
        }
        return step != STEP_ERROR;
}

#define SUBJECTS                                                                                   \
        "SELECT DISTINCT " FACT_SUBJECT(f) " FROM facts f WHERE f.predicate = :predicate"          \
                                           " AND f.superseded_at IS NULL AND f.is_active = 1"
#define TARGETS                                                                                    \
        "SELECT DISTINCT coalesce(e.id, " FACT_OBJECT(                                             \
                f) ") FROM facts f LEFT JOIN entities e ON e.document_id = f.object"               \
                   " WHERE f.predicate = :predicate"                                               \
                   " AND f.superseded_at IS NULL AND f.is_active = 1"

static bool ask_for(Run *run, const Rule *rule, const char *sql, const char *predicate,
                    GError **error)
{
        Statement *statement = db_statement(run->db, sql, error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":predicate", predicate);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Task *task = run_task(run, rule, statement_text(statement, 0));

                task->full = task->all = true;
        }
        return step == STEP_DONE;
}

static bool forget_problem(Db *db, const char *rule_id, GError **error)
{
        Statement *statement =
                db_statement(db, "DELETE FROM rule_problems WHERE rule_id = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", rule_id);
        return statement_run(statement, error);
}

/* Asks a rule about everybody whom it concerns, or concerned. */
static bool ask_all(Run *run, const Rule *rule, GError **error)
{
        for (char **at = rule->predicates; *at; at++)
                if (!ask_for(run, rule, rule->kind == RULE_INVERSE ? TARGETS : SUBJECTS, *at,
                             error))
                        return false;
        return forget_problem(run->db, rule->id, error);
}

static const Rule *find_loaded(const Inference *inference, const char *id)
{
        for (unsigned i = 0; i < inference->rules->len; i++) {
                const Rule *rule = inference->rules->pdata[i];

                if (g_str_equal(rule->id, id))
                        return rule;
        }
        return NULL;
}

/* Name and predicate of a rule before its change; NULL: it is new. */
static bool read_former(Db *db, int64_t seq, JsonObject **ret, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT before FROM mutations WHERE seq = :seq", error);
        StepResult step;

        *ret = NULL;
        if (!statement)
                return false;
        statement_bind_int(statement, ":seq", seq);
        step = statement_step(statement, error);
        if (step == STEP_ROW && !statement_is_null(statement, 0))
                *ret = json_parse_object(statement_text(statement, 0), -1, error);
        return step == STEP_ROW && (*ret || statement_is_null(statement, 0));
}

static bool follow_rule(Run *run, const Change *change, GError **error)
{
        g_autofree char *id = row_member(change->row_id, "id");
        const Rule *rule = id ? find_loaded(run->inference, id) : NULL;
        g_autoptr(JsonObject) former = NULL;

        if (!read_former(run->db, change->seq, &former, error))
                return false;
        if (!rule || !rule->usable)
                if (former &&
                    (!retire_standing(run, json_member_string(former, "name", ""),
                                      json_member_string(former, "predicate", ""), error) ||
                     !forget_problem(run->db, id ?: "", error)))
                        return false;
        return !rule || !rule->usable || ask_all(run, rule, error);
}

static bool derive_rules(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        Inference *inference = data;
        bool ok = true;
        Run run;

        if (!changed_rules(inference, db, &changes[count - 1], error))
                return false;
        run_init(&run, db, inference);
        for (unsigned i = 0; i < count && ok; i++)
                ok = follow_rule(&run, &changes[i], error);
        ok = ok && run_all(&run, error);
        run_clear(&run);
        return ok;
}

/* ---- predicates ---- */

/* A rule is of use as long as the predicate is that it infers. */
static bool follow_predicate(Run *run, const Change *change, GError **error)
{
        g_autofree char *name = row_member(change->row_id, "name");

        for (unsigned i = 0; name && i < run->inference->rules->len; i++) {
                const Rule *rule = run->inference->rules->pdata[i];

                if (!g_str_equal(rule->predicate, name))
                        continue;
                if (!(rule->usable ? ask_all(run, rule, error)
                                   : retire_standing(run, rule->name, name, error)))
                        return false;
        }
        return true;
}

static bool derive_predicates(Db *db, const Change *changes, unsigned count, void *data,
                              GError **error)
{
        Inference *inference = data;
        bool ok = true;
        Run run;

        if (!changed_rules(inference, db, &changes[count - 1], error))
                return false;
        run_init(&run, db, inference);
        for (unsigned i = 0; i < count && ok; i++)
                if (changes[i].op != CHANGE_INSERT) /* no rule can be there before it */
                        ok = follow_predicate(&run, &changes[i], error);
        ok = ok && run_all(&run, error);
        run_clear(&run);
        return ok;
}

/* ---- entities that stand for documents ---- */

/* The facts lead elsewhere now, or lead somewhere: as if they had just come. Takes them. */
static bool follow_facts(Run *run, const Rule *rule, GPtrArray *taken, GError **error)
{
        g_autoptr(GPtrArray) facts = taken;

        for (unsigned i = 0; facts && i < facts->len; i++) {
                const Basis *basis = facts->pdata[i];

                g_hash_table_add(run->fresh, g_strdup(basis->id));
                if (rule->kind == RULE_CLOSURE &&
                    !run_touch_reaching(run, rule, basis->subject, error))
                        return false;
        }
        return facts != NULL;
}

/* An entity stands for another document than before (former, or NULL). */
static bool follow_document(Run *run, const char *entity_id, const char *former, GError **error)
{
        for (unsigned i = 0; i < run->inference->rules->len; i++) {
                const Rule *rule = run->inference->rules->pdata[i];

                if (!rule->usable || rule->kind == RULE_AGGREGATE)
                        continue;
                for (unsigned j = 0; rule->predicates[j]; j++) {
                        if (!follow_facts(run, rule,
                                          basis_to(run->db, rule, entity_id, j,
                                                   RULE_SUBJECTS_MAX + 1, error),
                                          error))
                                return false;
                        if (former && !follow_facts(run, rule,
                                                    basis_to_document(run->db, rule, former, j,
                                                                      RULE_SUBJECTS_MAX + 1, error),
                                                    error))
                                return false;
                }
                if (rule->kind == RULE_INVERSE)
                        run_task(run, rule, entity_id)->full = true;
                else if (!run_touch_reaching(run, rule, entity_id, error))
                        return false;
        }
        return true;
}

static bool follow_entity(Run *run, const Change *change, GError **error)
{
        g_autofree char *id = row_member(change->row_id, "id"), *document = NULL;
        g_autoptr(JsonObject) former = NULL;
        const char *before;

        if (!id || !read_former(run->db, change->seq, &former, error) ||
            !basis_document(run->db, id, &document, error))
                return !id;
        before = former ? json_member_string(former, "document_id", NULL) : NULL;
        return g_strcmp0(before, document) == 0 || follow_document(run, id, before, error);
}

static bool derive_entities(Db *db, const Change *changes, unsigned count, void *data,
                            GError **error)
{
        Inference *inference = data;
        bool ok = true;
        Run run;

        if (!ensure_rules(inference, db, error))
                return false;
        if (g_hash_table_size(inference->by_agent) == 0)
                return true; /* no rule is at work */
        run_init(&run, db, inference);
        ok = find_reverts(&run, &changes[0], error);
        for (unsigned i = 0; i < count && ok; i++)
                ok = follow_entity(&run, &changes[i], error);
        ok = ok && run_all(&run, error);
        run_clear(&run);
        return ok;
}

void infer_register(Inference *inference, Store *vault)
{
        store_add_derivation(vault, "facts", derive_facts, inference);
        store_add_derivation(vault, "fact_sources", derive_sources, inference);
        store_add_derivation(vault, "rules", derive_rules, inference);
        store_add_derivation(vault, "predicates", derive_predicates, inference);
        store_add_derivation(vault, "entities", derive_entities, inference);
}
