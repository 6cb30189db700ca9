/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls among the tokens of a macro: the grammar gives no expressions there, but a name before "(" is called in all macros that take
 * expressions. What stands before it, joined by "." and "::", is followed from left to right. */
#include "languages/rust/front.h"

/* One chain a.b(c)::d, as far as it was read. */
typedef struct Chain {
        uint32_t expr;  /* of all up to here; UNIT_NONE: not known */
        bool dot, path; /* what stood last */
        bool begun;
        bool method;     /* the last name came after "." */
        uint32_t object; /* what stood before it */
        Node name;       /* the last name, 0: something else */
} Chain;

static bool begins_with(const Tree *tree, Node node, char c)
{
        return tree_kind(tree, node) == TOKEN_TREE && tree->text[tree->nodes[node].start] == c;
}

static void add_name(Walk *walk, Chain *chain, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node);
        bool joined = chain->begun && (chain->dot || chain->path);
        Node after = tree->nodes[node].next;
        bool method = chain->dot;
        uint32_t object = chain->expr;
        bool leads = after < tree->nodes[tree_parent(tree, node)].next &&
                     tree_kind(tree, after) == T_PATH;
        if (joined)
                chain->expr = chain->expr == UNIT_NONE
                                      ? UNIT_NONE
                                      : walk_member(walk, chain->expr, walk_string(walk, node));
        else if (kind == SELF && !leads)
                chain->expr = rust_self_value(walk, node);
        else
                chain->expr = rust_path(walk, node, leads ? SPACE_TYPE : SPACE_VALUE);
        *chain = (Chain){.expr = chain->expr,
                         .begun = true,
                         .method = method,
                         .object = object,
                         .name = kind == IDENTIFIER || (kind == PRIMITIVE_TYPE && method) ? node
                                                                                          : 0};
}

static unsigned count_arguments(const Tree *tree, Node tokens)
{
        return tree_first(tree, tokens) ? 255 : 0;
}

static void add_group(Walk *walk, Chain *chain, Node node)
{
        if (begins_with(walk->tree, node, '(') && chain->name) {
                if (chain->method && chain->object != UNIT_NONE)
                        chain->expr = rust_method(walk, chain->object, chain->name);
                walk_site(walk, UNIT_SITE_CALLS, chain->name, chain->expr,
                          count_arguments(walk->tree, node));
                if (chain->expr != UNIT_NONE)
                        chain->expr =
                                builder_expr(walk->builder, UNIT_EXPR_CALL, chain->expr, UNIT_NONE);
        } else if (begins_with(walk->tree, node, '[') && chain->begun) {
                chain->expr = rust_element(walk, chain->expr, "[]");
        } else {
                chain->expr = UNIT_NONE;
        }
        chain->begun = true;
        chain->name = 0;
        chain->dot = chain->path = false;
}

static void add_token(Walk *walk, Chain *chain, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case IDENTIFIER:
        case PRIMITIVE_TYPE: /* a method may be called so */
        case SELF:
        case SUPER:
        case CRATE:
                add_name(walk, chain, node);
                break;
        case T_DOT:
                chain->dot = chain->begun;
                break;
        case T_PATH:
                chain->path = chain->begun;
                break;
        case T_QUESTION:
                chain->expr = rust_element(walk, chain->expr, "?");
                chain->name = 0;
                break;
        case TOKEN_TREE:
                add_group(walk, chain, node);
                break;
        default:
                *chain = (Chain){.expr = UNIT_NONE};
        }
}

static void lower_tokens(Walk *walk, Node tokens)
{
        const Tree *tree = walk->tree;
        Chain chain = {.expr = UNIT_NONE};
        uint32_t end = 0;
        if (walk->depth >= WALK_DEPTH_MAX)
                return;
        walk->depth++;
        for (Node at = tokens + 1; at < tree->nodes[tokens].next; at = tree->nodes[at].next) {
                /* tokens that are left out of the tree end a chain: a comma, an operator */
                bool apart = end && tree->nodes[at].start > end;
                for (uint32_t i = end; apart && i < tree->nodes[at].start; i++)
                        if (!g_ascii_isspace(tree->text[i]))
                                chain = (Chain){.expr = UNIT_NONE};
                if (tree_kind(tree, at) == IDENTIFIER && chain.begun && !chain.dot && !chain.path)
                        chain = (Chain){.expr = UNIT_NONE};
                add_token(walk, &chain, at);
                end = tree->nodes[at].end;
                if (tree_kind(tree, at) == TOKEN_TREE)
                        lower_tokens(walk, at);
        }
        walk->depth--;
}

void rust_lower_tokens(Walk *walk, Node tokens)
{
        lower_tokens(walk, tokens);
}
