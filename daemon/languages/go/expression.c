/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: what they denote or are a value of, as far as the text of this file says it. */
#include "languages/go/front.h"

/* ---- names ---- */

static bool is_behind(const Walk *walk, const UnitDecl *decl, Node node)
{
        uint32_t line = walk->tree->nodes[node].row + 1;
        return decl->name_line > line ||
               (decl->name_line == line && decl->name_column > tree_column(walk->tree, node));
}

/* Does a node stand right of what the statement around it declares, this one with it? */
static bool is_within(const Walk *walk, const UnitDecl *decl, Node node)
{
        const Tree *tree = walk->tree;
        for (Node at = node; at && tree_kind(tree, at) != BLOCK; at = tree_parent(tree, at)) {
                unsigned field = tree->nodes[at].field;
                Node statement = tree_parent(tree, at);
                switch (tree_kind(tree, statement)) {
                case SHORT_VAR_DECLARATION:
                case RANGE_CLAUSE:
                case RECEIVE_STATEMENT:
                case VAR_SPEC:
                case TYPE_SWITCH_STATEMENT:
                        if (field == FIELD_RIGHT || field == FIELD_VALUE)
                                return !is_behind(walk, decl, node) &&
                                       (decl->name_line > tree->nodes[statement].row + 1 ||
                                        (decl->name_line == tree->nodes[statement].row + 1 &&
                                         decl->name_column >= tree_column(tree, statement)));
                        break;
                default:
                        break;
                }
        }
        return false;
}

static bool is_hidden(const Walk *walk, uint32_t expr, Node node)
{
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        if (place->op != UNIT_EXPR_DECL)
                return false;
        const UnitDecl *decl = builder_decl_at(walk->builder, place->a);
        return decl->flags & UNIT_LOCAL && decl->kind == UNIT_VARIABLE &&
               (is_behind(walk, decl, node) || is_within(walk, decl, node));
}

/* The function in whose signature a node stands; 0: none. */
static Node signature_around(const Tree *tree, Node node)
{
        for (Node at = node; at && tree_kind(tree, at) != BLOCK; at = tree_parent(tree, at)) {
                unsigned field = tree->nodes[at].field;
                if (field == FIELD_PARAMETERS || field == FIELD_RESULT || field == FIELD_RECEIVER)
                        return tree_parent(tree, at);
        }
        return 0;
}

/* Parameters hold in the body of a function: "fs fs.System" names the type by what is around. */
static bool is_later(const Walk *walk, uint32_t scope, uint32_t expr, Node node)
{
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        const UnitDecl *decl =
                place->op == UNIT_EXPR_DECL ? builder_decl_at(walk->builder, place->a) : NULL;
        if (!decl || (decl->kind != UNIT_PARAMETER && decl->kind != UNIT_VARIABLE))
                return false;
        return walk->scopes.items[scope].node &&
               walk->scopes.items[scope].node == signature_around(walk->tree, node);
}

uint32_t go_find(Walk *walk, Node node)
{
        UnitString name = walk_string(walk, node);
        uint32_t scope = walk->tree->nodes[node].scope;
        if (!name || scopes_find(&walk->scopes, scope, SPACE_VALUE, name) == UNIT_NONE)
                return UNIT_NONE;
        for (;; scope = walk->scopes.items[scope].parent) {
                uint32_t expr = scopes_find_in(&walk->scopes, scope, SPACE_VALUE, name);
                if (expr != UNIT_NONE && !is_hidden(walk, expr, node) &&
                    !is_later(walk, scope, expr, node))
                        return expr;
                if (!scope)
                        return UNIT_NONE;
        }
}

uint32_t go_name(Walk *walk, Node node)
{
        uint32_t expr = go_find(walk, node);
        UnitString name = expr == UNIT_NONE ? walk_string(walk, node) : 0;
        return name ? builder_expr(walk->builder, UNIT_EXPR_NAME, name, UNIT_NONE) : expr;
}

/* ---- calls ---- */

static uint32_t argument_list(Walk *walk, Node arguments)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, arguments, child)
        {
                if (tree_kind(walk->tree, child) == VARIADIC_ARGUMENT) {
                        items_clear(&items);
                        return UNIT_NONE;
                }
                items_add(&items, walk_expression(walk, child));
        }
        return items_list(&items, walk->builder);
}

/* new(T), make(T), append(s, …) give what they are given. */
static uint32_t builtin_call(Walk *walk, Node function, Node arguments)
{
        const Tree *tree = walk->tree;
        Node first = tree_first(tree, arguments);
        if (tree_kind(tree, function) != IDENTIFIER || !first)
                return UNIT_NONE;
        bool type = tree_is(tree, function, "new") || tree_is(tree, function, "make");
        if (!type && !tree_is(tree, function, "append"))
                return UNIT_NONE;
        if (go_find(walk, function) != UNIT_NONE)
                return UNIT_NONE;
        if (!type)
                return walk_expression(walk, first);
        uint32_t made = walk_type(walk, first);
        if (made == UNIT_NONE)
                made = walk_expression(walk, first); /* pkg.T as an expression */
        return made == UNIT_NONE ? UNIT_NONE : walk_value(walk, made);
}

static uint32_t call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node function = tree_child(tree, node, FIELD_FUNCTION),
             arguments = tree_child(tree, node, FIELD_ARGUMENTS);
        uint32_t builtin = builtin_call(walk, function, arguments);
        if (builtin != UNIT_NONE)
                return builtin;
        uint32_t callee = walk_expression(walk, function);
        Node generic = tree_child(tree, node, FIELD_TYPE_ARGUMENTS);
        if (callee == UNIT_NONE)
                return UNIT_NONE;
        if (generic)
                callee = builder_expr(walk->builder, UNIT_EXPR_APPLY, callee,
                                      go_type_arguments(walk, generic));
        return builder_expr(walk->builder, UNIT_EXPR_CALL, callee, argument_list(walk, arguments));
}

/* T(x), and F[A, B](x), which the grammar takes for one: what is called decides. */
static uint32_t conversion(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE);
        uint32_t expr = walk_type(walk, type);
        if (expr == UNIT_NONE)
                return UNIT_NONE;
        return tree_kind(tree, type) == GENERIC_TYPE
                       ? builder_expr(walk->builder, UNIT_EXPR_CALL, expr, UNIT_NONE)
                       : walk_value(walk, expr);
}

/* ---- operators ---- */

static uint32_t element(Walk *walk, uint32_t of, UnitString key)
{
        return of == UNIT_NONE
                       ? UNIT_NONE
                       : builder_expr(walk->builder, UNIT_EXPR_ELEMENT, of, key ? key : UNIT_NONE);
}

static uint32_t unary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t operand = walk_expression(walk, tree_child(tree, node, FIELD_OPERAND));
        switch (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR))) {
        case T_RECEIVE:
                return element(walk, operand, 0);
        case T_NOT:
                return walk_builtin_value(walk, "bool");
        default:
                return operand;
        }
}

static bool is_literal(unsigned kind)
{
        return kind == INT_LITERAL || kind == FLOAT_LITERAL || kind == RUNE_LITERAL;
}

static uint32_t binary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT), right = tree_child(tree, node, FIELD_RIGHT);
        switch (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR))) {
        case T_EQUAL:
        case T_UNEQUAL:
        case T_LESS:
        case T_LESS_EQUAL:
        case T_GREATER:
        case T_GREATER_EQUAL:
        case T_BOTH:
        case T_EITHER:
                return walk_builtin_value(walk, "bool");
        default: { /* both are of one type, but that of a literal is not told */
                uint32_t one =
                        walk_expression(walk, is_literal(tree_kind(tree, left)) ? right : left);
                return one == UNIT_NONE ? UNIT_NONE : one;
        }
        }
}

static uint32_t selector(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t operand = walk_expression(walk, tree_child(tree, node, FIELD_OPERAND));
        return operand == UNIT_NONE
                       ? UNIT_NONE
                       : walk_member(walk, operand,
                                     walk_string(walk, tree_child(tree, node, FIELD_FIELD)));
}

static uint32_t instantiation(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node generic = tree_child(tree, node, FIELD_TYPE);
        uint32_t type = walk_type(walk, generic);
        Items items = {0};
        TREE_FOREACH(tree, node, child)
        if (child != generic)
                items_add(&items, walk_type(walk, child));
        uint32_t list = items_list(&items, walk->builder);
        return type == UNIT_NONE ? UNIT_NONE
                                 : builder_expr(walk->builder, UNIT_EXPR_APPLY, type, list);
}

static uint32_t literal(Walk *walk, unsigned kind)
{
        switch (kind) {
        case STRING_LITERAL:
        case RAW_STRING_LITERAL:
                return walk_builtin_value(walk, "string");
        case INT_LITERAL:
        case IOTA:
                return walk_builtin_value(walk, "int");
        case FLOAT_LITERAL:
                return walk_builtin_value(walk, "float64");
        case RUNE_LITERAL:
                return walk_builtin_value(walk, "rune");
        case TRUE_LITERAL:
        case FALSE_LITERAL:
                return walk_builtin_value(walk, "bool");
        default:
                return UNIT_NONE;
        }
}

static uint32_t value_of_type(Walk *walk, Node type)
{
        uint32_t expr = walk_type(walk, type);
        return expr == UNIT_NONE ? UNIT_NONE : walk_value(walk, expr);
}

uint32_t go_expression(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node);
        switch (kind) {
        case IDENTIFIER:
        case TYPE_IDENTIFIER:
                return go_name(walk, node);
        case SELECTOR_EXPRESSION:
                return selector(walk, node);
        case CALL_EXPRESSION:
                return call(walk, node);
        case COMPOSITE_LITERAL:
        case TYPE_ASSERTION:
                return value_of_type(walk, tree_child(tree, node, FIELD_TYPE));
        case TYPE_CONVERSION:
                return conversion(walk, node);
        case INDEX_EXPRESSION:
                return element(walk, walk_expression(walk, tree_child(tree, node, FIELD_OPERAND)),
                               0);
        case SLICE_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_OPERAND));
        case PARENTHESIZED_EXPRESSION:
        case LITERAL_ELEMENT:
                return walk_expression(walk, tree_first(tree, node));
        case UNARY_EXPRESSION:
                return unary(walk, node);
        case BINARY_EXPRESSION:
                return binary(walk, node);
        case TYPE_INSTANTIATION:
                return instantiation(walk, node);
        case FUNC_LITERAL:
                return walk_decl(walk, node) == UNIT_NONE
                               ? UNIT_NONE
                               : walk_expr_decl(walk, walk_decl(walk, node));
        case QUALIFIED_TYPE:
        case GENERIC_TYPE:
        case POINTER_TYPE:
        case PARENTHESIZED_TYPE:
        case SLICE_TYPE:
        case ARRAY_TYPE:
        case MAP_TYPE:
        case CHANNEL_TYPE:
        case FUNCTION_TYPE:
        case STRUCT_TYPE:
        case INTERFACE_TYPE:
                return walk_type(walk, node);
        default:
                return literal(walk, kind);
        }
}

/* ---- assignment ---- */

/* A call that stands alone gives a tuple; another expression its value, and whether there was one. */
static uint32_t part_of(Walk *walk, Node value, unsigned index)
{
        const Tree *tree = walk->tree;
        while (tree_kind(tree, value) == PARENTHESIZED_EXPRESSION)
                value = tree_first(tree, value);
        if (tree_kind(tree, value) == CALL_EXPRESSION) {
                char number[16];
                g_snprintf(number, sizeof(number), "%u", index);
                return element(walk, walk_expression(walk, value),
                               builder_word(walk->builder, number));
        }
        return index == 0 ? walk_expression(walk, value) : walk_builtin_value(walk, "bool");
}

uint32_t go_assigned(Walk *walk, Node values, unsigned index, unsigned names)
{
        const Tree *tree = walk->tree;
        bool list = tree_kind(tree, values) == EXPRESSION_LIST;
        Node value = list ? tree_first(tree, values) : values;
        bool single = !list || !tree_next(tree, value);
        if (single && names > 1)
                return part_of(walk, value, index);
        for (unsigned i = 0; i < index && value; i++)
                value = single ? 0 : tree_next(tree, value);
        return walk_expression(walk, value);
}
