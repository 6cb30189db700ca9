/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a row of any user table back as the journal has it. Names of tables and columns come from the
 * schema; values are bound. */
#pragma once

#include "journal/entry.h"

/* A table as the schema has it now, for writing many of its rows. DENIED if it is not one of user data. */
typedef struct RowTable RowTable;
RowTable *row_table_new(Db *db, const char *name, GError **error);
RowTable *row_table_free(RowTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RowTable, row_table_free)

/* As their likes below. */
bool row_table_insert(const RowTable *table, Db *db, JsonObject *row, GError **error);
bool row_table_update(const RowTable *table, Db *db, JsonObject *row, GError **error);
bool row_table_delete(const RowTable *table, Db *db, JsonObject *key, GError **error);

/* Puts the row in. row is a JSON object of columns; one that the schema no longer has is left out. */
bool row_insert(Db *db, const char *table, JsonObject *row, GError **error);

/* Writes all columns of row but its key. NOT_FOUND if it is not there. */
bool row_update(Db *db, const char *table, JsonObject *row, GError **error);

/* Removes the row with the key. NOT_FOUND if it is not there. */
bool row_delete(Db *db, const char *table, JsonObject *key, GError **error);

/* Has the table an is_active? */
bool row_is_deactivable(Db *db, const char *table, bool *ret, GError **error);

/* Sets is_active to 0 where the table has it; DENIED where it has not. */
bool row_deactivate(Db *db, const char *table, JsonObject *key, GError **error);
