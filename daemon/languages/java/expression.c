/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: what they denote or are a value of, as far as the text of this file says it. */
#include "languages/java/front.h"

/* ---- names ---- */

static bool is_class(UnitKind kind)
{
        return kind == UNIT_CLASS || kind == UNIT_INTERFACE || kind == UNIT_ENUM ||
               kind == UNIT_RECORD;
}

uint32_t java_class_at(const Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        for (const Scope *scope = walk_scope_at(walk, node); scope->node;
             scope = &walk->scopes.items[scope->parent]) {
                uint32_t decl = walk_decl(walk, scope->node);
                if (decl == UNIT_NONE || !is_class(builder_decl_at(walk->builder, decl)->kind))
                        continue;
                Node body = tree_child(tree, scope->node, FIELD_BODY);
                if (!body || node > body)
                        return decl;
        }
        return UNIT_NONE;
}

static uint32_t placed_name(Walk *walk, Node node, UnitString word)
{
        return word ? builder_expr(walk->builder, UNIT_EXPR_NAME, word, java_class_at(walk, node))
                    : UNIT_NONE;
}

uint32_t java_name(Walk *walk, Node node, uint32_t space)
{
        uint32_t expr = walk_find(walk, node, space);
        if (expr == UNIT_NONE && space == SPACE_VALUE) /* A.b: A may be a type */
                expr = walk_find(walk, node, SPACE_TYPE);
        return expr == UNIT_NONE ? placed_name(walk, node, walk_string(walk, node)) : expr;
}

UnitString java_method_word(Walk *walk, Node name)
{
        char word[UNIT_NAME_BYTES_MAX];
        size_t length;
        const char *text = tree_text(walk->tree, name, &length);
        if (!length || length + 2 > sizeof(word))
                return 0;
        memcpy(word, text, length);
        memcpy(word + length, "()", 2);
        return builder_string(walk->builder, word, length + 2);
}

uint32_t java_outer_class(Walk *walk, Node node, Node name)
{
        UnitString word = walk_string(walk, name);
        uint32_t decl = java_class_at(walk, node);
        while (decl != UNIT_NONE && (builder_decl_at(walk->builder, decl)->name != word ||
                                     !is_class(builder_decl_at(walk->builder, decl)->kind)))
                decl = builder_decl_at(walk->builder, decl)->container;
        return decl;
}

static uint32_t self_of(Walk *walk, uint32_t class)
{
        return class == UNIT_NONE ? UNIT_NONE
                                  : builder_expr(walk->builder, UNIT_EXPR_SELF, class, UNIT_NONE);
}

static uint32_t super_of(Walk *walk, uint32_t class)
{
        return class == UNIT_NONE ? UNIT_NONE
                                  : builder_expr(walk->builder, UNIT_EXPR_SUPER, class, UNIT_NONE);
}

/* ---- calls ---- */

static uint32_t argument_list(Walk *walk, Node arguments)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, arguments, child)
        items_add(&items, walk_expression(walk, child));
        return items_list(&items, walk->builder);
}

/* A.super.f(), where A is a class around or an interface that the class implements. */
static uint32_t super_before(Walk *walk, Node invocation, Node object)
{
        uint32_t outer = java_outer_class(walk, invocation, object);
        return outer != UNIT_NONE ? super_of(walk, outer)
                                  : walk_value(walk, walk_type(walk, object));
}

uint32_t java_callee(Walk *walk, Node invocation)
{
        const Tree *tree = walk->tree;
        Node object = tree_child(tree, invocation, FIELD_OBJECT),
             name = tree_child(tree, invocation, FIELD_NAME);
        UnitString word = java_method_word(walk, name);
        uint32_t callee;
        if (!object)
                callee = placed_name(walk, invocation, word);
        else if (tree_child_of_kind(tree, invocation, SUPER) != 0 &&
                 tree_kind(tree, object) != SUPER)
                callee = walk_member(walk, super_before(walk, invocation, object), word);
        else
                callee = walk_member(walk, walk_expression(walk, object), word);
        uint32_t list =
                java_type_arguments(walk, tree_child(tree, invocation, FIELD_TYPE_ARGUMENTS));
        return list == UNIT_NONE ? callee
                                 : builder_expr(walk->builder, UNIT_EXPR_APPLY, callee, list);
}

static uint32_t invocation(Walk *walk, Node node)
{
        uint32_t callee = java_callee(walk, node);
        if (callee == UNIT_NONE)
                return UNIT_NONE;
        uint32_t list = argument_list(walk, tree_child(walk->tree, node, FIELD_ARGUMENTS));
        return builder_expr(walk->builder, UNIT_EXPR_CALL, callee, list);
}

/* outer.new Inner(): the type is a member of that value's type. */
static uint32_t created_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE), first = tree_first(tree, node);
        bool outer = first != type && tree->nodes[first].field == 0 &&
                     tree_kind(tree, first) != MARKER_ANNOTATION &&
                     tree_kind(tree, first) != ANNOTATION && first < type;
        if (!outer || tree_kind(tree, first) == TYPE_ARGUMENTS)
                return walk_type(walk, type);
        Node name = tree_kind(tree, type) == GENERIC_TYPE ? tree_first(tree, type) : type;
        return walk_member(walk, walk_expression(walk, first), walk_string(walk, name));
}

uint32_t java_construction(Walk *walk, uint32_t type, Node node)
{
        uint32_t list = argument_list(walk, tree_child(walk->tree, node, FIELD_ARGUMENTS));
        return builder_expr(walk->builder, UNIT_EXPR_NEW, type, list);
}

/* With a body it is a value of the type that the body is, which is made by its base's constructor. */
uint32_t java_creation(Walk *walk, Node node)
{
        uint32_t type = created_type(walk, node);
        return type == UNIT_NONE ? UNIT_NONE : java_construction(walk, type, node);
}

uint32_t java_explicit_construction(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t class = java_class_at(walk, node), type = UNIT_NONE;
        if (class == UNIT_NONE)
                return UNIT_NONE;
        if (tree_kind(tree, tree_child(tree, node, FIELD_CONSTRUCTOR)) == THIS)
                type = walk_expr_decl(walk, class);
        else
                type = builder_expr(walk->builder, UNIT_EXPR_TYPEOF, super_of(walk, class),
                                    UNIT_NONE);
        return builder_expr(walk->builder, UNIT_EXPR_NEW, type,
                            argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS)));
}

/* A::f, this::f, A::new, int[]::new */
static uint32_t method_reference(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node object = tree_first(tree, node), name = 0;
        TREE_FOREACH(tree, node, child)
        if (tree_kind(tree, child) == IDENTIFIER)
                name = child;
        unsigned kind = tree_kind(tree, object);
        bool type = kind == TYPE_IDENTIFIER || kind == SCOPED_TYPE_IDENTIFIER ||
                    kind == GENERIC_TYPE || kind == ARRAY_TYPE;
        uint32_t of = type ? walk_type(walk, object) : walk_expression(walk, object);
        if (tree_child_of_kind(tree, node, T_NEW))
                return kind == ARRAY_TYPE
                               ? UNIT_NONE
                               : walk_member(walk, of, builder_word(walk->builder, "new()"));
        return name && name != object ? walk_member(walk, of, java_method_word(walk, name))
                                      : UNIT_NONE;
}

/* ---- operators and literals ---- */

/* A sum that a text stands in at its left end or at its right is a text. */
static bool is_text(const Tree *tree, Node node)
{
        for (unsigned depth = 0; depth < WALK_DEPTH_MAX; depth++) {
                if (tree_kind(tree, node) == STRING_LITERAL)
                        return true;
                if (tree_kind(tree, node) != BINARY_EXPRESSION ||
                    tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR)) != T_PLUS)
                        return false;
                if (tree_kind(tree, tree_child(tree, node, FIELD_RIGHT)) == STRING_LITERAL)
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
                        return walk_builtin_value(walk, "String");
                return walk_any_of_two(walk, left, right);
        case T_MINUS:
        case T_TIMES:
        case T_DIVIDE:
        case T_REMAINDER:
        case T_AND:
        case T_OR:
        case T_XOR:
                return walk_any_of_two(walk, left, right);
        case T_SHIFT_LEFT:
        case T_SHIFT_RIGHT:
        case T_SHIFT_UNSIGNED:
                return walk_expression(walk, left);
        default:
                return walk_builtin_value(walk, "boolean");
        }
}

static uint32_t number(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node);
        char last = tree->text[tree->nodes[node].end - 1];
        if (kind == DECIMAL_FLOAT || kind == HEX_FLOAT)
                return walk_builtin_value(walk, last == 'f' || last == 'F' ? "float" : "double");
        return walk_builtin_value(walk, last == 'l' || last == 'L' ? "long" : "int");
}

static uint32_t literal(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case STRING_LITERAL:
                return walk_builtin_value(walk, "String");
        case CHARACTER_LITERAL:
                return walk_builtin_value(walk, "char");
        case TRUE_LITERAL:
        case FALSE_LITERAL:
        case INSTANCEOF_EXPRESSION:
                return walk_builtin_value(walk, "boolean");
        case DECIMAL_INTEGER:
        case HEX_INTEGER:
        case OCTAL_INTEGER:
        case BINARY_INTEGER:
        case DECIMAL_FLOAT:
        case HEX_FLOAT:
                return number(walk, node);
        default:
                return UNIT_NONE;
        }
}

static uint32_t array_creation(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_type(walk, tree_child(tree, node, FIELD_TYPE));
        unsigned depth = 0;
        for (Node at = tree_first(tree, node); at && depth < 8; at = tree_next(tree, at))
                if (tree_kind(tree, at) == DIMENSIONS_EXPR) {
                        type = java_array_of(walk, type);
                        depth++;
                } else if (tree_kind(tree, at) == DIMENSIONS) {
                        type = java_array_of_dimensions(walk, type, at);
                }
        return walk_value(walk, type);
}

/* T.class */
static uint32_t class_literal(Walk *walk, Node node)
{
        uint32_t type = walk_type(walk, tree_first(walk->tree, node));
        return walk_value(walk,
                          builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "Class"),
                                       builder_list(walk->builder, &type, 1)));
}

static uint32_t field_access(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node object = tree_child(tree, node, FIELD_OBJECT),
             field = tree_child(tree, node, FIELD_FIELD);
        if (tree_kind(tree, field) == THIS)
                return self_of(walk, java_outer_class(walk, node, object));
        uint32_t of = walk_expression(walk, object);
        return of == UNIT_NONE ? UNIT_NONE : walk_member(walk, of, walk_string(walk, field));
}

/* What the arms of a switch give: case … -> e; */
static uint32_t switched(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        TREE_FOREACH(tree, tree_child(tree, node, FIELD_BODY), rule)
        {
                Node result = 0;
                if (tree_kind(tree, rule) != SWITCH_RULE)
                        continue;
                TREE_FOREACH(tree, rule, child)
                if (tree_kind(tree, child) == EXPRESSION_STATEMENT)
                        result = tree_first(tree, child);
                if (result)
                        items_add(&items, walk_expression(walk, result));
        }
        return items_any(&items, walk->builder);
}

static uint32_t declared(Walk *walk, Node node)
{
        uint32_t decl = walk_decl(walk, node);
        return decl == UNIT_NONE ? UNIT_NONE : walk_expr_decl(walk, decl);
}

uint32_t java_expression(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case IDENTIFIER:
                return java_name(walk, node, SPACE_VALUE);
        case FIELD_ACCESS:
                return field_access(walk, node);
        case METHOD_INVOCATION:
                return invocation(walk, node);
        case OBJECT_CREATION:
                if (tree_child_of_kind(tree, node, CLASS_BODY))
                        return walk_value(
                                walk, declared(walk, tree_child_of_kind(tree, node, CLASS_BODY)));
                return java_creation(walk, node);
        case METHOD_REFERENCE:
                return method_reference(walk, node);
        case LAMBDA_EXPRESSION:
                return declared(walk, node);
        case THIS:
                return self_of(walk, java_class_at(walk, node));
        case SUPER:
                return super_of(walk, java_class_at(walk, node));
        case ARRAY_ACCESS:
                return builder_expr(walk->builder, UNIT_EXPR_ELEMENT,
                                    walk_expression(walk, tree_child(tree, node, FIELD_ARRAY)),
                                    UNIT_NONE);
        case ARRAY_CREATION:
                return array_creation(walk, node);
        case CLASS_LITERAL:
                return class_literal(walk, node);
        case CAST_EXPRESSION:
                return walk_value(walk, walk_type(walk, tree_child(tree, node, FIELD_TYPE)));
        case PARENTHESIZED_EXPRESSION:
        case UPDATE_EXPRESSION:
                return walk_expression(walk, tree_first(tree, node));
        case UNARY_EXPRESSION:
                if (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR)) == T_NOT)
                        return walk_builtin_value(walk, "boolean");
                return walk_expression(walk, tree_child(tree, node, FIELD_OPERAND));
        case ASSIGNMENT_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_LEFT));
        case BINARY_EXPRESSION:
                return binary(walk, node);
        case TERNARY_EXPRESSION:
                return walk_any_of_two(walk, tree_child(tree, node, FIELD_CONSEQUENCE),
                                       tree_child(tree, node, FIELD_ALTERNATIVE));
        case SWITCH_EXPRESSION:
                return switched(walk, node);
        default:
                return literal(walk, node);
        }
}
