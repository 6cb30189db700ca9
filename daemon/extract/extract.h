/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parsers behind ouroboros-extract: bytes of a file in, text and structure out. No file system, no
 * network, no threads. */
#pragma once

#include <glib-object.h>

#include "extract/charset.h"
#include "extract/output.h"

/* What libraries load on first use, loaded beforehand because a confined process cannot. */
typedef struct Extract {
        Charsets *charsets;
        GObject *poppler;
        Output *output;
} Extract;

Extract *extract_new(void);
Extract *extract_free(Extract *extract);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extract, extract_free)

/* The file to parse; the bytes outlive the call. */
typedef struct ExtractFile {
        const char *bytes;
        size_t length;
        const char *name;      /* hint at the type, may be "" */
        size_t text_bytes_max; /* longest text */
} ExtractFile;

/* Parses a file into EXTRACT_RESULT_TYPE, which borrows from extract until the next call. The caller
 * unrefs it. Errors: INVALID (not a supported type, malformed), LIMIT (too long, too deep, too much). */
GVariant *extract_run(Extract *extract, const ExtractFile *file, GError **error);
