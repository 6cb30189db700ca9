/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BIG_BYTES (3 * 1024 * 1024 + 7)

/* Two folders; other is on another file system, or NULL where there is none. */
typedef struct Fixture {
        char *folder, *other;
        int fd;
} Fixture;

static void setup(Fixture *fixture, const void *data)
{
        struct stat here, there;

        fixture->folder = g_dir_make_tmp("ouroboros-file-XXXXXX", NULL);
        fixture->fd = open(fixture->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        g_assert_cmpint(fixture->fd, >=, 0);
        if (stat(fixture->folder, &here) == 0 && stat("/dev/shm", &there) == 0 &&
            here.st_dev != there.st_dev)
                fixture->other = g_mkdtemp(g_strdup("/dev/shm/ouroboros-file-XXXXXX"));
}

static void clear_folder(char *folder)
{
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(folder, name, NULL);
                g_assert_cmpint(g_remove(path), ==, 0);
        }
        (void)g_rmdir(folder);
        g_free(folder);
}

static void teardown(Fixture *fixture, const void *data)
{
        (void)close(fixture->fd);
        clear_folder(fixture->folder);
        if (fixture->other)
                clear_folder(fixture->other);
}

static char *content_new(size_t size)
{
        char *content = g_malloc(size + 1);

        for (size_t i = 0; i < size; i++)
                content[i] = (char)(i * 31 + i / 4096);
        content[size] = '\0';
        return content;
}

static int source_new(const char *folder, const char *content, size_t size)
{
        g_autofree char *path = g_build_filename(folder, "source", NULL);

        g_assert_true(g_file_set_contents(path, content, (gssize)size, NULL));
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        g_assert_cmpint(fd, >=, 0);
        return fd;
}

/* Copies the content from one folder into another and compares. */
static void check_copy(const char *from, const char *to, size_t size)
{
        g_autofree char *content = content_new(size), *copied = NULL;
        g_autofree char *path = g_build_filename(to, "copy", NULL);
        g_autoptr(GError) error = NULL;
        struct stat status;
        gsize copied_size;

        int source = source_new(from, content, size);
        int folder = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        (void)file_copy(source, folder, "copy", &error);
        g_assert_no_error(error);
        g_assert_true(g_file_get_contents(path, &copied, &copied_size, NULL));
        g_assert_cmpmem(copied, copied_size, content, size);
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
        g_assert_false(file_copy(source, folder, "copy", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        (void)close(source);
        (void)close(folder);
        g_assert_cmpint(g_unlink(path), ==, 0);
}

static void test_a_copy_is_the_same(Fixture *fixture, const void *data)
{
        check_copy(fixture->folder, fixture->folder, 0);
        check_copy(fixture->folder, fixture->folder, 1);
        check_copy(fixture->folder, fixture->folder, BIG_BYTES);
}

static void test_a_copy_reaches_another_file_system(Fixture *fixture, const void *data)
{
        if (!fixture->other) {
                g_test_skip("no second file system at /dev/shm");
                return;
        }
        check_copy(fixture->folder, fixture->other, BIG_BYTES);
        check_copy(fixture->other, fixture->folder, BIG_BYTES);
}

/* Files of procfs have no size, and the kernel copies nothing of them. */
static void test_what_the_kernel_does_not_copy_is_read(Fixture *fixture, const void *data)
{
        g_autofree char *path = g_build_filename(fixture->folder, "version", NULL);
        g_autofree char *copied = NULL, *content = NULL;
        g_autoptr(GError) error = NULL;

        int source = file_open(AT_FDCWD, "/proc/version", &error);
        g_assert_no_error(error);
        g_assert_true(file_copy(source, fixture->fd, "version", &error));
        (void)close(source);
        g_assert_true(g_file_get_contents(path, &copied, NULL, NULL));
        g_assert_true(g_file_get_contents("/proc/version", &content, NULL, NULL));
        g_assert_cmpuint(strlen(content), >, 0);
        g_assert_cmpstr(copied, ==, content);
}

static void test_a_copy_ends_at_its_limit(Fixture *fixture, const void *data)
{
        static const int64_t limits[] = {0, 1, 5000, BIG_BYTES - 1};
        g_autofree char *content = content_new(BIG_BYTES);
        g_autofree char *path = g_build_filename(fixture->folder, "part", NULL);
        int source = source_new(fixture->folder, content, BIG_BYTES);

        for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
                g_autofree char *part = g_malloc(BIG_BYTES);
                int to = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
                g_assert_cmpint(file_copy_bytes(source, to, limits[i]), ==, FILE_COPIED);
                ssize_t n = file_read_at(to, part, BIG_BYTES, 0);
                g_assert_cmpmem(part, (size_t)n, content, (size_t)limits[i]);
                (void)close(to);
        }
        (void)close(source);
}

static void fail_to_write(Fixture *fixture)
{
        g_autofree char *content = content_new(BIG_BYTES);
        g_autofree char *path = g_build_filename(fixture->folder, "copy", NULL);
        int source = source_new(fixture->folder, content, BIG_BYTES);
        struct rlimit small = {4096, RLIM_INFINITY};
        g_autoptr(GError) error = NULL;

        (void)signal(SIGXFSZ, SIG_IGN);
        g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
        g_assert_false(file_copy(source, fixture->fd, "copy", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_cmpint(access(path, F_OK), ==, -1);
        int to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        g_assert_cmpint(file_copy_bytes(source, to, INT64_MAX), ==, FILE_UNWRITABLE);
        g_assert_cmpint(file_copy_bytes(to, source, INT64_MAX), ==, FILE_UNREADABLE);
        (void)close(to);
        (void)close(source);
}

/* In a process of its own: limits cannot be taken back. */
static void test_a_failed_copy_is_removed_and_names_the_side(Fixture *fixture, const void *data)
{
        if (g_test_subprocess()) {
                fail_to_write(fixture);
                return;
        }
        g_test_trap_subprocess(NULL, 20 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
        g_test_trap_assert_passed();
}

static void test_hashes_are_those_of_sha256sum(Fixture *fixture, const void *data)
{
        static const char *const known[][2] = {
                {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
                int fd = source_new(fixture->folder, known[i][0], strlen(known[i][0]));
                g_autofree char *hash = file_sha256(fd, NULL);
                g_assert_cmpstr(hash, ==, known[i][1]);
                (void)close(fd);
        }
        g_autofree char *content = content_new(BIG_BYTES);
        g_autofree char *expected =
                g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, BIG_BYTES);
        int fd = source_new(fixture->folder, content, BIG_BYTES);
        g_autofree char *hash = file_sha256(fd, NULL);
        g_assert_cmpstr(hash, ==, expected);
        (void)close(fd);
        g_autoptr(GError) error = NULL;
        g_assert_null(file_sha256(fixture->fd, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
}

static void must_not_open(Fixture *fixture, const char *name, OuroborosError code)
{
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(file_open(fixture->fd, name, &error), ==, -1);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        g_assert_nonnull(strstr(error->message, name));
}

/* A FIFO without a writer would hold whoever opens it for ever. */
static void test_only_regular_files_are_opened_and_without_waiting(Fixture *fixture,
                                                                   const void *data)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        g_assert_cmpint(mkfifoat(fixture->fd, "fifo", 0600), ==, 0);
        g_assert_cmpint(symlinkat("/etc/passwd", fixture->fd, "link"), ==, 0);
        (void)g_snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", fixture->folder);
        g_assert_cmpint(bind(server, (struct sockaddr *)&address, sizeof(address)), ==, 0);
        must_not_open(fixture, "fifo", OUROBOROS_ERROR_INVALID);
        must_not_open(fixture, "link", OUROBOROS_ERROR_INVALID);
        must_not_open(fixture, "socket", OUROBOROS_ERROR_INVALID);
        must_not_open(fixture, ".", OUROBOROS_ERROR_INVALID);
        must_not_open(fixture, "/dev/tty", OUROBOROS_ERROR_INVALID);
        must_not_open(fixture, "nothing", OUROBOROS_ERROR_NOT_FOUND);
        (void)close(server);
}

static void test_a_text_has_a_limit_that_is_named(Fixture *fixture, const void *data)
{
        int fd = source_new(fixture->folder, "12345", 5);
        g_autofree char *text = file_read_text(fd, 5, "TEST_MAX", NULL);
        g_autoptr(GError) error = NULL;

        g_assert_cmpstr(text, ==, "12345");
        g_assert_null(file_read_text(fd, 4, "TEST_MAX", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(error->message, "TEST_MAX = 4"));
        (void)close(fd);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add("/file/" name, Fixture, NULL, setup, test, teardown)
        ADD("a-copy-is-the-same", test_a_copy_is_the_same);
        ADD("a-copy-reaches-another-file-system", test_a_copy_reaches_another_file_system);
        ADD("what-the-kernel-does-not-copy-is-read", test_what_the_kernel_does_not_copy_is_read);
        ADD("a-copy-ends-at-its-limit", test_a_copy_ends_at_its_limit);
        ADD("a-failed-copy-is-removed-and-names-the-side",
            test_a_failed_copy_is_removed_and_names_the_side);
        ADD("hashes-are-those-of-sha256sum", test_hashes_are_those_of_sha256sum);
        ADD("only-regular-files-are-opened-and-without-waiting",
            test_only_regular_files_are_opened_and_without_waiting);
        ADD("a-text-has-a-limit-that-is-named", test_a_text_has_a_limit_that_is_named);
        return g_test_run();
}
