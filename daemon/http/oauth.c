/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The authorization server: its routes, what it says of itself (RFC 8414, RFC 9728), and clients that register
 * (RFC 7591). It answers by the name by which it is called, of which the server lets through only those of this
 * machine: clients compare what they are told with what they called, to the letter. */
#include <sodium.h>
#include <string.h>

#include "http/oauth-private.h"

#define SCOPES "read write"

/* ---- jobs ---- */

static void forget_request(void *data)
{
        ((OauthJob *)data)->request = NULL;
}

OauthJob *oauth_job_new(Oauth *oauth, Request *request)
{
        OauthJob *job = g_new0(OauthJob, 1);

        *job = (OauthJob){.oauth = oauth, .request = request, .gate = oauth->options.gate};
        return job;
}

static void job_free(OauthJob *job)
{
        g_free(job->id);
        for (size_t i = 0; i < G_N_ELEMENTS(job->in); i++) {
                if (job->in[i])
                        sodium_memzero(job->in[i], strlen(job->in[i]));
                g_free(job->in[i]);
        }
        g_clear_pointer(&job->ask, json_object_unref);
        g_free(job->out);
        approval_free(job->approval);
        grant_clear(&job->grant);
        g_clear_error(&job->error);
        g_free(job);
}

static void job_work(void *data)
{
        OauthJob *job = data;

        job->work(job);
}

static void job_done(void *data)
{
        OauthJob *job = data;

        if (job->oauth) {
                g_hash_table_remove(job->oauth->jobs, job);
                if (job->request)
                        request_on_gone(job->request, NULL, NULL);
                job->done(job);
        }
        job_free(job);
}

void oauth_job_start(OauthJob *job)
{
        g_hash_table_add(job->oauth->jobs, job);
        if (job->request)
                request_on_gone(job->request, forget_request, job);
        worker_pool_push(job->oauth->options.pool, job_work, job_done, job);
}

/* ---- small things ---- */

char *oauth_random_id(void)
{
        uint8_t bytes[16];
        char text[2 * sizeof bytes + 1];

        randombytes_buf(bytes, sizeof bytes);
        return g_strdup(sodium_bin2hex(text, sizeof text, bytes, sizeof bytes));
}

char *oauth_random_code(void)
{
        uint8_t bytes[32];
        char text[sodium_base64_ENCODED_LEN(sizeof bytes,
                                            sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

        randombytes_buf(bytes, sizeof bytes);
        return g_strdup(sodium_bin2base64(text, sizeof text, bytes, sizeof bytes,
                                          sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

char *oauth_hash(const char *text)
{
        uint8_t hash[32];
        char hex[2 * sizeof hash + 1];

        (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)text, strlen(text), NULL, 0);
        return g_strdup(sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

char *oauth_issuer(const Request *request)
{
        return g_strconcat("http://", request_header(request, "Host"), NULL);
}

bool oauth_is_our_resource(const Oauth *oauth, const char *resource)
{
        static const char *const hosts[] = {"127.0.0.1", "localhost", "::1"};
        g_autoptr(GUri) ours = g_uri_parse(server_url(oauth->server), G_URI_FLAGS_NONE, NULL);
        g_autoptr(GUri) uri = resource ? g_uri_parse(resource, G_URI_FLAGS_ENCODED, NULL) : NULL;

        if (!resource)
                return true;
        if (!ours || !uri || !g_str_equal(g_uri_get_scheme(uri), "http") || !g_uri_get_host(uri) ||
            g_uri_get_port(uri) != g_uri_get_port(ours) || g_uri_get_fragment(uri) ||
            g_uri_get_query(uri))
                return false;
        const char *path = g_uri_get_path(uri);
        if (!g_str_equal(path, "/mcp") && !g_str_equal(path, "/") && path[0] != '\0')
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++)
                if (g_ascii_strcasecmp(g_uri_get_host(uri), hosts[i]) == 0)
                        return true;
        return false;
}

void oauth_answer_error(Request *request, unsigned status, const char *code,
                        const char *description)
{
        g_autoptr(JsonObject) body = json_object_new();

        json_object_set_string_member(body, "error", code);
        json_object_set_string_member(body, "error_description", description);
        request_answer_json(request, status, body);
}

/* ---- what it says of itself ---- */

static void set_texts(JsonObject *object, const char *name, const char *words)
{
        g_auto(GStrv) parts = g_strsplit(words, " ", -1);
        JsonArray *array = json_array_new();

        for (char **part = parts; *part; part++)
                json_array_add_string_element(array, *part);
        json_object_set_array_member(object, name, array);
}

static void set_url(JsonObject *object, const char *name, const char *issuer, const char *path)
{
        g_autofree char *url = g_strconcat(issuer, path, NULL);

        json_object_set_string_member(object, name, url);
}

static void on_resource(Request *request, void *data)
{
        g_autofree char *issuer = oauth_issuer(request);
        g_autoptr(JsonObject) body = json_object_new();

        set_url(body, "resource", issuer, "/mcp");
        set_texts(body, "authorization_servers", issuer);
        set_texts(body, "bearer_methods_supported", "header");
        set_texts(body, "scopes_supported", SCOPES);
        json_object_set_string_member(body, "resource_name", "Ouroboros");
        request_answer_json(request, 200, body);
}

static void on_metadata(Request *request, void *data)
{
        g_autofree char *issuer = oauth_issuer(request);
        g_autoptr(JsonObject) body = json_object_new();

        json_object_set_string_member(body, "issuer", issuer);
        set_url(body, "authorization_endpoint", issuer, "/oauth/authorize");
        set_url(body, "token_endpoint", issuer, "/oauth/token");
        set_url(body, "registration_endpoint", issuer, "/oauth/register");
        set_url(body, "revocation_endpoint", issuer, "/oauth/revoke");
        set_texts(body, "response_types_supported", "code");
        set_texts(body, "response_modes_supported", "query");
        set_texts(body, "grant_types_supported", "authorization_code refresh_token");
        set_texts(body, "code_challenge_methods_supported", "S256");
        set_texts(body, "token_endpoint_auth_methods_supported", "none");
        set_texts(body, "revocation_endpoint_auth_methods_supported", "none");
        set_texts(body, "scopes_supported", SCOPES);
        json_object_set_boolean_member(body, "client_id_metadata_document_supported", TRUE);
        json_object_set_boolean_member(body, "authorization_response_iss_parameter_supported",
                                       TRUE);
        request_answer_json(request, 200, body);
}

char *oauth_challenge(const Request *request, bool has_bearer)
{
        g_autofree char *issuer = oauth_issuer(request);

        return g_strdup_printf("WWW-Authenticate: Bearer resource_metadata=\"%s/.well-known/"
                               "oauth-protected-resource/mcp\", scope=\"" SCOPES "\"%s",
                               issuer, has_bearer ? ", error=\"invalid_token\"" : "");
}

/* ---- clients that register ---- */

static JsonObject *describe_client(const OauthClient *client)
{
        JsonObject *body = json_object_new();
        JsonArray *redirects = json_array_new();

        json_object_set_string_member(body, "client_id", client->id);
        json_object_set_int_member(body, "client_id_issued_at", clock_now() / G_USEC_PER_SEC);
        json_object_set_string_member(body, "client_name", client->name);
        for (char **redirect = client->redirects; *redirect; redirect++)
                json_array_add_string_element(redirects, *redirect);
        json_object_set_array_member(body, "redirect_uris", redirects);
        set_texts(body, "grant_types", "authorization_code refresh_token");
        set_texts(body, "response_types", "code");
        json_object_set_string_member(body, "token_endpoint_auth_method", "none");
        return body;
}

static void on_register(Request *request, void *data)
{
        Oauth *oauth = data;
        size_t size;
        const char *text = request_body(request, &size);
        uint8_t key[OAUTH_KEY_BYTES];
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) metadata = json_parse_object(text, (gssize)size, &error);

        if (metadata && !gate_key(oauth->options.gate, OAUTH_KEY_PURPOSE, key, &error)) {
                request_answer_error(request, error);
                return;
        }
        g_autoptr(OauthClient) client =
                metadata ? oauth_client_register(key, metadata, &error) : NULL;
        sodium_memzero(key, sizeof key);
        if (!client) {
                bool is_redirect = strstr(error->message, "redirect_uris") != NULL;
                oauth_answer_error(request, 400,
                                   is_redirect ? "invalid_redirect_uri" : "invalid_client_metadata",
                                   error->message);
                return;
        }
        g_autoptr(JsonObject) body = describe_client(client);
        request_answer_json(request, 201, body);
}

/* ---- life ---- */

Oauth *oauth_new(const HttpOptions *options, Server *server)
{
        Oauth *oauth = g_new0(Oauth, 1);
        const Route routes[] = {
                {"GET", "/.well-known/oauth-protected-resource", on_resource, oauth, true},
                {"GET", "/.well-known/oauth-protected-resource/mcp", on_resource, oauth, true},
                {"GET", "/.well-known/oauth-authorization-server", on_metadata, oauth, true},
                {"POST", "/oauth/register", on_register, oauth, false},
                {"GET", "/oauth/authorize", oauth_on_authorize, oauth, false},
                {"GET", "/oauth/wait", oauth_on_wait, oauth, false},
                {"POST", "/oauth/token", oauth_on_token, oauth, false},
                {"POST", "/oauth/revoke", oauth_on_revoke, oauth, false},
        };

        oauth->options = *options;
        oauth->server = server;
        oauth->fetch.type = "application/json";
        oauth->pending = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, oauth_pending_free);
        oauth->documents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        oauth->jobs = g_hash_table_new(NULL, NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
                server_add_route(server, &routes[i]);
        return oauth;
}

Oauth *oauth_free(Oauth *oauth)
{
        GHashTableIter iter;
        void *job;

        if (!oauth)
                return NULL;
        g_hash_table_iter_init(&iter, oauth->jobs);
        while (g_hash_table_iter_next(&iter, &job, NULL))
                ((OauthJob *)job)->oauth = NULL; /* it ends on its own */
        g_hash_table_unref(oauth->jobs);
        g_hash_table_unref(oauth->documents);
        g_hash_table_unref(oauth->pending);
        g_free(oauth);
        return NULL;
}
