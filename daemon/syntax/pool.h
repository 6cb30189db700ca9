/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a builder keeps once: strings, lists and expressions that are equal have one place. A pool is a growing array of
 * 32-bit words or bytes with an index by hash; it is emptied for each file and keeps its memory. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "syntax/unit.h"

/* An index by hash of places in an array that belongs to somebody else. */
typedef struct IndexSlot {
        uint32_t place; /* + 1; 0: free */
        uint32_t hash;
} IndexSlot;

typedef struct Index {
        IndexSlot *slots;
        uint32_t size, used;
} Index;

void index_init(Index *index);
void index_clear(Index *index);
void index_reset(
        Index *index); /* forgets what is in it; one that was nearly empty becomes smaller */

/* Walks the places whose hash is this: *probe begins at the hash; UNIT_NONE after the last, and then *probe is where
 * index_add() puts a new one. */
uint32_t index_next(const Index *index, uint32_t hash, uint32_t *probe);
void index_add(Index *index, uint32_t hash, uint32_t place, uint32_t probe);

/* A good hash of bytes and of words, the same for each run. */
static inline uint32_t pool_hash(const void *bytes, size_t length)
{
        return (uint32_t)unit_hash(bytes, length);
}

static inline uint32_t pool_mix(uint32_t a, uint32_t b, uint32_t c)
{
        uint64_t h = ((uint64_t)a << 32 | b) * 0x9e3779b97f4a7c15u;
        h = (h ^ (h >> 29) ^ c) * 0xbf58476d1ce4e5b9u;
        return (uint32_t)(h ^ (h >> 32));
}
