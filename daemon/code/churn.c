/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One repository at a time: looked at on a thread, asked for on the loop, written on the thread. What cannot be counted is left
 * alone until another commit is checked out. */
#include "code/churn.h"

#include <string.h>
#include <unistd.h>

#define DAY_US    (INT64_C(24) * 3600 * G_USEC_PER_SEC)
#define WINDOW_US (CHURN_WINDOW_DAYS * DAY_US)
#define WHOLE_US  (CHURN_WHOLE_HOURS * INT64_C(3600) * G_USEC_PER_SEC)

#define CHURN_TOLD_US (INT64_C(3600) * G_USEC_PER_SEC) /* between two complaints about the store */

typedef struct Count {
        Churn *churn;
        char *repository_id, *folder;
        uint32_t number;
        char *head;
        HistoryPlace *place; /* NULL: there is nothing to count */
        HistoryRequest request;
        int memfd;
        HistoryBlock *block;
        GError *error;
        bool ours; /* it was the store that failed, not the history */
} Count;

struct Churn {
        ChurnOptions options;
        Access *access;
        WorkerPool *pool;
        GQueue waiting;     /* of Count */
        GHashTable *failed; /* repository → the commit at which it could not be counted */
        Count *current;
        int64_t told; /* that the store failed; microseconds */
        bool ending;
};

static void count_free(void *data)
{
        Count *count = data;

        if (count->memfd >= 0)
                (void)close(count->memfd);
        g_free(count->repository_id);
        g_free(count->folder);
        g_free(count->head);
        (void)history_place_unref(count->place);
        (void)history_block_free(count->block);
        g_clear_error(&count->error);
        g_free(count);
}

static void start_next(Churn *churn);

/* What is wrong with a history is so until another commit is checked out; a store that fails is tried again with the next round. */
static void tell(Count *count)
{
        Churn *churn = count->churn;

        if (!count->ours) {
                if (count->head)
                        g_hash_table_replace(churn->failed, g_strdup(count->repository_id),
                                             g_strdup(count->head));
                log_debug("The changes of %s cannot be counted: %s", count->folder,
                          count->error->message);
        } else if (!churn->told || clock_now() - churn->told > CHURN_TOLD_US) {
                log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, count->error,
                          "How often the files of %s changed cannot be kept", count->folder);
                churn->told = clock_now();
        }
}

static void end(Count *count)
{
        Churn *churn = count->churn;

        if (count->error && !churn->ending)
                tell(count);
        churn->current = NULL;
        count_free(count);
        if (!churn->ending)
                start_next(churn);
}

/* ---- looking ---- */

/* Reads what was counted; false without an error: the repository has gone. */
static bool read_state(Count *count, char **ret_counted, int64_t *ret_at, GError **error)
{
        g_autoptr(Db) db = store_reader(count->churn->options.vault, /* scope= */ NULL, error);
        Statement *row = db ? db_statement(db,
                                           "SELECT number, churn_head, coalesce(churn_at, 0)"
                                           " FROM code_states WHERE repository_id = :id"
                                           " AND state = 'synced'",
                                           error)
                            : NULL;

        if (!row)
                return false;
        statement_bind_text(row, ":id", count->repository_id);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        count->number = (uint32_t)statement_int(row, 0);
        *ret_counted = g_strdup(statement_text(row, 1));
        *ret_at = statement_int(row, 2);
        return true;
}

static void look_work(void *data)
{
        Count *count = data;
        g_autofree char *counted = NULL, *branch = NULL;
        int64_t at = 0, now = clock_now();

        if (!read_state(count, &counted, &at, &count->error)) {
                count->ours = true;
                return;
        }
        g_autoptr(HistoryPlace) place = history_place_find(count->folder, NULL);
        if (place)
                worktree_head(place->worktree, &branch, &count->head);
        const char *failed = g_hash_table_lookup(count->churn->failed, count->repository_id);
        bool is_new = now - at < WHOLE_US;
        if (!count->head || g_strcmp0(count->head, failed) == 0 ||
            (is_new && g_strcmp0(count->head, counted) == 0))
                return;
        count->request =
                (HistoryRequest){.ask = HISTORY_CHURN, .since = (now - WINDOW_US) / G_USEC_PER_SEC};
        if (is_new && counted)
                g_strlcpy(count->request.from, counted, sizeof(count->request.from));
        if (history_request_place(&count->request, place, &count->error))
                count->place = g_steal_pointer(&place);
}

/* ---- writing ---- */

static bool run_for(Db *db, const char *sql, uint32_t number, GError **error)
{
        Statement *row = db_statement(db, sql, error);

        if (!row)
                return false;
        statement_bind_int(row, ":of", number);
        return statement_run(row, error);
}

static bool clear_counts(Db *db, uint32_t number, GError **error)
{
        return run_for(db, "DELETE FROM code_churn WHERE repository = :of", number, error) &&
               run_for(db, "UPDATE code_modules SET churn = 0 WHERE repository = :of AND churn > 0",
                       number, error);
}

static bool write_count(Db *db, uint32_t number, const char *path, uint32_t commits, GError **error)
{
        Statement *row = db_statement(db,
                                      "INSERT INTO code_churn (repository, path, commits)"
                                      " VALUES (:of, :path, :commits) ON CONFLICT DO UPDATE"
                                      " SET commits = commits + excluded.commits",
                                      error);
        g_autofree char *folder = g_path_get_dirname(path);

        if (!row)
                return false;
        statement_bind_int(row, ":of", number);
        statement_bind_text(row, ":path", path);
        statement_bind_int(row, ":commits", commits);
        if (!statement_run(row, error))
                return false;
        row = db_statement(db,
                           "UPDATE code_modules SET churn = churn + :commits"
                           " WHERE repository = :of AND folder = :folder AND path = :path",
                           error);
        if (!row)
                return false;
        statement_bind_int(row, ":of", number);
        statement_bind_text(row, ":folder", g_str_equal(folder, ".") ? "" : folder);
        statement_bind_text(row, ":path", path);
        statement_bind_int(row, ":commits", commits);
        return statement_run(row, error);
}

static bool write_state(Db *db, const Count *count, bool whole, GError **error)
{
        Statement *row = db_statement(db,
                                      "UPDATE code_states SET churn_head = :head,"
                                      " churn_at = CASE WHEN :whole THEN :now ELSE churn_at END"
                                      " WHERE number = :of",
                                      error);

        if (!row)
                return false;
        statement_bind_text(row, ":head", count->block->answer->to);
        statement_bind_int(row, ":whole", whole);
        statement_bind_int(row, ":now", clock_now());
        statement_bind_int(row, ":of", count->number);
        return statement_run(row, error);
}

/* The repository may have been removed meanwhile, and its number taken by another. */
static bool is_still_there(Db *db, const Count *count, bool *ret, GError **error)
{
        Statement *row = db_statement(db,
                                      "SELECT 1 FROM code_states WHERE number = :of"
                                      " AND repository_id = :id AND state <> 'leaving'",
                                      error);

        if (!row)
                return false;
        statement_bind_int(row, ":of", count->number);
        statement_bind_text(row, ":id", count->repository_id);
        StepResult step = statement_step(row, error);
        *ret = step == STEP_ROW;
        return step != STEP_ERROR;
}

static bool write_counts(Db *db, void *data, GError **error)
{
        const Count *count = data;
        const HistoryAnswer *answer = count->block->answer;
        bool whole = !(answer->flags & HISTORY_APPENDED), there;

        if (!is_still_there(db, count, &there, error))
                return false;
        if (!there)
                return true;
        if (whole && !clear_counts(db, count->number, error))
                return false;
        for (uint32_t i = 0; i < answer->rows; i++) {
                const HistoryRow *row = &history_answer_rows(answer)[i];

                if (!write_count(db, count->number, history_answer_bytes(answer) + row->path,
                                 row->commits, error))
                        return false;
        }
        return write_state(db, count, whole, error);
}

static void write_work(void *data)
{
        Count *count = data;
        WriteOptions options = {.actor = access_actor(count->churn->access),
                                .reason = "count changes"};
        int memfd = count->memfd;

        count->memfd = -1;
        count->block = history_block_open(memfd, HISTORY_CHURN, &count->error);
        count->ours = count->block && !store_write(count->churn->options.vault, &options,
                                                   write_counts, count, &count->error);
}

static void write_done(void *data)
{
        end(data);
}

/* ---- one after another ---- */

static void on_reply(ReadingReply *reply, void *data)
{
        Count *count = data;

        count->memfd = reply->memfd;
        reply->memfd = -1;
        if (count->memfd >= 0 && !count->churn->ending) {
                worker_pool_push(count->churn->pool, write_work, write_done, count);
                return;
        }
        /* a stop says nothing of the repository */
        if (reply->error && error_code(reply->error) != OUROBOROS_ERROR_CANCELLED)
                count->error = g_error_copy(reply->error);
        end(count);
}

static void look_done(void *data)
{
        Count *count = data;
        Churn *churn = count->churn;
        HistoryAsked asked = {&count->request, count->place, -1};

        if (count->place && !churn->ending)
                history_submit(churn->options.history, &asked, churn, on_reply, count);
        else
                end(count);
}

static void start_next(Churn *churn)
{
        if (churn->current)
                return;
        churn->current = g_queue_pop_head(&churn->waiting);
        if (churn->current)
                worker_pool_push(churn->pool, look_work, look_done, churn->current);
}

void churn_look(Churn *churn, const Repository *repository)
{
        for (GList *link = churn->waiting.head; link; link = link->next)
                if (g_str_equal(((Count *)link->data)->repository_id, repository->id))
                        return;
        Count *count = g_new0(Count, 1);
        *count = (Count){.churn = churn,
                         .repository_id = g_strdup(repository->id),
                         .folder = g_strdup(repository->path),
                         .memfd = -1};
        g_queue_push_tail(&churn->waiting, count);
        start_next(churn);
}

/* ---- life ---- */

Churn *churn_new(const ChurnOptions *options, GError **error)
{
        g_autoptr(Churn) churn = g_new0(Churn, 1);

        churn->options = *options;
        churn->access = access_new_system("pipeline");
        churn->failed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        g_queue_init(&churn->waiting);
        churn->pool = worker_pool_new(options->loop, "churn", 1, error);
        return churn->pool ? g_steal_pointer(&churn) : NULL;
}

void churn_stop(Churn *churn)
{
        churn->ending = true;
        churn->pool = worker_pool_free(churn->pool);
}

Churn *churn_free(Churn *churn)
{
        if (!churn)
                return NULL;
        if (!churn->ending)
                churn_stop(churn);
        g_queue_clear_full(&churn->waiting, count_free);
        g_hash_table_unref(churn->failed);
        churn->access = access_unref(churn->access);
        g_free(churn);
        return NULL;
}
