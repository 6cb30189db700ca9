/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relay: what a handler's thread reports of its progress, brought to the loop: at most every RELAY_USEC, and the last
 * report always, since what is told is what was reported last. */
#pragma once

#include "base/base.h"

#define RELAY_USEC          100000 /* between two tellings of one call */
#define RELAY_MESSAGE_CHARS 200    /* more of a message is cut off */

typedef struct Relay Relay;

typedef void (*RelayFunc)(double done, double total, const char *message, void *data);

/* The mailbox must outlive the threads that report. */
Relay *relay_new(sd_event *loop, Mailbox *mailbox, RelayFunc func, void *data);

/* Any thread; of type ExchangeProgress. */
void relay_report(double done, double total, const char *message, void *relay);

/* Loop thread: tells what was reported and not told yet. */
void relay_flush(Relay *relay);

/* Loop thread: nothing is told from here on, whatever is still reported. */
void relay_mute(Relay *relay);

/* Loop thread, once nobody reports any more. Returns NULL. */
Relay *relay_free(Relay *relay);
