/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declarators: C writes the type of a name around it. */
#include "languages/c/front.h"

#define DECLARATORS_MAX 100 /* around one name */

static Node inner_declarator(const Tree *tree, Node node)
{
        Node inner = tree_child(tree, node, FIELD_DECLARATOR);
        if (inner)
                return inner;
        TREE_FOREACH(tree, node, child)
        {
                unsigned kind = tree_kind(tree, child);
                if (kind != TYPE_QUALIFIER && kind != NODE_OTHER && kind != NODE_ERROR)
                        return child;
        }
        return 0;
}

Node c_declared_name(const Tree *tree, Node declarator)
{
        for (unsigned i = 0; i < DECLARATORS_MAX; i++) {
                switch (tree_kind(tree, declarator)) {
                case INIT_DECLARATOR:
                case POINTER_DECLARATOR:
                case REFERENCE_DECLARATOR:
                case ARRAY_DECLARATOR:
                case FUNCTION_DECLARATOR:
                case PARENTHESIZED_DECLARATOR:
                case ATTRIBUTED_DECLARATOR:
                case VARIADIC_DECLARATOR:
                case POINTER_TYPE_DECLARATOR:
                        declarator = inner_declarator(tree, declarator);
                        break;
                case QUALIFIED_IDENTIFIER:
                case TEMPLATE_FUNCTION:
                case TEMPLATE_METHOD:
                case TEMPLATE_TYPE:
                        declarator = tree_child(tree, declarator, FIELD_NAME);
                        break;
                case IDENTIFIER:
                case FIELD_IDENTIFIER:
                case TYPE_IDENTIFIER:
                case DESTRUCTOR_NAME:
                case OPERATOR_NAME:
                case OPERATOR_CAST:
                case STRUCTURED_BINDING:
                case PRIMITIVE_TYPE: /* typedef unsigned char bool; */
                        return declarator;
                default:
                        return 0;
                }
        }
        return 0;
}

/* The outermost node that is the name: with its scope, its template arguments. */
static Node whole_name(const Tree *tree, Node name)
{
        for (;;) {
                switch (tree_parent_kind(tree, name)) {
                case QUALIFIED_IDENTIFIER:
                case TEMPLATE_FUNCTION:
                case TEMPLATE_METHOD:
                case TEMPLATE_TYPE:
                        if (tree->nodes[name].field != FIELD_NAME)
                                return name;
                        name = tree_parent(tree, name);
                        break;
                default:
                        return name;
                }
        }
}

Node c_qualified(const Tree *tree, Node name)
{
        Node whole = whole_name(tree, name);
        return tree_kind(tree, whole) == QUALIFIED_IDENTIFIER ? whole : 0;
}

Node c_function_of(const Tree *tree, Node name)
{
        Node whole = whole_name(tree, name);
        if (tree_kind(tree, name) == OPERATOR_CAST) {
                for (Node at = name + 1; at < tree->nodes[name].next; at++)
                        if (tree_kind(tree, at) == ABSTRACT_FUNCTION_DECLARATOR)
                                return at;
                return 0;
        }
        while (tree_parent_kind(tree, whole) == PARENTHESIZED_DECLARATOR ||
               tree_parent_kind(tree, whole) == ATTRIBUTED_DECLARATOR)
                whole = tree_parent(tree, whole);
        return tree_parent_kind(tree, whole) == FUNCTION_DECLARATOR ? tree_parent(tree, whole) : 0;
}

bool c_is_local(const Walk *walk)
{
        const Scope *scope = &walk->scopes.items[walk->scope];
        if (!scope->local || scope->decl == UNIT_NONE)
                return scope->local;
        UnitKind kind = builder_decl_at(walk->builder, scope->decl)->kind;
        return kind != UNIT_CLASS && kind != UNIT_STRUCT && kind != UNIT_RECORD;
}

Node c_template(const Tree *tree, Node node)
{
        while (tree_parent_kind(tree, node) == TEMPLATE_DECLARATION ||
               tree_parent_kind(tree, node) == FRIEND_DECLARATION)
                node = tree_parent(tree, node);
        return node;
}
