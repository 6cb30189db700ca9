/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording claims: what graph_submit() does, with what the tools want to know besides. */
#pragma once

#include "graph/graph.h"

#define CLAIM_QUALIFIERS_BYTES_MAX 16384
#define CLAIM_SUPERSEDES_MAX       100
#define CLAIM_REASON_CHARS_MAX     1000

/* One call. Set the upper part; the lower is filled. */
typedef struct Submission {
        Store *vault;
        const Access *access;
        const Claim *claims;
        unsigned count;
        const char *reason; /* or NULL */

        ClaimResult *results; /* the caller's, count of them */
        char **entity_ids;    /* or NULL; the caller's, count of them: filled with new strings */
        char *group;          /* grp-… of the write; the caller frees */
} Submission;

bool submission_run(Submission *submission, GError **error);
