/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A syntax tree as flat records in the order of the text, made of tree-sitter's in one walk: a node is a number, its
 * parent, children and fields are found without asking tree-sitter again. A front-end names the kinds of nodes and the
 * fields that it wants to tell apart, and sees them by its own numbers, whatever grammar they come from. Tokens are
 * left out unless the front-end names them; going from child to child steps over them and over comments. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "syntax/arena.h"

#define TREE_BYTES_MAX       (12 * 1024 * 1024) /* longest file that is parsed */
#define TREE_NODES_MAX       4000000            /* of one file; a larger one is LIMIT */
#define TREE_DEPTH_MAX       4000               /* deeper nodes are left out, and the tree is cut */
#define TREE_SECONDS_MAX     10                 /* of CPU for one file; more is TIMEOUT */
#define TREE_MEMORY_MAX      (600 * 1024 * 1024) /* of memory while one file is parsed; more is LIMIT */
#define TREE_LINE_BYTES_MAX  20000               /* a file most of which is in longer lines … */
#define TREE_DENSE_BYTES_MIN 100000 /* … and of at least this size is minified: not parsed */

typedef uint32_t Node; /* 0: none; it has no kind, no text, no children */

enum {
        NODE_OTHER,   /* a kind that the front-end does not name */
        NODE_COMMENT, /* a comment, of whatever kind */
        NODE_ERROR,
        NODE_KINDS, /* the front-end's own begin here */
};

typedef struct TreeNode {
        uint16_t kind;
        uint8_t field;       /* 0: none that is named */
        uint8_t rule;        /* which rule of the query it matches, from 1; 0: none (see rules.h) */
        uint32_t start, end; /* bytes of the text */
        uint32_t row;        /* line of its start, from 0 */
        Node parent;
        Node next; /* the first node after its children: next sibling, if that has the same parent */
        uint32_t scope; /* in which it stands (see scope.h) */
        uint32_t decl;  /* declaration that was made of it, or UNIT_NONE */
} TreeNode;

typedef struct Tree {
        const char *text;
        const char *patched; /* what the parser gets */
        size_t length;
        TreeNode *nodes;      /* the root is 1 */
        uint32_t count;       /* nodes, with the one that is none */
        uint32_t *lines;      /* where each line begins */
        uint32_t line_count;  /* at least one */
        uint32_t errors;      /* syntax errors */
        uint16_t first_token; /* kinds from here on are tokens */
        bool cut;             /* TREE_DEPTH_MAX was reached */
        uint64_t flatten_ns;  /* what the walk over tree-sitter's tree took, of CPU */
        uint32_t room, line_room;
        Arena *arena; /* in which it is parsed; NULL until something is */
} Tree;

/* One language's grammar with the numbers that the front-end gave its kinds and fields. */
typedef struct Grammar Grammar;
typedef struct TSLanguage TSLanguage;

/* kinds and fields end with NULL; the numbers of kinds begin at NODE_KINDS, of fields at 1. A kind in single quotes is a token
 * ("'async'"); tokens stand last. A kind that no node of this grammar has is no error. */
Grammar *grammar_new(const TSLanguage *language, const char *const *kinds,
                     const char *const *fields);
Grammar *grammar_free(Grammar *grammar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grammar, grammar_free)

/* The number of a kind, a field; NODE_OTHER, 0 if the front-end does not name it. */
unsigned grammar_kind(const Grammar *grammar, const char *name);
unsigned grammar_field(const Grammar *grammar, const char *name);
bool grammar_has_kind(const Grammar *grammar,
                      const char *name); /* does the grammar itself know it? */
const TSLanguage *grammar_language(const Grammar *grammar);

/* Parses a text into tree, which keeps its memory from file to file; the text outlives it. LIMIT, TIMEOUT; INVALID for
 * what is no text. */
bool tree_parse(Tree *tree, const Grammar *grammar, GError **error);

/* What the parser gets instead of the text: of the same length, the caller's, until it has parsed. NULL: the text. */
void tree_patch(Tree *tree, const char *patched);

/* Begins with another text: finds its lines. */
void tree_begin(Tree *tree, const char *text, size_t length);
void tree_clear(Tree *tree);

/* Does the text look like the work of a program that packs others? */
bool tree_is_minified(const Tree *tree);

static inline unsigned tree_kind(const Tree *tree, Node node)
{
        return tree->nodes[node].kind;
}

static inline Node tree_parent(const Tree *tree, Node node)
{
        return tree->nodes[node].parent;
}

static inline unsigned tree_parent_kind(const Tree *tree, Node node)
{
        return tree->nodes[tree->nodes[node].parent].kind;
}

/* The first child that is neither comment nor token from at on, which is a child of parent or the end of it. */
static inline Node tree_skip(const Tree *tree, Node parent, Node at)
{
        while (at < tree->nodes[parent].next &&
               (tree->nodes[at].kind == NODE_COMMENT || tree->nodes[at].kind >= tree->first_token))
                at = tree->nodes[at].next;
        return at < tree->nodes[parent].next ? at : 0;
}

static inline Node tree_first(const Tree *tree, Node node)
{
        return tree_skip(tree, node, node + 1);
}

static inline Node tree_next(const Tree *tree, Node node)
{
        return tree_skip(tree, tree->nodes[node].parent, tree->nodes[node].next);
}

/* The first child with this field; of this kind: tokens and comments too. */
static inline Node tree_child(const Tree *tree, Node node, unsigned field)
{
        for (Node at = node + 1; at < tree->nodes[node].next; at = tree->nodes[at].next)
                if (tree->nodes[at].field == field)
                        return at;
        return 0;
}

static inline Node tree_child_of_kind(const Tree *tree, Node node, unsigned kind)
{
        for (Node at = node + 1; at < tree->nodes[node].next; at = tree->nodes[at].next)
                if (tree->nodes[at].kind == kind)
                        return at;
        return 0;
}

static inline const char *tree_text(const Tree *tree, Node node, size_t *ret_length)
{
        *ret_length = tree->nodes[node].end - tree->nodes[node].start;
        return tree->text + tree->nodes[node].start;
}

static inline bool tree_is(const Tree *tree, Node node, const char *word)
{
        size_t length, want = strlen(word);
        const char *text = tree_text(tree, node, &length);
        return length == want && memcmp(text, word, want) == 0;
}

#define TREE_FOREACH(tree, parent, child)                                                          \
        for (Node child = tree_first(tree, parent); child; child = tree_next(tree, child))

/* How many lines the text has, as people count them: an empty one has none. */
static inline uint32_t tree_lines(const Tree *tree)
{
        return tree->length > 0 ? tree->line_count : 0;
}

/* The line of a byte, from 1, and the column in it, from 0. */
uint32_t tree_line(const Tree *tree, uint32_t byte);
static inline uint32_t tree_column(const Tree *tree, Node node)
{
        return tree->nodes[node].start - tree->lines[tree->nodes[node].row];
}
