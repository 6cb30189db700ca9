/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markdown with its front matter. */
#include "fuzz.h"

#include "fuzz-extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        fuzz_extract("x.md", (const char *)data, size);
        return 0;
}
