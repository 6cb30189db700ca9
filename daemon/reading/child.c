/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading/child.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "extract/protocol.h"

#define REPLY_FDS_MAX 4 /* more than the one allowed, to see and close them */

struct Child {
        const ChildHandlers *handlers;
        void *data;
        const char *label; /* in messages */
        Spawned process;
        sd_event_source *timer;
        void *job;
        unsigned requests;
        uint64_t idle_us;
        bool dying;
        GError *verdict; /* why it was killed */
};

static void child_kill(Child *child)
{
        child->dying = true;
        (void)sd_event_source_set_enabled(child->process.news, SD_EVENT_OFF);
        (void)sd_event_source_set_enabled(child->timer, SD_EVENT_OFF);
        spawned_kill(&child->process);
}

/* Kills it for a reason that its job will be told. */
static void condemn(Child *child, int code, const char *why)
{
        if (!child->verdict)
                child->verdict = g_error_new(OUROBOROS_ERROR, code, "%s %s", child->label, why);
        child_kill(child);
}

static GError *verdict_of(Child *child, const siginfo_t *info)
{
        if (child->verdict)
                return g_steal_pointer(&child->verdict);
        if (info->si_code == CLD_EXITED)
                return g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                                   "%s ended with status %d", child->label, info->si_status);
        const char *name = sigabbrev_np(info->si_status);
        return g_error_new(OUROBOROS_ERROR,
                           info->si_status == SIGKILL ? OUROBOROS_ERROR_UNAVAILABLE
                                                      : OUROBOROS_ERROR_FAILED,
                           "%s was killed by signal SIG%s%s", child->label, name ?: "?",
                           info->si_status == SIGTRAP || info->si_status == SIGABRT
                                   ? " (out of memory or a failed check)"
                                   : "");
}

static void on_death(const siginfo_t *how, void *data)
{
        Child *child = data;
        void *job = g_steal_pointer(&child->job);
        g_autoptr(GError) why = verdict_of(child, how);

        child->handlers->exit(child, job, why, child->data); /* the child is gone after this */
}

/* The descriptors of a message; at most one is kept. */
static bool take_fds(struct msghdr *message, int *ret_fd)
{
        unsigned n = 0;
        *ret_fd = -1;
        for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
             header = CMSG_NXTHDR(message, header)) {
                if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
                        continue;
                size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                for (size_t i = 0; i < count; i++) {
                        int fd;
                        memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
                        if (n++ == 0)
                                *ret_fd = fd;
                        else
                                close(fd);
                }
        }
        if (n <= 1 && !(message->msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
                return true;
        if (*ret_fd >= 0)
                close(*ret_fd);
        *ret_fd = -1;
        return false;
}

/* What a helper may call its failure. Not UNAVAILABLE: what one file brings about must not pause all. */
static int checked_code(int code)
{
        return code == OUROBOROS_ERROR_INVALID || code == OUROBOROS_ERROR_LIMIT ||
                               code == OUROBOROS_ERROR_TIMEOUT || code == EXTRACT_UNSUPPORTED
                       ? code
                       : OUROBOROS_ERROR_FAILED;
}

/* Reads one reply; 0 when there is none yet, -1 for what is not a reply. */
static int read_reply(Child *child, ChildReply *ret, bool *ret_tired)
{
        _Alignas(8) char buffer[EXTRACT_MESSAGE_BYTES_MAX + 64];
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(REPLY_FDS_MAX * sizeof(int))];
        } control;
        struct iovec iov = {buffer, sizeof(buffer)};
        struct msghdr message = {.msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control)};
        ssize_t n = recvmsg(child->process.socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : -1;
        bool one = take_fds(&message, &ret->memfd);
        if (!one || n == 0)
                return -1;
        g_autoptr(GVariant) reply = g_variant_ref_sink(g_variant_new_from_data(
                G_VARIANT_TYPE(EXTRACT_REPLY_TYPE), buffer, (gsize)n, FALSE, NULL, NULL));
        gint32 code;
        const char *text;
        gboolean tired;
        if (!g_variant_is_normal_form(reply))
                return -1;
        g_variant_get(reply, "(i&sb)", &code, &text, &tired);
        if ((code == -1) != (ret->memfd >= 0) || code < -1 || code >= OUROBOROS_ERROR_COUNT)
                return -1;
        if (code >= 0)
                ret->error = g_error_new_literal(OUROBOROS_ERROR, checked_code(code), text);
        *ret_tired = tired;
        return 1;
}

static int on_answer(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Child *child = data;
        ChildReply reply = {.memfd = -1};
        bool tired = false;
        int r = read_reply(child, &reply, &tired);
        if (r == 0)
                return 0;
        if (r < 0 && (events & EPOLLHUP)) {
                /* it is dying of itself, and its status will say why; or it only closed the socket */
                child_kill(child);
        } else if (r < 0 || !child->job) {
                condemn(child, OUROBOROS_ERROR_FAILED,
                        "did not keep to its protocol and was killed");
        } else {
                reply.job = g_steal_pointer(&child->job);
                if (tired || child->requests >= READING_REQUESTS_PER_PROCESS)
                        child_kill(child);
                else
                        (void)sd_event_source_set_time_relative(child->timer, child->idle_us);
                child->handlers->reply(child, &reply, child->data);
        }
        if (reply.memfd >= 0)
                close(reply.memfd);
        g_clear_error(&reply.error);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t when, void *data)
{
        Child *child = data;
        if (child->job)
                condemn(child, OUROBOROS_ERROR_TIMEOUT, "took longer than it may on this");
        else
                child_kill(child);
        return 0;
}

Child *child_spawn(sd_event *loop, const char *program, const ChildHandlers *handlers, void *data,
                   GError **error)
{
        Child *child = g_new0(Child, 1);
        const SpawnOptions options = {loop, program, on_answer, on_death, child};

        child->handlers = handlers;
        child->data = data;
        child->label = "the extractor";
        if (!spawn_helper(&options, &child->process, error))
                return child_free(child);
        int r = sd_event_add_time_relative(loop, &child->timer, CLOCK_MONOTONIC,
                                           READING_IDLE_MS * UINT64_C(1000), 10000, on_timer,
                                           child);
        if (r >= 0)
                return child;
        error_set_errno(error, -r, "Cannot watch %s", program);
        return child_free(child);
}

Child *child_free(Child *child)
{
        if (!child)
                return NULL;
        spawned_end(&child->process);
        sd_event_source_disable_unref(child->timer);
        g_clear_error(&child->verdict);
        g_free(child);
        return NULL;
}

void child_set_idle(Child *child, uint64_t idle_us)
{
        child->idle_us = idle_us;
        (void)sd_event_source_set_time_relative(child->timer, idle_us);
}

void child_set_label(Child *child, const char *label)
{
        child->label = label;
}

bool child_is_idle(const Child *child)
{
        return !child->job && !child->dying;
}

bool child_is_alive(const Child *child)
{
        return !child->dying;
}

pid_t child_pid(const Child *child)
{
        return child->process.pid;
}

void *child_discard(Child *child)
{
        if (!child->dying)
                child_kill(child);
        return g_steal_pointer(&child->job);
}

const void *child_job(const Child *child)
{
        return child->job;
}

void child_give(Child *child, const ChildRequest *request, void *job, uint64_t timeout_us)
{
        child->job = job;
        child->requests++;
        (void)sd_event_source_set_time_relative(child->timer, timeout_us);
        (void)sd_event_source_set_enabled(child->timer, SD_EVENT_ONESHOT);
        if (!spawn_send(child->process.socket,
                        &(SpawnMessage){request->bytes, request->length, request->fds,
                                        request->fd_count},
                        MSG_DONTWAIT))
                condemn(child, OUROBOROS_ERROR_FAILED, "does not listen");
}
