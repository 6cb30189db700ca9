/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "syntax/pool.h"

#include <string.h>

#include "syntax/unit.h"

#define INDEX_SLOTS_MIN  1024u
#define INDEX_SLOTS_KEEP (64u * 1024) /* a larger one is given back when it is reset */

void index_init(Index *index)
{
        *index = (Index){.size = INDEX_SLOTS_MIN};
        index->slots = g_new0(uint32_t, INDEX_SLOTS_MIN);
        index->hashes = g_new(uint32_t, INDEX_SLOTS_MIN);
}

void index_clear(Index *index)
{
        g_free(index->slots);
        g_free(index->hashes);
        *index = (Index){0};
}

void index_reset(Index *index)
{
        if (index->size > INDEX_SLOTS_KEEP) {
                index_clear(index);
                index_init(index);
        } else if (index->used) {
                memset(index->slots, 0, index->size * sizeof(*index->slots));
        }
        index->used = 0;
}

uint32_t index_next(const Index *index, uint32_t hash, uint32_t *probe)
{
        uint32_t mask = index->size - 1;
        for (uint32_t at = *probe & mask;; at = (at + 1) & mask) {
                if (!index->slots[at]) {
                        *probe = at;
                        return UNIT_NONE;
                }
                if (index->hashes[at] == hash) {
                        *probe = at + 1;
                        return index->slots[at] - 1;
                }
        }
}

static void grow(Index *index)
{
        Index larger = {.size = index->size * 2, .used = index->used};
        larger.slots = g_new0(uint32_t, larger.size);
        larger.hashes = g_new(uint32_t, larger.size);
        for (uint32_t i = 0; i < index->size; i++) {
                if (!index->slots[i])
                        continue;
                uint32_t at = index->hashes[i] & (larger.size - 1);
                while (larger.slots[at])
                        at = (at + 1) & (larger.size - 1);
                larger.slots[at] = index->slots[i];
                larger.hashes[at] = index->hashes[i];
        }
        index_clear(index);
        *index = larger;
}

void index_add(Index *index, uint32_t hash, uint32_t place, uint32_t probe)
{
        index->slots[probe] = place + 1;
        index->hashes[probe] = hash;
        if (++index->used * 2 > index->size)
                grow(index);
}
