/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what a handle is made of. SQLCipher's header is included here and nowhere else. */
#pragma once

#ifndef SQLITE_HAS_CODEC
#define SQLITE_HAS_CODEC 1
#endif
#include <sqlite3.h>

#include "store/store.h"

#define STORE_BUSY_MS       5000 /* how long a handle waits for another one's lock */
#define STORE_STATEMENT_MAX 256  /* prepared statements a handle keeps when it is not in use */
#define DB_MEMO_SIZE        64   /* of the statements found last; a power of two */

typedef struct ReaderPool ReaderPool;
typedef struct Write Write;

typedef enum DbRole {
        DB_PLAIN,  /* ours alone: migration, copies, checks; no authorizer */
        DB_WRITER, /* the one handle that writes */
        DB_READER, /* read-only, from the pool */
} DbRole;

struct Db {
        sqlite3 *sqlite;
        DbRole role;
        char *path;
        unsigned cache_kb;
        GHashTable *statements; /* of rooms: SQL text (borrowed from the Statement) → Statement */
        GHashTable *own;        /* the same of ours, which no authorizer has judged */
        Statement *memo[DB_MEMO_SIZE]; /* found last, by the address of their text */
        GPtrArray *used; /* statements handed out since the last db_reset_statements() */
        bool importing; /* writer: records of redactions may come in, with the entries that prove them */
        bool guarded;     /* a room's SQL is being prepared: the authorizer judges it */
        bool denied;      /* … and it said no: SQLite has no code of its own for functions */
        ReaderPool *pool; /* readers: where they go back to */
        bool large;       /* … with a large cache */
        Histogram *time;  /* … how long they are out, or NULL */
        int64_t taken_us; /* … since when, monotonic */
        sqlite3_stmt
                *snapshot;   /* readers: holds the snapshot while it is in the middle of its rows */
        bool held;           /* it does */
        uint64_t generation; /* of the pool when the handle was taken */
        Scope *scope;        /* readers: what they may see, NULL: everything */
        GHashTable *views;   /* scoped readers: names that hide the tables of main → condition */
        bool seen_is_known;  /* … the lists of what is seen are filled, */
        unsigned seen_version; /* … of this version of the file */
        int64_t steps_left;    /* of db_set_limit(), when limited */
        bool limited;
        Write *write;   /* writer: the write at work, NULL outside of one */
        GError *broken; /* writer: why nothing of the current group can be kept */
};

typedef struct DbOptions {
        const char *path;
        const uint8_t *key; /* STORE_KEY_BYTES */
        DbRole role;
        unsigned cache_kb;
} DbOptions;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

/* Opens a handle and gives it the key: DENIED if the key does not fit or the file begins with damage (which
 * cannot be told apart), CORRUPT if the file is shorter than it says. */
Db *db_open(const DbOptions *options, GError **error);

/* Finalises everything and closes; returns NULL. */
Db *db_close(Db *db);

/* A closing that also works as a cleanup, for handles that did not come from a pool. */
typedef Db OwnDb;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OwnDb, db_close)

/* Sets error from the last failure of the handle; doing says what was tried ("prepare", "commit"). */
void db_set_error(Db *db, GError **error, const char *doing);

/* First column of the first row of our own SQL; 0 if there is no row. */
bool db_query_int(Db *db, const char *sql, int64_t *ret, GError **error);

/* Runs our own script past the authorizer. */
bool db_run(Db *db, const char *sql, GError **error);

/* Runs one statement of ours that is run often: it stays prepared. */
bool db_do(Db *db, const char *sql, GError **error);

/* Prepares our own SQL past the authorizer; kept like any other. */
Statement *db_own_statement(Db *db, const char *sql, GError **error);

/* Resets what was handed out; drops them all if there are more than STORE_STATEMENT_MAX. */
void db_reset_statements(Db *db);
void db_drop_statements(Db *db);

/* Statement of a handle; statement.c. */
Statement *statement_free(Statement *statement);
sqlite3_stmt *statement_sqlite(Statement *statement);
void statement_rest(Statement *statement); /* resets it: nobody has it any more */

/* authorizer.c: what rooms may prepare on a handle of this role. */
void db_authorize(Db *db);
