/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "store/db.h"
#include "store/journal-trigger.h"

#define ROWS                                                                                       \
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 400) "         \
        "INSERT INTO predicates SELECT 'p' || i, 'text', 'one', 'd' || i, 'active' FROM n"

static char *backup_of(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;
        char *backup = g_build_filename(fixture->folder, "backup.db", NULL);

        must_write(fixture->store, &human, ROWS);
        (void)store_backup(fixture->store, backup, &error);
        g_assert_no_error(error);
        return backup;
}

static void test_a_backup_is_a_private_encrypted_store(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        StoreOptions options = {.kind = STORE_VAULT, .path = backup};
        g_autoptr(GError) error = NULL;
        g_autofree char *content = NULL;
        VerifyReport report = {0};
        size_t length = 0;
        struct stat st;

        g_assert_cmpint(stat(backup, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
        g_assert_true(g_file_get_contents(backup, &content, &length, NULL));
        g_assert_null(memmem(content, length, "predicates", 10));
        must_write(fixture->store, &human, "DELETE FROM predicates");
        g_autoptr(Store) copy = store_new(&options, NULL);
        g_assert_true(store_open(copy, fixture->key, /* create= */ false, &error));
        assert_reads(copy, "SELECT count(*) FROM predicates", "400");
        g_assert_true(store_verify(copy, NULL, NULL, &report, &error));
        g_assert_cmpstr(report.problem, ==, NULL);
}

static void test_a_backup_replaces_nothing(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        g_autoptr(GError) error = NULL;

        g_assert_false(store_backup(fixture->store, backup, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_clear_error(&error);
        g_assert_false(store_backup(fixture->store, "/nowhere/at/all.db", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
}

typedef struct Background {
        Store *store;
        int stop;
        int writes;
} Background;

static void *write_on(void *data)
{
        Background *background = data;

        while (!g_atomic_int_get(&background->stop)) {
                must_write(
                        background->store, &agent,
                        "UPDATE predicates SET description = description || 'x' WHERE name = 'p1'");
                g_atomic_int_inc(&background->writes);
        }
        return NULL;
}

/* One backup may be over before the writer's turn comes on a busy machine. */
static void test_writers_go_on_during_a_backup(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        Background background = {.store = fixture->store};
        g_autoptr(GError) error = NULL;
        bool went_on = false;

        GThread *thread = g_thread_new("writer", write_on, &background);
        for (unsigned i = 0; i < 200 && !went_on; i++) {
                g_autofree char *next = g_strdup_printf("%s-%u", backup, i);
                int before = g_atomic_int_get(&background.writes);

                g_assert_true(store_backup(fixture->store, next, &error));
                went_on = g_atomic_int_get(&background.writes) > before;
        }
        g_atomic_int_set(&background.stop, 1);
        (void)g_thread_join(thread);
        g_assert_true(went_on);
}

#define ASIDE ".before-restore.20260102T030405Z"

static bool restore_as(Fixture *fixture, const char *backup, const char *suffix, GError **error)
{
        g_autofree char *aside = g_strconcat(fixture->path, suffix, NULL);
        StoreKeys keys = {.backup = fixture->key, .store = fixture->key};

        return store_prepare_restore(fixture->store, backup, &keys, error) &&
               store_restore(fixture->store, aside, fixture->key, error);
}

static bool restore(Fixture *fixture, const char *backup, GError **error)
{
        return restore_as(fixture, backup, ASIDE, error);
}

static void test_a_restore_brings_the_backup_back(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        g_autofree char *aside = g_strconcat(fixture->path, ASIDE, NULL);
        g_autoptr(GError) error = NULL;

        must_write(fixture->store, &human, "DELETE FROM predicates");
        g_assert_false(restore(fixture, backup, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_clear_error(&error);
        store_close(fixture->store);
        (void)restore(fixture, backup, &error);
        g_assert_no_error(error);
        g_assert_true(store_open(fixture->store, fixture->key, /* create= */ false, &error));
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "400");
        assert_reads(fixture->store, "SELECT count(*) FROM mutations", "400");

        StoreOptions options = {.kind = STORE_VAULT, .path = aside};
        g_autoptr(Store) old = store_new(&options, NULL);
        g_assert_true(store_open(old, fixture->key, /* create= */ false, &error));
        assert_reads(old, "SELECT count(*) FROM mutations", "800");
}

static void assert_kept(Fixture *fixture, const char *suffix, const char *entries)
{
        g_autofree char *path = g_strconcat(fixture->path, suffix, NULL);
        StoreOptions options = {.kind = STORE_VAULT, .path = path};
        g_autoptr(Store) old = store_new(&options, NULL);

        g_assert_true(store_open(old, fixture->key, /* create= */ false, NULL));
        assert_reads(old, "SELECT count(*) FROM mutations", entries);
}

static void test_a_second_restore_leaves_what_the_first_set_aside(Fixture *fixture,
                                                                  const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        g_autoptr(GError) error = NULL;

        must_write(fixture->store, &human, "DELETE FROM predicates");
        store_close(fixture->store);
        g_assert_true(restore(fixture, backup, &error));
        g_assert_false(restore(fixture, backup, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        assert_kept(fixture, ASIDE, "800");
        g_assert_true(restore_as(fixture, backup, ".before-restore.2", NULL));
        assert_kept(fixture, ASIDE, "800");
        assert_kept(fixture, ".before-restore.2", "400");
}

static void test_an_undone_restore_brings_the_old_file_back(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        g_autofree char *aside = g_strconcat(fixture->path, ASIDE, NULL);

        must_write(fixture->store, &human, "DELETE FROM predicates");
        store_close(fixture->store);
        g_assert_true(restore(fixture, backup, NULL));
        g_assert_true(store_undo_restore(fixture->store, aside, NULL));
        g_assert_false(g_file_test(aside, G_FILE_TEST_EXISTS));
        g_assert_true(store_open(fixture->store, fixture->key, /* create= */ false, NULL));
        assert_reads(fixture->store, "SELECT count(*) FROM mutations", "800");
}

/* The key of the store has changed since the backup. */
static void test_a_backup_with_another_key_gets_the_one_of_the_store(Fixture *fixture,
                                                                     const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        g_autofree char *aside = g_strconcat(fixture->path, ASIDE, NULL);
        uint8_t key[STORE_KEY_BYTES] = {1, 2, 3};
        StoreKeys keys = {.backup = fixture->key, .store = key};
        g_autoptr(GError) error = NULL;

        g_assert_true(store_rekey(fixture->store, key, &error));
        must_write(fixture->store, &human, "DELETE FROM predicates");
        g_assert_true(store_prepare_restore(fixture->store, backup, &keys, &error));
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "0");
        store_close(fixture->store);
        g_assert_true(store_restore(fixture->store, aside, key, &error));
        g_assert_true(store_open(fixture->store, key, /* create= */ false, &error));
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "400");
        g_autofree char *rest = g_strconcat(fixture->path, ".restore", NULL);
        g_assert_false(g_file_test(rest, G_FILE_TEST_EXISTS));
}

static void must_not_restore(Fixture *fixture, const char *backup, OuroborosError code)
{
        g_autoptr(GError) error = NULL;

        g_assert_false(restore(fixture, backup, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
}

static void test_a_bad_backup_is_not_restored(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        DbOptions options = {.path = backup, .key = fixture->key, .role = DB_PLAIN};

        store_close(fixture->store);
        must_not_restore(fixture, "/nowhere", OUROBOROS_ERROR_NOT_FOUND);
        /* In the middle of the chain, where opening does not look. */
        OwnDb *db = db_open(&options, NULL);
        g_assert_true(journal_triggers_drop(db, NULL));
        g_assert_true(db_run(db, "UPDATE mutations SET reason = 'x' WHERE seq = 9", NULL));
        (void)db_close(db);
        must_not_restore(fixture, backup, OUROBOROS_ERROR_CORRUPT);
        fixture->key[3] ^= 1;
        must_not_restore(fixture, backup, OUROBOROS_ERROR_INVALID);
        fixture->key[3] ^= 1;
        g_assert_cmpint(truncate(backup, 8192), ==, 0);
        must_not_restore(fixture, backup, OUROBOROS_ERROR_CORRUPT);
        g_assert_true(store_open(fixture->store, fixture->key, /* create= */ false, NULL));
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "400");
}

/* After a crash the newest writes are in the -wal file only: they must not end up in the restored store. */
static void test_an_old_log_does_not_reach_the_restored_store(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
        g_autofree char *content = NULL, *log = NULL;
        size_t length = 0, log_length = 0;
        g_autoptr(GError) error = NULL;

        must_write(fixture->store, &human, "DELETE FROM predicates");
        g_assert_true(g_file_get_contents(fixture->path, &content, &length, NULL));
        g_assert_true(g_file_get_contents(wal, &log, &log_length, NULL));
        store_close(fixture->store);
        g_assert_true(g_file_set_contents(fixture->path, content, (gssize)length, NULL));
        g_assert_true(g_file_set_contents(wal, log, (gssize)log_length, NULL));
        g_assert_true(restore(fixture, backup, &error));
        g_assert_true(store_open(fixture->store, fixture->key, /* create= */ false, &error));
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "400");
}

static void test_a_rekey_changes_the_key_and_nothing_else(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        uint8_t key[STORE_KEY_BYTES] = {1, 2, 3};
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};

        (void)store_rekey(fixture->store, key, &error);
        g_assert_no_error(error);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "400");
        must_write(fixture->store, &human, "DELETE FROM predicates WHERE name = 'p1'");
        g_assert_true(store_verify(fixture->store, NULL, NULL, &report, &error));
        g_assert_cmpstr(report.problem, ==, NULL);
        store_close(fixture->store);
        g_assert_false(store_open(fixture->store, fixture->key, /* create= */ false, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        g_clear_error(&error);
        g_assert_true(store_open(fixture->store, key, /* create= */ false, &error));
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "399");
}

static void *read_on(void *data)
{
        Background *background = data;

        while (!g_atomic_int_get(&background->stop))
                assert_reads(background->store, "SELECT count(*) > 0 FROM predicates", "1");
        return NULL;
}

static void test_readers_and_writers_wait_for_a_rekey(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        Background background = {.store = fixture->store};
        uint8_t key[STORE_KEY_BYTES] = {0};
        g_autoptr(GError) error = NULL;

        GThread *writer = g_thread_new("writer", write_on, &background);
        GThread *reader = g_thread_new("reader", read_on, &background);
        for (uint8_t i = 0; i < 4; i++) {
                key[0] = i;
                (void)store_rekey(fixture->store, key, &error);
                g_assert_no_error(error);
        }
        g_atomic_int_set(&background.stop, 1);
        (void)g_thread_join(writer);
        (void)g_thread_join(reader);
        VerifyReport report = {0};
        g_assert_true(store_verify(fixture->store, NULL, NULL, &report, &error));
        g_assert_cmpstr(report.problem, ==, NULL);
        g_assert_cmpint(report.entries, ==, 400 + background.writes);
}

/* A table that there is not: the triggers that every opening looks after cannot be made. */
static void sabotage_opening(Fixture *fixture, const uint8_t *key, const char *sql)
{
        DbOptions options = {.path = fixture->path, .key = key, .role = DB_PLAIN};
        OwnDb *db = db_open(&options, NULL);

        g_assert_true(db_run(db, sql, NULL));
        (void)db_close(db);
}

static void test_a_rekey_that_cannot_reopen_the_file_closes_the_store(Fixture *fixture,
                                                                      const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        uint8_t key[STORE_KEY_BYTES] = {1, 2, 3};
        g_autoptr(GError) error = NULL, closed = NULL;

        sabotage_opening(fixture, fixture->key,
                         "INSERT INTO table_kinds VALUES ('nowhere', 'user', NULL)");
        must_write(fixture->store, &human, "DELETE FROM predicates WHERE name = 'p1'");
        g_assert_false(store_rekey(fixture->store, key, &error));
        g_assert_nonnull(strstr(error->message, "nowhere"));
        g_assert_false(store_is_open(fixture->store));
        g_assert_null(store_reader(fixture->store, NULL, &closed));
        g_assert_cmpstr(closed->message, ==, error->message);
        g_clear_error(&closed);
        g_assert_false(write_sql(fixture->store, &human, "DELETE FROM predicates", &closed));
        g_assert_cmpstr(closed->message, ==, error->message);
        store_trim(fixture->store);

        g_clear_error(&error);
        g_assert_false(store_open(fixture->store, fixture->key, /* create= */ false, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID); /* it has the new key */
        sabotage_opening(fixture, key, "DELETE FROM table_kinds WHERE name = 'nowhere'");
        g_assert_true(store_open(fixture->store, key, /* create= */ false, NULL));
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "399");
}

static void test_an_abandoned_rekey_is_cleared_away(Fixture *fixture, const void *data)
{
        g_autofree char *backup = backup_of(fixture);
        g_autofree char *rekey = g_strconcat(fixture->path, ".rekey", NULL);

        fixture_close(fixture);
        g_assert_true(g_file_set_contents(rekey, "half", 4, NULL));
        fixture_open(fixture);
        g_assert_false(g_file_test(rekey, G_FILE_TEST_EXISTS));
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "400");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/backup/a-backup-is-a-private-encrypted-store",
                     test_a_backup_is_a_private_encrypted_store);
        FIXTURE_TEST("/backup/a-backup-replaces-nothing", test_a_backup_replaces_nothing);
        FIXTURE_TEST("/backup/writers-go-on-during-a-backup", test_writers_go_on_during_a_backup);
        FIXTURE_TEST("/backup/a-restore-brings-the-backup-back",
                     test_a_restore_brings_the_backup_back);
        FIXTURE_TEST("/backup/a-second-restore-leaves-what-the-first-set-aside",
                     test_a_second_restore_leaves_what_the_first_set_aside);
        FIXTURE_TEST("/backup/an-undone-restore-brings-the-old-file-back",
                     test_an_undone_restore_brings_the_old_file_back);
        FIXTURE_TEST("/backup/a-backup-with-another-key-gets-the-one-of-the-store",
                     test_a_backup_with_another_key_gets_the_one_of_the_store);
        FIXTURE_TEST("/backup/a-bad-backup-is-not-restored", test_a_bad_backup_is_not_restored);
        FIXTURE_TEST("/backup/an-old-log-does-not-reach-the-restored-store",
                     test_an_old_log_does_not_reach_the_restored_store);
        FIXTURE_TEST("/backup/a-rekey-changes-the-key-and-nothing-else",
                     test_a_rekey_changes_the_key_and_nothing_else);
        FIXTURE_TEST("/backup/readers-and-writers-wait-for-a-rekey",
                     test_readers_and_writers_wait_for_a_rekey);
        FIXTURE_TEST("/backup/a-rekey-that-cannot-reopen-the-file-closes-the-store",
                     test_a_rekey_that_cannot_reopen_the_file_closes_the_store);
        FIXTURE_TEST("/backup/an-abandoned-rekey-is-cleared-away",
                     test_an_abandoned_rekey_is_cleared_away);
        return g_test_run();
}
