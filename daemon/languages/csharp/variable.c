/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variables, parameters and what patterns bind: both passes. */
#include "languages/csharp/front.h"

/* ---- the first pass ---- */

static void declare_local(Walk *walk, Node node, Node name)
{
        if (name)
                walk_define(walk, &(Definition){.node = node,
                                                .name = name,
                                                .kind = UNIT_VARIABLE,
                                                .flags = UNIT_LOCAL,
                                                .spaces = SPACE_VALUE});
}

static void declare_field(Walk *walk, Node node, Node statement)
{
        const Tree *tree = walk->tree;
        bool constant = csharp_has_modifier(tree, statement, "const") ||
                        (csharp_has_modifier(tree, statement, "static") &&
                         csharp_has_modifier(tree, statement, "readonly"));
        bool fixed = csharp_has_modifier(tree, statement, "const");
        walk_define(walk, &(Definition){.node = node,
                                        .outer = statement,
                                        .name = tree_child(tree, node, FIELD_NAME),
                                        .kind = constant ? UNIT_CONSTANT : UNIT_FIELD,
                                        .visibility = csharp_visibility(tree, statement),
                                        .flags = csharp_flags(tree, statement) |
                                                 (fixed ? UNIT_STATIC : 0)});
}

void csharp_declare_variable(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node statement = tree_parent(tree, tree_parent(tree, node));
        unsigned kind = tree_kind(tree, statement);
        if (kind == FIELD_DECLARATION || kind == EVENT_FIELD_DECLARATION)
                declare_field(walk, node, statement);
        else
                declare_local(walk, node, tree_child(tree, node, FIELD_NAME));
}

static bool has_default(const Tree *tree, Node parameter)
{
        TREE_FOREACH(tree, parameter, child)
        if (tree->nodes[child].field == 0 && tree_kind(tree, child) != MODIFIER &&
            tree_kind(tree, child) != ATTRIBUTE_LIST)
                return true;
        return false;
}

/* A record's parameters are properties too; a class's are seen in its body. */
void csharp_declare_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME);
        bool record =
                tree_kind(tree, tree_parent(tree, tree_parent(tree, node))) == RECORD_DECLARATION;
        if (record)
                walk_define(walk, &(Definition){.node = name, .name = name, .kind = UNIT_PROPERTY});
        walk_define(walk, &(Definition){.node = node,
                                        .name = name,
                                        .kind = UNIT_PARAMETER,
                                        .flags = (has_default(tree, node) ? UNIT_OPTIONAL : 0) |
                                                 (csharp_has_modifier(tree, node, "params")
                                                          ? UNIT_VARIADIC
                                                          : 0),
                                        .spaces = record ? 0 : SPACE_VALUE});
}

/* The grammar has no node for "params T[] name": its parts stand in the list. */
void csharp_declare_rest(Walk *walk, Node list)
{
        Node name = tree_child(walk->tree, list, FIELD_NAME);
        walk_define(walk, &(Definition){.node = name,
                                        .name = name,
                                        .kind = UNIT_PARAMETER,
                                        .flags = UNIT_VARIADIC,
                                        .spaces = SPACE_VALUE});
}

void csharp_declare_lambda(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node parameter = tree_child(tree, node, FIELD_PARAMETERS);
        uint32_t decl = walk_define(walk, &(Definition){.node = node, .kind = UNIT_LAMBDA});
        if (decl == UNIT_NONE || tree_kind(tree, parameter) != IMPLICIT_PARAMETER)
                return;
        uint32_t index = walk_define(walk, &(Definition){.node = parameter,
                                                         .name = parameter,
                                                         .kind = UNIT_PARAMETER,
                                                         .container = decl + 1});
        if (index != UNIT_NONE)
                walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, parameter),
                                 walk_expr_decl(walk, index));
}

/* The name that a clause of a query binds. */
static Node clause_name(const Tree *tree, Node clause)
{
        Node name = tree_child(tree, clause, FIELD_NAME);
        return name ? name : tree_child_of_kind(tree, clause, IDENTIFIER);
}

/* What stands in the condition of an if holds after it too, where the statement ends if it does not. */
static void declare_pattern(Walk *walk, Node node, Node name)
{
        const Scope *scope = &walk->scopes.items[walk->scope];
        uint32_t parent = scope->parent;
        bool condition = tree_kind(walk->tree, scope->node) == IF_STATEMENT;
        if (tree_kind(walk->tree, name) != IDENTIFIER)
                return;
        declare_local(walk, node, name);
        if (condition && walk_decl(walk, node) != UNIT_NONE)
                walk_bind(walk, parent, SPACE_VALUE, walk_string(walk, name),
                          walk_expr_decl(walk, walk_decl(walk, node)));
}

static void declare_loop(Walk *walk, Node node)
{
        Node name = tree_child(walk->tree, node, FIELD_LEFT);
        if (tree_kind(walk->tree, name) != IDENTIFIER)
                return;
        uint32_t index = walk_define(walk, &(Definition){.node = node,
                                                         .name = name,
                                                         .kind = UNIT_VARIABLE,
                                                         .flags = UNIT_LOCAL});
        if (index != UNIT_NONE)
                walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, name),
                                 walk_expr_decl(walk, index));
}

void csharp_declare_visited(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case PARAMETER_LIST:
        case BRACKETED_PARAMETER_LIST:
                csharp_declare_rest(walk, node);
                break;
        case FOREACH_STATEMENT:
                declare_loop(walk, node);
                break;
        case CATCH_DECLARATION:
                declare_local(walk, node, tree_child(tree, node, FIELD_NAME));
                break;
        case FROM_CLAUSE:
        case LET_CLAUSE:
        case JOIN_CLAUSE:
                declare_local(walk, node, clause_name(tree, node));
                break;
        case DECLARATION_EXPRESSION:
        case DECLARATION_PATTERN:
        case RECURSIVE_PATTERN:
        case VAR_PATTERN:
                declare_pattern(walk, node, tree_child(tree, node, FIELD_NAME));
                break;
        default:
                break;
        }
}

/* ---- the second pass ---- */

void csharp_set(Walk *walk, Node node, uint32_t type, uint32_t value)
{
        uint32_t index = walk_decl(walk, node);
        if (index == UNIT_NONE)
                return;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
}

/* What a declarator is initialised with: the last of its children that is none of the others. */
static Node initial(const Tree *tree, Node declarator)
{
        Node value = 0;
        TREE_FOREACH(tree, declarator, child)
        if (tree->nodes[child].field != FIELD_NAME &&
            tree_kind(tree, child) != BRACKETED_ARGUMENT_LIST)
                value = child;
        return value ? value : tree_child_of_kind(tree, declarator, T_THIS);
}

static void lower_declarator(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_type(walk, tree_child(tree, tree_parent(tree, node), FIELD_TYPE));
        csharp_set(walk, node, type,
                   type == UNIT_NONE ? walk_expression(walk, initial(tree, node)) : UNIT_NONE);
}

static Node lambda_of(const Tree *tree, Node parameter)
{
        Node list = tree_parent(tree, parameter), above = tree_parent(tree, list);
        return tree_kind(tree, above) == LAMBDA_EXPRESSION ? above : 0;
}

static void lower_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME),
             written = tree_child(tree, node, FIELD_TYPE);
        uint32_t type = walk_type(walk, written), value = UNIT_NONE, index = 0;
        Node lambda = written ? 0 : lambda_of(tree, node);
        for (Node at = lambda ? tree_first(tree, tree_parent(tree, node)) : 0;
             at && at != node && index < CSHARP_PASSED_MAX; at = tree_next(tree, at))
                index++;
        if (lambda && index < CSHARP_PASSED_MAX)
                value = csharp_passed(walk, lambda, index);
        csharp_set(walk, node, type, value);
        if (name && walk_decl(walk, name) != UNIT_NONE)
                csharp_set(walk, name, type, value);
}

static void lower_loop(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_type(walk, tree_child(tree, node, FIELD_TYPE)), value = UNIT_NONE;
        if (type == UNIT_NONE)
                value = builder_expr(walk->builder, UNIT_EXPR_ELEMENT,
                                     walk_expression(walk, tree_child(tree, node, FIELD_RIGHT)),
                                     UNIT_NONE);
        csharp_set(walk, node, type, value);
}

/* from x in xs, let x = e, join x in xs on … */
static void lower_clause(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = clause_name(tree, node), value = 0;
        TREE_FOREACH(tree, node, child)
        if (!value && child != name && tree->nodes[child].field != FIELD_TYPE)
                value = child;
        uint32_t expr = walk_expression(walk, value);
        if (tree_kind(tree, node) != LET_CLAUSE)
                expr = builder_expr(walk->builder, UNIT_EXPR_ELEMENT, expr, UNIT_NONE);
        csharp_set(walk, node, walk_type(walk, tree_child(tree, node, FIELD_TYPE)), expr);
}

/* What an "out var x" is given is the parameter's: not known here. */
void csharp_lower_variable(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case VARIABLE_DECLARATOR:
                lower_declarator(walk, node);
                break;
        case PARAMETER:
                lower_parameter(walk, node);
                break;
        case PARAMETER_LIST:
        case BRACKETED_PARAMETER_LIST: {
                Node name = tree_child(tree, node, FIELD_NAME);
                csharp_set(walk, name, walk_type(walk, tree_child(tree, node, FIELD_TYPE)),
                           UNIT_NONE);
                break;
        }
        case FOREACH_STATEMENT:
                lower_loop(walk, node);
                break;
        case FROM_CLAUSE:
        case LET_CLAUSE:
        case JOIN_CLAUSE:
                lower_clause(walk, node);
                break;
        case CATCH_DECLARATION:
        case DECLARATION_EXPRESSION:
        case DECLARATION_PATTERN:
        case RECURSIVE_PATTERN:
                csharp_set(walk, node, walk_type(walk, tree_child(tree, node, FIELD_TYPE)),
                           UNIT_NONE);
                break;
        default:
                break;
        }
}
