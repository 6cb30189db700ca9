/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reverting: one entry or a cohort, in one write. What else changes with it is what the derivations at the end of
 * that write do; a preview rehearses the same write and takes it back, so it cannot say anything else. */
#include "journal/revert.h"

#include <string.h>

#include "journal/effect.h"
#include "journal/undo.h"
#include "journal/visible.h"

/* ---- one entry ---- */

typedef struct OneJob {
        const Entry *entry;
        bool force;
        char *group;
} OneJob;

static bool work_one(Db *db, void *data, GError **error)
{
        OneJob *job = data;
        UndoOptions options = {.force = job->force};

        g_free(job->group);
        job->group = g_strdup(db_group(db));
        return undo_entry(db, job->entry, &options, error);
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
        g_autoptr(Db) db = store_reader(options->store, /* scope= */ NULL, error);
        g_autoptr(Entry) written = db ? find_written(db, job->entry, job->group, NULL) : NULL;
        g_autoptr(Entry) last = db ? entry_last_of_row(db, job->entry, error) : NULL;
        g_autoptr(Visible) visible = options->seen ? visible_new(options->seen) : NULL;
        JsonObject *answer, *row;

        if (!last)
                return NULL;
        answer = json_object_new();
        row = last->after ? json_parse_object(last->after, -1, NULL) : NULL;
        if (visible && !visible_mask_row(visible, last->table, row, error)) {
                json_object_unref(answer);
                json_object_unref(row);
                return NULL;
        }
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

/* ---- a cohort ---- */

typedef struct GroupJob {
        const RevertOptions *options;
        bool force;
        char *group;     /* that it writes */
        int64_t seq;     /* after which it does */
        GArray *seqs;    /* of the entries, last first */
        GHashTable *own; /* rows that they say something about, "table\nrow_id" */
        GPtrArray *kept; /* rows that stay, since only the human removes them */
        JsonObject *also;
} GroupJob;

static void group_job_clear(GroupJob *job)
{
        g_clear_pointer(&job->group, g_free);
        g_clear_pointer(&job->seqs, g_array_unref);
        g_clear_pointer(&job->own, g_hash_table_unref);
        g_clear_pointer(&job->kept, g_ptr_array_unref);
        g_clear_pointer(&job->also, json_object_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GroupJob, group_job_clear)

static bool find_last_seq(Db *db, int64_t *ret, GError **error)
{
        Statement *statement =
                db_statement(db, "SELECT coalesce(max(seq), 0) FROM mutations", error);

        if (!statement || statement_step(statement, error) != STEP_ROW)
                return false;
        *ret = statement_int(statement, 0);
        return true;
}

static bool work_group(Db *db, void *data, GError **error)
{
        GroupJob *job = data;
        UndoOptions undo = {.force = job->force, .kept = job->kept};

        g_free(job->group);
        job->group = g_strdup(db_group(db));
        g_ptr_array_set_size(job->kept, 0);
        if (!find_last_seq(db, &job->seq, error))
                return false;
        for (unsigned i = 0; i < job->seqs->len; i++) {
                g_autoptr(Entry) entry =
                        cohort_entry(db, g_array_index(job->seqs, int64_t, i), error);

                if (!entry)
                        return false;
                if (!entry_is_redacted(entry) && !undo_entry(db, entry, &undo, error))
                        return false;
        }
        return true;
}

/* What changes but for what the cohort itself was about: that a fact counts again which its group superseded is among
 * it. */
static bool look_group(Db *db, int64_t seq, void *data, GError **error)
{
        GroupJob *job = data;
        EffectRange range = {seq, job->group};

        job->also = effect_tell(db, &range, job->own, REVERT_SAMPLE_MAX, error);
        return job->also != NULL;
}

/* ---- what reverting a cohort would do to its own rows ---- */

typedef struct Survey {
        GHashTable *own;
        Visible *visible; /* under a scope, else NULL */
        GHashTable *
                states; /* row → its state as if later entries of the cohort were undone, JSON or NULL */
        JsonObject *tables;
        JsonArray *sample, *conflicts;
} Survey;

static void add_conflict(Survey *survey, Db *db, const Entry *entry)
{
        g_autoptr(Entry) last = entry_last_of_row(db, entry, NULL);
        JsonObject *conflict;

        if (json_array_get_length(survey->conflicts) >= UNDO_LATER_MAX)
                return;
        conflict = json_object_new();
        json_object_set_string_member(conflict, "mutation_id", entry->id);
        json_object_set_string_member(conflict, "table_name", entry->table);
        json_set_string(conflict, "later", last ? last->id : NULL);
        json_set_string(conflict, "by", last ? last->actor_name : NULL);
        if (last)
                json_set_time(conflict, "at", last->time_us);
        else
                json_object_set_null_member(conflict, "at");
        json_array_add_object_element(survey->conflicts, conflict);
}

static void count_table(Survey *survey, const char *table)
{
        json_object_set_int_member(survey->tables, table,
                                   json_member_int(survey->tables, table, 0) + 1);
}

static bool survey_entry(Survey *survey, Db *db, Entry *entry, GError **error)
{
        g_autofree char *place = g_strconcat(entry->table, "\n", entry->row_id, NULL);
        g_autoptr(Entry) last = NULL;
        gpointer state = NULL;

        if (entry_is_redacted(entry)) /* what was deleted for good stays so */
                return true;
        if (!g_hash_table_lookup_extended(survey->states, place, NULL, &state)) {
                last = entry_last_of_row(db, entry, error);
                if (!last)
                        return false;
                state = last->after;
        }
        if (undo_says_something(entry))
                g_hash_table_add(survey->own, g_strdup(place));
        if (!undo_is_as_left(entry, state))
                add_conflict(survey, db, entry);
        g_hash_table_insert(survey->states, g_steal_pointer(&place),
                            undo_state_before(entry, state));
        count_table(survey, entry->table);
        if (survey->visible && !visible_mask(survey->visible, entry, error))
                return false;
        if (json_array_get_length(survey->sample) < REVERT_SAMPLE_MAX)
                json_array_add_object_element(survey->sample,
                                              entry_to_json(entry, EFFECT_SAMPLE_CHARS));
        return true;
}

static bool survey_all(Survey *survey, Db *db, GArray *seqs, GError **error)
{
        for (unsigned i = 0; i < seqs->len; i++) {
                g_autoptr(Entry) entry = cohort_entry(db, g_array_index(seqs, int64_t, i), error);

                if (!entry || !survey_entry(survey, db, entry, error))
                        return false;
        }
        return true;
}

/* The first members of the answer; reads only. Fills the job. */
static JsonObject *survey_cohort(const RevertOptions *options, const Cohort *cohort, GroupJob *job,
                                 GError **error)
{
        g_autoptr(Db) db = store_reader(options->store, /* scope= */ NULL, error);
        g_autoptr(GHashTable) states =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_autoptr(JsonObject) tables = json_object_new();
        g_autoptr(JsonArray) sample = json_array_new(), conflicts = json_array_new();
        g_autoptr(Visible) visible = options->seen ? visible_new(options->seen) : NULL;
        Survey survey = {NULL, visible, states, tables, sample, conflicts};
        JsonObject *answer;

        job->options = options;
        job->kept = g_ptr_array_new_with_free_func(g_free);
        job->own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        survey.own = job->own;
        job->seqs = db ? cohort_find(db, cohort, error) : NULL;
        if (!job->seqs || !survey_all(&survey, db, job->seqs, error))
                return NULL;
        answer = json_object_new();
        json_object_set_int_member(answer, "count", job->seqs->len);
        json_object_set_object_member(answer, "tables", g_steal_pointer(&tables));
        json_object_set_array_member(answer, "sample", g_steal_pointer(&sample));
        json_object_set_array_member(answer, "conflicts", g_steal_pointer(&conflicts));
        return answer;
}

/* ---- answers ---- */

static JsonArray *kept_to_json(GPtrArray *kept)
{
        JsonArray *array = json_array_new();

        for (unsigned i = 0; i < kept->len; i++) {
                g_auto(GStrv) parts = g_strsplit(kept->pdata[i], "\n", 2);
                JsonObject *row = json_object_new();

                json_object_set_string_member(row, "table_name", parts[0]);
                json_object_set_object_member(row, "row_id", entry_row(parts[1], 0));
                json_array_add_object_element(array, row);
        }
        return array;
}

/* The members that tell what was done, or would be. problem: why it cannot be, or NULL. */
static void finish_answer(JsonObject *answer, GroupJob *job, bool reverted, const GError *problem)
{
        json_object_set_array_member(answer, "kept", kept_to_json(job->kept));
        if (job->also)
                json_object_set_object_member(answer, "also", g_steal_pointer(&job->also));
        else
                json_object_set_null_member(answer, "also");
        json_object_set_boolean_member(answer, "reverted", reverted);
        json_set_string(answer, "group_id", reverted ? job->group : NULL);
        if (problem) {
                JsonObject *object = json_object_new();

                json_object_set_string_member(object, "code", error_row(error_code(problem))->name);
                json_object_set_string_member(object, "message", problem->message);
                json_object_set_object_member(answer, "problem", object);
        } else {
                json_object_set_null_member(answer, "problem");
        }
}

/* Reasons why a revert cannot be that a preview tells; any other is its own failure. */
static bool is_telling(const GError *problem)
{
        OuroborosError code = error_code(problem);

        return code == OUROBOROS_ERROR_CONFLICT || code == OUROBOROS_ERROR_DENIED ||
               code == OUROBOROS_ERROR_LIMIT || code == OUROBOROS_ERROR_NOT_FOUND;
}

JsonObject *revert_group_preview(const RevertOptions *options, const Cohort *cohort, GError **error)
{
        WriteOptions write = {.actor = access_actor(options->access),
                              .reason = options->reason,
                              .reverts = cohort_id(cohort)};
        g_auto(GroupJob) job = {.force = true};
        g_autoptr(JsonObject) answer = survey_cohort(options, cohort, &job, error);
        Rehearsal rehearsal = {
                .work = work_group, .look = options->seen ? NULL : look_group, .data = &job};
        g_autoptr(GError) problem = NULL;

        if (!answer)
                return NULL;
        if (!store_rehearse(options->store, &write, &rehearsal, &problem) && !is_telling(problem)) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        finish_answer(answer, &job, /* reverted= */ false, problem);
        return g_steal_pointer(&answer);
}

static bool tell_also(const RevertOptions *options, GroupJob *job, GError **error)
{
        g_autoptr(Db) db = store_reader(options->store, /* scope= */ NULL, error);

        return db && look_group(db, job->seq, job, error);
}

JsonObject *revert_group(const RevertOptions *options, const Cohort *cohort, GError **error)
{
        WriteOptions write = {.actor = access_actor(options->access),
                              .reason = options->reason,
                              .reverts = cohort_id(cohort)};
        g_auto(GroupJob) job = {.force = options->force};
        g_autoptr(JsonObject) answer = NULL;

        if (!check_reason(options, error))
                return NULL;
        answer = survey_cohort(options, cohort, &job, error);
        if (!answer || !store_write(options->store, &write, work_group, &job, error))
                return NULL;
        log_reverted(options, cohort_id(cohort));
        if (!options->seen && !tell_also(options, &job, error))
                return NULL;
        finish_answer(answer, &job, /* reverted= */ true, NULL);
        return g_steal_pointer(&answer);
}
