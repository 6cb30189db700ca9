/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cohorts. */
#include "journal/cohort.h"

/* Found by the register of writes; entries of one write stand together. */
#define SEQS                                                                                       \
        "SELECT m.seq FROM writes w CROSS JOIN mutations m ON m.seq BETWEEN w.first_seq AND"       \
        " w.last_seq WHERE "
#define IN_TIME   " AND (:since IS NULL OR m.ts >= :since) AND (:until IS NULL OR m.ts <= :until)"
#define LAST_ONES " ORDER BY w.first_seq DESC, m.seq DESC LIMIT :limit"

static const char sql_of_group[] = SEQS "w.group_id = :id" IN_TIME LAST_ONES;
static const char sql_of_session[] = SEQS "w.session_id = :id" IN_TIME LAST_ONES;
static const char sql_of_connection[] = SEQS "w.actor_connection = :id" IN_TIME LAST_ONES;

bool cohort_read(JsonObject *args, Cohort *ret, GError **error)
{
        Cohort cohort = {.group = args_string(args, "group_id"),
                         .session = args_string(args, "session_id"),
                         .connection = args_string(args, "connection")};

        if ((cohort.group != NULL) + (cohort.session != NULL) + (cohort.connection != NULL) != 1) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "say one of group_id, session_id and connection");
                return false;
        }
        if (!args_check_id(args, "group_id", "grp", error) ||
            !args_time(args, "since", &cohort.since, error) ||
            !args_time(args, "until", &cohort.until, error))
                return false;
        if (cohort.connection && !cohort.since) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "connection needs since: all that it ever wrote is no cohort");
                return false;
        }
        *ret = cohort;
        return true;
}

const char *cohort_id(const Cohort *cohort)
{
        return cohort->group ?: cohort->session ?: cohort->connection;
}

static Statement *select_seqs(Db *db, const Cohort *cohort, GError **error)
{
        Statement *statement = db_statement(db,
                                            cohort->group     ? sql_of_group
                                            : cohort->session ? sql_of_session
                                                              : sql_of_connection,
                                            error);

        if (!statement)
                return NULL;
        statement_bind_text(statement, ":id", cohort_id(cohort));
        if (cohort->since)
                statement_bind_int(statement, ":since", cohort->since);
        if (cohort->until)
                statement_bind_int(statement, ":until", cohort->until);
        statement_bind_int(statement, ":limit", REVERT_GROUP_MAX + 1);
        return statement;
}

static const char *cohort_noun(const Cohort *cohort)
{
        return cohort->group ? "group" : cohort->session ? "session" : "writes of connection";
}

static bool check_size(const Cohort *cohort, unsigned count, GError **error)
{
        if (count > REVERT_GROUP_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%s %s: more than %d entries (REVERT_GROUP_MAX)", cohort_noun(cohort),
                            cohort_id(cohort), REVERT_GROUP_MAX);
                return false;
        }
        if (count > 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no %s %s",
                    cohort_noun(cohort), cohort_id(cohort));
        return false;
}

GArray *cohort_find(Db *db, const Cohort *cohort, GError **error)
{
        g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
        Statement *statement = select_seqs(db, cohort, error);
        StepResult step = STEP_ERROR;

        while (statement && (step = statement_step(statement, error)) == STEP_ROW) {
                int64_t seq = statement_int(statement, 0);
                g_array_append_val(seqs, seq);
        }
        return step == STEP_DONE && check_size(cohort, seqs->len, error) ? g_steal_pointer(&seqs)
                                                                         : NULL;
}

Entry *cohort_entry(Db *db, int64_t seq, GError **error)
{
        Statement *statement = db_statement(
                db, "SELECT " ENTRY_COLUMNS " FROM mutations m WHERE m.seq = :seq", error);

        if (!statement)
                return NULL;
        statement_bind_int(statement, ":seq", seq);
        return statement_step(statement, error) == STEP_ROW ? entry_from_row(statement) : NULL;
}
