/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is deleted for good is in no page of the database, be it free, in no frame of the -wal and in no file, and
 * the journal can still be verified. Pages are decrypted here, without SQLite. */
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "documents/erasing.h"
#include "folder.h"
#include "graph/fixture.h"
#include "journal/home.h"
#include "journal/journal.h"
#include "store/pages.h"

static const uint8_t key[STORE_KEY_BYTES] = {1, 2, 3}; /* of the fixture */

/* Begin like nothing else, so that the index cannot keep them as endings only. */
#define NAME   "Qzxentity Holdings"
#define ALIAS  "Qwyalias Group"
#define OBJECT "qkobject in the valley"
#define QUOTE  "Qvquote said: \\\"qlescaped\\\" here"
#define WORD   "qjbody"

static const char *const secrets[] = {"qzxentity", "qwyalias", "qkobject", "qvquote",
                                      "qlescaped", "qjbody",   "qhheld",   "qgreason",
                                      "qffile",    "qdropped", "qnote"};

typedef struct Case {
        Fixture *fixture;
        Journal *journal;
        char *path, *document, *entity, *fact, *file;
} Case;

static ToolTable graph(const Case *test)
{
        return graph_tools(test->fixture->graph);
}

static ToolTable tools(const Case *test)
{
        return journal_tools(test->journal);
}

static void fill_index(const Case *test)
{
        fixture_sql(
                test->fixture->vault, test->fixture->pipeline,
                "INSERT INTO chunks SELECT 7, sha256, 0, 'Qffile heading', 0, length(CAST(text AS BLOB)), 0,"
                " chars FROM document_text WHERE text LIKE '%" WORD "%'");
        fixture_sql(test->fixture->vault, test->fixture->pipeline,
                    "INSERT INTO chunks_fts (rowid, title, heading, body)"
                    " SELECT id, title, heading, body FROM chunk_content WHERE id = 7");
        fixture_sql(test->fixture->vault, test->fixture->pipeline,
                    "INSERT INTO chunks SELECT 8, sha256, 0, '', 0, length(CAST(text AS BLOB)), 0,"
                    " chars FROM document_text WHERE text LIKE '%harmless%'");
        fixture_sql(test->fixture->vault, test->fixture->pipeline,
                    "INSERT INTO chunks_fts (rowid, title, heading, body)"
                    " SELECT id, title, heading, body FROM chunk_content WHERE id = 8");
}

/* The vault's file of the document. */
static void make_file(Case *test)
{
        g_autofree char *sha256 =
                fixture_select(test->fixture->vault,
                               "SELECT sha256 FROM document_text WHERE text LIKE '%" WORD "%'");
        g_autofree char *folder =
                g_strdup_printf("%s/files/sha256/%.2s", test->fixture->folder, sha256);

        g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
        test->file = g_build_filename(folder, sha256, NULL);
        g_assert_true(g_file_set_contents(test->file, WORD, -1, NULL));
}

static void claim_all(Case *test)
{
        json_object_unref(fixture_call(graph(test), test->fixture->human, "remember_fact",
                                       "{\"entity_name\": \"" NAME
                                       "\", \"entity_type\": \"organization\","
                                       " \"predicate\": \"note\", \"object\": \"" OBJECT "\","
                                       " \"reason\": \"Qgreason is why\"}"));
        json_object_unref(fixture_call(
                graph(test), test->fixture->human, "remember_fact",
                "{\"entity_name\": \"" NAME "\", \"predicate\": \"note\","
                " \"object\": \"said\", \"document_id\": \"%s\", \"quote\": \"" QUOTE "\"}",
                test->document));
}

static void fill(Case *test)
{
        Fixture *fixture = test->fixture;
        g_autofree char *sql = NULL, *other = NULL;

        test->document = fixture_document(fixture, "letters/Qffile.txt",
                                          "Qvquote said: \"qlescaped\" here, and " WORD " ends.\n");
        other = fixture_document(fixture, "harmless.txt", "A harmless text.\n");
        make_file(test);
        fill_index(test);
        claim_all(test);
        test->entity =
                fixture_select(fixture->vault, "SELECT id FROM entities WHERE name = '" NAME "'");
        test->fact =
                fixture_select(fixture->vault, "SELECT id FROM facts WHERE object = '" OBJECT "'");
        g_assert_nonnull(test->entity);
        g_assert_nonnull(test->fact);
        sql = g_strdup_printf("INSERT INTO entity_aliases (entity_id, alias_key, alias)"
                              " VALUES ('%s', 'qwyalias group', '" ALIAS "')",
                              test->entity);
        fixture_sql(fixture->vault, fixture->human, sql);
        g_free(sql);
        sql = g_strdup_printf(
                "INSERT INTO rejections (ts, agent, document_id, entity, quote, reason)"
                " VALUES (1, 'a', NULL, '" NAME "', 'qdropped', 'not there')");
        fixture_sql(fixture->vault, fixture->pipeline, sql);
        g_free(sql);
        sql = g_strdup_printf("INSERT INTO contradiction_reviews VALUES ('%s', 'note',"
                              " 'acknowledged', '[]', 'Qnote on " NAME "', 1)",
                              test->entity);
        fixture_sql(fixture->vault, fixture->human, sql);
        g_free(sql);
        sql = g_strdup_printf(
                "INSERT INTO held_claims (id, entity_id, predicate, object, agent, trust_tier,"
                " observed_at, recorded_at, quote, quote_start, quote_end, document_id,"
                " document_hash, state) VALUES ('%s', '%s', 'note', 'Qhheld thing', 'pipeline',"
                " 'extracted', 1, 1, 'Qhheld', 0, 1, '%s', 'x', 'dropped')",
                "held-00000000000000000000000000000001", test->entity, test->document);
        fixture_sql(fixture->vault, fixture->pipeline, sql);
        /* states that are no more, of rows that stay and of such that are gone */
        fixture_sql(fixture->vault, fixture->human,
                    "UPDATE predicates SET description = 'about " NAME "' WHERE name = 'email'");
        fixture_sql(fixture->vault, fixture->human,
                    "UPDATE predicates SET description = 'plain again' WHERE name = 'email'");
        fixture_sql(fixture->vault, fixture->human,
                    "INSERT INTO predicates VALUES ('" NAME "', 'text', 'one', 'x', 'proposed')");
        fixture_sql(fixture->vault, fixture->human,
                    "DELETE FROM predicates WHERE name = '" NAME "'");
}

/* The fixture's store, opened anew with a folder of files. */
static void use_files(Case *test)
{
        g_autofree char *files = g_build_filename(test->fixture->folder, "files", NULL);
        g_autoptr(GError) error = NULL;
        Fixture *fixture = test->fixture;
        StoreOptions options = {
                .kind = STORE_VAULT, .path = test->path, .cache_mb = 4, .files = files};

        store_close(fixture->vault);
        store_free(fixture->vault);
        graph_free(fixture->graph);
        fixture->vault = store_new(&options, &error);
        fixture->graph = graph_new(fixture->vault);
        documents_register_erasers(fixture->vault);
        g_assert_true(store_open(fixture->vault, key, /* create= */ false, &error));
        g_assert_no_error(error);
        graph_start(fixture->graph, &error);
        g_assert_no_error(error);
}

static void up(Case *test, const void *data)
{
        test->fixture = fixture_new();
        test->path = g_build_filename(test->fixture->folder, "vault.db", NULL);
        use_files(test);
        test->journal = journal_new(test->fixture->vault, test->fixture->ops);
        fill(test);
}

static void down(Case *test, const void *data)
{
        g_autofree char *files = g_build_filename(test->fixture->folder, "files", NULL);

        folder_remove(files);
        journal_free(test->journal);
        fixture_free(test->fixture);
        g_free(test->path);
        g_free(test->document);
        g_free(test->entity);
        g_free(test->fact);
        g_free(test->file);
}

/* How many of the secrets are in the file and its -wal. */
static unsigned count_secrets(const char *path)
{
        g_autoptr(GByteArray) pages = pages_read(path, key);
        unsigned count = 0;

        g_assert_true(pages_have(pages, "create table")); /* it was decrypted */
        for (unsigned i = 0; i < G_N_ELEMENTS(secrets); i++) {
                if (!pages_have(pages, secrets[i]))
                        continue;
                g_test_message("%s is there", secrets[i]);
                count++;
        }
        return count;
}

static void must_verify(const Case *test)
{
        g_autoptr(GError) error = NULL;
        VerifyReport report = {0};

        g_assert_true(store_verify(test->fixture->vault, NULL, NULL, &report, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(report.problem, ==, NULL);
        verify_report_clear(&report);
}

static char *targets_of(const Case *test)
{
        return g_strdup_printf("[{\"kind\": \"document\", \"id\": \"%s\"},"
                               " {\"kind\": \"entity\", \"id\": \"%s\"}]",
                               test->document, test->entity);
}

static JsonObject *preview(const Case *test, const char *targets)
{
        return fixture_call(tools(test), test->fixture->human, "hard_delete",
                            "{\"preview\": true, \"targets\": %s}", targets);
}

static JsonObject *delete_previewed(const Case *test, const char *targets)
{
        g_autoptr(JsonObject) seen = preview(test, targets);

        return fixture_call(tools(test), test->fixture->human, "hard_delete",
                            "{\"preview\": false, \"targets\": %s, \"token\": \"%s\"}", targets,
                            json_member_string(seen, "token", ""));
}

static char *backup(const Case *test, const char *name)
{
        g_autoptr(GError) error = NULL;
        char *path = g_build_filename(test->fixture->folder, name, NULL);

        g_assert_true(store_backup(test->fixture->vault, path, &error));
        g_assert_no_error(error);
        return path;
}

/* Seen to fail: without the cleaning (free pages, -wal), without merging the index (the body's tokens), without the search
 * for words in the journal (predicates, reasons), without removing the file. */
static void test_nothing_of_it_is_left(Case *test, const void *data)
{
        g_autofree char *targets = targets_of(test);
        g_autofree char *before = backup(test, "before.db");

        g_assert_cmpuint(count_secrets(test->path), ==, G_N_ELEMENTS(secrets));
        g_assert_cmpuint(count_secrets(before), ==, G_N_ELEMENTS(secrets));
        g_assert_true(g_file_test(test->file, G_FILE_TEST_EXISTS));
        must_verify(test);

        g_autoptr(JsonObject) answer = delete_previewed(test, targets);
        g_assert_cmpstr(json_member_string(answer, "problem", NULL), ==, NULL);
        g_assert_true(json_member_bool(answer, "cleaned", false));

        g_assert_cmpuint(count_secrets(test->path), ==, 0);
        g_autofree char *after = backup(test, "after.db");
        g_assert_cmpuint(count_secrets(after), ==, 0);
        g_assert_false(g_file_test(test->file, G_FILE_TEST_EXISTS));
        g_assert_cmpuint(count_secrets(before), ==, G_N_ELEMENTS(secrets));
        must_verify(test);
        store_close(test->fixture->vault);
        g_assert_cmpuint(count_secrets(test->path), ==, 0);
}

/* Seen to fail: with the rows going in the order in which they were found: the entity before its facts. */
static void test_an_entity_goes_with_all_that_was_said_of_it(Case *test, const void *data)
{
        Fixture *fixture = test->fixture;
        g_autofree char *target =
                g_strdup_printf("[{\"kind\": \"entity\", \"id\": \"%s\"}]", test->entity);
        g_autofree char *left = NULL;

        json_object_unref(fixture_call(graph(test), fixture->human, "remember_fact",
                                       "{\"entity_name\": \"Its Former Name\", \"predicate\":"
                                       " \"note\", \"object\": \"as it was\"}"));
        json_object_unref(fixture_call(graph(test), fixture->human, "merge_entities",
                                       "{\"entity_id\": \"%s\", \"merge\": [\"Its Former Name\"]}",
                                       test->entity));
        g_autoptr(JsonObject) answer = delete_previewed(test, target);
        g_assert_true(json_member_bool(answer, "deleted", false));
        left = fixture_select(
                fixture->vault,
                "SELECT count(*) FROM facts f WHERE NOT EXISTS (SELECT 1 FROM entities"
                " e WHERE e.id = f.entity_id) OR f.object = 'as it was'");
        g_assert_cmpstr(left, ==, "0");
        must_verify(test);
}

/* ---- the way there ---- */

static void test_a_preview_counts_and_changes_nothing(Case *test, const void *data)
{
        g_autofree char *targets = targets_of(test);
        g_autofree char *dump = fixture_dump(test->fixture->vault);
        g_autoptr(JsonObject) seen = preview(test, targets);
        g_autofree char *after = fixture_dump(test->fixture->vault);
        JsonArray *tables = json_object_get_array_member(seen, "tables");
        int64_t sum = 0;

        g_assert_cmpstr(dump, ==, after);
        g_assert_false(json_member_bool(seen, "deleted", true));
        for (unsigned i = 0; i < json_array_get_length(tables); i++) {
                JsonObject *row = json_array_get_object_element(tables, i);

                sum += json_member_int(row, "rows", 0);
                if (g_str_equal(json_member_string(row, "table", ""), "facts"))
                        g_assert_cmpint(json_member_int(row, "rows", 0), ==, 2);
        }
        g_assert_cmpint(json_member_int(seen, "rows", 0), ==, sum);
        g_assert_cmpint(json_member_int(seen, "files", 0), ==, 1);
        g_assert_cmpint(json_member_int(seen, "entries", 0), >, 6);
        g_assert_cmpint(json_array_get_length(json_object_get_array_member(seen, "sample")), >, 0);
}

/* Seen to fail: without the comparison of tokens. */
static void test_it_needs_the_token_of_what_goes_now(Case *test, const void *data)
{
        g_autofree char *targets = targets_of(test);
        g_autofree char *bare =
                g_strdup_printf("hard_delete {\"preview\": false, \"targets\": %s}", targets);
        g_autoptr(JsonObject) seen = preview(test, targets);
        g_autofree char *call = g_strdup_printf(
                "hard_delete {\"preview\": false, \"token\": \"%s\", \"targets\": %s}",
                json_member_string(seen, "token", ""), targets);

        fixture_fail(tools(test), test->fixture->human, bare, OUROBOROS_ERROR_STALE, "preview");
        json_object_unref(fixture_call(graph(test), test->fixture->human, "remember_fact",
                                       "{\"entity_name\": \"" NAME "\", \"predicate\": \"note\","
                                       " \"object\": \"one more\"}"));
        fixture_fail(tools(test), test->fixture->human, call, OUROBOROS_ERROR_STALE, "preview");
        must_verify(test);
}

/* Seen to fail: without the check of the actor in the store. */
static void test_nobody_but_the_human_deletes(Case *test, const void *data)
{
        g_autofree char *targets = targets_of(test);
        g_autoptr(JsonObject) seen = preview(test, targets);
        g_autofree char *call = g_strdup_printf(
                "hard_delete {\"preview\": false, \"token\": \"%s\", \"targets\": %s}",
                json_member_string(seen, "token", ""), targets);

        fixture_fail(tools(test), test->fixture->agent, call, OUROBOROS_ERROR_DENIED, "human");
        fixture_fail(tools(test), test->fixture->pipeline, call, OUROBOROS_ERROR_DENIED, "human");
        g_assert_cmpuint(count_secrets(test->path), ==, G_N_ELEMENTS(secrets));
}

static void test_what_is_not_there_or_in_use_is_refused(Case *test, const void *data)
{
        const Access *human = test->fixture->human;

        fixture_fail(tools(test), human,
                     "hard_delete {\"targets\": [{\"kind\": \"fact\","
                     " \"id\": \"fact-00000000000000000000000000000000\"}]}",
                     OUROBOROS_ERROR_NOT_FOUND, "fact-0000");
        fixture_fail(tools(test), human,
                     "hard_delete {\"targets\": [{\"kind\": \"predicate\", \"id\": \"note\"}]}",
                     OUROBOROS_ERROR_CONFLICT, "facts");
        fixture_fail(tools(test), human,
                     "hard_delete {\"targets\": [{\"table\": \"mutations\", \"id\": \"1\"}]}",
                     OUROBOROS_ERROR_DENIED, "mutations");
        fixture_fail(tools(test), human,
                     "hard_delete {\"targets\": [{\"table\": \"chunks\", \"id\": \"7\"}]}",
                     OUROBOROS_ERROR_DENIED, "no table of user data");
        fixture_fail(tools(test), human,
                     "hard_delete {\"targets\": [{\"table\": \"entity_aliases\", \"id\": \"x\"}]}",
                     OUROBOROS_ERROR_INVALID, "whole key");
}

/* ---- what stays ---- */

static JsonObject *delete_fact(const Case *test)
{
        g_autofree char *targets =
                g_strdup_printf("[{\"kind\": \"fact\", \"id\": \"%s\"}]", test->fact);

        return delete_previewed(test, targets);
}

/* Seen to fail: with reasons left in the other entries of their group. */
static void test_one_fact_goes_alone(Case *test, const void *data)
{
        g_autoptr(JsonObject) answer = delete_fact(test);
        g_autoptr(GByteArray) pages = pages_read(test->path, key);
        g_autofree char *facts = fixture_select(test->fixture->vault, "SELECT count(*) FROM facts");
        g_autofree char *whole = fixture_select(
                test->fixture->vault, "SELECT count(*) FROM mutations WHERE table_name = 'entities'"
                                      " AND after LIKE '%" NAME "%' AND reason IS NULL");

        g_assert_true(json_member_bool(answer, "cleaned", false));
        g_assert_false(pages_have(pages, "qkobject"));
        g_assert_false(pages_have(pages, "qgreason"));
        g_assert_true(pages_have(pages, "qzxentity"));
        g_assert_cmpstr(facts, ==, "1");
        g_assert_cmpstr(whole, !=, "0");
        g_assert_true(g_file_test(test->file, G_FILE_TEST_EXISTS));
        must_verify(test);
}

/* Seen to fail: with words looked for that rows say which stay. */
static void test_what_others_say_too_is_named_and_left(Case *test, const void *data)
{
        g_autofree char *targets =
                g_strdup_printf("[{\"kind\": \"fact\", \"id\": \"%s\"}]", test->fact);

        json_object_unref(
                fixture_call(graph(test), test->fixture->human, "remember_fact",
                             "{\"entity_name\": \"Somebody Else\", \"entity_type\": \"person\","
                             " \"predicate\": \"note\", \"object\": \"" OBJECT "\"}"));
        fixture_sql(test->fixture->vault, test->fixture->human,
                    "UPDATE facts SET confidence = 0.5 WHERE entity_id ="
                    " (SELECT id FROM entities WHERE name = 'Somebody Else')");
        g_autoptr(JsonObject) seen = preview(test, targets);
        JsonArray *mentioned = json_object_get_array_member(seen, "mentioned");
        g_assert_cmpint(json_member_int(seen, "mentions", 0), ==, 1);
        g_assert_cmpstr(
                json_member_string(json_array_get_object_element(mentioned, 0), "table", ""), ==,
                "facts");
        g_autoptr(JsonObject) answer = delete_previewed(test, targets);
        g_autofree char *other = fixture_select(
                test->fixture->vault, "SELECT count(*) FROM mutations WHERE table_name = 'facts'"
                                      " AND after LIKE '%" OBJECT "%' AND redacted = 0");
        g_assert_cmpstr(other, ==, "2");
        must_verify(test);
}

/* Seen to fail: without the look at other documents of the content. */
static void test_a_content_that_another_document_has_stays(Case *test, const void *data)
{
        g_autofree char *twin =
                fixture_document(test->fixture, "twin.txt",
                                 "Qvquote said: \"qlescaped\" here, and " WORD " ends.\n");
        g_autofree char *one =
                g_strdup_printf("[{\"kind\": \"document\", \"id\": \"%s\"}]", test->document);
        g_autofree char *both = g_strdup_printf("[{\"kind\": \"document\", \"id\": \"%s\"}]", twin);
        g_autoptr(JsonObject) first = delete_previewed(test, one);
        g_autoptr(GByteArray) pages = pages_read(test->path, key);

        g_assert_true(g_file_test(test->file, G_FILE_TEST_EXISTS));
        g_assert_true(pages_have(pages, WORD));
        g_autoptr(JsonObject) second = delete_previewed(test, both);
        g_autoptr(GByteArray) later = pages_read(test->path, key);
        g_assert_false(g_file_test(test->file, G_FILE_TEST_EXISTS));
        g_assert_false(pages_have(later, WORD));
        must_verify(test);
}

static bool is_buried(const Case *test, const char *text)
{
        g_autofree char *path = g_build_filename(test->fixture->folder, "files", "letter", NULL);
        g_autoptr(Db) db = store_reader(test->fixture->vault, NULL, NULL);
        bool buried = false;

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        g_assert_true(erased_content(db, fd, &buried, NULL));
        close(fd);
        g_assert_cmpint(g_remove(path), ==, 0);
        return buried;
}

/* Seen to fail: without the note of what was deleted. */
static void test_a_file_that_still_has_the_content_is_not_taken_again(Case *test, const void *data)
{
        static const char text[] = "Qvquote said: \"qlescaped\" here, and " WORD " ends.\n";
        g_autofree char *targets = targets_of(test);

        fixture_sql(test->fixture->vault, test->fixture->pipeline,
                    "UPDATE documents SET size = (SELECT length(CAST(t.text AS BLOB)) FROM"
                    " document_text t WHERE t.sha256 = documents.sha256)");
        g_assert_false(is_buried(test, text));
        json_object_unref(delete_previewed(test, targets));
        g_assert_true(is_buried(test, text));
        g_assert_false(is_buried(test, "qvquote said: \"qlescaped\" here, and " WORD " ends.\n"));
        fixture_sql(test->fixture->vault, test->fixture->human, "DELETE FROM erased_contents");
        g_assert_false(is_buried(test, text));
}

/* ---- the journal afterwards ---- */

/* Seen to fail: without the check of an entry's content. */
static void test_a_redacted_entry_says_so_and_is_not_reverted(Case *test, const void *data)
{
        g_autoptr(JsonObject) answer = delete_fact(test);
        g_autofree char *id = fixture_select(test->fixture->vault,
                                             "SELECT id FROM mutations WHERE table_name = 'facts'"
                                             " AND op = 'insert' AND redacted <> 0");
        g_autofree char *group = fixture_select(
                test->fixture->vault, "SELECT group_id FROM mutations ORDER BY seq DESC LIMIT 1");
        g_autofree char *revert =
                g_strdup_printf("revert_mutation {\"mutation_id\": \"%s\", \"force\": true}", id);
        g_autofree char *all = g_strdup_printf("revert_group {\"group_id\": \"%s\"}", group);
        g_autoptr(JsonObject) entry = fixture_call(tools(test), test->fixture->human,
                                                   "get_mutation", "{\"mutation_id\": \"%s\"}", id);
        g_autoptr(JsonObject) list = fixture_call(tools(test), test->fixture->human,
                                                  "list_mutations", "{\"table_name\": \"facts\"}");

        g_assert_true(json_object_has_member(entry, "redacted"));
        g_assert_true(json_object_get_null_member(entry, "after"));
        g_assert_nonnull(list);
        fixture_fail(tools(test), test->fixture->human, revert, OUROBOROS_ERROR_CONFLICT,
                     "for good");
        fixture_fail(tools(test), test->fixture->human, all, OUROBOROS_ERROR_DENIED, "for good");
        must_verify(test);
}

/* Seen to fail: with the records of what was redacted taken out of history like any rows. */
static void test_what_would_be_without_it_is_still_told(Case *test, const void *data)
{
        json_object_unref(delete_fact(test));
        g_autofree char *group = fixture_select(
                test->fixture->vault, "SELECT group_id FROM mutations ORDER BY seq DESC LIMIT 1");
        g_autoptr(JsonObject) answer =
                fixture_call(tools(test), test->fixture->human, "branch_preview",
                             "{\"group_id\": \"%s\"}", group);
        JsonObject *tables =
                json_member_object(json_member_object(answer, "would_change"), "tables");

        g_assert_cmpint(json_member_int(tables, "facts", 0), ==, 0);
        g_assert_cmpint(json_member_int(tables, "redactions", 0), ==, 0);
        must_verify(test);
}

/* Taken out as JSON lines and brought into an empty home. Seen to fail: with states that an entry must have. */
/* The journal, brought into an empty vault, gives the same rows. */
static void must_be_carried(const Case *test)
{
        g_autofree char *before = NULL, *after = NULL;
        g_autoptr(GError) error = NULL;
        Home home;
        int fd = home_file();

        home_up(&home);
        json_object_unref(home_export(test->journal, test->fixture->human, fd, ""));
        g_autoptr(JsonObject) answer = home_import(&home, test->fixture->human, fd, &error);
        g_assert_no_error(error);
        g_assert_nonnull(answer);
        before = fixture_dump(test->fixture->vault);
        after = fixture_dump(home.vault);
        g_assert_cmpstr(before, ==, after);
        home_must_be_sound(home.vault);
        home_down(&home);
        close(fd);
}

static void test_a_journal_with_redacted_entries_is_carried(Case *test, const void *data)
{
        g_autofree char *targets = targets_of(test);

        json_object_unref(delete_previewed(test, targets));
        must_be_carried(test);
}

static void revert_last_group(const Case *test)
{
        g_autofree char *group = fixture_select(
                test->fixture->vault, "SELECT group_id FROM mutations ORDER BY seq DESC LIMIT 1");

        json_object_unref(fixture_call(tools(test), test->fixture->human, "revert_group",
                                       "{\"group_id\": \"%s\"}", group));
}

/* Facts that the human took back are rows no more, but the journal has them. Seen to fail: with nothing looked for but
 * rows that are there; the import also with triggers on, of which one wants the entity of each fact. */
static void test_what_was_reverted_before_goes_too(Case *test, const void *data)
{
        static const char *const words[] = {"qjtaken", "qjback", "qjwhy", "qvquote"};
        g_autofree char *targets = targets_of(test);

        json_object_unref(fixture_call(graph(test), test->fixture->human, "remember_fact",
                                       "{\"entity_name\": \"" NAME "\", \"predicate\": \"note\","
                                       " \"object\": \"qjtaken\", \"reason\": \"qjwhy\"}"));
        revert_last_group(test);
        json_object_unref(fixture_call(
                graph(test), test->fixture->human, "remember_fact",
                "{\"entity_name\": \"Plain\", \"predicate\": \"note\","
                " \"object\": \"qjback\", \"document_id\": \"%s\", \"quote\": \"" QUOTE "\"}",
                test->document));
        revert_last_group(test);
        json_object_unref(fixture_call(graph(test), test->fixture->human, "remember_fact",
                                       "{\"entity_name\": \"" NAME "\", \"entity_type\": \"qj\","
                                       " \"predicate\": \"note\", \"object\": \"kept\"}"));
        revert_last_group(test);
        json_object_unref(delete_previewed(test, targets));
        g_autoptr(GByteArray) pages = pages_read(test->path, key);
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                g_assert_false(pages_have(pages, words[i]));
        must_verify(test);
        must_be_carried(test);
}

/* ---- a stop in the middle ---- */

typedef struct Fall {
        int steps; /* progress reports until the process ends */
} Fall;

static bool fall(double fraction, void *data)
{
        Fall *left = data;

        if (left->steps-- == 0)
                _exit(42);
        return true;
}

/* Deletes in a process of its own that ends at the step; true if it did end there. */
static bool delete_and_fall(const Case *test, int step)
{
        pid_t child = fork();
        int status;

        g_assert_cmpint(child, >=, 0);
        if (child == 0) {
                g_autofree char *files = g_build_filename(test->fixture->folder, "files", NULL);
                StoreOptions options = {
                        .kind = STORE_VAULT, .path = test->path, .cache_mb = 4, .files = files};
                Store *store = store_new(&options, NULL);
                Graph *room = graph_new(store);
                EraseTarget targets[] = {{"documents", test->document}, {"entities", test->entity}};
                Fall left = {step};
                EraseOptions erase = {.actor = access_actor(test->fixture->human),
                                      .targets = targets,
                                      .count = G_N_ELEMENTS(targets)};

                documents_register_erasers(store);
                if (!room || !store_open(store, key, /* create= */ false, NULL))
                        _exit(1);
                JsonObject *seen = store_erase_preview(store, &erase, NULL);
                if (!seen)
                        _exit(2);
                erase.token = json_member_string(seen, "token", NULL);
                erase.progress = fall;
                erase.data = &left;
                _exit(store_erase(store, &erase, NULL) ? 0 : 3);
        }
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFEXITED(status));
        g_assert_true(WEXITSTATUS(status) == 42 || WEXITSTATUS(status) == 0);
        return WEXITSTATUS(status) == 42;
}

/* Seen to fail: without finishing at the start. */
static void test_a_stop_in_the_middle_is_finished_at_the_next_start(Case *test, const void *data)
{
        g_autofree char *content = NULL, *file = NULL;
        size_t length = 0;

        store_close(test->fixture->vault);
        g_assert_true(g_file_get_contents(test->path, &content, &length, NULL));
        g_assert_true(g_file_get_contents(test->file, &file, NULL, NULL));
        for (int step = 0;; step++) {
                bool fell = delete_and_fall(test, step);
                g_autofree char *open = NULL;

                use_files(test);
                open = fixture_select(test->fixture->vault,
                                      "SELECT count(*) FROM erasures WHERE done = 0");
                g_assert_cmpstr(open, ==, "0");
                g_assert_cmpuint(count_secrets(test->path), ==, 0);
                g_assert_false(g_file_test(test->file, G_FILE_TEST_EXISTS));
                must_verify(test);
                store_close(test->fixture->vault);
                g_assert_cmpuint(count_secrets(test->path), ==, 0);
                if (!fell) {
                        g_assert_cmpint(step, >, 3);
                        break;
                }
                g_assert_true(g_file_set_contents(test->path, content, (gssize)length, NULL));
                g_assert_true(g_file_set_contents(test->file, file, -1, NULL));
        }
        use_files(test);
}

/* ---- copies ---- */

/* Seen to fail: with copies that are not removed. */
static void test_older_copies_are_named_or_removed(Case *test, const void *data)
{
        g_autofree char *copy = g_strconcat(test->path, ".before-10", NULL);
        g_autofree char *targets = targets_of(test);
        g_autoptr(JsonObject) seen = NULL, answer = NULL;
        JsonArray *copies;

        g_assert_true(g_file_set_contents(copy, "old", -1, NULL));
        seen = preview(test, targets);
        copies = json_object_get_array_member(seen, "copies");
        g_assert_cmpuint(json_array_get_length(copies), ==, 1);
        g_assert_cmpstr(json_array_get_string_element(copies, 0), ==, copy);
        answer = fixture_call(tools(test), test->fixture->human, "hard_delete",
                              "{\"preview\": false, \"remove_copies\": true, \"targets\": %s,"
                              " \"token\": \"%s\"}",
                              targets, json_member_string(seen, "token", ""));
        g_assert_false(g_file_test(copy, G_FILE_TEST_EXISTS));
        g_assert_cmpuint(json_array_get_length(json_object_get_array_member(answer, "copies")), ==,
                         0);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define TEST(name, function) g_test_add("/hard-delete/" name, Case, NULL, up, function, down)
        TEST("nothing-of-it-is-left", test_nothing_of_it_is_left);
        TEST("an-entity-goes-with-all-that-was-said-of-it",
             test_an_entity_goes_with_all_that_was_said_of_it);
        TEST("a-preview-counts-and-changes-nothing", test_a_preview_counts_and_changes_nothing);
        TEST("it-needs-the-token-of-what-goes-now", test_it_needs_the_token_of_what_goes_now);
        TEST("nobody-but-the-human-deletes", test_nobody_but_the_human_deletes);
        TEST("what-is-not-there-or-in-use-is-refused", test_what_is_not_there_or_in_use_is_refused);
        TEST("one-fact-goes-alone", test_one_fact_goes_alone);
        TEST("what-others-say-too-is-named-and-left", test_what_others_say_too_is_named_and_left);
        TEST("a-content-that-another-document-has-stays",
             test_a_content_that_another_document_has_stays);
        TEST("a-file-that-still-has-the-content-is-not-taken-again",
             test_a_file_that_still_has_the_content_is_not_taken_again);
        TEST("a-redacted-entry-says-so-and-is-not-reverted",
             test_a_redacted_entry_says_so_and_is_not_reverted);
        TEST("a-journal-with-redacted-entries-is-carried",
             test_a_journal_with_redacted_entries_is_carried);
        TEST("what-would-be-without-it-is-still-told", test_what_would_be_without_it_is_still_told);
        TEST("what-was-reverted-before-goes-too", test_what_was_reverted_before_goes_too);
        TEST("a-stop-in-the-middle-is-finished-at-the-next-start",
             test_a_stop_in_the_middle_is_finished_at_the_next_start);
        TEST("older-copies-are-named-or-removed", test_older_copies_are_named_or_removed);
        return g_test_run();
}
