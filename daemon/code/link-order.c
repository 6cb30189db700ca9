/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which a type's bases are looked at where a language has several (LINK_LINEAGE_C3): a type stands before its bases, and
 * the bases in the order in which they are written, in the whole as in each of them. */
#include "code/link-order.h"

#include "code/link-meaning.h"

typedef struct Line {
        uint32_t *items; /* sets of one atom */
        uint32_t count, at;
} Line;

struct LinkOrder {
        Line lines[LINK_ORDER_MAX];
        uint32_t count;
};

LinkOrder *link_order_new(void)
{
        return g_new0(LinkOrder, 1);
}

LinkOrder *link_order_free(LinkOrder *order)
{
        for (uint32_t i = 0; order && i < order->count; i++)
                g_free(order->lines[i].items);
        g_free(order);
        return NULL;
}

void link_order_add(LinkOrder *order, const LinkSet *items, uint32_t count)
{
        if (order->count == LINK_ORDER_MAX || !count)
                return;
        order->lines[order->count++] =
                (Line){.items = g_memdup2(items, count * sizeof *items), .count = count};
}

static bool same(Linker *linker, LinkSet a, LinkSet b)
{
        LinkAtom one = link_set_at(linker->values, a, 0), other = link_set_at(linker->values, b, 0);
        return one.kind == other.kind && one.module == other.module && one.decl == other.decl;
}

/* Does it stand in a line behind another one that is still to come? */
static bool must_wait(Linker *linker, const LinkOrder *order, LinkSet item)
{
        if (link_set_at(linker->values, item, 0).kind != LINK_ATOM_DECL)
                return false;
        for (uint32_t i = 0; i < order->count; i++)
                for (uint32_t k = order->lines[i].at + 1; k < order->lines[i].count; k++)
                        if (same(linker, order->lines[i].items[k], item))
                                return true;
        return false;
}

static void step_over(Linker *linker, LinkOrder *order, LinkSet item)
{
        for (uint32_t i = 0; i < order->count; i++) {
                Line *line = &order->lines[i];
                if (line->at < line->count && same(linker, line->items[line->at], item))
                        line->at++;
        }
}

bool link_order_next(Linker *linker, LinkOrder *order, LinkSet *ret)
{
        LinkSet first = LINK_EMPTY, found = LINK_EMPTY;
        for (uint32_t i = 0; i < order->count && found == LINK_EMPTY; i++) {
                const Line *line = &order->lines[i];
                if (line->at == line->count)
                        continue;
                if (first == LINK_EMPTY)
                        first = line->items[line->at];
                if (!must_wait(linker, order, line->items[line->at]))
                        found = line->items[line->at];
        }
        if (first == LINK_EMPTY)
                return false;
        *ret = found != LINK_EMPTY ? found
                                   : first; /* there is no such order: as they are written */
        step_over(linker, order, *ret);
        return true;
}
