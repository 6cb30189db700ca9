/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closures, and what holds for all inferred facts. */
#include <string.h>

#include "graph/rules.h"

#define REACHES                                                                                    \
        "\"name\":\"reach\",\"kind\":\"closure\",\"predicates\":[\"linked\",\"tied\"],"            \
        "\"predicate\":\"reaches\""

typedef struct Case {
        Fixture *fixture;
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        rules_predicates(test->fixture);
        if (data) {
                g_autofree char *state = rules_define(test->fixture, test->fixture->human, data);

                g_assert_cmpstr(state, ==, "active");
        }
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
}

static void link_all(Fixture *f, const char *const *edges)
{
        for (; *edges; edges++) {
                g_auto(GStrv) ends = g_strsplit(*edges, ">", 2);

                g_free(rules_say(f, ends[0], "linked", ends[1]));
        }
}

static char *last_inferred(Fixture *f, const char *column)
{
        g_autofree char *sql =
                g_strdup_printf("SELECT CAST(%s AS TEXT) FROM facts WHERE agent GLOB 'rule:*'"
                                " AND is_active = 1 ORDER BY id DESC LIMIT 1",
                                column);

        return fixture_select(f->vault, sql);
}

/* Seen to fail: predicates after the first not read; who leads to a new fact not asked about. */
static void test_what_is_reached_by_several_predicates_follows(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *b = rules_say(f, "b", "tied", "c");
        g_autofree char *a = rules_say(f, "a", "linked", "b");

        rules_expect(f, "reaches", "a>b a>c b>c");
        g_free(rules_say(f, "z", "linked", "a"));
        rules_expect(f, "reaches", "a>b a>c b>c z>a z>b z>c");
}

static void test_derivation_is_the_way_in_order(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *second = rules_say(f, "b", "tied", "c");
        g_autofree char *first = rules_say(f, "a", "linked", "b");
        g_autofree char *expected = g_strconcat(first, " ", second, NULL);
        g_autofree char *found = fixture_select(
                f->vault, "SELECT group_concat(source_id, ' ') FROM (SELECT source_id FROM"
                          " fact_sources WHERE fact_id = (SELECT fact_id FROM fact_sources"
                          " WHERE ordinal = 2) ORDER BY ordinal)");

        g_assert_cmpstr(found, ==, expected);
}

/* Seen to fail: the largest confidence taken; the first time taken. */
static void test_it_is_as_sure_as_its_weakest_source_and_as_new_as_its_newest(Case *test,
                                                                              gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *tier = NULL, *agent = NULL, *confidence = NULL, *observed = NULL;

        json_object_unref(
                fixture_call(graph_tools(f->graph), f->human, "remember_fact",
                             "{\"entity_name\":\"a\",\"predicate\":\"linked\",\"object\":\"b\","
                             "\"confidence\":0.9,\"observed_at\":\"2026-01-02\"}"));
        json_object_unref(
                fixture_call(graph_tools(f->graph), f->human, "remember_fact",
                             "{\"entity_name\":\"b\",\"predicate\":\"tied\",\"object\":\"c\","
                             "\"confidence\":0.4,\"observed_at\":\"2025-01-02\"}"));
        json_object_unref(
                fixture_call(graph_tools(f->graph), f->human, "remember_fact",
                             "{\"entity_name\":\"c\",\"predicate\":\"tied\",\"object\":\"d\","
                             "\"observed_at\":\"2024-01-02\"}"));
        rules_expect(f, "reaches", "a>b a>c a>d b>c b>d c>d");
        tier = fixture_select(f->vault, "SELECT group_concat(DISTINCT trust_tier) FROM facts"
                                        " WHERE predicate = 'reaches'");
        agent = fixture_select(f->vault, "SELECT group_concat(DISTINCT agent) FROM facts"
                                         " WHERE predicate = 'reaches'");
        g_assert_cmpstr(tier, ==, "inferred");
        g_assert_cmpstr(agent, ==, "rule:reach");
        confidence = fixture_select(
                f->vault, "SELECT CAST(f.confidence AS TEXT) || ' ' ||"
                          " strftime('%Y', f.observed_at / 1000000, 'unixepoch') FROM facts f"
                          " JOIN entities s ON s.id = f.entity_id AND s.name = 'a'"
                          " JOIN entities o ON o.id = f.object AND o.name = 'd'");
        g_assert_cmpstr(confidence, ==, "0.4 2026");
        observed = fixture_select(f->vault, "SELECT CAST(f.confidence AS TEXT) FROM facts f"
                                            " JOIN entities s ON s.id = f.entity_id"
                                            " AND s.name = 'c' WHERE f.predicate = 'reaches'");
        g_assert_cmpstr(observed, ==, NULL);
}

/* Seen to fail: by running for ever without the set of what was seen. */
static void test_cycle_ends_and_leads_back(Case *test, gconstpointer data)
{
        static const char *const edges[] = {"a>b", "b>c", "c>a", "x>x", NULL};

        link_all(test->fixture, edges);
        rules_expect(test->fixture, "reaches", "a>a a>b a>c b>a b>b b>c c>a c>b c>c x>x");
}

/* Seen to fail: dependents not doomed. */
static void test_what_lost_its_source_is_retired_with_it(Case *test, gconstpointer data)
{
        static const char *const edges[] = {"z>a", "b>c", NULL};
        Fixture *f = test->fixture;
        g_autofree char *a = rules_say(f, "a", "linked", "b");

        link_all(f, edges);
        rules_expect(f, "reaches", "a>b a>c b>c z>a z>b z>c");
        rules_sql(f, "UPDATE facts SET is_active = 0 WHERE id = '%s'", a);
        rules_expect(f, "reaches", "b>c z>a");
        rules_sql(f, "UPDATE facts SET is_active = 1 WHERE id = '%s'", a);
        rules_expect(f, "reaches", "a>b a>c b>c z>a z>b z>c");
        rules_sql(f, "DELETE FROM facts WHERE id = '%s'", a);
        rules_expect(f, "reaches", "b>c z>a");
}

/* Seen to fail: what was lost not asked for again. */
static void test_another_way_takes_its_place(Case *test, gconstpointer data)
{
        static const char *const edges[] = {"a>x", "x>y", "y>c", NULL};
        Fixture *f = test->fixture;
        g_autofree char *a = rules_say(f, "a", "linked", "b"), *c = NULL;
        g_autofree char *b = rules_say(f, "b", "linked", "c");

        link_all(f, edges);
        rules_sql(f, "UPDATE facts SET is_active = 0 WHERE id = '%s'", b);
        rules_expect(f, "reaches", "a>b a>c a>x a>y x>c x>y y>c");
        c = fixture_select(f->vault,
                           "SELECT CAST(count(*) AS TEXT) FROM fact_sources WHERE fact_id ="
                           " (SELECT f.id FROM facts f JOIN entities s ON s.id = f.entity_id"
                           " AND s.name = 'a' JOIN entities o ON o.id = f.object AND o.name = 'c'"
                           " WHERE f.is_active = 1)");
        g_assert_cmpstr(c, ==, "3");
}

/* Seen to fail: retired facts inserted anew instead of brought back. */
static void test_what_comes_back_is_the_same_fact(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = rules_say(f, "a", "linked", "b");
        g_autofree char *before = last_inferred(f, "id"), *after = NULL, *rows = NULL;

        rules_sql(f, "UPDATE facts SET is_active = 0 WHERE id = '%s'", a);
        rules_sql(f, "UPDATE facts SET is_active = 1 WHERE id = '%s'", a);
        after = last_inferred(f, "id");
        rows = fixture_select(f->vault, "SELECT count(*) FROM facts WHERE agent GLOB 'rule:*'");
        g_assert_cmpstr(before, ==, after);
        g_assert_cmpstr(rows, ==, "1");
}

/* Seen to fail: all of a subject written anew. */
static void test_what_stays_true_is_not_touched(Case *test, gconstpointer data)
{
        static const char *const edges[] = {"a>b", "b>c", NULL};
        Fixture *f = test->fixture;
        g_autofree char *before = NULL, *after = NULL, *again = NULL;

        link_all(f, edges);
        before = rules_entries(f);
        g_free(rules_say(f, "a", "linked", "c")); /* a shorter way to c: one fact goes, one comes */
        after = rules_entries(f);
        g_assert_cmpint(g_ascii_strtoll(after, NULL, 10), ==,
                        g_ascii_strtoll(before, NULL, 10) + 1 + 1 + 2);
        g_free(rules_say(f, "q", "tag", "nothing")); /* one entity and one fact */
        again = rules_entries(f);
        g_assert_cmpint(g_ascii_strtoll(again, NULL, 10), ==, g_ascii_strtoll(after, NULL, 10) + 2);
}

/* Seen to fail: superseded facts read as sources. */
static void test_superseded_facts_are_no_sources(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = rules_say(f, "a", "linked", "b");

        g_free(rules_say(f, "b", "linked", "c"));
        json_object_unref(fixture_call(graph_tools(f->graph), f->human, "remember_fact",
                                       "{\"entity_name\":\"a\",\"predicate\":\"linked\","
                                       "\"object\":\"d\",\"supersedes\":[\"%s\"]}",
                                       a));
        rules_expect(f, "reaches", "a>d b>c");
}

/* Seen to fail: with the inferred tier ranked highest. */
static void test_inferred_facts_supersede_nothing(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *said = rules_say(f, "a", "reaches", "b"), *by = NULL;
        g_autofree char *inferred = NULL, *link = NULL, *sql = NULL;

        g_free(rules_say(f, "a", "linked", "b"));
        rules_expect(f, "reaches", ""); /* superseded by the human's word */
        inferred = fixture_select(f->vault, "SELECT id FROM facts WHERE superseded_by IS NOT NULL"
                                            " AND is_active = 1 AND agent = 'rule:reach'");
        g_assert_nonnull(inferred);
        link = g_strdup_printf("INSERT INTO fact_supersedes VALUES ('%s', '%s')", inferred, said);
        fixture_sql(f->vault, f->human, link);
        sql = g_strdup_printf("SELECT superseded_by FROM facts WHERE id = '%s'", said);
        by = fixture_select(f->vault, sql);
        g_assert_cmpstr(by, ==, NULL);
        rules_sql(f, "UPDATE facts SET is_active = 0 WHERE id = '%s'", said);
        rules_expect(f, "reaches", "a>b");
}

/* Seen to fail: documents taken for ends. */
static void test_documents_are_followed_as_their_entities(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *one = fixture_document(f, "one.txt", "alpha\n");
        g_autofree char *two = fixture_document(f, "two.txt", "beta\n");
        g_autofree char *state = NULL, *sql = NULL, *entity = NULL;

        json_object_unref(fixture_call(
                graph_tools(f->graph), f->human, "propose_predicate",
                "{\"name\":\"refers\",\"object_kind\":\"document\",\"cardinality\":\"many\","
                "\"description\":\"Of the tests.\"}"));
        state = rules_define(f, f->human,
                             "\"name\":\"follow\",\"kind\":\"closure\","
                             "\"predicates\":[\"refers\",\"tied\"],\"predicate\":\"reaches\"");
        sql = g_strdup_printf("SELECT id FROM entities WHERE document_id = '%s'", one);
        entity = fixture_select(f->vault, sql);
        json_object_unref(fixture_call(
                graph_tools(f->graph), f->human, "remember_fact",
                "{\"entity_id\":\"%s\",\"predicate\":\"refers\",\"object\":\"%s\"}", entity, two));
        g_free(rules_say(f, "a", "refers", one));
        rules_expect(f, "reaches", "a>one.txt a>two.txt one.txt>two.txt");
}

static void stand_for(Fixture *f, const char *name, const char *document)
{
        g_autofree char *sql =
                g_strdup_printf("UPDATE entities SET document_id = %s%s%s WHERE name = '%s'",
                                document ? "'" : "", document ?: "NULL", document ? "'" : "", name);

        fixture_sql(f->vault, f->human, sql);
}

/* No fact changes here. Seen to fail: entities not looked at; facts of the former document left out; facts not taken for
 * fresh. */
static void test_entity_of_another_document_is_followed(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *one = fixture_document(f, "one.txt", "alpha\n");
        g_autofree char *group = NULL;

        stand_for(f, "one.txt", NULL);
        json_object_unref(fixture_call(
                graph_tools(f->graph), f->human, "propose_predicate",
                "{\"name\":\"refers\",\"object_kind\":\"document\",\"cardinality\":\"many\","
                "\"description\":\"Of the tests.\"}"));
        g_free(rules_define(f, f->human,
                            "\"name\":\"follow\",\"kind\":\"closure\","
                            "\"predicates\":[\"refers\",\"tied\"],\"predicate\":\"reaches\""));
        g_free(rules_define(f, f->human,
                            "\"name\":\"back\",\"kind\":\"inverse\",\"predicates\":[\"refers\"],"
                            "\"predicate\":\"reached_by\""));
        g_free(rules_say(f, "z", "tied", "a"));
        g_free(rules_say(f, "a", "refers", one));
        g_free(rules_say(f, "x", "tied", "b"));
        g_free(rules_say(f, "y", "tied", "c"));
        rules_expect(f, "reaches", "x>b y>c z>a");
        stand_for(f, "x", one);
        rules_expect(f, "reaches", "a>b a>x x>b y>c z>a z>b z>x");
        rules_expect(f, "reached_by", "x>a");
        stand_for(f, "x", NULL);
        rules_expect(f, "reaches", "x>b y>c z>a");
        rules_expect(f, "reached_by", "");
        stand_for(f, "y", one);
        rules_expect(f, "reaches", "a>c a>y x>b y>c z>a z>c z>y");
        rules_expect(f, "reached_by", "y>a");
}

static void test_texts_are_where_a_way_ends_unless_they_are_ids(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *id = NULL, *state = NULL;
        g_autoptr(JsonObject) answer =
                fixture_call(graph_tools(f->graph), f->human, "decide_rule",
                             "{\"name\":\"transitively_cites\",\"decision\":\"confirm\"}");

        g_assert_cmpstr(json_object_get_string_member(answer, "state"), ==, "active");
        state = rules_define(f, f->human,
                             "\"name\":\"words\",\"kind\":\"closure\",\"predicates\":"
                             "[\"references_doc\",\"cites\"],\"predicate\":\"links_to\"");
        g_free(rules_say(f, "b", "cites", "Turing 1936"));
        id = fixture_select(f->vault, "SELECT id FROM entities WHERE name = 'b'");
        g_free(rules_say(f, "a", "references_doc", id));
        rules_expect(f, "links_to", "a>Turing 1936 a>b b>Turing 1936");
        rules_expect(f, "transitively_cites", "a>b"); /* entities only */
}

static void test_depth_that_was_asked_for_bounds(Case *test, gconstpointer data)
{
        static const char *const edges[] = {"a>b", "b>c", "c>d", NULL};
        g_autofree char *state =
                rules_define(test->fixture, test->fixture->human,
                             "\"name\":\"near\",\"kind\":\"closure\",\"predicates\":[\"linked\"],"
                             "\"predicate\":\"reaches\",\"max_depth\":2");

        link_all(test->fixture, edges);
        rules_expect(test->fixture, "reaches", "a>b a>c b>c b>d c>d");
}

/* Seen to fail: the sources in another order than the way. */
static void test_trace_goes_down_to_what_was_observed(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *document = fixture_document(f, "1.txt", "alpha beta\n"), *fact = NULL;
        g_autofree char *a = rules_say(f, "a", "linked", "b"), *found = NULL;
        g_autofree char *state = NULL;
        g_autoptr(JsonObject) said = NULL, trace = NULL;
        g_autoptr(GString) sources = g_string_new(NULL);
        JsonArray *facts;

        g_free(rules_say(f, "c", "tag", "there")); /* an agent's claim makes no entity */
        said = fixture_call(graph_tools(f->graph), f->agent, "remember_fact",
                            "{\"entity_name\":\"b\",\"predicate\":\"tied\",\"object\":\"c\","
                            "\"quote\":\"alpha\",\"document_id\":\"%s\"}",
                            document);
        state = rules_define(f, f->human,
                             "\"name\":\"back\",\"kind\":\"inverse\",\"predicates\":"
                             "[\"reaches\"],\"predicate\":\"reached_by\"");
        fact = fixture_select(f->vault, "SELECT f.id FROM facts f JOIN entities s ON s.id ="
                                        " f.entity_id AND s.name = 'c' JOIN entities o"
                                        " ON o.id = f.object AND o.name = 'a'"
                                        " WHERE f.predicate = 'reached_by'");
        trace = fixture_call(graph_tools(f->graph), f->agent, "trace_belief",
                             "{\"fact_id\":\"%s\"}", fact);
        facts = json_object_get_array_member(trace, "facts");
        for (unsigned i = 0; i < json_array_get_length(facts); i++) {
                JsonObject *at = json_array_get_object_element(facts, i);
                JsonObject *told = json_object_get_object_member(at, "fact");

                g_string_append_printf(sources, "%s ",
                                       json_object_get_string_member(told, "predicate"));
                if (json_object_has_member(told, "quote"))
                        found = g_strdup(json_object_get_string_member(told, "quote"));
        }
        g_assert_cmpstr(sources->str, ==, "reached_by reaches linked tied ");
        g_assert_cmpstr(found, ==, "alpha");
}

/* ---- rules ---- */

static void test_rule_reads_what_was_there_before_it(Case *test, gconstpointer data)
{
        static const char *const edges[] = {"a>b", "b>c", NULL};
        Fixture *f = test->fixture;
        g_autofree char *state = NULL;

        link_all(f, edges);
        state = rules_define(f, f->human, REACHES);
        rules_expect(f, "reaches", "a>b a>c b>c");
}

/* Seen to fail: proposed rules loaded as usable. */
static void test_agents_rule_waits_for_the_human(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        ToolTable tools = graph_tools(f->graph);
        g_autofree char *state = rules_define(f, f->agent, REACHES);
        g_autoptr(JsonObject) confirmed = NULL, retired = NULL, back = NULL;

        g_assert_cmpstr(state, ==, "proposed");
        g_free(rules_say(f, "a", "linked", "b"));
        rules_expect(f, "reaches", "");
        confirmed = fixture_call(tools, f->human, "decide_rule",
                                 "{\"name\":\"reach\",\"decision\":\"confirm\"}");
        g_assert_cmpint(json_object_get_int_member(confirmed, "facts"), ==, 1);
        rules_expect(f, "reaches", "a>b");
        retired = fixture_call(tools, f->human, "decide_rule",
                               "{\"name\":\"reach\",\"decision\":\"retire\"}");
        g_assert_cmpint(json_object_get_int_member(retired, "facts"), ==, 0);
        rules_expect(f, "reaches", "");
        g_free(rules_say(f, "b", "linked", "c"));
        back = fixture_call(tools, f->human, "decide_rule",
                            "{\"name\":\"reach\",\"decision\":\"reinstate\"}");
        rules_expect(f, "reaches", "a>b a>c b>c");
        fixture_fail(tools, f->human, "decide_rule {\"name\":\"owns\",\"decision\":\"reinstate\"}",
                     OUROBOROS_ERROR_INVALID, "proposed");
        fixture_fail(tools, f->human, "decide_rule {\"name\":\"no\",\"decision\":\"retire\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "no rule no");
}

/* Seen to fail: predicates not watched. */
static void test_rule_rests_while_its_predicate_is_retired(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;

        g_free(rules_say(f, "a", "linked", "b"));
        fixture_sql(f->vault, f->human,
                    "UPDATE predicates SET state = 'retired' WHERE name = 'reaches'");
        rules_expect(f, "reaches", "");
        fixture_sql(f->vault, f->human,
                    "UPDATE predicates SET state = 'active' WHERE name = 'reaches'");
        rules_expect(f, "reaches", "a>b");
}

static bool work_fail(Db *db, void *data, GError **error)
{
        Statement *statement =
                db_statement(db, "UPDATE rules SET state = 'retired' WHERE name = 'reach'", error);

        g_assert_true(statement && statement_run(statement, error));
        statement = db_statement(db, "SELECT 1", error);
        g_assert_nonnull(statement);
        return true;
}

static bool fail_late(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        if (!*(bool *)data)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED, "so it shall be");
        return false;
}

/* Seen to fail: the rules kept whatever became of the write that changed them. */
static void test_rules_of_a_write_that_failed_do_not_hold(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        WriteOptions options = {.actor = access_actor(f->human)};
        g_autoptr(GError) error = NULL;
        bool fail = true;

        store_add_derivation(f->vault, "rules", fail_late, &fail);
        g_assert_false(store_write(f->vault, &options, work_fail, NULL, &error));
        fail = false;
        g_free(rules_say(f, "a", "linked", "b"));
        rules_expect(f, "reaches", "a>b");
}

static void test_bad_rules_are_refused_with_reasons(Case *test, gconstpointer data)
{
        static const struct {
                const char *members, *words;
        } bad[] = {
                {"\"kind\":\"closure\",\"predicates\":[\"linkd\"],\"predicate\":\"reaches\"",
                 "nearest: linked"},
                {"\"kind\":\"closure\",\"predicates\":[\"amount\"],\"predicate\":\"reaches\"",
                 "the object of amount is number"},
                {"\"kind\":\"closure\",\"predicates\":[\"linked\"],\"predicate\":\"tag\"",
                 "must be entity or document"},
                {"\"kind\":\"closure\",\"predicates\":[\"cites\"],\"predicate\":\"sum_of\"",
                 "must be entity, document or text"},
                {"\"kind\":\"inverse\",\"predicates\":[\"tag\"],\"predicate\":\"reaches\"",
                 "entities or documents"},
                {"\"kind\":\"closure\",\"predicates\":[\"linked\"],"
                 "\"predicate\":\"parent_organization\"",
                 "cardinality"},
                {"\"kind\":\"closure\",\"predicates\":[\"linked\",\"linked\"],"
                 "\"predicate\":\"reaches\"",
                 "twice"},
                {"\"kind\":\"aggregate\",\"predicates\":[\"tag\"],\"predicate\":\"sum_of\","
                 "\"function\":\"sum\"",
                 "numbers or dates"},
                {"\"kind\":\"aggregate\",\"predicates\":[\"deadline\"],\"predicate\":\"sum_of\","
                 "\"function\":\"sum\"",
                 "dates have no sum"},
                {"\"kind\":\"aggregate\",\"predicates\":[\"amount\"],\"predicate\":\"sum_of\","
                 "\"function\":\"sum\",\"cumulative\":true",
                 "needs a window"},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autofree char *call = g_strdup_printf(
                        "define_rule {\"name\":\"bad\",\"description\":\"Bad.\",%s}",
                        bad[i].members);

                fixture_fail(graph_tools(test->fixture->graph), test->fixture->human, call,
                             OUROBOROS_ERROR_INVALID, bad[i].words);
        }
}

static void test_same_rule_twice_is_one_and_another_of_its_name_none(Case *test, gconstpointer data)
{
        g_autofree char *again = rules_define(test->fixture, test->fixture->agent, REACHES);

        g_assert_cmpstr(again, ==, "active");
        fixture_fail(graph_tools(test->fixture->graph), test->fixture->human,
                     "define_rule {\"name\":\"reach\",\"kind\":\"inverse\",\"predicates\":"
                     "[\"linked\"],\"predicate\":\"reaches\",\"description\":\"Another.\"}",
                     OUROBOROS_ERROR_CONFLICT, "says something else");
}

/* Seen to fail: the scope of fact_sources set to 1. */
static void test_scoped_reader_sees_what_is_his(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = NULL, *b = NULL;
        g_autoptr(Scope) scope = NULL;
        g_autoptr(Access) scoped = NULL;
        g_autoptr(JsonObject) rules = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = NULL;
        Statement *statement;

        g_free(rules_say(f, "a", "linked", "b"));
        g_free(rules_say(f, "b", "linked", "c"));
        a = fixture_select(f->vault, "SELECT id FROM entities WHERE name = 'a'");
        b = fixture_select(f->vault, "SELECT id FROM entities WHERE name = 'b'");
        scope = scope_new((const char *const[]){a, b, NULL});
        scoped = access_new_agent("conn-s", "Scoped", "sess-3", scope);
        rules = fixture_call(graph_tools(f->graph), scoped, "list_rules", "{\"state\":\"active\"}");
        g_assert_cmpint(
                json_object_get_int_member(json_array_get_object_element(
                                                   json_object_get_array_member(rules, "rules"), 0),
                                           "facts"),
                ==, 1); /* neither what is reached by way of b nor c, which is not seen */
        db = store_reader(f->vault, scope, &error);
        statement = db_statement(db, "SELECT count(*) FROM fact_sources", &error);
        g_assert_no_error(error);
        g_assert_cmpint(statement_step(statement, &error), ==, STEP_ROW);
        g_assert_cmpint(statement_int(statement, 0), ==, 1); /* not the steps to c */
        fixture_fail(graph_tools(f->graph), scoped,
                     "define_rule {\"name\":\"mine\",\"kind\":\"inverse\",\"predicates\":"
                     "[\"linked\"],\"predicate\":\"reaches\",\"description\":\"Mine.\"}",
                     OUROBOROS_ERROR_DENIED, "see some of them");
}

static char *seen_under(Fixture *f, const Scope *scope)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(f->vault, scope, &error);
        Statement *statement = db_statement(
                db, "SELECT CAST(count(*) AS TEXT) FROM facts WHERE predicate = 'reaches'", &error);

        g_assert_no_error(error);
        g_assert_cmpint(statement_step(statement, &error), ==, STEP_ROW);
        return g_strdup(statement_text(statement, 0));
}

/* What a fact of b led to is not seen without b, and no more so when that fact was taken back, and its row with it.
 * Seen to fail: with sources that are no more left out. */
static void test_a_source_that_is_gone_shows_nothing(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *first = rules_say(f, "a", "linked", "b");
        g_autofree char *second = rules_say(f, "b", "linked", "c");
        g_autofree char *a = fixture_select(f->vault, "SELECT id FROM entities WHERE name = 'a'");
        g_autofree char *c = fixture_select(f->vault, "SELECT id FROM entities WHERE name = 'c'");
        g_autoptr(Scope) scope = scope_new((const char *const[]){a, c, NULL});
        g_autofree char *before = seen_under(f, scope);

        rules_expect(f, "reaches", "a>b a>c b>c");
        rules_sql(f, "DELETE FROM facts WHERE id = '%s'", second);
        rules_expect(f, "reaches", "a>b");
        g_autofree char *left = fixture_select(
                f->vault, "SELECT CAST(count(*) AS TEXT) FROM facts WHERE predicate = 'reaches'");
        g_autofree char *after = seen_under(f, scope);
        g_assert_cmpstr(left, ==, "3");
        g_assert_cmpstr(before, ==, "0");
        g_assert_cmpstr(after, ==, "0");
}

/* ---- limits ---- */

static void link_chain(Fixture *f, unsigned first, unsigned end)
{
        for (unsigned i = first; i < end; i++) {
                g_autofree char *from = g_strdup_printf("n%02u", i);
                g_autofree char *to = g_strdup_printf("n%02u", i + 1);

                g_free(rules_say(f, from, "linked", to));
        }
}

static void expect_problems(Fixture *f, const char *expected)
{
        g_autofree char *found = fixture_select(f->vault, "SELECT count(*) FROM rule_problems");

        g_assert_cmpstr(found, ==, expected);
}

/* Seen to fail: any entity at the last step taken for a step too many. */
static void test_as_deep_as_may_be_is_no_problem(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;

        link_chain(f, 0, 64);
        g_free(rules_say(f, "n64", "linked", "n63")); /* leads to nothing new */
        expect_problems(f, "0");
        g_free(rules_say(f, "n64", "linked", "n65"));
        expect_problems(f, "1");
        rules_check_sound(f);
}

/* Seen to fail: the write failed, with the limit made an error. */
static void test_limit_is_a_problem_of_the_rule_and_not_of_the_write(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *found = NULL;
        g_autoptr(JsonObject) rules = NULL;
        const char *problem;

        link_chain(f, 0, 70);
        rules_check_sound(f);
        found = fixture_select(f->vault,
                               "SELECT count(*) FROM facts f JOIN entities e ON e.id = f.entity_id"
                               " WHERE f.predicate = 'reaches' AND e.name = 'n00'");
        g_assert_cmpstr(found, ==, "64");
        rules = fixture_call(graph_tools(f->graph), f->agent, "list_rules",
                             "{\"state\":\"active\"}");
        problem = json_object_get_string_member(
                json_array_get_object_element(json_object_get_array_member(rules, "rules"), 0),
                "problem");
        g_assert_nonnull(strstr(problem, "RULE_DEPTH_MAX (64)"));
}

static int64_t count_inferred(Fixture *f)
{
        g_autofree char *count = fixture_select(
                f->vault,
                "SELECT count(*) FROM facts WHERE agent = 'rule:reach' AND is_active = 1");

        return g_ascii_strtoll(count, NULL, 10);
}

/* Seen to fail: an active rule that is reinstated not asked again. */
static void test_much_at_once_is_inferred_in_parts(Case *test, gconstpointer data)
{
        enum { COUNT = 90 };
        Fixture *f = test->fixture;
        Claim claims[COUNT];
        ClaimResult results[COUNT];
        g_autoptr(GError) error = NULL;
        g_autofree char *problem = NULL;
        int64_t first;

        for (unsigned i = 0; i < COUNT; i++)
                claims[i] = (Claim){.entity_name = g_strdup_printf("n%u", i),
                                    .predicate = "linked",
                                    .object = g_strdup_printf("n%u", i + 1),
                                    .quote_hint = -1,
                                    .confidence = 1};
        graph_submit(f->graph, f->human, claims, COUNT, NULL, results, &error);
        g_assert_no_error(error);
        first = count_inferred(f);
        g_assert_cmpint(first, >, 500);
        rules_check_sound(f);
        problem = fixture_select(f->vault, "SELECT problem FROM rule_problems");
        g_assert_nonnull(strstr(problem, "_MAX"));
        json_object_unref(fixture_call(graph_tools(f->graph), f->human, "decide_rule",
                                       "{\"name\":\"reach\",\"decision\":\"reinstate\"}"));
        g_assert_cmpint(count_inferred(f), >, first);
        rules_check_sound(f);
        for (unsigned i = 0; i < COUNT; i++) {
                claim_result_clear(&results[i]);
                g_free((char *)claims[i].entity_name);
                g_free((char *)claims[i].object);
        }
}

#define ADD(name, data, function)                                                                  \
        g_test_add("/graph/closure/" name, Case, data, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("several-predicates", REACHES, test_what_is_reached_by_several_predicates_follows);
        ADD("derivation-is-the-way", REACHES, test_derivation_is_the_way_in_order);
        ADD("as-sure-as-its-weakest-source", REACHES,
            test_it_is_as_sure_as_its_weakest_source_and_as_new_as_its_newest);
        ADD("cycle-ends-and-leads-back", REACHES, test_cycle_ends_and_leads_back);
        ADD("retired-with-its-source", REACHES, test_what_lost_its_source_is_retired_with_it);
        ADD("another-way-takes-its-place", REACHES, test_another_way_takes_its_place);
        ADD("what-comes-back-is-the-same-fact", REACHES, test_what_comes_back_is_the_same_fact);
        ADD("what-stays-true-is-not-touched", REACHES, test_what_stays_true_is_not_touched);
        ADD("superseded-facts-are-no-sources", REACHES, test_superseded_facts_are_no_sources);
        ADD("inferred-facts-supersede-nothing", REACHES, test_inferred_facts_supersede_nothing);
        ADD("documents-are-followed", NULL, test_documents_are_followed_as_their_entities);
        ADD("entity-of-another-document-is-followed", NULL,
            test_entity_of_another_document_is_followed);
        ADD("texts-end-a-way", NULL, test_texts_are_where_a_way_ends_unless_they_are_ids);
        ADD("depth-bounds", NULL, test_depth_that_was_asked_for_bounds);
        ADD("trace-goes-down", REACHES, test_trace_goes_down_to_what_was_observed);
        ADD("rule-reads-what-was-there", NULL, test_rule_reads_what_was_there_before_it);
        ADD("agents-rule-waits", NULL, test_agents_rule_waits_for_the_human);
        ADD("rests-with-its-predicate", REACHES, test_rule_rests_while_its_predicate_is_retired);
        ADD("failed-write-changes-no-rule", REACHES, test_rules_of_a_write_that_failed_do_not_hold);
        ADD("bad-rules-are-refused", NULL, test_bad_rules_are_refused_with_reasons);
        ADD("same-rule-twice-is-one", REACHES,
            test_same_rule_twice_is_one_and_another_of_its_name_none);
        ADD("scope", REACHES, test_scoped_reader_sees_what_is_his);
        ADD("a-source-that-is-gone-shows-nothing", REACHES,
            test_a_source_that_is_gone_shows_nothing);
        ADD("as-deep-as-may-be-is-no-problem", REACHES, test_as_deep_as_may_be_is_no_problem);
        ADD("limit-is-a-problem-of-the-rule", REACHES,
            test_limit_is_a_problem_of_the_rule_and_not_of_the_write);
        ADD("much-at-once-comes-in-parts", REACHES, test_much_at_once_is_inferred_in_parts);
        return g_test_run();
}
