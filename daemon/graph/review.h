/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the human says of a contradiction without deciding it: that the observations may stand side by side. */
#pragma once

#include "graph/graph.h"

#define REVIEW_NOTE_CHARS_MAX 1000
#define REVIEW_OBJECTS_MAX                                                                         \
        1000 /* different objects of one contradiction that can be acknowledged */

typedef struct Review {
        const char *entity_id, *predicate;
        bool acknowledged; /* else unresolved again */
        const char *note;  /* or NULL */
} Review;

/* Records it, inside a write. NOT_FOUND: nothing is contradicted there; CONFLICT: a fact of the human decided it
 * already; LIMIT over REVIEW_OBJECTS_MAX. */
bool review_record(Db *db, const Review *review, GError **error);
