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

/* A ruleset that handles every access right that the kernel knows and grants none of them; -1, with errno. */
static int new_ruleset(void)
{
        static const __u64 rights[] = {
                /* ABI 1, 2, 3 */
                (1ULL << 13) - 1,
                (1ULL << 14) - 1,
                (1ULL << 15) - 1,
        };
        long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
        if (abi < 1) {
                errno = ENOSYS;
                return -1;
        }
        struct landlock_ruleset_attr attributes = {
                .handled_access_fs = rights[MIN((size_t)abi, G_N_ELEMENTS(rights)) - 1]};
        return (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
}

/* Closes the ruleset; false: errno says why. */
static bool enforce(int ruleset)
{
        bool done = ruleset >= 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
        int problem = errno;

        if (ruleset >= 0)
                close(ruleset);
        errno = problem;
        return done;
}

bool confine_files(void)
{
        bool done = enforce(new_ruleset());

        if (!done)
                log_debug("No wall of Landlock: %s, ignoring", g_strerror(errno));
        return done;
}

bool confine_files_to(const int *folders, unsigned count, GError **error)
{
        int ruleset = new_ruleset();
        bool added = ruleset >= 0;

        for (unsigned i = 0; added && i < count; i++) {
                struct landlock_path_beneath_attr beneath = {.allowed_access =
                                                                     LANDLOCK_ACCESS_FS_READ_FILE |
                                                                     LANDLOCK_ACCESS_FS_READ_DIR,
                                                             .parent_fd = folders[i]};

                added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
                                &beneath, 0) == 0;
        }
        if (added && enforce(ruleset))
                return true;
        int problem = errno;
        if (!added && ruleset >= 0)
                close(ruleset);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "the kernel's Landlock, without which strangers' folders are not opened, "
                    "cannot be had: %s",
                    g_strerror(problem));
        return false;
}
