/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites: where something is called, referred to, extended. */
#include "languages/csharp/front.h"

/* ---- calls ---- */

static Node called_name(const Tree *tree, Node function)
{
        switch (tree_kind(tree, function)) {
        case MEMBER_ACCESS:
        case MEMBER_BINDING:
                return csharp_last_name(tree, tree_child(tree, function, FIELD_NAME));
        case CONDITIONAL_ACCESS: {
                Node last = 0;
                TREE_FOREACH(tree, function, child)
                last = child;
                return tree_kind(tree, last) == MEMBER_BINDING ? called_name(tree, last) : 0;
        }
        case PARENTHESIZED_EXPRESSION:
                return 0;
        default:
                return csharp_last_name(tree, function);
        }
}

static void lower_invocation(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node function = tree_child(tree, node, FIELD_FUNCTION), name = called_name(tree, function);
        if (name && !tree_is(tree, function, "nameof"))
                walk_call(walk, name, walk_expression(walk, node),
                          csharp_argument_count(tree, tree_child(tree, node, FIELD_ARGUMENTS)));
}

/* new T(…): T; new(…): "new" is no name; this(…), base(…): those words. */
static void lower_creation(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = csharp_last_name(tree, tree_child(tree, node, FIELD_TYPE));
        if (tree_kind(tree, node) == CONSTRUCTOR_INITIALIZER) {
                name = tree_child_of_kind(tree, node, T_THIS);
                if (!name)
                        name = tree_child_of_kind(tree, node, T_BASE);
        } else if (tree_kind(tree, node) == IMPLICIT_CREATION) {
                name = tree_child_of_kind(tree, node, T_NEW);
        }
        Node list = tree_child_of_kind(tree, node, ARGUMENT_LIST);
        if (name)
                walk_call(walk, name, csharp_creation(walk, node),
                          csharp_argument_count(tree, list));
}

static void lower_bases(Walk *walk, Node list)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, list, child)
        {
                Node name = csharp_last_name(tree, child);
                if (name)
                        walk_site(walk, UNIT_SITE_EXTENDS, name, walk_type(walk, child), 0);
        }
}

/* [Name]: the type Name or NameAttribute. */
static void lower_attribute(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node written = tree_child(tree, node, FIELD_NAME), name = csharp_last_name(tree, written);
        char word[UNIT_NAME_BYTES_MAX];
        size_t length;
        if (!name)
                return;
        const char *text = tree_text(tree, name, &length);
        uint32_t expr;
        if (tree_kind(tree, written) == IDENTIFIER && length < sizeof(word) - 16 &&
            !g_str_has_suffix(builder_text(walk->builder, walk_string(walk, name)), "Attribute")) {
                g_snprintf(word, sizeof(word), "%.*sAttribute", (int)length, text);
                expr = csharp_word(walk, name, builder_word(walk->builder, word));
        } else {
                expr = walk_type(walk, written);
        }
        walk_site(walk, UNIT_SITE_REFERENCES, name, expr, 0);
}

/* ---- names ---- */

/* Does an identifier stand where it is declared, or where another site is made of it? */
static bool is_other(const Tree *tree, Node node)
{
        unsigned field = tree->nodes[node].field;
        switch (tree_parent_kind(tree, node)) {
        case INVOCATION_EXPRESSION:
                return field == FIELD_FUNCTION;
        case MEMBER_ACCESS:
        case MEMBER_BINDING:
        case QUALIFIED_NAME:
        case ALIAS_QUALIFIED_NAME:
        case VARIABLE_DECLARATOR:
        case PARAMETER:
        case PARAMETER_LIST:
        case BRACKETED_PARAMETER_LIST:
        case METHOD_DECLARATION:
        case LOCAL_FUNCTION:
        case CONSTRUCTOR_DECLARATION:
        case DESTRUCTOR_DECLARATION:
        case PROPERTY_DECLARATION:
        case EVENT_DECLARATION:
        case CLASS_DECLARATION:
        case RECORD_DECLARATION:
        case STRUCT_DECLARATION:
        case INTERFACE_DECLARATION:
        case ENUM_DECLARATION:
        case ENUM_MEMBER:
        case DELEGATE_DECLARATION:
        case TYPE_PARAMETER:
        case ARGUMENT:
        case CATCH_DECLARATION:
        case DECLARATION_EXPRESSION:
        case DECLARATION_PATTERN:
        case RECURSIVE_PATTERN:
        case VAR_PATTERN:
        case FROM_CLAUSE:
        case TUPLE_ELEMENT:
        case ATTRIBUTE_ARGUMENT:
        case NAMESPACE_DECLARATION:
        case FILE_SCOPED_NAMESPACE:
        case ATTRIBUTE:
                return field == FIELD_NAME;
        case FOREACH_STATEMENT:
                return field == FIELD_LEFT;
        case OBJECT_CREATION:
        case PRIMARY_BASE:
                return field == FIELD_TYPE;
        case BASE_LIST:
        case USING_DIRECTIVE:
        case LABELED_STATEMENT:
        case GOTO_STATEMENT:
        case CONSTRAINTS_CLAUSE:
        case ACCESSOR_DECLARATION:
        case JOIN_INTO:
        case ANONYMOUS_OBJECT:
        case SUBPATTERN:
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

static void refer(Walk *walk, Node name, uint32_t expr)
{
        if (name && !is_private(walk, expr))
                walk_site(walk, UNIT_SITE_REFERENCES, name, expr, 0);
}

/* The identifier of A<B>: of what is called or made there is another site. */
static bool is_head(const Tree *tree, Node generic)
{
        unsigned field = tree->nodes[generic].field;
        switch (tree_parent_kind(tree, generic)) {
        case INVOCATION_EXPRESSION:
                return field == FIELD_FUNCTION;
        case OBJECT_CREATION:
        case PRIMARY_BASE:
                return field == FIELD_TYPE;
        case MEMBER_ACCESS:
        case MEMBER_BINDING:
        case QUALIFIED_NAME:
        case ALIAS_QUALIFIED_NAME:
                return field == FIELD_NAME;
        case BASE_LIST:
        case USING_DIRECTIVE:
                return true;
        default:
                return false;
        }
}

/* Names of namespaces, where they are declared and used. */
static bool is_path(const Tree *tree, Node node)
{
        Node parent = tree_parent(tree, node);
        while (tree_kind(tree, parent) == QUALIFIED_NAME)
                parent = tree_parent(tree, parent);
        unsigned kind = tree_kind(tree, parent);
        return kind == USING_DIRECTIVE || kind == NAMESPACE_DECLARATION ||
               kind == FILE_SCOPED_NAMESPACE;
}

/* The symbols of #if are nobody's. */
static bool is_condition(const Tree *tree, Node node)
{
        unsigned kind = tree_parent_kind(tree, node);
        for (unsigned i = 0;
             i < WALK_DEPTH_MAX && (kind == BINARY_EXPRESSION || kind == UNARY_EXPRESSION ||
                                    kind == PREFIX_UNARY || kind == PARENTHESIZED_EXPRESSION);
             i++) {
                node = tree_parent(tree, node);
                kind = tree_parent_kind(tree, node);
        }
        return (kind == PREPROC_IF || kind == PREPROC_ELIF) &&
               tree->nodes[node].field == FIELD_CONDITION;
}

/* new T { Name = … }: a member of what is made; 0: it is none. */
static uint32_t initialized(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node assignment = tree_parent(tree, node), list = tree_parent(tree, assignment);
        if (tree_kind(tree, assignment) != ASSIGNMENT_EXPRESSION ||
            tree->nodes[node].field != FIELD_LEFT || tree_kind(tree, list) != INITIALIZER)
                return 0;
        uint32_t made = walk_expression(walk, tree_parent(tree, list));
        return made == UNIT_NONE ? UNIT_NONE : walk_member(walk, made, walk_string(walk, node));
}

/* Is a name written where a type must stand? */
static bool is_type_place(const Tree *tree, Node node)
{
        unsigned field = tree->nodes[node].field;
        switch (tree_parent_kind(tree, node)) {
        case TYPE_ARGUMENT_LIST:
        case EXPLICIT_INTERFACE:
        case TYPE_CONSTRAINT:
                return true;
        case AS_EXPRESSION:
        case IS_EXPRESSION:
                return field == FIELD_RIGHT;
        default:
                return field == FIELD_TYPE || field == FIELD_RETURNS;
        }
}

static void lower_identifier(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (walk_decl(walk, node) != UNIT_NONE || is_other(tree, node) || is_path(tree, node) ||
            is_condition(tree, node))
                return;
        Node parent = tree_parent(tree, node);
        uint32_t member = initialized(walk, node);
        if (member) {
                refer(walk, node, member);
                return;
        }
        if (tree_kind(tree, parent) == GENERIC_NAME && is_head(tree, parent))
                return;
        bool generic = tree_kind(tree, parent) == GENERIC_NAME;
        uint32_t expr = generic                     ? walk_type(walk, parent)
                        : is_type_place(tree, node) ? walk_type(walk, node)
                                                    : csharp_name(walk, node, SPACE_VALUE);
        refer(walk, node, expr);
}

static void lower_member(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (tree_parent_kind(tree, node) == INVOCATION_EXPRESSION &&
            tree->nodes[node].field == FIELD_FUNCTION)
                return;
        refer(walk, csharp_last_name(tree, tree_child(tree, node, FIELD_NAME)),
              walk_expression(walk, node));
}

void csharp_lower_reference(Walk *walk, Node node)
{
        switch (tree_kind(walk->tree, node)) {
        case INVOCATION_EXPRESSION:
                lower_invocation(walk, node);
                break;
        case OBJECT_CREATION:
        case IMPLICIT_CREATION:
        case CONSTRUCTOR_INITIALIZER:
        case PRIMARY_BASE:
                lower_creation(walk, node);
                break;
        case BASE_LIST:
                lower_bases(walk, node);
                break;
        case ATTRIBUTE:
                lower_attribute(walk, node);
                break;
        case MEMBER_ACCESS:
                lower_member(walk, node);
                break;
        default:
                lower_identifier(walk, node);
        }
}
