/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/config.h"
#include "base/error.h"
#include "folder.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct Folders {
        char *top;
} Folders;

static void setup(Folders *folders, const void *data)
{
        folders->top = g_dir_make_tmp("ouroboros-config-XXXXXX", NULL);
        g_autofree char *path = g_strconcat(folders->top, "/lib:", folders->top,
                                            "/etc:", folders->top, "/home", NULL);
        g_setenv("OUROBOROS_CONFIG_PATH", path, TRUE);
        g_setenv("XDG_DATA_HOME", folders->top, TRUE);
        g_unsetenv("JOURNAL_STREAM");
        g_unsetenv("OUROBOROS_LOG");
}

static void teardown(Folders *folders, const void *data)
{
        folder_remove(folders->top);
        g_free(folders->top);
}

static char *put(const Folders *folders, const char *name, const char *text)
{
        char *path = g_build_filename(folders->top, name, NULL);
        g_autofree char *folder = g_path_get_dirname(path);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        return path;
}

static void assert_cache(int64_t megabytes, const char *source)
{
        g_autoptr(Config) config = config_load(INSTANCE_USER);

        g_assert_cmpint(config_int(config, "Store", "CacheMB"), ==, megabytes);
        g_assert_cmpstr(config_source(config, "Store", "CacheMB"), ==, source);
}

static void test_without_files_every_key_has_its_default(Folders *folders, const void *data)
{
        g_autoptr(Config) config = config_load(INSTANCE_USER);
        unsigned count;
        const ConfigKey *keys = config_keys(&count);

        g_assert_cmpuint(count, >, 5);
        for (unsigned i = 0; i < count; i++) {
                g_assert_cmpstr(config_source(config, keys[i].group, keys[i].key), ==, "default");
                g_assert_cmpstr(config_text(config, keys[i].group, keys[i].key), ==,
                                keys[i].fallback);
                g_assert_cmpstr(keys[i].summary, !=, "");
        }
        g_assert_cmpint(config_int(config, "Daemon", "IdleExitSec"), ==, 60);
        g_assert_true(config_bool(config, "Documents", "Watch"));
        g_assert_cmpstr(config_string(config, "Daemon", "LogLevel"), ==, "info");
}

static void test_later_folders_and_drop_ins_win(Folders *folders, const void *data)
{
        g_autofree char *lib = put(folders, "lib/ouroboros.conf", "[Store]\nCacheMB=1\n");
        assert_cache(1, lib);
        g_autofree char *home = put(folders, "home/ouroboros.conf", "[Store]\nCacheMB=2\n");
        assert_cache(2, home);
        g_autofree char *drop =
                put(folders, "lib/ouroboros.conf.d/10-x.conf", "[Store]\nCacheMB=3\n");
        assert_cache(3, drop);
        g_autofree char *last =
                put(folders, "lib/ouroboros.conf.d/20-x.conf", "[Store]\nCacheMB=4\n");
        g_autofree char *first =
                put(folders, "home/ouroboros.conf.d/05-x.conf", "[Store]\nCacheMB=5\n");
        assert_cache(4, last);
        g_autofree char *mask =
                put(folders, "etc/ouroboros.conf.d/20-x.conf", "[Store]\nCacheMB=6\n");
        assert_cache(6, mask);
        g_autofree char *other =
                put(folders, "etc/ouroboros.conf.d/99-x.txt", "[Store]\nCacheMB=7\n");
        assert_cache(6, mask);
}

static void test_drop_ins_are_read_in_the_order_of_their_names(Folders *folders, const void *data)
{
        for (int i = 40; i >= 10; i--) {
                g_autofree char *name =
                        g_strdup_printf("%s/ouroboros.conf.d/%d.conf", i % 3 ? "lib" : "home", i);
                g_autofree char *text = g_strdup_printf("[Store]\nCacheMB=%d\n", i);
                g_autofree char *path = put(folders, name, text);
        }
        g_autofree char *last =
                g_build_filename(folders->top, "lib/ouroboros.conf.d/40.conf", NULL);
        assert_cache(40, last);
}

static void test_a_drop_in_is_masked_by_dev_null(Folders *folders, const void *data)
{
        g_autofree char *drop =
                put(folders, "lib/ouroboros.conf.d/10-x.conf", "[Store]\nCacheMB=3\n");
        g_autofree char *name = put(folders, "etc/ouroboros.conf.d/other.conf", "");
        g_autofree char *link =
                g_build_filename(folders->top, "etc/ouroboros.conf.d/10-x.conf", NULL);

        assert_cache(3, drop);
        g_assert_cmpint(symlink("/dev/null", link), ==, 0);
        assert_cache(64, "default");
}

static void test_an_empty_value_gives_the_default_back(Folders *folders, const void *data)
{
        g_autofree char *lib = put(folders, "lib/ouroboros.conf", "[Store]\nCacheMB=1\n");
        g_autofree char *etc = put(folders, "etc/ouroboros.conf", "[Store]\nCacheMB=\n");

        assert_cache(64, "default");
}

static void test_spaces_comments_and_words_are_read(Folders *folders, const void *data)
{
        g_autofree char *path = put(folders, "etc/ouroboros.conf",
                                    "# comment\n; comment\n\n  [Documents]  \n Watch = off \r\n"
                                    "[Daemon]\nLogLevel=debug\nIdleExitSec=0");
        g_autoptr(Config) config = config_load(INSTANCE_SYSTEM);

        g_assert_false(config_bool(config, "Documents", "Watch"));
        g_assert_cmpstr(config_string(config, "Daemon", "LogLevel"), ==, "debug");
        g_assert_cmpint(config_int(config, "Daemon", "IdleExitSec"), ==, 0);
}

static void test_bad_lines_cost_themselves_only_and_are_named(Folders *folders, const void *data)
{
        if (g_test_subprocess()) {
                g_autofree char *path =
                        put(folders, "etc/ouroboros.conf",
                            "CacheMB=5\n[Store]\nnonsense\nCacheMB=many\nCacheMB=0\n"
                            "CacheMB=99999999999999999999\nNoSuch=1\nCacheMB=7\n[Documents]\n"
                            "Watch=perhaps\n[Daemon]\nLogLevel=loud\n");
                assert_cache(7, path);
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr(
                "<4>*etc/ouroboros.conf:1: *any ?Section?*\n<4>*:3: nonsense *\n"
                "<4>*:4: CacheMB must be a whole number from 1 to 4096*\n<4>*:5: *\n"
                "<4>*:6: *\n<4>*:7: NoSuch *\n<4>*:10: Watch must be yes or no*\n"
                "<4>*:12: LogLevel must be *");
}

static void test_a_file_that_is_no_text_is_ignored_and_named(Folders *folders, const void *data)
{
        if (g_test_subprocess()) {
                g_autofree char *bad =
                        put(folders, "etc/ouroboros.conf", "[Store]\nCacheMB=5\n\xff\n");
                g_autofree char *big = g_strnfill(2 * 1024 * 1024, '\n');
                g_autofree char *huge = put(folders, "home/ouroboros.conf", big);
                g_autofree char *folder = put(folders, "lib/ouroboros.conf/x", "");

                assert_cache(64, "default");
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr(
                "<4>*lib/ouroboros.conf*\n<4>*etc/ouroboros.conf*\n<4>*home*FILE_BYTES_MAX*");
}

/* ---- changes ---- */

static bool change(const char *name, const char *value, GError **error)
{
        const ConfigKey *key = config_find(name, error);

        return key && config_change(INSTANCE_USER, key, value, error);
}

/* The folder of changes is there as soon as the daemon is. */
static void make_data(const Folders *folders)
{
        g_autofree char *data = g_build_filename(folders->top, "ouroboros", NULL);

        g_assert_cmpint(g_mkdir(data, 0700), ==, 0);
}

/* Seen to fail: settings.conf was read before the drop-ins. */
static void test_what_was_changed_wins_over_all_files_until_it_is_taken_back(Folders *folders,
                                                                             const void *data)
{
        g_autofree char *etc = put(folders, "etc/ouroboros.conf", "[Store]\nCacheMB=2\n");
        g_autofree char *drop = put(folders, "home/ouroboros.conf.d/99-x.conf",
                                    "[Store]\nCacheMB=3\n[Documents]\nWatch=no\n");
        g_autofree char *changes = config_changes_file(INSTANCE_USER);
        g_autoptr(GError) error = NULL;

        make_data(folders);
        g_assert_true(change("Store.CacheMB", "4", &error));
        g_assert_no_error(error);
        assert_cache(4, changes);
        g_assert_true(change("Documents.Watch", "yes", &error));
        g_assert_true(change("Store.CacheMB", "5", &error));
        assert_cache(5, changes);
        g_assert_true(change("Store.CacheMB", "", &error));
        assert_cache(3, drop);
        g_autoptr(Config) config = config_load(INSTANCE_USER);
        g_assert_true(config_bool(config, "Documents", "Watch"));
}

static void assert_refused(const char *name, const char *value, OuroborosError code,
                           const char *words)
{
        g_autoptr(GError) error = NULL;

        g_assert_false(change(name, value, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        g_assert_nonnull(strstr(error->message, words));
}

/* Seen to fail: a value with a line break brought a section of its own. */
static void test_a_change_that_is_wrong_says_what_is_right_and_changes_nothing(Folders *folders,
                                                                               const void *data)
{
        g_autofree char *changes = config_changes_file(INSTANCE_USER);
        g_autofree char *longest = g_strnfill(CONFIG_VALUE_CHARS_MAX + 1, '1');

        make_data(folders);
        assert_refused("Store.CacheMb", "4", OUROBOROS_ERROR_NOT_FOUND, "Store.CacheMB");
        assert_refused("CacheMB", "4", OUROBOROS_ERROR_NOT_FOUND, "There is no setting");
        assert_refused("Store.CacheMB", "0", OUROBOROS_ERROR_INVALID, "from 1 to 4096");
        assert_refused("Documents.Watch", "perhaps", OUROBOROS_ERROR_INVALID, "yes or no");
        assert_refused("Daemon.LogLevel", "info\n[Store]\nCacheMB=9", OUROBOROS_ERROR_INVALID,
                       "one line");
        assert_refused("Store.CacheMB", longest, OUROBOROS_ERROR_LIMIT, "CONFIG_VALUE_CHARS_MAX");
        g_assert_false(g_file_test(changes, G_FILE_TEST_EXISTS));
}

static void test_asking_for_an_undeclared_key_is_a_bug(void)
{
        if (g_test_subprocess()) {
                g_autoptr(Config) config = config_load(INSTANCE_USER);

                (void)config_bool(config, "Store", "CacheMB");
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_failed();
        g_test_trap_assert_stderr("*Store.CacheMB is not declared*");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add("/config/" name, Folders, NULL, setup, func, teardown)
        ADD("without-files-every-key-has-its-default",
            test_without_files_every_key_has_its_default);
        ADD("later-folders-and-drop-ins-win", test_later_folders_and_drop_ins_win);
        ADD("drop-ins-are-read-in-the-order-of-their-names",
            test_drop_ins_are_read_in_the_order_of_their_names);
        ADD("a-drop-in-is-masked-by-dev-null", test_a_drop_in_is_masked_by_dev_null);
        ADD("an-empty-value-gives-the-default-back", test_an_empty_value_gives_the_default_back);
        ADD("spaces-comments-and-words-are-read", test_spaces_comments_and_words_are_read);
        ADD("bad-lines-cost-themselves-only-and-are-named",
            test_bad_lines_cost_themselves_only_and_are_named);
        ADD("a-file-that-is-no-text-is-ignored-and-named",
            test_a_file_that_is_no_text_is_ignored_and_named);
        ADD("what-was-changed-wins-over-all-files-until-it-is-taken-back",
            test_what_was_changed_wins_over_all_files_until_it_is_taken_back);
        ADD("a-change-that-is-wrong-says-what-is-right-and-changes-nothing",
            test_a_change_that_is_wrong_says_what_is_right_and_changes_nothing);
        g_test_add_func("/config/asking-for-an-undeclared-key-is-a-bug",
                        test_asking_for_an_undeclared_key_is_a_bug);
        return g_test_run();
}
