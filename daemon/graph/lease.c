/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leases in use: checked where claims are written, ended when a window is through. */
#include "graph/lease.h"

#include <string.h>

#include "graph/seen.h"

Lease *lease_free(Lease *lease)
{
        if (!lease)
                return NULL;
        g_free(lease->document_id);
        g_free(lease->sha256);
        g_free(lease->group);
        g_free(lease);
        return NULL;
}

#define LEASE                                                                                      \
        "SELECT w.id, w.document_id, w.sha256, w.group_id, w.holder, w.state, w.expires_at,"       \
        " d.sha256 FROM mining_windows w JOIN documents d ON d.id = w.document_id"                 \
        " WHERE w.lease_id = :lease"

/* Is the row of LEASE a live lease of the caller? */
static bool check_row(Statement *row, const Access *access, const char *lease_id, GError **error)
{
        const char *holder = statement_text(row, 4), *state = statement_text(row, 5);

        if (g_strcmp0(holder, access_observer(access)) != 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "lease %s is somebody else's", lease_id);
        else if (strcmp(state, "leased") != 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "lease %s is over: its window is %s", lease_id, state);
        else if (statement_int(row, 6) <= clock_now())
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "lease %s has expired; ask for the document again", lease_id);
        else if (g_strcmp0(statement_text(row, 2), statement_text(row, 7)) != 0)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE,
                            "%s has changed since lease %s was given; ask for it again",
                            statement_text(row, 1), lease_id);
        else
                return true;
        return false;
}

Lease *lease_use(Db *db, const Access *access, const char *lease_id, GError **error)
{
        Statement *row = NULL;
        StepResult step;
        bool seen = false;
        Lease *lease;

        if (!id_is_valid(lease_id, "lease")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "lease_id must be lease- and %d hex digits", ID_DIGITS);
                return NULL;
        }
        row = db_statement(db, LEASE, error);
        if (!row)
                return NULL;
        statement_bind_text(row, ":lease", lease_id);
        step = statement_step(row, error);
        if (step == STEP_ERROR ||
            (step == STEP_ROW &&
             !seen_document(db, access_scope(access), statement_text(row, 1), &seen, error)))
                return NULL;
        if (!seen)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no lease %s",
                            lease_id);
        if (!seen || !check_row(row, access, lease_id, error))
                return NULL;
        lease = g_new0(Lease, 1);
        lease->window = statement_int(row, 0);
        lease->document_id = g_strdup(statement_text(row, 1));
        lease->sha256 = g_strdup(statement_text(row, 2));
        lease->group = g_strdup(statement_text(row, 3));
        return lease;
}

bool graph_check_lease(Db *db, const Access *access, const char *lease_id, GError **error)
{
        g_autoptr(Lease) lease = lease_use(db, access, lease_id, error);

        return lease != NULL;
}

/* ---- the end ---- */

#define RELEASE                                                                                    \
        "UPDATE mining_windows SET state = 'open', expires_at = NULL, reason = :reason"            \
        " WHERE id = :id"
#define DONE                                                                                       \
        "UPDATE mining_windows SET state = 'done', expires_at = NULL, reason = :reason"            \
        " WHERE id = :id"
#define FAILED                                                                                     \
        "UPDATE mining_windows SET state = iif(attempts + 1 < :most, 'open', 'failed'),"           \
        " attempts = attempts + 1, expires_at = NULL, reason = :reason WHERE id = :id"

static bool end_window(Db *db, const Lease *lease, LeaseOutcome outcome, const char *reason,
                       GError **error)
{
        const char *sql = outcome == LEASE_DONE ? DONE : outcome == LEASE_FAILED ? FAILED : RELEASE;
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        statement_bind_int(statement, ":id", lease->window);
        statement_bind_text(statement, ":reason", reason);
        if (outcome == LEASE_FAILED)
                statement_bind_int(statement, ":most", GRAPH_MINING_ATTEMPTS_MAX);
        return statement_run(statement, error);
}

/* Runs sql, which knows :id and :sha256 of the lease's document. */
static bool run_of_document(Db *db, const Lease *lease, const char *sql, GError **error)
{
        Statement *statement = db_statement(db, sql, error);

        if (!statement)
                return false;
        statement_bind_text(statement, ":id", lease->document_id);
        statement_bind_text(statement, ":sha256", lease->sha256);
        return statement_run(statement, error);
}

#define WINDOWS_LEFT                                                                               \
        " (SELECT 1 FROM mining_windows w WHERE w.document_id = :id AND w.state IN ('open', "      \
        "'leased'))"
#define WINDOWS_FAILED                                                                             \
        " (SELECT 1 FROM mining_windows w WHERE w.document_id = :id AND w.state = 'failed')"

/* A document is mined once all of its windows are; failed once none is left and one has failed. */
static bool end_document(Db *db, const Lease *lease, GError **error)
{
        return run_of_document(db, lease,
                               "UPDATE document_states SET indexed = 1 WHERE document_id = :id"
                               " AND sha256 = :sha256 AND indexed = 0 AND searchable = 1"
                               " AND error IS NULL AND NOT EXISTS" WINDOWS_LEFT
                               " AND NOT EXISTS" WINDOWS_FAILED,
                               error) &&
               run_of_document(
                       db, lease,
                       "UPDATE mining_jobs SET state = CASE WHEN EXISTS" WINDOWS_FAILED
                       " THEN 'failed' ELSE 'mined' END WHERE document_id = :id"
                       " AND sha256 = :sha256 AND state = 'queued' AND NOT EXISTS" WINDOWS_LEFT,
                       error);
}

bool graph_end_lease(Db *db, const Access *access, const LeaseEnd *end, GError **error)
{
        g_autoptr(Lease) lease = lease_use(db, access, end->lease_id, error);

        return lease && end_window(db, lease, end->outcome, end->reason, error) &&
               end_document(db, lease, error);
}
