/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entities: what facts are about. Found by id, or by name whatever its case, accents and spaces. */
#pragma once

#include "graph/graph.h"

#define ENTITY_TYPE_DEFAULT "thing"
#define ENTITY_MERGES_MAX   16 /* merges followed from one id */

typedef struct Entity {
        char *id, *name, *type;
        char *merged_into; /* or NULL; the reader cannot see where it leads, else that were the entity */
        char *subject_id; /* what its facts count for: FACT_SUBJECT(); id, unless that cannot be seen */
        char *said_of; /* id of the entity that was named, of which new facts are said: merged or not */
        bool is_active;
} Entity;
Entity *entity_free(Entity *entity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entity, entity_free)

/* Which entity somebody means: id, or name and perhaps type. */
typedef struct EntityRef {
        const char *id, *name, *type;
} EntityRef;

/* Is it a name an entity can be known by? INVALID, LIMIT. */
bool entity_check_name(const char *what, const char *name, GError **error);

/* Checks form and limits of a reference; what is the argument's name without _id or _name. */
bool entity_ref_check(const EntityRef *ref, const char *what, GError **error);

/* The entity of an id, merges followed as far as can be seen. scope is for handles that are not scoped
 * themselves. NOT_FOUND. */
Entity *entity_get(Db *db, const Scope *scope, const char *id, GError **error);

/* The entity meant, by name or alias; those of merged ones find what they were merged into; entities that stand
 * for documents come last. NULL without an error if there is none of the name; NOT_FOUND for an id; INVALID if several fit. */
Entity *entity_find(Db *db, const Scope *scope, const EntityRef *ref, GError **error);

/* Makes one, inside a write. DENIED to a scoped caller, who could not see what he made. */
Entity *entity_make(Db *db, const Scope *scope, const EntityRef *ref, GError **error);
