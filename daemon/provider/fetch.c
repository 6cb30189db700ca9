/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetches one document. Which address is asked is decided where the socket is made, after the name was resolved, so
 * that a name which leads into the house cannot be used against what listens there. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "provider/curl.h"
#include "provider/provider.h"

typedef struct Fetch {
        const FetchOptions *options;
        Curl lib;
        GByteArray *body;
        bool was_local, was_large;
} Fetch;

typedef struct Net {
        uint32_t address, mask; /* in host order */
} Net;

/* RFC 6890 and its successors: what is not the public Internet. */
static const Net nets[] = {
        {0x00000000, 0xff000000}, {0x0a000000, 0xff000000}, {0x64400000, 0xffc00000},
        {0x7f000000, 0xff000000}, {0xa9fe0000, 0xffff0000}, {0xac100000, 0xfff00000},
        {0xc0000000, 0xffffff00}, {0xc0000200, 0xffffff00}, {0xc0586300, 0xffffff00},
        {0xc0a80000, 0xffff0000}, {0xc6120000, 0xfffe0000}, {0xc6336400, 0xffffff00},
        {0xcb007100, 0xffffff00}, {0xe0000000, 0xe0000000}, /* multicast, reserved, broadcast */
};

static bool is_public_4(uint32_t address)
{
        for (size_t i = 0; i < G_N_ELEMENTS(nets); i++)
                if ((address & nets[i].mask) == nets[i].address)
                        return false;
        return true;
}

static uint32_t read_4(const uint8_t *bytes)
{
        return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
               bytes[3];
}

/* Global unicast (2000::/3) but for documentation, benchmarks, and what carries another address: 6to4, Teredo and
 * NAT64 lead to the address of version 4 within, and that may be anywhere. */
static bool is_public_6(const struct in6_addr *address)
{
        const uint8_t *b = address->s6_addr;

        if (IN6_IS_ADDR_V4MAPPED(address))
                return is_public_4(read_4(b + 12));
        if ((b[0] & 0xe0) != 0x20 || (b[0] == 0x20 && b[1] == 0x02))
                return false;
        bool is_ietf = b[0] == 0x20 && b[1] == 0x01 && (b[2] & 0xfe) == 0; /* 2001::/23 */
        bool is_documentation = (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) ||
                                (b[0] == 0x3f && b[1] == 0xff && (b[2] & 0xf0) == 0);
        return !is_ietf && !is_documentation;
}

static bool is_public(const struct sockaddr *address)
{
        if (address->sa_family == AF_INET)
                return is_public_4(ntohl(
                        ((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
        return address->sa_family == AF_INET6 &&
               is_public_6(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
        Fetch *fetch = data;

        if (!fetch->options->may_be_local && !is_public(&address->addr)) {
                fetch->was_local = true;
                return CURL_SOCKET_BAD;
        }
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take(char *bytes, size_t size, size_t count, void *data)
{
        Fetch *fetch = data;

        if (fetch->body->len + size * count > FETCH_DOCUMENT_BYTES_MAX) {
                fetch->was_large = true;
                return 0;
        }
        g_byte_array_append(fetch->body, (const uint8_t *)bytes, (guint)(size * count));
        return size * count;
}

static bool set_options(CURL *curl, const char *url, Fetch *fetch)
{
        const char *authority = fetch->options->authority;

        return fetch->lib.setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_TIMEOUT_MS, (long)FETCH_TIMEOUT_MS) == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_USERAGENT, "ouroboros") == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_MAXFILESIZE, (long)FETCH_DOCUMENT_BYTES_MAX) ==
                       CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_OPENSOCKETDATA, fetch) == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
               fetch->lib.setopt(curl, CURLOPT_WRITEDATA, fetch) == CURLE_OK &&
               (!authority || fetch->lib.setopt(curl, CURLOPT_CAINFO, authority) == CURLE_OK);
}

static bool is_of_type(const char *given, const char *type)
{
        if (!given)
                return false;
        g_autofree char *essence = g_strndup(given, strcspn(given, "; \t"));
        const char *suffix = strchr(type, '/') + 1;
        const char *plus = strrchr(essence, '+');
        return g_ascii_strcasecmp(essence, type) == 0 ||
               (plus && g_str_has_prefix(essence, "application/") &&
                g_ascii_strcasecmp(plus + 1, suffix) == 0);
}

static bool check_answer(CURL *curl, const Fetch *fetch, const char *url, GError **error)
{
        const char *type = NULL;
        long status = 0;

        (void)fetch->lib.getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        (void)fetch->lib.getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
        if (status != 200) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_NOT_FOUND,
                            "%.200s answers with status %ld, not with a document", url, status);
                return false;
        }
        if (is_of_type(type, fetch->options->type))
                return true;
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "%.200s is %.80s, not %s", url,
                    type ? type : "of no type", fetch->options->type);
        return false;
}

static bool explain(CURLcode code, const Fetch *fetch, const char *url, GError **error)
{
        if (fetch->was_local)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_DENIED,
                            "%.200s leads to an address that is not public", url);
        else if (fetch->was_large || code == CURLE_FILESIZE_EXCEEDED)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_LIMIT,
                            "%.200s is longer than FETCH_DOCUMENT_BYTES_MAX (%d bytes)", url,
                            FETCH_DOCUMENT_BYTES_MAX);
        else if (code == CURLE_OPERATION_TIMEDOUT)
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_TIMEOUT,
                            "%.200s did not answer within FETCH_TIMEOUT_MS (%d ms)", url,
                            FETCH_TIMEOUT_MS);
        else
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_OFFLINE,
                            "%.200s cannot be fetched: %s", url, fetch->lib.strerror(code));
        return false;
}

static bool perform(CURL *curl, const char *url, Fetch *fetch, GError **error)
{
        CURLcode code;

        if (!set_options(curl, url, fetch)) {
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_FAILED,
                                    "libcurl lacks what fetching needs");
                return false;
        }
        code = fetch->lib.perform(curl);
        return code == CURLE_OK ? check_answer(curl, fetch, url, error)
                                : explain(code, fetch, url, error);
}

static bool refuse_url(const char *why, GError **error)
{
        g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID, "The URL %s", why);
        return false;
}

bool fetch_check_url(const char *url, GError **error)
{
        if (strlen(url) > FETCH_URL_BYTES_MAX)
                return refuse_url("is longer than FETCH_URL_BYTES_MAX (" G_STRINGIFY(
                                          FETCH_URL_BYTES_MAX) " bytes)",
                                  error);
        g_autofree char *scheme = NULL, *user = NULL, *host = NULL, *path = NULL, *fragment = NULL;
        /* split, not parsed: parsing resolves dot segments */
        if (!g_uri_split(url, G_URI_FLAGS_ENCODED, &scheme, &user, &host, NULL, &path, NULL,
                         &fragment, NULL) ||
            g_strcmp0(scheme, "https") != 0 || !host || host[0] == '\0')
                return refuse_url("must begin with https:// and a host", error);
        if (user || fragment)
                return refuse_url("must have neither a user nor a fragment", error);
        if (strlen(path) < 2)
                return refuse_url("must have a path", error);
        g_auto(GStrv) segments = g_strsplit(path, "/", -1);
        if (g_strv_contains((const char *const *)segments, ".") ||
            g_strv_contains((const char *const *)segments, ".."))
                return refuse_url("must have no dot segments", error);
        return true;
}

char *fetch_document(const char *url, const FetchOptions *options, GError **error)
{
        Fetch fetch = {.options = options};

        if (!fetch_check_url(url, error) || !curl_open(&fetch.lib, error))
                return NULL;
        CURL *curl = fetch.lib.init();
        fetch.body = g_byte_array_new();
        bool fetched = curl && perform(curl, url, &fetch, error);
        if (!curl)
                g_set_error_literal(error, OUROBOROS_ERROR, OUROBOROS_ERROR_UNAVAILABLE,
                                    "libcurl cannot be set up");
        fetch.lib.cleanup(curl);
        g_byte_array_append(fetch.body, (const uint8_t *)"", 1);
        char *text = (char *)g_byte_array_free(fetch.body, /* free_segment= */ FALSE);
        if (fetched)
                return text;
        g_free(text);
        return NULL;
}
