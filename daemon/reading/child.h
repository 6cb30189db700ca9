/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One process of a helper program: started, given one request at a time, timed, killed, reaped. Loop thread. */
#pragma once

#include <sys/types.h>

#include "reading/reading.h"

typedef struct Child Child;

/* What came back for a job: a descriptor (unchecked) or an error. The callee may take either. */
typedef struct ChildReply {
        void *job;
        int memfd; /* or -1 */
        GError *error;
} ChildReply;

typedef struct ChildHandlers {
        void (*reply)(Child *child, ChildReply *reply, void *data);
        /* It is dead and reaped; job is what it was at, or NULL; why is set if there is a job. UNAVAILABLE: somebody else killed
         * it (the kernel, when memory is short), and the job need not be to blame. */
        void (*exit)(Child *child, void *job, GError *why, void *data);
} ChildHandlers;

Child *child_spawn(sd_event *loop, const char *program, const ChildHandlers *handlers, void *data,
                   GError **error);
Child *child_free(Child *child); /* kills and reaps it; a job that it had is forgotten */

/* It ends after this long without work. */
void child_set_idle(Child *child, uint64_t idle_us);

/* What it is called in messages; text that outlives it. */
void child_set_label(Child *child, const char *label);

bool child_is_idle(const Child *child);  /* takes a job now */
bool child_is_alive(const Child *child); /* was not told to die */

/* What is sent for a job: bytes and descriptors, which stay the caller's. */
typedef struct ChildRequest {
        const void *bytes;
        size_t length;
        const int *fds;
        unsigned fd_count;
} ChildRequest;

/* The child must be idle. */
void child_give(Child *child, const ChildRequest *request, void *job, uint64_t timeout_us);

pid_t child_pid(const Child *child);

/* The job that it is at, or NULL. */
const void *child_job(const Child *child);

/* Kills it because it lied, or what it is at is not wanted any more. That job, if any, is returned and forgotten. */
void *child_discard(Child *child);
