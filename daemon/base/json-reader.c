/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A strict RFC 8259 reader that builds json-glib nodes. json-glib's own parser is a tolerant one
 * (comments, assignments, lone surrogates) that recurses without a bound; input of strangers needs
 * the opposite. */
#include "base/json.h"

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
