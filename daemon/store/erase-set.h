/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what one erasure takes away. */
#pragma once

#include "store/erase-words.h"
#include "store/row-json.h"

/* The erasers of a store, table by table. */
typedef struct Erasers Erasers;
Erasers *erasers_new(void);
Erasers *erasers_free(Erasers *erasers);
void erasers_add(Erasers *erasers, const char *table, const StoreEraser *eraser);

typedef struct EraseTable {
        char *name;
        TableKind kind;
        RowShape *shape;
        GHashTable *rows; /* key as JSON → EraseRow */
} EraseTable;

typedef struct EraseRow {
        EraseTable *table;
        char *row_id;        /* the key as JSON */
        char *id;            /* its first column as text */
        sqlite3_value **key; /* as many as the shape has */
        char *made_up;       /* the key that the journal has of it later; NULL: the same */
} EraseRow;

struct EraseSet {
        Db *db;
        const Erasers *erasers;
        GPtrArray *rows;   /* EraseRow, in the order in which they were added */
        GPtrArray *tables; /* EraseTable */
        EraseWords *words;
        GPtrArray *files;    /* EraseFile */
        GHashTable *reasons; /* set of "group\nreason" that go with the rows' entries */
        GArray *redactions;  /* EraseEntry, in the order of the journal */
        GHashTable *
                gone; /* set of "table\nkey" of rows that are no more, which the journal forgets too */
        GHashTable *made_up; /* "table\nkey" of rows long gone → the key in its place */
        int64_t seen;        /* last entry that was looked at */
        JsonArray *mentioned;
        int64_t mentions;
};

typedef struct EraseFile {
        char *path, *table, *column, *value;
} EraseFile;

/* An entry that loses fields (of ChainGone). */
typedef struct EraseEntry {
        int64_t seq, fields;
        const char *row_id; /* in the place of its own, NULL: that stays; the row's or the set's */
} EraseEntry;

EraseSet *erase_set_new(Db *db, const Erasers *erasers);
EraseSet *erase_set_free(EraseSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EraseSet, erase_set_free)

/* Adds a row and all that goes with it. NOT_FOUND, DENIED for tables that nobody erases from. */
bool erase_set_target(EraseSet *set, const EraseTarget *target, GError **error);

/* The row of the set, or NULL. */
const EraseRow *erase_set_find(const EraseSet *set, const char *table, const char *row_id);

/* Is it a row that is no more and goes all the same? */
bool erase_set_is_gone(const EraseSet *set, const char *table, const char *row_id);

/* The made-up key of a row that is not of the set; the set's. */
const char *erase_set_made_up(EraseSet *set, const char *table, const char *row_id);

/* Its rows are taken out of indexes that are no tables. */
bool erase_set_take_out(EraseSet *set, GError **error);

/* Adds the row of this key and all that goes with it; for rows that were found by reading. */
bool erase_set_add_row(EraseSet *set, const char *table, const char *row_id, GError **error);
