/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second pass over declarations: types, values, bases, parameters; and the sites of what is called and referred to. */
#include "languages/typescript/front.h"

#define RETURNS_MAX 8 /* of one function that are looked at for its value */

/* ---- functions ---- */

static uint32_t decl_list(Walk *walk, Node list)
{
        Items items = {0};
        TREE_FOREACH(walk->tree, list, child)
        if (walk_decl(walk, child) != UNIT_NONE)
                items_add(&items, walk_decl(walk, child));
        return items_list(&items, walk->builder);
}

static uint32_t type_parameters(Walk *walk, Node node)
{
        Node list = tree_child(walk->tree, node, FIELD_TYPE_PARAMETERS);
        return list ? decl_list(walk, list) : UNIT_NONE;
}

static uint32_t parameters(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node list = tree_child(tree, node, FIELD_PARAMETERS),
             one = tree_child(tree, node, FIELD_PARAMETER);
        if (list)
                return decl_list(walk, list);
        uint32_t decl = one ? walk_decl(walk, one) : UNIT_NONE;
        return decl == UNIT_NONE ? UNIT_NONE : builder_list(walk->builder, &decl, 1);
}

static bool is_function_like(unsigned kind)
{
        return kind == ARROW_FUNCTION || kind == FUNCTION_EXPRESSION ||
               kind == GENERATOR_FUNCTION || kind == METHOD_DEFINITION ||
               kind == FUNCTION_DECLARATION || kind == GENERATOR_DECLARATION || kind == CLASS ||
               kind == CLASS_DECLARATION;
}

/* What its body returns, without what functions inside it return. */
static uint32_t returned(Walk *walk, Node body)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        unsigned count = 0;
        if (tree_kind(tree, body) != STATEMENT_BLOCK)
                return walk_expression(walk, body);
        for (Node node = body + 1; node < tree->nodes[body].next && count < RETURNS_MAX; node++) {
                unsigned kind = tree_kind(tree, node);
                if (is_function_like(kind)) {
                        node = tree->nodes[node].next - 1;
                } else if (kind == RETURN_STATEMENT) {
                        items_add(&items, walk_expression(walk, tree_first(tree, node)));
                        count++;
                        node = tree->nodes[node].next - 1;
                }
        }
        return items_any(&items, walk->builder);
}

Node typescript_promised(const Tree *tree, Node annotation, uint32_t *flags)
{
        static const char *const wrappers[] = {
                "Promise",          "PromiseLike",           "Generator", "AsyncGenerator",
                "IterableIterator", "AsyncIterableIterator", "Iterable",  "AsyncIterable",
                "Iterator",         "AsyncIterator"};
        Node type =
                tree_kind(tree, annotation) == TYPE_ANNOTATION ? tree_first(tree, annotation) : 0;
        if (!type || !(*flags & (UNIT_ASYNC | UNIT_GENERATOR)))
                return annotation;
        Node name = tree_child(tree, type, FIELD_NAME);
        for (unsigned i = 0; tree_kind(tree, type) == GENERIC_TYPE && i < G_N_ELEMENTS(wrappers);
             i++)
                if (tree_is(tree, name, wrappers[i]))
                        return tree_first(tree, tree_child(tree, type, FIELD_TYPE_ARGUMENTS));
        *flags &=
                ~(uint32_t)(UNIT_ASYNC | UNIT_GENERATOR); /* by a name of its own: taken as it is */
        return annotation;
}

static uint32_t doc_result(Walk *walk, Node node)
{
        uint32_t type = typescript_doc_type(walk, node, "@returns");
        return type != UNIT_NONE ? type : typescript_doc_type(walk, node, "@return");
}

static void lower_function(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        uint32_t flags = builder_decl_at(walk->builder, index)->flags;
        Node written = tree_child(tree, node, FIELD_RETURN_TYPE),
             body = tree_child(tree, node, FIELD_BODY);
        if (!written)
                written = tree_child(tree, node, FIELD_TYPE); /* of construct signatures */
        uint32_t type = typescript_annotation(walk, typescript_promised(tree, written, &flags));
        Node holder = typescript_holder(tree, node);
        bool typed = tree_child(tree, holder, FIELD_TYPE);
        if (!written && !(flags & (UNIT_ASYNC | UNIT_GENERATOR)))
                type = doc_result(walk, node);
        uint32_t value = type != UNIT_NONE || written || !body ? UNIT_NONE
                         : typed ? builder_expr(walk->builder, UNIT_EXPR_CALL,
                                                typescript_context(walk, node), UNIT_NONE)
                                 : returned(walk, body);
        uint32_t own = parameters(walk, node), generic = type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->flags = flags;
        decl->type = type;
        decl->value = value;
        decl->parameters = own;
        decl->type_parameters = generic;
}

/* ---- types ---- */

/* extends A<B>, implements C, D; interfaces extend types. */
static void add_bases(Walk *walk, Node clause, Items *items)
{
        const Tree *tree = walk->tree;
        bool expression = tree_kind(tree, clause) == EXTENDS_CLAUSE ||
                          tree_kind(tree, clause) == CLASS_HERITAGE;
        TREE_FOREACH(tree, clause, child)
        {
                if (tree_kind(tree, child) == TYPE_ARGUMENTS)
                        continue;
                uint32_t type = expression ? walk_expression(walk, child) : walk_type(walk, child);
                Node arguments = expression ? tree_child(tree, clause, FIELD_TYPE_ARGUMENTS) : 0;
                if (arguments && type != UNIT_NONE)
                        type = builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                                            typescript_type_arguments(walk, arguments));
                if (type != UNIT_NONE)
                        items_add(items, type);
        }
}

static void lower_class(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        Items items = {0};
        Node heritage = tree_child_of_kind(tree, node, CLASS_HERITAGE);
        bool clauses = tree_child_of_kind(tree, heritage, EXTENDS_CLAUSE) ||
                       tree_child_of_kind(tree, heritage, IMPLEMENTS_CLAUSE);
        if (clauses) {
                TREE_FOREACH(tree, heritage, clause)
                add_bases(walk, clause, &items);
        } else if (heritage) {
                add_bases(walk, heritage, &items); /* JavaScript */
        }
        Node extends = tree_child_of_kind(tree, node, EXTENDS_TYPE_CLAUSE);
        if (extends)
                add_bases(walk, extends, &items);
        uint32_t bases = items.count ? items_list(&items, walk->builder) : UNIT_NONE;
        uint32_t generic = type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->bases = bases;
        decl->type_parameters = generic;
}

static void set(Walk *walk, uint32_t index, uint32_t type, uint32_t value)
{
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->value = value;
}

static void lower_alias(Walk *walk, Node node, uint32_t index)
{
        uint32_t type = walk_type(walk, tree_child(walk->tree, node, FIELD_VALUE));
        uint32_t generic = type_parameters(walk, node);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->type = type;
        decl->type_parameters = generic;
}

/* ---- variables, fields, parameters ---- */

static void lower_variable(Walk *walk, Node node, uint32_t index)
{
        const Tree *tree = walk->tree;
        UnitKind kind = builder_decl_at(walk->builder, index)->kind;
        if (kind == UNIT_FUNCTION || kind == UNIT_METHOD || kind == UNIT_CLASS)
                return; /* its value is the declaration */
        uint32_t type = typescript_annotation(walk, tree_child(tree, node, FIELD_TYPE));
        if (type == UNIT_NONE)
                type = typescript_doc_type(walk, node, "@type");
        set(walk, index, type, walk_expression(walk, tree_child(tree, node, FIELD_VALUE)));
}

static Node pattern_of(const Tree *tree, Node parameter)
{
        Node pattern = tree_child(tree, parameter, FIELD_PATTERN);
        if (!pattern && tree_kind(tree, parameter) == ASSIGNMENT_PATTERN)
                pattern = tree_child(tree, parameter, FIELD_LEFT);
        if (!pattern)
                pattern = parameter;
        return tree_kind(tree, pattern) == REST_PATTERN ? tree_first(tree, pattern) : pattern;
}

static void lower_parameter(Walk *walk, Node node, Node function)
{
        const Tree *tree = walk->tree;
        uint32_t index = walk_decl(walk, node);
        Node pattern = pattern_of(tree, node), fallback = tree_child(tree, node, FIELD_VALUE);
        if (!fallback && tree_kind(tree, node) == ASSIGNMENT_PATTERN)
                fallback = tree_child(tree, node, FIELD_RIGHT);
        uint32_t type = typescript_annotation(walk, tree_child(tree, node, FIELD_TYPE));
        if (type == UNIT_NONE)
                type = typescript_doc_parameter(walk, function, pattern);
        uint32_t value =
                type == UNIT_NONE ? typescript_parameter_context(walk, node, function) : UNIT_NONE;
        if (value == UNIT_NONE)
                value = walk_expression(walk, fallback);
        if (index != UNIT_NONE)
                set(walk, index, type, value);
        if (tree_kind(tree, pattern) == IDENTIFIER) {
                uint32_t field = node == pattern ? UNIT_NONE : walk_decl(walk, pattern);
                if (field != UNIT_NONE) /* a parameter that is a field */
                        set(walk, field, type, value);
        } else if (index != UNIT_NONE) {
                typescript_lower_pattern(walk, pattern, walk_expr_decl(walk, index));
        }
}

static void lower_parameters(Walk *walk, Node node)
{
        TREE_FOREACH(walk->tree, node, child)
        if (tree_kind(walk->tree, child) != REQUIRED_PARAMETER &&
            tree_kind(walk->tree, child) != OPTIONAL_PARAMETER)
                lower_parameter(walk, child, tree_parent(walk->tree, node));
}

/* ---- patterns ---- */

/* The value of a part of a pattern, from that of the part around it. */
static uint32_t part_value(Walk *walk, Node node, uint32_t source, unsigned index)
{
        const Tree *tree = walk->tree;
        char number[16];
        switch (tree_parent_kind(tree, node)) {
        case OBJECT_PATTERN:
                if (tree_kind(tree, node) == SHORTHAND_PATTERN)
                        return walk_member(walk, source, walk_string(walk, node));
                return source;
        case ARRAY_PATTERN:
                g_snprintf(number, sizeof(number), "%u", index);
                return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, source,
                                    builder_word(walk->builder, number));
        case PAIR_PATTERN: {
                Node key = tree_child(tree, tree_parent(tree, node), FIELD_KEY);
                bool text = tree_kind(tree, key) == STRING;
                return walk_member(walk, source,
                                   text ? walk_string_inside(walk, key, 1)
                                        : walk_string(walk, key));
        }
        case OBJECT_ASSIGNMENT_PATTERN:
                return tree_kind(tree, node) == SHORTHAND_PATTERN
                               ? walk_member(walk, source, walk_string(walk, node))
                               : source;
        default:
                return source;
        }
}

static void lower_part(Walk *walk, Node node, uint32_t source);

static void lower_parts(Walk *walk, Node node, uint32_t source)
{
        const Tree *tree = walk->tree;
        unsigned index = 0;
        if (walk->depth >= WALK_DEPTH_MAX)
                return;
        walk->depth++;
        TREE_FOREACH(tree, node, child)
        {
                if (tree->nodes[child].field != FIELD_KEY &&
                    tree->nodes[child].field != FIELD_RIGHT)
                        lower_part(walk, child, part_value(walk, child, source, index));
                index++;
        }
        walk->depth--;
}

static void lower_part(Walk *walk, Node node, uint32_t source)
{
        switch (tree_kind(walk->tree, node)) {
        case IDENTIFIER:
        case SHORTHAND_PATTERN:
                if (walk_decl(walk, node) != UNIT_NONE)
                        set(walk, walk_decl(walk, node), UNIT_NONE, source);
                break;
        case OBJECT_PATTERN:
        case ARRAY_PATTERN:
        case PAIR_PATTERN:
        case REST_PATTERN:
        case ASSIGNMENT_PATTERN:
        case OBJECT_ASSIGNMENT_PATTERN:
                lower_parts(walk, node, source);
                break;
        default:
                break;
        }
}

void typescript_lower_pattern(Walk *walk, Node pattern, uint32_t source)
{
        lower_part(walk, pattern, source);
}

static void lower_declarator(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node name = tree_child(tree, node, FIELD_NAME);
        if (walk_decl(walk, node) != UNIT_NONE) {
                lower_variable(walk, node, walk_decl(walk, node));
                return;
        }
        uint32_t type = typescript_annotation(walk, tree_child(tree, node, FIELD_TYPE));
        uint32_t value = type != UNIT_NONE
                                 ? walk_value(walk, type)
                                 : walk_expression(walk, tree_child(tree, node, FIELD_VALUE));
        typescript_lower_pattern(walk, name, value);
}

/* for (const x of xs) */
static void lower_loop(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT);
        bool of = tree_child_of_kind(tree, node, T_OF);
        if (!left || !tree_child(tree, node, FIELD_KIND))
                return;
        uint32_t value =
                of ? builder_expr(walk->builder, UNIT_EXPR_ELEMENT,
                                  walk_expression(walk, tree_child(tree, node, FIELD_RIGHT)),
                                  UNIT_NONE)
                   : walk_value(walk, walk_builtin(walk, "string"));
        typescript_lower_pattern(walk, left, value);
}

/* A member of an enumeration is a value of it. */
static void lower_enum_member(Walk *walk, uint32_t index)
{
        uint32_t container = builder_decl_at(walk->builder, index)->container;
        if (container != UNIT_NONE)
                set(walk, index, walk_expr_decl(walk, container), UNIT_NONE);
}

/* ---- the whole ---- */

static void lower_decl(Walk *walk, Node node, const Rule *rule, uint32_t index)
{
        const Tree *tree = walk->tree;
        switch (rule->kind) {
        case UNIT_FUNCTION:
        case UNIT_METHOD:
        case UNIT_LAMBDA:
                lower_function(walk, node, index);
                break;
        case UNIT_CLASS:
        case UNIT_INTERFACE:
                lower_class(walk, node, index);
                break;
        case UNIT_TYPE:
                if (tree_kind(tree, node) == IMPORT_ALIAS) {
                        Node target = tree_next(tree, tree_first(tree, node));
                        set(walk, index, walk_expression(walk, target), UNIT_NONE);
                        break;
                }
                lower_alias(walk, node, index);
                break;
        case UNIT_FIELD:
                lower_variable(walk, node, index);
                break;
        case UNIT_ENUM_MEMBER:
                lower_enum_member(walk, index);
                break;
        case UNIT_TYPE_PARAMETER:
                set(walk, index,
                    typescript_annotation(walk, tree_child(tree, node, FIELD_CONSTRAINT)),
                    UNIT_NONE);
                break;
        default:
                break;
        }
}

void typescript_lower_declaration(Walk *walk, Node node, const Rule *rule)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case VARIABLE_DECLARATOR:
                lower_declarator(walk, node);
                return;
        case REQUIRED_PARAMETER:
        case OPTIONAL_PARAMETER:
                lower_parameter(walk, node, tree_parent(tree, tree_parent(tree, node)));
                return;
        case FORMAL_PARAMETERS:
                lower_parameters(walk, node);
                return;
        case FOR_IN_STATEMENT:
                lower_loop(walk, node);
                return;
        case ENUM_BODY:
                TREE_FOREACH(tree, node, child)
                if (tree_kind(tree, child) != ENUM_ASSIGNMENT &&
                    walk_decl(walk, child) != UNIT_NONE)
                        lower_enum_member(walk, walk_decl(walk, child));
                return;
        case ASSIGNMENT_EXPRESSION:
                typescript_lower_assignment(walk, node);
                return;
        case SHORTHAND_PROPERTY:
                if (walk_decl(walk, node) != UNIT_NONE) {
                        uint32_t value = walk_name(walk, node, SPACE_VALUE);
                        set(walk, walk_decl(walk, node), UNIT_NONE, value);
                        walk_site(walk, UNIT_SITE_REFERENCES, node, value, 0);
                }
                return;
        default:
                if (walk_decl(walk, node) != UNIT_NONE)
                        lower_decl(walk, node, rule, walk_decl(walk, node));
        }
        Node parameter = tree_child(tree, node, FIELD_PARAMETER);
        if (parameter && tree_kind(tree, node) == ARROW_FUNCTION)
                lower_parameter(walk, parameter, node);
}
