/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the database key is kept: Secret Service, systemd credential, key file as last resort. The source
 * is recorded when the vault is made and never changes silently. All verbs block, at most
 * SECRETS_TIMEOUT_MS; call them from a worker. Nothing here ever prompts unless told to. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

#define SECRETS_KEY_BYTES  32
#define SECRETS_TIMEOUT_MS 3000

typedef enum KeySource {
        KEY_SOURCE_NONE, /* no vault yet */
        KEY_SOURCE_SECRET_SERVICE,
        KEY_SOURCE_CREDENTIAL,
        KEY_SOURCE_FILE,
} KeySource;
const char *key_source_to_string(KeySource source);
bool key_source_from_string(const char *text, KeySource *ret);

typedef enum KeyState {
        KEY_FOUND,
        KEY_MISSING, /* the service is there and unlocked, and has no such key */
        KEY_LOCKED,  /* the collection or item is locked */
        KEY_ABSENT,  /* no Secret Service, credential folder or file */
        KEY_HUNG,    /* no answer within SECRETS_TIMEOUT_MS */
        KEY_WRONG,   /* there is a key, and it is not the one this vault was made with */
} KeyState;
const char *key_state_to_string(KeyState state);

typedef struct Secrets Secrets;

Secrets *secrets_new(const Paths *paths);
Secrets *secrets_free(Secrets *secrets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secrets, secrets_free)

/* The source recorded beside the databases (key-source.json), NONE if no vault was ever made. */
KeySource secrets_source(Secrets *secrets);

/* The key of the existing vault, from its recorded source only. NOT_FOUND if no source is recorded;
 * UNAVAILABLE with the state in the message when locked, missing, absent, hung or wrong; ret_state (or
 * NULL) says which, and is set on failure too. */
bool secrets_load(Secrets *secrets, uint8_t ret_key[SECRETS_KEY_BYTES], KeyState *ret_state,
                  GError **error);

/* For a vault about to be made: a fresh key (or the credential's), stored in the best source that can be
 * had (a locked or hung keyring is UNAVAILABLE, not a reason for a file), and the source recorded.
 * CONFLICT if one is recorded, or if databases are there already. */
bool secrets_create(Secrets *secrets, uint8_t ret_key[SECRETS_KEY_BYTES], GError **error);

/* The id of the vault's key, or NULL if no vault was ever made; the caller frees. It tells nothing of the key. */
char *secrets_key_id(Secrets *secrets);

/* A key by its id, the vault's or a retired one, from the recorded source. INVALID for what is no id,
 * UNAVAILABLE as secrets_load(). */
bool secrets_load_by_id(Secrets *secrets, const char *id, uint8_t ret_key[SECRETS_KEY_BYTES],
                        GError **error);

/* Keeps a key that somebody brings (64 hex digits or 32 bytes) beside the vault's, as a retired one; if it is
 * the vault's own that was lost, as that. ret_id: the caller frees. INVALID for anything else; UNAVAILABLE
 * for a credential. */
bool secrets_import(Secrets *secrets, const void *data, size_t size, char **ret_id, GError **error);

/* A key as 64 hexadecimal digits into an open file, synced. */
bool secrets_write_key(const uint8_t key[SECRETS_KEY_BYTES], int fd, GError **error);

/* Re-key: stages a new key beside the old one, then makes it the key or forgets it. The old one is retired:
 * kept, as earlier backups need it. A stop between the two is mended by the caller: if secrets_load()'s key does not open the vault, the staged one does.
 * secrets_load_staged() is NOT_FOUND when none is staged. UNAVAILABLE for a credential, which only its
 * administrator can change. */
bool secrets_stage(Secrets *secrets, uint8_t ret_key[SECRETS_KEY_BYTES], GError **error);
bool secrets_commit_staged(Secrets *secrets, GError **error);
bool secrets_drop_staged(Secrets *secrets, GError **error);
bool secrets_load_staged(Secrets *secrets, uint8_t ret_key[SECRETS_KEY_BYTES], GError **error);

/* Asks the keyring to unlock (or to make its default collection), which may prompt the person and takes
 * up to two minutes: only on the person's own request. Nothing to do for the other sources. */
bool secrets_unlock(Secrets *secrets, GError **error);

/* Calls changed on the loop when the keyring appears or one of its collections changes or unlocks. Never
 * starts the keyring. Without a session bus there is nothing to watch, which is no error. */
bool secrets_watch(Secrets *secrets, sd_event *loop, void (*changed)(void *data), void *data,
                   GError **error);
