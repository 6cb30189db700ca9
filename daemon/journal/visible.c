/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows are looked up by their key under the names of their tables, which on a scoped handle are those of its
 * views. Names come from the schema; values are bound. */
#include "journal/visible.h"

struct Visible {
        Db *db;
        GHashTable *tables; /* name → Lookup */
};

typedef struct Lookup {
        char *sql;
        char **key; /* columns */
} Lookup;

static void lookup_free(void *data)
{
        Lookup *lookup = data;

        g_free(lookup->sql);
        g_strfreev(lookup->key);
        g_free(lookup);
}

Visible *visible_new(Db *db)
{
        Visible *visible = g_new0(Visible, 1);

        visible->db = db;
        visible->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, lookup_free);
        return visible;
}

Visible *visible_free(Visible *visible)
{
        if (!visible)
                return NULL;
        g_hash_table_unref(visible->tables);
        g_free(visible);
        return NULL;
}

static Lookup *lookup_new(Db *db, const char *table, GError **error)
{
        g_auto(GStrv) key = db_table_key(db, table, error);
        g_autoptr(GString) sql = g_string_new(NULL);

        if (!key)
                return NULL;
        g_string_printf(sql, "SELECT 1 FROM \"%s\" WHERE 1", table);
        for (char **column = key; *column; column++)
                g_string_append_printf(sql, " AND \"%s\" = :%s", *column, *column);
        Lookup *lookup = g_new0(Lookup, 1);
        lookup->sql = g_string_free(g_steal_pointer(&sql), /* free_segment= */ FALSE);
        lookup->key = g_steal_pointer(&key);
        return lookup;
}

static const Lookup *look_up(Visible *visible, const char *table, GError **error)
{
        Lookup *lookup = g_hash_table_lookup(visible->tables, table);
        TableKind kind;

        if (lookup || !db_table_kind(visible->db, table, &kind, error))
                return lookup;
        lookup = lookup_new(visible->db, table, error);
        if (lookup)
                g_hash_table_insert(visible->tables, g_strdup(table), lookup);
        return lookup;
}

static void bind_key(Statement *statement, const Lookup *lookup, JsonObject *key)
{
        for (char **column = lookup->key; *column; column++) {
                g_autofree char *name = g_strconcat(":", *column, NULL);
                JsonNode *value = json_object_get_member(key, *column);

                if (!value || !JSON_NODE_HOLDS_VALUE(value))
                        continue;
                if (json_node_get_value_type(value) == G_TYPE_STRING)
                        statement_bind_text(statement, name, json_node_get_string(value));
                else
                        statement_bind_int(statement, name, json_node_get_int(value));
        }
}

bool visible_row(Visible *visible, const Entry *entry, bool *ret, GError **error)
{
        g_autoptr(JsonObject) key = json_parse_object(entry->row_id, -1, error);
        g_autoptr(GError) problem = NULL;
        const Lookup *lookup = key ? look_up(visible, entry->table, &problem) : NULL;

        *ret = false;
        if (g_error_matches(problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND))
                return true; /* a table that the schema no longer has */
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        Statement *statement = lookup ? db_statement(visible->db, lookup->sql, error) : NULL;
        if (!statement)
                return false;
        bind_key(statement, lookup, key);
        StepResult step = statement_step(statement, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}
