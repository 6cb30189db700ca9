/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hosts, origins, targets and bearers, as bytes of strangers. */
#include "http/address.h"

#include <string.h>

#include "base/base.h"
#include "gate/gate.h"
#include "http/form.h"

#define HTTP_PREFIX   "http://"
#define BEARER_SCHEME "Bearer "

static bool is_own_port(const char *text, const OwnPorts *ports)
{
        uint64_t port;

        if (!g_ascii_isdigit(text[0]) ||
            !g_ascii_string_to_unsigned(text, /* base= */ 10, 1, UINT16_MAX, &port, NULL))
                return false;
        for (unsigned i = 0; i < ports->count; i++)
                if (ports->ports[i] == port)
                        return true;
        return false;
}

bool address_is_own_host(const char *host, const OwnPorts *ports)
{
        static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
                size_t length = strlen(names[i]);
                if (g_ascii_strncasecmp(host, names[i], length) != 0)
                        continue;
                if (host[length] == '\0')
                        return true;
                return host[length] == ':' && is_own_port(host + length + 1, ports);
        }
        return false;
}

bool address_is_own_origin(const char *origin, const OwnPorts *ports)
{
        return g_ascii_strncasecmp(origin, HTTP_PREFIX, strlen(HTTP_PREFIX)) == 0 &&
               address_is_own_host(origin + strlen(HTTP_PREFIX), ports);
}

/* ---- targets ---- */

static bool is_printable(const char *text)
{
        for (const char *c = text; *c; c++)
                if (*c <= ' ' || *c >= 0x7f || *c == '#')
                        return false;
        return true;
}

/* Ends what stands before the path of an absolute target; *target is moved to its path. */
static bool skip_authority(const char **target, const OwnPorts *ports, GError **error)
{
        if (g_ascii_strncasecmp(*target, HTTP_PREFIX, strlen(HTTP_PREFIX)) != 0)
                return true;
        const char *host = *target + strlen(HTTP_PREFIX);
        g_autofree char *own = g_strndup(host, strcspn(host, "/?"));
        if (!address_is_own_host(own, ports)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "The target of the request names another host");
                return false;
        }
        *target = host + strlen(own);
        return true;
}

static bool is_secret(const char *name, const char *value)
{
        static const char *const names[] = {"access_token", "authorization", "bearer",  "token",
                                            "id_token",     "refresh_token", "api_key", "apikey"};

        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
                if (g_ascii_strcasecmp(name, names[i]) == 0)
                        return true;
        return g_str_has_prefix(value, BEARER_PREFIX);
}

/* One name=value. */
static bool add_pair(GHashTable *query, const char *pair, size_t length, GError **error)
{
        const char *equals = memchr(pair, '=', length);
        size_t name_length = equals ? (size_t)(equals - pair) : length;
        g_autofree char *name = form_unescape(pair, name_length);
        g_autofree char *value =
                equals ? form_unescape(equals + 1, length - name_length - 1) : g_strdup("");

        if (!name || !value) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "The query of the request is not well-formed UTF-8, percent-encoded");
                return false;
        }
        if (is_secret(name, value)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "Tokens are not taken from the query, where logs and histories keep "
                            "them: send Authorization: Bearer");
                return false;
        }
        if (g_hash_table_contains(query, name) ||
            g_hash_table_size(query) >= TARGET_QUERY_NAMES_MAX) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "The query names something twice, or over TARGET_QUERY_NAMES_MAX (%d) things",
                        TARGET_QUERY_NAMES_MAX);
                return false;
        }
        g_hash_table_insert(query, g_steal_pointer(&name), g_steal_pointer(&value));
        return true;
}

static GHashTable *parse_query(const char *text, GError **error)
{
        g_autoptr(GHashTable) query =
                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

        while (*text) {
                size_t length = strcspn(text, "&");
                if (length > 0 && !add_pair(query, text, length, error))
                        return NULL;
                text += length + (text[length] == '&');
        }
        return g_steal_pointer(&query);
}

bool address_parse_target(const char *target, const OwnPorts *ports, char **ret_path,
                          GHashTable **ret_query, GError **error)
{
        g_autoptr(GHashTable) query = NULL;

        if (!is_printable(target)) {
                g_set_error(
                        error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                        "The target of the request has characters that must be percent-encoded");
                return false;
        }
        if (!skip_authority(&target, ports, error))
                return false;
        size_t length = strcspn(target, "?");
        if (target[0] != '/' && length > 0) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "The target of the request is no path");
                return false;
        }
        if (target[length] == '?' && !(query = parse_query(target + length + 1, error)))
                return false;
        *ret_path = length > 0 ? g_strndup(target, length) : g_strdup("/");
        *ret_query = g_steal_pointer(&query);
        return true;
}

/* ---- bearers ---- */

/* RFC 6750's b64token. */
static bool is_token(const char *text)
{
        size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~+/");

        return length > 0 && length + strspn(text + length, "=") == strlen(text) &&
               strlen(text) <= TARGET_BEARER_CHARS_MAX;
}

bool address_parse_bearer(const char *authorization, char **ret, GError **error)
{
        size_t scheme = strcspn(authorization, " ");

        *ret = NULL;
        if (scheme != strlen("Bearer") ||
            g_ascii_strncasecmp(authorization, BEARER_SCHEME, scheme) != 0)
                return true;
        if (authorization[scheme] != ' ' || !is_token(authorization + scheme + 1)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "The header Authorization is not of the form: Bearer TOKEN");
                return false;
        }
        *ret = g_strdup(authorization + scheme + 1);
        return true;
}
