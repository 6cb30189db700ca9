/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which document a file was that is new at its path in one root, but comes from another. */
#pragma once

#include "documents/root.h"
#include "documents/vault-file.h"

/* The id of the document that another root has, or had, at this place (a root within a root was added or
 * removed), or whose file of this content went from another root; NULL: none. path is below root. taken is a
 * set of strings that begins empty and goes with the scan: what was given out or looked for in vain. */
char *moved_from_root(Db *db, const Root *root, const char *path, const TakenFile *file,
                      GHashTable *taken);
