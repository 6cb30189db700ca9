/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room itself, as its own files see it. */
#pragma once

#include "graph/dispute.h"
#include "graph/entity.h"
#include "graph/graph.h"
#include "graph/name-form.h"

struct Graph {
        Store *vault;
        gint has_vocabulary;         /* atomic: it has been entered since the vault was opened */
        GMutex lock;                 /* of all below */
        GraphCounts counts;          /* as of … */
        int64_t counts_seq;          /* … this journal entry; -1: never counted */
        int64_t counts_took;         /* microseconds that counting took, … */
        int64_t counts_at;           /* … and when it ended, monotonic */
        NameRules *names;            /* what is a title, what a legal form */
        Disputes *disputes;          /* used by the writer's thread alone */
        GArray *tools;               /* Tool: all lists below, ended by a NULL name */
        struct Inference *inference; /* of the writer's thread */
};

/* The tools by theme, each list in <theme>-tools.c and ended by a NULL name; room is the Graph. */
extern const Tool graph_read_tools[];
extern const Tool graph_claim_tools[];
extern const Tool graph_entity_tools[];
extern const Tool graph_belief_tools[];
extern const Tool graph_discovered_tools[];
extern const Tool graph_rule_tools[];
extern const Tool graph_predicate_tools[];
extern const Tool graph_projection_tools[];
extern const Tool graph_sql_tools[];

/* A handle that sees what the caller may see. */
Db *graph_reader(Graph *graph, const Access *access, GError **error);

/* The entity that entity_id or entity_name (and entity_type) mean, on a scoped handle; *ret is NULL if neither is
 * given. NOT_FOUND. */
bool graph_read_entity(Db *db, JsonObject *args, Entity **ret, GError **error);

/* INVALID if there is none: for tools that need one. */
bool graph_require_entity(const Entity *entity, GError **error);
