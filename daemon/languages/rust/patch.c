/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items that stand in a macro among items: cfg_rt! { pub mod task; }, lazy_static! { … }. To the grammar they are tokens, so the name and the
 * braces around them are hidden from it. Of cfg_if! the branch is left that most builds have. What is in bodies stays as it is. */
#include <string.h>

#include "languages/rust/front.h"

#define NESTED_MAX                                                                                 \
        16 /* macros around items in each other: as often is the text looked through for their ends */

typedef struct Text {
        char *at; /* it is changed */
        size_t length;
        size_t looked; /* bytes that were looked through for ends of macros */
} Text;

static bool is_name(char c)
{
        return g_ascii_isalnum(c) || c == '_' || (c & 0x80);
}

static size_t end_of_name(const Text *text, size_t at)
{
        while (at < text->length && is_name(text->at[at]))
                at++;
        return at;
}

static bool is_word(const Text *text, size_t at, size_t end, const char *word)
{
        return end - at == strlen(word) && memcmp(text->at + at, word, end - at) == 0;
}

static bool is_word_of(const Text *text, size_t at, size_t end, const char *const *words)
{
        for (; *words; words++)
                if (is_word(text, at, end, *words))
                        return true;
        return false;
}

/* ---- what is passed over ---- */

static size_t end_of_line(const Text *text, size_t at)
{
        const char *end = memchr(text->at + at, '\n', text->length - at);
        return end ? (size_t)(end - text->at) : text->length;
}

static size_t end_of_comment(const Text *text, size_t at)
{
        unsigned depth = 0;
        do {
                bool opens = at + 1 < text->length && memcmp(text->at + at, "/*", 2) == 0,
                     closes = at + 1 < text->length && memcmp(text->at + at, "*/", 2) == 0;
                depth += opens;
                depth -= closes;
                at += opens || closes ? 2 : 1;
        } while (depth && at < text->length);
        return at;
}

static size_t end_of_string(const Text *text, size_t at)
{
        for (at++; at < text->length && text->at[at] != '"'; at++)
                at += text->at[at] == '\\';
        return at + 1;
}

/* r"…", r#"…"#; at: behind the r. The place itself if it is none. */
static size_t end_of_raw_string(const Text *text, size_t at)
{
        size_t signs = 0, begin = at;
        while (at < text->length && text->at[at] == '#') {
                signs++;
                at++;
        }
        if (at == text->length || text->at[at] != '"')
                return begin;
        for (at++; at < text->length; at++) {
                size_t found = 0;
                while (text->at[at] == '"' && found < signs && at + 1 + found < text->length &&
                       text->at[at + 1 + found] == '#')
                        found++;
                if (text->at[at] == '"' && found == signs)
                        return at + 1 + signs;
        }
        return at;
}

/* 'a' is a character, 'a a lifetime. */
static size_t end_of_character(const Text *text, size_t at)
{
        if (at + 1 < text->length && text->at[at + 1] == '\\') {
                for (at += 3; at < text->length && text->at[at] != '\''; at++)
                        ;
                return at + 1;
        }
        size_t end = end_of_name(text, at + 1);
        if (end == at + 1 && end < text->length)
                end++;
        return end < text->length && text->at[end] == '\'' ? end + 1 : end;
}

/* Behind the token or the white space at a place: always further on. */
static size_t pass(const Text *text, size_t at)
{
        char c = text->at[at], next = at + 1 < text->length ? text->at[at + 1] : 0;
        if (c == '/' && next == '/')
                return end_of_line(text, at);
        if (c == '/' && next == '*')
                return end_of_comment(text, at);
        if (c == '"')
                return MIN(end_of_string(text, at), text->length);
        if (c == '\'')
                return MIN(end_of_character(text, at), text->length);
        if (!is_name(c))
                return at + 1;
        size_t end = end_of_name(text, at);
        bool raw = is_word(text, at, end, "r") || is_word(text, at, end, "br");
        return raw ? end_of_raw_string(text, end) : end;
}

static size_t skip_space(const Text *text, size_t at)
{
        while (at < text->length) {
                bool comment = text->at[at] == '/' && at + 1 < text->length &&
                               (text->at[at + 1] == '/' || text->at[at + 1] == '*');
                if (!comment && !g_ascii_isspace(text->at[at]))
                        break;
                at = pass(text, at);
        }
        return at;
}

/* The bracket that closes the one at a place; the length of the text if none does. */
static size_t closing(const Text *text, size_t at)
{
        unsigned depth = 0;
        while (at < text->length) {
                char c = text->at[at];
                depth += c == '{' || c == '(' || c == '[';
                if ((c == '}' || c == ')' || c == ']') && --depth == 0)
                        return at;
                at = pass(text, at);
        }
        return text->length;
}

static void blank(const Text *text, size_t from, size_t to)
{
        for (; from < to && from < text->length; from++)
                if (text->at[from] != '\n')
                        text->at[from] = ' ';
}

/* ---- macros ---- */

static size_t skip_attributes(const Text *text, size_t at)
{
        for (at = skip_space(text, at); at < text->length && text->at[at] == '#';) {
                size_t open = at + 1 < text->length && text->at[at + 1] == '!' ? at + 2 : at + 1;
                if (open >= text->length || text->at[open] != '[')
                        break;
                at = skip_space(text, MIN(closing(text, open) + 1, text->length));
        }
        return at;
}

/* Do items stand from here on? What a macro reads in a grammar of its own, as "impl (A B) for", does not. */
static bool begins_items(const Text *text, size_t at)
{
        static const char *const words[] = {
                "pub",  "fn",    "struct", "enum",  "union",  "trait",  "impl",        "mod", "use",
                "type", "const", "static", "async", "unsafe", "extern", "macro_rules", NULL};
        at = skip_attributes(text, at);
        size_t word = end_of_name(text, at), next = skip_space(text, word);
        return is_word_of(text, at, word, words) && next < text->length &&
               (text->at[next] != '(' || is_word(text, at, word, "pub"));
}

/* Lines that are for the macro alone: "@section type". */
static void hide_marks(const Text *text, size_t at, size_t end)
{
        while (at < end) {
                size_t next = MIN(end_of_line(text, at), end), first = at;
                while (first < next && g_ascii_isspace(text->at[first]))
                        first++;
                if (first < next && text->at[first] == '@')
                        blank(text, first, next);
                at = next + 1;
        }
}

/* Takes one branch "if #[cfg(…)] { … }" or "{ … }" and hides what is around it, or all of it. What follows is returned. */
static size_t take_branch(const Text *text, size_t at, bool *done)
{
        size_t begin = at, end = end_of_name(text, at);
        bool holds = !*done;
        if (is_word(text, at, end, "if")) {
                size_t sign = skip_space(text, end), open = MIN(sign + 1, text->length);
                if (open == text->length || text->at[sign] != '#' || text->at[open] != '[')
                        return text->length;
                at = closing(text, open);
                holds = holds && rust_is_usual(text->at + sign, MIN(at + 1, text->length) - sign);
                at = skip_space(text, MIN(at + 1, text->length));
        }
        if (at >= text->length || text->at[at] != '{')
                return text->length;
        size_t close = closing(text, at);
        blank(text, begin, holds ? at + 1 : close);
        blank(text, close, close + 1);
        *done |= holds;
        return skip_space(text, MIN(close + 1, text->length));
}

static void take_branches(const Text *text, size_t at, size_t end)
{
        bool done = false;
        at = skip_space(text, at);
        while (at < end) {
                at = take_branch(text, at, &done);
                size_t word = at < end ? end_of_name(text, at) : at;
                if (at >= end || !is_word(text, at, word, "else"))
                        return;
                blank(text, at, word);
                at = skip_space(text, word);
        }
}

/* Of bitflags!: "struct Name: u32 { const A = 1; }" is told as an enum of what it names. */
static void take_flags(const Text *text, size_t at, size_t end)
{
        for (at = skip_attributes(text, at); at < end; at = skip_attributes(text, at)) {
                size_t word = end_of_name(text, at), name = skip_space(text, word),
                       colon = skip_space(text, end_of_name(text, name));
                if (is_word(text, at, word, "const")) {
                        blank(text, at, word);
                } else if (is_word(text, at, word, "struct") && colon < end &&
                           text->at[colon] == ':') {
                        char *open = memchr(text->at + colon, '{', end - colon);
                        memcpy(text->at + at, "enum  ", strlen("struct"));
                        blank(text, colon, open ? (size_t)(open - text->at) : end);
                } else if (text->at[at] == ';') {
                        text->at[at] = ',';
                }
                at = pass(text, at);
        }
}

/* The brace of "name! {", "path::name! {" at a name, the last name in ret_name; the length of the text if it is no such macro. */
static size_t macro_brace(const Text *text, size_t at, size_t *ret_name)
{
        for (;;) {
                *ret_name = at;
                at = end_of_name(text, at);
                if (at + 2 >= text->length || memcmp(text->at + at, "::", 2) != 0)
                        break;
                at += 2;
        }
        if (at >= text->length || text->at[at] != '!')
                return text->length;
        at = skip_space(text, at + 1);
        return at < text->length && text->at[at] == '{' ? at : text->length;
}

/* Hides a macro around items; where its braces begin, or the place itself: there is none. */
static size_t open_macro(Text *text, size_t at)
{
        static const char *const texts[] = {"quote", "quote_spanned", "parse_quote", NULL};
        size_t name, open = macro_brace(text, at, &name), end = end_of_name(text, name);
        if (open == text->length || is_word_of(text, name, end, texts))
                return at;
        bool branches = is_word(text, name, end, "cfg_if"),
             flags = is_word(text, name, end, "bitflags");
        if (text->looked / NESTED_MAX > text->length ||
            (!branches && !begins_items(text, open + 1)))
                return at;
        size_t close = closing(text, open);
        text->looked += close - open;
        if (close == text->length)
                return at;
        blank(text, at, open + 1);
        blank(text, close, close + 1);
        if (branches)
                take_branches(text, open + 1, close);
        else
                hide_marks(text, open + 1, close);
        if (flags)
                take_flags(text, open + 1, close);
        return open + 1;
}

/* ---- items ---- */

/* Behind one item's word; opens: its braces have items in them. */
static size_t pass_word(Text *text, size_t at, bool *first, bool *opens)
{
        static const char *const before[] = {"pub",    "unsafe", "default", "async",
                                             "extern", "const",  NULL};
        static const char *const around[] = {"mod", "impl", "trait", NULL};
        size_t end = end_of_name(text, at);
        if (!*first)
                return pass(text, at);
        size_t inside = open_macro(text, at);
        if (inside != at)
                return inside;
        if (is_word(text, at, end, "static")) { /* static ref */
                size_t next = skip_space(text, end), last = end_of_name(text, next);
                if (is_word(text, next, last, "ref"))
                        blank(text, next, last);
        }
        *opens = is_word_of(text, at, end, around);
        *first = is_word_of(text, at, end, before);
        return pass(text, at);
}

static void patch_items(Text *text)
{
        bool first = true, opens = false; /* an item begins; its braces have items in them */
        size_t at = 0;
        while (at < text->length) {
                char c = text->at[at];
                if (is_name(c)) {
                        at = pass_word(text, at, &first, &opens);
                } else if (c == '(' || c == '[' || (c == '{' && !opens)) {
                        at = closing(text, at) + 1;
                        first |= c == '{';
                } else if (c == '{' || c == '}' || c == ';') {
                        first = true;
                        opens = false;
                        at++;
                } else {
                        at = pass(text, at);
                }
        }
}

void rust_patch(const Tree *tree, char *text)
{
        Text all = {text, tree->length, 0};
        if (memmem(text, all.length, "! {", 3) || memmem(text, all.length, "!{", 2))
                patch_items(&all);
}
