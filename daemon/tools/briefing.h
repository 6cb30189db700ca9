/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody who begins to work here should know, gathered from the tools that tell it: so it is what the caller may
 * see, and what his profile does not allow is left out. */
#pragma once

#include "tools/table.h"

/* How much of it. */
typedef struct BriefingDepth {
        unsigned entities, corrections, contradictions, discovered, facts, repositories,
                calls;  /* rows at most */
        unsigned chars; /* of a value */
        bool deep;      /* whole times, roots, recent facts */
} BriefingDepth;

/* {"caller", "sync_status", "hot_entities", "recent_corrections", "open_questions", "repositories", "unread",
 * "next_calls"}, and if it is
 * deep "recent_facts" and "roots". */
JsonObject *briefing_gather(const Tools *tools, const Access *access, const BriefingDepth *depth,
                            GError **error);

/* What orient takes at most, and what a text takes: an estimate from above, since ids and digits take more than words. */
#define ORIENT_TOKENS_MAX 1800
unsigned orient_tokens(const char *text);
