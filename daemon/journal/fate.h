/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has become of what an entry did. */
#pragma once

#include "journal/entry.h"

#define FATE_LATER_MAX                                                                             \
        100 /* later entries of the row that are looked at for the one that ended it */

typedef enum Fate {
        FATE_STANDING,    /* the row is as the entry left it, in what it changed */
        FATE_SUPERSEDED,  /* a fact that counts no more, since another one does */
        FATE_REVERTED,    /* undone */
        FATE_DEACTIVATED, /* the row no longer counts */
        FATE_DELETED,     /* the row is gone */
        FATE_CHANGED,     /* changed again */
        FATES,
} Fate;
const char *fate_to_string(Fate fate);

/* *ret_by: the entry that ended it, or the fact that supersedes; NULL while it stands, and where there is none to name.
 * The caller frees it. */
bool fate_of(Db *db, const Entry *entry, Fate *ret, char **ret_by, GError **error);
