/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is out of the ordinary: judged on numbers, and found in a vault. */
#include <string.h>

#include "journal/anomaly.h"
#include "journal/case.h"

/* ---- numbers ---- */

static const int64_t eighties[] = {70, 82, 78, 90, 80, 85, 75, 80};

#define JUDGE(history, observed)                                                                   \
        anomaly_judge(history, G_N_ELEMENTS(history), observed, ANOMALY_FACTOR)

/* Seen to fail: the mean of what came before in place of the median. */
static void test_far_above_the_usual_is_unusual(void)
{
        Judgement judgement = JUDGE(eighties, 5000);

        g_assert_cmpint(judgement.verdict, ==, VERDICT_UNUSUAL);
        g_assert_cmpfloat(judgement.expected, ==, 80);
        g_assert_cmpfloat(judgement.factor, ==, 62.5);
        g_assert_cmpint(JUDGE(eighties, 399).verdict, ==, VERDICT_USUAL);
        g_assert_cmpint(JUDGE(eighties, 400).verdict, ==, VERDICT_UNUSUAL);
        g_assert_cmpint(anomaly_judge(eighties, 8, 400, 6).verdict, ==, VERDICT_USUAL);
}

static void test_an_outlier_does_not_make_the_next_one_usual(void)
{
        static const int64_t history[] = {80, 80, 80, 5000, 80, 80, 5000, 80};

        g_assert_cmpint(JUDGE(history, 5000).verdict, ==, VERDICT_UNUSUAL);
}

/* Seen to fail: without the spread. */
static void test_who_varies_much_may_vary(void)
{
        static const int64_t history[] = {10, 400, 90, 900, 20, 100, 700, 60};

        g_assert_cmpint(JUDGE(history, 600).verdict, ==, VERDICT_USUAL);
        g_assert_cmpint(JUDGE(history, 5000).verdict, ==, VERDICT_UNUSUAL);
}

static void test_little_is_never_unusual(void)
{
        static const int64_t history[] = {1, 1, 1, 1, 1, 1};
        static const int64_t nothing[] = {0, 0, 0, 0, 0, 0};

        g_assert_cmpint(JUDGE(history, ANOMALY_FLOOR - 1).verdict, ==, VERDICT_USUAL);
        g_assert_cmpint(JUDGE(history, ANOMALY_FLOOR).verdict, ==, VERDICT_UNUSUAL);
        g_assert_cmpint(JUDGE(nothing, ANOMALY_FLOOR).verdict, ==, VERDICT_UNUSUAL);
        g_assert_cmpfloat(JUDGE(nothing, ANOMALY_FLOOR).factor, ==, ANOMALY_FLOOR);
        g_assert_cmpint(JUDGE(nothing, 0).verdict, ==, VERDICT_USUAL);
}

/* Seen to fail: new actors held against nothing. */
static void test_without_a_history_only_much_is_told_of(void)
{
        static const int64_t few[] = {80, 80, 80, 80};

        g_assert_cmpint(JUDGE(few, ANOMALY_NO_HISTORY - 1).verdict, ==, VERDICT_USUAL);
        g_assert_cmpint(JUDGE(few, ANOMALY_NO_HISTORY).verdict, ==, VERDICT_NO_HISTORY);
        g_assert_cmpint(anomaly_judge(NULL, 0, 100000, 5).verdict, ==, VERDICT_NO_HISTORY);
        g_assert_cmpint(anomaly_judge(NULL, 0, 5, 5).verdict, ==, VERDICT_USUAL);
}

/* Seen to fail: the first numbers taken in place of the last. */
static void test_the_last_ones_count(void)
{
        int64_t history[2 * ANOMALY_HISTORY_MAX];

        for (unsigned i = 0; i < G_N_ELEMENTS(history); i++)
                history[i] = i < ANOMALY_HISTORY_MAX ? 10 : 1000;
        g_assert_cmpfloat(JUDGE(history, 1000).expected, ==, 1000);
        g_assert_cmpint(JUDGE(history, 1000).verdict, ==, VERDICT_USUAL);
}

/* ---- a vault ---- */

static void run_session(Case *test, const char *connection, const char *session, const char *sql)
{
        g_autoptr(Access) access = access_new_agent(connection, "Worker", session, NULL);

        fixture_sql(test->fixture->vault, access, sql);
}

/* So many rows in one session. */
static void write_rows(Case *test, const char *connection, unsigned number, unsigned rows)
{
        g_autofree char *session = g_strdup_printf("sess-%s-%u", connection, number);
        g_autofree char *sql = g_strdup_printf(
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
                " INSERT INTO predicates SELECT printf('%s_%u_%%d', i), 'text', 'one', 'd', 'active'"
                " FROM n",
                rows, connection, number);

        run_session(test, connection, session, sql);
}

/* The first anomaly of a kind and measure, NULL if there is none. */
static JsonObject *find(JsonObject *answer, const char *kind, const char *measure)
{
        JsonArray *list = json_member_array(answer, "anomalies");

        for (unsigned i = 0; i < json_array_get_length(list); i++) {
                JsonObject *anomaly = json_array_get_object_element(list, i);

                if (g_str_equal(json_member_string(anomaly, "kind", ""), kind) &&
                    g_str_equal(json_member_string(anomaly, "measure", ""), measure))
                        return anomaly;
        }
        return NULL;
}

/* 5000 rows in a session whose like had 80. Seen to fail: units held against those of all actors. */
static void test_a_session_that_runs_wild_is_found(Case *test, gconstpointer data)
{
        for (unsigned i = 0; i < 8; i++)
                write_rows(test, "conn-w", i, (unsigned)eighties[i]);
        write_rows(test, "conn-w", 8, 5000);
        write_rows(test, "conn-new", 0, 300); /* nothing to hold it against, and not that much */
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, test->fixture->human, "anomalies", "{}");
        JsonObject *found = find(answer, "session", "entries");
        g_assert_nonnull(found);
        g_assert_cmpint(json_member_int(found, "observed", 0), ==, 5000);
        g_assert_cmpfloat(json_member_double(found, "expected", 0), ==, 80);
        g_assert_cmpfloat(json_member_double(found, "factor", 0), ==, 62.5);
        g_assert_false(json_member_bool(found, "no_history", true));
        JsonObject *cohort = json_member_object(found, "cohort");
        g_assert_cmpstr(json_member_string(cohort, "session_id", ""), ==, "sess-conn-w-8");
        g_autoptr(JsonObject) audit =
                fixture_call(test->tools, test->fixture->human, "session_audit",
                             "{\"session_id\":\"sess-conn-w-8\",\"limit\":1}");
        g_assert_cmpint(json_member_int(audit, "total", 0), ==, 5000);
        g_autofree char *text = json_print_object(answer);
        g_assert_null(strstr(text, "conn-new"));
        g_autoptr(JsonObject) later = fixture_call(test->tools, test->fixture->human, "anomalies",
                                                   "{\"since\":\"2990-01-01\"}");
        g_assert_cmpint(json_member_int(later, "total", -1), ==, 0);
}

/* Seen to fail: entries counted alone. */
static void test_a_sudden_mass_deactivation_is_found(Case *test, gconstpointer data)
{
        fixture_sql(
                test->fixture->vault, test->fixture->human,
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                " INSERT INTO entities (id, name, name_key, type, created_at)"
                " SELECT printf('ent-%04d', i), 'e' || i, 'e' || i, 't', 1 FROM n");
        for (unsigned i = 1; i <= 7; i++) {
                g_autofree char *session = g_strdup_printf("sess-%u", i);
                g_autofree char *sql = g_strdup_printf(
                        "UPDATE entities SET %s WHERE id BETWEEN 'ent-%04u' AND 'ent-%04u'",
                        i == 7 ? "is_active = 0" : "type = 't2'", i * 100, i * 100 + 90);

                run_session(test, "conn-w", session, sql);
        }
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, test->fixture->human, "anomalies", "{}");
        JsonObject *found = find(answer, "session", "ended");
        g_assert_nonnull(found);
        g_assert_cmpint(json_member_int(found, "observed", 0), ==, 91);
        g_assert_cmpstr(json_member_string(json_member_object(found, "cohort"), "session_id", ""),
                        ==, "sess-7");
        g_assert_null(find(answer, "session", "entries"));
}

static void test_new_actors_are_told_of_when_they_do_much(Case *test, gconstpointer data)
{
        write_rows(test, "conn-new", 0, 1200);
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, test->fixture->human, "anomalies", "{}");
        JsonObject *found = find(answer, "session", "entries");
        g_assert_nonnull(found);
        g_assert_true(json_member_bool(found, "no_history", false));
        g_assert_true(json_object_get_null_member(found, "expected"));
}

static void test_nothing_is_told_under_a_scope(Case *test, gconstpointer data)
{
        const char *const ids[] = {"ent-1", NULL};
        g_autoptr(Scope) scope = scope_new(ids);
        g_autoptr(Access) scoped = access_new_agent("conn-new", "Scoped", NULL, scope);

        write_rows(test, "conn-new", 0, 1200);
        g_autoptr(JsonObject) answer = fixture_call(test->tools, scoped, "anomalies", "{}");
        g_assert_cmpint(json_member_int(answer, "total", -1), ==, 0);
        g_assert_cmpint(json_member_int(answer, "actors", -1), ==, 0);
        fixture_fail(test->tools, test->fixture->human, "anomalies {\"factor\":1}",
                     OUROBOROS_ERROR_INVALID, "ANOMALY_FACTOR_MIN");
}

#define PURE(name, function) g_test_add_func("/journal/anomalies/" name, function)
#define ADD(name, function)                                                                        \
        g_test_add("/journal/anomalies/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        PURE("far-above-the-usual-is-unusual", test_far_above_the_usual_is_unusual);
        PURE("an-outlier-does-not-make-the-next-one-usual",
             test_an_outlier_does_not_make_the_next_one_usual);
        PURE("who-varies-much-may-vary", test_who_varies_much_may_vary);
        PURE("little-is-never-unusual", test_little_is_never_unusual);
        PURE("without-a-history-only-much-is-told-of", test_without_a_history_only_much_is_told_of);
        PURE("the-last-ones-count", test_the_last_ones_count);
        ADD("a-session-that-runs-wild-is-found", test_a_session_that_runs_wild_is_found);
        ADD("a-sudden-mass-deactivation-is-found", test_a_sudden_mass_deactivation_is_found);
        ADD("new-actors-are-told-of-when-they-do-much",
            test_new_actors_are_told_of_when_they_do_much);
        ADD("nothing-is-told-under-a-scope", test_nothing_is_told_under_a_scope);
        return g_test_run();
}
