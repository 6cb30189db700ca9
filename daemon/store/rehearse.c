/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rehearsals: a write with all that follows from it, looked at and taken back. A transaction that is never
 * committed is the copy that it happens on: readers stay at the state before it, feeds hear nothing, and after a
 * crash in the middle the pages that it spilled have no commit that would make them count. It runs alone on the
 * writer thread, with a JournalWriter of its own, and within limits, because writes wait meanwhile. */
#include "store/impatience.h"
#include "store/journal-trigger.h"
#include "store/state.h"

#define STRIDE_STEPS 10000 /* of SQLite's machine between two looks at the clock */

typedef struct Stage {
        Store *store;
        const WriteOptions *options;
        const Rehearsal *rehearsal;
        JournalWriter *journal;
        WriteLimits limits;
} Stage;

bool write_limits_allow(WriteLimits *limits, const ChangeList *changes)
{
        if (!limits->over && changes && change_list_count(changes) >= limits->entries_max)
                limits->over = "STORE_REHEARSAL_ENTRIES_MAX";
        if (!limits->over && g_get_monotonic_time() > limits->deadline)
                limits->over = "STORE_REHEARSAL_MS_MAX";
        return !limits->over;
}

static int check_clock(void *data)
{
        return !write_limits_allow(data, NULL);
}

static bool forget_undone(const Stage *stage, ChangeList *changes, GError **error)
{
        int64_t last;

        if (!journal_last_seq(stage->journal, &last, error))
                return false;
        change_list_cut(changes, last);
        return true;
}

/* The write as queue.c would run it; then the look at what came of it. */
static bool act(Stage *stage, Db *db, ChangeList *changes, GError **error)
{
        const Rehearsal *rehearsal = stage->rehearsal;
        int64_t first;

        return journal_last_seq(stage->journal, &first, error) &&
               rehearsal->work(db, rehearsal->data, error) &&
               forget_undone(stage, changes, error) &&
               listeners_derive(stage->store->listeners, db, changes, 0, error) &&
               forget_undone(stage, changes, error) &&
               (!rehearsal->look || rehearsal->look(db, first, rehearsal->data, error));
}

static bool play(Stage *stage, Db *db, GError **error)
{
        const Rehearsal *rehearsal = stage->rehearsal;
        g_autoptr(ChangeList) changes = change_list_new();
        char group[ID_MAX];
        Write write = {.actor = stage->options->actor,
                       .reason = stage->options->reason,
                       .group = stage->options->group,
                       .reverts = stage->options->reverts,
                       .changes = changes,
                       .limits = &stage->limits};

        if (!write.group) {
                id_write("grp", group);
                write.group = group;
        }
        db->write = &write;
        bool ok = act(stage, db, changes, error);
        db->write = NULL;
        db_reset_statements(db);
        return ok && db_run(db, "ROLLBACK TO ouroboros_rehearsal", error) &&
               (!rehearsal->back || rehearsal->back(db, rehearsal->data, error));
}

/* Whatever became of it, nothing is left: not even a transaction. */
static void clear_stage(Db *db)
{
        db_reset_statements(db);
        if (!sqlite3_get_autocommit(db->sqlite))
                (void)db_run(db, "ROLLBACK", NULL);
        g_clear_error(&db->broken);
}

static void explain(const Stage *stage, GError *failed, GError **error)
{
        if (stage->limits.over) {
                g_clear_error(&failed);
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "what would follow cannot be told: it takes more than %s (%u entries, "
                            "%u ms)",
                            stage->limits.over, stage->limits.entries_max, stage->limits.ms_max);
        } else if (failed) {
                g_propagate_error(error, failed);
        } else {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                            "a rehearsal failed without saying why");
        }
}

static bool perform(Db **db, void *data, GError **error)
{
        Stage *stage = data;
        GError *failed = NULL;
        bool ok = false;

        if (!queue_has_file(*db, error))
                return false;
        stage->limits.deadline = g_get_monotonic_time() + (int64_t)stage->limits.ms_max * 1000;
        stage->journal = journal_writer_new(*db, error);
        if (!stage->journal)
                return false;
        sqlite3_progress_handler((*db)->sqlite, STRIDE_STEPS, check_clock, &stage->limits);
        ok = db_run(*db, "BEGIN IMMEDIATE; SAVEPOINT ouroboros_rehearsal", &failed) &&
             play(stage, *db, &failed) && !stage->limits.over;
        sqlite3_progress_handler((*db)->sqlite, 0, NULL, NULL);
        clear_stage(*db);
        stage->journal = journal_writer_free(stage->journal);
        if (!ok)
                explain(stage, failed, error);
        return ok;
}

bool store_rehearse(Store *store, const WriteOptions *options, const Rehearsal *rehearsal,
                    GError **error)
{
        Stage stage = {
                .store = store,
                .options = options,
                .rehearsal = rehearsal,
                .limits = {.entries_max = rehearsal->entries_max ?: STORE_REHEARSAL_ENTRIES_MAX,
                           .ms_max = rehearsal->ms_max ?: STORE_REHEARSAL_MS_MAX},
        };

        if (!write_has_actor(options->actor, error) || impatience_refuses(error))
                return false;
        return store_call(store, perform, &stage, error);
}
