/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an access token must say about its bearer. */
#include "gate/gate.h"

static void test_human_observes_as_human(void)
{
        g_autoptr(Access) access = access_new_human("Ada", "cli-1");

        g_assert_cmpstr(access_observer(access), ==, "human");
        g_assert_cmpint(access_actor(access)->kind, ==, ACTOR_HUMAN);
        g_assert_cmpstr(access_actor(access)->name, ==, "Ada");
        g_assert_cmpstr(access_actor(access)->session, ==, "cli-1");
        g_assert_null(access_actor(access)->connection);
        g_assert_null(access_scope(access));
}

static void test_system_observes_under_its_name(void)
{
        g_autoptr(Access) access = access_new_system("pipeline");

        g_assert_cmpstr(access_observer(access), ==, "pipeline");
        g_assert_cmpint(access_actor(access)->kind, ==, ACTOR_SYSTEM);
}

static void test_agent_observes_as_its_connection(void)
{
        const char *const ids[] = {"ent-1", NULL};
        g_autoptr(Scope) scope = scope_new(ids);
        g_autoptr(Access) access = access_new_agent("conn-7", "Coder", "sess-1", scope);

        g_assert_cmpstr(access_observer(access), ==, "conn-7");
        g_assert_cmpint(access_actor(access)->kind, ==, ACTOR_AGENT);
        g_assert_cmpstr(access_actor(access)->connection, ==, "conn-7");
        g_assert_cmpstr(access_actor(access)->name, ==, "Coder");
        g_assert_true(scope_allows(access_scope(access), "ent-1"));
        g_assert_false(scope_allows(access_scope(access), "ent-2"));
}

static void test_last_reference_frees(void)
{
        Access *access = access_new_human("Ada", NULL);
        Access *second = access_ref(access);

        access_unref(access);
        g_assert_cmpstr(access_actor(second)->name, ==,
                        "Ada"); /* a leak or use after free shows under ASan */
        access_unref(second);
        g_assert_null(access_unref(NULL));
}

static void test_needs_have_words(void)
{
        g_assert_cmpstr(tool_needs_to_string(TOOL_READ), ==, "read");
        g_assert_cmpstr(tool_needs_to_string(TOOL_WRITE), ==, "write");
        g_assert_cmpstr(tool_needs_to_string(TOOL_HUMAN), ==, "human");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/gate/access/human-observes-as-human", test_human_observes_as_human);
        g_test_add_func("/gate/access/system-observes-under-its-name",
                        test_system_observes_under_its_name);
        g_test_add_func("/gate/access/agent-observes-as-its-connection",
                        test_agent_observes_as_its_connection);
        g_test_add_func("/gate/access/last-reference-frees", test_last_reference_frees);
        g_test_add_func("/gate/tool/needs-have-words", test_needs_have_words);
        return g_test_run();
}
