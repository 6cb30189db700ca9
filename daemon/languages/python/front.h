/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of Python's front-end for each other: functions and classes (syntax.c, declaration.c), what is assigned to (target.c),
 * imports (module.c), type parameters (generic.c), names (name.c), expressions (expression.c), written types (type.c), sites (site.c).
 *
 * A name of a function is declared at each of its assignments, and means those that can reach the place where it is used. A name
 * of a module or class, and a field of self, is one declaration: the first; it may hold all that is assigned to it. */
#pragma once

#include "languages/python/kinds.h"

#define SPACE_MEMBER                                                                               \
        SPACE_OTHER /* in a class: fields of self; in a function: names that are global or nonlocal */

#define SPACE_WRITTEN SPACE_FRONT /* in a class: members whose type is written */

enum {                       /* walk->state */
       STATE_NARROWS,        /* isinstance() is in the text */
       STATE_TEST,           /* the file is one of tests */
       STATE_GENERIC,        /* type parameters are declared in it */
       STATE_TYPE_VARIABLES, /* and names made by TypeVar() */
};

/* ---- what stands around a node ---- */

/* The definition with its decorators. */
Node python_decorated(const Tree *tree, Node node);

/* The last name of what decorates, is called, extended, imported: of a.b.c() it is c; 0 for what has none. */
Node python_last_name(const Tree *tree, Node node);

/* Is this one of its decorators, by the last name? */
bool python_has_decorator(const Tree *tree, Node definition, const char *name);

/* The string of a doc string that begins a body, or 0. */
Node python_doc(const Tree *tree, Node body);

/* A plain name's or private name's visibility, by its underscores. */
UnitVisibility python_visibility(const Walk *walk, Node name, bool member);

/* The scope in which what is assigned here is bound: not that of a comprehension. */
uint32_t python_binding_scope(const Walk *walk, uint32_t scope);

/* The scope of the class around, also from functions in it, or 0. */
uint32_t python_class_scope(const Walk *walk, uint32_t scope);

/* ---- declarations ---- */

void python_lower_function(Walk *walk, Node node);
void python_lower_class(Walk *walk, Node node);
void python_lower_parameters(Walk *walk, Node node);
void python_lower_alias(Walk *walk, Node node);

/* The parameter that stands for the receiver, if the function is a method that has one; or 0. */
Node python_receiver(const Walk *walk, Node function, const Scope *around);

/* ---- what is assigned to ---- */

void python_declare_target(Walk *walk, Node node);
void python_lower_target(Walk *walk, Node node);
void python_declare_outer_names(Walk *walk, Node statement); /* global, nonlocal */

/* ---- type parameters ---- */

void python_declare_type_variable(Walk *walk, Node name, Node value); /* T = TypeVar("T") */
void python_declare_class_parameters(Walk *walk, Node class);
void python_declare_function_parameters(Walk *walk, Node function);
void python_declare_type_parameters(Walk *walk, Node list);
uint32_t python_type_parameters(Walk *walk, Node node); /* a list, or UNIT_NONE */
uint32_t python_type_parameter(const Walk *walk, uint32_t scope,
                               UnitString name); /* or UNIT_NONE */

/* ---- modules ---- */

void python_import(Walk *walk, Node statement);
uint32_t python_called_module(Walk *walk,
                              Node call);   /* __import__("m"), import_module("m"); or UNIT_NONE */
void python_exports(Walk *walk, Node list); /* the value of __all__ */

/* ---- names, expressions, types ---- */

uint32_t python_scope_of(const Walk *walk, Node node); /* where its names are looked up */
uint32_t python_name(Walk *walk, Node node);
uint32_t python_narrowed(Walk *walk, Node node); /* by isinstance(), or UNIT_NONE */
uint32_t python_expression(Walk *walk, Node node);
uint32_t python_type(Walk *walk, Node node);
bool python_is_type(Walk *walk, Node subscript); /* one that stands where a value does */
uint32_t python_argument_count(const Tree *tree, Node arguments);
void python_lower_reference(Walk *walk, Node node);

static inline uint32_t python_value_of(Walk *walk, const char *builtin)
{
        return walk_value(walk, walk_builtin(walk, builtin));
}

/* A value of a generic built-in type, of what is of the types of these values. */
uint32_t python_value_of_generic(Walk *walk, const char *builtin, const uint32_t *values,
                                 size_t count);

/* Calls a member without arguments. */
uint32_t python_call_member(Walk *walk, uint32_t object, const char *name);
