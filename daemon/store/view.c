/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of a scoped handle: for every table and view of the file a temporary view of the same name,
 * which SQLite finds first. It joins the table to temp.scope as table_kinds.scope says, or is empty and
 * does not so much as name the table: a view that is merged into a query which reads no column of it
 * would look to the authorizer like the query itself reading the table.
 * Made once per handle; another scope only changes the rows of temp.scope.
 *
 * Conditions say which entities, documents and contents are seen by naming the views of those. To list these for each
 * statement anew costs as much as the scope is large. So they are listed once for a version of the file, in temp.seen_…,
 * and conditions are made to name the lists. */
#include "store/view.h"

#include "store/impatience.h"
#include "store/scope.h"

#define VIEW_AT_ONCE_MAX 200 /* entities of a scope that are listed on the loop */

typedef struct Shown {
        char *name;
        char *condition; /* NULL: hidden; or the whole SELECT */
        char *sql;       /* of the view */
} Shown;

static void shown_free(void *data)
{
        Shown *shown = data;

        g_free(shown->name);
        g_free(shown->condition);
        g_free(shown->sql);
        g_free(shown);
}

static char *empty_view(Db *db, const char *name, GError **error)
{
        g_auto(GStrv) columns = db_table_columns(db, name, error);

        if (!columns)
                return NULL;
        g_autofree char *list = g_strjoinv("\", NULL AS \"", columns);
        return g_strdup_printf("CREATE TEMP VIEW \"%s\" AS SELECT NULL AS \"%s\" WHERE 0", name,
                               list);
}

/* A full-text table has hidden columns, one of its own name (for MATCH) and rank, which "*" leaves out. */
static char *joined_view(const char *name, const char *condition, bool full_text)
{
        g_autofree char *hidden = full_text ? g_strdup_printf("rowid, \"%s\", rank, ", name) : NULL;

        return g_strdup_printf("CREATE TEMP VIEW \"%s\" AS SELECT %s* FROM main.\"%s\" WHERE (%s)",
                               name, hidden ? hidden : "", name, condition);
}

/* What conditions say, and the list by which it is known. A condition that says neither holds as it stands. */
static const struct {
        const char *said, *list;
} lists[] = {
        {"SELECT id FROM temp.entities)", "SELECT id FROM temp.seen_entities)"},
        {"SELECT id FROM temp.documents)", "SELECT id FROM temp.seen_documents)"},
        {"SELECT sha256 FROM temp.documents WHERE +sha256 IS NOT NULL)",
         "SELECT sha256 FROM temp.seen_contents)"},
        {"SELECT root_id FROM temp.documents)", "SELECT id FROM temp.seen_roots)"},
};

static char *name_lists(const char *condition)
{
        GString *text = g_string_new(condition);

        for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
                g_string_replace(text, lists[i].said, lists[i].list, /* limit= */ 0);
        return g_string_free(text, FALSE);
}

/* Tables whose visible rows are listed: what the condition says becomes a view scoped_…, from which the list is filled. */
static bool is_listed(const char *table)
{
        return g_str_equal(table, "entities") || g_str_equal(table, "documents");
}

static void show_list(Shown *shown)
{
        g_autofree char *all = g_steal_pointer(&shown->condition);

        shown->condition = g_strdup_printf("id IN (SELECT id FROM temp.seen_%s)", shown->name);
        shown->sql =
                g_strdup_printf("CREATE TEMP VIEW scoped_%1$s AS"
                                " SELECT * FROM main.%1$s WHERE (%2$s);"
                                "CREATE TEMP VIEW %1$s AS SELECT * FROM main.%1$s WHERE (%3$s)",
                                shown->name, all, shown->condition);
}

static Shown *shown_from_row(Statement *row)
{
        Shown *shown = g_new0(Shown, 1);

        shown->name = g_strdup(statement_text(row, 0));
        shown->condition = statement_text(row, 1) ? name_lists(statement_text(row, 1)) : NULL;
        if (shown->condition && is_listed(shown->name))
                show_list(shown);
        else if (shown->condition && g_str_has_prefix(shown->condition, "SELECT "))
                shown->sql = g_strdup_printf("CREATE TEMP VIEW \"%s\" AS %s", shown->name,
                                             shown->condition);
        else if (shown->condition)
                shown->sql = joined_view(shown->name, shown->condition, statement_int(row, 2) != 0);
        return shown;
}

static GPtrArray *list_tables(Db *db, GError **error)
{
        static const char sql[] =
                "SELECT s.name, k.scope, s.sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' "
                "FROM main.sqlite_schema s LEFT JOIN main.table_kinds k ON k.name = s.name "
                "WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(shown_free);
        Statement *statement = db_own_statement(db, sql, error);
        StepResult r;

        if (!statement)
                return NULL;
        while ((r = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(list, shown_from_row(statement));
        (void)sqlite3_reset(statement_sqlite(statement));
        return r == STEP_ERROR ? NULL : g_steal_pointer(&list);
}

static bool make_view(Db *db, Shown *shown, GError **error)
{
        if (!shown->sql)
                shown->sql = empty_view(db, shown->name, error);
        if (!shown->sql || !db_run(db, shown->sql, error))
                return false;
        g_hash_table_insert(db->views, g_strdup(shown->name), g_steal_pointer(&shown->condition));
        return true;
}

/* The column of the scope has no type: with that of a text column the comparison would have one too, and an index on an
 * expression, which has none, could not be used for it. */
static bool make_views(Db *db, GError **error)
{
        g_autoptr(GPtrArray) list = list_tables(db, error);

        if (!list ||
            !db_run(db,
                    "CREATE TEMP TABLE scope (id NOT NULL PRIMARY KEY) WITHOUT ROWID;"
                    "CREATE TEMP TABLE seen_entities (id NOT NULL PRIMARY KEY) WITHOUT ROWID;"
                    "CREATE TEMP TABLE seen_documents (id NOT NULL PRIMARY KEY) WITHOUT ROWID;"
                    "CREATE TEMP TABLE seen_roots (id NOT NULL PRIMARY KEY) WITHOUT ROWID;"
                    "CREATE TEMP TABLE seen_contents (sha256 NOT NULL PRIMARY KEY) WITHOUT ROWID",
                    error))
                return false;
        db->views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
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

/* Does it take longer than the loop's turn, on a thread that may not wait? */
static bool gives_up(const Scope *scope, GError **error)
{
        return scope_count(scope) > VIEW_AT_ONCE_MAX && impatience_refuses(error);
}

bool view_set_scope(Db *db, Scope *scope, GError **error)
{
        if (db->scope == scope)
                return true;
        if (gives_up(scope, error))
                return false;
        if (!db->views && !make_views(db, error))
                return false;
        if (!db_run(db, "BEGIN", error) || !fill_scope(db, scope, error) ||
            !db_run(db, "COMMIT", error))
                return false;
        (void)scope_ref(scope);
        (void)scope_unref(db->scope);
        db->scope = scope;
        db->seen_is_known = false;
        return true;
}

/* ---- what is seen, listed ---- */

static bool list_seen(Db *db, GError **error)
{
        static const char *const steps[] = {
                "DELETE FROM temp.seen_entities",
                "DELETE FROM temp.seen_documents",
                "DELETE FROM temp.seen_contents",
                "DELETE FROM temp.seen_roots",
                "INSERT INTO temp.seen_entities SELECT id FROM temp.scoped_entities",
                "INSERT INTO temp.seen_documents SELECT id FROM temp.scoped_documents",
                "INSERT OR IGNORE INTO temp.seen_contents"
                " SELECT sha256 FROM temp.documents WHERE +sha256 IS NOT NULL",
                "INSERT OR IGNORE INTO temp.seen_roots SELECT root_id FROM temp.documents",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
                if (!db_do(db, steps[i], error))
                        return false;
        return true;
}

bool view_refresh(Db *db, GError **error)
{
        unsigned version = 0; /* of the snapshot */
        int r = sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_DATA_VERSION, &version);

        if (r == SQLITE_OK && db->seen_is_known && db->seen_version == version)
                return true;
        if (!g_hash_table_lookup(db->views, "documents")) /* a store without content */
                return true;
        if (gives_up(db->scope, error))
                return false;
        db->seen_is_known = false;
        if (!list_seen(db, error))
                return false;
        db->seen_is_known = r == SQLITE_OK;
        db->seen_version = version;
        return true;
}
