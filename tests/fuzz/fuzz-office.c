/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DOCX, ODT and other ZIPs. */
#include "fuzz.h"

#include "fuzz-extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        fuzz_extract("x.docx", (const char *)data, size);
        return 0;
}
