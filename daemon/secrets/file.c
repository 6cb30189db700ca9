/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secrets/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

static bool unavailable(GError **error, int errnum, const char *verb, const char *path)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE, "cannot %s %s: %s", verb,
                    path, g_strerror(errnum));
        return false;
}

/* read() until the end or the limit; returns the bytes read or a negative errno. */
static ssize_t read_all(int fd, char *buffer, size_t size)
{
        size_t done = 0;
        while (done < size) {
                ssize_t n = read(fd, buffer + done, size - done);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        return (ssize_t)done;
}

static FileRead read_fd(int fd, const char *path, void *buffer, size_t size, size_t *ret_size,
                        GError **error)
{
        struct stat st;
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "%s is not a regular file", path);
                return FILE_READ_ERROR;
        }
        if ((uint64_t)st.st_size > size) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%s has more than %zu bytes", path, size);
                return FILE_READ_ERROR;
        }
        ssize_t n = read_all(fd, buffer, size);
        if (n < 0) {
                (void)unavailable(error, (int)-n, "read", path);
                return FILE_READ_ERROR;
        }
        *ret_size = (size_t)n;
        return FILE_READ_DONE;
}

FileRead file_read(const char *path, void *buffer, size_t size, size_t *ret_size, GError **error)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
        if (fd < 0 && errno == ENOENT)
                return FILE_READ_MISSING;
        if (fd < 0) {
                (void)unavailable(error, errno, "open", path);
                return FILE_READ_ERROR;
        }
        FileRead result = read_fd(fd, path, buffer, size, ret_size, error);
        close(fd);
        return result;
}

bool file_check_private(const char *path, GError **error)
{
        struct stat st;
        if (lstat(path, &st) < 0)
                return unavailable(error, errno, "look at", path);
        if (st.st_uid != geteuid() || (st.st_mode & 077) != 0) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                        "%s may be read by others (owner %u, mode %04o); it must be yours with mode "
                        "0600",
                        path, (unsigned)st.st_uid, st.st_mode & 07777);
                return false;
        }
        return true;
}

/* A rename is on disk only when its folder is. */
static bool sync_folder_of(const char *path, GError **error)
{
        g_autofree char *folder = g_path_get_dirname(path);
        int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int result = fd < 0 ? -1 : fsync(fd);
        int errnum = errno;
        if (fd >= 0)
                close(fd);
        return result == 0 || unavailable(error, errnum, "sync", folder);
}

bool file_write(const char *path, const void *data, size_t size, GError **error)
{
        g_autoptr(GError) inner = NULL;
        if (!g_file_set_contents_full(path, data, (gssize)size,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                      0600, &inner)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "cannot write %s: %s", path, inner->message);
                return false;
        }
        return sync_folder_of(path, error);
}

bool file_rename(const char *from, const char *to, GError **error)
{
        if (rename(from, to) < 0)
                return unavailable(error, errno, "rename", from);
        return sync_folder_of(to, error);
}

bool file_remove(const char *path, GError **error)
{
        if (unlink(path) < 0 && errno != ENOENT)
                return unavailable(error, errno, "remove", path);
        return true;
}
