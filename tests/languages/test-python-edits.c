/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random repositories of small Python files, with packages that come and go, stars, __all__ and modules under other names, are edited at
 * random; after each edit only what must be linked anew is, and all edges are compared with those of a rebuild from nothing.
 * Seen to fail: __all__ of a module from which all is imported not consulted; the modules of a package without a file sought by the first
 * of the names that are imported from it beside each other. */
#include <string.h>

#include "../seed.h"
#include "base/base.h"
#include "project.h"

#define FILES  8
#define PIECES 8
#define EDITS  150
#define ROUNDS 8

static const char *const paths[FILES] = {"a.py",   "b.py",   "c/__init__.py", "c/d.py",
                                         "c/b.py", "e/a.py", "src/f.py",      "c/g/__init__.py"};
static const char *const names[] = {"Ant", "Bee", "cat", "dog"};
static const char *const members[] = {"run", "go"};
static const char *const modules[] = {"a", "b", "c",  "c.d", "c.b", "e.a", "e",
                                      "f", ".", ".d", "..a", ".b",  "c.g", ".g"};

typedef struct World {
        Project *project;
        char *pieces[FILES][PIECES];
        GPtrArray *edges, *consulted; /* by module: text, GArray */
        unsigned linked, skipped;
} World;

/* ---- random texts ---- */

static const char *one_of(const char *const *words, unsigned count)
{
        return words[g_test_rand_int_range(0, (gint32)count)];
}

static const char *a_name(void)
{
        return one_of(names, G_N_ELEMENTS(names));
}

static const char *a_member(void)
{
        return one_of(members, G_N_ELEMENTS(members));
}

static unsigned pick(unsigned n)
{
        return (unsigned)g_test_rand_int_range(0, (gint32)n);
}

static char *an_import(void)
{
        const char *module = one_of(modules, G_N_ELEMENTS(modules));
        switch (pick(6)) {
        case 0:
                return g_strdup_printf("from %s import *\n", module);
        case 1:
                return g_strdup_printf("from %s import %s as %s, b, d\n", module, a_name(),
                                       a_name());
        case 2:
                while (*module == '.')
                        module = one_of(modules, G_N_ELEMENTS(modules));
                return g_strdup_printf("import %s as %s\n", module, a_name());
        case 3:
                while (*module == '.')
                        module = one_of(modules, G_N_ELEMENTS(modules));
                return g_strdup_printf("import %s\n%s.%s().%s()\n", module, module, a_name(),
                                       a_member());
        case 4: /* a folder without __init__.py, which has no file but a.py */
                return g_strdup_printf("from e import %s as %s\n%s.%s()\n",
                                       pick(2) ? "a" : a_name(), a_name(), a_name(), a_name());
        default:
                return g_strdup_printf("from %s import %s\n", module, a_name());
        }
}

static char *a_piece(void)
{
        switch (pick(9)) {
        case 0:
        case 1:
        case 2:
                return an_import();
        case 3:
                return g_strdup_printf(
                        "class %s(%s, %s):\n    def %s(self):\n        return self.%s\n", a_name(),
                        a_name(), a_name(), a_member(), a_member());
        case 4:
                return g_strdup_printf(
                        "class %s:\n    %s = %s()\n    def %s(self) -> '%s':\n        self.%s()\n",
                        a_name(), a_member(), a_name(), a_member(), a_name(), a_member());
        case 5:
                return g_strdup_printf(
                        "def %s(x: list[%s]):\n    for y in x:\n        y.%s()\n    return x[0]\n",
                        a_name(), a_name(), a_member());
        case 6:
                return g_strdup_printf("__all__ = ['%s', '%s']\n", a_name(), a_name());
        case 7:
                return g_strdup_printf("%s = %s\n%s().%s()\n", a_name(), a_name(), a_name(),
                                       a_member());
        default:
                return g_strdup_printf("%s().%s().%s()\nb.%s()\n", a_name(), a_member(), a_member(),
                                       a_name());
        }
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
        for (unsigned i = 0; i < FILES * PIECES; i++)
                g_free(world->pieces[i / PIECES][i % PIECES]);
        project_free(world->project);
        g_ptr_array_unref(world->edges);
        g_ptr_array_unref(world->consulted);
        g_free(world);
}

static bool meet(const GArray *consulted, const GArray *changes)
{
        for (unsigned i = 0; i < changes->len * consulted->len; i++)
                if (g_array_index(consulted, uint32_t, i % consulted->len) ==
                    g_array_index(changes, uint32_t, i / consulted->len))
                        return true;
        return false;
}

/* Links what one edit asks for. */
static void link_again(World *world, const char *path, const GArray *changes)
{
        g_autoptr(Linker) linker = linker_new(&world->project->source);
        for (uint32_t i = 0; i < memory_modules(world->project->memory); i++) {
                const char *own = memory_path(world->project->memory, i);
                if (i == world->edges->len) {
                        g_ptr_array_add(world->edges, NULL);
                        g_ptr_array_add(world->consulted,
                                        g_array_new(false, false, sizeof(uint32_t)));
                }
                GArray *consulted = world->consulted->pdata[i];
                bool again = own && (g_str_equal(own, path) || meet(consulted, changes));
                *(again ? &world->linked : &world->skipped) += own != NULL;
                if (!again)
                        continue;
                g_array_set_size(consulted, 0);
                g_free(world->edges->pdata[i]);
                world->edges->pdata[i] = project_link(world->project, linker, i, consulted);
        }
}

static void compare_all(const World *world)
{
        g_autoptr(Linker) linker = linker_new(&world->project->source);
        uint32_t count = memory_modules(world->project->memory), first = pick(count);
        for (uint32_t i = 0; i < count; i++) {
                uint32_t module = (first + i) % count;
                if (!memory_path(world->project->memory, module))
                        continue;
                g_autofree char *edges = project_link(world->project, linker, module, NULL);
                g_assert_cmpstr(world->edges->pdata[module], ==, edges);
        }
}

/* The text of a file after one edit of it; NULL: it is removed. */
static char *edited_text(World *world, unsigned file)
{
        char **pieces = world->pieces[file];
        GString *out = g_string_new(NULL);
        unsigned which = pick(PIECES);
        if (memory_unit(world->project->memory, paths[file]) && !pick(8))
                return g_string_free(out, true);
        g_free(pieces[which]);
        pieces[which] = pick(4) ? a_piece() : NULL;
        for (unsigned i = 0; i < PIECES; i++)
                g_string_append(out, pieces[i] ? pieces[i] : "");
        return g_string_free(out, false);
}

static void random_edits_link_what_a_rebuild_links(void)
{
        for (unsigned round = 0; round < ROUNDS; round++) {
                World *world = world_new();
                for (unsigned i = 0; i < EDITS; i++) {
                        unsigned file = pick(FILES);
                        g_autofree char *text = edited_text(world, file);
                        if (g_test_verbose())
                                g_test_message("---- %s\n%s", paths[file],
                                               text ? text : "is removed");
                        g_autoptr(GArray) changes = project_put(world->project, paths[file], text);
                        link_again(world, paths[file], changes);
                        compare_all(world);
                }
                g_assert_cmpuint(world->skipped, >, world->linked / 4);
                world_free(world);
        }
}

/* What is imported from a package without a file, before and after another import of it that finds nothing goes. */
static void an_import_means_the_same_whatever_stands_before_it(void)
{
        static const char *const texts[][2] = {
                {"e/a.py", "def Ant():\n    pass\n"},
                {"b.py", "from e import dog\nfrom e import a as cat\n"},
                {"a.py", "from b import cat\ncat.Ant()\n"},
                {"b.py", "from e import dog\nfrom f import dog\nfrom e import a as cat\n"},
                {"b.py", "from e import a as cat\n"},
                {"b.py", "from e import dog, a as cat\n"},
        };
        World *world = world_new();
        for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
                g_autoptr(GArray) changes = project_put(world->project, texts[i][0], texts[i][1]);
                link_again(world, texts[i][0], changes);
                compare_all(world);
        }
        uint32_t module = world->project->source.find(world->project->memory, "a.py");
        g_assert_nonnull(strstr(world->edges->pdata[module],
                                "calls Ant → e/a.py function Ant (import-resolved)"));
        world_free(world);
}

int main(int argc, char **argv)
{
        seed_test_init(argc, argv);
        g_test_add_func("/python-edits/random-edits-link-what-a-rebuild-links",
                        random_edits_link_what_a_rebuild_links);
        g_test_add_func("/python-edits/an-import-means-the-same-whatever-stands-before-it",
                        an_import_means_the_same_whatever_stands_before_it);
        return g_test_run();
}
