/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds in prose what needs no parser: bare addresses, citations, wikilinks. One pass, no regular
 * expressions, linear in the length of the text. */
#pragma once

#include "extract/output.h"

typedef enum ScanFlags {
        SCAN_PROSE = 0,
        SCAN_MARKDOWN =
                1 << 0, /* skips code spans and destinations of links; finds wikilinks, [@key] */
        SCAN_BIBTEX = 1 << 1, /* @article{key, */
        SCAN_CODE = 1 << 2,   /* addresses and DOIs only: [1] is an index there */
} ScanFlags;

/* Scans bytes [start, end) of output's text. */
void scan(Output *output, size_t start, size_t end, ScanFlags flags);

/* Can others follow this address? Its host has a dot in it and is not this machine; a mailto: has an "@". */
bool scan_is_public(const char *url);

/* The first name that a snippet of code defines (function, class, type, table …); NULL if none is
 * recognised. The caller frees. */
char *scan_symbol(const char *code, size_t length);
char *scan_symbol_at(const char *code, size_t length,
                     size_t *ret_at); /* and where its line begins */
