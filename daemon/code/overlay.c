/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries are made when a module is first asked for, by its number or its path. What is told in lists stands in the order of
 * the paths: numbers of modules say nothing. */
#include "code/overlay.h"

#include <string.h>

#include "code/consulted.h"
#include "code/rows.h"

typedef struct Entry {
        uint32_t module;
        const char *path;
        const Unit *unit;       /* once loaded; NULL: it has none */
        Unit read;              /* what unit points to if it came from the store */
        void *block;            /* … and the bytes it lies in */
        uint32_t *places;       /* of what came from the store, NULL: identity … */
        uint32_t decls;         /* … so many */
        const Symbols *symbols; /* of what was laid over */
        bool over, loaded;
} Entry;

struct Overlay {
        Db *db;
        uint32_t repository;
        GHashTable *modules; /* number → Entry */
        GHashTable *paths;   /* path → Entry, or NULL: there is no such file */
        GHashTable *folders; /* folder → GArray of module numbers */
        GHashTable
                *names; /* name → GArray of LinkPlace, of what was laid over; NULL: not gathered */
        bool packages;  /* names has those of all manifests */
        GHashTable *files;      /* name of files → GArray of module numbers */
        GHashTable *over_files; /* … of what was laid over; NULL: not gathered */
        GHashTable *
                unlinked; /* modules of the store that are not linked, whose given names are in names; NULL: not gathered */
        GPtrArray *over; /* Entry, of what was laid over or dropped */
        GStringChunk *texts;
        size_t bytes;
        GError *error; /* the first */
        LinkSource source;
};

static void entry_free(void *data)
{
        Entry *entry = data;

        g_free(entry->block);
        g_free(entry->places);
        g_free(entry);
}

/* ---- the store's part ---- */

/* Notes what went wrong: the linker cannot be told. NULL. */
static void *fail(Overlay *overlay, GError *error)
{
        if (!overlay->error)
                overlay->error = error;
        else
                g_clear_error(&error);
        return NULL;
}

static Statement *prepare(Overlay *overlay, const char *sql)
{
        GError *error = NULL;
        Statement *statement = db_statement(overlay->db, sql, &error);

        return statement ? statement : fail(overlay, error);
}

static bool next_row(Overlay *overlay, Statement *statement)
{
        GError *error = NULL;
        StepResult step = statement ? statement_step(statement, &error) : STEP_DONE;

        if (step == STEP_ERROR)
                (void)fail(overlay, error);
        return step == STEP_ROW;
}

static Entry *entry_new(Overlay *overlay, uint32_t module, const char *path)
{
        Entry *entry = g_new0(Entry, 1);

        entry->module = module;
        entry->path = g_string_chunk_insert(overlay->texts, path);
        g_hash_table_insert(overlay->modules, GUINT_TO_POINTER(module), entry);
        g_hash_table_insert(overlay->paths, (void *)entry->path, entry);
        return entry;
}

static Entry *entry_of(Overlay *overlay, uint32_t module)
{
        Entry *entry = g_hash_table_lookup(overlay->modules, GUINT_TO_POINTER(module));
        Statement *row;

        if (entry)
                return entry;
        row = prepare(overlay, "SELECT path FROM code_modules WHERE id = :id AND repository = :of");
        if (!row)
                return NULL;
        statement_bind_int(row, ":id", module);
        statement_bind_int(row, ":of", overlay->repository);
        return next_row(overlay, row) ? entry_new(overlay, module, statement_text(row, 0)) : NULL;
}

static void read_places(Entry *entry, Statement *row)
{
        size_t bytes;
        const void *places = statement_blob(row, 0, &bytes);

        if (places && bytes == entry->read.header->decls * sizeof(uint32_t))
                entry->places = g_memdup2(places, bytes);
}

static void load(Overlay *overlay, Entry *entry)
{
        GError *error = NULL;
        size_t bytes;
        Statement *row = prepare(overlay, "SELECT places, unit FROM code_units WHERE module = :id");

        entry->loaded = true;
        if (!row)
                return;
        statement_bind_int(row, ":id", entry->module);
        if (!next_row(overlay, row))
                return;
        const void *block = statement_blob(row, 1, &bytes);
        entry->block = g_memdup2(block, bytes);
        overlay->bytes += bytes;
        if (!unit_open(entry->block, bytes, &entry->read, &error)) {
                (void)fail(overlay, error);
                return;
        }
        entry->unit = &entry->read;
        entry->decls = entry->read.header->decls;
        read_places(entry, row);
}

/* ---- the source ---- */

static const Unit *get_unit(void *data, uint32_t module)
{
        Entry *entry = entry_of(data, module);

        if (entry && !entry->loaded)
                load(data, entry);
        return entry ? entry->unit : NULL;
}

static const char *get_path(void *data, uint32_t module)
{
        const Entry *entry = entry_of(data, module);

        return entry ? entry->path : "";
}

/* "a/b" of "a/b/c", "" of "c". */
static char *folder_of(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? g_strndup(path, (size_t)(slash - path)) : g_strdup("");
}

static uint32_t find(void *data, const char *path)
{
        Overlay *overlay = data;
        void *known;

        if (g_hash_table_lookup_extended(overlay->paths, path, NULL, &known))
                return known ? ((Entry *)known)->module : LINK_NONE;
        g_autofree char *folder = folder_of(path);
        Statement *row = prepare(overlay, "SELECT id FROM code_modules WHERE repository = :of"
                                          " AND folder = :folder AND path = :path");
        if (!row)
                return LINK_NONE;
        statement_bind_int(row, ":of", overlay->repository);
        statement_bind_text(row, ":folder", folder);
        statement_bind_text(row, ":path", path);
        if (next_row(overlay, row))
                return entry_new(overlay, (uint32_t)statement_int(row, 0), path)->module;
        g_hash_table_insert(overlay->paths, g_string_chunk_insert(overlay->texts, path), NULL);
        return LINK_NONE;
}

static int by_path(const void *a, const void *b, void *data)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

        return strcmp(get_path(data, x), get_path(data, y));
}

/* A row of the store stands but for what was laid over it. */
static bool stands(Overlay *overlay, uint32_t module, const char *path)
{
        const Entry *entry = g_hash_table_lookup(overlay->modules, GUINT_TO_POINTER(module));

        if (entry)
                return !entry->over;
        (void)entry_new(overlay, module, path);
        return true;
}

static GArray *list_folder(Overlay *overlay, const char *folder)
{
        GArray *list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        Statement *row = prepare(overlay, "SELECT id, path FROM code_modules WHERE repository = :of"
                                          " AND folder = :folder");

        if (row) {
                statement_bind_int(row, ":of", overlay->repository);
                statement_bind_text(row, ":folder", folder);
        }
        while (next_row(overlay, row)) {
                uint32_t module = (uint32_t)statement_int(row, 0);

                if (stands(overlay, module, statement_text(row, 1)))
                        g_array_append_val(list, module);
        }
        for (unsigned i = 0; i < overlay->over->len; i++) {
                const Entry *entry = overlay->over->pdata[i];
                g_autofree char *of = folder_of(entry->path);

                if (g_hash_table_lookup(overlay->paths, entry->path) == entry &&
                    g_str_equal(of, folder))
                        g_array_append_val(list, entry->module);
        }
        g_array_sort_with_data(list, by_path, overlay);
        return list;
}

static void array_unref(void *array)
{
        g_array_unref(array);
}

static size_t get_folder(void *data, const char *folder, uint32_t *ret, size_t max)
{
        Overlay *overlay = data;
        GArray *list = g_hash_table_lookup(overlay->folders, folder);

        if (!list) {
                list = list_folder(overlay, folder);
                g_hash_table_insert(overlay->folders, g_strdup(folder), list);
        }
        if (list->len > 0 && max > 0)
                memcpy(ret, list->data, MIN(list->len, max) * sizeof(uint32_t));
        return list->len;
}

/* ---- files of a name ---- */

static const char *file_of(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

static void gather_files(Overlay *overlay)
{
        overlay->over_files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, array_unref);
        for (unsigned i = 0; i < overlay->over->len; i++) {
                const Entry *entry = overlay->over->pdata[i];
                const char *name = file_of(entry->path);
                GArray *list = g_hash_table_lookup(overlay->over_files, name);

                if (!entry->unit || g_hash_table_lookup(overlay->paths, entry->path) != entry)
                        continue;
                if (!list) {
                        list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
                        g_hash_table_insert(overlay->over_files, (void *)name, list);
                }
                g_array_append_val(list, entry->module);
        }
}

/* By the index code_modules_file. */
static GArray *list_files(Overlay *overlay, const char *name)
{
        GArray *list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        Statement *row = prepare(
                overlay,
                "SELECT m.id, m.path FROM code_modules m"
                " WHERE substr(m.path, CASE m.folder WHEN '' THEN 1 ELSE length(m.folder) + 2 END)"
                " = :name AND +m.repository = :of"
                " AND EXISTS (SELECT 1 FROM code_units u WHERE u.module = m.id)");

        if (row) {
                statement_bind_text(row, ":name", name);
                statement_bind_int(row, ":of", overlay->repository);
        }
        while (next_row(overlay, row)) {
                uint32_t module = (uint32_t)statement_int(row, 0);

                if (stands(overlay, module, statement_text(row, 1)))
                        g_array_append_val(list, module);
        }
        if (!overlay->over_files)
                gather_files(overlay);
        const GArray *over = g_hash_table_lookup(overlay->over_files, name);
        if (over)
                g_array_append_vals(list, over->data, over->len);
        g_array_sort_with_data(list, by_path, overlay);
        return list;
}

static size_t get_files(void *data, const char *name, uint32_t *ret, size_t max)
{
        Overlay *overlay = data;
        GArray *list = g_hash_table_lookup(overlay->files, name);

        if (!list) {
                list = list_files(overlay, name);
                g_hash_table_insert(overlay->files, g_strdup(name), list);
        }
        if (list->len > 0 && max > 0)
                memcpy(ret, list->data, MIN(list->len, max) * sizeof(uint32_t));
        return list->len;
}

/* ---- names ---- */

typedef struct Gathering {
        Overlay *overlay;
        uint32_t module;
} Gathering;

static void add_name(const char *name, uint32_t decl, void *data)
{
        Gathering *gathering = data;
        GHashTable *names = gathering->overlay->names;
        GArray *list = g_hash_table_lookup(names, name);
        LinkPlace place = {gathering->module, decl};

        if (!list) {
                list = g_array_new(FALSE, FALSE, sizeof(LinkPlace));
                g_hash_table_insert(names, g_strdup(name), list);
        }
        g_array_append_val(list, place);
}

static void gather_names(Overlay *overlay)
{
        overlay->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, array_unref);
        for (unsigned i = 0; i < overlay->over->len; i++) {
                const Entry *entry = overlay->over->pdata[i];
                Gathering gathering = {overlay, entry->module};

                if (entry->unit)
                        link_names(entry->unit, add_name, &gathering);
        }
}

static uint32_t decl_of(const Entry *entry, uint32_t index)
{
        if (!entry->places)
                return index < entry->decls ? index : UNIT_NONE;
        for (uint32_t decl = 0; decl < entry->decls; decl++)
                if (entry->places[decl] == index)
                        return decl;
        return UNIT_NONE;
}

static void add_stored(Overlay *overlay, const char *name, size_t max, GArray *places)
{
        Statement *row =
                prepare(overlay, "SELECT id FROM code_symbols WHERE name = :name COLLATE NOCASE"
                                 " AND name = :name AND flags & :named AND +repository = :of");

        if (row) {
                statement_bind_text(row, ":name", name);
                statement_bind_int(row, ":named", SYMBOL_NAMED);
                statement_bind_int(row, ":of", overlay->repository);
        }
        while (places->len <= max && next_row(overlay, row)) {
                int64_t id = statement_int(row, 0);
                LinkPlace place = {(uint32_t)(id >> SYMBOL_BITS), (uint32_t)(id & SYMBOL_FILE)};
                Entry *entry = entry_of(overlay, place.module);

                if (entry && !entry->over)
                        g_array_append_val(places, place);
        }
}

/* Manifests are few: those of the store are gathered with the names that were laid over. */
static GArray *list_manifests(Overlay *overlay)
{
        GArray *list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        Statement *row = prepare(overlay, "SELECT id, path FROM code_modules WHERE repository = :of"
                                          " AND language = 'manifest'");

        if (row)
                statement_bind_int(row, ":of", overlay->repository);
        while (next_row(overlay, row)) {
                uint32_t module = (uint32_t)statement_int(row, 0);

                if (stands(overlay, module, statement_text(row, 1)))
                        g_array_append_val(list, module);
        }
        return list;
}

static void gather_packages(Overlay *overlay)
{
        g_autoptr(GArray) manifests = list_manifests(overlay);

        overlay->packages = true;
        for (unsigned i = 0; i < manifests->len; i++) {
                Gathering gathering = {overlay, g_array_index(manifests, uint32_t, i)};
                const Unit *unit = get_unit(overlay, gathering.module);

                if (unit)
                        link_names(unit, add_name, &gathering);
        }
}

/* ---- what is given ---- */

static void add_given(const char *name, uint32_t decl, void *data)
{
        if (g_str_has_prefix(name, LINK_GIVEN_PREFIX))
                add_name(name, decl, data);
}

/* Of a module that the store has not linked: its unit is looked at and not kept. */
static void gather_unlinked(Overlay *overlay, uint32_t module, Statement *row)
{
        g_autofree void *block = NULL;
        Gathering gathering = {overlay, module};
        Entry *entry = entry_of(overlay, module);
        size_t bytes;
        Unit unit;

        if (!entry || entry->over)
                return;
        const void *blob = statement_blob(row, 1, &bytes);
        block = g_memdup2(blob, bytes);
        if (unit_open(block, bytes, &unit, NULL))
                link_names(&unit, add_given, &gathering);
        g_hash_table_add(overlay->unlinked, GUINT_TO_POINTER(module));
}

/* What is not linked yet has no numbers by which it is found. */
static void gather_all_unlinked(Overlay *overlay)
{
        Statement *row = prepare(overlay, "SELECT m.id, u.unit FROM code_modules m"
                                          " JOIN code_units u ON u.module = m.id"
                                          " WHERE m.repository = :of AND m.linked = 0");

        overlay->unlinked = g_hash_table_new(NULL, NULL);
        if (row)
                statement_bind_int(row, ":of", overlay->repository);
        while (next_row(overlay, row))
                gather_unlinked(overlay, (uint32_t)statement_int(row, 0), row);
}

/* One name that is wanted. */
typedef struct Wanted {
        const char *name;
        uint32_t module;
        GArray *places;
} Wanted;

static void add_wanted(const char *name, uint32_t decl, void *data)
{
        Wanted *wanted = data;
        LinkPlace place = {wanted->module, decl};

        if (g_str_equal(name, wanted->name))
                g_array_append_val(wanted->places, place);
}

/* The places of the store at which something is given to a name. */
static void add_stored_given(Overlay *overlay, const char *name, GArray *places)
{
        g_autoptr(GHashTable) givers = g_hash_table_new(NULL, NULL);
        g_autoptr(GArray) number = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        uint32_t given = consulted_given(name);
        GError *error = NULL;
        GHashTableIter iter;
        void *key;

        g_array_append_val(number, given);
        if (!consulted_find(overlay->db, overlay->repository, number, givers, &error))
                (void)fail(overlay, error);
        g_hash_table_iter_init(&iter, givers);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
                Wanted wanted = {name, GPOINTER_TO_UINT(key), places};
                const Entry *entry = entry_of(overlay, wanted.module);
                bool counts =
                        entry && !entry->over && !g_hash_table_contains(overlay->unlinked, key);
                const Unit *unit = counts ? get_unit(overlay, wanted.module) : NULL;

                if (unit)
                        link_names(unit, add_wanted, &wanted);
        }
}

static int by_place(const void *a, const void *b, void *data)
{
        const LinkPlace *x = a, *y = b;
        int order = x->module == y->module
                            ? 0
                            : strcmp(get_path(data, x->module), get_path(data, y->module));

        return order != 0 ? order : (x->decl > y->decl) - (x->decl < y->decl);
}

static void places_to_decls(Overlay *overlay, GArray *places)
{
        for (unsigned i = places->len; i-- > 0;) {
                LinkPlace *place = &g_array_index(places, LinkPlace, i);
                Entry *entry = entry_of(overlay, place->module);

                (void)get_unit(overlay, place->module);
                place->decl = decl_of(entry, place->decl);
                if (place->decl == UNIT_NONE)
                        g_array_remove_index(places, i);
        }
}

static size_t get_named(void *data, const char *name, LinkPlace *ret, size_t max)
{
        Overlay *overlay = data;
        g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(LinkPlace));

        if (!overlay->names)
                gather_names(overlay);
        if (g_str_has_prefix(name, LINK_PACKAGE_PREFIX)) {
                if (!overlay->packages)
                        gather_packages(overlay);
        } else if (g_str_has_prefix(name, LINK_GIVEN_PREFIX)) {
                if (!overlay->unlinked)
                        gather_all_unlinked(overlay);
                add_stored_given(overlay, name, places);
        } else {
                add_stored(overlay, name, max, places);
                if (places->len > max)
                        return places->len;
                places_to_decls(overlay, places);
        }
        const GArray *over = g_hash_table_lookup(overlay->names, name);
        if (over)
                g_array_append_vals(places, over->data, over->len);
        g_array_sort_with_data(places, by_place, overlay);
        memcpy(ret, places->data ? places->data : "", MIN(places->len, max) * sizeof(LinkPlace));
        return places->len;
}

/* ---- life ---- */

Overlay *overlay_new(Db *db, uint32_t repository)
{
        Overlay *overlay = g_new0(Overlay, 1);

        overlay->db = db;
        overlay->repository = repository;
        overlay->modules = g_hash_table_new_full(NULL, NULL, NULL, entry_free);
        overlay->paths = g_hash_table_new(g_str_hash, g_str_equal);
        overlay->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, array_unref);
        overlay->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, array_unref);
        overlay->over = g_ptr_array_new();
        overlay->texts = g_string_chunk_new(4096);
        overlay->source = (LinkSource){.data = overlay,
                                       .unit = get_unit,
                                       .path = get_path,
                                       .find = find,
                                       .folder = get_folder,
                                       .files = get_files,
                                       .named = get_named};
        return overlay;
}

void overlay_use(Overlay *overlay, Db *db)
{
        overlay->db = db;
}

Overlay *overlay_free(Overlay *overlay)
{
        if (!overlay)
                return NULL;
        g_ptr_array_unref(overlay->over);
        g_hash_table_unref(overlay->folders);
        g_hash_table_unref(overlay->files);
        g_clear_pointer(&overlay->over_files, g_hash_table_unref);
        g_hash_table_unref(overlay->paths);
        g_clear_pointer(&overlay->names, g_hash_table_unref);
        g_clear_pointer(&overlay->unlinked, g_hash_table_unref);
        g_hash_table_unref(overlay->modules);
        g_string_chunk_free(overlay->texts);
        g_clear_error(&overlay->error);
        g_free(overlay);
        return NULL;
}

void overlay_put(Overlay *overlay, const OverlayModule *module)
{
        Entry *entry = entry_new(overlay, module->module, module->path);

        entry->over = entry->loaded = true;
        entry->unit = module->unit;
        entry->symbols = module->symbols;
        g_ptr_array_add(overlay->over, entry);
}

void overlay_drop(Overlay *overlay, uint32_t module, const char *path)
{
        Entry *entry = entry_new(overlay, module, path);

        entry->over = entry->loaded = true;
        g_hash_table_insert(overlay->paths, (void *)entry->path, NULL);
        g_ptr_array_add(overlay->over, entry);
}

const LinkSource *overlay_source(Overlay *overlay)
{
        return &overlay->source;
}

uint32_t overlay_place(Overlay *overlay, uint32_t module, uint32_t decl)
{
        const Unit *unit = get_unit(overlay, module);
        const Entry *entry = unit ? entry_of(overlay, module) : NULL;

        if (!unit || decl >= unit->header->decls || !unit_is_symbol(&unit->decls[decl]))
                return UNIT_NONE;
        if (entry->symbols)
                return entry->symbols->places[decl];
        return entry->places ? entry->places[decl] : decl;
}

size_t overlay_bytes(const Overlay *overlay)
{
        return overlay->bytes;
}

bool overlay_check(Overlay *overlay, GError **error)
{
        if (!overlay->error)
                return true;
        g_propagate_error(error, g_error_copy(overlay->error));
        return false;
}
