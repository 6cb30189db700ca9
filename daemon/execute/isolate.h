/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One running ouroboros-isolate: begins processes for snippets, ends them, tells how they ended. Loop thread. */
#pragma once

#include "base/base.h"
#include "isolate/protocol.h"

typedef struct Isolate Isolate;

typedef struct IsolateHandlers {
        void (*ready)(Isolate *isolate, void *data);
        /* Of a process that was begun: ISOLATE_ENDED or ISOLATE_REFUSED. */
        void (*ended)(Isolate *isolate, const IsolateNews *news, void *data);
        /* It is dead, or did not keep to its protocol and was killed; all its processes are dead too. Nothing else is
         * called after this, in which it may be freed. */
        void (*died)(Isolate *isolate, const char *why, void *data);
} IsolateHandlers;

/* UNAVAILABLE if the program cannot be started. */
Isolate *isolate_spawn(sd_event *loop, const char *program, const IsolateHandlers *handlers,
                       void *data, GError **error);

/* Kills it and its processes, and waits for it (they die at once). */
Isolate *isolate_free(Isolate *isolate);

bool isolate_is_ready(const Isolate *isolate);

/* Which IsolateWalls stand around its processes, and the errno for which some do not; once it is ready. */
uint32_t isolate_walls(const Isolate *isolate, int *ret_problem);

/* A new process that waits at the other end of the descriptor, which stays the caller's. */
bool isolate_begin(Isolate *isolate, uint32_t serial, int stream, GError **error);
void isolate_kill(Isolate *isolate, uint32_t serial);
