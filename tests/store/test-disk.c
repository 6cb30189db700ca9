/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that is really full and really read-only: a small tmpfs in a mount namespace of the test. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#define BLOB_BYTES 100000
#define DISK       "size=6m"

/* The namespace needs root, or user namespaces; false: neither can be had. */
static bool enter_namespace(void)
{
        if (unshare(CLONE_NEWNS) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
                return false;
        return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void disk_up(Fixture *fixture, const void *data)
{
        fixture_folder(fixture, data);
        g_assert_cmpint(mount("tmpfs", fixture->folder, "tmpfs", 0, DISK), ==, 0);
        fixture_open(fixture);
}

static void disk_down(Fixture *fixture, const void *data)
{
        fixture_close(fixture);
        g_assert_cmpint(umount2(fixture->folder, MNT_DETACH), ==, 0);
        fixture_down(fixture, data);
}

static char *ballast_of(const Fixture *fixture)
{
        return g_build_filename(fixture->folder, "ballast", NULL);
}

/* Fills the disk but for room bytes. */
static void fill_disk(const Fixture *fixture, size_t room)
{
        g_autofree char *path = ballast_of(fixture);
        g_autofree char *block = g_malloc0(4096);
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        off_t size = 0;

        while (write(fd, block, 4096) == 4096)
                size += 4096;
        g_assert_cmpint(ftruncate(fd, MAX(0, size - (off_t)room)), ==, 0);
        (void)close(fd);
}

static void free_disk(const Fixture *fixture)
{
        g_autofree char *path = ballast_of(fixture);

        g_assert_cmpint(g_unlink(path), ==, 0);
}

static bool insert_long(Db *db, void *data, GError **error)
{
        const unsigned *number = data;
        Statement *insert = db_statement(
                db, "INSERT INTO predicates VALUES (:name, 'text', 'one', :text, 'active')", error);
        g_autofree char *name = g_strdup_printf("p%u", *number);
        g_autofree char *text = g_strnfill(BLOB_BYTES, 'x');

        if (!insert)
                return false;
        statement_bind_text(insert, ":name", name);
        statement_bind_text(insert, ":text", text);
        return statement_run(insert, error);
}

static bool swallow(Db *db, void *data, GError **error)
{
        g_autoptr(GError) ignored = NULL;

        for (unsigned i = 0; i < 100; i++) {
                unsigned number = 1000 + i;

                (void)insert_long(db, &number, NULL);
        }
        return true;
}

static void test_a_full_disk_loses_nothing_that_was_acknowledged(Fixture *fixture, const void *data)
{
        WriteOptions options = {.actor = &agent};
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};
        unsigned written = 0;

        fill_disk(fixture, 1000000);
        while (store_write(fixture->store, &options, insert_long, &written, &error))
                written++;
        g_test_message("%u: %s", written, error->message);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_nonnull(strstr(error->message, "full"));
        g_assert_cmpint(written, >, 0);
        g_clear_error(&error);
        g_autofree char *before =
                read_text(fixture->store, NULL, "SELECT count(*) FROM predicates");
        g_assert_cmpint(atoi(before), ==, written);

        free_disk(fixture);
        g_assert_true(store_write(fixture->store, &options, insert_long, &written, &error));
        g_assert_true(store_verify(fixture->store, NULL, NULL, &report, &error));
        g_assert_cmpstr(report.problem, ==, NULL);
        fixture_close(fixture);
        fixture_open(fixture);
        g_autofree char *after = read_text(fixture->store, NULL, "SELECT count(*) FROM predicates");
        g_assert_cmpint(atoi(after), ==, written + 1);
}

/* Work that does not look at its errors must not get half of itself committed. */
static void test_a_full_disk_fails_work_that_ignores_it(Fixture *fixture, const void *data)
{
        WriteOptions options = {.actor = &agent};
        g_autoptr(GError) error = NULL;

        fill_disk(fixture, 200000);
        g_assert_false(store_write(fixture->store, &options, swallow, NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        free_disk(fixture);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "0");
        must_write(fixture->store, &human,
                   "INSERT INTO predicates VALUES ('a', 'text', 'one', '', 'active')");
}

static void test_opening_on_a_full_disk_says_so(Fixture *fixture, const void *data)
{
        g_autofree char *path = g_build_filename(fixture->folder, "other.db", NULL);
        StoreOptions options = {.kind = STORE_VAULT, .path = path};
        g_autoptr(Store) store = store_new(&options, NULL);
        g_autoptr(GError) error = NULL;

        fill_disk(fixture, 8192);
        g_assert_false(store_open(store, fixture->key, /* create= */ true, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        free_disk(fixture);
        g_clear_error(&error);
        g_assert_true(store_open(store, fixture->key, /* create= */ true, &error));
}

static void test_a_backup_that_does_not_fit_is_removed(Fixture *fixture, const void *data)
{
        g_autofree char *backup = g_build_filename(fixture->folder, "backup.db", NULL);
        g_autofree char *partial = g_strconcat(backup, ".partial", NULL);
        g_autoptr(GError) error = NULL;

        fill_disk(fixture, 20000);
        g_assert_false(store_backup(fixture->store, backup, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_false(g_file_test(backup, G_FILE_TEST_EXISTS));
        g_assert_false(g_file_test(partial, G_FILE_TEST_EXISTS));
        g_clear_error(&error);
        g_assert_false(store_rekey(fixture->store, fixture->key, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        free_disk(fixture);
        must_write(fixture->store, &human,
                   "INSERT INTO predicates VALUES ('a', 'text', 'one', '', 'active')");
}

static void test_a_read_only_disk_is_said_and_survived(Fixture *fixture, const void *data)
{
        static const char insert[] =
                "INSERT INTO predicates VALUES ('a', 'text', 'one', '', 'active')";
        g_autoptr(GError) error = NULL;
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path};

        must_write(fixture->store, &human, insert);
        fixture_close(fixture);
        g_assert_cmpint(mount(NULL, fixture->folder, NULL, MS_REMOUNT | MS_RDONLY, DISK), ==, 0);
        fixture->store = store_new(&options, NULL);
        g_assert_false(store_open(fixture->store, fixture->key, /* create= */ false, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        fixture_close(fixture);
        g_assert_cmpint(mount(NULL, fixture->folder, NULL, MS_REMOUNT, DISK), ==, 0);
        fixture_open(fixture);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "1");
}

#define DISK_TEST(name, function) g_test_add(name, Fixture, NULL, disk_up, function, disk_down)

static void skip(void)
{
        g_test_skip("no mount namespace can be had here");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        if (!enter_namespace()) {
                g_test_add_func("/disk/skipped", skip);
                return g_test_run();
        }
        DISK_TEST("/disk/a-full-disk-loses-nothing-that-was-acknowledged",
                  test_a_full_disk_loses_nothing_that_was_acknowledged);
        DISK_TEST("/disk/a-full-disk-fails-work-that-ignores-it",
                  test_a_full_disk_fails_work_that_ignores_it);
        DISK_TEST("/disk/opening-on-a-full-disk-says-so", test_opening_on_a_full_disk_says_so);
        DISK_TEST("/disk/a-backup-that-does-not-fit-is-removed",
                  test_a_backup_that_does_not_fit_is_removed);
        DISK_TEST("/disk/a-read-only-disk-is-said-and-survived",
                  test_a_read_only_disk_is_said_and_survived);
        return g_test_run();
}
