/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims that were dropped, and why: a log, so that who sent them can see what was wrong. */
#pragma once

#include "graph/graph.h"

#define REJECTION_CHARS_MAX 400 /* of each text that is kept of a rejected claim */

/* Enters one, inside a write. What was sent is cut and made UTF-8: it may be anything. */
bool rejection_enter(Db *db, const char *observer, const Claim *claim, const GError *reason,
                     GError **error);

/* Tells the system's log of one; the pipeline's only at debug, there are many. */
void rejection_log(const Actor *actor, const Claim *claim, const GError *reason);

/* {"rejections": […], "next"}, newest first; after is a cursor or NULL. */
JsonObject *rejection_list(Db *db, unsigned limit, const char *after, GError **error);
