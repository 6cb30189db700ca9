/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The care of the two stores: makes or opens them with their key, tries again when the keyring unlocks,
 * verifies, backs up, restores, rebuilds, re-keys. One such operation at a time; the second is CONFLICT. */
#pragma once

#include "code/code.h"
#include "documents/documents.h"
#include "gate/gate.h"
#include "graph/graph.h"
#include "journal/journal.h"
#include "search/search.h"
#include "secrets/secrets.h"

#define CARE_VAULT_FILE "vault.db"
#define CARE_OPS_FILE   "ops.db"

typedef struct Care Care;

typedef enum VaultState {
        VAULT_NONE, /* not tried yet */
        VAULT_OPEN,
        VAULT_UNAVAILABLE, /* the reason says why; tried again by itself */
        VAULT_CORRUPT,     /* restore from a backup */
} VaultState;
const char *vault_state_to_string(VaultState state);

typedef struct CareOptions {
        const Paths *paths;
        Store *vault, *ops;
        Secrets *secrets;
        Gate *gate; /* loaded when the stores have been opened */
        Graph *graph;
        Journal *journal;
        Documents *documents;
        Code *code; /* or NULL */
        Search *search;
        sd_event *loop;
        WorkerPool *pool;
        int64_t check_delay_sec; /* from the opening to the background check, if one is due */
        int64_t check_every_sec; /* 0: never */
} CareOptions;

/* Called on the loop. */
typedef struct CareHandlers {
        void (*state_changed)(void *data);
        void (*progress)(const char *operation, double fraction,
                         void *data); /* at most 10 a second */
        void *data;
} CareHandlers;

Care *care_new(const CareOptions *options, GError **error);

/* Stops timers and makes a running check end soon. The pool must be freed first. */
Care *care_free(Care *care);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Care, care_free)

void care_set_handlers(Care *care, const CareHandlers *handlers);

/* How snippets are confined, for get_status: "confined" …, static. */
void care_set_isolate(Care *care, const char *state);

/* Opens the stores on a worker, making them on the very first start, then calls done(data) on the loop
 * whatever came of it. While they are unavailable it tries again by itself. */
void care_start(Care *care, void (*done)(void *data), void *data);

/* No new attempts, no background check; what runs is asked to end. Loop thread. */
void care_stop(Care *care);

/* The state, and why it is so (NULL when open; the caller frees). Any thread. */
VaultState care_state(Care *care, char **ret_reason);
OuroborosError care_state_code(Care *care); /* the error code behind the reason */
KeySource care_key_source(Care *care);

/* One operation at a time, for rooms that need the stores' files for themselves (CONFLICT). progress is false once the
 * daemon is stopping. Any thread. */
bool care_operation_begin(void *care, const char *operation, GError **error);
bool care_operation_progress(void *care, const char *operation, double fraction);
void care_operation_end(void *care);

/* get_status. */
ToolTable care_tools(Care *care);

/* Verbs in the shape of a tool's handler, for the doors: care as room, on a worker.
 *   status   {} → flat figures
 *   verify   {} → {"ok", "problem", "entries", …}: pages, hash chain, rows, quotes, files of the vault
 *   backup   {"folder"} → {"folder", "files", "bytes", "entries", "files_bad", "damaged", "problem"}: the files of
 *            the vault that are damaged are left out; new or empty; /proc/self/fd/N is an open
 *            one, and its true name is answered
 *   restore  {"folder"} → {"folder", "files", "entries", "kept", "kept_ops"}: the names of the databases that were
 *            replaced; whatever fails leaves the old state
 *   rebuild  {"what"} → {"what", "seconds"}; what is documents, graph, journal, search, code or all
 *   rekey    {} → {}
 *   import_key {"file"} → {"key_id"}: a descriptor that a key is read from; it is kept for old backups
 *   export_key {"file"} → {"key_id"}: one of an empty file that the vault's key is written to
 *   export_journal {"file", "database", filters of list_mutations} → what journal_export() answers
 *   import_journal {"file"} → {"database", "count", "rebuilt"}: a complete export into an empty database, whose
 *            projections are made anew; texts of documents come with their files, by a scan of the roots
 *   unlock   {} → {}: may prompt the person */
JsonObject *care_status(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_verify(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_backup(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_restore(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_rebuild(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_rekey(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_import_key(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_export_key(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_export_journal(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_import_journal(void *care, const Access *access, JsonObject *args, GError **error);
JsonObject *care_unlock(void *care, const Access *access, JsonObject *args, GError **error);
