/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites: where something is called, referred to, extended. */
#include "languages/java/front.h"

/* The node whose text is the name of a type; 0 for what has none. */
static Node name_of(const Tree *tree, Node type)
{
        for (;;) {
                switch (tree_kind(tree, type)) {
                case TYPE_IDENTIFIER:
                case IDENTIFIER:
                        return type;
                case SCOPED_IDENTIFIER:
                        return tree_child(tree, type, FIELD_NAME);
                case GENERIC_TYPE:
                        type = tree_first(tree, type);
                        break;
                case ANNOTATED_TYPE:
                case SCOPED_TYPE_IDENTIFIER: {
                        Node last = 0;
                        TREE_FOREACH(tree, type, child)
                        last = child;
                        type = last;
                        break;
                }
                default:
                        return 0;
                }
        }
}

static unsigned argument_count(const Tree *tree, Node call)
{
        unsigned count = 0;
        TREE_FOREACH(tree, tree_child(tree, call, FIELD_ARGUMENTS), child)
        count++;
        return count;
}

static void lower_call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = 0;
        uint32_t call = UNIT_NONE;
        switch (tree_kind(tree, node)) {
        case METHOD_INVOCATION:
                name = tree_child(tree, node, FIELD_NAME);
                call = walk_expression(walk, node);
                break;
        case OBJECT_CREATION:
                name = name_of(tree, tree_child(tree, node, FIELD_TYPE));
                call = java_creation(walk, node);
                break;
        default:
                name = tree_child(tree, node, FIELD_CONSTRUCTOR);
                call = java_explicit_construction(walk, node);
        }
        if (name)
                walk_call(walk, name, call, argument_count(tree, node));
}

void java_lower_constant(Walk *walk, Node constant)
{
        const Tree *tree = walk->tree;
        uint32_t decl = walk_decl(walk, constant);
        if (decl == UNIT_NONE || !tree_child(tree, constant, FIELD_ARGUMENTS))
                return;
        uint32_t type = walk_expr_decl(walk, builder_decl_at(walk->builder, decl)->container);
        walk_call(walk, tree_child(tree, constant, FIELD_NAME),
                  java_construction(walk, type, constant), argument_count(tree, constant));
}

static void lower_bases(Walk *walk, Node clause)
{
        const Tree *tree = walk->tree;
        Node list = tree_child_of_kind(tree, clause, TYPE_LIST);
        UnitSiteKind kind = tree_kind(tree, clause) == SUPER_INTERFACES ? UNIT_SITE_IMPLEMENTS
                                                                        : UNIT_SITE_EXTENDS;
        TREE_FOREACH(tree, list ? list : clause, child)
        {
                Node name = name_of(tree, child);
                if (name)
                        walk_site(walk, kind, name, walk_type(walk, child), 0);
        }
}

/* @Name: the annotation's type. */
static void lower_annotation(Walk *walk, Node node)
{
        Node written = tree_child(walk->tree, node, FIELD_NAME),
             name = name_of(walk->tree, written);
        if (name)
                walk_site(walk, UNIT_SITE_REFERENCES, name, walk_type(walk, written), 0);
}

/* ---- names ---- */

/* Does an identifier stand where it is declared, or where another site is made of it? */
static bool is_other(const Tree *tree, Node node)
{
        unsigned field = tree->nodes[node].field;
        switch (tree_parent_kind(tree, node)) {
        case METHOD_INVOCATION:
        case METHOD_DECLARATION:
        case CONSTRUCTOR_DECLARATION:
        case COMPACT_CONSTRUCTOR:
        case CLASS_DECLARATION:
        case RECORD_DECLARATION:
        case INTERFACE_DECLARATION:
        case ENUM_DECLARATION:
        case ANNOTATION_TYPE_DECLARATION:
        case ANNOTATION_TYPE_ELEMENT:
        case ENUM_CONSTANT:
        case VARIABLE_DECLARATOR:
        case FORMAL_PARAMETER:
        case CATCH_FORMAL_PARAMETER:
        case RESOURCE:
        case ENHANCED_FOR:
        case INSTANCEOF_EXPRESSION:
        case MARKER_ANNOTATION:
        case ANNOTATION:
                return field == FIELD_NAME;
        case FIELD_ACCESS:
                return field == FIELD_FIELD;
        case ELEMENT_VALUE_PAIR:
                return field == FIELD_KEY;
        case LAMBDA_EXPRESSION:
                return field == FIELD_PARAMETERS;
        case PACKAGE_DECLARATION:
        case IMPORT_DECLARATION:
        case SCOPED_IDENTIFIER:
        case INFERRED_PARAMETERS:
        case LABELED_STATEMENT:
        case BREAK_STATEMENT:
        case CONTINUE_STATEMENT:
        case TYPE_PATTERN:
        case RECORD_PATTERN_COMPONENT:
        case TYPE_PARAMETER:
        case SWITCH_LABEL:
        case METHOD_REFERENCE:
                return true;
        default:
                return false;
        }
}

/* What is bound in the file and is no symbol is nobody's business. */
static bool is_private(const Walk *walk, uint32_t expr)
{
        if (expr == UNIT_NONE)
                return true;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        return place->op == UNIT_EXPR_DECL &&
               !unit_is_symbol(builder_decl_at(walk->builder, place->a));
}

/* The types that a class extends, and the one that is made, have sites of their own. */
static bool is_head(const Tree *tree, Node node)
{
        Node parent = tree_parent(tree, node);
        while (tree_kind(tree, parent) == GENERIC_TYPE ||
               tree_kind(tree, parent) == SCOPED_TYPE_IDENTIFIER) {
                node = parent;
                parent = tree_parent(tree, node);
        }
        unsigned kind = tree_kind(tree, parent), above = tree_parent_kind(tree, parent);
        return kind == SUPERCLASS || kind == OBJECT_CREATION ||
               (kind == TYPE_LIST && (above == SUPER_INTERFACES || above == EXTENDS_INTERFACES));
}

static void lower_type_name(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (tree_parent_kind(tree, node) == TYPE_PARAMETER || tree_is(tree, node, "var") ||
            is_head(tree, node))
                return;
        bool scoped = tree_parent_kind(tree, node) == SCOPED_TYPE_IDENTIFIER &&
                      tree_first(tree, tree_parent(tree, node)) != node;
        uint32_t expr = walk_type(walk, scoped ? tree_parent(tree, node) : node);
        if (!is_private(walk, expr))
                walk_site(walk, UNIT_SITE_REFERENCES, node, expr, 0);
}

static void lower_reference(Walk *walk, Node node, Node name)
{
        uint32_t expr = walk_expression(walk, node);
        if (!is_private(walk, expr))
                walk_site(walk, UNIT_SITE_REFERENCES, name, expr, 0);
}

static void lower_method_reference(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node object = tree_first(tree, node), name = 0;
        TREE_FOREACH(tree, node, child)
        if (tree_kind(tree, child) == IDENTIFIER)
                name = child;
        if (tree_kind(tree, object) == IDENTIFIER)
                lower_reference(walk, object, object);
        if (name && name != object)
                lower_reference(walk, node, name);
}

void java_lower_reference(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case METHOD_INVOCATION:
        case OBJECT_CREATION:
        case EXPLICIT_CONSTRUCTOR_INVOCATION:
                lower_call(walk, node);
                break;
        case METHOD_REFERENCE:
                lower_method_reference(walk, node);
                break;
        case MARKER_ANNOTATION:
        case ANNOTATION:
                lower_annotation(walk, node);
                break;
        case SUPERCLASS:
        case SUPER_INTERFACES:
        case EXTENDS_INTERFACES:
                lower_bases(walk, node);
                break;
        case FIELD_ACCESS:
                if (tree_kind(tree, tree_child(tree, node, FIELD_FIELD)) == IDENTIFIER)
                        lower_reference(walk, node, tree_child(tree, node, FIELD_FIELD));
                break;
        case TYPE_IDENTIFIER:
                lower_type_name(walk, node);
                break;
        default:
                if (walk_decl(walk, node) == UNIT_NONE && !is_other(tree, node))
                        lower_reference(walk, node, node);
        }
}
