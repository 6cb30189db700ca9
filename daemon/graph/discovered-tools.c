/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of the queue of discovered entities. */
#include "graph/room.h"

const Tool graph_discovered_tools[] = {
        {NULL},
};
