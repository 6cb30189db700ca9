/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of public symbols before and after.
 * Seen to fail: each overload compared with each other one, or its ordinal sought from the first (minutes); white space compared;
 * overloads compared one by one; what was moved told as gone and new; private ones taken; C# named after
 * what an extension extends; C++ without the namespace around. */
#include "code/contrast.h"

#include <string.h>

#include "project.h"

typedef struct Side {
        const char *path, *text;
} Side;

static void add(Contrast *contrast, const Side *side, bool is_new)
{
        g_autoptr(Project) project = project_new();

        for (; side->path; side++) {
                g_array_unref(project_put(project, side->path, side->text));
                g_assert_true(contrast_add(contrast, side->path, is_new,
                                           memory_unit(project->memory, side->path)));
        }
}

/* "+name" added, "-name" removed, "~name old → new" (with the path where it was, if it is another). */
static void assert_changes(const Side *before, const Side *after, const char *expected)
{
        g_autoptr(Contrast) contrast = contrast_new("repo-x");
        g_autoptr(GString) got = g_string_new(NULL);

        add(contrast, before, false);
        add(contrast, after, true);
        const GArray *rows = contrast_rows(contrast);
        for (unsigned i = 0; i < rows->len; i++) {
                const ContrastRow *row = &g_array_index(rows, ContrastRow, i);
                const ContrastSymbol *old = row->old_symbol, *new = row->new_symbol;

                g_string_append_printf(got, "%s%s%s", got->len ? "\n" : "",
                                       row->change == CONTRAST_ADDED     ? "+"
                                       : row->change == CONTRAST_REMOVED ? "-"
                                                                         : "~",
                                       (new ?: old)->qualified);
                if (row->change == CONTRAST_SIGNATURE)
                        g_string_append_printf(got, " %s → %s", old->signature, new->signature);
                if (old && new &&strcmp(old->path, new->path) != 0)
                        g_string_append_printf(got, " (%s)", old->path);
        }
        g_assert_cmpstr(got->str, ==, expected);
}

#define SIDE(...) ((const Side[]){__VA_ARGS__, {NULL}})

static void test_public_symbols_come_go_and_change(void)
{
        assert_changes(SIDE({"a.py", "def gone(): pass\ndef kept(a,b): pass\ndef other(x): pass\n"
                                     "def _hidden(x): pass\nclass C:\n    def m(self): pass\n"
                                     "    def _p(self): pass\n"}),
                       SIDE({"a.py", "def new(): pass\ndef kept(a,  b):\n    return 1\n"
                                     "def other(x, y): pass\ndef _hidden(): pass\nclass C:\n"
                                     "    def m(self, k): pass\n    def _p(self, k): pass\n"}),
                       "+new\n-gone\n~other def other(x) → def other(x, y)\n"
                       "~C.m def m(self) → def m(self, k)");
}

static void test_what_is_not_exported_does_not_count(void)
{
        assert_changes(
                SIDE({"a.ts", "export function f(a: number): void {}\nfunction g(): void {}\n"
                              "class Inner { m(): void {} }\n"
                              "export class Outer { m(): void {} private p(): void {} }\n"
                              "function late(): void {}\nexport { late };\n"}),
                SIDE({"a.ts", "export function f(a: string): void {}\n"
                              "export class Outer { m(x: number): void {} }\n"}),
                "~f export function f(a: number): void → export function f(a: string): void\n"
                "~Outer.m m(): void → m(x: number): void\n-late");
        assert_changes(
                SIDE({"a.c",
                      "static int hidden(void) { return 1; }\nint shown(void) { return 1; }\n"}),
                SIDE({"a.c", "int x;\n"}), "+x\n-shown");
}

static void test_overloads_are_sets(void)
{
        assert_changes(
                SIDE({"A.java", "public class A {\n public void f(int a) {}\n"
                                " public void f(String a) {}\n}\n"}),
                SIDE({"A.java", "public class A {\n public void f(String a) {}\n"
                                " public void f(long a) {}\n public void f(char a) {}\n}\n"}),
                "~A.f public void f(int a) → public void f(long a)\n+A.f");
}

/* Any number of them: time grows with the file. */
static void test_a_file_of_overloads_takes_little_time(void)
{
        enum { OVERLOADS = 20000, SECONDS_MAX = 20 };
        g_autoptr(GString) before = g_string_new(NULL), after = g_string_new(NULL);
        g_autoptr(Contrast) contrast = contrast_new("repo-x");

        for (unsigned i = 0; i < OVERLOADS; i++) {
                g_string_append_printf(before, "int f(A%u a) { return 1; }\n", i);
                g_string_append_printf(after, "int f(A%u a) { return 1; }\n", i + OVERLOADS / 2);
        }
        gint64 began = g_get_monotonic_time();
        add(contrast, SIDE({"a.cpp", before->str}), false);
        add(contrast, SIDE({"a.cpp", after->str}), true);
        g_assert_cmpuint(contrast_rows(contrast)->len, ==, OVERLOADS / 2);
        g_assert_cmpint(g_get_monotonic_time() - began, <, SECONDS_MAX * G_USEC_PER_SEC);
}

static void test_members_of_csharp_are_named_after_the_class_that_has_them(void)
{
        assert_changes(
                SIDE({"a.cs", "namespace N { public interface IF { void Ifm(); }\n"
                              "public class B {}\npublic class M {\n public class A : IF {}\n}\n"
                              "public static class St {}\n}\n"}),
                SIDE({"a.cs", "namespace N { public interface IF { void Ifm(); }\n"
                              "public class B {}\npublic class M {\n public class A : IF {\n"
                              "  void IF.Ifm() {}\n }\n}\npublic static class St {\n"
                              " public static void Ext(this string b) {}\n"
                              " public static void ExtB(this B b) {}\n"
                              " public static void ExtT<T>(this T b) {}\n}\n}\n"}),
                "+N.M.A.Ifm\n+N.St.Ext\n+N.St.ExtB\n+N.St.ExtT");
}

static void test_definitions_of_cpp_are_named_with_the_namespace(void)
{
        assert_changes(SIDE({"a.cpp", "int x;\n"}),
                       SIDE({"a.cpp", "int x;\nnamespace ns {\nint K::run() { return 1; }\n"
                                      "namespace in {}\nint in::L::go() { return 1; }\n}\n"
                                      "int ns::K::out() { return 1; }\n"
                                      "int Z::top() { return 1; }\n"}),
                       "+ns\n+ns::K::run\n+ns::in\n+ns::in::L::go\n+ns::K::out\n+Z::top");
}

static void test_what_was_moved_is_no_change(void)
{
        Side before[] = {
                {"old/a.go", "package p\n\nfunc One(a int) {}\nfunc Two() {}\nfunc Three() {}\n"},
                {"b.go", "package p\n\nfunc Lone(x int) {}\n"},
                {"c.go", "package p\n\nfunc Rest() {}\n"},
                {NULL}};
        Side after[] = {
                {"new/a.go", "package p\n\nfunc One(a string) {}\nfunc Two() {}\nfunc Four() {}\n"},
                {"b.go", "package p\n"},
                {"c.go", "package p\n\nfunc Rest() {}\nfunc Lone(x int) {}\n"},
                {NULL}};

        assert_changes(before, after,
                       "~One func One(a int) → func One(a string) (old/a.go)\n+Four\n-Three");
}

static void test_a_name_that_many_have_is_not_taken_for_moved(void)
{
        assert_changes(SIDE({"a.py", "def run(): pass\ndef x(): pass\n"},
                            {"b.py", "def run(): pass\ndef y(): pass\n"}),
                       SIDE({"a.py", "def x(): pass\n"}, {"b.py", "def y(): pass\n"},
                            {"c.py", "def run(): pass\ndef z(): pass\ndef zz(): pass\n"}),
                       "-run\n-run\n+run\n+z\n+zz");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/contrast/changes", test_public_symbols_come_go_and_change);
        g_test_add_func("/contrast/exported", test_what_is_not_exported_does_not_count);
        g_test_add_func("/contrast/overloads", test_overloads_are_sets);
        g_test_add_func("/contrast/many-overloads", test_a_file_of_overloads_takes_little_time);
        g_test_add_func("/contrast/csharp-names",
                        test_members_of_csharp_are_named_after_the_class_that_has_them);
        g_test_add_func("/contrast/cpp-names",
                        test_definitions_of_cpp_are_named_with_the_namespace);
        g_test_add_func("/contrast/moved", test_what_was_moved_is_no_change);
        g_test_add_func("/contrast/common-names",
                        test_a_name_that_many_have_is_not_taken_for_moved);
        return g_test_run();
}
