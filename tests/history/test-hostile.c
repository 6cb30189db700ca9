/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repositories that somebody made to do harm, or that are damaged: each costs an error at most, nothing of others is told, and it
 * ends in its time.
 * Seen to fail: without Landlock the blobs behind alternates and links were told; with an answer of any size, "full" (the
 * process ended with SIGXFSZ); with depth or length of a name not told, "deep". */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "base/base.h"
#include "tree.h"

static void commit(Tree *tree, const char *folder)
{
        g_free(tree_git(tree, folder, "add -A"));
        g_free(tree_git(tree, folder, "commit -qm change --allow-empty"));
}

/* "private" with a secret, "r" with two commits. */
static Tree *make_both(void)
{
        Tree *tree = tree_new();

        tree_write(tree, "private/secret.py", "secret = 1\n");
        g_free(tree_git(tree, "private", "init -q ."));
        commit(tree, "private");
        tree_write(tree, "r/a.py", "x = 1\n");
        g_free(tree_git(tree, "r", "init -q ."));
        commit(tree, "r");
        tree_write(tree, "r/a.py", "x = 2\n");
        commit(tree, "r");
        return tree;
}

static Reply *ask(Tree *tree, HistoryAsk kind, const char *from, const char *to)
{
        g_autofree char *git = tree_path(tree, "r/.git");
        Asked asked = {.git = git, .request = {.ask = kind}};

        g_strlcpy(asked.request.from, from, sizeof(asked.request.from));
        g_strlcpy(asked.request.to, to, sizeof(asked.request.to));
        return ask_history(&asked);
}

static void assert_works(Tree *tree)
{
        g_autoptr(Reply) reply = ask(tree, HISTORY_DIFF, "HEAD~1", "HEAD");
        g_autofree char *rows = reply_rows(reply);

        g_assert_true(g_str_has_prefix(rows, "a.py "));
}

/* Is the secret told by its id? */
static void assert_no_secret(Tree *tree)
{
        g_autofree char *git = tree_path(tree, "r/.git");
        g_autofree char *id = g_strchomp(tree_git(tree, "private", "rev-parse HEAD:secret.py"));
        g_autofree char *head = g_strchomp(tree_git(tree, "private", "rev-parse HEAD"));
        Asked asked = {.git = git,
                       .ids = id,
                       .request = {.ask = HISTORY_BLOBS, .blob_bytes_max = 1024 * 1024}};
        g_autoptr(Reply) reply = ask_history(&asked);

        if (reply->answer) {
                g_assert_cmpuint(reply->answer->rows, ==, 1);
                g_assert_cmpuint(history_answer_rows(reply->answer)[0].flags, ==, HISTORY_MISSING);
        }
        g_autoptr(Reply) diff = ask(tree, HISTORY_DIFF, head, "");
        g_assert_null(diff->answer);
}

static void test_alternates_elsewhere_are_not_read(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_both();
        g_autofree char *objects = tree_path(tree, "private/.git/objects");
        g_autofree char *line = g_strconcat(objects, "\n", NULL);

        tree_write(tree, "r/.git/objects/info/alternates", line);
        g_autofree char *id = g_strchomp(tree_git(tree, "private", "rev-parse HEAD:secret.py"));
        g_autofree char *show = g_strconcat("cat-file -p ", id, NULL);
        g_autofree char *seen_by_git = tree_git(tree, "r", show);
        g_assert_cmpstr(seen_by_git, ==, "secret = 1\n");
        assert_no_secret(tree);
        assert_works(tree);
        g_free(tree_git(tree, "private", "gc -q --prune=now"));
        assert_no_secret(tree);
        assert_works(tree);
}

static void test_links_that_lead_out_are_not_followed(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_both();
        g_autofree char *head = tree_path(tree, "private/.git/refs/heads/main");
        g_autofree char *objects = tree_path(tree, "private/.git/objects");

        tree_link(tree, "r/.git/refs/heads/theirs", head);
        g_autoptr(Reply) reply = ask(tree, HISTORY_DIFF, "theirs", "HEAD");
        g_assert_null(reply->answer);
        assert_works(tree);
        tree_remove(tree, "r/.git/objects");
        tree_link(tree, "r/.git/objects", objects);
        assert_no_secret(tree);
        g_autoptr(Reply) mine = ask(tree, HISTORY_DIFF, "HEAD", "");
        g_assert_null(mine->answer);
}

static void test_configuration_does_not_count(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_both();
        g_autofree char *mark = tree_path(tree, "mark");
        g_autofree char *config =
                g_strdup_printf("[core]\n\tfsmonitor = \"touch %s\"\n\tbare = false\n"
                                "\tworktree = /etc\n\thooksPath = %s\n"
                                "[include]\n\tpath = /etc/passwd\n"
                                "[filter \"x\"]\n\tclean = touch %s\n"
                                "\tsmudge = touch %s\n\trequired = true\n",
                                mark, tree->top, mark, mark);

        tree_write(tree, "r/.git/config", config);
        tree_write(tree, "r/.git/info/attributes", "* filter=x diff=x\n");
        assert_works(tree);
        g_assert_cmpint(access(mark, F_OK), !=, 0);
        tree_write(tree, "r/.git/config", "[[[ this is none");
        assert_works(tree);
}

/* ---- damage ---- */

static char *path_of_object(Tree *tree, const char *name)
{
        g_autofree char *line = g_strconcat("rev-parse ", name, NULL);
        g_autofree char *id = g_strchomp(tree_git(tree, "r", line));

        return g_strdup_printf("r/.git/objects/%.2s/%s", id, id + 2);
}

static void damage(Tree *tree, const char *path, GRand *random)
{
        g_autofree char *full = tree_path(tree, path), *bytes = NULL;
        gsize length = 0;

        g_assert_true(g_file_get_contents(full, &bytes, &length, NULL));
        for (unsigned i = 0; i < 4 && length > 0; i++)
                bytes[g_rand_int_range(random, 0, (int)length)] ^=
                        (char)g_rand_int_range(random, 1, 256);
        if (length > 0 && g_rand_boolean(random))
                length = (gsize)g_rand_int_range(random, 0, (int)length);
        g_assert_cmpint(unlink(full), ==, 0);
        g_assert_true(g_file_set_contents(full, bytes, (gssize)length, NULL));
}

/* An answer or an error, and the process ended by itself. */
static void assert_ends(Tree *tree)
{
        g_autoptr(Reply) diff = ask(tree, HISTORY_DIFF, "HEAD~1", "HEAD");
        g_autoptr(Reply) churn = ask(tree, HISTORY_CHURN, "", "");

        g_assert_true(WIFEXITED(diff->status) && WIFEXITED(churn->status));
        g_assert_true(diff->answer || diff->error);
        g_assert_true(churn->answer || churn->error);
}

static void put_instead(Tree *tree, const char *path, const char *bytes)
{
        g_autofree char *full = tree_path(tree, path);

        g_assert_cmpint(unlink(full), ==, 0);
        g_assert_true(g_file_set_contents(full, bytes, -1, NULL));
}

static void test_damaged_objects_cost_an_error(void)
{
        static const char *const names[] = {"HEAD", "HEAD^{tree}", "HEAD~1"};

        for (unsigned i = 0; i < 2 * G_N_ELEMENTS(names) && tree_has_git(); i++) {
                g_autoptr(Tree) tree = make_both();
                g_autofree char *path = path_of_object(tree, names[i / 2]);

                put_instead(tree, path, i % 2 ? "this is no object of git" : "");
                g_autoptr(Reply) reply = ask(tree, HISTORY_DIFF, "HEAD~1", "HEAD");
                g_assert_nonnull(reply->error);
                assert_ends(tree);
        }
}

static void test_damaged_packs_cost_an_error(void)
{
        g_autoptr(GRand) random = g_rand_new_with_seed(11);

        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_both();
        g_free(tree_git(tree, "r", "gc -q --prune=now"));
        g_autofree char *folder = tree_path(tree, "r/.git/objects/pack");
        for (unsigned i = 0; i < 8; i++) {
                g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

                for (const char *name; (name = g_dir_read_name(dir));) {
                        g_autofree char *path = g_build_filename("r/.git/objects/pack", name, NULL);

                        if ((i % 2 == 0) == g_str_has_suffix(name, ".idx"))
                                damage(tree, path, random);
                }
                assert_ends(tree);
        }
}

static void test_missing_objects_cost_an_error(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_both();
        g_autofree char *path = path_of_object(tree, "HEAD^{tree}");

        tree_remove(tree, path);
        g_autoptr(Reply) reply = ask(tree, HISTORY_DIFF, "HEAD~1", "HEAD");
        g_assert_null(reply->answer);
        g_assert_nonnull(reply->error);
        tree_write(tree, "r/.git/HEAD", "ref: refs/heads/../../../../private/.git/HEAD\n");
        assert_ends(tree);
        tree_write(tree, "r/.git/HEAD", "ref: HEAD\n");
        assert_ends(tree);
        tree_write(tree, "r/.git/packed-refs", "nonsense\n\n^^^\n");
        assert_ends(tree);
}

/* ---- bombs ---- */

static char *make_tree(Tree *tree, const char *entries)
{
        g_autofree char *path = tree_path(tree, "entries"), *folder = tree_path(tree, "r");
        g_autofree char *out = NULL;
        g_autofree char *shell = g_strdup_printf("sh -c 'cd %s && git mktree <%s'", folder, path);

        tree_write(tree, "entries", entries);
        g_assert_true(g_spawn_command_line_sync(shell, &out, NULL, NULL, NULL));
        return g_strchomp(g_steal_pointer(&out));
}

/* Commits, as the last of two, folders within folders, so many, each with the next one under some names; the innermost has a file. */
typedef struct Bomb {
        unsigned levels, names;
        const char *name; /* of folders, before their numbers */
} Bomb;

static void plant(Tree *tree, const Bomb *bomb)
{
        g_autofree char *blob = g_strchomp(tree_git(tree, "r", "hash-object -w a.py"));
        g_autofree char *first = g_strdup_printf("100644 blob %s\tx.py\n", blob);
        g_autofree char *id = make_tree(tree, first);

        for (unsigned level = 0; level < bomb->levels; level++) {
                g_autoptr(GString) entries = g_string_new(NULL);

                for (unsigned i = 0; i < bomb->names; i++)
                        g_string_append_printf(entries, "040000 tree %s\t%s%u\n", id, bomb->name,
                                               i);
                g_free(id);
                id = make_tree(tree, entries->str);
        }
        g_autofree char *line = g_strdup_printf("commit-tree -p HEAD -m bomb %s", id);
        g_autofree char *commit = g_strchomp(tree_git(tree, "r", line));
        g_autofree char *set = g_strconcat("update-ref HEAD ", commit, NULL);
        g_free(tree_git(tree, "r", set));
}

/* What the bomb holds, which is cut by a limit. */
static Reply *ask_bomb(Tree *tree, const Bomb *bomb, const char *limit)
{
        plant(tree, bomb);
        Reply *reply = ask(tree, HISTORY_DIFF, "HEAD", "");
        g_assert_no_error(reply->error);
        g_assert_cmpstr(history_limit_to_string(reply->answer->cut), ==, limit);
        return reply;
}

/* Eleven levels of ten names for the same folder: a hundred thousand million files in eleven objects. */
static void test_a_bomb_of_trees_is_cut(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_both();
        const Bomb bomb = {11, 10, "d"};
        gint64 begin = g_get_monotonic_time();
        g_autoptr(Reply) diff = ask_bomb(tree, &bomb, "HISTORY_FILES_MAX");
        g_autoptr(Reply) churn = ask(tree, HISTORY_CHURN, "", "");
        g_assert_cmpuint(diff->answer->rows, ==, HISTORY_FILES_MAX);
        g_assert_nonnull(churn->answer);
        g_assert_cmpint(churn->answer->cut, ==, HISTORY_CUT_BY_FILES);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 60 * G_USEC_PER_SEC);
}

/* With names so long that it is the answer that is full. */
static void test_an_answer_that_is_full_says_so(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_both();
        g_autofree char *name = g_strnfill(80, 'd');
        const Bomb bomb = {11, 10, name};
        g_autoptr(Reply) diff = ask_bomb(tree, &bomb, "HISTORY_ANSWER_BYTES_MAX");
        g_autoptr(Reply) churn = ask(tree, HISTORY_CHURN, "", "");
        g_assert_cmpuint(diff->bytes, <=, HISTORY_ANSWER_BYTES_MAX);
        g_assert_cmpuint(diff->bytes, >, HISTORY_ANSWER_BYTES_MAX - HISTORY_NAME_BYTES_MAX);
        g_assert_nonnull(churn->answer);
        g_assert_cmpint(churn->answer->cut, ==, HISTORY_CUT_BY_FILES); /* which came first */
        g_assert_cmpuint(churn->answer->rows, <, HISTORY_FILES_MAX);
}

static void test_what_lies_deep_or_far_is_left_out_and_said(void)
{
        if (!tree_has_git())
                return;
        g_autofree char *name = g_strnfill(200, 'd');
        const Bomb deep = {HISTORY_DEPTH_MAX, 1, "d"}, far = {6, 1, name}, fits = {5, 1, name},
                   other = {HISTORY_DEPTH_MAX - 1, 1, "d"};
        g_autoptr(Tree) tree = make_both();
        g_autoptr(Reply) cut_deep = ask_bomb(tree, &deep, "HISTORY_DEPTH_MAX");
        g_autoptr(Reply) cut_far = ask_bomb(tree, &far, "HISTORY_NAME_BYTES_MAX");
        g_autoptr(Reply) whole = ask_bomb(tree, &fits, NULL);
        g_autoptr(Reply) also = ask_bomb(tree, &other, NULL);
        g_autofree char *rows = reply_rows(whole);
        g_assert_nonnull(strstr(rows, "0/x.py "));
}

static void test_what_is_large_is_left_out(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_both();
        g_autofree char *large = g_strnfill(40 * 1024 * 1024, ' ');
        g_autofree char *git = tree_path(tree, "r/.git");

        tree_write(tree, "r/large.py", large);
        commit(tree, "r");
        g_autofree char *id = g_strchomp(tree_git(tree, "r", "rev-parse HEAD:large.py"));
        Asked asked = {.git = git,
                       .ids = id,
                       .request = {.ask = HISTORY_BLOBS, .blob_bytes_max = 1024 * 1024}};
        g_autoptr(Reply) reply = ask_history(&asked);
        g_assert_cmpuint(history_answer_rows(reply->answer)[0].flags, ==, HISTORY_LARGE);
        /* a message of two megabytes */
        tree_write(tree, "message", large + 38 * 1024 * 1024);
        g_autofree char *path = tree_path(tree, "message");
        g_autofree char *line = g_strdup_printf(
                "commit -q --allow-empty --cleanup=verbatim --allow-empty-message -F %s", path);
        g_free(tree_git(tree, "r", line));
        g_autoptr(Reply) diff = ask(tree, HISTORY_DIFF, "HEAD", "");
        g_assert_null(diff->answer);
        g_assert_nonnull(diff->error);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/hostile/alternates", test_alternates_elsewhere_are_not_read);
        g_test_add_func("/hostile/links", test_links_that_lead_out_are_not_followed);
        g_test_add_func("/hostile/configuration", test_configuration_does_not_count);
        g_test_add_func("/hostile/objects", test_damaged_objects_cost_an_error);
        g_test_add_func("/hostile/packs", test_damaged_packs_cost_an_error);
        g_test_add_func("/hostile/missing", test_missing_objects_cost_an_error);
        g_test_add_func("/hostile/bomb", test_a_bomb_of_trees_is_cut);
        g_test_add_func("/hostile/full", test_an_answer_that_is_full_says_so);
        g_test_add_func("/hostile/deep", test_what_lies_deep_or_far_is_left_out_and_said);
        g_test_add_func("/hostile/large", test_what_is_large_is_left_out);
        return g_test_run();
}
