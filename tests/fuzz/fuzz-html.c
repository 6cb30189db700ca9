/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML. */
#include "fuzz.h"

#include "fuzz-extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        fuzz_extract("x.html", (const char *)data, size);
        return 0;
}
