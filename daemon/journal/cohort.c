/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cohorts. */
#include "journal/cohort.h"

#include "journal/visible.h"

/* Found by the register of writes; entries of one write stand together. */
#define SEQS                                                                                       \
        "SELECT m.seq FROM writes w CROSS JOIN mutations m ON m.seq BETWEEN w.first_seq AND"       \
        " w.last_seq WHERE "
#define OF_CALLER " AND (:only IS NULL OR w.actor_connection = :only)"
#define IN_TIME                                                                                    \
        OF_CALLER " AND (:since IS NULL OR m.ts >= :since) AND (:until IS NULL OR m.ts <= :until)"
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

static const char *cohort_noun(const Cohort *cohort)
{
        return cohort->group ? "group" : cohort->session ? "session" : "writes of connection";
}

static bool is_agent(const Access *access)
{
        return access && access_actor(access)->kind == ACTOR_AGENT;
}

/* The only connection whose writes are of the cohort, NULL: all are. */
static const char *own_connection(const Cohort *cohort)
{
        return is_agent(cohort->access) ? access_actor(cohort->access)->connection : NULL;
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
        statement_bind_text(statement, ":only", own_connection(cohort));
        statement_bind_int(statement, ":limit", REVERT_GROUP_MAX + 1);
        return statement;
}

/* ---- whose it is ---- */

bool cohort_check_own(const Access *access, const Entry *entry, GError **error)
{
        if (!is_agent(access) ||
            g_strcmp0(entry->actor_connection, access_actor(access)->connection) == 0)
                return true;
        g_set_error(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                "%s was not written by this connection; only the human undoes what others wrote",
                entry->id);
        return false;
}

static const char *const sql_of_others[] = {
        "SELECT 1 FROM writes w WHERE w.group_id = :id AND w.actor_connection IS NOT :only LIMIT 1",
        "SELECT 1 FROM writes w WHERE w.session_id = :id AND w.actor_connection IS NOT :only LIMIT 1",
        "SELECT 1 FROM writes w WHERE w.actor_connection = :id AND :id <> :only LIMIT 1",
};

/* Under a scope others' writes are as if they were not there. */
static bool check_all_own(Db *db, const Cohort *cohort, GError **error)
{
        Statement *statement;
        StepResult step;

        if (!is_agent(cohort->access) || access_scope(cohort->access))
                return true;
        statement = db_statement(db,
                                 sql_of_others[cohort->group     ? 0
                                               : cohort->session ? 1
                                                                 : 2],
                                 error);
        if (!statement)
                return false;
        statement_bind_text(statement, ":id", cohort_id(cohort));
        statement_bind_text(statement, ":only", access_actor(cohort->access)->connection);
        step = statement_step(statement, error);
        if (step == STEP_ROW)
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                        "not all of %s %s was written by this connection; only the human undoes "
                        "what others wrote",
                        cohort_noun(cohort), cohort_id(cohort));
        return step == STEP_DONE;
}

/* Leaves those about rows that the scope shows: what followed elsewhere follows anew. */
static bool keep_seen(Db *db, const Cohort *cohort, GArray *seqs, GError **error)
{
        g_autoptr(Visible) visible = cohort->seen ? visible_new(cohort->seen) : NULL;
        unsigned kept = 0;

        for (unsigned i = 0; visible && i < seqs->len; i++) {
                int64_t seq = g_array_index(seqs, int64_t, i);
                g_autoptr(Entry) entry = cohort_entry(db, seq, error);
                bool seen;

                if (!entry || !visible_row(visible, entry, &seen, error))
                        return false;
                if (seen)
                        g_array_index(seqs, int64_t, kept++) = seq;
        }
        if (visible)
                g_array_set_size(seqs, kept);
        return true;
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
        Statement *statement =
                check_all_own(db, cohort, error) ? select_seqs(db, cohort, error) : NULL;
        StepResult step = STEP_ERROR;

        while (statement && (step = statement_step(statement, error)) == STEP_ROW) {
                int64_t seq = statement_int(statement, 0);
                g_array_append_val(seqs, seq);
        }
        if (step != STEP_DONE || !keep_seen(db, cohort, seqs, error) ||
            !check_size(cohort, seqs->len, error))
                return NULL;
        return g_steal_pointer(&seqs);
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
