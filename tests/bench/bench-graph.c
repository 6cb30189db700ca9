/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-graph FOLDER FACTS WHAT: measures the graph's tools on a vault of make-graph, inside one process, as the
 * daemon calls them. Prints one JSON object. WHAT: query, contradictions, trace, claims, quotes; or sql, which
 * prints the SELECT that plain-query runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/fact.h"
#include "graph/graph.h"
#include "tools/tools.h"
#include "world.h"

#define ENTITIES_ASKED 2000
#define QUERIES        20000
#define TRACES         2000
#define CLAIM_DOCS     200
#define CLAIM_COUNT    1000
#define CLAIM_RUNS     5
#define PAGE           500

typedef struct Bench {
        Store *vault;
        Graph *graph;
        Tools *tools;
        Access *human;
        unsigned entities;
} Bench;

static int by_value(const void *a, const void *b)
{
        double left = *(const double *)a, right = *(const double *)b;

        return (left > right) - (left < right);
}

static double quantile(GArray *taken, double part)
{
        qsort(taken->data, taken->len, sizeof(double), by_value);
        return g_array_index(taken, double, (unsigned)(part * (taken->len - 1)));
}

static GArray *times_new(void)
{
        return g_array_new(FALSE, FALSE, sizeof(double));
}

static void times_add(GArray *times, int64_t start)
{
        double us = (double)(g_get_monotonic_time() - start);

        g_array_append_val(times, us);
}

static JsonObject *call(Bench *bench, const char *tool, JsonObject *args, GError **error)
{
        return tools_call(bench->tools, bench->human, tool, args, error);
}

/* The first columns of a select, which must have rows. */
static GPtrArray *select_texts(Bench *bench, const char *sql, GError **error)
{
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(Db) db = store_reader(bench->vault, NULL, error);
        Statement *statement = db ? db_statement(db, sql, error) : NULL;
        StepResult step = STEP_ERROR;

        while (statement && (step = statement_step(statement, error)) == STEP_ROW)
                g_ptr_array_add(texts, g_strdup(statement_text(statement, 0)));
        if (step == STEP_ERROR)
                return NULL;
        if (texts->len > 0)
                return g_steal_pointer(&texts);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED, "nothing found by %s", sql);
        return NULL;
}

/* ---- query_knowledge ---- */

typedef struct CountingSink {
        Sink sink;
        unsigned rows, values;
} CountingSink;

static void count_value(Sink *sink, const char *name, const SinkValue *value)
{
        ((CountingSink *)(void *)sink)->values++;
}

static void count_begin(Sink *sink, SinkPart part, const char *name)
{
        ((CountingSink *)(void *)sink)->rows += part == SINK_ROW;
}

static void count_end(Sink *sink)
{
}

static JsonObject *entity_args(Bench *bench, unsigned number, GError **error)
{
        g_autofree char *name = world_entity(number);
        g_autoptr(JsonObject) args = json_object_new();
        g_autoptr(JsonObject) found = NULL;

        json_object_set_string_member(args, "entity_name", name);
        found = call(bench, "get_entity", args, error);
        if (!found)
                return NULL;
        json_object_remove_member(args, "entity_name");
        json_object_set_string_member(args, "entity_id",
                                      json_object_get_string_member(found, "id"));
        return g_steal_pointer(&args);
}

static GPtrArray *all_args(Bench *bench, GError **error)
{
        g_autoptr(GPtrArray) list =
                g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
        unsigned count = MIN(ENTITIES_ASKED, bench->entities);

        for (unsigned i = 0; i < count; i++) {
                JsonObject *args = entity_args(bench, i * (bench->entities / count), error);

                if (!args)
                        return NULL;
                g_ptr_array_add(list, args);
        }
        return g_steal_pointer(&list);
}

static bool measure_query(Bench *bench, GError **error)
{
        static const SinkType type = {count_value, count_begin, count_end};
        g_autoptr(GPtrArray) list = all_args(bench, error);
        g_autoptr(GArray) taken = times_new();
        CountingSink sink = {.sink = {&type}};

        for (unsigned i = 0; list && i < 2 * QUERIES; i++) { /* the first half warms up */
                int64_t start = g_get_monotonic_time();

                sink.rows = 0;
                if (!tools_tell(bench->tools, bench->human, "query_knowledge",
                                list->pdata[i * 7919U % list->len], &sink.sink, error))
                        return false;
                if (i >= QUERIES)
                        times_add(taken, start);
        }
        if (!list)
                return false;
        printf("{\"p50_us\": %.2f, \"p99_us\": %.2f, \"rows\": %u}\n", quantile(taken, 0.5),
               quantile(taken, 0.99), sink.rows);
        return true;
}

/* ---- pages of a tool ---- */

/* Calls tool for page after page; returns how many rows there were in all. */
static bool read_pages(Bench *bench, const char *tool, const char *rows, int64_t *ret,
                       GError **error)
{
        g_autofree char *after = NULL;

        *ret = 0;
        do {
                g_autoptr(JsonObject) args = json_object_new();
                g_autoptr(JsonObject) answer = NULL;

                json_object_set_int_member(args, "limit", PAGE);
                if (after)
                        json_object_set_string_member(args, "after", after);
                answer = call(bench, tool, args, error);
                if (!answer)
                        return false;
                *ret += json_array_get_length(json_object_get_array_member(answer, rows));
                g_free(after);
                after = g_strdup(json_member_string(answer, "next", NULL));
        } while (after);
        return true;
}

static bool measure_contradictions(Bench *bench, GError **error)
{
        int64_t found, start;

        if (!read_pages(bench, "find_contradictions", "contradictions", &found, error))
                return false;
        start = g_get_monotonic_time();
        if (!read_pages(bench, "find_contradictions", "contradictions", &found, error))
                return false;
        printf("{\"seconds\": %.4f, \"found\": %" G_GINT64_FORMAT "}\n",
               (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC, found);
        return true;
}

/* ---- trace_belief ---- */

static bool measure_trace(Bench *bench, GError **error)
{
        g_autoptr(GPtrArray) ids = select_texts(
                bench,
                "SELECT superseded_by FROM facts WHERE superseded_by IS NOT NULL"
                " UNION ALL SELECT * FROM (SELECT id FROM facts WHERE agent = 'conn-other'"
                " LIMIT 1000)",
                error);
        g_autoptr(GArray) taken = times_new();

        for (unsigned i = 0; ids && i < 2 * TRACES; i++) {
                g_autoptr(JsonObject) args = json_object_new();
                g_autoptr(JsonObject) answer = NULL;
                int64_t start = g_get_monotonic_time();

                json_object_set_string_member(args, "fact_id", ids->pdata[i * 7919U % ids->len]);
                answer = call(bench, "trace_belief", args, error);
                if (!answer)
                        return false;
                if (i >= TRACES)
                        times_add(taken, start);
        }
        if (!ids)
                return false;
        printf("{\"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", quantile(taken, 0.5) / 1000,
               quantile(taken, 0.99) / 1000);
        return true;
}

/* ---- submit_claim_graph ---- */

static JsonObject *make_claim(unsigned entity, unsigned fact, const char *document_id,
                              const char *stamp)
{
        g_autofree char *name = world_entity(entity);
        g_autofree char *quote = world_quote(entity, fact, 0);
        g_autofree char *object = g_strdup_printf("entered again as %s of %u", stamp, fact);
        JsonObject *claim = json_object_new();

        json_object_set_string_member(claim, "entity_name", name);
        json_object_set_string_member(claim, "predicate", "note");
        json_object_set_string_member(claim, "object", object);
        json_object_set_string_member(claim, "quote", quote);
        json_object_set_string_member(claim, "document_id", document_id);
        return claim;
}

/* Registers far from each other; their first volume's number is in the path. */
static JsonObject *make_batch(GPtrArray *documents, unsigned run)
{
        g_autofree char *stamp = g_strdup_printf("%" G_GINT64_FORMAT, g_get_real_time());
        JsonArray *claims = json_array_new();
        JsonObject *args = json_object_new();
        unsigned docs = MIN(CLAIM_DOCS, documents->len);

        for (unsigned i = 0; i < CLAIM_COUNT; i++) {
                unsigned at = (run + (i % docs) * (documents->len / docs)) % documents->len;
                g_auto(GStrv) parts = g_strsplit(documents->pdata[at], " ", 2);
                unsigned number = (unsigned)strtoul(parts[1] + strlen("register-"), NULL, 10);
                unsigned nth = i / docs;

                json_array_add_object_element(
                        claims,
                        make_claim(number * WORLD_DOCUMENT + nth % WORLD_DOCUMENT,
                                   nth / WORLD_DOCUMENT % (WORLD_FACTS - 1), parts[0], stamp));
        }
        json_object_set_array_member(args, "claims", claims);
        return args;
}

static bool check_accepted(JsonObject *answer, GError **error)
{
        int64_t accepted = json_member_int(answer, "accepted", 0);

        if (accepted == CLAIM_COUNT)
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                    "%" G_GINT64_FORMAT " claims were accepted, not %d", accepted, CLAIM_COUNT);
        return false;
}

static bool measure_claims(Bench *bench, GError **error)
{
        g_autoptr(GPtrArray) documents = select_texts(
                bench, "SELECT id || ' ' || path FROM documents WHERE path LIKE '%-0.txt'", error);
        g_autoptr(GArray) taken = times_new();

        for (unsigned run = 0; documents && run <= CLAIM_RUNS; run++) {
                g_autoptr(JsonObject) args = make_batch(documents, run);
                g_autoptr(JsonObject) answer = NULL;
                int64_t start = g_get_monotonic_time();

                answer = call(bench, "submit_claim_graph", args, error);
                if (run > 0) /* the first warms up */
                        times_add(taken, start);
                if (!answer || !check_accepted(answer, error))
                        return false;
        }
        if (!documents)
                return false;
        printf("{\"ms\": %.2f, \"documents\": %u}\n", quantile(taken, 0.5) / 1000,
               MIN(CLAIM_DOCS, documents->len));
        return true;
}

/* ---- verify_quotes ---- */

static bool measure_quotes(Bench *bench, GError **error)
{
        g_autofree char *after = NULL;
        int64_t checked = 0, valid = 0, bytes = 0, search_us = 0, start = g_get_monotonic_time();
        double seconds;

        do {
                g_autoptr(JsonObject) args = json_object_new();
                g_autoptr(JsonObject) answer = NULL;

                json_object_set_boolean_member(args, "search", TRUE);
                json_object_set_boolean_member(args, "search", TRUE);
                if (after)
                        json_object_set_string_member(args, "after", after);
                answer = call(bench, "verify_quotes", args, error);
                if (!answer)
                        return false;
                checked += json_member_int(answer, "checked", 0);
                valid += json_member_int(answer, "valid", 0);
                bytes += json_member_int(answer, "bytes_scanned", 0);
                search_us += json_member_int(answer, "search_us", 0);
                g_free(after);
                after = g_strdup(json_member_string(answer, "next", NULL));
        } while (after);
        seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
        printf("{\"seconds\": %.3f, \"search_seconds\": %.3f, \"bytes\": %" G_GINT64_FORMAT
               ", \"checked\": %" G_GINT64_FORMAT ", \"valid\": %" G_GINT64_FORMAT "}\n",
               seconds, (double)search_us / G_USEC_PER_SEC, bytes, checked, valid);
        return true;
}

/* ---- */

/* What query_knowledge runs for one entity. */
static bool print_sql(Bench *bench, GError **error)
{
        printf("SELECT " FACT_COLUMNS
               " FROM facts f CROSS JOIN predicates p ON p.name = f.predicate"
               " WHERE f.is_active = 1 AND f.superseded_at IS NULL AND " FACT_SUBJECT(
                       f) " = :entity"
                          " ORDER BY f.predicate, substr(" FACT_OBJECT(f) ", 1, 64) LIMIT 51\n");
        return true;
}

static bool measure(Bench *bench, const char *what, GError **error)
{
        static const struct {
                const char *name;
                bool (*run)(Bench *bench, GError **error);
        } measures[] = {
                {"query", measure_query},   {"contradictions", measure_contradictions},
                {"trace", measure_trace},   {"claims", measure_claims},
                {"quotes", measure_quotes}, {"sql", print_sql},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(measures); i++)
                if (strcmp(measures[i].name, what) == 0)
                        return measures[i].run(bench, error);
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "no measure %s", what);
        return false;
}

static bool run(const char *folder, unsigned facts, const char *what, GError **error)
{
        static const uint8_t key[STORE_KEY_BYTES] = {42};
        g_autofree char *path = g_build_filename(folder, "vault.db", NULL);
        StoreOptions options = {.kind = STORE_VAULT, .path = path};
        g_autoptr(Store) vault = store_new(&options, error);
        g_autoptr(Graph) graph = vault ? graph_new(vault) : NULL;
        g_autoptr(Access) human = access_new_human("benchmark", NULL);
        bool ok = graph && store_open(vault, key, /* create= */ false, error);

        if (ok) {
                ToolTable table = graph_tools(graph);
                g_autoptr(Tools) tools = tools_new(&table, 1);
                Bench bench = {vault, graph, tools, human, facts / WORLD_FACTS};

                ok = measure(&bench, what, error);
        }
        if (vault)
                store_close(vault);
        return ok;
}

int main(int argc, char **argv)
{
        g_autoptr(GError) error = NULL;

        if (argc == 4 && run(argv[1], (unsigned)strtoul(argv[2], NULL, 10), argv[3], &error))
                return 0;
        fprintf(stderr, "bench-graph: %s\n", error ? error->message : "FOLDER FACTS WHAT");
        return 1;
}
