/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A vault of an older version, with facts, is brought to the present one. */
#include "store/fixture.h"

#include <gio/gio.h>

#include "store/db.h"
#include "store/table.h"

static void run(Db *db, const char *sql)
{
        g_autoptr(GError) error = NULL;

        g_assert_true(db_run(db, sql, &error));
        g_assert_no_error(error);
}

/* Drops whatever the query names, by the statements it makes. */
static void drop(Db *db, const char *query)
{
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) list = db_list(db, query, NULL, &error);

        g_assert_no_error(error);
        for (char **sql = list; *sql; sql++)
                run(db, *sql);
}

static void migrate(Db *db, const char *name)
{
        g_autofree char *path = g_strconcat("/org/ouroboros/store/vault/", name, NULL);
        g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
        g_autofree char *sql = NULL;

        g_assert_nonnull(bytes);
        sql = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        run(db, sql);
}

#define DROP(type)                                                                                 \
        "SELECT 'DROP " type " \"' || name || '\"' FROM sqlite_schema WHERE type = '" type "'"

/* The file as version 3 made it, with two facts. */
static void make_old(Fixture *fixture)
{
        DbOptions options = {.path = fixture->path, .key = fixture->key, .role = DB_PLAIN};
        g_autoptr(OwnDb) db = db_open(&options, NULL);

        g_assert_nonnull(db);
        run(db, "PRAGMA foreign_keys = OFF");
        drop(db, DROP("trigger"));
        drop(db, DROP("view"));
        drop(db, DROP("table") " AND sql LIKE 'CREATE VIRTUAL%'");
        drop(db, DROP("table") " AND name NOT LIKE 'sqlite%'");
        migrate(db, "0001-journal.sql");
        migrate(db, "0002-graph.sql");
        migrate(db, "0003-documents.sql");
        run(db, "INSERT INTO predicates VALUES ('p', 'text', 'one', 'd', 'active');"
                "INSERT INTO entities (id, name, name_key, type, created_at)"
                " VALUES ('ent-1', 'one', 'one', 'thing', 1);"
                "INSERT INTO entity_aliases VALUES ('ent-1', 'uno', 'Uno');"
                "INSERT INTO facts (id, entity_id, predicate, object, agent, observed_at,"
                " recorded_at, trust_tier, superseded_by, superseded_at, confidence)"
                " VALUES ('fact-1', 'ent-1', 'p', 'a', 'human', 1, 2, 'human', 'fact-2', 4, NULL),"
                " ('fact-2', 'ent-1', 'p', 'b', 'human', 3, 4, 'human', NULL, NULL, 0.5);"
                "PRAGMA user_version = 3; PRAGMA wal_checkpoint(TRUNCATE)");
}

/* Seen to fail: the columns of facts_with_subjects in another order than those that fill it. */
static void test_facts_are_as_they_were(Fixture *fixture, const void *data)
{
        fixture_close(fixture);
        make_old(fixture);
        fixture_open(fixture);
        assert_reads(fixture->store,
                     "SELECT group_concat(id || entity_id || predicate || object || agent"
                     " || observed_at || recorded_at || trust_tier || is_active || stale_source"
                     " || quote(superseded_by) || quote(superseded_at) || quote(confidence)"
                     " || quote(subject_id) || quote(object_as), ' ') FROM facts",
                     "fact-1ent-1pahuman12human10'fact-2'4NULLNULLNULL"
                     " fact-2ent-1pbhuman34human10NULLNULL0.5NULLNULL");
        assert_reads(fixture->store, "SELECT alias || is_active FROM entity_aliases", "Uno1");
        must_fail(fixture->store, &human,
                  "INSERT INTO facts (id, entity_id, predicate, object, agent, observed_at,"
                  " recorded_at, trust_tier) VALUES ('f', 'ent-none', 'p', 'a', 'human', 1, 2,"
                  " 'human')",
                  OUROBOROS_ERROR_DENIED);
        must_write(fixture->store, &human, "UPDATE facts SET stale_source = 1 WHERE id = 'fact-2'");
        assert_reads(fixture->store,
                     "SELECT after ->> '$.object' FROM mutations WHERE table_name = 'facts'", "b");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/upgrade/facts-are-as-they-were", test_facts_are_as_they_were);
        return g_test_run();
}
