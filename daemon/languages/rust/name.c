/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and paths. A let hides what was bound before it, so of several that one scope binds the last before the name holds. What stands
 * in a module does not see what is around the module. */
#include "languages/rust/front.h"

#define MEANINGS_MAX 16 /* of one name in one scope that are told apart */

/* ---- what is around ---- */

uint32_t rust_module_at(const Walk *walk, Node node)
{
        const Scope *scope = walk_scope_at(walk, node);
        for (; scope->node; scope = &walk->scopes.items[scope->parent])
                if (tree_kind(walk->tree, scope->node) == MOD_ITEM)
                        return scope->decl;
        return UNIT_NONE;
}

uint32_t rust_owner_at(const Walk *walk, Node node)
{
        const Scope *scope = walk_scope_at(walk, node);
        for (; scope->node; scope = &walk->scopes.items[scope->parent])
                switch (tree_kind(walk->tree, scope->node)) {
                case IMPL_ITEM:
                case TRAIT_ITEM:
                case STRUCT_ITEM:
                case ENUM_ITEM:
                case UNION_ITEM:
                        return scope->decl;
                case MOD_ITEM:
                        return UNIT_NONE;
                default:
                        break;
                }
        return UNIT_NONE;
}

uint32_t rust_self_type(Walk *walk, Node node)
{
        const Scope *scope = walk_scope_at(walk, node);
        for (; scope->node; scope = &walk->scopes.items[scope->parent])
                switch (tree_kind(walk->tree, scope->node)) {
                case IMPL_ITEM:
                        return walk_type(walk, tree_child(walk->tree, scope->node, FIELD_TYPE));
                case TRAIT_ITEM:
                        return scope->decl == UNIT_NONE
                                       ? UNIT_NONE
                                       : builder_expr(walk->builder, UNIT_EXPR_SELF, scope->decl,
                                                      UNIT_NONE);
                case STRUCT_ITEM:
                case ENUM_ITEM:
                case UNION_ITEM:
                        return scope->decl == UNIT_NONE ? UNIT_NONE
                                                        : walk_expr_decl(walk, scope->decl);
                default:
                        break;
                }
        return UNIT_NONE;
}

uint32_t rust_self_value(Walk *walk, Node node)
{
        uint32_t type = rust_self_type(walk, node);
        return type == UNIT_NONE || builder_expr_at(walk->builder, type)->op == UNIT_EXPR_SELF
                       ? type
                       : walk_value(walk, type);
}

/* ---- visibility ---- */

static bool is_behind(const Walk *walk, const UnitDecl *decl, Node node)
{
        uint32_t line = walk->tree->nodes[node].row + 1;
        return decl->name_line > line ||
               (decl->name_line == line && decl->name_column > tree_column(walk->tree, node));
}

/* Does a node stand in the value of what declares this? */
static bool is_within(const Walk *walk, const UnitDecl *decl, Node node)
{
        const Tree *tree = walk->tree;
        for (Node at = node, parent; (parent = tree_parent(tree, at)); at = parent) {
                unsigned kind = tree_kind(tree, parent), field = tree->nodes[at].field;
                if (kind == FUNCTION_ITEM)
                        break;
                if ((kind != LET_DECLARATION && kind != LET_CONDITION && kind != FOR_EXPRESSION) ||
                    (field != FIELD_VALUE && field != FIELD_ALTERNATIVE))
                        continue;
                uint32_t line = tree->nodes[parent].row + 1, end = tree->nodes[at].row + 1;
                bool from =
                        decl->name_line > line ||
                        (decl->name_line == line && decl->name_column >= tree_column(tree, parent));
                bool to = decl->name_line < end ||
                          (decl->name_line == end && decl->name_column < tree_column(tree, at));
                if (from && to)
                        return true;
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

static bool is_unusual(Walk *walk, uint32_t expr)
{
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        if (place->op == UNIT_EXPR_IMPORT)
                return builder_import_at(walk->builder, place->a)->flags & UNIT_IMPORT_UNUSUAL;
        return place->op == UNIT_EXPR_DECL &&
               builder_decl_at(walk->builder, place->a)->flags & UNIT_UNUSUAL;
}

/* Of items of several meanings those that most builds have; all if they have none. */
static uint32_t usual(Walk *walk, uint32_t expr)
{
        const uint32_t *listed;
        uint32_t list = builder_expr_at(walk->builder, expr)->b, kept[MEANINGS_MAX], count = 0;
        uint32_t all = builder_list_items(walk->builder, list, &listed);
        for (uint32_t i = 0; i < all && all <= MEANINGS_MAX; i++)
                if (!is_unusual(walk, listed[i]))
                        kept[count++] = listed[i];
        return count && count < all ? builder_any(walk->builder, kept, count) : expr;
}

/* Of what one scope binds to a name: the last that holds there; UNIT_NONE: none does. */
static uint32_t visible(Walk *walk, uint32_t expr, Node node)
{
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        const uint32_t *items;
        if (place->op != UNIT_EXPR_ANY)
                return is_hidden(walk, expr, node) ? UNIT_NONE : expr;
        uint32_t count = builder_list_items(walk->builder, place->b, &items), found = UNIT_NONE;
        for (uint32_t i = 0; i < count; i++) {
                const UnitExpr *one = builder_expr_at(walk->builder, items[i]);
                bool local = one->op == UNIT_EXPR_DECL &&
                             builder_decl_at(walk->builder, one->a)->flags & UNIT_LOCAL;
                if (!local)
                        return usual(walk, expr);
                if (!is_hidden(walk, items[i], node))
                        found = items[i];
        }
        return found;
}

/* ---- names ---- */

uint32_t rust_find(Walk *walk, Node node, uint32_t space)
{
        UnitString name = walk_string(walk, node);
        uint32_t scope = walk->tree->nodes[node].scope;
        if (!name || scopes_find(&walk->scopes, scope, space, name) == UNIT_NONE)
                return UNIT_NONE;
        for (;; scope = walk->scopes.items[scope].parent) {
                uint32_t expr = scopes_find_in(&walk->scopes, scope, space, name);
                uint32_t found = expr == UNIT_NONE ? UNIT_NONE : visible(walk, expr, node);
                if (found != UNIT_NONE)
                        return found;
                if (!scope || tree_kind(walk->tree, walk->scopes.items[scope].node) == MOD_ITEM)
                        return UNIT_NONE;
        }
}

static uint32_t unbound(Walk *walk, Node node, const char *word)
{
        UnitString name = word ? builder_word(walk->builder, word) : walk_string(walk, node);
        return name ? builder_expr(walk->builder, UNIT_EXPR_NAME, name, rust_module_at(walk, node))
                    : UNIT_NONE;
}

uint32_t rust_name(Walk *walk, Node node, uint32_t space)
{
        if (tree_is(walk->tree, node, "Self"))
                return rust_self_type(walk, node);
        uint32_t found = rust_find(walk, node, space);
        return found == UNIT_NONE ? unbound(walk, node, NULL) : found;
}

/* The module around the one that is written around a node. */
static uint32_t super_of(Walk *walk, Node node)
{
        uint32_t module = rust_module_at(walk, node);
        if (module == UNIT_NONE)
                return unbound(walk, node, "super");
        uint32_t outer = builder_decl_at(walk->builder, module)->container;
        if (outer != UNIT_NONE && builder_decl_at(walk->builder, outer)->kind == UNIT_NAMESPACE)
                return walk_expr_decl(walk, outer);
        return builder_expr(walk->builder, UNIT_EXPR_NAME, builder_word(walk->builder, "self"),
                            UNIT_NONE);
}

static uint32_t self_module(Walk *walk, Node node)
{
        uint32_t module = rust_module_at(walk, node);
        return module == UNIT_NONE ? unbound(walk, node, "self") : walk_expr_decl(walk, module);
}

/* <T as Trait>::name: of the type. */
static uint32_t of_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node inner = tree_first(tree, node);
        if (tree_kind(tree, inner) == QUALIFIED_TYPE)
                inner = tree_child(tree, inner, FIELD_TYPE);
        return walk_type(walk, inner);
}

static uint32_t scoped(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node path = tree_child(tree, node, FIELD_PATH), name = tree_child(tree, node, FIELD_NAME);
        if (!path) /* ::name: a crate */
                return unbound(walk, name, NULL);
        if (walk->depth >= WALK_DEPTH_MAX)
                return UNIT_NONE;
        walk->depth++;
        uint32_t of = rust_path(walk, path, SPACE_TYPE);
        walk->depth--;
        return of == UNIT_NONE ? UNIT_NONE : walk_member(walk, of, walk_string(walk, name));
}

uint32_t rust_path(Walk *walk, Node node, uint32_t space)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case IDENTIFIER:
        case TYPE_IDENTIFIER:
        case SHORTHAND_FIELD:
                return rust_name(walk, node, space);
        case CRATE:
                return unbound(walk, node, "crate");
        case SELF:
                return self_module(walk, node);
        case SUPER:
                return super_of(walk, node);
        case SCOPED_IDENTIFIER:
        case SCOPED_TYPE:
                return scoped(walk, node);
        case BRACKETED_TYPE:
                return of_type(walk, node);
        case GENERIC_TYPE:
        case GENERIC_TURBOFISH:
        case PRIMITIVE_TYPE:
                return walk_type(walk, node);
        default:
                return UNIT_NONE;
        }
}

Node rust_last_name(const Tree *tree, Node path)
{
        for (;;)
                switch (tree_kind(tree, path)) {
                case IDENTIFIER:
                case TYPE_IDENTIFIER:
                        return path;
                case SCOPED_IDENTIFIER:
                case SCOPED_TYPE:
                        return tree_child(tree, path, FIELD_NAME);
                case GENERIC_TYPE:
                case GENERIC_TURBOFISH:
                        path = tree_child(tree, path, FIELD_TYPE);
                        break;
                case GENERIC_FUNCTION:
                        path = tree_child(tree, path, FIELD_FUNCTION);
                        break;
                case HIGHER_RANKED:
                        path = tree_child(tree, path, FIELD_TYPE);
                        break;
                default:
                        return 0;
                }
}
