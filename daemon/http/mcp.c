/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The protocol's table of methods, and the way of a message to one of them: form, era, version, headers, method,
 * connection. What it answers is in the manner of the message's era. */
#include "http/mcp.h"

#include <stdarg.h>
#include <string.h>

#include "config.h"
#include "http/fault.h"
#include "http/mcp-private.h"

#define SWEEP_USEC       ((uint64_t)10 * G_USEC_PER_SEC)
#define DISCOVER_TTL_SEC 3600

/* Of the older era, the best first. */
static const char *const session_versions[] = {"2025-11-25", "2025-06-18", "2025-03-26", NULL};

static const char instructions[] =
        "A durable memory shared by agents under a human's control. Begin with the tool orient; what tools there are "
        "besides those listed says list_available_tools. Every claim needs the words it rests on.";

static const char no_connection[] =
        "An agent needs a connection, which the human mints: ask for one with \"ouroborosctl connection request\", and "
        "connect through \"ouroborosctl mcp\" or with the bearer over HTTP";

/* ---- answers ---- */

GString *mcp_result(const Mcp *mcp, Era era, JsonNode *id, const char *type)
{
        GString *out = message_answer(id);

        message_member(out, "result");
        g_string_append_c(out, '{');
        if (era == ERA_SESSION)
                return out;
        message_string(out, "resultType", FAULT("wrong-result-type") ? "done" : type);
        message_member(out, "_meta");
        g_string_append_printf(out, "{\"" MCP_META_PREFIX "serverInfo\":%s}", mcp->server_info);
        return out;
}

unsigned mcp_status(Era era, int code)
{
        if (code == JSONRPC_PARSE_ERROR || code == JSONRPC_INVALID_REQUEST)
                return 400;
        if (era == ERA_SESSION)
                return 200;
        if (code == JSONRPC_METHOD_NOT_FOUND)
                return 404;
        return code <= MCP_HEADER_MISMATCH && code >= MCP_UNSUPPORTED_VERSION ? 400 : 200;
}

char *mcp_error(JsonNode *id, const GError *error, int *ret_code)
{
        const ErrorRow *row = error_row(error_code(error));
        g_autoptr(JsonObject) data = json_object_new();

        json_object_set_string_member(data, "code", row->name);
        *ret_code = row->jsonrpc;
        return message_error(id, row->jsonrpc, error->message, data);
}

static void answer(Turn *turn, unsigned status, const char *text, size_t length)
{
        turn->input->outlet->type->answer(turn->input->outlet, status, text, length);
}

GString *turn_begin(Turn *turn)
{
        return mcp_result(turn->mcp, turn->era, turn->message->id, "complete");
}

void turn_end(Turn *turn, GString *out)
{
        g_string_append(out, "}}");
        answer(turn, 200, out->str, out->len);
        g_string_free(out, TRUE);
}

void mcp_cache(GString *out, Era era, int ttl_sec)
{
        bool is_wrong = FAULT("wrong-caching-hint");

        if (era == ERA_SESSION)
                return;
        message_int(out, "ttlMs", is_wrong ? -1 : (int64_t)ttl_sec * 1000);
        message_string(out, "cacheScope", is_wrong ? "shared" : "private");
}

void turn_cache(const Turn *turn, GString *out, int ttl_sec)
{
        mcp_cache(out, turn->era, ttl_sec);
}

static void fail(Turn *turn, unsigned status, int code, JsonObject *data, const char *text)
{
        g_autofree char *message = message_error(turn->message->id, code, text, data);

        answer(turn, status, message, strlen(message));
        if (data)
                json_object_unref(data);
}

void turn_fail(Turn *turn, int code, JsonObject *data, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        g_autofree char *text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        fail(turn, mcp_status(turn->era, code), code, data, text);
}

void turn_refuse(Turn *turn, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        g_autofree char *text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        fail(turn, turn->era == ERA_STATELESS ? 400 : 200, JSONRPC_INVALID_PARAMS, NULL, text);
}

void turn_fail_error(Turn *turn, const GError *error)
{
        int code;
        g_autofree char *message = mcp_error(turn->message->id, error, &code);

        answer(turn, mcp_status(turn->era, code), message, strlen(message));
}

const char *turn_text(Turn *turn, const char *name, size_t max)
{
        const char *text = json_member_string(turn->params, name, NULL);

        if (text && *text && strlen(text) <= max)
                return text;
        turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                  "params.%s must be a string of 1 to %zu bytes", name, max);
        return NULL;
}

const char *turn_cursor_text(const Turn *turn)
{
        JsonNode *given = json_object_get_member(turn->params, "cursor");

        return !given || JSON_NODE_HOLDS_NULL(given)
                       ? NULL
                       : json_member_string(turn->params, "cursor", /* fallback= */ "no text");
}

char *turn_cursor(Turn *turn, const char *list, const char *filters)
{
        g_autoptr(GError) error = NULL;
        char *key = cursor_key(list, filters, turn_cursor_text(turn), &error);

        if (key)
                return key;
        JsonObject *data = json_object_new();
        json_object_set_string_member(data, "code", error_row(error_code(error))->name);
        turn_fail(turn, JSONRPC_INVALID_PARAMS, data, "%s", error->message);
        return NULL;
}

/* ---- who we are ---- */

static char *make_server_info(void)
{
        GString *out = g_string_new("{");

        message_string(out, "name", "ouroboros");
        message_string(out, "title", "Ouroboros");
        message_string(out, "version", OUROBOROS_VERSION);
        g_string_append_c(out, '}');
        return g_string_free(out, FALSE);
}

static void describe_server(GString *out)
{
        message_member(out, "capabilities");
        g_string_append(
                out,
                "{\"tools\":{\"listChanged\":true},"
                "\"resources\":{\"subscribe\":true},\"prompts\":{},\"completions\":{},\"logging\":{}}");
        message_string(out, "instructions", instructions);
}

static void append_versions(GString *out, const char *name)
{
        message_member(out, name);
        g_string_append(out, "[\"" MCP_VERSION "\"");
        for (size_t i = 0; session_versions[i]; i++)
                g_string_append_printf(out, ",\"%s\"", session_versions[i]);
        g_string_append_c(out, ']');
}

static void discover_turn(Turn *turn)
{
        GString *out = turn_begin(turn);

        append_versions(out, "supportedVersions");
        describe_server(out);
        message_int(out, "ttlMs", DISCOVER_TTL_SEC * 1000);
        message_string(out, "cacheScope", "public");
        turn_end(turn, out);
}

static void ping_turn(Turn *turn)
{
        turn_end(turn, turn_begin(turn));
}

bool mcp_is_session_version(const char *version)
{
        return version && g_strv_contains(session_versions, version);
}

/* A client's version if it is known, else our best: it may then leave. */
static void initialize_turn(Turn *turn)
{
        Session *session = turn->input->session;
        const char *wanted = turn_text(turn, "protocolVersion", 32);
        JsonObject *capabilities = json_member_object(turn->params, "capabilities");

        if (!wanted)
                return;
        if (session->version) {
                turn_fail(turn, JSONRPC_INVALID_REQUEST, NULL,
                          "This session has been initialized already");
                return;
        }
        session->version = session_versions[0];
        for (size_t i = 0; session_versions[i]; i++)
                if (g_str_equal(session_versions[i], wanted))
                        session->version = session_versions[i];
        session->can_ask = mcp_can_ask(capabilities);
        GString *out = turn_begin(turn);
        message_string(out, "protocolVersion", session->version);
        message_member(out, "serverInfo");
        g_string_append(out, turn->mcp->server_info);
        describe_server(out);
        turn_end(turn, out);
}

static void set_level_turn(Turn *turn)
{
        const char *name = turn_text(turn, "level", 32);
        int level = name ? mcp_level_from_string(name) : MCP_LEVEL_NONE;

        if (!name)
                return;
        if (level == MCP_LEVEL_NONE) {
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                          "params.level must be debug, info, notice, warning, error, critical, "
                          "alert or emergency");
                return;
        }
        turn->input->session->level = level;
        turn_end(turn, turn_begin(turn));
}

/* ---- methods ---- */

#define IN(era) (1u << (era))
#define IN_BOTH (IN(ERA_SESSION) | IN(ERA_STATELESS))

static const struct MethodRow {
        const char *name;
        unsigned eras;
        bool is_open; /* to clients without a connection */
        Method method;
} methods[] = {
        {"tools/call", IN_BOTH, false, tools_call_turn},
        {"tools/list", IN_BOTH, false, tools_list_turn},
        {"ping", IN(ERA_SESSION), true, ping_turn},
        {"initialize", IN(ERA_SESSION), true, initialize_turn},
        {"server/discover", IN(ERA_STATELESS), true, discover_turn},
        {"resources/list", IN_BOTH, false, resources_list_turn},
        {"resources/templates/list", IN_BOTH, false, resources_templates_turn},
        {"resources/read", IN_BOTH, false, resources_read_turn},
        {"resources/subscribe", IN(ERA_SESSION), false, resources_subscribe_turn},
        {"resources/unsubscribe", IN(ERA_SESSION), false, resources_unsubscribe_turn},
        {"prompts/list", IN_BOTH, false, prompts_list_turn},
        {"prompts/get", IN_BOTH, false, prompts_get_turn},
        {"completion/complete", IN_BOTH, false, complete_turn},
        {"logging/setLevel", IN(ERA_SESSION), false, set_level_turn},
        {"subscriptions/listen", IN(ERA_STATELESS), false, listen_turn},
};

static const struct MethodRow *find_method(const char *name, Era era)
{
        for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
                if (g_str_equal(methods[i].name, name))
                        return methods[i].eras & IN(era) ? &methods[i] : NULL;
        return NULL;
}

Era mcp_era(const Message *message, const char *version)
{
        JsonObject *meta = json_member_object(message->params, "_meta");

        if (meta && json_object_has_member(meta, MCP_META_PREFIX "protocolVersion"))
                return ERA_STATELESS;
        return version && !mcp_is_session_version(version) ? ERA_STATELESS : ERA_SESSION;
}

static bool check_version(Turn *turn)
{
        const char *version = meta_version(turn);

        if (g_str_equal(version, MCP_VERSION) || FAULT("no-version-check"))
                return true;
        g_autofree char *text = NULL;
        GString *out = g_string_new("{");
        append_versions(out, "supported");
        message_string(out, "requested", version);
        g_string_append_c(out, '}');
        text = g_string_free(out, FALSE);
        turn_fail(turn, MCP_UNSUPPORTED_VERSION, json_parse_object(text, -1, NULL),
                  "This protocol version is not spoken here%s",
                  mcp_is_session_version(version) ? " without initialize" : "");
        return false;
}

/* What is to be right before the method is looked at. */
static bool check_turn(Turn *turn)
{
        if (FAULT("optional-meta") && turn->era == ERA_STATELESS && !meta_version(turn))
                return true;
        if (turn->era == ERA_STATELESS)
                return meta_read(turn) && (!turn->input->header || header_check(turn)) &&
                       check_version(turn);
        return meta_read_session(turn);
}

static void run_turn(Turn *turn)
{
        const struct MethodRow *row = find_method(turn->message->method, turn->era);

        if (!row) {
                turn_fail(turn, JSONRPC_METHOD_NOT_FOUND, NULL, "There is no method \"%.80s\"",
                          turn->message->method);
        } else if (row->is_open) {
                row->method(turn);
        } else if (turn->era == ERA_SESSION && !turn->input->session->version) {
                turn_fail(
                        turn, JSONRPC_INVALID_PARAMS, NULL,
                        "Send initialize first, or say in params._meta what is required since " MCP_VERSION);
        } else if (!turn->input->connection) {
                g_autoptr(GError) error =
                        g_error_new_literal(OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED, no_connection);
                turn_fail_error(turn, error);
        } else {
                row->method(turn);
        }
}

/* ---- notifications and replies ---- */

static void cancel_named(Session *session, JsonObject *params)
{
        JsonNode *id = params ? json_object_get_member(params, "requestId") : NULL;
        GType type = id && JSON_NODE_HOLDS_VALUE(id) ? json_node_get_value_type(id) : G_TYPE_NONE;

        if (type != G_TYPE_STRING && type != G_TYPE_INT64)
                return;
        g_autofree char *key = message_id_key(id);
        Call *call = g_hash_table_lookup(session->calls, key);
        if (call)
                mcp_cancel(call);
}

static void take_note(Session *session, const Message *message)
{
        if (!session)
                return;
        if (!message->method)
                session_on_reply(session, message);
        else if (g_str_equal(message->method, "notifications/cancelled"))
                cancel_named(session, message->params);
        else if (g_str_equal(message->method, "notifications/initialized"))
                session->is_ready = session->version != NULL;
}

Call *mcp_handle(Mcp *mcp, const McpInput *input)
{
        g_autoptr(JsonObject) none = json_object_new();
        const Message *message = input->message;
        const char *version =
                input->header ? input->header("MCP-Protocol-Version", input->data) : NULL;
        Turn turn = {
                .mcp = mcp,
                .input = input,
                .message = message,
                .params = message->params ? message->params : none,
                .level = MCP_LEVEL_NONE,
        };

        if (input->session)
                session_touch(input->session);
        if (!message_is_request(message)) {
                take_note(input->session, message);
                return NULL;
        }
        turn.era = input->session ? mcp_era(message, version) : ERA_STATELESS;
        if (check_turn(&turn))
                run_turn(&turn);
        return turn.call;
}

/* ---- life ---- */

static int on_sweep(sd_event_source *source, uint64_t usec, void *data)
{
        session_sweep(data);
        (void)sd_event_source_set_time_relative(source, SWEEP_USEC);
        (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        return 0;
}

Mcp *mcp_new(const HttpOptions *options, GError **error)
{
        g_autoptr(Mcp) mcp = g_new0(Mcp, 1);

        mcp->options = *options;
        mcp->sessions = g_hash_table_new(g_str_hash, g_str_equal);
        mcp->attached = g_hash_table_new(NULL, NULL);
        mcp->calls = g_hash_table_new(NULL, NULL);
        mcp->interests = g_hash_table_new(NULL, NULL);
        mcp->listed = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, listing_free);
        mcp->server_info = make_server_info();
        int r = sd_event_add_time_relative(service_loop(options->service), &mcp->sweep,
                                           CLOCK_MONOTONIC, SWEEP_USEC, G_USEC_PER_SEC, on_sweep,
                                           mcp);
        if (r < 0) {
                error_set_errno(error, -r, "Cannot make a timer");
                return NULL;
        }
        gate_add_feed(options->gate, listen_on_gate, mcp);
        store_add_feed(options->vault, interest_on_changes, mcp);
        return g_steal_pointer(&mcp);
}

static void end_all(GHashTable *sessions)
{
        GHashTableIter iter;
        void *session;

        for (g_hash_table_iter_init(&iter, sessions); g_hash_table_iter_next(&iter, NULL, &session);
             g_hash_table_iter_init(&iter, sessions))
                session_end(session);
}

Mcp *mcp_free(Mcp *mcp)
{
        GHashTableIter iter;
        void *call;

        if (!mcp)
                return NULL;
        gate_remove_feed(mcp->options.gate, listen_on_gate, mcp);
        store_remove_feed(mcp->options.vault, interest_on_changes, mcp);
        sd_event_source_disable_unref(mcp->sweep);
        end_all(mcp->sessions);
        end_all(mcp->attached);
        for (g_hash_table_iter_init(&iter, mcp->calls); g_hash_table_iter_next(&iter, &call, NULL);
             g_hash_table_iter_init(&iter, mcp->calls))
                call_drop(call);
        g_hash_table_unref(mcp->sessions);
        g_hash_table_unref(mcp->attached);
        g_hash_table_unref(mcp->calls);
        g_hash_table_unref(mcp->interests);
        g_hash_table_unref(mcp->listed);
        g_free(mcp->server_info);
        g_free(mcp);
        return NULL;
}

const HttpOptions *mcp_options(const Mcp *mcp)
{
        return &mcp->options;
}
