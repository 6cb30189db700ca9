/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reverting. A row is as its last entry left it, so whether it has changed since an entry is asked of the
 * journal alone. What an entry changed in a row is what undoing it writes, so only a later change of that
 * conflicts; and never one of what the system derives, which is derived anew at the end of the write. */
#include "journal/revert.h"

#include <string.h>

#include "journal/row.h"

/* ---- one entry ---- */

/* Ids of the entries after this one about its row, "mut-…, mut-…", newest last. */
static char *later_ids(Db *db, const Entry *entry, GError **error)
{
        g_autoptr(GString) ids = g_string_new(NULL);
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT id FROM mutations WHERE table_name = :table AND row_id = :row AND seq > :seq"
                " ORDER BY seq LIMIT :limit",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":table", entry->table);
        statement_bind_text(statement, ":row", entry->row_id);
        statement_bind_int(statement, ":seq", entry->seq);
        statement_bind_int(statement, ":limit", REVERT_CONFLICTS_MAX);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                g_string_append_printf(ids, "%s%s", ids->len > 0 ? ", " : "",
                                       statement_text(statement, 0));
        return step == STEP_DONE ? g_string_free(g_steal_pointer(&ids), FALSE) : NULL;
}

static void set_changed(Db *db, const Entry *entry, const char *but, GError **error)
{
        g_autofree char *ids = later_ids(db, entry, NULL);

        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                    "the row of %s that %s is about has changed since: %s%s", entry->table,
                    entry->id, ids ?: "?", but);
}

/* The human's doing is the human's to undo; nobody else gets round a later word of his by force. */
static bool check_actor(Db *db, const Entry *entry, const Entry *last, GError **error)
{
        const Entry *human = strcmp(entry->actor_kind, "human") == 0  ? entry
                             : strcmp(last->actor_kind, "human") == 0 ? last
                                                                      : NULL;

        if (db_actor(db)->kind == ACTOR_HUMAN || !human)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "%s was done by the human; only the human reverts it", human->id);
        return false;
}

/* Columns that follow from other rows, whoever's write it was that made them change. */
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

/* Is the row, as now tells (JSON, NULL: gone), in what the entry changed as the entry left it? */
static bool is_as_left(const Entry *entry, const char *now)
{
        g_autoptr(JsonObject) before = NULL, after = NULL, row = NULL;
        g_autoptr(GList) names = NULL;

        if (g_strcmp0(now, entry->after) == 0)
                return true;
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
                    !is_derived(entry->table, at->data) && !same_member(after, row, at->data))
                        return false;
        return true;
}

/* The row that now tells, with what the entry changed as it was before. */
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

/* Is what the row is now something to undo the entry on? */
static bool check_state(Db *db, const Entry *entry, const Entry *last, bool force, GError **error)
{
        if (is_as_left(entry, last->after))
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

/* What SQLite says of references, in words that help. */
static bool explain(bool ok, const Entry *entry, GError **error)
{
        g_autofree char *message = NULL;

        if (ok || !error || !*error)
                return ok;
        if (!strstr((*error)->message, "FOREIGN KEY") &&
            error_code(*error) != OUROBOROS_ERROR_CONFLICT)
                return false;
        message = g_strdup((*error)->message);
        g_clear_error(error);
        if (strstr(message, "FOREIGN KEY"))
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s cannot be reverted alone: rows of %s are referred to, or refer to "
                            "what is gone; revert those first, or the whole group",
                            entry->id, entry->table);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s cannot be reverted: another row has taken its place (%s)",
                            entry->id, message);
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

static bool take_back(Db *db, const Entry *entry, GError **error)
{
        g_autoptr(JsonObject) key = json_parse_object(entry->row_id, -1, error);

        if (!key)
                return false;
        return db_actor(db)->kind == ACTOR_HUMAN ? row_delete(db, entry->table, key, error)
                                                 : row_deactivate(db, entry->table, key, error);
}

static bool undo(Db *db, const Entry *entry, bool force, GError **error)
{
        g_autoptr(Entry) last = entry_last_of_row(db, entry, error);
        bool ok;

        if (!last || !check_actor(db, entry, last, error) ||
            !check_state(db, entry, last, force, error))
                return false;
        ok = entry->op == CHANGE_INSERT ? take_back(db, entry, error)
                                        : restore(db, entry, last, error);
        return explain(ok, entry, error);
}

typedef struct OneJob {
        const Entry *entry;
        bool force;
        char *group;
} OneJob;

static bool work_one(Db *db, void *data, GError **error)
{
        OneJob *job = data;

        g_free(job->group);
        job->group = g_strdup(db_group(db));
        return undo(db, job->entry, job->force, error);
}

static bool check_reason(const RevertOptions *options, GError **error)
{
        return !options->reason || text_check("reason", options->reason, REVERT_REASON_CHARS_MAX,
                                              "REVERT_REASON_CHARS_MAX", error);
}

static void log_reverted(const RevertOptions *options, const char *what)
{
        g_autofree char *field = g_strdup_printf("OUROBOROS_REVERTED=%s", what);
        const char *fields[] = {field, NULL};

        log_event(LOG_REVERTED_EVENT, LOG_NOTICE, fields, NULL, "%s reverted %s",
                  access_actor(options->access)->name, what);
}

/* The first entry that a write made about a row: NULL if the row was so already. */
static Entry *find_written(Db *db, const Entry *entry, const char *group, GError **error)
{
        Statement *statement = db_statement(
                db,
                "SELECT " ENTRY_COLUMNS " FROM mutations m WHERE m.table_name = :table"
                " AND m.row_id = :row AND m.seq > :seq AND m.group_id = :group ORDER BY m.seq LIMIT 1",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":table", entry->table);
        statement_bind_text(statement, ":row", entry->row_id);
        statement_bind_int(statement, ":seq", entry->seq);
        statement_bind_text(statement, ":group", group);
        return statement_step(statement, error) == STEP_ROW ? entry_from_row(statement) : NULL;
}

static JsonObject *entry_answer(const RevertOptions *options, const OneJob *job, GError **error)
{
        g_autoptr(Db) db = store_reader(options->store, NULL, error);
        g_autoptr(Entry) written = db ? find_written(db, job->entry, job->group, NULL) : NULL;
        g_autoptr(Entry) last = db ? entry_last_of_row(db, job->entry, error) : NULL;
        JsonObject *answer, *row;

        if (!last)
                return NULL;
        answer = json_object_new();
        row = last->after ? json_parse_object(last->after, -1, NULL) : NULL;
        json_object_set_boolean_member(answer, "reverted", TRUE);
        json_set_string(answer, "new_mutation_id", written ? written->id : NULL);
        if (row)
                json_object_set_object_member(answer, "restored_row", row);
        else
                json_object_set_null_member(answer, "restored_row");
        return answer;
}

JsonObject *revert_entry(const RevertOptions *options, const Entry *entry, GError **error)
{
        WriteOptions write = {.actor = access_actor(options->access),
                              .reason = options->reason,
                              .reverts = entry->id};
        OneJob job = {.entry = entry, .force = options->force};
        JsonObject *answer = NULL;

        if (check_reason(options, error) &&
            store_write(options->store, &write, work_one, &job, error)) {
                log_reverted(options, entry->id);
                answer = entry_answer(options, &job, error);
        }
        g_free(job.group);
        return answer;
}

/* ---- a group ---- */

typedef struct GroupJob {
        const RevertOptions *options;
        const char *group;
        char *new_group;
        GArray *seqs; /* of its entries, last first */
} GroupJob;

static GArray *find_seqs(Db *db, const char *group, GError **error)
{
        g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT m.seq FROM writes w CROSS JOIN mutations m ON m.seq BETWEEN w.first_seq AND"
                " w.last_seq WHERE w.group_id = :group ORDER BY w.first_seq DESC, m.seq DESC LIMIT :limit",
                error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":group", group);
        statement_bind_int(statement, ":limit", REVERT_GROUP_MAX + 1);
        while ((step = statement_step(statement, error)) == STEP_ROW) {
                int64_t seq = statement_int(statement, 0);
                g_array_append_val(seqs, seq);
        }
        if (step == STEP_ERROR)
                return NULL;
        if (seqs->len > REVERT_GROUP_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "group %s has more than %d entries (REVERT_GROUP_MAX)", group,
                            REVERT_GROUP_MAX);
                return NULL;
        }
        if (seqs->len == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no group %s",
                            group);
                return NULL;
        }
        return g_steal_pointer(&seqs);
}

static Entry *read_seq(Db *db, int64_t seq, GError **error)
{
        Statement *statement = db_statement(
                db, "SELECT " ENTRY_COLUMNS " FROM mutations m WHERE m.seq = :seq", error);

        if (!statement)
                return NULL;
        statement_bind_int(statement, ":seq", seq);
        return statement_step(statement, error) == STEP_ROW ? entry_from_row(statement) : NULL;
}

static bool work_group(Db *db, void *data, GError **error)
{
        GroupJob *job = data;

        g_free(job->new_group);
        job->new_group = g_strdup(db_group(db));
        for (unsigned i = 0; i < job->seqs->len; i++) {
                g_autoptr(Entry) entry = read_seq(db, g_array_index(job->seqs, int64_t, i), error);

                if (!entry || !undo(db, entry, job->options->force, error))
                        return false;
        }
        return true;
}

/* What a group did, gathered last entry first. */
typedef struct Survey {
        GHashTable
                *states; /* "table\nrow" → JSON of the row as the entries after this one leave it */
        JsonObject *tables; /* table → entries */
        JsonArray *sample, *conflicts;
} Survey;

static void count_table(Survey *survey, const char *table)
{
        int64_t count = json_member_int(survey->tables, table, 0);

        json_object_set_int_member(survey->tables, table, count + 1);
}

static void add_conflict(Survey *survey, Db *db, const Entry *entry)
{
        g_autofree char *ids = NULL;
        JsonObject *conflict;

        if (json_array_get_length(survey->conflicts) == REVERT_CONFLICTS_MAX)
                return;
        ids = later_ids(db, entry, NULL);
        conflict = json_object_new();
        json_object_set_string_member(conflict, "mutation_id", entry->id);
        json_object_set_string_member(conflict, "table_name", entry->table);
        json_set_string(conflict, "later", ids);
        json_array_add_object_element(survey->conflicts, conflict);
}

/* The row as undoing the entry would leave it. */
static char *state_before(const Entry *entry, const char *now)
{
        g_autoptr(JsonObject) row = NULL;

        if (!entry->before || g_strcmp0(now, entry->after) == 0)
                return g_strdup(entry->before);
        row = row_before(entry, now, NULL);
        return row ? json_print_object(row) : g_strdup(entry->before);
}

static bool survey_entry(Survey *survey, Db *db, const Entry *entry, GError **error)
{
        g_autofree char *place = g_strdup_printf("%s\n%s", entry->table, entry->row_id);
        g_autoptr(Entry) last = NULL;
        gpointer state = NULL;

        if (!g_hash_table_lookup_extended(survey->states, place, NULL, &state)) {
                last = entry_last_of_row(db, entry, error);
                if (!last)
                        return false;
                state = last->after;
        }
        if (!is_as_left(entry, state))
                add_conflict(survey, db, entry);
        g_hash_table_insert(survey->states, g_steal_pointer(&place), state_before(entry, state));
        count_table(survey, entry->table);
        if (json_array_get_length(survey->sample) < REVERT_SAMPLE_MAX)
                json_array_add_object_element(survey->sample, entry_to_json(entry, 200));
        return true;
}

static bool survey_all(Survey *survey, Db *db, GArray *seqs, GError **error)
{
        for (unsigned i = 0; i < seqs->len; i++) {
                g_autoptr(Entry) entry = read_seq(db, g_array_index(seqs, int64_t, i), error);

                if (!entry || !survey_entry(survey, db, entry, error))
                        return false;
        }
        return true;
}

/* The answer without its first members; reads only. */
static JsonObject *survey_group(const RevertOptions *options, const char *group, GArray **ret_seqs,
                                GError **error)
{
        g_autoptr(Db) db = store_reader(options->store, NULL, error);
        g_autoptr(GArray) seqs = db ? find_seqs(db, group, error) : NULL;
        g_autoptr(GHashTable) states =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(JsonObject) tables = json_object_new();
        g_autoptr(JsonArray) sample = json_array_new(), conflicts = json_array_new();
        Survey survey = {states, tables, sample, conflicts};
        JsonObject *answer;

        if (!seqs || !survey_all(&survey, db, seqs, error))
                return NULL;
        answer = json_object_new();
        json_object_set_int_member(answer, "count", seqs->len);
        json_object_set_object_member(answer, "tables", g_steal_pointer(&tables));
        json_object_set_array_member(answer, "sample", g_steal_pointer(&sample));
        json_object_set_array_member(answer, "conflicts", g_steal_pointer(&conflicts));
        *ret_seqs = g_steal_pointer(&seqs);
        return answer;
}

JsonObject *revert_group_preview(const RevertOptions *options, const char *group, GError **error)
{
        g_autoptr(GArray) seqs = NULL;
        JsonObject *answer = survey_group(options, group, &seqs, error);

        if (!answer)
                return NULL;
        json_object_set_boolean_member(answer, "reverted", FALSE);
        json_object_set_null_member(answer, "group_id");
        return answer;
}

JsonObject *revert_group(const RevertOptions *options, const char *group, GError **error)
{
        WriteOptions write = {.actor = access_actor(options->access),
                              .reason = options->reason,
                              .reverts = group};
        g_autoptr(GArray) seqs = NULL;
        g_autoptr(JsonObject) answer = NULL;
        GroupJob job = {.options = options, .group = group};
        bool ok;

        if (!check_reason(options, error))
                return NULL;
        answer = survey_group(options, group, &seqs, error);
        if (!answer)
                return NULL;
        job.seqs = seqs;
        ok = store_write(options->store, &write, work_group, &job, error);
        if (ok) {
                log_reverted(options, group);
                json_object_set_boolean_member(answer, "reverted", TRUE);
                json_set_string(answer, "group_id", job.new_group);
        }
        g_free(job.new_group);
        return ok ? g_steal_pointer(&answer) : NULL;
}
