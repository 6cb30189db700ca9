/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random histories of a small graph with rules at work: edges come, are superseded, rest, come back; groups and
 * entries are reverted. After each step what is inferred must be what the rules, written out plainly here, say.
 * Seen to fail: dependents not doomed; what a reverted group took with it not asked for again; facts that came back
 * not fresh; a superseded source read; inferences that a reverted group alone had touched left away (with
 * --seed=R02S8041d9589033b685d1021e591c8be96c). OUROBOROS_LONG makes longer ones. */
#include <math.h>
#include <string.h>

#include "graph/rules.h"
#include "journal/journal.h"
#include "seed.h"

#define NODES 6
#define DAY   (24LL * 3600 * G_USEC_PER_SEC)

typedef struct Case {
        Fixture *fixture;
        Journal *journal;
        ToolTable tools;
        char *documents[2];
        unsigned steps;
} Case;

static void define_rules(Case *test)
{
        static const char *const rules[] = {
                "\"name\":\"reach\",\"kind\":\"closure\",\"predicates\":[\"linked\",\"tied\"],"
                "\"predicate\":\"reaches\"",
                "\"name\":\"back\",\"kind\":\"inverse\",\"predicates\":[\"linked\"],"
                "\"predicate\":\"reached_by\"",
                "\"name\":\"above\",\"kind\":\"closure\",\"predicates\":[\"reached_by\"],"
                "\"predicate\":\"above\"",
                "\"name\":\"total\",\"kind\":\"aggregate\",\"predicates\":[\"amount\"],"
                "\"predicate\":\"sum_of\",\"function\":\"sum\",\"window\":\"month\","
                "\"cumulative\":true",
                "\"name\":\"low\",\"kind\":\"aggregate\",\"predicates\":[\"amount\"],"
                "\"predicate\":\"least\",\"function\":\"min\"",
        };
        static const char *const predicates[] = {"\"above\",\"object_kind\":\"entity\"",
                                                 "\"least\",\"object_kind\":\"number\""};

        rules_predicates(test->fixture);
        for (unsigned i = 0; i < G_N_ELEMENTS(predicates); i++)
                json_object_unref(fixture_call(
                        graph_tools(test->fixture->graph), test->fixture->human,
                        "propose_predicate",
                        "{\"name\":%s,\"cardinality\":\"many\",\"description\":\"Of the tests.\"}",
                        predicates[i]));
        for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++)
                g_free(rules_define(test->fixture, test->fixture->human, rules[i]));
}

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->journal = journal_new(test->fixture->vault, test->fixture->ops);
        test->tools = journal_tools(test->journal);
        test->documents[0] = fixture_document(test->fixture, "1.txt", "alpha beta\n");
        test->documents[1] = fixture_document(test->fixture, "2.txt", "alpha beta\n");
        test->steps = g_getenv("OUROBOROS_LONG") ? 600 : 60;
        define_rules(test);
        for (unsigned i = 0; i < NODES; i++) { /* so that reverts need not make entities go */
                g_autofree char *name = g_strdup_printf("n%u", i);

                g_free(rules_say(test->fixture, name, "tag", "node"));
        }
}

static void case_down(Case *test, gconstpointer data)
{
        journal_free(test->journal);
        fixture_free(test->fixture);
        g_free(test->documents[0]);
        g_free(test->documents[1]);
}

/* ---- the rules, plainly ---- */

typedef struct Matrix {
        bool to[NODES][NODES];
} Matrix;

/* Pairs of current facts of which condition holds. */
static void read_matrix(Case *test, const char *condition, Matrix *ret)
{
        g_autofree char *sql = g_strdup_printf(
                "SELECT s.name, o.name FROM facts f JOIN entities s ON s.id = f.entity_id"
                " JOIN entities o ON o.id = f.object WHERE f.is_active = 1 AND %s",
                condition);
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(test->fixture->vault, NULL, &error);
        Statement *statement = db_statement(db, sql, &error);

        g_assert_no_error(error);
        memset(ret, 0, sizeof *ret);
        while (statement_step(statement, &error) == STEP_ROW)
                ret->to[statement_text(statement, 0)[1] - '0']
                       [statement_text(statement, 1)[1] - '0'] = true;
        g_assert_no_error(error);
}

static void close_matrix(Matrix *matrix)
{
        for (unsigned k = 0; k < NODES; k++)
                for (unsigned i = 0; i < NODES; i++)
                        for (unsigned j = 0; j < NODES; j++)
                                if (matrix->to[i][k] && matrix->to[k][j])
                                        matrix->to[i][j] = true;
}

static void check_same(const Matrix *wanted, const Matrix *found, const char *what)
{
        for (unsigned i = 0; i < NODES; i++)
                for (unsigned j = 0; j < NODES; j++)
                        if (wanted->to[i][j] != found->to[i][j])
                                g_error("%s: n%u n%u should be %s", what, i, j,
                                        wanted->to[i][j] ? "inferred" : "retired");
}

#define CURRENT "f.superseded_at IS NULL AND f.predicate "

static void check_closures(Case *test)
{
        Matrix wanted, found, edges;

        read_matrix(test, CURRENT "IN ('linked', 'tied')", &wanted);
        close_matrix(&wanted);
        read_matrix(test, "f.agent = 'rule:reach'", &found);
        check_same(&wanted, &found, "reaches");
        read_matrix(test, CURRENT "= 'linked'", &edges);
        for (unsigned i = 0; i < NODES; i++)
                for (unsigned j = 0; j < NODES; j++)
                        wanted.to[j][i] = edges.to[i][j];
        read_matrix(test, "f.agent = 'rule:back'", &found);
        check_same(&wanted, &found, "reached_by");
        read_matrix(test, CURRENT "= 'reached_by'", &wanted);
        close_matrix(&wanted);
        read_matrix(test, "f.agent = 'rule:above'", &found);
        check_same(&wanted, &found, "above");
}

#define AMOUNTS                                                                                    \
        "(SELECT DISTINCT entity_id AS e, object, object_number AS n, observed_at AS t,"           \
        " strftime('%Y-%m', observed_at / 1000000, 'unixepoch') AS m FROM facts WHERE"             \
        " predicate = 'amount' AND is_active = 1 AND superseded_at IS NULL)"

static void check_totals(Case *test)
{
        g_autofree char *wanted = fixture_select(
                test->fixture->vault,
                "SELECT group_concat(x, ' ') FROM (SELECT a.e || a.m || ':' || CAST((SELECT sum(b.n)"
                " FROM " AMOUNTS " b WHERE b.e = a.e AND b.m <= a.m) AS INTEGER) AS x FROM " AMOUNTS
                " a GROUP BY a.e, a.m ORDER BY x)");
        g_autofree char *found = fixture_select(
                test->fixture->vault,
                "SELECT group_concat(x, ' ') FROM (SELECT entity_id ||"
                " substr(json_extract(qualifiers, '$.to'), 1, 7) || ':' || object AS x FROM facts"
                " WHERE agent = 'rule:total' AND is_active = 1 ORDER BY x)");
        g_autofree char *least = fixture_select(test->fixture->vault,
                                                "SELECT group_concat(x, ' ') FROM (SELECT e || ':'"
                                                " || CAST(min(n) AS INTEGER) AS x FROM " AMOUNTS
                                                " GROUP BY e ORDER BY x)");
        g_autofree char *low = fixture_select(
                test->fixture->vault,
                "SELECT group_concat(x, ' ') FROM (SELECT entity_id || ':' || object AS x"
                " FROM facts WHERE agent = 'rule:low' AND is_active = 1 ORDER BY x)");

        g_assert_cmpstr(found, ==, wanted);
        g_assert_cmpstr(low, ==, least);
}

/* Each is as sure as its least sure source, and as new as its newest. */
static void check_lineage(Case *test)
{
        g_autofree char *wrong = fixture_select(
                test->fixture->vault,
                "SELECT f.id FROM facts f WHERE f.agent GLOB 'rule:*' AND f.is_active = 1 AND"
                " (f.trust_tier <> 'inferred' OR f.confidence IS NOT (SELECT min(o.confidence)"
                " FROM fact_sources s JOIN facts o ON o.id = s.source_id WHERE s.fact_id = f.id)"
                " OR f.observed_at <> (SELECT max(o.observed_at) FROM fact_sources s JOIN facts o"
                " ON o.id = s.source_id WHERE s.fact_id = f.id))");

        g_assert_cmpstr(wrong, ==, NULL);
        rules_check_sound(test->fixture);
}

static void check_all(Case *test)
{
        check_lineage(test);
        check_closures(test);
        check_totals(test);
}

/* ---- steps ---- */

static void claim(Case *test, const Access *access, const Claim *said)
{
        ClaimResult result = {0};
        g_autoptr(GError) error = NULL;

        graph_submit(test->fixture->graph, access, said, 1, NULL, &result, &error);
        g_assert_no_error(error);
        claim_result_clear(&result); /* dropped for want of tier: so be it */
}

static char *random_fact(Case *test, const char *condition)
{
        g_autoptr(GString) sql = g_string_new(NULL);
        g_autofree char *count = NULL;

        g_string_printf(sql, "SELECT count(*) FROM facts WHERE %s", condition);
        count = fixture_select(test->fixture->vault, sql->str);
        if (g_str_equal(count, "0"))
                return NULL;
        g_string_printf(sql, "SELECT id FROM facts WHERE %s ORDER BY id LIMIT 1 OFFSET %d",
                        condition, g_test_rand_int_range(0, (int)g_ascii_strtoll(count, NULL, 10)));
        return fixture_select(test->fixture->vault, sql->str);
}

#define SOURCE "predicate IN ('linked', 'tied', 'amount')"

static void step_say(Case *test)
{
        static const char *const predicates[] = {"linked", "linked", "tied", "amount",
                                                 "reached_by"};
        const Access *all[] = {test->fixture->human, test->fixture->agent, test->fixture->other};
        const Access *access = all[g_test_rand_int_range(0, 3)];
        const char *predicate = predicates[g_test_rand_int_range(0, 5)];
        bool amount = g_str_equal(predicate, "amount");
        g_autofree char *subject = g_strdup_printf("n%d", g_test_rand_int_range(0, NODES));
        g_autofree char *object =
                g_strdup_printf(amount ? "%d" : "n%d", g_test_rand_int_range(0, NODES));
        g_autofree char *target = g_test_rand_int_range(0, 4) ? NULL : random_fact(test, SOURCE);
        const char *const supersedes[] = {target, NULL};
        bool human = access == test->fixture->human;
        Claim said = {.entity_name = subject,
                      .predicate = predicate,
                      .object = object,
                      .quote = human ? NULL : "alpha",
                      .quote_hint = -1,
                      .document_id = human ? NULL : test->documents[g_test_rand_int_range(0, 2)],
                      .observed_at = (20000 + 20 * g_test_rand_int_range(0, 6)) * DAY,
                      .confidence = g_test_rand_int_range(0, 2)
                                            ? NAN
                                            : g_test_rand_int_range(1, 10) / 10.0,
                      .supersedes = target ? supersedes : NULL};

        claim(test, access, &said);
}

/* A source rests, or comes back. */
static void step_rest(Case *test)
{
        g_autofree char *id = random_fact(test, SOURCE);

        if (id)
                rules_sql(test->fixture,
                          "UPDATE facts SET is_active = 1 - is_active WHERE id = '%s'", id);
}

static bool revert(Case *test, const char *tool, const char *member, const char *id)
{
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(JsonObject) answer = NULL;
        g_autoptr(GError) error = NULL;

        json_object_set_string_member(args, member, id);
        json_object_set_boolean_member(args, "force", TRUE);
        for (const Tool *at = test->tools.tools; at->name; at++)
                if (g_str_equal(at->name, tool))
                        answer = at->handler(test->tools.room, test->fixture->human, args, &error);
        if (!answer && !g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT))
                g_error("%s: %s", id, error->message);
        return answer != NULL;
}

/* Any of the last groups as a whole, a revert too. */
static void step_revert(Case *test, int64_t begin)
{
        g_autofree char *sql = g_strdup_printf(
                "SELECT group_id FROM (SELECT group_id, max(seq) AS s FROM mutations WHERE seq >"
                " %" G_GINT64_FORMAT " GROUP BY group_id ORDER BY s DESC LIMIT 6)"
                " ORDER BY s LIMIT 1 OFFSET %d",
                begin, g_test_rand_int_range(0, 6));
        g_autofree char *group = fixture_select(test->fixture->vault, sql);

        if (group)
                (void)revert(test, "revert_group", "group_id", group);
}

static int64_t last_seq(Case *test)
{
        g_autofree char *seq =
                fixture_select(test->fixture->vault, "SELECT max(seq) FROM mutations");

        return g_ascii_strtoll(seq, NULL, 10);
}

static void step_any(Case *test, int64_t begin)
{
        switch (g_test_rand_int_range(0, 8)) {
        case 0:
        case 1:
                step_rest(test);
                break;
        case 2:
                step_revert(test, begin);
                break;
        default:
                step_say(test);
        }
}

/* ---- properties ---- */

static void test_what_is_inferred_is_what_the_rules_say(Case *test, gconstpointer data)
{
        int64_t begin = last_seq(test);

        for (unsigned i = 0; i < test->steps; i++) {
                step_any(test, begin);
                check_all(test);
        }
}

static void revert_entry(Case *test, int64_t seq)
{
        g_autofree char *sql =
                g_strdup_printf("SELECT id FROM mutations WHERE seq = %" G_GINT64_FORMAT, seq);
        g_autofree char *id = fixture_select(test->fixture->vault, sql);

        (void)revert(test, "revert_mutation", "mutation_id", id);
}

/* Entries alone leave halves: what is inferred may be less than all, but never without its sources. */
static void test_reverting_entries_leaves_nothing_unfounded(Case *test, gconstpointer data)
{
        int64_t begin = last_seq(test);

        for (unsigned i = 0; i < test->steps; i++) {
                step_any(test, begin);
                if (g_test_rand_int_range(0, 3) == 0)
                        revert_entry(test, last_seq(test) - g_test_rand_int_range(0, 10));
                rules_check_sound(test->fixture);
        }
}

/* Says the lines that differ: dumps are long. */
static void check_equal(const char *before, const char *after)
{
        g_auto(GStrv) old = g_strsplit(before, "\n", -1), new = g_strsplit(after, "\n", -1);
        bool same = true;

        for (unsigned i = 0; old[i]; i++)
                if (!g_strv_contains((const char *const *)new, old[i])) {
                        g_test_message("gone: %s", old[i]);
                        same = false;
                }
        for (unsigned i = 0; new[i]; i++)
                if (!g_strv_contains((const char *const *)old, new[i])) {
                        g_test_message("come: %s", new[i]);
                        same = false;
                }
        g_assert_true(same);
        g_assert_cmpstr(after, ==, before);
}

static void test_reverting_everything_gives_the_beginning(Case *test, gconstpointer data)
{
        g_autofree char *before = NULL, *after = NULL;
        int64_t begin;

        for (unsigned i = 0; i < 10; i++)
                step_say(test);
        begin = last_seq(test);
        before = fixture_dump(test->fixture->vault);
        for (unsigned i = 0; i < test->steps / 4; i++) {
                step_say(test);
                if (i % 3 == 0)
                        step_rest(test);
        }
        for (int64_t at = last_seq(test); at > begin; at--)
                revert_entry(test, at);
        after = fixture_dump(test->fixture->vault);
        check_equal(before, after);
        check_all(test);
}

static void retire_rule(Case *test, const char *name)
{
        json_object_unref(fixture_call(graph_tools(test->fixture->graph), test->fixture->human,
                                       "decide_rule", "{\"name\":\"%s\",\"decision\":\"retire\"}",
                                       name));
}

/* Seen to fail: facts that only come, while no rule is at work, taken for somebody's word. */
static void test_revert_brings_back_nothing_that_no_rule_wants(Case *test, gconstpointer data)
{
        static const char *const rules[] = {"reach", "above", "back", "total", "low"};
        g_autofree char *edge = NULL, *group = NULL, *gone = NULL;

        for (unsigned i = 0; i < G_N_ELEMENTS(rules); i++)
                retire_rule(test, rules[i]);
        edge = rules_say(test->fixture, "n1", "linked", "n2");
        g_free(rules_define(test->fixture, test->fixture->human,
                            "\"name\":\"late\",\"kind\":\"inverse\",\"predicates\":[\"linked\"],"
                            "\"predicate\":\"reached_by\""));
        rules_expect(test->fixture, "reached_by", "n2>n1");
        group = fixture_select(test->fixture->vault,
                               "SELECT group_id FROM mutations ORDER BY seq DESC LIMIT 1");
        g_assert_true(revert(test, "revert_group", "group_id", group));
        gone = fixture_select(test->fixture->vault,
                              "SELECT id FROM mutations WHERE table_name = 'facts'"
                              " AND op = 'delete' ORDER BY seq DESC LIMIT 1");
        g_assert_true(revert(test, "revert_mutation", "mutation_id", gone));
        rules_expect(test->fixture, "reached_by", "");
}

#define ADD(name, function)                                                                        \
        g_test_add("/journal/inferred/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        seed_test_init(argc, argv);
        ADD("is-what-the-rules-say", test_what_is_inferred_is_what_the_rules_say);
        ADD("entries-leave-nothing-unfounded", test_reverting_entries_leaves_nothing_unfounded);
        ADD("reverting-everything-gives-the-beginning",
            test_reverting_everything_gives_the_beginning);
        ADD("revert-brings-back-nothing-that-no-rule-wants",
            test_revert_brings_back_nothing_that_no_rule_wants);
        return g_test_run();
}
