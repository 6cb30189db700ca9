/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rust's part in the linker: paths, globs and the prelude, members that impls give to types, elements. Which file is which module is told
 * in resolve-module.c. */
#include "languages/rust/resolve.h"

#include <string.h>

#include "code/link-meaning.h"

#define GLOB_DEPTH_MAX 8   /* globs that pass on globs that …; beyond, nothing is found */
#define IMPLS_MAX      400 /* of types of one name that are looked at */
#define DEREF_MAX      4   /* values that stand for values that …; beyond, nothing is found */

static LinkSet missing(Linker *linker, LinkSet set)
{
        return link_set_has(linker->values, set, LINK_ATOM_MISSING) ? LINK_EMPTY : set;
}

/* ---- what a module has ---- */

/* The items of a name in a file or a module written in it; those that most builds have if there are such. */
static LinkSet items_of(Linker *linker, const LinkModule *module, uint32_t container, uint32_t word)
{
        uint32_t probe = 0, found;
        LinkSet usual = LINK_EMPTY, other = LINK_EMPTY;
        while ((found = link_module_next(module, container == UNIT_NONE ? LINK_OF_FILE : container,
                                         word, &probe)) != UNIT_NONE) {
                linker_consult(linker, module, found);
                LinkSet one = link_decl_atom(linker, LINK_ATOM_DECL, module->number, found,
                                             LINK_ENV_NONE);
                LinkSet *set = link_decl(module, found)->flags & UNIT_UNUSUAL ? &other : &usual;
                *set = link_union(linker, *set, one);
        }
        return usual != LINK_EMPTY ? usual : other;
}

static LinkSet imported(Linker *linker, const LinkModule *module, uint32_t container, uint32_t word)
{
        LinkSet usual = LINK_EMPTY, other = LINK_EMPTY;
        const char *name = link_word_text(linker->words, word);
        for (uint32_t i = 0; i < module->unit->header->imports; i++) {
                const UnitImport *import = &module->unit->imports[i];
                if (import->container != container || !import->local ||
                    strcmp(link_text(module, import->local), name) != 0)
                        continue;
                LinkSet one = link_ask(linker, (LinkNode){LINK_NODE_IMPORT, module->number, i, 0});
                LinkSet *set = import->flags & UNIT_IMPORT_UNUSUAL ? &other : &usual;
                *set = link_union(linker, *set, one);
        }
        return usual != LINK_EMPTY ? usual : other;
}

static bool is_known(Linker *linker, LinkSet set)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++)
                if (link_set_at(linker->values, set, i).kind >= LINK_ATOM_MODULE)
                        return true;
        return false;
}

/* All modules of the standard library are one: that of the built-ins. */
static LinkSet standard(Linker *linker, const LinkModule *from)
{
        const LinkModule *builtins = linker_load_builtins(linker, from->language);
        if (!builtins)
                return link_plain(linker, LINK_ATOM_EXTERNAL);
        return link_atom(linker, (LinkAtom){.kind = LINK_ATOM_MODULE, .module = builtins->number});
}

/* Through use path::*. */
static LinkSet passed(Linker *linker, const LinkModule *module, uint32_t container, uint32_t word)
{
        LinkSet result = LINK_EMPTY, other = LINK_EMPTY;
        linker_consult_name(linker, module, linker_word(linker, ""));
        for (uint32_t i = 0; i < module->unit->header->imports; i++) {
                const UnitImport *import = &module->unit->imports[i];
                if (import->container != container || import->kind != UNIT_IMPORT_ALL ||
                    import->local)
                        continue;
                LinkSet targets = link_targets(linker, module->number, i);
                LinkSet one = missing(linker, link_member(linker, targets, word));
                if (one != LINK_EMPTY && one == standard(linker, module))
                        one = link_plain(linker, LINK_ATOM_EXTERNAL);
                if (is_known(linker, one))
                        result = link_union(linker, result, one);
                else
                        other = link_union(linker, other, one);
        }
        return result != LINK_EMPTY ? result : other;
}

static bool is_unusual(Linker *linker, LinkSet member)
{
        const UnitDecl *decl =
                member == LINK_EMPTY
                        ? NULL
                        : link_atom_decl(linker, link_set_at(linker->values, member, 0));
        return decl && decl->flags & UNIT_UNUSUAL;
}

static bool is_only_modules(Linker *linker, LinkSet set)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++) {
                const UnitDecl *decl = link_atom_decl(linker, link_set_at(linker->values, set, i));
                if (!decl || decl->kind != UNIT_NAMESPACE)
                        return false;
        }
        return true;
}

static LinkSet in_module(Linker *linker, const LinkModule *module, uint32_t container,
                         uint32_t word)
{
        linker_consult_name(linker, module, word);
        LinkSet found = items_of(linker, module, container, word);
        if (is_only_modules(linker,
                            found)) { /* or empty: a function may have the name of a module */
                LinkSet other = imported(linker, module, container, word);
                found = other != LINK_EMPTY && is_unusual(linker, found)
                                ? other
                                : link_union(linker, found, other);
        }
        return found == LINK_EMPTY ? passed(linker, module, container, word) : found;
}

static LinkSet of_standard(Linker *linker, const LinkModule *from, uint32_t word)
{
        LinkSet found = link_builtin_named(linker, from->language, word);
        if (found != LINK_EMPTY)
                return found;
        return g_ascii_islower(*link_word_text(linker->words, word))
                       ? standard(linker, from)
                       : link_plain(linker, LINK_ATOM_EXTERNAL);
}

static LinkSet of_blankets(Linker *linker, const LinkModule *type, uint32_t word);

static LinkSet exported(Linker *linker, const LinkModule *module, uint32_t word)
{
        const char *name = link_word_text(linker->words, word);
        if (linker_is_builtin(module->number) && g_str_has_prefix(name, LINK_GIVEN_TO_ALL))
                return of_blankets(linker, module,
                                   linker_word(linker, name + 1)); /* asked once for a name */
        if (linker_is_builtin(module->number))
                return of_standard(linker, module, word);
        if (strcmp(link_word_text(linker->words, word), "super") == 0)
                return rust_parent(linker, module);
        return in_module(linker, module, UNIT_NONE, word);
}

/* ---- paths ---- */

/* crate, self, super, a crate's name, and what the prelude has. */
static LinkSet first_of_path(Linker *linker, const LinkModule *from, uint32_t container,
                             const char *name)
{
        if (strcmp(name, "crate") == 0 || strcmp(name, "$crate") == 0)
                return rust_root(linker, from);
        if (strcmp(name, "self") == 0)
                return container == UNIT_NONE
                               ? link_atom(linker, (LinkAtom){.kind = LINK_ATOM_MODULE,
                                                              .module = from->number})
                               : link_decl_atom(linker, LINK_ATOM_DECL, from->number, container,
                                                LINK_ENV_NONE);
        if (strcmp(name, "super") != 0)
                return LINK_EMPTY;
        if (container == UNIT_NONE)
                return rust_parent(linker, from);
        return first_of_path(linker, from, link_decl(from, container)->container, "self");
}

/* In the edition of 2015 a path begins at the root of its crate. */
static LinkSet at_root(Linker *linker, const LinkModule *from, uint32_t word)
{
        LinkSet roots = rust_is_old(linker, from) ? rust_root(linker, from) : LINK_EMPTY,
                result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, roots); i < n; i++) {
                LinkAtom root = link_set_at(linker->values, roots, i);
                LinkSet found = root.kind != LINK_ATOM_MODULE ? LINK_EMPTY
                                : root.module == from->number
                                        ? items_of(linker, from, UNIT_NONE, word)
                                        : in_module(linker, linker_load(linker, root.module),
                                                    UNIT_NONE, word);
                result = link_union(linker, result, found);
        }
        return is_known(linker, result) ? result : LINK_EMPTY;
}

static bool is_standard(const char *name)
{
        return strcmp(name, "std") == 0 || strcmp(name, "core") == 0 || strcmp(name, "alloc") == 0;
}

static LinkSet name_of(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        const char *name = link_word_text(linker->words, word);
        if (linker_is_builtin(from->number))
                return link_builtin_named(linker, from->language, word);
        LinkSet found = first_of_path(linker, from, scope, name);
        if (found != LINK_EMPTY)
                return found;
        found = in_module(linker, from, scope, word);
        if (is_known(linker, found))
                return found;
        LinkSet crate = rust_crate(linker, from, name);
        if (crate != LINK_EMPTY)
                return crate;
        LinkSet builtin = is_standard(name) ? standard(linker, from)
                                            : link_builtin_named(linker, from->language, word);
        if (builtin == LINK_EMPTY)
                builtin = at_root(linker, from, word); /* ::name */
        return builtin != LINK_EMPTY ? builtin : found;
}

static uint32_t module_around(const LinkModule *module, uint32_t decl)
{
        while (decl != UNIT_NONE && link_decl(module, decl)->kind != UNIT_NAMESPACE)
                decl = link_decl(module, decl)->container;
        return decl;
}

/* What a path begins with: what is at hand, but not the import itself that has this path. */
static LinkSet begin_path(Linker *linker, const LinkModule *from, uint32_t container,
                          const char *first)
{
        uint32_t word = linker_word(linker, first);
        LinkSet found = first_of_path(linker, from, container, first);
        if (found == LINK_EMPTY)
                found = at_root(linker, from, word);
        if (found == LINK_EMPTY)
                found = items_of(linker, from, container, word);
        if (found == LINK_EMPTY)
                found = rust_crate(linker, from, first);
        if (found != LINK_EMPTY)
                return found;
        for (uint32_t i = 0; i < from->unit->header->imports && found == LINK_EMPTY; i++) {
                const UnitImport *import = &from->unit->imports[i];
                const char *path = link_text(from, import->module);
                size_t length = strlen(first);
                bool itself =
                        strncmp(path, first, length) == 0 && (!path[length] || path[length] == ':');
                if (import->container == container && import->local && !itself &&
                    strcmp(link_text(from, import->local), first) == 0)
                        found = link_ask(linker, (LinkNode){LINK_NODE_IMPORT, from->number, i, 0});
        }
        return found != LINK_EMPTY ? found : link_plain(linker, LINK_ATOM_EXTERNAL);
}

/* "mod x;" is the file. */
static LinkSet entered(Linker *linker, LinkSet set)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, set); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, set, i);
                const UnitDecl *decl =
                        atom.kind == LINK_ATOM_DECL ? link_atom_decl(linker, atom) : NULL;
                const LinkModule *file = NULL;
                if (decl && decl->kind == UNIT_NAMESPACE && decl->flags & UNIT_BODILESS) {
                        const LinkModule *module = linker_load(linker, atom.module);
                        file = rust_file_of(linker, module, decl->container,
                                            link_text(module, decl->name));
                }
                if (file)
                        atom = (LinkAtom){.kind = LINK_ATOM_MODULE, .module = file->number};
                result = link_union(linker, result, link_atom(linker, atom));
        }
        return result;
}

static LinkSet follow(Linker *linker, const LinkModule *from, uint32_t container, const char *path)
{
        g_auto(GStrv) parts = g_strsplit(path, "::", -1);
        unsigned at = 0, count = g_strv_length(parts);
        if (!count)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkSet found;
        if (!*parts[0] && count > 1) { /* ::crate */
                found = at_root(linker, from, linker_word(linker, parts[1]));
                if (found == LINK_EMPTY)
                        found = rust_crate(linker, from, parts[1]);
                at = 1;
                if (found == LINK_EMPTY)
                        found = link_plain(linker, LINK_ATOM_EXTERNAL);
        } else {
                found = begin_path(linker, from, container, parts[0]);
        }
        if (is_standard(parts[at]) && !is_known(linker, found))
                found = standard(linker, from);
        for (at++; at < count; at++) {
                if (strcmp(parts[at], "super") == 0)
                        found = rust_super_of(linker, found);
                else if (strcmp(parts[at], "self") != 0)
                        found = link_member(linker, found, linker_word(linker, parts[at]));
        }
        return entered(linker, found);
}

static LinkSet target(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        const char *path = link_text(from, import->module);
        if (g_str_has_prefix(path, "mod ")) {
                const LinkModule *file = rust_file_of(linker, from, import->container, path + 4);
                return file ? link_atom(linker, (LinkAtom){.kind = LINK_ATOM_MODULE,
                                                           .module = file->number})
                            : link_plain(linker, LINK_ATOM_UNKNOWN);
        }
        return follow(linker, from, module_around(from, import->container), path);
}

/* ---- members that are given to a type ---- */

/* What the type parameters of an impl stand for in terms of those of the type. */
static LinkEnv env_of_impl(Linker *linker, LinkAtom outer)
{
        LinkBinding bindings[LINK_ENV_MAX];
        uint32_t count = 0;
        for (uint32_t i = 0, n = link_env_size(linker->values, outer.env); i < n; i++) {
                LinkBinding binding = link_env_at(linker->values, outer.env, i);
                if (link_set_size(linker->values, binding.set) != 1)
                        continue;
                LinkAtom parameter = link_set_at(linker->values, binding.set, 0);
                const UnitDecl *decl = link_atom_decl(linker, parameter);
                if (!decl || decl->kind != UNIT_TYPE_PARAMETER || count == LINK_ENV_MAX)
                        continue;
                LinkSet own = link_decl_atom(linker, LINK_ATOM_INSTANCE, binding.module,
                                             binding.decl, LINK_ENV_NONE);
                bindings[count++] = (LinkBinding){parameter.module, parameter.decl, own};
        }
        return link_values_env(linker->values, bindings, count);
}

/* Is an impl of that type? Then its environment. */
static bool is_impl_of(Linker *linker, LinkPlace impl, const LinkModule *type, uint32_t decl,
                       LinkEnv *ret)
{
        const LinkModule *module = linker_load(linker, impl.module);
        LinkSet outer = link_denoted(linker, impl.module, link_decl(module, impl.decl)->outer);
        for (uint32_t i = 0, n = link_set_size(linker->values, outer); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, outer, i);
                if (atom.kind == LINK_ATOM_DECL && atom.module == type->number &&
                    atom.decl == decl) {
                        *ret = env_of_impl(linker, atom);
                        return true;
                }
        }
        return false;
}

static LinkSet member_of_impl(Linker *linker, LinkPlace impl, LinkEnv env, uint32_t word)
{
        const LinkModule *module = linker_load(linker, impl.module);
        uint32_t probe = 0, found = link_module_next(module, impl.decl, word, &probe), next = found;
        while (next != UNIT_NONE && link_decl(module, next)->flags & UNIT_UNUSUAL)
                next = link_module_next(module, impl.decl, word, &probe);
        if (found == UNIT_NONE)
                return LINK_EMPTY;
        return link_substitute(linker,
                               link_decl_atom(linker, LINK_ATOM_DECL, impl.module,
                                              next == UNIT_NONE ? found : next, LINK_ENV_NONE),
                               env);
}

/* What a trait that the type implements has for all. */
static LinkSet member_of_trait(Linker *linker, LinkPlace impl, LinkEnv env, uint32_t word)
{
        const LinkModule *module = linker_load(linker, impl.module);
        const uint32_t *bases;
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0,
                      n = unit_list(module->unit, link_decl(module, impl.decl)->bases, &bases);
             i < n; i++) {
                LinkSet trait = link_evaluate_type(linker, impl.module, bases[i]);
                LinkSet found = missing(
                        linker, link_member(linker, link_substitute(linker, trait, env), word));
                if (is_known(linker, found))
                        result = link_union(linker, result, found);
        }
        return result;
}

/* What an impl gives; what the built-ins write as traits for several types are methods of those. */
static LinkSet of_impl(Linker *linker, LinkPlace impl, LinkEnv env, uint32_t word)
{
        LinkSet found = member_of_impl(linker, impl, env, word);
        if (found != LINK_EMPTY || !linker_is_builtin(impl.module))
                return found;
        found = member_of_trait(linker, impl, env, word);
        return found != LINK_EMPTY &&
                               linker_is_builtin(link_set_at(linker->values, found, 0).module)
                       ? found
                       : LINK_EMPTY;
}

enum { OF_ITSELF, OF_TRAIT, OF_UNUSUAL, OF_ALL, ORDERS }; /* in which order members are taken */

static unsigned order_of(Linker *linker, LinkPlace impl, LinkSet member)
{
        const LinkModule *module = linker_load(linker, impl.module);
        if (linker_is_builtin(impl.module))
                return OF_ITSELF;
        if (is_unusual(linker, member))
                return OF_UNUSUAL;
        return link_decl(module, impl.decl)->bases == UNIT_NONE ? OF_ITSELF : OF_TRAIT;
}

/* Does an impl give to a type of the standard library what only few builds do not have there? */
static bool is_for_others(Linker *linker, LinkPlace impl, const LinkModule *type)
{
        return linker_is_builtin(type->number) &&
               link_decl(linker_load(linker, impl.module), impl.decl)->flags & UNIT_UNUSUAL;
}

/* What impls give to a type under a name: its own first, then what is written for traits, then what those have for all. */
static LinkSet of_impls(Linker *linker, const LinkModule *type, uint32_t decl, uint32_t word)
{
        LinkPlace impls[IMPLS_MAX];
        LinkSet found[ORDERS] = {LINK_EMPTY, LINK_EMPTY, LINK_EMPTY, LINK_EMPTY};
        size_t count = linker_given(linker, type, link_text(type, link_decl(type, decl)->name),
                                    impls, IMPLS_MAX);
        for (size_t i = 0; i < count; i++) {
                LinkEnv env;
                if (!is_impl_of(linker, impls[i], type, decl, &env) ||
                    is_for_others(linker, impls[i], type))
                        continue;
                LinkSet one = of_impl(linker, impls[i], env, word);
                unsigned order = order_of(linker, impls[i], one);
                found[order] = link_union(linker, found[order], one);
                if (one == LINK_EMPTY && found[OF_ITSELF] == LINK_EMPTY &&
                    found[OF_TRAIT] == LINK_EMPTY) {
                        LinkSet passed_on = member_of_trait(linker, impls[i], env, word);
                        found[OF_ALL] = link_union(linker, found[OF_ALL], passed_on);
                }
        }
        for (unsigned order = 0; order < ORDERS; order++)
                if (found[order] != LINK_EMPTY)
                        return found[order];
        return LINK_EMPTY;
}

/* impl<T: Bound> Trait for T: what the trait has, for a type that has nothing of that name itself. */
static LinkSet of_blankets(Linker *linker, const LinkModule *type, uint32_t word)
{
        LinkPlace impls[IMPLS_MAX];
        LinkSet result = LINK_EMPTY;
        size_t count = linker_given(linker, type, LINK_GIVEN_TO_ALL, impls, IMPLS_MAX);
        for (size_t i = 0; i < count; i++) {
                LinkSet one = member_of_impl(linker, impls[i], LINK_ENV_NONE, word);
                if (one == LINK_EMPTY)
                        one = member_of_trait(linker, impls[i], LINK_ENV_NONE, word);
                result = link_union(linker, result, one);
        }
        return result;
}

/* "Variant.field" of an enum, "Struct.field" of a struct: what patterns take apart. */
static LinkSet of_pattern(Linker *linker, const LinkModule *type, uint32_t decl, const char *name)
{
        const char *dot = strchr(name, '.');
        uint32_t owner = decl;
        if (!dot)
                return LINK_EMPTY;
        if (link_decl(type, decl)->kind == UNIT_ENUM) {
                g_autofree char *variant = g_strndup(name, (gsize)(dot - name));
                owner = link_module_find(type, decl, linker_word(linker, variant));
        }
        uint32_t field = owner == UNIT_NONE
                                 ? UNIT_NONE
                                 : link_module_find(type, owner, linker_word(linker, dot + 1));
        return field == UNIT_NONE
                       ? LINK_EMPTY
                       : link_decl_atom(linker, LINK_ATOM_DECL, type->number, field, LINK_ENV_NONE);
}

/* A module that is another file, or written here. */
static LinkSet of_module(Linker *linker, const LinkModule *module, uint32_t decl, uint32_t word)
{
        const UnitDecl *owner = link_decl(module, decl);
        if (!(owner->flags & UNIT_BODILESS))
                return in_module(linker, module, decl, word);
        const LinkModule *file =
                rust_file_of(linker, module, owner->container, link_text(module, owner->name));
        return file ? missing(linker,
                              link_ask(linker, (LinkNode){LINK_NODE_EXPORT, file->number, word, 0}))
                    : LINK_EMPTY;
}

/* "name()": a method, of the type itself if it is a trait, or given to it. */
static LinkSet of_type(Linker *linker, const LinkModule *type, uint32_t decl, uint32_t word)
{
        const char *name = link_word_text(linker->words, word);
        bool method = g_str_has_suffix(name, "()");
        g_autofree char *bare = g_strndup(name, strlen(name) - (method ? 2 : 0));
        uint32_t plain = method ? linker_word(linker, bare) : word;
        uint32_t own = method ? link_module_find(type, decl, plain) : UNIT_NONE;
        if (own != UNIT_NONE && link_decl(type, own)->kind == UNIT_METHOD)
                return link_decl_atom(linker, LINK_ATOM_DECL, type->number, own, LINK_ENV_NONE);
        LinkSet found = of_impls(linker, type, decl, plain);
        if (found != LINK_EMPTY)
                return found;
        const LinkModule *builtins = linker_load_builtins(linker, type->language);
        g_autofree char *all =
                g_strconcat(LINK_GIVEN_TO_ALL, link_word_text(linker->words, plain), NULL);
        return builtins ? missing(linker,
                                  link_ask(linker, (LinkNode){LINK_NODE_EXPORT, builtins->number,
                                                              linker_word(linker, all), 0}))
                        : LINK_EMPTY;
}

static LinkSet attached(Linker *linker, const LinkModule *type, uint32_t decl, uint32_t word)
{
        UnitKind kind = link_decl(type, decl)->kind;
        if (kind == UNIT_NAMESPACE)
                return of_module(linker, type, decl, word);
        if (kind == UNIT_TYPE || kind == UNIT_TYPE_PARAMETER) {
                LinkAtom value = {LINK_ATOM_INSTANCE, type->number, decl, LINK_ENV_NONE};
                LinkSet stands = link_expand(linker, value);
                return stands == link_atom(linker, value)
                               ? LINK_EMPTY
                               : missing(linker, link_member(linker, stands, word));
        }
        LinkSet found = of_pattern(linker, type, decl, link_word_text(linker->words, word));
        return found != LINK_EMPTY ? found : of_type(linker, type, decl, word);
}

/* ---- what stands for another value ---- */

/* The values that a value stands for by its type's impl of Deref: that has deref() and the type Target. */
static LinkSet dereferenced(Linker *linker, LinkSet values)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, values); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, values, i);
                LinkSet one = link_atom(linker, atom);
                if (atom.kind != LINK_ATOM_INSTANCE && atom.kind != LINK_ATOM_SELF)
                        continue;
                LinkSet target =
                        missing(linker, link_member(linker, one, linker_word(linker, "Target")));
                LinkSet method =
                        missing(linker, link_member(linker, one, linker_word(linker, "deref")));
                if (is_known(linker, target) && is_known(linker, method))
                        result = link_union(linker, result, link_instances(linker, target));
        }
        return result;
}

/* What a value has by what it stands for, if it has nothing of that name itself. */
static LinkSet extension(Linker *linker, const LinkModule *from, LinkSet values, uint32_t word)
{
        (void)from;
        LinkSet found = LINK_EMPTY;
        for (unsigned i = 0; i < DEREF_MAX && !is_known(linker, found); i++) {
                values = dereferenced(linker, values);
                if (values == LINK_EMPTY)
                        return LINK_EMPTY;
                found = missing(linker, link_member(linker, values, word));
        }
        return is_known(linker, found) ? found : LINK_EMPTY;
}

/* ---- elements ---- */

static LinkSet argument(Linker *linker, LinkAtom value, uint32_t index)
{
        if (link_env_size(linker->values, value.env) <= index)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        return link_env_at(linker->values, value.env, index).set;
}

static LinkSet element_of_builtin(Linker *linker, LinkAtom value, const char *name, const char *key)
{
        bool table = strcmp(name, "HashMap") == 0 || strcmp(name, "BTreeMap") == 0;
        if (!table || (key && strcmp(key, "?") == 0))
                return argument(linker, value, 0);
        if (key)
                return argument(linker, value, 1);
        LinkBinding bindings[] = {{LINK_NONE, 0, argument(linker, value, 0)},
                                  {LINK_NONE, 1, argument(linker, value, 1)}};
        LinkAtom tuple = {.kind = LINK_ATOM_TUPLE,
                          .env = link_values_env(linker->values, bindings, 2)};
        return link_atom(linker, tuple);
}

/* x?, x[i], what a loop goes through, and x.0: of a type that says itself what it gives, its type Item or Output. */
static LinkSet element(Linker *linker, LinkAtom value, uint32_t key)
{
        const UnitDecl *decl = link_atom_decl(linker, value);
        const char *name = key == UNIT_NONE ? NULL : link_word_text(linker->words, key);
        if (!decl || value.kind == LINK_ATOM_DECL)
                return link_atom(linker, value);
        if (name && g_ascii_isdigit(*name))
                return link_read(linker, link_member(linker, link_atom(linker, value), key));
        if (linker_is_builtin(value.module))
                return element_of_builtin(linker, value,
                                          link_text(linker_load(linker, value.module), decl->name),
                                          name);
        const char *type = !name ? "Item" : strcmp(name, "[]") == 0 ? "Output" : "";
        LinkSet found = missing(
                linker, link_member(linker, link_atom(linker, value), linker_word(linker, type)));
        return is_known(linker, found) ? link_instances(linker, found)
                                       : link_plain(linker, LINK_ATOM_UNKNOWN);
}

static const uint32_t builtins[] = {
#include "rust-builtins.inc"
};

extern const LinkLanguage rust_resolver;
const LinkLanguage rust_resolver = {.name = "rust",
                                    .languages = 1u << UNIT_RUST,
                                    .flags = LINK_CALL_MAKES | LINK_NEVER_OVERLOADS,
                                    .builtins = builtins,
                                    .target = target,
                                    .name_of = name_of,
                                    .exported = exported,
                                    .attached = attached,
                                    .extension = extension,
                                    .element = element};
