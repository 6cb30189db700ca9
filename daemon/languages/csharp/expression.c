/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: what they denote or are a value of, as far as the text of this file says it. */
#include "languages/csharp/front.h"

#define ARRAY_ELEMENTS_MAX 4 /* of an array without a written type that are looked at */

Node csharp_operand(const Tree *tree, Node node)
{
        Node first = tree_first(tree, node);
        if (!first)
                first = tree_child_of_kind(tree, node, T_THIS);
        return first ? first : tree_child_of_kind(tree, node, T_BASE);
}

/* ---- names ---- */

static bool is_class(UnitKind kind)
{
        return kind == UNIT_CLASS || kind == UNIT_INTERFACE || kind == UNIT_STRUCT ||
               kind == UNIT_ENUM;
}

static uint32_t innermost(const Walk *walk, Node node, bool namespaces)
{
        const Tree *tree = walk->tree;
        for (const Scope *scope = walk_scope_at(walk, node); scope->node;
             scope = &walk->scopes.items[scope->parent]) {
                uint32_t decl = walk_decl(walk, scope->node);
                UnitKind kind = decl == UNIT_NONE ? 0 : builder_decl_at(walk->builder, decl)->kind;
                if (kind == UNIT_NAMESPACE && namespaces)
                        return decl;
                Node body = tree_child(tree, scope->node, FIELD_BODY);
                if (is_class(kind) && body && node > body)
                        return decl;
        }
        return namespaces && walk->state[STATE_NAMESPACE] ? walk->state[STATE_NAMESPACE] - 1
                                                          : UNIT_NONE;
}

uint32_t csharp_place_of(const Walk *walk, Node node)
{
        return innermost(walk, node, /* namespaces= */ true);
}

uint32_t csharp_class_at(const Walk *walk, Node node)
{
        return innermost(walk, node, /* namespaces= */ false);
}

uint32_t csharp_word(Walk *walk, Node node, UnitString word)
{
        if (!word)
                return UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_NAME, word,
                            node ? csharp_place_of(walk, node) : UNIT_NONE);
}

uint32_t csharp_name(Walk *walk, Node node, uint32_t space)
{
        uint32_t expr = walk_find(walk, node, space);
        if (expr == UNIT_NONE && space == SPACE_VALUE) /* T.A: T may be a type */
                expr = walk_find(walk, node, SPACE_TYPE);
        return expr == UNIT_NONE ? csharp_word(walk, node, walk_string(walk, node)) : expr;
}

static uint32_t of_class(Walk *walk, Node node, UnitOp op)
{
        uint32_t class = csharp_class_at(walk, node);
        return class == UNIT_NONE ? UNIT_NONE : builder_expr(walk->builder, op, class, UNIT_NONE);
}

/* ---- operators and literals ---- */

static bool is_string(unsigned kind)
{
        return kind == STRING_LITERAL || kind == VERBATIM_STRING || kind == RAW_STRING ||
               kind == INTERPOLATED_STRING;
}

/* A sum that a text stands in at its left end or at its right is a text. */
static bool is_text(const Tree *tree, Node node)
{
        for (unsigned depth = 0; depth < WALK_DEPTH_MAX; depth++) {
                if (is_string(tree_kind(tree, node)))
                        return true;
                if (tree_kind(tree, node) != BINARY_EXPRESSION ||
                    tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR)) != T_PLUS)
                        return false;
                if (is_string(tree_kind(tree, tree_child(tree, node, FIELD_RIGHT))))
                        return true;
                node = tree_child(tree, node, FIELD_LEFT);
        }
        return false;
}

static uint32_t binary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT), right = tree_child(tree, node, FIELD_RIGHT);
        switch (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR))) {
        case T_PLUS:
                if (is_text(tree, node))
                        return walk_builtin_value(walk, "string");
                return walk_any_of_two(walk, left, right);
        case T_MINUS:
        case T_TIMES:
        case T_DIVIDE:
        case T_REMAINDER:
        case T_AND:
        case T_OR:
        case T_XOR:
        case T_COALESCE:
                return walk_any_of_two(walk, left, right);
        case T_SHIFT_LEFT:
        case T_SHIFT_RIGHT:
                return walk_expression(walk, left);
        default:
                return walk_builtin_value(walk, "bool");
        }
}

static uint32_t number(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        char last = g_ascii_tolower(tree->text[tree->nodes[node].end - 1]);
        if (tree_kind(tree, node) == REAL_LITERAL)
                return walk_builtin_value(walk, last == 'f'   ? "float"
                                                : last == 'm' ? "decimal"
                                                              : "double");
        return walk_builtin_value(walk, last == 'l' ? "long" : last == 'u' ? "uint" : "int");
}

static uint32_t literal(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case STRING_LITERAL:
        case VERBATIM_STRING:
        case RAW_STRING:
        case INTERPOLATED_STRING:
                return walk_builtin_value(walk, "string");
        case CHARACTER_LITERAL:
                return walk_builtin_value(walk, "char");
        case BOOLEAN_LITERAL:
        case IS_EXPRESSION:
        case IS_PATTERN:
                return walk_builtin_value(walk, "bool");
        case SIZEOF_EXPRESSION:
                return walk_builtin_value(walk, "int");
        case INTEGER_LITERAL:
        case REAL_LITERAL:
                return number(walk, node);
        case TYPEOF_EXPRESSION:
                return walk_builtin_value(walk, "Type");
        default:
                return UNIT_NONE;
        }
}

/* ---- what is made, and parts of it ---- */

static uint32_t implicit_array(Walk *walk, Node node)
{
        Items items = {0};
        unsigned count = 0;
        TREE_FOREACH(walk->tree, tree_child_of_kind(walk->tree, node, INITIALIZER), child)
        if (count++ < ARRAY_ELEMENTS_MAX)
                items_add(&items, walk_expression(walk, child));
        uint32_t element = builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                                        items_any(&items, walk->builder), UNIT_NONE);
        return element == UNIT_NONE ? UNIT_NONE : walk_value(walk, csharp_array_of(walk, element));
}

/* What an indexer gives; what iterating gives has no key. */
static uint32_t element_of(Walk *walk, Node object)
{
        return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, walk_expression(walk, object),
                            builder_word(walk->builder, "[]"));
}

/* a?.b…: what stands after it, which says for itself what it is a member of. */
static uint32_t conditional_access(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node condition = tree_child(tree, node, FIELD_CONDITION), last = 0;
        TREE_FOREACH(tree, node, child)
        if (child != condition)
                last = child;
        return tree_kind(tree, last) == ELEMENT_BINDING ? element_of(walk, condition)
                                                        : walk_expression(walk, last);
}

static uint32_t switched(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        TREE_FOREACH(tree, node, arm)
        {
                Node last = 0;
                if (tree_kind(tree, arm) != SWITCH_ARM)
                        continue;
                TREE_FOREACH(tree, arm, child)
                last = child;
                items_add(&items, walk_expression(walk, last));
        }
        return items_any(&items, walk->builder);
}

static uint32_t tuple(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        TREE_FOREACH(tree, node, argument)
        items_add(&items,
                  builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                               walk_expression(walk, csharp_operand(tree, argument)), UNIT_NONE));
        uint32_t type =
                builder_expr(walk->builder, UNIT_EXPR_TUPLE, 0, items_list(&items, walk->builder));
        return type == UNIT_NONE ? UNIT_NONE : walk_value(walk, type);
}

static uint32_t declared(Walk *walk, Node node)
{
        uint32_t decl = walk_decl(walk, node);
        return decl == UNIT_NONE ? UNIT_NONE : walk_expr_decl(walk, decl);
}

/* from x in xs … select e: values of e, one for each. */
static uint32_t query(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node select = tree_child_of_kind(tree, node, SELECT_CLAUSE);
        uint32_t value = walk_expression(walk, csharp_operand(tree, select));
        uint32_t element = builder_expr(walk->builder, UNIT_EXPR_TYPEOF, value, UNIT_NONE);
        if (element == UNIT_NONE)
                return UNIT_NONE;
        return walk_value(walk, builder_expr(walk->builder, UNIT_EXPR_APPLY,
                                             walk_builtin(walk, "IEnumerable"),
                                             builder_list(walk->builder, &element, 1)));
}

static uint32_t typed(Walk *walk, Node type)
{
        return walk_value(walk, walk_type(walk, type));
}

static uint32_t composed(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case ELEMENT_ACCESS:
                return element_of(walk, tree_child(tree, node, FIELD_EXPRESSION));
        case CONDITIONAL_ACCESS:
                return conditional_access(walk, node);
        case ARRAY_CREATION:
        case DEFAULT_EXPRESSION:
        case CAST_EXPRESSION:
        case DECLARATION_EXPRESSION:
                return typed(walk, tree_child(tree, node, FIELD_TYPE));
        case AS_EXPRESSION:
                return typed(walk, tree_child(tree, node, FIELD_RIGHT));
        case IMPLICIT_ARRAY_CREATION:
                return implicit_array(walk, node);
        case AWAIT_EXPRESSION:
                return builder_expr(walk->builder, UNIT_EXPR_AWAIT,
                                    walk_expression(walk, csharp_operand(tree, node)), UNIT_NONE);
        case UNARY_EXPRESSION:
        case PREFIX_UNARY:
                if (tree_child_of_kind(tree, node, T_NOT))
                        return walk_builtin_value(walk, "bool");
                return walk_expression(walk, csharp_operand(tree, node));
        case ASSIGNMENT_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_LEFT));
        case BINARY_EXPRESSION:
                return binary(walk, node);
        case CONDITIONAL_EXPRESSION:
                return walk_any_of_two(walk, tree_child(tree, node, FIELD_CONSEQUENCE),
                                       tree_child(tree, node, FIELD_ALTERNATIVE));
        case SWITCH_EXPRESSION:
                return switched(walk, node);
        case TUPLE_EXPRESSION:
                return tuple(walk, node);
        case QUERY_EXPRESSION:
                return query(walk, node);
        default:
                return literal(walk, node);
        }
}

uint32_t csharp_expression(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case IDENTIFIER:
                return csharp_name(walk, node, SPACE_VALUE);
        case GENERIC_NAME:
        case QUALIFIED_NAME:
        case ALIAS_QUALIFIED_NAME:
        case PREDEFINED_TYPE:
        case NULLABLE_TYPE:
                return walk_type(walk, node);
        case MEMBER_ACCESS:
        case MEMBER_BINDING:
                return csharp_member(walk, node);
        case INVOCATION_EXPRESSION:
                return csharp_invocation(walk, node);
        case OBJECT_CREATION:
        case IMPLICIT_CREATION:
                return csharp_creation(walk, node);
        case T_THIS:
                return of_class(walk, node, UNIT_EXPR_SELF);
        case T_BASE:
                return of_class(walk, node, UNIT_EXPR_SUPER);
        case LAMBDA_EXPRESSION:
        case ANONYMOUS_METHOD:
                return declared(walk, node);
        case PARENTHESIZED_EXPRESSION:
        case CHECKED_EXPRESSION:
        case REF_EXPRESSION:
        case POSTFIX_UNARY:
        case WITH_EXPRESSION:
        case ARROW_CLAUSE:
                return walk_expression(walk, csharp_operand(tree, node));
        default:
                return composed(walk, node);
        }
}
