/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report waits in the relay, the newest over the one before; a letter to the loop goes out if none is on its way
 * or waits there for its time. */
#include "tools/relay.h"

typedef struct Report {
        double done, total;
        char *message; /* or NULL */
} Report;

struct Relay {
        gatomicrefcount references;
        sd_event *loop;
        Mailbox *mailbox;
        RelayFunc func; /* NULL: mute */
        void *data;
        sd_event_source *timer; /* on while the report waits for its time */
        int64_t told_us;        /* monotonic */
        GMutex lock;            /* guards what follows */
        Report report;
        bool is_new;   /* the report was not told yet */
        bool is_known; /* the loop knows of it, or will by a letter */
};

static void unref(Relay *relay)
{
        if (!g_atomic_ref_count_dec(&relay->references))
                return;
        g_free(relay->report.message);
        g_mutex_clear(&relay->lock);
        g_free(relay);
}

Relay *relay_new(sd_event *loop, Mailbox *mailbox, RelayFunc func, void *data)
{
        Relay *relay = g_new0(Relay, 1);

        g_atomic_ref_count_init(&relay->references);
        g_mutex_init(&relay->lock);
        relay->loop = loop;
        relay->mailbox = mailbox;
        relay->func = func;
        relay->data = data;
        return relay;
}

void relay_flush(Relay *relay)
{
        Report report;
        bool is_new;

        g_mutex_lock(&relay->lock);
        report = relay->report;
        is_new = relay->is_new;
        relay->report = (Report){0};
        relay->is_new = relay->is_known = false;
        g_mutex_unlock(&relay->lock);
        if (is_new && relay->func) {
                relay->told_us = g_get_monotonic_time();
                relay->func(report.done, report.total, report.message, relay->data);
        }
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

        if (relay->func && (g_get_monotonic_time() >= due_us || !wait_until(relay, due_us)))
                relay_flush(relay);
        unref(relay);
}

void relay_report(double done, double total, const char *message, void *data)
{
        Relay *relay = data;
        bool was_known;

        g_mutex_lock(&relay->lock);
        g_free(relay->report.message);
        relay->report = (Report){
                done, total,
                message ? g_utf8_substring(message, 0,
                                           MIN(g_utf8_strlen(message, -1), RELAY_MESSAGE_CHARS))
                        : NULL};
        was_known = relay->is_known;
        relay->is_new = relay->is_known = true;
        g_mutex_unlock(&relay->lock);
        if (was_known)
                return;
        g_atomic_ref_count_inc(&relay->references);
        mailbox_post(relay->mailbox, on_letter, relay);
}

void relay_mute(Relay *relay)
{
        relay->func = NULL;
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
