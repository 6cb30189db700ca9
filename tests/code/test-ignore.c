/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is ignored is what git ignores: by examples, and by asking git about random patterns and paths.
 * Seen to fail: "!" not seen; folder_only forgotten; the first pattern that matches decides; "**" at the end matching
 * the folder itself; "\ " trimmed. */
#include "code/ignore.h"

#include <gio/gio.h>
#include <string.h>

#include "tree.h"

static IgnoreVerdict judge(const char *text, const char *path, bool folder)
{
        g_autoptr(IgnoreRules) rules = ignore_rules_new("", text, strlen(text));

        return ignore_rules_judge(rules, path, folder);
}

static void test_patterns_mean_what_git_says(void)
{
        static const struct {
                const char *text, *path;
                bool folder;
                IgnoreVerdict verdict;
        } cases[] = {
                {"foo", "foo", false, IGNORE_IGNORED},
                {"foo", "a/b/foo", true, IGNORE_IGNORED},
                {"foo", "foobar", false, IGNORE_SILENT},
                {"/foo", "foo", false, IGNORE_IGNORED},
                {"/foo", "a/foo", false, IGNORE_SILENT},
                {"a/foo", "a/foo", false, IGNORE_IGNORED},
                {"a/foo", "b/a/foo", false, IGNORE_SILENT},
                {"foo/", "foo", false, IGNORE_SILENT},
                {"foo/", "foo", true, IGNORE_IGNORED},
                {"*.py", "a/b.py", false, IGNORE_IGNORED},
                {"*.py\n!keep.py", "keep.py", false, IGNORE_KEPT},
                {"!keep.py\n*.py", "keep.py", false, IGNORE_IGNORED},
                {"a/*", "a/b", false, IGNORE_IGNORED},
                {"a/*", "a/b/c", false, IGNORE_SILENT},
                {"a/**", "a", true, IGNORE_SILENT},
                {"a/**", "a/b/c", false, IGNORE_IGNORED},
                {"**/b", "b", false, IGNORE_IGNORED},
                {"**/b", "x/y/b", false, IGNORE_IGNORED},
                {"a/**/b", "a/b", false, IGNORE_IGNORED},
                {"a/**/b", "a/x/y/b", false, IGNORE_IGNORED},
                {"a/**/b", "x/a/b", false, IGNORE_SILENT},
                {"a?c", "abc", false, IGNORE_IGNORED},
                {"a?c", "ac", false, IGNORE_SILENT},
                {"[a-c]x", "bx", false, IGNORE_IGNORED},
                {"[!a-c]x", "bx", false, IGNORE_SILENT},
                {"[^a-c]x", "dx", false, IGNORE_IGNORED},
                {"[[:digit:]]x", "7x", false, IGNORE_IGNORED},
                {"[]]x", "]x", false, IGNORE_IGNORED},
                {"[ab", "[ab", false, IGNORE_SILENT},
                {"\\[x\\]", "[x]", false, IGNORE_IGNORED},
                {"# foo", "# foo", false, IGNORE_SILENT},
                {"\\# foo", "# foo", false, IGNORE_IGNORED},
                {"\\!foo", "!foo", false, IGNORE_IGNORED},
                {"foo   ", "foo", false, IGNORE_IGNORED},
                {"foo\\ ", "foo ", false, IGNORE_IGNORED},
                {"foo\r\n", "foo", false, IGNORE_IGNORED},
                {"\xef\xbb\xbf"
                 "foo",
                 "foo", false, IGNORE_IGNORED},
                {"/", "foo", true, IGNORE_SILENT},
                {"\n\n  \n", "foo", false, IGNORE_SILENT},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                if (judge(cases[i].text, cases[i].path, cases[i].folder) != cases[i].verdict)
                        g_error("\"%s\" against %s", cases[i].text, cases[i].path);
}

static void test_a_file_speaks_of_its_folder(void)
{
        g_autoptr(IgnoreRules) rules = ignore_rules_new("a/b", "/x\ny/z", 6);

        g_assert_cmpint(ignore_rules_judge(rules, "a/b/x", false), ==, IGNORE_IGNORED);
        g_assert_cmpint(ignore_rules_judge(rules, "a/b/c/x", false), ==, IGNORE_SILENT);
        g_assert_cmpint(ignore_rules_judge(rules, "a/b/y/z", false), ==, IGNORE_IGNORED);
}

/* 100,000 characters against a pattern of stars, and long files. */
static void test_hostile_patterns_are_quick(void)
{
        g_autoptr(GString) stars = g_string_new(NULL), names = g_string_new(NULL);
        g_autofree char *name = g_strnfill(250, 'a');

        for (unsigned i = 0; i < 60; i++)
                g_string_append(stars, "**/*a*a*a*b/");
        for (unsigned i = 0; i < 60; i++)
                g_string_append_printf(names, "%s/", name);
        g_string_append_c(names, 'x');
        g_string_truncate(stars, IGNORE_PATTERN_BYTES_MAX - 1);
        int64_t began = g_get_monotonic_time();
        g_assert_cmpint(judge(stars->str, names->str, false), ==, IGNORE_SILENT);
        g_assert_cmpint(g_get_monotonic_time() - began, <, G_USEC_PER_SEC);

        g_autoptr(GString) many = g_string_new(NULL);
        for (unsigned i = 0; i < IGNORE_PATTERNS_MAX + 10; i++)
                g_string_append_printf(many, "n%u\n", i);
        g_assert_cmpint(judge(many->str, "n9999", false), ==, IGNORE_IGNORED);
        g_assert_cmpint(judge(many->str, "n10001", false), ==, IGNORE_SILENT);
}

/* ---- the same as git ---- */

/* Stars stand in twos only where they are all of a part: what others mean depends on how git reads, not on what it says. */
static void random_part(GRand *random, GString *pattern)
{
        static const char *const pieces[] = {"a",   "b",    "ab",   "*",    "?",
                                             ".py", "[ab]", "[!a]", "x.py", "\\[",
                                             "a b", "lib",  "\\*",  "c",    ".ts"};
        bool star = false;

        if (g_rand_int_range(random, 0, 5) == 0) {
                g_string_append(pattern, "**");
                return;
        }
        for (int i = g_rand_int_range(random, 1, 4); i > 0; i--) {
                const char *piece = pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))];

                if (!star || piece[0] != '*')
                        g_string_append(pattern, piece);
                star = piece[0] == '*';
        }
}

static char *random_pattern(GRand *random)
{
        GString *pattern = g_string_new(g_rand_int_range(random, 0, 5) == 0 ? "!" : NULL);
        int parts = g_rand_int_range(random, 1, 4);

        if (g_rand_int_range(random, 0, 4) == 0)
                g_string_append_c(pattern, '/');
        for (int i = 0; i < parts; i++) {
                if (i > 0)
                        g_string_append_c(pattern, '/');
                random_part(random, pattern);
        }
        if (g_rand_int_range(random, 0, 4) == 0)
                g_string_append_c(pattern, '/');
        return g_string_free(pattern, FALSE);
}

static char *random_path(GRand *random)
{
        g_autoptr(GString) path = g_string_new(NULL);

        for (int i = g_rand_int_range(random, 1, 4); i > 0; i--) {
                g_autofree char *name = tree_random_name(random);
                g_string_append_printf(path, "%s%s", path->len ? "/" : "", name);
        }
        return g_string_free(g_steal_pointer(&path), FALSE);
}

/* The paths that git ignores, itself or with a folder above. */
static char *ask_git(Tree *tree, const char *paths)
{
        g_autofree char *folder = tree_path(tree, "");
        const char *words[] = {"git", "check-ignore", "--no-index", "--stdin", "-z", NULL};
        GSubprocess *git;
        g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
                G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
        g_autoptr(GBytes) in = g_bytes_new(paths, strlen(paths)), out = NULL;
        g_autoptr(GByteArray) zeros = g_byte_array_new();

        g_byte_array_append(zeros, (const guint8 *)paths, (guint)strlen(paths));
        for (guint i = 0; i < zeros->len; i++)
                if (zeros->data[i] == '\n')
                        zeros->data[i] = '\0';
        g_bytes_unref(in);
        in = g_bytes_new(zeros->data, zeros->len);
        g_subprocess_launcher_set_cwd(launcher, folder);
        git = g_subprocess_launcher_spawnv(launcher, words, NULL);
        g_assert_nonnull(git);
        g_assert_true(g_subprocess_communicate(git, in, NULL, &out, NULL, NULL));
        g_object_unref(git);
        gsize size;
        const char *data = g_bytes_get_data(out, &size);
        g_autoptr(GString) lines = g_string_new("\n");
        for (gsize i = 0; i < size; i++)
                g_string_append_c(lines, data[i] ? data[i] : '\n');
        return g_string_free(g_steal_pointer(&lines), FALSE);
}

/* As a walk does: a folder that is ignored is not entered. */
static bool ignored_on_the_way(const IgnoreRules *rules, const char *path)
{
        for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
                g_autofree char *folder = g_strndup(path, (size_t)(slash - path));

                if (ignore_rules_judge(rules, folder, true) == IGNORE_IGNORED)
                        return true;
        }
        return ignore_rules_judge(rules, path, false) == IGNORE_IGNORED;
}

static void compare(Tree *tree, GRand *random)
{
        g_autoptr(GString) text = g_string_new(NULL), paths = g_string_new(NULL);
        g_autoptr(IgnoreRules) rules = NULL;

        for (int i = g_rand_int_range(random, 1, 5); i > 0; i--) {
                g_autofree char *pattern = random_pattern(random);
                g_string_append_printf(text, "%s\n", pattern);
        }
        for (unsigned i = 0; i < 40; i++) {
                g_autofree char *path = random_path(random);
                g_string_append_printf(paths, "%s\n", path);
        }
        tree_write(tree, ".gitignore", text->str);
        rules = ignore_rules_new("", text->str, text->len);
        g_autofree char *said = ask_git(tree, paths->str);
        g_auto(GStrv) lines = g_strsplit(paths->str, "\n", -1);
        for (char **line = lines; **line; line++) {
                g_autofree char *needle = g_strdup_printf("\n%s\n", *line);
                bool git = strstr(said, needle) != NULL;

                if (ignored_on_the_way(rules, *line) != git)
                        g_error("git %s %s by:\n%s", git ? "ignores" : "does not ignore", *line,
                                text->str);
        }
}

static void test_random_patterns_mean_what_git_says(void)
{
        g_autoptr(Tree) tree = tree_new();
        g_autoptr(GRand) random = g_rand_new_with_seed(20263);

        if (!tree_has_git())
                return;
        g_free(tree_git(tree, "", "init -q ."));
        for (unsigned i = 0; i < 150; i++)
                compare(tree, random);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/ignore/patterns-mean-what-git-says", test_patterns_mean_what_git_says);
        g_test_add_func("/ignore/a-file-speaks-of-its-folder", test_a_file_speaks_of_its_folder);
        g_test_add_func("/ignore/hostile-patterns-are-quick", test_hostile_patterns_are_quick);
        g_test_add_func("/ignore/random-patterns-mean-what-git-says",
                        test_random_patterns_mean_what_git_says);
        return g_test_run();
}
