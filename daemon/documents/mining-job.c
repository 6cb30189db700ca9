/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue of documents to be mined, and renewing leases. */
#include <string.h>

#include "documents/claims.h"
#include "documents/mining.h"

/* ---- renewing ---- */

typedef struct Renewal {
        const MiningAsk *ask;
        const char *lease_id;
        int64_t expires_at;
} Renewal;

static bool work_renew(Db *db, void *data, GError **error)
{
        Renewal *renewal = data;
        Statement *update;

        if (!graph_check_lease(db, renewal->ask->access, renewal->lease_id, error))
                return false;
        update = db_statement(
                db, "UPDATE mining_windows SET expires_at = :expires WHERE lease_id = :lease",
                error);
        if (!update)
                return false;
        renewal->expires_at = clock_now() + renewal->ask->lease_sec * G_USEC_PER_SEC;
        statement_bind_int(update, ":expires", renewal->expires_at);
        statement_bind_text(update, ":lease", renewal->lease_id);
        return statement_run(update, error);
}

bool mining_renew(const MiningAsk *ask, const char *lease_id, int64_t *ret_expires_at,
                  GError **error)
{
        WriteOptions options = {.actor = access_actor(ask->access), .reason = "mining"};
        Renewal renewal = {.ask = ask, .lease_id = lease_id};

        if (!store_write(ask->vault, &options, work_renew, &renewal, error))
                return false;
        *ret_expires_at = renewal.expires_at;
        return true;
}

/* ---- the queue ---- */

typedef struct Enqueuing {
        const MiningOrder *order;
        GPtrArray *documents; /* ids that the caller can see */
        char *features;       /* JSON, or NULL */
        MiningCounts counts;
} Enqueuing;

#define WANTED                                                                                     \
        "SELECT d.id FROM documents d JOIN roots r ON r.id = d.root_id"                            \
        " WHERE d.is_active = 1 AND r.is_active = 1 AND "

static GPtrArray *find_documents(const MiningOrder *order, GError **error)
{
        g_autoptr(Db) db = store_reader(order->vault, access_scope(order->access), error);
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        Statement *row = db ? db_statement(db,
                                           order->document_id ? WANTED "d.id = :id"
                                                              : WANTED "d.root_id = :id",
                                           error)
                            : NULL;
        StepResult step;

        if (!row)
                return NULL;
        statement_bind_text(row, ":id", order->document_id ?: order->root_id);
        while ((step = statement_step(row, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(row, 0)));
        if (step == STEP_ERROR)
                return NULL;
        if (ids->len > 0)
                return g_steal_pointer(&ids);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND, "no document %s%s",
                    order->document_id ? "" : "under root ", order->document_id ?: order->root_id);
        return NULL;
}

typedef enum JobState { JOB_NEW, JOB_WAITS, JOB_MINED, JOB_NO_TEXT, JOB_UNKNOWN } JobState;

/* What is known of mining the present version of a document. */
static JobState job_state(Db *db, const char *document_id, GError **error)
{
        Statement *row = db_statement(
                db,
                "SELECT t.sha256 IS NULL, j.state = 'queued' AND j.sha256 = d.sha256,"
                " j.state = 'mined' AND j.sha256 = d.sha256 FROM documents d LEFT JOIN mining_jobs j"
                " ON j.document_id = d.id LEFT JOIN document_text t ON t.sha256 = d.sha256"
                " WHERE d.id = :id",
                error);

        if (!row)
                return JOB_UNKNOWN;
        statement_bind_text(row, ":id", document_id);
        if (statement_step(row, error) != STEP_ROW)
                return JOB_UNKNOWN;
        if (statement_int(row, 0))
                return JOB_NO_TEXT;
        return statement_int(row, 1) ? JOB_WAITS : statement_int(row, 2) ? JOB_MINED : JOB_NEW;
}

static bool write_job(Db *db, const Enqueuing *enqueuing, const char *document_id, GError **error)
{
        const MiningOrder *order = enqueuing->order;
        Statement *insert = db_statement(
                db,
                "INSERT INTO mining_jobs (document_id, sha256, state, priority, profile, features,"
                " requested_by, requested_at) SELECT id, sha256, 'queued', :priority, :profile,"
                " :features, :by, :now FROM documents WHERE id = :id"
                " ON CONFLICT (document_id) DO UPDATE SET sha256 = excluded.sha256, state = 'queued',"
                " priority = excluded.priority, profile = excluded.profile,"
                " features = excluded.features, requested_by = excluded.requested_by,"
                " requested_at = excluded.requested_at, reason = NULL",
                error);

        if (!insert)
                return false;
        statement_bind_int(insert, ":priority", order->priority);
        statement_bind_text(insert, ":profile", order->profile);
        statement_bind_text(insert, ":features", enqueuing->features);
        statement_bind_text(insert, ":by", access_observer(order->access));
        statement_bind_int(insert, ":now", clock_now());
        statement_bind_text(insert, ":id", document_id);
        return statement_run(insert, error);
}

/* Windows that are through are handed out again. */
static bool reopen_windows(Db *db, const char *document_id, GError **error)
{
        Statement *update = db_statement(db,
                                         "UPDATE mining_windows SET state = 'open', attempts = 0"
                                         " WHERE document_id = :id AND state IN ('done', 'failed')",
                                         error);

        if (!update)
                return false;
        statement_bind_text(update, ":id", document_id);
        return statement_run(update, error);
}

static bool enqueue_one(Db *db, Enqueuing *enqueuing, const char *document_id, GError **error)
{
        JobState state = job_state(db, document_id, error);

        if (state == JOB_UNKNOWN)
                return false;
        if (state == JOB_WAITS)
                enqueuing->counts.already++;
        else if (state == JOB_NO_TEXT || (state == JOB_MINED && !enqueuing->order->again))
                enqueuing->counts.skipped++;
        else {
                enqueuing->counts.enqueued++;
                return write_job(db, enqueuing, document_id, error) &&
                       reopen_windows(db, document_id, error);
        }
        return true;
}

/* Under a scope only what the caller asked for counts: how long the queue is would tell of others' documents. */
static bool check_queue(Db *db, const Enqueuing *enqueuing, GError **error)
{
        const Access *access = enqueuing->order->access;
        Statement *row = db_statement(db,
                                      "SELECT count(*) FROM mining_jobs WHERE state = 'queued'"
                                      " AND (:by IS NULL OR requested_by = :by)",
                                      error);

        if (!row)
                return false;
        statement_bind_text(row, ":by", access_scope(access) ? access_observer(access) : NULL);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        if (statement_int(row, 0) + enqueuing->documents->len <= MINING_QUEUE_MAX)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                    "more than %d documents would wait to be mined (MINING_QUEUE_MAX)",
                    MINING_QUEUE_MAX);
        return false;
}

static bool work_enqueue(Db *db, void *data, GError **error)
{
        Enqueuing *enqueuing = data;

        enqueuing->counts = (MiningCounts){0};
        if (!check_queue(db, enqueuing, error))
                return false;
        for (unsigned i = 0; i < enqueuing->documents->len; i++)
                if (!graph_check_document(db, enqueuing->order->access,
                                          enqueuing->documents->pdata[i], error) ||
                    !enqueue_one(db, enqueuing, enqueuing->documents->pdata[i], error))
                        return false;
        return true;
}

/* The features of an order as JSON; *ret stays NULL if they are the root's. */
static bool read_features(const MiningOrder *order, char **ret, GError **error)
{
        unsigned features = 0;

        if (order->profile && !features_of_profile(order->profile, &features)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "profile: \"%s\" is none of general, legal, code-doc, paper",
                            order->profile);
                return false;
        }
        if (order->features && !features_from_strings(order->features, &features, error))
                return false;
        if (order->profile || order->features)
                *ret = features_to_json(features);
        return true;
}

bool mining_enqueue(const MiningOrder *order, MiningCounts *ret, GError **error)
{
        WriteOptions options = {.actor = access_actor(order->access), .reason = "enqueue_mining"};
        g_autoptr(GPtrArray) documents = find_documents(order, error);
        g_autofree char *features = NULL;
        Enqueuing enqueuing = {.order = order, .documents = documents};

        if (!documents || !read_features(order, &features, error))
                return false;
        enqueuing.features = features;
        if (!store_write(order->vault, &options, work_enqueue, &enqueuing, error))
                return false;
        *ret = enqueuing.counts;
        return true;
}

/* ---- leaving the queue ---- */

typedef struct Cancelling {
        const Access *access;
        const char *document_id, *reason;
} Cancelling;

static bool work_cancel(Db *db, void *data, GError **error)
{
        const Cancelling *cancelling = data;
        Statement *update = db_statement(
                db,
                "UPDATE mining_jobs SET state = 'dropped', reason = :reason WHERE document_id = :id"
                " AND state = 'queued'",
                error);

        if (!update ||
            !graph_check_document(db, cancelling->access, cancelling->document_id, error))
                return false;
        statement_bind_text(update, ":id", cancelling->document_id);
        statement_bind_text(update, ":reason", cancelling->reason);
        if (!statement_run(update, error))
                return false;
        if (db_changes(db) > 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "%s does not wait to be mined", cancelling->document_id);
        return false;
}

bool mining_cancel(const MiningOrder *order, const char *reason, GError **error)
{
        WriteOptions options = {.actor = access_actor(order->access), .reason = reason};
        Cancelling cancelling = {order->access, order->document_id, reason};
        g_autoptr(GPtrArray) visible = find_documents(order, error);

        return visible && store_write(order->vault, &options, work_cancel, &cancelling, error);
}
