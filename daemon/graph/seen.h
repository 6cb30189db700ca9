/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a scope shows a row, inside a write; without a scope everything is shown, be it there or not. */
#pragma once

#include "graph/graph.h"

/* Is the entity that stands for the document in the scope, or what that was merged into? */
bool seen_document(Db *db, const Scope *scope, const char *document_id, bool *ret, GError **error);

/* Is what the fact counts for in the scope and, if it was inferred, all that it follows from? */
bool seen_fact(Db *db, const Scope *scope, const char *fact_id, bool *ret, GError **error);
