/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Java: the first pass. Fields, methods and member types are declared where they stand, and bound by nobody (see front.h). */
#include "languages/java/front.h"

bool java_is_type_declaration(unsigned kind)
{
        return kind == CLASS_DECLARATION || kind == RECORD_DECLARATION ||
               kind == INTERFACE_DECLARATION || kind == ENUM_DECLARATION ||
               kind == ANNOTATION_TYPE_DECLARATION;
}

/* ---- modifiers ---- */

/* They stand first. */
static Node modifiers_of(const Tree *tree, Node declaration)
{
        Node first = tree_first(tree, declaration);
        return tree_kind(tree, first) == MODIFIERS ? first : 0;
}

static bool has(const Tree *tree, Node declaration, unsigned token)
{
        Node modifiers = modifiers_of(tree, declaration);
        return modifiers && tree_child_of_kind(tree, modifiers, token);
}

static bool is_annotated(const Tree *tree, Node declaration, const char *name)
{
        Node modifiers = modifiers_of(tree, declaration);
        TREE_FOREACH(tree, modifiers, child)
        {
                unsigned kind = tree_kind(tree, child);
                if ((kind == MARKER_ANNOTATION || kind == ANNOTATION) &&
                    tree_is(tree, tree_child(tree, child, FIELD_NAME), name))
                        return true;
        }
        return false;
}

static bool in_interface(const Tree *tree, Node declaration)
{
        unsigned kind = tree_parent_kind(tree, declaration);
        return kind == INTERFACE_BODY || kind == ANNOTATION_TYPE_BODY;
}

static UnitVisibility visibility_of(const Tree *tree, Node declaration)
{
        if (has(tree, declaration, T_PRIVATE))
                return UNIT_PRIVATE;
        if (has(tree, declaration, T_PROTECTED))
                return UNIT_PROTECTED;
        bool public = has(tree, declaration, T_PUBLIC) || in_interface(tree, declaration) ||
                      tree_kind(tree, declaration) == ENUM_CONSTANT;
        return public ? UNIT_PUBLIC : UNIT_INTERNAL;
}

static uint32_t flags_of(const Tree *tree, Node declaration)
{
        return (has(tree, declaration, T_STATIC) ? UNIT_STATIC : 0) |
               (has(tree, declaration, T_ABSTRACT) ? UNIT_ABSTRACT : 0) |
               (is_annotated(tree, declaration, "Override") ? UNIT_OVERRIDE : 0);
}

/* ---- types ---- */

static bool is_local(const Walk *walk)
{
        return walk->scopes.items[walk->scope].local;
}

static void declare_type(Walk *walk, Node node, UnitKind kind)
{
        const Tree *tree = walk->tree;
        uint32_t flags = flags_of(tree, node);
        if (walk->scopes.items[walk->scope].decl == UNIT_NONE)
                flags |= UNIT_EXPORTED;
        if (is_annotated(tree, node, "Generated"))
                builder_flag(walk->builder, UNIT_IS_GENERATED);
        walk_define(walk, &(Definition){.node = node,
                                        .name = tree_child(tree, node, FIELD_NAME),
                                        .body = tree_child(tree, node, FIELD_BODY),
                                        .kind = kind,
                                        .visibility = visibility_of(tree, node),
                                        .flags = flags,
                                        .spaces = is_local(walk) ? SPACE_TYPE : 0});
}

/* The body of new T() { } and of an enum's constant is a type without a name. */
static void declare_anonymous(Walk *walk, Node body)
{
        unsigned parent = tree_parent_kind(walk->tree, body);
        if (parent == OBJECT_CREATION || parent == ENUM_CONSTANT)
                walk_define(walk, &(Definition){.node = body, .kind = UNIT_RECORD});
}

static void declare_constant(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        walk_define(walk, &(Definition){.node = node,
                                        .name = tree_child(tree, node, FIELD_NAME),
                                        .body = tree_child(tree, node, FIELD_BODY),
                                        .kind = UNIT_ENUM_MEMBER,
                                        .flags = UNIT_STATIC});
}

/* ---- methods ---- */

static bool is_test_method(const Tree *tree, Node node)
{
        static const char *const tests[] = {"Test", "ParameterizedTest", "RepeatedTest",
                                            "TestFactory", "TestTemplate"};
        for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++)
                if (is_annotated(tree, node, tests[i]))
                        return true;
        return false;
}

static void declare_method(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), body = tree_child(tree, node, FIELD_BODY);
        uint32_t flags = flags_of(tree, node) | (body ? 0 : UNIT_BODILESS);
        if (!body && in_interface(tree, node))
                flags |= UNIT_ABSTRACT;
        if (is_test_method(tree, node))
                flags |= UNIT_TEST;
        if (flags & UNIT_STATIC && tree_is(tree, name, "main"))
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
        walk_define(walk, &(Definition){.node = node,
                                        .name = name,
                                        .body = body,
                                        .kind = UNIT_METHOD,
                                        .visibility = visibility_of(tree, node),
                                        .flags = flags});
}

static void declare_constructor(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        walk_define(walk, &(Definition){.node = node,
                                        .name = tree_child(tree, node, FIELD_NAME),
                                        .body = tree_child(tree, node, FIELD_BODY),
                                        .kind = UNIT_CONSTRUCTOR,
                                        .visibility = visibility_of(tree, node)});
}

/* ---- variables ---- */

static void declare_local(Walk *walk, Node node, Node name)
{
        walk_define(walk, &(Definition){.node = node,
                                        .name = name,
                                        .kind = UNIT_VARIABLE,
                                        .flags = UNIT_LOCAL,
                                        .spaces = SPACE_VALUE});
}

static void declare_parameter(Walk *walk, Node node, Node name, uint32_t flags)
{
        walk_define(walk, &(Definition){.node = node,
                                        .name = name,
                                        .kind = UNIT_PARAMETER,
                                        .flags = flags,
                                        .spaces = SPACE_VALUE});
}

static void declare_field(Walk *walk, Node node, Node statement)
{
        const Tree *tree = walk->tree;
        bool constant = tree_kind(tree, statement) == CONSTANT_DECLARATION ||
                        (has(tree, statement, T_STATIC) && has(tree, statement, T_FINAL));
        uint32_t flags = flags_of(tree, statement) | (constant ? UNIT_STATIC : 0);
        walk_define(walk, &(Definition){.node = node,
                                        .outer = statement,
                                        .name = tree_child(tree, node, FIELD_NAME),
                                        .kind = constant ? UNIT_CONSTANT : UNIT_FIELD,
                                        .visibility = visibility_of(tree, statement),
                                        .flags = flags});
}

static void declare_variable(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node parent = tree_parent(tree, node), name = tree_child(tree, node, FIELD_NAME);
        switch (tree_kind(tree, parent)) {
        case FIELD_DECLARATION:
        case CONSTANT_DECLARATION:
                declare_field(walk, node, parent);
                break;
        case SPREAD_PARAMETER:
                declare_parameter(walk, parent, name, UNIT_VARIADIC);
                break;
        default:
                declare_local(walk, node, name);
        }
}

/* A record's component is a field, and the method that reads it unless one is written. */
static void declare_component(Walk *walk, Node node, Node name)
{
        Definition definition = {.node = name, .outer = node, .name = name, .kind = UNIT_METHOD};
        walk_define(walk, &definition);
        definition.node = node;
        definition.kind = UNIT_FIELD;
        definition.visibility = UNIT_PRIVATE;
        walk_define(walk, &definition);
}

static void declare_formal_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), list = tree_parent(tree, node);
        if (tree_parent_kind(tree, list) == RECORD_DECLARATION)
                declare_component(walk, node, name);
        else if (tree_kind(tree, node) == CATCH_FORMAL_PARAMETER)
                declare_local(walk, node, name);
        else
                declare_parameter(walk, node, name, 0);
}

static void declare_type_parameter(Walk *walk, Node node)
{
        walk_define(walk,
                    &(Definition){.node = node,
                                  .name = tree_child_of_kind(walk->tree, node, TYPE_IDENTIFIER),
                                  .kind = UNIT_TYPE_PARAMETER,
                                  .spaces = SPACE_TYPE});
}

/* What a pattern binds holds in the statement, and after it if the statement ends when it does not match. */
static void declare_pattern(Walk *walk, Node node, Node name)
{
        uint32_t scope = walk->scope;
        declare_local(walk, node, name);
        uint32_t index = walk_decl(walk, node);
        if (index != UNIT_NONE && scope && walk->scopes.items[scope].kind == SCOPE_BLOCK &&
            tree_kind(walk->tree, walk->scopes.items[scope].node) == IF_STATEMENT)
                walk_bind(walk, walk->scopes.items[scope].parent, SPACE_VALUE,
                          walk_string(walk, name), walk_expr_decl(walk, index));
}

/* x -> …, (x, y) -> … */
static void declare_inferred(Walk *walk, Node node)
{
        TREE_FOREACH(walk->tree, node, child)
        declare_parameter(walk, child, child, 0);
}

static void declare_lambda(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node parameter = tree_child(tree, node, FIELD_PARAMETERS);
        uint32_t decl = walk_define(walk, &(Definition){.node = node, .kind = UNIT_LAMBDA});
        if (decl == UNIT_NONE || tree_kind(tree, parameter) != IDENTIFIER)
                return;
        uint32_t index = walk_define(walk, &(Definition){.node = parameter,
                                                         .name = parameter,
                                                         .kind = UNIT_PARAMETER,
                                                         .container = decl + 1});
        if (index != UNIT_NONE)
                walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, parameter),
                                 walk_expr_decl(walk, index));
}

/* What the loop binds stands in the scope that it opens, and is found from its header too. */
static void declare_loop(Walk *walk, Node node)
{
        Node name = tree_child(walk->tree, node, FIELD_NAME);
        uint32_t index = walk_define(walk, &(Definition){.node = node,
                                                         .name = name,
                                                         .kind = UNIT_VARIABLE,
                                                         .flags = UNIT_LOCAL});
        if (index != UNIT_NONE)
                walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, name),
                                 walk_expr_decl(walk, index));
}

/* ---- package and imports ---- */

static void declare_import(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node path = tree_first(tree, node);
        bool all = tree_child_of_kind(tree, node, ASTERISK);
        bool members = tree_child_of_kind(tree, node, T_STATIC);
        Node name = tree_kind(tree, path) == SCOPED_IDENTIFIER ? tree_child(tree, path, FIELD_NAME)
                                                               : path;
        UnitImport import = {.kind = all ? UNIT_IMPORT_ALL : UNIT_IMPORT_NAME,
                             .flags = members ? UNIT_IMPORT_STATIC : 0,
                             .module = walk_string(walk, path),
                             .name = all ? 0 : walk_string(walk, name),
                             .container = UNIT_NONE,
                             .line = tree->nodes[node].row + 1};
        import.local = import.name;
        if (import.module)
                builder_import(walk->builder, &import);
}

static void declare_visited(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case PACKAGE_DECLARATION:
                TREE_FOREACH(tree, node, child)
                if (tree_kind(tree, child) == SCOPED_IDENTIFIER ||
                    tree_kind(tree, child) == IDENTIFIER)
                        builder_package(walk->builder, walk_string(walk, child));
                break;
        case INFERRED_PARAMETERS:
                declare_inferred(walk, node);
                break;
        case ENHANCED_FOR:
                declare_loop(walk, node);
                break;
        case INSTANCEOF_EXPRESSION:
                declare_pattern(walk, node, tree_child(tree, node, FIELD_NAME));
                break;
        case TYPE_PATTERN:
        case RECORD_PATTERN_COMPONENT: {
                Node type = tree_first(tree, node), name = tree_next(tree, type);
                if (tree_kind(tree, name) == IDENTIFIER)
                        declare_pattern(walk, node, name);
                break;
        }
        default:
                break;
        }
}

/* ---- both passes ---- */

static void declare_definition(Walk *walk, Node node, UnitKind kind)
{
        switch (kind) {
        case UNIT_CLASS:
        case UNIT_INTERFACE:
        case UNIT_ENUM:
                declare_type(walk, node, kind);
                break;
        case UNIT_RECORD:
                declare_anonymous(walk, node);
                break;
        case UNIT_ENUM_MEMBER:
                declare_constant(walk, node);
                break;
        case UNIT_METHOD:
                declare_method(walk, node);
                break;
        case UNIT_CONSTRUCTOR:
                declare_constructor(walk, node);
                break;
        case UNIT_LAMBDA:
                declare_lambda(walk, node);
                break;
        case UNIT_PARAMETER:
                declare_formal_parameter(walk, node);
                break;
        case UNIT_TYPE_PARAMETER:
                declare_type_parameter(walk, node);
                break;
        default:
                declare_variable(walk, node);
        }
}

static void declare(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_IMPORT)
                declare_import(walk, node);
        else if (rule->role == RULE_DEFINITION)
                declare_definition(walk, node, rule->kind);
        else
                declare_visited(walk, node);
}

static void lower(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_REFERENCE)
                java_lower_reference(walk, node);
        else if (rule->role != RULE_IMPORT)
                java_lower_declaration(walk, node, rule);
}

static void begin(Walk *walk)
{
        const char *name = walk->file_name;
        if (strstr(name, "src/test/") || g_str_has_prefix(name, "test/") ||
            strstr(name, "/test/") || g_str_has_suffix(name, "Test.java") ||
            g_str_has_suffix(name, "Tests.java"))
                builder_flag(walk->builder, UNIT_IS_TEST);
}

#define KIND_NAME(name, text)   text,
#define FIELD_NAME_(name, text) text,
static const char *const kinds[] = {KINDS(KIND_NAME) NULL};
static const char *const fields[] = {FIELDS(FIELD_NAME_) NULL};
static const char query[] =
#include "java.scm.inc"
        ;

const TSLanguage *tree_sitter_java(void);

extern const FrontEnd java_front;
const FrontEnd java_front = {.grammar = tree_sitter_java,
                             .kinds = kinds,
                             .fields = fields,
                             .query = query,
                             .doc_prefix = "/**",
                             .begin = begin,
                             .declare = declare,
                             .lower = lower,
                             .expression = java_expression,
                             .type = java_type};
