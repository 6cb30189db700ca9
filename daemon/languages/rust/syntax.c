/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rust's front-end: what is declared. An impl is a declaration of its own whose outer is the type; its functions are members of it. A
 * module that is another file is a namespace without body, and an import of "mod <name>". */
#include "languages/rust/front.h"

/* ---- attributes and visibility ---- */

/* Attributes stand before what they are of; those right above each other belong together. */
static void declare_attribute(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node last = walk->state[STATE_ATTRIBUTE];
        bool inner = tree_kind(tree, node) == INNER_ATTRIBUTE_ITEM;
        size_t length;
        const char *text = tree_text(tree, node, &length);
        if (!last || tree_next(tree, last) != node) {
                walk->state[STATE_ATTRIBUTES] = node;
                walk->state[STATE_TEST] = walk->state[STATE_PATH] = 0;
        }
        walk->state[STATE_ATTRIBUTE] = node;
        g_autofree char *copy = g_strndup(text, MIN(length, 200));
        if (strstr(copy, "[test]") || strstr(copy, "::test") || strstr(copy, "cfg(test)") ||
            strstr(copy, "[bench]"))
                walk->state[STATE_TEST] |= ATTRIBUTE_TEST;
        if (!rust_is_usual(text, length))
                walk->state[STATE_TEST] |= ATTRIBUTE_UNUSUAL;
        if (g_str_has_prefix(copy, "#[path"))
                for (Node at = node; at < tree->nodes[node].next; at++)
                        if (tree_kind(tree, at) == STRING_LITERAL)
                                walk->state[STATE_PATH] = at;
        if (inner && walk->scope == 0 && !rust_is_usual(text, length))
                walk->decl_flags |= UNIT_UNUSUAL;
        if (inner && strstr(copy, "cfg(test)"))
                builder_flag(walk->builder, UNIT_IS_TEST);
}

static bool has_attributes(const Walk *walk, Node item)
{
        Node last = walk->state[STATE_ATTRIBUTE];
        return last && tree_next(walk->tree, last) == item;
}

uint32_t rust_attributes(const Walk *walk, Node item)
{
        return has_attributes(walk, item) ? walk->state[STATE_TEST] : 0;
}

/* The first attribute of an item, or the item. */
static Node first_attribute(const Walk *walk, Node item)
{
        return has_attributes(walk, item) ? walk->state[STATE_ATTRIBUTES] : item;
}

/* What its attributes say, and those of what is around it. */
static uint32_t flags_of(Walk *walk, Node item)
{
        uint32_t attributes = rust_attributes(walk, item),
                 around = walk->scopes.items[walk->scope].decl;
        uint32_t inherited = around == UNIT_NONE
                                     ? 0
                                     : builder_decl_at(walk->builder, around)->flags & UNIT_UNUSUAL;
        return (attributes & ATTRIBUTE_TEST ? UNIT_TEST : 0) |
               (attributes & ATTRIBUTE_UNUSUAL ? UNIT_UNUSUAL : inherited);
}

static UnitVisibility visibility_of(const Tree *tree, Node item)
{
        Node modifier = tree_child_of_kind(tree, item, VISIBILITY_MODIFIER);
        if (!modifier)
                return UNIT_PRIVATE;
        return tree_is(tree, modifier, "pub") ? UNIT_PUBLIC : UNIT_INTERNAL;
}

/* ---- items ---- */

static Definition item(Walk *walk, Node node, UnitKind kind, uint32_t spaces)
{
        const Tree *tree = walk->tree;
        Definition definition = {.node = node,
                                 .outer = first_attribute(walk, node),
                                 .name = tree_child(tree, node, FIELD_NAME),
                                 .body = tree_child(tree, node, FIELD_BODY),
                                 .kind = kind,
                                 .visibility = visibility_of(tree, node),
                                 .spaces = spaces};
        definition.flags =
                flags_of(walk, node) | (definition.visibility == UNIT_PRIVATE ? 0 : UNIT_EXPORTED);
        return definition;
}

static bool is_member(const Walk *walk, UnitKind *ret_of)
{
        uint32_t container = walk->scopes.items[walk->scope].decl;
        *ret_of = container == UNIT_NONE ? 0 : builder_decl_at(walk->builder, container)->kind;
        return *ret_of == UNIT_IMPLEMENTATION || *ret_of == UNIT_INTERFACE;
}

static bool is_trait_impl(const Walk *walk)
{
        Node node = walk->scopes.items[walk->scope].node;
        return tree_kind(walk->tree, node) == IMPL_ITEM &&
               tree_child(walk->tree, node, FIELD_TRAIT);
}

static void declare_function(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Definition definition = item(walk, node, UNIT_FUNCTION, SPACE_VALUE);
        Node modifiers = tree_child_of_kind(tree, node, FUNCTION_MODIFIERS);
        UnitKind of;
        if (is_member(walk, &of)) {
                Node self = tree_child_of_kind(tree, tree_child(tree, node, FIELD_PARAMETERS),
                                               SELF_PARAMETER);
                definition.kind = UNIT_METHOD;
                definition.spaces = 0;
                definition.flags |= self ? 0 : UNIT_STATIC;
                if (of == UNIT_INTERFACE || is_trait_impl(walk))
                        definition.visibility = UNIT_PUBLIC;
        } else if (tree_is(tree, definition.name, "main") && walk->scope == 0) {
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
        }
        if (!definition.body)
                definition.flags |= UNIT_BODILESS | (of == UNIT_INTERFACE ? UNIT_ABSTRACT : 0);
        if (modifiers && tree_child_of_kind(tree, modifiers, T_ASYNC))
                definition.flags |= UNIT_ASYNC;
        walk_define(walk, &definition);
}

static void declare_struct(Walk *walk, Node node, UnitKind kind)
{
        Node body = tree_child(walk->tree, node, FIELD_BODY);
        bool named = kind != UNIT_STRUCT || tree_kind(walk->tree, body) == FIELD_DECLARATION_LIST;
        Definition definition =
                item(walk, node, kind, named ? SPACE_TYPE : SPACE_TYPE | SPACE_VALUE);
        walk_define(walk, &definition);
}

/* What other files are the modules of says an import; where its file is, if it is written, is the import's name. */
static void declare_module(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node path = has_attributes(walk, node) ? walk->state[STATE_PATH] : 0;
        Definition definition = item(walk, node, UNIT_NAMESPACE, SPACE_TYPE);
        if (!definition.body) {
                g_autofree char *name =
                        g_strdup(builder_text(walk->builder, walk_string(walk, definition.name)));
                g_autofree char *module = g_strdup_printf("mod %s", name);
                UnitImport import = {.kind = UNIT_IMPORT_EFFECT,
                                     .module = builder_word(walk->builder, module),
                                     .name = path ? walk_string_inside(walk, path, 1) : 0,
                                     .container = walk->scopes.items[walk->scope].decl,
                                     .line = tree->nodes[node].row + 1};
                if (definition.flags & UNIT_UNUSUAL)
                        import.flags |= UNIT_IMPORT_UNUSUAL;
                definition.flags |= UNIT_BODILESS;
                builder_import(walk->builder, &import);
        }
        walk_define(walk, &definition);
}

static void declare_variant(Walk *walk, Node node)
{
        Definition definition = item(walk, node, UNIT_ENUM_MEMBER, 0);
        definition.visibility = UNIT_PUBLIC;
        walk_define(walk, &definition);
}

/* struct S(A, B): fields "0" and "1". */
static void declare_ordered(Walk *walk, Node node)
{
        unsigned index = 0;
        TREE_FOREACH(walk->tree, node, type)
        {
                char number[16];
                if (walk->tree->nodes[type].field != FIELD_TYPE)
                        continue;
                g_snprintf(number, sizeof(number), "%u", index++);
                Definition definition = {.node = type,
                                         .word = builder_word(walk->builder, number),
                                         .kind = UNIT_FIELD,
                                         .visibility = UNIT_INTERNAL,
                                         .flags = UNIT_LOCAL};
                walk_define(walk, &definition);
        }
}

/* Constants and types of a trait or an impl are its members; "_" is no name. */
static void declare_item(Walk *walk, Node node, UnitKind kind, uint32_t spaces)
{
        UnitKind of;
        Definition definition = item(walk, node, kind, spaces);
        if (kind != UNIT_TYPE_PARAMETER && is_member(walk, &of)) {
                definition.spaces = 0;
                definition.visibility = UNIT_PUBLIC;
        }
        if (kind == UNIT_MACRO)
                definition.body = tree_next(walk->tree, definition.name);
        if (!tree_is(walk->tree, definition.name, "_"))
                walk_define(walk, &definition);
}

/* ---- what is local ---- */

static void declare_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node pattern = tree_child(tree, node, FIELD_PATTERN);
        if (tree_kind(tree, node) == SELF_PARAMETER ||
            tree_kind(tree, tree_parent(tree, node)) == FUNCTION_TYPE)
                return;
        bool plain = tree_kind(tree, pattern) == IDENTIFIER;
        walk_define(walk, &(Definition){.node = node,
                                        .name = plain ? pattern : 0,
                                        .kind = UNIT_PARAMETER,
                                        .spaces = plain ? SPACE_VALUE : 0});
        if (!plain)
                rust_declare_pattern(walk, pattern, /* inside= */ false);
}

static void declare_closure_parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, node, child)
        {
                if (tree_kind(tree, child) == PARAMETER)
                        continue; /* has a rule of its own */
                bool plain = tree_kind(tree, child) == IDENTIFIER;
                if (plain) {
                        walk_define(walk, &(Definition){.node = child,
                                                        .name = child,
                                                        .kind = UNIT_PARAMETER,
                                                        .spaces = SPACE_VALUE});
                        continue;
                }
                rust_declare_pattern(walk, child, /* inside= */ false);
        }
}

static void declare_visited(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node pattern = tree_child(tree, node, FIELD_PATTERN);
        switch (tree_kind(tree, node)) {
        case ATTRIBUTE_ITEM:
        case INNER_ATTRIBUTE_ITEM:
                declare_attribute(walk, node);
                break;
        case ORDERED_FIELDS:
                declare_ordered(walk, node);
                break;
        case CLOSURE_PARAMETERS:
                declare_closure_parameters(walk, node);
                break;
        case LET_DECLARATION:
        case LET_CONDITION:
                rust_declare_pattern(walk, pattern, /* inside= */ false);
                break;
        case FOR_EXPRESSION:
        case MATCH_ARM:
                rust_declare_pattern(walk, pattern, /* inside= */ true);
                break;
        default:
                break;
        }
}

static void declare_definition(Walk *walk, Node node, UnitKind kind)
{
        switch (kind) {
        case UNIT_FUNCTION:
                declare_function(walk, node);
                break;
        case UNIT_STRUCT:
        case UNIT_ENUM:
        case UNIT_INTERFACE:
                declare_struct(walk, node, kind);
                break;
        case UNIT_NAMESPACE:
                declare_module(walk, node);
                break;
        case UNIT_ENUM_MEMBER:
                declare_variant(walk, node);
                break;
        case UNIT_IMPLEMENTATION:
                walk_define(walk, &(Definition){.node = node,
                                                .kind = kind,
                                                .flags = flags_of(walk, node) & UNIT_UNUSUAL});
                break;
        case UNIT_LAMBDA:
                walk_define(walk, &(Definition){.node = node, .kind = kind});
                break;
        case UNIT_PARAMETER:
                declare_parameter(walk, node);
                break;
        case UNIT_FIELD:
                declare_item(walk, node, kind, 0);
                break;
        case UNIT_MACRO:
                declare_item(walk, node, kind, SPACE_OTHER);
                break;
        case UNIT_TYPE:
        case UNIT_TYPE_PARAMETER:
                declare_item(walk, node, kind, SPACE_TYPE);
                break;
        default:
                declare_item(walk, node, kind, SPACE_VALUE);
        }
}

static void declare(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_IMPORT)
                rust_import(walk, node);
        else if (rule->role == RULE_DEFINITION)
                declare_definition(walk, node, rule->kind);
        else
                declare_visited(walk, node);
}

static void lower(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_REFERENCE)
                rust_lower_reference(walk, node);
        else if (rule->role != RULE_IMPORT)
                rust_lower_declaration(walk, node, rule);
}

static void begin(Walk *walk)
{
        const char *name = walk->file_name;
        if (g_str_has_prefix(name, "tests/") || strstr(name, "/tests/") ||
            g_str_has_prefix(name, "benches/") || strstr(name, "/benches/"))
                builder_flag(walk->builder, UNIT_IS_TEST);
}

#define KIND_NAME(name, text)   text,
#define FIELD_NAME_(name, text) text,
static const char *const kinds[] = {KINDS(KIND_NAME) NULL};
static const char *const fields[] = {FIELDS(FIELD_NAME_) NULL};
static const char query[] =
#include "rust.scm.inc"
        ;

const TSLanguage *tree_sitter_rust(void);

extern const FrontEnd rust_front;
const FrontEnd rust_front = {.grammar = tree_sitter_rust,
                             .kinds = kinds,
                             .fields = fields,
                             .query = query,
                             .doc_prefix = "///",
                             .patch = rust_patch,
                             .begin = begin,
                             .declare = declare,
                             .lower = lower,
                             .expression = rust_expression,
                             .type = rust_type};
