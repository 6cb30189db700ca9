/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EraseSet: rows of any tables, gathered from the named ones on: each row that is added has its erasers called,
 * which add others, until nothing new comes. */
#include "store/erase-set.h"

#include <string.h>

#include "store/table.h"

typedef struct Registered {
        char *table;
        StoreEraser eraser;
} Registered;

struct Erasers {
        GArray *list; /* Registered */
};

static void registered_clear(void *data)
{
        g_free(((Registered *)data)->table);
}

Erasers *erasers_new(void)
{
        Erasers *erasers = g_new0(Erasers, 1);

        erasers->list =
                g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(Registered));
        g_array_set_clear_func(erasers->list, registered_clear);
        return erasers;
}

Erasers *erasers_free(Erasers *erasers)
{
        if (!erasers)
                return NULL;
        g_array_unref(erasers->list);
        g_free(erasers);
        return NULL;
}

void erasers_add(Erasers *erasers, const char *table, const StoreEraser *eraser)
{
        Registered added = {.table = g_strdup(table), .eraser = *eraser};

        g_array_append_val(erasers->list, added);
}

/* ---- life ---- */

static void row_free(void *data)
{
        EraseRow *row = data;

        for (unsigned i = 0; row->key && i < row->table->shape->keys; i++)
                sqlite3_value_free(row->key[i]);
        g_free(row->key);
        g_free(row->row_id);
        g_free(row->id);
        g_free(row->made_up);
        g_free(row);
}

static void table_free(void *data)
{
        EraseTable *table = data;

        g_hash_table_unref(table->rows);
        (void)row_shape_free(table->shape);
        g_free(table->name);
        g_free(table);
}

static void file_free(void *data)
{
        EraseFile *file = data;

        g_free(file->path);
        g_free(file->table);
        g_free(file->column);
        g_free(file->value);
        g_free(file);
}

EraseSet *erase_set_new(Db *db, const Erasers *erasers)
{
        EraseSet *set = g_new0(EraseSet, 1);

        set->db = db;
        set->erasers = erasers;
        set->rows = g_ptr_array_new_with_free_func(row_free);
        set->tables = g_ptr_array_new_with_free_func(table_free);
        set->words = erase_words_new();
        set->files = g_ptr_array_new_with_free_func(file_free);
        set->reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        set->gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        set->made_up = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        set->redactions = g_array_new(FALSE, FALSE, sizeof(EraseEntry));
        set->mentioned = json_array_new();
        return set;
}

EraseSet *erase_set_free(EraseSet *set)
{
        if (!set)
                return NULL;
        g_ptr_array_unref(set->rows);
        g_ptr_array_unref(set->tables);
        (void)erase_words_free(set->words);
        g_ptr_array_unref(set->files);
        g_hash_table_unref(set->reasons);
        g_hash_table_unref(set->gone);
        g_hash_table_unref(set->made_up);
        g_array_unref(set->redactions);
        json_array_unref(set->mentioned);
        g_free(set);
        return NULL;
}

/* ---- tables ---- */

static EraseTable *find_table(const EraseSet *set, const char *name)
{
        for (unsigned i = 0; i < set->tables->len; i++) {
                EraseTable *table = g_ptr_array_index(set->tables, i);

                if (g_str_equal(table->name, name))
                        return table;
        }
        return NULL;
}

static bool may_erase(const char *name, GError **error)
{
        static const char *const kept[] = {"mutations", "table_kinds", "redactions", "erasures",
                                           NULL};

        if (!g_strv_contains(kept, name))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "nothing is deleted from %s; its entries lose what they said of other rows",
                    name);
        return false;
}

static EraseTable *get_table(EraseSet *set, const char *name, GError **error)
{
        EraseTable *table = find_table(set, name);
        TableKind kind = TABLE_LOG;

        if (table)
                return table;
        if (!may_erase(name, error) || !db_table_kind(set->db, name, &kind, error))
                return NULL;
        g_autoptr(RowShape) shape = row_shape_new(set->db, name, error);
        if (!shape)
                return NULL;
        table = g_new0(EraseTable, 1);
        table->name = g_strdup(name);
        table->kind = kind;
        table->shape = g_steal_pointer(&shape);
        table->rows = g_hash_table_new(g_str_hash, g_str_equal);
        g_ptr_array_add(set->tables, table);
        return table;
}

const EraseRow *erase_set_find(const EraseSet *set, const char *table, const char *row_id)
{
        const EraseTable *found = find_table(set, table);

        return found ? g_hash_table_lookup(found->rows, row_id) : NULL;
}

bool erase_has(const EraseSet *set, const char *table, const char *id)
{
        const EraseTable *found = find_table(set, table);
        GHashTableIter iter;
        void *row;

        if (!found)
                return false;
        g_hash_table_iter_init(&iter, found->rows);
        while (g_hash_table_iter_next(&iter, NULL, &row))
                if (g_str_equal(((const EraseRow *)row)->id, id))
                        return true;
        return false;
}

Db *erase_db(const EraseSet *set)
{
        return set->db;
}

/* ---- rows ---- */

static char *print_key(const RowShape *shape, sqlite3_value **key, GError **error)
{
        g_autofree sqlite3_value **values = g_new0(sqlite3_value *, shape->columns);
        g_autoptr(GString) out = g_string_new(NULL);

        for (unsigned i = 0; i < shape->keys; i++)
                values[shape->key[i]] = key[i];
        if (!row_shape_print_key(shape, values, out, error))
                return NULL;
        return g_string_free(g_steal_pointer(&out), /* free_segment= */ FALSE);
}

/* True: the member says something, which another text stands for now. */
static bool make_up_member(JsonObject *object, const char *name)
{
        const char *text = json_member_string(object, name, NULL);
        g_autofree char *made_up = NULL;

        if (!text || erase_is_name(text))
                return false;
        made_up = id_new("redacted");
        json_object_set_string_member(object, name, made_up);
        return true;
}

/* Where the key itself says something, the journal has a made-up one of the row from now on. */
static char *make_up_key(const char *row_id)
{
        g_autoptr(JsonObject) key = json_parse_object(row_id, -1, NULL);
        g_autoptr(GList) names = key ? json_object_get_members(key) : NULL;
        bool content = false;

        for (GList *at = names; at; at = at->next)
                content |= make_up_member(key, at->data);
        return content ? json_print_object(key) : NULL;
}

const char *erase_set_made_up(EraseSet *set, const char *table, const char *row_id)
{
        g_autofree char *name = g_strjoin("\n", table, row_id, NULL);
        char *made_up = g_hash_table_lookup(set->made_up, name);

        if (!made_up) {
                made_up = make_up_key(row_id);
                g_hash_table_insert(set->made_up, g_steal_pointer(&name), made_up);
        }
        return made_up;
}

/* Takes over key; NULL with an error. Already there: NULL without one. */
static EraseRow *new_row(EraseSet *set, EraseTable *table, sqlite3_value **key, GError **error)
{
        EraseRow *row = g_new0(EraseRow, 1);

        row->table = table;
        row->key = key;
        row->row_id = print_key(table->shape, key, error);
        if (!row->row_id || g_hash_table_contains(table->rows, row->row_id)) {
                row_free(row);
                return NULL;
        }
        if (set->rows->len >= ERASE_ROWS_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "more than ERASE_ROWS_MAX (%d) rows would go; name fewer",
                            ERASE_ROWS_MAX);
                row_free(row);
                return NULL;
        }
        row->id = g_strdup((const char *)sqlite3_value_text(key[0]));
        if (table->kind == TABLE_USER)
                row->made_up = make_up_key(row->row_id);
        g_ptr_array_add(set->rows, row);
        g_hash_table_insert(table->rows, row->row_id, row);
        return row;
}

static bool add_found(EraseSet *set, EraseTable *table, sqlite3_stmt *found, GError **error)
{
        g_autoptr(GError) failed = NULL;
        sqlite3_value **key = g_new0(sqlite3_value *, table->shape->keys);

        for (unsigned i = 0; i < table->shape->keys; i++)
                key[i] = sqlite3_value_dup(sqlite3_column_value(found, (int)i));
        (void)new_row(set, table, key, &failed);
        if (!failed)
                return true;
        g_propagate_error(error, g_steal_pointer(&failed));
        return false;
}

/* Statements of expanders nest, hence one of its own for each. */
static sqlite3_stmt *prepare(EraseSet *set, const char *sql, const char *id, GError **error)
{
        sqlite3_stmt *statement = NULL;

        if (sqlite3_prepare_v2(set->db->sqlite, sql, -1, &statement, NULL) != SQLITE_OK) {
                db_set_error(set->db, error, "look for what to erase");
                return NULL;
        }
        int parameter = sqlite3_bind_parameter_index(statement, ":id");
        if (parameter > 0)
                (void)sqlite3_bind_text(statement, parameter, id, -1, SQLITE_TRANSIENT);
        return statement;
}

static bool is_done(EraseSet *set, int r, GError **error)
{
        if (r == SQLITE_DONE)
                return true;
        db_set_error(set->db, error, "look for what to erase");
        return false;
}

static bool add_rows(EraseSet *set, EraseTable *to, const char *sql, const char *id,
                     unsigned *ret_found, GError **error)
{
        g_autoptr(sqlite3_stmt) found = prepare(set, sql, id, error);
        int r;

        *ret_found = 0;
        if (!found)
                return false;
        g_assert((unsigned)sqlite3_column_count(found) == to->shape->keys);
        while ((r = sqlite3_step(found)) == SQLITE_ROW) {
                if (!add_found(set, to, found, error))
                        return false;
                (*ret_found)++;
        }
        return is_done(set, r, error);
}

bool erase_add_rows(EraseSet *set, const char *table, const char *sql, const char *id,
                    GError **error)
{
        EraseTable *to = get_table(set, table, error);
        unsigned found;

        return to && add_rows(set, to, sql, id, &found, error);
}

bool erase_add_gone(EraseSet *set, const char *table, const char *sql, const char *id,
                    GError **error)
{
        g_autoptr(sqlite3_stmt) found = prepare(set, sql, id, error);
        int r;

        if (!found)
                return false;
        while ((r = sqlite3_step(found)) == SQLITE_ROW)
                g_hash_table_add(
                        set->gone,
                        g_strjoin("\n", table, (const char *)sqlite3_column_text(found, 0), NULL));
        return is_done(set, r, error);
}

bool erase_set_is_gone(const EraseSet *set, const char *table, const char *row_id)
{
        g_autofree char *key = g_strjoin("\n", table, row_id, NULL);

        return g_hash_table_contains(set->gone, key);
}

/* ---- words and files ---- */

static bool add_text(EraseSet *set, const char *text, unsigned min, GError **error)
{
        if (!text || erase_words_add(set->words, text, min))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "more than ERASE_WORDS_MAX (%d) different texts would go; name fewer rows",
                    ERASE_WORDS_MAX);
        return false;
}

static bool add_columns(EraseSet *set, sqlite3_stmt *row, unsigned min, GError **error)
{
        for (int i = 0; i < sqlite3_column_count(row); i++)
                if (sqlite3_column_type(row, i) == SQLITE_TEXT &&
                    !add_text(set, (const char *)sqlite3_column_text(row, i), min, error))
                        return false;
        return true;
}

bool erase_add_words(EraseSet *set, const char *sql, const char *id, GError **error)
{
        g_autoptr(sqlite3_stmt) found = prepare(set, sql, id, error);
        int r;

        if (!found)
                return false;
        while ((r = sqlite3_step(found)) == SQLITE_ROW)
                if (!add_columns(set, found, ERASE_WORD_MIN, error))
                        return false;
        return is_done(set, r, error);
}

static char *column(sqlite3_stmt *row, int number)
{
        return g_strdup((const char *)sqlite3_column_text(row, number));
}

static bool has_file(const EraseSet *set, const char *path)
{
        for (unsigned i = 0; i < set->files->len; i++)
                if (g_strcmp0(((EraseFile *)g_ptr_array_index(set->files, i))->path, path) == 0)
                        return true;
        return false;
}

bool erase_add_files(EraseSet *set, const char *sql, const char *id, GError **error)
{
        g_autoptr(sqlite3_stmt) found = prepare(set, sql, id, error);
        int r;

        if (!found)
                return false;
        while ((r = sqlite3_step(found)) == SQLITE_ROW) {
                if (has_file(set, (const char *)sqlite3_column_text(found, 0)))
                        continue;
                EraseFile *file = g_new0(EraseFile, 1);
                file->path = column(found, 0);
                file->table = column(found, 1);
                file->column = column(found, 2);
                file->value = column(found, 3);
                g_ptr_array_add(set->files, file);
        }
        return is_done(set, r, error);
}

/* ---- one row and what goes with it ---- */

/* A condition on the whole key, with parameters 1, 2, … */
static void append_key(GString *sql, const RowShape *shape)
{
        for (unsigned i = 0; i < shape->keys; i++)
                g_string_append_printf(sql, "%s\"%s\" = ?%u", i ? " AND " : " WHERE ",
                                       shape->names[shape->key[i]], i + 1);
}

/* Of a row of user data that no room knows more of: its longer texts. */
static bool add_own_words(EraseSet *set, const EraseRow *row, GError **error)
{
        g_autoptr(GString) sql = g_string_new(NULL);
        g_autoptr(sqlite3_stmt) own = NULL;
        int r = SQLITE_DONE;

        if (row->table->kind != TABLE_USER)
                return true;
        g_string_printf(sql, "SELECT * FROM main.\"%s\"", row->table->name);
        append_key(sql, row->table->shape);
        own = prepare(set, sql->str, /* id= */ NULL, error);
        if (!own)
                return false;
        for (unsigned i = 0; i < row->table->shape->keys; i++)
                (void)sqlite3_bind_value(own, (int)i + 1, row->key[i]);
        while ((r = sqlite3_step(own)) == SQLITE_ROW)
                if (!add_columns(set, own, ERASE_ROW_WORD_MIN, error))
                        return false;
        return is_done(set, r, error);
}

static bool expand_row(EraseSet *set, const EraseRow *row, GError **error)
{
        const GArray *list = set->erasers->list;
        bool known = false;

        for (unsigned i = 0; i < list->len; i++) {
                const Registered *at = &g_array_index(list, Registered, i);

                if (!at->eraser.expand || !g_str_equal(at->table, row->table->name))
                        continue;
                if (!at->eraser.expand(set, row->id, at->eraser.data, error))
                        return false;
                known = true;
        }
        return known || add_own_words(set, row, error);
}

static bool expand_from(EraseSet *set, unsigned first, GError **error)
{
        for (unsigned i = first; i < set->rows->len; i++)
                if (!expand_row(set, g_ptr_array_index(set->rows, i), error))
                        return false;
        return true;
}

/* SQL that selects the key columns of one row whose key is given as JSON, or as the first column alone. */
static char *select_key(const RowShape *shape, bool json)
{
        g_autoptr(GString) sql = g_string_new("SELECT ");

        for (unsigned i = 0; i < shape->keys; i++)
                g_string_append_printf(sql, "%s\"%s\"", i ? ", " : "", shape->names[shape->key[i]]);
        g_string_append_printf(sql, " FROM main.\"%s\"", shape->table);
        for (unsigned i = 0; i < shape->keys; i++) {
                const char *name = shape->names[shape->key[i]];

                if (json)
                        g_string_append_printf(sql, "%s\"%s\" = json_extract(:id, '$.%s')",
                                               i ? " AND " : " WHERE ", name, name);
                else if (i == 0)
                        g_string_append_printf(sql, " WHERE \"%s\" = :id", name);
        }
        return g_string_free(g_steal_pointer(&sql), /* free_segment= */ FALSE);
}

bool erase_set_add_row(EraseSet *set, const char *table, const char *row_id, GError **error)
{
        EraseTable *to = get_table(set, table, error);
        unsigned first = set->rows->len;

        if (!to)
                return false;
        g_autofree char *sql = select_key(to->shape, /* json= */ true);
        return erase_add_rows(set, table, sql, row_id, error) && expand_from(set, first, error);
}

static bool check_target(const EraseTable *table, const EraseTarget *target, GError **error)
{
        bool json = *target->row == '{';
        g_autoptr(JsonObject) key = json ? json_parse_object(target->row, -1, NULL) : NULL;

        if (table->kind != TABLE_USER) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "%s is no table of user data; what it holds goes with the rows that it "
                            "was made of",
                            target->table);
                return false;
        }
        if (key || (!json && table->shape->keys == 1))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "a row of %s is named by its whole key as a JSON object, \"%.80s\" is none",
                    target->table, target->row);
        return false;
}

bool erase_set_target(EraseSet *set, const EraseTarget *target, GError **error)
{
        EraseTable *table = get_table(set, target->table, error);
        unsigned first = set->rows->len, found;

        if (!table || !check_target(table, target, error))
                return false;
        g_autofree char *sql = select_key(table->shape, /* json= */ *target->row == '{');
        if (!add_rows(set, table, sql, target->row, &found, error))
                return false;
        if (found > 0)
                return expand_from(set, first, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no row %.80s in %s",
                    target->row, target->table);
        return false;
}

bool erase_set_take_out(EraseSet *set, GError **error)
{
        const GArray *list = set->erasers->list;

        for (unsigned r = 0; r < set->rows->len; r++) {
                const EraseRow *row = g_ptr_array_index(set->rows, r);

                for (unsigned i = 0; i < list->len; i++) {
                        const Registered *at = &g_array_index(list, Registered, i);

                        if (at->eraser.take_out && g_str_equal(at->table, row->table->name) &&
                            !at->eraser.take_out(set->db, row->id, at->eraser.data, error))
                                return false;
                }
        }
        return true;
}
