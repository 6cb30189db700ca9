/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first pass: functions, variables, fields and parameters. */
#include "languages/c/front.h"

#define ABOVE_MAX 50 /* declarators between a parameter and what it is a parameter of */

/* ---- what stands around ---- */

static bool has_word(const Tree *tree, Node node, unsigned kind, const char *word)
{
        for (Node at = node + 1; at < tree->nodes[node].next; at = tree->nodes[at].next)
                if (tree->nodes[at].kind == kind && tree_is(tree, at, word))
                        return true;
        return false;
}

static const UnitDecl *decl_around(const Walk *walk)
{
        uint32_t decl = walk->scopes.items[walk->scope].decl;
        return decl == UNIT_NONE ? NULL : builder_decl_at(walk->builder, decl);
}

static bool is_type(UnitKind kind)
{
        return kind == UNIT_CLASS || kind == UNIT_STRUCT || kind == UNIT_RECORD;
}

static bool in_type(const Walk *walk)
{
        const UnitDecl *around = decl_around(walk);
        return around && is_type(around->kind);
}

/* In a namespace without a name: nobody else can see it. */
static bool is_hidden(const Walk *walk)
{
        for (const UnitDecl *around = decl_around(walk); around;
             around = around->container == UNIT_NONE
                              ? NULL
                              : builder_decl_at(walk->builder, around->container))
                if (around->kind == UNIT_NAMESPACE &&
                    *builder_text(walk->builder, around->name) == '(')
                        return true;
        return false;
}

void c_see_access(Walk *walk, Node specifier)
{
        const Tree *tree = walk->tree;
        walk->state[STATE_ACCESS_LIST] = tree_parent(tree, specifier);
        walk->state[STATE_ACCESS] = tree_is(tree, specifier, "public")      ? UNIT_PUBLIC
                                    : tree_is(tree, specifier, "protected") ? UNIT_PROTECTED
                                                                            : UNIT_PRIVATE;
}

UnitVisibility c_visibility(Walk *walk, Node member)
{
        const Tree *tree = walk->tree;
        Node list = tree_parent(tree, c_template(tree, member));
        if (tree_kind(tree, list) != FIELD_DECLARATION_LIST)
                return UNIT_PUBLIC;
        if (walk->state[STATE_ACCESS_LIST] == list)
                return walk->state[STATE_ACCESS];
        walk->state[STATE_ACCESS_LIST] = list;
        walk->state[STATE_ACCESS] =
                tree_parent_kind(tree, list) == CLASS_SPECIFIER ? UNIT_PRIVATE : UNIT_PUBLIC;
        for (Node at = tree_first(tree, list); at && at < member; at = tree_next(tree, at))
                if (tree_kind(tree, at) == ACCESS_SPECIFIER)
                        c_see_access(walk, at);
        return walk->state[STATE_ACCESS];
}

/* ---- flags ---- */

static uint32_t storage_flags(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t flags = 0;
        bool hidden = is_hidden(walk);
        if (has_word(tree, node, STORAGE_CLASS_SPECIFIER, "static")) {
                flags |= in_type(walk) ? UNIT_STATIC : UNIT_FILE_LOCAL;
                hidden |= !in_type(walk);
        }
        if (hidden)
                return flags | UNIT_FILE_LOCAL;
        return flags | UNIT_EXPORTED;
}

static uint32_t function_flags(Walk *walk, Node node, Node function)
{
        const Tree *tree = walk->tree;
        uint32_t flags = storage_flags(walk, node);
        Node fallback = tree_child(tree, node, FIELD_DEFAULT_VALUE);
        if (tree_child_of_kind(tree, node, PURE_VIRTUAL_CLAUSE) || tree_is(tree, fallback, "0"))
                flags |= UNIT_ABSTRACT;
        if (has_word(tree, function, VIRTUAL_SPECIFIER, "override"))
                flags |= UNIT_OVERRIDE;
        return flags;
}

static UnitVisibility visibility_of(Walk *walk, Node node, uint32_t flags)
{
        if (flags & UNIT_FILE_LOCAL)
                return UNIT_PRIVATE;
        return in_type(walk) ? c_visibility(walk, node) : UNIT_PUBLIC;
}

/* ---- names ---- */

/* "operator ==" is operator==; a conversion is named up to its brackets. */
static UnitString operator_word(Walk *walk, Node name)
{
        char text[UNIT_NAME_BYTES_MAX];
        const Tree *tree = walk->tree;
        size_t length, used = 0;
        bool cast = tree_kind(tree, name) == OPERATOR_CAST;
        const char *from = tree_text(tree, name, &length);
        Node brackets = cast ? tree_child(tree, c_function_of(tree, name), FIELD_PARAMETERS) : 0;
        if (brackets)
                length = tree->nodes[brackets].start - tree->nodes[name].start;
        if (length > sizeof(text))
                return 0;
        for (size_t i = 0; i < length; i++)
                if (!g_ascii_isspace(from[i]) ||
                    (cast && used && i + 1 < length && !g_ascii_isspace(from[i + 1])))
                        text[used++] = from[i];
        return builder_string(walk->builder, text, used);
}

static void set_name(Walk *walk, Node name, Definition *definition)
{
        unsigned kind = tree_kind(walk->tree, name);
        definition->name = name;
        if (kind == OPERATOR_NAME || kind == OPERATOR_CAST)
                definition->word = operator_word(walk, name);
}

/* Does the name of a function say that it makes what stands around it? */
static bool is_constructor(Walk *walk, Node name)
{
        const Tree *tree = walk->tree;
        Node qualified =
                tree_parent_kind(tree, name) == QUALIFIED_IDENTIFIER ? tree_parent(tree, name) : 0;
        if (tree_kind(tree, name) != IDENTIFIER && tree_kind(tree, name) != TYPE_IDENTIFIER &&
            tree_kind(tree, name) != FIELD_IDENTIFIER)
                return false;
        if (qualified) {
                Node scope = tree_child(tree, qualified, FIELD_SCOPE);
                if (tree_kind(tree, scope) == TEMPLATE_TYPE)
                        scope = tree_child(tree, scope, FIELD_NAME);
                return scope && walk_string(walk, scope) == walk_string(walk, name);
        }
        const UnitDecl *around = decl_around(walk);
        return around && is_type(around->kind) && around->name == walk_string(walk, name);
}

static UnitKind kind_of_function(Walk *walk, Node name)
{
        if (is_constructor(walk, name))
                return UNIT_CONSTRUCTOR;
        return in_type(walk) || c_qualified(walk->tree, name) ? UNIT_METHOD : UNIT_FUNCTION;
}

/* ---- functions ---- */

/* TEST(a, b) { … }: what a macro makes of it is not known. */
static bool is_macro_body(Walk *walk, Node node, Node name)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, name);
        return !tree_child(tree, node, FIELD_TYPE) && !in_type(walk) && !c_qualified(tree, name) &&
               (kind == IDENTIFIER || kind == FIELD_IDENTIFIER) &&
               tree_kind(tree, node) == FUNCTION_DEFINITION && !is_constructor(walk, name) &&
               g_ascii_isupper(tree->text[tree->nodes[name].start]);
}

/* What a friend declares stands around the class. */
static uint32_t enter_friend(Walk *walk, Node node)
{
        uint32_t scope = walk->scope;
        if (tree_parent_kind(walk->tree, node) == FRIEND_DECLARATION)
                while (walk->scope && in_type(walk))
                        walk->scope = walk->scopes.items[walk->scope].parent;
        return scope;
}

void c_declare_function(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = c_declared_name(tree, tree_child(tree, node, FIELD_DECLARATOR));
        Node function = name ? c_function_of(tree, name) : 0;
        Definition definition = {.node = node,
                                 .outer = c_template(tree, node),
                                 .body = tree_child(tree, node, FIELD_BODY)};
        if (!function || is_macro_body(walk, node, name)) {
                walk_define(walk, &(Definition){.node = node, .kind = UNIT_LAMBDA});
                return;
        }
        uint32_t scope = enter_friend(walk, node);
        definition.kind = kind_of_function(walk, name);
        definition.flags = function_flags(walk, node, function);
        definition.visibility = visibility_of(walk, node, definition.flags);
        if (tree_child_of_kind(tree, node, DELETE_METHOD_CLAUSE))
                definition.flags |= UNIT_BODILESS;
        if (c_is_local(walk))
                definition.spaces = SPACE_VALUE;
        set_name(walk, name, &definition);
        if (definition.kind == UNIT_FUNCTION && tree_is(tree, name, "main"))
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
        walk_define(walk, &definition);
        walk->scope = scope;
}

void c_declare_lambda(Walk *walk, Node node)
{
        walk_define(walk, &(Definition){.node = node, .kind = UNIT_LAMBDA});
}

void c_declare_capture(Walk *walk, Node node)
{
        walk_define(walk, &(Definition){.node = node,
                                        .name = tree_child(walk->tree, node, FIELD_LEFT),
                                        .kind = UNIT_VARIABLE,
                                        .flags = UNIT_LOCAL,
                                        .spaces = SPACE_VALUE});
}

/* ---- variables, fields, prototypes ---- */

/* T x(y); in a function is a variable of C++ if y could be a value. */
static bool is_construction(const Walk *walk, Node node, Node function)
{
        const Tree *tree = walk->tree;
        Node list = tree_child(tree, function, FIELD_PARAMETERS), first = tree_first(tree, list);
        if (!first || has_word(tree, node, STORAGE_CLASS_SPECIFIER, "extern"))
                return false;
        TREE_FOREACH(tree, list, parameter)
        if (tree_kind(tree, parameter) != PARAMETER_DECLARATION ||
            tree_child(tree, parameter, FIELD_DECLARATOR) ||
            tree_kind(tree, tree_child(tree, parameter, FIELD_TYPE)) == PRIMITIVE_TYPE)
                return false;
        unsigned type = tree_kind(tree, tree_child(tree, node, FIELD_TYPE));
        return walk->front->places_names && type != PRIMITIVE_TYPE;
}

static void declare_binding(Walk *walk, Node binding)
{
        TREE_FOREACH(walk->tree, binding, name)
        if (tree_kind(walk->tree, name) == IDENTIFIER)
                walk_define(walk, &(Definition){.node = name,
                                                .name = name,
                                                .kind = UNIT_VARIABLE,
                                                .spaces = c_is_local(walk) ? SPACE_VALUE : 0});
}

static void declare_prototype(Walk *walk, Node node, Node declarator, Node name)
{
        const Tree *tree = walk->tree;
        Node function = c_function_of(tree, name);
        Definition definition = {.node = declarator,
                                 .outer = c_template(tree, node),
                                 .kind = kind_of_function(walk, name),
                                 .flags = function_flags(walk, node, function) | UNIT_BODILESS};
        definition.visibility = visibility_of(walk, node, definition.flags);
        set_name(walk, name, &definition);
        walk_define(walk, &definition);
}

/* Does a macro, which may say extern, begin the line of a declaration in a file of the language without namespaces? */
static bool may_be_extern(const Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t start = tree->nodes[node].start, at = tree->lines[tree->nodes[node].row];
        while (at < start && g_ascii_isspace(tree->text[at]))
                at++;
        return !walk->front->places_names && at < start && g_ascii_isupper(tree->text[at]) &&
               g_ascii_isspace(tree->patched[at]);
}

static void declare_variable(Walk *walk, Node node, Node declarator, Node name)
{
        const Tree *tree = walk->tree;
        bool local = c_is_local(walk), member = in_type(walk) && !local;
        bool constant = has_word(tree, node, TYPE_QUALIFIER, "const") ||
                        has_word(tree, node, TYPE_QUALIFIER, "constexpr");
        Definition definition = {.node = declarator,
                                 .outer = c_template(tree, node),
                                 .kind = member     ? UNIT_FIELD
                                         : constant ? UNIT_CONSTANT
                                                    : UNIT_VARIABLE,
                                 .flags = local ? 0 : storage_flags(walk, node),
                                 .spaces = local ? SPACE_VALUE : 0};
        if (!local && !member && tree_kind(tree, declarator) != INIT_DECLARATOR &&
            (has_word(tree, node, STORAGE_CLASS_SPECIFIER, "extern") || may_be_extern(walk, node)))
                definition.flags |= UNIT_BODILESS;
        if (tree_kind(tree, declarator) == INIT_DECLARATOR)
                definition.body = tree_child(tree, declarator, FIELD_VALUE);
        definition.visibility = local ? UNIT_PUBLIC : visibility_of(walk, node, definition.flags);
        set_name(walk, name, &definition);
        walk_define(walk, &definition);
}

void c_declare_declarators(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t scope = enter_friend(walk, node);
        TREE_FOREACH(tree, node, declarator)
        {
                Node name = tree->nodes[declarator].field == FIELD_DECLARATOR
                                    ? c_declared_name(tree, declarator)
                                    : 0;
                Node function = name ? c_function_of(tree, name) : 0;
                if (!name)
                        continue;
                if (tree_kind(tree, name) == STRUCTURED_BINDING)
                        declare_binding(walk, name);
                else if (function && !c_is_local(walk))
                        declare_prototype(walk, node, declarator, name);
                else if (!function || is_construction(walk, node, function))
                        declare_variable(walk, node, declarator, name);
        }
        walk->scope = scope;
}

/* ---- parameters ---- */

/* The declaration that a parameter belongs to: of a function, a prototype, a lambda; UNIT_NONE: of none that is kept. */
static uint32_t owner_of(const Walk *walk, Node list)
{
        const Tree *tree = walk->tree;
        Node function = tree_parent(tree, list), top = function;
        if (tree_kind(tree, function) == ABSTRACT_FUNCTION_DECLARATOR)
                return tree_parent_kind(tree, function) == LAMBDA_EXPRESSION
                               ? walk_decl(walk, tree_parent(tree, function))
                               : UNIT_NONE;
        Node name = tree_kind(tree, function) == FUNCTION_DECLARATOR
                            ? c_declared_name(tree, function)
                            : 0;
        if (!name || c_function_of(tree, name) != function)
                return UNIT_NONE;
        for (unsigned i = 0; i < ABOVE_MAX && walk_decl(walk, top) == UNIT_NONE; i++) {
                unsigned above = tree_parent_kind(tree, top);
                if (above == FUNCTION_DEFINITION) {
                        uint32_t owner = walk_decl(walk, tree_parent(tree, top));
                        bool macro = owner != UNIT_NONE &&
                                     builder_decl_at(walk->builder, owner)->kind == UNIT_LAMBDA;
                        return macro ? UNIT_NONE : owner;
                }
                if (above == DECLARATION || above == FIELD_DECLARATION || above == PARAMETER_LIST)
                        return UNIT_NONE;
                top = tree_parent(tree, top);
        }
        return walk_decl(walk, top);
}

static bool is_void(const Tree *tree, Node node)
{
        return !tree_child(tree, node, FIELD_DECLARATOR) &&
               tree_is(tree, tree_child(tree, node, FIELD_TYPE), "void");
}

static uint32_t parameter_flags(const Tree *tree, Node node)
{
        switch (tree_kind(tree, node)) {
        case OPTIONAL_PARAMETER:
                return UNIT_OPTIONAL;
        case VARIADIC_PARAMETER:
        case VARIADIC:
                return UNIT_VARIADIC;
        default:
                return 0;
        }
}

static bool takes_parameters(const Walk *walk, uint32_t owner)
{
        UnitKind kind = builder_decl_at(walk->builder, owner)->kind;
        return kind == UNIT_FUNCTION || kind == UNIT_METHOD || kind == UNIT_CONSTRUCTOR ||
               kind == UNIT_LAMBDA;
}

void c_declare_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node list = tree_parent(tree, node);
        Node name = c_declared_name(tree, tree_child(tree, node, FIELD_DECLARATOR));
        Definition definition = {.node = node,
                                 .name = name,
                                 .kind = UNIT_PARAMETER,
                                 .flags = parameter_flags(tree, node),
                                 .spaces = SPACE_VALUE};
        if (tree_kind(tree, list) == TEMPLATE_PARAMETER_LIST) {
                definition.kind = UNIT_TYPE_PARAMETER;
                definition.spaces = SPACE_TYPE | SPACE_VALUE;
        } else if (tree_parent_kind(tree, list) != CATCH_CLAUSE) {
                uint32_t owner = owner_of(walk, list);
                if (owner == UNIT_NONE || is_void(tree, node) || !takes_parameters(walk, owner))
                        return;
                definition.container = owner + 1;
                if (walk->scopes.items[walk->scope].decl != owner)
                        definition.spaces = 0; /* of a prototype */
        }
        walk_define(walk, &definition);
}

void c_declare_type_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME);
        if (!name)
                name = tree_child_of_kind(tree, node, TYPE_IDENTIFIER);
        for (Node at = tree_first(tree, node); at && !name; at = tree_next(tree, at))
                name = tree_child(tree, at, FIELD_NAME); /* of a template that is a parameter */
        if (name)
                walk_define(walk, &(Definition){.node = node,
                                                .name = name,
                                                .kind = UNIT_TYPE_PARAMETER,
                                                .spaces = SPACE_TYPE | SPACE_VALUE});
}

/* for (T x : xs) */
void c_declare_loop(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = c_declared_name(tree, tree_child(tree, node, FIELD_DECLARATOR));
        bool binding = tree_kind(tree, name) == STRUCTURED_BINDING;
        for (Node at = binding ? tree_first(tree, name) : name; at;
             at = binding ? tree_next(tree, at) : 0) {
                uint32_t index = walk_define(walk, &(Definition){.node = at,
                                                                 .name = at,
                                                                 .kind = UNIT_VARIABLE,
                                                                 .flags = UNIT_LOCAL});
                if (index != UNIT_NONE)
                        walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, at),
                                         walk_expr_decl(walk, index));
        }
}
