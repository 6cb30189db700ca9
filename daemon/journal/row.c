/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generic writes of journaled rows. */
#include "journal/row.h"

#include <string.h>

/* A table as the schema has it now. */
typedef struct Shape {
        const char *table;
        char **columns, **key;
} Shape;

static void shape_clear(Shape *shape)
{
        g_strfreev(shape->columns);
        g_strfreev(shape->key);
}

/* Only tables of the human's data are ever written here, whatever a journal says. */
static bool shape_load(Db *db, const char *table, Shape *ret, GError **error)
{
        TableKind kind = TABLE_LOG;
        Shape shape = {.table = table};

        if (!db_table_kind(db, table, &kind, error))
                return false;
        if (kind != TABLE_USER) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "%s is not a table of user data", table);
                return false;
        }
        shape.columns = db_table_columns(db, table, error);
        shape.key = shape.columns ? db_table_key(db, table, error) : NULL;
        if (!shape.key) {
                shape_clear(&shape);
                return false;
        }
        *ret = shape;
        return true;
}

static bool is_key(const Shape *shape, const char *column)
{
        return g_strv_contains((const char *const *)shape->key, column);
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

static void append_key(GString *sql, const Shape *shape)
{
        for (unsigned i = 0; shape->key[i]; i++)
                g_string_append_printf(sql, "%s\"%s\" = :%s", i > 0 ? " AND " : " WHERE ",
                                       shape->key[i], shape->key[i]);
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

static bool insert(Db *db, const Shape *shape, JsonObject *row, GError **error)
{
        g_autoptr(GString) names = g_string_new(NULL);
        g_autoptr(GString) values = g_string_new(NULL);
        g_autofree char *sql = NULL;
        Statement *statement;

        for (char **column = shape->columns; *column; column++) {
                if (!json_object_has_member(row, *column))
                        continue; /* younger than the entry: its default */
                g_string_append_printf(names, "%s\"%s\"", names->len > 0 ? ", " : "", *column);
                g_string_append_printf(values, "%s:%s", values->len > 0 ? ", " : "", *column);
        }
        sql = g_strdup_printf("INSERT INTO \"%s\" (%s) VALUES (%s)", shape->table, names->str,
                              values->str);
        statement = db_statement(db, sql, error);
        return statement && bind_row(statement, shape->columns, row, error) &&
               statement_run(statement, error);
}

static bool update(Db *db, const Shape *shape, JsonObject *row, GError **error)
{
        g_autoptr(GString) sql = g_string_new(NULL);
        unsigned count = 0;
        Statement *statement;

        g_string_append_printf(sql, "UPDATE \"%s\" SET ", shape->table);
        for (char **column = shape->columns; *column; column++)
                if (!is_key(shape, *column) && json_object_has_member(row, *column))
                        g_string_append_printf(sql, "%s\"%s\" = :%s", count++ > 0 ? ", " : "",
                                               *column, *column);
        if (count == 0) /* a row that is all key */
                return true;
        append_key(sql, shape);
        statement = db_statement(db, sql->str, error);
        return statement && bind_row(statement, shape->columns, row, error) &&
               run_on_one(db, statement, shape->table, error);
}

static bool run_on_key(Db *db, const Shape *shape, const char *begin, JsonObject *key,
                       GError **error)
{
        g_autoptr(GString) sql = g_string_new(begin);
        Statement *statement;

        append_key(sql, shape);
        statement = db_statement(db, sql->str, error);
        return statement && bind_row(statement, shape->key, key, error) &&
               run_on_one(db, statement, shape->table, error);
}

bool row_insert(Db *db, const char *table, JsonObject *row, GError **error)
{
        Shape shape;
        bool ok;

        if (!shape_load(db, table, &shape, error))
                return false;
        ok = insert(db, &shape, row, error);
        shape_clear(&shape);
        return ok;
}

bool row_update(Db *db, const char *table, JsonObject *row, GError **error)
{
        Shape shape;
        bool ok;

        if (!shape_load(db, table, &shape, error))
                return false;
        ok = update(db, &shape, row, error);
        shape_clear(&shape);
        return ok;
}

bool row_delete(Db *db, const char *table, JsonObject *key, GError **error)
{
        Shape shape;
        g_autofree char *begin = NULL;
        bool ok;

        if (!shape_load(db, table, &shape, error))
                return false;
        begin = g_strdup_printf("DELETE FROM \"%s\"", table);
        ok = run_on_key(db, &shape, begin, key, error);
        shape_clear(&shape);
        return ok;
}

bool row_deactivate(Db *db, const char *table, JsonObject *key, GError **error)
{
        Shape shape;
        g_autofree char *begin = NULL;
        bool ok = false;

        if (!shape_load(db, table, &shape, error))
                return false;
        if (g_strv_contains((const char *const *)shape.columns, "is_active")) {
                begin = g_strdup_printf("UPDATE \"%s\" SET is_active = 0", table);
                ok = run_on_key(db, &shape, begin, key, error);
        } else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "only the human removes rows of %s", table);
        shape_clear(&shape);
        return ok;
}
