/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of any kind: the first line, if it begins with "name:", is the file's name. */
#include "fuzz.h"

#include <string.h>

#include "fuzz-extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *text = (const char *)data, *line = size ? memchr(text, '\n', size) : NULL;
        g_autofree char *name = NULL;

        if (line && size > 5 && memcmp(text, "name:", 5) == 0) {
                name = g_utf8_make_valid(text + 5, line - text - 5);
                size -= (size_t)(line + 1 - text);
                text = line + 1;
        }
        fuzz_extract(name ? name : "x.txt", text, size);
        return 0;
}
