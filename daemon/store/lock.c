/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lock file. It is never removed: two processes could then hold locks on two files of one name. */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

static void name_holder(int fd, const char *path, GError **error)
{
        char pid[24] = "";
        ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "%s is in use by another daemon (process %.*s)", path, n > 0 ? (int)n : 7,
                    n > 0 ? pid : "unknown");
}

int lock_take(const char *path, GError **error)
{
        g_autofree char *name = g_strconcat(path, ".lock", NULL);
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        char pid[24];

        if (fd < 0) {
                error_set_errno(error, errno, "cannot open %s", name);
                return -1;
        }
        if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
                if (errno == EAGAIN || errno == EACCES)
                        name_holder(fd, path, error);
                else
                        error_set_errno(error, errno, "cannot lock %s", name);
                (void)close(fd);
                return -1;
        }
        int length = snprintf(pid, sizeof(pid), "%d", (int)getpid());
        /* The number only serves the other side's message, ignoring failures. */
        if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)length, 0) < 0)
                g_debug("cannot write %s: %s, ignoring", name, g_strerror(errno));
        return fd;
}
