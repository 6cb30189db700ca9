/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A repository that is deleted for good takes its whole graph along, in the same write: no row, unit, edge, link, no word of
 * it in the journal, and nothing in a page of the database; the repository beside it keeps all of its own.
 * Seen to fail: without take_out() of the eraser; without its line for consulted numbers, and for edges. */
#include "code/erasing.h"
#include "folder.h"
#include "graph/fixture.h"
#include "journal/journal.h"
#include "store/pages.h"

static const uint8_t key[STORE_KEY_BYTES] = {1, 2, 3}; /* of the fixture */

static const char *const tables[] = {"code_repositories", "code_states",        "code_modules",
                                     "code_units",        "code_symbols",       "code_edges",
                                     "code_consulted",    "code_consultations", "autolinks"};

/* $N: the repository's number; $WORD: what every text of it has in it. */
static const char *const rows[] = {
        "INSERT INTO code_repositories VALUES ('repo-0000000000000000000000000000000$N', '/$WORD', '$WORD name', NULL,"
        " '[]', '[]', '[]', 0, 0, 'human', 1, 1)",
        "UPDATE code_repositories SET name = '$WORD other' WHERE path = '/$WORD'",
        "INSERT INTO code_states (number, repository_id, state, branch)"
        " VALUES ($N, 'repo-0000000000000000000000000000000$N', 'synced', '$WORD-branch')",
        "INSERT INTO code_modules (id, repository, folder, path, language, kind, bytes, mtime, ctime, lines,"
        " syntax_errors, symbols, edges, next_symbol, maker, linked) VALUES ($N, $N, '', '$WORD.c', 'c', 'lib', 1, 1,"
        " 1, 1, 0, 1, 1, 9, 1, 1)",
        "INSERT INTO code_units VALUES ($N, NULL, CAST('$WORD unit' AS BLOB))",
        "INSERT INTO code_symbols (id, repository, hash, kind, visibility, flags, first_line, last_line, name_line,"
        " name_column, name, doc) VALUES ($N << 20, $N, $N, 1, 1, 2, 1, 1, 1, 1, '$WORD_f', 'doc $WORD')",
        "INSERT INTO code_edges VALUES ($N << 20, $N, 0, 2, 1, 1, 1, NULL, '$WORD call')",
        "INSERT INTO code_consultations VALUES ($N, CAST('$WORDnumbers' AS BLOB))",
        "INSERT INTO code_consulted VALUES ($N << 32 | 7, CAST('$WORDmodules' AS BLOB))",
        "INSERT INTO autolinks (id, kind, left_id, right_id, quote, quote_start, quote_end, sha256, proposed_by,"
        " proposed_at, state, repository_id, title) VALUES ('link-0000000000000000000000000000000$N',"
        " 'document-symbol', 'doc-$N', 'sym-$N', '$WORD quoted', 0, 1, 'x', 'pipeline', 1, 'proposed',"
        " 'repo-0000000000000000000000000000000$N', '$WORD_f')",
};

typedef struct Case {
        Fixture *fixture;
        Journal *journal;
        char *path;
} Case;

static void add_repository(Case *test, const char *number, const char *word)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_autoptr(GString) sql = g_string_new(rows[i]);

                g_string_replace(sql, "$N", number, 0);
                g_string_replace(sql, "$WORD", word, 0);
                fixture_sql(test->fixture->vault, test->fixture->human, sql->str);
        }
}

static void up(Case *test, const void *data)
{
        test->fixture = fixture_new();
        test->path = g_build_filename(test->fixture->folder, "vault.db", NULL);
        test->journal = journal_new(test->fixture->vault, test->fixture->ops);
        code_register_erasers(test->fixture->vault);
        add_repository(test, "1", "qzxgone");
        add_repository(test, "2", "stays");
}

static void down(Case *test, const void *data)
{
        journal_free(test->journal);
        fixture_free(test->fixture);
        g_free(test->path);
}

static bool pages_say(const Case *test, const char *word)
{
        g_autoptr(GByteArray) pages = pages_read(test->path, key);

        g_assert_true(pages_have(pages, "create table")); /* it was decrypted */
        return pages_have(pages, word);
}

static void assert_rows(const Case *test, const char *expected)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
                g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", tables[i]);
                g_autofree char *count = fixture_select(test->fixture->vault, sql);

                if (!g_str_equal(count, expected))
                        g_error("%s has %s rows, not %s", tables[i], count, expected);
        }
}

static void test_a_repository_goes_with_its_graph(Case *test, const void *data)
{
        static const char target[] =
                "[{\"kind\": \"repository\", \"id\": \"repo-00000000000000000000000000000001\"}]";
        const Access *human = test->fixture->human;
        ToolTable tools = journal_tools(test->journal);
        VerifyReport report = {0};
        g_autoptr(GError) error = NULL;

        assert_rows(test, "2");
        g_assert_true(pages_say(test, "qzxgone"));
        g_autoptr(JsonObject) seen = fixture_call(tools, human, "hard_delete",
                                                  "{\"preview\": true, \"targets\": %s}", target);
        g_autoptr(JsonObject) done =
                fixture_call(tools, human, "hard_delete",
                             "{\"preview\": false, \"targets\": %s, \"token\": \"%s\"}", target,
                             json_member_string(seen, "token", ""));
        g_assert_true(json_member_bool(done, "cleaned", false));
        assert_rows(test, "1");
        g_assert_false(pages_say(test, "qzxgone"));
        g_assert_true(pages_say(test, "stays"));
        g_autofree char *left =
                fixture_select(test->fixture->vault, "SELECT name FROM code_repositories");
        g_assert_cmpstr(left, ==, "stays other");
        g_assert_true(store_verify(test->fixture->vault, NULL, NULL, &report, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(report.problem, ==, NULL);
        verify_report_clear(&report);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add("/hard-delete-code/a-repository-goes-with-its-graph", Case, NULL, up,
                   test_a_repository_goes_with_its_graph, down);
        return g_test_run();
}
