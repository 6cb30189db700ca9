/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The full check: SQLite's own look at every page, the whole hash chain, and every row of every user table
 * against the last entry that the journal has of it, in both directions. Memory does not grow with the
 * store: one row at a time. What a chain cannot show, that its newest entries are gone, shows in the
 * rows, which then have no entry or an older one. */
#include <string.h>

#include "store/chain.h"
#include "store/register.h"
#include "store/row-json.h"
#include "store/state.h"
#include "store/table.h"

#define STRIDE_STEPS   100000 /* virtual machine steps between two calls of progress */
#define STRIDE_ENTRIES 2000   /* journal entries of one chunk */

typedef struct Verify {
        Db *db;
        StoreProgress progress;
        void *data;
        double fraction;
        bool cancelled;
        VerifyReport *report;
} Verify;

void verify_report_clear(VerifyReport *report)
{
        g_clear_pointer(&report->problem, g_free);
        *report = (VerifyReport){0};
}

static int tick(void *data)
{
        Verify *verify = data;

        if (verify->progress && !verify->cancelled)
                verify->cancelled = !verify->progress(verify->fraction, verify->data);
        return verify->cancelled;
}

/* The report has room for one sentence: the first problem found. */
static void G_GNUC_PRINTF(2, 3) found(Verify *verify, const char *format, ...)
{
        va_list args;

        if (verify->report->problem)
                return;
        va_start(args, format);
        verify->report->problem = g_strdup_vprintf(format, args);
        va_end(args);
}

/* ---- pages ---- */

/* A page that fails its authentication ends the check with an error, which here is a finding. */
static bool end_pages(Verify *verify, sqlite3_stmt *check, int r, GError **error)
{
        int code = r & 0xff;

        if (r == SQLITE_DONE)
                return true;
        if (code == SQLITE_INTERRUPT || code == SQLITE_NOMEM) {
                db_set_error(verify->db, error, "check its pages");
                return false;
        }
        verify->report->pages_bad++;
        found(verify, "a page cannot be read: %s", sqlite3_errmsg(verify->db->sqlite));
        return true;
}

/* A damaged index makes its table fail with any code. */
static void look_again(Verify *verify, const char *query)
{
        g_autoptr(GError) error = NULL;
        int64_t rows;

        if (db_query_int(verify->db, query, &rows, &error))
                return;
        verify->report->pages_bad++;
        found(verify, "an index cannot be read: %s", error->message);
}

/* FTS5 keeps in a handle how its index was when it last looked, and integrity_check alone does not make it
 * look again (as of SQLite 3.46): it would report as damage what has merely changed. A cursor does. */
static bool open_virtual_tables(Verify *verify, GError **error)
{
        StepResult r;
        Statement *names = db_statement(verify->db,
                                        "SELECT printf('SELECT count(*) FROM (SELECT 1 FROM"
                                        " main.\"%w\" LIMIT 1)', name) FROM main.sqlite_schema"
                                        " WHERE type = 'table' AND rootpage = 0",
                                        error);

        if (!names)
                return false;
        while ((r = statement_step(names, error)) == STEP_ROW)
                look_again(verify, statement_text(names, 0));
        return r == STEP_DONE;
}

static bool check_pages(Verify *verify, GError **error)
{
        g_autoptr(sqlite3_stmt) check = NULL;

        if (!open_virtual_tables(verify, error))
                return false;
        int r = sqlite3_prepare_v2(verify->db->sqlite, "PRAGMA integrity_check", -1, &check, NULL);

        if (r != SQLITE_OK)
                return end_pages(verify, check, r, error);
        while ((r = sqlite3_step(check)) == SQLITE_ROW) {
                const char *message = (const char *)sqlite3_column_text(check, 0);

                if (g_strcmp0(message, "ok") == 0)
                        continue;
                verify->report->pages_bad++;
                found(verify, "a page is damaged: %s", message);
        }
        return end_pages(verify, check, r, error);
}

/* ---- the chain ---- */

static bool check_chain(Verify *verify, GError **error)
{
        g_auto(ChainCheck) check = {0};
        double start = verify->fraction;
        int64_t entries, before;

        if (!db_query_int(verify->db, "SELECT coalesce(max(seq), 0) FROM main.mutations", &entries,
                          error))
                return false;
        do {
                before = check.checked;
                if (!chain_check(verify->db, &check, STRIDE_ENTRIES, error))
                        return false;
                verify->fraction = start + 0.3 * (double)check.seq / (double)MAX(entries, 1);
        } while (!check.problem && check.checked > before);
        verify->report->entries = check.checked;
        verify->report->bad_seq = check.bad_seq;
        if (check.problem)
                found(verify, "%s", check.problem);
        return true;
}

/* What follows from a broken chain is no finding of its own. */
static bool check_register(Verify *verify, GError **error)
{
        g_autofree char *problem = NULL;

        if (verify->report->bad_seq)
                return true;
        if (!register_check(verify->db, &verify->report->writes_bad, &problem, error))
                return false;
        if (problem)
                found(verify, "%s", problem);
        return true;
}

/* ---- rows ---- */

typedef struct Rows {
        Verify *verify;
        RowShape *shape;
        GString *key, *row;
        sqlite3_value **values;
        char **defaults; /* of each column: SQL, NULL if it has none */
        int64_t live;    /* rows that the journal knows of and does not hold for deleted */
} Rows;

static void rows_clear(Rows *rows)
{
        (void)row_shape_free(rows->shape);
        g_string_free(rows->key, TRUE);
        g_string_free(rows->row, TRUE);
        g_free(rows->values);
        g_strfreev(rows->defaults);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rows, rows_clear)

static void bad_row(Rows *rows, const char *key, const char *what)
{
        rows->verify->report->rows_bad++;
        found(rows->verify, "table %s, row %s: %s", rows->shape->table, key, what);
}

/* Whether a column that came after the entry was written still has the value that it came with. */
static bool is_default(Rows *rows, unsigned column)
{
        g_autofree char *sql = g_strdup_printf("SELECT ?1 IS (%s)", rows->defaults[column]);
        g_autoptr(sqlite3_stmt) compare = NULL;

        if (sqlite3_prepare_v2(rows->verify->db->sqlite, sql, -1, &compare, NULL) != SQLITE_OK ||
            sqlite3_bind_value(compare, 1, rows->values[column]) != SQLITE_OK ||
            sqlite3_step(compare) != SQLITE_ROW)
                return false;
        return sqlite3_column_int(compare, 0);
}

/* An entry from before a migration lacks the columns that came later. */
static bool equal_but_newer(Rows *rows, const char *after)
{
        g_autoptr(JsonObject) object = json_parse_object(after, -1, NULL);
        g_autofree bool *absent = g_new0(bool, rows->shape->columns);
        bool any = false;

        if (!object)
                return false;
        for (unsigned i = 1; i < rows->shape->columns; i++) {
                absent[i] = !json_object_has_member(object, rows->shape->names[i]);
                any |= absent[i];
                if (absent[i] && !is_default(rows, i))
                        return false;
        }
        return any && row_shape_print_part(rows->shape, rows->values, absent, rows->row, NULL) &&
               g_str_equal(rows->row->str, after);
}

/* Names of the columns in which the row is not as the entry left it; the caller frees. */
static char *list_changed(Rows *rows, const char *after)
{
        g_autoptr(JsonObject) then = json_parse_object(after, -1, NULL);
        g_autoptr(JsonObject) now = json_parse_object(rows->row->str, -1, NULL);
        g_autoptr(GString) list = g_string_new(NULL);

        for (unsigned i = 0; then && now && i < rows->shape->columns; i++) {
                const char *name = rows->shape->names[i];
                JsonNode *a = json_object_get_member(then, name);
                JsonNode *b = json_object_get_member(now, name);

                if (a && b && !json_node_equal(a, b))
                        g_string_append_printf(list, "%s%s", list->len ? ", " : "", name);
        }
        return g_string_free(g_steal_pointer(&list), /* free_segment= */ FALSE);
}

/* last is the row's last entry: op, after, seq, id, actor_kind. */
static void judge_row(Rows *rows, Statement *last)
{
        const char *after = statement_text(last, 1);
        g_autofree char *entry = g_strdup_printf("entry %" G_GINT64_FORMAT " (%s)",
                                                 statement_int(last, 2), statement_text(last, 3));
        g_autofree char *what = NULL, *columns = NULL;

        if (!after) {
                what = g_strdup_printf("the journal says that it was deleted, by its last %s",
                                       entry);
        } else if (!g_str_equal(after, rows->row->str) && !equal_but_newer(rows, after)) {
                /* equal_but_newer() has printed a part of it */
                (void)row_shape_print(rows->shape, rows->values, rows->row, NULL);
                columns = list_changed(rows, after);
                what = g_strdup_printf("it differs from its last journal %s in: %s", entry,
                                       *columns ? columns : "columns that came later");
        } else if (g_str_equal(rows->shape->table, "redactions") &&
                   g_strcmp0(statement_text(last, 4), "human") != 0) {
                what = g_strdup_printf("only the human deletes for good, and %s is not the human's",
                                       entry);
        }
        if (what)
                bad_row(rows, rows->key->str, what);
}

static bool check_row(Rows *rows, sqlite3_stmt *row, GError **error)
{
        Statement *last =
                db_own_statement(rows->verify->db,
                                 "SELECT op, after, seq, id, actor_kind FROM main.mutations "
                                 "WHERE table_name = :table AND row_id = :row "
                                 "ORDER BY seq DESC LIMIT 1",
                                 error);
        if (!last)
                return false;
        /* "Unprotected" values are safe here: the handle belongs to this thread alone. */
        for (unsigned i = 0; i < rows->shape->columns; i++)
                rows->values[i] = sqlite3_column_value(row, (int)i);
        if (!row_shape_print_key(rows->shape, rows->values, rows->key, error) ||
            !row_shape_print(rows->shape, rows->values, rows->row, error)) {
                bad_row(rows, rows->key->str, (*error)->message);
                g_clear_error(error);
                return true;
        }
        statement_bind_text(last, ":table", rows->shape->table);
        statement_bind_text(last, ":row", rows->key->str);
        StepResult r = statement_step(last, error);
        if (r == STEP_ERROR)
                return false;
        rows->live += r == STEP_ROW && statement_text(last, 1);
        if (r == STEP_DONE)
                bad_row(rows, rows->key->str, "it has no journal entry");
        else
                judge_row(rows, last);
        (void)sqlite3_reset(statement_sqlite(last));
        return true;
}

static bool check_rows(Rows *rows, GError **error)
{
        g_autofree char *names = g_strjoinv("\", \"", rows->shape->names);
        g_autofree char *sql =
                g_strdup_printf("SELECT \"%s\" FROM main.\"%s\"", names, rows->shape->table);
        g_autoptr(GError) unused = NULL;
        Statement *statement = db_own_statement(rows->verify->db, sql, error);
        StepResult r;

        if (!statement)
                return false;
        while ((r = statement_step(statement, error)) == STEP_ROW)
                if (!check_row(rows, statement_sqlite(statement), error ? error : &unused))
                        return false;
        return r == STEP_DONE;
}

/* Rows that the journal holds for there: their last entry is no deletion. */
#define LIVE_ROWS                                                                                  \
        "FROM (SELECT max(seq) AS seq FROM main.mutations WHERE table_name = :name "               \
        "GROUP BY row_id) l JOIN main.mutations m ON m.seq = l.seq WHERE m.op <> 'delete'"

static bool count_live(Rows *rows, int64_t *ret, GError **error)
{
        Statement *count = db_own_statement(rows->verify->db, "SELECT count(*) " LIVE_ROWS, error);

        if (!count)
                return false;
        statement_bind_text(count, ":name", rows->shape->table);
        if (statement_step(count, error) != STEP_ROW)
                return false;
        *ret = statement_int(count, 0);
        (void)sqlite3_reset(statement_sqlite(count));
        return true;
}

static char *missing_sql(const RowShape *shape)
{
        g_autoptr(GString) sql = g_string_new("SELECT m.row_id, m.seq, m.id " LIVE_ROWS
                                              " AND NOT EXISTS (SELECT 1 FROM ");

        g_string_append_printf(sql, "main.\"%s\" t WHERE 1", shape->table);
        for (unsigned i = 0; i < shape->keys; i++) {
                const char *name = shape->names[shape->key[i]];

                g_string_append_printf(sql, " AND t.\"%s\" = json_extract(m.row_id, '$.%s')", name,
                                       name);
        }
        g_string_append_c(sql, ')');
        return g_string_free(g_steal_pointer(&sql), /* free_segment= */ FALSE);
}

/* Only when the numbers differ: looking each row up takes longer than counting. */
static bool find_missing(Rows *rows, GError **error)
{
        g_autofree char *sql = missing_sql(rows->shape);
        int64_t live;
        StepResult r;

        if (!count_live(rows, &live, error))
                return false;
        if (live == rows->live)
                return true;
        Statement *missing = db_own_statement(rows->verify->db, sql, error);
        if (!missing)
                return false;
        statement_bind_text(missing, ":name", rows->shape->table);
        while ((r = statement_step(missing, error)) == STEP_ROW) {
                g_autofree char *what =
                        g_strdup_printf("the journal has it, last by entry %" G_GINT64_FORMAT
                                        " (%s), but it is not there",
                                        statement_int(missing, 1), statement_text(missing, 2));

                bad_row(rows, statement_text(missing, 0), what);
        }
        return r == STEP_DONE;
}

static bool check_table(Verify *verify, const char *table, GError **error)
{
        g_auto(Rows)
                rows = {.verify = verify, .key = g_string_new(NULL), .row = g_string_new(NULL)};

        rows.shape = row_shape_new(verify->db, table, error);
        if (!rows.shape)
                return false;
        rows.values = g_new0(sqlite3_value *, rows.shape->columns);
        rows.defaults =
                db_list(verify->db,
                        "SELECT coalesce(dflt_value, 'NULL') FROM pragma_table_info(:name, 'main') "
                        "ORDER BY cid",
                        table, error);
        return rows.defaults && check_rows(&rows, error) && find_missing(&rows, error);
}

/* Also tables that the journal tells of, whatever they are said to be. */
static bool check_tables(Verify *verify, GError **error)
{
        g_auto(GStrv) tables =
                db_list(verify->db,
                        "SELECT name FROM main.table_kinds WHERE kind = 'user' UNION"
                        " SELECT DISTINCT table_name FROM main.mutations WHERE table_name IN"
                        " (SELECT name FROM main.sqlite_schema WHERE type = 'table')",
                        NULL, error);
        unsigned count = tables ? g_strv_length(tables) : 0;
        double start = verify->fraction;

        if (!tables)
                return false;
        for (unsigned i = 0; i < count; i++) {
                if (!check_table(verify, tables[i], error))
                        return false;
                verify->fraction = start + (0.95 - start) * (i + 1) / count;
        }
        return true;
}

/* ---- all ---- */

/* Damage that keeps a later step from reading is a finding too: the step ends, the check does not fail. */
static bool settle_step(Verify *verify, bool ok, GError *failed, GError **error)
{
        if (ok)
                return true;
        /* a page that fails its authentication lets statements of ours, which are sound, fail with
         * any code */
        if (g_error_matches(failed, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT) ||
            g_error_matches(failed, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED)) {
                verify->report->pages_bad++;
                found(verify, "%s", failed->message);
                g_error_free(failed);
                return true;
        }
        g_propagate_error(error, failed);
        return false;
}

static bool run_step(Verify *verify, bool (*step)(Verify *verify, GError **error), double end,
                     GError **error)
{
        GError *failed = NULL;
        bool ok = step(verify, &failed);

        if (!settle_step(verify, ok, failed, error))
                return false;
        verify->fraction = end;
        return tick(verify) == 0 || (g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED,
                                                 "the check was stopped"),
                                     false);
}

bool store_verify(Store *store, StoreProgress progress, void *data, VerifyReport *ret,
                  GError **error)
{
        g_autoptr(Db) db = store_reader(store, /* scope= */ NULL, error);
        VerifyReport report = {0};
        Verify verify = {.db = db, .progress = progress, .data = data, .report = &report};

        if (!db)
                return false;
        sqlite3_progress_handler(db->sqlite, STRIDE_STEPS, tick, &verify);
        bool ok = run_step(&verify, check_pages, 0.4, error) &&
                  run_step(&verify, check_chain, 0.7, error) &&
                  run_step(&verify, check_tables, 0.95, error) &&
                  run_step(&verify, check_register, 1.0, error);
        sqlite3_progress_handler(db->sqlite, 0, NULL, NULL);
        if (!ok) {
                verify_report_clear(&report);
                return false;
        }
        *ret = report;
        return true;
}
