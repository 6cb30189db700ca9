/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an expression can mean: a set of atoms. Equal atoms, sets and environments have one number each, so that comparing is
 * comparing numbers. The sets are a lattice: they only grow by union, where two atoms of one declaration become one whose environment
 * is the union of theirs; LINK_SET_MAX and LINK_ENV_DEPTH_MAX make its height small. What cycles of declarations mean, the least
 * fixed point, is therefore found, and is the same wherever one begins. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define LINK_SET_MAX       24 /* atoms of a set; more are LINK_ATOM_MANY */
#define LINK_ENV_DEPTH_MAX 4 /* type arguments of type arguments of …; deeper ones are forgotten */
#define LINK_ENV_MAX       16 /* type arguments of one atom; more are forgotten */

typedef enum LinkAtomKind {
        LINK_ATOM_UNKNOWN = 1, /* something of which nothing is known */
        LINK_ATOM_MANY,        /* too much to tell: absorbs all others of its set */
        LINK_ATOM_MISSING,     /* a name that what is known does not have */
        LINK_ATOM_EXTERNAL,    /* something outside the repository */
        LINK_ATOM_MODULE,      /* a file */
        LINK_ATOM_SPACE, /* a package or namespace over several files; module: that imports it, decl: the word of its name */
        LINK_ATOM_DECL,     /* a declaration itself */
        LINK_ATOM_INSTANCE, /* a value of the type that is declared there */
        LINK_ATOM_SELF,     /* likewise, of it or of what extends it: the receiver */
        LINK_ATOM_TYPEOF,   /* the type whose only value is that declaration itself */
        LINK_ATOM_TUPLE, /* module, decl: 0; env: its elements, of the module LINK_NONE, numbered from 0 */
} LinkAtomKind;

typedef uint32_t
        LinkSet; /* of atoms; a set of one is its atom's number, others have the highest bit */
typedef uint32_t LinkEnv; /* what type parameters stand for */

#define LINK_EMPTY      0u /* nothing (yet): what a cycle begins with, and void */
#define LINK_ENV_NONE   0u /* each type parameter stands for itself */
#define LINK_ENV_FORGOT 1u /* each stands for something unknown */

typedef struct LinkAtom {
        uint32_t kind, module, decl;
        LinkEnv env;
} LinkAtom;

enum {                         /* of atoms and sets */
       LINK_OPEN = 1 << 0,     /* another environment may make another set of it */
       LINK_HAS_SELF = 1 << 1, /* a LINK_ATOM_SELF is in it */
};

typedef struct LinkBinding {
        uint32_t module, decl; /* a type parameter */
        LinkSet set;           /* values of the type that it stands for */
} LinkBinding;

/* How modules, and names (the decl of a LINK_ATOM_SPACE), stand to each other: < 0, 0, > 0. Their numbers are given as they come, and
 * the order of a set's atoms must not hang on that: who looks at them may take the first. */
typedef struct LinkOrdering {
        int (*modules)(const void *data, uint32_t a, uint32_t b);
        int (*words)(const void *data, uint32_t a, uint32_t b);
        const void *data;
} LinkOrdering;

typedef struct LinkValues LinkValues;

/* The ordering's data must outlive the values. */
LinkValues *link_values_new(const LinkOrdering *ordering);
LinkValues *link_values_free(LinkValues *values);

/* The set of this atom alone, with the flags of its declaration; those of its environment are added. */
LinkSet link_values_atom(LinkValues *values, LinkAtom atom, uint32_t flags);
LinkSet link_values_union(LinkValues *values, LinkSet a, LinkSet b);

uint32_t link_set_size(const LinkValues *values, LinkSet set);
LinkAtom link_set_at(const LinkValues *values, LinkSet set, uint32_t index);
uint32_t link_set_flags(const LinkValues *values, LinkSet set);
bool link_set_has(const LinkValues *values, LinkSet set, LinkAtomKind kind);

/* The environment of these bindings, in any order, which are of different parameters. Sorts them. */
LinkEnv link_values_env(LinkValues *values, LinkBinding *bindings, uint32_t count);
uint32_t link_env_size(const LinkValues *values, LinkEnv env);
LinkBinding link_env_at(const LinkValues *values, LinkEnv env, uint32_t index);
uint32_t link_env_flags(const LinkValues *values, LinkEnv env);

/* What a parameter stands for there; false: it is not bound. LINK_ENV_FORGOT binds none. */
bool link_env_get(const LinkValues *values, LinkEnv env, uint32_t module, uint32_t decl,
                  LinkSet *ret);

/* A list in the order given, which is found again by its number; for what is no set. */
uint32_t link_values_list(LinkValues *values, const LinkSet *items, uint32_t count);
uint32_t link_list_size(const LinkValues *values, uint32_t list);
LinkSet link_list_at(const LinkValues *values, uint32_t list, uint32_t index);
