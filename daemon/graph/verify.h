/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checking again what was checked when it was written: is the quote where the fact says it is? */
#pragma once

#include "graph/graph.h"

/* {"fact_id", "valid", "reason", "quote", "document_id", "page", "line"}; NOT_FOUND for an unknown fact. */
JsonObject *verify_quote(Db *db, const char *fact_id, GError **error);
