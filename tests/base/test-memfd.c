/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a helper answers is whole, and nobody can change it any more.
 * Seen to fail: without F_SEAL_SEAL, without F_SEAL_GROW; sealed while it was mapped for writing. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char said[] = "what is said";

static void say(const void *data, void *place)
{
        memcpy(place, data, sizeof(said));
}

static void test_what_is_sealed_is_what_was_said(void)
{
        g_autoptr(GError) error = NULL;
        int fd = memfd_seal(2 * sizeof(said), say, said, &error);
        char read[2 * sizeof(said)], nothing[sizeof(said)] = {0};
        struct stat st;

        g_assert_no_error(error);
        g_assert_true(fstat(fd, &st) == 0 && st.st_size == sizeof(read));
        g_assert_cmpint(file_read_at(fd, read, sizeof(read), 0), ==, sizeof(read));
        g_assert_cmpmem(read, sizeof(said), said, sizeof(said));
        g_assert_cmpmem(read + sizeof(said), sizeof(said), nothing, sizeof(nothing));
        close(fd);
}

static void test_what_is_sealed_stays_so(void)
{
        int fd = memfd_seal(sizeof(said), say, said, NULL);
        void *map = mmap(NULL, sizeof(said), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        g_assert_true(map == MAP_FAILED);
        g_assert_true(pwrite(fd, "x", 1, 0) < 0 && errno == EPERM);
        g_assert_true(ftruncate(fd, 1) < 0 && errno == EPERM);
        g_assert_true(ftruncate(fd, 4096) < 0 && errno == EPERM);
        g_assert_true(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) < 0 && errno == EPERM);
        close(fd);
}

static void test_what_cannot_be_had_is_said(void)
{
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(memfd_seal((size_t)1 << 62, say, said, &error), ==, -1);
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/memfd/what-is-sealed-is-what-was-said",
                        test_what_is_sealed_is_what_was_said);
        g_test_add_func("/memfd/what-is-sealed-stays-so", test_what_is_sealed_stays_so);
        g_test_add_func("/memfd/what-cannot-be-had-is-said", test_what_cannot_be_had_is_said);
        return g_test_run();
}
