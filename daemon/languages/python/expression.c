/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: what they denote or are a value of, as far as the text of this file says it. */
#include "languages/python/front.h"

#define ELEMENTS_MAX 8 /* of a display that are looked at for its type */

uint32_t python_value_of_generic(Walk *walk, const char *builtin, const uint32_t *values,
                                 size_t count)
{
        uint32_t types[2];
        bool known = false;
        for (size_t i = 0; i < count && i < G_N_ELEMENTS(types); i++) {
                types[i] = builder_expr(walk->builder, UNIT_EXPR_TYPEOF, values[i], UNIT_NONE);
                known |= types[i] != UNIT_NONE;
        }
        uint32_t type = walk_builtin(walk, builtin);
        if (known)
                type = builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                                    builder_list(walk->builder, types, count));
        return walk_value(walk, type);
}

uint32_t python_call_member(Walk *walk, uint32_t object, const char *name)
{
        if (object == UNIT_NONE)
                return UNIT_NONE;
        uint32_t member = walk_member(walk, object, builder_word(walk->builder, name));
        return builder_expr(walk->builder, UNIT_EXPR_CALL, member,
                            builder_list(walk->builder, NULL, 0));
}

/* ---- calls ---- */

static uint32_t argument_list(Walk *walk, Node arguments)
{
        Items items = {0};
        if (tree_kind(walk->tree, arguments) != ARGUMENT_LIST)
                return UNIT_NONE;
        TREE_FOREACH(walk->tree, arguments, child)
        {
                unsigned kind = tree_kind(walk->tree, child);
                if (kind == LIST_SPLAT) {
                        items_clear(&items);
                        return UNIT_NONE;
                }
                if (kind != KEYWORD_ARGUMENT && kind != DICTIONARY_SPLAT)
                        items_add(&items, walk_expression(walk, child));
        }
        return items_list(&items, walk->builder);
}

uint32_t python_argument_count(const Tree *tree, Node arguments)
{
        uint32_t count = 0;
        if (tree_kind(tree, arguments) != ARGUMENT_LIST)
                return arguments ? 1 : 0; /* a generator */
        TREE_FOREACH(tree, arguments, child)
        {
                unsigned kind = tree_kind(tree, child);
                if (kind == LIST_SPLAT || kind == DICTIONARY_SPLAT)
                        return 255;
                count++;
        }
        return MIN(count, 255);
}

/* super(), type(x), next(x), __new__(C), cast(T, x): what they give is no matter of their declarations. */
static bool called_by_name(Walk *walk, Node node, Node function, uint32_t *ret)
{
        const Tree *tree = walk->tree;
        Node first = tree_first(tree, tree_child(tree, node, FIELD_ARGUMENTS));
        Node name = python_last_name(tree, function);
        if (tree_is(tree, name, "super") && name == function) {
                uint32_t scope = python_class_scope(walk, tree->nodes[node].scope);
                uint32_t decl = scope ? walk->scopes.items[scope].decl : UNIT_NONE;
                *ret = decl == UNIT_NONE
                               ? UNIT_NONE
                               : builder_expr(walk->builder, UNIT_EXPR_SUPER, decl, UNIT_NONE);
                return true;
        }
        if (tree_is(tree, name, "type") && name == function && first && !tree_next(tree, first)) {
                *ret = builder_expr(walk->builder, UNIT_EXPR_TYPEOF, walk_expression(walk, first),
                                    UNIT_NONE);
                return true;
        }
        if (tree_is(tree, name, "next") && name == function && first) {
                *ret = python_call_member(walk, walk_expression(walk, first), "__next__");
                return true;
        }
        if (tree_is(tree, name, "__new__") && first) { /* object.__new__(C) */
                *ret = walk_value(walk, walk_expression(walk, first));
                return true;
        }
        if (tree_is(tree, name, "cast") && first && tree_next(tree, first)) {
                *ret = walk_value(walk, walk_type(walk, first));
                return true;
        }
        return false;
}

static uint32_t call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node function = tree_child(tree, node, FIELD_FUNCTION);
        uint32_t result = python_called_module(walk, node);
        if (result != UNIT_NONE || called_by_name(walk, node, function, &result))
                return result;
        uint32_t callee = walk_expression(walk, function);
        if (callee == UNIT_NONE)
                return UNIT_NONE;
        uint32_t list = argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS));
        return builder_expr(walk->builder, UNIT_EXPR_CALL, callee, list);
}

/* ---- members and elements ---- */

static uint32_t attribute(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_ATTRIBUTE);
        uint32_t narrowed = python_narrowed(walk, node);
        if (narrowed != UNIT_NONE)
                return narrowed;
        uint32_t object = walk_expression(walk, tree_child(tree, node, FIELD_OBJECT));
        if (object == UNIT_NONE)
                return UNIT_NONE;
        if (tree_is(tree, name, "__class__"))
                return builder_expr(walk->builder, UNIT_EXPR_TYPEOF, object, UNIT_NONE);
        return walk_member(walk, object, walk_string(walk, name));
}

static uint32_t subscript(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (python_is_type(walk, node))
                return walk_type(walk, node);
        uint32_t object = walk_expression(walk, tree_child(tree, node, FIELD_VALUE)), key;
        Node index = tree_child(tree, node, FIELD_SUBSCRIPT);
        if (object == UNIT_NONE)
                return UNIT_NONE;
        if (tree_kind(tree, index) == SLICE)
                return object;
        key = tree_kind(tree, index) == INTEGER ? walk_string(walk, index) : 0;
        if (!key) /* without one it would be what iterating gives */
                key = builder_word(walk->builder, "[]");
        return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, object, key);
}

/* ---- operators ---- */

static uint32_t boolean_operator(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT), right = tree_child(tree, node, FIELD_RIGHT);
        return tree_child_of_kind(tree, node, T_OR) ? walk_any_of_two(walk, left, right)
                                                    : walk_expression(walk, right);
}

/* The left side's own operator tells what comes of it. */
static uint32_t binary_operator(Walk *walk, Node node)
{
        static const struct {
                const char *sign, *member;
        } operators[] = {{"+", "__add__"}, {"-", "__sub__"}, {"*", "__mul__"}, {"/", "__truediv__"},
                         {"%", "__mod__"}, {"|", "__or__"},  {"&", "__and__"}, {"@", "__matmul__"}};
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT), right = tree_child(tree, node, FIELD_RIGHT);
        uint32_t object = walk_expression(walk, left), argument = walk_expression(walk, right);
        /* the sign stands between both */
        uint32_t at = tree->nodes[left].end;
        while (at < tree->nodes[right].start && strchr(" \t\n\\)", tree->text[at]))
                at++;
        for (unsigned i = 0; object != UNIT_NONE && i < G_N_ELEMENTS(operators); i++)
                if (tree->text[at] == operators[i].sign[0] && at < tree->nodes[right].start) {
                        uint32_t member = walk_member(
                                walk, object, builder_word(walk->builder, operators[i].member));
                        return builder_expr(walk->builder, UNIT_EXPR_CALL, member,
                                            builder_list(walk->builder, &argument, 1));
                }
        return UNIT_NONE;
}

/* a if c else b */
static uint32_t conditional(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node first = tree_first(tree, node), condition = tree_next(tree, first);
        return walk_any_of_two(walk, first, condition ? tree_next(tree, condition) : 0);
}

/* ---- displays ---- */

/* What the elements of a list or set are. */
static uint32_t elements(Walk *walk, Node node)
{
        Items items = {0};
        unsigned count = 0;
        TREE_FOREACH(walk->tree, node, child)
        {
                if (++count > ELEMENTS_MAX)
                        break;
                bool splat = tree_kind(walk->tree, child) == LIST_SPLAT;
                uint32_t expr =
                        walk_expression(walk, splat ? tree_first(walk->tree, child) : child);
                items_add(&items,
                          splat ? builder_expr(walk->builder, UNIT_EXPR_ELEMENT, expr, UNIT_NONE)
                                : expr);
        }
        return items_any(&items, walk->builder);
}

static uint32_t display(Walk *walk, Node node, const char *builtin)
{
        uint32_t element = elements(walk, node);
        return python_value_of_generic(walk, builtin, &element, 1);
}

static uint32_t dictionary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items keys = {0}, values = {0};
        unsigned count = 0;
        TREE_FOREACH(tree, node, child)
        {
                if (++count > ELEMENTS_MAX)
                        break;
                if (tree_kind(tree, child) != PAIR)
                        continue;
                items_add(&keys, walk_expression(walk, tree_child(tree, child, FIELD_KEY)));
                items_add(&values, walk_expression(walk, tree_child(tree, child, FIELD_VALUE)));
        }
        uint32_t both[2] = {items_any(&keys, walk->builder), 0};
        both[1] = items_any(&values, walk->builder);
        return python_value_of_generic(walk, "dict", both, 2);
}

static uint32_t tuple(Walk *walk, Node node)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, node, child)
        {
                if (tree_kind(walk->tree, child) == LIST_SPLAT) {
                        items_clear(&items);
                        return python_value_of(walk, "tuple");
                }
                items_add(&items, builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                                               walk_expression(walk, child), UNIT_NONE));
        }
        return walk_value(walk, builder_expr(walk->builder, UNIT_EXPR_TUPLE, UNIT_NONE,
                                             items_list(&items, walk->builder)));
}

static uint32_t comprehension(Walk *walk, Node node, const char *builtin)
{
        const Tree *tree = walk->tree;
        Node body = tree_child(tree, node, FIELD_BODY);
        if (tree_kind(tree, body) == PAIR) {
                uint32_t both[2] = {walk_expression(walk, tree_child(tree, body, FIELD_KEY)), 0};
                both[1] = walk_expression(walk, tree_child(tree, body, FIELD_VALUE));
                return python_value_of_generic(walk, builtin, both, 2);
        }
        uint32_t element = walk_expression(walk, body);
        return python_value_of_generic(walk, builtin, &element, 1);
}

static uint32_t text(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        const char *prefix = tree->text + tree->nodes[node].start;
        bool bytes = false;
        for (unsigned i = 0; i < 2 && g_ascii_isalpha(prefix[i]); i++)
                bytes |= prefix[i] == 'b' || prefix[i] == 'B';
        return python_value_of(walk, bytes ? "bytes" : "str");
}

/* ---- the whole ---- */

static uint32_t literal(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case STRING:
                return text(walk, node);
        case CONCATENATED_STRING:
                return text(walk, tree_first(walk->tree, node));
        case INTEGER:
                return python_value_of(walk, "int");
        case FLOAT:
                return python_value_of(walk, "float");
        case TRUE_LITERAL:
        case FALSE_LITERAL:
        case NOT_OPERATOR:
        case COMPARISON_OPERATOR:
                return python_value_of(walk, "bool");
        case LIST_DISPLAY:
                return display(walk, node, "list");
        case SET_DISPLAY:
                return display(walk, node, "set");
        case DICTIONARY:
                return dictionary(walk, node);
        case TUPLE_DISPLAY:
        case EXPRESSION_LIST:
                return tuple(walk, node);
        case LIST_COMPREHENSION:
                return comprehension(walk, node, "list");
        case SET_COMPREHENSION:
                return comprehension(walk, node, "set");
        case DICTIONARY_COMPREHENSION:
                return comprehension(walk, node, "dict");
        case GENERATOR_EXPRESSION:
                return comprehension(walk, node, "Generator");
        default:
                return UNIT_NONE;
        }
}

uint32_t python_expression(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case IDENTIFIER:
                return python_name(walk, node);
        case ATTRIBUTE:
                return attribute(walk, node);
        case CALL:
                return call(walk, node);
        case SUBSCRIPT:
                return subscript(walk, node);
        case AWAIT:
                return builder_expr(walk->builder, UNIT_EXPR_AWAIT,
                                    walk_expression(walk, tree_first(tree, node)), UNIT_NONE);
        case PARENTHESIZED_EXPRESSION:
        case UNARY_OPERATOR:
        case DOTTED_NAME:
                return walk_expression(walk, tree_first(tree, node));
        case NAMED_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_VALUE));
        case CONDITIONAL_EXPRESSION:
                return conditional(walk, node);
        case BOOLEAN_OPERATOR:
                return boolean_operator(walk, node);
        case BINARY_OPERATOR:
                return binary_operator(walk, node);
        case LAMBDA:
                return walk_decl(walk, node) == UNIT_NONE
                               ? UNIT_NONE
                               : walk_expr_decl(walk, walk_decl(walk, node));
        default:
                return literal(walk, node);
        }
}
