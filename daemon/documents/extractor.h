/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's side of ouroboros-extract: a process per core, confined, restarted when one dies. A file that
 * crashes, hangs or explodes costs itself only, and a helper that was taken over can say nothing that is
 * believed unchecked. Loop thread only. */
#pragma once

#include "base/base.h"

#define EXTRACTOR_TEXT_BYTES_MAX        (64 * 1024 * 1024) /* longest text of one document */
#define EXTRACTOR_TIMEOUT_MS            30000 /* wall time for one document, + 1 s per MiB */
#define EXTRACTOR_IDLE_MS               10000 /* a process without work ends after this */
#define EXTRACTOR_DOCUMENTS_PER_PROCESS 2000  /* then a fresh one takes over */

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

/* processes: how many at most; started on demand. program: path of ouroboros-extract. */
Extractor *extractor_new(sd_event *loop, const char *program, unsigned processes, GError **error);
Extractor *extractor_free(Extractor *extractor); /* pending documents end with CANCELLED */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extractor, extractor_free)

/* Another wall time for one document than EXTRACTOR_TIMEOUT_MS. */
void extractor_set_timeout(Extractor *extractor, uint64_t timeout_ms);

/* Another time without work than EXTRACTOR_IDLE_MS, for processes started from now on. */
void extractor_set_idle(Extractor *extractor, uint64_t idle_ms);

/* Extracts an open regular file, which is duplicated. name is only a hint at the type (its ending).
 * Errors: EXTRACT_UNSUPPORTED (a type without parser), INVALID (not parseable, not what its name says), LIMIT (too much text, memory, nesting), TIMEOUT, FAILED (the
 * process died: which signal), UNAVAILABLE (the helper program cannot be started). */
void extractor_submit(Extractor *extractor, int fd, const char *name, ExtractorDone done,
                      void *data);

/* Documents submitted and not yet done. */
unsigned extractor_pending(const Extractor *extractor);
