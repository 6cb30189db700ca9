/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/contents.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

#define CONTENTS_READ_BYTES (256 * 1024) /* smaller files are read, larger ones mapped */

void contents_clear(Contents *contents)
{
        if (contents->mapped)
                munmap(contents->bytes, contents->length);
        else
                g_free(contents->bytes);
}

bool contents_read(int fd, const ContentsLimit *limit, Contents *ret, GError **error)
{
        struct stat st;
        if (fstat(fd, &st) < 0) {
                error_set_errno(error, errno, "Cannot look at the file");
                return false;
        }
        if (st.st_size > (off_t)limit->bytes_max) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the file has %lld bytes, more than %zu (%s)", (long long)st.st_size,
                            limit->bytes_max, limit->name);
                return false;
        }
        size_t length = (size_t)st.st_size;
        if (length > CONTENTS_READ_BYTES && !limit->copy) {
                void *map = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
                if (map == MAP_FAILED) {
                        error_set_errno(error, errno, "Cannot map the file");
                        return false;
                }
                *ret = (Contents){map, length, true};
                return true;
        }
        g_autofree char *bytes = g_malloc(length + 1);
        size_t have = 0;
        while (have < length) {
                ssize_t n = pread(fd, bytes + have, length - have, (off_t)have);
                if (n < 0) {
                        error_set_errno(error, errno, "Cannot read the file");
                        return false;
                }
                if (n == 0)
                        break; /* it became shorter meanwhile */
                have += (size_t)n;
        }
        *ret = (Contents){g_steal_pointer(&bytes), have, false};
        return true;
}
