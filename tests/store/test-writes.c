/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The register of writes: one row for each, which agrees with the journal whatever becomes of a write. */
#include "fixture.h"

#include <gio/gio.h>

#include "store/db.h"
#include "store/journal-trigger.h"

#define ROW(name) "INSERT INTO predicates VALUES ('" name "', 'text', 'one', 'd', 'active');"
#define ALL                                                                                        \
        "SELECT group_concat(first_seq || '-' || last_seq || ' ' || entries || ' ' || actor_name " \
        "|| ' ' || coalesce(actor_connection, '-') || ' ' || coalesce(session_id, '-'), '; ') "    \
        "FROM (SELECT * FROM writes ORDER BY first_seq)"

static const Actor worker = {
        .kind = ACTOR_AGENT, .name = "Worker", .connection = "conn-2", .session = "sess-9"};

static VerifyReport verify(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};

        g_assert_true(store_verify(fixture->store, NULL, NULL, &report, &error));
        g_assert_no_error(error);
        return report;
}

static void expect_sound(Fixture *fixture)
{
        VerifyReport report = verify(fixture);

        g_assert_cmpstr(report.problem, ==, NULL);
        g_assert_cmpint(report.writes_bad, ==, 0);
}

/* Seen to fail: entries counted from the beginning of the group commit. */
static void test_each_write_has_one_row(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, ROW("a") ROW("b") ROW("c"));
        must_write(fixture->store, &worker, "UPDATE predicates SET state = 'retired'");
        must_write(fixture->store, &robot, ROW("d"));
        assert_reads(fixture->store, ALL,
                     "1-3 3 Human - -; 4-6 3 Worker conn-2 sess-9; 7-7 1 pipeline - -");
        assert_reads(fixture->store,
                     "SELECT count(*) FROM writes w JOIN mutations m ON m.seq BETWEEN w.first_seq "
                     "AND w.last_seq AND m.group_id = w.group_id AND m.ts BETWEEN w.ts_first AND "
                     "w.ts_last",
                     "7");
        expect_sound(fixture);
}

/* Seen to fail: a row entered without regard to whether there were entries. */
static void test_a_write_that_changes_nothing_has_none(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, ROW("a"));
        must_write(fixture->store, &human, "UPDATE predicates SET state = state");
        must_write(fixture->store, &robot,
                   "INSERT INTO rejections (ts, agent, reason) VALUES (1, 'x', 'y')");
        assert_reads(fixture->store, ALL, "1-1 1 Human - -");
}

/* Seen to fail: entries that a failed statement or a savepoint took back not forgotten by forget_undone(). */
static void test_what_was_rolled_back_is_not_in_it(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, ROW("a"));
        must_fail(fixture->store, &robot, ROW("b") "DELETE FROM predicates",
                  OUROBOROS_ERROR_DENIED);
        must_write(fixture->store, &human,
                   ROW("c") "SAVEPOINT s;" ROW("d") "ROLLBACK TO s; RELEASE s;");
        must_write(fixture->store, &human,
                   "INSERT OR IGNORE INTO predicates VALUES ('a', 'text', "
                   "'one', 'd', 'active'), ('e', 'text', 'one', 'd', "
                   "'active')");
        assert_reads(fixture->store, ALL, "1-1 1 Human - -; 2-2 1 Human - -; 3-3 1 Human - -");
        expect_sound(fixture);
}

typedef struct Into {
        Store *store;
        const char *name, *group;
} Into;

static gpointer write_into(gpointer data)
{
        const Into *into = data;
        g_autofree char *sql = g_strdup_printf(
                "INSERT INTO predicates VALUES ('%s', 'text', 'one', 'd', 'active')", into->name);
        WriteOptions options = {.actor = &human, .group = into->group};
        g_autoptr(GError) error = NULL;

        g_assert_true(store_write(into->store, &options, run_sql, sql, &error));
        return NULL;
}

static void test_a_group_may_be_several_writes(Fixture *fixture, const void *data)
{
        for (unsigned i = 0; i < 6; i++) {
                g_autofree char *name = g_strdup_printf("p%u", i);
                Into into = {fixture->store, name, i % 2 ? "grp-odd" : "grp-even"};

                write_into(&into);
        }
        assert_reads(fixture->store,
                     "SELECT group_concat(m.seq) FROM writes w JOIN mutations m ON m.seq BETWEEN "
                     "w.first_seq AND w.last_seq WHERE w.group_id = 'grp-odd'",
                     "2,4,6");
}

/* Writes that share one commit keep a row each. */
static void test_writes_of_one_commit_are_apart(Fixture *fixture, const void *data)
{
        GThread *threads[8];
        Into into[8];
        char *names[8];

        for (unsigned i = 0; i < 8; i++) {
                names[i] = g_strdup_printf("t%u", i);
                into[i] = (Into){fixture->store, names[i], NULL};
                threads[i] = g_thread_new("writer", write_into, &into[i]);
        }
        for (unsigned i = 0; i < 8; i++) {
                (void)g_thread_join(threads[i]);
                g_free(names[i]);
        }
        assert_reads(fixture->store, "SELECT count(*) || ' ' || sum(entries) FROM writes", "8 8");
        expect_sound(fixture);
}

/* Seen to fail: without the name in the authorizer's list. */
static void test_rooms_do_not_write_it(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, ROW("a"));
        must_fail(fixture->store, &human, "UPDATE writes SET actor_kind = 'agent'",
                  OUROBOROS_ERROR_DENIED);
        must_fail(fixture->store, &human, "DELETE FROM writes", OUROBOROS_ERROR_DENIED);
}

/* ---- damage ---- */

static void tamper(Fixture *fixture, const char *sql)
{
        DbOptions options = {.path = fixture->path, .key = fixture->key, .role = DB_PLAIN};
        g_autoptr(GError) error = NULL;

        fixture_close(fixture);
        OwnDb *db = db_open(&options, &error);
        g_assert_no_error(error);
        (void)db_run(db, sql, &error);
        g_assert_no_error(error);
        (void)db_close(db);
        fixture_open(fixture);
}

/* Seen to fail: each of the conditions of BAD_ROWS left out lets one of these pass. */
static void test_damage_is_found_and_mended(Fixture *fixture, const void *data)
{
        static const char *const damages[] = {
                "UPDATE writes SET group_id = 'grp-x' WHERE first_seq = 4",
                "UPDATE writes SET actor_kind = 'human' WHERE first_seq = 4",
                "UPDATE writes SET actor_connection = 'conn-3' WHERE first_seq = 4",
                "UPDATE writes SET actor_connection = NULL WHERE first_seq = 4",
                "UPDATE writes SET actor_name = 'x' WHERE first_seq = 4",
                "UPDATE writes SET session_id = NULL WHERE first_seq = 4",
                "UPDATE writes SET reverts = 'mut-1' WHERE first_seq = 4",
                "UPDATE writes SET last_seq = 5, entries = 2 WHERE first_seq = 4",
                "UPDATE writes SET first_seq = 5, entries = 2 WHERE first_seq = 4",
                "UPDATE writes SET entries = 2 WHERE first_seq = 4",
                "UPDATE writes SET ended = 2 WHERE first_seq = 8",
                "UPDATE writes SET ended = 0 WHERE first_seq = 8",
                "UPDATE writes SET ts_first = ts_first - 1 WHERE first_seq = 4",
                "UPDATE writes SET ts_last = ts_last + 1 WHERE first_seq = 4",
                "DELETE FROM writes WHERE first_seq = 4",
                "DELETE FROM writes WHERE first_seq = 7;"
                " UPDATE writes SET last_seq = 7 WHERE first_seq = 4",
                "DELETE FROM writes WHERE first_seq = 8",
                "DELETE FROM writes",
                "INSERT INTO writes SELECT 9, 9, 1, 0, group_id, actor_kind, NULL, actor_name, NULL, "
                "NULL, 1, 1 FROM writes WHERE first_seq = 7",
        };
        g_autoptr(GError) error = NULL;

        must_write(fixture->store, &human, ROW("a") ROW("b") ROW("c"));
        must_write(fixture->store, &worker, "UPDATE predicates SET state = 'retired'");
        must_write(fixture->store, &robot, ROW("d"));
        must_write(fixture->store, &human, "DELETE FROM predicates WHERE name = 'a'");
        g_autofree char *sound = read_text(fixture->store, NULL, ALL);
        for (unsigned i = 0; i < G_N_ELEMENTS(damages); i++) {
                tamper(fixture, damages[i]);
                VerifyReport report = verify(fixture);
                g_test_message("%s: %s", damages[i], report.problem);
                g_assert_nonnull(report.problem);
                g_assert_cmpint(report.writes_bad, >, 0);
                g_assert_nonnull(strstr(report.problem, "register of writes"));
                verify_report_clear(&report);
                g_assert_true(store_rebuild_writes(fixture->store, &error));
                g_assert_no_error(error);
                expect_sound(fixture);
                assert_reads(fixture->store, ALL, sound);
        }
        must_write(fixture->store, &human, ROW("e"));
        expect_sound(fixture);
}

/* ---- a vault from before there was a register ---- */

static void run_resource(Db *db, const char *name)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_strconcat("/org/ouroboros/store/vault/", name, NULL);
        g_autoptr(GBytes) bytes =
                g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);

        g_assert_no_error(error);
        g_autofree char *sql = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_assert_true(db_run(db, sql, &error));
        g_assert_no_error(error);
}

/* What the store holds, in the schema of version 3. */
static void make_old(Fixture *fixture)
{
        g_autofree char *old = g_strconcat(fixture->path, ".old", NULL);
        DbOptions options = {.path = old, .key = fixture->key, .role = DB_PLAIN};
        g_autoptr(GString) sql = g_string_new(NULL);
        g_autoptr(GError) error = NULL;

        g_string_printf(sql, "ATTACH '%s' AS now KEY \"x'", fixture->path);
        for (unsigned i = 0; i < STORE_KEY_BYTES; i++)
                g_string_append_printf(sql, "%02x", fixture->key[i]);
        g_string_append(
                sql,
                "'\"; INSERT INTO mutations SELECT seq, id, group_id, table_name, row_id, op, before,"
                " after, actor_kind, actor_connection, actor_name, session_id, reason,"
                " reverts, ts, prev_hash, hash FROM now.mutations;"
                "INSERT INTO predicates SELECT * FROM now.predicates;"
                "DETACH now; PRAGMA user_version = 3");
        fixture_close(fixture);
        g_assert_true(g_file_set_contents(old, "", 0, NULL));
        OwnDb *db = db_open(&options, &error);
        g_assert_no_error(error);
        run_resource(db, "0001-journal.sql");
        run_resource(db, "0002-graph.sql");
        run_resource(db, "0003-documents.sql");
        g_assert_true(db_run(db, sql->str, &error));
        g_assert_no_error(error);
        (void)db_close(db);
        g_assert_cmpint(g_rename(old, fixture->path), ==, 0);
}

/* Seen to fail: the migration without its INSERT. */
static void test_an_old_vault_gets_its_register(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, ROW("a") ROW("b") ROW("c"));
        must_write(fixture->store, &worker, "UPDATE predicates SET state = 'retired'");
        must_write(fixture->store, &worker, ROW("d"));
        must_write(fixture->store, &robot, ROW("e"));
        g_autofree char *sound = read_text(fixture->store, NULL, ALL);
        make_old(fixture);
        fixture_open(fixture);
        assert_reads(fixture->store, ALL, sound);
        assert_reads(fixture->store,
                     "SELECT count(*) FROM sqlite_schema WHERE name = 'mutations_group'", "0");
        must_write(fixture->store, &robot, ROW("f"));
        expect_sound(fixture);
}

/* Seen to fail: without the supersession in row_shape_ends(). */
static void test_what_ends_is_counted(Fixture *fixture, const void *data)
{
        must_write(
                fixture->store, &human,
                ROW("p") "INSERT INTO entities (id, name, name_key, type, created_at) VALUES "
                         "('ent-1', 'a', 'a', 't', 1), ('ent-2', 'b', 'b', 't', 1);"
                         "INSERT INTO facts (id, entity_id, predicate, object, agent, observed_at, "
                         "recorded_at, trust_tier) VALUES ('fact-1', 'ent-1', 'p', 'x', 'human', 1, "
                         "1, 'human'), ('fact-2', 'ent-1', 'p', 'y', 'human', 1, 1, 'human')");
        must_write(fixture->store, &robot,
                   "UPDATE entities SET is_active = 0 WHERE id = 'ent-2';"
                   "UPDATE facts SET superseded_at = 5 WHERE id = 'fact-1';"
                   "UPDATE facts SET superseded_at = 6 WHERE id = 'fact-1';"
                   "UPDATE facts SET stale_source = 1 WHERE id = 'fact-2'");
        must_write(fixture->store, &human,
                   "UPDATE entities SET is_active = 1 WHERE id = 'ent-2';"
                   "DELETE FROM facts WHERE id = 'fact-2'");
        assert_reads(fixture->store, "SELECT group_concat(ended) FROM writes", "0,2,1");
        expect_sound(fixture);
}

static void test_it_is_no_table_of_a_scope(Fixture *fixture, const void *data)
{
        const char *const ids[] = {"ent-1", NULL};
        g_autoptr(Scope) scope = scope_new(ids);

        must_write(fixture->store, &human, ROW("a"));
        g_autofree char *writes = read_text(fixture->store, scope, "SELECT count(*) FROM writes");
        g_autofree char *view =
                read_text(fixture->store, scope, "SELECT count(*) FROM writes_of_mutations");
        g_assert_cmpstr(writes, ==, "0");
        g_assert_cmpstr(view, ==, "0");
}

#define ADD(name, function)                                                                        \
        g_test_add("/writes/" name, Fixture, NULL, fixture_up, function, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("each-write-has-one-row", test_each_write_has_one_row);
        ADD("a-write-that-changes-nothing-has-none", test_a_write_that_changes_nothing_has_none);
        ADD("what-was-rolled-back-is-not-in-it", test_what_was_rolled_back_is_not_in_it);
        ADD("a-group-may-be-several-writes", test_a_group_may_be_several_writes);
        ADD("writes-of-one-commit-are-apart", test_writes_of_one_commit_are_apart);
        ADD("rooms-do-not-write-it", test_rooms_do_not_write_it);
        ADD("damage-is-found-and-mended", test_damage_is_found_and_mended);
        ADD("an-old-vault-gets-its-register", test_an_old_vault_gets_its_register);
        ADD("what-ends-is-counted", test_what_ends_is_counted);
        ADD("it-is-no-table-of-a-scope", test_it_is_no_table_of_a_scope);
        return g_test_run();
}
