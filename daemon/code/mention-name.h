/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the words of texts name: symbols and files of repositories. Each repository is asked by itself, so that what is
 * named in one does not depend on what others hold. */
#pragma once

#include "code/mention.h"
#include "store/store.h"
#include "syntax/unit.h"

/* Symbols that one word may mean in one repository; what means more means nothing. */
#define MENTION_TARGETS_MAX 3
/* Characters of a name that is written like a word of prose, all lower case … */
#define MENTION_PLAIN_MIN 5
/* … and of one that only its own file can name, where it is not marked as code. */
#define MENTION_HIDDEN_MIN 10
/* Symbols of one name that are looked at, of all repositories. */
#define MENTION_SAME_NAMES_MAX 20000

typedef struct MentionTarget {
        char *id; /* "sym-…", or "repo-…:path" of a file */
        char *repository_id;
        char *title; /* qualified name, or path */
        bool is_symbol;
        UnitKind kind; /* of a symbol */
        bool unique;   /* nothing else of the repository could be meant */
} MentionTarget;
void mention_target_free(void *target);

/* Of a word ("Class.method", "path/file.ts") of a shape; an array that frees them. */
GPtrArray *mention_targets(Db *db, const char *word, unsigned shape, GError **error);
