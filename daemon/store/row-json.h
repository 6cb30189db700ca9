/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: rows of a user table as JSON objects, the form in which the journal keeps them.
 * NULL, integers, reals and text as JSON has them (a real always has a point or an exponent), blobs
 * as {"hex":"…"}; columns in the order of the table, so that equal rows give equal text. */
#pragma once

#include "store/db.h"

typedef struct RowShape {
        char *table;
        unsigned columns;
        char **names;
        char **fragments; /* {"a": or ,"b": before each value */
        size_t *lengths;  /* of the fragments */
        unsigned keys;
        unsigned *key; /* columns of the primary key, in its order */
        char **key_fragments;
        int active, superseded; /* columns is_active and superseded_at; -1: it has none */
} RowShape;

RowShape *row_shape_new(Db *db, const char *table, GError **error);
RowShape *row_shape_free(RowShape *shape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RowShape, row_shape_free)

/* Overwrites out with the whole row, or its primary key. values are those of all columns. INVALID for
 * text that is not UTF-8 or has NUL in it and for infinity, which JSON could not give back. */
bool row_shape_print(const RowShape *shape, sqlite3_value **values, GString *out, GError **error);

/* The row without the columns i for which absent[i]; never without the first one. */
bool row_shape_print_part(const RowShape *shape, sqlite3_value **values, const bool *absent,
                          GString *out, GError **error);
bool row_shape_print_key(const RowShape *shape, sqlite3_value **values, GString *out,
                         GError **error);

/* Does an update deactivate or supersede its row? */
bool row_shape_ends(const RowShape *shape, sqlite3_value **before, sqlite3_value **after);

/* Are two values of the same type and content? */
bool row_value_equal(sqlite3_value *a, sqlite3_value *b);
