/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merges the lineages of several bases into one order. */
#pragma once

#include "code/linker.h"

#define LINK_ORDER_MAX 32 /* bases of one type; further ones are left out */

typedef struct LinkOrder LinkOrder;

LinkOrder *link_order_new(void);
LinkOrder *link_order_free(LinkOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkOrder, link_order_free)

/* Adds what must stay in this order (sets of one atom; a copy). */
void link_order_add(LinkOrder *order, const LinkSet *items, uint32_t count);

/* Takes the next one; false: there is none. */
bool link_order_next(Linker *linker, LinkOrder *order, LinkSet *ret);
