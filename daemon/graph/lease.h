/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leases: who mines a document at the moment, so that two do not. */
#pragma once

#include "graph/graph.h"

typedef struct LeaseUse {
        const Access *access;
        const char *lease_id, *document_id;
} LeaseUse;

/* Is this a live lease of the caller on the document? *ret_group is the group that all its writes go into; the
 * caller frees. Asked before a write and again inside it. NOT_FOUND, DENIED, STALE. */
bool lease_check(Db *db, const LeaseUse *use, char **ret_group, GError **error);
