/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "works.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- life ---- */

static void load_repository(Works *works, const char *id)
{
        g_autoptr(Db) db = store_reader(works->vault, NULL, NULL);
        g_autoptr(GPtrArray) list = repositories_load(db, NULL);

        works->repository = repository_unref(works->repository);
        for (unsigned i = 0; i < list->len; i++)
                if (g_str_equal(((Repository *)list->pdata[i])->id, id))
                        works->repository = repository_ref(list->pdata[i]);
        g_assert_nonnull(works->repository);
}

char *works_add(Works *works, const char *folder, const RepositoryRequest *request)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *path = tree_path(works->tree, folder);
        RepositoryRequest whole = *request;

        whole.path = path;
        char *id = repository_add(works->vault, works->human, &whole, &error);
        g_assert_no_error(error);
        load_repository(works, id);
        return id;
}

void works_setup(Works *works, const void *data)
{
        static const uint8_t key[STORE_KEY_BYTES] = {4, 2};
        g_autoptr(GError) error = NULL;

        works->tree = tree_new();
        g_autofree char *path = g_build_filename(works->tree->temp, "vault.db", NULL);
        StoreOptions options = {.kind = STORE_VAULT, .path = path, .cache_mb = 8};
        works->vault = store_new(&options, &error);
        g_assert_no_error(error);
        works->graph = graph_new(works->vault);
        g_assert_true(store_open(works->vault, key, /* create= */ true, &error));
        works->human = access_new_human("tester", NULL);
        works->syntax = syntax_new();
        g_free(works_add(works, "", &(RepositoryRequest){.name = "works"}));
}

void works_teardown(Works *works, const void *data)
{
        works->repository = repository_unref(works->repository);
        works->syntax = syntax_free(works->syntax);
        works->human = access_unref(works->human);
        store_close(works->vault);
        works->graph = graph_free(works->graph);
        works->vault = store_free(works->vault);
        works->tree = tree_free(works->tree);
}

/* ---- the store ---- */

void works_write(Works *works, StoreWork work, void *data)
{
        g_autoptr(GError) error = NULL;
        WriteOptions options = {.actor = access_actor(works->human)};

        (void)store_write(works->vault, &options, work, data, &error);
        g_assert_no_error(error);
}

static bool run_sql(Db *db, void *data, GError **error)
{
        return db_execute(db, data, error);
}

void works_sql(Works *works, const char *sql)
{
        works_write(works, run_sql, (void *)sql);
}

int64_t works_count(Works *works, const char *sql)
{
        g_autoptr(Db) db = store_reader(works->vault, NULL, NULL);
        Statement *query = db_statement(db, sql, NULL);

        g_assert_nonnull(query);
        g_assert_cmpint(statement_step(query, NULL), ==, STEP_ROW);
        return statement_int(query, 0);
}

char *works_text(Works *works, const char *sql)
{
        g_autoptr(Db) db = store_reader(works->vault, NULL, NULL);
        Statement *query = db_statement(db, sql, NULL);

        g_assert_nonnull(query);
        return statement_step(query, NULL) == STEP_ROW ? g_strdup(statement_text(query, 0)) : NULL;
}

/* ---- rounds ---- */

Sync *works_look(Works *works, const char *const *only)
{
        g_autoptr(GError) error = NULL;
        SyncOptions options = {.vault = works->vault,
                               .access = works->human,
                               .repository = works->repository,
                               .only = only,
                               .max_file_bytes = WORKS_FILE_BYTES_MAX,
                               .stopping = &works->stopping};
        Sync *sync = sync_new(&options);

        (void)sync_look(sync, &error);
        g_assert_no_error(error);
        return sync;
}

void *works_unit(Works *works, const char *path, const char *text, size_t *ret_bytes, Unit *ret)
{
        g_autoptr(GError) error = NULL;
        SyntaxFile file = {text, strlen(text), path, unit_language_of(path)};
        const Builder *builder = syntax_read(works->syntax, &file, NULL, &error);

        g_assert_no_error(error);
        *ret_bytes = builder_bytes(builder);
        void *block = g_malloc0(*ret_bytes);
        builder_write(builder, block);
        g_assert_true(unit_open(block, *ret_bytes, ret, &error));
        return block;
}

static void read_file(Works *works, ParseBatch *batch, ParseFile *file)
{
        g_autofree char *bytes = g_malloc(WORKS_FILE_BYTES_MAX);
        ssize_t length = file_read_at(file->fd, bytes, WORKS_FILE_BYTES_MAX, 0);

        g_assert_cmpint(length, >=, 0);
        file->hash = unit_hash(bytes, (size_t)length);
        file->hashed = true;
        SyntaxFile source = {bytes, (size_t)length, file->name, file->language};
        const Builder *builder = syntax_read(works->syntax, &source, NULL, &file->error);
        if (!builder)
                return;
        ParseMap map = {.bytes = builder_bytes(builder)};
        map.at = mmap(NULL, map.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        g_assert_true(map.at != MAP_FAILED);
        builder_write(builder, map.at);
        g_array_append_val(batch->maps, map);
        file->block = map.at;
        file->bytes = map.bytes;
        g_assert_true(unit_open(map.at, map.bytes, &file->unit, NULL));
}

void works_read(Works *works, ParseBatch *batch)
{
        for (unsigned i = 0; i < batch->files->len; i++) {
                ParseFile *file = &g_array_index(batch->files, ParseFile, i);

                if (file->fd >= 0 && !file->error)
                        read_file(works, batch, file);
        }
}

SyncReport works_finish(Works *works, Sync *sync)
{
        g_autoptr(GError) error = NULL;
        SyncReport report;
        ParseBatch *batch;

        while ((batch = sync_next(sync, &error))) {
                works_read(works, batch);
                (void)sync_take(sync, batch, &error);
                g_assert_no_error(error);
        }
        g_assert_no_error(error);
        (void)sync_finish(sync, &error);
        g_assert_no_error(error);
        sync_report(sync, &report);
        return report;
}

SyncReport works_sync(Works *works, const char *const *only)
{
        g_autoptr(Sync) sync = works_look(works, only);

        return works_finish(works, sync);
}

/* ---- questions ---- */

JsonObject *works_ask(Works *works, const Scope *scope, QueryKind ask, const char *args,
                      GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(JsonObject) given = json_parse_object(args, -1, &problem);
        g_autoptr(Db) db = store_reader(works->vault, scope, &problem);
        g_autoptr(JsonObject) answer = json_object_new();

        g_assert_no_error(problem);
        Query query = {.db = db,
                       .args = given,
                       .kind = json_member_string(given, "kind", "test"),
                       .repository_id = args_string(given, "repository"),
                       .entity_id = args_string(given, "entity_id"),
                       .limit = (unsigned)json_member_int(given, "limit", 50),
                       .after = args_string(given, "after")};
        return ask(&query, answer, error) ? g_steal_pointer(&answer) : NULL;
}
