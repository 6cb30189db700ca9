/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways out of the sandbox of sql_query, each really tried by an agent whose scope is one entity, in a vault that has
 * another. Whatever happens, neither that entity, nor the journal, nor anything else that is no view may show in an
 * answer or an error; nothing may be written; and the next query must work.
 * Seen to fail: with the reader of everything in place of the scoped one; without the authorizer; with the modules
 * that SQLite brings left in; with every function allowed; with the checks of EXPLAIN, of a second statement, and of
 * statements without columns left out, each; without the account of memory; with SQLite's own trim(). */
#include <string.h>

#include "graph/fixture.h"

#define SECRET_NAME   "Zzyzx Holding"
#define SECRET_OBJECT "hush-9731"
#define BRIEFLY       " -- briefly" /* what never ends need not be tried for long */

typedef struct Case {
        Fixture *fixture;
        ToolTable tools;
        Access *scoped;
        char *own_id, *secret_id, *secret_document;
        char *before; /* dump of all user tables */
} Case;

static char *claim(Case *test, const char *name, const char *object)
{
        g_autoptr(JsonObject) said =
                fixture_call(test->tools, test->fixture->human, "remember_fact",
                             "{\"entity_name\":\"%s\",\"entity_type\":\"organization\","
                             "\"predicate\":\"note\",\"object\":\"%s\"}",
                             name, object);
        g_autofree char *sql = g_strdup_printf("SELECT id FROM entities WHERE name = '%s'", name);

        g_assert_nonnull(said);
        return fixture_select(test->fixture->vault, sql);
}

static void case_up(Case *test, gconstpointer data)
{
        Fixture *fixture = fixture_new();
        g_autoptr(Scope) scope = NULL;

        test->fixture = fixture;
        test->tools = graph_tools(fixture->graph);
        test->own_id = claim(test, "Acme", "open");
        test->secret_id = claim(test, SECRET_NAME, SECRET_OBJECT);
        test->secret_document = fixture_document(fixture, "zzyzx.txt", SECRET_OBJECT "\n");
        scope = scope_new((const char *const[]){test->own_id, NULL});
        test->scoped = access_new_agent("conn-c", "Agent C", "sess-3", scope);
        test->before = fixture_dump(fixture->vault);
}

static void assert_nothing_was_written(Case *test)
{
        g_autofree char *after = fixture_dump(test->fixture->vault);
        g_autoptr(GDir) dir = g_dir_open(test->fixture->folder, 0, NULL);
        const char *name;

        g_assert_cmpstr(after, ==, test->before);
        while ((name = g_dir_read_name(dir)))
                g_assert_true(g_str_has_prefix(name, "vault.db") ||
                              g_str_has_prefix(name, "ops.db"));
}

static void case_down(Case *test, gconstpointer data)
{
        assert_nothing_was_written(test);
        fixture_free(test->fixture);
        access_unref(test->scoped);
        g_free(test->own_id);
        g_free(test->secret_id);
        g_free(test->secret_document);
        g_free(test->before);
}

/* ---- trying ---- */

static JsonObject *call(Case *test, JsonObject *args, GError **error)
{
        for (const Tool *tool = test->tools.tools; tool->name; tool++)
                if (strcmp(tool->name, "sql_query") == 0)
                        return tool->handler(test->tools.room, test->scoped, args, error);
        g_assert_not_reached();
}

static JsonObject *args_of(const char *sql, const char *params)
{
        JsonObject *args = json_object_new();

        json_object_set_string_member(args, "sql", sql);
        if (g_str_has_suffix(sql, BRIEFLY))
                json_object_set_int_member(args, "timeout_ms", 200);
        if (params)
                json_object_set_member(args, "params", json_parse_text(params, -1, NULL));
        return args;
}

static void assert_no_secret(Case *test, const char *sql, const char *text)
{
        const char *const secrets[] = {
                SECRET_NAME,           "Zzyzx",      SECRET_OBJECT, test->secret_id,
                test->secret_document, "zzyzx.txt",  "mut-",        "grp-",
                "CREATE TABLE",        "temp.scope", "vault.db"};

        for (unsigned i = 0; i < G_N_ELEMENTS(secrets); i++)
                if (strstr(text, secrets[i]) && !strstr(sql, secrets[i]))
                        g_error("%s shows %s: %s", sql, secrets[i], text);
}

/* The rows as JSON, or "!" and the error; the caller frees. */
static char *outcome(Case *test, const char *sql, const char *params)
{
        g_autoptr(JsonObject) args = args_of(sql, params);
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) answer = call(test, args, &error);
        g_autofree char *all = answer ? json_print_object(answer) : g_strdup(error->message);
        g_autoptr(JsonNode) rows = NULL;

        assert_no_secret(test, sql, all);
        if (!answer)
                return g_strdup_printf("!%s %s", error_row(error_code(error))->name, all);
        rows = json_node_init_array(json_node_alloc(), json_member_array(answer, "rows"));
        return json_print_node(rows);
}

typedef struct Attempt {
        const char *sql;
        const char *expected; /* rows, or "!" and words of the refusal */
} Attempt;

static void try_it(Case *test, const Attempt *attempt)
{
        g_autofree char *got = outcome(test, attempt->sql, NULL);
        bool refused = attempt->expected[0] == '!';

        if (refused ? got[0] != '!' || !strstr(got, attempt->expected + 1)
                    : strcmp(got, attempt->expected) != 0)
                g_error("%.300s: %.300s, not %s", attempt->sql, got, attempt->expected);
}

/* After each: what may be seen is seen, as before. */
static void try_all(Case *test, const Attempt *attempts, unsigned count)
{
        static const Attempt plain = {"SELECT entity_name, object FROM facts",
                                      "[[\"Acme\",\"open\"]]"};

        for (unsigned i = 0; i < count; i++) {
                try_it(test, &attempts[i]);
                try_it(test, &plain);
        }
}

#define TRY(test, attempts) try_all(test, attempts, G_N_ELEMENTS(attempts))

/* ---- reading what is no view ---- */

static void test_what_is_not_there_cannot_be_named(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                /* the authorizer is told the name of the innermost common table expression as who reads */
                {"WITH facts AS (SELECT * FROM main.mutations) SELECT * FROM facts",
                 "!no such table: main.mutations"},
                {"WITH mutations AS (SELECT * FROM mutations) SELECT * FROM mutations", "!"},
                {"WITH entities AS (WITH facts AS (SELECT * FROM temp.mutations) SELECT * FROM facts)"
                 " SELECT * FROM entities",
                 "!no such table"},
                /* without a column it is told an empty name, and no database */
                {"SELECT 1 FROM mutations", "!no such table: mutations"},
                {"SELECT count(*) FROM mutations", "!no such table"},
                {"SELECT EXISTS (SELECT 1 FROM mutations)", "!no such table"},
                {"SELECT 1 FROM facts, mutations", "!no such table"},
                {"SELECT count(*) FROM main.rejections", "!no such table"},
                {"SELECT 1 FROM document_text", "!no such table"},
                {"SELECT 1 FROM table_kinds UNION ALL SELECT 2", "!no such table"},
                {"SELECT id FROM facts UNION SELECT id FROM merged_entities", "!no such table"},
                /* other ways to write a name */
                {"SELECT * FROM \"mutations\"", "!no such table"},
                {"SELECT * FROM [main].[mutations]", "!no such table"},
                {"SELECT * FROM `MUTATIONS`", "!no such table"},
                {"SELECT * FROM 'mutations'", "!no such table"},
                {"SELECT/**/1/**/FROM/*facts*/main/**/./**/mutations", "!no such table"},
                {"SELECT 1 FROM mutations -- FROM facts", "!no such table"},
                /* the tables of full text, by which the texts could be read */
                {"SELECT * FROM chunks_fts", "!no such table"},
                {"SELECT * FROM chunks_fts WHERE chunks_fts MATCH 'hush'", "!no such table"},
                {"SELECT block FROM chunks_fts_data", "!no such table"},
                {"SELECT * FROM fts5vocab", "!no such table"},
                /* the scope itself, which tells whose ids are of interest */
                {"SELECT * FROM scope", "!no such table"},
                {"SELECT * FROM temp.scope", "!no such table"},
                /* a database that is not attached */
                {"SELECT * FROM ops.connections", "!no such table"},
                {"SELECT object FROM vault.facts", "[[\"open\"]]"},
        };

        TRY(test, attempts);
}

static void test_what_sqlite_makes_up_is_closed(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"SELECT * FROM sqlite_schema", "!DENIED"},
                {"SELECT count(*) FROM sqlite_master", "!DENIED"},
                {"SELECT 1 FROM sqlite_temp_master", "!DENIED"},
                {"SELECT sql FROM main.sqlite_schema", "!DENIED"},
                {"SELECT 1 FROM temp.sqlite_schema", "!DENIED"},
                {"WITH x AS (SELECT 1 FROM sqlite_schema) SELECT * FROM x", "!DENIED"},
                /* pragmas as tables: they would show what is attached, opened and compiled in */
                {"SELECT * FROM pragma_table_list", "!DENIED"},
                {"SELECT * FROM pragma_database_list", "!DENIED"},
                {"SELECT count(*) FROM pragma_table_info('facts')", "!DENIED"},
                {"SELECT 1 FROM pragma_cipher_version", "!"},
                {"SELECT * FROM pragma_function_list('x')", "!"},
                /* tables that SQLite has in every handle: pages, statements (with their SQL), programs */
                {"SELECT * FROM dbstat", "!no such table"},
                {"SELECT data FROM sqlite_dbpage", "!"},
                {"SELECT sql FROM sqlite_stmt", "!"},
                {"SELECT * FROM bytecode('SELECT 1')", "!no such table"},
                {"SELECT * FROM tables_used('SELECT 1')", "!no such table"},
                {"SELECT * FROM generate_series(1, 3)", "!no such table"},
                {"SELECT * FROM fts3tokenize('simple', 'a b')", "!no such table"},
                {"SELECT * FROM fsdir('/')", "!no such table"},
                {"SELECT * FROM rtree", "!no such table"},
                /* columns that are not declared */
                {"SELECT rowid FROM facts", "!no such column: rowid"},
                {"SELECT _rowid_, oid FROM entities", "!no such column"},
                {"SELECT * FROM facts('x')", "!too many arguments"},
                {"SELECT facts FROM facts", "!no such column"},
                {"SELECT count(*) FROM facts WHERE facts MATCH 'x'", "!"},
                {"SELECT name_key FROM entities", "!no such column"},
                {"SELECT subject_id FROM facts", "!no such column"},
                {"SELECT agent FROM facts", "!no such column"},
                {"SELECT is_active FROM facts", "!no such column"},
                /* a double-quoted name that is none would be a text, and hide a mistake */
                {"SELECT \"hash\" FROM facts", "!no such column"},
        };

        TRY(test, attempts);
}

/* The views themselves, under any name for them, show the scope and no more. */
static void test_what_is_outside_of_the_scope_is_absent(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"SELECT count(*) FROM entities", "[[1]]"},
                {"SELECT count(*) FROM main.facts", "[[1]]"},
                {"SELECT count(*) FROM temp.facts", "[[1]]"},
                {"SELECT count(*) FROM observations", "[[1]]"},
                {"SELECT count(*) FROM documents", "[[0]]"},
                {"SELECT count(*) FROM entity_aliases", "[[0]]"},
                {"SELECT name FROM entities WHERE name <> 'Acme'", "[]"},
                {"SELECT name FROM entities WHERE name = 'Acme' OR 1", "[[\"Acme\"]]"},
                {"SELECT 1 FROM entities WHERE name = '" SECRET_NAME "'", "[]"},
                {"SELECT object FROM facts WHERE entity_name = '" SECRET_NAME "'", "[]"},
                {"SELECT object FROM facts WHERE object LIKE 'hush%'", "[]"},
                {"SELECT max(object), min(object), count(DISTINCT predicate) FROM facts",
                 "[[\"open\",\"open\",1]]"},
                {"SELECT object FROM facts ORDER BY object LIMIT -1 OFFSET -1", "[[\"open\"]]"},
                {"SELECT object FROM facts ORDER BY object DESC LIMIT 9223372036854775807"
                 " OFFSET 9223372036854775807",
                 "[]"},
                {"SELECT object FROM facts LIMIT '1' OFFSET 0.0", "[[\"open\"]]"},
                {"SELECT object FROM facts LIMIT -9223372036854775808", "[[\"open\"]]"},
                {"SELECT object FROM facts LIMIT 'x'", "!datatype mismatch"},
                {"SELECT group_concat(object) OVER () FROM facts", "[[\"open\"]]"},
                {"SELECT e.name FROM entities e FULL JOIN facts f ON f.entity_id = e.id",
                 "[[\"Acme\"]]"},
                {"SELECT name FROM entities WHERE id IN (SELECT entity_id FROM observations)"
                 " OR id NOT IN (SELECT entity_id FROM facts)",
                 "[[\"Acme\"]]"},
                /* text that would end a string of ours, if values were not bound */
                {"SELECT 1 FROM entities WHERE name = 'x'' OR 1=1 --'", "[]"},
                {"SELECT 1 FROM entities WHERE name = '%v' OR name = '%k' OR name = '?1'", "[]"},
                {"SELECT 1 FROM entities WHERE name GLOB '*/* 1 */ OR *'", "[]"},
        };

        TRY(test, attempts);
}

/* ---- doing more than read ---- */

static void test_nothing_can_be_written(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"INSERT INTO facts (id) VALUES ('x')", "!"},
                {"UPDATE entities SET name = 'x'", "!"},
                {"DELETE FROM facts", "!"},
                {"DELETE FROM facts RETURNING *", "!"},
                {"INSERT INTO facts DEFAULT VALUES RETURNING id", "!"},
                {"REPLACE INTO entities (id, name) VALUES ('x', 'x')", "!"},
                {"WITH x AS (SELECT 1) DELETE FROM facts", "!"},
                {"CREATE TABLE t (a)", "!DENIED"},
                {"CREATE TEMP TABLE t AS SELECT * FROM facts", "!DENIED"},
                {"CREATE TEMP VIEW entities AS SELECT * FROM main.mutations", "!DENIED"},
                {"CREATE TEMP TRIGGER t INSTEAD OF INSERT ON facts BEGIN SELECT 1; END", "!"},
                {"CREATE VIRTUAL TABLE t USING fts5 (a)", "!DENIED"},
                {"CREATE VIRTUAL TABLE t USING facts", "!"},
                {"CREATE INDEX i ON facts (id)", "!"},
                {"DROP TABLE facts", "!"},
                {"ALTER TABLE facts RENAME TO f", "!"},
                {"REINDEX", "!"},
                {"ANALYZE", "!"},
                {"VACUUM", "!"},
                {"VACUUM INTO '/tmp/ouroboros-escaped.db'", "!"},
                {"ATTACH '/etc/passwd' AS p", "!"},
                {"ATTACH ':memory:' AS m KEY 'x'", "!"},
                {"DETACH main", "!"},
                {"BEGIN", "!DENIED"},
                {"COMMIT", "!DENIED"},
                {"SAVEPOINT s", "!DENIED"},
                {"ROLLBACK TO s", "!"},
        };

        TRY(test, attempts);
        g_assert_false(g_file_test("/tmp/ouroboros-escaped.db", G_FILE_TEST_EXISTS));
}

static void test_pragmas_and_explanations_are_closed(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"PRAGMA table_list", "!"},
                {"PRAGMA database_list", "!"},
                {"PRAGMA writable_schema = 1", "!"},
                {"PRAGMA trusted_schema = 1", "!"},
                {"PRAGMA temp_store_directory = '/tmp'", "!"},
                {"PRAGMA temp_store = FILE", "!"},
                {"PRAGMA hard_heap_limit = 1", "!"},
                /* SQLCipher takes its pragmas before the authorizer is asked */
                {"PRAGMA key = 'x'", "!"},
                {"PRAGMA rekey = 'x'", "!"},
                {"PRAGMA cipher_version", "!"},
                {"PRAGMA cipher_log = '/tmp/ouroboros-escaped.log'", "!"},
                {"PRAGMA cipher_log_level = TRACE", "!"},
                {"PRAGMA cipher_export", "!"},
                {"PRAGMA cipher_provider", "!"},
                /* plans name the tables and indexes behind */
                {"EXPLAIN SELECT * FROM facts", "!EXPLAIN"},
                {"EXPLAIN QUERY PLAN SELECT * FROM facts", "!EXPLAIN"},
                {"/* */ explain\nquery plan SELECT 1", "!EXPLAIN"},
                /* a second statement behind one that is good */
                {"SELECT 1; DELETE FROM facts", "!one statement"},
                {"SELECT 1; SELECT 2", "!one statement"},
                {"SELECT 1;;;/* a */ATTACH ':memory:' AS m", "!one statement"},
                {"SELECT 1;/* a */; ;VACUUM", "!one statement"},
                {"SELECT 1;\n-- nothing more\n/* at all */ ;", "[[1]]"},
                {"SELECT 1; -- nothing more", "[[1]]"},
                {"", "!no statement"},
                {"-- nothing", "!no statement"},
                {";", "!no statement"},
        };

        TRY(test, attempts);
        g_assert_false(g_file_test("/tmp/ouroboros-escaped.log", G_FILE_TEST_EXISTS));
}

static void test_functions_are_those_that_compute(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"SELECT load_extension('/tmp/x.so')", "!"},
                {"SELECT readfile('/etc/passwd')", "!no such function"},
                {"SELECT writefile('/tmp/ouroboros-escaped.db', 'x')", "!no such function"},
                {"SELECT edit('x')", "!no such function"},
                {"SELECT sqlcipher_export('main')", "!"},
                {"SELECT sqlcipher_vdbe_return_string('x')", "!"},
                {"SELECT fts3_tokenizer('simple', x'0000000000000000')", "!"},
                {"SELECT fts5(1)", "!"},
                {"SELECT fts5_source_id()", "!"},
                {"SELECT snippet(facts) FROM facts", "!"},
                {"SELECT rtreecheck('main', 'facts')", "!"},
                {"SELECT sqlite_compileoption_get(1)", "!DENIED"},
                {"SELECT sqlite_offset(id) FROM facts", "!"},
                {"SELECT sqlite_log(1, 'x')", "!"},
                {"SELECT last_insert_rowid(), changes()", "!DENIED"},
                {"SELECT journal_append('x')", "!no such function"},
                {"SELECT zeroblob(1000000000)", "!DENIED"},
                {"SELECT randomblob(1000000000)", "!DENIED"},
                {"SELECT id FROM facts WHERE readfile('/etc/passwd') LIKE 'root%'",
                 "!no such function"},
                {"SELECT 1 ORDER BY load_extension('x')", "!"},
                {"SELECT id FROM facts WHERE object REGEXP 'o'", "!"},
                /* a table of a value, not of what is stored */
                {"SELECT value FROM json_each('[1,2]')", "[[1],[2]]"},
                {"SELECT value FROM json_each((SELECT json_group_array(name) FROM entities))",
                 "[[\"Acme\"]]"},
                {"SELECT count(*) FROM json_tree('{\"a\":' || (SELECT hash FROM mutations) || '}')",
                 "!no such table"},
        };

        TRY(test, attempts);
}

/* ---- parameters and strange texts ---- */

static void test_parameters_are_values_only(Case *test, gconstpointer data)
{
        static const struct {
                const char *sql, *params, *expected;
        } attempts[] = {
                {"SELECT count(*) FROM entities WHERE name = ?", "[\"x' OR '1'='1\"]", "[[0]]"},
                {"SELECT count(*) FROM ?", "[\"mutations\"]", "!syntax error"},
                {"SELECT :t FROM facts", "{\"t\":\"object\"}", "[[\"object\"]]"},
                {"SELECT name FROM entities WHERE id = ?", "[5]", "[]"},
                {"SELECT name FROM entities WHERE name > ?", "[null]", "[]"},
                {"SELECT name FROM entities WHERE name > ?", "[-1e300]", "[[\"Acme\"]]"},
                {"SELECT name FROM entities LIMIT ?", "[\"many\"]", "!datatype mismatch"},
                {"SELECT name FROM entities LIMIT ?", "[null]", "!"},
                {"SELECT ?", "[[1]]", "!INVALID"},
                {"SELECT ?", "[{\"a\":1}]", "!INVALID"},
                {"SELECT ?", "[]", "!INVALID"},
                {"SELECT ?", "[1,2]", "!INVALID"},
                {"SELECT ?", NULL, "!INVALID"},
                {"SELECT :a, @b, $c", "{\"a\":1,\"@b\":2,\"c\":true}", "[[1,2,1]]"},
                {"SELECT :a", "{\"b\":1}", "!INVALID"},
                {"SELECT :a", "{\"a\":1,\"b\":1}", "!INVALID"},
                {"SELECT ?1000000000", "[1]", "!INVALID"},
                {"SELECT ?1000", "[1]", "!INVALID"},
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++) {
                g_autofree char *got = outcome(test, attempts[i].sql, attempts[i].params);
                bool refused = attempts[i].expected[0] == '!';

                if (refused ? got[0] != '!' || !strstr(got, attempts[i].expected + 1)
                            : strcmp(got, attempts[i].expected) != 0)
                        g_error("%s: %s, not %s", attempts[i].sql, got, attempts[i].expected);
        }
}

/* What a text cannot say must not end the answer early, nor make it invalid. */
static void test_strange_texts_are_told(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"SELECT 'a' || char(0) || 'b'", "[[\"a\357\277\275b\"]]"},
                {"SELECT CAST(x'ff41' AS TEXT)", "[[\"\357\277\275A\"]]"},
                {"SELECT x'00ff'", "[[\"x'00ff'\"]]"},
                {"SELECT x''", "[[\"x''\"]]"},
                {"SELECT 9e999, -9e999, 9e999 - 9e999", "[[\"Infinity\",\"-Infinity\",null]]"},
                {"SELECT 9223372036854775807 + 0", "[[9223372036854775807]]"},
                {"SELECT abs(-9223372036854775808)", "!integer overflow"},
                {"SELECT count(*) FROM entities WHERE name = 'Acme' || char(0)", "[[0]]"},
                {"SELECT count(*) FROM entities WHERE name = CAST(x'c3' AS TEXT)", "[[0]]"},
                {"SELECT count(*) FROM entities WHERE name = x'41636d65'", "[[0]]"},
                {"SELECT count(*) FROM entities WHERE name > CAST(x'ffffff' AS TEXT)", "[[0]]"},
        };

        TRY(test, attempts);
}

/* ---- bombs ---- */

static char *repeat(const char *head, const char *part, unsigned count, const char *tail)
{
        GString *text = g_string_new(head);

        for (unsigned i = 0; i < count; i++)
                g_string_append(text, part);
        g_string_append(text, tail);
        return g_string_free(text, FALSE);
}

static void refuse(Case *test, char *sql, const char *words)
{
        try_it(test, &(Attempt){sql, words});
        try_it(test, &(Attempt){"SELECT count(*) FROM facts", "[[1]]"});
        g_free(sql);
}

static void test_bombs_do_not_go_off(Case *test, gconstpointer data)
{
        static const char endless[] =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) ";
        static const Attempt attempts[] = {
                {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3)"
                 " SELECT i FROM n",
                 "[[1],[2],[3]]"},
                {"SELECT length(printf('%.*c', 1000000000, 'x'))", "[[null]]"},
                {"SELECT length(format('%1000000000d', 1))", "[[null]]"},
                {"SELECT length(replace(printf('%.*c', 200000, 'x'), 'x', 'xxxx'))", "!LIMIT"},
                {"SELECT length(hex(printf('%.*c', 200000, 'x')))", "!LIMIT"},
                {"SELECT 'x' LIKE printf('%.*c', 5000, '%')", "!pattern"},
                {"SELECT trim('x', printf('%.*c', 5000, 'y'))", "!TRIM_CHARS_MAX"},
                {"SELECT trim('  üaxü ', ' ü'), ltrim('xxa', 'x'), rtrim('axx', 'x'), trim(' b ')",
                 "[[\"ax\",\"a\",\"a\",\"b\"]]"},
        };

        TRY(test, attempts);
        /* steps and time: it never ends, here or in the reader */
        refuse(test, g_strconcat(endless, "SELECT count(*) FROM n" BRIEFLY, NULL), "!TIMEOUT");
        refuse(test,
               g_strconcat(endless, "SELECT count(*) FROM n, facts f, observations o" BRIEFLY,
                           NULL),
               "!TIMEOUT");
        /* memory: what is sorted, gathered or kept apart is kept in memory */
        refuse(test,
               g_strconcat(endless, "SELECT printf('%.*c', 200000, 'x') || i FROM n ORDER BY 1",
                           NULL),
               "!SANDBOX_MEMORY_MAX");
        refuse(test,
               g_strconcat(endless, "SELECT json_group_array(printf('%.*c', 200000, 'x')) FROM n",
                           NULL),
               "!SANDBOX_MEMORY_MAX");
        refuse(test,
               g_strconcat(endless,
                           "SELECT count(DISTINCT printf('%.*c', 100000, 'x') || i) FROM n", NULL),
               "!SANDBOX_MEMORY_MAX");
        refuse(test, g_strconcat(endless, "SELECT group_concat(i) FROM n" BRIEFLY, NULL),
               "!TIMEOUT");
}

/* Nothing calls back while a statement is prepared; text that grows then must meet a limit all the same. */
static void test_statements_that_grow_do_not_go_off(Case *test, gconstpointer data)
{
        GString *doubling = g_string_new("WITH c0 AS (SELECT 1 x)");
        GString *nested = g_string_new(NULL);

        for (unsigned i = 1; i <= 40; i++)
                g_string_append_printf(doubling, ", c%u AS (SELECT a.x FROM c%u a, c%u b)", i,
                                       i - 1, i - 1);
        g_string_append(doubling, " SELECT count(*) FROM c40");
        refuse(test, g_string_free(doubling, FALSE), "!");
        for (unsigned i = 0; i < 40; i++)
                g_string_append(nested, "SELECT a + a AS a FROM (");
        g_string_append(nested, "SELECT abs(1) AS a");
        for (unsigned i = 0; i < 40; i++)
                g_string_append_c(nested, ')');
        refuse(test, g_string_free(nested, FALSE), "!");
        refuse(test, repeat("SELECT 1 WHERE 1 IN (1", ",1", 20000, ")"), "!SANDBOX_SQL_BYTES_MAX");
        refuse(test, repeat("SELECT 1", "+1", 5000, ""), "!too large");
        refuse(test, repeat("SELECT 1", " UNION ALL SELECT 1", 100, ""), "!too many terms");
        refuse(test, repeat("SELECT 1", ",1", 300, ""), "!too many columns");
        refuse(test, repeat("SELECT max(1", ",1", 100, ")"), "!too many arguments");
        refuse(test, repeat("SELECT 1 FROM facts", ", facts", 70, ""), "!at most 64 tables");
        refuse(test, repeat("SELECT ", "(", 10000, "1"), "!incomplete");
        refuse(test, repeat("SELECT ", "(SELECT ", 3000, "1"), "!");
        refuse(test, repeat("", "SELECT*FROM(", 2700, "SELECT 1"), "!");
}

#define ESCAPE(name, function)                                                                     \
        g_test_add("/sql-escape/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ESCAPE("what-is-not-there-cannot-be-named", test_what_is_not_there_cannot_be_named);
        ESCAPE("what-sqlite-makes-up-is-closed", test_what_sqlite_makes_up_is_closed);
        ESCAPE("what-is-outside-of-the-scope-is-absent",
               test_what_is_outside_of_the_scope_is_absent);
        ESCAPE("nothing-can-be-written", test_nothing_can_be_written);
        ESCAPE("pragmas-and-explanations-are-closed", test_pragmas_and_explanations_are_closed);
        ESCAPE("functions-are-those-that-compute", test_functions_are_those_that_compute);
        ESCAPE("parameters-are-values-only", test_parameters_are_values_only);
        ESCAPE("strange-texts-are-told", test_strange_texts_are_told);
        ESCAPE("bombs-do-not-go-off", test_bombs_do_not_go_off);
        ESCAPE("statements-that-grow-do-not-go-off", test_statements_that_grow_do_not_go_off);
        return g_test_run();
}
