/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What calls give, and what they say about type parameters. */
#include "code/link-meaning.h"

#define MATCH_MAX 4 /* types within types that an argument is matched to */

static bool is_type(const UnitDecl *decl)
{
        return decl->kind == UNIT_STRUCT || decl->kind == UNIT_INTERFACE ||
               decl->kind == UNIT_ENUM || decl->kind == UNIT_TYPE ||
               decl->kind == UNIT_TYPE_PARAMETER;
}

/* ---- inference ---- */

typedef struct Inference {
        uint32_t module; /* of the function whose type parameters are sought */
        LinkBinding bindings[LINK_ENV_MAX];
        uint32_t count;
} Inference;

static void match(Linker *linker, Inference *inference, LinkSet wanted, LinkSet given,
                  uint32_t depth);

static bool bind(Linker *linker, Inference *inference, LinkAtom parameter, LinkSet given)
{
        for (uint32_t i = 0; i < inference->count; i++) {
                LinkBinding *binding = &inference->bindings[i];
                if (binding->module != parameter.module || binding->decl != parameter.decl)
                        continue;
                binding->set = link_union(linker, binding->set, given);
                return true;
        }
        return false;
}

static LinkSet result_of(Linker *linker, LinkAtom function)
{
        LinkSet result =
                link_ask(linker, (LinkNode){LINK_NODE_VALUE, function.module, function.decl, 0});
        return link_substitute(linker, result, function.env);
}

static void match_functions(Linker *linker, Inference *inference, LinkAtom wanted, LinkSet given,
                            uint32_t depth)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, given); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, given, i);
                if (atom.kind == LINK_ATOM_DECL && link_is_function(link_atom_decl(linker, atom)))
                        match(linker, inference, result_of(linker, wanted), result_of(linker, atom),
                              depth + 1);
        }
}

/* A function that is given where something is wanted that can be called. */
static void match_called(Linker *linker, Inference *inference, LinkAtom wanted, LinkAtom given,
                         uint32_t depth)
{
        LinkAtom function = link_callable(linker, wanted);
        if (function.kind == LINK_ATOM_DECL && link_is_function(link_atom_decl(linker, function)))
                match(linker, inference, result_of(linker, function), result_of(linker, given),
                      depth + 1);
}

/* Type arguments of the same declaration, or of the base that is wanted, stand for each other. */
static void match_types(Linker *linker, Inference *inference, LinkAtom wanted, LinkSet given,
                        uint32_t depth)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, given); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, given, i), base;
                if (atom.kind == LINK_ATOM_DECL && link_is_function(link_atom_decl(linker, atom))) {
                        match_called(linker, inference, wanted, atom, depth);
                        continue;
                }
                if (atom.kind != wanted.kind && atom.kind != LINK_ATOM_SELF)
                        continue;
                if (!link_as_base(linker, atom, wanted.module, wanted.decl, &base))
                        continue;
                for (uint32_t k = 0, m = link_env_size(linker->values, wanted.env); k < m; k++) {
                        LinkBinding binding = link_env_at(linker->values, wanted.env, k);
                        LinkSet argument;
                        if (link_env_get(linker->values, base.env, binding.module, binding.decl,
                                         &argument))
                                match(linker, inference, binding.set, argument, depth + 1);
                }
        }
}

static void match_tuples(Linker *linker, Inference *inference, LinkAtom wanted, LinkSet given,
                         uint32_t depth)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, given); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, given, i);
                if (atom.kind != LINK_ATOM_TUPLE)
                        continue;
                for (uint32_t k = 0, m = link_env_size(linker->values, wanted.env); k < m; k++) {
                        LinkBinding binding = link_env_at(linker->values, wanted.env, k);
                        LinkSet element;
                        if (link_env_get(linker->values, atom.env, LINK_NONE, k, &element))
                                match(linker, inference, binding.set, element, depth + 1);
                }
        }
}

static bool is_parameter(Linker *linker, LinkAtom atom)
{
        const UnitDecl *decl = link_atom_decl(linker, atom);
        return decl && decl->kind == UNIT_TYPE_PARAMETER;
}

/* What is given without values of the types that are wanted beside a type parameter: T | PromiseLike<T>. */
static LinkSet rest_of(Linker *linker, LinkSet wanted, LinkSet given)
{
        LinkSet rest = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, given); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, given, i), base;
                bool taken = false;
                for (uint32_t k = 0, m = link_set_size(linker->values, wanted); k < m && !taken;
                     k++) {
                        LinkAtom type = link_set_at(linker->values, wanted, k);
                        taken = type.kind == LINK_ATOM_INSTANCE &&
                                atom.kind == LINK_ATOM_INSTANCE && !is_parameter(linker, type) &&
                                link_as_base(linker, atom, type.module, type.decl, &base);
                }
                if (!taken)
                        rest = link_union(linker, rest, link_atom(linker, atom));
        }
        return rest;
}

static void match_atom(Linker *linker, Inference *inference, LinkAtom atom, LinkSet given,
                       uint32_t depth)
{
        const UnitDecl *decl = link_atom_decl(linker, atom);
        if (atom.kind == LINK_ATOM_TUPLE)
                match_tuples(linker, inference, atom, given, depth);
        else if (!decl)
                return;
        else if (link_is_function(decl))
                match_functions(linker, inference, atom, given, depth);
        else if (decl->kind == UNIT_TYPE)
                match(linker, inference, link_expand(linker, atom), given, depth + 1);
        else
                match_types(linker, inference, atom, given, depth);
}

static void match(Linker *linker, Inference *inference, LinkSet wanted, LinkSet given,
                  uint32_t depth)
{
        if (depth > MATCH_MAX || !(link_set_flags(linker->values, wanted) & LINK_OPEN))
                return;
        uint32_t count = link_set_size(linker->values, wanted);
        LinkSet rest = count > 1 ? rest_of(linker, wanted, given) : given;
        for (uint32_t i = 0; i < count; i++) {
                LinkAtom atom = link_set_at(linker->values, wanted, i);
                if (is_parameter(linker, atom))
                        (void)bind(linker, inference, atom, rest);
                else
                        match_atom(linker, inference, atom, given, depth);
        }
}

static void seek(Inference *inference, const LinkModule *module, uint32_t decl)
{
        const uint32_t *parameters;
        uint32_t count = decl == UNIT_NONE
                                 ? 0
                                 : unit_list(module->unit, link_decl(module, decl)->type_parameters,
                                             &parameters);
        for (uint32_t i = 0; i < count && inference->count < LINK_ENV_MAX; i++)
                inference->bindings[inference->count++] =
                        (LinkBinding){module->number, parameters[i], LINK_EMPTY};
}

static void match_arguments(Linker *linker, Inference *inference, LinkAtom function,
                            const LinkArguments *arguments)
{
        const LinkModule *module = linker_load(linker, function.module);
        const LinkModule *caller = linker_load(linker, arguments->module);
        const uint32_t *parameters, *given;
        uint32_t wanted =
                unit_list(module->unit, link_decl(module, function.decl)->parameters, &parameters);
        uint32_t count = unit_list(caller->unit, arguments->list, &given);
        for (uint32_t i = 0; i < count && i < wanted && i < LINK_PARAMETERS_MAX; i++) {
                if (given[i] == UNIT_NONE)
                        continue;
                LinkSet type =
                        link_read(linker, link_decl_atom(linker, LINK_ATOM_DECL, function.module,
                                                         parameters[i], LINK_ENV_NONE));
                if (link_set_flags(linker->values, type) & LINK_OPEN)
                        match(linker, inference, type,
                              link_evaluate(linker, arguments->module, given[i]), 0);
        }
}

LinkEnv link_infer(Linker *linker, LinkAtom function, const LinkArguments *arguments)
{
        const LinkModule *module = linker_load(linker, function.module);
        const UnitDecl *decl = link_decl(module, function.decl);
        Inference inference = {.module = function.module};
        seek(&inference, module, function.decl);
        if (decl->kind == UNIT_CONSTRUCTOR)
                seek(&inference, module, decl->container);
        if (!inference.count || !arguments || arguments->list == UNIT_NONE)
                return function.env;
        match_arguments(linker, &inference, function, arguments);
        uint32_t kept = 0;
        for (uint32_t i = 0; i < inference.count; i++)
                if (inference.bindings[i].set != LINK_EMPTY)
                        inference.bindings[kept++] = inference.bindings[i];
        LinkEnv env = link_values_env(linker->values, inference.bindings, kept);
        return link_compose(linker, function.env, env);
}

/* ---- calls ---- */

static LinkSet call_overload(Linker *linker, LinkAtom function, const LinkArguments *arguments)
{
        LinkSet one =
                link_ask(linker, (LinkNode){LINK_NODE_VALUE, function.module, function.decl, 0});
        if (link_set_flags(linker->values, one) & LINK_OPEN)
                one = link_substitute(linker, one, link_infer(linker, function, arguments));
        return one;
}

/* Those that a call can mean: by what is given, or, of what is given a function, by how much. */
static uint32_t choose(Linker *linker, LinkAtom function, const LinkArguments *arguments,
                       bool by_number, LinkAtom *ret)
{
        uint32_t overloads[LINK_OVERLOADS_MAX], count;
        bool fits = linker_load(linker, function.module)->language->flags & LINK_OVERLOADS;
        if (fits && arguments && arguments->list != UNIT_NONE)
                return link_fit(linker, function, arguments, ret, LINK_OVERLOADS_MAX);
        if (by_number)
                count = link_overloads(linker, function, link_argument_count(linker, arguments),
                                       overloads, LINK_OVERLOADS_MAX);
        else
                count = link_choose(linker, function, arguments, overloads, LINK_OVERLOADS_MAX);
        for (uint32_t i = 0; i < count; i++) {
                ret[i] = function;
                ret[i].decl = overloads[i];
        }
        return count;
}

static LinkSet call_function(Linker *linker, LinkAtom function, const LinkArguments *arguments)
{
        LinkAtom chosen[LINK_OVERLOADS_MAX];
        uint32_t count = choose(linker, function, arguments, /* by_number= */ false, chosen);
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0; i < count; i++)
                result = link_union(linker, result, call_overload(linker, chosen[i], arguments));
        return result;
}

static LinkSet make_of_chosen(Linker *linker, LinkAtom class, LinkSet made,
                              const LinkArguments *arguments)
{
        LinkAtom chosen[LINK_OVERLOADS_MAX];
        uint32_t count = link_fit_constructor(linker, class, arguments, chosen, LINK_OVERLOADS_MAX);
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0; i < count; i++) {
                LinkSet one = made;
                if (link_is_function(link_atom_decl(linker, chosen[i])))
                        one = link_substitute(linker, made,
                                              link_infer(linker, chosen[i], arguments));
                result = link_union(linker, result, one);
        }
        return result;
}

/* A value of a class, whose type parameters follow from what its constructor is given. */
static LinkSet make_of_class(Linker *linker, LinkAtom class, const LinkArguments *arguments)
{
        const LinkModule *module = linker_load(linker, class.module);
        LinkSet made =
                link_decl_atom(linker, LINK_ATOM_INSTANCE, class.module, class.decl, class.env);
        if (class.env != LINK_ENV_NONE ||
            link_decl(module, class.decl)->type_parameters == UNIT_NONE)
                return made;
        if (module->language->flags & LINK_OVERLOADS && arguments && arguments->list != UNIT_NONE)
                return make_of_chosen(linker, class, made, arguments);
        if (!module->language->construct)
                return made;
        uint32_t word = link_word(linker->words, module->language->construct);
        LinkSet constructors = link_member(linker, made, word);
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, constructors); i < n; i++) {
                LinkAtom constructor = link_set_at(linker->values, constructors, i);
                if (constructor.kind != LINK_ATOM_DECL || constructor.module != class.module)
                        continue;
                LinkEnv env = link_infer(linker, constructor, arguments);
                LinkSet one = link_substitute(linker, made, env);
                result = link_union(linker, result, one);
        }
        return result != LINK_EMPTY ? result : made;
}

static LinkSet call_decl(Linker *linker, LinkAtom atom, const LinkArguments *arguments)
{
        const UnitDecl *decl = link_atom_decl(linker, atom);
        if (link_is_function(decl))
                return call_function(linker, atom, arguments);
        if (!(linker_load(linker, atom.module)->language->flags & LINK_CALL_MAKES))
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        if (decl->kind == UNIT_CLASS)
                return make_of_class(linker, atom, arguments);
        if (is_type(decl)) /* a conversion */
                return link_instances(linker, link_atom(linker, atom));
        return link_plain(linker, LINK_ATOM_UNKNOWN);
}

/* A type of its own whose values are functions. */
static LinkSet call_underlying(Linker *linker, LinkAtom atom, const LinkArguments *arguments)
{
        LinkSet under = link_underlying(linker, atom), result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, under); i < n; i++) {
                LinkAtom function = link_set_at(linker->values, under, i);
                LinkSet got = function.kind == LINK_ATOM_DECL
                                      ? call_decl(linker, function, arguments)
                                      : link_plain(linker, LINK_ATOM_UNKNOWN);
                result = link_union(linker, result, got);
        }
        return result;
}

static LinkSet call_instance(Linker *linker, LinkAtom atom, const LinkArguments *arguments)
{
        const LinkLanguage *language = link_atom_language(linker, atom);
        if (link_atom_decl(linker, atom)->flags & UNIT_DISTINCT)
                return call_underlying(linker, atom, arguments);
        if (link_atom_decl(linker, atom)->kind == UNIT_ENUM && language->flags & LINK_CALL_MAKES)
                return link_atom(linker, atom); /* a variant with fields */
        if (!language->call)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkSet one = link_atom(linker, atom);
        LinkSet callable = link_read(
                linker, link_member(linker, one, link_word(linker->words, language->call)));
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, callable); i < n; i++) {
                LinkAtom function = link_set_at(linker->values, callable, i);
                LinkSet got = function.kind == LINK_ATOM_DECL
                                      ? call_decl(linker, function, arguments)
                                      : link_plain(linker, LINK_ATOM_UNKNOWN);
                result = link_union(linker, result, got);
        }
        return result;
}

static LinkSet call_atom(Linker *linker, LinkAtom atom, const LinkArguments *arguments)
{
        switch ((LinkAtomKind)atom.kind) {
        case LINK_ATOM_DECL:
                return call_decl(linker, atom, arguments);
        case LINK_ATOM_INSTANCE:
        case LINK_ATOM_SELF:
                return call_instance(linker, atom, arguments);
        case LINK_ATOM_UNKNOWN:
        case LINK_ATOM_MANY:
        case LINK_ATOM_EXTERNAL:
        case LINK_ATOM_MISSING:
                return link_atom(linker, atom);
        default:
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        }
}

LinkSet link_call(Linker *linker, LinkSet values, const LinkArguments *arguments)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkSet whole = link_expand(linker, link_set_at(linker->values, values, i));
                for (uint32_t k = 0, m = link_set_size(linker->values, whole); k < m; k++) {
                        LinkSet one =
                                call_atom(linker, link_set_at(linker->values, whole, k), arguments);
                        result = link_union(linker, result, one);
                }
        }
        return result;
}

/* ---- new ---- */

static LinkSet make_of_atom(Linker *linker, LinkAtom atom, const LinkArguments *arguments)
{
        const UnitDecl *decl = link_atom_decl(linker, atom);
        if (!decl || (atom.kind != LINK_ATOM_DECL && atom.kind != LINK_ATOM_TYPEOF))
                return atom.kind == LINK_ATOM_INSTANCE ? link_plain(linker, LINK_ATOM_UNKNOWN)
                                                       : link_atom(linker, atom);
        if (decl->kind == UNIT_CLASS)
                return make_of_class(linker, atom, arguments);
        return link_instances(linker, link_atom(linker, atom));
}

LinkSet link_make(Linker *linker, LinkSet denoted, const LinkArguments *arguments)
{
        LinkSet classes = link_read(linker, denoted), result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, classes); i < n; i++) {
                LinkSet one =
                        make_of_atom(linker, link_set_at(linker->values, classes, i), arguments);
                result = link_union(linker, result, one);
        }
        return result;
}

/* ---- what is passed to a function that is an argument ---- */

static uint32_t parameter_at(const LinkModule *module, uint32_t decl, uint32_t index)
{
        const uint32_t *parameters;
        uint32_t count = unit_list(module->unit, link_decl(module, decl)->parameters, &parameters);
        if (index < count)
                return parameters[index];
        if (count && link_decl(module, parameters[count - 1])->flags & UNIT_VARIADIC)
                return parameters[count - 1];
        return UNIT_NONE;
}

/* The function that a class is called by. */
static LinkAtom constructor_of(Linker *linker, LinkAtom atom)
{
        const UnitDecl *decl = atom.kind == LINK_ATOM_DECL ? link_atom_decl(linker, atom) : NULL;
        const LinkLanguage *language = link_atom_language(linker, atom);
        LinkAtom own;
        if (decl && language->flags & LINK_OVERLOADS && link_constructor(linker, atom, &own))
                return own;
        if (!decl || decl->kind != UNIT_CLASS || !language->construct)
                return atom;
        LinkSet value =
                link_decl_atom(linker, LINK_ATOM_INSTANCE, atom.module, atom.decl, atom.env);
        LinkSet found = link_member(linker, value, link_word(linker->words, language->construct));
        return found != LINK_EMPTY ? link_set_at(linker->values, found, 0) : atom;
}

LinkAtom link_callable(Linker *linker, LinkAtom atom)
{
        const LinkLanguage *language = link_atom_language(linker, atom);
        LinkSet calls = LINK_EMPTY;
        if (atom.kind != LINK_ATOM_INSTANCE)
                return atom;
        if (language->called)
                calls = language->called(linker, atom);
        else if (language->call)
                calls = link_member(linker, link_atom(linker, atom),
                                    link_word(linker->words, language->call));
        return calls != LINK_EMPTY ? link_set_at(linker->values, calls, 0) : atom;
}

static LinkSet parameter_of_atom(Linker *linker, LinkAtom atom, uint32_t parameter)
{
        atom = link_callable(linker, atom);
        if (atom.kind != LINK_ATOM_DECL || !link_is_function(link_atom_decl(linker, atom)))
                return LINK_EMPTY;
        uint32_t index = parameter_at(linker_load(linker, atom.module), atom.decl, parameter);
        if (index == UNIT_NONE)
                return LINK_EMPTY;
        return link_read(linker,
                         link_decl_atom(linker, LINK_ATOM_DECL, atom.module, index, atom.env));
}

LinkSet link_parameter(Linker *linker, LinkSet values, uint32_t parameter)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkSet whole = link_expand(linker, link_set_at(linker->values, values, i));
                for (uint32_t k = 0, m = link_set_size(linker->values, whole); k < m; k++) {
                        LinkSet one = parameter_of_atom(
                                linker, link_set_at(linker->values, whole, k), parameter);
                        result = link_union(linker, result, one);
                }
        }
        return result;
}

static LinkSet passed_by(Linker *linker, LinkAtom function, const LinkCallback *callback)
{
        uint32_t index = parameter_at(linker_load(linker, function.module), function.decl,
                                      callback->argument);
        if (index == UNIT_NONE)
                return LINK_EMPTY;
        LinkSet called = link_read(linker, link_decl_atom(linker, LINK_ATOM_DECL, function.module,
                                                          index, LINK_ENV_NONE));
        LinkSet passed = callback->parameter == UNIT_NONE
                                 ? called
                                 : link_parameter(linker, called, callback->parameter);
        if (!(link_set_flags(linker->values, passed) & LINK_OPEN))
                return passed;
        return link_substitute(linker, passed, link_infer(linker, function, &callback->arguments));
}

static LinkSet passed_by_overloads(Linker *linker, LinkAtom atom, const LinkCallback *callback)
{
        LinkAtom chosen[LINK_OVERLOADS_MAX];
        atom = link_callable(linker, constructor_of(linker, atom));
        if (atom.kind != LINK_ATOM_DECL || !link_is_function(link_atom_decl(linker, atom)))
                return LINK_EMPTY;
        uint32_t count = choose(linker, atom, &callback->arguments, /* by_number= */ true, chosen);
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0; i < count; i++)
                result = link_union(linker, result, passed_by(linker, chosen[i], callback));
        return result;
}

LinkSet link_passed(Linker *linker, LinkSet values, const LinkCallback *callback)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkSet whole = link_expand(linker, link_set_at(linker->values, values, i));
                for (uint32_t k = 0, m = link_set_size(linker->values, whole); k < m; k++) {
                        LinkSet one = passed_by_overloads(
                                linker, link_set_at(linker->values, whole, k), callback);
                        result = link_union(linker, result, one);
                }
        }
        return result;
}
