/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Handing out windows. What to take is looked for on a handle that sees what the caller may see, and long texts
 * are cut there; it is taken inside a write, so that nobody else takes the same. */
#include "documents/mining.h"

#include <string.h>

#include "documents/claims.h"

#define CANDIDATES_MAX 64 /* documents of the queue that one call looks at */

MiningLease *mining_lease_free(MiningLease *lease)
{
        if (!lease)
                return NULL;
        g_free(lease->document_id);
        g_free(lease->sha256);
        g_free(lease->lease_id);
        g_free(lease->group);
        g_free(lease->profile);
        g_free(lease);
        return NULL;
}

/* ---- what may be taken ---- */

typedef struct Candidate {
        char *document_id, *sha256;
        GArray *windows; /* to be entered; NULL: they are there */
} Candidate;

static void candidate_free(void *data)
{
        Candidate *candidate = data;

        g_free(candidate->document_id);
        g_free(candidate->sha256);
        if (candidate->windows)
                g_array_unref(candidate->windows);
        g_free(candidate);
}

#define OF_DOCUMENT                                                                                \
        "SELECT d.id, d.sha256 FROM documents d WHERE d.id = :document AND d.is_active = 1"
#define OF_QUEUE                                                                                   \
        "SELECT d.id, d.sha256 FROM mining_jobs j JOIN documents d ON d.id = j.document_id"        \
        " WHERE j.state = 'queued' AND d.is_active = 1 AND d.sha256 IS NOT NULL"                   \
        " AND EXISTS (SELECT 1 FROM document_text t WHERE t.sha256 = d.sha256)"                    \
        " AND (NOT EXISTS (SELECT 1 FROM mining_windows w WHERE w.document_id = d.id"              \
        " AND w.sha256 = d.sha256) OR EXISTS (SELECT 1 FROM mining_windows w"                      \
        " WHERE w.document_id = d.id AND (w.state = 'open' OR (w.state = 'leased'"                 \
        " AND (w.expires_at <= :now OR w.holder = :holder)))))"                                    \
        " ORDER BY j.priority DESC, j.requested_at, j.document_id LIMIT :limit"

static GPtrArray *find_candidates(Db *db, const MiningAsk *ask, GError **error)
{
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(candidate_free);
        Statement *row = db_statement(db, ask->document_id ? OF_DOCUMENT : OF_QUEUE, error);
        StepResult step;

        if (!row)
                return NULL;
        if (ask->document_id) {
                statement_bind_text(row, ":document", ask->document_id);
        } else {
                statement_bind_int(row, ":now", clock_now());
                statement_bind_text(row, ":holder", access_observer(ask->access));
                statement_bind_int(row, ":limit", CANDIDATES_MAX);
        }
        while ((step = statement_step(row, error)) == STEP_ROW) {
                Candidate *candidate = g_new0(Candidate, 1);

                candidate->document_id = g_strdup(statement_text(row, 0));
                candidate->sha256 = g_strdup(statement_text(row, 1));
                g_ptr_array_add(list, candidate);
        }
        if (step == STEP_ERROR)
                return NULL;
        if (list->len > 0)
                return g_steal_pointer(&list);
        if (ask->document_id)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no document %s",
                            ask->document_id);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "nothing waits to be mined, or others are at all of it");
        return NULL;
}

static bool has_windows(Db *db, const Candidate *candidate, bool *ret, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT 1 FROM mining_windows WHERE document_id = :document"
                                      " AND sha256 = :sha256 LIMIT 1",
                                      error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":document", candidate->document_id);
        statement_bind_text(row, ":sha256", candidate->sha256);
        step = statement_step(row, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

static bool cut_text(Db *db, const MiningAsk *ask, Candidate *candidate, GError **error)
{
        Statement *row =
                db_statement(db, "SELECT text FROM document_text WHERE sha256 = :sha256", error);
        StepResult step;

        if (!row)
                return false;
        statement_bind_text(row, ":sha256", candidate->sha256);
        step = statement_step(row, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                            "document %s has no text yet", candidate->document_id);
        if (step != STEP_ROW)
                return false;
        const char *text = statement_text(row, 0);
        candidate->windows = windows_cut(text, strlen(text), ask->max_chars, ask->overlap);
        if (candidate->windows->len <= MINING_WINDOWS_MAX)
                return true;
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                "%s would have %u windows, more than %d (MINING_WINDOWS_MAX); ask for larger ones",
                candidate->document_id, candidate->windows->len, MINING_WINDOWS_MAX);
        return false;
}

static bool prepare(Db *db, const MiningAsk *ask, Candidate *candidate, GError **error)
{
        bool there;

        return has_windows(db, candidate, &there, error) &&
               (there || cut_text(db, ask, candidate, error));
}

/* ---- taking, inside a write ---- */

typedef struct Taking {
        const MiningAsk *ask;
        const Candidate *candidate;
        MiningLease *lease;
} Taking;

/* Enters the windows that were cut, instead of those of another version. */
static bool enter_windows(Db *db, const Candidate *candidate, GError **error)
{
        Statement *drop =
                db_statement(db, "DELETE FROM mining_windows WHERE document_id = :document", error);

        if (!drop)
                return false;
        statement_bind_text(drop, ":document", candidate->document_id);
        if (!statement_run(drop, error))
                return false;
        for (unsigned i = 0; i < candidate->windows->len; i++) {
                const Window *window = &g_array_index(candidate->windows, Window, i);
                Statement *insert = db_statement(
                        db,
                        "INSERT INTO mining_windows (document_id, ordinal, sha256, char_start,"
                        " char_end, state) VALUES (:document, :ordinal, :sha256, :start, :end, 'open')",
                        error);

                if (!insert)
                        return false;
                statement_bind_text(insert, ":document", candidate->document_id);
                statement_bind_int(insert, ":ordinal", i);
                statement_bind_text(insert, ":sha256", candidate->sha256);
                statement_bind_int(insert, ":start", window->start);
                statement_bind_int(insert, ":end", window->end);
                if (!statement_run(insert, error))
                        return false;
        }
        return true;
}

/* Somebody else may have cut it meanwhile, or the document may have changed. */
static bool ensure_windows(Db *db, const Candidate *candidate, GError **error)
{
        Statement *row = db_statement(
                db, "SELECT 1 FROM documents WHERE id = :id AND sha256 = :sha256", error);
        StepResult step;
        bool there;

        if (!row)
                return false;
        statement_bind_text(row, ":id", candidate->document_id);
        statement_bind_text(row, ":sha256", candidate->sha256);
        step = statement_step(row, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "%s has just changed; ask again", candidate->document_id);
        return step == STEP_ROW && has_windows(db, candidate, &there, error) &&
               (there || !candidate->windows || enter_windows(db, candidate, error));
}

#define FREE_WINDOW                                                                                \
        "SELECT id, ordinal, char_start, char_end, lease_id, group_id,"                            \
        " state = 'leased' AND holder = :holder AND expires_at > :now AS mine"                     \
        " FROM mining_windows WHERE document_id = :document"                                       \
        " AND (:window < 0 OR ordinal = :window) AND (state = 'open' OR (state = 'leased'"         \
        " AND (expires_at <= :now OR holder = :holder))"                                           \
        " OR (:again AND state IN ('done', 'failed'))) ORDER BY mine DESC, state = 'open' DESC,"   \
        " ordinal LIMIT 1"

/* Why there is no window to take. */
static void set_taken(Db *db, const Taking *taking, GError **error)
{
        const char *document_id = taking->candidate->document_id;
        g_autofree char *until = NULL;
        Statement *row = db_statement(db,
                                      "SELECT count(*), coalesce(sum(state = 'leased'), 0),"
                                      " min(iif(state = 'leased', expires_at, NULL))"
                                      " FROM mining_windows WHERE document_id = :document"
                                      " AND (:window < 0 OR ordinal = :window)",
                                      error);

        if (!row)
                return;
        statement_bind_text(row, ":document", document_id);
        statement_bind_int(row, ":window", taking->ask->window);
        if (statement_step(row, error) != STEP_ROW)
                return;
        if (statement_int(row, 0) == 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "%s has no window %" G_GINT64_FORMAT, document_id, taking->ask->window);
        else if (statement_int(row, 1) == 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "%s is mined already; again: true takes it once more", document_id);
        else {
                until = clock_to_iso(statement_int(row, 2));
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT,
                            "others mine what is left of %s; the first of their leases ends at %s",
                            document_id, until);
        }
}

/* All that one holder writes about a version is one group. */
static char *group_of_holder(Db *db, const Taking *taking, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT group_id FROM mining_windows WHERE document_id ="
                                      " :document AND holder = :holder AND group_id IS NOT NULL"
                                      " LIMIT 1",
                                      error);
        StepResult step;

        if (!row)
                return NULL;
        statement_bind_text(row, ":document", taking->candidate->document_id);
        statement_bind_text(row, ":holder", access_observer(taking->ask->access));
        step = statement_step(row, error);
        if (step == STEP_ROW)
                return g_strdup(statement_text(row, 0));
        return step == STEP_DONE ? id_new("grp") : NULL;
}

static bool write_lease(Db *db, const Taking *taking, int64_t window, GError **error)
{
        const MiningLease *lease = taking->lease;
        Statement *update = db_statement(db,
                                         "UPDATE mining_windows SET state = 'leased', lease_id ="
                                         " :lease, holder = :holder, group_id = :group,"
                                         " expires_at = :expires WHERE id = :id",
                                         error);

        if (!update)
                return false;
        statement_bind_text(update, ":lease", lease->lease_id);
        statement_bind_text(update, ":holder", access_observer(taking->ask->access));
        statement_bind_text(update, ":group", lease->group);
        statement_bind_int(update, ":expires", lease->expires_at);
        statement_bind_int(update, ":id", window);
        return statement_run(update, error);
}

static Statement *find_window(Db *db, const Taking *taking, GError **error)
{
        Statement *row = db_statement(db, FREE_WINDOW, error);
        StepResult step;

        if (!row)
                return NULL;
        statement_bind_text(row, ":document", taking->candidate->document_id);
        statement_bind_text(row, ":holder", access_observer(taking->ask->access));
        statement_bind_int(row, ":now", clock_now());
        statement_bind_int(row, ":window", taking->ask->window);
        statement_bind_int(row, ":again", taking->ask->again);
        step = statement_step(row, error);
        if (step == STEP_DONE)
                set_taken(db, taking, error);
        return step == STEP_ROW ? row : NULL;
}

static bool work_take(Db *db, void *data, GError **error)
{
        Taking *taking = data;
        MiningLease *lease = taking->lease;
        Statement *row;
        int64_t window;

        if (!graph_check_document(db, taking->ask->access, taking->candidate->document_id, error) ||
            !ensure_windows(db, taking->candidate, error))
                return false;
        row = find_window(db, taking, error);
        if (!row)
                return false;
        window = statement_int(row, 0);
        lease->ordinal = statement_int(row, 1);
        lease->window = (Window){statement_int(row, 2), statement_int(row, 3)};
        lease->expires_at = clock_now() + taking->ask->lease_sec * G_USEC_PER_SEC;
        if (statement_int(row, 6)) {
                lease->lease_id = g_strdup(statement_text(row, 4));
                lease->group = g_strdup(statement_text(row, 5));
        } else {
                lease->lease_id = id_new("lease");
                lease->group = group_of_holder(db, taking, error);
        }
        return lease->group && write_lease(db, taking, window, error);
}

/* ---- the call ---- */

/* The job's profile and features, else the root's; and how many windows there are. */
static bool describe(const MiningAsk *ask, MiningLease *lease, GError **error)
{
        g_autoptr(Db) db = store_reader(ask->vault, access_scope(ask->access), error);
        Statement *row =
                db ? db_statement(
                             db,
                             "SELECT coalesce(j.profile, r.profile),"
                             " coalesce(j.features, r.features),"
                             " (SELECT count(*) FROM mining_windows w WHERE w.document_id = d.id)"
                             " FROM documents d JOIN roots r ON r.id = d.root_id LEFT JOIN"
                             " mining_jobs j ON j.document_id = d.id AND j.state <> 'dropped'"
                             " WHERE d.id = :id",
                             error)
                   : NULL;
        g_autoptr(JsonNode) node = NULL;
        g_autoptr(GStrvBuilder) names = g_strv_builder_new();
        g_auto(GStrv) list = NULL;

        if (!row)
                return false;
        statement_bind_text(row, ":id", lease->document_id);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        lease->profile = g_strdup(statement_text(row, 0));
        node = json_parse_text(statement_text(row, 1), -1, error);
        if (!node)
                return false;
        for (unsigned i = 0; i < json_array_get_length(json_node_get_array(node)); i++)
                g_strv_builder_add(names,
                                   json_array_get_string_element(json_node_get_array(node), i));
        list = g_strv_builder_end(names);
        lease->count = statement_int(row, 2);
        return features_from_strings((const char *const *)list, &lease->features, error);
}

static MiningLease *take(const MiningAsk *ask, const Candidate *candidate, GError **error)
{
        g_autoptr(MiningLease) lease = g_new0(MiningLease, 1);
        Taking taking = {ask, candidate, lease};
        WriteOptions options = {.actor = access_actor(ask->access), .reason = "mining"};

        lease->document_id = g_strdup(candidate->document_id);
        lease->sha256 = g_strdup(candidate->sha256);
        if (!store_write(ask->vault, &options, work_take, &taking, error) ||
            !describe(ask, lease, error))
                return NULL;
        return g_steal_pointer(&lease);
}

/* Others may have been quicker with the first of the queue: then the next. */
static MiningLease *take_one_of(const MiningAsk *ask, GPtrArray *candidates, GError **error)
{
        for (unsigned i = 0; i < candidates->len; i++) {
                Candidate *candidate = g_ptr_array_index(candidates, i);
                g_autoptr(GError) problem = NULL;
                g_autoptr(Db) db = store_reader(ask->vault, access_scope(ask->access), &problem);
                bool ready = db && prepare(db, ask, candidate, &problem);
                MiningLease *lease;

                g_clear_pointer(&db, db_release);
                lease = ready ? take(ask, candidate, &problem) : NULL;
                if (lease)
                        return lease;
                if (i + 1 < candidates->len && (error_code(problem) == OUROBOROS_ERROR_CONFLICT ||
                                                error_code(problem) == OUROBOROS_ERROR_STALE))
                        continue;
                g_propagate_error(error, g_steal_pointer(&problem));
                return NULL;
        }
        g_assert_not_reached(); /* there is at least one */
}

MiningLease *mining_take(const MiningAsk *ask, GError **error)
{
        g_autoptr(Db) db = store_reader(ask->vault, access_scope(ask->access), error);
        g_autoptr(GPtrArray) candidates = db ? find_candidates(db, ask, error) : NULL;

        g_clear_pointer(&db, db_release);
        return candidates ? take_one_of(ask, candidates, error) : NULL;
}
