/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the way of the grammars is taken out of a text before it is parsed: directives of conditionals with those of their
 * branches that do not go together, and macros where declarations stand. Bytes are replaced by spaces, so that all
 * others stay where they are. What macros and includes were taken out is looked at again when the tree is walked. */
#pragma once

#include "languages/c/token.h"
#include "syntax/tree.h"

/* FrontEnd.patch(). */
void c_patch(const Tree *tree, char *text);

/* Takes out the directives of conditionals, and the branches that cannot be read beside the others. */
void conditional_prepare(Tokens *tokens, char *text);

/* Is a directive's condition true on other systems only, or in another language? */
bool conditional_is_elsewhere(const Tokens *tokens, uint32_t directive);

/* Takes out macros among declarations, and directives where the grammar has no place for them. */
void clutter_prepare(Tokens *tokens, char *text);

#define PREPARE_MACRO     ' '          /* stands where a macro or a directive stood */
#define PREPARE_NAMESPACE "namespace{" /* stands where a macro opens one */
#define PREPARE_DEAD      '\t'         /* … a branch that is not read */

/* Replaces what stands from a byte to another, but for ends of lines. */
void prepare_blank(char *text, uint32_t start, uint32_t end, char with);

/* Likewise a token, which is gone then. */
static inline void prepare_take(Tokens *tokens, char *text, uint32_t index)
{
        tokens->items[index].gone = true;
        prepare_blank(text, tokens->items[index].start, tokens->items[index].end, PREPARE_MACRO);
}
