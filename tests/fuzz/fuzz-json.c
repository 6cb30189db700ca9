/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is accepted is written so that it reads back as the same. */
#include "fuzz.h"

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonNode) node = json_parse_text((const char *)data, (gssize)size, &error);

        g_assert_true((node == NULL) == (error != NULL));
        if (node) {
                g_autofree char *once = json_print_node(node);
                g_autoptr(JsonNode) back = json_parse_text(once, -1, NULL);
                g_autofree char *twice = json_print_node(back);

                g_assert_cmpstr(once, ==, twice);
        }
        return 0;
}
