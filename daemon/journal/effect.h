/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a stretch of the journal changed on balance: of each row the state before its first entry there and the one
 * after its last, if they differ. */
#pragma once

#include "journal/entry.h"

#define EFFECT_SAMPLE_CHARS 200 /* of texts within rows, in samples */

/* Where to look: entries after seq, of one group if group is not NULL. */
typedef struct EffectRange {
        int64_t seq;
        const char *group;
} EffectRange;

/* before NULL: the row came; after NULL: it went. Both are JSON, borrowed for the call. */
typedef struct EffectChange {
        const char *table, *row_id, *before, *after;
} EffectChange;

typedef bool (*EffectRow)(const EffectChange *change, void *data, GError **error);
bool effect_each(Db *db, const EffectRange *range, EffectRow found, void *data, GError **error);

/* {"tables": {name: rows}, "sample": [{"table_name", "row_id", "op", "before", "after"}]} of all rows but those in
 * the set, "table\nrow_id" (NULL: of all); before and after of an update have the fields that differ. */
JsonObject *effect_tell(Db *db, const EffectRange *range, GHashTable *but, unsigned sample_max,
                        GError **error);
