/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What calls call, and what is made. */
#include "languages/csharp/front.h"

Node csharp_last_name(const Tree *tree, Node name)
{
        for (;;) {
                switch (tree_kind(tree, name)) {
                case IDENTIFIER:
                        return name;
                case GENERIC_NAME:
                        return tree_first(tree, name);
                case QUALIFIED_NAME:
                case ALIAS_QUALIFIED_NAME:
                        name = tree_child(tree, name, FIELD_NAME);
                        break;
                case PRIMARY_BASE:
                case NULLABLE_TYPE:
                        name = tree_child(tree, name, FIELD_TYPE);
                        break;
                default:
                        return 0;
                }
        }
}

/* ---- members ---- */

/* What stands before "?." of the access that a binding belongs to. */
static Node bound_object(const Tree *tree, Node binding)
{
        Node below = binding;
        for (Node at = tree_parent(tree, binding); at; at = tree_parent(tree, at)) {
                if (tree_kind(tree, at) == CONDITIONAL_ACCESS &&
                    tree_child(tree, at, FIELD_CONDITION) != below)
                        return tree_child(tree, at, FIELD_CONDITION);
                below = at;
        }
        return 0;
}

uint32_t csharp_member(Walk *walk, Node access)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, access, FIELD_NAME);
        Node object = tree_kind(tree, access) == MEMBER_BINDING
                              ? bound_object(tree, access)
                              : tree_child(tree, access, FIELD_EXPRESSION);
        uint32_t of = walk_expression(walk, object);
        if (of == UNIT_NONE)
                return UNIT_NONE;
        uint32_t member = walk_member(walk, of, walk_string(walk, csharp_last_name(tree, name)));
        Node list = tree_child_of_kind(tree, name, TYPE_ARGUMENT_LIST);
        return list && member != UNIT_NONE ? builder_expr(walk->builder, UNIT_EXPR_APPLY, member,
                                                          csharp_type_arguments(walk, list))
                                           : member;
}

/* ---- arguments ---- */

static uint32_t argument_list(Walk *walk, Node list)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        TREE_FOREACH(tree, list, argument)
        {
                Node value = 0;
                if (tree->nodes[argument].field == FIELD_NAME)
                        continue;
                TREE_FOREACH(tree, argument, child)
                if (tree->nodes[child].field != FIELD_NAME)
                        value = child;
                items_add(&items,
                          walk_expression(walk, value ? value : csharp_operand(tree, argument)));
        }
        return items_list(&items, walk->builder);
}

unsigned csharp_argument_count(const Tree *tree, Node list)
{
        unsigned count = 0;
        TREE_FOREACH(tree, list, child)
        count++;
        return count;
}

/* ---- calls ---- */

uint32_t csharp_callee(Walk *walk, Node function)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, function) != GENERIC_NAME)
                return walk_expression(walk, function);
        uint32_t callee = csharp_name(walk, tree_first(tree, function), SPACE_VALUE);
        Node list = tree_child_of_kind(tree, function, TYPE_ARGUMENT_LIST);
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, callee,
                            csharp_type_arguments(walk, list));
}

uint32_t csharp_invocation(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node function = tree_child(tree, node, FIELD_FUNCTION);
        if (tree_is(tree, function, "nameof"))
                return walk_value(walk, walk_builtin(walk, "string"));
        uint32_t callee = csharp_callee(walk, function);
        if (callee == UNIT_NONE)
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_CALL, callee,
                            argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS)));
}

/* ---- what is made ---- */

static uint32_t base_type(Walk *walk, uint32_t class)
{
        uint32_t super = builder_expr(walk->builder, UNIT_EXPR_SUPER, class, UNIT_NONE);
        return builder_expr(walk->builder, UNIT_EXPR_TYPEOF, super, UNIT_NONE);
}

static uint32_t made_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case CONSTRUCTOR_INITIALIZER: {
                uint32_t class = csharp_class_at(walk, node);
                if (class == UNIT_NONE)
                        return UNIT_NONE;
                return tree_child_of_kind(tree, node, T_THIS) ? walk_expr_decl(walk, class)
                                                              : base_type(walk, class);
        }
        case IMPLICIT_CREATION:
                return csharp_wanted_type(walk, node);
        default:
                return walk_type(walk, tree_child(tree, node, FIELD_TYPE));
        }
}

uint32_t csharp_creation(Walk *walk, Node node)
{
        uint32_t type = made_type(walk, node);
        if (type == UNIT_NONE)
                return UNIT_NONE;
        Node list = tree_child_of_kind(walk->tree, node, ARGUMENT_LIST);
        return builder_expr(walk->builder, UNIT_EXPR_NEW, type, argument_list(walk, list));
}
