/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each attempt runs in a child that has confined itself, and must fail: with an error or with its life. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "extract/confine.h"
#include "extract/extract.h"
#include "extract/protocol.h"

enum { DONE = 0, REFUSED = 10, BROKEN = 20 }; /* exit status of a child */

typedef long (*Attempt)(void);

static long open_file(void)
{
        return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static long make_file(void)
{
        return open("/tmp/ouroboros-must-not-exist", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static long open_raw(void)
{
        return syscall(SYS_open, "/etc/passwd", O_RDONLY);
}

static long open_beneath_proc(void)
{
        return openat(AT_FDCWD, "/proc/self/mem", O_RDWR | O_CLOEXEC);
}

static long make_folder(void)
{
        return mkdir("/tmp/ouroboros-must-not-exist", 0700);
}

static long internet_socket(void)
{
        return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static long unix_socket(void)
{
        return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static long start_program(void)
{
        char *arguments[] = {(char *)"true", NULL};
        return execve("/bin/true", arguments, NULL);
}

static long start_process(void)
{
        return syscall(SYS_fork);
}

static long start_thread(void)
{
        return syscall(SYS_clone3, NULL, 0);
}

static long signal_parent(void)
{
        return kill(getppid(), SIGCONT);
}

static long signal_thread_of_other(void)
{
        return syscall(SYS_tgkill, 1, 1, SIGCONT);
}

static long trace(void)
{
        return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long read_other_memory(void)
{
        struct iovec iov = {&iov, sizeof(iov)};
        return process_vm_readv(getppid(), &iov, 1, &iov, 1, 0);
}

static long map_code(void)
{
        void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return at == MAP_FAILED ? -1 : 0;
}

static long make_code(void)
{
        static char page[8192] __attribute__((aligned(4096)));
        return mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static long write_elsewhere(void)
{
        return write(STDOUT_FILENO, "x", 1);
}

static long send_elsewhere(void)
{
        struct msghdr message = {0};
        return sendmsg(4, &message, MSG_NOSIGNAL);
}

static long take_dumps(void)
{
        return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long lift_limit(void)
{
        struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
        return setrlimit(RLIMIT_AS, &limit);
}

static long leave_namespace(void)
{
        return unshare(CLONE_NEWUSER);
}

static long ring(void)
{
        return syscall(SYS_io_uring_setup, 1, NULL);
}

static long handle(void)
{
        return syscall(SYS_pidfd_open, getppid(), 0);
}

static long large_memfd(void)
{
        int fd = memfd_create("x", MFD_CLOEXEC);
        return ftruncate(fd, EXTRACT_RESULT_BYTES_MAX + 1L);
}

static long many_files(void)
{
        for (int i = 0; i < CONFINE_FILES_MAX; i++)
                if (memfd_create("x", MFD_CLOEXEC) < 0)
                        return -1;
        return 0;
}

static const struct {
        const char *name;
        Attempt attempt;
        bool fatal; /* else it returns an error */
} attempts[] = {
        {"open-file", open_file, false},
        {"make-file", make_file, false},
        {"open-by-old-call", open_raw, false},
        {"open-own-memory", open_beneath_proc, false},
        {"make-folder", make_folder, false},
        {"internet-socket", internet_socket, false},
        {"unix-socket", unix_socket, false},
        {"start-program", start_program, true},
        {"start-process", start_process, true},
        {"start-thread", start_thread, true},
        {"signal-parent", signal_parent, true},
        {"signal-other-thread", signal_thread_of_other, true},
        {"trace", trace, true},
        {"read-other-memory", read_other_memory, true},
        {"map-code", map_code, true},
        {"make-code", make_code, true},
        {"write-elsewhere", write_elsewhere, true},
        {"send-elsewhere", send_elsewhere, true},
        {"take-dumps", take_dumps, false},
        {"lift-limit", lift_limit, false},
        {"leave-namespace", leave_namespace, true},
        {"io-uring", ring, true},
        {"pidfd", handle, true},
        {"many-files", many_files, false},
};

static int run_child(Attempt attempt)
{
        g_autoptr(GError) error = NULL;
        pid_t pid = fork();
        if (pid == 0) {
                if (!confine(&error))
                        _exit(BROKEN);
                _exit(attempt() < 0 ? REFUSED : DONE);
        }
        int status = -1;
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        return status;
}

static void test_attempt_fails(const void *data)
{
        size_t i = GPOINTER_TO_SIZE(data);
        int status = run_child(attempts[i].attempt);
        if (attempts[i].fatal) {
                g_assert_true(WIFSIGNALED(status));
                g_assert_cmpint(WTERMSIG(status), ==, SIGSYS);
        } else {
                g_assert_true(WIFEXITED(status));
                g_assert_cmpint(WEXITSTATUS(status), ==, REFUSED);
        }
}

static void test_large_memfd_is_fatal(void)
{
        int status = run_child(large_memfd);
        g_assert_true(WIFSIGNALED(status));
        g_assert_cmpint(WTERMSIG(status), ==, SIGXFSZ);
}

#if !defined(__SANITIZE_ADDRESS__)
static long allocate_too_much(void)
{
        void *at = mmap(NULL, CONFINE_ADDRESS_SPACE_MAX, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return at == MAP_FAILED ? -1 : 0;
}

static void test_memory_is_limited(void)
{
        g_assert_cmpint(WEXITSTATUS(run_child(allocate_too_much)), ==, REFUSED);
}
#endif

/* Even without the system call filter no file can be opened. */
static void test_landlock_alone_denies_files(void)
{
        pid_t pid = fork();
        if (pid == 0) {
                prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
                if (!confine_files())
                        _exit(BROKEN);
                _exit(open_file() < 0 && errno == EACCES && make_file() < 0 ? REFUSED : DONE);
        }
        int status = -1;
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        if (WEXITSTATUS(status) == BROKEN)
                g_test_skip("this kernel has no Landlock");
        else
                g_assert_cmpint(WEXITSTATUS(status), ==, REFUSED);
}

static Extract *prepared;

static long parse_everything(void)
{
        static const struct {
                const char *name, *bytes;
        } files[] = {
                {"a.md", "---\na: b\n---\n# T\n\n|a|\n|-|\n|b|\n"},
                {"a.html", "<meta charset=koi8-r><p>\xcd\xc9\xd2"},
                {"a.txt", "caf\xe9"},
                {"a.csv", "a,b\n1,2\n"},
                {"a.pdf", "%PDF-1.4 broken"},
                {"a.zip", "PK\3\4 broken"},
        };
        for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
                g_autoptr(GError) error = NULL;
                ExtractFile file = {files[i].bytes, strlen(files[i].bytes), files[i].name, 4096};
                g_autoptr(GVariant) result = extract_run(prepared, &file, &error);
                if ((result != NULL) != (i < 4))
                        return -1;
        }
        return 0;
}

static void test_parsers_work_confined(void)
{
        prepared = extract_new();
        int status = run_child(parse_everything);
        prepared = extract_free(prepared);
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, DONE);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++) {
                g_autofree char *path = g_strconcat("/confine/fails/", attempts[i].name, NULL);
                g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_attempt_fails);
        }
        g_test_add_func("/confine/large-memfd-is-fatal", test_large_memfd_is_fatal);
#if !defined(__SANITIZE_ADDRESS__)
        /* the address sanitizer needs all address space */
        g_test_add_func("/confine/memory-is-limited", test_memory_is_limited);
#endif
        g_test_add_func("/confine/landlock-alone-denies-files", test_landlock_alone_denies_files);
        g_test_add_func("/confine/parsers-work-confined", test_parsers_work_confined);
        return g_test_run();
}
