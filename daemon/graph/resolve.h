/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which entity somebody means by a name as people write them. */
#pragma once

#include "graph/name-form.h"

#define RESOLVE_LIMIT_MAX   50   /* candidates told */
#define RESOLVE_SCORE_MIN   0.5  /* less alike is not told */
#define RESOLVE_BEST_MIN    0.8  /* less alike is never the best … */
#define RESOLVE_BEST_MARGIN 0.04 /* … nor what another comes so near to */

typedef struct ResolveQuery {
        const char *name, *type; /* type: or NULL */
        unsigned limit;
} ResolveQuery;

/* {"candidates": [{"entity_id", "name", "type", "score", "match", "via", "facts"}], "best": id or null}, the most alike
 * first, of what the handle sees. */
JsonObject *resolve_name(Db *db, const NameRules *rules, const ResolveQuery *query, GError **error);
