/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the front-end of C and C++ for each other: declarators (declarator.c), the first pass (declare.c, syntax.c), the second
 * (lower.c), expressions (expression.c), written types (type.c), sites (site.c) and the preprocessor (macro.c).
 *
 * What stands outside functions is bound by nobody here: its names are looked for by the linker, which knows of includes, namespaces
 * and bases. Tags of C are named with their word: "struct s". */
#pragma once

#include "languages/c/kinds.h"

enum {                    /* walk->state */
       STATE_ACCESS_LIST, /* the members of a class … */
       STATE_ACCESS,      /* … and the visibility of those that follow */
};

/* ---- declarators ---- */

/* The node of the name that a declarator is about; 0: none. */
Node c_declared_name(const Tree *tree, Node declarator);

/* The function_declarator whose result a name is declared as; 0: it is a variable, of whatever type. */
Node c_function_of(const Tree *tree, Node name);

/* A::B of the name A::B::f: the outermost qualified_identifier around a name; 0: it is plain. */
Node c_qualified(const Tree *tree, Node name);

/* Is it declared in a function? */
bool c_is_local(const Walk *walk);

/* The template_declaration right around a declaration, or itself. */
Node c_template(const Tree *tree, Node node);

/* What stands around the type of a name (shape.h): of a function around what it returns; of a parameter or a written type as a whole. */
uint16_t c_shape(const Walk *walk, Node declaration, Node name);
uint16_t c_shape_of_node(const Walk *walk, Node node);

/* ---- the first pass ---- */

/* Visibility of a member by the access specifiers before it. */
UnitVisibility c_visibility(Walk *walk, Node member);
void c_see_access(Walk *walk, Node specifier);

void c_declare_function(Walk *walk, Node node);
void c_declare_declarators(Walk *walk, Node node);
void c_declare_type(Walk *walk, Node node, UnitKind kind);
void c_declare_typedef(Walk *walk, Node node);
void c_declare_alias(Walk *walk, Node node);
void c_declare_enumerator(Walk *walk, Node node);
void c_declare_namespace(Walk *walk, Node node);
void c_declare_parameter(Walk *walk, Node node);
void c_declare_type_parameter(Walk *walk, Node node);
void c_declare_loop(Walk *walk, Node node);
void c_declare_lambda(Walk *walk, Node node);
void c_declare_capture(Walk *walk, Node node);

/* ---- the preprocessor ---- */

void c_declare_macro(Walk *walk, Node node);
void c_lower_macro(Walk *walk, Node node);
void c_import(Walk *walk, Node node);
void c_finish(Walk *walk); /* includes and calls of macros that were taken out of the text */

/* ---- the second pass ---- */

void c_lower_declaration(Walk *walk, Node node, const Rule *rule);
void c_lower_reference(Walk *walk, Node node);
void c_lower_macro_body(Walk *walk,
                        Node node); /* TEST_F(C, a) {…} calls the macro, and is as in C */
uint32_t c_expression(Walk *walk, Node node);
uint32_t c_type(Walk *walk, Node node);
uint32_t c_type_arguments(Walk *walk, Node arguments); /* a list */
uint32_t c_argument_list(Walk *walk, Node arguments);  /* a list or UNIT_NONE */
unsigned c_argument_count(const Tree *tree, Node arguments);

/* What a qualified name means before its last part; UNIT_NONE: nothing stands there. */
uint32_t c_scope_of(Walk *walk, Node qualified);

/* What a name is a member of whose qualified_identifier this is: A::B of A::B::f. */
uint32_t c_outer(Walk *walk, Node qualified);

/* The type that a declaration gives a name: by its type and declarator; UNIT_NONE for auto. */
uint32_t c_declared_type(Walk *walk, Node declaration, Node name);

/* What a class's own code calls it: "struct s" where the language has tags. */
uint32_t c_tagged(Walk *walk, Node specifier);
