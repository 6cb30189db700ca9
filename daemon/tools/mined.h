/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mined: what a model answered that was asked to mine a window. A stranger's text: it may be anything, in code fences or
 * with words around it; of what it claims only the members that a claim has are taken, if they are of the right type. */
#pragma once

#include "base/base.h"

#define MINED_BYTES_MAX    524288 /* of an answer */
#define MINED_CLAIMS_MAX   1000   /* of a window */
#define MINED_ENTITIES_MAX 1000

typedef struct Mined {
        JsonArray *claims, *entities; /* as submit_claim_graph takes them */
        unsigned malformed;           /* claims and entities that were none */
} Mined;

/* INVALID if there is no object with claims in it, LIMIT over one of the limits above. */
bool mined_parse(const char *text, size_t length, Mined *ret, GError **error);
void mined_clear(Mined *mined);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Mined, mined_clear)
