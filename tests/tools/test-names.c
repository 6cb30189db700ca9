/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments under the names of other tools. Seen to fail: without the table, with a name that the tool itself has taken for
 * another, with a name taken for an id. */
#include <string.h>

#include "fixture.h"

static char *add_entity(Fixture *fixture, const char *name)
{
        g_autoptr(JsonObject) entity = fixture_call(fixture, fixture->human, "propose_entity",
                                                    "{'name': '%s', 'type': 'organization'}", name);

        return g_strdup(json_member_string(entity, "entity_id", NULL));
}

static void test_ids_go_on_under_the_name_they_came_with(Fixture *fixture, const void *data)
{
        g_autofree char *doc = fixture_document(fixture, "lease.txt", "The lease ends.");
        g_autofree char *by_document = fixture_ask(fixture, fixture->human, "get_document_text",
                                                   "{'document_id': '%s'}", doc);
        g_autofree char *by_doc =
                fixture_ask(fixture, fixture->human, "get_document_text", "{'doc_id': '%s'}", doc);
        g_autofree char *sessions =
                fixture_ask(fixture, fixture->human, "list_mutations", "{'session_id': 'cli-1'}");

        g_assert_cmpstr(by_doc, ==, by_document);
        g_assert_nonnull(strstr(sessions, "\"mutations\""));
}

static void test_an_entity_is_an_id_or_a_name(Fixture *fixture, const void *data)
{
        g_autofree char *acme = add_entity(fixture, "Acme");
        g_autofree char *by_id =
                fixture_ask(fixture, fixture->human, "get_entity", "{'entity': '%s'}", acme);
        g_autofree char *by_name =
                fixture_ask(fixture, fixture->human, "get_entity", "{'entity': 'acme'}");

        g_assert_cmpstr(by_id, ==, by_name);
        g_assert_nonnull(strstr(by_id, acme));
}

static void test_what_a_tool_has_itself_means_that(Fixture *fixture, const void *data)
{
        g_autofree char *doc = fixture_document(fixture, "lease.txt", "The lease ends.");
        g_autofree char *args = g_strdup_printf("{'document_id': '%s', 'doc_id': '%s'}", doc, doc);

        fixture_fail(fixture, fixture->human, "get_document_text", args, "INVALID doc_id");
        fixture_fail(fixture, fixture->human, "get_document_text", "{'docid': 'x'}",
                     "INVALID document_id");
        fixture_fail(fixture, fixture->human, "get_document_text", "{'doc_id': 5}",
                     "INVALID document_id");
}

#define ADD(name, func) g_test_add("/names/" name, Fixture, NULL, fixture_up, func, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("ids-go-on-under-the-name-they-came-with",
            test_ids_go_on_under_the_name_they_came_with);
        ADD("an-entity-is-an-id-or-a-name", test_an_entity_is_an_id_or_a_name);
        ADD("what-a-tool-has-itself-means-that", test_what_a_tool_has_itself_means_that);
        return g_test_run();
}
