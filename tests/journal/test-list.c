/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing both journals as one, in pages and by filters. Seen to fail with the two merged by turns instead
 * of by time, with a cursor of the vault alone, and with LIKE's wildcards taken as such. */
#include <string.h>

#include "graph/fixture.h"
#include "journal/journal.h"

typedef struct Case {
        Fixture *fixture;
        Journal *journal;
        ToolTable tools;
} Case;

static void case_up(Case *test, gconstpointer data)
{
        test->fixture = fixture_new();
        test->journal = journal_new(test->fixture->vault, test->fixture->ops);
        test->tools = journal_tools(test->journal);
}

static void case_down(Case *test, gconstpointer data)
{
        journal_free(test->journal);
        fixture_free(test->fixture);
}

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
        g_assert_true(json_object_get_null_member(some, "total"));
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

static void test_scope_sees_no_journal(Case *test, gconstpointer data)
{
        const char *const ids[] = {"ent-1", NULL};
        g_autoptr(Scope) scope = scope_new(ids);
        g_autoptr(Access) scoped = access_new_agent("conn-s", "Scoped", NULL, scope);
        g_autofree char *id = fixture_select(test->fixture->vault, "SELECT id FROM mutations");
        g_autofree char *call = g_strdup_printf("get_mutation {\"mutation_id\":\"%s\"}", id);
        g_autofree char *undo = g_strdup_printf("revert_mutation {\"mutation_id\":\"%s\"}", id);
        g_autoptr(JsonObject) list = fixture_call(test->tools, scoped, "list_mutations", "{}");

        g_assert_cmpuint(json_array_get_length(json_member_array(list, "mutations")), ==, 0);
        fixture_fail(test->tools, scoped, call, OUROBOROS_ERROR_NOT_FOUND, "mut-");
        fixture_fail(test->tools, scoped, undo, OUROBOROS_ERROR_NOT_FOUND, "mut-");
}

#define ADD(name, function)                                                                        \
        g_test_add("/journal/list/" name, Case, NULL, case_up, function, case_down)

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        ADD("both-journals-are-one-newest-first", test_both_journals_are_one_newest_first);
        ADD("pages-join-without-gap-or-repeat", test_pages_join_without_gap_or_repeat);
        ADD("filters", test_filters);
        ADD("total-is-what-can-be-counted", test_total_is_what_can_be_counted);
        ADD("long-texts-are-cut-in-lists-only", test_long_texts_are_cut_in_lists_only);
        ADD("diff-names-what-changed", test_diff_names_what_changed);
        ADD("bad-arguments-are-named", test_bad_arguments_are_named);
        ADD("scope-sees-no-journal", test_scope_sees_no_journal);
        return g_test_run();
}
