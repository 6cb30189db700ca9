/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions: all writes that name the same one, found by the register of writes. */
#pragma once

#include "journal/list.h"

#define SESSION_TABLES_MAX 5000 /* entries of a session whose tables are counted */
#define SESSION_STEPS_MAX                                                                          \
        (100 * 1000 * 1000) /* of SQLite's machine, to find the sessions of a page */

typedef struct SessionQuery {
        const char *actor_kind, *connection; /* or NULL */
        unsigned limit;
        const char *after;
} SessionQuery;

#define SESSION_LOOKS_MAX 1000000 /* at entries of the caller, under a scope */

/* {"sessions", "next"}: the session with the newest entry first. LIMIT beyond SESSION_STEPS_MAX. */
JsonObject *session_list(const ListSources *sources, const SessionQuery *query, GError **error);

/* The same under a scope, of the entries that it shows; query->connection is the caller's. */
JsonObject *session_list_told(const ListSources *sources, const SessionQuery *query,
                              GError **error);
