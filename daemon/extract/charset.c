/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/base.h"
#include "extract/protocol.h"

#define DECLARATION_BYTES 1024

struct Charsets {
        GHashTable *converters; /* lower-case name → iconv_t */
};

/* Browsers read ISO-8859-1 as Windows-1252, so it is not in the list. */
static const char *const preloaded[] = {
        "iso-8859-2",   "iso-8859-5",   "iso-8859-7",   "iso-8859-9", "iso-8859-15", "windows-1250",
        "windows-1251", "windows-1253", "windows-1254", "koi8-r",     "shift_jis",   "euc-jp",
        "iso-2022-jp",  "gb18030",      "big5",         "euc-kr",
};

static void close_converter(gpointer converter)
{
        iconv_close((iconv_t)converter);
}

Charsets *charsets_new(void)
{
        Charsets *charsets = g_new0(Charsets, 1);
        charsets->converters =
                g_hash_table_new_full(g_str_hash, g_str_equal, NULL, close_converter);
        for (size_t i = 0; i < G_N_ELEMENTS(preloaded); i++) {
                iconv_t converter = iconv_open("UTF-8", preloaded[i]);
                if (converter != (iconv_t)-1)
                        g_hash_table_insert(charsets->converters, (gpointer)preloaded[i],
                                            (gpointer)converter);
        }
        return charsets;
}

Charsets *charsets_free(Charsets *charsets)
{
        if (!charsets)
                return NULL;
        g_hash_table_unref(charsets->converters);
        g_free(charsets);
        return NULL;
}

static iconv_t find_converter(Charsets *charsets, const char *declared)
{
        static const char *const aliases[][2] = {
                {"gb2312", "gb18030"},        {"gbk", "gb18030"},
                {"sjis", "shift_jis"},        {"x-sjis", "shift_jis"},
                {"windows-31j", "shift_jis"}, {"ks_c_5601-1987", "euc-kr"},
                {"latin2", "iso-8859-2"},     {"latin-9", "iso-8859-15"},
                {"cp1251", "windows-1251"},   {"cp1250", "windows-1250"},
                {"big5-hkscs", "big5"},       {"koi8-u", "koi8-r"},
        };
        if (!charsets || !declared)
                return NULL;
        g_autofree char *name = g_ascii_strdown(declared, -1);
        const char *key = name;
        for (size_t i = 0; i < G_N_ELEMENTS(aliases); i++)
                if (strcmp(name, aliases[i][0]) == 0)
                        key = aliases[i][1];
        return g_hash_table_lookup(charsets->converters, key);
}

/* CR LF and CR become LF, NUL becomes U+FFFD; in place from start on. */
static void normalise(Output *output, size_t start)
{
        char *text = (char *)output_get(output) + start;
        size_t length = output_length(output) - start;
        char *cr = memchr(text, '\r', length);
        if (!cr)
                return;
        char *to = cr;
        for (const char *from = cr, *end = text + length; from < end; from++) {
                if (*from != '\r')
                        *to++ = *from;
                else if (from + 1 == end || from[1] != '\n')
                        *to++ = '\n';
        }
        output_shrink(output, start + (size_t)(to - text));
}

static void add_utf8(Output *output, const char *bytes, size_t length)
{
        const char *end = bytes + length;
        for (const char *nul; (nul = memchr(bytes, 0, (size_t)(end - bytes))); bytes = nul + 1) {
                output_text(output, bytes, (size_t)(nul - bytes));
                output_text(output, "\xef\xbf\xbd", 3);
        }
        output_text(output, bytes, (size_t)(end - bytes));
}

/* g_utf8_validate stops at NUL, which here is a matter of its own. */
static bool is_utf8(const char *bytes, size_t length)
{
        const char *end = bytes + length, *stop;
        while (bytes < end) {
                if (g_utf8_validate(bytes, end - bytes, &stop))
                        return true;
                if (*stop != 0)
                        return false;
                bytes = stop + 1;
        }
        return true;
}

static void add_windows_1252(Output *output, const char *bytes, size_t length)
{
        static const guint16 upper[32] = {
                0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
                0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
        };
        const unsigned char *from = (const unsigned char *)bytes, *end = from + length;
        char buffer[4096];
        while (from < end && !output_failed(output)) {
                size_t n = 0;
                for (; from < end && n + 4 < sizeof(buffer); from++) {
                        if (*from == 0)
                                n += (size_t)g_unichar_to_utf8(0xfffd, buffer + n);
                        else if (*from < 0x80)
                                buffer[n++] = (char)*from;
                        else
                                n += (size_t)g_unichar_to_utf8(
                                        *from < 0xa0 ? upper[*from - 0x80] : *from, buffer + n);
                }
                output_text(output, buffer, n);
        }
}

static void add_utf16(Output *output, const char *bytes, size_t length, bool big_endian)
{
        const unsigned char *from = (const unsigned char *)bytes, *end = from + length;
        int high = big_endian ? 0 : 1;
        while (from + 1 < end && !output_failed(output)) {
                char buffer[4096];
                size_t n = 0;
                for (; from + 1 < end && n + 8 < sizeof(buffer); from += 2) {
                        gunichar c = (gunichar)from[high] << 8 | from[!high];
                        if (c >= 0xd800 && c < 0xdc00 && from + 3 < end) {
                                gunichar low = (gunichar)from[2 + high] << 8 | from[2 + !high];
                                if (low >= 0xdc00 && low < 0xe000) {
                                        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                                        from += 2;
                                }
                        }
                        if (c == 0 || (c >= 0xd800 && c < 0xe000))
                                c = 0xfffd;
                        n += (size_t)g_unichar_to_utf8(c, buffer + n);
                }
                output_text(output, buffer, n);
        }
}

/* Bytes that the converter cannot read become U+FFFD. */
static void add_converted(Output *output, const char *bytes, size_t length, iconv_t converter)
{
        char *from = (char *)bytes, buffer[8192];
        iconv(converter, NULL, NULL, NULL, NULL);
        while (length > 0 && !output_failed(output)) {
                char *to = buffer;
                size_t space = sizeof(buffer), before = length;
                size_t r = iconv(converter, &from, &length, &to, &space);
                int reason = r == (size_t)-1 ? errno : 0;
                add_utf8(output, buffer, (size_t)(to - buffer));
                if (reason == EILSEQ || reason == EINVAL) {
                        output_text(output, "\xef\xbf\xbd", 3);
                        from++, length--;
                } else if (length == before) {
                        return;
                }
        }
}

/* Text in a Latin script has a zero byte in every other place of UTF-16: +1 big endian, -1 little, 0 none. */
static int guess_utf16(const char *bytes, size_t length)
{
        size_t even = 0, odd = 0, n = MIN(length, 2048) & ~(size_t)1;
        for (size_t i = 0; i < n; i += 2) {
                even += bytes[i] == 0;
                odd += bytes[i + 1] == 0;
        }
        if (n < 8)
                return 0;
        if (even > n * 2 / 5 && odd <= n / 50)
                return 1;
        return odd > n * 2 / 5 && even <= n / 50 ? -1 : 0;
}

static bool has_mark(const char *bytes, size_t length, const char *mark, size_t n)
{
        return length >= n && memcmp(bytes, mark, n) == 0;
}

bool charset_is_binary(const char *bytes, size_t length)
{
        if (has_mark(bytes, length, "\xff\xfe", 2) || has_mark(bytes, length, "\xfe\xff", 2) ||
            guess_utf16(bytes, length) != 0)
                return false;
        size_t control = 0, n = MIN(length, 64 * 1024);
        for (size_t i = 0; i < n; i++) {
                unsigned char c = (unsigned char)bytes[i];
                if (c == 0)
                        control += 8;
                else if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' &&
                         c != 0x1b && c != '\b')
                        control++;
        }
        return control * 50 > n;
}

void charset_decode(Charsets *charsets, const char *bytes, size_t length, const char *declared,
                    Output *output)
{
        size_t start = output_length(output);
        iconv_t converter = find_converter(charsets, declared);
        int utf16 = 0;
        if (has_mark(bytes, length, "\xef\xbb\xbf", 3))
                bytes += 3, length -= 3;
        if (has_mark(bytes, length, "\xff\xfe", 2))
                add_utf16(output, bytes + 2, length - 2, false);
        else if (has_mark(bytes, length, "\xfe\xff", 2))
                add_utf16(output, bytes + 2, length - 2, true);
        else if (converter && g_ascii_strncasecmp(declared, "iso-2022", 8) == 0)
                add_converted(output, bytes, length, converter);
        else if (memchr(bytes, 0, MIN(length, 2048)) && (utf16 = guess_utf16(bytes, length)) != 0)
                add_utf16(output, bytes, length, utf16 > 0);
        else if (charset_is_binary(bytes, length))
                output_fail(output, EXTRACT_UNSUPPORTED,
                            "not a supported type: application/octet-stream (not text)");
        else if (is_utf8(bytes, length))
                add_utf8(output, bytes, length);
        else if (converter)
                add_converted(output, bytes, length, converter);
        else
                add_windows_1252(output, bytes, length);
        normalise(output, start);
}

char *charset_declared(const char *bytes, size_t length)
{
        g_autofree char *head = g_malloc(DECLARATION_BYTES + 1);
        size_t n = MIN(length, DECLARATION_BYTES);
        for (size_t i = 0; i < n; i++)
                head[i] = bytes[i] ? g_ascii_tolower(bytes[i]) : ' ';
        head[n] = 0;
        const char *at = strstr(head, "charset=");
        at = at ? at + 8 : strstr(head, "encoding=");
        if (!at)
                return NULL;
        if (g_str_has_prefix(at, "encoding="))
                at += 9;
        at += strspn(at, "\"' ");
        size_t size = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-_:.");
        return size > 0 && size < 40 ? g_strndup(at, size) : NULL;
}
