/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list_available_tools and whoami: what can be called here, and as whom. */
#include "tools/tools-tools.h"

static bool matches(JsonObject *row, const char *query)
{
        if (!query)
                return true;
        g_autofree char *wanted = text_key(query);
        g_autofree char *name = text_key(json_object_get_string_member(row, "name"));
        g_autofree char *summary = text_key(json_object_get_string_member(row, "summary"));
        return strstr(name, wanted) || strstr(summary, wanted);
}

static JsonObject *list_available_tools(void *room, const Access *access, JsonObject *args,
                                        GError **error)
{
        g_autoptr(JsonObject) all = tools_list(room);
        const char *query = json_member_string(args, "query", NULL);
        JsonArray *rows = json_object_get_array_member(all, "tools");
        JsonArray *found = json_array_new();

        for (guint i = 0; i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);
                if (matches(row, query))
                        json_array_add_object_element(found, json_object_ref(row));
        }
        JsonObject *answer = json_object_new();
        json_object_set_int_member(answer, "total", json_array_get_length(found));
        json_object_set_array_member(answer, "tools", found);
        return answer;
}

static JsonObject *whoami(void *room, const Access *access, JsonObject *args, GError **error)
{
        const Actor *actor = access_actor(access);
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "kind", actor_kind_to_string(actor->kind));
        json_object_set_string_member(answer, "display_name", actor->name);
        json_set_string(answer, "connection_id", actor->connection);
        json_set_string(answer, "session_id", actor->session);
        json_object_set_string_member(answer, "observer", access_observer(access));
        json_object_set_boolean_member(answer, "scoped", access_scope(access) != NULL);
        return answer;
}

static const Tool tools_table[] = {
        {"list_available_tools", TOOL_READ, TOOL_CHEAP, list_available_tools},
        {"whoami", TOOL_READ, TOOL_INSTANT, whoami},
        {NULL},
};

ToolTable tools_tools(Tools *tools)
{
        return (ToolTable){.tools = tools_table, .room = tools};
}
