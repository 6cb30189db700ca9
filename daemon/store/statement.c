/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statement: a prepared statement with named parameters, kept by its handle under its text. */
#include "store/db.h"

#include <string.h>

struct Statement {
        Db *db;
        sqlite3_stmt *sqlite;
        char *sql;
        const char *asked; /* address of the text that it was last asked for by */
        bool guarded, used;
        int next; /* parameter that is probably bound next: callers bind in the order of the SQL */
        int parameters;
        char **names; /* of parameters, by index; copies: those of SQLite go when it prepares anew */
};

Statement *statement_free(Statement *statement)
{
        if (!statement)
                return NULL;
        (void)sqlite3_finalize(statement->sqlite);
        for (int i = 1; i <= statement->parameters; i++)
                g_free(statement->names[i]);
        g_free(statement->names);
        g_free(statement->sql);
        g_free(statement);
        return NULL;
}

sqlite3_stmt *statement_sqlite(Statement *statement)
{
        return statement->sqlite;
}

static void list_parameters(Statement *statement)
{
        statement->parameters = sqlite3_bind_parameter_count(statement->sqlite);
        statement->names = g_new0(char *, statement->parameters + 1);
        for (int i = 1; i <= statement->parameters; i++)
                statement->names[i] = g_strdup(sqlite3_bind_parameter_name(statement->sqlite, i));
}

static Statement *prepare(Db *db, const char *sql, bool guarded, GError **error)
{
        sqlite3_stmt *sqlite = NULL;

        db->guarded = guarded;
        int r = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &sqlite, NULL);
        db->guarded = false;
        if (r != SQLITE_OK) {
                db_set_error(db, error, "prepare a statement");
                return NULL;
        }
        Statement *statement = g_new0(Statement, 1);
        statement->db = db;
        statement->sqlite = sqlite;
        statement->sql = g_strdup(sql);
        statement->guarded = guarded;
        list_parameters(statement);
        g_hash_table_insert(guarded ? db->statements : db->own, statement->sql, statement);
        return statement;
}

/* SQL is nearly always a literal: its address leads to the statement sooner than a hash of its text does.
 * The texts are compared all the same, since an address can come to hold another one. */
static Statement **memo_of(Db *db, const char *sql)
{
        return &db->memo[((uintptr_t)sql >> 3) % DB_MEMO_SIZE];
}

static Statement *look_up(Db *db, const char *sql, bool guarded)
{
        Statement **memo = memo_of(db, sql);

        if (*memo && (*memo)->asked == sql && (*memo)->guarded == guarded &&
            strcmp((*memo)->sql, sql) == 0)
                return *memo;
        return g_hash_table_lookup(guarded ? db->statements : db->own, sql);
}

static Statement *find(Db *db, const char *sql, bool guarded, GError **error)
{
        Statement *statement = look_up(db, sql, guarded);

        if (!statement)
                statement = prepare(db, sql, guarded, error);
        if (!statement)
                return NULL;
        statement->asked = sql;
        *memo_of(db, sql) = statement;
        if (!statement->used)
                g_ptr_array_add(db->used, statement);
        statement->used = true;
        (void)sqlite3_reset(statement->sqlite);
        (void)sqlite3_clear_bindings(statement->sqlite);
        statement->next = 1;
        return statement;
}

void statement_rest(Statement *statement)
{
        (void)sqlite3_reset(statement->sqlite);
        statement->used = false;
}

Statement *db_statement(Db *db, const char *sql, GError **error)
{
        return find(db, sql, /* guarded= */ true, error);
}

Statement *db_own_statement(Db *db, const char *sql, GError **error)
{
        return find(db, sql, /* guarded= */ false, error);
}

static int parameter(Statement *statement, const char *name)
{
        int index = statement->next;

        if (index > statement->parameters || !statement->names[index] ||
            strcmp(statement->names[index], name) != 0)
                index = sqlite3_bind_parameter_index(statement->sqlite, name);
        if (index == 0)
                g_error("statement has no parameter %s: %s", name, statement->sql);
        statement->next = index + 1;
        return index;
}

/* Binding fails for lack of memory only, or for sizes which step would refuse: both are bugs here. */
static void check_bound(Statement *statement, int r)
{
        if (r != SQLITE_OK)
                g_error("cannot bind: %s: %s", sqlite3_errstr(r), statement->sql);
}

void statement_bind_text(Statement *statement, const char *name, const char *value)
{
        int index = parameter(statement, name);

        check_bound(statement,
                    value ? sqlite3_bind_text64(statement->sqlite, index, value, strlen(value),
                                                SQLITE_TRANSIENT, SQLITE_UTF8)
                          : sqlite3_bind_null(statement->sqlite, index));
}

void statement_bind_int(Statement *statement, const char *name, int64_t value)
{
        check_bound(statement,
                    sqlite3_bind_int64(statement->sqlite, parameter(statement, name), value));
}

void statement_bind_double(Statement *statement, const char *name, double value)
{
        check_bound(statement,
                    sqlite3_bind_double(statement->sqlite, parameter(statement, name), value));
}

void statement_bind_blob(Statement *statement, const char *name, const void *data, size_t size)
{
        int index = parameter(statement, name);

        /* Without data it is NULL, with size 0 an empty blob. */
        check_bound(statement, data && size == 0
                                       ? sqlite3_bind_zeroblob(statement->sqlite, index, 0)
                                       : sqlite3_bind_blob64(statement->sqlite, index, data, size,
                                                             SQLITE_TRANSIENT));
}

StepResult statement_step(Statement *statement, GError **error)
{
        int r = sqlite3_step(statement->sqlite);

        if (r == SQLITE_ROW)
                return STEP_ROW;
        if (r == SQLITE_DONE)
                return STEP_DONE;
        db_set_error(statement->db, error, "run a statement");
        (void)sqlite3_reset(statement->sqlite);
        return STEP_ERROR;
}

bool statement_run(Statement *statement, GError **error)
{
        StepResult r;

        do {
                r = statement_step(statement, error);
        } while (r == STEP_ROW);
        /* A finished statement holds no cursor and no lock. */
        (void)sqlite3_reset(statement->sqlite);
        return r == STEP_DONE;
}

const char *statement_text(Statement *statement, int column)
{
        return (const char *)sqlite3_column_text(statement->sqlite, column);
}

int64_t statement_int(Statement *statement, int column)
{
        return sqlite3_column_int64(statement->sqlite, column);
}

double statement_double(Statement *statement, int column)
{
        return sqlite3_column_double(statement->sqlite, column);
}

const void *statement_blob(Statement *statement, int column, size_t *ret_size)
{
        const void *data = sqlite3_column_blob(statement->sqlite, column);

        *ret_size = (size_t)sqlite3_column_bytes(statement->sqlite, column);
        return data;
}

bool statement_is_null(Statement *statement, int column)
{
        return sqlite3_column_type(statement->sqlite, column) == SQLITE_NULL;
}

int statement_columns(Statement *statement)
{
        return sqlite3_column_count(statement->sqlite);
}

const char *statement_column_name(Statement *statement, int column)
{
        return sqlite3_column_name(statement->sqlite, column);
}
