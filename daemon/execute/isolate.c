/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "execute/isolate.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct Isolate {
        const IsolateHandlers *handlers;
        void *data;
        Spawned process;
        int socket;
        sd_event_source *news, *death;
        bool ready;
        uint32_t walls;
        int problem;
};

/* It may be freed in the handler. */
static void tell_death(Isolate *isolate, const char *why)
{
        isolate->news = sd_event_source_disable_unref(isolate->news);
        isolate->death = sd_event_source_disable_unref(isolate->death);
        isolate->handlers->died(isolate, why, isolate->data);
}

static int on_death(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Isolate *isolate = data;
        siginfo_t info = {0};
        char why[80];

        if (waitid(P_PID, (id_t)isolate->process.pid, &info, WEXITED | WNOHANG) < 0 ||
            info.si_pid == 0)
                return 0;
        isolate->process.pid = 0;
        g_snprintf(why, sizeof(why), "it %s %d",
                   info.si_code == CLD_EXITED ? "ended with status" : "was killed by signal",
                   info.si_status);
        tell_death(isolate, why);
        return 0;
}

/* False: it is none that we understand. */
static bool take_news(Isolate *isolate, const IsolateNews *news)
{
        switch (news->event) {
        case ISOLATE_READY:
                if (isolate->ready || !(news->detail & ISOLATE_WALL_CALLS))
                        return false;
                isolate->ready = true;
                isolate->walls = news->detail;
                isolate->problem = news->value;
                isolate->handlers->ready(isolate, isolate->data);
                return true;
        case ISOLATE_ENDED:
        case ISOLATE_REFUSED:
                isolate->handlers->ended(isolate, news, isolate->data);
                return true;
        default:
                return false;
        }
}

static int on_news(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Isolate *isolate = data;
        IsolateNews news;
        ssize_t n = recv(isolate->socket, &news, sizeof(news), MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n <= 0) /* how it died is told by the kernel */
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        else if (n != sizeof(news) || !take_news(isolate, &news))
                tell_death(isolate, "it did not keep to its protocol");
        return 0;
}

static int watch(Isolate *isolate, sd_event *loop)
{
        int r = sd_event_add_io(loop, &isolate->news, isolate->socket, EPOLLIN, on_news, isolate);

        if (r >= 0)
                r = sd_event_add_io(loop, &isolate->death, isolate->process.pidfd, EPOLLIN,
                                    on_death, isolate);
        /* what it said before it died comes first */
        if (r >= 0)
                r = sd_event_source_set_priority(isolate->death, SD_EVENT_PRIORITY_NORMAL + 1);
        return r;
}

Isolate *isolate_spawn(sd_event *loop, const char *program, const IsolateHandlers *handlers,
                       void *data, GError **error)
{
        Spawned process;
        int socket;

        if (!spawn_helper(program, &process, &socket, error))
                return NULL;
        Isolate *isolate = g_new0(Isolate, 1);
        *isolate =
                (Isolate){.handlers = handlers, .data = data, .socket = socket, .process = process};
        int r = watch(isolate, loop);
        if (r >= 0)
                return isolate;
        error_set_errno(error, -r, "Cannot watch %s", program);
        return isolate_free(isolate);
}

Isolate *isolate_free(Isolate *isolate)
{
        if (!isolate)
                return NULL;
        spawned_end(&isolate->process);
        sd_event_source_disable_unref(isolate->news);
        sd_event_source_disable_unref(isolate->death);
        close(isolate->socket);
        g_free(isolate);
        return NULL;
}

bool isolate_is_ready(const Isolate *isolate)
{
        return isolate->ready;
}

uint32_t isolate_walls(const Isolate *isolate, int *ret_problem)
{
        *ret_problem = isolate->problem;
        return isolate->walls;
}

static bool order(Isolate *isolate, const IsolateOrder *order, int fd)
{
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control = {.header = {.cmsg_level = SOL_SOCKET,
                                .cmsg_type = SCM_RIGHTS,
                                .cmsg_len = CMSG_LEN(sizeof(int))}};
        struct iovec iov = {(void *)order, sizeof(*order)};
        struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

        if (fd >= 0) {
                memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
                message.msg_control = &control;
                message.msg_controllen = sizeof(control);
        }
        return sendmsg(isolate->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

bool isolate_begin(Isolate *isolate, uint32_t serial, int stream, GError **error)
{
        if (order(isolate, &(IsolateOrder){ISOLATE_BEGIN, serial}, stream))
                return true;
        error_set_errno(error, errno, "The isolate does not listen");
        return false;
}

void isolate_kill(Isolate *isolate, uint32_t serial)
{
        if (!order(isolate, &(IsolateOrder){ISOLATE_KILL, serial}, -1))
                log_debug("Cannot have a snippet killed: %s, ignoring", g_strerror(errno));
}
