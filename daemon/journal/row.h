/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a row of any user table back as the journal has it. Names of tables and columns come from the
 * schema; values are bound. */
#pragma once

#include "journal/entry.h"

/* Puts the row in. row is a JSON object of columns; one that the
 * schema no longer has is left out. */
bool row_insert(Db *db, const char *table, JsonObject *row, GError **error);

/* Writes all columns of row but its key. NOT_FOUND if it is not there. */
bool row_update(Db *db, const char *table, JsonObject *row, GError **error);

/* Removes the row with the key. NOT_FOUND if it is not there. */
bool row_delete(Db *db, const char *table, JsonObject *key, GError **error);

/* Sets is_active to 0 where the table has it; DENIED where it has not. */
bool row_deactivate(Db *db, const char *table, JsonObject *key, GError **error);
