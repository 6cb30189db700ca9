/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of projections: what is said of one entity, and how it becomes a row. */
#pragma once

#include "graph/projection.h"

/* One fact. */
typedef struct Said {
        char *id, *predicate, *object, *object_name, *tier;
        ObjectKind kind;
        JsonObject *qualifiers; /* or NULL */
        int64_t observed_at;
        double number, confidence; /* NaN: none */
        char *sameness;            /* facts that say the same have the same */
} Said;

/* The current facts of an entity that the projection reads, oldest observation first. LIMIT over
 * PROJECTION_FACTS_MAX. */
GPtrArray *said_read(Db *db, const Projection *projection, const char *entity_id, GError **error);

/* They in groups of one value of a qualifier (NULL: all in one); no group is empty. Borrowed from said. */
GPtrArray *said_groups(const GPtrArray *said, const char *qualifier);

/* The value that a fact is grouped by; null if it has none. The caller owns it. */
JsonNode *said_group(const Said *said, const char *qualifier);

/* The value of a column in a row; adds the ids of the facts it is of to ids (or NULL). The caller owns it. */
JsonNode *column_pick(const Column *column, const GPtrArray *group, JsonArray *ids);

/* Does the row have the values that where wants? */
bool row_fits(JsonObject *row, JsonObject *where);

/* Order of two values that are not null: numbers before texts, texts by their bytes, entities by name. */
int value_compare(JsonNode *a, JsonNode *b);
