/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balances are drawn by SQLite; rows come one at a time. */
#include "journal/effect.h"

bool effect_each(Db *db, const EffectRange *range, EffectRow found, void *data, GError **error)
{
        StepResult step;
        /* + keeps the planner from going through the whole journal in order of tables and rows */
        Statement *statement = db_statement(
                db,
                "SELECT l.table_name, l.row_id, a.before, b.after FROM (SELECT table_name, row_id,"
                " min(seq) AS first, max(seq) AS last FROM mutations WHERE seq > :seq"
                " AND (:group IS NULL OR group_id = :group) GROUP BY +table_name, row_id) l"
                " JOIN mutations a ON a.seq = l.first JOIN mutations b ON b.seq = l.last"
                " WHERE a.before IS NOT b.after ORDER BY l.first",
                error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":seq", range->seq);
        statement_bind_text(statement, ":group", range->group);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                EffectChange change = {statement_text(statement, 0), statement_text(statement, 1),
                                       statement_text(statement, 2), statement_text(statement, 3)};

                if (!found(&change, data, error))
                        return false;
        }
        return step == STEP_DONE;
}

/* ---- telling ---- */

typedef struct Tally {
        GHashTable *but;
        JsonObject *tables;
        JsonArray *sample;
        unsigned sample_max;
} Tally;

/* Takes out of both what is the same. */
static void keep_differences(JsonObject *before, JsonObject *after)
{
        g_autoptr(GList) names = json_object_get_members(after);

        for (GList *at = names; at; at = at->next) {
                JsonNode *old = json_object_get_member(before, at->data);

                if (!old || !json_node_equal(old, json_object_get_member(after, at->data)))
                        continue;
                json_object_remove_member(before, at->data);
                json_object_remove_member(after, at->data);
        }
}

static void set_row(JsonObject *object, const char *name, JsonObject *row)
{
        if (row)
                json_object_set_object_member(object, name, row);
        else
                json_object_set_null_member(object, name);
}

static JsonObject *change_to_json(const EffectChange *change)
{
        JsonObject *object = json_object_new();
        JsonObject *before = entry_row(change->before, EFFECT_SAMPLE_CHARS);
        JsonObject *after = entry_row(change->after, EFFECT_SAMPLE_CHARS);

        json_object_set_string_member(object, "table_name", change->table);
        set_row(object, "row_id", entry_row(change->row_id, 0));
        json_object_set_string_member(object, "op",
                                      !before  ? "insert"
                                      : !after ? "delete"
                                               : "update");
        if (before && after)
                keep_differences(before, after);
        set_row(object, "before", before);
        set_row(object, "after", after);
        return object;
}

static bool add_change(const EffectChange *change, void *data, GError **error)
{
        Tally *tally = data;
        g_autofree char *place = g_strconcat(change->table, "\n", change->row_id, NULL);

        if (tally->but && g_hash_table_contains(tally->but, place))
                return true;
        json_object_set_int_member(tally->tables, change->table,
                                   json_member_int(tally->tables, change->table, 0) + 1);
        if (json_array_get_length(tally->sample) < tally->sample_max)
                json_array_add_object_element(tally->sample, change_to_json(change));
        return true;
}

JsonObject *effect_tell(Db *db, const EffectRange *range, GHashTable *but, unsigned sample_max,
                        GError **error)
{
        g_autoptr(JsonObject) tables = json_object_new();
        g_autoptr(JsonArray) sample = json_array_new();
        Tally tally = {but, tables, sample, sample_max};
        JsonObject *told;

        if (!effect_each(db, range, add_change, &tally, error))
                return NULL;
        told = json_object_new();
        json_object_set_object_member(told, "tables", g_steal_pointer(&tables));
        json_object_set_array_member(told, "sample", g_steal_pointer(&sample));
        return told;
}
