/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions: what they denote or are a value of, as far as the text of this file says it. */
#include "languages/typescript/front.h"

#define ARRAY_ELEMENTS_MAX 8 /* of an array literal that are looked at for its type */

/* ---- this ---- */

static bool is_member_function(unsigned kind)
{
        return kind == METHOD_DEFINITION || kind == METHOD_SIGNATURE ||
               kind == ABSTRACT_METHOD_SIGNATURE;
}

static bool is_class(unsigned kind)
{
        return kind == CLASS || kind == CLASS_DECLARATION || kind == ABSTRACT_CLASS_DECLARATION ||
               kind == INTERFACE_DECLARATION;
}

/* The scope that decides what "this" is: a method, a class (for its fields), a plain function; arrow functions have none. 0: none. */
static uint32_t self_scope(const Walk *walk, Node node)
{
        const Scope *scopes = walk->scopes.items;
        uint32_t scope = walk->tree->nodes[node].scope;
        for (; scope; scope = scopes[scope].parent) {
                unsigned kind = tree_kind(walk->tree, scopes[scope].node);
                if (scopes[scope].kind != SCOPE_NONE &&
                    (is_member_function(kind) || is_class(kind) || kind == FUNCTION_DECLARATION ||
                     kind == FUNCTION_EXPRESSION || kind == GENERATOR_FUNCTION ||
                     kind == GENERATOR_DECLARATION))
                        break;
        }
        return scope;
}

/* A function that is the value of a property or field is a method of what has it. */
static uint32_t self_decl(const Walk *walk, uint32_t scope)
{
        uint32_t index = scope ? walk->scopes.items[scope].decl : UNIT_NONE;
        if (index == UNIT_NONE)
                return UNIT_NONE;
        const UnitDecl *decl = builder_decl_at(walk->builder, index);
        if (decl->kind == UNIT_CLASS || decl->kind == UNIT_INTERFACE)
                return index;
        bool member = decl->kind == UNIT_METHOD || decl->kind == UNIT_CONSTRUCTOR ||
                      decl->kind == UNIT_PROPERTY;
        return member ? decl->container : UNIT_NONE;
}

uint32_t typescript_self(const Walk *walk, Node node, uint32_t *ret_scope)
{
        uint32_t scope = self_scope(walk, node), decl = self_decl(walk, scope);
        while (scope && !is_class(tree_kind(walk->tree, walk->scopes.items[scope].node)))
                scope = walk->scopes.items[scope].parent;
        if (ret_scope)
                *ret_scope = scope;
        return decl;
}

/* function f(this: T) */
static uint32_t written_this(Walk *walk, uint32_t scope)
{
        const Tree *tree = walk->tree;
        Node list = scope ? tree_child(tree, walk->scopes.items[scope].node, FIELD_PARAMETERS) : 0;
        Node first = tree_first(tree, list), pattern = tree_child(tree, first, FIELD_PATTERN);
        if (tree_kind(tree, pattern) != THIS)
                return UNIT_NONE;
        return walk_value(walk, typescript_annotation(walk, tree_child(tree, first, FIELD_TYPE)));
}

/* A.prototype.b = function …, A.b = function … */
static uint32_t outer_value(Walk *walk, uint32_t function)
{
        const UnitDecl *decl =
                function == UNIT_NONE ? NULL : builder_decl_at(walk->builder, function);
        if (!decl || decl->outer == UNIT_NONE)
                return UNIT_NONE;
        return decl->flags & UNIT_STATIC ? decl->outer : walk_value(walk, decl->outer);
}

static uint32_t this_value(Walk *walk, Node node)
{
        uint32_t scope = self_scope(walk, node), written = written_this(walk, scope),
                 decl = self_decl(walk, scope);
        if (written != UNIT_NONE || !scope)
                return written;
        uint32_t inner = walk->scopes.items[scope].decl;
        if (decl == UNIT_NONE)
                return outer_value(walk, inner);
        bool in_static =
                inner != decl && (builder_decl_at(walk->builder, inner)->flags & UNIT_STATIC);
        return in_static ? walk_expr_decl(walk, decl)
                         : builder_expr(walk->builder, UNIT_EXPR_SELF, decl, UNIT_NONE);
}

static uint32_t super_value(Walk *walk, Node node)
{
        uint32_t decl = typescript_self(walk, node, NULL);
        return decl == UNIT_NONE ? UNIT_NONE
                                 : builder_expr(walk->builder, UNIT_EXPR_SUPER, decl, UNIT_NONE);
}

/* ---- names ---- */

#define CONDITION_NODES_MAX 64 /* of a condition that are looked at for what it tells */
#define CLAIMS_MAX          4 /* of functions that may tell what one name is; further ones are not asked */

/* What conditions say that a name is. */
typedef struct Claims {
        UnitString name;
        uint32_t items[CLAIMS_MAX + 1]; /* what functions say, if they tell a type at all */
        unsigned count;
        uint32_t sure; /* name instanceof T */
} Claims;

/* Is a function called as those are that tell types: isNode, $isNode, Node.is? */
static bool is_question(const Tree *tree, Node callee)
{
        size_t length;
        Node name = tree_kind(tree, callee) == MEMBER_EXPRESSION
                            ? tree_child(tree, callee, FIELD_PROPERTY)
                            : callee;
        const char *text = tree_text(tree, name, &length), *end = text + length;
        while (text < end && (*text == '$' || *text == '_'))
                text++;
        return end - text >= 2 && memcmp(text, "is", 2) == 0 &&
               (end - text == 2 || !g_ascii_islower(text[2]));
}

static void claim_by_call(Walk *walk, Node call, Claims *claims)
{
        const Tree *tree = walk->tree;
        Node first = tree_first(tree, tree_child(tree, call, FIELD_ARGUMENTS));
        if (claims->count == CLAIMS_MAX || tree_kind(tree, first) != IDENTIFIER ||
            walk_string(walk, first) != claims->name ||
            !is_question(tree, tree_child(tree, call, FIELD_FUNCTION)))
                return;
        uint32_t said =
                walk_member(walk, walk_expression(walk, call), builder_word(walk->builder, "is"));
        if (said != UNIT_NONE)
                claims->items[claims->count++] = said;
}

/* What one part of a condition says that must hold. */
static void claim(Walk *walk, Node node, Claims *claims)
{
        const Tree *tree = walk->tree;
        while (tree_kind(tree, node) == PARENTHESIZED_EXPRESSION)
                node = tree_first(tree, node);
        if (tree_kind(tree, node) == CALL_EXPRESSION)
                claim_by_call(walk, node, claims);
        else if (tree_kind(tree, node) == BINARY_EXPRESSION && claims->sure == UNIT_NONE &&
                 tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR)) == T_INSTANCEOF &&
                 walk_string(walk, tree_child(tree, node, FIELD_LEFT)) == claims->name)
                claims->sure = walk_value(
                        walk, walk_expression(walk, tree_child(tree, node, FIELD_RIGHT)));
}

static bool is_not(const Tree *tree, Node node)
{
        return tree_kind(tree, node) == UNARY_EXPRESSION &&
               tree->text[tree->nodes[node].start] == '!';
}

/* The parts of a condition that must hold if it does, or if it does not. */
static void claim_all(Walk *walk, Node condition, bool holds, Claims *claims)
{
        const Tree *tree = walk->tree;
        for (Node node = condition;
             node < tree->nodes[condition].next && node < condition + CONDITION_NODES_MAX; node++) {
                unsigned kind = tree_kind(tree, node);
                if (kind == PARENTHESIZED_EXPRESSION ||
                    (kind == BINARY_EXPRESSION &&
                     tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR)) ==
                             (holds ? T_AND : T_OR)))
                        continue;
                if (holds)
                        claim(walk, node, claims);
                else if (is_not(tree, node))
                        claim(walk, tree_first(tree, node), claims);
                node = tree->nodes[node].next - 1;
        }
}

/* What stands around a use of a name: a condition that it is under, if it is one. */
static void claim_around(Walk *walk, Node parent, Node at, Claims *claims)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, parent), field = tree->nodes[at].field;
        if (kind == IF_STATEMENT || kind == TERNARY_EXPRESSION || kind == WHILE_STATEMENT) {
                Node condition = tree_child(tree, parent, FIELD_CONDITION);
                if (at != condition)
                        claim_all(walk, condition,
                                  field == FIELD_CONSEQUENCE || field == FIELD_BODY, claims);
        } else if (kind == BINARY_EXPRESSION && field == FIELD_RIGHT) {
                unsigned operator= tree_kind(tree, tree_child(tree, parent, FIELD_OPERATOR));
                if (operator== T_AND || operator== T_OR)
                        claim_all(walk, tree_child(tree, parent, FIELD_LEFT), operator== T_AND,
                                  claims);
        }
}

/* What the conditions say under which a name is used here, in this function; UNIT_NONE: nothing. */
static uint32_t narrowed(Walk *walk, Node name)
{
        const Tree *tree = walk->tree;
        Claims claims = {.name = walk_string(walk, name), .sure = UNIT_NONE};
        for (Node at = name, parent; claims.sure == UNIT_NONE && (parent = tree_parent(tree, at));
             at = parent) {
                unsigned kind = tree_kind(tree, parent);
                if (typescript_is_function(kind) || kind == METHOD_DEFINITION ||
                    kind == FUNCTION_DECLARATION)
                        break;
                claim_around(walk, parent, at, &claims);
        }
        if (!claims.count)
                return claims.sure;
        uint32_t other =
                claims.sure != UNIT_NONE ? claims.sure : walk_name(walk, name, SPACE_VALUE);
        if (other != UNIT_NONE)
                claims.items[claims.count++] = other;
        return builder_expr(walk->builder, UNIT_EXPR_ANY, 1,
                            builder_list(walk->builder, claims.items, claims.count));
}

static uint32_t identifier(Walk *walk, Node node)
{
        unsigned parent = tree_parent_kind(walk->tree, node);
        if (walk->state[STATE_NARROWS] && parent == MEMBER_EXPRESSION) {
                uint32_t expr = narrowed(walk, node);
                if (expr != UNIT_NONE)
                        return expr;
        }
        return walk_name(walk, node, SPACE_VALUE);
}

/* ---- calls ---- */

static uint32_t argument_list(Walk *walk, Node arguments)
{
        Items items = {0};
        if (tree_kind(walk->tree, arguments) != ARGUMENTS)
                return UNIT_NONE;
        TREE_FOREACH(walk->tree, arguments, child)
        {
                if (tree_kind(walk->tree, child) == SPREAD_ELEMENT) {
                        items_clear(&items);
                        return UNIT_NONE;
                }
                items_add(&items, walk_expression(walk, child));
        }
        return items_list(&items, walk->builder);
}

uint32_t typescript_argument_count(const Tree *tree, Node arguments)
{
        uint32_t count = 0;
        if (tree_kind(tree, arguments) != ARGUMENTS)
                return arguments ? 255 : 0; /* a tagged template */
        TREE_FOREACH(tree, arguments, child)
        {
                if (tree_kind(tree, child) == SPREAD_ELEMENT)
                        return 255;
                count++;
        }
        return MIN(count, 255);
}

uint32_t typescript_required_module(Walk *walk, Node node, uint32_t container)
{
        const Tree *tree = walk->tree;
        Node function = tree_child(tree, node, FIELD_FUNCTION);
        Node argument = tree_first(tree, tree_child(tree, node, FIELD_ARGUMENTS));
        bool dynamic = tree_kind(tree, function) == IMPORT;
        if (tree_kind(tree, argument) != STRING ||
            (!dynamic && (!tree_is(tree, function, "require") ||
                          walk_find(walk, function, SPACE_VALUE) != UNIT_NONE)))
                return UNIT_NONE;
        UnitImport import = {.kind = UNIT_IMPORT_MODULE,
                             .flags = dynamic ? UNIT_IMPORT_DYNAMIC : 0,
                             .module = walk_string_inside(walk, argument, 1),
                             .container = container,
                             .line = tree->nodes[node].row + 1};
        return builder_expr(walk->builder, UNIT_EXPR_IMPORT, builder_import(walk->builder, &import),
                            UNIT_NONE);
}

static uint32_t with_type_arguments(Walk *walk, uint32_t expr, Node node)
{
        Node arguments = tree_child(walk->tree, node, FIELD_TYPE_ARGUMENTS);
        if (expr == UNIT_NONE || !arguments)
                return expr;
        return builder_expr(walk->builder, UNIT_EXPR_APPLY, expr,
                            typescript_type_arguments(walk, arguments));
}

bool typescript_is_misplaced(const Tree *tree, Node operator)
{
        unsigned kind = tree_kind(tree, operator);
        return (kind == AWAIT_EXPRESSION || kind == UNARY_EXPRESSION || kind == YIELD_EXPRESSION) &&
               tree_parent_kind(tree, operator) == CALL_EXPRESSION && tree->nodes[operator].field == FIELD_FUNCTION;
}

Node typescript_callee(const Tree *tree, Node function)
{
        return typescript_is_misplaced(tree, function) ? tree_first(tree, function) : function;
}

static uint32_t call(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t module = typescript_required_module(walk, node, walk_scope_at(walk, node)->source);
        if (module != UNIT_NONE)
                return module;
        Node function = tree_child(tree, node, FIELD_FUNCTION);
        uint32_t callee = walk_expression(walk, typescript_callee(tree, function));
        if (callee == UNIT_NONE)
                return UNIT_NONE;
        uint32_t list = argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS));
        uint32_t value = builder_expr(walk->builder, UNIT_EXPR_CALL,
                                      with_type_arguments(walk, callee, node), list);
        bool awaited = tree_kind(tree, function) == AWAIT_EXPRESSION;
        return awaited ? builder_expr(walk->builder, UNIT_EXPR_AWAIT, value, UNIT_NONE) : value;
}

static uint32_t construction(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t class = walk_expression(walk, tree_child(tree, node, FIELD_CONSTRUCTOR));
        if (class == UNIT_NONE)
                return UNIT_NONE;
        uint32_t list = argument_list(walk, tree_child(tree, node, FIELD_ARGUMENTS));
        return builder_expr(walk->builder, UNIT_EXPR_NEW, with_type_arguments(walk, class, node),
                            list);
}

/* ---- operators and literals ---- */

static bool is_text(const Tree *tree, Node node)
{
        return tree_kind(tree, node) == STRING || tree_kind(tree, node) == TEMPLATE_STRING;
}

static uint32_t binary(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node left = tree_child(tree, node, FIELD_LEFT), right = tree_child(tree, node, FIELD_RIGHT);
        switch (tree_kind(tree, tree_child(tree, node, FIELD_OPERATOR))) {
        case T_OR:
        case T_NULLISH:
                return walk_any_of_two(walk, left, right);
        case T_AND:
                return walk_expression(walk, right);
        case T_PLUS:
                return is_text(tree, left) || is_text(tree, right)
                               ? walk_builtin_value(walk, "string")
                               : UNIT_NONE;
        default:
                return UNIT_NONE;
        }
}

static uint32_t array(Walk *walk, Node node)
{
        Items items = {0};
        unsigned count = 0;
        TREE_FOREACH(walk->tree, node, child)
        {
                if (++count > ARRAY_ELEMENTS_MAX)
                        break;
                bool spread = tree_kind(walk->tree, child) == SPREAD_ELEMENT;
                uint32_t expr =
                        walk_expression(walk, spread ? tree_first(walk->tree, child) : child);
                items_add(&items,
                          spread ? builder_expr(walk->builder, UNIT_EXPR_ELEMENT, expr, UNIT_NONE)
                                 : expr);
        }
        uint32_t element = builder_expr(walk->builder, UNIT_EXPR_TYPEOF,
                                        items_any(&items, walk->builder), UNIT_NONE);
        uint32_t type = walk_builtin(walk, "Array");
        return walk_value(walk, builder_expr(walk->builder, UNIT_EXPR_APPLY, type,
                                             builder_list(walk->builder, &element, 1)));
}

static uint32_t cast(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node expression = tree_first(tree, node), type = tree_next(tree, expression);
        if (tree_kind(tree, node) == SATISFIES_EXPRESSION ||
            !type) /* "as const" has a token there */
                return walk_expression(walk, expression);
        return walk_value(walk, walk_type(walk, type));
}

/* <T>e */
static uint32_t assertion(Walk *walk, Node node)
{
        Node arguments = tree_first(walk->tree, node), type = tree_first(walk->tree, arguments);
        return type ? walk_value(walk, walk_type(walk, type))
                    : walk_expression(walk, tree_next(walk->tree, arguments));
}

/* (e), which a comment may give a type in JavaScript */
static uint32_t bracketed(Walk *walk, Node node)
{
        uint32_t type;
        return typescript_doc_cast(walk, node, &type)
                       ? walk_value(walk, type)
                       : walk_expression(walk, tree_first(walk->tree, node));
}

static uint32_t subscript(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t object = walk_expression(walk, tree_child(tree, node, FIELD_OBJECT));
        Node index = tree_child(tree, node, FIELD_INDEX);
        uint32_t key = tree_kind(tree, index) == STRING   ? walk_string_inside(walk, index, 1)
                       : tree_kind(tree, index) == NUMBER ? walk_string(walk, index)
                                                          : UNIT_NONE;
        return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, object, key);
}

static uint32_t last_child(Walk *walk, Node node)
{
        Node last = 0;
        TREE_FOREACH(walk->tree, node, child)
        last = child;
        return walk_expression(walk, last);
}

static uint32_t literal(Walk *walk, unsigned kind)
{
        switch (kind) {
        case STRING:
        case TEMPLATE_STRING:
                return walk_builtin_value(walk, "string");
        case NUMBER:
                return walk_builtin_value(walk, "number");
        case REGEX:
                return walk_builtin_value(walk, "RegExp");
        case TRUE_LITERAL:
        case FALSE_LITERAL:
                return walk_builtin_value(walk, "boolean");
        default:
                return UNIT_NONE;
        }
}

/* {...a, b: c} has the members of a too. */
static uint32_t object(Walk *walk, Node node, uint32_t record)
{
        Items items = {0};
        items_add(&items, walk_value(walk, record));
        TREE_FOREACH(walk->tree, node, child)
        if (tree_kind(walk->tree, child) == SPREAD_ELEMENT)
                items_add(&items, walk_expression(walk, tree_first(walk->tree, child)));
        return items_any(&items, walk->builder);
}

/* A function, class or object literal by its declaration. */
static uint32_t declared(Walk *walk, Node node)
{
        uint32_t decl = walk_decl(walk, node);
        if (decl == UNIT_NONE)
                return UNIT_NONE;
        uint32_t expr = walk_expr_decl(walk, decl);
        return tree_kind(walk->tree, node) == OBJECT ? object(walk, node, expr) : expr;
}

static uint32_t member(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t object = walk_expression(walk, tree_child(tree, node, FIELD_OBJECT));
        if (object == UNIT_NONE)
                return UNIT_NONE;
        return walk_member(walk, object, walk_string(walk, tree_child(tree, node, FIELD_PROPERTY)));
}

uint32_t typescript_expression(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node);
        switch (kind) {
        case IDENTIFIER:
                return identifier(walk, node);
        case MEMBER_EXPRESSION:
        case NESTED_IDENTIFIER:
                return member(walk, node);
        case CALL_EXPRESSION:
                return call(walk, node);
        case NEW_EXPRESSION:
                return construction(walk, node);
        case THIS:
                return this_value(walk, node);
        case SUPER:
                return super_value(walk, node);
        case SUBSCRIPT_EXPRESSION:
                return subscript(walk, node);
        case AWAIT_EXPRESSION:
                return builder_expr(walk->builder, UNIT_EXPR_AWAIT,
                                    walk_expression(walk, tree_first(tree, node)), UNIT_NONE);
        case PARENTHESIZED_EXPRESSION:
                return bracketed(walk, node);
        case NON_NULL_EXPRESSION:
                return walk_expression(walk, tree_first(tree, node));
        case INSTANTIATION_EXPRESSION:
                return with_type_arguments(walk, walk_expression(walk, tree_first(tree, node)),
                                           node);
        case AS_EXPRESSION:
        case SATISFIES_EXPRESSION:
                return cast(walk, node);
        case TYPE_ASSERTION:
                return assertion(walk, node);
        case BINARY_EXPRESSION:
                return binary(walk, node);
        case TERNARY_EXPRESSION:
                return walk_any_of_two(walk, tree_child(tree, node, FIELD_CONSEQUENCE),
                                       tree_child(tree, node, FIELD_ALTERNATIVE));
        case ASSIGNMENT_EXPRESSION:
                return walk_expression(walk, tree_child(tree, node, FIELD_RIGHT));
        case SEQUENCE_EXPRESSION:
                return last_child(walk, node);
        case ARRAY:
                return array(walk, node);
        case OBJECT:
        case CLASS:
        case ARROW_FUNCTION:
        case FUNCTION_EXPRESSION:
        case GENERATOR_FUNCTION:
                return declared(walk, node);
        default:
                return literal(walk, kind);
        }
}
