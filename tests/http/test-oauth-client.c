/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a client is, and where its codes may go.
 * Seen to fail: the seal not compared; the port of https compared loosely; localhost taken for 127.0.0.1; javascript:
 * taken as a redirect; a document that names another client_id taken; redirects and names with characters that steer. */
#include "base/base.h"
#include "http/oauth-client.h"

static const uint8_t key[OAUTH_KEY_BYTES] = {1, 2, 3};

static OauthClient *register_client(const char *metadata, GError **error)
{
        g_autoptr(JsonObject) object = json_parse_object(metadata, -1, error);

        return object ? oauth_client_register(key, object, error) : NULL;
}

static OauthClient *with_redirect(const char *redirect, GError **error)
{
        g_autofree char *metadata = g_strdup_printf(
                "{\"client_name\": \"Tester\", \"redirect_uris\": [\"%s\"]}", redirect);

        return register_client(metadata, error);
}

static void test_an_id_holds_what_was_registered(void)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(OauthClient) made = register_client(
                "{\"client_name\": \"Ag\\u00e9nt\", \"redirect_uris\": [\"http://127.0.0.1:1/cb\", "
                "\"cursor://x/y\"]}",
                &error);
        g_assert_no_error(error);
        g_autoptr(OauthClient) opened = oauth_client_open(key, made->id, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(opened->name, ==, "Agént");
        g_assert_cmpstr(opened->redirects[1], ==, "cursor://x/y");
        g_assert_cmpuint(g_strv_length(opened->redirects), ==, 2);
        g_assert_null(opened->host);
}

static void test_an_id_that_was_changed_is_refused(void)
{
        static const uint8_t other[OAUTH_KEY_BYTES] = {9};
        g_autoptr(OauthClient) made = with_redirect("https://a.example/cb", NULL);

        for (size_t i = strlen("ouro-client-"); made->id[i]; i++) {
                g_autofree char *changed = g_strdup(made->id);
                g_autoptr(GError) error = NULL;
                changed[i] = changed[i] == 'A' ? 'B' : 'A';
                g_assert_null(oauth_client_open(key, changed, &error));
                g_assert_nonnull(error);
        }
        g_assert_null(oauth_client_open(other, made->id, NULL));
        g_assert_null(oauth_client_open(key, "", NULL));
        g_assert_null(oauth_client_open(key, "ouro-client-", NULL));
        g_assert_null(oauth_client_open(key, "ouro-client-!!!", NULL));
}

static void test_redirects_that_lead_astray_are_refused(void)
{
        static const char *const bad[] = {"http://evil.example/cb",
                                          "javascript:alert(1)",
                                          "data:text/html,x",
                                          "file:///etc/passwd",
                                          "https://",
                                          "https://a.example/cb#f",
                                          "https://user@a.example/cb",
                                          "http://127.0.0.1.evil.example/",
                                          "//a.example/cb",
                                          "cb",
                                          "http://127.0.0.1/\\r\\nX-Header: x",
                                          "http://127.0.0.1/ x",
                                          "http://127.0.0.1/\\u0001",
                                          "https://a.example\\\\@b.example/",
                                          "https://b\u00e9.example/",
                                          "x:<b>",
                                          ""};

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autoptr(GError) error = NULL;
                g_assert_null(with_redirect(bad[i], &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        }
}

static void test_codes_go_where_the_client_said(void)
{
        g_autoptr(OauthClient) web = with_redirect("https://a.example/cb?x=1", NULL);
        g_autoptr(OauthClient) local = with_redirect("http://127.0.0.1:4000/cb", NULL);
        g_autoptr(OauthClient) named = with_redirect("http://localhost/cb", NULL);

        g_assert_true(oauth_client_allows(web, "https://a.example/cb?x=1"));
        g_assert_false(oauth_client_allows(web, "https://a.example/cb"));
        g_assert_false(oauth_client_allows(web, "https://a.example:444/cb?x=1"));
        g_assert_false(oauth_client_allows(web, "https://b.example/cb?x=1"));
        g_assert_true(oauth_client_allows(local, "http://127.0.0.1:5000/cb"));
        g_assert_true(oauth_client_allows(local, "http://127.0.0.1/cb"));
        g_assert_false(oauth_client_allows(local, "http://127.0.0.1:5000/other"));
        g_assert_false(oauth_client_allows(local, "http://127.0.0.1:5000/cb?x"));
        g_assert_false(oauth_client_allows(local, "http://localhost:4000/cb"));
        g_assert_false(oauth_client_allows(local, "https://127.0.0.1:4000/cb"));
        g_assert_true(oauth_client_allows(named, "http://localhost:9/cb"));
}

static void test_metadata_has_limits(void)
{
        g_autoptr(GString) many = g_string_new("{\"redirect_uris\": [");
        g_autofree char *name = g_strnfill(OAUTH_NAME_CHARS_MAX + 1, 'n');
        g_autofree char *long_name = g_strdup_printf(
                "{\"client_name\": \"%s\", \"redirect_uris\": [\"https://a.example/\"]}", name);
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i <= OAUTH_REDIRECTS_MAX; i++)
                g_string_append_printf(many, "%s\"https://a.example/%u\"", i ? "," : "", i);
        g_string_append(many, "]}");
        g_assert_null(register_client(many->str, NULL));
        g_assert_null(register_client("{\"redirect_uris\": []}", NULL));
        g_assert_null(register_client("{}", NULL));
        g_assert_null(register_client("{\"redirect_uris\": \"https://a.example/\"}", NULL));
        g_assert_null(register_client("{\"redirect_uris\": [7]}", NULL));
        g_assert_null(register_client(long_name, &error));
        g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT);
        g_assert_null(register_client("{\"redirect_uris\": [\"https://a.example/\"], "
                                      "\"token_endpoint_auth_method\": \"client_secret_basic\"}",
                                      NULL));
}

static void test_a_name_is_one_readable_line(void)
{
        static const char *const bad[] = {"two\\nlines", "\\u001b[31mred", "turned \\u202eround",
                                          "\\u200b", "..."};

        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                g_autofree char *metadata = g_strdup_printf(
                        "{\"client_name\": \"%s\", \"redirect_uris\": [\"https://a.example/\"]}",
                        bad[i]);
                g_autoptr(GError) error = NULL;
                g_assert_null(register_client(metadata, &error));
                g_assert_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID);
        }
}

static void test_a_document_must_say_whose_it_is(void)
{
        const char *url = "https://app.example/client.json";
        const char *good =
                "{\"client_id\": \"https://app.example/client.json\", \"client_name\": \"App\", "
                "\"redirect_uris\": [\"http://localhost:3000/cb\"]}";
        g_autoptr(GError) error = NULL;
        g_autoptr(OauthClient) client = oauth_client_from_document(url, good, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(client->host, ==, "app.example");
        g_assert_cmpstr(client->id, ==, url);
        g_assert_null(oauth_client_from_document("https://app.example/other.json", good, NULL));
        g_assert_null(oauth_client_from_document(
                url, "{\"redirect_uris\": [\"https://a.example/\"]}", NULL));
        g_assert_null(oauth_client_from_document(url, "[]", NULL));
        g_assert_null(oauth_client_from_document(url, "no JSON", NULL));
}

static void test_a_person_is_told_where_the_answer_goes(void)
{
        g_autofree char *local = oauth_redirect_place("http://127.0.0.1:4000/cb");
        g_autofree char *web = oauth_redirect_place("https://a.example/cb");
        g_autofree char *app = oauth_redirect_place("cursor://x/cb");

        g_assert_cmpstr(local, ==, "a program on this machine");
        g_assert_cmpstr(web, ==, "a.example");
        g_assert_cmpstr(app, ==, "the program for cursor: links");
}

int main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/http/oauth-client/an-id-holds-what-was-registered",
                        test_an_id_holds_what_was_registered);
        g_test_add_func("/http/oauth-client/an-id-that-was-changed-is-refused",
                        test_an_id_that_was_changed_is_refused);
        g_test_add_func("/http/oauth-client/redirects-that-lead-astray-are-refused",
                        test_redirects_that_lead_astray_are_refused);
        g_test_add_func("/http/oauth-client/codes-go-where-the-client-said",
                        test_codes_go_where_the_client_said);
        g_test_add_func("/http/oauth-client/metadata-has-limits", test_metadata_has_limits);
        g_test_add_func("/http/oauth-client/a-name-is-one-readable-line",
                        test_a_name_is_one_readable_line);
        g_test_add_func("/http/oauth-client/a-document-must-say-whose-it-is",
                        test_a_document_must_say_whose_it_is);
        g_test_add_func("/http/oauth-client/a-person-is-told-where-the-answer-goes",
                        test_a_person_is_told_where_the_answer_goes);
        return g_test_run();
}
