/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits that a schema enforces have a name too, and it means the same.
 * Seen to fail: with EXECUTE_TIMEOUT_MS_MAX 30000. */
#include <gio/gio.h>

#include "execute/execute.h"

/* A number of a tool's schemas, by its path. */
static int64_t limit_of(const char *tool, const char *path)
{
        g_autofree char *name = g_strdup_printf("/org/ouroboros/schema/%s.json", tool);
        g_autoptr(GBytes) bytes = g_resources_lookup_data(name, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
        g_auto(GStrv) steps = g_strsplit(path, ".", -1);
        gsize size = 0;

        g_assert_nonnull(bytes);
        const char *text = g_bytes_get_data(bytes, &size);
        g_autoptr(JsonObject) schema = json_parse_object(text, (gssize)size, NULL);
        JsonObject *at = schema;
        g_assert_nonnull(at);
        unsigned last = g_strv_length(steps) - 1;
        for (unsigned i = 0; i < last; i++) {
                at = json_member_object(at, steps[i]);
                g_assert_nonnull(at);
        }
        return json_member_int(at, steps[last], -1);
}

static void test_the_schemas_say_what_the_names_say(void)
{
        static const struct {
                const char *tool, *path;
                int64_t limit;
        } limits[] = {
                {"execute_code", "input.properties.timeout_ms.maximum", EXECUTE_TIMEOUT_MS_MAX},
                {"execute_code", "input.properties.timeout_ms.default", EXECUTE_TIMEOUT_MS},
                {"execute_code", "input.properties.code.maxLength", EXECUTE_CODE_CHARS_MAX},
                {"execute_code", "output.properties.calls.maxItems", EXECUTE_CALLS_MAX},
                {"read_resource", "input.properties.uri.maxLength", RESOURCE_URI_CHARS_MAX},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
                g_test_message("%s %s", limits[i].tool, limits[i].path);
                g_assert_cmpint(limit_of(limits[i].tool, limits[i].path), ==, limits[i].limit);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/execute/limits/the-schemas-say-what-the-names-say",
                        test_the_schemas_say_what_the_names_say);
        return g_test_run();
}
