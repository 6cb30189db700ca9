/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing both journals as one, in pages and by filters. Seen to fail with the two merged by turns instead
 * of by time, with a cursor of the vault alone, and with LIKE's wildcards taken as such. */
#include <string.h>

#include "journal/case.h"
#include "journal/reel.h"
#include "seed.h"

static void set(Case *test, const char *name, const char *value)
{
        g_autofree char *sql =
                g_strdup_printf("INSERT OR REPLACE INTO settings VALUES ('%s', '%s')", name, value);

        fixture_sql(test->fixture->ops, test->fixture->human, sql);
}

static void tag(Case *test, const Access *access, const char *name)
{
        g_autofree char *sql = g_strdup_printf("INSERT INTO predicates VALUES"
                                               " ('%s', 'text', 'many', 'for a test', 'proposed')",
                                               name);

        fixture_sql(test->fixture->vault, access, sql);
}

/* Tables of the entries of one answer, in order. */
static char *rows_of(JsonObject *answer, const char *key)
{
        JsonArray *list = json_member_array(answer, "mutations");
        GString *text = g_string_new(NULL);

        for (unsigned i = 0; i < json_array_get_length(list); i++) {
                JsonObject *entry = json_array_get_object_element(list, i);
                JsonObject *after = json_member_object(entry, "after");
                g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                                       json_member_string(after, key, "?"));
        }
        return g_string_free(text, FALSE);
}

static void expect(Case *test, const char *args, const char *names)
{
        g_autoptr(JsonObject) answer =
                fixture_call(test->tools, test->fixture->human, "list_mutations", "%s", args);
        g_autofree char *found = rows_of(answer, "name");

        g_assert_cmpstr(found, ==, names);
}

static void test_both_journals_are_one_newest_first(Case *test, gconstpointer data)
{
        tag(test, test->fixture->human, "aa");
        set(test, "bb", "1");
        set(test, "cc", "1");
        tag(test, test->fixture->human, "dd");
        expect(test, "{\"limit\":4}", "dd cc bb aa");
}

static void test_pages_join_without_gap_or_repeat(Case *test, gconstpointer data)
{
        g_autoptr(GString) all = g_string_new(NULL);
        g_autofree char *after = g_strdup("");
        unsigned pages = 0;

        for (unsigned i = 0; i < 9; i++) {
                g_autofree char *name = g_strdup_printf("p%u", i);
                if (i % 3)
                        tag(test, test->fixture->agent, name);
                else
                        set(test, name, "x");
        }
        while (pages < 5) {
                g_autoptr(JsonObject) answer =
                        fixture_call(test->tools, test->fixture->human, "list_mutations",
                                     "{\"limit\":2,\"text\":\"\\\"p\",\"after\":\"%s\"}", after);
                g_autofree char *names = rows_of(answer, "name");

                g_string_append_printf(all, "%s|", names);
                pages++;
                g_free(g_steal_pointer(&after));
                after = g_strdup(json_member_string(answer, "next", NULL));
                if (!after)
                        break;
        }
        g_assert_cmpuint(pages, ==, 5); /* older entries fit the filter too */
        g_assert_true(g_str_has_prefix(all->str, "p8 p7|p6 p5|p4 p3|p2 p1|p0"));
}

/* Seen to fail: with the text of the key compared as it came. */
static void test_a_row_by_its_key(Case *test, gconstpointer data)
{
        tag(test, test->fixture->human, "one");
        tag(test, test->fixture->human, "two");
        fixture_sql(
                test->fixture->vault, test->fixture->human,
                "INSERT INTO contradiction_reviews VALUES ('ent-1', 'one', 'acknowledged', '[]',"
                " 'a', 1), ('ent-1', 'two', 'acknowledged', '[]', 'b', 1)");
        expect(test, "{\"table_name\":\"predicates\",\"row_id\":\"one\"}", "one");
        expect(test, "{\"row_id\":\"{ \\\"name\\\" : \\\"one\\\" }\"}", "one");
        expect(test,
               "{\"table_name\":\"contradiction_reviews\",\"row_id\":"
               "\"{\\\"predicate\\\": \\\"two\\\", \\\"entity_id\\\": \\\"ent-1\\\"}\"}",
               "?");
        expect(test, "{\"table_name\":\"predicates\",\"row_id\":\"{\"}", "");
        expect(test, "{\"table_name\":\"predicates\",\"row_id\":\"o\\\"ne\"}", "");
        expect(test, "{\"table_name\":\"nothing\",\"row_id\":\"one\"}", "");
}

static void test_filters(Case *test, gconstpointer data)
{
        g_autofree char *group = NULL, *args = NULL;

        tag(test, test->fixture->human, "by_human");
        tag(test, test->fixture->agent, "by_agent");
        tag(test, test->fixture->other, "by_other");
        set(test, "hundred", "100%");
        set(test, "plain", "100 x");
        expect(test, "{\"actor_kind\":\"agent\"}", "by_other by_agent");
        expect(test, "{\"connection\":\"conn-a\"}", "by_agent");
        expect(test, "{\"session\":\"sess-2\"}", "by_other");
        expect(test, "{\"table_name\":\"settings\"}", "plain hundred");
        expect(test, "{\"row_id\":\"{\\\"name\\\":\\\"by_agent\\\"}\"}", "by_agent");
        expect(test, "{\"table_name\":\"settings\",\"text\":\"100%\"}", "hundred");
        expect(test, "{\"since\":\"2990-01-01\"}", "");
        expect(test, "{\"until\":\"1990-01-01\"}", "");
        group = fixture_select(test->fixture->vault,
                               "SELECT group_id FROM mutations ORDER BY seq DESC LIMIT 1");
        args = g_strdup_printf("{\"group_id\":\"%s\"}", group);
        expect(test, args, "by_other");
}

static void test_total_is_what_can_be_counted(Case *test, gconstpointer data)
{
        g_autoptr(JsonObject) all = NULL, some = NULL;

        set(test, "a", "1");
        set(test, "b", "1");
        all = fixture_call(test->tools, test->fixture->human, "list_mutations", "{\"limit\":1}");
        some = fixture_call(test->tools, test->fixture->human, "list_mutations",
                            "{\"limit\":1,\"actor_kind\":\"human\"}");
        g_autofree char *vault =
                fixture_select(test->fixture->vault, "SELECT count(*) FROM mutations");
        g_assert_cmpint(json_member_int(all, "total", -1), ==,
                        g_ascii_strtoll(vault, NULL, 10) + 2);
        g_autofree char *human = fixture_select(
                test->fixture->vault, "SELECT count(*) FROM mutations WHERE actor_kind = 'human'");
        g_assert_cmpint(json_member_int(some, "total", -1), ==,
                        g_ascii_strtoll(human, NULL, 10) + 2);
}

/* What could be counted is counted in every way; the list of a filter alone says how many it has. Seen to fail: the
 * writes counted instead of their entries. */
static void test_totals_agree_with_the_lists(Case *test, gconstpointer data)
{
        static const char *const filters[] = {
                "\"actor_kind\":\"agent\"",
                "\"table_name\":\"predicates\"",
                "\"connection\":\"conn-a\"",
                "\"session\":\"sess-2\"",
                "\"text\":\"for a test\"",
                "\"since\":\"2000-01-01\"",
                "\"row_id\":\"{\\\"name\\\":\\\"n3\\\"}\"",
                "\"actor_kind\":\"human\",\"text\":\"n\"",
        };

        for (unsigned i = 0; i < 6; i++) {
                g_autofree char *name = g_strdup_printf("n%u", i);

                tag(test, i % 2 ? test->fixture->agent : test->fixture->other, name);
                set(test, name, "x");
        }
        fixture_sql(test->fixture->vault, test->fixture->agent,
                    "INSERT INTO predicates VALUES ('m1', 'text', 'one', 'd', 'active'),"
                    " ('m2', 'text', 'one', 'd', 'active'), ('m3', 'text', 'one', 'd', 'active')");
        for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
                g_autoptr(JsonObject) all =
                        fixture_call(test->tools, test->fixture->human, "list_mutations",
                                     "{%s,\"limit\":500}", filters[i]);
                g_autoptr(JsonObject) page =
                        fixture_call(test->tools, test->fixture->human, "list_mutations",
                                     "{%s,\"limit\":1}", filters[i]);
                unsigned count = json_array_get_length(json_member_array(all, "mutations"));

                g_test_message("%s: %u", filters[i], count);
                g_assert_cmpint(json_member_int(all, "total", -1), ==, count);
                g_assert_cmpint(json_member_int(page, "total", -1), ==, count);
        }
}

static void test_long_texts_are_cut_in_lists_only(Case *test, gconstpointer data)
{
        g_autofree char *value = g_strnfill(5000, 'x');
        g_autoptr(JsonObject) list = NULL, whole = NULL;
        JsonObject *entry;

        set(test, "long", value);
        list = fixture_call(test->tools, test->fixture->human, "list_mutations", "{\"limit\":1}");
        entry = json_array_get_object_element(json_member_array(list, "mutations"), 0);
        g_assert_cmpuint(
                strlen(json_member_string(json_member_object(entry, "after"), "value", "")), <,
                600);
        whole = fixture_call(test->tools, test->fixture->human, "get_mutation",
                             "{\"mutation_id\":\"%s\"}", json_member_string(entry, "id", NULL));
        g_assert_cmpstr(json_member_string(json_member_object(whole, "after"), "value", ""), ==,
                        value);
}

static void test_diff_names_what_changed(Case *test, gconstpointer data)
{
        g_autofree char *id = NULL;
        g_autoptr(JsonObject) entry = NULL;
        JsonArray *diff;
        JsonObject *line;

        set(test, "colour", "blue");
        fixture_sql(test->fixture->ops, test->fixture->human, "UPDATE settings SET value = 'red'");
        id = fixture_select(test->fixture->ops, "SELECT id FROM mutations WHERE op = 'update'");
        entry = fixture_call(test->tools, test->fixture->human, "get_mutation",
                             "{\"mutation_id\":\"%s\"}", id);
        diff = json_member_array(entry, "diff");
        g_assert_cmpuint(json_array_get_length(diff), ==, 1);
        line = json_array_get_object_element(diff, 0);
        g_assert_cmpstr(json_member_string(line, "field", NULL), ==, "value");
        g_assert_cmpstr(json_member_string(line, "before", NULL), ==, "blue");
        g_assert_cmpstr(json_member_string(line, "after", NULL), ==, "red");
}

static void test_bad_arguments_are_named(Case *test, gconstpointer data)
{
        const Access *human = test->fixture->human;
        g_autofree char *huge = g_strnfill(1024 * 1024, 'x');
        g_autofree char *call = g_strdup_printf("list_mutations {\"text\":\"%s\"}", huge);

        fixture_fail(test->tools, human, call, OUROBOROS_ERROR_LIMIT, "LIST_TEXT_CHARS_MAX");
        fixture_fail(test->tools, human, "list_mutations {\"limit\":501}", OUROBOROS_ERROR_LIMIT,
                     "JOURNAL_PAGE_MAX");
        fixture_fail(test->tools, human, "list_mutations {\"limit\":0}", OUROBOROS_ERROR_LIMIT,
                     "limit");
        fixture_fail(test->tools, human, "list_mutations {\"since\":\"soon\"}",
                     OUROBOROS_ERROR_INVALID, "since");
        fixture_fail(test->tools, human, "list_mutations {\"after\":\"nonsense\"}",
                     OUROBOROS_ERROR_STALE, "");
}

/* ---- cursors ---- */

/* Ids of all pages, joined; limit entries at a time. between is called after each page. */
static char *all_pages(Case *test, const char *filters, unsigned limit, void (*between)(Case *test))
{
        GString *ids = g_string_new(NULL);
        g_autofree char *after = g_strdup("");

        while (after) {
                g_autoptr(JsonObject) answer =
                        fixture_call(test->tools, test->fixture->human, "list_mutations",
                                     "{%s\"limit\":%u,\"after\":\"%s\"}", filters, limit, after);
                JsonArray *list = json_member_array(answer, "mutations");

                for (unsigned i = 0; i < json_array_get_length(list); i++)
                        g_string_append_printf(
                                ids, "%s ",
                                json_member_string(json_array_get_object_element(list, i), "id",
                                                   ""));
                g_free(after);
                after = g_strdup(json_member_string(answer, "next", NULL));
                if (between)
                        between(test);
        }
        return g_string_free(ids, FALSE);
}

static void write_more(Case *test)
{
        static unsigned number;
        g_autofree char *name = g_strdup_printf("more%u", number++);

        tag(test, test->fixture->agent, name);
        set(test, name, "x");
}

/* Seen to fail: places that begin at the end of the journal as it is then, not as it was. */
static void test_pages_stay_as_they_were_while_the_journal_grows(Case *test, gconstpointer data)
{
        static const char *const filters[] = {"", "\"actor_kind\":\"human\",", "\"text\":\"test\",",
                                              "\"table_name\":\"settings\","};

        for (unsigned i = 0; i < 5;
             i++) { /* ops has no journal yet, and nothing may come from it later */
                g_autofree char *name = g_strdup_printf("first%u", i);

                tag(test, test->fixture->human, name);
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
                g_autofree char *quiet = all_pages(test, filters[i], 2, NULL);
                g_autofree char *grown = all_pages(test, filters[i], 2, write_more);

                g_assert_cmpstr(grown, ==, quiet);
        }
}

/* ---- every filter against every entry ---- */

/* The ids that fit, by SQL that reads everything. */
static char *expected_ids(Case *test, const char *where, bool oldest_first)
{
        g_autofree char *sql = g_strdup_printf(
                "SELECT coalesce(group_concat(id, ' ') || ' ', '') FROM (SELECT id FROM mutations m "
                "WHERE %s ORDER BY seq %s)",
                where, oldest_first ? "" : "DESC");

        return fixture_select(test->fixture->vault, sql);
}

static void some_history(Case *test)
{
        Access *who[] = {test->fixture->human, test->fixture->agent, test->fixture->other,
                         test->fixture->pipeline};

        for (unsigned i = 0; i < 80; i++) {
                g_autofree char *name = g_strdup_printf("h%u", i);
                g_autofree char *alter = g_strdup_printf(
                        "UPDATE predicates SET description = 'take %u' WHERE name GLOB 'h%u*'", i,
                        (unsigned)g_test_rand_int_range(0, 9));

                tag(test, who[g_test_rand_int_range(0, 4)], name);
                fixture_sql(test->fixture->vault, who[g_test_rand_int_range(0, 4)], alter);
        }
}

/* Filters by each index and by none, alone and two by two, in both directions. Seen to fail: a write that begins before
 * the cursor's place left out, a filter missing in fits(), and one in write_fits() inverted. */
static void test_any_filters_find_what_fits(Case *test, gconstpointer data)
{
        g_autofree char *group = NULL, *time = NULL, *iso = NULL;
        g_autoptr(GPtrArray) json = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) sql = g_ptr_array_new_with_free_func(g_free);

        some_history(test);
        group = fixture_select(test->fixture->vault,
                               "SELECT group_id FROM writes ORDER BY entries DESC LIMIT 1");
        time = fixture_select(test->fixture->vault,
                              "SELECT ts FROM mutations ORDER BY seq DESC LIMIT 1 OFFSET 90");
        iso = clock_to_iso(g_ascii_strtoll(time, NULL, 10));
        const char *const filters[][2] = {
                {g_strdup("\"table_name\":\"predicates\","), g_strdup("table_name = 'predicates'")},
                {g_strdup("\"row_id\":\"{\\\"name\\\":\\\"h3\\\"}\","),
                 g_strdup("row_id = '{\"name\":\"h3\"}'")},
                {g_strdup("\"actor_kind\":\"agent\","), g_strdup("actor_kind = 'agent'")},
                {g_strdup("\"actor_kind\":\"system\","), g_strdup("actor_kind = 'system'")},
                {g_strdup("\"connection\":\"conn-a\","), g_strdup("actor_connection = 'conn-a'")},
                {g_strdup("\"session\":\"sess-2\","), g_strdup("session_id = 'sess-2'")},
                {g_strdup_printf("\"group_id\":\"%s\",", group),
                 g_strdup_printf("group_id = '%s'", group)},
                {g_strdup("\"text\":\"TAKE 3\","), g_strdup("(before || after) LIKE '%take 3%'")},
                {g_strdup_printf("\"since\":\"%s\",", iso), g_strdup_printf("ts >= %s", time)},
                {g_strdup_printf("\"until\":\"%s\",", iso), g_strdup_printf("ts <= %s", time)},
        };
        for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
                g_ptr_array_add(json, (char *)filters[i][0]);
                g_ptr_array_add(sql, (char *)filters[i][1]);
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
                for (unsigned j = i; j < G_N_ELEMENTS(filters); j++) {
                        bool up = g_test_rand_bit();
                        if (i == 2 && j == 3)
                                continue; /* the same argument twice */
                        g_autofree char *args = g_strdup_printf(
                                "%s%s\"order\":\"%s\",", filters[i][0], j == i ? "" : filters[j][0],
                                up ? "oldest" : "newest");
                        g_autofree char *where =
                                g_strdup_printf("%s AND %s", filters[i][1], filters[j][1]);
                        g_autofree char *expected = expected_ids(test, where, up);
                        g_autofree char *found =
                                all_pages(test, args, (unsigned)g_test_rand_int_range(1, 40), NULL);

                        g_test_message("%s", args);
                        g_assert_cmpstr(found, ==, expected);
                }
        }
}

/* ---- work that is cut short ---- */

static char *reel_ids(Db *db, const Filter *filter, bool oldest_first, unsigned looks)
{
        g_autoptr(GString) ids = g_string_new(NULL);
        int64_t place = REEL_START;
        bool more = true;

        while (more) {
                g_autoptr(GError) error = NULL;
                ReelOptions options = {.db = db,
                                       .filter = filter,
                                       .oldest_first = oldest_first,
                                       .place = place,
                                       .looks = looks};
                g_autoptr(Reel) reel = reel_new(&options, &error);

                g_assert_no_error(error);
                while (reel_entry(reel)) {
                        g_string_append_printf(ids, "%s ", reel_entry(reel)->id);
                        g_assert_true(reel_next(reel, &error));
                }
                more = reel_stopped(reel);
                place = reel_place(reel);
        }
        return g_string_free(g_steal_pointer(&ids), FALSE);
}

/* Seen to fail: the place left where the last entry that fitted was, which never ends. */
static void test_a_search_that_stops_is_taken_up_again(Case *test, gconstpointer data)
{
        static const Filter filters[] = {
                {.text = "take 7"},           {.connection = "conn-a"}, {.actor_kind = "system"},
                {.table = "predicates"},      {.session = "sess-2"},    {.since = 1},
                {.row = "{\"name\":\"h1\"}"}, {.text = "nowhere"},
        };
        g_autoptr(GError) error = NULL;

        some_history(test);
        g_autoptr(Db) db = store_reader(test->fixture->vault, NULL, &error);
        for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
                for (unsigned up = 0; up < 2; up++) {
                        g_autofree char *whole = reel_ids(db, &filters[i], up, 1000000);
                        g_autofree char *parts = reel_ids(db, &filters[i], up, 3);
                        g_autofree char *steps = reel_ids(db, &filters[i], up, 1);

                        g_assert_cmpstr(parts, ==, whole);
                        g_assert_cmpstr(steps, ==, whole);
                        g_assert_cmpint(*whole != '\0', ==, i + 1 < G_N_ELEMENTS(filters));
                }
        }
}

/* ---- rows ---- */

static char *claim(Case *test, const Access *access, const char *name, int year)
{
        g_autoptr(JsonObject) said = fixture_call(
                graph_tools(test->fixture->graph), access, "remember_fact",
                "{\"entity_name\":\"%s\",\"predicate\":\"published_in_year\",\"object\":%d}", name,
                year);

        return g_strdup(json_member_string(said, "group_id", NULL));
}

static char *entity_id(Case *test, const char *name)
{
        g_autofree char *sql = g_strdup_printf("SELECT id FROM entities WHERE name = '%s'", name);

        return fixture_select(test->fixture->vault, sql);
}

/* Seen to fail: OF_ENTITY without the facts that are gone. */
static void test_the_entries_of_an_entity(Case *test, gconstpointer data)
{
        g_autofree char *first = claim(test, test->fixture->human, "Acme", 1953);
        g_autofree char *second = claim(test, test->fixture->human, "Zenith", 1960);
        g_autofree char *third = claim(test, test->fixture->human, "Acme", 1954);
        g_autofree char *acme = entity_id(test, "Acme");
        g_autofree char *alias = g_strdup_printf(
                "INSERT INTO entity_aliases (entity_id, alias_key, alias) VALUES ('%s', 'acme corp', 'ACME Corp')",
                acme);
        g_autofree char *args = g_strdup_printf("\"entity_id\":\"%s\",", acme);
        g_autofree char *where =
                g_strdup_printf("instr(coalesce(before, '') || coalesce(after, ''), '%s') > 0"
                                " AND table_name <> 'predicates'",
                                acme);
        g_autofree char *found = NULL, *expected = NULL;

        fixture_sql(test->fixture->vault, test->fixture->human, alias);
        found = all_pages(test, args, 2, NULL);
        expected = expected_ids(test, where, false);
        g_assert_cmpstr(found, ==, expected);
        g_assert_cmpuint(strlen(found), >, 4 * 36);
        g_clear_pointer(&found, g_free);
        g_clear_pointer(&expected, g_free);
        fixture_sql(test->fixture->vault, test->fixture->human,
                    "DELETE FROM facts WHERE object = '1954'");
        found = all_pages(test, args, 2, NULL);
        expected = expected_ids(test, where, false);
        g_assert_cmpstr(found, ==, expected);
        fixture_fail(test->tools, test->fixture->human, "list_mutations {\"entity_id\":\"acme\"}",
                     OUROBOROS_ERROR_INVALID, "entity_id");
}

/* Each entry with its diff, in both orders. */
static void test_history_of_a_row(Case *test, gconstpointer data)
{
        static const char *const values[] = {"one two", "one three", "four three"};
        g_autoptr(JsonObject) down = NULL, up = NULL;
        JsonObject *line;
        JsonArray *list, *hunks;

        for (unsigned i = 0; i < 3; i++) {
                g_autofree char *sql = g_strdup_printf(
                        i == 0 ? "INSERT INTO settings VALUES ('k', '%s')"
                               : "UPDATE settings SET value = '%s' WHERE name = 'k'",
                        values[i]);
                fixture_sql(test->fixture->ops, test->fixture->human, sql);
                set(test, "other", values[i]);
        }
        down = fixture_call(
                test->tools, test->fixture->human, "row_history",
                "{\"table_name\":\"settings\",\"row_id\":\"{\\\"name\\\":\\\"k\\\"}\"}");
        list = json_member_array(down, "mutations");
        g_assert_cmpuint(json_array_get_length(list), ==, 3);
        g_assert_cmpint(json_member_int(down, "total", -1), ==, 3);
        line = json_array_get_object_element(
                json_member_array(json_array_get_object_element(list, 0), "diff"), 0);
        g_assert_cmpstr(json_member_string(line, "before", ""), ==, "one three");
        hunks = json_member_array(line, "hunks");
        g_assert_cmpuint(json_array_get_length(hunks), ==, 3);
        line = json_array_get_object_element(hunks, 1);
        g_assert_cmpstr(json_member_string(line, "op", ""), ==, "insert");
        g_assert_cmpstr(json_member_string(line, "text", ""), ==, "four");
        up = fixture_call(test->tools, test->fixture->human, "row_history",
                          "{\"table_name\":\"settings\",\"order\":\"oldest\",\"limit\":1,"
                          "\"row_id\":\"{\\\"name\\\":\\\"k\\\"}\"}");
        line = json_array_get_object_element(json_member_array(up, "mutations"), 0);
        g_assert_cmpstr(json_member_string(line, "op", ""), ==, "insert");
        g_assert_nonnull(json_member_string(up, "next", NULL));
}

/* ---- scope ---- */

static Access *scoped_to(const char *connection, const char *entity)
{
        const char *const ids[] = {entity, NULL};
        g_autoptr(Scope) scope = scope_new(ids);

        return access_new_agent(connection, "Scoped", "sess-s", scope);
}

static unsigned count_as(Case *test, const Access *access, const char *tool, const char *args)
{
        g_autoptr(JsonObject) answer = fixture_call(test->tools, access, tool, "%s", args);
        unsigned count = json_array_get_length(json_member_array(answer, "mutations"));

        g_assert_cmpint(json_member_int(answer, "total", -1), ==, count);
        return count;
}

static void test_scope_sees_no_journal_of_others(Case *test, gconstpointer data)
{
        g_autoptr(Access) scoped = scoped_to("conn-s", "ent-1");
        g_autofree char *id = fixture_select(test->fixture->vault, "SELECT id FROM mutations");
        g_autofree char *call = g_strdup_printf("get_mutation {\"mutation_id\":\"%s\"}", id);
        g_autofree char *undo = g_strdup_printf("revert_mutation {\"mutation_id\":\"%s\"}", id);

        g_assert_cmpuint(count_as(test, scoped, "list_mutations", "{}"), ==, 0);
        fixture_fail(test->tools, scoped, call, OUROBOROS_ERROR_NOT_FOUND, "mut-");
        fixture_fail(test->tools, scoped, undo, OUROBOROS_ERROR_NOT_FOUND, "mut-");
}

/* What the agent said of Acme before it was confined to it, and of Zenith. */
typedef struct Confined {
        char *own, *hidden, *others; /* groups */
        char *acme;
        Access *access;
} Confined;

/* A fact, written by an agent; returns the group. */
static char *observe(Case *test, const Access *access, const char *name, int year)
{
        g_autofree char *id = id_new("fact");
        g_autofree char *sql = g_strdup_printf(
                "INSERT INTO facts (id, entity_id, predicate, object, agent, observed_at, recorded_at,"
                " trust_tier) SELECT '%s', id, 'published_in_year', '%d', '%s', 1, 1, 'extracted'"
                " FROM entities WHERE name = '%s'",
                id, year, access_observer(access), name);

        fixture_sql(test->fixture->vault, access, sql);
        return fixture_select(test->fixture->vault,
                              "SELECT group_id FROM mutations ORDER BY seq DESC LIMIT 1");
}

static void confine(Case *test, Confined *ret)
{
        g_autofree char *acme = claim(test, test->fixture->human, "Acme", 1950);
        g_autofree char *zenith = claim(test, test->fixture->human, "Zenith", 1950);

        ret->own = observe(test, test->fixture->agent, "Acme", 1953);
        ret->hidden = observe(test, test->fixture->agent, "Zenith", 1960);
        ret->others = observe(test, test->fixture->other, "Acme", 1955);
        ret->acme = entity_id(test, "Acme");
        ret->access = scoped_to("conn-a", ret->acme);
}

static void confined_clear(Confined *confined)
{
        g_free(confined->own);
        g_free(confined->hidden);
        g_free(confined->others);
        g_free(confined->acme);
        access_unref(confined->access);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Confined, confined_clear)

/* Seen to fail: without the check of rows, without the one of connections, and in get_mutation without either. */
static void test_scope_sees_its_own_writes_about_visible_rows(Case *test, gconstpointer data)
{
        g_auto(Confined) confined = {0};
        g_autofree char *where = NULL, *args = NULL, *ids = NULL, *found = NULL;
        g_auto(GStrv) list = NULL;

        confine(test, &confined);
        where = g_strdup_printf("group_id = '%s' AND table_name = 'facts'", confined.own);
        ids = expected_ids(test, where, false);
        g_assert_cmpuint(
                count_as(test, confined.access, "list_mutations", "{\"table_name\":\"facts\"}"), >,
                0);
        list = g_strsplit(g_strchomp(ids), " ", -1);
        for (char **id = list; *id; id++) {
                g_autoptr(JsonObject) entry =
                        fixture_call(test->tools, confined.access, "get_mutation",
                                     "{\"mutation_id\":\"%s\"}", *id);
                g_assert_cmpstr(json_member_string(entry, "group_id", ""), ==, confined.own);
        }
}

/* Asking for what is another's by each of the arguments. */
static void test_scope_is_not_got_round(Case *test, gconstpointer data)
{
        g_auto(Confined) confined = {0};
        g_autofree char *sql = NULL, *fact = NULL;

        confine(test, &confined);
        sql = g_strdup_printf("SELECT json_extract(row_id, '$.id') FROM mutations WHERE group_id = "
                              "'%s' AND table_name = 'facts' AND op = 'insert'",
                              confined.others);
        fact = fixture_select(test->fixture->vault, sql);
        g_autofree char *hidden = entity_id(test, "Zenith");
        char *attacks[] = {
                g_strdup("{\"connection\":\"conn-b\"}"),
                g_strdup("{\"actor_kind\":\"human\"}"),
                g_strdup("{\"session\":\"sess-2\"}"),
                g_strdup_printf("{\"group_id\":\"%s\"}", confined.others),
                g_strdup_printf("{\"group_id\":\"%s\"}", confined.hidden),
                g_strdup_printf("{\"row_id\":\"%s\"}", fact),
                g_strdup_printf("{\"row_id\":\"%s\"}", hidden),
                g_strdup_printf("{\"entity_id\":\"%s\"}", hidden),
                g_strdup("{\"text\":\"1960\"}"),
                g_strdup("{\"table_name\":\"settings\"}"),
                g_strdup("{\"table_name\":\"fact_supersedes\"}"),
        };
        for (unsigned i = 0; i < G_N_ELEMENTS(attacks); i++) {
                g_test_message("%s", attacks[i]);
                g_assert_cmpuint(count_as(test, confined.access, "list_mutations", attacks[i]), ==,
                                 0);
                g_free(attacks[i]);
        }
        g_autofree char *theirs =
                g_strdup_printf("SELECT group_concat(id, ' ') FROM mutations WHERE "
                                "group_id IN ('%s', '%s')",
                                confined.others, confined.hidden);
        g_autofree char *ids = fixture_select(test->fixture->vault, theirs);
        g_auto(GStrv) list = g_strsplit(ids, " ", -1);
        for (char **id = list; *id; id++) {
                g_autofree char *call =
                        g_strdup_printf("get_mutation {\"mutation_id\":\"%s\"}", *id);

                fixture_fail(test->tools, confined.access, call, OUROBOROS_ERROR_NOT_FOUND, *id);
        }
}

#define ADD(name, function)                                                                        \
        g_test_add("/journal/list/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        seed_test_init(argc, argv);
        ADD("both-journals-are-one-newest-first", test_both_journals_are_one_newest_first);
        ADD("pages-join-without-gap-or-repeat", test_pages_join_without_gap_or_repeat);
        ADD("filters", test_filters);
        ADD("a-row-by-its-key", test_a_row_by_its_key);
        ADD("total-is-what-can-be-counted", test_total_is_what_can_be_counted);
        ADD("long-texts-are-cut-in-lists-only", test_long_texts_are_cut_in_lists_only);
        ADD("diff-names-what-changed", test_diff_names_what_changed);
        ADD("bad-arguments-are-named", test_bad_arguments_are_named);
        ADD("totals-agree-with-the-lists", test_totals_agree_with_the_lists);
        ADD("pages-stay-as-they-were-while-the-journal-grows",
            test_pages_stay_as_they_were_while_the_journal_grows);
        ADD("any-filters-find-what-fits", test_any_filters_find_what_fits);
        ADD("a-search-that-stops-is-taken-up-again", test_a_search_that_stops_is_taken_up_again);
        ADD("the-entries-of-an-entity", test_the_entries_of_an_entity);
        ADD("history-of-a-row", test_history_of_a_row);
        ADD("scope-sees-no-journal-of-others", test_scope_sees_no_journal_of_others);
        ADD("scope-sees-its-own-writes-about-visible-rows",
            test_scope_sees_its_own_writes_about_visible_rows);
        ADD("scope-is-not-got-round", test_scope_is_not_got_round);
        return g_test_run();
}
