/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: what they denote or are a value of, as far as the text of this file says it. References are told like what they refer to. */
#include "languages/rust/front.h"

#define ARMS_MAX 8 /* of a match that are looked at for its value */

uint32_t rust_element(Walk *walk, uint32_t of, const char *key)
{
        if (of == UNIT_NONE)
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, of,
                            key ? builder_word(walk->builder, key) : UNIT_NONE);
}

static uint32_t type_of(Walk *walk, uint32_t value)
{
        return value == UNIT_NONE ? UNIT_NONE
                                  : builder_expr(walk->builder, UNIT_EXPR_TYPEOF, value, UNIT_NONE);
}

static uint32_t value_of_type(Walk *walk, Node type)
{
        uint32_t expr = type ? walk_type(walk, type) : UNIT_NONE;
        return expr == UNIT_NONE ? UNIT_NONE : walk_value(walk, expr);
}

/* ---- calls and members ---- */

static uint32_t argument_list(Walk *walk, Node arguments)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, arguments, child)
        items_add(&items, walk_expression(walk, child));
        return items_list(&items, walk->builder);
}

/* x.name(): a method, also where there is a field of that name. It is the member "name()", which the resolver understands. */
uint32_t rust_method(Walk *walk, uint32_t object, Node node)
{
        UnitString name = walk_string(walk, node);
        g_autofree char *word = g_strconcat(builder_text(walk->builder, name), "()", NULL);
        if (object == UNIT_NONE || !name || strlen(word) > UNIT_NAME_BYTES_MAX)
                return UNIT_NONE;
        return walk_member(walk, object, builder_word(walk->builder, word));
}

uint32_t rust_callee(Walk *walk, Node callee)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, callee) == FIELD_EXPRESSION)
                return rust_method(walk,
                                   walk_expression(walk, tree_child(tree, callee, FIELD_VALUE)),
                                   tree_child(tree, callee, FIELD_FIELD));
        if (tree_kind(tree, callee) != GENERIC_FUNCTION)
                return walk_expression(walk, callee);
        uint32_t function = rust_callee(walk, tree_child(tree, callee, FIELD_FUNCTION));
        return function == UNIT_NONE
                       ? UNIT_NONE
                       : builder_expr(walk->builder, UNIT_EXPR_APPLY, function,
                                      rust_type_arguments(walk, tree_child(tree, callee,
                                                                           FIELD_TYPE_ARGUMENTS)));
}

static uint32_t call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t callee = rust_callee(walk, tree_child(tree, node, FIELD_FUNCTION));
        if (callee == UNIT_NONE)
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_CALL, callee,
                            argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS)));
}

/* x.name, or x.0 */
static uint32_t field(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t value = walk_expression(walk, tree_child(tree, node, FIELD_VALUE));
        Node name = tree_child(tree, node, FIELD_FIELD);
        UnitString word = walk_string(walk, name);
        if (value == UNIT_NONE || !word)
                return UNIT_NONE;
        if (tree_kind(tree, name) == INTEGER_LITERAL)
                return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, value, word);
        return walk_member(walk, value, word);
}

static uint32_t macro(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_MACRO);
        if (tree_is(tree, name, "format"))
                return walk_builtin_value(walk, "String");
        return tree_is(tree, name, "vec") ? walk_builtin_value(walk, "Vec") : UNIT_NONE;
}

/* ---- blocks ---- */

/* The expression that a block ends with, if it does. */
static uint32_t tail(Walk *walk, Node block)
{
        const Tree *tree = walk->tree;
        Node last = 0;
        TREE_FOREACH(tree, block, child)
        last = child;
        if (tree_kind(tree, last) == EXPRESSION_STATEMENT) {
                uint32_t end = tree->nodes[last].end;
                last = end && tree->text[end - 1] == ';' ? 0 : tree_first(tree, last);
        }
        return last ? walk_expression(walk, last) : UNIT_NONE;
}

static uint32_t conditional(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node other = tree_child(tree, node, FIELD_ALTERNATIVE);
        uint32_t both[] = {walk_expression(walk, tree_child(tree, node, FIELD_CONSEQUENCE)),
                           other ? walk_expression(walk, tree_first(tree, other)) : UNIT_NONE};
        return builder_any(walk->builder, both, 2);
}

static uint32_t match(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        unsigned arms = 0;
        TREE_FOREACH(tree, tree_child(tree, node, FIELD_BODY), arm)
        if (tree_kind(tree, arm) == MATCH_ARM && arms++ < ARMS_MAX)
                items_add(&items, walk_expression(walk, tree_child(tree, arm, FIELD_VALUE)));
        return items_any(&items, walk->builder);
}

/* ---- operators and literals ---- */

static uint32_t binary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR))) {
        case T_EQUAL:
        case T_UNEQUAL:
        case T_LESS:
        case T_LESS_EQUAL:
        case T_GREATER:
        case T_GREATER_EQUAL:
        case T_BOTH:
        case T_EITHER:
                return walk_builtin_value(walk, "bool");
        default:
                return walk_expression(walk, tree_child(tree, node, FIELD_LEFT));
        }
}

static uint32_t subscript(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node object = tree_first(tree, node), index = tree_next(tree, object);
        uint32_t value = walk_expression(walk, object);
        return tree_kind(tree, index) == RANGE_EXPRESSION ? value : rust_element(walk, value, "[]");
}

static uint32_t tuple(Walk *walk, Node node)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, node, child)
        items_add(&items, type_of(walk, walk_expression(walk, child)));
        return walk_value(walk, builder_expr(walk->builder, UNIT_EXPR_TUPLE, 0,
                                             items_list(&items, walk->builder)));
}

static uint32_t array(Walk *walk, Node node)
{
        uint32_t element = type_of(walk, walk_expression(walk, tree_first(walk->tree, node)));
        return walk_value(walk,
                          builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "slice"),
                                       builder_list(walk->builder, &element, 1)));
}

static uint32_t literal(Walk *walk, unsigned kind)
{
        switch (kind) {
        case STRING_LITERAL:
        case RAW_STRING_LITERAL:
                return walk_builtin_value(walk, "str");
        case CHAR_LITERAL:
                return walk_builtin_value(walk, "char");
        case INTEGER_LITERAL:
                return walk_builtin_value(walk, "i32");
        case FLOAT_LITERAL:
                return walk_builtin_value(walk, "f64");
        case BOOLEAN_LITERAL:
                return walk_builtin_value(walk, "bool");
        default:
                return UNIT_NONE;
        }
}

static uint32_t compound(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case BLOCK:
                return tail(walk, node);
        case IF_EXPRESSION:
                return conditional(walk, node);
        case MATCH_EXPRESSION:
                return match(walk, node);
        case MACRO_INVOCATION:
                return macro(walk, node);
        case TUPLE_EXPRESSION:
                return tuple(walk, node);
        case ARRAY_EXPRESSION:
                return array(walk, node);
        case STRUCT_EXPRESSION:
                return value_of_type(walk, tree_child(tree, node, FIELD_NAME));
        case TYPE_CAST:
                return value_of_type(walk, tree_child(tree, node, FIELD_TYPE));
        case CLOSURE:
                return walk_decl(walk, node) == UNIT_NONE
                               ? UNIT_NONE
                               : walk_expr_decl(walk, walk_decl(walk, node));
        default:
                return literal(walk, tree_kind(tree, node));
        }
}

uint32_t rust_expression(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case IDENTIFIER:
        case SCOPED_IDENTIFIER:
                return rust_path(walk, node, SPACE_VALUE);
        case SELF:
                return rust_self_value(walk, node);
        case FIELD_EXPRESSION:
                return field(walk, node);
        case CALL_EXPRESSION:
                return call(walk, node);
        case GENERIC_FUNCTION:
                return rust_callee(walk, node);
        case REFERENCE_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_VALUE));
        case UNARY_EXPRESSION:
        case PARENTHESIZED:
        case UNSAFE_BLOCK:
        case ASYNC_BLOCK:
        case AWAIT_EXPRESSION:
                return walk_expression(walk, tree_first(tree, node));
        case TRY_EXPRESSION:
                return rust_element(walk, walk_expression(walk, tree_first(tree, node)), "?");
        case INDEX_EXPRESSION:
                return subscript(walk, node);
        case BINARY_EXPRESSION:
                return binary(walk, node);
        default:
                return compound(walk, node);
        }
}
