/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of any size, depth and width cost a bounded time, and what was left out is said.
 * Seen to fail: with packed files told by one long line, "one-long-line-is-no-packed-file"; with what a child asks of its parent looking
 * at all children (as the word "const" once), "wide-files-are-read" took 15 s instead of a tenth of one; with a
 * line that begins where the file ends, "lines-are-counted-as-people-do"; with its first
 * line counted though nothing stands in it, "an-empty-file-has-no-line". */
#include "base/base.h"
#include "syntax/syntax.h"

static char *repeat(const char *piece, size_t count)
{
        GString *out = g_string_new(NULL);
        for (size_t i = 0; i < count; i++)
                g_string_append(out, piece);
        return g_string_free(out, FALSE);
}

static const Builder *read_text(Syntax *syntax, const char *text, GError **error)
{
        SyntaxFile file = {text, strlen(text), "a.ts", UNIT_TYPESCRIPT};
        return syntax_read(syntax, &file, NULL, error);
}

/* The header of the unit of a file, which is good. */
static UnitHeader header_of_file(Syntax *syntax, const char *name, const char *text)
{
        g_autoptr(GError) error = NULL;
        SyntaxFile file = {text, strlen(text), name, unit_language_of(name)};
        const Builder *builder = syntax_read(syntax, &file, NULL, &error);
        Unit unit;
        g_assert_no_error(error);
        g_autofree void *block = g_malloc(builder_bytes(builder));
        builder_write(builder, block);
        g_assert_true(unit_open(block, builder_bytes(builder), &unit, &error));
        return *unit.header;
}

static UnitHeader header_of(Syntax *syntax, const char *text)
{
        return header_of_file(syntax, "a.ts", text);
}

static void test_a_packed_file_is_not_parsed(void)
{
        g_autoptr(Syntax) syntax = syntax_new();
        g_autofree char *code = repeat("function a(){};", 20000);
        UnitHeader header = header_of(syntax, code);
        g_assert_cmpuint(header.flags, ==, UNIT_IS_GENERATED | UNIT_IS_CUT);
        g_assert_cmpuint(header.decls, ==, 0);
}

static void test_one_long_line_is_no_packed_file(void)
{
        g_autoptr(Syntax) syntax = syntax_new();
        g_autofree char *data = g_strnfill(40000, 'x');
        g_autofree char *code = repeat("function a() {}\n", 10000);
        g_autofree char *both = g_strdup_printf("const data = '%s';\n%s", data, code);
        UnitHeader header = header_of(syntax, both);
        g_assert_cmpuint(header.flags, ==, 0);
        g_assert_cmpuint(header.decls, ==, 10001);
        g_assert_cmpuint(header.lines, ==, 10001);
}

/* What ends the last line begins none. */
static void test_lines_are_counted_as_people_do(void)
{
        static const struct {
                const char *text;
                unsigned lines;
        } cases[] = {{"class A {}", 1},          {"class A {}\n", 1},        {"class A {\n}\n", 2},
                     {"class A {\n}\n\n", 3},    {"class A {\n}\n// b", 3},  {"\n", 1},
                     {"class A {\n m() {\n", 2}, {"class A { m() { b(\n", 1}};
        g_autoptr(Syntax) syntax = syntax_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
                g_assert_cmpuint(header_of(syntax, cases[i].text).lines, ==, cases[i].lines);
}

static void test_an_empty_file_has_no_line(void)
{
        static const char *const names[] = {"a.ts", "a.tsx",  "a.js", "a.py", "a.rs",
                                            "a.go", "A.java", "a.cs", "a.c",  "a.cpp"};
        g_autoptr(Syntax) syntax = syntax_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                UnitHeader header = header_of_file(syntax, names[i], "");
                g_assert_cmpuint(header.lines, ==, 0);
                g_assert_cmpuint(header.errors, ==, 0);
        }
}

static void test_a_large_file_is_refused(void)
{
        g_autoptr(Syntax) syntax = syntax_new();
        g_autoptr(GError) error = NULL;
        g_autofree char *text = g_strnfill(50 * 1024 * 1024, 'x');
        g_assert_null(read_text(syntax, text, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(error->message, "TREE_BYTES_MAX"));
        g_assert_cmpuint(header_of(syntax, "class A {}").decls, ==,
                         1); /* and the next one is read */
}

static void test_deep_files_are_cut(void)
{
        static const char *const opens[] = {
                "(\n",          "[\n", "{a:\n", "a(\n", "x =>\n", "if (a) {\n", "class A { m() {\n",
                "type A = B<\n"};
        g_autoptr(Syntax) syntax = syntax_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(opens); i++) {
                g_autofree char *text = repeat(opens[i], 20000);
                g_assert_cmpuint(header_of(syntax, text).lines, ==, 20000);
        }
        g_autofree char *before = repeat("(\n", 20000), *after = repeat(")\n", 20000);
        g_autofree char *whole = g_strconcat("f", before, "a", after, NULL);
        g_assert_true(header_of(syntax, whole).flags & UNIT_IS_CUT);
}

static void test_wide_files_are_read(void)
{
        static const struct {
                const char *before, *piece, *after;
        } wides[] = {{"let a", ",\na = f(x => x)", ";"},
                     {"f(", "x =>\nx,", "0);"},
                     {"function f(", "a:\nA,", "b) {}"},
                     {"const o = {", "a:\n1,", "};"},
                     {"enum E {", "A,\n", "B }"},
                     {"class A {", "m() {}\n", "}"},
                     {"import {", "a,\n", "b } from 'm';"},
                     {"export {", "a,\n", "b };"},
                     {"type A = B", "\n| B", ";"},
                     {"const s = 1", "\n+ a", ";"},
                     {"", "/** doc */\n", "class A {}"},
                     {"", "function f(a: string): void;\n", "function f() {}"},
                     {"switch (a) {", "case 1:\nf();", "}"}};
        g_autoptr(Syntax) syntax = syntax_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(wides); i++) {
                g_autofree char *pieces = repeat(wides[i].piece, 50000);
                g_autofree char *text = g_strconcat(wides[i].before, pieces, wides[i].after, NULL);
                SyntaxTimes times = {0};
                SyntaxFile file = {text, strlen(text), "a.ts", UNIT_TYPESCRIPT};
                g_autoptr(GError) error = NULL;
                g_assert_nonnull(syntax_read(syntax, &file, &times, &error));
                g_assert_no_error(error);
                g_assert_cmpuint(times.walk, <, 2 * G_USEC_PER_SEC * 1000u);
        }
}

static void test_what_is_no_text_is_refused(void)
{
        g_autoptr(Syntax) syntax = syntax_new();
        g_autoptr(GError) error = NULL;
        SyntaxFile binary = {"a\0b", 3, "a.ts", UNIT_TYPESCRIPT},
                   empty = {NULL, 0, "", UNIT_TYPESCRIPT}, unknown = {"", 0, "", 0};
        g_assert_null(syntax_read(syntax, &binary, NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        g_clear_error(&error);
        g_assert_null(syntax_read(syntax, &unknown, NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND);
        g_assert_nonnull(syntax_read(syntax, &empty, NULL, NULL));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/source/a-packed-file-is-not-parsed", test_a_packed_file_is_not_parsed);
        g_test_add_func("/source/one-long-line-is-no-packed-file",
                        test_one_long_line_is_no_packed_file);
        g_test_add_func("/source/lines-are-counted-as-people-do",
                        test_lines_are_counted_as_people_do);
        g_test_add_func("/source/an-empty-file-has-no-line", test_an_empty_file_has_no_line);
        g_test_add_func("/source/a-large-file-is-refused", test_a_large_file_is_refused);
        g_test_add_func("/source/deep-files-are-cut", test_deep_files_are_cut);
        g_test_add_func("/source/wide-files-are-read", test_wide_files_are_read);
        g_test_add_func("/source/what-is-no-text-is-refused", test_what_is_no_text_is_refused);
        return g_test_run();
}
