/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON-RPC 2.0 as MCP uses it: one object is one message, an id is a string or an integer, params are an object. What
 * we say is written as text, piece by piece, since a message is said once and its parts may be large. */
#pragma once

#include <json-glib/json-glib.h>

#include "base/base.h"

#define JSONRPC_PARSE_ERROR      (-32700)
#define JSONRPC_INVALID_REQUEST  (-32600)
#define JSONRPC_METHOD_NOT_FOUND (-32601)
#define JSONRPC_INVALID_PARAMS   (-32602)

typedef struct Message {
        JsonNode *root;     /* the whole, of which the rest is borrowed */
        JsonNode *id;       /* NULL: of a notification */
        const char *method; /* NULL: it is a reply to a request of ours */
        JsonObject *params; /* NULL: none */
        JsonObject *result; /* of a reply: one of these two */
        JsonObject *error;
} Message;

/* NULL for what is none; then ret_refusal is the answer to it, which the caller frees. */
Message *message_parse(const char *text, size_t length, char **ret_refusal);
Message *message_free(Message *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_free)

static inline bool message_is_request(const Message *message)
{
        return message->method && message->id;
}

/* An id as a key of tables: "s:abc" or "i:7"; the caller frees. */
char *message_id_key(JsonNode *id);

/* Begins the next member of an object that is being written: comma, name, colon. */
void message_member(GString *out, const char *name);
void message_string(GString *out, const char *name, const char *value);
void message_int(GString *out, const char *name, int64_t value);
void message_node(GString *out, const char *name, JsonNode *value);

/* {"jsonrpc":"2.0","id":… of an answer to id; id NULL: none. The writer adds result or error and closes the object. */
GString *message_answer(JsonNode *id);

/* An error in answer to id (NULL: to what had none), with data (borrowed, or NULL). The caller frees. */
char *message_error(JsonNode *id, int code, const char *text, JsonObject *data);

/* {"jsonrpc":"2.0","method":…,"params":{ of a notification, or of a request if id is not 0; message_end() closes both
 * and gives the text, which the caller frees. */
GString *message_begin(const char *method, uint64_t id);
char *message_end(GString *out);
