/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scope/world.h"

#include "documents/documents-room.h"
#include "folder.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#define SETTLE_SEC 60

static const uint8_t key[STORE_KEY_BYTES] = {7, 1, 4};

static void set_folders(const char *folder)
{
        g_setenv("HOME", folder, TRUE);
        g_setenv("XDG_DATA_HOME", folder, TRUE);
        g_setenv("XDG_RUNTIME_DIR", folder, TRUE);
        g_setenv("OUROBOROS_CONFIG_PATH", folder, TRUE);
}

static void open_stores(World *world)
{
        g_autoptr(GError) error = NULL;
        Rooms *rooms = world->rooms;

        store_open(rooms->vault, key, /* create= */ true, &error);
        g_assert_no_error(error);
        store_open(rooms->ops, key, /* create= */ true, &error);
        g_assert_no_error(error);
        gate_load(rooms->gate, &error);
        g_assert_no_error(error);
        graph_start(rooms->graph, &error);
        g_assert_no_error(error);
}

static void close_stores(World *world)
{
        store_close(world->rooms->vault);
        store_close(world->rooms->ops);
}

World *world_new(const char *folder, Service *service)
{
        World *world = g_new0(World, 1);
        g_autoptr(GError) error = NULL;

        world->folder = g_strdup(folder);
        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        set_folders(folder);
        world->rooms = g_new0(Rooms, 1);
        world->rooms->service = service;
        if (!rooms_build_tools(world->rooms, INSTANCE_USER, &error))
                g_error("%s", error->message);
        tools_check_outputs(world->rooms->tools);
        world->human = access_new_human("Ada", "sess-human");
        world->other = access_new_agent("conn-0000000000000000000000000000000b", "Other",
                                        "sess-0000000000000000000000000000000b", NULL);
        open_stores(world);
        return world;
}

World *world_copy(World *world, const char *folder, Service *service)
{
        g_autofree char *from = g_strconcat(world->folder, "/.", NULL);
        const char *const command[] = {"cp", "-a", from, folder, NULL};
        g_autoptr(GError) error = NULL;
        int status;
        World *copy;

        close_stores(world);
        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                     &status, &error);
        g_assert_no_error(error);
        g_assert_cmpint(status, ==, 0);
        copy = world_new(folder, service);
        open_stores(world);
        return copy;
}

void world_free(World *world)
{
        close_stores(world);
        world->rooms->service = NULL; /* the worlds have one */
        rooms_free(world->rooms);
        g_free(world->rooms);
        access_unref(world->human);
        access_unref(world->other);
        folder_remove(world->folder);
        g_free(world->folder);
        g_free(world);
}

/* ---- documents ---- */

static bool turn(Service *service)
{
        sd_event *loop = service_loop(service);
        int r = sd_event_prepare(loop);

        if (r == 0)
                r = sd_event_wait(loop, 20000);
        if (r > 0)
                (void)sd_event_dispatch(loop);
        return r > 0;
}

/* Nothing is under way, and every document that has a text is known with it. */
static bool is_settled(World *world)
{
        g_autoptr(GPtrArray) left = world_list(
                world, "SELECT document_id FROM document_states WHERE wanted = 1 AND error IS NULL"
                       " AND indexed = 0");

        return left->len == 0 && !documents_is_busy(world->rooms->documents) &&
               documents_scans(world->rooms->documents) == 0;
}

void world_ingest(World *world, Service *service)
{
        g_autoptr(GError) error = NULL;

        documents_start(world->rooms->documents, &error);
        g_assert_no_error(error);
        world_settle(world, service);
}

void world_settle(World *world, Service *service)
{
        int64_t deadline = g_get_monotonic_time() + SETTLE_SEC * G_USEC_PER_SEC;
        unsigned quiet = 0;

        while (quiet < 5) {
                bool moved = turn(service);

                quiet = !moved && is_settled(world) ? quiet + 1 : 0;
                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        }
}

/* ---- calls ---- */

JsonObject *world_try(World *world, const Access *access, const char *tool, JsonObject *args,
                      GError **error)
{
        return tools_call(world->rooms->tools, access, tool, args, error);
}

JsonObject *world_call(World *world, const Access *access, const char *tool, const char *format,
                       ...)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) args = NULL;
        va_list list;

        va_start(list, format);
        g_autofree char *text = g_strdup_vprintf(format, list);
        va_end(list);
        args = json_parse_object(text, -1, &error);
        JsonObject *answer = args ? world_try(world, access, tool, args, &error) : NULL;
        if (!answer)
                g_error("%s %s: %s", tool, text, error->message);
        return answer;
}

GPtrArray *world_list(World *world, const char *sql)
{
        GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(world->rooms->vault, NULL, &error);

        g_assert_no_error(error);
        Statement *query = db_statement(db, sql, &error);
        g_assert_no_error(error);
        while (statement_step(query, &error) == STEP_ROW)
                g_ptr_array_add(list, g_strdup(statement_text(query, 0)));
        g_assert_no_error(error);
        return list;
}

static bool run_sql(Db *db, void *data, GError **error)
{
        return db_execute(db, data, error);
}

void world_sql(World *world, const char *sql)
{
        WriteOptions options = {.actor = access_actor(world->human)};
        g_autoptr(GError) error = NULL;

        store_write(world->rooms->vault, &options, run_sql, (void *)sql, &error);
        g_assert_no_error(error);
}
