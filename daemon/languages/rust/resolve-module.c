/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files are which modules: "mod x;" in a/b.rs is a/b/x.rs or a/b/x/mod.rs, in a/mod.rs and in a crate's root it is a/x.rs or
 * a/x/mod.rs. Crates are found by their Cargo.toml. */
#include <string.h>

#include "code/link-manifest.h"
#include "code/link-meaning.h"
#include "languages/rust/resolve.h"

#define PARENTS_MAX 50 /* modules around a file; beyond, it is taken as a root */

static LinkSet module_set(Linker *linker, const LinkModule *module)
{
        return module ? link_atom(linker,
                                  (LinkAtom){.kind = LINK_ATOM_MODULE, .module = module->number})
                      : LINK_EMPTY;
}

static const LinkModule *file_at(Linker *linker, const char *folder, const char *name)
{
        LinkPath path;
        if (!link_path_join(folder, name, &path))
                return NULL;
        uint32_t found = linker_find(linker, path.text);
        return found == LINK_NONE ? NULL : linker_load(linker, found);
}

static const char *file_name(const LinkModule *module)
{
        const char *slash = strrchr(module->path, '/');
        return slash ? slash + 1 : module->path;
}

/* ---- roots ---- */

static const LinkModule *manifest_of(Linker *linker, const LinkModule *from)
{
        LinkPath folder;
        link_path_folder(from->path, &folder);
        return link_nearest(linker, folder.text, "Cargo.toml");
}

static bool is_path_of(const LinkModule *manifest, const char *key, const char *relative)
{
        const char *path = link_setting(manifest, key);
        return path && strcmp(path, relative) == 0;
}

/* Is a path, from the folder of its manifest on, the root of a crate by what cargo expects or the manifest says? */
static bool is_root_path(const LinkModule *manifest, const char *relative)
{
        static const char *const roots[] = {"src/lib.rs", "src/main.rs", "build.rs"};
        static const char *const folders[] = {"src/bin/", "examples/", "tests/", "benches/"};
        static const char *const targets[] = {"bin", "example", "test", "bench"};
        for (unsigned i = 0; i < G_N_ELEMENTS(roots); i++)
                if (strcmp(relative, roots[i]) == 0)
                        return true;
        for (unsigned i = 0; i < G_N_ELEMENTS(folders); i++) {
                const char *rest = g_str_has_prefix(relative, folders[i])
                                           ? relative + strlen(folders[i])
                                           : NULL;
                if (rest && (!strchr(rest, '/') || g_str_has_suffix(rest, "/main.rs")))
                        return true;
        }
        if (is_path_of(manifest, "lib.path", relative))
                return true;
        for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++)
                for (unsigned k = 0; k < 20; k++) {
                        g_autofree char *key = g_strdup_printf("%s.%u.path", targets[i], k);
                        if (is_path_of(manifest, key, relative))
                                return true;
                }
        return false;
}

static bool is_root(Linker *linker, const LinkModule *module)
{
        const LinkModule *manifest = manifest_of(linker, module);
        LinkPath folder;
        if (!manifest)
                return strcmp(file_name(module), "lib.rs") == 0 ||
                       strcmp(file_name(module), "main.rs") == 0;
        link_path_folder(manifest->path, &folder);
        size_t length = strlen(folder.text);
        return is_root_path(manifest, module->path + length + (length > 0));
}

/* ---- children ---- */

/* The path that "mod name;" says in an attribute, or NULL. */
static const char *written_path(const LinkModule *from, uint32_t container, const char *name)
{
        const UnitImport *found = NULL;
        for (uint32_t i = 0; i < from->unit->header->imports; i++) {
                const UnitImport *import = &from->unit->imports[i];
                const char *module = link_text(from, import->module);
                if (import->container != container || !g_str_has_prefix(module, "mod ") ||
                    strcmp(module + 4, name) != 0)
                        continue;
                if (!found || found->flags & UNIT_IMPORT_UNUSUAL)
                        found = import;
        }
        return found && found->name ? link_text(from, found->name) : NULL;
}

/* The folder in which the modules of a file, or of one that is written in it, lie. */
static bool folder_of_children(Linker *linker, const LinkModule *from, uint32_t container,
                               LinkPath *ret)
{
        const char *name = file_name(from);
        LinkPath folder;
        if (container != UNIT_NONE) {
                const UnitDecl *decl = link_decl(from, container);
                if (decl->kind != UNIT_NAMESPACE)
                        return folder_of_children(linker, from, decl->container, ret);
                return folder_of_children(linker, from, decl->container, &folder) &&
                       link_path_join(folder.text, link_text(from, decl->name), ret);
        }
        link_path_folder(from->path, &folder);
        if (strcmp(name, "mod.rs") == 0 || is_root(linker, from)) {
                *ret = folder;
                return true;
        }
        g_autofree char *stem =
                g_strndup(name, strlen(name) - (g_str_has_suffix(name, ".rs") ? 3 : 0));
        return link_path_join(folder.text, stem, ret);
}

const LinkModule *rust_file_of(Linker *linker, const LinkModule *from, uint32_t container,
                               const char *name)
{
        const char *written = written_path(from, container, name);
        LinkPath folder;
        if (written && container == UNIT_NONE)
                link_path_folder(from->path, &folder);
        else if (!folder_of_children(linker, from, container, &folder))
                return NULL;
        if (written)
                return file_at(linker, folder.text, written);
        g_autofree char *file = g_strconcat(name, ".rs", NULL),
                        *inner = g_strconcat(name, "/mod.rs", NULL);
        const LinkModule *found = file_at(linker, folder.text, file);
        return found ? found : file_at(linker, folder.text, inner);
}

/* ---- parents ---- */

static bool has_module(Linker *linker, const LinkModule *module, const char *name)
{
        uint32_t probe = 0, found, word = linker_word(linker, name);
        linker_consult_name(linker, module, word);
        while ((found = link_module_next(module, LINK_OF_FILE, word, &probe)) != UNIT_NONE)
                if (link_decl(module, found)->kind == UNIT_NAMESPACE)
                        return true;
        return false;
}

/* The file that says "mod name;" of one in a folder: its mod.rs, a root in it, or the file beside it that has its name. */
static const LinkModule *parent_in(Linker *linker, const char *folder, const char *name)
{
        static const char *const names[] = {"mod.rs", "lib.rs", "main.rs"};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                const LinkModule *file = file_at(linker, folder, names[i]);
                if (file && has_module(linker, file, name))
                        return file;
        }
        if (!*folder)
                return NULL;
        g_autofree char *beside = g_strconcat(folder, ".rs", NULL);
        const LinkModule *file = file_at(linker, "", beside);
        return file && has_module(linker, file, name) ? file : NULL;
}

static const LinkModule *parent_of(Linker *linker, const LinkModule *from)
{
        const char *name = file_name(from);
        LinkPath folder, outer;
        if (is_root(linker, from))
                return NULL;
        link_path_folder(from->path, &folder);
        g_autofree char *stem =
                g_strndup(name, strlen(name) - (g_str_has_suffix(name, ".rs") ? 3 : 0));
        if (strcmp(name, "mod.rs") != 0)
                return parent_in(linker, folder.text, stem);
        const char *slash = strrchr(folder.text, '/');
        g_autofree char *own = g_strdup(slash ? slash + 1 : folder.text);
        link_path_folder(folder.text, &outer);
        return parent_in(linker, outer.text, own);
}

LinkSet rust_parent(Linker *linker, const LinkModule *from)
{
        return module_set(linker, parent_of(linker, from));
}

static const LinkModule *library_of(Linker *linker, const LinkModule *manifest)
{
        const char *path = link_setting(manifest, "lib.path");
        LinkPath folder;
        link_path_folder(manifest->path, &folder);
        return file_at(linker, folder.text, path ? path : "src/lib.rs");
}

/* The root of a package: of its library, or of its program. */
static const LinkModule *root_of(Linker *linker, const LinkModule *manifest)
{
        const LinkModule *library = library_of(linker, manifest);
        LinkPath folder;
        link_path_folder(manifest->path, &folder);
        return library ? library : file_at(linker, folder.text, "src/main.rs");
}

LinkSet rust_root(Linker *linker, const LinkModule *from)
{
        const LinkModule *root = from, *manifest = manifest_of(linker, from);
        for (unsigned i = 0; i < PARENTS_MAX; i++) {
                const LinkModule *parent = parent_of(linker, root);
                if (!parent)
                        break;
                root = parent;
        }
        if (manifest && !is_root(linker, root)) { /* where it stands is written in an attribute */
                const LinkModule *other = root_of(linker, manifest);
                root = other ? other : root;
        }
        return module_set(linker, root);
}

LinkSet rust_super_of(Linker *linker, LinkSet modules)
{
        LinkSet result = LINK_EMPTY;
        for (uint32_t i = 0, n = link_set_size(linker->values, modules); i < n; i++) {
                LinkAtom atom = link_set_at(linker->values, modules, i);
                const LinkModule *module =
                        atom.kind == LINK_ATOM_MODULE || atom.kind == LINK_ATOM_DECL
                                ? linker_load(linker, atom.module)
                                : NULL;
                if (atom.kind == LINK_ATOM_MODULE)
                        result = link_union(linker, result, rust_parent(linker, module));
                else if (module && link_decl(module, atom.decl)->container == UNIT_NONE)
                        result = link_union(linker, result, module_set(linker, module));
                else if (module)
                        result = link_union(linker, result,
                                            link_decl_atom(linker, LINK_ATOM_DECL, atom.module,
                                                           link_decl(module, atom.decl)->container,
                                                           LINK_ENV_NONE));
        }
        return result;
}

/* ---- crates ---- */

bool rust_is_old(Linker *linker, const LinkModule *from)
{
        const LinkModule *manifest = manifest_of(linker, from);
        const char *edition = manifest ? link_setting(manifest, "package.edition") : NULL;
        return manifest && link_setting(manifest, "package.name") &&
               (edition ? strcmp(edition, "2015") == 0
                        : !link_setting(manifest, "package.edition.workspace"));
}

/* A crate that the manifest calls so; else by the name of its package, where "-" is written "_". */
LinkSet rust_crate(Linker *linker, const LinkModule *from, const char *name)
{
        const LinkModule *manifest = manifest_of(linker, from), *found[2];
        g_autofree char *dashed = g_strdelimit(g_strdup(name), "_", '-');
        g_autofree char *key = g_strdup_printf("dependencies.%s.package", name);
        const char *renamed = manifest ? link_setting(manifest, key) : NULL;
        const char *names[] = {renamed ? renamed : name, dashed};
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (link_packages(linker, names[i], found, G_N_ELEMENTS(found)))
                        return module_set(linker, library_of(linker, found[0]));
        if (manifest && is_path_of(manifest, "lib.name", name))
                return module_set(linker, library_of(linker, manifest));
        return LINK_EMPTY;
}
