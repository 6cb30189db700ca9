/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites: where something is called, referred to, extended. */
#include "languages/typescript/front.h"

/* The node whose text is the name of what is called or extended; 0 for what has none. */
static Node name_of(const Tree *tree, Node callee)
{
        for (;;) {
                switch (tree_kind(tree, callee)) {
                case IDENTIFIER:
                case TYPE_IDENTIFIER:
                case SUPER:
                        return callee;
                case MEMBER_EXPRESSION:
                case NESTED_IDENTIFIER:
                        return tree_child(tree, callee, FIELD_PROPERTY);
                case NESTED_TYPE_IDENTIFIER:
                        return tree_child(tree, callee, FIELD_NAME);
                case GENERIC_TYPE:
                        callee = tree_child(tree, callee, FIELD_NAME);
                        break;
                case PARENTHESIZED_EXPRESSION:
                case NON_NULL_EXPRESSION:
                case INSTANTIATION_EXPRESSION:
                case AS_EXPRESSION:
                case SATISFIES_EXPRESSION:
                        callee = tree_first(tree, callee);
                        break;
                default:
                        return 0;
                }
        }
}

static void lower_call(Walk *walk, Node node, Node callee)
{
        const Tree *tree = walk->tree;
        callee = typescript_callee(tree, callee);
        Node name = name_of(tree, callee);
        if (tree_kind(tree, callee) == IMPORT || tree_is(tree, callee, "require"))
                (void)walk_expression(walk, node); /* it may be an import */
        if (name)
                walk_site(walk, UNIT_SITE_CALLS, name, walk_expression(walk, callee),
                          typescript_argument_count(tree, tree_child(tree, node, FIELD_ARGUMENTS)));
}

/* <Component …>; what begins with a small letter is the browser's. */
static void lower_element(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node callee = tree_child(tree, node, FIELD_NAME), name = name_of(tree, callee);
        if (name && (tree_kind(tree, callee) != IDENTIFIER ||
                     !g_ascii_islower(tree->text[tree->nodes[name].start])))
                walk_site(walk, UNIT_SITE_CALLS, name, walk_expression(walk, callee), 255);
}

static void lower_bases(Walk *walk, Node clause)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, clause);
        bool types = kind == IMPLEMENTS_CLAUSE || kind == EXTENDS_TYPE_CLAUSE;
        TREE_FOREACH(tree, clause, child)
        {
                Node name = name_of(tree, child);
                if (name && tree_kind(tree, child) != TYPE_ARGUMENTS)
                        walk_site(walk,
                                  kind == IMPLEMENTS_CLAUSE ? UNIT_SITE_IMPLEMENTS
                                                            : UNIT_SITE_EXTENDS,
                                  name,
                                  types ? walk_type(walk, child) : walk_expression(walk, child), 0);
        }
}

/* ---- names ---- */

/* Does an identifier stand where it is declared, or where another site is made of it? */
static bool is_other(const Tree *tree, Node node)
{
        unsigned field = tree->nodes[node].field;
        if (typescript_is_misplaced(tree, tree_parent(tree, node)))
                return true;
        switch (tree_parent_kind(tree, node)) {
        case CALL_EXPRESSION:
                return field == FIELD_FUNCTION;
        case NEW_EXPRESSION:
                return field == FIELD_CONSTRUCTOR;
        case VARIABLE_DECLARATOR:
        case ENUM_ASSIGNMENT:
                return field == FIELD_NAME;
        case REQUIRED_PARAMETER:
        case OPTIONAL_PARAMETER:
                return field == FIELD_PATTERN || field == FIELD_NAME;
        case ARROW_FUNCTION:
                return field == FIELD_PARAMETER;
        case ASSIGNMENT_PATTERN:
        case OBJECT_ASSIGNMENT_PATTERN:
                return field == FIELD_LEFT;
        case FUNCTION_DECLARATION:
        case GENERATOR_DECLARATION:
        case FUNCTION_SIGNATURE:
        case FUNCTION_EXPRESSION:
        case GENERATOR_FUNCTION:
        case CLASS:
        case CLASS_DECLARATION:
        case ABSTRACT_CLASS_DECLARATION:
        case INTERFACE_DECLARATION:
        case ENUM_DECLARATION:
        case TYPE_ALIAS_DECLARATION:
        case INTERNAL_MODULE:
        case MODULE:
        case TYPE_PARAMETER:
        case MAPPED_TYPE_CLAUSE:
        case INFER_TYPE:
        case JSX_OPENING:
        case JSX_SELF_CLOSING:
        case JSX_CLOSING:
        case INDEX_SIGNATURE:
                return field == FIELD_NAME || tree_parent_kind(tree, node) == INFER_TYPE;
        case NAMESPACE_IMPORT:
        case IMPORT_CLAUSE:
        case IMPORT_REQUIRE_CLAUSE:
        case NAMESPACE_EXPORT:
        case EXPORT_SPECIFIER:
        case EXTENDS_CLAUSE:
        case EXTENDS_TYPE_CLAUSE:
        case IMPLEMENTS_CLAUSE:
        case CLASS_HERITAGE:
        case DECORATOR:
        case FORMAL_PARAMETERS:
        case REST_PATTERN:
                return true;
        case IMPORT_SPECIFIER:
                return field == FIELD_ALIAS;
        case IMPORT_ALIAS:
                return node == tree_first(tree, tree_parent(tree, node));
        default:
                return false;
        }
}

/* What is bound in the file and is no symbol is nobody's business. */
static bool is_private(const Walk *walk, uint32_t expr)
{
        if (expr == UNIT_NONE)
                return true;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        return place->op == UNIT_EXPR_DECL &&
               !unit_is_symbol(builder_decl_at(walk->builder, place->a));
}

static bool is_base(const Tree *tree, Node node)
{
        Node parent = tree_parent(tree, node);
        if (tree_kind(tree, parent) == GENERIC_TYPE ||
            tree_kind(tree, parent) == NESTED_TYPE_IDENTIFIER)
                parent = tree_parent(tree, parent);
        unsigned kind = tree_kind(tree, parent);
        return kind == EXTENDS_TYPE_CLAUSE || kind == IMPLEMENTS_CLAUSE;
}

static void lower_identifier(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        bool type = tree_kind(tree, node) == TYPE_IDENTIFIER;
        if (walk_decl(walk, node) != UNIT_NONE || is_other(tree, node) ||
            (type && tree->nodes[node].field == FIELD_NAME && is_base(tree, node)))
                return;
        uint32_t expr;
        if (type && tree_parent_kind(tree, node) == NESTED_TYPE_IDENTIFIER)
                expr = walk_type(walk, tree_parent(tree, node));
        else
                expr = type ? walk_type(walk, node) : walk_name(walk, node, SPACE_VALUE);
        if (!is_private(walk, expr))
                walk_site(walk, UNIT_SITE_REFERENCES, node, expr, 0);
}

static void lower_member(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node outer = tree_parent(tree, node);
        if (typescript_is_misplaced(tree, outer))
                return;
        unsigned parent = tree_parent_kind(tree, node), field = tree->nodes[node].field;
        if ((parent == CALL_EXPRESSION && field == FIELD_FUNCTION) ||
            (parent == NEW_EXPRESSION && field == FIELD_CONSTRUCTOR) || parent == DECORATOR ||
            parent == EXTENDS_CLAUSE || parent == CLASS_HERITAGE || parent == JSX_OPENING ||
            parent == JSX_SELF_CLOSING || parent == JSX_CLOSING)
                return;
        bool target = parent == ASSIGNMENT_EXPRESSION && field == FIELD_LEFT;
        if (walk_decl(walk, node) != UNIT_NONE ||
            (target && walk_decl(walk, tree_parent(tree, node)) != UNIT_NONE))
                return;
        uint32_t expr = walk_expression(walk, node);
        if (expr != UNIT_NONE)
                walk_site(walk, UNIT_SITE_REFERENCES, tree_child(tree, node, FIELD_PROPERTY), expr,
                          0);
}

void typescript_lower_reference(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case CALL_EXPRESSION:
                lower_call(walk, node, tree_child(tree, node, FIELD_FUNCTION));
                break;
        case NEW_EXPRESSION:
                lower_call(walk, node, tree_child(tree, node, FIELD_CONSTRUCTOR));
                break;
        case DECORATOR:
                if (tree_kind(tree, tree_first(tree, node)) != CALL_EXPRESSION)
                        lower_call(walk, node, tree_first(tree, node));
                break;
        case JSX_OPENING:
        case JSX_SELF_CLOSING:
                lower_element(walk, node);
                break;
        case EXTENDS_CLAUSE:
        case IMPLEMENTS_CLAUSE:
        case EXTENDS_TYPE_CLAUSE:
        case CLASS_HERITAGE:
                lower_bases(walk, node);
                break;
        case MEMBER_EXPRESSION:
                lower_member(walk, node);
                break;
        default:
                lower_identifier(walk, node);
        }
}
