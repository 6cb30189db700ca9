/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the TypeScript front-end for each other: declarations (syntax.c), modules (module.c), expressions (expression.c)
 * and written types (type.c). */
#pragma once

#include "languages/typescript/kinds.h"

enum {                /* walk->state */
       STATE_AMBIENT, /* a declaration file: everything in it is only declared */
       STATE_MODULE,  /* it has imports or exports; else its names are everybody's */
};

/* What the parser is given instead of what it does not know. */
void typescript_patch(const Tree *tree, char *text);

/* ---- declarations ---- */

/* What stands around a function, class or object that is given a name by it (a declarator, field, pair, assignment), or 0. */
Node typescript_holder(const Tree *tree, Node node);

/* The node whose modifiers and comment are those of a declaration: the export statement or the list of declarators around it. */
Node typescript_statement(const Tree *tree, Node node);

/* Flags that the statement gives: exported, default, bodiless in ambient code. */
uint32_t typescript_statement_flags(const Walk *walk, Node statement);

void typescript_lower_declaration(Walk *walk, Node node, const Rule *rule);

/* ---- patterns: {a, b: c} and [a, b], of variables and parameters ---- */

/* Declares what a pattern binds: flags and kind of each, in a scope. */
typedef struct PatternKind {
        UnitKind kind;
        uint32_t flags;
        uint32_t scope;
} PatternKind;
void typescript_declare_pattern(Walk *walk, Node pattern, const PatternKind *kind);

/* Gives them their values: source is what the whole pattern takes apart. */
void typescript_lower_pattern(Walk *walk, Node pattern, uint32_t source);

/* ---- modules ---- */

void typescript_import(Walk *walk, Node statement);
void typescript_export(Walk *walk, Node statement);       /* first pass: what it imports */
void typescript_lower_export(Walk *walk, Node statement); /* second: what it exports */
void typescript_lower_assignment(Walk *walk, Node assignment);

/* ---- expressions, types ---- */

uint32_t typescript_expression(Walk *walk, Node node);
uint32_t typescript_type(Walk *walk, Node node);
uint32_t typescript_annotation(Walk *walk, Node annotation);    /* ": T"; 0 is UNIT_NONE */
uint32_t typescript_type_arguments(Walk *walk, Node arguments); /* a list, UNIT_NONE for 0 */
void typescript_lower_reference(Walk *walk, Node node);

/* A value of the type that is expected where an expression stands, or UNIT_NONE. */
uint32_t typescript_context(Walk *walk, Node node);

/* What is passed to a parameter without a written type, by what is expected of its function. */
uint32_t typescript_parameter_context(Walk *walk, Node parameter, Node function);

/* The annotation of what an async function's promise, a generator's iterator is of. The flags of another kind of type are taken
 * away: it says itself what calling gives. */
Node typescript_promised(const Tree *tree, Node annotation, uint32_t *flags);

/* How many arguments a call has; 255 if that is not known. */
uint32_t typescript_argument_count(const Tree *tree, Node arguments);

/* The class, record or interface that "this" is of where a node stands, or UNIT_NONE. */
uint32_t typescript_self(const Walk *walk, Node node);
