/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One walk over an answer, without printing it. */
#include "gate/shown.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

typedef struct Walk {
        Shown *shown;
        GHashTable *seen; /* the texts of those that were kept */
} Walk;

static void look_at_node(Walk *walk, JsonNode *node);

/* Bytes of a text between quotation marks, as it is escaped. */
static uint64_t text_bytes_escaped(const char *text)
{
        uint64_t bytes = 2;

        for (const unsigned char *p = (const unsigned char *)text; *p; p++)
                bytes += *p == '"' || *p == '\\' || *p == '\n' || *p == '\t' || *p == '\r' ||
                                         *p == '\b' || *p == '\f'
                                 ? 2
                                 : (*p < 0x20 || *p == 0x7f ? 6 : 1);
        return bytes;
}

static bool is_row_id(const char *text)
{
        static const char *const kinds[] = {"fact", "ent", "doc"};

        if (text[0] != 'f' && text[0] != 'e' && text[0] != 'd')
                return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (id_is_valid(text, kinds[i]))
                        return true;
        return false;
}

static void keep_id(Walk *walk, const char *text)
{
        Shown *shown = walk->shown;
        ShownId id;

        if (!shown->ids) {
                shown->ids = g_array_new(FALSE, FALSE, sizeof(ShownId));
                walk->seen = g_hash_table_new(g_str_hash, g_str_equal);
        }
        /* the texts of the answer outlive the walk */
        if (g_hash_table_contains(walk->seen, text))
                return;
        if (shown->ids->len >= READ_ROWS_PER_CALL_MAX) {
                shown->cut = true;
                return;
        }
        g_hash_table_add(walk->seen, (char *)text);
        g_strlcpy(id.text, text, sizeof id.text);
        g_array_append_val(shown->ids, id);
}

static uint64_t number_bytes(JsonNode *node)
{
        char text[G_ASCII_DTOSTR_BUF_SIZE];

        if (json_node_get_value_type(node) == G_TYPE_INT64)
                return (uint64_t)snprintf(text, sizeof text, "%" G_GINT64_FORMAT,
                                          json_node_get_int(node));
        return strlen(g_ascii_dtostr(text, sizeof text, json_node_get_double(node)));
}

static void look_at_value(Walk *walk, JsonNode *node)
{
        GType type = json_node_get_value_type(node);

        if (type == G_TYPE_STRING) {
                const char *text = json_node_get_string(node);

                walk->shown->bytes += text_bytes_escaped(text);
                if (is_row_id(text))
                        keep_id(walk, text);
        } else if (type == G_TYPE_BOOLEAN) {
                walk->shown->bytes += json_node_get_boolean(node) ? 4 : 5;
        } else {
                walk->shown->bytes += number_bytes(node);
        }
}

static void look_at_object(Walk *walk, JsonObject *object)
{
        JsonObjectIter iter;
        const char *name;
        JsonNode *node;
        unsigned count = json_object_get_size(object);

        walk->shown->bytes += 2 + (count ? count - 1 : 0);
        json_object_iter_init(&iter, object);
        while (json_object_iter_next(&iter, &name, &node)) {
                walk->shown->bytes += text_bytes_escaped(name) + 1;
                look_at_node(walk, node);
        }
}

static void look_at_node(Walk *walk, JsonNode *node)
{
        JsonArray *array;

        switch (json_node_get_node_type(node)) {
        case JSON_NODE_OBJECT:
                look_at_object(walk, json_node_get_object(node));
                break;
        case JSON_NODE_ARRAY:
                array = json_node_get_array(node);
                unsigned length = json_array_get_length(array);
                walk->shown->bytes += 2 + (length ? length - 1 : 0);
                for (unsigned i = 0; i < length; i++)
                        look_at_node(walk, json_array_get_element(array, i));
                break;
        case JSON_NODE_VALUE:
                look_at_value(walk, node);
                break;
        case JSON_NODE_NULL:
                walk->shown->bytes += 4;
                break;
        }
}

static uint64_t count_rows(JsonObject *answer)
{
        JsonObjectIter iter;
        JsonNode *node;
        uint64_t rows = 0;

        json_object_iter_init(&iter, answer);
        while (json_object_iter_next(&iter, NULL, &node))
                if (JSON_NODE_HOLDS_ARRAY(node))
                        rows += json_array_get_length(json_node_get_array(node));
        return rows;
}

void shown_look(Shown *shown, JsonObject *answer)
{
        Walk walk = {.shown = shown};

        *shown = (Shown){0};
        if (!answer)
                return;
        shown->rows = count_rows(answer);
        look_at_object(&walk, answer);
        g_clear_pointer(&walk.seen, g_hash_table_unref);
}

void shown_clear(Shown *shown)
{
        g_clear_pointer(&shown->ids, g_array_unref);
}

void digest_args(JsonObject *args, char ret[DIGEST_HEX])
{
        uint8_t hash[crypto_generichash_BYTES_MIN];
        g_autofree char *text = json_print_canonical(args);

        G_STATIC_ASSERT(2 * sizeof hash + 1 == DIGEST_HEX);
        (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)text, strlen(text),
                                 /* key= */ NULL, 0);
        (void)sodium_bin2hex(ret, DIGEST_HEX, hash, sizeof hash);
}
