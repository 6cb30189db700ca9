/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first name that a piece of code defines. Good guesses for common languages, not a parser: the code
 * room has one. */
#include "extract/scan.h"

#include <string.h>

#define SYMBOL_LINES_MAX 200
#define SYMBOL_BYTES_MAX 200

static bool is_name(char c)
{
        return g_ascii_isalnum(c) || c == '_' || c == '$';
}

static const char *skip_blank(const char *at, const char *end)
{
        while (at < end && (*at == ' ' || *at == '\t'))
                at++;
        return at;
}

static const char *name_end(const char *at, const char *end)
{
        while (at < end && is_name(*at))
                at++;
        return at;
}

/* Words that come before a defining keyword. */
static bool is_modifier(const char *word, size_t n)
{
        static const char *const modifiers[] = {
                "export",    "default", "async",    "pub",      "public",  "private",
                "protected", "static",  "final",    "abstract", "inline",  "unsafe",
                "extern",    "virtual", "override", "or",       "CREATE",  "create",
                "OR",        "REPLACE", "replace",  "UNIQUE",   "unique",  "TEMP",
                "temp",      "typedef", "sealed",   "data",     "declare",
        };
        for (size_t i = 0; i < G_N_ELEMENTS(modifiers); i++)
                if (strlen(modifiers[i]) == n && memcmp(modifiers[i], word, n) == 0)
                        return true;
        return false;
}

static bool is_keyword(const char *word, size_t n)
{
        static const char *const keywords[] = {
                "def",       "class",  "function",  "fn",      "func",    "struct", "enum",
                "union",     "trait",  "interface", "type",    "impl",    "module", "mod",
                "namespace", "record", "object",    "TABLE",   "table",   "VIEW",   "view",
                "INDEX",     "index",  "TRIGGER",   "trigger", "sub",     "macro",  "const",
                "let",       "var",    "val",       "message", "service",
        };
        for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
                if (strlen(keywords[i]) == n && memcmp(keywords[i], word, n) == 0)
                        return true;
        return false;
}

/* After its name a definition has a bracket, a colon, nothing, or a word that says more; after that of a value
 * comes its type or "=". In prose another word follows: "type of the thing". */
static bool goes_on(const char *at, const char *end, char keyword)
{
        static const char *const words[] = {"extends", "implements", "where", "is",     "as",
                                            "for",     "AS",         "ON",    "on",     "final",
                                            "USING",   "BEFORE",     "AFTER", "before", "after",
                                            "struct",  "interface"};
        at = skip_blank(at, end);
        if (keyword == '=')
                return at < end && strchr("=:;,", *at);
        if (at == end || strchr("({[<:;=\r", *at) || (*at == '/' && at + 1 < end))
                return true;
        size_t n = (size_t)(name_end(at, end) - at);
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                if (strlen(words[i]) == n && memcmp(words[i], at, n) == 0)
                        return true;
        return false;
}

/* "def name", "pub async fn name", "CREATE TABLE IF NOT EXISTS name", "func (r *T) name". */
static char *by_keyword(const char *at, const char *end)
{
        char keyword = 0;
        for (;;) {
                const char *stop = name_end(at, end);
                size_t n = (size_t)(stop - at);
                if (n == 0)
                        return NULL;
                if (is_keyword(at, n)) {
                        bool value = (n == 3 && (*at == 'l' || *at == 'v')) ||
                                     (n == 5 && memcmp(at, "const", 5) == 0);
                        keyword = value ? '=' : '{';
                        at = skip_blank(stop, end);
                        break;
                }
                if (!is_modifier(at, n))
                        return NULL;
                at = skip_blank(stop, end);
        }
        if (at < end && *at == '(') {
                const char *close = memchr(at, ')', (size_t)(end - at));
                at = close ? skip_blank(close + 1, end) : end;
        }
        for (const char *const *word = (const char *const[]){"IF ", "NOT ", "EXISTS ", "if ",
                                                             "not ", "exists ", NULL};
             *word; word++)
                if ((size_t)(end - at) > strlen(*word) && memcmp(at, *word, strlen(*word)) == 0)
                        at += strlen(*word);
        const char *stop = name_end(at, end);
        bool defines = stop > at && g_ascii_isdigit(*at) == 0 && goes_on(stop, end, keyword);
        return defines ? g_strndup(at, MIN((size_t)(stop - at), SYMBOL_BYTES_MAX)) : NULL;
}

/* C and shell: "int name(…" at the beginning of a line, "name() {", without ";" or "=" before. */
static char *by_bracket(const char *line, const char *end)
{
        const char *open = memchr(line, '(', (size_t)(end - line));
        if (!open || open == line || !(g_ascii_isalpha(*line) || *line == '_'))
                return NULL;
        const char *stop = open, *start;
        while (stop > line && stop[-1] == ' ')
                stop--;
        for (start = stop; start > line && is_name(start[-1]); start--)
                ;
        bool shell = start == line && open + 1 < end && open[1] == ')' &&
                     memchr(open, '{', (size_t)(end - open));
        if (start == stop || (start == line && !shell))
                return NULL;
        for (const char *c = line; c < start; c++)
                if (!is_name(*c) && *c != ' ' && *c != '*')
                        return NULL;
        static const char *const statements[] = {
                "return",  "if",   "else",   "while", "for",    "new",    "await",   "throw",
                "print",   "echo", "case",   "do",    "sudo",   "use",    "require", "import",
                "package", "my",   "our",    "local", "from",   "assert", "del",     "raise",
                "yield",   "die",  "exit",   "test",  "throws", "delete", "defined", "using",
                "foreach", "elif", "unless", "until", "switch", "catch",  "typedef", "in",
                "not",     "and",  "or",     "set",   "let"};
        size_t first = (size_t)(name_end(line, end) - line);
        for (size_t i = 0; i < G_N_ELEMENTS(statements); i++)
                if (strlen(statements[i]) == first && memcmp(statements[i], line, first) == 0)
                        return NULL;
        /* "typedef unsigned (*name)(…)" has a type before its bracket, and an all-lowercase keyword names nothing */
        static const char *const types[] = {
                "char",  "int",    "long",  "short",  "unsigned", "void",   "if",           "for",
                "while", "sizeof", "float", "double", "bool",     "and",    "or",           "not",
                "in",    "return", "qw",    "catch",  "switch",   "signed", "__attribute__"};
        for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
                if (strlen(types[i]) == (size_t)(stop - start) &&
                    memcmp(types[i], start, (size_t)(stop - start)) == 0)
                        return NULL;
        if (*start == '$')
                return NULL;
        /* a definition goes on with a body, a prototype with ";" at the very end */
        const char *last = end;
        while (last > open && g_ascii_isspace(last[-1]))
                last--;
        if (!shell && last > open && !strchr("{;),", last[-1]))
                return NULL;
        return g_strndup(start, (size_t)(stop - start));
}

char *scan_symbol_at(const char *code, size_t length, size_t *ret_at)
{
        const char *begin = code, *end = code + length;
        for (unsigned n = 0; code < end && n < SYMBOL_LINES_MAX; n++) {
                const char *stop = memchr(code, '\n', (size_t)(end - code));
                if (!stop)
                        stop = end;
                const char *at = skip_blank(code, stop);
                char *name = by_keyword(at, stop);
                if (!name)
                        name = by_bracket(code, stop);
                if (name) {
                        *ret_at = (size_t)(code - begin);
                        return name;
                }
                code = stop + 1;
        }
        return NULL;
}

char *scan_symbol(const char *code, size_t length)
{
        size_t at;
        return scan_symbol_at(code, length, &at);
}
