/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* Unmapped again, for what is mapped for writing cannot be sealed. */
static bool fill_all(int fd, size_t size, MemfdFill fill, const void *data)
{
        void *place = MAP_FAILED;

        if (ftruncate(fd, (off_t)size) == 0)
                place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (place == MAP_FAILED)
                return false;
        fill(data, place);
        return munmap(place, size) == 0;
}

int memfd_seal(size_t size, MemfdFill fill, const void *data, GError **error)
{
        int fd = memfd_create("ouroboros-answer", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        if (fd >= 0 && fill_all(fd, size, fill, data) && fcntl(fd, F_ADD_SEALS, SEALS) == 0)
                return fd;
        error_set_errno(error, errno, "Cannot make %zu bytes of memory for the answer", size);
        if (fd >= 0)
                (void)close(fd);
        return -1;
}
