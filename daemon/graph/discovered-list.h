/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The discovered queue as the human looks at it. */
#pragma once

#include "graph/discovered.h"
#include "graph/name-form.h"

typedef struct DiscoveredQuery {
        const char *state;       /* NULL: any */
        const char *type;        /* NULL: any; "": none was given */
        const char *document_id; /* that they were found in, or NULL */
        const char *after;
        unsigned limit;
} DiscoveredQuery;

/* {"discovered": […], "total", "next"}, in the order of discovery. */
JsonObject *discovered_list(Db *db, const NameRules *rules, const DiscoveredQuery *query,
                            GError **error);
