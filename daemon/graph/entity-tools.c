/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools about entities: resolving names, proposing, aliases, merging, and entities as they stood. */
#include "graph/alias.h"
#include "graph/as-of.h"
#include "graph/merge.h"
#include "graph/predicate.h"
#include "graph/query.h"
#include "graph/resolve.h"
#include "graph/room.h"

/* Whatever door it came through. */
static bool check_human(const Access *access, const char *tool, GError **error)
{
        if (access_actor(access)->kind == ACTOR_HUMAN)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                    "Only the human may use the tool %s", tool);
        return false;
}

static EntityRef read_ref(JsonObject *args)
{
        return (EntityRef){args_string(args, "entity_id"), args_string(args, "entity_name"),
                           args_string(args, "entity_type")};
}

/* ---- merging ---- */

static bool read_merged(char **names, EntityRef *refs, unsigned count, GError **error)
{
        if (count == 0 || count > ENTITY_MERGE_LIST_MAX) {
                g_set_error(error, OUROBOROS_ERROR,
                            count ? OUROBOROS_ERROR_LIMIT : OUROBOROS_ERROR_INVALID,
                            "merge names %u entities, not between 1 and %d (ENTITY_MERGE_LIST_MAX)",
                            count, ENTITY_MERGE_LIST_MAX);
                return false;
        }
        for (unsigned i = 0; i < count; i++) {
                if (id_is_valid(names[i], "ent"))
                        refs[i].id = names[i];
                else
                        refs[i].name = names[i];
                if (!entity_ref_check(&refs[i], "merge", error))
                        return false;
        }
        return true;
}

static JsonObject *merge_entities(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Graph *graph = room;
        WriteOptions options = {.actor = access_actor(access),
                                .reason = args_string(args, "reason") ?: "merge_entities"};
        g_auto(GStrv) names = args_strings(args, "merge");
        unsigned count = names ? g_strv_length(names) : 0;
        g_autofree EntityRef *refs = g_new0(EntityRef, count + 1);
        Merge merge = {.kept = read_ref(args), .merged = refs, .count = count};

        if (!check_human(access, "merge_entities", error) || !args_check_reason(args, error) ||
            !entity_ref_check(&merge.kept, "entity", error) ||
            !read_merged(names, refs, count, error))
                return NULL;
        if (store_write(graph->vault, &options, merge_work, &merge, error))
                return merge.answer;
        g_clear_pointer(&merge.answer, json_object_unref);
        return NULL;
}

/* ---- aliases ---- */

static bool run_change(Graph *graph, const Access *access, JsonObject *args, StoreWork work,
                       AliasChange *change, GError **error)
{
        WriteOptions options = {.actor = access_actor(access),
                                .reason = args_string(args, "reason")};

        change->ref = read_ref(args);
        change->scope = access_scope(access);
        return args_check_reason(args, error) && entity_ref_check(&change->ref, "entity", error) &&
               store_write(graph->vault, &options, work, change, error);
}

static bool tell_aliases(Graph *graph, const Access *access, const AliasChange *change,
                         JsonObject *answer, GError **error)
{
        g_autoptr(Db) db = graph_reader(graph, access, error);
        g_autoptr(JsonObject) entity = db ? query_entity(db, change->entity, error) : NULL;

        if (!entity)
                return false;
        json_object_set_string_member(answer, "entity_id", change->entity->id);
        json_object_set_string_member(answer, "alias", change->alias);
        json_object_set_array_member(
                answer, "aliases", json_array_ref(json_object_get_array_member(entity, "aliases")));
        json_set_string(answer, "group_id", change->is_new ? change->group : NULL);
        return true;
}

static JsonObject *change_alias(Graph *graph, const Access *access, JsonObject *args,
                                StoreWork work, GError **error)
{
        AliasChange change = {.alias = args_string(args, "alias")};
        g_autoptr(JsonObject) answer = json_object_new();
        bool ok = alias_check(change.alias, error) &&
                  run_change(graph, access, args, work, &change, error) &&
                  tell_aliases(graph, access, &change, answer, error);

        if (ok && work == alias_work_add)
                json_object_set_boolean_member(answer, "is_new", change.is_new);
        alias_change_clear(&change);
        return ok ? g_steal_pointer(&answer) : NULL;
}

static JsonObject *add_entity_alias(void *room, const Access *access, JsonObject *args,
                                    GError **error)
{
        return change_alias(room, access, args, alias_work_add, error);
}

static JsonObject *remove_entity_alias(void *room, const Access *access, JsonObject *args,
                                       GError **error)
{
        if (!check_human(access, "remove_entity_alias", error))
                return NULL;
        return change_alias(room, access, args, alias_work_remove, error);
}

static JsonObject *deactivate_entity(void *room, const Access *access, JsonObject *args,
                                     GError **error)
{
        AliasChange change = {0};
        JsonObject *answer = NULL;

        if (check_human(access, "deactivate_entity", error) &&
            run_change(room, access, args, alias_work_retire, &change, error)) {
                answer = json_object_new();
                json_object_set_string_member(answer, "entity_id", change.entity->id);
                json_object_set_string_member(answer, "name", change.entity->name);
                json_object_set_string_member(answer, "type", change.entity->type);
                json_object_set_boolean_member(answer, "is_active", false);
                json_object_set_boolean_member(answer, "is_new", change.is_new);
                json_set_string(answer, "group_id", change.is_new ? change.group : NULL);
        }
        alias_change_clear(&change);
        return answer;
}

/* ---- names as people write them ---- */

static JsonObject *resolve_entity(void *room, const Access *access, JsonObject *args,
                                  GError **error)
{
        Graph *graph = room;
        ResolveQuery query = {.name = args_string(args, "name"), .type = args_string(args, "type")};
        g_autoptr(Db) db = NULL;

        if (!entity_check_name("name", query.name, error) ||
            (query.type && !predicate_check_name("type", query.type, error)) ||
            !args_limit(args, RESOLVE_LIMIT_MAX, "RESOLVE_LIMIT_MAX", &query.limit, error))
                return NULL;
        db = graph_reader(graph, access, error);
        return db ? resolve_name(db, graph->names, &query, error) : NULL;
}

/* ---- the past ---- */

/* The entity meant: an id of one that is no longer there is taken as it is. */
static bool read_asked(Db *db, JsonObject *args, char **ret, GError **error)
{
        EntityRef ref = read_ref(args);
        g_autoptr(Entity) entity = NULL;

        if (ref.id) {
                *ret = g_strdup(ref.id);
                return entity_ref_check(&ref, "entity", error);
        }
        if (!graph_read_entity(db, args, &entity, error) || !graph_require_entity(entity, error))
                return false;
        *ret = g_strdup(entity->said_of);
        return true;
}

static JsonObject *entity_then(const AsOf *as_of, Db *db, JsonObject *args, GError **error)
{
        AsOfQuery query = {.predicate = args_string(args, "predicate"),
                           .superseded = json_member_bool(args, "include_superseded", false),
                           .after = args_string(args, "after")};
        g_autofree char *id = NULL, *at = json_print_node(json_object_get_member(args, "at"));

        query.at = at;
        if (!args_limit(args, GRAPH_PAGE_MAX, "GRAPH_PAGE_MAX", &query.limit, error) ||
            (query.predicate && !predicate_check_name("predicate", query.predicate, error)) ||
            !read_asked(db, args, &id, error))
                return NULL;
        query.entity_id = id;
        return as_of_entity(as_of, &query, error);
}

static JsonObject *row_then(const AsOf *as_of, JsonObject *args, GError **error)
{
        const char *table = args_string(args, "table_name");

        if (as_of->now) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "rows of tables are not for connections with a scope; ask for an "
                            "entity");
                return NULL;
        }
        if (!table || !json_object_has_member(args, "row_id")) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "give table_name and row_id, or entity_id or entity_name");
                return NULL;
        }
        return as_of_row(as_of, table, json_object_get_member(args, "row_id"), error);
}

static JsonObject *as_of_tool(void *room, const Access *access, JsonObject *args, GError **error)
{
        Graph *graph = room;
        g_autoptr(Db) past = store_reader(graph->vault, /* scope= */ NULL, error);
        g_autoptr(Db) now =
                past && access_scope(access) ? graph_reader(graph, access, error) : NULL;
        AsOf as_of = {.past = past, .now = now};
        JsonNode *at = json_object_get_member(args, "at");

        if (!past || (access_scope(access) && !now) ||
            !as_of_moment(past, at, &as_of.moment, error))
                return NULL;
        if (json_object_has_member(args, "table_name") || json_object_has_member(args, "row_id"))
                return row_then(&as_of, args, error);
        return entity_then(&as_of, now ?: past, args, error);
}

const Tool graph_entity_tools[] = {
        {"add_entity_alias", TOOL_WRITE, TOOL_CHEAP, add_entity_alias},
        {"remove_entity_alias", TOOL_HUMAN, TOOL_CHEAP, remove_entity_alias},
        {"merge_entities", TOOL_HUMAN, TOOL_SLOW, merge_entities},
        {"deactivate_entity", TOOL_HUMAN, TOOL_CHEAP, deactivate_entity},
        {"resolve_entity", TOOL_READ, TOOL_CHEAP, resolve_entity},
        {"as_of", TOOL_READ, TOOL_SLOW, as_of_tool},
        {NULL},
};
