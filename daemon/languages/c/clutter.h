/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clutter.c and clutter-body.c go over tokens with. */
#pragma once

#include <string.h>

#include "languages/c/prepare.h"

#define BRACES_MAX  500 /* in each other */
#define CLOSING_MAX 300 /* tokens between brackets; what is longer is no macro's */

typedef enum Place {             /* what a brace encloses */
                     PLACE_FILE, /* namespaces too */
                     PLACE_CLASS,
                     PLACE_LIST, /* of enumerators, initialisers */
                     PLACE_BODY,
} Place;

typedef struct Clutter {
        Tokens *tokens;
        char *text;
        uint32_t head; /* token at which the declaration begins */
        uint32_t last; /* token before this one that is no directive, + 1 */
        uint8_t places[BRACES_MAX];
        uint32_t classes[BRACES_MAX]; /* the token of a class's name; 0: none */
        bool enums[BRACES_MAX];       /* of PLACE_LIST: enumerators */
        uint32_t depth, beyond;
        uint32_t parens;
        bool namespaces; /* macros open and close them, one for one */
} Clutter;

/* ---- words ---- */

/* False for what is before the first token or beyond the last. */
static inline bool is_one_of(const Tokens *tokens, uint32_t index, const char *words)
{
        if (index >= tokens->count)
                return false;
        const Token *token = &tokens->items[index];
        size_t length = token->end - token->start;
        if (token->kind != TOKEN_WORD)
                return false;
        for (const char *word = words; *word; word += strcspn(word, " "), word += *word == ' ') {
                size_t size = strcspn(word, " ");
                if (size == length && memcmp(tokens->text + token->start, word, size) == 0)
                        return true;
        }
        return false;
}

static inline bool is_type_word(const Tokens *tokens, uint32_t index)
{
        return is_one_of(
                tokens, index,
                "void char short int long float double signed unsigned bool _Bool auto size_t");
}

/* Words that begin declarations or stand before types. */
static inline bool is_leading_word(const Tokens *tokens, uint32_t index)
{
        return is_one_of(
                tokens, index,
                "const volatile static extern inline register typedef struct union enum class "
                "template virtual explicit constexpr friend using namespace typename __inline "
                "__inline__ mutable thread_local public private protected");
}

static inline bool is_word(const Clutter *clutter, uint32_t index)
{
        return index < clutter->tokens->count && clutter->tokens->items[index].kind == TOKEN_WORD &&
               !clutter->tokens->items[index].gone;
}

/* A word that is none of the language's. */
static inline bool is_name(const Clutter *clutter, uint32_t index)
{
        return is_word(clutter, index) && !is_type_word(clutter->tokens, index) &&
               !is_leading_word(clutter->tokens, index) &&
               !is_one_of(
                       clutter->tokens, index,
                       "operator return else case goto new delete sizeof if for while do switch throw "
                       "override final noexcept requires concept static_assert default decltype");
}

static inline bool is_mark(const Clutter *clutter, uint32_t index, const char *marks)
{
        return index < clutter->tokens->count && clutter->tokens->items[index].kind == TOKEN_MARK &&
               !clutter->tokens->items[index].gone && clutter->tokens->items[index].mark &&
               strchr(marks, clutter->tokens->items[index].mark);
}

/* The token that closes the bracket at index; beyond CLOSING_MAX the end of the text. */
static inline uint32_t closing(const Clutter *clutter, uint32_t index)
{
        uint32_t depth = 0, end = MIN(clutter->tokens->count, index + CLOSING_MAX);
        for (; index < end; index++) {
                if (is_mark(clutter, index, "([{"))
                        depth++;
                else if (is_mark(clutter, index, ")]}") && --depth == 0)
                        return index;
        }
        return clutter->tokens->count;
}

/* Likewise < of a template's head. */
static inline uint32_t closing_angle(const Clutter *clutter, uint32_t index)
{
        uint32_t depth = 0, end = MIN(clutter->tokens->count, index + CLOSING_MAX);
        for (; index < end; index++) {
                if (is_mark(clutter, index, "<"))
                        depth++;
                else if (is_mark(clutter, index, "("))
                        index = closing(clutter, index);
                else if (is_mark(clutter, index, ">") && --depth == 0)
                        return index;
        }
        return clutter->tokens->count;
}

static inline uint32_t next(const Clutter *clutter, uint32_t index)
{
        do
                index++;
        while (index < clutter->tokens->count && clutter->tokens->items[index].gone);
        return index;
}

static inline void take(Clutter *clutter, uint32_t from, uint32_t to)
{
        for (uint32_t i = from; i <= to && i < clutter->tokens->count; i++)
                prepare_take(clutter->tokens, clutter->text, i);
}

static inline Place place(const Clutter *clutter)
{
        return clutter->depth ? clutter->places[clutter->depth - 1] : PLACE_FILE;
}

/* At a word: what stands in the way in bodies of functions. Whether anything was taken out. */
bool clutter_take_in_body(Clutter *clutter, uint32_t index);

/* template <class T, ENABLE_IF(…)>: between two tokens, those of < and >. */
void clutter_take_in_template(Clutter *clutter, uint32_t from, uint32_t to);

/* "%" PRIu64 "\n", and PREFIX "x": strings that macros are parts of. */
void clutter_take_in_strings(Tokens *tokens, char *text);
