/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isolate/heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "isolate/limits.h"
#include "isolate/stream.h"

#define OVERHEAD 8 /* of malloc, for each block */

static _Noreturn void exhausted(void)
{
        stream_fail(ISOLATE_MEMORY_LIMIT, limits_message(ISOLATE_MEMORY_LIMIT));
}

static void check(const Heap *heap, size_t more)
{
        if (more > heap->limit || heap->used > heap->limit - more)
                exhausted();
}

/* The engine looks at its own count to decide when to look for garbage. */
static void count(JSMallocState *state, Heap *heap, size_t change)
{
        heap->used += change;
        state->malloc_size = heap->used;
}

static void *heap_malloc(JSMallocState *state, size_t size)
{
        Heap *heap = state->opaque;

        check(heap, size);
        void *block = malloc(size);
        if (!block)
                exhausted();
        count(state, heap, malloc_usable_size(block) + OVERHEAD);
        state->malloc_count++;
        return block;
}

static void heap_free(JSMallocState *state, void *block)
{
        Heap *heap = state->opaque;

        if (!block)
                return;
        count(state, heap, -(malloc_usable_size(block) + OVERHEAD));
        state->malloc_count--;
        free(block);
}

static void *heap_realloc(JSMallocState *state, void *block, size_t size)
{
        Heap *heap = state->opaque;

        if (!block)
                return size > 0 ? heap_malloc(state, size) : NULL;
        if (size == 0) {
                heap_free(state, block);
                return NULL;
        }
        size_t before = malloc_usable_size(block);
        check(heap, size > before ? size - before : 0);
        void *moved = realloc(block, size);
        if (!moved)
                exhausted();
        count(state, heap, malloc_usable_size(moved) - before);
        return moved;
}

static size_t usable_size(const void *block)
{
        return malloc_usable_size((void *)block);
}

JSRuntime *heap_new_runtime(Heap *heap)
{
        static const JSMallocFunctions functions = {heap_malloc, heap_free, heap_realloc,
                                                    usable_size};

        *heap = (Heap){.limit = SIZE_MAX};
        return JS_NewRuntime2(&functions, heap);
}

void heap_limit(Heap *heap, size_t more)
{
        heap->limit = heap->used + more;
}
