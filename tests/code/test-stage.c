/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When which repository is read, with real helper processes: at the start, after changes, when rows change; what a stop leaves is made
 * good.
 * Seen to fail: the rows of a removed repository left; a rule of git changed
 * without a look at all; the repository around a new one not looked at again; what was left by a stop not linked; small rounds told; a
 * folder that cannot be read told as an error of ours; a sweep that comes once; a round for each
 * change at once; changes that are waited for as long as there are more. */
#include "code/stage.h"

#include <stdio.h>
#include <string.h>

#include "works.h"

#define REST_SEC 60

typedef struct Case {
        Works works;
        Service *service;
        Reading *reading;
        Stage *stage;
        unsigned rounded, ended, failed;
        GString *phases; /* of progress, each once in a row */
        unsigned told;
} Case;

static void on_rounded(const Repository *repository, void *data)
{
        ((Case *)data)->rounded++;
}

static void on_ended(int64_t usec, bool failed, void *data)
{
        Case *test = data;

        g_assert_cmpint(usec, >=, 0);
        test->ended++;
        test->failed += failed;
}

static void on_progress(const StageProgress *progress, void *data)
{
        Case *test = data;

        g_assert_cmpuint(progress->read, <=, progress->files);
        test->told++;
        if (!g_str_has_suffix(test->phases->str, progress->phase))
                g_string_append_printf(test->phases, "%s%s", test->phases->len > 0 ? " " : "",
                                       progress->phase);
}

static void open_stage(Case *test, bool watch, uint64_t sweep_us)
{
        static const char *const none[] = {NULL};
        g_autoptr(GError) error = NULL;
        g_autofree char *program =
                g_build_filename(g_getenv("OUROBOROS_BUILD_ROOT"), "daemon/ouroboros-syntax", NULL);
        sd_event *loop = service_loop(test->service);

        test->reading = reading_new(loop, program, 2, &error);
        g_assert_no_error(error);
        Parser *parser =
                parser_new(&(ParserOptions){loop, test->reading, WORKS_FILE_BYTES_MAX}, &error);
        g_assert_no_error(error);
        StageOptions options = {.vault = test->works.vault,
                                .service = test->service,
                                .parser = parser,
                                .processes = 2,
                                .watch = watch,
                                .sweep_us = sweep_us,
                                .max_file_bytes = WORKS_FILE_BYTES_MAX,
                                .private_folders = none,
                                .rounded = on_rounded,
                                .progressed = on_progress,
                                .ended = on_ended,
                                .data = test};
        test->stage = stage_new(&options, &error);
        g_assert_no_error(error);
        stage_start(test->stage);
}

static void close_stage(Case *test)
{
        test->stage = stage_free(test->stage);
        test->reading = reading_free(test->reading);
}

static void setup(Case *test, const void *data)
{
        g_autoptr(GError) error = NULL;
        ServiceHandlers handlers = {0};

        works_setup(&test->works, data);
        test->service = service_new(&handlers, &error);
        g_assert_no_error(error);
        test->phases = g_string_new(NULL);
        tree_write(test->works.tree, "a.py", "def f(): pass\n");
        tree_write(test->works.tree, "b.py", "from a import f\n\ndef g(): f()\n");
}

static void teardown(Case *test, const void *data)
{
        close_stage(test);
        test->service = service_free(test->service);
        g_string_free(test->phases, TRUE);
        works_teardown(&test->works, data);
}

static void turn(Case *test, int64_t deadline)
{
        g_assert_cmpint(sd_event_run(service_loop(test->service), 50000), >=, 0);
        g_assert_cmpint(g_get_monotonic_time(), <, deadline);
}

static void rest(Case *test)
{
        int64_t deadline = g_get_monotonic_time() + REST_SEC * G_USEC_PER_SEC;

        while (stage_rounds(test->stage) > 0)
                turn(test, deadline);
}

static void run_until(Case *test, const char *sql, int64_t expected)
{
        int64_t deadline = g_get_monotonic_time() + REST_SEC * G_USEC_PER_SEC;

        while (works_count(&test->works, sql) != expected)
                turn(test, deadline);
        rest(test);
}

#define MODULES     "SELECT count(*) FROM code_modules"
#define UNLINKED    "SELECT count(*) FROM code_modules WHERE linked = 0"
#define CALLS       "SELECT count(*) FROM code_edges WHERE kind = 2 AND target IS NOT NULL"
#define NAMED(name) "SELECT count(*) FROM code_symbols WHERE name = '" name "'"

static int64_t count(Case *test, const char *sql)
{
        return works_count(&test->works, sql);
}

/* ---- at the start ---- */

static void test_all_is_read_at_the_start(Case *test, const void *data)
{
        open_stage(test, false, 0);
        g_assert_cmpuint(stage_rounds(test->stage), >, 0);
        rest(test);
        g_assert_cmpint(count(test, MODULES), ==, 2);
        g_assert_cmpint(count(test, CALLS), ==, 1);
        g_assert_cmpuint(test->rounded, ==, 1);
        g_assert_cmpuint(test->ended, ==, 1);
        g_assert_cmpuint(test->failed, ==, 0);
        g_assert_cmpstr(test->phases->str, ==, ""); /* of few files nobody is told */
        stage_sync(test->stage, NULL);
        stage_sync(test->stage, test->works.repository->id); /* waits once only */
        stage_sync(test->stage, "repo-of-nobody");
        rest(test);
        g_assert_cmpuint(test->rounded, ==, 2);
}

static void write_many(Case *test, unsigned files)
{
        for (unsigned i = 0; i < files; i++) {
                g_autofree char *path = g_strdup_printf("many/m%03u.py", i);
                g_autofree char *text = g_strdup_printf(
                        "from many.m%03u import f%u\n\ndef f%u(): f%u()\n", i + 1, i + 1, i, i + 1);

                tree_write(test->works.tree, path, text);
        }
}

static void test_much_is_told(Case *test, const void *data)
{
        write_many(test, SYNC_SMALL_FILES - 2);
        open_stage(test, false, 0);
        rest(test);
        g_assert_cmpuint(test->told, ==, 0);
        g_assert_cmpint(count(test, MODULES), ==, SYNC_SMALL_FILES);
        tree_write(test->works.tree, "many/one_more.py", "");
        works_sql(&test->works, "UPDATE code_modules SET maker = 0");
        stage_sync(test->stage, NULL);
        rest(test);
        g_assert_true(g_str_has_suffix(test->phases->str, "linking done"));
}

/* Whatever was written when it stopped, the next start comes to the same. */
static void test_what_a_stop_leaves_is_made_good(Case *test, const void *data)
{
        unsigned stopped = 0;

        write_many(test, 400);
        for (int turns = 5; turns < 200; turns += 30) {
                open_stage(test, false, 0);
                for (int i = 0; i < turns; i++)
                        g_assert_cmpint(sd_event_run(service_loop(test->service), 2000), >=, 0);
                stopped += stage_rounds(test->stage) > 0;
                close_stage(test);
        }
        g_assert_cmpuint(stopped, >, 0);
        open_stage(test, false, 0);
        rest(test);
        g_assert_cmpint(count(test, MODULES), ==, 402);
        g_assert_cmpint(count(test, UNLINKED), ==, 0);
        g_assert_cmpint(count(test, CALLS), ==, 400); /* the last imports from nowhere */
        g_assert_cmpint(
                count(test,
                      "SELECT count(*) FROM code_states WHERE state = 'synced' AND files_left = 0"),
                ==, 1);
        works_sql(&test->works, "DELETE FROM code_edges; UPDATE code_modules SET linked = 0");
        stage_sync(test->stage, NULL);
        rest(test);
        g_assert_cmpint(count(test, CALLS), ==, 400);
}

/* ---- changes ---- */

static void write_late(Case *test, unsigned number)
{
        g_autofree char *path = g_strdup_printf("sub/late%u.py", number);

        tree_write(test->works.tree, path, "def late(): pass\n");
}

/* Runs the loop for so long. */
static void turn_for(Case *test, int64_t usec)
{
        int64_t end = g_get_monotonic_time() + usec;

        for (int64_t left = usec; left > 0; left = end - g_get_monotonic_time())
                g_assert_cmpint(sd_event_run(service_loop(test->service), (uint64_t)left), >=, 0);
}

/* However slow the machine is: a round comes STAGE_QUIET_MS after a change at the earliest. */
static void test_changes_that_come_together_are_one_round(Case *test, const void *data)
{
        tree_write(test->works.tree, "sub/early.py", "def early(): pass\n"); /* is watched then */
        open_stage(test, true, 0);
        rest(test);
        int64_t began = g_get_monotonic_time();
        for (unsigned i = 0; i < 40; i++) {
                write_late(test, i);
                turn_for(test, 25000);
        }
        run_until(test, NAMED("late"), 40);
        int64_t quiets = (g_get_monotonic_time() - began) / (STAGE_QUIET_MS * 1000);
        g_assert_cmpint(test->rounded, <=, 2 + quiets);
        tree_remove(test->works.tree, "sub");
        run_until(test, NAMED("late"), 0);
        g_assert_cmpuint(test->failed, ==, 0);
}

static void test_changes_that_do_not_end_are_not_waited_for(Case *test, const void *data)
{
        int64_t deadline = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

        tree_write(test->works.tree, "sub/early.py", "def early(): pass\n"); /* is watched then */
        open_stage(test, true, 0);
        rest(test);
        for (unsigned i = 0; count(test, NAMED("late")) == 0; i++) {
                write_late(test, i % 100);
                turn_for(test, STAGE_QUIET_MS * 1000 / 5);
                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        }
        rest(test);
}

static void test_a_rule_has_all_looked_at(Case *test, const void *data)
{
        if (!tree_has_git())
                return;
        g_free(tree_git(test->works.tree, "", "init -q"));
        open_stage(test, true, 0);
        rest(test);
        g_assert_cmpint(count(test, MODULES), ==, 2);
        tree_write(test->works.tree, ".gitignore", "b.py\n");
        run_until(test, MODULES, 1);
        tree_remove(test->works.tree, ".gitignore");
        run_until(test, MODULES, 2);
        g_assert_cmpint(count(test, CALLS), ==, 1);
}

static void test_a_sweep_finds_what_nobody_told(Case *test, const void *data)
{
        open_stage(test, false, 300 * 1000);
        rest(test);
        tree_write(test->works.tree, "c.py", "def late(): pass\n");
        run_until(test, NAMED("late"), 1);
        tree_write(test->works.tree, "d.py", "def late(): pass\n");
        run_until(test, NAMED("late"), 2);
}

/* ---- rows ---- */

static void test_a_repository_that_was_removed_goes(Case *test, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *id = g_strdup(test->works.repository->id);

        open_stage(test, true, 0);
        rest(test);
        g_assert_true(repository_remove(test->works.vault, test->works.human, id, &error));
        stage_reload(test->stage);
        rest(test);
        g_assert_cmpint(
                count(test,
                      "SELECT (SELECT count(*) FROM code_modules) + (SELECT count(*) FROM code_symbols) +"
                      " (SELECT count(*) FROM code_edges) + (SELECT count(*) FROM code_units) +"
                      " (SELECT count(*) FROM code_consulted) + (SELECT count(*) FROM code_consultations) +"
                      " (SELECT count(*) FROM code_states)"),
                ==, 0);
        g_free(works_add(&test->works, "", &(RepositoryRequest){0}));
        stage_reload(test->stage);
        rest(test);
        g_assert_cmpint(count(test, CALLS), ==, 1);
}

static void test_one_within_another_has_its_own_files(Case *test, const void *data)
{
        tree_write(test->works.tree, "sub/c.py", "def inner(): pass\n");
        open_stage(test, false, 0);
        rest(test);
        g_assert_cmpint(count(test, "SELECT repository FROM code_modules WHERE path = 'sub/c.py'"),
                        ==, 1);
        g_autofree char *inner = works_add(&test->works, "sub", &(RepositoryRequest){0});
        stage_reload(test->stage);
        rest(test);
        g_assert_cmpint(count(test, "SELECT repository FROM code_modules WHERE path = 'c.py'"), ==,
                        2);
        g_assert_cmpint(count(test, "SELECT count(*) FROM code_modules WHERE repository = 1"), ==,
                        2);
        g_assert_true(repository_remove(test->works.vault, test->works.human, inner, NULL));
        stage_reload(test->stage);
        rest(test);
        g_assert_cmpint(count(test, "SELECT repository FROM code_modules WHERE path = 'sub/c.py'"),
                        ==, 1);
}

static void test_a_rebuild_makes_all_anew(Case *test, const void *data)
{
        open_stage(test, false, 0);
        rest(test);
        g_autofree char *before = works_text(
                &test->works,
                "SELECT group_concat(hash) FROM (SELECT hash FROM code_symbols ORDER BY hash)");
        works_sql(&test->works,
                  "UPDATE code_symbols SET signature = 'wrong'; DELETE FROM code_edges");
        stage_rebuild(test->stage);
        g_assert_cmpuint(stage_rounds(test->stage), >, 0);
        rest(test);
        g_autofree char *after = works_text(
                &test->works,
                "SELECT group_concat(hash) FROM (SELECT hash FROM code_symbols ORDER BY hash)");
        g_assert_cmpstr(after, ==, before);
        g_assert_cmpint(count(test, CALLS), ==, 1);
        g_assert_cmpint(count(test, "SELECT count(*) FROM code_symbols WHERE signature = 'wrong'"),
                        ==, 0);
}

static void test_a_folder_that_cannot_be_read_says_so(Case *test, const void *data)
{
        g_autofree char *away = g_build_filename(test->works.tree->temp, "away", NULL);

        open_stage(test, false, 0);
        rest(test);
        g_assert_cmpint(rename(test->works.tree->top, away), ==, 0);
        stage_sync(test->stage, NULL);
        rest(test);
        g_assert_cmpuint(test->failed, ==, 1);
        g_assert_cmpuint(test->rounded, ==, 1);
        g_assert_cmpint(count(test, "SELECT count(*) FROM code_states WHERE state = 'unreadable'"),
                        ==, 1);
        g_assert_cmpint(count(test, MODULES), ==, 2);
        g_assert_cmpint(rename(away, test->works.tree->top), ==, 0);
        stage_sync(test->stage, NULL);
        rest(test);
        g_assert_cmpint(
                count(test,
                      "SELECT count(*) FROM code_states WHERE state = 'synced' AND error IS NULL"),
                ==, 1);
}

#define CASE_TEST(path, func) g_test_add(path, Case, NULL, setup, func, teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        CASE_TEST("/stage/all-is-read-at-the-start", test_all_is_read_at_the_start);
        CASE_TEST("/stage/much-is-told", test_much_is_told);
        CASE_TEST("/stage/what-a-stop-leaves-is-made-good", test_what_a_stop_leaves_is_made_good);
        CASE_TEST("/stage/changes-that-come-together-are-one-round",
                  test_changes_that_come_together_are_one_round);
        CASE_TEST("/stage/changes-that-do-not-end-are-not-waited-for",
                  test_changes_that_do_not_end_are_not_waited_for);
        CASE_TEST("/stage/a-rule-has-all-looked-at", test_a_rule_has_all_looked_at);
        CASE_TEST("/stage/a-sweep-finds-what-nobody-told", test_a_sweep_finds_what_nobody_told);
        CASE_TEST("/stage/a-repository-that-was-removed-goes",
                  test_a_repository_that_was_removed_goes);
        CASE_TEST("/stage/one-within-another-has-its-own-files",
                  test_one_within_another_has_its_own_files);
        CASE_TEST("/stage/a-rebuild-makes-all-anew", test_a_rebuild_makes_all_anew);
        CASE_TEST("/stage/a-folder-that-cannot-be-read-says-so",
                  test_a_folder_that_cannot_be_read_says_so);
        return g_test_run();
}
