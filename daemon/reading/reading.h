/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes of a helper program that reads what strangers wrote: a few for all rooms, confined, replaced when one dies.
 * A request that crashes one, or holds it too long, costs itself only, and a helper that was taken over can say nothing that is
 * believed unchecked. Loop thread only. */
#pragma once

#include "base/base.h"

#define READING_IDLE_MS              10000 /* a process without work ends after this */
#define READING_REQUESTS_PER_PROCESS 2000  /* then a fresh one takes over */
#define READING_FDS_MAX              64    /* of one request */
#define READING_PROCESSES_MAX        16    /* if the number is not chosen */
#define READING_KILLS_MAX            3 /* of processes by somebody else, before the request is to blame */

typedef struct Reading Reading;

/* Bytes and name are copied, descriptors stay the owner's and open until it is done. */
typedef struct ReadingRequest {
        const void *bytes;
        size_t length;
        const int *fds;
        unsigned fd_count;
        uint64_t timeout_us; /* of wall time */
        const char *name;    /* of what is read, for the log */
        const void *owner;   /* for reading_cancel() */
} ReadingRequest;

typedef struct ReadingReply {
        int memfd;     /* unchecked; the callee may take it and set -1. -1 with an error */
        pid_t process; /* that made it */
        const GError *error;
} ReadingReply;

/* Called on the loop, never from within reading_submit(). May submit; may not free the Reading. */
typedef void (*ReadingDone)(ReadingReply *reply, void *data);

/* processes: how many at most, 0: one for each processor; started on demand. program: path of the helper. */
Reading *reading_new(sd_event *loop, const char *program, unsigned processes, GError **error);
Reading *reading_free(Reading *reading); /* what is under way ends with CANCELLED */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reading, reading_free)

unsigned reading_processes(const Reading *reading);

/* Sends a request to a process when it is its turn. Errors are what the process says, or TIMEOUT, FAILED (it died: which
 * signal), UNAVAILABLE (it cannot be started), CANCELLED. */
void reading_submit(Reading *reading, const ReadingRequest *request, ReadingDone done, void *data);

/* All requests of an owner end with CANCELLED, now. */
void reading_cancel(Reading *reading, const void *owner);

/* A process that sent what cannot be believed is not asked again; what it is at now another one does. */
void reading_distrust(Reading *reading, pid_t process);

/* What a process is called in messages, instead of "the extractor"; text that outlives it. Before the first request. */
void reading_set_label(Reading *reading, const char *label);

/* Another time without work than READING_IDLE_MS, for processes started from now on. */
void reading_set_idle(Reading *reading, uint64_t idle_ms);
