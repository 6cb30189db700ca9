/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools with which people make, change and end connections. Agents have none of them. */
#include "gate/mint.h"

#include <unistd.h>

/* ---- answers ---- */

/* The connection as it is now, with the file of its bearer. */
static JsonObject *answer_connection(Gate *gate, const char *id, GError **error)
{
        g_autoptr(Connection) connection = gate_any_connection(gate, id, error);

        if (!connection)
                return NULL;
        JsonObject *answer = connection_to_json(connection);
        g_autofree char *path = bearer_path(gate->options.paths, id);
        json_set_string(answer, "bearer_file", access(path, F_OK) == 0 ? path : NULL);
        return answer;
}

static bool begin(void *room, const Access *access, JsonObject *args, MintWrite *ret,
                  GError **error)
{
        *ret = (MintWrite){.gate = room, .access = access, .reason = args_string(args, "reason")};
        return gate_is_ready(room, error) && args_check_id(args, "connection_id", "conn", error) &&
               args_check_reason(args, error);
}

/* ---- tools ---- */

static JsonObject *mint(void *room, const Access *access, JsonObject *args, GError **error)
{
        g_autoptr(Draft) draft = draft_new();
        g_autofree char *id = NULL;
        MintWrite write;

        if (!begin(room, access, args, &write, error) || !draft_apply(draft, args, room, error))
                return NULL;
        id = mint_connection(&write, draft, error);
        return id ? answer_connection(room, id, error) : NULL;
}

static JsonObject *rename_it(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "connection_id");
        g_autoptr(Draft) draft = draft_new();
        MintWrite write;

        if (!begin(room, access, args, &write, error) || !draft_apply(draft, args, room, error) ||
            !mint_rename(&write, id, draft->terms.name, error))
                return NULL;
        return answer_connection(room, id, error);
}

static JsonObject *set_scope(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "connection_id");
        g_autoptr(Draft) draft = draft_new();
        MintWrite write;

        if (!begin(room, access, args, &write, error) || !draft_apply(draft, args, room, error) ||
            !mint_set_scope(&write, id, draft->terms.entities, error))
                return NULL;
        return answer_connection(room, id, error);
}

static JsonObject *set_terms(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "connection_id");
        MintWrite write;

        if (!begin(room, access, args, &write, error))
                return NULL;
        g_autoptr(Connection) connection = gate_any_connection(room, id, error);
        g_autoptr(Draft) draft = connection ? draft_of(connection) : NULL;
        if (!draft || !draft_apply(draft, args, room, error) ||
            !mint_set_terms(&write, id, draft, error))
                return NULL;
        return answer_connection(room, id, error);
}

static JsonObject *revoke_it(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "connection_id");
        MintWrite write;

        if (!begin(room, access, args, &write, error) || !mint_revoke(&write, id, error))
                return NULL;
        return answer_connection(room, id, error);
}

static JsonObject *rotate(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "connection_id");
        MintWrite write;

        if (!begin(room, access, args, &write, error) ||
            !mint_rotate(&write, id, /* fd= */ -1, error))
                return NULL;
        return answer_connection(room, id, error);
}

static bool is_shown(const Connection *connection, const char *state)
{
        static const char *const states[] = {
                [CONNECTION_ACTIVE] = "active",
                [CONNECTION_EXPIRED] = "expired",
                [CONNECTION_REVOKED] = "revoked",
        };

        return g_str_equal(state, "all") ||
               g_str_equal(state, states[connection_state(connection)]);
}

static int newest_first(const void *a, const void *b)
{
        return -g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *all_ids(Gate *gate)
{
        GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
        g_auto(GStrv) active = registry_ids(gate->registry, /* ended= */ false);
        g_auto(GStrv) ended = registry_ids(gate->registry, /* ended= */ true);

        for (char **id = active; *id; id++)
                g_ptr_array_add(ids, g_strdup(*id));
        for (char **id = ended; *id; id++)
                g_ptr_array_add(ids, g_strdup(*id));
        g_ptr_array_sort(ids, newest_first);
        return ids;
}

static JsonObject *list(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *state = json_member_string(args, "state", "active");
        g_autofree char *after =
                cursor_key("connections", state, args_string(args, "after"), error);
        unsigned limit, shown = 0;

        if (!after || !gate_is_ready(room, error) ||
            !args_limit(args, CONNECTIONS_PAGE_MAX, "CONNECTIONS_PAGE_MAX", &limit, error))
                return NULL;
        g_autoptr(GPtrArray) ids = all_ids(room);
        JsonArray *rows = json_array_new();
        g_autofree char *next = NULL;
        const char *last = NULL;
        for (unsigned i = 0; i < ids->len && !next; i++) {
                const char *id = g_ptr_array_index(ids, i);
                if (after[0] != '\0' && g_strcmp0(id, after) >= 0)
                        continue;
                g_autoptr(Connection) connection = registry_find(((Gate *)room)->registry, id);
                if (!connection || !is_shown(connection, state))
                        continue;
                if (shown++ == limit) {
                        next = cursor_new("connections", state, last);
                        continue;
                }
                last = id;
                json_array_add_object_element(rows, connection_to_json(connection));
        }
        JsonObject *answer = json_object_new();
        json_object_set_array_member(answer, "connections", rows);
        json_set_string(answer, "next", next);
        return answer;
}

static JsonObject *get(void *room, const Access *access, JsonObject *args, GError **error)
{
        const char *id = args_string(args, "connection_id");
        Gate *gate = room;
        MintWrite write;

        if (!begin(room, access, args, &write, error))
                return NULL;
        g_autoptr(Connection) connection = gate_any_connection(gate, id, error);
        g_autoptr(JsonObject) answer = connection ? answer_connection(room, id, error) : NULL;
        if (!answer)
                return NULL;
        const char *const *entities = connection_terms(connection)->entities;
        JsonArray *named = entities ? entities_to_json(gate->options.vault, entities, error) : NULL;
        if (entities && !named)
                return NULL;
        if (named)
                json_object_set_array_member(answer, "entities", named);
        else
                json_object_set_null_member(answer, "entities");
        uint64_t calls, bytes;
        usage_today(gate->usage, id, &calls, &bytes);
        json_object_set_int_member(answer, "calls_today", (gint64)calls);
        json_object_set_int_member(answer, "bytes_today", (gint64)bytes);
        return g_steal_pointer(&answer);
}

const Tool connection_tools[] = {
        {"mint_connection", TOOL_HUMAN, TOOL_SLOW, mint, .action = "connection.mint"},
        {"rename_connection", TOOL_HUMAN, TOOL_SLOW, rename_it, .action = "connection.scope"},
        {"set_connection_scope", TOOL_HUMAN, TOOL_SLOW, set_scope, .action = "connection.scope"},
        {"set_connection_terms", TOOL_HUMAN, TOOL_SLOW, set_terms, .action = "connection.scope"},
        /* it must never be hard to take back what was given */
        {"revoke_connection", TOOL_HUMAN, TOOL_SLOW, revoke_it, .action = "write"},
        {"rotate_bearer", TOOL_HUMAN, TOOL_SLOW, rotate, .action = "connection.mint"},
        {"list_connections", TOOL_HUMAN, TOOL_CHEAP, list, .action = "read"},
        {"get_connection", TOOL_HUMAN, TOOL_CHEAP, get, .action = "read"},
        {NULL},
};
