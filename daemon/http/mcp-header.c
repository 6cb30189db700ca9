/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the headers of an HTTP request repeat of its body since 2026-07-28, so that whoever looks at the one and whoever
 * looks at the other see the same: the version, the method, what it is about, and the arguments of a tool whose schema
 * says x-mcp-header. Values that a header cannot hold come as =?base64?…?=. */
#include <math.h>
#include <sodium.h>
#include <string.h>

#include "http/fault.h"
#include "http/header.h"
#include "http/mcp-private.h"

#define SENTINEL_BEGIN "=?base64?"
#define SENTINEL_END   "?="
#define SCHEMA_DEPTH   16 /* objects within objects in which an annotated argument is looked for */

/* Of visible ASCII, spaces and tabs. */
static bool is_plain(const char *value)
{
        for (const char *at = value; *at; at++)
                if ((*at < 0x20 && *at != '\t') || *at >= 0x7f)
                        return false;
        return true;
}

char *header_decode(const char *value)
{
        size_t length = strlen(value), begin = strlen(SENTINEL_BEGIN), end = strlen(SENTINEL_END);
        size_t decoded;

        if (!is_plain(value))
                return NULL;
        if (length < begin + end || !g_str_has_prefix(value, SENTINEL_BEGIN) ||
            !g_str_has_suffix(value, SENTINEL_END))
                return g_strdup(value);
        length -= begin + end;
        g_autofree char *text = g_malloc(length + 1);
        if (sodium_base642bin((unsigned char *)text, length, value + begin, length, NULL, &decoded,
                              NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
                return NULL;
        /* sodium stops at the end of what it understands */
        if (sodium_base64_ENCODED_LEN(decoded, sodium_base64_VARIANT_ORIGINAL) != length + 1)
                return NULL;
        text[decoded] = '\0';
        if (!g_utf8_validate_len(text, decoded, NULL))
                return NULL;
        return g_steal_pointer(&text);
}

static const char *header(const Turn *turn, const char *name)
{
        return turn->input->header(name, turn->input->data);
}

static bool mismatch(Turn *turn, const char *name, const char *why)
{
        turn_fail(turn, MCP_HEADER_MISMATCH, NULL, "Header mismatch: %s %s", name, why);
        return false;
}

static bool check_same(Turn *turn, const char *name, const char *given, const char *body)
{
        if (!given)
                return mismatch(turn, name, "is required");
        return g_str_equal(given, body) || mismatch(turn, name, "does not say what the body says");
}

/* The same where the sentinel may stand. */
static bool check_encoded(Turn *turn, const char *name, const char *body)
{
        const char *given = header(turn, name);
        g_autofree char *decoded = given ? header_decode(given) : NULL;

        if (given && !decoded)
                return mismatch(turn, name,
                                "has characters, or a Base64 form, that it must not have");
        return check_same(turn, name, decoded, body);
}

static bool check_name(Turn *turn)
{
        const char *method = turn->message->method;
        const char *member = g_str_equal(method, "resources/read") ? "uri" : "name";
        const char *name;

        if (!g_str_equal(method, "tools/call") && !g_str_equal(method, "prompts/get") &&
            !g_str_equal(method, "resources/read"))
                return true;
        name = json_member_string(turn->params, member, NULL);
        if (!name)
                return true; /* the method will say what is missing */
        return check_encoded(turn, "Mcp-Name", name);
}

/* ---- arguments ---- */

static bool same_number(const char *given, double value)
{
        char *end;
        double number = g_ascii_strtod(given, &end);

        return end != given && !*end && isfinite(number) && number == value;
}

static bool is_said(const char *given, JsonNode *value)
{
        GType type = json_node_get_value_type(value);

        if (type == G_TYPE_STRING)
                return g_str_equal(given, json_node_get_string(value));
        if (type == G_TYPE_BOOLEAN)
                return g_str_equal(given, json_node_get_boolean(value) ? "true" : "false");
        return same_number(given, type == G_TYPE_INT64 ? (double)json_node_get_int(value)
                                                       : json_node_get_double(value));
}

static bool check_argument(Turn *turn, const char *suffix, JsonNode *value)
{
        g_autofree char *name = g_strconcat("Mcp-Param-", suffix, NULL);
        const char *given = header(turn, name);
        g_autofree char *decoded = given ? header_decode(given) : NULL;

        if (!value || JSON_NODE_HOLDS_NULL(value))
                return !given || mismatch(turn, name, "stands for an argument that is not there");
        if (!JSON_NODE_HOLDS_VALUE(value))
                return true; /* the schema will refuse it */
        if (!given)
                return mismatch(turn, name, "is required");
        if (!decoded)
                return mismatch(turn, name,
                                "has characters, or a Base64 form, that it must not have");
        return is_said(decoded, value) || mismatch(turn, name, "does not say what the body says");
}

/* Those of the arguments of an object that its schema has annotated, and of objects in it. */
static bool check_arguments(Turn *turn, JsonObject *schema, JsonObject *arguments, unsigned depth)
{
        JsonObject *properties = json_member_object(schema, "properties");
        JsonObjectIter members;
        const char *name;
        JsonNode *node;

        if (!properties || depth == 0)
                return true;
        json_object_iter_init(&members, properties);
        while (json_object_iter_next(&members, &name, &node)) {
                JsonObject *property =
                        JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
                const char *suffix = json_member_string(property, "x-mcp-header", NULL);
                JsonNode *value = arguments ? json_object_get_member(arguments, name) : NULL;
                if (suffix && !check_argument(turn, suffix, value))
                        return false;
                JsonObject *inner =
                        value && JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL;
                if (property && !check_arguments(turn, property, inner, depth - 1))
                        return false;
        }
        return true;
}

static bool check_call(Turn *turn)
{
        const char *name = json_member_string(turn->params, "name", NULL);
        JsonObject *schema;

        if (!name || !g_str_equal(turn->message->method, "tools/call"))
                return true;
        schema = listing_annotated(turn->mcp, name);
        return !schema ||
               check_arguments(turn, schema, json_member_object(turn->params, "arguments"),
                               SCHEMA_DEPTH);
}

bool header_check(Turn *turn)
{
        return FAULT("no-header-check") ||
               (check_same(turn, "MCP-Protocol-Version", header(turn, "MCP-Protocol-Version"),
                           meta_version(turn)) &&
                check_same(turn, "Mcp-Method", header(turn, "Mcp-Method"), turn->message->method) &&
                check_name(turn) && check_call(turn));
}
