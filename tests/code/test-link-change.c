/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is linked anew after a change, and what is not, comes to the same as linking everything from nothing. Random repositories of
 * small TypeScript files, which import, extend, return and call each other in circles, are edited at random; after each edit
 * only the files that changed and those that consulted what changed are linked, and all edges are compared.
 * Seen to fail: consultations left out one by one (what a file passes on as a whole, paths, values, lineages, names anywhere, inner answers
 * for outer ones); link_changes() without what is local to a function, default exports, whether a file is a script; circles asked once only, or
 * through whichever member came first; what an include by the end of a path asked for not remembered, and files that come not told to who
 * asked for their names; imports that a file's unbound names may come from taken for nobody else's business. */
#include <string.h>

#include "../seed.h"
#include "project.h"

#define FILES  6
#define EDITS  120
#define ROUNDS 12

typedef struct World {
        Project *project;
        GPtrArray *pieces[FILES]; /* of each file's text; NULL: it is not there */
        GPtrArray *edges;         /* by module: text */
        GPtrArray *consulted;     /* by module: GArray */
        unsigned linked, skipped;
} World;

/* ---- random texts ---- */

static const char *const paths[FILES] = {"a.ts", "b.ts", "c/index.ts", "c/d.ts", "e.js", "c.ts"};
static const char *const names[] = {"Ant", "Bee", "cat", "dog"};
static const char *const members[] = {"run", "next"};

static unsigned pick(unsigned n)
{
        return (unsigned)g_test_rand_int_range(0, (gint32)n);
}

static const char *a_name(void)
{
        return names[pick(G_N_ELEMENTS(names))];
}

static const char *a_member(void)
{
        return members[pick(G_N_ELEMENTS(members))];
}

static void add_specifier(GString *out, const char *from)
{
        static const char *const specifiers[] = {"a", "b", "c", "c/d", "e.js", "c/index"};
        const char *up =
                strchr(from, '/') ? strchr(strchr(from, '/') + 1, '/') ? "../../" : "../" : "./";
        g_string_append_printf(out, "\"%s%s\"", up, specifiers[pick(G_N_ELEMENTS(specifiers))]);
}

static void add_import(GString *out, const char *from)
{
        switch (pick(6)) {
        case 0:
                g_string_append_printf(out, "import * as %s from ", a_name());
                break;
        case 1:
                g_string_append_printf(out, "import %s from ", a_name());
                break;
        case 2:
                g_string_append(out, "export * from ");
                break;
        case 3:
                g_string_append_printf(out, "export { %s as %s } from ", a_name(), a_name());
                break;
        default:
                g_string_append_printf(out, "import { %s, %s as %s } from ", a_name(), a_name(),
                                       a_name());
        }
        add_specifier(out, from);
        g_string_append(out, ";\n");
}

static void add_expression(GString *out, unsigned depth)
{
        switch (depth > 3 ? 0 : pick(8)) {
        case 0:
                g_string_append(out, a_name());
                break;
        case 1:
                add_expression(out, depth + 1);
                g_string_append_printf(out, ".%s()", a_member());
                break;
        case 2:
                g_string_append_printf(out, "new %s()", a_name());
                break;
        case 3:
                add_expression(out, depth + 1);
                g_string_append_printf(out, ".%s", a_member());
                break;
        case 4:
                g_string_append_printf(out, "%s(", a_name());
                add_expression(out, depth + 1);
                g_string_append(out, ")");
                break;
        case 5:
                g_string_append(out, "[");
                add_expression(out, depth + 1);
                g_string_append_printf(out, "].map(x => x.%s())[0]", a_member());
                break;
        case 6:
                g_string_append(out, "(");
                add_expression(out, depth + 1);
                g_string_append(out, " || ");
                add_expression(out, depth + 1);
                g_string_append(out, ")");
                break;
        default:
                g_string_append(out, "this");
        }
}

static void add_member(GString *out)
{
        g_string_append_printf(out, "  %s", a_member());
        switch (pick(4)) {
        case 0:
                g_string_append_printf(out, ": %s;\n", a_name());
                return;
        case 1:
                g_string_append_printf(out, "(x: %s): %s<%s> { return ", a_name(), a_name(),
                                       a_name());
                break;
        case 2:
                g_string_append(out, "() { return ");
                break;
        default:
                g_string_append(out, "() { const y = ");
                add_expression(out, 0);
                g_string_append(out, "; return y; y.run();\n }\n");
                return;
        }
        add_expression(out, 0);
        g_string_append(out, "; }\n");
}

static void add_declaration(GString *out)
{
        const char *exported = pick(3) ? "export " : "";
        switch (pick(6)) {
        case 0:
                g_string_append_printf(out, "%sclass %s<T> extends %s<T> {\n", exported, a_name(),
                                       a_name());
                break;
        case 1:
                g_string_append_printf(out, "%sinterface %s<T> extends %s<%s> {\n  next(): T;\n}\n",
                                       exported, a_name(), a_name(), a_name());
                return;
        case 2:
                g_string_append_printf(out, "%sfunction %s<T>(f: T) { return ", exported, a_name());
                add_expression(out, 0);
                g_string_append(out, "; }\n");
                return;
        case 3:
                g_string_append_printf(out, "%stype %s = %s | %s<%s>;\n", exported, a_name(),
                                       a_name(), a_name(), a_name());
                return;
        case 4:
                g_string_append_printf(out, "%sconst %s = ", exported, a_name());
                add_expression(out, 1);
                g_string_append(out, ";\n");
                return;
        default:
                g_string_append_printf(out, "%sclass %s {\n", exported, a_name());
        }
        for (unsigned i = pick(4); i-- > 0;)
                add_member(out);
        g_string_append(out, "}\n");
}

/* A statement of a file. */
static char *a_piece(const char *path)
{
        GString *out = g_string_new(NULL);
        switch (pick(12)) {
        case 0:
        case 1:
        case 2:
                add_import(out, path);
                break;
        case 3:
        case 4:
        case 5:
        case 6:
        case 7:
                add_declaration(out);
                break;
        case 8:
                g_string_append_printf(out, "export default %s;\n", a_name());
                break;
        default:
                add_expression(out, 0);
                g_string_append(out, ";\n");
        }
        return g_string_free(out, false);
}

/* ---- linking ---- */

static World *world_new(void)
{
        World *world = g_new0(World, 1);
        world->project = project_new();
        world->edges = g_ptr_array_new_with_free_func(g_free);
        world->consulted = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
        return world;
}

static void world_free(World *world)
{
        for (unsigned i = 0; i < FILES; i++)
                g_clear_pointer(&world->pieces[i], g_ptr_array_unref);
        project_free(world->project);
        g_ptr_array_unref(world->edges);
        g_ptr_array_unref(world->consulted);
        g_free(world);
}

/* Keeps a place for each module. */
static void make_room(World *world)
{
        while (world->edges->len < memory_modules(world->project->memory)) {
                g_ptr_array_add(world->edges, g_strdup(""));
                g_ptr_array_add(world->consulted, g_array_new(false, false, sizeof(uint32_t)));
        }
}

static void link_one(World *world, Linker *linker, uint32_t module)
{
        GArray *consulted = g_ptr_array_index(world->consulted, module);
        g_array_set_size(consulted, 0);
        g_free(g_ptr_array_index(world->edges, module));
        g_ptr_array_index(world->edges, module) =
                project_link(world->project, linker, module, consulted);
        for (unsigned i = 1; i < consulted->len; i++)
                g_assert_cmpuint(g_array_index(consulted, uint32_t, i - 1), <,
                                 g_array_index(consulted, uint32_t, i));
}

static bool meet(const GArray *consulted, const GArray *changes)
{
        for (unsigned i = 0; i < changes->len; i++)
                for (unsigned k = 0; k < consulted->len; k++)
                        if (g_array_index(consulted, uint32_t, k) ==
                            g_array_index(changes, uint32_t, i))
                                return true;
        return false;
}

/* Links what one edit asks for. */
static void link_again(World *world, const char *path, const GArray *changes)
{
        g_autoptr(Linker) linker = linker_new(&world->project->source);
        make_room(world);
        for (uint32_t i = 0; i < memory_modules(world->project->memory); i++) {
                const char *own = memory_path(world->project->memory, i);
                bool again = own && (strcmp(own, path) == 0 ||
                                     meet(g_ptr_array_index(world->consulted, i), changes));
                if (again)
                        link_one(world, linker, i);
                *(again ? &world->linked : &world->skipped) += own != NULL;
        }
}

/* Everything anew, beginning anywhere; and each file alone. */
static void compare_all(World *world)
{
        g_autoptr(Linker) linker = linker_new(&world->project->source);
        uint32_t modules = memory_modules(world->project->memory), first = pick(modules);
        for (uint32_t i = 0; i < modules; i++) {
                uint32_t module = pick(2) ? (first + i) % modules : (first + modules - i) % modules;
                if (!memory_path(world->project->memory, module))
                        continue;
                g_autoptr(Linker) other = linker_new(&world->project->source);
                g_autofree char *edges = project_link(world->project, linker, module, NULL);
                g_autofree char *alone = project_link(world->project, other, module, NULL);
                g_assert_cmpstr(edges, ==, alone);
                g_assert_cmpstr(edges, ==, g_ptr_array_index(world->edges, module));
        }
}

/* The text of a file after one edit of it; NULL: it is removed. */
static char *edited_text(World *world, unsigned file)
{
        GPtrArray *pieces = world->pieces[file];
        GString *out = g_string_new(NULL);
        if (pieces && !pick(20)) {
                g_clear_pointer(&world->pieces[file], g_ptr_array_unref);
                return NULL;
        }
        if (!pieces) {
                pieces = world->pieces[file] = g_ptr_array_new_with_free_func(g_free);
                for (unsigned i = 5 + pick(10); i-- > 0;)
                        g_ptr_array_add(pieces, a_piece(paths[file]));
        } else if (pieces->len && pick(3)) {
                unsigned which = pick(pieces->len);
                g_free(g_ptr_array_index(pieces, which));
                g_ptr_array_index(pieces, which) = a_piece(paths[file]);
        } else if (pieces->len > 5 && pick(2)) {
                g_ptr_array_remove_index(pieces, pick(pieces->len));
        } else {
                g_ptr_array_insert(pieces, (int)pick(pieces->len + 1), a_piece(paths[file]));
        }
        for (unsigned i = 0; i < pieces->len; i++)
                g_string_append(out, g_ptr_array_index(pieces, i));
        return g_string_free(out, false);
}

static void edit(World *world)
{
        unsigned file = pick(FILES);
        g_autofree char *text = edited_text(world, file);
        if (g_test_verbose())
                g_test_message("---- %s\n%s", paths[file], text ? text : "is removed");
        g_autoptr(GArray) changes = project_put(world->project, paths[file], text);
        link_again(world, paths[file], changes);
        compare_all(world);
}

static void random_edits_link_what_a_rebuild_links(void)
{
        for (unsigned round = 0; round < ROUNDS; round++) {
                World *world = world_new();
                for (unsigned i = 0; i < EDITS; i++)
                        edit(world);
                g_test_message("%u linked, %u not", world->linked, world->skipped);
                g_assert_cmpuint(world->skipped, >, world->linked / 4);
                world_free(world);
        }
}

/* ---- one edit ---- */

static unsigned changes_of(Project *project, const char *path, const char *text)
{
        g_autoptr(GArray) changes = project_put(project, path, text);
        return changes->len;
}

static void a_body_is_nobodys_business(void)
{
        g_autoptr(Project) project = project_new();
        g_assert_cmpuint(changes_of(project, "a.ts",
                                    "export function f(): number { return 1; }\n"
                                    "export class C { m(x: number) { x; } }\n"),
                         >, 0);
        g_assert_cmpuint(
                changes_of(
                        project, "a.ts",
                        "/** says more */\n\nexport function f(): number { g(); function g() {} return 2; }\n"
                        "export class C { m(x: number) { const y = x; this.m(y); } }\n"),
                ==, 0);
        g_assert_cmpuint(changes_of(project, "a.ts",
                                    "export function f(): string { return ''; }\n"
                                    "export class C { m(x: number) { x; } }\n"),
                         ==, 1);
}

static char *edges_of(Project *project, const char *path, GArray *consulted)
{
        g_autoptr(Linker) linker = linker_new(&project->source);
        return project_link(project, linker, project->source.find(project->memory, path),
                            consulted);
}

/* What stands behind a name, not only at it, is seen by who uses the name. */
static void what_others_look_through_is_linked_anew(void)
{
        static const char *const types =
                "export class Old { run() {} } export class New { run() {} }\n";
        static const char *const import = "import { Old, New } from './types';\n";
        static const char *const user =
                "import b, { x } from './b'; import * as all from './b'; x().run(); new b().go().run(); all.y.run();\n";
        static const char *const texts[][2] = {
                {"function h() { return new Old(); } export function x() { return h(); }",
                 "function h() { return new New(); } export function x() { return h(); }"},
                {"export function x() { const v = new Old(); return v; }",
                 "export function x() { const v = new New(); return v; }"},
                {"class B { go() { return new Old(); } } export class C extends B {} export const x = () => new C().go()",
                 "class B { go() { return new New(); } } export class C extends B {} export const x = () => new C().go()"},
                {"export default class { go() { return new Old(); } }",
                 "export default class { go() { return new New(); } }"},
                {"class D { go() { return new Old(); } } export { D as default }",
                 "class D { go() { return new New(); } } export { D as default }"},
                {"const o = { x: () => new Old() }; export const x = o.x",
                 "const o = { x: () => new New() }; export const x = o.x"},
                {"export { Old as z } from './types'; import { z as y } from './b'; export { y }; export const x = () => new y()",
                 "export { New as z } from './types'; import { z as y } from './b'; export { y }; export const x = () => new y()"},
                {"namespace N { export const v = new Old(); } export const y = N.v",
                 "namespace N { export const v = new New(); } export const y = N.v"},
                {"class E { run() {} } export const y = new E()",
                 "class E {} export const y = new E()"},
                {"class F { go() { return new Old(); } }",
                 "export default class F { go() { return new Old(); } }"},
                {"type T<A> = Array<A>; declare const ts: T<Old>; export const y = ts[0]",
                 "type T<A> = Array<A>; declare const ts: T<New>; export const y = ts[0]"},
        };
        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(Project) project = project_new();
                g_array_unref(project_put(project, "types.ts", types));
                g_array_unref(project_put(project, "a.ts", user));
                g_autofree char *before = g_strconcat(import, texts[i][0], NULL),
                                *after = g_strconcat(import, texts[i][1], NULL);
                g_array_unref(project_put(project, "b.ts", before));
                g_autoptr(GArray) consulted = g_array_new(false, false, sizeof(uint32_t));
                g_autofree char *old = edges_of(project, "a.ts", consulted);
                g_autoptr(GArray) changes = project_put(project, "b.ts", after);
                g_autofree char *new = edges_of(project, "a.ts", NULL);
                g_assert_cmpstr(old, !=, new);
                g_assert_true(meet(consulted, changes));
        }
}

/* In x and y is a class One each, and some file says by what it imports of which its words are; another calls that. */
static void what_a_file_imports_is_what_its_names_mean(void)
{
        static const struct {
                const char *ending, *one_of_x, *one_of_y, *user, *before, *after;
        } cases[] = {
#define JAVA                                                                                       \
        "java", "package x; public class One { public void run() {} }",                            \
                "package y; public class One { public void run() {} }",                            \
                "package m; class A { void f(B b) { b.make().run(); } }"
#define JAVA_B "public class B { public One make() { return null; } }"
                {JAVA, "package m; import x.One; " JAVA_B, "package m; import y.One; " JAVA_B},
                {JAVA, "package m; import x.*; " JAVA_B, "package m; import y.*; " JAVA_B},
                {JAVA,
                 "package m; import x.Two; public class B { public x.One make() { return null; } }",
                 "package m; public class B { public x.One make() { return null; } }"},
                {"java", "", "", "package m; import p.B; class A { }",
                 "package p; public class B { public void make() {} }",
                 "package q; public class B { public void make() {} }"},
                {"cs", "", "", "namespace M { class A { void F(B b) { b.Make(); } } }",
                 "namespace M { class B<T> { public void Make() {} } }",
                 "namespace M { class B { public void Make() {} } }"},
#define RUST                                                                                       \
        "rs", "pub struct One; impl One { pub fn run(&self) {} }",                                 \
                "pub struct One; impl One { pub fn run(&self) {} }",                               \
                "use crate::b::m::One; fn f(one: &One) { one.run(); }"
                {RUST, "pub mod m { pub use crate::x::*; }", "pub mod m { pub use crate::y::*; }"},
                {RUST, "pub mod m { pub use crate::x::One; }",
                 "pub mod m { pub use crate::y::One; }"},
#define CSHARP                                                                                     \
        "cs", "namespace X { public class One { public void Run() {} } }",                         \
                "namespace Y { public class One { public void Run() {} } }",                       \
                "namespace M { class A { void F(B b) { b.Make().Run(); } } }"
#define CSHARP_B "public class B { public One Make() { return null; } }"
                {CSHARP, "using X; namespace M { " CSHARP_B " }",
                 "using Y; namespace M { " CSHARP_B " }"},
                {CSHARP, "namespace M { using X; " CSHARP_B " }",
                 "namespace M { using Y; " CSHARP_B " }"},
                {CSHARP, "using One = X.One; namespace M { " CSHARP_B " }",
                 "using One = Y.One; namespace M { " CSHARP_B " }"},
        };
        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(Project) project = project_new();
                g_autofree char *x = g_strconcat("x.", cases[i].ending, NULL),
                                *y = g_strconcat("y.", cases[i].ending, NULL),
                                *a = g_strconcat("a.", cases[i].ending, NULL),
                                *b = g_strconcat("b.", cases[i].ending, NULL);
                g_array_unref(project_put(project, "lib.rs", "mod a; mod b; mod x; mod y;"));
                g_array_unref(project_put(project, x, cases[i].one_of_x));
                g_array_unref(project_put(project, y, cases[i].one_of_y));
                g_array_unref(project_put(project, a, cases[i].user));
                g_array_unref(project_put(project, b, cases[i].before));
                g_autoptr(GArray) consulted = g_array_new(false, false, sizeof(uint32_t));
                g_autofree char *old = edges_of(project, a, consulted);
                g_autoptr(GArray) changes = project_put(project, b, cases[i].after);
                g_autofree char *new = edges_of(project, a, NULL);
                g_test_message("%s %u:\n%s%s", a, i, old, new);
                g_assert_cmpstr(old, !=, new);
                g_assert_true(meet(consulted, changes));
        }
}

/* Each is asked first once. */
static void a_circle_means_all_that_leads_into_it(void)
{
        g_autoptr(Project) project = project_new();
        g_array_unref(project_put(project, "a.ts",
                                  "import { odd } from './b'; export class A { run() {} }\n"
                                  "export function even(n) { return n ? odd(n - 1) : new A(); }\n"
                                  "even(1).run();\n"));
        g_array_unref(project_put(
                project, "b.ts",
                "import { even } from './a'; import { third } from './c'; export class B { run() {} }\n"
                "export function odd(n) { return n ? even(n - 1) : n ? third(n) : new B(); }\n"
                "odd(1).run();\n"));
        g_array_unref(project_put(project, "c.ts",
                                  "import { odd } from './b'; export class C { run() {} }\n"
                                  "export function third(n) { return n ? odd(n - 1) : new C(); }\n"
                                  "third(1).run();\n"));
        static const char *const files[] = {"a.ts", "b.ts", "c.ts"};
        for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) {
                g_autofree char *edges = edges_of(project, files[i], NULL);
                g_assert_nonnull(strstr(edges, "method A.run (exact)"));
                g_assert_nonnull(strstr(edges, "method B.run (exact)"));
                g_assert_nonnull(strstr(edges, "method C.run (exact)"));
        }
}

/* ---- files that are found by the ends of their paths ---- */

static const char *const headers[] = {
        "api/a.h",      "deps/z/a.h",   "deps/z/x/a.h", "app/core/x/a.h",
        "app/in/x/b.h", "deps/y/x/b.h", "b.h",          "lib.d/b.h"};
static const char *const includers[] = {"app/one.c", "app/core/two.c", "deps/z/three.c", "four.c"};

static bool is_there(const World *world, const char *path)
{
        return memory_unit(world->project->memory, path) != NULL;
}

/* Half of the headers that are written have nothing in them. */
static char *a_header(unsigned number)
{
        return pick(2) ? g_strdup_printf(
                                 "struct s { int of%u; };\nstatic inline int f(void) { return %u; }\n",
                                 number, number)
                       : g_strdup("");
}

static void put_includer(World *world, unsigned number)
{
        static const char *const specs[] = {"<a.h>", "\"b.h\"", "<x/a.h>", "<x/b.h>",
                                            "\"z/x/a.h\""};
        GString *text = g_string_new(NULL);
        for (unsigned i = 0; i < G_N_ELEMENTS(specs); i++)
                if (pick(2))
                        g_string_append_printf(text, "#include %s\n", specs[i]);
        g_string_append(text, "int main(void) { return f(); }\n");
        g_autoptr(GArray) changes = project_put(world->project, includers[number], text->str);
        link_again(world, includers[number], changes);
        g_string_free(text, true);
}

/* Files of the same names come, go and change, of which an include may mean one, several or none. */
static void an_include_by_the_end_of_a_path_follows_files(void)
{
        World *world = world_new();
        unsigned found = 0;
        for (unsigned i = 0; i < G_N_ELEMENTS(includers); i++)
                put_includer(world, i);
        for (unsigned i = 0; i < 4 * EDITS; i++) {
                unsigned file = pick(G_N_ELEMENTS(headers));
                bool there = is_there(world, headers[file]);
                g_autofree char *text = there && pick(2) ? NULL : a_header(file);
                if (pick(8)) {
                        g_autoptr(GArray) changes =
                                project_put(world->project, headers[file], text);
                        link_again(world, headers[file], changes);
                } else {
                        put_includer(world, pick(G_N_ELEMENTS(includers)));
                }
                compare_all(world);
                for (unsigned k = 0; k < world->edges->len; k++)
                        found += strstr(world->edges->pdata[k], ".h (import-resolved)") != NULL;
        }
        g_assert_cmpuint(found, >, EDITS);
        g_assert_cmpuint(world->skipped, >, world->linked / 4);
        world_free(world);
}

int main(int argc, char **argv)
{
        seed_test_init(argc, argv);
        g_test_add_func("/link-change/random-edits-link-what-a-rebuild-links",
                        random_edits_link_what_a_rebuild_links);
        g_test_add_func("/link-change/a-body-is-nobodys-business", a_body_is_nobodys_business);
        g_test_add_func("/link-change/what-others-look-through-is-linked-anew",
                        what_others_look_through_is_linked_anew);
        g_test_add_func("/link-change/what-a-file-imports-is-what-its-names-mean",
                        what_a_file_imports_is_what_its_names_mean);
        g_test_add_func("/link-change/a-circle-means-all-that-leads-into-it",
                        a_circle_means_all_that_leads_into_it);
        g_test_add_func("/link-change/an-include-by-the-end-of-a-path-follows-files",
                        an_include_by_the_end_of_a_path_follows_files);
        return g_test_run();
}
