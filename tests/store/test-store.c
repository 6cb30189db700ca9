/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#define SETTING "INSERT INTO predicates VALUES ('knows', 'text', 'many', 'who', 'active')"

static void test_written_rows_are_there_after_reopening(Fixture *fixture, const void *data)
{
        must_write(fixture->store, &human, SETTING);
        assert_reads(fixture->store, "SELECT description FROM predicates", "who");
        fixture_close(fixture);
        fixture_open(fixture);
        assert_reads(fixture->store, "SELECT description FROM predicates", "who");
        assert_reads(fixture->store, "SELECT count(*) FROM mutations", "1");
}

static void test_a_closed_store_says_why(Fixture *fixture, const void *data)
{
        g_autoptr(GError) reason =
                g_error_new(OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE, "locked");
        g_autoptr(GError) error = NULL;

        store_close(fixture->store);
        store_set_unavailable(fixture->store, reason);
        g_assert_null(store_reader(fixture->store, NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
        g_assert_cmpstr(error->message, ==, "locked");
        must_fail(fixture->store, &human, SETTING, OUROBOROS_ERROR_UNAVAILABLE);
}

static void test_the_file_is_private_and_encrypted(Fixture *fixture, const void *data)
{
        g_autofree char *content = NULL;
        size_t length = 0;
        GStatBuf st;

        must_write(fixture->store, &human, SETTING);
        fixture_close(fixture);
        g_assert_cmpint(g_stat(fixture->path, &st), ==, 0);
        g_assert_cmpint(st.st_mode & 0777, ==, 0600);
        g_assert_true(g_file_get_contents(fixture->path, &content, &length, NULL));
        g_assert_null(memmem(content, length, "knows", 5));
        g_assert_null(memmem(content, length, "SQLite format", 13));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/store/written-rows-are-there-after-reopening",
                     test_written_rows_are_there_after_reopening);
        FIXTURE_TEST("/store/a-closed-store-says-why", test_a_closed_store_says_why);
        FIXTURE_TEST("/store/the-file-is-private-and-encrypted",
                     test_the_file_is_private_and_encrypted);
        return g_test_run();
}
