/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See entity-key.h. */
#include "graph/entity-key.h"

#include <string.h>

#include "graph/fact.h"

#define REBUILD_ENTITIES 2000 /* of one write */

char *entity_key_reverse(const char *word)
{
        return g_utf8_strreverse(word, -1);
}

/* ---- the keys of one entity ---- */

/* keys: a set of "kind\tkey". */
static void add_key(GHashTable *keys, const char *kind, const char *key)
{
        if (key && *key)
                g_hash_table_add(keys, g_strdup_printf("%s\t%s", kind, key));
}

static void add_name(const NameRules *rules, const char *name, GHashTable *keys)
{
        g_autoptr(NameForm) form = name_form_new(rules, name);

        if (form->core[0] && form->core[1]) { /* of one word they are the word */
                add_key(keys, KEY_SORTED, form->sorted);
                add_key(keys, KEY_SQUASHED, form->squashed);
        }
        add_key(keys, KEY_BRIEF, form->brief);
        add_key(keys, KEY_ACRONYM, form->acronym);
        for (char **word = form->core; *word; word++) {
                g_autofree char *reversed = entity_key_reverse(*word);

                add_key(keys, KEY_WORD, *word);
                if (g_utf8_strlen(*word, -1) >= KEY_REVERSED_MIN)
                        add_key(keys, KEY_REVERSED, reversed);
        }
}

/* Active ones that are no documents, by name and by alias. */
#define NAMES                                                                                      \
        "SELECT name FROM entities WHERE id = :id AND is_active = 1 AND document_id IS NULL"       \
        " UNION ALL SELECT a.alias FROM entity_aliases a JOIN entities e ON e.id = a.entity_id"    \
        " WHERE a.entity_id = :id AND a.is_active = 1 AND e.is_active = 1"                         \
        " AND e.document_id IS NULL"

/* All keys of an entity, one in a line, in order. */
static char *make_keys(Db *db, const NameRules *rules, const char *id, GError **error)
{
        g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GList) sorted = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        Statement *statement = db_statement(db, NAMES, error);
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", id);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                add_name(rules, statement_text(statement, 0), keys);
        if (step == STEP_ERROR)
                return NULL;
        sorted = g_list_sort(g_hash_table_get_keys(keys), (GCompareFunc)strcmp);
        for (GList *at = sorted; at; at = at->next)
                g_string_append_printf(text, "%s\n", (char *)at->data);
        return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool run_on_keys(Db *db, const char *sql, const char *id, const char *list, GError **error)
{
        g_auto(GStrv) lines = g_strsplit(list, "\n", -1);

        for (char **line = lines; *line && **line; line++) {
                char *tab = strchr(*line, '\t');
                Statement *statement = db_statement(db, sql, error);

                if (!statement)
                        return false;
                *tab = '\0';
                statement_bind_text(statement, ":kind", *line);
                statement_bind_text(statement, ":key", tab + 1);
                statement_bind_text(statement, ":id", id);
                if (!statement_run(statement, error))
                        return false;
        }
        return true;
}

static bool read_list(Db *db, const char *id, char **ret, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT keys FROM entity_key_lists WHERE entity_id = :id", error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        *ret = g_strdup(step == STEP_ROW ? statement_text(statement, 0) : "");
        return step != STEP_ERROR;
}

static bool write_list(Db *db, const char *id, const char *list, GError **error)
{
        Statement *statement = db_statement(
                db,
                *list ? "INSERT OR REPLACE INTO entity_key_lists (entity_id, keys)"
                        " VALUES (:id, :keys)"
                      : "DELETE FROM entity_key_lists WHERE entity_id = :id AND :keys = ''",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        statement_bind_text(statement, ":keys", list);
        return statement_run(statement, error);
}

static bool derive_entity(Db *db, const NameRules *rules, const char *id, GError **error)
{
        g_autofree char *present = NULL, *wanted = make_keys(db, rules, id, error);

        if (!wanted || !read_list(db, id, &present, error))
                return false;
        if (strcmp(present, wanted) == 0)
                return true;
        return run_on_keys(db,
                           "DELETE FROM entity_keys WHERE kind = :kind AND key = :key"
                           " AND entity_id = :id",
                           id, present, error) &&
               run_on_keys(db,
                           "INSERT OR IGNORE INTO entity_keys (kind, key, entity_id)"
                           " VALUES (:kind, :key, :id)",
                           id, wanted, error) &&
               write_list(db, id, wanted, error);
}

/* ---- all ---- */

bool entity_key_derive(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (unsigned i = 0; i < count; i++) {
                bool of_entity = strcmp(changes[i].table, "entities") == 0;
                g_autofree char *id =
                        fact_row_member(changes[i].row_id, of_entity ? "id" : "entity_id");

                if (id && g_hash_table_add(done, g_strdup(id)) &&
                    !derive_entity(db, data, id, error))
                        return false;
        }
        return true;
}

static GPtrArray *next_entities(Db *db, const char *after, GError **error)
{
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        Statement *statement = db_statement(
                db, "SELECT id FROM entities WHERE id > :after ORDER BY id LIMIT :limit", error);
        StepResult step;

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":after", after);
        statement_bind_int(statement, ":limit", REBUILD_ENTITIES);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(statement, 0)));
        return step == STEP_DONE ? g_steal_pointer(&ids) : NULL;
}

bool entity_key_rebuild(Db *db, const NameRules *rules, const char *after, char **ret_last,
                        GError **error)
{
        g_autoptr(GPtrArray) ids = NULL;

        *ret_last = NULL;
        if (!after &&
            !db_execute(db, "DELETE FROM entity_keys; DELETE FROM entity_key_lists", error))
                return false;
        ids = next_entities(db, after ?: "", error);
        for (unsigned i = 0; ids && i < ids->len; i++)
                if (!derive_entity(db, rules, ids->pdata[i], error))
                        return false;
        if (ids && ids->len == REBUILD_ENTITIES)
                *ret_last = g_strdup(ids->pdata[ids->len - 1]);
        return ids != NULL;
}

bool entity_key_missing(Db *db, bool *ret, GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM entity_key_lists)"
                             " AND EXISTS (SELECT 1 FROM entities"
                             " WHERE document_id IS NULL AND is_active = 1)",
                             error);

        if (!statement)
                return false;
        step = statement_step(statement, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}
