/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C#: the first pass over namespaces, types and their members. */
#include "languages/csharp/front.h"

/* ---- modifiers ---- */

bool csharp_has_modifier(const Tree *tree, Node node, const char *word)
{
        for (Node at = node + 1; at < tree->nodes[node].next; at = tree->nodes[at].next)
                if (tree_kind(tree, at) == MODIFIER && tree_is(tree, at, word))
                        return true;
        return false;
}

static bool in_interface(const Tree *tree, Node node)
{
        return tree_kind(tree, tree_parent(tree, tree_parent(tree, node))) == INTERFACE_DECLARATION;
}

static bool is_type(unsigned kind)
{
        return kind == CLASS_DECLARATION || kind == RECORD_DECLARATION ||
               kind == STRUCT_DECLARATION || kind == INTERFACE_DECLARATION ||
               kind == ENUM_DECLARATION || kind == DELEGATE_DECLARATION;
}

/* Members are private unless they say something else, types are of the assembly. */
UnitVisibility csharp_visibility(const Tree *tree, Node node)
{
        if (csharp_has_modifier(tree, node, "public") || in_interface(tree, node) ||
            tree_child_of_kind(tree, node, EXPLICIT_INTERFACE))
                return UNIT_PUBLIC;
        if (csharp_has_modifier(tree, node, "protected"))
                return UNIT_PROTECTED;
        if (csharp_has_modifier(tree, node, "internal"))
                return UNIT_INTERNAL;
        return is_type(tree_kind(tree, node)) && !csharp_has_modifier(tree, node, "private")
                       ? UNIT_INTERNAL
                       : UNIT_PRIVATE;
}

uint32_t csharp_flags(const Tree *tree, Node node)
{
        static const struct {
                const char *word;
                uint32_t flag;
        } words[] = {{"static", UNIT_STATIC},
                     {"abstract", UNIT_ABSTRACT},
                     {"override", UNIT_OVERRIDE},
                     {"partial", UNIT_PARTIAL},
                     {"extern", UNIT_BODILESS}};
        uint32_t flags = 0;
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if (csharp_has_modifier(tree, node, words[i].word))
                        flags |= words[i].flag;
        return flags;
}

static bool has_attribute(const Tree *tree, Node node, const char *const *names)
{
        for (Node list = node + 1; list < tree->nodes[node].next; list = tree->nodes[list].next) {
                if (tree_kind(tree, list) != ATTRIBUTE_LIST)
                        continue;
                TREE_FOREACH(tree, list, attribute)
                {
                        Node name = csharp_last_name(tree, tree_child(tree, attribute, FIELD_NAME));
                        for (unsigned i = 0; names[i]; i++)
                                if (tree_is(tree, name, names[i]))
                                        return true;
                }
        }
        return false;
}

/* ---- namespaces and types ---- */

static uint32_t container_of(const Walk *walk)
{
        return walk->scopes.items[walk->scope].decl == UNIT_NONE ? walk->state[STATE_NAMESPACE] : 0;
}

static void declare_namespace(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t index = walk_define(walk, &(Definition){.node = node,
                                                         .name = tree_child(tree, node, FIELD_NAME),
                                                         .body = tree_child(tree, node, FIELD_BODY),
                                                         .kind = UNIT_NAMESPACE,
                                                         .flags = UNIT_EXPORTED});
        if (tree_kind(tree, node) == FILE_SCOPED_NAMESPACE && index != UNIT_NONE)
                walk->state[STATE_NAMESPACE] = index + 1;
}

static Node body_of(const Tree *tree, Node node)
{
        Node body = tree_child(tree, node, FIELD_BODY);
        return body ? body : tree_child(tree, node, FIELD_ACCESSORS);
}

static uint32_t define_type(Walk *walk, Node node, UnitKind kind)
{
        const Tree *tree = walk->tree;
        static const char *const generated[] = {"GeneratedCode", "CompilerGenerated", NULL};
        uint32_t outer = walk->scopes.items[walk->scope].decl;
        bool top =
                outer == UNIT_NONE || builder_decl_at(walk->builder, outer)->kind == UNIT_NAMESPACE;
        if (has_attribute(tree, node, generated) && top)
                builder_flag(walk->builder, UNIT_IS_GENERATED);
        return walk_define(
                walk, &(Definition){.node = node,
                                    .name = tree_child(tree, node, FIELD_NAME),
                                    .body = body_of(tree, node),
                                    .kind = kind,
                                    .visibility = csharp_visibility(tree, node),
                                    .flags = csharp_flags(tree, node) | (top ? UNIT_EXPORTED : 0),
                                    .container = container_of(walk)});
}

/* A delegate is a type that stands for a function: the one that its list of parameters is. */
static void declare_delegate(Walk *walk, Node node)
{
        uint32_t index = define_type(walk, node, UNIT_TYPE);
        Node list = tree_child(walk->tree, node, FIELD_PARAMETERS);
        if (index != UNIT_NONE && list)
                walk_define(walk, &(Definition){.node = list,
                                                .kind = UNIT_LAMBDA,
                                                .flags = UNIT_BODILESS,
                                                .container = index + 1});
}

static void declare_enum_member(Walk *walk, Node node)
{
        walk_define(walk, &(Definition){.node = node,
                                        .name = tree_child(walk->tree, node, FIELD_NAME),
                                        .kind = UNIT_ENUM_MEMBER,
                                        .flags = UNIT_STATIC});
}

/* ---- members ---- */

static bool is_extension(const Tree *tree, Node node)
{
        Node first = tree_first(tree, tree_child(tree, node, FIELD_PARAMETERS));
        return tree_kind(tree, first) == PARAMETER && csharp_has_modifier(tree, first, "this");
}

/* operator +, implicit operator T: no identifier. What stands behind the word up to the parameters is the sign. */
static UnitString operator_word(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node keyword = tree_child_of_kind(tree, node, T_OPERATOR);
        char word[32] = "operator";
        if (!keyword || tree_kind(tree, node) != OPERATOR_DECLARATION)
                return builder_word(walk->builder, word);
        uint32_t at = tree->nodes[keyword].end, end = tree->nodes[node].end;
        while (at < end && g_ascii_isspace(tree->text[at]))
                at++;
        uint32_t last = at;
        while (last < end && tree->text[last] != '(' && !g_ascii_isspace(tree->text[last]))
                last++;
        g_snprintf(word, sizeof(word), "operator %.*s", (int)MIN(last - at, 8), tree->text + at);
        return builder_word(walk->builder, word);
}

static UnitString destructor_word(Walk *walk, Node name)
{
        char word[UNIT_NAME_BYTES_MAX];
        size_t length;
        const char *text = tree_text(walk->tree, name, &length);
        g_snprintf(word, sizeof(word), "~%.*s", (int)MIN(length, sizeof(word) - 2), text);
        return builder_word(walk->builder, word);
}

static void declare_method(Walk *walk, Node node, UnitKind kind)
{
        const Tree *tree = walk->tree;
        static const char *const tests[] = {"Test",   "TestCase",       "TestMethod", "Fact",
                                            "Theory", "TestCaseSource", NULL};
        Node name = tree_child(tree, node, FIELD_NAME), body = tree_child(tree, node, FIELD_BODY);
        Definition definition = {.node = node,
                                 .name = name,
                                 .body = body,
                                 .kind = kind,
                                 .visibility = csharp_visibility(tree, node),
                                 .flags = csharp_flags(tree, node) | (body ? 0 : UNIT_BODILESS)};
        unsigned type = tree_kind(tree, node);
        if (type == OPERATOR_DECLARATION || type == CONVERSION_OPERATOR) {
                definition.name = tree_child_of_kind(tree, node, T_OPERATOR);
                definition.word = operator_word(walk, node);
        }
        if (type == DESTRUCTOR_DECLARATION)
                definition.word = destructor_word(walk, name);
        if (has_attribute(tree, node, tests))
                definition.flags |= UNIT_TEST;
        if (is_extension(tree, node))
                definition.flags |= UNIT_EXTENSION;
        if (!body && in_interface(tree, node))
                definition.flags |= UNIT_ABSTRACT;
        if (definition.flags & UNIT_STATIC && tree_is(tree, name, "Main"))
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
        if (type == LOCAL_FUNCTION) {
                definition.visibility = UNIT_PRIVATE;
                definition.spaces = SPACE_VALUE;
        }
        walk_define(walk, &definition);
}

static void declare_property(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), body = body_of(tree, node);
        Definition definition = {.node = node,
                                 .name = name,
                                 .body = body ? body : tree_child(tree, node, FIELD_VALUE),
                                 .kind = UNIT_PROPERTY,
                                 .visibility = csharp_visibility(tree, node),
                                 .flags = csharp_flags(tree, node)};
        if (!name)
                definition.name = tree_child_of_kind(tree, node, T_THIS);
        walk_define(walk, &definition);
}

static void declare_type_parameter(Walk *walk, Node node)
{
        walk_define(walk, &(Definition){.node = node,
                                        .name = tree_child(walk->tree, node, FIELD_NAME),
                                        .kind = UNIT_TYPE_PARAMETER,
                                        .spaces = SPACE_TYPE});
}

/* ---- using ---- */

static void declare_using(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node alias = tree_child(tree, node, FIELD_NAME), path = 0;
        TREE_FOREACH(tree, node, child)
        if (child != alias)
                path = child;
        bool members = tree_child_of_kind(tree, node, T_STATIC);
        UnitImport import = {
                .kind = alias ? UNIT_IMPORT_MODULE : UNIT_IMPORT_ALL,
                .flags = (uint8_t)((members ? UNIT_IMPORT_STATIC : 0) |
                                   (tree_child_of_kind(tree, node, T_GLOBAL) ? UNIT_IMPORT_GLOBAL
                                                                             : 0)),
                .module = path ? walk_string(walk, path) : 0,
                .local = alias ? walk_string(walk, alias) : 0,
                .container = walk->scopes.items[walk->scope].decl,
                .line = tree->nodes[node].row + 1};
        if (import.module)
                builder_import(walk->builder, &import);
}

/* ---- both passes ---- */

static void declare_definition(Walk *walk, Node node, UnitKind kind)
{
        switch (kind) {
        case UNIT_NAMESPACE:
                declare_namespace(walk, node);
                break;
        case UNIT_CLASS:
        case UNIT_STRUCT:
        case UNIT_INTERFACE:
        case UNIT_ENUM:
                (void)define_type(walk, node, kind);
                break;
        case UNIT_TYPE:
                declare_delegate(walk, node);
                break;
        case UNIT_ENUM_MEMBER:
                declare_enum_member(walk, node);
                break;
        case UNIT_METHOD:
        case UNIT_FUNCTION:
        case UNIT_CONSTRUCTOR:
                declare_method(walk, node, kind);
                break;
        case UNIT_PROPERTY:
                declare_property(walk, node);
                break;
        case UNIT_LAMBDA:
                csharp_declare_lambda(walk, node);
                break;
        case UNIT_PARAMETER:
                csharp_declare_parameter(walk, node);
                break;
        case UNIT_TYPE_PARAMETER:
                declare_type_parameter(walk, node);
                break;
        default:
                csharp_declare_variable(walk, node);
        }
}

static void declare(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_IMPORT)
                declare_using(walk, node);
        else if (rule->role == RULE_DEFINITION)
                declare_definition(walk, node, rule->kind);
        else
                csharp_declare_visited(walk, node);
}

static void lower(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_REFERENCE)
                csharp_lower_reference(walk, node);
        else if (rule->role != RULE_IMPORT)
                csharp_lower_declaration(walk, node, rule);
}

static void begin(Walk *walk)
{
        const char *name = walk->file_name;
        g_autofree char *low = g_ascii_strdown(name, -1);
        if (g_str_has_suffix(low, ".designer.cs") || g_str_has_suffix(low, ".g.cs") ||
            g_str_has_suffix(low, ".g.i.cs") || g_str_has_suffix(low, ".generated.cs"))
                builder_flag(walk->builder, UNIT_IS_GENERATED);
        if (g_str_has_suffix(low, "test.cs") || g_str_has_suffix(low, "tests.cs") ||
            strstr(low, "/tests/") || strstr(low, ".tests/") || g_str_has_prefix(low, "tests/") ||
            g_str_has_prefix(low, "test/"))
                builder_flag(walk->builder, UNIT_IS_TEST);
        if (tree_child_of_kind(walk->tree, 1, GLOBAL_STATEMENT))
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
}

#define KIND_NAME(name, text)   text,
#define FIELD_NAME_(name, text) text,
static const char *const kinds[] = {KINDS(KIND_NAME) NULL};
static const char *const fields[] = {FIELDS(FIELD_NAME_) NULL};
static const char query[] =
#include "csharp.scm.inc"
        ;

const TSLanguage *tree_sitter_c_sharp(void);

extern const FrontEnd csharp_front;
const FrontEnd csharp_front = {.grammar = tree_sitter_c_sharp,
                               .kinds = kinds,
                               .fields = fields,
                               .query = query,
                               .doc_prefix = "///",
                               .patch = csharp_patch,
                               .begin = begin,
                               .declare = declare,
                               .lower = lower,
                               .expression = csharp_expression,
                               .type = csharp_type};
