/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A home of its own with an empty vault, as it is after the first start, to bring a journal into. */
#pragma once

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "graph/fixture.h"
#include "journal/journal.h"

typedef struct Home {
        char *folder;
        Store *vault, *ops;
        Graph *graph;
        Journal *journal;
} Home;

static inline Store *home_store(Home *home, StoreKind kind, const char *name)
{
        static const uint8_t key[STORE_KEY_BYTES] = {4, 5, 6};
        g_autofree char *path = g_build_filename(home->folder, name, NULL);
        g_autoptr(GError) error = NULL;
        StoreOptions options = {.kind = kind, .path = path, .cache_mb = 4};
        Store *store = store_new(&options, &error);

        g_assert_no_error(error);
        if (kind == STORE_VAULT)
                home->graph = graph_new(store);
        store_open(store, key, /* create= */ true, &error);
        g_assert_no_error(error);
        return store;
}

static inline void home_up(Home *home)
{
        g_autoptr(GError) error = NULL;

        home->folder = g_dir_make_tmp("ouroboros-home-XXXXXX", &error);
        g_assert_no_error(error);
        home->vault = home_store(home, STORE_VAULT, "vault.db");
        home->ops = home_store(home, STORE_OPS, "ops.db");
        home->journal = journal_new(home->vault, home->ops);
        graph_start(home->graph, &error);
        g_assert_no_error(error);
}

static inline void home_down(Home *home)
{
        g_autoptr(GDir) dir = g_dir_open(home->folder, 0, NULL);
        const char *name;

        journal_free(home->journal);
        store_free(home->vault);
        store_free(home->ops);
        graph_free(home->graph);
        while ((name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(home->folder, name, NULL);

                g_assert_cmpint(g_remove(path), ==, 0);
        }
        g_assert_cmpint(g_rmdir(home->folder), ==, 0);
        g_free(home->folder);
        *home = (Home){0};
}

/* An open file without a name. */
static inline int home_file(void)
{
        g_autofree char *path = NULL;
        g_autoptr(GError) error = NULL;
        int fd = g_file_open_tmp("ouroboros-export-XXXXXX", &path, &error);

        g_assert_no_error(error);
        g_assert_cmpint(g_unlink(path), ==, 0);
        return fd;
}

static inline JsonObject *home_args(int fd, const char *more)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf("{\"file\":%d%s}", fd, more);
        JsonObject *args = json_parse_object(text, -1, &error);

        g_assert_no_error(error);
        return args;
}

/* more: further arguments, ",\"text\":\"x\"". */
static inline JsonObject *home_export(Journal *journal, const Access *access, int fd,
                                      const char *more)
{
        g_autoptr(JsonObject) args = home_args(fd, more);
        g_autoptr(GError) error = NULL;
        JsonObject *answer = journal_export(journal, access, args, &error);

        g_assert_no_error(error);
        return answer;
}

static inline JsonObject *home_import(Home *home, const Access *access, int fd, GError **error)
{
        g_autoptr(JsonObject) args = home_args(fd, "");

        return journal_import(home->journal, access, args, error);
}

static inline void home_must_be_sound(Store *store)
{
        VerifyReport report = {0};
        g_autoptr(GError) error = NULL;

        store_verify(store, NULL, NULL, &report, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(report.problem, ==, NULL);
        verify_report_clear(&report);
}

/* Every column of every entry, as one text. */
static inline char *home_entries(Store *store)
{
        return fixture_select(
                store,
                "SELECT group_concat(seq || id || group_id || table_name || row_id || op"
                " || quote(before) || quote(after) || actor_kind || quote(actor_connection)"
                " || actor_name || quote(session_id) || quote(reason) || quote(reverts) || ts"
                " || hex(prev_hash) || hex(hash) || redacted, char(10)) FROM (SELECT * FROM mutations"
                " ORDER BY seq)");
}
