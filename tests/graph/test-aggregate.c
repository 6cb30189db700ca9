/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aggregates: functions, windows of time, groups, running totals. */
#include <string.h>

#include "graph/rules.h"

#define AGGREGATE(function, more)                                                                  \
        "\"name\":\"total\",\"kind\":\"aggregate\",\"predicates\":[\"amount\"],\"predicate\":"     \
        "\"sum_of\",\"function\":\"" function "\"" more

typedef struct Case {
        Fixture *fixture;
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        rules_predicates(test->fixture);
        if (data)
                g_free(rules_define(test->fixture, test->fixture->human, data));
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
}

/* An amount of account "acct" on a day, with qualifiers besides. */
static char *pay(Fixture *f, const char *amount, const char *day, const char *qualifiers)
{
        g_autoptr(JsonObject) answer =
                fixture_call(graph_tools(f->graph), f->human, "remember_fact",
                             "{\"entity_name\":\"acct\",\"predicate\":\"amount\",\"object\":%s,"
                             "\"observed_at\":\"%s\",\"qualifiers\":{%s}}",
                             amount, day, qualifiers);

        return g_strdup(json_object_get_string_member(answer, "fact_id"));
}

/* "value qualifiers" of each inferred fact, in order of the qualifiers. */
static void expect(Fixture *f, const char *expected)
{
        g_autofree char *found = fixture_select(
                f->vault, "SELECT coalesce(group_concat(t, ' '), '') FROM (SELECT object ||"
                          " coalesce(qualifiers, '') AS t FROM facts WHERE predicate = 'sum_of' AND"
                          " is_active = 1 AND superseded_at IS NULL ORDER BY qualifiers)");

        g_assert_cmpstr(found, ==, expected);
        rules_check_sound(f);
}

/* Seen to fail: doubles printed with 17 digits. */
static void test_sum_is_exact_in_decimals(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;

        g_free(pay(f, "0.1", "2026-01-05", ""));
        g_free(pay(f, "0.2", "2026-02-05", ""));
        expect(f, "0.3");
        g_free(pay(f, "-100", "2025-02-05", ""));
        expect(f, "-99.7");
}

static void pay_some(Fixture *f)
{
        g_free(pay(f, "10", "2026-01-05", ""));
        g_free(pay(f, "20", "2026-01-31T23:59:59Z", ""));
        g_free(pay(f, "5", "2026-02-01", ""));
        g_free(pay(f, "7", "2026-05-20", ""));
}

/* Seen to fail: with the last day of the month left out of it. */
static void test_months_have_their_own(Case *test, gconstpointer data)
{
        pay_some(test->fixture);
        expect(test->fixture, "30{\"from\":\"2026-01-01\",\"to\":\"2026-01-31\"} "
                              "5{\"from\":\"2026-02-01\",\"to\":\"2026-02-28\"} "
                              "7{\"from\":\"2026-05-01\",\"to\":\"2026-05-31\"}");
}

static void test_weeks_begin_on_monday(Case *test, gconstpointer data)
{
        g_free(pay(test->fixture, "1", "2026-01-04", "")); /* a Sunday */
        g_free(pay(test->fixture, "2", "2026-01-05", ""));
        expect(test->fixture, "1{\"from\":\"2025-12-29\",\"to\":\"2026-01-04\"} "
                              "2{\"from\":\"2026-01-05\",\"to\":\"2026-01-11\"}");
}

static void test_quarters_and_what_is_before_1970(Case *test, gconstpointer data)
{
        pay_some(test->fixture);
        g_free(pay(test->fixture, "3", "1969-12-31T23:00:00Z", ""));
        expect(test->fixture, "3{\"from\":\"1969-10-01\",\"to\":\"1969-12-31\"} "
                              "35{\"from\":\"2026-01-01\",\"to\":\"2026-03-31\"} "
                              "7{\"from\":\"2026-04-01\",\"to\":\"2026-06-30\"}");
}

static void test_rolling_days_end_with_each_day(Case *test, gconstpointer data)
{
        pay_some(test->fixture);
        expect(test->fixture, "10{\"from\":\"2025-12-07\",\"to\":\"2026-01-05\"} "
                              "30{\"from\":\"2026-01-02\",\"to\":\"2026-01-31\"} "
                              "35{\"from\":\"2026-01-03\",\"to\":\"2026-02-01\"} "
                              "7{\"from\":\"2026-04-21\",\"to\":\"2026-05-20\"}");
}

/* Seen to fail: the period before not among the sources. */
static void test_running_balance_follows_from_the_one_before(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *early = NULL, *chain = NULL;

        pay_some(f);
        expect(f, "30{\"to\":\"2026-01-31\"} 35{\"to\":\"2026-02-28\"} 42{\"to\":\"2026-05-31\"}");
        chain = fixture_select(
                f->vault,
                "SELECT b.object || ' ' || o.agent || ' ' || o.object FROM facts b JOIN fact_sources"
                " s ON s.fact_id = b.id AND s.ordinal = 1 JOIN facts o ON o.id = s.source_id"
                " WHERE b.agent = 'rule:total' AND b.is_active = 1 ORDER BY b.qualifiers DESC");
        g_assert_cmpstr(chain, ==, "42 rule:total 35");
        early = pay(f, "1000", "2025-12-24", "");
        expect(f, "1000{\"to\":\"2025-12-31\"} 1030{\"to\":\"2026-01-31\"}"
                  " 1035{\"to\":\"2026-02-28\"} 1042{\"to\":\"2026-05-31\"}");
        rules_sql(f, "UPDATE facts SET is_active = 0 WHERE id = '%s'", early);
        expect(f, "30{\"to\":\"2026-01-31\"} 35{\"to\":\"2026-02-28\"} 42{\"to\":\"2026-05-31\"}");
}

static void test_running_minimum(Case *test, gconstpointer data)
{
        pay_some(test->fixture);
        expect(test->fixture,
               "10{\"to\":\"2026-01-31\"} 5{\"to\":\"2026-02-28\"} 5{\"to\":\"2026-05-31\"}");
}

/* Seen to fail: facts of one group counted in all. */
static void test_groups_and_dates_come_from_qualifiers(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;

        g_free(pay(f, "1", "2026-06-01", "\"on\":\"2025-01-10\",\"currency\":\"EUR\""));
        g_free(pay(f, "2", "2026-06-01", "\"on\":\"2025-03-10\",\"currency\":\"EUR\""));
        g_free(pay(f, "4", "2026-06-01", "\"on\":\"2025-03-11\",\"currency\":\"USD\""));
        g_free(pay(f, "8", "2026-06-01", "\"on\":\"2024-03-11\""));
        g_free(pay(f, "16", "2026-06-01", "\"currency\":\"EUR\"")); /* undated: not counted */
        expect(f, "3{\"currency\":\"EUR\",\"from\":\"2025-01-01\",\"to\":\"2025-12-31\"} "
                  "4{\"currency\":\"USD\",\"from\":\"2025-01-01\",\"to\":\"2025-12-31\"} "
                  "8{\"currency\":null,\"from\":\"2024-01-01\",\"to\":\"2024-12-31\"}");
}

/* Seen to fail: all of the facts taken for sources. */
static void test_what_decides_is_the_source(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *before = NULL, *after = NULL, *sources = NULL, *big = NULL;

        pay_some(f);
        expect(f, "20");
        sources = fixture_select(f->vault, "SELECT count(*) FROM fact_sources s JOIN facts f"
                                           " ON f.id = s.fact_id AND f.is_active = 1");
        g_assert_cmpstr(sources, ==, "1");
        before = rules_entries(f);
        g_free(pay(f, "6", "2026-01-06", ""));
        after = rules_entries(f);
        g_assert_cmpint(g_ascii_strtoll(after, NULL, 10), ==,
                        g_ascii_strtoll(before, NULL, 10) + 1);
        big = pay(f, "60", "2026-01-07", "");
        expect(f, "60");
        rules_sql(f, "UPDATE facts SET is_active = 0 WHERE id = '%s'", big);
        expect(f, "20");
}

static void test_count_average_and_latest(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        ToolTable tools = graph_tools(f->graph);
        static const char *const functions[] = {"avg", "latest", "count"};
        static const char *const values[] = {"10.5", "7", "4"};

        pay_some(f);
        for (unsigned i = 0; i < G_N_ELEMENTS(functions); i++) {
                g_autofree char *members =
                        g_strdup_printf("\"name\":\"%s\",\"kind\":\"aggregate\",\"predicates\":"
                                        "[\"amount\"],\"predicate\":\"sum_of\",\"function\":\"%s\"",
                                        functions[i], functions[i]);

                g_free(rules_define(f, f->human, members));
                expect(f, values[i]);
                json_object_unref(fixture_call(tools, f->human, "decide_rule",
                                               "{\"name\":\"%s\",\"decision\":\"retire\"}",
                                               functions[i]));
                expect(f, "");
        }
}

/* Seen to fail: with the voice of inferred facts that of their rule. */
static void test_equal_values_of_two_periods_stand_side_by_side(Case *test, gconstpointer data)
{
        g_free(pay(test->fixture, "5", "2026-01-05", "\"n\":1"));
        g_free(pay(test->fixture, "3", "2026-02-05", "\"n\":2"));
        g_free(pay(test->fixture, "2", "2026-02-06", "\"n\":3"));
        expect(test->fixture, "5{\"from\":\"2026-01-01\",\"to\":\"2026-01-31\"} "
                              "5{\"from\":\"2026-02-01\",\"to\":\"2026-02-28\"}");
}

/* Seen to fail: what two documents say alike counted twice. */
static void test_what_two_say_alike_is_counted_once(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        static const char *const paths[] = {"1.txt", "2.txt"};

        for (unsigned i = 0; i < 2; i++) {
                g_autofree char *document = fixture_document(f, paths[i], "paid 5\n");

                json_object_unref(fixture_call(
                        graph_tools(f->graph), f->pipeline, "remember_fact",
                        "{\"entity_name\":\"acct\",\"predicate\":\"amount\",\"object\":5,\"quote\":"
                        "\"paid 5\",\"document_id\":\"%s\",\"observed_at\":\"2026-01-05\"}",
                        document));
        }
        expect(f, "5");
}

/* Seen to fail: what is left of too many summed up. */
static void test_too_many_leave_nothing_and_say_so(Case *test, gconstpointer data)
{
        enum { COUNT = 1001 };
        Fixture *f = test->fixture;
        g_autofree Claim *claims = g_new0(Claim, COUNT);
        g_autofree ClaimResult *results = g_new0(ClaimResult, COUNT);
        g_autoptr(GError) error = NULL;
        g_autofree char *problem = NULL;

        for (unsigned i = 0; i < COUNT; i++)
                claims[i] = (Claim){.entity_name = "acct",
                                    .predicate = "amount",
                                    .object = g_strdup_printf("%u", i),
                                    .quote_hint = -1,
                                    .confidence = 1};
        graph_submit(f->graph, f->human, claims, COUNT - 1, NULL, results, &error);
        g_assert_no_error(error);
        expect(f, "499500");
        graph_submit(f->graph, f->human, claims + COUNT - 1, 1, NULL, results + COUNT - 1, &error);
        g_assert_no_error(error);
        expect(f, "");
        problem = fixture_select(f->vault, "SELECT problem FROM rule_problems");
        g_assert_nonnull(strstr(problem, "RULE_SOURCES_MAX (1000)"));
        for (unsigned i = 0; i < COUNT; i++) {
                claim_result_clear(&results[i]);
                g_free((char *)claims[i].object);
        }
}

/* What an agent read of one invoice: two payments of 100, on two days. */
static JsonObject *read_invoice(Fixture *f, const char *document, const char *first,
                                const char *second)
{
        return fixture_call(graph_tools(f->graph), f->agent, "submit_claim_graph",
                            "{\"document_id\":\"%s\",\"claims\":["
                            "{\"entity\":\"acct\",\"predicate\":\"amount\",\"object\":100,"
                            "\"quote\":\"100\",\"qualifiers\":%s},"
                            "{\"entity\":\"acct\",\"predicate\":\"amount\",\"object\":100,"
                            "\"quote\":\"100\",\"qualifiers\":%s}]}",
                            document, first, second);
}

/* Seen to fail: rivals by their objects alone; equal facts found by their objects alone; members left in the order in
 * which they came. */
static void test_equal_payments_of_two_days_both_count(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *document = fixture_document(f, "1.txt", "100 and 100\n"), *by = NULL;
        g_autoptr(JsonObject) said = NULL, again = NULL, human = NULL;

        fixture_entity(f, "acct");
        said = read_invoice(f, document, "{\"on\":\"2026-01-05\",\"cents\":0}",
                            "{\"on\":\"2026-02-05\",\"cents\":0}");
        g_assert_cmpint(json_object_get_int_member(said, "accepted"), ==, 2);
        expect(f, "200");
        again = read_invoice(f, document, "{\"cents\":0.0,\"on\":\"2026-01-05\"}",
                             "{\"on\":\"2026-02-05\",\"cents\":0}");
        g_assert_false(json_object_get_boolean_member(again, "changed"));
        g_assert_cmpint(json_object_get_int_member(again, "unchanged"), ==, 2);
        human = fixture_call(graph_tools(f->graph), f->human, "remember_fact",
                             "{\"entity_name\":\"acct\",\"predicate\":\"amount\",\"object\":100,"
                             "\"qualifiers\":{\"on\":\"2026-02-05\",\"cents\":0}}");
        g_assert_cmpint(json_array_get_length(json_member_array(human, "superseded")), ==, 1);
        by = fixture_select(f->vault,
                            "SELECT group_concat(qualifiers) FROM facts WHERE superseded_by IS NOT"
                            " NULL AND predicate = 'amount'");
        g_assert_cmpstr(by, ==, "{\"cents\":0,\"on\":\"2026-02-05\"}");
        expect(f, "200");
}

/* Many at once are settled together. Seen to fail: one set for all that share an object. */
static void test_many_equal_payments_of_one_write_all_count(Case *test, gconstpointer data)
{
        enum { COUNT = 50 };
        Fixture *f = test->fixture;
        Claim claims[COUNT];
        ClaimResult results[COUNT] = {0};
        g_autofree char *document = fixture_document(f, "1.txt", "2 and 2\n");
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i < COUNT; i++)
                claims[i] = (Claim){.entity_name = "acct",
                                    .predicate = "amount",
                                    .object = "2",
                                    .quote = "2",
                                    .document_id = document,
                                    .qualifiers = g_strdup_printf("{\"n\":%u}", i),
                                    .quote_hint = -1,
                                    .confidence = 1};
        for (unsigned twice = 0; twice < 4; twice++) { /* the human says the same of each */
                graph_submit(f->graph, twice < 2 ? f->pipeline : f->human, claims, COUNT, NULL,
                             results, &error);
                g_assert_no_error(error);
                for (unsigned i = 0; i < COUNT; i++) {
                        g_assert_cmpint(results[i].is_new, ==, twice % 2 == 0);
                        claim_result_clear(&results[i]);
                        results[i] = (ClaimResult){0};
                }
                expect(f, "100");
        }
        for (unsigned i = 0; i < COUNT; i++)
                g_free((char *)claims[i].qualifiers);
}

#define ADD(name, data, function)                                                                  \
        g_test_add("/graph/aggregate/" name, Case, data, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("sum-is-exact", AGGREGATE("sum", ""), test_sum_is_exact_in_decimals);
        ADD("months", AGGREGATE("sum", ",\"window\":\"month\""), test_months_have_their_own);
        ADD("weeks", AGGREGATE("sum", ",\"window\":\"week\""), test_weeks_begin_on_monday);
        ADD("quarters", AGGREGATE("sum", ",\"window\":\"quarter\""),
            test_quarters_and_what_is_before_1970);
        ADD("rolling", AGGREGATE("sum", ",\"window\":{\"days\":30}"),
            test_rolling_days_end_with_each_day);
        ADD("running-balance", AGGREGATE("sum", ",\"window\":\"month\",\"cumulative\":true"),
            test_running_balance_follows_from_the_one_before);
        ADD("running-minimum", AGGREGATE("min", ",\"window\":\"month\",\"cumulative\":true"),
            test_running_minimum);
        ADD("groups-and-dates",
            AGGREGATE("sum", ",\"window\":\"year\",\"time\":\"on\",\"group_by\":[\"currency\"]"),
            test_groups_and_dates_come_from_qualifiers);
        ADD("what-decides-is-the-source", AGGREGATE("max", ""), test_what_decides_is_the_source);
        ADD("count-average-latest", NULL, test_count_average_and_latest);
        ADD("equal-values-of-two-periods", AGGREGATE("sum", ",\"window\":\"month\""),
            test_equal_values_of_two_periods_stand_side_by_side);
        ADD("said-alike-is-counted-once", AGGREGATE("sum", ""),
            test_what_two_say_alike_is_counted_once);
        ADD("equal-payments-of-two-days", AGGREGATE("sum", ""),
            test_equal_payments_of_two_days_both_count);
        ADD("many-equal-payments-of-one-write", AGGREGATE("sum", ""),
            test_many_equal_payments_of_one_write_all_count);
        ADD("too-many-leave-nothing", AGGREGATE("sum", ""), test_too_many_leave_nothing_and_say_so);
        return g_test_run();
}
