/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes with a connection that the human deletes for good, and what an erased entity leaves in a scope. */
#include "gate/fixture.h"

static JsonObject *erase(Fixture *fixture, Store *store, const char *table, const char *id)
{
        EraseTarget target = {table, id};
        EraseOptions options = {
                .actor = access_actor(fixture->human), .targets = &target, .count = 1};
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) preview = store_erase_preview(store, &options, &error);

        g_assert_no_error(error);
        options.token = json_member_string(preview, "token", NULL);
        JsonObject *answer = store_erase(store, &options, &error);
        g_assert_no_error(error);
        fixture_turn(fixture);
        return answer;
}

static void test_a_connection_goes_with_all_that_is_its_own(Fixture *fixture, const void *data)
{
        add_entity(fixture, ENT("1"), "Heron");
        g_autoptr(JsonObject) asked =
                call(fixture, "request_connection",
                     "{'name':'Zanzibar','entities':['Heron'],'purpose':'Quetzalcoatl'}");
        g_autoptr(JsonObject) decided =
                call_on(fixture, "resolve_approval", "{'approval_id':'%s','decision':'approve'}",
                        json_member_string(asked, "approval_id", NULL));
        g_autofree char *other = mint(fixture, "{'name':'Other'}");
        g_autofree char *id =
                read_text(fixture->ops, NULL, "SELECT id FROM connections WHERE name = 'Zanzibar'");
        g_autofree char *bearer = bearer_of(fixture, id);
        g_autofree char *kept = bearer_of(fixture, other);
        g_autoptr(JsonObject) gone = erase(fixture, fixture->ops, "connections", id);

        g_free(is_refused(fixture, bearer, "p", OUROBOROS_ERROR_DENIED));
        is_let_in(fixture, kept);
        assert_reads(fixture->ops,
                     "SELECT (SELECT count(*) FROM connection_entities) || ' ' ||"
                     " (SELECT count(*) FROM approvals) || ' ' ||"
                     " (SELECT count(*) FROM bearers) || ' ' ||"
                     " (SELECT count(*) FROM connection_listings)",
                     "0 0 1 1");
        assert_reads(fixture->ops,
                     "SELECT count(*) FROM mutations WHERE instr(coalesce(before, '') ||"
                     " coalesce(after, ''), 'Zanzibar') OR instr(coalesce(before, '') ||"
                     " coalesce(after, ''), 'Quetzalcoatl')",
                     "0");
}

static void test_an_erased_entity_leaves_its_id_in_a_scope_and_no_word(Fixture *fixture,
                                                                       const void *data)
{
        add_entity(fixture, ENT("1"), "Zanzibar");
        g_autofree char *id = mint(fixture, "{'name':'A','entities':['Zanzibar']}");
        g_autoptr(JsonObject) gone = erase(fixture, fixture->vault, "entities", ENT("1"));
        g_autoptr(JsonObject) shown =
                call_on(fixture, "get_connection", "{'connection_id':'%s'}", id);
        JsonObject *entity = json_array_get_object_element(json_member_array(shown, "entities"), 0);

        g_assert_cmpstr(json_member_string(entity, "entity_id", NULL), ==, ENT("1"));
        g_assert_null(json_member_string(entity, "name", NULL));
        g_assert_true(json_member_bool(shown, "scoped", false));
        assert_reads(fixture->ops,
                     "SELECT count(*) FROM mutations WHERE instr(coalesce(before, '') ||"
                     " coalesce(after, ''), 'Zanzibar')",
                     "0");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/gate/erasing/a-connection-goes-with-all-that-is-its-own",
                     test_a_connection_goes_with_all_that_is_its_own);
        FIXTURE_TEST("/gate/erasing/an-erased-entity-leaves-its-id-in-a-scope-and-no-word",
                     test_an_erased_entity_leaves_its_id_in_a_scope_and_no_word);
        return g_test_run();
}
