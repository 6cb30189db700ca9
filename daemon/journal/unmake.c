/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unmake: what is gone so far, and why. */
#include "journal/unmake.h"

#include <string.h>

#include "journal/branch.h"
#include "journal/reference.h"
#include "journal/row.h"
#include "journal/undo.h"

#define DEPTH_MAX 32 /* of rows that refer to rows that refer to … */

typedef struct Dropped {
        char *table, *place, *why; /* place: "table\nkey" */
        JsonObject *key;
} Dropped;

struct Unmake {
        Db *db;
        GPtrArray *references;
        GHashTable *own;    /* places that the entries given are about */
        GHashTable *gone;   /* places that were looked at */
        GPtrArray *dropped; /* Dropped */
};

static void dropped_free(void *data)
{
        Dropped *dropped = data;

        g_free(dropped->table);
        g_free(dropped->place);
        g_free(dropped->why);
        json_object_unref(dropped->key);
        g_free(dropped);
}

Unmake *unmake_new(Db *db, GError **error)
{
        g_autoptr(Unmake) unmake = g_new0(Unmake, 1);

        unmake->db = db;
        unmake->own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        unmake->gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        unmake->dropped = g_ptr_array_new_with_free_func(dropped_free);
        unmake->references = reference_load(db, error);
        return unmake->references ? g_steal_pointer(&unmake) : NULL;
}

Unmake *unmake_free(Unmake *unmake)
{
        if (!unmake)
                return NULL;
        g_clear_pointer(&unmake->references, g_ptr_array_unref);
        g_hash_table_unref(unmake->own);
        g_hash_table_unref(unmake->gone);
        g_ptr_array_unref(unmake->dropped);
        g_free(unmake);
        return NULL;
}

static char *place_of(const char *table, JsonObject *key)
{
        g_autofree char *text = json_print_object(key);

        return g_strconcat(table, "\n", text, NULL);
}

static void add_dropped(Unmake *unmake, const char *table, JsonObject *key, const char *why)
{
        Dropped *dropped = g_new0(Dropped, 1);

        dropped->table = g_strdup(table);
        dropped->place = place_of(table, key);
        dropped->why = g_strdup(why);
        dropped->key = json_object_ref(key);
        g_ptr_array_add(unmake->dropped, dropped);
}

/* ---- a row goes ---- */

static bool drop(Unmake *unmake, const char *table, JsonObject *key, unsigned depth,
                 GError **error);

/* The row can be without what it refers to. */
static bool clear_column(Unmake *unmake, const Reference *reference, JsonObject *key,
                         GError **error)
{
        g_autoptr(JsonObject) row = json_object_new();
        g_autoptr(GList) names = json_object_get_members(key);

        for (GList *at = names; at; at = at->next)
                json_object_set_member(row, at->data,
                                       json_node_copy(json_object_get_member(key, at->data)));
        json_object_set_null_member(row, reference->column);
        return row_update(unmake->db, reference->table, row, error);
}

/* A row that can be without it stays, unless what it would be has another in its place. */
static bool drop_referring(Unmake *unmake, const Reference *reference, JsonObject *to,
                           JsonObject *key, unsigned depth, GError **error)
{
        g_autofree char *target = json_print_object(to), *why = NULL;
        g_autoptr(GError) problem = NULL;

        if (reference->optional) {
                if (clear_column(unmake, reference, key, &problem))
                        return true;
                if (!g_error_matches(problem, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT)) {
                        g_propagate_error(error, g_steal_pointer(&problem));
                        return false;
                }
        }
        why = g_strdup_printf("its %s is %s %s", reference->column, reference->to_table, target);
        add_dropped(unmake, reference->table, key, why);
        return drop(unmake, reference->table, key, depth + 1, error);
}

static bool drop_all_referring(Unmake *unmake, const Reference *reference, JsonObject *to,
                               unsigned depth, GError **error)
{
        g_autoptr(GPtrArray) rows =
                reference_rows(unmake->db, reference, to, BRANCH_ROWS_MAX + 1, error);

        if (!rows)
                return false;
        if (rows->len > BRANCH_ROWS_MAX || depth >= DEPTH_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "more rows refer to one row of %s than BRANCH_ROWS_MAX (%d)",
                            reference->to_table, BRANCH_ROWS_MAX);
                return false;
        }
        for (unsigned i = 0; i < rows->len; i++) {
                g_autofree char *place = place_of(reference->table, rows->pdata[i]);

                if (!g_hash_table_contains(unmake->gone, place) &&
                    !drop_referring(unmake, reference, to, rows->pdata[i], depth, error))
                        return false;
        }
        return true;
}

static bool drop(Unmake *unmake, const char *table, JsonObject *key, unsigned depth, GError **error)
{
        g_autoptr(GError) problem = NULL;

        if (!g_hash_table_add(unmake->gone, place_of(table, key)))
                return true;
        for (unsigned i = 0; i < unmake->references->len; i++) {
                const Reference *reference = unmake->references->pdata[i];

                if (g_str_equal(reference->to_table, table) &&
                    !drop_all_referring(unmake, reference, key, depth, error))
                        return false;
        }
        if (row_delete(unmake->db, table, key, &problem) ||
            g_error_matches(problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND))
                return true;
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
}

/* ---- a row goes back, or comes back ---- */

static bool same(JsonNode *a, JsonNode *b)
{
        return a && b ? json_node_equal(a, b) : a == b;
}

/* What the store derives at the end of the write is not ours to write. */
static bool is_ours(const char *table, const char *column, JsonObject *row)
{
        return g_str_equal(column, "stale_source") || !undo_is_derived(table, column, row);
}

/* Where a later row has taken the place that it had, the row stays as it is now. */
static bool change_back(Unmake *unmake, const Entry *entry, JsonObject *row, GError **error)
{
        g_autoptr(JsonObject) key = json_parse_object(entry->row_id, -1, error);
        g_autoptr(GError) problem = NULL;

        if (!key)
                return false;
        if (row_update(unmake->db, entry->table, row, &problem))
                return true;
        if (!g_error_matches(problem, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT)) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
        }
        g_autofree char *why = g_strdup_printf("it cannot be as it was: %s", problem->message);
        add_dropped(unmake, entry->table, key, why);
        return true;
}

static bool put_back(Unmake *unmake, const Entry *entry, const char *now, GError **error)
{
        g_autoptr(JsonObject) before = json_parse_object(entry->before, -1, error);
        g_autoptr(JsonObject) after = before ? json_parse_object(entry->after, -1, error) : NULL;
        g_autoptr(JsonObject) row = after ? json_parse_object(now, -1, error) : NULL;
        g_autoptr(GList) names = NULL;

        if (!row)
                return false;
        names = json_object_get_members(before);
        for (GList *at = names; at; at = at->next) {
                JsonNode *old = json_object_get_member(before, at->data);
                JsonNode *new = json_object_get_member(after, at->data);

                if (!same(old, new) && same(json_object_get_member(row, at->data), new) &&
                    is_ours(entry->table, at->data, row))
                        json_object_set_member(row, at->data, json_node_copy(old));
        }
        return change_back(unmake, entry, row, error);
}

static bool bring_back(Unmake *unmake, const Entry *entry, JsonObject *key, GError **error)
{
        g_autoptr(JsonObject) row = json_parse_object(entry->before, -1, error);
        g_autofree char *place = place_of(entry->table, key);
        g_autoptr(GError) problem = NULL;

        if (!row)
                return false;
        g_hash_table_remove(unmake->gone, place);
        if (!row_insert(unmake->db, entry->table, row, &problem)) {
                g_autofree char *why = g_strdup_printf("it cannot be there: %s", problem->message);

                add_dropped(unmake, entry->table, key, why);
        }
        return true;
}

bool unmake_entry(Unmake *unmake, const Entry *entry, GError **error)
{
        g_autoptr(Entry) last = entry_last_of_row(unmake->db, entry, error);
        g_autoptr(JsonObject) key = last ? json_parse_object(entry->row_id, -1, error) : NULL;

        if (!key)
                return false;
        if (strcmp(entry->table, "redactions") == 0) /* what was deleted for good stays so */
                return true;
        if (entry->op == CHANGE_INSERT) {
                g_hash_table_add(unmake->own, place_of(entry->table, key));
                return !last->after || drop(unmake, entry->table, key, 0, error);
        }
        if (!entry->before) /* its content, too */
                return true;
        if (entry->op == CHANGE_DELETE)
                return last->after || bring_back(unmake, entry, key, error);
        return !last->after || !entry->after || put_back(unmake, entry, last->after, error);
}

JsonArray *unmake_dropped(const Unmake *unmake, unsigned max, bool *ret_all)
{
        JsonArray *array = json_array_new();

        *ret_all = true;
        for (unsigned i = 0; i < unmake->dropped->len; i++) {
                const Dropped *dropped = unmake->dropped->pdata[i];
                JsonObject *object;

                if (g_hash_table_contains(unmake->own, dropped->place))
                        continue;
                *ret_all = json_array_get_length(array) < max;
                if (!*ret_all)
                        break;
                object = json_object_new();
                json_object_set_string_member(object, "table_name", dropped->table);
                json_object_set_object_member(object, "row_id", json_object_ref(dropped->key));
                json_object_set_string_member(object, "why", dropped->why);
                json_array_add_object_element(array, object);
        }
        return array;
}
