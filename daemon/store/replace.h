/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the file of a store replaced by one that was written anew from it. */
#pragma once

#include "store/state.h"

/* Writes the whole new file to path; a half written one is removed by the caller. */
typedef bool (*ReplaceWrite)(const Store *store, Db *db, const char *path, void *data,
                             GError **error);

typedef struct Replacement {
        Store *store;
        const char *suffix; /* of the new file until it takes the name */
        ReplaceWrite write;
        void *data;
        const uint8_t *old_key, *key; /* of the file as it is, and of the new one */
        bool readers_go_on;           /* while it is written: it will be as they see it */
        bool no_readers;              /* there are none: the store is being opened */
        bool swapped;                 /* out: the new file has the name */
        bool lost;                    /* out: there is no handle on either */
} Replacement;

/* On the writer thread: *db is closed and opened again. TIMEOUT if readers are at work for too long. */
bool replace_file(Replacement *replacement, Db **db, GError **error);
