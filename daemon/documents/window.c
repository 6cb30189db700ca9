/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cutting windows. A place in the text is kept in bytes and in characters, so that it is walked through once. */
#include "documents/window.h"

typedef struct Place {
        const char *at;
        int64_t chars;
} Place;

typedef struct Cutter {
        const char *text, *end;
        int64_t max_chars, overlap;
} Cutter;

static Place forward(const Cutter *cutter, Place place, int64_t chars)
{
        while (chars-- > 0 && place.at < cutter->end) {
                place.at = g_utf8_next_char(place.at);
                place.chars++;
        }
        return place;
}

/* Not before the beginning. */
static Place back(const Cutter *cutter, Place place, int64_t chars)
{
        while (chars-- > 0 && place.at > cutter->text) {
                place.at = g_utf8_prev_char(place.at);
                place.chars--;
        }
        return place;
}

/* How good a border right before at is: between paragraphs 4, lines 3, sentences 2, words 1, within one 0. */
static int border_rank(const Cutter *cutter, const char *at)
{
        char before = at > cutter->text ? at[-1] : '\n';
        char second = at > cutter->text + 1 ? at[-2] : '\n';

        if (before == '\n')
                return second == '\n' ? 4 : 3;
        if (before != ' ' && before != '\t')
                return 0;
        return second == '.' || second == '!' || second == '?' ? 2 : 1;
}

/* The best border from place back to at most chars before it; of equal ones the last. */
static Place best_border(const Cutter *cutter, Place place, int64_t chars)
{
        Place best = place;
        int rank = border_rank(cutter, place.at);

        for (int64_t i = 0; i < chars && place.at > cutter->text && rank < 4; i++) {
                place = back(cutter, place, 1);
                if (border_rank(cutter, place.at) > rank) {
                        rank = border_rank(cutter, place.at);
                        best = place;
                }
        }
        return best;
}

GArray *windows_cut(const char *text, size_t bytes, int64_t max_chars, int64_t overlap)
{
        Cutter cutter = {text, text + bytes, max_chars, overlap};
        GArray *windows =
                g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(Window));
        Place start = {text, 0}, end;
        Window window;

        g_assert(overlap * 4 <= max_chars);
        for (;;) {
                end = forward(&cutter, start, max_chars);
                if (end.at < cutter.end)
                        end = best_border(&cutter, end, max_chars / 4);
                window = (Window){start.chars, end.chars};
                g_array_append_val(windows, window);
                if (end.at >= cutter.end)
                        return windows;
                /* at least three quarters less a quarter and an eighth further on than the last one */
                start = best_border(&cutter, back(&cutter, end, overlap), max_chars / 8);
        }
}
