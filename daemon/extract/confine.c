/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/protocol.h"

/* tree-sitter gives back a stack of its own by calling itself: a hundred thousand times for some files. */
static void raise_stack(void)
{
        struct rlimit limit;

        if (getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur >= CONFINE_STACK_BYTES)
                return;
        limit.rlim_cur = MIN(limit.rlim_max, CONFINE_STACK_BYTES);
        (void)setrlimit(RLIMIT_STACK, &limit);
}

static bool set_limits(GError **error)
{
        raise_stack();
        /* a sanitizer reserves terabytes for its shadow */
        if (!CONFINE_UNDER_SANITIZER &&
            !confine_limit(RLIMIT_AS, CONFINE_ADDRESS_SPACE_MAX, "RLIMIT_AS", error))
                return false;
        /* a memfd is a file too */
        return confine_limit(RLIMIT_FSIZE, EXTRACT_RESULT_BYTES_MAX, "RLIMIT_FSIZE", error) &&
               confine_limit(RLIMIT_NOFILE, CONFINE_FILES_MAX, "RLIMIT_NOFILE", error) &&
               confine_limit(RLIMIT_CORE, 0, "RLIMIT_CORE", error);
}

/* What parsers and the C library need, in any arguments. */
static const int allowed[] = {
        SCMP_SYS(read),
        SCMP_SYS(pread64),
        SCMP_SYS(lseek),
        SCMP_SYS(fstat),
        SCMP_SYS(close),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(brk),
        SCMP_SYS(madvise),
        SCMP_SYS(memfd_create),
        SCMP_SYS(ftruncate),
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
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(sysinfo),
        SCMP_SYS(getuid),
        SCMP_SYS(geteuid),
        SCMP_SYS(getgid),
        SCMP_SYS(getegid),
};

/* What libraries try and can live without. */
static const int refused[] = {
        SCMP_SYS(open),       SCMP_SYS(openat),   SCMP_SYS(openat2),    SCMP_SYS(stat),
        SCMP_SYS(lstat),      SCMP_SYS(statx),    SCMP_SYS(access),     SCMP_SYS(faccessat),
        SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
        SCMP_SYS(socket),     SCMP_SYS(connect),  SCMP_SYS(ioctl),      SCMP_SYS(mkdir),
        SCMP_SYS(unlink),     SCMP_SYS(statfs),   SCMP_SYS(prctl),      SCMP_SYS(prlimit64),
};

static int add_conditional(scmp_filter_ctx filter)
{
        int r = 0;
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1,
                              SCMP_A0(SCMP_CMP_EQ, EXTRACT_FD));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(recvmsg), 1,
                              SCMP_A0(SCMP_CMP_EQ, EXTRACT_FD));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                              SCMP_A1(SCMP_CMP_EQ, F_ADD_SEALS));
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                              SCMP_A1(SCMP_CMP_EQ, F_GETFL));
        /* glibc's fstat() is newfstatat(fd, "", …, AT_EMPTY_PATH); with a path Landlock does not help,
         * but an attacker learns no more than that a name exists */
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                              SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
        r |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 1,
                              SCMP_A3(SCMP_CMP_NE, AT_EMPTY_PATH));
        return r;
}

static bool restrict_calls(GError **error)
{
        const ConfineCalls calls = {.allowed = allowed,
                                    .refused = refused,
                                    .allowed_count = G_N_ELEMENTS(allowed),
                                    .refused_count = G_N_ELEMENTS(refused),
                                    .add = add_conditional};

        return confine_calls(&calls, error);
}

bool confine(GError **error)
{
        if (!confine_privileges(error) || !set_limits(error))
                return false;
        (void)confine_files();
        return restrict_calls(error);
}
