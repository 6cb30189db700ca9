/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools that tell what is believed and why: contradictions and their resolution, traces, topology. */
#include "graph/room.h"

const Tool graph_belief_tools[] = {
        {NULL},
};
