/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written types. References, pointers, and the owners that are used like what they own (Box, Rc, Arc) are told like what they hold. */
#include "languages/rust/front.h"

static bool is_transparent(const Tree *tree, Node name)
{
        static const char *const owners[] = {"Box", "Rc",     "Arc",        "Pin",         "Cow",
                                             "Ref", "RefMut", "MutexGuard", "ManuallyDrop"};
        for (unsigned i = 0; i < G_N_ELEMENTS(owners); i++)
                if (tree_is(tree, name, owners[i]))
                        return true;
        return false;
}

static uint32_t argument_type(Walk *walk, Node argument)
{
        return walk_type(walk, tree_kind(walk->tree, argument) == TYPE_BINDING
                                       ? tree_child(walk->tree, argument, FIELD_TYPE)
                                       : argument);
}

uint32_t rust_type_arguments(Walk *walk, Node arguments)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, arguments, child)
        if (tree_kind(walk->tree, child) != LIFETIME)
                items_add(&items, argument_type(walk, child));
        return items_list(&items, walk->builder);
}

/* The argument that is a type, of an owner's: not a lifetime. */
static Node last_argument(const Tree *tree, Node arguments)
{
        Node last = 0;
        TREE_FOREACH(tree, arguments, child)
        if (tree_kind(tree, child) != LIFETIME)
                last = child;
        return last;
}

static uint32_t generic(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE),
             arguments = tree_child(tree, node, FIELD_TYPE_ARGUMENTS);
        if (is_transparent(tree, rust_last_name(tree, type)) && last_argument(tree, arguments))
                return argument_type(walk, last_argument(tree, arguments));
        uint32_t of = rust_path(walk, type, SPACE_TYPE);
        return of == UNIT_NONE ? UNIT_NONE
                               : builder_expr(walk->builder, UNIT_EXPR_APPLY, of,
                                              rust_type_arguments(walk, arguments));
}

uint32_t rust_bounds(Walk *walk, Node bounds)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, bounds, child)
        if (tree_kind(walk->tree, child) != LIFETIME)
                items_add(&items, walk_type(walk, child));
        return items_any(&items, walk->builder);
}

static uint32_t slice_of(Walk *walk, Node element)
{
        uint32_t type = walk_type(walk, element);
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "slice"),
                            builder_list(walk->builder, &type, 1));
}

static uint32_t tuple_of(Walk *walk, Node node)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, node, child)
        items_add(&items, walk_type(walk, child));
        return builder_expr(walk->builder, UNIT_EXPR_TUPLE, 0, items_list(&items, walk->builder));
}

uint32_t rust_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case TYPE_IDENTIFIER:
        case IDENTIFIER:
        case SCOPED_TYPE:
        case SCOPED_IDENTIFIER:
                return rust_path(walk, node, SPACE_TYPE);
        case PRIMITIVE_TYPE: {
                UnitString name = walk_string(walk, node);
                return builder_expr(walk->builder, UNIT_EXPR_BUILTIN, name, UNIT_NONE);
        }
        case GENERIC_TYPE:
        case GENERIC_TURBOFISH:
                return generic(walk, node);
        case REFERENCE_TYPE:
        case POINTER_TYPE:
        case HIGHER_RANKED:
        case QUALIFIED_TYPE:
                return walk_type(walk, tree_child(tree, node, FIELD_TYPE));
        case DYNAMIC_TYPE:
        case ABSTRACT_TYPE:
                return walk_type(walk, tree_child(tree, node, FIELD_TRAIT));
        case BOUNDED_TYPE:
        case TRAIT_BOUNDS:
                return rust_bounds(walk, node);
        case BRACKETED_TYPE:
                return walk_type(walk, tree_first(tree, node));
        case ARRAY_TYPE:
                return slice_of(walk, tree_child(tree, node, FIELD_ELEMENT));
        case TUPLE_TYPE:
                return tuple_of(walk, node);
        case FUNCTION_TYPE:
                return walk_decl(walk, node) == UNIT_NONE
                               ? UNIT_NONE
                               : walk_expr_decl(walk, walk_decl(walk, node));
        default:
                return UNIT_NONE;
        }
}
