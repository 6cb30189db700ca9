/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that must not wait gives up instead, says so, and is as before afterwards. */
#include "fixture.h"

#define STEPS 5000

/* A read of a great many steps; its error, NULL if it was carried out. */
static GError *read_much(Store *store)
{
        GError *error = NULL;
        g_autoptr(Db) db = store_reader(store, NULL, &error);
        Statement *statement =
                db ? db_statement(db,
                                  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                  "WHERE i < 100000) SELECT count(*) FROM n",
                                  &error)
                   : NULL;

        if (statement)
                (void)statement_run(statement, &error);
        return error;
}

static GError *read_little(Store *store)
{
        GError *error = NULL;
        g_autoptr(Db) db = store_reader(store, NULL, &error);
        Statement *statement =
                db ? db_statement(db, "SELECT count(*) FROM facts WHERE id = 'fact-0'", &error)
                   : NULL;

        if (statement)
                (void)statement_run(statement, &error);
        return error;
}

static void test_a_small_read_is_carried_out(Fixture *fixture, const void *data)
{
        g_assert_null(read_little(fixture->store)); /* leaves an idle reader */
        store_impatient_begin(STEPS);
        g_autoptr(GError) error = read_little(fixture->store);
        g_assert_false(store_impatient_end());
        g_assert_no_error(error);
}

static void test_a_large_read_is_given_up_and_only_then(Fixture *fixture, const void *data)
{
        g_assert_null(read_little(fixture->store));
        store_impatient_begin(STEPS);
        g_autoptr(GError) error = read_much(fixture->store);
        g_assert_true(store_impatient_end());
        g_assert_nonnull(error);
        g_assert_null(read_much(fixture->store));
}

static void test_no_reader_is_opened(Fixture *fixture, const void *data)
{
        store_impatient_begin(STEPS);
        g_autoptr(GError) error = read_little(fixture->store);
        g_assert_true(store_impatient_end());
        g_assert_nonnull(error);
}

static void test_nothing_is_written(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;

        store_impatient_begin(STEPS);
        g_assert_false(write_sql(fixture->store, &human, "SELECT 1", &error));
        g_assert_true(store_impatient_end());
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        must_write(fixture->store, &human, "SELECT 1");
}

#define ADD(name, test)                                                                            \
        g_test_add("/impatience/" name, Fixture, NULL, fixture_up, test, fixture_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("a-small-read-is-carried-out", test_a_small_read_is_carried_out);
        ADD("a-large-read-is-given-up-and-only-then", test_a_large_read_is_given_up_and_only_then);
        ADD("no-reader-is-opened", test_no_reader_is_opened);
        ADD("nothing-is-written", test_nothing_is_written);
        return g_test_run();
}
