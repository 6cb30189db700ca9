/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Go's part in the linker. A package is a folder: what its files declare at the top is known to all of them, and methods are found in any
 * of them. The first of its files by name, tests apart, stands for it where it is imported. */
#include <string.h>

#include "code/link-manifest.h"
#include "code/link-meaning.h"

#define FILES_MAX 2000 /* of one folder; further ones are not looked at */
#define WRITTEN_LIKE_MAX                                                                           \
        8 /* types that are written like one that is written like …; beyond, nothing is known */

/* ---- which files are built ---- */

/* The platform that a name of several files is looked up for; the others' files count only where these have nothing. */
static bool is_tag(const char *word, size_t length)
{
        static const char *const tags[] = {"linux", "amd64", "unix", "gc"};
        for (unsigned i = 0; i < G_N_ELEMENTS(tags); i++)
                if (strlen(tags[i]) == length && memcmp(word, tags[i], length) == 0)
                        return true;
        return length > 4 && memcmp(word, "go1.", 4) == 0;
}

typedef struct Constraint {
        const char *at;
        unsigned depth;
} Constraint;

static bool any_holds(Constraint *constraint);

static bool one_holds(Constraint *constraint)
{
        while (*constraint->at == ' ')
                constraint->at++;
        bool negated = false;
        for (; *constraint->at == '!'; constraint->at++)
                negated = !negated;
        bool holds;
        if (*constraint->at == '(' && constraint->depth < 50) {
                constraint->at++;
                constraint->depth++;
                holds = any_holds(constraint);
                constraint->depth--;
                constraint->at += *constraint->at == ')';
        } else {
                size_t length = strcspn(constraint->at, " ()!&|");
                holds = is_tag(constraint->at, length);
                constraint->at += length;
        }
        while (*constraint->at == ' ')
                constraint->at++;
        return holds != negated;
}

static bool all_hold(Constraint *constraint)
{
        bool holds = one_holds(constraint);
        while (strncmp(constraint->at, "&&", 2) == 0) {
                constraint->at += 2;
                holds = one_holds(constraint) && holds;
        }
        return holds;
}

static bool any_holds(Constraint *constraint)
{
        bool holds = all_hold(constraint);
        while (strncmp(constraint->at, "||", 2) == 0) {
                constraint->at += 2;
                holds = all_hold(constraint) || holds;
        }
        return holds;
}

/* name_linux_amd64_test.go: system and processor stand at the end of the name. */
static bool name_holds(const char *path)
{
        static const char *const others[] = {
                "aix",      "android", "darwin",  "dragonfly", "freebsd", "illumos", "ios",
                "js",       "netbsd",  "openbsd", "plan9",     "solaris", "wasip1",  "windows",
                "386",      "arm",     "arm64",   "loong64",   "mips",    "mips64",  "mipsle",
                "mips64le", "ppc64",   "ppc64le", "riscv64",   "s390x",   "wasm"};
        const char *slash = strrchr(path, '/');
        g_autofree char *name = g_strdup(slash ? slash + 1 : path);
        if (g_str_has_suffix(name, ".go"))
                name[strlen(name) - 3] = '\0';
        if (g_str_has_suffix(name, "_test"))
                name[strlen(name) - 5] = '\0';
        for (unsigned round = 0; round < 2; round++) {
                char *last = strrchr(name, '_');
                for (unsigned i = 0; last && i < G_N_ELEMENTS(others); i++)
                        if (strcmp(last + 1, others[i]) == 0)
                                return false;
                if (last)
                        *last = '\0';
        }
        return true;
}

static bool is_built(const LinkModule *module)
{
        const char *text = link_setting(module, "go:build");
        Constraint constraint = {.at = text};
        return name_holds(module->path) && (!text || any_holds(&constraint));
}

static bool is_test(const LinkModule *module)
{
        return (module->unit->header->flags & UNIT_IS_TEST) != 0;
}

/* ---- packages ---- */

typedef struct Package {
        uint32_t files[FILES_MAX];
        size_t count;
} Package;

/* The Go files of a folder in the order of their names. */
static void files_of(Linker *linker, const char *folder, Package *ret)
{
        size_t found = linker_folder(linker, folder, ret->files, FILES_MAX);
        ret->count = 0;
        for (size_t i = 0; i < MIN(found, FILES_MAX); i++) {
                const LinkModule *module = linker_load(linker, ret->files[i]);
                if (module && module->unit->header->language == UNIT_GO)
                        ret->files[ret->count++] = ret->files[i];
        }
}

static const char *package_of(const LinkModule *module)
{
        return link_text(module, module->unit->header->package);
}

static bool is_method(const UnitDecl *decl)
{
        return decl->outer != UNIT_NONE;
}

/* What a file declares at its top under a name. */
static uint32_t declared(const LinkModule *module, uint32_t word)
{
        uint32_t probe = 0, found;
        while ((found = link_module_next(module, LINK_OF_FILE, word, &probe)) != UNIT_NONE)
                if (!is_method(link_decl(module, found)))
                        return found;
        return UNIT_NONE;
}

/* What the files of a package declare under a name: those that are built before others. Tests are seen by tests only. */
static LinkSet find_in_package(Linker *linker, const LinkModule *from, uint32_t word, bool tests)
{
        LinkPath folder;
        Package package;
        LinkSet built = LINK_EMPTY, other = LINK_EMPTY;
        link_path_folder(from->path, &folder);
        files_of(linker, folder.text, &package);
        linker_consult_anywhere(linker, word);
        for (size_t i = 0; i < package.count; i++) {
                const LinkModule *module = linker_load(linker, package.files[i]);
                uint32_t found = declared(module, word);
                if (found == UNIT_NONE || (is_test(module) && !tests) ||
                    strcmp(package_of(module), package_of(from)) != 0)
                        continue;
                linker_consult(linker, module, found);
                LinkSet one = link_decl_atom(linker, LINK_ATOM_DECL, module->number, found,
                                             LINK_ENV_NONE);
                if (is_built(module))
                        built = link_union(linker, built, one);
                else
                        other = link_union(linker, other, one);
        }
        return built != LINK_EMPTY ? built : other;
}

/* ---- imports ---- */

/* The file that stands for the package in a folder; NULL: there is none. */
static const LinkModule *package_at(Linker *linker, const char *folder)
{
        Package package;
        const LinkModule *other = NULL;
        files_of(linker, folder, &package);
        for (size_t i = 0; i < package.count; i++) {
                const LinkModule *module = linker_load(linker, package.files[i]);
                if (is_test(module))
                        continue;
                if (is_built(module))
                        return module;
                other = other ? other : module;
        }
        return other;
}

/* The go.mod whose module a path lies in, of all of the repository the one with the longest name. */
static const LinkModule *module_of(Linker *linker, const char *path, size_t *ret_length)
{
        g_autofree char *prefix = g_strdup(path);
        for (;;) {
                const LinkModule *found[2];
                if (link_packages(linker, prefix, found, G_N_ELEMENTS(found))) {
                        *ret_length = strlen(prefix);
                        return found[0];
                }
                char *slash = strrchr(prefix, '/');
                if (!slash)
                        return NULL;
                *slash = '\0';
        }
}

static LinkSet target(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        const char *path = link_text(from, import->module);
        size_t length;
        const LinkModule *manifest = *path ? module_of(linker, path, &length) : NULL, *package;
        LinkPath top, folder;
        if (!manifest)
                return link_plain(linker, LINK_ATOM_EXTERNAL);
        link_path_folder(manifest->path, &top);
        package = link_path_join(top.text, path + length, &folder) ? package_at(linker, folder.text)
                                                                   : NULL;
        if (!package)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        return link_atom(linker, (LinkAtom){.kind = LINK_ATOM_MODULE, .module = package->number});
}

static LinkSet exported(Linker *linker, const LinkModule *module, uint32_t word)
{
        return find_in_package(linker, module, word, /* tests= */ false);
}

/* An import whose package has another name than its path says; what import . gives. */
static LinkSet find_in_imports(Linker *linker, const LinkModule *from, uint32_t word)
{
        LinkSet result = LINK_EMPTY;
        linker_consult_name(linker, from, linker_word(linker, ""));
        for (uint32_t i = 0; i < from->unit->header->imports; i++) {
                const UnitImport *import = &from->unit->imports[i];
                if (import->local || import->kind == UNIT_IMPORT_EFFECT)
                        continue;
                LinkSet packages = link_targets(linker, from->number, i);
                LinkAtom atom = packages == LINK_EMPTY ? (LinkAtom){0}
                                                       : link_set_at(linker->values, packages, 0);
                if (atom.kind != LINK_ATOM_MODULE)
                        continue;
                const LinkModule *module = linker_load(linker, atom.module);
                if (import->kind == UNIT_IMPORT_MODULE &&
                    strcmp(package_of(module), link_word_text(linker->words, word)) == 0)
                        return packages;
                LinkSet found = import->kind == UNIT_IMPORT_ALL ? exported(linker, module, word)
                                                                : LINK_EMPTY;
                result = link_union(linker, result, found);
        }
        return result;
}

static LinkSet name_of(Linker *linker, const LinkModule *from, uint32_t scope, uint32_t word)
{
        LinkSet found = LINK_EMPTY;
        if (!linker_is_builtin(from->number))
                found = find_in_package(linker, from, word, is_test(from));
        if (found == LINK_EMPTY)
                found = link_builtin_named(linker, from->language, word);
        return found != LINK_EMPTY ? found : find_in_imports(linker, from, word);
}

/* ---- methods ---- */

/* The name of the type that a method is of. */
static const char *receiver_of(const LinkModule *module, const UnitDecl *method)
{
        const UnitExpr *expr = &module->unit->exprs[method->outer];
        switch (expr->op) {
        case UNIT_EXPR_DECL:
                return link_text(module, link_decl(module, expr->a)->name);
        case UNIT_EXPR_NAME:
                return link_text(module, expr->a);
        default:
                return "";
        }
}

/* A method's own type parameters are those of its type under other names. */
static LinkSet method_of(Linker *linker, const LinkModule *type, uint32_t decl,
                         const LinkModule *module, uint32_t method)
{
        LinkSet sets[LINK_ENV_MAX];
        const uint32_t *parameters;
        uint32_t count = unit_list(type->unit, link_decl(type, decl)->type_parameters, &parameters);
        count = MIN(count, LINK_ENV_MAX);
        for (uint32_t i = 0; i < count; i++)
                sets[i] = link_decl_atom(linker, LINK_ATOM_INSTANCE, type->number, parameters[i],
                                         LINK_ENV_NONE);
        LinkEnv env = link_apply(linker, module->number, method, sets, count);
        return link_decl_atom(linker, LINK_ATOM_DECL, module->number, method, env);
}

static LinkSet methods_of(Linker *linker, const LinkModule *type, uint32_t decl, uint32_t word)
{
        const UnitDecl *owner = link_decl(type, decl);
        LinkSet built = LINK_EMPTY, other = LINK_EMPTY;
        LinkPath folder;
        Package package;
        if (owner->container != UNIT_NONE || linker_is_builtin(type->number) ||
            owner->kind == UNIT_INTERFACE)
                return LINK_EMPTY;
        link_path_folder(type->path, &folder);
        files_of(linker, folder.text, &package);
        linker_consult_anywhere(linker, word);
        for (size_t i = 0; i < package.count; i++) {
                const LinkModule *module = linker_load(linker, package.files[i]);
                uint32_t probe = 0, found;
                while ((found = link_module_next(module, LINK_OF_OUTER, word, &probe)) !=
                       UNIT_NONE) {
                        if (strcmp(receiver_of(module, link_decl(module, found)),
                                   link_text(type, owner->name)) != 0 ||
                            strcmp(package_of(module), package_of(type)) != 0)
                                continue;
                        linker_consult(linker, module, found);
                        LinkSet one = method_of(linker, type, decl, module, found);
                        if (is_built(module))
                                built = link_union(linker, built, one);
                        else
                                other = link_union(linker, other, one);
                }
        }
        return built != LINK_EMPTY ? built : other;
}

/* A type of its own has the fields of what it is written like too. */
static LinkSet attached(Linker *linker, const LinkModule *type, uint32_t decl, uint32_t word)
{
        LinkSet found = methods_of(linker, type, decl, word);
        if (found != LINK_EMPTY || !(link_decl(type, decl)->flags & UNIT_DISTINCT))
                return found;
        LinkAtom value = {LINK_ATOM_INSTANCE, type->number, decl, LINK_ENV_NONE};
        found = link_member(linker, link_underlying(linker, value), word);
        return link_set_has(linker->values, found, LINK_ATOM_MISSING) ? LINK_EMPTY : found;
}

/* ---- elements ---- */

static LinkSet argument(Linker *linker, LinkAtom value, uint32_t index)
{
        if (link_env_size(linker->values, value.env) <= index)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        return link_env_at(linker->values, value.env, index).set;
}

static LinkSet instance(Linker *linker, const LinkLanguage *language, const char *name)
{
        return link_instances(linker, link_builtin(linker, language, name));
}

static LinkSet element_of_builtin(Linker *linker, LinkAtom value, const char *name, bool key)
{
        const LinkLanguage *language = link_atom_language(linker, value);
        if (strcmp(name, "slice") == 0)
                return key ? instance(linker, language, "int") : argument(linker, value, 0);
        if (strcmp(name, "channel") == 0)
                return argument(linker, value, 0);
        if (strcmp(name, "table") == 0)
                return argument(linker, value, key ? 0 : 1);
        if (strcmp(name, "string") == 0)
                return instance(linker, language, key ? "int" : "rune");
        return link_plain(linker, LINK_ATOM_UNKNOWN);
}

static LinkSet element_within(Linker *linker, LinkAtom value, uint32_t key, unsigned depth)
{
        const UnitDecl *decl = link_atom_decl(linker, value);
        if (!decl || (value.kind == LINK_ATOM_DECL && decl->kind != UNIT_TYPE_PARAMETER))
                return link_atom(linker, value); /* a generic function with its type arguments */
        if (linker_is_builtin(value.module)) {
                const char *name = link_text(linker_load(linker, value.module), decl->name);
                return element_of_builtin(linker, value, name, key != UNIT_NONE);
        }
        if (decl->kind != UNIT_TYPE || depth > WRITTEN_LIKE_MAX)
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkSet under = link_underlying(linker, value), result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, under); i < n; i++) {
                LinkAtom one = link_set_at(linker->values, under, i);
                result = link_union(linker, result, element_within(linker, one, key, depth + 1));
        }
        return result;
}

/* m[k], <-c, and what range gives: "key" asks for the first of two. Of a type of its own: of what it is written like. */
static LinkSet element(Linker *linker, LinkAtom value, uint32_t key)
{
        return element_within(linker, value, key, 0);
}

static const uint32_t builtins[] = {
#include "go-builtins.inc"
};

extern const LinkLanguage go_resolver;
const LinkLanguage go_resolver = {.name = "go",
                                  .languages = 1u << UNIT_GO,
                                  .flags = LINK_CALL_MAKES,
                                  .builtins = builtins,
                                  .target = target,
                                  .name_of = name_of,
                                  .exported = exported,
                                  .attached = attached,
                                  .element = element};
