/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TypeScript's part in the linker: files, packages and paths that module specifiers mean (specifier.c), global names, and elements,
 * promises and generators by the types in builtins.d.ts. */
#include "languages/typescript/resolve.h"

#include "code/link-meaning.h"

#define NAMESAKES_MAX 32 /* declarations of one name that are looked at; of more none is */
#define SPACES_MAX                                                                                 \
        8 /* namespaces in each other; what is in deeper ones is not known without them */

/* ---- names that a file does not bind ---- */

/* A file without imports and exports is a script: what it declares at its top is everybody's, as is what stands in "declare global". */
static bool is_global(const LinkModule *module, const UnitDecl *decl)
{
        if (decl->container == UNIT_NONE)
                return !module->modular;
        const UnitDecl *container = link_decl(module, decl->container);
        return container->kind == UNIT_NAMESPACE && container->container == UNIT_NONE &&
               g_str_equal(link_text(module, container->name), "global");
}

/* Has a script the namespace of these names, the outermost last, in one of its declarations? */
static bool has_space(const LinkModule *from, uint32_t container, const uint32_t *names,
                      unsigned depth)
{
        uint32_t probe = 0, found;
        while ((found = link_module_next(from, container, names[depth - 1], &probe)) != UNIT_NONE)
                if (link_decl(from, found)->kind == UNIT_NAMESPACE &&
                    (depth == 1 || has_space(from, found, names, depth - 1)))
                        return true;
        return false;
}

/* Is it exported by a namespace of scripts that this one adds to? Its names are known without that of the namespace. */
static bool is_shared(Linker *linker, const LinkModule *from, const LinkModule *module,
                      const UnitDecl *decl)
{
        uint32_t names[SPACES_MAX];
        unsigned depth = 0;
        if (from->modular || module->modular || !(decl->flags & UNIT_EXPORTED))
                return false;
        for (uint32_t at = decl->container; at != UNIT_NONE;
             at = link_decl(module, at)->container) {
                if (link_decl(module, at)->kind != UNIT_NAMESPACE || depth == SPACES_MAX)
                        return false;
                names[depth++] =
                        linker_word(linker, link_text(module, link_decl(module, at)->name));
        }
        return depth && has_space(from, LINK_OF_FILE, names, depth);
}

/* Overloads of one function are one. */
static bool is_another_function(Linker *linker, const LinkPlace *places, size_t i)
{
        if (!i || places[i].module != places[i - 1].module)
                return false;
        const LinkModule *module = linker_load(linker, places[i].module);
        const UnitDecl *decl = link_decl(module, places[i].decl),
                       *before = link_decl(module, places[i - 1].decl);
        return decl->kind == UNIT_FUNCTION && before->kind == UNIT_FUNCTION &&
               decl->container == before->container;
}

static LinkSet name_of(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        LinkSet builtin = link_builtin_named(linker, from->language, word), everybodys = LINK_EMPTY,
                shared = LINK_EMPTY;
        if (builtin != LINK_EMPTY && from->modular)
                return builtin;
        LinkPlace places[NAMESAKES_MAX];
        size_t count = linker_named(linker, from, word, places, G_N_ELEMENTS(places));
        for (size_t i = 0; count <= G_N_ELEMENTS(places) && i < count; i++) {
                const LinkModule *module = linker_load(linker, places[i].module);
                const UnitDecl *decl = link_decl(module, places[i].decl);
                LinkSet one = link_decl_atom(linker, LINK_ATOM_DECL, places[i].module,
                                             places[i].decl, LINK_ENV_NONE);
                if (is_global(module, decl))
                        everybodys = link_union(linker, everybodys, one);
                else if (is_shared(linker, from, module, decl) &&
                         !is_another_function(linker, places, i))
                        shared = link_union(linker, shared, one);
        }
        if (shared != LINK_EMPTY)
                return shared;
        return builtin != LINK_EMPTY ? builtin : everybodys;
}

/* Types that are words of the language; what has no members is nothing. */
static bool builtin(Linker *linker, const LinkLanguage *language, const char *name, LinkSet *ret)
{
        static const char *const nothing[] = {"void", "undefined", "null", "never"};
        static const struct {
                const char *word, *type;
        } words[] = {{"string", "String"}, {"number", "Number"}, {"boolean", "Boolean"},
                     {"symbol", "Symbol"}, {"bigint", "BigInt"}, {"object", "Object"}};
        for (unsigned i = 0; i < G_N_ELEMENTS(nothing); i++)
                if (g_str_equal(name, nothing[i])) {
                        *ret = LINK_EMPTY;
                        return true;
                }
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if (g_str_equal(name, words[i].word)) {
                        *ret = link_builtin(linker, language, words[i].type);
                        return true;
                }
        return false;
}

/* ---- elements, promises, generators ---- */

/* What a value is of, if it is one of that generic built-in; LINK_EMPTY: it is not. */
static LinkSet argument_of(Linker *linker, LinkAtom value, const char *type)
{
        const LinkLanguage *language = link_atom_language(linker, value);
        LinkSet of = link_builtin(linker, language, type);
        LinkAtom generic = link_set_at(linker->values, of, 0), base;
        if (generic.kind != LINK_ATOM_DECL ||
            !link_as_base(linker, value, generic.module, generic.decl, &base))
                return LINK_EMPTY;
        if (!link_env_size(linker->values, base.env))
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        return link_env_at(linker->values, base.env, 0).set;
}

static LinkSet iterated(Linker *linker, LinkAtom value)
{
        static const char *const types[] = {"Iterable", "AsyncIterable", "Iterator",
                                            "AsyncIterator"};
        for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
                LinkSet of = argument_of(linker, value, types[i]);
                if (of != LINK_EMPTY)
                        return of;
        }
        return LINK_EMPTY;
}

static LinkSet member_called(Linker *linker, LinkAtom value, const char *name)
{
        LinkSet member = link_member(linker, link_atom(linker, value), linker_word(linker, name));
        return link_set_has(linker->values, member, LINK_ATOM_MISSING) ? LINK_EMPTY
                                                                       : link_read(linker, member);
}

static LinkSet element(Linker *linker, LinkAtom value, uint32_t key)
{
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF &&
            value.kind != LINK_ATOM_DECL)
                return link_atom(linker, value);
        if (key != UNIT_NONE) {
                LinkSet named = link_member(linker, link_atom(linker, value), key);
                if (!link_set_has(linker->values, named, LINK_ATOM_MISSING))
                        return link_read(linker, named);
        }
        LinkSet indexed = member_called(linker, value, "[0]");
        if (indexed == LINK_EMPTY)
                indexed = member_called(linker, value, "[]");
        if (indexed != LINK_EMPTY)
                return indexed;
        LinkSet of = iterated(linker, value);
        if (of != LINK_EMPTY)
                return of;
        LinkSet iterators =
                link_call(linker, member_called(linker, value, "[Symbol.iterator]"), NULL);
        for (uint32_t i = 0, n = link_set_size(linker->values, iterators); i < n; i++)
                of = link_union(linker, of,
                                iterated(linker, link_set_at(linker->values, iterators, i)));
        return of != LINK_EMPTY ? of : link_plain(linker, LINK_ATOM_UNKNOWN);
}

static LinkSet awaited(Linker *linker, LinkAtom value)
{
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF)
                return link_atom(linker, value);
        LinkSet of = argument_of(linker, value, "PromiseLike");
        return of != LINK_EMPTY ? of : link_atom(linker, value);
}

/* An async function that returns a promise gives that. */
static LinkSet wrapped(Linker *linker, const LinkModule *module, const UnitDecl *function,
                       LinkSet results)
{
        bool async = function->flags & UNIT_ASYNC, generator = function->flags & UNIT_GENERATOR;
        LinkSet inner = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, results); i < n; i++) {
                LinkAtom result = link_set_at(linker->values, results, i);
                inner = link_union(linker, inner,
                                   async && !generator ? awaited(linker, result)
                                                       : link_atom(linker, result));
        }
        const char *type = !generator ? "Promise" : async ? "AsyncGenerator" : "Generator";
        LinkAtom atom =
                link_set_at(linker->values, link_builtin(linker, module->language, type), 0);
        if (atom.kind != LINK_ATOM_DECL)
                return link_plain(linker, LINK_ATOM_EXTERNAL);
        LinkEnv env = link_apply(linker, atom.module, atom.decl, &inner, 1);
        return link_decl_atom(linker, LINK_ATOM_INSTANCE, atom.module, atom.decl, env);
}

#define RESOLVER(name_)                                                                            \
        {                                                                                          \
                .name = #name_, .flags = LINK_STATICS_APART | LINK_SIGNATURES,                     \
                .languages = 1u << UNIT_TYPESCRIPT | 1u << UNIT_TSX | 1u << UNIT_JAVASCRIPT,       \
                .builtins = builtins, .construct = "constructor", .call = "()", .root = "Object",  \
                .any = "[]", .target = typescript_target, .name_of = name_of, .builtin = builtin,  \
                .element = element, .awaited = awaited, .wrapped = wrapped                         \
        }

static const uint32_t builtins[] = {
#include "typescript-builtins.inc"
};

extern const LinkLanguage typescript_resolver, tsx_resolver, javascript_resolver;
const LinkLanguage typescript_resolver = RESOLVER(typescript);
const LinkLanguage tsx_resolver = RESOLVER(tsx);
const LinkLanguage javascript_resolver = RESOLVER(javascript);
