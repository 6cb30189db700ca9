/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a file holds: it gives an error of ours, or a result that the daemon believes. */
#pragma once

#include <unistd.h>

#include "documents/extraction.h"
#include "extract/extract.h"
#include "extract/document.h"

static inline void fuzz_extract(const char *name, const char *bytes, size_t length)
{
        static Extract *extract; /* a new one for each input would be slow */
        g_autoptr(GError) error = NULL;

        if (!extract)
                extract = extract_new();
        ExtractFile file = {length ? bytes : "", length, name, 1024 * 1024};
        g_autoptr(GVariant) result = extract_run(extract, &file, &error);
        if (!result) {
                g_assert_true(error && error->domain == OUROBOROS_ERROR);
                return;
        }
        int memfd = document_pack(result, &error);
        g_assert_no_error(error);
        g_autoptr(Extraction) extraction = extraction_from_memfd(memfd, &error);
        g_assert_no_error(error);
        g_assert_null(memchr(extraction->text, '\r', extraction->text_bytes));
        close(memfd);
}
