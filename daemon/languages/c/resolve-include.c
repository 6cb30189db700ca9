/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file an include means. Nobody tells the folders that the compiler is given: a path is looked for beside the file, then in every
 * folder above it and in the usual folders of those. */
#include <string.h>

#include "code/link-manifest.h"
#include "languages/c/resolve.h"

static const char *const usual[] = {"", "include", "src", "inc", "lib", "source", "test", "tests"};

static uint32_t find_in(Linker *linker, const char *folder, const char *below, const char *path)
{
        LinkPath inner, whole;
        if (!link_path_join(folder, below, &inner) || !link_path_join(inner.text, path, &whole))
                return LINK_NONE;
        return linker_find(linker, whole.text);
}

static void drop_last(char *path)
{
        char *slash = strrchr(path, '/');
        *(slash ? slash : path) = '\0';
}

LinkSet c_target(Linker *linker, const LinkModule *from, const UnitImport *import)
{
        const char *path = link_text(from, import->module);
        g_autofree char *folder = g_strdup(from->path);
        drop_last(folder);
        if (!(import->flags & UNIT_IMPORT_REEXPORT))
                return link_plain(linker,
                                  LINK_ATOM_EXTERNAL); /* a using directive: see resolve.c */
        for (bool more = true; more; drop_last(folder)) {
                more = *folder != '\0';
                for (unsigned i = 0; i < G_N_ELEMENTS(usual); i++) {
                        uint32_t found = find_in(linker, folder, usual[i], path);
                        if (found != LINK_NONE)
                                return link_atom(linker, (LinkAtom){LINK_ATOM_MODULE, found,
                                                                    UNIT_NONE, LINK_ENV_NONE});
                }
        }
        return link_plain(linker, LINK_ATOM_EXTERNAL);
}
