/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the Go front-end for each other: what is declared (syntax.c), what declarations hold (declaration.c), expressions
 * (expression.c), written types (type.c), sites (site.c). */
#pragma once

#include "languages/go/kinds.h"

/* The node by which walk_decl() finds what a name of a declaration with several declares. */
Node go_declared(const Tree *tree, Node declaration, Node name);

/* The identifier that names a type, of *pkg.T[A] too; 0: it has none. */
Node go_type_name(const Tree *tree, Node type);

/* What a name means where it stands. What is declared by the statement in which it stands, or further on, is not meant. */
uint32_t go_name(Walk *walk, Node node);
uint32_t go_find(Walk *walk, Node node); /* UNIT_NONE: the file does not bind it */

uint32_t go_expression(Walk *walk, Node node);
uint32_t go_type(Walk *walk, Node node);
uint32_t go_type_arguments(Walk *walk, Node arguments);

/* What a function gives: a type, a tuple of several, or UNIT_NONE. */
uint32_t go_result(Walk *walk, Node function);

/* The value of the index-th of so many names that stand left of one or more expressions. */
uint32_t go_assigned(Walk *walk, Node values, unsigned index, unsigned names);

void go_lower_declaration(Walk *walk, Node node, const Rule *rule);
void go_lower_reference(Walk *walk, Node node);
