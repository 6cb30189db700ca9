/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Search over documents entered by SQL, and over the Cranfield collection if it is at hand: the folder that
 * OUROBOROS_TEST_DATA names, else ../shared/data beside the source tree. */
#include "search/search.h"
#include "folder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Fixture {
        char *temp;
        Store *vault;
        Search *search;
        Access *human;
} Fixture;

typedef struct Text {
        const char *id, *title, *heading, *text;
        const char *sha256; /* NULL: the id */
} Text;

typedef struct Batch {
        const Text *texts;
        unsigned count;
} Batch;

static void run(Db *db, const char *sql, const Text *text)
{
        g_autoptr(GError) error = NULL;
        Statement *statement = db_statement(db, sql, &error);
        g_assert_no_error(error);
        statement_bind_text(statement, ":id", text->id);
        statement_bind_text(statement, ":sha", text->sha256 ? text->sha256 : text->id);
        statement_bind_text(statement, ":title", text->title);
        statement_bind_text(statement, ":heading", text->heading ? text->heading : "");
        statement_bind_text(statement, ":text", text->text);
        g_assert_true(statement_run(statement, &error));
        g_assert_no_error(error);
}

/* Every statement names all parameters in a WITH that is not used, so that one function binds them. */
#define ALL "WITH p AS (SELECT :id, :sha, :title, :heading, :text) "

static bool enter(Db *db, void *data, GError **error)
{
        const Batch *batch = data;
        for (unsigned i = 0; i < batch->count; i++) {
                const Text *text = &batch->texts[i];
                run(db,
                    ALL
                    "INSERT INTO documents (id, root_id, path, sha256, mime, size, mtime, created_at)"
                    " VALUES (:id, 'root-1', :id || '.txt', :sha, 'text/plain', 1, 1, 1)",
                    text);
                run(db,
                    ALL "INSERT INTO entities (id, name, name_key, type, document_id, created_at)"
                        " VALUES ('ent-' || :id, :id, :id, 'document', :id, 1)",
                    text);
                if (text->sha256)
                        continue;
                run(db,
                    ALL "INSERT INTO document_text (sha256, chars, title, map, structure, text)"
                        " VALUES (:sha, length(:text), :title, x'0000000000000000', x'', :text)",
                    text);
                run(db,
                    ALL
                    "INSERT INTO chunks (sha256, ordinal, heading, byte_start, byte_length, char_start,"
                    " char_end) VALUES (:sha, 0, :heading, 0, length(CAST(:text AS BLOB)), 0,"
                    " length(:text))",
                    text);
                run(db,
                    ALL "INSERT INTO chunks_fts (rowid, title, heading, body)"
                        " VALUES ((SELECT max(id) FROM chunks), :title, :heading, :text)",
                    text);
        }
        return true;
}

static void add_texts(Fixture *fixture, const Text *texts, unsigned count)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Access) access = access_new_system("pipeline");
        WriteOptions options = {.actor = access_actor(access)};
        Batch batch = {texts, count};
        (void)store_write(fixture->vault, &options, enter, &batch, &error);
        g_assert_no_error(error);
}

static bool add_root(Db *db, void *data, GError **error)
{
        return db_execute(
                db,
                "INSERT INTO roots (id, path, profile, features, include, exclude,"
                " max_file_bytes, created_at) VALUES ('root-1', '/docs', 'general', '[]', '[]',"
                " '[]', 1, 1)",
                error);
}

static void setup(Fixture *fixture, const void *data)
{
        static const uint8_t key[STORE_KEY_BYTES] = {3};
        g_autoptr(GError) error = NULL;
        fixture->temp = g_dir_make_tmp("ouroboros-search-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(fixture->temp, "vault.db", NULL);
        StoreOptions options = {.kind = STORE_VAULT, .path = path};
        fixture->vault = store_new(&options, &error);
        g_assert_true(store_open(fixture->vault, key, /* create= */ true, &error));
        g_assert_no_error(error);
        fixture->search = search_new(fixture->vault);
        fixture->human = access_new_human("tester", NULL);
        g_autoptr(Access) access = access_new_system("test");
        WriteOptions write = {.actor = access_actor(access)};
        g_assert_true(store_write(fixture->vault, &write, add_root, NULL, &error));
        g_assert_no_error(error);
}

static void teardown(Fixture *fixture, const void *data)
{
        fixture->search = search_free(fixture->search);
        store_close(fixture->vault);
        fixture->vault = store_free(fixture->vault);
        fixture->human = access_unref(fixture->human);
        folder_remove(fixture->temp);
        g_free(fixture->temp);
}

static JsonObject *search_as(Fixture *fixture, const Access *access, JsonObject *args,
                             GError **error)
{
        ToolTable table = search_tools(fixture->search);
        return table.tools[0].handler(table.room, access, args, error);
}

static JsonObject *search(Fixture *fixture, const char *query, const char *more)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strdup_printf("{%s}", more);
        g_autoptr(JsonObject) args = json_parse_object(text, -1, &error);
        g_assert_no_error(error);
        json_set_string(args, "query", query);
        JsonObject *answer = search_as(fixture, fixture->human, args, &error);
        g_assert_no_error(error);
        return answer;
}

/* Ids of the results, in order, with blanks between. */
static char *ids(JsonObject *answer)
{
        JsonArray *results = json_object_get_array_member(answer, "results");
        g_autoptr(GString) text = g_string_new(NULL);
        for (unsigned i = 0; i < json_array_get_length(results); i++)
                g_string_append_printf(
                        text, "%s%s", i ? " " : "",
                        json_object_get_string_member(json_array_get_object_element(results, i),
                                                      "doc_id"));
        return g_strdup(text->str);
}

static void finds(Fixture *fixture, const char *query, const char *expected, const char *matched)
{
        g_autoptr(JsonObject) answer = search(fixture, query, "");
        g_autofree char *found = ids(answer);
        if (g_strcmp0(found, expected) != 0)
                g_error("%s finds %s, not %s", query, found, expected);
        g_assert_cmpstr(json_object_get_string_member(answer, "matched"), ==, matched);
}

static const Text birds[] = {
        {"doc-a", "Heron", "Birds › Waders", "The grey heron waits in still water."},
        {"doc-b", "Egret", "Birds › Waders", "Smaller than a heron, and white. It walks."},
        {"doc-c", "Pond", NULL,
         "Still water, reeds, and an Äsche. The word error: \"quoted\" AND more."},
        {"doc-d", "Copy", NULL, "", "doc-a"},
};

static void test_words(Fixture *fixture, const void *data)
{
        add_texts(fixture, birds, G_N_ELEMENTS(birds));
        finds(fixture, "heron", "doc-a doc-d doc-b",
              "all"); /* a title weighs more; a copy is another */
        finds(fixture, "still water", "doc-a doc-d doc-c", "all");
        finds(fixture, "heron -white", "doc-a doc-d", "all");
        finds(fixture, "\"still water\"", "doc-a doc-d doc-c", "all");
        finds(fixture, "\"water still\"", "", "all");
        finds(fixture, "sma*", "doc-b", "all");
        finds(fixture, "title:pond", "doc-c", "all");
        finds(fixture, "title:water", "", "all");
        finds(fixture, "heading:waders white", "doc-b", "all");
        finds(fixture, "walking", "doc-b", "all"); /* stems */
        finds(fixture, "asche", "doc-c", "all");   /* accents */
        finds(fixture, "reeds white", "doc-b doc-c", "any");
        finds(fixture, "nowhere", "", "all");
        finds(fixture, "does a grey heron wait in still water reeds", "doc-a doc-d doc-c doc-b",
              "any");
}

/* Seen to fail with unicode61 alone, where a sentence without spaces is one token. */
static void test_scripts_without_spaces(Fixture *fixture, const void *data)
{
        static const Text notes[] = {
                {"doc-ja", "会議", NULL, "今日は東京で会議がありました。iPhoneを買う。"},
                {"doc-zh", "Note", NULL, "蜜蜂在花园里飞舞，养蜂人很高兴。"},
                {"doc-ko", "메모", NULL, "서울에서 회의가 있었다."},
                {"doc-th", "Thai", NULL, "ผึ้งบินในสวน"},
                {"doc-en", "Mixed", NULL, "Tokyo is written 京東 nowhere; running."},
        };
        add_texts(fixture, notes, G_N_ELEMENTS(notes));
        finds(fixture, "東京", "doc-ja", "all"); /* in this order, side by side */
        finds(fixture, "会議", "doc-ja", "all");
        finds(fixture, "養蜂", "", "all");
        finds(fixture, "养蜂", "doc-zh", "all");
        finds(fixture, "서울", "doc-ko", "all");
        finds(fixture, "สวน", "doc-th", "all");
        finds(fixture, "iphone", "doc-ja", "all");
        finds(fixture, "run", "doc-en", "all");
        g_autoptr(JsonObject) answer = search(fixture, "東京 会議", "");
        JsonObject *hit =
                json_array_get_object_element(json_object_get_array_member(answer, "results"), 0);
        const char *excerpt = json_object_get_string_member(hit, "excerpt");
        g_assert_nonnull(strstr(excerpt, "東"));
        g_assert_nonnull(strstr(excerpt, "«"));
        g_test_message("%s", excerpt);
}

static void test_no_query_is_an_error_of_the_index(Fixture *fixture, const void *data)
{
        static const char *const wild[] = {
                "\"",      "'",         "a\"b\"c", "(((",        "NEAR(a b)",
                "a AND",   "* a *",     "-- x",    "title:",     "title:\"",
                "x^2",     "a:b:c",     "{a b}:c", "+x",         "a NOT",
                "%s%n",    "\\",        "é*",      "漢字",       "-\"a b\" c",
                "\"*\" x", "body:-x y", "rank:1",  "chunks_fts", ";DROP TABLE x"};
        add_texts(fixture, birds, G_N_ELEMENTS(birds));
        for (size_t i = 0; i < G_N_ELEMENTS(wild); i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(JsonObject) args = json_object_new();
                json_set_string(args, "query", wild[i]);
                g_autoptr(JsonObject) answer = search_as(fixture, fixture->human, args, &error);
                if (!answer)
                        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        }
}

static void test_results_say_where(Fixture *fixture, const void *data)
{
        add_texts(fixture, birds, G_N_ELEMENTS(birds));
        g_autoptr(JsonObject) answer = search(fixture, "grey", "\"limit\": 1");
        JsonObject *first =
                json_array_get_object_element(json_object_get_array_member(answer, "results"), 0);
        g_assert_cmpstr(json_object_get_string_member(first, "excerpt"), ==,
                        "The «grey» heron waits in still water.");
        g_assert_cmpstr(json_object_get_string_member(first, "path"), ==, "/docs/doc-a.txt");
        g_assert_cmpstr(json_object_get_string_member(first, "title"), ==, "Heron");
        g_assert_cmpstr(json_object_get_string_member(first, "heading"), ==, "Birds › Waders");
        g_assert_cmpint(json_object_get_int_member(first, "char_start"), ==, 0);
        g_assert_cmpint(json_object_get_int_member(first, "char_end"), ==, 36);
        g_assert_cmpint(json_object_get_int_member(first, "line"), ==, 1);
        g_assert_true(json_object_get_null_member(first, "page"));
        g_assert_cmpfloat(json_object_get_double_member(first, "score"), >, 0);
        g_assert_cmpint(json_object_get_int_member(answer, "total"), ==, 2);
}

static void test_pages_are_whole_and_do_not_overlap(Fixture *fixture, const void *data)
{
        Text texts[25];
        char names[25][16];
        for (unsigned i = 0; i < 25; i++) {
                (void)g_snprintf(names[i], sizeof(names[i]), "doc-%02u", i);
                texts[i] = (Text){.id = names[i], .title = "t", .text = "the same words"};
        }
        add_texts(fixture, texts, 25);
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autofree char *more = g_strdup("\"limit\": 10");
        for (int pages = 0; more; pages++) {
                g_assert_cmpint(pages, <, 4);
                g_autoptr(JsonObject) answer = search(fixture, "words", more);
                g_autofree char *found = ids(answer);
                g_auto(GStrv) list = g_strsplit(found, " ", -1);
                for (unsigned i = 0; list[i]; i++)
                        g_assert_true(g_hash_table_add(seen, g_strdup(list[i])));
                g_assert_cmpint(json_object_get_int_member(answer, "total"), ==, 25);
                const char *next = json_member_string(answer, "next", NULL);
                g_free(more);
                more = next ? g_strdup_printf("\"limit\": 10, \"after\": \"%s\"", next) : NULL;
        }
        g_assert_cmpuint(g_hash_table_size(seen), ==, 25);
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) args = json_object_new();
        json_set_string(args, "query", "words");
        json_set_string(args, "after", "no cursor");
        g_assert_null(search_as(fixture, fixture->human, args, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_STALE);
}

static void test_scope_hides_documents(Fixture *fixture, const void *data)
{
        const char *const visible[] = {"ent-doc-b", NULL};
        g_autoptr(GError) error = NULL;
        add_texts(fixture, birds, G_N_ELEMENTS(birds));
        g_autoptr(Scope) scope = scope_new(visible);
        g_autoptr(Access) access =
                access_new_agent("conn-00000000000000000000000000000001", "agent", NULL, scope);
        g_autoptr(JsonObject) args = json_object_new();
        json_set_string(args, "query", "heron");
        g_autoptr(JsonObject) answer = search_as(fixture, access, args, &error);
        g_assert_no_error(error);
        g_autofree char *found = ids(answer);
        g_assert_cmpstr(found, ==, "doc-b");
        g_assert_cmpint(json_object_get_int_member(answer, "total"), ==, 1);
}

static bool break_index(Db *db, void *data, GError **error)
{
        return db_execute(db, "INSERT INTO chunks_fts (chunks_fts) VALUES ('delete-all')", error);
}

static void test_rebuild_brings_the_index_back(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Access) access = access_new_system("test");
        WriteOptions options = {.actor = access_actor(access)};
        add_texts(fixture, birds, G_N_ELEMENTS(birds));
        g_assert_true(store_write(fixture->vault, &options, break_index, NULL, &error));
        finds(fixture, "heron", "", "all");
        g_assert_true(search_rebuild(fixture->search, &error));
        g_assert_no_error(error);
        finds(fixture, "heron", "doc-a doc-d doc-b", "all");
}

/* ---- Cranfield ---- */

static char *cranfield_folder(void)
{
        const char *data = g_getenv("OUROBOROS_TEST_DATA"), *source = g_getenv("G_TEST_SRCDIR");
        g_autofree char *beside =
                g_build_filename(source ? source : ".", "..", "..", "shared", "data", NULL);
        g_autofree char *folder = g_build_filename(data ? data : beside, "cranfield", NULL);
        g_autofree char *file = g_build_filename(folder, "corpus.jsonl", NULL);
        return g_file_test(file, G_FILE_TEST_EXISTS) ? g_steal_pointer(&folder) : NULL;
}

static char **read_lines(const char *folder, const char *name)
{
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        return g_strsplit(g_strchomp(text), "\n", -1);
}

static void enter_cranfield(Fixture *fixture, const char *folder)
{
        g_auto(GStrv) lines = read_lines(folder, "corpus.jsonl");
        unsigned count = g_strv_length(lines);
        g_autofree Text *texts = g_new0(Text, count);
        g_autoptr(GPtrArray) objects =
                g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
        for (unsigned i = 0; i < count; i++) {
                JsonObject *object = json_parse_object(lines[i], -1, NULL);
                g_ptr_array_add(objects, object);
                texts[i] = (Text){.id = json_object_get_string_member(object, "id"),
                                  .title = json_object_get_string_member(object, "title"),
                                  .text = json_object_get_string_member(object, "text")};
        }
        add_texts(fixture, texts, count);
}

/* Grades of a query: document → grade. */
static GHashTable *read_grades(const char *folder)
{
        g_auto(GStrv) lines = read_lines(folder, "qrels.tsv");
        GHashTable *grades = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (unsigned i = 0; lines[i]; i++) {
                char query[16], document[16];
                int grade;
                if (sscanf(lines[i], "%15s %15s %d", query, document, &grade) == 3)
                        g_hash_table_insert(grades, g_strdup_printf("%s %s", query, document),
                                            GINT_TO_POINTER(grade));
        }
        return grades;
}

static int compare_descending(const void *a, const void *b)
{
        return *(const int *)b - *(const int *)a;
}

static double gain(int grade, unsigned rank)
{
        return (exp2(grade) - 1) / log2(rank + 2);
}

static double ndcg(GHashTable *grades, const char *query, char **found)
{
        g_autoptr(GArray) ideal = g_array_new(FALSE, FALSE, sizeof(int));
        g_autofree char *prefix = g_strdup_printf("%s ", query);
        GHashTableIter iter;
        void *key, *value;
        double dcg = 0, best = 0;
        g_hash_table_iter_init(&iter, grades);
        while (g_hash_table_iter_next(&iter, &key, &value)) {
                int grade = GPOINTER_TO_INT(value);
                if (g_str_has_prefix(key, prefix) && grade > 0)
                        g_array_append_val(ideal, grade);
        }
        g_array_sort(ideal, compare_descending);
        for (unsigned i = 0; i < MIN(ideal->len, 10); i++)
                best += gain(g_array_index(ideal, int, i), i);
        for (unsigned i = 0; found[i] && i < 10; i++) {
                g_autofree char *pair = g_strdup_printf("%s%s", prefix, found[i]);
                dcg += gain(MAX(0, GPOINTER_TO_INT(g_hash_table_lookup(grades, pair))), i);
        }
        return best > 0 ? dcg / best : NAN;
}

static void test_cranfield(Fixture *fixture, const void *data)
{
        g_autofree char *folder = cranfield_folder();
        if (!folder) {
                g_test_skip("no Cranfield collection (OUROBOROS_TEST_DATA)");
                return;
        }
        enter_cranfield(fixture, folder);
        g_autoptr(GHashTable) grades = read_grades(folder);
        g_auto(GStrv) lines = read_lines(folder, "queries.jsonl");
        double sum = 0;
        unsigned judged = 0;
        int64_t start = g_get_monotonic_time();
        for (unsigned i = 0; lines[i]; i++) {
                g_autoptr(JsonObject) query = json_parse_object(lines[i], -1, NULL);
                g_autoptr(JsonObject) answer = search(
                        fixture, json_object_get_string_member(query, "text"), "\"limit\": 10");
                g_autofree char *found = ids(answer);
                g_auto(GStrv) list = g_strsplit(found, " ", -1);
                double value = ndcg(grades, json_object_get_string_member(query, "id"), list);
                if (!isnan(value)) {
                        sum += value;
                        judged++;
                }
        }
        double mean = sum / judged;
        g_test_message("nDCG@10 %.4f over %u queries, %.2f ms each", mean, judged,
                       (double)(g_get_monotonic_time() - start) / 1000 / judged);
        g_assert_cmpfloat(mean, >, 0.33);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add("/search/" name, Fixture, NULL, setup, test, teardown)
        ADD("scripts-without-spaces", test_scripts_without_spaces);
        ADD("words-phrases-exclusions-prefixes-fields", test_words);
        ADD("no-query-is-an-error-of-the-index", test_no_query_is_an_error_of_the_index);
        ADD("results-say-where", test_results_say_where);
        ADD("pages-are-whole-and-do-not-overlap", test_pages_are_whole_and_do_not_overlap);
        ADD("scope-hides-documents", test_scope_hides_documents);
        ADD("rebuild-brings-the-index-back", test_rebuild_brings_the_index_back);
        ADD("cranfield-is-ranked-well", test_cranfield);
        return g_test_run();
}
