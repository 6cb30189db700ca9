/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the schema says of its tables: kind, columns, key. */
#include "store/table.h"

static const char *const kinds[] = {
        [TABLE_USER] = "user",
        [TABLE_PROJECTION] = "projection",
        [TABLE_LOG] = "log",
};

bool db_table_kind(Db *db, const char *table, TableKind *ret_kind, GError **error)
{
        Statement *statement =
                db_own_statement(db, "SELECT kind FROM main.table_kinds WHERE name = :name", error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":name", table);
        StepResult r = statement_step(statement, error);
        if (r == STEP_ERROR)
                return false;
        if (r == STEP_DONE) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no table %s",
                            table);
                return false;
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (g_str_equal(kinds[i], statement_text(statement, 0)))
                        *ret_kind = (TableKind)i;
        (void)sqlite3_reset(statement_sqlite(statement));
        return true;
}

char **db_list(Db *db, const char *sql, const char *name, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
        Statement *statement = db_own_statement(db, sql, error);
        StepResult r;

        if (!statement)
                return NULL;
        if (name)
                statement_bind_text(statement, ":name", name);
        while ((r = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(list, g_strdup(statement_text(statement, 0)));
        (void)sqlite3_reset(statement_sqlite(statement));
        if (r == STEP_ERROR)
                return NULL;
        g_ptr_array_add(list, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&list), /* free_seg= */ FALSE);
}

char **db_table_columns(Db *db, const char *table, GError **error)
{
        g_auto(GStrv) list = db_list(
                db, "SELECT name FROM pragma_table_info(:name, 'main') ORDER BY cid", table, error);

        if (list && !*list) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no table %s",
                            table);
                return NULL;
        }
        return g_steal_pointer(&list);
}

char **db_table_key(Db *db, const char *table, GError **error)
{
        return db_list(db,
                       "SELECT name FROM pragma_table_info(:name, 'main') WHERE pk > 0 ORDER BY pk",
                       table, error);
}

static void reference_free(void *data)
{
        TableReference *reference = data;

        g_free(reference->column);
        g_free(reference->to_table);
        g_free(reference->to_column);
        g_free(reference);
}

GPtrArray *db_table_references(Db *db, const char *table, GError **error)
{
        g_autoptr(GPtrArray) references = g_ptr_array_new_with_free_func(reference_free);
        Statement *statement = db_own_statement(
                db,
                "SELECT f.\"from\", f.\"table\", coalesce(f.\"to\", (SELECT name FROM"
                " pragma_table_info(f.\"table\", 'main') WHERE pk = 1)), c.\"notnull\""
                " FROM pragma_foreign_key_list(:name, 'main') f"
                " JOIN pragma_table_info(:name, 'main') c ON c.name = f.\"from\" ORDER BY f.id",
                error);
        StepResult r;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":name", table);
        while ((r = statement_step(statement, error)) == STEP_ROW) {
                TableReference *reference = g_new0(TableReference, 1);

                reference->column = g_strdup(statement_text(statement, 0));
                reference->to_table = g_strdup(statement_text(statement, 1));
                reference->to_column = g_strdup(statement_text(statement, 2));
                reference->optional = statement_int(statement, 3) == 0;
                g_ptr_array_add(references, reference);
        }
        (void)sqlite3_reset(statement_sqlite(statement));
        return r == STEP_DONE ? g_steal_pointer(&references) : NULL;
}
