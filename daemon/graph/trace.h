/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why something is believed: the fact, what it superseded and what superseded it, who wrote it when and by which journal
 * entry, where its quote stands, and for inferred facts what they were inferred from, down to what was observed. */
#pragma once

#include "graph/entity.h"

#define TRACE_DEPTH_DEFAULT 8
#define TRACE_DEPTH_MAX     32  /* steps from what was asked about */
#define TRACE_BELIEFS_MAX   20  /* facts that one trace begins at */
#define TRACE_FACTS_MAX     200 /* facts of one trace */
#define TRACE_CHECK_CHARS_MAX                                                                      \
        2000000 /* characters of text that quotes are looked up in; then they are not checked */

/* What is asked about: one fact, or what is said of an entity. */
typedef struct TraceQuery {
        const char *fact_id;   /* or … */
        const Entity *entity;  /* … the entity … */
        const char *predicate; /* … and predicate … */
        const char *
                object; /* … and perhaps this object, current or not, as text of the predicate's kind */
        unsigned depth;
        bool scoped; /* the handle hides facts: an inferred one may have sources that cannot be seen */
} TraceQuery;

/* {"beliefs": [ids], "facts": […], "contradictions": […], "lineage_tier", "truncated"}: breadth first, what was asked
 * about at the front. What the handle does not show is absent. NOT_FOUND: no such fact, or nothing is known of that. */
JsonObject *trace_belief(Db *db, const TraceQuery *query, GError **error);
