/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opaque cursors of lists: `after` takes what the page before returned as `next`. A cursor carries the
 * name of its list, a digest of the filters it was made with, and the last row's sort key. */
#pragma once

#include <glib.h>

/* A cursor; filters is any text that identifies the query (NULL: none). The caller frees. */
char *cursor_new(const char *list, const char *filters, const char *key);

/* The key out of a cursor. STALE when it is not of this list and these filters or is damaged. NULL or
 * "" as text gives "", the beginning. The caller frees. */
char *cursor_key(const char *list, const char *filters, const char *text, GError **error);
