/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents: the room's face. Its verbs run on any worker thread and read or write rows; what concerns the
 * pipeline they post to the loop. */
#include "documents/documents-room.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "documents/autolink.h"
#include "documents/document.h"
#include "documents/erasing.h"

#define COUNTS_EVERY_US (250 * 1000)

static bool owns_loop_state(const Documents *documents)
{
        return documents->pipeline != NULL;
}

/* ---- progress ---- */

typedef struct CountJob {
        Documents *documents;
        DocumentCounts counts;
        bool ok;
} CountJob;

static void count_work(void *data)
{
        CountJob *job = data;
        unsigned scans = documents_scans(job->documents);
        g_autoptr(Db) db = store_reader(job->documents->vault, NULL, NULL);
        job->ok = db && listing_counts(db, NULL, &job->counts, NULL);
        job->counts.pending += scans;
}

static int on_count(sd_event_source *source, uint64_t usec, void *data);

static void count_done(void *data)
{
        CountJob *job = data;
        Documents *documents = job->documents;
        uint64_t now;
        documents->counts_running = false;
        if (job->ok && documents->progress && owns_loop_state(documents))
                documents->progress(&job->counts, documents->progress_data);
        g_free(job);
        if (sd_event_now(documents->loop, CLOCK_MONOTONIC, &now) < 0 || !documents->counting)
                return;
        (void)sd_event_source_set_time(documents->counting, now + COUNTS_EVERY_US);
        (void)sd_event_source_set_enabled(documents->counting, SD_EVENT_ONESHOT);
}

/* One count at a time, so a count that takes long comes less often. */
static void count_start(Documents *documents)
{
        documents->counts_wanted = false;
        documents->counts_running = true;
        CountJob *job = g_new0(CountJob, 1);
        job->documents = documents;
        pipeline_push(documents->pipeline, count_work, count_done, job);
}

static bool timer_is_armed(sd_event_source *source)
{
        int enabled = SD_EVENT_OFF;
        return sd_event_source_get_enabled(source, &enabled) > 0;
}

static int on_count(sd_event_source *source, uint64_t usec, void *data)
{
        Documents *documents = data;
        if (documents->counts_wanted && !documents->counts_running)
                count_start(documents);
        return 0;
}

/* After every step of the pipeline. */
static void on_stepped(bool idle, void *data)
{
        Documents *documents = data;
        g_mutex_lock(&documents->lock);
        documents->idle = idle;
        documents->paused = documents->pipeline->paused;
        documents->scans = scan_stage_pending(documents->pipeline->scans);
        g_cond_broadcast(&documents->changed);
        g_mutex_unlock(&documents->lock);
        bool news = !idle || !documents->was_idle;
        if (idle && !documents->was_idle && documents->settled)
                documents->settled(documents->settled_data);
        documents->was_idle = idle;
        if (!documents->progress || !news)
                return;
        documents->counts_wanted = true;
        if (!documents->counts_running && !timer_is_armed(documents->counting))
                count_start(documents);
}

void documents_set_progress(Documents *documents, DocumentsProgress progress, void *data)
{
        documents->progress = progress;
        documents->progress_data = data;
}

void documents_set_settled(Documents *documents, void (*settled)(void *data), void *data)
{
        documents->settled = settled;
        documents->settled_data = data;
}

/* ---- life ---- */

static void on_changes(const Change *changes, unsigned count, void *data)
{
        Documents *documents = data;
        for (unsigned i = 0; i < count; i++) {
                if (!g_str_equal(changes[i].table, "roots"))
                        continue;
                scan_stage_reload(documents->pipeline->scans);
                return;
        }
}

Documents *documents_new(const DocumentsOptions *options, GError **error)
{
        g_autoptr(Documents) documents = g_new0(Documents, 1);
        const Config *config = options->config;
        PipelineOptions pipeline = {
                .vault = options->vault,
                .graph = options->graph,
                .paths = options->paths,
                .service = options->service,
                .watch = config_bool(config, "Documents", "Watch"),
                .reading = options->reading,
                .rescan_us = (uint64_t)config_int(config, "Documents", "RescanMinutes") * 60 *
                             G_USEC_PER_SEC,
        };
        g_mutex_init(&documents->lock);
        g_cond_init(&documents->changed);
        documents->vault = options->vault;
        documents->graph = options->graph;
        documents_register_erasers(options->vault);
        autolink_register(options->vault);
        documents->was_idle = true;
        documents->scans = 1; /* nobody has looked yet */
        documents->max_file_bytes = config_int(config, "Documents", "MaxFileMB") * 1024 * 1024;
        documents->vault_folder = g_strdup(options->paths->vault);
        documents->loop = sd_event_ref(service_loop(options->service));
        int r = sd_event_add_time(documents->loop, &documents->counting, CLOCK_MONOTONIC,
                                  UINT64_MAX, 0, on_count, documents);
        if (r < 0 || sd_event_source_set_enabled(documents->counting, SD_EVENT_OFF) < 0) {
                error_set_errno(error, -r, "cannot make a timer");
                return NULL;
        }
        documents->mailbox = mailbox_new(documents->loop, error);
        if (!documents->mailbox)
                return NULL;
        documents->pipeline = pipeline_new(&pipeline, error);
        if (!documents->pipeline)
                return NULL;
        documents->private_folders = g_strdupv(documents->pipeline->private_folders);
        documents->pipeline->stepped = on_stepped;
        documents->pipeline->stepped_data = documents;
        return g_steal_pointer(&documents);
}

/* Whoever waits in a rebuild is told and let go. */
void documents_stop(Documents *documents)
{
        g_mutex_lock(&documents->lock);
        documents->stopping = true;
        g_cond_broadcast(&documents->changed);
        while (documents->waiters > 0)
                g_cond_wait(&documents->changed, &documents->lock);
        g_mutex_unlock(&documents->lock);
}

Documents *documents_free(Documents *documents)
{
        if (!documents)
                return NULL;
        store_remove_feed(documents->vault, on_changes, documents);
        documents_stop(documents);
        documents->counting = sd_event_source_disable_unref(documents->counting);
        documents->progress = NULL;
        documents->pipeline = pipeline_free(documents->pipeline);
        documents->mailbox = mailbox_free(documents->mailbox);
        g_strfreev(documents->private_folders);
        g_free(documents->vault_folder);
        sd_event_unref(documents->loop);
        g_cond_clear(&documents->changed);
        g_mutex_clear(&documents->lock);
        g_free(documents);
        return NULL;
}

/* The vault may be closed and opened again (restore, a new key): everything then begins anew. */
bool documents_start(Documents *documents, GError **error)
{
        store_remove_feed(documents->vault, on_changes, documents);
        store_add_feed(documents->vault, on_changes, documents);
        pipeline_start(documents->pipeline);
        return true;
}

/* ---- verbs ---- */

bool documents_counts(Documents *documents, const Access *access, DocumentCounts *ret,
                      GError **error)
{
        unsigned scans = documents_scans(documents);
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        if (!db || !listing_counts(db, NULL, ret, error))
                return false;
        ret->pending += scans;
        return true;
}

static char *current_hash(Db *db, const char *document_id, GError **error)
{
        Statement *query = db_statement(
                db, "SELECT sha256 FROM documents WHERE id = :id AND sha256 IS NOT NULL", error);
        if (!query)
                return NULL;
        statement_bind_text(query, ":id", document_id);
        StepResult step = statement_step(query, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "there is no document \"%s\" with content", document_id);
        return step == STEP_ROW ? g_strdup(statement_text(query, 0)) : NULL;
}

int documents_open(Documents *documents, const Access *access, const char *document_id,
                   GError **error)
{
        g_autoptr(Db) db = store_reader(documents->vault, access_scope(access), error);
        g_autofree char *sha256 = db ? current_hash(db, document_id, error) : NULL;
        if (!sha256)
                return -1;
        char folder[3] = {sha256[0], sha256[1], 0};
        g_autofree char *path =
                g_build_filename(documents->vault_folder, "sha256", folder, sha256, NULL);
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "the vault's file %.12s… cannot be opened: %s", sha256,
                            g_strerror(errno));
        return fd;
}

typedef struct Rescan {
        Documents *documents;
        char *root_id;
} Rescan;

/* On the loop: what was asked for stands in the queue now. */
static void request_heard(Documents *documents)
{
        g_mutex_lock(&documents->lock);
        documents->heard++;
        documents->idle = false;
        documents->scans = scan_stage_pending(documents->pipeline->scans);
        g_mutex_unlock(&documents->lock);
}

static void rescan_posted(void *data)
{
        Rescan *rescan = data;
        if (rescan->documents->pipeline) {
                scan_stage_rescan(rescan->documents->pipeline->scans, rescan->root_id);
                request_heard(rescan->documents);
        }
        g_free(rescan->root_id);
        g_free(rescan);
}

/* Until the loop has heard, whoever asks is told of the work to come, even if a step says meanwhile that
 * the pipeline is idle. */
static void expect_work(Documents *documents)
{
        g_mutex_lock(&documents->lock);
        documents->asked++;
        g_mutex_unlock(&documents->lock);
}

void documents_post_rescan(Documents *documents, const char *root_id)
{
        expect_work(documents);
        Rescan *rescan = g_new(Rescan, 1);
        *rescan = (Rescan){documents, g_strdup(root_id)};
        mailbox_post(documents->mailbox, rescan_posted, rescan);
}

static void reload_posted(void *data)
{
        Documents *documents = data;
        if (!documents->pipeline)
                return;
        scan_stage_reload(documents->pipeline->scans);
        request_heard(documents);
}

void documents_post_reload(Documents *documents)
{
        expect_work(documents);
        mailbox_post(documents->mailbox, reload_posted, documents);
}

bool documents_is_busy(Documents *documents)
{
        g_mutex_lock(&documents->lock);
        bool busy =
                documents->asked != documents->heard || (!documents->idle && !documents->paused);
        g_mutex_unlock(&documents->lock);
        return busy;
}

unsigned documents_scans(Documents *documents)
{
        g_mutex_lock(&documents->lock);
        unsigned scans = documents->scans + (documents->asked - documents->heard);
        g_mutex_unlock(&documents->lock);
        return scans;
}

/* ---- rebuild ---- */

static bool reset_work(Db *db, void *data, GError **error)
{
        return documents_reset(db, error);
}

static void rebuild_posted(void *data)
{
        Documents *documents = data;
        if (!documents->pipeline)
                return;
        text_stage_wake(documents->pipeline->texts);
        claim_stage_wake(documents->pipeline->claims);
        g_mutex_lock(&documents->lock);
        documents->rebuilds_seen = documents->rebuilds;
        documents->idle = false;
        g_mutex_unlock(&documents->lock);
        pipeline_step(documents->pipeline);
}

static bool wait_until_made(Documents *documents, GError **error)
{
        g_mutex_lock(&documents->lock);
        unsigned mine = ++documents->rebuilds;
        documents->waiters++;
        mailbox_post(documents->mailbox, rebuild_posted, documents);
        while (!documents->stopping &&
               !(documents->rebuilds_seen >= mine && (documents->idle || documents->paused)))
                g_cond_wait(&documents->changed, &documents->lock);
        bool stopping = documents->stopping, paused = !documents->idle;
        documents->waiters--;
        g_cond_broadcast(&documents->changed);
        g_mutex_unlock(&documents->lock);
        if (stopping)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                            "the daemon stops; the rebuild goes on when it starts again");
        else if (paused)
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                        "the rebuild had to pause; it goes on by itself, see the journal for why");
        return !stopping && !paused;
}

bool documents_rebuild(Documents *documents, GError **error)
{
        g_autoptr(Access) access = access_new_system("pipeline");
        WriteOptions options = {.actor = access_actor(access), .reason = "rebuild"};
        return store_write(documents->vault, &options, reset_work, NULL, error) &&
               wait_until_made(documents, error);
}
