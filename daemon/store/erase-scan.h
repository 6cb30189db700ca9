/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the room: where else it stands what a set erases. */
#pragma once

#include "store/erase-set.h"

/* Words that rows of user data say which stay are not looked for any more: the set notes where they stand. Rows of logs
 * that say one of the others are added to the set. */
bool erase_scan_rows(EraseSet *set, GError **error);

/* Adds the redactions of entries after set->seen: those of the set's rows whole, of others the fields that say a word. */
bool erase_scan_journal(EraseSet *set, GError **error);
