/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the human. Every change of a row, whoever made it, comes by the store's feed; a worker then reads what
 * stands and the loop tells it to those who wait. What nobody decides withdraws itself. */
#include "gate/approvals.h"

#include <string.h>

#include "gate/mint.h"

typedef struct Kind {
        ApprovalKind approve;
        void *data;
} Kind;

typedef struct Feed {
        ApprovalFeed feed;
        void *data;
} Feed;

struct Approvals {
        Gate *gate;
        GHashTable *kinds;    /* name → Kind; before the first call */
        GArray *feeds;        /* Feed; loop thread */
        sd_event_source *end; /* of the next that expires; loop thread */
        GMutex counting;      /* held while one counts, so that the last count is the newest */
        GMutex lock;          /* guards unread */
        GHashTable *unread;   /* conn-… → number */
};

/* ---- life ---- */

/* What somebody is asked: the person adds "answer" to it. */
static JsonObject *answer_question(Db *db, const Approval *approval, JsonObject *payload,
                                   void *data, GError **error)
{
        JsonNode *answer = json_object_get_member(payload, "answer");

        if (!answer || JSON_NODE_HOLDS_NULL(answer)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "A question is approved with an answer in its payload");
                return NULL;
        }
        JsonObject *decision = json_object_new();
        json_object_set_member(decision, "answer", json_node_copy(answer));
        return decision;
}

void gate_add_approval_kind(Gate *gate, const char *kind, ApprovalKind approve, void *data)
{
        Kind *entry = g_new0(Kind, 1);

        *entry = (Kind){approve, data};
        g_hash_table_insert(gate->approvals->kinds, g_strdup(kind), entry);
}

Approvals *approvals_new(Gate *gate)
{
        Approvals *approvals = g_new0(Approvals, 1);

        approvals->gate = gate;
        approvals->kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        approvals->feeds = g_array_new(FALSE, FALSE, sizeof(Feed));
        approvals->unread = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_mutex_init(&approvals->counting);
        g_mutex_init(&approvals->lock);
        gate->approvals = approvals;
        gate_add_approval_kind(gate, "question", answer_question, NULL);
        gate_add_approval_kind(gate, "connection", request_approve, gate);
        return approvals;
}

void approvals_stop(Approvals *approvals)
{
        approvals->end = sd_event_source_disable_unref(approvals->end);
}

Approvals *approvals_free(Approvals *approvals)
{
        if (!approvals)
                return NULL;
        approvals_stop(approvals);
        g_hash_table_unref(approvals->kinds);
        g_hash_table_unref(approvals->unread);
        g_array_unref(approvals->feeds);
        g_mutex_clear(&approvals->counting);
        g_mutex_clear(&approvals->lock);
        g_free(approvals);
        return NULL;
}

void gate_add_approval_feed(Gate *gate, ApprovalFeed feed, void *data)
{
        Feed entry = {feed, data};

        g_array_append_val(gate->approvals->feeds, entry);
}

void gate_remove_approval_feed(Gate *gate, ApprovalFeed feed, void *data)
{
        GArray *feeds = gate->approvals->feeds;

        for (unsigned i = feeds->len; i > 0; i--) {
                const Feed *entry = &g_array_index(feeds, Feed, i - 1);

                if (entry->feed == feed && entry->data == data)
                        g_array_remove_index(feeds, i - 1);
        }
}

/* ---- what is unread ---- */

unsigned gate_unread(Gate *gate, const char *connection)
{
        Approvals *approvals = gate->approvals;

        g_mutex_lock(&approvals->lock);
        unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(approvals->unread, connection));
        g_mutex_unlock(&approvals->lock);
        return count;
}

static bool read_count(Approvals *approvals, const char *connection, unsigned *ret, GError **error)
{
        g_autoptr(Db) db = store_reader(approvals->gate->options.ops, /* scope= */ NULL, error);
        Statement *row =
                db ? db_statement(db,
                                  "SELECT count(*) FROM approvals a WHERE connection_id = :id AND"
                                  " state IN ('approved', 'denied') AND NOT EXISTS"
                                  " (SELECT 1 FROM approval_reads WHERE approval_id = a.id)",
                                  error)
                   : NULL;

        if (!row)
                return false;
        statement_bind_text(row, ":id", connection);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        *ret = (unsigned)statement_int(row, 0);
        return true;
}

void approvals_count(Approvals *approvals, const char *connection)
{
        g_autoptr(GError) error = NULL;
        unsigned count;

        g_mutex_lock(&approvals->counting);
        if (read_count(approvals, connection, &count, &error)) {
                g_mutex_lock(&approvals->lock);
                g_hash_table_insert(approvals->unread, g_strdup(connection),
                                    GUINT_TO_POINTER(count));
                g_mutex_unlock(&approvals->lock);
        } else {
                log_debug("Cannot count what %s has not read: %s, ignoring", connection,
                          error->message);
        }
        g_mutex_unlock(&approvals->counting);
}

/* ---- what changed ---- */

typedef struct Seen {
        char *id, *connection;
        ApprovalState state;
} Seen;

/* A look at some approvals: at the rows on a worker, then on the loop. */
typedef struct Look {
        Approvals *approvals;
        char **ids;
        GArray *seen;    /* Seen */
        int64_t next_us; /* when the next one expires; 0: none */
} Look;

static void seen_clear(void *data)
{
        Seen *seen = data;

        g_free(seen->id);
        g_free(seen->connection);
}

static bool read_next_end(Db *db, int64_t *ret, GError **error)
{
        Statement *row = db_statement(
                db, "SELECT min(expires_at) FROM approvals WHERE state = 'pending'", error);

        if (!row || statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0);
        return true;
}

static bool look_at(Db *db, Look *look, const char *id)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Approval) approval = approval_read(db, id, &error);

        if (!approval)
                return error_code(error) == OUROBOROS_ERROR_NOT_FOUND;
        Seen seen = {g_strdup(id), g_strdup(approval->connection), approval->state};
        g_array_append_val(look->seen, seen);
        return true;
}

static void look_work(void *data)
{
        Look *look = data;
        Approvals *approvals = look->approvals;
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(approvals->gate->options.ops, /* scope= */ NULL, &error);

        for (char **id = look->ids; db && *id; id++)
                if (!look_at(db, look, *id))
                        break;
        if (!db || !read_next_end(db, &look->next_us, &error))
                log_debug("Cannot look at approvals: %s, ignoring", error->message);
        db_release(g_steal_pointer(&db));
        for (unsigned i = 0; i < look->seen->len; i++) {
                const Seen *seen = &g_array_index(look->seen, Seen, i);

                if (seen->connection)
                        approvals_count(approvals, seen->connection);
        }
}

static void watch_end(Approvals *approvals, int64_t next_us);

static void look_done(void *data)
{
        g_autofree Look *look = data;
        Approvals *approvals = look->approvals;

        for (unsigned i = 0; i < look->seen->len; i++) {
                const Seen *seen = &g_array_index(look->seen, Seen, i);
                g_autoptr(GArray) feeds = g_array_copy(approvals->feeds);

                for (unsigned f = 0; f < feeds->len; f++) {
                        const Feed *feed = &g_array_index(feeds, Feed, f);

                        feed->feed(seen->id, seen->state, feed->data);
                }
                if (seen->connection && seen->state != APPROVAL_PENDING)
                        gate_tell(approvals->gate, seen->connection);
        }
        watch_end(approvals, look->next_us);
        g_array_unref(look->seen);
        g_strfreev(look->ids);
}

/* Takes the ids. */
static void look(Approvals *approvals, char **ids)
{
        Look *job = g_new0(Look, 1);

        *job = (Look){.approvals = approvals, .ids = ids};
        job->seen = g_array_new(FALSE, FALSE, sizeof(Seen));
        g_array_set_clear_func(job->seen, seen_clear);
        worker_pool_push(approvals->gate->options.pool, look_work, look_done, job);
}

void approvals_changed(Approvals *approvals, const Change *changes, unsigned count)
{
        g_autoptr(GStrvBuilder) builder = NULL;

        for (unsigned i = 0; i < count; i++) {
                if (!g_str_equal(changes[i].table, "approvals"))
                        continue;
                const char *id = strstr(changes[i].row_id, "appr-");
                g_autofree char *copy = g_strndup(id, strcspn(id, "\""));
                if (!builder)
                        builder = g_strv_builder_new();
                g_strv_builder_add(builder, copy);
        }
        if (builder && !g_atomic_int_get(&approvals->gate->stopped))
                look(approvals, g_strv_builder_end(builder));
}

/* ---- what nobody decides ---- */

static bool withdraw_expired(Db *db, void *data, GError **error)
{
        Statement *row = db_statement(db,
                                      "UPDATE approvals SET state = 'withdrawn', decided_at = :now"
                                      " WHERE state = 'pending' AND expires_at <= :now",
                                      error);

        if (!row)
                return false;
        statement_bind_int(row, ":now", clock_now());
        return statement_run(row, error);
}

/* A database that cannot be written is none the worse for having nothing to withdraw. */
static bool has_expired(Approvals *approvals, bool *ret, GError **error)
{
        g_autoptr(Db) db = store_reader(approvals->gate->options.ops, /* scope= */ NULL, error);
        Statement *row = db ? db_statement(db,
                                           "SELECT 1 FROM approvals WHERE state = 'pending'"
                                           " AND expires_at <= :now",
                                           error)
                            : NULL;
        StepResult r;

        if (!row)
                return false;
        statement_bind_int(row, ":now", clock_now());
        r = statement_step(row, error);
        *ret = r == STEP_ROW;
        return r != STEP_ERROR;
}

static bool withdraw_all_expired(Approvals *approvals, GError **error)
{
        bool expired = false;
        const Actor actor = {.kind = ACTOR_SYSTEM, .name = "gate"};
        WriteOptions options = {.actor = &actor, .reason = "nobody decided in time"};

        return has_expired(approvals, &expired, error) &&
               (!expired ||
                store_write(approvals->gate->options.ops, &options, withdraw_expired, NULL, error));
}

static void expire(void *data)
{
        g_autoptr(GError) error = NULL;

        if (!withdraw_all_expired(data, &error))
                log_event(LOG_WORK_FAILED_EVENT, LOG_WARNING, NULL, error,
                          "Cannot withdraw what nobody decided");
}

static int on_end(sd_event_source *source, uint64_t usec, void *data)
{
        Approvals *approvals = data;

        worker_pool_push(approvals->gate->options.pool, expire, NULL, approvals);
        return 0;
}

static void watch_end(Approvals *approvals, int64_t next_us)
{
        Gate *gate = approvals->gate;

        approvals->end = sd_event_source_disable_unref(approvals->end);
        if (!next_us || g_atomic_int_get(&gate->stopped))
                return;
        int r = sd_event_add_time(gate->options.loop, &approvals->end, CLOCK_REALTIME,
                                  (uint64_t)next_us, /* accuracy= */ 1000, on_end, approvals);
        if (r < 0)
                log_debug("Cannot set a timer: %s, ignoring", g_strerror(-r));
}

static void on_loaded(void *data)
{
        Approvals *approvals = data;

        if (!g_atomic_int_get(&approvals->gate->stopped))
                look(approvals, g_new0(char *, 1));
}

static bool count_all(Approvals *approvals, GError **error)
{
        g_autoptr(Db) db = store_reader(approvals->gate->options.ops, /* scope= */ NULL, error);
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        Statement *rows = db ? db_statement(db,
                                            "SELECT DISTINCT connection_id FROM approvals"
                                            " WHERE connection_id IS NOT NULL",
                                            error)
                             : NULL;
        StepResult r;

        if (!rows)
                return false;
        while ((r = statement_step(rows, error)) == STEP_ROW)
                g_ptr_array_add(ids, g_strdup(statement_text(rows, 0)));
        db_release(g_steal_pointer(&db));
        for (unsigned i = 0; r == STEP_DONE && i < ids->len; i++)
                approvals_count(approvals, g_ptr_array_index(ids, i));
        return r == STEP_DONE;
}

bool approvals_load(Approvals *approvals, GError **error)
{
        if (!count_all(approvals, error))
                return false;
        expire(approvals);
        mailbox_post(approvals->gate->mailbox, on_loaded, approvals);
        return true;
}

/* ---- who may change them ---- */

/* An agent asks for itself, and may take back what it asked; the rest is the human's, whatever the journal offers. */
static bool is_its_own(Db *db, const Change *change, const Actor *actor, bool *ret, GError **error)
{
        Statement *row = db_statement(
                db,
                "SELECT after ->> 'connection_id' IS :connection AND (op = 'insert' OR"
                " (op = 'update' AND before ->> 'state' = 'pending'"
                " AND after ->> 'state' = 'withdrawn')) FROM mutations WHERE seq = :seq",
                error);

        if (!row)
                return false;
        statement_bind_int(row, ":seq", change->seq);
        statement_bind_text(row, ":connection", actor->connection);
        if (statement_step(row, error) != STEP_ROW)
                return false;
        *ret = statement_int(row, 0) != 0;
        return true;
}

static bool guard(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        const Actor *actor = db_actor(db);

        for (unsigned i = 0; i < count && actor->kind == ACTOR_AGENT; i++) {
                bool own = true;

                if (g_str_equal(changes[i].table, "approvals") &&
                    !is_its_own(db, &changes[i], actor, &own, error))
                        return false;
                if (own)
                        continue;
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "Only the human decides what waits for him");
                return false;
        }
        return true;
}

void approvals_listen(Approvals *approvals)
{
        store_add_derivation(approvals->gate->options.ops, "approvals", guard, approvals);
}

/* ---- for resolving ---- */

bool approvals_has_kind(Approvals *approvals, const char *kind)
{
        return g_hash_table_contains(approvals->kinds, kind);
}

JsonObject *approvals_approve(Approvals *approvals, Db *db, const Approval *approval,
                              JsonObject *payload, GError **error)
{
        const Kind *kind = g_hash_table_lookup(approvals->kinds, approval->kind);

        if (kind)
                return kind->approve(db, approval, payload, kind->data, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                    "Nothing here knows how to carry out a \"%s\"", approval->kind);
        return NULL;
}
