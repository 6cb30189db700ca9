/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of files for a test, with git in it if the machine has that. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Tree {
        char *top;  /* without links */
        char *home; /* HOME of the test: no configuration of the person who runs it counts */
        char *temp;
} Tree;

Tree *tree_new(void);
Tree *tree_free(Tree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tree, tree_free)

/* Writes a file below the top, making its folder; link: a symbolic link instead, to content. */
void tree_write(Tree *tree, const char *path, const char *content);
void tree_link(Tree *tree, const char *path, const char *target);
void tree_remove(Tree *tree, const char *path); /* with what is below */
char *tree_path(Tree *tree, const char *path);

/* Is there a git? If not, skips the test. */
bool tree_has_git(void);

/* Runs git in a folder below the top ("" is the top) with the words of a line; it must succeed. What it printed, which
 * the caller frees. */
char *tree_git(Tree *tree, const char *folder, const char *line);

/* Writes what a random tree of folders and names is made of: the same for the same seed. */
char *tree_random_name(GRand *random);
