/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store in a folder of its own, for one test. */
#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "store/read-text.h"

typedef struct Fixture {
        char *folder, *path;
        uint8_t key[STORE_KEY_BYTES];
        Store *store;
} Fixture;

static const Actor human = {.kind = ACTOR_HUMAN, .name = "Human"};
static const Actor agent = {.kind = ACTOR_AGENT, .name = "Agent", .connection = "conn-1"};
static const Actor robot = {.kind = ACTOR_SYSTEM, .name = "pipeline"};

static inline void fixture_open(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path, .cache_mb = 8};

        fixture->store = store_new(&options, &error);
        g_assert_no_error(error);
        g_assert_true(store_open(fixture->store, fixture->key, /* create= */ true, &error));
        g_assert_no_error(error);
}

static inline void fixture_close(Fixture *fixture)
{
        fixture->store = store_free(fixture->store);
}

static inline void fixture_folder(Fixture *fixture, const void *data)
{
        fixture->folder = g_dir_make_tmp("ouroboros-store-XXXXXX", NULL);
        g_assert_nonnull(fixture->folder);
        fixture->path = g_build_filename(fixture->folder, "vault.db", NULL);
        memset(fixture->key, 7, sizeof(fixture->key));
}

static inline void fixture_up(Fixture *fixture, const void *data)
{
        fixture_folder(fixture, data);
        fixture_open(fixture);
}

static inline void fixture_down(Fixture *fixture, const void *data)
{
        g_autoptr(GDir) dir = NULL;
        const char *name;

        fixture_close(fixture);
        dir = g_dir_open(fixture->folder, 0, NULL);
        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

                (void)g_remove(path);
        }
        (void)g_rmdir(fixture->folder);
        g_free(fixture->folder);
        g_free(fixture->path);
}

/* A write that runs one script; its result is in error. */
static inline bool run_sql(Db *db, void *data, GError **error)
{
        return db_execute(db, data, error);
}

static inline bool write_sql(Store *store, const Actor *actor, const char *sql, GError **error)
{
        WriteOptions options = {.actor = actor};

        return store_write(store, &options, run_sql, (void *)(uintptr_t)sql, error);
}

static inline void must_write(Store *store, const Actor *actor, const char *sql)
{
        g_autoptr(GError) error = NULL;

        (void)write_sql(store, actor, sql, &error);
        g_assert_no_error(error);
}

static inline void must_fail(Store *store, const Actor *actor, const char *sql, OuroborosError code)
{
        g_autoptr(GError) error = NULL;

        g_assert_false(write_sql(store, actor, sql, &error));
        if (!g_error_matches(error, OUROBOROS_ERROR, (int)code))
                g_test_message("%s", error->message);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
}

#define FIXTURE_TEST(name, function)                                                               \
        g_test_add(name, Fixture, NULL, fixture_up, function, fixture_down)
