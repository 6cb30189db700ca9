/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools about tools and about the caller. Seen to fail: with a list that ignores the profile, with names that are kept
 * in memory only, with add that replaces, with types of tools that the profile does not have, without the scope in
 * whoami. */
#include <string.h>

#include "fixture.h"

static Access *renew(Fixture *fixture, const Access *access)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) now =
                gate_connection(fixture->gate, connection_id(access_connection(access)), &error);

        g_assert_no_error(error);
        return access_new_connection(now, "sess-0123456789abcdef0123456789abcdef");
}

static void test_the_list_has_what_the_caller_may_call(Fixture *fixture, const void *data)
{
        g_autoptr(Access) reader = fixture_connect(fixture, "reader", ", 'profile': 'read-only'");
        g_autofree char *text = fixture_ask(fixture, reader, "list_available_tools", "{}");
        g_autofree char *all = fixture_ask(fixture, fixture->human, "list_available_tools", "{}");

        g_assert_nonnull(strstr(text, "\"query_knowledge\""));
        g_assert_null(strstr(text, "\"remember_fact\""));
        g_assert_null(strstr(text, "\"needs\":\"human\""));
        g_assert_nonnull(strstr(all, "\"hard_delete\""));
        g_autoptr(JsonObject) some = fixture_call(fixture, reader, "list_available_tools",
                                                  "{'query': 'list_mutations'}");
        JsonObject *row = json_array_get_object_element(json_member_array(some, "tools"), 0);
        g_assert_false(json_member_bool(row, "listed", true));
}

static void test_enabled_tools_are_listed_and_kept(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_autoptr(GError) error = NULL;

        g_autofree char *first =
                fixture_ask(fixture, agent, "enable_tools", "{'tools': ['list_mutations']}");
        g_assert_nonnull(strstr(first, "\"list_mutations\""));
        g_assert_nonnull(strstr(first, "\"query_knowledge\""));
        gate_load(fixture->gate, &error); /* as after a restart */
        g_assert_no_error(error);
        g_autoptr(Access) now = renew(fixture, agent);
        g_autofree char *second =
                fixture_ask(fixture, now, "enable_tools", "{'tools': ['list_sessions']}");
        g_assert_nonnull(strstr(second, "\"list_mutations\""));
        g_assert_nonnull(strstr(second, "\"list_sessions\""));
        now = (access_unref(now), renew(fixture, agent));
        g_autofree char *third = fixture_ask(fixture, now, "enable_tools",
                                             "{'tools': ['list_roots'], 'add': false}");
        g_assert_null(strstr(third, "\"list_sessions\""));
        g_autofree char *full = fixture_ask(fixture, now, "enable_tools", "{'group': 'full'}");
        g_assert_nonnull(strstr(full, "\"anomalies\""));
        g_autofree char *few = fixture_ask(fixture, now, "enable_tools", "{'group': 'essential'}");
        g_assert_null(strstr(few, "\"list_roots\""));
}

static void test_nobody_enables_what_is_not_his(Fixture *fixture, const void *data)
{
        g_autoptr(Access) reader = fixture_connect(fixture, "reader", ", 'profile': 'read-only'");

        fixture_fail(fixture, reader, "enable_tools", "{'tools': ['remember_fact']}",
                     "DENIED remember_fact");
        fixture_fail(fixture, reader, "enable_tools", "{'tools': ['remember_fakt']}",
                     "NOT_FOUND near it");
        fixture_fail(fixture, reader, "enable_tools", "{}", "INVALID group");
        fixture_fail(fixture, fixture->human, "enable_tools", "{'group': 'full'}",
                     "INVALID connection");
}

static void test_whoami_says_what_the_human_allowed(Fixture *fixture, const void *data)
{
        g_autoptr(JsonObject) entity = fixture_call(fixture, fixture->human, "propose_entity",
                                                    "{'name': 'Acme', 'type': 'organization'}");
        g_autofree char *more = g_strdup_printf(
                ", 'profile': 'read-only', 'entities': ['%s'], 'calls_per_day': 100",
                json_member_string(entity, "entity_id", json_member_string(entity, "id", "")));
        g_autoptr(Access) agent = fixture_connect(fixture, "scoped", more);
        g_autoptr(JsonObject) who = fixture_call(fixture, agent, "whoami", "{}");

        g_assert_cmpstr(json_member_string(who, "display_name", ""), ==, "scoped");
        g_assert_cmpstr(json_member_string(who, "profile", ""), ==, "read-only");
        g_assert_cmpint(json_member_int(who, "scope_entities", -1), ==, 1);
        g_assert_true(json_member_bool(who, "scoped", false));
        g_assert_cmpint(json_member_int(who, "calls_left_today", -1), >, 90);
        g_assert_true(json_object_get_null_member(who, "bytes_left_today"));
        g_assert_true(json_object_get_null_member(who, "expires_at"));
        g_assert_cmpuint(strlen(json_member_string(who, "connection_short", "")), ==, 8);
}

static void test_a_tool_that_is_not_allowed_is_not_carried_out(Fixture *fixture, const void *data)
{
        g_autoptr(Access) custom =
                fixture_connect(fixture, "custom", ", 'profile': 'custom', 'tools': ['whoami']");

        fixture_fail(fixture, custom, "list_entities", "{}", "DENIED list_entities");
        g_autoptr(JsonObject) who = fixture_call(fixture, custom, "whoami", "{}");
        g_assert_cmpstr(json_member_string(who, "profile", ""), ==, "custom");
}

#define ADD(name, func) g_test_add("/about/" name, Fixture, NULL, fixture_up, func, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("the-list-has-what-the-caller-may-call", test_the_list_has_what_the_caller_may_call);
        ADD("enabled-tools-are-listed-and-kept", test_enabled_tools_are_listed_and_kept);
        ADD("nobody-enables-what-is-not-his", test_nobody_enables_what_is_not_his);
        ADD("whoami-says-what-the-human-allowed", test_whoami_says_what_the_human_allowed);
        ADD("a-tool-that-is-not-allowed-is-not-carried-out",
            test_a_tool_that_is_not_allowed_is_not_carried_out);
        return g_test_run();
}
