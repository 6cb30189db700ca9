/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connection: read from ops.db, never changed afterwards; each change of its rows makes a new one. */
#pragma once

#include "gate/gate.h"

#define BEARER_HASH_BYTES       32
#define CONNECTION_SHORT_DIGITS 8

/* A bearer of a connection, as far as it is known here. */
typedef struct BearerEntry {
        uint8_t hash[BEARER_HASH_BYTES];
        int64_t expires_us, revoked_us; /* 0: never, not */
} BearerEntry;

/* As it stands on this handle; *ret is NULL if there is none of the id. */
bool connection_read(Db *db, const char *id, Connection **ret, GError **error);

/* What connection_short() says, of an id. */
void connection_short_of(const char *id, char ret[CONNECTION_SHORT_DIGITS + 1]);

/* Its bearers, as BearerEntry. */
const GArray *connection_bearers(const Connection *connection);
int64_t connection_revoked(const Connection *connection); /* 0: not */

/* {"connection_id", "short", "name", "profile" …}: everything but its scope, of which it says how much there is. */
JsonObject *connection_to_json(const Connection *connection);

bool tool_listing_from_string(const char *text, ToolListing *ret, GError **error);

/* A JSON array of strings as text, and back (the caller frees); NULL for NULL. */
char *strings_to_json(const char *const *strings);
char **strings_from_json(const char *text);
