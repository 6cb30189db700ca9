/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which predicates are in use, how often, and since when nothing new was observed. */
#pragma once

#include "graph/predicate.h"

typedef struct UseQuery {
        const char *entity_id; /* of this entity alone, or NULL */
        bool all;              /* also those that nothing uses */
        bool scoped; /* the handle is: then its entities are gone through, which are few */
} UseQuery;

/* {"predicates": [{"name", "object_kind", "cardinality", "description", "state", "count", "last_observed"}],
 * "total_in_use"} in order of their names; counted are current facts. */
JsonObject *predicate_uses(Db *db, const UseQuery *query, GError **error);

/* {"name", "object_kind", "cardinality", "description", "state"} of one. */
JsonObject *predicate_to_json(const Predicate *predicate);
