/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of tools: what is checked before and after a handler runs. The tools here borrow the schemas of
 * real ones. */
#include <string.h>

#include "tools/tools.h"

static JsonObject *answer_nonsense(void *room, const Access *access, JsonObject *args,
                                   GError **error)
{
        JsonObject *answer = json_object_new();

        (*(unsigned *)room)++;
        json_object_set_string_member(answer, "pid", "not a number");
        return answer;
}

static const Tool table[] = {
        {"get_status", TOOL_HUMAN, TOOL_SLOW, answer_nonsense},
        {NULL},
};

typedef struct Fixture {
        Tools *tools;
        Access *human, *program;
        unsigned runs;
} Fixture;

static void set_up(Fixture *fixture, const void *data)
{
        ToolTable tables[] = {{table, &fixture->runs}};

        fixture->tools = tools_new(tables, G_N_ELEMENTS(tables));
        fixture->human = access_new_human("ada", "test");
        fixture->program = access_new_system("pipeline");
}

static void tear_down(Fixture *fixture, const void *data)
{
        tools_free(fixture->tools);
        access_unref(fixture->human);
        access_unref(fixture->program);
}

static JsonObject *parse(const char *text)
{
        g_autoptr(GError) error = NULL;
        JsonObject *object = json_parse_object(text, -1, &error);

        g_assert_no_error(error);
        return object;
}

static void test_wrong_arguments_never_reach_the_handler(Fixture *fixture, const void *data)
{
        g_autoptr(JsonObject) args = parse("{\"x\":1}");
        g_autoptr(GError) error = NULL;

        g_assert_null(tools_call(fixture->tools, fixture->human, "get_status", args, &error));
        g_assert_nonnull(error_path(error)); /* for programs, whatever prefix the words got */
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, "get_status: unknown member \"x\""));
        g_assert_cmpuint(fixture->runs, ==, 0);
}

static void test_a_tool_of_the_human_is_denied_to_others(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(tools_call(fixture->tools, fixture->program, "get_status", NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
        g_assert_cmpuint(fixture->runs, ==, 0);
}

static void test_a_misfitting_answer_is_found_when_asked_for(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer =
                tools_call(fixture->tools, fixture->human, "get_status", NULL, &error);

        g_assert_no_error(error);
        g_assert_nonnull(answer);
        tools_check_outputs(fixture->tools);
        g_assert_null(tools_call(fixture->tools, fixture->human, "get_status", NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED);
        g_assert_cmpuint(fixture->runs, ==, 2);
}

static void test_an_unknown_name_gets_the_nearest(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(tools_call(fixture->tools, fixture->human, "get_statos", NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_assert_nonnull(strstr(error->message, "get_status"));
        g_clear_error(&error);
        g_assert_null(tools_describe(fixture->tools, "", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

static void test_the_list_is_sorted_and_whole(Fixture *fixture, const void *data)
{
        g_autoptr(JsonObject) list = tools_list(fixture->tools);
        g_autofree char *text = json_print_object(list);
        const char *first = strstr(text, "\"get_status\""),
                   *second = strstr(text, "\"list_available_tools\"");

        g_assert_true(first && second && first < second && strstr(second, "\"whoami\""));
        g_assert_nonnull(strstr(text, "\"needs\":\"human\""));
}

static void test_whoami_says_what_the_access_says(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;

        tools_check_outputs(fixture->tools);
        g_autoptr(JsonObject) human =
                tools_call(fixture->tools, fixture->human, "whoami", NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(json_object_get_string_member(human, "display_name"), ==, "ada");
        g_assert_cmpstr(json_object_get_string_member(human, "session_id"), ==, "test");
        g_autoptr(JsonObject) program =
                tools_call(fixture->tools, fixture->program, "whoami", NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(json_object_get_string_member(program, "kind"), ==, "system");
}

#define ADD(name, func) g_test_add("/tools/" name, Fixture, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("wrong-arguments-never-reach-the-handler",
            test_wrong_arguments_never_reach_the_handler);
        ADD("a-tool-of-the-human-is-denied-to-others",
            test_a_tool_of_the_human_is_denied_to_others);
        ADD("a-misfitting-answer-is-found-when-asked-for",
            test_a_misfitting_answer_is_found_when_asked_for);
        ADD("an-unknown-name-gets-the-nearest", test_an_unknown_name_gets_the_nearest);
        ADD("the-list-is-sorted-and-whole", test_the_list_is_sorted_and_whole);
        ADD("whoami-says-what-the-access-says", test_whoami_says_what_the_access_says);
        return g_test_run();
}
