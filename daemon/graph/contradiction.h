/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where observations disagree: one entity, one predicate of cardinality one, several current objects. */
#pragma once

#include "graph/graph.h"

typedef struct ContradictionQuery {
        const char *entity_id; /* or NULL: all */
        const char *predicate; /* or NULL: all */
        unsigned limit;
        const char *after; /* cursor or NULL */
} ContradictionQuery;

/* {"contradictions": [{"entity", "entity_id", "predicate", "observations", "resolution"}], "next"} */
JsonObject *contradiction_list(Db *db, const ContradictionQuery *query, GError **error);
