/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites: where something is called, referred to, extended. */
#include "languages/c/front.h"

#define STEPS_MAX 50 /* from what is called to its name */

/* The node of the name of what is called; 0: it has none. */
static Node name_of(const Tree *tree, Node callee)
{
        for (unsigned i = 0; i < STEPS_MAX; i++) {
                switch (tree_kind(tree, callee)) {
                case IDENTIFIER:
                case TYPE_IDENTIFIER:
                case FIELD_IDENTIFIER:
                case DESTRUCTOR_NAME:
                case OPERATOR_NAME:
                        return callee;
                case FIELD_EXPRESSION:
                        callee = tree_child(tree, callee, FIELD_FIELD);
                        break;
                case QUALIFIED_IDENTIFIER:
                case TEMPLATE_FUNCTION:
                case TEMPLATE_METHOD:
                case TEMPLATE_TYPE:
                        callee = tree_child(tree, callee, FIELD_NAME);
                        break;
                case POINTER_EXPRESSION:
                        callee = tree_child(tree, callee, FIELD_ARGUMENT);
                        break;
                case PARENTHESIZED_EXPRESSION:
                case DEPENDENT_NAME:
                case DEPENDENT_TYPE:
                        callee = tree_first(tree, callee);
                        break;
                default:
                        return 0;
                }
        }
        return 0;
}

static bool is_cast(const Tree *tree, Node name)
{
        size_t length;
        const char *text = tree_text(tree, name, &length);
        return tree_parent_kind(tree, name) == TEMPLATE_FUNCTION && length > 5 &&
               memcmp(text + length - 5, "_cast", 5) == 0;
}

static void lower_call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        bool made = tree_kind(tree, node) == NEW_EXPRESSION;
        Node callee = tree_child(tree, node, made ? FIELD_TYPE : FIELD_FUNCTION);
        Node name = name_of(tree, callee);
        if (!name || is_cast(tree, name))
                return;
        uint32_t expr = made ? walk_type(walk, callee) : walk_expression(walk, callee);
        Node given = tree_child(tree, node, FIELD_ARGUMENTS);
        unsigned count = c_argument_count(tree, given);
        if (expr == UNIT_NONE || !walk->front->places_names || !count || count == 255) {
                walk_site(walk, UNIT_SITE_CALLS, name, expr, count);
                return;
        }
        walk_call(walk, name,
                  builder_expr(walk->builder, made ? UNIT_EXPR_NEW : UNIT_EXPR_CALL, expr,
                               c_argument_list(walk, given)),
                  count);
}

void c_lower_macro_body(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE),
             declarator = tree_child(tree, node, FIELD_DECLARATOR);
        Node name =
                tree_kind(tree, type) == TYPE_IDENTIFIER ? type : c_declared_name(tree, declarator);
        if (!name || (!c_function_of(tree, name) && name != type))
                return;
        walk_site(walk, UNIT_SITE_CALLS, name, walk_name(walk, name, SPACE_OTHER), 255);
        Node first = tree_first(tree, tree_child(tree, declarator, FIELD_PARAMETERS));
        uint32_t fixture = walk_type(walk, tree_child(tree, first, FIELD_TYPE));
        builder_decl_at(walk->builder, walk_decl(walk, node))->outer = fixture;
}

static void lower_bases(Walk *walk, Node clause)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, clause, base)
        {
                unsigned kind = tree_kind(tree, base);
                if (kind == TYPE_IDENTIFIER || kind == QUALIFIED_IDENTIFIER ||
                    kind == TEMPLATE_TYPE)
                        walk_site(walk, UNIT_SITE_EXTENDS, name_of(tree, base),
                                  walk_type(walk, base), 0);
        }
}

/* ---- references ---- */

/* What is bound in the file and is no symbol is nobody's business. */
static bool is_private(const Walk *walk, uint32_t expr)
{
        if (expr == UNIT_NONE)
                return true;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        return place->op == UNIT_EXPR_DECL &&
               !unit_is_symbol(builder_decl_at(walk->builder, place->a));
}

static void refer(Walk *walk, Node name, uint32_t expr)
{
        if (name && !is_private(walk, expr))
                walk_site(walk, UNIT_SITE_REFERENCES, name, expr, 0);
}

/* Does a name stand where it is declared? */
static bool is_declared(const Tree *tree, Node node)
{
        unsigned field = tree->nodes[node].field;
        switch (tree_parent_kind(tree, node)) {
        case PARENTHESIZED_DECLARATOR:
        case REFERENCE_DECLARATOR:
        case ATTRIBUTED_DECLARATOR:
        case VARIADIC_DECLARATOR:
        case STRUCTURED_BINDING:
        case PREPROC_PARAMS:
        case PARAMETER_LIST:
        case VARIADIC_TYPE_PARAMETER:
        case TYPE_PARAMETER:
        case USING_DECLARATION:
        case NAMESPACE_ALIAS_DEFINITION:
        case DESTRUCTOR_NAME:
        case OPERATOR_NAME:
                return true;
        case ENUMERATOR:
        case ALIAS_DECLARATION:
        case CONCEPT_DEFINITION:
        case PREPROC_DEF:
        case PREPROC_FUNCTION_DEF:
        case OPTIONAL_TYPE_PARAMETER:
                return field == FIELD_NAME;
        case LAMBDA_CAPTURE_INITIALIZER:
                return field == FIELD_LEFT;
        default:
                return field == FIELD_DECLARATOR;
        }
}

/* Is another site made of it? */
static bool is_other(const Tree *tree, Node node)
{
        Node parent = tree_parent(tree, node);
        unsigned field = tree->nodes[node].field;
        switch (tree_kind(tree, parent)) {
        case CALL_EXPRESSION:
                return field == FIELD_FUNCTION;
        case NEW_EXPRESSION:
                return field == FIELD_TYPE;
        case QUALIFIED_IDENTIFIER:
        case BASE_CLASS_CLAUSE:
        case FIELD_INITIALIZER:
                return true;
        case TEMPLATE_FUNCTION:
        case TEMPLATE_TYPE:
        case TEMPLATE_METHOD:
        case PARENTHESIZED_EXPRESSION:
        case POINTER_EXPRESSION:
                return field != FIELD_ARGUMENTS && is_other(tree, parent);
        default:
                return false;
        }
}

static Node around_specifier(const Tree *tree, Node node)
{
        switch (tree_parent_kind(tree, node)) {
        case CLASS_SPECIFIER:
        case STRUCT_SPECIFIER:
        case UNION_SPECIFIER:
        case ENUM_SPECIFIER:
                return tree->nodes[node].field == FIELD_NAME ? tree_parent(tree, node) : 0;
        default:
                return 0;
        }
}

static void lower_identifier(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node specifier = around_specifier(tree, node);
        if (specifier && !tree_child(tree, specifier, FIELD_BODY))
                refer(walk, node, c_tagged(walk, specifier));
        else if (!specifier && !is_declared(tree, node) && !is_other(tree, node))
                refer(walk, node,
                      tree_kind(tree, node) == TYPE_IDENTIFIER ? walk_type(walk, node)
                                                               : walk_expression(walk, node));
}

static void lower_qualified(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (tree_parent_kind(tree, node) == QUALIFIED_IDENTIFIER || is_declared(tree, node) ||
            is_other(tree, node))
                return;
        refer(walk, name_of(tree, node), walk_expression(walk, node));
}

static void lower_field(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (!is_other(tree, node))
                refer(walk, name_of(tree, node), walk_expression(walk, node));
}

/* The members and bases that a constructor begins with. */
static void lower_initializer(Walk *walk, Node node)
{
        Node name = tree_first(walk->tree, node);
        if (tree_kind(walk->tree, name) == FIELD_IDENTIFIER)
                refer(walk, name, walk_name(walk, name, SPACE_OTHER));
}

void c_lower_reference(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case CALL_EXPRESSION:
        case NEW_EXPRESSION:
                lower_call(walk, node);
                break;
        case BASE_CLASS_CLAUSE:
                lower_bases(walk, node);
                break;
        case FIELD_EXPRESSION:
                lower_field(walk, node);
                break;
        case FIELD_INITIALIZER:
                lower_initializer(walk, node);
                break;
        case QUALIFIED_IDENTIFIER:
                lower_qualified(walk, node);
                break;
        default:
                lower_identifier(walk, node);
        }
}
