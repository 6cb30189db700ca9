/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools of projections. */
#include <string.h>

#include "graph/page.h"
#include "graph/predicate.h"
#include "graph/projection.h"
#include "graph/room.h"

static void set_missing(const char *name, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                    "no projection %s; list_projections lists them", name);
}

static Projection *need_projection(Db *db, const char *name, GError **error)
{
        g_autoptr(GError) problem = NULL;
        Projection *projection = projection_find(db, name, &problem);

        if (problem)
                g_propagate_error(error, g_steal_pointer(&problem));
        else if (!projection)
                set_missing(name, error);
        return projection;
}

static bool work_define(Db *db, void *data, GError **error)
{
        return projection_define(db, data, error);
}

static JsonObject *define_projection(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Graph *graph = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "define_projection"};
        g_autoptr(Projection) projection = projection_from_json(args, error), made = NULL;
        g_autoptr(Db) db = NULL;

        if (!projection || !graph_start(graph, error) ||
            !store_write(graph->vault, &options, work_define, projection, error))
                return NULL;
        db = graph_reader(graph, access, error);
        made = db ? need_projection(db, projection->name, error) : NULL;
        return made ? projection_to_json(made) : NULL;
}

static bool work_retire(Db *db, void *data, GError **error)
{
        return projection_retire(db, data, error);
}

static JsonObject *retire_projection(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        Graph *graph = room;
        WriteOptions options = {.actor = access_actor(access), .reason = "retire_projection"};
        const char *name = json_member_string(args, "name", "");
        JsonObject *answer;

        if (!predicate_check_name("name", name, error) ||
            !store_write(graph->vault, &options, work_retire, (void *)name, error))
                return NULL;
        answer = json_object_new();
        json_object_set_string_member(answer, "name", name);
        json_object_set_boolean_member(answer, "retired", TRUE);
        return answer;
}

static JsonObject *list_projections(void *room, const Access *access, JsonObject *args,
                                    GError **error)
{
        g_autofree char *key = NULL;
        g_autoptr(GPtrArray) list = NULL;
        g_autoptr(Page) page = NULL;
        g_autoptr(Db) db = NULL;
        unsigned limit;

        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &limit, error))
                return NULL;
        key = cursor_key("projections", /* filters= */ NULL, args_string(args, "after"), error);
        db = key ? graph_reader(room, access, error) : NULL;
        list = db ? projection_list(db, key, limit + 1, error) : NULL;
        page = page_new("projections", /* filters= */ NULL, limit);
        for (unsigned i = 0; list && i < list->len && page_has_room(page); i++) {
                const Projection *projection = list->pdata[i];

                page_add(page, projection_to_json(projection), projection->name);
        }
        return list ? page_to_json(page, "projections") : NULL;
}

static JsonObject *query_projection(void *room, const Access *access, JsonObject *args,
                                    GError **error)
{
        ProjectionQuery query = {.where = json_member_object(args, "where"),
                                 .order_by = args_string(args, "order_by"),
                                 .sources = json_member_bool(args, "sources", false),
                                 .after = args_string(args, "after")};
        const char *name = json_member_string(args, "name", "");
        g_autoptr(Projection) projection = NULL;
        g_autoptr(Entity) entity = NULL;
        g_autoptr(Db) db = NULL;

        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &query.limit, error) ||
            !predicate_check_name("name", name, error))
                return NULL;
        db = graph_reader(room, access, error);
        projection = db ? need_projection(db, name, error) : NULL;
        if (!projection || !graph_read_entity(db, args, &entity, error))
                return NULL;
        query.projection = projection;
        query.entity_id = entity ? entity->id : NULL;
        return projection_query(db, &query, error);
}

const Tool graph_projection_tools[] = {
        {"define_projection", TOOL_WRITE, TOOL_CHEAP, define_projection},
        {"query_projection", TOOL_READ, TOOL_SLOW, query_projection},
        {"list_projections", TOOL_READ, TOOL_CHEAP, list_projections},
        {"retire_projection", TOOL_HUMAN, TOOL_CHEAP, retire_projection},
        {NULL},
};
