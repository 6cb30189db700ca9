/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backup and restore: a whole new file is written beside, synced and checked, and only then takes
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

#define CHECK_ENTRIES 10000 /* journal entries between two looks */

/* ---- backup ---- */

bool backup_check(const Store *store, const char *path, const uint8_t *key, GError **error)
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
        g_autoptr(Db) db = store_reader(store, /* scope= */ NULL, error);

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
        if (backup_check(store, partial, key, error) && take_name(partial, path, error))
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
               backup_check(store, to, keys->store, error);
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
