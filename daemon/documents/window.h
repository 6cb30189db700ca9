/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows: overlapping pieces of a text that does not fit a reader's context. Whatever is no longer than the
 * overlap lies whole in one of them. */
#pragma once

#include "documents/documents.h"

typedef struct Window {
        int64_t start, end; /* characters */
} Window;

/* Cuts a text of bytes bytes (UTF-8) into windows of at most max_chars characters, of which each begins at least
 * overlap characters before the end of the one before. Borders are put between paragraphs, else lines, else
 * sentences, else words, where that costs no more than a quarter of a window. overlap is at most a quarter of
 * max_chars. An empty text has one empty window. The caller unrefs. */
GArray *windows_cut(const char *text, size_t bytes, int64_t max_chars, int64_t overlap);
