/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "execute/frames.h"

#include <string.h>

void frames_init(Frames *frames)
{
        *frames = (Frames){.bytes = g_byte_array_new()};
}

void frames_clear(Frames *frames)
{
        g_clear_pointer(&frames->bytes, g_byte_array_unref);
}

bool frames_add(Frames *frames, const void *data, size_t bytes)
{
        frames->total += bytes;
        if (frames->broken || frames->total > FRAMES_BYTES_MAX) {
                frames->broken = true;
                return false;
        }
        if (frames->taken > 0)
                g_byte_array_remove_range(frames->bytes, 0, (guint)frames->taken);
        frames->taken = 0;
        g_byte_array_append(frames->bytes, data, (guint)bytes);
        return true;
}

/* May a snippet send such a frame? */
static bool check(const IsolateHeader *header)
{
        switch (header->kind) {
        case ISOLATE_CALL:
                return header->bytes <= ISOLATE_CALL_BYTES_MAX + 1024; /* with its name */
        case ISOLATE_LOG:
                return header->bytes <= ISOLATE_OUTPUT_BYTES_MAX;
        case ISOLATE_RESULT:
        case ISOLATE_FAILED:
                return header->bytes <= ISOLATE_RESULT_BYTES_MAX;
        default:
                return false;
        }
}

bool frames_next(Frames *frames, IsolateHeader *ret_header, const char **ret_text)
{
        size_t there = frames->bytes->len - frames->taken;
        const guint8 *at = frames->bytes->data + frames->taken;

        if (frames->broken || there < sizeof(*ret_header))
                return false;
        memcpy(ret_header, at, sizeof(*ret_header));
        if (!check(ret_header)) {
                frames->broken = true;
                return false;
        }
        if (there - sizeof(*ret_header) < ret_header->bytes)
                return false;
        *ret_text = (const char *)at + sizeof(*ret_header);
        frames->taken += sizeof(*ret_header) + ret_header->bytes;
        return true;
}
