/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: an FTS5 function for ranking under a scope. */
#pragma once

#include <stdbool.h>

#include <sqlite3.h>

/* Registers phrase_hits(). */
bool hits_register(fts5_api *api);
