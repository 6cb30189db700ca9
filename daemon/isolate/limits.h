/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time that a snippet has: of the processor and on the clock. When one of them runs out the engine is asked to stop
 * (limits_reached()), which a snippet cannot catch; ISOLATE_GRACE_MS later the process ends, whatever it is at. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "isolate/protocol.h"

/* Makes the timers, before the filter of system calls is in place; ends the process if there are none to be had. */
void limits_prepare(void);

/* Starts them. */
void limits_start(uint32_t wall_ms, uint32_t cpu_ms);

/* Has one run out? For the engine's interrupt handler. */
bool limits_reached(void);

/* Ends the process if so. */
void limits_check(void);

/* What the limit says of itself: a sentence; a JSON value {"limit", "value"} or null. */
const char *limits_message(IsolateCode code);
const char *limits_payload(IsolateCode code);
