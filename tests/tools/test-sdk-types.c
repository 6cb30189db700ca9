/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TypeScript of schemas. With OUROBOROS_SDK_TYPES=FILE the declarations of all tools are written there, to be given to
 * tsc --strict. Seen to fail: with a comment that ends early, with a name that is no identifier, with optional members
 * that are required, without the other spelling. */
#include <string.h>

#include "fixture.h"
#include "tools/sdk-types.h"

static void check_type(const char *schema, const char *expected)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonNode) node = json_parse_text(schema, -1, &error);
        g_assert_no_error(error);
        g_autofree char *type = sdk_type(node, 0);
        g_auto(GStrv) lines = g_strsplit(type, "\n", -1);

        for (char **line = lines; *line; line++)
                g_strstrip(*line);
        g_autofree char *joined = g_strjoinv(" ", lines);
        g_assert_cmpstr(joined, ==, expected);
}

static void test_schemas_become_types(void)
{
        check_type("{\"type\":\"string\"}", "string");
        check_type("{\"type\":\"integer\",\"minimum\":1}", "number");
        check_type("{\"type\":[\"string\",\"null\"]}", "string | null");
        check_type("{\"enum\":[\"a\",\"b\",1,null]}", "\"a\" | \"b\" | 1 | null");
        check_type("{\"const\":true}", "true");
        check_type("{}", "unknown");
        check_type("true", "unknown");
        check_type("{\"type\":\"array\",\"items\":{\"type\":[\"boolean\",\"null\"]}}",
                   "Array<boolean | null>");
        check_type("{\"type\":\"array\"}", "Array<unknown>");
        check_type("{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]}", "string | number");
        check_type("{\"type\":\"object\"}", "{ [name: string]: unknown; }");
        check_type("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}",
                   "{ [name: string]: string; }");
        check_type("{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"a\"],"
                   "\"properties\":{\"a\":{\"type\":\"string\"},\"b-c\":{\"type\":\"number\"}}}",
                   "{ a: string; \"b-c\"?: number; }");
}

static void test_no_description_ends_its_comment(void)
{
        check_type("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"a\":"
                   "{\"type\":\"string\",\"description\":\"x */ y\\nz\",\"default\":\"*/\"}}}",
                   "{ /** x * / y z Default: \"* /\". */ a?: string; }");
}

static void test_types_are_those_of_the_profile(Fixture *fixture, const void *data)
{
        g_autoptr(Access) reader = fixture_connect(fixture, "reader", ", 'profile': 'read-only'");
        g_autoptr(JsonObject) answer = fixture_call(fixture, reader, "get_sdk_types", "{}");
        const char *types = json_member_string(answer, "types", "");

        g_assert_nonnull(strstr(types, "query_knowledge(args?: QueryKnowledgeArgs): "
                                       "Promise<QueryKnowledgeResult & Unread>;"));
        g_assert_nonnull(strstr(types, "queryKnowledge: Sophia[\"query_knowledge\"];"));
        g_assert_nonnull(strstr(types, "search_documents(args: SearchDocumentsArgs)"));
        g_assert_null(strstr(types, "remember_fact("));
        g_autoptr(JsonObject) one =
                fixture_call(fixture, reader, "get_sdk_types", "{'tools': ['whoami']}");
        g_assert_cmpuint(json_array_get_length(json_member_array(one, "methods")), ==, 1);
        g_assert_null(strstr(json_member_string(one, "types", ""), "query_knowledge"));
        fixture_fail(fixture, reader, "get_sdk_types", "{'tools': ['remember_fact']}",
                     "DENIED remember_fact");
}

static void test_all_types_are_written_out(Fixture *fixture, const void *data)
{
        const char *file = g_getenv("OUROBOROS_SDK_TYPES");
        g_autoptr(JsonObject) answer = fixture_call(fixture, fixture->human, "get_sdk_types", "{}");
        g_autoptr(GError) error = NULL;

        if (file)
                g_file_set_contents(file, json_member_string(answer, "types", ""), -1, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "methods")), >, 60);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/sdk-types/schemas-become-types", test_schemas_become_types);
        g_test_add_func("/sdk-types/no-description-ends-its-comment",
                        test_no_description_ends_its_comment);
        g_test_add("/sdk-types/types-are-those-of-the-profile", Fixture, NULL, fixture_up,
                   test_types_are_those_of_the_profile, fixture_down);
        g_test_add("/sdk-types/all-types-are-written-out", Fixture, NULL, fixture_up,
                   test_all_types_are_written_out, fixture_down);
        return g_test_run();
}
