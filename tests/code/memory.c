/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory.h"

#include <string.h>

typedef struct File {
        char *path; /* NULL: gone */
        void *block;
        Unit unit;
} File;

struct Memory {
        GPtrArray *files;
        GHashTable *modules; /* path: module + 1 */
        GHashTable *names;   /* name: GArray of LinkPlace */
        GHashTable *bases;   /* last part of a path: GArray of modules */
};

static void free_file(void *data)
{
        File *file = data;
        g_free(file->path);
        g_free(file->block);
        g_free(file);
}

Memory *memory_new(void)
{
        Memory *memory = g_new0(Memory, 1);
        memory->files = g_ptr_array_new_with_free_func(free_file);
        g_ptr_array_add(memory->files, g_new0(File, 1)); /* as in the store there is no module 0 */
        memory->modules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        memory->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)g_array_unref);
        memory->bases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)g_array_unref);
        return memory;
}

Memory *memory_free(Memory *memory)
{
        if (!memory)
                return NULL;
        g_ptr_array_unref(memory->files);
        g_hash_table_unref(memory->modules);
        g_hash_table_unref(memory->names);
        g_hash_table_unref(memory->bases);
        g_free(memory);
        return NULL;
}

/* ---- names ---- */

typedef struct Naming {
        Memory *memory;
        uint32_t module;
} Naming;

static int compare_places(const Memory *memory, LinkPlace a, LinkPlace b)
{
        if (a.module == b.module)
                return (a.decl > b.decl) - (a.decl < b.decl);
        return strcmp(memory_path(memory, a.module), memory_path(memory, b.module));
}

/* In the order of paths. */
static void add_name(const char *name, uint32_t decl, void *data)
{
        Naming *naming = data;
        GArray *places = g_hash_table_lookup(naming->memory->names, name);
        if (!places) {
                places = g_array_new(false, false, sizeof(LinkPlace));
                g_hash_table_insert(naming->memory->names, g_strdup(name), places);
        }
        LinkPlace place = {naming->module, decl};
        unsigned at = places->len;
        while (at &&
               compare_places(naming->memory, place, g_array_index(places, LinkPlace, at - 1)) < 0)
                at--;
        g_array_insert_val(places, at, place);
}

static void remove_name(const char *name, uint32_t decl, void *data)
{
        Naming *naming = data;
        GArray *places = g_hash_table_lookup(naming->memory->names, name);
        for (unsigned i = 0; i < places->len; i++) {
                const LinkPlace *place = &g_array_index(places, LinkPlace, i);
                if (place->module == naming->module && place->decl == decl) {
                        g_array_remove_index(places, i);
                        return;
                }
        }
}

/* ---- files ---- */

static File *file_at(const Memory *memory, uint32_t module)
{
        return g_ptr_array_index(memory->files, module);
}

static uint32_t find(void *data, const char *path)
{
        Memory *memory = data;
        return GPOINTER_TO_UINT(g_hash_table_lookup(memory->modules, path)) - 1;
}

static void empty(Memory *memory, uint32_t module)
{
        File *file = file_at(memory, module);
        if (file->path && file->block)
                link_names(&file->unit, remove_name, &(Naming){memory, module});
        g_free(file->block);
        file->block = NULL;
}

static const char *base_of(const char *path)
{
        const char *slash = strrchr(path, '/');
        return slash ? slash + 1 : path;
}

static void add_base(Memory *memory, const char *path, uint32_t module)
{
        GArray *list = g_hash_table_lookup(memory->bases, base_of(path));
        if (!list) {
                list = g_array_new(false, false, sizeof(uint32_t));
                g_hash_table_insert(memory->bases, g_strdup(base_of(path)), list);
        }
        g_array_append_val(list, module);
}

static void remove_base(Memory *memory, const char *path, uint32_t module)
{
        GArray *list = g_hash_table_lookup(memory->bases, base_of(path));
        for (unsigned i = list->len; i-- > 0;)
                if (g_array_index(list, uint32_t, i) == module)
                        g_array_remove_index(list, i);
}

uint32_t memory_put(Memory *memory, const char *path, void *block, size_t bytes)
{
        g_autoptr(GError) error = NULL;
        uint32_t module = find(memory, path);
        if (module == LINK_NONE) {
                module = memory->files->len;
                File *file = g_new0(File, 1);
                file->path = g_strdup(path);
                g_ptr_array_add(memory->files, file);
                g_hash_table_insert(memory->modules, g_strdup(path), GUINT_TO_POINTER(module + 1));
                add_base(memory, path, module);
        }
        empty(memory, module);
        File *file = file_at(memory, module);
        file->block = block;
        if (!unit_open(block, bytes, &file->unit, &error))
                g_error("%s: %s", path, error->message);
        link_names(&file->unit, add_name, &(Naming){memory, module});
        return module;
}

void memory_remove(Memory *memory, const char *path)
{
        uint32_t module = find(memory, path);
        empty(memory, module);
        remove_base(memory, path, module);
        File *file = file_at(memory, module);
        g_clear_pointer(&file->path, g_free);
        g_hash_table_remove(memory->modules, path);
}

const Unit *memory_unit(const Memory *memory, const char *path)
{
        uint32_t module = find((void *)memory, path);
        return module == LINK_NONE ? NULL : &file_at(memory, module)->unit;
}

uint32_t memory_modules(const Memory *memory)
{
        return memory->files->len;
}

const char *memory_path(const Memory *memory, uint32_t module)
{
        return file_at(memory, module)->path;
}

/* ---- the source ---- */

static const Unit *unit_of(void *data, uint32_t module)
{
        Memory *memory = data;
        return file_at(memory, module)->path ? &file_at(memory, module)->unit : NULL;
}

static const char *path_of(void *data, uint32_t module)
{
        return memory_path(data, module);
}

static size_t folder(void *data, const char *path, uint32_t *ret, size_t max)
{
        Memory *memory = data;
        size_t count = 0, length = strlen(path);
        for (uint32_t i = 0; i < memory->files->len; i++) {
                const char *other = file_at(memory, i)->path;
                if (!other || strncmp(other, path, length) != 0 ||
                    (length && other[length] != '/') || strchr(other + length + (length > 0), '/'))
                        continue;
                if (count < max)
                        ret[count] = i;
                count++;
        }
        return count;
}

static size_t files(void *data, const char *name, uint32_t *ret, size_t max)
{
        Memory *memory = data;
        GArray *list = g_hash_table_lookup(memory->bases, name);
        if (list && list->len)
                memcpy(ret, list->data, MIN(list->len, max) * sizeof *ret);
        return list ? list->len : 0;
}

static size_t named(void *data, const char *name, LinkPlace *ret, size_t max)
{
        Memory *memory = data;
        GArray *places = g_hash_table_lookup(memory->names, name);
        if (!places)
                return 0;
        memcpy(ret, places->data, MIN(places->len, max) * sizeof *ret);
        return places->len;
}

LinkSource memory_source(Memory *memory)
{
        return (LinkSource){.data = memory,
                            .unit = unit_of,
                            .path = path_of,
                            .find = find,
                            .folder = folder,
                            .files = files,
                            .named = named};
}
