/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relay: what a handler's thread reports of its progress and says, brought to the loop: at most every RELAY_USEC. Of
 * reports the last is told always, and of those that it overtook none; lines are told one by one. */
#pragma once

#include "base/base.h"

#define RELAY_USEC          100000 /* between two tellings of one call */
#define RELAY_MESSAGE_CHARS 200    /* more of a message is cut off */
#define RELAY_LINE_CHARS    2000   /* the same of a line */
#define RELAY_LINES_MAX     100    /* said and not told yet; what is said beyond them is dropped */

typedef struct Relay Relay;

typedef struct RelayFuncs {
        void (*progress)(double done, double total, const char *message, void *data); /* or NULL */
        void (*say)(int level, const char *text, void *data);                         /* or NULL */
        void *data;
} RelayFuncs;

/* The mailbox must outlive the threads that report. */
Relay *relay_new(sd_event *loop, Mailbox *mailbox, const RelayFuncs *funcs);

/* Any thread; of type ExchangeProgress and ExchangeSay. */
void relay_report(double done, double total, const char *message, void *relay);
void relay_say(int level, const char *text, void *relay);

/* Loop thread: tells what was reported or said, and not told yet. */
void relay_flush(Relay *relay);

/* Loop thread: nothing is told from here on, whatever is still reported. */
void relay_mute(Relay *relay);

/* Loop thread, once nobody reports any more. Returns NULL. */
Relay *relay_free(Relay *relay);
