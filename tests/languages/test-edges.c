/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each folder <language>/projects/NAME/, read and linked as a repository, gives the edges that stand in <language>/projects/NAME.edges,
 * whichever of its files is linked first. With OUROBOROS_WRITE_SAMPLES=1 they are written anew: read the difference.
 * Seen to fail: the bases of a Python class in the order of a walk through them; a package's submodules not sought; "extends" of
 * tsconfig.json, "exports" of package.json and sources of built files not looked at; overloads not told apart; members of bases
 * without their type arguments; what is required taken for constants of the file; types in comments not read, nor the names that
 * comments declare and the casts that they make. With what a call of a variable is given not told to who chooses, C#'s "shop" crashes; more declarations of a name read than there was room for. With other
 * names of namespaces and global:: taken for what is outside, calls of C#'s "made" go nowhere, and without the static Equals() that all
 * have its Equals(this, other) goes to itself; with its Box and Box<T> taken for parts of one class, a Jar<T>, which is a Box, for a Box<T>.
 * C: headers of the system found in the repository; one of several includes that are as near; of functions of several programs not
 * the near one taken, or the one that stands in for it in tests. C++: any value taken for one that a class can be made of; constructors
 * that are explicit, operators that make something else, kinds of characters, overloads under conditions not looked at; names not looked
 * for where the classes are of what a call is given; methods without a body under conditions taken for what is outside; names of
 * namespaces taken for whole ones. C: static functions that a header declares not found in the other file; the wrong one of macros that
 * follow each other, or of more than a set holds; functions that replace those of the system taken for these, whatever is included.
 * Rust: a value without what its Deref gives it. What a type has by a base that is a module taken for that module; what a
 * function of TypeScript tells of a value (x is T) not believed; names of its namespaces that several scripts add to not known. */
#include <string.h>

#include "base/base.h"
#include "project.h"

#define MANY 200 /* declarations of one name: more than most resolvers have room for */

static Project *read_project(const char *folder)
{
        Project *project = project_new();
        project_read(project, folder);
        g_assert_cmpuint(memory_modules(project->memory), >, 1); /* the first is none */
        return project;
}

/* The edges of all files in the order of their paths; linked in that order or backwards. */
static char *link_project(const Project *project, bool backwards)
{
        uint32_t count = memory_modules(project->memory);
        g_autoptr(Linker) linker = linker_new(&project->source);
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_set_size(texts, (int)count + 1);
        for (uint32_t i = 0; i < count; i++) {
                uint32_t module = backwards ? count - 1 - i : i;
                texts->pdata[module] = project_link(project, linker, module, NULL);
        }
        return g_strjoinv("", (char **)texts->pdata);
}

static void check(const char *folder)
{
        g_autoptr(Project) project = read_project(folder);
        g_autofree char *path = g_strconcat(folder, ".edges", NULL), *expected = NULL;
        g_autofree char *forwards = link_project(project, /* backwards= */ false),
                        *backwards = link_project(project, /* backwards= */ true);
        g_autoptr(GError) error = NULL;
        g_assert_cmpstr(forwards, ==, backwards);
        if (g_getenv("OUROBOROS_WRITE_SAMPLES"))
                g_assert_true(g_file_set_contents(path, forwards, -1, NULL));
        g_file_get_contents(path, &expected, NULL, &error);
        g_assert_no_error(error);
        g_auto(GStrv) want = g_strsplit(expected, "\n", -1), have = g_strsplit(forwards, "\n", -1);
        for (unsigned i = 0; want[i] || have[i]; i++)
                g_assert_cmpstr(have[i], ==, want[i]);
}

static void check_language(const char *root, const char *language)
{
        g_autofree char *folder = g_build_filename(root, language, "projects", NULL);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;
        while (dir && (name = g_dir_read_name(dir))) {
                g_autofree char *project = g_build_filename(folder, name, NULL);
                if (g_file_test(project, G_FILE_TEST_IS_DIR))
                        check(project);
        }
}

static void test_projects_give_their_edges(void)
{
        g_autofree char *root = g_test_build_filename(G_TEST_DIST, "languages", NULL);
        g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
        const char *name;
        while (dir && (name = g_dir_read_name(dir)))
                check_language(root, name);
}

/* As many files as a name has declarations, more than any resolver looks at, and all are linked. */
static void test_names_of_very_many_are_linked(void)
{
        static const struct {
                const char *ending, *text;
        } many[] = {
                {"cs",
                 "static class E%u { public static void Do(this string s) { s.Do(); } } class T { T t; }"},
                {"java",
                 "package a; class E%u { static void go(T t) { go(t); } } class T { b.T t; }"},
                {"cpp", "namespace n%u { struct T {}; void go(T t) { go(t); } }"},
                {"ts", "function go%u() { same(); } function same() {} interface T { t: T }"},
        };
        for (size_t language = 0; language < G_N_ELEMENTS(many); language++) {
                g_autoptr(Project) project = project_new();
                for (unsigned i = 0; i < MANY; i++) {
                        g_autofree char *path = g_strdup_printf("%u.%s", i, many[language].ending);
                        g_auto(GStrv) parts = g_strsplit(many[language].text, "%u", 2);
                        g_autofree char *text = g_strdup_printf("%s%u%s", parts[0], i, parts[1]);
                        g_array_unref(project_put(project, path, text));
                }
                g_autofree char *edges = link_project(project, /* backwards= */ false);
                g_assert_nonnull(strstr(edges, "\n"));
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/edges/projects-give-their-edges", test_projects_give_their_edges);
        g_test_add_func("/edges/names-of-very-many-are-linked", test_names_of_very_many_are_linked);
        return g_test_run();
}
