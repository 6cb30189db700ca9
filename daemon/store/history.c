/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments of the journal, and rows as they stood at one: see "the past" in store.h. Every entry holds its row
 * whole, so the last one of a row up to a moment is the row. */
#include "store/db.h"

#include <string.h>

#define AFTER_ALL_IDS "~" /* they begin with a brace */

static void moment_from_row(Statement *row, Moment *ret)
{
        *ret = (Moment){.seq = statement_int(row, 0), .time_us = statement_int(row, 2)};
        (void)g_strlcpy(ret->id, statement_text(row, 1), sizeof(ret->id));
}

/* The end of the write that sql, which binds :value, finds; found is false if there is none. */
static bool find_moment(Db *db, const char *sql, int64_t value, Moment *ret, bool *found,
                        GError **error)
{
        Statement *statement = db_statement(db, sql, error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_int(statement, ":value", value);
        step = statement_step(statement, error);
        if (step == STEP_ROW)
                moment_from_row(statement, ret);
        *found = step == STEP_ROW;
        return step != STEP_ERROR;
}

bool moment_at_time(Db *db, int64_t time_us, Moment *ret, GError **error)
{
        bool found;

        if (!find_moment(db,
                         "SELECT m.seq, m.id, m.ts FROM mutations m WHERE m.seq = (SELECT last_seq"
                         " FROM writes WHERE ts_first <= :value AND ts_last <= :value"
                         " ORDER BY ts_first DESC, first_seq DESC LIMIT 1)",
                         time_us, ret, &found, error))
                return false;
        if (!found)
                *ret = (Moment){.time_us = time_us};
        return true;
}

bool moment_at_seq(Db *db, int64_t seq, Moment *ret, GError **error)
{
        bool found;

        if (!find_moment(db,
                         "SELECT m.seq, m.id, m.ts FROM mutations m WHERE m.seq = (SELECT last_seq"
                         " FROM writes WHERE first_seq <= :value AND last_seq >= :value"
                         " ORDER BY first_seq DESC LIMIT 1)",
                         seq, ret, &found, error))
                return false;
        if (!found)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "the journal has no entry %" G_GINT64_FORMAT, seq);
        return found;
}

bool moment_at_entry(Db *db, const char *id, Moment *ret, GError **error)
{
        Statement *statement = db_statement(db, "SELECT seq FROM mutations WHERE id = :id", error);
        StepResult step;

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", id);
        step = statement_step(statement, error);
        if (step == STEP_DONE)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "the journal has no entry %s", id);
        return step == STEP_ROW && moment_at_seq(db, statement_int(statement, 0), ret, error);
}

bool history_row(Db *db, const char *table, const char *row_id, int64_t seq, char **ret,
                 GError **error)
{
        StepResult step;
        Statement *statement =
                db_statement(db,
                             "SELECT after FROM mutations WHERE table_name = :table"
                             " AND row_id = :row AND seq <= :seq ORDER BY seq DESC LIMIT 1",
                             error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":table", table);
        statement_bind_text(statement, ":row", row_id);
        statement_bind_int(statement, ":seq", seq);
        step = statement_step(statement, error);
        if (step == STEP_ERROR)
                return false;
        *ret = step == STEP_ROW ? g_strdup(statement_text(statement, 0)) : NULL;
        return true;
}

bool history_rows(Db *db, const HistoryRange *range, HistoryEach each, void *data, GError **error)
{
        StepResult step;
        Statement *statement = db_statement(
                db,
                "SELECT m.row_id, m.after FROM (SELECT row_id, max(seq) AS seq FROM mutations"
                " WHERE table_name = :table AND seq <= :seq AND row_id > :after"
                " AND row_id < :before GROUP BY row_id ORDER BY row_id) l"
                " CROSS JOIN mutations m ON m.seq = l.seq WHERE m.after IS NOT NULL",
                error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":table", range->table);
        statement_bind_text(statement, ":after", range->after ? range->after : "");
        statement_bind_text(statement, ":before", range->before ? range->before : AFTER_ALL_IDS);
        statement_bind_int(statement, ":seq", range->seq);
        while ((step = statement_step(statement, error)) == STEP_ROW)
                if (!each(statement_text(statement, 0), statement_text(statement, 1), data))
                        return true;
        return step == STEP_DONE;
}
