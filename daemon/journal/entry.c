/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries from rows and to JSON. */
#include "journal/entry.h"

#include <string.h>

Entry *entry_free(Entry *entry)
{
        if (!entry)
                return NULL;
        g_free(entry->id);
        g_free(entry->group);
        g_free(entry->table);
        g_free(entry->row_id);
        g_free(entry->before);
        g_free(entry->after);
        g_free(entry->actor_kind);
        g_free(entry->actor_connection);
        g_free(entry->actor_name);
        g_free(entry->session);
        g_free(entry->reason);
        g_free(entry->reverts);
        g_free(entry);
        return NULL;
}

static const char *const ops[] = {
        [CHANGE_INSERT] = "insert",
        [CHANGE_UPDATE] = "update",
        [CHANGE_DELETE] = "delete",
};

static ChangeOp op_from_string(const char *text)
{
        for (unsigned op = 0; op < G_N_ELEMENTS(ops); op++)
                if (g_strcmp0(text, ops[op]) == 0)
                        return op;
        g_assert_not_reached(); /* the table's CHECK allows no other */
}

static char *copy(Statement *row, int column)
{
        return g_strdup(statement_text(row, column));
}

Entry *entry_from_row(Statement *row)
{
        Entry *entry = g_new0(Entry, 1);

        entry->seq = statement_int(row, 0);
        entry->id = copy(row, 1);
        entry->group = copy(row, 2);
        entry->table = copy(row, 3);
        entry->row_id = copy(row, 4);
        entry->op = op_from_string(statement_text(row, 5));
        entry->before = copy(row, 6);
        entry->after = copy(row, 7);
        entry->actor_kind = copy(row, 8);
        entry->actor_connection = copy(row, 9);
        entry->actor_name = copy(row, 10);
        entry->session = copy(row, 11);
        entry->reason = copy(row, 12);
        entry->reverts = copy(row, 13);
        entry->time_us = statement_int(row, 14);
        entry->redacted = statement_int(row, 15);
        return entry;
}

Entry *entry_find(Db *db, const char *id, GError **error)
{
        Statement *statement = db_statement(
                db, "SELECT " ENTRY_COLUMNS " FROM mutations m WHERE m.id = :id", error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", id);
        return statement_step(statement, error) == STEP_ROW ? entry_from_row(statement) : NULL;
}

Entry *entry_last_of_row(Db *db, const Entry *entry, GError **error)
{
        Statement *statement =
                db_statement(db,
                             "SELECT " ENTRY_COLUMNS " FROM mutations m WHERE m.table_name = :table"
                             " AND m.row_id = :row ORDER BY m.seq DESC LIMIT 1",
                             error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":table", entry->table);
        statement_bind_text(statement, ":row", entry->row_id);
        return statement_step(statement, error) == STEP_ROW ? entry_from_row(statement) : NULL;
}

/* ---- JSON ---- */

static void shorten(JsonObject *object, const char *name, unsigned text_max)
{
        const char *text = json_member_string(object, name, NULL);
        g_autofree char *cut = NULL, *marked = NULL;

        if (!text || strlen(text) <= text_max || g_utf8_strlen(text, -1) <= text_max)
                return;
        cut = g_utf8_substring(text, 0, text_max);
        marked = g_strconcat(cut, "…", NULL);
        json_object_set_string_member(object, name, marked);
}

JsonObject *entry_row(const char *json, unsigned text_max)
{
        JsonObject *row = json ? json_parse_object(json, -1, NULL) : NULL;
        g_autoptr(GList) names = row && text_max > 0 ? json_object_get_members(row) : NULL;

        for (GList *at = names; at; at = at->next)
                shorten(row, at->data, text_max);
        return row;
}

static void set_row(JsonObject *object, const char *name, const char *json, unsigned text_max)
{
        JsonObject *row = entry_row(json, text_max);

        if (row)
                json_object_set_object_member(object, name, row);
        else
                json_object_set_null_member(object, name);
}

bool entry_is_redacted(const Entry *entry)
{
        return entry->redacted & (1 | 2 | 8);
}

/* Only where something is gone. */
static void set_redacted(JsonObject *object, const Entry *entry)
{
        static const char *const fields[] = {"before", "after", "reason", "row_id"};
        JsonArray *list;

        if (!entry->redacted)
                return;
        list = json_array_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++)
                if (entry->redacted & (1 << i))
                        json_array_add_string_element(list, fields[i]);
        json_object_set_array_member(object, "redacted", list);
}

static JsonObject *actor_to_json(const Entry *entry)
{
        JsonObject *actor = json_object_new();

        json_set_string(actor, "connection_id", entry->actor_connection);
        json_set_string(actor, "display_name", entry->actor_name);
        json_set_string(actor, "kind", entry->actor_kind);
        return actor;
}

JsonObject *entry_to_json(const Entry *entry, unsigned text_max)
{
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "id", entry->id);
        if (entry->scoped)
                json_object_set_null_member(object, "seq");
        else
                json_object_set_int_member(object, "seq", entry->seq);
        json_object_set_string_member(object, "group_id", entry->group);
        json_object_set_string_member(object, "table_name", entry->table);
        set_row(object, "row_id", entry->row_id, 0);
        json_object_set_string_member(object, "op", ops[entry->op]);
        set_row(object, "before", entry->before, text_max);
        set_row(object, "after", entry->after, text_max);
        json_object_set_object_member(object, "actor", actor_to_json(entry));
        json_set_string(object, "session_id", entry->session);
        json_set_time(object, "ts", entry->time_us);
        json_set_string(object, "reason", entry->reason);
        json_set_string(object, "reverts", entry->reverts);
        set_redacted(object, entry);
        return object;
}
