/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One dated observation, as a row of the table of facts. */
#pragma once

#include "graph/object.h"

/* Trust tiers as facts.trust_tier names them, the lowest first. */
typedef enum FactTier {
        FACT_TIER_NONE = -1,
        FACT_TIER_INFERRED,
        FACT_TIER_EXTRACTED,
        FACT_TIER_HUMAN,
} FactTier;

/* FACT_TIER_NONE: it is the name of none, or NULL. */
FactTier fact_tier_from_string(const char *text);
const char *fact_tier_to_string(FactTier tier);

/* SQL for the number of a tier. */
#define FACT_TIER_RANK(tier) "CASE " tier " WHEN 'human' THEN 2 WHEN 'extracted' THEN 1 ELSE 0 END"

/* Strings are borrowed from the row: valid until its statement's next step. */
typedef struct Fact {
        const char *id, *entity_id, *predicate, *object, *object_kind;
        const char *object_name; /* of an entity object that the reader can see, else NULL */
        const char *qualifiers, *agent, *trust_tier, *quote, *document_id, *document_hash;
        const char *superseded_by;
        const char *subject_id; /* the entity it counts for, NULL: entity_id */
        const char *object_as;  /* the entity that the object counts for, NULL: object */
        int64_t observed_at, recorded_at, quote_start, quote_end, superseded_at;
        double confidence; /* NaN: none */
        bool stale_source, is_current;
        bool source_gone; /* the document's file was deleted, or its root removed */
} Fact;

/* SQL for the entity that a fact counts for, and for its object: its own, unless they are entities that were
 * merged. By way of the indexes facts_entity and facts_object, which have the same expressions. */
#define FACT_SUBJECT(f) "coalesce(" #f ".subject_id, " #f ".entity_id)"
#define FACT_OBJECT(f)  "coalesce(" #f ".object_as, " #f ".object)"

/* SQL for "equal objects" of FACT_OBJECT()s, by way of the index facts_entity. */
#define FACT_SAME_OBJECT(a, b)                                                                     \
        " substr(" a ", 1, 64) = substr(" b ", 1, 64) AND substr(" a ", -16) = substr(" b ", -16)" \
        " AND " a " = " b

/* SQL for "of facts that say the same object, this makes them say the same": where many things may be said at a time,
 * qualifiers are part of what is said. */
#define FACT_SAME_QUALIFIERS(a, b)                                                                 \
        " (" #a ".qualifiers IS " #b ".qualifiers OR (SELECT v.cardinality FROM predicates v"      \
        " WHERE v.name = " #a ".predicate) = 'one')"

/* The columns that fact_from_row() reads, of facts f joined with predicates p. */
#define FACT_COLUMNS                                                                                \
        "f.id, f.entity_id, f.predicate, f.object, p.object_kind,"                                  \
        " CASE p.object_kind WHEN 'entity'"                                                         \
        " THEN (SELECT o.name FROM entities o WHERE o.id = " FACT_OBJECT(                           \
                f) ") END,"                                                                         \
                   " f.qualifiers, f.agent, f.trust_tier, f.quote, f.document_id, f.document_hash," \
                   " f.superseded_by, f.observed_at, f.recorded_at, f.quote_start, f.quote_end,"    \
                   " f.superseded_at, f.confidence, f.stale_source,"                                \
                   " (SELECT d.is_active = 0 OR r.is_active = 0 FROM documents d"                   \
                   " JOIN roots r ON r.id = d.root_id WHERE d.id = f.document_id), f.subject_id, f.object_as"

#define FACT_COLUMN_COUNT 23

void fact_from_row(Statement *row, Fact *ret);

/* As the doors show it, into a row or an object; what is not set is left out. */
void fact_tell(const Fact *fact, Sink *sink);
JsonObject *fact_to_json(const Fact *fact);

/* A column of a journal entry's row_id, {"id":"fact-…"} or another primary key; NULL if it has none. The caller frees. */
char *fact_row_member(const char *row_id, const char *member);
