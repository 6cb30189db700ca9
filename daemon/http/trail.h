/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trail: what is said on one stream of a session of the older era, kept so that a client that lost the connection can
 * go on where it was: the newest TRAIL_EVENTS_MAX events, of TRAIL_BYTES_MAX. Each event has an id, "<trail>-<event>",
 * which the client gives back as Last-Event-ID. Loop thread only. */
#pragma once

#include "http/server.h"

#define TRAIL_EVENTS_MAX 256
#define TRAIL_BYTES_MAX  1048576
#define TRAILS_MAX       32 /* of one session, those that are over; the oldest is forgotten */

typedef struct Trail Trail;
typedef struct Trails Trails; /* all of one session */

Trails *trails_new(void);
void trails_free(void *trails); /* ends their streams */

/* A new one; number 0 is the first, which the session's own stream has. It is the trails'. */
Trail *trails_add(Trails *trails);

/* The one that an event id is of, and which event; NULL: there is none, or the id is none. */
Trail *trails_find(Trails *trails, const char *event_id, uint64_t *ret_event);

/* Says a message: keeps it, and sends it if somebody listens. */
void trail_say(Trail *trail, const char *message);

/* After its last message: the stream ends, and again after whoever resumes has what is left. */
void trail_end(Trail *trail);

bool trail_is_attended(const Trail *trail);

/* The stream that its messages go to from now on, after those that came after event; with priming, begins with an event
 * that has an id and no data. In place of another one, which is ended. */
void trail_attach(Trail *trail, Stream *stream, uint64_t event, bool priming);

/* The newest event. */
uint64_t trail_last(const Trail *trail);

/* Of type RequestGone: the stream is no more. */
void trail_on_gone(void *trail);

/* Is it "<trail>-<event>"? */
bool trail_parse_id(const char *text, uint64_t *ret_trail, uint64_t *ret_event);
