/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registry: every connection as it is now, found by id or by bearer without asking the database. Any thread; each verb
 * holds its lock for a few lookups. */
#pragma once

#include "gate/connection.h"

typedef struct Registry Registry;

Registry *registry_new(void);
Registry *registry_free(Registry *registry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Registry, registry_free)

/* Reads them all; what was known before is forgotten. */
bool registry_load(Registry *registry, Db *db, GError **error);
bool registry_is_loaded(Registry *registry);

/* The connection of the id or bearer, whatever its state; NULL if there is none. *ret_ended: the bearer itself was revoked or has
 * expired, whatever its connection. */
Connection *registry_find(Registry *registry, const char *id);
Connection *registry_find_bearer(Registry *registry, const uint8_t hash[BEARER_HASH_BYTES],
                                 ConnectionState *ret_bearer);

/* Inside a write: reads the connections that its changes are about, to be published when they are committed. */
bool registry_stage(Registry *registry, Db *db, const Change *changes, unsigned count,
                    GError **error);

/* After the commit, on the loop: publishes what was staged for these changes. The connections that are others now, as a
 * set of ids, which the caller unrefs; NULL if there are none. */
GHashTable *registry_publish(Registry *registry, const Change *changes, unsigned count);

/* After a write of one's own, so that what it changed holds before the answer: reads one connection. */
bool registry_refresh(Registry *registry, Store *ops, const char *id, GError **error);

/* The earliest time after which an active connection is no longer so; 0: none. */
int64_t registry_next_end(Registry *registry);

/* The ids of those that are active, or (ended) that are not; the caller frees. */
char **registry_ids(Registry *registry, bool ended);
