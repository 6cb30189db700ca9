/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the journals of both databases. */
#pragma once

#include "journal/tape.h"

#define LIST_TEXT_CHARS_MAX  300    /* of the text searched for, and of other filters */
#define LIST_LOOKS_MAX       100000 /* at entries and writes, for one page; then it is cut short */
#define LIST_COUNT_LOOKS_MAX 20000  /* for counting; then there is no total */
#define LIST_COUNT_STEPS_MAX (5 * 1000 * 1000) /* of SQLite's machine, where it counts by index */
#define LIST_CUT_CHARS       500               /* of texts within rows, in lists */

typedef struct ListQuery {
        Filter filter;
        bool oldest_first, diff;
        unsigned limit;
        const char *after; /* cursor or NULL */
} ListQuery;

typedef struct ListSources {
        Db *vault, *ops; /* ops NULL: not looked at */
        Db *seen;        /* as in ReelOptions */
} ListSources;

/* {"mutations", "total", "next"}. A page on which LIST_LOOKS_MAX were used up has fewer entries than limit, even
 * none, and next goes on from there; total is null where counting took more than the limits above. */
JsonObject *list_entries(const ListSources *sources, const ListQuery *query, GError **error);

/* How many entries fit; -1 if counting took more than the limits above. */
bool list_count(const ListSources *sources, const Filter *filter, int64_t *ret, GError **error);
