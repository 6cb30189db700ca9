/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools for whoever reviews what others did: sessions, their feeds, and what is out of the ordinary. */
#include "journal/room.h"

const Tool journal_audit_tools[] = {
        {NULL},
};
