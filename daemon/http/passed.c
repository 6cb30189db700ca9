/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What systemd passed, by name. */
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "base/base.h"
#include "http/passed.h"

static bool is_wanted(int fd, const PassedName *name)
{
        if (name->family == AF_UNIX)
                return sd_is_socket_unix(fd, SOCK_STREAM, /* listening= */ 1, NULL, 0) > 0;
        return sd_is_socket_inet(fd, AF_INET, SOCK_STREAM, /* listening= */ 1, /* port= */ 0) > 0 ||
               sd_is_socket_inet(fd, AF_INET6, SOCK_STREAM, /* listening= */ 1, /* port= */ 0) > 0;
}

static const PassedName *find(const PassedName *names, const char *name, int fd)
{
        for (const PassedName *i = names; i->name; i++)
                if (g_str_equal(i->name, name) && is_wanted(fd, i))
                        return i;
        return NULL;
}

bool passed_take(const PassedName *names, void *data, GError **error)
{
        g_auto(GStrv) passed = NULL;
        int count = sd_listen_fds_with_names(/* unset_environment= */ true, &passed);

        if (count < 0) {
                error_set_errno(error, -count, "Cannot take the sockets from systemd");
                return false;
        }
        for (int i = 0; i < count; i++) {
                int fd = SD_LISTEN_FDS_START + i;
                const PassedName *name = find(names, passed[i], fd);
                if (!name)
                        log_debug("The passed descriptor %s is no socket of ours, ignoring",
                                  passed[i]);
                else if (!name->take(fd, data, error))
                        return false;
        }
        return true;
}
