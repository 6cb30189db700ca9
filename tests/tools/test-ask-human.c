/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_human: by a form of the client, or by the human. Seen to fail: with a form's answer that counts as the human's, with
 * a refused form that ends the question, with answers of others' questions, with an answer that stays unread after it was
 * given, with a call that fails where it cannot wait, with a held call that is not made anew, with
 * whatever a form returned taken for an answer. */
#include <string.h>

#include "fixture.h"

typedef struct Round {
        Exchange *exchange;
        JsonObject *answer;
        GError *error;
} Round;

static void round_clear(Round *round)
{
        exchange_unref(round->exchange);
        g_clear_pointer(&round->answer, json_object_unref);
        g_clear_error(&round->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Round, round_clear)

static JsonObject *parse(const char *text)
{
        g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
        g_autoptr(GError) error = NULL;
        JsonObject *object = json_parse_object(json, -1, &error);

        g_assert_no_error(error);
        return object;
}

typedef struct Client {
        unsigned can_ask;
        const char *replies, *note;
} Client;

static Round call(Fixture *fixture, const Access *access, const char *args, Client client)
{
        g_autoptr(JsonObject) object = parse(args);
        g_autoptr(JsonObject) replies = client.replies ? parse(client.replies) : NULL;
        ExchangeOptions options = {.can_ask = client.can_ask,
                                   .can_wait = true,
                                   .replies = replies,
                                   .note = client.note};
        Round round = {.exchange = exchange_new(&options)};
        g_autoptr(Access) caller = access_for_call(access, round.exchange);

        round.answer = tools_call(fixture->tools, caller, "ask_human", object, &round.error);
        return round;
}

static void check_answer(const Round *round, const char *state, const char *said, const char *via)
{
        g_assert_no_error(round->error);
        g_assert_nonnull(round->answer);
        g_assert_cmpstr(json_member_string(round->answer, "state", NULL), ==, state);
        g_assert_cmpstr(json_member_string(round->answer, "answer", NULL), ==, said);
        g_assert_cmpstr(json_member_string(round->answer, "via", NULL), ==, via);
}

#define FORM (1u << ASK_FORM)

static void test_a_client_that_has_forms_shows_one(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        const char *args = "{'question': 'Which lease?', 'options': ['old', 'new']}";
        g_auto(Round) first = call(fixture, agent, args, (Client){FORM, NULL, NULL});

        g_assert_true(exchange_is_paused(first.exchange));
        g_autofree char *asks = json_print_object(exchange_asks(first.exchange));
        g_assert_nonnull(strstr(asks, "elicitation/create"));
        g_assert_nonnull(strstr(asks, "Which lease?"));
        g_assert_nonnull(strstr(asks, "\"enum\":[\"old\",\"new\"]"));
        g_auto(Round) accepted = call(
                fixture, agent, args,
                (Client){FORM, "{'question': {'action': 'accept', 'content': {'answer': 'old'}}}",
                         NULL});
        check_answer(&accepted, "answered", "old", "client");
        g_auto(Round) declined = call(fixture, agent, args,
                                      (Client){FORM, "{'question': {'action': 'decline'}}", NULL});
        check_answer(&declined, "declined", NULL, "client");
}

static void test_a_form_that_fails_goes_to_the_human(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_auto(Round) round = call(
                fixture, agent, "{'question': 'Which lease?'}",
                (Client){FORM, "{'question': {'error': {'code': -32601, 'message': 'no'}}}", NULL});

        g_assert_nonnull(exchange_awaits(round.exchange));
}

static void test_what_the_form_does_not_have_is_no_answer(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        static const char *const contents[] = {"{}", "{'answer': 'other'}", "{'answer': 5}",
                                               "{'answer': null}", "[]"};

        for (unsigned i = 0; i < G_N_ELEMENTS(contents); i++) {
                g_autofree char *replies = g_strdup_printf(
                        "{'question': {'action': 'accept', 'content': %s}}", contents[i]);
                g_auto(Round) round = call(
                        fixture, agent, "{'question': 'Which lease?', 'options': ['old', 'new']}",
                        (Client){FORM, replies, NULL});

                g_assert_null(round.answer);
                g_assert_nonnull(exchange_awaits(round.exchange));
        }
}

static void answer(Fixture *fixture, const char *id, const char *said)
{
        g_autofree char *text =
                g_strdup_printf("{'question': 'Which lease?', 'answer': '%s'}", said);
        g_autoptr(JsonObject) payload = parse(text);
        g_autoptr(GError) error = NULL;

        gate_resolve(fixture->gate, fixture->human, id, /* approve= */ true, payload, &error);
        g_assert_no_error(error);
        fixture_turn(fixture);
}

static unsigned unread(Fixture *fixture, const Access *access)
{
        return gate_unread(fixture->gate, access_actor(access)->connection);
}

static void test_the_human_is_waited_for(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        const char *args = "{'question': 'Which lease?', 'wait_ms': 5000}";
        g_auto(Round) first = call(fixture, agent, args, (Client){0});
        const char *id = exchange_awaits(first.exchange);

        g_assert_nonnull(id);
        g_assert_cmpint(exchange_awaits_us(first.exchange), ==, 5000000);
        g_assert_cmpstr(exchange_note(first.exchange), ==, id);
        answer(fixture, id, "the old one");
        g_auto(Round) second = call(fixture, agent, args, (Client){0, NULL, id});
        check_answer(&second, "answered", "the old one", "human");
        fixture_turn(fixture);
        g_assert_cmpuint(unread(fixture, agent), ==, 0);
}

static void test_an_answer_is_there_later_too(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_auto(Round) asked =
                call(fixture, agent, "{'question': 'Which lease?', 'wait_ms': 0}", (Client){0});

        check_answer(&asked, "pending", NULL, NULL);
        const char *id = json_member_string(asked.answer, "question_id", NULL);
        g_autofree char *args = g_strdup_printf("{'question_id': '%s', 'wait_ms': 0}", id);
        g_auto(Round) early = call(fixture, agent, args, (Client){0});
        check_answer(&early, "pending", NULL, NULL);
        answer(fixture, id, "both");
        g_assert_cmpuint(unread(fixture, agent), ==, 1);
        g_auto(Round) late = call(fixture, agent, args, (Client){0});
        check_answer(&late, "answered", "both", "human");
        fixture_turn(fixture);
        g_assert_cmpuint(unread(fixture, agent), ==, 0);
}

static void test_time_that_passed_leaves_it_pending(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        const char *args = "{'question': 'Which lease?', 'wait_ms': 10}";
        g_auto(Round) first = call(fixture, agent, args, (Client){0});
        g_auto(Round) second =
                call(fixture, agent, args, (Client){0, NULL, exchange_awaits(first.exchange)});

        check_answer(&second, "pending", NULL, NULL);
}

static void test_what_was_declined_says_so(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        const char *args = "{'question': 'Which lease?'}";
        g_autoptr(GError) error = NULL;
        g_auto(Round) first = call(fixture, agent, args, (Client){0});
        const char *id = exchange_awaits(first.exchange);

        gate_resolve(fixture->gate, fixture->human, id, /* approve= */ false, NULL, &error);
        g_assert_no_error(error);
        g_auto(Round) second = call(fixture, agent, args, (Client){0, NULL, id});
        check_answer(&second, "declined", NULL, "human");
}

static void test_questions_of_others_are_not_there(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_autoptr(Access) other = fixture_connect(fixture, "other", "");
        g_auto(Round) asked =
                call(fixture, agent, "{'question': 'Which lease?', 'wait_ms': 0}", (Client){0});
        g_autofree char *args = g_strdup_printf(
                "{'question_id': '%s'}", json_member_string(asked.answer, "question_id", ""));
        g_auto(Round) stolen = call(fixture, other, args, (Client){0});

        g_assert_error(stolen.error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_auto(Round) noted =
                call(fixture, other, "{'question': 'Which lease?'}",
                     (Client){0, NULL, json_member_string(asked.answer, "question_id", "")});
        g_assert_error(noted.error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

static void test_who_cannot_wait_is_told_at_once(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_autoptr(JsonObject) given =
                fixture_call(fixture, agent, "ask_human", "{'question': 'Which lease?'}");

        g_assert_cmpstr(json_member_string(given, "state", ""), ==, "pending");
}

static void test_only_agents_ask(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");

        fixture_fail(fixture, fixture->human, "ask_human", "{'question': 'Which?'}",
                     "INVALID Only an agent");
        fixture_fail(fixture, agent, "ask_human", "{}", "INVALID question");
}

typedef struct Outcome {
        unsigned done;
        char *state, *said;
} Outcome;

static void on_done(const ToolOutcome *outcome, void *data)
{
        Outcome *to = data;

        g_assert_no_error(outcome->error);
        g_assert_nonnull(outcome->answer);
        to->state = g_strdup(json_member_string(outcome->answer, "state", NULL));
        to->said = g_strdup(json_member_string(outcome->answer, "answer", NULL));
        to->done++;
}

/* The whole way: the call is held without a thread, the human decides, the call is made anew. */
static void test_a_held_call_goes_on_when_the_human_decides(Fixture *fixture, const void *data)
{
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_autoptr(JsonObject) args = parse("{'question': 'Which lease?', 'wait_ms': 60000}");
        g_autoptr(GError) error = NULL;
        g_autoptr(Runner) runner =
                runner_new(fixture->tools, fixture->pool, service_loop(fixture->service), &error);
        Outcome outcome = {0};
        ToolRequest request = {.access = agent,
                               .name = "ask_human",
                               .args = args,
                               .done = on_done,
                               .data = &outcome};

        g_assert_no_error(error);
        runner_start(runner, &request);
        fixture_turn(fixture);
        g_assert_cmpuint(outcome.done, ==, 0);
        g_autoptr(JsonObject) pending =
                fixture_call(fixture, fixture->human, "list_approvals", "{}");
        JsonArray *rows = json_member_array(pending, "approvals");
        g_assert_cmpuint(json_array_get_length(rows), ==, 1);
        answer(fixture,
               json_member_string(json_array_get_object_element(rows, 0), "approval_id", ""),
               "the old one");
        while (!outcome.done)
                sd_event_run(service_loop(fixture->service), 100000);
        g_assert_cmpstr(outcome.state, ==, "answered");
        g_assert_cmpstr(outcome.said, ==, "the old one");
        fixture_turn(fixture);
        g_free(outcome.state);
        g_free(outcome.said);
}

#define ADD(name, func)                                                                            \
        g_test_add("/ask-human/" name, Fixture, NULL, fixture_up, func, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("a-client-that-has-forms-shows-one", test_a_client_that_has_forms_shows_one);
        ADD("a-form-that-fails-goes-to-the-human", test_a_form_that_fails_goes_to_the_human);
        ADD("what-the-form-does-not-have-is-no-answer",
            test_what_the_form_does_not_have_is_no_answer);
        ADD("the-human-is-waited-for", test_the_human_is_waited_for);
        ADD("an-answer-is-there-later-too", test_an_answer_is_there_later_too);
        ADD("time-that-passed-leaves-it-pending", test_time_that_passed_leaves_it_pending);
        ADD("what-was-declined-says-so", test_what_was_declined_says_so);
        ADD("questions-of-others-are-not-there", test_questions_of_others_are_not_there);
        ADD("who-cannot-wait-is-told-at-once", test_who_cannot_wait_is_told_at_once);
        ADD("only-agents-ask", test_only_agents_ask);
        ADD("a-held-call-goes-on-when-the-human-decides",
            test_a_held_call_goes_on_when_the_human_decides);
        return g_test_run();
}
