/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written types. A pointer is told like what it points to: members are reached through both alike. */
#include "languages/go/front.h"

Node go_type_name(const Tree *tree, Node type)
{
        for (;;) {
                switch (tree_kind(tree, type)) {
                case TYPE_IDENTIFIER:
                        return type;
                case QUALIFIED_TYPE:
                        return tree_child(tree, type, FIELD_NAME);
                case GENERIC_TYPE:
                        type = tree_child(tree, type, FIELD_TYPE);
                        break;
                case POINTER_TYPE:
                case PARENTHESIZED_TYPE:
                case TYPE_ELEM:
                        type = tree_first(tree, type);
                        break;
                default:
                        return 0;
                }
        }
}

uint32_t go_type_arguments(Walk *walk, Node arguments)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, arguments, child)
        items_add(&items, walk_type(walk, child));
        return items_list(&items, walk->builder);
}

static uint32_t apply(Walk *walk, const char *name, Node first, Node second)
{
        uint32_t arguments[] = {walk_type(walk, first),
                                second ? walk_type(walk, second) : UNIT_NONE};
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, name),
                            builder_list(walk->builder, arguments, second ? 2 : 1));
}

static uint32_t qualified(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t package = go_name(walk, tree_child(tree, node, FIELD_PACKAGE));
        return package == UNIT_NONE
                       ? UNIT_NONE
                       : walk_member(walk, package,
                                     walk_string(walk, tree_child(tree, node, FIELD_NAME)));
}

/* A constraint's types, A | B: any of them. */
static uint32_t any_of(Walk *walk, Node node)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, node, child)
        items_add(&items, walk_type(walk, child));
        return items_any(&items, walk->builder);
}

static uint32_t declared(Walk *walk, Node node)
{
        return walk_decl(walk, node) == UNIT_NONE ? walk_builtin(walk, "any")
                                                  : walk_expr_decl(walk, walk_decl(walk, node));
}

static uint32_t generic(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_type(walk, tree_child(tree, node, FIELD_TYPE));
        if (type == UNIT_NONE)
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                            go_type_arguments(walk, tree_child(tree, node, FIELD_TYPE_ARGUMENTS)));
}

uint32_t go_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case TYPE_IDENTIFIER:
        case IDENTIFIER:
                return go_name(walk, node);
        case QUALIFIED_TYPE:
                return qualified(walk, node);
        case GENERIC_TYPE:
                return generic(walk, node);
        case POINTER_TYPE:
        case PARENTHESIZED_TYPE:
        case NEGATED_TYPE:
                return walk_type(walk, tree_first(tree, node));
        case TYPE_ELEM:
        case TYPE_CONSTRAINT:
                return any_of(walk, node);
        case SLICE_TYPE:
        case ARRAY_TYPE:
        case IMPLICIT_LENGTH_ARRAY_TYPE:
                return apply(walk, "slice", tree_child(tree, node, FIELD_ELEMENT), 0);
        case MAP_TYPE:
                return apply(walk, "table", tree_child(tree, node, FIELD_KEY),
                             tree_child(tree, node, FIELD_VALUE));
        case CHANNEL_TYPE:
                return apply(walk, "channel", tree_child(tree, node, FIELD_VALUE), 0);
        case FUNCTION_TYPE:
        case STRUCT_TYPE:
        case INTERFACE_TYPE:
                return declared(walk, node);
        default:
                return UNIT_NONE;
        }
}

/* ---- results ---- */

static void add_result(Walk *walk, Node parameter, Items *items)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_type(walk, tree_child(tree, parameter, FIELD_TYPE));
        unsigned names = 0;
        TREE_FOREACH(tree, parameter, child)
        if (tree->nodes[child].field == FIELD_NAME) {
                items_add(items, type);
                names++;
        }
        if (!names)
                items_add(items, type);
}

uint32_t go_result(Walk *walk, Node function)
{
        const Tree *tree = walk->tree;
        Node result = tree_child(tree, function, FIELD_RESULT);
        Items items = {0};
        if (tree_kind(tree, result) != PARAMETER_LIST)
                return walk_type(walk, result);
        TREE_FOREACH(tree, result, parameter)
        add_result(walk, parameter, &items);
        uint32_t only = items.count == 1 ? items.items[0] : UNIT_NONE;
        size_t count = items.count;
        uint32_t list = items_list(&items, walk->builder);
        return count > 1 ? builder_expr(walk->builder, UNIT_EXPR_TUPLE, 0, list) : only;
}
