/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the Rust front-end for each other: what is declared (syntax.c), use declarations (module.c), what declarations hold
 * (declaration.c), patterns (pattern.c), names (name.c), expressions (expression.c), written types (type.c), sites (site.c), macros'
 * tokens (token.c), conditions (configured.c), macros around items (patch.c). */
#pragma once

#include "languages/rust/kinds.h"

enum {                   /* walk->state */
       STATE_ATTRIBUTES, /* the first of the attributes that were met last */
       STATE_ATTRIBUTE,  /* the last of them */
       STATE_TEST,       /* one of them says that it is a test, or not usual: ATTRIBUTE_… */
       STATE_PATH,       /* the string literal of one that is #[path = "…"], or 0 */
};

enum {
        ATTRIBUTE_TEST = 1 << 0,
        ATTRIBUTE_UNUSUAL = 1 << 1,
};

/* Is the text of an attribute not a condition that most builds do not fulfil (configured.c)? */
bool rust_is_usual(const char *attribute, size_t length);

/* Hides macros around items from the grammar (patch.c). */
void rust_patch(const Tree *tree, char *text);

/* What the attributes right above an item say: ATTRIBUTE_… */
uint32_t rust_attributes(const Walk *walk, Node item);

/* ---- names (name.c) ---- */

/* What a name means where it stands: a local that is declared before, an item of the module around it; else UNIT_EXPR_NAME, placed in
 * the module that is written in the file, if any. */
uint32_t rust_name(Walk *walk, Node node, uint32_t space);
uint32_t rust_find(Walk *walk, Node node,
                   uint32_t space); /* UNIT_NONE: the file does not bind it */

/* crate, self, super as modules; what a path of names means, its last name in a space. */
uint32_t rust_path(Walk *walk, Node node, uint32_t space);

/* The node of the last name of a path; 0: it is none. */
Node rust_last_name(const Tree *tree, Node path);

/* The declaration of the module, impl or trait around a node, or UNIT_NONE: of the file. */
uint32_t rust_module_at(const Walk *walk, Node node);
uint32_t rust_owner_at(const Walk *walk, Node node);

/* The type Self, and a value of it. */
uint32_t rust_self_type(Walk *walk, Node node);
uint32_t rust_self_value(Walk *walk, Node node);

/* ---- declarations ---- */

void rust_import(Walk *walk, Node node);
void rust_lower_declaration(Walk *walk, Node node, const Rule *rule);

/* Declares what a pattern binds in the scope at hand, or in the one that is about to be opened. */
void rust_declare_pattern(Walk *walk, Node pattern, bool inside);

/* Gives it values: type is a written type of the whole, source a value of it; either may be UNIT_NONE. */
void rust_lower_pattern(Walk *walk, Node pattern, uint32_t type, uint32_t source);

/* The how-manieth of a pattern's parts, or a closure's parameters, a node is, from 0; UINT_MAX behind "..". */
unsigned rust_position(const Tree *tree, Node child);

/* ---- expressions, types, sites ---- */

uint32_t rust_expression(Walk *walk, Node node);
uint32_t rust_method(Walk *walk, uint32_t object, Node name);
uint32_t rust_callee(Walk *walk, Node callee); /* what is called */
uint32_t rust_type(Walk *walk, Node node);
uint32_t rust_type_arguments(Walk *walk, Node arguments);
uint32_t rust_bounds(Walk *walk, Node bounds); /* any of them; UNIT_NONE for 0 */
uint32_t rust_element(Walk *walk, uint32_t of,
                      const char *key); /* key NULL: what iterating gives */
void rust_lower_reference(Walk *walk, Node node);

/* Calls that stand among the tokens that a macro is given. */
void rust_lower_tokens(Walk *walk, Node tokens);
