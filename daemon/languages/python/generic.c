/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Type parameters: written after a name (class A[T]), or made of TypeVar, then those of the class whose bases name them, and of the
 * function whose annotations do. */
#include "languages/python/front.h"

/* ---- TypeVar ---- */

static bool makes_type_variable(const Tree *tree, Node value)
{
        Node name = tree_kind(tree, value) == CALL ? python_last_name(tree, value) : 0;
        return tree_is(tree, name, "TypeVar") || tree_is(tree, name, "ParamSpec") ||
               tree_is(tree, name, "TypeVarTuple");
}

/* T, KT, _T, T_co, AnyStr: how imported ones are named. */
static bool looks_like_type_variable(const Tree *tree, Node name)
{
        size_t length;
        const char *text = tree_text(tree, name, &length);
        if (length > 1 && *text == '_') {
                text++;
                length--;
        }
        if (length > 3 && memcmp(text + length - 3, "_co", 3) == 0)
                length -= 3;
        bool last = length && (text[length - 1] == 'T' || length == 1);
        return last && length <= 3 && g_ascii_isupper(*text);
}

void python_declare_type_variable(Walk *walk, Node name, Node value)
{
        if (walk->scope != 0 && walk->scopes.items[walk->scope].kind != SCOPE_NONE)
                return;
        if (!makes_type_variable(walk->tree, value))
                return;
        walk->state[STATE_TYPE_VARIABLES] = 1;
        walk_bind(walk, 0, SPACE_MEMBER, walk_string(walk, name), walk_builtin(walk, "TypeVar"));
}

static bool is_type_variable(Walk *walk, Node name)
{
        if (tree_kind(walk->tree, name) != IDENTIFIER ||
            tree_parent_kind(walk->tree, name) == ATTRIBUTE)
                return false;
        UnitString word = walk_string(walk, name);
        if (walk->state[STATE_TYPE_VARIABLES] &&
            scopes_find_in(&walk->scopes, 0, SPACE_MEMBER, word) != UNIT_NONE)
                return true;
        if (!looks_like_type_variable(walk->tree, name))
                return false;
        uint32_t expr = scopes_find_in(&walk->scopes, 0, SPACE_VALUE, word);
        return expr != UNIT_NONE && builder_expr_at(walk->builder, expr)->op == UNIT_EXPR_IMPORT;
}

/* ---- declaring them ---- */

static void declare(Walk *walk, Node node, Node name, uint32_t container)
{
        uint32_t index = walk_define(walk, &(Definition){.node = node,
                                                         .name = name,
                                                         .kind = UNIT_TYPE_PARAMETER,
                                                         .container = container + 1});
        if (index == UNIT_NONE)
                return;
        walk->state[STATE_GENERIC] = 1;
        walk_bind_inside(walk, SPACE_TYPE, walk_string(walk, name), walk_expr_decl(walk, index));
}

static bool is_bound_inside(const Walk *walk, UnitString name)
{
        for (unsigned i = 0; i < walk->inside_count; i++)
                if (walk->inside[i].space == SPACE_TYPE && walk->inside[i].name == name)
                        return true;
        return false;
}

/* In the text between these nodes, but for what a class or function around has as its own. */
static void declare_between(Walk *walk, Node from, Node to, uint32_t container)
{
        for (Node node = from; node < to; node++) {
                if (!is_type_variable(walk, node))
                        continue;
                UnitString word = walk_string(walk, node);
                if (python_type_parameter(walk, walk->scope, word) == UNIT_NONE &&
                    !is_bound_inside(walk, word))
                        declare(walk, node, node, container);
        }
}

void python_declare_class_parameters(Walk *walk, Node class)
{
        const Tree *tree = walk->tree;
        uint32_t decl = walk_decl(walk, class);
        Node bases = tree_child(tree, class, FIELD_SUPERCLASSES);
        if (decl == UNIT_NONE || tree_child(tree, class, FIELD_TYPE_PARAMETERS))
                return;
        TREE_FOREACH(tree, bases, base)
        {
                Node name = tree_child(tree, base, FIELD_VALUE);
                bool generic = tree_is(tree, python_last_name(tree, name), "Generic") ||
                               tree_is(tree, python_last_name(tree, name), "Protocol");
                if (tree_kind(tree, base) == SUBSCRIPT && generic) {
                        declare_between(walk, tree->nodes[name].next, tree->nodes[base].next, decl);
                        return;
                }
        }
        TREE_FOREACH(tree, bases, base)
        if (tree_kind(tree, base) == SUBSCRIPT)
                declare_between(walk, base + 1, tree->nodes[base].next, decl);
}

/* def f(self: T) -> T: the receiver's own type. */
static void bind_own_type(Walk *walk, Node receiver, const Scope *around)
{
        const Tree *tree = walk->tree;
        Node type = tree_first(tree, tree_child(tree, receiver, FIELD_TYPE));
        if (tree_kind(tree, receiver) != TYPED_PARAMETER || !is_type_variable(walk, type))
                return;
        walk->state[STATE_GENERIC] = 1;
        walk_bind_inside(walk, SPACE_TYPE, walk_string(walk, type),
                         builder_expr(walk->builder, UNIT_EXPR_SELF, around->decl, UNIT_NONE));
}

void python_declare_function_parameters(Walk *walk, Node function)
{
        const Tree *tree = walk->tree;
        uint32_t decl = walk_decl(walk, function);
        if (decl == UNIT_NONE || tree_child(tree, function, FIELD_TYPE_PARAMETERS))
                return;
        const Scope *around = &walk->scopes.items[walk->scope];
        Node list = tree_child(tree, function, FIELD_PARAMETERS),
             result = tree_child(tree, function, FIELD_RETURN_TYPE),
             receiver = python_receiver(walk, function, around);
        if (receiver)
                bind_own_type(walk, receiver, around);
        TREE_FOREACH(tree, list, child)
        {
                Node type = child == receiver ? 0 : tree_child(tree, child, FIELD_TYPE);
                if (type)
                        declare_between(walk, type, tree->nodes[type].next, decl);
        }
        if (result)
                declare_between(walk, result, tree->nodes[result].next, decl);
}

/* class A[T], def f[T](), type A[T] = …: each has a node of its own. */
void python_declare_type_parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_parent(tree, tree_parent(tree, node));
        bool of_alias = tree->nodes[left].field == FIELD_LEFT &&
                        tree_parent_kind(tree, left) == TYPE_ALIAS_STATEMENT;
        if (tree->nodes[node].field != FIELD_TYPE_PARAMETERS && !of_alias)
                return;
        TREE_FOREACH(tree, node, child)
        {
                Node name = tree_first(tree, child);
                if (tree_kind(tree, name) == CONSTRAINED_TYPE) /* T: bound */
                        name = tree_first(tree, tree_first(tree, name));
                if (tree_kind(tree, name) != IDENTIFIER)
                        continue;
                walk->state[STATE_GENERIC] = 1;
                walk_define(walk, &(Definition){.node = child,
                                                .name = name,
                                                .kind = UNIT_TYPE_PARAMETER,
                                                .spaces = SPACE_TYPE});
        }
}

/* ---- lists of them ---- */

static void add_declared(Walk *walk, Node from, Node to, Items *items)
{
        for (Node node = from; node < to; node++) {
                uint32_t decl = walk_decl(walk, node);
                if (decl != UNIT_NONE &&
                    builder_decl_at(walk->builder, decl)->kind == UNIT_TYPE_PARAMETER)
                        items_add(items, decl);
        }
}

uint32_t python_type_parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        const unsigned fields[] = {FIELD_TYPE_PARAMETERS, FIELD_SUPERCLASSES, FIELD_PARAMETERS,
                                   FIELD_RETURN_TYPE};
        for (unsigned i = 0; walk->state[STATE_GENERIC] && i < G_N_ELEMENTS(fields); i++) {
                Node part = tree_child(tree, node, fields[i]);
                if (part)
                        add_declared(walk, part, tree->nodes[part].next, &items);
        }
        return items.count ? items_list(&items, walk->builder) : UNIT_NONE;
}

/* They are seen from functions in a class, unlike its other names. */
uint32_t python_type_parameter(const Walk *walk, uint32_t scope, UnitString name)
{
        for (; walk->state[STATE_GENERIC]; scope = walk->scopes.items[scope].parent) {
                uint32_t expr = scopes_find_in(&walk->scopes, scope, SPACE_TYPE, name);
                if (expr != UNIT_NONE || scope == 0)
                        return expr;
        }
        return UNIT_NONE;
}
