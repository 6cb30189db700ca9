/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With namespaces there are two of them: one that only waits, and its child, which is the first process of the new
 * process namespace. When either dies the kernel ends all that came of it. */
#include "isolate/zygote.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "isolate/engine.h"
#include "isolate/limits.h"
#include "isolate/stream.h"
#include "isolate/walls.h"

#define PROCESSES_MAX 64 /* snippets at once; the daemon asks for fewer */
#define REHEARSALS    8  /* after which the heap has its holes and its tables their size */

typedef struct Zygote {
        Engine *engine;
        Walls *walls;
        GHashTable *serials; /* pid → serial of the snippet */
        int deaths;          /* signalfd */
        sigset_t mask;       /* before SIGCHLD was blocked */
} Zygote;

static _Noreturn void give_up(const GError *error)
{
        fprintf(stderr, "ouroboros-isolate: %s\n", error->message);
        _exit(EXIT_FAILURE);
}

static void tell(IsolateEvent event, uint32_t serial, uint32_t detail, int32_t value)
{
        IsolateNews news = {event, serial, detail, value};

        if (send(ISOLATE_FD, &news, sizeof(news), MSG_NOSIGNAL) < 0)
                _exit(EXIT_SUCCESS); /* the daemon has gone */
}

/* ---- the process of a snippet ---- */

static _Noreturn void be_snippet(Zygote *zygote, int stream)
{
        g_autoptr(GError) error = NULL;
        IsolateHeader header;
        IsolateRun run;

        if (dup2(stream, ISOLATE_FD) < 0)
                _exit(EXIT_FAILURE);
        close_range(ISOLATE_FD + 1, ~0u, 0);
        sigprocmask(SIG_SETMASK, &zygote->mask, NULL);
        limits_prepare();
        if (!walls_limit(&error))
                give_up(error);
        engine_rehearse(zygote->engine);
        char *frame = stream_receive(&header);
        if (header.kind != ISOLATE_RUN || header.bytes < sizeof(run))
                _exit(EXIT_FAILURE);
        memcpy(&run, frame, sizeof(run));
        size_t bytes = header.bytes - sizeof(run);
        if (run.tools_bytes > MIN(bytes, ISOLATE_TOOLS_BYTES_MAX) ||
            bytes - run.tools_bytes > ISOLATE_CODE_BYTES_MAX)
                _exit(EXIT_FAILURE);
        limits_start(run.wall_ms, run.cpu_ms);
        if (!walls_close(zygote->walls, &error))
                give_up(error);
        engine_run(zygote->engine, &run, frame + sizeof(run), bytes);
}

static void begin(Zygote *zygote, uint32_t serial, int stream)
{
        pid_t parent = getpid();
        bool has_room = g_hash_table_size(zygote->serials) < PROCESSES_MAX;
        pid_t pid = has_room ? fork() : -1;
        int problem = has_room ? errno : EAGAIN;

        if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                if (getppid() != parent)
                        _exit(EXIT_FAILURE); /* it died before we said so */
                be_snippet(zygote, stream);
        }
        close(stream);
        if (pid < 0)
                tell(ISOLATE_REFUSED, serial, 0, problem);
        else
                g_hash_table_insert(zygote->serials, GINT_TO_POINTER(pid),
                                    GUINT_TO_POINTER(serial));
}

static void kill_snippet(Zygote *zygote, uint32_t serial)
{
        GHashTableIter iter;
        void *pid, *value;

        g_hash_table_iter_init(&iter, zygote->serials);
        while (g_hash_table_iter_next(&iter, &pid, &value))
                if (GPOINTER_TO_UINT(value) == serial)
                        (void)kill(GPOINTER_TO_INT(pid), SIGKILL);
}

/* ---- serving ---- */

static void on_deaths(Zygote *zygote)
{
        struct signalfd_siginfo ignored;
        siginfo_t info = {0};

        (void)!read(zygote->deaths, &ignored, sizeof(ignored));
        while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 && info.si_pid > 0) {
                void *key = GINT_TO_POINTER(info.si_pid), *serial;

                if (g_hash_table_steal_extended(zygote->serials, key, NULL, &serial))
                        tell(ISOLATE_ENDED, GPOINTER_TO_UINT(serial), (uint32_t)info.si_code,
                             info.si_status);
                info.si_pid = 0;
        }
}

/* -1: there was none. */
static int descriptor_of(struct msghdr *message)
{
        struct cmsghdr *header = CMSG_FIRSTHDR(message);
        int fd = -1;

        if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
                memcpy(&fd, CMSG_DATA(header), sizeof(fd));
        return fd;
}

/* False: the daemon has gone. */
static bool on_order(Zygote *zygote)
{
        IsolateOrder order;
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec iov = {&order, sizeof(order)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control)};
        ssize_t n = recvmsg(ISOLATE_FD, &message, MSG_CMSG_CLOEXEC);

        if (n < 0)
                return errno == EINTR;
        if (n != sizeof(order))
                return false;
        int stream = descriptor_of(&message);
        if (order.verb == ISOLATE_BEGIN && stream >= 0)
                begin(zygote, order.serial, stream);
        else if (order.verb == ISOLATE_KILL)
                kill_snippet(zygote, order.serial);
        return true;
}

static void serve(Zygote *zygote)
{
        struct pollfd fds[] = {{ISOLATE_FD, POLLIN, 0}, {zygote->deaths, POLLIN, 0}};

        for (;;) {
                if (poll(fds, G_N_ELEMENTS(fds), /* timeout= */ -1) < 0 && errno != EINTR)
                        return;
                if (fds[1].revents)
                        on_deaths(zygote);
                if (fds[0].revents && !on_order(zygote))
                        return;
        }
}

/* ---- becoming the zygote ---- */

/* Ends as its child does. The child is the first process of its namespace, so nothing outlives it. */
static _Noreturn void wait_for(pid_t child)
{
        siginfo_t info = {0};

        close(ISOLATE_FD);
        while (waitid(P_PID, (id_t)child, &info, WEXITED) < 0 && errno == EINTR)
                continue;
        _exit(info.si_code == CLD_EXITED ? info.si_status : EXIT_FAILURE);
}

static bool enter_namespaces(GError **error)
{
        return walls_leave_namespaces(error) && walls_empty_root(error);
}

/* May it have namespaces of its own? Tried in a process of its own, for there is no way back: 0, or the errno for which
 * not. */
static int try_namespaces(void)
{
        g_autoptr(GError) error = NULL;
        siginfo_t info = {0};
        pid_t child = fork();

        if (child == 0) {
                if (enter_namespaces(&error))
                        _exit(0);
                int problem = errno > 0 && errno < 256 ? errno : EPERM;
                fprintf(stderr, "ouroboros-isolate: %s\n", error->message);
                _exit(problem);
        }
        if (child < 0 || waitid(P_PID, (id_t)child, &info, WEXITED) < 0)
                return errno;
        return info.si_code == CLD_EXITED ? info.si_status : EPERM;
}

/* Into namespaces of its own, if it may; the errno for which not. */
static int leave(void)
{
        g_autoptr(GError) error = NULL;
        int problem = try_namespaces();

        if (problem > 0)
                return problem;
        if (!walls_leave_namespaces(&error))
                give_up(error);
        pid_t child = fork();
        if (child < 0)
                _exit(EXIT_FAILURE);
        if (child > 0)
                wait_for(child);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return 0;
}

static uint32_t raise_walls(bool has_namespaces)
{
        g_autoptr(GError) error = NULL;
        uint32_t walls = ISOLATE_WALL_CALLS;

        if (has_namespaces) {
                if (!walls_empty_root(&error))
                        give_up(error);
                walls |= ISOLATE_WALL_NAMESPACES;
        }
        if (!walls_drop_privileges(&error))
                give_up(error);
        if (confine_files())
                walls |= ISOLATE_WALL_FILES;
        return walls;
}

static void watch_deaths(Zygote *zygote)
{
        sigset_t deaths;

        sigemptyset(&deaths);
        sigaddset(&deaths, SIGCHLD);
        sigprocmask(SIG_BLOCK, &deaths, &zygote->mask);
        zygote->deaths = signalfd(-1, &deaths, SFD_CLOEXEC | SFD_NONBLOCK);
        if (zygote->deaths < 0)
                _exit(EXIT_FAILURE);
}

int zygote_main(ZygoteHook hook)
{
        g_autoptr(GError) error = NULL;
        Zygote zygote = {0};

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* Date would look for the time zone's file later, when there are no files */
        setenv("TZ", "UTC0", /* overwrite= */ 1);
        tzset();
        zygote.walls = walls_new(&error);
        if (!zygote.walls)
                give_up(error);
        int problem = leave();
        zygote.engine = engine_new();
        for (int i = 0; i < REHEARSALS; i++)
                engine_rehearse(zygote.engine);
        if (hook)
                hook(engine_context(zygote.engine));
        uint32_t walls = raise_walls(problem == 0);
        zygote.serials = g_hash_table_new(NULL, NULL);
        watch_deaths(&zygote);
        tell(ISOLATE_READY, 0, walls, problem);
        serve(&zygote);
        return EXIT_SUCCESS;
}
