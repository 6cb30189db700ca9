/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the Java front-end for each other: declarations (syntax.c, declaration.c), expressions (expression.c), written
 * types (type.c) and sites (site.c).
 *
 * Only what is local to a method, and type parameters, are bound here. All else may be inherited from a class in another file:
 * it is a UNIT_EXPR_NAME with the class in which it is written, and the resolver looks there, in the classes around it, in
 * imports and the package. Methods have names of their own: they are called "name()". */
#pragma once

#include "languages/java/kinds.h"

/* ---- names ---- */

/* The innermost class around a node; a class's header stands in the class around it. UNIT_NONE: none. */
uint32_t java_class_at(const Walk *walk, Node node);

/* What the text of a node names where it stands: bound in the file, or UNIT_EXPR_NAME. */
uint32_t java_name(Walk *walk, Node node, uint32_t space);

/* The name of a method as it is looked up. */
UnitString java_method_word(Walk *walk, Node name);

/* The class whose "this" Outer.this is: by the name of a class around the node; UNIT_NONE: there is none. */
uint32_t java_outer_class(Walk *walk, Node node, Node name);

/* Is a node of a kind that declares a class, interface, enum? */
bool java_is_type_declaration(unsigned kind);

/* ---- the parts ---- */

void java_lower_declaration(Walk *walk, Node node, const Rule *rule);
void java_lower_reference(Walk *walk, Node node);
void java_lower_constant(Walk *walk,
                         Node constant); /* of an enum: what it is given chooses a constructor */

uint32_t java_expression(Walk *walk, Node node);
uint32_t java_type(Walk *walk, Node node);

/* A type with dimensions behind the name: int a[]. */
uint32_t java_type_of(Walk *walk, Node type, Node dimensions);
uint32_t java_array_of(Walk *walk, uint32_t element);
uint32_t java_array_of_dimensions(Walk *walk, uint32_t type,
                                  Node dimensions);       /* as many as there are [] */
uint32_t java_type_arguments(Walk *walk, Node arguments); /* a list, UNIT_NONE for 0 and for <> */

/* What a method invocation calls; the whole of a call, of a construction, of this(…) and super(…). */
uint32_t java_callee(Walk *walk, Node invocation);
uint32_t java_creation(Walk *walk, Node creation);
uint32_t java_construction(Walk *walk, uint32_t type,
                           Node node); /* of a type, with the arguments of a node */
uint32_t java_explicit_construction(Walk *walk, Node invocation);
