/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the history of a folder may be read: in what is its own, and nowhere that a ".git" only claims.
 * Seen to fail: check() always true (lying pointers believed); is_common_of() always true (commondir believed); all that lies inside taken
 * for its own (a repository within another). */
#include "code/history-place.h"

#include <string.h>

#include "tree.h"

static void assert_place(Tree *tree, const char *folder, const char *git, const char *common)
{
        g_autofree char *path = tree_path(tree, folder), *wanted = tree_path(tree, git);
        g_autofree char *shared = tree_path(tree, common);
        g_autoptr(GError) error = NULL;
        g_autoptr(HistoryPlace) place = history_place_find(path, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(place->git, ==, wanted);
        g_assert_cmpstr(place->common, ==, shared);
        g_assert_cmpint(place->fds[1], >=, 0);
}

static void assert_refused(Tree *tree, const char *folder, int code)
{
        g_autofree char *path = tree_path(tree, folder);
        g_autoptr(GError) error = NULL;

        g_assert_null(history_place_find(path, &error));
        g_assert_error(error, OUROBOROS_ERROR, code);
}

static void commit(Tree *tree, const char *folder)
{
        g_free(tree_git(tree, folder, "add -A"));
        g_free(tree_git(tree, folder, "commit -qm change --allow-empty"));
}

static void test_own_work_trees_and_submodules_are_found(void)
{
        g_autoptr(Tree) tree = tree_new();

        if (!tree_has_git())
                return;
        tree_write(tree, "r/a/x.py", "x = 1\n");
        tree_write(tree, "s/y.py", "y = 1\n");
        tree_write(tree, "alone/z.py", "z = 1\n");
        g_free(tree_git(tree, "r", "init -q ."));
        g_free(tree_git(tree, "s", "init -q ."));
        commit(tree, "r");
        commit(tree, "s");
        g_free(tree_git(tree, "r", "worktree add -q ../w"));
        g_autofree char *source = tree_path(tree, "s");
        g_autofree char *line = g_strdup_printf("submodule --quiet add %s sub", source);
        g_free(tree_git(tree, "r", line));
        assert_place(tree, "r", "r/.git", "r/.git");
        assert_place(tree, "r/a", "r/.git", "r/.git");
        assert_place(tree, "w", "r/.git/worktrees/w", "r/.git");
        assert_place(tree, "r/sub", "r/.git/modules/sub", "r/.git/modules/sub");
        assert_refused(tree, "alone", OUROBOROS_ERROR_NOT_FOUND);
}

static Tree *make_private(void)
{
        Tree *tree = tree_new();

        tree_write(tree, "private/secret.py", "secret = 1\n");
        g_free(tree_git(tree, "private", "init -q ."));
        commit(tree, "private");
        tree_write(tree, "evil/a.py", "x = 1\n");
        return tree;
}

static void test_a_pointer_to_anothers_repository_is_refused(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_private();
        g_autofree char *git = tree_path(tree, "private/.git");
        g_autofree char *pointer = g_strdup_printf("gitdir: %s\n", git);

        tree_write(tree, "evil/.git", pointer);
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        tree_write(tree, "evil/.git", "gitdir: ../private/.git\n");
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        /* to a work tree that somebody else has */
        g_free(tree_git(tree, "private", "worktree add -q ../linked"));
        tree_write(tree, "evil/.git", "gitdir: ../private/.git/worktrees/linked\n");
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        /* a link of the file system is none of git's */
        tree_remove(tree, "evil/.git");
        tree_link(tree, "evil/.git", git);
        assert_refused(tree, "evil", OUROBOROS_ERROR_NOT_FOUND);
}

static void test_a_common_folder_elsewhere_is_refused(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_private();
        g_autofree char *git = tree_path(tree, "private/.git");

        g_free(tree_git(tree, "evil", "init -q ."));
        commit(tree, "evil");
        tree_write(tree, "evil/.git/commondir", git);
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        tree_write(tree, "evil/.git/commondir", "../../private/.git");
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        /* inside, but by a link that leads out */
        tree_remove(tree, "evil/.git");
        tree_link(tree, "evil/inner", git);
        tree_write(tree, "evil/.git", "gitdir: inner\n");
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        /* that claims to be one of several work trees */
        tree_remove(tree, "evil/.git");
        tree_write(tree, "evil/.git", "gitdir: worktrees/x\n");
        tree_write(tree, "evil/worktrees/x/HEAD", "ref: refs/heads/main\n");
        tree_write(tree, "evil/worktrees/x/commondir", git);
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
}

/* A folder may have one inside that others may not see. */
static void test_another_repository_inside_is_refused(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_private();

        tree_write(tree, "evil/inner/y.py", "y = 1\n");
        g_free(tree_git(tree, "evil/inner", "init -q ."));
        commit(tree, "evil/inner");
        g_free(tree_git(tree, "evil/inner", "worktree add -q ../linked"));
        g_autofree char *source = tree_path(tree, "private");
        g_autofree char *line = g_strdup_printf("submodule --quiet add %s sub", source);
        g_free(tree_git(tree, "evil/inner", line));
        tree_write(tree, "evil/.git", "gitdir: inner/.git\n");
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        tree_write(tree, "evil/.git", "gitdir: inner/.git/worktrees/linked\n");
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        tree_write(tree, "evil/.git", "gitdir: inner/.git/modules/sub\n");
        assert_refused(tree, "evil", OUROBOROS_ERROR_DENIED);
        /* its own, under another name */
        g_free(tree_git(tree, "evil/inner", "clone -q --bare . ../.bare"));
        tree_write(tree, "evil/.git", "gitdir: .bare\n");
        assert_place(tree, "evil", "evil/.bare", "evil/.bare");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/place/own", test_own_work_trees_and_submodules_are_found);
        g_test_add_func("/place/pointer", test_a_pointer_to_anothers_repository_is_refused);
        g_test_add_func("/place/common", test_a_common_folder_elsewhere_is_refused);
        g_test_add_func("/place/inside", test_another_repository_inside_is_refused);
        return g_test_run();
}
