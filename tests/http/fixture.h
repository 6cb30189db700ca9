/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The protocol on a gate with connections, with tools that do what their argument entity_name says, and with an outlet
 * that keeps what was said. The tools borrow the schemas of real ones. */
#pragma once

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "http/mcp.h"

#define PATIENCE_USEC (10 * G_USEC_PER_SEC)

/* A client: where what it hears is kept. */
typedef struct Ear {
        Outlet outlet;   /* first */
        GPtrArray *said; /* JsonObject*: all messages, the answer last */
        JsonObject *answer;
        unsigned status, dropped, closed;
} Ear;

typedef struct Fixture {
        char *folder;
        Paths paths;
        Config *config;
        Service *service;
        WorkerPool *pool;
        Store *ops, *vault;
        Gate *gate;
        Tools *tools;
        Runner *runner;
        Mcp *mcp;
        Access *human;
        Connection *connection, *other; /* two that the human minted */
        GHashTable *headers;            /* of the next message over HTTP; or NULL */
        int let_go;                     /* atomic: ends the tool that waits */
        int cancelled;                  /* atomic: it was told to end */
} Fixture;

/* ---- the tools ---- */

static inline JsonObject *fixture_form(const char *message)
{
        g_autofree char *text = g_strdup_printf(
                "{\"mode\":\"form\",\"message\":\"%s\",\"requestedSchema\":{\"type\":\"object\",\"properties\":"
                "{\"name\":{\"type\":\"string\"}}}}",
                message);

        return json_parse_object(text, -1, NULL);
}

static inline bool fixture_ask(const Access *access, const char *key, AskKind kind)
{
        g_autoptr(JsonObject) params = kind == ASK_FORM ? fixture_form(key) : json_object_new();

        if (access_reply(access, key))
                return true;
        access_ask(access, key, kind, params);
        return false;
}

static inline JsonObject *fixture_wait(Fixture *fixture, const Access *access, GError **error)
{
        while (!g_atomic_int_get(&fixture->let_go)) {
                if (!access_check_cancelled(access, error)) {
                        g_atomic_int_set(&fixture->cancelled, 1);
                        return NULL;
                }
                g_usleep(1000);
        }
        return json_object_new();
}

static inline JsonObject *fixture_rounds(const Access *access, GError **error)
{
        JsonObject *answer;

        if (!fixture_ask(access, "first", ASK_FORM)) {
                access_pause(access, "after the first", error);
                return NULL;
        }
        if (!fixture_ask(access, "second", ASK_FORM)) {
                access_pause(access, "after the second", error);
                return NULL;
        }
        answer = json_object_new();
        json_set_string(answer, "note", access_note(access));
        json_object_set_object_member(answer, "first",
                                      json_object_ref(access_reply(access, "first")));
        json_object_set_object_member(answer, "second",
                                      json_object_ref(access_reply(access, "second")));
        return answer;
}

static inline JsonObject *fixture_asks(const Access *access, const char *what, GError **error)
{
        bool form = g_str_equal(what, "model") || fixture_ask(access, "form", ASK_FORM);
        bool model = g_str_equal(what, "form") || fixture_ask(access, "model", ASK_MODEL);

        if (!form || !model) {
                access_pause(access, NULL, error);
                return NULL;
        }
        JsonObject *answer = json_object_new();
        JsonObject *reply = access_reply(access, g_str_equal(what, "model") ? "model" : "form");
        json_object_set_object_member(answer, "reply", json_object_ref(reply));
        return answer;
}

static inline JsonObject *fixture_tool(void *room, const Access *access, JsonObject *args,
                                       GError **error)
{
        const char *what = json_member_string(args, "entity_name", "plain");
        JsonObject *answer;

        if (g_str_equal(what, "fail")) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                                    "No \"such\" thing");
                return NULL;
        }
        if (g_str_equal(what, "wait"))
                return fixture_wait(room, access, error);
        if (g_str_equal(what, "rounds"))
                return fixture_rounds(access, error);
        if (g_str_equal(what, "form") || g_str_equal(what, "model") || g_str_equal(what, "both"))
                return fixture_asks(access, what, error);
        if (g_str_equal(what, "picture"))
                return json_parse_object(
                        "{\"_content\":[{\"type\":\"image\",\"data\":\"AA==\",\"mimeType\":"
                        "\"image/png\"}]}",
                        -1, error);
        if (g_str_equal(what, "progress"))
                for (unsigned i = 1; i <= 3; i++) {
                        access_progress(access, i, 3, "on its way");
                        g_usleep(150000);
                }
        answer = json_object_new();
        json_set_string(answer, "text", "a \"quoted\" line\n");
        json_set_string(answer, "session", access_actor(access)->session);
        json_set_string(answer, "observer", access_observer(access));
        return answer;
}

static const Tool fixture_table[] = {
        {"query_knowledge", TOOL_READ, TOOL_CHEAP, fixture_tool},
        {"remember_fact", TOOL_WRITE, TOOL_CHEAP, fixture_tool},
        {"get_status", TOOL_HUMAN, TOOL_CHEAP, fixture_tool},
        {NULL},
};

/* ---- the client's side ---- */

static inline void ear_keep(Ear *ear, const char *message, gssize length)
{
        g_autoptr(GError) error = NULL;
        JsonObject *object = json_parse_object(message, length, &error);

        g_assert_no_error(error);
        g_assert_null(memchr(message, '\n', length < 0 ? strlen(message) : (size_t)length));
        g_ptr_array_add(ear->said, object);
}

static inline void ear_say(Outlet *outlet, const char *message)
{
        g_assert_null(((Ear *)outlet)->answer);
        ear_keep((Ear *)outlet, message, -1);
}

static inline void ear_answer(Outlet *outlet, unsigned status, const char *message, size_t length)
{
        Ear *ear = (Ear *)outlet;

        g_assert_null(ear->answer);
        ear_keep(ear, message, (gssize)length);
        ear->answer = ear->said->pdata[ear->said->len - 1];
        ear->status = status;
}

static inline void ear_drop(Outlet *outlet)
{
        ((Ear *)outlet)->dropped++;
}

static inline void ear_close(Outlet *outlet)
{
        ((Ear *)outlet)->closed++;
}

static const OutletType ear_type = {ear_say, ear_answer, ear_drop, ear_close};

static inline Ear *ear_new(void)
{
        Ear *ear = g_new0(Ear, 1);

        ear->outlet.type = &ear_type;
        ear->said = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
        return ear;
}

static inline void ear_free(Ear *ear)
{
        g_ptr_array_unref(ear->said);
        g_free(ear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ear, ear_free)

/* ---- life ---- */

static inline Store *fixture_store(Fixture *fixture, StoreKind kind, const char *name)
{
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        g_autoptr(GError) error = NULL;
        StoreOptions options = {
                .kind = kind, .path = path, .loop = service_loop(fixture->service), .cache_mb = 4};
        Store *store = store_new(&options, &error);

        g_assert_no_error(error);
        return store;
}

static inline void fixture_open(Store *store)
{
        static const uint8_t key[STORE_KEY_BYTES] = {7, 8, 9};
        g_autoptr(GError) error = NULL;

        store_open(store, key, /* create= */ true, &error);
        g_assert_no_error(error);
}

/* One turn of the loop, or a millisecond. */
static inline void fixture_turn(Fixture *fixture)
{
        sd_event_run(service_loop(fixture->service), 1000);
}

static inline void fixture_settle(Fixture *fixture)
{
        while (worker_pool_pending(fixture->pool) > 0 ||
               sd_event_run(service_loop(fixture->service), 0) > 0)
                fixture_turn(fixture);
}

/* A tool of the human. args: JSON with ' in place of ". */
static inline JsonObject *fixture_human(Fixture *fixture, const char *tool, const char *args)
{
        g_autofree char *text = g_strdelimit(g_strdup(args), "'", '"');
        g_autoptr(JsonObject) object = json_parse_object(text, -1, NULL);
        g_autoptr(GError) error = NULL;
        JsonObject *answer = tools_call(fixture->tools, fixture->human, tool, object, &error);

        g_assert_no_error(error);
        fixture_settle(fixture);
        return answer;
}

static inline Connection *fixture_mint(Fixture *fixture, const char *args)
{
        g_autoptr(JsonObject) answer = fixture_human(fixture, "mint_connection", args);
        const char *id = json_member_string(answer, "connection_id", NULL);
        g_autoptr(GError) error = NULL;
        Connection *connection = gate_connection(fixture->gate, id, &error);

        g_assert_no_error(error);
        return connection;
}

static inline void fixture_build(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;
        GateOptions gate = {.ops = fixture->ops,
                            .vault = fixture->vault,
                            .paths = &fixture->paths,
                            .config = fixture->config,
                            .loop = service_loop(fixture->service),
                            .pool = fixture->pool};

        fixture->gate = gate_new(&gate, &error);
        g_assert_no_error(error);
        fixture_open(fixture->vault);
        fixture_open(fixture->ops);
        gate_load(fixture->gate, &error);
        g_assert_no_error(error);
        ToolTable tables[] = {{fixture_table, fixture}, gate_tools(fixture->gate)};
        fixture->tools = tools_new(tables, G_N_ELEMENTS(tables));
        tools_set_gate(fixture->tools, fixture->gate);
        fixture->runner = runner_new(fixture->tools, fixture->pool, gate.loop, &error);
        g_assert_no_error(error);
}

static inline void fixture_up(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;

        if (!g_getenv("OUROBOROS_CONFIG_PATH"))
                g_setenv("OUROBOROS_CONFIG_PATH", "/nonexistent", TRUE);
        fixture->folder = g_dir_make_tmp("ouroboros-http-XXXXXX", NULL);
        g_assert_nonnull(fixture->folder);
        fixture->paths = (Paths){.instance = INSTANCE_USER,
                                 .data = fixture->folder,
                                 .vault = fixture->folder,
                                 .runtime = fixture->folder};
        fixture->config = config_load(INSTANCE_USER);
        fixture->service = service_new(&(ServiceHandlers){0}, &error);
        g_assert_no_error(error);
        fixture->pool = worker_pool_new(service_loop(fixture->service), "test", 4, &error);
        g_assert_no_error(error);
        fixture->human = access_new_human("Ada", "cli-1");
        fixture->vault = fixture_store(fixture, STORE_VAULT, "vault.db");
        fixture->ops = fixture_store(fixture, STORE_OPS, "ops.db");
        fixture_build(fixture);
        HttpOptions http = {.instance = INSTANCE_USER,
                            .service = fixture->service,
                            .tools = fixture->tools,
                            .runner = fixture->runner,
                            .gate = fixture->gate,
                            .config = fixture->config,
                            .paths = &fixture->paths,
                            .vault = fixture->vault,
                            .offers = &product_offers};
        fixture->mcp = mcp_new(&http, &error);
        g_assert_no_error(error);
        fixture->connection = fixture_mint(fixture, "{'name':'One','listing':'full'}");
        fixture->other = fixture_mint(fixture, "{'name':'Two','listing':'full'}");
}

static inline void fixture_down(Fixture *fixture, const void *data)
{
        g_atomic_int_set(&fixture->let_go, 1);
        fixture->mcp = mcp_free(fixture->mcp);
        fixture_settle(fixture);
        connection_unref(fixture->connection);
        connection_unref(fixture->other);
        gate_stop(fixture->gate);
        fixture->pool = worker_pool_free(fixture->pool);
        runner_free(fixture->runner);
        tools_free(fixture->tools);
        gate_free(fixture->gate);
        store_free(fixture->ops);
        store_free(fixture->vault);
        access_unref(fixture->human);
        config_unref(fixture->config);
        service_free(fixture->service);
        g_clear_pointer(&fixture->headers, g_hash_table_unref);
        folder_remove(fixture->folder);
        g_free(fixture->folder);
}

#define FIXTURE_TEST(name, function)                                                               \
        g_test_add(name, Fixture, NULL, fixture_up, function, fixture_down)

/* ---- talking ---- */

static inline const char *fixture_header(const char *name, void *data)
{
        g_autofree char *lower = g_ascii_strdown(name, -1);

        return g_hash_table_lookup(((Fixture *)data)->headers, lower);
}

/* Says a message, JSON with ' in place of ", as a client with this session (NULL: of HTTP and stateless) and
 * connection (NULL: none). */
static inline Call *say(Fixture *fixture, Ear *ear, Session *session, const Connection *connection,
                        const char *text)
{
        g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
        g_autofree char *refusal = NULL;
        g_autoptr(Message) message = message_parse(json, strlen(json), &refusal);
        McpInput input = {.message = message,
                          .session = session,
                          .connection = connection,
                          .outlet = &ear->outlet,
                          .header = fixture->headers ? fixture_header : NULL,
                          .data = fixture};

        if (message)
                return mcp_handle(fixture->mcp, &input);
        ear_answer(&ear->outlet, 400, refusal, strlen(refusal));
        return NULL;
}

/* Turns the loop until the answer is there. */
static inline JsonObject *await(Fixture *fixture, Ear *ear)
{
        int64_t until = g_get_monotonic_time() + PATIENCE_USEC;

        while (!ear->answer && g_get_monotonic_time() < until)
                fixture_turn(fixture);
        g_assert_nonnull(ear->answer);
        return ear->answer;
}

/* The same until count messages were said. */
static inline JsonObject *await_said(Fixture *fixture, Ear *ear, unsigned count)
{
        int64_t until = g_get_monotonic_time() + PATIENCE_USEC;

        while (ear->said->len < count && g_get_monotonic_time() < until)
                fixture_turn(fixture);
        g_assert_cmpuint(ear->said->len, >=, count);
        return ear->said->pdata[count - 1];
}

/* The member at a path such as "result.content.0.text", or NULL. */
static inline JsonNode *at(JsonObject *object, const char *path)
{
        g_auto(GStrv) steps = g_strsplit(path, ">", -1);
        JsonNode *node = NULL;

        for (unsigned i = 0; steps[i]; i++) {
                if (node && JSON_NODE_HOLDS_ARRAY(node)) {
                        JsonArray *array = json_node_get_array(node);
                        guint64 index = g_ascii_strtoull(steps[i], NULL, 10);
                        node = index < json_array_get_length(array)
                                       ? json_array_get_element(array, (guint)index)
                                       : NULL;
                } else {
                        JsonObject *inner = !node ? object
                                            : JSON_NODE_HOLDS_OBJECT(node)
                                                    ? json_node_get_object(node)
                                                    : NULL;
                        node = inner ? json_object_get_member(inner, steps[i]) : NULL;
                }
                if (!node)
                        return NULL;
        }
        return node;
}

/* What stands at a path, printed; "(none)" if nothing does. */
#define assert_at(object, path, expected)                                                          \
        do {                                                                                       \
                JsonNode *node_ = at((object), (path));                                            \
                g_autofree char *text_ = node_ ? json_print_node(node_) : g_strdup("(none)");      \
                g_strdelimit(text_, "\"", '\'');                                                   \
                g_assert_cmpstr(text_, ==, (expected));                                            \
        } while (0)

/* _meta of a client that can do all, and of one that can do nothing. */
#define META_ALL                                                                                   \
        "'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28',"                         \
        "'io.modelcontextprotocol/clientCapabilities':{'elicitation':{},'sampling':{},'roots':{}}}"
#define META                                                                                       \
        "'_meta':{'io.modelcontextprotocol/protocolVersion':'2026-07-28',"                         \
        "'io.modelcontextprotocol/clientCapabilities':{}}"

/* One request of the stateless era and its answer. */
static inline JsonObject *ask_stateless(Fixture *fixture, Ear *ear, const char *method,
                                        const char *params)
{
        g_autofree char *text = g_strdup_printf(
                "{'jsonrpc':'2.0','id':1,'method':'%s','params':{%s}}", method, params);

        (void)say(fixture, ear, NULL, fixture->connection, text);
        return await(fixture, ear);
}

/* One request of the older era. */
static inline JsonObject *ask_session(Fixture *fixture, Ear *ear, Session *session,
                                      const char *method, const char *params)
{
        g_autofree char *text = g_strdup_printf(
                "{'jsonrpc':'2.0','id':1,'method':'%s','params':{%s}}", method, params);

        (void)say(fixture, ear, session, fixture->connection, text);
        return await(fixture, ear);
}

/* A session of the older era with these capabilities. */
static inline Session *begin(Fixture *fixture, const char *capabilities)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Ear) ear = ear_new();
        Session *session =
                mcp_begin_session(fixture->mcp, connection_id(fixture->connection), &error);
        g_autofree char *params = g_strdup_printf(
                "'protocolVersion':'2025-11-25','capabilities':%s,'clientInfo':{'name':'t','version':'1'}",
                capabilities);

        g_assert_no_error(error);
        ask_session(fixture, ear, session, "initialize", params);
        (void)say(fixture, ear, session, fixture->connection,
                  "{'jsonrpc':'2.0','method':'notifications/initialized'}");
        return session;
}
