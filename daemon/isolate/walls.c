/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/walls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base.h"
#include "isolate/protocol.h"

#define NOBODY 65534 /* who one is inside */

struct Walls {
        struct sock_fprog program;
};

static bool failed(GError **error, const char *what)
{
        int problem = errno;

        error_set_errno(error, problem, "Cannot %s", what);
        errno = problem;
        return false;
}

/* ---- the filter of system calls ---- */

/* In any arguments: memory, the end, and the clock where the kernel's page for it is not mapped. */
static const int allowed[] = {
        SCMP_SYS(munmap),        SCMP_SYS(mremap),       SCMP_SYS(brk),
        SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
        SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
};

static int add_rules(scmp_filter_ctx filter)
{
        int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1,
                                 SCMP_A0(SCMP_CMP_EQ, ISOLATE_FD));

        if (r == 0)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(recvfrom), 1,
                                     SCMP_A0(SCMP_CMP_EQ, ISOLATE_FD));
        if (r == 0)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                                     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                     SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
        if (r == 0)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        /* -EDOM: an architecture without this call */
        for (size_t i = 0; i < G_N_ELEMENTS(allowed) && r == 0; i++)
                if ((r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0)) == -EDOM)
                        r = 0;
        return r;
}

/* The program as the kernel takes it, so that a snippet's process loads it in one call. */
static int export_program(scmp_filter_ctx filter, struct sock_fprog *ret)
{
        int fd = memfd_create("filter", MFD_CLOEXEC);
        int r = fd < 0 ? -errno : seccomp_export_bpf(filter, fd);
        off_t size = r == 0 ? lseek(fd, 0, SEEK_END) : 0;

        if (size > 0) {
                ret->filter = g_malloc((gsize)size);
                ret->len = (unsigned short)((size_t)size / sizeof(struct sock_filter));
                r = pread(fd, ret->filter, (size_t)size, 0) == size ? 0 : -EIO;
        }
        if (fd >= 0)
                close(fd);
        return r;
}

static int make_program(struct sock_fprog *ret)
{
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
        int r = filter ? add_rules(filter) : -ENOMEM;

        if (r == 0)
                r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
        if (r == 0)
                r = export_program(filter, ret);
        seccomp_release(filter);
        return r;
}

Walls *walls_new(GError **error)
{
        static const uint32_t action = SECCOMP_RET_KILL_PROCESS;
        Walls *walls = g_new0(Walls, 1);
        int r = make_program(&walls->program);

        if (r == 0 && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
                return walls;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "This kernel cannot filter system calls: %s", g_strerror(r < 0 ? -r : errno));
        g_free(walls->program.filter);
        g_free(walls);
        return NULL;
}

bool walls_close(const Walls *walls, GError **error)
{
        /* its runtime makes calls of its own; such a build is for tests */
        if (CONFINE_UNDER_SANITIZER)
                return true;
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &walls->program) == 0)
                return true;
        return failed(error, "restrict system calls");
}

/* ---- namespaces ---- */

static bool write_file(const char *path, const char *text, GError **error)
{
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

        if (!done)
                failed(error, "map users and groups");
        int problem = errno;
        if (fd >= 0)
                close(fd);
        errno = problem;
        return done;
}

static bool map_ids(uid_t uid, gid_t gid, GError **error)
{
        g_autofree char *user = g_strdup_printf("%d %u 1", NOBODY, uid);
        g_autofree char *group = g_strdup_printf("%d %u 1", NOBODY, gid);

        return write_file("/proc/self/setgroups", "deny", error) &&
               write_file("/proc/self/uid_map", user, error) &&
               write_file("/proc/self/gid_map", group, error);
}

bool walls_leave_namespaces(GError **error)
{
        static const int all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
                               CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_NEWPID;
        uid_t uid = geteuid();
        gid_t gid = getegid();

        if (unshare(all) < 0)
                return failed(error, "make namespaces");
        if (!map_ids(uid, gid, error))
                return false;
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return failed(error, "make mounts private");
        return true;
}

bool walls_empty_root(GError **error)
{
        static const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

        if (mount("none", "/tmp", "tmpfs", flags, "size=4k,nr_inodes=1,mode=0555") < 0)
                return failed(error, "mount an empty root");
        if (chdir("/tmp") < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
                return failed(error, "change the root");
        if (umount2(".", MNT_DETACH) < 0)
                return failed(error, "leave the old root");
        if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) < 0)
                return failed(error, "make the root read-only");
        return chdir("/") == 0 || failed(error, "enter the root");
}

/* ---- privileges and limits ---- */

bool walls_drop_privileges(GError **error)
{
        struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
        struct __user_cap_data_struct none[2] = {{0}};

        /* without CAP_SETPCAP there is nothing to drop, which the kernel calls EPERM */
        for (int i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
                (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
        (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        if (syscall(SYS_capset, &header, none) < 0)
                return failed(error, "drop capabilities");
        return confine_privileges(error);
}

bool walls_limit(GError **error)
{
        rlim_t cpu = ISOLATE_CPU_MS_MAX / 1000 + WALLS_CPU_SPARE_SEC;

        /* a sanitizer reserves terabytes for its shadow */
        if (!CONFINE_UNDER_SANITIZER &&
            !confine_limit(RLIMIT_DATA, WALLS_DATA_BYTES_MAX, "RLIMIT_DATA", error))
                return false;
        return confine_limit(RLIMIT_CORE, 0, "RLIMIT_CORE", error) &&
               confine_limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE", error) &&
               confine_limit(RLIMIT_NOFILE, WALLS_FILES_MAX, "RLIMIT_NOFILE", error) &&
               confine_limit(RLIMIT_MEMLOCK, 0, "RLIMIT_MEMLOCK", error) &&
               confine_limit(RLIMIT_MSGQUEUE, 0, "RLIMIT_MSGQUEUE", error) &&
               confine_limit(RLIMIT_NPROC, 1, "RLIMIT_NPROC", error) &&
               confine_limit(RLIMIT_CPU, cpu, "RLIMIT_CPU", error);
}
