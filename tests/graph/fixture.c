/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See fixture.h. */
#include "graph/fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>

#include "folder.h"
#include "tools/schema.h"

static Store *open_store(const char *folder, StoreKind kind, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(GError) error = NULL;
        StoreOptions options = {.kind = kind, .path = path, .cache_mb = 4};
        Store *store = store_new(&options, &error);

        g_assert_no_error(error);
        return store;
}

static void open_with_key(Store *store)
{
        static const uint8_t key[STORE_KEY_BYTES] = {1, 2, 3};
        g_autoptr(GError) error = NULL;

        store_open(store, key, /* create= */ true, &error);
        g_assert_no_error(error);
}

Fixture *fixture_new(void)
{
        Fixture *fixture = g_new0(Fixture, 1);
        g_autoptr(GError) error = NULL;

        fixture->folder = g_dir_make_tmp("ouroboros-graph-XXXXXX", &error);
        g_assert_no_error(error);
        fixture->vault = open_store(fixture->folder, STORE_VAULT, "vault.db");
        fixture->ops = open_store(fixture->folder, STORE_OPS, "ops.db");
        fixture->graph = graph_new(fixture->vault);
        open_with_key(fixture->vault);
        open_with_key(fixture->ops);
        fixture->human = access_new_human("Ada", "test");
        fixture->pipeline = access_new_system("pipeline");
        fixture->agent = access_new_agent("conn-a", "Agent A", "sess-1", NULL);
        fixture->other = access_new_agent("conn-b", "Agent B", "sess-2", NULL);
        fixture->root_id = id_new("root");
        graph_start(fixture->graph, &error);
        g_assert_no_error(error);
        g_autofree char *sql = g_strdup_printf(
                "INSERT INTO roots VALUES ('%s', '/docs', 'general', '[]', '[]', '[]', 1, 1, 0)",
                fixture->root_id);
        fixture_sql(fixture->vault, fixture->human, sql);
        return fixture;
}

void fixture_free(Fixture *fixture)
{
        store_close(fixture->vault);
        store_close(fixture->ops);
        store_free(fixture->vault);
        store_free(fixture->ops);
        graph_free(fixture->graph);
        access_unref(fixture->human);
        access_unref(fixture->pipeline);
        access_unref(fixture->agent);
        access_unref(fixture->other);
        folder_remove(fixture->folder);
        g_free(fixture->folder);
        g_free(fixture->root_id);
        g_free(fixture);
}

/* ---- documents ---- */

typedef struct NewText {
        Fixture *fixture;
        char *document_id;
        const char *path, *text; /* path NULL: a newer text of the document */
        char *sha256;
} NewText;

static GVariant *lines_of(const char *text)
{
        GVariantBuilder builder;
        unsigned character = 0;

        g_variant_builder_init(&builder, G_VARIANT_TYPE("a(uu)"));
        g_variant_builder_add(&builder, "(uu)", 0, 0);
        for (const char *at = text; *at; at = g_utf8_next_char(at)) {
                character++;
                if (*at == '\n' && at[1])
                        g_variant_builder_add(&builder, "(uu)", 0, character);
        }
        return g_variant_ref_sink(g_variant_builder_end(&builder));
}

static void insert_text(Db *db, const NewText *new_text)
{
        g_autoptr(GVariant) map = lines_of(new_text->text);
        g_autoptr(GError) error = NULL;
        Statement *statement = db_statement(
                db,
                "INSERT OR IGNORE INTO document_text (sha256, text, chars, map, structure) "
                "VALUES (:sha, :text, :chars, :map, x'')",
                &error);

        g_assert_no_error(error);
        statement_bind_text(statement, ":sha", new_text->sha256);
        statement_bind_text(statement, ":text", new_text->text);
        statement_bind_int(statement, ":chars", g_utf8_strlen(new_text->text, -1));
        statement_bind_blob(statement, ":map", g_variant_get_data(map), g_variant_get_size(map));
        g_assert_true(statement_run(statement, &error));
}

static void insert_document(Db *db, const NewText *new_text)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *entity = NULL;
        Statement *statement = db_statement(
                db,
                "INSERT INTO documents VALUES (:id, :root, :path, :sha, 'text/plain', 1, 0, 1, 0)",
                &error);

        g_assert_no_error(error);
        statement_bind_text(statement, ":id", new_text->document_id);
        statement_bind_text(statement, ":root", new_text->fixture->root_id);
        statement_bind_text(statement, ":path", new_text->path);
        statement_bind_text(statement, ":sha", new_text->sha256);
        g_assert_true(statement_run(statement, &error));
        graph_document_entity(db, new_text->document_id, new_text->path, &entity, &error);
        g_assert_no_error(error);
}

static bool work_text(Db *db, void *data, GError **error)
{
        NewText *new_text = data;
        Statement *statement;

        insert_text(db, new_text);
        if (new_text->path) {
                insert_document(db, new_text);
                return true;
        }
        statement = db_statement(db, "UPDATE documents SET sha256 = :sha WHERE id = :id", error);
        g_assert_nonnull(statement);
        statement_bind_text(statement, ":sha", new_text->sha256);
        statement_bind_text(statement, ":id", new_text->document_id);
        return statement_run(statement, error) &&
               graph_mark_stale(db, new_text->document_id, new_text->sha256, error);
}

static void write_text(NewText *new_text)
{
        g_autoptr(GError) error = NULL;
        WriteOptions options = {.actor = access_actor(new_text->fixture->pipeline)};

        new_text->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, new_text->text, -1);
        store_write(new_text->fixture->vault, &options, work_text, new_text, &error);
        g_assert_no_error(error);
        g_free(new_text->sha256);
}

char *fixture_document(Fixture *fixture, const char *path, const char *text)
{
        NewText new_text = {fixture, id_new("doc"), path, text, NULL};

        write_text(&new_text);
        return new_text.document_id;
}

void fixture_rewrite(Fixture *fixture, const char *document_id, const char *text)
{
        NewText new_text = {fixture, (char *)document_id, NULL, text, NULL};

        write_text(&new_text);
}

static bool work_entity(Db *db, void *data, GError **error)
{
        g_autofree char *id = id_new("ent"), *key = text_key(data);
        Statement *statement =
                db_statement(db,
                             "INSERT OR IGNORE INTO entities (id, name, name_key, type, created_at)"
                             " VALUES (:id, :name, :key, 'thing', :now)",
                             error);

        g_assert_nonnull(statement);
        statement_bind_text(statement, ":id", id);
        statement_bind_text(statement, ":name", data);
        statement_bind_text(statement, ":key", key);
        statement_bind_int(statement, ":now", clock_now());
        return statement_run(statement, error);
}

void fixture_entity(Fixture *fixture, const char *name)
{
        g_autoptr(GError) error = NULL;
        WriteOptions options = {.actor = access_actor(fixture->human)};

        store_write(fixture->vault, &options, work_entity, (void *)name, &error);
        g_assert_no_error(error);
}

/* ---- tools ---- */

static JsonObject *answer_of(const Tool *tool, void *room, const Access *access, JsonObject *args,
                             GError **error)
{
        JsonSink sink;

        if (tool->handler)
                return tool->handler(room, access, args, error);
        json_sink_init(&sink);
        if (tool->teller(room, access, args, &sink.sink, error))
                return sink.root;
        json_object_unref(sink.root);
        return NULL;
}

static JsonObject *call_tool(ToolTable table, const Access *access, const char *tool,
                             const char *text, GError **error)
{
        g_autoptr(JsonObject) args = json_parse_object(text, -1, error);

        g_assert_no_error(*error);
        for (const Tool *at = table.tools; at->name; at++)
                if (strcmp(at->name, tool) == 0)
                        return answer_of(at, table.room, access, args, error);
        g_error("no tool %s", tool);
}

/* The answer must fit the tool's output schema. */
static void check_answer(const char *tool, JsonObject *answer)
{
        g_autofree char *path = g_strdup_printf("/org/ouroboros/schema/%s.json", tool);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes =
                g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
        g_autoptr(JsonObject) document = NULL;
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        Schema *schema;

        g_assert_no_error(error);
        document = json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes),
                                     &error);
        g_assert_no_error(error);
        schema = schema_compile(json_object_get_member(document, "output"), &error);
        g_assert_no_error(error);
        json_node_set_object(node, answer);
        if (!schema_check(schema, node, /* fill= */ false, &error))
                g_error("%s: the answer does not fit its schema: %s", tool, error->message);
        schema_free(schema);
}

JsonObject *fixture_call(ToolTable table, const Access *access, const char *tool,
                         const char *format, ...)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        JsonObject *result;
        va_list args;

        va_start(args, format);
        text = g_strdup_vprintf(format, args);
        va_end(args);
        result = call_tool(table, access, tool, text, &error);
        if (!result)
                g_error("%s %s: %s", tool, text, error->message);
        check_answer(tool, result);
        return result;
}

void fixture_fail(ToolTable table, const Access *access, const char *call, OuroborosError code,
                  const char *words)
{
        g_autoptr(GError) error = NULL;
        const char *args = strchr(call, ' ');
        g_autofree char *tool = g_strndup(call, (size_t)(args - call));

        if (call_tool(table, access, tool, args, &error))
                g_error("%.300s: should have failed with %s", call, error_row(code)->name);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        if (!strstr(error->message, words))
                g_error("\"%s\" does not say \"%s\"", error->message, words);
}

/* ---- SQL ---- */

static bool work_sql(Db *db, void *data, GError **error)
{
        Statement *statement = db_statement(db, data, error);

        return statement && statement_run(statement, error);
}

void fixture_sql(Store *store, const Access *access, const char *sql)
{
        g_autoptr(GError) error = NULL;
        WriteOptions options = {.actor = access_actor(access)};

        store_write(store, &options, work_sql, (void *)sql, &error);
        g_assert_no_error(error);
}

char *fixture_select(Store *store, const char *sql)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(store, NULL, &error);
        Statement *statement = db ? db_statement(db, sql, &error) : NULL;
        char *result = NULL;

        g_assert_no_error(error);
        if (statement_step(statement, &error) == STEP_ROW)
                result = g_strdup(statement_text(statement, 0));
        g_assert_no_error(error);
        return result;
}

static void dump_table(Db *db, const char *table, GString *dump)
{
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) columns = db_table_columns(db, table, &error);
        g_autoptr(GString) sql = g_string_new("SELECT ");
        Statement *statement;

        g_assert_no_error(error);
        for (unsigned i = 0; columns[i]; i++)
                g_string_append_printf(sql, "%squote(%s)", i > 0 ? " || ', ' || " : "", columns[i]);
        g_string_append_printf(sql, " FROM %s ORDER BY 1", table);
        statement = db_statement(db, sql->str, &error);
        g_assert_no_error(error);
        g_string_append_printf(dump, "%s:\n", table);
        while (statement_step(statement, &error) == STEP_ROW)
                g_string_append_printf(dump, "  %s\n", statement_text(statement, 0));
        g_assert_no_error(error);
}

char *fixture_dump(Store *store)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(store, NULL, &error);
        g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GString) dump = g_string_new(NULL);
        Statement *statement;

        g_assert_no_error(error);
        statement = db_statement(
                db, "SELECT name FROM table_kinds WHERE kind = 'user' ORDER BY name", &error);
        while (statement_step(statement, &error) == STEP_ROW)
                g_ptr_array_add(tables, g_strdup(statement_text(statement, 0)));
        for (unsigned i = 0; i < tables->len; i++)
                dump_table(db, tables->pdata[i], dump);
        return g_string_free(g_steal_pointer(&dump), FALSE);
}
