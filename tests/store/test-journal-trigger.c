/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "store/db.h"

#define KNOWS "INSERT INTO predicates VALUES ('knows', 'text', 'many', 'who', 'active');"
#define LIKES "INSERT INTO predicates VALUES ('likes', 'text', 'many', 'what', 'active');"
#define ROW   "{\"name\":\"knows\",\"object_kind\":\"text\",\"cardinality\":\"many\","

static void test_each_operation_leaves_an_entry(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, KNOWS);
        must_write(fixture->store, &agent, "UPDATE predicates SET state = 'retired'");
        must_write(fixture->store, &human, "DELETE FROM predicates");
        assert_reads(fixture->store,
                     "SELECT group_concat(op || actor_kind || row_id, ' ') FROM mutations",
                     "inserthuman{\"name\":\"knows\"} updateagent{\"name\":\"knows\"} "
                     "deletehuman{\"name\":\"knows\"}");
        assert_reads(fixture->store, "SELECT after FROM mutations WHERE seq = 1 AND before IS NULL",
                     ROW "\"description\":\"who\",\"state\":\"active\"}");
        assert_reads(fixture->store, "SELECT before FROM mutations WHERE seq = 2",
                     ROW "\"description\":\"who\",\"state\":\"active\"}");
        assert_reads(fixture->store, "SELECT after FROM mutations WHERE seq = 2",
                     ROW "\"description\":\"who\",\"state\":\"retired\"}");
        assert_reads(fixture->store, "SELECT before FROM mutations WHERE seq = 3 AND after IS NULL",
                     ROW "\"description\":\"who\",\"state\":\"retired\"}");
        assert_reads(fixture->store, "SELECT actor_connection FROM mutations WHERE seq = 2",
                     "conn-1");
}

static void test_an_update_without_a_change_leaves_none(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, KNOWS LIKES);
        must_write(fixture->store, &human, "UPDATE predicates SET description = 'what'");
        assert_reads(fixture->store, "SELECT count(*) FROM mutations", "3");
}

static void test_only_the_human_deletes(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, KNOWS);
        must_fail(fixture->store, &agent, "DELETE FROM predicates", OUROBOROS_ERROR_DENIED);
        must_fail(fixture->store, &robot, "DELETE FROM predicates", OUROBOROS_ERROR_DENIED);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "1");
        must_write(fixture->store, &human, "DELETE FROM predicates");
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "0");
}

/* REPLACE deletes the row that is in its way, which by default fires no trigger. */
static void test_replacing_is_deleting(Fixture *fixture, const void *data)
{
        static const char replace[] =
                "REPLACE INTO predicates VALUES ('knows', 'text', 'many', 'other', 'active')";

        must_write(fixture->store, &human, KNOWS);
        must_fail(fixture->store, &agent, replace, OUROBOROS_ERROR_DENIED);
        assert_reads(fixture->store, "SELECT description FROM predicates", "who");
        must_write(fixture->store, &human, replace);
        assert_reads(fixture->store, "SELECT group_concat(op) FROM mutations",
                     "insert,delete,insert");
}

static void test_the_key_of_a_row_never_changes(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, KNOWS);
        must_fail(fixture->store, &human, "UPDATE predicates SET name = 'x'",
                  OUROBOROS_ERROR_INVALID);
}

static void test_the_journal_cannot_be_written_by_rooms(Fixture *fixture, const void *data)
{
        static const char *const attempts[] = {
                "UPDATE mutations SET reason = 'x'",
                "DELETE FROM mutations",
                "INSERT INTO mutations SELECT * FROM mutations",
                "SELECT journal_append('predicates', 'insert', 1, 2, 3, 4, 5)",
                "SELECT journal_writing()",
                "DROP TRIGGER journal_predicates_insert",
                "DROP TABLE mutations",
                "UPDATE table_kinds SET kind = 'log'",
                "PRAGMA writable_schema = 1",
                "ATTACH '/nowhere' AS other",
                "COMMIT",
                "ROLLBACK",
        };

        must_write(fixture->store, &human, KNOWS);
        for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++)
                must_fail(fixture->store, &human, attempts[i], OUROBOROS_ERROR_DENIED);
        must_write(fixture->store, &human, LIKES);
        assert_reads(fixture->store, "SELECT count(*) FROM mutations", "2");
}

/* The triggers hold even where no authorizer looks, and where nobody has the functions. */
static void test_triggers_hold_on_any_handle(Fixture *fixture, const void *data)
{
        static const char *const attempts[] = {
                "UPDATE mutations SET reason = 'x'",
                "DELETE FROM mutations",
                "INSERT INTO mutations SELECT seq + 1, id || 'x', group_id, table_name, row_id, op, before, "
                "after, actor_kind, actor_connection, actor_name, session_id, reason, reverts, ts, "
                "prev_hash, hash FROM mutations",
                KNOWS,
                "UPDATE predicates SET state = 'retired'",
                "DELETE FROM predicates",
        };
        DbOptions options = {.path = fixture->path, .key = fixture->key, .role = DB_PLAIN};
        g_autoptr(GError) error = NULL;

        must_write(fixture->store, &human, LIKES);
        fixture_close(fixture);
        g_autoptr(OwnDb) db = db_open(&options, &error);
        g_assert_no_error(error);
        for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++)
                g_assert_false(db_run(db, attempts[i], NULL));
}

static bool fail_in_the_middle(Db *db, void *data, GError **error)
{
        g_autoptr(GError) expected = NULL;

        /* The second row is there already: the first one of the statement is taken back. */
        g_assert_false(
                db_execute(db,
                           "INSERT INTO predicates VALUES "
                           "('a', 'text', 'one', '', 'active'), ('knows', 'text', 'one', '', "
                           "'active')",
                           &expected));
        g_assert_error(expected, OUROBOROS_ERROR, OUROBOROS_ERROR_CONFLICT);
        return db_execute(db, LIKES, error);
}

static void test_a_failed_statement_leaves_no_entry(Fixture *fixture, const void *data)
{
        WriteOptions options = {.actor = &human};
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};

        must_write(fixture->store, &human, KNOWS);
        (void)store_write(fixture->store, &options, fail_in_the_middle, NULL, &error);
        g_assert_no_error(error);
        assert_reads(fixture->store, "SELECT group_concat(row_id) FROM mutations",
                     "{\"name\":\"knows\"},{\"name\":\"likes\"}");
        g_assert_true(store_verify(fixture->store, NULL, NULL, &report, &error));
        g_assert_cmpstr(report.problem, ==, NULL);
}

static void test_who_why_and_what_for_are_kept(Fixture *fixture, const void *data)
{
        Actor actor = {
                .kind = ACTOR_AGENT, .name = "A", .connection = "conn-9", .session = "sess-3"};
        WriteOptions options = {
                .actor = &actor, .reason = "because", .group = "grp-7", .reverts = "mut-1"};
        g_autoptr(GError) error = NULL;

        g_assert_true(
                store_write(fixture->store, &options, run_sql, (void *)(uintptr_t)KNOWS, &error));
        assert_reads(
                fixture->store,
                "SELECT concat_ws(' ', actor_kind, actor_name, actor_connection, session_id, reason, "
                "group_id, reverts) FROM mutations",
                "agent A conn-9 sess-3 because grp-7 mut-1");
        assert_reads(fixture->store, "SELECT abs(ts / 1000000 - unixepoch()) < 60 FROM mutations",
                     "1");
}

static void test_without_an_actor_nothing_is_written(Fixture *fixture, const void *data)
{
        must_fail(fixture->store, NULL, KNOWS, OUROBOROS_ERROR_DENIED);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "0");
}

static void test_text_that_json_cannot_give_back_is_refused(Fixture *fixture, const void *data)
{
        must_fail(
                fixture->store, &human,
                "INSERT INTO predicates VALUES ('a', 'text', 'one', 'x' || char(0) || 'y', 'active')",
                OUROBOROS_ERROR_INVALID);
        must_fail(
                fixture->store, &human,
                "INSERT INTO predicates VALUES ('a', 'text', 'one', CAST(x'c328' AS TEXT), 'active')",
                OUROBOROS_ERROR_INVALID);
        assert_reads(fixture->store, "SELECT count(*) FROM predicates", "0");
}

/* Somebody took the triggers away: opening puts them back. */
static void test_missing_triggers_come_back_on_opening(Fixture *fixture, const void *data)
{
        DbOptions options = {.path = fixture->path, .key = fixture->key, .role = DB_PLAIN};

        fixture_close(fixture);
        OwnDb *db = db_open(&options, NULL);
        g_assert_true(db_run(db, "DROP TRIGGER journal_predicates_insert", NULL));
        db = db_close(db);
        fixture_open(fixture);
        must_write(fixture->store, &human, KNOWS);
        assert_reads(fixture->store, "SELECT count(*) FROM mutations", "1");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/journal-trigger/each-operation-leaves-an-entry",
                     test_each_operation_leaves_an_entry);
        FIXTURE_TEST("/journal-trigger/an-update-without-a-change-leaves-none",
                     test_an_update_without_a_change_leaves_none);
        FIXTURE_TEST("/journal-trigger/only-the-human-deletes", test_only_the_human_deletes);
        FIXTURE_TEST("/journal-trigger/replacing-is-deleting", test_replacing_is_deleting);
        FIXTURE_TEST("/journal-trigger/the-key-of-a-row-never-changes",
                     test_the_key_of_a_row_never_changes);
        FIXTURE_TEST("/journal-trigger/the-journal-cannot-be-written-by-rooms",
                     test_the_journal_cannot_be_written_by_rooms);
        FIXTURE_TEST("/journal-trigger/triggers-hold-on-any-handle",
                     test_triggers_hold_on_any_handle);
        FIXTURE_TEST("/journal-trigger/a-failed-statement-leaves-no-entry",
                     test_a_failed_statement_leaves_no_entry);
        FIXTURE_TEST("/journal-trigger/who-why-and-what-for-are-kept",
                     test_who_why_and_what_for_are_kept);
        FIXTURE_TEST("/journal-trigger/without-an-actor-nothing-is-written",
                     test_without_an_actor_nothing_is_written);
        FIXTURE_TEST("/journal-trigger/text-that-json-cannot-give-back-is-refused",
                     test_text_that_json_cannot_give_back_is_refused);
        FIXTURE_TEST("/journal-trigger/missing-triggers-come-back-on-opening",
                     test_missing_triggers_come_back_on_opening);
        return g_test_run();
}
