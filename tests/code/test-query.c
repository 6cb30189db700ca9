/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What questions share, and those about symbols and calls: what is meant, pages that join, ways, and who sees what.
 * Seen to fail: the second page of a name that nobody writes so; cursors of other questions taken; one of several guessed; more
 * candidates told than there is room for; tests told to whom they are not for; symbols of other scopes and of repositories that were removed;
 * a way told in the wrong order; a walk without an end. */
#include "code/query.h"

#include <string.h>

#include "works.h"

#define CORE                                                                                       \
        "def alpha(): pass\n\nclass Gate:\n    def open(self):\n        alpha()\n\nclass Door:\n"  \
        "    def open(self):\n        self.knock()\n    def knock(self):\n        alpha()\n"
#define USE                                                                                        \
        "from src.core import alpha, Gate\n\ndef first():\n    alpha()\n    second()\n\n"          \
        "def second():\n    alpha()\n    first()\n"
#define TESTS "from src.use import first\n\ndef test_first():\n    first()\n"

static void setup(Works *works, const void *data)
{
        works_setup(works, data);
        tree_write(works->tree, "src/core.py", CORE);
        tree_write(works->tree, "src/use.py", USE);
        tree_write(works->tree, "tests/test_use.py", TESTS);
        (void)works_sync(works, NULL);
}

/* A member of each row: "a b c". */
static char *told(JsonObject *answer, const char *member)
{
        JsonArray *rows = json_member_array(answer, "rows");
        GString *text = g_string_new(NULL);

        for (unsigned i = 0; i < json_array_get_length(rows); i++)
                g_string_append_printf(
                        text, "%s%s", i > 0 ? " " : "",
                        json_member_string(json_array_get_object_element(rows, i), member, "-"));
        return g_string_free(text, FALSE);
}

static void assert_told(Works *works, QueryKind ask, const char *args, const char *member,
                        const char *expected)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer = works_ask(works, NULL, ask, args, &error);

        g_assert_no_error(error);
        g_autofree char *text = told(answer, member);
        g_assert_cmpstr(text, ==, expected);
}

static void assert_refused(Works *works, QueryKind ask, const char *args, OuroborosError code,
                           const char *words)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(works_ask(works, NULL, ask, args, &error));
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
        if (!strstr(error->message, words))
                g_error("\"%s\" should say \"%s\"", error->message, words);
}

/* ---- which symbol ---- */

static void test_the_last_part_of_a_name(void)
{
        static const char *const names[][2] = {
                {"a", "a"}, {"A.b", "b"}, {"a::b::c", "c"}, {"a.b::c", "c"}, {"", ""},
                {".", "."}, {"a.", "a."}, {"a::", "a::"},   {"a:b", "a:b"},  {"::", "::"}};

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                g_assert_cmpstr(query_last_part(names[i][0]), ==, names[i][1]);
}

static void test_a_symbol_is_found_by_name_and_id(Works *works, const void *data)
{
        g_autofree char *id =
                works_text(works, "SELECT printf('{\"symbol_id\":\"sym-%016x\"}', hash)"
                                  " FROM code_symbols WHERE name = 'knock'");

        assert_told(works, query_callers, id, "caller_symbol", "Door.open");
        assert_told(works, query_callers, "{\"name\":\"knock\"}", "caller_symbol", "Door.open");
        assert_told(works, query_callers, "{\"name\":\"Door.knock\"}", "caller_symbol",
                    "Door.open");
        assert_told(works, query_callees, "{\"name\":\"Gate.open\"}", "callee_symbol", "alpha");
        assert_told(works, query_callees, "{\"name\":\"Door::open\"}", "callee_symbol",
                    "Door.knock");
        assert_refused(works, query_callers, "{\"name\":\"oor.knock\"}", OUROBOROS_ERROR_NOT_FOUND,
                       "oor.knock");
        assert_refused(works, query_callers, "{\"name\":\"Knock\"}", OUROBOROS_ERROR_NOT_FOUND,
                       "fuzzy");
        assert_refused(works, query_callers, "{\"kind\":\"callers\"}", OUROBOROS_ERROR_INVALID,
                       "kind callers needs symbol_id or name");
        assert_refused(works, query_callers, "{\"symbol_id\":\"sym-0\"}", OUROBOROS_ERROR_NOT_FOUND,
                       "no symbol id");
        assert_refused(works, query_path, "{\"kind\":\"path\",\"name\":\"first\"}",
                       OUROBOROS_ERROR_INVALID, "to_symbol_id or to_name");
}

static void test_one_of_several_is_not_guessed(Works *works, const void *data)
{
        assert_refused(
                works, query_callees, "{\"name\":\"open\"}", OUROBOROS_ERROR_CONFLICT,
                "2 symbols are called \"open\": give symbol_id, or with the name its module");
        tree_write(works->tree, "src/other.py", "def first(): pass\n");
        (void)works_sync(works, NULL);
        assert_refused(works, query_callees, "{\"name\":\"first\"}", OUROBOROS_ERROR_CONFLICT,
                       "src/other.py:1 of works");
        assert_told(works, query_callees, "{\"name\":\"first\",\"module\":\"src/other.py\"}",
                    "callee_symbol", "");
        assert_told(works, query_callees, "{\"name\":\"first\",\"module\":\"src/use.py\"}",
                    "callee_symbol", "alpha second");
        assert_refused(works, query_path, "{\"name\":\"second\",\"to_name\":\"open\"}",
                       OUROBOROS_ERROR_CONFLICT, "give to_symbol_id.");
}

static void test_candidates_are_told_as_far_as_there_is_room(Works *works, const void *data)
{
        for (unsigned i = 0; i <= QUERY_CANDIDATES_MAX; i++) {
                g_autofree char *path = g_strdup_printf("many/m%u.py", i);
                g_autoptr(GError) error = NULL;

                tree_write(works->tree, path, "def many(): pass\n");
                (void)works_sync(works, (const char *const[]){"many", NULL});
                if (i < 1)
                        continue;
                g_assert_null(works_ask(works, NULL, query_callers, "{\"name\":\"many\"}", &error));
                g_auto(GStrv) pieces = g_strsplit(error->message, " is function ", -1);
                g_assert_cmpuint(g_strv_length(pieces), ==, 1 + MIN(i + 1, QUERY_CANDIDATES_MAX));
                g_assert_cmpint(g_str_has_suffix(error->message, "; …"), ==,
                                i == QUERY_CANDIDATES_MAX);
        }
}

/* ---- symbols ---- */

static void test_symbols_by_name_as_written_begun_or_about_so(Works *works, const void *data)
{
        assert_told(works, query_symbols, "{\"name\":\"alpha\"}", "qualified_name", "alpha");
        assert_told(works, query_symbols, "{\"name\":\"ALPHA\"}", "qualified_name", "alpha");
        assert_told(works, query_symbols, "{\"name\":\"alph\"}", "qualified_name", "");
        assert_told(works, query_symbols, "{\"name\":\"alph\",\"match\":\"prefix\"}",
                    "qualified_name", "alpha");
        assert_told(works, query_symbols, "{\"name\":\"alhpa\",\"match\":\"fuzzy\"}",
                    "qualified_name", "alpha");
        assert_told(works, query_symbols, "{\"name\":\"open\",\"symbol_kind\":\"class\"}",
                    "qualified_name", "");
        assert_told(works, query_symbols, "{\"module\":\"src\",\"symbol_kind\":\"class\"}",
                    "qualified_name", "Gate Door");
        assert_told(works, query_symbols, "{\"module\":\"src/use.py\"}", "qualified_name",
                    "first second");
        assert_told(works, query_symbols, "{\"module\":\"sr\"}", "qualified_name", "");
        assert_told(works, query_symbols, "{\"symbol_kind\":\"function\",\"include_tests\":false}",
                    "qualified_name", "alpha first second");
        assert_told(works, query_symbols, "{\"language\":\"rust\"}", "qualified_name", "");
        assert_refused(works, query_symbols, "{\"match\":\"prefix\"}", OUROBOROS_ERROR_INVALID,
                       "match prefix needs name");
        assert_refused(works, query_symbols, "{\"symbol_kind\":\"thing\"}", OUROBOROS_ERROR_INVALID,
                       "thing");
}

/* All pages of one row each, joined. */
static char *page_through(Works *works, QueryKind ask, const char *args, const char *member)
{
        GString *all = g_string_new(NULL);
        g_autofree char *after = g_strdup("");

        for (unsigned i = 0; i < 50; i++) {
                g_autoptr(GError) error = NULL;
                g_autofree char *whole = g_strdup_printf("{%s%s%s,\"limit\":1}", args,
                                                         *after ? ",\"after\":" : "", after);
                g_autoptr(JsonObject) answer = works_ask(works, NULL, ask, whole, &error);

                g_assert_no_error(error);
                g_autofree char *row = told(answer, member);
                const char *next = json_member_string(answer, "next", NULL);
                g_string_append_printf(all, "%s%s", i > 0 ? " " : "", row);
                if (!next)
                        break;
                g_free(after);
                after = g_strdup_printf("\"%s\"", next);
        }
        return g_string_free(all, FALSE);
}

static void assert_pages(Works *works, QueryKind ask, const char *args, const char *member,
                         const char *expected)
{
        g_autofree char *whole = g_strdup_printf("{%s}", args);
        g_autofree char *pages = page_through(works, ask, args, member);

        assert_told(works, ask, whole, member, expected);
        g_assert_cmpstr(pages, ==, expected);
}

static void test_pages_join_to_the_whole(Works *works, const void *data)
{
        assert_pages(works, query_symbols, "\"module\":\"src/core.py\"", "qualified_name",
                     "alpha Gate Gate.open Door Door.open Door.knock");
        assert_pages(works, query_symbols, "\"name\":\"open\"", "qualified_name",
                     "Gate.open Door.open");
        assert_pages(works, query_symbols, "\"name\":\"OPEN\"", "qualified_name",
                     "Gate.open Door.open");
        assert_pages(works, query_symbols, "\"name\":\"o\",\"match\":\"prefix\"", "qualified_name",
                     "Gate.open Door.open");
        assert_pages(works, query_callers, "\"name\":\"alpha\"", "caller_symbol",
                     "Gate.open Door.knock first second");
        assert_pages(works, query_modules, "\"kind\":\"modules\"", "module",
                     "src/core.py src/use.py tests/test_use.py");
        assert_pages(works, query_symbols, "\"name\":\"nobody\"", "qualified_name", "");
}

static void test_a_cursor_is_of_its_question(Works *works, const void *data)
{
        g_autoptr(JsonObject) answer =
                works_ask(works, NULL, query_callers, "{\"name\":\"alpha\",\"limit\":1}", NULL);
        const char *next = json_member_string(answer, "next", "");
        g_autofree char *other = g_strdup_printf("{\"name\":\"first\",\"after\":\"%s\"}", next);
        g_autofree char *more =
                g_strdup_printf("{\"name\":\"alpha\",\"limit\":3,\"after\":\"%s\"}", next);
        g_autofree char *broken = g_strdup_printf("{\"name\":\"alpha\",\"after\":\"%sx\"}", next);

        assert_told(works, query_callers, more, "caller_symbol", "Door.knock first second");
        assert_refused(works, query_callers, other, OUROBOROS_ERROR_STALE, "");
        assert_refused(works, query_callers, broken, OUROBOROS_ERROR_STALE, "");
        assert_refused(works, query_callers, "{\"name\":\"alpha\",\"after\":\"\xe2\x80\xa6\"}",
                       OUROBOROS_ERROR_STALE, "");
}

/* ---- several steps ---- */

static void test_a_walk_meets_each_once(Works *works, const void *data)
{
        g_autoptr(JsonObject) answer =
                works_ask(works, NULL, query_callers, "{\"name\":\"alpha\",\"depth\":8}", NULL);
        g_autofree char *callers = told(answer, "caller_symbol");
        JsonArray *rows = json_member_array(answer, "rows");

        /* first and second call each other */
        g_assert_cmpstr(callers, ==,
                        "Gate.open Door.knock first second Door.open second test_first first");
        g_assert_cmpint(json_member_int(json_array_get_object_element(rows, 3), "depth", 0), ==, 1);
        g_assert_cmpint(json_member_int(json_array_get_object_element(rows, 4), "depth", 0), ==, 2);
        g_assert_false(json_member_bool(answer, "cut", true));
        assert_told(works, query_callers,
                    "{\"name\":\"alpha\",\"depth\":8,\"include_tests\":false}", "caller_symbol",
                    "Gate.open Door.knock first second Door.open second first");
        assert_told(works, query_callees, "{\"name\":\"test_first\",\"depth\":2}", "callee_symbol",
                    "first alpha second");
        g_autoptr(JsonObject) short_one = works_ask(
                works, NULL, query_callers, "{\"name\":\"alpha\",\"depth\":2,\"limit\":4}", NULL);
        g_autofree char *cut = told(short_one, "caller_symbol");
        g_assert_cmpstr(cut, ==, "Gate.open Door.knock first second");
        g_assert_true(json_member_bool(short_one, "cut", false));
}

static void test_a_way_leads_from_one_to_the_other(Works *works, const void *data)
{
        assert_told(works, query_path, "{\"name\":\"test_first\",\"to_name\":\"alpha\"}", "name",
                    "test_first first alpha");
        assert_told(works, query_path, "{\"name\":\"Door.open\",\"to_name\":\"alpha\"}", "name",
                    "open knock alpha");
        assert_told(works, query_path, "{\"name\":\"first\",\"to_name\":\"first\"}", "name",
                    "first");
        assert_told(works, query_path, "{\"name\":\"alpha\",\"to_name\":\"first\"}", "name", "");
}

/* ---- limits ---- */

/* A function that calls so many others of another file, as rows. */
static void write_star(Works *works, unsigned rays)
{
        g_autofree char *sql = g_strdup_printf(
                "DELETE FROM code_edges; DELETE FROM code_symbols WHERE id >> 20 > 90;"
                "INSERT INTO code_symbols (id, repository, hash, kind, visibility, flags, first_line, last_line, name_line,"
                " name_column, name) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
                " SELECT iif(i = 0, 99 << 20, 98 << 20 | i), 1, i, 1, 1, 2, 1, 1, 1, 0, 'ray' || i FROM n;"
                "INSERT INTO code_edges (id, repository, source, kind, class, line, column, target)"
                " SELECT 99 << 20 | (id & 1048575), 1, 0, 2, 1, 1, 0, id FROM code_symbols WHERE id >> 20 = 98",
                rays);

        works_sql(works, sql);
}

static bool is_cut(Works *works)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer = works_ask(
                works, NULL, query_path, "{\"name\":\"ray0\",\"to_name\":\"alpha\"}", &error);

        g_assert_no_error(error);
        g_assert_cmpuint(json_array_get_length(json_member_array(answer, "rows")), ==, 0);
        return json_member_bool(answer, "cut", false);
}

static void test_a_way_is_not_sought_without_an_end(Works *works, const void *data)
{
        works_sql(
                works,
                "INSERT INTO code_modules (id, repository, folder, path, language, kind, bytes, mtime, ctime, lines,"
                " syntax_errors, symbols, edges, next_symbol, maker, linked)"
                " VALUES (99, 1, '', 'star.py', 'python', 'lib', 1, 1, 1, 1, 0, 0, 0, 0, 1, 1),"
                " (98, 1, '', 'rays.py', 'python', 'lib', 1, 1, 1, 1, 0, 0, 0, 0, 1, 1)");
        write_star(works, QUERY_WALK_SYMBOLS_MAX - 2); /* with itself one less than may be met */
        g_assert_false(is_cut(works));
        write_star(works, QUERY_WALK_SYMBOLS_MAX - 1);
        g_assert_true(is_cut(works));
}

/* ---- who sees what ---- */

static void test_a_scope_sees_its_own_code(Works *works, const void *data)
{
        const char *const one[] = {"ent-1", NULL}, *const two[] = {"ent-2", NULL};
        g_autoptr(Scope) inside = scope_new(one), outside = scope_new(two);
        g_autoptr(GError) error = NULL;

        works_sql(
                works,
                "INSERT INTO entities (id, name, name_key, type, created_at) VALUES"
                " ('ent-1', 'Mill', 'mill', 'project', 1), ('ent-2', 'Dam', 'dam', 'project', 1)");
        g_free(works_add(works, "", &(RepositoryRequest){.entity_id = "ent-1"}));
        g_autoptr(JsonObject) seen =
                works_ask(works, inside, query_callers, "{\"name\":\"alpha\"}", &error);
        g_assert_no_error(error);
        g_assert_cmpuint(json_array_get_length(json_member_array(seen, "rows")), ==, 4);
        g_assert_null(works_ask(works, outside, query_callers, "{\"name\":\"alpha\"}", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_assert_nonnull(strstr(error->message, "no repository is there to be asked"));
        g_autoptr(JsonObject) none = works_ask(works, outside, query_symbols, "{}", NULL);
        g_assert_cmpuint(json_array_get_length(json_member_array(none, "rows")), ==, 0);
        g_autoptr(JsonObject) sums = works_ask(works, outside, query_overview, "{}", NULL);
        g_assert_cmpint(json_member_int(sums, "symbols", -1), ==, 0);
        assert_told(works, query_symbols, "{\"name\":\"alpha\",\"entity_id\":\"ent-2\"}", "name",
                    "");
        assert_told(works, query_symbols, "{\"name\":\"alpha\",\"entity_id\":\"ent-1\"}", "name",
                    "alpha");
        assert_told(works, query_symbols, "{\"name\":\"alpha\",\"repository\":\"repo-0\"}", "name",
                    "");
}

static void test_what_was_removed_is_not_told(Works *works, const void *data)
{
        works_sql(works, "UPDATE code_repositories SET is_active = 0");
        assert_told(works, query_symbols, "{\"name\":\"alpha\"}", "name", "");
        assert_told(works, query_modules, "{}", "module", "");
        assert_told(works, query_entry_points, "{}", "name", "");
        assert_refused(works, query_imports, "{\"module\":\"src/use.py\"}",
                       OUROBOROS_ERROR_NOT_FOUND, "src/use.py");
}

/* ---- files ---- */

static void test_files_and_what_they_import(Works *works, const void *data)
{
        g_autoptr(JsonObject) sums = works_ask(works, NULL, query_overview, "{}", NULL);

        g_assert_cmpint(json_member_int(sums, "modules", 0), ==, 3);
        g_assert_cmpint(json_member_int(json_member_object(sums, "kinds"), "test", 0), ==, 1);
        assert_told(works, query_imports, "{\"module\":\"src/use.py\"}", "target_module",
                    "src/core.py");
        assert_refused(works, query_imports, "{\"kind\":\"imports\"}", OUROBOROS_ERROR_INVALID,
                       "kind imports needs module");
        assert_refused(works, query_imports, "{\"module\":\"src\"}", OUROBOROS_ERROR_NOT_FOUND,
                       "it is a path from the top");
        assert_told(works, query_exports, "{\"module\":\"src/use.py\"}", "name", "first second");
        assert_told(works, query_exports, "{\"module\":\"src/use.py\",\"limit\":1}", "name",
                    "first");
        works_sql(works, "UPDATE code_states SET state = 'syncing'");
        assert_refused(works, query_imports, "{\"module\":\"src/gone.py\"}",
                       OUROBOROS_ERROR_NOT_FOUND, "still being read");
        works_sql(works, "UPDATE code_states SET state = 'unreadable', reason = 'it is away'");
        assert_refused(works, query_callers, "{\"name\":\"gone\"}", OUROBOROS_ERROR_NOT_FOUND,
                       "cannot be read (it is away)");
}

#define WORKS_TEST(path, func) g_test_add(path, Works, NULL, setup, func, works_teardown)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/query/the-last-part-of-a-name", test_the_last_part_of_a_name);
        WORKS_TEST("/query/a-symbol-is-found-by-name-and-id",
                   test_a_symbol_is_found_by_name_and_id);
        WORKS_TEST("/query/one-of-several-is-not-guessed", test_one_of_several_is_not_guessed);
        WORKS_TEST("/query/candidates-are-told-as-far-as-there-is-room",
                   test_candidates_are_told_as_far_as_there_is_room);
        WORKS_TEST("/query/symbols-by-name-as-written-begun-or-about-so",
                   test_symbols_by_name_as_written_begun_or_about_so);
        WORKS_TEST("/query/pages-join-to-the-whole", test_pages_join_to_the_whole);
        WORKS_TEST("/query/a-cursor-is-of-its-question", test_a_cursor_is_of_its_question);
        WORKS_TEST("/query/a-walk-meets-each-once", test_a_walk_meets_each_once);
        WORKS_TEST("/query/a-way-leads-from-one-to-the-other",
                   test_a_way_leads_from_one_to_the_other);
        WORKS_TEST("/query/a-way-is-not-sought-without-an-end",
                   test_a_way_is_not_sought_without_an_end);
        WORKS_TEST("/query/a-scope-sees-its-own-code", test_a_scope_sees_its_own_code);
        WORKS_TEST("/query/what-was-removed-is-not-told", test_what_was_removed_is_not_told);
        WORKS_TEST("/query/files-and-what-they-import", test_files_and_what_they_import);
        return g_test_run();
}
