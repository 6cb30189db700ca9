/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second pass over declarations: types, values, bases, parameters; and what lambdas are passed. */
#include "languages/csharp/front.h"

#define RETURNS_MAX 8 /* of one lambda that are looked at for its value */

static uint32_t decl_list(Walk *walk, Node list)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        bool receiver = true;
        TREE_FOREACH(tree, list, child)
        {
                bool own = tree_kind(tree, child) != PARAMETER || !receiver ||
                           !csharp_has_modifier(tree, child, "this");
                if (walk_decl(walk, child) != UNIT_NONE && own)
                        items_add(&items, walk_decl(walk, child));
                receiver = false;
        }
        return items_list(&items, walk->builder);
}

static uint32_t type_parameters(Walk *walk, Node node)
{
        Node list = tree_child(walk->tree, node, FIELD_TYPE_PARAMETERS);
        if (!list)
                list = tree_child_of_kind(walk->tree, node, TYPE_PARAMETER_LIST);
        return list ? decl_list(walk, list) : UNIT_NONE;
}

static uint32_t parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node list = tree_child(tree, node, FIELD_PARAMETERS);
        if (!list)
                list = tree_child_of_kind(tree, node, PARAMETER_LIST);
        if (tree_kind(tree, list) == IMPLICIT_PARAMETER) {
                uint32_t one = walk_decl(walk, list);
                return one == UNIT_NONE ? UNIT_NONE : builder_list(walk->builder, &one, 1);
        }
        return list ? decl_list(walk, list) : UNIT_NONE;
}

/* ---- types ---- */

static void lower_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        TREE_FOREACH(tree, tree_child_of_kind(tree, node, BASE_LIST), child)
        {
                uint32_t type = walk_type(walk, child);
                if (type != UNIT_NONE)
                        items_add(&items, type);
        }
        uint32_t bases = items.count ? items_list(&items, walk->builder) : UNIT_NONE;
        uint32_t generic = type_parameters(walk, node), own = parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, walk_decl(walk, node));
        decl->bases = bases;
        decl->type_parameters = generic;
        decl->parameters = own;
}

/* where T : A, B */
static void lower_constraints(Walk *walk, Node clause)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        uint32_t parameter = walk_find(walk, tree_first(tree, clause), SPACE_TYPE);
        TREE_FOREACH(tree, clause, child)
        {
                uint32_t type = walk_type(walk, tree_child(tree, child, FIELD_TYPE));
                if (type != UNIT_NONE)
                        items_add(&items, type);
        }
        uint32_t bounds = items_any(&items, walk->builder);
        if (parameter == UNIT_NONE ||
            builder_expr_at(walk->builder, parameter)->op != UNIT_EXPR_DECL)
                return;
        builder_decl_at(walk->builder, builder_expr_at(walk->builder, parameter)->a)->type = bounds;
}

static void lower_delegate(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node list = tree_child(tree, node, FIELD_PARAMETERS);
        uint32_t function = walk_decl(walk, list), generic = type_parameters(walk, node);
        uint32_t result = walk_type(walk, tree_child(tree, node, FIELD_TYPE));
        uint32_t own = parameters(walk, node);
        if (function == UNIT_NONE)
                return;
        builder_decl_at(walk->builder, function)->type = result;
        builder_decl_at(walk->builder, function)->parameters = own;
        uint32_t type = walk_expr_decl(walk, function);
        UnitDecl *decl = builder_decl_at(walk->builder, walk_decl(walk, node));
        decl->type = type;
        decl->type_parameters = generic;
}

/* ---- functions ---- */

static uint32_t returned(Walk *walk, Node body)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        unsigned count = 0;
        if (tree_kind(tree, body) != BLOCK)
                return walk_expression(walk, body);
        for (Node node = body + 1; node < tree->nodes[body].next && count < RETURNS_MAX; node++) {
                unsigned kind = tree_kind(tree, node);
                bool returns = kind == RETURN_STATEMENT;
                if (returns) {
                        items_add(&items, walk_expression(walk, csharp_operand(tree, node)));
                        count++;
                }
                if (returns || kind == LAMBDA_EXPRESSION || kind == ANONYMOUS_METHOD ||
                    kind == LOCAL_FUNCTION)
                        node = tree->nodes[node].next - 1;
        }
        return items_any(&items, walk->builder);
}

static uint32_t receiver_type(Walk *walk, Node node)
{
        Node first = tree_first(walk->tree, tree_child(walk->tree, node, FIELD_PARAMETERS));
        return walk_type(walk, tree_child(walk->tree, first, FIELD_TYPE));
}

static void lower_function(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        Node written = tree_child(tree, node, FIELD_RETURNS);
        if (!written)
                written = tree_child(tree, node, FIELD_TYPE);
        uint32_t type = walk_type(walk, written), value = UNIT_NONE;
        UnitKind kind = builder_decl_at(walk->builder, index)->kind;
        if (kind == UNIT_LAMBDA && !written)
                value = returned(walk, tree_kind(tree, node) == ANONYMOUS_METHOD
                                               ? tree_child_of_kind(tree, node, BLOCK)
                                               : tree_child(tree, node, FIELD_BODY));
        uint32_t own = parameters(walk, node), generic = type_parameters(walk, node);
        uint32_t outer = UNIT_NONE;
        Node interface = tree_child_of_kind(tree, node, EXPLICIT_INTERFACE);
        if (builder_decl_at(walk->builder, index)->flags & UNIT_EXTENSION)
                outer = receiver_type(walk, node);
        else if (interface)
                outer = walk_type(walk, tree_first(tree, interface));
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
        decl->parameters = own;
        decl->type_parameters = generic;
        decl->outer = outer;
}

/* ---- what lambdas and new() are given to ---- */

static Node function_around(const Tree *tree, Node node)
{
        while (node) {
                unsigned kind = tree_kind(tree, node);
                if (kind == METHOD_DECLARATION || kind == LOCAL_FUNCTION ||
                    kind == LAMBDA_EXPRESSION || kind == PROPERTY_DECLARATION ||
                    kind == INDEXER_DECLARATION || kind == ANONYMOUS_METHOD)
                        return node;
                node = tree_parent(tree, node);
        }
        return 0;
}

static uint32_t returned_type(Walk *walk, Node statement)
{
        const Tree *tree = walk->tree;
        Node function = function_around(tree, statement);
        unsigned kind = tree_kind(tree, function);
        if (kind == LAMBDA_EXPRESSION || kind == ANONYMOUS_METHOD)
                return UNIT_NONE;
        Node type = tree_child(tree, function, FIELD_RETURNS);
        return walk_type(walk, type ? type : tree_child(tree, function, FIELD_TYPE));
}

uint32_t csharp_wanted_type(Walk *walk, Node value)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, value);
        switch (tree_kind(tree, parent)) {
        case VARIABLE_DECLARATOR:
                return walk_type(walk, tree_child(tree, tree_parent(tree, parent), FIELD_TYPE));
        case PROPERTY_DECLARATION:
        case CAST_EXPRESSION:
                return walk_type(walk, tree_child(tree, parent, FIELD_TYPE));
        case RETURN_STATEMENT:
        case ARROW_CLAUSE:
                return returned_type(walk, parent);
        case ASSIGNMENT_EXPRESSION:
                return builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                                    walk_expression(walk, tree_child(tree, parent, FIELD_LEFT)),
                                    UNIT_NONE);
        default:
                return UNIT_NONE;
        }
}

static uint32_t call_around(Walk *walk, Node lambda, uint32_t *ret_argument)
{
        const Tree *tree = walk->tree;
        Node argument = tree_parent(tree, lambda), list = tree_parent(tree, argument),
             call = tree_parent(tree, list);
        if (tree_kind(tree, argument) != ARGUMENT || tree_kind(tree, list) != ARGUMENT_LIST)
                return UNIT_NONE;
        *ret_argument = 0;
        for (Node at = tree_first(tree, list); at && at != argument; at = tree_next(tree, at))
                if (++*ret_argument == CSHARP_PASSED_MAX)
                        return UNIT_NONE;
        return tree_kind(tree, call) == CONSTRUCTOR_INITIALIZER ? csharp_creation(walk, call)
                                                                : walk_expression(walk, call);
}

uint32_t csharp_passed(Walk *walk, Node lambda, uint32_t parameter)
{
        uint32_t numbers[2] = {UNIT_NONE, parameter};
        while (tree_parent_kind(walk->tree, lambda) == PARENTHESIZED_EXPRESSION)
                lambda = tree_parent(walk->tree, lambda);
        uint32_t callee = call_around(walk, lambda, &numbers[0]);
        if (callee == UNIT_NONE) {
                uint32_t type = csharp_wanted_type(walk, lambda);
                callee = type == UNIT_NONE ? UNIT_NONE : walk_value(walk, type);
        }
        return callee == UNIT_NONE ? UNIT_NONE
                                   : builder_expr(walk->builder, UNIT_EXPR_PARAMETER, callee,
                                                  builder_list(walk->builder, numbers, 2));
}

/* ---- the whole ---- */

static void lower_property(Walk *walk, Node node)
{
        csharp_set(walk, node, walk_type(walk, tree_child(walk->tree, node, FIELD_TYPE)),
                   UNIT_NONE);
}

static void lower_member(Walk *walk, Node node, UnitKind kind)
{
        uint32_t index = walk_decl(walk, node);
        switch (kind) {
        case UNIT_CLASS:
        case UNIT_STRUCT:
        case UNIT_INTERFACE:
        case UNIT_ENUM:
                lower_type(walk, node);
                break;
        case UNIT_TYPE:
                lower_delegate(walk, node);
                break;
        case UNIT_METHOD:
        case UNIT_FUNCTION:
        case UNIT_CONSTRUCTOR:
        case UNIT_LAMBDA:
                lower_function(walk, node, index);
                break;
        case UNIT_PROPERTY:
                lower_property(walk, node);
                break;
        default:
                break;
        }
}

void csharp_lower_declaration(Walk *walk, Node node, const Rule *rule)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, node) == CONSTRAINTS_CLAUSE)
                lower_constraints(walk, node);
        else if (rule->role == RULE_DEFINITION && rule->kind != UNIT_VARIABLE &&
                 rule->kind != UNIT_PARAMETER && walk_decl(walk, node) != UNIT_NONE)
                lower_member(walk, node, rule->kind);
        else
                csharp_lower_variable(walk, node);
        Node parameter = tree_child(tree, node, FIELD_PARAMETERS);
        if (tree_kind(tree, node) == LAMBDA_EXPRESSION &&
            tree_kind(tree, parameter) == IMPLICIT_PARAMETER)
                csharp_set(walk, parameter, UNIT_NONE, csharp_passed(walk, node, 0));
}
