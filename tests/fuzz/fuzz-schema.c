/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An array of a schema and a value: whatever they are, the check ends, and only with an error if not. */
#include "fuzz.h"

#include "base/base.h"
#include "tools/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonNode) node = json_parse_text((const char *)data, (gssize)size, NULL);

        if (!node || !JSON_NODE_HOLDS_ARRAY(node) ||
            json_array_get_length(json_node_get_array(node)) != 2)
                return 0;
        JsonArray *pair = json_node_get_array(node);
        g_autoptr(Schema) schema = schema_compile(json_array_get_element(pair, 0), &error);
        g_assert_true((schema != NULL) == (error == NULL));
        if (!schema)
                return 0;
        bool fits = schema_check(schema, json_array_get_element(pair, 1), /* fill= */ true, &error);
        g_assert_true(fits == (error == NULL));
        return 0;
}
