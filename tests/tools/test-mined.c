/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model answered. Seen to fail: with members taken whatever their type, with document_id taken over, without each
 * limit, with code fences left on. */
#include <string.h>

#include "tools/mined.h"

static void check(const char *text, const char *claims, const char *entities, unsigned malformed)
{
        g_autoptr(GError) error = NULL;
        g_auto(Mined) mined = {0};
        bool read = mined_parse(text, strlen(text), &mined, &error);

        g_assert_no_error(error);
        g_assert_true(read);
        g_autoptr(JsonObject) both = json_object_new();
        json_object_set_array_member(both, "c", json_array_ref(mined.claims));
        json_object_set_array_member(both, "e", json_array_ref(mined.entities));
        g_autofree char *printed = json_print_object(both);
        g_autofree char *expected = g_strdup_printf("{\"c\":%s,\"e\":%s}", claims, entities);
        g_assert_cmpstr(printed, ==, expected);
        g_assert_cmpuint(mined.malformed, ==, malformed);
}

static void check_refused(const char *text, size_t length, OuroborosError code, const char *words)
{
        g_autoptr(GError) error = NULL;
        g_auto(Mined) mined = {0};

        g_assert_false(mined_parse(text, length, &mined, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        g_assert_nonnull(strstr(error->message, words));
        g_assert_null(mined.claims);
}

#define CLAIM  "{\"entity\":\"Acme\",\"predicate\":\"note\",\"object\":\"x\",\"quote\":\"q\"}"
#define CLAIMS "{\"claims\":[" CLAIM "]}"

static void test_words_and_fences_around_it_are_left_off(void)
{
        check(CLAIMS, "[" CLAIM "]", "[]", 0);
        check("```json\n" CLAIMS "\n```", "[" CLAIM "]", "[]", 0);
        check("Here it is:\n```\n" CLAIMS "\n```\nAnything else?", "[" CLAIM "]", "[]", 0);
        check("  \n" CLAIMS, "[" CLAIM "]", "[]", 0);
        check("{\"claims\":[]}", "[]", "[]", 0);
}

static void test_only_what_a_claim_has_is_taken(void)
{
        check("{\"claims\":[{\"entity\":\"A\",\"predicate\":\"p\",\"object\":5,\"quote\":\"q\","
              "\"document_id\":\"doc-1\",\"supersedes\":[\"fact-1\"],\"entity_id\":\"ent-1\","
              "\"confidence\":\"high\",\"qualifiers\":{\"a\":[1]},\"observed_at\":null}]}",
              "[{\"entity\":\"A\",\"predicate\":\"p\",\"object\":5,\"quote\":\"q\",\"qualifiers\":"
              "{\"a\":[1]}}]",
              "[]", 0);
        check("{\"claims\":[],\"entities\":[{\"name\":\"A\",\"type\":1,\"aliases\":[\"b\",2]},"
              "{\"name\":\"B\",\"aliases\":[\"c\"],\"id\":3}]}",
              "[]", "[{\"name\":\"A\"},{\"name\":\"B\",\"aliases\":[\"c\"]}]", 0);
}

static void test_what_is_no_claim_is_counted(void)
{
        check("{\"claims\":[1,null,[],{},{\"entity\":\"A\",\"predicate\":\"p\",\"object\":[1],"
              "\"quote\":\"q\"},{\"entity\":\"A\",\"predicate\":\"p\",\"object\":\"x\"}," CLAIM
              "],\"entities\":[{}]}",
              "[" CLAIM "]", "[]", 7);
}

static void test_what_is_no_answer_is_refused(void)
{
        static const char *const texts[] = {"",
                                            "I cannot do that.",
                                            "{",
                                            "}{",
                                            "[1]",
                                            "{\"claims\":5}",
                                            "{\"claims\":{}}",
                                            "{\"facts\":[]}",
                                            "{\"claims\":[" CLAIM,
                                            "{\"claims\":[]} {\"claims\":[]}"};

        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
                check_refused(texts[i], strlen(texts[i]), OUROBOROS_ERROR_INVALID,
                              "model's answer");
        check_refused("{\"claims\":[]\0}", 14, OUROBOROS_ERROR_INVALID, "model's answer");
}

static void test_answers_have_named_limits(void)
{
        g_autofree char *long_text = g_strnfill(MINED_BYTES_MAX + 1, ' ');
        g_autoptr(GString) many = g_string_new("{\"claims\":[1");

        check_refused(long_text, MINED_BYTES_MAX + 1, OUROBOROS_ERROR_LIMIT, "MINED_BYTES_MAX");
        for (unsigned i = 0; i < MINED_CLAIMS_MAX; i++)
                g_string_append(many, ",1");
        g_string_append(many, "]}");
        check_refused(many->str, many->len, OUROBOROS_ERROR_LIMIT, "MINED_CLAIMS_MAX");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/mined/words-and-fences-around-it-are-left-off",
                        test_words_and_fences_around_it_are_left_off);
        g_test_add_func("/mined/only-what-a-claim-has-is-taken",
                        test_only_what_a_claim_has_is_taken);
        g_test_add_func("/mined/what-is-no-claim-is-counted", test_what_is_no_claim_is_counted);
        g_test_add_func("/mined/what-is-no-answer-is-refused", test_what_is_no_answer_is_refused);
        g_test_add_func("/mined/answers-have-named-limits", test_answers_have_named_limits);
        return g_test_run();
}
