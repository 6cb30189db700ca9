/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a language gives to the reading of source: its grammar, the kinds of nodes that it tells apart, a query that says which
 * nodes matter, and functions that say what those mean. languages/typescript/syntax.c is the one to look at.
 *
 * Two passes over the tree, each in the order of the text. The first calls declare() at every node that a rule of the query
 * names (but references): it makes declarations and binds names; scopes open and close by the query. The second calls
 * lower() at all of them, when every name is bound, and it fills in types and values and adds sites. Both see the tree
 * as flat records (tree.h) and write to the builder (builder.h). Front-ends run on a stranger's text: whatever the tree is,
 * they end, and recurse only by walk_expression() and walk_type(), which know how deep they are. A node may have a hundred
 * thousand children: what is asked of a parent by each of its children must not look at all of them. */
#pragma once

#include <time.h>

#include "syntax/builder.h"
#include "syntax/rules.h"
#include "syntax/scope.h"
#include "syntax/tree.h"

#define WALK_DEPTH_MAX   200 /* of expressions and types in each other; deeper ones are unknown */
#define WALK_SECONDS_MAX 5   /* of CPU for both passes over one file; more is TIMEOUT */
#define WALK_INSIDE_MAX  4 /* names that a declaration binds in the scope that it is about to open */

typedef struct Walk Walk;

/* Functions may be NULL, but for grammar, lower, expression and type. */
typedef struct FrontEnd {
        const TSLanguage *(*grammar)(void);
        /* Kinds of nodes, numbered from NODE_KINDS; "'async'" is a token, and those stand last; NULL at the end. */
        const char *const *kinds;
        /* Fields, numbered from 1; NULL at the end. */
        const char *const *fields;
        /* symbols.scm */
        const char *query;
        /* What a doc comment begins with, as three slashes; NULL: any comment right above a declaration is one. */
        const char *doc_prefix;
        /* UNIT_EXPR_NAME says in which declaration: the language looks in enclosing classes and namespaces. */
        bool places_names;
        /* Changes a copy of the text, which the parser gets instead of the text: hides what the grammar does not know by
         * other characters, as many bytes as there were. */
        void (*patch)(const Tree *tree, char *text);
        /* Before the first pass: flags of the unit, its package. */
        void (*begin)(Walk *walk);
        /* The passes. */
        void (*declare)(Walk *walk, Node node, const Rule *rule);
        void (*lower)(Walk *walk, Node node, const Rule *rule);
        /* Called by walk_expression() and walk_type() only. */
        uint32_t (*expression)(Walk *walk, Node node);
        uint32_t (*type)(Walk *walk, Node node);
        /* After the second pass. */
        void (*finish)(Walk *walk);
} FrontEnd;

/* One file being read. */
struct Walk {
        const FrontEnd *front;
        const char *file_name; /* "" if not known */
        Tree *tree;
        Builder *builder;
        Scopes scopes;
        const Rules *rules;
        uint32_t scope; /* first pass: where the node stands that is declared */
        uint32_t *memo; /* by node: its expression + 2; 0: not looked at, 1: under way */
        uint32_t memo_room;
        unsigned depth;
        struct timespec deadline;
        Binding inside[WALK_INSIDE_MAX];
        unsigned inside_count;
        uint32_t decl_flags; /* that every declaration gets, as UNIT_TEST */
        uint32_t state[4];   /* the front-end's own, 0 at the beginning of a file */
};

/* ---- declarations: the first pass ---- */

/* What a rule defines is declared where it stands, and then its scope opens; what is only visited is looked at in its scope. */

typedef struct Definition {
        Node node; /* that it is made of: walk_decl() finds it by this */
        Node outer; /* with decorators, modifiers, export: where its lines, signature and doc comment begin; 0: node */
        Node name;       /* 0: none, or word */
        Node body;       /* its signature ends before this; 0: it ends with node */
        Node doc;        /* node of its doc comment or string; 0: the comment right above outer */
        UnitString word; /* its name if that is not the text of the node */
        UnitKind kind;
        UnitVisibility visibility; /* 0: public */
        /* UNIT_LOCAL is added to variables inside functions, to fields of records there, and to all members of a record that has it. */
        uint32_t flags;
        uint32_t spaces;    /* in which its name is bound, 0: in none */
        uint32_t container; /* 0: what stands around it (walk->scope); else a declaration + 1 */
        bool outside; /* others can reach it, though it stands in a function: in its signature */
} Definition;

/* Adds a declaration and binds its name where it stands; UNIT_NONE at a limit. */
uint32_t walk_define(Walk *walk, const Definition *definition);

/* Binds a name in a scope; in the one that the node which is being declared opens (up to WALK_INSIDE_MAX). */
void walk_bind(Walk *walk, uint32_t scope, uint32_t spaces, UnitString name, uint32_t expr);
void walk_bind_inside(Walk *walk, uint32_t spaces, UnitString name, uint32_t expr);

/* The innermost scope from here on outwards that belongs to a function, or the file's. */
uint32_t walk_function_scope(const Walk *walk, uint32_t scope);

/* ---- both passes ---- */

/* The declaration that was made of a node, or UNIT_NONE. */
static inline uint32_t walk_decl(const Walk *walk, Node node)
{
        return walk->tree->nodes[node].decl;
}

static inline const Scope *walk_scope_at(const Walk *walk, Node node)
{
        return &walk->scopes.items[walk->tree->nodes[node].scope];
}

/* The string of a node's text; without n bytes at both ends. "" if it is longer than UNIT_NAME_BYTES_MAX. */
UnitString walk_string(Walk *walk, Node node);
UnitString walk_string_inside(Walk *walk, Node node, unsigned n);

/* ---- the second pass ---- */

/* What an expression denotes, a written type; UNIT_NONE if nothing is known, for node 0, and beyond WALK_DEPTH_MAX. */
uint32_t walk_expression(Walk *walk, Node node);
uint32_t walk_type(Walk *walk, Node node);

/* What a name means where it stands: bound in the file, else UNIT_EXPR_NAME. */
uint32_t walk_name(Walk *walk, Node node, uint32_t space);
/* The same without the last: UNIT_NONE if the file does not bind it. */
uint32_t walk_find(Walk *walk, Node node, uint32_t space);

/* A list of what these children of a node are: see builder_list(). Made in three steps, so that lists may be in each other. */
typedef struct Items {
        uint32_t small[16], *items;
        size_t count, room;
} Items;
void items_add(Items *items, uint32_t item);
uint32_t items_list(Items *items, Builder *builder); /* and frees them */
uint32_t items_any(Items *items, Builder *builder);
void items_clear(Items *items);

/* Adds a site at the node of a name. arguments: of a call; 255 if not known. */
void walk_site(Walk *walk, UnitSiteKind kind, Node name, uint32_t expr, unsigned arguments);

/* Adds a site of a call whose target depends on what it is given (UNIT_SITE_OVERLOADED); call: the call as a whole. */
void walk_call(Walk *walk, Node name, uint32_t call, unsigned arguments);

/* The last doc comment before a node, also if empty lines stand between; or 0. */
Node walk_comment(const Walk *walk, Node node);

/* Short ways to make what is made often. */
static inline uint32_t walk_expr_decl(Walk *walk, uint32_t decl)
{
        return builder_expr(walk->builder, UNIT_EXPR_DECL, decl, UNIT_NONE);
}

static inline uint32_t walk_member(Walk *walk, uint32_t object, UnitString name)
{
        return name ? builder_expr(walk->builder, UNIT_EXPR_MEMBER, object, name) : UNIT_NONE;
}

static inline uint32_t walk_value(Walk *walk, uint32_t type)
{
        return builder_expr(walk->builder, UNIT_EXPR_VALUE, type, UNIT_NONE);
}

static inline uint32_t walk_builtin(Walk *walk, const char *name)
{
        return builder_expr(walk->builder, UNIT_EXPR_BUILTIN, builder_word(walk->builder, name),
                            UNIT_NONE);
}

static inline uint32_t walk_builtin_value(Walk *walk, const char *name)
{
        return walk_value(walk, walk_builtin(walk, name));
}

/* What one of two expressions gives: or, ??, a choice. */
static inline uint32_t walk_any_of_two(Walk *walk, Node a, Node b)
{
        uint32_t both[] = {walk_expression(walk, a), walk_expression(walk, b)};
        return builder_any(walk->builder, both, 2);
}
