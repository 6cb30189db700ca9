/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the TypeScript front-end for each other: declarations (syntax.c), modules (module.c), expressions (expression.c)
 * and written types (type.c). */
#pragma once

#include "languages/typescript/kinds.h"

enum {                 /* walk->state */
       STATE_AMBIENT,  /* a declaration file: everything in it is only declared */
       STATE_MODULE,   /* it has imports or exports; else its names are everybody's */
       STATE_NARROWS,  /* it has conditions that say what something is */
       STATE_DECLARES, /* types in comments may be declared: shapes, functions */
};

#define SPACE_MEMBER SPACE_OTHER /* of the members of a class: this.x, not x */

/* JavaScript: the type that the comment of a function's or a value's declaration gives after a tag ("@returns"), and to a parameter by its
 * name; UNIT_NONE if there is none. */
uint32_t typescript_doc_type(Walk *walk, Node node, const char *tag);
bool typescript_has_doc_type(const Walk *walk, Node value); /* @type, before what it is given to */
uint32_t typescript_doc_parameter(Walk *walk, Node function, Node name);
/* The type that a comment right before brackets gives to what is in them, which may be UNIT_NONE: @type {T}. */
bool typescript_doc_cast(Walk *walk, Node brackets, uint32_t *ret);
/* Before the first pass: names that comments declare, @typedef {T} N, @import {N} from "m"; after the second: what types those are. */
void typescript_doc_names(Walk *walk);
void typescript_doc_types(Walk *walk);

/* What the parser is given instead of what it does not know. */
void typescript_patch(const Tree *tree, char *text);

/* ---- declarations: the first pass ---- */

/* A definition of one of the kinds that are no variable, parameter or import. */
void typescript_declare(Walk *walk, Node node, UnitKind kind);
void typescript_declare_visited(Walk *walk, Node node);
void typescript_declare_function(Walk *walk, Node node); /* one that is an expression */
void typescript_declare_signature(Walk *walk, Node node);
void typescript_declare_variable(Walk *walk, Node declarator);
void typescript_declare_parameter(Walk *walk,
                                  Node parameter); /* required_parameter, optional_parameter */
void typescript_declare_parameters(Walk *walk, Node list);     /* JavaScript's */
void typescript_declare_loop(Walk *walk, Node node);           /* what a for or a catch binds */
void typescript_declare_assigned(Walk *walk, Node assignment); /* this.x = … in JavaScript */

bool typescript_is_function(unsigned kind); /* an expression that is a function */

/* The function, class or object that is a value, without the brackets and casts around it. */
Node typescript_bare_value(const Tree *tree, Node value);

/* What stands around a function, class or object that is given a name by it (a declarator, field, pair), or 0. */
Node typescript_holder(const Tree *tree, Node node);

/* The node whose modifiers and comment are those of a declaration: the export statement or the list of declarators around it. */
Node typescript_statement(const Tree *tree, Node node);

/* Flags that the statement gives: exported, default. */
uint32_t typescript_statement_flags(const Walk *walk, Node statement);
uint32_t typescript_function_flags(const Tree *tree, Node function);
UnitVisibility typescript_visibility(const Tree *tree, Node node, Node name);

/* ---- the second pass ---- */

void typescript_lower_declaration(Walk *walk, Node node, const Rule *rule);

void typescript_lower_assignment(Walk *walk, Node assignment);

/* Gives the names of a pattern their values: source is what the whole takes apart. */
void typescript_lower_pattern(Walk *walk, Node pattern, uint32_t source);

/* ---- modules ---- */

void typescript_import(Walk *walk, Node statement);
void typescript_export(Walk *walk, Node statement);       /* first pass: what it imports */
void typescript_lower_export(Walk *walk, Node statement); /* second: what it exports */
void typescript_lower_exports(Walk *walk, Node assignment); /* module.exports = …, exports.x = … */
bool typescript_is_exports(const Tree *tree, Node object); /* is it module.exports or exports? */

/* ---- expressions, types ---- */

uint32_t typescript_expression(Walk *walk, Node node);
uint32_t typescript_type(Walk *walk, Node node);
uint32_t typescript_annotation(Walk *walk, Node annotation);    /* ": T"; 0 is UNIT_NONE */
uint32_t typescript_type_arguments(Walk *walk, Node arguments); /* a list, UNIT_NONE for 0 */
/* The module that the call require("m") or import("m") gives; UNIT_NONE: it is another call. */
uint32_t typescript_required_module(Walk *walk, Node call, uint32_t container);
void typescript_lower_reference(Walk *walk, Node node);

/* A value of the type that is expected where an expression stands, or UNIT_NONE. */
uint32_t typescript_context(Walk *walk, Node node);

/* What is passed to a parameter without a written type, by what is expected of its function. */
uint32_t typescript_parameter_context(Walk *walk, Node parameter, Node function);

/* The annotation of what an async function's promise, a generator's iterator is of. The flags of another kind of type are taken
 * away: it says itself what calling gives. */
Node typescript_promised(const Tree *tree, Node annotation, uint32_t *flags);

/* await f<T>() is read by the grammar as (await f)<T>(), and so with ! and yield: is an operator such a callee? And what is called,
 * without it. */
bool typescript_is_misplaced(const Tree *tree, Node operator);
Node typescript_callee(const Tree *tree, Node function);

/* How many arguments a call has; 255 if that is not known. */
uint32_t typescript_argument_count(const Tree *tree, Node arguments);

/* The class, record or interface that "this" is of where a node stands, or UNIT_NONE; and the scope of its members, if it is a class,
 * in ret_scope, which may be NULL. */
uint32_t typescript_self(const Walk *walk, Node node, uint32_t *ret_scope);

extern const FrontEnd typescript_front, tsx_front, javascript_front;
