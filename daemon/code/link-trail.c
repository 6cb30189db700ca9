/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A node is {stamp, size, items…} in one array of words; an item is a node's place or, with the highest bit, a key. */
#include "code/link-trail.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define KEY 0x80000000u

struct LinkTrail {
        GArray *items; /* the trail */
        GArray *nodes;
        GArray *stack; /* nodes still to be looked at */
        uint32_t stamp;
};

LinkTrail *link_trail_new(void)
{
        LinkTrail *trail = g_new0(LinkTrail, 1);
        trail->items = g_array_new(false, false, sizeof(uint32_t));
        trail->nodes = g_array_new(false, false, sizeof(uint32_t));
        trail->stack = g_array_new(false, false, sizeof(uint32_t));
        uint32_t zero = 0; /* no node has place 0 */
        g_array_append_val(trail->nodes, zero);
        return trail;
}

LinkTrail *link_trail_free(LinkTrail *trail)
{
        if (!trail)
                return NULL;
        g_array_unref(trail->items);
        g_array_unref(trail->nodes);
        g_array_unref(trail->stack);
        g_free(trail);
        return NULL;
}

size_t link_trail_bytes(const LinkTrail *trail)
{
        return ((size_t)trail->items->len + trail->nodes->len) * sizeof(uint32_t);
}

static uint32_t item_at(const GArray *array, uint32_t index)
{
        return g_array_index(array, uint32_t, index);
}

void link_trail_key(LinkTrail *trail, uint32_t key)
{
        key |= KEY;
        g_array_append_val(trail->items, key);
}

void link_trail_node(LinkTrail *trail, uint32_t node)
{
        if (node)
                g_array_append_val(trail->items, node);
}

uint32_t link_trail_mark(const LinkTrail *trail)
{
        return trail->items->len;
}

void link_trail_drop(LinkTrail *trail, uint32_t mark)
{
        g_array_set_size(trail->items, mark);
}

static int compare_words(const void *a, const void *b)
{
        uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
        return left < right ? -1 : left > right;
}

/* Sorts words and leaves each once; how many there are then. */
static uint32_t sort_words(uint32_t *words, uint32_t count)
{
        if (count < 2)
                return count;
        qsort(words, count, sizeof *words, compare_words);
        uint32_t kept = 1;
        for (uint32_t i = 1; i < count; i++)
                if (words[i] != words[kept - 1])
                        words[kept++] = words[i];
        return kept;
}

uint32_t link_trail_cut(LinkTrail *trail, uint32_t mark)
{
        if (trail->items->len == mark)
                return 0;
        uint32_t *items = (uint32_t *)(void *)trail->items->data + mark;
        uint32_t size = sort_words(items, trail->items->len - mark), node = 0;
        if (size == 1)
                node = items[0];
        if (size > 1) {
                uint32_t head[2] = {0, size};
                node = trail->nodes->len;
                g_array_append_vals(trail->nodes, head, 2);
                g_array_append_vals(trail->nodes, items, size);
        }
        g_array_set_size(trail->items, mark);
        return node;
}

static void visit(LinkTrail *trail, uint32_t item, GArray *ret)
{
        if (item & KEY) {
                item &= ~KEY;
                g_array_append_val(ret, item);
        } else if (item_at(trail->nodes, item) != trail->stamp) {
                g_array_index(trail->nodes, uint32_t, item) = trail->stamp;
                g_array_append_val(trail->stack, item);
        }
}

void link_trail_collect(LinkTrail *trail, uint32_t mark, GArray *ret)
{
        uint32_t before = ret->len;
        trail->stamp++;
        for (uint32_t i = mark; i < trail->items->len; i++)
                visit(trail, item_at(trail->items, i), ret);
        while (trail->stack->len) {
                uint32_t node = item_at(trail->stack, trail->stack->len - 1);
                g_array_set_size(trail->stack, trail->stack->len - 1);
                for (uint32_t i = 0, n = item_at(trail->nodes, node + 1); i < n; i++)
                        visit(trail, item_at(trail->nodes, node + 2 + i), ret);
        }
        if (ret->len == before)
                return;
        uint32_t *found = (uint32_t *)(void *)ret->data + before;
        g_array_set_size(ret, before + sort_words(found, ret->len - before));
}
