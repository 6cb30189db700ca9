/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/walls.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/base.h"
#include "history/protocol.h"

/* At the first of the two it ends with SIGXCPU, which says why; SIGKILL could be anybody's. */
static bool limit_time(GError **error)
{
        struct rlimit limit = {WALLS_CPU_SEC_MAX, WALLS_CPU_SEC_MAX + 1};

        if (setrlimit(RLIMIT_CPU, &limit) == 0)
                return true;
        error_set_errno(error, errno, "Cannot set RLIMIT_CPU");
        return false;
}

static bool set_limits(GError **error)
{
        /* a sanitizer reserves terabytes for its shadow */
        if (!CONFINE_UNDER_SANITIZER &&
            !confine_limit(RLIMIT_DATA, WALLS_DATA_BYTES_MAX, "RLIMIT_DATA", error))
                return false;
        return confine_limit(RLIMIT_FSIZE, HISTORY_ANSWER_BYTES_MAX, "RLIMIT_FSIZE", error) &&
               confine_limit(RLIMIT_NOFILE, WALLS_FILES_MAX, "RLIMIT_NOFILE", error) &&
               limit_time(error) && confine_limit(RLIMIT_CORE, 0, "RLIMIT_CORE", error);
}

/* What libgit2 and the C library need, in any arguments. What a name is (stat) is not hidden by Landlock, only what is in it. */
static const int allowed[] = {
        SCMP_SYS(read),
        SCMP_SYS(pread64),
        SCMP_SYS(lseek),
        SCMP_SYS(fstat),
        SCMP_SYS(newfstatat),
        SCMP_SYS(stat),
        SCMP_SYS(lstat),
        SCMP_SYS(statx),
        SCMP_SYS(access),
        SCMP_SYS(faccessat),
        SCMP_SYS(faccessat2),
        SCMP_SYS(readlink),
        SCMP_SYS(readlinkat),
        SCMP_SYS(getdents64),
        SCMP_SYS(getcwd),
        SCMP_SYS(close),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(brk),
        SCMP_SYS(madvise),
        SCMP_SYS(memfd_create),
        SCMP_SYS(futex),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_getres),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(getrandom),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(getrusage),
        SCMP_SYS(sched_yield),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(sysinfo),
        SCMP_SYS(getuid),
        SCMP_SYS(geteuid),
        SCMP_SYS(getgid),
        SCMP_SYS(getegid),
        SCMP_SYS(umask),
        SCMP_SYS(sched_getaffinity),
};

/* What libraries try and can live without. */
static const int refused[] = {
        SCMP_SYS(openat2), SCMP_SYS(socket), SCMP_SYS(connect),   SCMP_SYS(ioctl),
        SCMP_SYS(mkdir),   SCMP_SYS(unlink), SCMP_SYS(statfs),    SCMP_SYS(prctl),
        SCMP_SYS(rename),  SCMP_SYS(chmod),  SCMP_SYS(prlimit64),
};

#define WRITES ((scmp_datum_t)(O_ACCMODE | O_CREAT | O_TRUNC))

static int add_files(scmp_filter_ctx filter)
{
        int r = 0;

        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
                              SCMP_A1(SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ftruncate), 1,
                              SCMP_A0(SCMP_CMP_GT, HISTORY_FD));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1,
                              SCMP_A0(SCMP_CMP_EQ, HISTORY_FD));
        return r;
}

static int add_rules(scmp_filter_ctx filter)
{
        static const int operations[] = {F_ADD_SEALS, F_GETFL, F_GETFD, F_SETFD};
        int r = add_files(filter);

        for (size_t i = 0; i < G_N_ELEMENTS(operations); i++)
                r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                                      SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)operations[i]));
        return r;
}

static bool restrict_calls(GError **error)
{
        const ConfineCalls calls = {.allowed = allowed,
                                    .refused = refused,
                                    .allowed_count = G_N_ELEMENTS(allowed),
                                    .refused_count = G_N_ELEMENTS(refused),
                                    .add = add_rules};

        return confine_calls(&calls, error);
}

bool walls_close(const int *folders, unsigned count, GError **error)
{
        return confine_privileges(error) && set_limits(error) &&
               confine_files_to(folders, count, error) && restrict_calls(error);
}
