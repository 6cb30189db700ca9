/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Java's part in the linker: names are sought in the classes around them and what those inherit, then among imports, in the package,
 * and in java.lang; types of a package by the folder of their file, or by name anywhere. */
#include <string.h>

#include "code/link-meaning.h"

#define PATH_BYTES_MAX 1000
#define NAMED_MAX      64  /* declarations of one name that are looked at */
#define IMPORTS_MAX    500 /* of one file that are looked at for a name */

/* ---- types of packages ---- */

static bool is_type(const UnitDecl *decl)
{
        return decl->container == UNIT_NONE &&
               (decl->kind == UNIT_CLASS || decl->kind == UNIT_INTERFACE ||
                decl->kind == UNIT_ENUM);
}

static const char *package_of(const LinkModule *module)
{
        return unit_string(module->unit, module->unit->header->package);
}

static LinkSet type_in_file(Linker *linker, uint32_t number, const char *package, uint32_t word)
{
        const LinkModule *module = number == LINK_NONE ? NULL : linker_load(linker, number);
        if (!module || module->unit->header->language != UNIT_JAVA ||
            !g_str_equal(package_of(module), package))
                return LINK_EMPTY;
        linker_consult_name(linker, module, word);
        uint32_t found = link_module_find(module, LINK_OF_FILE, word);
        if (found == UNIT_NONE || !is_type(link_decl(module, found)))
                return LINK_EMPTY;
        return link_decl_atom(linker, LINK_ATOM_DECL, number, found, LINK_ENV_NONE);
}

/* The length of the folder that the packages of a file's source tree lie in; -1: the file does not lie where its package says. */
static int source_root(const LinkModule *module)
{
        const char *slash = strrchr(module->path, '/'), *package = package_of(module);
        size_t folder = slash ? (size_t)(slash - module->path) : 0, length = strlen(package);
        if (length > folder)
                return -1;
        const char *tail = module->path + folder - length;
        for (size_t i = 0; i < length; i++)
                if (tail[i] != (package[i] == '.' ? '/' : package[i]))
                        return -1;
        return (int)(folder - length);
}

/* The file that a public type must lie in, in the source tree of the one who asks. */
static LinkSet type_by_path(Linker *linker, const LinkModule *from, const char *package,
                            uint32_t word)
{
        char path[PATH_BYTES_MAX];
        int root = source_root(from);
        if (root < 0)
                return LINK_EMPTY;
        int length = g_snprintf(path, sizeof path, "%.*s%s%s%s.java", root, from->path, package,
                                *package ? "/" : "", link_word_text(linker->words, word));
        if (length >= (int)sizeof path)
                return LINK_EMPTY;
        for (size_t i = (size_t)root, end = (size_t)root + strlen(package); i < end; i++)
                if (path[i] == '.')
                        path[i] = '/';
        return type_in_file(linker, linker_find(linker, path), package, word);
}

static size_t common_prefix(const char *a, const char *b)
{
        size_t n = 0;
        while (a[n] && a[n] == b[n])
                n++;
        return n;
}

/* Of several types of one name in packages of one name (variants of a source tree), the one that lies nearest. */
static LinkSet type_anywhere(Linker *linker, const LinkModule *from, const char *package,
                             uint32_t word)
{
        LinkPlace places[NAMED_MAX];
        size_t count = linker_named(linker, from, word, places, NAMED_MAX), best = 0;
        LinkSet found = LINK_EMPTY;
        for (size_t i = 0; count <= NAMED_MAX && i < count; i++) {
                const LinkModule *module = linker_load(linker, places[i].module);
                size_t near = common_prefix(from->path, module->path) + 1;
                if (!is_type(link_decl(module, places[i].decl)) || near <= best ||
                    !g_str_equal(package_of(module), package))
                        continue;
                best = near;
                found = link_decl_atom(linker, LINK_ATOM_DECL, places[i].module, places[i].decl,
                                       LINK_ENV_NONE);
        }
        return found;
}

static LinkSet type_in_package(Linker *linker, const LinkModule *from, const char *package,
                               uint32_t word)
{
        LinkSet found = type_by_path(linker, from, package, word);
        return found != LINK_EMPTY ? found : type_anywhere(linker, from, package, word);
}

/* ---- qualified names ---- */

static bool is_missing(Linker *linker, LinkSet set)
{
        return set == LINK_EMPTY || link_set_has(linker->values, set, LINK_ATOM_MISSING);
}

/* What a.b.C.D means: the longest package first; the rest are members. LINK_EMPTY: no such type is here. */
static LinkSet qualified(Linker *linker, const LinkModule *from, const char *path)
{
        g_auto(GStrv) parts = g_strsplit(path, ".", -1);
        unsigned count = g_strv_length(parts);
        for (unsigned n = count; n > 0; n--) {
                g_autofree char *word = g_steal_pointer(&parts[n - 1]);
                g_autofree char *package = g_strjoinv(".", parts);
                LinkSet found = type_in_package(linker, from, package, linker_word(linker, word));
                parts[n - 1] = NULL;
                if (found == LINK_EMPTY)
                        continue;
                const char *rest = path + (*package ? strlen(package) + 1 : 0) + strlen(word);
                g_auto(GStrv) members = g_strsplit(*rest ? rest + 1 : "", ".", -1);
                for (unsigned i = 0; members[i]; i++)
                        found = link_member(linker, found, linker_word(linker, members[i]));
                return found;
        }
        return LINK_EMPTY;
}

/* A name of java's own libraries that is among the built-ins, by its last part; else something outside. */
static LinkSet outside(Linker *linker, const LinkModule *from, const char *path)
{
        const char *last = strrchr(path, '.');
        if (g_str_has_prefix(path, "java.") && last) {
                LinkSet found =
                        link_builtin_named(linker, from->language, linker_word(linker, last + 1));
                if (found != LINK_EMPTY)
                        return found;
        }
        return link_plain(linker, LINK_ATOM_EXTERNAL);
}

/* ---- imports ---- */

static LinkSet import_target(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        const char *path = link_text(from, import->module);
        g_autofree char *type = g_strdup(path);
        if (import->flags & UNIT_IMPORT_STATIC && import->kind == UNIT_IMPORT_NAME &&
            strrchr(type, '.'))
                *strrchr(type, '.') = '\0';
        LinkSet found = qualified(linker, from, type), modules = LINK_EMPTY;
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

/* import static a.b.C.f: whatever of C is called so. */
static LinkSet static_member(Linker *linker, const LinkModule *from, const char *path,
                             uint32_t word, bool all)
{
        g_autofree char *type = g_strdup(path);
        if (!all && strrchr(type, '.'))
                *strrchr(type, '.') = '\0';
        LinkSet of = qualified(linker, from, type);
        if (of == LINK_EMPTY)
                return all ? LINK_EMPTY : link_plain(linker, LINK_ATOM_EXTERNAL);
        LinkSet found = link_member(linker, of, word);
        return is_missing(linker, found) ? LINK_EMPTY : found;
}

/* The name without "()", which methods are looked up by. */
static uint32_t plain_word(Linker *linker, uint32_t word, bool *ret_called)
{
        const char *text = link_word_text(linker->words, word);
        size_t length = strlen(text);
        *ret_called = length > 2 && strcmp(text + length - 2, "()") == 0;
        if (!*ret_called)
                return word;
        g_autofree char *plain = g_strndup(text, length - 2);
        return linker_word(linker, plain);
}

static LinkSet imported_name(Linker *linker, const LinkModule *from, uint32_t word)
{
        bool called;
        uint32_t probe = 0, found, plain = plain_word(linker, word, &called);
        LinkSet result = LINK_EMPTY;
        while ((found = link_module_next(from, LINK_OF_IMPORTS, plain, &probe)) != UNIT_NONE) {
                const UnitImport *import = &from->unit->imports[found];
                const char *path = link_text(from, import->module);
                bool members = import->flags & UNIT_IMPORT_STATIC;
                LinkSet one = LINK_EMPTY;
                if (members)
                        one = static_member(linker, from, path, word, /* all= */ false);
                else if (!called)
                        one = qualified(linker, from, path);
                if (!members && !called && one == LINK_EMPTY)
                        one = outside(linker, from, path);
                result = link_union(linker, result, one);
        }
        return result;
}

static LinkSet imported_on_demand(Linker *linker, const LinkModule *from, uint32_t word)
{
        bool called, plain = true;
        uint32_t seen = 0, probe = 0, found, nothing = linker_word(linker, "");
        (void)plain_word(linker, word, &called);
        while ((found = link_module_next(from, LINK_OF_IMPORTS, nothing, &probe)) != UNIT_NONE &&
               seen++ < IMPORTS_MAX) {
                const UnitImport *import = &from->unit->imports[found];
                const char *path = link_text(from, import->module);
                plain = !(import->flags & UNIT_IMPORT_STATIC);
                LinkSet one =
                        plain && !called ? type_in_package(linker, from, path, word) : LINK_EMPTY;
                if (one == LINK_EMPTY && (!plain || !called))
                        one = static_member(linker, from, path, word, /* all= */ true);
                if (one != LINK_EMPTY)
                        return one;
        }
        return LINK_EMPTY;
}

/* ---- names ---- */

static bool has_members(UnitKind kind)
{
        return kind == UNIT_CLASS || kind == UNIT_INTERFACE || kind == UNIT_ENUM ||
               kind == UNIT_RECORD;
}

/* What the classes around have or inherit. Of one whose base is outside the repository it is not known whether it does: *ret_unsure. */
static LinkSet name_in_classes(Linker *linker, const LinkModule *from, uint32_t scope,
                               uint32_t word, LinkSet *ret_unsure)
{
        for (uint32_t decl = scope; decl != UNIT_NONE; decl = link_decl(from, decl)->container) {
                if (!has_members(link_decl(from, decl)->kind))
                        continue;
                LinkSet self =
                        link_decl_atom(linker, LINK_ATOM_SELF, from->number, decl, LINK_ENV_NONE);
                LinkSet found = link_member(linker, self, word);
                if (is_missing(linker, found))
                        continue;
                for (uint32_t i = 0, n = link_set_size(linker->values, found); i < n; i++)
                        if (link_set_at(linker->values, found, i).kind == LINK_ATOM_DECL)
                                return found;
                *ret_unsure = found;
        }
        return LINK_EMPTY;
}

static LinkSet type_in_own_file(Linker *linker, const LinkModule *from, uint32_t word)
{
        uint32_t found = link_module_find(from, LINK_OF_FILE, word);
        return found == UNIT_NONE
                       ? LINK_EMPTY
                       : link_decl_atom(linker, LINK_ATOM_DECL, from->number, found, LINK_ENV_NONE);
}

/* The first part of a qualified name: of the own package, or of one that is imported. */
static LinkSet package_named(Linker *linker, const LinkModule *from, uint32_t word)
{
        const char *text = link_word_text(linker->words, word);
        size_t length = strlen(text);
        bool known =
                strncmp(package_of(from), text, length) == 0 && package_of(from)[length] == '.';
        for (uint32_t i = 0; i < MIN(from->unit->header->imports, IMPORTS_MAX) && !known; i++) {
                const char *path = link_text(from, from->unit->imports[i].module);
                known = strncmp(path, text, length) == 0 && path[length] == '.';
        }
        if (!known)
                return LINK_EMPTY;
        return link_atom(linker, (LinkAtom){LINK_ATOM_SPACE, from->number, word, LINK_ENV_NONE});
}

static LinkSet name_of(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        bool called;
        LinkSet unsure = LINK_EMPTY, found = name_in_classes(linker, from, scope, word, &unsure);
        (void)plain_word(linker, word, &called);
        if (found == LINK_EMPTY && !called)
                found = type_in_own_file(linker, from, word);
        if (found == LINK_EMPTY)
                found = imported_name(linker, from, word);
        if (found == LINK_EMPTY && !called)
                found = type_in_package(linker, from, package_of(from), word);
        if (found == LINK_EMPTY)
                found = imported_on_demand(linker, from, word);
        if (found == LINK_EMPTY && !called)
                found = link_builtin_named(linker, from->language, word);
        if (found == LINK_EMPTY && !called)
                found = package_named(linker, from, word);
        return found != LINK_EMPTY ? found : unsure;
}

/* a.b, where a is a package: a type of it, or a package in it. */
static LinkSet in_space(Linker *linker, const LinkModule *from, uint32_t space, uint32_t word)
{
        const char *package = link_word_text(linker->words, space),
                   *name = link_word_text(linker->words, word);
        LinkSet found = type_in_package(linker, from, package, word);
        if (found != LINK_EMPTY)
                return found;
        g_autofree char *path = g_strconcat(package, ".", name, NULL);
        if (!g_ascii_islower(*name))
                return outside(linker, from, path);
        return link_atom(linker, (LinkAtom){LINK_ATOM_SPACE, from->number,
                                            linker_word(linker, path), LINK_ENV_NONE});
}

/* ---- built-ins ---- */

static bool builtin(Linker *linker, const LinkLanguage *language, const char *name, LinkSet *ret)
{
        static const char *const primitives[] = {"int",     "long", "double", "float",
                                                 "boolean", "char", "byte",   "short"};
        if (g_str_equal(name, "void")) {
                *ret = LINK_EMPTY;
                return true;
        }
        if (g_str_equal(name, "[]")) {
                *ret = link_builtin(linker, language, "$Array");
                return true;
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(primitives); i++)
                if (g_str_equal(name, primitives[i])) {
                        g_autofree char *type = g_strconcat("$", name, NULL);
                        *ret = link_builtin(linker, language, type);
                        return true;
                }
        return false;
}

/* The other form of a primitive or of what holds one. */
static LinkSet boxed(Linker *linker, LinkAtom value)
{
        static const char *const boxes[][2] = {{"$int", "Integer"},    {"$long", "Long"},
                                               {"$double", "Double"},  {"$float", "Float"},
                                               {"$char", "Character"}, {"$boolean", "Boolean"},
                                               {"$byte", "Byte"},      {"$short", "Short"}};
        if (!linker_is_builtin(value.module))
                return LINK_EMPTY;
        const LinkModule *module = linker_load(linker, value.module);
        const char *name = link_text(module, link_decl(module, value.decl)->name);
        for (unsigned i = 0; i < G_N_ELEMENTS(boxes); i++)
                for (unsigned k = 0; k < 2; k++)
                        if (g_str_equal(name, boxes[i][k]))
                                return link_instances(linker, link_builtin(linker, module->language,
                                                                           boxes[i][1 - k]));
        return LINK_EMPTY;
}

static bool is_simple(Linker *linker, LinkAtom value)
{
        const LinkModule *module = linker_load(linker, value.module);
        return linker_is_builtin(value.module) &&
               link_text(module, link_decl(module, value.decl)->name)[0] == '$';
}

/* ---- elements, lambdas ---- */

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

static LinkSet element(Linker *linker, LinkAtom value, uint32_t key)
{
        if (value.kind != LINK_ATOM_INSTANCE && value.kind != LINK_ATOM_SELF)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkSet of = argument_of(linker, value, "$Array");
        if (of == LINK_EMPTY)
                of = argument_of(linker, value, "Iterable");
        return of != LINK_EMPTY ? of : link_plain(linker, LINK_ATOM_UNKNOWN);
}

/* Methods that all objects have make an interface no other one: boolean equals(Object) of comparators. */
static bool is_abstract(const LinkModule *module, const UnitDecl *decl)
{
        static const char *const common[] = {"equals", "hashCode", "toString"};
        if (decl->kind != UNIT_METHOD || !(decl->flags & UNIT_ABSTRACT))
                return false;
        for (unsigned i = 0; i < G_N_ELEMENTS(common); i++)
                if (g_str_equal(link_text(module, decl->name), common[i]))
                        return false;
        return true;
}

/* The one abstract method of an interface: that by which a value of it is called. */
static LinkSet called(Linker *linker, LinkAtom value)
{
        const UnitDecl *decl = link_atom_decl(linker, value);
        if (value.kind != LINK_ATOM_INSTANCE || !decl || decl->kind != UNIT_INTERFACE)
                return LINK_EMPTY;
        uint32_t list =
                link_ask(linker, (LinkNode){LINK_NODE_LINEAGE, value.module, value.decl, 0});
        for (uint32_t i = 0, n = list ? link_list_size(linker->values, list) : 0; i < n; i++) {
                LinkSet item =
                        link_substitute(linker, link_list_at(linker->values, list, i), value.env);
                LinkAtom type = link_set_at(linker->values, item, 0);
                if (type.kind != LINK_ATOM_DECL)
                        continue;
                const LinkModule *module = linker_load(linker, type.module);
                for (uint32_t k = type.decl + 1; k < module->unit->header->decls; k++) {
                        if (link_decl(module, k)->first_line >
                            link_decl(module, type.decl)->last_line)
                                break;
                        if (link_decl(module, k)->container == type.decl &&
                            is_abstract(module, link_decl(module, k)))
                                return link_decl_atom(linker, LINK_ATOM_DECL, type.module, k,
                                                      type.env);
                }
        }
        return LINK_EMPTY;
}

static const uint32_t builtins[] = {
#include "java-builtins.inc"
};

extern const LinkLanguage java_resolver;
const LinkLanguage java_resolver = {.name = "java",
                                    .languages = 1u << UNIT_JAVA,
                                    .flags = LINK_OVERLOADS | LINK_CALLED_APART,
                                    .builtins = builtins,
                                    .root = "Object",
                                    .target = import_target,
                                    .name_of = name_of,
                                    .space = in_space,
                                    .builtin = builtin,
                                    .boxed = boxed,
                                    .is_simple = is_simple,
                                    .element = element,
                                    .called = called};
