/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of several declarations of one name a call means: by how many arguments they take, and by what those are values of. */
#include "code/link-meaning.h"

bool link_is_function(const UnitDecl *decl)
{
        return decl && (decl->kind == UNIT_FUNCTION || decl->kind == UNIT_METHOD ||
                        decl->kind == UNIT_CONSTRUCTOR || decl->kind == UNIT_LAMBDA);
}

uint32_t link_argument_count(Linker *linker, const LinkArguments *arguments)
{
        const uint32_t *items;
        if (!arguments || arguments->list == UNIT_NONE)
                return 255;
        return unit_list(linker_load(linker, arguments->module)->unit, arguments->list, &items);
}

/* ---- by number ---- */

bool link_takes(const LinkModule *module, const UnitDecl *decl, uint32_t arguments)
{
        const uint32_t *parameters;
        uint32_t count = unit_list(module->unit, decl->parameters, &parameters), needed = 0;
        bool any = arguments == 255;
        for (uint32_t i = 0; i < count; i++) {
                const UnitDecl *parameter = link_decl(module, parameters[i]);
                if (parameter->flags & UNIT_VARIADIC)
                        any = true;
                else if (!(parameter->flags & UNIT_OPTIONAL))
                        needed++;
        }
        return any ? arguments >= needed : arguments >= needed && arguments <= count;
}

uint32_t link_overloads(Linker *linker, LinkAtom function, uint32_t arguments, uint32_t *ret,
                        uint32_t max)
{
        const LinkModule *module = linker_load(linker, function.module);
        const UnitDecl *decl = link_decl(module, function.decl);
        ret[0] = function.decl;
        if (!(module->marks[function.decl] & LINK_MARK_MERGED) || !link_is_function(decl) ||
            module->language->flags & LINK_NEVER_OVERLOADS)
                return 1;
        uint32_t word = link_word(linker->words, link_text(module, decl->name)), probe = 0, other,
                 count = 0;
        bool bodiless = false; /* of overloads that are declared apart, the body is none */
        while ((other = link_module_next(module, decl->container, word, &probe)) != UNIT_NONE &&
               count < max) {
                const UnitDecl *overload = link_decl(module, other);
                if (!link_is_function(overload) || (bodiless && !(overload->flags & UNIT_BODILESS)))
                        continue;
                bodiless |= (overload->flags & UNIT_BODILESS) != 0;
                if (link_takes(module, overload, arguments))
                        ret[count++] = other;
        }
        return count ? count : 1;
}

/* ---- by type ---- */

/* How well a value suits a type: not, as a value of a base of its, as one of itself. */
typedef enum Fit { FIT_NOT, FIT_BASE, FIT_SAME } Fit;

static bool says_nothing(Linker *linker, LinkSet set)
{
        if (set == LINK_EMPTY)
                return true;
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, set, i);
                const UnitDecl *decl = link_atom_decl(linker, atom);
                if (!decl || decl->kind == UNIT_TYPE_PARAMETER)
                        return true;
        }
        return false;
}

static Fit fit_atoms(Linker *linker, LinkAtom wanted, LinkAtom given)
{
        LinkAtom base;
        bool function =
                given.kind == LINK_ATOM_DECL && link_is_function(link_atom_decl(linker, given));
        if (function && wanted.kind == LINK_ATOM_DECL)
                return FIT_BASE;
        if (function) /* an interface of one method may stand for functions */
                return link_atom_decl(linker, wanted)->kind == UNIT_INTERFACE ? FIT_BASE : FIT_NOT;
        if (wanted.kind != LINK_ATOM_INSTANCE || given.kind == LINK_ATOM_DECL)
                return wanted.kind == given.kind ? FIT_BASE : FIT_NOT;
        if (wanted.module == given.module && wanted.decl == given.decl)
                return FIT_SAME;
        return link_as_base(linker, given, wanted.module, wanted.decl, &base) ? FIT_BASE : FIT_NOT;
}

/* The worst of what is given, each at its best. */
static Fit fit_sets(Linker *linker, LinkSet wanted, LinkSet given)
{
        Fit worst = FIT_SAME;
        if (says_nothing(linker, wanted) || says_nothing(linker, given))
                return FIT_BASE;
        for (uint32_t i = 0, n = link_set_size(linker->values, given); i < n; i++) {
                Fit best = FIT_NOT;
                for (uint32_t k = 0, m = link_set_size(linker->values, wanted); k < m; k++) {
                        Fit fit = fit_atoms(linker, link_set_at(linker->values, wanted, k),
                                            link_set_at(linker->values, given, i));
                        best = MAX(best, fit);
                }
                worst = MIN(worst, best);
        }
        return worst;
}

static LinkSet expanded(Linker *linker, LinkSet set)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++)
                result = link_union(linker, result,
                                    link_expand(linker, link_set_at(linker->values, set, i)));
        return result;
}

/* 0: it cannot be meant; else the more the better. */
static uint32_t score(Linker *linker, LinkAtom function, const LinkArguments *arguments)
{
        const LinkModule *module = linker_load(linker, function.module);
        const LinkModule *caller = linker_load(linker, arguments->module);
        const uint32_t *parameters, *given;
        uint32_t wanted =
                unit_list(module->unit, link_decl(module, function.decl)->parameters, &parameters);
        uint32_t count = unit_list(caller->unit, arguments->list, &given), score = 1;
        for (uint32_t i = 0; i < count && i < wanted && i < LINK_PARAMETERS_MAX; i++) {
                if (given[i] == UNIT_NONE ||
                    link_decl(module, parameters[i])->flags & UNIT_VARIADIC)
                        continue;
                LinkSet type =
                        link_read(linker, link_decl_atom(linker, LINK_ATOM_DECL, function.module,
                                                         parameters[i], function.env));
                Fit fit = fit_sets(
                        linker, expanded(linker, type),
                        expanded(linker, link_evaluate(linker, arguments->module, given[i])));
                if (fit == FIT_NOT)
                        return 0;
                score += fit == FIT_SAME;
        }
        return score;
}

uint32_t link_choose(Linker *linker, LinkAtom function, const LinkArguments *arguments,
                     uint32_t *ret, uint32_t max)
{
        uint32_t count =
                link_overloads(linker, function, link_argument_count(linker, arguments), ret, max);
        uint32_t best = 0, kept = 0, scores[LINK_OVERLOADS_MAX];
        if (count < 2 || count > LINK_OVERLOADS_MAX || !arguments || arguments->list == UNIT_NONE)
                return count;
        for (uint32_t i = 0; i < count; i++) {
                LinkAtom overload = {function.kind, function.module, ret[i], function.env};
                scores[i] = score(linker, overload, arguments);
                best = MAX(best, scores[i]);
        }
        for (uint32_t i = 0; best && i < count; i++)
                if (scores[i] == best)
                        ret[kept++] = ret[i];
        return kept ? kept : count;
}
