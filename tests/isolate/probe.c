/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ouroboros-isolate as it would be with its engine taken over: snippets have probe(name), which tries from inside what
 * shellcode would. Everything around it is the product's. */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "isolate/zygote.h"

static char page[8192];

static long try_file(const char *name)
{
        if (strcmp(name, "open") == 0)
                return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        if (strcmp(name, "openat2") == 0)
                return syscall(SYS_openat2, AT_FDCWD, "/", page, 24);
        if (strcmp(name, "stat") == 0)
                return stat("/", (struct stat *)page);
        if (strcmp(name, "memfd") == 0)
                return memfd_create("x", MFD_CLOEXEC);
        if (strcmp(name, "write") == 0)
                return write(STDERR_FILENO, "x", 1);
        if (strcmp(name, "mmap file") == 0)
                return (long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0);
        return -2;
}

static long try_process(const char *name)
{
        if (strcmp(name, "fork") == 0)
                return fork();
        if (strcmp(name, "fork bomb") == 0)
                for (;;)
                        fork();
        if (strcmp(name, "clone3") == 0)
                return syscall(SYS_clone3, page, 64);
        if (strcmp(name, "execve") == 0)
                return execl("/bin/sh", "sh", (char *)NULL);
        if (strcmp(name, "kill") == 0)
                return kill(1, SIGKILL);
        if (strcmp(name, "ptrace") == 0)
                return ptrace(PTRACE_ATTACH, getppid(), 0, 0);
        if (strcmp(name, "prctl") == 0)
                return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        if (strcmp(name, "setrlimit") == 0)
                return setrlimit(RLIMIT_DATA, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
        if (strcmp(name, "unshare") == 0)
                return syscall(SYS_unshare, 0x10000000);
        return -2;
}

static long try_memory(const char *name)
{
        if (strcmp(name, "mmap executable") == 0)
                return (long)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (strcmp(name, "mprotect executable") == 0)
                return mprotect((void *)(((unsigned long)page + 4095) & ~4095UL), 4096,
                                PROT_READ | PROT_EXEC);
        if (strcmp(name, "write to nowhere") == 0)
                **(volatile char *volatile *)page =
                        1; /* a null pointer that the compiler does not see */
        if (strcmp(name, "spin") == 0)
                for (volatile int i = 0;; i++)
                        continue;
        return -2;
}

static long try_other(const char *name)
{
        if (strcmp(name, "socket") == 0)
                return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (strcmp(name, "send elsewhere") == 0)
                return send(0, "x", 1, 0);
        if (strcmp(name, "io_uring") == 0)
                return syscall(SYS_io_uring_setup, 1, page);
        if (strcmp(name, "bpf") == 0)
                return syscall(SYS_bpf, 0, page, 8);
        if (strcmp(name, "timer") == 0)
                return syscall(SYS_timer_delete, 0);
#ifdef __x86_64__
        if (strcmp(name, "x32 call") == 0)
                return syscall(0x40000000 | 39);
        if (strcmp(name, "32-bit call") == 0) {
                int result;
                __asm__ volatile("int $0x80" : "=a"(result) : "a"(20));
                return result;
        }
#endif
        return -2;
}

/* Bytes that no snippet sends, where its frames go. */
static long try_frames(const char *name)
{
        unsigned frame[] = {3, 0xffffffff, 0};
        struct iovec iov = {frame, sizeof(frame)};
        struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

        if (strcmp(name, "frame that is too long") == 0)
                return sendmsg(3, &message, 0);
        frame[1] = 0;
        if (strcmp(name, "call without a name") == 0)
                return sendmsg(3, &message, 0);
        frame[0] = 1;
        if (strcmp(name, "frame of the daemon") == 0)
                return sendmsg(3, &message, 0);
        memset(frame, 0xff, sizeof(frame));
        if (strcmp(name, "garbage") == 0)
                for (;;)
                        (void)sendmsg(3, &message, 0);
        return -2;
}

static JSValue probe(JSContext *context, JSValueConst self, int argc, JSValueConst *argv)
{
        static long (*const tries[])(const char *) = {try_file, try_process, try_memory, try_other,
                                                      try_frames};
        const char *name = JS_ToCString(context, argv[0]);
        long result = -2;

        for (unsigned i = 0; name && i < sizeof(tries) / sizeof(tries[0]) && result == -2; i++)
                result = tries[i](name);
        return JS_NewInt64(context, result);
}

static void add_probe(JSContext *context)
{
        JSValue global = JS_GetGlobalObject(context);

        JS_SetPropertyStr(context, global, "probe", JS_NewCFunction(context, probe, "probe", 1));
        JS_FreeValue(context, global);
}

int main(int argc, char **argv)
{
        return zygote_main(add_probe);
}
