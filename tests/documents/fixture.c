/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "documents/documents-room.h"
#include "folder.h"

static const uint8_t key[STORE_KEY_BYTES] = {7, 1, 4};

static char *extractor_folder(void)
{
        const char *build = g_getenv("OUROBOROS_BUILD_ROOT");
        return g_build_filename(build ? build : ".", "daemon", NULL);
}

bool fixture_has_extractor(void)
{
        g_autofree char *folder = extractor_folder();
        g_autofree char *program = g_build_filename(folder, "ouroboros-extract", NULL);
        if (g_getenv("OUROBOROS_BUILD_ROOT")) {
                g_assert_true(g_file_test(program, G_FILE_TEST_IS_EXECUTABLE));
                return true;
        }
        g_test_skip("OUROBOROS_BUILD_ROOT does not say where ouroboros-extract is");
        return false;
}

void fixture_start(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *program =
                g_build_filename(fixture->paths->libexec, "ouroboros-extract", NULL);
        fixture->reading = reading_new(service_loop(fixture->service), program, 0, &error);
        g_assert_no_error(error);
        DocumentsOptions options = {.vault = fixture->vault,
                                    .graph = fixture->graph,
                                    .paths = fixture->paths,
                                    .config = fixture->config,
                                    .service = fixture->service,
                                    .reading = fixture->reading};
        fixture->documents = documents_new(&options, &error);
        g_assert_no_error(error);
        g_assert_true(documents_start(fixture->documents, &error));
        g_assert_no_error(error);
}

void fixture_stop(Fixture *fixture)
{
        fixture->documents = documents_free(fixture->documents);
        fixture->reading = reading_free(fixture->reading);
}

Fixture *fixture_new_refusing(const char *table, StoreDerivation refuse)
{
        g_autoptr(GError) error = NULL;
        Fixture *fixture = g_new0(Fixture, 1);
        ServiceHandlers handlers = {0};
        fixture->temp = g_dir_make_tmp("ouroboros-documents-XXXXXX", &error);
        g_assert_no_error(error);
        fixture->files = g_build_filename(fixture->temp, "files", NULL);
        g_assert_cmpint(mkdir(fixture->files, 0700), ==, 0);
        g_setenv("HOME", fixture->temp, TRUE);
        g_setenv("XDG_DATA_HOME", fixture->temp, TRUE);
        g_setenv("XDG_RUNTIME_DIR", fixture->temp, TRUE);
        g_setenv("OUROBOROS_CONFIG_PATH", fixture->temp, TRUE);
        g_autofree char *extractors = extractor_folder();
        g_setenv("OUROBOROS_LIBEXECDIR", extractors, TRUE);
        fixture->paths = paths_new(INSTANCE_USER, &error);
        g_assert_no_error(error);
        fixture->config = config_load(INSTANCE_USER);
        fixture->service = service_new(&handlers, &error);
        g_assert_no_error(error);
        g_autofree char *path = g_build_filename(fixture->temp, "vault.db", NULL);
        StoreOptions options = {
                .kind = STORE_VAULT, .path = path, .loop = service_loop(fixture->service)};
        fixture->vault = store_new(&options, &error);
        g_assert_no_error(error);
        fixture->graph = graph_new(fixture->vault);
        if (refuse)
                store_add_derivation(fixture->vault, table, refuse, NULL);
        g_assert_true(store_open(fixture->vault, key, /* create= */ true, &error));
        g_assert_no_error(error);
        fixture->human = access_new_human("tester", NULL);
        fixture_start(fixture);
        return fixture;
}

Fixture *fixture_new(void)
{
        return fixture_new_refusing(NULL, NULL);
}

void fixture_free(Fixture *fixture)
{
        fixture_stop(fixture);
        store_close(fixture->vault);
        fixture->graph = graph_free(fixture->graph);
        fixture->vault = store_free(fixture->vault);
        fixture->human = access_unref(fixture->human);
        fixture->service = service_free(fixture->service);
        config_unref(fixture->config);
        fixture->paths = paths_free(fixture->paths);
        folder_remove(fixture->temp);
        g_free(fixture->files);
        g_free(fixture->temp);
        g_free(fixture);
}

void fixture_write_bytes(Fixture *fixture, const char *path, const void *data, size_t size)
{
        g_autofree char *full = g_build_filename(fixture->files, path, NULL);
        g_autofree char *folder = g_path_get_dirname(full);
        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        g_assert_cmpint(fd, >=, 0);
        g_assert_cmpint(write(fd, data, size), ==, (ssize_t)size);
        (void)close(fd);
}

void fixture_write(Fixture *fixture, const char *path, const char *content)
{
        fixture_write_bytes(fixture, path, content, strlen(content));
}

static JsonObject *call(Fixture *fixture, const char *tool, const char *text, GError **error)
{
        ToolTable table = documents_tools(fixture->documents);
        g_autoptr(JsonObject) args = json_parse_object(text, -1, error);
        g_assert_nonnull(args);
        for (const Tool *row = table.tools; row->name; row++)
                if (g_str_equal(row->name, tool))
                        return row->handler(table.room, fixture->human, args, error);
        g_assert_not_reached();
}

JsonObject *fixture_call(Fixture *fixture, const char *tool, const char *format, ...)
{
        va_list list;
        g_autoptr(GError) error = NULL;
        va_start(list, format);
        g_autofree char *text = g_strdup_vprintf(format, list);
        va_end(list);
        JsonObject *answer = call(fixture, tool, text, &error);
        g_assert_no_error(error);
        return answer;
}

void fixture_fail(Fixture *fixture, const char *tool, const char *args, OuroborosError code,
                  const char *words)
{
        g_autoptr(GError) error = NULL;
        g_assert_null(call(fixture, tool, args, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        if (!strstr(error->message, words))
                g_error("\"%s\" should say \"%s\"", error->message, words);
}

char *fixture_register(Fixture *fixture, const char *more)
{
        g_autoptr(JsonObject) answer = fixture_call(fixture, "register_root",
                                                    "{\"path\": \"%s\"%s}", fixture->files, more);
        return g_strdup(json_object_get_string_member(answer, "root_id"));
}

/* Processor time of this thread: other processes' work does not count. */
static uint64_t thread_cpu_us(void)
{
        struct timespec now;
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (uint64_t)now.tv_sec * G_USEC_PER_SEC + (uint64_t)now.tv_nsec / 1000;
}

void fixture_turn(Fixture *fixture, uint64_t wait_us)
{
        sd_event *loop = service_loop(fixture->service);
        int r = sd_event_prepare(loop);
        if (r == 0)
                r = sd_event_wait(loop, wait_us);
        fixture->turns = r > 0;
        if (r <= 0)
                return;
        uint64_t before = thread_cpu_us();
        (void)sd_event_dispatch(loop);
        fixture->longest_us = MAX(fixture->longest_us, thread_cpu_us() - before);
}

void fixture_settle(Fixture *fixture)
{
        int64_t deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
        unsigned quiet = 0;
        while (quiet < 3) {
                fixture_turn(fixture, 30000);
                bool idle = pipeline_is_idle(fixture->documents->pipeline) && !fixture->turns;
                quiet = idle ? quiet + 1 : 0;
                g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        }
}

char *fixture_select(Fixture *fixture, const char *sql)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(fixture->vault, NULL, &error);
        g_assert_no_error(error);
        Statement *query = db_statement(db, sql, &error);
        g_assert_no_error(error);
        StepResult step = statement_step(query, &error);
        g_assert_no_error(error);
        return step == STEP_ROW ? g_strdup(statement_text(query, 0)) : NULL;
}

void fixture_expect(Fixture *fixture, const char *sql, const char *expected)
{
        int64_t deadline = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
        for (;;) {
                g_autofree char *text = fixture_select(fixture, sql);
                if (g_strcmp0(text, expected) == 0)
                        return;
                if (g_get_monotonic_time() > deadline)
                        g_error("%s gives \"%s\", not \"%s\"", sql, text, expected);
                fixture_turn(fixture, 30000);
        }
}
