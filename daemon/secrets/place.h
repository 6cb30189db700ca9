/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place where keys are kept. The three of them answer in the same words, so that secrets.c need not know
 * how each is asked. */
#pragma once

#include "secrets/key.h"
#include "secrets/record.h"

/* Which key, of which vault. */
typedef struct KeyQuery {
        const char *folder; /* the data folder */
        const char *vault;  /* vlt-… */
        const char *key_id;
        bool retired; /* to store: not the vault's own key, but one of earlier backups */
} KeyQuery;

/* Looks for the key; ret_key is written for KEY_FOUND only. detail, for every other state, is a sentence
 * about what was found (the caller frees). */
typedef KeyState (*PlaceFind)(const KeyQuery *query, Key *ret_key, char **ret_detail);

/* Stores a key without touching those that are there; KEY_FOUND means stored. */
typedef KeyState (*PlaceStore)(const KeyQuery *query, const Key *key, char **ret_detail);

/* Removes one key. */
typedef KeyState (*PlaceRemove)(const KeyQuery *query, char **ret_detail);

/* Marks one key as retired, for people to see; it is found as before. */
typedef KeyState (*PlaceRetire)(const KeyQuery *query, char **ret_detail);

/* The key file, <data>/vault.key; a second key waits in vault.key.<key id>, retired ones lie in
 * vault.key.<key id>.retired. */
KeyState keyfile_find(const KeyQuery *query, Key *ret_key, char **ret_detail);
KeyState keyfile_store(const KeyQuery *query, const Key *key, char **ret_detail);
KeyState keyfile_remove(const KeyQuery *query, char **ret_detail);
KeyState keyfile_retire(const KeyQuery *query, char **ret_detail);

/* systemd's $CREDENTIALS_DIRECTORY/ouroboros.vault-key; a retired key is ouroboros.vault-key.<key id>. With
 * query->key_id NULL any key is right. */
KeyState credential_find(const KeyQuery *query, Key *ret_key, char **ret_detail);

/* The Secret Service, through libsecret. Never prompts, except keyring_unlock(). */
KeyState keyring_find(const KeyQuery *query, Key *ret_key, char **ret_detail);
KeyState keyring_store(const KeyQuery *query, const Key *key, char **ret_detail);
KeyState keyring_remove(const KeyQuery *query, char **ret_detail);
KeyState keyring_retire(const KeyQuery *query, char **ret_detail);
KeyState keyring_unlock(char **ret_detail);
