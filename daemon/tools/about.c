/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools about tools and about the caller: list_available_tools, enable_tools, whoami, get_sdk_types. */
#include <string.h>

#include "config.h"
#include "tools/sdk-types.h"
#include "tools/table.h"

/* ---- list_available_tools ---- */

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
        const Connection *connection = access_connection(access);
        g_autoptr(JsonObject) all = tools_list(room);
        const char *query = args_string(args, "query");
        JsonArray *rows = json_object_get_array_member(all, "tools");
        JsonArray *found = json_array_new();

        for (guint i = 0; i < json_array_get_length(rows); i++) {
                JsonObject *row = json_array_get_object_element(rows, i);
                const Tool *tool = tools_find(room, json_object_get_string_member(row, "name"));

                if (!access_allows(access, tool) || !matches(row, query))
                        continue;
                json_object_set_boolean_member(row, "listed",
                                               !connection || tool_is_listed(tool, connection));
                json_array_add_object_element(found, json_object_ref(row));
        }
        JsonObject *answer = json_object_new();
        json_object_set_int_member(answer, "total", json_array_get_length(found));
        json_object_set_array_member(answer, "tools", found);
        return answer;
}

/* ---- enable_tools ---- */

/* There are such tools, and the caller may use them. */
static bool check_names(const Tools *tools, const Access *access, char **names, GError **error)
{
        for (char **name = names; name && *name; name++) {
                const Entry *entry = tools_entry(tools, *name, error);

                if (!entry)
                        return false;
                if (access_allows(access, entry->tool))
                        continue;
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "The human did not allow this connection the tool %s", *name);
                return false;
        }
        return true;
}

static void add_names(GPtrArray *chosen, const char *const *names)
{
        for (; names && *names; names++)
                if (!g_ptr_array_find_with_equal_func(chosen, *names, g_str_equal, NULL))
                        g_ptr_array_add(chosen, (char *)*names);
}

/* Those that were listed so far, if more are added to them. */
static GPtrArray *join_names(const Connection *connection, char **names, bool add)
{
        GPtrArray *chosen = g_ptr_array_new();

        if (add)
                add_names(chosen, connection_listed(connection));
        add_names(chosen, (const char *const *)names);
        g_ptr_array_add(chosen, NULL);
        return chosen;
}

static JsonObject *choose(const Tools *tools, const Access *access, ToolListing listing,
                          const char *const *listed, GError **error)
{
        if (!gate_set_listing(tools->gate, access, listing, listed, error))
                return NULL;
        JsonArray *shown = json_array_new();
        JsonObject *answer = json_object_new();
        for (guint i = 0; i + 1 < tools->names->len; i++) {
                const char *name = g_ptr_array_index(tools->names, i);

                if (tool_would_be_listed(tools_find(tools, name), access_connection(access),
                                         listing, listed))
                        json_array_add_string_element(shown, name);
        }
        json_object_set_string_member(answer, "listing", tool_listing_to_string(listing));
        json_object_set_array_member(answer, "listed", shown);
        return answer;
}

static JsonObject *choose_names(const Tools *tools, const Access *access, char **names, bool add,
                                GError **error)
{
        const Connection *connection = access_connection(access);

        if (!check_names(tools, access, names, error))
                return NULL;
        if (add && connection_listing(connection) == TOOL_LISTING_FULL)
                return choose(tools, access, TOOL_LISTING_FULL, NULL, error);
        g_autoptr(GPtrArray) chosen = join_names(connection, names, add);
        return choose(tools, access, TOOL_LISTING_SOME, (const char *const *)chosen->pdata, error);
}

static bool check_enabling(const Tools *tools, const Access *access, bool named, bool grouped,
                           GError **error)
{
        if (named == grouped)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "Give tools, or a group: essential or full");
        else if (!tools->gate || !access_connection(access))
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "Only a connection is shown some of the tools; here all can be "
                                    "called");
        else
                return true;
        return false;
}

static JsonObject *enable_tools(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_auto(GStrv) names = args_strings(args, "tools");
        const char *group = args_string(args, "group");

        if (!check_enabling(room, access, names != NULL, group != NULL, error))
                return NULL;
        if (names)
                return choose_names(room, access, names, json_member_bool(args, "add", true),
                                    error);
        return choose(room, access,
                      g_str_equal(group, "full") ? TOOL_LISTING_FULL : TOOL_LISTING_ESSENTIAL, NULL,
                      error);
}

/* ---- whoami ---- */

static void add_budget(JsonObject *answer, const char *name, uint64_t a_day, uint64_t spent)
{
        if (a_day > 0)
                json_object_set_int_member(answer, name,
                                           (int64_t)(a_day > spent ? a_day - spent : 0));
        else
                json_object_set_null_member(answer, name);
}

static void add_connection(JsonObject *answer, const Tools *tools, const Connection *connection)
{
        const Terms *terms = connection_terms(connection);
        GateSpent spent = {0};

        if (tools->gate)
                gate_spent(tools->gate, connection_id(connection), &spent);
        json_object_set_string_member(answer, "connection_short", connection_short(connection));
        json_object_set_string_member(answer, "profile", profile_to_string(terms->profile));
        json_object_set_string_member(answer, "listing",
                                      tool_listing_to_string(connection_listing(connection)));
        if (terms->entities)
                json_object_set_int_member(answer, "scope_entities",
                                           g_strv_length((char **)terms->entities));
        else
                json_object_set_null_member(answer, "scope_entities");
        if (terms->expires_us)
                json_set_time(answer, "expires_at", terms->expires_us);
        else
                json_object_set_null_member(answer, "expires_at");
        add_budget(answer, "calls_left_today", terms->calls_per_day, spent.calls);
        add_budget(answer, "bytes_left_today", terms->bytes_per_day, spent.bytes);
}

static JsonObject *whoami(void *room, const Access *access, JsonObject *args, GError **error)
{
        const Actor *actor = access_actor(access);
        const Connection *connection = access_connection(access);
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "kind", actor_kind_to_string(actor->kind));
        json_object_set_string_member(answer, "display_name", actor->name);
        json_set_string(answer, "connection_id", actor->connection);
        json_set_string(answer, "session_id", actor->session);
        json_object_set_string_member(answer, "observer", access_observer(access));
        json_object_set_boolean_member(answer, "scoped", access_scope(access) != NULL);
        if (connection)
                add_connection(answer, room, connection);
        return answer;
}

/* ---- get_sdk_types ---- */

/* The tools that are asked for, or all, of those that the caller may use. NOT_FOUND names what there is not. */
static GPtrArray *pick_tools(const Tools *tools, const Access *access, JsonObject *args,
                             GError **error)
{
        g_auto(GStrv) names = args_strings(args, "tools");
        g_autoptr(GPtrArray) picked = g_ptr_array_new();

        if (!check_names(tools, access, names, error))
                return NULL;
        for (guint i = 0; i + 1 < tools->names->len; i++) {
                const Entry *entry = tools_entry(tools, g_ptr_array_index(tools->names, i), NULL);

                if (names ? g_strv_contains((const char *const *)names, entry->tool->name)
                          : access_allows(access, entry->tool))
                        g_ptr_array_add(picked, (void *)entry);
        }
        return g_steal_pointer(&picked);
}

static JsonObject *get_sdk_types(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(GPtrArray) picked = pick_tools(room, access, args, error);
        JsonArray *methods = json_array_new();
        JsonObject *answer;

        if (!picked) {
                json_array_unref(methods);
                return NULL;
        }
        for (unsigned i = 0; i < picked->len; i++)
                json_array_add_string_element(
                        methods, ((const Entry *)g_ptr_array_index(picked, i))->tool->name);
        g_autofree char *types = sdk_types(picked, OUROBOROS_VERSION);
        answer = json_object_new();
        json_object_set_string_member(answer, "version", OUROBOROS_VERSION);
        json_object_set_array_member(answer, "methods", methods);
        json_object_set_string_member(answer, "types", types);
        return answer;
}

const Tool about_tools[] = {
        {"list_available_tools", TOOL_READ, TOOL_CHEAP, list_available_tools},
        {"enable_tools", TOOL_READ, TOOL_CHEAP, enable_tools},
        {"whoami", TOOL_READ, TOOL_INSTANT, whoami},
        {"get_sdk_types", TOOL_READ, TOOL_CHEAP, get_sdk_types},
        {NULL},
};
