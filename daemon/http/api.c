/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Handlers that look at what they may, have a worker do what blocks, and answer on the loop. */
#include "http/api.h"

#include <config.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "http/bearer.h"
#include "http/command.h"
#include "http/figures.h"

#define READY_FREE_BYTES_MIN (16 * 1024 * 1024) /* less than that is a full disk */
#define TITLE_CHARS_MAX      200

/* A request whose answer a worker makes. */
typedef struct Job {
        HttpOptions options;
        Request *request; /* NULL: its client has gone */
        Access *access;   /* or NULL */
        void (*work)(struct Job *job);
        unsigned status;
        JsonObject *answer;
        char *text; /* instead of answer: metrics */
        GError *error;
} Job;

/* ---- jobs ---- */

static void on_gone(void *data)
{
        *(Request **)data = NULL;
}

static void work(void *data)
{
        Job *job = data;

        job->work(job);
}

static void answer_job(Job *job)
{
        if (job->error)
                request_answer_error(job->request, job->error);
        else if (job->text)
                request_answer(job->request, &(Answer){.status = job->status,
                                                       .type = METRICS_TYPE,
                                                       .body = job->text,
                                                       .length = SIZE_MAX});
        else
                request_answer_json(job->request, job->status, job->answer);
}

static void on_worked(void *data)
{
        Job *job = data;

        if (job->request)
                answer_job(job);
        access_unref(job->access);
        g_clear_pointer(&job->answer, json_object_unref);
        g_clear_error(&job->error);
        g_free(job->text);
        g_free(job);
}

static void start_job(Request *request, const HttpOptions *options, Access *access,
                      void (*func)(Job *job))
{
        Job *job = g_new0(Job, 1);

        *job = (Job){.options = *options,
                     .request = request,
                     .access = access ? access_ref(access) : NULL,
                     .work = func,
                     .status = MHD_HTTP_OK};
        request_on_gone(request, on_gone, &job->request);
        worker_pool_push(options->pool, work, on_worked, job);
}

/* ---- health and readiness: for whoever asks, so they tell nothing else ---- */

static void on_health(Request *request, void *data)
{
        g_autoptr(JsonObject) answer = json_object_new();

        json_object_set_string_member(answer, "status", "ok");
        json_object_set_string_member(answer, "version", OUROBOROS_VERSION);
        request_answer_json(request, MHD_HTTP_OK, answer);
}

/* What keeps it from work; NULL: nothing. */
static const char *not_ready(const HttpOptions *options)
{
        static const char *const reasons[] = {[VAULT_NONE] = "the vault is not open yet",
                                              [VAULT_UNAVAILABLE] =
                                                      "the vault cannot be opened now",
                                              [VAULT_CORRUPT] = "the vault is damaged"};
        VaultState state = care_state(options->care, NULL);
        struct statvfs disk;

        if (state != VAULT_OPEN)
                return reasons[state];
        if (statvfs(options->paths->data, &disk) < 0 || (disk.f_flag & ST_RDONLY) ||
            access(options->paths->data, W_OK) < 0)
                return "the stores cannot be written";
        if ((uint64_t)disk.f_bavail * disk.f_frsize < READY_FREE_BYTES_MIN)
                return "the disk is full";
        return NULL;
}

static void look_whether_ready(Job *job)
{
        const char *reason = not_ready(&job->options);

        job->answer = json_object_new();
        json_object_set_boolean_member(job->answer, "ready", !reason);
        if (reason)
                json_object_set_string_member(job->answer, "reason", reason);
        job->status = reason ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
}

static void on_ready(Request *request, void *data)
{
        start_job(request, data, NULL, look_whether_ready);
}

/* ---- what others do: for observers ---- */

static void tell_state(Job *job)
{
        job->answer = figures_state(&job->options);
}

static void on_state(Request *request, void *data)
{
        g_autoptr(Connection) connection = bearer_observer(request, data);

        if (!connection)
                return;
        figures_of_loop(data);
        start_job(request, data, NULL, tell_state);
}

static void tell_metrics(Job *job)
{
        job->text = metrics_text(job->options.metrics);
}

static void on_metrics(Request *request, void *data)
{
        g_autoptr(Connection) connection = bearer_observer(request, data);

        if (!connection)
                return;
        figures_of_loop(data);
        start_job(request, data, NULL, tell_metrics);
}

/* ---- settings ---- */

static bool is_secret(const char *name)
{
        return g_str_has_suffix(name, "Key") || g_str_has_suffix(name, "Token") ||
               g_str_has_suffix(name, "Secret") || g_str_has_suffix(name, "Password");
}

static void mask(JsonArray *rows)
{
        for (unsigned i = 0; i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);
                const char *value = json_member_string(row, "value", "");
                if (*value && is_secret(json_member_string(row, "name", "")))
                        json_object_set_string_member(row, "value", "...");
        }
}

static void list_settings(Job *job)
{
        job->answer =
                tools_call(job->options.tools, job->access, "list_settings", NULL, &job->error);
        if (job->answer)
                mask(json_member_array(job->answer, "settings"));
}

static void on_settings(Request *request, void *data)
{
        const HttpOptions *options = data;
        g_autoptr(Connection) connection = bearer_connection(request, options);

        if (!connection)
                return;
        g_autofree char *session = gate_session(options->gate, connection_id(connection));
        g_autoptr(Access) access = access_new_connection(connection, session);
        start_job(request, options, access, list_settings);
}

/* Has a command_start() or command_request() answer the request. */
typedef struct Reply {
        Request *request; /* NULL: its client has gone */
} Reply;

static void on_replied(unsigned status, JsonObject *answer, const GError *error, void *data)
{
        Reply *reply = data;

        if (reply->request && error)
                request_answer_error(reply->request, error);
        else if (reply->request)
                request_answer_json(reply->request, status, answer);
        g_free(reply);
}

static Reply *reply_to(Request *request)
{
        Reply *reply = g_new0(Reply, 1);

        reply->request = request;
        request_on_gone(request, on_gone, &reply->request);
        return reply;
}

/* A number or truth value is taken as text. NULL: it is neither, nor text. */
static char *value_as_text(JsonNode *node)
{
        GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;

        if (type == G_TYPE_STRING)
                return json_node_dup_string(node);
        if (type == G_TYPE_BOOLEAN)
                return g_strdup(json_node_get_boolean(node) ? "yes" : "no");
        if (type == G_TYPE_INT64)
                return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
        return NULL;
}

/* The settings of a body as {"name": "value"}; those that were given back masked are left out. */
static JsonObject *read_settings(JsonObject *body, GError **error)
{
        g_autoptr(JsonObject) settings = json_object_new();
        g_autoptr(GList) names = json_object_get_members(body);

        for (GList *i = names; i; i = i->next) {
                const char *name = i->data;
                g_autofree char *value = value_as_text(json_object_get_member(body, name));
                const ConfigKey *key = config_find(name, error);
                if (!key || (value && !config_check(key, value, error)))
                        return NULL;
                if (value && is_secret(name) && strstr(value, "..."))
                        continue;
                if (value)
                        json_object_set_string_member(settings, name, value);
        }
        if (json_object_get_size(settings) > 0)
                return g_steal_pointer(&settings);
        g_set_error_literal(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                "The body is an object with at least one setting: {\"Daemon.IdleExitSec\": 60}");
        return NULL;
}

static char *describe_settings(JsonObject *settings)
{
        g_autoptr(GString) title = g_string_new("Change");
        g_autoptr(GList) names = json_object_get_members(settings);

        for (GList *i = names; i && title->len < TITLE_CHARS_MAX; i = i->next)
                g_string_append_printf(title, "%s %s", i == names ? "" : ",",
                                       (const char *)i->data);
        return g_string_free(g_steal_pointer(&title), /* free_segment= */ FALSE);
}

static JsonObject *read_body(Request *request, GError **error)
{
        size_t size;
        const char *body = request_body(request, &size);

        return json_parse_object(body, (gssize)size, error);
}

static void on_change_settings(Request *request, void *data)
{
        g_autoptr(Connection) connection = bearer_connection(request, data);
        g_autoptr(GError) error = NULL;

        if (!connection)
                return;
        g_autoptr(JsonObject) body = read_body(request, &error);
        g_autoptr(JsonObject) settings = body ? read_settings(body, &error) : NULL;
        if (!settings) {
                request_answer_error(request, error);
                return;
        }
        g_autofree char *title = describe_settings(settings);
        g_autoptr(JsonObject) payload = json_object_new();
        json_object_set_object_member(payload, "settings", json_object_ref(settings));
        Approval approval = {.kind = (char *)"setting", .title = title, .payload = payload};
        command_request(data, connection, &approval, on_replied, reply_to(request));
}

/* ---- commands ---- */

static void on_command(Request *request, void *data)
{
        g_autoptr(Connection) connection = bearer_connection(request, data);
        g_autoptr(GError) error = NULL;

        if (!connection)
                return;
        g_autoptr(JsonObject) body = read_body(request, &error);
        const char *cmd = body ? json_member_string(body, "cmd", NULL) : NULL;
        if (body && (!cmd || g_utf8_strlen(cmd, -1) > COMMAND_CHARS_MAX))
                g_set_error(
                        &error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "The body is {\"cmd\": \"/status\"}, of at most COMMAND_CHARS_MAX (%d) characters",
                        COMMAND_CHARS_MAX);
        if (error)
                request_answer_error(request, error);
        else
                command_start(data, connection, cmd, on_replied, reply_to(request));
}

void api_add(Server *server, const HttpOptions *options)
{
        const Route routes[] = {
                {"GET", "/api/health", on_health, (void *)options},
                {"GET", "/api/ready", on_ready, (void *)options},
                {"GET", "/api/state", on_state, (void *)options},
                {"GET", "/api/settings", on_settings, (void *)options},
                {"POST", "/api/settings", on_change_settings, (void *)options},
                {"POST", "/api/command", on_command, (void *)options},
                {"GET", "/metrics", on_metrics, (void *)options},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(routes); i++)
                server_add_route(server, &routes[i]);
        figures_add(options);
}
