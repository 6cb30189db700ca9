/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as people write them: how alike two are, and which entity is meant. */
#include <string.h>

#include "graph/fixture.h"
#include "graph/name-form.h"

/* ---- two names ---- */

typedef struct Pair {
        const char *a, *b, *word;
        double least, most;
} Pair;

/* Seen to fail: for each row, its way of being alike left out of name-match.c or name-form.c. */
static const Pair pairs[] = {
        {"Acme", "ACME", "exact", 1, 1},
        {"Détroit", "detroit", "exact", 1, 1},
        {"John  Smith", "john smith", "exact", 1, 1},
        {"J.R.R. Tolkien", "J R R Tolkien", "punctuation", 0.98, 0.98},
        {"O'Brien", "OBrien", "punctuation", 0.98, 0.98},
        {"Smith, John", "John Smith", "punctuation", 0.98, 0.98},
        {"I.B.M.", "IBM", "punctuation", 0.98, 0.98},
        {"Smith, Dr. John", "John Smith", "form", 0.95, 0.95},
        {"Smith John", "John Smith", "order", 0.94, 0.94},
        {"Dr. John Smith", "John Smith", "form", 0.95, 0.95},
        {"Prof. Dr. John Smith, Jr.", "John Smith", "form", 0.95, 0.95},
        {"Smith, John, PhD", "John Smith", "form", 0.95, 0.95},
        {"Acme, Inc.", "ACME", "form", 0.95, 0.95},
        {"Acme Corporation", "ACME", "form", 0.95, 0.95},
        {"The Acme Company Ltd.", "Acme", "form", 0.95, 0.95},
        {"Acme S.A.", "Acme", "form", 0.95, 0.95},
        {"Acme L.L.C.", "Acme", "form", 0.95, 0.95},
        {"Acme GmbH & Co. KG", "Acme", "form", 0.95, 0.95},
        {"Acme, Inc.", "Acme GmbH", "form", 0.88, 0.88},
        {"Face Book", "Facebook", "spacing", 0.93, 0.93},
        {"J. Smith", "John Smith", "initials", 0.85, 0.85},
        {"Smith, J.", "John Smith", "initials", 0.85, 0.85},
        {"Smith J", "John Smith", "initials", 0.85, 0.85},
        {"John Q. Smith", "John Smith", "middle", 0.84, 0.84},
        {"J. Q. Smith", "John Quincy Smith", "initials", 0.85, 0.85},
        {"IBM", "International Business Machines", "acronym", 0.82, 0.82},
        {"I.B.M.", "International Business Machines Corp.", "acronym", 0.82, 0.82},
        {"UN", "United Nations", "acronym", 0.6, 0.6},
        {"BoA", "Bank of America", "none", 0, 0},
        {"Jon Smith", "John Smith", "typo", 0.8, 0.9},
        {"Jhon Smith", "John Smith", "typo", 0.8, 0.9},
        {"Micorsoft", "Microsoft Corporation", "typo", 0.8, 0.9},
        {"Acme", "Acme Roadrunner Traps", "part", 0.5, 0.7},
        {"Smith", "John Smith", "part", 0.6, 0.7},
        {"Acme", "Globex", "none", 0, 0},
        {"Ada", "Ida", "none", 0, 0},
        {"J. Smith", "Peter Smith", "none", 0, 0},
        {"John Ma", "John", "part", 0.5, 0.7},
        {"Dr. No", "No", "form", 0.95, 0.95},
        {"Inc", "Inc", "exact", 1, 1},
        {"...", "!!!", "none", 0, 0},
        {"株式会社", "株式会社", "exact", 1, 1},
};

static void test_names_are_alike_as_people_mean_them(void)
{
        NameRules *rules = name_rules_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++) {
                g_autoptr(NameForm) a = name_form_new(rules, pairs[i].a);
                g_autoptr(NameForm) b = name_form_new(rules, pairs[i].b);
                NameMatch there = name_match(a, b), back = name_match(b, a);

                if (strcmp(there.word, pairs[i].word) != 0 || there.score < pairs[i].least ||
                    there.score > pairs[i].most)
                        g_error("%s / %s: %s %f", pairs[i].a, pairs[i].b, there.word, there.score);
                g_assert_cmpfloat(there.score, ==, back.score);
        }
        name_rules_free(rules);
}

static void test_any_text_can_be_taken_apart(void)
{
        static const char *const texts[] = {"",      ",",        ",,,",
                                            ", ,",   "Inc.",     "Dr.",
                                            "the",   "a,b,c,d",  "\xf0\x9f\x98\x80",
                                            "а б в", "Jr., Sr.", "- - -"};
        NameRules *rules = name_rules_new();

        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
                for (unsigned j = 0; j < G_N_ELEMENTS(texts); j++) {
                        g_autoptr(NameForm) a = name_form_new(rules, texts[i]);
                        g_autoptr(NameForm) b = name_form_new(rules, texts[j]);

                        g_assert_cmpfloat(name_match(a, b).score, <=, 1);
                }
        name_rules_free(rules);
}

/* ---- one among many ---- */

typedef struct Case {
        Fixture *fixture;
        ToolTable tools;
} Case;

static char *make(Case *test, const char *name, const char *type)
{
        g_autoptr(JsonObject) said = fixture_call(
                test->tools, test->fixture->human, "remember_fact",
                "{\"entity_name\":\"%s\",\"entity_type\":\"%s\",\"predicate\":\"note\","
                "\"object\":\"x\"}",
                name, type);

        return g_strdup(json_member_string(said, "entity_id", NULL));
}

static void case_up(Case *test, gconstpointer data)
{
        static const char *const names[][2] = {{"John Smith", "person"},
                                               {"Jane Smith", "person"},
                                               {"Acme, Inc.", "organization"},
                                               {"International Business Machines", "organization"},
                                               {"Globex", "organization"},
                                               {"Müller & Söhne KG", "organization"},
                                               {"Peter van der Berg", "person"}};

        test->fixture = fixture_new();
        test->tools = graph_tools(test->fixture->graph);
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                g_free(make(test, names[i][0], names[i][1]));
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
}

/* The name of the best, NULL if there is none. */
static char *best(Case *test, const Access *access, const char *name)
{
        g_autoptr(JsonObject) answer = fixture_call(test->tools, access, "resolve_entity",
                                                    "{\"name\":\"%s\",\"limit\":10}", name);
        const char *id = json_member_string(answer, "best", NULL);
        JsonArray *candidates = json_member_array(answer, "candidates");

        if (!id)
                return NULL;
        JsonObject *first = json_array_get_object_element(candidates, 0);
        g_assert_cmpstr(json_member_string(first, "entity_id", NULL), ==, id);
        return g_strdup(json_member_string(first, "name", NULL));
}

static void expect(Case *test, const char *name, const char *wanted)
{
        g_autofree char *got = best(test, test->fixture->human, name);

        if (g_strcmp0(got, wanted) != 0)
                g_error("%s is %s", name, got ? got : "nobody");
}

static unsigned candidates(Case *test, const char *name, const char *type)
{
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, test->fixture->human, "resolve_entity",
                             "{\"name\":\"%s\",\"limit\":10%s%s%s}", name,
                             type ? ",\"type\":\"" : "", type ?: "", type ? "\"" : "");

        return json_array_get_length(json_member_array(answer, "candidates"));
}

/* Seen to fail: each line of add_alike() left out; scan_words() from behind left out ("Klobex"). */
static void test_a_name_finds_its_entity(Case *test, gconstpointer data)
{
        static const char *const asked[][2] = {
                {"john smith", "John Smith"},
                {"SMITH, JOHN", "John Smith"},
                {"Dr. John Smith", "John Smith"},
                {"Smith John", "John Smith"},
                {"Jhon Smith", "John Smith"},
                {"John Smiht", "John Smith"},
                {"John Q. Smith", "John Smith"},
                {"ACME", "Acme, Inc."},
                {"Acme GmbH", "Acme, Inc."},
                {"Acme Corporation", "Acme, Inc."},
                {"IBM", "International Business Machines"},
                {"I.B.M. Corp.", "International Business Machines"},
                {"Intl Business Machines", NULL},
                {"Globx", "Globex"},
                {"Klobex", "Globex"},
                {"Glo Bex", "Globex"},
                {"Petervanderberg", "Peter van der Berg"},
                {"Gobex", "Globex"},
                {"Muller und Sohne", "Müller & Söhne KG"},
                {"Muller & Sohne", "Müller & Söhne KG"},
                {"P. van der Berg", "Peter van der Berg"},
                {"nobody at all", NULL},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(asked); i++)
                expect(test, asked[i][0], asked[i][1]);
}

/* Seen to fail: RESOLVE_BEST_MARGIN 0; RESOLVE_BEST_MIN 0. */
static void test_a_doubt_has_no_best(Case *test, gconstpointer data)
{
        expect(test, "J. Smith", NULL);
        g_assert_cmpuint(candidates(test, "J. Smith", NULL), ==, 2);
        expect(test, "Smith", NULL);
        expect(test, "Business Machines", NULL);
        g_assert_cmpuint(candidates(test, "Business Machines", NULL), ==, 1);
        g_assert_cmpuint(candidates(test, "J. Smith", "organization"), ==, 0);
}

/* Seen to fail: entity_key_derive() not registered for aliases; is_active left out of NAMES. */
static void test_aliases_and_merged_names_find_too(Case *test, gconstpointer data)
{
        json_object_unref(
                fixture_call(test->tools, test->fixture->human, "add_entity_alias",
                             "{\"entity_name\":\"globex\",\"alias\":\"Hank Scorpio Works\"}"));
        g_free(make(test, "Big Blue Corporation", "organization"));
        json_object_unref(fixture_call(test->tools, test->fixture->human, "merge_entities",
                                       "{\"entity_name\":\"International Business Machines\","
                                       "\"merge\":[\"Big Blue Corporation\"]}"));
        expect(test, "Hank Scorpo Works", "Globex");
        expect(test, "big blue", "International Business Machines");
        json_object_unref(
                fixture_call(test->tools, test->fixture->human, "remove_entity_alias",
                             "{\"entity_name\":\"globex\",\"alias\":\"Hank Scorpio Works\"}"));
        expect(test, "Hank Scorpo Works", NULL);
        json_object_unref(fixture_call(test->tools, test->fixture->human, "deactivate_entity",
                                       "{\"entity_name\":\"globex\"}"));
        expect(test, "Globex", NULL);
        g_assert_cmpuint(candidates(test, "Globex", NULL), ==, 0);
}

/* Seen to fail: compare_identifiers() left out. */
static void test_addresses_of_facts_find_too(Case *test, gconstpointer data)
{
        json_object_unref(fixture_call(test->tools, test->fixture->human, "remember_fact",
                                       "{\"entity_name\":\"John Smith\",\"predicate\":\"email\","
                                       "\"object\":\"js@example.org\"}"));
        expect(test, "JS@example.org", "John Smith");
}

/* Seen to fail: the scope of entity_keys '1', with entity_get() that fails. */
static void test_a_scope_resolves_what_it_sees(Case *test, gconstpointer data)
{
        g_autofree char *john = make(test, "John Smith", "person"), *got = NULL, *other = NULL;
        const char *const ids[] = {john, NULL};
        g_autoptr(Scope) scope = scope_new(ids);
        g_autoptr(Access) scoped = access_new_agent("conn-s", "Scoped", "sess-s", scope);

        got = best(test, scoped, "J. Smith");
        g_assert_cmpstr(got, ==, "John Smith");
        other = best(test, scoped, "Acme");
        g_assert_null(other);
        g_autoptr(JsonObject) answer = fixture_call(test->tools, scoped, "resolve_entity",
                                                    "{\"name\":\"Smith\",\"limit\":10}");
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "candidates")), ==, 1);
}

static char *dump_keys(Case *test)
{
        return fixture_select(test->fixture->vault,
                              "SELECT group_concat(kind || key || entity_id, '|') FROM"
                              " (SELECT * FROM entity_keys ORDER BY kind, key, entity_id)");
}

/* Seen to fail: derive_entity() that does not delete. */
static void test_rebuilding_gives_the_same_keys(Case *test, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *before = NULL, *after = NULL, *anew = NULL;

        fixture_sql(test->fixture->vault, test->fixture->human,
                    "UPDATE entities SET name = 'Initech', name_key = 'initech'"
                    " WHERE name = 'Globex'");
        expect(test, "Initec", "Initech");
        expect(test, "Globex", NULL);
        before = dump_keys(test);
        g_assert_true(graph_rebuild(test->fixture->graph, &error));
        after = dump_keys(test);
        g_assert_cmpstr(before, ==, after);
        /* as after the migration that brings the table */
        fixture_sql(test->fixture->vault, test->fixture->human, "DELETE FROM entity_keys");
        fixture_sql(test->fixture->vault, test->fixture->human, "DELETE FROM entity_key_lists");
        graph_stop(test->fixture->graph);
        g_assert_true(graph_start(test->fixture->graph, &error));
        anew = dump_keys(test);
        g_assert_cmpstr(before, ==, anew);
}

static void test_bad_names_are_refused(Case *test, gconstpointer data)
{
        g_autofree char *name = g_strnfill(301, 'a');
        g_autofree char *call = g_strdup_printf("resolve_entity {\"name\":\"%s\"}", name);

        fixture_fail(test->tools, test->fixture->human, call, OUROBOROS_ERROR_LIMIT,
                     "GRAPH_NAME_CHARS_MAX");
        fixture_fail(test->tools, test->fixture->human, "resolve_entity {\"name\":\"\"}",
                     OUROBOROS_ERROR_INVALID, "name");
        fixture_fail(test->tools, test->fixture->human,
                     "resolve_entity {\"name\":\"x\",\"limit\":51}", OUROBOROS_ERROR_LIMIT,
                     "RESOLVE_LIMIT_MAX");
}

#define TEST(name, function) g_test_add("/resolve/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/resolve/names-are-alike-as-people-mean-them",
                        test_names_are_alike_as_people_mean_them);
        g_test_add_func("/resolve/any-text-can-be-taken-apart", test_any_text_can_be_taken_apart);
        TEST("a-name-finds-its-entity", test_a_name_finds_its_entity);
        TEST("a-doubt-has-no-best", test_a_doubt_has_no_best);
        TEST("aliases-and-merged-names-find-too", test_aliases_and_merged_names_find_too);
        TEST("addresses-of-facts-find-too", test_addresses_of_facts_find_too);
        TEST("a-scope-resolves-what-it-sees", test_a_scope_resolves_what_it_sees);
        TEST("rebuilding-gives-the-same-keys", test_rebuilding_gives_the_same_keys);
        TEST("bad-names-are-refused", test_bad_names_are_refused);
        return g_test_run();
}
