/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the graph in pages. Handles are scoped, so none of these asks who is reading. */
#pragma once

#include "graph/entity.h"

/* Facts that are counted for "total", beyond which it is null: of one entity the index alone tells, of others
 * each must be read. */
#define QUERY_COUNT_MAX        1000
#define QUERY_COUNT_ENTITY_MAX 10000

typedef struct FactQuery {
        const char *
                entity_id; /* the facts of one entity, in order of predicate and object; or NULL: newest first */
        const char *predicate, *tier, *document_id; /* or NULL */
        const char *said_of;                        /* of this entity, which was merged; or NULL */
        bool superseded;                            /* those too */
        bool scoped;                                /* the handle does not see everything */
        unsigned limit;
        const char *after; /* cursor or NULL */
} FactQuery;

/* {"knowledge_facts": […], "next", "total"}; on failure the sink holds a part of it. */
bool query_facts(Db *db, const FactQuery *query, Sink *sink, GError **error);

typedef struct EntityQuery {
        const char *type, *prefix; /* or NULL */
        unsigned limit;
        const char *after; /* cursor or NULL */
} EntityQuery;

/* {"entities": […], "next"}: active ones in order of their names. */
JsonObject *query_entities(Db *db, const EntityQuery *query, GError **error);

#define QUERY_MERGED_MAX 100 /* merged ones named with the entity that they count for */

/* {"id", "name", "type", "aliases", "is_active", "facts", "merged", "merged_from", …} of one. */
JsonObject *query_entity(Db *db, const Entity *entity, GError **error);
