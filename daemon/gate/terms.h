/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drafts of terms: what is to be written into the rows of a connection, checked. */
#pragma once

#include "gate/connection.h"
#include "gate/gate.h"

#define TOOL_NAME_CHARS_MAX 100
#define EXPIRES_US_MAX      INT64_C(253402300799000000) /* the year 9999 */

typedef struct Draft {
        Terms terms; /* its strings are the draft's */
        ToolListing listing;
        char **listed;
        bool has_no_file; /* who asked is given tokens by a door: nobody needs a bearer in a file */
} Draft;

/* The default terms: a full profile, everything to see, no end, no budget. */
Draft *draft_new(void);

/* What a connection has now. */
Draft *draft_of(const Connection *connection);
Draft *draft_free(Draft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Draft, draft_free)

/* Takes over the members that are there: name, profile, tools, entities (ids or names, looked up in the vault; null:
 * everything), expires, calls_per_day, bytes_per_day, observer, listing, listed. INVALID, LIMIT, NOT_FOUND (an
 * entity or a tool). */
bool draft_apply(Draft *draft, JsonObject *args, Gate *gate, GError **error);

/* Does it hold together? INVALID. */
bool draft_check(const Draft *draft, GError **error);

/* The entities that names or ids mean, by their ids, each once; the caller frees. NOT_FOUND and INVALID say which.  */
char **entities_resolve(Store *vault, const char *const *words, GError **error);

/* [{"entity_id", "name"}] of ids, name null for what is not there any more. */
JsonArray *entities_to_json(Store *vault, const char *const *ids, GError **error);
