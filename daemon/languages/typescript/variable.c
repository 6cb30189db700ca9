/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declarations of variables, of what patterns take apart, and of parameters. */
#include "languages/typescript/front.h"

/* What the names of a pattern are. */
typedef struct PatternKind {
        UnitKind kind;
        uint32_t flags;
        uint32_t scope;
        uint32_t
                module; /* UNIT_NONE, or what is required: names taken out of it at once are its own */
        Node outermost; /* the pattern, if there is a module */
} PatternKind;

/* ---- require ---- */

/* The module, or member of one, that a variable of JavaScript is another name for: require("m"), require("m").a; else UNIT_NONE. */
static uint32_t required(Walk *walk, Node value)
{
        const Tree *tree = walk->tree;
        Node member = tree_kind(tree, value) == MEMBER_EXPRESSION ? value : 0;
        if (member)
                value = tree_child(tree, member, FIELD_OBJECT);
        if (walk->front != &javascript_front || tree_kind(tree, value) != CALL_EXPRESSION)
                return UNIT_NONE;
        uint32_t module =
                typescript_required_module(walk, value, walk->scopes.items[walk->scope].source);
        if (module != UNIT_NONE)
                walk->memo[value] = module + 2; /* the second pass finds it */
        if (module == UNIT_NONE || !member)
                return module;
        return walk_member(walk, module,
                           walk_string(walk, tree_child(tree, member, FIELD_PROPERTY)));
}

/* What a name of a pattern is of the module that the pattern takes apart: {a} and {a: name}; UNIT_NONE for all else. */
static uint32_t taken(Walk *walk, Node name, const PatternKind *kind)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, name), key = name;
        if (kind->module == UNIT_NONE)
                return UNIT_NONE;
        if (tree_kind(tree, parent) == PAIR_PATTERN) {
                key = tree_child(tree, parent, FIELD_KEY);
                parent = tree_parent(tree, parent);
        }
        if (parent != kind->outermost || tree_kind(tree, parent) != OBJECT_PATTERN)
                return UNIT_NONE;
        bool text = tree_kind(tree, key) == STRING;
        if (!text && tree_kind(tree, key) != PROPERTY_IDENTIFIER && key != name)
                return UNIT_NONE;
        return walk_member(walk, kind->module,
                           text ? walk_string_inside(walk, key, 1) : walk_string(walk, key));
}

/* ---- variables ---- */

static void declare_name(Walk *walk, Node name, const PatternKind *kind)
{
        uint32_t other = taken(walk, name, kind);
        uint32_t index = walk_define(walk, &(Definition){.node = name,
                                                         .name = name,
                                                         .kind = kind->kind,
                                                         .flags = kind->flags});
        if (index != UNIT_NONE)
                walk_bind(walk, kind->scope, SPACE_VALUE, walk_string(walk, name),
                          other != UNIT_NONE ? other : walk_expr_decl(walk, index));
}

/* The nodes of a pattern stand in order of the text, so that its names are found without recursion; default values and
 * computed keys have other kinds, but for plain identifiers. */
static void declare_pattern(Walk *walk, Node pattern, const PatternKind *kind)
{
        const Tree *tree = walk->tree;
        for (Node node = pattern; node < tree->nodes[pattern].next; node++) {
                unsigned parent = tree_parent_kind(tree, node), field = tree->nodes[node].field;
                switch (tree_kind(tree, node)) {
                case OBJECT_PATTERN:
                case ARRAY_PATTERN:
                case PAIR_PATTERN:
                case REST_PATTERN:
                case ASSIGNMENT_PATTERN:
                case OBJECT_ASSIGNMENT_PATTERN:
                        break;
                case SHORTHAND_PATTERN:
                        declare_name(walk, node, kind);
                        break;
                case IDENTIFIER:
                        if (node == pattern || parent == ARRAY_PATTERN || parent == REST_PATTERN ||
                            field == FIELD_LEFT || (parent == PAIR_PATTERN && field == FIELD_VALUE))
                                declare_name(walk, node, kind);
                        break;
                default:
                        node = tree->nodes[node].next - 1;
                }
        }
}

void typescript_declare_variable(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), list = tree_parent(tree, node);
        Node value = typescript_bare_value(tree, tree_child(tree, node, FIELD_VALUE)),
             statement = typescript_statement(tree, node);
        bool constant = tree_kind(tree, list) == LEXICAL_DECLARATION &&
                        tree_kind(tree, tree_child(tree, list, FIELD_KIND)) == T_CONST;
        PatternKind kind = {.kind = constant ? UNIT_CONSTANT : UNIT_VARIABLE,
                            .flags = typescript_statement_flags(walk, statement),
                            .scope = tree_kind(tree, list) == VARIABLE_DECLARATION
                                             ? walk_function_scope(walk, walk->scope)
                                             : walk->scope,
                            .module = required(walk, value),
                            .outermost = name};
        if (tree_kind(tree, name) != IDENTIFIER) {
                declare_pattern(walk, name, &kind);
                return;
        }
        bool first = tree_first(tree, list) == node; /* the words before are not the others' */
        Definition definition = {.node = node,
                                 .outer = first ? statement : 0,
                                 .name = name,
                                 .kind = kind.kind,
                                 .flags = kind.flags};
        if (typescript_is_function(tree_kind(tree, value))) {
                definition.kind = UNIT_FUNCTION;
                definition.flags |= typescript_function_flags(tree, value);
                definition.body = tree_child(tree, value, FIELD_BODY);
        } else if (tree_kind(tree, value) == CLASS) {
                if (!tree_child(tree, node, FIELD_TYPE)) /* else it is known by that */
                        definition.kind = UNIT_CLASS;
                definition.body = tree_child(tree, value, FIELD_BODY);
        } else if (tree_kind(tree, value) == OBJECT) {
                definition.body = value;
        }
        uint32_t index = walk_define(walk, &definition),
                 spaces = definition.kind == UNIT_CLASS ? SPACE_VALUE | SPACE_TYPE : SPACE_VALUE;
        if (index != UNIT_NONE)
                walk_bind(walk, kind.scope, spaces, walk_string(walk, name),
                          kind.module != UNIT_NONE ? kind.module : walk_expr_decl(walk, index));
}

/* constructor(private x: T) declares a field too. */
static void declare_parameter_property(Walk *walk, Node node, Node name)
{
        const Tree *tree = walk->tree;
        uint32_t constructor = walk->scopes.items[walk->scope].decl;
        if (constructor == UNIT_NONE || tree_kind(tree, name) != IDENTIFIER)
                return;
        const UnitDecl *decl = builder_decl_at(walk->builder, constructor);
        if (decl->kind != UNIT_CONSTRUCTOR || decl->container == UNIT_NONE)
                return;
        walk_define(walk, &(Definition){.node = name,
                                        .outer = node,
                                        .name = name,
                                        .kind = UNIT_FIELD,
                                        .visibility = typescript_visibility(tree, node, name),
                                        .container = decl->container + 1});
}

static void declare_parameter(Walk *walk, Node node, Node name, uint32_t flags)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, name) == ASSIGNMENT_PATTERN) {
                name = tree_child(tree, name, FIELD_LEFT);
                flags |= UNIT_OPTIONAL;
        }
        if (tree_kind(tree, name) == REST_PATTERN) {
                name = tree_first(tree, name);
                flags |= UNIT_VARIADIC;
        }
        if (tree_kind(tree, name) == THIS)
                return;
        bool plain = tree_kind(tree, name) == IDENTIFIER;
        walk_define(walk, &(Definition){.node = node,
                                        .name = plain ? name : 0,
                                        .kind = UNIT_PARAMETER,
                                        .flags = flags,
                                        .spaces = SPACE_VALUE});
        if (!plain)
                declare_pattern(walk, name,
                                &(PatternKind){.kind = UNIT_VARIABLE,
                                               .scope = walk->scope,
                                               .module = UNIT_NONE});
}

void typescript_declare_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_PATTERN);
        if (!name)
                name = tree_child(tree, node, FIELD_NAME);
        if (tree_kind(tree, tree_parent(tree, node)) != FORMAL_PARAMETERS)
                return; /* of a tuple type */
        if (tree_child_of_kind(tree, node, ACCESSIBILITY_MODIFIER) ||
            tree_child_of_kind(tree, node, T_READONLY))
                declare_parameter_property(walk, node, name);
        bool optional =
                tree_kind(tree, node) == OPTIONAL_PARAMETER || tree_child(tree, node, FIELD_VALUE);
        declare_parameter(walk, node, name, optional ? UNIT_OPTIONAL : 0);
}

/* JavaScript's parameters are patterns themselves. */
void typescript_declare_parameters(Walk *walk, Node node)
{
        TREE_FOREACH(walk->tree, node, child)
        {
                unsigned kind = tree_kind(walk->tree, child);
                if (kind == IDENTIFIER || kind == ASSIGNMENT_PATTERN || kind == REST_PATTERN ||
                    kind == OBJECT_PATTERN || kind == ARRAY_PATTERN)
                        declare_parameter(walk, child, child, 0);
        }
}

/* They stand in the scope that the statement opens. */
void typescript_declare_loop(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        bool catches = tree_kind(tree, node) == CATCH_CLAUSE;
        Node left = tree_child(tree, node, catches ? FIELD_PARAMETER : FIELD_LEFT);
        if (left && (catches || tree_child(tree, node, FIELD_KIND)))
                declare_pattern(walk, left,
                                &(PatternKind){.kind = UNIT_VARIABLE,
                                               .flags = UNIT_LOCAL,
                                               .scope = walk->scope,
                                               .module = UNIT_NONE});
}
