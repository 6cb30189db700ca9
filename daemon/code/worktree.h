/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The git work tree that a folder lies in: where it begins, where its repository is, what is checked out. Only small text
 * files of it are read; they may be anybody's, so what they say is checked and never followed into objects. */
#pragma once

#include "base/base.h"

#define WORKTREE_FILE_BYTES_MAX   4096              /* of .git, HEAD, commondir, a ref */
#define WORKTREE_PACKED_BYTES_MAX (8 * 1024 * 1024) /* of packed-refs */
#define WORKTREE_CONFIG_BYTES_MAX (256 * 1024)      /* of the user's git configuration */
#define WORKTREE_BRANCH_CHARS_MAX 255
#define WORKTREE_COMMIT_CHARS_MAX 64 /* hex digits; 40 with SHA-1 */

typedef struct Worktree {
        char *top;    /* the folder that holds .git */
        char *prefix; /* from there to the folder asked for: "" or "a/b" */
        char *git;    /* HEAD and index of this work tree are in it … */
        char *common; /* … objects, refs and info/exclude in this, which a linked work tree has elsewhere */
} Worktree;

/* NULL: the folder (absolute, without links) lies in none. Blocks. */
Worktree *worktree_find(const char *folder);
Worktree *worktree_free(Worktree *worktree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Worktree, worktree_free)

/* What is checked out: the branch (NULL: none) and the commit (NULL: none yet, or not to be found out so). The caller frees
 * both. */
void worktree_head(const Worktree *worktree, char **ret_branch, char **ret_commit);

/* Is there a work tree of its own at name below the folder: a submodule, another repository? */
bool worktree_is_at(int folder, const char *name);

/* The file of patterns that the user's git ignores everywhere: core.excludesFile of his configuration, else git's default.
 * The caller frees; NULL: the user has no home. */
char *worktree_global_excludes(void);
