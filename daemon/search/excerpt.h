/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words around the best hits of a piece of text. */
#pragma once

#include <glib.h>
#include <stdint.h>

#define EXCERPT_CHARS 300 /* about as long, without marks */

/* What FTS5's highlight() is told to put around hits: noncharacters that no text holds. */
#define EXCERPT_OPEN  "\xef\xb7\x90"
#define EXCERPT_CLOSE "\xef\xb7\x91"

typedef struct Excerpt {
        char *text;                   /* hits between « and », … where it is cut */
        int64_t char_start, char_end; /* of the piece that was marked */
} Excerpt;

/* Of a marked piece; text is the caller's to free. */
Excerpt excerpt_make(const char *marked);
