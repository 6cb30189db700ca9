/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Db: one SQLCipher handle, used by one thread at a time. Opened with the raw key, configured for its
 * role, closed with all of its statements. Failures of SQLite become errors of ours here. */
#include "store/impatience.h"
#include "store/db.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "store/tokenizer.h"
#include "store/write.h"

#define KEY_TEXT_BYTES (STORE_KEY_BYTES * 2 + 4) /* x'…' and its NUL */

/* The raw-key form spares the derivation from a passphrase, 0.1 to 0.3 s at each open. */
static int give_key(sqlite3 *sqlite, const uint8_t *key)
{
        char text[KEY_TEXT_BYTES] = "x'";

        (void)sodium_bin2hex(text + 2, STORE_KEY_BYTES * 2 + 1, key, STORE_KEY_BYTES);
        text[KEY_TEXT_BYTES - 2] = '\'';
        int r = sqlite3_key_v2(sqlite, "main", text, KEY_TEXT_BYTES - 1);
        sodium_memzero(text, sizeof(text));
        return r;
}

/* The first page is the first thing that is decrypted and authenticated. Its salt is part of the key
 * derivation: whether the key or the page is wrong cannot be seen. */
static bool check_key(Db *db, GError **error)
{
        g_autoptr(GError) failed = NULL;
        int64_t tables;

        if (db_query_int(db, "SELECT count(*) FROM sqlite_schema", &tables, &failed))
                return true;
        int code = sqlite3_errcode(db->sqlite);
        if (code == SQLITE_NOTADB)
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "%s cannot be read with this key: the key is wrong, or the beginning of the "
                        "file is damaged",
                        db->path);
        else if (code == SQLITE_CORRUPT)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "%s: the file is shorter than it should be, or damaged", db->path);
        else
                g_propagate_error(error, g_steal_pointer(&failed));
        return false;
}

static bool configure(Db *db, const DbOptions *options, GError **error)
{
        g_autofree char *pragmas = g_strdup_printf("PRAGMA cache_size = -%u;"
                                                   "PRAGMA temp_store = MEMORY;"
                                                   "PRAGMA foreign_keys = ON;"
                                                   "PRAGMA recursive_triggers = ON;"
                                                   "PRAGMA trusted_schema = OFF;"
                                                   "PRAGMA synchronous = FULL;",
                                                   db->cache_kb);

        sqlite3_extended_result_codes(db->sqlite, 1);
        (void)sqlite3_busy_timeout(db->sqlite, STORE_BUSY_MS);
        if (give_key(db->sqlite, options->key) != SQLITE_OK) {
                db_set_error(db, error, "set the key");
                return false;
        }
        (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        /* SQLCipher would write what we report as errors on stderr too. */
        if (!db_run(db, "PRAGMA cipher_log_level = NONE", error) || !check_key(db, error) ||
            !db_run(db, pragmas, error))
                return false;
        if (!tokenizer_register(db->sqlite)) {
                db_set_error(db, error, "register the tokenizer");
                return false;
        }
        db_authorize(db);
        return true;
}

static GHashTable *new_statements(void)
{
        return g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                     (GDestroyNotify)(void (*)(void))statement_free);
}

Db *db_open(const DbOptions *options, GError **error)
{
        g_autoptr(OwnDb) db = g_new0(Db, 1);
        int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

        flags |= options->role == DB_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
        db->role = options->role;
        db->cache_kb = options->cache_kb ? options->cache_kb : 2048;
        db->path = g_strdup(options->path);
        db->statements = new_statements();
        db->own = new_statements();
        db->used = g_ptr_array_new();
        if (sqlite3_open_v2(options->path, &db->sqlite, flags, NULL) != SQLITE_OK) {
                db_set_error(db, error, "open");
                return NULL;
        }
        if (!configure(db, options, error))
                return NULL;
        return g_steal_pointer(&db);
}

Db *db_close(Db *db)
{
        if (!db)
                return NULL;
        (void)sqlite3_finalize(db->snapshot);
        g_clear_pointer(&db->statements, g_hash_table_unref);
        g_clear_pointer(&db->own, g_hash_table_unref);
        g_clear_pointer(&db->used, g_ptr_array_unref);
        g_clear_pointer(&db->views, g_hash_table_unref);
        g_clear_pointer(&db->scope, scope_unref);
        (void)sqlite3_close_v2(db->sqlite);
        g_clear_error(&db->broken);
        g_free(db->path);
        g_free(db);
        return NULL;
}

static OuroborosError code_of(int code)
{
        switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
                return OUROBOROS_ERROR_CONFLICT;
        case SQLITE_CONSTRAINT_TRIGGER:
                return OUROBOROS_ERROR_DENIED;
        default:
                break;
        }
        switch (code & 0xff) {
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_NOMEM:
        case SQLITE_PROTOCOL:
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return OUROBOROS_ERROR_UNAVAILABLE;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return OUROBOROS_ERROR_CORRUPT;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
                return OUROBOROS_ERROR_INVALID;
        case SQLITE_AUTH:
        case SQLITE_PERM:
                return OUROBOROS_ERROR_DENIED;
        case SQLITE_TOOBIG:
                return OUROBOROS_ERROR_LIMIT;
        case SQLITE_INTERRUPT:
                return OUROBOROS_ERROR_CANCELLED;
        default:
                return OUROBOROS_ERROR_FAILED;
        }
}

/* After these SQLite may have given up the transaction, and what was written may not be whole. */
static bool is_fatal(int code)
{
        switch (code & 0xff) {
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_NOMEM:
        case SQLITE_PROTOCOL:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return true;
        default:
                return false;
        }
}

void db_set_error(Db *db, GError **error, const char *doing)
{
        int code = db->sqlite ? sqlite3_extended_errcode(db->sqlite) : SQLITE_NOMEM;
        int errnum = db->sqlite ? sqlite3_system_errno(db->sqlite) : 0;
        bool disk = is_fatal(code);
        bool over = code == SQLITE_INTERRUPT && db->limited && db->steps_left <= 0;

        if (over)
                impatience_note();
        OuroborosError meaning = over ? OUROBOROS_ERROR_LIMIT
                                      : (db->denied ? OUROBOROS_ERROR_DENIED : code_of(code));
        g_autofree char *name = g_path_get_basename(db->path);
        g_autoptr(GError) made =
                g_error_new(OUROBOROS_ERROR, meaning, "%s: cannot %s: %s%s%s%s", name, doing,
                            over ? "it takes more steps than it may" : sqlite3_errmsg(db->sqlite),
                            disk && errnum ? " (" : "", disk && errnum ? g_strerror(errnum) : "",
                            disk && errnum ? ")" : "");

        db->denied = false;
        if (disk && db->write && !db->broken)
                db->broken = g_error_copy(made);
        g_propagate_error(error, g_steal_pointer(&made));
}

static bool execute(Db *db, const char *sql, bool guarded, GError **error)
{
        db->guarded = guarded;
        int r = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
        db->guarded = false;
        if (r == SQLITE_OK)
                return true;
        db_set_error(db, error, "run a script");
        return false;
}

bool db_execute(Db *db, const char *sql, GError **error)
{
        return execute(db, sql, /* guarded= */ true, error);
}

bool db_run(Db *db, const char *sql, GError **error)
{
        return execute(db, sql, /* guarded= */ false, error);
}

bool db_do(Db *db, const char *sql, GError **error)
{
        Statement *statement = db_own_statement(db, sql, error);

        return statement && statement_run(statement, error);
}

bool db_query_int(Db *db, const char *sql, int64_t *ret, GError **error)
{
        g_autoptr(sqlite3_stmt) query = NULL;

        if (sqlite3_prepare_v2(db->sqlite, sql, -1, &query, NULL) != SQLITE_OK) {
                db_set_error(db, error, "read");
                return false;
        }
        int r = sqlite3_step(query);
        if (r != SQLITE_ROW && r != SQLITE_DONE) {
                db_set_error(db, error, "read");
                return false;
        }
        *ret = r == SQLITE_ROW ? sqlite3_column_int64(query, 0) : 0;
        return true;
}

#define LIMIT_STRIDE 1000 /* steps between two looks at the clock */

static int count_steps(void *data)
{
        Db *db = data;

        db->steps_left -= LIMIT_STRIDE;
        return db->steps_left <= 0;
}

void db_set_limit(Db *db, uint64_t steps)
{
        db->limited = steps > 0;
        db->steps_left = (int64_t)MIN(steps, (uint64_t)INT64_MAX);
        sqlite3_progress_handler(db->sqlite, db->limited ? LIMIT_STRIDE : 0, count_steps, db);
}

int64_t db_changes(const Db *db)
{
        return sqlite3_changes64(db->sqlite);
}

const Actor *db_actor(const Db *db)
{
        return db->write ? db->write->actor : NULL;
}

const char *db_group(const Db *db)
{
        return db->write ? db->write->group : NULL;
}

/* Whoever frees statements forgets them here too. */
static void forget_found(Db *db)
{
        memset(db->memo, 0, sizeof db->memo);
        g_ptr_array_set_size(db->used, 0);
}

void db_drop_statements(Db *db)
{
        forget_found(db);
        g_hash_table_remove_all(db->statements);
        g_hash_table_remove_all(db->own);
}

void db_reset_statements(Db *db)
{
        for (unsigned i = 0; i < db->used->len; i++)
                statement_rest(g_ptr_array_index(db->used, i));
        g_ptr_array_set_size(db->used, 0);
        if (g_hash_table_size(db->statements) > STORE_STATEMENT_MAX)
                db_drop_statements(db);
}
