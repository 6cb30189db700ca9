/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue of the read log, and its writing. */
#include "gate/read-log.h"

#include <string.h>

#define DAY_US ((int64_t)24 * 3600 * G_USEC_PER_SEC)

struct ReadLog {
        ReadLogOptions options;
        GMutex lock;   /* guards down to the blank line */
        GCond written; /* the queue is shorter */
        GQueue queue;  /* ReadEntry, oldest first */
        bool called;   /* the loop knows that something waits */

        GMutex writing;         /* held by the one who writes */
        gint failing;           /* atomic: the last write did */
        sd_event_source *timer; /* loop thread */
        gint stopped;           /* atomic */
};

static void entry_free(void *data)
{
        ReadEntry *entry = data;

        g_free(entry->session);
        shown_clear(&entry->shown);
        g_free(entry);
}

ReadLog *read_log_new(const ReadLogOptions *options)
{
        ReadLog *log = g_new0(ReadLog, 1);

        log->options = *options;
        g_mutex_init(&log->lock);
        g_mutex_init(&log->writing);
        g_cond_init(&log->written);
        g_queue_init(&log->queue);
        return log;
}

void read_log_stop(ReadLog *log)
{
        g_atomic_int_set(&log->stopped, 1);
        log->timer = sd_event_source_disable_unref(log->timer);
}

ReadLog *read_log_free(ReadLog *log)
{
        if (!log)
                return NULL;
        read_log_stop(log);
        g_queue_clear_full(&log->queue, entry_free);
        g_mutex_clear(&log->lock);
        g_mutex_clear(&log->writing);
        g_cond_clear(&log->written);
        g_free(log);
        return NULL;
}

/* ---- writing ---- */

typedef struct Batch {
        const ReadLog *log;
        GQueue entries;
        GArray *usage;
} Batch;

static bool write_rows(Db *db, const ReadEntry *entry, GError **error)
{
        const GArray *ids = entry->shown.ids;

        for (unsigned i = 0; ids && i < ids->len; i++) {
                Statement *row = db_statement(
                        db, "INSERT INTO read_rows SELECT :row, max(id) FROM reads", error);

                if (!row)
                        return false;
                statement_bind_text(row, ":row", g_array_index(ids, ShownId, i).text);
                if (!statement_run(row, error))
                        return false;
        }
        return true;
}

static bool write_entry(Db *db, const ReadEntry *entry, GError **error)
{
        const Shown *shown = &entry->shown;
        Statement *row = db_statement(
                db,
                "INSERT INTO reads (ts, connection_id, session_id, tool, digest, row_count, bytes,"
                " shown, cut, outcome, duration_us) VALUES (:ts, :connection, :session, :tool,"
                " :digest, :rows, :bytes, :shown, :cut, :outcome, :duration)",
                error);

        if (!row)
                return false;
        statement_bind_int(row, ":ts", entry->time_us);
        statement_bind_text(row, ":connection", entry->connection);
        statement_bind_text(row, ":session", entry->session);
        statement_bind_text(row, ":tool", entry->tool);
        statement_bind_text(row, ":digest", entry->digest);
        statement_bind_int(row, ":rows", (int64_t)shown->rows);
        statement_bind_int(row, ":bytes", (int64_t)shown->bytes);
        statement_bind_int(row, ":shown", shown->ids ? shown->ids->len : 0);
        statement_bind_int(row, ":cut", shown->cut);
        statement_bind_text(row, ":outcome", entry->outcome);
        statement_bind_int(row, ":duration", entry->duration_us);
        return statement_run(row, error) && write_rows(db, entry, error);
}

/* The newest entry that is to go, 0: none. Entries stand in the order of their times, nearly. */
static bool find_last_to_go(Db *db, const ReadLogOptions *options, int64_t *ret, GError **error)
{
        Statement *row = db_statement(
                db,
                "SELECT max(id) FROM (SELECT id, ts FROM reads ORDER BY id LIMIT :step)"
                " WHERE ts < :since OR id <= (SELECT max(id) FROM reads) - :rows",
                error);

        if (!row)
                return false;
        statement_bind_int(row, ":step", READS_PRUNED_MAX);
        statement_bind_int(row, ":since", clock_now() - options->days * DAY_US);
        statement_bind_int(row, ":rows", options->rows_max);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0);
        return true;
}

static bool delete_up_to(Db *db, const char *sql, int64_t last, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":last", last);
        return statement_run(statement, error);
}

static bool prune(Db *db, const ReadLogOptions *options, GError **error)
{
        int64_t last;

        return find_last_to_go(db, options, &last, error) &&
               (last == 0 ||
                (delete_up_to(db, "DELETE FROM read_rows WHERE read_id <= :last", last, error) &&
                 delete_up_to(db, "DELETE FROM reads WHERE id <= :last", last, error)));
}

static bool write_batch(Db *db, void *data, GError **error)
{
        const Batch *batch = data;

        for (GList *link = batch->entries.head; link; link = link->next)
                if (!write_entry(db, link->data, error))
                        return false;
        return usage_write(db, batch->usage, error) && prune(db, &batch->log->options, error);
}

static void take(ReadLog *log, Batch *batch)
{
        g_mutex_lock(&log->lock);
        batch->entries = log->queue;
        metric_add(log->options.queued, -(int64_t)batch->entries.length);
        g_queue_init(&log->queue);
        log->called = false;
        g_mutex_unlock(&log->lock);
        batch->usage = usage_take(log->options.usage);
}

/* What could not be written goes before what came meanwhile. */
static void give_back(ReadLog *log, Batch *batch)
{
        void *entry;

        g_mutex_lock(&log->lock);
        metric_add(log->options.queued, batch->entries.length);
        while ((entry = g_queue_pop_tail(&batch->entries)))
                g_queue_push_head(&log->queue, entry);
        g_mutex_unlock(&log->lock);
        usage_give_back(log->options.usage, batch->usage);
}

static bool write_it(ReadLog *log, Batch *batch, GError **error)
{
        const Actor actor = {.kind = ACTOR_SYSTEM, .name = "gate"};
        WriteOptions options = {.actor = &actor};

        return (g_queue_is_empty(&batch->entries) && batch->usage->len == 0) ||
               store_write(log->options.ops, &options, write_batch, batch, error);
}

bool read_log_flush(ReadLog *log, GError **error)
{
        Batch batch = {.log = log};

        g_mutex_lock(&log->writing);
        take(log, &batch);
        bool ok = write_it(log, &batch, error);
        if (!ok)
                give_back(log, &batch);
        g_atomic_int_set(&log->failing, !ok);
        g_mutex_unlock(&log->writing);
        g_queue_clear_full(&batch.entries, entry_free);
        g_array_unref(batch.usage);
        g_mutex_lock(&log->lock);
        g_cond_broadcast(&log->written);
        g_mutex_unlock(&log->lock);
        return ok;
}

/* ---- when ---- */

static void arm(ReadLog *log);

static void flush_work(void *data)
{
        ReadLog *log = data;
        g_autoptr(GError) error = NULL;
        bool failed_before = g_atomic_int_get(&log->failing);

        if (!read_log_flush(log, &error) && !failed_before)
                log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, error,
                          "Cannot write the read log; it is tried again");
}

static unsigned waiting(ReadLog *log)
{
        g_mutex_lock(&log->lock);
        unsigned length = log->queue.length;
        g_mutex_unlock(&log->lock);
        return length;
}

static void flush_done(void *data)
{
        ReadLog *log = data;

        if (waiting(log) > 0)
                arm(log);
}

static void begin(ReadLog *log)
{
        log->timer = sd_event_source_disable_unref(log->timer);
        worker_pool_push(log->options.pool, flush_work, flush_done, log);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
        begin(data);
        return 0;
}

static void arm(ReadLog *log)
{
        if (log->timer || g_atomic_int_get(&log->stopped))
                return;
        int r = sd_event_add_time_relative(log->options.loop, &log->timer, CLOCK_MONOTONIC,
                                           READS_FLUSH_MS * (uint64_t)1000,
                                           /* accuracy= */ 100000, on_timer, log);
        if (r < 0)
                log_debug("Cannot set a timer: %s, ignoring", g_strerror(-r));
}

static void on_called(void *data)
{
        ReadLog *log = data;

        if (g_atomic_int_get(&log->stopped))
                return;
        if (waiting(log) >= READS_FLUSH_AT)
                begin(log);
        else
                arm(log);
}

void read_log_add(ReadLog *log, ReadEntry *entry)
{
        g_mutex_lock(&log->lock);
        g_queue_push_tail(&log->queue, entry);
        metric_add(log->options.queued, 1);
        bool call = !log->called || log->queue.length == READS_FLUSH_AT;
        log->called = true;
        g_mutex_unlock(&log->lock);
        if (call)
                mailbox_post(log->options.mailbox, on_called, log);
}

bool read_log_has_room(ReadLog *log, GError **error)
{
        int64_t patience = g_get_monotonic_time() + READS_WAIT_MS * 1000;
        bool room, full;

        g_mutex_lock(&log->lock);
        full = log->queue.length >= READS_QUEUED_MAX;
        g_mutex_unlock(&log->lock);
        if (!full)
                return true;
        if (store_gives_up(error))
                return false;
        g_mutex_lock(&log->lock);
        while (log->queue.length >= READS_QUEUED_MAX &&
               g_cond_wait_until(&log->written, &log->lock, patience))
                ;
        room = log->queue.length < READS_QUEUED_MAX;
        g_mutex_unlock(&log->lock);
        if (!room)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "READS_QUEUED_MAX (%d) entries wait to be written to the read log; "
                            "try again",
                            READS_QUEUED_MAX);
        return room;
}
