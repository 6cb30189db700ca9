/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When which repository is read: what was added, what inotify reported, what a sweep may find. One round at a time, its work on
 * a thread and in the processes of the parser, its turns on the loop. Loop thread only. */
#pragma once

#include "code/parser.h"
#include "code/sync.h"

#define STAGE_QUIET_MS      250  /* without a change before a round begins … */
#define STAGE_PATIENCE_MS   1200 /* … and after the first, whatever goes on */
#define STAGE_PROGRESS_MS   200
#define STAGE_CHANGES_MAX   1000 /* paths; more of them: the whole repository is looked at */
#define STAGE_BATCHES_AHEAD 2    /* for each process */

typedef struct Stage Stage;

/* Told of a round of more than SYNC_SMALL_FILES, at most every STAGE_PROGRESS_MS, and once when it ends. */
typedef struct StageProgress {
        const char *repository_id;
        const char *phase;    /* "reading", "linking", "done" or "failed" */
        unsigned read, files; /* of those that are to be read */
} StageProgress;

typedef struct StageOptions {
        Store *vault;
        Service *service;
        Parser *parser; /* becomes the stage's */
        unsigned processes;
        bool watch;
        uint64_t sweep_us; /* between looks at everything, 0: none */
        int64_t max_file_bytes;
        const char *const *private_folders; /* never entered; outlive the stage */
        void (*rounded)(const Repository *repository, void *data); /* a round went well */
        void (*stepped)(unsigned rounds, bool paused, void *data); /* after every step */
        void (*progressed)(const StageProgress *progress, void *data);
        void (*ended)(int64_t usec, bool failed, void *data); /* after every round */
        void *data;
} StageOptions;

Stage *stage_new(const StageOptions *options, GError **error);

/* Waits for what runs. */
Stage *stage_free(Stage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stage, stage_free)

/* The vault is open: begins with everything. */
void stage_start(Stage *stage);

/* The rows of repositories may have changed. */
void stage_reload(Stage *stage);

/* Looks at one, or at all (NULL). */
void stage_sync(Stage *stage, const char *repository_id);

/* Deletes the graphs of all and makes them anew. */
void stage_rebuild(Stage *stage);

/* Rounds that wait or are under way; changes that are still being gathered do not count. */
unsigned stage_rounds(const Stage *stage);
