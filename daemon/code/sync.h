/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One round that makes the rows of a repository agree with its files: look, read what has changed, link what follows, write. All
 * verbs run on workers, one at a time; what is read goes through a parser in between.
 *
 * A round of few files is one write. One of many is written piece by piece: files are replaced first and linked at the end,
 * and until then the repository is "syncing". A stop in between is made good by the next round: what is not read yet still
 * differs from its file, and what is not linked yet says so in its row. */
#pragma once

#include "code/files.h"
#include "code/parse.h"
#include "code/repository.h"

#define SYNC_SMALL_FILES 200               /* of a round that is one write */
#define SYNC_BATCH_FILES 48                /* given to a process at once */
#define SYNC_BATCH_BYTES (512 * 1024)      /* … or so many bytes, if it is more than one file */
#define SYNC_WRITE_BYTES (8 * 1024 * 1024) /* of units in one write of a large round */
#define SYNC_KEPT_BYTES                                                                            \
        (96 * 1024 *                                                                               \
         1024) /* of units that a large round keeps for linking; the others are read again */
#define SYNC_LINKED_BYTES                                                                          \
        (192 * 1024 *                                                                              \
         1024) /* of units that are read for linking, and of what the linker keeps of them, before all of it is forgotten */
#define SYNC_EDGES   100000 /* in one write of a large round */
#define SYNC_VERSION 4      /* of the way in which rows are made: those of another are made anew */

typedef struct Sync Sync;

typedef struct SyncOptions {
        Store *vault;
        const Access *access;
        Repository *repository;  /* referenced */
        FolderWatch *watch;      /* or NULL */
        const char *const *skip; /* folders that are never entered; outlive the round */
        const char *const *only; /* paths that changed; NULL: look at everything. Copied */
        int64_t max_file_bytes;
        const int *stopping; /* atomic: give up when it is not 0 */
} SyncOptions;

Sync *sync_new(const SyncOptions *options);
Sync *sync_free(Sync *sync);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sync, sync_free)

/* Lists files and compares them with the rows. NOT_FOUND, DENIED: the folder cannot be read; its rows stay as they are. */
bool sync_look(Sync *sync, GError **error);

/* The next files to be read, opened; NULL without an error: there are no more. Free it, or give it to sync_take(). */
ParseBatch *sync_next(Sync *sync, GError **error);

/* Takes what was made of a batch, which is the round's from then on. */
bool sync_take(Sync *sync, ParseBatch *batch, GError **error);

/* When all batches have been taken: links, writes. */
bool sync_finish(Sync *sync, GError **error);

typedef struct SyncReport {
        unsigned files, todo, read, failed, gone,
                linked; /* seen, to be parsed, parsed, with an error, deleted, linked anew */
        int64_t edges;
        bool watch_limit, cut;
} SyncReport;
void sync_report(const Sync *sync, SyncReport *ret);

/* A repository that is not active any more: deletes some of its rows; *ret_more: there are others. */
bool sync_forget(Store *vault, const Access *access, const char *repository_id, bool *ret_more,
                 GError **error);

/* The folder of a repository cannot be read: says so in its state. */
bool sync_fail(Store *vault, const Access *access, const char *repository_id, const GError *why,
               GError **error);
