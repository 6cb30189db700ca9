/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C#'s part in the linker: names are sought in the classes around them and what those inherit, in the namespaces around them and in those
 * that are used there, as types of that name anywhere whose namespace it is. A generic type is named with how many it takes: "List`1". */
#include <string.h>

#include "code/link-meaning.h"

#define NAMED_MAX      64  /* declarations of one name that are looked at */
#define IMPORTS_MAX    500 /* of one file that are looked at for a name */
#define SPACE_BYTES    400 /* longest name of a namespace */
#define SPACE_NAME_MAX 16  /* namespaces in each other */
#define GLOBAL_PREFIX  "global::"

/* ---- namespaces ---- */

typedef struct Space {
        char text[SPACE_BYTES];
} Space;

/* The name of the namespace that a declaration stands in; false: it stands in a type, or too deep. */
static bool space_of(const LinkModule *module, uint32_t decl, Space *ret)
{
        uint32_t chain[SPACE_NAME_MAX], count = 0;
        ret->text[0] = '\0';
        for (uint32_t at = link_decl(module, decl)->container; at != UNIT_NONE;
             at = link_decl(module, at)->container) {
                if (link_decl(module, at)->kind != UNIT_NAMESPACE || count == SPACE_NAME_MAX)
                        return false;
                chain[count++] = at;
        }
        while (count--) {
                if (*ret->text)
                        g_strlcat(ret->text, ".", sizeof ret->text);
                g_strlcat(ret->text, link_text(module, link_decl(module, chain[count])->name),
                          sizeof ret->text);
        }
        return strlen(ret->text) < sizeof ret->text - 1;
}

static bool is_type(UnitKind kind)
{
        return kind == UNIT_CLASS || kind == UNIT_INTERFACE || kind == UNIT_STRUCT ||
               kind == UNIT_ENUM || kind == UNIT_TYPE;
}

static uint32_t arity_of(const LinkModule *module, const UnitDecl *decl)
{
        const uint32_t *items;
        return unit_list(module->unit, decl->type_parameters, &items);
}

/* "List`1" as its name and number. */
static uint32_t plain_word(Linker *linker, uint32_t word, uint32_t *ret_arity)
{
        const char *text = link_word_text(linker->words, word), *tick = strchr(text, '`');
        *ret_arity = tick ? (uint32_t)g_ascii_strtoull(tick + 1, NULL, 10) : 0;
        if (!tick)
                return word;
        g_autofree char *plain = g_strndup(text, (gsize)(tick - text));
        return linker_word(linker, plain);
}

/* ---- types by name ---- */

typedef struct Types {
        LinkPlace places[NAMED_MAX];
        Space spaces[NAMED_MAX];
        uint32_t count;
} Types;

/* All types of that name and arity that stand in a namespace or in none. */
static void find_types(Linker *linker, const LinkModule *from, uint32_t word, uint32_t arity,
                       Types *ret)
{
        LinkPlace places[NAMED_MAX];
        size_t count = linker_named(linker, from, word, places, NAMED_MAX);
        ret->count = 0;
        for (size_t i = 0; count <= NAMED_MAX && i < count; i++) {
                const LinkModule *module = linker_load(linker, places[i].module);
                const UnitDecl *decl = link_decl(module, places[i].decl);
                if (!is_type(decl->kind) || arity_of(module, decl) != arity ||
                    !space_of(module, places[i].decl, &ret->spaces[ret->count]))
                        continue;
                ret->places[ret->count++] = places[i];
        }
}

/* Parts of one class are one: the first of them in the order of paths stands for all. */
static LinkSet types_in(Linker *linker, const Types *types, const char *space)
{
        const LinkModule *best = NULL;
        uint32_t at = 0;
        for (uint32_t i = 0; i < types->count; i++) {
                const LinkModule *module = linker_load(linker, types->places[i].module);
                if (!g_str_equal(types->spaces[i].text, space) ||
                    (best && strcmp(module->path, best->path) >= 0))
                        continue;
                best = module;
                at = i;
        }
        return best ? link_decl_atom(linker, LINK_ATOM_DECL, types->places[at].module,
                                     types->places[at].decl, LINK_ENV_NONE)
                    : LINK_EMPTY;
}

static LinkSet type_in_space(Linker *linker, const LinkModule *from, const char *space,
                             const char *name)
{
        g_autofree Types *types = g_new(Types, 1);
        uint32_t arity, word = plain_word(linker, linker_word(linker, name), &arity);
        find_types(linker, from, word, arity, types);
        LinkSet found = types_in(linker, types, space);
        for (uint32_t other = 1; found == LINK_EMPTY && !arity && other < 4;
             other++) { /* named without its arguments */
                find_types(linker, from, word, other, types);
                found = types_in(linker, types, space);
        }
        return found;
}

static bool is_missing(Linker *linker, LinkSet set)
{
        return set == LINK_EMPTY || link_set_has(linker->values, set, LINK_ATOM_MISSING);
}

/* "global::A.B": A is sought in no namespace around. */
static const char *without_global(const char *path)
{
        return g_str_has_prefix(path, GLOBAL_PREFIX) ? path + strlen(GLOBAL_PREFIX) : path;
}

/* A.B.C, A.B.C<D>: the longest namespace first; the rest are members. LINK_EMPTY: no such type. */
static LinkSet qualified(Linker *linker, const LinkModule *from, const char *written)
{
        const char *path = without_global(written);
        g_autofree char *plain = g_strndup(path, strcspn(path, "<"));
        g_auto(GStrv) parts = g_strsplit(plain, ".", -1);
        for (unsigned n = g_strv_length(parts); n > 0; n--) {
                g_autofree char *name = g_steal_pointer(&parts[n - 1]);
                g_autofree char *space = g_strjoinv(".", parts);
                LinkSet found = type_in_space(linker, from, space, name);
                if (found == LINK_EMPTY)
                        continue;
                const char *rest = plain + (*space ? strlen(space) + 1 : 0) + strlen(name);
                g_auto(GStrv) members = g_strsplit(*rest ? rest + 1 : "", ".", -1);
                for (unsigned i = 0; members[i]; i++)
                        found = link_member(linker, found, linker_word(linker, members[i]));
                return found;
        }
        return LINK_EMPTY;
}

/* ---- using ---- */

static LinkSet space_atom(Linker *linker, const LinkModule *from, const char *path)
{
        return link_atom(linker, (LinkAtom){LINK_ATOM_SPACE, from->number,
                                            linker_word(linker, path), LINK_ENV_NONE});
}

/* Is there such a namespace, here or among the built-ins? One is found by how it is written: as a whole, or its last part in others. */
static bool is_space(Linker *linker, const LinkModule *from, const char *path)
{
        const char *last = strrchr(path, '.');
        LinkPlace places[NAMED_MAX];
        if (g_str_has_prefix(path, "System"))
                return true;
        for (const char *name = path; name; name = name == path && last ? last + 1 : NULL) {
                size_t count =
                        linker_named(linker, from, linker_word(linker, name), places, NAMED_MAX);
                if (count > NAMED_MAX)
                        return true;
                for (size_t i = 0; i < count; i++)
                        if (link_decl(linker_load(linker, places[i].module), places[i].decl)
                                    ->kind == UNIT_NAMESPACE)
                                return true;
        }
        return false;
}

/* using A = B.C: a type, or else a namespace. */
static LinkSet alias_of(Linker *linker, const LinkModule *from, const char *written)
{
        const char *path = without_global(written);
        LinkSet type = qualified(linker, from, path);
        if (type != LINK_EMPTY)
                return type;
        return is_space(linker, from, path) ? space_atom(linker, from, path)
                                            : link_plain(linker, LINK_ATOM_EXTERNAL);
}

/* What is used in a namespace's declaration, or UNIT_NONE: at the top of the file. */
static LinkSet used_in(Linker *linker, const LinkModule *from, uint32_t container,
                       const Types *types, uint32_t word)
{
        LinkSet members = LINK_EMPTY;
        for (uint32_t i = 0; i < MIN(from->unit->header->imports, IMPORTS_MAX); i++) {
                const UnitImport *import = &from->unit->imports[i];
                const char *path = link_text(from, import->module);
                if (import->container != container)
                        continue;
                if (import->kind == UNIT_IMPORT_MODULE) {
                        if (linker_word(linker, link_text(from, import->local)) != word)
                                continue;
                        return alias_of(linker, from, path);
                }
                LinkSet found = LINK_EMPTY;
                if (!(import->flags & UNIT_IMPORT_STATIC))
                        found = types_in(linker, types, without_global(path));
                if (found != LINK_EMPTY)
                        return found;
                LinkSet type = import->flags & UNIT_IMPORT_STATIC ? qualified(linker, from, path)
                                                                  : LINK_EMPTY;
                found = type == LINK_EMPTY ? LINK_EMPTY : link_member(linker, type, word);
                if (members == LINK_EMPTY && !is_missing(linker, found))
                        members = found;
        }
        return members;
}

/* ---- names ---- */

static bool has_members(UnitKind kind)
{
        return kind == UNIT_CLASS || kind == UNIT_INTERFACE || kind == UNIT_STRUCT ||
               kind == UNIT_ENUM;
}

/* The members of a class under a name; of those only types, if a type is written there. */
static LinkSet member_of_class(Linker *linker, const LinkModule *from, uint32_t decl, uint32_t word,
                               LinkSet *ret_unsure)
{
        uint32_t arity, plain = plain_word(linker, word, &arity);
        bool types = plain != word;
        LinkSet self = link_decl_atom(linker, LINK_ATOM_SELF, from->number, decl, LINK_ENV_NONE);
        LinkSet found = link_member(linker, self, plain);
        for (uint32_t i = 0, n = link_set_size(linker->values, found); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, found, i);
                if (atom.kind == LINK_ATOM_DECL &&
                    (!types || is_type(link_atom_decl(linker, atom)->kind)))
                        return found;
                if (atom.kind == LINK_ATOM_DECL)
                        return LINK_EMPTY;
        }
        if (!is_missing(linker, found))
                *ret_unsure = found;
        return LINK_EMPTY;
}

/* namespace A.B: what stands in A.B, and in A; what is used there. */
static LinkSet name_in_space(Linker *linker, const LinkModule *from, uint32_t decl,
                             const Types *types, uint32_t word)
{
        Space space, outer;
        if (!space_of(from, decl, &outer))
                return LINK_EMPTY;
        g_snprintf(space.text, sizeof space.text, "%.190s%s%.200s", outer.text,
                   *outer.text ? "." : "", link_text(from, link_decl(from, decl)->name));
        LinkSet found = types_in(linker, types, space.text);
        if (found == LINK_EMPTY)
                found = used_in(linker, from, decl, types, word);
        while (found == LINK_EMPTY && strlen(space.text) > strlen(outer.text) &&
               strrchr(space.text, '.')) {
                *strrchr(space.text, '.') = '\0';
                found = types_in(linker, types, space.text);
        }
        return found;
}

static bool begins_with(const char *path, const char *first)
{
        size_t length = strlen(first);
        return strncmp(path, first, length) == 0 && (path[length] == '.' || !path[length]);
}

/* The first part of a qualified name: of a namespace around, or of one that is used. */
static LinkSet space_named(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        const char *text = link_word_text(linker->words, word);
        bool known = false;
        for (uint32_t at = scope; at != UNIT_NONE && !known; at = link_decl(from, at)->container)
                known = link_decl(from, at)->kind == UNIT_NAMESPACE &&
                        begins_with(link_text(from, link_decl(from, at)->name), text);
        for (uint32_t i = 0; i < MIN(from->unit->header->imports, IMPORTS_MAX) && !known; i++)
                known = begins_with(without_global(link_text(from, from->unit->imports[i].module)),
                                    text);
        return known ? space_atom(linker, from, text) : LINK_EMPTY;
}

/* A type that is nowhere used by name: of global usings, which stand in another file. */
static LinkSet only_type(Linker *linker, const Types *types)
{
        for (uint32_t i = 1; i < types->count; i++)
                if (!g_str_equal(types->spaces[i].text, types->spaces[0].text))
                        return LINK_EMPTY;
        return types->count ? types_in(linker, types, types->spaces[0].text) : LINK_EMPTY;
}

/* global::A: a type in no namespace, or else a namespace. */
static LinkSet global_name(Linker *linker, const LinkModule *from, const char *name)
{
        uint32_t arity, plain = plain_word(linker, linker_word(linker, name), &arity);
        LinkSet type = type_in_space(linker, from, "", name);
        return type != LINK_EMPTY ? type
                                  : space_atom(linker, from, link_word_text(linker->words, plain));
}

static LinkSet name_of(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        const char *text = link_word_text(linker->words, word);
        if (without_global(text) != text)
                return global_name(linker, from, without_global(text));
        g_autofree Types *types = g_new(Types, 1);
        uint32_t arity, plain = plain_word(linker, word, &arity);
        LinkSet found = LINK_EMPTY, unsure = LINK_EMPTY;
        uint32_t decl = scope;
        for (; decl != UNIT_NONE && found == LINK_EMPTY &&
               link_decl(from, decl)->kind != UNIT_NAMESPACE;
             decl = link_decl(from, decl)->container)
                if (has_members(link_decl(from, decl)->kind))
                        found = member_of_class(linker, from, decl, word, &unsure);
        if (found != LINK_EMPTY)
                return found;
        find_types(linker, from, plain, arity, types);
        for (; decl != UNIT_NONE && found == LINK_EMPTY; decl = link_decl(from, decl)->container)
                found = name_in_space(linker, from, decl, types, plain);
        if (found == LINK_EMPTY)
                found = types_in(linker, types, "");
        if (found == LINK_EMPTY)
                found = used_in(linker, from, UNIT_NONE, types, plain);
        if (found == LINK_EMPTY)
                found = link_builtin_named(linker, from->language,
                                           arity && plain == linker_word(linker, "Task")
                                                   ? linker_word(linker, "TaskOf")
                                                   : plain);
        if (found == LINK_EMPTY)
                found = only_type(linker, types);
        if (found == LINK_EMPTY)
                found = space_named(linker, from, scope, plain);
        return found != LINK_EMPTY ? found : unsure;
}

/* a.b, where a is a namespace: a type of it, or a namespace in it. */
static LinkSet in_space(Linker *linker, const LinkModule *from, uint32_t space, uint32_t word)
{
        const char *outer = link_word_text(linker->words, space),
                   *name = link_word_text(linker->words, word);
        LinkSet found = type_in_space(linker, from, outer, name);
        uint32_t arity, plain = plain_word(linker, word, &arity);
        if (found == LINK_EMPTY && g_str_has_prefix(outer, "System"))
                found = link_builtin_named(linker, from->language, plain);
        if (found == LINK_EMPTY && arity)
                found = link_plain(linker, LINK_ATOM_EXTERNAL);
        if (found != LINK_EMPTY)
                return found;
        g_autofree char *path = g_strconcat(outer, ".", name, NULL);
        return space_atom(linker, from, path);
}

/* using of a namespace names no file; of a type, static or by another name, the file of that. */
static LinkSet import_target(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        LinkSet modules = LINK_EMPTY, found = LINK_EMPTY;
        if (import->kind == UNIT_IMPORT_MODULE || import->flags & UNIT_IMPORT_STATIC)
                found = qualified(linker, from, link_text(from, import->module));
        for (uint32_t i = 0, n = link_set_size(linker->values, found); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, found, i);
                if (atom.kind == LINK_ATOM_DECL && !linker_is_builtin(atom.module))
                        modules = link_union(
                                linker, modules,
                                link_atom(linker, (LinkAtom){LINK_ATOM_MODULE, atom.module, 0,
                                                             LINK_ENV_NONE}));
        }
        return modules != LINK_EMPTY ? modules : link_plain(linker, LINK_ATOM_EXTERNAL);
}

/* ---- parts and extensions ---- */

/* The other parts of a class that stands in a namespace. */
static uint32_t parts(Linker *linker, const LinkModule *from, uint32_t decl, LinkPlace *ret,
                      uint32_t max)
{
        g_autofree Types *types = g_new(Types, 1);
        Space space;
        uint32_t count = 0;
        if (!space_of(from, decl, &space))
                return 0;
        find_types(linker, from, linker_word(linker, link_text(from, link_decl(from, decl)->name)),
                   arity_of(from, link_decl(from, decl)), types);
        for (uint32_t i = 0; i < types->count && count < max; i++) {
                bool same =
                        types->places[i].module == from->number && types->places[i].decl == decl;
                const LinkModule *module = linker_load(linker, types->places[i].module);
                if (!same && g_str_equal(types->spaces[i].text, space.text) &&
                    link_decl(module, types->places[i].decl)->flags & UNIT_PARTIAL)
                        ret[count++] = types->places[i];
        }
        return count;
}

static bool receives(Linker *linker, LinkAtom value, LinkAtom wanted)
{
        const UnitDecl *decl = link_atom_decl(linker, wanted);
        LinkAtom base;
        if (value.kind == LINK_ATOM_EXTERNAL)
                return wanted.kind == LINK_ATOM_EXTERNAL;
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF)
                return false;
        if (decl && decl->kind == UNIT_TYPE_PARAMETER)
                return true;
        return decl && link_as_base(linker, value, wanted.module, wanted.decl, &base);
}

/* Static methods that say which type they are as members of. */
static LinkSet extension(Linker *linker, const LinkModule *from, LinkSet values, uint32_t word)
{
        LinkPlace places[NAMED_MAX];
        size_t count = linker_named(linker, from, word, places, NAMED_MAX);
        LinkSet result = LINK_EMPTY;
        for (size_t i = 0; count <= NAMED_MAX && i < count; i++) {
                const LinkModule *module = linker_load(linker, places[i].module);
                const UnitDecl *decl = link_decl(module, places[i].decl);
                if (!(decl->flags & UNIT_EXTENSION) || decl->outer == UNIT_NONE)
                        continue;
                LinkSet wanted = link_evaluate_type(linker, places[i].module, decl->outer);
                bool fits = false;
                for (uint32_t k = 0, n = link_set_size(linker->values, values); k < n && !fits; k++)
                        for (uint32_t j = 0, m = link_set_size(linker->values, wanted);
                             j < m && !fits; j++)
                                fits = receives(linker, link_set_at(linker->values, values, k),
                                                link_set_at(linker->values, wanted, j));
                if (fits)
                        result = link_union(linker, result,
                                            link_decl_atom(linker, LINK_ATOM_DECL, places[i].module,
                                                           places[i].decl, LINK_ENV_NONE));
        }
        return result;
}

/* ---- built-ins ---- */

static bool builtin(Linker *linker, const LinkLanguage *language, const char *name, LinkSet *ret)
{
        static const char *const words[][2] = {
                {"int", "Int32"},       {"long", "Int64"},    {"double", "Double"},
                {"float", "Single"},    {"bool", "Boolean"},  {"char", "Char"},
                {"byte", "Byte"},       {"short", "Int16"},   {"uint", "UInt32"},
                {"ulong", "UInt64"},    {"ushort", "UInt16"}, {"sbyte", "SByte"},
                {"decimal", "Decimal"}, {"string", "String"}, {"object", "Object"},
                {"[]", "Array"}};
        if (g_str_equal(name, "void") || g_str_equal(name, "dynamic")) {
                *ret = *name == 'v' ? LINK_EMPTY : link_plain(linker, LINK_ATOM_UNKNOWN);
                return true;
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if (g_str_equal(name, words[i][0])) {
                        *ret = link_builtin(linker, language, words[i][1]);
                        return true;
                }
        return false;
}

static LinkSet argument_of(Linker *linker, LinkAtom value, const char *type, uint32_t index)
{
        LinkSet of = link_builtin(linker, link_atom_language(linker, value), type);
        LinkAtom generic = link_set_at(linker->values, of, 0), base;
        if (generic.kind != LINK_ATOM_DECL ||
            !link_as_base(linker, value, generic.module, generic.decl, &base))
                return LINK_EMPTY;
        if (link_env_size(linker->values, base.env) <= index)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        return link_env_at(linker->values, base.env, index).set;
}

/* An indexer is the property "this". */
static LinkSet indexed(Linker *linker, LinkAtom value)
{
        LinkSet member = link_member(linker, link_atom(linker, value), linker_word(linker, "this"));
        return is_missing(linker, member) ? LINK_EMPTY : link_read(linker, member);
}

static LinkSet element(Linker *linker, LinkAtom value, uint32_t key)
{
        LinkSet unknown = link_plain(linker, LINK_ATOM_UNKNOWN);
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF)
                return unknown;
        LinkSet of = key != UNIT_NONE ? indexed(linker, value) : LINK_EMPTY;
        if (of == LINK_EMPTY && key != UNIT_NONE)
                of = argument_of(linker, value, "IDictionary", 1);
        if (of == LINK_EMPTY)
                of = argument_of(linker, value, "IEnumerable", 0);
        return of != LINK_EMPTY ? of : unknown;
}

static LinkSet awaited(Linker *linker, LinkAtom value)
{
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF)
                return link_atom(linker, value);
        LinkSet of = argument_of(linker, value, "TaskOf", 0);
        return of != LINK_EMPTY ? of : link_atom(linker, value);
}

static const uint32_t builtins[] = {
#include "csharp-builtins.inc"
};

extern const LinkLanguage csharp_resolver;
const LinkLanguage csharp_resolver = {.name = "csharp",
                                      .languages = 1u << UNIT_CSHARP,
                                      .flags = LINK_OVERLOADS | LINK_NAMED_IN_CONTAINER,
                                      .builtins = builtins,
                                      .root = "Object",
                                      .target = import_target,
                                      .name_of = name_of,
                                      .space = in_space,
                                      .parts = parts,
                                      .extension = extension,
                                      .builtin = builtin,
                                      .element = element,
                                      .awaited = awaited};
