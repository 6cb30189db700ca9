/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leases: who mines a window of a document at the moment, so that two do not. Handed out by the room documents;
 * used and ended here, where claims are written. */
#pragma once

#include "graph/graph.h"

typedef struct Lease {
        int64_t window; /* id of its row */
        char *document_id, *sha256;
        char *group; /* that all writes under it go into */
} Lease;
Lease *lease_free(Lease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lease, lease_free)

/* The live lease of the caller with this id. NOT_FOUND, DENIED (somebody else's), STALE (expired, over, or the
 * document has changed). Asked before a write and again inside it. */
Lease *lease_use(Db *db, const Access *access, const char *lease_id, GError **error);
