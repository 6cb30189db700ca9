/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the C# front-end for each other: declarations (syntax.c, variable.c, declaration.c), expressions
 * (expression.c, call.c), written types (type.c) and sites (site.c).
 *
 * Only what is local to a body, and type parameters, are bound here. All else may stand in another file, be it inherited, of
 * another part of the class, or of the namespace: it is a UNIT_EXPR_NAME with the class or namespace in which it is written. */
#pragma once

#include "languages/csharp/kinds.h"

enum {                  /* walk->state */
       STATE_NAMESPACE, /* the declaration of "namespace A;" + 1: what stands in the file stands in it */
};

/* ---- names ---- */

/* The innermost class, or else namespace, around a node; a class's header stands in what is around the class. */
uint32_t csharp_place_of(const Walk *walk, Node node);

/* The innermost class around a node, whose "this" it is; UNIT_NONE: none. */
uint32_t csharp_class_at(const Walk *walk, Node node);

/* What the text of a node names where it stands: bound in the file, or UNIT_EXPR_NAME. */
uint32_t csharp_name(Walk *walk, Node node, uint32_t space);
uint32_t csharp_word(Walk *walk, Node node, UnitString word); /* likewise, never bound */

/* The identifier at the end of a name: of a generic one, of a qualified one; 0 for what has none. */
Node csharp_last_name(const Tree *tree, Node name);

/* The first child, be it "this" or "base". */
Node csharp_operand(const Tree *tree, Node node);

/* ---- modifiers ---- */

bool csharp_has_modifier(const Tree *tree, Node node, const char *word);

/* ---- the first pass over variables and parameters (variable.c) ---- */

void csharp_declare_variable(Walk *walk, Node node);
void csharp_declare_parameter(Walk *walk, Node node);
void csharp_declare_rest(Walk *walk, Node list); /* params T[] rest */
void csharp_declare_lambda(Walk *walk, Node node);
void csharp_declare_visited(Walk *walk, Node node);
UnitVisibility csharp_visibility(const Tree *tree, Node node);
uint32_t csharp_flags(const Tree *tree, Node node);

/* ---- the second pass ---- */

void csharp_lower_declaration(Walk *walk, Node node, const Rule *rule);
void csharp_lower_variable(Walk *walk, Node node);
void csharp_lower_reference(Walk *walk, Node node);
void csharp_set(Walk *walk, Node node, uint32_t type, uint32_t value);

#define CSHARP_PASSED_MAX                                                                          \
        64 /* arguments of a call, parameters of a lambda whose place is counted */

/* What calls pass to the parameter of a lambda whose type is not written. */
uint32_t csharp_passed(Walk *walk, Node lambda, uint32_t parameter);

/* The type that is written for what a value is given to: a variable, a field, what a method returns; UNIT_NONE: none. */
uint32_t csharp_wanted_type(Walk *walk, Node value);

uint32_t csharp_expression(Walk *walk, Node node);
uint32_t csharp_type(Walk *walk, Node node);
uint32_t csharp_type_arguments(Walk *walk, Node list); /* a list; UNIT_NONE for 0 */
uint32_t csharp_array_of(Walk *walk, uint32_t element);

/* Blanks what #if leaves out if no symbols are defined, where it stands within a statement: see FrontEnd. */
void csharp_patch(const Tree *tree, char *text);

/* ---- calls (call.c) ---- */

uint32_t csharp_callee(Walk *walk, Node function);
uint32_t csharp_member(Walk *walk, Node access); /* a.b, .b of a?.b */
uint32_t csharp_invocation(Walk *walk, Node node);
uint32_t csharp_creation(Walk *walk,
                         Node node); /* new T(…), new(…), this(…) and base(…) of constructors */
unsigned csharp_argument_count(const Tree *tree, Node list);
