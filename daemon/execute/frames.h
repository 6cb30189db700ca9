/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a snippet's process sends, cut into frames as it comes. Nothing of it is believed: a length, a kind or a total
 * that cannot be ends the reading. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "isolate/protocol.h"

/* All that one snippet may send: its output, and a header for each frame. */
#define FRAMES_BYTES_MAX (ISOLATE_OUTPUT_BYTES_MAX + 1024 * 1024)

typedef struct Frames {
        GByteArray *bytes; /* not yet taken */
        size_t taken, total;
        bool broken;
} Frames;

void frames_init(Frames *frames);
void frames_clear(Frames *frames);

/* Adds what was read. False: it was too much, now or before. */
bool frames_add(Frames *frames, const void *data, size_t bytes);

/* The next whole frame, whose text stays good until frames_add(). False: none yet, or broken. */
bool frames_next(Frames *frames, IsolateHeader *ret_header, const char **ret_text);
