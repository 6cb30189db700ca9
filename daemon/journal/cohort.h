/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries that are undone, or thought away, together: a group, a session, or what a connection wrote in a time. */
#pragma once

#include "journal/entry.h"

#define REVERT_GROUP_MAX 100000 /* entries of one cohort */

/* One of the first three; times in microseconds, 0: open. */
typedef struct Cohort {
        const char *group, *session, *connection;
        int64_t since, until;
} Cohort;

/* From group_id, session_id or connection, since, until. INVALID unless it is exactly one, and connection has a
 * since. */
bool cohort_read(JsonObject *args, Cohort *ret, GError **error);

/* The id that it goes by. */
const char *cohort_id(const Cohort *cohort);

/* The seqs of its entries, int64_t, last first. NOT_FOUND if there are none, LIMIT beyond REVERT_GROUP_MAX. */
GArray *cohort_find(Db *db, const Cohort *cohort, GError **error);

/* The entry with a seq, which must be there. */
Entry *cohort_entry(Db *db, int64_t seq, GError **error);
