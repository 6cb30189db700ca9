/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: bringing a file to the newest schema. */
#pragma once

#include "store/db.h"

/* Schema version of the newest migration of this kind. */
int64_t migrate_newest(StoreKind kind);

/* Runs what is missing after version, in one transaction with the triggers and user_version. On an error the
 * file is as it was. */
bool migrate_run(Db *db, StoreKind kind, int64_t version, GError **error);
