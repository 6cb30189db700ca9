/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a work tree begins, and what is checked out: as git made it, and as nobody should.
 * Seen to fail: commondir not read; packed-refs not read; ".." in a ref followed. */
#include "code/worktree.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tree.h"

static void assert_head(const Worktree *worktree, const char *branch, const char *commit)
{
        g_autofree char *found_branch = NULL, *found_commit = NULL;

        worktree_head(worktree, &found_branch, &found_commit);
        g_assert_cmpstr(found_branch, ==, branch);
        g_assert_cmpstr(found_commit, ==, commit);
}

static char *head_of(Tree *tree, const char *folder)
{
        return g_strchomp(tree_git(tree, folder, "rev-parse HEAD"));
}

static void test_a_repository_is_found_from_below(void)
{
        g_autoptr(Tree) tree = tree_new();

        if (!tree_has_git())
                return;
        tree_write(tree, "r/a/b/x.py", "x = 1\n");
        g_free(tree_git(tree, "r", "init -q ."));
        g_autofree char *top = tree_path(tree, "r"), *below = tree_path(tree, "r/a/b");
        g_autoptr(Worktree) worktree = worktree_find(top), inner = worktree_find(below);
        g_assert_cmpstr(worktree->prefix, ==, "");
        g_assert_cmpstr(inner->prefix, ==, "a/b");
        g_assert_cmpstr(inner->top, ==, top);
        assert_head(worktree, "main", NULL);
        g_free(tree_git(tree, "r", "add ."));
        g_free(tree_git(tree, "r", "commit -qm one"));
        g_autofree char *commit = head_of(tree, "r");
        assert_head(inner, "main", commit);
        g_free(tree_git(tree, "r", "pack-refs --all"));
        assert_head(inner, "main", commit);
        g_free(tree_git(tree, "r", "checkout -q --detach"));
        assert_head(inner, NULL, commit);
        g_autoptr(Worktree) none = worktree_find(tree->top);
        g_assert_null(none);
}

static void test_linked_work_trees_and_submodules_have_their_own_head(void)
{
        g_autoptr(Tree) tree = tree_new();

        if (!tree_has_git())
                return;
        tree_write(tree, "r/x.py", "x = 1\n");
        tree_write(tree, "s/y.py", "y = 1\n");
        g_free(tree_git(tree, "r", "init -q ."));
        g_free(tree_git(tree, "r", "add ."));
        g_free(tree_git(tree, "r", "commit -qm one"));
        g_free(tree_git(tree, "r",
                        "worktree "
                        "add -q ../linked -b other"));
        g_free(tree_git(tree, "s", "init -q ."));
        g_free(tree_git(tree, "s", "add ."));
        g_free(tree_git(tree, "s", "commit -qm two"));
        g_free(tree_git(tree, "r", "submodule --quiet add ../s sub"));
        g_autofree char *path = tree_path(tree, "linked"), *sub = tree_path(tree, "r/sub");
        g_autofree char *git = tree_path(tree, "r/.git");
        g_autofree char *commit = head_of(tree, "r"), *other = head_of(tree, "s");
        g_autoptr(Worktree) linked = worktree_find(path), module = worktree_find(sub);
        g_assert_cmpstr(linked->common, ==, git);
        assert_head(linked, "other", commit);
        assert_head(module, "main", other);
        g_autofree char *r = tree_path(tree, "r");
        int fd = open(r, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        g_assert_true(worktree_is_at(fd, "sub"));
        g_assert_false(worktree_is_at(fd, "none"));
        (void)close(fd);
}

static void test_what_nobody_should_write_there_is_nothing(void)
{
        static const char *const heads[] = {
                "",     "ref:", "ref: ../../secret",    "ref: refs/../../../secret",
                "0123", "zz",   "ref: refs/heads/none", "\xff\xfe"};
        g_autoptr(Tree) tree = tree_new();
        g_autofree char *top = tree_path(tree, "r"), *file = tree_path(tree, "f");

        tree_write(tree, "secret", "0123456789abcdef0123456789abcdef01234567\n");
        tree_write(tree, "r/.git/refs/x", "none");
        for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
                tree_write(tree, "r/.git/HEAD", heads[i]);
                g_autoptr(Worktree) worktree = worktree_find(top);
                g_autofree char *branch = NULL, *commit = NULL;
                worktree_head(worktree, &branch, &commit);
                g_assert_null(commit);
        }
        tree_write(tree, "f/.git", "gitdir: /nowhere/at/all\n");
        g_autoptr(Worktree) nowhere = worktree_find(file);
        g_assert_null(nowhere);
}

/* Seen to fail: keys of other sections taken; "~/" left as it is. */
static void test_the_users_own_ignore_file_is_found(void)
{
        g_autoptr(Tree) tree = tree_new();
        g_autofree char *fallback = worktree_global_excludes();
        g_autofree char *expected = g_build_filename(tree->home, ".config/git/ignore", NULL);
        g_autofree char *config = g_build_filename(tree->home, ".gitconfig", NULL);
        g_autofree char *mine = g_build_filename(tree->home, "mine", NULL);

        g_assert_cmpstr(fallback, ==, expected);
        g_assert_true(g_file_set_contents(
                config, "[user]\n excludesfile = /wrong\n[core]\n\texcludesFile = ~/mine\n", -1,
                NULL));
        g_autofree char *own = worktree_global_excludes();
        g_assert_cmpstr(own, ==, mine);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/worktree/a-repository-is-found-from-below",
                        test_a_repository_is_found_from_below);
        g_test_add_func("/worktree/linked-work-trees-and-submodules-have-their-own-head",
                        test_linked_work_trees_and_submodules_have_their_own_head);
        g_test_add_func("/worktree/what-nobody-should-write-there-is-nothing",
                        test_what_nobody_should_write_there_is_nothing);
        g_test_add_func("/worktree/the-users-own-ignore-file-is-found",
                        test_the_users_own_ignore_file_is_found);
        return g_test_run();
}
