/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linking is done on a snapshot, with what is new laid over it, and written afterwards; so nobody waits for it. While it is written
 * no snapshot is held: the writer may wait for all of them to end, to put another file in the place of this one. */
#include "code/sync-round.h"

#include <string.h>

/* A module that was linked. */
typedef struct Linked {
        uint32_t module;
        GArray *edges; /* of EdgeRow; names belong to units of the overlay. NULL: they are written */
        GArray *consulted; /* of uint32_t */
} Linked;

typedef struct Linking {
        Sync *sync;
        Db *db; /* NULL while something is written */
        Overlay *overlay;
        Linker *linker;
        GArray *linked;  /* of Linked */
        unsigned first;  /* of linked, whose edges are not written yet */
        unsigned edges;  /* of those */
        GArray *scratch; /* of LinkEdge */
} Linking;

static void linked_clear(void *data)
{
        Linked *linked = data;

        g_clear_pointer(&linked->edges, g_array_unref);
        g_clear_pointer(&linked->consulted, g_array_unref);
}

/* ---- the overlay ---- */

static void put_all(Linking *linking, const GPtrArray *files)
{
        for (unsigned i = 0; i < files->len; i++) {
                const SyncFile *file = files->pdata[i];
                bool has = sync_file_has_unit(file);
                OverlayModule module = {.module = file->module,
                                        .path = file->file->path,
                                        .unit = has ? &file->read->unit : NULL,
                                        .symbols = file->symbols};

                if (!file->touched)
                        overlay_put(linking->overlay, &module);
        }
}

static void begin(Linking *linking)
{
        Sync *sync = linking->sync;

        linking->overlay = overlay_new(linking->db, sync->number);
        for (unsigned i = 0; i < sync->gone->len; i++) {
                const SyncGone *gone = &g_array_index(sync->gone, SyncGone, i);

                overlay_drop(linking->overlay, gone->module, gone->path);
        }
        put_all(linking, sync->taken);
        put_all(linking, sync->kept);
        linking->linker = linker_new(overlay_source(linking->overlay));
}

static void end(Linking *linking)
{
        g_clear_pointer(&linking->linker, linker_free);
        g_clear_pointer(&linking->overlay, overlay_free);
}

/* ---- edges ---- */

static const char *called(Linking *linking, LinkPlace place)
{
        const LinkSource *source = overlay_source(linking->overlay);
        const Unit *unit = source->unit(source->data, place.module);

        return unit ? unit_string(unit, unit->decls[place.decl].name) : "";
}

/* The target as rows have it; a declaration that is no symbol (a parameter, a local variable) is none. */
static int64_t target_of(Linking *linking, LinkPlace place)
{
        uint32_t index;

        if (place.module == LINK_NONE)
                return EDGE_NO_TARGET;
        if (place.decl == UNIT_NONE)
                return symbol_id(place.module, SYMBOL_FILE);
        index = overlay_place(linking->overlay, place.module, place.decl);
        return index == UNIT_NONE ? EDGE_NO_TARGET : symbol_id(place.module, index);
}

static void add_edge(Linking *linking, uint32_t module, const Unit *unit, const LinkEdge *edge,
                     GArray *rows)
{
        EdgeRow row = {.kind = edge->kind,
                       .class = edge->class,
                       .line = edge->line,
                       .column = edge->column,
                       .source = UNIT_NONE,
                       .target = target_of(linking, edge->target)};
        const char *name = unit_string(unit, edge->name);
        bool same = row.target != EDGE_NO_TARGET && edge->target.decl != UNIT_NONE &&
                    strcmp(name, called(linking, edge->target)) == 0;

        if (edge->source != UNIT_NONE)
                row.source = overlay_place(linking->overlay, module, edge->source);
        row.name = same || !*name ? NULL : name;
        g_array_append_val(rows, row);
}

static void link_module(Linking *linking, uint32_t module)
{
        const LinkSource *source = overlay_source(linking->overlay);
        const Unit *unit = source->unit(source->data, module);
        Linked linked = {.module = module,
                         .edges = g_array_new(FALSE, FALSE, sizeof(EdgeRow)),
                         .consulted = g_array_new(FALSE, FALSE, sizeof(uint32_t))};

        g_array_set_size(linking->scratch, 0);
        if (unit) {
                linker_module(linking->linker, module, linking->scratch, linked.consulted);
                consulted_add_given(unit, linked.consulted);
        }
        for (unsigned i = 0; i < linking->scratch->len; i++)
                add_edge(linking, module, unit, &g_array_index(linking->scratch, LinkEdge, i),
                         linked.edges);
        linking->edges += linked.edges->len;
        linking->sync->report.linked++;
        linking->sync->report.edges += linked.edges->len;
        g_array_append_val(linking->linked, linked);
}

/* ---- writing ---- */

static bool write_edges(Linking *linking, Db *db, GError **error)
{
        for (unsigned i = linking->first; i < linking->linked->len; i++) {
                const Linked *linked = &g_array_index(linking->linked, Linked, i);

                if (!rows_write_edges(db, linking->sync->number, linked->module, linked->edges,
                                      error))
                        return false;
        }
        return true;
}

static bool edges_work(Db *db, void *data, GError **error)
{
        return write_edges(data, db, error);
}

static void forget_edges(Linking *linking)
{
        for (; linking->first < linking->linked->len; linking->first++)
                g_clear_pointer(&g_array_index(linking->linked, Linked, linking->first).edges,
                                g_array_unref);
        linking->edges = 0;
}

static bool write_consulted(Linking *linking, Db *db, GError **error)
{
        Sync *sync = linking->sync;

        for (unsigned i = 0; i < linking->linked->len; i++) {
                const Linked *linked = &g_array_index(linking->linked, Linked, i);
                g_autoptr(GArray) before = consulted_of(db, linked->module, error);

                if (!before)
                        return false;
                unsigned changes = sync->consulted->len;
                consulted_compare(linked->module, before, linked->consulted, sync->consulted);
                if ((sync->consulted->len > changes &&
                     !consulted_keep(db, linked->module, linked->consulted, error)) ||
                    !rows_mark_linked(db, linked->module, error))
                        return false;
        }
        return consulted_apply(db, sync->number, sync->consulted, error);
}

/* The last write of a round; of a small one it is the only one. */
static bool last_work(Db *db, void *data, GError **error)
{
        Linking *linking = data;
        Sync *sync = linking->sync;

        return (sync->large || sync_write_files(sync, db, error)) &&
               write_edges(linking, db, error) && write_consulted(linking, db, error) &&
               sync_write_state(sync, db, 0, error);
}

/* ---- linking ---- */

static int by_number(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

        return x < y ? -1 : x > y;
}

/* What this round found, and what an earlier one left. */
static GArray *list_modules(Linking *linking, GError **error)
{
        Sync *sync = linking->sync;
        g_autoptr(GArray) modules = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        Statement *query = db_statement(
                linking->db, "SELECT id FROM code_modules WHERE repository = :of AND linked = 0",
                error);
        GHashTableIter iter;
        StepResult step;
        void *key;

        if (!query)
                return NULL;
        statement_bind_int(query, ":of", sync->number);
        while ((step = statement_step(query, error)) == STEP_ROW)
                g_hash_table_add(sync->dirty, GUINT_TO_POINTER((unsigned)statement_int(query, 0)));
        if (step == STEP_ERROR)
                return NULL;
        for (unsigned i = 0; i < sync->gone->len; i++)
                g_hash_table_remove(
                        sync->dirty,
                        GUINT_TO_POINTER(g_array_index(sync->gone, SyncGone, i).module));
        g_hash_table_iter_init(&iter, sync->dirty);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
                uint32_t module = GPOINTER_TO_UINT(key);
                g_array_append_val(modules, module);
        }
        g_array_sort(modules, by_number);
        return g_steal_pointer(&modules);
}

static bool take_snapshot(Linking *linking, GError **error)
{
        linking->db = store_reader(linking->sync->options.vault, /* scope= */ NULL, error);
        if (linking->overlay)
                overlay_use(linking->overlay, linking->db);
        return linking->db != NULL;
}

static bool write_without_snapshot(Linking *linking, StoreWork work, GError **error)
{
        overlay_use(linking->overlay, NULL);
        g_clear_pointer(&linking->db, db_release);
        return sync_write(linking->sync, work, linking, error);
}

/* Names of edges belong to the overlay: they are written before it goes. */
static bool make_room(Linking *linking, GError **error)
{
        bool full =
                overlay_bytes(linking->overlay) + linker_bytes(linking->linker) > SYNC_LINKED_BYTES;

        if (!linking->sync->large || (linking->edges < SYNC_EDGES && !full))
                return true;
        if (!overlay_check(linking->overlay, error) ||
            !write_without_snapshot(linking, edges_work, error) || !take_snapshot(linking, error))
                return false;
        forget_edges(linking);
        if (full) {
                end(linking);
                begin(linking);
        }
        return true;
}

static bool link_all(Linking *linking, GError **error)
{
        g_autoptr(GArray) modules = list_modules(linking, error);

        if (!modules)
                return false;
        begin(linking);
        for (unsigned i = 0; i < modules->len; i++) {
                if (sync_is_stopped(linking->sync, error))
                        return false;
                link_module(linking, g_array_index(modules, uint32_t, i));
                if (!make_room(linking, error))
                        return false;
        }
        return overlay_check(linking->overlay, error) &&
               write_without_snapshot(linking, last_work, error);
}

bool sync_link(Sync *sync, GError **error)
{
        bool waits = sync->taken->len + sync->gone->len > 0;

        if (sync->large && waits && !sync_flush(sync, error))
                return false;
        Linking linking = {.sync = sync,
                           .linked = g_array_new(FALSE, FALSE, sizeof(Linked)),
                           .scratch = g_array_new(FALSE, FALSE, sizeof(LinkEdge))};
        g_array_set_clear_func(linking.linked, linked_clear);
        bool ok = take_snapshot(&linking, error) &&
                  (sync->large || !waits || sync_follow(sync, linking.db, error)) &&
                  link_all(&linking, error);
        end(&linking);
        g_clear_pointer(&linking.db, db_release);
        g_array_unref(linking.linked);
        g_array_unref(linking.scratch);
        return ok;
}
