/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "execute/wire.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "execute/frames.h"

#define READ_BYTES (64 * 1024) /* at a time; the loop has other things to do between */

struct Wire {
        int fd;
        sd_event_source *source;
        const WireHandlers *handlers;
        void *data;
        Frames frames;
        GQueue unsent; /* GBytes, the first one sent up to sent */
        size_t sent, unsent_bytes;
        bool *gone; /* set when it is freed by a handler of its own */
};

static void update(Wire *wire)
{
        uint32_t events =
                (wire->handlers ? EPOLLIN : 0) | (g_queue_is_empty(&wire->unsent) ? 0 : EPOLLOUT);

        if (!wire->source)
                return;
        (void)sd_event_source_set_io_events(wire->source, events);
        /* the end of the other side is told whatever is asked for */
        (void)sd_event_source_set_enabled(wire->source, events ? SD_EVENT_ON : SD_EVENT_OFF);
}

/* ---- out ---- */

static void pop_sent(Wire *wire)
{
        GBytes *first = g_queue_pop_head(&wire->unsent);

        wire->unsent_bytes -= g_bytes_get_size(first);
        wire->sent = 0;
        g_bytes_unref(first);
}

/* An error shows when it is read from. */
static void flush(Wire *wire)
{
        while (!g_queue_is_empty(&wire->unsent)) {
                gsize size;
                const char *data = g_bytes_get_data(g_queue_peek_head(&wire->unsent), &size);
                ssize_t n = send(wire->fd, data + wire->sent, size - wire->sent,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);

                if (n < 0)
                        return;
                wire->sent += (size_t)n;
                if (wire->sent == size)
                        pop_sent(wire);
        }
}

static void push(Wire *wire, GBytes *bytes)
{
        if (g_bytes_get_size(bytes) > 0) {
                wire->unsent_bytes += g_bytes_get_size(bytes);
                g_queue_push_tail(&wire->unsent, g_bytes_ref(bytes));
        }
}

void wire_send(Wire *wire, const IsolateHeader *header, GBytes *text)
{
        g_autoptr(GBytes) head = g_bytes_new(header, sizeof(*header));

        push(wire, head);
        push(wire, text);
        flush(wire);
        update(wire);
}

size_t wire_unsent(const Wire *wire)
{
        return wire->unsent_bytes;
}

/* ---- in ---- */

/* Hands over the whole frames; false if the wire was freed meanwhile. */
static bool deliver(Wire *wire)
{
        IsolateHeader header;
        const char *text;
        bool gone = false;

        wire->gone = &gone;
        while (!gone && frames_next(&wire->frames, &header, &text))
                wire->handlers->frame(&header, text, wire->data);
        if (!gone)
                wire->gone = NULL;
        return !gone;
}

static void end(Wire *wire, bool broken)
{
        const WireHandlers *handlers = wire->handlers;

        wire->handlers = NULL;
        wire->source = sd_event_source_disable_unref(wire->source);
        handlers->closed(broken, wire->data);
}

static void on_readable(Wire *wire)
{
        char buffer[READ_BYTES];
        ssize_t n = recv(wire->fd, buffer, sizeof(buffer), MSG_DONTWAIT);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (n <= 0) {
                end(wire, /* broken= */ false);
                return;
        }
        if (frames_add(&wire->frames, buffer, (size_t)n) && !deliver(wire))
                return;
        if (wire->frames.broken)
                end(wire, /* broken= */ true);
}

/* False if the wire was freed meanwhile. */
static bool drained(Wire *wire)
{
        bool gone = false;

        wire->gone = &gone;
        wire->handlers->drained(wire->data);
        if (!gone)
                wire->gone = NULL;
        return !gone;
}

static int on_event(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Wire *wire = data;

        if (events & EPOLLOUT) {
                flush(wire);
                update(wire);
                if (wire->handlers && g_queue_is_empty(&wire->unsent) && !drained(wire))
                        return 0;
        }
        if (!wire->handlers)
                return 0;
        if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                on_readable(wire);
        return 0;
}

Wire *wire_new(sd_event *loop, int fd, GError **error)
{
        Wire *wire = g_new0(Wire, 1);

        wire->fd = fd;
        frames_init(&wire->frames);
        g_queue_init(&wire->unsent);
        int r = sd_event_add_io(loop, &wire->source, fd, 0, on_event, wire);
        update(wire);
        if (r >= 0)
                return wire;
        error_set_errno(error, -r, "Cannot watch a snippet");
        return wire_free(wire);
}

Wire *wire_free(Wire *wire)
{
        if (!wire)
                return NULL;
        if (wire->gone)
                *wire->gone = true;
        sd_event_source_disable_unref(wire->source);
        while (!g_queue_is_empty(&wire->unsent))
                pop_sent(wire);
        frames_clear(&wire->frames);
        close(wire->fd);
        g_free(wire);
        return NULL;
}

void wire_watch(Wire *wire, const WireHandlers *handlers, void *data)
{
        wire->handlers = handlers;
        wire->data = data;
        update(wire);
}
