/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer shows: how many rows, how many bytes it has as JSON, and which rows of the vault by their ids. And the
 * digest of what was asked. */
#pragma once

#include "gate/gate.h"

#define READ_ROWS_PER_CALL_MAX 500 /* ids kept of one answer */
#define DIGEST_HEX             33  /* BLAKE2b-128 in hex, with the NUL */

typedef struct ShownId {
        char text[ID_MAX];
} ShownId;

typedef struct Shown {
        uint64_t rows;  /* elements of the lists of the answer */
        uint64_t bytes; /* as compact JSON */
        GArray *ids;    /* ShownId, each once; NULL: none */
        bool cut;       /* there are more */
} Shown;

/* answer may be NULL. */
void shown_look(Shown *shown, JsonObject *answer);
void shown_clear(Shown *shown);

/* BLAKE2b-128 of the arguments as canonical JSON, in hex. */
void digest_args(JsonObject *args, char ret[DIGEST_HEX]);
