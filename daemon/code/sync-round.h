/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a round share. Only sync*.c see this header. */
#pragma once

#include "code/consulted.h"
#include "code/overlay.h"
#include "code/rows.h"
#include "code/sync.h"

/* A file that is to be read, and what came of it. */
typedef struct SyncFile {
        FoundFile *file; /* borrowed from the round's files */
        uint32_t module;
        bool is_new; /* has no row yet */
        bool force;  /* its rows are made anew whatever it says */
        bool had_hash;
        uint64_t old_hash;

        ParseBatch *batch; /* once it was read: what came of it lies there */
        const ParseFile *read;
        Symbols *symbols; /* NULL: it has no unit that counts */
        bool touched;     /* it says what it said */
        bool vanished;    /* it was gone when it was to be opened */
} SyncFile;

typedef struct SyncGone {
        uint32_t module;
        char *path;
} SyncGone;

struct Sync {
        SyncOptions options;
        Repository *repository;
        char **only;
        uint64_t opening; /* of the vault, when the round began */
        uint32_t number;  /* of the repository in the tables, 0: not known yet */
        int folder;       /* the repository's, open while files are */
        bool cpp_headers;
        bool large;
        Files *files;
        GPtrArray *todo; /* SyncFile */
        unsigned next;   /* of todo, to be given out */
        uint32_t next_module;
        GPtrArray *taken; /* SyncFile of todo, read and not written yet … */
        size_t taken_bytes;
        GArray *gone;    /* SyncGone, not deleted yet */
        GPtrArray *kept; /* SyncFile of a large round, written, whose units are kept for linking */
        size_t kept_bytes;
        GHashTable *dirty; /* modules to link, as keys */
        GArray *consulted; /* Consulted, of what was linked and of what has gone */
        SyncReport report;
};

/* What code_modules.maker is for what is read now. */
#define SYNC_MAKER (SYNC_VERSION * 1000 + UNIT_VERSION)

bool sync_is_stopped(const Sync *sync, GError **error);

/* A write in the round's name. CANCELLED if the repository was removed, or deleted for good, or the vault may be another one. */
bool sync_write(Sync *sync, StoreWork work, void *data, GError **error);

/* sync-state.c: reads the number and what follows from how the rows were made; the number of a new one is written first. */
bool sync_read_state(Sync *sync, GError **error);

/* Inside a write: how far the repository has come; left: files to be read, 0: all is done. */
bool sync_write_state(Sync *sync, Db *db, unsigned left, GError **error);

/* sync-compare.c: fills todo and gone. */
bool sync_compare(Sync *sync, GError **error);

/* sync-take.c: adds to dirty what follows from the files that were taken and have gone. */
bool sync_follow(Sync *sync, Db *db, GError **error);

/* Inside a write: replaces and deletes their rows. */
bool sync_write_files(Sync *sync, Db *db, GError **error);

/* In a large round: does both, in a write of its own, and notes in the rows what is to be linked. */
bool sync_flush(Sync *sync, GError **error);

/* sync-link.c */
bool sync_link(Sync *sync, GError **error);

/* Is there a unit of the file that counts? */
bool sync_file_has_unit(const SyncFile *file);
