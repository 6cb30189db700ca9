/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the graph would be if an entry or a cohort had never been: rehearsed, compared and thrown away. */
#pragma once

#include "journal/cohort.h"

#define BRANCH_ENTITIES_MAX   100 /* that an answer shows */
#define BRANCH_FACTS_MAX      100 /* of each, now and then */
#define BRANCH_DROPPED_MAX    100 /* rows that an answer names */
#define BRANCH_SAMPLE_MAX     20
#define BRANCH_NAME_CHARS_MAX 300
#define BRANCH_ROWS_MAX       100000 /* that refer to one row */

typedef struct BranchOptions {
        Store *vault;
        const Access *access;
        const Entry *entry;   /* this one, or … */
        const Cohort *cohort; /* … these */
        const char *entity; /* id or name: shown whether it changes or not, and no other; or NULL */
        unsigned limit;     /* entities shown */
} BranchOptions;

/* {"without", "would_change", "entities", "dropped", "sample", "truncated"}. Entries later than those thought away
 * stand, but for rows that could not be without them: those are dropped too, and named. NOT_FOUND; LIMIT if it takes
 * too long to find out. */
JsonObject *branch_preview(const BranchOptions *options, GError **error);
