/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/scan-state.h"

#define URL_BYTES_MAX  2000
#define KEY_BYTES_MAX  200 /* of a citation */
#define LINK_BYTES_MAX 500 /* of a wikilink */
#define CODE_SPAN_MAX  2000

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
        cite(scan, start, end, key, style);
}

/* Punctuation outside ASCII that no address has in it unencoded: quotes, dashes, no-break and wide spaces,
 * that of Chinese and Japanese, which has no blank before it. */
static bool is_wide_mark(const Scan *scan, size_t at)
{
        gunichar c = g_utf8_get_char(scan->text + at);
        return c == 0xa0 || c == 0xab || c == 0xbb || (c >= 0x2000 && c <= 0x206f) ||
               (c >= 0x3000 && c <= 0x3002) || (c >= 0x3008 && c <= 0x3011) ||
               (c >= 0xff01 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20);
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
                if (ends_url[(unsigned char)c] ||
                    ((unsigned char)c & 0x80 && is_wide_mark(scan, end)))
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

/* "http://<host>/", "https://example.org/${id}", "http://host/%s": a pattern of addresses, not one. */
static bool is_pattern(const Scan *scan, size_t at, size_t end)
{
        const char *text = scan->text;
        for (size_t i = at; i < end; i++)
                if (text[i] == '%' && !(i + 2 < end && g_ascii_isxdigit(text[i + 1]) &&
                                        g_ascii_isxdigit(text[i + 2])))
                        return true;
        size_t next = end;
        while (next < scan->end && strchr(".:*_~", text[next])) /* what was taken off the end */
                next++;
        if (next >= scan->end)
                return false;
        bool inside = next > at && strchr("/=?&-._:$", text[next - 1]);
        return text[next] == '{' || (text[next] == '$' && has(scan, next + 1, "{")) ||
               text[end - 1] == '$' ||
               (text[next] == '<' && inside && next + 1 < scan->end &&
                g_ascii_isalpha(text[next + 1]));
}

bool scan_is_public(const char *url)
{
        const char *host = strstr(url, "://");
        if (!host)
                return strchr(url, '@') != NULL; /* mailto: */
        host += 3;
        size_t length = strcspn(host, "/?#:");
        return memchr(host, '.', length) && !g_str_has_prefix(host, "127.") &&
               !g_str_has_prefix(host, "0.0.0.0") && host[length - 1] != '.';
}

static size_t scan_url(Scan *scan, size_t start, size_t at)
{
        static const char *const schemes[] = {"https://", "http://", "ftp://", "mailto:"};
        if (at > start && (g_ascii_isalnum(scan->text[at - 1]) || scan->text[at - 1] == '_'))
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
                if (!label && scan_is_public(url) && !is_pattern(scan, at, end))
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
        cite(scan, at, end, key, "arxiv");
        return end;
}

/* The tests of a shell and lists in lists are written in two brackets too. */
static bool is_page_name(const Scan *scan, size_t at, const char *target)
{
        bool letters = false;
        for (const char *c = target; *c; c++)
                letters |= g_ascii_isalpha(*c) || (unsigned char)*c & 0x80;
        return letters && !strchr(" -$\"'!`^", scan->text[at]) && !strstr(target, "==") &&
               !strstr(target, "=~") && !strchr(target, '"') && !strchr(target, '$');
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
        /* "Page#Heading" links to Page; "#Heading" stays in this one */
        const char *heading = memchr(scan->text + at + 2, '#', target_end - at - 2);
        if (heading)
                target_end = (size_t)(heading - scan->text);
        g_autofree char *target =
                output_collapse(scan->text + at + 2, target_end - at - 2, LINK_BYTES_MAX);
        g_autofree char *label =
                bar ? output_collapse(scan->text + bar + 1, i - bar - 1, LINK_BYTES_MAX) : NULL;
        if (has(scan, i + 2, "(") || !is_page_name(scan, at + 2, target))
                return i + 2;
        add(scan, "wikilink", at - (at > 0 && scan->text[at - 1] == '!'), i + 2,
            (const char *[]){"target", target, "label", label});
        return i + 2;
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
        return cite_numeric(scan, at);
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
                return prose ? cite_author_year(scan, start, at) : at + 1;
        case '@':
                return prose ? cite_key(scan, start, at) : at + 1;
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
