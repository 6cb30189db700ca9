/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

bool confine_limit(int resource, rlim_t value, const char *name, GError **error)
{
        struct rlimit limit = {value, value};

        if (setrlimit((__rlimit_resource_t)resource, &limit) == 0)
                return true;
        error_set_errno(error, errno, "Cannot set %s", name);
        return false;
}

bool confine_privileges(GError **error)
{
        if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
                return true;
        error_set_errno(error, errno, "Cannot give up privileges");
        return false;
}

/* Handles every access right that the kernel knows and grants none of them. */
bool confine_files(void)
{
        static const __u64 rights[] = {
                /* ABI 1, 2, 3 */
                (1ULL << 13) - 1,
                (1ULL << 14) - 1,
                (1ULL << 15) - 1,
        };
        long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
        if (abi < 1) {
                log_debug("This kernel has no Landlock, ignoring");
                return false;
        }
        struct landlock_ruleset_attr attributes = {
                .handled_access_fs = rights[MIN((size_t)abi, G_N_ELEMENTS(rights)) - 1]};
        int fd = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
        bool done = fd >= 0 && syscall(SYS_landlock_restrict_self, fd, 0) == 0;
        if (!done)
                log_debug("Landlock refused: %s, ignoring", g_strerror(errno));
        if (fd >= 0)
                close(fd);
        return done;
}
