/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents through the processes of ouroboros-extract: one file in each request, and what comes back is checked. Loop thread
 * only. */
#pragma once

#include "reading/reading.h"

#define EXTRACTOR_TEXT_BYTES_MAX (64 * 1024 * 1024) /* longest text of one document */
#define EXTRACTOR_TIMEOUT_MS     30000              /* wall time for one document, + 1 s per MiB */

typedef struct Extractor Extractor;

/* What came out of one file. Everything in it lies in one read-only mapping, which goes with it: it costs
 * the daemon's heap nothing. Immutable, so any thread may read it and the last one free it. */
typedef struct Extraction {
        const char *mime;  /* as detected from the bytes: "text/markdown" … */
        const char *title; /* or NULL */
        const char *text;  /* UTF-8, NUL-terminated; no NUL inside; lines end with LF */
        size_t text_bytes;
        int64_t text_chars;
        GVariant *map;       /* EXTRACT_MAP_TYPE: where pages and lines begin, in characters */
        GVariant *structure; /* EXTRACT_STRUCTURE_TYPE: headings, links … (extract/protocol.h) */
        GVariant *result;    /* owns what the others point into */
} Extraction;
Extraction *extraction_free(Extraction *extraction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extraction, extraction_free)

/* Called on the loop, never from within extractor_submit(): with an extraction, which is then the callee's
 * to free, or with NULL and the error. May submit; may not free the extractor. */
typedef void (*ExtractorDone)(Extraction *extraction, const GError *error, void *data);

/* reading must outlive it. */
Extractor *extractor_new(sd_event *loop, Reading *reading, GError **error);
Extractor *extractor_free(Extractor *extractor); /* pending documents end with CANCELLED */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extractor, extractor_free)

/* Another wall time for one document than EXTRACTOR_TIMEOUT_MS. */
void extractor_set_timeout(Extractor *extractor, uint64_t timeout_ms);

/* Extracts an open regular file, which is duplicated. name is only a hint at the type (its ending).
 * Errors: EXTRACT_UNSUPPORTED (a type without parser), INVALID (not parseable, not what its name says), LIMIT (too much text, memory, nesting), TIMEOUT, FAILED (the
 * process died: which signal), UNAVAILABLE (the helper program cannot be started). */
void extractor_submit(Extractor *extractor, int fd, const char *name, ExtractorDone done,
                      void *data);

/* Documents submitted and not yet done. */
unsigned extractor_pending(const Extractor *extractor);
