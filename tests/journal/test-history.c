/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random histories of everybody's writes and reverts. After each step what is current must be what the
 * rule, written out plainly here, says; no step of an agent or of the system may make a user row go; and when
 * the human has reverted everything, last first, all is as at the beginning. Seen to fail with the
 * document left out of the voice, and with a revert that leaves out a column. */
#include <math.h>
#include <string.h>

#include "graph/fixture.h"
#include "journal/journal.h"

#define STEPS 150
#define DAY   (24LL * 3600 * G_USEC_PER_SEC)

typedef struct Case {
        Fixture *fixture;
        Journal *journal;
        ToolTable tools;
        char *documents[2];
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->journal = journal_new(test->fixture->vault, test->fixture->ops);
        test->tools = journal_tools(test->journal);
        test->documents[0] = fixture_document(test->fixture, "1.txt", "alpha beta gamma\n");
        test->documents[1] = fixture_document(test->fixture, "2.txt", "alpha beta delta\n");
}

static void case_down(Case *test, gconstpointer data)
{
        journal_free(test->journal);
        fixture_free(test->fixture);
        g_free(test->documents[0]);
        g_free(test->documents[1]);
}

/* ---- the rule, plainly ---- */

/* A fact is superseded by an explicit word of no lower tier; else by any fact that itself is not so and is
 * of a higher tier, or of the same tier and voice and observed later; the pipeline's by the order of recording. */
#define TIER(f) "(CASE " f ".trust_tier WHEN 'human' THEN 2 WHEN 'extracted' THEN 1 ELSE 0 END)"
#define VOICE(f)                                                                                   \
        "(" f ".agent || CASE " f ".trust_tier WHEN 'human' THEN '' ELSE coalesce(" f              \
        ".document_id, '') END)"
#define WHEN(f)                                                                                    \
        "iif(" f ".agent = 'pipeline' AND " f ".document_id IS NOT NULL, 0, " f ".observed_at)"
#define REPLACED(f)                                                                                \
        "EXISTS (SELECT 1 FROM fact_supersedes l JOIN facts e ON e.id = l.fact_id"                 \
        " WHERE l.target_id = " f ".id AND e.is_active = 1 AND " TIER("e") " >= " TIER(f) ")"
#define WRONG                                                                                                                                                       \
        "SELECT x.id || ' ' || x.object FROM facts x JOIN predicates p ON p.name = x.predicate"                                                                     \
        " WHERE x.is_active = 1 AND (x.superseded_at IS NOT NULL) <> (" REPLACED(                                                                                   \
                "x") " OR EXISTS (SELECT 1 FROM facts y WHERE y.is_active = 1 AND y.id <> x.id"                                                                     \
                     " AND y.entity_id = x.entity_id AND y.predicate = x.predicate"                                                                                 \
                     " AND (p.cardinality = 'one' OR (y.object = x.object AND y.qualifiers IS x.qualifiers)) AND NOT " REPLACED("y") " AND (" TIER(                 \
                             "y") " > " TIER("x") " OR (" TIER("y") " = " TIER("x") " AND " VOICE("y") " = " VOICE("x") " AND (" WHEN("y") ", y.recorded_at, y.id)" \
                                                                                                                                           " > (" WHEN(             \
                                                                                                                                                   "x") ", x.recorded_at, x.id)))))"

static void check_current(Case *test)
{
        g_autofree char *wrong = fixture_select(test->fixture->vault, WRONG);
        g_autofree char *dangling = fixture_select(
                test->fixture->vault,
                "SELECT id FROM facts WHERE is_active = 1 AND (superseded_by IS NULL) <>"
                " (superseded_at IS NULL) OR (superseded_at IS NOT NULL AND is_active = 1"
                " AND superseded_by NOT IN (SELECT id FROM facts WHERE is_active = 1))");

        g_assert_cmpstr(wrong, ==, NULL);
        g_assert_cmpstr(dangling, ==, NULL);
}

static int64_t count_rows(Case *test)
{
        g_autofree char *text = fixture_select(
                test->fixture->vault,
                "SELECT (SELECT count(*) FROM facts) + (SELECT count(*) FROM entities)"
                " + (SELECT count(*) FROM fact_supersedes) + (SELECT count(*) FROM predicates)"
                " + (SELECT count(*) FROM documents) + (SELECT count(*) FROM roots)");

        return g_ascii_strtoll(text, NULL, 10);
}

/* ---- steps ---- */

static const Access *somebody(Case *test)
{
        const Access *others[] = {test->fixture->agent, test->fixture->other,
                                  test->fixture->pipeline};

        /* the human seldom: his word ends most arguments */
        return g_test_rand_int_range(0, 8) ? others[g_test_rand_int_range(0, 3)]
                                           : test->fixture->human;
}

static void step_say(Case *test, const Access *access)
{
        static const char *const predicates[] = {"title", "tag", "status"};
        static const char *const objects[] = {"a", "b", "c"};
        static const char *const entities[] = {"One", "Two"};
        static const char *const qualifiers[] = {NULL, NULL, "{}", "{\"n\":1}", "{\"n\":2}"};
        static const char *const quotes[] = {"alpha", "beta", "alpha beta"};
        bool human = access == test->fixture->human;
        bool sourced = !human || g_test_rand_int_range(0, 2);
        g_autofree char *target =
                g_test_rand_int_range(0, 3)
                        ? NULL
                        : fixture_select(test->fixture->vault,
                                         "SELECT id FROM facts ORDER BY random() LIMIT 1");
        const char *const supersedes[] = {target, NULL};
        Claim claim = {.entity_name = entities[g_test_rand_int_range(0, 2)],
                       .predicate = predicates[g_test_rand_int_range(0, 3)],
                       .object = objects[g_test_rand_int_range(0, 3)],
                       .qualifiers = qualifiers[g_test_rand_int_range(0, 5)],
                       .quote = sourced ? quotes[g_test_rand_int_range(0, 3)] : NULL,
                       .quote_hint = -1,
                       .document_id = sourced ? test->documents[g_test_rand_int_range(0, 2)] : NULL,
                       .observed_at = clock_now() - g_test_rand_int_range(0, 5) * DAY,
                       .confidence = NAN,
                       .supersedes = target ? supersedes : NULL};
        ClaimResult result = {0};
        g_autoptr(GError) error = NULL;

        graph_submit(test->fixture->graph, access, &claim, 1, NULL, &result, &error);
        g_assert_no_error(error);
        claim_result_clear(&result); /* dropped for want of tier, or of the target: so be it */
}

/* Reverts any entry or group; that it may not is an answer too, but never another error than these. */
static void step_revert(Case *test, const Access *access)
{
        bool group = g_test_rand_int_range(0, 3) == 0;
        g_autofree char *id =
                fixture_select(test->fixture->vault,
                               group ? "SELECT group_id FROM (SELECT group_id FROM mutations"
                                       " ORDER BY seq DESC LIMIT 12) ORDER BY random() LIMIT 1"
                                     : "SELECT id FROM (SELECT id FROM mutations"
                                       " ORDER BY seq DESC LIMIT 12) ORDER BY random() LIMIT 1");
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(JsonObject) answer = NULL;
        g_autoptr(GError) error = NULL;

        json_object_set_string_member(args, group ? "group_id" : "mutation_id", id);
        json_object_set_boolean_member(args, "force", g_test_rand_int_range(0, 2));
        for (const Tool *tool = test->tools.tools; tool->name; tool++)
                if (g_str_equal(tool->name, group ? "revert_group" : "revert_mutation"))
                        answer = tool->handler(test->tools.room, access, args, &error);
        if (!answer && !g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT) &&
            !g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED))
                g_error("%s: %s", id, error->message);
}

static void check_chain(Case *test)
{
        VerifyReport report = {0};
        g_autoptr(GError) error = NULL;

        store_verify(test->fixture->vault, NULL, NULL, &report, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(report.problem, ==, NULL);
        verify_report_clear(&report);
}

/* ---- properties ---- */

static void test_current_is_what_the_rule_says(Case *test, gconstpointer data)
{
        for (unsigned i = 0; i < STEPS; i++) {
                const Access *access = somebody(test);
                int64_t before = count_rows(test);

                if (g_test_rand_int_range(0, 4))
                        step_say(test, access);
                else
                        step_revert(test, access);
                check_current(test);
                if (access != test->fixture->human)
                        g_assert_cmpint(count_rows(test), >=, before);
        }
        check_chain(test);
}

static void revert_all_since(Case *test, int64_t seq)
{
        g_autofree char *last =
                fixture_select(test->fixture->vault, "SELECT max(seq) FROM mutations");

        for (int64_t at = g_ascii_strtoll(last, NULL, 10); at > seq; at--) {
                g_autofree char *sql = g_strdup_printf(
                        "SELECT id FROM mutations WHERE seq = %" G_GINT64_FORMAT, at);
                g_autofree char *id = fixture_select(test->fixture->vault, sql);
                g_autoptr(JsonObject) answer =
                        fixture_call(test->tools, test->fixture->human, "revert_mutation",
                                     "{\"mutation_id\":\"%s\",\"force\":true}", id);
        }
}

static void test_reverting_everything_gives_the_beginning(Case *test, gconstpointer data)
{
        g_autofree char *begin = NULL, *end = NULL, *seq = NULL;

        for (unsigned i = 0; i < 5; i++) /* so that there is something at the beginning */
                step_say(test, somebody(test));
        begin = fixture_dump(test->fixture->vault);
        seq = fixture_select(test->fixture->vault, "SELECT max(seq) FROM mutations");
        for (unsigned i = 0; i < STEPS / 3; i++)
                step_say(test, somebody(test));
        revert_all_since(test, g_ascii_strtoll(seq, NULL, 10));
        end = fixture_dump(test->fixture->vault);
        g_assert_cmpstr(end, ==, begin);
        check_chain(test);
}

#define ADD(name, function)                                                                        \
        g_test_add("/journal/history/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("current-is-what-the-rule-says", test_current_is_what_the_rule_says);
        ADD("reverting-everything-gives-the-beginning",
            test_reverting_everything_gives_the_beginning);
        return g_test_run();
}
