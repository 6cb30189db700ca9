/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what a scoped handle shows. */
#pragma once

#include "store/db.h"

/* Makes the handle see what scope allows and nothing else, for as long as it lives. */
bool view_set_scope(Db *db, Scope *scope, GError **error);

/* In a snapshot, before anything is read: lists anew which entities, documents and contents are seen, if the file was
 * changed since they were listed. On a thread that may not wait a list that takes long is refused. */
bool view_refresh(Db *db, GError **error);
