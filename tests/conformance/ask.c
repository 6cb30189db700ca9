/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools that ask their client, once or more than once. A handler runs anew with the replies of the rounds before. */
#include "conformance/fixtures.h"

#define OWN_TOOL TOOL_READ, TOOL_CHEAP

#define NAME_SCHEMA                                                                                \
        "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},\"required\":["      \
        "\"name\"]}"
#define OK_SCHEMA                                                                                  \
        "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}},\"required\":["       \
        "\"ok\"]}"
#define COLOR_SCHEMA                                                                               \
        "{\"type\":\"object\",\"properties\":{\"color\":{\"type\":\"string\"}},\"required\":["     \
        "\"color\"]}"
#define FORM(message, schema) "{\"message\":\"" message "\",\"requestedSchema\":" schema "}"
#define PROMPT(text, tokens)                                                                       \
        "{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"" text        \
        "\"}}],\"maxTokens\":" tokens "}"

typedef struct Question {
        const char *key;
        AskKind kind;
        const char *params;
} Question;

static const Question question_name = {"user_name", ASK_FORM,
                                       FORM("What is your name?", NAME_SCHEMA)};
static const Question question_capital = {"capital_question", ASK_MODEL,
                                          PROMPT("What is the capital of France?", "100")};
static const Question question_roots = {"client_roots", ASK_ROOTS, "{}"};
static const Question question_greeting = {"greeting", ASK_MODEL,
                                           PROMPT("Generate a greeting", "50")};
static const Question question_confirm = {"confirm", ASK_FORM, FORM("Please confirm", OK_SCHEMA)};
static const Question question_step1 = {"step1", ASK_FORM,
                                        FORM("Step 1: What is your name?", NAME_SCHEMA)};
static const Question question_step2 = {"step2", ASK_FORM,
                                        FORM("Step 2: What is your favorite color?", COLOR_SCHEMA)};

/* True once all have been answered; otherwise asks those that were not and pauses. */
static bool answered(const Access *access, const Question *const *questions, const char *note,
                     GError **error)
{
        bool wait = false;

        for (; *questions; questions++) {
                if (access_reply(access, (*questions)->key))
                        continue;
                g_autoptr(JsonObject) params = json_parse_object((*questions)->params, -1, NULL);
                access_ask(access, (*questions)->key, (*questions)->kind, params);
                wait = true;
        }
        return !wait || access_pause(access, note, error);
}

static JsonObject *answer_if(const Access *access, const Question *const *questions,
                             const char *note, GError **error)
{
        JsonObject *answer = NULL;

        if (!answered(access, questions, note, error))
                return NULL;
        for (; *questions; questions++) {
                g_autofree char *text = json_print_object(access_reply(access, (*questions)->key));
                answer = content_text(answer, "%s: %s", (*questions)->key, text);
        }
        return note ? content_text(answer, "%s", note) : answer;
}

#define ASKING(name, note, ...)                                                                    \
        static JsonObject *name(void *room, const Access *access, JsonObject *args,                \
                                GError **error)                                                    \
        {                                                                                          \
                static const Question *const questions[] = {__VA_ARGS__, NULL};                    \
                return answer_if(access, questions, note, error);                                  \
        }

ASKING(ask_name, NULL, &question_name)
ASKING(ask_capital, NULL, &question_capital)
ASKING(ask_roots, NULL, &question_roots)
ASKING(ask_confirm, "state-ok", &question_confirm)
ASKING(ask_many, "all", &question_name, &question_greeting, &question_roots)

static JsonObject *ask_twice(void *room, const Access *access, JsonObject *args, GError **error)
{
        static const Question *const first[] = {&question_step1, NULL};
        static const Question *const second[] = {&question_step2, NULL};

        return answered(access, first, "one", error) ? answer_if(access, second, "two", error)
                                                     : NULL;
}

/* Only what the client said that it can answer. */
static JsonObject *ask_what_can_be(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        const Question *questions[3] = {NULL};
        unsigned count = 0;

        if (access_can_ask(access, ASK_FORM))
                questions[count++] = &question_name;
        if (access_can_ask(access, ASK_MODEL))
                questions[count++] = &question_greeting;
        return count > 0 ? answer_if(access, questions, NULL, error)
                         : content_text(NULL, "There is nothing that you can be asked.");
}

/* Without looking whether it can be asked: the door has to. */
ASKING(ask_anyhow, NULL, &question_capital)

/* ---- what the caller says is asked ---- */

static JsonObject *ask_model(void *room, const Access *access, JsonObject *args, GError **error)
{
        JsonObject *reply = access_reply(access, "answer");

        if (!reply) {
                g_autoptr(JsonObject) params = json_parse_object(PROMPT("", "100"), -1, NULL);
                JsonArray *messages = json_object_get_array_member(params, "messages");
                JsonObject *message = json_array_get_object_element(messages, 0);
                json_object_set_string_member(json_object_get_object_member(message, "content"),
                                              "text",
                                              json_object_get_string_member(args, "prompt"));
                access_ask(access, "answer", ASK_MODEL, params);
                access_pause(access, NULL, error);
                return NULL;
        }
        JsonObject *content = json_member_object(reply, "content");
        return content_text(NULL, "LLM response: %s", json_member_string(content, "text", ""));
}

/* Asks for what the form wants, once; tells what came. */
static JsonObject *ask_form(const Access *access, const char *message, const char *schema,
                            GError **error)
{
        JsonObject *reply = access_reply(access, "answer");

        if (!reply) {
                g_autoptr(JsonObject) params = json_object_new();
                json_object_set_string_member(params, "message", message);
                json_object_set_object_member(params, "requestedSchema",
                                              json_parse_object(schema, -1, NULL));
                access_ask(access, "answer", ASK_FORM, params);
                access_pause(access, NULL, error);
                return NULL;
        }
        JsonObject *content = json_member_object(reply, "content");
        g_autofree char *text = content ? json_print_object(content) : g_strdup("{}");
        return content_text(NULL, "Elicitation completed: action=%s, content=%s",
                            json_member_string(reply, "action", "none"), text);
}

static JsonObject *ask_user(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask_form(access, json_object_get_string_member(args, "message"),
                        "{\"type\":\"object\",\"properties\":{"
                        "\"username\":{\"type\":\"string\",\"description\":\"User's response\"},"
                        "\"email\":{\"type\":\"string\",\"description\":\"User's email address\"}},"
                        "\"required\":[\"username\",\"email\"]}",
                        error);
}

static JsonObject *ask_defaults(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask_form(access, "Please look at these defaults",
                        "{\"type\":\"object\",\"properties\":{"
                        "\"name\":{\"type\":\"string\",\"default\":\"John Doe\"},"
                        "\"age\":{\"type\":\"integer\",\"default\":30},"
                        "\"score\":{\"type\":\"number\",\"default\":95.5},"
                        "\"status\":{\"type\":\"string\",\"enum\":[\"active\",\"inactive\","
                        "\"pending\"],\"default\":\"active\"},"
                        "\"verified\":{\"type\":\"boolean\",\"default\":true}}}",
                        error);
}

static JsonObject *ask_choices(void *room, const Access *access, JsonObject *args, GError **error)
{
        return ask_form(access, "Please choose",
                        "{\"type\":\"object\",\"properties\":{"
                        "\"untitledSingle\":{\"type\":\"string\",\"enum\":[\"option1\","
                        "\"option2\",\"option3\"]},"
                        "\"titledSingle\":{\"type\":\"string\",\"oneOf\":["
                        "{\"const\":\"value1\",\"title\":\"First Option\"},"
                        "{\"const\":\"value2\",\"title\":\"Second Option\"}]},"
                        "\"legacyEnum\":{\"type\":\"string\",\"enum\":[\"opt1\",\"opt2\",\"opt3\"],"
                        "\"enumNames\":[\"Option One\",\"Option Two\",\"Option Three\"]},"
                        "\"untitledMulti\":{\"type\":\"array\",\"items\":{\"type\":\"string\","
                        "\"enum\":[\"option1\",\"option2\",\"option3\"]}},"
                        "\"titledMulti\":{\"type\":\"array\",\"items\":{\"anyOf\":["
                        "{\"const\":\"value1\",\"title\":\"First Choice\"},"
                        "{\"const\":\"value2\",\"title\":\"Second Choice\"}]}}}}",
                        error);
}

const Tool ask_fixtures[] = {
        {"test_sampling", OWN_TOOL, ask_model},
        {"test_elicitation", OWN_TOOL, ask_user},
        {"test_elicitation_sep1034_defaults", OWN_TOOL, ask_defaults},
        {"test_elicitation_sep1330_enums", OWN_TOOL, ask_choices},
        {"test_missing_capability", OWN_TOOL, ask_anyhow},
        {"test_streaming_elicitation", OWN_TOOL, ask_name},
        {"test_input_required_result_elicitation", OWN_TOOL, ask_name},
        {"test_input_required_result_sampling", OWN_TOOL, ask_capital},
        {"test_input_required_result_list_roots", OWN_TOOL, ask_roots},
        {"test_input_required_result_request_state", OWN_TOOL, ask_confirm},
        {"test_input_required_result_multiple_inputs", OWN_TOOL, ask_many},
        {"test_input_required_result_multi_round", OWN_TOOL, ask_twice},
        {"test_input_required_result_tampered_state", OWN_TOOL, ask_confirm},
        {"test_input_required_result_capabilities", OWN_TOOL, ask_what_can_be},
        {NULL},
};
