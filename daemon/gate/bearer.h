/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bearers: made here, hashed here, and, in the user instance, written into a file for the agent. The text of one is
 * wiped wherever it was; it never goes into an answer, a log line or an argument. */
#pragma once

#include "gate/connection.h"

#define BEARER_CHARS  48                          /* "ouro_" and 43 of base64url */
#define BEARER_FOLDER "bearers"                   /* below paths->data */
#define BEARER_HEX    (2 * BEARER_HASH_BYTES + 1) /* of its hash as text, with the NUL */

/* A new one, which the caller wipes with bearer_clear(). */
typedef struct Bearer {
        char text[BEARER_CHARS + 1];
} Bearer;
void bearer_make(Bearer *ret);
void bearer_clear(Bearer *bearer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bearer, bearer_clear)

/* The hash of a text, which may be anything. */
void bearer_hash(const char *text, uint8_t ret[BEARER_HASH_BYTES]);
void bearer_hash_hex(const char *text, char ret[BEARER_HEX]);

/* Of hashes as keys of a GHashTable. */
unsigned bearer_key_hash(const void *key);
int bearer_key_equal(const void *a, const void *b);

/* Where the bearer of a connection lies; the caller frees. */
char *bearer_path(const Paths *paths, const char *connection);

/* Writes it there, 0600 in a folder 0700, in place of an older one, and on disk when this returns. A folder that is a
 * link, or somebody else's, is refused: DENIED. */
bool bearer_write(const Paths *paths, const char *connection, const Bearer *bearer, GError **error);

/* Removes the file; that there is none is no error. */
bool bearer_remove(const Paths *paths, const char *connection, GError **error);

/* The connections that have a file; the caller frees. Empty if there is no folder. */
char **bearer_list(const Paths *paths, GError **error);
