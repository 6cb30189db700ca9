/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units that a helper that was taken over may send: valid, and otherwise anything. They are linked without a crash or hang, and
 * within limits; and after one was replaced, or has gone, linking it and those who consulted what changed comes to what linking
 * everything anew comes to.
 * Seen to fail: link_changes() that tells no names of the file, no names anywhere, or not that a file came or went. */
#include "fuzz.h"

#include <string.h>

#include "memory.h"
#include "random-unit.h"

#define EDITS            6
#define CHOICES          500 /* about as many as a unit is made of */
#define LINK_TARGETS_MAX 32  /* as the linker has it */

typedef struct World {
        Memory *memory;
        LinkSource source;
        Builder *builder;
        GPtrArray *edges, *consulted; /* by module: GArray */
        Feed made[RANDOM_PATHS];      /* what each unit was made from */
} World;

static int by_bytes(const void *a, const void *b)
{
        return memcmp(a, b, sizeof(LinkEdge));
}

/* ---- what must hold of any edges ---- */

static void check_edge(const World *world, const Unit *unit, const LinkEdge *edge)
{
        g_assert_cmpuint(edge->kind, >=, UNIT_SITE_IMPORTS);
        g_assert_cmpuint(edge->kind, <=, UNIT_SITE_IMPLEMENTS);
        g_assert_nonnull(link_class_to_string(edge->class));
        g_assert_true(edge->source == UNIT_NONE || edge->source < unit->header->decls);
        g_assert_cmpuint(edge->name, <, unit->header->string_bytes);
        if (edge->target.module == LINK_NONE)
                return;
        const Unit *target = world->source.unit(world->memory, edge->target.module);
        g_assert_nonnull(target);
        g_assert_true(edge->target.decl == UNIT_NONE || edge->target.decl < target->header->decls);
}

static void check_edges(const World *world, uint32_t module, GArray *edges)
{
        const Unit *unit = world->source.unit(world->memory, module);
        for (unsigned i = 0, same = 0; i < edges->len; i++) {
                const LinkEdge *edge = &g_array_index(edges, LinkEdge, i), *before = edge - 1;
                check_edge(world, unit, edge);
                same = i && edge->kind != UNIT_SITE_IMPORTS && edge->kind == before->kind &&
                                       edge->line == before->line && edge->column == before->column
                               ? same + 1
                               : 1;
                g_assert_cmpuint(same, <=, LINK_TARGETS_MAX);
        }
}

/* Sorted. */
static GArray *link_module(const World *world, Linker *linker, uint32_t module, GArray *consulted)
{
        GArray *edges = g_array_new(false, true, sizeof(LinkEdge));
        linker_module(linker, module, edges, consulted);
        check_edges(world, module, edges);
        g_array_sort(edges, by_bytes);
        for (unsigned i = 1; consulted && i < consulted->len; i++)
                g_assert_cmpuint(g_array_index(consulted, uint32_t, i - 1), <,
                                 g_array_index(consulted, uint32_t, i));
        return edges;
}

/* ---- linking again ---- */

static bool meet(const GArray *consulted, const GArray *changes)
{
        for (unsigned i = 0; i < changes->len; i++)
                for (unsigned k = 0; k < consulted->len; k++)
                        if (g_array_index(consulted, uint32_t, k) ==
                            g_array_index(changes, uint32_t, i))
                                return true;
        return false;
}

static void keep(World *world, Linker *linker, uint32_t module)
{
        GArray *consulted = g_array_new(false, false, sizeof(uint32_t));
        g_array_unref(g_ptr_array_index(world->edges, module));
        g_array_unref(g_ptr_array_index(world->consulted, module));
        g_ptr_array_index(world->edges, module) = link_module(world, linker, module, consulted);
        g_ptr_array_index(world->consulted, module) = consulted;
}

/* changes NULL: all. */
static void link_again(World *world, const char *path, const GArray *changes)
{
        g_autoptr(Linker) linker = linker_new(&world->source);
        while (world->edges->len < memory_modules(world->memory)) {
                g_ptr_array_add(world->edges, g_array_new(false, true, sizeof(LinkEdge)));
                g_ptr_array_add(world->consulted, g_array_new(false, false, sizeof(uint32_t)));
        }
        for (uint32_t i = 0; i < memory_modules(world->memory); i++) {
                const char *own = memory_path(world->memory, i);
                if (own && (!changes || strcmp(own, path) == 0 ||
                            meet(g_ptr_array_index(world->consulted, i), changes)))
                        keep(world, linker, i);
        }
}

/* The other way round, and each file alone. */
static void compare(const World *world)
{
        g_autoptr(Linker) all = linker_new(&world->source);
        for (uint32_t i = memory_modules(world->memory); i-- > 0;) {
                if (!memory_path(world->memory, i))
                        continue;
                g_autoptr(Linker) alone = linker_new(&world->source);
                g_autoptr(GArray) anew = link_module(world, all, i, NULL);
                g_autoptr(GArray) other = link_module(world, alone, i, NULL);
                const GArray *kept = g_ptr_array_index(world->edges, i);
                g_assert_cmpmem(anew->data, anew->len * sizeof(LinkEdge), other->data,
                                other->len * sizeof(LinkEdge));
                g_assert_cmpmem(anew->data, anew->len * sizeof(LinkEdge), kept->data,
                                kept->len * sizeof(LinkEdge));
        }
}

static void put(World *world, Feed *feed, const RandomFamily *family, uint32_t which)
{
        world->made[which] = *feed;
        size_t bytes;
        void *block = random_unit(world->builder, feed, family, which == RANDOM_PATHS - 1, &bytes);
        memory_put(world->memory, family->paths[which], block, bytes);
}

/* The unit with one thing changed. */
static void twist(World *world, Feed *feed, const RandomFamily *family, uint32_t which)
{
        Feed again = world->made[which];
        again.twist =
                again.taken + 1 + (feed_take(feed, 256) << 8 | feed_take(feed, 256)) % CHOICES;
        again.by = 1 + feed_take(feed, 7);
        put(world, &again, family, which);
}

/* Another unit in the place of one, or none. */
static void edit(World *world, Feed *feed, const RandomFamily *family)
{
        uint32_t which = feed_take(feed, RANDOM_PATHS);
        const char *path = family->paths[which];
        const Unit *before = memory_unit(world->memory, path);
        g_autofree void *block = NULL;
        g_autoptr(GArray) changes = g_array_new(false, false, sizeof(uint32_t));
        Unit old;
        if (before) {
                size_t bytes = (size_t)(before->strings - (const char *)before->header) +
                               before->header->string_bytes;
                block = g_memdup2(before->header, bytes);
                g_assert_true(unit_open(block, bytes, &old, NULL));
        }
        if (before && feed_take(feed, 5) == 1)
                memory_remove(world->memory, path);
        else if (feed_take(feed, 4))
                twist(world, feed, family, which);
        else
                put(world, feed, family, which);
        link_changes(path, before ? &old : NULL, memory_unit(world->memory, path), changes);
        link_again(world, path, changes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(Memory) memory = memory_new();
        g_autoptr(Builder) builder = builder_new();
        g_autoptr(GPtrArray) edges = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
        g_autoptr(GPtrArray) consulted =
                g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
        World world = {memory, memory_source(memory), builder, edges, consulted, {{0}}};
        Feed feed = {.at = data, .end = data + size};
        const RandomFamily *family = random_family(&feed);
        for (uint32_t i = 0; i < RANDOM_PATHS; i++)
                put(&world, &feed, family, i);
        link_again(&world, NULL, NULL);
        compare(&world);
        for (uint32_t i = 0; i < EDITS; i++) {
                edit(&world, &feed, family);
                compare(&world);
        }
        return 0;
}
