/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected where an expression stands: the types of parameters that are written without one follow from it. */
#include "languages/typescript/front.h"

#define CALLBACKS_MAX                                                                              \
        16 /* arguments and parameters up to this one may be known by what is expected */

/* Which child a node is, from 0; CALLBACKS_MAX if it is not one of the first. */
static uint32_t place_of(const Tree *tree, Node parent, Node child)
{
        uint32_t place = 0;
        for (Node at = tree_first(tree, parent); at && at != child && place < CALLBACKS_MAX;
             at = tree_next(tree, at))
                place++;
        return place;
}

/* What a call, or a function of a known type, passes or expects: see UNIT_EXPR_PARAMETER. */
static uint32_t passed(Walk *walk, uint32_t expr, uint32_t argument, uint32_t parameter)
{
        uint32_t numbers[] = {argument, parameter};
        if (expr == UNIT_NONE || argument == CALLBACKS_MAX || parameter == CALLBACKS_MAX)
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_PARAMETER, expr,
                            builder_list(walk->builder, numbers, 2));
}

/* The call that has these arguments; not that of a module. */
static uint32_t call_of(Walk *walk, Node arguments)
{
        uint32_t expr = walk_expression(walk, tree_parent(walk->tree, arguments));
        const UnitExpr *place = expr == UNIT_NONE ? NULL : builder_expr_at(walk->builder, expr);
        if (place && place->op == UNIT_EXPR_AWAIT) { /* await f<T>(…), as the grammar reads it */
                expr = place->a;
                place = builder_expr_at(walk->builder, expr);
        }
        return place && (place->op == UNIT_EXPR_CALL || place->op == UNIT_EXPR_NEW) ? expr
                                                                                    : UNIT_NONE;
}

static uint32_t written(Walk *walk, Node node)
{
        return walk_value(walk,
                          typescript_annotation(walk, tree_child(walk->tree, node, FIELD_TYPE)));
}

/* The type in the comment of what a value is given to. */
static uint32_t commented(Walk *walk, Node value)
{
        uint32_t type = typescript_doc_type(walk, value, "@type");
        return type == UNIT_NONE ? UNIT_NONE : walk_value(walk, type);
}

static uint32_t given(Walk *walk, Node value, Node assignment)
{
        uint32_t type = commented(walk, value);
        if (type != UNIT_NONE || walk_decl(walk, assignment) != UNIT_NONE)
                return type;
        return walk_expression(walk, tree_child(walk->tree, assignment, FIELD_LEFT));
}

static uint32_t member_of(Walk *walk, Node object, Node key)
{
        uint32_t context = typescript_context(walk, object);
        if (context == UNIT_NONE)
                return UNIT_NONE;
        bool text = tree_kind(walk->tree, key) == STRING;
        return walk_member(walk, context,
                           text ? walk_string_inside(walk, key, 1) : walk_string(walk, key));
}

static bool is_function_like(unsigned kind)
{
        return kind == ARROW_FUNCTION || kind == FUNCTION_EXPRESSION ||
               kind == GENERATOR_FUNCTION || kind == METHOD_DEFINITION ||
               kind == FUNCTION_DECLARATION || kind == GENERATOR_DECLARATION;
}

/* What a function is to return. */
static uint32_t result_of(Walk *walk, Node function)
{
        const Tree *tree = walk->tree;
        Node annotation = tree_child(tree, function, FIELD_RETURN_TYPE);
        uint32_t flags = tree_child_of_kind(tree, function, T_ASYNC) ? UNIT_ASYNC : 0;
        if (annotation)
                return walk_value(
                        walk,
                        typescript_annotation(walk, typescript_promised(tree, annotation, &flags)));
        uint32_t context = typescript_context(walk, function);
        return builder_expr(walk->builder, UNIT_EXPR_CALL, context, UNIT_NONE);
}

static uint32_t returned(Walk *walk, Node statement)
{
        Node function = tree_parent(walk->tree, statement);
        while (function && !is_function_like(tree_kind(walk->tree, function)))
                function = tree_parent(walk->tree, function);
        return function ? result_of(walk, function) : UNIT_NONE;
}

/* <Component name={…}> */
static uint32_t attribute_of(Walk *walk, Node attribute)
{
        const Tree *tree = walk->tree;
        Node component = tree_child(tree, tree_parent(tree, attribute), FIELD_NAME);
        uint32_t properties = passed(walk, walk_expression(walk, component), UNIT_NONE, 0);
        return properties == UNIT_NONE
                       ? UNIT_NONE
                       : walk_member(walk, properties,
                                     walk_string(walk, tree_first(tree, attribute)));
}

static uint32_t in_operator(Walk *walk, Node parent)
{
        unsigned kind = tree_kind(walk->tree, tree_child(walk->tree, parent, FIELD_OPERATOR));
        return kind == T_OR || kind == T_NULLISH || kind == T_AND ? typescript_context(walk, parent)
                                                                  : UNIT_NONE;
}

static uint32_t cast(Walk *walk, Node node, Node parent)
{
        Node type = tree_next(walk->tree, node);
        return type ? walk_value(walk, walk_type(walk, type))
                    : typescript_context(walk, parent); /* as const */
}

/* A comment may say what brackets hold. */
static uint32_t bracketed(Walk *walk, Node brackets)
{
        uint32_t type;
        return typescript_doc_cast(walk, brackets, &type) ? walk_value(walk, type)
                                                          : typescript_context(walk, brackets);
}

static uint32_t context_in(Walk *walk, Node node, Node parent)
{
        const Tree *tree = walk->tree;
        unsigned field = tree->nodes[node].field;
        switch (tree_kind(tree, parent)) {
        case ARGUMENTS:
                return passed(walk, call_of(walk, parent), place_of(tree, parent, node), UNIT_NONE);
        case PAIR:
                return member_of(walk, tree_parent(tree, parent),
                                 tree_child(tree, parent, FIELD_KEY));
        case OBJECT: /* of a method */
                return member_of(walk, parent, tree_child(tree, node, FIELD_NAME));
        case ARRAY:
                return builder_expr(walk->builder, UNIT_EXPR_ELEMENT,
                                    typescript_context(walk, parent), UNIT_NONE);
        case VARIABLE_DECLARATOR:
                if (!tree_child(tree, parent, FIELD_TYPE))
                        return field == FIELD_VALUE ? commented(walk, node) : UNIT_NONE;
                return field == FIELD_VALUE ? written(walk, parent) : UNIT_NONE;
        case PUBLIC_FIELD_DEFINITION:
        case REQUIRED_PARAMETER:
        case OPTIONAL_PARAMETER:
                return field == FIELD_VALUE ? written(walk, parent) : UNIT_NONE;
        case RETURN_STATEMENT:
                return returned(walk, parent);
        case ARROW_FUNCTION:
                return field == FIELD_BODY ? result_of(walk, parent) : UNIT_NONE;
        case AS_EXPRESSION:
        case SATISFIES_EXPRESSION:
                return cast(walk, node, parent);
        case PARENTHESIZED_EXPRESSION:
                return bracketed(walk, parent);
        case NON_NULL_EXPRESSION:
                return typescript_context(walk, parent);
        case TERNARY_EXPRESSION:
                return field ? typescript_context(walk, parent) : UNIT_NONE;
        case BINARY_EXPRESSION:
                return in_operator(walk, parent);
        case ASSIGNMENT_EXPRESSION:
                return field == FIELD_RIGHT ? given(walk, node, parent) : UNIT_NONE;
        case JSX_ATTRIBUTE:
                return attribute_of(walk, parent);
        case JSX_EXPRESSION:
                return tree_parent_kind(tree, parent) == JSX_ATTRIBUTE
                               ? attribute_of(walk, tree_parent(tree, parent))
                               : UNIT_NONE;
        default:
                return UNIT_NONE;
        }
}

uint32_t typescript_context(Walk *walk, Node node)
{
        if (walk->depth >= WALK_DEPTH_MAX)
                return UNIT_NONE;
        walk->depth++;
        uint32_t expr = context_in(walk, node, tree_parent(walk->tree, node));
        walk->depth--;
        return expr;
}

uint32_t typescript_parameter_context(Walk *walk, Node parameter, Node function)
{
        const Tree *tree = walk->tree;
        Node list = tree_parent(tree, parameter), around = tree_parent(tree, function);
        unsigned kind = tree_kind(tree, function);
        uint32_t place = list == function ? 0 : place_of(tree, list, parameter);
        if (kind != ARROW_FUNCTION && kind != FUNCTION_EXPRESSION && kind != GENERATOR_FUNCTION &&
            (kind != METHOD_DEFINITION || tree_kind(tree, around) != OBJECT))
                return UNIT_NONE;
        if (tree_kind(tree, around) == ARGUMENTS)
                return passed(walk, call_of(walk, around), place_of(tree, around, function), place);
        return passed(walk, typescript_context(walk, function), UNIT_NONE, place);
}
