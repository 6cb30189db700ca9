/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base.h"
#include "documents/vault-file.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct Fixture {
        char *temp, *source;
        VaultFiles *files;
} Fixture;

static void setup(Fixture *fixture, const void *data)
{
        fixture->temp = g_dir_make_tmp("ouroboros-vault-XXXXXX", NULL);
        fixture->source = g_build_filename(fixture->temp, "source", NULL);
        g_autofree char *vault = g_build_filename(fixture->temp, "vault", NULL);
        fixture->files = vault_files_new(vault, NULL);
        g_assert_nonnull(fixture->files);
}

static void teardown(Fixture *fixture, const void *data)
{
        fixture->files = vault_files_free(fixture->files);
        folder_remove(fixture->temp);
        g_free(fixture->source);
        g_free(fixture->temp);
}

static bool take(Fixture *fixture, int64_t max_bytes, TakenFile *ret, GError **error)
{
        int fd = open(fixture->source, O_RDONLY | O_CLOEXEC);
        g_assert_cmpint(fd, >=, 0);
        bool ok = vault_files_take(fixture->files, fd, max_bytes, ret, error);
        (void)close(fd);
        return ok;
}

static void write_source(Fixture *fixture, const char *data, size_t size)
{
        g_assert_true(g_file_set_contents(fixture->source, data, (gssize)size, NULL));
}

/* The vault's bytes of a content. */
static char *stored(Fixture *fixture, const char *sha256, size_t *ret_size)
{
        g_autoptr(GError) error = NULL;
        int fd = vault_files_open(fixture->files, sha256, &error);
        g_assert_no_error(error);
        struct stat st;
        g_assert_cmpint(fstat(fd, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 07777, ==, 0400);
        g_assert_cmpint(st.st_nlink, ==, 1);
        char *data = g_malloc((size_t)st.st_size + 1);
        g_assert_cmpint(pread(fd, data, (size_t)st.st_size, 0), ==, st.st_size);
        (void)close(fd);
        *ret_size = (size_t)st.st_size;
        return data;
}

static void test_content_is_kept_under_its_hash(Fixture *fixture, const void *data)
{
        static const size_t sizes[] = {0, 5, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024 + 7};
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                g_autofree char *content = g_malloc(sizes[i] + 1);
                for (size_t j = 0; j < sizes[i]; j++)
                        content[j] = (char)(j * 7 + i);
                write_source(fixture, content, sizes[i]);
                TakenFile file;
                g_assert_true(take(fixture, INT64_MAX, &file, NULL));
                g_autofree char *expected = g_compute_checksum_for_data(
                        G_CHECKSUM_SHA256, (const guchar *)content, sizes[i]);
                g_assert_cmpstr(file.sha256, ==, expected);
                g_assert_cmpint(file.size, ==, (int64_t)sizes[i]);
                size_t size;
                g_autofree char *kept = stored(fixture, file.sha256, &size);
                g_assert_cmpmem(kept, size, content, sizes[i]);
                g_assert_cmpmem(file.head, file.head_size, content, MIN(sizes[i], MIME_HEAD_BYTES));
        }
        g_assert_true(vault_files_sync(fixture->files, NULL));
}

static void test_writing_to_the_source_leaves_the_vault(Fixture *fixture, const void *data)
{
        TakenFile file;
        size_t size;
        write_source(fixture, "before", 6);
        g_assert_true(take(fixture, INT64_MAX, &file, NULL));
        int fd = open(fixture->source, O_WRONLY | O_CLOEXEC);
        g_assert_cmpint(pwrite(fd, "AFTER!", 6, 0), ==, 6);
        (void)close(fd);
        g_autofree char *kept = stored(fixture, file.sha256, &size);
        g_assert_cmpmem(kept, size, "before", 6);
}

static void test_a_file_cut_short_in_the_vault_is_written_anew(Fixture *fixture, const void *data)
{
        TakenFile file;
        size_t size;
        write_source(fixture, "whole", 5);
        g_assert_true(take(fixture, INT64_MAX, &file, NULL));
        g_autofree char *path =
                g_strdup_printf("%s/vault/sha256/%.2s/%s", fixture->temp, file.sha256, file.sha256);
        g_assert_cmpint(chmod(path, 0600), ==, 0);
        g_assert_cmpint(truncate(path, 2), ==, 0);
        g_assert_true(take(fixture, INT64_MAX, &file, NULL));
        g_autofree char *kept = stored(fixture, file.sha256, &size);
        g_assert_cmpmem(kept, size, "whole", 5);
}

static void test_too_large_names_the_limit(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;
        TakenFile file;
        write_source(fixture, "123456", 6);
        g_assert_false(take(fixture, 5, &file, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(error->message, "max_file_bytes"));
}

static void *keep_changing(void *data)
{
        Fixture *fixture = data;
        int fd = open(fixture->source, O_WRONLY | O_CLOEXEC);
        for (char c = 'a'; !access(fixture->source, F_OK); c++)
                (void)!pwrite(fd, &c, 1, 0);
        (void)close(fd);
        return NULL;
}

static void test_a_file_that_keeps_changing_is_refused(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *content = g_strnfill(8 * 1024 * 1024, 'x');
        TakenFile file;
        write_source(fixture, content, 8 * 1024 * 1024);
        GThread *thread = g_thread_new("changing", keep_changing, fixture);
        bool ok = take(fixture, INT64_MAX, &file, &error);
        g_assert_cmpint(unlink(fixture->source), ==, 0);
        (void)g_thread_join(thread);
        g_assert_false(ok);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        g_assert_nonnull(strstr(error->message, "VAULT_TRIES"));
}

/* As on a full disk: a write comes back short. */
static void test_a_vault_that_cannot_be_written_is_unavailable(Fixture *fixture, const void *data)
{
        if (!g_test_subprocess()) {
                g_test_trap_subprocess(NULL, 20 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
                g_test_trap_assert_passed();
                return;
        }
        static const size_t sizes[] = {100000, 3 * 1024 * 1024};
        g_autofree char *temp = g_build_filename(fixture->temp, "vault", "sha256", "tmp", NULL);
        struct rlimit old, small = {4096, 4096};
        (void)signal(SIGXFSZ, SIG_IGN);
        g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &old), ==, 0);
        small.rlim_max = old.rlim_max;
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
                g_autoptr(GError) error = NULL;
                g_autofree char *content = g_strnfill(sizes[i], 'x');
                TakenFile file;
                write_source(fixture, content, sizes[i]);
                g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
                g_assert_false(take(fixture, INT64_MAX, &file, &error));
                g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &old), ==, 0);
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
                g_assert_cmpint(rmdir(temp), ==, 0); /* nothing half written is left */
                g_assert_cmpint(mkdir(temp, 0700), ==, 0);
                fixture->files = vault_files_free(fixture->files);
                g_autofree char *vault = g_build_filename(fixture->temp, "vault", NULL);
                fixture->files = vault_files_new(vault, NULL);
                g_assert_true(take(fixture, INT64_MAX, &file, NULL));
        }
}

static void test_missing_content_is_unavailable(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(vault_files_open(fixture->files, "00ff", &error), ==, -1);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
}

#define BAD_SECTOR_BYTES 4099 /* files of this length cannot be read */

/* In place of the C library's, for all of this program. */
ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
        struct stat st;
        if (fstat(fd, &st) == 0 && st.st_size == BAD_SECTOR_BYTES) {
                errno = EIO;
                return -1;
        }
        return syscall(SYS_pread64, fd, buffer, size, offset);
}

static void test_a_disk_that_cannot_read_a_file_is_not_the_vaults(Fixture *fixture,
                                                                  const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *content = g_strnfill(BAD_SECTOR_BYTES, 'x');
        TakenFile file;
        write_source(fixture, content, BAD_SECTOR_BYTES);
        g_assert_false(take(fixture, INT64_MAX, &file, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED);
        g_assert_nonnull(strstr(error->message, "cannot read the file"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add("/vault-file/" name, Fixture, NULL, setup, test, teardown)
        ADD("content-is-kept-under-its-hash", test_content_is_kept_under_its_hash);
        ADD("writing-to-the-source-leaves-the-vault", test_writing_to_the_source_leaves_the_vault);
        ADD("a-file-cut-short-in-the-vault-is-written-anew",
            test_a_file_cut_short_in_the_vault_is_written_anew);
        ADD("too-large-names-the-limit", test_too_large_names_the_limit);
        ADD("a-file-that-keeps-changing-is-refused", test_a_file_that_keeps_changing_is_refused);
        ADD("a-vault-that-cannot-be-written-is-unavailable",
            test_a_vault_that_cannot_be_written_is_unavailable);
        ADD("a-disk-that-cannot-read-a-file-is-not-the-vaults",
            test_a_disk_that_cannot_read_a_file_is_not_the_vaults);
        ADD("missing-content-is-unavailable", test_missing_content_is_unavailable);
        return g_test_run();
}
