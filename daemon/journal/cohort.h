/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries that are undone, or thought away, together: a group, a session, or what a connection wrote in a time. */
#pragma once

#include "journal/entry.h"

#define REVERT_GROUP_MAX 100000 /* entries of one cohort */

/* One of the first three; times in microseconds, 0: open. */
typedef struct Cohort {
        const char *group, *session, *connection;
        int64_t since, until;
        const Access *
                access; /* who wants it undone, or NULL: an agent undoes what its own connection wrote, alone */
        Db *seen; /* of an agent under a scope: only entries about rows that it shows; else NULL */
} Cohort;

/* From group_id, session_id or connection, since, until. INVALID unless it is exactly one, and connection has a
 * since. */
bool cohort_read(JsonObject *args, Cohort *ret, GError **error);

/* The id that it goes by. */
const char *cohort_id(const Cohort *cohort);

/* The seqs of its entries, int64_t, last first. NOT_FOUND if there are none, LIMIT beyond REVERT_GROUP_MAX; DENIED to an
 * agent if others wrote some of it, which one under a scope is not told of. */
GArray *cohort_find(Db *db, const Cohort *cohort, GError **error);

/* May the caller undo the entry? DENIED to agents unless their own connection wrote it. */
bool cohort_check_own(const Access *access, const Entry *entry, GError **error);

/* The entry with a seq, which must be there. */
Entry *cohort_entry(Db *db, int64_t seq, GError **error);
