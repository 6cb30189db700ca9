/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sandbox answers as plain SQLite does over tables of the same rows, whatever it hands down to the reader: random
 * queries over the views of the graph, asked of both. And its limits, by themselves. */
#include "fixture.h"

#include "graph/sql-views.h"
#include "store/db.h"
#include "seed.h"

#define ENTITIES     40
#define FACTS        160
#define QUERIES      3000
#define QUERIES_LONG 200000
#define CASE_STEPS   20000000 /* enough for two views side by side */

static const char *const words[] = {"Acme", "acme", "ACME", "Äcme", "Bolt", "bolt & co",
                                    "7",    "007",  "7.0",  "-1.5", "1e3",  "",
                                    "x'y",  "Zed%", "z_d",  "NULL"};

static const char *word(void)
{
        return words[g_test_rand_int_range(0, G_N_ELEMENTS(words))];
}

static bool chance(int percent)
{
        return g_test_rand_int_range(0, 100) < percent;
}

/* ---- rows ---- */

static void add_entities(GString *sql)
{
        for (unsigned i = 0; i < ENTITIES; i++) {
                g_autofree char *name =
                        chance(60) ? g_strdup(word())
                                   : g_strdup_printf("%s %d", word(), g_test_rand_int_range(0, 9));
                g_autofree char *key = text_key(name);
                char *row = sqlite3_mprintf(
                        "INSERT INTO entities (id, name, name_key, type, is_active, created_at) VALUES ('ent-%u', %Q, %Q, 't%u', %d, %d);",
                        i, name, key, i, chance(90),
                        g_test_rand_int_range(-1000000000, 1000000000));

                g_string_append(sql, row);
                sqlite3_free(row);
                row = sqlite3_mprintf(
                        "INSERT OR IGNORE INTO entity_aliases (entity_id, alias_key, alias) VALUES ('ent-%d', %Q, %Q);",
                        g_test_rand_int_range(0, (int)i + 1), key, name);
                g_string_append(sql, row);
                sqlite3_free(row);
        }
}

static void add_facts(GString *sql)
{
        for (unsigned i = 0; i < FACTS; i++) {
                char *row = sqlite3_mprintf(
                        "INSERT INTO facts (id, entity_id, predicate, object, object_number, agent, observed_at, recorded_at, trust_tier, confidence, quote, quote_start, superseded_at, is_active)"
                        " VALUES ('fact-%u', 'ent-%d', 'p%d', %Q, %s, %Q, %d, %u, '%s', %s, %Q, %s, %s, %d);",
                        i, g_test_rand_int_range(0, ENTITIES), g_test_rand_int_range(0, 4), word(),
                        chance(50)   ? "7"
                        : chance(50) ? "-1.5"
                                     : "NULL",
                        word(), g_test_rand_int_range(0, 5), i, chance(50) ? "human" : "extracted",
                        chance(50) ? "0.5" : "NULL", chance(50) ? word() : NULL,
                        chance(50) ? "7" : "NULL", chance(70) ? "NULL" : "5", chance(90));

                g_string_append(sql, row);
                sqlite3_free(row);
        }
}

static void fill(Fixture *fixture)
{
        g_autoptr(GString) sql = g_string_new(
                "INSERT INTO predicates VALUES ('p0', 'text', 'many', '', 'active'), ('p1', 'number', 'many', '', 'active'),"
                " ('p2', 'text', 'one', 'x', 'proposed'), ('p3', 'entity', 'many', '', 'active');");

        add_entities(sql);
        add_facts(sql);
        must_write(fixture->store, &human, sql->str);
}

/* ---- both sides ---- */

typedef struct Case {
        Fixture store;
        sqlite3 *plain; /* has a table for each view, with its rows */
} Case;

static StepResult step_text(Sandbox *sandbox, char **ret, GError **error)
{
        StepResult step = sandbox_step(sandbox, error);
        size_t bytes = 0;

        if (step == STEP_ROW) {
                g_autoptr(JsonNode) node = sandbox_value(sandbox, 0, &bytes);

                if (json_node_is_null(node))
                        *ret = g_strdup("NULL");
                else
                        *ret = json_node_get_value_type(node) == G_TYPE_STRING
                                       ? json_node_dup_string(node)
                                       : json_print_node(node);
        }
        return step;
}

/* The first column of each row, or an error's words; the caller frees. */
static GPtrArray *ask_sandbox(Case *test, const char *sql, GError **error)
{
        /* bounded by steps, which are the same however busy the machine is */
        SandboxLimits limits = {.timeout_ms = 100 * SANDBOX_TIMEOUT_MS_MAX, .steps = CASE_STEPS};
        g_autoptr(Db) db = store_reader(test->store.store, NULL, error);
        g_autoptr(Sandbox) sandbox = sandbox_new(db, sql_views, &limits, error);
        g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
        StepResult step;
        char *text;

        g_assert_nonnull(sandbox);
        if (!sandbox_prepare(sandbox, sql, error))
                return NULL;
        while ((step = step_text(sandbox, &text, error)) == STEP_ROW)
                g_ptr_array_add(rows, text);
        return step == STEP_DONE ? g_steal_pointer(&rows) : NULL;
}

static GPtrArray *ask_plain(Case *test, const char *sql)
{
        g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(sqlite3_stmt) statement = NULL;
        int r = sqlite3_prepare_v2(test->plain, sql, -1, &statement, NULL);

        if (r != SQLITE_OK)
                return NULL;
        while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
                const char *text = (const char *)sqlite3_column_text(statement, 0);

                g_ptr_array_add(rows, g_strdup(text ?: "NULL"));
        }
        return r == SQLITE_DONE ? g_steal_pointer(&rows) : NULL;
}

static void run_plain(Case *test, const char *sql)
{
        if (sqlite3_exec(test->plain, sql, NULL, NULL, NULL) != SQLITE_OK)
                g_error("%s: %s", sql, sqlite3_errmsg(test->plain));
}

/* Read without any condition: nothing is handed down but the columns. */
static void copy_view(Case *test, const SandboxView *view)
{
        g_autoptr(GString) create = g_string_new(NULL);
        g_autoptr(GString) select = g_string_new(NULL);
        g_autoptr(GPtrArray) rows = NULL;

        for (const SandboxColumn *column = view->columns; column->name; column++) {
                g_string_append_printf(create, "%s%s %s", create->len > 0 ? ", " : "", column->name,
                                       sandbox_type_to_string(column->type));
                g_string_append_printf(select, "%squote(%s)", select->len > 0 ? " || ', ' || " : "",
                                       column->name);
        }
        g_autofree char *make = g_strdup_printf("CREATE TABLE %s (%s)", view->name, create->str);
        g_autofree char *read = g_strdup_printf("SELECT %s FROM %s", select->str, view->name);
        run_plain(test, make);
        rows = ask_sandbox(test, read, NULL);
        g_assert_nonnull(rows);
        for (unsigned i = 0; i < rows->len; i++) {
                g_autofree char *insert = g_strdup_printf("INSERT INTO %s VALUES (%s)", view->name,
                                                          (char *)rows->pdata[i]);
                run_plain(test, insert);
        }
}

static void case_up(Case *test, const void *data)
{
        fixture_up(&test->store, data);
        fill(&test->store);
        g_assert_cmpint(sqlite3_open(":memory:", &test->plain), ==, SQLITE_OK);
        for (const SandboxView *view = sql_views; view->name; view++)
                copy_view(test, view);
}

static void case_down(Case *test, const void *data)
{
        (void)sqlite3_close(test->plain);
        fixture_down(&test->store, data);
}

/* ---- queries ---- */

/* A view in a query, under a short name. */
typedef struct Source {
        const SandboxView *view;
        const char *alias;
} Source;

static const SandboxView *any_view(void)
{
        static const unsigned weights[] = {0, 0, 1, 2, 2, 2, 3, 4};

        return &sql_views[weights[g_test_rand_int_range(0, G_N_ELEMENTS(weights))]];
}

static char *any_column(const Source *source)
{
        int count = 0;

        while (source->view->columns[count].name)
                count++;
        return g_strdup_printf("%s.%s", source->alias,
                               source->view->columns[g_test_rand_int_range(0, count)].name);
}

static char *any_literal(void)
{
        static const char *const literals[] = {
                "7",           "7.0",      "-1.5",    "0",       "NULL",
                "1",           "0.5",      "'7'",     "'ent-3'", "'p1'",
                "x'41636d65'", "'fact-7'", "'human'", "9e18",    "CAST(7 AS TEXT)",
                "+7",          "abs(-7)"};

        if (chance(50))
                return g_strdup(literals[g_test_rand_int_range(0, G_N_ELEMENTS(literals))]);
        char *quoted = sqlite3_mprintf("%Q", word());
        char *copy = g_strdup(quoted);

        sqlite3_free(quoted);
        return copy;
}

static char *any_operand(const Source *sources, unsigned count)
{
        return chance(70) || count == 0
                       ? any_literal()
                       : any_column(&sources[g_test_rand_int_range(0, (int)count)]);
}

static char *comparison(const Source *sources, unsigned count)
{
        static const char *const operators[] = {"=",      "=",    "=",        "==",  "<",
                                                "<=",     ">",    ">=",       "<>",  "IS",
                                                "IS NOT", "LIKE", "NOT LIKE", "GLOB"};
        g_autofree char *column = any_column(&sources[g_test_rand_int_range(0, (int)count)]);
        g_autofree char *operand = any_operand(sources, count);
        g_autofree char *other = any_operand(sources, count);
        const char *operator= operators[g_test_rand_int_range(0, G_N_ELEMENTS(operators))];

        switch (g_test_rand_int_range(0, 12)) {
        case 0:
                return g_strdup_printf("%s IN (%s, %s, 7)", column, operand, other);
        case 1:
                return g_strdup_printf("%s NOT IN (%s, %s)", column, operand, other);
        case 2:
                return g_strdup_printf("%s BETWEEN %s AND %s", column, operand, other);
        case 3:
                return g_strdup_printf("%s IS%s NULL", column, chance(50) ? " NOT" : "");
        case 4:
                return g_strdup_printf("%s %s %s COLLATE NOCASE", column, operator, operand);
        case 5:
                return g_strdup_printf("%s %s %s", operand, operator, column);
        case 6:
                return g_strdup_printf("%s IN (SELECT entity_id FROM facts WHERE predicate = 'p1')",
                                       column);
        case 7:
                return g_strdup_printf("(%s, %s) = (%s, %s)", column, other, operand, other);
        default:
                return g_strdup_printf("%s %s %s", column, operator, operand);
        }
}

static void add_where(GString *sql, const Source *sources, unsigned count)
{
        int terms = g_test_rand_int_range(0, 4);

        for (int i = 0; i < terms; i++) {
                g_autofree char *one = comparison(sources, count);
                g_autofree char *two = comparison(sources, count);

                g_string_append(sql, i == 0 ? " WHERE " : " AND ");
                if (chance(15))
                        g_string_append_printf(sql, "(%s OR %s)", one, two);
                else
                        g_string_append_printf(sql, "%s%s", chance(5) ? "NOT " : "", one);
        }
}

static void add_join(GString *sql, const Source *sources)
{
        static const char *const joins[] = {"JOIN", "JOIN", "LEFT JOIN", "FULL JOIN", "CROSS JOIN"};
        g_autofree char *left = chance(50)
                                        ? g_strdup_printf("a.%s", sources[0].view->columns[0].name)
                                        : any_column(&sources[0]);
        g_autofree char *right = any_column(&sources[1]);

        g_string_append_printf(sql, " %s %s b ON %s = %s",
                               joins[g_test_rand_int_range(0, G_N_ELEMENTS(joins))],
                               sources[1].view->name, left, right);
}

/* Ordered by all that it shows, so that a limit leaves no choice. */
static void add_order(GString *sql, char **columns, unsigned count)
{
        static const char *const limits[] = {"3",   "1 OFFSET 2",    "7 OFFSET 0",
                                             "0",   "-1 OFFSET 4",   "5 OFFSET -3",
                                             "'4'", "2 OFFSET 1000", "100000"};
        unsigned first = (unsigned)g_test_rand_int_range(0, (int)count);

        for (unsigned i = 0; i < count; i++)
                g_string_append_printf(sql, "%s%s%s", i == 0 ? " ORDER BY " : ", ",
                                       columns[(first + i) % count],
                                       chance(40)   ? " DESC"
                                       : chance(10) ? " NULLS LAST"
                                                    : "");
        if (chance(60))
                g_string_append_printf(sql, " LIMIT %s",
                                       limits[g_test_rand_int_range(0, G_N_ELEMENTS(limits))]);
}

static char *any_query(bool *ret_ordered)
{
        Source sources[] = {{any_view(), "a"}, {any_view(), "b"}};
        unsigned count = chance(35) ? 2 : 1;
        g_auto(GStrv) columns = g_new0(char *, 4);
        g_autoptr(GString) sql = g_string_new(chance(10) ? "SELECT DISTINCT " : "SELECT ");

        for (unsigned i = 0; i < 3; i++) {
                columns[i] = any_column(&sources[g_test_rand_int_range(0, (int)count)]);
                g_string_append_printf(sql, "%squote(%s)", i > 0 ? " || ' ' || " : "", columns[i]);
        }
        g_string_append_printf(sql, " FROM %s a", sources[0].view->name);
        if (count == 2)
                add_join(sql, sources);
        add_where(sql, sources, count);
        *ret_ordered = !g_str_has_prefix(sql->str, "SELECT DISTINCT") && chance(60);
        if (*ret_ordered)
                add_order(sql, columns, 3);
        return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* ---- the same ---- */

static int compare_texts(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *joined(GPtrArray *rows, bool ordered)
{
        if (!rows)
                return g_strdup("error");
        if (!ordered)
                g_ptr_array_sort(rows, compare_texts);
        g_ptr_array_add(rows, NULL);
        return g_strjoinv("\n", (char **)rows->pdata);
}

static void compare(Case *test, const char *sql, bool ordered)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) expected = ask_plain(test, sql);
        g_autoptr(GPtrArray) got = ask_sandbox(test, sql, &error);
        g_autofree char *expected_text = joined(expected, ordered);
        g_autofree char *got_text = joined(got, ordered);

        if (strcmp(expected_text, got_text) != 0)
                g_error("%s\nexpected:\n%.2000s\ngot (%s):\n%.2000s", sql, expected_text,
                        error ? error->message : "", got_text);
}

/* Seen to fail: with the collation not looked at; with numbers handed down for texts; with the offset not added
 * to the limit; with descending order taken for ascending; with a lookup that finds too little; without the keys of a
 * right join. */
static void test_random_queries_are_answered_as_by_plain_sqlite(Case *test, const void *data)
{
        unsigned count = g_getenv("OUROBOROS_LONG") ? QUERIES_LONG : QUERIES;

        for (unsigned i = 0; i < count; i++) {
                bool ordered;
                g_autofree char *sql = any_query(&ordered);

                compare(test, sql, ordered);
        }
}

#define LISTS                                                                                      \
        "SELECT a.id FROM observations a CROSS JOIN observations b ON a.entity_id = b.quote_start" \
        " WHERE b.superseded_at IN (SELECT entity_id FROM facts WHERE predicate = 'p1')"           \
        " AND b.stale_source IN (SELECT entity_id FROM facts WHERE predicate = 'p1')"

/* What random queries come upon too seldom. Seen to fail: with a limit handed down beside a condition that was
 * not, or that looked at no collation; without the keys of an OR. */
static void test_chosen_queries_are_answered_as_by_plain_sqlite(Case *test, const void *data)
{
        static const char *const queries[] = {
                "SELECT count(*) FROM facts",
                "SELECT id FROM facts WHERE object = 7 ORDER BY id LIMIT 2",
                "SELECT id FROM observations WHERE object = 7 ORDER BY id DESC LIMIT 2 OFFSET 1",
                "SELECT id FROM observations WHERE object >= 7.0 ORDER BY id LIMIT 9",
                "SELECT id FROM observations WHERE quote_start = '7' ORDER BY id",
                "SELECT id FROM observations WHERE stale_source < '1' ORDER BY id",
                "SELECT id FROM observations WHERE length(object) = 1 ORDER BY id LIMIT 3",
                "SELECT id FROM observations WHERE object = 'ACME' COLLATE NOCASE ORDER BY id LIMIT 3",
                "SELECT predicate || count(*) || total(object_number) FROM facts GROUP BY predicate",
                "SELECT e.name || ':' || count(f.id) FROM entities e LEFT JOIN facts f ON f.entity_id = e.id"
                " GROUP BY e.id HAVING count(f.id) > 2",
                "SELECT max(observed_at) || min(object) FROM observations",
                "SELECT quote(object) FROM facts WHERE object_number = object",
                "SELECT quote(f.object) FROM facts f JOIN facts g ON f.object = g.object_number",
                "SELECT quote(f.object) FROM facts f JOIN facts g ON f.quote_start = g.object",
                "SELECT f.id || g.id || h.id FROM facts f JOIN facts g ON g.entity_id = f.entity_id"
                " JOIN facts h ON h.entity_id = g.entity_id AND h.id > g.id WHERE f.entity_name = 'Acme'",
                "SELECT id FROM facts WHERE object = 7 UNION SELECT id FROM facts WHERE object = '7'",
                "SELECT id FROM facts WHERE object = 7 EXCEPT SELECT id FROM facts WHERE object = '7'",
                "WITH c AS (SELECT * FROM facts) SELECT c.id || d.id FROM c JOIN c d ON d.id = c.id"
                " WHERE c.entity_name IN ('Acme', 'acme')",
                "SELECT id || (SELECT count(*) FROM facts g WHERE g.entity_id = f.entity_id) FROM facts f",
                "SELECT id FROM entities e WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE f.entity_id = e.id)",
                "SELECT id || row_number() OVER (PARTITION BY predicate ORDER BY id) FROM facts",
                "SELECT DISTINCT predicate FROM facts ORDER BY predicate LIMIT 2",
                "SELECT predicate FROM facts GROUP BY predicate ORDER BY predicate DESC LIMIT 2",
                "SELECT id FROM (SELECT id FROM facts ORDER BY id LIMIT 10) WHERE id > 'fact-1' ORDER BY id",
                "SELECT id FROM facts WHERE (entity_id, predicate) IN (VALUES ('ent-1', 'p1'), ('ent-2', 'p2'))",
                "SELECT id FROM facts WHERE entity_name LIKE 'Z\\_D' ESCAPE '\\'",
                "SELECT entity_id FROM entity_aliases WHERE entity_id IN (SELECT id FROM entities)",
                "SELECT e.id FROM entities e NATURAL JOIN entity_aliases a",
                "SELECT DISTINCT a.id FROM observations a JOIN facts b ON a.document_id = b.stale_source",
                "SELECT DISTINCT a.id FROM observations a JOIN facts b ON a.object = b.quote_start",
                LISTS,
                "SELECT id FROM facts WHERE predicate <> 'P1' COLLATE NOCASE ORDER BY id LIMIT 40",
                "SELECT id FROM facts WHERE predicate IS NOT 'P1' COLLATE NOCASE ORDER BY id LIMIT 40",
                "SELECT predicate FROM facts WHERE entity_id IN ('ent-1', 'ent-2') OR predicate = 'p1' ORDER BY predicate",
                "SELECT entity_name FROM observations WHERE entity_name = '7' OR"
                " entity_id IN (SELECT entity_id FROM facts WHERE predicate = 'p1') ORDER BY entity_name",
                "SELECT predicate FROM facts WHERE(entity_name='7')OR(id='fact-1')OR(id='fact-5') ORDER BY 1",
                "SELECT id FROM facts WHERE entity_id IN ('ent-1', 'ent-2') AND id IN ('fact-1', 'fact-2', 'fact-3')",
                "SELECT id FROM facts WHERE id = 'fact-1' AND entity_id IN (SELECT id FROM entities)",
                "SELECT id FROM facts WHERE object IN ('7', 7, 'Acme') AND predicate IN ('p1', 'p2') ORDER BY id LIMIT 3",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(queries); i++)
                compare(test, queries[i], strstr(queries[i], "ORDER BY") != NULL);
}

/* ---- limits ---- */

static void expect_error(Case *test, const char *sql, SandboxLimits limits, OuroborosError code)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(test->store.store, NULL, &error);
        g_autoptr(Sandbox) sandbox = sandbox_new(db, sql_views, &limits, &error);
        StepResult step = STEP_ROW;

        g_assert_no_error(error);
        g_assert_true(sandbox_prepare(sandbox, sql, &error));
        while (step == STEP_ROW)
                step = sandbox_step(sandbox, &error);
        g_assert_error(error, OUROBOROS_ERROR, (int)code);
}

/* Seen to fail: with the reader's steps not counted, and with the sandbox's own not counted. */
static void test_steps_count_on_both_sides(Case *test, const void *data)
{
        expect_error(test, "SELECT count(*) FROM facts f, facts g, facts h",
                     (SandboxLimits){10000, 20000}, OUROBOROS_ERROR_LIMIT);
        expect_error(
                test,
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
                (SandboxLimits){10000, 20000}, OUROBOROS_ERROR_LIMIT);
        /* one row here, all of them there */
        expect_error(
                test,
                "SELECT id FROM observations WHERE object GLOB 'nothing' AND predicate LIKE '%x%'",
                (SandboxLimits){10000, 600}, OUROBOROS_ERROR_LIMIT);
}

/* Seen to fail: with every list handed down, which asks the reader once for each pair of their elements. */
static void test_lists_do_not_multiply(Case *test, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(test->store.store, NULL, &error);
        SandboxLimits limits = {10 * SANDBOX_TIMEOUT_MS_MAX, 2000000};
        g_autoptr(Sandbox) sandbox = sandbox_new(db, sql_views, &limits, &error);

        g_assert_no_error(error);
        g_assert_true(sandbox_prepare(sandbox, LISTS, &error));
        g_assert_cmpint(sandbox_step(sandbox, &error), ==, STEP_DONE);
        g_assert_no_error(error);
}

/* What one caller used up is not missing to the next, nor to the reader that comes back to the pool. */
static void test_a_reader_comes_back_as_it_was(Case *test, const void *data)
{
        expect_error(test, "SELECT count(*) FROM facts f, facts g, facts h",
                     (SandboxLimits){10000, 20000}, OUROBOROS_ERROR_LIMIT);
        assert_reads(test->store.store,
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)"
                     " SELECT count(*) FROM n",
                     "100000");
}

#define CASE_TEST(name, function) g_test_add(name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        seed_test_init(argc, argv);
        CASE_TEST("/sandbox/random-queries-are-answered-as-by-plain-sqlite",
                  test_random_queries_are_answered_as_by_plain_sqlite);
        CASE_TEST("/sandbox/chosen-queries-are-answered-as-by-plain-sqlite",
                  test_chosen_queries_are_answered_as_by_plain_sqlite);
        CASE_TEST("/sandbox/steps-count-on-both-sides", test_steps_count_on_both_sides);
        CASE_TEST("/sandbox/lists-do-not-multiply", test_lists_do_not_multiply);
        CASE_TEST("/sandbox/a-reader-comes-back-as-it-was", test_a_reader_comes_back_as_it_was);
        return g_test_run();
}
