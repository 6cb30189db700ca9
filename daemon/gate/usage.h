/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Usage: what each connection has called and been given today, for its budget. Counted in memory, written with the read
 * log, read back at the start: a budget outlives the daemon. Any thread. */
#pragma once

#include "gate/gate.h"

typedef struct Usage Usage;

Usage *usage_new(void);
Usage *usage_free(Usage *usage);

/* Reads what was counted today. */
bool usage_load(Usage *usage, Db *db, GError **error);

/* Counts one call, if the budget of the connection has room for it. LIMIT, saying which is used up and when it begins
 * anew. */
bool usage_admit(Usage *usage, const Connection *connection, GError **error);

/* Takes back one call that was admitted and is made anew; counts bytes of an answer. */
void usage_take_back(Usage *usage, const char *connection);
void usage_add_bytes(Usage *usage, const char *connection, uint64_t bytes);

/* Today's counts. */
void usage_today(Usage *usage, const char *connection, uint64_t *ret_calls, uint64_t *ret_bytes);

/* Those of all connections that called today. */
void usage_each(Usage *usage, GateSpentFunc func, void *data);

/* What has not been written yet, as UsageRow; the caller unrefs, and gives it back if it could not be written. */
typedef struct UsageRow {
        char connection[ID_MAX];
        int64_t day, calls, bytes;
} UsageRow;
GArray *usage_take(Usage *usage);
void usage_give_back(Usage *usage, const GArray *rows);

/* Adds such rows to those of the database. */
bool usage_write(Db *db, const GArray *rows, GError **error);

/* For tests: as if it were another day. */
void usage_set_day(Usage *usage, int64_t day);
