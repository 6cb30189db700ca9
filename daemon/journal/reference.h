/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows refer to a row: by the schema's foreign keys, and by those columns that hold ids without one. */
#pragma once

#include "journal/journal.h"

/* One reference from a column of one table to a column of another. */
typedef struct Reference {
        char *table, *column;       /* that refers … */
        char *to_table, *to_column; /* … to this one */
        const char *where; /* the rows of table that refer to :value, SQL; NULL: column = :value */
        bool foreign;      /* the database holds on to it */
        bool optional;     /* a row can be without it */
} Reference;

/* All references between tables of user data, as Reference. */
GPtrArray *reference_load(Db *db, GError **error);

/* Keys, JsonObject, of the rows that refer by one reference to the row with a key, at most max. NULL on failure. */
GPtrArray *reference_rows(Db *db, const Reference *reference, JsonObject *key, unsigned max,
                          GError **error);

/* The rows that hold on to a row by foreign keys, up to max, "table key, …"; NULL: there are none. */
char *reference_describe(Db *db, const char *table, const char *row_id, unsigned max);

/* Removes the retired inferred facts that refer to a row, with their derivations: they are nobody's word, and follow
 * again from what they followed from. *ret_any: were there any? */
bool reference_drop_retired(Db *db, const char *table, const char *row_id, bool *ret_any,
                            GError **error);
