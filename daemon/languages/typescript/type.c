/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written types. An intersection has the members of all its parts and is told like a union: as any of them. */
#include "languages/typescript/front.h"

/* x is T: of a function's first parameter; else no more is known than that it is true or not. */
static uint32_t predicate(Walk *walk, Node claim)
{
        const Tree *tree = walk->tree;
        Node name = tree_first(tree, claim), type = name ? tree_next(tree, name) : 0;
        Node function = tree_parent(tree, tree_parent(tree, claim));
        if (tree_kind(tree, tree_parent(tree, claim)) != TYPE_PREDICATE_ANNOTATION)
                function = tree_parent(tree, claim);
        Node first = tree_first(tree, tree_child(tree, function, FIELD_PARAMETERS));
        Node pattern = tree_child(tree, first, FIELD_PATTERN);
        uint32_t told = type && pattern && walk_string(walk, pattern) == walk_string(walk, name)
                                ? walk_type(walk, type)
                                : UNIT_NONE;
        if (told == UNIT_NONE)
                return walk_builtin(walk, "boolean");
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "TypeClaim"),
                            builder_list(walk->builder, &told, 1));
}

uint32_t typescript_annotation(Walk *walk, Node annotation)
{
        switch (tree_kind(walk->tree, annotation)) {
        case TYPE_ANNOTATION:
        case CONSTRAINT:
                return walk_type(walk, tree_first(walk->tree, annotation));
        case TYPE_PREDICATE_ANNOTATION:
                return predicate(walk, tree_first(walk->tree, annotation));
        case TYPE_PREDICATE:
                return predicate(walk, annotation);
        case ASSERTS_ANNOTATION:
        case NODE_OTHER:
                return UNIT_NONE;
        default:
                return walk_type(walk, annotation);
        }
}

uint32_t typescript_type_arguments(Walk *walk, Node arguments)
{
        Items items = {0};
        if (!arguments)
                return UNIT_NONE;
        TREE_FOREACH(walk->tree, arguments, child)
        items_add(&items, walk_type(walk, child));
        return items_list(&items, walk->builder);
}

static uint32_t any_of(Walk *walk, Node node)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, node, child)
        items_add(&items, walk_type(walk, child));
        return items_any(&items, walk->builder);
}

static uint32_t array_of(Walk *walk, uint32_t element)
{
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "Array"),
                            builder_list(walk->builder, &element, 1));
}

static uint32_t tuple_of(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        TREE_FOREACH(tree, node, child)
        {
                unsigned kind = tree_kind(tree, child);
                bool named = kind == REQUIRED_PARAMETER || kind == OPTIONAL_PARAMETER;
                items_add(&items,
                          named ? typescript_annotation(walk, tree_child(tree, child, FIELD_TYPE))
                                : walk_type(walk, child));
        }
        return builder_expr(walk->builder, UNIT_EXPR_TUPLE, 0, items_list(&items, walk->builder));
}

/* T["key"], T[number] */
static uint32_t looked_up(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node object = tree_first(tree, node), key = tree_next(tree, object);
        Node literal = tree_kind(tree, key) == LITERAL_TYPE ? tree_first(tree, key) : 0;
        uint32_t value = walk_value(walk, walk_type(walk, object));
        uint32_t name = tree_kind(tree, literal) == STRING ? walk_string_inside(walk, literal, 1)
                                                           : UNIT_NONE;
        uint32_t element = builder_expr(walk->builder, UNIT_EXPR_ELEMENT, value, name);
        return builder_expr(walk->builder, UNIT_EXPR_TYPEOF, element, UNIT_NONE);
}

static uint32_t literal(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case STRING:
                return walk_builtin(walk, "string");
        case NUMBER:
        case UNARY_EXPRESSION:
                return walk_builtin(walk, "number");
        case TRUE_LITERAL:
        case FALSE_LITERAL:
                return walk_builtin(walk, "boolean");
        default:
                return UNIT_NONE;
        }
}

static uint32_t predefined(Walk *walk, Node node)
{
        size_t length;
        const char *text = tree_text(walk->tree, node, &length);
        if (tree_is(walk->tree, node, "any") || tree_is(walk->tree, node, "unknown"))
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_BUILTIN,
                            builder_string(walk->builder, text, length), UNIT_NONE);
}

static uint32_t nested(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t module = walk_expression(walk, tree_child(tree, node, FIELD_MODULE));
        return walk_member(walk, module, walk_string(walk, tree_child(tree, node, FIELD_NAME)));
}

static uint32_t generic(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_type(walk, tree_child(tree, node, FIELD_NAME));
        uint32_t list =
                typescript_type_arguments(walk, tree_child(tree, node, FIELD_TYPE_ARGUMENTS));
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, type, list);
}

static uint32_t conditional(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t both[] = {walk_type(walk, tree_child(tree, node, FIELD_CONSEQUENCE)),
                           walk_type(walk, tree_child(tree, node, FIELD_ALTERNATIVE))};
        return builder_any(walk->builder, both, 2);
}

static uint32_t self(Walk *walk, Node node)
{
        uint32_t decl = typescript_self(walk, node, NULL);
        return decl == UNIT_NONE
                       ? UNIT_NONE
                       : builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                                      builder_expr(walk->builder, UNIT_EXPR_SELF, decl, UNIT_NONE),
                                      UNIT_NONE);
}

uint32_t typescript_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case TYPE_IDENTIFIER:
        case IDENTIFIER:
                return walk_name(walk, node, SPACE_TYPE);
        case NESTED_TYPE_IDENTIFIER:
                return nested(walk, node);
        case GENERIC_TYPE:
                return generic(walk, node);
        case PREDEFINED_TYPE:
                return predefined(walk, node);
        case UNION_TYPE:
        case INTERSECTION_TYPE:
                return any_of(walk, node);
        case ARRAY_TYPE:
                return array_of(walk, walk_type(walk, tree_first(tree, node)));
        case TUPLE_TYPE:
                return tuple_of(walk, node);
        case OPTIONAL_TYPE:
        case REST_TYPE:
        case READONLY_TYPE:
        case PARENTHESIZED_TYPE:
                return walk_type(walk, tree_first(tree, node));
        case OBJECT_TYPE:
        case FUNCTION_TYPE:
        case CONSTRUCTOR_TYPE:
                return walk_decl(walk, node) == UNIT_NONE
                               ? UNIT_NONE
                               : walk_expr_decl(walk, walk_decl(walk, node));
        case MEMBER_EXPRESSION: /* import("m").T */
        case CALL_EXPRESSION:
                return walk_expression(walk, node);
        case TYPE_QUERY:
                return builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                                    walk_expression(walk, tree_first(tree, node)), UNIT_NONE);
        case LOOKUP_TYPE:
                return looked_up(walk, node);
        case INDEX_TYPE_QUERY:
        case TEMPLATE_LITERAL_TYPE:
                return walk_builtin(walk, "string");
        case LITERAL_TYPE:
                return literal(walk, tree_first(tree, node));
        case CONDITIONAL_TYPE:
                return conditional(walk, node);
        case THIS_TYPE:
                return self(walk, node);
        default:
                return UNIT_NONE;
        }
}
