/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written types. What may be null, pointers and references are what they are of; arrays are generic built-ins. */
#include "languages/csharp/front.h"

#define ARITY_MAX 16

uint32_t csharp_array_of(Walk *walk, uint32_t element)
{
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "[]"),
                            builder_list(walk->builder, &element, 1));
}

uint32_t csharp_type_arguments(Walk *walk, Node list)
{
        Items items = {0};
        if (!list)
                return UNIT_NONE;
        TREE_FOREACH(walk->tree, list, child)
        items_add(&items, walk_type(walk, child));
        return items_list(&items, walk->builder);
}

/* Func<A, R> and Func<A, B, R> are different types of one name: built-ins say how many they take. */
static uint32_t counted(Walk *walk, Node name, Node list)
{
        const Tree *tree = walk->tree;
        unsigned count = 0;
        char word[16];
        if (!tree_is(tree, name, "Func") && !tree_is(tree, name, "Action"))
                return UNIT_NONE;
        TREE_FOREACH(tree, list, child)
        count++;
        if (count > ARITY_MAX)
                return UNIT_NONE;
        g_snprintf(word, sizeof(word), "%s%u", tree_is(tree, name, "Func") ? "Func" : "Action",
                   count);
        return walk_builtin(walk, word);
}

static uint32_t generic(Walk *walk, Node node, uint32_t base)
{
        const Tree *tree = walk->tree;
        Node list = tree_child_of_kind(tree, node, TYPE_ARGUMENT_LIST);
        if (base == UNIT_NONE || !tree_first(tree, list))
                return base;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, base,
                            csharp_type_arguments(walk, list));
}

static uint32_t generic_name(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_first(tree, node);
        uint32_t type = counted(walk, name, tree_child_of_kind(tree, node, TYPE_ARGUMENT_LIST));
        return generic(walk, node, type == UNIT_NONE ? csharp_name(walk, name, SPACE_TYPE) : type);
}

/* A.B, A.B<C>, alias::A */
static uint32_t qualified(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME);
        Node outer = tree_child(tree, node, FIELD_QUALIFIER);
        if (!outer)
                outer = tree_child(tree, node, FIELD_ALIAS);
        uint32_t type =
                tree_is(tree, outer, "global")
                        ? csharp_word(walk, 0, walk_string(walk, csharp_last_name(tree, name)))
                        : walk_member(walk, walk_type(walk, outer),
                                      walk_string(walk, csharp_last_name(tree, name)));
        return tree_kind(tree, name) == GENERIC_NAME ? generic(walk, name, type) : type;
}

static uint32_t tuple(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        TREE_FOREACH(tree, node, child)
        items_add(&items, walk_type(walk, tree_child(tree, child, FIELD_TYPE)));
        return builder_expr(walk->builder, UNIT_EXPR_TUPLE, 0, items_list(&items, walk->builder));
}

uint32_t csharp_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case IDENTIFIER:
                return csharp_name(walk, node, SPACE_TYPE);
        case GENERIC_NAME:
                return generic_name(walk, node);
        case QUALIFIED_NAME:
        case ALIAS_QUALIFIED_NAME:
                return qualified(walk, node);
        case PREDEFINED_TYPE:
                return builder_expr(walk->builder, UNIT_EXPR_BUILTIN, walk_string(walk, node),
                                    UNIT_NONE);
        case ARRAY_TYPE:
                return csharp_array_of(walk, walk_type(walk, tree_child(tree, node, FIELD_TYPE)));
        case NULLABLE_TYPE:
        case POINTER_TYPE:
        case REF_TYPE:
        case SCOPED_TYPE:
                return walk_type(walk, tree_child(tree, node, FIELD_TYPE));
        case TUPLE_TYPE:
                return tuple(walk, node);
        case PRIMARY_BASE:
                return walk_type(walk, tree_child(tree, node, FIELD_TYPE));
        default:
                return UNIT_NONE;
        }
}
