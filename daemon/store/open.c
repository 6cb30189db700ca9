/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening: what can be said of a file before and after it is given the key, making a new one, migrating an
 * old one. None of it reads more than a few pages, however large the file is. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/chain.h"
#include "store/copy.h"
#include "store/journal-trigger.h"
#include "store/migrate.h"
#include "store/state.h"

#define PAGE_BYTES 4096 /* SQLCipher 4's page size */
#define CHECKPOINT_PAGES                                                                           \
        16384 /* 64 MB of -wal, in one go; the writer does it earlier when it rests */

static bool corrupt(const char *path, const char *what, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT, "%s: %s", path, what);
        return false;
}

/* With a -wal file the end of the file may be half written: its page is still in there. */
static bool check_size(const char *path, off_t size, GError **error)
{
        if (size == 0)
                return corrupt(path, "the file is empty", error);
        if (size < PAGE_BYTES || (size % PAGE_BYTES != 0 && !copy_has_wal(path)))
                return corrupt(path, "the file is cut off: its size is not a whole number of pages",
                               error);
        return true;
}

static bool check_file(const char *path, GError **error)
{
        char magic[16] = {0};
        struct stat st;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* it may be a FIFO */

        if (fd < 0 || fstat(fd, &st) < 0) {
                error_set_errno(error, errno, "cannot open %s", path);
                if (fd >= 0)
                        (void)close(fd);
                return false;
        }
        ssize_t n = pread(fd, magic, sizeof(magic), 0);
        (void)close(fd);
        if (!S_ISREG(st.st_mode))
                return corrupt(path, "it is not a regular file", error);
        if (n == (ssize_t)sizeof(magic) && memcmp(magic, "SQLite format 3", sizeof(magic)) == 0)
                return corrupt(path, "it is a database that is not encrypted, so not one of ours",
                               error);
        return check_size(path, st.st_size, error);
}

static bool check_version(const Db *db, StoreKind kind, int64_t version, GError **error)
{
        int64_t newest = migrate_newest(kind);

        if (version < 1)
                return corrupt(db->path, "it has no schema version, so it is not a store", error);
        if (version <= newest)
                return true;
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                "%s was written by a newer version of the program: its schema version is %" G_GINT64_FORMAT
                ", this program knows up to %" G_GINT64_FORMAT,
                db->path, version, newest);
        return false;
}

Db *open_checked(StoreKind kind, const DbOptions *options, int64_t *ret_version, GError **error)
{
        g_autoptr(OwnDb) db = NULL;
        int64_t version;

        if (!check_file(options->path, error))
                return NULL;
        db = db_open(options, error);
        if (!db || !db_query_int(db, "PRAGMA user_version", &version, error) ||
            !check_version(db, kind, version, error) || !chain_check_tail(db, error))
                return NULL;
        *ret_version = version;
        return g_steal_pointer(&db);
}

/* The copy is made before anything is changed, and stays. */
static bool copy_aside(Db *db, const uint8_t *key, int64_t newest, GError **error)
{
        g_autofree char *copy = g_strdup_printf("%s.before-%" G_GINT64_FORMAT, db->path, newest);
        g_autofree char *partial = g_strconcat(copy, ".partial", NULL);

        copy_remove(partial);
        if (!copy_to(db, partial, key, error))
                return false;
        if (rename(partial, copy) < 0) {
                error_set_errno(error, errno, "cannot name %s", copy);
                return false;
        }
        return file_sync_folder(copy, error);
}

/* Worth a word to a person even from a room: there is a copy now that only they can decide to delete. */
static void tell_migrated(const Db *db, int64_t from, int64_t to)
{
        log_event(LOG_MIGRATED_EVENT, LOG_NOTICE, NULL, NULL,
                  "Brought %s from schema %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                  "; as it was before it lies in %s.before-%" G_GINT64_FORMAT,
                  db->path, from, to, db->path, to);
}

static bool migrate(Db *db, StoreKind kind, const uint8_t *key, int64_t *version, GError **error)
{
        int64_t newest = migrate_newest(kind);

        if (*version == newest)
                return journal_triggers_make(db, error);
        if (!copy_aside(db, key, newest, error) || !migrate_run(db, kind, *version, error))
                return false;
        tell_migrated(db, *version, newest);
        *version = newest;
        return true;
}

static bool set_wal(Db *db, GError **error)
{
        g_autofree char *sql = g_strdup_printf("PRAGMA wal_autocheckpoint = %d;"
                                               "PRAGMA journal_size_limit = %d;",
                                               CHECKPOINT_PAGES, CHECKPOINT_PAGES * PAGE_BYTES);
        int64_t is_wal = 0;

        /* The pragma answers with the mode that holds afterwards; it does not fail. */
        if (!db_run(db, "PRAGMA journal_mode = WAL", error) || !db_run(db, sql, error) ||
            !db_query_int(db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &is_wal,
                          error))
                return false;
        if (is_wal)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "%s: the file system cannot hold a write-ahead log", db->path);
        return false;
}

Db *open_existing(const Store *store, const uint8_t key[STORE_KEY_BYTES], int64_t *ret_version,
                  GError **error)
{
        DbOptions options = {
                .path = store->path, .key = key, .role = DB_WRITER, .cache_kb = store->cache_kb};
        g_autoptr(OwnDb) db = open_checked(store->kind, &options, ret_version, error);

        if (!db || !set_wal(db, error) || !migrate(db, store->kind, key, ret_version, error))
                return NULL;
        return g_steal_pointer(&db);
}

static bool fill_new(StoreKind kind, const char *path, const uint8_t *key, GError **error)
{
        DbOptions options = {.path = path, .key = key, .role = DB_PLAIN};
        g_autoptr(OwnDb) db = db_open(&options, error);

        return db && migrate_run(db, kind, 0, error);
}

bool open_create(const Store *store, const uint8_t key[STORE_KEY_BYTES], GError **error)
{
        g_autofree char *path = g_strconcat(store->path, ".new", NULL);

        copy_remove(path); /* of an earlier try that was cut short */
        if (!copy_make_file(path, error) || !fill_new(store->kind, path, key, error)) {
                copy_remove(path);
                return false;
        }
        if (rename(path, store->path) < 0) {
                error_set_errno(error, errno, "cannot name %s", store->path);
                copy_remove(path);
                return false;
        }
        return file_sync_folder(store->path, error);
}
