/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading everything once for the words of an erasure. A word that a row which stays says too is not the erased
 * rows' own: it is left where it is, and the preview says where. So what is found in the journal afterwards is
 * never the state of a row as it is now. */
#include "store/erase-scan.h"

#include <string.h>

#include "store/chain.h"
#include "store/table.h"

#define JOURNAL_COLUMNS                                                                            \
        "SELECT seq, table_name, row_id, before, after, reason, group_id, actor_kind, redacted "   \
        "FROM main.mutations WHERE seq > :seq ORDER BY seq"

/* ---- rows ---- */

typedef struct RowScan {
        EraseSet *set;
        RowShape *shape;
        sqlite3_value **values;
        GString *key;
        GHashTable *found; /* words that rows which stay say */
        GPtrArray *keys;   /* of rows of logs that say a word */
        bool is_log, hit;
} RowScan;

static void row_scan_clear(RowScan *scan)
{
        (void)row_shape_free(scan->shape);
        g_free(scan->values);
        g_string_free(scan->key, TRUE);
        g_ptr_array_unref(scan->keys);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RowScan, row_scan_clear)

static bool on_word(unsigned word, void *data)
{
        RowScan *scan = data;

        scan->hit = true;
        if (!scan->is_log)
                g_hash_table_add(scan->found, GUINT_TO_POINTER(word + 1));
        return !scan->is_log;
}

static bool scan_columns(RowScan *scan, sqlite3_stmt *row, EraseFound found)
{
        scan->hit = false;
        for (int i = 0; i < sqlite3_column_count(row); i++)
                if (sqlite3_column_type(row, i) == SQLITE_TEXT &&
                    !erase_words_scan(scan->set->words, (const char *)sqlite3_column_text(row, i),
                                      (size_t)sqlite3_column_bytes(row, i), found, scan))
                        break;
        return scan->hit;
}

static bool is_hit(unsigned word, void *data)
{
        ((RowScan *)data)->hit = true;
        return false;
}

static void note_mention(RowScan *scan)
{
        EraseSet *set = scan->set;
        JsonObject *row;

        if (set->mentions++ >= ERASE_MENTIONS_MAX)
                return;
        row = json_object_new();
        json_object_set_string_member(row, "table", scan->shape->table);
        json_object_set_string_member(row, "row_id", scan->key->str);
        json_array_add_object_element(set->mentioned, row);
}

/* Is it looked up first whether any word is there: the set's own rows must not count. */
static bool scan_row(RowScan *scan, sqlite3_stmt *row, GError **error)
{
        if (!scan_columns(scan, row, is_hit))
                return true;
        for (unsigned i = 0; i < scan->shape->columns; i++)
                scan->values[i] = sqlite3_column_value(row, (int)i);
        if (!row_shape_print_key(scan->shape, scan->values, scan->key, error))
                return false;
        if (erase_set_find(scan->set, scan->shape->table, scan->key->str))
                return true;
        (void)scan_columns(scan, row, on_word);
        if (scan->is_log)
                g_ptr_array_add(scan->keys, g_strdup(scan->key->str));
        else
                note_mention(scan);
        return true;
}

static bool read_rows(RowScan *scan, GError **error)
{
        g_autofree char *names = g_strjoinv("\", \"", scan->shape->names);
        g_autofree char *sql =
                g_strdup_printf("SELECT \"%s\" FROM main.\"%s\"", names, scan->shape->table);
        Statement *rows = db_own_statement(scan->set->db, sql, error);
        StepResult r;

        if (!rows)
                return false;
        while ((r = statement_step(rows, error)) == STEP_ROW)
                if (!scan_row(scan, statement_sqlite(rows), error))
                        break;
        (void)sqlite3_reset(statement_sqlite(rows));
        return r == STEP_DONE;
}

static bool scan_table(EraseSet *set, const char *table, bool is_log, GHashTable *found,
                       GError **error)
{
        g_auto(RowScan) scan = {.set = set,
                                .is_log = is_log,
                                .found = found,
                                .key = g_string_new(NULL),
                                .keys = g_ptr_array_new_with_free_func(g_free)};

        scan.shape = row_shape_new(set->db, table, error);
        if (!scan.shape)
                return false;
        scan.values = g_new0(sqlite3_value *, scan.shape->columns);
        if (!read_rows(&scan, error))
                return false;
        for (unsigned i = 0; i < scan.keys->len; i++)
                if (!erase_set_add_row(set, table, g_ptr_array_index(scan.keys, i), error))
                        return false;
        return true;
}

#define TABLES                                                                                     \
        "SELECT name FROM main.table_kinds WHERE kind = :name AND name NOT IN ('mutations', "      \
        "'redactions', 'erasures', 'table_kinds') ORDER BY name"

static bool scan_tables(EraseSet *set, const char *kind, GHashTable *found, GError **error)
{
        g_auto(GStrv) tables = db_list(set->db, TABLES, kind, error);

        if (!tables)
                return false;
        for (char **table = tables; *table; table++)
                if (!scan_table(set, *table, g_str_equal(kind, "log"), found, error))
                        return false;
        return true;
}

bool erase_scan_rows(EraseSet *set, GError **error)
{
        g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
        GHashTableIter iter;
        void *word;

        if (erase_words_count(set->words) == 0)
                return true;
        if (!scan_tables(set, "user", found, error))
                return false;
        g_hash_table_iter_init(&iter, found);
        while (g_hash_table_iter_next(&iter, &word, NULL))
                erase_words_drop(set->words, GPOINTER_TO_UINT(word) - 1);
        return scan_tables(set, "log", found, error);
}

/* ---- the journal ---- */

static const char *text(Statement *entry, int column)
{
        return statement_text(entry, column);
}

/* The reason that an erased row's entry has goes from its whole group, unless it is the system's, which says the same
 * of everything. */
static bool has_reason_of_set(const EraseSet *set, Statement *entry)
{
        g_autofree char *key = NULL;

        if (!text(entry, 5) || g_hash_table_size(set->reasons) == 0)
                return false;
        key = g_strjoin("\n", text(entry, 6), text(entry, 5), NULL);
        return g_hash_table_contains(set->reasons, key);
}

/* The state of a row as it is now is never touched: verifying compares the row with it. */
static bool is_last(EraseSet *set, Statement *entry, bool *ret, GError **error)
{
        Statement *last = db_own_statement(set->db,
                                           "SELECT max(seq) FROM main.mutations "
                                           "WHERE table_name = :table AND row_id = :row",
                                           error);

        if (!last)
                return false;
        statement_bind_text(last, ":table", text(entry, 1));
        statement_bind_text(last, ":row", text(entry, 2));
        if (statement_step(last, error) != STEP_ROW)
                return false;
        *ret = statement_int(last, 0) == statement_int(entry, 0) && text(entry, 4);
        (void)sqlite3_reset(statement_sqlite(last));
        return true;
}

/* What an entry of another row loses. The key of such a row stays, but for one that says a word itself. */
static bool judge_other(EraseSet *set, Statement *entry, EraseEntry *ret, GError **error)
{
        bool last = false;

        if (erase_words_any(set->words, text(entry, 3)))
                ret->fields |= CHAIN_GONE_BEFORE;
        if (erase_words_any(set->words, text(entry, 4)))
                ret->fields |= CHAIN_GONE_AFTER;
        if (erase_words_any(set->words, text(entry, 5)) || has_reason_of_set(set, entry))
                ret->fields |= CHAIN_GONE_REASON;
        if (erase_words_any(set->words, text(entry, 2))) {
                ret->fields |= CHAIN_GONE_ROW;
                ret->row_id = erase_set_made_up(set, text(entry, 1), text(entry, 2));
        }
        if ((ret->fields & CHAIN_GONE_AFTER) == 0)
                return true;
        if (!is_last(set, entry, &last, error))
                return false;
        if (last)
                ret->fields &= ~(int64_t)CHAIN_GONE_AFTER;
        return true;
}

/* row: NULL for one that is no more. */
static void judge_own(const EraseRow *row, Statement *entry, EraseEntry *ret)
{
        if (text(entry, 3))
                ret->fields |= CHAIN_GONE_BEFORE;
        if (text(entry, 4))
                ret->fields |= CHAIN_GONE_AFTER;
        if (text(entry, 5))
                ret->fields |= CHAIN_GONE_REASON;
        if (row && row->made_up) {
                ret->fields |= CHAIN_GONE_ROW;
                ret->row_id = row->made_up;
        }
}

static bool judge(EraseSet *set, Statement *entry, GError **error)
{
        const EraseRow *row = erase_set_find(set, text(entry, 1), text(entry, 2));
        EraseEntry loses = {.seq = statement_int(entry, 0)};

        set->seen = loses.seq;
        if (row || erase_set_is_gone(set, text(entry, 1), text(entry, 2)))
                judge_own(row, entry, &loses);
        else if (!judge_other(set, entry, &loses, error))
                return false;
        if (loses.fields)
                g_array_append_val(set->redactions, loses);
        return true;
}

static bool gather_reasons_of(EraseSet *set, const char *table, const char *row_id, GError **error)
{
        Statement *query = db_own_statement(set->db,
                                            "SELECT group_id, reason FROM main.mutations "
                                            "WHERE table_name = :table AND row_id = :row "
                                            "AND reason IS NOT NULL AND actor_kind <> 'system'",
                                            error);
        StepResult r;

        if (!query)
                return false;
        statement_bind_text(query, ":table", table);
        statement_bind_text(query, ":row", row_id);
        while ((r = statement_step(query, error)) == STEP_ROW)
                g_hash_table_add(set->reasons,
                                 g_strjoin("\n", text(query, 0), text(query, 1), NULL));
        (void)sqlite3_reset(statement_sqlite(query));
        return r == STEP_DONE;
}

/* Before anything is judged: a group's first entries may be about rows that stay. */
static bool gather_reasons(EraseSet *set, GError **error)
{
        GHashTableIter iter;
        void *gone;

        for (unsigned i = 0; i < set->rows->len; i++) {
                const EraseRow *row = g_ptr_array_index(set->rows, i);

                if (row->table->kind == TABLE_USER &&
                    !gather_reasons_of(set, row->table->name, row->row_id, error))
                        return false;
        }
        g_hash_table_iter_init(&iter, set->gone);
        while (g_hash_table_iter_next(&iter, &gone, NULL)) {
                g_auto(GStrv) key = g_strsplit(gone, "\n", 2);

                if (!gather_reasons_of(set, key[0], key[1], error))
                        return false;
        }
        return true;
}

bool erase_scan_journal(EraseSet *set, GError **error)
{
        Statement *entries;
        StepResult r;

        if (set->seen == 0 && !gather_reasons(set, error))
                return false;
        entries = db_own_statement(set->db, JOURNAL_COLUMNS, error);
        if (!entries)
                return false;
        statement_bind_int(entries, ":seq", set->seen);
        while ((r = statement_step(entries, error)) == STEP_ROW)
                if (!judge(set, entries, error))
                        break;
        (void)sqlite3_reset(statement_sqlite(entries));
        return r == STEP_DONE;
}
