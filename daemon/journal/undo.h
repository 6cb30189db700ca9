/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Undoing one entry inside of a write: the state before it is written back through the same path as any change. */
#pragma once

#include "journal/entry.h"

#define UNDO_LATER_MAX 20 /* later entries, or rows that refer to a row, that an error names */

typedef struct UndoOptions {
        bool force; /* also when what the entry changed has changed since */
        GPtrArray *
                kept; /* NULL: rows that only the human removes are an error; else they stay, and are added here as
                          * "table\nrow_id" */
} UndoOptions;

/* CONFLICT, naming the later entries, if what the entry changed has changed since, or naming the rows that refer to
 * what would go; DENIED to others than the human for what the human did, and for rows that can only be removed. */
bool undo_entry(Db *db, const Entry *entry, const UndoOptions *options, GError **error);

/* Does the column follow from other rows, whoever's write it was that made it change? row tells of which kind the row
 * is, or NULL. */
bool undo_is_derived(const char *table, const char *column, JsonObject *row);

/* Does the entry change anything that does not follow from other rows? */
bool undo_says_something(const Entry *entry);

/* Is the row, as now tells (JSON, NULL: gone), in what the entry changed as the entry left it? */
bool undo_is_as_left(const Entry *entry, const char *now);

/* The row that now tells, with what the entry changed as it was before; NULL: it was not there. */
char *undo_state_before(const Entry *entry, const char *now);
