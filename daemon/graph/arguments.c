/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tools of this room have in common: see room.h. */
#include "graph/entity.h"
#include "graph/room.h"

bool graph_read_entity(Db *db, JsonObject *args, Entity **ret, GError **error)
{
        EntityRef ref = {args_string(args, "entity_id"), args_string(args, "entity_name"),
                         args_string(args, "entity_type")};
        g_autoptr(GError) problem = NULL;

        *ret = NULL;
        if (!ref.id && !ref.name)
                return true;
        if (!entity_ref_check(&ref, "entity", error))
                return false;
        *ret = entity_find(db, /* scope= */ NULL, &ref, &problem); /* the handle is scoped */
        if (!*ret && !problem)
                g_set_error(&problem, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "no entity is named %s%s%s", ref.name, ref.type ? " of type " : "",
                            ref.type ?: "");
        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        return *ret != NULL;
}

bool graph_require_entity(const Entity *entity, GError **error)
{
        if (entity)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                    "give either entity_id or entity_name");
        return false;
}

Db *graph_reader(Graph *graph, const Access *access, GError **error)
{
        return store_reader(graph->vault, access_scope(access), error);
}
