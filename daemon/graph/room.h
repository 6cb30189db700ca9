/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room itself, as its own files see it. */
#pragma once

#include "graph/graph.h"

struct Graph {
        Store *vault;
        gint has_vocabulary; /* atomic: it has been entered since the vault was opened */
        GMutex lock;         /* of all below */
        GraphCounts counts;  /* as of … */
        int64_t counts_seq;  /* … this journal entry; -1: never counted */
        int64_t counts_took; /* microseconds that counting took, … */
        int64_t counts_at;   /* … and when it ended, monotonic */
};
