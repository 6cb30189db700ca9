/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mine_document, with a model that is this test. Seen to fail: with windows that are not completed, with quotes of the model
 * taken on trust, with a window that cannot be read and is asked for for ever, with a refusal that keeps the lease, with
 * rounds that forget what was counted. */
#include <string.h>

#include "fixture.h"

#define MODEL (1u << ASK_MODEL)

typedef struct Mining {
        Fixture *fixture;
        Access *agent;
        char *args, *note;
        JsonObject *asked;  /* params of the request to the model, or NULL */
        JsonObject *answer; /* of the tool, or NULL */
        GError *error;
} Mining;

static void mining_clear(Mining *mining)
{
        access_unref(mining->agent);
        g_free(mining->args);
        g_free(mining->note);
        g_clear_pointer(&mining->asked, json_object_unref);
        g_clear_pointer(&mining->answer, json_object_unref);
        g_clear_error(&mining->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Mining, mining_clear)

/* One round; reply: what the client's model said, or NULL. */
static void run(Mining *mining, JsonObject *reply)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) args = json_parse_object(mining->args, -1, &error);
        g_assert_no_error(error);
        g_autoptr(JsonObject) replies = json_object_new();
        if (reply)
                json_object_set_object_member(replies, "window", json_object_ref(reply));
        ExchangeOptions options = {
                .can_ask = MODEL, .can_wait = true, .replies = replies, .note = mining->note};
        g_autoptr(Exchange) exchange = exchange_new(&options);
        g_autoptr(Access) caller = access_for_call(mining->agent, exchange);

        g_clear_pointer(&mining->asked, json_object_unref);
        g_clear_error(&mining->error);
        mining->answer =
                tools_call(mining->fixture->tools, caller, "mine_document", args, &mining->error);
        if (!exchange_is_paused(exchange))
                return;
        g_clear_error(&mining->error);
        g_free(mining->note);
        mining->note = g_strdup(exchange_note(exchange));
        JsonObject *ask = json_member_object(exchange_asks(exchange), "window");
        g_assert_cmpstr(json_member_string(ask, "method", ""), ==, "sampling/createMessage");
        mining->asked = json_object_ref(json_member_object(ask, "params"));
}

static void reply_text(Mining *mining, const char *text)
{
        g_autoptr(JsonObject) reply = json_object_new();
        JsonObject *content = json_object_new();

        json_object_set_string_member(content, "type", "text");
        json_object_set_string_member(content, "text", text);
        json_object_set_object_member(reply, "content", content);
        json_object_set_string_member(reply, "role", "assistant");
        json_object_set_string_member(reply, "model", "a model of this test");
        run(mining, reply);
}

static Mining begin(Fixture *fixture, const char *document, const char *more)
{
        Mining mining = {.fixture = fixture, .agent = fixture_connect(fixture, "miner", "")};

        mining.args = document ? g_strdup_printf("{\"document_id\": \"%s\"%s}", document, more)
                               : g_strdup("{}");
        run(&mining, NULL);
        return mining;
}

static const char *prompt_of(const Mining *mining)
{
        JsonArray *messages = json_member_array(mining->asked, "messages");

        return json_member_string(
                json_member_object(json_array_get_object_element(messages, 0), "content"), "text",
                "");
}

#define CLAIM(quote)                                                                               \
        "{\"entity\": \"Lease 7\", \"predicate\": \"note\", \"object\": \"ends in March\", "       \
        "\"quote\": \"" quote "\"}"

static int64_t figure(const Mining *mining, const char *name)
{
        return json_member_int(mining->answer, name, -1);
}

static void declare(Fixture *fixture, const char *name)
{
        g_autofree char *answer = fixture_ask(fixture, fixture->human, "propose_entity",
                                              "{'name': '%s', 'type': 'contract'}", name);
}

static void test_the_model_is_asked_and_its_claims_recorded(Fixture *fixture, const void *data)
{
        g_autofree char *doc =
                fixture_document(fixture, "lease.txt", "Lease 7 ends in March. The rent is low.");

        declare(fixture, "Lease 7");
        g_auto(Mining) mining = begin(fixture, doc, "");
        g_assert_nonnull(mining.asked);
        g_assert_nonnull(strstr(prompt_of(&mining), "Lease 7 ends in March."));
        g_assert_nonnull(strstr(prompt_of(&mining), "Every claim carries a quote"));
        g_assert_nonnull(strstr(prompt_of(&mining), "note ("));
        g_assert_cmpint(json_member_int(mining.asked, "maxTokens", 0), ==, 8000);
        reply_text(&mining, "```json\n{\"claims\": [" CLAIM("Lease 7 ends in March") ", " CLAIM(
                                    "Lease 7 ends in May") ", {\"entity\": 5}]}\n```");
        g_assert_no_error(mining.error);
        g_assert_nonnull(mining.answer);
        g_assert_cmpstr(json_member_string(mining.answer, "state", ""), ==, "done");
        g_assert_cmpint(figure(&mining, "windows"), ==, 1);
        g_assert_cmpint(figure(&mining, "accepted"), ==, 1);
        g_assert_cmpint(figure(&mining, "dropped"), ==, 2);
        g_autofree char *facts = fixture_ask(fixture, fixture->human, "query_knowledge",
                                             "{'entity_name': 'Lease 7'}");
        g_assert_nonnull(strstr(facts, "\"Lease 7 ends in March\""));
        g_assert_null(strstr(facts, "May"));
        g_assert_nonnull(strstr(facts, "\"trust_tier\":\"extracted\""));
}

static void test_windows_follow_each_other_and_add_up(Fixture *fixture, const void *data)
{
        g_autoptr(GString) text = g_string_new("Lease 7 ends in March.\n");
        unsigned rounds = 0;

        declare(fixture, "Lease 7");
        while (text->len < 7000)
                g_string_append(text, "The rent of the flat is paid on the first of the month.\n");
        g_autofree char *doc = fixture_document(fixture, "lease.txt", text->str);
        g_auto(Mining) mining = begin(fixture, doc, ", \"max_chars\": 2500");
        while (mining.asked && rounds++ < 20)
                reply_text(&mining, rounds == 1
                                            ? "{\"claims\": [" CLAIM("Lease 7 ends in March") "]}"
                                            : "{\"claims\": []}");
        g_assert_no_error(mining.error);
        g_assert_cmpuint(rounds, >=, 3);
        g_assert_cmpint(figure(&mining, "windows"), ==, rounds);
        g_assert_cmpint(figure(&mining, "window_count"), ==, rounds);
        g_assert_cmpint(figure(&mining, "accepted"), ==, 1);
        g_assert_cmpstr(json_member_string(mining.answer, "state", ""), ==, "done");
}

/* The model is shown the text before the call has an answer. Seen to fail: with paused calls left out of the log. */
static void test_what_the_model_was_shown_is_in_the_read_log(Fixture *fixture, const void *data)
{
        g_autofree char *doc = fixture_document(fixture, "lease.txt", "Lease 7 ends in March.");
        g_auto(Mining) mining = begin(fixture, doc, "");

        fixture_turn(fixture);
        g_autoptr(JsonObject) log = fixture_call(fixture, fixture->human, "read_log",
                                                 "{'tool': 'mine_document', 'row_id': '%s'}", doc);
        g_assert_cmpuint(json_array_get_length(json_member_array(log, "reads")), ==, 1);
}

static void test_a_call_mines_no_more_windows_than_it_says(Fixture *fixture, const void *data)
{
        g_autofree char *text = g_strnfill(7000, 'a');
        g_autofree char *doc = fixture_document(fixture, "long.txt", text);
        g_auto(Mining) mining = begin(fixture, doc, ", \"max_chars\": 2500, \"max_windows\": 1");

        reply_text(&mining, "{\"claims\": []}");
        g_assert_nonnull(mining.answer);
        g_assert_cmpstr(json_member_string(mining.answer, "state", ""), ==, "more");
        g_assert_cmpint(figure(&mining, "windows"), ==, 1);
}

static void test_what_cannot_be_read_is_asked_for_once_more(Fixture *fixture, const void *data)
{
        g_autofree char *doc = fixture_document(fixture, "lease.txt", "Lease 7 ends in March.");
        g_auto(Mining) mining = begin(fixture, doc, "");

        reply_text(&mining, "I would rather not.");
        g_assert_nonnull(mining.asked);
        g_assert_nonnull(strstr(prompt_of(&mining), "could not be read"));
        reply_text(&mining, "{\"claims\": [");
        g_assert_null(mining.error);
        /* three failures of a window end it for good: until then it is offered again */
        for (unsigned i = 0; mining.asked && i < 10; i++)
                reply_text(&mining, "no");
        g_assert_nonnull(mining.answer);
        g_assert_cmpint(figure(&mining, "failed"), >=, 1);
        g_assert_cmpint(figure(&mining, "windows"), ==, 0);
}

static void test_a_model_that_refuses_gives_the_window_back(Fixture *fixture, const void *data)
{
        g_autofree char *doc = fixture_document(fixture, "lease.txt", "Lease 7 ends in March.");
        g_auto(Mining) mining = begin(fixture, doc, "");
        g_autoptr(JsonObject) reply = json_object_new();
        JsonObject *refused = json_object_new();

        json_object_set_string_member(refused, "message", "User rejected sampling request");
        json_object_set_object_member(reply, "error", refused);
        run(&mining, reply);
        g_assert_nonnull(mining.answer);
        g_assert_cmpstr(json_member_string(mining.answer, "state", ""), ==, "stopped");
        g_assert_cmpstr(json_member_string(mining.answer, "why", ""), ==,
                        "User rejected sampling request");
        g_autoptr(Access) other = fixture_connect(fixture, "other", "");
        g_autofree char *taken = fixture_ask(fixture, other, "get_document_for_mining",
                                             "{'document_id': '%s'}", doc);
}

static void test_a_client_without_a_model_is_told_what_to_use(Fixture *fixture, const void *data)
{
        g_autofree char *doc = fixture_document(fixture, "lease.txt", "Lease 7 ends in March.");
        g_autoptr(Access) agent = fixture_connect(fixture, "agent", "");
        g_autofree char *args = g_strdup_printf("{'document_id': '%s'}", doc);

        fixture_fail(fixture, agent, "mine_document", args, "UNAVAILABLE get_document_for_mining");
}

static void test_nothing_to_mine_is_not_found(Fixture *fixture, const void *data)
{
        g_auto(Mining) mining = begin(fixture, NULL, "");

        g_assert_error(mining.error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

#define ADD(name, func)                                                                            \
        g_test_add("/mine-document/" name, Fixture, NULL, fixture_up, func, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("the-model-is-asked-and-its-claims-recorded",
            test_the_model_is_asked_and_its_claims_recorded);
        ADD("windows-follow-each-other-and-add-up", test_windows_follow_each_other_and_add_up);
        ADD("what-the-model-was-shown-is-in-the-read-log",
            test_what_the_model_was_shown_is_in_the_read_log);
        ADD("a-call-mines-no-more-windows-than-it-says",
            test_a_call_mines_no_more_windows_than_it_says);
        ADD("what-cannot-be-read-is-asked-for-once-more",
            test_what_cannot_be_read_is_asked_for_once_more);
        ADD("a-model-that-refuses-gives-the-window-back",
            test_a_model_that_refuses_gives_the_window_back);
        ADD("a-client-without-a-model-is-told-what-to-use",
            test_a_client_without_a_model_is_told_what_to_use);
        ADD("nothing-to-mine-is-not-found", test_nothing_to_mine_is_not_found);
        return g_test_run();
}
