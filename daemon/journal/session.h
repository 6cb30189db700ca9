/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session wrote, found by the register of writes. */
#pragma once

#include "journal/list.h"

#define SESSION_GROUPS_MAX 10000

/* The groups that a session wrote into, in the order of their first entries in this journal, NULL-terminated;
 * empty if it wrote nothing. The caller frees with g_strfreev(). LIMIT beyond SESSION_GROUPS_MAX. */
char **session_groups(Db *db, const char *session, GError **error);

#define SESSION_TABLES_MAX 5000 /* entries of a session whose tables are counted */
#define SESSION_STEPS_MAX                                                                          \
        (100 * 1000 * 1000) /* of SQLite's machine, to find the sessions of a page */

typedef struct SessionQuery {
        const char *actor_kind, *connection; /* or NULL */
        unsigned limit;
        const char *after;
} SessionQuery;

/* {"sessions", "next"}: the session with the newest entry first. LIMIT beyond SESSION_STEPS_MAX. */
JsonObject *session_list(const ListSources *sources, const SessionQuery *query, GError **error);
