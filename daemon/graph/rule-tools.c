/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of declared rules, from which facts are inferred. */
#include "graph/room.h"

const Tool graph_rule_tools[] = {
        {NULL},
};
