/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declarations of functions, classes and their members, types. A function, class or object literal that is given to a variable,
 * field or property is one declaration with that name; what is not given a name is a lambda or a record, which is no symbol. */
#include "languages/typescript/front.h"

/* ---- what stands around a node ---- */

static bool is_wrapper(unsigned kind)
{
        return kind == PARENTHESIZED_EXPRESSION || kind == AS_EXPRESSION ||
               kind == SATISFIES_EXPRESSION || kind == NON_NULL_EXPRESSION;
}

Node typescript_holder(const Tree *tree, Node node)
{
        Node parent = tree_parent(tree, node);
        for (; is_wrapper(tree_kind(tree, parent)); parent = tree_parent(tree, parent))
                node = parent;
        unsigned field = tree->nodes[node].field;
        switch (tree_kind(tree, parent)) {
        case VARIABLE_DECLARATOR:
        case PUBLIC_FIELD_DEFINITION:
        case FIELD_DEFINITION:
        case PAIR:
                return field == FIELD_VALUE ? parent : 0;
        case ASSIGNMENT_EXPRESSION:
                return field == FIELD_RIGHT ? parent : 0;
        default:
                return 0;
        }
}

Node typescript_statement(const Tree *tree, Node node)
{
        for (Node parent = tree_parent(tree, node);; parent = tree_parent(tree, parent)) {
                unsigned kind = tree_kind(tree, parent);
                if (kind != EXPORT_STATEMENT && kind != AMBIENT_DECLARATION &&
                    kind != VARIABLE_DECLARATION && kind != LEXICAL_DECLARATION &&
                    kind != EXPRESSION_STATEMENT)
                        return node;
                node = parent;
        }
}

uint32_t typescript_statement_flags(const Walk *walk, Node statement)
{
        const Tree *tree = walk->tree;
        uint32_t flags = 0;
        uint32_t outer = walk->scopes.items[walk->scope].decl;
        if (outer != UNIT_NONE) {
                const UnitDecl *decl = builder_decl_at(walk->builder, outer);
                if (decl->kind == UNIT_NAMESPACE && (decl->flags & UNIT_BODILESS))
                        flags |= UNIT_EXPORTED;
        }
        if (tree_kind(tree, statement) == EXPORT_STATEMENT) {
                flags |= UNIT_EXPORTED;
                if (tree_child_of_kind(tree, statement, T_DEFAULT))
                        flags |= UNIT_DEFAULT;
        }
        return flags;
}

UnitVisibility typescript_visibility(const Tree *tree, Node node, Node name)
{
        Node modifier = tree_child_of_kind(tree, node, ACCESSIBILITY_MODIFIER);
        if (tree_kind(tree, name) == PRIVATE_PROPERTY_IDENTIFIER ||
            tree_is(tree, modifier, "private"))
                return UNIT_PRIVATE;
        return tree_is(tree, modifier, "protected") ? UNIT_PROTECTED : UNIT_PUBLIC;
}

static uint32_t flag_if(const Tree *tree, Node node, unsigned token, uint32_t flag)
{
        return tree_child_of_kind(tree, node, token) ? flag : 0;
}

static uint32_t member_flags(const Tree *tree, Node node)
{
        return flag_if(tree, node, T_STATIC, UNIT_STATIC) |
               flag_if(tree, node, T_ABSTRACT, UNIT_ABSTRACT) |
               flag_if(tree, node, OVERRIDE_MODIFIER, UNIT_OVERRIDE) |
               flag_if(tree, node, T_QUESTION, UNIT_OPTIONAL);
}

uint32_t typescript_function_flags(const Tree *tree, Node node)
{
        unsigned kind = tree_kind(tree, node);
        bool star = kind == GENERATOR_DECLARATION || kind == GENERATOR_FUNCTION ||
                    tree_child_of_kind(tree, node, T_STAR);
        return flag_if(tree, node, T_ASYNC, UNIT_ASYNC) | (star ? UNIT_GENERATOR : 0);
}

bool typescript_is_function(unsigned kind)
{
        return kind == ARROW_FUNCTION || kind == FUNCTION_EXPRESSION || kind == GENERATOR_FUNCTION;
}

Node typescript_bare_value(const Tree *tree, Node value)
{
        while (is_wrapper(tree_kind(tree, value)))
                value = tree_first(tree, value);
        return value;
}

/* A property's name is an identifier, a string, a number; a computed one has none that is known. Nobody finds anything by those. */
static void set_name(Walk *walk, Node name, Definition *definition)
{
        unsigned kind = tree_kind(walk->tree, name);
        definition->name = name;
        if (kind == STRING) {
                definition->word = walk_string_inside(walk, name, 1);
        } else if (kind == COMPUTED_PROPERTY_NAME) {
                Node inner = tree_first(walk->tree, name);
                bool known = tree_kind(walk->tree, inner) == STRING;
                definition->word =
                        known ? walk_string_inside(walk, inner, 1) : walk_string(walk, name);
                if (!known && definition->kind == UNIT_FIELD)
                        definition->flags |= UNIT_LOCAL;
        } else if (kind == NUMBER) {
                definition->flags |= UNIT_LOCAL;
        }
}

/* ---- functions, classes and the like ---- */

static void declare_function(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node statement = typescript_statement(tree, node);
        Definition definition = {.node = node,
                                 .outer = statement,
                                 .name = tree_child(tree, node, FIELD_NAME),
                                 .body = tree_child(tree, node, FIELD_BODY),
                                 .kind = UNIT_FUNCTION,
                                 .flags = typescript_statement_flags(walk, statement) |
                                          typescript_function_flags(tree, node),
                                 .spaces = SPACE_VALUE};
        if (!definition.body)
                definition.flags |= UNIT_BODILESS;
        if (!definition.name)
                definition.word = builder_word(walk->builder, "default");
        walk_define(walk, &definition);
}

/* export default (…) => …, export default class {…} */
static bool is_default(const Tree *tree, Node node)
{
        return tree_parent_kind(tree, node) == EXPORT_STATEMENT;
}

static void declare_class(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), holder = typescript_holder(tree, node);
        if (holder && walk_decl(walk, holder) != UNIT_NONE &&
            builder_decl_at(walk->builder, walk_decl(walk, holder))->kind == UNIT_CLASS) {
                walk->tree->nodes[node].decl = walk_decl(walk, holder);
        } else {
                bool expression = tree_kind(tree, node) == CLASS;
                Node statement = expression && !is_default(tree, node)
                                         ? node
                                         : typescript_statement(tree, node);
                Definition definition = {
                        .node = node,
                        .outer = statement,
                        .name = name,
                        .body = tree_child(tree, node, FIELD_BODY),
                        .kind = UNIT_CLASS,
                        .flags =
                                typescript_statement_flags(walk, statement) |
                                (tree_kind(tree, node) == ABSTRACT_CLASS_DECLARATION ? UNIT_ABSTRACT
                                                                                     : 0),
                        .spaces = expression ? 0 : SPACE_VALUE | SPACE_TYPE};
                if (tree_kind(tree, statement) == EXPORT_STATEMENT && !name)
                        definition.word = builder_word(walk->builder, "default");
                else if (!name)
                        definition.flags |= UNIT_LOCAL; /* nothing is called so */
                walk_define(walk, &definition);
        }
        if (name && tree_kind(tree, node) == CLASS && walk_decl(walk, node) != UNIT_NONE)
                walk_bind_inside(walk, SPACE_VALUE | SPACE_TYPE, walk_string(walk, name),
                                 walk_expr_decl(walk, walk_decl(walk, node)));
}

static void declare_lambda(Walk *walk, Node node, Node name)
{
        const Tree *tree = walk->tree;
        Definition definition = {.node = node,
                                 .name = name,
                                 .kind = UNIT_LAMBDA,
                                 .flags = typescript_function_flags(tree, node)};
        if (is_default(tree, node)) {
                Node statement = typescript_statement(tree, node);
                definition.kind = UNIT_FUNCTION;
                definition.outer = statement;
                definition.body = tree_child(tree, node, FIELD_BODY);
                definition.flags |= typescript_statement_flags(walk, statement);
                if (!name)
                        definition.word = builder_word(walk->builder, "default");
        }
        walk_define(walk, &definition);
}

/* A function that is given to a name is declared there; others are lambdas. */
void typescript_declare_function(Walk *walk, Node node)
{
        Tree *tree = walk->tree;
        Node holder = typescript_holder(tree, node), name = tree_child(tree, node, FIELD_NAME);
        uint32_t held = holder ? walk_decl(walk, holder) : UNIT_NONE;
        UnitKind kind = held != UNIT_NONE ? builder_decl_at(walk->builder, held)->kind : 0;
        if (kind == UNIT_FUNCTION || kind == UNIT_METHOD)
                tree->nodes[node].decl = held;
        else
                declare_lambda(walk, node, name);
        uint32_t decl = walk_decl(walk, node);
        Node parameter = tree_child(tree, node, FIELD_PARAMETER);
        if (decl == UNIT_NONE)
                return;
        if (name)
                walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, name),
                                 walk_expr_decl(walk, decl));
        if (parameter) { /* x => … */
                uint32_t index = walk_define(walk, &(Definition){.node = parameter,
                                                                 .name = parameter,
                                                                 .kind = UNIT_PARAMETER,
                                                                 .container = decl + 1});
                if (index != UNIT_NONE)
                        walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, parameter),
                                         walk_expr_decl(walk, index));
        }
}

static void declare_method(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), body = tree_child(tree, node, FIELD_BODY);
        bool getter = tree_child_of_kind(tree, node, T_GET),
             setter = tree_child_of_kind(tree, node, T_SET);
        bool in_class = tree_parent_kind(tree, node) == CLASS_BODY;
        Definition definition = {.node = node,
                                 .body = body,
                                 .kind = getter || setter ? UNIT_PROPERTY : UNIT_METHOD,
                                 .visibility = typescript_visibility(tree, node, name),
                                 .flags = member_flags(tree, node) |
                                          typescript_function_flags(tree, node) |
                                          (getter ? UNIT_GETTER : 0) | (body ? 0 : UNIT_BODILESS)};
        if (in_class && tree_is(tree, name, "constructor"))
                definition.kind = UNIT_CONSTRUCTOR;
        definition.spaces = in_class ? SPACE_MEMBER : 0;
        if (tree_kind(tree, node) == ABSTRACT_METHOD_SIGNATURE || (!body && !in_class))
                definition.flags |= UNIT_ABSTRACT;
        set_name(walk, name, &definition);
        walk_define(walk, &definition);
}

void typescript_declare_signature(Walk *walk, Node node)
{
        unsigned kind = tree_kind(walk->tree, node);
        bool constructs = kind == CONSTRUCT_SIGNATURE;
        const char *word = constructs ? "new" : kind == CALL_SIGNATURE ? "()" : "";
        walk_define(walk, &(Definition){.node = node,
                                        .word = builder_word(walk->builder, word),
                                        .kind = constructs ? UNIT_CONSTRUCTOR : UNIT_LAMBDA,
                                        .flags = constructs ? UNIT_BODILESS | UNIT_LOCAL
                                                            : UNIT_BODILESS});
}

/* What any key of a value gives: a member "[]", of numbers alone "[0]". It is no symbol. */
static void declare_index(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        bool numbers = tree_is(tree, tree_child(tree, node, FIELD_INDEX_TYPE), "number");
        walk_define(walk, &(Definition){.node = node,
                                        .word = builder_word(walk->builder, numbers ? "[0]" : "[]"),
                                        .kind = UNIT_FIELD,
                                        .flags = UNIT_LOCAL});
}

/* The name is the word itself in interfaces. */
static void declare_field(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (tree_kind(tree, node) == INDEX_SIGNATURE) {
                declare_index(walk, node);
                return;
        }
        Node name = tree_child(tree, node, FIELD_NAME),
             value = typescript_bare_value(tree, tree_child(tree, node, FIELD_VALUE));
        if (!name)
                name = tree_child(tree, node, FIELD_PROPERTY);
        if (!name)
                name = tree_child(tree, node, FIELD_KEY);
        Definition definition = {.node = node,
                                 .kind = UNIT_FIELD,
                                 .spaces = tree_parent_kind(tree, node) == CLASS_BODY ? SPACE_MEMBER
                                                                                      : 0,
                                 .visibility = typescript_visibility(tree, node, name),
                                 .flags = member_flags(tree, node)};
        if (typescript_is_function(tree_kind(tree, value))) {
                definition.kind = UNIT_METHOD;
                definition.flags |= typescript_function_flags(tree, value);
                definition.body = tree_child(tree, value, FIELD_BODY);
        } else if (tree_kind(tree, value) == CLASS) {
                if (!tree_child(tree, node, FIELD_TYPE)) /* else it is known by that */
                        definition.kind = UNIT_CLASS;
                definition.body = tree_child(tree, value, FIELD_BODY);
        } else if (tree_kind(tree, value) == OBJECT) {
                definition.body = value;
        }
        set_name(walk, name, &definition);
        walk_define(walk, &definition);
}

static void declare_type(Walk *walk, Node node, UnitKind kind, uint32_t spaces)
{
        const Tree *tree = walk->tree;
        Node statement = typescript_statement(tree, node);
        Definition definition = {.node = node,
                                 .outer = statement,
                                 .name = tree_child(tree, node, FIELD_NAME),
                                 .body = tree_child(tree, node, FIELD_BODY),
                                 .kind = kind,
                                 .flags = typescript_statement_flags(walk, statement),
                                 .spaces = spaces};
        walk_define(walk, &definition);
}

/* One that is only declared: all in it is seen from outside. */
static bool is_ambient(const Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t outer = walk->scopes.items[walk->scope].decl;
        if (walk->state[STATE_AMBIENT] ||
            (outer != UNIT_NONE && (builder_decl_at(walk->builder, outer)->flags & UNIT_BODILESS)))
                return true;
        for (Node up = tree_parent(tree, node); up; up = tree_parent(tree, up)) {
                unsigned kind = tree_kind(tree, up);
                if (kind == AMBIENT_DECLARATION)
                        return true;
                if (kind != EXPORT_STATEMENT && kind != EXPRESSION_STATEMENT)
                        return false;
        }
        return false;
}

/* namespace A.B.C: all but the last are declared at their names, each in the one before. */
static uint32_t declare_outer_namespaces(Walk *walk, Node name, const Definition *last)
{
        const Tree *tree = walk->tree;
        Node end = tree->nodes[name].next, property = tree_child(tree, name, FIELD_PROPERTY);
        uint32_t container = 0;
        for (Node node = name; node < end; node++) {
                unsigned kind = tree_kind(tree, node);
                if (node == property || (kind != IDENTIFIER && kind != PROPERTY_IDENTIFIER))
                        continue;
                Definition definition = *last;
                definition.node = definition.name = node;
                definition.outer = definition.body = 0;
                definition.container = container;
                definition.spaces = container ? 0 : last->spaces;
                container = walk_define(walk, &definition) + 1;
        }
        return container;
}

static void declare_namespace(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node statement = typescript_statement(tree, node),
             name = tree_child(tree, node, FIELD_NAME);
        Definition definition = {
                .node = node,
                .outer = statement,
                .body = tree_child(tree, node, FIELD_BODY),
                .kind = UNIT_NAMESPACE,
                .flags = typescript_statement_flags(walk, statement),
                .spaces = tree_kind(tree, name) == STRING ? 0 : SPACE_VALUE | SPACE_TYPE};
        if (is_ambient(walk, node))
                definition.flags |= UNIT_BODILESS;
        set_name(walk, name, &definition);
        if (tree_kind(tree, name) == NESTED_IDENTIFIER) {
                definition.container = declare_outer_namespaces(walk, name, &definition);
                definition.name = tree_child(tree, name, FIELD_PROPERTY);
                definition.flags |= UNIT_EXPORTED;
                definition.spaces = 0;
        }
        walk_define(walk, &definition);
}

static void declare_enum_member(Walk *walk, Node node, Node name)
{
        Definition definition = {.node = node, .kind = UNIT_ENUM_MEMBER, .spaces = SPACE_VALUE};
        set_name(walk, name, &definition);
        walk_define(walk, &definition);
}

/* ---- records ---- */

/* e as const, <const>e */
static bool is_const_cast(const Tree *tree, Node node)
{
        if (tree_kind(tree, node) == TYPE_ASSERTION)
                return tree_child_of_kind(tree, tree_first(tree, node), T_CONST);
        return tree_kind(tree, node) == AS_EXPRESSION && !tree_next(tree, tree_first(tree, node));
}

/* An object literal has symbols if it is what a name stands for, without a type that has them already. */
static bool is_object_known(const Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, node);
        while (tree_kind(tree, parent) == PARENTHESIZED_EXPRESSION || is_const_cast(tree, parent)) {
                node = parent;
                parent = tree_parent(tree, node);
        }
        switch (tree_kind(tree, parent)) {
        case VARIABLE_DECLARATOR:
        case PUBLIC_FIELD_DEFINITION:
        case FIELD_DEFINITION:
                return !tree_child(tree, parent, FIELD_TYPE) &&
                       !typescript_has_doc_type(walk, node);
        case PAIR: {
                uint32_t field = walk_decl(walk, parent);
                return field != UNIT_NONE && unit_is_symbol(builder_decl_at(walk->builder, field));
        }
        case ASSIGNMENT_EXPRESSION:
                return !typescript_has_doc_type(walk, node);
        case EXPORT_STATEMENT:
                return true;
        default:
                return false;
        }
}

/* A type has symbols in it if a name stands for it. */
static bool is_type_known(const Tree *tree, Node node)
{
        for (;;) {
                node = tree_parent(tree, node);
                switch (tree_kind(tree, node)) {
                case UNION_TYPE:
                case INTERSECTION_TYPE:
                case PARENTHESIZED_TYPE:
                case READONLY_TYPE:
                case ARRAY_TYPE:
                case TYPE_ANNOTATION:
                case OBJECT_TYPE:
                        break;
                case TYPE_ALIAS_DECLARATION:
                case PROPERTY_SIGNATURE:
                case EXTENDS_TYPE_CLAUSE:
                        return true;
                default:
                        return false;
                }
        }
}

static void declare_record(Walk *walk, Node node)
{
        bool type = tree_kind(walk->tree, node) == OBJECT_TYPE;
        bool known = !walk->scopes.items[walk->scope].local &&
                     (type ? is_type_known(walk->tree, node) : is_object_known(walk, node));
        walk_define(
                walk,
                &(Definition){.node = node, .kind = UNIT_RECORD, .flags = known ? 0 : UNIT_LOCAL});
}

/* import A = B.C */
static void declare_alias(Walk *walk, Node node)
{
        Node statement = typescript_statement(walk->tree, node);
        walk_define(walk, &(Definition){.node = node,
                                        .outer = statement,
                                        .name = tree_first(walk->tree, node),
                                        .kind = UNIT_TYPE,
                                        .flags = typescript_statement_flags(walk, statement),
                                        .spaces = SPACE_VALUE | SPACE_TYPE});
}

/* declare global { … } */
static void declare_global(Walk *walk, Node node)
{
        walk_define(walk, &(Definition){.node = node,
                                        .word = builder_word(walk->builder, "global"),
                                        .kind = UNIT_NAMESPACE,
                                        .flags = UNIT_BODILESS});
}

static void declare_type_parameter(Walk *walk, Node node)
{
        Node name = tree_child(walk->tree, node, FIELD_NAME);
        if (!name)
                name = tree_first(walk->tree, node); /* infer T */
        walk_define(walk, &(Definition){.node = node,
                                        .name = name,
                                        .kind = UNIT_TYPE_PARAMETER,
                                        .spaces = SPACE_TYPE});
}

/* ---- the whole ---- */

void typescript_declare(Walk *walk, Node node, UnitKind kind)
{
        switch (kind) {
        case UNIT_FUNCTION:
                declare_function(walk, node);
                break;
        case UNIT_CLASS:
                declare_class(walk, node);
                break;
        case UNIT_METHOD:
                declare_method(walk, node);
                break;
        case UNIT_FIELD:
                declare_field(walk, node);
                break;
        case UNIT_INTERFACE:
        case UNIT_TYPE:
                if (tree_kind(walk->tree, node) == IMPORT_ALIAS)
                        declare_alias(walk, node);
                else
                        declare_type(walk, node, kind, SPACE_TYPE);
                break;
        case UNIT_ENUM:
                declare_type(walk, node, kind, SPACE_TYPE | SPACE_VALUE);
                break;
        case UNIT_ENUM_MEMBER:
                declare_enum_member(walk, node, tree_child(walk->tree, node, FIELD_NAME));
                break;
        case UNIT_NAMESPACE:
                if (tree_kind(walk->tree, node) == AMBIENT_DECLARATION)
                        declare_global(walk, node);
                else
                        declare_namespace(walk, node);
                break;
        case UNIT_TYPE_PARAMETER:
                declare_type_parameter(walk, node);
                break;
        case UNIT_RECORD:
                declare_record(walk, node);
                break;
        default:
                break;
        }
}

void typescript_declare_visited(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case FORMAL_PARAMETERS:
                typescript_declare_parameters(walk, node);
                break;
        case ENUM_BODY:
                TREE_FOREACH(tree, node, child)
                if (tree->nodes[child].field == FIELD_NAME)
                        declare_enum_member(walk, child, child);
                break;
        case SHORTHAND_PROPERTY:
                walk_define(walk, &(Definition){.node = node, .name = node, .kind = UNIT_FIELD});
                break;
        case ASSIGNMENT_EXPRESSION:
                typescript_declare_assigned(walk, node);
                break;
        case BINARY_EXPRESSION:
                walk->state[STATE_NARROWS] = 1;
                break;
        default:
                break;
        }
}
