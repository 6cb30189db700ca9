/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seen to fail: with hosts compared by their beginning, with the port not looked at. */
#include "http/address.h"

#include "base/base.h"

static const OwnPorts ports = {{8765, 8766}, 2};

static void test_only_this_machine_is_our_host(void)
{
        static const char *const ours[] = {"127.0.0.1",      "localhost",      "LocalHost", "[::1]",
                                           "127.0.0.1:8765", "localhost:8766", "[::1]:8765"};
        static const char *const others[] = {"",
                                             ":8765",
                                             "localhost:",
                                             "localhost:0",
                                             "localhost:8764",
                                             "localhost:+8765",
                                             "localhost: 8765",
                                             "localhost:08765x",
                                             "localhost:8765:8765",
                                             "localhost.",
                                             "localhost.example",
                                             "127.0.0.1.example",
                                             "127.0.0.2",
                                             "0.0.0.0",
                                             "::1",
                                             "[::1",
                                             "[::1]x",
                                             "[::]",
                                             "user@localhost",
                                             "localhost@example",
                                             "127.1",
                                             "2130706433",
                                             "localhost\t",
                                             " localhost"};

        for (unsigned i = 0; i < G_N_ELEMENTS(ours); i++)
                g_assert_true(address_is_own_host(ours[i], &ports));
        for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
                if (address_is_own_host(others[i], &ports))
                        g_error("ours? %s", others[i]);
        g_assert_true(address_is_own_origin("http://localhost:8765", &ports));
        g_assert_false(address_is_own_origin("https://localhost:8765", &ports));
        g_assert_false(address_is_own_origin("http://localhost:8765/", &ports));
        g_assert_false(address_is_own_origin("null", &ports));
}

static void check_target(const char *target, const char *path, const char *name, const char *value)
{
        g_autoptr(GHashTable) query = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *found = NULL;

        g_assert_true(address_parse_target(target, &ports, &found, &query, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(found, ==, path);
        if (name)
                g_assert_cmpstr(g_hash_table_lookup(query, name), ==, value);
}

static void test_targets_are_taken_apart(void)
{
        check_target("/a", "/a", NULL, NULL);
        check_target("/a?", "/a", NULL, NULL);
        check_target("/a?b=c%20d+e&f", "/a", "b", "c d e");
        check_target("/a?b=c%20d+e&f", "/a", "f", "");
        check_target("/a?b=c=d", "/a", "b", "c=d");
        check_target("http://localhost:8765/a?b=c", "/a", "b", "c");
        check_target("http://localhost", "/", NULL, NULL);
        check_target("http://localhost?b=c", "/", "b", "c");
        check_target("//a", "//a", NULL, NULL);
}

static void test_targets_that_are_none_are_refused(void)
{
        static const char *const bad[] = {"*",
                                          "a",
                                          "example.org:443",
                                          "/a b",
                                          "/a#b",
                                          "/\x7f",
                                          "/\xc3\xa4",
                                          "/\r",
                                          "/a?b=%",
                                          "/a?b=%zz",
                                          "/a?b=%00",
                                          "/a?b=%ff",
                                          "/a?b=1&b=2",
                                          "/a?%62=1&b=2",
                                          "/a?Access_Token=x",
                                          "/a?%74oken=x",
                                          "/a?x=ouro_y",
                                          "http://example.org/a",
                                          "http://localhost@example.org/",
                                          "http://localhost:1/"};

        for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GHashTable) query = NULL;
                g_autoptr(GError) error = NULL;
                g_autofree char *path = NULL;
                if (address_parse_target(bad[i], &ports, &path, &query, &error))
                        g_error("taken: %s", bad[i]);
                g_assert_nonnull(error);
        }
}

static void test_bearers_are_of_one_form(void)
{
        static const char *const bad[] = {"Bearer",     "Bearer ",    "Bearer  a",
                                          "Bearer a b", "Bearer a,b", "Bearer =a",
                                          "Bearer a=b", "Bearer a\t", "bearer \"a\""};
        g_autofree char *token = NULL, *none = NULL;

        g_assert_true(address_parse_bearer("BEARER aB0-._~+/==", &token, NULL));
        g_assert_cmpstr(token, ==, "aB0-._~+/==");
        g_assert_true(address_parse_bearer("Basic Zm9v", &none, NULL));
        g_assert_null(none);
        for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autofree char *taken = NULL;
                g_autoptr(GError) error = NULL;
                if (address_parse_bearer(bad[i], &taken, &error))
                        g_error("taken: %s", bad[i]);
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        }
        g_autofree char *filler = g_strnfill(TARGET_BEARER_CHARS_MAX + 1, 'x');
        g_autofree char *large = g_strconcat("Bearer ", filler, NULL);
        g_autofree char *taken = NULL;
        g_assert_false(address_parse_bearer(large, &taken, NULL));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/address/only-this-machine-is-our-host",
                        test_only_this_machine_is_our_host);
        g_test_add_func("/address/targets-are-taken-apart", test_targets_are_taken_apart);
        g_test_add_func("/address/targets-that-are-none-are-refused",
                        test_targets_that_are_none_are_refused);
        g_test_add_func("/address/bearers-are-of-one-form", test_bearers_are_of_one_form);
        return g_test_run();
}
