/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one call may use of SQLite, with all of its handles together. Its memory is counted where it is
 * allocated, and looked at the clock there too: SQLite calls back while it runs a statement, but not while it
 * prepares one, and a short text can make that take for ever. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum AllowanceOver {
        ALLOWANCE_KEPT,
        ALLOWANCE_STEPS,
        ALLOWANCE_TIME,
        ALLOWANCE_MEMORY,
} AllowanceOver;

typedef struct Allowance {
        int64_t steps;    /* left */
        int64_t bytes;    /* left */
        int64_t deadline; /* monotonic, microseconds */
        unsigned looks;   /* allocations since the last look at the clock */
        AllowanceOver over;
} Allowance;

/* Before the process opens its first handle; later calls do nothing. */
void allowance_install(void);

/* Was it early enough? */
bool allowance_is_installed(void);

/* From here until the end what this thread does in SQLite is on the allowance's account; allocations fail once it is
 * used up. */
void allowance_begin(Allowance *allowance);
void allowance_end(void);

/* Takes steps off, and looks at the clock: is there any left? */
bool allowance_spend(Allowance *allowance, int64_t steps);
