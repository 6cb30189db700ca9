/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backup, restore and rekey: a whole new file is written beside, synced and checked, and only then takes
 * its name, so that a crash at any point leaves the old file or the new one. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/chain.h"
#include "store/copy.h"
#include "store/lock.h"
#include "store/state.h"

#define REKEY_WAIT_US (30 * G_USEC_PER_SEC) /* how long a rekey waits for readers */
#define CHECK_ENTRIES 10000                 /* journal entries between two looks */

/* ---- backup ---- */

static bool check_copy(const Store *store, const char *path, const uint8_t *key, GError **error)
{
        DbOptions options = {.path = path, .key = key, .role = DB_PLAIN};
        int64_t version;
        g_autoptr(OwnDb) db = open_checked(store->kind, &options, &version, error);

        return db != NULL;
}

static bool take_name(const char *partial, const char *path, GError **error)
{
        if (renameat2(AT_FDCWD, partial, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
                return file_sync_folder(path, error);
        if (errno == EEXIST)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT, "%s exists already",
                            path);
        else
                error_set_errno(error, errno, "cannot name %s", path);
        return false;
}

/* The reader's snapshot holds while it is copied: writers go on, and the copy never starts over. */
bool store_backup(Store *store, const char *path, GError **error)
{
        g_autofree char *partial = g_strconcat(path, ".partial", NULL);
        g_autoptr(Db) db = store_reader(store, NULL, error);

        if (!db)
                return false;
        if (g_file_test(path, G_FILE_TEST_EXISTS)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT, "%s exists already",
                            path);
                return false;
        }
        const uint8_t *key = reader_pool_key(store->readers);
        if (!copy_to(db, partial, key, error))
                return false;
        if (check_copy(store, partial, key, error) && take_name(partial, path, error))
                return true;
        copy_remove(partial);
        return false;
}

/* ---- restore ---- */

static bool check_chain(Db *db, GError **error)
{
        g_auto(ChainCheck) check = {0};
        int64_t before;

        do {
                before = check.checked;
                if (!chain_check(db, &check, CHECK_ENTRIES, error))
                        return false;
        } while (!check.problem && check.checked > before);
        if (!check.problem)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT, "%s: %s", db->path,
                    check.problem);
        return false;
}

/* A copy of the backup beside the store: the backup may lie where nothing can be written, and SQLite
 * wants to write its -shm beside whatever it opens. */
static bool fetch_backup(const char *backup, const char *to, GError **error)
{
        g_autofree char *wal = g_strconcat(backup, "-wal", NULL);
        g_autofree char *to_wal = g_strconcat(to, "-wal", NULL);

        copy_remove(to);
        return copy_file(backup, to, error) &&
               (!copy_has_wal(backup) || copy_file(wal, to_wal, error));
}

/* Checks the copy, with everything in one file afterwards. */
static bool check_backup(const Store *store, const char *path, const uint8_t *key, GError **error)
{
        DbOptions options = {.path = path, .key = key, .role = DB_PLAIN};
        int64_t version;
        g_autoptr(OwnDb) db = open_checked(store->kind, &options, &version, error);

        return db && check_chain(db, error) && db_run(db, "PRAGMA wal_checkpoint(TRUNCATE)", error);
}

static bool write_with_key(const Store *store, const char *path, const char *to,
                           const StoreKeys *keys, GError **error)
{
        DbOptions options = {.path = path, .key = keys->backup, .role = DB_PLAIN};
        g_autoptr(OwnDb) db = db_open(&options, error);

        copy_remove(to);
        return db && copy_to(db, to, keys->store, error) &&
               check_copy(store, to, keys->store, error);
}

/* Gives the copy the store's key, if it has another one. */
static bool adopt(const Store *store, const char *path, const StoreKeys *keys, GError **error)
{
        g_autofree char *adopted = g_strconcat(path, ".rekey", NULL);

        if (sodium_memcmp(keys->backup, keys->store, STORE_KEY_BYTES) == 0)
                return true;
        if (!write_with_key(store, path, adopted, keys, error)) {
                copy_remove(adopted);
                return false;
        }
        copy_remove(path);
        if (rename(adopted, path) == 0)
                return true;
        error_set_errno(error, errno, "cannot name %s", path);
        copy_remove(adopted);
        return false;
}

static char *prepared_name(const Store *store)
{
        return g_strconcat(store->path, ".restore", NULL);
}

bool store_prepare_restore(Store *store, const char *backup, const StoreKeys *keys, GError **error)
{
        g_autofree char *fetched = prepared_name(store);

        if (fetch_backup(backup, fetched, error) &&
            check_backup(store, fetched, keys->backup, error) && adopt(store, fetched, keys, error))
                return true;
        g_prefix_error(error, "the backup %s is not usable: ", backup);
        copy_remove(fetched);
        return false;
}

bool store_has_restore(Store *store)
{
        g_autofree char *fetched = prepared_name(store);

        return g_file_test(fetched, G_FILE_TEST_EXISTS);
}

void store_drop_restore(Store *store)
{
        g_autofree char *fetched = prepared_name(store);

        copy_remove(fetched);
}

/* Brings what is in the -wal of the old file into it, if it still can be read. */
static void settle(const Store *store, const uint8_t *key)
{
        DbOptions options = {.path = store->path, .key = key, .role = DB_PLAIN};
        g_autoptr(OwnDb) db = NULL;

        if (copy_has_wal(store->path))
                db = db_open(&options, NULL);
        if (db)
                (void)db_run(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL);
}

static bool is_same_file(const char *a, const char *b)
{
        struct stat one, other;

        return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
               one.st_ino == other.st_ino;
}

/* The old file gets a second name; its own is then replaced in one step. A -wal that could not be settled
 * goes with it: left there, it would be taken for the new file's. */
static bool set_aside(const Store *store, const char *aside, GError **error)
{
        g_autofree char *aside_wal = g_strconcat(aside, "-wal", NULL);
        g_autofree char *wal = g_strconcat(store->path, "-wal", NULL);
        g_autofree char *shm = g_strconcat(store->path, "-shm", NULL);

        if (!g_file_test(store->path, G_FILE_TEST_EXISTS))
                return true;
        /* an older one is never replaced; our own is there already if a stop came between two steps */
        if (link(store->path, aside) < 0 &&
            !(errno == EEXIST && is_same_file(store->path, aside))) {
                error_set_errno(error, errno, "cannot set %s aside as %s", store->path, aside);
                return false;
        }
        if (copy_has_wal(store->path) &&
            renameat2(AT_FDCWD, wal, AT_FDCWD, aside_wal, RENAME_NOREPLACE) < 0) {
                error_set_errno(error, errno, "cannot set %s aside as %s", wal, aside_wal);
                (void)g_unlink(aside);
                return false;
        }
        (void)g_unlink(wal);
        (void)g_unlink(shm);
        return file_sync_folder(store->path, error);
}

/* Takes back what set_aside() did, in the opposite order: a stop in between leaves what can be taken back again. */
static bool put_back(const Store *store, const char *aside, GError **error)
{
        g_autofree char *aside_wal = g_strconcat(aside, "-wal", NULL);
        g_autofree char *wal = g_strconcat(store->path, "-wal", NULL);
        bool had_wal = copy_has_wal(aside);

        if ((had_wal && rename(aside_wal, wal) < 0) || rename(aside, store->path) < 0) {
                error_set_errno(error, errno, "cannot put %s back as %s", aside, store->path);
                return false;
        }
        /* two names of one file: rename() has left both */
        (void)g_unlink(aside);
        return file_sync_folder(store->path, error);
}

static bool restore_locked(Store *store, const char *aside, const uint8_t *key, GError **error)
{
        g_autofree char *fetched = prepared_name(store);

        settle(store, key);
        if (!set_aside(store, aside, error))
                return false;
        if (rename(fetched, store->path) < 0) {
                error_set_errno(error, errno, "cannot name %s", store->path);
                if (g_file_test(aside, G_FILE_TEST_EXISTS))
                        (void)put_back(store, aside, NULL);
                return false;
        }
        copy_remove(fetched); /* its empty -wal */
        return file_sync_folder(store->path, error);
}

static bool restore(Store *store, const char *aside, const uint8_t *key, GError **error)
{
        if (store_is_open(store)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s must be closed before it is restored", store->path);
                return false;
        }
        int fd = lock_take(store->path, error);
        if (fd < 0)
                return false;
        bool ok = key ? restore_locked(store, aside, key, error) : put_back(store, aside, error);
        (void)close(fd);
        return ok;
}

bool store_restore(Store *store, const char *aside, const uint8_t key[STORE_KEY_BYTES],
                   GError **error)
{
        g_mutex_lock(&store->life);
        bool ok = restore(store, aside, key, error);
        g_mutex_unlock(&store->life);
        return ok;
}

bool store_undo_restore(Store *store, const char *aside, GError **error)
{
        g_mutex_lock(&store->life);
        bool ok = restore(store, aside, /* key= */ NULL, error);
        g_mutex_unlock(&store->life);
        return ok;
}

/* ---- rekey ---- */

typedef struct Rekey {
        Store *store;
        const uint8_t *key;
        uint8_t *old_key; /* what the file has until the new one takes its name */
        bool swapped;     /* it has */
        bool lost;        /* there is no handle on either */
} Rekey;

static bool write_rekeyed(const Rekey *rekey, Db *db, const char *path, GError **error)
{
        if (!db_run(db, "PRAGMA wal_checkpoint(TRUNCATE)", error) || !db_run(db, "BEGIN", error))
                return false;
        bool ok = copy_to(db, path, rekey->key, error);
        (void)db_run(db, "ROLLBACK", NULL);
        return ok && check_copy(rekey->store, path, rekey->key, error);
}

/* With every handle closed SQLite has removed the -wal; if it is still there, the new file must not get it. */
static bool swap(const Rekey *rekey, const char *path, GError **error)
{
        const char *name = rekey->store->path;

        if (copy_has_wal(name)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "%s: its write-ahead log could not be emptied", name);
                return false;
        }
        if (rename(path, name) < 0) {
                error_set_errno(error, errno, "cannot name %s", name);
                return false;
        }
        return true;
}

/* On the writer thread, with no reader out. */
static bool replace_file(Rekey *rekey, Db **db, GError **error)
{
        g_autofree char *path = g_strconcat(rekey->store->path, ".rekey", NULL);
        int64_t version;

        copy_remove(path);
        if (!write_rekeyed(rekey, *db, path, error)) {
                copy_remove(path);
                return false;
        }
        *db = db_close(*db);
        rekey->swapped = swap(rekey, path, error);
        if (!rekey->swapped) {
                copy_remove(path);
                *db = open_existing(rekey->store, rekey->old_key, &version, NULL);
        } else if (file_sync_folder(path, error)) /* else the old key must not be forgotten yet */
                *db = open_existing(rekey->store, rekey->key, &version, error);
        rekey->lost = *db == NULL;
        return rekey->swapped && *db;
}

static bool rekey_call(Db **db, void *data, GError **error)
{
        Rekey *rekey = data;
        ReaderPool *readers = rekey->store->readers;

        rekey->old_key = reader_pool_copy_key(readers);
        if (!reader_pool_hold(readers, REKEY_WAIT_US)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                            "readers were at work for longer than REKEY_WAIT_US (%d s)",
                            (int)(REKEY_WAIT_US / G_USEC_PER_SEC));
                return false;
        }
        bool ok = replace_file(rekey, db, error);
        reader_pool_open(readers, rekey->swapped ? rekey->key : rekey->old_key);
        return ok;
}

bool store_rekey(Store *store, const uint8_t key[STORE_KEY_BYTES], GError **error)
{
        Rekey rekey = {.store = store, .key = key};
        g_autoptr(GError) failed = NULL;

        g_mutex_lock(&store->life);
        bool ok = queue_call(store->queue, rekey_call, &rekey, &failed);
        if (rekey.lost) {
                store_shut(store);
                store_set_unavailable(store, failed);
        }
        g_mutex_unlock(&store->life);
        reader_key_free(rekey.old_key);
        if (failed)
                g_propagate_error(error, g_steal_pointer(&failed));
        else if (!ok)
                store_set_closed_error(store, error);
        return ok;
}
