/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "args.h"

#include <string.h>

#include "base/base.h"

static const Option common[] = {
        {"json", 'j', OPTION_FLAG, NULL, ""}, {"quiet", 'q', OPTION_FLAG, NULL, ""}, {NULL}};
static const Option own[] = {
        {"limit", 'n', OPTION_NUMBER, "COUNT", ""},
        {"reason", 0, OPTION_TEXT, "TEXT", ""},
        {"include", 'i', OPTION_LIST, "GLOB", ""},
        {"confidence", 0, OPTION_REAL, "0…1", ""},
        {NULL},
};
static const Option *const tables[] = {common, own, NULL};

/* Parses a line split at spaces. */
static Args *parse(const char *line, GError **error)
{
        g_auto(GStrv) argv = g_strsplit(line, " ", -1);
        return args_parse(tables, *line ? argv : argv + g_strv_length(argv), false, error);
}

static void test_options_stand_anywhere(void)
{
        g_autoptr(Args) args = parse("a -j b --limit=5 c --reason why", NULL);
        g_assert_nonnull(args);
        g_assert_cmpuint(args_count(args), ==, 3);
        g_assert_cmpstr(args_word(args, 2), ==, "c");
        g_assert_null(args_word(args, 3));
        g_assert_true(args_has(args, "json"));
        g_assert_false(args_has(args, "quiet"));
        g_assert_cmpint(args_number(args, "limit", 1), ==, 5);
        g_assert_cmpstr(args_text(args, "reason"), ==, "why");
}

static void test_letters_may_stand_together(void)
{
        g_autoptr(Args) joined = parse("-jqn7", NULL);
        g_autoptr(Args) apart = parse("-jq -n 7", NULL);
        g_assert_cmpint(args_number(joined, "limit", 1), ==, 7);
        g_assert_cmpint(args_number(apart, "limit", 1), ==, 7);
        g_assert_true(args_has(joined, "quiet"));
        g_assert_cmpuint(args_count(apart), ==, 0);
}

static void test_lists_gather_and_others_keep_the_last(void)
{
        g_autoptr(Args) args = parse("-i *.md --include=*.txt --limit 1 --limit 2", NULL);
        const char *const *globs = args_list(args, "include");
        g_assert_cmpstr(globs[0], ==, "*.md");
        g_assert_cmpstr(globs[1], ==, "*.txt");
        g_assert_null(globs[2]);
        g_assert_cmpint(args_number(args, "limit", 0), ==, 2);
        g_assert_null(args_list(args, "reason"));
}

static void test_dashes_end_the_options(void)
{
        g_autoptr(Args) args = parse("-- --json -x", NULL);
        g_autoptr(Args) dash = parse("-", NULL);
        g_assert_cmpstr(args_word(args, 0), ==, "--json");
        g_assert_cmpstr(args_word(args, 1), ==, "-x");
        g_assert_false(args_has(args, "json"));
        g_assert_cmpstr(args_word(dash, 0), ==, "-");
}

static void test_the_head_stops_at_its_first_word(void)
{
        char *argv[] = {(char *)"-j", (char *)"search", (char *)"--unknown", NULL};
        g_autoptr(Args) args = args_parse(tables, argv, true, NULL);
        g_assert_nonnull(args);
        g_assert_cmpuint(args_count(args), ==, 2);
        g_assert_cmpstr(args_word(args, 1), ==, "--unknown");
}

static void test_merge_keeps_what_is_set(void)
{
        g_autoptr(Args) args = parse("--limit=1", NULL);
        g_autoptr(Args) other = parse("--limit=2 --json", NULL);
        args_merge(args, other);
        g_assert_cmpint(args_number(args, "limit", 0), ==, 1);
        g_assert_true(args_has(args, "json"));
}

static void test_what_is_wrong_is_said(void)
{
        static const struct {
                const char *line, *words;
        } bad[] = {
                {"--limti=5", "did you mean --limit"},
                {"--limit=five", "whole number"},
                {"--limit=-1", "whole number"},
                {"--limit=99999999999999999999", "whole number"},
                {"--limit", "needs a value"},
                {"--json=1", "takes no value"},
                {"-z", "no option -z"},
                {"--confidence=much", "takes a number"},
                {"--reason=\xff", "UTF-8"},
                {"\xff", "UTF-8"},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(Args) args = parse(bad[i].line, &error);
                g_assert_null(args);
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
                g_assert_nonnull(strstr(error->message, bad[i].words));
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cli/args/options_stand_anywhere", test_options_stand_anywhere);
        g_test_add_func("/cli/args/letters_may_stand_together", test_letters_may_stand_together);
        g_test_add_func("/cli/args/lists_gather_and_others_keep_the_last",
                        test_lists_gather_and_others_keep_the_last);
        g_test_add_func("/cli/args/dashes_end_the_options", test_dashes_end_the_options);
        g_test_add_func("/cli/args/the_head_stops_at_its_first_word",
                        test_the_head_stops_at_its_first_word);
        g_test_add_func("/cli/args/merge_keeps_what_is_set", test_merge_keeps_what_is_set);
        g_test_add_func("/cli/args/what_is_wrong_is_said", test_what_is_wrong_is_said);
        return g_test_run();
}
