/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people do with connections, and where bearers are and are not.
 * Seen to fail: with names compared letter by letter, with links followed, with folders left open to others, with a file that
 * fails ignored, with files left after a revocation, with old bearers kept, with a bearer's prefix in a log line, with tools
 * that nobody knows let through. */
#include <sys/stat.h>

#include "gate/fixture.h"
#include "gate/mint.h"
#include "journal/journal.h"

/* ---- names ---- */

static void test_a_name_is_what_people_take_for_it(Fixture *fixture, const void *data)
{
        g_autofree char *first = mint(fixture, "{'name':'  Łódź  coder '}");

        assert_reads(fixture->ops, "SELECT name FROM connections", "Łódź  coder");
        call_fails(fixture, "mint_connection", "{'name':'lodz CODER'}", OUROBOROS_ERROR_CONFLICT,
                   first);
        /* composed however it comes */
        g_autofree char *second = mint(fixture, "{'name':'Cafe\xcc\x81'}");
        g_autofree char *sql =
                g_strdup_printf("SELECT name FROM connections WHERE id = '%s'", second);
        assert_reads(fixture->ops, sql, "Caf\xc3\xa9");
        /* who is gone has left his name */
        g_autoptr(JsonObject) revoked =
                call_on(fixture, "revoke_connection", "{'connection_id':'%s'}", first);
        g_autofree char *third = mint(fixture, "{'name':'Lodz coder'}");
        g_assert_cmpstr(first, !=, third);
}

static void test_a_bad_name_is_refused(Fixture *fixture, const void *data)
{
        g_autofree char *longest = g_strnfill(CONNECTION_NAME_CHARS_MAX + 1, 'x');
        g_autofree char *args = g_strdup_printf("{'name':'%s'}", longest);

        call_fails(fixture, "mint_connection", args, OUROBOROS_ERROR_LIMIT,
                   "CONNECTION_NAME_CHARS_MAX");
        call_fails(fixture, "mint_connection", "{'name':'   '}", OUROBOROS_ERROR_INVALID, "name");
        call_fails(fixture, "mint_connection", "{'name':'a\xe2\x80\xae z'}",
                   OUROBOROS_ERROR_INVALID, "formatting");
        call_fails(fixture, "mint_connection", "{'name':'a\\nb'}", OUROBOROS_ERROR_INVALID,
                   "control");
        call_fails(fixture, "mint_connection", "{'name':'...'}", OUROBOROS_ERROR_INVALID, "name");
}

static void test_the_journal_keeps_old_names(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Coder'}");
        g_autoptr(Access) before = fixture_access(fixture, id, "sess-1");
        g_autofree char *one = g_strdup_printf(
                "UPDATE connection_listings SET listing = 'full' WHERE connection_id = '%s'", id);
        g_autofree char *two = g_strdup_printf(
                "UPDATE connection_listings SET listing = 'essential' WHERE connection_id = '%s'",
                id);
        g_autoptr(GError) error = NULL;

        try_sql(fixture->ops, access_actor(before), one, &error);
        g_assert_no_error(error);
        g_autoptr(JsonObject) renamed =
                call_on(fixture, "rename_connection", "{'connection_id':'%s','name':'Critic'}", id);
        g_autoptr(Access) after = fixture_access(fixture, id, "sess-1");
        g_assert_cmpstr(access_actor(after)->name, ==, "Critic");
        try_sql(fixture->ops, access_actor(after), two, &error);
        g_assert_no_error(error);
        assert_reads(fixture->ops,
                     "SELECT group_concat(actor_name) FROM (SELECT actor_name FROM mutations"
                     " WHERE actor_kind = 'agent' ORDER BY seq)",
                     "Coder,Critic");
}

/* ---- terms ---- */

static void test_terms_that_make_no_sense_are_refused(Fixture *fixture, const void *data)
{
        call_fails(fixture, "mint_connection", "{'name':'A','profile':'custom'}",
                   OUROBOROS_ERROR_INVALID, "needs tools");
        call_fails(fixture, "mint_connection", "{'name':'A','tools':['whoami']}",
                   OUROBOROS_ERROR_INVALID, "custom");
        call_fails(fixture, "mint_connection",
                   "{'name':'A','profile':'custom','tools':['no tool']}", OUROBOROS_ERROR_INVALID,
                   "no tool");
        call_fails(fixture, "mint_connection", "{'name':'A','expires':'2001-01-01'}",
                   OUROBOROS_ERROR_INVALID, "time to come");
        call_fails(fixture, "mint_connection", "{'name':'A','listing':'some'}",
                   OUROBOROS_ERROR_INVALID, "needs listed");
        call_fails(fixture, "mint_connection", "{'name':'A','calls_per_day':-1}",
                   OUROBOROS_ERROR_INVALID, "calls_per_day");
        assert_reads(fixture->ops, "SELECT count(*) FROM connections", "0");
}

static bool knows(const char *name, void *data)
{
        return g_str_equal(name, "whoami");
}

static void test_tools_that_there_are_not_are_refused(Fixture *fixture, const void *data)
{
        gate_set_tools(fixture->gate, knows, NULL);
        call_fails(fixture, "mint_connection",
                   "{'name':'A','profile':'custom','tools':['whoami','who_am_i']}",
                   OUROBOROS_ERROR_NOT_FOUND, "who_am_i");
        call_fails(fixture, "mint_connection", "{'name':'A','listing':'some','listed':['whomai']}",
                   OUROBOROS_ERROR_NOT_FOUND, "whomai");
        call_fails(fixture, "request_connection",
                   "{'name':'A','profile':'custom','tools':['who_am_i']}",
                   OUROBOROS_ERROR_NOT_FOUND, "who_am_i");
        g_free(mint(fixture, "{'name':'A','profile':'custom','tools':['whoami']}"));
}

static void test_a_scope_names_entities_as_people_do(Fixture *fixture, const void *data)
{
        add_entity(fixture, ENT("1"), "Heron");
        add_entity(fixture, ENT("2"), "Egret");
        must_sql(fixture, fixture->vault,
                 "INSERT INTO entity_aliases (entity_id, alias_key, alias) VALUES ('" ENT(
                         "2") "', 'whitebird', 'Whitebird')");
        must_sql(fixture, fixture->vault,
                 "INSERT INTO entities (id, name, name_key, type, created_at) VALUES"
                 " ('" ENT("3") "', 'Heron', 'heron', 'person', 1)");
        call_fails(fixture, "mint_connection", "{'name':'A','entities':['Stork']}",
                   OUROBOROS_ERROR_NOT_FOUND, "Stork");
        call_fails(fixture, "mint_connection", "{'name':'A','entities':['" ENT("9") "']}",
                   OUROBOROS_ERROR_NOT_FOUND, ENT("9"));
        call_fails(fixture, "mint_connection", "{'name':'A','entities':['Heron']}",
                   OUROBOROS_ERROR_INVALID, ENT("3"));
        g_autofree char *id =
                mint(fixture, "{'name':'A','entities':['" ENT("1") "','WHITEBIRD','egret']}");
        g_autoptr(JsonObject) shown =
                call_on(fixture, "get_connection", "{'connection_id':'%s'}", id);
        g_assert_cmpuint(json_array_get_length(json_member_array(shown, "entities")), ==, 2);
        g_assert_cmpint(json_member_int(shown, "entity_count", 0), ==, 2);
}

static void test_terms_change_one_by_one(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'A','calls_per_day':5,'observer':true}");
        g_autoptr(JsonObject) changed =
                call_on(fixture, "set_connection_terms",
                        "{'connection_id':'%s','profile':'custom','tools':['whoami']}", id);

        g_assert_cmpint(json_member_int(changed, "calls_per_day", 0), ==, 5);
        g_assert_true(json_member_bool(changed, "observer", false));
        g_assert_cmpstr(json_member_string(changed, "profile", NULL), ==, "custom");
        g_autoptr(JsonObject) back = call_on(fixture, "set_connection_terms",
                                             "{'connection_id':'%s','profile':'full'}", id);
        g_assert_null(json_member_array(back, "tools"));
}

static void test_who_is_gone_is_not_changed(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'A'}");
        g_autofree char *args = g_strdup_printf("{'connection_id':'%s'}", id);
        g_autofree char *name = g_strdup_printf("{'connection_id':'%s','name':'B'}", id);

        g_autoptr(JsonObject) revoked = call(fixture, "revoke_connection", args);
        g_assert_cmpstr(json_member_string(revoked, "state", NULL), ==, "revoked");
        call_fails(fixture, "revoke_connection", args, OUROBOROS_ERROR_CONFLICT, "revoked");
        call_fails(fixture, "rename_connection", name, OUROBOROS_ERROR_CONFLICT, "revoked");
        call_fails(fixture, "rotate_bearer", args, OUROBOROS_ERROR_CONFLICT, "revoked");
        call_fails(fixture, "get_connection",
                   "{'connection_id':'conn-00000000000000000000000000000000'}",
                   OUROBOROS_ERROR_NOT_FOUND, "conn-0");
}

static void test_connections_are_listed_in_pages(Fixture *fixture, const void *data)
{
        g_autofree char *a = mint(fixture, "{'name':'A'}");
        g_autofree char *b = mint(fixture, "{'name':'B'}");
        g_autofree char *c = mint(fixture, "{'name':'C'}");
        g_autoptr(JsonObject) page =
                call(fixture, "list_connections", "{'state':'active','limit':2}");
        g_autofree char *next = g_strdup_printf("{'state':'active','limit':2,'after':'%s'}",
                                                json_member_string(page, "next", NULL));
        g_autoptr(JsonObject) rest = call(fixture, "list_connections", next);
        JsonArray *rows = json_member_array(page, "connections");

        g_assert_cmpuint(json_array_get_length(rows), ==, 2);
        g_assert_cmpstr(json_member_string(json_array_get_object_element(rows, 0), "name", NULL),
                        ==, "C");
        rows = json_member_array(rest, "connections");
        g_assert_cmpuint(json_array_get_length(rows), ==, 1);
        g_assert_cmpstr(json_member_string(json_array_get_object_element(rows, 0), "name", NULL),
                        ==, "A");
}

/* ---- the journal ---- */

static void revert_last(Fixture *fixture)
{
        g_autoptr(Journal) journal = journal_new(fixture->vault, fixture->ops);
        ToolTable table = journal_tools(journal);
        const Tool *tool = table.tools;
        g_autofree char *group =
                read_text(fixture->ops, NULL, "SELECT group_id FROM mutations ORDER BY seq DESC");
        g_autofree char *text = g_strdup_printf("{'group_id':'%s'}", group);
        g_autoptr(JsonObject) args = fixture_args(text);
        g_autoptr(GError) error = NULL;

        while (!g_str_equal(tool->name, "revert_group"))
                tool++;
        g_autoptr(JsonObject) answer = tool->handler(journal, fixture->human, args, &error);
        g_assert_no_error(error);
        fixture_turn(fixture);
}

static void test_a_revocation_is_taken_back(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'A'}");
        g_autofree char *bearer = bearer_of(fixture, id);
        g_autofree char *path = bearer_path(&fixture->paths, id);

        g_autoptr(JsonObject) revoked =
                call_on(fixture, "revoke_connection", "{'connection_id':'%s'}", id);
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
        g_free(is_refused(fixture, bearer, "p", OUROBOROS_ERROR_DENIED));
        revert_last(fixture);
        is_let_in(fixture, bearer);
        /* and its agent finds a bearer again, once it is given one */
        g_autoptr(JsonObject) rotated =
                call_on(fixture, "rotate_bearer", "{'connection_id':'%s'}", id);
        g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
        g_free(is_refused(fixture, bearer, "p", OUROBOROS_ERROR_DENIED));
        g_autofree char *anew = bearer_of(fixture, id);
        is_let_in(fixture, anew);
}

static void test_a_mint_is_taken_back(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'A','entities':[]}");
        g_autofree char *bearer = bearer_of(fixture, id);
        g_autofree char *path = bearer_path(&fixture->paths, id);

        fixture_turn(fixture);
        revert_last(fixture);
        g_free(is_refused(fixture, bearer, "p", OUROBOROS_ERROR_DENIED));
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* ---- files ---- */

static void test_a_bearer_file_is_its_owners_alone(Fixture *fixture, const void *data)
{
        mode_t mask = umask(0);
        g_autofree char *id = mint(fixture, "{'name':'A'}");
        g_autofree char *path = bearer_path(&fixture->paths, id);
        g_autofree char *folder = g_path_get_dirname(path);
        struct stat status;

        umask(mask);
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 07777, ==, 0600);
        g_assert_cmpint(stat(folder, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 07777, ==, 0700);
        /* a folder that was opened to others is closed again */
        g_assert_cmpint(chmod(folder, 0755), ==, 0);
        g_autofree char *other = mint(fixture, "{'name':'B'}");
        g_assert_cmpint(stat(folder, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 07777, ==, 0700);
}

static void test_no_bearer_goes_where_a_link_leads(Fixture *fixture, const void *data)
{
        g_autofree char *folder = g_build_filename(fixture->folder, "bearers", NULL);
        g_autofree char *elsewhere = g_build_filename(fixture->folder, "elsewhere", NULL);
        g_autofree char *victim = g_build_filename(fixture->folder, "victim", NULL);

        g_assert_cmpint(g_mkdir(elsewhere, 0700), ==, 0);
        g_assert_cmpint(symlink(elsewhere, folder), ==, 0);
        call_fails(fixture, "mint_connection", "{'name':'A'}", OUROBOROS_ERROR_DENIED, "bearers");
        assert_reads(fixture->ops, "SELECT count(*) FROM connections", "0");
        g_assert_cmpint(unlink(folder), ==, 0);
        g_autofree char *id = mint(fixture, "{'name':'A'}");
        g_autofree char *path = bearer_path(&fixture->paths, id);
        /* a link in the place of the file is replaced, not followed */
        g_assert_true(g_file_set_contents(victim, "kept", -1, NULL));
        g_assert_cmpint(unlink(path), ==, 0);
        g_assert_cmpint(symlink(victim, path), ==, 0);
        g_autoptr(JsonObject) rotated =
                call_on(fixture, "rotate_bearer", "{'connection_id':'%s'}", id);
        g_autofree char *kept = NULL;
        g_assert_true(g_file_get_contents(victim, &kept, NULL, NULL));
        g_assert_cmpstr(kept, ==, "kept");
        g_assert_false(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
}

static void test_without_its_file_there_is_no_connection(Fixture *fixture, const void *data)
{
        g_autofree char *folder = g_build_filename(fixture->folder, "bearers", NULL);

        g_assert_true(g_file_set_contents(folder, "in the way", -1, NULL));
        call_fails(fixture, "mint_connection", "{'name':'A'}", OUROBOROS_ERROR_DENIED, "folder");
        assert_reads(fixture->ops, "SELECT count(*) FROM connections", "0");
        assert_reads(fixture->ops, "SELECT count(*) FROM bearers", "0");
        g_assert_cmpint(unlink(folder), ==, 0);
        g_autofree char *id = mint(fixture, "{'name':'A'}");
        g_autofree char *bearer = bearer_of(fixture, id);
        is_let_in(fixture, bearer);
}

static void test_a_name_that_is_taken_leaves_no_file(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'A'}");
        g_autoptr(GError) error = NULL;

        call_fails(fixture, "mint_connection", "{'name':'A'}", OUROBOROS_ERROR_CONFLICT, "A");
        g_auto(GStrv) files = bearer_list(&fixture->paths, &error);
        g_assert_cmpuint(g_strv_length(files), ==, 1);
        g_assert_cmpstr(files[0], ==, id);
}

static void test_a_start_tidies_up(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'A'}");
        g_autofree char *stray = g_build_filename(fixture->folder, "bearers",
                                                  "conn-00000000000000000000000000000000", NULL);
        g_autofree char *path = bearer_path(&fixture->paths, id);

        g_assert_true(g_file_set_contents(stray, "x", -1, NULL));
        fixture_close(fixture);
        fixture_open(fixture);
        g_assert_false(g_file_test(stray, G_FILE_TEST_EXISTS));
        g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* ---- where bearers are not ---- */

static void assert_nowhere(Store *store, const char *table, const char *bearer)
{
        g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", table);
        g_autoptr(GError) error = NULL;
        g_autoptr(Db) db = store_reader(store, NULL, &error);
        Statement *rows = db_statement(db, sql, &error);

        g_assert_no_error(error);
        while (statement_step(rows, &error) == STEP_ROW)
                for (int i = 0; i < statement_columns(rows); i++) {
                        const char *text = statement_text(rows, i);

                        if (text && strstr(text, bearer))
                                g_error("%s has the bearer", table);
                }
        g_assert_no_error(error);
}

static void assert_in_no_file(const char *folder, const char *bearer)
{
        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
        const char *name;

        while ((name = g_dir_read_name(dir))) {
                g_autofree char *path = g_build_filename(folder, name, NULL);
                g_autofree char *text = NULL;
                gsize size;

                if (g_file_get_contents(path, &text, &size, NULL))
                        g_assert_null(memmem(text, size, bearer, strlen(bearer)));
        }
}

static void test_no_bearer_is_in_any_table_or_answer(Fixture *fixture, const void *data)
{
        static const char *const tables[] = {
                "connections", "connection_entities", "bearers", "connection_listings", "mutations",
                "writes",      "approvals",           "reads"};
        g_autoptr(JsonObject) minted = call(fixture, "mint_connection", "{'name':'A'}");
        const char *id = json_member_string(minted, "connection_id", NULL);
        g_autofree char *first = bearer_of(fixture, id);
        g_autoptr(JsonObject) rotated =
                call_on(fixture, "rotate_bearer", "{'connection_id':'%s'}", id);
        g_autofree char *second = bearer_of(fixture, id);
        g_autoptr(JsonObject) shown =
                call_on(fixture, "get_connection", "{'connection_id':'%s'}", id);
        g_autofree char *one = json_print_object(minted), *two = json_print_object(rotated);
        g_autofree char *three = json_print_object(shown);

        /* the 43 characters without the prefix, wherever they may be */
        const char *secrets[] = {first + strlen(BEARER_PREFIX), second + strlen(BEARER_PREFIX)};
        g_assert_cmpstr(first, !=, second);
        for (unsigned s = 0; s < G_N_ELEMENTS(secrets); s++) {
                for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
                        assert_nowhere(fixture->ops, tables[i], secrets[s]);
                g_assert_null(strstr(one, secrets[s]));
                g_assert_null(strstr(two, secrets[s]));
                g_assert_null(strstr(three, secrets[s]));
        }
        fixture_close(fixture);
        assert_in_no_file(fixture->folder, secrets[0]);
        assert_in_no_file(fixture->folder, secrets[1]);
        fixture_open(fixture);
}

static void test_no_bearer_is_in_the_log(Fixture *fixture, const void *data)
{
        if (g_test_subprocess()) {
                g_autofree char *id = mint(fixture, "{'name':'A'}");
                g_autofree char *bearer = bearer_of(fixture, id);
                g_autoptr(JsonObject) rotated =
                        call_on(fixture, "rotate_bearer", "{'connection_id':'%s'}", id);
                g_autofree char *anew = bearer_of(fixture, id);

                g_free(is_refused(fixture, bearer, "p", OUROBOROS_ERROR_DENIED));
                is_let_in(fixture, anew);
                g_autoptr(JsonObject) revoked =
                        call_on(fixture, "revoke_connection", "{'connection_id':'%s'}", id);
                g_free(is_refused(fixture, anew, "p", OUROBOROS_ERROR_DENIED));
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("*revoked*");
        g_test_trap_assert_stderr_unmatched("*" BEARER_PREFIX "*");
}

/* ---- configuration of clients ---- */

static void test_a_configuration_says_where_the_bearer_is(Fixture *fixture, const void *data)
{
        static const struct {
                const char *client, *transport, *says;
        } cases[] = {
                {"claude-code", "stdio", "\"ouroborosctl\""},
                {"claude-code", "http", "headersHelper"},
                {"codex", "stdio", "args = [\"mcp\", \"--connection\", \"conn-"},
                {"codex", "http", "bearer_token_env_var = \"OUROBOROS_BEARER\""},
                {"cursor", "stdio", "mcpServers"},
                {"cursor", "http", "Bearer ${env:OUROBOROS_BEARER}"},
                {"generic", "stdio", "--connection"},
                {"generic", "http", "http://127.0.0.1:9999/mcp"},
        };
        g_autofree char *id = mint(fixture, "{'name':'A'}");
        g_autofree char *bearer = bearer_of(fixture, id);

        gate_set_address(fixture->gate, "http://127.0.0.1:9999");
        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *args =
                        g_strdup_printf("{'connection_id':'%s','client':'%s','transport':'%s'}", id,
                                        cases[i].client, cases[i].transport);
                g_autoptr(JsonObject) answer = call(fixture, "connection_config", args);
                g_autofree char *whole = json_print_object(answer);

                g_assert_nonnull(strstr(json_member_string(answer, "text", ""), cases[i].says));
                g_assert_null(strstr(whole, bearer));
        }
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/gate/mint/a-name-is-what-people-take-for-it",
                     test_a_name_is_what_people_take_for_it);
        FIXTURE_TEST("/gate/mint/a-bad-name-is-refused", test_a_bad_name_is_refused);
        FIXTURE_TEST("/gate/mint/the-journal-keeps-old-names", test_the_journal_keeps_old_names);
        FIXTURE_TEST("/gate/mint/terms-that-make-no-sense-are-refused",
                     test_terms_that_make_no_sense_are_refused);
        FIXTURE_TEST("/gate/mint/tools-that-there-are-not-are-refused",
                     test_tools_that_there_are_not_are_refused);
        FIXTURE_TEST("/gate/mint/a-scope-names-entities-as-people-do",
                     test_a_scope_names_entities_as_people_do);
        FIXTURE_TEST("/gate/mint/terms-change-one-by-one", test_terms_change_one_by_one);
        FIXTURE_TEST("/gate/mint/who-is-gone-is-not-changed", test_who_is_gone_is_not_changed);
        FIXTURE_TEST("/gate/mint/connections-are-listed-in-pages",
                     test_connections_are_listed_in_pages);
        FIXTURE_TEST("/gate/mint/a-revocation-is-taken-back", test_a_revocation_is_taken_back);
        FIXTURE_TEST("/gate/mint/a-mint-is-taken-back", test_a_mint_is_taken_back);
        FIXTURE_TEST("/gate/mint/a-bearer-file-is-its-owners-alone",
                     test_a_bearer_file_is_its_owners_alone);
        FIXTURE_TEST("/gate/mint/no-bearer-goes-where-a-link-leads",
                     test_no_bearer_goes_where_a_link_leads);
        FIXTURE_TEST("/gate/mint/without-its-file-there-is-no-connection",
                     test_without_its_file_there_is_no_connection);
        FIXTURE_TEST("/gate/mint/a-name-that-is-taken-leaves-no-file",
                     test_a_name_that_is_taken_leaves_no_file);
        FIXTURE_TEST("/gate/mint/a-start-tidies-up", test_a_start_tidies_up);
        FIXTURE_TEST("/gate/mint/no-bearer-is-in-any-table-or-answer",
                     test_no_bearer_is_in_any_table_or_answer);
        FIXTURE_TEST("/gate/mint/no-bearer-is-in-the-log", test_no_bearer_is_in_the_log);
        FIXTURE_TEST("/gate/mint/a-configuration-says-where-the-bearer-is",
                     test_a_configuration_says_where_the_bearer_is);
        return g_test_run();
}
