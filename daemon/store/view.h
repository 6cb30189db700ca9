/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what a scoped handle shows. */
#pragma once

#include "store/db.h"

/* Makes the handle see what scope allows and nothing else, for as long as it lives. */
bool view_set_scope(Db *db, Scope *scope, GError **error);
