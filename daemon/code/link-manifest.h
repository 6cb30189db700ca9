/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifests (package.json, tsconfig.json, go.mod, Cargo.toml …) and paths, for resolvers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "code/linker.h"

#define LINK_PATH_MAX                                                                              \
        1024 /* bytes of a path within a repository, with the NUL; a longer one is no file */

typedef struct LinkPath {
        char text[LINK_PATH_MAX]; /* "" is the top of the repository */
} LinkPath;

/* The folder of a path. */
void link_path_folder(const char *path, LinkPath *ret);

/* folder/relative without "." and ".."; false if it leads out of the repository or is too long. */
bool link_path_join(const char *folder, const char *relative, LinkPath *ret);

/* The nearest file of that name, in the folder or one above it; NULL if there is none. */
const LinkModule *link_nearest(Linker *linker, const char *folder, const char *name);
uint32_t link_answer_nearest(Linker *linker, uint32_t folder,
                             uint32_t name); /* module + 1, 0: none; words */

/* A manifest of that path; NULL: there is none. */
const LinkModule *link_manifest(Linker *linker, const char *path);

/* The value of a key, or NULL; of the key made of these two, joined by ".". */
const char *link_setting(const LinkModule *manifest, const char *key);
const char *link_setting_at(const LinkModule *manifest, const char *key, unsigned index);

/* The manifests that say that they are the package of that name, and what else they say. At most max; how many. */
size_t link_packages(Linker *linker, const char *name, const LinkModule **ret, size_t max);
