/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of a scoped handle: for every table and view of the file a temporary view of the same name,
 * which SQLite finds first. It joins the table to temp.scope as table_kinds.scope says, or is empty.
 * Made once per handle; another scope only changes the rows of temp.scope. */
#include "store/view.h"

#include "store/scope.h"

typedef struct Hidden {
        char *name, *condition, *columns;
} Hidden;

static void hidden_free(void *data)
{
        Hidden *hidden = data;

        g_free(hidden->name);
        g_free(hidden->condition);
        g_free(hidden->columns);
        g_free(hidden);
}

/* A full-text table has hidden columns, one of its own name (for MATCH) and rank, which "*" leaves out. */
static GPtrArray *list_tables(Db *db, GError **error)
{
        static const char sql[] =
                "SELECT s.name, coalesce(k.scope, '0'), "
                "CASE WHEN s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' "
                "THEN 'rowid, \"' || s.name || '\", rank, *' ELSE '*' END "
                "FROM main.sqlite_schema s LEFT JOIN main.table_kinds k ON k.name = s.name "
                "WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(hidden_free);
        Statement *statement = db_own_statement(db, sql, error);
        StepResult r;

        if (!statement)
                return NULL;
        while ((r = statement_step(statement, error)) == STEP_ROW) {
                Hidden *hidden = g_new0(Hidden, 1);

                hidden->name = g_strdup(statement_text(statement, 0));
                hidden->condition = g_strdup(statement_text(statement, 1));
                hidden->columns = g_strdup(statement_text(statement, 2));
                g_ptr_array_add(list, hidden);
        }
        (void)sqlite3_reset(statement_sqlite(statement));
        return r == STEP_ERROR ? NULL : g_steal_pointer(&list);
}

static bool make_view(Db *db, const Hidden *hidden, GError **error)
{
        g_autofree char *sql =
                g_strdup_printf("CREATE TEMP VIEW \"%s\" AS SELECT %s FROM main.\"%s\" "
                                "WHERE (%s)",
                                hidden->name, hidden->columns, hidden->name, hidden->condition);

        if (!db_run(db, sql, error))
                return false;
        g_hash_table_add(db->views, g_strdup(hidden->name));
        return true;
}

static bool make_views(Db *db, GError **error)
{
        g_autoptr(GPtrArray) list = list_tables(db, error);

        if (!list ||
            !db_run(db, "CREATE TEMP TABLE scope (id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
                    error))
                return false;
        db->views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (unsigned i = 0; i < list->len; i++)
                if (!make_view(db, g_ptr_array_index(list, i), error))
                        return false;
        return true;
}

typedef struct Filling {
        Statement *insert;
        GError *error;
} Filling;

static void add_entity(const char *entity_id, void *data)
{
        Filling *filling = data;

        if (filling->error)
                return;
        (void)sqlite3_reset(statement_sqlite(filling->insert));
        statement_bind_text(filling->insert, ":id", entity_id);
        (void)statement_run(filling->insert, &filling->error);
}

static bool fill_scope(Db *db, const Scope *scope, GError **error)
{
        Filling filling = {0};

        if (!db_run(db, "DELETE FROM temp.scope", error))
                return false;
        filling.insert = db_own_statement(db, "INSERT INTO temp.scope (id) VALUES (:id)", error);
        if (!filling.insert)
                return false;
        scope_each(scope, add_entity, &filling);
        if (!filling.error)
                return true;
        g_propagate_error(error, filling.error);
        return false;
}

bool view_set_scope(Db *db, Scope *scope, GError **error)
{
        if (db->scope == scope)
                return true;
        if (!db->views && !make_views(db, error))
                return false;
        if (!db_run(db, "BEGIN", error) || !fill_scope(db, scope, error) ||
            !db_run(db, "COMMIT", error))
                return false;
        (void)scope_ref(scope);
        (void)scope_unref(db->scope);
        db->scope = scope;
        return true;
}
