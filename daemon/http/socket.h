/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The UNIX sockets, which speak MCP's JSON-RPC, a message on each line. Loop thread only. */
#pragma once

#include "http/http.h"

typedef struct Sockets Sockets;

Sockets *sockets_new(const HttpOptions *options);

/* Closes the listening sockets and every client. */
Sockets *sockets_free(Sockets *sockets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sockets, sockets_free)

/* Serves who connects to the listening socket fd, which is its own from now on. */
bool sockets_add(Sockets *sockets, int fd, GError **error);
