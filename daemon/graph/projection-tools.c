/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of projections: named views over several predicates. */
#include "graph/room.h"

const Tool graph_projection_tools[] = {
        {NULL},
};
