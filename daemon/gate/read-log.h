/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ReadLog: what connections called and were shown. Entries wait in memory and are written together, by a worker, once a
 * second or when READS_FLUSH_AT wait; none is dropped: while READS_QUEUED_MAX wait, calls wait or fail. */
#pragma once

#include "gate/shown.h"
#include "gate/usage.h"

#define READS_FLUSH_AT   256
#define READS_FLUSH_MS   1000
#define READS_QUEUED_MAX 4096
#define READS_WAIT_MS    5000 /* that a call waits for room */
#define READS_PRUNED_MAX 5000 /* entries that go in one step */

typedef struct ReadLog ReadLog;

typedef struct ReadEntry {
        int64_t time_us, duration_us;
        char connection[ID_MAX];
        char *session; /* or NULL */
        const char *tool, *outcome;
        char digest[DIGEST_HEX];
        Shown shown;
} ReadEntry;

typedef struct ReadLogOptions {
        Store *ops;
        Usage *usage; /* written with it */
        sd_event *loop;
        WorkerPool *pool;
        Mailbox *mailbox;
        Metric *queued;         /* or NULL */
        int64_t days, rows_max; /* how long, how many entries are kept */
} ReadLogOptions;

ReadLog *read_log_new(const ReadLogOptions *options);
ReadLog *read_log_free(ReadLog *log);

/* Is there room for one more? Waits for it on threads that may. LIMIT. */
bool read_log_has_room(ReadLog *log, GError **error);

/* Takes the entry. Never waits. */
void read_log_add(ReadLog *log, ReadEntry *entry);

/* Writes what waits. Blocks. */
bool read_log_flush(ReadLog *log, GError **error);

/* No more timers. Loop thread. */
void read_log_stop(ReadLog *log);
