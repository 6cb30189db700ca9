/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages: what form they must have, and writing them. */
#include "http/message.h"

static bool is_id(JsonNode *id)
{
        return JSON_NODE_HOLDS_VALUE(id) && (json_node_get_value_type(id) == G_TYPE_STRING ||
                                             json_node_get_value_type(id) == G_TYPE_INT64);
}

/* What is wrong with the form of a message, or NULL. */
static const char *fault_of(JsonObject *object)
{
        JsonNode *id = json_object_get_member(object, "id");
        JsonNode *method = json_object_get_member(object, "method");
        JsonNode *params = json_object_get_member(object, "params");

        if (g_strcmp0(json_member_string(object, "jsonrpc", NULL), "2.0") != 0)
                return "\"jsonrpc\" must be \"2.0\"";
        if (id && !is_id(id))
                return "\"id\" must be a string or an integer";
        if (method && !json_member_string(object, "method", NULL))
                return "\"method\" must be a string";
        if (params && !JSON_NODE_HOLDS_OBJECT(params))
                return "\"params\" must be an object";
        if (method)
                return NULL;
        if (!json_member_object(object, "result") == !json_member_object(object, "error"))
                return "A message has a \"method\", or as a reply one object \"result\" or \"error\"";
        return id || json_object_has_member(object, "error") ? NULL : "A reply needs its \"id\"";
}

static char *refuse(JsonNode *id, int code, const char *why)
{
        return message_error(id && is_id(id) ? id : NULL, code, why, NULL);
}

Message *message_parse(const char *text, size_t length, char **ret_refusal)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonNode) node = json_parse_text(text, (gssize)length, &error);

        if (!node) {
                *ret_refusal = refuse(NULL, JSONRPC_PARSE_ERROR, error->message);
                return NULL;
        }
        if (!JSON_NODE_HOLDS_OBJECT(node)) {
                *ret_refusal = refuse(NULL, JSONRPC_INVALID_REQUEST,
                                      "A message is one JSON object; batches are not taken");
                return NULL;
        }
        JsonObject *object = json_node_get_object(node);
        JsonNode *id = json_object_get_member(object, "id");
        const char *why = fault_of(object);
        if (why) {
                *ret_refusal = refuse(id, JSONRPC_INVALID_REQUEST, why);
                return NULL;
        }
        Message *message = g_new0(Message, 1);
        *message = (Message){
                .id = id,
                .method = json_member_string(object, "method", NULL),
                .params = json_member_object(object, "params"),
                .result = json_member_object(object, "result"),
                .error = json_member_object(object, "error"),
        };
        message->root = g_steal_pointer(&node);
        return message;
}

Message *message_free(Message *message)
{
        if (!message)
                return NULL;
        json_node_unref(message->root);
        g_free(message);
        return NULL;
}

char *message_id_key(JsonNode *id)
{
        if (json_node_get_value_type(id) == G_TYPE_STRING)
                return g_strconcat("s:", json_node_get_string(id), NULL);
        return g_strdup_printf("i:%" G_GINT64_FORMAT, json_node_get_int(id));
}

/* ---- writing ---- */

void message_member(GString *out, const char *name)
{
        if (out->len > 0 && out->str[out->len - 1] != '{')
                g_string_append_c(out, ',');
        g_string_append_c(out, '"');
        g_string_append(out, name);
        g_string_append(out, "\":");
}

void message_string(GString *out, const char *name, const char *value)
{
        message_member(out, name);
        json_write_string(out, value);
}

void message_int(GString *out, const char *name, int64_t value)
{
        message_member(out, name);
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value);
}

void message_node(GString *out, const char *name, JsonNode *value)
{
        message_member(out, name);
        json_write_node(out, value);
}

GString *message_answer(JsonNode *id)
{
        GString *out = g_string_sized_new(1024);

        g_string_append(out, "{\"jsonrpc\":\"2.0\"");
        if (id)
                message_node(out, "id", id);
        return out;
}

char *message_error(JsonNode *id, int code, const char *text, JsonObject *data)
{
        GString *out = message_answer(id);

        message_member(out, "error");
        g_string_append_c(out, '{');
        message_int(out, "code", code);
        message_string(out, "message", text);
        if (data) {
                message_member(out, "data");
                json_write_object(out, data);
        }
        g_string_append(out, "}}");
        return g_string_free(out, FALSE);
}

GString *message_begin(const char *method, uint64_t id)
{
        GString *out = g_string_sized_new(256);

        g_string_append(out, "{\"jsonrpc\":\"2.0\"");
        if (id > 0)
                message_int(out, "id", (int64_t)id);
        message_string(out, "method", method);
        message_member(out, "params");
        g_string_append_c(out, '{');
        return out;
}

char *message_end(GString *out)
{
        g_string_append(out, "}}");
        return g_string_free(out, FALSE);
}
