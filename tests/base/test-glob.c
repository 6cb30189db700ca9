/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base.h"

#include <string.h>

static bool matches(const char *glob, bool shy, const char *path)
{
        const char *const globs[] = {glob, NULL};
        g_autoptr(GlobSet) set = glob_set_new(globs, shy);
        return glob_set_matches(set, path);
}

static void test_matching(void)
{
        static const struct {
                const char *glob, *path;
                bool expected;
        } cases[] = {
                {"*.md", "a.md", true},
                {"*.md", "deep/er/a.md", true},
                {"*.md", "a.mdx", false},
                {"docs/*.md", "docs/a.md", true},
                {"docs/*.md", "docs/sub/a.md", false},
                {"docs/*.md", "other/docs/a.md", false},
                {"docs/**/*.md", "docs/a.md", true},
                {"docs/**/*.md", "docs/x/y/a.md", true},
                {"docs/**", "docs/x/y/a.md", true},
                {"docs/**", "docsx/a.md", false},
                {"/docs", "docs/a.md", true},
                {"/docs", "x/docs/a.md", false},
                {"docs", "x/docs/a.md", true},
                {"**/b/**", "a/b/c", true},
                {"a?c", "abc", true},
                {"a?c", "aéc", true},
                {"a?c", "ac", false},
                {"[a-c]x", "bx", true},
                {"[!a-c]x", "bx", false},
                {"[ab", "[ab", true},
                {"*", "x", true},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                if (matches(cases[i].glob, false, cases[i].path) != cases[i].expected)
                        g_error("%s against %s", cases[i].glob, cases[i].path);
}

static void test_shy_names(void)
{
        g_assert_false(matches("**", true, ".git/config"));
        g_assert_false(matches("**", true, "a/.hidden.md"));
        g_assert_false(matches("*.js", true, "node_modules/x/a.js"));
        g_assert_false(matches("docs", true, "docs/.hidden/a"));
        g_assert_true(matches(".notes/**", true, ".notes/a.md"));
        g_assert_true(matches(".*", true, "a/.hidden.md"));
        g_assert_true(matches("node_modules", true, "node_modules/x.js"));
        g_assert_true(matches("**", false, "a/.hidden.md"));
}

static void test_folders_that_lead_nowhere_are_not_entered(void)
{
        const char *const globs[] = {"docs/*/a.md", "*.txt", NULL};
        const char *const anchored[] = {"docs/*/a.md", NULL};
        g_autoptr(GlobSet) any = glob_set_new(globs, true), narrow = glob_set_new(anchored, true);
        g_assert_true(glob_set_may_lead(any, "elsewhere"));
        g_assert_false(glob_set_may_lead(any, ".git"));
        g_assert_true(glob_set_may_lead(narrow, "docs"));
        g_assert_true(glob_set_may_lead(narrow, "docs/x"));
        g_assert_false(glob_set_may_lead(narrow, "docs/x/y"));
        g_assert_false(glob_set_may_lead(narrow, "other"));
}

static void test_hostile_globs_are_quick(void)
{
        g_autoptr(GString) glob = g_string_new(NULL), name = g_string_new(NULL);
        for (int i = 0; i < 80; i++)
                g_string_append(glob, "*a");
        for (int i = 0; i < 250; i++)
                g_string_append_c(name, 'a');
        g_string_append_c(glob, 'b');
        int64_t start = g_get_monotonic_time();
        g_assert_false(matches(glob->str, false, name->str));
        g_assert_false(matches("**/**/**/**/**/**/**/**/**/**/**/**/x", false,
                               "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"));
        g_assert_cmpint(g_get_monotonic_time() - start, <, 200000);
}

static void check(const char *const *globs, OuroborosError code, const char *words)
{
        g_autoptr(GError) error = NULL;
        g_assert_false(globs_check("include", globs, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        g_assert_nonnull(strstr(error->message, words));
}

static void test_bad_globs_are_named(void)
{
        g_autofree char *longest = g_strnfill(GLOB_BYTES_MAX + 1, 'x');
        g_autoptr(GString) deep = g_string_new("a");
        const char *many[GLOBS_MAX + 2] = {NULL};
        for (int i = 0; i < GLOB_PARTS_MAX; i++)
                g_string_append(deep, "/a");
        for (int i = 0; i <= GLOBS_MAX; i++)
                many[i] = "*";
        check((const char *const[]){longest, NULL}, OUROBOROS_ERROR_LIMIT, "GLOB_BYTES_MAX");
        check((const char *const[]){deep->str, NULL}, OUROBOROS_ERROR_LIMIT, "GLOB_PARTS_MAX");
        check(many, OUROBOROS_ERROR_LIMIT, "GLOBS_MAX");
        check((const char *const[]){"../secret", NULL}, OUROBOROS_ERROR_INVALID, "../secret");
        check((const char *const[]){"/", NULL}, OUROBOROS_ERROR_INVALID, "glob");
        check((const char *const[]){"", NULL}, OUROBOROS_ERROR_INVALID, "include");
        check((const char *const[]){"\xff", NULL}, OUROBOROS_ERROR_INVALID, "include");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/glob/matching", test_matching);
        g_test_add_func("/glob/shy-names-want-to-be-spelled-out", test_shy_names);
        g_test_add_func("/glob/folders-that-lead-nowhere-are-not-entered",
                        test_folders_that_lead_nowhere_are_not_entered);
        g_test_add_func("/glob/hostile-globs-are-quick", test_hostile_globs_are_quick);
        g_test_add_func("/glob/bad-globs-are-named", test_bad_globs_are_named);
        return g_test_run();
}
