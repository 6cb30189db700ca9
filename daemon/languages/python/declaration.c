/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second pass over functions and classes: types, what is returned, bases, parameters. */
#include "languages/python/front.h"

#define RETURNS_MAX 10 /* of one function that are looked at for its value */

/* ---- functions ---- */

static uint32_t parameter_list(Walk *walk, Node list)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, list, child)
        if (walk_decl(walk, child) != UNIT_NONE)
                items_add(&items, walk_decl(walk, child));
        return items_list(&items, walk->builder);
}

typedef struct Results {
        Items returned, yielded;
        unsigned count;
        bool generator;
} Results;

static void add_yield(Walk *walk, Node node, Results *results)
{
        const Tree *tree = walk->tree;
        Node value = tree_first(tree, node);
        results->generator = true;
        if (results->count++ >= RETURNS_MAX || !value)
                return;
        uint32_t expr = walk_expression(walk, value);
        if (tree_child_of_kind(tree, node, T_FROM) && expr != UNIT_NONE)
                expr = builder_expr(walk->builder, UNIT_EXPR_ELEMENT, expr, UNIT_NONE);
        items_add(&results->yielded, expr);
}

/* What its body returns and yields, without what functions inside it do. */
static void find_results(Walk *walk, Node body, Results *results)
{
        const Tree *tree = walk->tree;
        for (Node node = body; node < tree->nodes[body].next; node++) {
                switch (tree_kind(tree, node)) {
                case FUNCTION_DEFINITION:
                case CLASS_DEFINITION:
                case LAMBDA:
                        node = tree->nodes[node].next - 1;
                        break;
                case RETURN_STATEMENT:
                        if (results->count++ < RETURNS_MAX)
                                items_add(&results->returned,
                                          walk_expression(walk, tree_first(tree, node)));
                        break;
                case YIELD:
                        add_yield(walk, node, results);
                        break;
                default:
                        break;
                }
        }
}

/* with f() as x: what a function that is made a context manager yields. */
static uint32_t managed(Walk *walk, Node node, uint32_t value, uint32_t *flags)
{
        const Tree *tree = walk->tree;
        bool async = python_has_decorator(tree, node, "asynccontextmanager");
        if (!async && !python_has_decorator(tree, node, "contextmanager"))
                return value;
        *flags &= ~(uint32_t)(UNIT_GENERATOR | UNIT_ASYNC);
        return python_value_of_generic(
                walk, async ? "_AsyncGeneratorContextManager" : "_GeneratorContextManager", &value,
                1);
}

/* A context manager's written type is an iterator over what it gives. */
static uint32_t managed_type(Walk *walk, Node node, uint32_t type)
{
        uint32_t flags = 0;
        uint32_t element =
                builder_expr(walk->builder, UNIT_EXPR_ELEMENT, walk_value(walk, type), UNIT_NONE);
        return managed(walk, node, element, &flags);
}

static bool is_managed(const Tree *tree, Node node)
{
        return python_has_decorator(tree, node, "contextmanager") ||
               python_has_decorator(tree, node, "asynccontextmanager");
}

static void lower_results(Walk *walk, Node node, UnitDecl *ret)
{
        const Tree *tree = walk->tree;
        Node written = tree_child(tree, node, FIELD_RETURN_TYPE),
             body = tree_child(tree, node, FIELD_BODY);
        if (written) {
                ret->type = walk_type(walk, written);
                if (is_managed(tree, node)) {
                        ret->value = managed_type(walk, node, ret->type);
                        ret->type = UNIT_NONE;
                        ret->flags &= ~(uint32_t)UNIT_ASYNC;
                }
        } else if (tree_kind(tree, node) == LAMBDA) {
                ret->value = walk_expression(walk, body);
        } else {
                Results results = {0};
                find_results(walk, body, &results);
                uint32_t returned = items_any(&results.returned, walk->builder),
                         yielded = items_any(&results.yielded, walk->builder);
                ret->flags |= results.generator ? UNIT_GENERATOR : 0;
                ret->value =
                        managed(walk, node, results.generator ? yielded : returned, &ret->flags);
        }
}

/* What is overloaded gives what any of the signatures says; its own body comes last, and need not say more. */
static void add_results(Walk *walk, UnitDecl *made, const UnitDecl *before, bool overload)
{
        if (before->type == UNIT_NONE)
                return;
        uint32_t both[] = {before->type, overload ? made->type : UNIT_NONE};
        made->type = builder_any(walk->builder, both, 2);
        made->value = UNIT_NONE;
}

void python_lower_function(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t index = walk_decl(walk, node);
        if (index == UNIT_NONE || python_has_decorator(tree, node, "setter") ||
            python_has_decorator(tree, node, "deleter"))
                return;
        bool overload = python_has_decorator(tree, node, "overload");
        UnitDecl before = *builder_decl_at(walk->builder, index);
        UnitDecl made = {.flags = before.flags, .type = UNIT_NONE, .value = UNIT_NONE};
        lower_results(walk, node, &made);
        add_results(walk, &made, &before, overload);
        uint32_t parameters = parameter_list(walk, tree_child(tree, node, FIELD_PARAMETERS));
        uint32_t generic = python_type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->flags = overload ? made.flags : made.flags & ~(uint32_t)UNIT_BODILESS;
        decl->type = made.type;
        decl->value = made.value;
        decl->parameters = parameters;
        decl->type_parameters = generic;
}

/* ---- parameters ---- */

/* *args is a tuple, **kwargs a dict of what is written. */
static uint32_t collected(Walk *walk, Node name, uint32_t type)
{
        uint32_t arguments[2] = {walk_builtin(walk, "str"), type};
        bool many = tree_kind(walk->tree, name) == LIST_SPLAT_PATTERN;
        if (!many && tree_kind(walk->tree, name) != DICTIONARY_SPLAT_PATTERN)
                return type;
        uint32_t generic = walk_builtin(walk, many ? "tuple" : "dict");
        if (type == UNIT_NONE)
                return generic;
        uint32_t list = many ? builder_list(walk->builder, &type, 1)
                             : builder_list(walk->builder, arguments, 2);
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, generic, list);
}

static void lower_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t index = walk_decl(walk, node);
        if (index == UNIT_NONE)
                return;
        unsigned kind = tree_kind(tree, node);
        Node name = kind == TYPED_PARAMETER ? tree_first(tree, node) : node,
             written = tree_child(tree, node, FIELD_TYPE);
        uint32_t type = collected(walk, name, written ? walk_type(walk, written) : UNIT_NONE);
        uint32_t value = type == UNIT_NONE
                                 ? walk_expression(walk, tree_child(tree, node, FIELD_VALUE))
                                 : UNIT_NONE;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
}

void python_lower_parameters(Walk *walk, Node node)
{
        TREE_FOREACH(walk->tree, node, child)
        lower_parameter(walk, child);
}

/* ---- classes ---- */

static void lower_base(Walk *walk, Node base)
{
        const Tree *tree = walk->tree;
        Node name = python_last_name(tree, base),
             generic = tree_kind(tree, base) == SUBSCRIPT ? tree_child(tree, base, FIELD_VALUE) : 0;
        if (name && tree_kind(tree, base) != CALL)
                walk_site(walk, UNIT_SITE_EXTENDS, name,
                          walk_expression(walk, generic ? generic : base), 0);
}

void python_lower_class(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t index = walk_decl(walk, node);
        Node list = tree_child(tree, node, FIELD_SUPERCLASSES);
        Items items = {0};
        if (index == UNIT_NONE)
                return;
        TREE_FOREACH(tree, list, child)
        {
                unsigned kind = tree_kind(tree, child);
                if (kind == KEYWORD_ARGUMENT || kind == LIST_SPLAT || kind == DICTIONARY_SPLAT)
                        continue;
                uint32_t type = walk_type(walk, child);
                if (type != UNIT_NONE)
                        items_add(&items, type);
                lower_base(walk, child);
        }
        uint32_t bases = items.count ? items_list(&items, walk->builder) : UNIT_NONE;
        uint32_t generic = python_type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->bases = bases;
        decl->type_parameters = generic;
}

void python_lower_alias(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t index = walk_decl(walk, node);
        if (index == UNIT_NONE)
                return;
        uint32_t type = walk_type(walk, tree_child(tree, node, FIELD_RIGHT));
        Node left = tree_first(tree, tree_child(tree, node, FIELD_LEFT));
        Node list = tree_child_of_kind(tree, left, TYPE_PARAMETER);
        uint32_t parameters = list ? parameter_list(walk, list) : UNIT_NONE;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->type_parameters = parameters;
}
