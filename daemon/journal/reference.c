/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References, read from the schema once per use. */
#include "journal/reference.h"

/* Ids without a foreign key, said so that the indexes are used. What a fact replaces (fact_supersedes) is none: the
 * word stays without effect. */
static const struct {
        const char *table, *column, *to_table, *where;
        bool held; /* by triggers */
} loose[] = {
        {"facts", "entity_id", "entities",
         "(coalesce(subject_id, entity_id) = :value AND subject_id IS NULL"
         " OR entity_id = :value AND subject_id IS NOT NULL)",
         true},
        {"facts", "object", "entities",
         "(coalesce(object_as, object) = :value AND substr(object, 1, 4) = 'ent-' AND object_as IS NULL"
         " OR object = :value AND object_as IS NOT NULL)"
         " AND predicate IN (SELECT name FROM predicates WHERE object_kind = 'entity')",
         true},
        {"facts", "document_id", "documents", NULL, false},
        {"entities", "document_id", "documents", NULL, false},
        {"held_claims", "entity_id", "entities", NULL, false},
        {"held_claims", "document_id", "documents", NULL, false},
};

static void reference_free(void *data)
{
        Reference *reference = data;

        g_free(reference->table);
        g_free(reference->column);
        g_free(reference->to_table);
        g_free(reference->to_column);
        g_free(reference);
}

static void add_loose(GPtrArray *references)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(loose); i++) {
                Reference *reference = g_new0(Reference, 1);

                reference->table = g_strdup(loose[i].table);
                reference->column = g_strdup(loose[i].column);
                reference->to_table = g_strdup(loose[i].to_table);
                reference->to_column = g_strdup("id");
                reference->where = loose[i].where;
                reference->foreign = loose[i].held;
                g_ptr_array_add(references, reference);
        }
}

static bool add_foreign(Db *db, const char *table, GPtrArray *references, GError **error)
{
        g_autoptr(GPtrArray) keys = db_table_references(db, table, error);

        for (unsigned i = 0; keys && i < keys->len; i++) {
                const TableReference *key = keys->pdata[i];
                Reference *reference = g_new0(Reference, 1);

                reference->table = g_strdup(table);
                reference->column = g_strdup(key->column);
                reference->to_table = g_strdup(key->to_table);
                reference->to_column = g_strdup(key->to_column);
                reference->foreign = true;
                reference->optional = key->optional;
                g_ptr_array_add(references, reference);
        }
        return keys != NULL;
}

GPtrArray *reference_load(Db *db, GError **error)
{
        g_autoptr(GPtrArray) references = g_ptr_array_new_with_free_func(reference_free);
        g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
        Statement *statement = db_statement(
                db, "SELECT name FROM table_kinds WHERE kind = 'user' ORDER BY name", error);
        StepResult step = STEP_ERROR;

        while (statement && (step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(tables, g_strdup(statement_text(statement, 0)));
        if (step == STEP_ERROR)
                return NULL;
        for (unsigned i = 0; i < tables->len; i++)
                if (!add_foreign(db, tables->pdata[i], references, error))
                        return NULL;
        add_loose(references);
        return g_steal_pointer(&references);
}

/* SQL for the keys of the rows that refer to :value. Names come from the schema. */
static char *rows_sql(const Reference *reference, char **key)
{
        g_autoptr(GString) sql = g_string_new("SELECT json_object(");

        for (unsigned i = 0; key[i]; i++)
                g_string_append_printf(sql, "%s'%s', \"%s\"", i > 0 ? ", " : "", key[i], key[i]);
        g_string_append_printf(sql, ") FROM \"%s\" WHERE ", reference->table);
        if (reference->where)
                g_string_append(sql, reference->where);
        else
                g_string_append_printf(sql, "\"%s\" = :value", reference->column);
        g_string_append(sql, " LIMIT :max");
        return g_string_free(g_steal_pointer(&sql), FALSE);
}

GPtrArray *reference_rows(Db *db, const Reference *reference, JsonObject *key, unsigned max,
                          GError **error)
{
        g_autoptr(GPtrArray) rows =
                g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
        const char *value = json_member_string(key, reference->to_column, NULL);
        g_auto(GStrv) columns = db_table_key(db, reference->table, error);
        g_autofree char *sql = columns ? rows_sql(reference, columns) : NULL;
        Statement *statement = sql ? db_statement(db, sql, error) : NULL;
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":value", value);
        statement_bind_int(statement, ":max", max);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                JsonObject *row = json_parse_object(statement_text(statement, 0), -1, error);

                if (!row)
                        return NULL;
                g_ptr_array_add(rows, row);
        }
        return step == STEP_DONE ? g_steal_pointer(&rows) : NULL;
}

static void append_rows(GString *list, const Reference *reference, GPtrArray *rows)
{
        for (unsigned i = 0; i < rows->len; i++) {
                g_autofree char *row = json_print_object(rows->pdata[i]);

                g_string_append_printf(list, "%s%s %s", list->len > 0 ? ", " : "", reference->table,
                                       row);
        }
}

char *reference_describe(Db *db, const char *table, const char *row_id, unsigned max)
{
        g_autoptr(GPtrArray) references = reference_load(db, NULL);
        g_autoptr(JsonObject) key = json_parse_object(row_id, -1, NULL);
        g_autoptr(GString) list = g_string_new(NULL);

        for (unsigned i = 0; references && key && i < references->len && max > 0; i++) {
                const Reference *reference = references->pdata[i];
                g_autoptr(GPtrArray) rows = NULL;

                if (!reference->foreign || !g_str_equal(reference->to_table, table))
                        continue;
                rows = reference_rows(db, reference, key, max, NULL);
                if (!rows)
                        continue;
                append_rows(list, reference, rows);
                max -= rows->len;
        }
        return list->len > 0 ? g_string_free(g_steal_pointer(&list), FALSE) : NULL;
}

/* ---- what was inferred ---- */

#define RETIRED "trust_tier = 'inferred' AND is_active = 0 AND agent GLOB 'rule:*'"

static bool drop_retired(Db *db, const Reference *reference, const char *value, bool *ret_any,
                         GError **error)
{
        g_autofree char *own = g_strdup_printf("\"%s\" = :value", reference->column);
        const char *where = reference->where ?: own;
        g_autofree char *sources = g_strdup_printf(
                "DELETE FROM fact_sources WHERE fact_id IN (SELECT id FROM facts WHERE %s AND " RETIRED
                ")",
                where);
        g_autofree char *facts = g_strdup_printf("DELETE FROM facts WHERE %s AND " RETIRED, where);
        const char *const both[] = {sources, facts};

        for (unsigned i = 0; i < G_N_ELEMENTS(both); i++) {
                Statement *statement = db_statement(db, both[i], error);

                if (!statement)
                        return false;
                statement_bind_text(statement, ":value", value);
                if (!statement_run(statement, error))
                        return false;
        }
        *ret_any = *ret_any || db_changes(db) > 0;
        return true;
}

bool reference_drop_retired(Db *db, const char *table, const char *row_id, bool *ret_any,
                            GError **error)
{
        g_autoptr(GPtrArray) references = reference_load(db, error);
        g_autoptr(JsonObject) key = references ? json_parse_object(row_id, -1, error) : NULL;

        *ret_any = false;
        for (unsigned i = 0; key && i < references->len; i++) {
                const Reference *reference = references->pdata[i];

                if (g_str_equal(reference->table, "facts") &&
                    g_str_equal(reference->to_table, table) &&
                    !drop_retired(db, reference,
                                  json_member_string(key, reference->to_column, NULL), ret_any,
                                  error))
                        return false;
        }
        return key != NULL;
}
