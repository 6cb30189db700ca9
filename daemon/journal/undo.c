/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row is as its last entry left it, so whether it has changed since an entry is asked of the journal alone. What an
 * entry changed in a row is what undoing it writes, so only a later change of that conflicts; and never one of
 * what the system derives, which is derived anew at the end of the write. */
#include "journal/undo.h"

#include <string.h>

#include "journal/reference.h"
#include "journal/row.h"

/* ---- what is derived ---- */

#define RULES "rule:" /* observers of what is inferred begin so; nobody else's do */

bool undo_is_derived(const char *table, const char *column, JsonObject *row)
{
        static const char *const of_facts[] = {"superseded_by", "superseded_at", "stale_source",
                                               "subject_id",    "object_as",     NULL};

        if (strcmp(table, "fact_sources") == 0)
                return true;
        if (strcmp(table, "facts") != 0)
                return false;
        /* an inferred fact comes and goes with its sources */
        return g_strv_contains(of_facts, column) ||
               (row && g_str_has_prefix(json_member_string(row, "agent", ""), RULES));
}

static bool same_member(JsonObject *a, JsonObject *b, const char *name)
{
        JsonNode *left = json_object_get_member(a, name), *right = json_object_get_member(b, name);

        return left && right ? json_node_equal(left, right) : left == right;
}

/* Does the change say anything that does not follow from other rows? before and after are JSON or NULL. */
static bool says_something(const char *table, const char *before, const char *after)
{
        g_autoptr(JsonObject) old = before ? json_parse_object(before, -1, NULL) : NULL;
        g_autoptr(JsonObject) new = after ? json_parse_object(after, -1, NULL) : NULL;
        g_autoptr(GList) names = NULL;

        if (!old || !new)
                return !undo_is_derived(table, "", new ?: old);
        names = json_object_get_members(new);
        for (GList *at = names; at; at = at->next)
                if (!undo_is_derived(table, at->data, new) && !same_member(old, new, at->data))
                        return true;
        return false;
}

bool undo_says_something(const Entry *entry)
{
        return says_something(entry->table, entry->before, entry->after);
}

/* ---- whose it is to undo ---- */

static void set_human(const char *id, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "%s was done by the human; only the human reverts it", id);
}

static void set_others(const char *id, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "%s, which says more of the row, is somebody else's; only the human reverts it",
                    id);
}

/* The connection of an agent that reverts, NULL for others. */
static const char *agent_of(Db *db)
{
        const Actor *actor = db_actor(db);

        return actor->kind == ACTOR_AGENT ? actor->connection : NULL;
}

static Statement *select_later(Db *db, const char *sql, const Entry *entry, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":table", entry->table);
        statement_bind_text(statement, ":row", entry->row_id);
        statement_bind_int(statement, ":seq", entry->seq);
        return statement;
}

/* That a fact of somebody's was superseded when the human spoke is no word of the human's about it: his own
 * word stands, whatever becomes of the other. */
static bool check_later_words(Db *db, const Entry *entry, GError **error)
{
        Statement *later = select_later(
                db,
                "SELECT id, before, after, actor_kind FROM mutations WHERE"
                " table_name = :table AND row_id = :row AND seq > :seq AND (actor_kind = 'human'"
                " OR (:agent IS NOT NULL AND actor_connection IS NOT :agent))"
                " ORDER BY seq",
                entry, error);
        StepResult step;

        if (!later)
                return false;
        statement_bind_text(later, ":agent", agent_of(db));
        while ((step = statement_step(later, error)) == STEP_ROW)
                if (says_something(entry->table, statement_text(later, 1),
                                   statement_text(later, 2))) {
                        if (strcmp(statement_text(later, 3), "human") == 0)
                                set_human(statement_text(later, 0), error);
                        else
                                set_others(statement_text(later, 0), error);
                        return false;
                }
        return step == STEP_DONE;
}

/* The human's doing is the human's to undo; nobody else gets round a later word of his by force. */
static bool check_actor(Db *db, const Entry *entry, GError **error)
{
        if (db_actor(db)->kind == ACTOR_HUMAN)
                return true;
        if (strcmp(entry->actor_kind, "human") == 0) {
                set_human(entry->id, error);
                return false;
        }
        if (!says_something(entry->table, entry->before, entry->after))
                return true;
        return check_later_words(db, entry, error);
}

/* ---- what it is undone on ---- */

bool undo_is_as_left(const Entry *entry, const char *now)
{
        g_autoptr(JsonObject) before = NULL, after = NULL, row = NULL;
        g_autoptr(GList) names = NULL;

        if (g_strcmp0(now, entry->after) == 0)
                return true;
        if (!now && !undo_says_something(entry))
                return true; /* what is derived may have gone by itself */
        if (!now || !entry->after)
                return false;
        before = entry->before ? json_parse_object(entry->before, -1, NULL) : NULL;
        after = json_parse_object(entry->after, -1, NULL);
        row = json_parse_object(now, -1, NULL);
        if (!after || !row)
                return false;
        names = json_object_get_members(after);
        for (GList *at = names; at; at = at->next)
                if (!(before && same_member(before, after, at->data)) &&
                    !undo_is_derived(entry->table, at->data, row) &&
                    !same_member(after, row, at->data))
                        return false;
        return true;
}

static JsonObject *row_before(const Entry *entry, const char *now, GError **error)
{
        g_autoptr(JsonObject) row = NULL, before = NULL, after = NULL;
        g_autoptr(GList) names = NULL;

        before = json_parse_object(entry->before, -1, error);
        if (!before || !now || !entry->after)
                return g_steal_pointer(&before);
        after = json_parse_object(entry->after, -1, error);
        row = after ? json_parse_object(now, -1, error) : NULL;
        if (!row)
                return NULL;
        names = json_object_get_members(before);
        for (GList *at = names; at; at = at->next)
                if (!same_member(before, after, at->data))
                        json_object_set_member(
                                row, at->data,
                                json_node_copy(json_object_get_member(before, at->data)));
        return g_steal_pointer(&row);
}

char *undo_state_before(const Entry *entry, const char *now)
{
        g_autoptr(JsonObject) row = NULL;

        if (!entry->before || g_strcmp0(now, entry->after) == 0)
                return g_strdup(entry->before);
        row = row_before(entry, now, NULL);
        return row ? json_print_object(row) : g_strdup(entry->before);
}

/* The entries after this one about its row, "mut-… (Ada, 2026-…), …", newest last. */
static char *later_entries(Db *db, const Entry *entry)
{
        g_autoptr(GString) list = g_string_new(NULL);
        Statement *later = select_later(
                db,
                "SELECT id, actor_name, ts FROM mutations WHERE table_name = :table"
                " AND row_id = :row AND seq > :seq ORDER BY seq LIMIT " G_STRINGIFY(UNDO_LATER_MAX),
                entry, NULL);

        while (later && statement_step(later, NULL) == STEP_ROW) {
                g_autofree char *time = clock_to_iso(statement_int(later, 2));

                g_string_append_printf(list, "%s%s (%s, %s)", list->len > 0 ? ", " : "",
                                       statement_text(later, 0), statement_text(later, 1), time);
        }
        return g_string_free(g_steal_pointer(&list), FALSE);
}

static void set_changed(Db *db, const Entry *entry, const char *but, GError **error)
{
        g_autofree char *later = later_entries(db, entry);

        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "the row of %s that %s is about has changed since: %s%s", entry->table,
                    entry->id, later, but);
}

/* Is what the row is now something to undo the entry on? */
static bool check_state(Db *db, const Entry *entry, const Entry *last, bool force, GError **error)
{
        if (undo_is_as_left(entry, last->after))
                return true;
        if (!force) {
                set_changed(db, entry, "; force reverts it all the same", error);
                return false;
        }
        if (entry->op == CHANGE_INSERT && !last->after) {
                set_changed(db, entry, "; it is gone already", error);
                return false;
        }
        return true;
}

/* ---- undoing ---- */

/* What SQLite says of references, in words that help. */
static bool explain(Db *db, bool ok, const Entry *entry, GError **error)
{
        g_autofree char *message = NULL, *others = NULL;

        if (ok || !error || !*error)
                return ok;
        if (!strstr((*error)->message, "FOREIGN KEY") &&
            error_code(*error) != OUROBOROS_ERROR_CONFLICT)
                return false;
        message = g_strdup((*error)->message);
        g_clear_error(error);
        if (!strstr(message, "FOREIGN KEY")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s cannot be reverted: another row has taken its place (%s)",
                            entry->id, message);
                return false;
        }
        others = reference_describe(db, entry->table, entry->row_id, UNDO_LATER_MAX);
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                "%s cannot be reverted alone: its row of %s is referred to, or refers to what is "
                "gone; revert those first, or the whole group%s%s",
                entry->id, entry->table, others ? ": referred to by " : "", others ?: "");
        return false;
}

static bool restore(Db *db, const Entry *entry, const Entry *last, GError **error)
{
        g_autoptr(JsonObject) row = row_before(entry, last->after, error);

        if (!row)
                return false;
        return last->after ? row_update(db, entry->table, row, error)
                           : row_insert(db, entry->table, row, error);
}

static bool deactivate(Db *db, const Entry *entry, JsonObject *key, GPtrArray *kept, GError **error)
{
        bool has = true;

        if (kept && !row_is_deactivable(db, entry->table, &has, error))
                return false;
        if (has)
                return row_deactivate(db, entry->table, key, error);
        g_ptr_array_add(kept, g_strconcat(entry->table, "\n", entry->row_id, NULL));
        return true;
}

/* What was inferred and does not hold any more is no reason to keep what it was about. */
static bool remove_row(Db *db, const Entry *entry, JsonObject *key, GError **error)
{
        g_autoptr(GError) problem = NULL;
        bool any = false;

        if (row_delete(db, entry->table, key, &problem))
                return true;
        if (strstr(problem->message, "FOREIGN KEY") &&
            !reference_drop_retired(db, entry->table, entry->row_id, &any, error))
                return false;
        if (any)
                return row_delete(db, entry->table, key, error);
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
}

static bool take_back(Db *db, const Entry *entry, GPtrArray *kept, GError **error)
{
        g_autoptr(JsonObject) key = json_parse_object(entry->row_id, -1, error);

        if (!key)
                return false;
        return db_actor(db)->kind == ACTOR_HUMAN ? remove_row(db, entry, key, error)
                                                 : deactivate(db, entry, key, kept, error);
}

/* What was deleted for good stays deleted, and so do the records that prove it. */
static bool check_content(const Entry *entry, GError **error)
{
        if (strcmp(entry->table, "redactions") == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "%s records that content was deleted for good; that is not reverted",
                            entry->id);
                return false;
        }
        if (!entry_is_redacted(entry))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "%s cannot be reverted: what it said was deleted for good", entry->id);
        return false;
}

bool undo_entry(Db *db, const Entry *entry, const UndoOptions *options, GError **error)
{
        g_autoptr(Entry) last = entry_last_of_row(db, entry, error);
        bool ok;

        if (!last || !check_content(entry, error) || !check_actor(db, entry, error) ||
            !check_state(db, entry, last, options->force, error))
                return false;
        if (!last->after && entry->op != CHANGE_DELETE && !undo_says_something(entry))
                return true; /* gone by itself */
        ok = entry->op == CHANGE_INSERT ? take_back(db, entry, options->kept, error)
                                        : restore(db, entry, last, error);
        return explain(db, ok, entry, error);
}
