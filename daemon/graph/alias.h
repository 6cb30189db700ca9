/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other names of entities, and entities that are retired: soft states, both. */
#pragma once

#include "graph/entity.h"

#define ENTITY_ALIASES_MAX 100 /* of one entity */

/* What is to become of which entity. */
typedef struct AliasChange {
        EntityRef ref;
        const Scope *scope; /* of the caller */
        const char *alias;  /* checked by alias_check(); none to retire */
        Entity *entity;     /* filled by the work: the caller's */
        char *group;        /* likewise: of the write */
        bool is_new;        /* likewise: something has changed */
} AliasChange;
void alias_change_clear(AliasChange *change);

bool alias_check(const char *alias, GError **error);

/* Works of writes (data: AliasChange). NOT_FOUND: no such entity, or alias; CONFLICT: another active entity of the
 * type is called that; LIMIT: more than ENTITY_ALIASES_MAX. */
bool alias_work_add(Db *db, void *data, GError **error);
bool alias_work_remove(Db *db, void *data, GError **error);
bool alias_work_retire(Db *db, void *data, GError **error);
