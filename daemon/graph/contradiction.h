/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where observations disagree, as the doors show it. dispute.h says when they do. */
#pragma once

#include "graph/graph.h"

#define CONTRADICTION_OBSERVATIONS_MAX 100    /* shown of one contradiction, the earliest */
#define CONTRADICTION_COUNT_MAX        100000 /* counted for "total", beyond which it is null */

typedef struct ContradictionQuery {
        const char *entity_id;  /* or NULL: all */
        const char *predicate;  /* or NULL: all */
        const char *resolution; /* or NULL: all */
        bool recent,
                by_human; /* of facts that were overridden: the last first; by the human only */
        unsigned limit;
        const char *after; /* cursor or NULL */
} ContradictionQuery;

/* {"contradictions": […], "next", "total"}, each as contradiction_get() tells it, in order of entity and predicate. */
JsonObject *contradiction_list(Db *db, const ContradictionQuery *query, GError **error);

/* {"entity", "entity_id", "predicate", "kind", "observations", "truncated", "resolution", "resolved_by", "note",
 * "reviewed_at"}: the current facts and those that a higher tier or the human overrode, with their quotes. NULL without an
 * error if there is no contradiction. */
JsonObject *contradiction_get(Db *db, const char *entity_id, const char *predicate, GError **error);

/* {"contradicted_facts": [{"fact", "superseded_by"}], "next"}: facts that a higher tier or the human overrode and that
 * none of the current facts says again, each with the fact that overrode it; query->resolution is ignored. */
JsonObject *contradiction_list_facts(Db *db, const ContradictionQuery *query, GError **error);
