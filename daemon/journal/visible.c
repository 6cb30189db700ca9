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

bool visible_is_about(Visible *visible, const Entry *entry, const char *entity, bool *ret,
                      GError **error)
{
        bool is_fact = g_str_equal(entry->table, "facts");
        g_autoptr(JsonObject) key = json_parse_object(entry->row_id, -1, error);
        Statement *statement;
        StepResult step;

        *ret = key &&
               g_str_equal(entity,
                           json_member_string(
                                   key, g_str_equal(entry->table, "entities") ? "id" : "entity_id",
                                   ""));
        if (!key || *ret || !is_fact)
                return key != NULL;
        statement = db_statement(visible->db,
                                 "SELECT 1 FROM facts WHERE id = :id"
                                 " AND coalesce(subject_id, entity_id) = :entity",
                                 error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", json_member_string(key, "id", ""));
        statement_bind_text(statement, ":entity", entity);
        step = statement_step(statement, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

/* ---- rows as they are told ---- */

bool visible_mask_row(Visible *visible, const char *table, JsonObject *row, GError **error)
{
        const char *id = row && g_str_equal(table, "facts")
                                 ? json_member_string(row, "object_as", NULL)
                                 : NULL;
        Statement *statement;
        StepResult step;

        if (!id)
                return true;
        statement = db_statement(visible->db, "SELECT 1 FROM entities WHERE id = :id", error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                json_object_set_null_member(row, "object_as");
        return step != STEP_ERROR;
}

static bool mask_json(Visible *visible, const char *table, char **json, GError **error)
{
        g_autoptr(JsonObject) row = *json ? json_parse_object(*json, -1, NULL) : NULL;

        if (!row)
                return true;
        if (!visible_mask_row(visible, table, row, error))
                return false;
        g_free(*json);
        *json = json_print_object(row);
        return true;
}

bool visible_mask(Visible *visible, Entry *entry, GError **error)
{
        entry->scoped = true;
        return !g_str_equal(entry->table, "facts") ||
               (mask_json(visible, entry->table, &entry->before, error) &&
                mask_json(visible, entry->table, &entry->after, error));
}
