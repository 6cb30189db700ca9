/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold for every request, whatever its route: headers that say one thing, a host that is ours, a size that is
 * allowed. */
#include <string.h>

#include "http/fault.h"
#include "http/server-private.h"

/* Of these a second one would let two readers of a request understand different things. */
static const char *const SINGLE[] = {"host",
                                     "origin",
                                     "authorization",
                                     "content-length",
                                     "transfer-encoding",
                                     "content-type",
                                     "expect",
                                     "last-event-id",
                                     "upgrade",
                                     "sec-websocket-key",
                                     "sec-websocket-version"};

#define MCP_PREFIX "mcp-"

static bool is_single(const char *name)
{
        for (unsigned i = 0; i < G_N_ELEMENTS(SINGLE); i++)
                if (g_ascii_strcasecmp(SINGLE[i], name) == 0)
                        return true;
        return g_ascii_strncasecmp(name, MCP_PREFIX, strlen(MCP_PREFIX)) == 0;
}

static unsigned refuse(GError **error, unsigned status, OuroborosError code, const char *why)
{
        g_set_error_literal(error, OUROBOROS_ERROR, code, why);
        return status;
}

/* ---- headers ---- */

static bool is_name(const char *name)
{
        for (const char *c = name; *c; c++)
                if (!g_ascii_isalnum(*c) && !strchr("!#$%&'*+-.^_`|~", *c))
                        return false;
        return name[0];
}

static bool is_value(const char *value)
{
        for (const unsigned char *c = (const unsigned char *)value; *c; c++)
                if ((*c < ' ' && *c != '\t') || *c == 0x7f)
                        return false;
        return true;
}

static RequestHeader *find(const Request *request, const char *name)
{
        for (unsigned i = 0; i < request->headers->len; i++) {
                RequestHeader *header = &g_array_index(request->headers, RequestHeader, i);
                if (g_ascii_strcasecmp(header->name, name) == 0)
                        return header;
        }
        return NULL;
}

const char *request_header(const Request *request, const char *name)
{
        const RequestHeader *header = find(request, name);

        return header ? header->value : NULL;
}

/* The library hands out what it found in its buffer as C strings: a NUL that the client sent would end one early, and
 * what follows it would be seen by nobody. Between the end of one string and the next there may only be blanks and so
 * many separators, some or all of which the library has overwritten with NUL. */
static bool is_gap(const char *end, const char *next, unsigned separators)
{
        if (next < end || next - end > SERVER_POOL_BYTES) /* not side by side: copied since */
                return true;
        for (; end < next; end++) {
                if (*end == ' ' || *end == '\t')
                        continue;
                if ((*end && *end != '\r' && *end != '\n') || separators-- == 0)
                        return false;
        }
        return true;
}

typedef struct Collecting {
        Request *request;
        const char *end; /* of what was seen last */
        unsigned status;
        GError **error;
} Collecting;

static GStringChunk *values(Request *request)
{
        if (!request->joined)
                request->joined = g_string_chunk_new(256);
        return request->joined;
}

/* Blanks around a value are none of it; the library takes those before it. */
static const char *trimmed(Request *request, const char *value)
{
        size_t length = strlen(value);

        while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
                length--;
        return value[length] ? g_string_chunk_insert_len(values(request), value, (gssize)length)
                             : value;
}

static unsigned add_header(Request *request, const RequestHeader *given, GError **error)
{
        RequestHeader *same = find(request, given->name);

        if (same && is_single(given->name)) {
                g_set_error(error, OUROBOROS_ERROR, OUROBOROS_ERROR_INVALID,
                            "The header %s is given twice", given->name);
                return MHD_HTTP_BAD_REQUEST;
        }
        if (request->headers->len >= SERVER_HEADERS_MAX)
                return refuse(error, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
                              OUROBOROS_ERROR_LIMIT,
                              "The request has over SERVER_HEADERS_MAX (" G_STRINGIFY(
                                      SERVER_HEADERS_MAX) ") headers");
        if (!same) {
                g_array_append_val(request->headers, *given);
                return 0;
        }
        g_autofree char *joined = g_strdup_printf("%s, %s", same->value, given->value);
        same->value = g_string_chunk_insert(values(request), joined);
        return 0;
}

static enum MHD_Result on_header(void *data, enum MHD_ValueKind kind, const char *name,
                                 size_t name_size, const char *value, size_t value_size)
{
        Collecting *collecting = data;
        RequestHeader header = {name, value ? value : ""};
        bool is_alone = is_gap(collecting->end, name, /* separators= */ 2);

        collecting->end = header.value + strlen(header.value);
        if (!is_alone || !is_name(name) || strlen(name) != name_size || !is_value(header.value) ||
            strlen(header.value) != value_size)
                collecting->status =
                        refuse(collecting->error, MHD_HTTP_BAD_REQUEST, OUROBOROS_ERROR_INVALID,
                               "A header of the request has characters that none may have");
        else {
                header.value = trimmed(collecting->request, header.value);
                collecting->status = add_header(collecting->request, &header, collecting->error);
        }
        return collecting->status == 0 ? MHD_YES : MHD_NO;
}

static unsigned collect_headers(Request *request, const char *version, GError **error)
{
        Collecting collecting = {request, version + strlen(version), 0, error};
        struct MHD_Connection *connection = request->link->connection;
        const union MHD_ConnectionInfo *info =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

        if (info && info->header_size > SERVER_HEADER_BYTES_MAX)
                return refuse(
                        error, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, OUROBOROS_ERROR_LIMIT,
                        "The request line and headers are over SERVER_HEADER_BYTES_MAX (" G_STRINGIFY(
                                SERVER_HEADER_BYTES_MAX) " bytes)");
        (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, on_header, &collecting);
        if (collecting.status == 0 &&
            (!is_gap(request->method + strlen(request->method), request->target_in_place, 1) ||
             !is_gap(request->target_in_place + strlen(request->target), version, 1) ||
             (info && !is_gap(collecting.end, request->method + info->header_size, 4))))
                return refuse(error, MHD_HTTP_BAD_REQUEST, OUROBOROS_ERROR_INVALID,
                              "The head of the request has a NUL in it");
        return collecting.status;
}

/* ---- framing: where the body ends ---- */

bool check_is_framing_plain(const Request *request)
{
        const char *coding = request_header(request, "Transfer-Encoding");
        const char *length = request_header(request, "Content-Length");

        return !(coding && length) && (!coding || g_ascii_strcasecmp(coding, "chunked") == 0) &&
               (!length || (length[0] && !length[strspn(length, "0123456789")]));
}

static unsigned check_body(const Request *request, bool is_old, GError **error)
{
        const char *coding = request_header(request, "Transfer-Encoding");
        const char *length = request_header(request, "Content-Length");
        const char *expect = request_header(request, "Expect");
        uint64_t size = 0;

        if (!check_is_framing_plain(request) || (coding && is_old))
                return refuse(error, MHD_HTTP_BAD_REQUEST, OUROBOROS_ERROR_INVALID,
                              "The body of a request has either a Content-Length or, in HTTP/1.1, "
                              "Transfer-Encoding: chunked");
        if (length &&
            (!g_ascii_string_to_unsigned(length, /* base= */ 10, 0, UINT64_MAX, &size, NULL) ||
             size > SERVER_BODY_BYTES_MAX))
                return refuse(error, MHD_HTTP_CONTENT_TOO_LARGE, OUROBOROS_ERROR_LIMIT,
                              CHECK_BODY_TOO_LARGE);
        if (expect && g_ascii_strcasecmp(expect, "100-continue") != 0)
                return refuse(error, MHD_HTTP_EXPECTATION_FAILED, OUROBOROS_ERROR_INVALID,
                              "Expect knows 100-continue only");
        return 0;
}

/* ---- where to ---- */

static unsigned check_host(const Request *request, GError **error)
{
        const char *host = request_header(request, "Host");

        if (!host)
                return refuse(error, MHD_HTTP_BAD_REQUEST, OUROBOROS_ERROR_INVALID,
                              "The request has no header Host");
        if (!address_is_own_host(host, &request->link->server->ports) && !FAULT("no-origin-check"))
                return refuse(
                        error, MHD_HTTP_FORBIDDEN, OUROBOROS_ERROR_DENIED,
                        "The header Host is not ours: 127.0.0.1, localhost or [::1], with our port "
                        "or none");
        return 0;
}

static unsigned check_names(Request *request, GError **error)
{
        const char *authorization = request_header(request, "Authorization");
        g_autoptr(GError) wrong = NULL;

        if (!address_parse_target(request->target, &request->link->server->ports, &request->path,
                                  &request->query, &wrong) ||
            (authorization && !address_parse_bearer(authorization, &request->bearer, &wrong))) {
                unsigned status = error_code(wrong) == OUROBOROS_ERROR_DENIED
                                          ? MHD_HTTP_FORBIDDEN
                                          : MHD_HTTP_BAD_REQUEST;
                g_propagate_error(error, g_steal_pointer(&wrong));
                return status;
        }
        return 0;
}

unsigned check_request(Request *request, const char *version, GError **error)
{
        bool is_old = g_str_equal(version, "HTTP/1.0");
        unsigned status;

        if (!is_old && !g_str_equal(version, "HTTP/1.1"))
                return refuse(error, MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED, OUROBOROS_ERROR_INVALID,
                              "HTTP/1.1 and HTTP/1.0 are spoken here");
        status = collect_headers(request, version, error);
        if (status == 0)
                status = check_host(request, error);
        if (status == 0)
                status = check_body(request, is_old, error);
        return status == 0 ? check_names(request, error) : status;
}
