/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is let in, and that what the human changes holds from the next call on.
 * Seen to fail: with nothing published after a commit, with the state of the bearer or of its connection not looked at, with
 * guesses counted before good bearers are looked for, with a scope of nothing read as everything, with words that tell what was
 * wrong with a bearer. */
#include "gate/fixture.h"

static void test_a_minted_connection_is_let_in(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Coder'}");
        g_autofree char *bearer = bearer_of(fixture, id);
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint(strlen(bearer), ==, 48);
        g_assert_true(g_str_has_prefix(bearer, BEARER_PREFIX));
        g_autoptr(Connection) connection =
                gate_authenticate(fixture->gate, bearer, "127.0.0.1", &error);
        g_assert_no_error(error);
        g_assert_cmpstr(connection_id(connection), ==, id);
        g_assert_cmpstr(connection_terms(connection)->name, ==, "Coder");
        g_assert_cmpint(connection_terms(connection)->profile, ==, PROFILE_FULL);
        g_assert_null(connection_scope(connection));
        g_assert_cmpint(strlen(connection_short(connection)), ==, 8);
        g_assert_true(g_str_has_prefix(id + strlen("conn-") + 12, connection_short(connection)));
}

static void test_what_is_wrong_with_a_bearer_is_not_told(Fixture *fixture, const void *data)
{
        g_autofree char *revoked = mint(fixture, "{'name':'One'}");
        g_autofree char *expired = mint(fixture, "{'name':'Two'}");
        g_autofree char *first = bearer_of(fixture, revoked);
        g_autofree char *second = bearer_of(fixture, expired);
        g_autofree char *sql =
                g_strdup_printf("UPDATE connections SET expires_at = 5 WHERE id = '%s'", expired);

        g_autoptr(JsonObject) answer =
                call_on(fixture, "revoke_connection", "{'connection_id':'%s'}", revoked);
        must_sql(fixture, fixture->ops, sql);
        fixture_turn(fixture);
        g_autofree char *a = is_refused(fixture, first, "1", OUROBOROS_ERROR_DENIED);
        g_autofree char *b = is_refused(fixture, second, "2", OUROBOROS_ERROR_DENIED);
        g_autofree char *c = is_refused(fixture, "ouro_nonsense", "3", OUROBOROS_ERROR_DENIED);
        g_autofree char *d = is_refused(fixture, "", "4", OUROBOROS_ERROR_DENIED);
        g_assert_cmpstr(a, ==, b);
        g_assert_cmpstr(a, ==, c);
        g_assert_cmpstr(a, ==, d);
}

/* The child's standard error is the log. */
static void test_the_log_tells_what_was_wrong(Fixture *fixture, const void *data)
{
        if (g_test_subprocess()) {
                g_autofree char *id = mint(fixture, "{'name':'One'}");
                g_autofree char *gone = mint(fixture, "{'name':'Two'}");
                g_autofree char *bearer = bearer_of(fixture, id);
                g_autofree char *old = bearer_of(fixture, gone);
                g_autoptr(JsonObject) answer =
                        call_on(fixture, "revoke_connection", "{'connection_id':'%s'}", id);
                g_autofree char *sql = g_strdup_printf(
                        "UPDATE connections SET expires_at = 5 WHERE id = '%s'", gone);

                must_sql(fixture, fixture->ops, sql);
                fixture_turn(fixture);
                g_autofree char *a = is_refused(fixture, bearer, "p", OUROBOROS_ERROR_DENIED);
                g_autofree char *b = is_refused(fixture, "ouro_x", "p", OUROBOROS_ERROR_DENIED);
                g_autofree char *c = is_refused(fixture, old, "p", OUROBOROS_ERROR_DENIED);
                return;
        }
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("*is revoked*is unknown*is expired*");
        g_test_trap_assert_stderr_unmatched("*ouro_*");
}

static void test_guessing_is_limited_and_locks_nobody_out(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Honest'}");
        g_autofree char *bearer = bearer_of(fixture, id);

        for (unsigned i = 0; i < GATE_GUESSES_MAX; i++)
                g_free(is_refused(fixture, "ouro_guess", "127.0.0.1", OUROBOROS_ERROR_DENIED));
        g_autofree char *words =
                is_refused(fixture, "ouro_guess", "127.0.0.1", OUROBOROS_ERROR_LIMIT);
        g_assert_nonnull(strstr(words, "GATE_GUESSES_MAX"));
        is_let_in(fixture, bearer);
        g_free(is_refused(fixture, "ouro_guess", "::1", OUROBOROS_ERROR_DENIED));
}

static void test_a_change_of_scope_holds_for_the_next_call(Fixture *fixture, const void *data)
{
        add_entity(fixture, ENT("1"), "Heron");
        add_entity(fixture, ENT("2"), "Egret");
        g_autofree char *id = mint(fixture, "{'name':'Reader','entities':['heron']}");
        g_autoptr(Access) before = fixture_access(fixture, id, "sess-1");

        g_assert_true(scope_allows(access_scope(before), ENT("1")));
        g_assert_false(scope_allows(access_scope(before), ENT("2")));
        g_autoptr(JsonObject) answer =
                call_on(fixture, "set_connection_scope",
                        "{'connection_id':'%s','entities':['" ENT("2") "']}", id);
        g_autoptr(Access) after = fixture_access(fixture, id, "sess-1");
        g_assert_false(scope_allows(access_scope(after), ENT("1")));
        g_assert_true(scope_allows(access_scope(after), ENT("2")));
        /* a call under way keeps what it began with */
        g_assert_true(scope_allows(access_scope(before), ENT("1")));
}

static void test_no_entities_is_not_everything(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Nothing','entities':[]}");
        g_autoptr(Access) access = fixture_access(fixture, id, "sess-1");

        g_assert_nonnull(access_scope(access));
        g_assert_false(scope_allows(access_scope(access), ENT("1")));
        g_autoptr(JsonObject) answer = call_on(fixture, "set_connection_scope",
                                               "{'connection_id':'%s','entities':null}", id);
        g_autoptr(Access) all = fixture_access(fixture, id, "sess-1");
        g_assert_null(access_scope(all));
}

static void test_what_the_journal_takes_back_holds_too(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Coder'}");
        g_autofree char *bearer = bearer_of(fixture, id);
        g_autofree char *connection_sql =
                g_strdup_printf("UPDATE connections SET revoked_at = NULL WHERE id = '%s'", id);
        g_autofree char *bearer_sql = g_strdup_printf(
                "UPDATE bearers SET revoked_at = NULL WHERE connection_id = '%s'", id);

        g_autoptr(JsonObject) answer =
                call_on(fixture, "revoke_connection", "{'connection_id':'%s'}", id);
        g_free(is_refused(fixture, bearer, "p", OUROBOROS_ERROR_DENIED));
        must_sql(fixture, fixture->ops, connection_sql);
        must_sql(fixture, fixture->ops, bearer_sql);
        fixture_turn(fixture);
        is_let_in(fixture, bearer);
}

static void test_agents_change_nothing_about_connections(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Coder','entities':[]}");
        g_autoptr(Access) access = fixture_access(fixture, id, "sess-1");
        const char *const attempts[] = {
                "UPDATE connections SET scoped = 0",
                "INSERT INTO connection_entities SELECT id, '" ENT("1") "' FROM connections",
                "UPDATE bearers SET expires_at = NULL, created_at = 1",
                "UPDATE connections SET calls_per_day = 1",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(attempts); i++) {
                g_autoptr(GError) error = NULL;

                g_assert_false(try_sql(fixture->ops, access_actor(access), attempts[i], &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
        }
}

static void test_an_agent_chooses_what_it_is_shown(Fixture *fixture, const void *data)
{
        g_autofree char *mine = mint(fixture, "{'name':'One'}");
        g_autofree char *other = mint(fixture, "{'name':'Two'}");
        g_autoptr(Access) access = fixture_access(fixture, mine, "sess-1");
        g_autofree char *own = g_strdup_printf(
                "UPDATE connection_listings SET listing = 'full' WHERE connection_id = '%s'", mine);
        g_autofree char *foreign = g_strdup_printf(
                "UPDATE connection_listings SET listing = 'full' WHERE connection_id = '%s'",
                other);
        g_autoptr(GError) error = NULL;

        g_assert_false(try_sql(fixture->ops, access_actor(access), foreign, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
        g_clear_error(&error);
        try_sql(fixture->ops, access_actor(access), own, &error);
        g_assert_no_error(error);
        fixture_turn(fixture);
        g_autoptr(Connection) connection = gate_connection(fixture->gate, mine, &error);
        g_assert_cmpint(connection_listing(connection), ==, TOOL_LISTING_FULL);
}

static void test_a_choice_of_tools_lasts(Fixture *fixture, const void *data)
{
        static const char *const listed[] = {"whoami", "orient", NULL};
        g_autofree char *id = mint(fixture, "{'name':'One'}");
        g_autoptr(Access) access = fixture_access(fixture, id, "sess-1");
        g_autoptr(GError) error = NULL;

        g_assert_true(gate_set_listing(fixture->gate, access, TOOL_LISTING_SOME, listed, &error));
        g_autoptr(Connection) now = gate_connection(fixture->gate, id, &error);
        g_assert_cmpstr(connection_listed(now)[1], ==, "orient");
        fixture_close(fixture);
        fixture_open(fixture);
        g_autoptr(Connection) later = gate_connection(fixture->gate, id, &error);
        g_assert_cmpint(connection_listing(later), ==, TOOL_LISTING_SOME);
        g_assert_cmpstr(connection_listed(later)[0], ==, "whoami");
        g_assert_false(
                gate_set_listing(fixture->gate, fixture->human, TOOL_LISTING_FULL, NULL, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
}

static void count(const char *connection, void *data)
{
        ++*(unsigned *)data;
}

static void test_open_sessions_are_told(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Coder'}");
        unsigned told = 0;

        fixture_turn(fixture);
        gate_add_feed(fixture->gate, count, &told);
        g_autoptr(JsonObject) renamed =
                call_on(fixture, "rename_connection", "{'connection_id':'%s','name':'Critic'}", id);
        fixture_turn(fixture);
        g_assert_cmpuint(told, ==, 1);
        gate_remove_feed(fixture->gate, count, &told);
}

static void test_an_end_that_nobody_writes_is_told(Fixture *fixture, const void *data)
{
        g_autofree char *soon = clock_to_iso(clock_now() + 300000);
        g_autofree char *args = g_strdup_printf("{'name':'Brief','expires':'%s'}", soon);
        g_autofree char *id = mint(fixture, args);
        g_autofree char *bearer = bearer_of(fixture, id);
        unsigned told = 0;

        fixture_turn(fixture);
        is_let_in(fixture, bearer);
        gate_add_feed(fixture->gate, count, &told);
        for (unsigned i = 0; i < 50 && told == 0; i++)
                sd_event_run(fixture->loop, 100000);
        g_assert_cmpuint(told, >, 0);
        g_free(is_refused(fixture, bearer, "p", OUROBOROS_ERROR_DENIED));
        gate_remove_feed(fixture->gate, count, &told);
}

static void test_all_of_it_survives_a_restart(Fixture *fixture, const void *data)
{
        add_entity(fixture, ENT("1"), "Heron");
        g_autofree char *id =
                mint(fixture, "{'name':'Reader','profile':'custom','tools':['query_knowledge'],"
                              "'entities':['Heron'],'calls_per_day':7,'bytes_per_day':9,"
                              "'observer':true,'listing':'some','listed':['whoami']}");
        g_autofree char *bearer = bearer_of(fixture, id);
        g_autoptr(GError) error = NULL;

        fixture_close(fixture);
        fixture_open(fixture);
        is_let_in(fixture, bearer);
        g_autoptr(Connection) connection = gate_connection(fixture->gate, id, &error);
        const Terms *terms = connection_terms(connection);
        g_assert_cmpint(terms->profile, ==, PROFILE_CUSTOM);
        g_assert_cmpstr(terms->tools[0], ==, "query_knowledge");
        g_assert_cmpuint(terms->calls_per_day, ==, 7);
        g_assert_cmpuint(terms->bytes_per_day, ==, 9);
        g_assert_true(terms->observer);
        g_assert_true(scope_allows(connection_scope(connection), ENT("1")));
        g_assert_cmpint(connection_listing(connection), ==, TOOL_LISTING_SOME);
        g_assert_cmpstr(connection_listed(connection)[0], ==, "whoami");
}

static void test_before_it_is_loaded_nobody_is_let_in(Fixture *fixture, const void *data)
{
        GateOptions options = fixture->gate->options;
        g_autoptr(GError) error = NULL;
        g_autoptr(Gate) other = NULL;

        options.ops = fixture->vault; /* any store: it is never read */
        other = gate_new(&options, &error);
        g_assert_no_error(error);
        g_assert_null(gate_authenticate(other, "ouro_x", "p", &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE);
}

static void test_calls_without_a_session_share_one(Fixture *fixture, const void *data)
{
        g_autofree char *first = gate_session(fixture->gate, "conn-1");
        g_autofree char *second = gate_session(fixture->gate, "conn-1");
        g_autofree char *other = gate_session(fixture->gate, "conn-2");

        g_assert_cmpstr(first, ==, second);
        g_assert_cmpstr(first, !=, other);
        g_assert_true(id_is_valid(first, "sess"));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/gate/registry/a-minted-connection-is-let-in",
                     test_a_minted_connection_is_let_in);
        FIXTURE_TEST("/gate/registry/what-is-wrong-with-a-bearer-is-not-told",
                     test_what_is_wrong_with_a_bearer_is_not_told);
        FIXTURE_TEST("/gate/registry/the-log-tells-what-was-wrong",
                     test_the_log_tells_what_was_wrong);
        FIXTURE_TEST("/gate/registry/guessing-is-limited-and-locks-nobody-out",
                     test_guessing_is_limited_and_locks_nobody_out);
        FIXTURE_TEST("/gate/registry/a-change-of-scope-holds-for-the-next-call",
                     test_a_change_of_scope_holds_for_the_next_call);
        FIXTURE_TEST("/gate/registry/no-entities-is-not-everything",
                     test_no_entities_is_not_everything);
        FIXTURE_TEST("/gate/registry/what-the-journal-takes-back-holds-too",
                     test_what_the_journal_takes_back_holds_too);
        FIXTURE_TEST("/gate/registry/agents-change-nothing-about-connections",
                     test_agents_change_nothing_about_connections);
        FIXTURE_TEST("/gate/registry/an-agent-chooses-what-it-is-shown",
                     test_an_agent_chooses_what_it_is_shown);
        FIXTURE_TEST("/gate/registry/a-choice-of-tools-lasts", test_a_choice_of_tools_lasts);
        FIXTURE_TEST("/gate/registry/open-sessions-are-told", test_open_sessions_are_told);
        FIXTURE_TEST("/gate/registry/an-end-that-nobody-writes-is-told",
                     test_an_end_that_nobody_writes_is_told);
        FIXTURE_TEST("/gate/registry/all-of-it-survives-a-restart",
                     test_all_of_it_survives_a_restart);
        FIXTURE_TEST("/gate/registry/before-it-is-loaded-nobody-is-let-in",
                     test_before_it_is_loaded_nobody_is_let_in);
        FIXTURE_TEST("/gate/registry/calls-without-a-session-share-one",
                     test_calls_without_a_session_share_one);
        return g_test_run();
}
