/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lexical scopes of a file and the names that are bound in them. Each name may mean one thing in each of several spaces
 * (values, types, …), as the language wants it; what is bound twice in one scope means either. */
#pragma once

#include "syntax/builder.h"
#include "syntax/pool.h"
#include "syntax/rules.h"

#define SCOPES_MAX 500000 /* of one file; beyond that the outer one goes on */

enum { /* spaces of names, as bits: a language with one kind of name uses the first */
       SPACE_VALUE = 1 << 0,
       SPACE_TYPE = 1 << 1,
       SPACE_OTHER = 1 << 2, /* macros, labels */
       SPACE_FRONT = 1 << 3, /* a front-end's own */
};

typedef struct Scope {
        Node node;       /* that opened it */
        uint32_t parent; /* scope; the file's is 0 and its own parent */
        uint32_t decl;   /* innermost declaration around what stands in it, or UNIT_NONE */
        uint32_t source; /* innermost of them that is a symbol, or UNIT_NONE */
        ScopeKind kind;  /* SCOPE_NONE: only a declaration's range, binds nothing */
        bool local;      /* inside a function */
        uint32_t names;  /* bound in it */
        uint32_t base;   /* the front-end's own: a scope that it inherits from; 0 at first */
} Scope;

typedef struct Binding {
        uint32_t scope, space;
        UnitString name;
        uint32_t expr;
} Binding;

typedef struct Scopes {
        Scope *items;
        uint32_t count, room;
        Binding *bindings;
        uint32_t binding_count, binding_room;
        Index index;         /* of bindings by scope, space, name */
        uint64_t known[128]; /* by a hash of the name: is it bound anywhere? */
} Scopes;

void scopes_init(Scopes *scopes);
void scopes_clear(Scopes *scopes);

/* Begins a file with its own scope, 0. */
void scopes_reset(Scopes *scopes);

/* Opens a scope in parent (a copy is kept); at SCOPES_MAX none, and parent is returned. */
uint32_t scopes_open(Scopes *scopes, const Scope *scope);

/* Binds name in each of the spaces; a name that is bound there already then means either. */
void scopes_bind(Scopes *scopes, Builder *builder, const Binding *binding);

/* What name means in scope: there or in one around it. UNIT_NONE: the file does not bind it. */
uint32_t scopes_find(const Scopes *scopes, uint32_t scope, uint32_t space, UnitString name);
/* The same without those around it. */
uint32_t scopes_find_in(const Scopes *scopes, uint32_t scope, uint32_t space, UnitString name);
