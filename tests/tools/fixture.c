/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"
#include "folder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const uint8_t key[STORE_KEY_BYTES] = {7, 1, 9};

static Store *make_store(Fixture *fixture, StoreKind kind, const char *name)
{
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        g_autoptr(GError) error = NULL;
        StoreOptions options = {
                .kind = kind, .path = path, .loop = service_loop(fixture->service), .cache_mb = 4};
        Store *store = store_new(&options, &error);

        g_assert_no_error(error);
        return store;
}

static void make_rooms(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;
        GateOptions gate = {.ops = fixture->ops,
                            .vault = fixture->vault,
                            .paths = fixture->paths,
                            .config = fixture->config,
                            .loop = service_loop(fixture->service),
                            .pool = fixture->pool};

        fixture->gate = gate_new(&gate, &error);
        g_assert_no_error(error);
        fixture->journal = journal_new(fixture->vault, fixture->ops);
        fixture->graph = graph_new(fixture->vault);
        fixture->search = search_new(fixture->vault);
        fixture->reading = reading_new(service_loop(fixture->service), "/nowhere/ouroboros-extract",
                                       1, &error);
        g_assert_no_error(error);
        DocumentsOptions documents = {.vault = fixture->vault,
                                      .graph = fixture->graph,
                                      .paths = fixture->paths,
                                      .config = fixture->config,
                                      .service = fixture->service,
                                      .reading = fixture->reading};
        fixture->documents = documents_new(&documents, &error);
        g_assert_no_error(error);
}

static void make_tools(Fixture *fixture)
{
        const ToolTable tables[] = {
                graph_tools(fixture->graph),
                documents_tools(fixture->documents),
                documents_mining_tools(fixture->documents),
                documents_autolink_tools(fixture->documents),
                search_tools(fixture->search),
                journal_tools(fixture->journal),
                gate_tools(fixture->gate),
        };

        fixture->tools = tools_new(tables, G_N_ELEMENTS(tables));
        tools_set_gate(fixture->tools, fixture->gate);
        tools_check_outputs(fixture->tools);
}

void fixture_up(Fixture *fixture, const void *data)
{
        static const ServiceHandlers handlers;
        g_autoptr(GError) error = NULL;

        fixture->folder = g_dir_make_tmp("ouroboros-tools-XXXXXX", &error);
        g_assert_no_error(error);
        g_setenv("HOME", fixture->folder, TRUE);
        g_setenv("XDG_DATA_HOME", fixture->folder, TRUE);
        g_setenv("XDG_RUNTIME_DIR", fixture->folder, TRUE);
        g_setenv("OUROBOROS_CONFIG_PATH", fixture->folder, TRUE);
        fixture->paths = paths_new(INSTANCE_USER, &error);
        g_assert_no_error(error);
        fixture->config = config_load(INSTANCE_USER);
        fixture->service = service_new(&handlers, &error);
        g_assert_no_error(error);
        fixture->pool = worker_pool_new(service_loop(fixture->service), "test", 2, &error);
        g_assert_no_error(error);
        fixture->vault = make_store(fixture, STORE_VAULT, "vault.db");
        fixture->ops = make_store(fixture, STORE_OPS, "ops.db");
        make_rooms(fixture);
        store_open(fixture->vault, key, /* create= */ true, &error);
        g_assert_no_error(error);
        store_open(fixture->ops, key, /* create= */ true, &error);
        g_assert_no_error(error);
        graph_start(fixture->graph, &error);
        g_assert_no_error(error);
        gate_load(fixture->gate, &error);
        g_assert_no_error(error);
        make_tools(fixture);
        fixture->human = access_new_human("Ada", "cli-1");
        fixture_turn(fixture);
}

void fixture_down(Fixture *fixture, const void *data)
{
        fixture_turn(fixture);
        documents_stop(fixture->documents);
        gate_stop(fixture->gate);
        worker_pool_free(fixture->pool);
        documents_free(fixture->documents);
        reading_free(fixture->reading);
        tools_free(fixture->tools);
        search_free(fixture->search);
        graph_free(fixture->graph);
        journal_free(fixture->journal);
        gate_free(fixture->gate);
        store_free(fixture->vault);
        store_free(fixture->ops);
        access_unref(fixture->human);
        service_free(fixture->service);
        config_unref(fixture->config);
        paths_free(fixture->paths);
        folder_remove(fixture->folder);
        g_free(fixture->folder);
}

void fixture_turn(Fixture *fixture)
{
        sd_event *loop = service_loop(fixture->service);

        do
                while (sd_event_run(loop, 0) > 0)
                        ;
        while (worker_pool_pending(fixture->pool) > 0);
        while (sd_event_run(loop, 0) > 0)
                ;
}

static JsonObject *parse(const char *args)
{
        g_autofree char *text = g_strdelimit(g_strdup(args), "'", '"');
        g_autoptr(GError) error = NULL;
        JsonObject *object = json_parse_object(text, -1, &error);

        g_assert_no_error(error);
        return object;
}

static JsonObject *call(Fixture *fixture, const Access *access, const char *tool, const char *text)
{
        g_autoptr(JsonObject) args = parse(text);
        g_autoptr(GError) error = NULL;
        JsonObject *answer = tools_call(fixture->tools, access, tool, args, &error);

        g_assert_no_error(error);
        g_assert_nonnull(answer);
        return answer;
}

JsonObject *fixture_call(Fixture *fixture, const Access *access, const char *tool,
                         const char *format, ...)
{
        va_list list;

        va_start(list, format);
        g_autofree char *text = g_strdup_vprintf(format, list);
        va_end(list);
        return call(fixture, access, tool, text);
}

char *fixture_ask(Fixture *fixture, const Access *access, const char *tool, const char *format, ...)
{
        va_list list;

        va_start(list, format);
        g_autofree char *text = g_strdup_vprintf(format, list);
        va_end(list);
        g_autoptr(JsonObject) answer = call(fixture, access, tool, text);
        return json_print_object(answer);
}

void fixture_fail(Fixture *fixture, const Access *access, const char *tool, const char *args,
                  const char *expected)
{
        g_autoptr(JsonObject) object = parse(args);
        g_autoptr(GError) error = NULL;

        g_assert_null(tools_call(fixture->tools, access, tool, object, &error));
        g_auto(GStrv) words = g_strsplit(expected, " ", 2);
        g_assert_nonnull(error);
        g_assert_cmpstr(error_row(error_code(error))->name, ==, words[0]);
        if (!strstr(error->message, words[1]))
                g_error("\"%s\" should say \"%s\"", error->message, words[1]);
}

Access *fixture_connect(Fixture *fixture, const char *name, const char *more)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) minted = fixture_call(fixture, fixture->human, "mint_connection",
                                                    "{'name': '%s'%s}", name, more);
        g_autoptr(Connection) connection = gate_connection(
                fixture->gate, json_member_string(minted, "connection_id", ""), &error);

        g_assert_no_error(error);
        return access_new_connection(connection, "sess-0123456789abcdef0123456789abcdef");
}

static bool run_sql(Db *db, void *data, GError **error)
{
        return db_execute(db, data, error);
}

void fixture_sql(Fixture *fixture, const char *sql)
{
        g_autoptr(Access) system = access_new_system("pipeline");
        WriteOptions options = {.actor = access_actor(system)};
        g_autoptr(GError) error = NULL;

        store_write(fixture->vault, &options, run_sql, (void *)(uintptr_t)sql, &error);
        g_assert_no_error(error);
}

char *fixture_document(Fixture *fixture, const char *path, const char *text)
{
        g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
        g_auto(GStrv) parts = g_strsplit(text, "'", -1);
        g_autofree char *literal = g_strjoinv("''", parts);
        char *id = id_new("doc");
        g_autofree char *sql = g_strdup_printf(
                "INSERT OR IGNORE INTO roots VALUES ('root-00000000000000000000000000000001',"
                " '/tmp/files', 'general', '[]', '[]', '[]', 1000000, 1, 1);"
                "INSERT INTO documents VALUES ('%s', 'root-00000000000000000000000000000001', '%s',"
                " '%s', 'text/plain', %zu, 1, 1, 1);"
                "INSERT OR IGNORE INTO document_text VALUES ('%s', %ld, NULL, '%s', x'', x'', '%s');"
                "INSERT INTO document_states (document_id, sha256, scanned, searchable, updated_at)"
                " VALUES ('%s', '%s', 1, 1, 1)",
                id, path, sha256, strlen(text), sha256, g_utf8_strlen(text, -1), path, literal, id,
                sha256);

        fixture_sql(fixture, sql);
        return id;
}
