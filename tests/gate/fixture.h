/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A gate on two databases in a folder of its own, with a loop that the test turns. */
#pragma once

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "folder.h"
#include "gate/room.h"
#include "store/read-text.h"

typedef struct Fixture {
        char *folder;
        Paths paths;
        Config *config;
        sd_event *loop;
        WorkerPool *pool;
        Store *ops, *vault;
        Gate *gate;
        Access *human;
} Fixture;

static inline Store *fixture_store(Fixture *fixture, StoreKind kind, const char *name)
{
        static const uint8_t key[STORE_KEY_BYTES] = {7, 8, 9};
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        g_autoptr(GError) error = NULL;
        StoreOptions options = {.kind = kind, .path = path, .loop = fixture->loop, .cache_mb = 4};
        Store *store = store_new(&options, &error);

        g_assert_no_error(error);
        if (kind == STORE_OPS) {
                GateOptions gate = {.ops = store,
                                    .vault = fixture->vault,
                                    .paths = &fixture->paths,
                                    .config = fixture->config,
                                    .loop = fixture->loop,
                                    .pool = fixture->pool};

                fixture->gate = gate_new(&gate, &error);
                g_assert_no_error(error);
        }
        store_open(store, key, /* create= */ true, &error);
        g_assert_no_error(error);
        return store;
}

/* Lets the loop do what has come to it, and the workers what it asks of them. */
static inline void fixture_turn(Fixture *fixture)
{
        do
                while (sd_event_run(fixture->loop, 0) > 0)
                        ;
        while (worker_pool_pending(fixture->pool) > 0);
        while (sd_event_run(fixture->loop, 0) > 0)
                ;
}

static inline void fixture_open(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(sd_event_new(&fixture->loop), >=, 0);
        fixture->pool = worker_pool_new(fixture->loop, "test", 2, &error);
        g_assert_no_error(error);
        fixture->vault = fixture_store(fixture, STORE_VAULT, "vault.db");
        fixture->ops = fixture_store(fixture, STORE_OPS, "ops.db");
        gate_load(fixture->gate, &error);
        g_assert_no_error(error);
}

static inline void fixture_close(Fixture *fixture)
{
        fixture_turn(fixture);
        gate_stop(fixture->gate);
        fixture->pool = worker_pool_free(fixture->pool);
        fixture->gate = gate_free(fixture->gate);
        fixture->ops = store_free(fixture->ops);
        fixture->vault = store_free(fixture->vault);
        fixture->loop = sd_event_unref(fixture->loop);
}

static inline void fixture_up(Fixture *fixture, const void *data)
{
        if (!g_getenv("OUROBOROS_CONFIG_PATH"))
                g_setenv("OUROBOROS_CONFIG_PATH", "/nonexistent", TRUE);
        fixture->folder = g_dir_make_tmp("ouroboros-gate-XXXXXX", NULL);
        g_assert_nonnull(fixture->folder);
        fixture->paths = (Paths){.instance = data ? INSTANCE_SYSTEM : INSTANCE_USER,
                                 .data = fixture->folder,
                                 .vault = fixture->folder,
                                 .runtime = fixture->folder};
        fixture->config = config_load(INSTANCE_USER);
        fixture->human = access_new_human("Ada", "cli-1");
        fixture_open(fixture);
}

static inline void fixture_down(Fixture *fixture, const void *data)
{
        fixture_close(fixture);
        access_unref(fixture->human);
        config_unref(fixture->config);
        folder_remove(fixture->folder);
        g_free(fixture->folder);
}

#define FIXTURE_TEST(name, function)                                                               \
        g_test_add(name, Fixture, NULL, fixture_up, function, fixture_down)
#define SYSTEM_TEST(name, function)                                                                \
        g_test_add(name, Fixture, "system", fixture_up, function, fixture_down)

/* ---- tools ---- */

static inline const Tool *fixture_tool(Fixture *fixture, const char *name)
{
        const Tool *tool = gate_tools(fixture->gate).tools;

        while (tool->name && !g_str_equal(tool->name, name))
                tool++;
        g_assert_cmpstr(tool->name, ==, name);
        return tool;
}

/* args: JSON with ' in place of ". */
static inline JsonObject *fixture_args(const char *args)
{
        g_autofree char *text = g_strdelimit(g_strdup(args), "'", '"');
        g_autoptr(GError) error = NULL;
        JsonObject *object = json_parse_object(text, -1, &error);

        g_assert_no_error(error);
        return object;
}

static inline JsonObject *try_call(Fixture *fixture, const Access *access, const char *name,
                                   const char *args, GError **error)
{
        g_autoptr(JsonObject) object = fixture_args(args);

        return fixture_tool(fixture, name)->handler(fixture->gate, access, object, error);
}

static inline JsonObject *call(Fixture *fixture, const char *name, const char *args)
{
        g_autoptr(GError) error = NULL;
        JsonObject *answer = try_call(fixture, fixture->human, name, args, &error);

        g_assert_no_error(error);
        return answer;
}

static inline void call_fails(Fixture *fixture, const char *name, const char *args,
                              OuroborosError code, const char *words)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer = try_call(fixture, fixture->human, name, args, &error);

        g_assert_null(answer);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        if (!strstr(error->message, words))
                g_error("\"%s\" does not say \"%s\"", error->message, words);
}

/* The same with the id of a connection in the place of %s. */
static inline JsonObject *call_on(Fixture *fixture, const char *name, const char *format,
                                  const char *id)
{
        g_autoptr(GString) args = g_string_new(format);

        g_string_replace(args, "%s", id, 0);
        return call(fixture, name, args->str);
}

/* ---- connections ---- */

/* Mints one and gives its id, which the caller frees. */
static inline char *mint(Fixture *fixture, const char *args)
{
        g_autoptr(JsonObject) answer = call(fixture, "mint_connection", args);

        return g_strdup(json_member_string(answer, "connection_id", NULL));
}

/* The bearer in its file; the caller frees. */
static inline char *bearer_of(Fixture *fixture, const char *id)
{
        g_autofree char *path = g_build_filename(fixture->folder, "bearers", id, NULL);
        g_autoptr(GError) error = NULL;
        char *text = NULL;

        g_file_get_contents(path, &text, NULL, &error);
        g_assert_no_error(error);
        return g_strchomp(text);
}

static inline void is_let_in(Fixture *fixture, const char *bearer)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection =
                gate_authenticate(fixture->gate, bearer, "127.0.0.1", &error);

        g_assert_no_error(error);
        g_assert_nonnull(connection);
}

/* The words of the refusal; the caller frees. */
static inline char *is_refused(Fixture *fixture, const char *bearer, const char *peer,
                               OuroborosError code)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection = gate_authenticate(fixture->gate, bearer, peer, &error);

        g_assert_null(connection);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        return g_strdup(error->message);
}

/* A caller that is this connection as it is now. */
static inline Access *fixture_access(Fixture *fixture, const char *id, const char *session)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection = gate_connection(fixture->gate, id, &error);

        g_assert_no_error(error);
        return access_new_connection(connection, session);
}

/* ---- databases ---- */

static inline bool fixture_run(Db *db, void *data, GError **error)
{
        return db_execute(db, data, error);
}

static inline bool try_sql(Store *store, const Actor *actor, const char *sql, GError **error)
{
        WriteOptions options = {.actor = actor};

        return store_write(store, &options, fixture_run, (void *)(uintptr_t)sql, error);
}

static inline void must_sql(Fixture *fixture, Store *store, const char *sql)
{
        g_autoptr(GError) error = NULL;

        try_sql(store, access_actor(fixture->human), sql, &error);
        g_assert_no_error(error);
}

/* An entity of the vault, by a digit. */
#define ENT(digit) "ent-" digit "0000000000000000000000000000000"

static inline void add_entity(Fixture *fixture, const char *id, const char *name)
{
        g_autofree char *key = text_key(name);
        g_autofree char *sql =
                g_strdup_printf("INSERT INTO entities (id, name, name_key, type, created_at) VALUES"
                                " ('%s', '%s', '%s', 'thing', 1)",
                                id, name, key);

        must_sql(fixture, fixture->vault, sql);
}
