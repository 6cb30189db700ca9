/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways out of sql_query, tried through tools_call() by an agent under a scope, as tests/graph/test-sql-escape.c tries the
 * sandbox itself. Whatever it answers, it never says what only the hidden half of the world has. Seen to fail: with the
 * reader of everything in place of the scoped one; with "main" added to the names that the sandbox knows. */
#include <string.h>

#include "scope/place.h"

typedef struct Case {
        Place *place;
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->place = place_new();
}

static void case_down(Case *test, gconstpointer data)
{
        place_free(test->place);
}

/* expected: how the answer begins; "!" is any refusal, "" anything that tells nothing hidden. */
typedef struct Attempt {
        const char *sql, *expected;
} Attempt;

static void try_all(Place *place, const Attempt *attempts, unsigned count)
{
        for (unsigned i = 0; i < count; i++) {
                g_autoptr(JsonObject) args = json_object_new();
                g_autoptr(GError) error = NULL;
                g_autofree char *got = NULL;

                json_object_set_string_member(args, "sql", attempts[i].sql);
                g_autoptr(JsonObject) answer =
                        world_try(place->world, place->scoped, "sql_query", args, &error);
                got = answer ? json_print_object(answer) : g_strdup_printf("!%s", error->message);
                place_expect(attempts[i].sql, got, attempts[i].expected);
                if (strstr(got, place->far) || strstr(got, place->far_doc) ||
                    strstr(got, place->far_fact) || strstr(got, "granite") ||
                    strstr(got, "CREATE TABLE"))
                        g_error("%s tells of what is hidden: %.400s", attempts[i].sql, got);
        }
}

#define TRY(attempts) try_all(test->place, attempts, G_N_ELEMENTS(attempts))

static void test_names_of_what_is_behind(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                /* the two holes of views with an authorizer alone */
                {"WITH facts AS (SELECT * FROM main.mutations) SELECT * FROM facts", "!"},
                {"SELECT 1 FROM mutations", "!"},
                {"SELECT count(*) FROM mutations", "!"},
                {"WITH entities AS (SELECT * FROM entities) SELECT * FROM entities", "!"},
                {"WITH e AS (SELECT * FROM entities) SELECT name FROM e", "{"},
                {"WITH entities(name) AS (VALUES ('x')) SELECT name FROM entities", "{"},
                {"SELECT * FROM main.facts f, temp.scope", "!"},
                {"SELECT * FROM temp.entities", ""}, /* the view itself, in whatever schema */
                {"SELECT * FROM vault.facts", ""},
                {"SELECT * FROM chunks_fts", "!"},
                {"SELECT * FROM chunks_fts_data", "!"},
                {"SELECT * FROM chunks_fts_docsize", "!"},
                {"SELECT * FROM chunks_fts_config", "!"},
                {"SELECT * FROM chunk_content", "!"},
                {"SELECT * FROM document_text", "!"},
                {"SELECT * FROM sqlite_schema", "!"},
                {"SELECT * FROM sqlite_master", "!"},
                {"SELECT * FROM sqlite_temp_schema", "!"},
                {"SELECT * FROM sqlite_sequence", "!"},
                {"SELECT * FROM sqlite_stat1", "!"},
                {"SELECT * FROM sqlite_dbpage", "!"},
                {"SELECT * FROM dbstat", "!"},
                {"SELECT * FROM bytecode('SELECT 1')", "!"},
                {"SELECT * FROM sqlite_stmt", "!"},
                {"SELECT * FROM pragma_table_info('facts')", "!"},
                {"SELECT * FROM pragma_database_list", "!"},
                {"SELECT * FROM pragma_function_list", "!"},
                {"SELECT * FROM pragma_table_list", "!"},
                {"SELECT * FROM pragma_module_list", "!"},
                {"SELECT rowid FROM facts", "!"},
                {"SELECT _rowid_ FROM entities", "!"},
                {"SELECT facts FROM facts", "!"},
                {"SELECT rank FROM facts", "!"},
                {"SELECT phrase_hits(facts) FROM facts", "!"},
                {"SELECT highlight(documents, 0, '', '') FROM documents", "!"},
                {"SELECT * FROM facts WHERE facts MATCH 'granite'", "!"},
                {"SELECT * FROM facts INDEXED BY facts_entity", "!"},
        };

        TRY(attempts);
}

/* Of two repositories one is seen: near's, with a symbol "copper"; the other has "granite" in every text. */
static void test_code_of_others(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"SELECT count(*), max(name) FROM code_repositories",
                 "{\"columns\":[\"count(*)\",\"max(name)\"],\"rows\":[[1,\"copper\"]]"},
                {"SELECT count(*), max(path) FROM code_modules",
                 "{\"columns\":[\"count(*)\",\"max(path)\"],\"rows\":[[1,\"copper.c\"]]"},
                {"SELECT count(*), max(name) FROM code_symbols",
                 "{\"columns\":[\"count(*)\",\"max(name)\"],\"rows\":[[1,\"copper\"]]"},
                {"SELECT count(*), max(written) FROM code_edges",
                 "{\"columns\":[\"count(*)\",\"max(written)\"],\"rows\":[[1,\"copper\"]]"},
                {"SELECT * FROM code_symbols WHERE id = 'sym-0000000000000002'", "{"},
                {"SELECT name FROM code_symbols WHERE id IN ('sym-0000000000000001', 'sym-0000000000000002')",
                 "{\"columns\":[\"name\"],\"rows\":[[\"copper\"]]"},
                {"SELECT * FROM code_edges WHERE source_id = 'sym-0000000000000002'", "{"},
                {"SELECT * FROM code_edges WHERE target_id = 'sym-0000000000000002'", "{"},
                {"SELECT count(*) FROM code_edges WHERE module = 'gran' || 'ite.c' OR target_module = 'gran' || 'ite.c'",
                 "{\"columns\":[\"count(*)\"],\"rows\":[[0]]"},
                {"SELECT count(*) FROM code_modules WHERE repository_id = printf('repo-%032x', 2)",
                 "{\"columns\":[\"count(*)\"],\"rows\":[[0]]"},
                {"SELECT s.* FROM code_edges e LEFT JOIN code_symbols s ON 1", "{"},
                {"SELECT * FROM code_symbols s, code_modules m, code_edges e, code_repositories r",
                 "{"},
                {"SELECT json_group_array(doc) FROM code_symbols", "{"},
                {"SELECT * FROM code_states", "!"},
                {"SELECT * FROM code_units", "!"},
                {"SELECT * FROM code_consulted", "!"},
                {"SELECT hash FROM code_symbols", "!"},
                {"SELECT repository FROM code_modules", "!"},
                {"SELECT * FROM main.code_symbols", ""},
                {"WITH code_symbols AS (SELECT * FROM main.code_units) SELECT * FROM code_symbols",
                 "!"},
        };

        TRY(attempts);
}

static void test_more_than_reading(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"ATTACH 'file:vault.db?mode=ro' AS v", "!"},
                {"ATTACH '' AS v", "!"},
                {"DETACH temp", "!"},
                {"WITH x AS (SELECT 1) INSERT INTO facts SELECT * FROM x", "!"},
                {"WITH x AS (SELECT 1) UPDATE facts SET object = 'x'", "!"},
                {"INSERT INTO facts DEFAULT VALUES RETURNING *", "!"},
                {"DELETE FROM entities RETURNING *", "!"},
                {"CREATE TEMP VIEW facts AS SELECT 1", "!"},
                {"CREATE TABLE x AS SELECT * FROM facts", "!"},
                {"CREATE VIRTUAL TABLE x USING fts5vocab('main', 'chunks_fts', 'row')", "!"},
                {"CREATE VIRTUAL TABLE x USING fts5vocab('chunks_fts', 'row')", "!"},
                {"PRAGMA key = 'x'", "!"},
                {"PRAGMA writable_schema = ON", "!"},
                {"PRAGMA table_info(facts)", "!"},
                {"PRAGMA function_list", "!"},
                {"EXPLAIN SELECT * FROM facts", "!"},
                {"EXPLAIN QUERY PLAN SELECT * FROM facts", "!"},
                {"SELECT load_extension('x')", "!"},
                {"SELECT sqlcipher_export('main')", "!"},
                {"SELECT fts5(NULL)", "!"},
                {"SELECT sqlite_source_id()", "!"},
                {"SELECT last_insert_rowid()", "!"},
                {"SELECT total_changes()", "!"},
                {"SELECT zeroblob(2000000000)", "!"},
                {"SELECT randomblob(2000000000)", "!"},
                {"SELECT hex(zeroblob(100))", "!"},
                {"SELECT 1; SELECT 2", "!"},
                {"VACUUM INTO 'x.db'", "!"},
                {"ANALYZE", "!"},
                {"BEGIN", "!"},
        };

        TRY(attempts);
}

static void test_what_is_hidden_does_not_show_in_what_is_computed(Case *test, gconstpointer data)
{
        static const Attempt attempts[] = {
                {"SELECT count(*) FROM entities", "{\"columns\":[\"count(*)\"],\"rows\":[[2]]"},
                {"SELECT count(*) FROM documents", "{\"columns\":[\"count(*)\"],\"rows\":[[1]]"},
                {"SELECT count(*) AS n FROM observations WHERE object = 'hidden'",
                 "{\"columns\":[\"n\"],\"rows\":[[0]]"},
                {"SELECT max(id), min(id) FROM facts", "{"},
                {"SELECT name FROM entities WHERE name = 'Far'",
                 "{\"columns\":[\"name\"],\"rows\":[]"},
                {"SELECT name FROM entities WHERE name LIKE 'F%'",
                 "{\"columns\":[\"name\"],\"rows\":[]"},
                {"SELECT entity_name FROM facts WHERE entity_name = 'Far'",
                 "{\"columns\":[\"entity_name\"],\"rows\":[]"},
                {"SELECT value FROM json_each((SELECT json_group_array(id) FROM entities))", "{"},
                {"SELECT j.value FROM facts f, json_each(f.qualifiers) j", "{"},
                {"SELECT * FROM json_tree((SELECT json_group_array(path) FROM documents))", "{"},
                {"SELECT (SELECT group_concat(id) FROM documents) FROM predicates LIMIT 1", "{"},
                {"SELECT * FROM facts NATURAL JOIN entities", "{"},
                {"SELECT * FROM facts WHERE (SELECT count(*) FROM entities e WHERE e.name > 'A') > 2",
                 "{"},
        };
        static const char bomb[] =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) ";
        const char *const tails[] = {"SELECT count(*) FROM n, facts, facts b",
                                     "SELECT group_concat(printf('%.*c', 90000, 'x')) FROM n",
                                     "SELECT max(printf('%.*c', 90000, 'x') || i) OVER () FROM n"};

        TRY(attempts);
        for (unsigned i = 0; i < G_N_ELEMENTS(tails); i++) {
                g_autofree char *sql = g_strconcat(bomb, tails[i], NULL);
                g_autofree char *got = place_call(test->place, test->place->scoped, "sql_query",
                                                  "{\"sql\":\"%s\",\"timeout_ms\":300}", sql);

                place_expect(sql, got, "!");
        }
}

#define ATTACK(name, function)                                                                     \
        g_test_add("/sql-attacks/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ATTACK("names-of-what-is-behind", test_names_of_what_is_behind);
        ATTACK("code-of-others", test_code_of_others);
        ATTACK("more-than-reading", test_more_than_reading);
        ATTACK("what-is-hidden-does-not-show-in-what-is-computed",
               test_what_is_hidden_does_not_show_in_what_is_computed);
        return g_test_run();
}
