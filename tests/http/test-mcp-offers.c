/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources, prompts and completion as the protocol has them.
 * Seen to fail: with NOT_FOUND told by the code of the error table; without mcp_cache(); without the limit of what is
 * watched. */
#include "fixture.h"

static void test_what_is_fixed_is_listed_with_how_long_it_holds(Fixture *fixture, const void *data)
{
        static const struct {
                const char *method, *first;
        } lists[] = {{"prompts/list", "result>prompts>0>name"},
                     {"resources/templates/list", "result>resourceTemplates>0>uriTemplate"}};

        for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
                g_autoptr(Ear) ear = ear_new(), old = ear_new(), bad = ear_new();
                ask_stateless(fixture, ear, lists[i].method, META);
                g_assert_nonnull(at(ear->answer, lists[i].first));
                g_assert_cmpint(json_node_get_int(at(ear->answer, "result>ttlMs")), >=, 0);
                assert_at(ear->answer, "result>cacheScope", "'private'");
                ask_session(fixture, old, begin(fixture, "{}"), lists[i].method, "");
                g_assert_nonnull(at(old->answer, lists[i].first));
                assert_at(old->answer, "result>ttlMs", "(none)");
                ask_stateless(fixture, bad, lists[i].method, "'cursor':'nonsense'," META);
                assert_at(bad->answer, "error>code", "-32602");
        }
}

static void test_what_is_not_there_is_a_wrong_parameter(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), old = ear_new(), prompt = ear_new();
        static const char uri[] = "'uri':'ouroboros://no/such'";

        ask_stateless(fixture, ear, "resources/read", "'uri':'ouroboros://no/such'," META);
        assert_at(ear->answer, "error>code", "-32602");
        assert_at(ear->answer, "error>data>uri", "'ouroboros://no/such'");
        ask_session(fixture, old, begin(fixture, "{}"), "resources/read", uri);
        assert_at(old->answer, "error>code", "-32002");
        ask_stateless(fixture, prompt, "prompts/get", "'name':'no_such'," META);
        assert_at(prompt->answer, "error>code", "-32602");
}

static void test_parameters_have_a_form(Fixture *fixture, const void *data)
{
        static const struct {
                const char *method, *params;
        } bad[] = {
                {"resources/read", META},
                {"resources/read", "'uri':7," META},
                {"prompts/get", META},
                {"completion/complete", META},
                {"completion/complete",
                 "'ref':{'type':'ref/none','name':'x'},'argument':{'name':'a','value':'b'}," META},
                {"completion/complete", "'ref':{'type':'ref/prompt','name':'x'}," META},
                {"completion/complete",
                 "'ref':{'type':'ref/prompt','name':'x'},'argument':{'name':'a'}," META},
                {"subscriptions/listen", META},
                {"subscriptions/listen", "'notifications':{'resourceSubscriptions':[7]}," META},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(Ear) ear = ear_new();
                ask_stateless(fixture, ear, bad[i].method, bad[i].params);
                assert_at(ear->answer, "error>code", "-32602");
        }
}

static void test_so_many_resources_are_watched_and_no_more(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();
        g_autoptr(GString) params = g_string_new("'notifications':{'resourceSubscriptions':[");

        for (unsigned i = 0; i <= MCP_SUBSCRIPTIONS_MAX; i++)
                g_string_append_printf(params, "%s'a:%u'", i ? "," : "", i);
        g_string_append(params, "]}," META);
        ask_stateless(fixture, ear, "subscriptions/listen", params->str);
        assert_at(ear->answer, "error>code", "-32602");
        g_assert_nonnull(strstr(json_node_get_string(at(ear->answer, "error>message")),
                                "MCP_SUBSCRIPTIONS_MAX"));
}

static void test_what_is_watched_has_a_name_of_limited_length(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();
        g_autofree char *name = g_strnfill(MCP_URI_BYTES_MAX, 'x');
        g_autofree char *params =
                g_strdup_printf("'notifications':{'resourceSubscriptions':['%sy']}," META, name);

        ask_stateless(fixture, ear, "subscriptions/listen", params);
        assert_at(ear->answer, "error>code", "-32602");
        g_assert_nonnull(strstr(json_node_get_string(at(ear->answer, "error>message")),
                                "MCP_URI_BYTES_MAX"));
}

static void test_what_is_watched_is_acknowledged(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), gone = ear_new(), none = ear_new();
        Call *call = say(
                fixture, ear, NULL, fixture->connection,
                "{'jsonrpc':'2.0','id':1,'method':'subscriptions/listen','params':{'notifications':"
                "{'resourceSubscriptions':['ouroboros://a'],'resourcesListChanged':true}," META
                "}}");
        Session *session = begin(fixture, "{}");

        assert_at(ear->said->pdata[0], "params>notifications",
                  "{'resourceSubscriptions':['ouroboros://a']}");
        mcp_cancel(call);
        ask_session(fixture, none, session, "resources/subscribe", "'uri':'ouroboros://no/such'");
        assert_at(none->answer, "error>code", "-32002");
        ask_session(fixture, gone, session, "resources/unsubscribe", "'uri':'ouroboros://no/such'");
        assert_at(gone->answer, "result", "{}");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/mcp-offers/what-is-fixed-is-listed-with-how-long-it-holds",
                     test_what_is_fixed_is_listed_with_how_long_it_holds);
        FIXTURE_TEST("/mcp-offers/what-is-not-there-is-a-wrong-parameter",
                     test_what_is_not_there_is_a_wrong_parameter);
        FIXTURE_TEST("/mcp-offers/parameters-have-a-form", test_parameters_have_a_form);
        FIXTURE_TEST("/mcp-offers/so-many-resources-are-watched-and-no-more",
                     test_so_many_resources_are_watched_and_no_more);
        FIXTURE_TEST("/mcp-offers/what-is-watched-has-a-name-of-limited-length",
                     test_what_is_watched_has_a_name_of_limited_length);
        FIXTURE_TEST("/mcp-offers/what-is-watched-is-acknowledged",
                     test_what_is_watched_is_acknowledged);
        return g_test_run();
}
