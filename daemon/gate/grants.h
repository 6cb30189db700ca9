/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grants: the access tokens that are good now, in memory, so that the loop can ask. Any thread; each verb holds its lock for
 * a lookup. What is declared in gate.h about grants and keys is done here as well. */
#pragma once

#include "gate/bearer.h"

typedef struct Grants Grants;

Grants *grants_new(void);
Grants *grants_free(Grants *grants);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grants, grants_free)

/* Reads the tokens, and the secret of the keys, which is made if there is none. Blocks. */
bool grants_load(Grants *grants, Store *ops, GError **error);

/* The name of what tokens must be for; NULL: nothing is served that they could be for. */
void grants_set_resource(Grants *grants, const char *resource);

/* The connection of an access token, which the caller frees; NULL if it is none, or over, or for another resource. */
char *grants_find(Grants *grants, const uint8_t hash[BEARER_HASH_BYTES]);
