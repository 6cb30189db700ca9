/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One round of a repository as the loop sees it: its work is a Sync's, done piece by piece on a thread, with batches of files
 * going through the parser in between. Loop thread only. */
#pragma once

#include "code/parser.h"
#include "code/sync.h"

typedef struct Round Round;

typedef struct RoundResult {
        const Repository *repository;
        SyncReport report;
        const GError *error; /* or NULL */
        bool unreadable; /* the repository's folder cannot be read, and its row says so; no error of ours */
} RoundResult;

typedef struct RoundOptions {
        Store *vault;
        const Access *access;
        WorkerPool *pool; /* of one thread */
        Parser *parser;
        unsigned batches; /* to be with the parser at once */
        Repository *repository;
        FolderWatch *watch;
        char **skip; /* becomes the round's */
        const char *const *only;
        int64_t max_file_bytes;
        const int *stopping;
        void (*progressed)(const Repository *repository, const SyncReport *report,
                           void *data);                      /* so far */
        void (*done)(const RoundResult *result, void *data); /* the round is gone after this */
        void *data;
} RoundOptions;

Round *round_start(const RoundOptions *options);

/* One that was left by a stop, once nothing of it runs any more. */
Round *round_free(Round *round);
