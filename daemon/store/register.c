/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The register of writes. A row is written at the end of its write, in the same transaction, so that the
 * two stand or fall together; inside of a write its own row is not there yet. */
#include "store/register.h"

#include "store/state.h"

#define COLUMNS                                                                                    \
        "first_seq, last_seq, entries, ended, group_id, actor_kind, actor_connection, "            \
        "actor_name, session_id, reverts, ts_first, ts_last"

/* The clock may be set back in the middle of a write. */
static void bind_sums(Statement *insert, const ChangeList *changes, unsigned first)
{
        int64_t earliest = G_MAXINT64, latest = G_MININT64, ended = 0;

        for (unsigned i = first; i < change_list_count(changes); i++) {
                const Change *change = change_list_get(changes, i);

                earliest = MIN(earliest, change->time_us);
                latest = MAX(latest, change->time_us);
                ended += change->ends;
        }
        statement_bind_int(insert, ":ended", ended);
        statement_bind_int(insert, ":ts_first", earliest);
        statement_bind_int(insert, ":ts_last", latest);
}

bool register_add(Db *db, unsigned first, GError **error)
{
        static const char sql[] =
                "INSERT INTO main.writes (" COLUMNS ") VALUES (:first, :last, :entries, :ended, "
                ":group, :kind, :connection, :name, :session, :reverts, :ts_first, :ts_last)";
        const Write *write = db->write;
        unsigned count = change_list_count(write->changes);

        if (count <= first)
                return true;
        Statement *insert = db_own_statement(db, sql, error);
        if (!insert)
                return false;
        statement_bind_int(insert, ":first", change_list_get(write->changes, first)->seq);
        statement_bind_int(insert, ":last", change_list_get(write->changes, count - 1)->seq);
        statement_bind_int(insert, ":entries", count - first);
        statement_bind_text(insert, ":group", write->group);
        statement_bind_text(insert, ":kind", actor_kind_to_string(write->actor->kind));
        statement_bind_text(insert, ":connection", write->actor->connection);
        statement_bind_text(insert, ":name", write->actor->name ? write->actor->name : "");
        statement_bind_text(insert, ":session", write->actor->session);
        statement_bind_text(insert, ":reverts", write->reverts);
        bind_sums(insert, write->changes, first);
        return statement_run(insert, error);
}

bool register_rebuild(Db *db, GError **error)
{
        return db_run(db,
                      "DELETE FROM main.writes;"
                      "INSERT INTO main.writes (" COLUMNS ") SELECT " COLUMNS
                      " FROM main.writes_of_mutations",
                      error);
}

static bool rebuild_call(Db **db, void *data, GError **error)
{
        if (!queue_has_file(*db, error))
                return false;
        if (!db_run(*db, "BEGIN IMMEDIATE", error))
                return false;
        bool ok = register_rebuild(*db, error) && db_run(*db, "COMMIT", error);
        if (!ok)
                (void)db_run(*db, "ROLLBACK", NULL); /* already so after some errors */
        return ok;
}

bool store_rebuild_writes(Store *store, GError **error)
{
        return store_call(store, rebuild_call, /* data= */ NULL, error);
}

/* ---- checking ---- */

/* A row is good if it begins after the end of the row before it, and its entries are all there and say the same. */
#define BAD_ROWS                                                                                   \
        "SELECT first_seq, last_seq FROM (SELECT w.*, lag(last_seq, 1, 0) OVER (ORDER BY "         \
        "first_seq) AS before FROM main.writes w) w WHERE first_seq <> before + 1 OR entries <> "  \
        "last_seq - first_seq + 1 OR (entries, ts_first, ts_last) IS NOT (SELECT count(*), "       \
        "min(m.ts), max(m.ts) FROM main.mutations m WHERE m.seq BETWEEN w.first_seq AND "          \
        "w.last_seq AND m.group_id = w.group_id AND m.actor_kind = w.actor_kind AND "              \
        "m.actor_connection IS w.actor_connection AND m.actor_name = w.actor_name AND "            \
        "m.session_id IS w.session_id AND m.reverts IS w.reverts) OR ended < (SELECT total(ends) " \
        "FROM main.ends_of_mutations e WHERE e.seq BETWEEN w.first_seq AND w.last_seq) OR "        \
        "ended > (SELECT total(ends OR unknown) FROM main.ends_of_mutations e WHERE e.seq "        \
        "BETWEEN w.first_seq AND w.last_seq)"

static bool check_rows(Db *db, int64_t *bad, char **problem, GError **error)
{
        Statement *rows = db_own_statement(db, BAD_ROWS, error);
        StepResult r;

        if (!rows)
                return false;
        while ((r = statement_step(rows, error)) == STEP_ROW) {
                (*bad)++;
                if (!*problem)
                        *problem = g_strdup_printf(
                                "the register of writes does not agree with the journal at entries %" G_GINT64_FORMAT
                                " to %" G_GINT64_FORMAT "; a rebuild of the journal mends it",
                                statement_int(rows, 0), statement_int(rows, 1));
        }
        return r == STEP_DONE;
}

static bool check_end(Db *db, int64_t *bad, char **problem, GError **error)
{
        int64_t last, known;

        if (!db_query_int(db, "SELECT coalesce(max(seq), 0) FROM main.mutations", &last, error) ||
            !db_query_int(db, "SELECT coalesce(max(last_seq), 0) FROM main.writes", &known, error))
                return false;
        if (last == known)
                return true;
        (*bad)++;
        if (!*problem)
                *problem = g_strdup_printf("the register of writes ends at entry %" G_GINT64_FORMAT
                                           ", the journal at %" G_GINT64_FORMAT
                                           "; a rebuild of the journal mends it",
                                           known, last);
        return true;
}

bool register_check(Db *db, int64_t *ret_bad, char **ret_problem, GError **error)
{
        g_autofree char *problem = NULL;
        int64_t bad = 0;

        if (!check_rows(db, &bad, &problem, error) || !check_end(db, &bad, &problem, error))
                return false;
        *ret_bad = bad;
        *ret_problem = g_steal_pointer(&problem);
        return true;
}
