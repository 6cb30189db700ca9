/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of one parse. tree-sitter makes and frees small pieces all the time, and in the end a tree of them; here they
 * come off large ones, what is freed is used again for the next of its size, and all of it goes at once without a walk
 * over the tree. A thread has one arena entered at a time; the allocator is tree-sitter's of the whole process, which
 * for threads that have none is that of the C library. */
#pragma once

#include <glib.h>
#include <stddef.h>

#define ARENA_PIECE_BYTES_MAX 4096         /* of a piece; larger ones come from the C library */
#define ARENA_SLAB_BYTES      (256 * 1024) /* what pieces come off */
#define ARENA_KEEP_BYTES      (4 * 1024 * 1024) /* of slabs that are kept when an arena is left */

typedef struct Arena Arena;

Arena *arena_new(void);
Arena *arena_free(Arena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arena, arena_free)

/* From here on tree-sitter allocates in the arena, on this thread … */
void arena_enter(Arena *arena);

/* … until here, where all that is still allocated goes. Parsers made before arena_enter() are not to be used between. */
void arena_leave(Arena *arena);

/* What it has of the system, in bytes. */
size_t arena_bytes(const Arena *arena);
