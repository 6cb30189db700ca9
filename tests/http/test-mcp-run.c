/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tools/call in both eras: answers, failures, progress, cancellation, and the rounds in which a client is asked.
 * Seen to fail: without "_inbox_unread" in the answer; with failures as JSON-RPC errors; without runner_cancel() in
 * run_stop(); with a state that is bound to no connection, or to no request; without session_forget() in
 * rounds_stop(); with ids that are used twice; with what_can_be_asked() that lets everything through; without the check
 * of inputResponses; with a key of requestState that is drawn anew. */
#include "fixture.h"

#define CALL(what) "'name':'query_knowledge','arguments':{'entity_name':'" what "'}"

static void test_an_answer_is_the_same_as_text_and_as_object(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();
        JsonObject *answer = ask_stateless(fixture, ear, "tools/call", CALL("plain") "," META);
        const char *text = json_node_get_string(at(answer, "result>content>0>text"));
        g_autofree char *structured = json_print_node(at(answer, "result>structuredContent"));

        g_assert_cmpstr(text, ==, structured);
        assert_at(answer, "result>structuredContent>_inbox_unread", "0");
        assert_at(answer, "result>_meta>org.ouroboros/inbox_unread", "0");
        assert_at(answer, "result>_meta>io.modelcontextprotocol/serverInfo>name", "'ouroboros'");
        assert_at(answer, "result>isError", "false");
        assert_at(answer, "result>resultType", "'complete'");
        g_assert_cmpstr(json_node_get_string(at(answer, "result>structuredContent>text")), ==,
                        "a \"quoted\" line\n");
}

static void test_a_failure_is_a_result(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), invalid = ear_new(), denied = ear_new();

        ask_stateless(fixture, ear, "tools/call", CALL("fail") "," META);
        assert_at(ear->answer, "result>isError", "true");
        assert_at(ear->answer, "result>structuredContent>code", "'NOT_FOUND'");
        assert_at(ear->answer, "result>structuredContent>payload", "{}");
        ask_stateless(fixture, invalid, "tools/call",
                      "'name':'query_knowledge','arguments':{'no_such':1}," META);
        assert_at(invalid->answer, "result>structuredContent>code", "'INVALID'");
        assert_at(invalid->answer, "result>structuredContent>payload>path", "''");
        ask_stateless(fixture, denied, "tools/call", "'name':'get_status'," META);
        assert_at(denied->answer, "result>structuredContent>code", "'DENIED'");
}

static void test_what_is_no_call_of_a_tool_is_an_error(Fixture *fixture, const void *data)
{
        static const char *const bad[] = {"'name':'no_such'," META, META, "'name':7," META,
                                          "'name':'query_knowledge','arguments':[]," META};

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(Ear) ear = ear_new();
                assert_at(ask_stateless(fixture, ear, "tools/call", bad[i]), "error>code",
                          "-32602");
        }
}

static void test_content_of_a_tools_own_is_passed_on(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();

        ask_stateless(fixture, ear, "tools/call", CALL("picture") "," META);
        assert_at(ear->answer, "result>content",
                  "[{'type':'image','data':'AA==','mimeType':'image/png'}]");
        assert_at(ear->answer, "result>structuredContent", "(none)");
}

static void test_progress_goes_to_who_gave_a_token(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), without = ear_new();
        Session *session = begin(fixture, "{}");

        ask_session(fixture, ear, session, "tools/call",
                    CALL("progress") ",'_meta':{'progressToken':'t'}");
        g_assert_cmpuint(ear->said->len, >=, 3);
        assert_at(ear->said->pdata[0], "method", "'notifications/progress'");
        assert_at(ear->said->pdata[0], "params>progressToken", "'t'");
        assert_at(ear->said->pdata[0], "params>total", "3.0");
        for (unsigned i = 0; i + 2 < ear->said->len; i++)
                g_assert_cmpfloat(
                        json_node_get_double(at(ear->said->pdata[i], "params>progress")), <,
                        json_node_get_double(at(ear->said->pdata[i + 1], "params>progress")));
        ask_session(fixture, without, session, "tools/call", CALL("progress"));
        g_assert_cmpuint(without->said->len, ==, 1);
}

static void until_cancelled(Fixture *fixture)
{
        for (int i = 0; i < 5000 && !g_atomic_int_get(&fixture->cancelled); i++)
                fixture_turn(fixture);
        g_assert_true(g_atomic_int_get(&fixture->cancelled));
}

static void test_a_cancelled_call_ends_without_an_answer(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), note = ear_new();
        Session *session = begin(fixture, "{}");

        g_assert_nonnull(say(
                fixture, ear, session, fixture->connection,
                "{'jsonrpc':'2.0','id':'w','method':'tools/call','params':{" CALL("wait") "}}"));
        for (int i = 0; i < 50; i++)
                fixture_turn(fixture);
        (void)say(
                fixture, note, session, fixture->connection,
                "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':'w'}}");
        g_assert_cmpuint(ear->dropped, ==, 1);
        until_cancelled(fixture);
        fixture_settle(fixture);
        g_assert_null(ear->answer);
}

static void test_a_call_whose_client_has_gone_ends(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();
        Call *call =
                say(fixture, ear, NULL, fixture->connection,
                    "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{" CALL("wait") "," META
                                                                                            "}}");

        g_assert_nonnull(call);
        for (int i = 0; i < 50; i++)
                fixture_turn(fixture);
        mcp_cancel(call);
        until_cancelled(fixture);
}

static void test_an_id_is_used_once_at_a_time(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), again = ear_new(), later = ear_new();
        Session *session = begin(fixture, "{}");

        (void)say(fixture, ear, session, fixture->connection,
                  "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{" CALL("wait") "}}");
        ask_session(fixture, again, session, "tools/call", CALL("plain"));
        assert_at(again->answer, "error>code", "-32600");
        g_atomic_int_set(&fixture->let_go, 1);
        await(fixture, ear);
        ask_session(fixture, later, session, "tools/call", CALL("plain"));
        assert_at(later->answer, "result>isError", "false");
}

/* ---- rounds of the stateless era ---- */

/* The request that goes on from the round that ear heard. */
static void go_on(Fixture *fixture, Ear *ear, const char *call, const Ear *before,
                  const char *replies)
{
        g_autofree char *params = g_strdup_printf(
                "%s,'requestState':'%s','inputResponses':%s," META_ALL, call,
                json_node_get_string(at(before->answer, "result>requestState")), replies);

        ask_stateless(fixture, ear, "tools/call", params);
}

static void test_a_client_is_asked_in_rounds(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) one = ear_new(), two = ear_new(), three = ear_new();

        ask_stateless(fixture, one, "tools/call", CALL("rounds") "," META_ALL);
        assert_at(one->answer, "result>resultType", "'input_required'");
        assert_at(one->answer, "result>inputRequests>first>method", "'elicitation/create'");
        assert_at(one->answer, "result>inputRequests>first>params>message", "'first'");
        go_on(fixture, two, CALL("rounds"), one,
              "{'first':{'action':'accept','content':{'name':'A'}}}");
        assert_at(two->answer, "result>resultType", "'input_required'");
        assert_at(two->answer, "result>inputRequests>first", "(none)");
        go_on(fixture, three, CALL("rounds"), two, "{'second':{'action':'decline'},'other':{}}");
        assert_at(three->answer, "result>resultType", "'complete'");
        assert_at(three->answer, "result>structuredContent>note", "'after the second'");
        assert_at(three->answer, "result>structuredContent>first>content>name", "'A'");
}

static void test_what_was_not_replied_is_asked_again(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();

        ask_stateless(fixture, ear, "tools/call",
                      CALL("form") ",'inputResponses':{'wrong':{}}," META_ALL);
        assert_at(ear->answer, "result>resultType", "'input_required'");
        assert_at(ear->answer, "result>inputRequests>form>method", "'elicitation/create'");
}

static void test_replies_have_a_form(Fixture *fixture, const void *data)
{
        static const char *const bad[] = {"'inputResponses':null", "'inputResponses':[]",
                                          "'inputResponses':{'form':12345}", "'requestState':7"};

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(Ear) ear = ear_new();
                g_autofree char *params =
                        g_strdup_printf("%s,%s,%s", CALL("form"), bad[i], META_ALL);
                assert_at(ask_stateless(fixture, ear, "tools/call", params), "error>code",
                          "-32602");
        }
}

static void expect_refused(Fixture *fixture, const Connection *connection, const char *call,
                           const char *state)
{
        g_autoptr(Ear) ear = ear_new();
        g_autofree char *text = g_strdup_printf(
                "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{%s,'requestState':'%s',"
                "'inputResponses':{'form':{'action':'accept'}}," META_ALL "}}",
                call, state);

        (void)say(fixture, ear, NULL, connection, text);
        assert_at(await(fixture, ear), "error>code", "-32602");
}

static void test_a_state_holds_for_its_connection_and_request_only(Fixture *fixture,
                                                                   const void *data)
{
        g_autoptr(Ear) ear = ear_new(), good = ear_new();
        g_autofree char *longer = NULL, *changed = NULL;
        const char *state;

        ask_stateless(fixture, ear, "tools/call", CALL("form") "," META_ALL);
        state = json_node_get_string(at(ear->answer, "result>requestState"));
        longer = g_strconcat(state, "-TAMPERED", NULL);
        changed = g_strdup(state);
        changed[40] = changed[40] == 'A' ? 'B' : 'A';
        expect_refused(fixture, fixture->connection, CALL("form"), longer);
        expect_refused(fixture, fixture->connection, CALL("form"), changed);
        expect_refused(fixture, fixture->connection, CALL("form"), "");
        expect_refused(fixture, fixture->connection, CALL("both"), state);
        expect_refused(fixture, fixture->other, CALL("form"), state);
        go_on(fixture, good, CALL("form"), ear, "{'form':{'action':'accept'}}");
        assert_at(good->answer, "result>resultType", "'complete'");
}

static void test_a_state_outlives_the_daemons_rest(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), good = ear_new();
        g_autoptr(GError) error = NULL;
        HttpOptions options = *mcp_options(fixture->mcp);

        ask_stateless(fixture, ear, "tools/call", CALL("form") "," META_ALL);
        (void)mcp_free(fixture->mcp);
        fixture->mcp = mcp_new(&options, &error);
        g_assert_no_error(error);
        go_on(fixture, good, CALL("form"), ear, "{'form':{'action':'accept'}}");
        assert_at(good->answer, "result>resultType", "'complete'");
}

static void test_a_client_is_asked_only_what_it_can(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), none = ear_new();

        ask_stateless(
                fixture, ear, "tools/call",
                CALL("both") ",'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28',"
                             "'io.modelcontextprotocol/clientCapabilities':{'sampling':{}}}");
        assert_at(ear->answer, "result>inputRequests>model>method", "'sampling/createMessage'");
        assert_at(ear->answer, "result>inputRequests>form", "(none)");
        ask_stateless(fixture, none, "tools/call", CALL("model") "," META);
        assert_at(none->answer, "error>code", "-32021");
        assert_at(none->answer, "error>data>requiredCapabilities", "{'sampling':{}}");
        g_assert_cmpuint(none->status, ==, 400);
}

/* ---- requests of ours in the older era ---- */

static void test_a_client_of_the_older_era_is_asked_by_requests(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), reply = ear_new();
        Session *session = begin(fixture, "{'elicitation':{},'sampling':{}}");

        (void)say(fixture, ear, session, fixture->connection,
                  "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{" CALL("both") "}}");
        assert_at(await_said(fixture, ear, 1), "method", "'elicitation/create'");
        assert_at(await_said(fixture, ear, 2), "method", "'sampling/createMessage'");
        assert_at(ear->said->pdata[0], "id", "1");
        assert_at(ear->said->pdata[1], "id", "2");
        (void)say(fixture, reply, session, fixture->connection,
                  "{'jsonrpc':'2.0','id':2,'error':{'code':-1,'message':'no'}}");
        g_assert_null(ear->answer);
        (void)say(fixture, reply, session, fixture->connection,
                  "{'jsonrpc':'2.0','id':1,'result':{'action':'accept','content':{'name':'B'}}}");
        await(fixture, ear);
        assert_at(ear->answer, "result>structuredContent>reply>content>name", "'B'");
}

static void test_a_client_that_cannot_be_asked_is_told(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new();

        ask_session(fixture, ear, begin(fixture, "{}"), "tools/call", CALL("model"));
        assert_at(ear->answer, "result>isError", "true");
        assert_at(ear->answer, "result>structuredContent>code", "'UNAVAILABLE'");
}

static void test_cancelling_takes_back_what_was_asked(Fixture *fixture, const void *data)
{
        g_autoptr(Ear) ear = ear_new(), note = ear_new();
        Session *session = begin(fixture, "{'elicitation':{}}");

        (void)say(fixture, ear, session, fixture->connection,
                  "{'jsonrpc':'2.0','id':9,'method':'tools/call','params':{" CALL("form") "}}");
        await_said(fixture, ear, 1);
        (void)say(fixture, note, session, fixture->connection,
                  "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':9}}");
        assert_at(await_said(fixture, ear, 2), "method", "'notifications/cancelled'");
        assert_at(ear->said->pdata[1], "params>requestId", "1");
        (void)say(fixture, note, session, fixture->connection,
                  "{'jsonrpc':'2.0','id':1,'result':{'action':'accept'}}");
        fixture_settle(fixture);
        g_assert_null(ear->answer);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/mcp-run/an-answer-is-the-same-as-text-and-as-object",
                     test_an_answer_is_the_same_as_text_and_as_object);
        FIXTURE_TEST("/mcp-run/a-failure-is-a-result", test_a_failure_is_a_result);
        FIXTURE_TEST("/mcp-run/what-is-no-call-of-a-tool-is-an-error",
                     test_what_is_no_call_of_a_tool_is_an_error);
        FIXTURE_TEST("/mcp-run/content-of-a-tools-own-is-passed-on",
                     test_content_of_a_tools_own_is_passed_on);
        FIXTURE_TEST("/mcp-run/a-cancelled-call-ends-without-an-answer",
                     test_a_cancelled_call_ends_without_an_answer);
        FIXTURE_TEST("/mcp-run/a-call-whose-client-has-gone-ends",
                     test_a_call_whose_client_has_gone_ends);
        FIXTURE_TEST("/mcp-run/an-id-is-used-once-at-a-time", test_an_id_is_used_once_at_a_time);
        FIXTURE_TEST("/mcp-run/a-client-is-asked-in-rounds", test_a_client_is_asked_in_rounds);
        FIXTURE_TEST("/mcp-run/what-was-not-replied-is-asked-again",
                     test_what_was_not_replied_is_asked_again);
        FIXTURE_TEST("/mcp-run/replies-have-a-form", test_replies_have_a_form);
        FIXTURE_TEST("/mcp-run/a-state-holds-for-its-connection-and-request-only",
                     test_a_state_holds_for_its_connection_and_request_only);
        FIXTURE_TEST("/mcp-run/a-state-outlives-the-daemons-rest",
                     test_a_state_outlives_the_daemons_rest);
        FIXTURE_TEST("/mcp-run/a-client-is-asked-only-what-it-can",
                     test_a_client_is_asked_only_what_it_can);
        FIXTURE_TEST("/mcp-run/a-client-of-the-older-era-is-asked-by-requests",
                     test_a_client_of_the_older_era_is_asked_by_requests);
        FIXTURE_TEST("/mcp-run/a-client-that-cannot-be-asked-is-told",
                     test_a_client_that_cannot_be_asked_is_told);
        FIXTURE_TEST("/mcp-run/cancelling-takes-back-what-was-asked",
                     test_cancelling_takes_back_what_was_asked);
        FIXTURE_TEST("/mcp-run/progress-goes-to-who-gave-a-token",
                     test_progress_goes_to_who_gave_a_token);
        return g_test_run();
}
