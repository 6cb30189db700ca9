/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline from files to facts: three stages that each find their work in the rows, so that a stop at any
 * point resumes where it was. Stages live on the loop and do their work on the pipeline's own threads.
 * Only this folder sees this header. */
#pragma once

#include "documents/documents.h"
#include "documents/extractor.h"
#include "documents/root.h"
#include "documents/vault-file.h"

#define PIPELINE_THREADS 3

typedef struct ScanStage ScanStage;
typedef struct TextStage TextStage;
typedef struct ClaimStage ClaimStage;

typedef struct Pipeline {
        Store *vault;
        Graph *graph;
        Access *access; /* "pipeline" */
        sd_event *loop;
        Service *service;
        char **private_folders; /* the vault and the data folder */
        char *vault_folder;
        WorkerPool *pool;
        VaultFiles *files; /* NULL until the vault's folder can be used */
        Extractor *extractor;
        FolderWatch *watch; /* NULL: not wanted, or inotify is not to be had */
        ScanStage *scans;
        TextStage *texts;
        ClaimStage *claims;
        sd_event_source *retry, *later;
        uint64_t retry_us;  /* next pause after a failure */
        uint64_t rescan_us; /* between full scans, 0: none */
        int stopping;       /* atomic */
        bool paused, failed_once, holds;
        void (*stepped)(bool idle, void *data); /* after every step */
        void *stepped_data;
} Pipeline;

typedef struct PipelineOptions {
        Store *vault;
        Graph *graph;
        const Paths *paths;
        Service *service;
        bool watch;
        Reading *reading;
        uint64_t rescan_us; /* between full scans, 0: none */
} PipelineOptions;

Pipeline *pipeline_new(const PipelineOptions *options, GError **error);

/* Ends everything; waits for what runs. Loop thread. */
Pipeline *pipeline_free(Pipeline *pipeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pipeline, pipeline_free)

/* Begins: loads the roots, scans them, resumes. Loop thread. */
void pipeline_start(Pipeline *pipeline);

/* Nothing runs and nothing waits (but watching). Loop thread. */
bool pipeline_is_idle(const Pipeline *pipeline);

/* ---- for the stages ---- */

/* Runs work on a thread of the pipeline; done is on the loop, frees the job and calls pipeline_step(). */
void pipeline_push(Pipeline *pipeline, WorkerFunc work, WorkerFunc done, void *job);

/* Starts whatever can be started, soon. Loop thread. */
void pipeline_step(Pipeline *pipeline);

/* Work could not be done for a reason that is not its own (full disk, closed vault): pauses all stages for a
 * while. NULL, CANCELLED and a stop are nothing to pause for. */
void pipeline_failed(Pipeline *pipeline, const char *doing, const GError *error);
bool pipeline_is_everyones(
        const GError *error);             /* such a reason, or a stop: no one document's fault */
void pipeline_worked(Pipeline *pipeline); /* the next pause is a short one again */
bool pipeline_is_stopping(const Pipeline *pipeline);

/* ---- scan: roots, watching, rescans (scan-stage.c) ---- */

ScanStage *scan_stage_new(Pipeline *pipeline);
ScanStage *scan_stage_free(ScanStage *stage);
void scan_stage_step(ScanStage *stage);
bool scan_stage_is_idle(const ScanStage *stage);
/* Scans to come and under way; 0 when idle. Changes that are still being gathered do not count: a file that
 * is written to all the time would hold up the facts of all others, and whoever waits. */
unsigned scan_stage_pending(const ScanStage *stage);
void scan_stage_reload(ScanStage *stage);                      /* the roots may have changed */
void scan_stage_rescan(ScanStage *stage, const char *root_id); /* NULL: every root */
void scan_stage_changed(const char *root_id, const char *path,
                        void *stage);              /* a FolderWatchChanged */
unsigned scan_stage_roots(const ScanStage *stage); /* active ones */

/* ---- text: vault files to chunks (text-stage.c) ---- */

TextStage *text_stage_new(Pipeline *pipeline);
TextStage *text_stage_free(TextStage *stage);
void text_stage_step(TextStage *stage);
bool text_stage_is_idle(const TextStage *stage);
void text_stage_wake(TextStage *stage); /* there may be new work in the rows */

/* ---- claims: texts to facts (claim-stage.c) ---- */

ClaimStage *claim_stage_new(Pipeline *pipeline);
ClaimStage *claim_stage_free(ClaimStage *stage);
void claim_stage_step(ClaimStage *stage);
bool claim_stage_is_idle(const ClaimStage *stage);
void claim_stage_wake(ClaimStage *stage);
