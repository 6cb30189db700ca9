/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows a scoped handle shows. */
#pragma once

#include "journal/entry.h"

typedef struct Visible Visible;

/* db is a scoped handle, borrowed until the end. */
Visible *visible_new(Db *db);
Visible *visible_free(Visible *visible);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Visible, visible_free)

/* Does the handle show the row that the entry is about? What is gone, or hidden, it does not. */
bool visible_row(Visible *visible, const Entry *entry, bool *ret, GError **error);

/* Is the entry, of a row that the handle shows, about the entity: its row, an alias, or a fact that counts for it? */
bool visible_is_about(Visible *visible, const Entry *entry, const char *entity, bool *ret,
                      GError **error);

/* Takes out of an entry what the handle does not show of its row: its place in the journal, which counts others' entries
 * too, and what a merged object counts for. */
bool visible_mask(Visible *visible, Entry *entry, GError **error);

/* The same of a row of a table; row may be NULL. */
bool visible_mask_row(Visible *visible, const char *table, JsonObject *row, GError **error);
