/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what an erasure leaves to be done when its rows are gone. */
#pragma once

#include "store/state.h"

typedef struct Cleaning {
        Store *store;
        const uint8_t *key;
        bool no_readers;                               /* the store is being opened */
        bool (*progress)(double fraction, void *data); /* or NULL; false stops it */
        void *data;
        bool lost; /* out: the file could not be opened again */
} Cleaning;

/* On the writer thread, for all erasures that are not done: removes their files, and writes the database anew without
 * the pages, and the parts of pages, that held what is gone. The -wal goes with the old file. */
bool clean_up(Cleaning *cleaning, Db **db, GError **error);

/* The same when the store is opened, if there is such an erasure: one that a stop cut short. What cannot be done now is
 * logged, and waits for the next time. False if the store was lost. */
bool erase_finish_at_start(Store *store, Db **db, const uint8_t key[STORE_KEY_BYTES],
                           GError **error);

/* Files beside the store that were set aside by migrations and restores, or half made by what a stop cut short; the
 * caller frees. */
char **clean_list_copies(const Store *store);

/* Removes them. */
bool clean_remove_copies(const Store *store, GError **error);
