/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools about entities: resolving names, proposing, aliases, merging, and entities as they stood. */
#include "graph/room.h"

const Tool graph_entity_tools[] = {
        {NULL},
};
