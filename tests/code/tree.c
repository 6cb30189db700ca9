/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
        return remove(path);
}

Tree *tree_new(void)
{
        Tree *tree = g_new0(Tree, 1);
        g_autofree char *temp = g_dir_make_tmp("ouroboros-code-XXXXXX", NULL);

        g_assert_nonnull(temp);
        tree->temp = realpath(temp, NULL);
        tree->top = g_build_filename(tree->temp, "top", NULL);
        tree->home = g_build_filename(tree->temp, "home", NULL);
        g_assert_cmpint(mkdir(tree->top, 0700), ==, 0);
        g_assert_cmpint(mkdir(tree->home, 0700), ==, 0);
        g_setenv("HOME", tree->home, TRUE);
        g_unsetenv("XDG_CONFIG_HOME");
        g_setenv("GIT_CONFIG_NOSYSTEM", "1", TRUE);
        g_setenv("GIT_AUTHOR_NAME", "Tester", TRUE);
        g_setenv("GIT_AUTHOR_EMAIL", "tester@example.org", TRUE);
        g_setenv("GIT_COMMITTER_NAME", "Tester", TRUE);
        g_setenv("GIT_COMMITTER_EMAIL", "tester@example.org", TRUE);
        return tree;
}

Tree *tree_free(Tree *tree)
{
        if (!tree)
                return NULL;
        g_assert_cmpint(nftw(tree->temp, remove_entry, 16, FTW_DEPTH | FTW_PHYS), ==, 0);
        free(tree->temp);
        g_free(tree->home);
        g_free(tree->top);
        g_free(tree);
        return NULL;
}

char *tree_path(Tree *tree, const char *path)
{
        return *path ? g_build_filename(tree->top, path, NULL) : g_strdup(tree->top);
}

void tree_write(Tree *tree, const char *path, const char *content)
{
        g_autofree char *full = tree_path(tree, path);
        g_autofree char *folder = g_path_get_dirname(full);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(full, content, -1, NULL));
}

void tree_link(Tree *tree, const char *path, const char *target)
{
        g_autofree char *full = tree_path(tree, path);

        g_assert_cmpint(symlink(target, full), ==, 0);
}

void tree_remove(Tree *tree, const char *path)
{
        g_autofree char *full = tree_path(tree, path);

        g_assert_cmpint(nftw(full, remove_entry, 16, FTW_DEPTH | FTW_PHYS), ==, 0);
}

bool tree_has_git(void)
{
        g_autofree char *git = g_find_program_in_path("git");

        if (!git)
                g_test_skip("there is no git here");
        return git;
}

char *tree_git(Tree *tree, const char *folder, const char *line)
{
        g_autofree char *path = tree_path(tree, folder);
        g_autofree char *whole = g_strconcat(
                "git -c init.defaultBranch=main -c protocol.file.allow=always ", line, NULL);
        g_auto(GStrv) words = NULL;
        g_autofree char *out = NULL, *err = NULL;
        g_autoptr(GError) error = NULL;
        int status = -1;

        g_assert_true(g_shell_parse_argv(whole, NULL, &words, &error));
        g_assert_true(g_spawn_sync(path, words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                                   &status, &error));
        if (status != 0)
                g_error("git %s: %s", line, err);
        return g_steal_pointer(&out);
}

char *tree_random_name(GRand *random)
{
        static const char *const names[] = {"a",    "b",    "ab",         "abc",  "x.py",
                                            "y.py", "a.ts", "lib",        "src",  "b.c",
                                            "[x]",  "a b",  "foo.bar.go", "build"};

        return g_strdup(names[g_rand_int_range(random, 0, G_N_ELEMENTS(names))]);
}
