/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of events that can be resumed. */
#include "http/trail.h"

#include <string.h>

#define ID_CHARS_MAX 42

typedef struct Event {
        uint64_t number;
        size_t length;
        char *data;
} Event;

struct Trail {
        uint64_t number, last;
        GQueue events; /* Event*, the oldest first */
        size_t bytes;
        Stream *stream; /* or NULL */
        bool is_over;
};

struct Trails {
        GHashTable *all; /* number → Trail */
        GQueue over;     /* Trail*, in the order in which they ended */
        uint64_t count;
};

static void event_free(void *data)
{
        Event *event = data;

        g_free(event->data);
        g_free(event);
}

static void trail_free(void *data)
{
        Trail *trail = data;

        if (trail->stream)
                stream_end(trail->stream);
        g_queue_clear_full(&trail->events, event_free);
        g_free(trail);
}

Trails *trails_new(void)
{
        Trails *trails = g_new0(Trails, 1);

        trails->all = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, trail_free);
        return trails;
}

void trails_free(void *data)
{
        Trails *trails = data;

        g_queue_clear(&trails->over);
        g_hash_table_unref(trails->all);
        g_free(trails);
}

/* Forgets those that ended longest ago. */
static void forget_old(Trails *trails)
{
        GHashTableIter iter;
        Trail *trail;

        g_queue_clear(&trails->over);
        g_hash_table_iter_init(&iter, trails->all);
        while (g_hash_table_iter_next(&iter, NULL, (void **)&trail))
                if (trail->is_over && !trail->stream)
                        g_queue_push_tail(&trails->over, trail);
        while (g_queue_get_length(&trails->over) > TRAILS_MAX) {
                Trail *oldest = g_queue_peek_head(&trails->over);
                for (GList *at = trails->over.head; at; at = at->next)
                        if (((Trail *)at->data)->number < oldest->number)
                                oldest = at->data;
                g_queue_remove(&trails->over, oldest);
                g_hash_table_remove(trails->all, &oldest->number);
        }
}

Trail *trails_add(Trails *trails)
{
        Trail *trail = g_new0(Trail, 1);

        forget_old(trails);
        trail->number = trails->count++;
        g_queue_init(&trail->events);
        g_hash_table_insert(trails->all, &trail->number, trail);
        return trail;
}

static bool read_number(const char **text, uint64_t *ret)
{
        char *end;

        if (!g_ascii_isdigit(**text))
                return false;
        *ret = g_ascii_strtoull(*text, &end, 10);
        *text = end;
        return true;
}

bool trail_parse_id(const char *text, uint64_t *ret_trail, uint64_t *ret_event)
{
        if (strlen(text) > ID_CHARS_MAX || !read_number(&text, ret_trail) || *text != '-')
                return false;
        text++;
        return read_number(&text, ret_event) && !*text;
}

Trail *trails_find(Trails *trails, const char *event_id, uint64_t *ret_event)
{
        uint64_t number;

        if (!trail_parse_id(event_id, &number, ret_event))
                return NULL;
        return g_hash_table_lookup(trails->all, &number);
}

/* ---- events ---- */

static void send_event(Trail *trail, uint64_t number, const char *data)
{
        char id[ID_CHARS_MAX];

        if (!trail->stream)
                return;
        g_snprintf(id, sizeof id, "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, trail->number,
                   number);
        (void)stream_send(trail->stream, id, data); /* one that has gone is told of by itself */
}

static void keep(Trail *trail, const char *message)
{
        Event *event = g_new0(Event, 1);

        event->number = ++trail->last;
        event->length = strlen(message);
        event->data = g_strdup(message);
        trail->bytes += event->length;
        g_queue_push_tail(&trail->events, event);
        while (g_queue_get_length(&trail->events) > 1 &&
               (g_queue_get_length(&trail->events) > TRAIL_EVENTS_MAX ||
                trail->bytes > TRAIL_BYTES_MAX)) {
                Event *oldest = g_queue_pop_head(&trail->events);
                trail->bytes -= oldest->length;
                event_free(oldest);
        }
}

void trail_say(Trail *trail, const char *message)
{
        keep(trail, message);
        send_event(trail, trail->last, message);
}

void trail_end(Trail *trail)
{
        trail->is_over = true;
        if (trail->stream)
                stream_end(trail->stream);
        trail->stream = NULL;
}

bool trail_is_attended(const Trail *trail)
{
        return trail->stream != NULL;
}

uint64_t trail_last(const Trail *trail)
{
        return trail->last;
}

void trail_attach(Trail *trail, Stream *stream, uint64_t event, bool priming)
{
        if (trail->stream)
                stream_end(trail->stream);
        trail->stream = stream;
        if (priming)
                send_event(trail, MIN(event, trail->last), "");
        for (GList *at = trail->events.head; at; at = at->next) {
                const Event *kept = at->data;
                if (kept->number > event)
                        send_event(trail, kept->number, kept->data);
        }
        if (trail->is_over)
                trail_end(trail);
}

void trail_on_gone(void *trail)
{
        ((Trail *)trail)->stream = NULL;
}
