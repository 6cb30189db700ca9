/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/scan.h"

#include <string.h>

#define URL_BYTES_MAX  2000
#define KEY_BYTES_MAX  200 /* of a citation */
#define LINK_BYTES_MAX 500 /* of a wikilink */
#define CODE_SPAN_MAX  2000
#define AUTHORS_MAX    120 /* bytes of "(Author and Author, 2019; …)" */

typedef struct Scan {
        Output *output;
        const char *text;
        size_t end;
        ScanFlags flags;
} Scan;

static bool is_word(char c)
{
        return g_ascii_isalnum(c) || c == '_' || ((unsigned char)c & 0x80);
}

static bool has(const Scan *scan, size_t at, const char *what)
{
        size_t n = strlen(what);
        return scan->end - at >= n && memcmp(scan->text + at, what, n) == 0;
}

static bool has_nocase(const Scan *scan, size_t at, const char *what)
{
        size_t n = strlen(what);
        return scan->end - at >= n && g_ascii_strncasecmp(scan->text + at, what, n) == 0;
}

static bool word_before(const Scan *scan, size_t start, size_t at)
{
        return at > start && is_word(scan->text[at - 1]);
}

static void add(Scan *scan, const char *kind, size_t start, size_t end, const char *const pairs[4])
{
        Item item = {.kind = kind, .start = start, .end = end};
        for (unsigned i = 0; i < 2; i++) {
                item.name[i] = pairs[2 * i];
                item.value[i] = pairs[2 * i + 1];
        }
        output_item(scan->output, &item);
}

static void add_citation(Scan *scan, size_t start, size_t end, const char *style)
{
        g_autofree char *key = output_collapse(scan->text + start, end - start, KEY_BYTES_MAX);
        add(scan, "citation", start, end, (const char *[]){"key", key, "style", style});
}

/* Where an address that begins at at ends: punctuation that closes a sentence is not of it, nor is a
 * bracket that was not opened in it. */
static size_t url_end(const Scan *scan, size_t at)
{
        static const bool ends_url[256] = {
                [0 ... ' '] = true, ['<'] = true, ['>'] = true,  ['"'] = true,
                ['`'] = true,       ['{'] = true, ['}'] = true,  ['|'] = true,
                ['\\'] = true,      ['^'] = true, [0x7f] = true,
        };
        size_t end = at, limit = MIN(scan->end, at + URL_BYTES_MAX);
        int round = 0, square = 0;
        for (; end < limit; end++) {
                char c = scan->text[end];
                if (ends_url[(unsigned char)c])
                        break;
                round += c == '(';
                square += c == '[';
                if ((c == ')' && --round < 0) || (c == ']' && --square < 0))
                        break;
        }
        while (end > at && strchr(".,;:!?'*_~", scan->text[end - 1]))
                end--;
        return end;
}

static size_t scan_url(Scan *scan, size_t start, size_t at)
{
        static const char *const schemes[] = {"https://", "http://", "ftp://", "mailto:"};
        if (word_before(scan, start, at))
                return at + 1;
        for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
                size_t n = strlen(schemes[i]);
                if (!has_nocase(scan, at, schemes[i]) || at + n >= scan->end)
                        continue;
                size_t end = url_end(scan, at);
                if (end <= at + n || !is_word(scan->text[at + n]))
                        return at + n;
                g_autofree char *url = g_strndup(scan->text + at, end - at);
                /* the label of a Markdown link, which its parser tells */
                bool label = scan->flags & SCAN_MARKDOWN && at > start &&
                             scan->text[at - 1] == '[' && has(scan, end, "](");
                if (!label)
                        add(scan, "external_ref", at, end,
                            (const char *[]){"url", url, NULL, NULL});
                const char *doi = strstr(url, "doi.org/10.");
                if (doi) /* a DOI as link is a citation too */
                        add_citation(scan, at + (size_t)(doi + 8 - url), end, "doi");
                return end;
        }
        return at + 1;
}

/* 10.1234/suffix */
static size_t scan_doi(Scan *scan, size_t start, size_t at)
{
        if (!has(scan, at, "10.") ||
            (at > start && (is_word(scan->text[at - 1]) || scan->text[at - 1] == '.')))
                return at + 1;
        size_t digits = at + 3;
        while (digits < scan->end && g_ascii_isdigit(scan->text[digits]))
                digits++;
        if (digits - at < 7 || digits - at > 12 || digits + 1 >= scan->end ||
            scan->text[digits] != '/')
                return digits;
        size_t end = url_end(scan, at);
        if (end <= digits + 2 || end - at > KEY_BYTES_MAX)
                return digits;
        add_citation(scan, at, end, "doi");
        return end;
}

/* arXiv:2101.00001v2, arXiv:hep-th/9901001 */
static size_t scan_arxiv(Scan *scan, size_t start, size_t at)
{
        if (!has_nocase(scan, at, "arxiv:") || word_before(scan, start, at))
                return at + 1;
        size_t id = at + 6;
        while (id < scan->end && scan->text[id] == ' ')
                id++;
        size_t end = id;
        while (end < scan->end && end - id < 40 &&
               (g_ascii_isalnum(scan->text[end]) || strchr("./-", scan->text[end])))
                end++;
        while (end > id && strchr("./-", scan->text[end - 1]))
                end--;
        if (end - id < 9 || !memchr(scan->text + id, scan->text[id] <= '9' ? '.' : '/', end - id))
                return id;
        g_autofree char *key = g_strndup(scan->text + id, end - id);
        add(scan, "citation", at, end, (const char *[]){"key", key, "style", "arxiv"});
        return end;
}

/* [12], [1, 2], [3-5], [3–5]: numbers up to 999 with separators. */
static size_t scan_numeric(Scan *scan, size_t at)
{
        size_t i = at + 1, digits = 0;
        for (; i < scan->end && i - at < 40; i++) {
                char c = scan->text[i];
                if (g_ascii_isdigit(c)) {
                        if (++digits > 3)
                                return at + 1;
                } else if (c == ']') {
                        break;
                } else if (digits == 0 && c != ' ') {
                        return at + 1;
                } else if (c == ',' || c == '-' || c == ';') {
                        digits = 0;
                } else if (has(scan, i, "\xe2\x80\x93")) {
                        i += 2, digits = 0;
                } else if (c != ' ') {
                        return at + 1;
                }
        }
        if (i >= scan->end || scan->text[i] != ']' || digits == 0)
                return at + 1;
        if (i + 1 < scan->end && strchr("([", scan->text[i + 1]))
                return i + 1; /* a link's label */
        add_citation(scan, at, i + 1, "numeric");
        return i + 1;
}

static bool is_year(const Scan *scan, size_t at)
{
        if (scan->end - at < 4 ||
            (!has(scan, at, "19") && !has(scan, at, "20") && !has(scan, at, "18")))
                return false;
        return g_ascii_isdigit(scan->text[at + 2]) && g_ascii_isdigit(scan->text[at + 3]) &&
               (at + 4 >= scan->end || !g_ascii_isdigit(scan->text[at + 4]));
}

static bool is_upper_at(const Scan *scan, size_t at)
{
        if (at >= scan->end)
                return false;
        if (!((unsigned char)scan->text[at] & 0x80))
                return g_ascii_isupper(scan->text[at]);
        gunichar c = g_utf8_get_char(scan->text + at);
        return g_unichar_isupper(c);
}

/* Names as in "van der Berg and O'Neil": everything between is letters, blanks, dots, "&", "-", "'" and
 * at least one word begins with a capital. */
static bool are_authors(const Scan *scan, size_t start, size_t end)
{
        bool capital = false;
        for (size_t i = start; i < end; i++) {
                char c = scan->text[i];
                if (!g_ascii_isalpha(c) && !((unsigned char)c & 0x80) && !strchr(" .&-',\n", c))
                        return false;
                if ((i == start || scan->text[i - 1] == ' ') && is_upper_at(scan, i) &&
                    i + 1 < end && is_word(scan->text[i + 1]))
                        capital = true;
        }
        return capital && end - start >= 3;
}

/* One "Author, 2019" inside brackets; returns whether it is one. */
static bool scan_author_part(Scan *scan, size_t start, size_t end)
{
        while (start < end && strchr(" \n", scan->text[start]))
                start++;
        static const char *const openers[] = {"see ", "e.g. ", "e.g., ", "cf. ", "in "};
        for (size_t i = 0; i < G_N_ELEMENTS(openers); i++)
                if (has(scan, start, openers[i]))
                        start += strlen(openers[i]);
        for (size_t at = start + 3; at + 4 <= end; at++) {
                if (!is_year(scan, at) || scan->text[at - 1] != ' ')
                        continue;
                size_t names = at - 1;
                if (names > start && scan->text[names - 1] == ',')
                        names--;
                if (!are_authors(scan, start, names))
                        return false;
                size_t year_end = at + 4 + (at + 4 < end && g_ascii_islower(scan->text[at + 4]));
                g_autofree char *authors =
                        output_collapse(scan->text + start, names - start, KEY_BYTES_MAX);
                g_autofree char *key =
                        g_strdup_printf("%s %.*s", authors, (int)(year_end - at), scan->text + at);
                add(scan, "citation", start, year_end,
                    (const char *[]){"key", key, "style", "author-year"});
                return true;
        }
        return false;
}

/* "Smith et al." before "(2019)": goes back over capitalised words, "et al.", "and", "&". */
static size_t authors_before(const Scan *scan, size_t low, size_t at)
{
        size_t found = at, i = at;
        while (i > low && scan->text[i - 1] == ' ' && at - i < AUTHORS_MAX) {
                size_t end = i - 1, word = end;
                while (word > low && !strchr(" \n(\"[", scan->text[word - 1]))
                        word--;
                size_t n = end - word;
                const char *w = scan->text + word;
                bool joins = (n == 3 && memcmp(w, "and", 3) == 0) || (n == 1 && *w == '&') ||
                             (n == 2 && memcmp(w, "et", 2) == 0) ||
                             (n == 3 && memcmp(w, "al.", 3) == 0);
                if (n == 0 ||
                    (!joins && (!is_upper_at(scan, word) || !are_authors(scan, word, end))))
                        break;
                bool stop = !joins && word > low && scan->text[word - 1] != ' ';
                if (!joins)
                        found = word;
                i = word;
                if (stop || (!joins && found != at && i > low + 4 && !has(scan, i - 4, "and ") &&
                             scan->text[i - 2] != '&'))
                        break;
        }
        return found;
}

/* "(Author, 2019; Other, 2020)" and "Author (2019)". */
static size_t scan_author_year(Scan *scan, size_t start, size_t at)
{
        if (is_year(scan, at + 1) && at + 5 < scan->end) {
                size_t close = at + 5 + (size_t)g_ascii_islower(scan->text[at + 5]);
                size_t names = authors_before(scan, start, at);
                if (close >= scan->end || scan->text[close] != ')' || names == at)
                        return at + 1;
                g_autofree char *authors =
                        output_collapse(scan->text + names, at - names, KEY_BYTES_MAX);
                g_autofree char *key = g_strdup_printf("%s %.*s", authors, (int)(close - at - 1),
                                                       scan->text + at + 1);
                add(scan, "citation", names, close + 1,
                    (const char *[]){"key", key, "style", "author-year"});
                return close + 1;
        }
        size_t limit = MIN(scan->end, at + 3 * AUTHORS_MAX), close = at + 1;
        while (close < limit && scan->text[close] != ')' && scan->text[close] != '(')
                close++;
        if (close >= limit || scan->text[close] != ')' || close - at < 9)
                return at + 1;
        size_t part = at + 1;
        for (size_t i = part; i <= close; i++) {
                if (i != close && scan->text[i] != ';')
                        continue;
                scan_author_part(scan, part, i);
                part = i + 1;
        }
        return at + 1;
}

/* [[target|label]], ![[target]]: on one line. */
static size_t scan_wikilink(Scan *scan, size_t at)
{
        size_t limit = MIN(scan->end, at + LINK_BYTES_MAX), bar = 0, i = at + 2;
        for (; i + 1 < limit; i++) {
                char c = scan->text[i];
                if (c == '\n' || c == '[' || (c == ']' && scan->text[i + 1] != ']'))
                        return at + 2;
                if (c == ']')
                        break;
                if (c == '|' && !bar)
                        bar = i;
        }
        if (i + 1 >= limit || i == at + 2)
                return at + 2;
        /* a table needs the bar escaped */
        size_t target_end = bar ? bar - (scan->text[bar - 1] == '\\') : i;
        g_autofree char *target =
                output_collapse(scan->text + at + 2, target_end - at - 2, LINK_BYTES_MAX);
        g_autofree char *label =
                bar ? output_collapse(scan->text + bar + 1, i - bar - 1, LINK_BYTES_MAX) : NULL;
        if (*target)
                add(scan, "wikilink", at, i + 2,
                    (const char *[]){"target", target, "label", label});
        return i + 2;
}

static bool is_key_char(char c)
{
        return g_ascii_isalnum(c) || (c && strchr("_:-./+", c));
}

static size_t key_end(const Scan *scan, size_t at)
{
        size_t end = at;
        while (end < scan->end && end - at < KEY_BYTES_MAX && is_key_char(scan->text[end]))
                end++;
        while (end > at && strchr(":.-/+", scan->text[end - 1]))
                end--;
        return end;
}

/* Pandoc's [@key; @other], @key in text, and BibTeX's @article{key, */
static size_t scan_at(Scan *scan, size_t start, size_t at)
{
        size_t key = at + 1;
        if (scan->flags & SCAN_BIBTEX) {
                while (key < scan->end && g_ascii_isalpha(scan->text[key]))
                        key++;
                if (key == at + 1 || key >= scan->end || scan->text[key++] != '{')
                        return at + 1;
        } else if (at > start && !strchr(" \n[;(-", scan->text[at - 1])) {
                return at + 1; /* an e-mail address */
        }
        size_t end = key_end(scan, key);
        if (end - key < 3)
                return at + 1;
        bool digit = false, bracket = at > start && strchr("[;-", scan->text[at - 1]);
        for (size_t i = key; i < end; i++)
                digit |= g_ascii_isdigit(scan->text[i]);
        if (at > start + 1 && scan->text[at - 1] == ' ' && strchr(";[", scan->text[at - 2]))
                bracket = true;
        /* outside brackets a key without a digit is rather somebody's nickname */
        if (!digit && !bracket && !(scan->flags & SCAN_BIBTEX))
                return end;
        if (scan->flags & SCAN_BIBTEX && (end >= scan->end || scan->text[end] != ','))
                return end;
        g_autofree char *name = g_strndup(scan->text + key, end - key);
        add(scan, "citation", at, end, (const char *[]){"key", name, "style", "bibtex"});
        return end;
}

/* Past a code span: a run of backticks, up to an equal one. */
static size_t skip_code_span(const Scan *scan, size_t at)
{
        size_t run = at, limit;
        while (run < scan->end && scan->text[run] == '`')
                run++;
        limit = MIN(scan->end, run + CODE_SPAN_MAX);
        for (size_t i = run; i < limit;) {
                if (scan->text[i] != '`') {
                        i++;
                        continue;
                }
                size_t close = i;
                while (close < limit && scan->text[close] == '`')
                        close++;
                if (close - i == run - at)
                        return close;
                i = close;
        }
        return run;
}

/* Past "](destination)" and the address of "]: address", which the Markdown parser tells. */
static size_t skip_destination(const Scan *scan, size_t at)
{
        if (has(scan, at, "](")) {
                size_t end = url_end(scan, at + 2);
                return MAX(end, at + 2);
        }
        if (has(scan, at, "]: ") && has_nocase(scan, at + 3, "http"))
                return url_end(scan, at + 3);
        return at + 1;
}

static size_t scan_bracket(Scan *scan, size_t start, size_t at)
{
        if ((scan->flags & SCAN_MARKDOWN) && has(scan, at, "[["))
                return scan_wikilink(scan, at);
        if (scan->flags & SCAN_CODE || word_before(scan, start, at))
                return at + 1;
        return scan_numeric(scan, at);
}

static size_t scan_one(Scan *scan, size_t start, size_t at)
{
        bool prose = !(scan->flags & SCAN_CODE);
        switch (scan->text[at]) {
        case 'h':
        case 'H':
        case 'f':
        case 'm':
                return scan_url(scan, start, at);
        case '1':
                return scan_doi(scan, start, at);
        case 'a':
        case 'A':
                return scan_arxiv(scan, start, at);
        case '[':
                return scan_bracket(scan, start, at);
        case '(':
                return prose ? scan_author_year(scan, start, at) : at + 1;
        case '@':
                return prose ? scan_at(scan, start, at) : at + 1;
        case '`':
                return scan->flags & SCAN_MARKDOWN ? skip_code_span(scan, at) : at + 1;
        case ']':
                return scan->flags & SCAN_MARKDOWN ? skip_destination(scan, at) : at + 1;
        default:
                return at + 1;
        }
}

void scan(Output *output, size_t start, size_t end, ScanFlags flags)
{
        static const bool interesting[256] = {
                ['h'] = true, ['H'] = true, ['f'] = true, ['m'] = true, ['1'] = true, ['a'] = true,
                ['A'] = true, ['['] = true, ['('] = true, ['@'] = true, ['`'] = true, [']'] = true,
        };
        Scan state = {.output = output,
                      .text = output_get(output),
                      .end = MIN(end, output_length(output)),
                      .flags = flags};
        for (size_t at = start; at < state.end;) {
                if (interesting[(unsigned char)state.text[at]])
                        at = scan_one(&state, start, at);
                else
                        at++;
        }
}
