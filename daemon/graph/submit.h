/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording claims: what graph_submit() does, with what the tools want to know besides. */
#pragma once

#include "graph/graph.h"

#define CLAIM_QUALIFIERS_BYTES_MAX 16384
#define CLAIM_SUPERSEDES_MAX       100
#define CLAIM_REASON_CHARS_MAX     1000

/* An entity that a batch declares, whether or not it claims something of it. */
typedef struct Declaration {
        const char *name, *type; /* checked, unless it has an error; type NULL: none given */
        char *aliases;           /* JSON array, or NULL; owned */
        unsigned claimed;        /* claims of the batch about it */

        char *entity_id;     /* filled: the entity of the name, … */
        char *discovered_id; /* … or the entry that waits, … */
        bool is_new;         /* … put into the queue by this batch; … */
        GError *error;       /* … or why there is neither */
} Declaration;
void declaration_clear(Declaration *declaration);

/* One call. Set the upper part; the lower is filled. */
typedef struct Submission {
        Store *vault;
        const Access *access;
        const Claim *claims;
        unsigned count;
        const char *reason;      /* or NULL */
        const char *tier;        /* human or extracted; NULL: the caller's own */
        bool hold;               /* what is about undeclared entities waits in the queue */
        const char *lease_id;    /* of the mining run that this belongs to, or NULL … */
        bool complete;           /* … whose window is mined with this */
        const char *document_id; /* of the claims that name none */
        Declaration *declared;   /* the caller's, declared_count of them */
        unsigned declared_count;

        ClaimResult
                *results;  /* the caller's, count of them; one with an error is dropped as it is */
        char **entity_ids; /* or NULL; the caller's, count of them: filled with new strings */
        char *group;       /* grp-… of the write; the caller frees */
        bool changed;      /* it has entries in the journal */
} Submission;

bool submission_run(Submission *submission, GError **error);

/* The tier of a caller's own word. */
const char *submission_tier(const Access *access);
