/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seen to fail: with buckets that do not add up, labels unescaped, the limit of series not looked at. */
#include <string.h>

#include "base/base.h"

static const MetricFamily CALLS = {"ouroboros_test_calls_total", "Calls."};
static const MetricFamily DEPTH = {"ouroboros_test_depth", "Depth."};
static const MetricFamily TIME = {"ouroboros_test_seconds", "Time."};
static const MetricFamily SAID = {"ouroboros_a_said", "Said."};

static void collect(MetricsText *text, void *data)
{
        metrics_say(text, METRIC_GAUGE, &SAID, "kind=\"x\"", 1.5);
        metrics_say(text, METRIC_GAUGE, &SAID, "kind=\"y\"", 2);
}

static void test_text_has_every_series_under_its_family(void)
{
        g_autoptr(Metrics) metrics = metrics_new();
        g_autofree char *label = metrics_label("tool", "a\"b\\c\nd");

        metric_add(metrics_series(metrics, METRIC_COUNTER, &CALLS, label), 2);
        metric_add(metrics_series(metrics, METRIC_COUNTER, &CALLS, label), 1);
        metric_add(metrics_series(metrics, METRIC_COUNTER, &CALLS, "tool=\"a\""), 5);
        metric_set(metrics_series(metrics, METRIC_GAUGE, &DEPTH, NULL), -7);
        metrics_add_collector(metrics, collect, NULL, NULL);
        g_autofree char *text = metrics_text(metrics);
        g_assert_cmpstr(
                text, ==,
                "# HELP ouroboros_a_said Said.\n# TYPE ouroboros_a_said gauge\n"
                "ouroboros_a_said{kind=\"x\"} 1.5\nouroboros_a_said{kind=\"y\"} 2\n"
                "# HELP ouroboros_test_calls_total Calls.\n# TYPE ouroboros_test_calls_total counter\n"
                "ouroboros_test_calls_total{tool=\"a\"} 5\n"
                "ouroboros_test_calls_total{tool=\"a\\\"b\\\\c\\nd\"} 3\n"
                "# HELP ouroboros_test_depth Depth.\n# TYPE ouroboros_test_depth gauge\n"
                "ouroboros_test_depth -7\n");
}

static void test_a_histogram_counts_into_all_buckets_above(void)
{
        g_autoptr(Metrics) metrics = metrics_new();
        Histogram *histogram = metrics_histogram(metrics, &TIME, "tool=\"a\"");

        histogram_observe(histogram, 100);
        histogram_observe(histogram, 101);
        histogram_observe(histogram, 3000000000);
        g_autofree char *text = metrics_text(metrics);
        g_assert_nonnull(strstr(text, "# TYPE ouroboros_test_seconds histogram\n"));
        g_assert_nonnull(
                strstr(text, "ouroboros_test_seconds_bucket{tool=\"a\",le=\"0.0001\"} 1\n"));
        g_assert_nonnull(
                strstr(text, "ouroboros_test_seconds_bucket{tool=\"a\",le=\"0.00025\"} 2\n"));
        g_assert_nonnull(strstr(text, "ouroboros_test_seconds_bucket{tool=\"a\",le=\"10\"} 2\n"));
        g_assert_nonnull(strstr(text, "ouroboros_test_seconds_bucket{tool=\"a\",le=\"+Inf\"} 3\n"));
        g_assert_nonnull(strstr(text, "ouroboros_test_seconds_sum{tool=\"a\"} 3000.000201\n"));
        g_assert_nonnull(strstr(text, "ouroboros_test_seconds_count{tool=\"a\"} 3\n"));
}

static void test_labels_of_strangers_do_not_fill_the_memory(void)
{
        g_autoptr(Metrics) metrics = metrics_new();

        for (unsigned i = 0; i < METRICS_SERIES_MAX * 2; i++) {
                g_autofree char *labels = g_strdup_printf("n=\"%u\"", i);
                metric_add(metrics_series(metrics, METRIC_COUNTER, &CALLS, labels), 1);
        }
        g_autofree char *text = metrics_text(metrics);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        g_assert_cmpuint(g_strv_length(lines), ==, METRICS_SERIES_MAX + 3);
}

static void test_nobody_may_count(void)
{
        metric_add(metrics_series(NULL, METRIC_COUNTER, &CALLS, NULL), 1);
        metric_set(NULL, 1);
        histogram_observe(metrics_histogram(NULL, &TIME, NULL), 1);
        metrics_add_collector(NULL, collect, NULL, NULL);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/metrics/text-has-every-series-under-its-family",
                        test_text_has_every_series_under_its_family);
        g_test_add_func("/metrics/a-histogram-counts-into-all-buckets-above",
                        test_a_histogram_counts_into_all_buckets_above);
        g_test_add_func("/metrics/labels-of-strangers-do-not-fill-the-memory",
                        test_labels_of_strangers_do_not_fill_the_memory);
        g_test_add_func("/metrics/nobody-may-count", test_nobody_may_count);
        return g_test_run();
}
