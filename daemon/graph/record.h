/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording claims that were judged, inside a write: as new facts, as facts that are there, or as held. */
#pragma once

#include "graph/claim.h"
#include "graph/mention.h"

/* One batch. The lower part is kept while it is at work. */
typedef struct Recorder {
        const Claim *claims;
        Ready *ready; /* of each claim */
        unsigned count;
        ClaimResult *results;
        char **entity_ids; /* or NULL: filled with the subject of each that is an entity */
        const char *observer, *tier;
        int64_t now;
        Mentions mentions;

        GHashTable *versions; /* document → current content version, as the writer sees it */
        GHashTable *counts;   /* of held claims */
} Recorder;
void recorder_clear(Recorder *recorder);

/* Records claim i. False fails the write; *dropped is why this claim alone is dropped. */
bool recorder_record(Recorder *recorder, Db *db, unsigned i, GError **error, GError **dropped);

/* Sorts an error (taken): one of the store fails the write, any other is why a claim is dropped. */
bool record_sort_error(GError *problem, GError **error, GError **dropped);
