/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pipeline: owns the stages, starts what can be started after every event, pauses all of it when the disk or
 * the vault says no, and holds the service while there is anything to do or to watch. */
#include "documents/pipeline.h"

#include "documents/document.h"

#define RETRY_FIRST_US (2 * G_USEC_PER_SEC)
#define RETRY_LAST_US  (300 * G_USEC_PER_SEC)

bool pipeline_is_stopping(const Pipeline *pipeline)
{
        return g_atomic_int_get(&pipeline->stopping);
}

void pipeline_push(Pipeline *pipeline, WorkerFunc work, WorkerFunc done, void *job)
{
        worker_pool_push(pipeline->pool, work, done, job);
}

bool pipeline_is_idle(const Pipeline *pipeline)
{
        return scan_stage_is_idle(pipeline->scans) && text_stage_is_idle(pipeline->texts) &&
               claim_stage_is_idle(pipeline->claims);
}

static void pipeline_hold(Pipeline *pipeline, bool hold)
{
        if (!pipeline->service || hold == pipeline->holds)
                return;
        pipeline->holds = hold;
        if (hold)
                service_hold(pipeline->service);
        else
                service_release(pipeline->service);
}

/* The vault's folder may be on a disk that was read-only or absent before. */
static void pipeline_open_files(Pipeline *pipeline)
{
        g_autoptr(GError) error = NULL;
        if (pipeline->files)
                return;
        pipeline->files = vault_files_new(pipeline->vault_folder, &error);
        if (!pipeline->files)
                pipeline_failed(pipeline, "opening the vault's folder", error);
}

static int on_step(sd_event_source *source, void *data)
{
        Pipeline *pipeline = data;
        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        if (pipeline_is_stopping(pipeline))
                return 0;
        if (!pipeline->paused)
                pipeline_open_files(pipeline);
        if (!pipeline->paused) {
                scan_stage_step(pipeline->scans);
                text_stage_step(pipeline->texts);
                /* facts after search, so that everything can be found first */
                if (scan_stage_is_idle(pipeline->scans) && text_stage_is_idle(pipeline->texts))
                        claim_stage_step(pipeline->claims);
        }
        bool idle = pipeline_is_idle(pipeline);
        bool watches = pipeline->watch && scan_stage_roots(pipeline->scans) > 0;
        pipeline_hold(pipeline, !idle || watches);
        if (pipeline->stepped)
                pipeline->stepped(idle, pipeline->stepped_data);
        return 0;
}

void pipeline_step(Pipeline *pipeline)
{
        if (!pipeline_is_stopping(pipeline))
                (void)sd_event_source_set_enabled(pipeline->later, SD_EVENT_ON);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *data)
{
        Pipeline *pipeline = data;
        pipeline->paused = false;
        scan_stage_rescan(pipeline->scans, NULL);
        text_stage_wake(pipeline->texts);
        claim_stage_wake(pipeline->claims);
        pipeline_step(pipeline);
        return 0;
}

bool pipeline_is_everyones(const GError *error)
{
        return g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE) ||
               g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED);
}

void pipeline_failed(Pipeline *pipeline, const char *doing, const GError *error)
{
        if (!error || pipeline_is_stopping(pipeline) || pipeline->paused ||
            g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED))
                return;
        log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, error,
                  "Documents have to wait %" G_GUINT64_FORMAT " s: %s failed",
                  pipeline->retry_us / G_USEC_PER_SEC, doing);
        pipeline->paused = true;
        uint64_t now;
        (void)sd_event_now(pipeline->loop, CLOCK_MONOTONIC, &now);
        (void)sd_event_source_set_time(pipeline->retry, now + pipeline->retry_us);
        (void)sd_event_source_set_enabled(pipeline->retry, SD_EVENT_ONESHOT);
        pipeline->retry_us = MIN(pipeline->retry_us * 2, RETRY_LAST_US);
}

void pipeline_worked(Pipeline *pipeline)
{
        pipeline->retry_us = RETRY_FIRST_US;
}

/* ---- beginning ---- */

typedef struct StartJob {
        Pipeline *pipeline;
        GError *error;
} StartJob;

static bool retry_work(Db *db, void *data, GError **error)
{
        return documents_retry(db, error);
}

static void start_work(void *data)
{
        StartJob *job = data;
        WriteOptions options = {.actor = access_actor(job->pipeline->access), .reason = "start"};
        (void)store_write(job->pipeline->vault, &options, retry_work, NULL, &job->error);
}

static void start_done(void *data)
{
        StartJob *job = data;
        Pipeline *pipeline = job->pipeline;
        pipeline_failed(pipeline, "resuming", job->error);
        g_clear_error(&job->error);
        g_free(job);
        if (pipeline_is_stopping(pipeline))
                return;
        scan_stage_reload(pipeline->scans);
        text_stage_wake(pipeline->texts);
        claim_stage_wake(pipeline->claims);
        pipeline_step(pipeline);
}

void pipeline_start(Pipeline *pipeline)
{
        StartJob *job = g_new0(StartJob, 1);
        job->pipeline = pipeline;
        pipeline_push(pipeline, start_work, start_done, job);
}

/* ---- life ---- */

static bool pipeline_sources(Pipeline *pipeline, GError **error)
{
        int r = sd_event_add_defer(pipeline->loop, &pipeline->later, on_step, pipeline);
        if (r >= 0)
                r = sd_event_source_set_enabled(pipeline->later, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_add_time(pipeline->loop, &pipeline->retry, CLOCK_MONOTONIC, UINT64_MAX,
                                      0, on_retry, pipeline);
        if (r < 0)
                error_set_errno(error, -r, "cannot prepare the pipeline");
        return r >= 0;
}

static bool pipeline_helpers(Pipeline *pipeline, const PipelineOptions *options, GError **error)
{
        g_autoptr(GError) failure = NULL;
        pipeline->pool = worker_pool_new(pipeline->loop, "documents", PIPELINE_THREADS, error);
        if (!pipeline->pool)
                return false;
        pipeline->extractor = extractor_new(pipeline->loop, options->reading, error);
        if (!pipeline->extractor)
                return false;
        if (options->watch)
                pipeline->watch = folder_watch_new(pipeline->loop, scan_stage_changed,
                                                   pipeline->scans, &failure);
        if (failure)
                log_event(LOG_WATCH_LIMIT_EVENT, LOG_WARNING, NULL, failure,
                          "Folders are not watched");
        return true;
}

Pipeline *pipeline_new(const PipelineOptions *options, GError **error)
{
        g_autoptr(Pipeline) pipeline = g_new0(Pipeline, 1);
        const char *folders[] = {options->paths->vault, options->paths->data, NULL};
        pipeline->vault = options->vault;
        pipeline->graph = options->graph;
        pipeline->service = options->service;
        pipeline->loop = sd_event_ref(service_loop(options->service));
        pipeline->access = access_new_system("pipeline");
        pipeline->vault_folder = g_strdup(options->paths->vault);
        pipeline->private_folders = g_strdupv((char **)folders);
        pipeline->retry_us = RETRY_FIRST_US;
        pipeline->rescan_us = options->rescan_us;
        pipeline->scans = scan_stage_new(pipeline);
        pipeline->texts = text_stage_new(pipeline);
        pipeline->claims = claim_stage_new(pipeline);
        if (!pipeline_sources(pipeline, error) || !pipeline_helpers(pipeline, options, error))
                return NULL;
        return g_steal_pointer(&pipeline);
}

Pipeline *pipeline_free(Pipeline *pipeline)
{
        if (!pipeline)
                return NULL;
        g_atomic_int_set(&pipeline->stopping, 1);
        sd_event_source_disable_unref(pipeline->later);
        sd_event_source_disable_unref(pipeline->retry);
        pipeline->extractor =
                extractor_free(pipeline->extractor);       /* its callbacks still need the stages */
        pipeline->pool = worker_pool_free(pipeline->pool); /* so do the jobs' */
        pipeline->watch =
                folder_watch_free(pipeline->watch); /* scans add to it until the pool is gone */
        pipeline->scans = scan_stage_free(pipeline->scans);
        pipeline->texts = text_stage_free(pipeline->texts);
        pipeline->claims = claim_stage_free(pipeline->claims);
        pipeline->files = vault_files_free(pipeline->files);
        pipeline_hold(pipeline, false);
        pipeline->access = access_unref(pipeline->access);
        g_strfreev(pipeline->private_folders);
        g_free(pipeline->vault_folder);
        sd_event_unref(pipeline->loop);
        g_free(pipeline);
        return NULL;
}
