/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Importing what export.h describes into an empty store: the same entries, and the rows that they tell of. */
#pragma once

#include "journal/export.h"

/* Reads a complete export from a regular file, from its beginning. {"database", "count", "last_seq"}. INVALID or CORRUPT,
 * naming the line, if it is not one, and then nothing is changed; CONFLICT if the store is not empty; UNAVAILABLE if a
 * newer version of the program wrote it. stores: vault, ops. */
JsonObject *import_entries(Store *const stores[2], int fd, GError **error);
