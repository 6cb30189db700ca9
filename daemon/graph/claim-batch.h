/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an extractor hands in at once: entities, claims about them, and their quotes. */
#pragma once

#include "graph/submit.h"

#define BATCH_EXTRACTOR_CHARS_MAX 100 /* name of a model or program */

/* Carries out submit_claim_graph: see schema/submit_claim_graph.json. */
JsonObject *claim_batch_submit(Store *vault, const Access *access, JsonObject *args,
                               GError **error);
