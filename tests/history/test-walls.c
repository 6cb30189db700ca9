/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each attempt runs in a child behind the walls of a folder, and must fail: with an error or with its life. What lies in the folder
 * can be read.
 * Seen to fail: without confine_files_to() the files outside are opened. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "history/protocol.h"
#include "history/walls.h"
#include "tree.h"

enum { DONE = 0, REFUSED = 10, BROKEN = 20 }; /* exit status of a child */

typedef long (*Attempt)(Tree *tree);

static long open_in(Tree *tree, const char *path, int flags)
{
        g_autofree char *full = tree_path(tree, path);

        return open(full, flags | O_CLOEXEC, 0600);
}

static long read_inside(Tree *tree)
{
        return open_in(tree, "git/objects/x", O_RDONLY);
}

static long read_outside(Tree *tree)
{
        return open_in(tree, "private/secret", O_RDONLY);
}

static long list_outside(Tree *tree)
{
        return open_in(tree, "private", O_RDONLY | O_DIRECTORY);
}

static long read_by_link(Tree *tree)
{
        return open_in(tree, "git/link", O_RDONLY);
}

static long read_by_dots(Tree *tree)
{
        return open_in(tree, "git/../private/secret", O_RDONLY);
}

static long read_system(Tree *tree)
{
        return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static long read_memory(Tree *tree)
{
        return open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
}

static long write_inside(Tree *tree)
{
        return open_in(tree, "git/objects/x", O_WRONLY);
}

static long make_inside(Tree *tree)
{
        return open_in(tree, "git/new", O_RDONLY | O_CREAT);
}

static long truncate_inside(Tree *tree)
{
        return open_in(tree, "git/objects/x", O_RDONLY | O_TRUNC);
}

static long remove_inside(Tree *tree)
{
        g_autofree char *full = tree_path(tree, "git/objects/x");

        return unlink(full);
}

static long open_by_other_call(Tree *tree)
{
        struct {
                uint64_t flags, mode, resolve;
        } how = {O_RDWR, 0, 0};
        g_autofree char *full = tree_path(tree, "git/objects/x");

        return syscall(SYS_openat2, AT_FDCWD, full, &how, sizeof(how));
}

static long internet_socket(Tree *tree)
{
        return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static long start_program(Tree *tree)
{
        char *arguments[] = {(char *)"true", NULL};

        return execve("/bin/true", arguments, NULL);
}

static long start_process(Tree *tree)
{
        return syscall(SYS_fork);
}

static long signal_parent(Tree *tree)
{
        return kill(getppid(), SIGCONT);
}

static long trace(Tree *tree)
{
        return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long map_code(Tree *tree)
{
        void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return at == MAP_FAILED ? -1 : 0;
}

static long send_elsewhere(Tree *tree)
{
        struct msghdr message = {0};

        return sendmsg(4, &message, MSG_NOSIGNAL);
}

static long take_dumps(Tree *tree)
{
        return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long lift_limit(Tree *tree)
{
        struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

        return setrlimit(RLIMIT_DATA, &limit);
}

static long take_memory(Tree *tree)
{
        void *at = mmap(NULL, WALLS_DATA_BYTES_MAX, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return at == MAP_FAILED ? -1 : 0;
}

static const struct {
        const char *name;
        Attempt attempt;
        bool fatal; /* else it returns an error */
} attempts[] = {
        {"read-outside", read_outside, false},
        {"list-outside", list_outside, false},
        {"read-by-link", read_by_link, false},
        {"read-by-dots", read_by_dots, false},
        {"read-system", read_system, false},
        {"read-own-memory", read_memory, false},
        {"write-inside", write_inside, true},
        {"make-inside", make_inside, true},
        {"truncate-inside", truncate_inside, true},
        {"remove-inside", remove_inside, false},
        {"open-by-other-call", open_by_other_call, false},
        {"internet-socket", internet_socket, false},
        {"start-program", start_program, true},
        {"start-process", start_process, true},
        {"signal-parent", signal_parent, true},
        {"trace", trace, true},
        {"map-code", map_code, true},
        {"send-elsewhere", send_elsewhere, true},
        {"take-dumps", take_dumps, false},
        {"lift-limit", lift_limit, false},
        {"take-memory", take_memory, false},
};

static int run_child(Attempt attempt)
{
        g_autoptr(Tree) tree = tree_new();
        g_autoptr(GError) error = NULL;

        tree_write(tree, "git/objects/x", "x");
        tree_write(tree, "private/secret", "secret");
        tree_link(tree, "git/link", "../private/secret");
        g_autofree char *git = tree_path(tree, "git");
        int folder = open(git, O_PATH | O_DIRECTORY | O_CLOEXEC);
        pid_t pid = fork();
        if (pid == 0) {
                if (!walls_close(&folder, 1, &error))
                        _exit(BROKEN);
                _exit(attempt(tree) < 0 ? REFUSED : DONE);
        }
        int status = -1;
        close(folder);
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        return status;
}

static void test_attempt_fails(const void *data)
{
        size_t i = GPOINTER_TO_SIZE(data);
        int status = run_child(attempts[i].attempt);

        if (CONFINE_UNDER_SANITIZER && attempts[i].attempt == take_memory) {
                g_test_skip("a sanitizer needs all the memory it can get");
        } else if (attempts[i].fatal) {
                g_assert_true(WIFSIGNALED(status));
                g_assert_cmpint(WTERMSIG(status), ==, SIGSYS);
        } else {
                g_assert_true(WIFEXITED(status));
                g_assert_cmpint(WEXITSTATUS(status), ==, REFUSED);
        }
}

static void test_what_lies_inside_can_be_read(void)
{
        int status = run_child(read_inside);

        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, DONE);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/walls/inside", test_what_lies_inside_can_be_read);
        for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++) {
                g_autofree char *path = g_strdup_printf("/walls/%s", attempts[i].name);

                g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_attempt_fails);
        }
        return g_test_run();
}
