/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what a Store is made of, and the steps of opening one. */
#pragma once

#include "store/derivation.h"
#include "store/erase-set.h"
#include "store/queue.h"
#include "store/reader.h"

struct Store {
        StoreKind kind;
        char *path;
        unsigned cache_kb;
        Listeners *listeners;
        ReaderPool *readers;
        Queue *queue;
        GMutex life; /* one of open, close, rekey, restore at a time */
        GMutex lock; /* for the members below */
        bool open;
        uint64_t openings;
        GError *reason; /* why it is not */
        Erasers *erasers;
        uint8_t erase_key[STORE_KEY_BYTES]; /* of the tokens of this process */
        char *files;                        /* or NULL */
        Metric *writing;                    /* writes that wait or run; NULL: nobody counts */
        Histogram *read_time, *write_time;
        int lock_fd;
        int64_t version;
};

/* open.c: the write handle on an existing file, checked and migrated. */
Db *open_existing(const Store *store, const uint8_t key[STORE_KEY_BYTES], int64_t *ret_version,
                  GError **error);

/* open.c: makes the file with all of its tables, at once or not at all. */
bool open_create(const Store *store, const uint8_t key[STORE_KEY_BYTES], GError **error);

/* open.c: a checked handle on any file of this kind: the key fits, the version is known, the end of the
 * chain holds. */
Db *open_checked(StoreKind kind, const DbOptions *options, int64_t *ret_version, GError **error);

/* backup.c: can a copy be opened, and does the end of its chain hold? */
bool backup_check(const Store *store, const char *path, const uint8_t *key, GError **error);

/* store.c: why the queue or the readers did not do what they were asked for: failed, which is taken over, or if it
 * is NULL that the store is closed. */
void store_set_failure(Store *store, GError *failed, GError **error);

/* store.c: runs a call on the writer thread and waits for it. */
bool store_call(Store *store, QueueCall call, void *data, GError **error);

/* store.c: closes it, if it is open, with life held. */
void store_shut(Store *store);
