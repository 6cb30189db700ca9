/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of several functions of one name a call means, where the language chooses by what is given (LINK_OVERLOADS): of those that take
 * so many, the one whose parameters what is given fits best. What is not known fits all alike; where that decides, all are told. */
#include "code/link-meaning.h"

#define COST_NONE      0   /* the very type, or nothing is known */
#define COST_FUNCTION  5   /* a lambda as what can be called */
#define COST_OUTSIDE   45  /* something outside as something outside */
#define COST_PARAMETER 60  /* anything as a type parameter */
#define COST_BOXED     100 /* one form of a number as the other */
#define COST_STRANGE   150 /* something known as something outside, or the other way round */
#define COST_MISFIT    4000
#define COST_VARIADIC  1000 /* where several are taken as an array */
#define FIT_DEPTH_MAX  3    /* of type arguments */
#define PARTS_MAX      32   /* of one class that are looked at */

/* ---- one argument ---- */

static uint32_t fit(Linker *linker, LinkAtom given, LinkAtom wanted, uint32_t depth);

static uint32_t fit_sets(Linker *linker, LinkSet given, LinkSet wanted, uint32_t depth)
{
        uint32_t worst = COST_NONE;
        uint32_t count = link_set_size(linker->values, given),
                 choices = link_set_size(linker->values, wanted);
        for (uint32_t i = 0; i < count && choices; i++) {
                uint32_t best = UINT32_MAX;
                for (uint32_t k = 0; k < choices; k++)
                        best = MIN(best, fit(linker, link_set_at(linker->values, given, i),
                                             link_set_at(linker->values, wanted, k), depth));
                worst = MAX(worst, best);
        }
        return worst +
               (choices > 1 && count == 1); /* what is written as either is less like the one */
}

/* The place of a type among the bases of another; UINT32_MAX: it is none. */
static uint32_t distance(Linker *linker, LinkAtom given, LinkAtom wanted)
{
        uint32_t list =
                link_ask(linker, (LinkNode){LINK_NODE_LINEAGE, given.module, given.decl, 0});
        for (uint32_t i = 0, n = list ? link_list_size(linker->values, list) : 0; i < n; i++) {
                LinkAtom base =
                        link_set_at(linker->values, link_list_at(linker->values, list, i), 0);
                if (base.kind == LINK_ATOM_DECL && base.module == wanted.module &&
                    base.decl == wanted.decl)
                        return i;
        }
        return UINT32_MAX;
}

/* Of one generic type the arguments decide: arrays of this and of that. */
static uint32_t fit_arguments(Linker *linker, LinkAtom given, LinkAtom wanted, uint32_t depth)
{
        uint32_t cost = COST_NONE, count = link_env_size(linker->values, wanted.env);
        for (uint32_t i = 0; i < count && depth < FIT_DEPTH_MAX; i++) {
                LinkBinding binding = link_env_at(linker->values, wanted.env, i);
                LinkSet argument;
                if (link_env_get(linker->values, given.env, binding.module, binding.decl,
                                 &argument))
                        cost = MAX(cost, fit_sets(linker, argument, binding.set, depth + 1));
        }
        return cost;
}

static bool is_variable_type(Linker *linker, LinkAtom atom)
{
        const UnitDecl *decl = link_atom_decl(linker, atom);
        return decl && decl->kind == UNIT_TYPE_PARAMETER;
}

/* The type parameter of a function: when that calls itself, or another of its name, it stands for anything anew. */
static bool is_own_type(Linker *linker, LinkAtom atom)
{
        const LinkModule *module = linker_load(linker, atom.module);
        const UnitDecl *decl = link_decl(module, atom.decl);
        return decl->kind == UNIT_TYPE_PARAMETER && decl->container != UNIT_NONE &&
               link_is_function(link_decl(module, decl->container));
}

/* A type parameter takes what its bound takes. */
static uint32_t fit_parameter(Linker *linker, LinkAtom given, LinkAtom wanted, uint32_t depth)
{
        LinkSet bound = link_expand(linker, wanted);
        LinkSet unknown = link_plain(linker, LINK_ATOM_UNKNOWN);
        if (bound == unknown || bound == LINK_EMPTY || depth >= FIT_DEPTH_MAX)
                return COST_PARAMETER;
        uint32_t cost = fit_sets(linker, link_atom(linker, given), bound, depth + 1);
        return cost >= COST_MISFIT ? cost : COST_PARAMETER - 1;
}

/* A function as what can be called with as many. */
static uint32_t fit_function(Linker *linker, LinkAtom given, LinkAtom wanted)
{
        const uint32_t *items;
        const LinkModule *module = linker_load(linker, given.module);
        const UnitDecl *function = link_decl(module, given.decl);
        LinkSet whole = link_expand(linker, wanted);
        if (link_set_size(linker->values, whole) == 1)
                wanted = link_set_at(linker->values, whole, 0);
        LinkAtom called = link_callable(linker, wanted);
        const UnitDecl *target =
                called.kind == LINK_ATOM_DECL ? link_atom_decl(linker, called) : NULL;
        if (!target || !link_is_function(target))
                return COST_MISFIT;
        if (function->kind != UNIT_LAMBDA)
                return COST_FUNCTION;
        uint32_t own = unit_list(module->unit, function->parameters, &items);
        uint32_t wants =
                unit_list(linker_load(linker, called.module)->unit, target->parameters, &items);
        return own == wants ? COST_FUNCTION : COST_MISFIT;
}

static uint32_t fit_boxed(Linker *linker, LinkAtom given, LinkAtom wanted)
{
        const LinkLanguage *language = link_atom_language(linker, given);
        LinkSet other = language && language->boxed ? language->boxed(linker, given) : LINK_EMPTY;
        if (link_set_size(linker->values, other) != 1)
                return COST_MISFIT;
        LinkAtom box = link_set_at(linker->values, other, 0);
        if (is_variable_type(linker, wanted))
                return COST_BOXED + COST_PARAMETER;
        uint32_t far = distance(linker, box, wanted);
        return far == UINT32_MAX ? COST_MISFIT : COST_BOXED + far;
}

static bool is_value(LinkAtom atom)
{
        return atom.kind == LINK_ATOM_INSTANCE || atom.kind == LINK_ATOM_SELF;
}

static uint32_t fit_values(Linker *linker, LinkAtom given, LinkAtom wanted, uint32_t depth)
{
        const LinkLanguage *language = link_atom_language(linker, given);
        bool simple = language->boxed && language->boxed(linker, given) != LINK_EMPTY &&
                      language->is_simple && language->is_simple(linker, given);
        if (given.module == wanted.module && given.decl == wanted.decl &&
            !is_own_type(linker, wanted))
                return fit_arguments(linker, given, wanted, depth);
        if (is_variable_type(linker, wanted))
                return simple ? (depth ? COST_MISFIT : fit_boxed(linker, given, wanted))
                              : fit_parameter(linker, given, wanted, depth);
        if (is_variable_type(linker, given)) {
                LinkSet bound = link_expand(linker, given);
                return depth >= FIT_DEPTH_MAX
                               ? COST_NONE
                               : fit_sets(linker, bound, link_atom(linker, wanted), depth + 1);
        }
        uint32_t far = distance(linker, given, wanted);
        bool root = simple && link_is_root(linker, wanted);
        if (far != UINT32_MAX && !root && !(simple && depth))
                return far;
        return depth ? COST_MISFIT : fit_boxed(linker, given, wanted);
}

static uint32_t fit(Linker *linker, LinkAtom given, LinkAtom wanted, uint32_t depth)
{
        if (given.kind == LINK_ATOM_UNKNOWN || given.kind == LINK_ATOM_MANY ||
            given.kind == LINK_ATOM_MISSING || wanted.kind == LINK_ATOM_UNKNOWN ||
            wanted.kind == LINK_ATOM_MANY)
                return COST_NONE;
        if (given.kind == LINK_ATOM_DECL && is_value(wanted))
                return link_is_function(link_atom_decl(linker, given))
                               ? fit_function(linker, given, wanted)
                               : COST_MISFIT;
        if (given.kind == LINK_ATOM_EXTERNAL && is_value(wanted))
                return link_is_root(linker, wanted)       ? COST_OUTSIDE
                       : is_variable_type(linker, wanted) ? COST_PARAMETER
                                                          : COST_STRANGE;
        if (given.kind == LINK_ATOM_EXTERNAL)
                return COST_OUTSIDE;
        if (is_value(given) && is_value(wanted))
                return fit_values(linker, given, wanted, depth);
        return wanted.kind == LINK_ATOM_EXTERNAL ? COST_STRANGE : COST_MISFIT;
}

/* ---- one function ---- */

static LinkSet element_of(Linker *linker, const LinkLanguage *language, LinkSet arrays)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, arrays); i < n && language->element;
             i++)
                result =
                        link_union(linker, result,
                                   language->element(linker, link_set_at(linker->values, arrays, i),
                                                     UNIT_NONE));
        return result;
}

static uint32_t cost_of(Linker *linker, LinkAtom function, const LinkArguments *arguments,
                        bool spread)
{
        const LinkModule *module = linker_load(linker, function.module),
                         *caller = linker_load(linker, arguments->module);
        const uint32_t *parameters, *given;
        uint32_t wanted =
                unit_list(module->unit, link_decl(module, function.decl)->parameters, &parameters);
        uint32_t count = unit_list(caller->unit, arguments->list, &given), cost = 0;
        for (uint32_t i = 0; i < count && wanted && i < LINK_PARAMETERS_MAX; i++) {
                uint32_t parameter = parameters[MIN(i, wanted - 1)];
                bool rest = spread && (link_decl(module, parameter)->flags & UNIT_VARIADIC);
                if (given[i] == UNIT_NONE)
                        continue;
                LinkSet type =
                        link_read(linker, link_decl_atom(linker, LINK_ATOM_DECL, function.module,
                                                         parameter, function.env));
                if (rest)
                        type = element_of(linker, module->language, type);
                cost += fit_sets(linker, link_evaluate(linker, arguments->module, given[i]), type,
                                 0);
        }
        return cost + (wanted > count ? wanted - count : 0);
}

/* A function that takes the rest takes an array of it too. */
static uint32_t function_cost(Linker *linker, LinkAtom function, const LinkArguments *arguments)
{
        const LinkModule *module = linker_load(linker, function.module);
        const uint32_t *parameters, *given;
        uint32_t wanted =
                unit_list(module->unit, link_decl(module, function.decl)->parameters, &parameters);
        bool variadic =
                wanted && (link_decl(module, parameters[wanted - 1])->flags & UNIT_VARIADIC);
        if (!variadic)
                return cost_of(linker, function, arguments, /* spread= */ false);
        uint32_t spread = COST_VARIADIC + cost_of(linker, function, arguments, /* spread= */ true);
        if (unit_list(linker_load(linker, arguments->module)->unit, arguments->list, &given) !=
            wanted)
                return spread;
        return MIN(spread, cost_of(linker, function, arguments, /* spread= */ false));
}

/* ---- all that could be meant ---- */

typedef struct Choice {
        LinkAtom *ret;
        uint32_t max, count, best, types; /* the least cost; among how many types one was found */
        const LinkArguments *arguments;
        uint32_t number; /* of arguments */
} Choice;

static void consider(Linker *linker, Choice *choice, LinkAtom function, uint32_t type)
{
        uint32_t cost = function_cost(linker, function, choice->arguments);
        if (choice->count &&
            (cost > choice->best || (cost == choice->best && type != choice->types)))
                return; /* what overrides stands before what it overrides */
        if (!choice->count || cost < choice->best)
                choice->count = 0;
        choice->best = cost;
        choice->types = type;
        if (choice->count < choice->max)
                choice->ret[choice->count++] = function;
}

bool link_is_hidden(const UnitDecl *decl)
{
        return decl->kind == UNIT_CONSTRUCTOR ||
               (decl->outer != UNIT_NONE && !(decl->flags & UNIT_EXTENSION));
}

static void consider_type(Linker *linker, Choice *choice, LinkAtom type, uint32_t place,
                          const LinkAtom *named)
{
        const LinkModule *module = linker_load(linker, type.module);
        const UnitDecl *like = link_atom_decl(linker, *named);
        uint32_t probe = 0, found,
                 word = link_word(linker->words,
                                  link_text(linker_load(linker, named->module), like->name));
        while ((found = link_module_next(module, type.decl, word, &probe)) != UNIT_NONE) {
                const UnitDecl *decl = link_decl(module, found);
                bool fits = like->kind == UNIT_CONSTRUCTOR ? decl->kind == UNIT_CONSTRUCTOR
                                                           : !link_is_hidden(decl);
                if (link_is_function(decl) && fits &&
                    !(decl->kind == UNIT_CONSTRUCTOR && decl->flags & UNIT_STATIC) &&
                    link_takes(module, decl, choice->number))
                        consider(linker, choice,
                                 (LinkAtom){LINK_ATOM_DECL, type.module, found, type.env}, place);
        }
}

/* Is a type in the lineage of what has the constructor that type itself, or a part of it? */
static bool is_part(Linker *linker, LinkAtom type, const LinkAtom *constructor)
{
        const UnitDecl *decl = link_atom_decl(linker, type),
                       *like = link_atom_decl(linker, *constructor);
        const LinkModule *module = linker_load(linker, type.module),
                         *other = linker_load(linker, constructor->module);
        if (type.module == constructor->module && type.decl == like->container)
                return true;
        return decl->flags & UNIT_PARTIAL &&
               g_str_equal(link_text(module, decl->name), link_text(other, like->name));
}

uint32_t link_fit(Linker *linker, LinkAtom function, const LinkArguments *arguments, LinkAtom *ret,
                  uint32_t max)
{
        const LinkModule *module = linker_load(linker, function.module);
        const UnitDecl *decl = link_decl(module, function.decl);
        const uint32_t *items;
        uint32_t number =
                unit_list(linker_load(linker, arguments->module)->unit, arguments->list, &items);
        Choice choice = {.ret = ret, .max = max, .arguments = arguments, .number = number};
        ret[0] = function;
        if (decl->flags & UNIT_EXTENSION && link_takes(module, decl, number))
                return 1; /* as a member: which of them was told by the type that it is called on */
        if (decl->container == UNIT_NONE ||
            !link_kind_has_members(link_decl(module, decl->container)->kind))
                return 1;
        uint32_t list = link_ask(
                linker, (LinkNode){LINK_NODE_LINEAGE, function.module, decl->container, 0});
        uint32_t count = list ? link_list_size(linker->values, list) : 0;
        for (uint32_t i = 0; i < count; i++) {
                LinkSet item = link_substitute(linker, link_list_at(linker->values, list, i),
                                               function.env);
                LinkAtom type = link_set_at(linker->values, item, 0);
                if (type.kind == LINK_ATOM_DECL &&
                    (decl->kind != UNIT_CONSTRUCTOR || is_part(linker, type, &function)))
                        consider_type(linker, &choice, type, i, &function);
        }
        if (!choice.count)
                ret[0] = function;
        return choice.count ? choice.count : 1;
}

uint32_t link_fit_extensions(Linker *linker, LinkSet denoted, const LinkArguments *arguments,
                             LinkAtom *ret, uint32_t max)
{
        const uint32_t *items;
        uint32_t seen = 0, number = unit_list(linker_load(linker, arguments->module)->unit,
                                              arguments->list, &items);
        Choice choice = {.ret = ret, .max = max, .arguments = arguments, .number = number};
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                const UnitDecl *decl =
                        atom.kind == LINK_ATOM_DECL ? link_atom_decl(linker, atom) : NULL;
                if (!decl || !(decl->flags & UNIT_EXTENSION))
                        continue;
                seen++;
                if (link_takes(linker_load(linker, atom.module), decl, number))
                        consider(linker, &choice, atom, 0);
        }
        return seen > 1 ? choice.count : 0;
}

static bool constructor_in(Linker *linker, LinkAtom class, LinkAtom *ret)
{
        const LinkModule *module = linker_load(linker, class.module);
        const UnitDecl *decl = link_decl(module, class.decl);
        uint32_t word = link_word(linker->words, link_text(module, decl->name)), probe = 0, found;
        linker_consult(linker, module, class.decl);
        while ((found = link_module_next(module, class.decl, word, &probe)) != UNIT_NONE)
                if (link_decl(module, found)->kind == UNIT_CONSTRUCTOR &&
                    !(link_decl(module, found)->flags & UNIT_STATIC)) {
                        *ret = (LinkAtom){LINK_ATOM_DECL, class.module, found, class.env};
                        return true;
                }
        return false;
}

bool link_constructor(Linker *linker, LinkAtom class, LinkAtom *ret)
{
        const LinkModule *module = linker_load(linker, class.module);
        LinkPlace parts[PARTS_MAX];
        uint32_t count = 0;
        if (constructor_in(linker, class, ret))
                return true;
        if (link_decl(module, class.decl)->flags & UNIT_PARTIAL && module->language->parts)
                count = module->language->parts(linker, module, class.decl, parts, PARTS_MAX);
        for (uint32_t i = 0; i < count; i++)
                if (constructor_in(linker,
                                   (LinkAtom){LINK_ATOM_DECL, parts[i].module, parts[i].decl,
                                              LINK_ENV_NONE},
                                   ret))
                        return true;
        return false;
}

bool link_is_root(Linker *linker, LinkAtom atom)
{
        const LinkLanguage *language = link_atom_language(linker, atom);
        if (!language || !language->root || !linker_is_builtin(atom.module))
                return false;
        LinkAtom root =
                link_set_at(linker->values, link_builtin(linker, language, language->root), 0);
        return root.module == atom.module && root.decl == atom.decl;
}

/* A struct can be made of nothing, whatever constructors are written in it. */
static bool is_made_of_nothing(Linker *linker, LinkAtom class, LinkAtom constructor,
                               const LinkArguments *arguments)
{
        const LinkModule *module = linker_load(linker, constructor.module);
        const UnitDecl *decl = link_decl(module, constructor.decl);
        uint32_t word = link_word(linker->words, link_text(module, decl->name)), probe = 0, other;
        if (link_atom_decl(linker, class)->kind != UNIT_STRUCT ||
            link_argument_count(linker, arguments) != 0)
                return false;
        while ((other = link_module_next(module, decl->container, word, &probe)) != UNIT_NONE)
                if (link_decl(module, other)->kind == UNIT_CONSTRUCTOR &&
                    link_takes(module, link_decl(module, other), 0))
                        return false;
        return true;
}

uint32_t link_fit_constructor(Linker *linker, LinkAtom class, const LinkArguments *arguments,
                              LinkAtom *ret, uint32_t max)
{
        LinkAtom first;
        if (link_constructor(linker, class, &first) &&
            !is_made_of_nothing(linker, class, first, arguments))
                return link_fit(linker, first, arguments, ret, max);
        ret[0] = class;
        return 1;
}
