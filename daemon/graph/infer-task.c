/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One rule and one entity: what is wanted against what stands. */
#include <math.h>
#include <string.h>

#include "graph/current.h"
#include "graph/fact.h"
#include "graph/infer-run.h"

/* The ids of a fact's sources in order, as one text. */
#define SOURCES                                                                                    \
        "(SELECT group_concat(x.source_id, ' ') FROM (SELECT s.source_id FROM fact_sources s"      \
        " WHERE s.fact_id = f.id AND s.is_active = 1 ORDER BY s.ordinal) x)"

typedef struct Standing {
        char *id, *object, *qualifiers, *sources;
        bool kept;
} Standing;

static void standing_free(gpointer data)
{
        Standing *standing = data;

        g_free(standing->id);
        g_free(standing->object);
        g_free(standing->qualifiers);
        g_free(standing->sources);
        g_free(standing);
}

static GPtrArray *read_standing(Run *run, const Task *task, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(standing_free);
        StepResult step;
        Statement *statement =
                db_statement(run->db,
                             "SELECT f.id, " FACT_OBJECT(
                                     f) ", f.qualifiers, " SOURCES
                                        " FROM facts f WHERE " FACT_SUBJECT(
                                                f) " = :subject AND f.predicate = :predicate"
                                                   " AND f.agent = :agent AND f.is_active = 1"
                                                   " ORDER BY f.id",
                             error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":subject", task->subject);
        statement_bind_text(statement, ":predicate", task->rule->predicate);
        statement_bind_text(statement, ":agent", task->rule->agent);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                Standing *standing = g_new0(Standing, 1);

                standing->id = g_strdup(statement_text(statement, 0));
                standing->object = g_strdup(statement_text(statement, 1));
                standing->qualifiers = g_strdup(statement_text(statement, 2));
                standing->sources = g_strdup(statement_text(statement, 3));
                g_ptr_array_add(list, standing);
        }
        return step == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

static char *want_sources(const Wanted *wanted)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (unsigned i = 0; i < wanted->sources->len; i++)
                g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                                       (const char *)wanted->sources->pdata[i]);
        return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- bringing about ---- */

static void bind_wanted(Statement *statement, const Task *task, const Wanted *wanted)
{
        statement_bind_text(statement, ":subject", task->subject);
        statement_bind_text(statement, ":predicate", task->rule->predicate);
        statement_bind_text(statement, ":agent", task->rule->agent);
        statement_bind_text(statement, ":object", wanted->object);
        statement_bind_text(statement, ":qualifiers", wanted->qualifiers);
        statement_bind_int(statement, ":observed", wanted->observed_at);
        if (!isnan(wanted->confidence))
                statement_bind_double(statement, ":confidence", wanted->confidence);
}

/* The same, retired before; *ret is NULL if there is none. */
static bool find_retired(Run *run, const Task *task, const Wanted *wanted, char **ret,
                         GError **error)
{
        g_autofree char *sources = want_sources(wanted);
        StepResult step;
        Statement *statement = db_statement(
                run->db,
                "SELECT f.id FROM facts f WHERE " FACT_SUBJECT(
                        f) " = :subject AND f.predicate = :predicate"
                           " AND" FACT_SAME_OBJECT(
                                   FACT_OBJECT(f),
                                   ":object") " AND f.agent = :agent"
                                              " AND f.qualifiers IS :qualifiers AND f.observed_at = :observed"
                                              " AND f.confidence IS :confidence AND f.is_active = 0"
                                              " AND " SOURCES " = :sources ORDER BY f.id LIMIT 1",
                error);

        if (!statement)
                return false;
        bind_wanted(statement, task, wanted);
        statement_bind_text(statement, ":sources", sources);
        step = statement_step(statement, error);
        *ret = step == STEP_ROW ? g_strdup(statement_text(statement, 0)) : NULL;
        return step != STEP_ERROR;
}

static bool bring_back(Run *run, const char *fact_id, GError **error)
{
        Statement *statement =
                db_statement(run->db, "UPDATE facts SET is_active = 1 WHERE id = :id", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", fact_id);
        return statement_run(statement, error);
}

static bool insert_sources(Run *run, const Wanted *wanted, GError **error)
{
        for (unsigned i = 0; i < wanted->sources->len; i++) {
                Statement *statement =
                        db_statement(run->db,
                                     "INSERT INTO fact_sources (fact_id, ordinal, source_id)"
                                     " VALUES (:fact, :ordinal, :source)",
                                     error);

                if (!statement)
                        return false;
                statement_bind_text(statement, ":fact", wanted->fact_id);
                statement_bind_int(statement, ":ordinal", i + 1);
                statement_bind_text(statement, ":source", wanted->sources->pdata[i]);
                if (!statement_run(statement, error))
                        return false;
        }
        return true;
}

static bool insert_fact(Run *run, const Task *task, Wanted *wanted, GError **error)
{
        Statement *statement = db_statement(
                run->db,
                "INSERT INTO facts (id, entity_id, predicate, object, object_number, qualifiers,"
                " agent, observed_at, recorded_at, trust_tier, confidence) VALUES (:id, :subject,"
                " :predicate, :object, :number, :qualifiers, :agent, :observed, :now, 'inferred',"
                " :confidence)",
                error);

        if (!statement)
                return false;
        wanted->fact_id = id_new("fact");
        bind_wanted(statement, task, wanted);
        statement_bind_text(statement, ":id", wanted->fact_id);
        if (!isnan(wanted->number))
                statement_bind_double(statement, ":number", wanted->number);
        statement_bind_int(statement, ":now", clock_now());
        return statement_run(statement, error) && insert_sources(run, wanted, error);
}

static bool may_insert(Run *run, const Task *task, const Wanted *wanted)
{
        unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(run->inserted, task->rule->id)) + 1 +
                         wanted->sources->len;

        if (!task->all && !wanted->fresh && !run_has_lost(run, task, wanted))
                return false; /* somebody took it back */
        if (count > RULE_ROWS_MAX) {
                run_note(run, task->rule,
                         "RULE_ROWS_MAX (" G_STRINGIFY(
                                 RULE_ROWS_MAX) ") was reached in one "
                                                "write; decide_rule with reinstate goes on");
                return false;
        }
        g_hash_table_insert(run->inserted, task->rule->id, GUINT_TO_POINTER(count));
        return true;
}

/* Makes the wanted fact stand, if it may; wanted->fact_id tells. */
static bool bring_about(Run *run, const Task *task, Wanted *wanted, GError **error)
{
        char *present;

        if (!find_retired(run, task, wanted, &present, error))
                return false;
        if (!present)
                return !may_insert(run, task, wanted) || insert_fact(run, task, wanted, error);
        wanted->fact_id = present;
        wanted->is_back = true;
        return bring_back(run, present, error);
}

/* ---- wanted against standing ---- */

static const char *place_of(const Rule *rule, const char *object, const char *qualifiers)
{
        return rule->kind == RULE_AGGREGATE ? qualifiers ?: "" : object;
}

/* What stands, by its place, and by all that it is: of several of one place one may be what is wanted. */
typedef struct Stand {
        GHashTable *places; /* borrowed text → Standing */
        GHashTable *exact;
} Stand;

static char *exact_key(const char *object, const char *qualifiers, const char *sources)
{
        return g_strjoin("\n", sources ?: "", qualifiers ?: "", object, NULL);
}

static void stand_fill(Stand *stand, const Task *task, GPtrArray *standing)
{
        for (unsigned i = standing->len; i-- > 0;) {
                Standing *at = standing->pdata[i];

                g_hash_table_replace(stand->places,
                                     (gpointer)place_of(task->rule, at->object, at->qualifiers),
                                     at);
                g_hash_table_replace(stand->exact,
                                     exact_key(at->object, at->qualifiers, at->sources), at);
        }
}

static bool retire(Run *run, const char *fact_id, bool again, GError **error)
{
        Basis *fact = basis_read(run->db, fact_id, error);

        return fact && run_retire(run, fact, again, error);
}

/* Puts the fact that it follows first among its sources; false if that does not stand. */
static bool complete_sources(Wanted *wanted, const Wanted *previous)
{
        if (!wanted->follows)
                return true;
        if (!previous->fact_id)
                return false;
        g_ptr_array_insert(wanted->sources, 0, g_strdup(previous->fact_id));
        return true;
}

static Standing *find_exact(const Stand *stand, const Wanted *wanted)
{
        g_autofree char *sources = want_sources(wanted);
        g_autofree char *key = exact_key(wanted->object, wanted->qualifiers, sources);

        return g_hash_table_lookup(stand->exact, key);
}

static bool settle_one(Run *run, const Task *task, Wanted *wanted, const Stand *stand,
                       GError **error)
{
        Standing *exact = find_exact(stand, wanted);
        Standing *other = g_hash_table_lookup(
                stand->places, place_of(task->rule, wanted->object, wanted->qualifiers));

        if (exact) {
                exact->kept = true;
                wanted->fact_id = g_strdup(exact->id);
                return true;
        }
        if (other && !other->kept) {
                other->kept = true; /* as far as it is looked after here */
                if (!retire(run, other->id, /* again= */ false, error))
                        return false;
                wanted->fresh = true; /* in place of what was there */
        }
        if (!task->full)
                return true;
        wanted->is_new = true;
        return bring_about(run, task, wanted, error);
}

/* What has come is current or superseded at once, and known to other rules. */
static bool announce(Run *run, GPtrArray *come, GError **error)
{
        g_autoptr(GArray) changes = g_array_new(FALSE, TRUE, sizeof(Change));
        bool ok;

        for (unsigned i = 0; i < come->len; i++) {
                Change change = {
                        .table = "facts",
                        .op = CHANGE_UPDATE,
                        .row_id = g_strdup_printf("{\"id\":\"%s\"}", (const char *)come->pdata[i])};

                g_array_append_val(changes, change);
        }
        ok = come->len == 0 || current_derive_facts(run->db, (Change *)(void *)changes->data,
                                                    changes->len, NULL, error);
        for (unsigned i = 0; i < changes->len; i++)
                g_free((char *)g_array_index(changes, Change, i).row_id);
        for (unsigned i = 0; i < come->len && ok; i++) {
                Basis *after = basis_read(run->db, ((Wanted *)come->pdata[i])->fact_id, error);

                ok = after != NULL;
                if (ok)
                        run_move(run, /* before= */ NULL, after);
        }
        if (come->len > 0)
                g_hash_table_remove_all(run->reached); /* there may be new ways */
        return ok;
}

static bool settle(Run *run, const Task *task, WantList *list, GPtrArray *standing, GError **error)
{
        g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GHashTable) exact = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GPtrArray) come = g_ptr_array_new();
        Stand stand = {places, exact};

        stand_fill(&stand, task, standing);
        for (unsigned i = 0; i < list->wanted->len; i++) {
                Wanted *wanted = list->wanted->pdata[i];

                if (!complete_sources(wanted, i > 0 ? list->wanted->pdata[i - 1] : NULL))
                        continue;
                if (!settle_one(run, task, wanted, &stand, error))
                        return false;
                if (wanted->fact_id && wanted->is_new)
                        g_ptr_array_add(come, wanted);
        }
        for (unsigned i = 0; i < standing->len && !list->open; i++) {
                const Standing *at = standing->pdata[i];

                if (!at->kept && !retire(run, at->id, /* again= */ false, error))
                        return false;
        }
        return announce(run, come, error);
}

bool task_run(Run *run, Task *task, GError **error)
{
        static bool (*const wants[RULE_KIND_COUNT])(Db *, const Rule *, const char *, WantList *,
                                                    GError **) = {closure_want, inverse_want,
                                                                  aggregate_want};
        g_autoptr(GPtrArray) standing = NULL;
        WantList list;
        bool ok;

        want_list_init(&list, run->fresh);
        ok = wants[task->rule->kind](run->db, task->rule, task->subject, &list, error);
        if (ok && list.problem)
                run_note(run, task->rule, list.problem);
        standing = ok ? read_standing(run, task, error) : NULL;
        ok = standing && settle(run, task, &list, standing, error);
        want_list_clear(&list);
        task->full = task->all = false;
        return ok;
}
