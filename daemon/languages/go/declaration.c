/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What declarations hold: types, values, bases, parameters. */
#include "languages/go/front.h"

static void set(Walk *walk, uint32_t index, uint32_t type, uint32_t value)
{
        if (index == UNIT_NONE)
                return;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
}

/* ---- functions ---- */

static void add_declared(Walk *walk, Node parameter, Items *items)
{
        const Tree *tree = walk->tree;
        if (walk_decl(walk, parameter) != UNIT_NONE)
                items_add(items, walk_decl(walk, parameter));
        TREE_FOREACH(tree, parameter, child)
        if (tree->nodes[child].field == FIELD_NAME && walk_decl(walk, child) != UNIT_NONE)
                items_add(items, walk_decl(walk, child));
}

/* Type parameters too; UNIT_NONE if there are none. */
static uint32_t parameters(Walk *walk, Node list)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, list, parameter)
        add_declared(walk, parameter, &items);
        return list ? items_list(&items, walk->builder) : UNIT_NONE;
}

/* The type that a method is of, without pointer and type arguments. */
static uint32_t receiver(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node list = tree_child(tree, node, FIELD_RECEIVER);
        Node name =
                list ? go_type_name(tree, tree_child(tree, tree_first(tree, list), FIELD_TYPE)) : 0;
        return name ? go_name(walk, name) : UNIT_NONE;
}

/* The type parameters of a function; of a method those that its receiver names. */
static uint32_t type_parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node list = tree_child(tree, node, FIELD_RECEIVER),
             type = list ? tree_child(tree, tree_first(tree, list), FIELD_TYPE) : 0;
        Items items = {0};
        if (tree_kind(tree, type) == POINTER_TYPE)
                type = tree_first(tree, type);
        if (tree_kind(tree, type) != GENERIC_TYPE)
                return parameters(walk, tree_child(tree, node, FIELD_TYPE_PARAMETERS));
        TREE_FOREACH(tree, tree_child(tree, type, FIELD_TYPE_ARGUMENTS), argument)
        {
                Node name = go_type_name(tree, argument);
                if (name && walk_decl(walk, name) != UNIT_NONE)
                        items_add(&items, walk_decl(walk, name));
        }
        return items_list(&items, walk->builder);
}

static void lower_function(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        uint32_t type = go_result(walk, node),
                 own = parameters(walk, tree_child(tree, node, FIELD_PARAMETERS)),
                 generic = type_parameters(walk, node), outer = receiver(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->parameters = own;
        decl->type_parameters = generic;
        decl->outer = outer;
}

/* ---- types ---- */

/* What is embedded in a struct or an interface gives it its members. */
static uint32_t embedded(Walk *walk, Node type)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        Node list = tree_kind(tree, type) == STRUCT_TYPE ? tree_first(tree, type) : type;
        TREE_FOREACH(tree, list, child)
        {
                uint32_t base = UNIT_NONE;
                if (tree_kind(tree, child) == FIELD_DECLARATION &&
                    !tree_child(tree, child, FIELD_NAME))
                        base = walk_type(walk, tree_child(tree, child, FIELD_TYPE));
                else if (tree_kind(tree, child) == TYPE_ELEM)
                        base = walk_type(walk, child);
                if (base != UNIT_NONE)
                        items_add(&items, base);
        }
        bool some = items.count > 0;
        uint32_t bases = items_list(&items, walk->builder);
        return some ? bases : UNIT_NONE;
}

static void lower_type(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE);
        bool record = builder_decl_at(walk->builder, index)->kind != UNIT_TYPE;
        uint32_t bases = record ? embedded(walk, type) : UNIT_NONE,
                 written = record ? UNIT_NONE : walk_type(walk, type);
        uint32_t generic = parameters(walk, tree_child(tree, node, FIELD_TYPE_PARAMETERS));
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->bases = bases;
        decl->type = written;
        decl->type_parameters = generic;
}

/* ---- names ---- */

static unsigned count_names(const Tree *tree, Node node)
{
        unsigned count = 0;
        TREE_FOREACH(tree, node, child)
        count += tree->nodes[child].field == FIELD_NAME;
        return count;
}

/* A constant without type and value repeats those of the one before. */
static Node repeated(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, node) != CONST_SPEC)
                return node;
        Node before = walk->state[2];
        if (tree_child(tree, node, FIELD_VALUE) || !before ||
            tree_parent(tree, before) != tree_parent(tree, node)) {
                walk->state[2] = node;
                return node;
        }
        return before;
}

static void lower_names(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node source = repeated(walk, node), written = tree_child(tree, source, FIELD_TYPE),
             values = tree_child(tree, source, FIELD_VALUE);
        unsigned names = count_names(tree, node), index = 0;
        uint32_t type = walk_type(walk, written);
        if (tree_kind(tree, node) == VARIADIC_PARAMETER)
                type = builder_expr(walk->builder, UNIT_EXPR_APPLY, walk_builtin(walk, "slice"),
                                    builder_list(walk->builder, &type, 1));
        if (!names)
                set(walk, walk_decl(walk, node), type, UNIT_NONE);
        TREE_FOREACH(tree, node, name)
        {
                if (tree->nodes[name].field != FIELD_NAME)
                        continue;
                uint32_t value = values && type == UNIT_NONE
                                         ? go_assigned(walk, values, index, names)
                                         : UNIT_NONE;
                set(walk, walk_decl(walk, go_declared(tree, node, name)), type, value);
                index++;
        }
}

static uint32_t left_value(Walk *walk, Node statement, unsigned index, unsigned names)
{
        const Tree *tree = walk->tree;
        Node right = tree_child(tree, statement, FIELD_RIGHT);
        if (tree_kind(tree, statement) != RANGE_CLAUSE)
                return go_assigned(walk, right, index, names);
        uint32_t key = index == 0 ? builder_word(walk->builder, "key") : UNIT_NONE,
                 of = walk_expression(walk, right);
        return of == UNIT_NONE ? UNIT_NONE
                               : builder_expr(walk->builder, UNIT_EXPR_ELEMENT, of, key);
}

static void lower_left(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT);
        unsigned names = 0, index = 0;
        if (!left)
                return;
        TREE_FOREACH(tree, left, name)
        names++;
        TREE_FOREACH(tree, left, name)
        {
                if (walk_decl(walk, name) != UNIT_NONE)
                        set(walk, walk_decl(walk, name), UNIT_NONE,
                            left_value(walk, node, index, names));
                index++;
        }
}

static void lower_switch(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node alias = tree_child(tree, node, FIELD_ALIAS),
             name = alias ? tree_first(tree, alias) : 0;
        if (name)
                set(walk, walk_decl(walk, name), UNIT_NONE,
                    walk_expression(walk, tree_child(tree, node, FIELD_VALUE)));
}

static void lower_case(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE);
        if (!type || walk_decl(walk, type) == UNIT_NONE || tree_kind(tree, node) != TYPE_CASE)
                return;
        unsigned types = 0;
        TREE_FOREACH(tree, node, child)
        types += tree->nodes[child].field == FIELD_TYPE;
        uint32_t value =
                walk_expression(walk, tree_child(tree, tree_parent(tree, node), FIELD_VALUE));
        if (types == 1)
                set(walk, walk_decl(walk, type), walk_type(walk, type), UNIT_NONE);
        else
                set(walk, walk_decl(walk, type), UNIT_NONE, value);
}

void go_lower_declaration(Walk *walk, Node node, const Rule *rule)
{
        uint32_t index = walk_decl(walk, node);
        switch (tree_kind(walk->tree, node)) {
        case SHORT_VAR_DECLARATION:
        case RANGE_CLAUSE:
        case RECEIVE_STATEMENT:
                lower_left(walk, node);
                return;
        case TYPE_SWITCH_STATEMENT:
                lower_switch(walk, node);
                return;
        case TYPE_CASE:
                lower_case(walk, node);
                return;
        case FIELD_DECLARATION:
        case CONST_SPEC:
        case VAR_SPEC:
        case PARAMETER_DECLARATION:
        case VARIADIC_PARAMETER:
        case TYPE_PARAMETER_DECLARATION:
                lower_names(walk, node);
                return;
        default:
                break;
        }
        if (index == UNIT_NONE || rule->role != RULE_DEFINITION)
                return;
        if (rule->kind == UNIT_TYPE)
                lower_type(walk, node, index);
        else if (rule->kind == UNIT_RECORD)
                builder_decl_at(walk->builder, index)->bases = embedded(walk, node);
        else
                lower_function(walk, node, index);
}
