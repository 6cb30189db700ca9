/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of the running daemon, in one place: counters, gauges and histograms that rooms feed from any thread at the
 * price of an atomic addition, and figures that are asked for when somebody looks. Shown in Prometheus' text format.
 * What a series is called: ouroboros_<thing>_<unit>, counters end in _total, times are in seconds.
 *
 * Everything takes NULL for "nobody counts" and does nothing then. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define METRICS_SERIES_MAX 4096 /* labels of strangers must not fill the memory */

typedef struct Metrics Metrics;
typedef struct Metric Metric;       /* one series of a counter or gauge */
typedef struct Histogram Histogram; /* one series of times */
typedef struct MetricsText MetricsText;

typedef enum MetricKind { METRIC_COUNTER, METRIC_GAUGE } MetricKind;

/* What all series of one name share; static strings. */
typedef struct MetricFamily {
        const char *name, *help;
} MetricFamily;

Metrics *metrics_new(void);
Metrics *metrics_free(Metrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Metrics, metrics_free)

/* One label as it stands in a series, name="value" with the value escaped; two are joined by a comma. The caller frees. */
char *metrics_label(const char *name, const char *value);

/* The series of a family with these labels (NULL: none), made on the first asking; lives as long as metrics. Beyond
 * METRICS_SERIES_MAX all further ones are one, which is not shown. Any thread. */
Metric *metrics_series(Metrics *metrics, MetricKind kind, const MetricFamily *family,
                       const char *labels);
Histogram *metrics_histogram(Metrics *metrics, const MetricFamily *family, const char *labels);

/* Any thread. */
void metric_add(Metric *metric, int64_t number);
void metric_set(Metric *metric, int64_t number); /* of a gauge */
int64_t metric_get(const Metric *metric);
void histogram_observe(Histogram *histogram, int64_t microseconds);

/* Called for each metrics_text(), on its thread; says what it knows with metrics_say(). Before the first one. data is
 * given to data_free (or NULL) in the end. */
typedef void (*MetricsCollector)(MetricsText *text, void *data);
void metrics_add_collector(Metrics *metrics, MetricsCollector collector, void *data,
                           GDestroyNotify data_free);
void metrics_say(MetricsText *text, MetricKind kind, const MetricFamily *family, const char *labels,
                 double value);

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* All of it, families in the order of their names. Blocks as the collectors do. The caller frees. */
char *metrics_text(Metrics *metrics);
