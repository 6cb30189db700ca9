/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C's and C++'s part in the linker: names through classes, namespaces, using declarations, includes, and by linkage: what a file
 * does not declare itself is what the repository defines under that name. */
#include <string.h>

#include "languages/c/resolve.h"

#define DEPTH_MAX 40 /* namespaces and classes around a name */

bool c_is_type(UnitKind kind)
{
        return kind == UNIT_CLASS || kind == UNIT_STRUCT || kind == UNIT_ENUM ||
               kind == UNIT_TYPE || kind == UNIT_RECORD;
}

bool c_is_function(UnitKind kind)
{
        return kind == UNIT_FUNCTION || kind == UNIT_METHOD || kind == UNIT_CONSTRUCTOR;
}

static bool has_members(UnitKind kind)
{
        return kind == UNIT_CLASS || kind == UNIT_STRUCT || kind == UNIT_RECORD;
}

/* ---- namespaces ---- */

static bool is_named_space(const LinkModule *module, const UnitDecl *decl)
{
        return decl->kind == UNIT_NAMESPACE && *link_text(module, decl->name) != '(' &&
               !g_str_has_prefix(link_text(module, decl->signature), "inline");
}

/* What the macro that opens a namespace says of it: "a::b"; NULL: it is none that is known. */
static const char *opened_space(Linker *linker, const LinkModule *module, const UnitDecl *space)
{
        if (space->kind != UNIT_IMPLEMENTATION || space->value == UNIT_NONE)
                return NULL;
        LinkSet denoted = link_denoted(linker, module->number, space->value);
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                const UnitDecl *macro =
                        atom.kind == LINK_ATOM_DECL ? link_atom_decl(linker, atom) : NULL;
                if (!macro || macro->kind != UNIT_MACRO || macro->type == UNIT_NONE)
                        continue;
                const LinkModule *other = linker_load(linker, atom.module);
                return link_text(other, other->unit->exprs[macro->type].a);
        }
        return NULL;
}

/* A namespace, and those around it. */
static void add_space(Linker *linker, const LinkModule *module, uint32_t decl, CSpace *ret,
                      unsigned depth)
{
        if (decl == UNIT_NONE || depth > DEPTH_MAX)
                return;
        const UnitDecl *space = link_decl(module, decl);
        add_space(linker, module, space->container, ret, depth + 1);
        const char *name = is_named_space(module, space) ? link_text(module, space->name)
                                                         : opened_space(linker, module, space);
        if (!name)
                return;
        if (*ret->text)
                g_strlcat(ret->text, "::", sizeof(ret->text));
        g_strlcat(ret->text, name, sizeof(ret->text));
}

void c_space_of(Linker *linker, const LinkModule *module, uint32_t decl, CSpace *ret)
{
        *ret->text = '\0';
        if (decl != UNIT_NONE)
                add_space(linker, module, link_decl(module, decl)->container, ret, 0);
}

bool c_is_space(UnitKind kind)
{
        return kind == UNIT_NAMESPACE || kind == UNIT_IMPLEMENTATION;
}

/* Does a declaration stand at the top of a file or namespace? */
static bool is_free(const LinkModule *module, const UnitDecl *decl)
{
        if (decl->outer != UNIT_NONE)
                return false;
        return decl->container == UNIT_NONE || c_is_space(link_decl(module, decl->container)->kind);
}

bool c_is_header(const LinkModule *module)
{
        const char *dot = strrchr(module->path, '.');
        return dot && (dot[1] == 'h' || dot[1] == 'i' || dot[1] == 't');
}

void c_find(Linker *linker, const LinkModule *from, uint32_t word, CPlaces *ret)
{
        LinkPlace places[C_PLACES_MAX];
        size_t count = linker_named(linker, from, word, places, C_PLACES_MAX);
        ret->count = 0;
        for (size_t i = 0; i < count && count <= C_PLACES_MAX; i++) {
                const LinkModule *module = linker_load(linker, places[i].module);
                const UnitDecl *decl = link_decl(module, places[i].decl);
                bool hidden =
                        (decl->flags & UNIT_FILE_LOCAL) && module != from && !c_is_header(module);
                if (!hidden && is_free(module, decl))
                        ret->items[ret->count++] = places[i];
        }
}

static LinkSet set_of(Linker *linker, const CPlaces *places)
{
        LinkSet result = LINK_EMPTY;
        for (size_t i = 0; i < places->count; i++) {
                LinkSet one = link_decl_atom(linker, LINK_ATOM_DECL, places->items[i].module,
                                             places->items[i].decl, LINK_ENV_NONE);
                result = link_union(linker, result, one);
        }
        return result;
}

/* A namespace of the repository as an atom; its word is its whole name. */
static LinkSet space_atom(Linker *linker, const LinkModule *from, const char *name)
{
        return link_atom(linker, (LinkAtom){LINK_ATOM_SPACE, from->number,
                                            linker_word(linker, name), LINK_ENV_NONE});
}

typedef bool (*IsKept)(const LinkModule *from, const LinkModule *module, const UnitDecl *decl);

static bool is_own(const LinkModule *from, const LinkModule *module, const UnitDecl *decl)
{
        return module == from;
}

static bool has_body(const LinkModule *from, const LinkModule *module, const UnitDecl *decl)
{
        return !(decl->flags & UNIT_BODILESS);
}

static void keep(Linker *linker, const LinkModule *from, IsKept is_kept, CPlaces *places)
{
        CPlaces kept = {.count = 0};
        for (size_t i = 0; i < places->count; i++) {
                const LinkModule *module = linker_load(linker, places->items[i].module);
                if (is_kept(from, module, link_decl(module, places->items[i].decl)))
                        kept.items[kept.count++] = places->items[i];
        }
        if (kept.count > 0)
                *places = kept;
}

/* Those of files that the file includes. */
static void keep_included(Linker *linker, const LinkModule *from, CPlaces *places)
{
        CPlaces kept = {.count = 0};
        const LinkModule *first = linker_load(linker, places->items[0].module);
        const char *name = link_text(first, link_decl(first, places->items[0].decl)->name);
        LinkSet set = c_included(linker, from, link_word(linker->words, name));
        for (size_t i = 0; i < places->count; i++)
                if (c_has_module(linker, set, places->items[i].module))
                        kept.items[kept.count++] = places->items[i];
        if (kept.count > 0)
                *places = kept;
}

/* Of more declarations than a set has room for, which in C are all of one thing: those of the file itself, or what is defined. */
static void thin_out(Linker *linker, const LinkModule *from, CPlaces *places)
{
        if (from->unit->header->language != UNIT_C)
                return;
        if (places->count > LINK_SET_MAX)
                keep(linker, from, is_own, places);
        if (places->count > LINK_SET_MAX)
                keep(linker, from, has_body, places);
        if (places->count > LINK_SET_MAX)
                keep_included(linker, from, places);
}

/* What stands under a name in a namespace. */
static LinkSet find_in_space(Linker *linker, const LinkModule *from, const CPlaces *places,
                             const char *space)
{
        CPlaces kept = {.count = 0};
        for (size_t i = 0; i < places->count; i++) {
                const LinkModule *module = linker_load(linker, places->items[i].module);
                CSpace own;
                c_space_of(linker, module, places->items[i].decl, &own);
                if (!g_str_equal(own.text, space))
                        continue;
                const UnitDecl *decl = link_decl(module, places->items[i].decl);
                if (decl->kind == UNIT_NAMESPACE) {
                        g_autofree char *whole = g_strconcat(space, *space ? "::" : "",
                                                             link_text(module, decl->name), NULL);
                        return space_atom(linker, from, whole);
                }
                kept.items[kept.count++] = places->items[i];
        }
        thin_out(linker, from, &kept);
        return set_of(linker, &kept);
}

/* ---- members ---- */

static bool is_something(Linker *linker, LinkSet set)
{
        return set != LINK_EMPTY && !link_set_has(linker->values, set, LINK_ATOM_MISSING) &&
               !link_set_has(linker->values, set, LINK_ATOM_UNKNOWN) &&
               !link_set_has(linker->values, set, LINK_ATOM_EXTERNAL);
}

/* The name of a class in itself is the class, not its constructor. */
static LinkSet class_of(Linker *linker, LinkSet found)
{
        LinkAtom atom = link_set_at(linker->values, found, 0);
        const UnitDecl *decl = atom.kind == LINK_ATOM_DECL ? link_atom_decl(linker, atom) : NULL;
        if (!decl || decl->kind != UNIT_CONSTRUCTOR || decl->container == UNIT_NONE)
                return found;
        return link_decl_atom(linker, LINK_ATOM_DECL, atom.module, decl->container, LINK_ENV_NONE);
}

/* Of the types among what is denoted. */
static LinkSet member_of_types(Linker *linker, LinkSet denoted, uint32_t word)
{
        for (uint32_t i = 0, n = link_set_size(linker->values, denoted); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, denoted, i);
                const UnitDecl *decl =
                        atom.kind == LINK_ATOM_DECL ? link_atom_decl(linker, atom) : NULL;
                if (!decl || (!has_members(decl->kind) && decl->kind != UNIT_TYPE))
                        continue;
                LinkSet type = link_atom(linker, atom);
                LinkSet found = link_member(
                        linker, decl->kind == UNIT_TYPE ? link_instances(linker, type) : type,
                        word);
                if (is_something(linker, found))
                        return class_of(linker, found);
        }
        return LINK_EMPTY;
}

/* In the classes around a place, and in that whose member it is part of. */
static LinkSet find_member(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        for (uint32_t at = scope; at != UNIT_NONE; at = link_decl(from, at)->container) {
                const UnitDecl *decl = link_decl(from, at);
                LinkSet found = LINK_EMPTY;
                if (has_members(decl->kind))
                        found = member_of_types(linker,
                                                link_decl_atom(linker, LINK_ATOM_DECL, from->number,
                                                               at, LINK_ENV_NONE),
                                                word);
                if (found == LINK_EMPTY && decl->outer != UNIT_NONE)
                        found = member_of_types(
                                linker, link_denoted(linker, from->number, decl->outer), word);
                if (found != LINK_EMPTY)
                        return found;
        }
        return LINK_EMPTY;
}

/* ---- using ---- */

/* The next shorter namespace around one; false: there is none. */
static bool step_out(CSpace *space)
{
        if (!*space->text)
                return false;
        char *last = g_strrstr(space->text, "::");
        *(last ? last : space->text) = '\0';
        return true;
}

/* What stands in a namespace that an import names as seen from where it stands. */
static LinkSet find_named(Linker *linker, const LinkModule *from, const UnitImport *import,
                          const CPlaces *places, const char *space)
{
        CSpace around = {""};
        LinkSet found;
        add_space(linker, from, import->container, &around, 0);
        do {
                g_autofree char *whole =
                        g_strconcat(around.text, *around.text ? "::" : "", space, NULL);
                found = find_in_space(linker, from, places, whole);
        } while (found == LINK_EMPTY && step_out(&around));
        return found;
}

/* The namespace that an alias stands for. */
static LinkSet alias_of(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        const char *module = link_text(from, import->module), *last = g_strrstr(module, "::");
        g_autofree char *space = last ? g_strndup(module, (size_t)(last - module)) : g_strdup("");
        CPlaces places;
        c_find(linker, from, linker_word(linker, last ? last + 2 : module), &places);
        LinkSet found = find_named(linker, from, import, &places, space);
        return found != LINK_EMPTY ? found : space_atom(linker, from, module);
}

/* using a::b::name; and namespace name = a::b; */
static LinkSet find_used(Linker *linker, const LinkModule *from, const char *name,
                         const CPlaces *places)
{
        for (uint32_t i = 0; i < from->unit->header->imports; i++) {
                const UnitImport *import = &from->unit->imports[i];
                if (import->flags & UNIT_IMPORT_REEXPORT ||
                    !g_str_equal(link_text(from, import->local), name))
                        continue;
                if (import->kind == UNIT_IMPORT_MODULE)
                        return alias_of(linker, from, import);
                const char *module = link_text(from, import->module);
                const char *last = g_strrstr(module, "::");
                g_autofree char *space = last ? g_strndup(module, (size_t)(last - module)) : NULL;
                LinkSet found =
                        space ? find_named(linker, from, import, places, space) : LINK_EMPTY;
                if (found != LINK_EMPTY)
                        return found;
        }
        return LINK_EMPTY;
}

/* using namespace a::b; */
static LinkSet find_directed(Linker *linker, const LinkModule *from, const CPlaces *places)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0; i < from->unit->header->imports; i++) {
                const UnitImport *import = &from->unit->imports[i];
                if (import->kind == UNIT_IMPORT_ALL && !(import->flags & UNIT_IMPORT_REEXPORT))
                        result = link_union(linker, result,
                                            find_named(linker, from, import, places,
                                                       link_text(from, import->module)));
        }
        return result;
}

/* ---- names ---- */

/* From the innermost namespace around a place outwards. */
static LinkSet find_around(Linker *linker, const LinkModule *from, uint32_t scope,
                           const CPlaces *places)
{
        CSpace space = {""};
        add_space(linker, from, scope, &space, 0);
        for (;;) {
                LinkSet found = find_in_space(linker, from, places, space.text);
                if (found != LINK_EMPTY || !step_out(&space))
                        return found;
        }
}

/* "struct s": only types. */
static void keep_types(Linker *linker, CPlaces *places)
{
        size_t kept = 0;
        for (size_t i = 0; i < places->count; i++)
                if (c_is_type(link_decl(linker_load(linker, places->items[i].module),
                                        places->items[i].decl)
                                      ->kind))
                        places->items[kept++] = places->items[i];
        places->count = kept;
}

static LinkSet name_of(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        const char *text = link_word_text(linker->words, word);
        bool tag = g_str_has_prefix(text, "struct ") || g_str_has_prefix(text, "enum ");
        if (tag) {
                text = strchr(text, ' ') + 1;
                word = linker_word(linker, text);
        }
        LinkSet found = find_member(linker, from, scope, word);
        if (found != LINK_EMPTY)
                return found;
        CPlaces places;
        c_find(linker, from, word, &places);
        if (tag)
                keep_types(linker, &places);
        found = find_around(linker, from, scope, &places);
        if (found == LINK_EMPTY)
                found = find_used(linker, from, text, &places);
        if (found == LINK_EMPTY)
                found = find_directed(linker, from, &places);
        return found;
}

LinkSet c_in_space(Linker *linker, const LinkModule *from, const char *space, uint32_t word)
{
        CPlaces places;
        c_find(linker, from, word, &places);
        return find_in_space(linker, from, &places, space);
}

/* What stands in a namespace, for whoever names it by that. */
static LinkSet in_space(Linker *linker, const LinkModule *from, uint32_t space, uint32_t word)
{
        LinkSet found = c_in_space(linker, from, link_word_text(linker->words, space), word);
        return found != LINK_EMPTY ? found : link_plain(linker, LINK_ATOM_MISSING);
}

/* ---- classes that are defined outside of the class that they are in ---- */

static bool is_defined_in(Linker *linker, LinkPlace place, const LinkModule *type, uint32_t class)
{
        const UnitDecl *decl = link_decl(linker_load(linker, place.module), place.decl);
        LinkSet outer = decl->outer == UNIT_NONE || !has_members(decl->kind)
                                ? LINK_EMPTY
                                : link_denoted(linker, place.module, decl->outer);
        for (uint32_t i = 0, n = link_set_size(linker->values, outer); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, outer, i);
                if (atom.kind == LINK_ATOM_DECL && atom.module == type->number &&
                    atom.decl == class)
                        return true;
        }
        return false;
}

static LinkSet attached(Linker *linker, const LinkModule *type, uint32_t decl, uint32_t word)
{
        LinkPlace places[C_PLACES_MAX];
        size_t count = linker_named(linker, type, word, places, C_PLACES_MAX);
        LinkSet result = LINK_EMPTY;
        for (size_t i = 0; i < count && count <= C_PLACES_MAX; i++)
                if (is_defined_in(linker, places[i], type, decl))
                        result = link_union(linker, result,
                                            link_decl_atom(linker, LINK_ATOM_DECL, places[i].module,
                                                           places[i].decl, LINK_ENV_NONE));
        return result;
}

/* ---- elements ---- */

static LinkSet element(Linker *linker, LinkAtom value, uint32_t key)
{
        const char *name = key == UNIT_NONE ? "operator[]" : "begin";
        LinkSet one = link_atom(linker, value);
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF)
                return one;
        LinkSet member = link_member(linker, one, linker_word(linker, name));
        if (!is_something(linker, member))
                return one; /* an array, a pointer */
        return link_call(linker, link_read(linker, member), NULL);
}

#define RESOLVER(name_)                                                                            \
        {                                                                                          \
                .name = "c", .languages = 1u << UNIT_C | 1u << UNIT_CPP,                           \
                .flags = LINK_CALL_MAKES | LINK_PROTOTYPES | LINK_NAMED_IN_NAMESPACE,              \
                .call = "operator()", .target = c_target, .name_of = name_of, .space = in_space,   \
                .attached = attached, .element = element, .chosen = c_chosen, .is_same = c_is_same \
        }

extern const LinkLanguage c_resolver, cpp_resolver;
const LinkLanguage c_resolver = RESOLVER(c);
const LinkLanguage cpp_resolver = RESOLVER(cpp);
