/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scope/place.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "scope/tick.h"

static void write_files(const char *files)
{
        g_autofree char *near = g_build_filename(files, "near.md", NULL);
        g_autofree char *far = g_build_filename(files, "far.md", NULL);

        g_assert_cmpint(mkdir(files, 0700), ==, 0);
        g_assert_true(g_file_set_contents(near, "# Of lanterns\n\nNear is a lantern of copper.\n",
                                          -1, NULL));
        g_assert_true(g_file_set_contents(
                far, "# Of granite\n\nFar is a secret of granite and of a lantern.\n", -1, NULL));
}

static char *say(Place *place, const char *name, const char *note)
{
        g_autoptr(JsonObject) said = world_call(
                place->world, place->world->human, "remember_fact",
                "{\"entity_name\":\"%s\",\"predicate\":\"note\",\"object\":\"%s\"}", name, note);

        return g_strdup(json_member_string(said, "fact_id", NULL));
}

/* A repository of an entity, as rows; number is that of its rows. */
static void build_code(Place *place, unsigned number, const char *entity, const char *what)
{
        static const char *const rows[] = {
                "INSERT INTO code_repositories VALUES ('$REPO', '/$WHAT/r', '$WHAT', '$ENTITY', '[]', '[]', '[]',"
                " 0, 0, 'human', 1, 1)",
                "INSERT INTO code_states (number, repository_id, state, branch) VALUES ($N, '$REPO',"
                " 'synced', '$WHAT')",
                "INSERT INTO code_modules (id, repository, folder, path, language, kind, bytes, mtime, ctime, lines,"
                " syntax_errors, symbols, edges, next_symbol, maker, linked) VALUES ($N, $N, '', '$WHAT.c', 'c',"
                " 'lib', 1, 1, 1, 1, 0, 1, 1, 9, 1, 1)",
                "INSERT INTO code_symbols (id, repository, hash, kind, visibility, flags, first_line, last_line,"
                " name_line, name_column, name, signature, doc) VALUES ($N << 20, $N, $N, 1, 1, 2, 1, 1, 1, 1,"
                " '$WHAT', 'int $WHAT(void)', '$WHAT')",
                "INSERT INTO code_edges VALUES ($N << 20, $N, 0, 2, 1, 1, 1, $N << 20, '$WHAT')",
        };

        g_autofree char *id = g_strdup_printf("repo-%032x", number);
        g_autofree char *digits = g_strdup_printf("%u", number);

        for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autoptr(GString) sql = g_string_new(rows[i]);

                g_string_replace(sql, "$REPO", id, 0);
                g_string_replace(sql, "$N", digits, 0);
                g_string_replace(sql, "$ENTITY", entity, 0);
                g_string_replace(sql, "$WHAT", what, 0);
                world_sql(place->world, sql->str);
        }
}

static void fill(Place *place)
{
        World *world = place->world;
        g_autofree char *files = g_build_filename(place->folder, "files", NULL);

        write_files(files);
        place->near_fact = say(place, "Near", "seen");
        place->far_fact = say(place, "Far", "hidden");
        json_object_unref(
                world_call(world, world->human, "register_root", "{\"path\":\"%s\"}", files));
        world_ingest(world, place->service);
        place->near = place_get(place, "SELECT id FROM entities WHERE name = 'Near'");
        place->far = place_get(place, "SELECT id FROM entities WHERE name = 'Far'");
        place->near_doc = place_get(place, "SELECT id FROM documents WHERE path = 'near.md'");
        place->far_doc = place_get(place, "SELECT id FROM documents WHERE path = 'far.md'");
        build_code(place, 1, place->near, "copper");
        build_code(place, 2, place->far, "granite");
        g_autoptr(JsonObject) lease = world_call(world, world->other, "get_document_for_mining",
                                                 "{\"document_id\":\"%s\"}", place->far_doc);
        place->far_lease = place_get(place, "SELECT lease_id FROM mining_windows");
}

static void let_in(Place *place)
{
        g_autofree char *document = place_get(
                place, "SELECT id FROM entities WHERE document_id = '%s'", place->near_doc);
        g_autoptr(Scope) scope = scope_new((const char *const[]){place->near, document, NULL});

        place->scoped = access_new_agent("conn-0000000000000000000000000000000a", "Scoped",
                                         "sess-0000000000000000000000000000000a", scope);
        place->agent = access_new_agent("conn-0000000000000000000000000000000c", "Agent",
                                        "sess-0000000000000000000000000000000c", NULL);
}

Place *place_new(void)
{
        Place *place = g_new0(Place, 1);
        g_autoptr(GError) error = NULL;
        ServiceHandlers handlers = {0};

        place->folder = g_dir_make_tmp("ouroboros-place-XXXXXX", &error);
        g_assert_no_error(error);
        g_autofree char *extractors =
                g_build_filename(g_getenv("OUROBOROS_BUILD_ROOT"), "daemon", NULL);
        g_autofree char *data = g_build_filename(place->folder, "data", NULL);
        g_setenv("OUROBOROS_LIBEXECDIR", extractors, TRUE);
        place->service = service_new(&handlers, &error);
        g_assert_no_error(error);
        tick_set(TICK_BUILD);
        place->world = world_new(data, place->service);
        fill(place);
        let_in(place);
        tick_set(TICK_CALLS);
        return place;
}

void place_free(Place *place)
{
        g_autofree char *remove = g_strdup_printf("rm -rf '%s'", place->folder);
        char *const texts[] = {place->near,      place->far,      place->near_doc,  place->far_doc,
                               place->near_fact, place->far_fact, place->far_lease, place->folder};

        access_unref(place->scoped);
        access_unref(place->agent);
        world_free(place->world);
        service_free(place->service);
        g_assert_true(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
                g_free(texts[i]);
        g_free(place);
}

char *place_get(Place *place, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        g_autofree char *sql = g_strdup_vprintf(format, args);
        va_end(args);
        g_autoptr(GPtrArray) list = world_list(place->world, sql);
        if (list->len == 0)
                g_error("nothing: %s", sql);
        return g_strdup(list->pdata[0]);
}

char *place_call(Place *place, const Access *access, const char *tool, const char *format, ...)
{
        g_autoptr(GError) error = NULL;
        va_list list;

        va_start(list, format);
        g_autofree char *text = g_strdup_vprintf(format, list);
        va_end(list);
        g_autoptr(JsonObject) args = json_parse_object(text, -1, &error);
        g_assert_no_error(error);
        g_autoptr(JsonObject) answer = world_try(place->world, access, tool, args, &error);
        return answer ? json_print_object(answer)
                      : g_strdup_printf("!%s: %s", error_row((OuroborosError)error->code)->name,
                                        error->message);
}

void place_expect(const char *what, const char *got, const char *expected)
{
        if (!g_str_has_prefix(got, expected))
                g_error("%s: \"%.400s\" should begin with \"%s\"", what, got, expected);
}
