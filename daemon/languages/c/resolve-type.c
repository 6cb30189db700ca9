/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The types of arguments and parameters of C++ with their pointers and their const, and how well the ones suit the others: the ranks
 * of conversions. What is not known suits anything. */
#include <string.h>

#include "languages/c/resolve.h"

#define DEPTH_MAX 12 /* of aliases, of what variables are initialised with, of calls in calls */
#define CALLS_MAX 6  /* calls within calls */
#define GIVEN_MAX 32 /* arguments that are looked at */

enum {                    /* how well an argument suits a parameter; the less the better */
       COST_TEMPLATE = 1, /* anything as a type parameter */
       COST_CONST = 2,    /* as something const */
       COST_PROMOTED = 4,
       COST_CONVERTED = 6,
       COST_BASE = 8,
       COST_VOID = 10,        /* a pointer as one to anything, or as a truth value */
       COST_MADE = 14,        /* a new value of a class */
       COST_GIVEN = 18,       /* by a conversion of the class that it is of */
       COST_CONSTRAINED = 30, /* a template that may not be there */
       COST_REST = 40,
       COST_MISFIT = 10000,
};

typedef enum TypeKind {
        TYPE_UNKNOWN,
        TYPE_PLAIN,    /* of the language: name */
        TYPE_OUTSIDE,  /* something else that the repository does not declare: name */
        TYPE_DECLARED, /* place */
        TYPE_VARIABLE, /* a type parameter */
        TYPE_FUNCTION,
} TypeKind;

typedef struct Type {
        TypeKind kind;
        const char *name;
        const char *of; /* of a class with arguments the first, if it is TYPE_PLAIN; or NULL */
        LinkPlace place;
        unsigned pointers;
        bool constant, reference, moved;
        bool temporary; /* a value that nothing else refers to */
        bool vague;     /* nothing is known of its pointers */
} Type;

static Type type_of(Linker *linker, const LinkModule *module, uint32_t expr, unsigned depth);

static const UnitDecl *decl_at(Linker *linker, LinkPlace place)
{
        return link_decl(linker_load(linker, place.module), place.decl);
}

/* ---- written types ---- */

/* What the names of the standard library that are types of the language stand for. */
static const char *plain_name(const char *name)
{
        static const char *const names[][2] = {
                {"size_t", "unsigned long"},    {"ssize_t", "long"},
                {"ptrdiff_t", "long"},          {"intptr_t", "long"},
                {"uintptr_t", "unsigned long"}, {"int64_t", "long"},
                {"uint64_t", "unsigned long"},  {"int32_t", "int"},
                {"uint32_t", "unsigned"},       {"int16_t", "short"},
                {"uint16_t", "unsigned short"}, {"int8_t", "signed char"},
                {"uint8_t", "unsigned char"},   {"nullptr_t", "nullptr"},
                {"wchar_t", "wchar_t"},         {"intmax_t", "long"},
                {"uintmax_t", "unsigned long"}};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (g_str_equal(name, names[i][0]))
                        return names[i][1];
        return NULL;
}

/* The kind of characters that a class of the standard library is of; NULL: it is none of a text. */
static const char *characters_of(const char *name)
{
        static const char *const narrow[] = {"string",       "string_view",  "ostream",
                                             "istream",      "stringstream", "ostringstream",
                                             "istringstream"};
        bool wide = *name == 'w';
        for (unsigned i = 0; i < G_N_ELEMENTS(narrow); i++)
                if (g_str_equal(name + wide, narrow[i]))
                        return wide ? "wchar_t" : "char";
        return NULL;
}

static Type with_shape(Type type, uint32_t shape)
{
        type.pointers += shape & SHAPE_POINTERS;
        type.constant |= (shape & SHAPE_CONST) != 0;
        type.reference |= (shape & SHAPE_REFERENCE) != 0;
        type.moved |= (shape & SHAPE_MOVED) != 0;
        return type;
}

/* The name that a type of which nothing is known is written with. */
static Type outside(const LinkModule *module, uint32_t expr)
{
        const UnitExpr *exprs = module->unit->exprs;
        Type type = {.kind = TYPE_OUTSIDE};
        while (exprs[expr].op == UNIT_EXPR_APPLY)
                expr = exprs[expr].a;
        if (exprs[expr].op == UNIT_EXPR_NAME)
                type.name = link_text(module, exprs[expr].a);
        else if (exprs[expr].op == UNIT_EXPR_MEMBER)
                type.name = link_text(module, exprs[expr].b);
        else
                return (Type){.kind = TYPE_UNKNOWN};
        const char *plain = plain_name(type.name);
        if (plain)
                type = (Type){.kind = TYPE_PLAIN, .name = plain};
        type.of = plain ? NULL : characters_of(type.name);
        return type;
}

static const char *first_argument(const LinkModule *module, uint32_t expr)
{
        const UnitExpr *exprs = module->unit->exprs;
        const uint32_t *items;
        if (exprs[expr].op != UNIT_EXPR_APPLY || !unit_list(module->unit, exprs[expr].b, &items) ||
            items[0] == UNIT_NONE)
                return NULL;
        const UnitExpr *first = &exprs[items[0]];
        bool wide = first->op == UNIT_EXPR_NAME && plain_name(link_text(module, first->a));
        return first->op == UNIT_EXPR_BUILTIN || wide ? link_text(module, first->a) : NULL;
}

static Type written(Linker *linker, const LinkModule *module, uint32_t expr, uint32_t shape,
                    unsigned depth)
{
        if (expr == UNIT_NONE || depth > DEPTH_MAX)
                return (Type){.kind = TYPE_UNKNOWN};
        const UnitExpr *type = &module->unit->exprs[expr];
        if (type->op == UNIT_EXPR_BUILTIN)
                return with_shape((Type){.kind = TYPE_PLAIN, .name = link_text(module, type->a)},
                                  shape);
        if (type->op == UNIT_EXPR_TYPEOF)
                return with_shape(type_of(linker, module, type->a, depth + 1), shape);
        LinkSet denoted = link_denoted(linker, module->number, expr);
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                const UnitDecl *decl =
                        atom.kind == LINK_ATOM_DECL ? link_atom_decl(linker, atom) : NULL;
                if (!decl)
                        continue;
                if (decl->kind == UNIT_TYPE)
                        return with_shape(written(linker, linker_load(linker, atom.module),
                                                  decl->type, decl->shape, depth + 1),
                                          shape);
                Type found = {.kind = decl->kind == UNIT_TYPE_PARAMETER ? TYPE_VARIABLE
                                      : c_is_type(decl->kind)           ? TYPE_DECLARED
                                                                        : TYPE_UNKNOWN,
                              .of = first_argument(module, expr),
                              .place = {atom.module, atom.decl}};
                return with_shape(found, shape);
        }
        return with_shape(outside(module, expr), shape);
}

/* ---- values ---- */

/* What is known of a value without its pointers. */
static Type vague(Linker *linker, const LinkModule *module, uint32_t expr)
{
        LinkSet values = link_evaluate(linker, module->number, expr);
        LinkAtom atom = link_set_size(linker->values, values) == 1
                                ? link_set_at(linker->values, values, 0)
                                : (LinkAtom){.kind = LINK_ATOM_UNKNOWN};
        const UnitDecl *decl = atom.kind == LINK_ATOM_INSTANCE || atom.kind == LINK_ATOM_SELF
                                       ? link_atom_decl(linker, atom)
                                       : NULL;
        if (!decl || !c_is_type(decl->kind) || decl->kind == UNIT_TYPE)
                return (Type){.kind = TYPE_UNKNOWN};
        return (Type){.kind = TYPE_DECLARED, .place = {atom.module, atom.decl}, .vague = true};
}

static Type type_of_decl(Linker *linker, LinkPlace place, unsigned depth)
{
        const LinkModule *module = linker_load(linker, place.module);
        const UnitDecl *decl = link_decl(module, place.decl);
        Type type = {.kind = TYPE_UNKNOWN};
        if (c_is_function(decl->kind) || decl->kind == UNIT_LAMBDA)
                type.kind = TYPE_FUNCTION;
        else if (decl->type != UNIT_NONE)
                type = written(linker, module, decl->type, decl->shape, depth + 1);
        else if (decl->value != UNIT_NONE) {
                type = type_of(linker, module, decl->value, depth + 1);
                type.constant |= (decl->shape & SHAPE_CONST) != 0;
        }
        type.reference = type.moved = type.temporary = false;
        return type;
}

/* The declarations that an expression names. */
static uint32_t places_of(Linker *linker, const LinkModule *module, uint32_t expr, LinkPlace *ret)
{
        LinkSet denoted = link_denoted(linker, module->number, expr);
        uint32_t count = 0;
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                if (atom.kind == LINK_ATOM_DECL && count < C_CHOICES_MAX)
                        ret[count++] = (LinkPlace){atom.module, atom.decl};
        }
        return count;
}

static Type result_of(Linker *linker, LinkPlace place, unsigned depth)
{
        const LinkModule *module = linker_load(linker, place.module);
        const UnitDecl *decl = link_decl(module, place.decl);
        Type type = {.kind = TYPE_UNKNOWN};
        if (decl->kind == UNIT_CONSTRUCTOR && decl->container != UNIT_NONE)
                return (Type){.kind = TYPE_DECLARED,
                              .place = {place.module, decl->container},
                              .temporary = true};
        if (decl->kind == UNIT_CLASS || decl->kind == UNIT_STRUCT || decl->kind == UNIT_ENUM)
                return (Type){.kind = TYPE_DECLARED, .place = place, .temporary = true};
        if (c_is_function(decl->kind) && decl->type != UNIT_NONE)
                type = written(linker, module, decl->type, decl->shape, depth + 1);
        type.temporary = !type.reference;
        type.reference = type.moved = false;
        return type;
}

static bool same_type(const Type *a, const Type *b)
{
        return a->kind == b->kind && a->pointers == b->pointers && a->constant == b->constant &&
               a->place.module == b->place.module && a->place.decl == b->place.decl &&
               g_strcmp0(a->name, b->name) == 0 && g_strcmp0(a->of, b->of) == 0;
}

static Type type_of_call(Linker *linker, const LinkModule *module, uint32_t index, unsigned depth)
{
        LinkPlace places[C_CHOICES_MAX];
        const UnitExpr *expr = &module->unit->exprs[index];
        CCall call = {expr->a, expr->b, UNIT_NONE, depth + 1};
        uint32_t count = depth < CALLS_MAX ? c_called(linker, module, &call, places) : 0;
        Type type = {.kind = TYPE_UNKNOWN};
        for (uint32_t i = 0; i < count; i++) {
                Type one = result_of(linker, places[i], depth);
                if (i && !same_type(&one, &type)) /* of the same text, if they are */
                        return (Type){.kind = TYPE_UNKNOWN,
                                      .of = g_strcmp0(one.of, type.of) ? NULL : type.of};
                type = one;
        }
        return type;
}

static Type pointed(Type type)
{
        if (type.pointers)
                type.pointers--;
        else if (type.kind !=
                 TYPE_DECLARED) /* what is like a pointer is taken for what it points to */
                type.kind = TYPE_UNKNOWN;
        type.temporary = false;
        return type;
}

static Type type_of_first(Linker *linker, const LinkModule *module, uint32_t list, unsigned depth)
{
        const uint32_t *items;
        uint32_t count = unit_list(module->unit, list, &items);
        Type type = {.kind = TYPE_UNKNOWN};
        for (uint32_t i = 0; i < count && type.kind == TYPE_UNKNOWN; i++)
                type = type_of(linker, module, items[i], depth + 1);
        return type;
}

static Type type_of_name(Linker *linker, const LinkModule *module, uint32_t expr, unsigned depth)
{
        LinkPlace places[C_CHOICES_MAX];
        uint32_t count = places_of(linker, module, expr, places);
        return count == 1 ? type_of_decl(linker, places[0], depth) : vague(linker, module, expr);
}

static Type type_of(Linker *linker, const LinkModule *module, uint32_t index, unsigned depth)
{
        if (index == UNIT_NONE || depth > DEPTH_MAX)
                return (Type){.kind = TYPE_UNKNOWN};
        const UnitExpr *expr = &module->unit->exprs[index];
        Type type = {.kind = TYPE_UNKNOWN};
        switch ((UnitOp)expr->op) {
        case UNIT_EXPR_VALUE:
                type = written(linker, module, expr->a, expr->b == UNIT_NONE ? 0 : expr->b, depth);
                type.temporary = !type.reference;
                return type;
        case UNIT_EXPR_DECL:
                return type_of_decl(linker, (LinkPlace){module->number, expr->a}, depth);
        case UNIT_EXPR_SELF:
                return (Type){.kind = TYPE_DECLARED,
                              .place = {module->number, expr->a},
                              .pointers = 1,
                              .vague = true};
        case UNIT_EXPR_CALL:
                return type_of_call(linker, module, index, depth);
        case UNIT_EXPR_NEW:
                type = written(linker, module, expr->a, 1, depth);
                type.temporary = true;
                return type;
        case UNIT_EXPR_DEREF:
                return pointed(type_of(linker, module, expr->a, depth + 1));
        case UNIT_EXPR_ADDRESS:
                type = type_of(linker, module, expr->a, depth + 1);
                type.pointers++;
                type.temporary = true;
                return type;
        case UNIT_EXPR_ELEMENT:
                type = type_of(linker, module, expr->a, depth + 1);
                return type.pointers ? pointed(type) : vague(linker, module, index);
        case UNIT_EXPR_ANY:
                return type_of_first(linker, module, expr->b, depth);
        default:
                return type_of_name(linker, module, index, depth);
        }
}

/* ---- one argument ---- */

static bool is_integer(const char *name)
{
        static const char *const names[] = {
                "0",     "bool",           "char",   "signed char", "unsigned char",
                "short", "unsigned short", "wchar_t"};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (g_str_equal(name, names[i]))
                        return true;
        return false;
}

static uint32_t plain_cost(const char *given, const char *wanted)
{
        if (g_str_equal(given, wanted) || (g_str_equal(given, "0") && g_str_equal(wanted, "int")))
                return 0;
        if (g_str_equal(given, "nullptr") || g_str_equal(given, "void") ||
            g_str_equal(wanted, "void"))
                return COST_MISFIT;
        if (is_integer(given) && g_str_equal(wanted, "int"))
                return COST_PROMOTED;
        return g_str_equal(given, "float") && g_str_equal(wanted, "double") ? COST_PROMOTED
                                                                            : COST_CONVERTED;
}

static bool is_enum(Linker *linker, const Type *type)
{
        return type->kind == TYPE_DECLARED && decl_at(linker, type->place)->kind == UNIT_ENUM;
}

static uint32_t cost_of(Linker *linker, const Type *given, const Type *wanted, bool converts);

static bool is_character(const char *name)
{
        static const char *const characters[] = {"char", "wchar_t", "char8_t", "char16_t",
                                                 "char32_t"};
        for (unsigned i = 0; name && i < G_N_ELEMENTS(characters); i++)
                if (g_str_equal(name, characters[i]))
                        return true;
        return false;
}

/* A class of one kind of characters is not made of a text of another. */
static bool is_of_other_text(const Type *given, const Type *wanted)
{
        const char *of = given->kind == TYPE_PLAIN ? given->name : given->of;
        return is_character(of) && is_character(wanted->of) && !g_str_equal(of, wanted->of);
}

static bool is_explicit(const LinkModule *module, const UnitDecl *decl)
{
        const char *found = strstr(link_text(module, decl->signature), "explicit"),
                   *brackets = strchr(link_text(module, decl->signature), '(');
        return found && brackets && found < brackets;
}

static bool takes_one(const LinkModule *module, const uint32_t *parameters, uint32_t count)
{
        for (uint32_t i = 1; i < count; i++)
                if (!(link_decl(module, parameters[i])->flags & (UNIT_OPTIONAL | UNIT_VARIADIC)))
                        return false;
        return count > 0;
}

/* Has a class a constructor that makes one of such a value without being asked to? One that is nowhere defined may, and one that has its
 * bases'. */
static bool is_made_of(Linker *linker, const Type *given, LinkPlace class)
{
        const LinkModule *module = linker_load(linker, class.module);
        const UnitDecl *decl = link_decl(module, class.decl);
        uint32_t word = link_word(linker->words, link_text(module, decl->name)), probe = 0, other;
        bool any = false;
        while ((other = link_module_next(module, class.decl, word, &probe)) != UNIT_NONE) {
                const UnitDecl *constructor = link_decl(module, other);
                const uint32_t *parameters;
                uint32_t count = unit_list(module->unit, constructor->parameters, &parameters);
                if (constructor->kind != UNIT_CONSTRUCTOR)
                        continue;
                any = true;
                if (!takes_one(module, parameters, count) || is_explicit(module, constructor))
                        continue;
                const UnitDecl *first = link_decl(module, parameters[0]);
                Type type = written(linker, module, first->type, first->shape, 0);
                bool own = type.kind == TYPE_DECLARED && !type.pointers &&
                           type.place.module == class.module && type.place.decl == class.decl;
                if (!own && cost_of(linker, given, &type, /* converts= */ false) < COST_MISFIT)
                        return true;
        }
        return !any && (decl->bases != UNIT_NONE || decl->last_line == decl->first_line ||
                        !(c_is_type(decl->kind)));
}

/* Has a class, or one of its bases, an operator that makes something of it that suits? */
static bool gives(Linker *linker, LinkPlace class, const Type *wanted, unsigned depth)
{
        const LinkModule *module = linker_load(linker, class.module);
        const UnitDecl *decl = link_decl(module, class.decl);
        const uint32_t *bases;
        for (uint32_t i = class.decl + 1; i < module->unit->header->decls; i++) {
                const UnitDecl *member = link_decl(module, i);
                if (member->first_line > decl->last_line)
                        break;
                if (member->container != class.decl || is_explicit(module, member) ||
                    !g_str_has_prefix(link_text(module, member->name), "operator "))
                        continue;
                Type type = written(linker, module, member->type, member->shape, 0);
                if (cost_of(linker, &type, wanted, /* converts= */ false) < COST_MISFIT)
                        return true;
        }
        for (uint32_t i = 0, n = unit_list(module->unit, decl->bases, &bases); i < n; i++) {
                Type base = written(linker, module, bases[i], 0, 0);
                if (base.kind == TYPE_VARIABLE || depth > DEPTH_MAX ||
                    (base.kind == TYPE_DECLARED && gives(linker, base.place, wanted, depth + 1)))
                        return true;
        }
        return false;
}

/* What making a class of a value costs. */
static uint32_t making_cost(Linker *linker, const Type *given, const Type *wanted, bool converts)
{
        if (is_of_other_text(given, wanted))
                return COST_MISFIT;
        if (wanted->kind != TYPE_DECLARED)
                return converts || given->kind != TYPE_PLAIN || !given->pointers ? COST_MADE
                                                                                 : COST_MISFIT;
        if (!converts)
                return COST_MISFIT;
        if (given->vague || (given->kind == TYPE_OUTSIDE && !given->of))
                return COST_MADE;
        if (given->kind == TYPE_DECLARED && !given->pointers &&
            gives(linker, given->place, wanted, 0))
                return COST_MADE;
        return is_made_of(linker, given, wanted->place) ? COST_MADE : COST_MISFIT;
}

static uint32_t declared_cost(Linker *linker, const Type *given, const Type *wanted, bool converts)
{
        LinkAtom base,
                atom = {LINK_ATOM_INSTANCE, given->place.module, given->place.decl, LINK_ENV_NONE};
        if (is_of_other_text(given, wanted))
                return COST_MISFIT;
        if (given->place.module == wanted->place.module && given->place.decl == wanted->place.decl)
                return 0;
        if (link_as_base(linker, atom, wanted->place.module, wanted->place.decl, &base))
                return COST_BASE;
        if (given->pointers || is_enum(linker, wanted))
                return COST_MISFIT;
        return making_cost(linker, given, wanted, converts);
}

/* Of values without pointers, or pointers to as many. */
static uint32_t kind_cost(Linker *linker, const Type *given, const Type *wanted, bool converts)
{
        bool pointer = given->pointers && !given->vague;
        if (given->kind == TYPE_FUNCTION)
                return wanted->kind == TYPE_PLAIN ? COST_MISFIT
                                                  : making_cost(linker, given, wanted, converts);
        if (given->kind == TYPE_DECLARED && wanted->kind == TYPE_DECLARED)
                return declared_cost(linker, given, wanted, converts);
        if (pointer && wanted->kind == TYPE_PLAIN && g_str_equal(wanted->name, "void"))
                return COST_VOID;
        if (given->kind == TYPE_PLAIN && wanted->kind == TYPE_PLAIN)
                return pointer && !g_str_equal(given->name, wanted->name)
                               ? COST_MISFIT
                               : plain_cost(given->name, wanted->name);
        if (given->kind == TYPE_OUTSIDE && wanted->kind == TYPE_OUTSIDE &&
            g_str_equal(given->name, wanted->name))
                return is_of_other_text(given, wanted) ? COST_MISFIT : 0;
        if (pointer)
                return COST_MISFIT;
        if (is_enum(linker, given) && wanted->kind == TYPE_PLAIN)
                return COST_PROMOTED;
        if (given->kind == TYPE_PLAIN)
                return is_enum(linker, wanted) ? COST_MISFIT
                                               : making_cost(linker, given, wanted, converts);
        if (wanted->kind != TYPE_PLAIN)
                return making_cost(linker, given, wanted, converts);
        return converts ? COST_GIVEN : COST_MISFIT;
}

static uint32_t reference_cost(const Type *given, const Type *wanted)
{
        bool variable = wanted->kind == TYPE_VARIABLE && !wanted->pointers;
        if (given->vague)
                return 0;
        if (wanted->moved)
                return given->temporary || variable ? 0 : COST_MISFIT;
        if (!wanted->reference || wanted->constant)
                return wanted->reference && given->temporary ? 1 : 0;
        return given->temporary || (given->constant && !wanted->pointers && !variable) ? COST_MISFIT
                                                                                       : 0;
}

static uint32_t pointer_cost(Linker *linker, const Type *given, const Type *wanted, bool converts)
{
        bool null = given->kind == TYPE_PLAIN && !given->pointers &&
                    (g_str_equal(given->name, "nullptr") || g_str_equal(given->name, "0"));
        if (null && wanted->pointers)
                return COST_CONVERTED;
        if (wanted->kind == TYPE_PLAIN && wanted->pointers && g_str_equal(wanted->name, "void") &&
            given->pointers)
                return COST_VOID;
        if (given->pointers > wanted->pointers && !wanted->pointers) {
                if (wanted->kind == TYPE_PLAIN)
                        return g_str_equal(wanted->name, "bool") ? COST_VOID : COST_MISFIT;
                return is_enum(linker, wanted) ? COST_MISFIT
                                               : making_cost(linker, given, wanted, converts);
        }
        return converts && given->kind == TYPE_OUTSIDE && !given->pointers ? COST_GIVEN
                                                                           : COST_MISFIT;
}

/* converts: may a class make it fit, by a constructor or an operator? */
static uint32_t cost_of(Linker *linker, const Type *given, const Type *wanted, bool converts)
{
        if (given->kind == TYPE_UNKNOWN && wanted->kind != TYPE_VARIABLE)
                return is_of_other_text(given, wanted) ? COST_MISFIT : 0;
        if (given->kind == TYPE_UNKNOWN || wanted->kind == TYPE_UNKNOWN ||
            given->kind == TYPE_VARIABLE)
                return wanted->kind == TYPE_VARIABLE ? COST_TEMPLATE : 0;
        uint32_t cost = reference_cost(given, wanted);
        if (wanted->kind == TYPE_VARIABLE)
                return cost + (given->vague || given->pointers >= wanted->pointers ? COST_TEMPLATE
                                                                                   : COST_MISFIT);
        if (!given->vague && given->pointers != wanted->pointers)
                return cost + pointer_cost(linker, given, wanted, converts);
        if (wanted->pointers && !given->vague && given->constant && !wanted->constant)
                return COST_MISFIT;
        if (wanted->pointers && !given->vague && !given->constant && wanted->constant)
                cost += COST_CONST;
        if (!wanted->pointers && wanted->reference && wanted->constant && !given->constant)
                cost += COST_CONST;
        return cost + kind_cost(linker, given, wanted, converts);
}

/* ---- a function ---- */

typedef struct Given {
        Type items[GIVEN_MAX];
        uint32_t count;
        int constant; /* is what a method is called on const? 1: yes, 0: no, -1: it is not known */
} Given;

/* The declaration in which a name is written is a method: is that const? */
static int is_const_method(const LinkModule *module, uint32_t decl)
{
        while (decl != UNIT_NONE && link_decl(module, decl)->kind == UNIT_LAMBDA)
                decl = link_decl(module, decl)->container;
        if (decl == UNIT_NONE)
                return -1;
        const UnitDecl *method = link_decl(module, decl);
        if (method->kind == UNIT_CONSTRUCTOR)
                return 0;
        return method->kind == UNIT_METHOD ? (method->shape & SHAPE_METHOD_CONST) != 0 : -1;
}

static int receiver_const(Linker *linker, const LinkModule *module, const CCall *call)
{
        const UnitExpr *exprs = module->unit->exprs;
        uint32_t callee = call->callee;
        while (exprs[callee].op == UNIT_EXPR_APPLY)
                callee = exprs[callee].a;
        if (exprs[callee].op != UNIT_EXPR_MEMBER)
                return is_const_method(module, call->source);
        const UnitExpr *object = &exprs[exprs[callee].a];
        if (object->op == UNIT_EXPR_DEREF && exprs[object->a].op == UNIT_EXPR_SELF)
                return is_const_method(module, call->source);
        Type type = type_of(linker, module, exprs[callee].a, call->depth);
        return type.kind == TYPE_UNKNOWN || type.vague || type.pointers ? -1 : type.constant;
}

static void evaluate(Linker *linker, const LinkModule *module, const CCall *call, Given *ret)
{
        const uint32_t *given;
        uint32_t count = unit_list(module->unit, call->given, &given);
        ret->count = MIN(count, GIVEN_MAX);
        for (uint32_t i = 0; i < ret->count; i++)
                ret->items[i] = type_of(linker, module, given[i], call->depth);
        ret->constant = receiver_const(linker, module, call);
}

bool c_space_of_given(Linker *linker, const LinkModule *module, const CCall *call, uint32_t index,
                      CSpace *ret)
{
        const uint32_t *given;
        if (index >= unit_list(module->unit, call->given, &given))
                return false;
        Type type = type_of(linker, module, given[index], call->depth);
        if (type.kind != TYPE_DECLARED)
                return false;
        c_space_of(linker, linker_load(linker, type.place.module), type.place.decl, ret);
        return *ret->text;
}

/* A template that is there for some arguments only, which nobody checks here: template <class T, enable_if_t<…> = 0>. */
static bool is_constrained(const LinkModule *module, const UnitDecl *decl)
{
        const uint32_t *items;
        uint32_t count = unit_list(module->unit, decl->type_parameters, &items);
        for (uint32_t i = 0; i < count; i++)
                if (!link_decl(module, items[i])->name)
                        return true;
        const UnitExpr *type = decl->type == UNIT_NONE ? NULL : &module->unit->exprs[decl->type];
        while (type &&
               (type->op == UNIT_EXPR_APPLY ||
                (type->op == UNIT_EXPR_MEMBER && g_str_equal(link_text(module, type->b), "type"))))
                type = &module->unit->exprs[type->a];
        UnitString name = !type                          ? 0
                          : type->op == UNIT_EXPR_NAME   ? type->a
                          : type->op == UNIT_EXPR_MEMBER ? type->b
                                                         : 0;
        return name && g_str_has_prefix(link_text(module, name), "enable_if");
}

static uint32_t cost_of_function(Linker *linker, LinkPlace function, const Given *given)
{
        const LinkModule *module = linker_load(linker, function.module);
        const UnitDecl *decl = link_decl(module, function.decl);
        const uint32_t *parameters;
        uint32_t wanted = unit_list(module->unit, decl->parameters, &parameters), cost = 0;
        if (!c_is_function(decl->kind))
                return 0;
        cost += is_constrained(module, decl) ? COST_CONSTRAINED : 0;
        if (decl->kind == UNIT_METHOD && !(decl->flags & UNIT_STATIC) && given->constant >= 0) {
                bool constant = decl->shape & SHAPE_METHOD_CONST;
                if (given->constant && !constant)
                        return COST_MISFIT;
                cost += constant && !given->constant ? COST_CONST : 0;
        }
        for (uint32_t i = 0; i < given->count; i++) {
                const UnitDecl *parameter = i < wanted ? link_decl(module, parameters[i]) : NULL;
                if (!parameter && wanted &&
                    link_decl(module, parameters[wanted - 1])->flags & UNIT_VARIADIC)
                        parameter = link_decl(module, parameters[wanted - 1]);
                if (!parameter || parameter->type == UNIT_NONE) {
                        cost += COST_REST;
                        continue;
                }
                Type type = written(linker, module, parameter->type, parameter->shape, 0);
                cost += cost_of(linker, &given->items[i], &type, /* converts= */ true);
        }
        return cost;
}

/* Of those that suit as well those that are there under whatever conditions, if some are. */
static void keep_usual(Linker *linker, CChoices *choices)
{
        CChoices kept = {.count = 0};
        for (uint32_t i = 0; i < choices->count; i++)
                if (!(decl_at(linker, choices->items[i])->flags & UNIT_CONDITIONAL))
                        kept.items[kept.count++] = choices->items[i];
        if (kept.count)
                *choices = kept;
}

void c_keep_best(Linker *linker, const LinkModule *module, const CCall *call, CChoices *choices)
{
        uint32_t costs[C_CHOICES_MAX], best = UINT32_MAX, kept = 0;
        Given given;
        if (choices->count < 2)
                return;
        evaluate(linker, module, call, &given);
        for (uint32_t i = 0; i < choices->count; i++) {
                costs[i] = cost_of_function(linker, choices->items[i], &given);
                best = MIN(best, costs[i]);
        }
        if (best >= COST_MISFIT)
                return;
        for (uint32_t i = 0; i < choices->count; i++)
                if (costs[i] == best)
                        choices->items[kept++] = choices->items[i];
        choices->count = kept;
        keep_usual(linker, choices);
}

bool c_same_signature(Linker *linker, LinkPlace a, LinkPlace b)
{
        const LinkModule *module = linker_load(linker, a.module),
                         *other = linker_load(linker, b.module);
        const UnitDecl *one = link_decl(module, a.decl), *two = link_decl(other, b.decl);
        const uint32_t *own, *others;
        uint32_t count = unit_list(module->unit, one->parameters, &own);
        if (unit_list(other->unit, two->parameters, &others) != count ||
            (one->shape ^ two->shape) & SHAPE_METHOD_CONST)
                return false;
        for (uint32_t i = 0; i < count; i++) {
                const UnitDecl *first = link_decl(module, own[i]),
                               *second = link_decl(other, others[i]);
                Type x = written(linker, module, first->type, first->shape, 0),
                     y = written(linker, other, second->type, second->shape, 0);
                bool value = !x.pointers && !x.reference; /* of a value const says nothing */
                x.constant = !value && x.constant;
                y.constant = !(!y.pointers && !y.reference) && y.constant;
                bool variable = x.kind == TYPE_VARIABLE && y.kind == TYPE_VARIABLE;
                if (variable)
                        y.place = x.place;
                if (!same_type(&x, &y) || x.reference != y.reference || x.moved != y.moved)
                        return false;
        }
        return true;
}
