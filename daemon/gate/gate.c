/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate: made before the stores are open, loaded each time they have been opened, asked on the loop for every call.
 * What changes in ops.db comes back through the store's derivations and its feed, whoever wrote it. */
#include "gate/erasing.h"
#include "gate/mint.h"

#include <string.h>

typedef struct Feed {
        GateFeed feed;
        void *data;
} Feed;

typedef struct Session {
        char *id;
        int64_t last_us; /* monotonic */
} Session;

typedef struct Telling {
        Gate *gate;
        char *connection;
} Telling;

/* ---- telling ---- */

static void tell_feeds(Gate *gate, const char *connection)
{
        g_autoptr(GArray) feeds = g_array_copy(gate->feeds);

        for (unsigned i = 0; i < feeds->len; i++) {
                const Feed *feed = &g_array_index(feeds, Feed, i);

                feed->feed(connection, feed->data);
        }
}

static void on_told(void *data)
{
        Telling *telling = data;

        tell_feeds(telling->gate, telling->connection);
        g_free(telling->connection);
        g_free(telling);
}

void gate_tell(Gate *gate, const char *connection)
{
        Telling *telling = g_new0(Telling, 1);

        *telling = (Telling){gate, g_strdup(connection)};
        mailbox_post(gate->mailbox, on_told, telling);
}

void gate_add_feed(Gate *gate, GateFeed feed, void *data)
{
        Feed entry = {feed, data};

        g_array_append_val(gate->feeds, entry);
}

void gate_remove_feed(Gate *gate, GateFeed feed, void *data)
{
        for (unsigned i = gate->feeds->len; i > 0; i--) {
                const Feed *entry = &g_array_index(gate->feeds, Feed, i - 1);

                if (entry->feed == feed && entry->data == data)
                        g_array_remove_index(gate->feeds, i - 1);
        }
}

/* ---- ends that nobody writes ---- */

static void watch_ends(Gate *gate);

static int on_end(sd_event_source *source, uint64_t usec, void *data)
{
        Gate *gate = data;
        g_auto(GStrv) ended = registry_ids(gate->registry, /* ended= */ true);

        for (char **id = ended; *id; id++)
                tell_feeds(gate, *id);
        watch_ends(gate);
        return 0;
}

/* Sets the timer to the next connection that expires. */
static void watch_ends(Gate *gate)
{
        int64_t end = registry_next_end(gate->registry);

        gate->end = sd_event_source_disable_unref(gate->end);
        if (!end || !gate->options.loop)
                return;
        int r = sd_event_add_time(gate->options.loop, &gate->end, CLOCK_REALTIME, (uint64_t)end,
                                  /* accuracy= */ 1000, on_end, gate);
        if (r < 0)
                log_debug("Cannot set a timer: %s, ignoring", g_strerror(-r));
}

static void on_loaded(void *data)
{
        watch_ends(data);
}

/* ---- what changes in ops.db ---- */

/* Agents choose what they are shown, and nothing else about connections: not even by a revert. */
static bool guard(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        Gate *gate = data;
        const Actor *actor = db_actor(db);

        for (unsigned i = 0; i < count && actor->kind == ACTOR_AGENT; i++) {
                bool own = g_str_equal(changes[i].table, "connection_listings") &&
                           actor->connection && strstr(changes[i].row_id, actor->connection);

                if (own)
                        continue;
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                                    "Only the human changes connections");
                return false;
        }
        return registry_stage(gate->registry, db, changes, count, error);
}

static void tidy(void *data)
{
        Gate *gate = data;

        g_mutex_lock(&gate->minting);
        mint_tidy(gate);
        g_mutex_unlock(&gate->minting);
}

/* The file of a connection goes with it, also if it was ended or unmade through the journal. */
static void tidy_if_ended(Gate *gate, GHashTable *ids)
{
        GHashTableIter iter;
        bool ended = false;
        void *id;

        g_hash_table_iter_init(&iter, ids);
        while (!ended && g_hash_table_iter_next(&iter, &id, NULL)) {
                g_autoptr(Connection) connection = registry_find(gate->registry, id);

                ended = !connection || connection_revoked(connection);
        }
        if (ended && gate->options.pool && !g_atomic_int_get(&gate->stopped))
                worker_pool_push(gate->options.pool, tidy, NULL, gate);
}

static void on_changes(const Change *changes, unsigned count, void *data)
{
        Gate *gate = data;
        g_autoptr(GHashTable) ids = registry_publish(gate->registry, changes, count);
        GHashTableIter iter;
        void *id;

        approvals_changed(gate->approvals, changes, count);
        if (!ids)
                return;
        tidy_if_ended(gate, ids);
        watch_ends(gate);
        g_hash_table_iter_init(&iter, ids);
        while (g_hash_table_iter_next(&iter, &id, NULL))
                tell_feeds(gate, id);
}

static void listen(Gate *gate)
{
        static const char *const tables[] = {"connections", "connection_entities",
                                             "connection_listings", "bearers"};

        for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
                store_add_derivation(gate->options.ops, tables[i], guard, gate);
        approvals_listen(gate->approvals);
        gate_add_erasers(gate->options.ops);
        store_add_feed(gate->options.ops, on_changes, gate);
}

/* ---- life ---- */

static void session_free(void *data)
{
        Session *session = data;

        g_free(session->id);
        g_free(session);
}

static GArray *gather_tools(void)
{
        static const Tool *const lists[] = {
                connection_tools,
                approval_tools,
                config_tools,
                read_tools,
        };
        GArray *tools = g_array_new(/* zero_terminated= */ TRUE, /* clear= */ FALSE, sizeof(Tool));

        for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
                for (const Tool *tool = lists[i]; tool->name; tool++)
                        g_array_append_vals(tools, tool, 1);
        return tools;
}

static ReadLog *make_read_log(Gate *gate)
{
        static const MetricFamily queued = {"ouroboros_read_log_queue",
                                            "Reads that are not yet written to the read log."};
        const GateOptions *options = &gate->options;
        ReadLogOptions log = {
                .ops = options->ops,
                .usage = gate->usage,
                .loop = options->loop,
                .pool = options->pool,
                .mailbox = gate->mailbox,
                .queued = metrics_series(options->metrics, METRIC_GAUGE, &queued, NULL),
                .days = config_int(options->config, "Gate", "ReadLogDays"),
                .rows_max = config_int(options->config, "Gate", "ReadLogRowsMax"),
        };

        return read_log_new(&log);
}

static void count_refusals(Gate *gate, const char *why, unsigned number)
{
        static const MetricFamily refused = {"ouroboros_bearers_refused_total",
                                             "Bearers of no active connection, by what was wrong."};
        g_autofree char *label = metrics_label("why", why);

        metric_add(metrics_series(gate->options.metrics, METRIC_COUNTER, &refused, label), number);
}

Gate *gate_new(const GateOptions *options, GError **error)
{
        static const char *const reasons[] = {"unknown", "expired", "revoked", "guessing"};
        g_autoptr(Gate) gate = g_new0(Gate, 1);

        gate->options = *options;
        for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
                count_refusals(gate, reasons[i], 0); /* who watches them sees the first one rise */
        g_mutex_init(&gate->minting);
        gate->tools = gather_tools();
        gate->registry = registry_new();
        gate->grants = grants_new();
        gate->guesses = guesses_new();
        gate->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, session_free);
        gate->feeds = g_array_new(FALSE, FALSE, sizeof(Feed));
        gate->approvals = approvals_new(gate);
        gate->mailbox = mailbox_new(options->loop, error);
        if (!gate->mailbox)
                return NULL;
        gate->usage = usage_new();
        gate->read_log = make_read_log(gate);
        listen(gate);
        return g_steal_pointer(&gate);
}

bool gate_load(Gate *gate, GError **error)
{
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, error);

        if (!db || !usage_load(gate->usage, db, error) || !registry_load(gate->registry, db, error))
                return false;
        db_release(g_steal_pointer(&db));
        if (!grants_load(gate->grants, gate->options.ops, error))
                return false;
        tidy(gate);
        mailbox_post(gate->mailbox, on_loaded, gate);
        return approvals_load(gate->approvals, error);
}

static void write_what_is_left(Gate *gate)
{
        g_autoptr(GError) error = NULL;

        if (store_is_open(gate->options.ops) && !read_log_flush(gate->read_log, &error))
                log_event(LOG_WORK_FAILED_EVENT, LOG_ERR, NULL, error,
                          "The end of the read log could not be written");
}

void gate_stop(Gate *gate)
{
        if (!g_atomic_int_compare_and_exchange(&gate->stopped, 0, 1))
                return;
        if (gate->read_log) {
                read_log_stop(gate->read_log);
                write_what_is_left(gate);
        }
        gate->end = sd_event_source_disable_unref(gate->end);
        approvals_stop(gate->approvals);
}

Gate *gate_free(Gate *gate)
{
        if (!gate)
                return NULL;
        gate_stop(gate);
        if (gate->mailbox) {
                write_what_is_left(gate); /* of calls that were under way */
                store_remove_feed(gate->options.ops, on_changes, gate);
        }
        mailbox_free(gate->mailbox);
        gate->end = sd_event_source_disable_unref(gate->end);
        approvals_free(gate->approvals);
        read_log_free(gate->read_log);
        usage_free(gate->usage);
        g_free(gate->address);
        registry_free(gate->registry);
        grants_free(gate->grants);
        guesses_free(gate->guesses);
        g_hash_table_unref(gate->sessions);
        g_array_unref(gate->feeds);
        g_array_unref(gate->tools);
        g_mutex_clear(&gate->minting);
        g_free(gate);
        return NULL;
}

ToolTable gate_tools(Gate *gate)
{
        return (ToolTable){(const Tool *)(const void *)gate->tools->data, gate};
}

void gate_set_address(Gate *gate, const char *address)
{
        g_free(gate->address);
        gate->address = g_strdup(address);
}

void gate_set_tools(Gate *gate, GateKnowsTool knows, void *data)
{
        gate->knows_tool = knows;
        gate->knows_data = data;
}

/* ---- asking ---- */

bool gate_is_ready(Gate *gate, GError **error)
{
        g_autoptr(GError) reason = NULL;

        if (g_atomic_int_get(&gate->stopped)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "The daemon is stopping");
                return false;
        }
        if (registry_is_loaded(gate->registry))
                return true;
        /* a closed store says why; an open one is about to be read */
        store_impatient_begin(1);
        g_autoptr(Db) db = store_reader(gate->options.ops, /* scope= */ NULL, &reason);
        db_release(g_steal_pointer(&db));
        if (store_impatient_end() || !reason) {
                g_clear_error(&reason);
                g_set_error_literal(&reason, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "The connections have not been read yet");
        }
        reason->code = OUROBOROS_ERROR_UNAVAILABLE;
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
}

Connection *gate_any_connection(Gate *gate, const char *id, GError **error)
{
        if (!gate_is_ready(gate, error))
                return NULL;
        Connection *connection = registry_find(gate->registry, id);
        if (!connection)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "There is no connection %s", id);
        return connection;
}

/* ---- letting in ---- */

static const char *what_is_wrong(const Connection *connection, ConnectionState bearer)
{
        static const char *const words[] = {
                [CONNECTION_EXPIRED] = "expired",
                [CONNECTION_REVOKED] = "revoked",
        };
        ConnectionState state = connection ? connection_state(connection) : CONNECTION_REVOKED;

        if (!connection)
                return "unknown";
        return state != CONNECTION_ACTIVE ? words[state] : words[bearer];
}

/* The log knows what it was; the caller does not. */
static void log_refusal(const char *peer, const Connection *connection, const char *what)
{
        g_autofree char *about = g_strconcat("OUROBOROS_PEER=", peer, NULL);
        g_autofree char *reason = g_strconcat("OUROBOROS_REASON=", what, NULL);
        g_autofree char *id = g_strconcat(
                "OUROBOROS_CONNECTION=", connection ? connection_id(connection) : "", NULL);
        const char *fields[] = {about, reason, id, NULL};

        if (connection)
                log_event(LOG_BEARER_REFUSED_EVENT, LOG_WARNING, fields, NULL,
                          "Refused %s: its bearer or connection \"%s\" (%s) is %s", peer,
                          connection_terms(connection)->name, connection_id(connection), what);
        else
                log_event(LOG_BEARER_REFUSED_EVENT, LOG_WARNING, fields, NULL,
                          "Refused %s: its bearer is %s", peer, what);
}

/* One text for all that is wrong. Beyond the limit nothing is logged: it would be the guesser who fills the log. */
static Connection *refuse(Gate *gate, const char *peer, const Connection *connection,
                          const char *what, GError **error)
{
        unsigned guesses = guesses_note(gate->guesses, peer);

        count_refusals(gate, guesses > GATE_GUESSES_MAX ? "guessing" : what, 1);
        if (guesses <= GATE_GUESSES_MAX)
                log_refusal(peer, connection, what);
        if (guesses <= GATE_GUESSES_MAX)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, NO_CONNECTION);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "More than GATE_GUESSES_MAX (%d) bearers that are none within %d s",
                            GATE_GUESSES_MAX, GATE_GUESSES_SEC);
        return NULL;
}

/* By a bearer of its own, or by a token that was granted for it. */
static Connection *find_bearer(Gate *gate, const uint8_t hash[BEARER_HASH_BYTES],
                               ConnectionState *ret_state)
{
        Connection *connection = registry_find_bearer(gate->registry, hash, ret_state);

        if (connection)
                return connection;
        g_autofree char *id = grants_find(gate->grants, hash);
        *ret_state = CONNECTION_ACTIVE;
        return id ? registry_find(gate->registry, id) : NULL;
}

Connection *gate_authenticate(Gate *gate, const char *bearer, const char *peer, GError **error)
{
        ConnectionState state = CONNECTION_REVOKED;
        uint8_t hash[BEARER_HASH_BYTES];

        if (!gate_is_ready(gate, error))
                return NULL;
        bearer_hash(bearer, hash);
        g_autoptr(Connection) connection = find_bearer(gate, hash, &state);
        if (connection && state == CONNECTION_ACTIVE &&
            connection_state(connection) == CONNECTION_ACTIVE)
                return g_steal_pointer(&connection);
        return refuse(gate, peer, connection, what_is_wrong(connection, state), error);
}

Connection *gate_connection(Gate *gate, const char *id, GError **error)
{
        if (!gate_is_ready(gate, error))
                return NULL;
        g_autoptr(Connection) connection = registry_find(gate->registry, id);
        if (connection && connection_state(connection) == CONNECTION_ACTIVE)
                return g_steal_pointer(&connection);
        if (guesses_note(gate->guesses, id) == 1)
                log_refusal(id, connection, what_is_wrong(connection, CONNECTION_ACTIVE));
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, NO_CONNECTION);
        return NULL;
}

char *gate_session(Gate *gate, const char *connection)
{
        Session *session = g_hash_table_lookup(gate->sessions, connection);
        int64_t now_us = g_get_monotonic_time();

        if (!session) {
                session = g_new0(Session, 1);
                g_hash_table_insert(gate->sessions, g_strdup(connection), session);
        }
        if (!session->id || now_us - session->last_us >= GATE_SESSION_SEC * G_USEC_PER_SEC) {
                g_free(session->id);
                session->id = id_new("sess");
        }
        session->last_us = now_us;
        return g_strdup(session->id);
}
