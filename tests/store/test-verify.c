/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "store/db.h"
#include "store/journal-trigger.h"

/* 400 rows in as many entries, more than what opening looks at. */
#define ROWS                                                                                       \
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 400) "         \
        "INSERT INTO predicates SELECT printf('p%03d', i), 'text', 'one', 'd' || i, 'active' FROM n"

static void fill(Fixture *fixture)
{
        must_write(fixture->store, &human, ROWS);
        must_write(fixture->store, &human,
                   "UPDATE predicates SET state = 'retired' WHERE name = 'p009'");
        must_write(fixture->store, &human, "DELETE FROM predicates WHERE name = 'p010'");
}

/* As one could who has the key and a tool of his own. */
static void tamper(Fixture *fixture, const char *sql)
{
        DbOptions options = {.path = fixture->path, .key = fixture->key, .role = DB_PLAIN};
        g_autoptr(GError) error = NULL;

        fixture_close(fixture);
        OwnDb *db = db_open(&options, &error);
        g_assert_no_error(error);
        g_assert_true(journal_triggers_drop(db, &error));
        (void)db_run(db, sql, &error);
        g_assert_no_error(error);
        g_assert_true(journal_triggers_make(db, &error));
        (void)db_close(db);
}

static VerifyReport verify(Fixture *fixture)
{
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};

        g_assert_true(store_verify(fixture->store, NULL, NULL, &report, &error));
        g_assert_no_error(error);
        if (report.problem)
                g_test_message("%s", report.problem);
        return report;
}

static void test_a_whole_store_has_no_problem(Fixture *fixture, const void *data)
{
        fill(fixture);
        VerifyReport report = verify(fixture);
        g_assert_cmpstr(report.problem, ==, NULL);
        g_assert_cmpint(report.entries, ==, 402);
        g_assert_cmpint(report.bad_seq, ==, 0);
        g_assert_cmpint(report.rows_bad, ==, 0);
        g_assert_cmpint(report.pages_bad, ==, 0);
}

/* A handle that has looked at the full-text index once remembers how it was. */
static void test_an_index_that_has_changed_since_is_no_damage(Fixture *fixture, const void *data)
{
        for (unsigned round = 0; round < 4; round++) {
                for (unsigned i = 0; i < 30; i++) {
                        g_autofree char *sql = g_strdup_printf(
                                "INSERT INTO chunks_fts (rowid, title, heading, body)"
                                " VALUES (%u, 'title %u', 'heading', 'body word%u other%u')",
                                round * 100 + i + 1, i, i, round);
                        must_write(fixture->store, &robot, sql);
                }
                VerifyReport report = verify(fixture);
                g_assert_cmpstr(report.problem, ==, NULL);
                must_write(fixture->store, &robot,
                           "INSERT INTO chunks_fts (chunks_fts) VALUES ('optimize')");
        }
}

static void must_break_chain(Fixture *fixture, const char *sql, int64_t seq)
{
        fill(fixture);
        tamper(fixture, sql);
        fixture_open(fixture);
        VerifyReport report = verify(fixture);
        g_assert_cmpint(report.bad_seq, ==, seq);
        g_assert_nonnull(report.problem);
        g_autofree char *number = g_strdup_printf("entry %" G_GINT64_FORMAT, seq);
        g_assert_nonnull(strstr(report.problem, number));
        verify_report_clear(&report);
}

static void test_a_changed_payload_is_found(Fixture *fixture, const void *data)
{
        must_break_chain(fixture,
                         "UPDATE mutations SET after = replace(after, 'd20', 'd21') WHERE seq = 20",
                         20);
}

static void test_a_changed_actor_is_found(Fixture *fixture, const void *data)
{
        must_break_chain(fixture, "UPDATE mutations SET actor_name = 'Other' WHERE seq = 21", 21);
}

static void test_a_removed_entry_is_found(Fixture *fixture, const void *data)
{
        must_break_chain(fixture, "DELETE FROM mutations WHERE seq = 22", 23);
}

static void test_reordered_entries_are_found(Fixture *fixture, const void *data)
{
        must_break_chain(fixture,
                         "UPDATE mutations SET seq = -1 WHERE seq = 30;"
                         "UPDATE mutations SET seq = 30 WHERE seq = 31;"
                         "UPDATE mutations SET seq = 31 WHERE seq = -1;",
                         30);
}

static void test_a_moved_boundary_between_fields_is_found(Fixture *fixture, const void *data)
{
        must_break_chain(fixture,
                         "UPDATE mutations SET table_name = table_name || substr(row_id, 1, 1), "
                         "row_id = substr(row_id, 2) WHERE seq = 40",
                         40);
}

static void must_find_row(Fixture *fixture, const char *sql, const char *row)
{
        fill(fixture);
        tamper(fixture, sql);
        fixture_open(fixture);
        VerifyReport report = verify(fixture);
        g_assert_cmpint(report.rows_bad, ==, 1);
        g_assert_cmpint(report.bad_seq, ==, 0);
        g_assert_nonnull(report.problem);
        g_assert_nonnull(strstr(report.problem, row));
        verify_report_clear(&report);
}

static void test_a_changed_row_is_found(Fixture *fixture, const void *data)
{
        must_find_row(fixture, "UPDATE predicates SET description = 'x' WHERE name = 'p050'",
                      "p050");
}

static void test_a_removed_row_is_found(Fixture *fixture, const void *data)
{
        must_find_row(fixture, "DELETE FROM predicates WHERE name = 'p051'", "p051");
}

static void test_an_added_row_is_found(Fixture *fixture, const void *data)
{
        must_find_row(fixture, "INSERT INTO predicates VALUES ('z', 'text', 'one', '', 'active')",
                      "\"z\"");
}

static void test_a_row_that_was_deleted_and_is_back_is_found(Fixture *fixture, const void *data)
{
        must_find_row(fixture,
                      "INSERT INTO predicates VALUES ('p010', 'text', 'one', '', 'active')",
                      "p010");
}

/* The chain of what is left holds; the rows give it away. */
/* Seen to fail: with the tables looked at that are said to be user data. */
static void test_a_changed_row_of_a_table_called_other_is_found(Fixture *fixture, const void *data)
{
        must_find_row(fixture,
                      "UPDATE table_kinds SET kind = 'projection' WHERE name = 'predicates';"
                      "UPDATE predicates SET description = 'x' WHERE name = 'p020'",
                      "p020");
}

static void test_a_cut_off_journal_is_found(Fixture *fixture, const void *data)
{
        must_find_row(fixture, "DELETE FROM mutations WHERE seq > 401", "p010");
}

/* The problem names the entry, its id, the table and the row. */
static void test_a_problem_says_where(Fixture *fixture, const void *data)
{
        g_autofree char *id = NULL;

        fill(fixture);
        id = read_text(fixture->store, NULL, "SELECT id FROM mutations WHERE seq = 60");
        tamper(fixture, "UPDATE mutations SET after = replace(after, 'd60', 'x') WHERE seq = 60");
        fixture_open(fixture);
        VerifyReport report = verify(fixture);
        g_assert_nonnull(strstr(report.problem, "entry 60 "));
        g_assert_nonnull(strstr(report.problem, id));
        g_assert_nonnull(strstr(report.problem, "table predicates"));
        g_assert_nonnull(strstr(report.problem, "p060"));
        verify_report_clear(&report);
        tamper(fixture,
               "UPDATE mutations SET after = replace(after, '\"x\"', '\"d60\"') WHERE seq = 60;"
               "UPDATE predicates SET description = 'x' WHERE name = 'p060'");
        fixture_open(fixture);
        report = verify(fixture);
        g_assert_nonnull(strstr(report.problem, "in: description"));
        g_assert_nonnull(strstr(report.problem, id));
        verify_report_clear(&report);
}

static void test_swapped_payloads_are_found(Fixture *fixture, const void *data)
{
        must_break_chain(
                fixture,
                "UPDATE mutations SET after = (SELECT m.after FROM mutations m WHERE m.seq ="
                " 143 - mutations.seq) WHERE seq IN (71, 72)",
                71);
}

static void test_a_removed_first_entry_is_found(Fixture *fixture, const void *data)
{
        must_break_chain(fixture, "DELETE FROM mutations WHERE seq = 1", 2);
}

static void test_a_removed_write_is_found(Fixture *fixture, const void *data)
{
        fill(fixture);
        tamper(fixture, "DELETE FROM writes WHERE first_seq = 1");
        fixture_open(fixture);
        VerifyReport report = verify(fixture);
        g_assert_nonnull(report.problem);
        g_assert_nonnull(strstr(report.problem, "register of writes"));
        verify_report_clear(&report);
}

/* ---- redactions ---- */

/* Deletes p100 for good; its entries are 100 and the last but those of the redactions. */
static void erase_one(Fixture *fixture)
{
        const EraseTarget target = {"predicates", "p100"};
        EraseOptions options = {.actor = &human, .targets = &target, .count = 1};
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) seen = store_erase_preview(fixture->store, &options, &error);

        g_assert_no_error(error);
        options.token = json_member_string(seen, "token", NULL);
        g_autoptr(JsonObject) answer = store_erase(fixture->store, &options, &error);
        g_assert_no_error(error);
        g_assert_true(json_member_bool(answer, "cleaned", false));
}

static void test_what_was_deleted_for_good_is_no_problem(Fixture *fixture, const void *data)
{
        fill(fixture);
        erase_one(fixture);
        VerifyReport report = verify(fixture);
        g_assert_cmpstr(report.problem, ==, NULL);
        assert_reads(fixture->store, "SELECT count(*) FROM mutations WHERE redacted <> 0", "2");
        assert_reads(fixture->store, "SELECT count(*) FROM mutations WHERE row_id LIKE '%p100%'",
                     "0");
        fixture_close(fixture);
        fixture_open(fixture);
        must_write(fixture->store, &human, "DELETE FROM predicates WHERE name = 'p101'");
        report = verify(fixture);
        g_assert_cmpstr(report.problem, ==, NULL);
}

static void must_find_after_erasing(Fixture *fixture, const char *sql, const char *words)
{
        fill(fixture);
        erase_one(fixture);
        must_write(fixture->store, &human, "UPDATE predicates SET state = 'retired'");
        tamper(fixture, sql);
        fixture_open(fixture);
        VerifyReport report = verify(fixture);
        g_assert_nonnull(report.problem);
        g_assert_nonnull(strstr(report.problem, words));
        verify_report_clear(&report);
}

/* Seen to fail: with entries marked as redacted believed without a record. */
static void test_a_blanked_payload_is_found(Fixture *fixture, const void *data)
{
        must_find_after_erasing(fixture,
                                "UPDATE mutations SET after = NULL, redacted = 2 WHERE seq = 80",
                                "entry 80 ");
}

static void test_a_blanked_payload_without_a_mark_is_found(Fixture *fixture, const void *data)
{
        must_find_after_erasing(fixture, "UPDATE mutations SET after = NULL WHERE seq = 80",
                                "entry 80 ");
}

/* The record would have to be journaled. */
static void test_a_forged_record_is_found(Fixture *fixture, const void *data)
{
        must_find_after_erasing(
                fixture,
                "UPDATE mutations SET after = NULL, redacted = 2 WHERE seq = 80;"
                "INSERT INTO redactions SELECT 80, id, 2, hash, hash, 'e' FROM mutations WHERE seq = 80",
                "entry 80 ");
}

/* Seen to fail: with entries marked as redacted believed without a record. */
static void test_a_removed_record_is_found(Fixture *fixture, const void *data)
{
        must_find_after_erasing(fixture, "DELETE FROM redactions WHERE seq = 100", "entry 100 ");
}

static void test_a_changed_record_is_found(Fixture *fixture, const void *data)
{
        must_find_after_erasing(
                fixture, "UPDATE redactions SET hash = zeroblob(32) WHERE seq = 100", "entry 100 ");
}

/* Seen to fail: without the hash of the rest. */
static void test_a_redacted_entry_that_was_changed_is_found(Fixture *fixture, const void *data)
{
        must_find_after_erasing(
                fixture, "UPDATE mutations SET actor_name = 'Other' WHERE seq = 100", "entry 100 ");
}

static void test_content_put_into_a_redacted_entry_is_found(Fixture *fixture, const void *data)
{
        must_find_after_erasing(
                fixture, "UPDATE mutations SET after = '{\"name\":\"p100\"}' WHERE seq = 100",
                "entry 100 ");
}

static void test_a_mark_taken_away_is_found(Fixture *fixture, const void *data)
{
        must_find_after_erasing(fixture, "UPDATE mutations SET redacted = 0 WHERE seq = 100",
                                "entry 100 ");
}

static bool run_past_the_authorizer(Db *db, void *data, GError **error)
{
        return db_run(db, data, error);
}

/* The triggers hold without the authorizer. Seen to fail: with one that lets any update through. */
static void test_an_entry_is_not_changed_by_our_own_sql_either(Fixture *fixture, const void *data)
{
        WriteOptions options = {.actor = &human};
        g_autoptr(GError) error = NULL;

        fill(fixture);
        g_assert_false(store_write(fixture->store, &options, run_past_the_authorizer,
                                   (void *)"UPDATE mutations SET after = NULL WHERE seq = 80",
                                   &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
}

/* The path of redacting is closed to everybody else. */
static void test_nobody_else_changes_an_entry(Fixture *fixture, const void *data)
{
        fill(fixture);
        must_fail(fixture->store, &human, "UPDATE mutations SET after = NULL WHERE seq = 80",
                  OUROBOROS_ERROR_DENIED);
        must_fail(fixture->store, &human,
                  "INSERT INTO redactions VALUES (80, 'm', 2, x'', x'', 'e')",
                  OUROBOROS_ERROR_DENIED);
        must_fail(fixture->store, &human, "DELETE FROM redactions", OUROBOROS_ERROR_DENIED);
        must_fail(fixture->store, &human, "DELETE FROM erasures", OUROBOROS_ERROR_DENIED);
}

static void test_the_end_of_the_chain_is_checked_on_opening(Fixture *fixture, const void *data)
{
        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path};
        g_autoptr(GError) error = NULL;

        fill(fixture);
        tamper(fixture, "UPDATE mutations SET reason = 'x' WHERE seq = 300");
        g_autoptr(Store) store = store_new(&options, NULL);
        g_assert_false(store_open(store, fixture->key, /* create= */ false, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT);
        g_assert_nonnull(strstr(error->message, "entry 300"));
}

static void test_a_column_that_came_later_is_no_difference(Fixture *fixture, const void *data)
{
        fill(fixture);
        tamper(fixture, "ALTER TABLE predicates ADD COLUMN unit TEXT NOT NULL DEFAULT 'm'");
        fixture_open(fixture);
        VerifyReport report = verify(fixture);
        g_assert_cmpstr(report.problem, ==, NULL);
        tamper(fixture, "UPDATE predicates SET unit = 'km' WHERE name = 'p001'");
        fixture_open(fixture);
        report = verify(fixture);
        g_assert_cmpint(report.rows_bad, ==, 1);
        verify_report_clear(&report);
}

/* Flips one byte of every tenth page but the first: each page is authenticated. */
static void test_damaged_pages_are_found(Fixture *fixture, const void *data)
{
        g_autofree char *content = NULL;
        g_autoptr(GError) error = NULL;
        size_t length = 0;

        fill(fixture);
        fixture_close(fixture);
        g_assert_true(g_file_get_contents(fixture->path, &content, &length, NULL));
        for (size_t page = 8; page < length / 4096; page += 3)
                content[page * 4096 + 100] ^= 1;
        g_assert_true(g_file_set_contents(fixture->path, content, (gssize)length, NULL));

        StoreOptions options = {.kind = STORE_VAULT, .path = fixture->path};
        g_autoptr(Store) store = store_new(&options, NULL);
        if (!store_open(store, fixture->key, /* create= */ false, &error)) {
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CORRUPT);
                return;
        }
        VerifyReport report = {0};
        g_assert_true(store_verify(store, NULL, NULL, &report, &error));
        g_assert_cmpint(report.pages_bad, >, 0);
        g_test_message("%s", report.problem);
        verify_report_clear(&report);
}

static bool count_and_stop(double fraction, void *data)
{
        int *left = data;

        g_assert_cmpfloat(fraction, >=, 0);
        g_assert_cmpfloat(fraction, <=, 1);
        return --*left > 0;
}

static void test_it_can_be_stopped(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};
        int left = 2;

        fill(fixture);
        g_assert_false(store_verify(fixture->store, count_and_stop, &left, &report, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_CANCELLED);
        g_assert_cmpint(left, ==, 0);
        must_write(fixture->store, &human, "DELETE FROM predicates");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/verify/an-index-that-has-changed-since-is-no-damage",
                     test_an_index_that_has_changed_since_is_no_damage);
        FIXTURE_TEST("/verify/a-whole-store-has-no-problem", test_a_whole_store_has_no_problem);
        FIXTURE_TEST("/verify/a-changed-payload-is-found", test_a_changed_payload_is_found);
        FIXTURE_TEST("/verify/a-changed-actor-is-found", test_a_changed_actor_is_found);
        FIXTURE_TEST("/verify/a-removed-entry-is-found", test_a_removed_entry_is_found);
        FIXTURE_TEST("/verify/reordered-entries-are-found", test_reordered_entries_are_found);
        FIXTURE_TEST("/verify/a-moved-boundary-between-fields-is-found",
                     test_a_moved_boundary_between_fields_is_found);
        FIXTURE_TEST("/verify/a-changed-row-is-found", test_a_changed_row_is_found);
        FIXTURE_TEST("/verify/a-removed-row-is-found", test_a_removed_row_is_found);
        FIXTURE_TEST("/verify/an-added-row-is-found", test_an_added_row_is_found);
        FIXTURE_TEST("/verify/a-row-that-was-deleted-and-is-back-is-found",
                     test_a_row_that_was_deleted_and_is_back_is_found);
        FIXTURE_TEST("/verify/a-changed-row-of-a-table-called-other-is-found",
                     test_a_changed_row_of_a_table_called_other_is_found);
        FIXTURE_TEST("/verify/a-cut-off-journal-is-found", test_a_cut_off_journal_is_found);
        FIXTURE_TEST("/verify/a-problem-says-where", test_a_problem_says_where);
        FIXTURE_TEST("/verify/swapped-payloads-are-found", test_swapped_payloads_are_found);
        FIXTURE_TEST("/verify/a-removed-first-entry-is-found", test_a_removed_first_entry_is_found);
        FIXTURE_TEST("/verify/a-removed-write-is-found", test_a_removed_write_is_found);
        FIXTURE_TEST("/verify/what-was-deleted-for-good-is-no-problem",
                     test_what_was_deleted_for_good_is_no_problem);
        FIXTURE_TEST("/verify/a-blanked-payload-is-found", test_a_blanked_payload_is_found);
        FIXTURE_TEST("/verify/a-blanked-payload-without-a-mark-is-found",
                     test_a_blanked_payload_without_a_mark_is_found);
        FIXTURE_TEST("/verify/a-forged-record-is-found", test_a_forged_record_is_found);
        FIXTURE_TEST("/verify/a-removed-record-is-found", test_a_removed_record_is_found);
        FIXTURE_TEST("/verify/a-changed-record-is-found", test_a_changed_record_is_found);
        FIXTURE_TEST("/verify/a-redacted-entry-that-was-changed-is-found",
                     test_a_redacted_entry_that_was_changed_is_found);
        FIXTURE_TEST("/verify/content-put-into-a-redacted-entry-is-found",
                     test_content_put_into_a_redacted_entry_is_found);
        FIXTURE_TEST("/verify/a-mark-taken-away-is-found", test_a_mark_taken_away_is_found);
        FIXTURE_TEST("/verify/an-entry-is-not-changed-by-our-own-sql-either",
                     test_an_entry_is_not_changed_by_our_own_sql_either);
        FIXTURE_TEST("/verify/nobody-else-changes-an-entry", test_nobody_else_changes_an_entry);
        FIXTURE_TEST("/verify/the-end-of-the-chain-is-checked-on-opening",
                     test_the_end_of_the_chain_is_checked_on_opening);
        FIXTURE_TEST("/verify/a-column-that-came-later-is-no-difference",
                     test_a_column_that_came_later_is_no_difference);
        FIXTURE_TEST("/verify/damaged-pages-are-found", test_damaged_pages_are_found);
        FIXTURE_TEST("/verify/it-can-be-stopped", test_it_can_be_stopped);
        return g_test_run();
}
