/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words for rows of the tables that people know, by what the row says of itself, and names for ids. */
#include "journal/about.h"

#include <string.h>

/* The name of an entity; its id if the handle does not show it. */
static char *name_of(Db *db, const char *id, GError **error)
{
        Statement *statement =
                id ? db_statement(db, "SELECT name FROM entities WHERE id = :id", error) : NULL;

        if (!id)
                return g_strdup("?");
        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", id);
        StepResult step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return NULL;
        return g_strdup(step == STEP_ROW ? statement_text(statement, 0) : id);
}

static char *about_fact(Db *db, JsonObject *row, GError **error)
{
        g_autofree char *subject = name_of(db, json_member_string(row, "entity_id", NULL), error);
        const char *text = json_member_string(row, "object", "");
        g_autofree char *object = NULL;

        if (!subject)
                return NULL;
        object = id_is_valid(text, "ent") ? name_of(db, text, error) : g_strdup(text);
        if (!object)
                return NULL;
        return g_strdup_printf("%s · %s · %s", subject, json_member_string(row, "predicate", "?"),
                               object);
}

static char *about_alias(Db *db, JsonObject *row, GError **error)
{
        g_autofree char *name = name_of(db, json_member_string(row, "entity_id", NULL), error);

        return name ? g_strdup_printf("%s, a name of %s", json_member_string(row, "alias", "?"),
                                      name)
                    : NULL;
}

static char *about_other(const Entry *entry, JsonObject *row)
{
        static const char *const telling[] = {"name", "title", "path", "predicate", "id"};

        for (unsigned i = 0; i < G_N_ELEMENTS(telling); i++) {
                const char *text = json_member_string(row, telling[i], NULL);

                if (text)
                        return g_strdup(text);
        }
        return g_strdup(entry->row_id);
}

static char *words(Db *db, const Entry *entry, JsonObject *row, GError **error)
{
        if (strcmp(entry->table, "facts") == 0)
                return about_fact(db, row, error);
        if (strcmp(entry->table, "entity_aliases") == 0)
                return about_alias(db, row, error);
        if (strcmp(entry->table, "entities") == 0)
                return g_strdup_printf("%s (%s)", json_member_string(row, "name", "?"),
                                       json_member_string(row, "type", "?"));
        return about_other(entry, row);
}

char *about_entry(Db *db, const Entry *entry, GError **error)
{
        const char *json = entry->after ? entry->after : entry->before;
        g_autoptr(JsonObject) row = json ? json_parse_object(json, -1, NULL) : NULL;
        g_autofree char *text = row ? words(db, entry, row, error) : g_strdup(entry->row_id);

        if (!text || g_utf8_strlen(text, -1) <= ABOUT_CHARS_MAX)
                return g_steal_pointer(&text);
        g_autofree char *cut = g_utf8_substring(text, 0, ABOUT_CHARS_MAX - 1);
        return g_strconcat(cut, "…", NULL);
}
