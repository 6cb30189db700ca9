/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scan.c and cite.c share: where a scan is, and small questions about the text there. */
#pragma once

#include <string.h>

#include "extract/references.h"
#include "extract/scan.h"

typedef struct Scan {
        Output *output;
        const char *text;
        size_t end;
        ScanFlags flags;
} Scan;

static inline bool is_word(char c)
{
        return g_ascii_isalnum(c) || c == '_' || ((unsigned char)c & 0x80);
}

static inline bool has(const Scan *scan, size_t at, const char *what)
{
        size_t n = strlen(what);
        return scan->end - at >= n && memcmp(scan->text + at, what, n) == 0;
}

static inline bool has_nocase(const Scan *scan, size_t at, const char *what)
{
        size_t n = strlen(what);
        return scan->end - at >= n && g_ascii_strncasecmp(scan->text + at, what, n) == 0;
}

static inline bool word_before(const Scan *scan, size_t start, size_t at)
{
        return at > start && is_word(scan->text[at - 1]);
}

/* Adds a citation found at [start, end); its range becomes the sentence around. */
void cite(Scan *scan, size_t start, size_t end, const char *key, const char *style);

/* Each looks at what may begin at at and returns where to go on. start: where the scan began. */
size_t cite_numeric(Scan *scan, size_t at);
size_t cite_author_year(Scan *scan, size_t start, size_t at);
size_t cite_key(Scan *scan, size_t start, size_t at);
