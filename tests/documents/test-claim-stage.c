/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents that cannot be indexed, or have no name to speak of, beside ones that can. */
#include <string.h>
#include <time.h>
#include <utime.h>

#include "fixture.h"

#define NO_NAME "# \xe2\x80\x8b\n\nSee [[Heron]].\n" /* a zero width space */

static const char good[] = "# Heron\n\nSee [[Egret]].\n";

/* Refuses every entity of the name "poison.txt". */
static bool refuse_poison(Db *db, const Change *changes, unsigned count, void *data, GError **error)
{
        Statement *query =
                db_statement(db, "SELECT 1 FROM entities WHERE name = 'poison.txt'", error);
        StepResult step = query ? statement_step(query, error) : STEP_ERROR;
        if (step == STEP_ROW)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "poison is refused");
        return step == STEP_DONE;
}

static void test_name_is_what_first_can_be_one(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        g_autofree char *words = g_strnfill(400, 'x');
        for (unsigned i = 10; i < 400; i += 11)
                words[i] = ' ';
        g_autofree char *wordy = g_strdup_printf("# %s\n\nText.\n", words);
        memset(words, 'y', 400);
        g_autofree char *wordless = g_strdup_printf("# %s\n\nText.\n", words);
        fixture_write(fixture, "good.md", good);
        fixture_write(fixture, "no-title.md", NO_NAME);
        fixture_write(fixture, " ", "A text in a file without a name.\n");
        fixture_write(fixture, "page.html", "<title>&#8203;</title><p>Text.</p>");
        fixture_write(fixture, "wordy.md", wordy);
        fixture_write(fixture, "wordless.md", wordless);
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        fixture_expect(fixture,
                       "SELECT count(*) || ' ' || sum(indexed) || ' ' || count(error)"
                       " FROM document_states",
                       "6 6 0");
        fixture_expect(fixture,
                       "SELECT group_concat(name, ';') FROM (SELECT iif(e.name = d.id, 'its id',"
                       " iif(length(e.name) > 200, length(e.name), e.name)) AS name"
                       " FROM entities e JOIN documents d ON d.id = e.document_id ORDER BY d.path)",
                       "its id;Heron;no-title.md;page.html;300;296");
        fixture_free(fixture);
}

static void test_one_document_does_not_stop_the_facts_of_others(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new_refusing("entities", refuse_poison);
        fixture_write(fixture, "a.md", good);
        fixture_write(fixture, "poison.txt", "Text.\n");
        fixture_write(fixture, "z.md", good);
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        fixture_expect(fixture,
                       "SELECT group_concat(path || ':' || indexed || searchable || coalesce(error"
                       " || ' ' || reason, ''), ';') FROM (SELECT * FROM documents d JOIN"
                       " document_states s ON s.document_id = d.id ORDER BY d.path)",
                       "a.md:11;poison.txt:01INVALID poison is refused;z.md:11");
        fixture_expect(fixture, "SELECT count(*) FROM facts WHERE predicate = 'links_to'", "2");
        g_autoptr(JsonObject) status = fixture_call(fixture, "ingest_status", "{}");
        g_assert_cmpint(json_object_get_int_member(status, "pending"), ==, 0);
        g_assert_cmpint(json_object_get_int_member(status, "errors"), ==, 1);
        fixture_free(fixture);
}

static void test_a_file_from_the_future_has_facts_of_now(void)
{
        if (!fixture_has_extractor())
                return;
        Fixture *fixture = fixture_new();
        fixture_write(fixture, "a.md", good);
        g_autofree char *path = g_build_filename(fixture->files, "a.md", NULL);
        struct utimbuf times = {.modtime = time(NULL) + 1000000};
        g_assert_cmpint(utime(path, &times), ==, 0);
        g_autofree char *root = fixture_register(fixture, "");
        fixture_settle(fixture);
        fixture_expect(fixture,
                       "SELECT count(*) || ' ' || (max(observed_at) <= max(recorded_at))"
                       " FROM facts",
                       "2 1");
        fixture_free(fixture);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/claim-stage/name-is-title-or-file-name-or-id-whichever-first-can-be-one",
                        test_name_is_what_first_can_be_one);
        g_test_add_func("/claim-stage/one-document-does-not-stop-the-facts-of-others",
                        test_one_document_does_not_stop_the_facts_of_others);
        g_test_add_func("/claim-stage/a-file-from-the-future-has-facts-of-now",
                        test_a_file_from_the_future_has_facts_of_now);
        return g_test_run();
}
