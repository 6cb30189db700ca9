/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of a journal: who changed which row how, with the whole row before and after. */
#pragma once

#include "journal/journal.h"

typedef struct Entry {
        int64_t seq; /* place in the journal of its database */
        char *id, *group, *table, *row_id;
        char *before, *after; /* JSON objects; NULL before an insert and after a delete */
        char *actor_kind, *actor_connection, *actor_name, *session, *reason, *reverts;
        ChangeOp op;
        int64_t time_us;
        bool scoped; /* told to somebody who does not see everything: its place is not told */
        int64_t redacted; /* what was deleted for good: bits 1 before, 2 after, 4 reason, 8 the row's key; 0: nothing */
} Entry;
Entry *entry_free(Entry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entry, entry_free)

/* The columns that entry_from_row() reads, of mutations m. */
#define ENTRY_COLUMNS                                                                              \
        "m.seq, m.id, m.group_id, m.table_name, m.row_id, m.op, m.before, m.after, m.actor_kind,"  \
        " m.actor_connection, m.actor_name, m.session_id, m.reason, m.reverts, m.ts, m.redacted"

Entry *entry_from_row(Statement *row);

/* The entry of an id; NULL without an error if it is not in this journal. */
Entry *entry_find(Db *db, const char *id, GError **error);

/* The last entry about the same row: its after is the row as it is now. */
Entry *entry_last_of_row(Db *db, const Entry *entry, GError **error);

/* Is the state before or after it gone for good? */
bool entry_is_redacted(const Entry *entry);

/* As the doors show it. Texts within the rows that are longer than text_max characters are cut and end in
 * "…"; 0: whole. */
JsonObject *entry_to_json(const Entry *entry, unsigned text_max);

/* A row of an entry, cut like that; NULL for NULL. The caller unrefs. */
JsonObject *entry_row(const char *json, unsigned text_max);
