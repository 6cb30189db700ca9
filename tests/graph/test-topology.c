/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well things are known, and where it would be worth to dig. */
#include <string.h>

#include "graph/fixture.h"
#include "graph/topology.h"

typedef struct Case {
        Fixture *fixture;
        ToolTable tools;
        char *document;
} Case;

static void case_up(Case *test, gconstpointer data)
{
        static const char *const names[] = {"Rich", "Poor", "Contested"};

        test->fixture = fixture_new();
        test->tools = graph_tools(test->fixture->graph);
        test->document = fixture_document(test->fixture, "a.txt", "alpha beta gamma\n");
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autoptr(JsonObject) said = fixture_call(
                        test->tools, test->fixture->human, "remember_fact",
                        "{\"entity_name\":\"%s\",\"entity_type\":\"firm\",\"predicate\":\"note\","
                        "\"object\":\"declared\"}",
                        names[i]);
        }
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
        g_free(test->document);
}

/* rest: more members, each after a comma. */
static void say(Case *test, const Access *access, const char *entity, const char *predicate,
                const char *rest)
{
        g_autoptr(JsonObject) said =
                fixture_call(test->tools, access, "remember_fact",
                             "{\"entity_name\":\"%s\",\"predicate\":\"%s\",\"quote\":\"alpha\","
                             "\"document_id\":\"%s\"%s}",
                             entity, predicate, test->document, rest);

        g_assert_nonnull(json_member_string(said, "fact_id", NULL));
}

static JsonObject *topology(Case *test, const char *args)
{
        return fixture_call(test->tools, test->fixture->agent, "confidence_topology", "%s", args);
}

static char *names_of(JsonObject *answer)
{
        JsonArray *list = json_member_array(answer, "entities");
        g_autoptr(GString) names = g_string_new(NULL);

        for (unsigned i = 0; i < json_array_get_length(list); i++)
                g_string_append_printf(
                        names, "%s ",
                        json_member_string(json_array_get_object_element(list, i), "entity", "?"));
        return g_string_free(g_steal_pointer(&names), FALSE);
}

static JsonObject *first(JsonObject *answer)
{
        JsonArray *list = json_member_array(answer, "entities");

        g_assert_cmpuint(json_array_get_length(list), >, 0);
        return json_array_get_object_element(list, 0);
}

/* Rich has six more observations, Contested a contradiction, Poor nothing else. */
static void fill(Case *test)
{
        Fixture *f = test->fixture;
        static const char *const tags[] = {"a", "b", "c", "d"};

        for (unsigned i = 0; i < G_N_ELEMENTS(tags); i++) {
                g_autofree char *rest = g_strdup_printf(",\"object\":\"%s\"", tags[i]);
                say(test, i % 2 ? f->agent : f->other, "Rich", "tag", rest);
        }
        say(test, f->agent, "Rich", "summary", ",\"object\":\"x\"");
        say(test, f->agent, "Rich", "email", ",\"object\":\"x@y\",\"confidence\":0.2");
        say(test, f->agent, "Contested", "title", ",\"object\":\"x\"");
        say(test, f->other, "Contested", "title", ",\"object\":\"y\"");
}

/* Seen to fail: superseded facts left out of observations, and document_id counted by fact. */
static void test_standing_of_one_entity_is_counted(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *rich, *tiers;

        fill(test);
        say(test, test->fixture->agent, "Rich", "summary", ",\"object\":\"xx\"");
        answer = topology(test, "{\"entity_name\":\"rich\"}");
        rich = first(answer);
        tiers = json_member_object(rich, "tiers");
        g_assert_cmpint(json_member_int(rich, "observations", 0), ==, 8);
        g_assert_cmpint(json_member_int(rich, "current", 0), ==, 7);
        g_assert_cmpint(json_member_int(rich, "observers", 0), ==, 3);
        g_assert_cmpint(json_member_int(rich, "documents", 0), ==, 1);
        g_assert_cmpint(json_member_int(rich, "predicates", 0), ==, 4);
        g_assert_cmpfloat_with_epsilon(json_member_double(tiers, "human", 0), 1.0 / 7, 1e-9);
        g_assert_cmpfloat_with_epsilon(json_member_double(tiers, "extracted", 0), 6.0 / 7, 1e-9);
        g_assert_false(json_member_bool(rich, "sparse", true));
}

/* Seen to fail: confidence of agreeing observers taken as one's, and stale_source ignored. */
static void test_weak_spots_say_where_to_dig(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) before = NULL, after = NULL, agreed = NULL;
        JsonArray *spots;

        fill(test);
        before = topology(test, "{\"entity_name\":\"Rich\"}");
        spots = json_member_array(first(before), "weak_spots");
        g_assert_cmpuint(json_array_get_length(spots), ==, 1);
        g_assert_cmpstr(
                json_member_string(json_array_get_object_element(spots, 0), "predicate", NULL), ==,
                "email");
        g_assert_cmpstr(json_member_string(json_array_get_object_element(spots, 0), "why", NULL),
                        ==, "low_confidence");
        say(test, test->fixture->other, "Rich", "email", ",\"object\":\"x@y\",\"confidence\":0.3");
        agreed = topology(test, "{\"entity_name\":\"Rich\"}");
        g_assert_cmpint(json_member_int(first(agreed), "weak", -1), ==, 0);
        fixture_rewrite(test->fixture, test->document, "nothing of it\n");
        after = topology(test, "{\"entity_name\":\"Rich\"}");
        spots = json_member_array(first(after), "weak_spots");
        g_assert_cmpstr(
                json_member_string(json_array_get_object_element(spots, 0), "predicate", NULL), ==,
                "summary");
        g_assert_cmpstr(json_member_string(json_array_get_object_element(spots, 0), "why", NULL),
                        ==, "stale_source");
}

/* Seen to fail: compare_standings() the other way round. */
static void test_orders_put_first_what_is_asked_for(Case *test, gconstpointer data)
{
        g_autofree char *weakest = NULL, *strongest = NULL, *contested = NULL;

        fill(test);
        g_autoptr(JsonObject) a = topology(test, "{\"type\":\"firm\"}"),
                              b = topology(test, "{\"type\":\"firm\",\"order\":\"strongest\"}"),
                              c = topology(test, "{\"type\":\"firm\",\"order\":\"contested\"}");
        weakest = names_of(a);
        strongest = names_of(b);
        contested = names_of(c);
        g_assert_cmpstr(weakest, ==, "Poor Contested Rich ");
        g_assert_cmpstr(strongest, ==, "Rich Contested Poor ");
        g_assert_true(g_str_has_prefix(contested, "Contested "));
        fixture_fail(test->tools, test->fixture->agent, "confidence_topology {\"order\":\"best\"}",
                     OUROBOROS_ERROR_INVALID, "weakest, strongest");
}

static void test_summary_tells_medians_and_clusters(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) answer = NULL;
        JsonObject *summary, *type, *cluster;

        fill(test);
        answer = topology(test, "{\"type\":\"firm\"}");
        summary = json_member_object(answer, "summary");
        type = json_array_get_object_element(json_member_array(summary, "types"), 0);
        cluster = json_array_get_object_element(json_member_array(summary, "clusters"), 0);
        g_assert_cmpint(json_member_int(summary, "entities", 0), ==, 3);
        g_assert_cmpint(json_member_int(summary, "observations", 0), ==, 11);
        g_assert_cmpint(json_member_int(summary, "unresolved", 0), ==, 1);
        g_assert_cmpint(json_member_int(summary, "sparse", 0), ==, 1); /* Poor: 1 of 3 */
        g_assert_cmpfloat(json_member_double(type, "median_observations", 0), ==, 3);
        g_assert_cmpstr(json_member_string(cluster, "predicate", NULL), ==, "title");
        g_assert_cmpint(json_member_int(cluster, "unresolved", 0), ==, 1);
}

static void test_what_the_human_corrected_is_counted(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) answer = NULL, said = NULL;
        JsonObject *contested, *contradictions;

        fill(test);
        said = fixture_call(test->tools, test->fixture->human, "remember_fact",
                            "{\"entity_name\":\"Contested\",\"predicate\":\"title\","
                            "\"object\":\"z\"}");
        answer = topology(test, "{\"entity_name\":\"Contested\"}");
        contested = first(answer);
        contradictions = json_member_object(contested, "contradictions");
        g_assert_cmpint(json_member_int(contested, "overridden", 0), ==, 2);
        g_assert_cmpint(json_member_int(contradictions, "resolved", 0), ==, 1);
        g_assert_cmpint(json_member_int(contradictions, "unresolved", -1), ==, 0);
}

static void test_pages_hold_each_once(Case *test, gconstpointer data)
{
        g_autofree char *after = g_strdup("");
        g_autoptr(GString) names = g_string_new(NULL);

        fill(test);
        while (after) {
                g_autofree char *args =
                        g_strdup_printf("{\"type\":\"firm\",\"limit\":2,\"after\":\"%s\"}", after);
                g_autoptr(JsonObject) page = topology(test, args);
                g_autofree char *some = names_of(page);

                g_string_append(names, some);
                g_free(after);
                after = g_strdup(json_member_string(page, "next", NULL));
        }
        g_assert_cmpstr(names->str, ==, "Poor Contested Rich ");
}

static void test_others_are_absent_under_a_scope(Case *test, gconstpointer data)
{
        g_autofree char *poor = NULL, *names = NULL;
        g_autoptr(JsonObject) answer = NULL;

        fill(test);
        poor = fixture_select(test->fixture->vault, "SELECT id FROM entities WHERE name = 'Poor'");
        const char *const own[] = {poor, NULL};
        g_autoptr(Scope) scope = scope_new(own);
        g_autoptr(Access) seeing = access_new_agent("conn-s", "S", NULL, scope);

        answer = fixture_call(test->tools, seeing, "confidence_topology", "{}");
        names = names_of(answer);
        g_assert_cmpstr(names, ==, "Poor ");
        g_assert_cmpuint(json_array_get_length(json_member_array(
                                 json_member_object(answer, "summary"), "clusters")),
                         ==, 0);
}

/* Whatever else there is, one entity costs the same. Seen to fail: the median compared with e.id as it stands, for which
 * SQLite does not use the index. */
static void test_one_entity_goes_by_the_index(Case *test, gconstpointer data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Entity) entity = NULL;
        g_autoptr(JsonObject) answer = NULL;
        g_autoptr(Db) db = NULL;
        EntityRef ref = {.name = "Poor"};
        TopologyQuery query = {.limit = 1};

        fixture_entity(test->fixture, "Huge"); /* of another type */
        for (unsigned i = 0; i < 1500; i++) {
                g_autofree char *rest = g_strdup_printf(",\"object\":\"%u\"", i);
                say(test, test->fixture->agent, "Huge", "tag", rest);
        }
        db = store_reader(test->fixture->vault, NULL, &error);
        g_assert_no_error(error);
        entity = entity_find(db, NULL, &ref, &error);
        g_assert_no_error(error);
        query.entity = entity;
        db_set_limit(db, 10000); /* steps: fewer than going through all facts takes once */
        answer = topology_tell(db, &query, &error);
        g_assert_no_error(error);
}

#define ADD(name, func) g_test_add("/topology/" name, Case, NULL, case_up, func, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("standing-of-one-entity-is-counted", test_standing_of_one_entity_is_counted);
        ADD("weak-spots-say-where-to-dig", test_weak_spots_say_where_to_dig);
        ADD("orders-put-first-what-is-asked-for", test_orders_put_first_what_is_asked_for);
        ADD("summary-tells-medians-and-clusters", test_summary_tells_medians_and_clusters);
        ADD("what-the-human-corrected-is-counted", test_what_the_human_corrected_is_counted);
        ADD("pages-hold-each-once", test_pages_hold_each_once);
        ADD("others-are-absent-under-a-scope", test_others_are_absent_under_a_scope);
        ADD("one-entity-goes-by-the-index", test_one_entity_goes_by_the_index);
        return g_test_run();
}
