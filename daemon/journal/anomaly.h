/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a number out of the ordinary against those before it? Pure functions. */
#pragma once

#include "base/base.h"

#define ANOMALY_FACTOR        5.0 /* times what is usual, unless asked otherwise */
#define ANOMALY_FACTOR_MIN    1.5
#define ANOMALY_HISTORY_MIN   5    /* numbers that make a history */
#define ANOMALY_HISTORY_MAX   50   /* the last ones count */
#define ANOMALY_FLOOR         50   /* less is never out of the ordinary */
#define ANOMALY_NO_HISTORY    1000 /* from here on, where there is nothing to compare with */
#define ANOMALY_SPREADS       5.0  /* times the usual deviation above what is usual, at least */
#define ANOMALY_SPREAD_OF_MAD 1.4826

typedef enum Verdict { VERDICT_USUAL, VERDICT_UNUSUAL, VERDICT_NO_HISTORY } Verdict;

typedef struct Judgement {
        Verdict verdict;
        double expected; /* the median; 0 without a history */
        double spread; /* scaled median of the deviations from it: a standard deviation, were they normal */
        double factor; /* observed against expected, of which 1 is the least; 0 without a history */
} Judgement;

/* The last ANOMALY_HISTORY_MAX of count numbers, oldest first, are what observed is held against. One outlier among
 * them does not make the next one usual. */
Judgement anomaly_judge(const int64_t *history, unsigned count, int64_t observed, double factor);
