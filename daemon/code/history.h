/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks ouroboros-history, a process of its own for each request, confined to the folders of git; and has source files of the past
 * read as those of today are. On the loop, with an answer that comes later; or on a worker, which waits. */
#pragma once

#include "code/history-place.h"
#include "code/parser.h"
#include "gate/gate.h"
#include "history/protocol.h"

#define HISTORY_PROCESSES_MAX 2
#define HISTORY_TIMEOUT_MS    120000 /* of wall time for one request */

typedef struct History History;

typedef struct HistoryOptions {
        sd_event *loop;
        const char *program; /* path of ouroboros-history */
        Reading *reading;    /* of source files; must outlive it */
        int64_t file_bytes_max;
} HistoryOptions;

History *history_new(const HistoryOptions *options, GError **error);

/* Whoever waits is let go with CANCELLED, from here on. Any thread. */
void history_stop(History *history);
History *history_free(History *history); /* nobody may wait any more. Loop thread */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, history_free)

/* An answer that was checked. */
typedef struct HistoryBlock {
        void *at;
        size_t bytes;
        const HistoryAnswer *answer;
} HistoryBlock;
HistoryBlock *history_block_free(HistoryBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HistoryBlock, history_block_free)

/* Takes over memfd. Any thread. CORRUPT, or what the answer tells. */
HistoryBlock *history_block_open(int memfd, HistoryAsk ask, GError **error);

/* Fills in the folders of a request. INVALID if one is longer than HISTORY_PATH_BYTES_MAX. */
bool history_request_place(HistoryRequest *request, const HistoryPlace *place, GError **error);

typedef struct HistoryAsked {
        const HistoryRequest *request;
        HistoryPlace *place;
        int ids; /* file of ids of blobs, or -1 */
} HistoryAsked;

/* Loop thread: done is called on the loop. Place and ids stay the caller's, and open until then. owner: for reading_cancel(). */
void history_submit(History *history, const HistoryAsked *asked, const void *owner,
                    ReadingDone done, void *data);

/* Worker thread: waits for the answer. CANCELLED when the caller of access gives up, or the daemon ends. */
HistoryBlock *history_ask(History *history, const Access *access, const HistoryAsked *asked,
                          GError **error);

/* Worker thread: has the files of a batch read (as parser_submit()); the batch stays the caller's. */
bool history_parse(History *history, const Access *access, ParseBatch *batch, GError **error);
