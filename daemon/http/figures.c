/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of the rooms, from the status of their care, for people and for Prometheus. */
#include "http/figures.h"

typedef struct Figure {
        const char *member;         /* of the status */
        const char *group;          /* of /api/state */
        const char *name;           /* there */
        const MetricFamily *family; /* or NULL: not in /metrics */
        const char *labels;         /* or NULL */
} Figure;

static const MetricFamily uptime = {"ouroboros_uptime_seconds", "Since the daemon's start."};
static const MetricFamily documents = {"ouroboros_documents",
                                       "Files that are there, by the last tier they reached."};
static const MetricFamily total = {"ouroboros_documents_known", "Files that are there."};
static const MetricFamily failed = {"ouroboros_documents_failed", "Files that something stopped."};
static const MetricFamily foreign = {"ouroboros_documents_unsupported",
                                     "Files of types that are not read."};
static const MetricFamily pending = {"ouroboros_documents_pending",
                                     "Files that are worked on or wait for it."};
static const MetricFamily entities = {"ouroboros_entities", "Entities."};
static const MetricFamily facts = {"ouroboros_facts", "Current facts."};
static const MetricFamily repositories = {"ouroboros_code_repositories",
                                          "Repositories of source code."};
static const MetricFamily modules = {"ouroboros_code_modules", "Source files in the code graph."};
static const MetricFamily symbols = {"ouroboros_code_symbols", "Symbols in the code graph."};
static const MetricFamily edges = {"ouroboros_code_edges", "Edges in the code graph."};
static const MetricFamily modules_failed = {"ouroboros_code_modules_failed",
                                            "Source files that something stopped."};
static const MetricFamily syncs = {"ouroboros_code_syncs",
                                   "Looks at the files of a repository since the daemon began."};
static const MetricFamily syncs_failed = {"ouroboros_code_syncs_failed",
                                          "Those of them that failed."};
static const MetricFamily sync_seconds = {"ouroboros_code_sync_seconds",
                                          "How long the last of them took."};
static const MetricFamily bytes = {"ouroboros_store_bytes", "Size of the database's file."};
static const MetricFamily entries = {"ouroboros_journal_entries", "Entries of the journal."};
static const MetricFamily open_vault = {"ouroboros_vault_open", "1 if the vault is open."};
static const MetricFamily approvals = {"ouroboros_approvals_pending",
                                       "Approvals that wait for the human."};
static const MetricFamily jobs = {"ouroboros_worker_jobs",
                                  "Jobs that wait for a worker or are at work."};
static const MetricFamily links = {"ouroboros_http_connections",
                                   "Open connections of HTTP clients."};
static const MetricFamily streams = {"ouroboros_http_streams",
                                     "Open streams of server-sent events."};
static const MetricFamily sockets = {"ouroboros_websockets", "Open WebSockets."};

static const MetricFamily spent_calls = {
        "ouroboros_spend_calls", "Calls that a connection has spent of its budget of today (UTC)."};
static const MetricFamily spent_bytes = {
        "ouroboros_spend_bytes",
        "Bytes of answers that a connection has spent of its budget of today (UTC)."};

static const MetricFamily sessions = {"ouroboros_mcp_sessions",
                                      "Sessions of clients of MCP, by the door they came through."};
static const char *const doors[] = {"door=\"socket\"", "door=\"http\""};

static const Figure figures[] = {
        {"version", NULL, "version", NULL, NULL},
        {"instance", NULL, "instance", NULL, NULL},
        {"uptime_sec", NULL, "uptime_sec", &uptime, NULL},
        {"operation", NULL, "operation", NULL, NULL},
        {"vault_state", "vault", "state", NULL, NULL},
        {"vault_reason", "vault", "reason", NULL, NULL},
        {"vault_journal_entries", "vault", "journal_entries", &entries, "store=\"vault\""},
        {"vault_bytes", "vault", "bytes", &bytes, "store=\"vault\""},
        {"ops_journal_entries", "ops", "journal_entries", &entries, "store=\"ops\""},
        {"ops_bytes", "ops", "bytes", &bytes, "store=\"ops\""},
        {"checked_at", "vault", "checked_at", NULL, NULL},
        {"check_ok", "vault", "check_ok", NULL, NULL},
        {"documents", "documents", "known", &total, NULL},
        {"scanned", "documents", "scanned", &documents, "tier=\"scanned\""},
        {"searchable", "documents", "searchable", &documents, "tier=\"searchable\""},
        {"indexed", "documents", "indexed", &documents, "tier=\"indexed\""},
        {"errors", "documents", "errors", &failed, NULL},
        {"unsupported", "documents", "unsupported", &foreign, NULL},
        {"pending", "documents", "pending", &pending, NULL},
        {"entities", "graph", "entities", &entities, NULL},
        {"facts", "graph", "facts", &facts, NULL},
        {"predicates", "graph", "predicates", NULL, NULL},
        {"repositories", "code", "repositories", &repositories, NULL},
        {"modules", "code", "modules", &modules, NULL},
        {"symbols", "code", "symbols", &symbols, NULL},
        {"edges", "code", "edges", &edges, NULL},
        {"modules_failed", "code", "modules_failed", &modules_failed, NULL},
        {"code_syncs", "code", "syncs", &syncs, NULL},
        {"code_syncs_failed", "code", "syncs_failed", &syncs_failed, NULL},
        {"code_sync_sec", "code", "sync_sec", &sync_seconds, NULL},
};

static JsonObject *read_status(const HttpOptions *options)
{
        g_autoptr(Access) access = access_new_system("observer");
        g_autoptr(JsonObject) args = json_object_new();

        return care_status(options->care, access, args, NULL);
}

/* ---- for Prometheus ---- */

static void say_spent(const char *connection, const GateSpent *spent, void *data)
{
        g_autofree char *label = metrics_label("connection", connection);

        metrics_say(data, METRIC_GAUGE, &spent_calls, label, (double)spent->calls);
        metrics_say(data, METRIC_GAUGE, &spent_bytes, label, (double)spent->bytes);
}

static void collect(MetricsText *text, void *data)
{
        const HttpOptions *options = data;
        g_autoptr(JsonObject) status = read_status(options);
        unsigned waiting;

        for (unsigned i = 0; status && i < G_N_ELEMENTS(figures); i++)
                if (figures[i].family && json_object_has_member(status, figures[i].member))
                        metrics_say(text, METRIC_GAUGE, figures[i].family, figures[i].labels,
                                    json_member_double(status, figures[i].member, 0));
        metrics_say(text, METRIC_GAUGE, &open_vault, NULL,
                    care_state(options->care, NULL) == VAULT_OPEN);
        if (gate_pending(options->gate, &waiting, NULL))
                metrics_say(text, METRIC_GAUGE, &approvals, NULL, waiting);
        gate_each_spent(options->gate, say_spent, text);
}

void figures_add(const HttpOptions *options)
{
        /* who looks before the first of them comes finds 0, not nothing */
        (void)figures_sockets(options);
        (void)figures_sessions(options, /* is_http= */ false);
        (void)figures_sessions(options, /* is_http= */ true);
        /* a copy: a worker may be collecting while the room ends */
        metrics_add_collector(options->metrics, collect, g_memdup2(options, sizeof *options),
                              g_free);
}

static Metric *gauge(const HttpOptions *options, const MetricFamily *family)
{
        return metrics_series(options->metrics, METRIC_GAUGE, family, NULL);
}

Metric *figures_links(const HttpOptions *options)
{
        return gauge(options, &links);
}

Metric *figures_streams(const HttpOptions *options)
{
        return gauge(options, &streams);
}

Metric *figures_sockets(const HttpOptions *options)
{
        return gauge(options, &sockets);
}

Metric *figures_sessions(const HttpOptions *options, bool is_http)
{
        return metrics_series(options->metrics, METRIC_GAUGE, &sessions, doors[is_http]);
}

void figures_of_loop(const HttpOptions *options)
{
        metric_set(gauge(options, &jobs), worker_pool_pending(options->pool));
}

/* ---- for people ---- */

static JsonObject *group_of(JsonObject *state, const char *name)
{
        if (!name)
                return state;
        if (!json_object_has_member(state, name))
                json_object_set_object_member(state, name, json_object_new());
        return json_object_get_object_member(state, name);
}

static void add_doors(JsonObject *state, const HttpOptions *options)
{
        JsonObject *open = group_of(state, "connections");
        unsigned waiting;

        json_object_set_int_member(open, "http", metric_get(figures_links(options)));
        json_object_set_int_member(open, "streams", metric_get(figures_streams(options)));
        json_object_set_int_member(open, "websockets", metric_get(figures_sockets(options)));
        json_object_set_int_member(
                open, "mcp_sessions",
                metric_get(figures_sessions(options, /* is_http= */ false)) +
                        metric_get(figures_sessions(options, /* is_http= */ true)));
        if (gate_pending(options->gate, &waiting, NULL))
                json_object_set_int_member(group_of(state, "approvals"), "pending", waiting);
}

JsonObject *figures_state(const HttpOptions *options)
{
        g_autoptr(JsonObject) status = read_status(options);
        JsonObject *state = json_object_new();
        JsonObject *workers = group_of(state, "workers");

        for (unsigned i = 0; status && i < G_N_ELEMENTS(figures); i++) {
                JsonNode *node = json_object_get_member(status, figures[i].member);
                if (node && !JSON_NODE_HOLDS_NULL(node))
                        json_object_set_member(group_of(state, figures[i].group), figures[i].name,
                                               json_node_copy(node));
        }
        json_object_set_int_member(workers, "threads",
                                   config_int(options->config, "Daemon", "WorkerThreads"));
        json_object_set_int_member(workers, "jobs", metric_get(gauge(options, &jobs)));
        add_doors(state, options);
        return state;
}
