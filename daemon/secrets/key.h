/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database key in memory that is locked, guarded and wiped when freed, and the id that tells two keys
 * apart without telling anything about them. */
#pragma once

#include "secrets/secrets.h"

#define KEY_ID_DIGITS 32                      /* hex digits: BLAKE2b of the key, cut to 128 bits */
#define KEY_HEX_BYTES (SECRETS_KEY_BYTES * 2) /* a key as text, without a NUL */

typedef uint8_t Key;

/* An all-zero key of SECRETS_KEY_BYTES bytes, and a random one. */
Key *key_new(void);
Key *key_new_random(void);
Key *key_free(Key *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Key, key_free)

/* The id of a key; the caller frees. */
char *key_id(const Key *key);

/* Is this the form of an id? False for NULL. */
bool key_id_is_valid(const char *id);

/* Does the key have this id? */
bool key_has_id(const Key *key, const char *id);

/* Takes 64 hex digits (white space around is fine) or 32 raw bytes; false for anything else. */
bool key_parse(const void *data, size_t size, Key *ret_key);

/* The key as 64 hex digits in guarded memory, NUL-terminated; free with sodium_free(). */
char *key_to_hex(const Key *key);
