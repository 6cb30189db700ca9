/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: the triggers that write the journal, and the function that they call. */
#pragma once

#include "store/db.h"

typedef struct JournalWriter JournalWriter;

/* Drops the generated triggers, all of them; for the time of a migration. */
bool journal_triggers_drop(Db *db, GError **error);

/* Makes the triggers of every user table and of the journal itself, unless they stand as they should. */
bool journal_triggers_make(Db *db, GError **error);

/* Gives the write handle journal_append() and its like. Must be freed before the handle is closed. */
JournalWriter *journal_writer_new(Db *db, GError **error);
JournalWriter *journal_writer_free(JournalWriter *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JournalWriter, journal_writer_free)

/* Highest seq in the journal as the handle sees it, 0 if it is empty. */
bool journal_last_seq(JournalWriter *journal, int64_t *ret, GError **error);

/* Takes fields (of ChainGone) away from an entry, and gives it another row_id unless that is NULL. Inside a write of the
 * human's only: DENIED. */
typedef struct Redaction {
        int64_t seq;
        int64_t fields;
        const char *row_id;
} Redaction;
bool journal_redact(JournalWriter *journal, const Redaction *redaction, GError **error);
