/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of the small repositories in Go and Rust lose lines and get them back, are removed, and change places, at random; after each edit
 * only the files that changed and those that consulted what changed are linked, and all edges are those of a rebuild.
 * Seen to fail: with the folder of a Go package not remembered, with imports that are named by their package not consulted, and with the
 * impls of a type not sought again. */
#include <string.h>

#include "../seed.h"
#include "project.h"

#define EDITS     400
#define LINES_MAX 8 /* that one edit takes away */

typedef struct World {
        Project *project;
        GPtrArray *paths, *texts; /* as they were */
        GPtrArray *edges, *consulted;
        unsigned linked, skipped;
} World;

static unsigned pick(unsigned n)
{
        return (unsigned)g_test_rand_int_range(0, (gint32)n);
}

static void read_folder(World *world, const char *top, const char *relative)
{
        g_autofree char *folder = g_build_filename(top, relative, NULL);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        for (const char *name; dir && (name = g_dir_read_name(dir));) {
                g_autofree char *path =
                        *relative ? g_build_filename(relative, name, NULL) : g_strdup(name);
                g_autofree char *whole = g_build_filename(top, path, NULL), *text = NULL;
                if (g_file_test(whole, G_FILE_TEST_IS_DIR)) {
                        read_folder(world, top, path);
                } else if (g_file_get_contents(whole, &text, NULL, NULL)) {
                        g_ptr_array_add(world->paths, g_steal_pointer(&path));
                        g_ptr_array_add(world->texts, g_steal_pointer(&text));
                }
        }
}

static void make_room(World *world)
{
        while (world->edges->len < memory_modules(world->project->memory)) {
                g_ptr_array_add(world->edges, g_strdup(""));
                g_ptr_array_add(world->consulted, g_array_new(false, false, sizeof(uint32_t)));
        }
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

static void link_again(World *world, const char *path, const GArray *changes)
{
        g_autoptr(Linker) linker = linker_new(&world->project->source);
        make_room(world);
        for (uint32_t i = 0; i < memory_modules(world->project->memory); i++) {
                const char *own = memory_path(world->project->memory, i);
                GArray *consulted = g_ptr_array_index(world->consulted, i);
                if (!own || (strcmp(own, path) != 0 && !meet(consulted, changes))) {
                        world->skipped++;
                        continue;
                }
                world->linked++;
                g_array_set_size(consulted, 0);
                g_free(g_ptr_array_index(world->edges, i));
                g_ptr_array_index(world->edges, i) =
                        project_link(world->project, linker, i, consulted);
        }
}

static void compare_all(World *world, const char *path)
{
        g_autoptr(Linker) linker = linker_new(&world->project->source);
        uint32_t modules = memory_modules(world->project->memory), first = pick(modules);
        for (uint32_t i = 0; i < modules; i++) {
                uint32_t module = (first + i) % modules;
                if (!memory_path(world->project->memory, module))
                        continue;
                g_autofree char *edges = project_link(world->project, linker, module, NULL);
                if (strcmp(edges, g_ptr_array_index(world->edges, module)) != 0)
                        g_test_message("after an edit of %s: %s", path,
                                       memory_path(world->project->memory, module));
                g_assert_cmpstr(g_ptr_array_index(world->edges, module), ==, edges);
        }
}

static char *without_lines(const char *text)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        unsigned count = g_strv_length(lines), from = pick(count), n = 1 + pick(LINES_MAX);
        g_autoptr(GString) out = g_string_new(NULL);
        for (unsigned i = 0; i < count; i++)
                if (i < from || i >= from + n)
                        g_string_append_printf(out, "%s\n", lines[i]);
        return g_strdup(out->str);
}

static void put(World *world, const char *path, const char *text)
{
        g_autoptr(GArray) changes = project_put(world->project, path, text);
        link_again(world, path, changes);
        compare_all(world, path);
}

static void edit(World *world)
{
        unsigned file = pick(world->paths->len);
        const char *path = g_ptr_array_index(world->paths, file),
                   *text = g_ptr_array_index(world->texts, file);
        g_autofree char *cut = without_lines(text);
        switch (pick(8)) {
        case 0:
                put(world, path, NULL);
                break;
        case 1:
        case 2:
        case 3:
                put(world, path, text);
                break;
        default:
                put(world, path, cut);
        }
}

static void check(const void *data)
{
        g_autofree char *folder =
                g_test_build_filename(G_TEST_DIST, "languages", data, "projects", "shop", NULL);
        World world = {.project = project_new(),
                       .paths = g_ptr_array_new_with_free_func(g_free),
                       .texts = g_ptr_array_new_with_free_func(g_free),
                       .edges = g_ptr_array_new_with_free_func(g_free),
                       .consulted = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref)};
        read_folder(&world, folder, "");
        g_assert_cmpuint(world.paths->len, >, 0);
        for (unsigned i = 0; i < world.paths->len; i++)
                put(&world, g_ptr_array_index(world.paths, i), g_ptr_array_index(world.texts, i));
        world.linked = world.skipped = 0;
        for (unsigned i = 0; i < EDITS; i++)
                edit(&world);
        g_test_message("%u linked, %u not", world.linked, world.skipped);
        g_assert_cmpuint(world.skipped, >, world.linked / 2);
        project_free(world.project);
        g_ptr_array_unref(world.paths);
        g_ptr_array_unref(world.texts);
        g_ptr_array_unref(world.edges);
        g_ptr_array_unref(world.consulted);
}

int main(int argc, char **argv)
{
        seed_test_init(argc, argv);
        g_test_add_data_func("/line-edits/go-links-what-a-rebuild-links", "go", check);
        g_test_add_data_func("/line-edits/rust-links-what-a-rebuild-links", "rust", check);
        return g_test_run();
}
