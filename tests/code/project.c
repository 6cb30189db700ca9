/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "project.h"

#include <string.h>

Project *project_new(void)
{
        Project *project = g_new0(Project, 1);
        project->syntax = syntax_new();
        project->memory = memory_new();
        project->source = memory_source(project->memory);
        return project;
}

Project *project_free(Project *project)
{
        if (!project)
                return NULL;
        syntax_free(project->syntax);
        memory_free(project->memory);
        g_free(project);
        return NULL;
}

/* A block of its own that outlives the file's next one. */
static void *block_of(const Unit *unit, size_t *ret_bytes)
{
        *ret_bytes =
                (size_t)(unit->strings - (const char *)unit->header) + unit->header->string_bytes;
        return g_memdup2(unit->header, *ret_bytes);
}

static void *read_text(Project *project, const char *path, const char *text, size_t *ret_bytes)
{
        g_autoptr(GError) error = NULL;
        SyntaxFile file = {text, strlen(text), path, unit_language_of(path)};
        const Builder *builder = syntax_read(project->syntax, &file, NULL, &error);
        if (!builder)
                g_error("%s: %s", path, error->message);
        *ret_bytes = builder_bytes(builder);
        void *block = g_malloc0(*ret_bytes);
        builder_write(builder, block);
        return block;
}

GArray *project_put(Project *project, const char *path, const char *text)
{
        GArray *changes = g_array_new(false, false, sizeof(uint32_t));
        const Unit *before = memory_unit(project->memory, path);
        g_autofree void *old = NULL;
        Unit old_unit;
        size_t bytes;
        if (before) {
                old = block_of(before, &bytes);
                g_assert_true(unit_open(old, bytes, &old_unit, NULL));
        }
        if (text) {
                void *block = read_text(project, path, text, &bytes);
                memory_put(project->memory, path, block, bytes);
        } else if (before) {
                memory_remove(project->memory, path);
        }
        link_changes(path, before ? &old_unit : NULL,
                     text ? memory_unit(project->memory, path) : NULL, changes);
        return changes;
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_folder(Project *project, const char *top, const char *relative)
{
        g_autofree char *folder = g_build_filename(top, relative, NULL);
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        for (const char *name; dir && (name = g_dir_read_name(dir));)
                g_ptr_array_add(names, g_strdup(name));
        g_ptr_array_sort(names, by_name);
        for (unsigned i = 0; i < names->len; i++) {
                g_autofree char *path =
                        g_build_filename(relative, g_ptr_array_index(names, i), NULL);
                g_autofree char *whole = g_build_filename(top, path, NULL), *text = NULL;
                if (g_file_test(whole, G_FILE_TEST_IS_DIR)) {
                        read_folder(project, top, path);
                } else if (unit_language_of(path)) {
                        g_assert_true(g_file_get_contents(whole, &text, NULL, NULL));
                        g_array_unref(project_put(project, path, text));
                }
        }
}

void project_read(Project *project, const char *folder)
{
        read_folder(project, folder, "");
}

/* ---- edges as text ---- */

static char *qualified(const Unit *unit, uint32_t decl)
{
        const UnitDecl *it = &unit->decls[decl];
        const char *name = *unit_string(unit, it->name) ? unit_string(unit, it->name) : "?";
        g_autofree char *around =
                it->container == UNIT_NONE ? NULL : qualified(unit, it->container);
        return around ? g_strdup_printf("%s.%s", around, name) : g_strdup(name);
}

static void add_target(GString *out, const Unit *unit, uint32_t decl)
{
        g_autofree char *name = qualified(unit, decl);
        uint32_t before = 0;
        for (uint32_t i = 0; i < decl; i++) {
                if (unit->decls[i].name != unit->decls[decl].name ||
                    unit->decls[i].kind != unit->decls[decl].kind)
                        continue;
                g_autofree char *other = qualified(unit, i);
                before += strcmp(other, name) == 0;
        }
        g_string_append_printf(out, " %s %s", unit_kind_to_string(unit->decls[decl].kind), name);
        if (before)
                g_string_append_printf(out, "#%u", before);
}

static void add_edge(GString *out, const Project *project, uint32_t module, const LinkEdge *edge)
{
        const Unit *unit = project->source.unit(project->memory, module);
        g_string_append_printf(out, "%s:%03u", memory_path(project->memory, module), edge->line);
        if (edge->kind != UNIT_SITE_IMPORTS)
                g_string_append_printf(out, ":%02u", edge->column);
        g_string_append_printf(out, " %s %s", unit_site_to_string(edge->kind),
                               unit_string(unit, edge->name));
        if (edge->target.module != LINK_NONE)
                g_string_append_printf(out, " → %s",
                                       memory_path(project->memory, edge->target.module));
        if (edge->target.module != LINK_NONE && edge->target.decl != UNIT_NONE)
                add_target(out, project->source.unit(project->memory, edge->target.module),
                           edge->target.decl);
        g_string_append_printf(out, " (%s)\n", link_class_to_string(edge->class));
}

char *project_link(const Project *project, Linker *linker, uint32_t module, GArray *consulted)
{
        g_autoptr(GArray) edges = g_array_new(false, false, sizeof(LinkEdge));
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
        linker_module(linker, module, edges, consulted);
        for (unsigned i = 0; i < edges->len; i++) {
                GString *line = g_string_new(NULL);
                add_edge(line, project, module, &g_array_index(edges, LinkEdge, i));
                g_ptr_array_add(lines, g_string_free(line, false));
        }
        g_ptr_array_sort(lines, by_name);
        g_ptr_array_add(lines, NULL);
        return g_strjoinv("", (char **)lines->pdata);
}
