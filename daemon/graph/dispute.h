/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where observations disagree, kept in two projections whenever facts change: which facts were overridden, and
 * for each entity and predicate what kind of contradiction there is and whether it is resolved. */
#pragma once

#include "graph/fact.h"

/* SQL for "fact b is of a higher tier than s, or the human's word against another's". What superseded a fact of its
 * own tier and of another voice did so explicitly: fact_supersedes, which a scoped handle hides, need not be asked. */
#define DISPUTE_OUTRANKS(b, s)                                                                     \
        "(" FACT_TIER_RANK(#b ".trust_tier") " > " FACT_TIER_RANK(                                 \
                #s ".trust_tier") " OR (" #b ".agent = 'human' AND " #s ".agent <> 'human'))"

/* SQL for "some current fact of the same entity and predicate says what fact s says". */
#define DISPUTE_STILL_SAID(s)                                                                      \
        "EXISTS (SELECT 1 FROM facts n WHERE " FACT_SUBJECT(n) " = " FACT_SUBJECT(                 \
                s) " AND n.predicate = " #s                                                        \
                   ".predicate AND" FACT_SAME_OBJECT(                                              \
                           FACT_OBJECT(n),                                                         \
                           FACT_OBJECT(                                                            \
                                   s)) " AND" FACT_SAME_QUALIFIERS(n,                              \
                                                                   s) " AND n.superseded_at IS NULL AND n.is_active = 1)"

/* What current.c came across in one write: new facts that have rivals. All others agree with what there is. */
typedef struct Disputes Disputes;

Disputes *disputes_new(void);
Disputes *disputes_free(Disputes *disputes);

/* Notes a new fact that is not alone. disputes may be NULL. */
void disputes_note(Disputes *disputes, const char *fact_id);

/* Derivations for the tables of facts and of reviews, to be registered after those of current.h; data is the
 * Disputes. */
bool disputes_derive_facts(Db *db, const Change *changes, unsigned count, void *data,
                           GError **error);
bool disputes_derive_reviews(Db *db, const Change *changes, unsigned count, void *data,
                             GError **error);

/* Makes both projections anew, inside a write. */
bool disputes_rebuild(Db *db, GError **error);

/* A short name for an object, as reviews keep them; the caller frees. */
char *disputes_digest(const char *object);

/* Calls back with each object that a contradiction is about (and its qualifiers, if many things may be said): current ones and overridden ones; objects come more than
 * once. Stops when func returns false. */
typedef bool (*DisputeFunc)(const char *object, void *data);
bool disputes_each_object(Db *db, const char *entity_id, const char *predicate, DisputeFunc func,
                          void *data, GError **error);
