/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Held claims: checked like any other, they wait until the human has decided on their entity. */
#pragma once

#include "graph/claim.h"
#include "graph/mention.h"

#define HELD_CLAIMS_MAX 20000 /* that wait for one entry */

/* A claim that was found good but for an end that waits. */
typedef struct Holding {
        const Claim *claim;
        const Ready *ready;
        const Mention *subject, *object; /* object NULL: not an entity */
        const char *observer, *tier;
        int64_t now;
        GHashTable *counts; /* entry → claims that wait for it, as far as asked */
} Holding;

/* Keeps it, inside a write, unless it waits already: then *ret_new is false. LIMIT over HELD_CLAIMS_MAX. */
bool held_keep(Db *db, const Holding *holding, bool *ret_new, GError **error);

/* What became of the claims of an entry. */
typedef struct HeldTally {
        unsigned recorded, unchanged, waiting;
        JsonArray *dropped; /* {"held_id", "reason"} */
} HeldTally;
void held_tally_clear(HeldTally *tally);

/* Records the claims that waited for an entry, which has become an entity by now, inside a write: each under
 * its own observer, its quote checked against the present text. Those whose other end waits wait on. */
bool held_settle(Db *db, const Discovered *discovered, HeldTally *tally, GError **error);

/* Claims that wait for an entry are dismissed with it, or come back. Counted in *ret. */
bool held_dismiss(Db *db, const char *discovered_id, unsigned *ret, GError **error);
bool held_restore(Db *db, const char *discovered_id, unsigned *ret, GError **error);
