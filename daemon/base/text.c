/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks and normal forms of text from strangers. */
#include "base/text.h"

#include "base/error.h"

#include <string.h>

#define NEAREST_CHARS_MAX 64 /* names longer than this are not compared */

bool text_check(const char *what, const char *value, size_t max_chars, const char *limit,
                GError **error)
{
        size_t bytes = value ? strlen(value) : 0;
        const char *bad;

        if (bytes == 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "%s must not be empty",
                            what);
                return false;
        }
        /* before the walk over it: no character takes more than four bytes */
        if (bytes / 4 > max_chars || (bytes > max_chars && text_chars(value, bytes) > max_chars)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%s is longer than %zu characters (%s)", what, max_chars, limit);
                return false;
        }
        if (!g_utf8_validate_len(value, bytes, &bad)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s is not UTF-8: bad byte at offset %zu", what, (size_t)(bad - value));
                return false;
        }
        return true;
}

/* What is not seen where it stands, but changes how the text around it is. */
static bool is_hidden(gunichar c)
{
        GUnicodeType type = g_unichar_type(c);

        return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
               type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

bool text_check_line(const char *what, const char *value, GError **error)
{
        bool readable = false;

        for (const char *p = value; *p; p = g_utf8_next_char(p)) {
                readable |= g_unichar_isalnum(g_utf8_get_char(p));
                if (!is_hidden(g_utf8_get_char(p)))
                        continue;
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s must not have control or formatting characters", what);
                return false;
        }
        if (!readable)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "%s must have letters or digits", what);
        return readable;
}

char *text_make_line(const char *value)
{
        GString *line = g_string_new(NULL);

        for (const char *p = value; *p; p = g_utf8_next_char(p)) {
                gunichar c = g_utf8_get_char(p);

                g_string_append_unichar(line, is_hidden(c) ? 0xfffd : c);
        }
        return g_string_free(line, FALSE);
}

/* Only the marks that sit on letters of Latin, Greek, Cyrillic and mathematics: elsewhere (Devanagari,
 * Arabic, kana) marks tell words apart. */
static bool is_accent(gunichar c)
{
        return (c >= 0x0300 && c <= 0x036f) || (c >= 0x1ab0 && c <= 0x1aff) ||
               (c >= 0x1dc0 && c <= 0x1dff) || (c >= 0x20d0 && c <= 0x20ff) ||
               (c >= 0xfe20 && c <= 0xfe2f);
}

/* Letters with a stroke or joined ones, which Unicode does not take apart, as who has no such keys writes them;
 * NULL for all others. */
static const char *plain_letter(gunichar c)
{
        switch (c) {
        case 0x00e6: /* æ */
                return "ae";
        case 0x00f8: /* ø */
                return "o";
        case 0x0111: /* đ */
                return "d";
        case 0x0127: /* ħ */
                return "h";
        case 0x0131: /* ı */
                return "i";
        case 0x0142: /* ł */
                return "l";
        case 0x0153: /* œ */
                return "oe";
        case 0x0167: /* ŧ */
                return "t";
        default:
                return NULL;
        }
}

static bool is_space(gunichar c)
{
        return g_unichar_isspace(c) || c == 0x0b || c == 0x85;
}

/* Drops accents and invisible characters, collapses and trims white space. */
static char *squeeze(const char *text)
{
        GString *out = g_string_sized_new(strlen(text));
        bool space = false;

        for (const char *at = text; *at; at = g_utf8_next_char(at)) {
                gunichar c = g_utf8_get_char(at);

                if (is_space(c)) {
                        space = true;
                        continue;
                }
                if (c >= 0xab70 && c <= 0xabbf) /* GLib folds Cherokee back and forth */
                        c = c - 0xab70 + 0x13a0;
                else if (c >= 0x13f8 && c <= 0x13fd)
                        c -= 8;
                if (is_accent(c) || g_unichar_type(c) == G_UNICODE_FORMAT)
                        continue;
                if (space && out->len > 0)
                        g_string_append_c(out, ' ');
                space = false;
                if (plain_letter(c))
                        g_string_append(out, plain_letter(c));
                else
                        g_string_append_unichar(out, c);
        }
        return g_string_free(out, FALSE);
}

static char *ascii_key(const char *name)
{
        char *key = g_malloc(strlen(name) + 1), *out = key;
        bool space = false;

        for (const char *at = name; *at; at++) {
                if (is_space((unsigned char)*at)) {
                        space = true;
                        continue;
                }
                if (space && out > key)
                        *out++ = ' ';
                space = false;
                *out++ = g_ascii_tolower(*at);
        }
        *out = '\0';
        return key;
}

char *text_key(const char *name)
{
        if (g_str_is_ascii(name))
                return ascii_key(name);
        g_autofree char *valid = g_utf8_make_valid(name, -1);
        g_autofree char *apart = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL);
        g_autofree char *folded = g_utf8_casefold(apart, -1);
        g_autofree char *again =
                g_utf8_normalize(folded, -1, G_NORMALIZE_ALL); /* folding may compose */
        g_autofree char *bare = squeeze(again);

        return g_utf8_normalize(bare, -1, G_NORMALIZE_ALL_COMPOSE);
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
        return MIN(MIN(a, b), c);
}

/* Damerau-Levenshtein with adjacent swaps (optimal string alignment) over characters. */
static unsigned distance(const gunichar *a, unsigned a_length, const gunichar *b, unsigned b_length)
{
        unsigned rows[3][NEAREST_CHARS_MAX + 1];
        unsigned *before = rows[0], *above = rows[1], *row = rows[2];

        for (unsigned j = 0; j <= b_length; j++)
                above[j] = j;
        for (unsigned i = 1; i <= a_length; i++) {
                unsigned *spare = before;

                row[0] = i;
                for (unsigned j = 1; j <= b_length; j++) {
                        row[j] = min3(above[j] + 1, row[j - 1] + 1,
                                      above[j - 1] + (a[i - 1] != b[j - 1]));
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                row[j] = MIN(row[j], before[j - 2] + 1);
                }
                before = above;
                above = row;
                row = spare;
        }
        return above[b_length];
}

unsigned text_distance(const char *a, const char *b, unsigned max)
{
        glong a_length, b_length;
        g_autofree gunichar *a_letters = g_utf8_to_ucs4_fast(a, -1, &a_length);
        g_autofree gunichar *b_letters = g_utf8_to_ucs4_fast(b, -1, &b_length);
        unsigned apart;

        if (MAX(a_length, b_length) > NEAREST_CHARS_MAX || ABS(a_length - b_length) > (glong)max)
                return max + 1;
        apart = distance(a_letters, (unsigned)a_length, b_letters, (unsigned)b_length);
        return MIN(apart, max + 1);
}

typedef struct Near {
        const char *name;
        unsigned distance;
} Near;

static int near_compare(const void *a, const void *b)
{
        const Near *x = a, *y = b;

        return x->distance != y->distance
                       ? (x->distance > y->distance) - (x->distance < y->distance)
                       : strcmp(x->name, y->name);
}

static gunichar *letters_of(const char *name, unsigned *ret_length)
{
        g_autofree char *key = text_key(name);
        glong length;
        gunichar *letters = g_utf8_to_ucs4_fast(key, -1, &length);

        *ret_length = (unsigned)length;
        return letters;
}

/* The candidates within half of name's length, nearest first. */
static GArray *near_of(const char *name, const char *const *candidates)
{
        GArray *found = g_array_new(FALSE, FALSE, sizeof(Near));
        unsigned length;
        g_autofree gunichar *letters = letters_of(name, &length);

        for (; length <= NEAREST_CHARS_MAX && *candidates; candidates++) {
                unsigned other_length;
                g_autofree gunichar *other = letters_of(*candidates, &other_length);
                Near near = {.name = *candidates};

                if (other_length > NEAREST_CHARS_MAX)
                        continue;
                near.distance = distance(letters, length, other, other_length);
                if (near.distance * 2 <= length)
                        g_array_append_val(found, near);
        }
        g_array_sort(found, near_compare);
        return found;
}

char *text_nearest(const char *name, const char *const *candidates, unsigned count)
{
        if (strnlen(name, NEAREST_CHARS_MAX * 8) == NEAREST_CHARS_MAX * 8)
                return NULL; /* a 10 MB "name" is not worth a walk */
        g_autoptr(GArray) found = near_of(name, candidates);
        g_autoptr(GString) list = g_string_new(NULL);

        for (unsigned i = 0; i < MIN(found->len, count); i++)
                g_string_append_printf(list, "%s%s", i ? ", " : "",
                                       g_array_index(found, Near, i).name);
        return list->len ? g_string_free(g_steal_pointer(&list), FALSE) : NULL;
}

static bool is_continuation(char byte)
{
        return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t text_chars(const char *text, size_t bytes)
{
        size_t chars = 0;

        for (size_t i = 0; i < bytes; i++)
                chars += !is_continuation(text[i]);
        return chars;
}

size_t text_bytes(const char *text, size_t length, size_t chars)
{
        size_t at = 0;

        for (; chars > 0 && at < length; chars--)
                for (at++; at < length && is_continuation(text[at]);)
                        at++;
        return at;
}

/* ---- around ---- */

static bool ends_line(const char *at)
{
        return *at == '\n' || *at == '\r' || *at == '\f' || *at == '\0';
}

/* The beginning of the line or of a word. */
static const char *before(const char *text, const char *at, int64_t most)
{
        const char *word = at;

        while (at > text && most-- > 0) {
                const char *previous = g_utf8_prev_char(at);

                if (ends_line(previous))
                        return word;
                at = previous;
                if (!g_unichar_isspace(g_utf8_get_char(at)) &&
                    (at == text || g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(at)))))
                        word = at;
        }
        return word;
}

static const char *after(const char *at, int64_t most)
{
        const char *word = at;

        for (; most >= 0; most--) {
                bool space = ends_line(at) || g_unichar_isspace(g_utf8_get_char(at));

                if (space && !g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(at))))
                        word = at;
                if (ends_line(at))
                        break;
                at = g_utf8_next_char(at);
        }
        return word;
}

void text_around(const char *text, int64_t chars, const char **from, const char **to)
{
        *from = before(text, *from, chars);
        *to = after(*to, chars);
}
