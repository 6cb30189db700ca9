/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The content-addressed files of a vault, <vault>/sha256/ab/<sha256>: walked, hashed, copied. */
#pragma once

#include <stdio.h>

#include "store/store.h"

#define VAULT_WALK_NAMES_MAX 1000

/* What a walk came across. */
typedef struct VaultTally {
        int64_t count, bytes;
        int64_t bad;   /* files whose content is not what their name says */
        char *problem; /* the first of them, in words */
        GPtrArray *
                damaged; /* their names, sha256/ab/<sha256>, at most VAULT_WALK_NAMES_MAX; NULL: none */
} VaultTally;
void vault_tally_clear(VaultTally *tally);

/* Hashes every file. progress stops it with CANCELLED. */
bool vault_walk_check(const char *vault, StoreProgress progress, void *data, VaultTally *ret,
                      GError **error);

/* Copies what is not there yet from one vault to another (shared blocks where the file system can) and
 * writes a line "<sha256>  sha256/ab/<sha256>" for each file of from to sums. Files are synced. One that is not
 * what its name says or cannot be read is left out and counted as bad; without sums it is CORRUPT. */
bool vault_walk_copy(const char *from, const char *to, FILE *sums, VaultTally *ret, GError **error);
