/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-history on repositories as git makes them: which commit is meant, what differs, how often it changed.
 * Seen to fail: a tag read whatever its size; what a tag of a tag is of not looked for. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ask.h"
#include "base/base.h"
#include "tree.h"

static char *git_of(Tree *tree, const char *folder)
{
        return g_strchomp(tree_git(tree, folder, "rev-parse --absolute-git-dir"));
}

static void commit_at(Tree *tree, const char *folder, int64_t time)
{
        g_autofree char *date = g_strdup_printf("%" G_GINT64_FORMAT " +0000", time);

        g_setenv("GIT_AUTHOR_DATE", date, TRUE);
        g_setenv("GIT_COMMITTER_DATE", date, TRUE);
        g_free(tree_git(tree, folder, "add -A"));
        g_free(tree_git(tree, folder, "commit -qm change --allow-empty"));
}

static Reply *diff(Tree *tree, const char *folder, const char *from, const char *to)
{
        g_autofree char *git = git_of(tree, folder);
        Asked asked = {.git = git, .request = {.ask = HISTORY_DIFF}};
        g_autofree char *common = g_strchomp(
                tree_git(tree, folder, "rev-parse --path-format=absolute --git-common-dir"));

        asked.common = common;
        g_strlcpy(asked.request.from, from, sizeof(asked.request.from));
        g_strlcpy(asked.request.to, to, sizeof(asked.request.to));
        return ask_history(&asked);
}

/* Which paths differ, "-path" only in from, "+path" only in to. */
static void assert_diff(Tree *tree, const char *from, const char *to, const char *expected)
{
        g_autoptr(Reply) reply = diff(tree, "r", from, to);
        g_autofree char *rows = reply_rows(reply);
        g_auto(GStrv) lines = g_strsplit(rows, "\n", -1);
        g_autoptr(GString) got = g_string_new(NULL);

        for (char **line = lines; *line && **line; line++) {
                char *space = strchr(*line, ' ');

                *space = '\0';
                g_string_append_printf(got, "%s%s%s", got->len ? " " : "",
                                       space[1] == '-'                    ? "+"
                                       : g_str_has_suffix(space + 1, "-") ? "-"
                                                                          : "",
                                       *line);
        }
        g_assert_cmpstr(got->str, ==, expected);
}

static void assert_refused(Tree *tree, const char *from, int code, const char *says)
{
        g_autoptr(Reply) reply = diff(tree, "r", from, "HEAD");

        g_assert_error(reply->error, OUROBOROS_ERROR, code);
        if (!strstr(reply->error->message, says))
                g_error("%s: %s", from, reply->error->message);
}

static Tree *make_history(void)
{
        Tree *tree = tree_new();

        tree_write(tree, "r/a.py", "def a(): pass\n");
        tree_write(tree, "r/d/b.c", "int b;\n");
        tree_write(tree, "r/readme.txt", "x\n");
        g_free(tree_git(tree, "r", "init -q ."));
        commit_at(tree, "r", 1600000000);
        g_free(tree_git(tree, "r", "tag -a v1 -m one"));
        tree_write(tree, "r/a.py", "def a(x): pass\n");
        tree_write(tree, "r/d/c.c", "int c;\n");
        tree_write(tree, "r/readme.txt", "y\n");
        commit_at(tree, "r", 1600001000);
        g_free(tree_git(tree, "r", "mv d/b.c d/e.c"));
        commit_at(tree, "r", 1600002000);
        return tree;
}

static void test_what_differs_between_revisions(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *head = g_strchomp(tree_git(tree, "r", "rev-parse HEAD"));

        assert_diff(tree, "HEAD~2", "HEAD", "a.py -d/b.c +d/c.c +d/e.c");
        assert_diff(tree, "v1", "main", "a.py -d/b.c +d/c.c +d/e.c");
        assert_diff(tree, "v1", "@^", "a.py +d/c.c");
        assert_diff(tree, head, "v1", "a.py +d/b.c -d/c.c -d/e.c");
        assert_diff(tree, "HEAD", "refs/heads/main", "");
        head[7] = '\0';
        assert_diff(tree, "HEAD~1", head, "-d/b.c +d/e.c");
        g_free(tree_git(tree, "r", "gc -q --prune=now"));
        g_free(tree_git(tree, "r", "pack-refs --all"));
        assert_diff(tree, "v1", "main", "a.py -d/b.c +d/c.c +d/e.c");
        g_free(tree_git(tree, "r", "checkout -q --detach v1"));
        assert_diff(tree, "HEAD", "main~0", "a.py -d/b.c +d/c.c +d/e.c");
        assert_diff(tree, "main", "", "-a.py -d/c.c -d/e.c");
}

static void test_nonsense_is_refused_clearly(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();

        assert_refused(tree, "nothere", OUROBOROS_ERROR_NOT_FOUND, "no commit, branch or tag");
        assert_refused(tree, "deadbeef", OUROBOROS_ERROR_NOT_FOUND, "no commit, branch or tag");
        assert_refused(tree, "HEAD~9", OUROBOROS_ERROR_NOT_FOUND, "no such commit");
        assert_refused(tree, "HEAD^2", OUROBOROS_ERROR_NOT_FOUND, "no such commit");
        assert_refused(tree, "HEAD~999999999999", OUROBOROS_ERROR_LIMIT, "HISTORY_STEPS_MAX");
        for (const char *const *bad = (const char *const[]){":/fix", "main@{1}", "main..v1",
                                                            "HEAD^{tree}", "v1:a.py", "../HEAD",
                                                            "--all", "a b", "^", "HEAD~x", NULL};
             *bad; bad++)
                assert_refused(tree, *bad, OUROBOROS_ERROR_INVALID, "is no name of a commit");
        g_autofree char *blob = g_strchomp(tree_git(tree, "r", "rev-parse HEAD:a.py"));
        assert_refused(tree, blob, OUROBOROS_ERROR_INVALID, "is no commit");
}

static void test_tags_of_tags_mean_their_commit(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *message = g_strnfill(HISTORY_COMMIT_BYTES_MAX + 1, 'm');

        g_free(tree_git(tree, "r", "tag -a outer -m two v1"));
        assert_diff(tree, "outer", "@^", "a.py +d/c.c");
        g_autofree char *tag = g_strchomp(tree_git(tree, "r", "rev-parse outer"));
        assert_diff(tree, tag, "@^", "a.py +d/c.c");
        tree_write(tree, "message", message);
        g_free(tree_git(tree, "r", "tag -a large -F ../message"));
        assert_refused(tree, "large", OUROBOROS_ERROR_LIMIT, "HISTORY_COMMIT_BYTES_MAX");
        g_free(tree_git(tree, "r", "tag file HEAD:a.py"));
        assert_refused(tree, "file", OUROBOROS_ERROR_INVALID, "is no commit");
}

static Reply *since(Tree *tree, int64_t time)
{
        g_autofree char *git = git_of(tree, "r");
        Asked asked = {.git = git, .request = {.ask = HISTORY_DIFF, .since = time, .to = "HEAD"}};

        return ask_history(&asked);
}

static void test_a_time_means_the_last_commit_at_or_before_it(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *first = g_strchomp(tree_git(tree, "r", "rev-parse v1^0"));
        g_autoptr(Reply) at = since(tree, 1600000999), before = since(tree, 1599999999);

        g_assert_cmpstr(at->answer->from, ==, first);
        g_assert_cmpint(at->answer->from_time, ==, 1600000000);
        g_assert_cmpint(at->answer->to_time, ==, 1600002000);
        g_assert_cmpuint(at->answer->rows, ==, 4);
        g_assert_cmpstr(before->answer->from, ==, "");
        g_assert_true(before->answer->flags & HISTORY_NOTHING);
        g_assert_cmpuint(before->answer->rows, ==, 3);
}

static void test_blobs_come_as_they_are(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *git = git_of(tree, "r");
        g_autofree char *a = g_strchomp(tree_git(tree, "r", "rev-parse v1:a.py"));
        g_autofree char *tree_id = g_strchomp(tree_git(tree, "r", "rev-parse v1:d"));
        g_autofree char *large = g_strchomp(tree_git(tree, "r", "rev-parse HEAD:a.py"));
        g_autofree char *ids =
                g_strconcat(a, tree_id, "00000000000000000000000000000000000000ff", large, NULL);
        Asked asked = {
                .git = git, .ids = ids, .request = {.ask = HISTORY_BLOBS, .blob_bytes_max = 14}};
        g_autoptr(Reply) reply = ask_history(&asked);
        const HistoryRow *rows = history_answer_rows(reply->answer);

        g_assert_cmpuint(reply->answer->rows, ==, 4);
        g_assert_cmpmem(history_answer_bytes(reply->answer) + rows[0].offset, rows[0].bytes,
                        "def a(): pass\n", 14);
        g_assert_cmpuint(rows[0].flags, ==, HISTORY_OLD);
        g_assert_cmpuint(rows[1].flags, ==, HISTORY_MISSING);
        g_assert_cmpuint(rows[2].flags, ==, HISTORY_MISSING);
        g_assert_cmpuint(rows[3].flags, ==, HISTORY_LARGE);
}

/* ---- churn ---- */

static Reply *churn(Tree *tree, const char *known, int64_t oldest)
{
        g_autofree char *git = git_of(tree, "r");
        Asked asked = {.git = git, .request = {.ask = HISTORY_CHURN, .since = oldest}};

        g_strlcpy(asked.request.from, known, sizeof(asked.request.from));
        return ask_history(&asked);
}

static void assert_churn(Tree *tree, const char *known, int64_t oldest, const char *expected)
{
        g_autoptr(Reply) reply = churn(tree, known, oldest);
        g_autofree char *rows = reply_rows(reply);

        g_assert_cmpstr(rows, ==, expected);
}

static void test_commits_of_each_file_are_counted(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *before = g_strchomp(tree_git(tree, "r", "rev-parse HEAD~1"));

        assert_churn(tree, "", 0, "a.py 2\nd/b.c 2\nd/c.c 1\nd/e.c 1");
        assert_churn(tree, "", 1600001000, "a.py 1\nd/b.c 1\nd/c.c 1\nd/e.c 1");
        assert_churn(tree, before, 0, "d/b.c 1\nd/e.c 1");
        g_autoptr(Reply) appended = churn(tree, before, 0);
        g_assert_true(appended->answer->flags & HISTORY_APPENDED);
        g_assert_cmpuint(appended->answer->commits, ==, 1);
}

static void test_what_merges_bring_counts_where_it_was_made(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();

        g_free(tree_git(tree, "r", "checkout -q -b side v1"));
        tree_write(tree, "r/a2.py", "x = 1\n");
        commit_at(tree, "r", 1600003000);
        g_free(tree_git(tree, "r", "checkout -q main"));
        g_autofree char *known = g_strchomp(tree_git(tree, "r", "rev-parse HEAD"));
        g_free(tree_git(tree, "r", "merge -q --no-ff -m merge side"));
        assert_churn(tree, "", 0, "a.py 2\na2.py 1\nd/b.c 2\nd/c.c 1\nd/e.c 1");
        assert_churn(tree, known, 0, "a2.py 1");
        assert_diff(tree, "HEAD^2", "HEAD^1", "a.py -a2.py -d/b.c +d/c.c +d/e.c");
}

static void test_rewritten_history_is_counted_anew(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *known = g_strchomp(tree_git(tree, "r", "rev-parse HEAD"));

        g_free(tree_git(tree, "r", "reset -q --hard HEAD~1"));
        tree_write(tree, "r/a.py", "def a(y): pass\n");
        commit_at(tree, "r", 1600002000);
        g_autoptr(Reply) reply = churn(tree, known, 0);
        g_autofree char *rows = reply_rows(reply);
        g_assert_cmpstr(rows, ==, "a.py 3\nd/b.c 1\nd/c.c 1");
        g_assert_false(reply->answer->flags & HISTORY_APPENDED);
        assert_churn(tree, "00000000000000000000000000000000000000aa", 0,
                     "a.py 3\nd/b.c 1\nd/c.c 1");
        assert_churn(tree, "nonsense", 0, "a.py 3\nd/b.c 1\nd/c.c 1");
}

static void test_commits_of_one_second_are_told_apart(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *known = g_strchomp(tree_git(tree, "r", "rev-parse HEAD"));

        for (unsigned i = 0; i < 8; i++) {
                g_autofree char *text = g_strdup_printf("x = %u\n", i);

                tree_write(tree, "r/a.py", text);
                commit_at(tree, "r", 1600002000);
        }
        assert_churn(tree, known, 0, "a.py 8");
        assert_churn(tree, "", 0, "a.py 10\nd/b.c 2\nd/c.c 1\nd/e.c 1");
}

/* ---- other shapes ---- */

static void test_shallow_clones_say_where_they_end(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *source = tree_path(tree, "r");
        g_autofree char *line = g_strdup_printf("clone -q --depth 2 file://%s r2", source);

        g_free(tree_git(tree, "", line));
        tree_remove(tree, "r");
        g_autofree char *from = tree_path(tree, "r2"), *to = tree_path(tree, "r");
        g_assert_cmpint(rename(from, to), ==, 0);
        g_autoptr(Reply) reply = churn(tree, "", 0);
        g_autofree char *rows = reply_rows(reply);
        g_assert_cmpstr(rows, ==, "d/b.c 1\nd/e.c 1");
        g_assert_true(reply->answer->flags & HISTORY_SHALLOW);
        assert_diff(tree, "HEAD~1", "HEAD", "-d/b.c +d/e.c");
        assert_refused(tree, "HEAD~2", OUROBOROS_ERROR_NOT_FOUND, "history at hand");
        g_autoptr(Reply) early = since(tree, 1600000500);
        g_assert_error(early->error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

static void test_work_trees_and_submodules_have_histories_of_their_own(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();

        g_free(tree_git(tree, "r", "worktree add -q ../w v1"));
        tree_write(tree, "w/new.go", "package p\n");
        commit_at(tree, "w", 1600004000);
        g_autoptr(Reply) linked = diff(tree, "w", "HEAD~1", "HEAD");
        g_autofree char *rows = reply_rows(linked);
        g_assert_true(g_str_has_prefix(rows, "new.go - "));
        g_autofree char *source = tree_path(tree, "w");
        g_autofree char *line = g_strdup_printf("submodule --quiet add %s sub", source);
        g_free(tree_git(tree, "r", line));
        commit_at(tree, "r", 1600005000);
        assert_diff(tree, "HEAD~1", "HEAD", "");
        g_autoptr(Reply) inner = diff(tree, "r/sub", "HEAD~1", "HEAD");
        g_autofree char *inner_rows = reply_rows(inner);
        g_assert_cmpstr(inner_rows, ==, rows);
}

static void test_an_empty_repository_says_so(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = tree_new();

        tree_write(tree, "r/a.py", "x = 1\n");
        g_free(tree_git(tree, "r", "init -q ."));
        g_autoptr(Reply) reply = diff(tree, "r", "HEAD", "HEAD");
        g_assert_error(reply->error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_assert_nonnull(strstr(reply->error->message, "none yet"));
        g_autoptr(Reply) counted = churn(tree, "", 0);
        g_assert_error(counted->error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

static void test_objects_under_sha256_are_refused_clearly(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = tree_new();

        tree_write(tree, "r/a.py", "x = 1\n");
        g_free(tree_git(tree, "r", "init -q --object-format=sha256 ."));
        commit_at(tree, "r", 1600000000);
        g_autoptr(Reply) reply = diff(tree, "r", "HEAD", "");
        g_assert_error(reply->error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_nonnull(strstr(reply->error->message, "SHA-256"));
}

static void test_a_folder_of_the_repository_is_told_alone(void)
{
        if (!tree_has_git())
                return;
        g_autoptr(Tree) tree = make_history();
        g_autofree char *git = git_of(tree, "r");
        Asked asked = {.git = git,
                       .request = {.ask = HISTORY_DIFF, .prefix = "d", .from = "v1", .to = "HEAD"}};
        g_autoptr(Reply) reply = ask_history(&asked);
        g_autofree char *rows = reply_rows(reply);

        g_assert_true(g_str_has_prefix(rows, "b.c "));
        g_assert_cmpuint(reply->answer->rows, ==, 3);
        g_strlcpy(asked.request.prefix, "nothere", sizeof(asked.request.prefix));
        g_autoptr(Reply) none = ask_history(&asked);
        g_assert_cmpuint(none->answer->rows, ==, 0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/history/what-differs", test_what_differs_between_revisions);
        g_test_add_func("/history/nonsense", test_nonsense_is_refused_clearly);
        g_test_add_func("/history/tags", test_tags_of_tags_mean_their_commit);
        g_test_add_func("/history/time", test_a_time_means_the_last_commit_at_or_before_it);
        g_test_add_func("/history/blobs", test_blobs_come_as_they_are);
        g_test_add_func("/history/churn", test_commits_of_each_file_are_counted);
        g_test_add_func("/history/merges", test_what_merges_bring_counts_where_it_was_made);
        g_test_add_func("/history/rewritten", test_rewritten_history_is_counted_anew);
        g_test_add_func("/history/one-second", test_commits_of_one_second_are_told_apart);
        g_test_add_func("/history/shallow", test_shallow_clones_say_where_they_end);
        g_test_add_func("/history/worktrees",
                        test_work_trees_and_submodules_have_histories_of_their_own);
        g_test_add_func("/history/empty", test_an_empty_repository_says_so);
        g_test_add_func("/history/sha256", test_objects_under_sha256_are_refused_clearly);
        g_test_add_func("/history/folder", test_a_folder_of_the_repository_is_told_alone);
        return g_test_run();
}
