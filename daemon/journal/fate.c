/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row is as its last entry left it: what an entry did stands if what it changed is still so there. */
#include "journal/fate.h"

#include <string.h>

const char *fate_to_string(Fate fate)
{
        static const char *const names[] = {"standing",    "superseded", "reverted",
                                            "deactivated", "deleted",    "changed"};

        return names[fate];
}

/* Columns that follow from other rows. */
static bool is_derived(const char *table, const char *column)
{
        static const char *const of_facts[] = {"superseded_by", "superseded_at", "stale_source",
                                               "subject_id",    "object_as",     NULL};

        return strcmp(table, "facts") == 0 && g_strv_contains(of_facts, column);
}

static bool same_member(JsonObject *a, JsonObject *b, const char *name)
{
        JsonNode *left = json_object_get_member(a, name), *right = json_object_get_member(b, name);

        return left && right ? json_node_equal(left, right) : left == right;
}

/* The members that the entry changed: what it did by itself, or, if it did no more, what followed. */
static GPtrArray *changed(const Entry *entry, JsonObject *before, JsonObject *after, bool derived)
{
        GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GList) members = json_object_get_members(after);

        for (GList *at = members; at; at = at->next)
                if (!(before && same_member(before, after, at->data)) &&
                    is_derived(entry->table, at->data) == derived)
                        g_ptr_array_add(names, g_strdup(at->data));
        return names;
}

static void keep_differing(GPtrArray *names, JsonObject *after, JsonObject *now)
{
        for (unsigned i = names->len; i > 0; i--)
                if (same_member(after, now, names->pdata[i - 1]))
                        g_ptr_array_remove_index(names, i - 1);
}

static bool differs(GPtrArray *names, JsonObject *after, JsonObject *row)
{
        for (unsigned i = 0; i < names->len; i++)
                if (!same_member(after, row, names->pdata[i]))
                        return true;
        return false;
}

/* The first later entry that made one of the members another. */
static bool find_cause(Db *db, const Entry *entry, GPtrArray *names, JsonObject *after, Entry **ret,
                       GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT " ENTRY_COLUMNS
                             " FROM mutations m WHERE m.table_name = :table AND m.row_id = :row"
                             " AND m.seq > :seq ORDER BY m.seq LIMIT :limit",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":table", entry->table);
        statement_bind_text(statement, ":row", entry->row_id);
        statement_bind_int(statement, ":seq", entry->seq);
        statement_bind_int(statement, ":limit", FATE_LATER_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                g_autoptr(Entry) later = entry_from_row(statement);
                g_autoptr(JsonObject) row =
                        later->after ? json_parse_object(later->after, -1, NULL) : NULL;

                if (!row || differs(names, after, row)) {
                        *ret = g_steal_pointer(&later);
                        return true;
                }
        }
        return step == STEP_DONE;
}

static bool is_inactive(JsonObject *row)
{
        return json_member_int(row, "is_active", 1) == 0;
}

static bool has_ended(const Entry *entry, JsonObject *row)
{
        return strcmp(entry->table, "facts") == 0 && json_object_has_member(row, "superseded_at") &&
               !json_object_get_null_member(row, "superseded_at");
}

/* The row is there still. */
static bool fate_of_row(Db *db, const Entry *entry, JsonObject *now, Fate *ret, char **ret_by,
                        GError **error)
{
        g_autoptr(JsonObject) before =
                entry->before ? json_parse_object(entry->before, -1, NULL) : NULL;
        g_autoptr(JsonObject) after =
                entry->after ? json_parse_object(entry->after, -1, NULL) : NULL;
        g_autoptr(GPtrArray) names = NULL;
        g_autoptr(Entry) cause = NULL;

        *ret = FATE_STANDING;
        if (!after) /* its content was deleted for good */
                return true;
        names = changed(entry, before, after, /* derived= */ false);
        bool own = names->len > 0;
        if (!own) {
                g_ptr_array_unref(names);
                names = changed(entry, before, after, /* derived= */ true);
        }
        keep_differing(names, after, now);
        if (names->len == 0) {
                if (own && has_ended(entry, now)) {
                        *ret = FATE_SUPERSEDED;
                        *ret_by = g_strdup(json_member_string(now, "superseded_by", NULL));
                }
                return true;
        }
        if (!find_cause(db, entry, names, after, &cause, error))
                return false;
        *ret = cause && cause->reverts                   ? FATE_REVERTED
               : is_inactive(now) && !is_inactive(after) ? FATE_DEACTIVATED
                                                         : FATE_CHANGED;
        *ret_by = cause ? g_strdup(cause->id) : NULL;
        return true;
}

bool fate_of(Db *db, const Entry *entry, Fate *ret, char **ret_by, GError **error)
{
        g_autoptr(Entry) last = entry_last_of_row(db, entry, error);
        g_autoptr(JsonObject) now = NULL;

        *ret_by = NULL;
        if (!last)
                return false;
        now = last->after ? json_parse_object(last->after, -1, NULL) : NULL;
        if (now && entry->op != CHANGE_DELETE)
                return fate_of_row(db, entry, now, ret, ret_by, error);
        bool stands =
                entry->op == CHANGE_DELETE ? last->op == CHANGE_DELETE : last->op != CHANGE_DELETE;
        *ret = stands                      ? FATE_STANDING
               : last->reverts             ? FATE_REVERTED
               : last->op == CHANGE_DELETE ? FATE_DELETED
                                           : FATE_CHANGED;
        *ret_by = stands ? NULL : g_strdup(last->id);
        return true;
}
