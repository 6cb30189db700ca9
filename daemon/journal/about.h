/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an entry is about, in words. */
#pragma once

#include "journal/entry.h"

#define ABOUT_CHARS_MAX 200

/* "Acme · industry · logistics" for facts, "Acme (organization)" for entities, the name of other rows; cut and ended by
 * "…" beyond ABOUT_CHARS_MAX. db: a handle on the vault, which tells names as far as it shows them, else ids.
 * The caller frees. */
char *about_entry(Db *db, const Entry *entry, GError **error);
