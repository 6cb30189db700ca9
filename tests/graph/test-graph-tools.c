/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph's tools end to end, on a real vault. */
#include "graph/fixture.h"

static void test_fact_is_found_by_its_entity(void)
{
        Fixture *fixture = fixture_new();
        ToolTable tools = graph_tools(fixture->graph);
        g_autofree char *document =
                fixture_document(fixture, "acme.txt", "Acme was founded in 1953.\n");
        g_autoptr(JsonObject) said =
                fixture_call(tools, fixture->agent, "remember_fact",
                             "{\"entity_name\":\"Acme\",\"entity_type\":\"organization\","
                             "\"predicate\":\"published_in_year\",\"object\":1953,"
                             "\"quote\":\"founded in 1953\",\"document_id\":\"%s\"}",
                             document);
        g_autoptr(JsonObject) facts = fixture_call(tools, fixture->human, "query_knowledge",
                                                   "{\"entity_name\":\"ACME\"}");
        JsonObject *fact;

        g_assert_true(json_member_bool(said, "is_new", false));
        g_assert_cmpint(json_member_int(facts, "total", 0), ==, 1);
        fact = json_array_get_object_element(json_member_array(facts, "knowledge_facts"), 0);
        g_assert_cmpstr(json_member_string(fact, "object", NULL), ==, "1953");
        g_assert_cmpstr(json_member_string(fact, "observer", NULL), ==, "conn-a");
        g_assert_cmpstr(json_member_string(fact, "trust_tier", NULL), ==, "extracted");
        g_assert_cmpint(json_member_int(fact, "quote_start", 0), ==, 9);
        g_assert_cmpint(json_member_int(fact, "quote_end", 0), ==, 24);
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/graph/tools/fact-is-found-by-its-entity",
                        test_fact_is_found_by_its_entity);
        return g_test_run();
}
