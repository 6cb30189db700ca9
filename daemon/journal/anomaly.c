/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Median and median absolute deviation: what is usual is not moved by what is not. */
#include "journal/anomaly.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
        double left = *(const double *)a, right = *(const double *)b;

        return (left > right) - (left < right);
}

/* Sorts them. */
static double median(double *values, unsigned count)
{
        qsort(values, count, sizeof(double), by_value);
        return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static Verdict verdict_of(const Judgement *judgement, int64_t observed, double factor)
{
        double usual = fmax(judgement->expected, 1);

        if (observed < ANOMALY_FLOOR || (double)observed < factor * usual ||
            (double)observed < usual + ANOMALY_SPREADS * judgement->spread)
                return VERDICT_USUAL;
        return VERDICT_UNUSUAL;
}

Judgement anomaly_judge(const int64_t *history, unsigned count, int64_t observed, double factor)
{
        double values[ANOMALY_HISTORY_MAX];
        Judgement judgement = {0};

        if (count < ANOMALY_HISTORY_MIN) {
                judgement.verdict =
                        observed >= ANOMALY_NO_HISTORY ? VERDICT_NO_HISTORY : VERDICT_USUAL;
                return judgement;
        }
        if (count > ANOMALY_HISTORY_MAX) {
                history += count - ANOMALY_HISTORY_MAX;
                count = ANOMALY_HISTORY_MAX;
        }
        for (unsigned i = 0; i < count; i++)
                values[i] = (double)history[i];
        judgement.expected = median(values, count);
        for (unsigned i = 0; i < count; i++)
                values[i] = fabs((double)history[i] - judgement.expected);
        judgement.spread = ANOMALY_SPREAD_OF_MAD * median(values, count);
        judgement.factor = (double)observed / fmax(judgement.expected, 1);
        judgement.verdict = verdict_of(&judgement, observed, factor);
        return judgement;
}
