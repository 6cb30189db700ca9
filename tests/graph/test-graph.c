/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room across an exchange of the vault's file. */
#include "fixture.h"

static void expect(Fixture *fixture, const char *sql, const char *expected)
{
        g_autofree char *found = fixture_select(fixture->vault, sql);

        g_assert_cmpstr(found, ==, expected);
}

/* As after the restore of a backup from before this predicate was shipped. */
static void test_vocabulary_is_entered_into_whatever_file_is_opened(void)
{
        Fixture *fixture = fixture_new();
        g_autoptr(GError) error = NULL;
        const char *count = "SELECT count(*) FROM predicates WHERE name = 'links_to'";

        fixture_sql(fixture->vault, fixture->human,
                    "DELETE FROM predicates WHERE name = 'links_to'");
        g_assert_true(graph_start(fixture->graph, &error));
        expect(fixture, count, "0");
        graph_stop(fixture->graph);
        g_assert_true(graph_start(fixture->graph, &error));
        g_assert_no_error(error);
        expect(fixture, count, "1");
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/graph/vocabulary-is-entered-into-whatever-file-is-opened",
                        test_vocabulary_is_entered_into_whatever_file_is_opened);
        return g_test_run();
}
