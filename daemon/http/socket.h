/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The UNIX sockets, which speak MCP's JSON-RPC, a message on each line. A client that shows the bearer of a connection
 * with its first request, {"method": "ouroboros/authenticate", "params": {"bearer"}}, has that connection from then on,
 * as long as it holds; "ouroborosctl mcp" does so. Loop thread only. */
#pragma once

#include "http/mcp.h"

#define SOCKET_OUTPUT_BYTES_MAX                                                                    \
        (16 * 1024 * 1024) /* said to a client and not yet taken: then it is closed */

typedef struct Sockets Sockets;

Sockets *sockets_new(Mcp *mcp);

/* Closes the listening sockets and every client. */
Sockets *sockets_free(Sockets *sockets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sockets, sockets_free)

/* Serves, once it is started, who connects to the listening socket fd, which is its own from now on. */
bool sockets_add(Sockets *sockets, int fd, GError **error);

/* Who has connected meanwhile is served from now on. */
void sockets_start(Sockets *sockets);
