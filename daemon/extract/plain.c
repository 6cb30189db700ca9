/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extract/plain.h"

#include <string.h>

#include "extract/items.h"
#include "extract/scan.h"

#define PLAIN_HEADING_BYTES_MAX 200
#define TITLE_WITHIN_LINES      30 /* a heading further down is not that of the whole */
#define TITLE_BYTES_MAX         80 /* of a first line that may be a title */

typedef struct Plain {
        Output *output;
        const char *text;
        char *heading;    /* the last one */
        GPtrArray *steps; /* of the numbered list under way, NULL if none */
        size_t steps_start, steps_end;
        unsigned number;
        unsigned lines; /* so far */
        char levels[7]; /* underline characters in the order of their first use */
} Plain;

typedef struct Line {
        size_t start, end; /* without the line end */
} Line;

static bool is_blank(const Plain *plain, Line line)
{
        for (size_t i = line.start; i < line.end; i++)
                if (!g_ascii_isspace(plain->text[i]))
                        return false;
        return true;
}

/* A line of one repeated punctuation character, as long as the line above (nearly). */
static bool is_underline(const Plain *plain, Line above, Line line)
{
        size_t n = line.end - line.start;
        char c = n > 0 ? plain->text[line.start] : 0;
        if (n < 3 || !c || !strchr("=-~^#*+\"'", c) || n + 2 < above.end - above.start)
                return false;
        for (size_t i = line.start; i < line.end; i++)
                if (plain->text[i] != c)
                        return false;
        return true;
}

static unsigned underline_level(Plain *plain, char c)
{
        char *at = strchr(plain->levels, c);
        size_t n = strlen(plain->levels);
        if (at)
                return (unsigned)(at - plain->levels) + 1;
        if (n < sizeof(plain->levels) - 1)
                plain->levels[n++] = c;
        return (unsigned)n;
}

/* What stands first in many files and names none of them. */
static bool is_boilerplate(const char *line)
{
        static const char *const words[] = {"copyright", "licen",      "spdx",
                                            "this file", "all rights", "-*-",
                                            "://",       "warranty",   "permission"};
        g_autofree char *lower = g_ascii_strdown(line, -1);
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                if (strstr(lower, words[i]))
                        return true;
        return false;
}

static bool is_boilerplate_before(const Plain *plain, size_t end)
{
        g_autofree char *head = g_strndup(plain->text, end);
        return is_boilerplate(head);
}

/* Without the markup of reStructuredText: ":mod:`os` --- Systems" is "os --- Systems". */
static void give_title(Plain *plain, const char *text)
{
        g_autoptr(GString) title = g_string_new(NULL);
        for (const char *c = text; *c; c++) {
                size_t role = *c == ':' ? 1 + strspn(c + 1, "abcdefghijklmnopqrstuvwxyz:") : 0;
                if (role > 2 && c[role] == '`' && c[role - 1] == ':')
                        c += role;
                else if (*c != '`')
                        g_string_append_c(title, *c);
        }
        output_title(plain->output, title->str, title->len);
}

/* A short line that stands alone at the beginning, and is no sentence and no code. */
static void title_from_first_line(Plain *plain, size_t length)
{
        size_t start = 0;
        while (start < length && g_ascii_isspace(plain->text[start]))
                start++;
        size_t n = strcspn(plain->text + start, "\n"), next = start + n + 1;
        bool alone = next >= length || plain->text[next] == '\n';
        if (output_get_title(plain->output) || n < 3 || n > TITLE_BYTES_MAX || !alone)
                return;
        g_autofree char *line = output_collapse(plain->text + start, n, TITLE_BYTES_MAX);
        bool begins =
                g_ascii_isupper(*line) || g_ascii_isdigit(*line) || (unsigned char)*line & 0x80;
        if (*line && begins && !strpbrk(line, "=;{}<>|\\$\t") &&
            !strchr(".:,", line[strlen(line) - 1]) && !is_boilerplate(line))
                give_title(plain, line);
}

static void on_underline(Plain *plain, Line above, Line line)
{
        if (is_blank(plain, above) || above.end - above.start > PLAIN_HEADING_BYTES_MAX ||
            !is_underline(plain, above, line))
                return;
        bool letters = false;
        for (size_t i = above.start; i < above.end; i++)
                letters |=
                        g_ascii_isalpha(plain->text[i]) || ((unsigned char)plain->text[i] & 0x80);
        if (!letters)
                return;
        items_heading(plain->output, above.start, above.end,
                      underline_level(plain, plain->text[line.start]));
        g_free(plain->heading);
        plain->heading = output_collapse(plain->text + above.start, above.end - above.start,
                                         ITEMS_TEXT_BYTES);
        if (plain->lines <= TITLE_WITHIN_LINES && !is_boilerplate_before(plain, above.end))
                give_title(plain, plain->heading);
}

static void end_steps(Plain *plain)
{
        if (!plain->steps)
                return;
        items_procedure(plain->output, plain->steps_start, plain->steps_end, plain->heading,
                        plain->steps);
        g_clear_pointer(&plain->steps, g_ptr_array_unref);
}

/* The number of "3. text" or "3) text"; 0 if it is no step. */
static unsigned step_number(const Plain *plain, Line line, size_t *ret_text)
{
        size_t at = line.start;
        unsigned number = 0;
        while (at < line.end && plain->text[at] == ' ')
                at++;
        size_t digits = at;
        while (at < line.end && at - digits < 3 && g_ascii_isdigit(plain->text[at]))
                number = number * 10 + (unsigned)(plain->text[at++] - '0');
        if (at == digits || at + 2 >= line.end || !strchr(".)", plain->text[at]) ||
            plain->text[at + 1] != ' ')
                return 0;
        *ret_text = at + 2;
        return number;
}

/* A list begins with 1 and counts on by one; other lines of it are indented. */
static void on_step(Plain *plain, Line line)
{
        size_t text = 0;
        unsigned number = step_number(plain, line, &text);
        if (number == 1 || (number > 0 && plain->steps && number == plain->number + 1)) {
                if (number == 1) {
                        end_steps(plain);
                        plain->steps = g_ptr_array_new_with_free_func(g_free);
                        plain->steps_start = line.start;
                }
                plain->number = number;
                plain->steps_end = line.end;
                g_ptr_array_add(plain->steps, output_collapse(plain->text + text, line.end - text,
                                                              ITEMS_TEXT_BYTES));
                return;
        }
        if (!plain->steps || is_blank(plain, line))
                return;
        if (!g_ascii_isspace(plain->text[line.start])) {
                end_steps(plain);
                return;
        }
        char *last = g_ptr_array_index(plain->steps, plain->steps->len - 1);
        g_autofree char *more = g_strdup_printf(
                "%s %.*s", last, (int)MIN(line.end - line.start, 2000), plain->text + line.start);
        if (strlen(last) < ITEMS_TEXT_BYTES / 2) {
                plain->steps->pdata[plain->steps->len - 1] =
                        output_collapse(more, strlen(more), ITEMS_TEXT_BYTES);
                g_free(last);
        }
        plain->steps_end = line.end;
}

static ScanFlags scan_flags(const Kind *kind)
{
        if (kind->format == FORMAT_CODE)
                return SCAN_CODE;
        return strcmp(kind->mime, "text/x-bibtex") == 0 ? SCAN_BIBTEX : SCAN_PROSE;
}

/* Settings and data are no example of code. */
static bool is_data(const char *language)
{
        static const char *const data[] = {"json", "yaml", "toml", "ini", "xml", "diff", NULL};
        return language && g_strv_contains(data, language);
}

/* Past the licence and what else is said before the first line of code. */
static size_t skip_comments(const char *text, size_t length)
{
        bool inside = false;
        for (size_t line = 0; line < length;) {
                const char *stop = memchr(text + line, '\n', length - line);
                size_t end = stop ? (size_t)(stop - text) : length, at = line;
                while (at < end && g_ascii_isspace(text[at]))
                        at++;
                bool opens = end - at >= 2 && memcmp(text + at, "/*", 2) == 0;
                inside |= opens;
                bool comment = at == end || inside || strchr("#;%", text[at]) ||
                               (end - at >= 2 && (memcmp(text + at, "//", 2) == 0 ||
                                                  memcmp(text + at, "--", 2) == 0));
                bool directive = text[at] == '#' && at + 1 < end && g_ascii_isalpha(text[at + 1]);
                if (!comment || (directive && !inside))
                        return line;
                if (inside && g_strstr_len(text + at + (opens ? 2 : 0),
                                           (gssize)(end - at - (opens ? 2 : 0)), "*/"))
                        inside = false;
                line = end + 1;
        }
        return 0;
}

void plain_parse(Output *output, const Kind *kind)
{
        Plain plain = {.output = output, .text = output_get(output)};
        size_t length = output_length(output);
        scan(output, 0, length, scan_flags(kind));
        if (kind->format == FORMAT_CODE) {
                size_t start = 0;
                g_autofree char *symbol = scan_symbol_at(plain.text, length, &start);
                if (is_data(kind->language))
                        return;
                if (!symbol)
                        start = skip_comments(plain.text, length);
                output_item(output, &(Item){.kind = "code_block",
                                            .start = start,
                                            .end = length,
                                            .name = {"language", "symbol"},
                                            .value = {kind->language, symbol}});
                return;
        }
        Line above = {0, 0};
        for (size_t at = 0; at < length;) {
                const char *stop = memchr(plain.text + at, '\n', length - at);
                Line line = {at, stop ? (size_t)(stop - plain.text) : length};
                plain.lines++;
                on_underline(&plain, above, line);
                on_step(&plain, line);
                above = line;
                at = line.end + 1;
        }
        end_steps(&plain);
        if (!strcmp(kind->mime, "text/plain") || !strcmp(kind->mime, "text/x-rst"))
                title_from_first_line(&plain, length);
        g_free(plain.heading);
}
