/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens that come and go, and keys that stay.
 * Seen to fail: the audience not compared; a spent refresh token taken again; a theft that leaves the family alive; the
 * client not compared; tokens of a revoked connection renewed; tokens forgotten by gate_load(); a key made anew; a token
 * taken into memory after a theft had ended its family (without the lock, and 1 ms between the write and that). */
#include "gate/fixture.h"

#define RESOURCE "http://127.0.0.1:8765/mcp"

static Grant grant(Fixture *fixture, const char *connection, const char *audience)
{
        GrantRequest request = {connection, "client-1", audience};
        g_autoptr(GError) error = NULL;
        Grant given;

        gate_set_resource(fixture->gate, RESOURCE);
        gate_grant(fixture->gate, &request, &given, &error);
        g_assert_no_error(error);
        return given;
}

static Grant renew(Fixture *fixture, const Grant *old)
{
        g_autoptr(GError) error = NULL;
        Grant given;

        gate_renew(fixture->gate, old->refresh, "client-1", &given, &error);
        g_assert_no_error(error);
        return given;
}

static void is_not_renewed(Fixture *fixture, const char *refresh, const char *client)
{
        g_autoptr(GError) error = NULL;
        Grant given;

        g_assert_false(gate_renew(fixture->gate, refresh, client, &given, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
}

static void is_shut_out(Fixture *fixture, const char *bearer)
{
        g_free(is_refused(fixture, bearer, "peer", OUROBOROS_ERROR_DENIED));
}

static void test_a_token_lets_in(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant given = grant(fixture, id, RESOURCE);
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection =
                gate_authenticate(fixture->gate, given.access, "peer", &error);

        g_assert_no_error(error);
        g_assert_cmpstr(connection_id(connection), ==, id);
        is_shut_out(fixture, given.refresh);
        grant_clear(&given);
}

static void test_a_token_is_good_for_its_resource_only(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant given = grant(fixture, id, "http://127.0.0.1:9999/mcp");

        is_shut_out(fixture, given.access);
        gate_set_resource(fixture->gate, "http://127.0.0.1:9999/mcp");
        is_let_in(fixture, given.access);
        gate_set_resource(fixture->gate, NULL);
        is_shut_out(fixture, given.access);
        grant_clear(&given);
}

static void test_a_refresh_token_is_good_once(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant first = grant(fixture, id, RESOURCE);
        Grant second = renew(fixture, &first);

        g_assert_cmpstr(first.refresh, !=, second.refresh);
        g_assert_cmpstr(first.family, ==, second.family);
        is_let_in(fixture, second.access);
        grant_clear(&first);
        grant_clear(&second);
}

static void test_a_second_use_ends_all_that_came_of_it(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant other = grant(fixture, id, RESOURCE);
        Grant first = grant(fixture, id, RESOURCE);
        Grant second = renew(fixture, &first);

        is_not_renewed(fixture, first.refresh, "client-1");
        is_shut_out(fixture, first.access);
        is_shut_out(fixture, second.access);
        is_not_renewed(fixture, second.refresh, "client-1");
        is_let_in(fixture, other.access);
        grant_clear(&other);
        grant_clear(&first);
        grant_clear(&second);
}

/* One of two who use the same refresh token at once. */
typedef struct Rival {
        Fixture *fixture;
        const char *refresh;
        bool renewed;
        Grant given;
} Rival;

static void *compete(void *data)
{
        Rival *rival = data;

        rival->renewed = gate_renew(rival->fixture->gate, rival->refresh, "client-1", &rival->given,
                                    /* error= */ NULL);
        return NULL;
}

static void test_of_two_uses_at_once_nothing_is_left(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");

        for (unsigned i = 0; i < 20; i++) {
                g_autofree char *peer = g_strdup_printf("peer %u", i);
                Grant first = grant(fixture, id, RESOURCE);
                Rival one = {fixture, first.refresh}, other = one;
                GThread *thread = g_thread_new("rival", compete, &other);

                compete(&one);
                g_thread_join(thread);
                g_assert_true(one.renewed != other.renewed);
                g_free(is_refused(fixture, one.renewed ? one.given.access : other.given.access,
                                  peer, OUROBOROS_ERROR_DENIED));
                grant_clear(&first);
                grant_clear(&one.given);
                grant_clear(&other.given);
        }
}

static void test_a_refresh_token_is_its_clients(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant given = grant(fixture, id, RESOURCE);

        is_not_renewed(fixture, given.refresh, "client-2");
        is_not_renewed(fixture, given.access, "client-1");
        is_not_renewed(fixture, "ouro_unknown", "client-1");
        Grant second = renew(fixture, &given);
        grant_clear(&given);
        grant_clear(&second);
}

static void test_a_revoked_connection_has_no_tokens(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant given = grant(fixture, id, RESOURCE);
        GrantRequest request = {id, "client-1", RESOURCE};
        g_autoptr(GError) error = NULL;

        json_object_unref(call_on(fixture, "revoke_connection", "{'connection_id':'%s'}", id));
        is_shut_out(fixture, given.access);
        is_not_renewed(fixture, given.refresh, "client-1");
        grant_clear(&given);
        g_assert_false(gate_grant(fixture->gate, &request, &given, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
}

static void test_tokens_end_by_their_time(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant given = grant(fixture, id, RESOURCE);
        g_autoptr(GError) error = NULL;

        must_sql(fixture, fixture->ops, "UPDATE oauth_tokens SET expires_at = 5");
        gate_load(fixture->gate, &error);
        g_assert_no_error(error);
        is_shut_out(fixture, given.access);
        is_not_renewed(fixture, given.refresh, "client-1");
        grant_clear(&given);
}

static void test_tokens_and_keys_survive_a_restart(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        uint8_t key[GATE_KEY_BYTES], again[GATE_KEY_BYTES], other[GATE_KEY_BYTES];
        Grant given = grant(fixture, id, RESOURCE);

        g_assert_true(gate_key(fixture->gate, "a", key, NULL));
        fixture_close(fixture);
        fixture_open(fixture);
        gate_set_resource(fixture->gate, RESOURCE);
        is_let_in(fixture, given.access);
        g_assert_true(gate_key(fixture->gate, "a", again, NULL));
        g_assert_true(gate_key(fixture->gate, "b", other, NULL));
        g_assert_cmpmem(key, sizeof key, again, sizeof again);
        g_assert_cmpint(memcmp(key, other, sizeof key), !=, 0);
        Grant second = renew(fixture, &given);
        grant_clear(&given);
        grant_clear(&second);
}

static void test_a_token_can_be_given_back(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant given = grant(fixture, id, RESOURCE);

        g_assert_true(gate_return_grant(fixture->gate, given.access, "client-2", NULL));
        is_let_in(fixture, given.access);
        g_assert_true(gate_return_grant(fixture->gate, given.refresh, "client-1", NULL));
        is_shut_out(fixture, given.access);
        g_assert_true(gate_return_grant(fixture->gate, "ouro_unknown", "client-1", NULL));
        grant_clear(&given);
}

static void test_tokens_are_kept_as_hashes(Fixture *fixture, const void *data)
{
        g_autofree char *id = mint(fixture, "{'name':'Web'}");
        Grant given = grant(fixture, id, RESOURCE);
        g_autofree char *rows = read_text(fixture->ops, NULL,
                                          "SELECT group_concat(hash || family || client) FROM "
                                          "oauth_tokens");

        g_assert_null(strstr(rows, given.access + strlen(BEARER_PREFIX)));
        g_assert_null(strstr(rows, given.refresh + strlen(BEARER_PREFIX)));
        assert_reads(fixture->ops,
                     "SELECT count(*) FROM mutations WHERE table_name IN "
                     "('oauth_tokens', 'gate_secrets')",
                     "0");
        grant_clear(&given);
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        FIXTURE_TEST("/gate/grants/a-token-lets-in", test_a_token_lets_in);
        FIXTURE_TEST("/gate/grants/a-token-is-good-for-its-resource-only",
                     test_a_token_is_good_for_its_resource_only);
        FIXTURE_TEST("/gate/grants/a-refresh-token-is-good-once",
                     test_a_refresh_token_is_good_once);
        FIXTURE_TEST("/gate/grants/a-second-use-ends-all-that-came-of-it",
                     test_a_second_use_ends_all_that_came_of_it);
        FIXTURE_TEST("/gate/grants/of-two-uses-at-once-nothing-is-left",
                     test_of_two_uses_at_once_nothing_is_left);
        FIXTURE_TEST("/gate/grants/a-refresh-token-is-its-clients",
                     test_a_refresh_token_is_its_clients);
        FIXTURE_TEST("/gate/grants/a-revoked-connection-has-no-tokens",
                     test_a_revoked_connection_has_no_tokens);
        FIXTURE_TEST("/gate/grants/tokens-end-by-their-time", test_tokens_end_by_their_time);
        FIXTURE_TEST("/gate/grants/tokens-and-keys-survive-a-restart",
                     test_tokens_and_keys_survive_a_restart);
        FIXTURE_TEST("/gate/grants/a-token-can-be-given-back", test_a_token_can_be_given_back);
        FIXTURE_TEST("/gate/grants/tokens-are-kept-as-hashes", test_tokens_are_kept_as_hashes);
        return g_test_run();
}
