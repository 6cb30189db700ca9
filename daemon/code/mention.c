/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text is gone through line by line: fences open and close blocks of code, backticks spans. What is left are chunks,
 * runs of what may stand in a name or path; a chunk is one word or none. */
#include "code/mention.h"

#include <limits.h>
#include <string.h>

#include "base/base.h"
#include "syntax/unit.h"

/* Backticks side by side. */
typedef struct Run {
        const char *at;
        size_t ticks;
        unsigned close; /* number of the next run of as many; RUN_NONE: there is none */
} Run;

#define RUN_NONE UINT_MAX

typedef struct Scan {
        const char *text;
        const char *counted; /* up to here characters are known */
        int64_t chars;
        GPtrArray *list;
        GHashTable *known;  /* word → Mention of the list */
        GArray *runs;       /* of Run, of one line */
        GHashTable *closes; /* ticks → number of the last run of so many, + 1 */
        bool cut;
} Scan;

void mention_free(void *data)
{
        Mention *mention = data;

        g_free(mention->word);
        g_free(mention->name);
        g_free(mention->text);
        g_free(mention);
}

/* ---- characters ---- */

static bool is_word(unsigned char c)
{
        return g_ascii_isalnum(c) || c == '_' || c >= 0x80;
}

static bool is_chunk(const char *at)
{
        return is_word((unsigned char)*at) || (*at && strchr("./:#-@$%=&?+~\\", *at)) ||
               (at[0] == '>' && at[-1] == '-');
}

static bool is_identifier(const char *at, size_t length)
{
        for (size_t i = 0; i < length; i++)
                if (!is_word((unsigned char)at[i]))
                        return false;
        return length > 0 && !g_ascii_isdigit(*at);
}

/* Letters of scripts may stand in names, dashes and quotation marks do not. */
static bool is_all_letters(const char *at, size_t length)
{
        for (const char *end = at + length; at < end; at = g_utf8_next_char(at)) {
                gunichar c = g_utf8_get_char(at);

                if (c >= 0x80 && !g_unichar_isalnum(c) && !g_unichar_ismark(c))
                        return false;
        }
        return true;
}

/* camelCase, snake_case, utf8: nobody writes prose so. */
static bool is_distinct(const char *name)
{
        size_t length = strlen(name);
        bool hump = false, line = false, digit = false, letter = false;

        for (size_t i = 0; i < length; i++) {
                hump |= i > 0 && g_ascii_islower(name[i - 1]) && g_ascii_isupper(name[i]);
                line |= i > 0 && i + 1 < length && name[i] == '_' && name[i - 1] != '_';
                digit |= i > 0 && g_ascii_isdigit(name[i]);
                letter |= g_ascii_isalpha(name[i]);
        }
        return letter && length >= 5 && (hump || line || digit);
}

/* ---- words ---- */

static int64_t chars_to(Scan *scan, const char *at)
{
        for (; scan->counted < at; scan->counted++)
                scan->chars += ((unsigned char)*scan->counted & 0xc0) != 0x80;
        return scan->chars;
}

static bool is_plainer(unsigned now, unsigned before)
{
        unsigned code = MENTION_SPAN | MENTION_CALL;

        return (now & code) && !(before & code);
}

/* Takes over word and text. */
static void keep(Scan *scan, Mention *mention, const char *at)
{
        Mention *known = g_hash_table_lookup(scan->known, mention->word);

        mention->byte = at - scan->text;
        mention->start = chars_to(scan, at);
        if (!known && scan->list->len < MENTION_WORDS_MAX) {
                Mention *kept = g_memdup2(mention, sizeof(*mention));

                g_ptr_array_add(scan->list, kept);
                g_hash_table_insert(scan->known, kept->word, kept);
                return;
        }
        scan->cut |= !known;
        if (known && is_plainer(mention->shape, known->shape)) {
                known->byte = mention->byte;
                known->start = mention->start;
                g_free(known->text);
                known->text = g_steal_pointer(&mention->text);
        }
        if (known)
                known->shape |= mention->shape & ~(unsigned)MENTION_CODE;
        g_free(mention->word);
        g_free(mention->name);
        g_free(mention->text);
}

/* What the parts of a chunk are separated by at this place: its length, 0 for nothing that does. */
static size_t separator(const char *at, const char *end)
{
        if (at + 1 < end && ((at[0] == ':' && at[1] == ':') || (at[0] == '-' && at[1] == '>')))
                return 2;
        return *at == '.' || *at == '#' ? 1 : 0;
}

/* Names with separators between, joined by full stops; NULL: it is something else. */
static char *read_parts(const char *at, const char *end, unsigned *ret_parts)
{
        g_autoptr(GString) word = g_string_new(NULL);
        unsigned parts = 0;

        while (at < end && parts < MENTION_PARTS_MAX) {
                const char *from = at;

                while (at < end && is_word((unsigned char)*at))
                        at++;
                if (!is_identifier(from, (size_t)(at - from)) ||
                    !is_all_letters(from, (size_t)(at - from)))
                        return NULL;
                if (parts++ > 0)
                        g_string_append_c(word, '.');
                g_string_append_len(word, from, at - from);
                size_t between = at < end ? separator(at, end) : 0;
                if (at < end && !between)
                        return NULL;
                at += between;
        }
        *ret_parts = parts;
        return at == end ? g_string_free(g_steal_pointer(&word), FALSE) : NULL;
}

/* Of a path (with the line, as in file.c:12) the path; NULL: it is none of a source file. */
static char *read_file(const char *at, const char *end)
{
        const char *colon = memchr(at, ':', (size_t)(end - at));
        g_autofree char *path = NULL;

        if (colon && strspn(colon + 1, "0123456789:-") >= (size_t)(end - colon - 1))
                end = colon;
        if (end - at > 2 && at[0] == '.' && at[1] == '/')
                at += 2;
        for (const char *c = at; c < end; c++)
                if (!is_word((unsigned char)*c) && !strchr("./-+", *c))
                        return NULL;
        path = g_strndup(at, (size_t)(end - at));
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        UnitLanguage language = *name == '.' ? 0 : unit_language_of(name);
        return language && language != UNIT_MANIFEST ? g_steal_pointer(&path) : NULL;
}

static void take_file(Scan *scan, const char *at, const char *end, char *path, unsigned shape)
{
        const char *slash = strrchr(path, '/');
        Mention mention = {.word = path,
                           .name = g_strdup(slash ? slash + 1 : path),
                           .text = g_strndup(at, (size_t)(end - at)),
                           .shape = shape | MENTION_FILE};

        keep(scan, &mention, at);
}

/* Does the name stand in front of empty parentheses, or, in code, of any? "name(2)" is a manual's page. */
static bool is_call(const char *end, unsigned shape)
{
        if (*end != '(')
                return false;
        return end[1] == ')' || ((shape & (MENTION_CODE | MENTION_SPAN)) &&
                                 !(g_ascii_isdigit(end[1]) && end[2] == ')'));
}

static void take_name(Scan *scan, const char *at, const char *end, unsigned shape)
{
        unsigned parts = 0;
        char *word = read_parts(at, end, &parts);

        if (!word)
                return;
        const char *last = strrchr(word, '.');
        const char *name = last ? last + 1 : word;
        size_t empty = end[0] == '(' && end[1] == ')' ? 2 : 0;
        shape |= (parts > 1 ? MENTION_QUALIFIED : 0) | (is_call(end, shape) ? MENTION_CALL : 0) |
                 (is_distinct(name) ? MENTION_DISTINCT : 0);
        bool marked = *word == '_' && word[strlen(word) - 1] == '_' && !(shape & MENTION_SPAN);
        bool plain =
                !(shape & (MENTION_SPAN | MENTION_CALL | MENTION_QUALIFIED | MENTION_DISTINCT));
        if (marked || plain || g_utf8_strlen(name, -1) < MENTION_NAME_CHARS_MIN) {
                g_free(word);
                return;
        }
        Mention mention = {.word = word,
                           .name = g_strdup(name),
                           .text = g_strndup(at, (size_t)(end - at) + empty),
                           .shape = shape};
        keep(scan, &mention, at);
}

static void take_chunk(Scan *scan, const char *at, const char *end, unsigned shape)
{
        while (end > at && strchr("./:#-=&?+~%$\\>", end[-1]))
                end--;
        size_t length = (size_t)(end - at);
        if (length == 0 || length > MENTION_BYTES_MAX || g_strstr_len(at, (gssize)length, "://"))
                return;
        char *path = read_file(at, end);
        if (path)
                take_file(scan, at, end, path, shape);
        else
                take_name(scan, at, end, shape);
}

static void scan_chunks(Scan *scan, const char *at, const char *end, unsigned shape)
{
        while (at < end) {
                const char *from = at;

                while (at < end && (at > from ? is_chunk(at) : *at != '>' && is_chunk(at)))
                        at++;
                if (at > from)
                        take_chunk(scan, from, at, shape);
                else
                        at++;
        }
}

/* ---- code spans ---- */

/* The length of a word that stands in declarations before a name, with the space behind it; 0: it is none. */
static size_t keyword_at(const char *at, const char *end)
{
        static const char *const words[] = {
                "struct",   "class", "enum",  "union", "interface", "def",   "fn",        "func",
                "function", "type",  "trait", "new",   "import",    "const", "namespace", "async"};

        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
                size_t length = strlen(words[i]);

                if ((size_t)(end - at) > length + 1 && strncmp(at, words[i], length) == 0 &&
                    at[length] == ' ')
                        return length + 1;
        }
        return 0;
}

/* A loop, since a text may have any number of them. */
static const char *skip_keywords(const char *at, const char *end)
{
        size_t length;

        while ((length = keyword_at(at, end)) > 0)
                at += length;
        return at;
}

/* The end of the name or path if it was declared by a word before, or nothing but its arguments follows; else NULL. */
static const char *only_name(const char *at, const char *end, bool declared)
{
        const char *name = at;

        while (at < end && is_chunk(at))
                at++;
        if (at == name || at == end || declared)
                return at == name ? NULL : at;
        return *at == '(' && (end[-1] == ')' || (end[-1] == ';' && end[-2] == ')')) ? at : NULL;
}

static void scan_span(Scan *scan, const char *at, const char *end)
{
        while (at < end && g_ascii_isspace(*at))
                at++;
        while (end > at && g_ascii_isspace(end[-1]))
                end--;
        const char *from = skip_keywords(at, end);
        const char *stop =
                end - at <= MENTION_SPAN_BYTES_MAX ? only_name(from, end, from > at) : NULL;
        if (stop)
                take_chunk(scan, from, stop, MENTION_SPAN);
        scan_chunks(scan, stop ? stop : at, end, MENTION_CODE);
}

static size_t run_of(const char *at, const char *end, char c)
{
        const char *from = at;

        while (at < end && *at == c)
                at++;
        return (size_t)(at - from);
}

/* Each run closes the last one before it that is as long: so all are found in one go. */
static void find_runs(Scan *scan, const char *at, const char *end)
{
        g_array_set_size(scan->runs, 0);
        while ((at = memchr(at, '`', (size_t)(end - at)))) {
                Run run = {at, run_of(at, end, '`'), RUN_NONE};
                void *ticks = GSIZE_TO_POINTER(run.ticks);
                unsigned last = GPOINTER_TO_UINT(g_hash_table_lookup(scan->closes, ticks));

                if (last)
                        g_array_index(scan->runs, Run, last - 1).close = scan->runs->len;
                g_array_append_val(scan->runs, run);
                g_hash_table_insert(scan->closes, ticks, GUINT_TO_POINTER(scan->runs->len));
                at += run.ticks;
        }
        if (scan->runs->len > 0)
                g_hash_table_remove_all(scan->closes);
}

static void scan_prose(Scan *scan, const char *at, const char *end)
{
        find_runs(scan, at, end);
        for (unsigned i = 0; i < scan->runs->len; i++) {
                const Run *run = &g_array_index(scan->runs, Run, i), *close;

                scan_chunks(scan, at, run->at, 0);
                at = run->at + run->ticks;
                if (run->close == RUN_NONE)
                        continue;
                i = run->close;
                close = &g_array_index(scan->runs, Run, i);
                scan_span(scan, at, close->at);
                at = close->at + close->ticks;
        }
        scan_chunks(scan, at, end, 0);
}

/* ---- lines ---- */

/* A line that begins or ends a block of code: which mark, how many. */
static size_t fence_of(const char *at, const char *end, char *ret)
{
        while (at < end && *at == ' ')
                at++;
        if (at >= end || (*at != '`' && *at != '~'))
                return 0;
        size_t run = run_of(at, end, *at);
        bool spans = *at == '`' && memchr(at + run, '`', (size_t)(end - at) - run);
        *ret = *at;
        return run >= 3 && !spans ? run : 0;
}

static void scan_lines(Scan *scan)
{
        size_t open = 0;
        char mark = 0;

        for (const char *at = scan->text; *at;) {
                const char *end = at + strcspn(at, "\n");
                char this = 0;
                size_t fence = fence_of(at, end, &this);

                if (open && fence >= open && this == mark)
                        open = 0;
                else if (open)
                        scan_chunks(scan, at, end, MENTION_CODE);
                else if (fence) {
                        open = fence;
                        mark = this;
                } else
                        scan_prose(scan, at, end);
                at = *end ? end + 1 : end;
        }
}

GPtrArray *mentions_in(const char *text, bool *ret_cut)
{
        Scan scan = {.text = text,
                     .counted = text,
                     .list = g_ptr_array_new_with_free_func(mention_free),
                     .known = g_hash_table_new(g_str_hash, g_str_equal),
                     .runs = g_array_new(FALSE, FALSE, sizeof(Run)),
                     .closes = g_hash_table_new(NULL, NULL)};

        scan_lines(&scan);
        g_hash_table_unref(scan.known);
        g_hash_table_unref(scan.closes);
        g_array_unref(scan.runs);
        if (ret_cut)
                *ret_cut = scan.cut;
        return scan.list;
}
