/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things are, for each instance, and how to walk there without being led astray. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum Instance { INSTANCE_USER, INSTANCE_SYSTEM } Instance;

typedef struct Paths {
        Instance instance;
        char *data;    /* databases: $XDG_DATA_HOME/ouroboros, /var/lib/ouroboros */
        char *vault;   /* content-addressed files: ~/Ouroboros/vault, /var/lib/ouroboros/vault */
        char *runtime; /* sockets: $XDG_RUNTIME_DIR/ouroboros, /run/ouroboros */
        char *libexec; /* helper programs; OUROBOROS_LIBEXECDIR in the environment overrides, for tests */
} Paths;

/* The paths of an instance; the environment (HOME, XDG_*, STATE_DIRECTORY, RUNTIME_DIRECTORY) rules.
 * Makes the data, vault and runtime folders, 0700; a vault on a read-only disk is no error here. */
Paths *paths_new(Instance instance, GError **error);
Paths *paths_free(Paths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paths, paths_free)

/* The data folder of an instance, whether it is there or not; the caller frees. */
char *paths_data(Instance instance);

/* Opens path below the folder dir_fd (openat2, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS): a path or
 * symlink that leads outside is DENIED. With O_NOFOLLOW no symlink is followed on the whole way. Returns an O_CLOEXEC fd or -1. */
int path_open_beneath(int dir_fd, const char *path, int flags, GError **error);

/* Is path (absolute, normalised) folder itself or inside it? */
bool path_is_inside(const char *path, const char *folder);
