/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading claims out of JSON. */
#include "graph/claim-arguments.h"

#include <math.h>

void claim_texts_init(ClaimTexts *texts)
{
        texts->texts = g_ptr_array_new_with_free_func(g_free);
        texts->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
}

void claim_texts_clear(ClaimTexts *texts)
{
        g_clear_pointer(&texts->texts, g_ptr_array_unref);
        g_clear_pointer(&texts->lists, g_ptr_array_unref);
}

/* The object as text, whatever JSON it came as. */
static char *read_object(JsonObject *args)
{
        JsonNode *node = json_object_get_member(args, "object");
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];

        if (!node || JSON_NODE_HOLDS_NULL(node))
                return NULL;
        if (JSON_NODE_HOLDS_VALUE(node))
                switch (json_node_get_value_type(node)) {
                case G_TYPE_STRING:
                        return json_node_dup_string(node);
                case G_TYPE_INT64:
                        return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
                case G_TYPE_DOUBLE:
                        return g_strdup(
                                g_ascii_dtostr(buffer, sizeof buffer, json_node_get_double(node)));
                case G_TYPE_BOOLEAN:
                        return g_strdup(json_node_get_boolean(node) ? "true" : "false");
                }
        return json_print_node(node);
}

static ObjectForm read_object_form(JsonObject *args)
{
        JsonNode *node = json_object_get_member(args, "object");

        if (!node || JSON_NODE_HOLDS_NULL(node))
                return OBJECT_AS_STRING; /* of which there must be one */
        if (!JSON_NODE_HOLDS_VALUE(node))
                return OBJECT_AS_STRUCTURE;
        return json_node_get_value_type(node) == G_TYPE_STRING ? OBJECT_AS_STRING : OBJECT_AS_VALUE;
}

static char *read_qualifiers(JsonObject *args)
{
        JsonObject *qualifiers = json_member_object(args, "qualifiers");

        return qualifiers ? json_print_object(qualifiers) : NULL;
}

/* Keeps a new string (NULL: none). */
static const char *keep(ClaimTexts *texts, char *text)
{
        if (text)
                g_ptr_array_add(texts->texts, text);
        return text;
}

bool claim_read(JsonObject *args, ClaimTexts *texts, Claim *ret, GError **error)
{
        char **supersedes = args_strings(args, "supersedes");

        if (supersedes)
                g_ptr_array_add(texts->lists, supersedes);
        ret->predicate = args_string(args, "predicate");
        ret->object = keep(texts, read_object(args));
        ret->object_form = read_object_form(args);
        ret->object_type = args_string(args, "object_type");
        ret->qualifiers = keep(texts, read_qualifiers(args));
        ret->quote = args_string(args, "quote");
        ret->document_id = args_string(args, "document_id") ?: ret->document_id;
        ret->quote_hint = json_member_int(args, "char_start", -1);
        ret->confidence = json_member_double(args, "confidence", NAN);
        ret->supersedes = (const char *const *)supersedes;
        return args_time(args, "observed_at", &ret->observed_at, error);
}
