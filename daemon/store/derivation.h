/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: what other rooms want to know of changes: derivations before the commit, feeds after
 * it. */
#pragma once

#include "store/db.h"
#include "store/write.h"

typedef struct Listeners Listeners;

Listeners *listeners_new(sd_event *loop, GError **error);
Listeners *listeners_free(Listeners *listeners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listeners, listeners_free)

void listeners_add_feed(Listeners *listeners, StoreFeed feed, void *data);
void listeners_remove_feed(Listeners *listeners, StoreFeed feed, void *data);
void listeners_add_derivation(Listeners *listeners, const char *table, StoreDerivation derive,
                              void *data);

/* Runs the derivations for the changes of a write from index first on. */
bool listeners_derive(Listeners *listeners, Db *db, const ChangeList *changes, unsigned first,
                      GError **error);

/* Takes the changes of a group that was committed and brings them to the feeds on the loop. */
void listeners_feed(Listeners *listeners, ChangeList *changes);
