/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is assigned to: by =, for, with, except, :=, case and in comprehensions; names, fields of self, and patterns of them. */
#include "languages/python/front.h"

#define VALUES_MAX 12 /* of one declaration that are kept */
#define PARTS_MAX  64 /* of a display that are taken apart one by one */

#define BASE_SCOPES_MAX                                                                            \
        4000 /* that are looked at, from a class backwards, for the one it extends */

/* ---- which nodes ---- */

/* The parts of something that assigns: what is assigned to, and the value that it takes. */
typedef struct Assignment {
        Node target, value, type;
} Assignment;

static Assignment parts(const Tree *tree, Node node)
{
        Assignment assignment = {0};
        switch (tree_kind(tree, node)) {
        case ASSIGNMENT:
                assignment.target = tree_child(tree, node, FIELD_LEFT);
                assignment.value = tree_child(tree, node, FIELD_RIGHT);
                assignment.type = tree_child(tree, node, FIELD_TYPE);
                break;
        case FOR_STATEMENT:
        case FOR_IN_CLAUSE:
                assignment.target = tree_child(tree, node, FIELD_LEFT);
                assignment.value = tree_child(tree, node, FIELD_RIGHT);
                break;
        case NAMED_EXPRESSION:
                assignment.target = tree_child(tree, node, FIELD_NAME);
                assignment.value = tree_child(tree, node, FIELD_VALUE);
                break;
        case AS_PATTERN:
                assignment.value = tree_first(tree, node);
                assignment.target = tree_child(tree, node, FIELD_ALIAS);
                if (!assignment.target) /* in a case */
                        assignment.target = tree_next(tree, assignment.value);
                break;
        default:
                break;
        }
        return assignment;
}

static bool is_pattern(unsigned kind)
{
        return kind == PATTERN_LIST || kind == TUPLE_PATTERN || kind == LIST_PATTERN ||
               kind == LIST_SPLAT_PATTERN || kind == TUPLE_DISPLAY || kind == LIST_DISPLAY ||
               kind == AS_PATTERN_TARGET || kind == PARENTHESIZED_EXPRESSION ||
               kind == EXPRESSION_LIST || kind == LIST_SPLAT;
}

/* ---- the first pass: names ---- */

/* Is a name of a function declared global (0) or nonlocal there? The scope in which it is bound then. */
static uint32_t scope_of_name(const Walk *walk, uint32_t scope, UnitString name)
{
        uint32_t expr =
                scope ? scopes_find_in(&walk->scopes, scope, SPACE_MEMBER, name) : UNIT_NONE;
        if (walk->scopes.items[scope].kind != SCOPE_FUNCTION || expr == UNIT_NONE)
                return scope;
        const char *word = builder_text(walk->builder, builder_expr_at(walk->builder, expr)->a);
        if (g_str_equal(word, "global"))
                return 0;
        for (uint32_t outer = walk->scopes.items[scope].parent; outer;
             outer = walk->scopes.items[outer].parent)
                if (walk->scopes.items[outer].kind == SCOPE_FUNCTION &&
                    scopes_find_in(&walk->scopes, outer, SPACE_VALUE, name) != UNIT_NONE)
                        return outer;
        return scope;
}

void python_declare_outer_names(Walk *walk, Node statement)
{
        const Tree *tree = walk->tree;
        bool global = tree_kind(tree, statement) == GLOBAL_STATEMENT;
        uint32_t scope = python_binding_scope(walk, walk->scope);
        TREE_FOREACH(tree, statement, child)
        walk_bind(walk, scope, SPACE_MEMBER, walk_string(walk, child),
                  walk_builtin(walk, global ? "global" : "nonlocal"));
}

/* The declaration that a name stands for there if it is one alone, or UNIT_NONE. */
static uint32_t declared_in(Walk *walk, uint32_t scope, uint32_t space, UnitString name,
                            bool *ret_bound)
{
        uint32_t expr = scopes_find_in(&walk->scopes, scope, space, name);
        *ret_bound |= expr != UNIT_NONE;
        if (expr == UNIT_NONE)
                return UNIT_NONE;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        return place->op == UNIT_EXPR_DECL ? place->a : UNIT_NONE;
}

static bool is_variable(Walk *walk, uint32_t decl)
{
        if (decl == UNIT_NONE)
                return false;
        UnitKind kind = builder_decl_at(walk->builder, decl)->kind;
        return kind == UNIT_VARIABLE || kind == UNIT_CONSTANT || kind == UNIT_FIELD ||
               kind == UNIT_ENUM_MEMBER;
}

static bool is_upper(const Tree *tree, Node name)
{
        size_t length;
        const char *text = tree_text(tree, name, &length);
        bool letter = false;
        for (size_t i = 0; i < length; i++) {
                if (g_ascii_islower(text[i]))
                        return false;
                letter |= g_ascii_isupper(text[i]);
        }
        return letter;
}

static UnitKind kind_in(const Walk *walk, const Scope *scope, Node name)
{
        if (scope->kind != SCOPE_CLASS)
                return is_upper(walk->tree, name) ? UNIT_CONSTANT : UNIT_VARIABLE;
        bool of_enum = scope->decl != UNIT_NONE &&
                       builder_decl_at(walk->builder, scope->decl)->kind == UNIT_ENUM;
        return of_enum && walk->tree->text[walk->tree->nodes[name].start] != '_' ? UNIT_ENUM_MEMBER
                                                                                 : UNIT_FIELD;
}

/* A plain name that is assigned alone has the whole statement as its text. */
static Node statement_of(const Tree *tree, Node name)
{
        Node parent = tree_parent(tree, name);
        bool alone = tree_kind(tree, parent) == ASSIGNMENT &&
                     tree_parent_kind(tree, parent) == EXPRESSION_STATEMENT &&
                     tree_kind(tree, tree_child(tree, parent, FIELD_RIGHT)) != ASSIGNMENT;
        return alone ? parent : name;
}

/* The statement at the top, in the class, is where a name is looked for that a function assigned to before. */
static void take_place(Walk *walk, uint32_t index, Node name)
{
        const Tree *tree = walk->tree;
        Node statement = statement_of(tree, name);
        UnitString signature = walk_string(walk, statement);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        decl->first_line = tree->nodes[statement].row + 1;
        decl->last_line = MAX(decl->first_line, tree_line(tree, tree->nodes[statement].end - 1));
        decl->name_line = tree->nodes[name].row + 1;
        decl->name_column = tree_column(tree, name);
        decl->signature = signature;
}

/* Adds a declaration of a name; what was bound otherwise (an import, a function) goes on being what others see. */
static void define_name(Walk *walk, Node name, uint32_t scope, bool bound)
{
        const Scope *place = &walk->scopes.items[scope];
        bool file = scope == 0, inside = walk->scopes.items[walk->scope].local;
        Node statement = inside ? name : statement_of(walk->tree, name);
        Definition definition = {.node = statement,
                                 .name = name,
                                 .kind = kind_in(walk, place, name),
                                 .visibility =
                                         python_visibility(walk, name, place->kind == SCOPE_CLASS),
                                 .flags = bound && place->kind != SCOPE_FUNCTION ? UNIT_LOCAL
                                          : file                                 ? UNIT_EXPORTED
                                          : place->kind == SCOPE_CLASS           ? UNIT_STATIC
                                                                                 : 0};
        uint32_t index = walk_define(walk, &definition);
        if (index == UNIT_NONE)
                return;
        walk->tree->nodes[name].decl = index;
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        if (file && inside) { /* global x in a function */
                decl->flags = bound ? UNIT_LOCAL : UNIT_EXPORTED;
                decl->container = UNIT_NONE;
                decl->signature = 0;
        }
        walk_bind(walk, scope, SPACE_VALUE, decl->name, walk_expr_decl(walk, index));
}

/* Does a type stand beside what is assigned to? */
static bool has_type(const Tree *tree, Node target)
{
        Node parent = tree_parent(tree, target);
        return tree_kind(tree, parent) == ASSIGNMENT && tree_child(tree, parent, FIELD_TYPE);
}

/* What every value has is none of its own fields. */
static bool is_common(const Tree *tree, Node name)
{
        static const char *const names[] = {"__doc__",  "__module__",   "__name__",
                                            "__dict__", "__qualname__", "__class__"};
        if (tree->text[tree->nodes[name].start] != '_')
                return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (tree_is(tree, name, names[i]))
                        return true;
        return false;
}

static void declare_name(Walk *walk, Node name, uint32_t scope)
{
        UnitString word = walk_string(walk, name);
        scope = scope_of_name(walk, scope, word);
        bool member = walk->scopes.items[scope].kind == SCOPE_CLASS;
        if (member && is_common(walk->tree, name))
                return;
        bool bound = false;
        uint32_t decl = declared_in(walk, scope, SPACE_VALUE, word, &bound);
        if (walk->scopes.items[scope].kind == SCOPE_CLASS && !bound) {
                decl = declared_in(walk, scope, SPACE_MEMBER, word, &bound);
                if (decl != UNIT_NONE) {
                        walk_bind(walk, scope, SPACE_VALUE, word, walk_expr_decl(walk, decl));
                        take_place(walk, decl, name);
                }
        }
        bool flows = scope != 0 && walk->scopes.items[scope].kind != SCOPE_CLASS;
        if (is_variable(walk, decl) && !flows) {
                const UnitDecl *first = builder_decl_at(walk->builder, decl);
                if (scope == 0 && !first->signature && !(first->flags & UNIT_LOCAL) &&
                    !walk->scopes.items[walk->scope].local)
                        take_place(walk, decl, name);
                walk->tree->nodes[name].decl = decl;
        } else {
                define_name(walk, name, scope, bound);
        }
        decl = walk_decl(walk, name);
        if (member && decl != UNIT_NONE && has_type(walk->tree, name))
                walk_bind(walk, scope, SPACE_WRITTEN, word, walk_expr_decl(walk, decl));
}

/* ---- fields ---- */

/* The class of which the object of an attribute is the receiver (self, cls), or UNIT_NONE. */
static uint32_t class_of_receiver(Walk *walk, Node object)
{
        if (tree_kind(walk->tree, object) != IDENTIFIER)
                return UNIT_NONE;
        uint32_t expr =
                scopes_find(&walk->scopes, walk->scope, SPACE_VALUE, walk_string(walk, object));
        if (expr == UNIT_NONE)
                return UNIT_NONE;
        const UnitExpr *place = builder_expr_at(walk->builder, expr);
        bool receiver = place->op == UNIT_EXPR_SELF ||
                        (place->op == UNIT_EXPR_DECL && tree_is(walk->tree, object, "cls") &&
                         builder_decl_at(walk->builder, place->a)->kind == UNIT_CLASS);
        return receiver ? place->a : UNIT_NONE;
}

/* ---- what a class of the same file declares for those that extend it ---- */

/* The scope of the class that a name stands for, which was opened before this one; 0: none. */
static uint32_t scope_of_class(Walk *walk, Node name, uint32_t before)
{
        const Scope *scopes = walk->scopes.items;
        uint32_t expr = scopes_find(&walk->scopes, scopes[before].parent, SPACE_VALUE,
                                    walk_string(walk, name));
        const UnitExpr *place = expr == UNIT_NONE ? NULL : builder_expr_at(walk->builder, expr);
        if (!place || place->op != UNIT_EXPR_DECL)
                return 0;
        uint32_t last = before > BASE_SCOPES_MAX ? before - BASE_SCOPES_MAX : 0;
        for (uint32_t scope = before - 1; scope > last; scope--)
                if (scopes[scope].kind == SCOPE_CLASS && scopes[scope].decl == place->a)
                        return scope;
        return 0;
}

/* The scope of the first base of a class that stands in this file, or 0. */
static uint32_t base_scope(Walk *walk, uint32_t scope)
{
        const Tree *tree = walk->tree;
        if (!walk->scopes.items[scope].base) {
                uint32_t base = 0;
                Node bases = tree_child(tree, walk->scopes.items[scope].node, FIELD_SUPERCLASSES);
                TREE_FOREACH(tree, bases, child)
                if (!base && tree_kind(tree, child) == IDENTIFIER)
                        base = scope_of_class(walk, child, scope);
                walk->scopes.items[scope].base = base ? base : UNIT_NONE;
        }
        return walk->scopes.items[scope].base == UNIT_NONE ? 0 : walk->scopes.items[scope].base;
}

/* Does a class that this one extends say what the member is: by a written type, or by a function? To give it a value is no
 * declaration of another one then. */
static bool is_inherited(Walk *walk, uint32_t scope, UnitString name)
{
        while ((scope = base_scope(walk, scope))) {
                if (scopes_find_in(&walk->scopes, scope, SPACE_WRITTEN, name) != UNIT_NONE)
                        return true;
                bool bound = false;
                uint32_t decl = declared_in(walk, scope, SPACE_VALUE, name, &bound);
                if (decl != UNIT_NONE && !is_variable(walk, decl))
                        return true;
        }
        return false;
}

static void declare_field(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        uint32_t class = class_of_receiver(walk, tree_child(tree, node, FIELD_OBJECT));
        uint32_t scope = class == UNIT_NONE ? 0 : python_class_scope(walk, walk->scope);
        while (scope && walk->scopes.items[scope].decl != class)
                scope = python_class_scope(walk, walk->scopes.items[scope].parent);
        Node name = tree_child(tree, node, FIELD_ATTRIBUTE);
        if (!scope || is_common(tree, name))
                return;
        UnitString word = walk_string(walk, name);
        bool bound = false;
        uint32_t decl = declared_in(walk, scope, SPACE_VALUE, word, &bound);
        if (decl == UNIT_NONE)
                decl = declared_in(walk, scope, SPACE_MEMBER, word, &bound);
        bool written = has_type(tree, node);
        if (!bound && !written && is_inherited(walk, scope, word))
                return;
        if (!bound) {
                decl = walk_define(walk,
                                   &(Definition){.node = name,
                                                 .name = name,
                                                 .kind = UNIT_FIELD,
                                                 .visibility = python_visibility(walk, name, true),
                                                 .container = class + 1});
                if (decl != UNIT_NONE)
                        walk_bind(walk, scope, SPACE_MEMBER, word, walk_expr_decl(walk, decl));
        }
        if (written && decl != UNIT_NONE)
                walk_bind(walk, scope, SPACE_WRITTEN, word, walk_expr_decl(walk, decl));
        if (is_variable(walk, decl))
                walk->tree->nodes[name].decl = decl;
}

/* __slots__ = 'a', 'b' declares fields; __match_args__ and others do not. */
static void declare_slots(Walk *walk, Node value)
{
        const Tree *tree = walk->tree;
        uint32_t scope = python_class_scope(walk, walk->scope);
        Node end = tree->nodes[value].next;
        unsigned kind = tree_kind(tree, value);
        if (!scope || (kind != STRING && !is_pattern(kind)))
                return;
        for (Node node = value; node < end; node++) {
                if (tree_kind(tree, node) != STRING_CONTENT)
                        continue;
                UnitString word = walk_string(walk, node);
                bool bound = false;
                (void)declared_in(walk, scope, SPACE_VALUE, word, &bound);
                (void)declared_in(walk, scope, SPACE_MEMBER, word, &bound);
                if (bound || !word)
                        continue;
                uint32_t decl = walk_define(
                        walk, &(Definition){.node = node,
                                            .name = node,
                                            .kind = UNIT_FIELD,
                                            .visibility = python_visibility(walk, node, true),
                                            .container = walk->scopes.items[scope].decl + 1});
                if (decl != UNIT_NONE)
                        walk_bind(walk, scope, SPACE_MEMBER, word, walk_expr_decl(walk, decl));
        }
}

/* The nodes of a pattern stand in the order of the text, so that its names are found without recursion. */
static void declare_pattern(Walk *walk, Node pattern, uint32_t scope)
{
        const Tree *tree = walk->tree;
        for (Node node = pattern; node < tree->nodes[pattern].next; node++) {
                unsigned kind = tree_kind(tree, node);
                if (kind == IDENTIFIER)
                        declare_name(walk, node, scope);
                else if (kind == ATTRIBUTE)
                        declare_field(walk, node);
                if (!is_pattern(kind))
                        node = tree->nodes[node].next - 1;
        }
}

/* case [a, *b], {"k": c}, Point(x=d): a name is a capture unless it has a dot, is what is called, or a keyword. */
static void declare_captures(Walk *walk, Node clause, uint32_t scope)
{
        const Tree *tree = walk->tree;
        Node end = tree_child(tree, clause, FIELD_CONSEQUENCE);
        for (Node node = clause + 1; node < end; node++) {
                unsigned parent = tree_parent_kind(tree, node);
                if (tree_kind(tree, node) == IF_CLAUSE)
                        break;
                if (tree_kind(tree, node) != IDENTIFIER)
                        continue;
                Node name = tree_parent(tree, node);
                bool single = parent == DOTTED_NAME && !tree_next(tree, node) &&
                              tree_first(tree, name) == node &&
                              tree_parent_kind(tree, name) != CLASS_PATTERN;
                if ((single || parent == SPLAT_PATTERN) && !tree_is(tree, node, "_"))
                        declare_name(walk, node, scope);
        }
}

void python_declare_target(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node);
        uint32_t scope =
                kind == FOR_IN_CLAUSE ? walk->scope : python_binding_scope(walk, walk->scope);
        if (kind == CASE_CLAUSE) {
                declare_captures(walk, node, scope);
                return;
        }
        Assignment assignment = parts(tree, node);
        if (assignment.target)
                declare_pattern(walk, assignment.target, scope);
        if (kind == ASSIGNMENT)
                python_declare_type_variable(walk, assignment.target, assignment.value);
        if (kind == ASSIGNMENT && walk->scopes.items[scope].kind == SCOPE_CLASS &&
            tree_is(tree, assignment.target, "__slots__"))
                declare_slots(walk, assignment.value);
}

/* ---- the second pass: values ---- */

static void add_value(Walk *walk, uint32_t index, uint32_t value)
{
        if (index == UNIT_NONE || value == UNIT_NONE)
                return;
        const uint32_t *items;
        uint32_t old = builder_decl_at(walk->builder, index)->value;
        if (old != UNIT_NONE) {
                const UnitExpr *expr = builder_expr_at(walk->builder, old);
                if (expr->op == UNIT_EXPR_ANY &&
                    builder_list_items(walk->builder, expr->b, &items) >= VALUES_MAX)
                        return;
        }
        uint32_t both[] = {old, value};
        value = old == UNIT_NONE ? value : builder_any(walk->builder, both, 2);
        builder_decl_at(walk->builder, index)->value = value;
}

static void set_type(Walk *walk, Node name, Node written)
{
        uint32_t index = walk_decl(walk, name);
        if (index == UNIT_NONE || !written)
                return;
        uint32_t type = walk_type(walk, written);
        UnitDecl *decl = builder_decl_at(walk->builder, index);
        if (decl->type == UNIT_NONE)
                decl->type = type;
}

/* What a part of a pattern takes: the same part of a display of as many parts, else an element by its place. */
static uint32_t part_value(Walk *walk, Node value, uint32_t source, unsigned index)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, value), count = 0;
        char number[16];
        if ((kind == EXPRESSION_LIST || kind == TUPLE_DISPLAY) && index < PARTS_MAX)
                TREE_FOREACH(tree, value, child)
                {
                        if (tree_kind(tree, child) == LIST_SPLAT)
                                break;
                        if (count++ == index)
                                return walk_expression(walk, child);
                }
        if (source == UNIT_NONE)
                return UNIT_NONE;
        g_snprintf(number, sizeof(number), "%u", index);
        return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, source,
                            builder_word(walk->builder, number));
}

static Node part_node(const Tree *tree, Node value, unsigned index)
{
        unsigned kind = tree_kind(tree, value), count = 0;
        if ((kind == EXPRESSION_LIST || kind == TUPLE_DISPLAY) && index < PARTS_MAX)
                TREE_FOREACH(tree, value, child)
        if (count++ == index)
                return child;
        return 0;
}

static void lower_pattern(Walk *walk, Node node, Node value, uint32_t source)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node), index = 0;
        if (kind == IDENTIFIER) {
                add_value(walk, walk_decl(walk, node), source);
        } else if (kind == ATTRIBUTE) {
                add_value(walk, walk_decl(walk, tree_child(tree, node, FIELD_ATTRIBUTE)), source);
        } else if (kind == LIST_SPLAT_PATTERN || kind == LIST_SPLAT) {
                uint32_t element =
                        builder_expr(walk->builder, UNIT_EXPR_ELEMENT, source, UNIT_NONE);
                lower_pattern(walk, tree_first(tree, node), 0,
                              python_value_of_generic(walk, "list", &element, 1));
        } else if (is_pattern(kind) && walk->depth < WALK_DEPTH_MAX) {
                bool inner = kind == AS_PATTERN_TARGET || kind == PARENTHESIZED_EXPRESSION;
                walk->depth++;
                TREE_FOREACH(tree, node, child)
                {
                        bool splat = tree_kind(tree, child) == LIST_SPLAT_PATTERN;
                        if (inner || splat)
                                lower_pattern(walk, child, inner ? value : 0, source);
                        else
                                lower_pattern(walk, child, part_node(tree, value, index),
                                              part_value(walk, value, source, index));
                        index++;
                }
                walk->depth--;
        }
}

/* with E as x: what entering gives; except E as x: a value of it. */
static uint32_t value_of_as(Walk *walk, Node node, Node value)
{
        const Tree *tree = walk->tree;
        uint32_t expr;
        switch (tree_parent_kind(tree, node)) {
        case EXCEPT_CLAUSE:
                return walk_value(walk, walk_type(walk, value));
        case CASE_PATTERN:
                value = tree_first(tree, tree_first(tree, value)); /* case A() as x */
                return tree_kind(tree, value) == DOTTED_NAME
                               ? walk_value(walk, walk_type(walk, value))
                               : UNIT_NONE;
        default:
                expr = walk_expression(walk, value);
                if (tree_child_of_kind(
                            tree, tree_parent(tree, tree_parent(tree, tree_parent(tree, node))),
                            T_ASYNC))
                        return builder_expr(walk->builder, UNIT_EXPR_AWAIT,
                                            python_call_member(walk, expr, "__aenter__"),
                                            UNIT_NONE);
                return python_call_member(walk, expr, "__enter__");
        }
}

static uint32_t value_of(Walk *walk, Node node, Node value)
{
        const Tree *tree = walk->tree;
        switch (tree_kind(tree, node)) {
        case FOR_STATEMENT:
        case FOR_IN_CLAUSE:
                return builder_expr(walk->builder, UNIT_EXPR_ELEMENT, walk_expression(walk, value),
                                    UNIT_NONE);
        case AS_PATTERN:
                return value_of_as(walk, node, value);
        default:
                return walk_expression(walk, value);
        }
}

/* __all__ = […], __all__ += […] */
static void lower_exports(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        Node right = tree_child(tree, node, FIELD_RIGHT);
        if (walk->tree->nodes[node].scope == 0 &&
            (tree_kind(tree, right) == LIST_DISPLAY || tree_kind(tree, right) == TUPLE_DISPLAY))
                python_exports(walk, right);
}

void python_lower_target(Walk *walk, Node node)
{
        const Tree *tree = walk->tree;
        unsigned kind = tree_kind(tree, node);
        if ((kind == ASSIGNMENT || kind == AUGMENTED_ASSIGNMENT) &&
            tree_is(tree, tree_child(tree, node, FIELD_LEFT), "__all__"))
                lower_exports(walk, node);
        Assignment assignment = parts(tree, node);
        if (!assignment.target)
                return;
        Node target = assignment.target;
        if (assignment.type)
                set_type(walk,
                         tree_kind(tree, target) == ATTRIBUTE
                                 ? tree_child(tree, target, FIELD_ATTRIBUTE)
                                 : target,
                         assignment.type);
        if (!assignment.value)
                return;
        bool direct = kind == ASSIGNMENT || kind == NAMED_EXPRESSION;
        Node value = direct ? assignment.value : 0;
        while (tree_kind(tree, value) == ASSIGNMENT) /* a = b = value */
                value = tree_child(tree, value, FIELD_RIGHT);
        lower_pattern(walk, target, value, value_of(walk, node, direct ? value : assignment.value));
}
