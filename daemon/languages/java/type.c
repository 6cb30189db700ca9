/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written types. Wildcards stand for their bounds, of either kind; arrays are generic built-ins. */
#include "languages/java/front.h"

uint32_t java_array_of(Walk *walk, uint32_t element)
{
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "[]"),
                            builder_list(walk->builder, &element, 1));
}

uint32_t java_type_arguments(Walk *walk, Node arguments)
{
        Items items = {0};
        if (!tree_first(walk->tree, arguments))
                return UNIT_NONE;
        TREE_FOREACH(walk->tree, arguments, child)
        items_add(&items, walk_type(walk, child));
        return items_list(&items, walk->builder);
}

uint32_t java_array_of_dimensions(Walk *walk, uint32_t type, Node dimensions)
{
        size_t length = 0;
        const char *text = dimensions ? tree_text(walk->tree, dimensions, &length) : "";
        unsigned depth = 0;
        for (size_t i = 0; i < length && depth < 8; i++)
                if (text[i] == '[') {
                        type = java_array_of(walk, type);
                        depth++;
                }
        return type;
}

uint32_t java_type_of(Walk *walk, Node type, Node dimensions)
{
        return java_array_of_dimensions(walk, walk_type(walk, type), dimensions);
}

static Node last_child(const Tree *tree, Node node)
{
        Node last = 0;
        TREE_FOREACH(tree, node, child)
        last = child;
        return last;
}

/* a.b.C, A.B: the parts before the last are types or packages. */
static uint32_t scoped(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t outer = walk_type(walk, tree_first(tree, node));
        return walk_member(walk, outer, walk_string(walk, last_child(tree, node)));
}

static uint32_t generic(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_type(walk, tree_first(tree, node));
        uint32_t list = java_type_arguments(walk, tree_child_of_kind(tree, node, TYPE_ARGUMENTS));
        return list == UNIT_NONE ? type : builder_expr(walk->builder, UNIT_EXPR_APPLY, type, list);
}

static uint32_t any_of(Walk *walk, Node node)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, node, child)
        items_add(&items, walk_type(walk, child));
        return items_any(&items, walk->builder);
}

static uint32_t primitive(Walk *walk, Node node)
{
        return builder_expr(walk->builder, UNIT_EXPR_BUILTIN, walk_string(walk, node), UNIT_NONE);
}

uint32_t java_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case TYPE_IDENTIFIER:
        case IDENTIFIER:
                return tree_is(tree, node, "var") ? UNIT_NONE : java_name(walk, node, SPACE_TYPE);
        case SCOPED_TYPE_IDENTIFIER:
        case SCOPED_IDENTIFIER:
                return scoped(walk, node);
        case GENERIC_TYPE:
                return generic(walk, node);
        case ARRAY_TYPE:
                return java_type_of(walk, tree_child(tree, node, FIELD_ELEMENT),
                                    tree_child(tree, node, FIELD_DIMENSIONS));
        case INTEGRAL_TYPE:
        case FLOATING_POINT_TYPE:
        case BOOLEAN_TYPE:
        case VOID_TYPE:
                return primitive(walk, node);
        case ANNOTATED_TYPE:
        case WILDCARD:
                return walk_type(walk, last_child(tree, node));
        case CATCH_TYPE:
        case TYPE_BOUND:
                return any_of(walk, node);
        default:
                return UNIT_NONE;
        }
}
