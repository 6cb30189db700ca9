/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Assignments: what a variable or field without a written type is given; and what JavaScript declares by them: members of classes
 * (this.x = …), of functions (A.prototype.b = function …), and exports. */
#include "languages/typescript/front.h"

/* A member of the class that "this" is of where a node stands, by its declaration; UNIT_NONE if there is none. */
static uint32_t own_member(Walk *walk, Node node, UnitString name)
{
        uint32_t scope, decl = typescript_self(walk, node, &scope);
        uint32_t expr = decl == UNIT_NONE || !scope
                                ? UNIT_NONE
                                : scopes_find_in(&walk->scopes, scope, SPACE_MEMBER, name);
        if (expr == UNIT_NONE)
                return UNIT_NONE;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        return place->op == UNIT_EXPR_DECL ? place->a : UNIT_NONE;
}

/* ---- the first pass, JavaScript only ---- */

static void declare_field(Walk *walk, Node assignment, Node left, Definition *definition)
{
        uint32_t scope, class = typescript_self(walk, assignment, &scope);
        UnitString name = walk_string(walk, definition->name);
        if (class == UNIT_NONE || !scope ||
            builder_decl_at(walk->builder, class)->kind != UNIT_CLASS ||
            scopes_find_in(&walk->scopes, scope, SPACE_MEMBER, name) != UNIT_NONE)
                return;
        definition->node = definition->kind == UNIT_METHOD ? assignment : left;
        definition->container = class + 1;
        uint32_t index = walk_define(walk, definition);
        if (index != UNIT_NONE)
                walk_bind(walk, scope, SPACE_MEMBER, name, walk_expr_decl(walk, index));
}

void typescript_declare_assigned(Walk *walk, Node assignment)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, assignment, FIELD_LEFT),
             object = tree_child(tree, left, FIELD_OBJECT);
        Node value = typescript_bare_value(tree, tree_child(tree, assignment, FIELD_RIGHT));
        bool function = typescript_is_function(tree_kind(tree, value));
        if (walk->front != &javascript_front || tree_kind(tree, left) != MEMBER_EXPRESSION)
                return;
        Definition definition = {.node = assignment,
                                 .outer = typescript_statement(tree, assignment),
                                 .name = tree_child(tree, left, FIELD_PROPERTY),
                                 .body = function ? tree_child(tree, value, FIELD_BODY) : 0,
                                 .kind = function ? UNIT_METHOD : UNIT_FIELD,
                                 .flags = function ? typescript_function_flags(tree, value) : 0};
        if (tree_kind(tree, object) == THIS) {
                declare_field(walk, assignment, left, &definition);
        } else if (function && typescript_is_exports(tree, object)) {
                definition.kind = UNIT_FUNCTION;
                definition.flags |= UNIT_EXPORTED;
                walk_define(walk, &definition);
        } else if (function && !tree_is(tree, left, "module.exports")) {
                bool prototype =
                        tree_is(tree, tree_child(tree, object, FIELD_PROPERTY), "prototype");
                definition.flags |= prototype ? 0 : UNIT_STATIC;
                walk_define(walk, &definition);
        }
}

/* ---- the second pass ---- */

/* What a function is a member of that is assigned to A.b or A.prototype.b. */
static void lower_outer(Walk *walk, Node object, uint32_t index)
{
        const Tree *tree = walk->tree;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        if (decl->kind != UNIT_METHOD || tree_kind(tree, object) == THIS)
                return;
        if (!(decl->flags & UNIT_STATIC))
                object = tree_child(tree, object, FIELD_OBJECT);
        uint32_t outer = walk_expression(walk, object);
        builder_decl_at(walk->builder, index)->outer = outer;
}

/* One more value of a variable or field whose type is not written. */
static void add_value(Walk *walk, uint32_t index, uint32_t value)
{
        const UnitDecl *decl = builder_decl_at(walk->builder, index);
        if (decl->type != UNIT_NONE || (decl->kind != UNIT_VARIABLE && decl->kind != UNIT_FIELD))
                return;
        uint32_t both[] = {decl->value, value}, any = builder_any(walk->builder, both, 2);
        builder_decl_at(walk->builder, index)->value = any;
}

/* The declaration that a name or this.name stands for, or UNIT_NONE. */
static uint32_t assigned(Walk *walk, Node left)
{
        const Tree *tree = walk->tree;
        if (walk_decl(walk, left) != UNIT_NONE)
                return walk_decl(walk, left);
        if (tree_kind(tree, left) == MEMBER_EXPRESSION &&
            tree_kind(tree, tree_child(tree, left, FIELD_OBJECT)) == THIS)
                return own_member(walk, left,
                                  walk_string(walk, tree_child(tree, left, FIELD_PROPERTY)));
        uint32_t expr = tree_kind(tree, left) == IDENTIFIER ? walk_find(walk, left, SPACE_VALUE)
                                                            : UNIT_NONE;
        if (expr == UNIT_NONE)
                return UNIT_NONE;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        return place->op == UNIT_EXPR_DECL ? place->a : UNIT_NONE;
}

void typescript_lower_assignment(Walk *walk, Node assignment)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, assignment, FIELD_LEFT);
        uint32_t index = assigned(walk, left), own = walk_decl(walk, assignment);
        if (index != UNIT_NONE)
                add_value(walk, index,
                          walk_expression(walk, tree_child(tree, assignment, FIELD_RIGHT)));
        if (own != UNIT_NONE)
                lower_outer(walk, tree_child(tree, left, FIELD_OBJECT), own);
        typescript_lower_exports(walk, assignment);
}
