/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetching what strangers offer, against a real server with TLS on this machine.
 * Seen to fail: addresses not looked at; redirects followed; no limit; the type not looked at; trust in any certificate. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "provider/provider.h"

typedef struct Fixture {
        GSubprocess *server;
        char *folder, *authority;
        FetchOptions options;
        unsigned port;
} Fixture;

static void set_up(Fixture *fixture, const void *data)
{
        g_autofree char *script = g_test_build_filename(G_TEST_DIST, "provider", "https.py", NULL);
        g_autoptr(GError) error = NULL;

        fixture->folder = g_dir_make_tmp("fetch-XXXXXX", &error);
        g_assert_no_error(error);
        fixture->authority = g_build_filename(fixture->folder, "cert.pem", NULL);
        fixture->server = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                           "/usr/bin/python3", script, fixture->folder, NULL);
        g_assert_no_error(error);
        g_autoptr(GDataInputStream) lines =
                g_data_input_stream_new(g_subprocess_get_stdout_pipe(fixture->server));
        g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_nonnull(line);
        fixture->port = (unsigned)atoi(line);
        fixture->options = (FetchOptions){
                .type = "application/json", .authority = fixture->authority, .may_be_local = true};
}

static void tear_down(Fixture *fixture, const void *data)
{
        g_autofree char *key = g_build_filename(fixture->folder, "key.pem", NULL);

        g_subprocess_force_exit(fixture->server);
        g_subprocess_wait(fixture->server, NULL, NULL);
        g_object_unref(fixture->server);
        g_unlink(fixture->authority);
        g_unlink(key);
        g_rmdir(fixture->folder);
        g_free(fixture->authority);
        g_free(fixture->folder);
}

static char *fetch(Fixture *fixture, const char *path, GError **error)
{
        g_autofree char *url = g_strdup_printf("https://localhost:%u%s", fixture->port, path);

        return fetch_document(url, &fixture->options, error);
}

static void check_fails(Fixture *fixture, const char *path, int code)
{
        g_autoptr(GError) error = NULL;

        g_assert_null(fetch(fixture, path, &error));
        g_assert_error(error, OUROBOROS_ERROR, code);
}

static void test_a_document_is_fetched(Fixture *fixture, const void *data)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = fetch(fixture, "/good", &error);
        g_autofree char *vendor = fetch(fixture, "/vendor", NULL);

        g_assert_no_error(error);
        g_assert_cmpstr(text, ==, "{\"good\": true}");
        g_assert_cmpstr(vendor, ==, "{}");
}

static void test_what_is_no_document_is_refused(Fixture *fixture, const void *data)
{
        check_fails(fixture, "/missing", OUROBOROS_ERROR_NOT_FOUND);
        check_fails(fixture, "/moved", OUROBOROS_ERROR_NOT_FOUND);
        check_fails(fixture, "/html", OUROBOROS_ERROR_INVALID);
        check_fails(fixture, "/large", OUROBOROS_ERROR_LIMIT);
        check_fails(fixture, "/endless", OUROBOROS_ERROR_LIMIT);
}

static void test_a_slow_server_is_given_up(Fixture *fixture, const void *data)
{
        check_fails(fixture, "/slow", OUROBOROS_ERROR_TIMEOUT);
}

static void test_addresses_of_the_house_are_not_asked(Fixture *fixture, const void *data)
{
        static const char *const inside[] = {
                "https://localhost/x",       "https://127.0.0.1/x",
                "https://127.1/x",           "https://[::1]/x",
                "https://10.1.2.3/x",        "https://192.168.0.1/x",
                "https://172.31.255.255/x",  "https://169.254.169.254/x",
                "https://100.64.0.1/x",      "https://0.0.0.0/x",
                "https://224.0.0.1/x",       "https://[fe80::1]/x",
                "https://[fd00::1]/x",       "https://[::ffff:127.0.0.1]/x",
                "https://[2002:7f00:1::]/x", "https://[64:ff9b::7f00:1]/x",
        };
        FetchOptions options = {.type = "application/json"};

        for (size_t i = 0; i < G_N_ELEMENTS(inside); i++) {
                g_autoptr(GError) error = NULL;
                g_assert_null(fetch_document(inside[i], &options, &error));
                g_test_message("%s", error->message);
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED);
        }
        fixture->options.may_be_local = false;
        check_fails(fixture, "/good", OUROBOROS_ERROR_DENIED);
}

static void test_a_certificate_nobody_vouches_for_is_refused(Fixture *fixture, const void *data)
{
        fixture->options.authority = NULL;
        check_fails(fixture, "/good", OUROBOROS_ERROR_OFFLINE);
}

static void test_only_plain_https_urls_are_taken(void)
{
        static const char *const bad[] = {"http://a.example/x",
                                          "https://a.example",
                                          "https://a.example/",
                                          "https://u@a.example/x",
                                          "https://a.example/x#f",
                                          "https://a.example/a/../x",
                                          "https://a.example/./x",
                                          "file:///etc/passwd",
                                          "https:///x",
                                          ""};
        g_autofree char *path = g_strnfill(FETCH_URL_BYTES_MAX, 'x');
        g_autofree char *large = g_strconcat("https://a.example/", path, NULL);

        g_assert_true(fetch_check_url("https://a.example/client.json?v=1", NULL));
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL;
                g_assert_false(fetch_check_url(bad[i], &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        }
        g_assert_false(fetch_check_url(large, NULL));
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add(name, Fixture, NULL, set_up, func, tear_down)
        ADD("/provider/fetch/a-document-is-fetched", test_a_document_is_fetched);
        ADD("/provider/fetch/what-is-no-document-is-refused", test_what_is_no_document_is_refused);
        ADD("/provider/fetch/a-slow-server-is-given-up", test_a_slow_server_is_given_up);
        ADD("/provider/fetch/addresses-of-the-house-are-not-asked",
            test_addresses_of_the_house_are_not_asked);
        ADD("/provider/fetch/a-certificate-nobody-vouches-for-is-refused",
            test_a_certificate_nobody_vouches_for_is_refused);
        g_test_add_func("/provider/fetch/only-plain-https-urls-are-taken",
                        test_only_plain_https_urls_are_taken);
        return g_test_run();
}
