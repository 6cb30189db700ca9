/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/references.h"

#include <string.h>

#define NUMBERS_MAX     1000
#define ENTRY_BYTES_MAX 500 /* of an entry that is looked at */
#define AUTHORS_WITHIN                                                                             \
        (1024 * 1024) /* lists stand at the end: authors are looked for so near to it */
#define SURNAME_MAX 60
#define YEARS_MAX   3 /* of one entry */

struct References {
        const char *text;
        size_t length;
        Reference entries[NUMBERS_MAX];
        unsigned times[NUMBERS_MAX]; /* how often the number was given an entry */
        GHashTable *authors;         /* set of "Surname 2019" */
        bool listing;                /* below a heading that announces references */
};

static size_t line_end(const References *references, size_t at)
{
        const char *stop = memchr(references->text + at, '\n', references->length - at);
        return stop ? (size_t)(stop - references->text) : references->length;
}

static size_t skip_spaces(const References *references, size_t at, size_t end)
{
        while (at < end && strchr(" \t", references->text[at]))
                at++;
        return at;
}

/* Past a number of at most three digits; at itself if there is none. */
static size_t skip_number(const References *references, size_t at, size_t end, unsigned *ret)
{
        size_t from = at;
        *ret = 0;
        while (at < end && at - from < 3 && g_ascii_isdigit(references->text[at]))
                *ret = *ret * 10 + (unsigned)(references->text[at++] - '0');
        return at;
}

/* Past "[3]", "[3]:", ".. [3]", and in a list of references "3." and "3)"; at itself if it is none. */
static size_t skip_marker(const References *references, size_t at, size_t end, unsigned *ret)
{
        const char *text = references->text;
        size_t from = at;
        if (end - at > 3 && memcmp(text + at, ".. ", 3) == 0)
                at += 3;
        bool square = at < end && text[at] == '[';
        size_t digits = at + square, stop = skip_number(references, digits, end, ret);
        if (stop == digits || stop >= end)
                return from;
        if (square ? text[stop] != ']' : !references->listing || !strchr(".)", text[stop]))
                return from;
        stop += stop + 1 < end && text[stop + 1] == ':' ? 2 : 1;
        return stop == end || strchr(" \t", text[stop]) ? stop : from;
}

/* Words, or an address: numbers alone are what a program has printed. */
static bool says_something(const char *text, size_t length)
{
        unsigned letters = 0;
        for (size_t i = 0; i < length; i++)
                letters += g_ascii_isalpha(text[i]) || (unsigned char)text[i] & 0x80;
        return letters >= 6 && letters * 3 > length && !strchr("\"'{[(<=", *text);
}

/* An entry goes on until a blank line or the next entry. */
static size_t entry_end(const References *references, size_t start, size_t line)
{
        size_t limit = MIN(references->length, start + ENTRY_BYTES_MAX), end = line;
        while (end + 1 < limit) {
                unsigned number;
                size_t next = line_end(references, end + 1);
                size_t at = skip_spaces(references, end + 1, next);
                if (at == next || skip_marker(references, at, next, &number) != at)
                        break;
                end = next;
        }
        return MIN(end, limit);
}

static bool is_year(const char *at)
{
        return (strncmp(at, "18", 2) == 0 || strncmp(at, "19", 2) == 0 ||
                strncmp(at, "20", 2) == 0) &&
               g_ascii_isdigit(at[2]) && g_ascii_isdigit(at[3]) && !g_ascii_isdigit(at[4]);
}

/* A reference has an address or a year; what has neither is a remark. */
static bool refers(const char *text, size_t length)
{
        for (size_t i = 0; i + 4 <= length; i++)
                if (strncmp(text + i, "://", 3) == 0 || strncmp(text + i, "www.", 4) == 0 ||
                    (is_year(text + i) && (i == 0 || !g_ascii_isdigit(text[i - 1]))))
                        return true;
        return false;
}

/* Of an address that stands alone, only itself; else until a blank line or the next entry. */
static size_t reference_end(const References *references, size_t start, size_t line)
{
        const char *text = references->text + start;
        if (strncmp(text, "http", 4) == 0)
                return start + strcspn(text, " \t\n");
        return entry_end(references, start, line);
}

static void add_number(References *references, size_t at, size_t end)
{
        unsigned number;
        size_t after = skip_marker(references, at, end, &number);
        if (after == at)
                return;
        size_t start = skip_spaces(references, after, end);
        if (start == end &&
            end < references->length) { /* what it says may begin on the next line */
                end = line_end(references, end + 1);
                start = skip_spaces(references, start + 1, end);
        }
        if (start >= end || !says_something(references->text + start, end - start))
                return;
        references->times[number]++;
        references->entries[number] = (Reference){at, start, reference_end(references, start, end)};
}

/* "Surname, A." or "Surname A (2019)", after a bullet or a number. */
static void add_author(References *references, size_t at, size_t end)
{
        const char *text = references->text;
        while (at < end && (g_ascii_isdigit(text[at]) || strchr("[]().-*+ \t", text[at])))
                at++;
        size_t stop = at;
        while (stop < end && stop - at < SURNAME_MAX &&
               (g_ascii_isalpha(text[stop]) || (unsigned char)text[stop] & 0x80 ||
                strchr("'-", text[stop])))
                stop++;
        /* initials: "The Society" is no author called The */
        bool initial = stop + 2 < end && text[stop] == ' ' && g_ascii_isupper(text[stop + 1]) &&
                       !g_ascii_islower(text[stop + 2]);
        bool listed = stop < end && (text[stop] == ',' || initial);
        if (stop - at < 2 || !listed)
                return;
        size_t limit = MIN(references->length, at + ENTRY_BYTES_MAX);
        unsigned years = 0;
        for (size_t i = stop; i + 4 <= limit && years < YEARS_MAX; i++) {
                if (text[i] == '\n' && text[i + 1] == '\n')
                        return;
                if (g_ascii_isdigit(text[i - 1]) || !is_year(text + i))
                        continue;
                years++;
                (void)g_hash_table_add(
                        references->authors,
                        g_strdup_printf("%.*s %.4s", (int)(stop - at), text + at, text + i));
        }
}

/* "## References", "7. Bibliography:" */
static bool announces(const References *references, size_t at, size_t end)
{
        static const char *const names[] = {
                "references",  "bibliography", "works cited",  "literature",    "literature cited",
                "sources",     "literatur",    "quellen",      "bibliographie", "références",
                "referencias", "bibliografía", "bibliografia", "footnotes",     "notes",
        };
        const char *text = references->text;
        while (at < end && (g_ascii_isdigit(text[at]) || strchr("#*=. \t", text[at])))
                at++;
        while (end > at && strchr("#*=: \t", text[end - 1]))
                end--;
        if (end - at < 5 || end - at > 20)
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                if (strlen(names[i]) == end - at &&
                    g_ascii_strncasecmp(names[i], text + at, end - at) == 0)
                        return true;
        return false;
}

References *references_new(const char *text, size_t length)
{
        References *references = g_new0(References, 1);
        references->text = text;
        references->length = length;
        references->authors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (size_t line = 0; line < length;) {
                size_t end = line_end(references, line);
                size_t at = skip_spaces(references, line, end);
                references->listing |= announces(references, at, end);
                if (at < end && (strchr("[.", text[at]) || g_ascii_isdigit(text[at])))
                        add_number(references, at, end);
                if (at < end && length - at <= AUTHORS_WITHIN)
                        add_author(references, at, end);
                line = end + 1;
        }
        /* a list begins at 0 or 1 and leaves nothing out */
        for (unsigned i = 0; i < NUMBERS_MAX; i++)
                if (references->times[i] != 1 || (i > 1 && !references->times[i - 1]))
                        references->times[i] = 0;
        return references;
}

References *references_free(References *references)
{
        if (!references)
                return NULL;
        g_hash_table_unref(references->authors);
        g_free(references);
        return NULL;
}

const Reference *references_number(const References *references, unsigned number)
{
        const Reference *entry = &references->entries[MIN(number, NUMBERS_MAX - 1)];
        bool there = number < NUMBERS_MAX && references->times[number] &&
                     refers(references->text + entry->start, entry->end - entry->start);
        return there ? entry : NULL;
}

bool references_author(const References *references, const char *surname, const char *year)
{
        g_autofree char *key = g_strdup_printf("%s %.4s", surname, year);
        return g_hash_table_contains(references->authors, key);
}
