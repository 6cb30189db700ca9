/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Undoing entries by writing the state before them back, as new entries. */
#pragma once

#include "journal/entry.h"

#define REVERT_GROUP_MAX        100000 /* entries of one group */
#define REVERT_CONFLICTS_MAX    20     /* later entries that an error or a preview names */
#define REVERT_SAMPLE_MAX       10     /* entries that a preview shows */
#define REVERT_REASON_CHARS_MAX 1000

typedef struct RevertOptions {
        Store *store;
        const Access *access;
        const char *reason; /* or NULL */
        bool force;         /* also when the row has changed since */
} RevertOptions;

/* {"reverted", "new_mutation_id", "restored_row"}. CONFLICT, naming the later entries, if the row has
 * changed since, or if other rows would lose what they refer to; DENIED to others than the human for what
 * the human did, and for rows that can only be removed. */
JsonObject *revert_entry(const RevertOptions *options, const Entry *entry, GError **error);

/* {"reverted", "count", "group_id", "tables", "sample", "conflicts"}: all entries of a group in one write, last
 * first. NOT_FOUND if the group is not in this store. */
JsonObject *revert_group(const RevertOptions *options, const char *group, GError **error);

/* The same answer without doing it. */
JsonObject *revert_group_preview(const RevertOptions *options, const char *group, GError **error);
