/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sql_query and list_sql_views on a real vault: what is answered, what is cut, what is refused. */
#include <string.h>

#include "graph/fixture.h"
#include "store/store.h"

typedef struct Case {
        Fixture *fixture;
        ToolTable tools;
        char *document;
} Case;

static void case_up(Case *test, gconstpointer data)
{
        static const char *const claims[] = {
                "{\"entity_name\":\"Acme\",\"entity_type\":\"organization\",\"predicate\":\"published_in_year\",\"object\":1953}",
                "{\"entity_name\":\"Acme\",\"predicate\":\"note\",\"object\":\"007\"}",
                "{\"entity_name\":\"Acme\",\"predicate\":\"note\",\"object\":\"ünder\"}",
                "{\"entity_name\":\"Bolt\",\"entity_type\":\"person\",\"predicate\":\"balance\",\"object\":-1.5}",
                "{\"entity_name\":\"Bolt\",\"predicate\":\"balance\",\"object\":7,\"qualifiers\":{\"year\":2024}}",
        };

        test->fixture = fixture_new();
        test->tools = graph_tools(test->fixture->graph);
        test->document = fixture_document(test->fixture, "history.txt", "Acme began in 1953.\n");
        for (unsigned i = 0; i < G_N_ELEMENTS(claims); i++)
                json_object_unref(fixture_call(test->tools, test->fixture->human, "remember_fact",
                                               "%s", claims[i]));
}

static void case_down(Case *test, gconstpointer data)
{
        fixture_free(test->fixture);
        g_free(test->document);
}

static JsonObject *query(Case *test, const char *sql, const char *more)
{
        g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), sql);
        g_autofree char *quoted = json_print_node(node);

        return fixture_call(test->tools, test->fixture->human, "sql_query", "{\"sql\":%s%s%s}",
                            quoted, *more ? "," : "", more);
}

static char *rows_of(JsonObject *answer)
{
        g_autoptr(JsonNode) node =
                json_node_init_array(json_node_alloc(), json_member_array(answer, "rows"));

        return json_print_node(node);
}

static void assert_rows(Case *test, const char *sql, const char *more, const char *expected)
{
        g_autoptr(JsonObject) answer = query(test, sql, more);
        g_autofree char *rows = rows_of(answer);

        if (strcmp(rows, expected) != 0)
                g_error("%s: %s, not %s", sql, rows, expected);
}

static void test_views_are_read_and_joined(Case *test, gconstpointer data)
{
        assert_rows(
                test,
                "SELECT f.object FROM facts f JOIN entities e ON e.id = f.entity_id WHERE e.name = 'Acme' ORDER BY 1",
                "", "[[\"007\"],[\"1953\"],[\"ünder\"]]");
        assert_rows(test, "SELECT count(*), count(DISTINCT entity_id) FROM facts", "", "[[4,2]]");
        assert_rows(
                test,
                "SELECT state, object FROM observations WHERE entity_name = 'Bolt' ORDER BY object",
                "", "[[\"superseded\",\"-1.5\"],[\"current\",\"7\"]]");
        assert_rows(test, "SELECT path, title, state, root FROM documents", "",
                    "[[\"history.txt\",null,\"pending\",\"/docs\"]]");
        assert_rows(test, "SELECT j.key, j.value FROM facts f, json_each(f.qualifiers) j", "",
                    "[[\"year\",2024]]");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/sql/views-are-read-and-joined", Case, NULL, case_up,
                   test_views_are_read_and_joined, case_down);
        return g_test_run();
}
