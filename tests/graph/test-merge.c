/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging entities and taking it back, on a real vault with its journal. */
#include <string.h>

#include "graph/fixture.h"
#include "journal/journal.h"

typedef struct Case {
        Fixture *fixture;
        Journal *journal;
        ToolTable tools, past;
        char *document;
        char *kept, *merged; /* entities: Acme, Acme Inc */
} Case;

static JsonObject *remember(Case *test, const Access *access, const char *entity,
                            const char *predicate, const char *object)
{
        return fixture_call(test->tools, access, "remember_fact",
                            "{\"entity_name\":\"%s\",\"predicate\":\"%s\",\"object\":\"%s\","
                            "\"quote\":\"alpha\",\"document_id\":\"%s\"}",
                            entity, predicate, object, test->document);
}

static char *entity_of(Case *test, const char *name)
{
        g_autoptr(JsonObject) said = remember(test, test->fixture->human, name, "note", name);

        return g_strdup(json_member_string(said, "entity_id", NULL));
}

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->journal = journal_new(test->fixture->vault, test->fixture->ops);
        test->tools = graph_tools(test->fixture->graph);
        test->past = journal_tools(test->journal);
        test->document = fixture_document(test->fixture, "a.txt", "alpha beta\n");
        test->kept = entity_of(test, "Acme");
        test->merged = entity_of(test, "Acme Inc");
        g_free(entity_of(test, "Bob"));
}

static void case_down(Case *test, gconstpointer data)
{
        journal_free(test->journal);
        fixture_free(test->fixture);
        g_free(test->document);
        g_free(test->kept);
        g_free(test->merged);
}

static void say(Case *test, const Access *access, const char *entity, const char *predicate,
                const char *object)
{
        json_object_unref(remember(test, access, entity, predicate, object));
}

/* Returns the group. */
static char *merge(Case *test, const char *kept, const char *merged)
{
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, test->fixture->human, "merge_entities",
                             "{\"entity_id\":\"%s\",\"merge\":[\"%s\"]}", kept, merged);

        return g_strdup(json_member_string(answer, "group_id", NULL));
}

/* The entry in which the human set entities.merged_into. */
static char *merge_entry(Case *test, const char *entity)
{
        g_autofree char *sql = g_strdup_printf(
                "SELECT id FROM mutations WHERE table_name = 'entities' AND op = 'update'"
                " AND row_id = '{\"id\":\"%s\"}' ORDER BY seq DESC LIMIT 1",
                entity);

        return fixture_select(test->fixture->vault, sql);
}

static void revert(Case *test, const char *entry)
{
        json_object_unref(fixture_call(test->past, test->fixture->human, "revert_mutation",
                                       "{\"mutation_id\":\"%s\"}", entry));
}

static void revert_whole(Case *test, const char *group)
{
        json_object_unref(fixture_call(test->past, test->fixture->human, "revert_group",
                                       "{\"group_id\":\"%s\",\"preview\":false}", group));
}

static int64_t count_facts(Case *test, const Access *access, const char *who)
{
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, access, "query_knowledge", "{\"%s\":\"%s\"}",
                             g_str_has_prefix(who, "ent-") ? "entity_id" : "entity_name", who);

        return json_array_get_length(json_member_array(answer, "knowledge_facts"));
}

static int64_t count_contradictions(Case *test)
{
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, test->fixture->human, "find_contradictions", "{}");

        return json_array_get_length(json_member_array(answer, "contradictions"));
}

static void expect(Case *test, const char *sql, const char *wanted)
{
        g_autofree char *got = fixture_select(test->fixture->vault, sql);

        g_assert_cmpstr(got, ==, wanted);
}

/* ---- merging ---- */

/* Seen to fail: set_subject() without its first UPDATE; names of merged ones left out of sql_by_name. */
static void test_facts_of_both_are_found_by_either_name_and_id(Case *test, gconstpointer data)
{
        g_autofree char *group = NULL;

        say(test, test->fixture->agent, "Acme", "occupation", "tools");
        say(test, test->fixture->agent, "Acme Inc", "occupation", "anvils");
        json_object_unref(fixture_call(test->tools, test->fixture->human, "add_entity_alias",
                                       "{\"entity_id\":\"%s\",\"alias\":\"The Roadrunner firm\"}",
                                       test->merged));
        group = merge(test, test->kept, test->merged);
        const char *const names[] = {test->kept, test->merged, "acme", "ACME inc",
                                     "the roadrunner FIRM"};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                g_assert_cmpint(count_facts(test, test->fixture->human, names[i]), ==, 4);
        expect(test, "SELECT count(*) FROM entities WHERE name LIKE 'acme%'", "2");
}

/* Seen to fail: insert_fact() that takes the id of the kept one. */
static void test_a_fact_keeps_the_entity_it_was_said_of(Case *test, gconstpointer data)
{
        g_autofree char *group = merge(test, test->kept, test->merged);
        g_autoptr(JsonObject) answer = NULL;
        g_autofree char *sql = NULL;

        say(test, test->fixture->agent, "Acme Inc", "occupation", "anvils");
        sql = g_strdup_printf("SELECT entity_id = '%s' AND subject_id = '%s' FROM facts"
                              " WHERE predicate = 'occupation'",
                              test->merged, test->kept);
        expect(test, sql, "1");
        answer = fixture_call(test->tools, test->fixture->human, "query_knowledge",
                              "{\"entity_id\":\"%s\",\"predicate\":\"occupation\"}", test->kept);
        JsonObject *fact =
                json_array_get_object_element(json_member_array(answer, "knowledge_facts"), 0);
        g_assert_cmpstr(json_member_string(fact, "entity_id", NULL), ==, test->merged);
        g_assert_cmpstr(json_member_string(fact, "subject_id", NULL), ==, test->kept);
}

/* Seen to fail: RIVALS by entity_id. */
static void test_the_highest_tier_supersedes_across_merged_ones(Case *test, gconstpointer data)
{
        g_autofree char *group = NULL;

        say(test, test->fixture->agent, "Acme Inc", "status", "closed");
        say(test, test->fixture->human, "Acme", "status", "open");
        group = merge(test, test->kept, test->merged);
        expect(test,
               "SELECT group_concat(object) FROM facts WHERE predicate = 'status'"
               " AND superseded_at IS NULL",
               "open");
}

/* Seen to fail: OBJECT_AS left NULL by set_subject(). */
static void test_objects_that_are_merged_no_longer_contradict(Case *test, gconstpointer data)
{
        g_autofree char *group = NULL, *entry = NULL;

        fixture_sql(test->fixture->vault, test->fixture->human,
                    "UPDATE predicates SET cardinality = 'one' WHERE name = 'works_for'");
        say(test, test->fixture->agent, "Bob", "works_for", "Acme");
        say(test, test->fixture->other, "Bob", "works_for", "Acme Inc");
        g_assert_cmpint(count_contradictions(test), ==, 1);
        group = merge(test, test->kept, test->merged);
        g_assert_cmpint(count_contradictions(test), ==, 0);
        entry = merge_entry(test, test->merged);
        revert(test, entry);
        g_assert_cmpint(count_contradictions(test), ==, 1);
}

/* Answers are held to their schemas. Seen to fail: with object_as in those of query_knowledge and as_of only. */
static void test_what_an_object_counts_for_is_told_everywhere(Case *test, gconstpointer data)
{
        static const char *const calls[][2] = {
                {"trace_belief", ""},
                {"find_contradictions", ", \"state\": \"all\""},
                {"list_contradicted_facts", ""},
        };

        g_free(entity_of(test, "Zenith"));
        fixture_sql(test->fixture->vault, test->fixture->human,
                    "UPDATE predicates SET cardinality = 'one' WHERE name = 'works_for'");
        say(test, test->fixture->agent, "Bob", "works_for", test->merged);
        say(test, test->fixture->other, "Bob", "works_for", "Zenith");
        say(test, test->fixture->human, "Bob", "works_for", "Zenith");
        g_free(merge(test, test->kept, test->merged));
        for (unsigned i = 0; i < G_N_ELEMENTS(calls); i++) {
                g_autoptr(JsonObject) answer = fixture_call(
                        test->tools, test->fixture->human, calls[i][0],
                        "{\"entity_name\": \"Bob\", \"predicate\": \"works_for\"%s}", calls[i][1]);
                g_autofree char *text = json_print_object(answer);

                g_test_message("%s", calls[i][0]);
                g_assert_nonnull(strstr(text, "object_as"));
        }
}

static void test_a_merge_may_bring_a_contradiction_to_light(Case *test, gconstpointer data)
{
        g_autofree char *group = NULL;

        say(test, test->fixture->agent, "Acme", "status", "open");
        say(test, test->fixture->other, "Acme Inc", "status", "closed");
        g_assert_cmpint(count_contradictions(test), ==, 0);
        group = merge(test, test->kept, test->merged);
        g_assert_cmpint(count_contradictions(test), ==, 1);
}

/* ---- reverting ---- */

static void fill(Case *test)
{
        say(test, test->fixture->agent, "Acme", "status", "open");
        say(test, test->fixture->agent, "Acme Inc", "status", "closed");
        say(test, test->fixture->human, "Acme Inc", "status", "moved");
        say(test, test->fixture->other, "Acme", "tag", "tools");
        say(test, test->fixture->other, "Acme Inc", "tag", "tools");
        say(test, test->fixture->agent, "Bob", "knows", "Acme Inc");
        say(test, test->fixture->agent, "Bob", "knows", "Acme");
}

/* Seen to fail: set_subject() without its second UPDATE; without its last. */
static void test_reverting_the_entry_restores_everything(Case *test, gconstpointer data)
{
        g_autofree char *before = NULL, *group = NULL, *entry = NULL, *after = NULL, *merged = NULL;

        fill(test);
        before = fixture_dump(test->fixture->vault);
        group = merge(test, test->kept, test->merged);
        merged = fixture_dump(test->fixture->vault);
        g_assert_cmpstr(before, !=, merged);
        entry = merge_entry(test, test->merged);
        revert(test, entry);
        after = fixture_dump(test->fixture->vault);
        g_assert_cmpstr(before, ==, after);
        expect(test, "SELECT count(*) FROM merged_entities", "0");
}

static void test_reverting_the_group_restores_everything(Case *test, gconstpointer data)
{
        g_autofree char *before = NULL, *group = NULL, *after = NULL;

        fill(test);
        before = fixture_dump(test->fixture->vault);
        group = merge(test, test->kept, test->merged);
        revert_whole(test, group);
        after = fixture_dump(test->fixture->vault);
        g_assert_cmpstr(before, ==, after);
}

static void test_reverting_the_revert_merges_again(Case *test, gconstpointer data)
{
        g_autofree char *group = NULL, *entry = NULL, *again = NULL, *merged = NULL, *after = NULL;

        fill(test);
        group = merge(test, test->kept, test->merged);
        merged = fixture_dump(test->fixture->vault);
        entry = merge_entry(test, test->merged);
        revert(test, entry);
        again = merge_entry(test, test->merged);
        g_assert_cmpstr(entry, !=, again);
        revert(test, again);
        after = fixture_dump(test->fixture->vault);
        g_assert_cmpstr(merged, ==, after);
}

/* Seen to fail: find_equal() without f.entity_id, by which the last claim is taken for said already. */
static void test_facts_said_in_between_go_with_whom_they_were_said_of(Case *test,
                                                                      gconstpointer data)
{
        g_autofree char *group = merge(test, test->kept, test->merged);
        g_autofree char *entry = merge_entry(test, test->merged);

        say(test, test->fixture->agent, "Acme Inc", "occupation", "anvils");
        say(test, test->fixture->agent, "Acme", "occupation", "tools");
        say(test, test->fixture->agent, "Acme", "occupation", "anvils");
        revert(test, entry);
        g_assert_cmpint(count_facts(test, test->fixture->human, test->merged), ==, 2);
        g_assert_cmpint(count_facts(test, test->fixture->human, test->kept), ==, 3);
}

/* A fact that was taken back while the merge stood, and comes back when it no longer does. Seen to fail without
 * merge_derive_facts(). */
static void test_a_fact_that_comes_back_counts_as_merges_are_now(Case *test, gconstpointer data)
{
        g_autofree char *group = merge(test, test->kept, test->merged), *claim = NULL, *gone = NULL;
        g_autofree char *entry = merge_entry(test, test->merged);

        say(test, test->fixture->agent, "Acme Inc", "occupation", "anvils");
        claim = fixture_select(test->fixture->vault,
                               "SELECT id FROM mutations ORDER BY seq DESC LIMIT 1");
        revert(test, claim);
        gone = fixture_select(test->fixture->vault,
                              "SELECT id FROM mutations WHERE op = 'delete' ORDER BY seq DESC");
        revert(test, entry);
        revert(test, gone);
        expect(test, "SELECT count(*) FROM facts WHERE subject_id IS NOT NULL", "0");
        g_assert_cmpint(count_facts(test, test->fixture->human, test->merged), ==, 2);
}

/* ---- chains ---- */

/* Seen to fail: derive_from() without add_merged(). */
static void test_chains_count_for_their_end(Case *test, gconstpointer data)
{
        g_autofree char *last = entity_of(test, "Acme Holding");
        g_autofree char *first = merge(test, test->kept, test->merged);
        g_autofree char *second = merge(test, last, test->kept);
        g_autofree char *entry = NULL;

        g_assert_cmpint(count_facts(test, test->fixture->human, "Acme Inc"), ==, 3);
        g_assert_cmpint(count_facts(test, test->fixture->human, last), ==, 3);
        entry = merge_entry(test, test->kept);
        revert(test, entry);
        g_assert_cmpint(count_facts(test, test->fixture->human, "Acme Inc"), ==, 2);
        g_assert_cmpint(count_facts(test, test->fixture->human, last), ==, 1);
        expect(test, "SELECT count(*) FROM merged_entities", "1");
}

static char *merge_call(const char *kept, const char *merged)
{
        return g_strdup_printf("merge_entities {\"entity_id\":\"%s\",\"merge\":[\"%s\"]}", kept,
                               merged);
}

static void fail(Case *test, const char *kept, const char *merged, OuroborosError code,
                 const char *words)
{
        g_autofree char *call = merge_call(kept, merged);

        fixture_fail(test->tools, test->fixture->human, call, code, words);
}

/* Seen to fail: check_pair() that returns true, by which the derivation alone refused. */
static void test_circles_and_selves_are_refused(Case *test, gconstpointer data)
{
        g_autofree char *other = entity_of(test, "Other");
        g_autofree char *group = NULL;

        fail(test, test->kept, test->kept, OUROBOROS_ERROR_INVALID, "itself");
        group = merge(test, test->kept, test->merged);
        fail(test, test->merged, test->kept, OUROBOROS_ERROR_CONFLICT, "circle");
        fail(test, other, test->merged, OUROBOROS_ERROR_CONFLICT, "merged into Acme");
        expect(test, "SELECT count(*) FROM entities WHERE merged_into IS NOT NULL", "1");
}

/* Seen to fail: the kept one's name beside the merged one's id. */
static void test_merged_before_is_told_by_its_own_name(Case *test, gconstpointer data)
{
        g_autofree char *group = merge(test, test->kept, test->merged);
        g_autofree char *name = fixture_select(test->fixture->vault, "SELECT name FROM entities"
                                                                     " WHERE merged_into NOT NULL");
        g_autoptr(JsonObject) again =
                fixture_call(test->tools, test->fixture->human, "merge_entities",
                             "{\"entity_id\":\"%s\",\"merge\":[\"%s\"]}", test->kept, test->merged);
        JsonObject *told = json_array_get_object_element(json_member_array(again, "merged"), 0);

        g_assert_false(json_member_bool(told, "is_new", true));
        g_assert_cmpstr(json_member_string(told, "entity_id", NULL), ==, test->merged);
        g_assert_cmpstr(json_member_string(told, "name", NULL), ==, name);
}

/* By way of the journal: a merge, its revert, the other way round, and the first merge again. Seen to fail without the
 * comparison with id in find_end(): LIMIT then. */
static void test_reverts_make_no_circle(Case *test, gconstpointer data)
{
        g_autofree char *first = merge(test, test->kept, test->merged);
        g_autofree char *entry = merge_entry(test, test->merged), *back = NULL, *second = NULL,
                        *call = NULL;

        revert(test, entry);
        back = merge_entry(test, test->merged);
        second = merge(test, test->merged, test->kept);
        call = g_strdup_printf("revert_mutation {\"mutation_id\":\"%s\"}", back);
        fixture_fail(test->past, test->fixture->human, call, OUROBOROS_ERROR_CONFLICT, "circle");
}

static void test_a_chain_has_a_limit(Case *test, gconstpointer data)
{
        g_autofree char *at = g_strdup(test->kept);

        for (unsigned i = 0; i < 16; i++) {
                g_autofree char *name = g_strdup_printf("Next %u", i);
                g_autofree char *next = entity_of(test, name);
                g_autofree char *group = merge(test, next, at);

                g_free(at);
                at = g_steal_pointer(&next);
        }
        g_autofree char *over = entity_of(test, "Over");
        fail(test, over, at, OUROBOROS_ERROR_LIMIT, "ENTITY_MERGES_MAX");
        g_assert_cmpint(count_facts(test, test->fixture->human, test->kept), ==, 17);
}

/* ---- who, and what is told ---- */

/* Seen to fail: check_human() left out. */
static void test_only_the_human_merges(Case *test, gconstpointer data)
{
        g_autofree char *call = merge_call(test->kept, test->merged);

        fixture_fail(test->tools, test->fixture->agent, call, OUROBOROS_ERROR_DENIED,
                     "Only the human");
        fixture_fail(test->tools, test->fixture->pipeline, call, OUROBOROS_ERROR_DENIED,
                     "Only the human");
}

static void test_a_merge_says_what_it_did(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) person =
                fixture_call(test->tools, test->fixture->human, "remember_fact",
                             "{\"entity_name\":\"Boss\",\"entity_type\":\"person\","
                             "\"predicate\":\"note\",\"object\":\"x\"}");
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, test->fixture->human, "merge_entities",
                             "{\"entity_name\":\"acme\",\"merge\":[\"boss\",\"ACME inc\",\"%s\"]}",
                             test->merged);
        JsonArray *merged = json_member_array(answer, "merged");

        g_assert_cmpstr(json_member_string(json_member_object(answer, "kept"), "entity_id", NULL),
                        ==, test->kept);
        g_assert_cmpuint(json_array_get_length(merged), ==, 3);
        g_assert_true(
                json_member_bool(json_array_get_object_element(merged, 0), "type_differs", false));
        g_assert_false(
                json_member_bool(json_array_get_object_element(merged, 1), "type_differs", true));
        g_assert_cmpint(json_member_int(json_array_get_object_element(merged, 1), "facts", 0), ==,
                        1);
        g_assert_false(json_member_bool(json_array_get_object_element(merged, 2), "is_new", true));
}

static void test_an_entity_says_what_was_merged_into_it(Case *test, gconstpointer data)
{
        g_autofree char *group = merge(test, test->kept, test->merged);
        g_autoptr(JsonObject) answer = fixture_call(test->tools, test->fixture->human, "get_entity",
                                                    "{\"entity_name\":\"acme inc\"}");
        g_autoptr(JsonObject) list = fixture_call(test->tools, test->fixture->human,
                                                  "list_entities", "{\"name_prefix\":\"acme\"}");

        g_assert_cmpstr(json_member_string(answer, "id", NULL), ==, test->kept);
        g_assert_cmpstr(json_member_string(json_member_object(answer, "merged_from"), "id", NULL),
                        ==, test->merged);
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "merged")), ==, 1);
        g_assert_cmpint(json_member_int(answer, "facts", 0), ==, 2);
        g_assert_cmpuint(json_array_get_length(json_member_array(list, "entities")), ==, 1);
}

static Access *scoped(const char *entity)
{
        const char *const ids[] = {entity, NULL};
        g_autoptr(Scope) scope = scope_new(ids);

        return access_new_agent("conn-s", "Scoped", "sess-s", scope);
}

/* What was merged is part of what it was merged into, and is not seen apart from that: what is said of that would show
 * in it. Seen to fail: the scope condition of facts with "OR entity_id IN (SELECT id FROM temp.scope)"; entity_get() with
 * scope_allows() of the id. */
static void test_a_scope_sees_what_counts_for_its_entities(Case *test, gconstpointer data)
{
        g_autofree char *group = merge(test, test->kept, test->merged);
        g_autoptr(Access) of_kept = scoped(test->kept), of_merged = scoped(test->merged);

        g_assert_cmpint(count_facts(test, of_kept, test->kept), ==, 2);
        g_assert_cmpint(count_facts(test, of_kept, "acme inc"), ==, 2);
        g_assert_cmpint(count_facts(test, of_kept, test->merged), ==, 2);
        g_autofree char *by_id =
                g_strdup_printf("query_knowledge {\"entity_id\":\"%s\"}", test->merged);
        fixture_fail(test->tools, of_merged, by_id, OUROBOROS_ERROR_NOT_FOUND, test->merged);
        fixture_fail(test->tools, of_merged, "query_knowledge {\"entity_name\":\"acme inc\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "acme inc");
        fixture_fail(test->tools, of_merged, "query_knowledge {\"entity_name\":\"acme\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "acme");
        g_autoptr(JsonObject) list = fixture_call(test->tools, of_merged, "list_entities", "{}");
        g_assert_cmpuint(json_array_get_length(json_member_array(list, "entities")), ==, 0);
}

/* ---- aliases and what is no longer active ---- */

/* Seen to fail: check_free() left out; is_active left out of sql_by_name. */
static void test_aliases_find_and_come_and_go(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) added =
                fixture_call(test->tools, test->fixture->agent, "add_entity_alias",
                             "{\"entity_name\":\"acme\",\"alias\":\"Big A\"}");
        g_autoptr(JsonObject) again =
                fixture_call(test->tools, test->fixture->agent, "add_entity_alias",
                             "{\"entity_name\":\"acme\",\"alias\":\"big  a\"}");

        g_assert_true(json_member_bool(added, "is_new", false));
        g_assert_false(json_member_bool(again, "is_new", true));
        g_assert_cmpstr(json_array_get_string_element(json_member_array(added, "aliases"), 0), ==,
                        "Big A");
        g_assert_cmpint(count_facts(test, test->fixture->human, "BIG A"), ==, 1);
        fixture_fail(test->tools, test->fixture->agent,
                     "add_entity_alias {\"entity_name\":\"acme\",\"alias\":\"Acme Inc\"}",
                     OUROBOROS_ERROR_CONFLICT, test->merged);
        fixture_fail(test->tools, test->fixture->agent,
                     "remove_entity_alias {\"entity_name\":\"acme\",\"alias\":\"Big A\"}",
                     OUROBOROS_ERROR_DENIED, "human");
        json_object_unref(fixture_call(test->tools, test->fixture->human, "remove_entity_alias",
                                       "{\"entity_name\":\"acme\",\"alias\":\"BIG A\"}"));
        fixture_fail(test->tools, test->fixture->human, "get_entity {\"entity_name\":\"big a\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "big a");
        fixture_fail(test->tools, test->fixture->human,
                     "remove_entity_alias {\"entity_name\":\"acme\",\"alias\":\"Big A\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "alias");
        expect(test, "SELECT count(*) FROM entity_aliases", "1");
        json_object_unref(fixture_call(test->tools, test->fixture->agent, "add_entity_alias",
                                       "{\"entity_name\":\"acme\",\"alias\":\"Big A\"}"));
        g_assert_cmpint(count_facts(test, test->fixture->human, "BIG A"), ==, 1);
}

/* An agent takes its alias back by a revert, which leaves the row. */
/* Seen to fail: check_free() refusing names of entities that the caller does not see. */
static void test_an_alias_does_not_tell_of_hidden_names(Case *test, gconstpointer data)
{
        const char *ids[] = {test->kept, NULL};
        g_autoptr(Scope) scope = scope_new(ids);
        g_autoptr(Access) narrow = access_new_agent("conn-n", "Narrow", NULL, scope);
        g_autoptr(JsonObject) added =
                fixture_call(test->tools, narrow, "add_entity_alias",
                             "{\"entity_id\":\"%s\",\"alias\":\"Acme Inc\"}", test->kept);

        g_assert_true(json_member_bool(added, "is_new", false));
}

static void test_an_agent_reverts_its_alias_softly(Case *test, gconstpointer data)
{
        g_autofree char *entry = NULL, *text = NULL;

        json_object_unref(fixture_call(test->tools, test->fixture->agent, "add_entity_alias",
                                       "{\"entity_name\":\"acme\",\"alias\":\"Big A\"}"));
        entry = fixture_select(test->fixture->vault,
                               "SELECT id FROM mutations ORDER BY seq DESC LIMIT 1");
        json_object_unref(fixture_call(test->past, test->fixture->agent, "revert_mutation",
                                       "{\"mutation_id\":\"%s\"}", entry));
        expect(test, "SELECT is_active FROM entity_aliases", "0");
        fixture_fail(test->tools, test->fixture->human, "get_entity {\"entity_name\":\"big a\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "big a");
}

/* Seen to fail: deactivate_entity without check_human(). */
static void test_an_inactive_entity_says_so(Case *test, gconstpointer data)
{
        g_autofree char *call =
                g_strdup_printf("deactivate_entity {\"entity_id\":\"%s\"}", test->kept);
        g_autoptr(JsonObject) done = NULL, shown = NULL;
        g_autofree char *claim = NULL, *entry = NULL;

        fixture_fail(test->tools, test->fixture->agent, call, OUROBOROS_ERROR_DENIED, "human");
        done = fixture_call(test->tools, test->fixture->human, "deactivate_entity",
                            "{\"entity_id\":\"%s\"}", test->kept);
        g_assert_true(json_member_bool(done, "is_new", false));
        shown = fixture_call(test->tools, test->fixture->human, "get_entity",
                             "{\"entity_id\":\"%s\"}", test->kept);
        g_assert_false(json_member_bool(shown, "is_active", true));
        g_assert_cmpint(count_facts(test, test->fixture->human, test->kept), ==, 1);
        fixture_fail(test->tools, test->fixture->human, "get_entity {\"entity_name\":\"acme\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "acme");
        claim = g_strdup_printf("remember_fact {\"entity_id\":\"%s\",\"predicate\":\"note\","
                                "\"object\":\"x\"}",
                                test->kept);
        fixture_fail(test->tools, test->fixture->human, claim, OUROBOROS_ERROR_INVALID,
                     "no longer active");
        fail(test, test->kept, test->merged, OUROBOROS_ERROR_INVALID, "no longer active");
        entry = merge_entry(test, test->kept);
        revert(test, entry);
        g_assert_cmpint(count_facts(test, test->fixture->human, "acme"), ==, 1);
}

/* What a foreign key would see to. Seen to fail without the triggers. */
static void test_facts_and_their_entity_stay_together(Case *test, gconstpointer data)
{
        g_autofree char *group = merge(test, test->kept, test->merged);
        g_autofree char *made = g_strdup_printf("SELECT id FROM mutations WHERE op = 'insert'"
                                                " AND row_id = '{\"id\":\"%s\"}'",
                                                test->merged);
        g_autofree char *entry = fixture_select(test->fixture->vault, made);
        g_autofree char *call =
                g_strdup_printf("revert_mutation {\"mutation_id\":\"%s\",\"force\":true}", entry);

        fixture_fail(test->past, test->fixture->human, call, OUROBOROS_ERROR_CONFLICT,
                     "referred to");
}

#define TEST(name, function) g_test_add("/merge/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        TEST("facts-of-both-are-found-by-either-name-and-id",
             test_facts_of_both_are_found_by_either_name_and_id);
        TEST("a-fact-keeps-the-entity-it-was-said-of", test_a_fact_keeps_the_entity_it_was_said_of);
        TEST("the-highest-tier-supersedes-across-merged-ones",
             test_the_highest_tier_supersedes_across_merged_ones);
        TEST("objects-that-are-merged-no-longer-contradict",
             test_objects_that_are_merged_no_longer_contradict);
        TEST("what-an-object-counts-for-is-told-everywhere",
             test_what_an_object_counts_for_is_told_everywhere);
        TEST("a-merge-may-bring-a-contradiction-to-light",
             test_a_merge_may_bring_a_contradiction_to_light);
        TEST("reverting-the-entry-restores-everything",
             test_reverting_the_entry_restores_everything);
        TEST("reverting-the-group-restores-everything",
             test_reverting_the_group_restores_everything);
        TEST("reverting-the-revert-merges-again", test_reverting_the_revert_merges_again);
        TEST("facts-said-in-between-go-with-whom-they-were-said-of",
             test_facts_said_in_between_go_with_whom_they_were_said_of);
        TEST("a-fact-that-comes-back-counts-as-merges-are-now",
             test_a_fact_that_comes_back_counts_as_merges_are_now);
        TEST("chains-count-for-their-end", test_chains_count_for_their_end);
        TEST("circles-and-selves-are-refused", test_circles_and_selves_are_refused);
        TEST("merged-before-is-told-by-its-own-name", test_merged_before_is_told_by_its_own_name);
        TEST("reverts-make-no-circle", test_reverts_make_no_circle);
        TEST("a-chain-has-a-limit", test_a_chain_has_a_limit);
        TEST("only-the-human-merges", test_only_the_human_merges);
        TEST("a-merge-says-what-it-did", test_a_merge_says_what_it_did);
        TEST("an-entity-says-what-was-merged-into-it", test_an_entity_says_what_was_merged_into_it);
        TEST("a-scope-sees-what-counts-for-its-entities",
             test_a_scope_sees_what_counts_for_its_entities);
        TEST("aliases-find-and-come-and-go", test_aliases_find_and_come_and_go);
        TEST("an-alias-does-not-tell-of-hidden-names", test_an_alias_does_not_tell_of_hidden_names);
        TEST("an-agent-reverts-its-alias-softly", test_an_agent_reverts_its_alias_softly);
        TEST("an-inactive-entity-says-so", test_an_inactive_entity_says_so);
        TEST("facts-and-their-entity-stay-together", test_facts_and_their_entity_stay_together);
        return g_test_run();
}
