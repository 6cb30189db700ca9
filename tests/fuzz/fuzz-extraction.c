/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a helper that was taken over may send as its result. */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "documents/extraction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        int memfd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        g_assert_cmpint(write(memfd, data, size), ==, size);
        g_assert_cmpint(fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE), ==,
                        0);
        g_autoptr(Extraction) extraction = extraction_from_memfd(memfd, &error);
        g_assert_true((extraction != NULL) == (error == NULL));
        g_assert_true(!extraction || g_utf8_validate(extraction->text, -1, NULL));
        close(memfd);
        return 0;
}
