/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The content-addressed files of a vault, <vault>/sha256/ab/<sha256>: walked, hashed, copied. */
#pragma once

#include <stdio.h>

#include "store/store.h"

typedef struct VaultFiles {
        int64_t count, bytes;
        int64_t bad;   /* files whose content is not what their name says */
        char *problem; /* the first of them, in words */
} VaultFiles;
void vault_files_clear(VaultFiles *files);

/* Hashes every file. progress stops it with CANCELLED. */
bool vault_files_check(const char *vault, StoreProgress progress, void *data, VaultFiles *ret,
                       GError **error);

/* Copies what is not there yet from one vault to another (shared blocks where the file system can) and
 * writes a line "<sha256>  sha256/ab/<sha256>" for each file of from to sums, if given. Files are
 * synced; one that is not what its name says is CORRUPT. */
bool vault_files_copy(const char *from, const char *to, FILE *sums, VaultFiles *ret,
                      GError **error);

/* Copies one file, which must not exist, and syncs it. */
bool file_copy(int from, int folder, const char *name, GError **error);

/* SHA-256 of an open file from its beginning, 64 hex digits; the caller frees. */
char *file_sha256(int fd, GError **error);
