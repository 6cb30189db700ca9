/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The source of a symbol out of its live file, and of nothing else.
 * Seen to fail: a link followed, out of the repository or within it; text without an end, or cut within a letter; a file of any size read; a file that says something else told as the same; what is behind the end of a file read. */
#include "code/source.h"

#include <stdio.h>
#include <string.h>

#include "works.h"

static JsonObject *ask(Works *works, const char *args, GError **error)
{
        g_autoptr(GError) problem = NULL;
        g_autoptr(JsonObject) given = json_parse_object(args, -1, &problem);
        g_autoptr(Db) db = store_reader(works->vault, NULL, &problem);
        Query query = {.db = db, .args = given, .kind = "source"};

        g_assert_no_error(problem);
        return source_of_symbol(&query, error);
}

static void assert_source(Works *works, const char *args, const char *source, int64_t first,
                          int64_t last)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer = ask(works, args, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(json_member_string(answer, "source", NULL), ==, source);
        g_assert_cmpint(json_member_int(answer, "first_line", 0), ==, first);
        g_assert_cmpint(json_member_int(answer, "last_line", 0), ==, last);
        g_assert_false(json_member_bool(answer, "cut", true));
        g_assert_cmpint(json_member_int(answer, "mentions", -1), ==, 0);
}

static bool is_stale(Works *works, const char *args)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer = ask(works, args, &error);

        g_assert_no_error(error);
        return json_member_bool(answer, "stale", false);
}

static void assert_refused(Works *works, const char *args, OuroborosError code, const char *words)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(ask(works, args, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        if (!strstr(error->message, words))
                g_error("\"%s\" should say \"%s\"", error->message, words);
}

#define SAMPLE "# top\n\ndef f():\n    return 1\n\n\ndef g():\n    return 2"

static void setup(Works *works, const void *data)
{
        works_setup(works, data);
        tree_write(works->tree, "src/a.py", SAMPLE);
        (void)works_sync(works, NULL);
}

static void test_the_lines_of_a_symbol_and_some_around_it(Works *works, const void *data)
{
        assert_source(works, "{\"name\":\"f\"}", "def f():\n    return 1\n", 3, 4);
        assert_source(works, "{\"name\":\"g\"}", "def g():\n    return 2", 7, 8);
        assert_source(works, "{\"name\":\"f\",\"context_lines\":1}", "\ndef f():\n    return 1\n\n",
                      2, 5);
        assert_source(works, "{\"name\":\"f\",\"context_lines\":2}",
                      "# top\n\ndef f():\n    return 1\n\n\n", 1, 6);
        assert_source(works, "{\"name\":\"g\",\"context_lines\":100}", SAMPLE, 1, 8);
        g_assert_false(is_stale(works, "{\"name\":\"f\"}"));
}

static void test_where_it_is_told(Works *works, const void *data)
{
        g_autoptr(JsonObject) answer = ask(works, "{\"name\":\"f\"}", NULL);
        g_autofree char *path = tree_path(works->tree, "src/a.py");

        g_assert_cmpstr(json_member_string(answer, "path", NULL), ==, path);
        g_assert_cmpstr(json_member_string(answer, "module", NULL), ==, "src/a.py");
        g_assert_cmpstr(json_member_string(answer, "language", NULL), ==, "python");
        g_assert_cmpstr(json_member_string(answer, "repository_id", NULL), ==,
                        works->repository->id);
        g_autofree char *by_id = g_strdup_printf("{\"symbol_id\":\"%s\"}",
                                                 json_member_string(answer, "symbol_id", ""));
        assert_source(works, by_id, "def f():\n    return 1\n", 3, 4);
}

/* It is the file as it is, where the symbol was. */
static void test_a_file_that_says_something_else_is_told(Works *works, const void *data)
{
        tree_write(works->tree, "src/a.py", "a\nb\nc\nd\ne\n");
        g_assert_true(is_stale(works, "{\"name\":\"f\"}"));
        assert_source(works, "{\"name\":\"f\"}", "c\nd\n", 3, 4);
        assert_source(works, "{\"name\":\"g\"}", "", 6, 6); /* behind its end */
        tree_write(works->tree, "src/a.py", "");
        assert_source(works, "{\"name\":\"f\"}", "", 1, 1);
        tree_write(works->tree, "src/a.py", SAMPLE);
        g_assert_false(is_stale(works, "{\"name\":\"f\"}"));
        works_sql(works, "UPDATE code_modules SET hash = NULL");
        g_assert_true(is_stale(works, "{\"name\":\"f\"}"));
}

static void test_what_is_no_utf8_is_replaced(Works *works, const void *data)
{
        tree_write(works->tree, "src/a.py", "#\n#\ndef f():\xff\n    x = '\xc3'\n");
        assert_source(works, "{\"name\":\"f\"}", "def f():\ufffd\n    x = '\ufffd'\n", 3, 4);
}

/* ---- limits ---- */

/* The first two lines, then so many bytes of the symbol's. */
static void write_long(Works *works, size_t bytes, const char *tail)
{
        g_autofree char *line = g_strnfill(bytes - strlen("def f():\n") - strlen(tail), 'x');
        g_autofree char *text = g_strdup_printf("#\n#\ndef f():\n%s%s", line, tail);

        tree_write(works->tree, "src/a.py", text);
}

static void assert_length(Works *works, size_t length, bool cut)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer = ask(works, "{\"name\":\"f\"}", &error);

        g_assert_no_error(error);
        g_assert_cmpuint(strlen(json_member_string(answer, "source", "")), ==, length);
        g_assert_cmpint(json_member_bool(answer, "cut", !cut), ==, cut);
}

static void test_text_has_an_end(Works *works, const void *data)
{
        write_long(works, SOURCE_BYTES_MAX - 1, "");
        assert_length(works, SOURCE_BYTES_MAX - 1, false);
        write_long(works, SOURCE_BYTES_MAX, "");
        assert_length(works, SOURCE_BYTES_MAX, false);
        write_long(works, SOURCE_BYTES_MAX + 1, "");
        assert_length(works, SOURCE_BYTES_MAX, true);
        write_long(works, SOURCE_BYTES_MAX + 1, "é"); /* the last letter is cut off whole */
        assert_length(works, SOURCE_BYTES_MAX - 1, true);
        write_long(works, SOURCE_BYTES_MAX + 1, "😀");
        assert_length(works, SOURCE_BYTES_MAX - 3, true);
        write_long(works, SOURCE_BYTES_MAX, "é");
        assert_length(works, SOURCE_BYTES_MAX, false);
}

/* Each bad byte becomes three. */
static void test_text_that_is_none_has_an_end_as_well(Works *works, const void *data)
{
        g_autofree char *bad = g_strnfill(SOURCE_BYTES_MAX / 2, '\xff');

        write_long(works, SOURCE_BYTES_MAX, bad);
        g_autoptr(JsonObject) answer = ask(works, "{\"name\":\"f\"}", NULL);
        size_t length = strlen(json_member_string(answer, "source", ""));
        g_assert_cmpuint(length, <=, SOURCE_BYTES_MAX);
        g_assert_cmpuint(length, >, SOURCE_BYTES_MAX - 4);
        g_assert_true(json_member_bool(answer, "cut", false));
}

static void test_files_have_one_too(Works *works, const void *data)
{
        write_long(works, SOURCE_FILE_BYTES_MAX - strlen("#\n#\n"), "");
        assert_length(works, SOURCE_BYTES_MAX, true);
        write_long(works, SOURCE_FILE_BYTES_MAX - strlen("#\n#\n") + 1, "");
        assert_refused(works, "{\"name\":\"f\"}", OUROBOROS_ERROR_LIMIT,
                       "SOURCE_FILE_BYTES_MAX = 8388608");
}

/* ---- what is wrong ---- */

static void test_a_file_that_has_gone_is_not_found(Works *works, const void *data)
{
        tree_remove(works->tree, "src/a.py");
        assert_refused(works, "{\"name\":\"f\"}", OUROBOROS_ERROR_NOT_FOUND,
                       "src/a.py is not as it was");
        tree_write(works->tree, "src/a.py/b", ""); /* a folder in its place */
        assert_refused(works, "{\"name\":\"f\"}", OUROBOROS_ERROR_NOT_FOUND, "no regular file");
        g_autofree char *away = g_build_filename(works->tree->temp, "away", NULL);
        g_assert_cmpint(rename(works->tree->top, away), ==, 0);
        assert_refused(works, "{\"name\":\"f\"}", OUROBOROS_ERROR_NOT_FOUND,
                       "the repository cannot be read");
        g_assert_cmpint(rename(away, works->tree->top), ==, 0);
}

/* Whatever was put in its place meanwhile. */
static void test_no_link_is_followed(Works *works, const void *data)
{
        g_autofree char *secret = g_build_filename(works->tree->home, "secret", NULL);
        g_autoptr(GError) error = NULL;

        g_assert_true(g_file_set_contents(secret, "1\n2\nsecret\nsecret\n", -1, NULL));
        tree_remove(works->tree, "src/a.py");
        tree_link(works->tree, "src/a.py", secret);
        g_assert_null(ask(works, "{\"name\":\"f\"}", &error));
        g_clear_error(&error);
        tree_remove(works->tree, "src");
        tree_link(works->tree, "src", works->tree->home);
        g_autofree char *inside = g_build_filename(works->tree->home, "a.py", NULL);
        g_assert_cmpint(rename(secret, inside), ==, 0);
        g_assert_null(ask(works, "{\"name\":\"f\"}", &error));
        g_clear_error(&error);
        tree_remove(works->tree, "src");
        tree_write(works->tree, "b/a.py", "1\n2\n3\n4\n");
        tree_link(works->tree, "src", "b"); /* not even one within */
        g_assert_null(ask(works, "{\"name\":\"f\"}", &error));
        g_assert_nonnull(error);
}

static void test_a_symbol_that_is_not_told_is_asked_for(Works *works, const void *data)
{
        assert_refused(works, "{}", OUROBOROS_ERROR_INVALID,
                       "get_symbol_source needs symbol_id or name");
        assert_refused(works, "{\"name\":\"nobody\"}", OUROBOROS_ERROR_NOT_FOUND, "nobody");
        assert_refused(works, "{\"symbol_id\":\"sym-0123456789abcdef\"}", OUROBOROS_ERROR_NOT_FOUND,
                       "sym-0123456789abcdef");
        assert_refused(works, "{\"symbol_id\":\"f\"}", OUROBOROS_ERROR_NOT_FOUND, "no symbol id");
}

#define WORKS_TEST(path, func) g_test_add(path, Works, NULL, setup, func, works_teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        WORKS_TEST("/source/the-lines-of-a-symbol-and-some-around-it",
                   test_the_lines_of_a_symbol_and_some_around_it);
        WORKS_TEST("/source/where-it-is-told", test_where_it_is_told);
        WORKS_TEST("/source/a-file-that-says-something-else-is-told",
                   test_a_file_that_says_something_else_is_told);
        WORKS_TEST("/source/what-is-no-utf8-is-replaced", test_what_is_no_utf8_is_replaced);
        WORKS_TEST("/source/text-has-an-end", test_text_has_an_end);
        WORKS_TEST("/source/text-that-is-none-has-an-end-as-well",
                   test_text_that_is_none_has_an_end_as_well);
        WORKS_TEST("/source/files-have-one-too", test_files_have_one_too);
        WORKS_TEST("/source/a-file-that-has-gone-is-not-found",
                   test_a_file_that_has_gone_is_not_found);
        WORKS_TEST("/source/no-link-is-followed", test_no_link_is_followed);
        WORKS_TEST("/source/a-symbol-that-is-not-told-is-asked-for",
                   test_a_symbol_that_is_not_told_is_asked_for);
        return g_test_run();
}
