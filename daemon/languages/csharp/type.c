/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written types. Pointers and references are what they are of; arrays are generic built-ins. */
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

static UnitString counted_word(Walk *walk, Node name, Node list)
{
        char word[UNIT_NAME_BYTES_MAX];
        size_t length, count = 1;
        const char *text = tree_text(walk->tree, name, &length);
        const char *arguments = tree_text(walk->tree, list, &count);
        unsigned number = 1, depth = 0;
        for (size_t i = 0; i < count; i++) { /* also of List<,>, which has none */
                depth += arguments[i] == '<' || arguments[i] == '(' || arguments[i] == '[';
                depth -= arguments[i] == '>' || arguments[i] == ')' || arguments[i] == ']';
                number += arguments[i] == ',' && depth == 1;
        }
        if (!length || length > sizeof(word) - 16)
                return 0;
        g_snprintf(word, sizeof(word), "%.*s`%u", (int)length, text, number);
        return builder_word(walk->builder, word);
}

/* A name that is written as a type is none of a value: "A`0". */
static uint32_t type_name(Walk *walk, Node name)
{
        char word[UNIT_NAME_BYTES_MAX];
        size_t length;
        const char *text = tree_text(walk->tree, name, &length);
        uint32_t bound = walk_find(walk, name, SPACE_TYPE);
        if (bound != UNIT_NONE || !length || length > sizeof(word) - 4)
                return bound;
        g_snprintf(word, sizeof(word), "%.*s`0", (int)length, text);
        return csharp_word(walk, name, builder_word(walk->builder, word));
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

/* List<T> is "List`1": types of one name differ in how many they take. */
static uint32_t generic_name(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_first(tree, node);
        Node list = tree_child_of_kind(tree, node, TYPE_ARGUMENT_LIST);
        uint32_t type = counted(walk, name, list);
        if (type == UNIT_NONE)
                type = csharp_word(walk, name, counted_word(walk, name, list));
        return generic(walk, node, type);
}

/* What stands behind alias:: is in a namespace, where types of one name differ in how many they take. */
static UnitString member_word(Walk *walk, Node node, Node name)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, node) != ALIAS_QUALIFIED_NAME || tree_kind(tree, name) != GENERIC_NAME)
                return walk_string(walk, csharp_last_name(tree, name));
        return counted_word(walk, tree_first(tree, name),
                            tree_child_of_kind(tree, name, TYPE_ARGUMENT_LIST));
}

/* "global::A": sought in no namespace around and in none that is used. */
static uint32_t global_name(Walk *walk, Node node, Node name)
{
        char word[UNIT_NAME_BYTES_MAX];
        UnitString own = member_word(walk, node, name);
        if (!own)
                return UNIT_NONE;
        int length = g_snprintf(word, sizeof(word), "global::%s", builder_text(walk->builder, own));
        return length < (int)sizeof(word) ? csharp_word(walk, 0, builder_word(walk->builder, word))
                                          : UNIT_NONE;
}

/* A.B, A.B<C>, alias::A */
static uint32_t qualified(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME);
        Node outer = tree_child(tree, node, FIELD_QUALIFIER);
        if (!outer)
                outer = tree_child(tree, node, FIELD_ALIAS);
        uint32_t type = tree_is(tree, outer, "global") ? global_name(walk, node, name)
                                                       : walk_member(walk, walk_type(walk, outer),
                                                                     member_word(walk, node, name));
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

/* T? has what T has, and is told apart from it. */
static uint32_t nullable(Walk *walk, uint32_t type)
{
        if (type == UNIT_NONE)
                return UNIT_NONE;
        uint32_t both[] = {type, builder_expr(walk->builder, UNIT_EXPR_APPLY,
                                              walk_builtin(walk, "Nullable"),
                                              builder_list(walk->builder, &type, 1))};
        return builder_any(walk->builder, both, 2);
}

uint32_t csharp_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case IDENTIFIER:
                return type_name(walk, node);
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
                return nullable(walk, walk_type(walk, tree_child(tree, node, FIELD_TYPE)));
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
