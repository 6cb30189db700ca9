/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file a module's name means. Relative names are sought in the packages around the importing file. Others are sought in the folders
 * from which the file itself could be imported: the one in which its own top package lies first, then those above it, and what lies in
 * "src" and "lib" there. What is in none of them is outside the repository. */
#include <string.h>

#include "code/link-manifest.h"
#include "code/link-meaning.h"
#include "languages/python/resolve.h"

/* ---- one folder ---- */

static uint32_t find_with(Linker *linker, const LinkPath *path, const char *suffix)
{
        LinkPath whole;
        if (g_snprintf(whole.text, sizeof whole.text, "%s%s", path->text, suffix) >=
            (int)sizeof whole.text)
                return LINK_NONE;
        return linker_find(linker, whole.text);
}

/* The package or module at this path without ending. */
static uint32_t find_module(Linker *linker, const LinkPath *path)
{
        static const char *const suffixes[] = {"/__init__.py", ".py", "/__init__.pyi", ".pyi"};
        uint32_t found = LINK_NONE;
        for (unsigned i = 0; i < G_N_ELEMENTS(suffixes) && found == LINK_NONE; i++)
                found = find_with(linker, path, suffixes[i]);
        return found;
}

/* root/a/b/c for "a.b.c", of which length bytes count. */
static bool join_dotted(const LinkPath *root, const char *name, size_t length, LinkPath *ret)
{
        g_autofree char *relative = g_strdelimit(g_strndup(name, length), ".", '/');
        return link_path_join(root->text, relative, ret);
}

static uint32_t find_dotted(Linker *linker, const LinkPath *root, const char *name, size_t length)
{
        LinkPath path;
        return join_dotted(root, name, length, &path) ? find_module(linker, &path) : LINK_NONE;
}

static LinkSet module_set(Linker *linker, uint32_t number)
{
        return link_decl_atom(linker, LINK_ATOM_MODULE, number, UNIT_NONE, LINK_ENV_NONE);
}

/* A folder that is a package without __init__.py, as this file sees it. */
static LinkSet space_set(Linker *linker, const LinkModule *from, const char *path)
{
        return link_atom(linker, (LinkAtom){LINK_ATOM_SPACE, from->number,
                                            linker_word(linker, path), LINK_ENV_NONE});
}

LinkSet python_space(Linker *linker, const LinkModule *from, uint32_t space, uint32_t word)
{
        LinkPath path;
        if (!link_path_join(link_word_text(linker->words, space),
                            link_word_text(linker->words, word), &path))
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        uint32_t found = find_module(linker, &path);
        return found == LINK_NONE ? space_set(linker, from, path.text) : module_set(linker, found);
}

static bool is_package(const LinkModule *module)
{
        const char *slash = strrchr(module->path, '/'), *name = slash ? slash + 1 : module->path;
        return g_str_has_prefix(name, "__init__.py");
}

LinkSet python_submodule(Linker *linker, const LinkModule *package, uint32_t word)
{
        LinkPath folder, path;
        if (!is_package(package))
                return LINK_EMPTY;
        link_path_folder(package->path, &folder);
        if (!link_path_join(folder.text, link_word_text(linker->words, word), &path))
                return LINK_EMPTY;
        uint32_t found = find_module(linker, &path);
        return found == LINK_NONE ? LINK_EMPTY : module_set(linker, found);
}

/* ---- relative names ---- */

static bool leave_folder(LinkPath *path)
{
        if (!*path->text)
                return false;
        char *slash = strrchr(path->text, '/');
        *(slash ? slash : path->text) = '\0';
        return true;
}

/* ".x", "..": each further dot is one package above. What has no file is a folder of modules, if it is anything. */
static LinkSet relative_target(Linker *linker, const LinkModule *from, const char *name)
{
        LinkPath folder;
        link_path_folder(from->path, &folder);
        for (name++; *name == '.'; name++)
                if (!leave_folder(&folder))
                        return link_plain(linker, LINK_ATOM_UNKNOWN);
        LinkPath path = folder;
        if (*name && !join_dotted(&folder, name, strlen(name), &path))
                return link_plain(linker, LINK_ATOM_UNKNOWN);
        uint32_t found =
                *name ? find_module(linker, &path) : find_with(linker, &path, "/__init__.py");
        return found == LINK_NONE ? space_set(linker, from, path.text) : module_set(linker, found);
}

/* ---- roots ---- */

/* The folder in which the top package of a file lies. */
static void root_of(Linker *linker, const char *path, LinkPath *ret)
{
        link_path_folder(path, ret);
        while (*ret->text && find_with(linker, ret, "/__init__.py") != LINK_NONE &&
               leave_folder(ret))
                ;
}

/* The longest beginning of the name that is a module there, at least as long as wanted. */
static uint32_t find_longest(Linker *linker, const LinkPath *root, const char *name, size_t wanted)
{
        uint32_t found = LINK_NONE;
        for (size_t length = strlen(name); found == LINK_NONE && length >= wanted; length--)
                if (!name[length] || name[length] == '.')
                        found = find_dotted(linker, root, name, length);
        return found;
}

static uint32_t find_under(Linker *linker, LinkPath *root, const char *name, size_t wanted)
{
        static const char *const folders[] = {"src", "lib", "python"};
        uint32_t found = find_longest(linker, root, name, wanted);
        for (unsigned i = 0; i < G_N_ELEMENTS(folders) && found == LINK_NONE; i++) {
                LinkPath inner;
                if (!link_path_join(root->text, folders[i], &inner))
                        continue;
                found = find_longest(linker, &inner, name, wanted);
                if (found != LINK_NONE)
                        *root = inner;
        }
        return found;
}

/* The folder from which a name is imported, and its module there; LINK_NONE: there is none. A whole name in any root counts more than
 * the beginning of it in a nearer one. */
static uint32_t find_absolute(Linker *linker, const LinkModule *from, const char *name, bool whole,
                              LinkPath *ret_root)
{
        size_t wanted[] = {strlen(name), strcspn(name, ".")};
        uint32_t found = LINK_NONE;
        for (unsigned i = 0; i < (whole ? 1 : G_N_ELEMENTS(wanted)) && found == LINK_NONE; i++) {
                root_of(linker, from->path, ret_root);
                do
                        found = find_under(linker, ret_root, name, wanted[i]);
                while (found == LINK_NONE && leave_folder(ret_root));
        }
        return found;
}

/* from package import module, where the package has no file: each name may lie in another folder of that package, or in none. */
LinkSet python_target_of_name(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        LinkPath root, path;
        const char *package = link_text(from, import->module);
        g_autofree char *name = g_strdup_printf("%s.%s", package, link_text(from, import->name));
        if (!*package || find_absolute(linker, from, name, /* whole= */ true, &root) == LINK_NONE ||
            !join_dotted(&root, package, strlen(package), &path))
                return link_plain(linker, LINK_ATOM_EXTERNAL);
        return space_set(linker, from, path.text);
}

LinkSet python_target(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        LinkPath root;
        const char *name = link_text(from, import->module);
        if (*name == '.')
                return relative_target(linker, from, name);
        uint32_t found =
                *name ? find_absolute(linker, from, name, /* whole= */ false, &root) : LINK_NONE;
        return found == LINK_NONE ? link_plain(linker, LINK_ATOM_EXTERNAL)
                                  : module_set(linker, found);
}

LinkSet python_first(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        LinkPath root, path;
        const char *name = link_text(from, import->module);
        g_autofree char *first = g_strndup(name, strcspn(name, "."));
        uint32_t found =
                *first ? find_absolute(linker, from, first, /* whole= */ false, &root) : LINK_NONE;
        if (found != LINK_NONE)
                return module_set(linker, found);
        if (!*first || find_absolute(linker, from, name, /* whole= */ true, &root) == LINK_NONE ||
            !join_dotted(&root, first, strlen(first), &path))
                return link_plain(linker, LINK_ATOM_EXTERNAL);
        return space_set(linker, from, path.text);
}
