/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a client is: see oauth-client.h. */
#include <sodium.h>
#include <string.h>

#include "base/base.h"
#include "http/oauth-client.h"

#define ID_PREFIX  "ouro-client-"
#define SEAL_BYTES 16 /* keyed BLAKE2b */

OauthClient *oauth_client_free(OauthClient *client)
{
        if (!client)
                return NULL;
        g_free(client->id);
        g_free(client->name);
        g_free(client->host);
        g_strfreev(client->redirects);
        g_free(client);
        return NULL;
}

static void *refuse(const char *why, GError **error)
{
        g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, why);
        return NULL;
}

/* ---- redirects ---- */

static bool is_loopback(const char *host)
{
        return g_str_equal(host, "127.0.0.1") || g_str_equal(host, "::1") ||
               g_ascii_strcasecmp(host, "localhost") == 0;
}

/* Is it made of what RFC 3986 lets be in one? It becomes a header, and is shown to the person. */
static bool is_plain(const char *text)
{
        for (const char *c = text; *c; c++)
                if (!g_ascii_isgraph(*c) || strchr("\"<>\\^`{|}", *c))
                        return false;
        return true;
}

static GUri *parse_redirect(const char *text)
{
        static const char *const never[] = {"about",      "blob", "data", "file",
                                            "filesystem", "ftp",  "ws",   "javascript",
                                            "vbscript",   "wss",  NULL};
        g_autoptr(GUri) uri = strlen(text) <= OAUTH_REDIRECT_BYTES_MAX && is_plain(text)
                                      ? g_uri_parse(text, G_URI_FLAGS_ENCODED, NULL)
                                      : NULL;

        if (!uri || g_uri_get_fragment(uri) || g_uri_get_userinfo(uri))
                return NULL;
        const char *scheme = g_uri_get_scheme(uri), *host = g_uri_get_host(uri);
        bool has_host = host && host[0] != '\0';
        if (g_strv_contains(never, scheme) ||
            (g_str_equal(scheme, "http") && !(has_host && is_loopback(host))) ||
            (g_str_equal(scheme, "https") && !has_host))
                return NULL;
        return g_steal_pointer(&uri);
}

static bool is_same_but_port(const char *a, const char *b)
{
        g_autoptr(GUri) first = parse_redirect(a), second = parse_redirect(b);

        return first && second && g_str_equal(g_uri_get_scheme(first), "http") &&
               g_str_equal(g_uri_get_scheme(second), "http") &&
               g_str_equal(g_uri_get_host(first), g_uri_get_host(second)) &&
               g_str_equal(g_uri_get_path(first), g_uri_get_path(second)) &&
               g_strcmp0(g_uri_get_query(first), g_uri_get_query(second)) == 0;
}

bool oauth_client_allows(const OauthClient *client, const char *redirect)
{
        for (char **known = client->redirects; *known; known++)
                if (g_str_equal(*known, redirect) || is_same_but_port(*known, redirect))
                        return true;
        return false;
}

char *oauth_redirect_place(const char *redirect)
{
        g_autoptr(GUri) uri = parse_redirect(redirect);

        if (!uri)
                return g_strdup("an unknown place");
        const char *scheme = g_uri_get_scheme(uri), *host = g_uri_get_host(uri);
        if (host && is_loopback(host) && g_str_has_prefix(scheme, "http"))
                return g_strdup("a program on this machine");
        if (g_str_equal(scheme, "https"))
                return g_strdup(host);
        return g_strdup_printf("the program for %s: links", scheme);
}

/* ---- what a client says of itself ---- */

static bool check_redirects(char **redirects, GError **error)
{
        unsigned count = redirects ? g_strv_length(redirects) : 0;

        if (count == 0 || count > OAUTH_REDIRECTS_MAX)
                return refuse("redirect_uris must have 1 to OAUTH_REDIRECTS_MAX (" G_STRINGIFY(
                                      OAUTH_REDIRECTS_MAX) ") addresses",
                              error);
        for (unsigned i = 0; i < count; i++) {
                g_autoptr(GUri) uri = parse_redirect(redirects[i]);
                if (!uri)
                        return refuse(
                                "redirect_uris must be https, http of this machine, or a scheme "
                                "of a program's own, without fragment, of at most "
                                "OAUTH_REDIRECT_BYTES_MAX (" G_STRINGIFY(
                                        OAUTH_REDIRECT_BYTES_MAX) ") bytes",
                                error);
        }
        return true;
}

/* Members of an array that are not text become NULL. */
static char **read_texts(JsonObject *metadata, const char *name)
{
        JsonArray *array = json_member_array(metadata, name);
        g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

        for (unsigned i = 0; array && i < json_array_get_length(array); i++) {
                JsonNode *node = json_array_get_element(array, i);
                const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
                g_strv_builder_add(builder, text ? text : "");
        }
        return g_strv_builder_end(builder);
}

static bool check_method(JsonObject *metadata, GError **error)
{
        const char *method = json_member_string(metadata, "token_endpoint_auth_method", "none");

        if (g_str_equal(method, "none"))
                return true;
        return refuse("token_endpoint_auth_method must be none: all clients are public here, and "
                      "prove themselves by PKCE",
                      error);
}

static OauthClient *read_metadata(JsonObject *metadata, const char *fallback, GError **error)
{
        g_autoptr(OauthClient) client = g_new0(OauthClient, 1);
        const char *name = json_member_string(metadata, "client_name", fallback);

        client->redirects = read_texts(metadata, "redirect_uris");
        if (!check_redirects(client->redirects, error) || !check_method(metadata, error) ||
            !text_check("client_name", name, OAUTH_NAME_CHARS_MAX, "OAUTH_NAME_CHARS_MAX", error) ||
            !text_check_line("client_name", name, error))
                return NULL;
        client->name = g_strdup(name);
        return g_steal_pointer(&client);
}

bool oauth_client_is_url(const char *id)
{
        return g_str_has_prefix(id, "https://");
}

OauthClient *oauth_client_from_document(const char *url, const char *text, GError **error)
{
        g_autoptr(JsonObject) metadata = json_parse_object(text, -1, error);
        g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);

        if (!metadata)
                return NULL;
        if (!uri || g_strcmp0(json_member_string(metadata, "client_id", NULL), url) != 0)
                return refuse(
                        "The client's document does not say that its client_id is its own URL",
                        error);
        if (json_object_has_member(metadata, "client_secret"))
                return refuse("A client's document must not have a client_secret", error);
        OauthClient *client = read_metadata(metadata, g_uri_get_host(uri), error);
        if (!client)
                return NULL;
        client->id = g_strdup(url);
        client->host = g_strdup(g_uri_get_host(uri));
        return client;
}

/* ---- ids that hold what they are ---- */

static void seal(const uint8_t key[OAUTH_KEY_BYTES], const char *text, uint8_t ret[SEAL_BYTES])
{
        crypto_generichash(ret, SEAL_BYTES, (const uint8_t *)text, strlen(text), key,
                           OAUTH_KEY_BYTES);
}

static char *make_id(const uint8_t key[OAUTH_KEY_BYTES], const OauthClient *client)
{
        g_autoptr(JsonObject) said = json_object_new();
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        JsonArray *redirects = json_array_new();
        uint8_t mark[SEAL_BYTES];

        json_object_set_string_member(said, "n", client->name);
        for (char **redirect = client->redirects; *redirect; redirect++)
                json_array_add_string_element(redirects, *redirect);
        json_object_set_array_member(said, "r", redirects);
        g_autofree char *text = json_print_object(said);
        seal(key, text, mark);
        g_byte_array_append(bytes, mark, sizeof mark);
        g_byte_array_append(bytes, (const uint8_t *)text, (guint)strlen(text));
        size_t size =
                sodium_base64_ENCODED_LEN(bytes->len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        g_autofree char *coded = g_malloc(size);
        sodium_bin2base64(coded, size, bytes->data, bytes->len,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        return g_strconcat(ID_PREFIX, coded, NULL);
}

OauthClient *oauth_client_register(const uint8_t key[OAUTH_KEY_BYTES], JsonObject *metadata,
                                   GError **error)
{
        g_autoptr(OauthClient) client = read_metadata(metadata, "An agent", error);

        if (!client)
                return NULL;
        client->id = make_id(key, client);
        if (strlen(client->id) > OAUTH_CLIENT_BYTES_MAX) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "The name and redirects are longer than fits in an id of "
                            "OAUTH_CLIENT_BYTES_MAX (%d) bytes",
                            OAUTH_CLIENT_BYTES_MAX);
                return NULL;
        }
        return g_steal_pointer(&client);
}

static OauthClient *read_id(const char *id, const char *text, GError **error)
{
        g_autoptr(JsonObject) said = json_parse_object(text, -1, error);
        OauthClient *client;

        if (!said)
                return NULL;
        client = g_new0(OauthClient, 1);
        client->id = g_strdup(id);
        client->name = g_strdup(json_member_string(said, "n", ""));
        client->redirects = read_texts(said, "r");
        return client;
}

OauthClient *oauth_client_open(const uint8_t key[OAUTH_KEY_BYTES], const char *id, GError **error)
{
        uint8_t bytes[OAUTH_CLIENT_BYTES_MAX], mark[SEAL_BYTES];
        size_t length = 0;

        if (!g_str_has_prefix(id, ID_PREFIX) || strlen(id) > OAUTH_CLIENT_BYTES_MAX ||
            sodium_base642bin(bytes, sizeof bytes, id + strlen(ID_PREFIX),
                              strlen(id) - strlen(ID_PREFIX), NULL, &length, NULL,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
            length <= SEAL_BYTES)
                return refuse("The client_id is not one that was given out here", error);
        g_autofree char *text = g_strndup((const char *)bytes + SEAL_BYTES, length - SEAL_BYTES);
        seal(key, text, mark);
        if (sodium_memcmp(mark, bytes, SEAL_BYTES) != 0)
                return refuse("The client_id is not one that was given out here", error);
        return read_id(id, text, error);
}
