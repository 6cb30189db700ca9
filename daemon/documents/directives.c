/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the directives, which are a resource of the program. */
#include "documents/directives.h"

#include <gio/gio.h>

#define DIRECTIVES "/org/ouroboros/documents/directives.json"

static JsonObject *load(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes =
                g_resources_lookup_data(DIRECTIVES, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
        JsonObject *root = NULL;

        if (bytes)
                root = json_parse_object(g_bytes_get_data(bytes, NULL),
                                         (gssize)g_bytes_get_size(bytes), &error);
        if (!root)
                g_error("%s: %s", DIRECTIVES, error->message); /* it is linked into the program */
        return root;
}

static void add_all(JsonArray *to, JsonArray *from)
{
        for (unsigned i = 0; from && i < json_array_get_length(from); i++)
                json_array_add_string_element(to, json_array_get_string_element(from, i));
}

JsonArray *directives_for(const char *profile, unsigned features)
{
        g_autoptr(JsonObject) root = load();
        g_autofree char *names = features_to_json(features);
        g_autoptr(JsonNode) list = json_from_string(names, NULL);
        JsonObject *by_feature = json_member_object(root, "features");
        JsonArray *directives = json_array_new(), *wanted = json_node_get_array(list);

        add_all(directives, json_member_array(root, "general"));
        add_all(directives, json_member_array(json_member_object(root, "profiles"), profile));
        for (unsigned i = 0; i < json_array_get_length(wanted); i++)
                add_all(directives,
                        json_member_array(by_feature, json_array_get_string_element(wanted, i)));
        return directives;
}
