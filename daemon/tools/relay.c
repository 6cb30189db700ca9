/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report waits in the relay, the newest over the one before, and so do the lines; a letter to the loop goes out if
 * none is on its way or waits there for its time. */
#include "tools/relay.h"

typedef struct Report {
        double done, total;
        char *message; /* or NULL */
} Report;

typedef struct Line {
        int level;
        char *text;
} Line;

struct Relay {
        gatomicrefcount references;
        sd_event *loop;
        Mailbox *mailbox;
        RelayFuncs funcs;
        bool is_mute;
        sd_event_source *timer; /* on while the report waits for its time */
        int64_t told_us;        /* monotonic */
        GMutex lock;            /* guards what follows */
        Report report;
        GQueue lines;  /* Line */
        bool is_new;   /* the report was not told yet */
        bool is_known; /* the loop knows of it, or will by a letter */
};

static void line_free(void *data)
{
        Line *line = data;

        g_free(line->text);
        g_free(line);
}

static void unref(Relay *relay)
{
        if (!g_atomic_ref_count_dec(&relay->references))
                return;
        g_free(relay->report.message);
        g_queue_clear_full(&relay->lines, line_free);
        g_mutex_clear(&relay->lock);
        g_free(relay);
}

Relay *relay_new(sd_event *loop, Mailbox *mailbox, const RelayFuncs *funcs)
{
        Relay *relay = g_new0(Relay, 1);

        g_atomic_ref_count_init(&relay->references);
        g_mutex_init(&relay->lock);
        relay->loop = loop;
        relay->mailbox = mailbox;
        relay->funcs = *funcs;
        g_queue_init(&relay->lines);
        return relay;
}

static void tell_lines(const Relay *relay, GQueue *lines)
{
        for (Line *line = g_queue_pop_head(lines); line; line = g_queue_pop_head(lines)) {
                if (!relay->is_mute)
                        relay->funcs.say(line->level, line->text, relay->funcs.data);
                line_free(line);
        }
}

void relay_flush(Relay *relay)
{
        Report report;
        GQueue lines;
        bool is_new;

        g_mutex_lock(&relay->lock);
        report = relay->report;
        is_new = relay->is_new;
        lines = relay->lines;
        g_queue_init(&relay->lines);
        relay->report = (Report){0};
        relay->is_new = relay->is_known = false;
        g_mutex_unlock(&relay->lock);
        g_atomic_ref_count_inc(&relay->references); /* whoever is told may end it */
        if (is_new || lines.length > 0)
                relay->told_us = g_get_monotonic_time();
        tell_lines(relay, &lines);
        if (is_new && !relay->is_mute)
                relay->funcs.progress(report.done, report.total, report.message, relay->funcs.data);
        unref(relay);
        g_free(report.message);
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
        relay_flush(data);
        return 0;
}

/* False where no timer is to be had: then it is told at once. */
static bool wait_until(Relay *relay, int64_t due_us)
{
        if (!relay->timer)
                return sd_event_add_time(relay->loop, &relay->timer, CLOCK_MONOTONIC,
                                         (uint64_t)due_us, /* accuracy= */ 1000, on_time,
                                         relay) >= 0;
        return sd_event_source_set_time(relay->timer, (uint64_t)due_us) >= 0 &&
               sd_event_source_set_enabled(relay->timer, SD_EVENT_ONESHOT) >= 0;
}

static void on_letter(void *data)
{
        Relay *relay = data;
        int64_t due_us = relay->told_us + RELAY_USEC;

        if (!relay->is_mute && (g_get_monotonic_time() >= due_us || !wait_until(relay, due_us)))
                relay_flush(relay);
        unref(relay);
}

/* Has the loop know of what is new; true if it does not yet. The lock is held. */
static bool make_known(Relay *relay)
{
        bool was_known = relay->is_known;

        relay->is_known = true;
        if (!was_known)
                g_atomic_ref_count_inc(&relay->references);
        return !was_known;
}

static char *cut(const char *text, long chars)
{
        return g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), chars));
}

void relay_report(double done, double total, const char *message, void *data)
{
        Relay *relay = data;
        bool is_unknown;

        if (!relay->funcs.progress)
                return;
        g_mutex_lock(&relay->lock);
        g_free(relay->report.message);
        relay->report = (Report){done, total, message ? cut(message, RELAY_MESSAGE_CHARS) : NULL};
        relay->is_new = true;
        is_unknown = make_known(relay);
        g_mutex_unlock(&relay->lock);
        if (is_unknown)
                mailbox_post(relay->mailbox, on_letter, relay);
}

void relay_say(int level, const char *text, void *data)
{
        Relay *relay = data;
        bool is_unknown = false;

        if (!relay->funcs.say)
                return;
        g_mutex_lock(&relay->lock);
        if (relay->lines.length < RELAY_LINES_MAX) {
                Line *line = g_new0(Line, 1);
                *line = (Line){level, cut(text, RELAY_LINE_CHARS)};
                g_queue_push_tail(&relay->lines, line);
                is_unknown = make_known(relay);
        }
        g_mutex_unlock(&relay->lock);
        if (is_unknown)
                mailbox_post(relay->mailbox, on_letter, relay);
}

void relay_mute(Relay *relay)
{
        relay->is_mute = true;
        relay->timer = sd_event_source_disable_unref(relay->timer);
}

/* Letters under way have references of their own. */
Relay *relay_free(Relay *relay)
{
        if (!relay)
                return NULL;
        relay_mute(relay);
        unref(relay);
        return NULL;
}
