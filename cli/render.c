/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "render.h"

#include <string.h>

#include "base/base.h"

static unsigned char_width(gunichar c)
{
        if (g_unichar_iszerowidth(c))
                return 0;
        return g_unichar_iswide(c) ? 2 : 1;
}

unsigned render_width(const char *text)
{
        unsigned width = 0;
        for (; *text; text = g_utf8_next_char(text))
                width += char_width(g_utf8_get_char(text));
        return width;
}

/* Controls, and the characters that reorder what stands around them. */
static bool is_unsafe(gunichar c)
{
        return g_unichar_iscntrl(c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *render_line(const char *text)
{
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        GString *line = g_string_new(NULL);
        bool space = false;
        for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);
                if (g_unichar_isspace(c)) {
                        space = line->len > 0;
                        continue;
                }
                if (space)
                        g_string_append_c(line, ' ');
                space = false;
                g_string_append_unichar(line, is_unsafe(c) ? 0xfffd : c);
        }
        return g_string_free(line, FALSE);
}

char *render_fit(const char *text, unsigned width)
{
        g_autofree char *line = render_line(text);
        if (render_width(line) <= width)
                return g_steal_pointer(&line);
        unsigned used = 0;
        char *p = line;
        while (*p && used + char_width(g_utf8_get_char(p)) + 1 <= width) {
                used += char_width(g_utf8_get_char(p));
                p = g_utf8_next_char(p);
        }
        *p = 0;
        return g_strconcat(g_strchomp(line), width > 0 ? "…" : "", NULL);
}

char *render_wrap(const char *text, unsigned width, const char *indent)
{
        g_autofree char *line = render_line(text);
        g_auto(GStrv) words = g_strsplit(line, " ", -1);
        GString *out = g_string_new(NULL);
        unsigned column = 0;
        for (char **word = words; *word; word++) {
                unsigned columns = render_width(*word);
                if (column > 0 && column + 1 + columns > width) {
                        g_string_append_printf(out, "\n%s", indent);
                        column = 0;
                } else if (column > 0) {
                        g_string_append_c(out, ' ');
                        column++;
                }
                g_string_append(out, *word);
                column += columns;
        }
        return g_string_free(out, FALSE);
}

char *render_time(const char *iso)
{
        int64_t time_us = 0;
        if (!iso || !clock_from_iso(iso, &time_us, NULL))
                return g_strdup(iso ? iso : "");
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(time_us / G_USEC_PER_SEC);
        return time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : g_strdup(iso);
}

char *render_bytes(int64_t bytes)
{
        return g_format_size_full((guint64)MAX(bytes, 0), G_FORMAT_SIZE_DEFAULT);
}

char *render_count(int64_t count)
{
        g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, count);
        GString *out = g_string_new(NULL);
        size_t length = strlen(digits);
        for (size_t i = 0; i < length; i++) {
                if (i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
                        g_string_append_c(out, ',');
                g_string_append_c(out, digits[i]);
        }
        return g_string_free(out, FALSE);
}
