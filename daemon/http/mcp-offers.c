/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources, prompts and completion. What there is at all is a fixed table of the tools' room; whatever shows content
 * is a tool of it, called as others are, with the caller's scope, budget and log. */
#include <string.h>

#include "http/fault.h"
#include "http/mcp-private.h"

#define FIXED_TTL_SEC    3600 /* prompts and templates: they change with the program */
#define RESOURCE_TTL_SEC 0    /* what is read may be another at once; whoever watches is told */

static const Offers *offers(const Turn *turn)
{
        return turn->mcp->options.offers;
}

/* ---- resources ---- */

/* A row as MCP names its members. */
static void write_resource(GString *out, JsonObject *row)
{
        JsonObjectIter members;
        const char *name;
        JsonNode *value;

        g_string_append(out, out->str[out->len - 1] == '[' ? "{" : ",{");
        json_object_iter_init_ordered(&members, row);
        while (json_object_iter_next_ordered(&members, &name, &value))
                if (!JSON_NODE_HOLDS_NULL(value))
                        message_node(out, g_str_equal(name, "mime_type") ? "mimeType" : name,
                                     value);
        g_string_append_c(out, '}');
}

static void write_list(GString *out, const RunResult *result)
{
        JsonArray *rows = json_member_array(result->answer, "resources");
        const char *next = json_member_string(result->answer, "next", NULL);

        message_member(out, "resources");
        g_string_append_c(out, '[');
        for (guint i = 0; rows && i < json_array_get_length(rows); i++)
                write_resource(out, json_array_get_object_element(rows, i));
        g_string_append_c(out, ']');
        if (next)
                message_string(out, "nextCursor", next);
        mcp_cache(out, result->era, RESOURCE_TTL_SEC);
}

void resources_list_turn(Turn *turn)
{
        static const RunKind kind = {write_list};
        const char *cursor = turn_cursor_text(turn);
        g_autoptr(JsonObject) args = json_object_new();

        json_object_set_int_member(args, "limit", MCP_LIST_PAGE);
        if (cursor)
                json_object_set_string_member(args, "after", cursor);
        run_begin(turn, &(RunStart){.kind = &kind, .tool = offers(turn)->list, .args = args});
}

static void write_read(GString *out, const RunResult *result)
{
        message_member(out, "contents");
        if (json_object_has_member(result->answer, MCP_CONTENT)) {
                json_write_node(out, json_object_get_member(result->answer, MCP_CONTENT));
        } else {
                g_string_append(out, "[{");
                message_string(out, "uri", json_member_string(result->answer, "uri", ""));
                message_string(out, "mimeType",
                               json_member_string(result->answer, "mime_type", "text/plain"));
                const char *blob = json_member_string(result->answer, "blob", NULL);
                if (blob)
                        message_string(out, "blob", blob);
                else
                        message_string(out, "text", json_member_string(result->answer, "text", ""));
                g_string_append(out, "}]");
        }
        mcp_cache(out, result->era, RESOURCE_TTL_SEC);
}

void resources_read_turn(Turn *turn)
{
        static const RunKind kind = {write_read};
        const char *uri = turn_text(turn, "uri", MCP_URI_BYTES_MAX);
        g_autoptr(JsonObject) args = json_object_new();

        if (!uri)
                return;
        json_object_set_string_member(args, "uri", uri);
        run_begin(turn,
                  &(RunStart){.kind = &kind, .tool = offers(turn)->read, .args = args, .uri = uri});
}

void resources_templates_turn(Turn *turn)
{
        g_autofree char *after = turn_cursor(turn, "resource-templates", NULL);
        GString *out;

        if (!after)
                return;
        out = turn_begin(turn);
        message_member(out, "resourceTemplates");
        g_string_append_c(out, '[');
        for (const ResourceTemplate *at = offers(turn)->templates; at && at->uri; at++) {
                g_string_append(out, out->str[out->len - 1] == '[' ? "{" : ",{");
                message_string(out, "uriTemplate", at->uri);
                message_string(out, "name", at->name);
                if (at->title)
                        message_string(out, "title", at->title);
                if (at->description)
                        message_string(out, "description", at->description);
                if (at->mime)
                        message_string(out, "mimeType", at->mime);
                g_string_append_c(out, '}');
        }
        g_string_append_c(out, ']');
        turn_cache(turn, out, FIXED_TTL_SEC);
        turn_end(turn, out);
}

/* ---- prompts ---- */

static void write_arguments(GString *out, const Prompt *prompt)
{
        message_member(out, "arguments");
        g_string_append_c(out, '[');
        for (const PromptArgument *at = prompt->arguments; at->name; at++) {
                g_string_append(out, out->str[out->len - 1] == '[' ? "{" : ",{");
                message_string(out, "name", at->name);
                if (at->description)
                        message_string(out, "description", at->description);
                message_member(out, "required");
                g_string_append(out, at->required ? "true}" : "false}");
        }
        g_string_append_c(out, ']');
}

void prompts_list_turn(Turn *turn)
{
        g_autofree char *after = turn_cursor(turn, "prompts", NULL);
        GString *out;

        if (!after)
                return;
        out = turn_begin(turn);
        message_member(out, "prompts");
        g_string_append_c(out, '[');
        for (const Prompt *at = offers(turn)->prompts; at && at->name; at++) {
                g_string_append(out, out->str[out->len - 1] == '[' ? "{" : ",{");
                message_string(out, "name", at->name);
                if (at->title)
                        message_string(out, "title", at->title);
                if (at->description)
                        message_string(out, "description", at->description);
                write_arguments(out, at);
                g_string_append_c(out, '}');
        }
        g_string_append_c(out, ']');
        turn_cache(turn, out, FIXED_TTL_SEC);
        turn_end(turn, out);
}

static void write_message(GString *out, JsonObject *row)
{
        g_string_append(out, out->str[out->len - 1] == '[' ? "{" : ",{");
        message_string(out, "role", json_member_string(row, "role", "user"));
        if (json_object_has_member(row, "content")) {
                message_node(out, "content", json_object_get_member(row, "content"));
        } else {
                message_member(out, "content");
                g_string_append(out, "{\"type\":\"text\"");
                message_string(out, "text", json_member_string(row, "text", ""));
                g_string_append_c(out, '}');
        }
        g_string_append_c(out, '}');
}

static void write_prompt(GString *out, const RunResult *result)
{
        const char *description = json_member_string(result->answer, "description", NULL);
        JsonArray *rows = json_member_array(result->answer, "messages");

        if (description)
                message_string(out, "description", description);
        message_member(out, "messages");
        if (json_object_has_member(result->answer, MCP_CONTENT)) {
                json_write_node(out, json_object_get_member(result->answer, MCP_CONTENT));
                return;
        }
        g_string_append_c(out, '[');
        for (guint i = 0; rows && i < json_array_get_length(rows); i++)
                write_message(out, json_array_get_object_element(rows, i));
        g_string_append_c(out, ']');
}

void prompts_get_turn(Turn *turn)
{
        static const RunKind kind = {write_prompt};
        const char *name = turn_text(turn, "name", MCP_NAME_BYTES_MAX);
        JsonObject *arguments = json_member_object(turn->params, "arguments");
        g_autoptr(JsonObject) args = json_object_new();

        if (!name)
                return;
        json_object_set_string_member(args, "name", name);
        if (arguments)
                json_object_set_object_member(args, "arguments", json_object_ref(arguments));
        run_begin(turn, &(RunStart){.kind = &kind, .tool = offers(turn)->get, .args = args});
}

/* ---- completion ---- */

static void write_completion(GString *out, const RunResult *result)
{
        JsonNode *values = json_object_get_member(result->answer, "values");
        JsonNode *total = json_object_get_member(result->answer, "total");

        message_member(out, "completion");
        g_string_append_c(out, '{');
        message_node(out, "values", values);
        if (total && !JSON_NODE_HOLDS_NULL(total))
                message_node(out, "total", total);
        message_member(out, "hasMore");
        g_string_append(out,
                        json_member_bool(result->answer, "has_more", false) ? "true}" : "false}");
}

static bool read_reference(Turn *turn, JsonObject *args)
{
        JsonObject *ref = json_member_object(turn->params, "ref");
        const char *type = json_member_string(ref, "type", "");
        bool is_prompt = g_str_equal(type, "ref/prompt");
        const char *name = json_member_string(ref, is_prompt ? "name" : "uri", NULL);

        if (!name || (!is_prompt && !g_str_equal(type, "ref/resource"))) {
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                          "params.ref must be {\"type\": \"ref/prompt\", \"name\"} or {\"type\": "
                          "\"ref/resource\", \"uri\"}");
                return false;
        }
        json_object_set_string_member(args, "of", is_prompt ? "prompt" : "resource");
        json_object_set_string_member(args, "name", name);
        return true;
}

void complete_turn(Turn *turn)
{
        static const RunKind kind = {write_completion};
        JsonObject *argument = json_member_object(turn->params, "argument");
        const char *name = json_member_string(argument, "name", NULL);
        const char *value = json_member_string(argument, "value", NULL);
        g_autoptr(JsonObject) args = json_object_new();

        if (!read_reference(turn, args))
                return;
        if (!name || !value) {
                turn_fail(turn, JSONRPC_INVALID_PARAMS, NULL,
                          "params.argument must be {\"name\", \"value\"}");
                return;
        }
        json_object_set_string_member(args, "argument", name);
        json_object_set_string_member(args, "value", value);
        run_begin(turn, &(RunStart){.kind = &kind, .tool = offers(turn)->complete, .args = args});
}
