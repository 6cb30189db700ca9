/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entities: what facts are about. Found by id, or by name whatever its case, accents and spaces. */
#pragma once

#include "graph/graph.h"

#define ENTITY_TYPE_DEFAULT "thing"
#define ENTITY_MERGES_MAX   16 /* merges followed from one id */

typedef struct Entity {
        char *id, *name, *type;
        char *merged_into; /* or NULL */
        bool is_active;
} Entity;
Entity *entity_free(Entity *entity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entity, entity_free)

/* Which entity somebody means: id, or name and perhaps type. */
typedef struct EntityRef {
        const char *id, *name, *type;
} EntityRef;

/* Checks form and limits of a reference; what is the argument's name without _id or _name. */
bool entity_ref_check(const EntityRef *ref, const char *what, GError **error);

/* The entity of an id, merges followed. scope is for handles that are not scoped themselves. NOT_FOUND. */
Entity *entity_get(Db *db, const Scope *scope, const char *id, GError **error);

/* The entity meant, by name or alias; entities that stand for documents come last. NULL without an
 * error if there is none of the name; NOT_FOUND for an id; INVALID if several fit. */
Entity *entity_find(Db *db, const Scope *scope, const EntityRef *ref, GError **error);

/* Makes one, inside a write. DENIED to a scoped caller, who could not see what he made. */
Entity *entity_make(Db *db, const Scope *scope, const EntityRef *ref, GError **error);
