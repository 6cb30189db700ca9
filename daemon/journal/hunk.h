/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed from one text to another: by line, and within changed lines by word. Pure functions. */
#pragma once

#include "base/base.h"

typedef enum HunkOp { HUNK_EQUAL, HUNK_INSERT, HUNK_DELETE } HunkOp;
const char *hunk_op_to_string(HunkOp op);

typedef struct Hunk {
        HunkOp op;
        char *text;
} Hunk;

typedef struct HunkLimits {
        size_t bytes_max;   /* of each text */
        unsigned edits_max; /* lines, or words of one place, put in and taken out */
} HunkLimits;

/* Hunk in order, never empty ones, never two of one kind side by side; a deletion stands before the insertion in its
 * place. EQUAL and DELETE are before, EQUAL and INSERT are after. Beyond a limit a whole place, or all, is
 * deleted and inserted. The caller unrefs. */
GPtrArray *hunks_between(const char *before, const char *after, const HunkLimits *limits);
