/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One encrypted SQLite file (SQLCipher 4 format): its threads, its handles, its journal. The only room that
 * knows SQLite. All verbs here block and may be called from any thread but the loop's, except where
 * said otherwise; rooms run on workers. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

#define STORE_KEY_BYTES 32

typedef struct Store Store;         /* one file */
typedef struct Db Db;               /* one handle on it, used by one thread at a time */
typedef struct Statement Statement; /* a prepared statement of a Db */

/* ---- actors: who a write is by; resolved by gate, never taken from a caller ---- */

typedef enum ActorKind { ACTOR_HUMAN, ACTOR_AGENT, ACTOR_SYSTEM } ActorKind;
const char *actor_kind_to_string(ActorKind kind);

typedef struct Actor {
        ActorKind kind;
        char *connection; /* conn-… or NULL */
        char *name;       /* display name, snapshotted into the journal */
        char *session;    /* sess-… or NULL */
} Actor;

/* ---- scope: the entities a handle may see ---- */

typedef struct Scope Scope; /* immutable, reference counted; NULL means everything */
Scope *scope_new(const char *const *entity_ids);
Scope *scope_ref(Scope *scope);
Scope *scope_unref(Scope *scope);
bool scope_allows(const Scope *scope, const char *entity_id); /* NULL scope allows all */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scope, scope_unref)

/* ---- life ---- */

typedef enum StoreKind { STORE_VAULT, STORE_OPS } StoreKind;

typedef struct StoreOptions {
        StoreKind
                kind; /* which migrations: resources /org/ouroboros/store/<vault|ops>/NNNN-*.sql */
        const char *path; /* the file; beside it -wal, -shm and .lock */
        sd_event *loop;   /* where change feeds are called; NULL: no feed */
        unsigned
                cache_mb; /* page cache of the writer and of two readers; 0: 64; other readers take an eighth */
        const char *files; /* folder of the files that rows name, for erasing; or NULL */
        Metrics *metrics;  /* or NULL */
} StoreOptions;

/* A closed store: reads and writes fail until store_open(), with CORRUPT or CONFLICT if that was why it could
 * not be opened, else with UNAVAILABLE. */
Store *store_new(const StoreOptions *options, GError **error);

/* Opens or (create) makes the file. Takes the lock beside it (CONFLICT: another daemon has the vault),
 * checks the key (CORRUPT or DENIED), header, schema version, end of the hash chain (CORRUPT), migrates
 * after copying the file aside. A store that fails stays closed, its file as it was. */
bool store_open(Store *store, const uint8_t key[STORE_KEY_BYTES], bool create, GError **error);

/* Why reads and writes fail while it is closed; copied. */
void store_set_unavailable(Store *store, const GError *reason);
bool store_is_open(Store *store);

/* How often it was opened: once that is another number, rows may be others, for a backup may have been restored. */
uint64_t store_openings(Store *store);

/* Finishes queued writes, checkpoints, closes every handle; the lock is given up last. */
void store_close(Store *store);
Store *store_free(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)

/* Gives caches back to the system; for idle moments. */
void store_trim(Store *store);

/* ---- reading ---- */

/* A read-only handle in one snapshot, taken from a pool (most recently used first). With a scope every
 * table that is not visible under it is hidden and the others are joined to it. Release it soon. */
Db *store_reader(Store *store, const Scope *scope, GError **error);
void db_release(Db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_release)

/* Lets the handle run about steps steps of SQLite's virtual machine until it is released, then its
 * statements fail with LIMIT; 0: no limit. */
void db_set_limit(Db *db, uint64_t steps);

/* For the loop, which must not wait: from here to the end what this thread asks of any store fails where it
 * would wait (no idle reader, a store that is held, a write) or takes more than so many steps of SQLite
 * (about 10 million a second). The end says whether anything did; then the work is to be done anew on a
 * thread that may wait, and what came of it so far is to be forgotten. */
void store_impatient_begin(uint64_t steps);
bool store_impatient_end(void);

/* For rooms that would wait for something else: must this thread not wait? Then notes that it gave up, and sets an
 * error. And has it given up since the beginning, so that all of it is made anew? */
bool store_gives_up(GError **error);
bool store_gave_up(void);

/* ---- writing ---- */

typedef bool (*StoreWork)(Db *db, void *data, GError **error);

typedef struct WriteOptions {
        const Actor *actor;  /* required */
        const char *reason;  /* into the journal, or NULL */
        const char *group;   /* grp-… cohort to write into; NULL: a new one for this write */
        const char *reverts; /* mut-… or grp-… that this write reverts, or NULL */
} WriteOptions;

/* Runs work on the writer thread inside the current group commit, in a savepoint of its own; returns
 * when the commit is on disk (synchronous=FULL). work returning false rolls back this write alone. A
 * failed commit (disk full, read-only) fails all of the group with UNAVAILABLE and nothing is kept. */
bool store_write(Store *store, const WriteOptions *options, StoreWork work, void *data,
                 GError **error);

/* A write that is never committed: work with all its derivations; then look, in the same transaction, sees what came
 * of it (the entries after seq are those it made, and every table is as they left it); then all is taken back, and back
 * sees what stands. Nothing of it is seen by readers or told to feeds. Both may be NULL. Writes wait meanwhile, so it
 * gives up with LIMIT after so many entries or so long. */
#define STORE_REHEARSAL_ENTRIES_MAX 200000
#define STORE_REHEARSAL_MS_MAX      10000

typedef struct Rehearsal {
        StoreWork work;
        bool (*look)(Db *db, int64_t seq, void *data, GError **error);
        StoreWork back;
        void *data;
        unsigned entries_max, ms_max; /* 0: those above */
} Rehearsal;

bool store_rehearse(Store *store, const WriteOptions *options, const Rehearsal *rehearsal,
                    GError **error);

/* Inside work: the actor of this write, and its group id. */
const Actor *db_actor(const Db *db);
const char *db_group(const Db *db);

/* ---- a journal from elsewhere ---- */

#define STORE_HASH_BYTES 32 /* of the journal's hash chain */

/* The text columns of an entry, in the order in which they are hashed. */
typedef enum StoreEntryText {
        STORE_ENTRY_ID,
        STORE_ENTRY_GROUP,
        STORE_ENTRY_TABLE,
        STORE_ENTRY_ROW,
        STORE_ENTRY_OP,
        STORE_ENTRY_BEFORE,
        STORE_ENTRY_AFTER,
        STORE_ENTRY_ACTOR_KIND,
        STORE_ENTRY_ACTOR_CONNECTION,
        STORE_ENTRY_ACTOR_NAME,
        STORE_ENTRY_SESSION,
        STORE_ENTRY_REASON,
        STORE_ENTRY_REVERTS,
        STORE_ENTRY_TEXTS,
} StoreEntryText;

/* An entry with all its columns. */
typedef struct StoreEntry {
        int64_t seq, time_us;
        int64_t redacted; /* which of its fields were deleted for good, 0: none */
        const char *text[STORE_ENTRY_TEXTS]; /* NULL for NULL */
        uint8_t prev_hash[STORE_HASH_BYTES], hash[STORE_HASH_BYTES];
} StoreEntry;

/* Enters the next entry of the journal that is being imported, as it is. CORRUPT, saying why, if it does not follow
 * from the one before or its hash is not that of its content. */
typedef struct StoreImport StoreImport;
bool store_import_entry(StoreImport *import, const StoreEntry *entry, GError **error);

/* Runs work on the writer thread, where it enters a whole journal with store_import_entry() and writes the user rows
 * that the entries tell of with statements of its own: nothing is journaled or derived meanwhile. Only into a store
 * that has nothing but what is shipped (entries by the system with a reason "shipped …"), which is replaced, else
 * CONFLICT. In one transaction, at the end of which foreign keys must hold (CORRUPT). Projections must be rebuilt
 * afterwards, but for the register of writes. Feeds hear nothing. */
typedef bool (*StoreImportWork)(Db *db, StoreImport *import, void *data, GError **error);
bool store_import(Store *store, StoreImportWork work, void *data, GError **error);

/* ---- statements ---- */

/* The statement for sql on this handle: prepared once and kept, returned reset with all bindings NULL.
 * sql uses named parameters (":id"). Borrowed: valid until asked for again or the handle is released. */
Statement *db_statement(Db *db, const char *sql, GError **error);

/* Binding an unknown name is a bug and aborts. Text and blobs are copied. NULL text binds NULL. */
void statement_bind_text(Statement *statement, const char *name, const char *value);
void statement_bind_int(Statement *statement, const char *name, int64_t value);
void statement_bind_double(Statement *statement, const char *name, double value);
void statement_bind_blob(Statement *statement, const char *name, const void *data, size_t size);

typedef enum StepResult { STEP_ERROR = -1, STEP_DONE = 0, STEP_ROW = 1 } StepResult;
StepResult statement_step(Statement *statement, GError **error);

/* Steps to the end; rows are ignored. */
bool statement_run(Statement *statement, GError **error);

/* Columns of the current row; text and blob are borrowed until the next step. NULL text is NULL. */
const char *statement_text(Statement *statement, int column);
int64_t statement_int(Statement *statement, int column);
double statement_double(Statement *statement, int column);
const void *statement_blob(Statement *statement, int column, size_t *ret_size);
bool statement_is_null(Statement *statement, int column);
int statement_columns(Statement *statement);
const char *statement_column_name(Statement *statement, int column);

/* Runs a fixed script of ours without parameters. */
bool db_execute(Db *db, const char *sql, GError **error);

/* Rows changed by the last statement. */
int64_t db_changes(const Db *db);

/* ---- SQL of strangers ----
 * Runs on an empty in-memory handle whose only contents are virtual tables, one per view, which fetch their
 * rows through a scoped reader. What is not there cannot be named. */

#define SANDBOX_SQL_BYTES_MAX   32768              /* of one statement */
#define SANDBOX_VALUE_BYTES_MAX 300000             /* of one value or row */
#define SANDBOX_STEPS_MAX       200000000          /* of SQLite's virtual machine */
#define SANDBOX_MEMORY_MAX      (64 * 1024 * 1024) /* that SQLite holds for one statement */
#define SANDBOX_TIMEOUT_MS_MAX  10000

typedef enum SandboxType { SANDBOX_TEXT, SANDBOX_INTEGER, SANDBOX_REAL } SandboxType;
const char *sandbox_type_to_string(SandboxType type);

typedef struct SandboxColumn {
        const char *name;
        SandboxType type;        /* of its values that are not NULL, without exception */
        const char *description; /* one sentence */
        const char *sql;         /* the value, over the view's from */
        /* Rows that have one value if an index finds them, by sql itself or by lookup: a condition that follows
         * from "column = %v" and has an index; %k is text_key() of the value. 0: there is no index. */
        unsigned rows;
        const char *lookup;
} SandboxColumn;

typedef struct SandboxView {
        const char *name;
        const char *description;
        const char *key; /* its columns that are unique together and never NULL, "a, b" */
        const char *from, *where;
        unsigned rows;                /* about how many it has */
        const SandboxColumn *columns; /* ended by a NULL name; at most 63 */
} SandboxView;

typedef struct Sandbox Sandbox;

typedef struct SandboxLimits {
        unsigned timeout_ms;
        int64_t steps; /* 0: SANDBOX_STEPS_MAX */
} SandboxLimits;

/* views (ended by a NULL name) stay the caller's, and so does the reader, which nobody else may use until the
 * sandbox is freed. There are two more, "views" and "columns", which tell what there is. */
Sandbox *sandbox_new(Db *reader, const SandboxView *views, const SandboxLimits *limits,
                     GError **error);
Sandbox *sandbox_free(Sandbox *sandbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sandbox, sandbox_free)

/* Takes one SELECT, WITH or VALUES; once per sandbox. INVALID, DENIED, LIMIT or TIMEOUT. */
bool sandbox_prepare(Sandbox *sandbox, const char *sql, GError **error);

/* Binds the members of an object by name, the elements of an array in order; NULL if there are none. Each
 * parameter of the statement must get a value. INVALID. */
bool sandbox_bind(Sandbox *sandbox, JsonNode *values, GError **error);

/* INVALID, LIMIT or TIMEOUT; what it was fed with so far is then to be forgotten. */
StepResult sandbox_step(Sandbox *sandbox, GError **error);

int sandbox_columns(Sandbox *sandbox);
const char *sandbox_column_name(Sandbox *sandbox, int column);

/* The value as JSON, which the caller frees; adds its size as text to *bytes. A blob is "x'…'"; bytes that are
 * not UTF-8, and NUL, become U+FFFD. */
JsonNode *sandbox_value(Sandbox *sandbox, int column, size_t *bytes);

/* ---- what was changed ---- */

typedef enum ChangeOp { CHANGE_INSERT, CHANGE_UPDATE, CHANGE_DELETE } ChangeOp;

/* One committed (feed) or pending (derivation) journal entry. Strings belong to the callback's caller. */
typedef struct Change {
        int64_t seq;
        const char *id;    /* mut-… */
        const char *group; /* grp-… */
        const char *table;
        const char *row_id; /* JSON: the primary key, {"id":"fact-…"} */
        ChangeOp op;
        ActorKind actor_kind;
        const char *actor_name;
        const char *actor_connection; /* conn-… or NULL */
        int64_t time_us;
        bool ends; /* it deleted, deactivated or superseded its row */
} Change;

/* Called on the loop after each commit with all its entries, in order. */
typedef void (*StoreFeed)(const Change *changes, unsigned count, void *data);
void store_add_feed(Store *store, StoreFeed feed, void *data);
void store_remove_feed(Store *store, StoreFeed feed, void *data);

/* Called on the writer thread at the end of every write that touched table, inside its savepoint, so
 * that what follows from a change commits with it, or fails it. Runs again for what it changes itself
 * in other tables, not in its own. Register before store_open(). */
typedef bool (*StoreDerivation)(Db *db, const Change *changes, unsigned count, void *data,
                                GError **error);
void store_add_derivation(Store *store, const char *table, StoreDerivation derive, void *data);

/* ---- the past ----
 * Read from the journal, on a handle without a scope. What the human has deleted for good was never there. */

/* The end of a write: what stood then is told by the entries up to seq. 0: before the first. */
typedef struct Moment {
        int64_t seq, time_us; /* of the last entry; of what was asked if there is none */
        char id[ID_MAX];      /* of the last entry, "" if there is none */
} Moment;

/* The last write that had ended by a time; the write that has an entry, whole. NOT_FOUND: no such entry. */
bool moment_at_time(Db *db, int64_t time_us, Moment *ret, GError **error);
bool moment_at_seq(Db *db, int64_t seq, Moment *ret, GError **error);
bool moment_at_entry(Db *db, const char *id, Moment *ret, GError **error);

/* A row of a user table, as JSON, as it stood after the entry seq; NULL if it was not there. Columns that came later are
 * not in it. row_id is JSON as the journal has it, {"id":"fact-…"}. The caller frees. */
bool history_row(Db *db, const char *table, const char *row_id, int64_t seq, char **ret,
                 GError **error);

/* All rows of a table that stood after the entry seq, in order of their ids between two. each returns false to stop; its strings are borrowed for
 * the call. */
typedef struct HistoryRange {
        const char *table;
        int64_t seq;
        const char *after, *before; /* row ids, not these themselves; or NULL */
} HistoryRange;
typedef bool (*HistoryEach)(const char *row_id, const char *row, void *data);
bool history_rows(Db *db, const HistoryRange *range, HistoryEach each, void *data, GError **error);

/* ---- erasing: the human's hard delete ----
 * Rows go, journal entries keep nothing but ids and hashes of them, and no page of the file, of its -wal or of an index
 * holds what they said. What goes with a row of which table, the rooms know: they say so by erasers. */

#define ERASE_TARGETS_MAX  1000    /* rows named in one erasure */
#define ERASE_ROWS_MAX     1000000 /* rows that go in one */
#define ERASE_SAMPLE_MAX   10      /* rows that a preview shows */
#define ERASE_MENTIONS_MAX 20      /* rows that stay and say the same, as a preview shows them */
#define ERASE_WORD_MIN                                                                             \
        4 /* letters and digits of a text that is looked for elsewhere, if a room names it */
#define ERASE_ROW_WORD_MIN     12 /* … and if it merely stands in a row */
#define ERASE_REASON_CHARS_MAX 1000

typedef struct EraseSet EraseSet; /* what goes */

typedef struct StoreEraser {
        /* What else goes with the row (id: first column of its key), by the verbs below. NULL: nothing. */
        bool (*expand)(EraseSet *set, const char *id, void *data, GError **error);
        /* In the write, before any row is deleted: takes the row out of an index that is no table. NULL: nothing. */
        bool (*take_out)(Db *db, const char *id, void *data, GError **error);
        void *data;
} StoreEraser;

/* Register before store_open(). A table may have several. */
void store_add_eraser(Store *store, const char *table, const StoreEraser *eraser);

/* Adds rows of any table: sql selects their key columns, in the order of the key, and may name :id. */
bool erase_add_rows(EraseSet *set, const char *table, const char *sql, const char *id,
                    GError **error);

/* Adds rows of table that are no more, of which the journal still tells: sql selects their keys as JSON. */
bool erase_add_gone(EraseSet *set, const char *table, const char *sql, const char *id,
                    GError **error);

/* Is the row with this id one of the set by now? */
bool erase_has(const EraseSet *set, const char *table, const char *id);

/* The handle that the set is made on, for what a statement alone cannot say. */
Db *erase_db(const EraseSet *set);

/* Adds texts that say what is erased, to be looked for in the journal and in logs: every column of every row of sql. */
bool erase_add_words(EraseSet *set, const char *sql, const char *id, GError **error);

/* Adds files below StoreOptions.files: rows of sql are the path, and table, column and value of what, if it is there when
 * the file's turn comes, needs the file still. */
bool erase_add_files(EraseSet *set, const char *sql, const char *id, GError **error);

typedef struct EraseTarget {
        const char *table;
        const char *row; /* its key as JSON, or the id alone */
} EraseTarget;

typedef struct EraseOptions {
        const Actor *actor; /* the human, else DENIED */
        const EraseTarget *targets;
        unsigned count;
        const char *token;  /* of the preview; STALE if the set is another one now */
        const char *reason; /* or NULL; INVALID if it repeats what is erased */
        bool remove_copies; /* files that were set aside by migrations and restores */
        bool (*progress)(
                double fraction,
                void *data); /* or NULL; false stops (CANCELLED) the cleaning, not the deleting */
        void *data;
} EraseOptions;

/* What would go: {"token", "rows", "tables": [{"table", "rows"}], "sample": [{"table", "row_id", "row"}], "entries",
 * "files", "mentions", "mentioned": [{"table", "row_id"}] (rows that stay and say the same), "copies": [paths]}.
 * NOT_FOUND, CONFLICT (rows that stay refer to some that go), LIMIT. */
JsonObject *store_erase_preview(Store *store, const EraseOptions *options, GError **error);

/* Deletes, redacts, cleans. The same answer with "cleaned" and, if that is false, "problem": the rest is done when the store
 * is opened next. */
JsonObject *store_erase(Store *store, const EraseOptions *options, GError **error);

/* ---- tables ---- */

typedef enum TableKind { TABLE_USER, TABLE_PROJECTION, TABLE_LOG } TableKind;

/* Kind of a table as its schema file declares it (table_kinds); false if there is no such table. */
bool db_table_kind(Db *db, const char *table, TableKind *ret_kind, GError **error);

/* Column names of a table, and of its primary key; the caller frees with g_strfreev(). */
char **db_table_columns(Db *db, const char *table, GError **error);
char **db_table_key(Db *db, const char *table, GError **error);

/* A foreign key of one column. */
typedef struct TableReference {
        char *column, *to_table, *to_column;
        bool optional; /* the column may be NULL */
} TableReference;

/* The foreign keys of a table, as TableReference. */
GPtrArray *db_table_references(Db *db, const char *table, GError **error);

/* ---- care ---- */

typedef struct VerifyReport {
        int64_t entries;    /* journal entries checked */
        int64_t pages_bad;  /* messages of SQLite's integrity check */
        int64_t rows_bad;   /* user rows that differ from their last journal entry */
        int64_t writes_bad; /* rows of the register of writes that do not agree with the journal */
        int64_t bad_seq;    /* first entry whose hash does not follow, 0: none */
        char *problem;      /* one sentence, NULL if all is well */
} VerifyReport;
void verify_report_clear(VerifyReport *report);

/* Full check: pages (integrity_check), the whole hash chain, the register of writes, each user row against
 * its last entry.
 * progress (0…1) is called now and then and stops it by returning false (CANCELLED). Returns false only
 * if it could not be carried out; problems are in the report. */
typedef bool (*StoreProgress)(double fraction, void *data);
bool store_verify(Store *store, StoreProgress progress, void *data, VerifyReport *ret,
                  GError **error);

/* Makes the register of writes anew from the journal. */
bool store_rebuild_writes(Store *store, GError **error);

/* Online copy, encrypted with the same key, into a new file (CONFLICT if it exists). */
bool store_backup(Store *store, const char *path, GError **error);

/* Restoring, in two steps, so that everything is checked before anything is touched. First a copy of the
 * backup is made beside the store, which may be open: its key must open it and its chain must hold; then it
 * gets the store's key if that is another one. INVALID: the key is wrong. */
typedef struct StoreKeys {
        const uint8_t *backup, *store; /* STORE_KEY_BYTES each */
} StoreKeys;
bool store_prepare_restore(Store *store, const char *backup, const StoreKeys *keys, GError **error);
void store_drop_restore(Store *store);

/* Does one lie prepared that has not replaced the store's file yet? */
bool store_has_restore(Store *store);

/* Then a closed store's file is replaced by what was prepared. The old file is kept under the name aside, a
 * new one in the same folder (CONFLICT if it exists); store_undo_restore() brings it back from there. A stop in between
 * is mended by calling it again with the same name. */
bool store_restore(Store *store, const char *aside, const uint8_t key[STORE_KEY_BYTES],
                   GError **error);
bool store_undo_restore(Store *store, const char *aside, GError **error);

/* Re-encrypts an open store in place with a new key. If it fails and leaves the store open, the file still has the
 * old key; if it leaves it closed (the file could not be opened again), it may have either. */
bool store_rekey(Store *store, const uint8_t key[STORE_KEY_BYTES], GError **error);

/* Highest journal seq, number of user rows and file size, for status. */
typedef struct StoreStatus {
        int64_t entries, file_bytes, schema_version;
} StoreStatus;
bool store_status(Store *store, StoreStatus *ret, GError **error);
