/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_human: a question to the person. Where the client can show a form it does, at once; nobody attests who filled that in.
 * Else the question is an approval, which the tray and the command line show to the human alone; the call is held for a
 * while, and the answer is there later too. */
#include <string.h>

#include "tools/table.h"

#define ASK_WAIT_MS_DEFAULT 120000
#define ASK_KEY             "question"

/* ---- answers ---- */

static JsonObject *new_answer(const char *state, const char *question_id, const char *via)
{
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "state", state);
        json_set_string(answer, "question_id", question_id);
        json_object_set_null_member(answer, "answer");
        json_set_string(answer, "via", via);
        return answer;
}

/* Text as it is, anything else as JSON. */
static void set_said(JsonObject *answer, JsonNode *said)
{
        if (!said || JSON_NODE_HOLDS_NULL(said))
                return;
        if (JSON_NODE_HOLDS_VALUE(said) && json_node_get_value_type(said) == G_TYPE_STRING) {
                json_object_set_string_member(answer, "answer", json_node_get_string(said));
                return;
        }
        g_autofree char *text = json_print_node(said);
        json_object_set_string_member(answer, "answer", text);
}

/* ---- by the human ---- */

static JsonObject *answer_of(Gate *gate, const Approval *approval)
{
        static const char *const states[] = {
                [APPROVAL_PENDING] = "pending",
                [APPROVAL_APPROVED] = "answered",
                [APPROVAL_DENIED] = "declined",
                [APPROVAL_WITHDRAWN] = "withdrawn",
        };
        bool decided = approval->state == APPROVAL_APPROVED || approval->state == APPROVAL_DENIED;
        JsonObject *answer =
                new_answer(states[approval->state], approval->id, decided ? "human" : NULL);

        if (approval->state == APPROVAL_APPROVED && approval->decision)
                set_said(answer, json_object_get_member(approval->decision, "answer"));
        if (decided)
                (void)gate_mark_read(gate, approval->id, NULL);
        return answer;
}

/* The caller's own question. */
static Approval *read_question(Gate *gate, const Access *access, const char *id, GError **error)
{
        g_autoptr(Approval) approval = gate_approval(gate, id, error);
        const char *connection = access_actor(access)->connection;

        if (!approval)
                return NULL;
        if (g_str_equal(approval->kind, "question") &&
            g_strcmp0(approval->connection, connection) == 0)
                return g_steal_pointer(&approval);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "There is no approval %s",
                    id);
        return NULL;
}

/* What the answer is now, or after a while. */
static JsonObject *wait_for(Gate *gate, const Access *access, const char *id, int64_t wait_ms,
                            GError **error)
{
        g_autoptr(Approval) approval = read_question(gate, access, id, error);

        if (!approval)
                return NULL;
        if (approval->state != APPROVAL_PENDING || wait_ms == 0 || access_note(access) ||
            !access_can_wait(access))
                return answer_of(gate, approval);
        access_await(access, id, wait_ms * 1000);
        access_pause(access, id, error);
        return NULL;
}

static char *request(Gate *gate, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(JsonObject) payload = json_object_new();
        JsonArray *options = json_member_array(args, "options");
        Approval question = {.kind = (char *)"question",
                             .title = (char *)"A question for you",
                             .payload = payload};

        json_object_set_string_member(payload, "question", args_string(args, "question"));
        if (options)
                json_object_set_array_member(payload, "options", json_array_ref(options));
        return gate_request(gate, access, &question, error);
}

/* ---- by a form of the client ---- */

static JsonObject *new_form(JsonObject *args)
{
        JsonArray *options = json_member_array(args, "options");
        JsonObject *form = json_object_new(), *schema = json_object_new();
        JsonObject *properties = json_object_new(), *field = json_object_new();
        JsonArray *required = json_array_new();

        json_object_set_string_member(field, "type", "string");
        json_object_set_string_member(field, "title", "Answer");
        if (options)
                json_object_set_array_member(field, "enum", json_array_ref(options));
        json_object_set_object_member(properties, "answer", field);
        json_array_add_string_element(required, "answer");
        json_object_set_string_member(schema, "type", "object");
        json_object_set_object_member(schema, "properties", properties);
        json_object_set_array_member(schema, "required", required);
        json_object_set_string_member(form, "mode", "form");
        json_object_set_string_member(form, "message", args_string(args, "question"));
        json_object_set_object_member(form, "requestedSchema", schema);
        return form;
}

/* What the form has a place for: a text, one of the options if there are any. */
static const char *said_in_form(JsonObject *args, JsonObject *reply)
{
        JsonArray *options = json_member_array(args, "options");
        const char *said = json_member_string(json_member_object(reply, "content"), "answer", NULL);
        unsigned count = options ? json_array_get_length(options) : 0;

        for (unsigned i = 0; said && i < count; i++)
                if (g_str_equal(json_array_get_string_element(options, i), said))
                        return said;
        return options ? NULL : said;
}

/* NULL without an error if the client could not show it after all, or returned another than that. */
static JsonObject *answer_of_form(JsonObject *args, JsonObject *reply)
{
        const char *action = json_member_string(reply, "action", "");
        const char *said = said_in_form(args, reply);

        if (g_str_equal(action, "accept") && said) {
                JsonObject *answer = new_answer("answered", NULL, "client");
                json_object_set_string_member(answer, "answer", said);
                return answer;
        }
        if (g_str_equal(action, "decline") || g_str_equal(action, "cancel"))
                return new_answer("declined", NULL, "client");
        return NULL;
}

/* ---- the tool ---- */

static bool check(const Access *access, JsonObject *args, GError **error)
{
        const char *question = args_string(args, "question");
        const char *id = args_string(args, "question_id");

        if (!access_actor(access)->connection)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "Only an agent asks the human: you are not one");
        else if (!question == !id)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "Give a question, or the question_id of one that was asked");
        else
                return args_check_id(args, "question_id", "appr", error);
        return false;
}

static JsonObject *ask(Gate *gate, const Access *access, JsonObject *args, int64_t wait_ms,
                       GError **error)
{
        g_autofree char *id = request(gate, access, args, error);

        return id ? wait_for(gate, access, id, wait_ms, error) : NULL;
}

static JsonObject *ask_human(void *room, const Access *access, JsonObject *args, GError **error)
{
        Gate *gate = ((Tools *)room)->gate;
        const char *id = args_string(args, "question_id");
        const char *note = access_note(access); /* the question that was awaited */
        JsonObject *reply = access_reply(access, ASK_KEY);
        JsonObject *answer = reply ? answer_of_form(args, reply) : NULL;
        int64_t wait_ms = json_member_int(args, "wait_ms", ASK_WAIT_MS_DEFAULT);

        if (answer)
                return answer;
        if (!check(access, args, error))
                return NULL;
        if (note && id_is_valid(note, "appr"))
                id = note;
        if (id)
                return wait_for(gate, access, id, wait_ms, error);
        if (reply || !access_can_ask(access, ASK_FORM))
                return ask(gate, access, args, wait_ms, error);
        g_autoptr(JsonObject) form = new_form(args);
        access_ask(access, ASK_KEY, ASK_FORM, form);
        access_pause(access, /* note= */ NULL, error);
        return NULL;
}

const Tool ask_human_tools[] = {
        {"ask_human", TOOL_READ, TOOL_CHEAP, ask_human},
        {NULL},
};
