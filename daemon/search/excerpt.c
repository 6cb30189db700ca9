/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Excerpt: the window of EXCERPT_CHARS with the most hits (the first of equals), widened to whole words. */
#include "search/excerpt.h"

#include <stdbool.h>
#include <string.h>

typedef struct Hit {
        int64_t start, end;
} Hit;

/* Removes the marks; hits get their places in the text that remains. */
static gunichar *unmark(const char *marked, GArray *hits, int64_t *ret_chars)
{
        gunichar open = g_utf8_get_char(EXCERPT_OPEN), close = g_utf8_get_char(EXCERPT_CLOSE);
        gunichar *plain = g_new(gunichar, strlen(marked) + 1);
        int64_t chars = 0, start = -1;
        for (const char *p = marked; *p; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);
                if (c == open) {
                        start = chars;
                } else if (c == close && start >= 0) {
                        Hit hit = {start, chars};
                        g_array_append_val(hits, hit);
                        start = -1;
                } else if (c != close) {
                        plain[chars++] = c;
                }
        }
        plain[chars] = 0;
        *ret_chars = chars;
        return plain;
}

/* Index of the first hit of the window that holds most of them. */
static unsigned best_window(const GArray *hits)
{
        unsigned best = 0, most = 0;
        for (unsigned i = 0, end = 0; i < hits->len; i++) {
                int64_t limit = g_array_index(hits, Hit, i).start + EXCERPT_CHARS;
                while (end < hits->len && g_array_index(hits, Hit, end).end <= limit)
                        end++;
                if (end - i > most) {
                        most = end - i;
                        best = i;
                }
        }
        return best;
}

static bool is_break(gunichar c)
{
        return g_unichar_isspace(c);
}

/* Around the hits of the window, as many words before as behind. */
static Hit place_window(const gunichar *plain, int64_t chars, const GArray *hits)
{
        Hit window = {0, MIN(chars, EXCERPT_CHARS)};
        if (hits->len > 0) {
                unsigned first = best_window(hits), last = first;
                int64_t start = g_array_index(hits, Hit, first).start;
                while (last + 1 < hits->len &&
                       g_array_index(hits, Hit, last + 1).end <= start + EXCERPT_CHARS)
                        last++;
                int64_t used = g_array_index(hits, Hit, last).end - start;
                window.start = MAX(0, start - MAX(0, EXCERPT_CHARS - used) / 2);
                window.end = MIN(chars, MAX(window.start + EXCERPT_CHARS, start + used));
                window.start = MAX(0, MIN(window.start, window.end - EXCERPT_CHARS));
        }
        for (int i = 0; i < 20 && window.start > 0 && !is_break(plain[window.start - 1]); i++)
                window.start--;
        for (int i = 0; i < 20 && window.end < chars && !is_break(plain[window.end]); i++)
                window.end++;
        while (window.start < window.end && is_break(plain[window.start]))
                window.start++;
        while (window.end > window.start && is_break(plain[window.end - 1]))
                window.end--;
        return window;
}

/* White space of any length becomes one blank. */
static void append_plain(GString *text, const gunichar *plain, int64_t from, int64_t to)
{
        for (int64_t i = from; i < to; i++) {
                bool blank = is_break(plain[i]) || plain[i] < ' ';
                if (!blank)
                        g_string_append_unichar(text, plain[i]);
                else if (text->len && text->str[text->len - 1] != ' ')
                        g_string_append_c(text, ' ');
        }
}

/* Is there anything but white space? */
static bool has_words(const gunichar *plain, int64_t from, int64_t to)
{
        for (int64_t i = from; i < to; i++)
                if (!is_break(plain[i]))
                        return true;
        return false;
}

Excerpt excerpt_make(const char *marked)
{
        g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(Hit));
        int64_t chars;
        g_autofree gunichar *plain = unmark(marked, hits, &chars);
        Hit window = place_window(plain, chars, hits);
        g_autoptr(GString) text = g_string_new(has_words(plain, 0, window.start) ? "… " : "");
        int64_t at = window.start;
        for (unsigned i = 0; i < hits->len; i++) {
                Hit hit = g_array_index(hits, Hit, i);
                if (hit.start < at || hit.end > window.end)
                        continue;
                append_plain(text, plain, at, hit.start);
                g_string_append(text, "«");
                append_plain(text, plain, hit.start, hit.end);
                g_string_append(text, "»");
                at = hit.end;
        }
        append_plain(text, plain, at, window.end);
        if (has_words(plain, window.end, chars))
                g_string_append(text, " …");
        return (Excerpt){g_string_free(g_steal_pointer(&text), FALSE), window.start, window.end};
}
