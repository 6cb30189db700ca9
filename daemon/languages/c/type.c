/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written types, without qualifiers, pointers, references and arrays. */
#include "languages/c/front.h"

#define STEPS_MAX 50 /* of types that only stand around another */

uint32_t c_type_arguments(Walk *walk, Node arguments)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, arguments, child)
        items_add(&items, walk_type(walk, child));
        return items_list(&items, walk->builder);
}

uint32_t c_tagged(Walk *walk, Node specifier)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, specifier, FIELD_NAME);
        char text[UNIT_NAME_BYTES_MAX + 10];
        if (!name)
                return UNIT_NONE;
        if (tree_kind(tree, name) != TYPE_IDENTIFIER)
                return walk_type(walk, name);
        uint32_t bound = walk_find(walk, name, SPACE_TYPE);
        if (bound != UNIT_NONE)
                return bound;
        const char *word = tree_kind(tree, specifier) == ENUM_SPECIFIER ? "enum" : "struct";
        g_snprintf(text, sizeof(text), "%s %s", word,
                   builder_text(walk->builder, walk_string(walk, name)));
        uint32_t place = walk->front->places_names ? walk_scope_at(walk, name)->decl : UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_NAME, builder_word(walk->builder, text),
                            place);
}

static uint32_t specifier(Walk *walk, Node node)
{
        uint32_t decl = walk_decl(walk, node);
        return decl != UNIT_NONE ? walk_expr_decl(walk, decl) : c_tagged(walk, node);
}

/* A pointer that owns is taken for what it points to, as plain pointers are. */
static bool is_pointer(const Tree *tree, Node name)
{
        return tree_is(tree, name, "unique_ptr") || tree_is(tree, name, "shared_ptr");
}

static uint32_t generic(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (is_pointer(tree, tree_child(tree, node, FIELD_NAME)))
                return walk_type(walk, tree_first(tree, tree_child(tree, node, FIELD_ARGUMENTS)));
        uint32_t type = walk_type(walk, tree_child(tree, node, FIELD_NAME));
        if (type == UNIT_NONE)
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                            c_type_arguments(walk, tree_child(tree, node, FIELD_ARGUMENTS)));
}

static uint32_t qualified(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), arguments = 0;
        uint32_t scope = c_scope_of(walk, node);
        while (tree_kind(tree, name) == QUALIFIED_IDENTIFIER) {
                uint32_t inner = tree_child(tree, name, FIELD_SCOPE);
                scope = walk_member(walk, scope, walk_string(walk, inner));
                name = tree_child(tree, name, FIELD_NAME);
                if (scope == UNIT_NONE)
                        return UNIT_NONE;
        }
        if (tree_kind(tree, name) == TEMPLATE_TYPE || tree_kind(tree, name) == TEMPLATE_FUNCTION) {
                arguments = tree_child(tree, name, FIELD_ARGUMENTS);
                name = tree_child(tree, name, FIELD_NAME);
        }
        if (arguments && is_pointer(tree, name))
                return walk_type(walk, tree_first(tree, arguments));
        uint32_t type = scope == UNIT_NONE ? builder_expr(walk->builder, UNIT_EXPR_NAME,
                                                          walk_string(walk, name), UNIT_NONE)
                                           : walk_member(walk, scope, walk_string(walk, name));
        if (!arguments || type == UNIT_NONE)
                return type;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                            c_type_arguments(walk, arguments));
}

/* "unsigned long", whichever way it is written. */
static uint32_t sized(Walk *walk, const char *text, size_t length)
{
        unsigned longs = 0;
        bool is_unsigned = memmem(text, length, "unsigned", 8),
             is_short = memmem(text, length, "short", 5);
        for (const char *at = text, *end = text + length;
             (at = memmem(at, (size_t)(end - at), "long", 4)); at += 4)
                longs++;
        if (memmem(text, length, "double", 6))
                return walk_builtin(walk, longs ? "long double" : "double");
        if (memmem(text, length, "char", 4))
                return walk_builtin(walk, is_unsigned ? "unsigned char" : "signed char");
        if (is_short)
                return walk_builtin(walk, is_unsigned ? "unsigned short" : "short");
        static const char *const words[2][3] = {
                {"int", "long", "long long"}, {"unsigned", "unsigned long", "unsigned long long"}};
        return walk_builtin(walk, words[is_unsigned][MIN(longs, 2)]);
}

static uint32_t primitive(Walk *walk, Node node)
{
        size_t length;
        const char *text = tree_text(walk->tree, node, &length);
        if (tree_kind(walk->tree, node) == SIZED_TYPE_SPECIFIER)
                return sized(walk, text, length);
        return builder_expr(walk->builder, UNIT_EXPR_BUILTIN,
                            builder_string(walk->builder, text, length), UNIT_NONE);
}

/* The type without what only stands around it. */
static Node bare(const Tree *tree, Node node)
{
        for (unsigned i = 0; i < STEPS_MAX; i++) {
                switch (tree_kind(tree, node)) {
                case TYPE_DESCRIPTOR:
                case MACRO_TYPE_SPECIFIER:
                        node = tree_child(tree, node, FIELD_TYPE);
                        break;
                case DEPENDENT_TYPE:
                case TRAILING_RETURN_TYPE:
                case PARAMETER_PACK_EXPANSION:
                        node = tree_first(tree, node);
                        break;
                default:
                        return node;
                }
        }
        return 0;
}

uint32_t c_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        node = bare(tree, node);
        switch (tree_kind(tree, node)) {
        case TYPE_IDENTIFIER:
        case IDENTIFIER:
        case NAMESPACE_IDENTIFIER:
                return walk_name(walk, node, SPACE_TYPE);
        case PRIMITIVE_TYPE:
        case SIZED_TYPE_SPECIFIER:
                return primitive(walk, node);
        case STRUCT_SPECIFIER:
        case UNION_SPECIFIER:
        case CLASS_SPECIFIER:
        case ENUM_SPECIFIER:
                return specifier(walk, node);
        case TEMPLATE_TYPE:
        case TEMPLATE_FUNCTION:
                return generic(walk, node);
        case QUALIFIED_IDENTIFIER:
                return qualified(walk, node);
        case DECLTYPE:
                return builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                                    walk_expression(walk, tree_first(tree, node)), UNIT_NONE);
        default:
                return UNIT_NONE;
        }
}

/* ---- of declarations ---- */

uint32_t c_declared_type(Walk *walk, Node declaration, Node name)
{
        const Tree *tree = walk->tree;
        Node function = name ? c_function_of(tree, name) : 0;
        Node trailing = function ? tree_child_of_kind(tree, function, TRAILING_RETURN_TYPE) : 0;
        if (trailing)
                return walk_type(walk, trailing);
        if (tree_kind(tree, name) == OPERATOR_CAST)
                return walk_type(walk, tree_child(tree, name, FIELD_TYPE));
        Node type = tree_child(tree, declaration, FIELD_TYPE);
        return tree_kind(tree, type) == PLACEHOLDER_TYPE_SPECIFIER ? UNIT_NONE
                                                                   : walk_type(walk, type);
}
