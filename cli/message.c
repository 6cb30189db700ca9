/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "message.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/base.h"

static JsonNode *read_value(sd_bus_message *message, unsigned depth);

/* Integers of every width, as 64 bits. */
static JsonNode *read_number(sd_bus_message *message, char type)
{
        union {
                uint8_t y;
                int16_t n;
                uint16_t q;
                int32_t i;
                uint32_t u;
                int64_t x;
                uint64_t t;
        } value = {0};
        int64_t number = 0;
        (void)sd_bus_message_read_basic(message, type, &value);
        switch (type) {
        case 'y':
                number = value.y;
                break;
        case 'n':
                number = value.n;
                break;
        case 'q':
                number = value.q;
                break;
        case 'i':
                number = value.i;
                break;
        case 'u':
                number = value.u;
                break;
        default: /* x, t */
                number = value.x;
        }
        return json_node_init_int(json_node_alloc(), number);
}

static JsonNode *read_basic(sd_bus_message *message, char type)
{
        if (type == 'b') {
                int value = 0;
                (void)sd_bus_message_read_basic(message, 'b', &value);
                return json_node_init_boolean(json_node_alloc(), value);
        }
        if (type == 'd') {
                double value = 0;
                (void)sd_bus_message_read_basic(message, 'd', &value);
                return json_node_init_double(json_node_alloc(), value);
        }
        if (strchr("sog", type)) {
                const char *value = "";
                (void)sd_bus_message_read_basic(message, type, &value);
                return json_node_init_string(json_node_alloc(), value);
        }
        if (strchr("ynqiuxt", type))
                return read_number(message, type);
        (void)sd_bus_message_skip(message, NULL); /* a file descriptor is nothing to print */
        return json_node_init_null(json_node_alloc());
}

static JsonNode *read_dictionary(sd_bus_message *message, const char *contents, unsigned depth)
{
        g_autoptr(JsonObject) object = json_object_new();
        g_autofree char *entry = g_strndup(contents + 1, strlen(contents) - 2);
        while (sd_bus_message_enter_container(message, 'e', entry) > 0) {
                g_autoptr(JsonNode) key = read_value(message, depth + 1);
                JsonNode *value = read_value(message, depth + 1);
                if (key && value && JSON_NODE_HOLDS_VALUE(key) && json_node_get_string(key))
                        json_object_set_member(object, json_node_get_string(key), value);
                else if (value)
                        json_node_unref(value);
                (void)sd_bus_message_exit_container(message);
        }
        return json_node_init_object(json_node_alloc(), object);
}

static JsonNode *read_sequence(sd_bus_message *message, unsigned depth)
{
        g_autoptr(JsonArray) array = json_array_new();
        for (JsonNode *value; (value = read_value(message, depth + 1));)
                json_array_add_element(array, value);
        return json_node_init_array(json_node_alloc(), array);
}

/* The next value, or NULL at the end of the container. */
static JsonNode *read_value(sd_bus_message *message, unsigned depth)
{
        char type = 0;
        const char *contents = NULL;
        if (depth > JSON_DEPTH_MAX || sd_bus_message_peek_type(message, &type, &contents) <= 0)
                return NULL;
        if (!strchr("avr", type))
                return read_basic(message, type);
        g_autofree char *inner = g_strdup(contents);
        if (sd_bus_message_enter_container(message, type, inner) <= 0)
                return NULL;
        JsonNode *node = NULL;
        if (type == 'v')
                node = read_value(message, depth + 1);
        else if (type == 'a' && inner[0] == '{')
                node = read_dictionary(message, inner, depth);
        else
                node = read_sequence(message, depth);
        (void)sd_bus_message_exit_container(message);
        return node;
}

JsonNode *message_to_json(sd_bus_message *message)
{
        g_autoptr(JsonNode) all = read_sequence(message, 0);
        JsonArray *values = json_node_get_array(all);
        if (json_array_get_length(values) == 0)
                return json_node_init_null(json_node_alloc());
        if (json_array_get_length(values) == 1)
                return json_array_dup_element(values, 0);
        return g_steal_pointer(&all);
}

/* ---- JSON to message ---- */

static int append_variant(sd_bus_message *message, JsonNode *node)
{
        bool scalar = JSON_NODE_HOLDS_VALUE(node);
        GType type = scalar ? json_node_get_value_type(node) : G_TYPE_INVALID;
        if (type == G_TYPE_INT64)
                return sd_bus_message_append(message, "v", "x", json_node_get_int(node));
        if (type == G_TYPE_DOUBLE)
                return sd_bus_message_append(message, "v", "d", json_node_get_double(node));
        if (type == G_TYPE_BOOLEAN)
                return sd_bus_message_append(message, "v", "b", (int)json_node_get_boolean(node));
        if (type == G_TYPE_STRING)
                return sd_bus_message_append(message, "v", "s", json_node_get_string(node));
        return -EINVAL;
}

static int append_dict(sd_bus_message *message, JsonNode *node)
{
        JsonObjectIter iter;
        const char *name = NULL;
        JsonNode *value = NULL;
        int r = JSON_NODE_HOLDS_OBJECT(node) ? sd_bus_message_open_container(message, 'a', "{sv}")
                                             : -EINVAL;
        if (r < 0)
                return r;
        json_object_iter_init_ordered(&iter, json_node_get_object(node));
        while (r >= 0 && json_object_iter_next_ordered(&iter, &name, &value)) {
                if ((r = sd_bus_message_open_container(message, 'e', "sv")) < 0 ||
                    (r = sd_bus_message_append_basic(message, 's', name)) < 0 ||
                    (r = append_variant(message, value)) < 0)
                        return r;
                r = sd_bus_message_close_container(message);
        }
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_dicts(sd_bus_message *message, JsonNode *node)
{
        int r = JSON_NODE_HOLDS_ARRAY(node) ? sd_bus_message_open_container(message, 'a', "a{sv}")
                                            : -EINVAL;
        JsonArray *rows = r >= 0 ? json_node_get_array(node) : NULL;
        for (unsigned i = 0; r >= 0 && i < json_array_get_length(rows); i++)
                r = append_dict(message, json_array_get_element(rows, i));
        return r < 0 ? r : sd_bus_message_close_container(message);
}

int message_append_json(sd_bus_message *message, const char *signature, JsonArray *values)
{
        int r = 0;
        for (unsigned i = 0; r >= 0 && *signature; i++) {
                JsonNode *node = json_array_get_element(values, i);
                if (g_str_has_prefix(signature, "aa{sv}"))
                        r = append_dicts(message, node);
                else if (g_str_has_prefix(signature, "a{sv}"))
                        r = append_dict(message, node);
                else if (*signature == 's')
                        r = sd_bus_message_append_basic(message, 's', json_node_get_string(node));
                else
                        return -EINVAL;
                signature += *signature == 's' ? 1 : signature[1] == 'a' ? 6 : 5;
        }
        return r;
}
