/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run keeps what is inferred in step with what has changed in a write. It works through three queues, the first
 * that has something coming first: moves (facts that say something else now, or nothing), doomed inferred facts (a
 * source of theirs is gone), and tasks (rules to be asked about an entity). Each makes moves in turn. */
#include "graph/infer-run.h"

#include <math.h>
#include <string.h>

typedef struct Move {
        Basis *before, *after; /* either may be NULL */
} Move;

static void move_free(gpointer data)
{
        Move *move = data;

        basis_free(move->before);
        basis_free(move->after);
        g_free(move);
}

/* An inferred fact that somebody else took away. */
typedef struct Gone {
        const Rule *rule;
        char *subject, *key;
} Gone;

static void gone_free(gpointer data)
{
        Gone *gone = data;

        g_free(gone->subject);
        g_free(gone->key);
        g_free(gone);
}

static void task_free(gpointer data)
{
        Task *task = data;

        g_free(task->subject);
        g_free(task);
}

void run_init(Run *run, Db *db, Inference *inference)
{
        *run = (Run){.db = db, .inference = inference};
        run->tasks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, task_free);
        run->fresh = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        run->lost = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        run->reached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        run->inserted = g_hash_table_new(g_str_hash, g_str_equal);
        run->problems = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
        g_queue_init(&run->gone);
        g_queue_init(&run->moves);
        g_queue_init(&run->doomed);
        g_queue_init(&run->queue);
}

void run_clear(Run *run)
{
        g_hash_table_unref(run->tasks);
        g_hash_table_unref(run->fresh);
        g_hash_table_unref(run->lost);
        g_hash_table_unref(run->reached);
        g_hash_table_unref(run->inserted);
        g_hash_table_unref(run->problems);
        g_queue_clear_full(&run->gone, gone_free);
        g_queue_clear_full(&run->moves, move_free);
        g_queue_clear_full(&run->doomed, g_free);
        g_queue_clear(&run->queue);
}

void run_note(Run *run, const Rule *rule, const char *problem)
{
        if (!g_hash_table_contains(run->problems, rule->id))
                g_hash_table_insert(run->problems, rule->id, g_strdup(problem));
}

/* ---- queues ---- */

void run_move(Run *run, Basis *before, Basis *after)
{
        Move *move;

        if (basis_same(before, after)) {
                basis_free(before);
                basis_free(after);
                return;
        }
        move = g_new0(Move, 1);
        move->before = before;
        move->after = after;
        g_queue_push_tail(&run->moves, move);
}

Task *run_task(Run *run, const Rule *rule, const char *subject)
{
        g_autofree char *key = g_strjoin("\n", rule->id, subject, NULL);
        Task *task = g_hash_table_lookup(run->tasks, key);

        if (!task) {
                task = g_new0(Task, 1);
                task->rule = rule;
                task->subject = g_strdup(subject);
                g_hash_table_insert(run->tasks, g_steal_pointer(&key), task);
        }
        if (!task->queued)
                g_queue_push_tail(&run->queue, task);
        task->queued = true;
        return task;
}

static char *lost_key(const Rule *rule, const char *subject, const char *object,
                      const char *qualifiers)
{
        /* an aggregate is known by its window: its value changes */
        const char *key = rule->kind == RULE_AGGREGATE ? qualifiers : object;

        return g_strjoin("\n", rule->id, subject, key ?: "", NULL);
}

void run_gone(Run *run, const Basis *fact)
{
        const Rule *rule = g_hash_table_lookup(run->inference->by_agent, fact->agent);
        Gone *gone;

        if (!rule)
                return;
        gone = g_new0(Gone, 1);
        gone->rule = rule;
        gone->subject = g_strdup(fact->subject);
        gone->key = lost_key(rule, fact->subject, fact->object, fact->qualifiers);
        g_queue_push_tail(&run->gone, gone);
}

/* Does a move take something away that the rule reads? */
static bool is_shaken(Run *run, const Rule *rule, GHashTable *known)
{
        gpointer shaken;

        if (g_hash_table_lookup_extended(known, rule, NULL, &shaken))
                return shaken != NULL;
        for (GList *at = run->moves.head; at; at = at->next) {
                const Move *move = at->data;

                if (move->before && move->before->is_current &&
                    rule_index(rule, move->before->predicate) >= 0 &&
                    strcmp(move->before->agent, rule->agent) != 0) {
                        g_hash_table_insert(known, (gpointer)rule, (gpointer)rule);
                        return true;
                }
        }
        g_hash_table_insert(known, (gpointer)rule, NULL);
        return false;
}

/* What went with a whole write that is reverted, or together with something that its rule reads, may follow all the
 * same or in another way. What somebody took back alone stays away. */
static void look_after_gone(Run *run)
{
        g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
        Gone *gone;

        while ((gone = g_queue_pop_head(&run->gone))) {
                if (run->undoes_many || is_shaken(run, gone->rule, known)) {
                        run_task(run, gone->rule, gone->subject)->full = true;
                        g_hash_table_add(run->lost, g_steal_pointer(&gone->key));
                }
                gone_free(gone);
        }
}

bool run_has_lost(Run *run, const Task *task, const Wanted *wanted)
{
        g_autofree char *key =
                lost_key(task->rule, task->subject, wanted->object, wanted->qualifiers);

        return g_hash_table_contains(run->lost, key);
}

/* Was the fact put in by a revert? What came of undoing goes with further undoing, so that in the end all is as it was
 * at the beginning. */
static StepResult is_of_revert(Run *run, const char *fact_id, GError **error)
{
        g_autofree char *row = g_strdup_printf("{\"id\":\"%s\"}", fact_id);
        Statement *statement;

        if (!run->reverts || db_actor(run->db)->kind != ACTOR_HUMAN)
                return STEP_DONE;
        statement = db_statement(run->db,
                                 "SELECT 1 FROM mutations WHERE table_name = 'facts'"
                                 " AND row_id = :row AND op = 'insert' AND reverts IS NOT NULL",
                                 error);
        if (!statement)
                return STEP_ERROR;
        statement_bind_text(statement, ":row", row);
        return statement_step(statement, error);
}

static bool run_on(Run *run, const char *sql, const char *fact_id, GError **error)
{
        Statement *statement = db_statement(run->db, sql, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", fact_id);
        return statement_run(statement, error);
}

static bool take_out(Run *run, const char *fact_id, GError **error)
{
        StepResult undone = is_of_revert(run, fact_id, error);

        if (undone == STEP_ERROR)
                return false;
        if (undone == STEP_DONE)
                return run_on(run,
                              "UPDATE facts SET is_active = 0, superseded_by = NULL,"
                              " superseded_at = NULL WHERE id = :id",
                              fact_id, error);
        return run_on(run, "DELETE FROM fact_sources WHERE fact_id = :id", fact_id, error) &&
               run_on(run, "DELETE FROM facts WHERE id = :id", fact_id, error);
}

bool run_retire(Run *run, Basis *fact, bool again, GError **error)
{
        const Rule *rule = g_hash_table_lookup(run->inference->by_agent, fact->agent);

        if (!take_out(run, fact->id, error)) {
                basis_free(fact);
                return false;
        }
        if (again && rule) {
                g_hash_table_add(run->lost,
                                 lost_key(rule, fact->subject, fact->object, fact->qualifiers));
                run_task(run, rule, fact->subject)->full = true;
        }
        run_move(run, fact, NULL);
        return true;
}

/* ---- moves ---- */

/* All that was inferred from a fact is no longer so. */
static bool doom_dependents(Run *run, const char *fact_id, GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(run->db,
                             "SELECT DISTINCT s.fact_id FROM fact_sources s"
                             " JOIN facts f ON f.id = s.fact_id"
                             " WHERE s.source_id = :id AND s.is_active = 1 AND f.is_active = 1",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", fact_id);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_queue_push_tail(&run->doomed, g_strdup(statement_text(statement, 0)));
        return step == STEP_DONE;
}

bool run_touch_reaching(Run *run, const Rule *rule, const char *entity_id, GError **error)
{
        g_autoptr(GHashTable) subjects =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autofree char *key = g_strjoin("\n", rule->id, entity_id, NULL);
        GHashTableIter iter;
        gpointer subject;
        bool all;

        if (!g_hash_table_add(run->reached, g_steal_pointer(&key)))
                return true;
        if (!closure_reaching(run->db, rule, entity_id, subjects, &all, error))
                return false;
        if (!all)
                run_note(run, rule,
                         "RULE_SUBJECTS_MAX (" G_STRINGIFY(
                                 RULE_SUBJECTS_MAX) ") was reached by what "
                                                    "leads to one entity");
        g_hash_table_iter_init(&iter, subjects);
        while (g_hash_table_iter_next(&iter, &subject, NULL))
                run_task(run, rule, subject)->full = true;
        return true;
}

/* Asks a rule about whom a fact concerns that it reads. */
static bool touch(Run *run, const Rule *rule, const Basis *basis, bool now, GError **error)
{
        g_autofree char *target = NULL;

        if (strcmp(basis->agent, rule->agent) == 0)
                return true;
        switch (rule->kind) {
        case RULE_CLOSURE:
                /* what went by way of it was inferred from it; only half of what is undone may not be */
                if (now || run->reverts)
                        return run_touch_reaching(run, rule, basis->subject, error);
                break;
        case RULE_INVERSE:
                if (!basis_target(run->db, rule, basis, &target, error))
                        return false;
                if (target)
                        run_task(run, rule, target)->full = true;
                return true;
        case RULE_AGGREGATE:
                break;
        case RULE_KIND_COUNT:
                g_assert_not_reached();
        }
        run_task(run, rule, basis->subject)->full = true;
        return true;
}

static bool touch_all(Run *run, const Basis *basis, bool now, GError **error)
{
        const GPtrArray *rules = g_hash_table_lookup(run->inference->by_source, basis->predicate);

        for (unsigned i = 0; rules && i < rules->len; i++)
                if (!touch(run, rules->pdata[i], basis, now, error))
                        return false;
        return true;
}

static bool follow_move(Run *run, const Move *move, GError **error)
{
        const Basis *before = move->before, *after = move->after;

        if (before && before->is_current)
                if (!doom_dependents(run, before->id, error) ||
                    !touch_all(run, before, /* now= */ false, error))
                        return false;
        if (!after || !after->is_current)
                return true;
        g_hash_table_add(run->fresh, g_strdup(after->id));
        return touch_all(run, after, /* now= */ true, error);
}

static bool retire_doomed(Run *run, const char *fact_id, GError **error)
{
        g_autoptr(GError) problem = NULL;
        Basis *fact = basis_read(run->db, fact_id, &problem);

        if (problem) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        if (!fact || !fact->is_active) {
                basis_free(fact);
                return true;
        }
        return run_retire(run, fact, /* again= */ true, error);
}

static bool run_one(Run *run, GError **error)
{
        Move *move = g_queue_pop_head(&run->moves);
        g_autofree char *doomed = NULL;
        Task *task;
        bool ok;

        if (move) {
                ok = follow_move(run, move, error);
                move_free(move);
                return ok;
        }
        doomed = g_queue_pop_head(&run->doomed);
        if (doomed)
                return retire_doomed(run, doomed, error);
        task = g_queue_pop_head(&run->queue);
        task->queued = false;
        if (task->rounds++ < RULE_ROUNDS_MAX)
                return task_run(run, task, error);
        run_note(run, task->rule,
                 "RULE_ROUNDS_MAX (" G_STRINGIFY(
                         RULE_ROUNDS_MAX) ") was reached: what it infers "
                                          "changes, by way of other rules, what it reads");
        return true;
}

/* ---- problems ---- */

/* Written when it is another one than stands there: not with each write. */
static bool write_problem(Run *run, const char *rule_id, const char *problem, GError **error)
{
        Statement *statement = db_statement(
                run->db,
                "INSERT INTO rule_problems (rule_id, problem, noted_at) VALUES (:id, :problem, :now)"
                " ON CONFLICT (rule_id) DO UPDATE SET problem = :problem, noted_at = :now"
                " WHERE problem <> :problem",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", rule_id);
        statement_bind_text(statement, ":problem", problem);
        statement_bind_int(statement, ":now", clock_now());
        return statement_run(statement, error);
}

bool run_all(Run *run, GError **error)
{
        GHashTableIter iter;
        gpointer id, problem;

        look_after_gone(run);
        while (!g_queue_is_empty(&run->moves) || !g_queue_is_empty(&run->doomed) ||
               !g_queue_is_empty(&run->queue))
                if (!run_one(run, error))
                        return false;
        g_hash_table_iter_init(&iter, run->problems);
        while (g_hash_table_iter_next(&iter, &id, &problem))
                if (!write_problem(run, id, problem, error))
                        return false;
        return true;
}
