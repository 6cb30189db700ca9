/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Undoing entries by writing the state before them back, as new entries. */
#pragma once

#include "journal/cohort.h"

#define REVERT_SAMPLE_MAX       10 /* entries, and rows, that a preview shows */
#define REVERT_REASON_CHARS_MAX 1000

typedef struct RevertOptions {
        Store *store;
        const Access *access;
        const char *reason; /* or NULL */
        bool force;         /* also when the row has changed since */
        Db *seen; /* of an agent under a scope: rows are told as it shows them; else NULL */
} RevertOptions;

/* {"reverted", "new_mutation_id", "restored_row"}. CONFLICT, naming the later entries, if the row has
 * changed since, or if other rows would lose what they refer to; DENIED to others than the human for what
 * the human did, and for rows that can only be removed. */
JsonObject *revert_entry(const RevertOptions *options, const Entry *entry, GError **error);

/* {"count", "tables", "sample", "conflicts", "kept", "also", "reverted", "group_id", "problem"}: all entries of a
 * cohort in one write, last first. also tells which other rows changed: {"tables", "sample"}. Rows without a soft state
 * that others than the human made are kept when others than him revert. NOT_FOUND if the cohort is not in this store. */
JsonObject *revert_group(const RevertOptions *options, const Cohort *cohort, GError **error);

/* The same answer without doing it, as if by force; problem says why it cannot be done. */
JsonObject *revert_group_preview(const RevertOptions *options, const Cohort *cohort,
                                 GError **error);
