/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Re-verification: does the quote of a fact still stand where it was found? */
#pragma once

#include "graph/fact.h"

/* What checking a fact's quote found. */
typedef struct Verdict {
        const char *
                reason; /* why the quote is not there, or what to know of it all the same; static */
        const char *text; /* which text was looked at: "present" or "earlier"; NULL: none */
        bool valid;
        unsigned page, line; /* 0: unknown */
} Verdict;

/* Looks the quote up. False only if it could not be looked up; what is not there is a verdict. */
bool verify_fact(Db *db, const Fact *fact, Verdict *ret, GError **error);

/* {"valid", "reason", "text", "page", "line"} into an object. */
void verdict_tell(const Verdict *verdict, JsonObject *object);

/* {"fact_id", "valid", "reason", "quote", "document_id", "stale_source", "source_gone", "text", "page", "line"}
 * of one fact. NOT_FOUND. */
JsonObject *verify_quote(Db *db, const char *fact_id, GError **error);
