/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: what they denote or are a value of, as far as the text of this file says it. */
#include "languages/c/front.h"
#include "languages/c/shape.h"

/* ---- names ---- */

/* One step of a scope: a namespace, a class, with or without template arguments. */
static uint32_t scope_step(Walk *walk, uint32_t outer, Node scope)
{
        const Tree *tree = walk->tree;
        Node arguments = 0, name = scope;
        if (tree_kind(tree, scope) == TEMPLATE_TYPE) {
                arguments = tree_child(tree, scope, FIELD_ARGUMENTS);
                name = tree_child(tree, scope, FIELD_NAME);
        } else if (tree_kind(tree, scope) == DECLTYPE || tree_kind(tree, scope) == DEPENDENT_NAME) {
                return UNIT_NONE;
        }
        uint32_t expr = outer == UNIT_NONE ? walk_name(walk, name, SPACE_TYPE)
                                           : walk_member(walk, outer, walk_string(walk, name));
        if (!arguments || expr == UNIT_NONE)
                return expr;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, expr,
                            c_type_arguments(walk, arguments));
}

uint32_t c_scope_of(Walk *walk, Node qualified)
{
        Node scope = tree_child(walk->tree, qualified, FIELD_SCOPE);
        return scope ? scope_step(walk, UNIT_NONE, scope) : UNIT_NONE;
}

/* Of A::B::f, what is before f and the node of f. False: before it stands what is not known. */
static bool split(Walk *walk, Node node, uint32_t *ret_scope, Node *ret_name)
{
        const Tree *tree = walk->tree;
        uint32_t scope = UNIT_NONE;
        while (tree_kind(tree, node) == QUALIFIED_IDENTIFIER) {
                Node step = tree_child(tree, node, FIELD_SCOPE);
                if (step) {
                        scope = scope_step(walk, scope, step);
                        if (scope == UNIT_NONE)
                                return false;
                }
                node = tree_child(tree, node, FIELD_NAME);
        }
        *ret_scope = scope;
        *ret_name = node;
        return true;
}

uint32_t c_outer(Walk *walk, Node qualified)
{
        uint32_t scope;
        Node name;
        return split(walk, qualified, &scope, &name) ? scope : UNIT_NONE;
}

static uint32_t plain_name(Walk *walk, Node node, uint32_t scope, bool global)
{
        if (scope != UNIT_NONE)
                return walk_member(walk, scope, walk_string(walk, node));
        if (!global)
                return walk_name(walk, node, SPACE_VALUE);
        UnitString name = walk_string(walk, node);
        return name ? builder_expr(walk->builder, UNIT_EXPR_NAME, name, UNIT_NONE) : UNIT_NONE;
}

static uint32_t named(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t scope = UNIT_NONE;
        Node name = node, arguments = 0;
        if (!split(walk, node, &scope, &name))
                return UNIT_NONE;
        if (tree_kind(tree, name) == DEPENDENT_NAME)
                name = tree_first(tree, name);
        if (tree_kind(tree, name) == TEMPLATE_FUNCTION || tree_kind(tree, name) == TEMPLATE_TYPE ||
            tree_kind(tree, name) == TEMPLATE_METHOD) {
                arguments = tree_child(tree, name, FIELD_ARGUMENTS);
                name = tree_child(tree, name, FIELD_NAME);
        }
        uint32_t expr =
                plain_name(walk, name, scope, name != node && !arguments && scope == UNIT_NONE);
        if (!arguments || expr == UNIT_NONE)
                return expr;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, expr,
                            c_type_arguments(walk, arguments));
}

/* ---- members ---- */

static uint32_t self(Walk *walk, Node node)
{
        const Scope *scope = walk_scope_at(walk, node);
        for (uint32_t decl = scope->decl; decl != UNIT_NONE;) {
                const UnitDecl *around = builder_decl_at(walk->builder, decl);
                if (around->kind == UNIT_CLASS || around->kind == UNIT_STRUCT)
                        return builder_expr(walk->builder, UNIT_EXPR_SELF, decl, UNIT_NONE);
                if (around->outer != UNIT_NONE)
                        return walk_value(walk, around->outer);
                decl = around->container;
        }
        return UNIT_NONE;
}

static uint32_t field(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t object = walk_expression(walk, tree_child(tree, node, FIELD_ARGUMENT));
        Node name = tree_child(tree, node, FIELD_FIELD), arguments = 0;
        if (object == UNIT_NONE)
                return UNIT_NONE;
        if (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR)) == T_ARROW)
                object = builder_expr(walk->builder, UNIT_EXPR_DEREF, object, UNIT_NONE);
        if (tree_kind(tree, name) == DEPENDENT_NAME)
                name = tree_first(tree, name);
        if (tree_kind(tree, name) == QUALIFIED_IDENTIFIER)
                return named(walk, name);
        if (tree_kind(tree, name) == TEMPLATE_METHOD) {
                arguments = tree_child(tree, name, FIELD_ARGUMENTS);
                name = tree_child(tree, name, FIELD_NAME);
        }
        uint32_t expr = walk_member(walk, object, walk_string(walk, name));
        if (!arguments || expr == UNIT_NONE)
                return expr;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, expr,
                            c_type_arguments(walk, arguments));
}

/* ---- calls ---- */

unsigned c_argument_count(const Tree *tree, Node arguments)
{
        unsigned count = 0;
        TREE_FOREACH(tree, arguments, child)
        {
                if (tree_kind(tree, child) == PARAMETER_PACK_EXPANSION)
                        return 255;
                count++;
        }
        return MIN(count, 254);
}

uint32_t c_argument_list(Walk *walk, Node arguments)
{
        Items items = {0};
        if (!arguments || c_argument_count(walk->tree, arguments) == 255)
                return UNIT_NONE;
        TREE_FOREACH(walk->tree, arguments, child)
        items_add(&items, walk_expression(walk, child));
        return items_list(&items, walk->builder);
}

/* A type with what stands around it. */
static uint32_t shaped_value(Walk *walk, Node type)
{
        uint32_t expr = walk_type(walk, type);
        if (!walk->front->places_names)
                return walk_value(walk, expr);
        uint16_t shape = c_shape_of_node(walk, type);
        return builder_expr(walk->builder, UNIT_EXPR_VALUE, expr, shape ? shape : UNIT_NONE);
}

/* static_cast<T>(x), make_unique<T>(x) and the like. */
static uint32_t named_cast(Walk *walk, Node function)
{
        const Tree *tree = walk->tree;
        static const char *const casts[] = {"static_cast",      "dynamic_cast", "const_cast",
                                            "reinterpret_cast", "make_unique",  "make_shared"};
        if (tree_kind(tree, function) == QUALIFIED_IDENTIFIER)
                function = tree_child(tree, function, FIELD_NAME);
        Node name = tree_kind(tree, function) == TEMPLATE_FUNCTION
                            ? tree_child(tree, function, FIELD_NAME)
                            : 0;
        for (unsigned i = 0; name && i < G_N_ELEMENTS(casts); i++)
                if (tree_is(tree, name, casts[i]))
                        return shaped_value(walk, tree_first(tree, tree_child(tree, function,
                                                                              FIELD_ARGUMENTS)));
        return UNIT_NONE;
}

static uint32_t call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node function = tree_child(tree, node, FIELD_FUNCTION);
        if (tree_kind(tree, function) == PRIMITIVE_TYPE)
                return walk_value(walk, walk_type(walk, function));
        uint32_t cast = named_cast(walk, function);
        uint32_t callee = cast == UNIT_NONE ? walk_expression(walk, function) : UNIT_NONE;
        if (callee == UNIT_NONE)
                return cast;
        return builder_expr(walk->builder, UNIT_EXPR_CALL, callee,
                            c_argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS)));
}

static uint32_t construction(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_type(walk, tree_child(tree, node, FIELD_TYPE));
        if (type == UNIT_NONE)
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_NEW, type,
                            c_argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS)));
}

/* ---- operators ---- */

static uint32_t conditional(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node then = tree_child(tree, node, FIELD_CONSEQUENCE);
        uint32_t both[] = {walk_expression(walk, then),
                           walk_expression(walk, tree_child(tree, node, FIELD_ALTERNATIVE))};
        return builder_any(walk->builder, both, 2);
}

static bool is_comparison(unsigned sign)
{
        return sign == T_EQUAL || sign == T_UNEQUAL || sign == T_LESS || sign == T_GREATER ||
               sign == T_AT_MOST || sign == T_AT_LEAST || sign == T_AND || sign == T_OR;
}

/* What is added to points to the same. */
static uint32_t binary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned sign = tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR));
        Node left = tree_child(tree, node, FIELD_LEFT);
        if (is_comparison(sign))
                return walk_builtin_value(walk, "bool");
        if (sign != T_PLUS && sign != T_MINUS)
                return UNIT_NONE;
        if (tree_kind(tree, left) == NUMBER_LITERAL)
                left = tree_child(tree, node, FIELD_RIGHT);
        return walk_expression(walk, left);
}

static uint32_t unary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR)) == T_NOT)
                return walk_builtin_value(walk, "bool");
        return walk_expression(walk, tree_child(tree, node, FIELD_ARGUMENT));
}

static uint32_t pointed(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t value = walk_expression(walk, tree_child(tree, node, FIELD_ARGUMENT));
        if (value == UNIT_NONE)
                return value;
        if (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR)) != T_STAR)
                return walk->front->places_names
                               ? builder_expr(walk->builder, UNIT_EXPR_ADDRESS, value, UNIT_NONE)
                               : value;
        return builder_expr(walk->builder, UNIT_EXPR_DEREF, value, UNIT_NONE);
}

static uint32_t element(Walk *walk, Node node)
{
        uint32_t of = walk_expression(walk, tree_child(walk->tree, node, FIELD_ARGUMENT));
        return of == UNIT_NONE ? UNIT_NONE
                               : builder_expr(walk->builder, UNIT_EXPR_ELEMENT, of, UNIT_NONE);
}

/* 0 may be a null pointer too. */
static const char *type_of_number(const char *text, size_t length)
{
        bool hex = length > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
        bool real = memchr(text, '.', length) || (!hex && memchr(text, 'e', length));
        unsigned longs = 0;
        bool is_unsigned = false, is_float = false;
        for (; length > 1 && strchr("uUlLfF", text[length - 1]); length--) {
                longs += text[length - 1] == 'l' || text[length - 1] == 'L';
                is_unsigned |= text[length - 1] == 'u' || text[length - 1] == 'U';
                is_float |= text[length - 1] == 'f' || text[length - 1] == 'F';
                if (is_float && hex)
                        return "int";
        }
        if (real)
                return is_float ? "float" : longs ? "long double" : "double";
        if (is_unsigned)
                return longs > 1 ? "unsigned long long" : longs ? "unsigned long" : "unsigned";
        if (longs)
                return longs > 1 ? "long long" : "long";
        return length == 1 && *text == '0' ? "0" : "int";
}

static uint32_t literal(Walk *walk, Node node, unsigned kind)
{
        size_t length;
        const char *text = tree_text(walk->tree, node, &length);
        switch (kind) {
        case STRING_LITERAL:
        case RAW_STRING_LITERAL:
        case CONCATENATED_STRING:
                return builder_expr(walk->builder, UNIT_EXPR_VALUE,
                                    walk_builtin(walk, *text == 'L' ? "wchar_t" : "char"),
                                    SHAPE_CONST | 1);
        case CHAR_LITERAL:
                return walk_builtin_value(walk, *text == 'L' ? "wchar_t" : "char");
        case NUMBER_LITERAL:
                return walk_builtin_value(walk, type_of_number(text, length));
        case NULL_LITERAL:
                return walk_builtin_value(walk, "nullptr");
        case SIZEOF_EXPRESSION:
                return walk_builtin_value(walk, "unsigned long");
        case TRUE_LITERAL:
        case FALSE_LITERAL:
                return walk_builtin_value(walk, "bool");
        default:
                return UNIT_NONE;
        }
}

static uint32_t around_one(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case ASSIGNMENT_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_LEFT));
        case COMMA_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_RIGHT));
        case UPDATE_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_ARGUMENT));
        default:
                return walk_expression(walk, tree_first(tree, node));
        }
}

uint32_t c_expression(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node);
        switch (kind) {
        case IDENTIFIER:
                return walk_name(walk, node, SPACE_VALUE);
        case TYPE_IDENTIFIER:
                return walk_type(walk, node);
        case QUALIFIED_IDENTIFIER:
        case TEMPLATE_FUNCTION:
        case TEMPLATE_TYPE:
                return named(walk, node);
        case FIELD_EXPRESSION:
                return field(walk, node);
        case CALL_EXPRESSION:
                return call(walk, node);
        case NEW_EXPRESSION:
                return construction(walk, node);
        case THIS:
                return self(walk, node);
        case POINTER_EXPRESSION:
                return pointed(walk, node);
        case SUBSCRIPT_EXPRESSION:
                return element(walk, node);
        case CAST_EXPRESSION:
        case COMPOUND_LITERAL_EXPRESSION:
                return shaped_value(walk, tree_child(tree, node, FIELD_TYPE));
        case CONDITIONAL_EXPRESSION:
                return conditional(walk, node);
        case BINARY_EXPRESSION:
                return binary(walk, node);
        case UNARY_EXPRESSION:
                return unary(walk, node);
        case ASSIGNMENT_EXPRESSION:
        case COMMA_EXPRESSION:
        case UPDATE_EXPRESSION:
        case PARENTHESIZED_EXPRESSION:
        case PARAMETER_PACK_EXPANSION:
                return around_one(walk, node);
        case LAMBDA_EXPRESSION:
                return walk_decl(walk, node) == UNIT_NONE
                               ? UNIT_NONE
                               : walk_expr_decl(walk, walk_decl(walk, node));
        default:
                return literal(walk, node, kind);
        }
}
