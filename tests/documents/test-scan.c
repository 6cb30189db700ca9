/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that cannot be recorded beside ones that can, and many files of one content. */
#include <stdio.h>

#include "fixture.h"

#define STATES                                                                                     \
        "SELECT group_concat(path || ':' || coalesce(error || ' ' || reason, 'fine'), ';') FROM"   \
        " (SELECT * FROM documents d JOIN document_states s ON s.document_id = d.id ORDER BY path)"

/* Refuses "poison.txt" as a file with content and "worse.txt" altogether. */
static bool refuse_poison(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        Statement *query = db_statement(db,
                                        "SELECT 1 FROM documents WHERE path = 'worse.txt' OR"
                                        " (path = 'poison.txt' AND sha256 IS NOT NULL)",
                                        error);
        StepResult step = query ? statement_step(query, error) : STEP_ERROR;
        if (step == STEP_ROW)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "poison is refused");
        return step == STEP_DONE;
}

static void test_one_file_does_not_stop_the_others(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new_refusing("documents", refuse_poison);
        fixture_write(fixture, "a.txt", "one");
        fixture_write(fixture, "poison.txt", "two");
        fixture_write(fixture, "worse.txt", "three");
        fixture_write(fixture, "z.txt", "four");
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        fixture_expect(fixture, STATES,
                       "a.txt:fine;poison.txt:INVALID poison is refused;z.txt:fine");
        fixture_expect(fixture, "SELECT sum(indexed) FROM document_states", "2");
        fixture_free(fixture);
}

static void test_equal_files_that_move_keep_their_documents(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        for (unsigned i = 0; i < 40; i++) {
                g_autofree char *path = g_strdup_printf("%s/%02u.txt", i < 20 ? "stay" : "go", i);
                fixture_write(fixture, path, "");
        }
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        g_autofree char *before = fixture_select(
                fixture, "SELECT group_concat(id) FROM (SELECT id FROM documents ORDER BY id)");
        fixture_stop(fixture);
        g_autofree char *from = g_build_filename(fixture->files, "go", NULL);
        g_autofree char *to = g_build_filename(fixture->files, "gone", NULL);
        g_assert_cmpint(rename(from, to), ==, 0);
        fixture_write(fixture, "new.txt", "");
        fixture_start(fixture);
        fixture_settle(fixture);
        fixture_expect(fixture, "SELECT count(*) || ' ' || sum(is_active) FROM documents", "41 41");
        fixture_expect(fixture, "SELECT count(*) FROM documents WHERE path LIKE 'gone/%'", "20");
        fixture_expect(fixture,
                       "SELECT group_concat(id) FROM (SELECT id FROM documents"
                       " WHERE path <> 'new.txt' ORDER BY id)",
                       before);
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/scan/one-file-does-not-stop-the-others",
                        test_one_file_does_not_stop_the_others);
        g_test_add_func("/scan/equal-files-that-move-keep-their-documents",
                        test_equal_files_that_move_keep_their_documents);
        return g_test_run();
}
