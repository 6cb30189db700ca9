/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one way in which bytes are copied and hashed. Which system call copies between two files depends on their file
 * systems and on the kernel's version, so each is a try; reading and writing always works, or says which of the two
 * files is at fault. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sodium.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define BLOCK_BYTES  ((size_t)128 * 1024)
#define KERNEL_BYTES ((int64_t)1 << 30) /* asked of one copy_file_range() */

int file_open(int folder, const char *path, GError **error)
{
        int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        struct stat status;

        if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
                return fd;
        if (fd >= 0 || errno == ELOOP || errno == ENXIO) /* ENXIO: a socket */
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s is not a regular file", path);
        else
                error_set_errno(error, errno, "Cannot open %s", path);
        if (fd >= 0)
                (void)close(fd);
        return -1;
}

ssize_t file_read_at(int fd, void *buffer, size_t size, off_t offset)
{
        size_t done = 0;

        while (done < size) {
                ssize_t n = pread(fd, (char *)buffer + done, size - done, offset + (off_t)done);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -1;
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        return (ssize_t)done;
}

bool file_write_all(int fd, const void *data, size_t size)
{
        const char *rest = data;

        while (size > 0) {
                ssize_t n = write(fd, rest, size);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return false;
                rest += n;
                size -= (size_t)n;
        }
        return true;
}

char *file_read_text(int fd, size_t max, const char *limit, GError **error)
{
        g_autofree char *text = g_malloc(max + 2);
        ssize_t n = file_read_at(fd, text, max + 1, 0);

        if (n < 0) {
                error_set_errno(error, errno, "Cannot read a file");
                return NULL;
        }
        if ((size_t)n > max) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "The file is larger than %s = %zu bytes", limit, max);
                return NULL;
        }
        text[n] = '\0';
        return g_steal_pointer(&text);
}

/* What the kernel copies by itself; the rest, from wherever it gave up, is for read_and_write(). */
static int64_t copy_in_kernel(int from, int to, int64_t max)
{
        off_t in = 0, out = 0;
        ssize_t n;

        do {
                n = copy_file_range(from, &in, to, &out, (size_t)MIN(max - in, KERNEL_BYTES), 0);
        } while ((n > 0 && in < max) || (n < 0 && errno == EINTR));
        return in;
}

static FileCopy read_and_write(int from, int to, int64_t offset, int64_t max)
{
        g_autofree char *block = g_malloc(BLOCK_BYTES);

        if (lseek(to, offset, SEEK_SET) < 0)
                return FILE_UNWRITABLE;
        while (offset < max) {
                size_t want = (size_t)MIN(max - offset, (int64_t)BLOCK_BYTES);
                ssize_t n = file_read_at(from, block, want, offset);
                if (n < 0)
                        return FILE_UNREADABLE;
                if (n == 0)
                        break;
                if (!file_write_all(to, block, (size_t)n))
                        return FILE_UNWRITABLE;
                offset += n;
        }
        return FILE_COPIED;
}

/* A clone is always of the whole file. */
static bool share_blocks(int from, int to, int64_t max)
{
        struct stat status;

        return fstat(from, &status) == 0 && status.st_size <= max && ioctl(to, FICLONE, from) == 0;
}

FileCopy file_copy_bytes(int from, int to, int64_t max)
{
        if (share_blocks(from, to, max))
                return FILE_COPIED;
        return read_and_write(from, to, copy_in_kernel(from, to, max), max);
}

bool file_copy(int from, int folder, const char *name, GError **error)
{
        int to = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (to < 0) {
                error_set_errno(error, errno, "Cannot make %s", name);
                return false;
        }
        FileCopy result = file_copy_bytes(from, to, INT64_MAX);
        if (result == FILE_COPIED && fsync(to) < 0)
                result = FILE_UNWRITABLE;
        if (result == FILE_UNREADABLE)
                error_set_errno(error, errno, "Cannot read what is copied to %s", name);
        else if (result == FILE_UNWRITABLE)
                error_set_errno(error, errno, "Cannot write %s", name);
        (void)close(to);
        if (result != FILE_COPIED)
                (void)unlinkat(folder, name, 0);
        return result == FILE_COPIED;
}

char *file_sha256(int fd, GError **error)
{
        g_autofree unsigned char *block = g_malloc(BLOCK_BYTES);
        unsigned char digest[crypto_hash_sha256_BYTES];
        char hex[FILE_SHA256_DIGITS + 1];
        crypto_hash_sha256_state state;
        off_t offset = 0;
        ssize_t n;

        (void)crypto_hash_sha256_init(&state);
        while ((n = file_read_at(fd, block, BLOCK_BYTES, offset)) > 0) {
                (void)crypto_hash_sha256_update(&state, block, (unsigned long long)n);
                offset += n;
        }
        if (n < 0) {
                error_set_errno(error, errno, "Cannot read a file");
                return NULL;
        }
        (void)crypto_hash_sha256_final(&state, digest);
        return g_strdup(sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest)));
}

bool file_sync_folder(const char *path, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(path);
        int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool synced = fd >= 0 && fsync(fd) == 0;

        if (!synced)
                error_set_errno(error, errno, "Cannot sync %s", folder);
        if (fd >= 0)
                (void)close(fd);
        return synced;
}
