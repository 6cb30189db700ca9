/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph's tools end to end, on a real vault. Seen to fail with cursors that leave out the id, with
 * contradictions of predicates that have many values, with invisible entities found, and with the
 * line counted from 0. */
#include <string.h>

#include "graph/fixture.h"

typedef struct Case {
        Fixture *fixture;
        ToolTable tools;
        char *first, *second; /* documents */
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->tools = graph_tools(test->fixture->graph);
        test->first = fixture_document(test->fixture, "history.txt",
                                       "Acme.\nIt was founded\nin 1953 in Détroit.\n");
        test->second = fixture_document(test->fixture, "filing.txt", "incorporated 1954\n");
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
        g_free(test->first);
        g_free(test->second);
}

static JsonObject *remember(Case *test, const Access *access, const char *args)
{
        return fixture_call(test->tools, access, "remember_fact", "%s", args);
}

static JsonObject *observe(Case *test, int year, const char *quote, const char *document)
{
        return fixture_call(test->tools, test->fixture->pipeline, "remember_fact",
                            "{\"entity_name\":\"Acme\",\"predicate\":\"published_in_year\","
                            "\"object\":%d,\"quote\":\"%s\",\"document_id\":\"%s\"}",
                            year, quote, document);
}

static JsonObject *first_of(JsonObject *answer, const char *name)
{
        return json_array_get_object_element(json_member_array(answer, name), 0);
}

static void test_fact_is_found_by_its_entity(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) said = observe(test, 1953, "in 1953", test->first);
        g_autoptr(JsonObject) facts = fixture_call(test->tools, test->fixture->human,
                                                   "query_knowledge", "{\"entity_name\":\"ACME\"}");
        JsonObject *fact = first_of(facts, "knowledge_facts");

        g_assert_true(json_member_bool(said, "is_new", false));
        g_assert_cmpint(json_member_int(facts, "total", 0), ==, 1);
        g_assert_cmpstr(json_member_string(json_member_object(facts, "entity"), "name", NULL), ==,
                        "Acme");
        g_assert_cmpstr(json_member_string(fact, "object", NULL), ==, "1953");
        g_assert_cmpstr(json_member_string(fact, "observer", NULL), ==, "pipeline");
        g_assert_cmpstr(json_member_string(fact, "trust_tier", NULL), ==, "extracted");
        g_assert_cmpstr(json_member_string(fact, "source_doc_id", NULL), ==, test->first);
        g_assert_cmpint(json_member_int(fact, "quote_start", 0), ==, 21);
        g_assert_cmpint(json_member_int(fact, "quote_end", 0), ==, 28);
}

static void test_objects_come_as_any_json(Case *test, gconstpointer data)
{
        static const char *const given[][3] = {
                {"published_in_year", "1953", "1953"},
                {"balance", "-1.5", "-1.5"},
                {"is_open", "true", "true"},
                {"born_on", "\"1953-02-01\"", "1953-02-01"},
                {"defines_term", "{\"term\":\"x\"}", "{\"term\":\"x\"}"},
                {"note", "\"5\"", "5"},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(given); i++) {
                g_autofree char *args = g_strdup_printf(
                        "{\"entity_name\":\"Any\",\"predicate\":\"%s\",\"object\":%s,"
                        "\"qualifiers\":{\"currency\":\"EUR\"},\"confidence\":0.5}",
                        given[i][0], given[i][1]);
                g_autoptr(JsonObject) said = remember(test, test->fixture->human, args);
                g_autoptr(JsonObject) facts =
                        fixture_call(test->tools, test->fixture->human, "query_knowledge",
                                     "{\"entity_id\":\"%s\",\"predicate\":\"%s\"}",
                                     json_member_string(said, "entity_id", ""), given[i][0]);
                JsonObject *fact = first_of(facts, "knowledge_facts");

                g_assert_cmpstr(json_member_string(fact, "object", NULL), ==, given[i][2]);
                g_assert_cmpstr(json_member_string(json_member_object(fact, "qualifiers"),
                                                   "currency", NULL),
                                ==, "EUR");
                g_assert_cmpfloat(json_member_double(fact, "confidence", 0), ==, 0.5);
        }
}

static void test_human_word_needs_no_source_and_wins(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) before = observe(test, 1953, "in 1953", test->first);
        g_autoptr(JsonObject) said = remember(
                test, test->fixture->human,
                "{\"entity_name\":\"acme\",\"predicate\":\"published_in_year\",\"object\":\"1954\","
                "\"quote\":\"as the certificate says\"}");
        g_autoptr(JsonObject) facts = fixture_call(test->tools, test->fixture->human,
                                                   "query_knowledge", "{\"entity_name\":\"Acme\"}");
        JsonArray *superseded = json_member_array(said, "superseded");
        JsonObject *fact = first_of(facts, "knowledge_facts");

        g_assert_cmpuint(json_array_get_length(superseded), ==, 1);
        g_assert_cmpstr(json_array_get_string_element(superseded, 0), ==,
                        json_member_string(before, "fact_id", NULL));
        g_assert_cmpint(json_member_int(facts, "total", 0), ==, 1);
        g_assert_cmpstr(json_member_string(fact, "trust_tier", NULL), ==, "human");
        g_assert_cmpstr(json_member_string(fact, "quote", NULL), ==, "as the certificate says");
        g_assert_false(json_object_has_member(fact, "quote_start"));
}

/* Pages through all facts of a query; returns the objects, in order. */
static char *page_through(Case *test, const char *filters, unsigned limit)
{
        g_autoptr(GString) objects = g_string_new(NULL);
        g_autofree char *after = g_strdup("");

        while (after) {
                g_autoptr(JsonObject) answer =
                        fixture_call(test->tools, test->fixture->human, "query_knowledge",
                                     "{%s\"limit\":%u,\"after\":\"%s\"}", filters, limit, after);
                JsonArray *facts = json_member_array(answer, "knowledge_facts");

                for (unsigned i = 0; i < json_array_get_length(facts); i++)
                        g_string_append_printf(
                                objects, "%s ",
                                json_member_string(json_array_get_object_element(facts, i),
                                                   "object", NULL));
                g_free(after);
                after = g_strdup(json_member_string(answer, "next", NULL));
        }
        return g_string_free(g_steal_pointer(&objects), FALSE);
}

/* Objects that only differ after the part that the index has, too. */
static void say_many(Case *test)
{
        for (unsigned i = 0; i < 7; i++) {
                g_autofree char *args = g_strdup_printf(
                        "{\"entity_name\":\"Many\",\"predicate\":\"%s\",\"object\":\"%s%u\"}",
                        i < 5 ? "note" : "tag",
                        i < 3 ? ""
                              : "0123456789012345678901234567890123456789"
                                "012345678901234567890123456789-",
                        i);
                g_autoptr(JsonObject) said = remember(test, test->fixture->human, args);
        }
}

static void test_pages_join_whatever_their_size(Case *test, gconstpointer data)
{
        static const char *const filters[] = {
                "\"entity_name\":\"Many\",", "\"predicate\":\"note\",",
                "\"entity_name\":\"Many\",\"predicate\":\"note\",", "",
                "\"entity_name\":\"Many\",\"trust_tier\":\"human\","};

        say_many(test);
        for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
                g_autofree char *whole = page_through(test, filters[i], 500);

                g_assert_cmpuint(strlen(whole), >, 20);
                for (unsigned limit = 1; limit <= 8; limit++) {
                        g_autofree char *pages = page_through(test, filters[i], limit);
                        g_assert_cmpstr(pages, ==, whole);
                }
        }
}

/* The page ends between two facts that begin alike, and the one it ends with goes. */
static void test_no_fact_is_missed_when_the_last_one_goes(Case *test, gconstpointer data)
{
        static const char query[] =
                "{\"entity_name\":\"Many\",\"predicate\":\"note\",\"limit\":2,\"after\":\"%s\"}";
        g_autoptr(JsonObject) page = NULL, next = NULL;
        g_autofree char *gone = NULL;

        say_many(test);
        page = fixture_call(test->tools, test->fixture->human, "query_knowledge", query, "");
        gone = g_strdup_printf(
                "UPDATE facts SET is_active = 0 WHERE id = '%s'",
                json_member_string(json_array_get_object_element(
                                           json_member_array(page, "knowledge_facts"), 1),
                                   "id", NULL));
        fixture_sql(test->fixture->vault, test->fixture->human, gone);
        next = fixture_call(test->tools, test->fixture->human, "query_knowledge", query,
                            json_member_string(page, "next", ""));
        g_assert_true(g_str_has_suffix(
                json_member_string(first_of(next, "knowledge_facts"), "object", ""), "-4"));
}

static void test_total_counts_all_pages(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) answer = NULL;

        say_many(test);
        answer = fixture_call(test->tools, test->fixture->human, "query_knowledge",
                              "{\"entity_name\":\"Many\",\"predicate\":\"note\",\"limit\":2}");
        g_assert_cmpint(json_member_int(answer, "total", 0), ==, 5);
        g_assert_nonnull(json_member_string(answer, "next", NULL));
}

static void test_cursor_of_another_query_is_stale(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) answer = NULL;
        g_autofree char *call = NULL;

        say_many(test);
        answer = fixture_call(test->tools, test->fixture->human, "query_knowledge",
                              "{\"entity_name\":\"Many\",\"limit\":2}");
        call = g_strdup_printf("query_knowledge {\"predicate\":\"tag\",\"after\":\"%s\"}",
                               json_member_string(answer, "next", ""));
        fixture_fail(test->tools, test->fixture->human, call, OUROBOROS_ERROR_STALE, "");
        fixture_fail(test->tools, test->fixture->human, "query_knowledge {\"after\":\"%%%\"}",
                     OUROBOROS_ERROR_STALE, "");
}

static void test_superseded_facts_are_shown_on_request(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) a = observe(test, 1953, "in 1953", test->first);
        g_autoptr(JsonObject) b = observe(test, 1954, "in 1953", test->first);
        g_autoptr(JsonObject) all =
                fixture_call(test->tools, test->fixture->human, "query_knowledge",
                             "{\"entity_name\":\"Acme\",\"include_superseded\":true}");
        JsonObject *old = first_of(all, "knowledge_facts");

        g_assert_cmpint(json_member_int(all, "total", 0), ==, 2);
        g_assert_cmpstr(json_member_string(old, "superseded_by", NULL), ==,
                        json_member_string(b, "fact_id", NULL));
        g_assert_nonnull(json_member_string(old, "superseded_at", NULL));
}

static void test_documents_that_disagree_are_a_contradiction(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) a = observe(test, 1953, "in 1953", test->first);
        g_autoptr(JsonObject) b = observe(test, 1954, "incorporated 1954", test->second);
        g_autoptr(JsonObject) found =
                fixture_call(test->tools, test->fixture->human, "find_contradictions", "{}");
        JsonObject *contradiction = first_of(found, "contradictions");
        JsonArray *observations = json_member_array(contradiction, "observations");
        g_autoptr(JsonObject) settled = NULL, none = NULL;

        g_assert_cmpstr(json_member_string(contradiction, "entity", NULL), ==, "Acme");
        g_assert_cmpstr(json_member_string(contradiction, "resolution", NULL), ==, "unresolved");
        g_assert_cmpuint(json_array_get_length(observations), ==, 2);
        settled = remember(test, test->fixture->human,
                           "{\"entity_name\":\"Acme\",\"predicate\":\"published_in_year\","
                           "\"object\":1953}");
        none = fixture_call(test->tools, test->fixture->human, "find_contradictions",
                            "{\"entity_name\":\"Acme\"}");
        g_assert_cmpuint(json_array_get_length(json_member_array(none, "contradictions")), ==, 0);
}

static void test_agreement_and_many_values_are_no_contradiction(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) a = observe(test, 1953, "in 1953", test->first);
        g_autoptr(JsonObject) b = observe(test, 1953, "incorporated 1954", test->second);
        g_autoptr(JsonObject) found = NULL;

        say_many(test);
        found = fixture_call(test->tools, test->fixture->human, "find_contradictions", "{}");
        g_assert_cmpuint(json_array_get_length(json_member_array(found, "contradictions")), ==, 0);
}

static void test_contradictions_come_in_pages(Case *test, gconstpointer data)
{
        g_autofree char *after = g_strdup("");
        g_autoptr(GString) names = g_string_new(NULL);

        for (unsigned i = 0; i < 3; i++) {
                g_autofree char *name = g_strdup_printf("E%u", i);
                fixture_entity(test->fixture, name);
        }
        for (unsigned i = 0; i < 6; i++) {
                g_autoptr(JsonObject) said = fixture_call(
                        test->tools, i % 2 ? test->fixture->agent : test->fixture->other,
                        "remember_fact",
                        "{\"entity_name\":\"E%u\",\"predicate\":\"title\",\"object\":\"%u\","
                        "\"quote\":\"1954\",\"document_id\":\"%s\"}",
                        i / 2, i, test->second);
        }
        while (after) {
                g_autoptr(JsonObject) page =
                        fixture_call(test->tools, test->fixture->human, "find_contradictions",
                                     "{\"limit\":1,\"after\":\"%s\"}", after);
                g_string_append_printf(
                        names, "%s ",
                        json_member_string(first_of(page, "contradictions"), "entity", NULL));
                g_free(after);
                after = g_strdup(json_member_string(page, "next", NULL));
        }
        g_assert_cmpstr(names->str, ==, "E0 E1 E2 ");
}

/* What is asked of the first fact of a document, and what verifying its quote says. */
static void expect_source(Case *test, const char *fact, bool gone, const char *verdict)
{
        g_autoptr(JsonObject) facts =
                fixture_call(test->tools, test->fixture->agent, "query_knowledge",
                             "{\"document_id\":\"%s\"}", test->first);
        g_autoptr(JsonObject) check = fixture_call(test->tools, test->fixture->agent,
                                                   "verify_quote", "{\"fact_id\":\"%s\"}", fact);
        g_autofree char *said =
                g_strdup_printf("%s line %d: %s", json_member_string(check, "text", "?"),
                                (int)json_member_int(check, "line", 0),
                                json_member_string(check, "reason", "good"));

        g_assert_cmpint(json_member_bool(first_of(facts, "knowledge_facts"), "source_gone", !gone),
                        ==, gone);
        g_assert_cmpint(json_member_bool(check, "source_gone", !gone), ==, gone);
        g_assert_true(json_member_bool(check, "valid", false));
        g_assert_cmpstr(said, ==, verdict);
}

static void test_facts_say_that_their_file_is_gone(Case *test, gconstpointer data)
{
        Store *vault = test->fixture->vault;
        g_autoptr(JsonObject) said = observe(test, 1953, "in 1953", test->first);
        const char *id = json_member_string(said, "fact_id", "");

        expect_source(test, id, false, "present line 3: good");
        fixture_sql(vault, test->fixture->pipeline, "UPDATE documents SET is_active = 0");
        expect_source(test, id, true,
                      "present line 3: the file is gone; the text kept in the vault still holds"
                      " the quote");
        fixture_sql(vault, test->fixture->pipeline, "UPDATE documents SET is_active = 1");
        fixture_sql(vault, test->fixture->human, "UPDATE roots SET is_active = 0");
        expect_source(test, id, true,
                      "present line 3: the file is gone; the text kept in the vault still holds"
                      " the quote");
}

static void test_verified_text_is_named(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) said = observe(test, 1953, "in 1953", test->first);
        const char *id = json_member_string(said, "fact_id", "");

        fixture_rewrite(test->fixture, test->first, "New.\nLines.\nAbove.\nIt was in 1953.\n");
        expect_source(test, id, false, "present line 4: good");
        fixture_rewrite(test->fixture, test->first, "It was long ago.\n");
        expect_source(test, id, false,
                      "earlier line 3: the document's newer text does not have it");
}

typedef struct Titled {
        const char *document, *title;
        char *entity;
} Titled;

static bool work_title(Db *db, void *data, GError **error)
{
        Titled *titled = data;

        g_clear_pointer(&titled->entity, g_free);
        return graph_document_entity(db, titled->document, titled->title, &titled->entity, error);
}

/* Gives a document a title as the pipeline does; returns its entity's id. */
static char *entitle(Case *test, const char *document, const char *title)
{
        WriteOptions options = {.actor = access_actor(test->fixture->pipeline)};
        Titled titled = {document, title, NULL};
        g_autoptr(GError) error = NULL;

        store_write(test->fixture->vault, &options, work_title, &titled, &error);
        g_assert_no_error(error);
        return titled.entity;
}

static void expect_found(Case *test, const char *name, const char *id, const char *called)
{
        g_autoptr(JsonObject) found = fixture_call(test->tools, test->fixture->agent, "get_entity",
                                                   "{\"entity_name\":\"%s\"}", name);

        g_assert_cmpstr(json_member_string(found, "id", NULL), ==, id);
        g_assert_cmpstr(json_member_string(found, "name", NULL), ==, called);
}

static void test_documents_entity_follows_its_title(Case *test, gconstpointer data)
{
        g_autofree char *first = entitle(test, test->first, "The Heron");
        g_autofree char *second = entitle(test, test->first, "The Egret");
        g_autofree char *other = NULL, *third = NULL;

        g_assert_cmpstr(second, ==, first);
        expect_found(test, "the egret", first, "The Egret");
        expect_found(test, "the heron", first, "The Egret");
        other = entitle(test, test->second, "The Heron"); /* whose present title it is */
        expect_found(test, "The Heron", other, "The Heron");
        fixture_sql(
                test->fixture->vault, test->fixture->human,
                "UPDATE entities SET name = 'Mine', name_key = 'mine' WHERE name = 'The Egret'");
        third = entitle(test, test->first, "The Stork");
        expect_found(test, "mine", first, "Mine");
}

static void test_document_that_is_there_is_meant(Case *test, gconstpointer data)
{
        g_autofree char *first = entitle(test, test->first, "The Heron");
        g_autofree char *second = entitle(test, test->second, "The Heron");
        g_autofree char *sql =
                g_strdup_printf("UPDATE documents SET is_active = 0 WHERE id = '%s'", test->first);

        fixture_fail(test->tools, test->fixture->agent,
                     "get_entity {\"entity_name\":\"The Heron\"}", OUROBOROS_ERROR_INVALID,
                     "several entities");
        fixture_sql(test->fixture->vault, test->fixture->pipeline, sql);
        expect_found(test, "the heron", second, "The Heron");
        fixture_sql(test->fixture->vault, test->fixture->pipeline,
                    "UPDATE documents SET is_active = 0");
        fixture_fail(test->tools, test->fixture->agent,
                     "get_entity {\"entity_name\":\"The Heron\"}", OUROBOROS_ERROR_INVALID,
                     "several entities");
}

static void test_quote_is_verified_with_its_line(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) said = observe(test, 1953, "in 1953", test->first);
        g_autoptr(JsonObject) human =
                remember(test, test->fixture->human,
                         "{\"entity_name\":\"Acme\",\"predicate\":\"note\",\"object\":\"x\"}");
        g_autoptr(JsonObject) good = NULL, gone = NULL, none = NULL;
        const char *id = json_member_string(said, "fact_id", "");

        good = fixture_call(test->tools, test->fixture->agent, "verify_quote",
                            "{\"fact_id\":\"%s\"}", id);
        g_assert_true(json_member_bool(good, "valid", false));
        g_assert_cmpint(json_member_int(good, "line", 0), ==, 3);
        g_assert_true(json_object_get_null_member(good, "page"));
        fixture_sql(test->fixture->vault, test->fixture->pipeline,
                    "UPDATE document_text SET text = replace(text, 'in 1953', 'in 1853')");
        gone = fixture_call(test->tools, test->fixture->agent, "verify_quote",
                            "{\"fact_id\":\"%s\"}", id);
        g_assert_false(json_member_bool(gone, "valid", true));
        none = fixture_call(test->tools, test->fixture->agent, "verify_quote",
                            "{\"fact_id\":\"%s\"}", json_member_string(human, "fact_id", ""));
        g_assert_false(json_member_bool(none, "valid", true));
        fixture_fail(test->tools, test->fixture->agent,
                     "verify_quote {\"fact_id\":\"fact-00000000000000000000000000000000\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "no fact");
}

static void test_entities_are_listed_by_name(Case *test, gconstpointer data)
{
        static const char *const names[] = {"Éclair", "eden", "Ecke", "Fan"};
        g_autoptr(JsonObject) page = NULL, rest = NULL, one = NULL;

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *args = g_strdup_printf(
                        "{\"entity_name\":\"%s\",\"entity_type\":\"word\",\"predicate\":\"note\","
                        "\"object\":\"x\"}",
                        names[i]);
                g_autoptr(JsonObject) said = remember(test, test->fixture->human, args);
        }
        page = fixture_call(test->tools, test->fixture->human, "list_entities",
                            "{\"name_prefix\":\"E\",\"limit\":2}");
        g_assert_cmpstr(json_member_string(first_of(page, "entities"), "name", NULL), ==, "Ecke");
        rest = fixture_call(test->tools, test->fixture->human, "list_entities",
                            "{\"name_prefix\":\"E\",\"limit\":2,\"after\":\"%s\"}",
                            json_member_string(page, "next", ""));
        g_assert_cmpstr(json_member_string(first_of(rest, "entities"), "name", NULL), ==, "eden");
        g_assert_null(json_member_string(rest, "next", NULL));
        one = fixture_call(test->tools, test->fixture->human, "get_entity",
                           "{\"entity_name\":\"ECLAIR\"}");
        g_assert_cmpstr(json_member_string(one, "name", NULL), ==, "Éclair");
        g_assert_cmpint(json_member_int(one, "facts", 0), ==, 1);
}

static void test_doubtful_and_unknown_names_are_told(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) a = NULL, b = NULL;

        a = remember(
                test, test->fixture->human,
                "{\"entity_name\":\"Mercury\",\"entity_type\":\"planet\",\"predicate\":\"note\","
                "\"object\":\"x\"}");
        b = remember(
                test, test->fixture->human,
                "{\"entity_name\":\"Mercury\",\"entity_type\":\"metal\",\"predicate\":\"note\","
                "\"object\":\"x\"}");
        fixture_fail(test->tools, test->fixture->human,
                     "query_knowledge {\"entity_name\":\"mercury\"}", OUROBOROS_ERROR_INVALID,
                     "(planet)");
        fixture_fail(test->tools, test->fixture->human,
                     "query_knowledge {\"entity_name\":\"Venus\"}", OUROBOROS_ERROR_NOT_FOUND,
                     "Venus");
        fixture_fail(test->tools, test->fixture->human, "get_entity {}", OUROBOROS_ERROR_INVALID,
                     "entity_id or entity_name");
        fixture_fail(test->tools, test->fixture->human, "query_knowledge {\"limit\":501}",
                     OUROBOROS_ERROR_LIMIT, "GRAPH_PAGE_MAX");
}

static void test_agents_propose_and_the_human_confirms(Case *test, gconstpointer data)
{
        const char *args =
                "{\"name\":\"smells_of\",\"object_kind\":\"text\",\"cardinality\":\"many\","
                "\"description\":\"What it smells of.\"}";
        const char *use = "remember_fact {\"entity_name\":\"Tea\",\"predicate\":\"smells_of\","
                          "\"object\":\"smoke\"}";
        g_autoptr(JsonObject) proposed = NULL, confirmed = NULL, said = NULL;

        proposed = fixture_call(test->tools, test->fixture->agent, "propose_predicate", "%s", args);
        g_assert_cmpstr(json_member_string(proposed, "state", NULL), ==, "proposed");
        fixture_fail(test->tools, test->fixture->human, use, OUROBOROS_ERROR_INVALID, "waits");
        confirmed =
                fixture_call(test->tools, test->fixture->human, "propose_predicate", "%s", args);
        g_assert_cmpstr(json_member_string(confirmed, "state", NULL), ==, "active");
        said = remember(test, test->fixture->human, strchr(use, '{'));
        fixture_fail(test->tools, test->fixture->agent,
                     "propose_predicate {\"name\":\"title\",\"object_kind\":\"number\","
                     "\"cardinality\":\"one\",\"description\":\"x\"}",
                     OUROBOROS_ERROR_CONFLICT, "title");
        fixture_fail(test->tools, test->fixture->agent,
                     "propose_predicate {\"name\":\"Bad\",\"object_kind\":\"text\","
                     "\"cardinality\":\"one\",\"description\":\"x\"}",
                     OUROBOROS_ERROR_INVALID, "lower-case");
}

static void test_vocabulary_is_shipped(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) all = fixture_call(test->tools, test->fixture->agent,
                                                 "predicates_in_use", "{\"all\":true}");
        g_autoptr(JsonObject) used = NULL;
        g_autofree char *actor = fixture_select(
                test->fixture->vault,
                "SELECT DISTINCT actor_kind FROM mutations WHERE table_name = 'predicates'");

        g_assert_cmpuint(json_array_get_length(json_member_array(all, "predicates")), >=, 60);
        g_assert_cmpstr(actor, ==, "system");
        say_many(test);
        used = fixture_call(test->tools, test->fixture->agent, "predicates_in_use",
                            "{\"entity_name\":\"Many\"}");
        g_assert_cmpuint(json_array_get_length(json_member_array(used, "predicates")), ==, 2);
        g_assert_cmpint(json_member_int(first_of(used, "predicates"), "count", 0), ==, 5);
}

static void test_rejections_are_listed(Case *test, gconstpointer data)
{
        g_autofree char *call = g_strdup_printf(
                "remember_fact {\"entity_name\":\"Acme\",\"predicate\":\"note\",\"object\":\"x\","
                "\"quote\":\"never said\",\"document_id\":\"%s\"}",
                test->first);
        g_autoptr(JsonObject) list = NULL;

        fixture_fail(test->tools, test->fixture->agent, call, OUROBOROS_ERROR_INVALID,
                     "not in the text");
        list = fixture_call(test->tools, test->fixture->human, "list_rejections", "{}");
        g_assert_cmpstr(json_member_string(first_of(list, "rejections"), "quote", NULL), ==,
                        "never said");
        g_assert_cmpstr(json_member_string(first_of(list, "rejections"), "observer", NULL), ==,
                        "conn-a");
}

static void test_scope_makes_the_rest_absent(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) a = observe(test, 1953, "in 1953", test->first);
        g_autoptr(JsonObject) b =
                remember(test, test->fixture->human,
                         "{\"entity_name\":\"Other\",\"predicate\":\"note\",\"object\":\"x\"}");
        const char *const ids[] = {json_member_string(b, "entity_id", ""), NULL};
        g_autoptr(Scope) scope = scope_new(ids);
        g_autoptr(Access) scoped = access_new_agent("conn-s", "Scoped", NULL, scope);
        g_autoptr(JsonObject) all = fixture_call(test->tools, scoped, "query_knowledge", "{}");
        g_autoptr(JsonObject) entities = fixture_call(test->tools, scoped, "list_entities", "{}");
        g_autoptr(JsonObject) mine = fixture_call(test->tools, scoped, "query_knowledge",
                                                  "{\"entity_name\":\"other\",\"limit\":1}");
        g_autofree char *call = g_strdup_printf("verify_quote {\"fact_id\":\"%s\"}",
                                                json_member_string(a, "fact_id", ""));

        g_assert_cmpint(json_member_int(all, "total", 0), ==, 1);
        g_assert_cmpint(json_member_int(mine, "total", 0), ==, 1);
        g_assert_cmpuint(json_array_get_length(json_member_array(entities, "entities")), ==, 1);
        fixture_fail(test->tools, scoped, "query_knowledge {\"entity_name\":\"Acme\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "Acme");
        fixture_fail(test->tools, scoped, call, OUROBOROS_ERROR_NOT_FOUND, "no fact");
}

static void test_counts_follow_the_writes(Case *test, gconstpointer data)
{
        GraphCounts counts = {0};
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i < 2; i++) {
                g_autoptr(JsonObject) said = observe(test, i ? 1954 : 1953, "in 1953", test->first);
                g_assert_true(
                        graph_counts(test->fixture->graph, test->fixture->human, &counts, &error));
                g_assert_cmpint(counts.facts_all, ==, i + 1);
                g_assert_cmpint(counts.facts_current, ==, 1);
        }
        g_assert_cmpint(counts.entities, ==, 3); /* two documents and Acme */
}

#define ADD(name, function)                                                                        \
        g_test_add("/graph/tools/" name, Case, NULL, case_up, function, case_down)

static void add_tests(void)
{
        ADD("fact-is-found-by-its-entity", test_fact_is_found_by_its_entity);
        ADD("objects-come-as-any-json", test_objects_come_as_any_json);
        ADD("human-word-needs-no-source-and-wins", test_human_word_needs_no_source_and_wins);
        ADD("pages-join-whatever-their-size", test_pages_join_whatever_their_size);
        ADD("no-fact-is-missed-when-the-last-one-goes",
            test_no_fact_is_missed_when_the_last_one_goes);
        ADD("total-counts-all-pages", test_total_counts_all_pages);
        ADD("cursor-of-another-query-is-stale", test_cursor_of_another_query_is_stale);
        ADD("superseded-facts-are-shown-on-request", test_superseded_facts_are_shown_on_request);
        ADD("documents-that-disagree-are-a-contradiction",
            test_documents_that_disagree_are_a_contradiction);
        ADD("agreement-and-many-values-are-no-contradiction",
            test_agreement_and_many_values_are_no_contradiction);
        ADD("contradictions-come-in-pages", test_contradictions_come_in_pages);
        ADD("quote-is-verified-with-its-line", test_quote_is_verified_with_its_line);
        ADD("entities-are-listed-by-name", test_entities_are_listed_by_name);
        ADD("doubtful-and-unknown-names-are-told", test_doubtful_and_unknown_names_are_told);
        ADD("agents-propose-and-the-human-confirms", test_agents_propose_and_the_human_confirms);
        ADD("vocabulary-is-shipped", test_vocabulary_is_shipped);
        ADD("rejections-are-listed", test_rejections_are_listed);
        ADD("scope-makes-the-rest-absent", test_scope_makes_the_rest_absent);
        ADD("counts-follow-the-writes", test_counts_follow_the_writes);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        add_tests();
        ADD("facts-say-that-their-file-is-gone", test_facts_say_that_their_file_is_gone);
        ADD("verified-text-is-named", test_verified_text_is_named);
        ADD("documents-entity-follows-its-title", test_documents_entity_follows_its_title);
        ADD("document-that-is-there-is-meant", test_document_that_is_there_is_meant);
        return g_test_run();
}
