/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites: where something is called or referred to. */
#include "languages/rust/front.h"

/* ---- calls ---- */

static Node name_of(const Tree *tree, Node callee)
{
        while (tree_kind(tree, callee) == GENERIC_FUNCTION ||
               tree_kind(tree, callee) == PARENTHESIZED)
                callee = tree_kind(tree, callee) == PARENTHESIZED
                                 ? tree_first(tree, callee)
                                 : tree_child(tree, callee, FIELD_FUNCTION);
        if (tree_kind(tree, callee) == FIELD_EXPRESSION)
                return tree_child(tree, callee, FIELD_FIELD);
        return rust_last_name(tree, callee);
}

static void lower_call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node callee = tree_child(tree, node, FIELD_FUNCTION), name = name_of(tree, callee);
        unsigned count = 0;
        TREE_FOREACH(tree, tree_child(tree, node, FIELD_ARGUMENTS), argument)
        count++;
        if (name)
                walk_site(walk, UNIT_SITE_CALLS, name, rust_callee(walk, callee), MIN(count, 255));
}

static void lower_macro(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node macro = tree_child(tree, node, FIELD_MACRO), name = rust_last_name(tree, macro);
        if (name)
                walk_site(walk, UNIT_SITE_CALLS, name, rust_path(walk, macro, SPACE_OTHER), 255);
        Node tokens = tree_child_of_kind(tree, node, TOKEN_TREE);
        if (tokens)
                rust_lower_tokens(walk, tokens);
}

/* ---- names ---- */

/* Is a name the last one of what is called, of a path (which is one site), declared, or imported? */
static bool is_other(const Tree *tree, Node node)
{
        for (Node at = node;;) {
                Node parent = tree_parent(tree, at);
                unsigned field = tree->nodes[at].field;
                switch (tree_kind(tree, parent)) {
                case CALL_EXPRESSION:
                        return field == FIELD_FUNCTION;
                case MACRO_INVOCATION:
                        return field == FIELD_MACRO;
                case GENERIC_FUNCTION:
                        if (field != FIELD_FUNCTION)
                                return false;
                        break;
                case SCOPED_IDENTIFIER:
                case SCOPED_TYPE:
                        if (field != FIELD_NAME)
                                return false;
                        break;
                case GENERIC_TYPE:
                case HIGHER_RANKED:
                        if (field != FIELD_TYPE)
                                return false;
                        break;
                case IMPL_ITEM:
                        return field == FIELD_TRAIT;
                case TRAIT_BOUNDS:
                        return tree_parent_kind(tree, parent) == TRAIT_ITEM;
                default:
                        return false;
                }
                at = parent;
        }
}

static bool is_declared(const Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, node);
        unsigned kind = tree_kind(tree, parent), field = tree->nodes[node].field;
        if (walk_decl(walk, node) != UNIT_NONE || kind == USE_LIST || kind == USE_DECLARATION ||
            kind == TOKEN_TREE || kind == ATTRIBUTE)
                return true;
        if (kind == FIELD_INITIALIZER || kind == SHORTHAND_INITIALIZER)
                return false;
        return (field == FIELD_NAME && kind != SCOPED_IDENTIFIER && kind != SCOPED_TYPE &&
                kind != STRUCT_EXPRESSION) ||
               field == FIELD_PATTERN || kind == USE_AS_CLAUSE || kind == SCOPED_USE_LIST ||
               kind == USE_WILDCARD || kind == EXTERN_CRATE || kind == LIFETIME ||
               field == FIELD_ALIAS;
}

/* Does a path stand in a use declaration, an attribute? */
static bool is_elsewhere(const Tree *tree, Node node)
{
        for (Node at = tree_parent(tree, node); at; at = tree_parent(tree, at)) {
                unsigned kind = tree_kind(tree, at);
                if (kind != SCOPED_IDENTIFIER && kind != SCOPED_TYPE)
                        return kind == USE_DECLARATION || kind == USE_LIST ||
                               kind == SCOPED_USE_LIST || kind == USE_AS_CLAUSE ||
                               kind == USE_WILDCARD || kind == VISIBILITY_MODIFIER ||
                               kind == ATTRIBUTE || kind == NODE_OTHER;
        }
        return false;
}

static bool is_private(const Walk *walk, uint32_t expr)
{
        if (expr == UNIT_NONE)
                return true;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        return place->op == UNIT_EXPR_SELF ||
               (place->op == UNIT_EXPR_DECL &&
                !unit_is_symbol(builder_decl_at(walk->builder, place->a)));
}

static void lower_identifier(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_parent_kind(tree, node);
        bool scoped = (kind == SCOPED_IDENTIFIER || kind == SCOPED_TYPE);
        bool last = scoped && tree->nodes[node].field == FIELD_NAME;
        if (is_declared(walk, node) || is_other(tree, node) || tree_is(tree, node, "Self") ||
            (scoped && is_elsewhere(tree, node)))
                return;
        bool type = tree_kind(tree, node) == TYPE_IDENTIFIER || kind == SCOPED_TYPE ||
                    (scoped && !last);
        uint32_t expr = rust_path(walk, last ? tree_parent(tree, node) : node,
                                  type ? SPACE_TYPE : SPACE_VALUE);
        if (!is_private(walk, expr))
                walk_site(walk, UNIT_SITE_REFERENCES, node, expr, 0);
}

static void lower_field(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, node);
        unsigned kind = tree_kind(tree, parent);
        bool called = (kind == CALL_EXPRESSION || kind == GENERIC_FUNCTION) &&
                      tree->nodes[node].field == FIELD_FUNCTION;
        uint32_t expr = called ? UNIT_NONE : walk_expression(walk, node);
        if (expr != UNIT_NONE)
                walk_site(walk, UNIT_SITE_REFERENCES, tree_child(tree, node, FIELD_FIELD), expr, 0);
}

static void lower_initializer(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node literal = tree_parent(tree, tree_parent(tree, node)),
             name = tree_child(tree, node, FIELD_FIELD);
        uint32_t value = tree_kind(tree, literal) == STRUCT_EXPRESSION
                                 ? walk_expression(walk, literal)
                                 : UNIT_NONE;
        if (value != UNIT_NONE && name)
                walk_site(walk, UNIT_SITE_REFERENCES, name,
                          walk_member(walk, value, walk_string(walk, name)), 0);
}

void rust_lower_reference(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case CALL_EXPRESSION:
                lower_call(walk, node);
                break;
        case MACRO_INVOCATION:
                lower_macro(walk, node);
                break;
        case FIELD_EXPRESSION:
                lower_field(walk, node);
                break;
        case FIELD_INITIALIZER:
                lower_initializer(walk, node);
                break;
        default:
                lower_identifier(walk, node);
        }
}
