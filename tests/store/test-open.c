/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db.h"
#include "store/migrate.h"

#define ROWS                                                                                       \
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 400) "         \
        "INSERT INTO predicates SELECT 'p' || i, 'text', 'one', 'd' || i, 'active' FROM n"

static char *content_of(const Fixture *fixture, size_t *ret_length)
{
        char *content = NULL;

        g_assert_true(g_file_get_contents(fixture->path, &content, ret_length, NULL));
        return content;
}

/* Opening must fail with code and some words, and leave the file as it was. */
static void must_not_open(Fixture *fixture, bool create, OuroborosError code, const char *words)
{
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path, .cache_mb = 8};
        g_autoptr(GError) error = NULL;
        size_t length = 0, length_after = 0;
        g_autofree char *before = content_of(fixture, &length);

        fixture->store = store_new(&options, NULL);
        g_assert_false(store_open(fixture->store, fixture->key, create, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        g_assert_nonnull(strstr(error->message, words));
        g_assert_false(store_is_open(fixture->store));
        bool lasting = code == OUROBOROS_ERROR_CORRUPT || code == OUROBOROS_ERROR_CONFLICT;
        must_fail(fixture->store, &human, "SELECT 1", lasting ? code : OUROBOROS_ERROR_UNAVAILABLE);
        fixture_close(fixture);
        g_autofree char *after = content_of(fixture, &length_after);
        g_assert_cmpmem(before, length, after, length_after);
}

static void filled(Fixture *fixture, const void *data)
{
        fixture_up(fixture, data);
        must_write(fixture->store, &human, ROWS);
        fixture_close(fixture);
}

static void test_a_wrong_key_is_denied(Fixture *fixture, const void *data)
{
        fixture->key[0] ^= 1;
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_INVALID, "key is wrong");
        fixture->key[0] ^= 1;
        fixture_open(fixture);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "400");
}

static void test_damage_at_the_beginning_is_said_too(Fixture *fixture, const void *data)
{
        int fd = open(fixture->path, O_WRONLY | O_CLOEXEC);

        g_assert_cmpint(pwrite(fd, "damage", 6, 200), ==, 6);
        (void)close(fd);
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_INVALID, "damaged");
}

static void test_a_truncated_file_is_corrupt(Fixture *fixture, const void *data)
{
        struct stat st;

        g_assert_cmpint(stat(fixture->path, &st), ==, 0);
        g_assert_cmpint(truncate(fixture->path, st.st_size - 4096 * 3), ==, 0);
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_CORRUPT, "shorter");
        g_assert_cmpint(truncate(fixture->path, st.st_size - 4096 * 3 - 100), ==, 0);
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_CORRUPT, "cut off");
        g_assert_cmpint(truncate(fixture->path, 100), ==, 0);
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_CORRUPT, "cut off");
        g_assert_cmpint(truncate(fixture->path, 0), ==, 0);
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_CORRUPT, "empty");
}

static void test_garbage_and_plain_databases_are_told_apart(Fixture *fixture, const void *data)
{
        g_autofree char *garbage = g_malloc(8192);

        memset(garbage, 'g', 8192);
        g_assert_true(g_file_set_contents(fixture->path, garbage, 8192, NULL));
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_INVALID, "damaged");
        memcpy(garbage, "SQLite format 3", 16);
        g_assert_true(g_file_set_contents(fixture->path, garbage, 8192, NULL));
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_CORRUPT, "not encrypted");
}

static void test_a_missing_file_is_not_made_unasked(Fixture *fixture, const void *data)
{
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path};
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_unlink(fixture->path), ==, 0);
        fixture->store = store_new(&options, NULL);
        g_assert_false(store_open(fixture->store, fixture->key, /* create= */ false, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
}

static void test_a_second_opener_is_told_of_the_first(Fixture *fixture, const void *data)
{
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path};
        g_autoptr(GError) error = NULL;

        fixture_open(fixture);
        g_autoptr(Store) second = store_new(&options, NULL);
        g_assert_false(store_open(second, fixture->key, /* create= */ true, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_autofree char *pid = g_strdup_printf("process %d", (int)getpid());
        g_assert_nonnull(strstr(error->message, pid));
        g_clear_error(&error);
        fixture_close(fixture);
        g_assert_true(store_open(second, fixture->key, /* create= */ true, &error));
}

/* A crash in the middle of making the file leaves PATH.new, and no PATH. */
static void test_a_half_made_file_is_made_again(Fixture *fixture, const void *data)
{
        g_autofree char *half = g_strconcat(fixture->path, ".new", NULL);

        g_assert_cmpint(g_rename(fixture->path, half), ==, 0);
        g_assert_cmpint(truncate(half, 5000), ==, 0);
        fixture_open(fixture);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "0");
        g_assert_false(g_file_test(half, G_FILE_TEST_EXISTS));
}

/* ---- versions ---- */

static int64_t version_of(const char *path, const uint8_t *key)
{
        DbOptions options = {.path = path, .key = key, .role = DB_PLAIN};
        g_autoptr(OwnDb) db = db_open(&options, NULL);
        int64_t version = 0;

        g_assert_true(db_query_int(db, "PRAGMA user_version", &version, NULL));
        return version;
}

static void test_a_newer_schema_is_refused(Fixture *fixture, const void *data)
{
        DbOptions options = {.path = fixture->path, .key = fixture->key, .role = DB_PLAIN};
        OwnDb *db = db_open(&options, NULL);

        g_assert_true(
                db_run(db, "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)", NULL));
        (void)db_close(db);
        must_not_open(fixture, /* create= */ true, OUROBOROS_ERROR_UNAVAILABLE, "version is 99");
}

/* A resource bundle as glib-compile-resources makes it, here by hand of that very tool. */
static GResource *migration(const Fixture *fixture, const char *name, const char *sql)
{
        g_autofree char *file = g_build_filename(fixture->folder, name, NULL);
        g_autofree char *xml = g_build_filename(fixture->folder, "m.xml", NULL);
        g_autofree char *bundle = g_build_filename(fixture->folder, "m.gresource", NULL);
        g_autofree char *target = g_strconcat("--target=", bundle, NULL);
        g_autofree char *source = g_strconcat("--sourcedir=", fixture->folder, NULL);
        g_autofree char *text = g_strdup_printf(
                "<gresources><gresource prefix=\"/org/ouroboros/store/vault\"><file>%s</file></gresource>"
                "</gresources>",
                name);
        const char *const argv[] = {"glib-compile-resources", target, source, xml, NULL};
        g_autoptr(GError) error = NULL;
        int status = 0;

        g_assert_true(g_file_set_contents(file, sql, -1, NULL));
        g_assert_true(g_file_set_contents(xml, text, -1, NULL));
        (void)g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                           NULL, NULL, &status, &error);
        g_assert_no_error(error);
        g_assert_cmpint(status, ==, 0);
        GResource *resource = g_resource_load(bundle, &error);
        g_assert_no_error(error);
        g_resources_register(resource);
        return resource;
}

static void forget(GResource *resource)
{
        g_resources_unregister(resource);
        g_resource_unref(resource);
}

static void test_a_migration_copies_the_file_aside_first(Fixture *fixture, const void *data)
{
        int64_t old = migrate_newest(STORE_VAULT);
        GResource *added = migration(fixture, "9001-more.sql",
                                     "CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY) STRICT;"
                                     "INSERT INTO table_kinds VALUES ('more', 'user', '1');");
        g_autofree char *aside = g_strconcat(fixture->path, ".before-9001", NULL);
        struct stat st;

        fixture_open(fixture);
        must_write(fixture->store, &human, "INSERT INTO more VALUES ('x')");
        assert_reads(fixture->store, "SELECT row_id FROM mutations ORDER BY seq DESC LIMIT 1",
                     "{\"id\":\"x\"}");
        fixture_close(fixture);
        g_assert_cmpint(version_of(fixture->path, fixture->key), ==, 9001);
        g_assert_cmpint(version_of(aside, fixture->key), ==, old);
        g_assert_cmpint(stat(aside, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
        forget(added);
}

static void test_a_failed_migration_leaves_the_old_file(Fixture *fixture, const void *data)
{
        int64_t old = migrate_newest(STORE_VAULT);
        GResource *good = migration(fixture, "9001-more.sql", "CREATE TABLE more (id TEXT);");
        GResource *bad = migration(fixture, "9002-bad.sql", "CREATE TABLE facts (id TEXT);");
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path};
        g_autoptr(GError) error = NULL;

        fixture->store = store_new(&options, NULL);
        g_assert_false(store_open(fixture->store, fixture->key, /* create= */ false, &error));
        g_assert_nonnull(strstr(error->message, "9002-bad.sql"));
        fixture_close(fixture);
        forget(good);
        forget(bad);
        g_assert_cmpint(version_of(fixture->path, fixture->key), ==, old);
        fixture_open(fixture);
        assert_reads(fixture->store, "SELECT count(*) FROM sqlite_schema WHERE name = 'more'", "0");
        must_write(fixture->store, &human, "UPDATE predicates SET state = 'retired'");
        assert_reads(fixture->store, "SELECT count(*) FROM mutations", "800");
}

static void test_a_migration_that_breaks_references_is_refused(Fixture *fixture, const void *data)
{
        GResource *bad = migration(fixture, "9001-bad.sql",
                                   "CREATE TABLE child (p TEXT REFERENCES predicates (name));"
                                   "INSERT INTO child VALUES ('p1'), ('nobody');");
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path};
        g_autoptr(GError) error = NULL;

        fixture->store = store_new(&options, NULL);
        g_assert_false(store_open(fixture->store, fixture->key, /* create= */ false, &error));
        g_assert_nonnull(strstr(error->message, "1 rows refer"));
        forget(bad);
}

#define FILLED_TEST(name, function) g_test_add(name, Fixture, NULL, filled, function, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FILLED_TEST("/open/a-wrong-key-is-denied", test_a_wrong_key_is_denied);
        FILLED_TEST("/open/damage-at-the-beginning-is-said-too",
                    test_damage_at_the_beginning_is_said_too);
        FILLED_TEST("/open/a-truncated-file-is-corrupt", test_a_truncated_file_is_corrupt);
        FILLED_TEST("/open/garbage-and-plain-databases-are-told-apart",
                    test_garbage_and_plain_databases_are_told_apart);
        FILLED_TEST("/open/a-missing-file-is-not-made-unasked",
                    test_a_missing_file_is_not_made_unasked);
        FILLED_TEST("/open/a-second-opener-is-told-of-the-first",
                    test_a_second_opener_is_told_of_the_first);
        FILLED_TEST("/open/a-half-made-file-is-made-again", test_a_half_made_file_is_made_again);
        FILLED_TEST("/open/a-newer-schema-is-refused", test_a_newer_schema_is_refused);
        FILLED_TEST("/open/a-migration-copies-the-file-aside-first",
                    test_a_migration_copies_the_file_aside_first);
        FILLED_TEST("/open/a-failed-migration-leaves-the-old-file",
                    test_a_failed_migration_leaves_the_old_file);
        FILLED_TEST("/open/a-migration-that-breaks-references-is-refused",
                    test_a_migration_that_breaks_references_is_refused);
        return g_test_run();
}
