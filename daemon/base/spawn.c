/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* Nothing of the daemon's environment but what debugging needs. */
static char **make_environment(void)
{
        static const char *const kept[] = {"OUROBOROS_LOG", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
        GPtrArray *list = g_ptr_array_new();
        g_ptr_array_add(list, g_strdup("LC_ALL=C.UTF-8"));
        /* GLib's own allocator never gives memory back */
        g_ptr_array_add(list, g_strdup("G_SLICE=always-malloc"));
        for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
                const char *value = getenv(kept[i]);
                if (value)
                        g_ptr_array_add(list, g_strdup_printf("%s=%s", kept[i], value));
        }
        g_ptr_array_add(list, NULL);
        return (char **)g_ptr_array_free(list, FALSE);
}

static int start(const char *program, int socket, pid_t *ret_pid)
{
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none, all;
        g_auto(GStrv) environment = make_environment();
        char *arguments[] = {(char *)program, NULL};
        const char *log = getenv("OUROBOROS_LOG");

        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, socket, SPAWN_FD);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        if (!log || strcmp(log, "debug") != 0)
                posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addclosefrom_np(&actions, SPAWN_FD + 1);
        int r = posix_spawn(ret_pid, program, &actions, &attributes, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        return r;
}

static int on_death(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Spawned *spawned = data;
        siginfo_t how = {0};

        if (waitid(P_PID, (id_t)spawned->pid, &how, WEXITED | WNOHANG) < 0 || how.si_pid == 0)
                return 0;
        spawned->pid = 0;
        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        spawned->died(&how, spawned->data); /* it may be ended there */
        return 0;
}

static int watch(const SpawnOptions *options, Spawned *spawned)
{
        int r = sd_event_add_io(options->loop, &spawned->news, spawned->socket, EPOLLIN,
                                options->said, options->data);

        if (r >= 0)
                r = sd_event_add_io(options->loop, &spawned->death, spawned->pidfd, EPOLLIN,
                                    on_death, spawned);
        /* what it said before it died comes first */
        if (r >= 0)
                r = sd_event_source_set_priority(spawned->death, SD_EVENT_PRIORITY_NORMAL + 1);
        return r;
}

static bool start_and_watch(const SpawnOptions *options, int socket, Spawned *ret, GError **error)
{
        int r = start(options->program, socket, &ret->pid);

        if (r == 0 && (ret->pidfd = pidfd_open(ret->pid, 0)) < 0)
                r = errno;
        if (r == 0)
                r = -MIN(watch(options, ret), 0);
        if (r == 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE, "Cannot start %s: %s",
                    options->program, g_strerror(r));
        return false;
}

bool spawn_helper(const SpawnOptions *options, Spawned *ret, GError **error)
{
        int pair[2];

        *ret = (Spawned){.pidfd = -1, .socket = -1, .died = options->died, .data = options->data};
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
                error_set_errno(error, errno, "Cannot make a socket for %s", options->program);
                return false;
        }
        ret->socket = pair[0];
        bool started = start_and_watch(options, pair[1], ret, error);
        (void)close(pair[1]);
        if (!started)
                spawned_end(ret);
        return started;
}

void spawned_kill(Spawned *spawned)
{
        if (spawned->pid > 0)
                (void)kill(spawned->pid, SIGKILL);
}

void spawned_end(Spawned *spawned)
{
        spawned->news = sd_event_source_disable_unref(spawned->news);
        spawned->death = sd_event_source_disable_unref(spawned->death);
        if (spawned->pid > 0) {
                spawned_kill(spawned);
                (void)waitid(P_PID, (id_t)spawned->pid, &(siginfo_t){0}, WEXITED);
        }
        spawned->pid = 0;
        if (spawned->pidfd >= 0)
                (void)close(spawned->pidfd);
        if (spawned->socket >= 0)
                (void)close(spawned->socket);
        spawned->pidfd = spawned->socket = -1;
}

bool spawn_send(int socket, const SpawnMessage *message, int flags)
{
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(SPAWN_FDS_MAX * sizeof(int))];
        } control = {0};
        struct iovec iov = {(void *)message->bytes, message->size};
        struct msghdr header = {.msg_iov = &iov, .msg_iovlen = 1};

        if (message->fd_count > SPAWN_FDS_MAX) {
                errno = E2BIG;
                return false;
        }
        if (message->fd_count > 0) {
                control.header.cmsg_level = SOL_SOCKET;
                control.header.cmsg_type = SCM_RIGHTS;
                control.header.cmsg_len = CMSG_LEN(message->fd_count * sizeof(int));
                memcpy(CMSG_DATA(&control.header), message->fds, message->fd_count * sizeof(int));
                header.msg_control = &control;
                header.msg_controllen = CMSG_SPACE(message->fd_count * sizeof(int));
        }
        return sendmsg(socket, &header, MSG_NOSIGNAL | flags) >= 0;
}
