/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What declarations hold: types, values, bases, parameters. */
#include "languages/rust/front.h"

static void set(Walk *walk, uint32_t index, uint32_t type, uint32_t value)
{
        if (index == UNIT_NONE)
                return;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
}

/* ---- functions ---- */

/* The declarations of a list's children; receivers and lifetimes have none. */
static uint32_t declared(Walk *walk, Node list)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, list, child)
        if (walk_decl(walk, child) != UNIT_NONE)
                items_add(&items, walk_decl(walk, child));
        return list ? items_list(&items, walk->builder) : UNIT_NONE;
}

static uint32_t type_parameters(Walk *walk, Node node)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, tree_child(walk->tree, node, FIELD_TYPE_PARAMETERS), child)
        if (tree_kind(walk->tree, child) == TYPE_PARAMETER && walk_decl(walk, child) != UNIT_NONE)
                items_add(&items, walk_decl(walk, child));
        bool some = items.count > 0;
        uint32_t list = items_list(&items, walk->builder);
        return some ? list : UNIT_NONE;
}

static void lower_function(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        Node written = tree_child(tree, node, FIELD_RETURN_TYPE);
        uint32_t type = walk_type(walk, written), value = UNIT_NONE;
        if (tree_kind(tree, node) == CLOSURE && !written)
                value = walk_expression(walk, tree_child(tree, node, FIELD_BODY));
        uint32_t own = declared(walk, tree_child(tree, node, FIELD_PARAMETERS)),
                 generic = type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
        decl->parameters = own;
        decl->type_parameters = generic;
}

/* Fn(A, B) -> C: its parameters are types. */
static void lower_function_type(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        TREE_FOREACH(tree, tree_child(tree, node, FIELD_PARAMETERS), child)
        {
                UnitDecl parameter = {.kind = UNIT_PARAMETER,
                                      .visibility = UNIT_PUBLIC,
                                      .container = index,
                                      .outer = UNIT_NONE,
                                      .value = UNIT_NONE,
                                      .bases = UNIT_NONE,
                                      .parameters = UNIT_NONE,
                                      .type_parameters = UNIT_NONE};
                parameter.type = walk_type(walk, tree_kind(tree, child) == PARAMETER
                                                         ? tree_child(tree, child, FIELD_TYPE)
                                                         : child);
                parameter.first_line = parameter.last_line = parameter.name_line =
                        tree->nodes[child].row + 1;
                parameter.name_column = tree_column(tree, child);
                uint32_t made = builder_decl(walk->builder, &parameter);
                if (made != UNIT_NONE)
                        items_add(&items, made);
        }
        uint32_t own = items_list(&items, walk->builder),
                 type = walk_type(walk, tree_child(tree, node, FIELD_RETURN_TYPE));
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->parameters = own;
        decl->type = type;
}

/* ---- types ---- */

static uint32_t list_of(Walk *walk, Node bounds)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, bounds, child)
        {
                uint32_t type = tree_kind(walk->tree, child) == LIFETIME ? UNIT_NONE
                                                                         : walk_type(walk, child);
                if (type != UNIT_NONE)
                        items_add(&items, type);
        }
        bool some = items.count > 0;
        uint32_t list = items_list(&items, walk->builder);
        return some ? list : UNIT_NONE;
}

static void add_sites(Walk *walk, Node bounds, UnitSiteKind kind)
{
        TREE_FOREACH(walk->tree, bounds, child)
        {
                Node name = rust_last_name(walk->tree, child);
                if (name)
                        walk_site(walk, kind, name, walk_type(walk, child), 0);
        }
}

static void lower_impl(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        Node trait = tree_child(tree, node, FIELD_TRAIT),
             name = trait ? rust_last_name(tree, trait) : 0;
        uint32_t outer = walk_type(walk, tree_child(tree, node, FIELD_TYPE)),
                 base = trait ? walk_type(walk, trait) : UNIT_NONE,
                 generic = type_parameters(walk, node);
        uint32_t bases = base == UNIT_NONE ? UNIT_NONE : builder_list(walk->builder, &base, 1);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->outer = outer;
        decl->bases = bases;
        decl->type_parameters = generic;
        if (name && base != UNIT_NONE)
                walk_site(walk, UNIT_SITE_IMPLEMENTS, name, base, 0);
}

static void lower_type(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        Node bounds = tree_child(tree, node, FIELD_BOUNDS),
             written = tree_child(tree, node, FIELD_TYPE);
        bool trait = tree_kind(tree, node) == TRAIT_ITEM;
        uint32_t type = written            ? walk_type(walk, written)
                        : bounds && !trait ? rust_bounds(walk, bounds)
                                           : UNIT_NONE;
        uint32_t bases = trait && bounds ? list_of(walk, bounds) : UNIT_NONE,
                 generic = type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        if (tree_kind(tree, node) != ENUM_VARIANT)
                decl->type = type;
        decl->bases = bases;
        decl->type_parameters = generic;
        if (trait && bounds)
                add_sites(walk, bounds, UNIT_SITE_EXTENDS);
}

/* where T: A + B says more of a type parameter. */
static void lower_where(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT);
        uint32_t expr = tree_kind(tree, left) == TYPE_IDENTIFIER ? rust_find(walk, left, SPACE_TYPE)
                                                                 : UNIT_NONE;
        if (expr == UNIT_NONE || builder_expr_at(walk->builder, expr)->op != UNIT_EXPR_DECL)
                return;
        uint32_t index = builder_expr_at(walk->builder, expr)->a;
        uint32_t both[] = {builder_decl_at(walk->builder, index)->type,
                           rust_bounds(walk, tree_child(tree, node, FIELD_BOUNDS))};
        uint32_t type = builder_any(walk->builder, both, 2);
        if (builder_decl_at(walk->builder, index)->kind == UNIT_TYPE_PARAMETER)
                builder_decl_at(walk->builder, index)->type = type;
}

/* ---- what is local ---- */

/* What the callee passes to a parameter of a closure that it is given. */
static uint32_t contextual(Walk *walk, Node parameter, Node closure)
{
        const Tree *tree = walk->tree;
        Node arguments = tree_parent(tree, closure), call = tree_parent(tree, arguments);
        uint32_t numbers[2] = {0, 0};
        if (tree_kind(tree, arguments) != ARGUMENTS || tree_kind(tree, call) != CALL_EXPRESSION)
                return UNIT_NONE;
        for (Node at = tree_first(tree, arguments); at && at != closure; at = tree_next(tree, at))
                numbers[0]++;
        numbers[1] = rust_position(tree, parameter);
        uint32_t called = walk_expression(walk, call);
        return called == UNIT_NONE ? UNIT_NONE
                                   : builder_expr(walk->builder, UNIT_EXPR_PARAMETER, called,
                                                  builder_list(walk->builder, numbers, 2));
}

static void lower_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node pattern = tree_child(tree, node, FIELD_PATTERN), list = tree_parent(tree, node);
        uint32_t type = walk_type(walk, tree_child(tree, node, FIELD_TYPE)), value = UNIT_NONE;
        if (type == UNIT_NONE && tree_kind(tree, list) == CLOSURE_PARAMETERS)
                value = contextual(walk, node, tree_parent(tree, list));
        set(walk, walk_decl(walk, node), type, value);
        if (tree_kind(tree, pattern) != IDENTIFIER)
                rust_lower_pattern(walk, pattern, type, value);
}

static void lower_closure_parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, node, child)
        if (tree_kind(tree, child) != PARAMETER)
                rust_lower_pattern(walk, child, UNIT_NONE,
                                   contextual(walk, child, tree_parent(tree, node)));
}

static void lower_ordered(Walk *walk, Node node)
{
        TREE_FOREACH(walk->tree, node, type)
        if (walk->tree->nodes[type].field == FIELD_TYPE)
                set(walk, walk_decl(walk, type), walk_type(walk, type), UNIT_NONE);
}

static void lower_visited(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node pattern = tree_child(tree, node, FIELD_PATTERN),
             value = tree_child(tree, node, FIELD_VALUE);
        switch (tree_kind(tree, node)) {
        case ORDERED_FIELDS:
                lower_ordered(walk, node);
                break;
        case CLOSURE_PARAMETERS:
                lower_closure_parameters(walk, node);
                break;
        case LET_DECLARATION:
        case LET_CONDITION:
                rust_lower_pattern(walk, pattern,
                                   walk_type(walk, tree_child(tree, node, FIELD_TYPE)),
                                   walk_expression(walk, value));
                break;
        case FOR_EXPRESSION:
                rust_lower_pattern(walk, pattern, UNIT_NONE,
                                   rust_element(walk, walk_expression(walk, value), NULL));
                break;
        case MATCH_ARM: {
                Node match = tree_parent(tree, tree_parent(tree, node));
                rust_lower_pattern(walk, pattern, UNIT_NONE,
                                   walk_expression(walk, tree_child(tree, match, FIELD_VALUE)));
                break;
        }
        case WHERE_PREDICATE:
                lower_where(walk, node);
                break;
        default:
                break;
        }
}

void rust_lower_declaration(Walk *walk, Node node, const Rule *rule)
{
        const Tree *tree = walk->tree;
        uint32_t index = walk_decl(walk, node);
        if (rule->role != RULE_DEFINITION) {
                lower_visited(walk, node);
                return;
        }
        if (index == UNIT_NONE)
                return;
        switch (rule->kind) {
        case UNIT_FUNCTION:
                lower_function(walk, node, index);
                break;
        case UNIT_LAMBDA:
                if (tree_kind(tree, node) == FUNCTION_TYPE)
                        lower_function_type(walk, node, index);
                else
                        lower_function(walk, node, index);
                break;
        case UNIT_IMPLEMENTATION:
                lower_impl(walk, node, index);
                break;
        case UNIT_PARAMETER:
                lower_parameter(walk, node);
                break;
        case UNIT_MACRO:
        case UNIT_NAMESPACE:
                break;
        case UNIT_CONSTANT:
        case UNIT_VARIABLE:
        case UNIT_FIELD:
                set(walk, index, walk_type(walk, tree_child(tree, node, FIELD_TYPE)), UNIT_NONE);
                break;
        default:
                lower_type(walk, node, index);
        }
}
