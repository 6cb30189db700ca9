/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Properties that hold whatever was done by whomever, tried on random histories of calls over the real rooms:
 *   replay     the journal brought into an empty vault gives the same state, and what follows from it
 *   reverse    everything reverted in reverse order gives the state of the beginning
 *   growth     no call of an agent or of the system makes a user row go, raw attempts included
 *   derived    after each step what is derived is what a derivation from nothing gives
 * A history is a list of numbers, one for each step, that all of its choices come from. One that fails is shrunk: cut
 * after the first step that shows it, then freed of the steps that it fails without. OUROBOROS_SEED repeats a run;
 * OUROBOROS_LONG makes many. */
#include <stdarg.h>
#include <stdlib.h>

#include "journal/home.h"

#define HISTORIES      10  /* always the same ones: what fails must fail again */
#define HISTORIES_LONG 300 /* always others */
#define STEPS          60
#define SHRINKS_MAX    60 /* runs that are spent on shrinking */

typedef struct World {
        Fixture *fixture;
        Journal *journal;
        ToolTable graph, tools;
        char *documents[2];
        GRand *random; /* of the step at work */
        GString *told; /* what the steps were */
        char *problem; /* the first that was found */
} World;

static World *world_new(void)
{
        World *world = g_new0(World, 1);

        world->fixture = fixture_new();
        world->journal = journal_new(world->fixture->vault, world->fixture->ops);
        world->graph = graph_tools(world->fixture->graph);
        world->tools = journal_tools(world->journal);
        world->documents[0] = fixture_document(world->fixture, "1.txt", "alpha beta gamma\n");
        world->documents[1] = fixture_document(world->fixture, "2.txt", "alpha beta delta\n");
        world->told = g_string_new(NULL);
        return world;
}

static void world_free(World *world)
{
        journal_free(world->journal);
        fixture_free(world->fixture);
        g_free(world->documents[0]);
        g_free(world->documents[1]);
        g_string_free(world->told, TRUE);
        g_free(world->problem);
        g_free(world);
}

static void G_GNUC_PRINTF(2, 3) found(World *world, const char *format, ...)
{
        va_list args;

        if (world->problem)
                return;
        va_start(args, format);
        world->problem = g_strdup_vprintf(format, args);
        va_end(args);
}

/* ---- choices ---- */

static int any(World *world, int count)
{
        return (int)(g_rand_int(world->random) % (guint32)count);
}

#define ONE_OF(world, texts) ((texts)[any(world, G_N_ELEMENTS(texts))])

static const Access *somebody(World *world)
{
        const Access *all[] = {world->fixture->agent, world->fixture->other,
                               world->fixture->pipeline, world->fixture->human};

        return ONE_OF(world, all);
}

/* The same row of the same history whatever ids it has: counted from the end. */
static char *any_id(World *world, const char *what, const char *from)
{
        g_autofree char *sql =
                g_strdup_printf("SELECT %s FROM %s ORDER BY rowid DESC LIMIT 1 OFFSET"
                                " %d %% max(1, (SELECT count(*) FROM %s))",
                                what, from, any(world, 20), from);

        return fixture_select(world->fixture->vault, sql) ?: g_strdup("none");
}

/* ---- calls ---- */

static JsonObject *run_tool(ToolTable table, const Access *access, const char *tool,
                            JsonObject *args, GError **error)
{
        for (const Tool *at = table.tools; at->name; at++) {
                JsonSink sink;

                if (!g_str_equal(at->name, tool))
                        continue;
                if (at->handler)
                        return at->handler(table.room, access, args, error);
                json_sink_init(&sink);
                if (at->teller(table.room, access, args, &sink.sink, error))
                        return sink.root;
                json_object_unref(sink.root);
                return NULL;
        }
        g_error("no tool %s", tool);
}

/* That it may not, or cannot, is an answer too; but no other failure is. */
static void call(World *world, const Access *access, const char *tool, const char *format, ...)
        G_GNUC_PRINTF(4, 5);
static void call(World *world, const Access *access, const char *tool, const char *format, ...)
{
        g_autofree char *text = NULL;
        g_autoptr(JsonObject) args = NULL, answer = NULL;
        g_autoptr(GError) error = NULL;
        va_list list;

        va_start(list, format);
        text = g_strdup_vprintf(format, list);
        va_end(list);
        args = json_parse_object(text, -1, &error);
        g_assert_no_error(error);
        answer = run_tool(strstr(tool, "revert") || strstr(tool, "branch") ? world->tools
                                                                           : world->graph,
                          access, tool, args, &error);
        g_string_append_printf(world->told, "  %s: %s %s%s%s\n", access_actor(access)->name, tool,
                               text, error ? " → " : "", error ? error->message : "");
        if (error && (error_code(error) == OUROBOROS_ERROR_FAILED ||
                      error_code(error) == OUROBOROS_ERROR_CORRUPT ||
                      error_code(error) == OUROBOROS_ERROR_UNAVAILABLE))
                found(world, "%s %s: %s", tool, text, error->message);
}

static const char *const names[] = {"One", "Two", "Three", "öne"};

static void step_remember(World *world, const Access *access)
{
        static const char *const claims[] = {
                "\"predicate\":\"title\",\"object\":\"a\"",
                "\"predicate\":\"title\",\"object\":\"b\"",
                "\"predicate\":\"tag\",\"object\":\"a\"",
                "\"predicate\":\"tag\",\"object\":\"b\"",
                "\"predicate\":\"tag\",\"object\":\"a\",\"qualifiers\":{\"n\":1,\"m\":2}",
                "\"predicate\":\"tag\",\"object\":\"a\",\"qualifiers\":{\"m\":2,\"n\":1.0}",
                "\"predicate\":\"title\",\"object\":\"a\",\"qualifiers\":{\"n\":1}",
                "\"predicate\":\"published_in_year\",\"object\":1953",
                "\"predicate\":\"published_in_year\",\"object\":1954",
                "\"predicate\":\"part_of\",\"object\":\"One\"",
                "\"predicate\":\"part_of\",\"object\":\"Two\"",
                "\"predicate\":\"part_of\",\"object\":\"Three\"",
        };
        static const char *const quotes[] = {"alpha", "beta", "alpha beta", "not there"};
        bool sourced = access != world->fixture->human || any(world, 2);
        g_autofree char *source =
                sourced ? g_strdup_printf(",\"quote\":\"%s\",\"document_id\":\"%s\"",
                                          ONE_OF(world, quotes), ONE_OF(world, world->documents))
                        : g_strdup("");
        g_autofree char *target = any(world, 4) ? NULL : any_id(world, "id", "facts");
        g_autofree char *supersedes =
                target ? g_strdup_printf(",\"supersedes\":[\"%s\"]", target) : g_strdup("");
        static const char *const tiers[] = {
                "", "", "", "", ",\"trust_tier\":\"extracted\"", ",\"trust_tier\":\"inferred\""};

        call(world, access, "remember_fact", "{\"entity_name\":\"%s\",%s%s%s%s}",
             ONE_OF(world, names), ONE_OF(world, claims), source, supersedes, ONE_OF(world, tiers));
}

static void step_extract(World *world, const Access *access)
{
        static const char *const predicates[] = {"title", "tag", "unknown_one"};

        call(world, access, "submit_claim_graph",
             "{\"document_id\":\"%s\",\"entities\":[{\"name\":\"%s\",\"type\":\"thing\"}],"
             "\"claims\":[{\"entity\":\"%s\",\"predicate\":\"%s\",\"object\":\"c\",\"quote\":\"beta\"},"
             "{\"entity\":\"%s\",\"predicate\":\"tag\",\"object\":\"d\",\"quote\":\"alpha\"}]}",
             ONE_OF(world, world->documents), ONE_OF(world, names), ONE_OF(world, names),
             ONE_OF(world, predicates), ONE_OF(world, names));
}

static void step_pipeline(World *world, const Access *access)
{
        Claim claim = {.entity_name = ONE_OF(world, names),
                       .predicate = any(world, 2) ? "title" : "tag",
                       .object = any(world, 2) ? "a" : "e",
                       .quote = "alpha",
                       .quote_hint = -1,
                       .document_id = ONE_OF(world, world->documents),
                       .confidence = 0.5};
        ClaimResult result = {0};
        g_autoptr(GError) error = NULL;

        if (!graph_submit(world->fixture->graph, world->fixture->pipeline, &claim, 1, NULL, &result,
                          &error))
                found(world, "graph_submit: %s", error->message);
        g_string_append_printf(world->told, "  pipeline: %s %s %s\n", claim.entity_name,
                               claim.predicate, claim.object);
        claim_result_clear(&result);
}

static void step_entities(World *world, const Access *access)
{
        const char *name = ONE_OF(world, names), *other = ONE_OF(world, names);

        switch (any(world, 6)) {
        case 0:
                call(world, access, "propose_entity", "{\"name\":\"%s\",\"type\":\"thing\"}", name);
                return;
        case 1:
                call(world, access, "merge_entities", "{\"entity_name\":\"%s\",\"merge\":[\"%s\"]}",
                     name, other);
                return;
        case 2:
                call(world, access, "add_entity_alias",
                     "{\"entity_name\":\"%s\",\"alias\":\"also %s\"}", name, other);
                return;
        case 3:
                call(world, access, "remove_entity_alias",
                     "{\"entity_name\":\"%s\",\"alias\":\"also %s\"}", name, other);
                return;
        case 4:
                call(world, access, "deactivate_entity", "{\"entity_name\":\"%s\"}", name);
                return;
        default:
                call(world, access, "resolve_contradiction",
                     "{\"entity_name\":\"%s\",\"predicate\":\"title\","
                     "\"resolution\":\"acknowledged\"}",
                     name);
        }
}

static void step_discovered(World *world, const Access *access)
{
        static const char *const tools[] = {"promote_discovered", "dismiss_discovered",
                                            "restore_discovered"};
        g_autofree char *id = any_id(world, "id", "discovered");

        if (any(world, 4) == 0)
                call(world, access, "merge_discovered",
                     "{\"discovered_id\":\"%s\",\"entity_name\":\"%s\"}", id, ONE_OF(world, names));
        else
                call(world, access, ONE_OF(world, tools), "{\"discovered_id\":\"%s\"}", id);
}

static void step_words(World *world, const Access *access)
{
        static const char *const decisions[] = {"confirm", "confirm", "retire", "reinstate"};
        static const char *const rules[] = {"has_part", "transitively_part_of"};
        static const char *const predicates[] = {"mine", "has_part", "tag", "title"};

        switch (any(world, 3)) {
        case 0:
                call(world, access, "propose_predicate",
                     "{\"name\":\"mine\",\"object_kind\":\"text\",\"cardinality\":\"many\","
                     "\"description\":\"x\"}");
                return;
        case 1:
                call(world, access, "decide_rule", "{\"name\":\"%s\",\"decision\":\"%s\"}",
                     ONE_OF(world, rules), ONE_OF(world, decisions));
                return;
        default:
                call(world, access, "decide_predicate", "{\"name\":\"%s\",\"decision\":\"%s\"}",
                     ONE_OF(world, predicates), ONE_OF(world, decisions));
        }
}

static void step_revert(World *world, const Access *access)
{
        bool group = any(world, 3) == 0;
        g_autofree char *id = any_id(world, group ? "group_id" : "id", "mutations");

        call(world, access, group ? "revert_group" : "revert_mutation",
             "{\"%s\":\"%s\",\"force\":%s}", group ? "group_id" : "mutation_id", id,
             any(world, 2) ? "true" : "false");
}

static void step_preview(World *world, const Access *access)
{
        g_autofree char *id = any_id(world, "group_id", "mutations");
        g_autofree char *before = fixture_dump(world->fixture->vault), *after = NULL;

        call(world, access, any(world, 2) ? "branch_preview" : "revert_group",
             any(world, 2) ? "{\"group_id\":\"%s\"}" : "{\"group_id\":\"%s\"}", id);
        after = fixture_dump(world->fixture->vault);
        (void)before;
}

/* ---- growth ---- */

static char **user_tables(World *world)
{
        g_autofree char *list = fixture_select(world->fixture->vault,
                                               "SELECT group_concat(name) FROM (SELECT name FROM"
                                               " table_kinds WHERE kind = 'user' ORDER BY 1)");

        return g_strsplit(list, ",", -1);
}

/* SQL for the keys of a table, as one text for each row. */
static char *key_sql(Db *db, const char *table)
{
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) key = db_table_key(db, table, &error);
        g_autofree char *columns = NULL;

        g_assert_no_error(error);
        columns = g_strjoinv(") || '|' || quote(", key);
        return g_strdup_printf("SELECT '%s ' || quote(%s) FROM %s", table, columns, table);
}

static GHashTable *user_keys(World *world)
{
        GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_auto(GStrv) tables = user_tables(world);
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(world->fixture->vault, NULL, &error);

        g_assert_no_error(error);
        for (char **table = tables; *table; table++) {
                g_autofree char *sql = key_sql(db, *table);
                Statement *statement = db_statement(db, sql, &error);

                g_assert_no_error(error);
                while (statement_step(statement, &error) == STEP_ROW)
                        g_hash_table_add(keys, g_strdup(statement_text(statement, 0)));
                g_assert_no_error(error);
        }
        return keys;
}

static void check_growth(World *world, GHashTable *before)
{
        g_autoptr(GHashTable) now = user_keys(world);
        GHashTableIter iter;
        gpointer key;

        g_hash_table_iter_init(&iter, before);
        while (g_hash_table_iter_next(&iter, &key, NULL))
                if (!g_hash_table_contains(now, key))
                        found(world, "a user row has gone: %s", (char *)key);
}

static bool run_raw(Db *db, void *data, GError **error)
{
        return db_execute(db, data, error);
}

/* Whatever SQL can do to make rows go, as who must not. %1$s is a table, %2$s its first key column. */
static void step_raw(World *world, const Access *access)
{
        static const char *const attempts[] = {
                "DELETE FROM %1$s",
                "DELETE FROM %1$s WHERE rowid IN (SELECT rowid FROM %1$s LIMIT 1)",
                "REPLACE INTO %1$s SELECT * FROM %1$s LIMIT 1",
                "INSERT OR REPLACE INTO %1$s SELECT * FROM %1$s",
                "UPDATE %1$s SET %2$s = %2$s || 'x'",
                "UPDATE OR REPLACE %1$s SET %2$s = (SELECT max(%2$s) FROM %1$s)",
                "UPDATE OR REPLACE entities SET name_key = 'same', type = 'same'",
                "UPDATE OR REPLACE roots SET path = '/same'",
                "UPDATE OR REPLACE documents SET path = 'same'",
                "UPDATE OR REPLACE discovered SET name_key = 'same', type = ''",
                "INSERT INTO %1$s SELECT * FROM %1$s WHERE 1 ON CONFLICT DO UPDATE SET %2$s = 'x'",
                "WITH gone AS (SELECT %2$s FROM %1$s) DELETE FROM %1$s WHERE %2$s IN gone",
                "PRAGMA foreign_keys = OFF",
                "PRAGMA recursive_triggers = OFF",
                "DROP TABLE %1$s",
                "DROP TRIGGER journal_%1$s_guard",
                "ALTER TABLE %1$s RENAME TO other",
                "PRAGMA writable_schema = ON",
                "DELETE FROM mutations",
                "DELETE FROM table_kinds",
                "UPDATE table_kinds SET kind = 'projection'",
        };
        g_auto(GStrv) tables = user_tables(world);
        const char *table = tables[any(world, (int)g_strv_length(tables))];
        const char *attempt = ONE_OF(world, attempts);
        g_autofree char *key_query =
                g_strdup_printf("SELECT name FROM pragma_table_info('%s') WHERE pk = 1", table);
        g_autofree char *key = NULL, *sql = NULL;
        g_autoptr(GString) text = g_string_new(attempt);
        g_autoptr(GError) error = NULL;
        WriteOptions options = {.actor = access_actor(access)};
        g_autoptr(Db) db = store_reader(world->fixture->vault, NULL, &error);
        g_auto(GStrv) columns = db_table_key(db, table, &error);

        g_assert_no_error(error);
        key = g_strdup(columns[0]);
        g_clear_pointer(&db, db_release);
        g_string_replace(text, "%1$s", table, 0);
        g_string_replace(text, "%2$s", key, 0);
        sql = g_strdup(text->str);
        (void)store_write(world->fixture->vault, &options, run_raw, sql, &error);
        g_string_append_printf(world->told, "  %s: %s%s%s\n", access_actor(access)->name, sql,
                               error ? " → " : "", error ? error->message : "");
}

/* ---- derived ---- */

#define SUBJECT(f) "coalesce(" f ".subject_id, " f ".entity_id)"
#define OBJECT(f)  "coalesce(" f ".object_as, " f ".object)"
#define TIER(f)    "(CASE " f ".trust_tier WHEN 'human' THEN 2 WHEN 'extracted' THEN 1 ELSE 0 END)"
#define VOICE(f)                                                                                   \
        "(" f ".agent || CASE " f ".trust_tier WHEN 'human' THEN '' ELSE coalesce(" f              \
        ".document_id, '') END)"
#define WHEN(f)                                                                                    \
        "iif(" f ".agent = 'pipeline' AND " f ".document_id IS NOT NULL, 0, " f ".observed_at)"
#define REPLACED(f)                                                                                \
        "EXISTS (SELECT 1 FROM fact_supersedes l JOIN facts e ON e.id = l.fact_id"                 \
        " WHERE l.target_id = " f ".id AND e.is_active = 1 AND e.id <> " f                         \
        ".id AND " TIER("e") " >= " TIER(f) ")"
#define LATER                                                                                      \
        TIER("y")                                                                                  \
        " = " TIER("x") " AND " VOICE("y") " = " VOICE("x") " AND (" WHEN(                         \
                "y") ","                                                                           \
                     " y.recorded_at, y.id) > (" WHEN("x") ", x.recorded_at, x.id)"
#define RIVAL                                                                                                                                                                        \
        "SELECT 1 FROM facts y WHERE y.is_active = 1 AND y.id <> x.id AND " SUBJECT("y") " = " SUBJECT("x") " AND y.predicate = x.predicate AND (p.cardinality = 'one' OR (" OBJECT( \
                "y") " = " OBJECT("x") " AND y.qualifiers IS x.qualifiers)) AND NOT " REPLACED("y") " AND (" TIER("y") " > " TIER("x") " OR (" LATER                                 \
                                                                                                                                       "))"
#define WRONG                                                                                      \
        "SELECT x.id || ' ' || x.object FROM facts x JOIN predicates p ON p.name = x.predicate"    \
        " WHERE x.is_active = 1 AND (x.superseded_at IS NOT NULL) <> (" REPLACED(                  \
                "x") " OR EXISTS (" RIVAL "))"

/* What each merged entity counts for, by walking its merges. */
#define STRAY                                                                                      \
        "WITH RECURSIVE w (id, at) AS (SELECT id, id FROM entities UNION SELECT w.id,"             \
        " e.merged_into FROM w JOIN entities e ON e.id = w.at WHERE e.merged_into IS NOT NULL),"   \
        " s (id, subject) AS (SELECT w.id, w.at FROM w JOIN entities e ON e.id = w.at WHERE"       \
        " e.merged_into IS NULL) SELECT f.id FROM facts f JOIN s ON s.id = f.entity_id"            \
        " WHERE " SUBJECT("f") " <> s.subject"

/* An inferred fact of a rule stands on nothing that does not. */
#define UNFOUNDED                                                                                    \
        "SELECT f.id FROM facts f WHERE f.agent GLOB 'rule:*' AND f.is_active = 1 AND"               \
        " (NOT EXISTS (SELECT 1 FROM fact_sources s WHERE s.fact_id = f.id) OR EXISTS"               \
        " (SELECT 1 FROM fact_sources s LEFT JOIN facts o ON o.id = s.source_id AND o.is_active = 1" \
        " AND o.superseded_at IS NULL WHERE s.fact_id = f.id AND o.id IS NULL))"

static void check_none(World *world, const char *what, const char *sql)
{
        g_autofree char *wrong = fixture_select(world->fixture->vault, sql);

        if (wrong)
                found(world, "%s: %s", what, wrong);
}

/* What the graph keeps beside the user's rows, as text. */
static char *projections(Store *vault)
{
        return fixture_select(
                vault,
                "SELECT (SELECT coalesce(group_concat(entity_id || predicate || kind ||"
                " resolution, ' '), '') FROM contradictions) || (SELECT"
                " coalesce(group_concat(entity_id || predicate || fact_id, ' '), '') FROM"
                " contradicted_facts) || (SELECT coalesce(group_concat(id || subject_id, ' '),"
                " '') FROM merged_entities)");
}

static void check_rebuilt(World *world)
{
        g_autofree char *kept = projections(world->fixture->vault), *made = NULL;
        g_autoptr(GError) error = NULL;

        graph_rebuild(world->fixture->graph, &error);
        g_assert_no_error(error);
        made = projections(world->fixture->vault);
        if (!g_str_equal(kept, made))
                found(world, "projections: %s but from nothing %s", kept, made);
}

static void check_derived(World *world)
{
        check_none(world, "current", WRONG);
        check_none(world, "subject", STRAY);
        check_none(world, "inferred", UNFOUNDED);
        check_rebuilt(world);
}

/* ---- replay ---- */

static void expect_equal(World *world, const char *what, char *left, char *right)
{
        if (g_strcmp0(left, right) != 0)
                found(world, "%s: %s\nbut: %s", what, left, right);
        g_free(left);
        g_free(right);
}

static void check_sound(World *world, Store *store)
{
        VerifyReport report = {0};
        g_autoptr(GError) error = NULL;

        store_verify(store, NULL, NULL, &report, &error);
        g_assert_no_error(error);
        if (report.problem)
                found(world, "verify: %s", report.problem);
        verify_report_clear(&report);
}

static void check_replay(World *world)
{
        Store *vault = world->fixture->vault;
        Home home = {0};
        int fd = home_file();
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) done = NULL, taken = NULL;

        home_up(&home);
        done = home_export(world->journal, world->fixture->human, fd, "");
        taken = home_import(&home, world->fixture->human, fd, &error);
        if (error)
                found(world, "import: %s", error->message);
        graph_rebuild(home.graph, NULL);
        expect_equal(world, "replayed", fixture_dump(home.vault), fixture_dump(vault));
        expect_equal(world, "entries", home_entries(home.vault), home_entries(vault));
        expect_equal(world, "projections", projections(home.vault), projections(vault));
        check_sound(world, home.vault);
        home_down(&home);
        close(fd);
}

/* ---- reverse ---- */

/* Group by group, last first: each revert finds the state that its group left. */
static void check_reverse(World *world, int64_t begin, const char *dump)
{
        g_autofree char *groups = NULL;
        g_autofree char *sql = g_strdup_printf(
                "SELECT group_concat(group_id) FROM (SELECT group_id FROM writes WHERE first_seq >"
                " %" G_GINT64_FORMAT " ORDER BY first_seq DESC)",
                begin);
        g_auto(GStrv) list = NULL;

        groups = fixture_select(world->fixture->vault, sql);
        list = g_strsplit(groups ?: "", ",", -1);
        for (char **group = list; *group && !world->problem; group++) {
                g_autoptr(JsonObject) args = json_object_new(), answer = NULL;
                g_autoptr(GError) error = NULL;

                json_object_set_string_member(args, "group_id", *group);
                answer =
                        run_tool(world->tools, world->fixture->human, "revert_group", args, &error);
                if (error)
                        found(world, "reverting %s: %s", *group, error->message);
        }
        /* what was inferred on the way and does not hold is no part of what anybody said */
        fixture_sql(world->fixture->vault, world->fixture->human,
                    "DELETE FROM fact_sources WHERE fact_id IN (SELECT id FROM facts WHERE"
                    " agent GLOB 'rule:*' AND is_active = 0)");
        fixture_sql(world->fixture->vault, world->fixture->human,
                    "DELETE FROM facts WHERE agent GLOB 'rule:*' AND is_active = 0");
        expect_equal(world, "reverted", fixture_dump(world->fixture->vault), g_strdup(dump));
        check_derived(world);
}

/* ---- histories ---- */

static void run_step(World *world, guint32 number)
{
        static void (*const steps[])(World * world, const Access *access) = {
                step_remember, step_remember,   step_remember, step_remember, step_extract,
                step_pipeline, step_entities,   step_entities, step_words,    step_revert,
                step_revert,   step_discovered, step_raw,      step_raw,
        };
        g_autoptr(GHashTable) keys = user_keys(world);
        const Access *access;

        world->random = g_rand_new_with_seed(number);
        access = somebody(world);
        if (any(world, 14) == 13)
                step_preview(world, access);
        else {
                void (*step)(World *, const Access *) = ONE_OF(world, steps);

                if (step == step_raw && access == world->fixture->human)
                        access = world->fixture->agent;
                if (step == step_entities) /* much of which is for the human only */
                        access = any(world, 2) ? access : world->fixture->human;
                step(world, access);
        }
        if (access != world->fixture->human)
                check_growth(world, keys);
        check_derived(world);
        g_rand_free(world->random);
}

/* Runs a history; what is wrong with it, which the caller frees, or NULL. *ret_steps: how many it took to show. */
static char *run_history(GArray *history, unsigned *ret_steps, char **ret_told)
{
        World *world = world_new();
        g_autofree char *begin = NULL, *dump = NULL;
        char *problem;
        unsigned i;

        dump = fixture_dump(world->fixture->vault);
        begin = fixture_select(world->fixture->vault, "SELECT max(seq) FROM mutations");
        for (i = 0; i < history->len && !world->problem; i++)
                run_step(world, g_array_index(history, guint32, i));
        *ret_steps = i;
        if (!world->problem) {
                check_sound(world, world->fixture->vault);
                check_replay(world);
        }
        if (!world->problem)
                check_reverse(world, g_ascii_strtoll(begin, NULL, 10), dump);
        if (g_getenv("OUROBOROS_TELL"))
                g_printerr("%s", world->told->str);
        problem = g_steal_pointer(&world->problem);
        if (ret_told)
                *ret_told = g_strdup(world->told->str);
        world_free(world);
        return problem;
}

static bool still_fails(GArray *history)
{
        unsigned steps;
        g_autofree char *problem = run_history(history, &steps, NULL);

        if (problem)
                g_array_set_size(history, steps);
        return problem != NULL;
}

/* Leaves out steps, half of them at a time and fewer and fewer, as long as it fails all the same. */
static void shrink(GArray *history)
{
        unsigned runs = 0;

        for (unsigned part = MAX(history->len / 2, 1); part > 0; part /= 2)
                for (unsigned at = 0; at < history->len && runs < SHRINKS_MAX; runs++) {
                        GArray *less = g_array_copy(history);

                        g_array_remove_range(less, at, MIN(part, less->len - at));
                        if (still_fails(less)) {
                                g_array_set_size(history, 0);
                                g_array_append_vals(history, less->data, less->len);
                        } else {
                                at += part;
                        }
                        g_array_unref(less);
                }
}

static void fail_with(GArray *history, guint32 seed)
{
        g_autofree char *problem = NULL, *told = NULL;
        unsigned steps;

        shrink(history);
        problem = run_history(history, &steps, &told);
        g_test_message("OUROBOROS_SEED=%u, %u steps:\n%s", seed, history->len, told);
        g_error("seed %u: %s\nafter:\n%s", seed, problem ?: "(not again)", told);
}

static void try_history(guint32 seed)
{
        g_autoptr(GArray) history = g_array_new(FALSE, FALSE, sizeof(guint32));
        GRand *random = g_rand_new_with_seed(seed);
        g_autofree char *problem = NULL;
        unsigned steps;

        for (unsigned i = 0; i < STEPS; i++) {
                guint32 step = g_rand_int(random);

                g_array_append_val(history, step);
        }
        g_rand_free(random);
        problem = run_history(history, &steps, NULL);
        if (!problem)
                return;
        g_test_message("seed %u fails after %u steps: %s", seed, steps, problem);
        g_array_set_size(history, steps);
        fail_with(history, seed);
}

static void test_random_histories(void)
{
        const char *seed = g_getenv("OUROBOROS_SEED");
        unsigned count = g_getenv("OUROBOROS_LONG") ? HISTORIES_LONG : HISTORIES;

        if (seed) {
                try_history((guint32)g_ascii_strtoull(seed, NULL, 10));
                return;
        }
        for (unsigned i = 0; i < count; i++) {
                guint32 number = g_getenv("OUROBOROS_LONG") ? (guint32)g_test_rand_int() : i;

                g_test_message("OUROBOROS_SEED=%u", number);
                try_history(number);
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/journal/properties/random-histories", test_random_histories);
        return g_test_run();
}
