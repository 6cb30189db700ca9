/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hard_delete: first what would go, then, with the token of that, it goes. What goes with a row the rooms have told the store;
 * how it goes is the store's (store/erase.c). */
#include "journal/room.h"

#define OPERATION "hard delete"

/* Short names of what people delete, and their tables. */
static const struct {
        const char *kind, *table;
} kinds[] = {
        {"fact", "facts"},
        {"entity", "entities"},
        {"document", "documents"},
        {"root", "roots"},
        {"discovered", "discovered"},
        {"held_claim", "held_claims"},
        {"predicate", "predicates"},
        {"setting", "settings"},
        {"repository", "code_repositories"},
};

static const char *table_of(JsonObject *target, GError **error)
{
        const char *table = json_member_string(target, "table", NULL);
        const char *kind = json_member_string(target, "kind", NULL);

        for (unsigned i = 0; !table && kind && i < G_N_ELEMENTS(kinds); i++)
                if (g_str_equal(kinds[i].kind, kind))
                        return kinds[i].table;
        if (!table)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "each target has a table, or a kind: fact, entity, document, root, "
                            "discovered, held_claim, predicate, setting, repository");
        return table;
}

static GArray *read_targets(JsonObject *args, GError **error)
{
        JsonArray *list = json_object_get_array_member(args, "targets");
        g_autoptr(GArray) targets = g_array_new(FALSE, FALSE, sizeof(EraseTarget));

        for (unsigned i = 0; i < json_array_get_length(list); i++) {
                JsonObject *given = json_array_get_object_element(list, i);
                EraseTarget target = {table_of(given, error), json_member_string(given, "id", "")};

                if (!target.table)
                        return NULL;
                g_array_append_val(targets, target);
        }
        return g_steal_pointer(&targets);
}

/* The database that has the table: all targets are in one. */
static Store *find_store(Journal *journal, const GArray *targets, GError **error)
{
        const EraseTarget *first = &g_array_index(targets, EraseTarget, 0);
        Store *store = journal->stores[0];

        for (unsigned i = 0; i < G_N_ELEMENTS(journal->stores); i++) {
                g_autoptr(Db) db = store_reader(journal->stores[i], /* scope= */ NULL, error);
                TableKind kind;

                if (!db)
                        return NULL;
                if (db_table_kind(db, first->table, &kind, NULL)) {
                        store = journal->stores[i];
                        break;
                }
        }
        return store;
}

/* ---- doing it ---- */

static bool on_progress(double fraction, void *data)
{
        const JournalCare *care = data;

        return care->progress(care->data, OPERATION, fraction);
}

static JsonObject *delete (Journal *journal, Store *store, EraseOptions *options, GError **error)
{
        const JournalCare *care = &journal->care;
        JsonObject *answer;

        if (care->begin && !care->begin(care->data, OPERATION, error))
                return NULL;
        if (care->progress) {
                options->progress = on_progress;
                options->data = (void *)(uintptr_t)care;
        }
        answer = store_erase(store, options, error);
        if (care->end)
                care->end(care->data);
        return answer;
}

static void log_deleted(const Access *access, JsonObject *answer)
{
        log_event(LOG_HARD_DELETED_EVENT, LOG_NOTICE, NULL, NULL,
                  "%s deleted %" G_GINT64_FORMAT " rows for good; %" G_GINT64_FORMAT
                  " journal entries tell no more what they said",
                  access_actor(access)->name, json_member_int(answer, "rows", 0),
                  json_member_int(answer, "entries", 0));
        if (!json_member_bool(answer, "cleaned", true))
                log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, NULL,
                          "What was deleted is still in the files, which are cleaned when the "
                          "vault is opened next: %s",
                          json_member_string(answer, "problem", ""));
}

static JsonObject *hard_delete(void *room, const Access *access, JsonObject *args, GError **error)
{
        Journal *journal = room;
        bool preview = json_member_bool(args, "preview", true);
        g_autoptr(GArray) targets = read_targets(args, error);
        Store *store = targets ? find_store(journal, targets, error) : NULL;
        JsonObject *answer;

        if (!store)
                return NULL;
        EraseOptions options = {.actor = access_actor(access),
                                .targets = (const EraseTarget *)(const void *)targets->data,
                                .count = targets->len,
                                .token = args_string(args, "token"),
                                .reason = args_string(args, "reason"),
                                .remove_copies = json_member_bool(args, "remove_copies", false)};

        answer = preview ? store_erase_preview(store, &options, error)
                         : delete (journal, store, &options, error);
        if (!answer)
                return NULL;
        json_object_set_boolean_member(answer, "deleted", !preview);
        if (!preview)
                log_deleted(access, answer);
        return answer;
}

const Tool journal_erase_tools[] = {
        {"hard_delete", TOOL_HUMAN, TOOL_SLOW, hard_delete, .action = "journal.hard-delete"},
        {NULL},
};
