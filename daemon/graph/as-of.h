/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph as it stood: entities and facts read from the journal, what was superseded and merged then included. */
#pragma once

#include "graph/entity.h"

#define AS_OF_FACTS_MAX 100000 /* of one entity, then or since, that are looked through */

/* Two handles: the journal is seen without a scope, and what is shown must be seen now. */
typedef struct AsOf {
        Db *past;
        Db *now; /* the caller's handle; NULL: it sees everything */
        Moment moment;
} AsOf;

/* Reads what "at" says: a time in ISO 8601, an entry's id or its number. INVALID, NOT_FOUND. */
bool as_of_moment(Db *past, JsonNode *at, Moment *ret, GError **error);

/* {"ts", "seq", "mutation_id"} */
JsonObject *as_of_to_json(const Moment *moment);

typedef struct AsOfQuery {
        const char *entity_id; /* as named, merged or not */
        const char *predicate; /* or NULL */
        bool superseded;       /* those too */
        unsigned limit;
        const char *at;    /* as given, for the cursor */
        const char *after; /* cursor or NULL */
} AsOfQuery;

/* {"as_of", "entity", "knowledge_facts", "next"}: the entity, or what it had been merged into by then, and its facts in
 * order of their ids. NOT_FOUND if there never was such an entity, LIMIT over AS_OF_FACTS_MAX. */
JsonObject *as_of_entity(const AsOf *as_of, const AsOfQuery *query, GError **error);

/* {"as_of", "table_name", "row_id", "row"}: any row of user data. INVALID if there is no such table. */
JsonObject *as_of_row(const AsOf *as_of, const char *table, JsonNode *row_id, GError **error);
