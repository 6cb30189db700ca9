/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journals of both databases as one list, newest first. */
#pragma once

#include "journal/entry.h"

#define LIST_TEXT_CHARS_MAX 300                 /* of the text searched for, and of other filters */
#define LIST_STEPS_MAX      (200 * 1000 * 1000) /* of SQLite's machine, for filters that fit little */
#define LIST_CUT_CHARS      500                 /* of texts within rows, in lists */

typedef struct ListQuery {
        const char *table, *row; /* row: a row's JSON key, or its id alone */
        const char *actor_kind, *connection, *session, *group, *text; /* or NULL */
        int64_t since, until;                                         /* microseconds; 0: open */
        unsigned limit;
        const char *after; /* cursor or NULL */
} ListQuery;

/* {"mutations", "total", "next"}; total is null when counting would mean reading everything. LIMIT when the
 * filters fit so little that LIST_STEPS_MAX do not suffice. */
JsonObject *list_entries(Db *vault, Db *ops, const ListQuery *query, GError **error);
