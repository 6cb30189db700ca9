/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A header's value that stands for another: what it stands for is text without a NUL, and one that is not in the
 * Base64 form stands for itself. */
#include <glib.h>
#include <string.h>

#include "fuzz.h"
#include "http/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup(size ? (const char *)data : "", size);
        g_autofree char *value = header_decode(text);

        g_assert_true(!value || g_utf8_validate(value, -1, NULL));
        if (value && !g_str_has_prefix(text, "=?base64?"))
                g_assert_cmpstr(value, ==, text);
        return 0;
}
