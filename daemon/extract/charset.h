/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the bytes of a text file to valid UTF-8 with LF line ends. */
#pragma once

#include "extract/output.h"

typedef struct Charsets Charsets;

/* Opens the converters that web pages are commonly written in, before confinement. */
Charsets *charsets_new(void);
Charsets *charsets_free(Charsets *charsets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Charsets, charsets_free)

/* Adds the text to output. In this order: a byte order mark, valid UTF-8, declared (a charset name or NULL),
 * UTF-16 recognised by its zero bytes, Windows-1252. INVALID for what is not text. */
void charset_decode(Charsets *charsets, const char *bytes, size_t length, const char *declared,
                    Output *output);

/* Do the bytes look like something other than text: zero bytes, many control characters? */
bool charset_is_binary(const char *bytes, size_t length);

/* The charset that an HTML or XML text declares in its first KiB; NULL if none. The caller frees. */
char *charset_declared(const char *bytes, size_t length);
