/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations: SQL files in GResource, /org/ouroboros/store/<vault|ops>/NNNN-name.sql, run in the order
 * of their numbers. A fresh file runs all of them: there is one path. */
#include "store/migrate.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal-trigger.h"

static const char *folder_of(StoreKind kind)
{
        return kind == STORE_VAULT ? "/org/ouroboros/store/vault" : "/org/ouroboros/store/ops";
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The numbers have leading zeros, so that names sort like them. */
static char **list(StoreKind kind)
{
        char **names =
                g_resources_enumerate_children(folder_of(kind), G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

        g_assert(names); /* they are linked into the program */
        qsort(names, g_strv_length(names), sizeof(char *), by_name);
        return names;
}

static int64_t number(const char *name)
{
        return g_ascii_strtoll(name, NULL, 10);
}

int64_t migrate_newest(StoreKind kind)
{
        g_auto(GStrv) names = list(kind);
        unsigned count = g_strv_length(names);

        return count ? number(names[count - 1]) : 0;
}

static bool run_file(Db *db, StoreKind kind, const char *name, GError **error)
{
        g_autofree char *path = g_strconcat(folder_of(kind), "/", name, NULL);
        g_autoptr(GBytes) bytes =
                g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

        if (!bytes)
                return false;
        g_autofree char *sql = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        if (db_run(db, sql, error))
                return true;
        g_prefix_error(error, "migration %s: ", name);
        return false;
}

static bool run_all(Db *db, StoreKind kind, int64_t version, GError **error)
{
        g_auto(GStrv) names = list(kind);
        int64_t newest = version;

        if (!journal_triggers_drop(db, error))
                return false;
        for (char **name = names; *name; name++) {
                if (number(*name) <= version)
                        continue;
                if (!run_file(db, kind, *name, error))
                        return false;
                newest = number(*name);
        }
        g_autofree char *done = g_strdup_printf("PRAGMA user_version = %" G_GINT64_FORMAT, newest);
        return journal_triggers_make(db, error) && db_run(db, done, error);
}

static bool check_references(Db *db, GError **error)
{
        int64_t broken;

        if (!db_query_int(db, "SELECT count(*) FROM pragma_foreign_key_check", &broken, error))
                return false;
        if (broken == 0)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT,
                    "%" G_GINT64_FORMAT " rows refer to rows that are not there", broken);
        return false;
}

bool migrate_run(Db *db, StoreKind kind, int64_t version, GError **error)
{
        /* Tables are rebuilt by dropping the old one: what refers to it is checked at the end instead. */
        if (!db_run(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", error))
                return false;
        bool ok = run_all(db, kind, version, error) && check_references(db, error) &&
                  db_run(db, "COMMIT", error);
        db_drop_statements(db);
        if (!ok)
                (void)db_run(db, "ROLLBACK", NULL); /* already so after some errors */
        return db_run(db, "PRAGMA foreign_keys = ON", ok ? error : NULL) && ok;
}
