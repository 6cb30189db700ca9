/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files a round reads: those that differ from their rows, and no others.
 * Seen to fail: rows of an older way of making them left; what is in blocked folders deleted; options that are others now not looked at;
 * numbers given in the order of a hash table; a header's language kept when there are more sources of C++, or judged by what was
 * looked at alone; a path looked at without what is below it, or with its neighbours; sizes not compared; numbers without an end. */
#include "code/sync-round.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "works.h"

#define PATHS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* "new a.py" or "a.py", "!" behind what is made anew whatever it says; "-b.py" for what has gone. */
static char *describe(const Sync *sync)
{
        GString *text = g_string_new(NULL);

        for (unsigned i = 0; i < sync->todo->len; i++) {
                const SyncFile *file = sync->todo->pdata[i];

                g_string_append_printf(text, "%s%s%s%s", text->len > 0 ? ", " : "",
                                       file->is_new ? "new " : "", file->file->path,
                                       file->force ? "!" : "");
        }
        g_assert_cmpuint(sync->gone->len, <=, 1);
        if (sync->gone->len > 0)
                g_string_append_printf(text, "%s-%s", text->len > 0 ? ", " : "",
                                       g_array_index(sync->gone, SyncGone, 0).path);
        return g_string_free(text, FALSE);
}

/* Looks, and leaves it at that. */
static void assert_differs(Works *works, const char *const *only, const char *expected)
{
        g_autoptr(Sync) sync = works_look(works, only);
        g_autofree char *text = describe(sync);
        SyncReport report;

        g_assert_cmpstr(text, ==, expected);
        sync_report(sync, &report);
        g_assert_cmpuint(report.todo, ==, sync->todo->len);
        g_assert_cmpuint(report.gone, ==, sync->gone->len);
}

static void setup(Works *works, const void *data)
{
        works_setup(works, data);
        tree_write(works->tree, "b.py", "import a\n");
        tree_write(works->tree, "a.py", "x = 1\n");
        tree_write(works->tree, "sub/c.py", "x = 1\n");
        tree_write(works->tree, "sub/deep/d.ts", "let x = 1\n");
        tree_write(works->tree, "sub2/e.py", "x = 1\n");
        tree_write(works->tree, "notes.txt", "no source\n");
}

static void test_all_is_new_at_first_in_the_order_of_paths(Works *works, const void *data)
{
        g_autoptr(Sync) sync = works_look(works, NULL);
        g_autofree char *text = describe(sync);

        g_assert_cmpstr(text, ==,
                        "new a.py, new b.py, new sub/c.py, new sub/deep/d.ts, new sub2/e.py");
        for (unsigned i = 0; i < sync->todo->len; i++)
                g_assert_cmpuint(((SyncFile *)sync->todo->pdata[i])->module, ==, i + 1);
        g_assert_cmpuint(sync->report.files, ==, 5);
        g_assert_cmpuint(works_finish(works, sync).read, ==, 5);
        assert_differs(works, NULL, "");
}

static void test_an_empty_folder_has_nothing(Works *works, const void *data)
{
        tree_write(works->tree, "empty/x.txt", "");
        g_free(works_add(works, "empty", &(RepositoryRequest){0}));
        assert_differs(works, NULL, "");
        g_assert_cmpuint(works_sync(works, NULL).files, ==, 0);
}

static void test_what_was_written_added_and_deleted_differs(Works *works, const void *data)
{
        (void)works_sync(works, NULL);
        tree_write(works->tree, "a.py", "x = 22\n");
        tree_write(works->tree, "aa.py", "");
        tree_remove(works->tree, "sub/c.py");
        assert_differs(works, NULL, "a.py, new aa.py, -sub/c.py");
        /* numbers are not given again while there are larger ones */
        g_autoptr(Sync) sync = works_look(works, NULL);
        g_assert_cmpuint(((SyncFile *)sync->todo->pdata[1])->module, ==, 6);
}

/* What says the same is seen to, and only its times are written. */
static void test_what_was_touched_is_read_and_kept(Works *works, const void *data)
{
        (void)works_sync(works, NULL);
        works_sql(works, "UPDATE code_modules SET ctime = 0 WHERE path = 'a.py'");
        works_sql(works, "UPDATE code_modules SET bytes = bytes + 1 WHERE path = 'b.py'");
        works_sql(works, "UPDATE code_modules SET mtime = mtime - 1 WHERE path = 'sub/c.py'");
        assert_differs(works, NULL, "a.py, b.py, sub/c.py");
        SyncReport report = works_sync(works, NULL);
        g_assert_cmpuint(report.todo, ==, 3);
        g_assert_cmpuint(report.read, ==, 0);
        g_assert_cmpuint(report.linked, ==, 0);
        assert_differs(works, NULL, "");
}

static void test_rows_that_were_made_otherwise_are_made_anew(Works *works, const void *data)
{
        (void)works_sync(works, NULL);
        works_sql(works, "UPDATE code_modules SET maker = maker - 1000 WHERE path = 'a.py'");
        works_sql(works, "UPDATE code_modules SET language = 'rust' WHERE path = 'b.py'");
        assert_differs(works, NULL, "a.py!, b.py!");
        SyncReport report = works_sync(works, NULL);
        g_assert_cmpuint(report.read, ==, 2);
        assert_differs(works, NULL, "");
}

static void test_paths_are_looked_at_with_what_is_below_them(Works *works, const void *data)
{
        (void)works_sync(works, NULL);
        for (unsigned i = 0; i < 4; i++)
                tree_write(works->tree, PATHS("a.py", "sub/c.py", "sub/deep/d.ts", "sub2/e.py")[i],
                           "let_it_be = 3\n");
        assert_differs(works, PATHS("sub"), "sub/c.py, sub/deep/d.ts");
        assert_differs(works, PATHS("sub/c.py"), "sub/c.py");
        assert_differs(works, PATHS("a.py", "sub2"), "a.py, sub2/e.py");
        assert_differs(works, PATHS("su", "nothing", "notes.txt"), "");
        tree_remove(works->tree, "sub/deep");
        assert_differs(works, PATHS("sub/deep"), "-sub/deep/d.ts");
        assert_differs(works, PATHS("a.py"), "a.py");
        tree_remove(works->tree, "sub2/e.py");
        tree_write(works->tree, "sub2/f.py", "");
        assert_differs(works, PATHS("sub2"), "new sub2/f.py, -sub2/e.py");
}

/* What follows from the options of a repository may be anywhere. */
static void test_other_options_have_all_looked_at(Works *works, const void *data)
{
        const char *const python[] = {"python", NULL};

        (void)works_sync(works, NULL);
        g_free(works_add(works, "", &(RepositoryRequest){.languages = python}));
        assert_differs(works, PATHS("a.py"), "-sub/deep/d.ts");
        (void)works_sync(works, PATHS("a.py"));
        assert_differs(works, NULL, "");
}

static void test_generated_files_are_left_out_and_come_back(Works *works, const void *data)
{
        const bool yes = true, no = false;

        tree_write(works->tree, "g.py",
                   "# Code generated by a program. DO NOT EDIT.\ndef f(): pass\n");
        (void)works_sync(works, NULL);
        g_assert_cmpint(
                works_count(
                        works,
                        "SELECT symbols FROM code_modules WHERE path = 'g.py' AND kind = 'generated'"),
                ==, 1);
        g_free(works_add(works, "", &(RepositoryRequest){.skip_generated = &yes}));
        assert_differs(works, NULL, "g.py!");
        (void)works_sync(works, NULL);
        g_assert_cmpint(
                works_count(works, "SELECT symbols + maker FROM code_modules WHERE path = 'g.py'"),
                ==, 0);
        assert_differs(works, NULL, "");
        g_free(works_add(works, "", &(RepositoryRequest){.skip_generated = &no}));
        assert_differs(works, NULL, "g.py!");
}

/* ---- headers ---- */

static void assert_header(Works *works, const char *language)
{
        g_autofree char *text =
                works_text(works, "SELECT language FROM code_modules WHERE path = 'h.h'");

        g_assert_cmpstr(text, ==, language);
}

static void test_headers_are_of_what_there_is_more_of(Works *works, const void *data)
{
        tree_write(works->tree, "h.h", "int f(void);\n");
        tree_write(works->tree, "one.c", "int f(void) { return 1; }\n");
        (void)works_sync(works, NULL);
        assert_header(works, "c");
        tree_write(works->tree, "one.cpp", "int g() { return 1; }\n");
        g_assert_cmpuint(works_sync(works, PATHS("one.cpp")).files, ==, 1);
        assert_header(works, "c"); /* as many */
        tree_write(works->tree, "two.cpp", "int h() { return 1; }\n");
        assert_differs(works, PATHS("two.cpp"), "h.h!, new two.cpp");
        (void)works_sync(works, PATHS("two.cpp"));
        assert_header(works, "cpp");
        assert_differs(works, PATHS("one.c"), "");
        assert_differs(works, NULL, "");
        tree_remove(works->tree, "two.cpp");
        assert_differs(works, PATHS("two.cpp"), "h.h!, -two.cpp");
}

/* ---- what cannot be seen ---- */

/* Whether root may read what is not his. */
static void set_overriding(bool on)
{
        struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct sets[2];
        uint32_t override = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH;

        g_assert_cmpint(syscall(SYS_capget, &header, sets), ==, 0);
        sets[0].effective = on ? sets[0].effective | (sets[0].permitted & override)
                               : sets[0].effective & ~override;
        g_assert_cmpint(syscall(SYS_capset, &header, sets), ==, 0);
}

static void test_what_is_in_a_folder_that_cannot_be_read_stays(Works *works, const void *data)
{
        g_autofree char *folder = tree_path(works->tree, "sub");

        (void)works_sync(works, NULL);
        set_overriding(false);
        g_assert_cmpint(chmod(folder, 0), ==, 0);
        assert_differs(works, NULL, "");
        assert_differs(works, PATHS("sub/c.py"), "");
        g_assert_cmpint(chmod(folder, 0700), ==, 0);
        set_overriding(true);
}

static void test_a_folder_that_has_gone_leaves_its_rows(Works *works, const void *data)
{
        g_autoptr(GError) error = NULL;

        (void)works_sync(works, NULL);
        g_autofree char *away = g_build_filename(works->tree->temp, "away", NULL);
        g_assert_cmpint(rename(works->tree->top, away), ==, 0);
        SyncOptions options = {.vault = works->vault,
                               .access = works->human,
                               .repository = works->repository,
                               .stopping = &works->stopping};
        g_autoptr(Sync) sync = sync_new(&options);
        g_assert_false(sync_look(sync, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_assert_cmpint(works_count(works, "SELECT count(*) FROM code_modules"), ==, 5);
        g_assert_cmpint(rename(away, works->tree->top), ==, 0);
}

/* ---- limits ---- */

static void set_last_number(Works *works, unsigned number)
{
        g_autofree char *sql =
                g_strdup_printf("UPDATE code_modules SET id = %u WHERE path = 'b.py'", number);

        works_sql(works, sql);
}

/* The linker's numbers end. */
static void test_numbers_of_modules_have_an_end(Works *works, const void *data)
{
        g_autoptr(GError) error = NULL;

        (void)works_sync(works, NULL);
        tree_write(works->tree, "new.py", "");
        set_last_number(works, LINK_MODULE_MAX - 2);
        assert_differs(works, NULL, "new new.py");
        set_last_number(works, LINK_MODULE_MAX - 1);
        SyncOptions options = {.vault = works->vault,
                               .access = works->human,
                               .repository = works->repository,
                               .stopping = &works->stopping};
        g_autoptr(Sync) sync = sync_new(&options);
        g_assert_false(sync_look(sync, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(error->message, "LINK_MODULE_MAX"));
        tree_remove(works->tree, "new.py"); /* without a new one there is no need of a number */
        assert_differs(works, NULL, "");
}

#define WORKS_TEST(path, func) g_test_add(path, Works, NULL, setup, func, works_teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        WORKS_TEST("/sync-compare/all-is-new-at-first-in-the-order-of-paths",
                   test_all_is_new_at_first_in_the_order_of_paths);
        WORKS_TEST("/sync-compare/an-empty-folder-has-nothing", test_an_empty_folder_has_nothing);
        WORKS_TEST("/sync-compare/what-was-written-added-and-deleted-differs",
                   test_what_was_written_added_and_deleted_differs);
        WORKS_TEST("/sync-compare/what-was-touched-is-read-and-kept",
                   test_what_was_touched_is_read_and_kept);
        WORKS_TEST("/sync-compare/rows-that-were-made-otherwise-are-made-anew",
                   test_rows_that_were_made_otherwise_are_made_anew);
        WORKS_TEST("/sync-compare/paths-are-looked-at-with-what-is-below-them",
                   test_paths_are_looked_at_with_what_is_below_them);
        WORKS_TEST("/sync-compare/other-options-have-all-looked-at",
                   test_other_options_have_all_looked_at);
        WORKS_TEST("/sync-compare/generated-files-are-left-out-and-come-back",
                   test_generated_files_are_left_out_and_come_back);
        WORKS_TEST("/sync-compare/headers-are-of-what-there-is-more-of",
                   test_headers_are_of_what_there_is_more_of);
        WORKS_TEST("/sync-compare/what-is-in-a-folder-that-cannot-be-read-stays",
                   test_what_is_in_a_folder_that_cannot_be_read_stays);
        WORKS_TEST("/sync-compare/a-folder-that-has-gone-leaves-its-rows",
                   test_a_folder_that_has_gone_leaves_its_rows);
        WORKS_TEST("/sync-compare/numbers-of-modules-have-an-end",
                   test_numbers_of_modules_have_an_end);
        return g_test_run();
}
