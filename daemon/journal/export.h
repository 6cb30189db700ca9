/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal, or a cut of it, as JSON lines: first a header, then the entries with all their columns, last a trailer.
 *
 *   {"format": "ouroboros-journal", "version": 1, "database": "vault", "schema": 10, "complete": true, "filter": {},
 *    "count", "first_seq", "last_seq", "first_hash", "last_hash", "exported_at"}
 *   {"seq", "id", "group_id", "table_name", "row_id", "op", "before", "after", "actor_kind", "actor_connection",
 *    "actor_name", "session_id", "reason", "reverts", "ts", "redacted", "prev_hash", "hash"}
 *   {"end": "ouroboros-journal", "count", "last_hash"}
 *
 * row_id, before and after are strings: the exact JSON texts that the hashes are over. ts is in microseconds; hashes
 * are hex. complete: every entry from the first on, which is what can be imported. */
#pragma once

#include "journal/reel.h"

#define EXPORT_FORMAT         "ouroboros-journal"
#define EXPORT_VERSION        1
#define EXPORT_LINE_BYTES_MAX JSON_BYTES_MAX
#define EXPORT_STALL_MS       60000 /* how long whoever reads a pipe may not read */

/* Members of an entry's line that are texts, in the order of StoreEntryText. */
extern const char *const export_texts[STORE_ENTRY_TEXTS];

/* Writes the entries that fit query (entity is not looked at) to fd. Answers the header's figures:
 * {"database", "complete", "count", "first_seq", "last_seq", "bytes"}. */
JsonObject *export_entries(Store *store, const char *database, const Filter *query, int fd,
                           GError **error);
