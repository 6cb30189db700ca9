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
