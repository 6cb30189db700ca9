/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files of a root are wanted. Globs are relative to the root: `*`, `?` and `[a-z]` stay within a name,
 * `**` stands for any number of folders, a glob without a slash holds at any depth, and a glob that matches
 * a folder takes all of it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define GLOB_BYTES_MAX 256 /* longest glob */
#define GLOB_PARTS_MAX 32  /* most names between slashes in one */
#define GLOBS_MAX      64  /* most globs in one list */

typedef struct GlobSet GlobSet;

/* Checks a list as it comes from a caller: LIMIT or INVALID, naming the limit or the glob. */
bool globs_check(const char *what, const char *const *globs, GError **error);

/* A compiled list; globs must have passed the check. shy: wildcards do not match names that begin with a
 * dot, nor node_modules; only a glob that spells such a name out does. */
GlobSet *glob_set_new(const char *const *globs, bool shy);
GlobSet *glob_set_free(GlobSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GlobSet, glob_set_free)

/* Does one of them match path or a folder that holds it? */
bool glob_set_matches(const GlobSet *set, const char *path);

/* Could one of them match something inside folder? */
bool glob_set_may_lead(const GlobSet *set, const char *folder);
