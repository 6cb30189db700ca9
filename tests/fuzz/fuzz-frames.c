/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process of a snippet may send, if it was taken over: the first byte says in what pieces it comes. */
#include "fuzz.h"

#include <string.h>

#include "execute/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        IsolateHeader header;
        const char *text;
        size_t taken = 0;
        Frames frames;

        if (size < 2)
                return 0;
        size_t piece = (size_t)data[0] + 1;
        frames_init(&frames);
        for (size_t at = 1; at < size; at += piece) {
                if (!frames_add(&frames, data + at, MIN(piece, size - at)))
                        break;
                while (frames_next(&frames, &header, &text)) {
                        g_autofree char *copy = g_strndup(text, header.bytes); /* is it there? */
                        taken += sizeof(header) + header.bytes;
                }
        }
        g_assert_cmpuint(taken, <=, size);
        frames_clear(&frames);
        return 0;
}
