/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One journal's entries that fit a filter, one after another in either direction. What can be found by an index is
 * (rows, entities, rare tables, and, by the register of writes, who, when and which group); the rest is looked at
 * entry by entry, up to a number of looks: then the reel stops, and can be taken up again at its place. */
#pragma once

#include "journal/entry.h"

#define REEL_ROW_ENTRIES_MAX 20000 /* found at a time by row, entity or rare table */

typedef struct Filter {
        const char *table, *row; /* row: a row's JSON key, or its id alone */
        const char *entity;      /* its row, aliases and facts */
        const char *actor_kind, *connection, *session, *group; /* or NULL */
        const char *text;     /* in reason, actor or row; case matters not, in ASCII */
        int64_t since, until; /* microseconds; 0: open */
} Filter;

/* The row of a filter as the journal writes keys, whatever the white space and order of its members; NULL if it asks for
 * none. An id alone is that of the table's key, if it is of one column. The caller frees. */
char *filter_row_key(const Filter *filter, Db *db);

typedef struct ReelOptions {
        Db *db;               /* unscoped */
        Db *seen;             /* scoped: only entries of rows that it shows; NULL: all */
        const Filter *filter; /* borrowed until the end */
        bool oldest_first;
        int64_t place;  /* from reel_place(), or REEL_START */
        unsigned looks; /* at entries or writes */
} ReelOptions;

#define REEL_START INT64_MAX

typedef struct Reel Reel;
Reel *reel_new(const ReelOptions *options, GError **error);
Reel *reel_free(Reel *reel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reel, reel_free)

/* The entry that it stands at, borrowed; NULL at the end, and where it stopped. */
const Entry *reel_entry(const Reel *reel);

/* Goes on to the next entry that fits. */
bool reel_next(Reel *reel, GError **error);

/* Did the looks run out before the end? */
bool reel_stopped(const Reel *reel);

/* Where to take it up again: the entry that it stands at comes first then. Stays true while the journal grows. */
int64_t reel_place(const Reel *reel);
