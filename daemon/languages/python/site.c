/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites: where something is called or referred to. */
#include "languages/python/front.h"

static void lower_call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node callee = tree_child(tree, node, FIELD_FUNCTION), name = python_last_name(tree, callee);
        if (tree_is(tree, name, "__import__") || tree_is(tree, name, "import_module"))
                (void)walk_expression(walk, node); /* it may be an import */
        if (name && (tree_kind(tree, callee) == IDENTIFIER || tree_kind(tree, callee) == ATTRIBUTE))
                walk_site(walk, UNIT_SITE_CALLS, name, walk_expression(walk, callee),
                          python_argument_count(tree, tree_child(tree, node, FIELD_ARGUMENTS)));
}

static void lower_decorator(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node callee = tree_first(tree, node), name = python_last_name(tree, callee);
        if (name && tree_kind(tree, callee) != CALL)
                walk_site(walk, UNIT_SITE_CALLS, name, walk_expression(walk, callee), 1);
}

/* The name of a module in an import. */
static bool is_of_module(const Tree *tree, Node name)
{
        Node parent = tree_parent(tree, name);
        unsigned kind = tree_kind(tree, parent);
        if (kind == ALIASED_IMPORT)
                kind = tree_parent_kind(tree, parent);
        return kind == IMPORT_STATEMENT || kind == RELATIVE_IMPORT ||
               tree->nodes[name].field == FIELD_MODULE_NAME;
}

/* Does an identifier stand where it is declared, or where another site is made of it? */
static bool is_other(const Tree *tree, Node node)
{
        unsigned field = tree->nodes[node].field;
        Node parent = tree_parent(tree, node);
        switch (tree_kind(tree, parent)) {
        case ATTRIBUTE:
                return field == FIELD_ATTRIBUTE;
        case CALL:
                return field == FIELD_FUNCTION;
        case FUNCTION_DEFINITION:
        case CLASS_DEFINITION:
        case KEYWORD_ARGUMENT:
        case DEFAULT_PARAMETER:
        case TYPED_DEFAULT_PARAMETER:
        case NAMED_EXPRESSION:
                return field == FIELD_NAME;
        case TYPED_PARAMETER:
                return field != FIELD_TYPE;
        case ARGUMENT_LIST:
                return tree_parent_kind(tree, parent) == CLASS_DEFINITION;
        case SUBSCRIPT:
                return field == FIELD_VALUE && tree_parent_kind(tree, parent) == ARGUMENT_LIST &&
                       tree_parent_kind(tree, tree_parent(tree, parent)) == CLASS_DEFINITION;
        case DOTTED_NAME:
                return is_of_module(tree, parent);
        case TYPE_NODE: /* class A[T] */
                return tree->nodes[parent].decl != UNIT_NONE;
        case GENERIC_TYPE: /* type A[T] = … */
                return tree_parent_kind(tree, tree_parent(tree, parent)) == TYPE_ALIAS_STATEMENT &&
                       tree->nodes[tree_parent(tree, parent)].field == FIELD_LEFT &&
                       tree_first(tree, parent) == node;
        case ALIASED_IMPORT:
        case DECORATOR:
        case PARAMETERS:
        case LAMBDA_PARAMETERS:
        case LIST_SPLAT_PATTERN:
        case DICTIONARY_SPLAT_PATTERN:
        case GLOBAL_STATEMENT:
        case NONLOCAL_STATEMENT:
        case KEYWORD_PATTERN:
        case SPLAT_PATTERN:
                return true;
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
        const uint32_t *items;
        if (place->op == UNIT_EXPR_ANY &&
            builder_list_items(walk->builder, place->b, &items)) /* assignments of one name */
                place = builder_expr_at(walk->builder, items[0]);
        return place->op == UNIT_EXPR_SELF || place->op == UNIT_EXPR_VALUE ||
               (place->op == UNIT_EXPR_DECL &&
                !unit_is_symbol(builder_decl_at(walk->builder, place->a)));
}

static void lower_identifier(Walk *walk, Node node)
{
        UnitString name = walk_string(walk, node);
        if (walk_decl(walk, node) != UNIT_NONE || is_other(walk->tree, node) ||
            python_type_parameter(walk, walk->tree->nodes[node].scope, name) != UNIT_NONE)
                return;
        uint32_t expr = walk_expression(walk, node);
        if (!is_private(walk, expr))
                walk_site(walk, UNIT_SITE_REFERENCES, node, expr, 0);
}

static void lower_attribute(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_ATTRIBUTE), parent = tree_parent(tree, node);
        unsigned kind = tree_kind(tree, parent);
        if (walk_decl(walk, name) != UNIT_NONE || kind == DECORATOR ||
            (kind == CALL && tree->nodes[node].field == FIELD_FUNCTION) ||
            (kind == ARGUMENT_LIST && tree_parent_kind(tree, parent) == CLASS_DEFINITION))
                return;
        uint32_t object = walk_expression(walk, tree_child(tree, node, FIELD_OBJECT));
        uint32_t expr = object == UNIT_NONE ? UNIT_NONE
                                            : walk_member(walk, object, walk_string(walk, name));
        if (expr != UNIT_NONE)
                walk_site(walk, UNIT_SITE_REFERENCES, name, expr, 0);
}

void python_lower_reference(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case CALL:
                lower_call(walk, node);
                break;
        case DECORATOR:
                lower_decorator(walk, node);
                break;
        case ATTRIBUTE:
                lower_attribute(walk, node);
                break;
        default:
                lower_identifier(walk, node);
        }
}
