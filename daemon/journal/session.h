/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session wrote, found by the register of writes. */
#pragma once

#include "journal/entry.h"

#define SESSION_GROUPS_MAX 10000

/* The groups that a session wrote into, in the order of their first entries in this journal, NULL-terminated;
 * empty if it wrote nothing. The caller frees with g_strfreev(). LIMIT beyond SESSION_GROUPS_MAX. */
char **session_groups(Db *db, const char *session, GError **error);
