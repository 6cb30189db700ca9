/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Python: what is declared in the first pass, and the front-end as a whole. */
#include "languages/python/front.h"

/* ---- what stands around a node ---- */

Node python_decorated(const Tree *tree, Node node)
{
        return tree_parent_kind(tree, node) == DECORATED_DEFINITION ? tree_parent(tree, node)
                                                                    : node;
}

Node python_last_name(const Tree *tree, Node node)
{
        for (;;) {
                switch (tree_kind(tree, node)) {
                case IDENTIFIER:
                        return node;
                case ATTRIBUTE:
                        return tree_child(tree, node, FIELD_ATTRIBUTE);
                case CALL:
                        node = tree_child(tree, node, FIELD_FUNCTION);
                        break;
                case SUBSCRIPT:
                        node = tree_child(tree, node, FIELD_VALUE);
                        break;
                case TYPE_NODE:
                case GENERIC_TYPE:
                case PARENTHESIZED_EXPRESSION:
                        node = tree_first(tree, node);
                        break;
                default:
                        return 0;
                }
        }
}

bool python_has_decorator(const Tree *tree, Node definition, const char *name)
{
        Node decorated = python_decorated(tree, definition);
        if (decorated == definition)
                return false;
        TREE_FOREACH(tree, decorated, child)
        if (tree_kind(tree, child) == DECORATOR &&
            tree_is(tree, python_last_name(tree, tree_first(tree, child)), name))
                return true;
        return false;
}

Node python_doc(const Tree *tree, Node body)
{
        Node statement = tree_first(tree, body), text = tree_first(tree, statement);
        return tree_kind(tree, statement) == EXPRESSION_STATEMENT && tree_kind(tree, text) == STRING
                       ? text
                       : 0;
}

UnitVisibility python_visibility(const Walk *walk, Node name, bool member)
{
        size_t length;
        const char *text = tree_text(walk->tree, name, &length);
        if (length < 2 || text[0] != '_')
                return UNIT_PUBLIC;
        bool twice = text[1] == '_';
        if (twice && length > 4 && text[length - 1] == '_' && text[length - 2] == '_')
                return UNIT_PUBLIC;
        return !member ? UNIT_INTERNAL : twice ? UNIT_PRIVATE : UNIT_PROTECTED;
}

uint32_t python_binding_scope(const Walk *walk, uint32_t scope)
{
        const Scope *items = walk->scopes.items;
        while (scope && items[scope].kind != SCOPE_FUNCTION && items[scope].kind != SCOPE_CLASS)
                scope = items[scope].parent;
        return scope;
}

uint32_t python_class_scope(const Walk *walk, uint32_t scope)
{
        while (scope && walk->scopes.items[scope].kind != SCOPE_CLASS)
                scope = walk->scopes.items[scope].parent;
        return scope;
}

/* ---- functions ---- */

Node python_receiver(const Walk *walk, Node function, const Scope *around)
{
        const Tree *tree = walk->tree;
        if (around->kind != SCOPE_CLASS || tree_kind(tree, function) != FUNCTION_DEFINITION ||
            python_has_decorator(tree, function, "staticmethod"))
                return 0;
        Node first = tree_first(tree, tree_child(tree, function, FIELD_PARAMETERS));
        unsigned kind = tree_kind(tree, first);
        return kind == IDENTIFIER || kind == TYPED_PARAMETER ? first : 0;
}

static bool is_for_class(const Tree *tree, Node function, Node name, Node receiver)
{
        static const char *const names[] = {"__new__", "__init_subclass__", "__class_getitem__"};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (tree_is(tree, name, names[i]))
                        return true;
        return tree_is(tree, receiver, "cls") ||
               python_has_decorator(tree, function, "classmethod");
}

static void bind_receiver(Walk *walk, Node node, Node name, const Scope *around)
{
        const Tree *tree = walk->tree;
        Node receiver = python_receiver(walk, node, around);
        if (!receiver || around->decl == UNIT_NONE)
                return;
        if (tree_kind(tree, receiver) == TYPED_PARAMETER)
                receiver = tree_first(tree, receiver);
        bool of_class = is_for_class(tree, node, name, receiver);
        walk_bind_inside(walk, SPACE_VALUE, walk_string(walk, receiver),
                         builder_expr(walk->builder, of_class ? UNIT_EXPR_DECL : UNIT_EXPR_SELF,
                                      around->decl, UNIT_NONE));
}

static uint32_t function_flags(const Tree *tree, Node node)
{
        uint32_t flags = tree_child_of_kind(tree, node, T_ASYNC) ? UNIT_ASYNC : 0;
        if (python_decorated(tree, node) == node)
                return flags;
        if (python_has_decorator(tree, node, "staticmethod"))
                flags |= UNIT_STATIC;
        if (python_has_decorator(tree, node, "classmethod"))
                flags |= UNIT_CLASSMETHOD;
        if (python_has_decorator(tree, node, "abstractmethod"))
                flags |= UNIT_ABSTRACT;
        if (python_has_decorator(tree, node, "overload"))
                flags |= UNIT_BODILESS;
        if (python_has_decorator(tree, node, "override"))
                flags |= UNIT_OVERRIDE;
        return flags;
}

static bool is_getter(const Tree *tree, Node node)
{
        static const char *const names[] = {"property", "cached_property", "abstractproperty",
                                            "DynamicClassAttribute"};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (python_has_decorator(tree, node, names[i]))
                        return true;
        return false;
}

static UnitKind method_kind(const Tree *tree, Node node, Node name)
{
        if (tree_is(tree, name, "__init__"))
                return UNIT_CONSTRUCTOR;
        return is_getter(tree, node) ? UNIT_PROPERTY : UNIT_METHOD;
}

/* @x.setter and @x.deleter add to the property that is there already; what is overloaded is one function. */
static bool adds_to_other(Walk *walk, Node node, Node name)
{
        const Tree *tree = walk->tree;
        uint32_t expr =
                scopes_find_in(&walk->scopes, walk->scope, SPACE_VALUE, walk_string(walk, name));
        if (expr == UNIT_NONE || builder_expr_at(walk->builder, expr)->op != UNIT_EXPR_DECL)
                return false;
        uint32_t decl = builder_expr_at(walk->builder, expr)->a;
        const UnitDecl *other = builder_decl_at(walk->builder, decl);
        bool accessor =
                other->kind == UNIT_PROPERTY && (python_has_decorator(tree, node, "setter") ||
                                                 python_has_decorator(tree, node, "deleter"));
        bool overload = other->flags & UNIT_BODILESS && other->kind != UNIT_PROPERTY;
        if (!accessor && !overload)
                return false;
        walk->tree->nodes[node].decl = decl;
        builder_decl_at(walk->builder, decl)->last_line =
                MAX(other->last_line, tree_line(tree, tree->nodes[node].end - 1));
        return true;
}

/* A method or property hides the field of self that seemed to be declared above it. */
static void hide_field(Walk *walk, Node name)
{
        uint32_t expr =
                scopes_find_in(&walk->scopes, walk->scope, SPACE_MEMBER, walk_string(walk, name));
        if (expr != UNIT_NONE && builder_expr_at(walk->builder, expr)->op == UNIT_EXPR_DECL)
                builder_decl_at(walk->builder, builder_expr_at(walk->builder, expr)->a)->flags |=
                        UNIT_LOCAL;
}

static bool is_test_name(const Walk *walk, Node name)
{
        size_t length;
        const char *text = tree_text(walk->tree, name, &length);
        return walk->state[STATE_TEST] && length > 4 && memcmp(text, "test", 4) == 0;
}

static void declare_function(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        const Scope *around = &walk->scopes.items[walk->scope];
        bool member = around->kind == SCOPE_CLASS && around->decl != UNIT_NONE;
        Node name = tree_child(tree, node, FIELD_NAME), body = tree_child(tree, node, FIELD_BODY);
        if (member)
                hide_field(walk, name);
        if (!adds_to_other(walk, node, name)) {
                UnitKind kind = member ? method_kind(tree, node, name) : UNIT_FUNCTION;
                Definition definition = {.node = node,
                                         .outer = python_decorated(tree, node),
                                         .name = name,
                                         .body = body,
                                         .doc = python_doc(tree, body),
                                         .kind = kind,
                                         .visibility = python_visibility(walk, name, member),
                                         .flags = function_flags(tree, node) |
                                                  (kind == UNIT_PROPERTY ? UNIT_GETTER : 0) |
                                                  (walk->scope == 0 ? UNIT_EXPORTED : 0) |
                                                  (is_test_name(walk, name) ? UNIT_TEST : 0),
                                         .spaces = SPACE_VALUE};
                walk_define(walk, &definition);
        }
        bind_receiver(walk, node, name, &walk->scopes.items[walk->scope]);
        python_declare_function_parameters(walk, node);
}

static void declare_parameter(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = node;
        uint32_t flags = 0;
        switch (tree_kind(tree, node)) {
        case DEFAULT_PARAMETER:
        case TYPED_DEFAULT_PARAMETER:
                name = tree_child(tree, node, FIELD_NAME);
                flags |= UNIT_OPTIONAL;
                break;
        case TYPED_PARAMETER:
                name = tree_first(tree, node);
                break;
        default:
                break;
        }
        unsigned kind = tree_kind(tree, name);
        if (kind == LIST_SPLAT_PATTERN || kind == DICTIONARY_SPLAT_PATTERN) {
                name = tree_first(tree, name);
                flags |= UNIT_VARIADIC;
        }
        if (tree_kind(tree, name) == IDENTIFIER)
                walk_define(walk, &(Definition){.node = node,
                                                .name = name,
                                                .kind = UNIT_PARAMETER,
                                                .flags = flags,
                                                .spaces = SPACE_VALUE});
}

static void declare_parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        const Scope *scope = &walk->scopes.items[walk->scope];
        Node function = tree_parent(tree, node);
        Node receiver = python_receiver(walk, function, &walk->scopes.items[scope->parent]);
        TREE_FOREACH(tree, node, child)
        if (child != receiver)
                declare_parameter(walk, child);
}

/* ---- classes ---- */

static bool is_enum(const Tree *tree, Node bases)
{
        static const char *const names[] = {"Enum",    "IntEnum", "Flag",
                                            "IntFlag", "StrEnum", "EnumType"};
        TREE_FOREACH(tree, bases, child)
        {
                Node name = python_last_name(tree, child);
                for (unsigned i = 0; name && i < G_N_ELEMENTS(names); i++)
                        if (tree_is(tree, name, names[i]))
                                return true;
        }
        return false;
}

static void declare_class(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME), body = tree_child(tree, node, FIELD_BODY);
        bool of_enum = is_enum(tree, tree_child(tree, node, FIELD_SUPERCLASSES));
        bool test = walk->state[STATE_TEST] && tree->text[tree->nodes[name].start] == 'T';
        Definition definition = {
                .node = node,
                .outer = python_decorated(tree, node),
                .name = name,
                .body = body,
                .doc = python_doc(tree, body),
                .kind = of_enum ? UNIT_ENUM : UNIT_CLASS,
                .visibility = python_visibility(
                        walk, name, walk->scopes.items[walk->scope].kind == SCOPE_CLASS),
                .flags = (walk->scope == 0 ? UNIT_EXPORTED : 0) | (test ? UNIT_TEST : 0),
                .spaces = SPACE_VALUE};
        walk_define(walk, &definition);
        python_declare_class_parameters(walk, node);
}

/* type X[T] = … */
static void declare_alias(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_first(tree, tree_child(tree, node, FIELD_LEFT));
        Node name = tree_kind(tree, left) == GENERIC_TYPE ? tree_first(tree, left) : left;
        if (tree_kind(tree, name) != IDENTIFIER)
                return;
        walk_define(walk, &(Definition){.node = node,
                                        .name = name,
                                        .kind = UNIT_TYPE,
                                        .visibility = python_visibility(walk, name, false),
                                        .flags = walk->scope == 0 ? UNIT_EXPORTED : 0,
                                        .spaces = SPACE_VALUE});
}

/* ---- both passes ---- */

static void declare(Walk *walk, Node node, const Rule *rule)
{
        switch (tree_kind(walk->tree, node)) {
        case FUNCTION_DEFINITION:
                declare_function(walk, node);
                break;
        case CLASS_DEFINITION:
                declare_class(walk, node);
                break;
        case LAMBDA:
                walk_define(walk, &(Definition){.node = node, .kind = UNIT_LAMBDA});
                break;
        case TYPE_ALIAS_STATEMENT:
                declare_alias(walk, node);
                break;
        case PARAMETERS:
        case LAMBDA_PARAMETERS:
                declare_parameters(walk, node);
                break;
        case TYPE_PARAMETER:
                python_declare_type_parameters(walk, node);
                break;
        case GLOBAL_STATEMENT:
        case NONLOCAL_STATEMENT:
                python_declare_outer_names(walk, node);
                break;
        default:
                if (rule->role == RULE_IMPORT)
                        python_import(walk, node);
                else
                        python_declare_target(walk, node);
        }
}

static void lower(Walk *walk, Node node, const Rule *rule)
{
        switch (tree_kind(walk->tree, node)) {
        case FUNCTION_DEFINITION:
        case LAMBDA:
                python_lower_function(walk, node);
                break;
        case CLASS_DEFINITION:
                python_lower_class(walk, node);
                break;
        case TYPE_ALIAS_STATEMENT:
                python_lower_alias(walk, node);
                break;
        case PARAMETERS:
        case LAMBDA_PARAMETERS:
                python_lower_parameters(walk, node);
                break;
        default:
                if (rule->role == RULE_REFERENCE)
                        python_lower_reference(walk, node);
                else if (rule->role != RULE_IMPORT)
                        python_lower_target(walk, node);
        }
}

static bool has_text(const Tree *tree, const char *text)
{
        return memmem(tree->text, tree->length, text, strlen(text)) != NULL;
}

static bool is_test_file(const char *path)
{
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        return g_str_has_prefix(name, "test_") || g_str_has_suffix(name, "_test.py") ||
               g_str_has_prefix(path, "tests/") || strstr(path, "/tests/") ||
               g_str_equal(name, "conftest.py");
}

static void begin(Walk *walk)
{
        const Tree *tree = walk->tree;
        walk->state[STATE_NARROWS] = has_text(tree, "isinstance");
        walk->state[STATE_TEST] = is_test_file(walk->file_name);
        if (walk->state[STATE_TEST])
                builder_flag(walk->builder, UNIT_IS_TEST);
        if ((tree->length > 2 && memcmp(tree->text, "#!", 2) == 0) ||
            has_text(tree, "__name__ == '__main__'") || has_text(tree, "__name__ == \"__main__\""))
                builder_flag(walk->builder, UNIT_IS_SCRIPT);
}

/* ---- the front-end ---- */

#define KIND_NAME(name, text)   text,
#define FIELD_NAME_(name, text) text,
static const char *const kinds[] = {KINDS(KIND_NAME) NULL};
static const char *const fields[] = {FIELDS(FIELD_NAME_) NULL};
static const char query[] =
#include "python.scm.inc"
        ;

const TSLanguage *tree_sitter_python(void);

extern const FrontEnd python_front;
const FrontEnd python_front = {.grammar = tree_sitter_python,
                               .kinds = kinds,
                               .fields = fields,
                               .query = query,
                               .begin = begin,
                               .declare = declare,
                               .lower = lower,
                               .expression = python_expression,
                               .type = python_type};
