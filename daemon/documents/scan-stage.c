/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ScanStage: the active roots, the queue of scans, and what inotify has reported meanwhile. One scan
 * runs at a time. Changes are gathered until it has been quiet for a moment. */
#include "documents/pipeline.h"

#include "documents/scan.h"

#define QUIET_US     (300 * 1000)           /* after the last change */
#define PATIENCE_US  (2 * G_USEC_PER_SEC)   /* after the first */
#define CHANGES_MAX  2000                   /* more than this: scan the whole root */
#define UNWATCHED_US (600 * G_USEC_PER_SEC) /* rescan of roots that cannot be watched whole */

typedef struct Request {
        char *root_id;
        char **only; /* NULL: everything */
} Request;

struct ScanStage {
        Pipeline *pipeline;
        GHashTable *roots; /* id → Root */
        bool reload, loading;
        GQueue queue; /* of Request */
        Scan *scan;   /* under way */
        bool slicing;
        bool unfinished;         /* a scan failed and is to be done again after the pause */
        GHashTable *changes;     /* root id → set of paths */
        uint64_t first_change;   /* monotonic, 0: none */
        sd_event_source *quiet;  /* timer for changes */
        sd_event_source *rescan; /* timer for what watching misses */
        bool limit_told;
};

static void root_destroy(void *root)
{
        (void)root_unref(root);
}

static void request_free(void *data)
{
        Request *request = data;
        g_free(request->root_id);
        g_strfreev(request->only);
        g_free(request);
}

static void set_unref(void *set)
{
        g_hash_table_unref(set);
}

ScanStage *scan_stage_new(Pipeline *pipeline)
{
        ScanStage *stage = g_new0(ScanStage, 1);
        stage->pipeline = pipeline;
        stage->roots = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, root_destroy);
        stage->changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, set_unref);
        g_queue_init(&stage->queue);
        return stage;
}

ScanStage *scan_stage_free(ScanStage *stage)
{
        if (!stage)
                return NULL;
        sd_event_source_disable_unref(stage->quiet);
        sd_event_source_disable_unref(stage->rescan);
        (void)scan_free(stage->scan);
        g_queue_clear_full(&stage->queue, request_free);
        g_hash_table_unref(stage->changes);
        g_hash_table_unref(stage->roots);
        g_free(stage);
        return NULL;
}

unsigned scan_stage_pending(const ScanStage *stage)
{
        bool roots_unknown = stage->reload || stage->loading;
        return (unsigned)roots_unknown + (stage->unfinished ? 1 : 0) + (stage->scan ? 1 : 0) +
               stage->queue.length;
}

bool scan_stage_is_idle(const ScanStage *stage)
{
        return scan_stage_pending(stage) == 0;
}

unsigned scan_stage_roots(const ScanStage *stage)
{
        return g_hash_table_size(stage->roots);
}

/* A whole scan makes waiting partial ones of the same root needless. */
static void queue_scan(ScanStage *stage, const char *root_id, char **only)
{
        for (GList *link = stage->queue.head, *next; link; link = next) {
                Request *waiting = link->data;
                next = link->next;
                if (!g_str_equal(waiting->root_id, root_id))
                        continue;
                if (!waiting->only) {
                        g_strfreev(only);
                        return;
                }
                if (!only) {
                        request_free(waiting);
                        g_queue_delete_link(&stage->queue, link);
                }
        }
        Request *request = g_new(Request, 1);
        *request = (Request){g_strdup(root_id), only};
        g_queue_push_tail(&stage->queue, request);
}

void scan_stage_rescan(ScanStage *stage, const char *root_id)
{
        GHashTableIter iter;
        void *id;
        stage->unfinished = stage->unfinished && root_id;
        g_hash_table_iter_init(&iter, stage->roots);
        while (g_hash_table_iter_next(&iter, &id, NULL))
                if (!root_id || g_str_equal(root_id, id))
                        queue_scan(stage, id, NULL);
        pipeline_step(stage->pipeline);
}

static void rescan_in(ScanStage *stage, uint64_t usec);

static int on_rescan(sd_event_source *source, uint64_t usec, void *data)
{
        ScanStage *stage = data;
        scan_stage_rescan(stage, NULL);
        if (stage->pipeline->rescan_us)
                rescan_in(stage, stage->pipeline->rescan_us);
        return 0;
}

/* One timer for all: a rescan finds what changed, whichever folders have no watch. */
static void rescan_in(ScanStage *stage, uint64_t usec)
{
        uint64_t now;
        (void)sd_event_now(stage->pipeline->loop, CLOCK_MONOTONIC, &now);
        if (!stage->rescan)
                (void)sd_event_add_time(stage->pipeline->loop, &stage->rescan, CLOCK_MONOTONIC,
                                        now + usec, G_USEC_PER_SEC, on_rescan, stage);
        if (!stage->rescan)
                return;
        (void)sd_event_source_set_time(stage->rescan, now + usec);
        (void)sd_event_source_set_enabled(stage->rescan, SD_EVENT_ONESHOT);
}

/* ---- roots ---- */

typedef struct LoadJob {
        ScanStage *stage;
        GPtrArray *roots;
        GError *error;
} LoadJob;

void scan_stage_reload(ScanStage *stage)
{
        stage->reload = true;
        pipeline_step(stage->pipeline);
}

static void load_work(void *data)
{
        LoadJob *job = data;
        g_autoptr(Db) db =
                store_reader(job->stage->pipeline->vault, /* scope= */ NULL, &job->error);
        if (db)
                job->roots = roots_load(db, &job->error);
}

static void drop_root(ScanStage *stage, const Root *root)
{
        if (stage->pipeline->watch)
                folder_watch_forget(stage->pipeline->watch, root->id, "");
        (void)g_hash_table_remove(stage->changes, root->id);
}

/* Another row, or another root above or below it, means another set of files. */
static bool root_is_affected(const Root *root, const Root *changed)
{
        return path_is_inside(root->path, changed->path) ||
               path_is_inside(changed->path, root->path);
}

static void rescan_affected(ScanStage *stage, const Root *changed)
{
        GHashTableIter iter;
        void *value;
        g_hash_table_iter_init(&iter, stage->roots);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (root_is_affected(value, changed))
                        queue_scan(stage, ((Root *)value)->id, NULL);
}

static void adopt_roots(ScanStage *stage, const GPtrArray *roots)
{
        g_autoptr(GHashTable) before = g_steal_pointer(&stage->roots);
        g_autoptr(GPtrArray) changed = g_ptr_array_new();
        stage->roots = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, root_destroy);
        for (unsigned i = 0; i < roots->len; i++) {
                Root *root = roots->pdata[i], *old = g_hash_table_lookup(before, root->id);
                (void)g_hash_table_insert(stage->roots, root->id, root_ref(root));
                if (!old || !g_str_equal(old->fingerprint, root->fingerprint))
                        g_ptr_array_add(changed, root);
        }
        GHashTableIter iter;
        void *value;
        g_hash_table_iter_init(&iter, before);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (!g_hash_table_contains(stage->roots, ((Root *)value)->id)) {
                        drop_root(stage, value);
                        g_ptr_array_add(changed, value);
                }
        for (unsigned i = 0; i < changed->len; i++)
                rescan_affected(stage, changed->pdata[i]);
}

static void load_done(void *data)
{
        LoadJob *job = data;
        ScanStage *stage = job->stage;
        stage->loading = false;
        if (job->roots && !pipeline_is_stopping(stage->pipeline)) {
                adopt_roots(stage, job->roots);
                /* other features may be wanted, or a root may have come back with its documents */
                text_stage_wake(stage->pipeline->texts);
                claim_stage_wake(stage->pipeline->claims);
        } else if (!job->roots) {
                stage->reload = true;
        }
        pipeline_failed(stage->pipeline, "reading the roots", job->error);
        if (!stage->rescan && stage->pipeline->rescan_us && !pipeline_is_stopping(stage->pipeline))
                rescan_in(stage, stage->pipeline->rescan_us);
        g_clear_pointer(&job->roots, g_ptr_array_unref);
        g_clear_error(&job->error);
        g_free(job);
        pipeline_step(stage->pipeline);
}

static void start_load(ScanStage *stage)
{
        LoadJob *job = g_new0(LoadJob, 1);
        job->stage = stage;
        stage->reload = false;
        stage->loading = true;
        pipeline_push(stage->pipeline, load_work, load_done, job);
}

/* ---- scanning ---- */

typedef struct SliceJob {
        ScanStage *stage;
        bool more;
        GError *error;
} SliceJob;

static void slice_work(void *data)
{
        SliceJob *job = data;
        (void)scan_slice(job->stage->scan, &job->more, &job->error);
}

static void log_root_unreadable(const Root *root, const GError *error)
{
        g_autofree char *field = g_strdup_printf("OUROBOROS_ROOT=%s", root->path);
        const char *const fields[] = {field, NULL};
        log_event(LOG_ROOT_UNREADABLE_EVENT, LOG_WARNING, fields, error,
                  "A root cannot be read: %s", root->path);
}

static void scan_finished(ScanStage *stage)
{
        const Root *root = scan_root(stage->scan);
        if (scan_hit_watch_limit(stage->scan)) {
                if (!stage->limit_told)
                        log_event(
                                LOG_WATCH_LIMIT_EVENT, LOG_WARNING, NULL, NULL,
                                "fs.inotify.max_user_watches is reached: %s is looked through every %d minutes"
                                " instead",
                                root->path, (int)(UNWATCHED_US / G_USEC_PER_SEC / 60));
                stage->limit_told = true;
                rescan_in(stage, UNWATCHED_US);
        }
        pipeline_worked(stage->pipeline);
}

static void slice_failed(ScanStage *stage, const GError *error)
{
        if (scan_root_is_unreadable(stage->scan)) {
                log_root_unreadable(scan_root(stage->scan), error);
                rescan_in(stage, UNWATCHED_US);
        } else if (!g_error_matches(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED)) {
                stage->unfinished = true;
                pipeline_failed(stage->pipeline, "scanning", error); /* which scans again later */
        }
}

static void slice_done(void *data)
{
        SliceJob *job = data;
        ScanStage *stage = job->stage;
        stage->slicing = false;
        if (job->error)
                slice_failed(stage, job->error);
        else if (!job->more)
                scan_finished(stage);
        if (job->error || !job->more)
                stage->scan = scan_free(stage->scan);
        text_stage_wake(stage->pipeline->texts);
        g_clear_error(&job->error);
        g_free(job);
        pipeline_step(stage->pipeline);
}

/* Folders within a root that are not its own. */
static char **skipped_folders(ScanStage *stage, const Root *root)
{
        g_autoptr(GStrvBuilder) skip = g_strv_builder_new();
        for (unsigned i = 0; stage->pipeline->private_folders[i]; i++)
                g_strv_builder_add(skip, stage->pipeline->private_folders[i]);
        GHashTableIter iter;
        void *value;
        g_hash_table_iter_init(&iter, stage->roots);
        while (g_hash_table_iter_next(&iter, NULL, &value))
                if (value != root && path_is_inside(((Root *)value)->path, root->path))
                        g_strv_builder_add(skip, ((Root *)value)->path);
        return g_strv_builder_end(skip);
}

static void start_scan(ScanStage *stage)
{
        Request *request = g_queue_pop_head(&stage->queue);
        Root *root = g_hash_table_lookup(stage->roots, request->root_id);
        Pipeline *pipeline = stage->pipeline;
        if (root) {
                g_auto(GStrv) skip = skipped_folders(stage, root);
                ScanOptions options = {.vault = pipeline->vault,
                                       .access = pipeline->access,
                                       .files = pipeline->files,
                                       .root = root,
                                       .watch = pipeline->watch,
                                       .skip = (const char *const *)skip,
                                       .only = g_steal_pointer(&request->only),
                                       .stopping = &pipeline->stopping};
                stage->scan = scan_new(&options);
        }
        request_free(request);
}

void scan_stage_step(ScanStage *stage)
{
        if (stage->reload && !stage->loading)
                start_load(stage);
        while (!stage->scan && !stage->loading && !g_queue_is_empty(&stage->queue))
                start_scan(stage);
        if (!stage->scan || stage->slicing)
                return;
        SliceJob *job = g_new0(SliceJob, 1);
        job->stage = stage;
        stage->slicing = true;
        pipeline_push(stage->pipeline, slice_work, slice_done, job);
}

/* ---- changes ---- */

static char **set_to_strv(GHashTable *set)
{
        unsigned count;
        g_autofree char **keys = (char **)g_hash_table_get_keys_as_array(set, &count);
        return g_strdupv(keys);
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *data)
{
        ScanStage *stage = data;
        GHashTableIter iter;
        void *root_id, *set;
        g_hash_table_iter_init(&iter, stage->changes);
        while (g_hash_table_iter_next(&iter, &root_id, &set)) {
                bool all = g_hash_table_size(set) > CHANGES_MAX || g_hash_table_contains(set, "");
                if (g_hash_table_contains(stage->roots, root_id))
                        queue_scan(stage, root_id, all ? NULL : set_to_strv(set));
        }
        g_hash_table_remove_all(stage->changes);
        stage->first_change = 0;
        pipeline_step(stage->pipeline);
        return 0;
}

static void arm_quiet(ScanStage *stage)
{
        uint64_t now, due;
        (void)sd_event_now(stage->pipeline->loop, CLOCK_MONOTONIC, &now);
        if (!stage->first_change)
                stage->first_change = now;
        due = MIN(now + QUIET_US, stage->first_change + PATIENCE_US);
        if (!stage->quiet) {
                (void)sd_event_add_time(stage->pipeline->loop, &stage->quiet, CLOCK_MONOTONIC, due,
                                        10000, on_quiet, stage);
                return;
        }
        (void)sd_event_source_set_time(stage->quiet, due);
        (void)sd_event_source_set_enabled(stage->quiet, SD_EVENT_ONESHOT);
}

void scan_stage_changed(const char *root_id, const char *path, void *data)
{
        ScanStage *stage = data;
        if (!root_id) {
                log_debug("inotify lost events; all roots are scanned");
                scan_stage_rescan(stage, NULL);
                return;
        }
        GHashTable *set = g_hash_table_lookup(stage->changes, root_id);
        if (!set) {
                set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
                (void)g_hash_table_insert(stage->changes, g_strdup(root_id), set);
        }
        if (g_hash_table_size(set) <= CHANGES_MAX)
                (void)g_hash_table_add(set, g_strdup(path));
        arm_quiet(stage);
}
