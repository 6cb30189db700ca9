/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time Machine over the journals of both databases: list, show, diff, revert. The entries themselves are
 * written by the store's triggers. All verbs block. */
#pragma once

#include "gate/gate.h"
#include "store/store.h"

#define JOURNAL_PAGE_MAX 500

typedef struct Journal Journal;

Journal *journal_new(Store *vault, Store *ops);
Journal *journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)

/* Who sees to it that one thing at a time is done to the files of the stores. Called on worker threads. */
typedef struct JournalCare {
        bool (*begin)(void *data, const char *operation, GError **error);     /* CONFLICT */
        bool (*progress)(void *data, const char *operation, double fraction); /* false: stop */
        void (*end)(void *data);
        void *data;
} JournalCare;
void journal_set_care(Journal *journal, const JournalCare *care);

ToolTable journal_tools(Journal *journal);

/* Verbs of the human in the shape of a tool's handler, for the doors; file is a descriptor of the caller's.
 *   export  {"file", "database", and the filters of list_mutations} → {"database", "complete", "count", "first_seq",
 *           "last_seq", "bytes"}: JSON lines, see export.h. database: vault (the default) or ops
 *   import  {"file"} → {"database", "count"}: a complete export, into an empty store; projections are the caller's to
 *           rebuild */
JsonObject *journal_export(void *journal, const Access *access, JsonObject *args, GError **error);
JsonObject *journal_import(void *journal, const Access *access, JsonObject *args, GError **error);
