/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: lists of names from the schema. */
#pragma once

#include "store/db.h"

/* First column of each row of our own SQL, which may have the parameter :name (when name is given). */
char **db_list(Db *db, const char *sql, const char *name, GError **error);
