/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that a session, a connection or a group wrote, as one feed, with what has become of it: for whoever reviews a
 * long run before accepting it. */
#pragma once

#include "journal/list.h"

#define AUDIT_ENTRIES_MAX 20000 /* that are gone through for the summary; beyond it is null */
#define AUDIT_GROUPS_MAX  100   /* that are named */

typedef struct AuditQuery {
        Filter filter; /* one of session, connection, group; since, until */
        unsigned limit;
        const char *after;
} AuditQuery;

/* {"cohort", "total", "first", "last", "actors", "tables", "groups", "groups_total", "fates", "mutations", "next"}. The summary comes
 * with the first page only. */
JsonObject *audit_entries(const ListSources *sources, const AuditQuery *query, GError **error);
