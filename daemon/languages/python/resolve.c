/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Python's part in the linker: modules and packages that imports mean (resolve-module.c), what a module gives under a name, names that
 * come by "from m import *", and elements, awaited values and generators by the types in builtins.pyi. */
#include <string.h>

#include "code/link-meaning.h"
#include "languages/python/resolve.h"

/* ---- what a module gives ---- */

static LinkSet own_declaration(Linker *linker, const LinkModule *module, uint32_t word)
{
        uint32_t found = link_module_find(module, LINK_OF_FILE, word);
        return found == UNIT_NONE ? LINK_EMPTY
                                  : link_decl_atom(linker, LINK_ATOM_DECL, module->number, found,
                                                   LINK_ENV_NONE);
}

/* A package is asked for a name by its own imports: what those lead to in it is not asked again. */
static LinkSet own_imports(Linker *linker, const LinkModule *module, uint32_t word)
{
        LinkSet result = LINK_EMPTY;
        uint32_t probe = 0, found;
        while ((found = link_module_next(module, LINK_OF_IMPORTS, word, &probe)) != UNIT_NONE) {
                LinkSet one =
                        link_ask(linker, (LinkNode){LINK_NODE_IMPORT, module->number, found, 0});
                result = link_union(linker, result, one);
        }
        return result;
}

/* What of a set there is: no names that are missing; what is outside only if nothing else is there. */
static LinkSet present(Linker *linker, LinkSet set)
{
        LinkSet result = LINK_EMPTY, other = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, set, i);
                LinkSet one = link_atom(linker, atom);
                if (atom.kind == LINK_ATOM_EXTERNAL || atom.kind == LINK_ATOM_UNKNOWN)
                        other = link_union(linker, other, one);
                else if (atom.kind != LINK_ATOM_MISSING)
                        result = link_union(linker, result, one);
        }
        return result != LINK_EMPTY ? result : other;
}

/* Does "from m import *" give that name? __all__ says so, else all do that have no underscore. */
static bool gives_to_all(Linker *linker, const LinkModule *module, uint32_t word)
{
        linker_consult_name(linker, module, word);
        linker_consult_name(linker, module, linker_word(linker, "__all__"));
        if (!module->unit->header->exports)
                return link_word_text(linker->words, word)[0] != '_';
        return link_module_find(module, LINK_OF_EXPORTS, word) != UNIT_NONE;
}

static LinkSet starred(Linker *linker, const LinkModule *module, uint32_t word)
{
        LinkSet result = LINK_EMPTY;
        uint32_t probe = 0, found, nothing = link_word(linker->words, "");
        linker_consult_name(linker, module, nothing);
        while ((found = link_module_next(module, LINK_OF_IMPORTS, nothing, &probe)) != UNIT_NONE) {
                if (module->unit->imports[found].kind != UNIT_IMPORT_ALL)
                        continue;
                LinkSet modules = link_targets(linker, module->number, found);
                for (uint32_t i = 0, n = link_set_size(linker->values, modules); i < n; i++) {
                        LinkAtom atom = link_set_at(linker->values, modules, i);
                        LinkSet one = link_atom(linker, atom);
                        if (atom.kind == LINK_ATOM_MODULE) {
                                const LinkModule *given = linker_load(linker, atom.module);
                                if (!gives_to_all(linker, given, word))
                                        continue;
                                one = link_exported(linker, one, word);
                        }
                        result = link_union(linker, result, one);
                }
        }
        return present(linker, result);
}

static LinkSet exported(Linker *linker, const LinkModule *module, uint32_t word)
{
        LinkSet result = link_union(linker, own_declaration(linker, module, word),
                                    present(linker, own_imports(linker, module, word)));
        if (result == LINK_EMPTY || present(linker, result) == LINK_EMPTY)
                result = link_union(linker, result, python_submodule(linker, module, word));
        if (result == LINK_EMPTY)
                result = starred(linker, module, word);
        return result;
}

/* Built-ins are found last. */
static LinkSet name_of(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        LinkSet result = LINK_EMPTY, builtin = link_builtin_named(linker, from->language, word);
        if (!linker_is_builtin(from->number))
                result = starred(linker, from, word);
        bool vague = link_set_has(linker->values, result, LINK_ATOM_EXTERNAL) ||
                     link_set_has(linker->values, result, LINK_ATOM_UNKNOWN);
        return builtin != LINK_EMPTY && (vague || result == LINK_EMPTY) ? builtin : result;
}

/* ---- elements, awaited values, generators ---- */

/* What a value is of, if it is one of that generic built-in; LINK_EMPTY: it is not. */
static LinkSet argument_of(Linker *linker, LinkAtom value, const char *type)
{
        LinkSet of = link_builtin(linker, link_atom_language(linker, value), type);
        LinkAtom generic = link_set_at(linker->values, of, 0), base;
        if (generic.kind != LINK_ATOM_DECL ||
            !link_as_base(linker, value, generic.module, generic.decl, &base))
                return LINK_EMPTY;
        if (!link_env_size(linker->values, base.env))
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        return link_env_at(linker->values, base.env, 0).set;
}

static LinkSet call_member(Linker *linker, LinkAtom value, const char *name)
{
        LinkSet member = link_member(linker, link_atom(linker, value), linker_word(linker, name));
        if (link_set_has(linker->values, member, LINK_ATOM_MISSING))
                return LINK_EMPTY;
        return link_call(linker, link_read(linker, member), NULL);
}

static LinkSet argument_of_any(Linker *linker, LinkAtom value, const char *const *types)
{
        for (; *types; types++) {
                LinkSet of = argument_of(linker, value, *types);
                if (of != LINK_EMPTY)
                        return of;
        }
        return LINK_EMPTY;
}

static LinkSet iterated(Linker *linker, LinkAtom value)
{
        static const char *const types[] = {"Iterable", "AsyncIterable", NULL};
        static const char *const members[][2] = {{"__iter__", "__next__"},
                                                 {"__aiter__", "__anext__"}};
        LinkSet of = argument_of_any(linker, value, types);
        if (of != LINK_EMPTY)
                return of;
        for (unsigned m = 0; m < G_N_ELEMENTS(members); m++) {
                LinkSet iterators = call_member(linker, value, members[m][0]);
                for (uint32_t i = 0, n = link_set_size(linker->values, iterators); i < n; i++) {
                        LinkAtom iterator = link_set_at(linker->values, iterators, i);
                        LinkSet one = link_atom_decl(linker, iterator)
                                              ? argument_of_any(linker, iterator, types)
                                              : LINK_EMPTY;
                        if (one == LINK_EMPTY && link_atom_decl(linker, iterator))
                                one = call_member(linker, iterator, members[m][1]);
                        of = link_union(linker, of, one);
                }
        }
        return of != LINK_EMPTY ? of : call_member(linker, value, "__getitem__");
}

/* A class with an index is itself; that of an enumeration has its members as elements. */
static LinkSet element_of_class(Linker *linker, LinkAtom class, uint32_t key)
{
        const UnitDecl *decl = link_atom_decl(linker, class);
        if (decl->kind == UNIT_ENUM)
                return link_instances(linker, link_atom(linker, class));
        if (decl->kind == UNIT_CLASS && key != UNIT_NONE)
                return link_atom(linker, class);
        return link_plain(linker, LINK_ATOM_UNKNOWN);
}

static LinkSet element(Linker *linker, LinkAtom value, uint32_t key)
{
        if (value.kind == LINK_ATOM_DECL || value.kind == LINK_ATOM_TYPEOF)
                return element_of_class(linker, value, key);
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF)
                return link_atom(linker, value);
        LinkSet of = key == UNIT_NONE ? iterated(linker, value)
                                      : call_member(linker, value, "__getitem__");
        if (of == LINK_EMPTY && key != UNIT_NONE) /* a part of what is taken apart */
                of = iterated(linker, value);
        return of != LINK_EMPTY ? of : link_plain(linker, LINK_ATOM_UNKNOWN);
}

static LinkSet awaited(Linker *linker, LinkAtom value)
{
        static const char *const types[] = {"Awaitable", NULL};
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF)
                return link_atom(linker, value);
        LinkSet of = argument_of_any(linker, value, types);
        return of != LINK_EMPTY ? of : link_plain(linker, LINK_ATOM_UNKNOWN);
}

static LinkSet wrapped(Linker *linker, const LinkModule *module, const UnitDecl *function,
                       LinkSet results)
{
        bool async = function->flags & UNIT_ASYNC, generator = function->flags & UNIT_GENERATOR;
        const char *type = !generator ? "Coroutine" : async ? "AsyncGenerator" : "Generator";
        LinkAtom atom =
                link_set_at(linker->values, link_builtin(linker, module->language, type), 0);
        if (atom.kind != LINK_ATOM_DECL)
                return link_plain(linker, LINK_ATOM_EXTERNAL);
        LinkEnv env = link_apply(linker, atom.module, atom.decl, &results, 1);
        return link_decl_atom(linker, LINK_ATOM_INSTANCE, atom.module, atom.decl, env);
}

static const uint32_t builtins[] = {
#include "python-builtins.inc"
};

extern const LinkLanguage python_resolver;
const LinkLanguage python_resolver = {
        .name = "python",
        .languages = 1u << UNIT_PYTHON,
        .flags = LINK_LINEAGE_C3 | LINK_CALL_MAKES | LINK_NAMES_MODULES | LINK_SIGNATURES,
        .builtins = builtins,
        .construct = "__init__",
        .call = "__call__",
        .root = "object",
        .target = python_target,
        .target_of_name = python_target_of_name,
        .first = python_first,
        .space = python_space,
        .name_of = name_of,
        .exported = exported,
        .element = element,
        .awaited = awaited,
        .wrapped = wrapped,
};
