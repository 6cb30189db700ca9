/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How comments of JavaScript that give types are read, for each other: types (jsdoc.c) and the names that comments declare (jsdoc-name.c). */
#pragma once

#include "languages/typescript/front.h"

#define COMMENT_BYTES_MAX 8000 /* of a comment that are read */

/* What is left of a text. */
typedef struct Rest {
        const char *at, *end;
} Rest;

/* White space, and the star that a line of a comment begins with. */
void jsdoc_skip_space(Rest *rest);

/* Goes over a text, if it comes next. */
bool jsdoc_skip(Rest *rest, const char *text);

/* The bytes of the word that stands right there, which may be 0; goes over it. */
size_t jsdoc_word(Rest *rest);

/* Goes after the next such tag; false: there is none. */
bool jsdoc_find_tag(Rest *rest, const char *tag);

/* {T} to the end of the brackets; UNIT_NONE if it is anything else than what is read here. */
uint32_t jsdoc_type(Walk *walk, uint32_t scope, Rest *rest);

/* Declares what is no symbol at a place of the text, by the name that stands there (0 bytes: none); UNIT_NONE at a limit. */
uint32_t jsdoc_declare(Walk *walk, const char *place, size_t length, UnitKind kind,
                       uint32_t container);

/* Gives it its type. */
void jsdoc_set(Walk *walk, uint32_t decl, uint32_t type);
