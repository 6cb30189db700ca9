/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the register of writes, by which the journal is searched; its schema tells what it is. */
#pragma once

#include "store/db.h"
#include "store/write.h"

/* Enters the write at work, whose entries are those of its changes from index first on; none: no row. */
bool register_add(Db *db, unsigned first, GError **error);

/* Makes the register anew from the journal, inside a transaction of the caller's. */
bool register_rebuild(Db *db, GError **error);

/* Looks for rows that do not agree with the journal. *ret_bad is how many there are, *ret_problem says where the
 * first one is, in one sentence that the caller frees; NULL if all is well. */
bool register_check(Db *db, int64_t *ret_bad, char **ret_problem, GError **error);
