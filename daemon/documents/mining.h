/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mining: which documents wait for it, and handing out their windows, each to one at a time. */
#pragma once

#include "documents/window.h"

#define MINING_WINDOW_CHARS_MIN     2000
#define MINING_WINDOW_CHARS_MAX     200000
#define MINING_WINDOW_CHARS_DEFAULT 24000
#define MINING_OVERLAP_CHARS_MIN                                                                   \
        GRAPH_QUOTE_CHARS_MAX         /* so that every quote lies whole in a window */
#define MINING_OVERLAP_PART      4    /* of a window: at most a quarter */
#define MINING_WINDOWS_MAX       5000 /* of one document */
#define MINING_LEASE_SEC_MIN     10
#define MINING_LEASE_SEC_MAX     86400
#define MINING_LEASE_SEC_DEFAULT 600
#define MINING_QUEUE_MAX         100000 /* documents that wait */
#define MINING_PRIORITY_MAX      1000

/* What to take: a window of a document, or of the next one that waits. */
typedef struct MiningAsk {
        Store *vault;
        const Access *access;
        const char *document_id;    /* NULL: the next that waits and has a window left */
        int64_t window;             /* -1: the caller's own, else the first that nobody has */
        int64_t max_chars, overlap; /* if the document is yet to be cut */
        int64_t lease_sec;
        bool again; /* windows that are done too */
} MiningAsk;

/* A window that was taken. */
typedef struct MiningLease {
        char *document_id, *sha256, *lease_id, *group;
        char *profile; /* of the job, else of the root */
        unsigned features;
        Window window;
        int64_t ordinal, count, expires_at;
} MiningLease;
MiningLease *mining_lease_free(MiningLease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MiningLease, mining_lease_free)

/* Takes a window, or renews the lease on it if the caller has it. NOT_FOUND: no such document or window, or none
 * waits; CONFLICT: others have all that is left, or all are done (again takes those too); UNAVAILABLE: the
 * document has no text yet. */
MiningLease *mining_take(const MiningAsk *ask, GError **error);

/* Makes a live lease of the caller last so long from now. */
bool mining_renew(const MiningAsk *ask, const char *lease_id, int64_t *ret_expires_at,
                  GError **error);

/* Puts documents that have a text into the queue: one, or all of a root that the caller can see. */
typedef struct MiningOrder {
        Store *vault;
        const Access *access;
        const char *document_id, *root_id; /* one of them */
        int64_t priority;
        const char *profile;         /* NULL: the root's */
        const char *const *features; /* NULL: the profile's if that was given, else the root's */
        bool again;                  /* also what was mined already in its present version */
} MiningOrder;

typedef struct MiningCounts {
        int64_t enqueued, already, skipped; /* skipped: mined already, or without a text */
} MiningCounts;

bool mining_enqueue(const MiningOrder *order, MiningCounts *ret, GError **error);

/* Takes a document out of the queue. NOT_FOUND if it does not wait. */
bool mining_cancel(const MiningOrder *order, const char *reason, GError **error);
