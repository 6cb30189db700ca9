/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Atoms, and what becomes of them where type parameters stand for something. */
#include "code/link-meaning.h"

LinkSet link_atom(Linker *linker, LinkAtom atom)
{
        uint32_t flags = 0;
        if (atom.kind >= LINK_ATOM_DECL && atom.kind < LINK_ATOM_TUPLE)
                flags = linker_load(linker, atom.module)->marks[atom.decl] & LINK_MARK_GENERIC
                                ? LINK_OPEN
                                : 0;
        if (atom.kind == LINK_ATOM_SELF)
                flags |= LINK_HAS_SELF;
        return link_values_atom(linker->values, atom, flags);
}

LinkSet link_decl_atom(Linker *linker, LinkAtomKind kind, uint32_t module, uint32_t decl,
                       LinkEnv env)
{
        return link_atom(linker, (LinkAtom){kind, module, decl, env});
}

LinkSet link_plain(Linker *linker, LinkAtomKind kind)
{
        return link_values_atom(linker->values, (LinkAtom){.kind = kind}, 0);
}

LinkSet link_union(Linker *linker, LinkSet a, LinkSet b)
{
        return link_values_union(linker->values, a, b);
}

const UnitDecl *link_atom_decl(Linker *linker, LinkAtom atom)
{
        if (atom.kind < LINK_ATOM_DECL || atom.kind == LINK_ATOM_TUPLE)
                return NULL;
        return link_decl(linker_load(linker, atom.module), atom.decl);
}

const LinkLanguage *link_atom_language(Linker *linker, LinkAtom atom)
{
        if (atom.kind < LINK_ATOM_DECL || atom.kind == LINK_ATOM_TUPLE)
                return NULL;
        return linker_load(linker, atom.module)->language;
}

/* ---- environments ---- */

LinkEnv link_apply(Linker *linker, uint32_t module, uint32_t decl, const LinkSet *sets,
                   uint32_t count)
{
        const LinkModule *loaded = linker_load(linker, module);
        const uint32_t *parameters;
        uint32_t wanted =
                unit_list(loaded->unit, link_decl(loaded, decl)->type_parameters, &parameters);
        LinkBinding bindings[LINK_ENV_MAX];
        count = MIN(MIN(count, wanted), LINK_ENV_MAX);
        for (uint32_t i = 0; i < count; i++)
                bindings[i] = (LinkBinding){module, parameters[i], sets[i]};
        return link_values_env(linker->values, bindings, count);
}

LinkEnv link_compose(Linker *linker, LinkEnv inner, LinkEnv outer)
{
        if (inner == LINK_ENV_NONE || outer == LINK_ENV_FORGOT)
                return outer;
        if (outer == LINK_ENV_NONE || inner == LINK_ENV_FORGOT)
                return inner;
        LinkBinding bindings[2 * LINK_ENV_MAX];
        uint32_t count = link_env_size(linker->values, inner);
        for (uint32_t i = 0; i < count; i++)
                bindings[i] = link_env_at(linker->values, inner, i);
        for (uint32_t i = 0, n = link_env_size(linker->values, outer); i < n; i++) {
                LinkBinding binding = link_env_at(linker->values, outer, i);
                LinkSet bound;
                if (!link_env_get(linker->values, inner, binding.module, binding.decl, &bound))
                        bindings[count++] = binding;
        }
        return link_values_env(linker->values, bindings, count);
}

/* ---- substitution ---- */

static LinkSet substitute(Linker *linker, LinkSet set, LinkEnv env, uint32_t depth);

/* What the type parameters of the declarations around an atom's stand for in env, where the atom does not say itself. */
static uint32_t capture(Linker *linker, LinkAtom atom, LinkEnv env, LinkBinding *bindings,
                        uint32_t count)
{
        const LinkModule *module = linker_load(linker, atom.module);
        for (uint32_t d = atom.decl; d != UNIT_NONE && module->marks[d] & LINK_MARK_GENERIC;
             d = link_decl(module, d)->container) {
                const uint32_t *parameters;
                uint32_t n =
                        unit_list(module->unit, link_decl(module, d)->type_parameters, &parameters);
                for (uint32_t i = 0; i < n && count < LINK_ENV_MAX; i++) {
                        LinkSet bound;
                        if (!link_env_get(linker->values, atom.env, atom.module, parameters[i],
                                          &bound) &&
                            link_env_get(linker->values, env, atom.module, parameters[i], &bound))
                                bindings[count++] =
                                        (LinkBinding){atom.module, parameters[i], bound};
                }
        }
        return count;
}

static LinkSet substitute_around(Linker *linker, LinkAtom atom, LinkEnv env, uint32_t depth)
{
        if (atom.env == LINK_ENV_FORGOT)
                return link_atom(linker, atom);
        LinkBinding bindings[LINK_ENV_MAX];
        uint32_t count = link_env_size(linker->values, atom.env);
        for (uint32_t i = 0; i < count; i++) {
                bindings[i] = link_env_at(linker->values, atom.env, i);
                bindings[i].set = substitute(linker, bindings[i].set, env, depth + 1);
        }
        if (atom.kind != LINK_ATOM_TUPLE)
                count = capture(linker, atom, env, bindings, count);
        atom.env = link_values_env(linker->values, bindings, count);
        return link_atom(linker, atom);
}

static LinkSet substitute_atom(Linker *linker, LinkAtom atom, LinkEnv env, uint32_t depth)
{
        const UnitDecl *decl = link_atom_decl(linker, atom);
        if (!decl && atom.kind != LINK_ATOM_TUPLE)
                return link_atom(linker, atom);
        if (!decl || decl->kind != UNIT_TYPE_PARAMETER)
                return substitute_around(linker, atom, env, depth);
        LinkSet bound;
        if (env == LINK_ENV_FORGOT)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        if (!link_env_get(linker->values, env, atom.module, atom.decl, &bound))
                return link_atom(linker, atom);
        return atom.kind == LINK_ATOM_DECL ? link_types(linker, bound) : bound;
}

static LinkSet substitute(Linker *linker, LinkSet set, LinkEnv env, uint32_t depth)
{
        if (!(link_set_flags(linker->values, set) & LINK_OPEN))
                return set;
        if (depth > LINK_SUBSTITUTE_MAX)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++) {
                LinkSet one =
                        substitute_atom(linker, link_set_at(linker->values, set, i), env, depth);
                result = link_union(linker, result, one);
        }
        return result;
}

LinkSet link_substitute(Linker *linker, LinkSet set, LinkEnv env)
{
        return env == LINK_ENV_NONE ? set : substitute(linker, set, env, 0);
}
