/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folders of git that the history of a repository may be read from. A ".git" may say that they lie anywhere: it is believed only
 * if they lie in the work tree itself, and are not those of another one in it, or if they say themselves that they belong to it, as those of linked work trees and
 * submodules do. Else a stranger's folder could have the history of any other repository of its user read. */
#pragma once

#include "code/worktree.h"

/* Immutable, reference counted. */
typedef struct HistoryPlace {
        Worktree *worktree;
        char *git, *common; /* without links */
        int fds[2];         /* of both, O_PATH */
} HistoryPlace;

/* folder: a repository's. NOT_FOUND: there is no git; DENIED: it leads elsewhere. Blocks. */
HistoryPlace *history_place_find(const char *folder, GError **error);
HistoryPlace *history_place_ref(HistoryPlace *place);
HistoryPlace *history_place_unref(HistoryPlace *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HistoryPlace, history_place_unref)
