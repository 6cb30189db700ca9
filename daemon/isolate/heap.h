/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's memory, counted. A snippet that wants more than its share ends with MEMORY_LIMIT at once: the engine would
 * throw a null that the snippet can catch, and go on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <quickjs.h>

typedef struct Heap {
        size_t used, limit;
} Heap;

/* A runtime whose memory is counted in heap, which must outlive it; no limit yet. */
JSRuntime *heap_new_runtime(Heap *heap);

/* May use as many bytes more than are used now. */
void heap_limit(Heap *heap, size_t more);
