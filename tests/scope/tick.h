/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids and times that depend on the step of the test alone: the linker puts these functions in the place of
 * base/id.c's and base/clock.c's. */
#pragma once

#include <stdint.h>

#define TICK_BUILD 0       /* first step while the worlds are built … */
#define TICK_BURST 1000000 /* … while one of them gets what the other does not have … */
#define TICK_CALLS 2000000 /* … and while they are compared */

/* From here on time stands still at this step, and ids are counted anew for each prefix. */
void tick_set(int64_t step);
