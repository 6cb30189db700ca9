/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Citations in prose. Brackets with numbers and names with years are mostly something else, so they count
 * only if the text says what they stand for: see references.h. */
#include "extract/scan-state.h"

#define KEY_BYTES_MAX        200 /* of a citation */
#define ENTRY_BYTES_MAX      300 /* … that is the text of its reference */
#define AUTHORS_MAX          120 /* bytes of "(Author and Author, 2019; …)" */
#define NUMBERS_MAX          20  /* in one bracket */
#define SENTENCE_BEFORE      200 /* bytes before a citation that may belong to its sentence */
#define SENTENCE_BYTES_MAX   290
#define SENTENCE_LETTERS_MIN 8 /* fewer say nothing */

/* ---- the sentence around ---- */

static bool is_abbreviation(const char *text, size_t low, size_t dot)
{
        static const char *const known[] = {"al", "eg", "ie", "cf", "vs",  "dr",  "mr",  "mrs",
                                            "st", "no", "pp", "ed", "eds", "vol", "fig", "ch"};
        size_t word = dot;
        while (word > low && g_ascii_isalpha(text[word - 1]))
                word--;
        if (dot - word <= 1)
                return dot > word;
        for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
                if (strlen(known[i]) == dot - word &&
                    g_ascii_strncasecmp(known[i], text + word, dot - word) == 0)
                        return true;
        return false;
}

/* Past the full stop that ends a sentence at at, with what closes after it; at itself if none does. */
static size_t past_stop(const char *text, size_t low, size_t at, size_t end)
{
        static const char *const wide[] = {"。", "！", "？"};
        for (size_t i = 0; i < G_N_ELEMENTS(wide); i++)
                if (end - at >= 3 && memcmp(text + at, wide[i], 3) == 0)
                        return at + 3;
        if (!text[at] || !strchr(".!?", text[at]))
                return at;
        size_t next = at + 1;
        while (next < end && text[next] && strchr("\"')]*_", text[next]))
                next++;
        if (next < end && !g_ascii_isspace(text[next]))
                return at;
        size_t word = next;
        while (word < MIN(end, next + 20) && g_ascii_isspace(text[word]))
                word++;
        bool goes_on = word < end && g_ascii_islower(text[word]);
        return goes_on || (text[at] == '.' && is_abbreviation(text, low, at)) ? at : next;
}

/* Does a new block begin with the line at at: blank, or of a list, a table, a heading? */
static bool begins_block(const char *text, size_t at, size_t end)
{
        while (at < end && strchr(" \t", text[at]) && text[at])
                at++;
        if (at >= end || text[at] == '\n' || text[at] == '\f')
                return true;
        if (strchr("-*+#>|[", text[at]))
                return true;
        size_t digits = at;
        while (digits < end && g_ascii_isdigit(text[digits]))
                digits++;
        return digits > at && digits + 1 < end && strchr(".)", text[digits]) &&
               text[digits + 1] == ' ';
}

static size_t sentence_start(const char *text, size_t from, size_t length)
{
        size_t low = from > SENTENCE_BEFORE ? from - SENTENCE_BEFORE : 0, at = from;
        for (; at > low; at--) {
                if (text[at - 1] == '\f' ||
                    (text[at - 1] == '\n' &&
                     (at < 2 || text[at - 2] == '\n' || begins_block(text, at, length))))
                        break;
                if (at < from && past_stop(text, low, at - 1, length) != at - 1)
                        break;
        }
        if (at == low && low > 0) { /* too long: from a word on */
                while (at < from && !g_ascii_isspace(text[at]))
                        at++;
                at = at < from ? at : from;
        }
        while (at < from &&
               (strchr("-*+#>|\" \t\n", text[at]) || past_stop(text, low, at, length) == at + 1))
                at++;
        while (at < from && ((unsigned char)text[at] & 0xc0) == 0x80)
                at++;
        return at;
}

static size_t sentence_end(const char *text, size_t start, size_t from, size_t length)
{
        size_t limit = MIN(length, start + SENTENCE_BYTES_MAX), at = from;
        for (; at < limit; at++) {
                if (text[at] == '\f' || (text[at] == '\n' && begins_block(text, at + 1, length)))
                        return at;
                size_t past = past_stop(text, start, at, length);
                if (past != at)
                        return past;
        }
        if (at < length) {
                while (at > from && !g_ascii_isspace(text[at]))
                        at--;
        }
        return MAX(at, from);
}

void cite(Scan *scan, size_t start, size_t end, const char *key, const char *style)
{
        const char *text = scan->text;
        size_t length = output_length(scan->output), before = start;
        Item item = {.kind = "citation", .name = {"key", "style"}, .value = {key, style}};
        /* "… not on their blood.[1] We count": of the sentence that has ended */
        while (before > 0 && strchr(".,;:!?)\"'", text[before - 1]) && text[before - 1])
                before--;
        bool ended = before < start && past_stop(text, before, before, length) == before &&
                     strchr(".!?", text[before]);
        item.start =
                end - start > SENTENCE_BYTES_MAX ? start : sentence_start(text, before, length);
        item.end = ended ? end : sentence_end(text, item.start, end, length);
        unsigned letters = 0;
        for (size_t i = item.start; i < item.end && letters < SENTENCE_LETTERS_MIN; i++)
                letters += g_ascii_isalpha(text[i]) || (unsigned char)text[i] & 0x80;
        if (letters >= SENTENCE_LETTERS_MIN)
                output_item(scan->output, &item);
}

/* ---- [3], [1, 2], [3-5] ---- */

static void references_destroy(void *references)
{
        (void)references_free(references);
}

static References *references_of(Scan *scan)
{
        References *references = output_kept(scan->output);
        if (!references) {
                references = references_new(scan->text, output_length(scan->output));
                output_keep(scan->output, references, references_destroy);
        }
        return references;
}

typedef struct Numbers {
        unsigned all[NUMBERS_MAX], count;
        bool range; /* what comes ends a range */
} Numbers;

static void numbers_add(Numbers *numbers, unsigned number)
{
        unsigned first = number;
        if (numbers->range && numbers->count > 0 && numbers->all[numbers->count - 1] < number)
                first = numbers->all[numbers->count - 1] + 1;
        for (; first <= number && numbers->count < NUMBERS_MAX; first++)
                numbers->all[numbers->count++] = first;
}

/* Where the bracket closes, 0 if it holds anything but numbers up to 999. */
static size_t read_numbers(const Scan *scan, size_t at, Numbers *numbers)
{
        unsigned number = 0, digits = 0;
        for (size_t i = at + 1; i < scan->end && i - at < 40; i++) {
                char c = scan->text[i];
                if (g_ascii_isdigit(c)) {
                        number = number * 10 + (unsigned)(c - '0');
                        if (++digits > 3)
                                return 0;
                        continue;
                }
                bool dash = c == '-' || has(scan, i, "\xe2\x80\x93");
                if (c == ' ')
                        continue;
                if (digits == 0 || (c != ']' && c != ',' && c != ';' && !dash))
                        return 0;
                numbers_add(numbers, number);
                if (c == ']')
                        return i;
                numbers->range = dash;
                number = digits = 0;
                i += c == '-' || !dash ? 0 : 2;
        }
        return 0;
}

/* "[[3], [5]]", "exc_info()[1].trace" */
static bool is_of_code(const Scan *scan, size_t at, size_t close)
{
        return (at > 0 && scan->text[at - 1] == '[') || has(scan, close + 1, "]") ||
               (has(scan, close + 1, ".") && close + 2 < scan->end &&
                is_word(scan->text[close + 2]));
}

size_t cite_numeric(Scan *scan, size_t at)
{
        Numbers numbers = {0};
        size_t close = at + 1 < scan->end && g_ascii_isdigit(scan->text[at + 1])
                               ? read_numbers(scan, at, &numbers)
                               : 0;
        if (!close || is_of_code(scan, at, close))
                return at + 1;
        /* a link's label */
        if (scan->flags & SCAN_MARKDOWN && (has(scan, close + 1, "(") || has(scan, close + 1, "[")))
                return close + 1;
        const References *references = references_of(scan);
        for (unsigned i = 0; i < numbers.count; i++) {
                const Reference *entry = references_number(references, numbers.all[i]);
                if (!entry || (at >= entry->marker && at < entry->end))
                        continue;
                g_autofree char *key = output_collapse(scan->text + entry->start,
                                                       entry->end - entry->start, ENTRY_BYTES_MAX);
                cite(scan, at, close + 1, key, "numeric");
        }
        return close + 1;
}

/* ---- (Author, 2019), Author et al. (2019) ---- */

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

/* Months and days stand before years more often than authors do. */
static bool is_of_calendar(const char *name)
{
        static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                            "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue",
                                            "Wed", "Thu", "Fri", "Sat", "Sun"};
        static const char *const rests[] = {"",    "uary", "ruary",  "ch",     "il",   "e",
                                            "y",   "ust",  "t",      "tember", "ober", "ember",
                                            "day", "sday", "nesday", "rsday",  "urday"};
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                for (size_t j = 0; g_str_has_prefix(name, names[i]) && j < G_N_ELEMENTS(rests); j++)
                        if (g_str_equal(name + 3, rests[j]))
                                return true;
        return false;
}

/* The first author must be one: "et al." says so, else the list of references must. */
static bool is_known(Scan *scan, size_t start, size_t end, size_t year)
{
        while (start < end && !is_upper_at(scan, start)) { /* "van der" */
                while (start < end && scan->text[start] != ' ')
                        start++;
                start++;
        }
        size_t stop = start;
        while (stop < end && (is_word(scan->text[stop]) || strchr("'-", scan->text[stop])))
                stop++;
        if (stop <= start + 1)
                return false;
        g_autofree char *surname = g_strndup(scan->text + start, stop - start);
        if (is_of_calendar(surname))
                return false;
        const char *rest = scan->text + stop;
        if (g_str_has_prefix(rest, " et al") && g_ascii_islower(surname[strlen(surname) - 1]))
                return true;
        return references_author(references_of(scan), surname, scan->text + year);
}

static void cite_authors(Scan *scan, size_t start, size_t names_end, size_t year, size_t end)
{
        size_t year_end = year + 4 + (g_ascii_islower(scan->text[year + 4]) ? 1 : 0);
        g_autofree char *authors =
                output_collapse(scan->text + start, names_end - start, KEY_BYTES_MAX);
        g_autofree char *key =
                g_strdup_printf("%s %.*s", authors, (int)(year_end - year), scan->text + year);
        if (is_known(scan, start, names_end, year))
                cite(scan, start, end, key, "author-year");
}

/* One "Author, 2019" inside brackets. */
static void cite_author_part(Scan *scan, size_t start, size_t end)
{
        while (start < end && strchr(" \n", scan->text[start]))
                start++;
        static const char *const openers[] = {"see ", "e.g. ", "e.g., ", "cf. ", "in "};
        for (size_t i = 0; i < G_N_ELEMENTS(openers); i++)
                if (has(scan, start, openers[i]))
                        start += strlen(openers[i]);
        for (size_t at = start + 3; at + 4 <= end; at++) {
                if (!is_year(scan, at) || !strchr(" \n", scan->text[at - 1]))
                        continue;
                size_t names = at - 1;
                if (names > start && scan->text[names - 1] == ',')
                        names--;
                if (are_authors(scan, start, names))
                        cite_authors(scan, start, names, at, end);
                return;
        }
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

size_t cite_author_year(Scan *scan, size_t start, size_t at)
{
        if (is_year(scan, at + 1) && at + 5 < scan->end) {
                size_t close = at + 5 + (size_t)g_ascii_islower(scan->text[at + 5]);
                size_t names = authors_before(scan, start, at);
                if (close < scan->end && scan->text[close] == ')' && names != at)
                        cite_authors(scan, names, at, at + 1, close + 1);
                return at + 1;
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
                cite_author_part(scan, part, i);
                part = i + 1;
        }
        return at + 1;
}

/* ---- [@key; @other], and BibTeX's @article{key, ---- */

static bool is_key_char(char c)
{
        return g_ascii_isalnum(c) || (c && strchr("_:-.+", c));
}

static size_t key_end(const Scan *scan, size_t at)
{
        size_t end = at;
        while (end < scan->end && end - at < KEY_BYTES_MAX && is_key_char(scan->text[end]))
                end++;
        while (end > at && strchr(":.-+", scan->text[end - 1]))
                end--;
        return end;
}

/* Up to the brace that closes the entry whose first one is at open. */
static size_t entry_end(const Scan *scan, size_t open)
{
        size_t limit = MIN(scan->end, open + 4000);
        int depth = 0;
        for (size_t i = open; i < limit; i++) {
                depth += (scan->text[i] == '{') - (scan->text[i] == '}');
                if (depth == 0)
                        return i + 1;
        }
        return limit;
}

static size_t cite_bibtex(Scan *scan, size_t at)
{
        size_t open = at + 1;
        while (open < scan->end && g_ascii_isalpha(scan->text[open]))
                open++;
        if (open == at + 1 || open >= scan->end || scan->text[open] != '{')
                return at + 1;
        size_t end = key_end(scan, open + 1);
        if (end - open < 3 || end >= scan->end || scan->text[end] != ',')
                return at + 1;
        g_autofree char *key = g_strndup(scan->text + open + 1, end - open - 1);
        output_item(scan->output, &(Item){.kind = "citation",
                                          .start = at,
                                          .end = entry_end(scan, open),
                                          .name = {"key", "style"},
                                          .value = {key, "bibtex"}});
        return end;
}

/* A year, as in "knuth1984" or "seeley2019lives": what has none is somebody's nickname or a package. */
static bool has_year(const Scan *scan, size_t start, size_t end)
{
        for (size_t i = start + 1; i + 4 <= end; i++)
                if (!g_ascii_isdigit(scan->text[i - 1]) && is_year(scan, i))
                        return true;
        return false;
}

/* In the brackets of Pandoc: the one before it opens, and the one that closes makes no link. */
static bool is_bracketed(const Scan *scan, size_t start, size_t at, size_t end)
{
        size_t open = at, close = end;
        while (open > start && at - open < AUTHORS_MAX && !strchr("[]\n", scan->text[open - 1]))
                open--;
        while (close < scan->end && close - end < 3 * AUTHORS_MAX &&
               !strchr("[]", scan->text[close]))
                close++;
        return open > start && scan->text[open - 1] == '[' && has(scan, close, "]") &&
               !has(scan, close, "](") && !has(scan, close, "][") && !has(scan, close, "]:");
}

size_t cite_key(Scan *scan, size_t start, size_t at)
{
        if (scan->flags & SCAN_BIBTEX)
                return cite_bibtex(scan, at);
        if (!(scan->flags & SCAN_MARKDOWN) ||
            (at > start && !strchr(" \n[;(-", scan->text[at - 1])))
                return at + 1; /* an e-mail address */
        size_t key = at + 1, end = key_end(scan, key);
        bool scope = end < scan->end && scan->text[end] == '/';
        if (scope || !has_year(scan, key, end) || !is_bracketed(scan, start, at, end))
                return MAX(end, at + 1);
        g_autofree char *name = g_strndup(scan->text + key, end - key);
        cite(scan, at, end, name, "bibtex");
        return end;
}
