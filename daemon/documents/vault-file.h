/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vault's files: one per content, named by its SHA-256, in sha256/ab/<hash>. They are copies (or clones
 * that share blocks until one changes), never hard links, so that nobody can change them by writing to the
 * file they came from. All verbs block: worker thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "documents/mime.h"

#define VAULT_HASH_DIGITS 64
#define VAULT_TRIES       3 /* how often a file that changes while being read is read anew */

typedef struct VaultFiles VaultFiles;

/* A file as it was taken. */
typedef struct TakenFile {
        char sha256[VAULT_HASH_DIGITS + 1];
        int64_t size, mtime, ctime; /* times in microseconds */
        uint8_t head[MIME_HEAD_BYTES];
        size_t head_size;
} TakenFile;

/* folder is the vault's; it is made if need be. UNAVAILABLE on a read-only or full disk. */
VaultFiles *vault_files_new(const char *folder, GError **error);
VaultFiles *vault_files_free(VaultFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaultFiles, vault_files_free)

/* Copies the open regular file into the vault and hashes what was copied. One thread at a time. CONFLICT: it
 * changed each of VAULT_TRIES times while being read; LIMIT: over max_bytes; UNAVAILABLE: the vault cannot
 * be written (the whole batch has to wait); else why the file cannot be read. */
bool vault_files_take(VaultFiles *files, int fd, int64_t max_bytes, TakenFile *ret, GError **error);

/* Puts everything taken so far on disk; before the rows that name it are committed. */
bool vault_files_sync(VaultFiles *files, GError **error);

/* Opens a content for reading; -1 with UNAVAILABLE if it is not there. Any thread. */
int vault_files_open(const VaultFiles *files, const char *sha256, GError **error);
