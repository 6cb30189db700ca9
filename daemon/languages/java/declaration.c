/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second pass over declarations: types, values, bases, parameters. */
#include "languages/java/front.h"

#define RETURNS_MAX 8  /* of one lambda that are looked at for its value */
#define PASSED_MAX  64 /* arguments of a call whose place is counted */

static uint32_t decl_list(Walk *walk, Node list)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, list, child)
        if (walk_decl(walk, child) != UNIT_NONE)
                items_add(&items, walk_decl(walk, child));
        return items_list(&items, walk->builder);
}

static uint32_t type_parameters(Walk *walk, Node node)
{
        Node list = tree_child(walk->tree, node, FIELD_TYPE_PARAMETERS);
        return list ? decl_list(walk, list) : UNIT_NONE;
}

static void set(Walk *walk, Node node, uint32_t type, uint32_t value)
{
        uint32_t index = walk_decl(walk, node);
        if (index == UNIT_NONE)
                return;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
}

/* ---- types ---- */

static void add_types(Walk *walk, Node clause, Items *items)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, clause, child)
        {
                if (tree_kind(tree, child) == TYPE_LIST) {
                        add_types(walk, child, items);
                        continue;
                }
                uint32_t type = walk_type(walk, child);
                if (type != UNIT_NONE)
                        items_add(items, type);
        }
}

/* The canonical constructor of a record is none that is written: its parameters are the components. */
static uint32_t components(Walk *walk, Node node)
{
        return tree_kind(walk->tree, node) == RECORD_DECLARATION
                       ? decl_list(walk, tree_child(walk->tree, node, FIELD_PARAMETERS))
                       : UNIT_NONE;
}

static void lower_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        static const unsigned clauses[] = {SUPERCLASS, SUPER_INTERFACES, EXTENDS_INTERFACES};
        Items items = {0};
        for (unsigned i = 0; i < G_N_ELEMENTS(clauses); i++)
                add_types(walk, tree_child_of_kind(tree, node, clauses[i]), &items);
        if (tree_kind(tree, node) == ENUM_DECLARATION) {
                uint32_t self = walk_expr_decl(walk, walk_decl(walk, node));
                items_add(&items,
                          builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "Enum"),
                                       builder_list(walk->builder, &self, 1)));
        }
        uint32_t bases = items.count ? items_list(&items, walk->builder) : UNIT_NONE;
        uint32_t generic = type_parameters(walk, node), own = components(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, walk_decl(walk, node));
        decl->bases = bases;
        decl->type_parameters = generic;
        decl->parameters = own;
}

static void lower_anonymous(Walk *walk, Node body)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, body);
        uint32_t container = builder_decl_at(walk->builder, walk_decl(walk, body))->container;
        uint32_t base = UNIT_NONE;
        if (tree_kind(tree, parent) == OBJECT_CREATION)
                base = walk_type(walk, tree_child(tree, parent, FIELD_TYPE));
        else if (walk_decl(walk, parent) != UNIT_NONE && container != UNIT_NONE)
                base = walk_expr_decl(
                        walk, builder_decl_at(walk->builder, walk_decl(walk, parent))->container);
        if (base != UNIT_NONE) {
                uint32_t bases = builder_list(walk->builder, &base, 1);
                builder_decl_at(walk->builder, walk_decl(walk, body))->bases = bases;
        }
}

/* ---- methods ---- */

static void lower_function(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = java_type_of(walk, tree_child(tree, node, FIELD_TYPE),
                                     tree_child(tree, node, FIELD_DIMENSIONS));
        Node list = tree_child(tree, node, FIELD_PARAMETERS);
        uint32_t own = list ? decl_list(walk, list) : UNIT_NONE;
        uint32_t generic = type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, walk_decl(walk, node));
        if (tree_kind(tree, node) == COMPACT_CONSTRUCTOR && decl->container != UNIT_NONE)
                own = builder_decl_at(walk->builder, decl->container)->parameters;
        decl->type = type;
        decl->parameters = own;
        decl->type_parameters = generic;
}

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
                        items_add(&items, walk_expression(walk, tree_first(tree, node)));
                        count++;
                }
                if (returns || kind == LAMBDA_EXPRESSION || kind == CLASS_BODY)
                        node = tree->nodes[node].next - 1;
        }
        return items_any(&items, walk->builder);
}

static void lower_lambda(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node parameters = tree_child(tree, node, FIELD_PARAMETERS);
        uint32_t one = walk_decl(walk, parameters);
        uint32_t list = tree_kind(tree, parameters) != IDENTIFIER ? decl_list(walk, parameters)
                        : one != UNIT_NONE ? builder_list(walk->builder, &one, 1)
                                           : UNIT_NONE;
        uint32_t value = returned(walk, tree_child(tree, node, FIELD_BODY));
        UnitDecl *decl = builder_decl_at(walk->builder, walk_decl(walk, node));
        decl->value = value;
        decl->parameters = list;
}

/* ---- what lambdas are passed ---- */

/* The type that is written for what a lambda is given to: a variable, a cast, what a method returns. */
static uint32_t wanted_type(Walk *walk, Node lambda)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, lambda);
        switch (tree_kind(tree, parent)) {
        case VARIABLE_DECLARATOR:
                return walk_type(walk, tree_child(tree, tree_parent(tree, parent), FIELD_TYPE));
        case CAST_EXPRESSION:
                return walk_type(walk, tree_child(tree, parent, FIELD_TYPE));
        case RETURN_STATEMENT: {
                Node at = parent;
                while (at && tree_kind(tree, at) != METHOD_DECLARATION &&
                       tree_kind(tree, at) != LAMBDA_EXPRESSION)
                        at = tree_parent(tree, at);
                return tree_kind(tree, at) == METHOD_DECLARATION
                               ? walk_type(walk, tree_child(tree, at, FIELD_TYPE))
                               : UNIT_NONE;
        }
        default:
                return UNIT_NONE;
        }
}

/* The value that a lambda is called as: of a written type, or of what is assigned to. */
static uint32_t wanted_value(Walk *walk, Node lambda)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, lambda);
        if (tree_kind(tree, parent) == ASSIGNMENT_EXPRESSION)
                return walk_expression(walk, tree_child(tree, parent, FIELD_LEFT));
        uint32_t type = wanted_type(walk, lambda);
        return type == UNIT_NONE ? UNIT_NONE : walk_value(walk, type);
}

/* The call that a lambda is an argument of, and which: UNIT_NONE if it is none. */
static uint32_t call_around(Walk *walk, Node lambda, uint32_t *ret_argument)
{
        const Tree *tree = walk->tree;
        Node list = tree_parent(tree, lambda), call = tree_parent(tree, list);
        if (tree_kind(tree, list) != ARGUMENT_LIST)
                return UNIT_NONE;
        *ret_argument = 0;
        for (Node at = tree_first(tree, list); at && at != lambda; at = tree_next(tree, at))
                if (++*ret_argument == PASSED_MAX)
                        return UNIT_NONE;
        return tree_kind(tree, call) == EXPLICIT_CONSTRUCTOR_INVOCATION
                       ? java_explicit_construction(walk, call)
                       : walk_expression(walk, call);
}

/* What is passed to a parameter of a lambda whose type is not written. */
static uint32_t passed(Walk *walk, Node lambda, uint32_t parameter)
{
        uint32_t numbers[2] = {UNIT_NONE, parameter};
        while (tree_parent_kind(walk->tree, lambda) == PARENTHESIZED_EXPRESSION)
                lambda = tree_parent(walk->tree, lambda);
        uint32_t callee = call_around(walk, lambda, &numbers[0]);
        if (callee == UNIT_NONE)
                callee = wanted_value(walk, lambda);
        return callee == UNIT_NONE ? UNIT_NONE
                                   : builder_expr(walk->builder, UNIT_EXPR_PARAMETER, callee,
                                                  builder_list(walk->builder, numbers, 2));
}

static void lower_inferred(Walk *walk, Node lambda, Node parameters)
{
        uint32_t index = 0;
        if (tree_kind(walk->tree, parameters) == IDENTIFIER) {
                set(walk, parameters, UNIT_NONE, passed(walk, lambda, 0));
        } else {
                TREE_FOREACH(walk->tree, parameters, child)
                set(walk, child, UNIT_NONE, passed(walk, lambda, index++));
        }
}

/* ---- variables ---- */

static bool is_var(const Tree *tree, Node type)
{
        return tree_is(tree, type, "var");
}

static Node written_type(const Tree *tree, Node node)
{
        Node type = tree_child(tree, node, FIELD_TYPE);
        if (type)
                return type;
        TREE_FOREACH(tree, node, child) /* of a spread parameter, a caught exception */
        if (tree_kind(tree, child) != MODIFIERS && tree_kind(tree, child) != ANNOTATION &&
            tree_kind(tree, child) != MARKER_ANNOTATION)
                return child;
        return 0;
}

static void lower_variable(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node statement = tree_parent(tree, node), value = tree_child(tree, node, FIELD_VALUE);
        Node written = written_type(tree, statement);
        uint32_t type = java_type_of(walk, written, tree_child(tree, node, FIELD_DIMENSIONS));
        if (tree_kind(tree, statement) == SPREAD_PARAMETER) {
                set(walk, statement, java_array_of(walk, type), UNIT_NONE);
                return;
        }
        uint32_t initial = is_var(tree, written) ? walk_expression(walk, value) : UNIT_NONE;
        set(walk, node, type, initial);
}

static void lower_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME);
        uint32_t type = java_type_of(walk, written_type(tree, node),
                                     tree_child(tree, node, FIELD_DIMENSIONS));
        set(walk, node, type, UNIT_NONE);
        if (name && walk_decl(walk, name) != UNIT_NONE) /* the reader of a component */
                set(walk, name, type, UNIT_NONE);
}

static void lower_resource(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE);
        set(walk, node, walk_type(walk, type),
            is_var(tree, type) ? walk_expression(walk, tree_child(tree, node, FIELD_VALUE))
                               : UNIT_NONE);
}

static void lower_loop(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE);
        uint32_t value = UNIT_NONE;
        if (is_var(tree, type))
                value = builder_expr(walk->builder, UNIT_EXPR_ELEMENT,
                                     walk_expression(walk, tree_child(tree, node, FIELD_VALUE)),
                                     UNIT_NONE);
        set(walk, node, java_type_of(walk, type, tree_child(tree, node, FIELD_DIMENSIONS)), value);
}

static void lower_pattern(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_kind(tree, node) == INSTANCEOF_EXPRESSION
                            ? tree_child(tree, node, FIELD_RIGHT)
                            : tree_first(tree, node);
        set(walk, node, walk_type(walk, type), UNIT_NONE);
}

/* ---- the whole ---- */

static void lower_member(Walk *walk, Node node, UnitKind kind)
{
        const Tree *tree = walk->tree;
        switch (kind) {
        case UNIT_CLASS:
        case UNIT_INTERFACE:
        case UNIT_ENUM:
                lower_type(walk, node);
                break;
        case UNIT_RECORD:
                lower_anonymous(walk, node);
                break;
        case UNIT_METHOD:
        case UNIT_CONSTRUCTOR:
                lower_function(walk, node);
                break;
        case UNIT_ENUM_MEMBER:
                java_lower_constant(walk, node);
                break;
        case UNIT_LAMBDA:
                lower_lambda(walk, node);
                break;
        case UNIT_PARAMETER:
                lower_parameter(walk, node);
                break;
        case UNIT_TYPE_PARAMETER:
                set(walk, node, walk_type(walk, tree_child_of_kind(tree, node, TYPE_BOUND)),
                    UNIT_NONE);
                break;
        default:
                break;
        }
}

void java_lower_declaration(Walk *walk, Node node, const Rule *rule)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case VARIABLE_DECLARATOR:
                lower_variable(walk, node);
                return;
        case RESOURCE:
                lower_resource(walk, node);
                return;
        case ENHANCED_FOR:
                lower_loop(walk, node);
                return;
        case INSTANCEOF_EXPRESSION:
        case TYPE_PATTERN:
        case RECORD_PATTERN_COMPONENT:
                lower_pattern(walk, node);
                return;
        case INFERRED_PARAMETERS:
                return; /* with its lambda */
        default:
                if (walk_decl(walk, node) != UNIT_NONE)
                        lower_member(walk, node, rule->kind);
        }
        Node parameters = tree_child(tree, node, FIELD_PARAMETERS);
        if (tree_kind(tree, node) == LAMBDA_EXPRESSION &&
            tree_kind(tree, parameters) != FORMAL_PARAMETERS)
                lower_inferred(walk, node, parameters);
}
