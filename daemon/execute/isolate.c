/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "execute/isolate.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

struct Isolate {
        const IsolateHandlers *handlers;
        void *data;
        Spawned process;
        bool ready;
        uint32_t walls;
        int problem;
};

/* It may be freed in the handler. */
static void tell_death(Isolate *isolate, const char *why)
{
        spawned_end(&isolate->process);
        isolate->handlers->died(isolate, why, isolate->data);
}

static void on_death(const siginfo_t *how, void *data)
{
        char why[80];

        g_snprintf(why, sizeof(why), "it %s %d",
                   how->si_code == CLD_EXITED ? "ended with status" : "was killed by signal",
                   how->si_status);
        tell_death(data, why);
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
        ssize_t n = recv(fd, &news, sizeof(news), MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n <=
            0) { /* how it died is told by the kernel; if it only closed the socket, it dies now */
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
                spawned_kill(&isolate->process);
        } else if (n != sizeof(news) || !take_news(isolate, &news)) {
                tell_death(isolate, "it did not keep to its protocol");
        }
        return 0;
}

Isolate *isolate_spawn(sd_event *loop, const char *program, const IsolateHandlers *handlers,
                       void *data, GError **error)
{
        Isolate *isolate = g_new0(Isolate, 1);
        const SpawnOptions options = {loop, program, on_news, on_death, isolate};

        isolate->handlers = handlers;
        isolate->data = data;
        return spawn_helper(&options, &isolate->process, error) ? isolate : isolate_free(isolate);
}

Isolate *isolate_free(Isolate *isolate)
{
        if (!isolate)
                return NULL;
        spawned_end(&isolate->process);
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
        return spawn_send(isolate->process.socket,
                          &(SpawnMessage){order, sizeof(*order), &fd, fd >= 0 ? 1 : 0},
                          MSG_DONTWAIT);
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
