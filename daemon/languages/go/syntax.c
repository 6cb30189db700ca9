/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Go's front-end: what is declared. Types, functions, variables of a package are seen by all of its files, so a name that a file does
 * not bind is its package's. A method stands at the top of the file; of which type it is says its outer. */
#include "languages/go/front.h"

static UnitVisibility visibility_of(const Tree *tree, Node name)
{
        size_t length;
        const char *text = tree_text(tree, name, &length);
        gunichar first = length ? g_utf8_get_char_validated(text, (gssize)length) : 0;
        return first < 0x110000 && g_unichar_isupper(first) ? UNIT_PUBLIC : UNIT_INTERNAL;
}

static bool is_blank(const Tree *tree, Node name)
{
        return tree_is(tree, name, "_");
}

Node go_declared(const Tree *tree, Node declaration, Node name)
{
        return tree_child(tree, declaration, FIELD_NAME) == name ? declaration : name;
}

/* The declaration around a single specification has its comment. */
static Node statement_of(const Tree *tree, Node specification)
{
        Node parent = tree_parent(tree, specification);
        unsigned kind = tree_kind(tree, parent);
        bool around =
                kind == TYPE_DECLARATION || kind == CONST_DECLARATION || kind == VAR_DECLARATION;
        bool single = around && tree_first(tree, parent) == specification &&
                      !tree_next(tree, specification);
        return single ? parent : specification;
}

static uint32_t exported(const Walk *walk, const Definition *definition)
{
        return walk->scopes.items[walk->scope].decl == UNIT_NONE &&
                               definition->visibility == UNIT_PUBLIC
                       ? UNIT_EXPORTED
                       : 0;
}

/* ---- functions and types ---- */

static bool is_test(const Walk *walk, Node name)
{
        static const char *const beginnings[] = {"Test", "Benchmark", "Example", "Fuzz"};
        size_t length;
        const char *text = tree_text(walk->tree, name, &length);
        if (!g_str_has_suffix(walk->file_name, "_test.go"))
                return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(beginnings); i++) {
                size_t n = strlen(beginnings[i]);
                if (length >= n && memcmp(text, beginnings[i], n) == 0 &&
                    (length == n || !g_ascii_islower(text[n])))
                        return true;
        }
        return false;
}

static void declare_function(Walk *walk, Node node, UnitKind kind)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME);
        Definition definition = {.node = node,
                                 .name = name,
                                 .body = tree_child(tree, node, FIELD_BODY),
                                 .kind = kind,
                                 .visibility = visibility_of(tree, name)};
        if (!definition.body)
                definition.flags |= UNIT_BODILESS | (kind == UNIT_METHOD ? UNIT_ABSTRACT : 0);
        if (kind == UNIT_FUNCTION) {
                bool bound = !is_blank(tree, name) && !tree_is(tree, name, "init");
                definition.spaces = bound ? SPACE_VALUE : 0;
                definition.flags |= is_test(walk, name) ? UNIT_TEST : 0;
                if (tree_is(tree, name, "main"))
                        walk->state[0] = 1;
        }
        definition.flags |= exported(walk, &definition);
        if (!is_blank(tree, name))
                walk_define(walk, &definition);
}

static void declare_type(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), type = tree_child(tree, node, FIELD_TYPE);
        Definition definition = {.node = node,
                                 .outer = statement_of(tree, node),
                                 .name = name,
                                 .kind = UNIT_TYPE,
                                 .visibility = visibility_of(tree, name),
                                 .spaces = SPACE_VALUE};
        if (tree_kind(tree, node) == TYPE_SPEC) {
                unsigned kind = tree_kind(tree, type);
                definition.kind = kind == STRUCT_TYPE      ? UNIT_STRUCT
                                  : kind == INTERFACE_TYPE ? UNIT_INTERFACE
                                                           : UNIT_TYPE;
                definition.flags = definition.kind == UNIT_TYPE ? UNIT_DISTINCT : 0;
                definition.body = definition.kind == UNIT_TYPE ? 0 : tree_first(tree, type);
        }
        definition.flags |= exported(walk, &definition);
        if (!is_blank(tree, name))
                walk_define(walk, &definition);
}

/* The struct or interface of a type that is declared has its members for it; another is a record. */
static void declare_record(Walk *walk, Node node)
{
        if (tree_parent_kind(walk->tree, node) != TYPE_SPEC && tree_first(walk->tree, node))
                walk_define(walk, &(Definition){.node = node, .kind = UNIT_RECORD});
}

/* ---- names of one declaration: fields, constants, variables, parameters ---- */

/* Is it bound already where it would be? Then := gives it another value. */
static bool is_bound(const Walk *walk, UnitString name)
{
        return scopes_find_in(&walk->scopes, walk->scope, SPACE_VALUE, name) != UNIT_NONE;
}

static void declare_name(Walk *walk, Node name, Definition *definition)
{
        definition->name = name;
        definition->visibility = visibility_of(walk->tree, name);
        uint32_t flags = definition->flags;
        definition->flags |= exported(walk, definition);
        if (!is_blank(walk->tree, name))
                walk_define(walk, definition);
        definition->flags = flags;
}

/* Fields of a struct in the signature of a function are for all who call it. */
static bool is_in_signature(const Walk *walk, Node node)
{
        if (!walk->scopes.items[walk->scope].local)
                return false;
        while (node && tree_kind(walk->tree, node) != BLOCK)
                node = tree_parent(walk->tree, node);
        return !node;
}

static void declare_names(Walk *walk, Node node, UnitKind kind, uint32_t flags)
{
        const Tree *tree = walk->tree;
        bool bound = kind != UNIT_FIELD, outside = !bound && is_in_signature(walk, node);
        TREE_FOREACH(tree, node, name)
        {
                if (tree->nodes[name].field != FIELD_NAME)
                        continue;
                Definition definition = {.node = go_declared(tree, node, name),
                                         .outer = statement_of(tree, node),
                                         .kind = kind,
                                         .flags = flags,
                                         .spaces = bound ? SPACE_VALUE : 0,
                                         .outside = outside};
                declare_name(walk, name, &definition);
        }
}

/* struct { T }: a field that is named for its type. */
static void declare_field(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        if (tree_child(tree, node, FIELD_NAME)) {
                declare_names(walk, node, UNIT_FIELD, 0);
                return;
        }
        Node name = go_type_name(tree, tree_child(tree, node, FIELD_TYPE));
        if (name)
                declare_name(walk, name, &(Definition){.node = node, .kind = UNIT_FIELD});
}

/* func (s *Set[T]): the type parameters of the type under names of the method's own. */
static void declare_receiver(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node type = tree_child(tree, node, FIELD_TYPE);
        if (tree_kind(tree, type) == POINTER_TYPE)
                type = tree_first(tree, type);
        Node arguments = tree_kind(tree, type) == GENERIC_TYPE
                                 ? tree_child(tree, type, FIELD_TYPE_ARGUMENTS)
                                 : 0;
        TREE_FOREACH(tree, arguments, argument)
        {
                Node name = go_type_name(tree, argument);
                Definition definition = {
                        .node = name, .kind = UNIT_TYPE_PARAMETER, .spaces = SPACE_VALUE};
                if (name)
                        declare_name(walk, name, &definition);
        }
}

/* Results may have names, but are no parameters; nor are receivers. */
static void declare_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node list = tree_parent(tree, node);
        uint32_t flags = tree_kind(tree, node) == VARIADIC_PARAMETER ? UNIT_VARIADIC : 0;
        if (tree->nodes[list].field == FIELD_RECEIVER)
                declare_receiver(walk, node);
        if (tree->nodes[list].field != FIELD_PARAMETERS)
                declare_names(walk, node, UNIT_VARIABLE, UNIT_LOCAL);
        else if (tree_child(tree, node, FIELD_NAME))
                declare_names(walk, node, UNIT_PARAMETER, flags);
        else
                walk_define(walk,
                            &(Definition){.node = node, .kind = UNIT_PARAMETER, .flags = flags});
}

static void declare_left(Walk *walk, Node list)
{
        const Tree *tree = walk->tree;
        TREE_FOREACH(tree, list, name)
        {
                if (tree_kind(tree, name) != IDENTIFIER || is_bound(walk, walk_string(walk, name)))
                        continue;
                Definition definition = {.node = name,
                                         .kind = UNIT_VARIABLE,
                                         .flags = UNIT_LOCAL,
                                         .spaces = SPACE_VALUE};
                declare_name(walk, name, &definition);
        }
}

/* switch x := y.(type): x is another thing in each case. */
static void declare_case(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node alias = tree_child(tree, tree_parent(tree, node), FIELD_ALIAS),
             name = alias ? tree_first(tree, alias) : 0;
        Node type = tree_child(tree, node, FIELD_TYPE);
        if (tree_parent_kind(tree, node) != TYPE_SWITCH_STATEMENT || !name || !type)
                return;
        Definition definition = {
                .node = type, .name = name, .kind = UNIT_VARIABLE, .flags = UNIT_LOCAL};
        uint32_t index = walk_define(walk, &definition);
        if (index != UNIT_NONE)
                walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, name),
                                 walk_expr_decl(walk, index));
}

static void declare_switch(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node alias = tree_child(tree, node, FIELD_ALIAS),
             name = alias ? tree_first(tree, alias) : 0;
        if (tree_kind(tree, name) != IDENTIFIER)
                return;
        uint32_t index = walk_define(walk, &(Definition){.node = name,
                                                         .name = name,
                                                         .kind = UNIT_VARIABLE,
                                                         .flags = UNIT_LOCAL});
        if (index != UNIT_NONE)
                walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, name),
                                 walk_expr_decl(walk, index));
}

/* ---- imports ---- */

/* The name of a package that does not say another: the last part of its path, without a version. */
static UnitString package_name(Walk *walk, const char *path)
{
        g_auto(GStrv) parts = g_strsplit(path, "/", -1);
        unsigned count = g_strv_length(parts);
        if (!count)
                return 0;
        const char *last = parts[count - 1];
        if (count > 1 && last[0] == 'v' && g_ascii_isdigit(last[1]) &&
            strspn(last + 1, "0123456789") == strlen(last + 1))
                last = parts[count - 2];
        const char *end = strstr(last, ".v");
        size_t length = end && g_ascii_isdigit(end[2]) ? (size_t)(end - last) : strlen(last);
        if (g_str_has_prefix(last, "go-") && length > 3) {
                last += 3;
                length -= 3;
        }
        return builder_string(walk->builder, last, length);
}

static void import(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), path = tree_child(tree, node, FIELD_PATH);
        UnitImport import = {.kind = UNIT_IMPORT_MODULE,
                             .module = walk_string_inside(walk, path, 1),
                             .container = UNIT_NONE,
                             .line = tree->nodes[node].row + 1};
        if (tree_kind(tree, name) == DOT)
                import.kind = UNIT_IMPORT_ALL;
        else if (tree_kind(tree, name) == BLANK_IDENTIFIER)
                import.kind = UNIT_IMPORT_EFFECT;
        g_autofree char *text = g_strdup(builder_text(walk->builder, import.module));
        UnitString local = name ? walk_string(walk, name) : package_name(walk, text);
        if (name && import.kind == UNIT_IMPORT_MODULE)
                import.local = local;
        uint32_t index = builder_import(walk->builder, &import);
        if (index != UNIT_NONE && local && import.kind == UNIT_IMPORT_MODULE)
                walk_bind(walk, 0, SPACE_VALUE, local,
                          builder_expr(walk->builder, UNIT_EXPR_IMPORT, index, UNIT_NONE));
}

/* ---- the front-end ---- */

static void declare_visited(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case RANGE_CLAUSE:
        case RECEIVE_STATEMENT:
                if (!tree_child_of_kind(tree, node, T_DEFINE))
                        break;
                /* fall through */
        case SHORT_VAR_DECLARATION:
                declare_left(walk, tree_child(tree, node, FIELD_LEFT));
                break;
        case TYPE_SWITCH_STATEMENT:
                declare_switch(walk, node);
                break;
        default:
                declare_case(walk, node);
        }
}

static void declare(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_IMPORT) {
                import(walk, node);
                return;
        }
        if (rule->role != RULE_DEFINITION) {
                declare_visited(walk, node);
                return;
        }
        switch (rule->kind) {
        case UNIT_FUNCTION:
        case UNIT_METHOD:
                declare_function(walk, node, rule->kind);
                break;
        case UNIT_LAMBDA:
                walk_define(walk, &(Definition){.node = node, .kind = UNIT_LAMBDA});
                break;
        case UNIT_TYPE:
                declare_type(walk, node);
                break;
        case UNIT_RECORD:
                declare_record(walk, node);
                break;
        case UNIT_FIELD:
                declare_field(walk, node);
                break;
        case UNIT_PARAMETER:
                declare_parameter(walk, node);
                break;
        case UNIT_TYPE_PARAMETER:
                declare_names(walk, node, UNIT_TYPE_PARAMETER, 0);
                break;
        default:
                declare_names(walk, node, rule->kind, 0);
        }
}

static void lower(Walk *walk, Node node, const Rule *rule)
{
        if (rule->role == RULE_REFERENCE)
                go_lower_reference(walk, node);
        else if (rule->role != RULE_IMPORT)
                go_lower_declaration(walk, node, rule);
}

/* A line of the older form: words that are separated by spaces are alternatives, by commas all must hold. */
static void add_older_constraint(GString *ret, const char *text, size_t length)
{
        g_autofree char *line = g_strndup(text, length);
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(line), " \t", -1);
        g_string_append(ret, ret->len ? " && (" : "(");
        for (unsigned i = 0; words[i]; i++) {
                g_auto(GStrv) all = g_strsplit(words[i], ",", -1);
                g_autofree char *together = g_strjoinv(" && ", all);
                g_string_append_printf(ret, "%s%s", i ? " || " : "", together);
        }
        g_string_append_c(ret, ')');
}

/* What must hold for a file to be built stands in comments before its package: it is kept as a setting, in the newer form. */
static void read_constraint(Walk *walk)
{
        static const char newer[] = "//go:build ", older[] = "// +build ";
        const Tree *tree = walk->tree;
        g_autoptr(GString) constraint = g_string_new(NULL);
        for (Node node = 2; node < tree->count && tree_kind(tree, node) == NODE_COMMENT;
             node = tree->nodes[node].next) {
                size_t length;
                const char *text = tree_text(tree, node, &length);
                if (length > strlen(newer) && length < UNIT_NAME_BYTES_MAX &&
                    memcmp(text, newer, strlen(newer)) == 0) {
                        g_string_truncate(constraint, 0);
                        g_string_append_len(constraint, text + strlen(newer),
                                            (gssize)(length - strlen(newer)));
                        break;
                }
                if (length > strlen(older) && length < UNIT_NAME_BYTES_MAX &&
                    memcmp(text, older, strlen(older)) == 0)
                        add_older_constraint(constraint, text + strlen(older),
                                             length - strlen(older));
        }
        UnitString value = builder_string(walk->builder, constraint->str, constraint->len);
        if (value) {
                g_autofree char *copy = g_strdup(builder_text(walk->builder, value));
                builder_setting(walk->builder, "go:build", copy);
        }
}

static void begin(Walk *walk)
{
        const Tree *tree = walk->tree;
        Node clause = tree_child_of_kind(tree, 1, PACKAGE_CLAUSE);
        if (g_str_has_suffix(walk->file_name, "_test.go"))
                builder_flag(walk->builder, UNIT_IS_TEST);
        if (clause)
                builder_package(
                        walk->builder,
                        walk_string(walk, tree_child_of_kind(tree, clause, PACKAGE_IDENTIFIER)));
        walk->state[1] =
                clause &&
                tree_is(tree, tree_child_of_kind(tree, clause, PACKAGE_IDENTIFIER), "main");
        read_constraint(walk);
}

static void finish(Walk *walk)
{
        if (walk->state[0] && walk->state[1])
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
}

#define KIND_NAME(name, text)   text,
#define FIELD_NAME_(name, text) text,
static const char *const kinds[] = {KINDS(KIND_NAME) NULL};
static const char *const fields[] = {FIELDS(FIELD_NAME_) NULL};
static const char query[] =
#include "go.scm.inc"
        ;

const TSLanguage *tree_sitter_go(void);

extern const FrontEnd go_front;
const FrontEnd go_front = {.grammar = tree_sitter_go,
                           .kinds = kinds,
                           .fields = fields,
                           .query = query,
                           .begin = begin,
                           .declare = declare,
                           .lower = lower,
                           .finish = finish,
                           .expression = go_expression,
                           .type = go_type};
