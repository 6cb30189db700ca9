/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text cut into pieces for search, at headings and paragraphs. Together they are the whole text,
 * nothing twice, nothing left out. */
#pragma once

#include <glib.h>
#include <stdint.h>

#define CHUNK_BYTES_MIN     1000 /* a paragraph's end cuts from here on */
#define CHUNK_BYTES_MAX     2000 /* cut at the best place before this */
#define CHUNK_BYTES_SECTION 300  /* a heading cuts only if the piece before it has this much */
#define CHUNK_HEADING_BYTES 300  /* longest heading path kept */

typedef struct Chunk {
        size_t byte_start, byte_length;
        int64_t char_start, char_end;
        char *heading; /* "Chapter › Section", "" if there is none */
} Chunk;

/* An array that frees its chunks. */
GArray *chunk_array_new(void);

/* The pieces of a UTF-8 text of length bytes as a GArray of Chunk (freed with the array). structure is of
 * EXTRACT_STRUCTURE_TYPE or NULL; its offsets are not trusted. */
GArray *chunk_text(const char *text, size_t length, GVariant *structure);
