/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "languages/c/token.h"

#define RAW_DELIMITER_MAX 16 /* of R"delimiter(…)delimiter" */

enum { /* what a byte can begin or go on with */
       BYTE_OTHER,
       BYTE_SPACE,
       BYTE_LETTER,
       BYTE_DIGIT,
};

static unsigned class_of(unsigned char c)
{
        if (c == ' ' || (c >= '\t' && c <= '\r') || c == '\\' || c == '\0')
                return BYTE_SPACE;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c >= 0x80)
                return BYTE_LETTER;
        return c >= '0' && c <= '9' ? BYTE_DIGIT : BYTE_OTHER;
}

typedef struct Reader {
        Tokens *tokens;
        const char *at, *end;
        bool first; /* nothing stands on this line yet */
} Reader;

static Token *add(Reader *reader, const char *start, TokenKind kind)
{
        Tokens *tokens = reader->tokens;
        if (tokens->count == tokens->room) {
                tokens->room = MAX(1024, tokens->room * 2);
                tokens->items = g_renew(Token, tokens->items, tokens->room);
        }
        Token *token = &tokens->items[tokens->count++];
        *token = (Token){.start = (uint32_t)(start - tokens->text),
                         .end = (uint32_t)(reader->at - tokens->text),
                         .kind = (uint8_t)kind,
                         .mark = *start,
                         .first = reader->first};
        reader->first = false;
        return token;
}

/* ---- comments, strings ---- */

static bool is_comment(const Reader *reader)
{
        return reader->at[0] == '/' && reader->at + 1 < reader->end &&
               (reader->at[1] == '/' || reader->at[1] == '*');
}

static void skip_comment(Reader *reader)
{
        if (reader->at[1] == '/') {
                const char *line = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
                while (line && line[-1] == '\\')
                        line = memchr(line + 1, '\n', (size_t)(reader->end - line - 1));
                reader->at = line ? line : reader->end;
                return;
        }
        const char *close = memmem(reader->at + 2, (size_t)(reader->end - reader->at - 2), "*/", 2);
        reader->at = close ? close + 2 : reader->end;
}

/* A string that is not closed ends with its line. */
static void skip_quoted(Reader *reader)
{
        char quote = *reader->at++;
        while (reader->at < reader->end && *reader->at != quote && *reader->at != '\n')
                reader->at += *reader->at == '\\' && reader->at + 1 < reader->end ? 2 : 1;
        if (reader->at < reader->end && *reader->at == quote)
                reader->at++;
}

static void skip_raw(Reader *reader)
{
        char closing[RAW_DELIMITER_MAX + 3] = ")";
        const char *open = reader->at + 1;
        size_t length = 0;
        while (open + length < reader->end && length < RAW_DELIMITER_MAX && open[length] != '(' &&
               open[length] != '"' && open[length] != '\n')
                length++;
        if (open + length >= reader->end || open[length] != '(') {
                skip_quoted(reader);
                return;
        }
        memcpy(closing + 1, open, length);
        closing[length + 1] = '"';
        const char *close = memmem(open, (size_t)(reader->end - open), closing, length + 2);
        reader->at = close ? close + length + 2 : reader->end;
}

/* ---- directives ---- */

static bool begins(const char *text, const char *end, const char *word)
{
        size_t length = strlen(word);
        return (size_t)(end - text) >= length && memcmp(text, word, length) == 0;
}

static TokenKind kind_of_directive(const char *text, const char *end)
{
        while (text < end && (*text == '#' || *text == ' ' || *text == '\t'))
                text++;
        if (begins(text, end, "if"))
                return TOKEN_IF;
        if (begins(text, end, "el"))
                return TOKEN_ELSE;
        return begins(text, end, "endif") ? TOKEN_ENDIF : TOKEN_DIRECTIVE;
}

/* To the end of its last line; a comment that begins on it may end later. */
static void read_directive(Reader *reader)
{
        const char *start = reader->at;
        while (reader->at < reader->end && *reader->at != '\n') {
                if (is_comment(reader))
                        skip_comment(reader);
                else if (*reader->at == '"')
                        skip_quoted(reader);
                else if (*reader->at == '\\' && reader->at + 1 < reader->end)
                        reader->at += reader->at[1] == '\r' && reader->at + 2 < reader->end ? 3 : 2;
                else
                        reader->at++;
        }
        add(reader, start, kind_of_directive(start, reader->at));
}

/* ---- the whole ---- */

static void read_word(Reader *reader)
{
        const char *start = reader->at;
        bool small = false, capital = false;
        while (reader->at < reader->end && class_of((unsigned char)*reader->at) >= BYTE_LETTER) {
                small |= *reader->at >= 'a' && *reader->at <= 'z';
                capital |= *reader->at >= 'A' && *reader->at <= 'Z';
                reader->at++;
        }
        size_t length = (size_t)(reader->at - start);
        if (reader->at < reader->end && *reader->at == '"' && length <= 3 &&
            start[length - 1] == 'R') {
                skip_raw(reader);
                add(reader, start, TOKEN_LITERAL);
                return;
        }
        Token *token = add(reader, start, TOKEN_WORD);
        token->loud = capital && !small && length > 1;
        token->capital = g_ascii_isupper(*start);
}

static void read_number(Reader *reader)
{
        const char *start = reader->at;
        while (reader->at < reader->end && (class_of((unsigned char)*reader->at) >= BYTE_LETTER ||
                                            *reader->at == '.' || *reader->at == '\''))
                reader->at++;
        add(reader, start, TOKEN_LITERAL);
}

static void read_other(Reader *reader)
{
        const char *start = reader->at;
        if (is_comment(reader)) {
                skip_comment(reader);
        } else if (*start == '"' || *start == '\'') {
                skip_quoted(reader);
                add(reader, start, TOKEN_LITERAL);
        } else if (*start == '#' && reader->first) {
                read_directive(reader);
        } else {
                reader->at++;
                add(reader, start, TOKEN_MARK);
        }
}

void tokens_read(Tokens *tokens, const char *text, size_t length)
{
        *tokens = (Tokens){.text = text};
        Reader reader = {.tokens = tokens, .at = text, .end = text + length, .first = true};
        while (reader.at < reader.end) {
                switch (class_of((unsigned char)*reader.at)) {
                case BYTE_SPACE:
                        reader.first |= *reader.at == '\n';
                        reader.at++;
                        break;
                case BYTE_LETTER:
                        read_word(&reader);
                        break;
                case BYTE_DIGIT:
                        read_number(&reader);
                        break;
                default:
                        read_other(&reader);
                }
        }
}

void tokens_clear(Tokens *tokens)
{
        g_clear_pointer(&tokens->items, g_free);
}
