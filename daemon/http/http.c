/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room: the protocol, its sockets, its server, and what hangs on them. */
#include <sys/socket.h>

#include "http/api.h"
#include "http/http.h"
#include "http/mcp-http.h"
#include "http/oauth.h"
#include "http/passed.h"
#include "http/server-private.h"
#include "http/socket.h"
#include "http/ws.h"

struct Http {
        HttpOptions options;
        Mcp *mcp;
        Sockets *sockets;
        Server *server;
        McpHttp *mcp_http;
        Oauth *oauth;
        Ws *ws;
};

static bool take_unix(int fd, void *data, GError **error)
{
        return sockets_add(((Http *)data)->sockets, fd, error);
}

static bool take_tcp(int fd, void *data, GError **error)
{
        return server_add_listener(((Http *)data)->server, fd, error);
}

Http *http_new(const HttpOptions *options, GError **error)
{
        static const PassedName names[] = {
                {"mcp", AF_UNIX, take_unix}, {"http", AF_INET, take_tcp}, {NULL, 0, NULL}};
        g_autoptr(Http) http = g_new0(Http, 1);

        http->options = *options;
        http->mcp = mcp_new(options, error);
        if (!http->mcp)
                return NULL;
        http->sockets = sockets_new(http->mcp);
        http->server = server_new(options, error);
        http->mcp_http = http->server ? mcp_http_new(http->mcp, http->server, error) : NULL;
        http->ws = http->mcp_http ? ws_new(http->server, &http->options, error) : NULL;
        if (!http->ws)
                return NULL;
        api_add(http->server, &http->options);
        if (!passed_take(names, http, error))
                return NULL;
        gate_set_address(http->options.gate, server_url(http->server));
        http->oauth = oauth_new(options, http->server);
        return g_steal_pointer(&http);
}

bool http_start(Http *http, GError **error)
{
        sockets_start(http->sockets);
        if (!server_start(http->server, error))
                return false;
        const char *url = server_url(http->server);
        g_autofree char *resource = url ? g_strconcat(url, "/mcp", NULL) : NULL;
        gate_set_resource(http->options.gate, resource);
        return true;
}

Http *http_free(Http *http)
{
        if (!http)
                return NULL;
        sockets_free(http->sockets);
        mcp_free(http->mcp);
        mcp_http_free(http->mcp_http);
        server_free(http->server); /* tells the others whose clients go with it */
        oauth_free(http->oauth);
        ws_free(http->ws);
        g_free(http);
        return NULL;
}
