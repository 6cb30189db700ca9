/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an evaluation consulted. While it goes on, what it looks at is added at the end of the trail; what was consulted for a
 * result that is kept becomes a node, which whoever uses the result consults with it. So what a module consulted is told without
 * evaluating anything twice, and without keeping the whole of it for each result.
 *
 * Keys stand for what can change: a name of a file, a path, a name anywhere (link-key.h). They have 31 bits; two things with one key
 * cost no more than a module that is linked anew for nothing. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

typedef struct LinkTrail LinkTrail;

LinkTrail *link_trail_new(void);
LinkTrail *link_trail_free(LinkTrail *trail);

size_t link_trail_bytes(const LinkTrail *trail); /* of memory */

void link_trail_key(LinkTrail *trail, uint32_t key);
void link_trail_node(LinkTrail *trail, uint32_t node); /* 0: nothing was consulted */

/* The end of the trail, and the node of all that was added since, which is taken off it. */
uint32_t link_trail_mark(const LinkTrail *trail);
uint32_t link_trail_cut(LinkTrail *trail, uint32_t mark);
void link_trail_drop(LinkTrail *trail, uint32_t mark); /* takes it off without a node */

/* Appends the keys that what was added since the mark comes down to, each once, ascending; the trail stays. */
void link_trail_collect(LinkTrail *trail, uint32_t mark, GArray *ret);
