/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking entries out of history inside a write, as if they had never been: what came later stays as far as it can. */
#pragma once

#include "journal/entry.h"

typedef struct Unmake Unmake;

Unmake *unmake_new(Db *db, GError **error);
Unmake *unmake_free(Unmake *unmake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unmake, unmake_free)

/* Entries are to be given last first. An inserted row goes, with the rows that cannot be without it; of a changed one the
 * fields go back that are still as the entry left them; a deleted one comes back if it can. */
bool unmake_entry(Unmake *unmake, const Entry *entry, GError **error);

/* The rows that went or could not come back although no entry given was about them, up to max: [{"table_name",
 * "row_id", "why"}]. */
JsonArray *unmake_dropped(const Unmake *unmake, unsigned max, bool *ret_all);
