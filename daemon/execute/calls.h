/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls of tools that one snippet makes: begun a few at a time, answered as they end, listed for the result. */
#pragma once

#include "execute/execute-room.h"

typedef struct Calls Calls;

typedef struct CallsHandlers {
        /* The answer of a call, or {"code","message","payload"}: JSON, borrowed. */
        void (*answered)(uint32_t id, bool ok, GBytes *text, void *data);
        /* The last of those under way has ended. */
        void (*quiet)(void *data);
        /* No more are begun for now: the snippet does not read its answers. */
        bool (*is_full)(void *data);
} CallsHandlers;

Calls *calls_new(const Host *host, const Access *access, const CallsHandlers *handlers, void *data);
Calls *calls_free(Calls *calls); /* those under way are cancelled; nothing is called any more */

/* A call as it came: the tool's name, a line feed, JSON of its arguments or nothing. False: it is none. */
bool calls_add(Calls *calls, uint32_t id, const char *text, size_t bytes);

/* Begins what waited while is_full(). */
void calls_go_on(Calls *calls);

/* Those that were not begun never will be; those under way go on to their end. */
void calls_close(Calls *calls);

/* Those under way are told to end, and are not waited for. */
void calls_cancel(Calls *calls);

bool calls_are_quiet(const Calls *calls);

/* [{"tool", "ok", "code", "ms"}] in the order in which they were made; the caller's. */
JsonArray *calls_report(const Calls *calls);
unsigned calls_count(const Calls *calls);
