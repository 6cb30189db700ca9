/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the human decides on an entry of the discovered queue. Each decision is one write, which a group revert
 * undoes: the entry waits again, and so do its claims. */
#pragma once

#include "graph/held.h"

/* One decision. Set the upper part; the lower is filled by the work. */
typedef struct Decision {
        const Access *access;
        const char *discovered_id;
        EntityRef
                ref; /* promote: name and type, NULL: as found; merge: into which entity; propose: what */
        const char *aliases; /* propose: JSON array, or NULL */
        const char *reason;  /* or NULL */

        Discovered *entry; /* as it was; NULL: there was none */
        const char *
                state; /* that it is in now, of the name that was proposed: known if it is an entity */
        char *entity_id; /* what it became, or NULL */
        char *queued_id; /* propose: the entry that waits */
        HeldTally tally;
        unsigned claims;    /* dismissed or restored */
        JsonArray *covered; /* ids of entries that were dismissed with it */
        bool changed;
        char *group;
} Decision;
void decision_clear(Decision *decision);

/* Works of writes (data: Decision). NOT_FOUND: no such entry or entity; CONFLICT: it was decided on otherwise, or
 * an entity of the name is there. */
bool decision_promote(Db *db, void *data, GError **error);
bool decision_merge(Db *db, void *data, GError **error);
bool decision_dismiss(Db *db, void *data, GError **error);
bool decision_restore(Db *db, void *data, GError **error);

/* The human's proposal makes an entity, of an entry that waits if there is one; that of others waits. DENIED
 * to a scoped caller, and for a dismissed name. */
bool decision_propose(Db *db, void *data, GError **error);

/* Records what waited for an entry, which the human has made an entity, inside his write. */
bool decision_adopt(Db *db, const Discovered *entry, const char *entity_id, HeldTally *tally,
                    GError **error);
