/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the grammar does not know yet is hidden from it by other characters, as many as there were: variance of type parameters
 * (<in out T>), backquotes that are escaped in template types, the ends of members before a line that begins with <, and variables that are disposed of (using). */
#include "languages/typescript/front.h"

static size_t skip_space(const char *text, size_t at, size_t length)
{
        while (at < length && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r')))
                at++;
        return at;
}

static bool is_word(char c)
{
        return g_ascii_isalnum(c) || c == '_' || c == '$' || (signed char)c < 0;
}

/* The length of a word if it stands there with a space after it, else 0. */
static size_t word_at(const char *text, size_t at, size_t length, const char *word)
{
        size_t size = strlen(word);
        return at + size < length && memcmp(text + at, word, size) == 0 && !is_word(text[at + size])
                       ? size
                       : 0;
}

/* Words after which "out" was a name itself. */
static bool is_operator(const char *text, size_t at, size_t length)
{
        static const char *const words[] = {"as",      "in",         "of",       "is",
                                            "extends", "instanceof", "satisfies"};
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if (word_at(text, at, length, words[i]))
                        return true;
        return false;
}

/* At the beginning of a type parameter: what comes before its name is blanked, if a name comes. */
static void hide_variance(char *text, size_t at, size_t length)
{
        size_t first = skip_space(text, at, length), end = first;
        size_t word = word_at(text, first, length, "in");
        if (word)
                end = skip_space(text, first + word, length);
        word = word_at(text, end, length, "out");
        if (word)
                end = skip_space(text, end + word, length);
        if (end > first && end < length && is_word(text[end]) && !is_operator(text, end, length))
                for (size_t i = first; i < end; i++)
                        text[i] = text[i] == '\n' ? '\n' : ' ';
}

/* Where a comment begins that ends before at, on a line of its own or at the end of one; at if there is none. */
static size_t before_comment(const char *text, size_t at, size_t line)
{
        if (at >= 4 && text[at - 1] == '/' && text[at - 2] == '*') {
                size_t start = at - 2;
                while (start > 1 && !(text[start - 2] == '/' && text[start - 1] == '*'))
                        start--;
                return start > 1 ? start - 2 : at;
        }
        size_t first = skip_space(text, line, at);
        return first + 1 < at && text[first] == '/' && text[first + 1] == '/' ? first : at;
}

/* After the last character before at that is neither white space nor in a comment. */
static size_t end_before(const Tree *tree, const char *text, uint32_t line)
{
        size_t at = tree->lines[line];
        for (;;) {
                while (at > 0 && g_ascii_isspace(text[at - 1]))
                        at--;
                while (line > 0 && tree->lines[line] >= at)
                        line--;
                size_t before = before_comment(text, at, tree->lines[line]);
                if (before == at)
                        return at;
                at = before;
        }
}

/* Could a member of a type end here, by a new line? */
static bool ends_member(const char *text, size_t end)
{
        char c = end > 0 ? text[end - 1] : '\0';
        if (c == '>')
                return end > 1 && text[end - 2] != '=';
        return c && (is_word(c) || strchr(")]}\"'", c));
}

/* A line that begins with "<T…" or "in:" after what could end a member gets a semicolon before it. */
static void end_member(const Tree *tree, char *text, uint32_t line)
{
        size_t start = tree->lines[line], at = start;
        size_t end = line + 1 < tree->line_count ? tree->lines[line + 1] : tree->length;
        while (at < end && (text[at] == ' ' || text[at] == '\t'))
                at++;
        if (at == start || at + 1 >= end)
                return;
        bool generic = text[at] == '<' &&
                       (is_word(text[at + 1]) || text[at + 1] == '\n' || text[at + 1] == '\r');
        bool named_in =
                word_at(text, at, end, "in") && (text[at + 2] == ':' || text[at + 2] == '?');
        if ((generic || named_in) && ends_member(text, end_before(tree, text, line)))
                text[at - 1] = ';';
}

/* One that is escaped: after an odd number of backslashes. */
static void hide_backquote(char *text, size_t at)
{
        size_t first = at;
        while (first > 0 && text[first - 1] == '\\')
                first--;
        if ((at - first) % 2)
                text[at - 1] = text[at] = '_';
}

/* using x = …, await using x = …, for (using x of …): such a variable is a constant to us. */
static void hide_using(char *text, size_t at, size_t length)
{
        size_t word = word_at(text, at, length, "using");
        if (!word || (at > 0 && (is_word(text[at - 1]) || text[at - 1] == '.')))
                return;
        size_t name = skip_space(text, at + word, length), end = name;
        while (end < length && is_word(text[end]))
                end++;
        size_t next = skip_space(text, end, length);
        if (name == at + word || end == name || next + 1 >= length ||
            is_operator(text, name, length) ||
            !(word_at(text, next, length, "of") || text[next] == ':' ||
              (text[next] == '=' && !strchr("=>", text[next + 1]))))
                return;
        memcpy(text + at, "const", word);
        size_t before = at;
        while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '\t'))
                before--;
        if (before >= 5 && before < at && memcmp(text + before - 5, "await", 5) == 0 &&
            (before == 5 || !is_word(text[before - 6])))
                memset(text + before - 5, ' ', 5);
}

void typescript_patch(const Tree *tree, char *text)
{
        for (size_t i = 0; i + 4 < tree->length; i++) {
                if (text[i] == '`')
                        hide_backquote(text, i);
                if (text[i] == 'u' && text[i + 1] == 's')
                        hide_using(text, i, tree->length);
                if ((text[i] == '<' || text[i] == ',') &&
                    (g_ascii_isspace(text[i + 1]) || text[i + 1] == 'i' || text[i + 1] == 'o'))
                        hide_variance(text, i + 1, tree->length);
        }
        for (uint32_t line = 1; line < tree->line_count; line++)
                end_member(tree, text, line);
}
