/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generic writes of journaled rows. */
#include "journal/row.h"

#include <string.h>

struct RowTable {
        char *name;
        char **columns, **key;
};

RowTable *row_table_free(RowTable *table)
{
        if (!table)
                return NULL;
        g_free(table->name);
        g_strfreev(table->columns);
        g_strfreev(table->key);
        g_free(table);
        return NULL;
}

/* Only tables of the human's data are ever written here, whatever a journal says. */
RowTable *row_table_new(Db *db, const char *name, GError **error)
{
        g_autoptr(RowTable) table = g_new0(RowTable, 1);
        TableKind kind = TABLE_LOG;

        if (!db_table_kind(db, name, &kind, error))
                return NULL;
        if (kind != TABLE_USER) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "%s is not a table of user data", name);
                return NULL;
        }
        table->name = g_strdup(name);
        table->columns = db_table_columns(db, name, error);
        table->key = table->columns ? db_table_key(db, name, error) : NULL;
        return table->key ? g_steal_pointer(&table) : NULL;
}

static bool is_key(const RowTable *table, const char *column)
{
        return g_strv_contains((const char *const *)table->key, column);
}

/* ---- values ---- */

static bool bind_hex(Statement *statement, const char *name, const char *hex, GError **error)
{
        size_t size = hex ? strlen(hex) / 2 : 0;
        g_autofree uint8_t *bytes = g_malloc0(size + 1);

        for (size_t i = 0; i < size; i++) {
                int high = g_ascii_xdigit_value(hex[2 * i]);
                int low = g_ascii_xdigit_value(hex[2 * i + 1]);

                if (high < 0 || low < 0)
                        hex = NULL;
                if (!hex)
                        break;
                bytes[i] = (uint8_t)(high << 4 | low);
        }
        if (!hex) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "the journal has no readable bytes for %s", name + 1);
                return false;
        }
        statement_bind_blob(statement, name, bytes, size);
        return true;
}

/* The journal writes NULL, integers, reals (always with a point), text, and blobs as {"hex"}. */
static bool bind_value(Statement *statement, const char *column, JsonNode *node, GError **error)
{
        g_autofree char *name = g_strconcat(":", column, NULL);

        if (JSON_NODE_HOLDS_NULL(node))
                return true; /* unbound is NULL */
        if (JSON_NODE_HOLDS_OBJECT(node))
                return bind_hex(statement, name,
                                json_member_string(json_node_get_object(node), "hex", NULL), error);
        switch (json_node_get_value_type(node)) {
        case G_TYPE_INT64:
                statement_bind_int(statement, name, json_node_get_int(node));
                return true;
        case G_TYPE_DOUBLE:
                statement_bind_double(statement, name, json_node_get_double(node));
                return true;
        case G_TYPE_STRING:
                statement_bind_text(statement, name, json_node_get_string(node));
                return true;
        default:
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                            "the journal has no readable value for %s", column);
                return false;
        }
}

static bool bind_row(Statement *statement, char **columns, JsonObject *row, GError **error)
{
        for (; *columns; columns++) {
                JsonNode *node = json_object_get_member(row, *columns);
                if (node && !bind_value(statement, *columns, node, error))
                        return false;
        }
        return true;
}

/* ---- statements ---- */

static void append_key(GString *sql, const RowTable *table)
{
        for (unsigned i = 0; table->key[i]; i++)
                g_string_append_printf(sql, "%s\"%s\" = :%s", i > 0 ? " AND " : " WHERE ",
                                       table->key[i], table->key[i]);
}

static bool run_on_one(Db *db, Statement *statement, const char *table, GError **error)
{
        if (!statement_run(statement, error))
                return false;
        if (db_changes(db) > 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "the row of %s is not there",
                    table);
        return false;
}

bool row_table_insert(const RowTable *table, Db *db, JsonObject *row, GError **error)
{
        g_autoptr(GString) names = g_string_new(NULL);
        g_autoptr(GString) values = g_string_new(NULL);
        g_autofree char *sql = NULL;
        Statement *statement;

        for (char **column = table->columns; *column; column++) {
                if (!json_object_has_member(row, *column))
                        continue; /* younger than the entry: its default */
                g_string_append_printf(names, "%s\"%s\"", names->len > 0 ? ", " : "", *column);
                g_string_append_printf(values, "%s:%s", values->len > 0 ? ", " : "", *column);
        }
        sql = g_strdup_printf("INSERT INTO \"%s\" (%s) VALUES (%s)", table->name, names->str,
                              values->str);
        statement = db_statement(db, sql, error);
        return statement && bind_row(statement, table->columns, row, error) &&
               statement_run(statement, error);
}

bool row_table_update(const RowTable *table, Db *db, JsonObject *row, GError **error)
{
        g_autoptr(GString) sql = g_string_new(NULL);
        unsigned count = 0;
        Statement *statement;

        g_string_append_printf(sql, "UPDATE \"%s\" SET ", table->name);
        for (char **column = table->columns; *column; column++)
                if (!is_key(table, *column) && json_object_has_member(row, *column))
                        g_string_append_printf(sql, "%s\"%s\" = :%s", count++ > 0 ? ", " : "",
                                               *column, *column);
        if (count == 0) /* a row that is all key */
                return true;
        append_key(sql, table);
        statement = db_statement(db, sql->str, error);
        return statement && bind_row(statement, table->columns, row, error) &&
               run_on_one(db, statement, table->name, error);
}

static bool run_on_key(Db *db, const RowTable *table, const char *begin, JsonObject *key,
                       GError **error)
{
        g_autoptr(GString) sql = g_string_new(begin);
        Statement *statement;

        append_key(sql, table);
        statement = db_statement(db, sql->str, error);
        return statement && bind_row(statement, table->key, key, error) &&
               run_on_one(db, statement, table->name, error);
}

bool row_table_delete(const RowTable *table, Db *db, JsonObject *key, GError **error)
{
        g_autofree char *begin = g_strdup_printf("DELETE FROM \"%s\"", table->name);

        return run_on_key(db, table, begin, key, error);
}

bool row_insert(Db *db, const char *name, JsonObject *row, GError **error)
{
        g_autoptr(RowTable) table = row_table_new(db, name, error);

        return table && row_table_insert(table, db, row, error);
}

bool row_update(Db *db, const char *name, JsonObject *row, GError **error)
{
        g_autoptr(RowTable) table = row_table_new(db, name, error);

        return table && row_table_update(table, db, row, error);
}

bool row_delete(Db *db, const char *name, JsonObject *key, GError **error)
{
        g_autoptr(RowTable) table = row_table_new(db, name, error);

        return table && row_table_delete(table, db, key, error);
}

static bool has_is_active(const RowTable *table)
{
        return g_strv_contains((const char *const *)table->columns, "is_active");
}

bool row_is_deactivable(Db *db, const char *name, bool *ret, GError **error)
{
        g_autoptr(RowTable) table = row_table_new(db, name, error);

        if (!table)
                return false;
        *ret = has_is_active(table);
        return true;
}

bool row_deactivate(Db *db, const char *name, JsonObject *key, GError **error)
{
        g_autoptr(RowTable) table = row_table_new(db, name, error);
        g_autofree char *begin = NULL;

        if (!table)
                return false;
        if (!has_is_active(table)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "only the human removes rows of %s", name);
                return false;
        }
        begin = g_strdup_printf("UPDATE \"%s\" SET is_active = 0", name);
        return run_on_key(db, table, begin, key, error);
}
