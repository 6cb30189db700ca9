/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a name means where it is used: of the assignments of a function's name those that can reach it, and the type that an
 * isinstance() around it says. */
#include "languages/python/front.h"

#define REACHING_MAX 40  /* assignments of one name that are told apart */
#define CLIMB_MAX    200 /* nodes around a place that are looked at */
#define DEMANDS_MAX  50  /* parts of a condition */

/* An assignment: where the name has its value, from where on, and in which part of the text. */
typedef struct Reach {
        uint32_t expr;
        Node target, start, first, end;
} Reach;

/* ---- where an assignment holds ---- */

/* The node that begins at this place of the text and stands deepest. */
static Node node_at(const Tree *tree, uint32_t line, uint32_t column)
{
        uint32_t byte = tree->lines[line - 1] + column;
        Node low = 1, high = tree->count;
        while (low + 1 < high) {
                Node middle = low + (high - low) / 2;
                if (tree->nodes[middle].start <= byte)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

/* Of what stands in a statement's head it holds in its body alone (for, except), or from there on. */
static bool holds_in(const Tree *tree, Node node, Node inner, Reach *reach)
{
        Node body;
        switch (tree_kind(tree, node)) {
        case FOR_STATEMENT:
                body = tree_child(tree, node, FIELD_BODY);
                if (inner == body || tree->nodes[inner].field != FIELD_LEFT)
                        return false;
                reach->start = body ? body : tree->nodes[node].next;
                reach->first = node;
                reach->end = tree->nodes[node].next;
                return true;
        case EXCEPT_CLAUSE:
        case CASE_CLAUSE:
                reach->start = tree->nodes[inner].next;
                reach->first = node;
                reach->end = tree->nodes[node].next;
                return true;
        default:
                return false;
        }
}

static void find_reach(const Tree *tree, Node function, Reach *reach)
{
        Node inner = reach->target, head = 0;
        unsigned climbed = 0;
        reach->start = 0;
        for (Node node = tree_parent(tree, inner); node > function && climbed++ < CLIMB_MAX;
             inner = node, node = tree_parent(tree, node)) {
                unsigned kind = tree_kind(tree, node);
                if (holds_in(tree, node, inner, reach))
                        return;
                if (kind == NAMED_EXPRESSION || kind == AS_PATTERN)
                        head = tree->nodes[node].next;
                if (kind == BLOCK) {
                        reach->start = head ? head : tree->nodes[inner].next;
                        reach->first = node;
                        reach->end = tree->nodes[node].next;
                        return;
                }
        }
        reach->start = reach->target; /* a parameter */
        reach->first = function;
        reach->end = tree->nodes[function].next;
}

/* ---- which of them reach a use ---- */

static bool holds_at(const Reach *reach, Node use)
{
        return reach->start <= use && use < reach->end;
}

/* Is there a loop around the use with that assignment in it, but not the one that holds? */
static bool comes_round(const Tree *tree, Node function, Node use, const Reach *later,
                        const Reach *holding)
{
        unsigned climbed = 0;
        for (Node node = tree_parent(tree, use); node > function && climbed++ < CLIMB_MAX;
             node = tree_parent(tree, node)) {
                unsigned kind = tree_kind(tree, node);
                Node end = tree->nodes[node].next;
                if (kind != FOR_STATEMENT && kind != WHILE_STATEMENT)
                        continue;
                if (holding && holding->target > node && holding->target < end)
                        return false;
                if (later->target > node && later->target < end)
                        return true;
        }
        return false;
}

static uint32_t choose(Walk *walk, Node function, Node use, const Reach *reaches, unsigned count)
{
        const Tree *tree = walk->tree;
        const Reach *holding = NULL;
        Items items = {0};
        for (unsigned i = 0; i < count; i++)
                if (holds_at(&reaches[i], use) && (!holding || reaches[i].start >= holding->start))
                        holding = &reaches[i];
        for (unsigned i = 0; i < count; i++) {
                const Reach *reach = &reaches[i];
                bool before = reach->start <= use && (!holding || reach->start >= holding->start);
                if (before || comes_round(tree, function, use, reach, holding))
                        items_add(&items, reach->expr);
        }
        return items_any(&items, walk->builder);
}

/* The function around a use if all these are its own; 0: they are seen from another, and any may hold. */
static Node common_function(Walk *walk, Node use, const uint32_t *items, uint32_t count)
{
        uint32_t scope = walk_function_scope(walk, walk->tree->nodes[use].scope);
        const Scope *place = &walk->scopes.items[scope];
        for (uint32_t i = 0; i < count; i++) {
                const UnitExpr *expr = builder_expr_at(walk->builder, items[i]);
                if (expr->op != UNIT_EXPR_DECL)
                        return 0;
                const UnitDecl *decl = builder_decl_at(walk->builder, expr->a);
                if (decl->container != place->decl ||
                    (!(decl->flags & UNIT_LOCAL) && decl->kind != UNIT_PARAMETER))
                        return 0;
        }
        return scope ? place->node : 0;
}

static uint32_t reaching(Walk *walk, Node use, uint32_t any)
{
        const uint32_t *items;
        uint32_t list = builder_expr_at(walk->builder, any)->b;
        uint32_t count = builder_list_items(walk->builder, list, &items);
        Reach reaches[REACHING_MAX];
        Node function = count <= REACHING_MAX ? common_function(walk, use, items, count) : 0;
        if (!function)
                return any;
        for (uint32_t i = 0; i < count; i++) {
                uint32_t index = builder_expr_at(walk->builder, items[i])->a;
                const UnitDecl *decl = builder_decl_at(walk->builder, index);
                reaches[i].expr = items[i];
                reaches[i].target = node_at(walk->tree, decl->name_line, decl->name_column);
                find_reach(walk->tree, function, &reaches[i]);
        }
        uint32_t chosen = choose(walk, function, use, reaches, count);
        return chosen == UNIT_NONE ? any : chosen;
}

/* ---- isinstance() ---- */

static bool same_text(const Tree *tree, Node a, Node b)
{
        size_t length_a, length_b;
        const char *text_a = tree_text(tree, a, &length_a), *text_b = tree_text(tree, b, &length_b);
        return length_a == length_b && memcmp(text_a, text_b, length_a) == 0;
}

/* The type in isinstance(x, T) among what a condition demands, or 0. */
static Node demanded(const Tree *tree, Node condition, Node subject, unsigned *left)
{
        for (Node node = condition; node && *left > 0; --*left) {
                switch (tree_kind(tree, node)) {
                case PARENTHESIZED_EXPRESSION:
                        node = tree_first(tree, node);
                        break;
                case BOOLEAN_OPERATOR: {
                        if (!tree_child_of_kind(tree, node, T_AND))
                                return 0;
                        Node right =
                                demanded(tree, tree_child(tree, node, FIELD_RIGHT), subject, left);
                        if (right)
                                return right;
                        node = tree_child(tree, node, FIELD_LEFT);
                        break;
                }
                case CALL: {
                        Node first = tree_first(tree, tree_child(tree, node, FIELD_ARGUMENTS));
                        bool right = tree_is(tree, tree_child(tree, node, FIELD_FUNCTION),
                                             "isinstance") &&
                                     first && same_text(tree, first, subject);
                        return right ? tree_next(tree, first) : 0;
                }
                default:
                        return 0;
                }
        }
        return 0;
}

static Node condition_over(const Tree *tree, Node node, Node inner)
{
        unsigned field = tree->nodes[inner].field;
        switch (tree_kind(tree, node)) {
        case IF_STATEMENT:
        case ELIF_CLAUSE:
                return field == FIELD_CONSEQUENCE ? tree_child(tree, node, FIELD_CONDITION) : 0;
        case WHILE_STATEMENT:
                return field == FIELD_BODY ? tree_child(tree, node, FIELD_CONDITION) : 0;
        case BOOLEAN_OPERATOR:
                return field == FIELD_RIGHT && tree_child_of_kind(tree, node, T_AND)
                               ? tree_child(tree, node, FIELD_LEFT)
                               : 0;
        case CONDITIONAL_EXPRESSION: {
                Node first = tree_first(tree, node);
                return inner == first ? tree_next(tree, first) : 0;
        }
        default:
                return 0;
        }
}

uint32_t python_narrowed(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (!walk->state[STATE_NARROWS])
                return UNIT_NONE;
        Node inner = node;
        unsigned climbed = 0;
        for (Node outer = tree_parent(tree, node); outer && climbed++ < CLIMB_MAX;
             inner = outer, outer = tree_parent(tree, outer)) {
                unsigned kind = tree_kind(tree, outer);
                if (kind == FUNCTION_DEFINITION || kind == CLASS_DEFINITION)
                        break;
                Node condition = condition_over(tree, outer, inner);
                unsigned left = DEMANDS_MAX;
                Node type = condition ? demanded(tree, condition, node, &left) : 0;
                if (type)
                        return walk_value(walk, walk_type(walk, type));
        }
        return UNIT_NONE;
}

/* Annotations, defaults and bases are read outside of the function or class. */
uint32_t python_scope_of(const Walk *walk, Node node)
{
        uint32_t scope = walk->tree->nodes[node].scope;
        const Scope *place = &walk->scopes.items[scope];
        bool opens = place->kind == SCOPE_FUNCTION || place->kind == SCOPE_CLASS;
        Node body = opens ? tree_child(walk->tree, place->node, FIELD_BODY) : 0;
        return node < body ? place->parent : scope;
}

uint32_t python_name(Walk *walk, Node node)
{
        UnitString name = walk_string(walk, node);
        if (!name)
                return UNIT_NONE;
        uint32_t expr = scopes_find(&walk->scopes, python_scope_of(walk, node), SPACE_VALUE, name);
        if (expr == UNIT_NONE)
                return builder_expr(walk->builder, UNIT_EXPR_NAME, name, UNIT_NONE);
        UnitOp op = builder_expr_at(walk->builder, expr)->op;
        if (op == UNIT_EXPR_IMPORT || op == UNIT_EXPR_SELF)
                return expr;
        if (op == UNIT_EXPR_ANY)
                expr = reaching(walk, node, expr);
        uint32_t narrowed = python_narrowed(walk, node);
        return narrowed == UNIT_NONE ? expr : narrowed;
}
