/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One process of ouroboros-extract: started, given one file at a time, timed, killed, reaped. Loop thread. */
#pragma once

#include <sys/types.h>

#include "base/base.h"

typedef struct Child Child;

/* What came back for a job: a descriptor (unchecked) or an error. The callee may take either. */
typedef struct ChildReply {
        void *job;
        int memfd; /* or -1 */
        GError *error;
} ChildReply;

typedef struct ChildHandlers {
        void (*reply)(Child *child, ChildReply *reply, void *data);
        /* It is dead and reaped; job is what it was at, or NULL; why is set if there is a job. */
        void (*exit)(Child *child, void *job, GError *why, void *data);
} ChildHandlers;

Child *child_spawn(sd_event *loop, const char *program, const ChildHandlers *handlers, void *data,
                   GError **error);
Child *child_free(Child *child); /* kills and reaps it; a job that it had is forgotten */

/* It ends after this long without work. */
void child_set_idle(Child *child, uint64_t idle_us);

bool child_is_idle(const Child *child);  /* takes a job now */
bool child_is_alive(const Child *child); /* was not told to die */

/* The child must be idle. The descriptor stays the caller's. */
void child_give(Child *child, int fd, const char *name, void *job, uint64_t timeout_us);

pid_t child_pid(const Child *child);

/* Kills it because it lied. The job that it is at, if any, is returned and forgotten. */
void *child_discard(Child *child);

/* The job that it is at, which it forgets; or NULL. */
void *child_take_job(Child *child);
