/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be said about a claim before it is written: its form, its predicate, its object, its quote. */
#pragma once

#include "graph/predicate.h"
#include "graph/quote.h"

/* A claim made ready; borrows from claim and from the reviewer. */
typedef struct Ready {
        const Predicate *predicate;
        Object object;
        char *object_as;     /* what an object that is an entity counts for */
        char *qualifiers;    /* canonical, or NULL */
        char *document_hash; /* of the content version that the quote was found in, or NULL */
        QuoteSpan span;
        bool checked; /* the quote was found in the document */
} Ready;
void ready_clear(Ready *ready);

/* Looks at the claims of one call on one handle; keeps predicates and the last text. */
typedef struct Reviewer {
        Db *db;
        bool human;             /* may claim without a source */
        GHashTable *predicates; /* name → Predicate */
        SourceText *source;     /* the last used, or NULL */
} Reviewer;
void reviewer_init(Reviewer *reviewer, Db *db, bool human);
void reviewer_clear(Reviewer *reviewer);

/* Judges one claim; an error is the reason to drop it. */
bool reviewer_judge(Reviewer *reviewer, const Claim *claim, Ready *ret, GError **error);
