/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Store: one file with its lock, its writer and its readers. Closed when made, opened with the key, closed
 * again; while it is closed every read and write says why. */
#include <malloc.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/allowance.h"
#include "store/impatience.h"
#include "store/clean.h"
#include "store/copy.h"
#include "store/lock.h"
#include "store/state.h"

#define CACHE_MB_DEFAULT 64

/* SQLite's own count of its memory takes a lock shared by all threads at each allocation: a tenth of the time
 * of a write. Without effect, and without harm, once SQLite is in use. */
static void start_sqlite(void)
{
        allowance_install();
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static void on_write_begins(void *data)
{
        reader_pool_write_begins(((Store *)data)->readers);
}

static void on_write_ended(void *data)
{
        reader_pool_write_ended(((Store *)data)->readers);
}

static void on_writer_sleeps(void *data)
{
        reader_pool_trim(((Store *)data)->readers);
        (void)malloc_trim(0);
}

static void add_metrics(Store *store, Metrics *metrics)
{
        static const MetricFamily writing = {"ouroboros_store_writes_waiting",
                                             "Writes that wait for the writer or are at work."};
        static const MetricFamily read_time = {"ouroboros_store_read_seconds",
                                               "How long a snapshot for reading was held."};
        static const MetricFamily write_time = {
                "ouroboros_store_write_seconds",
                "From the asking for a write until it is on disk or has failed."};
        g_autofree char *label =
                metrics_label("store", store->kind == STORE_VAULT ? "vault" : "ops");

        store->writing = metrics_series(metrics, METRIC_GAUGE, &writing, label);
        store->read_time = metrics_histogram(metrics, &read_time, label);
        store->write_time = metrics_histogram(metrics, &write_time, label);
}

Store *store_new(const StoreOptions *options, GError **error)
{
        g_autoptr(Store) store = g_new0(Store, 1);
        unsigned cache_mb = options->cache_mb ? options->cache_mb : CACHE_MB_DEFAULT;

        g_mutex_init(&store->life);
        g_mutex_init(&store->lock);
        store->lock_fd = -1;
        store->kind = options->kind;
        store->path = g_strdup(options->path);
        store->cache_kb = cache_mb * 1024;
        store->files = g_strdup(options->files);
        store->erasers = erasers_new();
        add_metrics(store, options->metrics);
        start_sqlite();
        if (sodium_init() < 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                            "libsodium does not start");
                return NULL;
        }
        randombytes_buf(store->erase_key, sizeof(store->erase_key));
        store->listeners = listeners_new(options->loop, error);
        if (!store->listeners)
                return NULL;
        store->readers = reader_pool_new(store->path, store->cache_kb);
        store->queue = queue_new(store->listeners, &(QueueHooks){on_write_begins, on_write_ended,
                                                                 on_writer_sleeps, store});
        return g_steal_pointer(&store);
}

Store *store_free(Store *store)
{
        if (!store)
                return NULL;
        if (store->queue)
                store_close(store);
        (void)queue_free(store->queue);
        (void)reader_pool_free(store->readers);
        (void)listeners_free(store->listeners);
        g_clear_error(&store->reason);
        g_mutex_clear(&store->life);
        g_mutex_clear(&store->lock);
        (void)erasers_free(store->erasers);
        g_free(store->files);
        g_free(store->path);
        g_free(store);
        return NULL;
}

bool store_is_open(Store *store)
{
        g_mutex_lock(&store->lock);
        bool open = store->open;
        g_mutex_unlock(&store->lock);
        return open;
}

uint64_t store_openings(Store *store)
{
        g_mutex_lock(&store->lock);
        uint64_t openings = store->openings;
        g_mutex_unlock(&store->lock);
        return openings;
}

void store_set_unavailable(Store *store, const GError *reason)
{
        g_mutex_lock(&store->lock);
        g_clear_error(&store->reason);
        store->reason = g_error_copy(reason);
        g_mutex_unlock(&store->lock);
}

/* Waiting helps against neither damage nor another daemon: those keep their code. */
static OuroborosError closed_code(const GError *reason)
{
        OuroborosError code = error_code(reason);

        return code == OUROBOROS_ERROR_CORRUPT || code == OUROBOROS_ERROR_CONFLICT
                       ? code
                       : OUROBOROS_ERROR_UNAVAILABLE;
}

static void set_closed_error(Store *store, GError **error)
{
        g_mutex_lock(&store->lock);
        if (store->reason)
                g_set_error(error, OUROBOROS_ERROR, closed_code(store->reason), "%s",
                            store->reason->message);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE, "%s is not open",
                            store->path);
        g_mutex_unlock(&store->lock);
}

void store_set_failure(Store *store, GError *failed, GError **error)
{
        if (failed)
                g_propagate_error(error, failed);
        else
                set_closed_error(store, error);
}

static bool find_or_make(Store *store, const uint8_t *key, bool create, GError **error)
{
        if (access(store->path, F_OK) == 0)
                return true;
        if (create)
                return open_create(store, key, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "there is no %s",
                    store->path);
        return false;
}

/* With the lock held: the file and its threads. */
static bool open_locked(Store *store, const uint8_t *key, bool create, GError **error)
{
        g_autofree char *rekeyed = g_strconcat(store->path, ".rekey", NULL);
        int64_t version;

        copy_remove(rekeyed); /* of a rekey that was cut short: the old file still counts */
        if (!find_or_make(store, key, create, error))
                return false;
        Db *db = open_existing(store, key, &version, error);
        if (db && !erase_finish_at_start(store, &db, key, error))
                return false;
        if (!db || !queue_start(store->queue, db, "store-writer", error))
                return false;
        reader_pool_open(store->readers, key);
        store->version = version;
        return true;
}

static void set_open(Store *store, int lock_fd)
{
        g_mutex_lock(&store->lock);
        store->open = true;
        store->openings++;
        store->lock_fd = lock_fd;
        g_clear_error(&store->reason);
        g_mutex_unlock(&store->lock);
}

static bool open_store(Store *store, const uint8_t *key, bool create, GError **error)
{
        g_autoptr(GError) failed = NULL;

        if (store_is_open(store)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT, "%s is open already",
                            store->path);
                return false;
        }
        int fd = lock_take(store->path, &failed);
        if (fd >= 0 && open_locked(store, key, create, &failed)) {
                set_open(store, fd);
                return true;
        }
        if (fd >= 0)
                (void)close(fd);
        store_set_unavailable(store, failed);
        g_propagate_error(error, g_steal_pointer(&failed));
        return false;
}

bool store_open(Store *store, const uint8_t key[STORE_KEY_BYTES], bool create, GError **error)
{
        g_mutex_lock(&store->life);
        bool ok = open_store(store, key, create, error);
        g_mutex_unlock(&store->life);
        return ok;
}

static bool set_closed(Store *store)
{
        g_mutex_lock(&store->lock);
        bool was_open = store->open;
        store->open = false;
        g_mutex_unlock(&store->lock);
        return was_open;
}

void store_shut(Store *store)
{
        if (!set_closed(store))
                return;
        /* The writer's last act is a checkpoint, which readers would keep from finishing. */
        reader_pool_close(store->readers);
        queue_stop(store->queue);
        (void)close(store->lock_fd);
        store->lock_fd = -1;
}

void store_close(Store *store)
{
        g_mutex_lock(&store->life);
        store_shut(store);
        g_mutex_unlock(&store->life);
}

Db *store_reader(Store *store, const Scope *scope, GError **error)
{
        g_autoptr(GError) failed = NULL;
        /* The handle keeps a reference, hence not const inside. */
        Db *db = reader_pool_take(store->readers, (Scope *)(uintptr_t)scope, &failed);

        if (!db) {
                store_set_failure(store, g_steal_pointer(&failed), error);
                return NULL;
        }
        db->time = store->read_time;
        db->taken_us = g_get_monotonic_time();
        return db;
}

bool store_write(Store *store, const WriteOptions *options, StoreWork work, void *data,
                 GError **error)
{
        g_autoptr(GError) failed = NULL;

        if (!write_has_actor(options->actor, error) || impatience_refuses(error))
                return false;
        int64_t began_us = g_get_monotonic_time();
        metric_add(store->writing, 1);
        bool done = queue_write(store->queue, options, work, data, &failed);
        metric_add(store->writing, -1);
        histogram_observe(store->write_time, g_get_monotonic_time() - began_us);
        if (!done)
                store_set_failure(store, g_steal_pointer(&failed), error);
        return done;
}

bool store_call(Store *store, QueueCall call, void *data, GError **error)
{
        g_autoptr(GError) failed = NULL;

        if (queue_call(store->queue, call, data, &failed))
                return true;
        store_set_failure(store, g_steal_pointer(&failed), error);
        return false;
}

void store_add_feed(Store *store, StoreFeed feed, void *data)
{
        listeners_add_feed(store->listeners, feed, data);
}

void store_remove_feed(Store *store, StoreFeed feed, void *data)
{
        listeners_remove_feed(store->listeners, feed, data);
}

void store_add_derivation(Store *store, const char *table, StoreDerivation derive, void *data)
{
        listeners_add_derivation(store->listeners, table, derive, data);
}

void store_add_eraser(Store *store, const char *table, const StoreEraser *eraser)
{
        erasers_add(store->erasers, table, eraser);
}

static bool trim(Db **db, void *data, GError **error)
{
        if (!*db)
                return true;
        db_drop_statements(*db);
        (void)sqlite3_db_release_memory((*db)->sqlite);
        return true;
}

void store_trim(Store *store)
{
        reader_pool_trim(store->readers);
        (void)queue_call(store->queue, trim, NULL, NULL);
        (void)malloc_trim(0);
}

static int64_t size_of(const char *path, const char *suffix)
{
        g_autofree char *name = g_strconcat(path, suffix, NULL);
        struct stat st;

        return stat(name, &st) == 0 ? st.st_size : 0;
}

bool store_status(Store *store, StoreStatus *ret, GError **error)
{
        g_autoptr(Db) db = store_reader(store, /* scope= */ NULL, error);
        int64_t entries;

        if (!db ||
            !db_query_int(db, "SELECT coalesce(max(seq), 0) FROM mutations", &entries, error))
                return false;
        ret->entries = entries;
        ret->file_bytes = size_of(store->path, "") + size_of(store->path, "-wal");
        ret->schema_version = store->version;
        return true;
}
