/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TypeScript, TSX and JavaScript: declarations. A function, class or object literal that is given to a variable, field or
 * property is one declaration with that name; what is not given a name is a lambda or a record, which is no symbol. */
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
        if (tree_kind(tree, statement) == EXPORT_STATEMENT) {
                flags |= UNIT_EXPORTED;
                if (tree_child_of_kind(tree, statement, T_DEFAULT))
                        flags |= UNIT_DEFAULT;
        }
        return flags;
}

static UnitVisibility visibility_of(const Tree *tree, Node node, Node name)
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

static uint32_t function_flags(const Tree *tree, Node node)
{
        unsigned kind = tree_kind(tree, node);
        bool star = kind == GENERATOR_DECLARATION || kind == GENERATOR_FUNCTION ||
                    tree_child_of_kind(tree, node, T_STAR);
        return flag_if(tree, node, T_ASYNC, UNIT_ASYNC) | (star ? UNIT_GENERATOR : 0);
}

static bool is_function(unsigned kind)
{
        return kind == ARROW_FUNCTION || kind == FUNCTION_EXPRESSION || kind == GENERATOR_FUNCTION;
}

/* The function or class that is a value, without the brackets around it. */
static Node bare_value(const Tree *tree, Node value)
{
        while (is_wrapper(tree_kind(tree, value)))
                value = tree_first(tree, value);
        return value;
}

/* A property's name is an identifier, a string, a number; a computed one has none that is known. */
static void set_name(Walk *walk, Node name, Definition *definition)
{
        unsigned kind = tree_kind(walk->tree, name);
        definition->name = name;
        if (kind == STRING) {
                definition->word = walk_string_inside(walk, name, 1);
        } else if (kind == COMPUTED_PROPERTY_NAME) {
                Node inner = tree_first(walk->tree, name);
                definition->word = tree_kind(walk->tree, inner) == STRING
                                           ? walk_string_inside(walk, inner, 1)
                                           : walk_string(walk, name);
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
                                          function_flags(tree, node),
                                 .spaces = SPACE_VALUE};
        if (!definition.body)
                definition.flags |= UNIT_BODILESS;
        if (!definition.name)
                definition.word = builder_word(walk->builder, "default");
        walk_define(walk, &definition);
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
                Node statement = expression ? node : typescript_statement(tree, node);
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
                walk_define(walk, &definition);
        }
        if (name && tree_kind(tree, node) == CLASS && walk_decl(walk, node) != UNIT_NONE)
                walk_bind_inside(walk, SPACE_VALUE | SPACE_TYPE, walk_string(walk, name),
                                 walk_expr_decl(walk, walk_decl(walk, node)));
}

/* A function that is given to a name is declared there; others are lambdas. */
static void declare_function_expression(Walk *walk, Node node)
{
        Tree *tree = walk->tree;
        Node holder = typescript_holder(tree, node), name = tree_child(tree, node, FIELD_NAME);
        uint32_t held = holder ? walk_decl(walk, holder) : UNIT_NONE;
        UnitKind kind = held != UNIT_NONE ? builder_decl_at(walk->builder, held)->kind : 0;
        if (kind == UNIT_FUNCTION || kind == UNIT_METHOD)
                tree->nodes[node].decl = held;
        else
                walk_define(walk, &(Definition){.node = node,
                                                .name = name,
                                                .kind = UNIT_LAMBDA,
                                                .flags = function_flags(tree, node)});
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
                                 .visibility = visibility_of(tree, node, name),
                                 .flags = member_flags(tree, node) | function_flags(tree, node) |
                                          (getter ? UNIT_GETTER : 0) | (body ? 0 : UNIT_BODILESS)};
        if (in_class && tree_is(tree, name, "constructor"))
                definition.kind = UNIT_CONSTRUCTOR;
        if (tree_kind(tree, node) == ABSTRACT_METHOD_SIGNATURE || (!body && !in_class))
                definition.flags |= UNIT_ABSTRACT;
        set_name(walk, name, &definition);
        walk_define(walk, &definition);
}

static void declare_signature(Walk *walk, Node node)
{
        walk_define(walk, &(Definition){.node = node, .kind = UNIT_LAMBDA, .flags = UNIT_BODILESS});
}

/* The name is the word itself in interfaces. */
static void declare_field(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME),
             value = bare_value(tree, tree_child(tree, node, FIELD_VALUE));
        if (!name)
                name = tree_child(tree, node, FIELD_PROPERTY);
        if (!name)
                name = tree_child(tree, node, FIELD_KEY);
        Definition definition = {.node = node,
                                 .kind = UNIT_FIELD,
                                 .visibility = visibility_of(tree, node, name),
                                 .flags = member_flags(tree, node)};
        if (is_function(tree_kind(tree, value))) {
                definition.kind = UNIT_METHOD;
                definition.flags |= function_flags(tree, value);
                definition.body = tree_child(tree, value, FIELD_BODY);
        } else if (tree_kind(tree, value) == CLASS) {
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

static void declare_namespace(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node statement = typescript_statement(tree, node),
             name = tree_child(tree, node, FIELD_NAME);
        Definition definition = {
                .node = node,
                .outer = statement,
                .name = name,
                .body = tree_child(tree, node, FIELD_BODY),
                .kind = UNIT_NAMESPACE,
                .flags = typescript_statement_flags(walk, statement),
                .spaces = tree_kind(tree, name) == STRING ? 0 : SPACE_VALUE | SPACE_TYPE};
        set_name(walk, name, &definition);
        walk_define(walk, &definition);
}

static void declare_enum_member(Walk *walk, Node node, Node name)
{
        Definition definition = {.node = node, .kind = UNIT_ENUM_MEMBER, .spaces = SPACE_VALUE};
        set_name(walk, name, &definition);
        walk_define(walk, &definition);
}

/* ---- variables and parameters ---- */

static void declare_name(Walk *walk, Node name, const PatternKind *kind)
{
        uint32_t index = walk_define(walk, &(Definition){.node = name,
                                                         .name = name,
                                                         .kind = kind->kind,
                                                         .flags = kind->flags});
        if (index != UNIT_NONE)
                walk_bind(walk, kind->scope, SPACE_VALUE, walk_string(walk, name),
                          walk_expr_decl(walk, index));
}

/* The nodes of a pattern stand in order of the text, so that its names are found without recursion; default values and
 * computed keys have other kinds, but for plain identifiers. */
void typescript_declare_pattern(Walk *walk, Node pattern, const PatternKind *kind)
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

static void declare_variable(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), list = tree_parent(tree, node);
        Node value = bare_value(tree, tree_child(tree, node, FIELD_VALUE)),
             statement = typescript_statement(tree, node);
        bool constant = tree_kind(tree, list) == LEXICAL_DECLARATION &&
                        tree_kind(tree, tree_child(tree, list, FIELD_KIND)) == T_CONST;
        PatternKind kind = {.kind = constant ? UNIT_CONSTANT : UNIT_VARIABLE,
                            .flags = typescript_statement_flags(walk, statement),
                            .scope = tree_kind(tree, list) == VARIABLE_DECLARATION
                                             ? walk_function_scope(walk, walk->scope)
                                             : walk->scope};
        if (tree_kind(tree, name) != IDENTIFIER) {
                typescript_declare_pattern(walk, name, &kind);
                return;
        }
        Definition definition = {.node = node,
                                 .outer = statement,
                                 .name = name,
                                 .kind = kind.kind,
                                 .flags = kind.flags};
        if (is_function(tree_kind(tree, value))) {
                definition.kind = UNIT_FUNCTION;
                definition.flags |= function_flags(tree, value);
                definition.body = tree_child(tree, value, FIELD_BODY);
        } else if (tree_kind(tree, value) == CLASS) {
                definition.kind = UNIT_CLASS;
                definition.body = tree_child(tree, value, FIELD_BODY);
        } else if (tree_kind(tree, value) == OBJECT) {
                definition.body = value;
        }
        uint32_t index = walk_define(walk, &definition),
                 spaces = definition.kind == UNIT_CLASS ? SPACE_VALUE | SPACE_TYPE : SPACE_VALUE;
        if (index != UNIT_NONE)
                walk_bind(walk, kind.scope, spaces, walk_string(walk, name),
                          walk_expr_decl(walk, index));
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
                                        .visibility = visibility_of(tree, node, name),
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
                typescript_declare_pattern(
                        walk, name, &(PatternKind){.kind = UNIT_VARIABLE, .scope = walk->scope});
}

static void declare_typed_parameter(Walk *walk, Node node)
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
static void declare_parameters(Walk *walk, Node node)
{
        TREE_FOREACH(walk->tree, node, child)
        {
                unsigned kind = tree_kind(walk->tree, child);
                if (kind == IDENTIFIER || kind == ASSIGNMENT_PATTERN || kind == REST_PATTERN ||
                    kind == OBJECT_PATTERN || kind == ARRAY_PATTERN)
                        declare_parameter(walk, child, child, 0);
        }
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

/* ---- both passes ---- */

static void declare_visited(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case FORMAL_PARAMETERS:
                declare_parameters(walk, node);
                break;
        case ENUM_BODY:
                TREE_FOREACH(tree, node, child)
                if (tree->nodes[child].field == FIELD_NAME)
                        declare_enum_member(walk, child, child);
                break;
        case SHORTHAND_PROPERTY:
                walk_define(walk, &(Definition){.node = node, .name = node, .kind = UNIT_FIELD});
                break;
        default:
                break;
        }
}

/* What a for or a catch binds stands in the scope that it opens. */
static void declare_loop(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(
                tree, node, tree_kind(tree, node) == CATCH_CLAUSE ? FIELD_PARAMETER : FIELD_LEFT);
        bool declares = tree_kind(tree, node) == CATCH_CLAUSE || tree_child(tree, node, FIELD_KIND);
        if (declares && left)
                typescript_declare_pattern(walk, left,
                                           &(PatternKind){.kind = UNIT_VARIABLE,
                                                          .flags = UNIT_LOCAL,
                                                          .scope = walk->scope});
}

static void declare_definition(Walk *walk, Node node, UnitKind kind)
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
                declare_type(walk, node, kind, SPACE_TYPE);
                break;
        case UNIT_ENUM:
                declare_type(walk, node, kind, SPACE_TYPE | SPACE_VALUE);
                break;
        case UNIT_ENUM_MEMBER:
                declare_enum_member(walk, node, tree_child(walk->tree, node, FIELD_NAME));
                break;
        case UNIT_NAMESPACE:
                declare_namespace(walk, node);
                break;
        case UNIT_VARIABLE:
                declare_variable(walk, node);
                break;
        case UNIT_PARAMETER:
                declare_typed_parameter(walk, node);
                break;
        case UNIT_TYPE_PARAMETER:
                declare_type_parameter(walk, node);
                break;
        case UNIT_RECORD:
                walk_define(walk, &(Definition){.node = node, .kind = kind});
                break;
        default:
                break;
        }
}

static void declare(Walk *walk, Node node, const Rule *rule)
{
        unsigned kind = tree_kind(walk->tree, node);
        if (rule->role == RULE_IMPORT)
                typescript_import(walk, node);
        else if (rule->role == RULE_EXPORT)
                typescript_export(walk, node);
        else if (is_function(kind))
                declare_function_expression(walk, node);
        else if (rule->kind == UNIT_LAMBDA)
                declare_signature(walk, node);
        else if (kind == FOR_IN_STATEMENT || kind == CATCH_CLAUSE)
                declare_loop(walk, node);
        else if (rule->role == RULE_DEFINITION)
                declare_definition(walk, node, rule->kind);
        else
                declare_visited(walk, node);
}

static void lower(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_REFERENCE)
                typescript_lower_reference(walk, node);
        else if (rule->role == RULE_EXPORT)
                typescript_lower_export(walk, node);
        else if (rule->role != RULE_IMPORT)
                typescript_lower_declaration(walk, node, rule);
}

static void begin(Walk *walk)
{
        const char *name = walk->file_name;
        const char *const tests[] = {".test.", ".spec.", "__tests__/", "__mocks__/", ".e2e."};
        for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++)
                if (strstr(name, tests[i]))
                        builder_flag(walk->builder, UNIT_IS_TEST);
        walk->state[STATE_AMBIENT] = g_str_has_suffix(name, ".d.ts") ||
                                     g_str_has_suffix(name, ".d.mts") ||
                                     g_str_has_suffix(name, ".d.cts");
        if (tree_child_of_kind(walk->tree, 1, HASH_BANG_LINE))
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
}

/* ---- the front-ends ---- */

#define KIND_NAME(name, text)   text,
#define FIELD_NAME_(name, text) text,
static const char *const kinds[] = {KINDS(KIND_NAME) NULL};
static const char *const fields[] = {FIELDS(FIELD_NAME_) NULL};
static const char query[] =
#include "typescript.scm.inc"
        ;

const TSLanguage *tree_sitter_typescript(void);
const TSLanguage *tree_sitter_tsx(void);
const TSLanguage *tree_sitter_javascript(void);

#define FRONT(language, hide)                                                                      \
        {                                                                                          \
                .grammar = tree_sitter_##language, .kinds = kinds, .fields = fields,               \
                .query = query, .doc_prefix = "/**", .patch = hide, .begin = begin,                \
                .declare = declare, .lower = lower, .expression = typescript_expression,           \
                .type = typescript_type                                                            \
        }

extern const FrontEnd typescript_front, tsx_front, javascript_front;
const FrontEnd typescript_front = FRONT(typescript, typescript_patch);
const FrontEnd tsx_front = FRONT(tsx, typescript_patch);
const FrontEnd javascript_front = FRONT(javascript, NULL);
