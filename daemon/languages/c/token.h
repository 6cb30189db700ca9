/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a C or C++ text before the preprocessor: what conditionals and macros are found by. Comments and white
 * space are left out; a directive is one token, with the lines that continue it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef enum TokenKind {
        TOKEN_NONE,
        TOKEN_WORD,
        TOKEN_LITERAL, /* string, character, number */
        TOKEN_MARK,    /* one byte of punctuation: see mark */
        TOKEN_IF,      /* #if, #ifdef, #ifndef */
        TOKEN_ELSE,    /* #else, #elif and the like */
        TOKEN_ENDIF,
        TOKEN_DIRECTIVE, /* any other */
} TokenKind;

typedef struct Token {
        uint32_t start, end; /* bytes */
        uint8_t kind;
        char mark;
        bool first; /* on its line */
        bool gone;  /* taken out of the text */
        bool loud;  /* a word without small letters, with a capital: what macros are written like */
        bool capital; /* its first letter is one */
} Token;

typedef struct Tokens {
        const char *text;
        Token *items;
        uint32_t count, room;
} Tokens;

/* Reads a text; tokens_clear() frees what it took. */
void tokens_read(Tokens *tokens, const char *text, size_t length);
void tokens_clear(Tokens *tokens);

/* Beyond the last token nothing is. */
static inline bool token_is(const Tokens *tokens, uint32_t index, const char *word)
{
        if (index >= tokens->count)
                return false;
        const Token *token = &tokens->items[index];
        size_t length = token->end - token->start;
        return token->kind == TOKEN_WORD && strlen(word) == length &&
               memcmp(tokens->text + token->start, word, length) == 0;
}
