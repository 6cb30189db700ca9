/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each piece has a head before it, with its class: the list of free pieces of one size. Sizes are multiples of 16 bytes
 * up to 512, then powers of two; pieces lie at multiples of 8, which is all that tree-sitter's structures need. */
#include "syntax/arena.h"

#include <stdint.h>
#include <string.h>
#include <tree_sitter/api.h>

#include "base/base.h"

#define STEP       16u
#define EVEN_BYTES 512u /* up to here a class for each step */
#define EVEN       (EVEN_BYTES / STEP)
#define CLASSES    (EVEN + 4) /* … and 1024, 2048, 4096, 8192 bytes with their head */
#define LARGE      CLASSES

typedef struct Piece {
        uint64_t class;
        union {
                struct Piece *next; /* while it is free */
                char bytes[8];      /* … and more */
        };
} Piece;

#define HEAD_BYTES offsetof(Piece, bytes)

/* One that comes from the C library; its head is the end of this. */
typedef struct Large {
        struct Large *before, *after;
        size_t bytes;
        uint64_t class;
} Large;

typedef struct Slab {
        struct Slab *next;
        uint64_t unused;
} Slab;

struct Arena {
        Piece *free[CLASSES];
        Slab *slabs, *spare;
        char *at, *end; /* what is left of the first slab */
        Large all;      /* the ring of large ones */
        size_t large_bytes, slab_bytes;
};

static _Thread_local Arena *entered;

static unsigned class_of(size_t bytes)
{
        unsigned class = EVEN;

        if (bytes <= EVEN_BYTES)
                return (unsigned)((bytes + STEP - 1) / STEP) - 1;
        for (size_t room = EVEN_BYTES * 2; room < bytes; room *= 2)
                class ++;
        return class;
}

static size_t room_of(unsigned class)
{
        return class < EVEN ? (class + 1) * STEP : (size_t)EVEN_BYTES << (class - EVEN + 1);
}

/* ---- large pieces ---- */

static void *link_in(Arena *arena, Large *large, size_t bytes)
{
        *large = (Large){&arena->all, arena->all.after, bytes, LARGE};
        large->before->after = large->after->before = large;
        arena->large_bytes += bytes;
        return large + 1;
}

static void link_out(Arena *arena, const Large *large)
{
        large->before->after = large->after;
        large->after->before = large->before;
        arena->large_bytes -= large->bytes;
}

/* ---- pieces ---- */

static void add_slab(Arena *arena)
{
        Slab *slab = arena->spare;

        if (slab) {
                arena->spare = slab->next;
        } else {
                slab = g_malloc(ARENA_SLAB_BYTES);
                arena->slab_bytes += ARENA_SLAB_BYTES;
        }
        slab->next = arena->slabs;
        arena->slabs = slab;
        arena->at = (char *)(slab + 1);
        arena->end = (char *)slab + ARENA_SLAB_BYTES;
}

static void *cut(Arena *arena, unsigned class)
{
        size_t room = room_of(class);

        if ((size_t)(arena->end - arena->at) < room)
                add_slab(arena);
        Piece *piece = (Piece *)(void *)arena->at;
        arena->at += room;
        piece->class = class;
        return piece->bytes;
}

static void *piece_new(size_t bytes)
{
        Arena *arena = entered;

        if (!arena)
                return g_malloc(MAX(bytes, 1));
        /* a sanitizer sees what is done to pieces only if each is the C library's */
        if (CONFINE_UNDER_SANITIZER || bytes > ARENA_PIECE_BYTES_MAX)
                return link_in(arena, g_malloc(sizeof(Large) + bytes), bytes);
        unsigned class = class_of(bytes + HEAD_BYTES);
        Piece *piece = arena->free[class];
        if (!piece)
                return cut(arena, class);
        arena->free[class] = piece->next;
        return piece->bytes;
}

static uint64_t class_at(const void *bytes)
{
        return *(const uint64_t *)(const void *)((const char *)bytes - HEAD_BYTES);
}

static void piece_free(void *bytes)
{
        Arena *arena = entered;

        if (!arena) {
                g_free(bytes);
        } else if (bytes && class_at(bytes) == LARGE) {
                Large *large = (Large *)bytes - 1;
                link_out(arena, large);
                g_free(large);
        } else if (bytes) {
                Piece *piece = (Piece *)(void *)((char *)bytes - HEAD_BYTES);
                piece->next = arena->free[piece->class];
                arena->free[piece->class] = piece;
        }
}

static void *piece_zeroed(size_t count, size_t size)
{
        size_t bytes;

        if (!g_size_checked_mul(&bytes, count, size))
                g_error("%zu pieces of %zu bytes are too many", count, size);
        return memset(piece_new(bytes), 0, bytes);
}

static void *larger(Arena *arena, void *bytes, size_t wanted)
{
        Large *large = (Large *)bytes - 1;

        link_out(arena, large);
        return link_in(arena, g_realloc(large, sizeof(Large) + wanted), wanted);
}

static void *piece_resize(void *bytes, size_t wanted)
{
        Arena *arena = entered;

        if (!arena)
                return g_realloc(bytes, MAX(wanted, 1));
        if (!bytes)
                return piece_new(wanted);
        if (class_at(bytes) == LARGE)
                return larger(arena, bytes, wanted);
        size_t room = room_of((unsigned)class_at(bytes)) - HEAD_BYTES;
        if (wanted <= room)
                return bytes;
        void *moved = piece_new(wanted);
        memcpy(moved, bytes, room);
        piece_free(bytes);
        return moved;
}

/* ---- the arena ---- */

Arena *arena_new(void)
{
        Arena *arena = g_new0(Arena, 1);

        arena->all.before = arena->all.after = &arena->all;
        ts_set_allocator(piece_new, piece_zeroed, piece_resize, piece_free);
        return arena;
}

static Slab *slabs_free(Slab *slab)
{
        while (slab) {
                Slab *next = slab->next;
                g_free(slab);
                slab = next;
        }
        return NULL;
}

Arena *arena_free(Arena *arena)
{
        if (!arena)
                return NULL;
        slabs_free(arena->spare);
        g_free(arena);
        return NULL;
}

void arena_enter(Arena *arena)
{
        g_assert(!entered);
        entered = arena;
}

void arena_leave(Arena *arena)
{
        g_assert(entered == arena);
        entered = NULL;
        while (arena->all.after != &arena->all) {
                Large *large = arena->all.after;
                link_out(arena, large);
                g_free(large);
        }
        while (arena->slabs) {
                Slab *slab = arena->slabs;
                arena->slabs = slab->next;
                slab->next = arena->spare;
                arena->spare = slab;
        }
        for (; arena->slab_bytes > ARENA_KEEP_BYTES; arena->slab_bytes -= ARENA_SLAB_BYTES) {
                Slab *slab = arena->spare;
                arena->spare = slab->next;
                g_free(slab);
        }
        memset(arena->free, 0, sizeof(arena->free));
        arena->at = arena->end = NULL;
}

size_t arena_bytes(const Arena *arena)
{
        return arena->slab_bytes + arena->large_bytes;
}
