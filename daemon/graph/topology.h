/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well things are known: for each entity how densely it was observed, by whom, what the human corrected, where
 * observations contradict each other, and what hangs by one thread; so that an agent knows where to dig. */
#pragma once

#include "graph/entity.h"

#define TOPOLOGY_SCAN_MAX                                                                          \
        5000 /* entities that one call goes through; the next page begins after them */
#define TOPOLOGY_FACTS_MAX      10000 /* facts of one entity that are looked at */
#define TOPOLOGY_SAMPLE_MAX     200   /* entities of a type that its median is taken of */
#define TOPOLOGY_TYPES_MAX      100   /* types that have a median in one call */
#define TOPOLOGY_SPOTS_MAX      20    /* weak spots told of one entity */
#define TOPOLOGY_CLUSTERS_MAX   10    /* predicates told in the summary */
#define TOPOLOGY_CONFIDENCE_LOW 0.5

/* What makes up weakness, together 1: fewer observations than the median of the type has, the share of predicates that
 * are weak spots, the share that is contradicted without a resolution, the share of observations that were overridden. */
#define TOPOLOGY_WEIGHT_LACKING    0.35
#define TOPOLOGY_WEIGHT_WEAK       0.30
#define TOPOLOGY_WEIGHT_UNRESOLVED 0.25
#define TOPOLOGY_WEIGHT_OVERRIDDEN 0.10

typedef enum TopologyOrder {
        TOPOLOGY_WEAKEST,
        TOPOLOGY_STRONGEST,
        TOPOLOGY_RECENT,    /* observed last */
        TOPOLOGY_CONTESTED, /* most unresolved contradictions, then most that was overridden */
} TopologyOrder;
bool topology_order_from_string(const char *text, TopologyOrder *ret, GError **error);

typedef struct TopologyQuery {
        const Entity *entity; /* one, or NULL … */
        const char *type;     /* … those of a type, or NULL: all */
        TopologyOrder order;  /* among the entities that one call goes through */
        unsigned limit;
        const char *after; /* cursor or NULL */
} TopologyQuery;

/* {"entities": […], "summary": {…}, "next"}; the summary is of the entities gone through, its clusters of all. weakness is
 * between 0 and 1, by the weights above. */
JsonObject *topology_tell(Db *db, const TopologyQuery *query, GError **error);
