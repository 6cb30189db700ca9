/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why something is believed: chains of supersession, documents, journal entries, derivations. */
#include <string.h>

#include "graph/rules.h"

typedef struct Case {
        Fixture *fixture;
        ToolTable tools;
        char *document;
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->tools = graph_tools(test->fixture->graph);
        test->document = fixture_document(test->fixture, "history.txt",
                                          "Acme Co.\nFounded in 1953\nor in 1954 in Detroit.\n");
        fixture_entity(test->fixture, "Acme");
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
        g_free(test->document);
}

/* Remembers a year of Acme; rest: more members, each after a comma. Returns the fact's id. */
static char *claim(Case *test, const Access *access, int year, const char *rest)
{
        g_autoptr(JsonObject) said = fixture_call(test->tools, access, "remember_fact",
                                                  "{\"entity_name\":\"Acme\",\"predicate\":"
                                                  "\"published_in_year\",\"object\":%d%s}",
                                                  year, rest);

        return g_strdup(json_member_string(said, "fact_id", NULL));
}

static char *extract(Case *test, const Access *access, int year)
{
        g_autofree char *rest = g_strdup_printf(",\"quote\":\"in %d\",\"document_id\":\"%s\"", year,
                                                test->document);

        return claim(test, access, year, rest);
}

static JsonObject *trace(Case *test, const Access *access, const char *args)
{
        return fixture_call(test->tools, access, "trace_belief", "%s", args);
}

static JsonObject *trace_acme(Case *test, const Access *access)
{
        return trace(test, access,
                     "{\"entity_name\":\"Acme\",\"predicate\":\"published_in_year\"}");
}

/* The node of a fact; NULL: not in the trace. */
static JsonObject *node_of(JsonObject *answer, const char *fact)
{
        JsonArray *facts = json_member_array(answer, "facts");

        for (unsigned i = 0; i < json_array_get_length(facts); i++) {
                JsonObject *node = json_array_get_object_element(facts, i);

                if (strcmp(json_member_string(json_member_object(node, "fact"), "id", ""), fact) ==
                    0)
                        return node;
        }
        return NULL;
}

static void expect(JsonObject *answer, const char *fact, const char *role, const char *because)
{
        JsonObject *node = node_of(answer, fact);

        g_assert_nonnull(node);
        g_assert_cmpstr(json_member_string(node, "role", NULL), ==, role);
        g_assert_cmpstr(json_member_string(node, "superseded_because", NULL), ==, because);
}

/* Seen to fail: the reasons in another order, and superseded facts not followed. */
static void test_chain_tells_what_superseded_what_and_why(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = extract(test, f->agent, 1953), *b = extract(test, f->agent, 1954);
        g_autofree char *h = claim(test, f->human, 1955, "");
        g_autofree char *rest = g_strdup_printf(",\"supersedes\":[\"%s\"]", h);
        g_autofree char *i = claim(test, f->human, 1956, rest);
        g_autoptr(JsonObject) answer = trace_acme(test, f->agent);
        g_autofree char *from_first = g_strdup_printf("{\"fact_id\":\"%s\"}", a);
        g_autoptr(JsonObject) upwards = trace(test, f->agent, from_first);

        expect(answer, i, "belief", NULL);
        expect(answer, h, "superseded", "explicit");
        expect(answer, b, "superseded", "tier");
        expect(answer, a, "superseded", "same_observer");
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "beliefs")), ==, 1);
        g_assert_cmpstr(json_member_string(answer, "lineage_tier", NULL), ==, "human");
        g_assert_false(json_member_bool(answer, "truncated", true));
        expect(upwards, a, "belief", "same_observer");
        expect(upwards, b, "superseding", "tier");
        expect(upwards, i, "superseding", NULL);
}

/* Seen to fail: TRACE_CHECK_CHARS_MAX of 1, and the journal's entry looked for by another table. */
static void test_document_quote_and_journal_are_told(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = extract(test, f->agent, 1954);
        g_autoptr(JsonObject) answer = trace_acme(test, f->human), later = NULL;
        JsonObject *node = node_of(answer, a);
        JsonObject *document = json_member_object(node, "document"),
                   *written = json_member_object(node, "written");
        g_autofree char *entry = fixture_select(
                f->vault, "SELECT id FROM mutations WHERE table_name = 'facts' AND op = 'insert'");

        g_assert_cmpstr(json_member_string(document, "path", NULL), ==, "/docs/history.txt");
        g_assert_true(json_member_bool(document, "valid", false));
        g_assert_cmpint(json_member_int(document, "line", 0), ==, 3);
        g_assert_cmpstr(json_member_string(written, "mutation_id", NULL), ==, entry);
        g_assert_cmpstr(json_member_string(written, "actor", NULL), ==, "Agent A");
        g_assert_cmpstr(json_member_string(written, "session_id", NULL), ==, "sess-1");
        fixture_rewrite(f, test->document, "nothing of it\n");
        later = trace_acme(test, f->human);
        document = json_member_object(node_of(later, a), "document");
        g_assert_true(json_member_bool(document, "valid", false));
        g_assert_cmpstr(json_member_string(document, "text", NULL), ==, "earlier");
}

static void test_contradictions_are_told(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = extract(test, f->agent, 1953), *b = extract(test, f->other, 1954);
        g_autoptr(JsonObject) answer = trace_acme(test, f->agent);
        JsonArray *list = json_member_array(answer, "contradictions");

        expect(answer, a, "belief", NULL);
        expect(answer, b, "belief", NULL);
        g_assert_cmpuint(json_array_get_length(list), ==, 1);
        g_assert_cmpstr(
                json_member_string(json_array_get_object_element(list, 0), "resolution", NULL), ==,
                "unresolved");
}

/* Seen to fail: the object not brought into the form of its kind. */
static void test_one_object_is_traced_though_it_stands_no_longer(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = extract(test, f->agent, 1953), *h = claim(test, f->human, 1955, "");
        g_autoptr(JsonObject) answer =
                trace(test, f->agent,
                      "{\"entity_name\":\"Acme\",\"predicate\":\"published_in_year\","
                      "\"object\":\"1953.0\"}");

        expect(answer, a, "belief", "tier");
        expect(answer, h, "superseding", NULL);
        fixture_fail(test->tools, f->agent,
                     "trace_belief {\"entity_name\":\"Acme\",\"predicate\":\"published_in_year\","
                     "\"object\":\"1970\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "nothing is known");
}

static void test_limits_are_told(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *last = NULL;

        for (int year = 1900; year < 1904; year++) {
                g_autofree char *rest =
                        last ? g_strdup_printf(",\"supersedes\":[\"%s\"]", last) : g_strdup("");
                g_free(last);
                last = claim(test, f->human, year, rest);
        }
        g_autoptr(JsonObject) answer =
                trace(test, f->agent,
                      "{\"entity_name\":\"Acme\",\"predicate\":\"published_in_year\",\"depth\":2}");
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "facts")), ==, 3);
        g_assert_true(json_member_bool(answer, "truncated", false));
        fixture_fail(test->tools, f->agent, "trace_belief {\"fact_id\":\"fact-x\",\"depth\":33}",
                     OUROBOROS_ERROR_LIMIT, "TRACE_DEPTH_MAX");
        fixture_fail(test->tools, f->agent, "trace_belief {\"entity_name\":\"Acme\"}",
                     OUROBOROS_ERROR_INVALID, "fact_id, or an entity");
        fixture_fail(test->tools, f->agent,
                     "trace_belief {\"fact_id\":\"fact-00000000000000000000000000000000\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "no fact");
}

/* Under a scope the journal is absent, facts of others are as if they were not there. */
static void test_scope_hides_journal_and_others(Case *test, gconstpointer data)
{
        Fixture *f = test->fixture;
        g_autofree char *a = extract(test, f->agent, 1953), *h = claim(test, f->human, 1955, "");
        g_autofree char *acme =
                fixture_select(f->vault, "SELECT id FROM entities WHERE name = 'Acme'");
        const char *const own[] = {acme, NULL}, *const others[] = {"ent-none", NULL};
        g_autoptr(Scope) scope = scope_new(own), elsewhere = scope_new(others);
        g_autoptr(Access) seeing = access_new_agent("conn-s", "S", NULL, scope),
                          blind = access_new_agent("conn-t", "T", NULL, elsewhere);
        g_autoptr(JsonObject) answer = trace_acme(test, seeing);
        g_autofree char *call = g_strdup_printf("trace_belief {\"fact_id\":\"%s\"}", a);

        expect(answer, a, "superseded", "tier");
        g_assert_null(json_member_object(node_of(answer, h), "written"));
        fixture_fail(test->tools, blind, call, OUROBOROS_ERROR_NOT_FOUND, "no fact");
}

/* ---- what was inferred ---- */

/* A linked B says the human, B linked C a document; whoever is linked in steps is reached. Returns the second fact. */
static char *infer(Case *test)
{
        Fixture *f = test->fixture;
        static const char *const names[] = {"A", "B", "C"};
        g_autofree char *state = NULL, *first = NULL;
        g_autoptr(JsonObject) said = NULL;

        rules_predicates(f);
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                fixture_entity(f, names[i]);
        state = rules_define(f, f->human,
                             "\"name\":\"reach\",\"kind\":\"closure\",\"predicates\":[\"linked\"],"
                             "\"predicate\":\"reaches\"");
        g_assert_cmpstr(state, ==, "active");
        first = rules_say(f, "A", "linked", "B");
        said = fixture_call(test->tools, f->agent, "remember_fact",
                            "{\"entity_name\":\"B\",\"predicate\":\"linked\",\"object\":\"C\","
                            "\"quote\":\"Detroit\",\"document_id\":\"%s\"}",
                            test->document);
        return g_strdup(json_member_string(said, "fact_id", NULL));
}

static JsonObject *trace_reach(Case *test, const Access *access, const char *rest)
{
        g_autofree char *args = g_strdup_printf(
                "{\"entity_name\":\"A\",\"predicate\":\"reaches\",\"object\":\"C\"%s}", rest);

        return trace(test, access, args);
}

/* Seen to fail: sources not followed, and the lowest tier taken of the fact itself. */
static void test_inferred_fact_is_traced_down_to_what_was_observed(Case *test, gconstpointer data)
{
        g_autofree char *source = infer(test);
        g_autoptr(JsonObject) answer = trace_reach(test, test->fixture->agent, "");
        JsonArray *facts = json_member_array(answer, "facts");
        JsonObject *belief = json_array_get_object_element(facts, 0),
                   *node = node_of(answer, source);

        g_assert_cmpstr(json_member_string(belief, "role", NULL), ==, "belief");
        g_assert_cmpstr(json_member_string(json_member_object(belief, "rule"), "name", NULL), ==,
                        "reach");
        g_assert_cmpstr(json_member_string(json_member_object(belief, "rule"), "kind", NULL), ==,
                        "closure");
        g_assert_cmpuint(json_array_get_length(json_member_array(belief, "sources")), >=, 2);
        g_assert_cmpstr(json_member_string(belief, "lineage_tier", NULL), ==, "extracted");
        g_assert_cmpstr(json_member_string(answer, "lineage_tier", NULL), ==, "extracted");
        g_assert_nonnull(node);
        g_assert_cmpstr(json_member_string(node, "role", NULL), ==, "source");
        g_assert_true(json_member_bool(json_member_object(node, "document"), "valid", false));
        g_assert_cmpstr(json_member_string(json_member_object(node, "fact"), "quote", NULL), ==,
                        "Detroit");
        g_assert_false(json_member_bool(answer, "truncated", true));
}

/* Seen to fail: facts met twice. */
static void test_trace_of_a_cycle_tells_each_fact_once(Case *test, gconstpointer data)
{
        g_autofree char *source = infer(test), *back = rules_say(test->fixture, "C", "linked", "A");
        g_autoptr(JsonObject) answer = trace(test, test->fixture->human,
                                             "{\"entity_name\":\"A\",\"predicate\":\"reaches\"}");
        JsonArray *facts = json_member_array(answer, "facts");
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

        for (unsigned i = 0; i < json_array_get_length(facts); i++) {
                JsonObject *fact =
                        json_member_object(json_array_get_object_element(facts, i), "fact");
                g_assert_true(g_hash_table_add(
                        seen, (gpointer)json_object_get_string_member(fact, "id")));
        }
        g_assert_nonnull(node_of(answer, source));
        g_assert_nonnull(node_of(answer, back));
        g_assert_false(json_member_bool(answer, "truncated", true));
}

static void test_inferred_fact_that_fell_with_its_source_is_told_so(Case *test, gconstpointer data)
{
        g_autofree char *source = infer(test), *belief = NULL, *call = NULL;
        g_autoptr(JsonObject) answer = trace_reach(test, test->fixture->agent, ""), later = NULL;

        belief = g_strdup(json_array_get_string_element(json_member_array(answer, "beliefs"), 0));
        rules_sql(test->fixture, "UPDATE facts SET is_active = 0 WHERE id = '%s'", source);
        call = g_strdup_printf("{\"fact_id\":\"%s\"}", belief);
        later = trace(test, test->fixture->agent, call);
        g_assert_true(json_member_bool(node_of(answer, belief), "is_current", false));
        g_assert_false(json_member_bool(node_of(later, belief), "is_current", true));
        g_assert_false(json_member_bool(node_of(later, source), "is_current", true));
}

/* One step of the way was itself inferred. Seen to fail: add_sources() that passes over what was not followed. */
static void test_depth_ends_a_derivation_and_worth_is_not_guessed(Case *test, gconstpointer data)
{
        static const char call[] =
                "{\"entity_name\":\"A\",\"predicate\":\"reaches\",\"object\":\"D\",\"depth\":%d}";
        g_autofree char *source = infer(test), *state = NULL, *said = NULL, *near = NULL,
                        *far = NULL;
        g_autoptr(JsonObject) cut = NULL, whole = NULL;

        fixture_entity(test->fixture, "D");
        state = rules_define(test->fixture, test->fixture->human,
                             "\"name\":\"tie\",\"kind\":\"inverse\",\"predicates\":[\"tied\"],"
                             "\"predicate\":\"linked\"");
        said = rules_say(test->fixture, "D", "tied", "C");
        near = g_strdup_printf(call, 1);
        far = g_strdup_printf(call, 3);
        cut = trace(test, test->fixture->human, near);
        whole = trace(test, test->fixture->human, far);
        g_assert_true(json_member_bool(cut, "truncated", false));
        g_assert_cmpstr(json_member_string(cut, "lineage_tier", NULL), ==, "inferred");
        g_assert_false(json_member_bool(whole, "truncated", true));
        g_assert_cmpstr(json_member_string(whole, "lineage_tier", NULL), ==, "extracted");
        g_assert_nonnull(node_of(whole, said));
}

/* What was inferred by way of several entities may have been so by way of one that is not seen. Seen to fail: the scope of
 * facts without its part on rules. */
static void test_what_follows_from_several_entities_is_absent_under_a_scope(Case *test,
                                                                            gconstpointer data)
{
        g_autofree char *source = infer(test), *a = NULL, *c = NULL;

        a = fixture_select(test->fixture->vault, "SELECT id FROM entities WHERE name = 'A'");
        c = fixture_select(test->fixture->vault, "SELECT id FROM entities WHERE name = 'C'");
        const char *const own[] = {a, c, NULL};
        g_autoptr(Scope) scope = scope_new(own);
        g_autoptr(Access) seeing = access_new_agent("conn-s", "S", NULL, scope);

        fixture_fail(
                test->tools, seeing,
                "trace_belief {\"entity_name\":\"A\",\"predicate\":\"reaches\",\"object\":\"C\"}",
                OUROBOROS_ERROR_NOT_FOUND, "nothing is known");
}

#define ADD(name, func) g_test_add("/trace/" name, Case, NULL, case_up, func, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("chain-tells-what-superseded-what-and-why",
            test_chain_tells_what_superseded_what_and_why);
        ADD("document-quote-and-journal-are-told", test_document_quote_and_journal_are_told);
        ADD("contradictions-are-told", test_contradictions_are_told);
        ADD("one-object-is-traced-though-it-stands-no-longer",
            test_one_object_is_traced_though_it_stands_no_longer);
        ADD("limits-are-told", test_limits_are_told);
        ADD("scope-hides-journal-and-others", test_scope_hides_journal_and_others);
        ADD("inferred-fact-is-traced-down-to-what-was-observed",
            test_inferred_fact_is_traced_down_to_what_was_observed);
        ADD("trace-of-a-cycle-tells-each-fact-once", test_trace_of_a_cycle_tells_each_fact_once);
        ADD("inferred-fact-that-fell-with-its-source-is-told-so",
            test_inferred_fact_that_fell_with_its_source_is_told_so);
        ADD("depth-ends-a-derivation-and-worth-is-not-guessed",
            test_depth_ends_a_derivation_and_worth_is_not_guessed);
        ADD("what-follows-from-several-entities-is-absent-under-a-scope",
            test_what_follows_from_several_entities_is_absent_under_a_scope);
        return g_test_run();
}
