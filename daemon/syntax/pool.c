/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/pool.h"

#include <string.h>

#include "syntax/unit.h"

#define INDEX_SLOTS_MIN 1024u

static void make(Index *index, uint32_t size)
{
        *index = (Index){.slots = g_new0(IndexSlot, size), .size = size};
}

void index_init(Index *index)
{
        make(index, INDEX_SLOTS_MIN);
}

void index_clear(Index *index)
{
        g_free(index->slots);
        *index = (Index){0};
}

/* Emptying costs by the size. */
void index_reset(Index *index)
{
        uint32_t size = index->size;
        if (size > INDEX_SLOTS_MIN && index->used < size / 8) {
                index_clear(index);
                make(index, size / 2);
        } else if (index->used) {
                memset(index->slots, 0, size * sizeof(*index->slots));
        }
        index->used = 0;
}

uint32_t index_next(const Index *index, uint32_t hash, uint32_t *probe)
{
        uint32_t mask = index->size - 1;
        for (uint32_t at = *probe & mask;; at = (at + 1) & mask) {
                const IndexSlot *slot = &index->slots[at];
                if (!slot->place) {
                        *probe = at;
                        return UNIT_NONE;
                }
                if (slot->hash == hash) {
                        *probe = at + 1;
                        return slot->place - 1;
                }
        }
}

static void grow(Index *index)
{
        Index larger;
        make(&larger, index->size * 2);
        larger.used = index->used;
        for (uint32_t i = 0; i < index->size; i++) {
                if (!index->slots[i].place)
                        continue;
                uint32_t at = index->slots[i].hash & (larger.size - 1);
                while (larger.slots[at].place)
                        at = (at + 1) & (larger.size - 1);
                larger.slots[at] = index->slots[i];
        }
        index_clear(index);
        *index = larger;
}

void index_add(Index *index, uint32_t hash, uint32_t place, uint32_t probe)
{
        index->slots[probe] = (IndexSlot){place + 1, hash};
        if (++index->used * 2 > index->size)
                grow(index);
}
