/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions, hours and groups in which an actor wrote, or ended, far more than he usually does. */
#pragma once

#include "journal/anomaly.h"
#include "journal/entry.h"

#define ANOMALIES_SINCE_DAYS   7       /* what is looked at, unless asked otherwise */
#define ANOMALIES_HISTORY_DAYS 90      /* before that: what is usual */
#define ANOMALIES_WRITES_MAX   1000000 /* gone through; more: LIMIT */

typedef struct AnomalyQuery {
        int64_t since; /* microseconds; 0: ANOMALIES_SINCE_DAYS ago */
        double factor;
        unsigned limit;
} AnomalyQuery;

/* {"anomalies", "total", "actors", "since"}: the farthest from usual first, then those of actors without a history. An
 * actor is a connection, or the human, or a part of the system by its name. */
JsonObject *anomalies_find(Db *db, const AnomalyQuery *query, GError **error);

/* The answer without any. */
JsonObject *anomalies_none(void);
