/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file is: told from its bytes; the ending of its name only chooses among kinds of text. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum Format {
        FORMAT_TEXT,
        FORMAT_MARKDOWN,
        FORMAT_CODE,
        FORMAT_CSV,
        FORMAT_HTML,
        FORMAT_PDF,
        FORMAT_ZIP, /* DOCX, ODT or nothing of ours: its entries tell */
} Format;

typedef struct Kind {
        Format format;
        const char *mime;     /* literal */
        const char *language; /* of FORMAT_CODE, literal */
        const char *
                promise; /* ending of a name that promises a document we can read, or NULL; literal */
} Kind;

/* EXTRACT_UNSUPPORTED for bytes that are no format of ours, naming what they are, and for names that promise
 * nothing we read; INVALID for text whose name says that it is a PDF or office file. An empty file is text. */
bool sniff(const char *bytes, size_t length, const char *name, Kind *ret_kind, GError **error);
