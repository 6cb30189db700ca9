/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's side of ouroboros-extract: a process per core, confined, restarted when one dies. A file that
 * crashes, hangs or explodes costs itself only. Loop thread only. */
#pragma once

#include "base/base.h"

#define EXTRACTOR_TEXT_BYTES_MAX (64 * 1024 * 1024) /* longest text of one document */
#define EXTRACTOR_TIMEOUT_MS     30000              /* wall time for one document */

typedef struct Extractor Extractor;

/* What came out of one file. */
typedef struct Extraction {
        char *mime;  /* as detected from the bytes: "text/markdown" … */
        char *title; /* or NULL */
        char *text;  /* UTF-8, NUL-terminated; no NUL inside */
        size_t text_bytes;
        int64_t text_chars;
        GVariant *map; /* EXTRACT_MAP_TYPE: where pages and lines begin, in characters */
        GVariant *
                structure; /* EXTRACT_STRUCTURE_TYPE: headings, front matter, links … (extract/protocol.h) */
} Extraction;
Extraction *extraction_free(Extraction *extraction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extraction, extraction_free)

/* Takes the extraction or the error; both belong to the extractor unless stolen. */
typedef void (*ExtractorDone)(Extraction *extraction, const GError *error, void *data);

/* processes: how many at most; started on demand, ended after 10 s without work. */
Extractor *extractor_new(sd_event *loop, const char *program, unsigned processes, GError **error);
Extractor *extractor_free(Extractor *extractor); /* pending documents end with CANCELLED */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extractor, extractor_free)

/* Extracts an open regular file, which is duplicated. name is only a hint at the type (its ending).
 * Errors: INVALID (not parseable, wrong type), LIMIT (too much text, memory, nesting), TIMEOUT, FAILED (the
 * process died: which signal). */
void extractor_submit(Extractor *extractor, int fd, const char *name, ExtractorDone done,
                      void *data);
