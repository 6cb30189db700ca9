/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging entities. A merge is one column of one row, entities.merged_into; whose facts count among whose
 * follows from it, and so does that it ends when the merge is reverted. */
#pragma once

#include "graph/entity.h"

#define ENTITY_MERGE_LIST_MAX 50     /* entities merged by one call */
#define MERGE_FACTS_MAX       100000 /* of one of them, which all come to count for the other */

/* What an entity that was merged counts for, however many merges lie between; *ret stays as it is if it was not.
 * The caller frees. */
bool merge_subject(Db *db, const char *entity_id, char **ret, GError **error);

/* Derivations for the tables of entities and of facts; data is unused. CONFLICT for merges in a circle, LIMIT for more
 * than ENTITY_MERGES_MAX one after the other. Register them before that of what is current. */
bool merge_derive_entities(Db *db, const Change *changes, unsigned count, void *data,
                           GError **error);
bool merge_derive_facts(Db *db, const Change *changes, unsigned count, void *data, GError **error);

/* Derives for all entities anew what they count for. Inside a write. */
bool merge_rebuild(Db *db, GError **error);

/* Who is merged into whom; names as they were given. */
typedef struct Merge {
        EntityRef kept;
        const EntityRef *merged;
        unsigned count;
        JsonObject *answer; /* filled by the work: the caller's */
} Merge;

/* The work of a write (data: Merge); all of it or nothing. {"kept", "merged": [{"entity_id", "name", "type", "facts",
 * "is_new", "type_differs"}], "group_id"}. NOT_FOUND; INVALID: into itself; CONFLICT: merged before, or a circle. */
bool merge_work(Db *db, void *data, GError **error);
