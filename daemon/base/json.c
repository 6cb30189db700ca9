/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A strict RFC 8259 reader that builds json-glib nodes. json-glib's own parser is a tolerant one
 * (comments, assignments, lone surrogates) that recurses without a bound; input of strangers needs
 * the opposite. Its writer leaves some control characters bare and rounds numbers; so writing is here
 * too. The nodes are json-glib's. */
#include "base/json.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>
#include <math.h>
#include <string.h>

typedef struct Reader {
        const char *start, *at, *end;
        unsigned depth;
        GError **error;
} Reader;

static JsonNode *read_value(Reader *reader);

static bool refuse(Reader *reader, const char *reason)
{
        if (!reader->error || !*reader->error)
                g_set_error(reader->error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "bad JSON at byte %zu: %s", (size_t)(reader->at - reader->start),
                            reason);
        return false;
}

static void skip_space(Reader *reader)
{
        while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                            *reader->at == '\t' || *reader->at == '\r'))
                reader->at++;
}

static bool take(Reader *reader, char c)
{
        if (reader->at >= reader->end || *reader->at != c)
                return false;
        reader->at++;
        return true;
}

static bool read_hex4(Reader *reader, gunichar *ret)
{
        gunichar value = 0;

        if (reader->end - reader->at < 4)
                return refuse(reader, "\\u needs four hex digits");
        for (unsigned i = 0; i < 4; i++) {
                int digit = g_ascii_xdigit_value(reader->at[i]);

                if (digit < 0)
                        return refuse(reader, "\\u needs four hex digits");
                value = value << 4 | (gunichar)digit;
        }
        reader->at += 4;
        *ret = value;
        return true;
}

static bool read_unicode_escape(Reader *reader, GString *out)
{
        gunichar c, low;

        if (!read_hex4(reader, &c))
                return false;
        if (c == 0)
                return refuse(reader, "\\u0000 is not allowed");
        if (c >= 0xdc00 && c <= 0xdfff)
                return refuse(reader, "half of a surrogate pair");
        if (c >= 0xd800 && c <= 0xdbff) {
                if (!take(reader, '\\') || !take(reader, 'u'))
                        return refuse(reader, "half of a surrogate pair");
                if (!read_hex4(reader, &low))
                        return false;
                if (low < 0xdc00 || low > 0xdfff)
                        return refuse(reader, "half of a surrogate pair");
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
        g_string_append_unichar(out, c);
        return true;
}

static bool read_escape(Reader *reader, GString *out)
{
        static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
        const char *name;

        if (reader->at >= reader->end)
                return refuse(reader, "the string does not end");
        if (*reader->at == 'u') {
                reader->at++;
                return read_unicode_escape(reader, out);
        }
        name = strchr(names, *reader->at);
        if (!name)
                return refuse(reader, "unknown escape");
        g_string_append_c(out, values[name - names]);
        reader->at++;
        return true;
}

/* The text between quotes; NULL on error. */
static char *read_string(Reader *reader)
{
        const char *run = ++reader->at;
        g_autoptr(GString) out = NULL;

        while (reader->at < reader->end && *reader->at != '"') {
                if ((unsigned char)*reader->at < 0x20) {
                        refuse(reader, "a control character in a string must be escaped");
                        return NULL;
                }
                if (*reader->at != '\\') {
                        reader->at++;
                        continue;
                }
                if (!out)
                        out = g_string_new(NULL);
                g_string_append_len(out, run, reader->at - run);
                reader->at++;
                if (!read_escape(reader, out))
                        return NULL;
                run = reader->at;
        }
        if (reader->at >= reader->end) {
                refuse(reader, "the string does not end");
                return NULL;
        }
        reader->at++;
        if (!out)
                return g_strndup(run, (gsize)(reader->at - 1 - run));
        g_string_append_len(out, run, reader->at - 1 - run);
        return g_string_free(g_steal_pointer(&out), FALSE);
}

static unsigned skip_digits(Reader *reader)
{
        const char *from = reader->at;

        while (reader->at < reader->end && g_ascii_isdigit(*reader->at))
                reader->at++;
        return (unsigned)(reader->at - from);
}

static JsonNode *number_node(Reader *reader, const char *from, bool is_int)
{
        g_autofree char *text = g_strndup(from, (gsize)(reader->at - from));

        errno = 0;
        if (is_int) {
                int64_t value = g_ascii_strtoll(text, NULL, 10);

                if (errno == 0)
                        return json_node_init_int(json_node_alloc(), value);
                refuse(reader, "the integer does not fit in 64 bits");
                return NULL;
        }
        double value = g_ascii_strtod(text, NULL);
        if (isfinite(value))
                return json_node_init_double(json_node_alloc(), value);
        refuse(reader, "the number is too large");
        return NULL;
}

static JsonNode *read_number(Reader *reader)
{
        const char *from = reader->at;
        bool is_int = true;

        take(reader, '-');
        if (!take(reader, '0') && !skip_digits(reader))
                return refuse(reader, "not a JSON value"), NULL;
        if (take(reader, '.')) {
                is_int = false;
                if (!skip_digits(reader))
                        return refuse(reader, "digits must follow the point"), NULL;
        }
        if (take(reader, 'e') || take(reader, 'E')) {
                is_int = false;
                if (!take(reader, '+'))
                        take(reader, '-');
                if (!skip_digits(reader))
                        return refuse(reader, "digits must follow the exponent's e"), NULL;
        }
        return number_node(reader, from, is_int);
}

static JsonNode *read_array(Reader *reader)
{
        g_autoptr(JsonArray) array = json_array_new();

        reader->at++;
        skip_space(reader);
        if (!take(reader, ']'))
                for (;;) {
                        JsonNode *element = read_value(reader);

                        if (!element)
                                return NULL;
                        json_array_add_element(array, element);
                        skip_space(reader);
                        if (take(reader, ']'))
                                break;
                        if (!take(reader, ','))
                                return refuse(reader, "a comma or ] must follow"), NULL;
                }
        return json_node_init_array(json_node_alloc(), array);
}

static bool read_member(Reader *reader, JsonObject *object)
{
        g_autofree char *name = NULL;
        JsonNode *value;

        skip_space(reader);
        if (reader->at >= reader->end || *reader->at != '"')
                return refuse(reader, "a member name in quotes must follow");
        name = read_string(reader);
        if (!name)
                return false;
        if (json_object_has_member(object, name))
                return refuse(reader, "the member stands twice in its object");
        skip_space(reader);
        if (!take(reader, ':'))
                return refuse(reader, "a colon must follow");
        value = read_value(reader);
        if (!value)
                return false;
        json_object_set_member(object, name, value);
        return true;
}

static JsonNode *read_object(Reader *reader)
{
        g_autoptr(JsonObject) object = json_object_new();

        reader->at++;
        skip_space(reader);
        if (!take(reader, '}'))
                for (;;) {
                        if (!read_member(reader, object))
                                return NULL;
                        skip_space(reader);
                        if (take(reader, '}'))
                                break;
                        if (!take(reader, ','))
                                return refuse(reader, "a comma or } must follow"), NULL;
                }
        return json_node_init_object(json_node_alloc(), object);
}

static bool read_word(Reader *reader, const char *word)
{
        size_t length = strlen(word);

        if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
                return false;
        reader->at += length;
        return true;
}

static JsonNode *read_container(Reader *reader)
{
        JsonNode *node;

        if (++reader->depth > JSON_DEPTH_MAX) {
                g_set_error(reader->error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the JSON is nested deeper than %d levels (JSON_DEPTH_MAX)",
                            JSON_DEPTH_MAX);
                return NULL;
        }
        node = *reader->at == '{' ? read_object(reader) : read_array(reader);
        reader->depth--;
        return node;
}

static JsonNode *read_value(Reader *reader)
{
        skip_space(reader);
        if (reader->at >= reader->end)
                return refuse(reader, "the text ends too early"), NULL;
        if (*reader->at == '{' || *reader->at == '[')
                return read_container(reader);
        if (*reader->at == '"') {
                g_autofree char *string = read_string(reader);

                return string ? json_node_init_string(json_node_alloc(), string) : NULL;
        }
        if (read_word(reader, "true"))
                return json_node_init_boolean(json_node_alloc(), TRUE);
        if (read_word(reader, "false"))
                return json_node_init_boolean(json_node_alloc(), FALSE);
        if (read_word(reader, "null"))
                return json_node_init_null(json_node_alloc());
        return read_number(reader);
}

static bool check_bytes(const char *text, size_t length, GError **error)
{
        const char *bad;

        if (length > JSON_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "the JSON is %zu bytes long, over the limit of %d (JSON_BYTES_MAX)",
                            length, JSON_BYTES_MAX);
                return false;
        }
        if (!g_utf8_validate_len(text, length, &bad)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "bad JSON at byte %zu: %s", (size_t)(bad - text),
                            (size_t)(bad - text) < length && !*bad ? "a NUL byte" : "not UTF-8");
                return false;
        }
        return true;
}

JsonNode *json_parse_text(const char *text, gssize length, GError **error)
{
        size_t bytes = length < 0 ? strlen(text) : (size_t)length;
        Reader reader = {.start = text, .at = text, .end = text + bytes, .error = error};
        g_autoptr(JsonNode) node = NULL;

        if (!check_bytes(text, bytes, error))
                return NULL;
        node = read_value(&reader);
        if (!node)
                return NULL;
        skip_space(&reader);
        if (reader.at != reader.end)
                return refuse(&reader, "something follows the value"), NULL;
        return g_steal_pointer(&node);
}

JsonObject *json_parse_object(const char *text, gssize length, GError **error)
{
        g_autoptr(JsonNode) node = json_parse_text(text, length, error);

        if (!node)
                return NULL;
        if (!JSON_NODE_HOLDS_OBJECT(node)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "the JSON must be an object, it is %s", json_node_type_name(node));
                return NULL;
        }
        return json_node_dup_object(node);
}

static void write_string(GString *out, const char *text)
{
        g_string_append_c(out, '"');
        for (const char *at = text; *at; at++) {
                size_t plain = 0;

                while ((unsigned char)at[plain] >= 0x20 && at[plain] != '"' && at[plain] != '\\')
                        plain++;
                g_string_append_len(out, at, (gssize)plain);
                at += plain;
                if (!*at)
                        break;
                if (*at == '"' || *at == '\\')
                        g_string_append_printf(out, "\\%c", *at);
                else if (*at == '\n')
                        g_string_append(out, "\\n");
                else if (*at == '\t')
                        g_string_append(out, "\\t");
                else
                        g_string_append_printf(out, "\\u%04x", (unsigned)*at);
        }
        g_string_append_c(out, '"');
}

/* The shortest of two spellings that reads back as the same double, never looking like an integer. */
static void write_double(GString *out, double value)
{
        char text[G_ASCII_DTOSTR_BUF_SIZE];

        if (!isfinite(value)) { /* JSON has no word for it */
                g_string_append(out, "null");
                return;
        }
        g_ascii_formatd(text, sizeof text, "%.15g", value);
        if (g_ascii_strtod(text, NULL) != value)
                g_ascii_formatd(text, sizeof text, "%.17g", value);
        g_string_append(out, text);
        if (!strpbrk(text, ".e"))
                g_string_append(out, ".0");
}

static void write_value(GString *out, JsonNode *node)
{
        GType type = json_node_get_value_type(node);

        if (type == G_TYPE_STRING)
                write_string(out, json_node_get_string(node));
        else if (type == G_TYPE_INT64)
                g_string_append_printf(out, "%" G_GINT64_FORMAT, json_node_get_int(node));
        else if (type == G_TYPE_DOUBLE)
                write_double(out, json_node_get_double(node));
        else
                g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
}

static void write_node(GString *out, JsonNode *node);

static void write_object(GString *out, JsonObject *object)
{
        JsonObjectIter members;
        const char *name, *comma = "";
        JsonNode *value;

        g_string_append_c(out, '{');
        json_object_iter_init_ordered(&members, object);
        while (json_object_iter_next_ordered(&members, &name, &value)) {
                g_string_append(out, comma);
                write_string(out, name);
                g_string_append_c(out, ':');
                write_node(out, value);
                comma = ",";
        }
        g_string_append_c(out, '}');
}

static void write_array(GString *out, JsonArray *array)
{
        g_string_append_c(out, '[');
        for (unsigned i = 0; i < json_array_get_length(array); i++) {
                if (i > 0)
                        g_string_append_c(out, ',');
                write_node(out, json_array_get_element(array, i));
        }
        g_string_append_c(out, ']');
}

static void write_node(GString *out, JsonNode *node)
{
        if (JSON_NODE_HOLDS_OBJECT(node))
                write_object(out, json_node_get_object(node));
        else if (JSON_NODE_HOLDS_ARRAY(node))
                write_array(out, json_node_get_array(node));
        else if (JSON_NODE_HOLDS_VALUE(node))
                write_value(out, node);
        else
                g_string_append(out, "null");
}

char *json_print_node(JsonNode *node)
{
        GString *out = g_string_new(NULL);

        write_node(out, node);
        return g_string_free(out, FALSE);
}

char *json_print_object(JsonObject *object)
{
        GString *out = g_string_new(NULL);

        write_object(out, object);
        return g_string_free(out, FALSE);
}

/* A member of a value type, NULL for null, absent, array and object. */
static JsonNode *member_value(JsonObject *object, const char *name)
{
        JsonNode *node = object ? json_object_get_member(object, name) : NULL;

        return node && JSON_NODE_HOLDS_VALUE(node) ? node : NULL;
}

const char *json_member_string(JsonObject *object, const char *name, const char *fallback)
{
        JsonNode *node = member_value(object, name);

        return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node)
                                                                       : fallback;
}

int64_t json_member_int(JsonObject *object, const char *name, int64_t fallback)
{
        JsonNode *node = member_value(object, name);

        return node && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node)
                                                                      : fallback;
}

double json_member_double(JsonObject *object, const char *name, double fallback)
{
        JsonNode *node = member_value(object, name);

        if (node && json_node_get_value_type(node) == G_TYPE_DOUBLE)
                return json_node_get_double(node);
        if (node && json_node_get_value_type(node) == G_TYPE_INT64) /* 1 is a number like 1.0 */
                return (double)json_node_get_int(node);
        return fallback;
}

bool json_member_bool(JsonObject *object, const char *name, bool fallback)
{
        JsonNode *node = member_value(object, name);

        return node && json_node_get_value_type(node) == G_TYPE_BOOLEAN
                       ? json_node_get_boolean(node)
                       : fallback;
}

JsonArray *json_member_array(JsonObject *object, const char *name)
{
        JsonNode *node = object ? json_object_get_member(object, name) : NULL;

        return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

JsonObject *json_member_object(JsonObject *object, const char *name)
{
        JsonNode *node = object ? json_object_get_member(object, name) : NULL;

        return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

void json_set_string(JsonObject *object, const char *name, const char *value)
{
        if (value)
                json_object_set_string_member(object, name, value);
        else
                json_object_set_null_member(object, name);
}

void json_set_time(JsonObject *object, const char *name, int64_t time_us)
{
        g_autofree char *text = clock_to_iso(time_us);

        json_object_set_string_member(object, name, text);
}
