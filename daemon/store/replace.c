/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new file is written beside, synced and checked; then every handle is closed, it takes the name, and is opened: a crash
 * at any point leaves the old file or the new one. Re-keying does so, and the cleaning after an erasure. */
#include "store/replace.h"

#include <errno.h>
#include <stdio.h>

#include "store/copy.h"

#define REKEY_WAIT_US (30 * G_USEC_PER_SEC) /* how long it waits for readers */

/* With every handle closed SQLite has removed the -wal; if it is still there, the new file must not get it. */
static bool swap(const Replacement *replacement, const char *path, GError **error)
{
        const char *name = replacement->store->path;

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

static bool write_new(const Replacement *replacement, Db *db, const char *path, GError **error)
{
        copy_remove(path);
        if ((replacement->readers_go_on || db_run(db, "PRAGMA wal_checkpoint(TRUNCATE)", error)) &&
            replacement->write(replacement->store, db, path, replacement->data, error) &&
            backup_check(replacement->store, path, replacement->key, error))
                return true;
        copy_remove(path);
        return false;
}

/* With no reader out. */
static bool take_name(Replacement *replacement, Db **db, const char *path, GError **error)
{
        int64_t version;

        *db = db_close(*db);
        replacement->swapped = swap(replacement, path, error);
        if (!replacement->swapped) {
                copy_remove(path);
                *db = open_existing(replacement->store, replacement->old_key, &version, NULL);
        } else if (file_sync_folder(path, error)) /* else the old key must not be forgotten yet */
                *db = open_existing(replacement->store, replacement->key, &version, error);
        replacement->lost = *db == NULL;
        return replacement->swapped && *db;
}

static bool hold_readers(const Replacement *replacement, GError **error)
{
        if (replacement->no_readers || reader_pool_hold(replacement->store->readers, REKEY_WAIT_US))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                    "readers were at work for longer than REKEY_WAIT_US (%d s)",
                    (int)(REKEY_WAIT_US / G_USEC_PER_SEC));
        return false;
}

static void let_readers_go(const Replacement *replacement)
{
        if (!replacement->no_readers)
                reader_pool_open(replacement->store->readers,
                                 replacement->swapped ? replacement->key : replacement->old_key);
}

bool replace_file(Replacement *replacement, Db **db, GError **error)
{
        g_autofree char *path = g_strconcat(replacement->store->path, replacement->suffix, NULL);
        bool held = !replacement->readers_go_on, ok;

        if (held && !hold_readers(replacement, error))
                return false;
        ok = write_new(replacement, *db, path, error);
        if (ok && !held) {
                ok = held = hold_readers(replacement, error);
                if (!ok)
                        copy_remove(path);
        }
        ok = ok && take_name(replacement, db, path, error);
        if (held)
                let_readers_go(replacement);
        return ok;
}

/* ---- rekey ---- */

typedef struct Rekey {
        Store *store;
        const uint8_t *key;
        uint8_t *old_key; /* what the file has until the new one takes its name */
        bool lost;
} Rekey;

static bool write_rekeyed(const Store *store, Db *db, const char *path, void *data, GError **error)
{
        const Rekey *rekey = data;

        if (!db_run(db, "BEGIN", error))
                return false;
        bool ok = copy_to(db, path, rekey->key, error);
        (void)db_run(db, "ROLLBACK", NULL);
        return ok;
}

static bool rekey_call(Db **db, void *data, GError **error)
{
        Rekey *rekey = data;

        rekey->old_key = reader_pool_copy_key(rekey->store->readers);
        Replacement replacement = {.store = rekey->store,
                                   .suffix = ".rekey",
                                   .write = write_rekeyed,
                                   .data = rekey,
                                   .old_key = rekey->old_key,
                                   .key = rekey->key};
        bool ok = replace_file(&replacement, db, error);
        rekey->lost = replacement.lost;
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
        if (!ok)
                store_set_failure(store, g_steal_pointer(&failed), error);
        return ok;
}
