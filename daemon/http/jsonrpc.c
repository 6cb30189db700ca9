/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers messages. What a client may learn without a connection is what there is to call; calling needs a
 * connection, and those are minted by the human. */
#include <string.h>

#include "config.h"
#include "http/jsonrpc.h"

#define LIST_PAGE 50 /* tools in one answer of tools/list */

static const char *const versions[] = {"2025-11-25", "2025-06-18", NULL}; /* the best first */

/* Returns the result, or NULL with an error whose code is what JSON-RPC calls it. */
typedef JsonObject *(*Method)(const Tools *tools, JsonObject *params, GError **error);

static JsonObject *server_info(void)
{
        JsonObject *info = json_object_new();

        json_object_set_string_member(info, "name", "ouroboros");
        json_object_set_string_member(info, "title", "Ouroboros");
        json_object_set_string_member(info, "version", OUROBOROS_VERSION);
        return info;
}

static JsonObject *capabilities(void)
{
        JsonObject *tools = json_object_new();
        JsonObject *all = json_object_new();

        json_object_set_boolean_member(tools, "listChanged", FALSE);
        json_object_set_object_member(all, "tools", tools);
        return all;
}

static void describe_server(JsonObject *result)
{
        json_object_set_object_member(result, "capabilities", capabilities());
        json_object_set_object_member(result, "serverInfo", server_info());
        json_object_set_string_member(
                result, "instructions",
                "A durable memory shared by agents under a human's control. "
                "Calling tools needs a connection that the human has minted.");
}

static JsonObject *ping(const Tools *tools, JsonObject *params, GError **error)
{
        return json_object_new();
}

/* A client's version if it is known, else ours: it may then leave. */
static JsonObject *initialize(const Tools *tools, JsonObject *params, GError **error)
{
        const char *wanted = json_member_string(params, "protocolVersion", NULL);
        JsonObject *result = NULL;

        if (!wanted) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                                    "params.protocolVersion is required");
                return NULL;
        }
        result = json_object_new();
        json_object_set_string_member(result, "protocolVersion",
                                      g_strv_contains(versions, wanted) ? wanted : versions[0]);
        describe_server(result);
        return result;
}

static JsonObject *discover(const Tools *tools, JsonObject *params, GError **error)
{
        JsonObject *result = json_object_new();
        JsonArray *known = json_array_new();

        for (size_t i = 0; versions[i]; i++)
                json_array_add_string_element(known, versions[i]);
        json_object_set_array_member(result, "supportedVersions", known);
        describe_server(result);
        return result;
}

/* A tool as tools/list shows it. */
static JsonObject *describe_tool(const Tools *tools, const char *name)
{
        g_autoptr(JsonObject) given = tools_describe(tools, name, NULL);
        const Tool *tool = tools_find(tools, name);
        JsonObject *row = json_object_new(), *hints = json_object_new();

        json_object_set_string_member(row, "name", name);
        json_object_set_string_member(row, "description",
                                      json_member_string(given, "description", ""));
        json_object_set_member(row, "inputSchema", json_object_dup_member(given, "input_schema"));
        json_object_set_member(row, "outputSchema", json_object_dup_member(given, "output_schema"));
        json_object_set_boolean_member(hints, "readOnlyHint", tool->needs == TOOL_READ);
        json_object_set_boolean_member(hints, "openWorldHint", FALSE);
        json_object_set_object_member(row, "annotations", hints);
        return row;
}

static JsonObject *list_tools(const Tools *tools, JsonObject *params, GError **error)
{
        g_autofree char *after =
                cursor_key("tools", NULL, json_member_string(params, "cursor", NULL), error);
        g_autoptr(JsonObject) all = after ? tools_list(tools) : NULL;
        const char *last = NULL;

        if (!all)
                return NULL;
        JsonArray *rows = json_object_get_array_member(all, "tools");
        JsonArray *page = json_array_new();
        JsonObject *result = json_object_new();
        for (guint i = 0; i < json_array_get_length(rows); i++) {
                const char *name = json_object_get_string_member(
                        json_array_get_object_element(rows, i), "name");
                if (strcmp(name, after) <= 0)
                        continue;
                if (json_array_get_length(page) == LIST_PAGE) {
                        g_autofree char *next = cursor_new("tools", NULL, last);
                        json_object_set_string_member(result, "nextCursor", next);
                        break;
                }
                json_array_add_object_element(page, describe_tool(tools, name));
                last = name;
        }
        json_object_set_array_member(result, "tools", page);
        return result;
}

static JsonObject *call_tool(const Tools *tools, JsonObject *params, GError **error)
{
        g_set_error_literal(
                error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                "An agent needs a connection to call tools, and connections are minted by "
                "the human; this version of Ouroboros cannot mint any yet");
        return NULL;
}

static const struct {
        const char *name;
        Method method;
} methods[] = {
        {"ping", ping},
        {"initialize", initialize},
        {"server/discover", discover},
        {"tools/list", list_tools},
        {"tools/call", call_tool},
};

static Method find_method(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
                if (g_str_equal(methods[i].name, name))
                        return methods[i].method;
        return NULL;
}

/* {"jsonrpc", "id"} of an answer; id NULL is null. */
static JsonObject *envelope(JsonNode *id)
{
        JsonObject *answer = json_object_new();

        json_object_set_string_member(answer, "jsonrpc", "2.0");
        if (id)
                json_object_set_member(answer, "id", json_node_copy(id));
        else
                json_object_set_null_member(answer, "id");
        return answer;
}

static char *error_answer(JsonNode *id, int code, const char *message, const char *name)
{
        g_autoptr(JsonObject) answer = envelope(id);
        JsonObject *error = json_object_new();

        json_object_set_int_member(error, "code", code);
        json_object_set_string_member(error, "message", message);
        if (name) {
                JsonObject *data = json_object_new();
                json_object_set_string_member(data, "code", name);
                json_object_set_object_member(error, "data", data);
        }
        json_object_set_object_member(answer, "error", error);
        return json_print_object(answer);
}

char *jsonrpc_error(int code, const char *message)
{
        return error_answer(NULL, code, message, NULL);
}

static bool is_id(JsonNode *id)
{
        return JSON_NODE_HOLDS_VALUE(id) && (json_node_get_value_type(id) == G_TYPE_STRING ||
                                             json_node_get_value_type(id) == G_TYPE_INT64);
}

static char *run(const Tools *tools, JsonNode *id, const char *name, JsonObject *params)
{
        g_autoptr(JsonObject) none = json_object_new();
        g_autoptr(GError) error = NULL;
        Method method = find_method(name);

        if (!method) {
                g_autofree char *message = g_strdup_printf("There is no method \"%.80s\"", name);
                return error_answer(id, JSONRPC_METHOD_NOT_FOUND, message, NULL);
        }
        JsonObject *result = method(tools, params ? params : none, &error);
        if (!result) {
                const ErrorRow *row = error_row(error_code(error));
                return error_answer(id, row->jsonrpc, error->message, row->name);
        }
        g_autoptr(JsonObject) answer = envelope(id);
        json_object_set_object_member(answer, "result", result);
        return json_print_object(answer);
}

/* Is it a request or notification in form? ret_why says what is wrong. */
static bool check_form(JsonObject *message, const char **ret_why)
{
        JsonNode *id = json_object_get_member(message, "id");
        JsonNode *params = json_object_get_member(message, "params");

        if (g_strcmp0(json_member_string(message, "jsonrpc", NULL), "2.0") != 0)
                *ret_why = "\"jsonrpc\" must be \"2.0\"";
        else if (id && !is_id(id))
                *ret_why = "\"id\" must be a string or an integer";
        else if (params && !JSON_NODE_HOLDS_OBJECT(params))
                *ret_why = "\"params\" must be an object";
        else
                return true;
        return false;
}

char *jsonrpc_answer(const Tools *tools, const char *text, size_t length)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonNode) node = json_parse_text(text, (gssize)length, &error);
        const char *why;

        if (!node)
                return jsonrpc_error(JSONRPC_PARSE_ERROR, error->message);
        if (!JSON_NODE_HOLDS_OBJECT(node))
                return jsonrpc_error(JSONRPC_INVALID_REQUEST, "A message is one JSON object");
        JsonObject *message = json_node_get_object(node);
        if (!check_form(message, &why))
                return jsonrpc_error(JSONRPC_INVALID_REQUEST, why);
        const char *method = json_member_string(message, "method", NULL);
        JsonNode *id = json_object_get_member(message, "id");
        if (!method) {
                /* an answer to a request of ours; there are none */
                if (json_object_has_member(message, "result") ||
                    json_object_has_member(message, "error"))
                        return NULL;
                return error_answer(id, JSONRPC_INVALID_REQUEST, "\"method\" must be a string",
                                    NULL);
        }
        if (!id)
                return NULL;
        return run(tools, id, method, json_member_object(message, "params"));
}
