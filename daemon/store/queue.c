/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queue: the one writer. Its thread takes all jobs that wait, runs each in a savepoint inside one
 * transaction, commits, and only then wakes the callers: one fsync for all of them. */
#include "store/queue.h"

#include <string.h>

#include "store/journal-trigger.h"
#include "store/register.h"
#include "store/write.h"

#define REST_US  (2 * G_USEC_PER_SEC)  /* without a write before the writer checkpoints */
#define SLEEP_US (10 * G_USEC_PER_SEC) /* … and then before it gives memory back */

typedef struct Job {
        const WriteOptions *options; /* a write … */
        StoreWork work;
        QueueCall call; /* … or a call */
        void *data;
        bool done, ok;
        GError *error;
        GCond finished;
} Job;

struct Queue {
        GMutex lock;
        GCond arrived;
        GQueue jobs; /* Job, on the stacks of their callers */
        bool running;
        GThread *thread; /* guarded by lock, too: anybody may ask whether it is theirs */
        Listeners *listeners;
        QueueHooks hooks;
        Db *db;
        JournalWriter *journal;
        bool unsettled; /* commits since the last checkpoint */
        bool warm;      /* work since memory was given back */
};

Queue *queue_new(Listeners *listeners, const QueueHooks *hooks)
{
        Queue *queue = g_new0(Queue, 1);

        g_mutex_init(&queue->lock);
        g_cond_init(&queue->arrived);
        g_queue_init(&queue->jobs);
        queue->listeners = listeners;
        queue->hooks = *hooks;
        return queue;
}

Queue *queue_free(Queue *queue)
{
        if (!queue)
                return NULL;
        queue_stop(queue);
        g_mutex_clear(&queue->lock);
        g_cond_clear(&queue->arrived);
        g_free(queue);
        return NULL;
}

/* ---- one write ---- */

/* Whether the group still stands. If not, error says what ended it. */
static bool group_stands(Queue *queue, GError **error)
{
        Db *db = queue->db;

        if (!db->broken && !sqlite3_get_autocommit(db->sqlite))
                return true;
        if (db->broken)
                g_propagate_error(error, g_steal_pointer(&db->broken));
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "the transaction was given up by the database");
        return false;
}

/* Entries that a failed statement took back must not be told of. */
static bool forget_undone(Queue *queue, ChangeList *changes, GError **error)
{
        int64_t last;

        if (!journal_last_seq(queue->journal, &last, error))
                return false;
        change_list_cut(changes, last);
        return true;
}

static bool finish_write(Queue *queue, GError **error)
{
        const Write *write = queue->db->write;

        return !write->finish || write->finish(queue->db, write->finish_data, error);
}

static bool work_and_derive(Queue *queue, Job *job, ChangeList *changes)
{
        unsigned first = change_list_count(changes);
        bool ok = job->work(queue->db, job->data, &job->error) &&
                  forget_undone(queue, changes, &job->error) &&
                  listeners_derive(queue->listeners, queue->db, changes, first, &job->error) &&
                  finish_write(queue, &job->error) && forget_undone(queue, changes, &job->error) &&
                  register_add(queue->db, first, &job->error);

        if (ok)
                g_clear_error(&job->error);
        else if (!job->error)
                g_set_error(&job->error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                            "a write failed without saying why");
        return ok;
}

/* A write that is alone in its group needs no savepoint: rolling back the transaction is the same, and
 * spares copying every page it touches. */
static bool end_write(Queue *queue, Job *job, bool alone, ChangeList *changes, GError **error)
{
        const char *sql =
                alone ? "ROLLBACK" : "ROLLBACK TO ouroboros_write; RELEASE ouroboros_write";

        db_reset_statements(queue->db);
        if (job->ok)
                return alone || db_do(queue->db, "RELEASE ouroboros_write", error);
        return db_run(queue->db, sql, error) && forget_undone(queue, changes, error);
}

/* False if the whole group is lost, with the reason; a write that failed alone has it in job->error. */
static bool run_write(Queue *queue, Job *job, bool alone, ChangeList *changes, GError **error)
{
        char group[ID_MAX];
        Write write = {
                .actor = job->options->actor,
                .reason = job->options->reason,
                .group = job->options->group,
                .reverts = job->options->reverts,
                .changes = changes,
                .journal = queue->journal,
        };

        if (!write.group) {
                id_write("grp", group);
                write.group = group;
        }
        if (!alone && !db_do(queue->db, "SAVEPOINT ouroboros_write", error))
                return false;
        queue->db->write = &write;
        job->ok = work_and_derive(queue, job, changes);
        queue->db->write = NULL;
        return group_stands(queue, error) && end_write(queue, job, alone, changes, error);
}

/* ---- one group ---- */

bool queue_has_file(const Db *db, GError **error)
{
        if (db)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "the store has lost its file and must be opened again");
        return false;
}

static bool commit(Queue *queue, GError **error)
{
        if (sqlite3_get_autocommit(queue->db->sqlite)) /* the only write was rolled back */
                return true;
        queue->unsettled = true;
        return db_do(queue->db, "COMMIT", error);
}

static bool run_writes(Queue *queue, GPtrArray *jobs, ChangeList *changes, GError **error)
{
        if (!queue_has_file(queue->journal ? queue->db : NULL, error))
                return false;
        if (!db_do(queue->db, "BEGIN IMMEDIATE", error))
                return false;
        for (unsigned i = 0; i < jobs->len; i++)
                if (!run_write(queue, g_ptr_array_index(jobs, i), jobs->len == 1, changes, error))
                        return false;
        return commit(queue, error);
}

/* Nothing of the group was kept, whatever each write had come to. */
static void fail_all(Queue *queue, GPtrArray *jobs, const GError *reason)
{
        if (queue->db) {
                db_reset_statements(queue->db);
                if (!sqlite3_get_autocommit(queue->db->sqlite))
                        (void)db_run(queue->db, "ROLLBACK", NULL);
                g_clear_error(&queue->db->broken);
        }
        for (unsigned i = 0; i < jobs->len; i++) {
                Job *job = g_ptr_array_index(jobs, i);

                job->ok = false;
                g_clear_error(&job->error);
                job->error = g_error_copy(reason);
        }
}

static void run_group(Queue *queue, GPtrArray *jobs)
{
        ChangeList *changes = change_list_new();
        g_autoptr(GError) error = NULL;

        if (!run_writes(queue, jobs, changes, &error)) {
                fail_all(queue, jobs, error);
                change_list_cut(changes, 0);
        }
        listeners_feed(queue->listeners, changes);
}

/* The journal's statements belong to the handle: a call that replaces it needs them gone. */
static void run_call(Queue *queue, Job *job)
{
        g_autoptr(GError) error = NULL;

        queue->journal = journal_writer_free(queue->journal);
        job->ok = job->call(&queue->db, job->data, &job->error);
        if (queue->db)
                queue->journal = journal_writer_new(queue->db, &error);
        if (!queue->journal)
                log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error,
                          "The writer has lost its handle on the database");
}

/* ---- the thread ---- */

static void finish(Queue *queue, GPtrArray *jobs)
{
        g_mutex_lock(&queue->lock);
        for (unsigned i = 0; i < jobs->len; i++) {
                Job *job = g_ptr_array_index(jobs, i);

                job->done = true;
                g_cond_signal(&job->finished);
        }
        g_mutex_unlock(&queue->lock);
        g_ptr_array_set_size(jobs, 0);
}

/* Moves what was committed from the -wal into the file, so that neither the next burst nor the next start has
 * to; then, if it stays quiet, gives back the memory of the burst. */
static void tidy_up(Queue *queue)
{
        if (queue->unsettled) {
                if (queue->db) /* a call may have lost it */
                        (void)db_run(queue->db, "PRAGMA wal_checkpoint(PASSIVE)",
                                     NULL); /* or later */
                queue->unsettled = false;
                return;
        }
        if (queue->db)
                (void)sqlite3_db_release_memory(queue->db->sqlite);
        queue->hooks.sleeps(queue->hooks.data);
        queue->warm = false;
}

static void rest(Queue *queue)
{
        while (queue->running && g_queue_is_empty(&queue->jobs)) {
                int64_t deadline = g_get_monotonic_time() + (queue->unsettled ? REST_US : SLEEP_US);

                if (!queue->warm) {
                        g_cond_wait(&queue->arrived, &queue->lock);
                } else if (!g_cond_wait_until(&queue->arrived, &queue->lock, deadline)) {
                        g_mutex_unlock(&queue->lock);
                        tidy_up(queue);
                        g_mutex_lock(&queue->lock);
                }
        }
}

/* All writes at the head of the queue, or one call. False: nothing is left and nothing will come. */
static bool take(Queue *queue, GPtrArray *jobs)
{
        g_mutex_lock(&queue->lock);
        rest(queue);
        while (!g_queue_is_empty(&queue->jobs) && jobs->len < STORE_GROUP_MAX) {
                const Job *next = g_queue_peek_head(&queue->jobs);

                if (next->call && jobs->len > 0)
                        break;
                g_ptr_array_add(jobs, g_queue_pop_head(&queue->jobs));
                if (next->call)
                        break;
        }
        g_mutex_unlock(&queue->lock);
        return jobs->len > 0;
}

static void *work(void *data)
{
        Queue *queue = data;
        g_autoptr(GPtrArray) jobs = g_ptr_array_new();

        while (take(queue, jobs)) {
                Job *first = g_ptr_array_index(jobs, 0);

                queue->hooks.begins(queue->hooks.data);
                if (first->call)
                        run_call(queue, first);
                else
                        run_group(queue, jobs);
                queue->hooks.ended(queue->hooks.data);
                queue->warm = true;
                finish(queue, jobs);
        }
        return NULL;
}

bool queue_start(Queue *queue, Db *db, const char *name, GError **error)
{
        g_assert(!queue->thread);
        queue->journal = journal_writer_new(db, error);
        if (!queue->journal) {
                (void)db_close(db);
                return false;
        }
        queue->db = db;
        g_mutex_lock(&queue->lock);
        queue->running = true;
        queue->thread = g_thread_new(name, work, queue);
        g_mutex_unlock(&queue->lock);
        return true;
}

void queue_stop(Queue *queue)
{
        g_mutex_lock(&queue->lock);
        GThread *thread = g_steal_pointer(&queue->thread);
        queue->running = false;
        g_cond_signal(&queue->arrived);
        g_mutex_unlock(&queue->lock);
        if (!thread)
                return;
        (void)g_thread_join(thread);
        queue->journal = journal_writer_free(queue->journal);
        if (!queue->db)
                return;
        db_drop_statements(queue->db);
        /* What cannot be checkpointed now stays in the -wal file, ignoring. */
        (void)db_run(queue->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);
        queue->db = db_close(queue->db);
}

static bool submit(Queue *queue, Job *job, GError **error)
{
        g_cond_init(&job->finished);
        g_mutex_lock(&queue->lock);
        bool running = queue->running;
        if (running) {
                g_queue_push_tail(&queue->jobs, job);
                g_cond_signal(&queue->arrived);
                while (!job->done)
                        g_cond_wait(&job->finished, &queue->lock);
        }
        g_mutex_unlock(&queue->lock);
        g_cond_clear(&job->finished);
        if (job->error)
                g_propagate_error(error, job->error);
        return job->ok;
}

/* The writer thread would wait for itself for ever. */
static bool check_thread(Queue *queue, GError **error)
{
        g_mutex_lock(&queue->lock);
        bool own = queue->thread == g_thread_self();
        g_mutex_unlock(&queue->lock);
        if (!own)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                    "a write was asked for inside a write");
        return false;
}

bool queue_write(Queue *queue, const WriteOptions *options, StoreWork run, void *data,
                 GError **error)
{
        Job job = {.options = options, .work = run, .data = data};

        return check_thread(queue, error) && submit(queue, &job, error);
}

bool queue_call(Queue *queue, QueueCall call, void *data, GError **error)
{
        Job job = {.call = call, .data = data};

        return check_thread(queue, error) && submit(queue, &job, error);
}
