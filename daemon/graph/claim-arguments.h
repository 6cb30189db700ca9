/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims as callers write them. */
#pragma once

#include "graph/graph.h"

/* Reads what all tools that claim have in common, on top of what *ret has: predicate, object, qualifiers, quote,
 * document_id, confidence, observed_at, supersedes. What is not in args as it is goes into texts (of char *) and
 * lists (of char **), which must live as long as the claim; absent members leave *ret as it is. INVALID. */
typedef struct ClaimTexts {
        GPtrArray *texts, *lists;
} ClaimTexts;
void claim_texts_init(ClaimTexts *texts);
void claim_texts_clear(ClaimTexts *texts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ClaimTexts, claim_texts_clear)

bool claim_read(JsonObject *args, ClaimTexts *texts, Claim *ret, GError **error);
