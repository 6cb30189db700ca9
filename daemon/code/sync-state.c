/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row that says how far a repository has come. */
#include "code/sync-round.h"

#include "code/history-place.h"

static bool make_state(Db *db, void *data, GError **error)
{
        const Sync *sync = data;
        Statement *row = db_statement(db,
                                      "INSERT OR IGNORE INTO code_states (repository_id, state)"
                                      " VALUES (:id, 'waiting')",
                                      error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", sync->repository->id);
        return statement_run(row, error);
}

/* Without the options it has now, everything is to be looked at. */
static void adopt(Sync *sync, Statement *row)
{
        sync->number = (uint32_t)statement_int(row, 0);
        sync->cpp_headers = statement_int(row, 2);
        if (g_strcmp0(statement_text(row, 1), sync->repository->options) != 0)
                g_clear_pointer(&sync->only, g_strfreev);
}

typedef enum StateThere { STATE_NONE, STATE_LEAVING, STATE_THERE } StateThere;

static bool read_row(Sync *sync, StateThere *ret, GError **error)
{
        g_autoptr(Db) db = store_reader(sync->options.vault, /* scope= */ NULL, error);
        Statement *row = db ? db_statement(db,
                                           "SELECT number, options, cpp_headers, state = 'leaving'"
                                           " FROM code_states WHERE repository_id = :id",
                                           error)
                            : NULL;

        if (!row)
                return false;
        statement_bind_text(row, ":id", sync->repository->id);
        StepResult step = statement_step(row, error);
        *ret = step != STEP_ROW ? STATE_NONE : statement_int(row, 3) ? STATE_LEAVING : STATE_THERE;
        if (*ret == STATE_THERE)
                adopt(sync, row);
        return step != STEP_ERROR;
}

/* One that was taken up again before it had gone goes first: its edges are not whole. */
bool sync_read_state(Sync *sync, GError **error)
{
        StateThere there = STATE_NONE;
        bool more = true;

        if (!read_row(sync, &there, error))
                return false;
        while (there == STATE_LEAVING && more)
                if (!sync_forget(sync->options.vault, sync->options.access, sync->repository->id,
                                 &more, error))
                        return false;
        return there == STATE_THERE ||
               (sync_write(sync, make_state, sync, error) && read_row(sync, &there, error));
}

/* ---- writing ---- */

static bool write_syncing(Sync *sync, Db *db, unsigned left, GError **error)
{
        Statement *row = db_statement(db,
                                      "UPDATE code_states SET state = 'syncing', files_left = :left"
                                      " WHERE number = :number",
                                      error);

        if (!row)
                return false;
        statement_bind_int(row, ":left", left);
        statement_bind_int(row, ":number", sync->number);
        return statement_run(row, error);
}

static char *submodules_of(const Sync *sync)
{
        g_autoptr(GStrvBuilder) paths = g_strv_builder_new();

        for (unsigned i = 0; i < sync->files->submodules->len; i++)
                g_strv_builder_add(paths, sync->files->submodules->pdata[i]);
        g_auto(GStrv) list = g_strv_builder_end(paths);
        return json_print_strings((const char *const *)list);
}

/* Said of a repository without modules. */
static char *why_empty(const Sync *sync)
{
        unsigned left_out = sync->files->left_out;

        if (left_out == 0)
                return g_strdup("no file in it is source code of a language that is read");
        return g_strdup_printf(
                "no file in it is source code of a language that is read, but for what"
                " is left out: git ignores, or others wrote, %u files and folders",
                left_out);
}

/* What keeps some of its files out; NULL: nothing does. */
static char *why_less(const Sync *sync, const char **ret_code)
{
        unsigned blocked = sync->files->blocked->len;

        *ret_code = NULL;
        if (sync->files->cut) {
                *ret_code = error_row(OUROBOROS_ERROR_LIMIT)->name;
                return g_strdup_printf("there are more than FILES_MAX = %d source files in it: the "
                                       "others are left out",
                                       FILES_MAX);
        }
        if (blocked == 0)
                return NULL;
        *ret_code = error_row(OUROBOROS_ERROR_DENIED)->name;
        return g_strdup_printf("%u folders in it cannot be opened, and are as they were when they "
                               "could: %s%s",
                               blocked, (const char *)sync->files->blocked->pdata[0],
                               blocked > 1 ? " …" : "");
}

/* What was looked at in part leaves alone what only the whole tells. */
static bool write_synced(Sync *sync, Db *db, GError **error)
{
        bool whole = sync->only == NULL;
        g_autofree char *submodules = whole ? submodules_of(sync) : NULL;
        const char *code;
        g_autofree char *branch = NULL, *head = NULL, *reason = why_empty(sync),
                        *less = why_less(sync, &code);
        g_autoptr(HistoryPlace) place = history_place_find(sync->repository->path, NULL);
        Statement *row = db_statement(
                db,
                "UPDATE code_states SET state = 'synced', files_left = 0, branch = :branch,"
                " head = :head, options = coalesce(:options, options),"
                " submodules = coalesce(:submodules, submodules), cpp_headers = :headers,"
                " synced_at = :now, error = iif(:whole OR :code IS NOT NULL OR state = 'unreadable',"
                " :code, error), reason = coalesce(:less, iif(error IS NOT NULL AND NOT :whole"
                " AND state <> 'unreadable', reason, iif(EXISTS (SELECT 1 FROM code_modules"
                " WHERE repository = :number AND language <> 'manifest'), NULL, :reason)))"
                " WHERE number = :number",
                error);

        if (!row)
                return false;
        if (place) /* what a ".git" only claims is not told */
                worktree_head(place->worktree, &branch, &head);
        statement_bind_text(row, ":reason", reason);
        statement_bind_text(row, ":less", less);
        statement_bind_text(row, ":code", code);
        statement_bind_int(row, ":whole", whole);
        statement_bind_text(row, ":branch", branch);
        statement_bind_text(row, ":head", head);
        statement_bind_text(row, ":options", whole ? sync->repository->options : NULL);
        statement_bind_text(row, ":submodules", submodules);
        statement_bind_int(row, ":headers", sync->cpp_headers);
        statement_bind_int(row, ":now", clock_now());
        statement_bind_int(row, ":number", sync->number);
        return statement_run(row, error);
}

bool sync_write_state(Sync *sync, Db *db, unsigned left, GError **error)
{
        return left > 0 ? write_syncing(sync, db, left, error) : write_synced(sync, db, error);
}

/* ---- without a round ---- */

typedef struct Failing {
        const char *repository_id;
        const GError *why;
} Failing;

static bool fail_work(Db *db, void *data, GError **error)
{
        const Failing *failing = data;
        Statement *row = db_statement(
                db,
                "INSERT INTO code_states (repository_id, state, error, reason)"
                " SELECT id, 'unreadable', :error, :reason FROM code_repositories"
                " WHERE id = :id ON CONFLICT (repository_id) DO UPDATE SET state = excluded.state,"
                " error = excluded.error, reason = excluded.reason",
                error);

        if (!row)
                return false;
        statement_bind_text(row, ":id", failing->repository_id);
        statement_bind_text(row, ":error", error_row(error_code(failing->why))->name);
        statement_bind_text(row, ":reason", failing->why->message);
        return statement_run(row, error);
}

bool sync_fail(Store *vault, const Access *access, const char *repository_id, const GError *why,
               GError **error)
{
        WriteOptions options = {.actor = access_actor(access), .reason = "sync code"};
        Failing failing = {repository_id, why};

        return store_write(vault, &options, fail_work, &failing, error);
}
