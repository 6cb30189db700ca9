/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entities of a scope: looked up in the vault when a person names them, by id afterwards. */
#include "gate/terms.h"

#define SEVERAL_SHOWN 3

/* Those that go by a name, what was merged into another as that other. */
#define BY_NAME                                                                                    \
        "WITH RECURSIVE named (id, step) AS ("                                                     \
        " SELECT id, 0 FROM entities WHERE name_key = :key AND is_active = 1"                      \
        " UNION SELECT entity_id, 0 FROM entity_aliases WHERE alias_key = :key AND is_active = 1"  \
        " UNION SELECT e.merged_into, step + 1 FROM named JOIN entities e USING (id)"              \
        " WHERE e.merged_into IS NOT NULL AND step < 16)"                                          \
        " SELECT DISTINCT e.id, e.document_id IS NOT NULL FROM named JOIN entities e USING (id)"   \
        " WHERE e.merged_into IS NULL AND e.is_active = 1"                                         \
        " ORDER BY e.document_id IS NOT NULL, e.id LIMIT 4"

static bool has_id(Db *db, const char *id, bool *ret, GError **error)
{
        Statement *row = db_statement(db, "SELECT 1 FROM entities WHERE id = :id", error);
        StepResult r;

        if (!row)
                return false;
        statement_bind_text(row, ":id", id);
        r = statement_step(row, error);
        *ret = r == STEP_ROW;
        return r != STEP_ERROR;
}

static char *complain(const char *word, GPtrArray *found, GError **error)
{
        if (found->len == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "No entity is named \"%.80s\"", word);
                return NULL;
        }
        g_ptr_array_set_size(found, (int)MIN(found->len, SEVERAL_SHOWN));
        g_ptr_array_add(found, NULL);
        g_autofree char *ids = g_strjoinv(", ", (char **)found->pdata);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "Several entities go by \"%.80s\", say which by its id: %s", word, ids);
        return NULL;
}

static char *find_name(Db *db, const char *word, GError **error)
{
        g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
        Statement *rows = db_statement(db, BY_NAME, error);
        g_autofree char *key = text_key(word);
        bool others = false;
        StepResult r;

        if (!rows)
                return NULL;
        statement_bind_text(rows, ":key", key);
        while ((r = statement_step(rows, error)) == STEP_ROW) {
                bool is_document = statement_int(rows, 1) != 0;

                /* what stands for a document of that name is meant only if nothing else is */
                if (!is_document || !others)
                        g_ptr_array_add(found, g_strdup(statement_text(rows, 0)));
                others |= !is_document;
        }
        if (r == STEP_ERROR)
                return NULL;
        return found->len == 1 ? g_strdup(g_ptr_array_index(found, 0))
                               : complain(word, found, error);
}

/* The id that a word means: itself or a name. */
static char *resolve(Db *db, const char *word, GError **error)
{
        bool found = false;

        if (!id_is_valid(word, "ent"))
                return find_name(db, word, error);
        if (!has_id(db, word, &found, error))
                return NULL;
        if (found)
                return g_strdup(word);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "There is no entity %s",
                    word);
        return NULL;
}

char **entities_resolve(Store *vault, const char *const *words, GError **error)
{
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(Db) db = store_reader(vault, /* scope= */ NULL, error);

        if (!db)
                return NULL;
        for (; *words; words++) {
                g_autofree char *id = resolve(db, *words, error);

                if (!id)
                        return NULL;
                if (g_hash_table_contains(seen, id))
                        continue;
                g_hash_table_add(seen, id);
                g_ptr_array_add(ids, g_steal_pointer(&id));
        }
        g_ptr_array_add(ids, NULL);
        return (char **)g_ptr_array_free(g_steal_pointer(&ids), /* free_seg= */ FALSE);
}

JsonArray *entities_to_json(Store *vault, const char *const *ids, GError **error)
{
        g_autoptr(Db) db = store_reader(vault, /* scope= */ NULL, error);
        g_autoptr(JsonArray) array = json_array_new();

        for (; db && *ids; ids++) {
                Statement *row =
                        db_statement(db, "SELECT name FROM entities WHERE id = :id", error);
                JsonObject *entity = json_object_new();

                json_array_add_object_element(array, entity);
                json_object_set_string_member(entity, "entity_id", *ids);
                if (!row)
                        return NULL;
                statement_bind_text(row, ":id", *ids);
                StepResult r = statement_step(row, error);
                if (r == STEP_ERROR)
                        return NULL;
                json_set_string(entity, "name", r == STEP_ROW ? statement_text(row, 0) : NULL);
        }
        return db ? g_steal_pointer(&array) : NULL;
}
