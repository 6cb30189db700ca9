/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The protocol itself: which era a message is of, what each must say, which methods there are in it, and who may call
 * them.
 * Seen to fail: with mcp_era() always ERA_SESSION, with meta_read() true at once, with find_method() blind to eras,
 * without the check of input->connection in run_turn(), with refusals that never have an id. */
#include "fixture.h"

static void expect(Fixture *fixture, const char *method, const char *params, const char *code)
{
        g_autoptr(Ear) ear = ear_new();

        assert_at(ask_stateless(fixture, ear, method, params), "error>code", code);
        assert_at(ear->answer, "id", "1");
}

static void test_a_stateless_request_says_who_it_is(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();

        expect(fixture, "server/discover", "", "-32602");
        expect(fixture, "server/discover",
               "'_meta':{'io.modelcontextprotocol/clientCapabilities':{}}", "-32602");
        expect(fixture, "server/discover",
               "'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28'}", "-32602");
        ask_stateless(fixture, ear, "server/discover", META);
        g_assert_cmpuint(ear->status, ==, 200);
        assert_at(ear->answer, "result>resultType", "'complete'");
        assert_at(ear->answer, "result>supportedVersions>0", "'2026-07-28'");
        assert_at(ear->answer, "result>cacheScope", "'public'");
        assert_at(ear->answer, "result>_meta>io.modelcontextprotocol/serverInfo>name",
                  "'ouroboros'");
}

static void test_what_meta_lacks_is_400(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();

        ask_stateless(fixture, ear, "tools/list", "");
        g_assert_cmpuint(ear->status, ==, 400);
}

static void test_levels_and_tokens_of_a_request_are_checked(Fixture *fixture, const void *data)
{
        static const char format[] =
                "'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28',"
                "'io.modelcontextprotocol/clientCapabilities':{},%s}";
        g_autofree char *level =
                g_strdup_printf(format, "'io.modelcontextprotocol/logLevel':'loud'");
        g_autofree char *token = g_strdup_printf(format, "'progressToken':{}");

        expect(fixture, "tools/list", level, "-32602");
        expect(fixture, "tools/list", token, "-32602");
}

static void test_other_versions_are_refused_with_those_spoken(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();

        ask_stateless(fixture, ear, "server/discover",
                      "'_meta':{'io.modelcontextprotocol/protocolVersion':'v999.0.0',"
                      "'io.modelcontextprotocol/clientCapabilities':{}}");
        g_assert_cmpuint(ear->status, ==, 400);
        assert_at(ear->answer, "error>code", "-32022");
        assert_at(ear->answer, "error>data>requested", "'v999.0.0'");
        assert_at(ear->answer, "error>data>supported",
                  "['2026-07-28','2025-11-25','2025-06-18','2025-03-26']");
}

static void test_methods_of_the_other_era_are_not_there(Fixture *fixture, const void *data)
{
        static const char *const gone[] = {"initialize",
                                           "ping",
                                           "logging/setLevel",
                                           "resources/subscribe",
                                           "resources/unsubscribe",
                                           "no/such"};
        g_autoptr(Ear) other = ear_new();

        for (size_t i = 0; i < G_N_ELEMENTS(gone); i++) {
                g_autoptr(Ear) ear = ear_new();
                ask_stateless(fixture, ear, gone[i], META);
                g_assert_cmpuint(ear->status, ==, 404);
                assert_at(ear->answer, "error>code", "-32601");
        }
        ask_session(fixture, other, begin(fixture, "{}"), "subscriptions/listen", "");
        assert_at(other->answer, "error>code", "-32601");
        g_assert_cmpuint(other->status, ==, 200);
}

static void test_eras_are_told_apart_by_each_message(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) new = ear_new(), old = ear_new(), bad = ear_new();
        Session *session = begin(fixture, "{}");

        ask_session(fixture, new, session, "tools/list", META);
        assert_at(new->answer, "result>resultType", "'complete'");
        ask_session(fixture, old, session, "tools/list", "'_meta':{'progressToken':1}");
        assert_at(old->answer, "result>resultType", "(none)");
        g_assert_nonnull(at(old->answer, "result>tools"));
        ask_session(fixture, bad, session, "ping", META);
        assert_at(bad->answer, "error>code", "-32601");
}

static void test_a_session_settles_its_version(Fixture *fixture, const void *data)
{
        static const struct {
                const char *wanted, *given;
        } cases[] = {{"2025-11-25", "'2025-11-25'"},
                     {"2025-06-18", "'2025-06-18'"},
                     {"1999-01-01", "'2025-11-25'"}};

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(Ear) ear = ear_new(), again = ear_new();
                g_autofree char *params = g_strdup_printf(
                        "'protocolVersion':'%s','capabilities':{}", cases[i].wanted);
                Session *session =
                        mcp_begin_session(fixture->mcp, connection_id(fixture->connection), NULL);
                ask_session(fixture, ear, session, "initialize", params);
                assert_at(ear->answer, "result>protocolVersion", cases[i].given);
                assert_at(ear->answer, "result>serverInfo>name", "'ouroboros'");
                assert_at(ear->answer, "result>resultType", "(none)");
                ask_session(fixture, again, session, "initialize", params);
                assert_at(again->answer, "error>code", "-32600");
        }
}

static void test_nothing_but_ping_comes_before_initialize(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), ping = ear_new();
        Session *session =
                mcp_begin_session(fixture->mcp, connection_id(fixture->connection), NULL);

        ask_session(fixture, ping, session, "ping", "");
        assert_at(ping->answer, "result", "{}");
        ask_session(fixture, ear, session, "tools/list", "");
        assert_at(ear->answer, "error>code", "-32602");
}

static void test_levels_are_set(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), bad = ear_new();
        Session *session = begin(fixture, "{}");

        ask_session(fixture, ear, session, "logging/setLevel", "'level':'warning'");
        assert_at(ear->answer, "result", "{}");
        ask_session(fixture, bad, session, "logging/setLevel", "'level':'loud'");
        assert_at(bad->answer, "error>code", "-32602");
}

static void test_without_a_connection_it_is_told_how_to_get_one(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), discovered = ear_new(), unknown = ear_new();

        (void)say(fixture, ear, NULL, NULL,
                  "{'jsonrpc':'2.0','id':'a','method':'tools/call','params':{'name':'whoami'," META
                  "}}");
        assert_at(ear->answer, "error>data>code", "'DENIED'");
        assert_at(ear->answer, "id", "'a'");
        g_assert_nonnull(strstr(json_node_get_string(at(ear->answer, "error>message")),
                                "ouroborosctl connection request"));
        (void)say(fixture, discovered, NULL, NULL,
                  "{'jsonrpc':'2.0','id':1,'method':'server/discover','params':{" META "}}");
        g_assert_nonnull(at(discovered->answer, "result"));
        (void)say(fixture, unknown, NULL, NULL,
                  "{'jsonrpc':'2.0','id':1,'method':'no/such','params':{" META "}}");
        assert_at(unknown->answer, "error>code", "-32601");
}

static void test_messages_without_form_are_refused(Fixture *fixture, const void *data)
{
        static const struct {
                const char *text, *code, *id;
        } cases[] = {
                {"{", "-32700", "(none)"},
                {"[]", "-32600", "(none)"},
                {"[{'jsonrpc':'2.0','id':1,'method':'ping'}]", "-32600", "(none)"},
                {"{'jsonrpc':'1.0','id':1,'method':'ping'}", "-32600", "1"},
                {"{'jsonrpc':'2.0','id':null,'method':'ping'}", "-32600", "(none)"},
                {"{'jsonrpc':'2.0','id':1.5,'method':'ping'}", "-32600", "(none)"},
                {"{'jsonrpc':'2.0','id':1,'method':7}", "-32600", "1"},
                {"{'jsonrpc':'2.0','id':1,'method':'ping','params':[]}", "-32600", "1"},
                {"{'jsonrpc':'2.0','id':1}", "-32600", "1"},
                {"{'jsonrpc':'2.0','id':1,'result':{},'error':{}}", "-32600", "1"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(Ear) ear = ear_new();
                (void)say(fixture, ear, NULL, fixture->connection, cases[i].text);
                assert_at(ear->answer, "error>code", cases[i].code);
                assert_at(ear->answer, "id", cases[i].id);
        }
}

static void test_notifications_and_stray_replies_have_no_answer(Fixture *fixture, const void *data)
{
        static const char *const texts[] = {
                "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':77}}",
                "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':{}}}",
                "{'jsonrpc':'2.0','method':'no/such'}",
                "{'jsonrpc':'2.0','id':5,'result':{}}",
                "{'jsonrpc':'2.0','id':'x','error':{'code':1,'message':'m'}}",
        };
        Session *session = begin(fixture, "{}");

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(Ear) ear = ear_new();
                g_assert_null(say(fixture, ear, session, fixture->connection, texts[i]));
                g_assert_cmpuint(ear->said->len, ==, 0);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/mcp/a-stateless-request-says-who-it-is",
                     test_a_stateless_request_says_who_it_is);
        FIXTURE_TEST("/mcp/what-meta-lacks-is-400", test_what_meta_lacks_is_400);
        FIXTURE_TEST("/mcp/levels-and-tokens-of-a-request-are-checked",
                     test_levels_and_tokens_of_a_request_are_checked);
        FIXTURE_TEST("/mcp/other-versions-are-refused-with-those-spoken",
                     test_other_versions_are_refused_with_those_spoken);
        FIXTURE_TEST("/mcp/methods-of-the-other-era-are-not-there",
                     test_methods_of_the_other_era_are_not_there);
        FIXTURE_TEST("/mcp/eras-are-told-apart-by-each-message",
                     test_eras_are_told_apart_by_each_message);
        FIXTURE_TEST("/mcp/a-session-settles-its-version", test_a_session_settles_its_version);
        FIXTURE_TEST("/mcp/nothing-but-ping-comes-before-initialize",
                     test_nothing_but_ping_comes_before_initialize);
        FIXTURE_TEST("/mcp/levels-are-set", test_levels_are_set);
        FIXTURE_TEST("/mcp/without-a-connection-it-is-told-how-to-get-one",
                     test_without_a_connection_it_is_told_how_to_get_one);
        FIXTURE_TEST("/mcp/messages-without-form-are-refused",
                     test_messages_without_form_are_refused);
        FIXTURE_TEST("/mcp/notifications-and-stray-replies-have-no-answer",
                     test_notifications_and_stray_replies_have_no_answer);
        return g_test_run();
}
