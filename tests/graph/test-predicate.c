/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vocabulary: who proposes, who decides, what is refused, what is counted. */
#include <string.h>

#include "graph/fixture.h"

typedef struct Case {
        Fixture *fixture;
        ToolTable tools;
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->tools = graph_tools(test->fixture->graph);
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
}

static void remember(Case *test, const char *entity, const char *predicate, const char *object)
{
        g_autoptr(JsonObject) said = fixture_call(
                test->tools, test->fixture->human, "remember_fact",
                "{\"entity_name\":\"%s\",\"predicate\":\"%s\",\"object\":\"%s\",\"observed_at\":"
                "\"2020-01-0%uT00:00:00Z\"}",
                entity, predicate, object, (unsigned)MIN(strlen(object), 9));
}

static void expect_decided(Case *test, const char *name, const char *decision, const char *state)
{
        g_autoptr(JsonObject) answer = fixture_call(
                test->tools, test->fixture->human, "decide_predicate",
                "{\"name\":\"%s\",\"decision\":\"%s\",\"reason\":\"tidy\"}", name, decision);

        g_assert_cmpstr(json_member_string(answer, "state", NULL), ==, state);
}

/* The row of a predicate; NULL: not listed. */
static JsonObject *use_of(JsonObject *answer, const char *name)
{
        JsonArray *list = json_member_array(answer, "predicates");

        for (unsigned i = 0; i < json_array_get_length(list); i++) {
                JsonObject *use = json_array_get_object_element(list, i);

                if (strcmp(json_member_string(use, "name", ""), name) == 0)
                        return use;
        }
        return NULL;
}

/* ---- decisions ---- */

/* Seen to fail: predicate_use() that takes proposed ones. */
static void test_proposal_is_refused_until_confirmed(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) proposed =
                fixture_call(test->tools, test->fixture->agent, "propose_predicate",
                             "{\"name\":\"grant_deadline\",\"object_kind\":\"date\","
                             "\"cardinality\":\"many\",\"description\":\"Last day to apply.\"}");

        g_assert_cmpstr(json_member_string(proposed, "state", NULL), ==, "proposed");
        fixture_fail(test->tools, test->fixture->human,
                     "remember_fact {\"entity_name\":\"Acme\",\"predicate\":\"grant_deadline\","
                     "\"object\":\"2026-01-01\"}",
                     OUROBOROS_ERROR_INVALID, "waits for the human");
        expect_decided(test, "grant_deadline", "confirm", "active");
        expect_decided(test, "grant_deadline", "confirm", "active"); /* so already */
        g_autoptr(JsonObject) said =
                fixture_call(test->tools, test->fixture->human, "remember_fact",
                             "{\"entity_name\":\"Acme\",\"predicate\":\"grant_deadline\","
                             "\"object\":\"2026-01-01\"}");
        g_assert_nonnull(json_member_string(said, "fact_id", NULL));
}

/* Seen to fail: nearest_names() over all states. */
static void test_retired_is_refused_with_the_nearest_and_stays_readable(Case *test,
                                                                        gconstpointer data)
{
        g_autoptr(JsonObject) facts = NULL;
        g_autofree char *told = NULL;

        remember(test, "Acme", "starts_on", "2026-01-01");
        expect_decided(test, "starts_on", "retire", "retired");
        fixture_fail(test->tools, test->fixture->human,
                     "remember_fact {\"entity_name\":\"Acme\",\"predicate\":\"starts_on\","
                     "\"object\":\"2026-01-02\"}",
                     OUROBOROS_ERROR_INVALID, "retired, not active; nearest: ");
        facts = fixture_call(test->tools, test->fixture->agent, "query_knowledge",
                             "{\"entity_name\":\"Acme\",\"predicate\":\"starts_on\"}");
        g_assert_cmpint(json_member_int(facts, "total", 0), ==, 1);
        expect_decided(test, "starts_on", "reinstate", "active");
        told = fixture_select(test->fixture->vault,
                              "SELECT group_concat(actor_kind || ' ' || reason) FROM mutations"
                              " WHERE table_name = 'predicates' AND op = 'update'");
        g_assert_cmpstr(told, ==, "human tidy,human tidy");
}

static void test_retired_is_not_named_as_near(Case *test, gconstpointer data)
{
        fixture_fail(
                test->tools, test->fixture->human,
                "remember_fact {\"entity_name\":\"A\",\"predicate\":\"emial\",\"object\":\"x\"}",
                OUROBOROS_ERROR_INVALID, "nearest: email");
        expect_decided(test, "email", "retire", "retired");
        g_autoptr(GError) error = NULL;
        ToolTable tools = test->tools;
        g_autoptr(JsonObject) args = json_parse_object(
                "{\"entity_name\":\"A\",\"predicate\":\"emial\",\"object\":\"x\"}", -1, NULL);

        for (const Tool *tool = tools.tools; tool->name; tool++)
                if (strcmp(tool->name, "remember_fact") == 0)
                        g_assert_null(
                                tool->handler(tools.room, test->fixture->human, args, &error));
        g_assert_null(strstr(error->message, "email"));
}

static void test_decisions_that_make_no_sense_are_told(Case *test, gconstpointer data)
{
        fixture_fail(test->tools, test->fixture->human,
                     "decide_predicate {\"name\":\"titel\",\"decision\":\"retire\"}",
                     OUROBOROS_ERROR_NOT_FOUND, "nearest: title");
        fixture_fail(test->tools, test->fixture->human,
                     "decide_predicate {\"name\":\"title\",\"decision\":\"delete\"}",
                     OUROBOROS_ERROR_INVALID, "confirm, retire or reinstate");
        expect_decided(test, "title", "retire", "retired");
        fixture_fail(test->tools, test->fixture->human,
                     "decide_predicate {\"name\":\"title\",\"decision\":\"confirm\"}",
                     OUROBOROS_ERROR_CONFLICT, "title is retired: confirm is for proposed");
}

/* ---- uses ---- */

/* Seen to fail: superseded facts counted, and the latest observation taken of all entities. */
static void test_uses_are_counted_with_their_latest_observation(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) all = NULL, one = NULL, whole = NULL;

        remember(test, "Acme", "tag", "a");
        remember(test, "Acme", "tag", "bb");
        remember(test, "Acme", "title", "a");
        remember(test, "Acme", "title", "bb"); /* supersedes */
        remember(test, "Other", "tag", "cccc");
        all = fixture_call(test->tools, test->fixture->agent, "predicates_in_use", "{}");
        one = fixture_call(test->tools, test->fixture->agent, "predicates_in_use",
                           "{\"entity_name\":\"acme\"}");
        whole = fixture_call(test->tools, test->fixture->agent, "predicates_in_use",
                             "{\"all\":true}");
        g_assert_cmpint(json_member_int(all, "total_in_use", 0), ==, 2);
        g_assert_cmpint(json_member_int(whole, "total_in_use", 0), ==, 2);
        g_assert_cmpint(json_member_int(use_of(all, "tag"), "count", 0), ==, 3);
        g_assert_cmpint(json_member_int(use_of(all, "title"), "count", 0), ==, 1);
        g_assert_cmpstr(json_member_string(use_of(all, "tag"), "last_observed", NULL), ==,
                        "2020-01-04T00:00:00.000000Z");
        g_assert_cmpint(json_member_int(use_of(one, "tag"), "count", 0), ==, 2);
        g_assert_cmpstr(json_member_string(use_of(one, "tag"), "last_observed", NULL), ==,
                        "2020-01-02T00:00:00.000000Z");
        g_assert_null(use_of(one, "email"));
        g_assert_null(json_member_string(use_of(whole, "email"), "last_observed", NULL));
}

/* Seen to fail: USES_OF_ALL under a scope. */
static void test_uses_of_others_are_not_counted(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) uses = NULL;
        g_autofree char *acme = NULL;

        remember(test, "Acme", "tag", "a");
        remember(test, "Other", "tag", "b");
        remember(test, "Other", "email", "c");
        acme = fixture_select(test->fixture->vault, "SELECT id FROM entities WHERE name = 'Acme'");
        const char *const own[] = {acme, NULL};
        g_autoptr(Scope) scope = scope_new(own);
        g_autoptr(Access) seeing = access_new_agent("conn-s", "S", NULL, scope);

        uses = fixture_call(test->tools, seeing, "predicates_in_use", "{}");
        g_assert_cmpint(json_member_int(uses, "total_in_use", 0), ==, 1);
        g_assert_cmpint(json_member_int(use_of(uses, "tag"), "count", 0), ==, 1);
}

/* ---- what is shipped ---- */

static void test_shipped_vocabulary_covers_what_people_keep(Case *test, gconstpointer data)
{
        static const char *const wanted[] = {
                "born_on",
                "works_for",
                "email",
                "founded_by",
                "holds_account_at",
                "balance",
                "holds_position_in",
                "references_doc",
                "cites",
                "mentioned_in",
                "deadline",
                "published_in_year",
                "succeeded_by",
                "has_procedure",
                "defines_code_example",
                "calls",
                "transitively_cites",
        };
        g_autoptr(JsonObject) all = fixture_call(test->tools, test->fixture->agent,
                                                 "predicates_in_use", "{\"all\":true}");

        for (unsigned i = 0; i < G_N_ELEMENTS(wanted); i++)
                g_assert_nonnull(use_of(all, wanted[i]));
}

#define ADD(name, func) g_test_add("/predicate/" name, Case, NULL, case_up, func, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("proposal-is-refused-until-confirmed", test_proposal_is_refused_until_confirmed);
        ADD("retired-is-refused-with-the-nearest-and-stays-readable",
            test_retired_is_refused_with_the_nearest_and_stays_readable);
        ADD("retired-is-not-named-as-near", test_retired_is_not_named_as_near);
        ADD("decisions-that-make-no-sense-are-told", test_decisions_that_make_no_sense_are_told);
        ADD("uses-are-counted-with-their-latest-observation",
            test_uses_are_counted_with_their_latest_observation);
        ADD("uses-of-others-are-not-counted", test_uses_of_others_are_not_counted);
        ADD("shipped-vocabulary-covers-what-people-keep",
            test_shipped_vocabulary_covers_what_people_keep);
        return g_test_run();
}
