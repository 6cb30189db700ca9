/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quote rule: a quote is literally a substring of the stored text of one content version. */
#pragma once

#include "graph/graph.h"

/* One stored text, with a way between its bytes and its characters. */
typedef struct SourceText {
        char *document_id; /* or NULL, if loaded by version */
        char *sha256;
        char *text;
        size_t bytes;
        bool plain;    /* every character is one byte */
        GArray *marks; /* characters before each block of bytes, made when first needed */
} SourceText;
SourceText *source_text_free(SourceText *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceText, source_text_free)

/* The text of a document's current content version. NOT_FOUND: no such document (or not visible);
 * INVALID: it has no text. */
SourceText *source_text_load(Db *db, const char *document_id, GError **error);

/* The text of one content version; NULL without an error if it is no longer kept. */
SourceText *source_text_load_version(Db *db, const char *sha256, GError **error);

int64_t source_text_chars(SourceText *source, size_t bytes);
size_t source_text_bytes(SourceText *source, int64_t chars); /* clamps to the end */

typedef struct QuoteSpan {
        int64_t start, end; /* characters */
} QuoteSpan;

/* Checks form and limit of a quote: UTF-8, 1…GRAPH_QUOTE_CHARS_MAX characters, not white space alone. */
bool quote_check(const char *quote, GError **error);

/* Where quote is in source: nearest to character hint, or first if hint is negative. */
bool quote_find(SourceText *source, const char *quote, int64_t hint, QuoteSpan *ret);
