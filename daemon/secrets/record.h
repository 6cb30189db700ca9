/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key-source.json beside the databases: where the key of this vault is kept and which key it is. It holds
 * no secret, and is the one thing that decides where a key is looked for. */
#pragma once

#include "secrets/secrets.h"

typedef struct Record {
        KeySource source;
        char *vault;     /* vlt-…: tells the vaults of one keyring apart */
        char *key_id;    /* the key's id (secrets/key.h) */
        char *staged_id; /* of a key that is to become it, or NULL */
} Record;

Record *record_new(KeySource source, const char *key_id);
Record *record_free(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)

/* The record of a data folder. NULL without an error if there is none; CORRUPT if it cannot be
 * understood, UNAVAILABLE if it cannot be read. */
Record *record_read(const char *folder, GError **error);

/* Writes it, 0600, atomically and to disk. */
bool record_write(const Record *record, const char *folder, GError **error);
