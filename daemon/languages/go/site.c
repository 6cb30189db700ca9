/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites: where something is called, referred to, embedded. */
#include "languages/go/front.h"

/* ---- calls ---- */

/* The node whose text is the name of what is called; 0 for what has none. */
static Node name_of(const Tree *tree, Node callee)
{
        for (;;) {
                switch (tree_kind(tree, callee)) {
                case IDENTIFIER:
                case TYPE_IDENTIFIER:
                        return callee;
                case SELECTOR_EXPRESSION:
                        return tree_child(tree, callee, FIELD_FIELD);
                case QUALIFIED_TYPE:
                        return tree_child(tree, callee, FIELD_NAME);
                case INDEX_EXPRESSION:
                        callee = tree_child(tree, callee, FIELD_OPERAND);
                        break;
                case TYPE_INSTANTIATION:
                case GENERIC_TYPE:
                        callee = tree_child(tree, callee, FIELD_TYPE);
                        break;
                case PARENTHESIZED_EXPRESSION:
                        callee = tree_first(tree, callee);
                        break;
                default:
                        return 0;
                }
        }
}

static unsigned argument_count(const Tree *tree, Node arguments)
{
        unsigned count = 0;
        TREE_FOREACH(tree, arguments, child)
        {
                if (tree_kind(tree, child) == VARIADIC_ARGUMENT)
                        return 255;
                count++;
        }
        return MIN(count, 255);
}

static void lower_call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node callee = tree_child(tree, node, FIELD_FUNCTION), name = name_of(tree, callee);
        if (name)
                walk_site(walk, UNIT_SITE_CALLS, name, walk_expression(walk, callee),
                          argument_count(tree, tree_child(tree, node, FIELD_ARGUMENTS)));
}

/* F[A, B](x): the grammar takes what is called for a type. */
static void lower_conversion(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node callee = tree_child(tree, node, FIELD_TYPE);
        if (tree_kind(tree, callee) == GENERIC_TYPE)
                walk_site(walk, UNIT_SITE_CALLS, name_of(tree, callee),
                          walk_expression(walk, tree_child(tree, callee, FIELD_TYPE)), 1);
}

/* Is a name, or what it is the last name of, called? */
static bool is_called(const Tree *tree, Node node)
{
        for (;;) {
                Node parent = tree_parent(tree, node);
                unsigned kind = tree_kind(tree, parent), field = tree->nodes[node].field;
                if (kind == CALL_EXPRESSION)
                        return field == FIELD_FUNCTION;
                if (kind == TYPE_CONVERSION)
                        return tree_kind(tree, node) == GENERIC_TYPE;
                if (kind != PARENTHESIZED_EXPRESSION &&
                    !(kind == INDEX_EXPRESSION && field == FIELD_OPERAND) &&
                    !(kind == TYPE_INSTANTIATION && field == FIELD_TYPE) &&
                    !(kind == GENERIC_TYPE && field == FIELD_TYPE) &&
                    !(kind == QUALIFIED_TYPE && field == FIELD_NAME))
                        return false;
                node = parent;
        }
}

/* ---- names ---- */

/* Does an identifier stand where it is declared, or where another site is made of it? */
static bool is_other(const Tree *tree, Node node)
{
        switch (tree_parent_kind(tree, node)) {
        case FUNCTION_DECLARATION:
        case CONST_SPEC:
        case VAR_SPEC:
        case PARAMETER_DECLARATION:
        case VARIADIC_PARAMETER:
        case TYPE_PARAMETER_DECLARATION:
        case TYPE_SPEC:
        case TYPE_ALIAS:
                return tree->nodes[node].field == FIELD_NAME;
        case LITERAL_ELEMENT:
                return tree->nodes[tree_parent(tree, node)].field == FIELD_KEY;
        default:
                return is_called(tree, node);
        }
}

/* What is local, and a package's name before what it gives, are nobody's business. */
static bool is_private(const Walk *walk, Node node, uint32_t expr)
{
        if (expr == UNIT_NONE)
                return true;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        if (place->op == UNIT_EXPR_IMPORT)
                return tree_parent_kind(walk->tree, node) == SELECTOR_EXPRESSION;
        return place->op == UNIT_EXPR_DECL &&
               !unit_is_symbol(builder_decl_at(walk->builder, place->a));
}

/* Is it the name of a type that is embedded? */
static bool is_embedded(const Tree *tree, Node name)
{
        Node type = name, parent = tree_parent(tree, name);
        while (tree_kind(tree, parent) == QUALIFIED_TYPE ||
               tree_kind(tree, parent) == POINTER_TYPE ||
               (tree_kind(tree, parent) == GENERIC_TYPE && tree->nodes[type].field == FIELD_TYPE)) {
                type = parent;
                parent = tree_parent(tree, parent);
        }
        if (tree_kind(tree, parent) == TYPE_ELEM)
                return tree_parent_kind(tree, parent) == INTERFACE_TYPE && !tree_next(tree, type);
        return tree_kind(tree, parent) == FIELD_DECLARATION &&
               !tree_child(tree, parent, FIELD_NAME);
}

static void lower_identifier(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (is_other(tree, node) || tree_is(tree, node, "_"))
                return;
        bool qualified = tree_parent_kind(tree, node) == QUALIFIED_TYPE;
        uint32_t expr = qualified ? walk_type(walk, tree_parent(tree, node)) : go_name(walk, node);
        UnitSiteKind kind = tree_kind(tree, node) == TYPE_IDENTIFIER && is_embedded(tree, node)
                                    ? UNIT_SITE_EXTENDS
                                    : UNIT_SITE_REFERENCES;
        if (!is_private(walk, node, expr))
                walk_site(walk, kind, node, expr, 0);
}

static void lower_selector(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t expr = is_called(tree, node) ? UNIT_NONE : walk_expression(walk, node);
        if (expr != UNIT_NONE)
                walk_site(walk, UNIT_SITE_REFERENCES, tree_child(tree, node, FIELD_FIELD), expr, 0);
}

/* ---- {field: value} ---- */

/* A value of what a literal is of; *ret_keys: its keys are values, not fields. */
static uint32_t literal_type(Walk *walk, Node literal, bool *ret_keys)
{
        const Tree *tree = walk->tree;
        unsigned inside = 0;
        for (;; inside++) {
                Node parent = tree_parent(tree, literal);
                if (tree_kind(tree, parent) == COMPOSITE_LITERAL)
                        break;
                while (tree_kind(tree, parent) == LITERAL_ELEMENT ||
                       tree_kind(tree, parent) == KEYED_ELEMENT)
                        parent = tree_parent(tree, parent);
                if (tree_kind(tree, parent) != LITERAL_VALUE || inside > WALK_DEPTH_MAX)
                        return UNIT_NONE;
                literal = parent;
        }
        unsigned kind = tree_kind(tree, tree_child(tree, tree_parent(tree, literal), FIELD_TYPE));
        *ret_keys = inside == 0 && (kind == MAP_TYPE || kind == SLICE_TYPE || kind == ARRAY_TYPE ||
                                    kind == IMPLICIT_LENGTH_ARRAY_TYPE);
        uint32_t expr = walk_expression(walk, tree_parent(tree, literal));
        for (; inside && expr != UNIT_NONE; inside--)
                expr = builder_expr(walk->builder, UNIT_EXPR_ELEMENT, expr, UNIT_NONE);
        return expr;
}

static void lower_keyed(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node key = tree_child(tree, node, FIELD_KEY), name = key ? tree_first(tree, key) : 0;
        bool keys = false;
        if (tree_kind(tree, name) != IDENTIFIER)
                return;
        uint32_t type = literal_type(walk, tree_parent(tree, node), &keys);
        uint32_t expr = keys                ? go_name(walk, name)
                        : type == UNIT_NONE ? UNIT_NONE
                                            : walk_member(walk, type, walk_string(walk, name));
        if (!is_private(walk, name, expr))
                walk_site(walk, UNIT_SITE_REFERENCES, name, expr, 0);
}

void go_lower_reference(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case CALL_EXPRESSION:
                lower_call(walk, node);
                break;
        case TYPE_CONVERSION:
                lower_conversion(walk, node);
                break;
        case SELECTOR_EXPRESSION:
                lower_selector(walk, node);
                break;
        case KEYED_ELEMENT:
                lower_keyed(walk, node);
                break;
        default:
                lower_identifier(walk, node);
        }
}
