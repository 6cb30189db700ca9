/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client says of itself: its capabilities, and since 2026-07-28 the _meta of each request. */
#include <string.h>

#include "http/mcp-private.h"

int mcp_level_from_string(const char *name)
{
        static const char *const names[] = {"emergency", "alert",  "critical", "error",
                                            "warning",   "notice", "info",     "debug"};

        for (int i = 0; i < (int)G_N_ELEMENTS(names); i++)
                if (g_str_equal(names[i], name))
                        return i;
        return MCP_LEVEL_NONE;
}

unsigned mcp_can_ask(JsonObject *capabilities)
{
        JsonObject *elicitation = json_member_object(capabilities, "elicitation");
        unsigned bits = 0;

        if (json_member_object(capabilities, "sampling"))
                bits |= 1u << ASK_MODEL;
        if (json_member_object(capabilities, "roots"))
                bits |= 1u << ASK_ROOTS;
        if (!elicitation)
                return bits;
        if (json_member_object(elicitation, "url"))
                bits |= 1u << ASK_URL;
        /* one that names no mode has forms */
        if (json_member_object(elicitation, "form") || !json_member_object(elicitation, "url"))
                bits |= 1u << ASK_FORM;
        return bits;
}

AskKind mcp_ask_kind(JsonObject *ask)
{
        const char *method = json_member_string(ask, "method", "");
        JsonObject *params = json_member_object(ask, "params");

        if (g_str_equal(method, "sampling/createMessage"))
                return ASK_MODEL;
        if (g_str_equal(method, "roots/list"))
                return ASK_ROOTS;
        return g_str_equal(json_member_string(params, "mode", "form"), "url") ? ASK_URL : ASK_FORM;
}

void mcp_add_capability(JsonObject *capabilities, AskKind kind)
{
        static const char *const names[] = {
                [ASK_FORM] = "elicitation",
                [ASK_URL] = "elicitation",
                [ASK_MODEL] = "sampling",
                [ASK_ROOTS] = "roots",
        };
        JsonObject *capability = json_member_object(capabilities, names[kind]);

        if (!capability) {
                capability = json_object_new();
                json_object_set_object_member(capabilities, names[kind], capability);
        }
        if (kind == ASK_FORM || kind == ASK_URL)
                json_object_set_object_member(capability, kind == ASK_URL ? "url" : "form",
                                              json_object_new());
}

/* ---- _meta ---- */

static bool lacks(Turn *turn, const char *name, const char *kind)
{
        turn_refuse(turn, "params._meta[\"" MCP_META_PREFIX "%s\"] is required, %s", name, kind);
        return false;
}

static bool read_level(Turn *turn, JsonObject *meta)
{
        JsonNode *node = json_object_get_member(meta, MCP_META_PREFIX "logLevel");
        const char *name = json_member_string(meta, MCP_META_PREFIX "logLevel", NULL);

        if (node && name)
                turn->level = mcp_level_from_string(name);
        if (!node || turn->level != MCP_LEVEL_NONE)
                return true;
        turn_refuse(turn,
                    "params._meta[\"" MCP_META_PREFIX "logLevel\"] must be debug, info, notice, "
                    "warning, error, critical, alert or emergency");
        return false;
}

static bool read_progress(Turn *turn, JsonObject *meta)
{
        JsonNode *node = json_object_get_member(meta, "progressToken");
        GType type =
                node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_NONE;

        if (!node)
                return true;
        if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ||
            (type == G_TYPE_STRING && strlen(json_node_get_string(node)) <= MCP_TOKEN_BYTES_MAX)) {
                turn->progress = node;
                return true;
        }
        turn_refuse(turn,
                    "params._meta.progressToken must be a number or a string of at most %d bytes "
                    "(MCP_TOKEN_BYTES_MAX)",
                    MCP_TOKEN_BYTES_MAX);
        return false;
}

const char *meta_version(const Turn *turn)
{
        return json_member_string(json_member_object(turn->params, "_meta"),
                                  MCP_META_PREFIX "protocolVersion", NULL);
}

bool meta_read(Turn *turn)
{
        JsonObject *meta = json_member_object(turn->params, "_meta");
        JsonObject *capabilities = json_member_object(meta, MCP_META_PREFIX "clientCapabilities");

        if (!meta_version(turn))
                return lacks(turn, "protocolVersion", "a string");
        if (!capabilities)
                return lacks(turn, "clientCapabilities", "an object, empty for none");
        if (json_object_has_member(meta, MCP_META_PREFIX "clientInfo") &&
            !json_member_object(meta, MCP_META_PREFIX "clientInfo"))
                return lacks(turn, "clientInfo", "if it is there, as an object");
        turn->can_ask = mcp_can_ask(capabilities);
        return read_level(turn, meta) && read_progress(turn, meta);
}

bool meta_read_session(Turn *turn)
{
        JsonObject *meta = json_member_object(turn->params, "_meta");

        turn->can_ask = turn->input->session->can_ask;
        turn->level = turn->input->session->level;
        return !meta || read_progress(turn, meta);
}
