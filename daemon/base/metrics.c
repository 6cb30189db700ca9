/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series by family and labels. A series is found under the lock once and fed without it ever after; reading takes what
 * each has at that moment. */
#include "base/metrics.h"

#include <stdatomic.h>
#include <string.h>

struct Metric {
        MetricKind kind;
        _Atomic int64_t value;
};

/* Upper bounds in microseconds; a last bucket takes the rest. */
static const int64_t BOUNDS[] = {100,   250,    500,    1000,   2500,    5000,    10000,   25000,
                                 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000};

struct Histogram {
        _Atomic uint64_t counts[G_N_ELEMENTS(BOUNDS) + 1];
        _Atomic int64_t sum_us;
};

typedef struct Family {
        const MetricFamily *family;
        const char *type;   /* "counter" … */
        GHashTable *series; /* labels → Metric or Histogram */
} Family;

typedef struct Collector {
        MetricsCollector collect;
        void *data;
        GDestroyNotify data_free;
} Collector;

struct Metrics {
        GMutex lock;
        GHashTable *families; /* name → Family */
        GArray *collectors;
        unsigned count;
        Metric spare; /* of series over the limit */
        Histogram spare_histogram;
};

struct MetricsText {
        GTree *families; /* name → GString: its lines */
};

static void family_free(void *data)
{
        Family *family = data;

        g_hash_table_unref(family->series);
        g_free(family);
}

Metrics *metrics_new(void)
{
        Metrics *metrics = g_new0(Metrics, 1);

        g_mutex_init(&metrics->lock);
        metrics->families = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, family_free);
        metrics->collectors =
                g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(Collector));
        return metrics;
}

Metrics *metrics_free(Metrics *metrics)
{
        if (!metrics)
                return NULL;
        for (unsigned i = 0; i < metrics->collectors->len; i++) {
                const Collector *collector = &g_array_index(metrics->collectors, Collector, i);
                if (collector->data_free)
                        collector->data_free(collector->data);
        }
        g_hash_table_unref(metrics->families);
        g_array_unref(metrics->collectors);
        g_mutex_clear(&metrics->lock);
        g_free(metrics);
        return NULL;
}

char *metrics_label(const char *name, const char *value)
{
        GString *label = g_string_new(name);

        g_string_append(label, "=\"");
        for (; *value; value++) {
                if (*value == '\n') {
                        g_string_append(label, "\\n");
                        continue;
                }
                if (*value == '"' || *value == '\\')
                        g_string_append_c(label, '\\');
                g_string_append_c(label, *value);
        }
        g_string_append_c(label, '"');
        return g_string_free(label, /* free_segment= */ FALSE);
}

/* ---- series ---- */

static Family *find_family(Metrics *metrics, const MetricFamily *family, const char *type)
{
        Family *found = g_hash_table_lookup(metrics->families, family->name);

        if (found)
                return found;
        found = g_new0(Family, 1);
        *found = (Family){family, type,
                          g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
        g_hash_table_insert(metrics->families, (char *)family->name, found);
        return found;
}

/* The series, of so many bytes; NULL over the limit. */
static void *find_series(Metrics *metrics, const MetricFamily *family, const char *type,
                         const char *labels, size_t size)
{
        g_mutex_lock(&metrics->lock);
        Family *found = find_family(metrics, family, type);
        void *series = g_hash_table_lookup(found->series, labels ? labels : "");
        if (!series && metrics->count < METRICS_SERIES_MAX) {
                series = g_malloc0(size);
                metrics->count++;
                g_hash_table_insert(found->series, g_strdup(labels ? labels : ""), series);
        }
        g_mutex_unlock(&metrics->lock);
        return series;
}

static const char *kind_to_string(MetricKind kind)
{
        return kind == METRIC_COUNTER ? "counter" : "gauge";
}

Metric *metrics_series(Metrics *metrics, MetricKind kind, const MetricFamily *family,
                       const char *labels)
{
        if (!metrics)
                return NULL;
        Metric *metric = find_series(metrics, family, kind_to_string(kind), labels, sizeof *metric);
        return metric ? metric : &metrics->spare;
}

Histogram *metrics_histogram(Metrics *metrics, const MetricFamily *family, const char *labels)
{
        if (!metrics)
                return NULL;
        Histogram *histogram = find_series(metrics, family, "histogram", labels, sizeof *histogram);
        return histogram ? histogram : &metrics->spare_histogram;
}

void metric_add(Metric *metric, int64_t number)
{
        if (metric)
                atomic_fetch_add_explicit(&metric->value, number, memory_order_relaxed);
}

void metric_set(Metric *metric, int64_t number)
{
        if (metric)
                atomic_store_explicit(&metric->value, number, memory_order_relaxed);
}

int64_t metric_get(const Metric *metric)
{
        return metric ? atomic_load_explicit(&metric->value, memory_order_relaxed) : 0;
}

void histogram_observe(Histogram *histogram, int64_t microseconds)
{
        unsigned bucket = 0;

        if (!histogram)
                return;
        while (bucket < G_N_ELEMENTS(BOUNDS) && microseconds > BOUNDS[bucket])
                bucket++;
        atomic_fetch_add_explicit(&histogram->counts[bucket], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&histogram->sum_us, microseconds, memory_order_relaxed);
}

/* ---- text ---- */

void metrics_add_collector(Metrics *metrics, MetricsCollector collector, void *data,
                           GDestroyNotify data_free)
{
        Collector entry = {collector, data, data_free};

        if (metrics)
                g_array_append_val(metrics->collectors, entry);
        else if (data_free)
                data_free(data);
}

static GString *lines_of(MetricsText *text, const MetricFamily *family, const char *type)
{
        GString *lines = g_tree_lookup(text->families, family->name);

        if (lines)
                return lines;
        lines = g_string_new(NULL);
        g_string_append_printf(lines, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help,
                               family->name, type);
        g_tree_insert(text->families, (char *)family->name, lines);
        return lines;
}

static void append_number(GString *lines, double value)
{
        char number[G_ASCII_DTOSTR_BUF_SIZE];

        g_string_append(lines, g_ascii_formatd(number, sizeof number, "%.15g", value));
}

static void append_line(GString *lines, const char *name, const char *labels, double value)
{
        g_string_append(lines, name);
        if (labels && *labels)
                g_string_append_printf(lines, "{%s}", labels);
        g_string_append_c(lines, ' ');
        append_number(lines, value);
        g_string_append_c(lines, '\n');
}

void metrics_say(MetricsText *text, MetricKind kind, const MetricFamily *family, const char *labels,
                 double value)
{
        append_line(lines_of(text, family, kind_to_string(kind)), family->name, labels, value);
}

static void append_bucket(GString *lines, const char *name, const char *labels, const char *bound,
                          uint64_t count)
{
        g_string_append_printf(lines, "%s_bucket{%s%sle=\"%s\"} %" G_GUINT64_FORMAT "\n", name,
                               labels, *labels ? "," : "", bound, count);
}

static void say_histogram(GString *lines, const char *name, const char *labels,
                          const Histogram *histogram)
{
        char bound[G_ASCII_DTOSTR_BUF_SIZE];
        g_autofree char *sum = g_strconcat(name, "_sum", NULL);
        g_autofree char *total = g_strconcat(name, "_count", NULL);
        uint64_t count = 0;

        for (unsigned i = 0; i < G_N_ELEMENTS(BOUNDS); i++) {
                count += atomic_load_explicit(&histogram->counts[i], memory_order_relaxed);
                append_bucket(
                        lines, name, labels,
                        g_ascii_formatd(bound, sizeof bound, "%.15g", (double)BOUNDS[i] / 1e6),
                        count);
        }
        count += atomic_load_explicit(&histogram->counts[G_N_ELEMENTS(BOUNDS)],
                                      memory_order_relaxed);
        append_bucket(lines, name, labels, "+Inf", count);
        append_line(lines, sum, labels,
                    (double)atomic_load_explicit(&histogram->sum_us, memory_order_relaxed) / 1e6);
        append_line(lines, total, labels, (double)count);
}

static int compare_labels(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void say_family(MetricsText *text, const Family *family)
{
        unsigned count;
        g_autofree const char **labels =
                (const char **)g_hash_table_get_keys_as_array(family->series, &count);
        GString *lines = lines_of(text, family->family, family->type);

        qsort(labels, count, sizeof *labels, compare_labels);
        for (unsigned i = 0; i < count; i++) {
                const void *series = g_hash_table_lookup(family->series, labels[i]);
                if (g_str_equal(family->type, "histogram"))
                        say_histogram(lines, family->family->name, labels[i], series);
                else
                        append_line(lines, family->family->name, labels[i],
                                    (double)metric_get(series));
        }
}

static void say_series(Metrics *metrics, MetricsText *text)
{
        GHashTableIter iter;
        void *family;

        g_mutex_lock(&metrics->lock);
        g_hash_table_iter_init(&iter, metrics->families);
        while (g_hash_table_iter_next(&iter, NULL, &family))
                say_family(text, family);
        g_mutex_unlock(&metrics->lock);
}

static gboolean append_family(void *name, void *lines, void *all)
{
        g_string_append_len(all, ((GString *)lines)->str, (gssize)((GString *)lines)->len);
        g_string_free(lines, /* free_segment= */ TRUE);
        return FALSE;
}

static int compare_names(const void *a, const void *b, void *data)
{
        return strcmp(a, b);
}

char *metrics_text(Metrics *metrics)
{
        MetricsText text = {g_tree_new_full(compare_names, NULL, NULL, NULL)};
        GString *all = g_string_new(NULL);

        say_series(metrics, &text);
        for (unsigned i = 0; i < metrics->collectors->len; i++) {
                const Collector *collector = &g_array_index(metrics->collectors, Collector, i);
                collector->collect(&text, collector->data);
        }
        g_tree_foreach(text.families, append_family, all);
        g_tree_unref(text.families);
        return g_string_free(all, /* free_segment= */ FALSE);
}
