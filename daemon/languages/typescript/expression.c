/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: what they denote or are a value of, as far as the text of this file says it. */
#include "languages/typescript/front.h"

#define ARRAY_ELEMENTS_MAX 8 /* of an array literal that are looked at for its type */

static uint32_t value_of_builtin(Walk *walk, const char *name)
{
        return walk_value(walk, walk_builtin(walk, name));
}

/* ---- this ---- */

static bool is_member_function(unsigned kind)
{
        return kind == METHOD_DEFINITION || kind == METHOD_SIGNATURE ||
               kind == ABSTRACT_METHOD_SIGNATURE;
}

/* The scope that decides what "this" is: a method, a class (for its fields), a plain function; arrow functions have none. */
static const Scope *self_scope(const Walk *walk, Node node)
{
        const Scope *scope = walk_scope_at(walk, node);
        for (; scope->node; scope = &walk->scopes.items[scope->parent]) {
                unsigned kind = tree_kind(walk->tree, scope->node);
                if (is_member_function(kind) || kind == CLASS || kind == CLASS_DECLARATION ||
                    kind == INTERFACE_DECLARATION || kind == ABSTRACT_CLASS_DECLARATION ||
                    kind == FUNCTION_DECLARATION || kind == FUNCTION_EXPRESSION ||
                    kind == GENERATOR_FUNCTION || kind == GENERATOR_DECLARATION)
                        return scope;
        }
        return NULL;
}

/* A function that is the value of a property or field is a method of what has it. */
static uint32_t self_decl(const Walk *walk, const Scope *scope)
{
        if (!scope || scope->decl == UNIT_NONE)
                return UNIT_NONE;
        const UnitDecl *decl = builder_decl_at(walk->builder, scope->decl);
        if (decl->kind == UNIT_CLASS || decl->kind == UNIT_INTERFACE)
                return scope->decl;
        bool member = decl->kind == UNIT_METHOD || decl->kind == UNIT_CONSTRUCTOR ||
                      decl->kind == UNIT_PROPERTY;
        return member ? decl->container : UNIT_NONE;
}

uint32_t typescript_self(const Walk *walk, Node node)
{
        return self_decl(walk, self_scope(walk, node));
}

static uint32_t this_value(Walk *walk, Node node)
{
        const Scope *scope = self_scope(walk, node);
        uint32_t decl = self_decl(walk, scope);
        if (decl == UNIT_NONE)
                return UNIT_NONE;
        bool in_static = scope->decl != decl &&
                         (builder_decl_at(walk->builder, scope->decl)->flags & UNIT_STATIC);
        return in_static ? walk_expr_decl(walk, decl)
                         : builder_expr(walk->builder, UNIT_EXPR_SELF, decl, UNIT_NONE);
}

static uint32_t super_value(Walk *walk, Node node)
{
        uint32_t decl = typescript_self(walk, node);
        return decl == UNIT_NONE ? UNIT_NONE
                                 : builder_expr(walk->builder, UNIT_EXPR_SUPER, decl, UNIT_NONE);
}

/* ---- calls ---- */

static uint32_t argument_list(Walk *walk, Node arguments)
{
        Items items = {0};
        if (tree_kind(walk->tree, arguments) != ARGUMENTS)
                return UNIT_NONE;
        TREE_FOREACH(walk->tree, arguments, child)
        {
                if (tree_kind(walk->tree, child) == SPREAD_ELEMENT) {
                        items_clear(&items);
                        return UNIT_NONE;
                }
                items_add(&items, walk_expression(walk, child));
        }
        return items_list(&items, walk->builder);
}

uint32_t typescript_argument_count(const Tree *tree, Node arguments)
{
        uint32_t count = 0;
        if (tree_kind(tree, arguments) != ARGUMENTS)
                return arguments ? 255 : 0; /* a tagged template */
        TREE_FOREACH(tree, arguments, child)
        {
                if (tree_kind(tree, child) == SPREAD_ELEMENT)
                        return 255;
                count++;
        }
        return MIN(count, 255);
}

/* require("m") and import("m") give the module. */
static uint32_t called_module(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node function = tree_child(tree, node, FIELD_FUNCTION);
        Node argument = tree_first(tree, tree_child(tree, node, FIELD_ARGUMENTS));
        bool dynamic = tree_kind(tree, function) == IMPORT;
        if (tree_kind(tree, argument) != STRING ||
            (!dynamic && (!tree_is(tree, function, "require") ||
                          walk_find(walk, function, SPACE_VALUE) != UNIT_NONE)))
                return UNIT_NONE;
        UnitImport import = {.kind = UNIT_IMPORT_MODULE,
                             .flags = dynamic ? UNIT_IMPORT_DYNAMIC : 0,
                             .module = walk_string_inside(walk, argument, 1),
                             .container = walk_scope_at(walk, node)->source,
                             .line = tree->nodes[node].row + 1};
        return builder_expr(walk->builder, UNIT_EXPR_IMPORT, builder_import(walk->builder, &import),
                            UNIT_NONE);
}

static uint32_t with_type_arguments(Walk *walk, uint32_t expr, Node node)
{
        Node arguments = tree_child(walk->tree, node, FIELD_TYPE_ARGUMENTS);
        if (expr == UNIT_NONE || !arguments)
                return expr;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, expr,
                            typescript_type_arguments(walk, arguments));
}

static uint32_t call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t module = called_module(walk, node);
        if (module != UNIT_NONE)
                return module;
        uint32_t callee = walk_expression(walk, tree_child(tree, node, FIELD_FUNCTION));
        if (callee == UNIT_NONE)
                return UNIT_NONE;
        uint32_t list = argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS));
        return builder_expr(walk->builder, UNIT_EXPR_CALL, with_type_arguments(walk, callee, node),
                            list);
}

static uint32_t construction(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t class = walk_expression(walk, tree_child(tree, node, FIELD_CONSTRUCTOR));
        if (class == UNIT_NONE)
                return UNIT_NONE;
        uint32_t list = argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS));
        return builder_expr(walk->builder, UNIT_EXPR_NEW, with_type_arguments(walk, class, node),
                            list);
}

/* ---- operators and literals ---- */

static uint32_t any_of_two(Walk *walk, Node a, Node b)
{
        uint32_t both[] = {walk_expression(walk, a), walk_expression(walk, b)};
        return builder_any(walk->builder, both, 2);
}

static bool is_text(const Tree *tree, Node node)
{
        return tree_kind(tree, node) == STRING || tree_kind(tree, node) == TEMPLATE_STRING;
}

static uint32_t binary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT), right = tree_child(tree, node, FIELD_RIGHT);
        switch (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR))) {
        case T_OR:
        case T_NULLISH:
                return any_of_two(walk, left, right);
        case T_AND:
                return walk_expression(walk, right);
        case T_PLUS:
                return is_text(tree, left) || is_text(tree, right)
                               ? value_of_builtin(walk, "string")
                               : UNIT_NONE;
        default:
                return UNIT_NONE;
        }
}

static uint32_t array(Walk *walk, Node node)
{
        Items items = {0};
        unsigned count = 0;
        TREE_FOREACH(walk->tree, node, child)
        {
                if (++count > ARRAY_ELEMENTS_MAX)
                        break;
                bool spread = tree_kind(walk->tree, child) == SPREAD_ELEMENT;
                uint32_t expr =
                        walk_expression(walk, spread ? tree_first(walk->tree, child) : child);
                items_add(&items,
                          spread ? builder_expr(walk->builder, UNIT_EXPR_ELEMENT, expr, UNIT_NONE)
                                 : expr);
        }
        uint32_t element = builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                                        items_any(&items, walk->builder), UNIT_NONE);
        uint32_t type = walk_builtin(walk, "Array");
        return walk_value(walk, builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                                             builder_list(walk->builder, &element, 1)));
}

static uint32_t cast(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node expression = tree_first(tree, node), type = tree_next(tree, expression);
        if (tree_kind(tree, node) == SATISFIES_EXPRESSION ||
            !type) /* "as const" has a token there */
                return walk_expression(walk, expression);
        return walk_value(walk, walk_type(walk, type));
}

static uint32_t subscript(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t object = walk_expression(walk, tree_child(tree, node, FIELD_OBJECT));
        Node index = tree_child(tree, node, FIELD_INDEX);
        uint32_t key = tree_kind(tree, index) == STRING   ? walk_string_inside(walk, index, 1)
                       : tree_kind(tree, index) == NUMBER ? walk_string(walk, index)
                                                          : UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, object, key);
}

static uint32_t last_child(Walk *walk, Node node)
{
        Node last = 0;
        TREE_FOREACH(walk->tree, node, child)
        last = child;
        return walk_expression(walk, last);
}

static uint32_t literal(Walk *walk, unsigned kind)
{
        switch (kind) {
        case STRING:
        case TEMPLATE_STRING:
                return value_of_builtin(walk, "string");
        case NUMBER:
                return value_of_builtin(walk, "number");
        case REGEX:
                return value_of_builtin(walk, "RegExp");
        case TRUE_LITERAL:
        case FALSE_LITERAL:
                return value_of_builtin(walk, "boolean");
        default:
                return UNIT_NONE;
        }
}

/* A function, class or object literal by its declaration. */
static uint32_t declared(Walk *walk, Node node)
{
        uint32_t decl = walk_decl(walk, node);
        if (decl == UNIT_NONE)
                return UNIT_NONE;
        uint32_t expr = walk_expr_decl(walk, decl);
        return tree_kind(walk->tree, node) == OBJECT ? walk_value(walk, expr) : expr;
}

static uint32_t member(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t object = walk_expression(walk, tree_child(tree, node, FIELD_OBJECT));
        if (object == UNIT_NONE)
                return UNIT_NONE;
        return walk_member(walk, object, walk_string(walk, tree_child(tree, node, FIELD_PROPERTY)));
}

uint32_t typescript_expression(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node);
        switch (kind) {
        case IDENTIFIER:
                return walk_name(walk, node, SPACE_VALUE);
        case MEMBER_EXPRESSION:
        case NESTED_IDENTIFIER:
                return member(walk, node);
        case CALL_EXPRESSION:
                return call(walk, node);
        case NEW_EXPRESSION:
                return construction(walk, node);
        case THIS:
                return this_value(walk, node);
        case SUPER:
                return super_value(walk, node);
        case SUBSCRIPT_EXPRESSION:
                return subscript(walk, node);
        case AWAIT_EXPRESSION:
                return builder_expr(walk->builder, UNIT_EXPR_AWAIT,
                                    walk_expression(walk, tree_first(tree, node)), UNIT_NONE);
        case PARENTHESIZED_EXPRESSION:
        case NON_NULL_EXPRESSION:
                return walk_expression(walk, tree_first(tree, node));
        case INSTANTIATION_EXPRESSION:
                return with_type_arguments(walk, walk_expression(walk, tree_first(tree, node)),
                                           node);
        case AS_EXPRESSION:
        case SATISFIES_EXPRESSION:
                return cast(walk, node);
        case TYPE_ASSERTION:
                return walk_value(
                        walk,
                        walk_type(walk, tree_first(tree, tree_child_of_kind(tree, node,
                                                                            TYPE_ARGUMENTS))));
        case BINARY_EXPRESSION:
                return binary(walk, node);
        case TERNARY_EXPRESSION:
                return any_of_two(walk, tree_child(tree, node, FIELD_CONSEQUENCE),
                                  tree_child(tree, node, FIELD_ALTERNATIVE));
        case ASSIGNMENT_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_RIGHT));
        case SEQUENCE_EXPRESSION:
                return last_child(walk, node);
        case ARRAY:
                return array(walk, node);
        case OBJECT:
        case CLASS:
        case ARROW_FUNCTION:
        case FUNCTION_EXPRESSION:
        case GENERATOR_FUNCTION:
                return declared(walk, node);
        default:
                return literal(walk, kind);
        }
}
