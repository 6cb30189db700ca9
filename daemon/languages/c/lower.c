/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second pass over declarations: types, values, bases, parameters. */
#include "languages/c/front.h"
#include "languages/c/shape.h"

#define RETURNS_MAX 8 /* of one function that are looked at for its value */

static void set(Walk *walk, uint32_t index, uint32_t type, uint32_t value)
{
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
}

/* ---- functions ---- */

static uint32_t decl_list(Walk *walk, Node list)
{
        Items items = {0};
        for (Node at = list + 1; at < walk->tree->nodes[list].next; at = walk->tree->nodes[at].next)
                if (walk_decl(walk, at) != UNIT_NONE)
                        items_add(&items, walk_decl(walk, at));
        return items_list(&items, walk->builder);
}

static uint32_t type_parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node template = tree_parent(tree, node);
        if (tree_kind(tree, template) != TEMPLATE_DECLARATION)
                return UNIT_NONE;
        return decl_list(walk, tree_child(tree, template, FIELD_PARAMETERS));
}

/* What its body returns, without what lambdas in it return. */
static uint32_t returned(Walk *walk, Node body)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        unsigned count = 0;
        for (Node node = body + 1; body && node < tree->nodes[body].next && count < RETURNS_MAX;
             node++) {
                unsigned kind = tree_kind(tree, node);
                if (kind == RETURN_STATEMENT) {
                        items_add(&items, walk_expression(walk, tree_first(tree, node)));
                        count++;
                }
                if (kind == RETURN_STATEMENT || kind == LAMBDA_EXPRESSION)
                        node = tree->nodes[node].next - 1;
        }
        return items_any(&items, walk->builder);
}

static uint32_t parameters(Walk *walk, Node function)
{
        Node list = tree_child(walk->tree, function, FIELD_PARAMETERS);
        return list ? decl_list(walk, list) : UNIT_NONE;
}

static void lower_function(Walk *walk, Node declaration, Node name, uint32_t index)
{
        const Tree *tree = walk->tree;
        Node function = c_function_of(tree, name), qualified = c_qualified(tree, name);
        uint32_t type = c_declared_type(walk, declaration, name), value = UNIT_NONE,
                 outer = UNIT_NONE;
        if (type == UNIT_NONE && builder_decl_at(walk->builder, index)->kind != UNIT_CONSTRUCTOR)
                value = returned(walk, tree_child(tree, declaration, FIELD_BODY));
        if (qualified)
                outer = c_outer(walk, qualified);
        uint32_t own = parameters(walk, function), generic = type_parameters(walk, declaration);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        if (walk->front->places_names) {
                decl->shape = c_shape(walk, declaration, name);
                TREE_FOREACH(tree, function, child)
                if (tree_is(tree, child, "const"))
                        decl->shape |= SHAPE_METHOD_CONST;
        }
        decl->type = type;
        decl->value = value;
        decl->outer = outer;
        decl->parameters = own;
        decl->type_parameters = generic;
}

static void lower_lambda(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node function = tree_child(tree, node, FIELD_DECLARATOR);
        Node trailing = tree_child_of_kind(tree, function, TRAILING_RETURN_TYPE);
        uint32_t type = trailing ? walk_type(walk, trailing) : UNIT_NONE;
        uint32_t value = trailing ? UNIT_NONE : returned(walk, tree_child(tree, node, FIELD_BODY));
        uint32_t own = function ? parameters(walk, function) : UNIT_NONE;
        set(walk, walk_decl(walk, node), type, value);
        builder_decl_at(walk->builder, walk_decl(walk, node))->parameters = own;
}

/* ---- variables ---- */

static void lower_declarators(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, node, declarator)
        {
                uint32_t index = walk_decl(walk, declarator);
                if (index == UNIT_NONE || tree->nodes[declarator].field != FIELD_DECLARATOR)
                        continue;
                Node name = c_declared_name(tree, declarator);
                UnitKind kind = builder_decl_at(walk->builder, index)->kind;
                if (kind == UNIT_FUNCTION || kind == UNIT_METHOD || kind == UNIT_CONSTRUCTOR) {
                        lower_function(walk, node, name, index);
                        continue;
                }
                uint32_t type = c_declared_type(walk, node, name);
                Node value = tree_child(tree, declarator, FIELD_VALUE);
                if (!value)
                        value = tree_child(tree, node, FIELD_DEFAULT_VALUE);
                if (!value)
                        value = tree_child(tree, node, FIELD_VALUE); /* in a condition */
                set(walk, index, type,
                    type == UNIT_NONE ? walk_expression(walk, value) : UNIT_NONE);
                if (walk->front->places_names)
                        builder_decl_at(walk->builder, index)->shape = c_shape(walk, node, name);
                Node qualified = c_qualified(tree, name);
                if (qualified)
                        builder_decl_at(walk->builder, index)->outer = c_outer(walk, qualified);
        }
}

static void lower_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = c_declared_name(tree, tree_child(tree, node, FIELD_DECLARATOR));
        bool written = name || builder_decl_at(walk->builder, walk_decl(walk, node))->kind !=
                                       UNIT_TYPE_PARAMETER;
        uint32_t type = written ? c_declared_type(walk, node, name) : UNIT_NONE;
        set(walk, walk_decl(walk, node), type,
            walk_expression(walk, tree_child(tree, node, FIELD_DEFAULT_VALUE)));
        if (walk->front->places_names)
                builder_decl_at(walk->builder, walk_decl(walk, node))->shape =
                        c_shape_of_node(walk, node);
}

/* What iterating gives is named by the member that does it. */
static void lower_loop(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = c_declared_name(tree, tree_child(tree, node, FIELD_DECLARATOR));
        if (!name || walk_decl(walk, name) == UNIT_NONE)
                return;
        uint32_t range = walk_expression(walk, tree_child(tree, node, FIELD_RIGHT));
        uint32_t value = builder_expr(walk->builder, UNIT_EXPR_ELEMENT, range,
                                      builder_word(walk->builder, "begin"));
        set(walk, walk_decl(walk, name), c_declared_type(walk, node, name), value);
        if (walk->front->places_names)
                builder_decl_at(walk->builder, walk_decl(walk, name))->shape =
                        c_shape(walk, node, name);
}

/* ---- types ---- */

static void lower_typedef(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, node, declarator)
        {
                uint32_t index = walk_decl(walk, declarator);
                if (index == UNIT_NONE || tree->nodes[declarator].field != FIELD_DECLARATOR)
                        continue;
                set(walk, index, walk_type(walk, tree_child(tree, node, FIELD_TYPE)), UNIT_NONE);
                if (walk->front->places_names)
                        builder_decl_at(walk->builder, index)->shape =
                                c_shape(walk, node, c_declared_name(tree, declarator));
        }
}

static bool is_type_node(unsigned kind)
{
        return kind == TYPE_IDENTIFIER || kind == QUALIFIED_IDENTIFIER || kind == TEMPLATE_TYPE;
}

static void lower_class(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        Node clause = tree_child_of_kind(tree, node, BASE_CLASS_CLAUSE);
        Node qualified =
                c_qualified(tree, c_declared_name(tree, tree_child(tree, node, FIELD_NAME)));
        for (Node at = clause ? tree_first(tree, clause) : 0; at; at = tree_next(tree, at)) {
                uint32_t base = is_type_node(tree_kind(tree, at)) ? walk_type(walk, at) : UNIT_NONE;
                if (base != UNIT_NONE)
                        items_add(&items, base);
        }
        uint32_t bases = items.count ? items_list(&items, walk->builder) : UNIT_NONE;
        uint32_t generic = type_parameters(walk, node);
        uint32_t outer = qualified ? c_outer(walk, qualified) : UNIT_NONE;
        UnitDecl *decl = builder_decl_at(walk->builder, walk_decl(walk, node));
        decl->bases = bases;
        decl->type_parameters = generic;
        decl->outer = outer;
}

static void lower_enumerator(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t type = walk_decl(walk, tree_parent(tree, tree_parent(tree, node)));
        if (type != UNIT_NONE)
                set(walk, walk_decl(walk, node), walk_expr_decl(walk, type), UNIT_NONE);
}

static void lower_alias(Walk *walk, Node node)
{
        uint32_t type = walk_type(walk, tree_child(walk->tree, node, FIELD_TYPE));
        uint32_t generic = type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, walk_decl(walk, node));
        decl->shape = c_shape_of_node(walk, tree_child(walk->tree, node, FIELD_TYPE));
        decl->type = type;
        decl->type_parameters = generic;
}

/* ---- the whole ---- */

/* Nodes that declare other nodes. */
static bool lower_parts(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case DECLARATION:
        case FIELD_DECLARATION:
                lower_declarators(walk, node);
                return true;
        case TYPE_DEFINITION:
                lower_typedef(walk, node);
                return true;
        case FOR_RANGE_LOOP:
                lower_loop(walk, node);
                return true;
        default:
                return false;
        }
}

static void lower_own(Walk *walk, Node node, const Rule *rule)
{
        const Tree *tree = walk->tree;
        switch (rule->kind) {
        case UNIT_FUNCTION:
                lower_function(walk, node,
                               c_declared_name(tree, tree_child(tree, node, FIELD_DECLARATOR)),
                               walk_decl(walk, node));
                break;
        case UNIT_LAMBDA:
                lower_lambda(walk, node);
                break;
        case UNIT_CLASS:
        case UNIT_STRUCT:
                lower_class(walk, node);
                break;
        case UNIT_ENUM_MEMBER:
                lower_enumerator(walk, node);
                break;
        case UNIT_PARAMETER:
                lower_parameter(walk, node);
                break;
        case UNIT_TYPE:
                lower_alias(walk, node);
                break;
        case UNIT_MACRO:
                c_lower_macro(walk, node);
                break;
        default:
                if (tree_kind(tree, node) == LAMBDA_CAPTURE_INITIALIZER)
                        set(walk, walk_decl(walk, node), UNIT_NONE,
                            walk_expression(walk, tree_child(tree, node, FIELD_RIGHT)));
        }
}

void c_lower_declaration(Walk *walk, Node node, const Rule *rule)
{
        uint32_t index = walk_decl(walk, node);
        if (lower_parts(walk, node) || index == UNIT_NONE)
                return;
        if (rule->kind == UNIT_FUNCTION &&
            builder_decl_at(walk->builder, index)->kind == UNIT_LAMBDA)
                c_lower_macro_body(walk, node);
        else
                lower_own(walk, node, rule);
}
