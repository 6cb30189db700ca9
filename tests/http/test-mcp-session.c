/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions, listening, lists, and what the end of a connection does to them.
 * Seen to fail: with mcp_find_session() that does not look at the connection; without make_room(); without expel() in
 * listen_on_gate(); with a list that does not ask tool_is_listed(). */
#include "fixture.h"

static void test_a_session_is_its_connections_own(Fixture *fixture, const void *data)
{
        Session *session = begin(fixture, "{}");
        const char *id = session_id(session);

        g_assert_cmpuint(strlen(id), ==, 32);
        g_assert_true(mcp_find_session(fixture->mcp, id, connection_id(fixture->connection)) ==
                      session);
        g_assert_null(mcp_find_session(fixture->mcp, id, connection_id(fixture->other)));
        g_assert_null(
                mcp_find_session(fixture->mcp, "no-such", connection_id(fixture->connection)));
        for (const char *at = id; *at; at++)
                g_assert_true(*at > 0x20 && *at < 0x7f);
}

static void test_the_oldest_session_makes_room(Fixture *fixture, const void *data)
{
        g_autofree char *first = g_strdup(session_id(begin(fixture, "{}")));
        const char *id = connection_id(fixture->connection);

        for (unsigned i = 1; i < MCP_SESSIONS_PER_CONNECTION_MAX; i++)
                g_assert_nonnull(mcp_begin_session(fixture->mcp, id, NULL));
        g_assert_nonnull(mcp_find_session(fixture->mcp, first, id));
        g_assert_nonnull(mcp_begin_session(fixture->mcp, id, NULL));
        g_assert_null(mcp_find_session(fixture->mcp, first, id));
}

static void test_sessions_at_work_are_not_ended_for_others(Fixture *fixture, const void *data)
{
        const char *id = connection_id(fixture->connection);
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i < MCP_SESSIONS_PER_CONNECTION_MAX; i++)
                session_attend(mcp_begin_session(fixture->mcp, id, NULL), true);
        g_assert_null(mcp_begin_session(fixture->mcp, id, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(error->message, "MCP_SESSIONS_PER_CONNECTION_MAX"));
        g_assert_nonnull(mcp_begin_session(fixture->mcp, connection_id(fixture->other), NULL));
}

static void take_back(Fixture *fixture)
{
        g_autofree char *args =
                g_strdup_printf("{'connection_id':'%s'}", connection_id(fixture->connection));
        g_autoptr(JsonObject) answer = fixture_human(fixture, "revoke_connection", args);
}

static void test_revocation_ends_sessions_calls_and_listening(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) call = ear_new(), listen = ear_new(), client = ear_new(), other = ear_new();
        g_autofree char *id = g_strdup(session_id(begin(fixture, "{}")));
        Session *attached = mcp_attach_session(fixture->mcp, &client->outlet);

        session_authenticate(attached, connection_id(fixture->connection));
        (void)say(
                fixture, call, NULL, fixture->connection,
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'query_knowledge',"
                "'arguments':{'entity_name':'wait'}," META "}}");
        (void)say(
                fixture, listen, NULL, fixture->connection,
                "{'jsonrpc':'2.0','id':2,'method':'subscriptions/listen','params':{'notifications':"
                "{'toolsListChanged':true}," META "}}");
        Call *open = say(
                fixture, other, NULL, fixture->other,
                "{'jsonrpc':'2.0','id':3,'method':'subscriptions/listen','params':{'notifications':"
                "{'toolsListChanged':true}," META "}}");
        take_back(fixture);
        assert_at(await(fixture, call), "result>structuredContent>code", "'DENIED'");
        assert_at(await(fixture, listen), "result>_meta>io.modelcontextprotocol/subscriptionId",
                  "2");
        assert_at(listen->answer, "result>resultType", "'complete'");
        g_assert_null(mcp_find_session(fixture->mcp, id, connection_id(fixture->connection)));
        g_assert_cmpuint(client->closed, ==, 1);
        g_assert_null(other->answer);
        mcp_cancel(open);
}

static void set_terms(Fixture *fixture, const char *terms)
{
        g_autofree char *args = g_strdup_printf("{'connection_id':'%s',%s}",
                                                connection_id(fixture->connection), terms);
        g_autoptr(JsonObject) answer = fixture_human(fixture, "set_connection_terms", args);
}

static void test_who_listens_is_told_of_another_list(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), deaf = ear_new(), old = ear_new(), listed = ear_new();
        Session *session = begin(fixture, "{}");

        session_set_outlet(session, &old->outlet);
        ask_session(fixture, listed, session, "tools/list", "");
        Call *hearing = say(
                fixture, ear, NULL, fixture->connection,
                "{'jsonrpc':'2.0','id':'L','method':'subscriptions/listen','params':{'notifications':"
                "{'toolsListChanged':true,'promptsListChanged':true}," META "}}");
        Call *not_hearing = say(
                fixture, deaf, NULL, fixture->connection,
                "{'jsonrpc':'2.0','id':'D','method':'subscriptions/listen','params':{'notifications':{}," META
                "}}");
        assert_at(ear->said->pdata[0], "method", "'notifications/subscriptions/acknowledged'");
        assert_at(ear->said->pdata[0], "params>notifications", "{'toolsListChanged':true}");
        assert_at(ear->said->pdata[0], "params>_meta>io.modelcontextprotocol/subscriptionId",
                  "'L'");
        set_terms(fixture, "'profile':'read-only'");
        assert_at(await_said(fixture, ear, 2), "method", "'notifications/tools/list_changed'");
        assert_at(ear->said->pdata[1], "params>_meta>io.modelcontextprotocol/subscriptionId",
                  "'L'");
        assert_at(await_said(fixture, old, 1), "method", "'notifications/tools/list_changed'");
        set_terms(fixture, "'calls_per_day':1000");
        fixture_settle(fixture);
        g_assert_cmpuint(ear->said->len, ==, 2);
        g_assert_cmpuint(deaf->said->len, ==, 1);
        mcp_cancel(hearing);
        mcp_cancel(not_hearing);
        session_end(session);
}

static bool lists(JsonObject *answer, const char *name)
{
        JsonArray *tools = json_node_get_array(at(answer, "result>tools"));

        for (guint i = 0; i < json_array_get_length(tools); i++)
                if (g_str_equal(name, json_object_get_string_member(
                                              json_array_get_object_element(tools, i), "name")))
                        return true;
        return false;
}

static void test_a_list_shows_what_the_human_allowed(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) full = ear_new(), reading = ear_new(), custom = ear_new();
        g_autoptr(Connection) reader =
                fixture_mint(fixture, "{'name':'R','profile':'read-only','listing':'full'}");
        g_autoptr(Connection) chosen = fixture_mint(
                fixture,
                "{'name':'C','profile':'custom','tools':['remember_fact'],'listing':'full'}");

        ask_stateless(fixture, full, "tools/list", META);
        g_assert_true(lists(full->answer, "remember_fact") &&
                      lists(full->answer, "query_knowledge"));
        g_assert_false(lists(full->answer, "get_status"));
        assert_at(full->answer, "result>cacheScope", "'private'");
        (void)say(fixture, reading, NULL, reader,
                  "{'jsonrpc':'2.0','id':1,'method':'tools/list','params':{" META "}}");
        g_assert_false(lists(reading->answer, "remember_fact"));
        g_assert_true(lists(reading->answer, "query_knowledge"));
        (void)say(fixture, custom, NULL, chosen,
                  "{'jsonrpc':'2.0','id':1,'method':'tools/list','params':{" META "}}");
        g_assert_true(lists(custom->answer, "remember_fact"));
        g_assert_false(lists(custom->answer, "query_knowledge"));
}

static void test_what_is_listed_says_what_failures_look_like(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), bad = ear_new();
        JsonObject *answer = ask_stateless(fixture, ear, "tools/list", META);

        assert_at(answer, "result>tools>0>outputSchema>type", "'object'");
        assert_at(answer, "result>tools>0>outputSchema>anyOf>1>required",
                  "['code','message','payload']");
        assert_at(answer, "result>tools>0>outputSchema>anyOf>0>properties>_inbox_unread>type",
                  "'integer'");
        ask_stateless(fixture, bad, "tools/list", "'cursor':'nonsense'," META);
        assert_at(bad->answer, "error>code", "-32602");
        assert_at(bad->answer, "error>data>code", "'STALE'");
}

static void test_calls_belong_to_the_session_they_came_in(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) one = ear_new(), two = ear_new(), three = ear_new();
        Session *first = begin(fixture, "{}"), *second = begin(fixture, "{}");
        static const char call[] = "'name':'query_knowledge'";

        ask_session(fixture, one, first, "tools/call", call);
        ask_session(fixture, two, first, "tools/call", call);
        ask_session(fixture, three, second, "tools/call", call);
        g_autofree char *a = json_print_node(at(one->answer, "result>structuredContent>session"));
        g_autofree char *b = json_print_node(at(two->answer, "result>structuredContent>session"));
        g_autofree char *c = json_print_node(at(three->answer, "result>structuredContent>session"));
        g_assert_cmpstr(a, ==, b);
        g_assert_cmpstr(a, !=, c);
        g_assert_true(g_str_has_prefix(a, "\"sess-"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/mcp-session/a-session-is-its-connections-own",
                     test_a_session_is_its_connections_own);
        FIXTURE_TEST("/mcp-session/the-oldest-session-makes-room",
                     test_the_oldest_session_makes_room);
        FIXTURE_TEST("/mcp-session/sessions-at-work-are-not-ended-for-others",
                     test_sessions_at_work_are_not_ended_for_others);
        FIXTURE_TEST("/mcp-session/revocation-ends-sessions-calls-and-listening",
                     test_revocation_ends_sessions_calls_and_listening);
        FIXTURE_TEST("/mcp-session/who-listens-is-told-of-another-list",
                     test_who_listens_is_told_of_another_list);
        FIXTURE_TEST("/mcp-session/a-list-shows-what-the-human-allowed",
                     test_a_list_shows_what_the_human_allowed);
        FIXTURE_TEST("/mcp-session/what-is-listed-says-what-failures-look-like",
                     test_what_is_listed_says_what_failures_look_like);
        FIXTURE_TEST("/mcp-session/calls-belong-to-the-session-they-came-in",
                     test_calls_belong_to_the_session_they_came_in);
        return g_test_run();
}
