/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tool for read-only SQL. */
#include "graph/room.h"

const Tool graph_sql_tools[] = {
        {NULL},
};
