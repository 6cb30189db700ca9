/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From expressions to what they mean. Sets are of two manners: what is *denoted* holds declarations as they are named, variables too;
 * *values* are what those are when read. All of it grows with what it is given, so that circles settle (link-node.h). */
#pragma once

#include "code/linker.h"

#define LINK_LINEAGE_MAX    200 /* bases of one type; further ones are left out */
#define LINK_PARAMETERS_MAX 64  /* of one function that are looked at */
#define LINK_SUBSTITUTE_MAX 8   /* environments within environments */

/* ---- atoms (link-substitute.c) ---- */

/* The set of this atom alone. */
LinkSet link_atom(Linker *linker, LinkAtom atom);
LinkSet link_decl_atom(Linker *linker, LinkAtomKind kind, uint32_t module, uint32_t decl,
                       LinkEnv env);
LinkSet link_plain(Linker *linker, LinkAtomKind kind); /* UNKNOWN, MANY, MISSING, EXTERNAL */
LinkSet link_union(Linker *linker, LinkSet a, LinkSet b);

const UnitDecl *link_atom_decl(Linker *linker,
                               LinkAtom atom); /* of an atom that has a declaration; else NULL */
const LinkLanguage *link_atom_language(Linker *linker, LinkAtom atom); /* likewise */

/* What a set comes to where type parameters stand for this. */
LinkSet link_substitute(Linker *linker, LinkSet set, LinkEnv env);

/* Environments: where a declaration's type parameters stand for these sets, in order, and for themselves beyond; and one with
 * another, which counts where both bind. */
LinkEnv link_apply(Linker *linker, uint32_t module, uint32_t decl, const LinkSet *sets,
                   uint32_t count);
LinkEnv link_compose(Linker *linker, LinkEnv inner, LinkEnv outer);

/* ---- expressions (link-expr.c) ---- */

LinkSet link_denoted(Linker *linker, uint32_t module, uint32_t expr); /* UNIT_NONE: unknown */
LinkSet link_answer_expr(Linker *linker, uint32_t module, uint32_t expr);

/* The values of what an expression denotes; the values of the types that a type expression denotes. */
LinkSet link_evaluate(Linker *linker, uint32_t module, uint32_t expr);
LinkSet link_evaluate_type(Linker *linker, uint32_t module, uint32_t expr);

/* ---- declarations (link-decl.c) ---- */

LinkSet link_answer_value(Linker *linker, uint32_t module, uint32_t decl);

/* Values of what is denoted; values of types; types of values. */
LinkSet link_read(Linker *linker, LinkSet denoted);
LinkSet link_instances(Linker *linker, LinkSet types);
LinkSet link_types(Linker *linker, LinkSet denoted);

/* Of several declarations of one name (TypeScript: interface and constant) the one that is a type, or a value; else the same. */
LinkAtom link_pick(Linker *linker, LinkAtom atom, bool type);

/* Type aliases as what they stand for, type parameters as their bounds: values in, values out. */
LinkSet link_expand(Linker *linker, LinkAtom atom);

/* A value of a type of its own that is written like another (UNIT_DISTINCT): as a value of that. */
LinkSet link_underlying(Linker *linker, LinkAtom atom);

/* ---- members (link-member.c) ---- */

uint32_t link_answer_lineage(Linker *linker, uint32_t module, uint32_t decl);
LinkSet link_answer_member(Linker *linker, const LinkNode *node);

/* What values have under this name, as denoted. */
LinkSet link_member(Linker *linker, LinkSet values, uint32_t word);
LinkSet link_member_of_super(Linker *linker, uint32_t module, uint32_t decl, uint32_t word);
LinkSet link_super(Linker *linker, uint32_t module, uint32_t decl);

/* The atom as a value of that base of its (same kind, the base's declaration and environment); false: it has no such base. */
bool link_as_base(Linker *linker, LinkAtom atom, uint32_t module, uint32_t decl, LinkAtom *ret);

/* ---- calls (link-call.c) ---- */

typedef struct LinkArguments {
        uint32_t module, list; /* expressions; UNIT_NONE: not known */
} LinkArguments;

/* What calling a value gives; what making one of what is denoted gives. */
LinkSet link_call(Linker *linker, LinkSet values, const LinkArguments *arguments);
LinkSet link_make(Linker *linker, LinkSet denoted, const LinkArguments *arguments);

/* What calling these values hands to a parameter. */
LinkSet link_parameter(Linker *linker, LinkSet values, uint32_t parameter);

/* A function that is given as an argument, and one of its parameters, both from 0; UNIT_NONE: the argument itself. */
typedef struct LinkCallback {
        LinkArguments arguments; /* of the call */
        uint32_t argument, parameter;
} LinkCallback;

/* What values, when they are called, pass to it; what they expect as the argument. */
LinkSet link_passed(Linker *linker, LinkSet values, const LinkCallback *callback);

/* What a function's parameters, and those of the types around it, stand for if it is called with these. */
LinkEnv link_infer(Linker *linker, LinkAtom function, const LinkArguments *arguments);

/* ---- overloads (link-overload.c) ---- */

#define LINK_OVERLOADS_MAX 24 /* declarations of one name that are told apart */

bool link_is_function(const UnitDecl *decl);
uint32_t link_argument_count(Linker *linker, const LinkArguments *arguments); /* 255: not known */

/* The declarations of a function's name that take so many arguments (255: any number), the function itself if none does; at most max. */
uint32_t link_overloads(Linker *linker, LinkAtom function, uint32_t arguments, uint32_t *ret,
                        uint32_t max);

/* Those of them that suit what the arguments are values of best; all if none does. */
uint32_t link_choose(Linker *linker, LinkAtom function, const LinkArguments *arguments,
                     uint32_t *ret, uint32_t max);

/* Does a function take so many? */
bool link_takes(const LinkModule *module, const UnitDecl *decl, uint32_t arguments);

/* The function by which a value is called; the atom itself: none that is known. */
LinkAtom link_callable(Linker *linker, LinkAtom atom);

/* Of the functions of one name in a type and its bases, of the constructors of a class (the class itself: it has none), those that what is
 * given chooses: their number, at least 1 (link-fit.c; languages with LINK_OVERLOADS). */
uint32_t link_fit(Linker *linker, LinkAtom function, const LinkArguments *arguments, LinkAtom *ret,
                  uint32_t max);
uint32_t link_fit_constructor(Linker *linker, LinkAtom class, const LinkArguments *arguments,
                              LinkAtom *ret, uint32_t max);

/* Of several functions that are members of what they extend those that what is given chooses; 0: there are not several that take so many. */
uint32_t link_fit_extensions(Linker *linker, LinkSet denoted, const LinkArguments *arguments,
                             LinkAtom *ret, uint32_t max);

/* The first constructor of a class; false: it has none of its own. */
bool link_constructor(Linker *linker, LinkAtom class, LinkAtom *ret);

/* Is a member none that is found by its name: a constructor, a member of another type (an interface) that stands here? */
bool link_is_hidden(const UnitDecl *decl);

/* Is a type the one that all have the members of? */
bool link_is_root(Linker *linker, LinkAtom atom);

/* ---- modules (link-import.c) ---- */

LinkSet link_answer_import(Linker *linker, uint32_t module, uint32_t import);
LinkSet link_answer_target(Linker *linker, uint32_t module, uint32_t import);
LinkSet link_answer_export(Linker *linker, uint32_t module, uint32_t word);
LinkSet link_targets(Linker *linker, uint32_t module, uint32_t import); /* asks for it */
LinkSet link_exported(Linker *linker, LinkSet modules, uint32_t word);

/* The built-in of that name, LINK_ATOM_EXTERNAL if it is not among those declared; that of a word, LINK_EMPTY if it is not. */
LinkSet link_builtin(Linker *linker, const LinkLanguage *language, const char *name);
LinkSet link_builtin_named(Linker *linker, const LinkLanguage *language, uint32_t word);
