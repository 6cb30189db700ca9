/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What git ignores: patterns of .gitignore, .git/info/exclude and the user's own file, with git's meaning. Matching takes
 * at most names × parts steps for a pattern, whatever it is made of. Names are bytes. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define IGNORE_FILE_BYTES_MAX    (1024 * 1024) /* a longer file counts up to there */
#define IGNORE_PATTERNS_MAX      10000         /* of one file; more do not count */
#define IGNORE_PATTERN_BYTES_MAX 1024          /* a longer pattern does not count */
#define IGNORE_PARTS_MAX         62            /* names between slashes in one; likewise */

typedef struct IgnoreRules IgnoreRules; /* the patterns of one file */

/* base: the folder, relative to the top, whose names and sub-folders the file speaks of; "" is the top. */
IgnoreRules *ignore_rules_new(const char *base, const char *text, size_t length);
IgnoreRules *ignore_rules_free(IgnoreRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IgnoreRules, ignore_rules_free)

typedef enum IgnoreVerdict {
        IGNORE_SILENT,  /* no pattern matches */
        IGNORE_IGNORED, /* the last that matches says so */
        IGNORE_KEPT,    /* … begins with "!" */
} IgnoreVerdict;

/* path is relative to the top and lies below the base. Folders above it are not looked at: who walks does not enter what
 * is ignored. */
IgnoreVerdict ignore_rules_judge(const IgnoreRules *rules, const char *path, bool folder);
